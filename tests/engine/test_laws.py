"""Laws of a replicate on random toy raids: books, luck, order, and what must stay as it was."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import toy_world as toy
from zaslin.engine.records import Flown
from zaslin.engine.replicate import fly
from zaslin.physics.intercept import outside_m
from zaslin.world.arrays import (
    EFFECT_ASK,
    END_FAILED,
    END_LEAKED,
    END_LEFT,
    KILLED_MEMBER,
    KIND_CAP,
    KIND_QRA,
    PLACE_OWN,
    PLACE_UKRAINE,
    STOP_KILLED,
    STOP_LOST,
    ZONE_ANYWHERE,
    ZONE_OWN,
    ZONE_UKRAINE,
    Coalition,
    Raid,
)  # fmt: skip

SETTINGS = settings(max_examples=25, deadline=None)

_point = st.tuples(st.integers(-250, 600), st.integers(-450, 450))
_flight = st.fixed_dictionaries(
    {
        "points": st.lists(_point, min_size=2, max_size=6, unique=True),
        "speed": st.sampled_from([45.0, 200.0, 260.0]),
        "cls": st.sampled_from([toy.DRONE, toy.CRUISE, 4]),
        "start": st.integers(0, 2_000),
        "alt": st.sampled_from([60.0, 1_500.0]),
        "stop": st.sampled_from([math.inf, math.inf, 700.0, 1_500.0]),
        "stop_kind": st.sampled_from([STOP_KILLED, STOP_LOST]),
        "end_kind": st.sampled_from([END_LEAKED, END_LEFT, END_FAILED]),
    }
)
_raids = st.builds(
    lambda flights, replicate: toy.raid(*[{**flight, "name": f"toy-{i:03d}"} for i, flight in enumerate(flights)], replicate=replicate),
    st.lists(_flight, min_size=1, max_size=8), st.integers(0, 1_000),
)  # fmt: skip


def _member_parts(owner: int, effects: list[int], kinds: list[int], rounds: int, place: int) -> tuple[list, list]:
    zones = (ZONE_OWN, ZONE_UKRAINE, ZONE_ANYWHERE)
    rules = [
        toy.caveat(
            owner, effect=effect, zone=zones[i % 3], heading=int(i % 3 == 1), place=place, delay_s=60.0 * (effect == EFFECT_ASK), sigma=0.6,
            name=f"r{owner}{i}",
        )
        for i, effect in enumerate(effects)
    ]  # fmt: skip
    y = 0.0 if owner == 0 else -600.0
    pairs = [
        toy.pair(
            owner, kind=kind, raid_warning=i % 2, lead_s=600.0, rounds=rounds, p_kill=(0.5, 0.6, 0, 0, 0, 0), base=(-200.0, y), station=(-40.0 + 30.0 * i, y),
            name=f"pair-{owner}-{i}",
        )
        for i, kind in enumerate(kinds)
    ]  # fmt: skip
    return rules, pairs


_part = st.builds(
    lambda effects, kinds, rounds, place: (effects, kinds, rounds, place),
    st.lists(st.sampled_from([0, 1, 2, 2]), max_size=3), st.lists(st.sampled_from([KIND_CAP, KIND_QRA]), max_size=3), st.integers(1, 4),
    st.sampled_from([PLACE_OWN, PLACE_UKRAINE]),
)  # fmt: skip

PL_MEMBER = toy.member(toy.PL, shared_cover=0.7, latency_s=60.0, track_delay_s=20.0, classification_s=60.0, course_error_rad=0.09)
RO_MEMBER = toy.member(toy.RO, shared=0, classification_s=40.0, course_error_rad=0.05)


def _allies(first, second=None) -> Coalition:
    rules, pairs = _member_parts(0, *first)
    members = [PL_MEMBER]
    if second is not None:
        more_rules, more_pairs = _member_parts(1, *second)
        rules, pairs, members = rules + more_rules, pairs + more_pairs, [PL_MEMBER, RO_MEMBER]
    return toy.coalition(members, rules, pairs)


def _fly(raid: Raid, allies: Coalition) -> Flown:
    return fly(raid, allies, toy.ground(), 11)


@SETTINGS
@given(_raids, _part, _part)
def test_the_books_balance(raid, first, second):
    """Law: one fate per threat; killed threats have one hit and a shooter, all others their would-have fate; causes sum per member and for the coalition."""
    allies = _allies(first, second)
    flown = _fly(raid, allies)
    killed = flown.fates["fate"] == KILLED_MEMBER
    assert (flown.fates["fate"] == flown.fates["would_have"])[~killed].all()
    assert sorted(flown.shots["threat"][flown.shots["hit"] == 1].tolist()) == np.flatnonzero(killed).tolist()
    assert (flown.fates["shooter"] >= 0).tolist() == killed.tolist()
    for member in (-1, 0, 1):
        rows = flown.causes[flown.causes["member"] == member]
        assert sorted(rows["threat"].tolist()) == np.flatnonzero(~killed).tolist()
    assert flown.engagements["shots"].sum() == len(flown.shots)
    assert flown.sorties["rounds"].sum() == len(flown.shots)


@SETTINGS
@given(_raids, _part, _part)
def test_nobody_fires_but_in_a_window_in_reach_and_while_airborne(raid, first, second):
    """Law: every shot lies in a window of its member at fire and, where dead reckoning is right (on one leg, by own sensors), at impact,
    to 0.1 s, from within reach, from home where held at home,
    from Ukraine or home where it may enter Ukraine, in a sortie; rounds of a pair's sortie do not exceed its magazine."""
    allies = _allies(first, second)
    flown = _fly(raid, allies)
    for shot in flown.shots:
        shooter, threat = allies.shooters[shot["shooter"]], raid.threats[shot["threat"]]
        windows = flown.windows[(flown.windows["member"] == shooter["member"]) & (flown.windows["threat"] == shot["threat"])]
        fire, impact = shot["fire_s"], shot["impact_s"]
        turns = raid.verts["t"][threat["vert_from"] : threat["vert_to"]]
        straight = not ((turns > fire) & (turns <= impact)).any() and flown.sight["own_s"][shooter["member"], shot["threat"]] <= fire
        assert ((windows["from_s"] <= fire) & (fire <= windows["to_s"])).any()
        assert not straight or ((windows["from_s"] - 0.1 <= impact) & (impact <= windows["to_s"] + 0.1)).any()
        assert shot["fire_s"] <= min(threat["stop_s"], threat["end_s"])
        flights = flown.sorties[flown.sorties["shooter"] == shot["shooter"]]
        assert ((flights["take_off_s"] <= shot["fire_s"]) & (shot["fire_s"] <= flights["landing_s"])).any()
        fields, place = toy.ground().fields, (shot["shooter_x"], shot["shooter_y"])
        home = outside_m(fields, allies.members["country"][shooter["member"]], *place)
        if (first, second)[shooter["member"]][3] == PLACE_OWN:
            assert home <= 0.0
        else:
            assert min(home, outside_m(fields, toy.UA, *place)) <= 2.0
    for sortie in flown.sorties:
        assert sortie["rounds"] <= allies.shooters["rounds"][sortie["shooter"]]
        assert sortie["landing_s"] > sortie["take_off_s"]


