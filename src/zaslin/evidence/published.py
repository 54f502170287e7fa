"""What others have published about such a coalition, beside what a results folder says: reproduced, contradicted, or not comparable, and why.

It reads a folder and never runs one. Most published claims cannot be tested by a model of nights; those are listed too, so that silence is not taken for
agreement. Claims are in `data/published.csv`, each with its source of the registry (scenario/sources).
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

import polars as pl
from pydantic import Field, TypeAdapter

from zaslin.errors import Fault, SpecError, nearest
from zaslin.measures.estimate import estimate
from zaslin.measures.intervals import block_intervals
from zaslin.measures.registry import MEASURES
from zaslin.measures.values import Reading
from zaslin.outcomes.store import Results, open_results
from zaslin.scenario.sourced import Strict
from zaslin.scenario.sources import sources

SKYSHIELD = "skyshield-west"
IN_SCOPE = ("drone", "cruise")
"""The classes that the proposal is about."""

Verdict = Literal["reproduced", "contradicted", "not comparable"]
_HOUR_S = 3600.0
_TOGETHER_S = 1.0
"""Take-offs of one asset's pairs within so many seconds of its first are patrols that stand side by side."""


class Claim(Strict):
    """One published claim, in our words. low, high: the claimed range in `unit` (None: open, or no number). ours: name of our figure, empty where there is
    none. judged: whether figure and range are compared. since, until: the nights that the claim is about. why: what the comparison can bear.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    about: Literal["forces", "hours", "cost", "effect", "risk"]
    by: str
    says: str
    low: float | None
    high: float | None
    unit: str
    ours: str
    judged: bool
    since: date | None
    until: date | None
    source: str
    why: str


@dataclass(frozen=True)
class Figure:
    """The model's figure for one night: mean and 90 % interval in `unit`, and in words what it is."""

    mean: float
    low: float
    high: float
    unit: str
    what: str


@dataclass(frozen=True)
class Compared:
    """A claim beside our figure (None: the folder has none)."""

    claim: Claim
    ours: Figure | None
    verdict: Verdict
    why: str


@dataclass(frozen=True)
class Published:
    """All claims against one folder's package on one night, in the table's order."""

    folder: str
    night: str
    package: str
    replicates: int
    rows: tuple[Compared, ...]

    def count(self, verdict: Verdict) -> int:
        """How many claims have this verdict."""
        return sum(row.verdict == verdict for row in self.rows)


@cache
def published_claims() -> tuple[Claim, ...]:
    """The packaged claims; raises SpecError with every fault of the table at once."""
    text = (files("zaslin.evidence") / "data" / "published.csv").read_text(encoding="utf-8")
    return read_claims(text)


def read_claims(text: str) -> tuple[Claim, ...]:
    """Claims of a CSV text with the columns of `Claim`; SpecError tells every fault."""
    adapter, faults, out = TypeAdapter(Claim), list[Fault](), list[Claim]()
    for number, row in enumerate(csv.DictReader(text.splitlines()), start=2):
        where = f"published.csv row {number}"
        data: dict[str, Any] = {name: cell or (None if name in ("low", "high", "since", "until") else "") for name, cell in row.items() if name is not None}
        data["judged"] = {"yes": True, "no": False}.get(str(data.get("judged")), data.get("judged"))
        try:
            claim = adapter.validate_python(data)
        except ValueError as error:
            faults.append(Fault(where, str(error).splitlines()[-2].strip()))
            continue
        faults += [Fault(where, told) for told in _claim_faults(claim, out)]
        out.append(claim)
    if faults:
        raise SpecError("the table of published claims", faults)
    return tuple(out)


def _claim_faults(claim: Claim, before: list[Claim]) -> list[str]:
    faults = []
    if claim.id in {other.id for other in before}:
        faults.append(f'"{claim.id}" is there twice')
    if claim.source not in sources():
        faults.append(f'no source "{claim.source}"; did you mean "{nearest(claim.source, sources())}"?')
    if claim.ours and claim.ours not in FIGURES:
        faults.append(f'no figure "{claim.ours}"; there are: {", ".join(sorted(FIGURES))}')
    if claim.judged and (not claim.ours or (claim.low is None and claim.high is None)):
        faults.append("a claim is judged by a figure and a range")
    if claim.low is not None and claim.high is not None and claim.low > claim.high:
        faults.append(f"low {claim.low:g} is above high {claim.high:g}")
    if claim.judged and claim.ours in FIGURES and claim.unit != FIGURES[claim.ours].unit:
        faults.append(f"the unit is {claim.unit}, our figure's {FIGURES[claim.ours].unit}")
    return faults


