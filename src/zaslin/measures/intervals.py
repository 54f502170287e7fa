"""Three intervals from blocks: what the inputs leave open, what the simulation leaves open, and how nights differ.

Numbers in, numbers out: knows no table and no measure. The formulae are explained in docs/estimates.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Z90 = 1.6448536269514722
"""Half-width of a 90 % interval of the normal distribution, in standard deviations."""


@dataclass(frozen=True)
class Intervals:
    """90 % intervals of an expected value: `low`, `high` over the uncertain inputs; `mc_low`, `mc_high` for the simulation's own noise."""

    low: float
    high: float
    mc_low: float
    mc_high: float


@dataclass(frozen=True)
class Strata:
    """The tagged samples of a folder. Per sample: its `block` and its `stratum` (block, group, country, and failed or planned route).

    Per stratum: its `pair` (block, group and country) and its `kind` (group, country, failed or planned; the same in every block). Per pair:
    `relative_error` of the chance that a route enters the country, known from route-only draws; nan where all routes found to enter were flown.
    """

    block: Ints
    stratum: Ints
    pair: Ints
    kind: Ints
    relative_error: Floats


def block_intervals(mean: float, block_means: Floats, share: Floats, noise: float) -> Intervals:
    """Intervals around `mean` from the means of blocks, each with its own draw of the uncertain inputs.

    block_means: (B,). share: (B,) each block's share of the replicates, sum 1. noise: mean variance of a block's mean that the simulation
    alone makes (within-block variance / block size; for tagged samples, their variance). nan: not known.
    The simulation's interval is mean ± 1.645 sqrt(V / B), V the variance between block means. For the inputs' interval the block means are
    drawn together by sqrt(max(0, V − noise) / V), which leaves the variance due to inputs, and their 5 % and 95 % quantiles are taken.
    It is never narrower than the simulation's interval: a narrower one would claim what was not resolved. With one block or unknown noise
    the two cannot be told apart, and both are the simulation's.
    """
    n_blocks = len(block_means)
    if n_blocks == 0 or not np.isfinite(mean):
        return Intervals(np.nan, np.nan, np.nan, np.nan)
    spread = block_means - mean
    if n_blocks == 1:
        variance = noise
    else:
        variance = float((share * spread**2).sum()) * n_blocks / (n_blocks - 1)
    half = Z90 * float(np.sqrt(variance / n_blocks))
    if n_blocks == 1 or not np.isfinite(noise):
        return Intervals(mean - half, mean + half, mean - half, mean + half)
    kept = float(np.sqrt((variance - noise) / variance)) if variance > noise else 0.0
    low, high = np.quantile(mean + kept * spread, [0.05, 0.95])
    return Intervals(min(float(low), mean - half), max(float(high), mean + half), mean - half, mean + half)


def within_noise(x: Floats, block: Ints) -> float:
    """Mean variance of a block's mean of `x` due to the replicates inside the block: pooled within-block variance / block size.

    x: (n,) one value a replicate. block: (n,) numbers of blocks. nan where no block has two replicates.
    """
    _, index, size = np.unique(block, return_inverse=True, return_counts=True)
    free = len(x) - len(size)
    if free <= 0:
        return float("nan")
    means = np.bincount(index, x) / size
    pooled = float(((x - means[index]) ** 2).sum()) / free
    return pooled * float((1.0 / size).mean())


def tagged_noise(y: Floats, strata: Strata, n_blocks: int) -> float:
    """Mean variance of a block's tagged total, per-hit.

    y: (m,) weighted value of each sample; a block's total is their sum. In a pair whose hits were all flown the total is a compound
    Poisson sum, with variance sum(y²). Where hits were thinned out, W = m / (m − 1) · sum((y − mean y)²) over each stratum of m samples is the
    luck of which were flown, and ((sum y)² − W) · relative error² that of how many hits there were. A stratum of one sample takes the spread,
    relative to y², of the strata of its kind in other blocks.
    """
    n_strata, n_pairs = len(strata.pair), len(strata.relative_error)
    if len(y) == 0 or n_blocks == 0:
        return 0.0
    m = np.bincount(strata.stratum, minlength=n_strata).astype(np.float64)
    total, square = (np.bincount(strata.stratum, w, minlength=n_strata).astype(np.float64) for w in (y, y * y))
    spread = np.where(m > 1, m / np.maximum(m - 1, 1) * np.maximum(square - total**2 / np.maximum(m, 1), 0.0), 0.0)
    alone = m == 1
    spread[alone] = (square * _share_of_spread(m, total, spread, strata.kind))[alone]
    which = np.bincount(strata.pair, spread, minlength=n_pairs)
    poisson = np.bincount(strata.pair, square, minlength=n_pairs)
    sums = np.bincount(strata.pair, total, minlength=n_pairs)
    noise = np.where(np.isnan(strata.relative_error), poisson, which + (sums**2 - which) * np.nan_to_num(strata.relative_error) ** 2)
    return max(0.0, float(noise.sum()) / n_blocks)


def _share_of_spread(m: Floats, total: Floats, spread: Floats, kind: Ints) -> Floats:
    """Per stratum: variance / mean square of a single sample of its kind, from all strata of two or more; of any kind where its own has none."""
    several = m > 1
    variance = np.where(several, m * spread, 0.0)
    mean_square = np.where(several, np.maximum(total**2 - spread, 0.0), 0.0) + variance
    n_kinds = int(kind.max()) + 1
    up, down = np.bincount(kind, variance, minlength=n_kinds), np.bincount(kind, mean_square, minlength=n_kinds)
    anywhere = up.sum() / down.sum() if down.sum() > 0.0 else 0.0
    return np.divide(up, down, out=np.full(n_kinds, anywhere), where=down > 0.0)[kind]


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
