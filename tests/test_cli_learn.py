"""The verbs that learn: what they print, and how they end when something is in the way."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from made_reports import made, text, write
from zaslin.cli import app
from zaslin.scenario.calibration import load_calibration
from zaslin.scenario.raid_windows import CLASSES
from zaslin.studies.baselines import NAMES


def zaslin(*words: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, as a user's shell starts it."""
    return subprocess.run([sys.executable, "-m", "zaslin", *words], capture_output=True, text=True, timeout=300, check=False)


def ask(*words: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr, in this process."""
    done = CliRunner().invoke(app, list(words), prog_name="zaslin")
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty days made by us."""
    return write(tmp_path_factory.mktemp("made") / "made.csv", made(40, seed=21, most=60, booked=20))


@pytest.mark.parametrize("verb", ["calibrate", "validate"])
def test_help_shows_an_example(verb: str):
    """By DESIGN."""
    code, out, _ = ask(verb, "--help")
    assert code == 0
    assert f"zaslin {verb} --" in out


def test_validate_prints_the_record_in_its_shape(table: Path):
    """By DESIGN, `validate --json`: classes with outcome, period, windows, coverage, scores and every baseline's; nothing else on stdout."""
    code, out, _ = ask("validate", "--from", str(table), "--since", "2024-07-01", "--json")
    record = json.loads(out)
    assert code == 0
    assert record["table"]["windows"] > 40
    assert {(row["class"], row["outcome"]) for row in record["classes"]} >= {("drone", "S"), ("drone", "D")}
    for row in record["classes"]:
        assert row["class"] in CLASSES
        assert row["outcome"] in ("S", "D")
        assert {"period", "windows", "r50", "r90", "crps_per_launched", "log_score", "baselines"} <= set(row)
        assert set(row["baselines"]) == set(NAMES)
        assert all({"crps_per_launched", "log_score"} <= set(item) for item in row["baselines"].values())


def test_calibrate_prints_its_parameters_in_their_shape_and_writes_the_file(table: Path, tmp_path: Path):
    """By DESIGN, `calibrate --json`; every row that is not used is in `unused` with its reason; the file is one that a run reads."""
    target = tmp_path / "new" / "folder" / "mine.json"
    code, out, _ = ask("calibrate", "--from", str(table), "-o", str(target), "--json")
    found = json.loads(out)
    assert code == 0
    assert found["file"] == str(target)
    for row in found["classes"]:
        assert {"class", "parameter", "mean", "low", "high", "n"} <= set(row)
    assert all(item["why"] for item in found["unused"])
    assert load_calibration(target).windows == found["windows"]


@pytest.mark.slow
def test_both_verbs_say_in_words_what_they_did(table: Path, tmp_path: Path):
    """By hand: a table, its source and what was left out; no marks of markup."""
    code, out, _ = ask("calibrate", "--from", str(table), "-o", str(tmp_path / "mine.json"))
    assert (code, "mine.json" in out, "rows not used" in out) == (0, True, True)
    code, out, _ = ask("validate", "--from", str(table), "--since", "2024-07-10")
    assert (code, "best baseline" in out, "scored from 2024-07-10" in out) == (0, True, True)
    assert "[/]" not in out


def test_what_is_shipped_is_shown_without_a_table():
    """By hand."""
    for words in (("calibrate", "--json"), ("validate", "--json")):
        code, out, _ = ask(*words)
        assert code == 0
        assert json.loads(out)["classes"]


@pytest.mark.parametrize("verb", ["calibrate", "validate"])
def test_what_is_no_table_is_named_and_ends_with_2(verb: str, tmp_path: Path):
    """By DESIGN: missing, a folder, another table, bytes, empty, only a header, nothing in scope; no traceback, nothing on stdout."""
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "bytes.csv").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "empty.csv").write_bytes(b"")
    write(tmp_path / "header.csv", [])
    write(tmp_path / "scope.csv", [made(1)[0] | {"model": "Orlan-10"}])
    for name in ("none.csv", "", "other.csv", "bytes.csv", "empty.csv", "header.csv", "scope.csv"):
        code, out, err = ask(verb, "--from", str(tmp_path / name))
        assert (code, out) == (2, ""), name
        assert str(tmp_path / name) in err.replace("\n", ""), name
        assert "Traceback" not in err


@pytest.mark.parametrize(
    ("since", "told"),
    [
        ("2030-01-01", "its last is of 2024-08"),
        ("9999-12-31", "no raid window"),
        ("nonsense", "YYYY-MM-DD"),
        ("2024-13-01", "YYYY-MM-DD"),
        ("", "YYYY-MM-DD"),
    ],
)
def test_a_date_that_cannot_be_scored_from_ends_with_2(table: Path, since: str, told: str):
    """By DESIGN: beyond the end of the table, or no date."""
    code, out, err = ask("validate", "--from", str(table), "--since", since)
    assert (code, out) == (2, "")
    assert told in err.replace("\n", " ")


def test_a_date_without_a_table_ends_with_2():
    """By hand: the shipped record cannot be scored anew."""
    code, _, err = ask("validate", "--since", "2024-01-01")
    assert code == 2
    assert "--from FILE" in err