def compare_published(folder: Results | Path | str, package: str = SKYSHIELD) -> Published:
    """Every published claim beside the figures of a results folder.

    package: whose figures are compared; where the folder lacks it, or it has no finished replicate, every claim is "not comparable" and says so. Raises
    StoreError where the folder cannot be read.
    """
    results = folder if isinstance(folder, Results) else open_results(folder)
    night = results.manifest["night"]
    there = package in results.packages and bool(results.parts(package))
    made: dict[str, Figure | None] = {}
    rows = []
    for claim in published_claims():
        if there and claim.ours and claim.ours not in made:
            made[claim.ours] = FIGURES[claim.ours].of(results, package)
        ours = made.get(claim.ours)
        lacking = "" if there else f"This folder has no results of {package}. "
        rows.append(Compared(claim, ours, *_judge(claim, ours, _night_date(night), lacking)))
    name = results.folder.name
    return Published(name, str(night["id"]), package, results.finished() if there else 0, tuple(rows))


def published_json(published: Published) -> dict[str, Any]:
    """The comparison as plain data."""
    table = sources()
    rows = []
    for row in published.rows:
        claim = row.claim.model_dump(mode="json", exclude={"ours", "judged", "why"})
        cited = table[row.claim.source]
        ours = None if row.ours is None else asdict(row.ours)
        rows.append({**claim, "publisher": cited.publisher, "url": cited.url, "ours": ours, "verdict": row.verdict, "why": row.why})
    return {"folder": published.folder, "night": published.night, "package": published.package, "replicates": published.replicates, "claims": rows}


def _judge(claim: Claim, ours: Figure | None, night: date | None, lacking: str) -> tuple[Verdict, str]:
    why = claim.why
    if not claim.judged:
        return "not comparable", why
    if ours is None:
        return "not comparable", f"{lacking or 'This night, or so few blocks of replicates, gives no such figure. '}{why}"
    if (claim.since or claim.until) and (night is None or not (claim.since or date.min) <= night <= (claim.until or date.max)):
        return "not comparable", f"The claim is about {claim.since} to {claim.until}, this night is not in it. {why}"
    low = -math.inf if claim.low is None else claim.low
    high = math.inf if claim.high is None else claim.high
    # a claim of one number is met where the interval reaches it
    return ("reproduced" if ours.low <= high and low <= ours.high else "contradicted"), why


def _night_date(night: dict[str, Any]) -> date | None:
    try:
        return date.fromisoformat(str(night["id"])[:10])
    except ValueError:
        return None


# -- our figures ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Maker:
    unit: str
    what: str
    make: Callable[[Results, str], tuple[float, float, float] | None]

    def of(self, results: Results, package: str) -> Figure | None:
        """The figure, or None where the folder cannot give it."""
        found = self.make(results, package)
        return None if found is None or not all(map(math.isfinite, found)) else Figure(*found, self.unit, self.what)


def _measure(name: str) -> Callable[[Results, str], tuple[float, float, float]]:
    def make(results: Results, package: str) -> tuple[float, float, float]:
        found = estimate(Reading(results), MEASURES[name], package)
        return found.mean, found.low, found.high

    return make


def _ratio(results: Results, top: pl.LazyFrame, bottom: pl.LazyFrame) -> tuple[float, float, float] | None:
    """Sum of `x` of one frame over that of another, and its 90 % interval from the same ratio by block: luck within a block is in it, so the interval
    is rather too wide than too narrow. None where there is nothing to divide by, or there are too few blocks for an interval."""
    over, under = results.collect([frame.group_by("block").agg(x=pl.col("x").cast(pl.Float64).sum()) for frame in (top, bottom)])
    both = under.join(over, on="block", how="left", suffix="_top").filter(pl.col("x") > 0.0).fill_null(0.0).sort("block")
    if not len(both):
        return None
    x, y = both["x"].to_numpy(), both["x_top"].to_numpy()
    mean = float(y.sum() / x.sum())
    found = block_intervals(mean, y / x, x / x.sum(), 0.0)
    return mean, max(found.low, 0.0), found.high


