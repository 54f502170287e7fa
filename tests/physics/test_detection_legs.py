"""First sight on a leg to the second, and circles at their edges, worked on straight legs toward the border x = 0."""

from __future__ import annotations

import math

import numpy as np
from pytest import approx, mark

import toy_world as toy
from zaslin.physics.detection import INSTRUMENTED_M, first_above_horizon_s, first_in_circle_m, passes_by, radar_horizon_m, span_in_circle_m
from zaslin.plane import along, distance_m
from zaslin.world.arrays import VERT

KM = 1_000.0


def _seen(verts: list[tuple[float, float, float, float]], setback_m: float = 10 * KM, mast_m: float = 40.0, k: int = 0) -> float:
    """First sight from Poland of a leg whose vertices are (x km, y km, t, alt)."""
    table = np.array([(KM * x, KM * y, t, alt) for x, y, t, alt in verts], VERT)
    return first_above_horizon_s(toy.ground().fields, toy.PL, setback_m, mast_m, table, k)


def _off(x_km: float) -> float:
    return distance_m(x_km * KM, 0.0, 0.0, 0.0)


def test_the_horizon_is_the_root_of_eight_thirds_of_the_earths_radius():
    """By hand: √(2 · 4/3 · 6,371,008.8 m) = 4,121.8 m per √m, for either height; below the sea counts as the sea."""
    assert radar_horizon_m(0.0, 1.0) == approx(math.sqrt(8 / 3 * 6_371_008.8)) == radar_horizon_m(1.0, 0.0)
    assert radar_horizon_m(9.0, 16.0) == approx(7 * math.sqrt(8 / 3 * 6_371_008.8))
    assert radar_horizon_m(-5.0, 16.0) == radar_horizon_m(0.0, 16.0)
    assert radar_horizon_m(16.0, -5.0) == radar_horizon_m(16.0, 0.0)
    assert radar_horizon_m(0.5, 0.0) == approx(math.sqrt(0.5 * 8 / 3 * 6_371_008.8))


@mark.parametrize(("mast", "setback", "alt"), [(40.0, 10.0, 100.0), (0.0, 0.0, 100.0), (20.0, 3.0, 900.0), (40.0, 150.0, 4_000.0)])
def test_a_level_flyer_is_seen_where_the_horizon_reaches_it(mast, setback, alt):
    """By hand: at 250 m/s from 600 km; in sight at the horizon's distance from the radars' row, which stands behind the border."""
    flight = _off(600)
    seen = _seen([(600, 0, 30.0, alt), (0, 0, 30.0 + flight / 250.0, alt)], setback * KM, mast)
    assert seen == approx(30.0 + (flight - (radar_horizon_m(mast, alt) - setback * KM)) / 250.0, abs=0.01)


def test_a_high_flyer_is_seen_where_the_radars_range_ends():
    """By hand: at 20 km height the horizon is 609 km, but a ground radar shows 400 km: seen 390 km before the border, 10 km behind which it stands."""
    flight = _off(600)
    assert _seen([(600, 0, 0.0, 20_000.0), (0, 0, flight / 300.0, 20_000.0)]) == approx((flight - INSTRUMENTED_M + 10 * KM) / 300.0, abs=0.02)
    assert _seen([(395, 0, 0.0, 20_000.0), (395, 100, 500.0, 20_000.0)]) == math.inf
    assert _seen([(388, 0, 0.0, 20_000.0), (388, 100, 500.0, 20_000.0)]) == 0.0


@mark.parametrize(("from_m", "to_m"), [(50.0, 2_050.0), (2_050.0, 50.0), (0.0, 400.0)])
def test_a_climbing_or_descending_flyer_is_seen_when_its_height_and_its_way_agree(from_m, to_m):
    """By hand: 100 km in 500 s from 150 to 50 km off, the height linear in time: t solves off(t) + setback = horizon(height(t)), by halving 60 times."""
    way, lo, hi = distance_m(150 * KM, 0.0, 50 * KM, 0.0), 0.0, 500.0
    for _ in range(60):
        t = 0.5 * (lo + hi)
        x, _ = along(150 * KM, 0.0, 50 * KM, 0.0, way * t / 500.0)
        seen = distance_m(x, 0.0, 0.0, 0.0) + 10 * KM <= radar_horizon_m(40.0, from_m + (to_m - from_m) * t / 500.0)
        lo, hi = (lo, t) if seen else (t, hi)
    assert _seen([(150, 0, 0.0, from_m), (50, 0, 500.0, to_m)]) == approx(hi, abs=0.02)


