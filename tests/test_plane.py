"""The plane against formulas of the sphere that do not use it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zaslin.plane import (
    LAT0_DEG,
    LON0_DEG,
    ahead,
    along,
    course_rad,
    distance_m,
    on_ray,
    part_way,
    project,
    ray_of,
    toward,
    unit,
    unit_vectors,
    unproject,
)
from zaslin.units import EARTH_RADIUS_M, KMH

LAT = st.floats(40.0, 60.0)
LON = st.floats(10.0, 50.0)


def haversine_m(lat1, lon1, lat2, lon2):
    """Great-circle distance by the haversine formula (R. W. Sinnott, Sky and Telescope 68, 1984)."""
    p1, p2 = np.radians(lat1), np.radians(lat2)
    h = np.sin((p2 - p1) / 2) ** 2 + np.cos(p1) * np.cos(p2) * np.sin(np.radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(h))


def test_the_centre_is_the_origin():
    """By definition of the projection."""
    assert project(LAT0_DEG, LON0_DEG) == pytest.approx((0.0, 0.0), abs=1e-9)


def test_one_degree_of_latitude_north_of_the_centre_is_a_tangent():
    """By hand: on the central meridian y = R tan 1°, and the ground distance is R π / 180 = 111.195 km."""
    x, y = project(50.0, 31.0)
    assert x == pytest.approx(0.0, abs=1e-6)
    assert y == pytest.approx(EARTH_RADIUS_M * np.tan(np.pi / 180), rel=1e-12)
    assert distance_m(0.0, 0.0, float(x), float(y)) == pytest.approx(111_195.08, abs=0.01)


@given(LAT, LON)
def test_unproject_undoes_project(lat, lon):
    """Law: a projection and its inverse; 1e-9 degree is 0.1 mm."""
    back = unproject(*project(lat, lon))
    assert back == pytest.approx((lat, lon), abs=1e-9)


@given(LAT, LON, LAT, LON)
def test_distance_agrees_with_the_haversine_formula(lat1, lon1, lat2, lon2):
    """The haversine formula knows nothing of the plane."""
    x1, y1 = project(lat1, lon1)
    x2, y2 = project(lat2, lon2)
    assert distance_m(float(x1), float(y1), float(x2), float(y2)) == pytest.approx(haversine_m(lat1, lon1, lat2, lon2), rel=1e-9, abs=1e-3)


@given(LAT, LON, LAT, LON)
def test_the_middle_of_a_great_circle_lies_on_the_plane_segment(lat1, lon1, lat2, lon2):
    """The middle of two unit vectors, normalised, is the great circle's middle; a gnomonic plane shows great circles as straight lines."""
    x1, y1 = project(lat1, lon1)
    x2, y2 = project(lat2, lon2)
    if np.hypot(x2 - x1, y2 - y1) < 1_000.0:
        return
    vectors = []
    for lat, lon in ((lat1, lon1), (lat2, lon2)):
        p, q = np.radians(lat), np.radians(lon)
        vectors.append(np.array([np.cos(p) * np.cos(q), np.cos(p) * np.sin(q), np.sin(p)]))
    m = vectors[0] + vectors[1]
    m /= np.linalg.norm(m)
    mx, my = project(np.degrees(np.arcsin(m[2])), np.degrees(np.arctan2(m[1], m[0])))
    off = ((x2 - x1) * (my - y1) - (y2 - y1) * (mx - x1)) / np.hypot(x2 - x1, y2 - y1)
    assert abs(off) < 1e-3


def test_39_seconds_at_800_km_h_are_8_7_km():
    """By hand: 39 × 800 / 3.6 = 8,667 m, flown from Lviv toward Rzeszów."""
    x1, y1 = (float(v) for v in project(49.84, 24.03))
    x2, y2 = (float(v) for v in project(50.04, 22.0))
    s = 39 * 800 * KMH
    assert s == pytest.approx(8_666.7, abs=0.1)
    px, py = along(x1, y1, x2, y2, s)
    assert distance_m(x1, y1, px, py) == pytest.approx(s, abs=1e-3)
    assert distance_m(px, py, x2, y2) == pytest.approx(distance_m(x1, y1, x2, y2) - s, abs=1e-3)


def test_along_goes_beyond_the_second_point():
    """By hand: 1.5 times the way is half the way beyond."""
    way = distance_m(0.0, 0.0, 60_000.0, 80_000.0)
    px, py = along(0.0, 0.0, 60_000.0, 80_000.0, 1.5 * way)
    assert distance_m(60_000.0, 80_000.0, px, py) == pytest.approx(0.5 * way, rel=1e-9)


