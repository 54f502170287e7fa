"""Estimates and paired differences from folders made by hand, and the laws that hold for any folder."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zaslin.brief.numbers import verdict
from zaslin.errors import InputError, StoreError
from zaslin.measures.burden import cost_usd, shots
from zaslin.measures.estimate import Difference, at_least_one, compare, estimate, given_difference, given_estimate, precision
from zaslin.measures.incursions import crossings_stopped, incursion_depth_m, incursions, incursions_any
from zaslin.measures.leakage import coalition_kills, kills_would_have, leakers, leakers_by_region, ukraine_stops
from zaslin.measures.measure import Measure
from zaslin.measures.registry import MEASURES
from zaslin.outcomes.store import Results

T4, T5 = 2.1318468, 2.0150484
"""95 % quantiles of Student's t with 4 and 5 degrees of freedom."""


def leaked(counts: list[int]) -> dict[str, list[dict]]:
    """Threats of which counts[r] leak in replicate r; one more is lost, so that every replicate has a threat."""
    rows = []
    for r, n in enumerate(counts):
        rows += [{"replicate": r, "threat": f"t-{i:02d}", "fate": "leaked", "would_have": "leaked"} for i in range(n)]
        rows.append({"replicate": r, "threat": "t-99", "fate": "lost", "would_have": "lost"})
    return {"threats": rows}


def test_mean_and_intervals_by_hand(make_results):
    """By hand: six blocks of ten, every replicate of the even ones has 3 leakers, of the odd ones 5: mean 4, V = 6 / 5 and no noise inside blocks: the
    simulation's interval is 4 ± t · sqrt(1.2 / 6), the inputs' 4 ± t · sqrt(1.2 + 1.2 / 6), t = 2.015 with 5 degrees of freedom."""
    results = make_results({"a": leaked([*[3] * 10, *[5] * 10] * 3)}, replicates=60)
    found = estimate(results, leakers, "a")
    assert found.mean == 4.0
    assert (found.low, found.high) == pytest.approx((4.0 - T5 * 1.4**0.5, 4.0 + T5 * 1.4**0.5))
    assert (found.mc_low, found.mc_high) == pytest.approx((4 - T5 * 0.2**0.5, 4 + T5 * 0.2**0.5))
    assert (found.p05, found.p95) == (3.0, 5.0)
    assert (found.ess, found.replicates, found.blocks, found.unit, found.member, found.method) == (60.0, 60, 6, "count", None, "plain")
    assert estimate(results, ukraine_stops, "a").mean == pytest.approx(1.0)


def test_a_difference_is_b_minus_a_pair_by_pair(make_results):
    """By hand: a leaks 0 … 9 in each block, b always one less than a or 0: per block the differences are 0, −1 × 9: mean −0.9, the same in all five
    blocks, so both intervals of the expected value are the mean; single nights differ by −1 to 0 (5 % and 95 %: −1 and −0.0)."""
    a = list(range(10)) * 5
    results = make_results({"a": leaked(a), "b": leaked([max(0, n - 1) for n in a])}, replicates=50)
    found = compare(results, leakers, "a", "b")
    assert found.mean == pytest.approx(-0.9)
    assert (found.low, found.high, found.mc_low, found.mc_high) == pytest.approx((-0.9,) * 4)
    assert (found.p05, found.p95) == pytest.approx((-1.0, -0.0), abs=0.06)
    assert (found.a, found.b) == ("a", "b")


def test_the_short_last_block_counts_by_its_replicates(make_results):
    """By hand: ten replicates of 1 and two of 7: (10 + 14) / 12 = 2."""
    assert estimate(make_results({"a": leaked([1] * 10 + [7] * 2)}, replicates=12), leakers, "a").mean == pytest.approx(2.0)


def test_only_replicates_that_both_packages_have_are_compared(make_results):
    """An interrupted run: b lacks its second part (250–259). By hand: a has 1 there and 0 before, b has 2 everywhere: over 0–249 the difference is 2."""
    results = make_results({"a": leaked([0] * 250 + [1] * 10), "b": leaked([2] * 260)}, replicates=260)
    for path in (results.folder / "b").glob("*-000250.parquet"):
        path.unlink()
    found = compare(results, leakers, "a", "b")
    assert (found.mean, found.replicates) == (2.0, 250)
    assert estimate(results, leakers, "a").mean == pytest.approx(10 / 260)