def test_only_the_asked_leg_is_looked_at():
    """By hand: the first leg stays 200 km off, the second comes from 200 to 100 km and stays out of sight, the third comes in."""
    verts = [(200, -50, 0.0, 100.0), (200, 0, 250.0, 100.0), (100, 0, 750.0, 100.0), (20, 0, 1_150.0, 100.0)]
    third = 750.0 + (_off(100) - (radar_horizon_m(40.0, 100.0) - 10 * KM)) / (distance_m(100 * KM, 0, 20 * KM, 0) / 400.0)
    assert [_seen(verts, k=k) for k in range(3)] == [math.inf, math.inf, approx(third, abs=0.01)]


def test_sight_at_the_very_end_of_a_leg_counts():
    """By hand: seen some 57.3 km off; a leg that ends half a metre nearer is seen in its last instant, one that ends half a metre earlier is not."""
    first = radar_horizon_m(40.0, 100.0) - 10 * KM
    for more, answer in ((0.5, True), (-0.5, False)):
        x, _ = along(0.0, 0.0, 90 * KM, 0.0, first - more)
        got = _seen([(90, 0, 0.0, 100.0), (x / KM, 0, 100.0, 100.0)])
        assert (got < math.inf) == answer
        assert not answer or 99.9 < got <= 100.0


def test_what_does_not_move_is_seen_at_once_or_never():
    """By hand: a leg without duration, 60 and 50 km off a row that sees 57.3 km beyond the border."""
    assert _seen([(60, 0, 7.0, 100.0), (60, 0, 7.0, 100.0)]) == math.inf
    assert _seen([(50, 0, 7.0, 100.0), (50, 0, 7.0, 100.0)]) == 7.0
    assert _seen([(60, 0, 7.0, 100.0), (60, 0, 99.0, 100.0)]) == math.inf


def test_a_brief_look_over_a_corner_is_not_stepped_over():
    """By hand: past Poland's corner (0, 500) at a speed of 250 m/s: the path crosses y = 540 km from x = 100 to -100; in sight when the corner is 57.3 km
    off, that is about √(57.3² - 40²) = 41 km before it."""
    row = radar_horizon_m(40.0, 100.0) - 10 * KM
    way, lo = distance_m(100 * KM, 540 * KM, 0.0, 540 * KM), 0.0
    for s in np.arange(0.0, way, 5.0):
        if distance_m(*along(100 * KM, 540 * KM, 0.0, 540 * KM, s), 0.0, 500 * KM) <= row:
            lo = s
            break
    whole = distance_m(100 * KM, 540 * KM, -100 * KM, 540 * KM)
    assert _seen([(100, 540, 0.0, 100.0), (-100, 540, whole / 250.0, 100.0)]) == approx(lo / 250.0, abs=1.0)


def test_a_flight_past_a_corner_is_seen_though_it_leaves_again():
    """By hand: on a slant past Poland's corner (0, 500) at 40 km, from 178 km off to 178 km off: in sight while the corner is within 57.3 km."""
    row, path = radar_horizon_m(40.0, 100.0) - 10 * KM, (178 * KM, 378 * KM, -122 * KM, 678 * KM)
    near = np.array([distance_m(*along(*path, s), 0.0, 500 * KM) <= row for s in np.arange(0.0, distance_m(*path), 20.0)])
    assert 2_000 < near.sum() < 5_000
    seen = _seen([(178, 378, 0.0, 100.0), (-122, 678, distance_m(*path) / 200.0, 100.0)])
    assert seen == approx(20.0 * near.argmax() / 200.0, abs=2.0)


# --- circles -----------------------------------------------------------------------------------------------------------


def test_a_radar_of_no_range_sees_nothing():
    """By the rule: range 0 is a class that the radar does not see, even at its own place."""
    assert first_in_circle_m(0.0, 0.0, 100 * KM, 0.0, 0.0, 0.0, 0.0) == math.inf
    assert first_in_circle_m(0.0, 0.0, 100 * KM, 0.0, 0.0, 0.0, 0.5) == 0.0


