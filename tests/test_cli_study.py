"""A small study through the command line: run, continue, refuse, read in every way; one folder serves all tests here."""

from __future__ import annotations

import json
import math
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from zaslin import cli_run, stopping
from zaslin.cli import app
from zaslin.errors import InputError, StoreError
from zaslin.outcomes.store import Results

ASKED = ("2023-12-29", "-p", "status-quo", "-p", "pl-ro-toward-border", "--seed", "7", "--given", "PL-2023-12-29")
N = 20


def zaslin(*words: str) -> Result:
    """The command in this process; `shell` has one of its own."""
    return CliRunner().invoke(app, list(words), prog_name="zaslin")


def shell(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, as a user's shell starts it."""
    return subprocess.run([sys.executable, "-m", "zaslin", *words], cwd=cwd, capture_output=True, text=True, timeout=600, check=False)


def answer(*words: str) -> dict[str, Any]:
    """The object that a verb prints with --json; nothing else may stand on stdout."""
    done = zaslin(*words, "--json")
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A results folder and what `run --json` said of it."""
    folder = tmp_path_factory.mktemp("study") / "first"
    return folder, answer("run", *ASKED, "-n", str(N), "-o", str(folder))


def test_run_says_what_it_did(first: tuple[Path, dict[str, Any]]):
    """By DESIGN: the keys of `run --json`, and by hand their values."""
    folder, said = first
    assert {"folder", "night", "packages", "replicates", "seed", "seconds", "replicates_per_s"} <= set(said)
    assert (said["folder"], said["night"], said["replicates"], said["seed"]) == (str(folder), "2023-12-29", N, 7)
    assert said["packages"] == ["status-quo", "pl-ro-toward-border"]
    assert said["seconds"] > 0 and said["replicates_per_s"] > 0


def test_the_same_command_again_simulates_nothing_and_says_so(first: tuple[Path, dict[str, Any]]):
    """By DESIGN: the same command on the same folder completes what is missing; here that is nothing, and no part is touched."""
    folder, _ = first
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.parquet")}
    done = zaslin("run", *ASKED, "-n", str(N), "-o", str(folder))
    assert done.exit_code == 0, done.stderr
    assert "all were there already" in done.stdout
    assert "0 of 0" not in done.stderr
    assert "zaslin compare" in done.stdout
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*.parquet")} == before


@pytest.mark.parametrize("verb", ["compare", "why", "windows", "brief", "run"])
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda manifest: manifest.update(seed=8), "does not match its own hash"),
        (lambda manifest: manifest["night"]["groups"][0].update(count=3), "does not match its own hash"),
        (lambda manifest: manifest.update(night={}), "night has no id"),
        (lambda manifest: manifest.update(machine=3), "machine is not text"),
    ],
)
def test_an_edited_manifest_is_bad_input(first: tuple[Path, dict[str, Any]], tmp_path: Path, verb: str, change: Any, told: str):
    """By DESIGN: 2, what came and what to do, no traceback; the folder as the run wrote it is read."""
    folder = tmp_path / "edited"
    shutil.copytree(first[0], folder)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    more = {"brief": ["-o", str(tmp_path / "x.html")], "run": [*ASKED, "-n", str(N), "-o", str(folder)]}.get(verb, [])
    done = zaslin(verb, *([] if verb == "run" else [str(folder)]), *more)
    assert (done.exit_code, done.stdout) == (2, ""), done.stderr
    assert told in done.stderr and "fault in zaslin" not in done.stderr


def test_the_story_of_a_threat_is_told_in_time_order(first: tuple[Path, dict[str, Any]]):
    """By DESIGN: {"story": [{"t_s", "event", …}]} from launch to fate; the same in words; a wrong id names the nearest, a replicate that is not there ends
    with 2, and so does half of the question."""
    folder = str(first[0])
    example = answer("why", folder)["example_threat"]
    asked = ("--replicate", str(example["replicate"]), "--threat", example["threat"])
    found = answer("why", folder, *asked, "-p", example["package"])
    assert found["story"][0]["event"] == "launched" and "fate" in {event["event"] for event in found["story"]}
    assert [event["t_s"] for event in found["story"]] == sorted(event["t_s"] for event in found["story"])
    told = zaslin("why", folder, *asked)
    assert told.exit_code == 0, told.stderr
    assert "pl-ro-toward-border" in told.stdout and "launched:" in told.stdout and "its end:" in told.stdout and "None" not in told.stdout
    hits = [event for event in found["story"] if event["event"] == "look_hit"]
    fate_s = next(event["t_s"] for event in found["story"] if event["event"] == "fate")
    listed = [hit for radar in found["looks"] for view in radar["views"] for hit in view["hits"] if hit["t_s"] < fate_s]
    assert len(hits) == len(listed) > 0
    every = zaslin("why", folder, *asked, "-p", example["package"], "--every-look")
    assert every.exit_code == 0 and len(every.stdout.splitlines()) >= len(hits)
    for words, says in (
        (("--every-look",), "--replicate K and --threat ID"),
        (("--replicate", "0", "--threat", example["threat"] + "x"), "did you mean"),
        (("--replicate", "999", "--threat", example["threat"]), f"there are {N}"),
        (("--replicate", "-1", "--threat", example["threat"]), "no replicate -1"),
        (("--replicate", "0"), "--threat ID"),
        (("--threat", example["threat"]), "--replicate K"),
        (("--replicate", "0", "--threat", example["threat"], "-p", "status-qou"), 'did you mean "status-quo"'),
    ):
        done = zaslin("why", folder, *words)
        assert (done.exit_code, done.stdout) == (2, "") and says in done.stderr, done.stderr


def test_windows_of_several_packages_say_whose_scores_stand_on_top(first: tuple[Path, dict[str, Any]]):
    """By hand: the status quo opens no window, so the scores are those of the first package that does."""
    found = answer("windows", str(first[0]))
    mine = next(score for score in found["scores"] if score["package"] == "pl-ro-toward-border")
    assert (found["of"], found["precision"], found["recall"]) == ("pl-ro-toward-border", mine["precision"]["mean"], mine["recall"]["mean"])
    printed = " ".join(zaslin("windows", str(first[0])).stdout.split())
    assert f"precision: {found['precision_over']}; recall: {found['recall_over']}" in printed


def test_fewer_replicates_than_are_there_are_told(first: tuple[Path, dict[str, Any]]):
    done = zaslin("run", *ASKED, "-n", "10", "-o", str(first[0]))
    assert done.exit_code == 0 and "20 replicates of each: all were there already, 10 were asked for; the folder keeps what it has" in done.stdout
    assert "from 2 blocks of 10 replicates: no interval; -n 50 or more gives one" in done.stderr


def test_few_blocks_have_no_interval(first: tuple[Path, dict[str, Any]]):
    """By the rule: two blocks: means stand, their intervals do not, and what would give one is told."""
    found = answer("compare", str(first[0]))
    leakers = next(row for row in found["measures"] if row["measure"] == "leakers")
    assert leakers["mean"] > 0.0 and leakers["blocks"] == 2 and [leakers[end] for end in ("low", "high", "mc_low", "mc_high")] == [None] * 4
    printed = " ".join(zaslin("compare", str(first[0])).stdout.split())
    assert "difference from" in printed and "each figure is rounded as its own interval allows" in printed
    assert "(from 2 blocks: no interval)" in printed and "the same `zaslin run` with -n 50 or more gives one" in printed
    assert "window precision, window recall: of the threats of the plain nights alone" in printed


def test_an_added_package_is_flown_on_the_same_nights(first: tuple[Path, dict[str, Any]], tmp_path: Path):
    """Law: whoever comes later meets the same raids, to the byte, as if all had been asked for at once; and what was there is not flown again."""
    words = ("2023-12-29", "--seed", "7", "--given", "PL-2023-12-29")
    assert zaslin("run", *words, "-p", "status-quo", "-n", str(N), "-o", str(tmp_path / "grown")).exit_code == 0
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "grown").rglob("*.parquet")}
    done = zaslin("run", *words, "-p", "pl-ro-toward-border", "-n", "10", "-o", str(tmp_path / "grown"))
    assert done.exit_code == 0, done.stderr
    assert "holds status-quo; to be added, on the same nights: pl-ro-toward-border" in done.stderr
    assert "-n 10 came; as many are flown as the folder has, 20" in done.stderr
    assert before.items() <= {path: path.stat().st_mtime_ns for path in (tmp_path / "grown").rglob("*.parquet")}.items()
    parts = {path.relative_to(first[0]): path.read_bytes() for path in first[0].rglob("*.parquet")}
    assert {path.relative_to(tmp_path / "grown"): path.read_bytes() for path in (tmp_path / "grown").rglob("*.parquet")} == parts
    one, other = (json.loads((folder / "manifest.json").read_text(encoding="utf-8")) for folder in (first[0], tmp_path / "grown"))
    assert (one["inputs_hash"], one["packages"], one["inputs"]) == (other["inputs_hash"], other["packages"], other["inputs"])
    again = zaslin("run", *words, "-p", "pl-ro-toward-border", "-n", str(N), "-o", str(tmp_path / "grown"))
    assert again.exit_code == 0 and "2 packages, 20 replicates of each: all were there already" in again.stdout


def test_an_added_package_that_was_stopped_at_once_catches_up_with_the_others(first: tuple[Path, dict[str, Any]], tmp_path: Path):
    """Law: a folder keeps as many replicates as the package with the most; asked for fewer, the one that has none is flown on all of them."""
    shutil.copytree(first[0], tmp_path / "r")
    shutil.rmtree(tmp_path / "r" / "pl-ro-toward-border")
    done = zaslin("run", *ASKED, "-n", "10", "-o", str(tmp_path / "r"))
    assert done.exit_code == 0 and "2 packages, 20 replicates of each: 20 simulated" in done.stdout
    assert "-n 10 came; as many are flown as the folder has, 20" in done.stderr
    parts = {path.relative_to(first[0]): path.read_bytes() for path in first[0].rglob("*.parquet")}
    assert {path.relative_to(tmp_path / "r"): path.read_bytes() for path in (tmp_path / "r").rglob("*.parquet")} == parts


def test_a_full_disk_after_a_stop_is_told_with_what_is_kept(first: tuple[Path, dict[str, Any]], monkeypatch: pytest.MonkeyPatch):
    """By hand: the stop was noted, then the disk refused; both are said, and the exit code is the stop's."""

    def fly(*_: Any, **__: Any) -> None:
        with stopping.put_off():
            signal.raise_signal(signal.SIGINT)
            raise StoreError("the disk is full")

    monkeypatch.setattr("zaslin.run", fly, raising=False)
    before = signal.signal(signal.SIGINT, stopping.stop)
    monkeypatch.setattr(stopping, "_asked", 0)
    try:
        done = zaslin("run", *ASKED, "-n", "10", "-o", str(first[0]))
    finally:
        signal.signal(signal.SIGINT, before)
    assert "StoreError: the disk is full" in done.stderr
    assert f"interrupted; kept in {first[0]}: 20 of" in f"{done.stderr}{done.exception}"


def test_whole_blocks_are_told_only_where_some_are_to_be_flown(first: tuple[Path, dict[str, Any]], monkeypatch: pytest.MonkeyPatch):
    """By hand: the folder has 20. Asked for 15 nothing is simulated, so no number is said to be; for 25, 30 are."""
    done = zaslin("run", *ASKED, "-n", "15", "-o", str(first[0]))
    assert "all were there already" in done.stdout and "blocks of 10" not in done.stderr.partition("from 2 blocks")[0]

    def fly(*_: Any, **__: Any) -> None:
        raise InputError("far enough")

    monkeypatch.setattr("zaslin.run", fly, raising=False)
    assert "replicates come in blocks of 10: -n 25 came, 30 are simulated" in zaslin("run", *ASKED, "-n", "25", "-o", str(first[0])).stderr


def test_a_stop_when_all_was_simulated_says_what_is_kept(first: tuple[Path, dict[str, Any]], monkeypatch: pytest.MonkeyPatch):
    """By hand: Ctrl-C while the run sums up what it found."""

    def sum_up(_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("zaslin.cli_run._noise", sum_up)
    done = zaslin("run", *ASKED, "-n", str(N), "-o", str(first[0]))
    kept = f"interrupted when all was simulated; kept in {first[0]}: 20 of 20 replicates of each package; the same command tells what it found"
    assert (done.exit_code, done.stderr.splitlines()[-1]) == (130, kept)


def test_compiling_is_told_apart_from_simulating(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """By hand: 30 s until the first block is begun, 10 s for 40 replicates: 4 a second, not 1. Where the engine lay compiled, nothing is said of it."""
    ready, clock = [False], [0.0]
    monkeypatch.setattr("zaslin.compiled.compiled_before", lambda name="": ready[0])
    monkeypatch.setattr(cli_run, "time", SimpleNamespace(perf_counter=lambda: clock[0]))

    def fly(study: Any, folder: str, threads: int | None, progress: Any) -> Results:
        clock[0] += 30.0
        progress("simulating", 0, 4)
        runs = Results(tmp_path, {"night": {"id": "N"}, "packages": [{"name": "a"}], "replicates": 40, "block_size": 10})
        runs.manifest["summary"] = {"seconds": 40.0, "replicates_flown": 40, "replicates_per_s": 1.0}
        return runs

    monkeypatch.setattr("zaslin.run", fly, raising=False)
    for ready[0], says in ((False, "40 simulated in 40.0 s (of which 30 s compiling), without that 4.0 a second"), (True, "40 simulated in 40.0 s, 1.0 a se")):
        cli_run._print_done(cli_run._simulate("2023-12-29", ["status-quo"], 40, 7, str(tmp_path / "r"), 1, None), 40)
        assert says in capsys.readouterr().out


def test_a_crossing_that_the_night_does_not_have_is_told_before_and_after(tmp_path: Path):
    """By hand: none of the four Kh-59 of 2024-09-08 comes near Poland; its drones do. The rest of the comparison stands."""
    folder = tmp_path / "none"
    done = zaslin("run", "2024-09-08", "-p", "status-quo", "-n", "10", "--given", "PL-2023-12-29", "-o", str(folder))
    assert done.exit_code == 0, done.stderr
    said = "no threat of night 2024-09-08 makes a crossing like PL-2023-12-29: of 20,000 routes drawn in 1 block of nights for its cruise missiles none comes "
    said += "into Poland."
    before, _, after = done.stderr.partition("simulating")
    assert before.startswith(f"a first look, at 1 of the run's 1 block: {said} The nearest that the night has: one-way drones into Poland. Reported")
    assert "about one in" not in before  # a rate of three blocks at most would be told beside that of all of them
    assert f"{said} The nearest that the night has: one-way drones into Poland, about one in" in after
    assert "Reported crossings of a kind that it has, for --given: RO-2024-09-08, " in done.stderr
    found = answer("compare", str(folder))
    assert found["given"] is None and found["given_missing"].startswith(said) and len(found["measures"]) > 40
    compared = " ".join(zaslin("compare", str(folder)).stdout.split())
    assert f"N{said[1:]} The nearest" in compared and compared.count("PL-2023-12-29") == 1
    assert zaslin("brief", str(folder), "-o", str(tmp_path / "b.html")).exit_code == 0
    page = (tmp_path / "b.html").read_text(encoding="utf-8")
    assert "o threat of night 2024-09-08 makes a crossing like the reported one (Poland, 29 December 2023): of 20,000 routes drawn" in page
    assert f"N{said[1:]} The nearest" in page and "Stopped before the border, given a crossing" not in page and "--given: " not in page


def test_the_engine_is_compiled_before_the_look_for_a_given_crossing_and_both_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """By DESIGN: on all cores, and where a stop is answered at once; the run itself comes after."""
    order: list[tuple[str, str]] = []

    def named(what: str, told: str | None = None) -> Any:
        return lambda *_, **__: order.append((what, threading.current_thread().name)) or told

    def fly(*_: Any, **__: Any) -> None:
        order.append(("run", threading.current_thread().name))
        raise InputError("far enough")

    monkeypatch.setattr("zaslin.studies.warm.warm_up", named("compiled"))
    monkeypatch.setattr("zaslin.studies.given_check.lacks_given", named("looked", "none like it"))
    monkeypatch.setattr("zaslin.run", fly, raising=False)
    done = zaslin("run", *ASKED, "-n", "10", "-o", str(tmp_path / "r"))
    assert order == [("compiled", "zaslin-apart"), ("looked", "zaslin-apart"), ("run", threading.main_thread().name)]
    assert "none like it\nThe run goes on" in done.stderr and isinstance(done.exception, (InputError, SystemExit))


def test_another_question_in_the_same_folder_is_refused(first: tuple[Path, dict[str, Any]]):
    """By DESIGN: a folder made with other inputs ends with 2, names what differs, and is left alone."""
    folder, _ = first
    done = zaslin("run", *ASKED[:5], "--seed", "8", "-n", str(N), "-o", str(folder))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "seed" in done.stderr and "another question" in done.stderr


def test_compare_gives_levels_and_paired_differences(first: tuple[Path, dict[str, Any]]):
    """By DESIGN: the keys of `compare --json`; a difference's mean is that of b less that of a where both are plain sums."""
    found = answer("compare", str(first[0]))
    assert (found["night"], found["replicates"], found["seed"]) == ("2023-12-29", N, 7)
    levels = {(row["measure"], row["package"]): row for row in found["measures"]}
    assert {"measure", "unit", "package", "mean", "low", "high", "mc_low", "mc_high", "p05", "p95", "ess"} <= set(found["measures"][0])
    assert {"measure", "unit", "a", "b", "mean", "low", "high", "mc_low", "mc_high", "p05", "p95", "ess"} <= set(found["differences"][0])
    for row in found["differences"]:
        if row["measure"] in ("leakers", "ukraine_stops", "coalition_kills", "flight_h", "cost_usd"):
            a, b = (levels[row["measure"], row[side]]["mean"] for side in ("a", "b"))
            assert row["mean"] == pytest.approx(b - a, abs=1e-9 * max(1.0, abs(a)))
    assert levels["shots", "status-quo"]["mean"] == 0
    assert found["given"]["incident"] == "PL-2023-12-29"


def test_two_packages_can_be_named_and_a_wrong_name_is_told(first: tuple[Path, dict[str, Any]]):
    """By hand: A and B turned round turn the sign; a name that is not in the folder ends with 2."""
    one = answer("compare", str(first[0]), "status-quo", "pl-ro-toward-border")
    two = answer("compare", str(first[0]), "pl-ro-toward-border", "status-quo")
    cost = [next(row["mean"] for row in found["differences"] if row["measure"] == "cost_usd") for found in (one, two)]
    assert cost[0] == pytest.approx(-cost[1])
    assert cost[0] > 0
    done = zaslin("compare", str(first[0]), "status-qou")
    assert done.exit_code == 2
    assert 'did you mean "status-quo"' in done.stderr


def test_causes_add_up_to_what_was_not_shot_down(first: tuple[Path, dict[str, Any]]):
    """By DESIGN: the coalition's rows sum to the threats not `killed_member`; in the status quo that is every threat of the night."""
    found = answer("why", str(first[0]))
    launched = sum(answer("night", "2023-12-29")["launched"].values())
    for entry in found["not_killed"]:
        rows = [row["mean_per_replicate"] for row in found["causes"] if (row["package"], row["member"]) == (entry["package"], "coalition")]
        assert sum(rows) == pytest.approx(entry["mean_per_replicate"])
        if entry["package"] == "status-quo":
            assert entry["mean_per_replicate"] == pytest.approx(launched)
    assert "example_threat" in found


def test_windows_are_intervals_and_the_status_quo_has_none(first: tuple[Path, dict[str, Any]]):
    """By DESIGN: the keys of `windows --json`; a package that permits nothing has no window and no precision."""
    found = answer("windows", str(first[0]))
    assert {"windows", "precision", "recall"} <= set(found)
    for row in found["windows"]:
        assert {"package", "member", "threat", "replicate", "from_s", "to_s"} <= set(row)
        assert row["package"] != "status-quo"
        assert row["from_s"] <= row["to_s"]
    assert answer("windows", str(first[0]), "-p", "status-quo")["precision"] is None


@pytest.mark.parametrize("verb", ["compare", "why", "windows"])
def test_each_reading_verb_prints_tables_that_a_person_can_read(first: tuple[Path, dict[str, Any]], verb: str):
    """By hand: both packages are named, no escape codes, no line wider than a pipe's page."""
    done = zaslin(verb, str(first[0]))
    assert done.exit_code == 0, done.stderr
    assert "status-quo" in done.stdout and "pl-ro-toward-border" in done.stdout
    assert "\x1b" not in done.stdout
    assert "nan" not in done.stdout


def test_the_brief_is_one_page_and_a_full_disk_is_told(first: tuple[Path, dict[str, Any]], tmp_path: Path):
    """By hand: the page is there and its path is printed; /dev/full refuses it with 2 and no traceback."""
    done = zaslin("brief", str(first[0]), "-o", str(tmp_path / "brief.html"))
    assert done.exit_code == 0, done.stderr
    assert str(tmp_path / "brief.html") in done.stdout and "file://" in done.stdout
    assert (tmp_path / "brief.html").read_text(encoding="utf-8").lstrip().lower().startswith("<!doctype html>")
    if Path("/dev/full").exists():
        refused = zaslin("brief", str(first[0]), "-o", "/dev/full")
        assert refused.exit_code == 2
        assert "Traceback" not in refused.stderr and "/dev/full" in refused.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("2023-12-29", "-p", "status-quo", "-n", "0"), "replicates"),
        (("2023-12-29", "-p", "status-quo", "-n", "20", "--seed", "-1"), "seed"),
        (("2023-12-29", "-p", "status-quo", "-p", "status-quo", "-n", "20"), "status-quo"),
        (("2023-12-29", "-p", "status-quo", "-n", "20", "--given", "PL-1999-01-01"), "PL-1999-01-01"),
        (("2023-12-29", "-n", "20"), "--package"),
    ],
)
def test_a_run_that_cannot_be_is_refused_before_it_begins(tmp_path: Path, words: tuple[str, ...], told: str):
    """By DESIGN: bad input ends with 2, says what came, and makes no folder."""
    done = zaslin("run", *words, "-o", str(tmp_path / "new"))
    assert (done.exit_code, done.stdout) == (2, "")
    assert told in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "new").exists()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path):
    """By hand: a file in the folder's place, and a file in the place of its parent."""
    (tmp_path / "file").write_text("here", encoding="utf-8")
    for place in (tmp_path / "file", tmp_path / "file" / "inside"):
        done = zaslin("run", "2023-12-29", "-p", "status-quo", "-n", "20", "-o", str(place))
        assert done.exit_code == 2, done.stderr
        assert "Traceback" not in done.stderr and "file" in done.stderr


