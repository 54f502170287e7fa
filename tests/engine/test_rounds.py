"""Salvos, aspect, guns, and judging one's own shots, by hand on straight borders."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import approx, mark

import toy_world as toy
from zaslin.engine.records import FALL_KINDS, GUN, MISSILE
from zaslin.engine.replicate import fly
from zaslin.outcomes.tables import CAUSES
from zaslin.physics.lethality import hit_chance
from zaslin.world.arrays import KILLED_MEMBER, PLACE_UKRAINE, ZONE_ANYWHERE

ANYWHERE = toy.caveat(zone=ZONE_ANYWHERE, place=PLACE_UKRAINE)
WEST = {"points": [(300, 0), (-300, 0)], "speed": 200.0}
SLOW = {"points": [(60, 0), (-60, 0)], "speed": 50.0, "cls": toy.DRONE}
NEVER = (0.0,) * 6


def _fly(flight, pair=None, battery=None, seed=5, **more):
    allies = toy.coalition([toy.member()], [ANYWHERE], [pair] if pair else [], batteries=[battery] if battery else [])
    return fly(toy.raid(flight, **more), allies, toy.ground(), seed)


def test_aspect_by_hand():
    """By hand: 0.7 from the beam, tail loss 0.2: 0.77 head-on, 0.63 from astern; never above 1; no loss, no difference."""
    assert hit_chance(0.7, 0.2, 0.0, math.pi / 2) == approx(0.7)
    assert hit_chance(0.7, 0.2, 1.0, 1.0 + math.pi) == approx(0.77)
    assert hit_chance(0.7, 0.2, 1.0, 1.0) == approx(0.63)
    assert hit_chance(0.95, 0.5, 0.0, math.pi) == 1.0
    assert hit_chance(0.7, 0.0, 0.3, 2.0) == 0.7


def test_a_salvo_is_two_rounds_and_two_coins():
    """By hand: p = 0.5 and two rounds at once kill with 0.75; tolerance three standard errors. Each round is a shot, all of the magazine goes in pairs, and
    what did not hit falls."""
    killed, n = 0, 1_500
    pair = toy.pair(rounds=2, p_kill=(0, 0.5, 0, 0, 0, 0), salvo=(1, 2, 1, 1, 1, 1))
    for i in range(n):
        flown = _fly(WEST, pair, replicate=i)
        assert len(flown.shots) == 2 and flown.shots["fire_s"][0] == flown.shots["fire_s"][1]
        assert flown.shots["hit"].sum() == (flown.fates["fate"][0] == KILLED_MEMBER) <= 1
        assert sum(FALL_KINDS[kind] == "stray" for kind in flown.falls["kind"]) == 2 - flown.shots["hit"].sum()
        killed += int(flown.shots["hit"].sum())
    assert killed / n == approx(0.75, abs=3 * math.sqrt(0.75 * 0.25 / n))


def test_a_salvo_is_cut_to_what_is_left():
    """By hand: three rounds, salvos of two, nothing hits: two, then one."""
    flown = _fly(WEST, toy.pair(rounds=3, p_kill=NEVER, salvo=(2,) * 6))
    assert np.unique(flown.shots["fire_s"], return_counts=True)[1].tolist() == [2, 1]
    assert flown.shots["number"].tolist() == [0, 1, 2] and flown.sorties["rounds"].sum() == 3 and flown.engagements["shots"].sum() == 3


def test_a_battery_fires_salvos_but_keeps_what_it_has_promised():
    """By hand: two missiles side by side, a magazine of three, salvos of two, both aimed at before the first shot: two rounds at the one, one at the other."""
    allies = toy.coalition(
        [toy.member()], [toy.caveat()], [], batteries=[toy.battery(rounds=3, p_kill=NEVER, salvo=(2,) * 6, reaction_s=5.0, shot_interval_s=0.5)]
    )
    flown = fly(toy.raid(WEST, {**WEST, "points": [(300, 1), (-300, 1)], "name": "twin"}), allies, toy.ground(), 5)
    assert sorted(np.bincount(flown.shots["threat"], minlength=2).tolist()) == [1, 2]


def test_the_gun_comes_when_the_missiles_are_gone():
    """By hand: one missile that misses, then bursts from no more than 800 m until one kills; both are rounds of the sortie, each at its price."""
    gun = {"bursts": 6, "gun_reach_m": 800.0, "gun_mps": 900.0, "gun_p": (1.0, 0, 0, 0, 0, 0), "burst_usd": 3_000.0}
    flown = _fly(SLOW, toy.pair(rounds=1, p_kill=NEVER, **gun))
    assert flown.shots["weapon"].tolist() == [MISSILE, GUN] and flown.shots["hit"].tolist() == [0, 1]
    burst = flown.shots[1]
    flown_m = 900.0 * (burst["impact_s"] - burst["fire_s"])
    assert flown_m <= 800.0 + 1.0
    assert (flown.sorties["rounds"].sum(), flown.sorties["bursts"].sum()) == (1, 1)
    without = _fly(WEST, toy.pair(rounds=1, p_kill=NEVER, **gun))  # no gun against cruise missiles
    assert without.shots["weapon"].tolist() == [MISSILE]


def test_low_flyers_are_met_from_nearer_where_the_radar_looks_down_poorly():
    """By hand: half of 30 km is lost below 500 m: the round flies no more than 15 km at 100 m of height, and up to 30 km at 2 km."""
    pair = toy.pair(look_down_loss=0.5, station=(-50.0, 0.0))
    for alt, reach_km in ((100.0, 15.0), (2_000.0, 30.0)):
        shot = _fly({**WEST, "alt": alt}, pair).shots[0]
        assert 1_000.0 * (shot["impact_s"] - shot["fire_s"]) <= reach_km * 1_000.0 + 1.0
        assert math.hypot(shot["x"] - shot["shooter_x"], shot["y"] - shot["shooter_y"]) == approx(reach_km * 1_000.0, rel=0.01)


def test_the_next_shot_waits_for_the_judgement():
    """By hand: all rounds miss. Without judging the next one leaves 30 s after the last or as it arrives; with 100 s of judging, 100 s after its arrival."""
    slow = {"points": [(100, 0), (-100, 0)], "speed": 50.0, "cls": toy.DRONE}
    shots = np.sort(_fly(slow, toy.pair(rounds=4, p_kill=NEVER, assess_s=100.0)).shots, order="fire_s")
    assert (shots["fire_s"][1:] >= shots["impact_s"][:-1] + 100.0 - 1e-6).all() and len(shots) == 4
    ground = np.sort(_fly(slow, battery=toy.battery(rounds=4, p_kill=NEVER, assess_s=100.0)).shots, order="fire_s")
    assert (ground["fire_s"][1:] >= ground["impact_s"][:-1] + 100.0 - 1e-6).all() and len(ground) > 1


def test_a_miss_taken_for_a_kill_lets_it_go():
    """By hand: every miss is taken for a kill: the next round leaves only when the threat is looked at anew, every 900 s, or when it turns (750 s after launch)
    and so is seen to live; judged rightly, it would leave as the first arrives. The cause stays a miss."""
    pair = toy.pair(p_kill=NEVER, miss_unseen=1.0)
    flown = _fly(WEST, pair)
    assert [CAUSES[i] for i in flown.causes["cause"]] == ["missed", "missed"]
    assert len(flown.shots) == 3 and (np.diff(flown.shots["fire_s"]) > 300.0).all()
    assert _fly(WEST, toy.pair(p_kill=NEVER)).shots["fire_s"][1] < flown.shots["impact_s"][0] + 1.0
    first, second = _fly({"points": [(300, 0), (150, 0), (150, 200)], "speed": 200.0}, pair).shots["fire_s"][:2]
    assert first < 750.0 <= second < first + 900.0
    ground = _fly(WEST, battery=toy.battery(p_kill=NEVER, miss_unseen=1.0))
    assert len(ground.shots) == 1 < len(_fly(WEST, battery=toy.battery(p_kill=NEVER)).shots)


def test_a_kill_taken_for_a_miss_costs_a_round():
    """By hand: it dies by the first round, and the second goes at the wreck: two shots, one hit, the second finds nothing and falls."""
    flown = _fly(WEST, toy.pair(kill_unseen=1.0))
    assert flown.shots["hit"].tolist() == [1, 0] and flown.shots["found"].tolist() == [1, 0]
    assert flown.shots["fire_s"][1] >= flown.shots["impact_s"][0]
    assert flown.fates["fate_s"][0] == flown.shots["impact_s"][0] and flown.sorties["rounds"].sum() == 2
    assert len(_fly(WEST, toy.pair(kill_unseen=1.0, rounds=1)).shots) == 1


def test_misjudging_is_a_coin_a_shot():
    """By hand: 0.3 of single misses are taken for kills: then the second round waits for the next look; tolerance three standard errors."""
    n = 1_500
    pair = toy.pair(rounds=2, p_kill=NEVER, miss_unseen=0.3)
    held = sum(np.diff(_fly(WEST, pair, replicate=i).shots["fire_s"])[0] > 300.0 for i in range(n))
    assert held / n == approx(0.3, abs=3 * math.sqrt(0.21 / n))


def test_refusals_are_booked_with_what_refused():
    """By hand: one pilot who holds, one refusal that says so; a threat that no plan reaches, a refusal out of reach or none at all, and never a shot."""
    allies = toy.coalition([toy.member(fires_own=NEVER, fires_ukraine=NEVER)], [ANYWHERE], [toy.pair()])
    flown = fly(toy.raid(WEST), allies, toy.ground(), 5)
    assert "pilot_held" in [CAUSES[i] for i in flown.refusals["cause"]]
    assert (flown.refusals["t_s"] <= flown.fates["fate_s"][0]).all() and len(flown.shots) == 0
    # Over own soil it is forbidden (no entry): the pair at home comes to its moment while the round would meet it inside.
    rule = toy.caveat(zone=1, place=PLACE_UKRAINE, name="over-ukraine")
    near = fly(toy.raid({"points": [(15, 0), (-100, 0)], "speed": 250.0}), toy.coalition([toy.member()], [rule], [toy.pair()]), toy.ground(), 5)
    assert all(CAUSES[row["cause"]] != "not_permitted" or row["caveat"] == 0 for row in near.refusals)


def test_more_refusals_than_there_is_room_for_are_all_booked(monkeypatch):
    """Law: the table grows as it must; the rows are the same as with ample room."""
    from zaslin.engine import replicate

    allies = toy.coalition(
        [toy.member(fires_own=NEVER, fires_ukraine=NEVER)], [ANYWHERE], [toy.pair(name=f"p{i}", station=(-60.0, 10.0 * i)) for i in range(6)]
    )
    ample = fly(toy.raid(WEST), allies, toy.ground(), 5).refusals
    whole = replicate._clear_board
    asked = []

    def tight(scene, raid, queue_size, refusals):
        asked.append(refusals)
        return whole(scene, raid, queue_size, 1 if len(asked) == 1 else refusals)

    monkeypatch.setattr(replicate, "_clear_board", tight)
    assert fly(toy.raid(WEST), allies, toy.ground(), 5).refusals.tobytes() == ample.tobytes()
    assert len(ample) > 1 and asked[1] == 4 * asked[0]


def test_who_has_shot_off_its_gun_has_no_rounds():
    """By hand: no missile fits a drone here, the gun's two bursts miss: the cause for the next drone is the lack of rounds, not of reach."""
    gun = {"bursts": 2, "gun_reach_m": 800.0, "gun_mps": 900.0, "gun_p": (1e-9, 0, 0, 0, 0, 0), "reach_m": (0.0, 30_000.0, 0, 0, 0, 0), "shot_interval_s": 5.0}
    later = {**SLOW, "start": 3_000.0, "name": "later"}
    allies = toy.coalition([toy.member()], [ANYWHERE], [toy.pair(**gun)])
    flown = fly(toy.raid(SLOW, later), allies, toy.ground(), 5)
    assert len(flown.shots) == 2 and {CAUSES[row["cause"]] for row in flown.causes if row["threat"] == 1} == {"no_rounds"}


@mark.parametrize("more", [{"rounds": 8}, {"p_kill": (0.9, 0.9, 0, 0, 0, 0)}])
@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**6))
def test_a_better_shooter_never_turns_a_kill_into_a_leaker(more, replicate):
    """Law: one shooter, one threat, the same luck: more rounds or a higher chance keep every kill."""
    poor = {"rounds": 2, "p_kill": (0.4, 0.4, 0, 0, 0, 0), "tail_loss": 0.2, "salvo": (1, 2, 1, 1, 1, 1)}
    for flight in (WEST, SLOW):
        before, after = (_fly(flight, toy.pair(**{**poor, **change}), replicate=replicate) for change in ({}, more))
        assert after.fates["fate"][0] == KILLED_MEMBER or before.fates["fate"][0] != KILLED_MEMBER
