"""The prior predictive check of the routes: reported crossings lie in what the assumptions foretell, and assumptions that foretell others are caught."""

from __future__ import annotations

import numpy as np
import pytest

from zaslin.scenario.catalogue import route_assumptions
from zaslin.scenario.routes import RouteAssumptions
from zaslin.studies.prior_check import LAUNCHED, REPORTED, Interval, prior_check


@pytest.fixture(scope="module")
def check():
    """A reduced check: 16 blocks of 200 routes."""
    return prior_check(seed=5, blocks=16, routes=200, sets=500)


@pytest.mark.parametrize("name", list(REPORTED))
def test_the_reported_crossings_lie_in_the_predictive_interval(check, name):
    """History: incidents.csv and DESIGN, "Rare events"; 90 % intervals of the shipped assumptions."""
    interval = check.intervals[name]
    assert interval.low <= interval.median <= interval.high
    assert interval.holds, interval


def test_the_check_foretells_about_as_many_as_were_reported(check):
    """Three were reported: the mean number among 4,500 lies between one and seven, and gross failures are a part of it, not all."""
    assert 1.0 < LAUNCHED * np.mean(check.rate) < 7.0
    assert 0.0 < check.failed_share < 0.5


@pytest.mark.slow
def test_assumptions_that_foretell_too_many_are_caught():
    """Most fly west, nobody keeps away from Poland and most come from beyond: dozens of crossings, so three are outside."""
    plain = route_assumptions().model_dump()
    plain["keeps_margin"]["PL"] |= {"value": 0.02, "low": 0.0, "high": 0.05}
    plain["approach_from_beyond"] |= {"value": 0.9, "low": 0.8, "high": 1.0}
    plain["share_west"] |= {"value": 0.8, "low": 0.7, "high": 0.9}
    wild = prior_check(seed=5, blocks=6, routes=100, assumptions=RouteAssumptions.model_validate(plain), sets=100)
    assert not wild.intervals["count"].holds
    assert not wild.holds


def test_ranges_that_touch_agree():
    """By hand."""
    assert Interval("x", 1.0, 2.0, 3.0, (3.0, 9.0)).holds
    assert not Interval("x", 1.0, 2.0, 3.0, (3.1, 9.0)).holds
