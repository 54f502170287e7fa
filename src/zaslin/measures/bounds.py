"""Ends of intervals within what a measure can be: nothing below 0 where it counts, a chance from 0 to 1, a difference from nothing of one sign."""

from __future__ import annotations

from dataclasses import astuple, replace
from typing import NamedTuple

import numpy as np

from zaslin.measures.intervals import Intervals
from zaslin.measures.values import Counts


class Side(NamedTuple):
    """One package of a difference. nothing: 0 in every replicate and sample; plain, tagged: what it has in them."""

    nothing: bool
    plain: Counts
    tagged: Counts | None = None


def bounded(intervals: Intervals, chance: bool, *counts: Counts | None) -> Intervals:
    """Within what its own values allow: not below 0 where none is, and a chance within 0 and 1."""
    intervals = not_below_zero(intervals, *counts)
    return cut(intervals, 0.0) if chance else intervals


def bounded_difference(intervals: Intervals, chance: bool, a: Side, b: Side) -> tuple[Intervals, bool]:
    """Within what both sides allow: where one is nothing, b - a is b, or a turned round, with its own bounds.

    And whether it can have one sign only: one side is nothing, and the other never below 0.
    """
    if a.nothing:
        return bounded(intervals, chance, b.plain, b.tagged), not _below_zero(b.plain, b.tagged)
    if b.nothing:
        return _turned(bounded(_turned(intervals), chance, a.plain, a.tagged)), not _below_zero(a.plain, a.tagged)
    return cut(intervals, -1.0) if chance else intervals, False


def not_below_zero(intervals: Intervals, *counts: Counts | None) -> Intervals:
    """Cut the inputs' interval of a measure that no replicate or sample has below 0. The simulation's stays symmetric: it is read as ± noise."""
    return intervals if intervals.low >= 0.0 or not np.isfinite(intervals.low) or _below_zero(*counts) else replace(intervals, low=0.0)


def cut(intervals: Intervals, least: float) -> Intervals:
    """All four ends within [least, 1]: what a share, a chance or a difference of two can be."""
    low, high, mc_low, mc_high = (min(max(end, least), 1.0) if np.isfinite(end) else end for end in astuple(intervals))
    return Intervals(low, high, mc_low, mc_high)


def _turned(of: Intervals) -> Intervals:
    return Intervals(0.0 - of.high, 0.0 - of.low, 0.0 - of.mc_high, 0.0 - of.mc_low)


def _below_zero(*counts: Counts | None) -> bool:
    return any(part is not None and bool((part.total < 0.0).any()) for part in counts)