def test_a_mean_over_items_is_a_ratio_and_says_where_it_is_not_defined(make_results):
    """By hand: depths 2 and 4 km in one replicate, 12 km in another: the mean over incursions is 6 km, not the mean of nights (7.5 km)."""
    rows = [
        {"replicate": 0, "country": "PL", "entry_s": 0.0, "exit_s": 90.0, "depth_m": 2_000.0, "path_m": 9e3},
        {"replicate": 0, "country": "RO", "entry_s": 0.0, "exit_s": 90.0, "depth_m": 4_000.0, "path_m": 9e3},
        {"replicate": 13, "country": "PL", "entry_s": 0.0, "exit_s": 90.0, "depth_m": 12_000.0, "path_m": 3e4},
    ]
    results = make_results({"a": {"incursions": rows}, "b": {}})
    assert estimate(results, incursion_depth_m, "a").mean == pytest.approx(6_000.0)
    assert estimate(results, incursion_depth_m, "a", "PL").mean == pytest.approx(7_000.0)
    assert (estimate(results, incursion_depth_m, "a").p05, estimate(results, incursion_depth_m, "a").p95) == pytest.approx((3_450.0, 11_550.0))
    none = estimate(results, incursion_depth_m, "b")
    assert all(math.isnan(value) for value in (none.mean, none.low, none.high, none.mc_low, none.p05))
    assert math.isnan(compare(results, incursion_depth_m, "a", "b").mean)


def test_leakers_by_region_are_only_differences(make_results):
    west = [{"replicate": r, "threat": "t", "fate": "leaked", "would_have": "leaked", "fate_region": "west"} for r in range(20)]
    results = make_results({"a": {"threats": west}, "b": leaked([0] * 20)})
    assert compare(results, leakers_by_region["west"], "a", "b").mean == -1.0
    assert compare(results, leakers_by_region["east"], "a", "b").mean == 0.0
    with pytest.raises(InputError, match="only as a difference"):
        estimate(results, leakers_by_region["west"], "a")


def test_what_cannot_be_asked_is_told(make_results):
    results = make_results({"a": {}, "b": {}})
    with pytest.raises(InputError, match="not kept per member"):
        estimate(results, leakers, "a", "PL")
    with pytest.raises(InputError, match='no member "PLN"; did you mean "PL"'):
        estimate(results, incursions, "a", "PLN")
    with pytest.raises(StoreError, match='no package "c"'):
        estimate(results, leakers, "c")
    with pytest.raises(InputError, match='its method is "plain"'):
        estimate(results, leakers, "a", method="tagged")
    with pytest.raises(InputError, match="lacks tagged samples"):
        estimate(results, incursions, "a", method="tagged")
    with pytest.raises(InputError, match="no method"):
        estimate(results, incursions, "a", method="best")
    with pytest.raises(InputError, match="run it again with --given"):
        given_estimate(results, incursions, "a")
    with pytest.raises(InputError, match="whole night"):
        given_estimate(results, cost_usd, "a")


def test_a_member_of_one_package_has_nothing_in_another(make_results):
    """Romania is not in package a: its shots there are 0, and the difference is all of b's."""
    packages = [{"name": "a", "members": [{"nation": "PL"}]}, {"name": "b", "members": [{"nation": "PL"}, {"nation": "RO"}]}]
    fired = [{"replicate": r, "member": "RO", "fire_s": 1.0, "hit": False} for r in range(20)]
    results = make_results({"a": {}, "b": {"shots": fired}}, packages=packages)
    assert estimate(results, shots, "a", "RO").mean == 0.0
    assert compare(results, shots, "a", "b", "RO").mean == 1.0


