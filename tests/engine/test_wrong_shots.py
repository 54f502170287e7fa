"""Wrong shots: an object that is no threat is engaged only where it is taken for one, is counted once, and its rounds fall; threats keep their luck.

On the toy ground a patrol of Poland stands at (-50, 0) km and everything is permitted everywhere, unless a test says otherwise.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import toy_world as toy
from zaslin.engine.loop import fly_chunk
from zaslin.engine.records import KILLED, STRAY, Flown
from zaslin.engine.replicate import fly
from zaslin.outcomes.tables import OBJECTS
from zaslin.scenario.others import other_traffic
from zaslin.world.arrays import CIVIL, FALSE, FRIENDLY, OTHER_NAMES, PLACE_ANYWHERE, ZONE_ANYWHERE, Coalition, Raid
from zaslin.world.compile_others import compile_others
from zaslin.world.inputs import Luck

ANYWHERE = toy.caveat(zone=ZONE_ANYWHERE, place=PLACE_ANYWHERE)
ALWAYS, NEVER = (0.0, 1.0, 1.0, 1.0), (0.0,) * 4


def threat(name: str = "threat", **changes: Any) -> dict[str, Any]:
    return {"points": [(150, 40), (-250, 40)], "speed": 200.0, "name": name, **changes}


def thing(other: int = FRIENDLY, name: str = "friendly-PL-001", **changes: Any) -> dict[str, Any]:
    """An object of no threat that flies past the patrol. It ends by leaving."""
    return {"points": [(60, -20), (-60, -20)], "speed": 60.0, "cls": toy.DRONE, "other": other, "end_kind": 1, "name": name, **changes}


def allies(mistakes: tuple[float, ...] = ALWAYS, pairs: list[dict[str, Any]] | None = None, **changes: Any) -> Coalition:
    batteries = changes.pop("batteries", None)
    return toy.coalition([toy.member(mistakes=mistakes, **changes)], [ANYWHERE], [toy.pair()] if pairs is None else pairs, batteries=batteries)


def flown(raid: Raid, coalition: Coalition, seed: int = 1) -> Flown:
    return fly(raid, coalition, toy.ground(), seed)


def rows(raid: Raid, coalition: Coalition, seed: int = 1) -> dict[str, list[dict[str, Any]]]:
    tables = fly_chunk([raid], [coalition], toy.ground(), seed, "plain", [0], ("g",), ("m",))
    return {name: table.to_pylist() for name, table in tables.items()}


def test_kinds_of_objects_have_the_same_names_in_both_rooms():
    assert OBJECTS == OTHER_NAMES


def test_a_wrong_shot_is_counted_once_and_what_it_hits_falls():
    """The first round kills: one engagement, one shot, one fall of the object at the place where it was met."""
    told = rows(toy.raid(threat(points=[(700, 400), (600, 400)]), thing()), allies())
    (engagement,), (shot,), (fall,) = ([row for row in told[name] if row["object"] == "friendly"] for name in ("engagements", "shots", "falls"))
    assert (engagement["shots"], engagement["result"], engagement["needed"], engagement["threat"]) == (1, "killed", False, "friendly-PL-001")
    assert shot["hit"] and shot["member"] == "PL" and shot["threat"] == "friendly-PL-001"
    assert (fall["kind"], fall["shooter_member"]) == ("debris", "PL") and fall["land_s"] > shot["impact_s"]
    assert sum(row["rounds"] for row in told["sorties"]) == 1


def test_a_wrong_shot_that_misses_falls_as_a_stray_round():
    pair = toy.pair(p_kill=(0.0,) * 6, rounds=2)
    out = flown(toy.raid(threat(points=[(700, 400), (600, 400)]), thing()), allies(pairs=[pair]))
    assert len(out.shots) == 2 and not out.shots["hit"].any()
    strays = out.falls[out.falls["threat"] == 1]
    assert (strays["kind"] == STRAY).all() and len(strays) == 2


def test_objects_have_no_rows_among_the_threats():
    """Nothing that is told per threat names one: one threat, one member."""
    told = rows(toy.raid(threat(), thing(), thing(CIVIL, "civil-PL-001"), thing(FALSE, "false-PL-001")), allies())
    for name in ("threats", "incursions", "tracks", "windows", "causes"):
        assert {row["threat"] for row in told[name]} <= {"threat"}, name
    assert [row["threat"] for row in told["threats"]] == ["threat"]
    assert {row["object"] for row in told["shots"]} == {"threat", "civil", "friendly", "false"}


@pytest.mark.parametrize("other", [CIVIL, FRIENDLY, FALSE])
def test_what_is_recognised_is_never_engaged(other: int):
    out = flown(toy.raid(threat(points=[(700, 400), (600, 400)]), thing(other)), allies(NEVER))
    assert not len(out.engagements) and not len(out.falls[out.falls["threat"] == 1])


def test_what_is_not_shot_down_flies_on_and_nothing_of_it_falls():
    """A pair without rounds shoots at nothing."""
    out = flown(toy.raid(threat(points=[(700, 400), (600, 400)]), thing()), allies(pairs=[toy.pair(rounds=0)]))
    assert not (out.falls["threat"] == 1).any() and not (out.causes["threat"] == 1).any() and not (out.incursions["threat"] == 1).any()


def test_each_member_recognises_for_itself():
    """Only Romania takes it for a threat, so only Romania's pair engages it."""
    two = toy.coalition(
        [toy.member(mistakes=NEVER), toy.member(toy.RO, mistakes=ALWAYS)],
        [ANYWHERE, {**ANYWHERE, "member": 1, "name": "other rule"}],
        [toy.pair(), toy.pair(1, name="second", station=(-50.0, -10.0))],
    )
    out = flown(toy.raid(threat(points=[(700, 400), (600, 400)]), thing()), two)
    assert list(out.engagements["shooter"]) == [1] and out.engagements["result"][0] == KILLED


