"""The projected crossing at its edges: to the metre and to the ray, on straight borders of the toy world."""

from __future__ import annotations

import math
from statistics import NormalDist

from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import approx, mark

import toy_world as toy
from zaslin.atlas.ground import load_ground
from zaslin.doctrine.heading import FAN, RAYS, _field_m, crossing_projected, ray_meets
from zaslin.physics.intercept import outside_m
from zaslin.plane import distance_m

KM = 1_000.0
WEST = -0.5 * math.pi


def _meets(x: float, y: float, course: float, reach_m: float) -> bool:
    return ray_meets(toy.ground().fields, toy.PL, x, y, course, reach_m)


def test_the_fan_is_21_middles_of_equal_shares():
    """By hand: the middle ray is the track's course, the outermost is the normal's quantile of 1 / 42, and the fan is symmetric."""
    assert (len(FAN), FAN[10]) == (RAYS, 0.0) == (21, 0.0)
    assert abs(FAN[0] - NormalDist().inv_cdf(1 / 42)) < 1e-12
    assert max(abs(FAN + FAN[::-1])) < 1e-12


def test_a_straight_course_meets_the_border_to_the_half_metre():
    """By hand: 5 km from the border, straight at it: half a metre more than the way is enough, half a metre less is not."""
    way = distance_m(5 * KM, 0.0, 0.0, 0.0)
    assert _meets(5 * KM, 0.0, WEST, way + 0.5)
    assert not _meets(5 * KM, 0.0, WEST, way - 0.5)


@mark.parametrize("degrees", [-60, -45, -30, 30, 45, 60])
def test_an_oblique_course_meets_the_border_at_the_end_of_its_straight_way(degrees):
    """By hand: the plane's straight line from (50 km, 0) at an angle to the normal meets x = 0 at y = 50 km · tan; its great circle's length decides."""
    way = distance_m(50 * KM, 0.0, 0.0, 50 * KM * math.tan(math.radians(degrees)))
    course = WEST + math.radians(degrees)
    assert _meets(50 * KM, 0.0, course, way + 8.0)
    assert not _meets(50 * KM, 0.0, course, way - 8.0)


def test_a_course_past_a_corner_of_the_territory_misses_it():
    """By hand: Poland ends at y = 500 km. From (50, 480) km to the north-west the line x = 0 is met at y = 530 km, to the south-west at 430 km."""
    assert not _meets(50 * KM, 480 * KM, math.radians(-45), 100 * KM)
    assert _meets(50 * KM, 480 * KM, math.radians(-135), 100 * KM)


def test_half_a_metre_outside_is_outside():
    """By hand: flying away from the border, half a metre off it, no course of a narrow fan meets it."""
    assert not _meets(0.5, 0.0, -WEST, 100 * KM)
    assert not crossing_projected(toy.ground().fields, toy.PL, False, 0.5, 0.0, -WEST, 0.1, 100 * KM, 1 / RAYS)


@mark.parametrize("met", [1, 3, 9, 11, 17, 21])
@mark.parametrize("turn", [0.0, -0.05])
def test_a_share_of_so_many_rays_is_enough_when_exactly_so_many_meet(met, turn):
    """By hand: straight at a border 50 km away those rays meet it in d whose angle is below acos(50 km / d); d is set between the outermost ray that
    shall meet and the next. A share of met / 21 is reached, one ray more is not; of a fan turned by 0.05 rad the rays are counted one by one."""
    sigma = 0.25
    angles = sorted(abs(turn + sigma * z) for z in FAN)
    edge = 0.5 * (angles[met - 1] + angles[met]) if met < RAYS else angles[-1] + 0.05
    reach = distance_m(50 * KM, 0.0, 0.0, 50 * KM * math.tan(edge))
    for share, answer in ((met / RAYS, True), ((met + 0.5) / RAYS, False), ((met - 0.5) / RAYS, True)):
        assert crossing_projected(toy.ground().fields, toy.PL, False, 50 * KM, 0.0, WEST + turn, sigma, reach, share) == answer


def test_inside_is_met_and_on_a_coarse_field_only_deeper_is():
    """By the rule: whoever is inside has met it, wherever the field says he is. Who is outside though the field says 400 m inside meets it when the field grows
    deeper (west, to the inside), not when it grows shallower."""
    fields = toy.ground().fields
    assert crossing_projected(fields, toy.PL, True, 300 * KM, 0.0, -WEST, 0.1, 1.0, 1.0)
    for course, answer in ((WEST, True), (-WEST, False)):
        assert ray_meets(fields, toy.PL, -400.0, 0.0, course, 2 * KM) == answer
        assert crossing_projected(fields, toy.PL, False, -400.0, 0.0, course, 0.0, 2 * KM, 1.0) == answer
    assert not ray_meets(fields, toy.PL, -400.0, 0.0, WEST, 0.0)


@given(st.floats(-1.4e6, 1.4e6), st.floats(-9e5, 9e5), st.integers(0, 11))
@settings(max_examples=300)
def test_the_field_along_a_ray_is_the_countrys(x, y, country):
    """Law: what a ray looks at is `outside_m`, on the grid and off it, to a thousandth of a millimetre."""
    fields = load_ground().fields
    assert _field_m(fields, country, 1.0 / fields.cell_m, x, y) == approx(outside_m(fields, country, x, y), abs=1e-6, rel=1e-12)
