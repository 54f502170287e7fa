"""The three intervals as arithmetic on arrays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import t as student

from zaslin.measures.intervals import (
    FEWEST,
    Z90,
    Intervals,
    Strata,
    block_intervals,
    effective_size,
    t90,
    tagged_noise,
    weighted_quantiles,
    within_noise,
)

finite = st.floats(-1e6, 1e6)


def equal(n: int) -> np.ndarray:
    return np.full(n, 1.0 / n)


def blocks_of(*means: float) -> tuple[float, np.ndarray, np.ndarray]:
    return float(np.mean(means)), np.array(means), equal(len(means))


def test_students_quantile_is_scipys():
    """scipy.stats.t, from the least number of blocks that has an interval on."""
    for free in (*range(FEWEST - 1, 60), 99, 1_000, 100_000):
        assert t90(free) == pytest.approx(student.ppf(0.95, free), abs=3e-6)


def test_few_blocks_take_students_interval():
    """By hand: means 0 … 4 in five blocks: V = 2.5, and t = 2.1318 with 4 degrees of freedom. Without noise a next block's mean lies
    within 2 ± t · sqrt(2.5 + 2.5 / 5), with 1 of noise within 2 ± t · sqrt(1.5 + 0.5), and where noise explains all, sqrt(0.6 · 2.5 · sqrt(2 / 4) + 0.5) is
    left; the simulation's interval is 2 ± t · sqrt(0.5) in each, and the inputs' as well where the noise is not known."""
    for noise, reach in ((0.0, np.sqrt(3.0)), (1.0, np.sqrt(2.0)), (9.0, np.sqrt(1.5 * np.sqrt(0.5) + 0.5)), (np.nan, np.sqrt(0.5))):
        found = block_intervals(*blocks_of(0.0, 1.0, 2.0, 3.0, 4.0), noise)
        assert (found.low, found.high) == pytest.approx((2.0 - 2.1318468 * reach, 2.0 + 2.1318468 * reach))
        assert (found.mc_low, found.mc_high) == pytest.approx((2.0 - 2.1318468 * np.sqrt(0.5), 2.0 + 2.1318468 * np.sqrt(0.5)))


@pytest.mark.parametrize("n", range(1, FEWEST))
def test_below_five_blocks_there_is_no_interval_but_of_the_impossible(n: int):
    """By the rule: none of a 0 that was counted in few nights, only of what cannot be other than 0; and what is said to be so but is not has none."""
    assert np.isnan(block_intervals(*blocks_of(*np.arange(1.0, n + 1)), 0.0).low)
    assert np.isnan(block_intervals(*blocks_of(*[2.0] * n), 0.0).mc_high)
    assert np.isnan(block_intervals(*blocks_of(*[0.0] * n), 0.3).low)
    assert np.isnan(block_intervals(*blocks_of(*[0.0] * n), 0.0).high)
    assert block_intervals(*blocks_of(*[0.0] * n), 0.0, impossible=True) == Intervals(0.0, 0.0, 0.0, 0.0)
    assert block_intervals(*blocks_of(*[0.0] * n), np.nan, impossible=True) == Intervals(0.0, 0.0, 0.0, 0.0)
    assert np.isnan(block_intervals(*blocks_of(*[2.0] * n), 0.0, impossible=True).low)


def test_without_noise_the_interval_is_the_quantiles_of_block_means():
    """By hand: means 0 … 20 in 21 blocks: the places 0.05 · 22 = 1.1 and 20.9 of their order are 0.1 and 19.9; V = 38.5, so the simulation's half-width is
    1.7247 · sqrt(38.5 / 21), 1.7247 being Student's quantile with 20 degrees of freedom."""
    found = block_intervals(10.0, np.arange(21.0), equal(21), 0.0)
    assert (found.low, found.high) == pytest.approx((0.1, 19.9))
    half = 1.7247182 * np.sqrt(38.5 / 21)
    assert (found.mc_low, found.mc_high) == pytest.approx((10.0 - half, 10.0 + half))


