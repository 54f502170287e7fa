"""What falls on whose ground, and the harm to be expected there; by country of fall and by shooter."""

from __future__ import annotations

import polars as pl

from zaslin.atlas.borders import NEIGHBOURS
from zaslin.measures.measure import Measure, Tables

SEA = "sea"
"""Where a fall has no country."""

_ABROAD = pl.col("country").is_in(NEIGHBOURS)
_EC = pl.col("ec")


def _falls(tables: Tables) -> pl.LazyFrame:
    return tables.rows("falls", pl.lit(1.0), where=_ABROAD, member="country", country="country")


debris_falls = Measure(
    "debris_falls", "count", "Debris falls abroad",
    "Objects that land in a neighbour: a threat (or what was shot down for one), its fragments as one, or a stray round.", _falls, by="country", rare=True,
)  # fmt: skip


def _casualties(tables: Tables) -> pl.LazyFrame:
    place = tables.scan("falls").with_columns(place=pl.col("country").fill_null(SEA))
    return place.select(
        pl.col("key").cast(pl.Int32), pl.col("threat").cast(pl.String), pl.col("place").alias("member"), "country", _EC.cast(pl.Float64).alias("value")
    )


expected_casualties = Measure(
    "expected_casualties", "persons", "Expected casualties",
    "Expected casualties over everything that falls, Ukraine included, by country of fall; threats that reach their aim are not falls.",
    _casualties, by="any-country", rare=True,
)  # fmt: skip


def _casualties_abroad(tables: Tables) -> pl.LazyFrame:
    return tables.rows("falls", _EC, where=_ABROAD, member="country", country="country")


expected_casualties_abroad = Measure(
    "expected_casualties_abroad", "persons", "Expected casualties abroad",
    "Expected casualties of what falls on neighbours, by country of fall.", _casualties_abroad, by="country", rare=True,
)  # fmt: skip


def _casualties_by_shooter(tables: Tables) -> pl.LazyFrame:
    return tables.rows("falls", _EC, where=pl.col("shooter_member").is_not_null(), member="shooter_member", country="country")


expected_casualties_by_shooter = Measure(
    "expected_casualties_by_shooter", "persons", "Expected casualties by shooter",
    "Expected casualties of what falls after a member's shot, wherever it falls, by the member that shot.",
    _casualties_by_shooter, by="member", rare=True,
)  # fmt: skip
