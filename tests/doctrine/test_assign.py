"""The policy "earliest": greedy matching, dead reckoning, places."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx

import toy_world as toy
from zaslin.doctrine.assign import HOME_MARGIN_M, reach_under, track_line
from zaslin.doctrine.consent import CONSENT
from zaslin.doctrine.policies import best_first
from zaslin.physics.intercept import on_line
from zaslin.world.arrays import PLACE_ANYWHERE, PLACE_OWN, PLACE_UKRAINE

KM = 1_000.0


def _match(times: list[list[float]]) -> list[int]:
    matrix = np.array(times, dtype=float)
    rows, columns = np.arange(matrix.shape[0]), np.arange(matrix.shape[1])
    chosen = np.empty(len(rows), dtype=np.int64)
    best_first(matrix, matrix, rows, len(rows), columns, len(columns), chosen)
    return chosen.tolist()


def test_the_earliest_shot_of_all_is_matched_first():
    """By hand: pair 1 can shoot track 0 at 5 s; pair 0 then takes track 1 although track 0 would be earlier for it."""
    assert _match([[6.0, 9.0], [5.0, 7.0]]) == [1, 0]


def test_what_nobody_can_shoot_stays_unmatched():
    """By hand."""
    assert _match([[math.inf, 3.0], [math.inf, 4.0]]) == [1, -1]


@given(st.lists(st.lists(st.integers(1, 30), min_size=4, max_size=4), min_size=1, max_size=4))
def test_greedy_matching_agrees_with_sorting_all_pairs(table):
    """Law: the same as walking through all pairs in order of time, shooter, track and taking what is free (an independent writing)."""
    expected = [-1] * len(table)
    for _, i, j in sorted((t, i, j) for i, row in enumerate(table) for j, t in enumerate(row)):
        if expected[i] < 0 and j not in expected:
            expected[i] = j
    assert _match([[float(t) for t in row] for row in table]) == expected


def test_a_track_is_dead_reckoned_from_what_was_known_a_latency_ago():
    """By hand: after a turn north at t = 500 s the shared picture still goes west until its latency has passed; own sensors know at once."""
    raid = toy.raid({"points": [(140, 0), (40, 0), (40, 100)], "speed": 200.0})
    turn = raid.verts["t"][1]
    consent = np.zeros(1, CONSENT)
    speeds = np.full(3, 200.0)
    stale = track_line(raid.verts, speeds, 0, 3, 60.0, False, consent[0], turn + 50.0)
    assert on_line(stale, turn + 50.0) == (approx(30 * KM, rel=2e-3), approx(0.0, abs=20.0))
    fresh = track_line(raid.verts, speeds, 0, 3, 0.0, True, consent[0], turn + 50.0)
    assert on_line(fresh, turn + 50.0) == (approx(40 * KM, rel=2e-3), approx(10 * KM, rel=2e-3))


def test_where_a_caveat_lets_the_shooter_be():
    """By the rule: held at home it keeps a margin to the line; in Ukraine it goes as far as the pursuit; anywhere has no limit."""
    rules = toy.coalition([toy.member()], [toy.caveat(place=place, pursuit_m=120 * KM) for place in (PLACE_OWN, PLACE_UKRAINE, PLACE_ANYWHERE)], [toy.pair()])
    limits = [reach_under(rules.shooters[0], 30_000.0, 1_000.0, toy.PL, row, 100.0, 30.0).limit_m for row in rules.caveats]
    assert limits == [-HOME_MARGIN_M, 120 * KM, math.inf]
    assert reach_under(rules.shooters[0], 30_000.0, 1_000.0, toy.PL, rules.caveats[0], 100.0, 30.0).clear_s == 130.0