def test_where_noise_explains_all_the_inputs_keep_their_least():
    """By hand: V = 38.5 between 21 blocks and as much noise: R is 0.6 · 38.5 · sqrt(2 / 20) = 7.3049, and ± 9.9 is drawn together by
    sqrt((7.3049 + 38.5 / 21) / (38.5 · 22 / 21)) = 0.47599."""
    found = block_intervals(10.0, np.arange(21.0), equal(21), 38.5)
    assert (found.low, found.high) == pytest.approx((10.0 - 9.9 * 0.47599, 10.0 + 9.9 * 0.47599), rel=1e-4)
    assert found.low < found.mc_low < 10.0 < found.mc_high < found.high


def test_half_the_variance_from_noise_draws_the_block_means_together_by_its_root():
    """By hand: R + V / B = 19.25 + 38.5 / 21 over V + V / B = 38.5 + 38.5 / 21: sqrt(11.5 / 22) = 0.7230 of ± 9.9."""
    found = block_intervals(10.0, np.arange(21.0), equal(21), 19.25)
    assert (found.low, found.high) == pytest.approx((10.0 - 9.9 * np.sqrt(11.5 / 22), 10.0 + 9.9 * np.sqrt(11.5 / 22)))


@pytest.mark.parametrize("inputs", [1.0, 0.5, 0.25, 0.1, 0.0], ids=["inputs alone", "half", "a quarter", "a tenth", "luck alone"])
@pytest.mark.parametrize("n", [5, 10, 18, 19, 50, 100])
def test_a_90_per_cent_interval_holds_what_it_should_nine_times_in_ten(n: int, inputs: float):
    """Law, over 2,500 sets of n blocks of ten replicates with a fixed key: the simulation's interval holds the true mean in 0.86 to 0.94 of them, and the
    inputs' interval the expected value under a next draw of them; where luck is in it 0.84 or more, and where luck is most of it that errs on the wide side."""
    rng = np.random.default_rng([n, round(100 * inputs)])
    sets, block = 2_500, np.repeat(np.arange(n), 10)
    effect = np.sqrt(inputs) * rng.standard_normal((sets, n + 1))
    luck = np.sqrt(10.0 * (1.0 - inputs)) * rng.standard_normal((sets, n, 10))
    held = np.zeros((2, sets), bool)
    for i in range(sets):
        x = (effect[i, :n, None] + luck[i]).ravel()
        means = x.reshape(n, 10).mean(axis=1)
        found = block_intervals(float(x.mean()), means, equal(n), within_noise(x, block))
        held[:, i] = found.mc_low <= 0.0 <= found.mc_high, found.low <= effect[i, n] <= found.high
    simulation, next_draw = held.mean(axis=1)
    assert 0.86 <= simulation <= 0.94
    assert (0.86 if inputs == 1.0 else 0.84) <= next_draw <= (0.94 if inputs == 1.0 else 1.0)


@pytest.mark.parametrize("inputs", [1.0, 0.5, 0.25, 0.1, 0.0])
def test_the_inputs_interval_does_not_jump_where_its_form_changes(inputs: float):
    """Law, 2,000 sets: from 18 to 19 blocks the mean width changes by less than a tenth."""
    width = []
    for n in (18, 19):
        means = np.random.default_rng([n, round(100 * inputs)]).standard_normal((2_000, n))
        found = [block_intervals(float(row.mean()), row, equal(n), 1.0 - inputs) for row in means]
        width.append(np.mean([item.high - item.low for item in found]))
    assert 0.9 <= width[1] / width[0] <= 1.1


@pytest.mark.parametrize("n", [5, 10, 19, 50])
def test_the_inputs_interval_holds_its_share_of_skew_inputs_too(n: int):
    """Law, 2,500 sets of exponential block means without noise: 0.86 to 0.94 of next ones."""
    rng = np.random.default_rng(n)
    x = rng.standard_exponential((2_500, n + 1))
    found = [block_intervals(float(row[:n].mean()), row[:n], equal(n), 0.0) for row in x]
    assert 0.86 <= np.mean([item.low <= row[n] <= item.high for item, row in zip(found, x, strict=True)]) <= 0.94


@given(x=arrays(np.float64, st.integers(FEWEST, 30), elements=finite), noise=st.floats(0, 1e6))
def test_every_interval_holds_the_mean_and_noise_only_narrows_it(x: np.ndarray, noise: float):
    """Law: more noise never widens the inputs' interval, and it holds the simulation's."""
    mean = float(x.mean())
    found, clean = block_intervals(mean, x, equal(len(x)), noise), block_intervals(mean, x, equal(len(x)), 0.0)
    slack = 1e-9 * (1.0 + float(np.abs(x).max()))
    assert found.low <= found.mc_low <= mean <= found.mc_high <= found.high
    assert clean.low - slack <= found.low and found.high <= clean.high + slack


