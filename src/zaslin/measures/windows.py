"""Permission windows as a product of their own: the windows themselves, and how well they meet the threats that matter.

A window is the time in which a member's caveats, taken together, permit engaging a threat. Permission is not a shot.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from zaslin.measures.estimate import Estimate, estimate
from zaslin.measures.measure import Measure, Tables, as_rows
from zaslin.measures.values import Reading, read
from zaslin.outcomes.store import Results

TIMELY_S = 60.0
"""A permission is timely when it comes at least this long before the entry (the glossary's `window_recall`)."""

PRECISION_OVER = "of the threats permitted, the share whose free flight enters any neighbour"
RECALL_OVER = (
    "of the threats whose free flight enters a member's airspace (any neighbour's where no member has a border here), permitted or not, the share permitted at "
    "least 60 s before"
)
"""Over what each of the two shares is: not the same threats."""

PLAIN_OVER = "of the threats of the plain nights alone, few of which come near a border (zaslin windows: how many, and over which each of the two is)"
CROSSINGS_OVER = "of crossings alone, by the tagged samples and their weights; so it may be far from window recall, which counts all that would have entered"
"""In which nights they are counted, beside the recall of crossings."""

_EXCURSION = pl.col("excursion").fill_null("") != ""


def _permitted(tables: Tables, member: str | None) -> pl.LazyFrame:
    """First permitted second per threat, by one member or by any."""
    windows = tables.scan("windows")
    if member is not None:
        windows = windows.filter(pl.col("member") == member)
    return windows.group_by("key", "threat").agg(pl.col("from_s").min())


def _at_members(tables: Tables, member: str | None) -> pl.LazyFrame:
    """Excursions into members' airspace; into one member's where it has a border here."""
    borders = tables.member_borders()
    return tables.excursions().filter(pl.col("country").is_in([member] if member in borders else borders))


def _share(value: pl.Expr) -> pl.Expr:
    return value.fill_null(False).cast(pl.Float64)


def _name(name: str, member: str | None) -> str:
    return name if member is None else f"{name}[{member}]"


def _precision(member: str | None) -> Measure:
    def rows(tables: Tables) -> pl.LazyFrame:
        permitted = _permitted(tables, member).join(tables.scan("threats").select("key", "threat", "excursion"), on=["key", "threat"])
        return as_rows(permitted, _share(_EXCURSION))

    return Measure(
        _name("window_precision", member), "share", "Window precision",
        "Permitted threats that are excursions (their free flight enters a neighbour) / permitted threats. Per study, not summed; not defined where "
        "nothing is permitted.", rows, kind="mean",
    )  # fmt: skip


def _recall(member: str | None) -> Measure:
    def rows(tables: Tables) -> pl.LazyFrame:
        permitted = _at_members(tables, member).join(_permitted(tables, member), on=["key", "threat"], how="left")
        return as_rows(permitted, _share(pl.col("from_s") <= pl.col("border_s") - TIMELY_S))

    return Measure(
        _name("window_recall", member), "share", "Window recall",
        "Excursions into members' airspace permitted at least 60 s before that entry / such excursions (any neighbour's where no member has a border here; per "
        "member: into its own). Per study, not summed; not defined where there are no excursions. An excursion "
        "that is stopped before it was permitted, by Ukraine or by another member, counts as not permitted.", rows, kind="mean",
    )  # fmt: skip


window_precision = _precision(None)
window_recall = _recall(None)


def _crossing_recall(tables: Tables) -> pl.LazyFrame:
    crossings = _at_members(tables, None).filter(pl.col("crosses"))
    permitted = crossings.join(_permitted(tables, None), on=["key", "threat"], how="left")
    return as_rows(permitted, _share(pl.col("from_s") <= pl.col("border_s") - TIMELY_S), country="country")


window_recall_crossings = Measure(
    "window_recall_crossings", "share", "Window recall, crossings",
    "As `window_recall`, over crossings alone: the excursions that Ukraine's layer would not have stopped before the border.",
    _crossing_recall, kind="mean", rare=True,
)  # fmt: skip


@dataclass(frozen=True)
class Windows:
    """How a package's windows meet its excursions. `lead_s`: from the first permitted second to the entry, quantiles over the excursions
    that were ever permitted (negative: permitted after entry), by name p05 … p95; empty where there are none."""

    package: str
    precision: Estimate
    recall: Estimate
    recall_crossings: Estimate
    by_member: dict[str, tuple[Estimate, Estimate]]
    n_permitted: int
    n_excursions: int
    lead_s: dict[str, float]


def windows(results: Results | Reading, package: str) -> Windows:
    """Precision, recall and lead of a package's windows; per member precision and recall. Raises StoreError for an unknown package."""
    reading = read(results, package)
    nations = [str(member["nation"]) for member in reading.results.package(package)["members"]]
    tables = Tables(reading.results, package, "plain")
    first = _permitted(tables, None)
    excursions = _at_members(tables, None).select("key", "threat", "border_s")
    lead = excursions.join(first, on=["key", "threat"]).select(lead_s=pl.col("border_s") - pl.col("from_s"))
    n_permitted, n_excursions, leads = reading.results.collect([first.select(pl.len()), excursions.select(pl.len()), lead])
    series = leads.get_column("lead_s").drop_nulls()
    quantiles = {f"p{round(100 * at):02d}": series.quantile(at, "linear") for at in (0.05, 0.25, 0.5, 0.75, 0.95)}
    return Windows(
        package=package,
        precision=estimate(reading, window_precision, package),
        recall=estimate(reading, window_recall, package),
        recall_crossings=estimate(reading, window_recall_crossings, package),
        by_member={nation: (estimate(reading, _precision(nation), package), estimate(reading, _recall(nation), package)) for nation in nations},
        n_permitted=int(n_permitted.item()),
        n_excursions=int(n_excursions.item()),
        lead_s={name: float(value) for name, value in quantiles.items() if value is not None},
    )


def windows_json(
    results: Results | Reading, packages: Sequence[str] | None = None, replicate: int | None = None, threat: str | None = None
) -> dict[str, Any]:
    """The windows and their scores, in the shape of `zaslin windows --json`.

    packages: default all. replicate, threat: only their windows (scores are always over all). `precision` and `recall` are those of the package
    `of`: the first that opens windows (the first of all where none does); `scores` has every package's, with intervals, per member, and the lead.
    `precision_over` and `recall_over` say over which threats each is.
    """
    reading = results if isinstance(results, Reading) else Reading(results)
    names = tuple(packages) if packages else reading.results.packages
    rows: list[dict[str, Any]] = []
    for name in names:
        frame = reading.results.scan("windows", name)
        if replicate is not None:
            frame = frame.filter(pl.col("replicate") == replicate)
        if threat is not None:
            frame = frame.filter(pl.col("threat") == threat)
        table = reading.results.collect([frame.select("member", "threat", "replicate", "from_s", "to_s", "caveat")])[0]
        rows += [{"package": name, **row} for row in table.rows(named=True)]
    scores = [windows(reading, name) for name in names]
    told = next((score for score in scores if score.n_permitted), scores[0])
    return {
        "windows": rows,
        "of": told.package,
        "precision": number(told.precision.mean),
        "recall": number(told.recall.mean),
        "precision_over": PRECISION_OVER,
        "recall_over": RECALL_OVER,
        "scores": [_score(score) for score in scores],
    }


def first_with_windows(results: Results, packages: Sequence[str] | None = None) -> str:
    """The first package that opens windows; the first of all where none does."""
    names = tuple(packages) if packages else results.packages
    found = results.collect([results.scan("windows", name).select(pl.col("threat")).head(1) for name in names])
    return next((name for name, rows in zip(names, found, strict=True) if rows.height), names[0])


def _score(score: Windows) -> dict[str, Any]:
    def interval(item: Estimate) -> dict[str, float | None]:
        return {"mean": number(item.mean), "low": number(item.low), "high": number(item.high), "blocks": item.blocks}

    return {
        "package": score.package,
        "precision": interval(score.precision),
        "recall": interval(score.recall),
        "recall_crossings": interval(score.recall_crossings),
        "members": [
            {"member": nation, "precision": interval(precision), "recall": interval(recall)} for nation, (precision, recall) in score.by_member.items()
        ],
        "permitted": score.n_permitted,
        "excursions": score.n_excursions,
        "lead_s": score.lead_s or None,
    }


def number(value: float) -> float | None:
    """A finite number, or None for what is not defined: JSON has no nan."""
    return value if math.isfinite(value) else None
