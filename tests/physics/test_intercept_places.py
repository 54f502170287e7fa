"""Where a shooter may be, when it can become feasible to fire, and how long rounds fly: each worked in the toy world's straight lines."""

from __future__ import annotations

import math

import numpy as np
from pytest import approx, mark

import toy_world as toy
from zaslin.physics.intercept import (
    Line,
    Reach,
    arc_of,
    earliest_shot,
    flight_s,
    limited_point,
    may_fire_from,
    meets_at_s,
    on_line,
    outside_m,
    shooter_at,
    shot_at,
)
from zaslin.plane import along, distance_m
from zaslin.world.arrays import VERT

KM = 1_000.0
FREE = Reach(400.0, 1_000.0, 30 * KM, toy.PL, math.inf, -math.inf)
HOME = FREE._replace(limit_m=-1 * KM)
ENTER = FREE._replace(soil=1)
BY = 9


def _rest(x_km: float, y_km: float) -> Line:
    return Line(x_km * KM, y_km * KM, x_km * KM + 1.0, y_km * KM, 0.0, 0.0)


def _shot(reach: Reach, line: Line, x_km: float, y_km: float, now: float, t: float) -> tuple[bool, float, float, float]:
    good, wait, x, y = shot_at(toy.ground().fields, reach, arc_of(line), shooter_at(x_km * KM, y_km * KM, now), t)
    return bool(good), wait, x / KM, y / KM


