"""docs/packages.md: its example is a package without faults, its code runs, its messages are real, and it names every key."""

from __future__ import annotations

import re
from pathlib import Path

from zaslin.scenario.check import check_file
from zaslin.scenario.deconfliction import Deconfliction
from zaslin.scenario.load import load_document
from zaslin.scenario.package import (
    BorderGbad,
    Caveat,
    Fighters,
    Heading,
    Helicopters,
    Member,
    NamedZone,
    Package,
    PilotsGate,
    Zone,
)
from zaslin.scenario.packages import inspect_package, package_text
from zaslin.scenario.picture import AirborneRadar, Picture, Pooling, Revisit, SharedPicture
from zaslin.scenario.say import package_sentences, package_sources
from zaslin.scenario.sourced import ASSUMPTION
from zaslin.scenario.sources import sources

PAGE = (Path(__file__).parents[2] / "docs" / "packages.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found.group(1)


def test_the_example_package_has_neither_faults_nor_warnings():
    """The page says that it is a whole package."""
    found, faults, warnings = inspect_package(load_document(block("yaml"), "docs"))
    assert (faults, warnings) == ([], [])
    assert found is not None
    assert [caveat.effect for caveat in found.members[0].caveats] == ["ask", "permit", "forbid"]


def test_the_example_of_slow_and_cheap_assets_is_a_package_and_says_so():
    """The file that the page names: no fault, no warning; its sentences tell of the helicopter and the interceptors, its part on the page is the file's."""
    path = Path(__file__).parents[2] / "docs" / "examples" / "danube-slow-and-cheap.yaml"
    found, faults, warnings = inspect_package(load_document(path, path.name))
    assert (faults, warnings) == ([], [])
    assert found is not None
    said = [sentence.text for sentence in package_sentences(found) if sentence.section == "assets"]
    assert any("1 (1–2) of the type armed helicopter, 8 (4–20) bursts each, on alert at LRTC" in text for text in said)
    assert any("(interceptor drones)" in text and "one interceptor ends a threat" in text for text in said)
    assert set(package_sources(found)) - {ASSUMPTION} <= set(sources())
    assert "knews-2026-05-29" in package_sources(found)
    part = next(text for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if "kind: helicopters" in text)
    assert part in path.read_text(encoding="utf-8")


def test_slow_aircraft_and_fighters_are_not_taken_for_each_other():
    """By hand, in the example: a fighter as a helicopter, a helicopter as a QRA, and a base from which a helicopter has no time left."""
    text = (Path(__file__).parents[2] / "docs" / "examples" / "danube-slow-and-cheap.yaml").read_text(encoding="utf-8")
    for old, new, path, says in (
        ("aircraft: armed helicopter", "aircraft: F-35A", "members[0].assets[1].aircraft", '"F-35A" is a fighter'),
        ("aircraft: F-16AM/BM MLU", "aircraft: armed helicopter", "members[0].assets[0].aircraft", '"armed helicopter" is no fighter; say kind: helicopters'),
        ("base: LRTC", "base: LRCT", "members[0].assets[1].station", "no time on station is left; take a nearer base"),
        ("base: LRTC", "base: LRTX", "members[0].assets[1].base", 'no base "LRTX"'),
    ):
        assert old in text
        _, faults, _ = inspect_package(load_document(text.replace(old, new, 1), "example"))
        assert [(fault.path, says in fault.message) for fault in faults] == [(path, True)]


def test_the_python_example_runs_as_it_stands():
    """Run, not read."""
    names: dict = {}
    exec(block("python"), names)
    assert [member.nation for member in names["poland_alone"].members] == ["PL"]


def test_the_messages_shown_are_the_messages_given(tmp_path):
    """The two slips that the page shows, made in a copy of the package."""
    text = package_text("pl-ro-toward-border").replace("base: EPLK ", "base: Lask ", 1).replace("zone: {area: ukraine}", "zone: {area: ukrane}", 1)
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    shown = block("text").splitlines()[1:]
    assert [str(fault) for fault in check_file(path)] == [line.strip() for line in shown]


def test_every_key_of_the_types_is_explained():
    """A key that the page does not name cannot be found by a user."""
    fighters = (Fighters, Helicopters, BorderGbad, Deconfliction)
    for model in (Package, Member, Picture, SharedPicture, AirborneRadar, Revisit, Pooling, *fighters, Caveat, Zone, Heading, NamedZone, PilotsGate):
        for key in set(model.model_fields) - {"kind", "toward"}:
            assert f"`{key}`" in PAGE, f"{model.__name__}.{key}"
