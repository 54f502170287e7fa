"""Where a search ends in closed form, and where a decision leaves pairs unasked: nothing goes round for ever, and the causes are those of the full search."""

from __future__ import annotations

import numpy as np

import toy_world as toy
from zaslin.engine.replicate import fly
from zaslin.outcomes.tables import CAUSES
from zaslin.world.arrays import Raid

KM = 1_000.0


def _climbing(low_m: float, high_m: float, start: float) -> Raid:
    raid = toy.raid({"points": [(300, 0), (-300, 0)], "speed": 200.0, "start": start})
    raid.verts["alt"] = low_m, high_m
    return raid


def test_a_battery_without_reaction_time_is_not_asked_again_at_the_same_moment():
    """Law: at the edge of its height band or frame it takes the threat or comes back later; two hundred times a rounding could have it otherwise."""
    rng = np.random.default_rng(4)
    refusals = shots = 0
    for _ in range(100):
        start = float(rng.uniform(0.0, 2_000.0))
        rising = _climbing(float(rng.uniform(20, 90)), float(rng.uniform(300, 900)), start)
        into = toy.battery(reaction_s=0.0, reach_m=90 * KM, frame=(-600, -500, float(rng.uniform(-80, -10)), 500))
        for battery in (toy.battery(reaction_s=0.0, reach_m=90 * KM, floor_m=float(rng.uniform(100, 280))), into):
            flown = fly(rising, toy.coalition([toy.member()], [toy.caveat()], [], batteries=[battery]), toy.ground(), 5)
            refusals, shots = refusals + len(flown.refusals), shots + len(flown.shots)
            assert len(flown.refusals) <= 4
    assert shots > 150


def test_a_pair_without_rounds_is_noted_however_late_it_would_be():
    """By hand: the first threat makes all pairs known, and is stopped. The second is taken by Poland's pair, which misses. The other member's armed pair is
    later than that, its empty one later still; that it is without rounds is the farthest that member came."""
    second = {**toy.member(), "entity": np.uint64(77), "name": "P2"}
    pairs = [
        toy.pair(0, name="c", station=(-60.0, 0.0), p_kill=(0.0,) * 6, base=(-200.0, 0.0)),
        toy.pair(1, name="a", station=(-80.0, 0.0), p_kill=(0.0,) * 6),
        toy.pair(1, name="b", station=(-130.0, 0.0), rounds=0),
    ]
    way = {"points": [(300, 0), (-580, 0)], "speed": 200.0, "stop_kind": 1}
    raid = toy.raid({**way, "start": -300.0, "stop": 1_205.0}, {**way, "stop": 1_520.0})
    flown = fly(raid, toy.coalition([toy.member(), second], [toy.caveat(), toy.caveat(1, name="r2")], pairs), toy.ground(), 5)
    causes = {int(row["member"]): CAUSES[row["cause"]] for row in flown.causes if row["threat"] == 1}
    assert causes[1] == "no_rounds"
