"""`zaslin check`: every fault of a night or package file at once, of type and of reference, and nothing but faults."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from zaslin.scenario import report_rows
from zaslin.scenario.check import Examined, check_file, examine, kind_of
from zaslin.scenario.night import MOST_LAUNCHED
from zaslin.scenario.packages import inspect_package, package, package_names, package_text
from zaslin.scenario.yaml_text import Document

NIGHT = """
id: 2023-12-29
title: a night
source: daily-reports-table
incidents: [PL-2023-12-29]
groups:
  - id: kh101
    model: Kh-101/Kh-555
    count: 90
    destroyed: 87
    start_utc: 2023-12-29T03:00:00Z
    end_utc: 2023-12-29T07:00:00Z
    targets: [Kyiv, west]
    source: daily-reports-table
"""


def changed(tmp_path: Path, name: str, *pairs: tuple[str, str]) -> Path:
    text = package_text(name)
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def paths(found: list) -> list[str]:
    return [fault.path for fault in found]


def test_faults_of_type_and_of_reference_come_in_one_list_in_the_files_order(tmp_path):
    """By hand: eight planted faults, from a mistyped key to a zone that does not exist."""
    path = changed(
        tmp_path,
        "skyshield-west",
        ("agreed: illustrative", "agred: illustrative"),
        ("regions: [west, centre,", "regions: [west, center,"),
        ("nation: RO", "nation: Rumania"),
        ("base: LRFT", "base: LRFX"),
        ("aircraft: Rafale", "aircraft: Raffale"),
        ("turns: [8]", "turns: [7]"),
        ("named: west-and-centre", "named: west-and-center"),
        ("missiles {value: 4, low: 4,", "missiles {value: 4, low: -4,"),
    )
    found = check_file(path)
    assert paths(found)[:4] == ["agred", "zones.west-and-centre.regions[1]", "members[0].assets[0].missiles_per_jet", "members[0].caveats[0].zone.named"]
    assert {"members[1].nation", "members[1].assets[0].base", "members[3].assets[0].aircraft"} <= set(paths(found))
    assert "members[7].assets[0].turns" in paths(found)
    told = "\n".join(str(fault) for fault in found)
    for hint in ('did you mean "agreed"', 'did you mean "centre"', 'did you mean "RO" (Romania)', 'did you mean "LRFT"', 'did you mean "Rafale"'):
        assert hint in told
    assert all(re.search(r"\(line \d+\)$", fault.message) for fault in found)


@pytest.mark.parametrize(
    ("old", "new", "path", "expected"),
    [
        ("nation: PL", "nation: XX", "members[0].nation", 'no country "XX"'),
        ("nation: RO", "nation: PL", "members[1].nation", "is member 1 already"),
        ("nation: RO", "nation: UA", "members[1].nation", "not a member"),
        ("id: ro-qra-fetesti", "id: pl-qra-lask", "members[1].assets[0].id", "is there twice"),
        ("id: toward-border", "id: own-airspace", "members[0].caveats[1].id", "is there twice"),
        ("lat: 50.7, lon: 23.0", "lat: 55.7, lon: 37.6", "members[0].assets[0].station", "airspace of Russia"),
        ("base: EPLK", "base: Łask", "members[0].assets[0].base", 'did you mean "EPLK" (Łask)?'),
        ("zone: {area: ukraine}", "zone: {named: gap}", "members[0].caveats[1].zone.named", "the package defines none"),
        ("zone: {area: ukraine}", "zone: {area: ukraine, named: gap}", "members[0].caveats[1].zone", "exactly one of"),
        ("source: rmf24-f16", "source: rmf24-f15", "members[0].assets[1].source", 'did you mean "rmf24-f16"?'),
        ("effect: permit", "effect: ask", "members[0].caveats[0]", "pre-delegated"),
        ("value: 0.85, low: 0.5, high: 0.95", "value: 0.85, low: 0.5, high: 9.5", "members[0].picture.shared.cover", "is not a probability"),
        ("pairs: {value: 1, low: 1, high: 1, unit: count}", "pairs: 1", "members[0].assets[0].pairs", "stands where a number with its range and unit"),
        ("kind: cap ", "kind: cup ", "members[0].assets[2].kind", 'did you mean "cap"?'),
    ],
)
def test_each_kind_of_fault_is_found_with_a_hint(tmp_path, old, new, path, expected):
    """One fault planted at a time; in a part that both members share it is told for both, the first first."""
    found = check_file(changed(tmp_path, "pl-ro-toward-border", (old, new)))
    assert next(fault.path for fault in found if expected in fault.message) == path


def test_a_horizon_shorter_than_the_approval_is_warned_of(tmp_path):
    """By hand: a minister's median 300 s has the 90th percentile 300 · exp(0.6 · 1.28155) = 647 s; with 120 s that is 767 s, above 300 and 600."""
    path = changed(
        tmp_path,
        "pl-ro-toward-border",
        ("      - id: toward-border\n        effect: permit", "      - id: toward-border\n        effect: ask"),
        ("        approval: {authority: pre-delegated}\n        says: Over", "        approval: {authority: ministerial}\n        says: Over"),
    )
    assert check_file(path) == []
    found = examine(path).warnings
    assert paths(found) == ["members[0].caveats[1].heading.horizon.cruise", "members[0].caveats[1].heading.horizon.drone"]
    assert "767 s" in found[0].message


