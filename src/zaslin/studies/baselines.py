"""What a forecast must beat: the recent past as a binomial or beta-binomial, five ways. Strictly one step ahead, like the model.

Each sees the shares of earlier windows and how many are launched, and nothing else. It scores nothing; the half-life of the weighted one is the one that
foretold best so far.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import betaln, digamma, expit, gammaln

from zaslin.scenario.raid_windows import RaidWindow
from zaslin.studies.forecast import day_of

Floats = NDArray[np.float64]

RECENT_DAYS = 60.0
LAST = 10
HALF_LIVES_DAYS = (10.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0)
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
    out: list[dict[str, Floats] | None] = []
    for i, window in enumerate(windows):
        known = np.flatnonzero(end <= start[i])
        known = known[known != i]
        if len(known) < FEWEST:
            out.append(None)
            continue
        age = start[i] - end[known]
        recent = known[age <= RECENT_DAYS]
        if not len(recent):
            recent = known[np.argsort(age, kind="stable")[:FEWEST]]
        last = known[np.argsort(age, kind="stable")[:LAST]]
        weighted = [beta_binomial(window.launched, *fit(n[known], s[known], 0.5 ** (age / half))) for half in HALF_LIVES_DAYS]
        scored[i] = np.log(np.maximum([pmf[int(s[i])] for pmf in weighted], 1e-12))
        so_far = [scored[j] for j in known if scored[j] is not None]
        best = int(np.argmax(np.sum(so_far, axis=0))) if so_far else len(HALF_LIVES_DAYS) // 2
        out.append(
            {
                "binomial_60d": beta_binomial(window.launched, (s[recent].sum() + 0.5) / (n[recent].sum() + 1.0), 0.0),
                "beta_binomial_60d": beta_binomial(window.launched, *fit(n[recent], s[recent])),
                "beta_binomial_last10": beta_binomial(window.launched, *fit(n[last], s[last])),
                "beta_binomial_weighted": weighted[best],
                "climatology": beta_binomial(window.launched, *fit(n[known], s[known])),
            }
        )
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


def fit(n: Floats, s: Floats, weight: Floats | None = None) -> tuple[float, float]:
    """Mean share and intra-class correlation that make the (weighted) windows most likely, with half a success and half a failure added.

    n, s: shape (m,), launched and stopped. Without these two halves a run of perfect windows would exclude a miss for ever.
    """
    w = np.ones(len(n)) if weight is None else weight
    used = w > 1e-4
    keys, where = np.unique(n[used] * 1e5 + s[used], return_inverse=True)
    w = np.bincount(where.ravel(), w[used]).astype(np.float64)
    n, s = keys // 1e5, keys % 1e5

    mean = (float((w * s).sum()) + 0.5) / (float((w * n).sum()) + 1.0)
    best = minimize(_cost, np.array([np.log(mean / (1.0 - mean)), -2.0]), (n, s, w), method="L-BFGS-B", jac=True, bounds=[(-9.0, 9.0), (-9.0, 4.0)])
    return float(expit(best.x[0])), float(expit(best.x[1]))


def _cost(at: Floats, n: Floats, s: Floats, w: Floats) -> tuple[float, Floats]:
    """Minus the log likelihood (and the two halves) at logit share and logit correlation, with its gradient."""
    share, correlation = expit(at[0]), expit(at[1])
    size = 1.0 / correlation - 1.0
    a, b = share * size, (1.0 - share) * size
    told = (w * (betaln(s + a, n - s + b) - betaln(a, b))).sum() + 0.5 * np.log(share * (1.0 - share) * correlation * (1.0 - correlation))
    both = digamma(size) - digamma(n + size)
    da = (w * (digamma(s + a) - digamma(a) + both)).sum()
    db = (w * (digamma(n - s + b) - digamma(b) + both)).sum()
    by_share = size * share * (1.0 - share) * (da - db) + 0.5 * (1.0 - 2.0 * share)
    by_correlation = -size * (share * da + (1.0 - share) * db) + 0.5 * (1.0 - 2.0 * correlation)
    return -float(told), -np.array([by_share, by_correlation])
