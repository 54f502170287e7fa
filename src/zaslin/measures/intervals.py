"""Three intervals from blocks: what the inputs leave open, what the simulation leaves open, and how nights differ.

Numbers in, numbers out: knows no table and no measure. The formulae are explained in docs/estimates.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FEWEST = 5
"""Blocks from which on an interval is given. With four no interval of 90 % is free of assumptions: the median of the block means lies between the least and the
greatest of B with chance 1 - 2^(1 - B), which is 0.875 at four and 0.94 at five."""

FREE = 19
"""Blocks from which on the inputs' interval is read from the block means themselves: the chance that a next one lies below the least of B is 1 / (B + 1),
which is 5 % at 19."""

UNSURE = 0.6
"""Part of the standard error of the variance between few blocks that is left to the inputs, where less can be told from luck (our choice: the least with which
a t interval holds what it should in 86 of 100 sets of blocks, however much of their spread is luck)."""

Z90 = 1.6448536269514722
"""Half-width of a 90 % interval of the normal distribution, in standard deviations."""

_T90 = {4: 2.1318467863, 5: 2.0150483733, 6: 1.9431802805, 7: 1.8945786051, 8: 1.8595480375, 9: 1.8331129327}
"""Where the series of `t90` is not exact enough. Abramowitz and Stegun 1964, table 26.10."""


def t90(free: int) -> float:
    """Half-width of a 90 % interval of Student's t with `free` >= 4 degrees of freedom: its 95 % quantile, to 3e-6, without a wait for SciPy.

    Source: Abramowitz and Stegun 1964, 26.7.5.

    >>> round(t90(4), 3), round(t90(9), 3), round(t90(49), 3)
    (2.132, 1.833, 1.677)
    """
    if free in _T90:
        return _T90[free]
    z, v = Z90, float(free)
    first = (z**3 + z) / 4 + (5 * z**5 + 16 * z**3 + 3 * z) / 96 / v + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384 / v**2
    return z + first / v + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160 / v**4


@dataclass(frozen=True)
class Intervals:
    """90 % intervals of an expected value: `low`, `high` over the uncertain inputs; `mc_low`, `mc_high` for the simulation's own noise. nan: there is none."""

    low: float
    high: float
    mc_low: float
    mc_high: float


_NONE = Intervals(np.nan, np.nan, np.nan, np.nan)


class Line(NamedTuple):
    """The samples with a chance below 1 in line, stratum by stratum: their places `at`, 1 - p, the factor of each step along the line (0 between strata),
    and per stratum how many samples it has."""

    at: Ints
    left_out: Floats
    stratum: Ints
    step: Floats
    size: Floats


@dataclass(frozen=True)
class Strata:
    """The tagged samples of a folder. Per sample: its `block`, its `stratum` (block and country) and `kept`, the chance with which its route was
    chosen among those found (1: all were flown). Per stratum: its `kind` (the country; the same in every block).
    """

    block: Ints
    stratum: Ints
    kept: Floats
    kind: Ints

    @cached_property
    def line(self) -> Line:
        """What `tagged_noise` needs of the samples, whatever their values."""
        at = np.flatnonzero(self.kept < 1.0)
        if (np.diff(self.stratum[at]) < 0).any():
            at = at[np.argsort(self.stratum[at], kind="stable")]
        left_out, stratum = 1.0 - self.kept[at], self.stratum[at]
        step = np.where(stratum[1:] == stratum[:-1], 0.25 * (left_out[1:] + left_out[:-1]), 0.0)
        return Line(at, left_out, stratum, step, np.bincount(stratum, minlength=len(self.kind)).astype(np.float64))