def test_with_no_input_uncertainty_the_interval_shrinks_to_about_the_mean():
    """Law: 4,000 equal blocks of 10 standard normal replicates. Block means spread by 0.316, ± 0.52 between their quantiles; after removal of
    the noise less than a quarter of that is left (the noise is known to about 2 %, so sqrt(0.02 + …) ≈ 0.2 may remain)."""
    rng = np.random.default_rng(5)
    x = rng.normal(size=40_000)
    block = np.repeat(np.arange(4_000), 10)
    means = x.reshape(-1, 10).mean(axis=1)
    noise = within_noise(x, block)
    assert noise == pytest.approx(0.1, rel=0.03)
    found = block_intervals(float(x.mean()), means, equal(4_000), noise)
    assert found.high - found.low < 0.25 * 2 * Z90 * np.sqrt(0.1)


def test_input_uncertainty_is_recovered_from_noisy_blocks():
    """Law: block effects of standard deviation 0.3 under replicates of standard deviation 1: the interval is ± 1.645 · 0.3 within 10 %, though raw
    block means spread by 0.44."""
    rng = np.random.default_rng(6)
    effect = rng.normal(scale=0.3, size=4_000)
    x = np.repeat(effect, 10) + rng.normal(size=40_000)
    means = x.reshape(-1, 10).mean(axis=1)
    found = block_intervals(float(x.mean()), means, equal(4_000), within_noise(x, np.repeat(np.arange(4_000), 10)))
    assert found.high - found.low == pytest.approx(2 * Z90 * 0.3, rel=0.10)


def test_nothing_simulated_has_no_interval():
    assert np.isnan(block_intervals(np.nan, np.zeros(0), np.zeros(0), 0.0).low)


def test_within_noise_by_hand_with_a_short_block():
    """By hand: blocks {0, 2} and {5}: squares 1 + 1 + 0 over 3 − 2 = 1 degree of freedom: 2; mean of 1/2 and 1/1 is 0.75: 1.5."""
    assert within_noise(np.array([0.0, 2.0, 5.0]), np.array([4, 4, 7])) == pytest.approx(1.5)
    assert np.isnan(within_noise(np.array([0.0, 5.0]), np.array([4, 7])))


def simulate_blocks(kept: float | None, seed: int) -> tuple[np.ndarray, float]:
    """20,000 blocks: Poisson(6) hits, each with f = 1 or 3 by a coin; at most `kept` are flown (1.5: one or two by turns), weights scaled.
    Totals and noise estimate."""
    rng = np.random.default_rng(seed)
    hits = rng.poisson(6.0, size=20_000)
    block, y, used_hits = [], [], []
    for h in hits:
        most = 99 if kept is None else int(kept + (len(block) % 2) / 2)
        used = min(h, most)
        if used:
            f = rng.choice([1.0, 3.0], size=used)
            y.append(f * h / used)
            block.append(np.full(used, len(used_hits)))
            used_hits.append((h, used))
    hits, used = np.array(used_hits).T
    number = np.concatenate(block)
    strata = Strata(number, number, (used / hits)[number], np.zeros(len(hits), np.int64))
    total = np.bincount(strata.stratum, np.concatenate(y), minlength=len(hits))
    return np.concatenate([total, np.zeros(20_000 - len(total))]), tagged_noise(np.concatenate(y), strata, 20_000)


@pytest.mark.parametrize("kept", [None, 1.5, 2, 4])
def test_tagged_noise_is_the_variance_of_block_totals(kept: float | None):
    """Law: the estimate from single blocks agrees with the variance over 20,000 of them within 5 %. By hand, all flown: λ E[f²] = 6 · 5 = 30."""
    totals, noise = simulate_blocks(kept, seed=11)
    assert totals.mean() == pytest.approx(12.0, abs=0.15)
    if kept is None:
        assert noise == pytest.approx(30.0, rel=0.05)
    assert noise == pytest.approx(totals.var(), rel=0.05)


