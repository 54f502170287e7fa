"""Variation: a changed copy is built anew and checked again, and the original stays as it is."""

from __future__ import annotations

import pytest

from zaslin.errors import InputError, SpecError
from zaslin.scenario.aircraft_catalogue import aircraft_type
from zaslin.scenario.catalogue import threat_models
from zaslin.scenario.packages import inspect_package, package
from zaslin.scenario.vary import REMOVE, vary
from zaslin.scenario.yaml_text import Document


def test_a_bare_number_fixes_a_value_with_range_and_the_original_stays():
    """By the docstring: value = low = high, unit kept, source an assumption."""
    before = package("pl-ro-toward-border")
    after = vary(before, {"members[PL].assets[pl-cap-lublin].pairs": 2}, name="two")
    pairs = after.members[0].assets[2].pairs
    assert (pairs.value, pairs.low, pairs.high, pairs.unit, pairs.source) == (2, 2, 2, "count", "assumption")
    assert after.name == "two"
    assert before == package("pl-ro-toward-border")
    assert after.members[1] == before.members[1]


def test_members_are_called_by_nation_and_removed_without_touching_others():
    """By hand; two removals by number mean the numbers of the original."""
    before = package("skyshield-west")
    assert [m.nation for m in vary(before, {"members[GB]": REMOVE}).members] == ["PL", "RO", "FR", "NL", "DK", "SE", "CZ"]
    assert [m.nation for m in vary(before, {"members[0]": REMOVE, "members[1]": REMOVE}).members] == ["GB", "FR", "NL", "DK", "SE", "CZ"]
    assert vary(before, members=before.members[:2]).members == before.members[:2]


def test_nothing_changed_is_the_same_package():
    """A law."""
    for name in ("status-quo", "skyshield-west"):
        assert vary(package(name)) == package(name)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"members[PL].assets[pl-cap-lublin].base": "EPXX"}, "no base"),
        ({"members[PL].assets[pl-cap-lublin].pairs": -1}, "too small"),
        ({"members[PL].assets[pl-cap-lublin].pairs": True}, "stands where a number"),
        ({"members[PL].nation": "RO"}, "is member 1 already"),
        ({"members": []}, "at least 1"),
        ({"colour": "red"}, "unknown key"),
    ],
)
def test_what_a_change_breaks_is_told(changes, expected):
    """pydantic's own model_copy would accept every one of these."""
    with pytest.raises(SpecError, match=expected):
        vary(package("pl-ro-toward-border"), changes)


@pytest.mark.parametrize("path", ["", "..", "members[", "members[9]", "members[ZZ]", "membrs[PL].nation", "name[0]", "name.x"])
def test_a_path_that_leads_nowhere_is_refused(path):
    """By hand: none of these is a place in the package."""
    with pytest.raises(InputError):
        vary(package("pl-ro-toward-border"), {path: "x"})


def test_an_aircraft_is_varied_like_a_package():
    """`vary` serves every scenario type; a package may then bring the varied type as its own."""
    far = vary(aircraft_type("Rafale"), {"reach.cruise": 50}, name="Rafale, far")
    assert far.reach["cruise"].si == 50_000.0
    item = vary(package("skyshield-west"), {"members[FR].assets[0].aircraft": far.name}, aircraft=[far])
    assert item.aircraft == (far,)


def test_a_package_without_a_pilots_gate_takes_the_usual_chances():
    """By docs/packages.md: files from before the key stay valid; one class may be given alone, and the rest is filled in; the notes name the cases."""
    usual = package("pl-ro-toward-border").members[0].pilot
    assert (usual.over_own["drone"].value, usual.over_own["drone"].low, usual.over_own["drone"].high) == (0.4, 0.15, 0.8)
    assert "RO-2025-11-25b" in usual.over_own["drone"].note
    sure = usual.over_own["drone"].model_copy(update={"low": 0.4, "high": 0.4})
    bold = vary(package("pl-ro-toward-border"), {"members[PL].pilot": {"over_own": {"drone": sure}}})
    assert bold.members[0].pilot.over_own["drone"].low == 0.4
    assert bold.members[0].pilot.over_own["cruise"] == usual.over_own["cruise"]
    assert bold.members[0].pilot.over_ukraine == usual.over_ukraine
    always = vary(package("pl-ro-toward-border"), {"members[PL].pilot.over_own.drone": 1})
    assert always.members[0].pilot.over_own["drone"].low == 1


def test_a_pilots_chance_is_a_probability():
    """By hand: 1.7 is none, and a place that does not exist is told."""
    with pytest.raises(SpecError, match=r"pilot\.over_own\.drone"):
        vary(package("pl-ro-toward-border"), {"members[PL].pilot.over_own.drone": 1.7})
    with pytest.raises(SpecError, match="over_russia"):
        vary(package("pl-ro-toward-border"), {"members[PL].pilot": {"over_russia": {}}})


GBAD = "members[PL].assets[pl-gbad-border]"