def test_the_pilot_who_looks_holds_fire_at_the_rate_left_of_his_gate():
    """The gate's coin against 0.8 x 0.25 = 0.2 at an object, 0.8 at a threat; 300 nights, four standard errors."""
    gate = {"fires_own": (0.8,) * 6, "fires_ukraine": (0.8,) * 6, "fires_wrong": (1.0, 1.0, 0.25, 1.0)}
    fired = {}
    for name, one in (("wrong", thing(cls=toy.DRONE)), ("right", thing(0, "drone", cls=toy.DRONE))):
        counts = [len(flown(toy.raid(threat(points=[(700, 400), (600, 400)]), one, replicate=r), allies(**gate)).shots) > 0 for r in range(300)]
        fired[name] = np.mean(counts)
    # The flight passes over Poland and Ukraine, and both looks are held against the same coin.
    assert fired["wrong"] == pytest.approx(0.2, abs=0.092)
    assert fired["right"] == pytest.approx(0.8, abs=0.092)


def test_a_battery_has_no_second_look():
    told = flown(
        toy.raid(threat(points=[(700, 400), (600, 400)]), thing(points=[(-5, -20), (-60, -20)])),
        allies(pairs=[], batteries=[toy.battery()], fires_wrong=(1.0, 0.0, 0.0, 0.0)),
    )
    assert list(told.shots["threat"]) == [1] and told.shots["hit"][0] == 1


def test_an_object_scrambles_nobody_and_does_not_keep_the_raid_going():
    """The threat ends far in the east after 500 s; an alert pair with a trigger for own tracks stays on the ground though an object flies by for hours."""
    alert = toy.pair(kind=1, name="alert", raid_warning=1, lead_s=600.0)
    raid = toy.raid(threat(points=[(790, 400), (690, 400)]), thing(points=[(60, -20), (-60, -20)], speed=20.0))
    assert not len(flown(raid, allies(pairs=[alert])).sorties)
    with_it, without = (flown(r, allies()) for r in (raid, toy.raid(threat(points=[(790, 400), (690, 400)]))))
    assert with_it.sorties["landing_s"].max() <= without.sorties["landing_s"].max() + 1800.0


