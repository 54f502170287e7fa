"""A member's picture and the coalition's pooling in files: usual values, faults and warnings, and how they are told."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from zaslin.brief.basis import read_path
from zaslin.brief.rules import switched_off
from zaslin.scenario.load import Document
from zaslin.scenario.numbers import sourced_numbers
from zaslin.scenario.package import Package
from zaslin.scenario.packages import inspect_package, package, package_names
from zaslin.scenario.picture import USUAL_P_LOOK, Picture
from zaslin.scenario.say import package_sentences
from zaslin.scenario.threat import CLASSES
from zaslin.scenario.vary import vary

NEW = ("detection", "revisit", "p_look", "drop_after", "confusion", "position_error")


def _data(name: str = "neighbours") -> dict[str, Any]:
    return copy.deepcopy(package(name).model_dump(mode="json"))


def _found(data: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Paths of faults, and of warnings, of a package."""
    _, faults, warnings = inspect_package(Document(data))
    return [fault.path for fault in faults], [warning.path for warning in warnings]


def test_a_file_from_before_takes_the_usual_values():
    """By the page docs/packages.md: the values and ranges of all that is left out."""
    data = _data("pl-ro-toward-border")
    for member in data["members"]:
        for name in NEW:
            del member["picture"][name]
    del data["pooling"]
    found, faults, warnings = inspect_package(Document(data))
    assert (faults, warnings) == ([], [])
    assert found == package("pl-ro-toward-border")
    picture = found.members[0].picture
    assert picture.detection == "looks"
    span = lambda number: (number.value, number.low, number.high, number.unit)
    assert [span(number) for number in (picture.revisit.ground, picture.revisit.airborne)] == [(10, 4, 12, "s"), (10, 5, 12, "s")]
    assert set(picture.p_look) == set(CLASSES) == set(USUAL_P_LOOK)
    assert span(picture.p_look["drone"]) == (0.6, 0.3, 0.9, "probability")
    assert span(picture.p_look["cruise"]) == (0.8, 0.5, 0.95, "probability")
    assert {span(picture.p_look[name]) for name in set(CLASSES) - {"drone", "cruise"}} == {(0.9, 0.7, 0.98, "probability")}
    assert span(picture.drop_after) == (4, 3, 6, "count")
    assert span(picture.confusion) == (0.05, 0, 0.2, "share")
    assert span(picture.position_error) == (300, 100, 1_000, "m")
    assert not found.pooling.enabled
    assert span(found.pooling.latency) == (10, 2, 60, "s")
    assert all(number.grade == "assumption" for path, number in sourced_numbers(found) if any(f"picture.{name}" in path for name in NEW))


def test_a_number_that_is_given_stands_beside_the_usual_ones():
    """By the model: one class of one's own, the others as usual; one radar's period, the other's as usual."""
    data = package("status-quo").members[0].picture.model_dump(mode="json")
    data["p_look"] = {"drone": {"value": 0.2, "low": 0.1, "high": 0.3, "unit": "probability"}}
    data["revisit"] = {"ground": {"value": 5, "low": 5, "high": 5, "unit": "s"}}
    picture = Picture.model_validate(data, strict=False)
    usual = package("status-quo").members[0].picture
    assert picture.p_look["drone"].value == 0.2 and picture.p_look["cruise"] == usual.p_look["cruise"]
    assert picture.revisit.ground.value == 5 and picture.revisit.airborne == usual.revisit.airborne


@pytest.mark.parametrize(
    ("name", "value", "path", "words"),
    [
        ("detection", "lucky", "picture.detection", "not a choice"),
        ("p_look", {"drone": {"value": 1.7, "low": 1, "high": 2, "unit": "probability"}}, "picture.p_look.drone", "not a probability"),
        ("p_look", {"balloon": {"value": 0.7, "low": 0.5, "high": 0.9, "unit": "probability"}}, "picture.p_look", "balloon"),
        ("revisit", {"ground": {"value": 0.1, "low": 0.1, "high": 0.1, "unit": "s"}}, "picture.revisit.ground", "too small"),
        ("drop_after", {"value": 0, "low": 0, "high": 3, "unit": "count"}, "picture.drop_after", "too small"),
        ("confusion", {"value": 0.1, "low": 0, "high": 1.2, "unit": "share"}, "picture.confusion", "not a probability"),
        ("position_error", {"value": 3, "low": 1, "high": 5, "unit": "deg"}, "picture.position_error", "no unit of a length"),
    ],
)
def test_faults_are_told_by_path(name, value, path, words):
    """Seven slips in Poland's picture, each the only fault."""
    data = _data()
    data["members"][0]["picture"][name] = value
    _, faults, _ = inspect_package(Document(data))
    assert len(faults) == 1
    assert faults[0].path.startswith(f"members[0].{path}")
    assert words in faults[0].message


