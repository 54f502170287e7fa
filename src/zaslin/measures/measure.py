"""What a measure is: a name, a unit, a definition in words, and the rows of one package's tables that make it.

Measures say *what* is counted; how counts become estimates is in `values` and `estimate`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import polars as pl

from zaslin.atlas.borders import NEIGHBOURS
from zaslin.outcomes.store import Results

By = Literal["country", "any-country", "member"]


class Tables:
    """The tables of one package and draw, lazily; `key` is the replicate, or the sample of a tagged or given draw."""

    def __init__(self, results: Results, package: str, draw: str):
        self._results = results
        self._scans: dict[str, pl.LazyFrame] = {}
        self.package = package
        self.draw = draw

    def scan(self, name: str) -> pl.LazyFrame:
        """One table with its `key`; asked for twice, it is the same frame, so that a common scan is made once."""
        if name not in self._scans:
            key = "replicate" if self.draw == "plain" else "sample"
            self._scans[name] = self._results.scan(name, self.package, self.draw).with_columns(key=pl.col(key))
        return self._scans[name]

    def rows(
        self, name: str, value: pl.Expr, *, where: pl.Expr | None = None, member: str | None = None, country: str | None = None
    ) -> pl.LazyFrame:
        """Rows of one table as a measure wants them. member, country: the columns that hold them, if any."""
        frame = self.scan(name)
        if where is not None:
            frame = frame.filter(where)
        return as_rows(frame, value, member=member, country=country)

    def excursions(self) -> pl.LazyFrame:
        """One row per threat and neighbour that its free flight enters: key, threat, group, threat_class, country, border_s (first entry into it),
        crosses (whether it comes so far past Ukraine's layer, unless the coalition stops it). In a tagged or given draw, the country is the one
        that the sample stands for.
        """
        columns = ("key", "threat", "group", "threat_class")
        listed = self.scan("threats").filter(pl.col("excursion").fill_null("") != "", pl.col("entries_s").is_not_null())
        if self.draw != "plain":
            listed = listed.filter(pl.col("tag_country").is_not_null())
        rows = listed.select(
            *columns, "tag_country", country=pl.col("excursion").str.split(","), border_s="entries_s", within=pl.col("crosses").fill_null("").str.split(",")
        ).explode(["country", "border_s"])
        rows = rows.filter(pl.col("country").is_in(NEIGHBOURS) if self.draw == "plain" else pl.col("country") == pl.col("tag_country"))
        return rows.select(*columns, "country", "border_s", crosses=pl.col("within").list.contains(pl.col("country")))

    def crossings(self) -> pl.LazyFrame:
        """The excursions that Ukraine's layer leaves: rows as in `excursions`, without `crosses`."""
        return self.excursions().filter(pl.col("crosses")).drop("crosses")

    def member_borders(self) -> list[str]:
        """Neighbours that are members of the package; all neighbours where none is."""
        nations = [str(member["nation"]) for member in self._results.package(self.package)["members"]]
        return [country for country in NEIGHBOURS if country in nations] or list(NEIGHBOURS)


def as_rows(frame: pl.LazyFrame, value: pl.Expr, *, member: str | None = None, country: str | None = None) -> pl.LazyFrame:
    """A frame with `key` (replicate, or sample of a tagged or given draw) and `threat` as a measure's rows: key, threat, member, country, value."""
    return frame.select(
        pl.col("key").cast(pl.Int32),
        pl.col("threat").cast(pl.String),
        (pl.lit(None, pl.String) if member is None else pl.col(member).cast(pl.String)).alias("member"),
        (pl.lit(None, pl.String) if country is None else pl.col(country).cast(pl.String)).alias("country"),
        value.cast(pl.Float64).alias("value"),
    )


@dataclass(frozen=True, eq=False)
class Measure:
    """One figure of the glossary.

    kind: "sum" adds the rows of a replicate; "mean" is the mean over all rows (a ratio of expectations; not defined without rows).
    by: whose it is when asked per member: "member" (a nation of the package), "country" (a neighbour), "any-country" (where something
    fell: the total over neighbours and others); None: only the night's total.
    rare: estimated with tagged threats, where the folder has them.
    whole_night: not a property of single threats, so it has no meaning for a given crossing.
    difference_only: shown only as a difference between packages.
    since: version of the tables from which on folders hold its rows; in older ones it is not defined.
    asset: kind of asset that it is about; not defined for a member, or a package, without one.
    """

    name: str
    unit: str
    label: str
    definition: str
    rows: Callable[[Tables], pl.LazyFrame]
    kind: Literal["sum", "mean"] = "sum"
    by: By | None = None
    rare: bool = False
    whole_night: bool = False
    difference_only: bool = False
    since: int = 1
    asset: str | None = None
    note: str = ""

    def __repr__(self) -> str:
        return f"Measure({self.name}, {self.unit})"
