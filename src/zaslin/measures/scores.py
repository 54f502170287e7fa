"""Proper scores of a forecast of counts: CRPS, log score, where the outcome fell, and block-bootstrap intervals of a mean difference.

A forecast is a probability for each count 0 … n; an outcome is one of them. It knows neither threats nor tables.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST = 1e-12
"""Log scores stop here: a forecast that excluded what came is punished by 27.6 nats and no more."""


def crps(pmf: Floats, outcome: int) -> float:
    """Continuous ranked probability score in counts: Σ_k (F(k) − [k ≥ outcome])², 0 for a sure and right forecast.

    pmf: shape (n + 1,), sum 1. Source: Gneiting and Raftery 2007, J. Am. Stat. Assoc. 102:359, for distributions on whole numbers.

    >>> round(crps(np.array([0.25, 0.75]), 1), 4)
    0.0625
    """
    beyond = np.arange(len(pmf)) >= outcome
    return float(((np.cumsum(pmf) - beyond) ** 2).sum())


def log_score(pmf: Floats, outcome: int) -> float:
    """Log of the probability that the forecast gave to the outcome, nats; greater is better."""
    return float(np.log(max(float(pmf[outcome]), LEAST)))


def pit_range(pmf: Floats, outcome: int) -> tuple[float, float]:
    """The two ends of the outcome's step of the distribution function: the randomised probability integral transform is uniform between them."""
    upper = float(pmf[: outcome + 1].sum())
    return min(upper - float(pmf[outcome]), 1.0), min(upper, 1.0)


def share_within(ends: Floats, level: float) -> float:
    """Mean chance that the randomised transform of each outcome lies in the central `level`: what a calibrated forecast makes equal to `level`.

    ends: shape (m, 2) from `pit_range`. Exact over the randomisation, so no luck is in it. Source: Czado, Gneiting and Held 2009, Biometrics 65:1254.
    """
    low, high = (1.0 - level) / 2.0, (1.0 + level) / 2.0
    width = ends[:, 1] - ends[:, 0]
    overlap = np.clip(np.minimum(ends[:, 1], high) - np.maximum(ends[:, 0], low), 0.0, None)
    point = (ends[:, 0] >= low) & (ends[:, 0] <= high)
    inside = np.where(width > 0.0, overlap / np.where(width > 0.0, width, 1.0), point)
    return float(inside.mean())


def pit_histogram(ends: Floats, bins: int = 10) -> list[float]:
    """Expected share of randomised transforms in each of `bins` equal parts of 0 … 1; all alike for a calibrated forecast."""
    edges = np.linspace(0.0, 1.0, bins + 1)
    width = np.maximum(ends[:, 1] - ends[:, 0], 1e-12)
    parts = [np.clip(np.minimum(ends[:, 1], b) - np.maximum(ends[:, 0], a), 0.0, None) / width for a, b in pairwise(edges)]
    return [float(part.mean()) for part in parts]


def block_bootstrap(values: Floats, block: int = 10, draws: int = 2_000, seed: int = 1) -> Floats:
    """Means of `draws` resamples of whole blocks of consecutive rows, shape (draws, columns): neighbours in time keep their likeness.

    values: shape (m, columns), in order of time; the last block may be short. Source: Künsch 1989, Ann. Stat. 17:1217, with blocks that move.
    """
    m = len(values)
    size = max(1, min(block, m))
    rng = np.random.default_rng(seed)
    starts = rng.integers(0, m - size + 1, size=(draws, -(-m // size)))
    rows = (starts[:, :, None] + np.arange(size)).reshape(draws, -1)[:, :m]
    return np.asarray(values[rows].mean(axis=1))


def interval(draws: Floats) -> tuple[float, float]:
    """5 % and 95 % quantiles."""
    low, high = np.quantile(draws, [0.05, 0.95])
    return float(low), float(high)