def test_within_0_km_of_the_border_is_warned_of(tmp_path):
    """By hand: nothing of Ukraine lies within 0 km of a neighbour's border."""
    path = changed(tmp_path, "pl-ro-toward-border", ("zone: {area: ukraine}", "zone: {within: {value: 0, low: 0, high: 0, unit: km}}"))
    assert check_file(path) == []
    assert paths(examine(path).warnings) == ["members[0].caveats[1].zone.within"]


def test_a_commander_is_quick_enough_for_the_designs_horizons(tmp_path):
    """By hand: 60 · exp(0.6 · 1.28155) + 120 = 249 s, below 300 s."""
    path = changed(
        tmp_path,
        "pl-ro-toward-border",
        ("      - id: toward-border\n        effect: permit", "      - id: toward-border\n        effect: ask"),
        ("        approval: {authority: pre-delegated}\n        says: Over", "        approval: {authority: commander}\n        says: Over"),
    )
    assert examine(path).faults == examine(path).warnings == ()


def test_a_patrol_beyond_its_fuel_is_a_fault_and_a_short_one_a_warning(tmp_path):
    """By hand, to 49.5 N 24.5 E at 900 km/h with 150 min of fuel: from Rostock about 930 km, 62 min each way, 26 left; from Volkel, NL, about
    1,340 km, 89 min each way, none left."""
    near = examine(changed(tmp_path, "skyshield-west", ("base: EPLK", "base: ETNL")))
    assert near.faults == ()
    assert paths(list(near.warnings)) == ["members[0].assets[0].station"]
    assert "only" in near.warnings[0].message
    far = check_file(changed(tmp_path, "skyshield-west", ("base: EPLK", "base: EHVK")))
    assert paths(far) == ["members[0].assets[0].station"]
    assert "no time on station is left" in far[0].message


def test_a_member_without_a_border_cannot_have_rules_measured_at_it(tmp_path):
    """Denmark's border is not in the theatre: neither own airspace nor a heading toward it can be tested."""
    found = check_file(changed(tmp_path, "pl-ro-toward-border", ("nation: PL", "nation: DK")))
    first, second = "members[0].caveats[0]", "members[0].caveats[1]"
    assert sorted(paths(found)) == [f"{first}.shooter_place", f"{first}.zone", f"{second}.heading", f"{second}.shooter_place"]


def test_a_forbid_asks_not_where_the_shooter_is(tmp_path):
    """By the rule: a forbid bound to the shooter's place would not be held to it, so it is a fault; left out, it is anywhere; a permit needs it."""
    rule = ("      - id: own-airspace\n        effect: permit", "      - id: own-airspace\n        effect: forbid")
    place = "        shooter_place: {area: own-airspace}"
    (fault,) = check_file(changed(tmp_path, "pl-ro-toward-border", rule))
    assert fault.path == "members[0].caveats[0].shooter_place.area"
    assert "wherever the shooter is" in fault.message
    told = next(line for line in package_text("pl-ro-toward-border").splitlines() if line.startswith(place))
    found = examine(changed(tmp_path, "pl-ro-toward-border", rule, (told + "\n", "")))
    assert found.faults == ()
    left_out = check_file(changed(tmp_path, "pl-ro-toward-border", (told + "\n", "")))
    assert paths(left_out) == ["members[0].caveats[0].shooter_place"]


