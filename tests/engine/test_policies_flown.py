"""Policies flown on straight borders: who takes what, by hand, and what it costs not to coordinate."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import toy_world as toy
from zaslin.engine.replicate import fly
from zaslin.world.arrays import KILLED_MEMBER, PLACE_UKRAINE, POLICIES, ZONE_ANYWHERE

ANYWHERE = toy.caveat(zone=ZONE_ANYWHERE, place=PLACE_UKRAINE)
# The first stays over Ukraine, 40 km east of the border, and is the nearer one; the second flies straight at it.
ALONG = {"points": [(40, -150), (40, 150)], "speed": 200.0, "name": "along"}
TOWARD = {"points": [(150, 0), (-150, 0)], "speed": 200.0, "name": "toward"}
DRONE = {"points": [(30, -30), (30, 60)], "speed": 50.0, "cls": toy.DRONE, "name": "drone"}


def _first_target(flights, policy, values=(1.0,) * 6):
    allies = toy.coalition([toy.member()], [ANYWHERE], [toy.pair(rounds=1)], policy=policy, values=values)
    flown = fly(toy.raid(*flights), allies, toy.ground(), 5)
    return flights[int(flown.shots["threat"][0])]["name"]


def test_own_border_first_leaves_what_passes_by():
    """By hand: one pair, one round. The earliest shot is at the missile that flies along the border; the other heads for it."""
    assert _first_target((ALONG, TOWARD), "earliest") == "along"
    assert _first_target((ALONG, TOWARD), "own-border-first") == "toward"


def test_the_highest_value_waits_for_the_missile():
    """By hand: the drone is nearer; with a fifth of the missile's worth the missile comes first, with five times its worth the drone."""
    assert _first_target((DRONE, TOWARD), "earliest") == "drone"
    for policy in ("highest-value", "optimal"):
        assert _first_target((DRONE, TOWARD), policy, (0.2, 1.0, 1, 1, 1, 1)) == "toward"
        assert _first_target((DRONE, TOWARD), policy, (5.0, 1.0, 1, 1, 1, 1)) == "drone"


def test_two_nations_that_do_not_talk_shoot_at_the_same_missile():
    """By hand: two members, one missile, each with a pair that may fire anywhere and kills. Together one round; apart two, and one of them finds nothing."""
    pairs = [toy.pair(0, name="one"), toy.pair(1, name="two", station=(-60.0, 0.0))]
    members, rules = [toy.member(), toy.member(toy.RO)], [ANYWHERE, toy.caveat(1, zone=ZONE_ANYWHERE, place=PLACE_UKRAINE)]
    for policy, shots in (("earliest", 1), ("national", 2)):
        flown = fly(toy.raid(TOWARD), toy.coalition(members, rules, pairs, policy=policy), toy.ground(), 5)
        assert (len(flown.shots), int(flown.shots["hit"].sum()), int(flown.fates["fate"][0])) == (shots, 1, KILLED_MEMBER)
        assert len(flown.engagements) == shots
        assert sorted(flown.sorties["rounds"].tolist()) == [shots - 1, 1]


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**31), st.sampled_from(POLICIES))
def test_every_policy_keeps_the_rules(seed, policy):
    """Law: kills ≤ hits ≤ shots, a threat dies once, no pair has two claims at once, and with one member `national` is `earliest`."""
    luck = np.random.default_rng(seed)
    flights = [
        {"points": [(float(x), float(y)), (-100.0, float(z))], "speed": float(v), "name": f"t{i}", "cls": int(v < 100), "start": float(s)}
        for i, (x, y, z, v, s) in enumerate(
            zip(
                luck.uniform(100, 400, 9),
                luck.uniform(-200, 200, 9),
                luck.uniform(-200, 200, 9),
                luck.uniform(50, 250, 9),
                luck.uniform(0, 900, 9),
                strict=True,
            )
        )
    ]
    flights = [{**flight, "cls": toy.DRONE if flight["speed"] < 100 else toy.CRUISE} for flight in flights]
    pairs = [toy.pair(0, name="a", p_kill=(0.5,) * 2 + (0,) * 4), toy.pair(0, name="b", station=(-50, 80)), toy.pair(1, name="c", station=(-50, -80))]
    members, rules = [toy.member(), toy.member(toy.RO)], [ANYWHERE, toy.caveat(1, zone=ZONE_ANYWHERE, place=PLACE_UKRAINE)]
    flown = fly(toy.raid(*flights), toy.coalition(members, rules, pairs, policy=policy), toy.ground(), seed)
    killed = int((flown.fates["fate"] == KILLED_MEMBER).sum())
    assert killed == int(flown.shots["hit"].sum()) <= len(flown.shots)
    assert all(flown.shots["threat"][flown.shots["hit"] == 1][i] != flown.shots["threat"][flown.shots["hit"] == 1][k] for i in range(killed) for k in range(i))
    for i in range(3):
        own = np.sort(flown.engagements[flown.engagements["shooter"] == i], order="commit_s")
        assert (own["commit_s"][1:] >= own["end_s"][:-1] - 1e-9).all()
    if policy == "national":
        alone = [toy.coalition([toy.member()], [ANYWHERE], pairs[:2], policy=word) for word in ("national", "earliest")]
        first, second = (fly(toy.raid(*flights), allies, toy.ground(), seed) for allies in alone)
        assert first.shots.tobytes() == second.shots.tobytes() and first.engagements.tobytes() == second.engagements.tobytes()
