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
    assert {row["group"] for row in found["numbers"]} == set("NABCH")
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


# -- the screening --------------------------------------------------------------------------------------------------------

TINY = ("--trajectories", "2", "--blocks", "2", "--single", "2", "--threads", "2")
KEPT = {"layer/drone/stopped", "aircraft/p_kill/drone"}


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two factors instead of a hundred, and fewer route-only draws."""
    from zaslin.studies import block, factors, screening

    real = factors.factors
    monkeypatch.setattr(screening, "factors", lambda item, ground: [factor for factor in real(item, ground) if factor.name in KEPT])
    monkeypatch.setattr(block, "LEAST_ROUTES", 200)
    monkeypatch.setattr(block, "MOST_ROUTES", 200)


@pytest.mark.slow
def test_a_folders_screening_is_stored_shown_again_and_stands_in_the_brief(few: None, tmp_path: Path):
    """The whole way with tiny numbers: run, brief, screen, show again without running, brief with a section more, table and --json."""
    first, page = str(tmp_path / "first"), tmp_path / "brief.html"
    assert zaslin("run", "2023-09-04", "-p", "status-quo", "-p", "pl-ro-toward-border", "-n", "10", "--seed", "7", "-o", first).exit_code == 0
    assert zaslin("brief", first, "-o", str(page)).exit_code == 0
    before = page.read_text(encoding="utf-8")
    assert 'id="screened"' not in before and 'id="input-' not in before
    nothing = zaslin("sources", first, "--measure", "leakers")
    assert (nothing.exit_code, nothing.stdout) == (2, "") and "--screen" in nothing.stderr
    done = zaslin("sources", first, "--screen", "--measure", "leakers", *TINY)
    assert done.exit_code == 0, done.stderr
    assert "What it depends on most: Leakers" in done.stdout and "evaluations" in done.stderr
    assert (tmp_path / "first" / "screening.json").is_file()
    found = answer(first, "--measure", "leakers")["screening"]
    assert {"mu_star", "mu_star_conf", "sigma", "mu", "noise", "told", "rank", "share"} == set(found["rows"][0]["effects"]["leakers: status-quo"])
    assert {(row["label"], row["letter"]) for row in found["rows"]} >= {("share stopped (destroyed or lost)", "B")}
    again = zaslin("sources", first, "--search", "mast")
    assert again.exit_code == 0 and "What it depends on most" in again.stdout and "evaluations" not in again.stderr
    assert zaslin("brief", first, "-o", str(page)).exit_code == 0
    after = page.read_text(encoding="utf-8")
    assert 'id="screened"' in after and after.count('href="#input-') == after.count('<tr id="input-') > 0
    wrong = zaslin("sources", first, "--measure", "sorties")
    assert (wrong.exit_code, wrong.stdout) == (2, "") and "sorties" in wrong.stderr


@pytest.mark.slow
def test_a_nights_screening_lies_in_a_folder_of_its_own(few: None, tmp_path: Path):
    """By hand: the folder that -o names holds the study and the screening, and can be asked about later; a given crossing is followed too."""
    place = str(tmp_path / "kept")
    done = zaslin("sources", "2023-09-04", "--screen", "-p", "status-quo", "-p", "pl-ro-toward-border", *TINY, "-o", place, "--json")
    assert done.exit_code == 0, done.stderr
    screening = json.loads(done.stdout)["screening"]
    assert screening["packages"] == ["status-quo", "pl-ro-toward-border"] and screening["night"] == "2023-09-04"
    later = answer(place)
    assert (later["kind"], later["screening"]) == ("folder", screening)
    assert any(row["path"].startswith("night.groups[") for row in later["numbers"])
    refused = zaslin("sources", place, "--screen")
    assert refused.exit_code == 2 and "holds a screening and no results" in refused.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("2023-12-29", "-o", "folder"), "no table"),
        (("2023-12-29", "-p", "status-quo"), "belongs to --screen"),
        (("2023-12-29", "--screen", "--night", "2023-09-04"), "--night"),
        (("2023-12-29", "--screen", "-o", "a", "-o", "b"), "one folder"),
        (("2023-12-29", "--screen", "--blocks", "0", "-o", "{tmp}/x"), "blocks"),
        (("pl-ro-toward-border", "--screen", "-p", "status-qou", "-o", "{tmp}/x"), "status-quo"),
    ],
)
def test_options_that_do_not_go_together_are_told(words: tuple[str, ...], told: str, tmp_path: Path):
    """By DESIGN: bad input is 2, with what would do, before anything is simulated."""
    done = zaslin("sources", *(word.format(tmp=tmp_path) for word in words))
    assert (done.exit_code, done.stdout) == (2, "") and told in done.stderr


def test_a_package_under_another_policy_is_a_target_too():
    """By hand: NAME@POLICY has the numbers of NAME, under its own name; only policies that weigh read the worths of threats."""
    named, plain = answer("pl-ro-toward-border@national"), answer("pl-ro-toward-border")
    assert named["kind"] == "package" and len(named["numbers"]) == len(plain["numbers"])
    assert {row["path"].replace("toward-border-national.", "toward-border.") for row in named["numbers"]} == {row["path"] for row in plain["numbers"]}
    wrong = zaslin("sources", "pl-ro-toward-border@nationel")
    assert wrong.exit_code == 2 and 'did you mean "national"' in wrong.stderr


def test_the_yaml_of_a_package_under_another_policy_is_that_package(tmp_path: Path):
    """Oracle: the text that --yaml prints, read as a file, is what `run -p NAME@POLICY` flies."""
    for name in ("pl-ro-toward-border@national", "skyshield-west@optimal"):
        done = zaslin("package", name, "--yaml")
        assert done.exit_code == 0, done.stderr
        mine = tmp_path / "mine.yaml"
        mine.write_text(done.stdout, encoding="utf-8")
        assert package(mine) == package(name)


def test_a_search_of_the_registry_says_how_to_search_a_scenario():
    """By DESIGN: what was searched, and the command for the rest, on stderr; nothing where nothing was searched for."""
    found = zaslin("sources", "--search", "kyiv independent")
    assert "the registry of sources alone" in found.stderr and "zaslin sources NIGHT|PACKAGE|FOLDER --search 'kyiv independent'" in found.stderr
    assert zaslin("sources").stderr == ""
