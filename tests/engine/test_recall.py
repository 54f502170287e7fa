"""Every look at one threat, told again: it is what the run counted, by hand and as a law."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import approx

import toy_world as toy
from zaslin.engine.recall import held, watches
from zaslin.engine.replicate import see
from zaslin.physics.detection import BY_AIRBORNE
from zaslin.plane import distance_m

KM = 1_000.0
WEST = {"points": [(300, 0), (-100, 0)], "speed": 200.0}
BLIND = {"country": -1, "name": "GB", "shared": 0}
"""A member without a border here, so without ground radars."""
RADARS = [(m, x * KM, 0.0, (0.0, 30 * KM, 0.0, 0.0, 0.0, 0.0)) for m in (0, 1) for x in (250, 100)]


def _at(x_km: float) -> float:
    return distance_m(300 * KM, 0.0, x_km * KM, 0.0) / 200.0


def test_a_sure_radar_hits_at_every_look_of_its_two_views():
    """By hand: in view from 280 to 220 km and from 130 to 70 km, 300 s each, a look every 60 s: five hits each, 60 s apart, one track from the second on."""
    allies = toy.coalition(
        [toy.member(**BLIND, looks=1, airborne_revisit_s=60.0)], [], [], radars=[(0, 250 * KM, 0.0, (30 * KM,) * 6), (0, 100 * KM, 0.0, (30 * KM,) * 6)]
    )
    found = watches(toy.raid(WEST), allies, toy.ground(), 1, 0)
    assert [(watch.member, watch.airborne, watch.chance, len(watch.views)) for watch in found] == [(0, True, 1.0, 1)] * 2
    for watch, (first, last) in zip(found, ((280, 220), (130, 70)), strict=True):
        (view,) = watch.views
        assert (view.from_s, view.to_s) == (approx(_at(first), abs=0.5), approx(_at(last), abs=0.5))
        assert view.looks == 5 and [look for _, look in view.hits] == [0, 1, 2, 3, 4]
        times = [t for t, _ in view.hits]
        assert np.diff(times) == approx([60.0] * 4) and view.from_s <= times[0] == view.first_s < view.from_s + 60.0
        assert view.tracks == ((times[1], view.to_s, 5, 5),)


def test_a_radar_that_never_hits_is_told_with_its_looks_too():
    """By hand: chance 0: five looks in 300 s, none of which sees it, the first less than 60 s after it comes into view."""
    allies = toy.coalition([toy.member(**BLIND, looks=1, airborne_revisit_s=60.0, p_look=(0.0,) * 6)], [], [], radars=[(0, 250 * KM, 0.0, (30 * KM,) * 6)])
    (watch,) = watches(toy.raid(WEST), allies, toy.ground(), 1, 0)
    (view,) = watch.views
    assert (watch.chance, view.looks, view.hits, view.tracks) == (0.0, 5, (), ())
    assert view.from_s <= view.first_s < view.from_s + 60.0
    sure = watches(
        toy.raid(WEST),
        toy.coalition([toy.member(**BLIND, looks=1, airborne_revisit_s=60.0)], [], [], radars=[(0, 250 * KM, 0.0, (30 * KM,) * 6)]),
        toy.ground(),
        1,
        0,
    )
    assert sure[0].views[0].first_s == view.first_s


def test_the_form_horizon_has_no_looks_and_neither_has_a_radar_without_range_or_view():
    far = [(0, -500 * KM, 0.0, (30 * KM,) * 6), (0, 250 * KM, 0.0, (30 * KM, 0.0, 0.0, 0.0, 0.0, 0.0))]
    assert watches(toy.raid(WEST), toy.coalition([toy.member(**BLIND)], [], [], radars=far[:1]), toy.ground(), 1, 0) == []
    assert watches(toy.raid(WEST), toy.coalition([toy.member(**BLIND, looks=1)], [], [], radars=far), toy.ground(), 1, 0) == []


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**6), st.floats(0.15, 1.0), st.integers(1, 6), st.sampled_from([0.0, 7.0, 45.0]), st.booleans())
def test_hits_and_looks_told_add_up_to_what_the_run_counted(replicate, p, drop, delay, pooling):
    """Law: of every member and run the looks and hits of its own tracks sum to the engine's; a track's hits lie in it, all of them and no others; the looks
    of a track are its hits and the looks between and after them."""
    own = {"looks": 1, "p_look": (p,) * 6, "drop_after": float(drop), "track_delay_s": delay, "pooling": int(pooling), "pool_latency_s": 20.0}
    allies = toy.coalition([toy.member(**own, shared=0), toy.member(toy.RO, **own, latency_s=30.0)], [], [], radars=RADARS)
    raid = toy.raid({**WEST, "name": "other", "start": 50.0}, WEST, {"points": [(300, 0), (100, -150), (40, 90)], "speed": 190.0}, replicate=replicate)
    seen = see(raid, allies, toy.ground(), 3)
    for j in range(3):
        found = watches(raid, allies, toy.ground(), 3, j)
        for watch in found:
            for view in watch.views:
                _tracks_hold_their_hits(watch, view, drop)
        runs = held(raid, allies, toy.ground(), 3, j)
        for m in range(2):
            rows = seen.pieces[seen.sight[m, j]["first"] : seen.sight[m, j]["last"]]
            mine = [track for watch in found if watch.member == m for view in watch.views for track in view.tracks if track[0] + delay < track[1]]
            for run in runs[runs["member"] == m]:
                of = [track for track in mine if run["from_s"] <= track[0] + delay < run["to_s"]]
                assert (sum(track[2] for track in of), sum(track[3] for track in of)) == (run["looks"], run["hits"])
            assert sum(track[3] for track in mine) == rows["hits"].sum() and sum(track[2] for track in mine) == rows["looks"].sum()
            assert (rows["by"] <= BY_AIRBORNE).any() == bool(mine)


def _tracks_hold_their_hits(watch, view, drop) -> None:
    numbers = [look for _, look in view.hits]
    assert numbers == sorted(set(numbers)) and (not numbers or numbers[-1] < view.looks)
    after = -1
    for start, lost, looks, hits in view.tracks:
        first = next(i for i, (t, _) in enumerate(view.hits) if t == start) - 1
        mine = numbers[first : first + hits]
        assert first > after and mine[1] - mine[0] < 3 and len(mine) == hits
        after = first + hits - 1
        assert all(b - a <= drop for a, b in pairwise(mine[1:]))
        dropped = lost < view.to_s or (after + 1 < len(numbers) and numbers[after + 1] - mine[-1] > drop)
        if dropped:
            assert looks == mine[-1] + drop - mine[0] + 1
            assert lost == approx(view.first_s + (mine[-1] + drop) * watch.revisit_s, abs=1e-6)
        else:
            assert looks == view.looks - mine[0] and (lost == view.to_s or math.isinf(lost)) and after == len(numbers) - 1
