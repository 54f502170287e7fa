"""Turns, drift, failure, altitude and times of a path: worked by hand near the plane's centre, where plane lengths are true."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zaslin.plane import distance_m
from zaslin.units import KMH
from zaslin.world.arrays import VERT
from zaslin.world.paths import CHORD_RAD, MAX_VERTS, fly_legs, set_times, turn_radius_m

CORNER = np.array([[0.0, -100e3], [0.0, 0.0], [100e3, 0.0]])
"""North for 100 km, then a right turn of 90 degrees to the east."""


def fly(way, over, radius_m, fail_at=0, fail_m=0.0):
    verts = np.zeros(MAX_VERTS, dtype=VERT)
    n = fly_legs(np.asarray(way, dtype=float), len(way), np.full(len(way), over), radius_m, fail_at, fail_m, verts)
    return verts[:n]


def length_m(verts):
    return float(np.hypot(np.diff(verts["x"]), np.diff(verts["y"])).sum())


def test_turn_radius_at_800_km_h_and_35_degrees_is_7_19_km():
    """By hand: (800/3.6)² / (9.80665 · tan 35°) = 49 383 / 6.8667 = 7 192 m."""
    assert turn_radius_m(800 * KMH, np.radians(35.0)) == pytest.approx(7_192.0, abs=1.0)


def test_a_turn_before_the_point_cuts_the_corner():
    """By hand: the arc leaves the leg one radius before the point and passes it at r (√2 − 1); the way is shorter by 2 r − π r / 2."""
    r = 7_000.0
    verts = fly(CORNER, False, r)
    # the arc's middle lies in the middle of the fifth of nine chords
    middle = 0.5 * (verts["x"][5] + verts["x"][6]), 0.5 * (verts["y"][5] + verts["y"][6])
    assert np.hypot(*middle) == pytest.approx(r * (np.sqrt(2.0) - 1.0), rel=0.01)
    assert length_m(verts) == pytest.approx(200e3 - 2 * r + 0.5 * np.pi * r, rel=1e-4)
    assert verts["y"].max() <= 1.0


def test_a_turn_over_the_point_overshoots_and_then_flies_to_the_next():
    """By hand: a circle about (r, 0), left where its tangent meets (100 km, 0): at most r beyond the point, then south-east along that tangent."""
    r = 7_000.0
    verts = fly(CORNER, True, r)
    assert verts["y"].max() == pytest.approx(r, rel=0.005)
    tangent = np.sqrt((100e3 - r) ** 2 - r**2)
    sweep = np.pi - np.arccos(r / (100e3 - r))
    assert length_m(verts) == pytest.approx(100e3 + r * sweep + tangent, rel=1e-4)
    assert (verts["x"][-1], verts["y"][-1]) == (100e3, 0.0)


def test_a_next_point_inside_the_turning_circle_is_reached_by_the_other_side():
    """By hand: the point 8 km to the right of the course lies within the right-hand circle of 7 km radius, so the turn goes left and round."""
    verts = fly([[0.0, -100e3], [0.0, 0.0], [8e3, 0.0]], True, 7_000.0)
    assert verts["x"].min() == pytest.approx(-14e3, rel=0.01)
    assert (verts["x"][-1], verts["y"][-1]) == (8e3, 0.0)


@settings(max_examples=100, deadline=None)
@given(
    points=st.lists(st.tuples(st.floats(-3e5, 3e5), st.floats(-3e5, 3e5)), min_size=2, max_size=8),
    over=st.booleans(),
    radius=st.floats(1e3, 12e3),
)
def test_a_path_bends_by_ten_degrees_a_chord_at_most(points, over, radius):
    """Law: no corner but where the plan's points nearly coincide or a leg is shorter than its turn; ends are the plan's ends."""
    points = [p for i, p in enumerate(points) if i == 0 or np.hypot(p[0] - points[i - 1][0], p[1] - points[i - 1][1]) > 6 * radius]
    if len(points) < 2:
        return
    verts = fly(points, over, radius)
    assert len(verts) < MAX_VERTS
    assert (verts["x"][0], verts["y"][0]) == points[0]
    assert (verts["x"][-1], verts["y"][-1]) == points[-1]
    dx, dy = np.diff(verts["x"]), np.diff(verts["y"])
    dx, dy = dx[np.hypot(dx, dy) > 1.0], dy[np.hypot(dx, dy) > 1.0]
    bend = np.abs((np.diff(np.arctan2(dx, dy)) + np.pi) % (2 * np.pi) - np.pi)
    assert bend.max(initial=0.0) <= CHORD_RAD + 0.01


def test_a_failure_to_turn_flies_straight_on():
    """By hand: north for 100 km to the point, then 250 km on."""
    verts = fly(CORNER, False, 7_000.0, fail_at=1, fail_m=250e3)
    assert len(verts) == 3
    assert (verts["x"][-1], verts["y"][-1]) == pytest.approx((0.0, 250e3), rel=1e-3, abs=1.0)


def test_times_are_lengths_on_the_sphere_over_speed():
    """By hand: each vertex is reached after the great-circle length so far over the speed."""
    verts = fly([[-500e3, 100e3], [0.0, 0.0], [300e3, 400e3]], False, 7_000.0)
    total = set_times(verts, len(verts), 3_600.0, 200.0)
    assert verts["t"][0] == 3_600.0
    assert verts["t"][-1] == pytest.approx(3_600.0 + total / 200.0)
    legs = [distance_m(verts["x"][i], verts["y"][i], verts["x"][i + 1], verts["y"][i + 1]) for i in range(len(verts) - 1)]
    assert np.diff(verts["t"]) * 200.0 == pytest.approx(legs)