def block_intervals(mean: float, block_means: Floats, share: Floats, noise: float, impossible: bool = False) -> Intervals:
    """Intervals around `mean` from the means of blocks, each with its own draw of the uncertain inputs.

    block_means: (B,). share: (B,) each block's share of the replicates, sum 1. noise: mean variance of a block's mean that the simulation
    alone makes (within-block variance / block size; for tagged samples, their variance). nan: not known. impossible: that it is more than nothing.
    With V the variance between block means, t that of Student with B - 1 degrees of freedom, and R the variance due to inputs, V - noise, but at least
    0.6 V sqrt(2 / (B - 1)), as V is not better known: the simulation's interval is mean ± t sqrt(V / B), and the inputs' is where the expected value under a
    next draw of them lies, mean ± t sqrt(R + V / B) (after Higgins, Thompson and Spiegelhalter 2009, J. R. Stat. Soc. A 172:137, who take B - 2 degrees of
    freedom and no least). From `FREE` blocks on that needs no bell: the block means are drawn together by sqrt((R + V / B) / (V + V / B)) and their 5 % and
    95 % quantiles taken, at places 0.05 (B + 1) and 0.95 (B + 1) of their order. It is never narrower than
    the simulation's: a narrower one would claim what was not resolved. With unknown noise the two cannot be told apart, and both are the simulation's.
    All are nan below `FEWEST` blocks, but 0 for what is impossible.
    """
    n_blocks = len(block_means)
    if n_blocks == 0 or not np.isfinite(mean):
        return _NONE
    if n_blocks < FEWEST:
        return Intervals(0.0, 0.0, 0.0, 0.0) if impossible and not mean and not block_means.any() else _NONE
    spread = block_means - mean
    variance = float((share * spread**2).sum()) * n_blocks / (n_blocks - 1)
    t, of_mean = t90(n_blocks - 1), variance / n_blocks
    half = t * float(np.sqrt(of_mean))
    if not np.isfinite(noise) or variance == 0.0:
        return Intervals(mean - half, mean + half, mean - half, mean + half)
    of_inputs = max(variance - noise, UNSURE * variance * float(np.sqrt(2.0 / (n_blocks - 1))))
    if n_blocks < FREE:
        reach = t * float(np.sqrt(of_inputs + of_mean))
        low, high = mean - reach, mean + reach
    else:
        kept = float(np.sqrt((of_inputs + of_mean) / (variance + of_mean)))
        low, high = np.quantile(mean + kept * spread, [0.05, 0.95], method="weibull")
    return Intervals(min(float(low), mean - half), max(float(high), mean + half), mean - half, mean + half)


def within_noise(x: Floats, block: Ints, size: Ints | None = None, means: Floats | None = None) -> float:
    """Mean variance of a block's mean of `x` due to the replicates inside the block: pooled within-block variance / block size.

    x: (n,) one value a replicate. block: (n,) numbers of blocks. size, means: of each block, where they are known. nan where no block has two replicates.
    """
    if size is None:
        size = np.bincount(block)
    there = size > 0
    free = len(x) - int(there.sum())
    if free <= 0:
        return float("nan")
    if means is None:
        means = np.bincount(block, x) / np.maximum(size, 1)
    pooled = float(((x - means[block]) ** 2).sum()) / free
    return pooled * float((1.0 / size[there]).mean())


def tagged_noise(y: Floats, strata: Strata, n_blocks: int) -> float:
    """Mean variance of a block's tagged total, per-hit.

    y: (m,) weighted value of each sample, by number: the line along which the samples of a stratum were chosen. A block's total is their sum. With p the
    chance with which a sample was kept among the hits, sum(p y²) is the luck of how many hits there were and which (a compound Poisson sum over all
    hits, each kept one standing for 1 / p), and m / (m − 1) · sum((1 − p)(y − y')² / 2), over neighbours in line among the m samples of a stratum with p
    below 1, that of which were kept (successive differences, for a systematic sample). A stratum of one such sample takes the spread, relative to
    y², of the strata of its kind in other blocks.
    """
    if n_blocks == 0 or not y.any():
        return 0.0
    n_strata, line = len(strata.kind), strata.line
    stratum, value, m = line.stratum, y[line.at], line.size
    square = np.bincount(stratum, line.left_out * value**2, minlength=n_strata)
    spread = np.bincount(stratum[1:], line.step * np.diff(value) ** 2, minlength=n_strata) * m / np.maximum(m - 1, 1)
    alone = m == 1
    spread[alone] = (square * _share_of_spread(np.where(m > 1, square, 0.0), spread, strata.kind))[alone]
    return (float(spread.sum()) + float((strata.kept * y * y).sum())) / n_blocks


def _share_of_spread(square: Floats, spread: Floats, kind: Ints) -> Floats:
    """Per stratum: spread / sum of squares of the strata of its kind that have two samples or more; of any kind where its own has none; at most 1."""
    n_kinds = int(kind.max()) + 1
    up, down = np.bincount(kind, spread, minlength=n_kinds), np.bincount(kind, square, minlength=n_kinds)
    anywhere = up.sum() / down.sum() if down.sum() > 0.0 else 0.0
    return np.asarray(np.minimum(np.divide(up, down, out=np.full(n_kinds, anywhere), where=down > 0.0), 1.0)[kind])


def effective_size(y: Floats) -> float:
    """Kish's effective sample size (Σ|y|)² / Σy²: as many equal contributions would be as noisy; 0 for none."""
    square = float((y * y).sum())
    return float(np.abs(y).sum()) ** 2 / square if square > 0.0 else 0.0


def weighted_quantiles(x: Floats, weight: Floats, at: tuple[float, ...]) -> list[float]:
    """Quantiles of `x` with weights >= 0 (not all 0): the smallest x at which the share of weight reaches each of `at`."""
    order = np.argsort(x, kind="stable")
    reached = np.cumsum(weight[order])
    places = np.searchsorted(reached, np.array(at) * reached[-1] * (1.0 - 1e-12))
    return [float(x[order][min(place, len(x) - 1)]) for place in places]
