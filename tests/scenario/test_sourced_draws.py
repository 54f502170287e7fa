"""How a stated range becomes a draw."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zaslin.scenario.sourced import Sourced


def number(low: float, value: float, high: float, unit: str = "km") -> Sourced:
    return Sourced(value=value, low=low, high=high, unit=unit)


def test_a_triangle_by_hand():
    """(0, 1, 3): the area left of the mode is 1/3; at u = 1/12 half-way up the left side, x = 0.5; at u = 1 - 1/6, x = 2."""
    sourced = number(0.0, 1.0, 3.0, "m")
    assert sourced.at(1 / 12) == pytest.approx(0.5)
    assert sourced.at(5 / 6) == pytest.approx(2.0)


def test_a_range_of_a_factor_of_ten_is_a_triangle_of_logarithms():
    """(1, 10, 100) is symmetric in the logarithm: its median is 10; on a plain triangle it would be 33."""
    assert number(1.0, 10.0, 100.0, "m").at(0.5) == pytest.approx(10.0)
    assert number(1.0, 3.0, 9.9, "m").at(1e-12) == pytest.approx(1.0, rel=1e-4)


@given(st.floats(0.01, 100), st.floats(1, 50), st.floats(1, 50), st.floats(1e-6, 1 - 1e-6), st.floats(1e-6, 1 - 1e-6))
def test_draws_stay_in_the_range_and_rise_with_the_quantile(low, up, more, u, v):
    """Law of any quantile function."""
    sourced = number(low, low * up, low * up * more)
    a, b = sourced.at(min(u, v)), sourced.at(max(u, v))
    assert low * 1000 * (1 - 1e-9) <= a <= b * (1 + 1e-12) and b <= low * up * more * 1000 * (1 + 1e-9)
    assert math.isfinite(a)
