"""Looks, hits and tracks: chances against counting all sequences, gaps by hand, laws of luck."""

from __future__ import annotations

import itertools
import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import approx, mark

from zaslin import draws
from zaslin.physics.looks import BY, CHANCE_SIGMA, FROM, HITS, LOOKS, START_WITHIN, TO, TRACK_COLUMNS, add_tracks, chance_of_a_look, joined

SEED = np.uint64(5)
SPAN, REVISIT = 120.0, 10.0  # twelve looks


def _tracks(key: int, p: float, drop: float = 4.0, span: float = SPAN, start: float = 0.0, view: int = 0, lost: float | None = None) -> list[list[float]]:
    rows = np.full((300, TRACK_COLUMNS), np.nan)
    ends = span if lost is None else lost
    n = add_tracks(SEED, np.uint64(0), np.uint64(key), 0.0, REVISIT, p, drop, np.int64(view), start, span, ends, 1.0, rows, np.int64(0))
    return rows[:n].tolist()


def _phase(key: int) -> float:
    return float(draws.uniform(SEED, np.uint64(0), np.uint64(key), draws.LOOK, 0))


def _by_rule(hits: list[bool], drop: int) -> list[tuple[int, int | None, int, int]]:
    """Tracks (from look, lost at look or None, looks, hits) of a sequence of looks, look by look: the rule written another way."""
    out, began, start, missed, count, recent = [], None, None, 0, 0, []
    for k, hit in enumerate(hits):
        if start is None:
            recent = [old for old in recent if k - old < START_WITHIN]
            if hit and recent:
                began, start, missed, count = recent[-1], k, 0, 2
            elif hit:
                recent.append(k)
        else:
            missed = 0 if hit else missed + 1
            count += hit
            if missed == drop:
                out.append((start, k, k - began + 1, count))
                start, recent = None, []
    if start is not None:
        out.append((start, None, len(hits) - began, count))
    return out


@mark.parametrize("p", [0.3, 0.6, 0.9])
def test_the_chance_of_a_track_by_each_look_is_that_of_counting_all_sequences(p):
    """Closed form: the sum over all sequences of n looks that hold two hits within three looks; three standard errors (four over all) of 4,000 threats."""
    n = 4_000
    first = []
    for key in range(n):
        rows = _tracks(key, p)
        first.append(round((rows[0][FROM] / REVISIT) - _phase(key)) if rows else 99)
    for looks in (2, 3, 5, 8):
        chance = 0.0
        for sequence in itertools.product((False, True), repeat=looks):
            if _by_rule(list(sequence), 99):
                chance += math.prod(p if hit else 1.0 - p for hit in sequence)
        assert np.mean(np.array(first) < looks) == approx(chance, abs=4 * math.sqrt(chance * (1 - chance) / n))


@mark.parametrize("drop", [1, 2, 4])
@mark.parametrize("p", [0.25, 0.6, 1.0])
def test_tracks_are_those_of_the_rule_look_by_look(p, drop):
    """Law: the hits that the gaps give, held against the rule look by look, give the same tracks: beginnings, losses, looks and hits."""
    for key in range(200):
        hits, look, k = [False] * 40, -1, 0
        while True:
            u = draws.uniform(SEED, np.uint64(0), np.uint64(key), draws.LOOK, 2 + k)
            look += 1 + (math.floor(math.log(u) / math.log1p(-p)) if p < 1.0 else 0)
            k += 1
            if look >= 40:
                break
            hits[look] = True
        phase = _phase(key)
        at = lambda look, phase=phase: (look + phase) * REVISIT
        expected = [(at(a), 1e9 if b is None else at(b), n, h, 1.0) for a, b, n, h in _by_rule(hits, drop)]
        got = _tracks(key, p, float(drop), span=400.0, lost=1e9)
        assert [tuple(row) for row in got] == [approx(row) for row in expected]


