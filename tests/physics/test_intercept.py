"""Earliest shots, limits of place, and where a round meets its target."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx, mark

import toy_world as toy
from zaslin.physics.intercept import Line, Reach, earliest_shot, limited_point, may_fire_from, meets_at_s, on_line, outside_m
from zaslin.plane import along, distance_m

KM = 1_000.0
FREE = Reach(400.0, 1_000.0, 30 * KM, toy.PL, math.inf, -math.inf)


def _earliest(reach: Reach, line: Line, x: float, y: float, now: float = 0.0, latest: float = 900.0) -> tuple[float, ...]:
    return earliest_shot(toy.ground().fields, reach, line, x, y, now, now, latest, 1e-6)


def test_two_that_fly_at_each_other():
    """By hand: 100 km apart, 200 and 400 m/s, reach 30 km, round 1000 m/s (30 s): 100 - 0.2 (t + 30) = 0.4 t + 30, so t = 64 / 0.6 s."""
    t, x, _, flight = _earliest(FREE, Line(100 * KM, 0.0, 0.0, 0.0, 0.0, 200.0), 0.0, 0.0)
    assert t == approx(64.0 / 0.6, abs=0.02)
    assert x == approx(0.4 * 64.0 / 0.6 * KM, rel=1e-3)
    assert flight == approx(30.0, abs=1e-6)


def test_the_earliest_intercept_of_a_crossing_target():
    """By hand: the target starts 80 km north of the shooter and flies east at 200 m/s. Reach 30 km and a 30 s round: with u = t + 30 the target
    is at (0.2 u, 80) km and must be 0.4 t + 30 = 0.4 u + 18 km away: 0.04 u² + 6400 = 0.16 u² + 14.4 u + 324, 0.12 u² + 14.4 u - 6076 = 0,
    u = (-14.4 + √(207.36 + 2916.48)) / 0.24 = 172.88, t = 142.88 s."""
    t, x, y, _ = _earliest(FREE, Line(0.0, 80 * KM, 1 * KM, 80 * KM, 0.0, 200.0), 0.0, 0.0)
    assert t == approx((-14.4 + math.sqrt(14.4**2 + 4 * 0.12 * 6076)) / 0.24 - 30, abs=0.05)
    assert math.hypot(x, y) == approx(400.0 * t, rel=1e-3)


def test_a_target_already_in_reach_is_fired_at_at_once():
    """By hand: 20 km away at rest: fired at now, the round flies 20 s."""
    t, x, y, flight = _earliest(FREE, Line(20 * KM, 0.0, 30 * KM, 0.0, 5.0, 0.0), 0.0, 0.0, now=5.0)
    assert (t, x, y) == (5.0, 0.0, 0.0)
    assert flight == approx(20.0, abs=1e-3)


def test_a_chase_of_a_faster_target_never_ends():
    """By hand: a target at 700 m/s flies away from a shooter at 400 m/s."""
    assert _earliest(FREE, Line(100 * KM, 0.0, 200 * KM, 0.0, 0.0, 700.0), 0.0, 0.0)[0] == np.inf


def test_a_shooter_held_at_home_waits_until_the_target_comes_within_reach_of_its_limit():
    """By hand: it fires from 1 km inside the border when the predicted point is 29 km outside; the target is there at (100 - 29) / 0.2 s."""
    home = FREE._replace(limit_m=-1 * KM)
    t, x, _, _ = _earliest(home, Line(100 * KM, 0.0, 0.0, 0.0, 0.0, 200.0), -20 * KM, 0.0)
    assert t + 30.0 == approx(71.0 / 0.2, abs=0.2)
    assert x == approx(-1 * KM, abs=5.0)


def test_two_shooters_whom_the_same_border_holds_come_out_equal():
    """Law: what both wait for is the target, not their own way; a policy that takes the earliest then takes the first by index, not by noise."""
    home, line = FREE._replace(limit_m=-1 * KM), Line(150 * KM, 0.0, 0.0, 0.0, 0.0, 200.0)
    places, fields = ((-20 * KM, 0.0), (-60 * KM, 5 * KM), (-110 * KM, -20 * KM)), toy.ground().fields
    times = {earliest_shot(fields, home, line, x, y, 0.0, 0.0, 900.0, 1e-3)[0] for x, y in places}
    assert len(times) == 1 and times.pop() == approx((150.0 - 29.0) / 0.2 - 30.0, abs=0.3)


def test_a_track_that_a_shooter_held_at_home_cannot_reach_is_not_chased():
    """By hand: it passes 60 km outside, the reach is 30."""
    home = FREE._replace(limit_m=-1 * KM)
    assert _earliest(home, Line(60 * KM, -100 * KM, 60 * KM, 0.0, 0.0, 200.0), -20 * KM, 0.0)[0] == np.inf


def test_a_pursuit_limit_lets_the_shooter_go_that_far():
    """By hand: with 40 km of pursuit the same track is within 30 km of the limit: 60 - 40 = 20."""
    pursuit = FREE._replace(limit_m=40 * KM)
    t, x, y, _ = _earliest(pursuit, Line(60 * KM, -100 * KM, 60 * KM, 0.0, 0.0, 200.0), -20 * KM, 0.0)
    assert t < np.inf
    assert outside_m(toy.ground().fields, toy.PL, x, y) <= 40 * KM + 2.0


def test_who_may_enter_ukraine_fires_from_over_nobody_elses_soil():
    """By hand: a Polish pair 20 km deep over Romania, 40 km from a target at rest over Ukraine; in reach after 10 km (some 25 s), but it fires when it has
    come to Ukraine, after 20 km (some 50 s)."""
    line = Line(100 * KM, -480 * KM, 100 * KM, 0.0, 0.0, 0.0)
    assert _earliest(FREE, line, 100 * KM, -520 * KM)[0] == approx((distance_m(100 * KM, -520 * KM, 100 * KM, -480 * KM) - 30 * KM) / 400.0, abs=0.01)
    t, _, y, _ = _earliest(FREE._replace(soil=1), line, 100 * KM, -520 * KM)
    assert t == approx(distance_m(100 * KM, -520 * KM, 100 * KM, -500 * KM) / 400.0, abs=0.05)
    assert y == approx(-500 * KM, abs=20.0)


def test_who_has_no_border_in_the_theatre_fires_from_over_ukraine_only():
    """By hand: from 20 km inside Poland a target 5 km beyond the line is in reach at once; a member without a border here comes to Ukraine first (50 s),
    whatever its pursuit, and one that is over Ukraine already fires at once, at a target over Poland too."""
    line, guest = Line(5 * KM, 0.0, 6 * KM, 0.0, 0.0, 0.0), FREE._replace(country=-1, soil=1, limit_m=120 * KM)
    assert _earliest(FREE._replace(soil=1, limit_m=120 * KM), line, -20 * KM, 0.0)[0] == 0.0
    t, x, _, _ = _earliest(guest, line, -20 * KM, 0.0)
    assert (t, x) == (approx(50.0, abs=0.1), approx(0.0, abs=20.0))
    assert _earliest(guest, Line(-5 * KM, 0.0, -6 * KM, 0.0, 0.0, 0.0), 10 * KM, 0.0)[0] == 0.0


def test_nobody_fires_from_over_russia():
    """By hand: the target flies 100 km deep over Russia, the reach is 30 km: no place to fire from; over Ukraine there is."""
    assert _earliest(FREE, Line(900 * KM, -100 * KM, 900 * KM, 100 * KM, 0.0, 200.0), 780 * KM, 0.0)[0] == np.inf
    assert _earliest(FREE, Line(700 * KM, -100 * KM, 700 * KM, 100 * KM, 0.0, 200.0), 780 * KM, 0.0)[0] < np.inf


def test_the_separation_delay_holds_over_foreign_soil_only():
    """By hand: in reach at once; over Ukraine the shot waits for the end of the delay, over its own soil it does not."""
    later = FREE._replace(clear_s=45.0)
    assert _earliest(later, Line(20 * KM, 0.0, 20 * KM, 100 * KM, 0.0, 100.0), -5 * KM, 0.0)[0] == approx(45.0, abs=1e-5)
    assert _earliest(later, Line(-20 * KM, 0.0, -20 * KM, 100 * KM, 0.0, 100.0), -5 * KM, 0.0)[0] == 0.0


@given(
    st.floats(-300e3, 300e3), st.floats(-300e3, 300e3), st.floats(-math.pi, math.pi), st.floats(20.0, 300.0), st.floats(-200e3, 200e3), st.floats(-200e3, 200e3)
)  # fmt: skip
def test_the_earliest_shot_is_feasible_and_nothing_before_it_is(x, y, course, speed, px, py):
    """Law (no limit): at the answer the round meets the target on its line within reach of a point that the shooter can be at; a hundredth of a second
    earlier the target is still too far off, or within reach from over Russia only."""
    line = Line(x, y, x + KM * math.sin(course), y + KM * math.cos(course), 0.0, speed)
    t, qx, qy, flight = _earliest(FREE, line, px, py, latest=1e5)
    assert t < np.inf
    tx, ty = on_line(line, t + flight)
    assert distance_m(qx, qy, tx, ty) == approx(1_000.0 * flight, abs=0.01)
    assert distance_m(qx, qy, tx, ty) <= 30 * KM + 0.1
    assert distance_m(px, py, qx, qy) <= 400.0 * t + 0.1
    early = t - 0.01
    if early > 0.0:
        ex, ey = on_line(line, early + 30.0)
        d = distance_m(px, py, ex, ey)
        first = along(px, py, ex, ey, d - 30 * KM) if d > 30 * KM else (px, py)
        assert d > 400.0 * early + 30 * KM or not may_fire_from(toy.ground().fields, FREE, *first)


@mark.parametrize("limit_km", [-1.0, 0.0, 25.0])
def test_the_limited_point_lies_on_the_limit(limit_km):
    """Law: for points beyond the limit, the signed distance of the answer is the limit, and it is the limit's distance nearer."""
    fields = toy.ground().fields
    for x, y in ((120.0, 30.0), (300.0, -200.0), (55.0, 240.0)):
        qx, qy = limited_point(fields, FREE._replace(limit_m=limit_km * KM), x * KM, y * KM)
        assert outside_m(fields, toy.PL, qx, qy) == approx(limit_km * KM, abs=20.0)
        assert distance_m(qx, qy, x * KM, y * KM) == approx(outside_m(fields, toy.PL, x * KM, y * KM) - limit_km * KM, rel=0.01)


def test_a_round_follows_its_target_through_a_turn():
    """By hand: the target flies 10 km toward the shooter (50 s at 200 m/s), then turns north; fired from 40 km ahead at t = 40 s, the round is met at
    the time when the distance to the target on its second leg is the round's way."""
    raid = toy.raid({"points": [(40, 0), (30, 0), (30, 60)], "speed": 200.0})
    meet = meets_at_s(raid.verts, 0, 3, raid.threats["end_s"][0], 0.0, 0.0, 1_000.0, 40.0)
    # (t - 40)² = 30² + (0.2 (t - 50))² in km: 0.96 s² - 4 s·… solved for s = t - 50: (s + 10)² = 900 + 0.04 s²
    s = (-20 + math.sqrt(400 + 4 * 0.96 * 800)) / (2 * 0.96)
    assert meet == approx(50.0 + s, abs=0.02)


def test_a_round_that_comes_after_the_flight_has_ended_meets_nothing():
    """By hand: the target ends in 10 s, the round needs 40."""
    raid = toy.raid({"points": [(42, 0), (40, 0)], "speed": 200.0})
    assert meets_at_s(raid.verts, 0, 2, raid.threats["end_s"][0], 0.0, 0.0, 1_000.0, 0.0) == np.inf