def test_after_the_raid_nobody_is_after_objects():
    """The only threat is far from every airspace within minutes; the object comes by an hour later, over a battery that would shoot."""
    raid = toy.raid(threat(points=[(500, 400), (400, 400)]), thing(points=[(-5, -20), (-60, -20)], start=3600.0))
    out = flown(raid, allies(pairs=[toy.pair()], batteries=[toy.battery()]))
    assert not len(out.shots)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), replicate=st.integers(0, 10_000))
def test_objects_that_nobody_takes_for_threats_change_nothing(seed: int, replicate: int):
    """Law, to the byte, with a pilot's gate, misses and two shooters."""
    flights = [threat("a"), threat("b", points=[(200, 0), (-250, 10)]), threat("c", points=[(150, -60), (-200, -30)], speed=55.0, cls=toy.DRONE)]
    own = allies(
        NEVER, [toy.pair(p_kill=(0.5,) * 6), toy.pair(name="second", station=(-30.0, 30.0), p_kill=(0.5,) * 6)],
        fires_own=(0.7,) * 6, fires_ukraine=(0.7,) * 6, course_error_rad=0.05, batteries=[toy.battery(coverage=0.5)],
    )  # fmt: skip
    plain = toy.raid(*flights, replicate=replicate)
    more = toy.raid(*flights, thing(), thing(CIVIL, "civil-PL-001"), thing(FALSE, "false-PL-001"), replicate=replicate)
    a, b = flown(plain, own, seed), flown(more, own, seed)
    for name in ("windows", "engagements", "shots", "sorties", "incursions", "falls", "causes"):
        assert str(getattr(a, name).tolist()) == str(getattr(b, name).tolist()), name  # text: not-a-number is equal to itself there
    assert str(a.fates.tolist()) == str(b.fates[: len(a.fates)].tolist())


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), replicate=st.integers(0, 10_000), chance=st.floats(0.05, 1.0), factor=st.floats(1.0, 20.0))
def test_an_agreement_never_adds_a_wrong_shot_at_a_friendly_aircraft(seed: int, replicate: int, chance: float, factor: float):
    """Law under the same luck and the same delay, one shooter and one friendly aircraft. (With several, one that is recognised leaves the shooter free for
    another.)"""
    raid = toy.raid(threat(points=[(700, 400), (600, 400)]), thing(), replicate=replicate)
    none, agreed = (flown(raid, allies((0.0, 0.0, c, 0.0), fires_wrong=(1.0, 1.0, 0.5, 1.0)), seed) for c in (chance, chance / factor))
    assert len(agreed.shots) <= len(none.shots)


def test_time_over_ukraine_is_at_risk():
    """By hand: hours over Ukraine of both jets times the rate."""
    over = toy.pair(station=(40.0, 0.0), base=(-50.0, 0.0))
    told = rows(toy.raid(threat()), allies(pairs=[over], at_risk_per_s=1e-6))["sorties"]
    assert told and all(row["own_at_risk"] == pytest.approx(2 * row["over_ukraine_s"] * 1e-6) and row["over_ukraine_s"] > 0 for row in told)


def test_a_chunk_meets_the_objects_of_its_coalition():
    """The traffic that the coalition carries is put into every raid, keyed by name; with the same luck the same rows come again."""
    some = compile_others(other_traffic(), toy.ground().fields, Luck(1, 0))
    raid = toy.raid(threat(points=[(700, 400), (-500, 400)], speed=50.0), replicate=4)
    own = replace(allies(), others=some)
    first, again = rows(raid, own), rows(raid, own)
    assert first == again
    wrong = [row for row in first["shots"] if row["object"] != "threat"]
    assert wrong and all(row["threat"].split("-")[0] == row["object"] for row in wrong)
    assert all(row["object"] == "threat" for row in rows(raid, replace(own, others=None))["shots"])
