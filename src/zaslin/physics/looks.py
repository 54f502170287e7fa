"""Whether a radar sees what is in its view: a chance at every look, a track from hits that come close together, its loss after looks without one.

Exact without a draw a look: from one hit to the next the number of looks is geometric. It knows one radar and one threat, not who may use the track.
"""

from __future__ import annotations

import numpy as np

from zaslin import draws
from zaslin.jit import lean

START_WITHIN = 3
"""A track starts at the second of two hits that lie within this many looks (2 of 3): assumption, 2 of 2 to 2 of 5."""
CHANCE_SIGMA = 1.0
"""Spread between threats of the log odds that a look sees one: size, height, clutter and hills differ; assumption, 0–2. Some drones were never seen
(ledger PL-2025-08-20, MD-2025-11-19, MD-2025-11-28), others all the way."""

FROM, TO, LOOKS, HITS, BY = range(5)
"""Columns of a radar's tracks: from and to, s; looks and hits; whose they are (detection.BY_…)."""
TRACK_COLUMNS = 5

HIT_S, LOOK = range(2)
"""Columns of a radar's hits: when, s, and the look's number in the stretch of view, from 0."""
HIT_COLUMNS = 2

_PHASE, _ODDS, _FIRST_GAP = 0, 1, 2
_GAPS_OF_A_VIEW = np.int64(1) << np.int64(18)


@lean
def chance_of_a_look(seed, replicate, key, p):
    """The chance in [0, 1] that one look of a radar sees one threat: `p` of its class, its odds times exp(sigma z) with z keyed to both.

    key: id (uint64) of threat and radar. p: in [0, 1]; 0 and 1 stay what they are.
    """
    if p <= 0.0 or p >= 1.0:
        return min(max(p, 0.0), 1.0)
    odds = p / (1.0 - p) * np.exp(CHANCE_SIGMA * draws.normal(seed, replicate, key, draws.LOOK, _ODDS))
    return odds / (1.0 + odds)


@lean
def add_tracks(seed, replicate, key, launch_s, revisit_s, p, drop_after, view, from_s, to_s, lost_s, by, rows, n):
    """The tracks that one radar makes of one threat while it is in view, appended to `rows` (places, TRACK_COLUMNS) from row `n` on.

    key: id of threat and radar. The radar looks every `revisit_s` from `launch_s` on, at a phase of its own; each look in from_s <= t < to_s sees the
    threat with chance `p`. A track starts at the second of two hits within START_WITHIN looks, and is lost at look `drop_after` in a row without a hit,
    or at `lost_s`: where the view ends, inf where the flight ends in view. After a loss two hits are needed again. view: number of this stretch of view
    in the flight, from 0. Returns the new number of rows, -1 where there is no room. A higher `p` never makes the first track of a view later: every gap
    between hits is shorter or the same.
    """
    if p <= 0.0:
        return n
    phase = draws.uniform(seed, replicate, key, draws.LOOK, _PHASE)
    look = np.ceil((from_s - launch_s) / revisit_s - phase) - 1.0  # whole numbers as floats: a gap may be very long
    end = np.ceil((to_s - launch_s) / revisit_s - phase)
    miss = np.log1p(-p)
    before, began, hits, held = -np.inf, 0.0, 0.0, False
    index = np.int64(view) * _GAPS_OF_A_VIEW + _FIRST_GAP
    while True:
        gap = 1.0 + np.floor(np.log(draws.uniform(seed, replicate, key, draws.LOOK, index)) / miss)
        index += 1
        hit = look + gap
        dropped = held and gap > drop_after and look + drop_after < end
        if held and (dropped or hit >= end):
            last = look + drop_after if dropped else end - 1.0
            rows[n, TO] = launch_s + (phase + last) * revisit_s if dropped else lost_s
            rows[n, LOOKS], rows[n, HITS], rows[n, BY] = last - began + 1.0, hits, by
            n += 1
            held, before = False, -np.inf
        if hit >= end:
            return n
        if held:
            hits += 1.0
        elif hit - before < START_WITHIN:
            if n >= len(rows):
                return np.int64(-1)
            rows[n, FROM] = launch_s + (phase + hit) * revisit_s
            began, hits, held = before, 2.0, True
        before = look = hit


@lean
def joined(rows, n):
    """Sort the first `n` rows by their beginning and join those that overlap or touch; looks and hits add up. Returns the number of rows left."""
    for i in range(1, n):
        k = i
        while k > 0 and rows[k, FROM] < rows[k - 1, FROM]:
            for c in range(TRACK_COLUMNS):
                rows[k, c], rows[k - 1, c] = rows[k - 1, c], rows[k, c]
            k -= 1
    kept = np.int64(0)
    for i in range(n):
        if kept > 0 and rows[i, FROM] <= rows[kept - 1, TO]:
            rows[kept - 1, TO] = max(rows[kept - 1, TO], rows[i, TO])
            rows[kept - 1, LOOKS] += rows[i, LOOKS]
            rows[kept - 1, HITS] += rows[i, HITS]
        else:
            for c in range(TRACK_COLUMNS):
                rows[kept, c] = rows[i, c]
            kept += 1
    return kept


@lean
def add_hits(seed, replicate, key, launch_s, revisit_s, p, view, from_s, to_s, rows, n):
    """The hits from which `add_tracks` makes its tracks, told one by one: appended to `rows` (places, HIT_COLUMNS) from row `n` on, by the same keys.

    Arguments as there. The last row has HIT_S inf and in LOOK the number of looks in the stretch. Returns the new number of rows, -1 where there is no room.
    For a reader who wants every look of one threat; a run makes no use of it.
    """
    phase = draws.uniform(seed, replicate, key, draws.LOOK, _PHASE)
    first = np.ceil((from_s - launch_s) / revisit_s - phase)
    end = np.ceil((to_s - launch_s) / revisit_s - phase)
    miss = np.log1p(-p)
    look, index = first - 1.0, np.int64(view) * _GAPS_OF_A_VIEW + _FIRST_GAP
    while True:
        if p > 0.0:
            look += 1.0 + np.floor(np.log(draws.uniform(seed, replicate, key, draws.LOOK, index)) / miss)
            index += 1
        else:
            look = end
        if n >= len(rows):
            return np.int64(-1)
        if look >= end:
            rows[n, HIT_S], rows[n, LOOK] = np.inf, max(end - first, 0.0)
            return n + 1
        rows[n, HIT_S], rows[n, LOOK] = launch_s + (phase + look) * revisit_s, look - first
        n += 1
