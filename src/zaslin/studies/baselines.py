"""What a forecast must beat: the recent past as a binomial or beta-binomial, five ways. Strictly one step ahead, like the model.

Each sees the shares of earlier windows and how many are launched, and nothing else. It scores nothing; the half-life of the weighted one is the one that
foretold best so far.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, digamma, expit, gammaln

from zaslin.scenario.raid_windows import RaidWindow
from zaslin.studies.forecast import day_of

Floats = NDArray[np.float64]

RECENT_DAYS = 60.0
LAST = 10
HALF_LIVES_DAYS = (10.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0)
MOST_STEPS = 12
H = 1e-4
LEAST_LOGIT, MOST_LOGIT = np.array([-9.0, -9.0]), np.array([9.0, 4.0])
FEWEST = 5
"""Windows known before a baseline, and so a score, is tried."""

NAMES = ("binomial_60d", "beta_binomial_60d", "beta_binomial_last10", "beta_binomial_weighted", "climatology")
TITLES = {
    "binomial_60d": "rolling 60 days, binomial",
    "beta_binomial_60d": "rolling 60 days, beta-binomial",
    "beta_binomial_last10": "last ten windows, beta-binomial",
    "beta_binomial_weighted": "exponentially weighted beta-binomial, half-life tuned",
    "climatology": "climatology: all windows so far, beta-binomial",
}


def baseline_forecasts(windows: Sequence[RaidWindow], outcome: Callable[[RaidWindow], int]) -> list[dict[str, Floats] | None]:
    """Per window (in the order given, by start) the five forecasts by name, each of shape (launched + 1,); None while fewer than FEWEST are known."""
    start = np.array([day_of(window.start) for window in windows])
    end = np.array([day_of(window.end) for window in windows])
    n = np.array([window.launched for window in windows], dtype=np.float64)
    s = np.array([outcome(window) for window in windows], dtype=np.float64)
    scored: list[Floats | None] = [None] * len(windows)
    warm: Floats | None = None
    out: list[dict[str, Floats] | None] = []
    for i, window in enumerate(windows):
        known = np.flatnonzero(end <= start[i])
        known = known[known != i]
        if len(known) < FEWEST:
            out.append(None)
            continue
        age = start[i] - end[known]
        latest = np.argsort(age, kind="stable")
        recent = (age <= RECENT_DAYS).astype(np.float64)
        if not recent.any():
            recent[latest[:FEWEST]] = 1.0
        last = np.zeros(len(known))
        last[latest[:LAST]] = 1.0
        weights = np.array([recent, last, np.ones(len(known)), *(0.5 ** (age / half) for half in HALF_LIVES_DAYS)])
        warm = fit(n[known], s[known], weights, warm)
        fitted = [beta_binomial(window.launched, float(expit(a)), float(expit(b))) for a, b in warm]
        weighted = fitted[3:]
        scored[i] = np.log(np.maximum([pmf[int(s[i])] for pmf in weighted], 1e-12))
        so_far = [scored[j] for j in known if scored[j] is not None]
        best = int(np.argmax(np.sum(so_far, axis=0))) if so_far else len(HALF_LIVES_DAYS) // 2
        share = (float(recent @ s[known]) + 0.5) / (float(recent @ n[known]) + 1.0)
        out.append(dict(zip(NAMES, (beta_binomial(window.launched, share, 0.0), fitted[0], fitted[1], weighted[best], fitted[2]))))
    return out


def beta_binomial(n: int, share: float, correlation: float) -> Floats:
    """P(s of n), s = 0 … n, of the beta-binomial with mean `share` and intra-class correlation in [0, 1); the binomial at 0."""
    k = np.arange(n + 1)
    choose = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    share = min(max(share, 1e-6), 1.0 - 1e-6)
    if correlation < 1e-6:
        pmf = np.exp(choose + k * np.log(share) + (n - k) * np.log1p(-share))
    else:
        size = 1.0 / correlation - 1.0
        a, b = share * size, (1.0 - share) * size
        pmf = np.exp(choose + betaln(k + a, n - k + b) - betaln(a, b))
    return np.asarray(pmf / pmf.sum())


def fit(n: Floats, s: Floats, weights: Floats, start: Floats | None = None) -> Floats:
    """Logits of the mean share and of the intra-class correlation that make weighted windows most likely, for each row of weights; shape (rows, 2).

    n, s: shape (m,), launched and stopped; weights: (rows, m). Half a success and half a failure are added, and as much to the correlation: without them
    a run of perfect windows would exclude a miss for ever. Damped Newton steps from `start`, the Hessian by differences of the gradient.
    """
    pairs, where = np.unique(np.column_stack([n, s]), axis=0, return_inverse=True)
    w = np.zeros((len(weights), len(pairs)))
    np.add.at(w.T, where.ravel(), weights.T)
    n, s = pairs.T
    mean = (w @ s + 0.5) / (w @ n + 1.0)
    at = np.column_stack([np.log(mean / (1.0 - mean)), np.full(len(w), -2.0)])
    cost, slope = _cost(at, n, s, w)
    if start is not None:  # of the two places to begin at the better
        warm_cost, warm_slope = _cost(start, n, s, w)
        warm = warm_cost < cost
        at, cost, slope = np.where(warm[:, None], start, at), np.where(warm, warm_cost, cost), np.where(warm[:, None], warm_slope, slope)
    for _ in range(MOST_STEPS):
        bend = np.stack([(_cost(at + h, n, s, w)[1] - slope) / H for h in (np.array([H, 0.0]), np.array([0.0, H]))], axis=1)
        step = _downhill(bend, slope)
        size = np.ones(len(w))
        for _ in range(6):
            tried = np.clip(at + size[:, None] * step, LEAST_LOGIT, MOST_LOGIT)
            new_cost, new_slope = _cost(tried, n, s, w)
            worse = new_cost > cost + 1e-9
            if not worse.any():
                break
            size[worse] *= 0.3
        better = new_cost <= cost + 1e-9
        moved = np.abs(tried - at)[better].max(initial=0.0)
        at, cost, slope = np.where(better[:, None], tried, at), np.where(better, new_cost, cost), np.where(better[:, None], new_slope, slope)
        if moved < 1e-4:
            break
    return np.asarray(at)


def _downhill(bend: Floats, slope: Floats) -> Floats:
    """Newton steps of at most 1.5 per coordinate, shape (rows, 2); a Hessian that is not positive is lifted until it is.

    A long step is shortened, not turned: cut off by coordinate it may lead uphill.
    """
    a, d, b = bend[:, 0, 0], bend[:, 1, 1], 0.5 * (bend[:, 0, 1] + bend[:, 1, 0])
    least = 0.5 * (a + d) - np.sqrt(0.25 * (a - d) ** 2 + b**2)
    lift = np.maximum(0.0, 0.05 - least)
    a, d = a + lift, d + lift
    det = a * d - b * b
    step = np.column_stack([-(d * slope[:, 0] - b * slope[:, 1]) / det, -(a * slope[:, 1] - b * slope[:, 0]) / det])
    return np.asarray(step * (1.5 / np.maximum(np.abs(step).max(axis=1, keepdims=True), 1.5)))


def _cost(at: Floats, n: Floats, s: Floats, w: Floats) -> tuple[Floats, Floats]:
    """Minus the log likelihood (and the two halves) per row at logit share and logit correlation, shape (rows,), with its gradient (rows, 2)."""
    share, correlation = expit(at[:, :1]), expit(at[:, 1:])
    size = 1.0 / correlation - 1.0
    a, b = share * size, (1.0 - share) * size
    told = (w * (betaln(s + a, n - s + b) - betaln(a, b))).sum(axis=1, keepdims=True)
    told = told + 0.5 * np.log(share * (1.0 - share) * correlation * (1.0 - correlation))
    both = digamma(size) - digamma(n + size)
    da = (w * (digamma(s + a) - digamma(a) + both)).sum(axis=1, keepdims=True)
    db = (w * (digamma(n - s + b) - digamma(b) + both)).sum(axis=1, keepdims=True)
    by_share = size * share * (1.0 - share) * (da - db) + 0.5 * (1.0 - 2.0 * share)
    by_correlation = -size * (share * da + (1.0 - share) * db) + 0.5 * (1.0 - 2.0 * correlation)
    return -told[:, 0], -np.column_stack([by_share, by_correlation])
