"""Proper scores of counts: by hand, proper, and calibrated where the forecast is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zaslin.measures.scores import LEAST, block_bootstrap, crps, interval, log_score, pit_histogram, pit_range, share_within

chances = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=30).map(lambda raw: (np.array(raw) + 1e-6) / (np.array(raw) + 1e-6).sum())


def test_a_sure_and_right_forecast_scores_nothing_and_a_sure_and_wrong_one_its_distance():
    """By hand: all on 2; 2 came: 0; 5 came: F exceeds the step at 2, 3 and 4."""
    sure = np.eye(7)[2]
    assert crps(sure, 2) == 0.0
    assert crps(sure, 5) == 3.0


def test_crps_and_log_score_of_three_counts():
    """By hand: (0.2, 0.5, 0.3), 1 came: 0.2² + 0.3² + 0²; log 0.5."""
    pmf = np.array([0.2, 0.5, 0.3])
    assert crps(pmf, 1) == pytest.approx(0.04 + 0.09)
    assert log_score(pmf, 1) == pytest.approx(np.log(0.5))


def test_an_excluded_outcome_is_punished_by_the_floor_and_no_more():
    """By hand: log 1e-12."""
    assert log_score(np.array([1.0, 0.0]), 1) == pytest.approx(np.log(LEAST))


@given(chances, st.data())
def test_crps_is_the_mean_distance_less_half_the_mean_spread(pmf: np.ndarray, data: st.DataObject):
    """Gneiting and Raftery 2007, equation 21: E|X − y| − E|X − X′| / 2."""
    y = data.draw(st.integers(0, len(pmf) - 1))
    k = np.arange(len(pmf))
    spread = float(pmf @ np.abs(k[:, None] - k) @ pmf)
    assert crps(pmf, y) == pytest.approx(float(pmf @ np.abs(k - y)) - spread / 2.0, abs=1e-9)


@given(st.data())
def test_no_other_forecast_is_expected_to_score_better_than_the_truth(data: st.DataObject):
    """Propriety, exact: the expectation over the truth of CRPS is least, and of the log score greatest, at the truth."""
    truth = data.draw(chances)
    raw = np.array(data.draw(st.lists(st.floats(0.001, 1.0), min_size=len(truth), max_size=len(truth))))
    other, counts = raw / raw.sum(), range(len(truth))
    assert sum(truth[y] * (crps(other, y) - crps(truth, y)) for y in counts) >= -1e-12
    assert sum(truth[y] * (log_score(truth, y) - log_score(other, y)) for y in counts) >= -1e-12


@given(chances, st.floats(0.05, 0.99))
def test_of_a_calibrated_forecast_the_central_share_is_the_level_exactly(pmf: np.ndarray, level: float):
    """By integration: Σ_y p(y) times the part of y's step within the level is the level, however few the counts."""
    within = [share_within(np.array([pit_range(pmf, y)]), level) for y in range(len(pmf))]
    assert float(pmf @ within) == pytest.approx(level, abs=1e-9)


@given(chances)
def test_of_a_calibrated_forecast_the_histogram_is_flat(pmf: np.ndarray):
    """By integration, as above, for each of ten parts."""
    rows = np.array([pit_histogram(np.array([pit_range(pmf, y)])) for y in range(len(pmf))])
    assert pmf @ rows == pytest.approx(np.full(10, 0.1), abs=1e-6)


def test_a_forecast_that_is_too_sure_holds_too_little():
    """By hand: truth uniform on 0 … 9, forecast all on 4 and 5: only two tenths of the outcomes have a step at all."""
    pmf = np.zeros(10)
    pmf[4:6] = 0.5
    ends = np.array([pit_range(pmf, y) for y in range(10)])
    assert share_within(ends, 0.9) == pytest.approx(0.2 * 0.9)


@given(st.floats(-5.0, 5.0), st.integers(1, 60), st.integers(1, 15))
def test_the_bootstrap_keeps_a_constant(value: float, rows: int, block: int):
    """Law: the mean of a constant has no spread, with fewer rows than a block too."""
    draws = block_bootstrap(np.full((rows, 2), value), block, draws=50)
    assert draws.shape == (50, 2)
    assert np.ptp(draws) <= 1e-12
    assert interval(draws[:, 0]) == pytest.approx((value, value))


def test_the_bootstrap_of_independent_rows_has_the_spread_of_their_mean():
    """Law: standard deviation 1/√m; 400 normal rows, blocks of one and of ten; within a fifth."""
    values = np.random.default_rng(5).standard_normal((400, 1))
    for block in (1, 10):
        assert block_bootstrap(values, block)[:, 0].std() == pytest.approx(values.std() / 20.0, rel=0.25)


def test_the_bootstrap_of_rows_that_resemble_their_neighbours_is_wider_by_blocks():
    """Law: rows in runs of ten equal ones carry a tenth of the news: √10 times the spread, half of it at least seen by blocks of ten."""
    values = np.repeat(np.random.default_rng(6).standard_normal((40, 1)), 10, axis=0)
    assert block_bootstrap(values, 10)[:, 0].std() > 1.8 * block_bootstrap(values, 1)[:, 0].std()