def test_along_stays_where_both_points_are_one():
    """No direction, no way to go."""
    assert along(5_000.0, 6_000.0, 5_000.0, 6_000.0, 1_000.0) == (5_000.0, 6_000.0)


@given(st.floats(-1e6, 1e6), st.floats(-8e5, 8e5), st.floats(-3.1, 3.1), st.floats(100.0, 300_000.0))
def test_ahead_goes_the_distance_on_the_course(x, y, course, s):
    """Law: the point ahead lies on the plane ray of the course, s metres away on the sphere."""
    px, py = ahead(x, y, course, s)
    assert distance_m(x, y, px, py) == pytest.approx(s, rel=1e-6)
    turn = (course_rad(x, y, px, py) - course + np.pi) % (2 * np.pi) - np.pi
    assert abs(turn) < 1e-6


@given(st.floats(-1e6, 1e6), st.floats(-8e5, 8e5), st.floats(-3.1, 3.1), st.floats(-300_000.0, 300_000.0), st.floats(1e-3, 1e6))
def test_toward_a_direction_is_ahead_on_its_course(x, y, course, s, length):
    """Law: `toward` is the way in space (below) on the direction's course, whatever its length, to a millimetre; nowhere to go without a direction."""
    east, north = length * np.sin(course), length * np.cos(course)
    assert toward(x, y, east, north, s) == pytest.approx(_in_space(x, y, course, s), abs=1e-3)
    assert toward(x, y, 0.0, 0.0, s) == (x, y)


@given(st.floats(-1e6, 1e6), st.floats(-8e5, 8e5), st.floats(-3.1, 3.1), st.floats(0.0, 1_500_000.0))
def test_places_on_a_ray_are_ahead_on_its_course(x, y, course, s):
    """Law: `on_ray` of `ray_of`, and `ahead`, are the way in space, to 1e-9 of it or a millimetre; so a great circle is a straight line of the plane."""
    wanted = pytest.approx(_in_space(x, y, course, s), rel=1e-9, abs=1e-3)
    assert on_ray(x, y, ray_of(x, y, np.sin(course), np.cos(course)), s) == wanted
    assert ahead(x, y, course, s) == wanted


def _in_space(x, y, course, s_m):
    """The point `s_m` on by vectors: a cos w + t sin w, t the unit tangent at the unit vector a of the start in the plane's direction, projected again."""
    a = np.array([x, y, EARTH_RADIUS_M]) / EARTH_RADIUS_M
    d = np.array([np.sin(course), np.cos(course), 0.0])
    t = d - a * (d @ a) / (a @ a)
    w = s_m / EARTH_RADIUS_M
    place = np.cos(w) * a / np.sqrt(a @ a) + np.sin(w) * t / np.sqrt(t @ t)
    return tuple(EARTH_RADIUS_M * place[:2] / place[2])


def test_course_is_clockwise_from_the_planes_north():
    """By hand: north 0, east a quarter turn, south-west minus three eighths."""
    assert course_rad(0.0, 0.0, 0.0, 1.0) == 0.0
    assert course_rad(0.0, 0.0, 1.0, 0.0) == pytest.approx(np.pi / 2)
    assert course_rad(0.0, 0.0, -1.0, -1.0) == pytest.approx(-0.75 * np.pi)


@given(LAT, LON, LAT, LON, st.floats(-0.5, 1.5))
def test_a_part_of_the_way_is_that_part_of_the_distance(lat1, lon1, lat2, lon2, part):
    """Law: `part_way` is `along` for that part of `distance_m`, to a micrometre or 1e-9; from a point to itself it is that point."""
    a, b = ((float(v) for v in project(lat, lon)) for lat, lon in ((lat1, lon1), (lat2, lon2)))
    (xa, ya), (xb, yb) = a, b
    assert part_way(xa, ya, xb, yb, part) == pytest.approx(along(xa, ya, xb, yb, part * distance_m(xa, ya, xb, yb)), rel=1e-9, abs=1e-3)
    assert part_way(xa, ya, xa, ya, part) == (xa, ya)


@given(LAT, LON)
def test_unit_vectors_are_of_length_one_and_the_kernel_has_the_same_bits(lat, lon):
    """Law: both writings agree to the last bit, which the border's index relies on; up is toward the plane's centre."""
    x, y = (float(v) for v in project(lat, lon))
    assert tuple(unit_vectors(x, y)) == unit(x, y)
    assert np.linalg.norm(unit_vectors(x, y)) == pytest.approx(1.0, abs=1e-15)
    assert tuple(unit_vectors(0.0, 0.0)) == (0.0, 0.0, 1.0)
