"""Where a threat is on its legs, how high and how fast: worked on a path of three legs with round numbers."""

from __future__ import annotations

import numpy as np
from pytest import approx, mark

from zaslin.physics.path import altitude_at, climb_mps, leg_at, leg_speed_mps, place_at
from zaslin.plane import along, distance_m
from zaslin.world.arrays import VERT

KM = 1_000.0
PATH = np.array(
    [(7 * KM, 9 * KM, 3.0, 900.0), (0, 0, 10.0, 100.0), (10 * KM, 0, 60.0, 300.0), (10 * KM, 5 * KM, 60.0, 450.0), (10 * KM, 25 * KM, 160.0, 50.0)], VERT
)
"""Another threat's vertex, then a threat's four: 10 km east in 50 s, climbing 200 m; a leg without duration; 20 km north in 100 s, down 400 m."""


@mark.parametrize(("t", "leg"), [(0.0, 1), (10.0, 1), (59.9, 1), (60.0, 3), (100.0, 3), (160.0, 3), (500.0, 3)])
def test_the_leg_that_is_flown(t, leg):
    """By hand: legs begin at 10, 60, 60 and end at 160 s; at a vertex the next leg with a duration is flown, before and after the path its ends."""
    assert leg_at(PATH, 1, 5, t) == leg


def test_the_leg_is_found_among_many():
    """By hand: 40 vertices a second apart, the first at 100 s: at 100.5 + k the leg is k."""
    verts = np.zeros(41, VERT)
    verts["t"] = 100.0 + np.arange(41)
    assert [int(leg_at(verts, 0, 41, 100.5 + k)) for k in range(40)] == list(range(40))
    assert [int(leg_at(verts, 17, 23, 100.5 + k)) for k in range(10, 30)] == [17] * 8 + [18, 19, 20] + [21] * 9


def test_the_place_is_the_share_of_the_way():
    """By hand: half of the first leg's time is half of its length; a fifth of a leg beyond its end is on the same great circle; of the leg without duration
    there is its beginning."""
    length = distance_m(0.0, 0.0, 10 * KM, 0.0)
    for t, share in ((10.0, 0.0), (35.0, 0.5), (60.0, 1.0), (70.0, 1.2), (0.0, -0.2)):
        assert place_at(PATH, 1, t) == approx(along(0.0, 0.0, 10 * KM, 0.0, share * length), abs=1e-6)
    assert place_at(PATH, 2, 60.0) == (10 * KM, 0.0)
    assert place_at(PATH, 3, 110.0) == approx((10 * KM, 15 * KM), abs=0.1)


def test_the_altitude_is_linear_on_a_leg_and_held_outside():
    """By hand: 100 m at 10 s, 300 m at 60 s, so 180 m at 30 s; 450 m at 60 s, 50 m at 160 s, so 350 m at 85 s. A leg without duration has its first
    altitude."""
    assert [altitude_at(PATH, 1, t) for t in (0.0, 10.0, 30.0, 60.0, 90.0)] == [100.0, 100.0, approx(180.0), 300.0, 300.0]
    assert [altitude_at(PATH, 3, t) for t in (0.0, 85.0, 200.0)] == [450.0, approx(350.0), 50.0]
    assert [altitude_at(PATH, 2, t) for t in (59.0, 60.0, 61.0)] == [300.0, 300.0, 300.0]


def test_speeds_along_and_up_are_way_by_time():
    """By hand: 10 km in 50 s is 200 m/s, with 200 m of climb 4 m/s; 20 km in 100 s the same, with 400 m down -4 m/s; no duration, no speed. A leg of half a
    second that is flown at 200 m/s climbs 50 m at 100 m/s."""
    assert [leg_speed_mps(PATH, k) for k in (1, 2, 3)] == [approx(200.0, rel=1e-4), 0.0, approx(200.0, rel=1e-4)]
    assert [climb_mps(PATH, k) for k in (1, 2, 3)] == [approx(4.0), 0.0, approx(-4.0)]
    brief = np.array([(0.0, 0.0, 5.0, 100.0), (100.0, 0.0, 5.5, 150.0)], VERT)
    assert (leg_speed_mps(brief, 0), climb_mps(brief, 0)) == (approx(200.0), approx(100.0))
