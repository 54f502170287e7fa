"""Hits told one by one: the looks that `add_tracks` makes its tracks of, by the same luck."""

from __future__ import annotations

import math

import numpy as np
from pytest import approx, mark

from zaslin import draws
from zaslin.physics.looks import FROM, HIT_COLUMNS, HIT_S, HITS, LOOK, LOOKS, START_WITHIN, TO, TRACK_COLUMNS, add_hits, add_tracks

SEED, REPLICATE = np.uint64(5), np.uint64(0)


def _hits(key: int, p: float, span=(0.0, 600.0), launch=0.0, revisit=10.0, view=0, room=400, begin=0):
    rows = np.full((room, HIT_COLUMNS), np.nan)
    n = add_hits(SEED, REPLICATE, np.uint64(key), launch, revisit, p, np.int64(view), *span, rows, np.int64(begin))
    return n, rows


def _phase(key: int) -> float:
    return float(draws.uniform(SEED, REPLICATE, np.uint64(key), draws.LOOK, 0))


@mark.parametrize("key", range(5))
def test_sure_looks_all_hit_and_impossible_ones_never(key):
    """By hand: from 103 s on a radar that looks every 10 s from 40 s on, at its phase, sees at each look before 160 s; the last row counts them."""
    looks = [40.0 + (_phase(key) + k) * 10.0 for k in range(30)]
    inside = [t for t in looks if 103.0 <= t < 160.0]
    n, rows = _hits(key, 1.0, (103.0, 160.0), launch=40.0)
    assert rows[:n, HIT_S].tolist() == [*(approx(t, abs=1e-9) for t in inside), math.inf]
    assert rows[:n, LOOK].tolist() == list(range(len(inside) + 1))
    n, rows = _hits(key, 0.0, (103.0, 160.0), launch=40.0)
    assert n == 1 and rows[0, HIT_S] == math.inf and rows[0, LOOK] == len(inside)


def test_a_stretch_without_a_look_has_none():
    """By hand: two seconds between two looks; no look is counted, and none below zero."""
    t = (_phase(3) + 4.0) * 10.0
    n, rows = _hits(3, 0.7, (t + 1.0, t + 3.0))
    assert n == 1 and rows[0].tolist() == [math.inf, 0.0]


def test_rows_are_appended_and_their_end_is_told():
    n, rows = _hits(7, 0.5)
    later, moved = _hits(7, 0.5, begin=4)
    assert later == n + 4 and np.isnan(moved[:4]).all() and np.array_equal(moved[4:later], rows[:n])
    assert n > 20 and _hits(7, 0.5, room=n)[0] == n and _hits(7, 0.5, room=n - 1)[0] == -1


def test_another_view_has_luck_of_its_own():
    first, second = _hits(7, 0.4, view=0), _hits(7, 0.4, view=1)
    assert first[1][:5, LOOK].tolist() != second[1][:5, LOOK].tolist()


@mark.parametrize("p", [0.2, 0.5, 0.9])
def test_a_share_of_the_looks_hits(p):
    """Law: over 400 radars the share of hits among looks is p, within four standard errors."""
    hits = looks = 0.0
    for key in range(400):
        n, rows = _hits(key, p)
        hits, looks = hits + n - 1, looks + rows[n - 1, LOOK]
    assert abs(hits / looks - p) < 4.0 * math.sqrt(p * (1.0 - p) / looks)


@mark.parametrize("view", [0, 2])
@mark.parametrize("p", [0.15, 0.4, 0.8])
def test_tracks_are_made_of_these_hits(p, view):
    """Law: a track begins at the second of two hits within START_WITHIN looks; all hits from the first of them to its loss are its own."""
    told = 0
    for key in range(60):
        tracks = np.full((100, TRACK_COLUMNS), np.nan)
        n = add_tracks(SEED, REPLICATE, np.uint64(key), 20.0, 7.0, p, 4.0, np.int64(view), 33.0, 900.0, math.inf, 1.0, tracks, np.int64(0))
        m, rows = _hits(key, p, (33.0, 900.0), 20.0, 7.0, view)
        times = rows[: m - 1, HIT_S]
        for track in tracks[:n]:
            second = int(np.flatnonzero(np.isclose(times, track[FROM], rtol=0.0, atol=1e-9))[0])
            assert rows[second, LOOK] - rows[second - 1, LOOK] < START_WITHIN
            own = times[(times >= times[second - 1] - 1e-9) & (times <= track[TO] + 1e-9)]
            assert len(own) == track[HITS] <= track[LOOKS]
            told += 1
    assert told > 30
