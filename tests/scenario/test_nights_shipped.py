"""The shipped nights, nights as files, and the page that explains them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
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


TOTALS = {
    "2022-10-10": (97, 53, 0), "2022-11-15": (108, 87, 0), "2022-12-16": (103, 60, 0), "2023-01-14": (38, 25, 0), "2023-02-10": (113, 66, 0),
    "2023-09-04": (32, 23, 0), "2023-09-13": (44, 32, 0), "2023-10-12": (33, 28, 0), "2023-12-14": (43, 41, 0), "2023-12-29": (158, 114, 0),
    "2024-02-10": (31, 23, 0), "2024-03-24": (57, 43, 0), "2024-07-25": (38, 25, 3), "2024-08-26": (236, 201, 0), "2024-09-07": (67, 58, 3),
    "2024-09-08": (27, 16, 5), "2024-09-27": (39, 24, 1), "2024-11-10": (145, 62, 67), "2024-11-17": (210, 144, 41), "2024-11-28": (188, 114, 62),
    "2024-12-25": (184, 113, 52),
}  # fmt: skip
"""Launched, destroyed and lost of every shipped night, all models together."""


def test_the_nights_that_the_issues_ask_for_ship():
    """Issue 2 names four and a Danube night; issue 3 at least fifteen, border nights and Ukraine-wide ones both."""
    assert set(night_ids()) == set(TOTALS)
    assert {"2022-11-15", "2023-09-04", "2023-12-29", "2024-03-24", "2024-08-26", "2024-11-17"} < set(night_ids())
    assert len(night_ids()) >= 15
    countries = {incident(name).country for id in night_ids() for name in night(id).incidents}
    assert {"PL", "RO", "MD", "LV"} <= countries
    assert sum(any("Ukraine" in group.targets for group in night(id).groups) for id in night_ids()) >= 5
    assert sum(any(incident(name).country == "RO" for name in night(id).incidents) for id in night_ids()) >= 5


@pytest.mark.parametrize("id", TOTALS)
def test_a_shipped_night_adds_up_to_the_reports_totals(id: str):
    """The Air Force's totals of those days: 36 + 122 on 2023-12-29 with 27 + 87 destroyed, 90 + 120 on 2024-11-17 with 42 + 102, and so on."""
    item = night(id)
    stops = (sum(getattr(group, what) or 0 for group in item.groups) for what in ("destroyed", "lost"))
    assert (sum(item.launched.values()), *stops) == TOTALS[id]


def test_every_night_and_every_report_is_cited_by_itself():
    """No night rests on the table alone: each names the report that the table carries, and each such source says so."""
    for id in night_ids():
        for name in {night(id).source, *(group.source for group in night(id).groups)}:
            assert source(name).date == id
            assert "daily-reports-table" in source(name).note


def test_an_incident_belongs_to_one_night():
    """By hand: two nights that tell of the same crossing would count it twice."""
    told = [name for id in night_ids() for name in night(id).incidents]
    assert len(told) == len(set(told))


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


def moment(name: str) -> datetime | None:
    """When it was, where the time is known."""
    found = incident(name)
    return None if found.time_utc is None else datetime.combine(found.date_utc, found.time_utc, UTC)


def test_the_windows_of_2023_12_29_hold_the_crossing():
    """The crossing of 06:00 UTC lies within the cruise missiles' window."""
    group = next(group for group in night("2023-12-29").groups if group.model == "Kh-101/Kh-555")
    at = moment("PL-2023-12-29")
    assert at is not None
    assert group.start_utc <= at <= group.end_utc


@pytest.mark.parametrize("id", night_ids())
def test_a_timed_incident_is_one_of_the_nights_models_in_its_window(id: str):
    """Law, two exceptions: the interceptor at Przewodów was no threat, and the drone in Latvia fell within an hour after the report's window."""
    for name in night(id).incidents:
        found = incident(name)
        if found.model and name != "PL-2022-11-15":
            groups = [group for group in night(id).groups if found.model in group.models]
            assert groups, name
            late = timedelta(hours=1 if name == "LV-2024-09-07" else 0)
            at = moment(name)
            assert at is None or any(group.start_utc <= at <= group.end_utc + late for group in groups), name


def test_an_unknown_night_gets_the_nearest_and_the_list():
    """A slip of two digits, and a word that is near nothing."""
    with pytest.raises(InputError, match=r'did you mean "2023-12-29".*2022-11-15.*YAML'):
        night("2023-12-92")
    with pytest.raises(InputError, match=r"there are: 2022-10-10, 2022-11-15"):
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
