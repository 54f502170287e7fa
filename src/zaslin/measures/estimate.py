"""Estimates of measures and of differences between packages, each with its three intervals; packages see the same nights.

The formulae are in docs/estimates.md; what a measure counts is in its own file.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from zaslin.errors import InputError, came, nearest
from zaslin.measures.bounds import Side, bounded, bounded_difference
from zaslin.measures.impossible import impossible
from zaslin.measures.intervals import Floats, Intervals, Ints, Strata, block_intervals, effective_size, tagged_noise, weighted_quantiles, within_noise
from zaslin.measures.measure import Measure
from zaslin.measures.values import Counts, GivenValues, Reading, Values, read
from zaslin.outcomes.store import Results

NAN = float("nan")
WIDEST = 0.25
"""A shown difference is sharp enough when the simulation's own 90 % interval is within this share of its mean."""

SHARES = ("share", "probability")
"""Units of what lies from 0 to 1: so do their intervals, and those of a difference from -1 to 1."""

ONCE = ("leakers", "coalition_kills", "decoy_kills", "ukraine_stops", "crossings_stopped", "kills_would_have_")
"""Measures (beginnings of their names) that count a threat once at most: of a single given threat they are a probability."""

_MOST_REPLICATES = 10_000_000


@dataclass(frozen=True)
class Estimate:
    """The expected value of a measure on such a night (or for a given crossing). 90 % intervals; nan where not defined, or from too few blocks.

    low, high: what the uncertain inputs leave open. mc_low, mc_high: the simulation's own noise. p05, p95: single nights. Those of a share lie
    within 0 and 1.
    ess: effective number of independent contributions. method: "plain", "tagged" or "given". blocks: of replicates, on which the intervals rest.
    """

    measure: str
    unit: str
    package: str
    member: str | None
    mean: float
    low: float
    high: float
    mc_low: float
    mc_high: float
    p05: float
    p95: float
    ess: float
    replicates: int
    method: str = "plain"
    blocks: int = 0


@dataclass(frozen=True)
class Difference:
    """`b` − `a`, paired night by night: below 0, b has less. Fields as in `Estimate`.

    one_way: one side is nothing in every replicate and sample and the other never below 0, so the difference is that other side and has its sign.
    """

    measure: str
    unit: str
    a: str
    b: str
    member: str | None
    mean: float
    low: float
    high: float
    mc_low: float
    mc_high: float
    p05: float
    p95: float
    ess: float
    replicates: int = 0
    method: str = "plain"
    blocks: int = 0
    one_way: bool = False


@dataclass(frozen=True)
class _Frame:
    """Which replicate and which tagged sample lies in which of B blocks. `share`: each block's share of the replicates; `size`: how many it has."""

    block: Ints
    share: Floats
    sample_block: Ints | None
    size: Ints


@dataclass(frozen=True)
class _Parts:
    """An expected value taken apart: a block's value is `base` + the mean of `x` over its replicates + the sum of `y` over its samples."""

    base: float
    x: Floats
    y: Floats | None


def estimate(results: Results | Reading, measure: Measure, package: str, member: str | None = None, method: str | None = None) -> Estimate:
    """The expected value of `measure` under `package`.

    method: None uses tagged threats for rare measures where the folder has them; "plain" counts in the plain replicates alone.
    Raises InputError (a member, package or method that is not there), StoreError (a folder that cannot be read).
    """
    reading = _reading(results, measure, package)
    if measure.difference_only:
        raise InputError(f"{measure.name} is shown only as a difference between packages")
    (values,), frame = _aligned(reading, [reading.values(measure, package, member, method)])
    never = impossible(reading.results.package(package), measure, member)
    mean, intervals, ess = _sum_up(_parts(measure, values, frame), frame, values.strata, never=never)
    intervals = bounded(intervals, measure.unit in SHARES, values.plain, values.tagged)
    p05, p95 = _quantiles(_per_unit(measure, values.plain))
    return Estimate(
        measure.name, measure.unit, package, member, mean, intervals.low, intervals.high, intervals.mc_low, intervals.mc_high,
        p05, p95, ess, len(values.replicates), "plain" if values.tagged is None else "tagged", len(frame.size),
    )  # fmt: skip


