"""Threats inside a neighbour's airspace: how many, how long, how deep, how far; and crossings that were stopped in time."""

from __future__ import annotations

import polars as pl

from zaslin.atlas.borders import NEIGHBOURS
from zaslin.measures.measure import Measure, Tables, as_rows

OBSERVABLE_S, OBSERVABLE_M, DEEP_M = 60.0, 1_000.0, 10_000.0
"""Levels of an incursion by the glossary: observable = at least 60 s inside or at least 1 km deep; deep = at least 10 km."""

POSITION_ERROR_M = 500.0
"""An incursion that is shallower than this is flagged: the navigation drift of the model (assumption, 0.1–3 km)."""

_INSIDE_S = pl.coalesce("inside_s", pl.col("exit_s") - pl.col("entry_s"))  # folders of version 1 hold the stay with its gaps alone
_HOME = pl.col("country").is_in(NEIGHBOURS)
_OBSERVABLE = (_INSIDE_S >= OBSERVABLE_S) | (pl.col("depth_m") >= OBSERVABLE_M)


def _stays(name: str, unit: str, label: str, definition: str, value: pl.Expr, where: pl.Expr | None = None, *, mean: bool = False) -> Measure:
    chosen = _HOME if where is None else _HOME & where

    def rows(tables: Tables) -> pl.LazyFrame:
        return tables.rows("incursions", value, where=chosen, member="country", country="country")

    return Measure(name, unit, label, definition, rows, kind="mean" if mean else "sum", by="country", rare=True)


_ONE = pl.lit(1.0)

incursions = _stays(
    "incursions", "count", "Incursions",
    "Stays of a threat inside one neighbour's airspace, gaps under 60 s merged, interceptors' rounds left out; the observable ones: at least 60 s inside or at "
    "least 1 km deep.", _ONE, _OBSERVABLE,
)  # fmt: skip
incursions_any = _stays("incursions_any", "count", "Incursions, any", "Incursions of every length and depth.", _ONE)
incursions_deep = _stays("incursions_deep", "count", "Incursions, deep", "Incursions at least 10 km deep.", _ONE, pl.col("depth_m") >= DEEP_M)
incursions_shallow = _stays(
    "incursions_shallow", "count", "Incursions within the navigation error",
    "Of `incursions_any`, those less deep than the threats' navigation error in the model (0.5 km): whether they crossed at all is open.",
    _ONE, pl.col("depth_m") < POSITION_ERROR_M,
)  # fmt: skip
overflight_s = _stays("overflight_s", "s", "Overflight", "Time inside neighbours' airspace, summed over all incursions (any), merged gaps left out.", _INSIDE_S)
incursion_path_m = _stays(
    "incursion_path_m", "m", "Path inside", "Length of path inside neighbours' airspace, summed over all incursions (any).", pl.col("path_m"),
)  # fmt: skip
incursion_depth_m = _stays(
    "incursion_depth_m", "m", "Depth of an incursion",
    "Greatest distance inside to that country's border, as the mean over (observable) incursions; not defined where there are none.",
    pl.col("depth_m"), _OBSERVABLE, mean=True,
)  # fmt: skip


def _stopped(tables: Tables) -> pl.LazyFrame:
    entered = tables.scan("incursions").select("key", "threat", "country")
    return as_rows(tables.crossings().join(entered, on=["key", "threat", "country"], how="anti"), _ONE, member="country", country="country")


crossings_stopped = Measure(
    "crossings_stopped", "count", "Crossings stopped before the border",
    "Pairs of a threat and a neighbour that it would have entered had the coalition done nothing, and did not enter. For a given crossing: the chance "
    "that it is stopped before the border.", _stopped, by="country", rare=True,
)  # fmt: skip