def test_sharing_that_helps_nobody_is_warned_of():
    """By the rule: Moldova brings nothing, so without pooling its picture has no effect; with it, or with assets, it has; a pool of one is none."""
    data = _data()
    assert _found(data) == ([], [])
    data["pooling"]["enabled"] = False
    assert _found(data) == ([], ["members[4].picture"])
    del data["members"][4]
    assert _found(data) == ([], [])
    data["members"], data["pooling"]["enabled"] = data["members"][:1], True
    assert _found(data) == ([], ["pooling.enabled"])


def test_numbers_of_looks_beside_the_form_that_has_none_are_warned_of():
    """By the rule: the form of the horizon reads no chance; the usual values, which a dumped package writes out, are passed over."""
    data = _data("status-quo")
    data["members"][0]["picture"]["detection"] = "horizon"
    assert _found(data) == ([], [])
    data["members"][0]["picture"]["p_look"]["drone"]["value"] = 0.5
    data["members"][0]["picture"]["drop_after"]["value"] = 5
    assert _found(data) == ([], ["members[0].picture.p_look", "members[0].picture.drop_after"])
    assert _found({**data, "members": [{**data["members"][0], "picture": {**data["members"][0]["picture"], "revisit": 3}}]})[0] != []


def test_a_package_tells_how_its_radars_look():
    """By the numbers: every new one stands in the sentence of the picture, pooling in the package's."""
    said = " ".join(sentence.text for sentence in package_sentences(package("skyshield-west")))
    for words in ("every 10 s (4–12) (airborne radars every 10 s (5–12))", "0.6 (0.3–0.9) for one-way drones", "4 (3–6) looks in a row", "0.05 (0–0.2)",
                  "places to 300 m (100–1000)", "No member passes its own tracks on"):  # fmt: skip
        assert words in said, words
    assert "pass their own tracks on to each other, 10 s (2–60) late" in " ".join(sentence.text for sentence in package_sentences(package("neighbours")))
    plain = vary(package("status-quo"), {f"members[{nation}].picture.detection": "horizon" for nation in ("PL", "RO")}, name="plain")
    said = " ".join(sentence.text for sentence in package_sentences(plain))
    assert "seen at once and never lost" in said and "chance of 0.6" not in said


@pytest.mark.parametrize("name", package_names())
def test_only_neighbours_pools(name: str):
    """Decision: the package whose member without assets would else help nobody."""
    assert package(name).pooling.enabled == (name == "neighbours")


def test_what_nothing_reads_of_a_picture_is_known():
    """By the form: airborne radars' period where there is none; all of the looks with `horizon`; the pool's latency where nobody pools."""
    plain = vary(package("skyshield-west"), {"members[PL].picture.detection": "horizon"}, name="plain").model_dump(mode="json")
    off = switched_off([plain])
    at = "package.plain.members"
    unread = [f"{at}[PL].picture.revisit.ground", f"{at}[PL].picture.p_look.drone", f"{at}[PL].picture.drop_after", "package.plain.pooling.latency"]
    assert all(path.startswith(off) for path in unread)
    assert not any(path.startswith(off) for path in (f"{at}[RO].picture.revisit.airborne", f"{at}[RO].picture.p_look.drone", f"{at}[PL].picture.confusion"))
    assert f"{at.replace('plain', 'status-quo')}[PL].picture.revisit.airborne".startswith(switched_off([package("status-quo").model_dump(mode="json")]))
    assert not any("pooling" in part for part in switched_off([package("neighbours").model_dump(mode="json")]))


def test_the_brief_has_words_for_every_number_of_a_picture():
    """By the table: no path is its own label; all stand in the group of what members see."""
    for path, _ in sourced_numbers({"package.neighbours": package("neighbours")}):
        if ".picture." in path or ".pooling." in path:
            letter, label, *_ = read_path(path)
            assert letter == "E", path
            assert " " in label and "_" not in label, (path, label)


def test_a_package_is_the_same_after_a_dump():
    """Law: what is written out reads as it was."""
    for name in package_names():
        assert Package.model_validate_json(package(name).model_dump_json()) == package(name)