def compare(results: Results | Reading, measure: Measure, a: str, b: str, member: str | None = None, method: str | None = None) -> Difference:
    """`measure` under package `b` minus under package `a`: the same nights, subtracted pair by pair.

    Arguments and errors as in `estimate`. Only replicates that both packages have are used.
    """
    reading = _reading(results, measure, a, b)
    both = [reading.values(measure, package, member, method) for package in (a, b)]
    if (both[0].tagged is None) != (both[1].tagged is None):
        both = [reading.values(measure, package, member, "plain") for package in (a, b)]
    (of_a, of_b), frame = _aligned(reading, both)
    never = all(impossible(reading.results.package(package), measure, member) for package in (a, b))
    parts_a, parts_b = _parts(measure, of_a, frame), _parts(measure, of_b, frame)
    mean, intervals, ess = _sum_up(_minus(parts_b, parts_a), frame, of_a.strata, never=never)
    sides = Side(_nothing(parts_a), of_a.plain, of_a.tagged), Side(_nothing(parts_b), of_b.plain, of_b.tagged)
    intervals, one_way = bounded_difference(intervals, measure.unit in SHARES, *sides)
    p05, p95 = _quantiles(_per_unit(measure, of_b.plain) - _per_unit(measure, of_a.plain))
    return Difference(
        measure.name, measure.unit, a, b, member, mean, intervals.low, intervals.high, intervals.mc_low, intervals.mc_high,
        p05, p95, ess, len(of_a.replicates), "plain" if of_a.tagged is None else "tagged", len(frame.size), one_way,
    )  # fmt: skip


def given_estimate(results: Results | Reading, measure: Measure, package: str, member: str | None = None) -> Estimate:
    """The expected value for a crossing like the reported one: a mean over the draws that agree with the report, by their weights.

    Raises InputError where the folder has no given crossing, or the measure belongs to a whole night. `replicates` counts samples.
    """
    values = _reading(results, measure, package).given_values(measure, package, member)
    parts, frame = _given_parts(measure, values)
    never = impossible(_reading(results, measure, package).results.package(package), measure, member)
    mean, intervals, _ = _sum_up(parts, frame, None, parts.y, never)
    intervals = bounded(intervals, _is_chance(measure), values.counts)
    seen = _per_unit(measure, values.counts)
    p05, p95 = _quantiles(seen, values.weight)
    return Estimate(
        measure.name, measure.unit, package, member, mean, intervals.low, intervals.high, intervals.mc_low, intervals.mc_high,
        p05, p95, effective_size(values.weight), len(values.samples), "given", len(frame.size),
    )  # fmt: skip


def given_difference(results: Results | Reading, measure: Measure, a: str, b: str, member: str | None = None) -> Difference:
    """`b` − `a` for a crossing like the reported one, paired sample by sample. Errors as in `given_estimate`."""
    reading = _reading(results, measure, a, b)
    of_a, of_b = _common_samples(*(reading.given_values(measure, package, member) for package in (a, b)))
    (parts_a, frame), (parts_b, _) = (_given_parts(measure, values) for values in (of_a, of_b))
    parts = _minus(parts_b, parts_a)
    never = all(impossible(reading.results.package(package), measure, member) for package in (a, b))
    mean, intervals, _ = _sum_up(parts, frame, None, parts.y, never)
    sides = Side(_nothing(parts_a), of_a.counts), Side(_nothing(parts_b), of_b.counts)
    intervals, one_way = bounded_difference(intervals, _is_chance(measure), *sides)
    p05, p95 = _quantiles(_per_unit(measure, of_b.counts) - _per_unit(measure, of_a.counts), of_a.weight)
    return Difference(
        measure.name, measure.unit, a, b, member, mean, intervals.low, intervals.high, intervals.mc_low, intervals.mc_high,
        p05, p95, effective_size(of_a.weight), len(of_a.samples), "given", len(frame.size), one_way,
    )  # fmt: skip