def test_a_folder_in_the_way_of_the_file_is_told(table: Path, tmp_path: Path):
    """By DESIGN: 2, and nothing is left behind."""
    for target, told in ((tmp_path, "is a folder"), (table / "x.json", "a file of that name is in the way")):
        code, _, err = ask("calibrate", "--from", str(table), "-o", str(target))
        assert code == 2
        assert told in err.replace("\n", " ")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_folder_as_output_is_refused_before_anything_is_learned(table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slash: str):
    """By hand: learning takes minutes on a long table; a folder, there or only meant (a slash at its end), is told at once."""

    def learn(*_: object, **__: object) -> None:
        raise AssertionError("it was learned")

    monkeypatch.setattr("zaslin.studies.calibrate.calibrate", learn)
    code, _, err = ask("calibrate", "--from", str(table), "-o", f"{tmp_path}/{'not-there' if slash else ''}{slash}")
    assert code == 2
    assert "is a folder; give the calibration a file's name" in err.replace("\n", " ")
    assert not list(tmp_path.iterdir())


def test_one_of_a_thing_is_told_in_the_singular(tmp_path: Path):
    """By hand: a table of one row."""
    one = write(tmp_path / "one.csv", made(40, seed=21, most=60, booked=20)[:1])
    for words in (("calibrate", "--from", str(one)), ("validate", "--from", str(one), "--since", "2024-01-01")):
        code, out, _ = ask(*words)
        assert code == 0
        assert "1 raid window," in out or "1 row, 1 raid window from" in out
        assert not re.search(r"\b1 (?:[a-z-]+ )*(?:windows|nights|class-nights|rows|cases)\b", out)


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes anywhere")
def test_a_folder_that_may_not_be_written_to_is_told(table: Path, tmp_path: Path):
    """By DESIGN."""
    tmp_path.chmod(0o500)
    try:
        code, _, err = ask("calibrate", "--from", str(table), "-o", str(tmp_path / "x.json"))
    finally:
        tmp_path.chmod(0o700)
    assert code == 2
    assert "no permission" in err


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_told(table: Path):
    """Record: /dev/full refuses every write: as the file asked for and as stdout."""
    done = zaslin("calibrate", "--from", str(table), "-o", "/dev/full")
    assert done.returncode == 2
    assert "the disk is full" in done.stderr
    with Path("/dev/full").open("w") as full:
        end = subprocess.run([sys.executable, "-m", "zaslin", "validate", "--json"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=120, check=False)
    assert end.returncode == 2
    assert "the disk is full" in end.stderr
    assert "Traceback" not in done.stderr + end.stderr


def test_a_read_only_place_is_told(table: Path):
    """Record: /proc takes no file, whoever asks."""
    code, _, err = ask("calibrate", "--from", str(table), "-o", "/proc/mine.json")
    assert code == 2
    assert "cannot be written" in err
    assert "Traceback" not in err


def test_the_table_itself_is_not_written_over(table: Path):
    """By hand: -o with the name of the table, told before anything is learned; the table stays."""
    before = table.read_bytes()
    code, _, err = ask("calibrate", "--from", str(table), "-o", f"{table.parent}/../{table.parent.name}/{table.name}")
    assert code == 2
    assert "is the table itself" in err.replace("\n", " ")
    assert table.read_bytes() == before


def test_an_old_file_stays_where_a_new_one_cannot_be_made(tmp_path: Path):
    """Law: a table that is refused leaves an earlier calibration untouched."""
    target = tmp_path / "mine.json"
    target.write_text("mine", encoding="utf-8")
    code, _, _ = ask("calibrate", "--from", str(write(tmp_path / "header.csv", [])), "-o", str(target))
    assert (code, target.read_text(encoding="utf-8")) == (2, "mine")


@pytest.mark.parametrize("how", ["utf-16", "truncated", "semicolons", "crlf"])
def test_a_table_as_a_spreadsheet_or_a_broken_download_leaves_it_is_read(table: Path, tmp_path: Path, how: str):
    """Law: UTF-16, cut in the middle of a row, semicolons, CRLF: a record, and what was not used is told."""
    content = text(made(15, seed=21, most=60, booked=20))
    raw = {
        "utf-16": content.encode("utf-16"), "truncated": content.encode()[: int(0.6 * len(content))], "crlf": content.replace("\n", "\r\n").encode(),
        "semicolons": content.replace(",", ";").encode(),
    }[how]  # fmt: skip
    path = tmp_path / "table.csv"
    path.write_bytes(raw)
    code, out, _ = ask("validate", "--from", str(path), "--json")
    record = json.loads(out)
    assert code == 0
    assert record["table"]["windows"] > 10
    assert (record["table"]["unused_rows"] > 0) >= (how == "truncated")


@pytest.mark.slow
def test_two_years_in_the_style_of_later_months_from_end_to_end(tmp_path: Path):
    """By DESIGN's shapes, from a table made by us: 800 drones a night, losses booked apart for a while, unknown models and places."""
    path = write(tmp_path / "made.csv", made())
    code, out, _ = ask("validate", "--from", str(path), "--since", "2025-01-01", "--json")
    record = json.loads(out)
    assert code == 0
    assert {row["class"] for row in record["classes"]} == set(CLASSES)
    assert max(row["launched"] for row in record["classes"]) > 50_000
    code, out, _ = ask("calibrate", "--from", str(path), "--json")
    found = json.loads(out)
    assert code == 0
    assert {row["class"] for row in found["classes"]} == {*CLASSES, "all"}
    assert len(found["booking_changes"]) >= 2
    assert {item["why"] for item in found["unused"]} >= {"too few data of this model for a score", "out of scope"}
