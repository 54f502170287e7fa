"""What becomes of the threats: leakers, the coalition's kills, Ukraine's stops, and what the kills would have been otherwise."""

from __future__ import annotations

import polars as pl

from zaslin.measures.measure import Measure, Tables

REGIONS = ("west", "north", "centre", "south", "east")
"""Macro-regions of Ukraine; leakers by region are shown only as a difference between packages."""


def _fate(*fates: str) -> pl.Expr:
    return pl.col("fate").is_in(fates)


def _leaked(tables: Tables) -> pl.LazyFrame:
    return tables.rows("threats", pl.lit(1.0), where=_fate("leaked"))


leakers = Measure("leakers", "count", "Leakers", "Threats that reached their aim region in Ukraine (fate `leaked`).", _leaked)


def _leaked_in(region: str) -> Measure:
    def rows(tables: Tables) -> pl.LazyFrame:
        return tables.rows("threats", pl.lit(1.0), where=_fate("leaked") & (pl.col("fate_region") == region))

    return Measure(
        f"leakers_{region}", "count", f"Leakers, {region}",
        f"Leakers whose aim region lies in Ukraine's {region}; shown only as a difference between packages.", rows, difference_only=True,
    )  # fmt: skip


leakers_by_region = {region: _leaked_in(region) for region in REGIONS}


def _kills(tables: Tables) -> pl.LazyFrame:
    return tables.rows("threats", pl.lit(1.0), where=_fate("killed_member"), member="shooter_member")


coalition_kills = Measure(
    "coalition_kills", "count", "Shot down by the coalition",
    "Threats with fate `killed_member`, credited to the member whose round ended them.", _kills, by="member",
)  # fmt: skip


def _decoy_kills(tables: Tables) -> pl.LazyFrame:
    return tables.rows("threats", pl.lit(1.0), where=_fate("killed_member") & pl.col("decoy"), member="shooter_member")


decoy_kills = Measure(
    "decoy_kills", "count", "Decoys shot down by the coalition",
    "Of `coalition_kills`, those of decoys: drones with no warhead, or hardly one. What the coalition spends rounds on without sparing anybody much.",
    _decoy_kills, by="member", since=3,
)  # fmt: skip


def _stops(tables: Tables) -> pl.LazyFrame:
    return tables.rows("threats", pl.lit(1.0), where=_fate("killed_ua", "lost"))


ukraine_stops = Measure(
    "ukraine_stops", "count", "Stopped by Ukraine",
    "Threats with fate `killed_ua` or `lost` (jamming or failure): the sum that Ukraine's reports give.", _stops,
)  # fmt: skip


def _would_have(fate: str, words: str) -> Measure:
    def rows(tables: Tables) -> pl.LazyFrame:
        return tables.rows("threats", pl.lit(1.0), where=_fate("killed_member") & (pl.col("would_have") == fate), member="shooter_member")

    return Measure(
        f"kills_would_have_{fate}", "count", f"Kills that would have {words}",
        f"Of `coalition_kills`, those whose fate would have been `{fate}` had the coalition done nothing, with the same luck.", rows, by="member",
    )  # fmt: skip


kills_would_have = {
    fate: _would_have(fate, words)
    for fate, words in (
        ("leaked", "leaked"), ("killed_ua", "been killed by Ukraine"), ("lost", "been lost"), ("left", "ended outside Ukraine"),
    )
}  # fmt: skip
"""By the fate that the coalition's kills would have had; the four sum to `coalition_kills`."""


def _would_have_crossed(tables: Tables) -> pl.LazyFrame:
    return tables.rows("threats", pl.lit(1.0), where=_fate("killed_member") & (pl.col("crosses").fill_null("") != ""), member="shooter_member")


kills_would_have_crossed = Measure(
    "kills_would_have_crossed", "count", "Kills that would have crossed",
    "Of `coalition_kills`, those that would have entered, or did enter, a neighbour's airspace had the coalition done nothing; counted apart from their fates.",
    _would_have_crossed, by="member",
)  # fmt: skip