def expected(block: Ints, x: Floats, y: Floats | None = None, strata: Strata | None = None, never: bool = False) -> tuple[float, Intervals, float]:
    """Mean, intervals and effective size of a sum that has one value `x` per replicate and, where tagged samples belong to it, one weighted `y` per sample.

    block: of each replicate; strata: of the samples, whose blocks are among these; never: it cannot be but 0. Any fixed linear combination of packages (a
    difference, a Shapley value) is such a sum, taken replicate by replicate: so its noise is paired.
    """
    blocks, index, size = _blocks_of(block)
    frame = _Frame(index, size / max(len(block), 1), None if strata is None else np.searchsorted(blocks, strata.block), size)
    return _sum_up(_Parts(0.0, x, y), frame, strata, never=never)


def at_least_one(mean: float) -> float:
    """P(at least one) = 1 − exp(−mean) for a rare count of expected value `mean` >= 0: a Poisson count, to be labelled so where shown."""
    return -math.expm1(-max(mean, 0.0))


def precision(difference: Difference, widest: float = WIDEST) -> tuple[bool, int | None]:
    """Whether the simulation's interval is within ± `widest` of the difference's mean, and how many replicates would make it so.

    The number is rounded up to two figures; None where no number below ten million would do (the difference may be nothing), or where there is no interval.
    """
    half = max(difference.mc_high - difference.mean, difference.mean - difference.mc_low)  # the longer side: a share's is cut at its bounds
    if not math.isfinite(half) or not math.isfinite(difference.mean):
        return False, None
    if half <= widest * abs(difference.mean) or half == 0.0:
        return True, difference.replicates
    if difference.mean == 0.0:
        return False, None
    needed = difference.replicates * (half / (widest * difference.mean)) ** 2
    if not needed <= _MOST_REPLICATES:
        return False, None
    size = 10 ** max(1, math.floor(math.log10(needed)) - 1)
    return False, math.ceil(needed / size * (1.0 - 1e-9)) * size


# -- inside -----------------------------------------------------------------------------------------------------------


def _nothing(parts: _Parts) -> bool:
    """Whether one side of a difference is 0 in every replicate and sample."""
    return parts.base == 0.0 and not parts.x.any() and (parts.y is None or not parts.y.any())


def _is_chance(measure: Measure) -> bool:
    """Whether the measure of one given threat lies from 0 to 1."""
    return measure.unit in SHARES or measure.name.startswith(ONCE)


def _reading(results: Results | Reading, measure: object, *packages: object) -> Reading:
    """The folder while it is read. Raises InputError where the measure is none, or a package is no name: they are easily mixed up."""
    if not isinstance(measure, Measure):
        from zaslin.measures.registry import MEASURES  # it knows windows, which ask this file

        near = nearest(measure, MEASURES) if isinstance(measure, str) else None
        hint = f'zs.MEASURES["{near}"]' if near is not None else "zs.incursions"
        raise InputError(f"{came(measure)} came where a measure is wanted; give the measure itself, as {hint} (zs.MEASURES has all, by name)")
    return read(results, *packages)


def _aligned(reading: Reading, several: list[Values]) -> tuple[list[Values], _Frame]:
    """The values at the replicates, and the tagged samples of those blocks, that all of them have."""
    asked = [(values.replicates, values.samples) for values in several]
    key = tuple(id(array) for pair in asked for array in pair)  # a reading's arrays, which measure after measure shares; they are held as long as the key
    if key not in reading.frames:
        replicates, keep, frame = _common(reading, several)
        reading.frames[key] = (asked, replicates, keep, frame, [_whole(values, replicates, keep) for values in several])
    _, replicates, keep, frame, whole = reading.frames[key]
    return [values if alike else _at(values, replicates, keep) for values, alike in zip(several, whole, strict=True)], frame