def _rows(results: Results, package: str, table: str, x: pl.Expr, where: pl.Expr | None = None) -> pl.LazyFrame:
    frame = results.scan(table, package)
    return (frame if where is None else frame.filter(where)).select("block", x=x)


_ONE = pl.lit(1.0)
_OWN = pl.col("threat_class").is_in(IN_SCOPE)
_KILLED = pl.col("fate") == "killed_member"
_WOULD_LEAK = pl.col("would_have") == "leaked"


def _rest_stopped(results: Results, package: str) -> tuple[float, float, float] | None:
    passed = _rows(results, package, "threats", _ONE, _OWN & _WOULD_LEAK)
    return _ratio(results, _rows(results, package, "threats", _ONE, _OWN & _WOULD_LEAK & _KILLED), passed)


def _drones_stopped(results: Results, package: str) -> tuple[float, float, float] | None:
    drones = pl.col("threat_class") == "drone"
    stopped = drones & pl.col("would_have").is_in(("killed_ua", "lost"))
    return _ratio(results, _rows(results, package, "threats", _ONE, stopped), _rows(results, package, "threats", _ONE, drones))


def _patrols(results: Results, package: str) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """Flights of the package's patrols (one row each), and those among them that an asset's pairs begin the night with."""
    caps = [asset["id"] for member in results.package(package)["members"] for asset in member["assets"] if asset["kind"] == "cap"]
    flights = results.scan("sorties", package).filter(pl.col("asset").is_in(caps))
    first = pl.col("take_off_s") <= pl.col("take_off_s").min().over("replicate", "asset") + _TOGETHER_S
    return flights, flights.filter(first)


def _flights_per_patrol(results: Results, package: str) -> tuple[float, float, float] | None:
    flights, first = _patrols(results, package)
    return _ratio(results, flights.select("block", x=_ONE), first.select("block", x=_ONE))


def _aircraft_on_patrol(results: Results, package: str) -> tuple[float, float, float] | None:
    _, first = _patrols(results, package)
    per_night = first.group_by("block", "replicate").agg(x=pl.col("jets").sum())
    return _ratio(results, per_night.select("block", "x"), per_night.select("block", x=_ONE))


def _usd_per_flight_hour(results: Results, package: str) -> tuple[float, float, float] | None:
    hours = pl.col("jets") * pl.col("flight_s") / _HOUR_S
    return _ratio(results, _rows(results, package, "sorties", pl.col("cost_usd")), _rows(results, package, "sorties", hours))


def _per_kill(spent: pl.Expr) -> Callable[[Results, str], tuple[float, float, float] | None]:
    def make(results: Results, package: str) -> tuple[float, float, float] | None:
        return _ratio(results, _rows(results, package, "sorties", spent), _rows(results, package, "threats", _ONE, _KILLED))

    return make


FIGURES: dict[str, _Maker] = {
    "take_offs": _Maker("take-offs", "take-offs of single aircraft, a night", _measure("sorties")),
    "aircraft_on_patrol": _Maker("aircraft", "aircraft on patrol at the beginning of the night", _aircraft_on_patrol),
    "flights_per_patrol": _Maker("count", "flights for each patrolling pair, a night", _flights_per_patrol),
    "kept_from_aim": _Maker("count", "threats kept from their aim, a night", _measure("kills_would_have_leaked")),
    "rest_stopped": _Maker("share", "share of the drones and cruise missiles past Ukraine's defence that the package stops", _rest_stopped),
    "usd_per_flight_hour": _Maker("usd/h", "mean cost of an aircraft's flight hour, by the catalogue", _usd_per_flight_hour),
    "usd_per_kill": _Maker("usd", "flights and missiles for each object shot down", _per_kill(pl.col("cost_usd") + pl.col("rounds_usd"))),
    "rounds_usd_per_kill": _Maker("usd", "missiles for each object shot down", _per_kill(pl.col("rounds_usd"))),
    "drones_stopped_by_ukraine": _Maker("share", "share of the drones that Ukraine alone stops", _drones_stopped),
}
"""Our figures by name."""
