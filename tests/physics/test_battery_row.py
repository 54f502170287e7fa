"""A battery's row behind the border x = 0: distances, frames and flights of rounds, worked by hand."""

from __future__ import annotations

import math

import numpy as np
from pytest import approx, mark

import toy_world as toy
from zaslin.physics.battery import meets_from_row_s, meets_in_frame_s, outside_frame_m, round_s, row_m, span_in_frame
from zaslin.physics.intercept import Line, arc_of, on_line
from zaslin.physics.path import place_at
from zaslin.plane import distance_m
from zaslin.world.arrays import VERT

KM = 1_000.0
FIELDS = toy.ground().fields


@mark.parametrize(("x", "behind", "away"), [(5, 10, 15), (-25, 10, 15), (-10, 10, 0), (40, 0, 40), (-40, 25, 15)])
def test_the_row_lies_behind_the_border(x, behind, away):
    """By hand: across the row, on either side of it; at the border's middle the plane's km are the ground's to 2 m in 40 km."""
    assert row_m(FIELDS, toy.PL, behind * KM, x * KM, 0.0) == approx(away * KM, abs=2.0)


def test_at_a_coast_the_row_lies_behind_the_land():
    """By hand: where the land begins 22 km behind the line, the row 10 km behind it is 37 km from a threat 5 km outside."""
    fields = FIELDS._replace(coast=np.full_like(FIELDS.coast, 22 * KM))
    assert row_m(fields, toy.PL, 10 * KM, 5 * KM, 0.0) == approx(37 * KM, abs=2.0)


def test_how_far_a_point_is_outside_a_frame():
    """By hand: a rhombus with corners (4, 0), (0, 3), (-4, 0), (0, -3): its sides are 5 long and 2.4 from the middle. Beyond (4, 3) the north-east side is
    2.4 away, and so on all around; a point on a corner is on two sides."""
    frame = np.array([4.0, 0.0, 0.0, 3.0, -4.0, 0.0, 0.0, -3.0])
    assert outside_frame_m(frame, 0.0, 0.0) == approx(-2.4)
    for sx in (1, -1):
        for sy in (1, -1):
            assert outside_frame_m(frame, 4.0 * sx, 3.0 * sy) == approx(2.4)
            assert outside_frame_m(frame, 1.0 * sx, 1.5 * sy) == approx(-0.6)  # (3 + 6 - 12) / 5
    assert outside_frame_m(frame, 4.0, 0.0) == approx(0.0)
    assert outside_frame_m(frame, 0.0, 10.0) == approx(5.6)  # (40 - 12) / 5
    away = frame + np.array([100.0, -50.0] * 4)
    assert outside_frame_m(away, 100.0 + 4.0, -50.0 + 3.0) == approx(2.4)


@mark.parametrize(("hx", "closing"), [(0.0, 1.0), (200.0, -1.0)])
def test_a_round_from_the_row_flies_until_both_ways_add_up(hx, closing):
    """By hand: 60 km outside at t = 7 at 250 m/s, row 10 km behind: 70 km are closed at 1,000 ± 250 m/s; along the border they are flown by the round alone."""
    line = Line(60 * KM, 0.0, hx * KM, 0.0, 7.0, 250.0)
    way = distance_m(60 * KM, 0.0, 0.0, 0.0) + 10 * KM
    assert round_s(FIELDS, toy.PL, 10 * KM, 1_000.0, arc_of(line), 7.0) == approx(way / (1_000.0 + 250.0 * closing), rel=1e-5)
    assert round_s(FIELDS, toy.PL, 10 * KM, 1_000.0, arc_of(line), 15.0) == approx((way - closing * 2 * KM) / (1_000.0 + 250.0 * closing), rel=1e-5)
    assert round_s(FIELDS, toy.PL, 10 * KM, 1_000.0, arc_of(line._replace(hx=60 * KM, hy=100 * KM)), 7.0) == approx(way / 1_000.0, rel=1e-4)