def _common(reading: Reading, several: list[Values]) -> tuple[Ints, Ints | None, _Frame]:
    """Replicates and samples that all have, and their blocks."""
    replicates = several[0].replicates
    for values in several[1:]:
        if not np.array_equal(replicates, values.replicates):
            replicates = np.intersect1d(replicates, values.replicates)
    blocks, block, size = _blocks_of(replicates // reading.results.block_size)
    share = size / max(len(replicates), 1)
    first = several[0]
    if first.samples is None or first.strata is None:
        sample_block, keep = None, None
    else:
        shared = _among(first.strata.block, blocks)
        for values in several[1:]:
            if values.samples is not None and not np.array_equal(first.samples, values.samples):
                shared &= np.isin(first.samples, values.samples)
        keep = first.samples[shared]
        mine = first.strata.block if shared.all() else first.strata.block[shared]
        sample_block = mine - blocks[0] if len(blocks) and _unbroken(blocks) else np.searchsorted(blocks, mine)
    return replicates, keep, _Frame(block, share, sample_block, size)


def _blocks_of(block: Ints) -> tuple[Ints, Ints, Ints]:
    """The blocks that are there, each entry's place among them, and their sizes: numpy's unique, without sorting."""
    there = np.bincount(block) if len(block) else np.zeros(0, np.int64)
    blocks = np.flatnonzero(there)
    place = np.zeros(len(there), np.int64)
    place[blocks] = np.arange(len(blocks))
    return blocks, place[block], there[blocks]


def _among(block: Ints, blocks: Ints) -> np.ndarray:
    """Which of `block` (ascending, as samples are) are among `blocks` (ascending)."""
    if not len(blocks):
        return np.zeros(len(block), bool)
    if _unbroken(blocks):
        return np.asarray((block >= blocks[0]) & (block <= blocks[-1]))
    place = np.minimum(np.searchsorted(blocks, block), len(blocks) - 1)
    return np.asarray(blocks[place] == block)


def _unbroken(blocks: Ints) -> bool:
    return bool(blocks[-1] - blocks[0] == len(blocks) - 1)


def _whole(values: Values, replicates: Ints, samples: Ints | None) -> bool:
    """Whether the values are at these replicates and samples already."""
    if not np.array_equal(values.replicates, replicates) or (samples is None) != (values.samples is None):
        return False
    return samples is None or values.samples is None or np.array_equal(values.samples, samples)


def _at(values: Values, replicates: Ints, samples: Ints | None) -> Values:
    here = np.isin(values.replicates, replicates)
    plain = Counts(values.plain.total[here], values.plain.rows[here])
    if samples is None or values.samples is None or values.rest is None or values.tagged is None or values.strata is None:
        return Values(replicates, plain)
    there = np.isin(values.samples, samples)
    return Values(
        replicates=replicates,
        plain=plain,
        rest=Counts(values.rest.total[here], values.rest.rows[here]),
        tagged=Counts(values.tagged.total[there], values.tagged.rows[there]),
        samples=samples,
        strata=replace(values.strata, block=values.strata.block[there], stratum=values.strata.stratum[there], kept=values.strata.kept[there]),
    )


def _block_values(x: Floats, y: Floats | None, frame: _Frame) -> Floats:
    """Per block: mean of `x` over its replicates + sum of `y` over its samples."""
    return _with_samples(_means(x, frame), y, frame)


def _means(x: Floats, frame: _Frame) -> Floats:
    return np.asarray(np.bincount(frame.block, x, minlength=len(frame.share)) / np.maximum(frame.size, 1))


def _with_samples(means: Floats, y: Floats | None, frame: _Frame) -> Floats:
    if y is None or frame.sample_block is None:
        return means
    return np.asarray(means + np.bincount(frame.sample_block, y, minlength=len(frame.share)))


def _parts(measure: Measure, values: Values, frame: _Frame) -> _Parts:
    counts = values.plain if values.rest is None else values.rest
    if measure.kind == "sum":
        return _Parts(0.0, counts.total, None if values.tagged is None else values.tagged.total)
    return _ratio(counts, values.tagged, frame)


def _ratio(counts: Counts, tagged: Counts | None, frame: _Frame) -> _Parts:
    """A ratio of two expectations, linearised: total / rows ≈ R + (total − R · rows) / mean rows."""
    total = float((frame.share * _block_values(counts.total, None if tagged is None else tagged.total, frame)).sum())
    rows = float((frame.share * _block_values(counts.rows, None if tagged is None else tagged.rows, frame)).sum())
    if rows <= 0.0:
        nothing = np.zeros_like(counts.total)
        return _Parts(NAN, nothing, None if tagged is None else np.zeros_like(tagged.total))
    ratio = total / rows
    y = None if tagged is None else (tagged.total - ratio * tagged.rows) / rows
    return _Parts(ratio, (counts.total - ratio * counts.rows) / rows, y)


def _minus(b: _Parts, a: _Parts) -> _Parts:
    return _Parts(b.base - a.base, b.x - a.x, None if a.y is None or b.y is None else b.y - a.y)


def _sum_up(parts: _Parts, frame: _Frame, strata: Strata | None, independent: Floats | None = None, never: bool = False) -> tuple[float, Intervals, float]:
    """Mean, intervals and effective size. `independent`: samples of a given crossing, whose noise is the spread inside a block; `never`: impossible."""
    if len(frame.share) == 0:
        return NAN, Intervals(NAN, NAN, NAN, NAN), 0.0
    means = _means(parts.x, frame)
    block_values = parts.base + _with_samples(means, parts.y, frame)
    mean = float((frame.share * block_values).sum())
    n_blocks = len(frame.share)
    if independent is not None and frame.sample_block is not None:
        noise = _spread_inside(independent, frame.sample_block)
    else:
        noise = within_noise(parts.x, frame.block, frame.size, means)
        if parts.y is not None and strata is not None:
            noise = (0.0 if not parts.x.any() else noise) + tagged_noise(parts.y, strata, n_blocks)
    if parts.y is None:
        ess = float(len(parts.x))
    else:
        ess = effective_size(np.concatenate([parts.x / max(len(parts.x), 1), parts.y / n_blocks]))
    return mean, block_intervals(mean, block_values, frame.share, noise, never), ess


def _spread_inside(y: Floats, block: Ints) -> float:
    """Mean variance of a block's sum of `y`, from the spread inside blocks of two or more samples; nan where there is none."""
    size = np.bincount(block)
    total, square = np.bincount(block, y), np.bincount(block, y * y)
    several = size > 1
    if not several.any():
        return NAN
    m = size[several]
    return float((m / (m - 1) * np.maximum(square[several] - total[several] ** 2 / m, 0.0)).mean())


def _given_parts(measure: Measure, values: GivenValues) -> tuple[_Parts, _Frame]:
    """The weighted mean over samples as a ratio, linearised, with the samples' blocks as blocks."""
    blocks, block = np.unique(values.block, return_inverse=True)
    n_blocks = len(blocks)
    frame = _Frame(np.zeros(0, np.int64), np.full(n_blocks, 1.0 / n_blocks), block, np.zeros(n_blocks, np.int64))
    rows = values.weight if measure.kind == "sum" else values.weight * values.counts.rows
    nothing = Counts(np.zeros(0), np.zeros(0))
    return _ratio(nothing, Counts(values.weight * values.counts.total, rows), frame), frame


def _common_samples(a: GivenValues, b: GivenValues) -> tuple[GivenValues, GivenValues]:
    common = np.intersect1d(a.samples, b.samples)

    def at(values: GivenValues) -> GivenValues:
        here = np.isin(values.samples, common)
        return GivenValues(Counts(values.counts.total[here], values.counts.rows[here]), common, values.block[here], values.weight[here])

    return at(a), at(b)


def _per_unit(measure: Measure, counts: Counts) -> Floats:
    """What single nights (or samples) show: the sum, or the mean over the rows of nights that have any (nan else)."""
    if measure.kind == "sum":
        return counts.total
    return np.divide(counts.total, counts.rows, out=np.full(len(counts.total), NAN), where=counts.rows > 0)


def _quantiles(x: Floats, weight: Floats | None = None) -> tuple[float, float]:
    there = np.isfinite(x)
    if weight is not None:
        there &= weight > 0.0
    if not there.any():
        return NAN, NAN
    if weight is None:
        low, high = np.quantile(x if there.all() else x[there], [0.05, 0.95])
    else:
        low, high = weighted_quantiles(x[there], weight[there], (0.05, 0.95))
    return float(low), float(high)
