"""Who of the batteries is looked for, and when: all that could fire, none twice, whatever the pieces in which the way is searched."""

from __future__ import annotations

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit
from pytest import MonkeyPatch

import toy_world as toy
from zaslin.engine import replicate
from zaslin.engine.manning import AHEAD_S, look_out, man_batteries
from zaslin.engine.records import AIMS
from zaslin.outcomes.tables import FATES
from zaslin.physics.battery import meets_in_frame_s
from zaslin.world.arrays import ZONE_ANYWHERE

KM = 1_000.0
COUNT = 70
"""Batteries: more than a word of bits."""


@njit
def _looked(scene, board, w):
    """Rows of AIM after looking out in window `w` from its opening on, until there is no more to look for."""
    man_batteries(scene, board)
    window = scene.windows[w]
    board.since[window.member, window.threat] = window.from_s
    now, looks = window.from_s, 0
    while now < np.inf:
        now = look_out(scene, board, w, now)
        looks += 1
    return looks


@njit
def _meets(frame, verts, k, longest_s):
    return meets_in_frame_s(frame, verts, k, longest_s)


def _could_fire(scene, w) -> set[int]:
    """Batteries of the window's member that by their frame could fire at its threat, dead-reckoned on some leg, while that is flown in the window."""
    window, found = scene.windows[w], set()
    threat, verts = scene.threats[window["threat"]], scene.verts
    for b, battery in enumerate(scene.batteries):
        shooter = scene.shooters[battery["shooter"]]
        longest_s = shooter["reach_m"][threat["cls"]] / shooter["missile_mps"]
        for k in range(threat["vert_from"], threat["vert_to"] - 1):
            begin, end = max(window["from_s"], verts[k]["t"]), min(window["to_s"], verts[k + 1]["t"])
            from_s, to_s = _meets(battery["frame"], verts, k, longest_s)
            if longest_s > 0.0 and shooter["member"] == window["member"] and begin < end and to_s >= begin and from_s - longest_s <= end:
                found.add(b)
    return found


def _scene_of(raid, allies, monkeypatch: MonkeyPatch):
    caught = {}
    monkeypatch.setattr(replicate, "engage", lambda scene, board: caught.update(scene=scene, board=board) or 0)
    replicate.fly(raid, allies, toy.ground(), 5)
    return caught["scene"], caught["board"]


def _chain(board, j: int) -> list[int]:
    out, a = [], int(board.first_aims[j])
    while a >= 0:
        out.append(int(board.aims[a]["battery"]))
        a = int(board.aims[a]["after"])
    return out


def _box(x: float, y: float, half: float) -> tuple[float, float, float, float]:
    return (x - half, y - half, x + half, y + half)


places = st.tuples(st.floats(-500, 500), st.floats(-400, 400))


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.lists(places, min_size=2, max_size=5, unique=True), min_size=1, max_size=3),
    st.sampled_from((40.0, 200.0, 900.0)),
    st.integers(0, 2**32 - 1),
)
def test_each_battery_that_could_fire_is_found_once(ways, speed, seed):
    """Law: in the order of the batteries, each once, no other; where a window is as long as a night in many looks, and in a few."""
    rng = np.random.default_rng(seed)
    spots, halves, reach = rng.uniform(-500, 500, (COUNT, 2)), rng.uniform(2, 60, COUNT), rng.choice((0.0, 5 * KM, 60 * KM), (COUNT, 6))
    batteries = [
        toy.battery(owner=n % 2, frame=_box(*spots[n], halves[n]), reach_m=tuple(reach[n]), missile_mps=rng.choice((80.0, 1_200.0))) for n in range(COUNT)
    ]
    allies = toy.coalition([toy.member(), toy.member(toy.RO)], [toy.caveat(0), toy.caveat(1)], [], batteries=batteries)
    raid = toy.raid(*({"points": way, "speed": speed} for way in ways))
    with MonkeyPatch.context() as patch:
        scene, board = _scene_of(raid, allies, patch)
    for w in range(len(scene.windows)):
        looks = _looked(scene, board, w)
        chain = _chain(board, int(scene.windows[w]["threat"]))
        assert chain == sorted(_could_fire(scene, w))
        assert int(board.counts[AIMS]) == len(chain)
        if scene.windows[w]["to_s"] - scene.windows[w]["from_s"] > 2 * AHEAD_S:
            assert looks > 1


def test_a_battery_whose_frame_ends_where_the_threat_flies_is_found():
    """By hand: at whole kilometres a place on the way rounds to either side of the frame's edge."""
    lost = []
    for y, x0, x1 in product(range(-400, 401, 50), (150, 240, 290), (-300, -210)):
        over = toy.battery(across=1, frame=(-600, y, 100, 500))
        allies = toy.coalition([toy.member()], [toy.caveat(zone=ZONE_ANYWHERE)], [], batteries=[over])
        flown = replicate.fly(toy.raid({"points": [(x0, y), (x1, y)], "speed": 200.0}), allies, toy.ground(), 5)
        if FATES[flown.fates["fate"][0]] != "killed_member":
            lost.append((y, x0, x1))
    assert not lost


def test_of_two_that_have_waited_equally_long_the_first_is_served():
    """By hand: one channel is at a third threat when two come within reach at one moment; they differ in nothing but their place in the raid. Whoever comes
    first in the raid is taken when the channel is free."""
    lead = {"points": [(40, 0), (-300, 0)], "speed": 200.0, "name": "lead"}
    twins = [{"points": [(46, 0), (-300, 0)], "speed": 200.0, "name": name} for name in ("one", "two")]
    allies = toy.coalition([toy.member()], [toy.caveat()], [], batteries=[toy.battery(channels=1, reaction_s=60.0)])
    flown = replicate.fly(toy.raid(lead, *twins), allies, toy.ground(), 5)
    assert flown.engagements["threat"].tolist() == [0, 1, 2]