def kills(counts: list[int]) -> dict[str, list[dict]]:
    """Threats of which counts[r] are shot down by Poland in replicate r."""
    rows = [{"replicate": r, "threat": "t-99", "fate": "lost", "would_have": "lost"} for r in range(len(counts))]
    killed = {"fate": "killed_member", "would_have": "leaked", "shooter_member": "PL"}
    return {"threats": rows + [{"replicate": r, "threat": f"t-{i:02d}", **killed} for r, n in enumerate(counts) for i in range(n)]}


WATCHES = {"name": "a", "members": [{"nation": "PL", "caveats": [{"effect": "forbid"}]}]}
FIRES = {"name": "b", "members": [{"nation": "PL", "caveats": [{"effect": "permit"}]}]}


def test_a_difference_from_nothing_is_the_other_side_with_its_bounds(make_results):
    """By hand: a never kills; b kills 0 in nine replicates of ten of four blocks and 1 in the tenth, and 4 in each of the fifth: mean 0.88. The inputs'
    interval of b would begin below 0 and is cut there; so is that of b - a, and turned round that of a - b ends at 0."""
    results = make_results({"a": kills([0] * 50), "b": kills([*([0] * 9 + [1]) * 4, *[4] * 10])}, replicates=50)
    alone, more, less = estimate(results, coalition_kills, "b"), compare(results, coalition_kills, "a", "b"), compare(results, coalition_kills, "b", "a")
    assert (alone.mean, alone.low) == (pytest.approx(0.88), 0.0) and alone.mc_low < 0.0
    assert [(more.mean, more.low, more.high, more.mc_low, more.mc_high)] == [(alone.mean, alone.low, alone.high, alone.mc_low, alone.mc_high)]
    assert (less.low, less.high, less.mc_low) == (-alone.high, 0.0, -alone.mc_high)
    assert more.one_way and less.one_way
    assert verdict(more) == verdict(less) == "unclear"  # four kills in one block of five: the noise reaches 0


def test_what_has_one_sign_is_told_by_the_noise_alone(make_results):
    """By hand: blocks of 1, 5, 9, 1, 5 … kills against none: the inputs' interval begins at 0, the noise leaves no doubt that there are kills."""
    several = make_results({"a": kills([0] * 60), "b": kills([n for n in (0, 5, 9, 0, 5, 9) for _ in range(10)])}, replicates=60)
    more, less = compare(several, coalition_kills, "a", "b"), compare(several, coalition_kills, "b", "a")
    assert (more.low, less.high) == (0.0, 0.0) and more.mc_low > 0.0
    assert (verdict(more), verdict(less)) == ("more", "less")
    assert verdict(replace(more, one_way=False)) == "unclear"


def test_a_difference_of_two_that_have_some_may_have_either_sign(make_results):
    """By hand: one kill of a in sixty nights, and b - a is no longer b alone: its interval is not cut."""
    few = make_results({"a": kills([1] + [0] * 59), "b": kills([n for n in (0, 5, 9, 0, 5, 9) for _ in range(10)])}, replicates=60)
    apart = compare(few, coalition_kills, "a", "b")
    assert not apart.one_way and apart.low < 0.0 and verdict(apart) == "unclear"


def test_below_five_blocks_only_what_the_rules_exclude_is_nothing_for_certain(make_results):
    """By the rule: who may not fire kills nothing, whatever the draw; who may and did not in 20 nights may in the next. Nobody may fire: their difference too.
    A member that the package does not have does nothing."""
    third = {**WATCHES, "name": "c", "members": [{"nation": "PL"}, {"nation": "RO"}]}
    results = make_results({"a": kills([0] * 20), "b": kills([0] * 20), "c": kills([0] * 20)}, packages=[WATCHES, FIRES, third], replicates=20)
    assert estimate(results, coalition_kills, "a").high == estimate(results, shots, "c").high == 0.0
    assert math.isnan(estimate(results, coalition_kills, "b").high) and math.isnan(estimate(results, incursions, "a").high)
    assert compare(results, coalition_kills, "a", "c").high == 0.0
    assert math.isnan(compare(results, coalition_kills, "a", "b").high)
    assert estimate(results, coalition_kills, "b", "RO").high == 0.0


# -- laws -------------------------------------------------------------------------------------------------------------

