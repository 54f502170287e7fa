"""The verb `sources`: every number with its source, of a night, a package, a file of one's own and a results folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from zaslin.cli import app
from zaslin.outcomes.store import create
from zaslin.outcomes.tables import SCHEMA_VERSION
from zaslin.scenario.numbers import sourced_numbers
from zaslin.scenario.packages import package, package_text
from zaslin.scenario.shipped import night


def zaslin(*words: str) -> Result:
    """The command in this process."""
    return CliRunner().invoke(app, list(words), prog_name="zaslin")


def answer(*words: str) -> dict[str, Any]:
    """The object that `sources --json` prints."""
    done = zaslin("sources", *words, "--json")
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found) == {"target", "kind", "numbers", "sources", "screening"}
    return found  # type: ignore[no-any-return]


def test_a_nights_counts_are_numbers_with_the_groups_source():
    """By hand from the night's file: 90 Kh-101 launched and 87 destroyed, both from the Air Force's report."""
    found = answer("2023-12-29")
    rows = {row["path"]: row for row in found["numbers"]}
    launched, destroyed = rows["night.groups[kh101].count"], rows["night.groups[kh101].destroyed"]
    assert (found["kind"], launched["value"], destroyed["value"]) == ("night", 90, 87)
    assert launched["source"] == destroyed["source"] == next(group.source for group in night("2023-12-29").groups if group.id == "kh101")
    assert launched["source"] in found["sources"]
    assert {row["group"] for row in found["numbers"]} == set("NABC")
    assert rows["launch_area.Belgorod oblast.spread"]["value"] == 60  # a model's default area, which the report does not name


def test_a_package_lists_every_number_that_it_holds_and_its_aircraft():
    """Law: each Sourced of the package is in exactly one row; equal ones of two members say that they are used twice."""
    item = package("pl-ro-toward-border")
    found = answer("pl-ro-toward-border")
    paths = [row["path"] for row in found["numbers"]]
    own = {f"package.{item.name}.{path}" for path, _ in sourced_numbers(item)}
    assert len(paths) == len(set(paths)) and own <= set(paths)
    assert any(path.startswith("aircraft.F-16") for path in paths)
    mast = next(row for row in found["numbers"] if row["path"].endswith("members[PL].picture.mast"))
    assert (mast["used"], mast["low"], mast["high"], mast["unit"], mast["assumption"]) == (2, 20, 80, "m", True)


def test_what_nothing_reads_is_said_to_be_switched_off():
    """By the package's text: the shared picture of `status-quo` is off, so nothing reads its delay."""
    rows = {row["path"]: row for row in answer("status-quo")["numbers"]}
    assert rows["package.status-quo.members[PL].picture.shared.latency"]["read"] is False
    assert rows["package.status-quo.members[PL].picture.mast"]["read"] is True


def test_filters_leave_what_was_asked_for():
    """By hand: a search looks at words and paths; --assumptions leaves rows without a source only."""
    searched = answer("2023-12-29", "--search", "kh-101")["numbers"]
    assert searched and all("Kh-101" in row["path"] + row["of"] or "kh101" in row["path"] for row in searched)
    assumed = answer("2023-12-29", "--assumptions")
    assert assumed["sources"] == {} and all(row["source"] == "assumption" for row in assumed["numbers"])
    nothing = zaslin("sources", "2023-12-29", "--search", "zzz")
    assert nothing.exit_code == 0 and "no number holds that text" in nothing.stdout


def test_a_table_holds_the_same_rows(tmp_path: Path):
    """Law: CSV, Parquet and --json agree; another ending is refused before anything is printed."""
    told = answer("pl-ro-toward-border")["numbers"]
    for name in ("numbers.csv", "numbers.parquet"):
        assert zaslin("sources", "pl-ro-toward-border", "-o", str(tmp_path / name)).exit_code == 0
    csv, parquet = pl.read_csv(tmp_path / "numbers.csv"), pl.read_parquet(tmp_path / "numbers.parquet")
    assert csv["path"].to_list() == parquet["path"].to_list() == [row["path"] for row in told]
    assert parquet["high"].to_list() == [row["high"] for row in told]
    refused = zaslin("sources", "pl-ro-toward-border", "-o", str(tmp_path / "numbers.xlsx"))
    assert (refused.exit_code, refused.stdout) == (2, "")


def test_a_file_of_ones_own_is_read_by_its_kind(tmp_path: Path):
    """A copied package is a package; a name that is not there is answered with the nearest."""
    (tmp_path / "mine.yaml").write_text(package_text("status-quo"), encoding="utf-8")
    assert answer(str(tmp_path / "mine.yaml"))["kind"] == "package"
    assert "status-quo" in zaslin("sources", "status-qou").stderr
    for name in ("nowhere.yaml", "no/such/folder"):
        lost = zaslin("sources", str(tmp_path / name))
        assert (lost.exit_code, lost.stdout) == (2, "") and Path(name).name in lost.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A results folder as `run` leaves it, before the first replicate."""
    from zaslin.studies.design import description, study

    item = study("2023-12-29", ["status-quo", "pl-ro-toward-border"], 10, seed=7)
    create(tmp_path / "first", {"schema_version": SCHEMA_VERSION, **description(item), "replicates": 10})
    return tmp_path / "first"


def test_a_folder_tells_what_its_manifest_holds(folder: Path):
    """Law: every input of the manifest is listed, beside the night's counts and the launch areas that are used by default."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    found = answer(str(folder))
    paths = {row["path"] for row in found["numbers"]}
    assert found["kind"] == "folder" and {row["path"] for row in manifest["inputs"]} <= paths
    assert paths - {row["path"] for row in manifest["inputs"]} >= {"night.groups[kh101].count", "launch_area.Belgorod oblast.spread"}
    assert found["screening"] is None
    told = zaslin("sources", str(folder)).stdout
    assert "A  Routes and the border" in told and "×" in told
