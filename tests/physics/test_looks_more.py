"""Looks of a radar at their edges: clocks that do not start at 0, the odds of one threat by the rule, joining against a count of every instant."""

from __future__ import annotations

import math

import numpy as np
from pytest import approx, mark

from zaslin import draws
from zaslin.physics.looks import BY, CHANCE_SIGMA, FROM, HITS, LOOKS, TO, TRACK_COLUMNS, add_tracks, chance_of_a_look, joined

SEED = np.uint64(5)


def _tracks(key: int, p: float, launch: float, revisit: float, from_s: float, to_s: float) -> list[list[float]]:
    rows = np.full((300, TRACK_COLUMNS), np.nan)
    n = add_tracks(SEED, np.uint64(0), np.uint64(key), launch, revisit, p, 4.0, np.int64(0), from_s, to_s, to_s, 2.0, rows, np.int64(0))
    return rows[:n].tolist()


@mark.parametrize(
    ("launch", "revisit", "from_s", "to_s"), [(0.0, 10.0, 0.0, 95.0), (100.0, 10.0, 143.0, 233.0), (1_000.0, 4.0, 1_000.0, 1_050.0), (-50.0, 12.0, 31.0, 99.0)]
)
def test_the_radar_looks_from_the_launch_on_and_sees_what_is_in_view(launch, revisit, from_s, to_s):
    """By hand: looks at launch + (phase + k) · revisit; of those in from <= t < to a sure radar hits every one: a track from the second on."""
    for key in range(6):
        phase = float(draws.uniform(SEED, np.uint64(0), np.uint64(key), draws.LOOK, 0))
        times = [t for k in range(-20, 300) if from_s <= (t := launch + (phase + k) * revisit) < to_s]
        assert _tracks(key, 1.0, launch, revisit, from_s, to_s) == [[approx(times[1]), to_s, len(times), len(times), 2.0]]


def test_a_flight_that_starts_later_has_the_same_tracks_later():
    """Law: launch and view moved by 777 s: the same looks, all times 777 s later."""
    for key in range(20):
        early, late = (_tracks(key, 0.6, launch, 10.0, launch + 35.0, launch + 400.0) for launch in (0.0, 777.0))
        assert [[row[FROM] + 777.0, row[TO] + 777.0, *row[LOOKS:]] for row in early] == [approx(row) for row in late]
        assert early


@mark.parametrize("key", [1, 2, 3])
@mark.parametrize("p", [0.2, 0.7])
def test_the_odds_of_one_threat_are_those_of_its_class_times_its_keyed_lognormal(key, p):
    """By the rule: p / (1 - p) · exp(sigma z), z the normal of (threat and radar, LOOK, 1). Beyond 0 and 1 it is 0 and 1."""
    z = float(draws.normal(SEED, np.uint64(3), np.uint64(key), draws.LOOK, 1))
    odds = p / (1.0 - p) * math.exp(CHANCE_SIGMA * z)
    assert chance_of_a_look(SEED, np.uint64(3), np.uint64(key), p) == approx(odds / (1.0 + odds), rel=1e-12)
    assert [chance_of_a_look(SEED, np.uint64(3), np.uint64(key), beyond) for beyond in (-0.5, 1.5)] == [0.0, 1.0]


@mark.parametrize("seed", range(30))
def test_joined_tracks_hold_the_same_instants_and_sums(seed):
    """Oracle: up to nine tracks with ends on whole seconds, in any order: joined, they are sorted, apart, hold at the same half seconds, and their looks and
    hits are those of the tracks within each."""
    luck = np.random.default_rng(seed)
    n = int(luck.integers(2, 10))
    rows = np.full((n + 3, TRACK_COLUMNS), -1.0)
    start = luck.integers(0, 40, n)
    rows[:n, FROM], rows[:n, TO] = start, start + luck.integers(1, 12, n)
    rows[:n, LOOKS], rows[:n, HITS], rows[:n, BY] = luck.integers(1, 90, n), luck.integers(1, 90, n), luck.integers(0, 2, n)
    before = rows[:n].copy()
    kept = joined(rows, np.int64(n))
    after = rows[:kept]
    instants = np.arange(0.0, 60.0, 0.5) + 0.25
    holds = lambda table: np.array([any(a <= t < b for a, b in table[:, :2]) for t in instants])
    assert (holds(before) == holds(after)).all()
    assert (after[1:, FROM] > after[:-1, TO]).all()
    for row in after:
        within = before[(before[:, FROM] >= row[FROM]) & (before[:, TO] <= row[TO])]
        assert (row[LOOKS], row[HITS]) == (within[:, LOOKS].sum(), within[:, HITS].sum())
        assert row[BY] in within[within[:, FROM] == row[FROM], BY]
    assert len(after) == 1 + sum(a > before[before[:, FROM] < a, TO].max() for a in sorted(set(before[:, FROM]))[1:])
