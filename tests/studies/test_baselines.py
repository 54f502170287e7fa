"""The five baselines: fitted as well as another optimiser can, and one step ahead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import betabinom, binom

from zaslin.scenario.raid_windows import RaidWindow
from zaslin.studies.baselines import FEWEST, LEAST_LOGIT, MOST_LOGIT, NAMES, baseline_forecasts, beta_binomial, fit


def window(day: float, n: int, s: int, hours: float = 10.0) -> RaidWindow:
    start = datetime(2024, 1, 1, 18, tzinfo=UTC) + timedelta(days=day)
    return RaidWindow("drone", start.date(), "night", start, start + timedelta(hours=hours), n, s, 0, (), {}, {}, {})


def cost(at: np.ndarray, n: np.ndarray, s: np.ndarray, w: np.ndarray) -> float:
    """Minus the log likelihood with half a success and failure added to both parameters, written apart from the page under test."""
    share, corr = expit(at)
    size = 1.0 / corr - 1.0
    a, b = share * size, (1.0 - share) * size
    told = float(w @ betabinom.logpmf(s, n, a, b)) if len(n) else 0.0
    return -(told + 0.5 * np.log(share * (1 - share) * corr * (1 - corr)))


def best(n: np.ndarray, s: np.ndarray, w: np.ndarray) -> float:
    bounds = list(zip(LEAST_LOGIT, MOST_LOGIT))
    starts = [np.array([m, c]) for m in (-1.0, 1.0, 4.0) for c in (-6.0, -2.0, 0.0)]
    return min(minimize(cost, at, args=(n, s, w), bounds=bounds, method="L-BFGS-B").fun for at in starts)


counts = st.lists(st.tuples(st.integers(1, 800), st.floats(0, 1), st.floats(0.0, 1.0)), min_size=1, max_size=40)


@pytest.mark.slow
@settings(max_examples=30)
@given(counts, st.tuples(st.floats(-6, 6), st.floats(-8, 3)))
def test_the_fit_is_as_good_as_another_optimiser_from_nine_starts(rows: list[tuple[int, float, float]], warm: tuple[float, float]):
    """scipy's L-BFGS-B on a cost written apart; from a start of its own and from any other; within 0.02 nats."""
    n = np.array([float(a) for a, _, _ in rows])
    s = np.round(n * np.array([b for _, b, _ in rows]))
    w = np.array([c for _, _, c in rows])
    wanted = best(n, s, w)
    for start in (None, np.array([warm])):
        assert cost(fit(n, s, w[None], start)[0], n, s, w) <= wanted + 0.02


@pytest.mark.slow
@settings(max_examples=20)
@given(st.floats(0.1, 0.98), st.floats(0.005, 0.6), st.integers(2, 200), st.integers(0, 2**32 - 1))
def test_the_fit_of_windows_like_real_ones_is_as_good_as_another_optimiser(share: float, corr: float, windows: int, seed: int):
    """As above, windows drawn from a beta-binomial of 1 … 100 launched, weights that fade."""
    rng = np.random.default_rng(seed)
    n = np.ceil(np.exp(rng.uniform(0.0, np.log(100.0), windows)))
    size = 1.0 / corr - 1.0
    s = rng.binomial(n.astype(int), rng.beta(share * size, (1 - share) * size, windows)).astype(float)
    w = 0.5 ** (np.arange(windows)[::-1] / 20.0)
    assert cost(fit(n, s, w[None])[0], n, s, w) <= best(n, s, w) + 0.02


def test_rows_of_weights_do_not_touch_each_other():
    """Law: fitted together as apart, to the tolerance of a step."""
    rng = np.random.default_rng(3)
    n = rng.integers(1, 60, 50).astype(float)
    s = rng.binomial(n.astype(int), rng.beta(8, 2, 50)).astype(float)
    weights = np.array([np.ones(50), 0.5 ** (np.arange(50) / 10.0), (np.arange(50) < 10).astype(float)])
    together = fit(n, s, weights)
    for k in range(3):
        assert together[k] == pytest.approx(fit(n, s, weights[k : k + 1])[0], abs=2e-3)


