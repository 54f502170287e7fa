"""Arcs of unit vectors: the same places and distances as the plane's own functions and as numpy's trigonometry give."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from pytest import approx, mark

from zaslin.physics.arcs import angle, apart_m, arc_between, on_arc, point_of
from zaslin.plane import along, distance_m, sin_cos, unit
from zaslin.units import EARTH_RADIUS_M

KM = 1_000.0
COORDINATE = st.floats(-1_500 * KM, 1_500 * KM)


@given(st.floats(-7.0, 7.0))
def test_sine_and_cosine_are_the_librarys(w):
    """Law: to two roundings of one, whether by series or not."""
    s, c = sin_cos(w)
    assert abs(s - math.sin(w)) <= 2.3e-16 and abs(c - math.cos(w)) <= 2.3e-16


@mark.parametrize("w", [0.0, 1e-300, -1e-9, 0.25, -0.25, math.nextafter(0.25, 1.0)])
def test_both_sides_of_the_series_edge_agree(w):
    assert sin_cos(w) == (approx(math.sin(w), rel=3e-16, abs=0.0), approx(math.cos(w), rel=3e-16))


@given(COORDINATE, COORDINATE, COORDINATE, COORDINATE, st.floats(-2_000.0, 4_000.0), st.floats(0.0, 400.0))
def test_an_arc_is_where_the_great_circle_is(x, y, hx, hy, gone, speed):
    """Law: on the arc after a time as `along` after the way, forward and back, within a millimetre; and a unit vector."""
    assume(math.hypot(hx - x, hy - y) >= 900.0)  # the engine's headings are a kilometre away and more
    arc = arc_between(x, y, hx, hy, 50.0, speed)
    p = on_arc(arc, 50.0 + gone)
    assert point_of(*p) == approx(along(x, y, hx, hy, speed * gone), abs=1e-3)
    # b is across a to a rounding of the way to the heading, of which it is made
    assert math.hypot(*p) == approx(1.0, abs=1e-15 + 4e-16 * EARTH_RADIUS_M / math.hypot(hx - x, hy - y))
    assert apart_m(*unit(x, y), *p) == approx(speed * abs(gone), abs=1e-6 + 1e-9 * speed * abs(gone))


@given(COORDINATE, COORDINATE, st.floats(-3_000.0, 3_000.0), st.floats(0.0, 400.0))
def test_an_arc_without_a_direction_stays(x, y, t, speed):
    assert on_arc(arc_between(x, y, x, y, 0.0, speed), t) == approx(unit(x, y), abs=1e-15)


@given(COORDINATE, COORDINATE, COORDINATE, COORDINATE)
def test_distances_agree_with_the_plane(xa, ya, xb, yb):
    """Law: the same to a nanometre a metre, near and far: the series ends at some 1,275 km."""
    far = distance_m(xa, ya, xb, yb)
    assert apart_m(*unit(xa, ya), *unit(xb, yb)) == approx(far, abs=1e-8 + 1e-13 * far)


@mark.parametrize("degrees", [0.0, 1e-7, 0.5, 11.47, 11.48, 45.0, 90.0, 179.0])
def test_an_angle_by_hand(degrees):
    """By hand: two unit vectors that far apart; 11.478° is the chord of 0.2 at which the series ends."""
    w = math.radians(degrees)
    assert angle(1.0, 0.0, 0.0, math.cos(w), math.sin(w), 0.0) == approx(w, rel=1e-12, abs=2e-16)


def test_a_point_is_the_plane_point_of_its_vector():
    x, y = 120 * KM, -345 * KM
    p = np.array(unit(x, y))
    assert point_of(*p) == approx((x, y), abs=1e-9) and point_of(*(3.0 * p)) == approx((x, y), abs=1e-9)
    assert EARTH_RADIUS_M * math.acos(p[2]) == approx(distance_m(0.0, 0.0, x, y), abs=1e-6)
