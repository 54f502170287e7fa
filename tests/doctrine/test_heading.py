"""The projected crossing: shares of courses that meet a straight border."""

from __future__ import annotations

import math
from statistics import NormalDist

from hypothesis import given
from hypothesis import strategies as st

import toy_world as toy
from zaslin.doctrine.heading import RAYS, crossing_projected, ray_meets

KM = 1_000.0
WEST = -0.5 * math.pi


def _projected(x_km: float, y_km: float, course: float, sigma_deg: float, reach_km: float, share: float) -> bool:
    return crossing_projected(toy.ground().fields, toy.PL, x_km < 0, x_km * KM, y_km * KM, course, math.radians(sigma_deg), reach_km * KM, share)


def test_a_straight_course_meets_the_border_if_its_reach_is_as_long():
    """By hand: 50 km from the border x = 0, straight at it, it needs 50 km; at 60° to it 100 km."""
    fields = toy.ground().fields
    for course, way in ((WEST, 50.0), (WEST + math.pi / 3, 100.0)):
        assert ray_meets(fields, toy.PL, 50 * KM, 0.0, course, (way + 0.1) * KM)
        assert not ray_meets(fields, toy.PL, 50 * KM, 0.0, course, (way - 0.1) * KM)


def test_a_course_away_from_the_border_never_meets_it():
    """By hand."""
    assert not ray_meets(toy.ground().fields, toy.PL, 5 * KM, 0.0, -WEST, 300 * KM)


def test_a_flight_along_the_border_is_projected_to_cross_by_less_than_half_of_its_courses():
    """By hand: parallel to the border at 5 km, courses that meet it in 60 km are those at least asin(5/60) = 4.78° to its side: with 5° of spread a share
    of Φ(-0.956) = 0.17."""
    share = NormalDist().cdf(-math.degrees(math.asin(5 / 60)) / 5)
    assert 0.165 < share < 0.175
    assert _projected(5, 0, 0.0, 5.0, 60.0, share - 1.0 / RAYS)
    assert not _projected(5, 0, 0.0, 5.0, 60.0, share + 1.0 / RAYS)


def test_inside_the_territory_every_course_has_met_it():
    """By hand."""
    assert _projected(-5, 0, -WEST, 5.0, 1.0, 1.0)


def test_a_member_without_a_border_in_the_theatre_is_never_crossed():
    """By the rule: country -1 is far away."""
    assert not crossing_projected(toy.ground().fields, -1, False, 5 * KM, 0.0, WEST, 0.0, 300 * KM, 0.1)


def test_the_border_decides_what_is_inside_and_not_the_raster():
    """By the rule: where the raster says half a kilometre inside and the border line says outside, what flies away is not projected to cross, and what
    flies toward the border is."""
    fields = toy.ground().fields
    for course, crosses in ((-WEST, False), (WEST, True)):
        assert crossing_projected(fields, toy.PL, False, -0.5 * KM, 0.0, course, math.radians(5.0), 60 * KM, 0.5) == crosses
        assert crossing_projected(fields, toy.PL, True, -0.5 * KM, 0.0, course, math.radians(5.0), 60 * KM, 0.5)


@given(st.floats(2.0, 200.0), st.floats(-math.pi, math.pi), st.floats(0.5, 15.0), st.floats(20.0, 150.0), st.floats(0.05, 1.0), st.floats(1.0, 1.5))
def test_a_longer_horizon_and_a_lower_share_never_forbid(x, course, sigma, reach, share, factor):
    """Law: what is projected to cross still is, with more time or a lower threshold."""
    if _projected(x, 0, course, sigma, reach, share):
        assert _projected(x, 0, course, sigma, reach * factor, share)
        assert _projected(x, 0, course, sigma, reach, share / factor)