def _painted(country: int, x_km: float, y_km: float):
    """The toy's fields with one cell more of a country."""
    fields = toy.ground().fields
    cells = fields.country.copy()
    cells[int((y_km * KM - toy.Y0) // toy.CELL_M), int((x_km * KM - toy.X0) // toy.CELL_M)] = country
    return fields._replace(country=cells)


# --- places ------------------------------------------------------------------------------------------------------------


def test_a_country_without_a_field_is_far_away():
    """By the rule: -1 and 12 have no field of the twelve; 0 and 11 have."""
    fields = toy.ground().fields
    assert [outside_m(fields, country, 0.0, 0.0) for country in (-1, 12)] == [1e9, 1e9]
    assert outside_m(fields, toy.UA, 100 * KM, 0.0) == approx(-distance_m(100 * KM, 0.0, 0.0, 0.0), rel=1e-6)
    assert outside_m(fields, 11, 0.0, 0.0) == 5e6


@mark.parametrize(
    ("reach", "x", "y", "may"),
    [
        (FREE, 300, 0, True), (FREE, 300, -700, True), (FREE, 5_000, 0, True), (FREE, 900, 0, False),
        (HOME, -1.01, 0, True), (HOME, -0.99, 0, False), (HOME, -300, 0, True),
        (FREE._replace(limit_m=40 * KM), 39.99, 0, True), (FREE._replace(limit_m=40 * KM), 40.02, 0, False),
        (FREE._replace(limit_m=40 * KM), 20, -520, True),
        (ENTER, 300, 0, True), (ENTER, -300, 0, True), (ENTER, 300, -500.02, False), (ENTER, -300, -520, False), (ENTER, 900, 0, False),
        (ENTER._replace(limit_m=40 * KM), 39.9, 0, True), (ENTER._replace(limit_m=40 * KM), 41, 0, False), (ENTER._replace(limit_m=40 * KM), 20, -501, False),
        (ENTER._replace(country=-1), 300, 0, True), (ENTER._replace(country=-1), -300, 0, False), (ENTER._replace(country=-1, limit_m=40 * KM), 300, 0, True),
    ],
)  # fmt: skip
def test_who_may_fire_from_where(reach, x, y, may):
    """By the rules of the page's head, point by point: within the limit (a metre's grace), over its soil where that binds, never over Russia; outside the grid
    nobody's soil is known."""
    assert may_fire_from(toy.ground().fields, reach, x * KM, y * KM) == may


def test_nobody_fires_from_over_belarus_either():
    """By the rule: a cell painted Belarus is closed, one painted with another country is not."""
    assert not may_fire_from(_painted(BY, 302, 2), FREE, 302 * KM, 2 * KM)
    assert may_fire_from(_painted(8, 302, 2), FREE, 302 * KM, 2 * KM)
    assert may_fire_from(_painted(11, 302, 2), FREE, 302 * KM, 2 * KM)


def test_the_grids_first_row_is_on_the_grid():
    """By the rule: cells of row 0 are closed or home as any other."""
    assert not may_fire_from(_painted(BY, 302, -998), FREE, 302 * KM, -998 * KM)
    assert may_fire_from(_painted(12, 302, -998), ENTER._replace(country=12), 302 * KM, -998 * KM)
    assert not may_fire_from(_painted(BY, 302, -993), FREE, 302 * KM, -993 * KM)


def test_a_country_with_cells_but_without_a_field_is_own_soil():
    """By the rule: where no distance says it, the cell does: over Poland a cell painted 12 is home for 12, and foreign for -1 or for another."""
    for country, may in ((12, True), (-1, False), (13, False)):
        assert may_fire_from(_painted(12, -298, 2), ENTER._replace(country=country), -298 * KM, 2 * KM) == may
    home = ENTER._replace(country=12)
    assert limited_point(_painted(12, -298, 2), home, -298 * KM, 2 * KM) == (-298 * KM, 2 * KM)
    assert limited_point(_painted(12, -298, 2), home, -303 * KM, 2 * KM) == approx((0.0, 2 * KM), abs=200.0)


def test_a_metres_grace_is_one_metre_and_moves_nobody_who_is_held():
    """By hand: held 1 km inside, 0.9 m beyond that is let pass and 1.6 m is not; held 40 km outside, the nearest allowed place of who is 0.8 m beyond is
    0.8 m back."""
    fields = toy.ground().fields
    assert [bool(may_fire_from(fields, HOME, -1 * KM + beyond, 0.0)) for beyond in (0.9, 1.6)] == [True, False]
    pursuit = FREE._replace(limit_m=outside_m(fields, toy.PL, 40 * KM, 0.0))
    assert limited_point(fields, pursuit, 40 * KM + 0.8, 0.0) == approx((40 * KM, 0.0), abs=0.1)


@mark.parametrize(("x", "y"), [(100, 560), (30, 620), (30, 503), (400, 505), (-3, 590), (200, 501), (21, 521)])
@mark.parametrize("limit", [-1.0, 0.0, 20.0])
def test_the_nearest_allowed_place_off_a_corner_is_allowed_and_not_far_inside(x, y, limit):
    """Law: off Poland's corner (0, 500), where the nearest point of a raster is off by up to a cell, the answer is within the limit, and at most half a
    cell beyond it."""
    qx, qy = limited_point(toy.ground().fields, FREE._replace(limit_m=limit * KM), x * KM, y * KM)
    assert -2_500.0 <= outside_m(toy.ground().fields, toy.PL, qx, qy) - limit * KM <= 1.0


@mark.parametrize("x", [-999.0, -500.0, -1.0, -4_000.0])
@mark.parametrize("y", [0.0, 150.0, -380.0])
def test_who_is_inside_but_not_deep_enough_has_a_point_deeper_inside(x, y):
    """By hand: held 5 km inside, a point x < 0 m from the border's line goes straight away from it to 5 km; before, it stayed where it was."""
    fields = toy.ground().fields
    reach = FREE._replace(limit_m=-5 * KM)
    qx, qy = limited_point(fields, reach, x, y * KM)
    assert may_fire_from(fields, reach, qx, qy)
    assert outside_m(fields, toy.PL, qx, qy) == approx(-5 * KM, abs=60.0)
    assert distance_m(x, y * KM, qx, qy) == approx(5 * KM + x, abs=60.0)


@mark.parametrize(
    ("reach", "x", "y", "to"),
    [
        (FREE, 300, 0, (300, 0)), (HOME, -20, 0, (-20, 0)), (HOME, 100, 50, (-1, 50)), (FREE._replace(limit_m=40 * KM), 30, 0, (30, 0)),
        (FREE._replace(limit_m=40 * KM), 100, 0, (40, 0)), (FREE._replace(limit_m=40 * KM, country=-1), 100, 0, (100, 0)),
        (ENTER, 100, -600, (100, -500)), (ENTER, -100, -540, (-100, -500)), (ENTER, 900, 100, (800, 100)),
        (ENTER._replace(limit_m=30 * KM), 100, 0, (30, 0)), (ENTER._replace(limit_m=30 * KM), 900, 0, (30, 0)),
        (ENTER._replace(limit_m=30 * KM), -300, -560, (-300, -500)), (ENTER._replace(limit_m=30 * KM), 20, -520, (20, -500)),
        (ENTER._replace(country=-1), -20, 0, (0, 0)), (ENTER._replace(country=-1), 200, 0, (200, 0)), (ENTER._replace(country=-1, limit_m=30 * KM), -20, 0,
        (0, 0)),
    ],
)  # fmt: skip
def test_the_nearest_place_that_is_allowed(reach, x, y, to):
    """By hand: straight to the limit's line before the border x = 0, or over the nearest of Ukraine (its edges x = 0, x = 800, y = -500 km) and the own
    country."""
    qx, qy = limited_point(toy.ground().fields, reach, x * KM, y * KM)
    assert (qx / KM, qy / KM) == (approx(to[0], abs=0.15 + 0.002 * abs(x)), approx(to[1], abs=0.15 + 0.012 * abs(y)))
    if to == (x, y):
        assert (qx, qy) == (x * KM, y * KM)
    elif to[0] < 800:  # there is a metre's grace, but over Russia there is none
        assert may_fire_from(toy.ground().fields, reach, qx, qy)


# --- one shot ----------------------------------------------------------------------------------------------------------


def test_a_gap_closes_at_the_sum_of_both_speeds_at_best():
    """By hand: at t = 20 the pair has flown 4 km of ten seconds, the target is 90 km away when a 30 s round would come: the gap is 90 - 30 - 4 = 56 km and
    closes at 600 m/s, not before 20 + 93.3 s. Beside a target at rest 100 km away it is 66 km at 400 m/s."""
    approaching, start = Line(100 * KM, 0.0, 0.0, 0.0, 0.0, 200.0), distance_m(100 * KM, 0.0, 0.0, 0.0) / KM
    assert _shot(FREE, approaching, 0, 0, 10.0, 20.0) == (False, approx(20 + (start - 10 - 30 - 4) / 0.6, rel=1e-6), 0.0, 0.0)
    assert _shot(FREE, _rest(100, 0), 0, 0, 10.0, 20.0) == (False, approx(20 + (start - 30 - 4) / 0.4, rel=1e-6), 0.0, 0.0)


def test_a_target_beyond_limit_and_reach_is_waited_for_at_its_own_speed():
    """By hand: held 1 km inside, reach 30 km, the target meets the round at 100 - 0.2 · 40 = 92 km: 92 + 1 - 30 = 63 km too far, at 200 m/s 315 s; one
    at rest is waited for at a metre a second."""
    approaching, start = Line(100 * KM, 0.0, 0.0, 0.0, 0.0, 200.0), distance_m(100 * KM, 0.0, 0.0, 0.0) / KM
    assert _shot(HOME, approaching, -10, 0, -900.0, 10.0) == (False, approx(10 + (start - 8 + 1 - 30) / 0.2, rel=1e-5), -10.0, 0.0)
    over = distance_m(29_000.7, 0.0, 0.0, 0.0) - 29 * KM
    assert _shot(HOME, _rest(29.0007, 0), -10, 0, -900.0, 10.0)[:2] == (False, approx(10 + over, abs=0.02))
    assert _shot(HOME, _rest(92, 0), -10, 0, -900.0, 10.0) == (False, approx(10 + (start - 8 + 1 - 30) * KM, rel=1e-4), -10.0, 0.0)


def test_the_separation_delay_holds_until_its_end_or_until_the_target_is_at_home():
    """By hand: a target in reach 10 km outside at 100 m/s is home in 100 s at the earliest, the delay ends at 45 s or 400 s; inside it does not hold, nor
    after its end."""

    def at(clear: float, x: float, t: float = 0.0, speed: float = 100.0) -> tuple[bool, float]:
        return _shot(FREE._replace(clear_s=clear), Line(x * KM, 0.0, x * KM, 100 * KM, t + 30.0, speed), -5, 0, 0.0, t)[:2]

    assert at(45.0, 10) == (False, approx(45.0))
    assert at(400.0, 10) == (False, approx(distance_m(0.0, 0.0, 10 * KM, 0.0) / 100.0, abs=0.01))
    assert at(4e4, 10, speed=0.0) == (False, approx(1e4, abs=5.0))
    assert at(400.0, -2)[0]
    assert at(400.0, 0.0006)[0] is False
    assert at(45.0, 10, t=45.0)[0]


def test_it_is_fired_from_the_first_point_in_reach_on_the_straight_way():
    """By hand: 50 km to go to the predicted point and 30 km of reach: fired after 20 km; with 20 km to go from where the pair is."""
    assert _shot(FREE, _rest(0, 50), 0, 0, 0.0, 60.0) == (True, 60.0, approx(0.0, abs=1e-6), approx(20.0, abs=0.01))
    assert _shot(FREE, _rest(0, 20), 0, 0, 0.0, 60.0) == (True, 60.0, 0.0, 0.0)
    assert _shot(FREE, _rest(0, 50), 0, 0, 0.0, 49.0)[0] is False


def test_where_the_straight_way_leads_out_it_fires_from_the_limit_if_it_can_get_there():
    """By hand: from (-20, 0) to a target at rest at (20, 60) km the first point in reach is 42.1 of 72.1 km on, at x = 3.4 km: outside. The limit's nearest
    point to the target is (-1, 60), 62.9 km away and 21 km from it: feasible from 157.3 s of dash on."""
    way = math.hypot(19, 60)
    assert _shot(HOME, _rest(20, 60), -20, 0, 0.0, (way + 0.1) / 0.4) == (True, approx((way + 0.1) / 0.4), approx(-1.0, abs=0.02), approx(60.0, abs=0.1))
    good, wait, x, y = _shot(HOME, _rest(20, 60), -20, 0, 0.0, (way - 0.1) / 0.4)
    assert (good, wait) == (False, (way - 0.1) / 0.4)
    assert (x, y) == (approx(-20 + 40 * (1 - 30 / math.hypot(40, 60)), abs=0.02), approx(60 * (1 - 30 / math.hypot(40, 60)), abs=0.02))
    t, x, y, flight = earliest_shot(toy.ground().fields, HOME, _rest(20, 60), -20 * KM, 0.0, 0.0, 0.0, 900.0, 1e-6)
    assert (t, x, y, flight) == (approx(way / 0.4, abs=0.2), approx(-1 * KM, abs=20.0), approx(60 * KM, abs=60.0), approx(21.0, abs=0.05))


def test_where_the_soil_binds_it_goes_on_until_it_has_come_to_ukraine():
    """By hand: over Romania 20 km south of Ukraine, the target 20 km north of the line: in reach after 10 km, over Ukraine after 20, if the dash was that
    long."""
    line = distance_m(100 * KM, -520 * KM, 100 * KM, -500 * KM) / KM
    for run, good in ((line - 0.1, False), (line + 0.1, True), (60.0, True)):
        got = _shot(ENTER, _rest(100, -480), 100, -520, 0.0, run / 0.4)
        assert got[0] is good
    assert got[2:] == (approx(100.0, abs=0.05), approx(-500.0, abs=0.15))
    south = _shot(ENTER, _rest(100, -505), 100, -520, 0.0, 300.0)  # the target itself over Romania: from over Ukraine, 5 km beyond it
    assert (south[0], south[3]) == (True, approx(-500.0, abs=0.15))
    assert _shot(ENTER, _rest(100, -495), 100, -520, 0.0, 10.0)[0] is False


# --- the earliest shot -------------------------------------------------------------------------------------------------


def _earliest(reach: Reach, line: Line, not_before: float = 0.0, latest: float = 900.0, tolerance: float = 1e-6) -> tuple[float, ...]:
    return earliest_shot(toy.ground().fields, reach, line, 0.0, 0.0, 0.0, not_before, latest, tolerance)


def test_without_reach_nothing_is_fired():
    """By the rule: a class that the pair cannot engage has reach 0: no time, no flight, from where it is."""
    assert _earliest(FREE._replace(reach=0.0), _rest(0.5, 0)) == (math.inf, 0.0, 0.0, 0.0)
    assert _earliest(FREE._replace(reach=0.5), _rest(0.0004, 0))[0] == 0.0


def test_nothing_is_fired_before_it_may_or_after_the_latest():
    """By hand: a target at rest 50 km away is in reach after 50 s of dash: not before 70 s if that is asked, not at all if 49 s is the latest."""
    way = (distance_m(0.0, 0.0, 0.0, 50 * KM) - 30 * KM) / 400.0
    assert _earliest(FREE, _rest(0, 50))[0] == approx(way, abs=1e-5)
    t, x, y, flight = _earliest(FREE, _rest(0, 50), not_before=70.0)
    assert (t, flight) == (70.0, approx(30.0, abs=1e-6))
    assert (x, y) == approx((0.0, 20 * KM), abs=10.0)
    assert _earliest(FREE, _rest(0, 50), latest=way - 1.0) == (math.inf, 0.0, 0.0, 0.0)
    assert _earliest(FREE, _rest(0, 50), latest=way + 1.0)[0] == approx(way, abs=1e-5)


def test_the_bisection_is_as_fine_as_asked():
    """By hand: found within the tolerance after the true time, never before it."""
    way = (distance_m(0.0, 0.0, 0.0, 50 * KM) - 30 * KM) / 400.0
    later = Line(0.0, 50 * KM, 0.0, 60 * KM, 0.0, 1e-9)
    for tolerance in (0.1, 1e-3):
        assert -1e-6 <= _earliest(FREE, later, tolerance=tolerance)[0] - way <= tolerance


@mark.parametrize(("hx", "hy"), [(0, 1), (0, -1), (1, 0), (-1, 1)])
def test_a_rounds_flight_solves_the_law_of_cosines(hx, hy):
    """By hand: a target 40 km north at t = 7, on its line since t0 = 2, at 250 m/s on course c; the round at 900 m/s flies f with
    (900 f)² = 40² + (250 f)² + 2 · 40 · 250 f · cos c."""
    c = math.atan2(hx, hy)
    start = -250.0 * 5.0 * math.sin(c), 40 * KM - 250.0 * 5.0 * math.cos(c)
    line = Line(*start, start[0] + 500 * KM * math.sin(c), start[1] + 500 * KM * math.cos(c), 2.0, 250.0)
    a, b = 0.9**2 - 0.25**2, 2 * 40 * 0.25 * math.cos(c)
    flight = (b + math.sqrt(b * b + 4 * a * 40**2)) / (2 * a)
    assert on_line(line, 7.0) == approx((0.0, 40 * KM), abs=0.5)
    got = flight_s(line, 0.0, 0.0, 900.0, 7.0, 0.0)
    assert got == approx(flight, rel=1e-4)
    assert distance_m(0.0, 0.0, *on_line(line, 7.0 + got)) == approx(900.0 * got, abs=1e-4)


# --- true paths --------------------------------------------------------------------------------------------------------


def test_a_round_meets_a_straight_flyer_where_both_ways_add_up():
    """By hand: 60 km away at t = 5, flying at the shooter with 200 m/s; fired at 5 with 1,000 m/s: 60 km / 1.2 = 50 s. The path is the second in its array."""
    length = distance_m(0.0, 0.0, 60 * KM, 0.0)
    verts = np.array([(0, 0, 0, 0), (9 * KM, 9 * KM, 50, 0), (60 * KM, 0, 5, 0), (0, 0, 5 + length / 200.0, 0)], VERT)
    end = 5 + length / 200.0
    assert meets_at_s(verts, 2, 4, end, 0.0, 0.0, 1_000.0, 5.0) == approx(5.0 + length / 1_200.0, abs=1e-6)
    assert meets_at_s(verts, 2, 4, end, 0.0, 0.0, 1_000.0, 105.0) == approx(105.0 + (length - 20 * KM) / 1_200.0, abs=1e-6)


def test_a_flight_that_ends_while_the_round_flies_is_met_at_its_end_or_not():
    """By hand: away from the shooter at 200 m/s from 40 km, the round closes at 800 m/s: met after 50 s at 50 km; a flight that ends at 50.1 s is met, one
    that ends at 49.9 s is not."""
    begin, length = distance_m(0.0, 0.0, 40 * KM, 0.0), distance_m(40 * KM, 0.0, 80 * KM, 0.0)
    verts = np.array([(40 * KM, 0, 0, 0), (80 * KM, 0, length / 200.0, 0)], VERT)
    meet = begin / 800.0
    assert meets_at_s(verts, 0, 2, meet + 0.1, 0.0, 0.0, 1_000.0, 0.0) == approx(meet, abs=1e-6)
    assert meets_at_s(verts, 0, 2, meet - 0.1, 0.0, 0.0, 1_000.0, 0.0) == math.inf
    later = (begin + 200.0 * 8.0) / 800.0 + 8.0  # fired at 8 s
    assert meets_at_s(verts, 0, 2, later + 0.1, 0.0, 0.0, 1_000.0, 8.0) == approx(later, abs=1e-6)
    assert meets_at_s(verts, 0, 2, later - 0.1, 0.0, 0.0, 1_000.0, 8.0) == math.inf


def test_a_point_on_the_way_is_found_by_its_distance():
    """By hand: where `on_line` and `along` say the same of a line that starts late."""
    line = Line(3 * KM, 4 * KM, 90 * KM, -20 * KM, 30.0, 150.0)
    assert on_line(line, 130.0) == along(3 * KM, 4 * KM, 90 * KM, -20 * KM, 15 * KM)
    assert on_line(line, 30.0) == approx((3 * KM, 4 * KM))
