"""Rounding, signs and verdicts of the brief's numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from zaslin.brief import numbers


@dataclass(frozen=True)
class E:
    mean: float
    low: float
    high: float
    mc_low: float = math.nan
    mc_high: float = math.nan


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        (E(0.04, 0.01, 0.11), "0.04 (0.01–0.11)"),
        (E(41.23, 37.91, 44.62), "41.2 (37.9–44.6)"),
        (E(1234.0, 1100.0, 1400.0), "1,230 (1,100–1,400)"),
        (E(-0.03, -0.08, 0.01), "−0.030 (−0.080 to 0.010)"),
        (E(0.0, 0.0, 0.0), "0"),
        (E(12.0, 12.0, 12.0), "12"),
        (E(0.0004, 0.0, 0.011), "0.0004 (0–0.0110)"),
        (E(0.02, 1e-9, 0.05), "0.020 (<0.001 to 0.050)"),
        (E(0.38, 0.38, 0.38, 0.26, 0.50), "0.38 (noise ±0.12)"),
        (E(0.38, 0.36, 0.41, 0.26, 0.50), "0.38 (0.36–0.41; noise ±0.12)"),
        (E(0.38, 0.20, 0.60, 0.30, 0.46), "0.38 (0.20–0.60)"),
        (E(-0.05, -0.12, -0.02, -0.11, 0.01), "−0.05 (−0.12 to −0.02; noise ±0.06)"),
        (E(0.10, 0.0, 0.22, -0.02, 0.22), "0.10 (0–0.22; noise ±0.12)"),
        (E(0.50, 0.38, 0.62, 0.38, 0.62), "0.50 (0.38–0.62)"),
        (E(0.98, 0.90, 1.0, 0.90, 1.0), "0.98 (0.90–1.00; noise ±0.08)"),
        (E(-0.025, -0.025000000001, -0.025), "−0.025"),
        (E(2e-6, 1e-6, 3e-6), "under 0.0001"),
        (E(-2e-6, -3e-6, 3e-6), "under 0.0001 either way"),
        (None, "not defined"),
        (E(math.nan, 0.0, 1.0), "not defined"),
    ],
)
def test_an_interval_is_rounded_to_what_its_width_can_bear(estimate, text):
    """By hand: two figures of the width, at least one of the mean."""
    assert numbers.with_interval(estimate) == text


@given(st.floats(-1e7, 1e7), st.floats(-1e7, 1e7), st.floats(0.0, 1.0))
def test_a_printed_interval_is_never_narrower_than_a_tenth_less_than_it_is(a, b, u):
    """Law: rounding moves each end by at most 5 % of the width, so no interval looks surer than it is."""
    low, high = min(a, b), max(a, b)
    assume(high - low > 1e-3)
    mean = low + u * (high - low)
    places = numbers.decimals_for(mean, low, high)
    assert abs(round(low, places) - low) <= 0.051 * (high - low)
    assert abs(round(high, places) - high) <= 0.051 * (high - low)


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9), st.integers(-3, 6))
def test_what_is_not_zero_never_prints_as_zero(value, places):
    """Law: only 0 prints as 0, and no minus sign is a hyphen."""
    text = numbers.figure(value, places)
    assert (text.strip("0.,−") == "") == (value == 0.0)
    assert "-" not in text


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (0.0, "no such night"),
        (0.04, "about one such night in 25"),
        (0.0021, "about one such night in 480"),
        (0.5, "about 5 such nights in 10"),
        (0.97, "nearly every such night"),
        (1e-5, "about one such night in 100,000"),
    ],
)
def test_a_small_chance_is_told_as_one_night_in_so_many(p, words):
    """By hand: 1/p to two figures; above 0.4 in tenths."""
    assert numbers.one_in(p) == words


def test_at_least_one_is_one_minus_exp_of_minus_the_mean():
    """By hand: 1 − exp(−0.5) = 0.393469."""
    assert numbers.at_least_one(0.5) == pytest.approx(0.393469, abs=1e-6)
    assert numbers.nights(E(0.05, 0.01, 0.2)) == "about one such night in 21, from 1 in 100 to 1 in 6"
    assert numbers.nights(E(0.05, 0.0, 0.2)) == "about one such night in 21, from never to 1 in 6"
    assert numbers.nights(E(0.0, 0.0, 0.0)) == "none of the simulated nights"


@pytest.mark.parametrize(
    ("difference", "kind"),
    [
        (E(-0.03, -0.08, -0.01), "less"),
        (E(0.03, 0.01, 0.08), "more"),
        (E(-0.03, -0.08, 0.01), "unclear"),
        (E(0.0, 0.0, 0.0), "same"),
        (E(-0.03, -0.08, -0.01, -0.09, 0.02), "unclear"),
        (E(-0.03, -0.08, -0.01, -0.05, -0.01), "less"),
        (E(0.0, -0.1, 0.1), "unclear"),
        (E(math.nan, 0.0, 0.0), "undefined"),
        (None, "undefined"),
        (E(0.5, 0.0, 1.0), "unclear"),
    ],
)
def test_a_difference_is_called_only_where_both_intervals_exclude_zero(difference, kind):
    """By hand: the sign is said only when inputs' uncertainty and simulation noise both leave 0 outside."""
    assert numbers.verdict(difference) == kind


def test_money_says_thousands_millions_or_billions():
    """By hand."""
    assert numbers.money(E(420_000.0, 310_000.0, 550_000.0)) == "USD\u00a0420 thousand (310–550)"
    assert numbers.money(E(1_420_000.0, 310_000.0, 2_550_000.0)) == "USD\u00a01.4 million (0.3–2.5)"
    assert numbers.money(E(0.0, 0.0, 0.0)) == "USD\u00a00"


def test_words_are_listed_with_a_last_and():
    """By hand."""
    assert [numbers.listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]


@dataclass(frozen=True)
class Few:
    """A mean from few blocks."""

    mean: float
    blocks: int
    low: float = math.nan
    high: float = math.nan
    mc_low: float = math.nan
    mc_high: float = math.nan


def test_what_rests_on_few_blocks_says_so_and_is_told_from_nothing_by_nobody():
    """By hand: the mean stands, with the reason in the interval's place; a share and money likewise; a mean that is not defined stays so."""
    assert numbers.with_interval(Few(0.384, 2)) == "0.38 (from 2 blocks: no interval)"
    assert numbers.with_interval(Few(-1234.0, 1)) == "−1,230 (from 1 block: no interval)"
    assert numbers.with_interval(Few(46_161_865.0, 2)) == "46,200,000 (from 2 blocks: no interval)"
    assert [numbers.with_interval(Few(mean, 2)).split(" ")[0] for mean in (51.0, 107.25, 5.0, 673_282.4)] == ["51", "107", "5.0", "673,000"]
    assert numbers.percent(Few(0.25, 4)) == "25\u00a0% (from 4 blocks: no interval)"
    assert numbers.money(Few(1.5e6, 3)) == "USD\u00a01.5 million (from 3 blocks: no interval)"
    assert numbers.nights(Few(0.04, 2)) == "about one such night in 26, from 2 blocks: no interval"
    assert numbers.verdict(Few(-9.0, 4)) == "unclear" and numbers.thin(Few(0.0, 2))
    assert numbers.with_interval(Few(math.nan, 2)) == numbers.NOT_DEFINED and numbers.verdict(Few(math.nan, 2)) == "undefined"