FATES = st.sampled_from(["leaked", "killed_ua", "lost", "left", "killed_member"])
RAID = st.lists(
    st.tuples(st.integers(0, 24), st.integers(0, 3), FATES, st.sampled_from(["leaked", "killed_ua", "lost", "left"]), st.sampled_from(["PL", "RO"])),
    unique_by=lambda row: row[:2], max_size=40,
)  # fmt: skip
STAYS = st.lists(st.tuples(st.integers(0, 24), st.sampled_from(["PL", "RO", "MD"]), st.floats(1, 900), st.floats(0, 2e4)), max_size=15)


def rows_of(raid: list, stays: list) -> dict[str, list[dict]]:
    threats = [
        {
            "replicate": r, "threat": f"t-{i}", "fate": fate, "would_have": would if fate == "killed_member" else fate,
            "shooter_member": member if fate == "killed_member" else None,
        }
        for r, i, fate, would, member in raid
    ]  # fmt: skip
    inside = [
        {"replicate": r, "country": c, "entry_s": 10.0 * k, "exit_s": 10.0 * k + s, "depth_m": d, "path_m": 2 * d} for k, (r, c, s, d) in enumerate(stays)
    ]
    return {"threats": threats, "incursions": inside}


SLOW = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@SLOW
@given(a=RAID, b=RAID, stays_a=STAYS, stays_b=STAYS)
def test_differences_are_antisymmetric_and_follow_the_means(make_results, a, b, stays_a, stays_b):
    """Law: b − a = −(a − b), interval for interval; and its mean is the difference of the means."""
    results: Results = make_results({"a": rows_of(a, stays_a), "b": rows_of(b, stays_b)}, replicates=25)
    for measure in (leakers, coalition_kills, incursions, incursion_depth_m):
        one, other = compare(results, measure, "a", "b"), compare(results, measure, "b", "a")
        pairs = [(one.mean, other.mean), (one.low, other.high), (one.high, other.low), (one.mc_low, other.mc_high), (one.p05, other.p95)]
        assert all(x == pytest.approx(-y, abs=1e-9, nan_ok=True) for x, y in pairs)
        apart = estimate(results, measure, "b").mean - estimate(results, measure, "a").mean
        assert one.mean == pytest.approx(apart, abs=1e-9, nan_ok=True)


@SLOW
@given(raid=RAID, stays=STAYS)
def test_members_sum_to_the_total_and_would_haves_to_the_kills(make_results, raid, stays):
    """Law, for every additive measure that is kept per member."""
    results: Results = make_results({"a": rows_of(raid, stays)}, replicates=25)
    for measure in (coalition_kills, incursions, incursions_any):
        nations = ("PL", "RO") if measure.by == "member" else ("PL", "RO", "SK", "HU", "MD", "LT", "LV", "EE")
        assert sum(estimate(results, measure, "a", nation).mean for nation in nations) == pytest.approx(estimate(results, measure, "a").mean)
    otherwise = sum(estimate(results, measure, "a").mean for measure in kills_would_have.values())
    assert otherwise == pytest.approx(estimate(results, coalition_kills, "a").mean)


# -- given a crossing -------------------------------------------------------------------------------------------------


