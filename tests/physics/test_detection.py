"""Radar horizons, circles of airborne radars, and first sight on a leg."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx

import toy_world as toy
from zaslin.atlas.borders import COUNTRIES
from zaslin.physics.detection import first_above_horizon_s, first_in_circle_m, radar_horizon_m
from zaslin.plane import along, distance_m

KM = 1_000.0


def test_a_cruise_missile_at_100_m_is_seen_67_km_from_a_40_m_mast():
    """By hand: 4.12 · (√40 + √100) = 67.3 km; the same with a 20 m mast is 59.6 km (DESIGN, "Picture")."""
    assert radar_horizon_m(40.0, 100.0) / KM == approx(67.3, abs=0.1)
    assert radar_horizon_m(20.0, 100.0) / KM == approx(59.6, abs=0.1)


def test_the_constant_of_the_horizon_is_four_point_one_two():
    """By hand: √(2 · 4/3 · 6371 km) in km per √m is 4.12."""
    assert radar_horizon_m(0.0, 1.0) / KM == approx(4.12, abs=0.005)


def test_a_radar_on_the_ground_sees_a_threat_on_the_ground_only_at_no_distance():
    """By hand: both square roots vanish."""
    assert radar_horizon_m(0.0, 0.0) == 0.0


def test_a_straight_flyer_is_seen_when_horizon_less_setback_reaches_it():
    """By hand: 100 m high toward the border x = 0, radars 10 km behind it: seen 67.3 - 10 = 57.3 km before the border, at 200 m/s."""
    raid = toy.raid({"points": [(200, 0), (0, 0)], "speed": 200.0})
    seen = first_above_horizon_s(toy.ground().fields, toy.PL, 10 * KM, 40.0, raid.verts, 0)
    way = distance_m(200 * KM, 0.0, 0.0, 0.0) - (radar_horizon_m(40.0, 100.0) - 10 * KM)
    assert seen == approx(way / 200.0, abs=0.1)


def test_at_a_coast_the_radars_stand_behind_the_land_not_behind_the_12_mile_line():
    """By hand: the border x = 0 is a 12-mile line, the land begins at x = -22.224 km and the radars stand 10 km behind it: seen 67.3 - 32.2 = 35.1 km
    before the line."""
    raid = toy.raid({"points": [(200, 0), (0, 0)], "speed": 200.0})
    fields = toy.ground().fields
    fields = fields._replace(coast=np.full_like(fields.coast, 22_224.0))
    seen = first_above_horizon_s(fields, toy.PL, 10 * KM, 40.0, raid.verts, 0)
    way = distance_m(200 * KM, 0.0, 0.0, 0.0) - (radar_horizon_m(40.0, 100.0) - 32_224.0)
    assert seen == approx(way / 200.0, abs=0.1)


def test_a_threat_that_stays_below_the_horizon_is_never_seen():
    """By hand: 150 km off a border whose radars see 57 km beyond it."""
    raid = toy.raid({"points": [(150, -100), (150, 100)], "speed": 200.0})
    assert first_above_horizon_s(toy.ground().fields, toy.PL, 10 * KM, 40.0, raid.verts, 0) == np.inf


def test_a_threat_inside_the_country_is_seen_at_once():
    """By hand: 50 km behind the border is 40 km before the radar row: nearer than its horizon."""
    raid = toy.raid({"points": [(-50, 0), (-60, 0)], "speed": 200.0})
    assert first_above_horizon_s(toy.ground().fields, toy.PL, 10 * KM, 40.0, raid.verts, 0) == 0.0


def test_a_flight_past_an_airborne_radar_enters_its_circle_by_pythagoras():
    """By hand: 60 km abeam of a radar that sees 100 km: first seen 80 km before the nearest point (plane and sphere agree to 0.1 %)."""
    s = first_in_circle_m(-200 * KM, 60 * KM, 200 * KM, 60 * KM, 0.0, 0.0, 100 * KM)
    assert s == approx(120 * KM, rel=2e-3)


def test_a_path_that_starts_within_the_circle_is_seen_at_its_start():
    """By hand."""
    assert first_in_circle_m(10 * KM, 0.0, 300 * KM, 0.0, 0.0, 0.0, 50 * KM) == 0.0


@given(
    st.tuples(*[st.floats(-600e3, 600e3)] * 6),
    st.floats(1e3, 400e3),
)
def test_the_circles_closed_form_is_the_first_point_in_range(points, range_m):
    """Law: at the answer the distance is the range (or the path starts inside); a dense look along the path finds nothing before it."""
    xa, ya, xb, yb, cx, cy = points
    s = first_in_circle_m(xa, ya, xb, yb, cx, cy, range_m)
    length = distance_m(xa, ya, xb, yb)
    dense = np.linspace(0.0, length, 101)
    away = np.array([distance_m(*along(xa, ya, xb, yb, d), cx, cy) for d in dense])
    if s == np.inf:
        assert away.min() > range_m - 1.0
    else:
        assert 0.0 <= s <= length
        assert s == 0.0 or distance_m(*along(xa, ya, xb, yb, s), cx, cy) == approx(range_m, abs=0.5)
        assert (away[dense < s - 1.0] > range_m - 0.5).all()


def test_the_toy_and_the_atlas_number_countries_alike():
    """Contract: kernels know Belarus and Russia by their place in COUNTRIES."""
    from zaslin.physics.intercept import _BELARUS, _RUSSIA

    assert (COUNTRIES[_BELARUS], COUNTRIES[_RUSSIA]) == ("BY", "RU")