def test_a_round_from_the_row_meets_the_true_path_through_a_turn():
    """By hand: the second threat of its array comes in from 80 to 40 km in 200 s (200 m/s) and turns along the border. Fired at 20 s at 600 m/s from 10 km
    behind: the gap of
    86 km closes at 800 m/s, 107.5 s. Fired at 180 s it needs 50 km / 600 m/s, the turn being past; a flight that ends before is not met."""
    off, leg = distance_m(80 * KM, 0.0, 0.0, 0.0), distance_m(80 * KM, 0.0, 40 * KM, 0.0)
    turn = 5.0 + leg / 200.0
    verts = np.array([(0, 0, 0, 0), (80 * KM, 0, 5.0, 0), (40 * KM, 0, turn, 0), (40 * KM, 60 * KM, turn + 300.0, 0)], VERT)
    end = turn + 300.0
    first = 20.0 + (off - 15.0 * 200.0 + 10 * KM) / 800.0
    second = 180.0 + (distance_m(40 * KM, 0.0, 0.0, 0.0) + 10 * KM) / 600.0
    assert meets_from_row_s(FIELDS, toy.PL, 10 * KM, verts, 1, 4, end, 600.0, 20.0) == approx(first, abs=1e-3)
    assert meets_from_row_s(FIELDS, toy.PL, 10 * KM, verts, 1, 4, end, 600.0, 180.0) == approx(second, abs=0.01)
    for fire, meet in ((20.0, first), (180.0, second)):
        assert meets_from_row_s(FIELDS, toy.PL, 10 * KM, verts, 1, 4, meet + 0.1, 600.0, fire) == approx(meet, abs=0.01)
        assert meets_from_row_s(FIELDS, toy.PL, 10 * KM, verts, 1, 4, meet - 0.1, 600.0, fire) == math.inf


def test_a_slow_round_meets_what_is_slower_and_only_that():
    """By hand: 10 km behind the border, from it inward at u against a round of 67 m/s: 10 / (67 + u) km/(m/s); from 67 m/s on
    there is none to be found. Along the row any speed is met: it comes no nearer."""
    for speed in (20.0, 50.0, 60.0, 66.0):
        line = Line(0.0, 0.0, -100 * KM, 0.0, 0.0, speed)
        assert round_s(FIELDS, toy.PL, 10 * KM, 67.0, arc_of(line), 0.0) == approx(10 * KM / (67.0 + speed), rel=2e-3)
    for speed in (67.0, 68.0, 100.0, 250.0):
        assert round_s(FIELDS, toy.PL, 10 * KM, 67.0, arc_of(Line(0.0, 0.0, -100 * KM, 0.0, 0.0, speed)), 0.0) == math.inf
        assert round_s(FIELDS, toy.PL, 10 * KM, 67.0, arc_of(Line(5 * KM, 0.0, 100 * KM, 0.0, 0.0, speed)), 0.0) == math.inf
        assert round_s(FIELDS, toy.PL, 10 * KM, 67.0, arc_of(Line(5 * KM, -10 * KM, 5 * KM, 60 * KM, 0.0, speed)), 0.0) == approx(15 * KM / 67.0, rel=2e-3)


def test_which_part_of_a_way_lies_in_a_frame():
    """By hand: a square from (0, 0) to (4, 4); the way from (-2, 2) to (8, 2) is in it from a fifth to three fifths; one above it never; one within, all."""
    frame = np.array([0.0, 0.0, 4.0, 0.0, 4.0, 4.0, 0.0, 4.0])
    assert span_in_frame(frame, -2.0, 2.0, 8.0, 2.0) == approx((0.2, 0.6))
    assert span_in_frame(frame, 8.0, 2.0, -2.0, 2.0) == approx((0.4, 0.8))
    assert span_in_frame(frame, -2.0, 5.0, 8.0, 5.0) == (1.0, 0.0)
    assert span_in_frame(frame, -2.0, 3.0, 3.0, 8.0) == (1.0, 0.0)  # past the corner: no side has it outside on the whole way
    assert span_in_frame(frame, 1.0, 1.0, 3.0, 2.0) == (0.0, 1.0)
    assert span_in_frame(frame, 1.0, 1.0, 1.0, 1.0) == (0.0, 1.0)


def test_when_a_leg_or_its_line_beyond_comes_into_a_frame():
    """By hand: 100 m/s along y = 0 from x = -50 km to -30 km, a frame from x = -20 km to -10 km: it would be there 300 s to 400 s after the start, if the round
    is in the air for long enough after the leg's 200 s."""
    verts = np.zeros(2, dtype=VERT)
    verts["x"], verts["t"] = (-50.0 * KM, -30.0 * KM), (1_000.0, 1_200.0)
    frame = KM * np.array([-20.0, -5.0, -10.0, -5.0, -10.0, 5.0, -20.0, 5.0])
    assert meets_in_frame_s(frame, verts, 0, 300.0) == approx((1_300.0, 1_400.0), abs=0.05)
    assert meets_in_frame_s(frame, verts, 0, 20.0) == (np.inf, -np.inf)
    assert meets_in_frame_s(frame, verts, 0, 300.0)[0] < np.inf == meets_in_frame_s(frame, verts, 0, 20.0)[0]
    verts["x"] = -15.0 * KM  # it stands still in the frame, until the leg ends and a flight more
    assert meets_in_frame_s(frame, verts, 0, 20.0) == (1_000.0, 1_220.0)


