"""Lines of tracks and reaches under a caveat, to the metre; matching on parts of a table."""

from __future__ import annotations

import math

import numpy as np
from pytest import approx, mark

import toy_world as toy
from zaslin.doctrine.assign import HOME_MARGIN_M, reach_under, track_line, true_line
from zaslin.doctrine.consent import CONSENT
from zaslin.doctrine.policies import best_first
from zaslin.physics.detection import SIGHT, late_at, own_at
from zaslin.physics.intercept import on_line
from zaslin.physics.path import fill_speeds, place_at
from zaslin.plane import ahead, distance_m
from zaslin.world.arrays import PLACE_ANYWHERE, PLACE_OWN, PLACE_UKRAINE, THREAT, VERT

KM = 1_000.0
PATH = np.array([(9 * KM, 9 * KM, 0, 0), (50 * KM, 10 * KM, 20, 0), (80 * KM, 50 * KM, 270, 0), (80 * KM, 90 * KM, 430, 0)], VERT)
"""Another threat's vertex, then a path: 50 km at 200 m/s on a course of atan(3 / 4), then 40 km at 250 m/s to the north."""


def _speeds(path, first, last):
    """The speeds of a path's legs, m/s."""
    threats, speeds = np.zeros(1, THREAT), np.zeros(len(path))
    threats["vert_from"], threats["vert_to"] = first, last
    fill_speeds(threats, path, speeds)
    return speeds


@mark.parametrize(("k", "t"), [(1, 20.0), (1, 120.0), (1, 300.0), (2, 270.0), (2, 350.0)])
def test_a_true_line_goes_on_as_the_leg_does(k, t):
    """Law: at any time the line's point is the leg's, and its speed the leg's length by its time."""
    line = true_line(PATH, k, _speeds(PATH, 1, 4)[k])
    a, b = PATH[k], PATH[k + 1]
    assert (line.x, line.y, line.t0) == (a["x"], a["y"], a["t"])
    assert line.speed == approx(distance_m(a["x"], a["y"], b["x"], b["y"]) / (b["t"] - a["t"]))
    for later in (t, t + 40.0, t - 15.0):
        assert on_line(line, later) == approx(place_at(PATH, k, later), abs=0.01)


@mark.parametrize(
    ("own", "t", "known"), [(100.0, 99.0, 69.0), (100.0, 100.0, 100.0), (100.0, 130.0, 130.0), (400.0, 290.0, 260.0), (400.0, 310.0, 280.0), (0.0, 15.0, 15.0)]
)
@mark.parametrize("error", [0.0, 0.3, -0.2])
def test_a_track_is_a_place_a_course_with_its_error_and_a_speed(own, t, known, error):
    """By hand: before the own sensors have it the last known place is 30 s old; the course is that of the leg flown then, turned by the track's error. The
    error of the place is that of own sensors alone."""
    look, consent = np.zeros((1, 1), SIGHT), np.zeros(1, CONSENT)
    pieces = toy.held(look, own=own, shared=-math.inf, late=30.0)
    consent["course_error_rad"], consent["error_x"], consent["error_y"] = error, 300.0, -100.0
    late, fresh = late_at(pieces, look[0, 0], t), own_at(pieces, look[0, 0], t)
    line = track_line(PATH, _speeds(PATH, 1, 4), 1, 4, late, fresh, consent[0], t)
    k, course = (1, math.atan2(30, 40)) if known < 270 else (2, 0.0)
    place = place_at(PATH, k, known)
    if t >= own:
        place = place[0] + 300.0, place[1] - 100.0
    assert (line.x, line.y, line.t0) == (*place, known)
    assert line.speed == approx(200.0 if k == 1 else 250.0, rel=1e-3)
    assert on_line(line, known + 100.0) == approx(ahead(*place, course + error, 100.0 * line.speed), abs=0.01)


