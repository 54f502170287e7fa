"""Where a ray first meets a territory: on straight borders of the toy world, good to one step."""

from __future__ import annotations

import math

from pytest import approx, mark

import toy_world as toy
from zaslin.doctrine.heading import STEP_M, ray_meets_m
from zaslin.plane import distance_m

KM = 1_000.0
WEST = -0.5 * math.pi


def _meets_m(x_km: float, y_km: float, course: float, from_m: float = 0.0, to_m: float = 900 * KM, country: int = toy.PL) -> float:
    return ray_meets_m(toy.ground().fields, country, x_km * KM, y_km * KM, course, from_m, to_m)


@mark.parametrize("turn", [-60, -30, 0, 30, 60])
@mark.parametrize("x_km", [5, 60])
def test_the_border_is_met_at_the_end_of_the_straight_way(x_km, turn):
    """By hand: the plane's straight line at an angle to the normal meets x = 0 at y = x · tan; its great circle's length, and at most a step more."""
    angle = math.radians(turn)
    way = distance_m(x_km * KM, 20 * KM, 0.0, 20 * KM + x_km * KM * math.tan(angle))
    assert -2.0 <= _meets_m(x_km, 20, WEST + angle) - way <= STEP_M


def test_a_ray_is_asked_from_one_way_to_another():
    """By hand: 60 km off, straight in: asked from 20 km on it is met at the same place, asked from 70 km on, where it is inside, there; not within 59.9 km,
    within 60.3 km it is; nor from 70 km to 60 km. A point inside is met where it stands, even in no way at all."""
    way = distance_m(60 * KM, 0.0, 0.0, 0.0)
    for from_km in (0, 20, 59):
        assert _meets_m(60, 0, WEST, from_km * KM) == approx(way, abs=STEP_M)
    assert _meets_m(60, 0, WEST, 70 * KM) == 70 * KM
    assert _meets_m(60, 0, WEST, 0.0, way - 100.0) == math.inf
    assert _meets_m(60, 0, WEST, 0.0, way + STEP_M) < math.inf
    assert _meets_m(60, 0, WEST, 70 * KM, 60 * KM) == math.inf
    assert _meets_m(-5, 0, WEST, 0.0, 0.0) == 0.0
    assert _meets_m(-5, 0, -WEST, 0.0) == 0.0


def test_a_ray_past_a_corner_meets_nothing():
    """By hand: Poland ends at y = 500 km: from (50, 480) km to the north-west the line x = 0 is met beyond it, to the south-west on it; to the east never.
    A country without a border here is met nowhere."""
    assert _meets_m(50, 480, math.radians(-45)) == math.inf
    assert _meets_m(50, 480, math.radians(-135)) == approx(distance_m(50 * KM, 480 * KM, 0.0, 430 * KM), abs=STEP_M)
    assert _meets_m(50, 480, math.radians(90)) == math.inf
    assert _meets_m(50, 480, math.radians(-135), country=-1) == math.inf


def test_a_ray_from_inside_out_and_in_again_is_asked_beyond_the_gap():
    """By hand: from Ukraine's (700, 0) km to the east over Russia's border: Russia from x = 800 km on, met after 100 km of plane; asked of Ukraine: at once."""
    way = distance_m(700 * KM, 0.0, 800 * KM, 0.0)
    assert 0.0 <= _meets_m(700, 0, -WEST, country=toy.RU) - way <= STEP_M + 2.0
    assert _meets_m(700, 0, -WEST, country=toy.UA) == 0.0