def given_samples(weights: dict[int, float], stopped: set[int]) -> dict[str, list[dict]]:
    """Samples s = 10 · block + i of a crossing into Poland; those in `stopped` never enter."""
    crossing = {"tag_country": "PL", "crosses": "PL"}
    threats = [
        {"sample": s, "replicate": s, "block": s // 10, "fate": "killed_member" if s in stopped else "leaked", "weight": w, **crossing}
        for s, w in weights.items()
    ]
    inside = [
        {"sample": s, "replicate": s, "country": "PL", "entry_s": 0.0, "exit_s": 180.0, "depth_m": 2e4, "path_m": 4e4} for s in weights if s not in stopped
    ]
    return {"threats": threats, "incursions": inside}


def test_given_a_crossing_is_a_weighted_mean_over_its_samples(make_results):
    """By hand: weights 1 3 | 2 2 in six blocks by turns, stopped: the second and the third: (3 + 2) / 8 of such crossings; incursions are the other 3 / 8."""
    weights = {20 * pair + s: w for pair in range(3) for s, w in {0: 1.0, 1: 3.0, 10: 2.0, 11: 2.0}.items()}
    stopped = {20 * pair + s for pair in range(3) for s in (1, 10)}
    results = make_results({"a": {}, "b": {}}, replicates=60, given={"a": given_samples(weights, set()), "b": given_samples(weights, stopped)})
    found = given_estimate(results, crossings_stopped, "b")
    assert found.mean == pytest.approx(5 / 8)
    assert (found.method, found.replicates, found.ess) == ("given", 12, pytest.approx(3 * 64 / 18))
    assert (found.p05, found.p95) == (0.0, 1.0)
    assert found.low <= found.mean <= found.high
    assert given_estimate(results, incursions, "b").mean == pytest.approx(3 / 8)
    assert given_estimate(results, incursions, "b", "RO").mean == 0.0
    assert given_estimate(results, incursion_depth_m, "b").mean == pytest.approx(2e4)
    apart = given_difference(results, incursions, "a", "b")
    assert apart.mean == pytest.approx(-5 / 8)
    assert apart.mc_low < -5 / 8 < apart.mc_high


def test_a_given_crossing_without_noise_keeps_the_inputs_spread(make_results):
    """By hand: 21 blocks of two samples each; all of a block's are stopped in 0 blocks or in all: the interval of block shares {0, 1} in 10 and
    11 blocks is 0 to 1, and nothing inside blocks says that it is noise."""
    weights = {10 * b + i: 0.5 for b in range(21) for i in range(2)}
    stopped = {10 * b + i for b in range(0, 21, 2) for i in range(2)}
    results = make_results({"a": {}}, replicates=210, given={"a": given_samples(weights, stopped)})
    found = given_estimate(results, crossings_stopped, "a")
    assert found.mean == pytest.approx(11 / 21)
    assert (found.low, found.high) == pytest.approx((0.0, 1.0))


# -- small sums -------------------------------------------------------------------------------------------------------


def difference(mean: float, half: float, replicates: int = 500) -> Difference:
    return Difference("incursions", "count", "a", "b", None, mean, mean, mean, mean - half, mean + half, 0.0, 0.0, 1.0, replicates)


def test_the_precision_advisor_asks_for_the_square_of_what_is_lacking():
    """By hand: ± 0.10 around −0.20 is ± 50 %: twice too wide, four times the replicates: 2,000; ± 0.05 is just sharp enough."""
    assert precision(difference(-0.20, 0.10)) == (False, 2_000)
    assert precision(difference(-0.20, 0.05)) == (True, 500)
    assert precision(difference(-0.20, 0.061)) == (False, 750)  # 744.2, in two figures upward
    assert precision(difference(0.0, 0.0)) == (True, 500)
    assert precision(difference(0.0, 0.1)) == (False, None)
    assert precision(difference(1e-9, 0.1)) == (False, None)
    assert precision(difference(float("nan"), float("nan"))) == (False, None)


def test_at_least_one_is_a_poisson_chance():
    """1 − e^−0.05 = 0.04877."""
    assert at_least_one(0.05) == pytest.approx(0.048771, abs=1e-6)
    assert at_least_one(0.0) == 0.0


@pytest.mark.parametrize("measure", MEASURES.values(), ids=list(MEASURES))
def test_every_measure_can_be_asked_of_an_empty_night(make_results, measure: Measure):
    """By hand: every night one threat is lost and nothing else happens: sums are 0 but for that one stop by Ukraine, means over nothing are not defined;
    no column is misspelt."""
    results = make_results({"a": {"threats": [{"replicate": r, "fate": "lost", "would_have": "lost"} for r in range(20)]}, "b": {}})
    if measure.difference_only:
        assert compare(results, measure, "a", "b").mean == 0.0
        return
    mean = estimate(results, measure, "a").mean
    if measure.kind == "mean" or measure.asset:  # nobody there has the kind of asset that it is about
        assert np.isnan(mean)
    else:
        assert mean == (1.0 if measure.name == "ukraine_stops" else 0.0)