def test_a_weight_of_two_is_the_window_twice():
    """Law."""
    n, s = np.array([10.0, 20.0, 30.0]), np.array([7.0, 19.0, 21.0])
    once = fit(n, s, np.array([[1.0, 2.0, 1.0]]))
    assert once == pytest.approx(fit(n[[0, 1, 1, 2]], s[[0, 1, 1, 2]], np.ones((1, 4))), abs=2e-3)


def test_windows_of_more_than_a_hundred_thousand_keep_their_counts():
    """By hand: 150,000 of 200,000 and 3 of 4; the share is about three quarters, whatever the code of a pair is."""
    found = fit(np.array([200_000.0, 4.0]), np.array([150_000.0, 3.0]), np.ones((1, 2)))
    assert expit(found[0, 0]) == pytest.approx(0.74, abs=0.05)


@pytest.mark.parametrize("windows", [1, 5, 200])
def test_perfect_windows_leave_a_miss_possible(windows: int):
    """By hand: half a failure is added: after 200 perfect windows the share is high and below 1, after one hardly known."""
    n = np.full(windows, 20.0)
    share, corr = expit(fit(n, n, np.ones((1, windows)))[0])
    pmf = beta_binomial(20, float(share), float(corr))
    assert 0.0 < 1.0 - pmf[20] < (0.5 if windows == 1 else 0.25 if windows == 5 else 0.05)


@given(st.integers(1, 800), st.floats(0.001, 0.999), st.floats(1e-5, 0.95))
def test_the_beta_binomial_is_scipys(n: int, share: float, corr: float):
    """scipy.stats.betabinom; as the correlation goes to 0, scipy.stats.binom."""
    size = 1.0 / corr - 1.0
    k = np.arange(n + 1)
    assert beta_binomial(n, share, corr) == pytest.approx(betabinom.pmf(k, n, share * size, (1 - share) * size), rel=1e-5, abs=1e-9)
    assert beta_binomial(n, share, 0.0) == pytest.approx(binom.pmf(k, n, share), rel=1e-6, abs=1e-12)


def test_nothing_is_foretold_from_fewer_than_five_windows():
    """By hand: windows 1 to 5 have 0 to 4 before them."""
    found = baseline_forecasts([window(k, 10, 8) for k in range(8)], lambda w: w.stopped)
    assert [item is None for item in found] == [True] * FEWEST + [False] * 3
    assert set(found[-1] or {}) == set(NAMES)


def test_windows_that_have_not_ended_are_not_used():
    """By hand: five windows of ten days, begun one day apart: the sixth, of day 5, knows none."""
    found = baseline_forecasts([window(k, 10, 8, hours=240.0) for k in range(6)], lambda w: w.stopped)
    assert found[-1] is None


def test_the_binomial_of_sixty_days_forgets_what_is_older():
    """By hand: 0 of 10 in windows 100 days ago, 10 of 10 in five of the last week: (50 + 0.5) / (50 + 1)."""
    windows = [*(window(k, 10, 0) for k in range(10)), *(window(110 + k, 10, 10) for k in range(6))]
    found = baseline_forecasts(windows, lambda w: w.stopped)[-1]
    assert found is not None
    assert found["binomial_60d"] @ np.arange(11) == pytest.approx(10 * 50.5 / 51.0)


@pytest.mark.slow
@settings(max_examples=10)
@given(st.integers(0, 2**32 - 1), st.integers(6, 30))
def test_later_outcomes_change_no_baseline(seed: int, cut: int):
    """Law: bit for bit; windows overlap at random."""
    rng = np.random.default_rng(seed)
    n = rng.integers(1, 40, 40)
    start = np.cumsum(rng.exponential(1.0, 40))
    hours = rng.exponential(24.0, 40)
    first = [window(t, int(a), int(rng.integers(0, a + 1)), h) for t, a, h in zip(start, n, hours)]
    after = first[cut].start
    second = [w if w.end <= after else window(t, w.launched, int(rng.integers(0, w.launched + 1)), h) for w, t, h in zip(first, start, hours)]
    a, b = (baseline_forecasts(windows, lambda w: w.stopped) for windows in (first, second))
    for one, other in zip(a[: cut + 1], b[: cut + 1]):
        assert (one is None) == (other is None)
        if one is not None and other is not None:
            assert all(np.array_equal(one[name], other[name]) for name in NAMES)