@SETTINGS
@given(_raids, _part, st.lists(st.sampled_from([KIND_CAP, KIND_QRA]), max_size=3))
def test_who_permits_nothing_never_fires(raid, part, kinds):
    """Law: forbids only, or no caveat at all: no window, no engagement, fates as without the coalition; aircraft fly all the same."""
    for effects in ([], [0, 0, 0]):
        flown = _fly(raid, _allies((effects, kinds, part[2], part[3])))
        assert len(flown.windows) == len(flown.engagements) == len(flown.shots) == 0
        assert (flown.fates["fate"] == flown.fates["would_have"]).all()


@SETTINGS
@given(_raids, _part, _part)
def test_a_member_that_leaves_changes_no_luck_of_the_others(raid, first, second):
    """Law: sight and windows of the one that stays are the same to the bit; so are debris and wrecks of threats whose fate did not change."""
    both, alone = _fly(raid, _allies(first, second)), _fly(raid, _allies(first))
    assert toy.known(both.sight, both.pieces) == toy.known(alone.sight, alone.pieces)
    assert both.windows[both.windows["member"] == 0].tobytes() == alone.windows.tobytes()
    same = (both.fates["fate"] == alone.fates["fate"]) & (both.fates["fate_s"] == alone.fates["fate_s"])

    def falls(flown: Flown) -> list:
        rows = flown.falls[(flown.falls["kind"] != 2) & same[flown.falls["threat"]]]
        return [(row["threat"], row["x"], row["y"], row["ec"]) for row in rows]

    assert falls(both) == falls(alone)


@SETTINGS
@given(_raids, _part, _part)
def test_neither_raid_nor_coalition_is_changed_and_the_same_comes_again(raid, first, second):
    """Law: a read-only flag does not protect a record array from a kernel, so bytes are compared; another flight in between changes nothing."""
    allies = _allies(first, second)
    before = [_bytes(raid), _bytes(allies)]
    one = _fly(raid, allies)
    _fly(toy.raid({"points": [(300, 0), (-300, 0)], "speed": 200.0}), allies)
    two = _fly(raid, allies)
    for name in Flown.__dataclass_fields__:
        assert getattr(one, name).tobytes() == getattr(two, name).tobytes()
    assert [_bytes(raid), _bytes(allies)] == before


def _bytes(item: Raid | Coalition) -> dict[str, bytes]:
    values = {name: getattr(item, name) for name in item.__dataclass_fields__}
    return {name: value.tobytes() for name, value in values.items() if isinstance(value, np.ndarray)}


@SETTINGS
@given(st.lists(_flight, min_size=2, max_size=6), _part)
def test_what_a_threat_meets_does_not_depend_on_its_place_in_the_raid(flights, part):
    """Law: the same threats in reverse order: sight, windows and falls of each are the same to the bit."""
    named = [{**flight, "name": f"toy-{i:03d}"} for i, flight in enumerate(flights)]
    forth, back = (_fly(toy.raid(*order), _allies(part)) for order in (named, named[::-1]))
    n = len(named)
    assert toy.known(forth.sight, forth.pieces) == toy.known(back.sight, back.pieces)[::-1]
    for j in range(n):
        ours, theirs = forth.windows[forth.windows["threat"] == j], back.windows[back.windows["threat"] == n - 1 - j]
        assert ours[["from_s", "to_s", "caveat"]].tolist() == theirs[["from_s", "to_s", "caveat"]].tolist()