def test_no_place_in_the_frame_lies_outside_the_times_told():
    """Law: wherever the line is in the frame, `meets_in_frame_s` has that time between its two."""
    rng = np.random.default_rng(11)
    found = 0
    for _ in range(400):
        verts = np.zeros(2, dtype=VERT)
        verts["x"], verts["y"], verts["t"] = rng.uniform(-400, 400, 2) * KM, rng.uniform(-400, 400, 2) * KM, (0.0, rng.uniform(500.0, 4_000.0))
        x, y, half = rng.uniform(-300, 300) * KM, rng.uniform(-300, 300) * KM, rng.uniform(5, 80) * KM
        frame = np.array([x - half, y - half, x + half, y - half, x + half, y + half, x - half, y + half])
        longest = rng.uniform(0.0, 200.0)
        first, last = meets_in_frame_s(frame, verts, 0, longest)
        for t in np.linspace(0.0, verts["t"][1] + longest, 60):
            px, py = place_at(verts, 0, t)
            if outside_frame_m(frame, px, py) < -1.0:
                found += 1
                assert first - 1e-6 <= t <= last + 1e-6
    assert found > 300


def _dogleg():
    """(-90, -40) km, (-50, 10), (-20, 30) and (-20, -90), flown in 300 s, 150 s and 1,450 s."""
    verts = np.zeros(4, dtype=VERT)
    verts["x"], verts["y"] = KM * np.array([-90.0, -50.0, -20.0, -20.0]), KM * np.array([-40.0, 10.0, 30.0, -90.0])
    verts["t"] = 100.0, 400.0, 550.0, 2_000.0
    return verts


def test_each_leg_is_asked_for_itself():
    """By hand: a frame around the middle of the second leg, (-35, 20) km: the first leg's line beyond its end passes far above it, the second is in it around
    475 s, the third flies south beside it."""
    frame = KM * np.array([-38.0, 17.0, -32.0, 17.0, -32.0, 23.0, -38.0, 23.0])
    verts = _dogleg()
    assert [meets_in_frame_s(frame, verts, k, 60.0)[0] < np.inf for k in range(3)] == [False, True, False]
    first, last = meets_in_frame_s(frame, verts, 1, 60.0)
    assert (first, last) == (approx(400.0 + 150.0 * 0.4, abs=0.5), approx(400.0 + 150.0 * 0.6, abs=0.5))  # the sides x = -38 and -32 km cut it
    assert meets_in_frame_s(frame, verts, 0, 60.0) == (np.inf, -np.inf) == meets_in_frame_s(frame, verts, 2, 60.0)


@mark.parametrize(("x", "there"), [(-35.0, True), (-31.0, False)])
def test_who_stands_still_is_in_the_frame_or_not(x, there):
    """By hand: a leg without duration, and one without length, at a point inside the frame and one outside it."""
    frame = KM * np.array([-38.0, 17.0, -32.0, 17.0, -32.0, 23.0, -38.0, 23.0])
    for duration, gone in ((0.0, 5.0), (80.0, 0.0)):
        verts = np.zeros(2, dtype=VERT)
        verts["x"], verts["y"], verts["t"] = (x * KM, (x - gone) * KM), (20 * KM, 20 * KM), (50.0, 50.0 + duration)
        assert (meets_in_frame_s(frame, verts, 0, 30.0)[0] < np.inf) == there
        assert meets_in_frame_s(frame, verts, 0, 30.0) == ((50.0, 80.0 + duration) if there else (np.inf, -np.inf))


@mark.parametrize(("half", "part"), [((1, 0, 0, 0), "west"), ((0, 1, 0, 0), "south")])
def test_a_way_that_begins_in_the_frame_is_in_it_from_its_start(half, part):
    """By hand: out of a square from its middle, and into it from outside to its middle."""
    frame = np.array([-4.0, -4.0, 4.0, -4.0, 4.0, 4.0, -4.0, 4.0])
    out = (8.0, 0.0) if part == "west" else (0.0, 8.0)
    assert span_in_frame(frame, 0.0, 0.0, *out) == approx((0.0, 0.5))
    assert span_in_frame(frame, *out, 0.0, 0.0) == approx((0.5, 1.0))


@mark.parametrize("speed", [50.0, 220.0, 600.0])
@mark.parametrize("x", [-120.0, -45.0, 30.0, 160.0])
def test_a_rounds_flight_ends_at_its_target(x, speed):
    """By definition: after it the target is as far from the row as the round has flown, to a tenth of a micrometre a second; by secants or by plain steps."""
    line = Line(x * KM, 25 * KM, (x - 60.0) * KM, 5 * KM, 70.0, speed)
    for missile in (1.49 * speed, 1.6 * speed, 1_000.0):
        flight = round_s(FIELDS, toy.PL, 20 * KM, missile, arc_of(line), 100.0)
        if flight < np.inf:
            px, py = on_line(line, 100.0 + flight)
            assert row_m(FIELDS, toy.PL, 20 * KM, px, py) / missile == approx(flight, abs=1e-7)
        else:
            assert missile < 1.5 * speed
