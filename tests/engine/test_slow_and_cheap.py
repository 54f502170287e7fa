"""Helicopters and interceptor drones in the loop: slow shooters, slow rounds, and threats that are faster than either."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
from pytest import approx, mark

import toy_world as toy
from zaslin.engine.records import RESULTS, Flown
from zaslin.engine.replicate import fly
from zaslin.outcomes.tables import CAUSES, FATES
from zaslin.plane import distance_m
from zaslin.world.arrays import KIND_QRA, ZONE_ANYWHERE, Coalition

KM, DRONE = 1_000.0, 0
WEST = {"points": [(60, 0), (-200, 0)], "speed": 50.0, "cls": DRONE}
REACH_M, ROUND_MPS = 2 * KM, 700.0


def helicopter(**changes: Any) -> dict[str, Any]:
    """On alert 30 km behind the border, 5 min to take-off, 60 and 75 m/s; ordered when its own track comes within 40 km."""
    plain = {
        "kind": KIND_QRA, "jets": 1, "cruise_mps": 60.0, "dash_mps": 75.0, "reach_m": (REACH_M, 0, 0, 0, 0, 0), "p_kill": (1.0, 0, 0, 0, 0, 0),
        "missile_mps": ROUND_MPS, "rounds": 0, "bursts": 6, "gun_reach_m": REACH_M, "gun_mps": ROUND_MPS, "gun_p": (1.0, 0, 0, 0, 0, 0),
        "shot_interval_s": 15.0, "endurance_s": 7_200.0, "base": (-30.0, 0.0), "station": (-5.0, 0.0), "readiness_s": 300.0,
        "track_within_m": 40 * KM, "name": "heli",
    }  # fmt: skip
    return toy.pair(**{**plain, **changes})


def _with(*pairs: dict[str, Any], batteries: tuple[dict[str, Any], ...] = (), rule: dict[str, Any] | None = None, **member: Any) -> Coalition:
    return toy.coalition([toy.member(**member)], [rule or toy.caveat()], list(pairs), batteries=list(batteries))


def _fly(raid: Any, allies: Coalition, seed: int = 5) -> Flown:
    return fly(raid, allies, toy.ground(), seed)


def _causes(flown: Flown) -> list[str]:
    return [CAUSES[row["cause"]] for row in flown.causes]


def test_a_helicopter_goes_up_alone_and_meets_the_drone_inside_the_border():
    """By hand: a drone of 50 m/s crosses the border; the helicopter has come to its station 5 km inside by then. Leave to fire begins at the border:
    it flies at the drone, and both close 3 km (5 less the reach) and the flight of a burst at 125 m/s."""
    flown = _fly(toy.raid(WEST), _with(helicopter()))
    shot = flown.shots[0]
    border_s = distance_m(60 * KM, 0.0, 0.0, 0.0) / 50.0
    assert shot["fire_s"] == approx(border_s + (3 * KM - 50.0 * REACH_M / ROUND_MPS) / 125.0, abs=0.5)
    assert FATES[flown.fates["fate"][0]] == "killed_member"
    assert (len(flown.sorties), flown.sorties["rounds"][0], flown.sorties["bursts"][0]) == (1, 0, 1)
    assert flown.sorties["over_ukraine_s"][0] == 0.0


def test_cruise_missiles_are_not_for_helicopters():
    """By hand: without a reach for the class there is no claim; the pair beside it takes the missile."""
    missile = {**WEST, "points": [(300, 0), (-300, 0)], "speed": 220.0, "cls": 1}
    alone = _fly(toy.raid(missile), _with(helicopter()))
    assert (len(alone.engagements), _causes(alone)) == (0, ["unmet_class"] * 2)
    both = _fly(toy.raid(missile), _with(helicopter(), toy.pair()))
    assert set(both.shots["shooter"]) == {1}


def test_the_pilots_gate_holds_for_helicopters_too():
    """By hand: nobody fires over own territory."""
    flown = _fly(toy.raid(WEST), _with(helicopter(), fires_own=(0.0,) * 6))
    assert (len(flown.shots), _causes(flown)) == (0, ["pilot_held"] * 2)


def test_a_helicopter_held_at_home_stays_there():
    """By hand: with leave for all of Ukraine but its place at home, it fires across the border from 1 km inside it at most."""
    flown = _fly(toy.raid(WEST), _with(helicopter(), rule=toy.caveat(zone=ZONE_ANYWHERE)))
    assert -1.2 * KM <= flown.shots["shooter_x"][0] <= -1 * KM + 5.0
    assert flown.shots["x"][0] > 0.0


def test_a_drone_that_is_faster_and_has_passed_is_let_go():
    """By hand: 100 m/s against 75. Ordered up when the drone is 5 km from the border, at 550 s, and airborne 10 min later, the helicopter rises when the drone
    has passed its base by 25 km: no claim, no shot; it would have had one had it not been on the ground as the drone came. Ordered up in time it fires."""
    fast = {**WEST, "speed": 100.0}
    late = _fly(toy.raid(fast), _with(helicopter(track_within_m=5 * KM, readiness_s=600.0)))
    assert (len(late.shots), len(late.engagements), len(late.sorties)) == (0, 0, 1)
    assert _causes(late) == ["no_free_shooter"] * 2
    assert len(_fly(toy.raid(fast), _with(helicopter())).shots) == 1


@mark.parametrize("speed", [40.0, 70.0, 75.0, 76.0, 140.0])
def test_no_shot_without_reach_whatever_the_speeds(speed):
    """Law: each burst is fired from within its reach of where it meets the drone (1.2 of it at most), and the helicopter has flown no faster than it can."""
    rng = np.random.default_rng(int(speed))
    flights = []
    for y, start in zip(rng.uniform(-40, 40, 12), rng.uniform(0, 3_000, 12), strict=True):
        turn = float(rng.uniform(-30, 10)), float(y + rng.uniform(-40, 40))
        flights.append({"points": [(60, float(y)), turn, (-200, float(y))], "speed": speed, "cls": DRONE, "start": float(start)})
    flown = _fly(toy.raid(*flights), _with(helicopter(gun_p=(0.3, 0, 0, 0, 0, 0), bursts=100), helicopter(name="other", base=(-30.0, 20.0))))
    assert len(flown.engagements) > 0
    found = flown.shots[flown.shots["found"] == 1]
    for shot in found:
        assert distance_m(shot["shooter_x"], shot["shooter_y"], shot["x"], shot["y"]) <= 1.2 * REACH_M
    for i in (0, 1):
        mine = np.sort(flown.shots[flown.shots["shooter"] == i], order="fire_s")
        for a, b in itertools.pairwise(mine):
            assert distance_m(a["shooter_x"], a["shooter_y"], b["shooter_x"], b["shooter_y"]) <= 75.0 * (b["fire_s"] - a["fire_s"]) + 1.0


def _team(**changes: Any) -> dict[str, Any]:
    plain = {"missile_mps": 67.0, "reach_m": (10 * KM, 0, 0, 0, 0, 0), "p_kill": (1.0, 0, 0, 0, 0, 0), "behind_m": 5 * KM, "ceiling_m": 3 * KM, "channels": 2}
    return toy.battery(**{**plain, "rounds": 8, **changes})


def test_an_interceptor_drone_takes_its_time():
    """By hand: from the row 5 km behind the border at 67 m/s toward a drone of 50 m/s at the border: 5000 / 117 = 42.7 s, 2.1 km inside."""
    flown = _fly(toy.raid(WEST), _with(batteries=(_team(),)))
    shot = flown.shots[0]
    assert shot["impact_s"] - shot["fire_s"] == approx(5_000 / 117.0, rel=2e-3)
    assert shot["x"] == approx(-50.0 * 5_000 / 117.0, rel=5e-3)
    assert FATES[flown.fates["fate"][0]] == "killed_member"


def test_a_faster_drone_is_not_met_by_an_interceptor():
    """By hand: a round that is no faster than the threat nears its row has no one place to meet it, so none is launched, and the cause is reach; one that
    slows down is met."""
    for speed in (67.0, 100.0, 250.0):
        flown = _fly(toy.raid({**WEST, "speed": speed}), _with(batteries=(_team(),)))
        assert (len(flown.shots), _causes(flown)) == (0, ["out_of_reach"] * 2)
    raid = toy.raid({**WEST, "points": [(60, 0), (-4, 0), (-200, 0)], "speed": 100.0})
    slow = raid.verts["t"][1] + distance_m(-4 * KM, 0.0, -200 * KM, 0.0) / 50.0
    raid.verts["t"][2] = raid.threats["end_s"][0] = slow
    raid.inside["exit_s"][raid.inside["country"] == toy.PL] = slow
    shots = _fly(raid, _with(batteries=(_team(),))).shots
    assert len(shots) == 1
    assert shots["fire_s"][0] >= raid.verts["t"][1]


def test_operators_are_channels():
    """By hand: two operators, four drones at once, each flight 42.7 s and more: two are engaged at once, the others wait."""
    raid = toy.raid(*({**WEST, "name": f"d{i}"} for i in range(4)))
    flown = _fly(raid, _with(batteries=(_team(p_kill=(0.0,) * 6, shot_interval_s=0.1),)))
    events = sorted([(row["fire_s"], 1) for row in flown.shots] + [(row["impact_s"], -1) for row in flown.shots], key=lambda e: (e[0], e[1]))
    assert np.cumsum([step for _, step in events]).max() == 2
    assert RESULTS[flown.engagements["result"][0]] == "missed"
    assert math.isclose(flown.shots["fire_s"][1] - flown.shots["fire_s"][0], 0.1, abs_tol=1e-6)