def test_what_is_neither_night_nor_package_is_said_to_be_neither(tmp_path):
    """By hand."""
    path = tmp_path / "a.yaml"
    path.write_text("colour: red\n", encoding="utf-8")
    (fault,) = check_file(path)
    assert "neither a night" in fault.message
    assert "colour" in fault.message
    assert kind_of({"groups": []}) == kind_of({"grups": []}) == "night"
    assert kind_of({"members": []}) == kind_of({"membrs": []}) == "package"
    assert kind_of([]) is kind_of({"title": "x"}) is None


@pytest.mark.parametrize("content", [None, b"", b"\x00\x01", b"a: [1", "é: 1".encode("latin-1"), b"a: 1\na: 2\n"])
def test_a_file_that_cannot_be_read_is_a_fault_too(tmp_path, content):
    """Missing, empty, binary, broken, wrongly encoded, a key twice: told, never raised."""
    path = tmp_path / "a.yaml"
    if content is not None:
        path.write_bytes(content)
    found = examine(path)
    assert found.kind is None
    assert len(found.faults) == 1


def test_every_fault_of_a_night_comes_at_once_and_each_once(tmp_path):
    """By hand: a bad field does not hide a window that ends before it starts, a double id, stops above the count or a split that does not add up."""
    group = NIGHT[NIGHT.index("  - id:") :]
    second = group.replace("count: 90", "count: 80").replace("    destroyed", "    split: {Kh-101/Kh-555: 79}\n    destroyed")
    first = group.replace("count: 90", "count: -36").replace("T07:00", "T02:00").replace("Kyiv", "Kiyv")
    first = first.replace("    targets", "    launch_areas: [Mars]\n    targets")
    path = tmp_path / "night.yaml"
    path.write_text(NIGHT.replace(group, first + second), encoding="utf-8")
    found = check_file(path)
    assert sorted(paths(found)) == sorted(
        ["groups[0].count", "groups[0]", "groups[0].targets[0]", "groups[0].launch_areas[0]", "groups[1].id", "groups[1]", "groups[1]"]
    )
    told = " ".join(fault.message for fault in found)
    for words in ("before it starts", "two groups have the id", "add to 87, more than the 80", "adds to 79, not to the 80"):
        assert told.count(words) == 1
    path.write_text(NIGHT.replace(group, group + second.replace("T07:00", "T02:00")), encoding="utf-8")
    assert sorted(paths(check_file(path))) == ["groups[1]", "groups[1]", "groups[1]", "groups[1].id"]


def test_only_a_yaml_file_is_offered_for_a_missing_one(tmp_path):
    """By hand: `night.yaml` is meant, not the picture or table beside it that is named more alike."""
    (tmp_path / "nights.csv").touch()
    assert "did you mean" not in check_file(tmp_path / "nights.yaml")[0].message
    (tmp_path / "night.yml").touch()
    assert 'did you mean "night.yml"' in check_file(tmp_path / "nights.yaml")[0].message


def test_a_night_is_checked_for_its_references(tmp_path):
    """By hand: a night without faults, then one with an unknown target, launch area, incident and source, and a negative count."""
    path = tmp_path / "night.yaml"
    path.write_text(NIGHT, encoding="utf-8")
    assert examine(path) == examine(str(path))
    assert examine(path) == Examined("night", (), ())
    text = NIGHT.replace("[Kyiv, west]", "[Kiev, west]\n    launch_areas: [Saratof]").replace("count: 90", "count: -90")
    text = text.replace("[PL-2023-12-29]", "[PL-2023-12-30]").replace("    source: daily-reports-table\n", "    source: daily-report\n")
    path.write_text(text, encoding="utf-8")
    assert set(paths(check_file(path))) == {"groups[0].targets[0]", "groups[0].launch_areas[0]", "groups[0].count", "incidents[0]", "groups[0].source"}
    path.write_text(NIGHT.replace("Kh-101/Kh-555", "Kh-1001"), encoding="utf-8")
    assert paths(examine(path).warnings) == ["groups[0].model"]


def spots(data: object, loc: tuple = ()) -> list[tuple]:
    out = [loc] if loc else []
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        out += spots(value, (*loc, key))
    return out


