"""docs/packages.md: its example is a package without faults, its code runs, its messages are real, and it names every key."""

from __future__ import annotations

import re
from pathlib import Path

from zaslin.scenario.check import check_file
from zaslin.scenario.deconfliction import Deconfliction
from zaslin.scenario.load import load_document
from zaslin.scenario.package import AirborneRadar, BorderGbad, Caveat, Fighters, Heading, Member, NamedZone, Package, Picture, PilotsGate, SharedPicture, Zone
from zaslin.scenario.packages import inspect_package, package_text

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
    for model in (Package, Member, Picture, SharedPicture, AirborneRadar, Fighters, BorderGbad, Caveat, Zone, Heading, NamedZone, PilotsGate, Deconfliction):
        for key in set(model.model_fields) - {"kind", "toward"}:
            assert f"`{key}`" in PAGE, f"{model.__name__}.{key}"