def test_a_run_of_looks_has_its_chance_of_hits():
    """Law: where every look hits but the chance p, hits are p of the looks of a track that nothing can end (four standard errors)."""
    looks, hits = np.array([_tracks(key, 0.7, 1e9, span=20_000.0)[0][LOOKS : HITS + 1] for key in range(50)]).sum(axis=0)
    assert hits / looks == approx(0.7, abs=4 * math.sqrt(0.21 / looks))


def test_a_sure_look_makes_a_track_at_the_second_and_never_loses_it():
    """By hand: looks at phase, phase + 10 s, …: the track from the second on, twelve looks, twelve hits, lost where the view ends."""
    assert _tracks(3, 1.0) == [[approx(_phase(3) * REVISIT + REVISIT), SPAN, 12.0, 12.0, 1.0]]
    assert _tracks(3, 1.0, lost=math.inf)[0][TO] == math.inf
    assert _tracks(3, 0.0) == []
    assert _tracks(3, 1.0, start=50.0, span=50.0) == _tracks(3, 1.0, start=51.0, span=59.0) == []


@given(key=st.integers(0, 10**6), low=st.floats(0.02, 0.98), more=st.floats(0.0, 1.0), view=st.integers(0, 3))
@settings(max_examples=200, deadline=None)
def test_a_better_look_never_delays_the_first_track_of_a_view(key, low, more, view):
    """Law, same luck: with a higher chance the first track of a stretch of view comes no later."""
    high = low + more * (1.0 - low)
    worse, better = _tracks(key, low, view=view), _tracks(key, high, view=view)
    assert not worse or (better and better[0][FROM] <= worse[0][FROM] + 1e-9)


def test_stretches_of_view_have_luck_of_their_own():
    """Law: over 400 threats the first track after 0 s in view 0 and in view 1 are uncorrelated (four standard errors), at the same looks."""
    firsts = np.array([[(_tracks(key, 0.5, view=view) or [[SPAN]])[0][0] // REVISIT for view in (0, 1)] for key in range(400)])
    assert np.corrcoef(firsts.T)[0, 1] == approx(0.0, abs=4 / math.sqrt(400))


def test_threats_differ_by_the_odds_of_a_look():
    """Law: log odds are normal around those of the class with the code's spread (four standard errors); 0 and 1 stay."""
    chances = np.array([chance_of_a_look(SEED, np.uint64(0), np.uint64(key), 0.6) for key in range(2_000)])
    logits = np.log(chances / (1 - chances))
    assert logits.mean() == approx(math.log(1.5), abs=4 * CHANCE_SIGMA / math.sqrt(2_000))
    assert logits.std() == approx(CHANCE_SIGMA, abs=4 * CHANCE_SIGMA / math.sqrt(4_000))
    assert [chance_of_a_look(SEED, np.uint64(0), np.uint64(1), p) for p in (0.0, 1.0)] == [0.0, 1.0]


def test_no_room_is_told():
    """By the code: two tracks and one place."""
    key = next(key for key in range(100) if len(_tracks(key, 0.3, 2.0, span=1_000.0)) > 1)
    rows = np.zeros((1, TRACK_COLUMNS))
    assert add_tracks(SEED, np.uint64(0), np.uint64(key), 0.0, REVISIT, 0.3, 2.0, np.int64(0), 0.0, 1_000.0, 1_000.0, 0.0, rows, np.int64(0)) == -1


def test_tracks_that_overlap_or_touch_become_one():
    """By hand: 5–9 lies apart; 0–2, 1–4 and 4–4.5 are one, whose looks and hits add up and which the first began."""
    rows = np.array([[5, 9, 1, 1, 0], [1, 4, 3, 2, 1], [0, 2, 5, 4, 0], [4, 4.5, 7, 6, 1]], float)
    n = joined(rows, np.int64(4))
    assert rows[:n].tolist() == [[0.0, 4.5, 15.0, 12.0, 0.0], [5.0, 9.0, 1.0, 1.0, 0.0]]
    assert rows[0, BY] == 0.0
    assert joined(rows, np.int64(0)) == 0