@pytest.mark.parametrize(
    ("old", "new", "path", "says"),
    [
        ("count: 90", "count: 1000000000", "groups[0].count", "10000"),
        ("model: Kh-101/Kh-555", "model: ''", "groups[0].model", "is no name"),
        ("model: Kh-101/Kh-555", 'model: "Kh-101/Kh-555 + "', "groups[0].model", "is no name"),
        ("model: Kh-101/Kh-555", "model: ${x}", "groups[0].model", "it holds $"),
        ("model: Kh-101/Kh-555", 'model: "Kh-\\0101"', "groups[0].model", "U+0000"),
        ("title: a night", 'title: "a \\e[31mnight"', "title", "U+001B"),
        ("source: daily-reports-table\nincidents", "source: no-such-source\nincidents", "source", "zaslin night ID"),
    ],
)
def test_what_no_report_can_say_is_a_fault_of_a_night(tmp_path, old, new, path, says):
    """By hand: a count beyond any night, and names that are none; no message names a command that does not exist."""
    assert old in NIGHT
    file = tmp_path / "night.yaml"
    file.write_text(NIGHT.replace(old, new, 1), encoding="utf-8")
    found = [fault for fault in check_file(file) if fault.path == path]
    assert len(found) == 1 and says in found[0].message, check_file(file)
    assert "zaslin sources" not in found[0].message and "zaslin ledger" not in found[0].message


def test_a_whole_night_has_a_bound_too_and_it_is_the_importers(tmp_path):
    """By hand: 9,000 and 1,001 are 10,001; the importer of report tables has the same bound for a row."""
    second = NIGHT[NIGHT.index("  - id:") :].replace("id: kh101", "id: more").replace("count: 90", "count: 1001")
    file = tmp_path / "night.yaml"
    file.write_text(NIGHT.replace("count: 90", "count: 9000") + second.lstrip("\n"), encoding="utf-8")
    assert [(fault.path, "10,001" in fault.message) for fault in check_file(file)] == [("groups", True)]
    assert MOST_LAUNCHED == report_rows.MOST_LAUNCHED


@pytest.mark.parametrize("new", ["provinces: ['${x}', Subcarpathia]", "provinces: ['', Subcarpathia]", 'provinces: ["Lub\\0lin", Subcarpathia]'])
def test_a_province_that_is_no_name_is_a_fault_of_a_package(tmp_path, new):
    """By hand: a template left unfilled, an empty text, a control character."""
    path = changed(tmp_path, "pl-ro-toward-border", ("provinces: [Lublin, Subcarpathia]", new))
    assert paths(check_file(path)) == ["members[0].assets[3].provinces[0]"]


@pytest.mark.parametrize("name", ["reports.csv", "reports.txt"])
def test_a_table_is_told_from_a_night_and_shown_its_reader(tmp_path, name):
    """By hand: the first line of the public table of daily reports, under its own suffix and another."""
    path = tmp_path / name
    path.write_text("time_start,time_end,model,launched\n2024-01-01 03:00,2024-01-01 05:00,Shahed-136/131,3\n", encoding="utf-8")
    (found,) = check_file(path)
    assert f"zaslin nights --from {path}" in found.message and "not a YAML night or package" in found.message


_DATA = [json.loads(json.dumps(package(name).model_dump(mode="json"))) for name in package_names()]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_mutilated_package_brings_anything_but_faults(data):
    """A law: put any value in any place, or take it away, and the check still ends in lists of faults and warnings."""
    broken = copy.deepcopy(data.draw(st.sampled_from(_DATA)))
    junk = st.sampled_from([None, True, -1, 1e300, float("nan"), "", "x", [], [None], [[1]], {}, {"value": "a"}, {"kind": "cap"}])
    for _ in range(data.draw(st.integers(1, 3))):
        places = spots(broken)
        loc = data.draw(st.sampled_from(places))
        holder = broken
        for step in loc[:-1]:
            holder = holder[step]
        if data.draw(st.booleans()):
            holder[loc[-1]] = copy.deepcopy(data.draw(junk))  # or a list that is drawn twice could come to hold itself
        else:
            del holder[loc[-1]]
        if not broken:
            break
    found, faults, warnings = inspect_package(Document(broken))
    assert (found is None) == bool(faults)
    assert all(fault.message for fault in [*faults, *warnings])


