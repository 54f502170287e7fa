"""Why the coalition did not shoot a threat down: the first link of the chain that failed, per member and for the coalition.

The chain itself is the engine's; here its causes are counted, so that nothing is unexplained.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from zaslin.errors import InputError, unknown
from zaslin.measures.measure import Tables
from zaslin.measures.values import Reading, read
from zaslin.outcomes.store import DRAWS, Results
from zaslin.outcomes.tables import CAUSES, COALITION

FOLLOWED = ("drone", "cruise")
"""Classes whose threats are shown first as an example: packages may fire at them."""

DECIDED = ("not_permitted", "not_approved", "out_of_reach", "pilot_held", "missed")
"""Causes that a rule or a shot decided, and so worth following; "not_permitted" only where a caveat is named."""


@dataclass(frozen=True)
class Cause:
    """One row: how often per replicate `cause` was why `member` did not shoot a threat down; `caveat` names the rule, where it was one."""

    member: str
    cause: str
    caveat: str | None
    mean_per_replicate: float


@dataclass(frozen=True)
class WhyNot:
    """All causes of a package. For each member, and for "coalition", the means sum to `not_killed`, the threats that it did not shoot down.

    draw "plain": per night, all threats. "tagged": expected crossings per night (weighted) by threats that fly over way-points. "given": shares of
    a crossing like the reported one.
    `example`: a threat to follow (replicate or sample, threat, its class, cause, caveat), chosen by `_example`; None where all were shot down.
    """

    package: str
    draw: str
    causes: tuple[Cause, ...]
    not_killed: float
    example: dict[str, Any] | None

    def of(self, member: str = COALITION) -> tuple[Cause, ...]:
        """The causes of one member, or of the coalition."""
        return tuple(cause for cause in self.causes if cause.member == member)


def why_not(results: Results | Reading, package: str, draw: Literal["plain", "tagged", "given"] = "plain") -> WhyNot:
    """Causes per member and for the coalition, in the order of the chain.

    draw: which threats (see `WhyNot`). Raises StoreError for an unknown package, InputError where the folder lacks such draws.
    """
    reading = read(results, package)
    if draw not in DRAWS:
        raise InputError(unknown("draw", draw, DRAWS))
    tables = Tables(reading.results, package, draw)
    if draw == "plain":
        count = float(len(reading.replicates(package)))
    elif draw == "tagged":
        if not reading.has_tagged(package):
            raise InputError(f"{reading.results.folder} lacks tagged samples of {package}; ask for plain draws")
        count = float(len(reading.replicates(package))) / reading.results.block_size
    else:
        count = reading.given_weight(package)
    weight = pl.lit(1.0) if draw == "plain" else pl.col("weight")
    keys = ["key", "threat"]
    threats = tables.scan("threats").select(*keys, "fate", "crosses", "threat_class", weight=weight)
    causes = tables.scan("causes").select(*keys, "member", "cause", "caveat").join(threats, on=keys)
    grouped, open_threats, example = reading.results.collect(
        [
            causes.group_by("member", "cause", "caveat").agg(pl.col("weight").sum()),
            threats.filter(pl.col("fate") != "killed_member").select(pl.col("weight").sum()),
            _example(causes),
        ]
    )
    rows = [
        Cause(str(row["member"]), str(row["cause"]), row["caveat"], row["weight"] / count if count else 0.0) for row in grouped.rows(named=True)
    ]
    found = example.row(0, named=True) if len(example) else None
    return WhyNot(package, draw, tuple(sorted(rows, key=_order)), float(open_threats.item() or 0.0) / count if count else 0.0, found)


def _order(cause: Cause) -> tuple[bool, str, int, str]:
    place = CAUSES.index(cause.cause) if cause.cause in CAUSES else len(CAUSES)
    return cause.member != COALITION, cause.member, place, cause.caveat or ""


def _example(causes: pl.LazyFrame) -> pl.LazyFrame:
    """The threat with most to tell: of a class that packages may fire at, a crossing, decided by a rule or shot, far along the chain; then the first."""
    link = pl.col("cause").replace_strict(list(CAUSES), list(range(len(CAUSES))), default=-1, return_dtype=pl.Int32)
    ended = pl.col("cause").is_in(["ended_first", "unmet_class"])  # no links of the chain
    named = (pl.col("cause") != "not_permitted") | (pl.col("caveat").fill_null("") != "")
    return (
        causes.filter(pl.col("member") == COALITION)
        .with_columns(
            followed=pl.col("threat_class").is_in(FOLLOWED).fill_null(False),
            crossing=pl.col("crosses").fill_null("") != "",
            decided=pl.col("cause").is_in(DECIDED) & named,
            link=pl.when(ended).then(-1).otherwise(link),
        )
        .sort(["followed", "crossing", "decided", "link", "key", "threat"], descending=[True, True, True, True, False, False])
        .head(1)
        .select(pl.col("key").alias("replicate"), "threat", "threat_class", "cause", "caveat", "crossing")
    )


def _telling(example: Mapping[str, Any]) -> tuple[bool, bool, bool]:
    """How much an example tells, as `_example` orders threats: class, crossing, decided."""
    decided = example["cause"] in DECIDED and (example["cause"] != "not_permitted" or bool(example["caveat"]))
    return example["threat_class"] in FOLLOWED, bool(example["crossing"]), decided


def why_json(results: Results | Reading, packages: Sequence[str] | None = None) -> dict[str, Any]:
    """Causes of all packages (or those asked for), in the shape of `zaslin why --json`; the example is that which tells most, of equals the last package's."""
    reading = results if isinstance(results, Reading) else Reading(results)
    found = [why_not(reading, name) for name in (packages or reading.results.packages)]
    examples: list[dict[str, Any]] = [{"package": why.package, **why.example} for why in found if why.example is not None]
    return {
        "causes": [
            {"package": why.package, "member": row.member, "cause": row.cause, "caveat": row.caveat, "mean_per_replicate": row.mean_per_replicate}
            for why in found
            for row in why.causes
        ],
        "example_threat": max(reversed(examples), key=_telling) if examples else None,
        "not_killed": [{"package": why.package, "mean_per_replicate": why.not_killed} for why in found],
    }
