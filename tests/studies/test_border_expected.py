"""Expected crossings beside the counted: the sums by hand, and a small run of the routes."""

from __future__ import annotations

import json

import numpy as np
import pytest

from zaslin.studies.border_expected import border_expected, border_expected_json, route_rates


def test_expected_is_rate_times_launched():
    """By hand: two worlds with 1 and 3 per thousand of 2,000 launched in a month: 2 and 6, mean 4."""
    launched = {"cruise": {"2024-03": 2_000}, "drone": {}}
    (every, month) = border_expected({("PL", "cruise"): np.array([1e-3, 3e-3])}, launched)
    assert every.crossings == month.crossings == pytest.approx(4.0)
    assert (month.counted_low, month.counted_high) == (1, 1)
    assert month.told_low is not None
    assert month.told_high is not None
    assert month.told_low <= 3.0 <= month.told_high


def test_a_blind_month_has_no_verdict():
    """Poland in October 2022 is a gap: expected, but neither interval nor p."""
    rows = border_expected({("PL", "cruise"): np.array([1e-3])})
    blind = next(row for row in rows if row.month == "2022-10")
    assert blind.blind
    assert blind.p is None
    assert blind.crossings == pytest.approx(0.216)
    json.dumps(border_expected_json(rows), allow_nan=False)


def test_far_too_many_or_too_few_are_told():
    """By hand: 1,000 expected and 3 reported, or 1e-6 expected and 3 reported: p is tiny both ways."""
    for rate in (0.4, 1e-9):
        every = border_expected({("PL", "cruise"): np.array([rate])}, monthly=False)[0]
        assert every.p is not None
        assert every.p < 1e-6


def test_routes_of_a_night_enter_moldova_more_than_poland():
    """Nobody avoids Moldova (docs/decisions/0009): a small run."""
    rates = route_rates(blocks=2, routes=100, nights=("2023-02-10",), borders=(("PL", "cruise"), ("MD", "cruise")))
    assert rates["MD", "cruise"].mean() > rates["PL", "cruise"].mean() >= 0.0


@pytest.mark.slow
def test_the_model_s_polish_count_is_not_surprised():
    """Records: three reported; all shipped nights, four blocks."""
    every = border_expected(route_rates(blocks=4, routes=200, borders=(("PL", "cruise"),)), monthly=False)[0]
    assert every.p is not None
    assert every.p > 0.02