def test_the_shipped_yaml_means_the_same_to_a_plain_yaml_reader():
    """An outside oracle: PyYAML's own safe loader (dates apart) reads the same data."""
    for name in package_names():
        plain = yaml.safe_load(package_text(name))
        plain["date"] = plain["date"].isoformat()
        assert inspect_package(Document(plain))[0] == package(name)


@pytest.mark.parametrize(
    ("old", "new", "path", "expected"),
    [
        (
            "&missiles {value: 4, low: 4, high: 6,", "&missiles {value: 0, low: 0, high: 0,", "members[0].assets[0].missiles_per_jet",
            "the jets fly without missiles",
        ),
        ("pairs: {value: 1, low: 0, high: 2,", "pairs: {value: 0, low: 0, high: 0,", "members[0].assets[2].pairs", "no pair ever flies; give high: 1"),
    ],
)
def test_a_unit_with_nothing_in_it_is_told(tmp_path, old, new, path, expected):
    """By hand: 0 in every draw is allowed, and hardly meant; the shipped file has no such warning."""
    warned = {fault.path: fault.message for fault in examine(changed(tmp_path, "pl-ro-toward-border", (old, new))).warnings}
    assert expected in warned[path] and warned[path].startswith("0 came (high: 0)")
    assert not any("0 came" in fault.message for name in package_names() for fault in inspect_package(Document(yaml.safe_load(package_text(name))))[2])


@pytest.mark.parametrize(
    ("old", "new", "path", "expected"),
    [
        (
            "&missiles {value: 4, low: 4, high: 6,", "&missiles {value: 0, low: 0, high: 6,", "members[0].assets[0].missiles_per_jet",
            "value 0 came, the lower end of what is drawn, up to 6",
        ),
        (
            "pairs: {value: 1, low: 0, high: 2,", "pairs: {value: 0, low: 0, high: 2,", "members[0].assets[2].pairs",
            "If some are meant, give the likeliest number, such as value: 1; if none, give high: 0",
        ),
    ],
)
def test_a_unit_that_has_nothing_at_best_and_something_in_some_draws_is_told(tmp_path, old, new, path, expected):
    """By hand: 0 to 6 missiles with 0 as the likeliest."""
    warned = {fault.path: fault.message for fault in examine(changed(tmp_path, "pl-ro-toward-border", (old, new))).warnings}
    assert expected in warned[path]


def test_a_battery_without_rounds_or_channels_is_a_fault(tmp_path):
    """By hand: a battery of no round or no channel is none; what came and the least that would do are told, with the place."""
    text = package_text("pl-ro-toward-border")
    at = text.index("- kind: gbad")
    line = text[text.rindex("\n", 0, at) + 1 : at]
    more = "".join(f"{line}  {name}: {{value: 0, low: 0, high: 0, unit: count}}\n" for name in ("magazine", "channels"))
    end = text.index("\n", at) + 1
    path = tmp_path / "mine.yaml"
    path.write_text(text[:end] + more + text[end:], encoding="utf-8")
    told = {fault.path.rsplit(".", 1)[-1]: fault.message for fault in check_file(path)}
    assert set(told) == {"magazine", "channels"}
    assert all("0" in message and "1" in message for message in told.values())


def test_a_horizon_of_no_time_or_too_little_is_told_in_its_own_words(tmp_path):
    """By hand: within 0 s no course meets anything; within 60 s, where nobody is asked, it is no approval that comes too late."""
    data = yaml.safe_load(package_text("pl-ro-toward-border"))
    horizon = data["members"][0]["caveats"][1]["heading"]["horizon"]
    horizon["cruise"] = {"value": 0, "low": 0, "high": 0, "unit": "s"}
    horizon["drone"] = {"value": 60, "low": 60, "high": 60, "unit": "s"}
    warned = {fault.path: fault.message for fault in inspect_package(Document(data))[2]}
    where = "members[0].caveats[1].heading.horizon."
    assert "0 s came: no course meets own territory in no time" in warned[where + "cruise"] and "such as value: 300, unit: s" in warned[where + "cruise"]
    assert "60 s is shorter than 120 s: nobody is asked" in warned[where + "drone"]
    assert not any("approval" in message for message in warned.values())
    data["members"][0]["caveats"][1]["effect"] = "forbid"
    del data["members"][0]["caveats"][1]["shooter_place"]
    warned = [fault for fault in inspect_package(Document(data))[2] if fault.path == where + "cruise"]
    assert len(warned) == 1 and "never covers the class cruise" in warned[0].message
