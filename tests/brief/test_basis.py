"""Inputs in groups, and what a package's plain data says of its rules."""

from __future__ import annotations

import pytest
from brief_folder import package, sourced

from zaslin.brief.basis import RESTS_ON, input_groups, source_list
from zaslin.brief.limits import of_this_night
from zaslin.brief.rules import alert_left_out, amount, never_fires, own_airspace_only, short_titles, switched_off, with_gbad
from zaslin.measures.registry import MEASURES


def test_equal_inputs_of_two_members_share_a_row_and_unequal_ones_do_not():
    """By hand: two masts of 40 m are one row for both; the readiness differs and is two rows."""
    rows = [{"path": f"package.p.members[{code}].picture.mast", **sourced(40, 20, 80, "m")} for code in ("PL", "RO")]
    rows += [{"path": f"package.p.members[{code}].assets[{code}-qra].readiness", **sourced(value, unit="min")} for code, value in (("PL", 15), ("RO", 30))]
    groups = {group.letter: group for group in input_groups(rows, ["p"])}
    assert [(row.label, row.of) for row in groups["E"].rows] == [("radar mast height", "Poland, Romania (p)")]
    assert [(row.value, row.of) for row in groups["F"].rows] == [("15", "Poland PL-qra (p)"), ("30", "Romania RO-qra (p)")]


@pytest.mark.parametrize(
    ("path", "letter", "label"),
    [
        ("routes.keeps_margin.PL", "A", "chance that a route keeps that distance: Poland"),
        ("launch_area.Caspian Sea.spread", "A", "spread of the launch place"),
        ("layer.shares.cruise.stopped", "B", "share stopped (destroyed or lost)"),
        ("layer.region_weight.west", "B", "weight of a macro-region"),
        ("threat.Kh-101/Kh-555.speed", "C", "speed"),
        ("aircraft.F-16C/D Block 52+.p_kill.cruise", "D", "chance that one shot ends a threat it reaches: cruise missiles"),
        ("package.p.members[PL].picture.shared.cover", "E", "shared picture: share of threats held"),
        ("package.p.members[PL].caveats[toward].heading.horizon.drone", "G", "looks ahead by: one-way drones"),
        ("package.p.members[RO].separation_delay", "G", "separation from Ukraine's own missiles"),
        ("package.p.members[PL].assets[pl-gbad].p_kill.drone", "F", "chance that one shot ends a threat it reaches: one-way drones"),
        ("package.p.members[PL].pilot.over_own.cruise", "G", "chance that a pilot with leave fires, not over Ukraine: cruise missiles"),
        ("package.p.fleet", "F", "fighters in the whole force, as declared"),
        ("package.p.cap_pairs", "F", "pairs kept airborne together"),
        ("package.p.zones.west.less_within.RU", "G", "zone ends this far from, west, Russia"),
        ("something.new", "G", "new"),
    ],
)
def test_an_inputs_path_becomes_a_group_and_words(path, letter, label):
    """The paths are those that studies writes into the manifest; an unknown one is still listed."""
    (group,) = input_groups([{"path": path, **sourced(1.0)}], ["p"])
    assert (group.letter, group.rows[0].label) == (letter, label)


def test_no_measure_lacks_its_inputs():
    """Every measure of the registry leads to at least one group by the beginning of its name."""
    lacking = [name for name in MEASURES if not any(name.startswith(key) for key in RESTS_ON)]
    assert lacking == []


def test_only_web_addresses_become_links():
    """A script, a file or an empty address is shown as text."""
    listed = source_list(
        {id: {"publisher": id, "title": "t", "url": url} for id, url in (("a", "https://x.org/1"), ("b", "javascript:alert(1)"), ("c", "file:///etc"))}
    )
    assert [entry.url for entry in listed.values()] == ["https://x.org/1", "", ""]


