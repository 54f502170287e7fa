"""Policies of assignment: greedy orders by hand, the optimal one against brute force and scipy, and the words of package and engine held together."""

from __future__ import annotations

import itertools
from typing import get_args

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import approx, importorskip

import toy_world as toy
from zaslin.doctrine.assign import PROJECTION_S
from zaslin.doctrine.policies import NOT_TOWARD_S, best_first, crossing_s, most_worth
from zaslin.physics.intercept import Line
from zaslin.scenario.package import Policy
from zaslin.world.arrays import POLICIES

INF = np.inf
KM = 1_000.0


def _index(n: int) -> np.ndarray:
    return np.arange(n, dtype=np.int64)


def _best_first(ranks, times) -> list[int]:
    times = np.array(times, float)
    chosen = np.zeros(times.shape[0], np.int64)
    best_first(np.array(ranks, float), times, _index(times.shape[0]), times.shape[0], _index(times.shape[1]), times.shape[1], chosen)
    return chosen.tolist()


def _most_worth(worth: np.ndarray) -> list[int]:
    chosen = np.zeros(worth.shape[0], np.int64)
    most_worth(worth, _index(worth.shape[0]), worth.shape[0], _index(worth.shape[1]), worth.shape[1], chosen)
    return chosen.tolist()


def _sum(worth: np.ndarray, chosen: list[int]) -> float:
    return sum(worth[i, j] for i, j in enumerate(chosen) if j >= 0)


def test_package_and_engine_have_the_same_words():
    assert get_args(Policy) == POLICIES


def test_a_lower_rank_goes_before_an_earlier_shot_and_a_tie_goes_to_the_earlier_shot():
    """By hand: pair 0 would be first at track 0, but track 1 has the lower rank and pair 1 is the earlier there; equal ranks at track 1."""
    assert _best_first([[9, 1], [9, 1]], [[10, 30], [40, 20]]) == [0, 1]
    assert _best_first([[9, 1], [9, 1]], [[10, 20], [40, 20]]) == [1, 0]  # the same time too: the lower pair
    assert _best_first([[1, 2]], [[INF, 5]]) == [1]  # what cannot be met is not taken, whatever its rank
    assert _best_first([[1, 1]], [[INF, INF]]) == [-1]


def test_the_optimal_policy_gives_up_the_best_pairing_for_the_best_sum():
    """By hand: greedy takes 9 and is left with 1 (10); together 8 + 7 = 15 is better."""
    assert _most_worth(np.array([[9.0, 8.0], [7.0, 1.0]])) == [1, 0]
    assert _most_worth(np.array([[0.0, 0.0], [0.0, 3.0]])) == [-1, 1]
    assert _most_worth(np.zeros((2, 3))) == [-1, -1]
    assert _most_worth(np.zeros((0, 3))) == _most_worth(np.zeros((0, 0))) == []


@settings(deadline=None, max_examples=150)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_the_optimal_policy_is_optimal(n, m, seed):
    """Oracle: all ways to match up to four pairs with up to four tracks, some of them not feasible."""
    luck = np.random.default_rng(seed)
    worth = np.where(luck.random((n, m)) < 0.3, 0.0, luck.random((n, m)).round(2))
    chosen = _most_worth(worth)
    used = [j for j in chosen if j >= 0]
    assert len(used) == len(set(used)) and all(worth[i, j] > 0.0 for i, j in enumerate(chosen) if j >= 0)
    wide = np.hstack([worth, np.zeros((n, n))])  # a pair may stay without
    best = max(sum(wide[i, p[i]] for i in range(n)) for p in itertools.permutations(range(m + n), n))
    assert _sum(worth, chosen) == approx(best, abs=1e-12)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 40), st.integers(1, 60), st.integers(0, 2**32 - 1))
def test_the_optimal_policy_agrees_with_scipy(n, m, seed):
    optimize = importorskip("scipy.optimize")
    luck = np.random.default_rng(seed)
    worth = np.where(luck.random((n, m)) < 0.5, 0.0, luck.random((n, m)))
    rows, columns = optimize.linear_sum_assignment(worth, maximize=True)
    assert _sum(worth, _most_worth(worth)) == approx(float(worth[rows, columns].sum()), rel=1e-9)


