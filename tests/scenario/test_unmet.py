"""Threats that no fighter can meet: counted by class, said in one sentence, warned of in a package that permits what its assets cannot do."""

from __future__ import annotations

from pathlib import Path

from zaslin.scenario.aircraft_catalogue import aircraft_catalogue
from zaslin.scenario.check import examine
from zaslin.scenario.packages import package_text
from zaslin.scenario.shipped import night
from zaslin.scenario.unmet import unmet


def _of(name):
    return unmet(group.model_dump(mode="json") for group in night(name).groups)


def test_the_night_of_29_december_2023_by_hand():
    """The report: 158 launched, of them 5 Kinzhal, 8 Kh-22 and Kh-32, 4 Kh-31P and 14 ballistic, 31 in all; 36 drones, 90 Kh-101 and one Kh-59 can be met."""
    found = _of("2023-12-29")
    assert (found.low, found.high, found.launched) == (31, 31, 5 + 8 + 4 + 14 + 36 + 90 + 1)
    assert found.classes == ("supersonic", "aeroballistic", "ballistic")
    assert found.sentence == (
        "31 of these 158 threats are of classes that no fighter in the model can meet, whatever the rules: "
        "supersonic missiles, aeroballistic missiles and ballistic missiles."
    )


def test_a_joint_count_without_a_split_gives_a_range():
    """By hand: of 10 "Kalibr + Kh-22" none to all are Kh-22; with a split it is known; 3 of an unknown model are none's."""
    joint = {"model": "Kalibr + Kh-22", "count": 10}
    found = unmet([joint, {"model": "Kh-35", "count": 3}])
    assert (found.low, found.high, found.launched, found.classes) == (3, 13, 13, ("supersonic", "unknown"))
    assert found.sentence.startswith("3 to 13 of these 13 threats")
    assert unmet([{**joint, "split": {"Kalibr": 8, "Kh-22": 2}}]).sentence.startswith("2 of these 10 threats")


def test_a_night_of_drones_and_cruise_missiles_has_none():
    """2024-03-24: 29 cruise missiles and 28 drones."""
    assert _of("2024-03-24").high == 0
    assert _of("2024-03-24").sentence.startswith("All of these 57 threats")


def test_it_is_the_catalogue_that_says_what_a_fighter_meets():
    """Computed, not told: a type of a package's own with reach against ballistic missiles takes them off the list."""
    assert {name for entry in aircraft_catalogue().values() for name in entry.reach} == {"drone", "cruise"}
    groups = [{"model": "Iskander-M", "count": 4}]
    assert unmet(groups).high == 4
    assert unmet(groups, [{"name": "dream", "reach": {"ballistic": {"value": 1}}}]).high == 0


def test_a_permit_for_a_class_that_no_asset_engages_is_warned_of(tmp_path: Path):
    """The warning names the class, the member and what its assets engage, and that no fighter could."""
    head, rest = package_text("pl-ro-own-airspace").split("caveats:", 1)
    path = tmp_path / "ballistic.yaml"
    path.write_text(head + "caveats:" + rest.replace("classes: [drone, cruise]", "classes: [drone, cruise, ballistic]", 1), encoding="utf-8")
    told = [fault.message for fault in examine(path).warnings if "can engage the class" in fault.message]
    assert len(told) == 1
    assert told[0].startswith('no asset of Poland can engage the class "ballistic"; no fighter in the model can. They engage: ')
    assert "pl-qra" in told[0] and "cruise, drone" in told[0]