def test_samples_that_stand_for_the_same_leave_only_the_luck_of_the_hits():
    """By hand: four samples of 2, each kept with 0.25 of its hits: which were kept makes no odds, and how many hits there were leaves 4 · 0.25 · 4 = 4.
    Two of 2 and two of 0 in line: 2 · 0.25 · 4 = 2, and 4 / 3 · 0.75 · 4 / 2 = 2 for which were kept, one step of 2; by turns, three steps of 2: 6."""
    same = Strata(np.zeros(4, np.int64), np.zeros(4, np.int64), np.full(4, 0.25), np.array([0]))
    assert tagged_noise(np.full(4, 2.0), same, 1) == pytest.approx(4.0)
    assert tagged_noise(np.array([2.0, 2.0, 0.0, 0.0]), same, 1) == pytest.approx(2.0 + 2.0)
    assert tagged_noise(np.array([2.0, 0.0, 2.0, 0.0]), same, 1) == pytest.approx(2.0 + 6.0)


def test_a_sample_that_was_kept_for_certain_has_no_part_in_the_luck_of_keeping():
    """By hand: one certain sample of 10 (100) beside two of 2 and 0, kept with a half: 0.5 · 4 = 2 and 2 · 0.5 · (1 + 1) = 2; 104 in all. In another block
    of the same country a single sample of 4, kept with a half, takes their relative spread, 2 / (0.5 · 4) = 1, so 8, and 0.5 · 16 = 8: 120 over two blocks."""
    y, kept = np.array([10.0, 2.0, 0.0, 4.0]), np.array([1.0, 0.5, 0.5, 0.5])
    one = Strata(np.zeros(3, np.int64), np.zeros(3, np.int64), kept[:3], np.array([0]))
    assert tagged_noise(y[:3], one, 1) == pytest.approx(104.0)
    two = Strata(np.array([0, 0, 0, 1]), np.array([0, 0, 0, 1]), kept, np.array([0, 0]))
    assert tagged_noise(y, two, 2) == pytest.approx(60.0)


def test_tagged_noise_of_nothing_is_nothing():
    none = np.zeros(0, np.int64)
    empty = Strata(none, none, np.zeros(0), none)
    assert tagged_noise(np.zeros(0), empty, 5) == 0.0


def test_effective_size_counts_equal_contributions():
    """By hand: four equal ones are 4; one of 3 beside one of 1 is 16 / 10."""
    assert effective_size(np.array([2.0, 2.0, -2.0, 2.0, 0.0])) == pytest.approx(4.0)
    assert effective_size(np.array([3.0, 1.0])) == pytest.approx(1.6)
    assert effective_size(np.zeros(3)) == 0.0


def test_weighted_quantiles_by_hand():
    """Weights 1, 8, 1 on 10, 20, 30: 5 % is reached at 10, 50 % at 20, 95 % at 30."""
    assert weighted_quantiles(np.array([30.0, 10.0, 20.0]), np.array([1.0, 1.0, 8.0]), (0.05, 0.5, 0.95)) == [10.0, 20.0, 30.0]


def test_a_share_ends_at_its_bounds_with_all_its_intervals():
    """By hand: 0.95 ± 0.1 is 0.85–1; a difference of two shares reaches from -1 to 1; what is not known stays unknown."""
    from zaslin.measures.bounds import cut
    from zaslin.measures.intervals import Intervals

    assert cut(Intervals(0.84, 1.0587, 0.85, 1.05), 0.0) == Intervals(0.84, 1.0, 0.85, 1.0)
    assert cut(Intervals(-1.2, 0.3, -1.1, 0.3), -1.0) == Intervals(-1.0, 0.3, -1.0, 0.3)
    assert np.isnan(cut(Intervals(np.nan, np.nan, np.nan, np.nan), 0.0).high)


def test_a_count_has_no_interval_below_zero_but_a_time_may():
    """A rare count: the bound is cut at 0 only where nothing is below 0; the simulation's stays symmetric."""
    from zaslin.measures.bounds import not_below_zero
    from zaslin.measures.intervals import Intervals
    from zaslin.measures.values import Counts

    raw = Intervals(-0.01, 0.05, -0.01, 0.03)
    count = Counts(np.array([0.0, 1.0]), np.array([1.0, 1.0]))
    early = Counts(np.array([-5.0, 1.0]), np.array([1.0, 1.0]))
    assert not_below_zero(raw, count, None) == Intervals(0.0, 0.05, -0.01, 0.03)
    assert not_below_zero(raw, early) == raw