def test_a_turn_that_is_looked_at_when_it_is_seen_is_seen():
    """Law: a look is due at a turn's time plus the age of what is shown; less that age it may come out a rounding before the turn, and is after it all the
    same."""
    path, rounded = PATH.copy(), 0
    for i in range(200):
        turn, late = 270.0 + 0.1 * i, 30.0 + 0.07 * i
        path["t"][2] = turn
        rounded += (turn + late) - late < turn
        line = track_line(path, _speeds(path, 1, 4), 1, 4, late, False, np.zeros(1, CONSENT)[0], turn + late)
        assert (line.hx - line.x, line.hy - line.y) == approx((0.0, KM), abs=1e-6)
    assert rounded == 7  # of these 200: else the test would show nothing


@mark.parametrize(("place", "limit", "soil"), [(PLACE_OWN, -HOME_MARGIN_M, 0), (PLACE_UKRAINE, 120 * KM, 1), (PLACE_ANYWHERE, math.inf, 0)])
def test_a_reach_takes_speeds_and_class_from_the_pair_and_place_from_the_caveat(place, limit, soil):
    """By the rule: every field of the reach, for two classes."""
    rules = toy.coalition([toy.member()], [toy.caveat(place=place, pursuit_m=120 * KM)], [toy.pair()])
    for cls, reach_m in ((toy.DRONE, 12 * KM), (toy.CRUISE, 30 * KM)):
        got = reach_under(rules.shooters[0], rules.shooters[0]["reach_m"][cls], rules.shooters[0]["missile_mps"], toy.RO, rules.caveats[0], 100.0, 30.0)
        assert tuple(got) == (400.0, 1_000.0, reach_m, toy.RO, limit, 130.0, soil)


def _chosen(times: list[list[float]], rows: list[int], columns: list[int]) -> list[int]:
    chosen = np.full(len(rows) + 1, 77, dtype=np.int64)
    best_first(np.array(times, float), np.array(times, float), np.array(rows, np.int64), len(rows), np.array(columns, np.int64), len(columns), chosen)
    assert chosen[-1] == 77
    return chosen[:-1].tolist()


def test_only_the_rows_and_columns_that_take_part_are_matched():
    """By hand: of a 4 × 4 table rows 3 and 1 and columns 2 and 0: row 1 takes column 0 at 2 s, row 3 column 2 at 4 s."""
    times = [[1, 1, 1, 1], [2, 1, 3, 1], [1, 1, 1, 1], [2.5, 1, 4, 1]]
    assert _chosen(times, [3, 1], [2, 0]) == [2, 0]
    assert _chosen(times, [3, 1], [0]) == [-1, 0]
    assert _chosen(times, [3], [2, 0]) == [0]
    assert _chosen(times, [], [2, 0]) == []
    assert _chosen(times, [3, 1], []) == [-1, -1]


def test_equal_times_go_to_the_lower_shooter_and_then_the_lower_track():
    """By the rule."""
    assert _chosen([[5.0, 5.0], [5.0, 5.0]], [0, 1], [0, 1]) == [0, 1]
    assert _chosen([[math.inf, 5.0], [5.0, 5.0]], [0, 1], [0, 1]) == [1, 0]
    assert _chosen([[5.0], [5.0], [5.0]], [0, 1, 2], [0]) == [0, -1, -1]


def test_a_shooter_whose_track_is_taken_gets_the_next():
    """By hand: three pairs, all earliest at track 1: it goes to pair 2, then track 0 to pair 0, track 2 to pair 1."""
    assert _chosen([[6, 3, 9], [7, 2, 8], [5, 1, 9]], [0, 1, 2], [0, 1, 2]) == [0, 2, 1]


def test_what_no_shooter_can_reach_is_left():
    """By hand: the first round matches, the second finds nothing finite."""
    assert _chosen([[1.0, math.inf], [2.0, math.inf]], [0, 1], [0, 1]) == [0, -1]
    assert _chosen([[math.inf, math.inf], [2.0, math.inf]], [0, 1], [0, 1]) == [-1, 0]