def test_a_path_straight_at_the_radar_enters_at_its_range():
    """By hand: from (150, 80) km to the radar and beyond; a path that ends before the circle never enters; one that ends just inside does."""
    way = distance_m(150 * KM, 80 * KM, 30 * KM, -20 * KM)
    assert first_in_circle_m(150 * KM, 80 * KM, 30 * KM, -20 * KM, 30 * KM, -20 * KM, 60 * KM) == approx(way - 60 * KM, abs=0.01)
    for more, answer in ((1.0, True), (-1.0, False)):
        x, y = along(150 * KM, 80 * KM, 30 * KM, -20 * KM, way - 60 * KM + more)
        assert (first_in_circle_m(150 * KM, 80 * KM, x, y, 30 * KM, -20 * KM, 60 * KM) < math.inf) == answer


def test_a_circle_that_lies_behind_is_not_entered():
    """By hand: the path begins 100 km east of the radar and flies east: the great circle's entry lies before its beginning."""
    assert first_in_circle_m(100 * KM, 5 * KM, 300 * KM, 5 * KM, 0.0, 0.0, 60 * KM) == math.inf


def test_a_threat_at_rest_is_in_the_circle_or_not():
    """By hand: 40 km from the radar, range 41 and 39 km."""
    assert first_in_circle_m(40 * KM, 0.0, 40 * KM, 0.0, 0.0, 0.0, 41 * KM) == 0.0
    assert first_in_circle_m(40 * KM, 0.0, 40 * KM, 0.0, 0.0, 0.0, 39 * KM) == math.inf


@mark.parametrize(
    ("a", "b", "c", "range_km"),
    [((-500, 400), (500, -300), (100, 100), 250), ((300, 550), (-200, -500), (-100, 0), 150), ((580, -20), (-580, 150), (0, 0), 300)],
)
def test_on_long_oblique_paths_the_entry_is_at_the_range_to_the_centimetre(a, b, c, range_km):
    """Law: at the answer the distance to the radar is its range, a hundred metres earlier it is more."""
    path, (cx, cy) = (a[0] * KM, a[1] * KM, b[0] * KM, b[1] * KM), (c[0] * KM, c[1] * KM)
    s = first_in_circle_m(*path, cx, cy, range_km * KM)
    assert distance_m(*along(*path, s), cx, cy) == approx(range_km * KM, abs=0.01)
    assert distance_m(*along(*path, s - 100.0), cx, cy) > range_km * KM


def test_a_way_far_beside_a_circle_passes_by():
    """By hand: a circle of 100 km around (0, 0); ways 140 km beside it on each side pass by, ways 90 km beside it do not, nor one that ends near it.
    The plane is 1 + r²/R² longer at most, and the bound some 3 % wider for the circle's own size."""
    for sx, sy in ((1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)):
        for away, passes in ((140e3, True), (103.5e3, True), (102e3, False), (90e3, False)):
            a = (away * sx - 50e3 * abs(sy), away * sy - 50e3 * abs(sx))
            b = (away * sx + 50e3 * abs(sy), away * sy + 50e3 * abs(sx))
            assert passes_by(*a, *b, 0.0, 0.0, 100e3) is passes
            assert passes_by(*b, *a, 0.0, 0.0, 100e3) is passes

    assert not passes_by(400e3, 0.0, 90e3, 0.0, 0.0, 0.0, 100e3)
    assert not passes_by(0.0, 90e3, 0.0, 400e3, 0.0, 0.0, 100e3)


def test_what_enters_a_circle_is_never_said_to_pass_it_by():
    """Law, up to 1,500 km from the plane's centre and circles of 500 km; and it is said of most that do not enter."""
    rng = np.random.default_rng(8)
    entered = spared = outside = 0
    for _ in range(3_000):
        xa, ya, xb, yb, cx, cy = rng.uniform(-1.5e6, 1.5e6, 6)
        reach = rng.uniform(2e4, 5e5)
        inside = span_in_circle_m(xa, ya, xb, yb, cx, cy, reach)[0] < np.inf
        passes = passes_by(xa, ya, xb, yb, cx, cy, reach)
        assert not (inside and passes)
        entered, outside, spared = entered + inside, outside + (not inside), spared + passes
    assert entered > 300 and spared > 0.4 * outside