def test_rules_are_read_from_the_packages_data():
    """Status quo never fires; a package whose only zone is the own airspace is told apart."""
    quiet, fires = package("q", "Q", fires=False), package("f", "F")
    own = package("o", "O")
    for member in own["members"]:
        member["caveats"][0]["zone"] = {"area": "own-airspace", "within": None, "named": None}
    assert [never_fires(item) for item in (quiet, fires, own)] == [True, False, False]
    assert [own_airspace_only(item) for item in (quiet, fires, own)] == [False, False, True]
    assert with_gbad(fires) == ["PL", "RO"]


def test_a_title_is_short_before_its_colon_only_where_that_tells_packages_apart():
    """By hand."""
    assert short_titles(["Status quo: never fire", "Two: toward"]) == ["Status quo", "Two"]
    assert short_titles(["Two: a", "Two: b"]) == ["Two: a", "Two: b"]


def test_an_amount_has_its_unit_and_its_range():
    """By hand."""
    assert amount(sourced(15, 5, 45, "min")) == "15\u00a0min (5–45)"
    assert amount(sourced(5, 2, 15, "deg")) == "5° (2–15)"
    assert amount(sourced(1)) == "1"


def test_what_cannot_be_said_names_the_nights_own_gaps():
    """Joint counts, unknown times, silent rows, unnamed aims, notional ground-based defence: each told once."""
    group = {"id": "a", "model": "Kh-101/Kh-555 + Kalibr", "count": 5, "split": None, "destroyed": None, "lost": None, "time_known": False}
    group["targets"] = ["Ukraine"]
    heads = [limit.head for limit in of_this_night({"groups": [group]}, [package("f", "F")], None)]
    assert heads == [
        "Some counts are joint.",
        "Some times are not known.",
        "Some rows do not say what was stopped.",
        "Most aims are not known.",
        "Ground-based air defence is notional.",
        "No reported crossing was asked about.",
    ]
    quiet = {**group, "model": "Kalibr", "destroyed": 3, "time_known": True, "targets": ["Lviv oblast"]}
    assert [limit.head for limit in of_this_night({"groups": [quiet]}, [package("q", "Q", fires=False)], {"id": "x"})] == [
        "The given crossing is one like the reported one."
    ]


def test_alert_flights_that_a_package_does_not_count_are_found():
    """By hand: Poland keeps its alert pair, Romania has none in the package."""
    base, new = package("base", "Base", fires=False), package("new", "New")
    assert alert_left_out(base, new) == []
    new["members"][1]["assets"] = []
    assert alert_left_out(base, new) == ["RO"]
    new["members"] = new["members"][1:]
    assert alert_left_out(base, new) == ["PL", "RO"]


def test_a_shared_picture_that_is_off_has_no_inputs():
    """The status quo of the made-up folder has none; the package that fires has one. No policy there weighs what a threat is worth."""
    off = switched_off([package("base", "Base", fires=False), package("new", "New")])
    shared = tuple(path for path in off if ".shared." in path)
    assert shared == ("package.base.members[PL].picture.shared.", "package.base.members[RO].picture.shared.")
    assert {path for path in off if ".values." in path} == {"package.base.values.", "package.new.values."}


def test_the_limits_say_what_no_fighter_can_meet():
    """Computed from the night: 4 of 14 are ballistic; none, no sentence; a type that a package brings with reach against them takes them off."""
    groups = [{"id": name, "model": name, "count": count, "source": "assumption"} for name, count in (("Iskander-M", 4), ("Kalibr", 10))]
    told = {limit.head: limit.text for limit in of_this_night({"groups": groups}, [package("f", "F")], None)}
    assert told["Some threats no fighter here can meet."].startswith("4 of these 14 threats are of classes that no fighter in the model can meet")
    assert "Some threats no fighter here can meet." not in {limit.head for limit in of_this_night({"groups": groups[1:]}, [package("f", "F")], None)}
    dream = package("f", "F") | {"aircraft": [{"name": "dream", "reach": {"ballistic": {}}}]}
    assert "Some threats no fighter here can meet." not in {limit.head for limit in of_this_night({"groups": groups}, [dream], None)}