def test_a_battery_without_numbers_takes_those_of_its_system():
    """By docs/packages.md: what files from before batteries fired said is enough; the system chooses, and a number of its own stays."""
    missiles = package("pl-ro-toward-border").members[0].assets[3]
    assert (missiles.system, missiles.across_border) == ("medium-range", False)
    assert (missiles.reach.value, missiles.reach.low, missiles.reach.high, missiles.reach.unit) == (30, 15, 45, "km")
    assert missiles.round_cost.source == "nyt-2023-01-04"
    bare = {"kind": "gbad", "id": "pl-gbad-border", "provinces": ["Lublin"], "coverage": missiles.coverage, "classes": ["drone"]}
    guns = vary(package("pl-ro-toward-border"), {GBAD: {**bare, "system": "guns", "reach": missiles.reach}}).members[0].assets[3]
    assert (guns.p_kill["drone"].value, guns.channels.value, guns.round_cost.value) == (0.5, 1, 1_000)
    assert guns.reach == missiles.reach
    assert set(guns.p_kill) == {"drone"}
    again = vary(package("pl-ro-toward-border"), {f"{GBAD}.channels": 2}).members[0].assets[3]
    assert (again.channels.low, again.channels.high, again.magazine) == (2, 2, missiles.magazine)


def test_teams_with_interceptor_drones_take_their_own_numbers_and_meet_drones_only():
    """By docs/packages.md: their usual numbers; faster than every drone of the catalogue over their whole range; any other class is refused with the reason."""
    bare = {"kind": "gbad", "id": "pl-gbad-border", "system": "interceptor-drones", "provinces": ["Lublin"], "classes": ["drone"]}
    bare["coverage"] = package("pl-ro-toward-border").members[0].assets[3].coverage
    team = vary(package("pl-ro-toward-border"), {GBAD: bare}).members[0].assets[3]
    assert (team.channels.value, team.p_kill["drone"].value, team.round_cost.value, team.round_cost.source) == (2, 0.5, 15_000, "techrider-2025-11-21")
    assert team.round_speed.at(0.0) > max(model.speed.at(1.0) for model in threat_models().values() if model.threat_class == "drone")
    for classes in (["drone", "cruise"], ["cruise"]):
        with pytest.raises(SpecError, match=r"must be faster than what they meet.*cruise cannot be met: give classes: \[drone\]"):
            vary(package("pl-ro-toward-border"), {GBAD: {**bare, "classes": classes}})


def test_what_a_battery_cannot_do_is_told():
    """By hand: a class without a chance, a floor above the ceiling, no channel at all; each with its path."""
    for changes, says in (
        ({f"{GBAD}.classes": ["drone", "ballistic"]}, "p_kill has no ballistic"),
        ({f"{GBAD}.floor": 20_000}, "nothing can be met between"),
        ({f"{GBAD}.channels": 0}, "too small for a number of channels"),
        ({f"{GBAD}.system": "laser"}, "system"),
    ):
        with pytest.raises(SpecError, match=says):
            vary(package("pl-ro-toward-border"), changes)


def test_a_province_that_has_no_frame_is_warned_of():
    """By docs/packages.md: no fault, for older files name what they like; the nearest name is shown. Lublin is not Romania's."""
    data = package("pl-ro-toward-border").model_dump(mode="json")
    data["members"][0]["assets"][3]["provinces"] = ["Lubin", "Subcarpathia"]
    data["members"][1]["assets"][3]["provinces"] = ["Lublin"]
    found, faults, warnings = inspect_package(Document(data))
    assert found is not None
    assert faults == []
    assert [(w.path, "Lublin" in w.message, "no battery stands there" in w.message) for w in warnings] == [
        ("members[0].assets[3].provinces[0]", True, True), ("members[1].assets[3].provinces[0]", True, True)]  # fmt: skip


def test_pairs_without_numbers_of_their_flying_take_the_usual_ones():
    """By docs/packages.md: files from before the keys stay valid, an own type of aircraft too; a number of its own stays."""
    members = package("pl-ro-toward-border").members[0].assets
    alert, patrol = members[0], members[2]
    assert [(n.value, n.low, n.high, n.unit) for n in (alert.available, alert.crew_duty)] == [(0.9, 0.7, 1.0, "probability"), (8, 5, 12, "h")]
    assert [(n.value, n.low, n.high, n.unit) for n in (patrol.spare, patrol.relief_delay)] == [(15, 5, 45, "min"), (5, 0, 20, "min")]
    assert (alert.spare, alert.relief_delay, patrol.crew_duty) == (None, None, None)
    own = vary(package("pl-ro-toward-border"), {"members[PL].assets[pl-qra-lask].crew_duty": 6, "members[PL].assets[pl-cap-lublin].relief_delay": 0})
    assert (own.members[0].assets[0].crew_duty.high, own.members[0].assets[2].relief_delay.high) == (6, 0)
    old = {name: value for name, value in aircraft_type("Rafale").model_dump().items() if name != "dash_burn"}
    burn = type(aircraft_type("Rafale")).model_validate(old).dash_burn
    assert (burn.value, burn.low, burn.high) == (2.5, 1.5, 4.0)


def test_what_does_not_fit_a_pairs_task_is_told():
    """By hand: reliefs have fresh crews, nobody relieves an alert pair, a chance is at most 1, and dashing saves no fuel."""
    duty = package("pl-ro-toward-border").members[0].assets[0].crew_duty
    for changes, says in (
        ({"members[PL].assets[pl-cap-lublin].crew_duty": duty}, "crew_duty is for a QRA"),
        ({"members[PL].assets[pl-qra-lask].relief_delay": duty}, "spare and relief_delay are for a CAP"),
        ({"members[PL].assets[pl-qra-lask].available": 1.2}, "probability"),
    ):
        with pytest.raises(SpecError, match=says):
            vary(package("pl-ro-toward-border"), changes)
    with pytest.raises(SpecError, match="too small for a ratio of fuel flows"):
        vary(aircraft_type("Rafale"), {"dash_burn": 0.9})
