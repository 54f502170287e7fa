"""The shipped nights, nights as files, and the page that explains them."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

from zaslin.errors import InputError, SpecError
from zaslin.scenario.catalogue import launch_areas, threat_models
from zaslin.scenario.incident import incident
from zaslin.scenario.load import load_document
from zaslin.scenario.night_rules import inspect_night
from zaslin.scenario.shipped import night, night_ids
from zaslin.scenario.sources import source

DOCS = Path(__file__).parents[2] / "docs" / "nights.md"


def test_five_nights_ship():
    """The issue's list, with 2023-09-04 as the Danube night."""
    assert night_ids() == ("2022-11-15", "2023-09-04", "2023-12-29", "2024-03-24", "2024-08-26")


@pytest.mark.parametrize(
    ("id", "launched", "destroyed"),
    [("2022-11-15", 108, 87), ("2023-09-04", 32, 23), ("2023-12-29", 158, 114), ("2024-03-24", 57, 43), ("2024-08-26", 236, 201)],
)
def test_a_shipped_night_adds_up_to_the_reports_totals(id: str, launched: int, destroyed: int):
    """The Air Force's totals of those days: 36 + 122 on 2023-12-29 with 27 + 87 destroyed, 127 + 109 on 2024-08-26 with 102 + 99, and so on."""
    item = night(id)
    assert sum(item.launched.values()) == launched
    assert sum(group.destroyed or 0 for group in item.groups) == destroyed


@pytest.mark.parametrize("id", night_ids())
def test_a_shipped_night_names_only_what_is_known(id: str):
    """Sources, models, launch areas and incidents resolve; there is neither fault nor warning."""
    item = night(id)
    assert item.id == id
    for group in item.groups:
        assert source(group.source).publisher
        assert set(group.models) <= set(threat_models())
        assert set(group.launch_areas) <= set(launch_areas())
    for name in item.incidents:
        assert abs((incident(name).date_utc - item.end_utc.date()).days) <= 1
    text = (files("zaslin.scenario") / "data" / "nights" / f"{id}.yaml").read_text(encoding="utf-8")
    assert inspect_night(load_document(text))[1:] == ([], [])


def test_the_windows_of_2023_12_29_hold_the_crossing():
    """The crossing of 06:00 UTC lies within the cruise missiles' window."""
    group = next(group for group in night("2023-12-29").groups if group.model == "Kh-101/Kh-555")
    at = incident("PL-2023-12-29").at_utc
    assert at is not None
    assert group.start_utc <= at <= group.end_utc


def test_an_unknown_night_gets_the_nearest_and_the_list():
    """A slip of two digits, and a word that is near nothing."""
    with pytest.raises(InputError, match=r'did you mean "2023-12-29".*2022-11-15.*YAML'):
        night("2023-12-92")
    with pytest.raises(InputError, match=r"there are: 2022-11-15"):
        night("tomorrow")
    with pytest.raises(InputError):
        night("")


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path):
    """No such file, a folder, and a table where a night was meant."""
    with pytest.raises(InputError, match="no file"):
        night(tmp_path / "mine.yaml")
    with pytest.raises(InputError, match="is a folder"):
        night(str(tmp_path))
    with pytest.raises(InputError, match="zaslin nights --from"):
        night("reports.csv")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (("count: 40", "count: -40"), r"groups\[0\]\.count"), (("count: 40", "count: 0"), r"groups\[0\]\.count"),
        (("destroyed: 9", "destroyed: 12"), "add to 13, more than the 12 launched"), (("Kalibr: 4}", "Kalibr: 3}"), "adds to 11, not to the 12"),
        (("2024-08-02T04:00:00Z", "2024-08-02T01:00:00Z"), "before it starts"), (("id: kh101-kalibr", "id: shahed"), 'two groups have the id "shahed"'),
        (("Caspian Sea", "Caspian See"), 'did you mean "Caspian Sea"'), (("Odesa oblast", "Odessa oblast"), 'did you mean "Odesa oblast"'),
        (("incidents: []", "incidents: [PL-2023-12-92]"), r"incidents\[0\]"), (("source: assumption", "source: my-notes"), "my-notes"),
        (("T18:00:00Z", "T18:00:00"), "start_utc"), (("count: 40", "count: forty"), r"groups\[0\]\.count"), (("note: An", "notes: An"), "notes"),
        (("groups:", "groups: ["), "line"),
    ],
)  # fmt: skip
def test_a_fault_in_a_night_file_is_told_by_its_place(tmp_path: Path, change: tuple[str, str], where: str):
    """The documented example with one change."""
    text = example()
    assert change[0] in text
    path = tmp_path / "mine.yaml"
    path.write_text(text.replace(*change, 1), encoding="utf-8")
    with pytest.raises(SpecError, match=where):
        night(path)


def test_a_night_without_groups_and_an_empty_file_are_told(tmp_path: Path):
    """Bad input of the issue's list."""
    path = tmp_path / "mine.yaml"
    path.write_text("id: a\ntitle: A\nsource: assumption\ngroups: []\n")
    with pytest.raises(SpecError, match="groups"):
        night(path)
    path.write_text("")
    with pytest.raises(SpecError):
        night(path)


def test_several_faults_come_at_once(tmp_path: Path):
    """One of the types, two of names."""
    path = tmp_path / "mine.yaml"
    path.write_text(example().replace("count: 40", "count: -1").replace("Kursk oblast", "Kurks oblast").replace("west]", "wset]"), encoding="utf-8")
    with pytest.raises(SpecError, match="3 faults"):
        night(path)


def test_the_documented_example_is_a_good_night(tmp_path: Path):
    """The YAML block of docs/nights.md."""
    path = tmp_path / "example.yaml"
    path.write_text(example(), encoding="utf-8")
    item = night(path)
    assert item.launched == {"Shahed-136/131": 40, "Kh-101/Kh-555 + Kalibr": 12}
    assert inspect_night(load_document(path))[1:] == ([], [])


def test_the_page_lists_the_models_and_the_nights():
    """docs/nights.md against the catalogue."""
    text = " ".join(DOCS.read_text(encoding="utf-8").split())
    models = text.split("Models: ")[1].split(". Any other")[0]
    assert models.split(", ") == [name for name in threat_models() if name != "unknown"]
    assert re.findall(r"\| `(\d{4}-\d{2}-\d{2})` \|", DOCS.read_text(encoding="utf-8")) == list(night_ids())


def example() -> str:
    return DOCS.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