def test_when_a_track_would_cross_by_dead_reckoning():
    """By hand: 60 km east of the border, due west at 200 m/s: there after 300 s. 30 s later it is 6 km nearer: the same moment, good to a step of 250 m.
    Away from it, or farther than the projection: never. Inside: now."""
    fields, country = toy.ground().fields, np.int64(toy.PL)
    west = Line(60 * KM, 0.0, 0.0, 0.0, 100.0, 200.0)
    for now in (100.0, 130.0):
        assert crossing_s(fields, country, west, now) == approx(400.0, abs=250.0 / 200.0 + 0.1)
    assert crossing_s(fields, country, Line(60 * KM, 0.0, 100 * KM, 0.0, 100.0, 200.0), 100.0) == NOT_TOWARD_S
    assert crossing_s(fields, country, Line(200.0 * PROJECTION_S + KM, 0.0, 0.0, 0.0, 100.0, 200.0), 100.0) == NOT_TOWARD_S
    assert crossing_s(fields, country, Line(-60 * KM, 0.0, 0.0, 0.0, 100.0, 200.0), 100.0) == 100.0
    assert crossing_s(fields, np.int64(-1), west, 100.0) == NOT_TOWARD_S
    assert crossing_s(fields, country, west._replace(speed=0.0), 100.0) == NOT_TOWARD_S


def test_a_track_at_rest_is_inside_now_or_never_crosses():
    """By hand: at rest 60 km inside: now, whatever the age of its place; at rest outside: never. At half a metre a second 200 m off it crosses: after 400 s,
    good to a step of 250 m, 500 s."""
    fields, country = toy.ground().fields, np.int64(toy.PL)
    rest = Line(-60 * KM, 0.0, -61 * KM, 0.0, 100.0, 0.0)
    assert [crossing_s(fields, country, rest, now) for now in (100.0, 250.0)] == [100.0, 250.0]
    assert crossing_s(fields, country, rest._replace(x=60 * KM, hx=59 * KM), 100.0) == NOT_TOWARD_S
    assert 500.0 <= crossing_s(fields, country, Line(200.0, 0.0, -1_000.0, 0.0, 100.0, 0.5), 100.0) <= 601.0
    moving = Line(-60 * KM, 0.0, -61 * KM, 0.0, 100.0, 200.0)
    assert crossing_s(fields, country, moving, 250.0) == 250.0


def test_a_shooter_keeps_the_first_track_that_it_was_given():
    """By hand: shooter 0 takes track 0 first; track 1, which it would also reach before shooter 1, is shooter 1's. A third is left."""
    assert _best_first([[1, 2], [9, 5]], [[1, 2], [9, 5]]) == [0, 1]
    assert _best_first([[1, 2, 3], [9, 5, 6], [9, 9, 4]], [[1, 2, 3], [9, 5, 6], [9, 9, 4]]) == [0, 1, 2]
    assert _best_first([[1, 2, 3]], [[1, 2, 3]]) == [0]


def test_only_the_rows_and_columns_that_take_part_are_paired_by_worth():
    """By hand: of a table of 4 by 4 rows 3 and 1 and columns 2 and 0: 5 + 4 (row 3 with column 0, row 1 with column 2) beats 6 + 1."""
    worth = np.array([[99.0, 99, 99, 99], [1, 99, 4, 99], [99, 99, 99, 99], [5, 99, 6, 99]])
    chosen = np.full(3, 77, np.int64)
    most_worth(worth, np.array([3, 1], np.int64), 2, np.array([2, 0], np.int64), 2, chosen)
    assert chosen.tolist() == [0, 2, 77]
    most_worth(worth, np.array([3, 1], np.int64), 2, np.array([0], np.int64), 1, chosen)
    assert chosen.tolist() == [0, -1, 77]
    most_worth(worth, np.array([3], np.int64), 1, np.array([0, 2], np.int64), 2, chosen)
    assert chosen.tolist() == [2, -1, 77]