@pytest.mark.slow
def test_ctrl_c_keeps_what_is_finished_and_the_same_command_completes_it(tmp_path: Path):
    """By DESIGN: 130, finished parts kept; afterwards the folder's Parquet is byte for byte that of a run without a stop."""
    words = ["run", "2023-12-29", "-p", "status-quo", "-n", "1000", "--seed", "3", "-o"]
    running = subprocess.Popen([sys.executable, "-m", "zaslin", *words, "stopped"], cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 300
    while not list(tmp_path.glob("stopped/status-quo/threats-0*.parquet")) and time.monotonic() < deadline and running.poll() is None:
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    told = running.communicate(timeout=120)[1]
    assert running.returncode == 130, told
    assert "kept in stopped" in told and "Traceback" not in told
    kept = len(list(tmp_path.glob("stopped/status-quo/threats-0*.parquet")))
    assert 1 <= kept < math.ceil(1000 / 250)
    for folder in ("stopped", "whole"):
        assert shell(*words, folder, cwd=tmp_path).returncode == 0
    parts = {path.relative_to(tmp_path / "whole"): path.read_bytes() for path in (tmp_path / "whole").rglob("*.parquet")}
    assert {path.relative_to(tmp_path / "stopped"): path.read_bytes() for path in (tmp_path / "stopped").rglob("*.parquet")} == parts


@pytest.mark.slow
def test_the_demo_ends_with_the_path_of_the_brief(tmp_path: Path):
    """By DESIGN: the main job with fewer replicates; a second call simulates nothing."""
    for _ in range(2):
        done = shell("demo", "-n", "20", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        page = tmp_path / "results" / "demo-2023-12-29" / "brief.html"
        assert str(page) in done.stdout and page.as_uri() in done.stdout
        assert page.stat().st_size > 10_000
    assert "all were there already" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["results"]
