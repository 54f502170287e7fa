"""The benchmark from end to end on a W of six threats: figures, kept file, outcome tables; and the process that the gate talks to."""

import io
import json
from contextlib import contextmanager

import numpy as np
import polars as pl
import pytest

import gate
import once
import run
import stream
import w as workloads
from goals import KEYS
from zaslin.engine.replicate import see
from zaslin.outcomes.store import open_results

SMALL = 6


@pytest.fixture(scope="module")
def small():
    return workloads.workload(SMALL, 4, 4, 2)


@pytest.mark.slow
def test_a_quick_run_measures_prints_and_keeps(tmp_path, capsys, monkeypatch):
    """Rates are positive and lie between the least and the greatest; the last lines are the figures' JSON, the file has the machine and the same."""
    monkeypatch.setattr(run, "QUICK_S", 1e9)  # a first compile takes longer
    place = tmp_path / "kept" / "here.jsonl"
    code = run.main(["--quick", "--threats", str(SMALL), "--only", "anew", "--only", "shared", "--only", "threads", "--only", "growth", "--json", str(place)])
    assert code == 0
    shown = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    names = [
        "replicates_per_s_drawn_anew", "replicates_per_s_drawn_anew_looks", "replicates_per_s_shared_geometry", "two_threads_against_one",
        "growth_threats", "growth_fighters", "growth_batteries_radars", "growth_all",
    ]  # fmt: skip
    assert [row["figure"] for row in shown] == names
    assert all(tuple(row) == KEYS for row in shown)
    machine, *kept = [json.loads(line) for line in place.read_text().splitlines()]
    assert machine["machine"]["cores"] >= 1 and machine["machine"]["numba"] and machine["machine"]["processor"]
    assert [{key: row[key] for key in KEYS} for row in kept] == shown
    for row in kept[:3]:
        assert row["value"] > 0.0 and row["low"] <= row["value"] <= row["high"] and row["runs"] >= 1
        assert row["normalised"] == pytest.approx(row["value"] * row["reference_s"], rel=2e-3)
    assert all(row["value"] is None and row["note"] for row in kept[4:])


def test_a_row_that_breaks_is_said_and_the_others_go_on(tmp_path, capsys, monkeypatch):
    def broken(_):
        raise RuntimeError("no such luck")

    monkeypatch.setitem(run.MEASURES, "cli", broken)
    monkeypatch.setitem(run.MEASURES, "compare", lambda _: [])
    assert run.main(["--quick", "--only", "cli", "--only", "compare"]) == 1
    out = capsys.readouterr().out
    assert "not measured: cached_cli_s, cli_help_s" in out and "no such luck" in out


def test_a_quick_run_begins_nothing_after_its_time(capsys, monkeypatch):
    monkeypatch.setattr(run, "QUICK_S", -1.0)
    monkeypatch.setitem(run.MEASURES, "cli", lambda _: pytest.fail("it began"))
    assert run.main(["--quick", "--only", "cli"]) == 0
    assert "not measured: cached_cli_s, cli_help_s" in capsys.readouterr().out


@pytest.mark.slow
def test_what_is_streamed_is_what_the_engine_makes(tmp_path, small):
    """Every outcome table of every replicate is on the disk; the same replicates, on one thread or two, in one part or four."""
    coalitions = [small.coalition]
    folders = [stream.new_folder(tmp_path / name, ["w"], 8) for name in ("one", "two")]
    stream.stream(small, folders[0], coalitions, 8, 1)
    stream.stream(small, folders[1], coalitions, 8, 2)
    one, two = (open_results(folder.folder) for folder in folders)
    assert sorted(path.name for path in (tmp_path / "one" / "w").iterdir()) == sorted(
        f"{name}-000000.parquet"
        for name in ("threats", "incursions", "tracks", "windows", "engagements", "shots", "falls", "causes", "refusals", "sorties", "air_policing")
    )
    rows, again = one.table("threats", "w"), two.table("threats", "w")
    assert rows.height == 8 * SMALL and rows["replicate"].unique().sort().to_list() == list(range(8))
    assert again["replicate"].unique().sort().to_list() == [0, 1, 2, 3, 250, 251, 252, 253]
    assert rows.filter(pl.col("replicate") < 4).equals(again.filter(pl.col("replicate") < 4))
    assert one.table("engagements", "w").height > 0 and one.table("tracks", "w").height == 8 * SMALL


@pytest.mark.slow
def test_packages_share_what_is_seen_and_fly_as_they_would_alone(tmp_path, small):
    """Law: sharing a raid's geometry changes no row. What was seen is the same for all packages and stays as it was."""
    several = stream.packages(small, 3)
    together = stream.new_folder(tmp_path / "together", [item.package for item in several], 6)
    stream.stream(small, together, several, 6, 1)
    kills = []
    for coalition in several:
        alone = stream.new_folder(tmp_path / coalition.package, [coalition.package], 6)
        stream.stream(small, alone, [coalition], 6, 1)
        for table in ("threats", "tracks", "windows", "shots", "engagements", "sorties", "causes"):
            assert together.table(table, coalition.package).equals(alone.table(table, coalition.package)), table
        kills.append(together.table("shots", coalition.package)["hit"].mean())
    assert kills[0] > kills[-1]  # it hits less
    raid = small.raid(stream.SEED, 0)
    seen = [see(raid, coalition, small.ground, stream.SEED) for coalition in several]
    assert seen[0].names == seen[2].names
    assert all(a.tobytes() == b.tobytes() for a, b in zip(seen[0], seen[2], strict=True) if a is not seen[0].names)


def test_another_number_of_batteries_leaves_the_fighters_and_radars_where_they_are():
    """Growth is of one thing alone."""
    base, more = workloads._made(48, 60, 30), workloads._made(48, 600, 30)
    assert len(more["bat"]) == 600
    for name in ("base", "cap", "rad", "rad_r", "f_pk", "border", "kz"):
        assert np.array_equal(base[name], more[name]), name


@pytest.mark.slow
def test_the_gates_process_answers_each_line_with_a_rate(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("anew 2\nshared 1\n"))
    once.serve(SMALL)
    ready, anew, shared = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert ready["ready"] is True
    assert anew["what"] == "anew" and anew["rate"] > 0.0 and anew["reference_s"] > 0.0
    assert shared["what"] == "shared" and shared["rate"] > 0.0


@pytest.mark.slow
def test_the_gate_holds_two_processes_of_one_version_against_each_other(monkeypatch, capsys):
    """The version against itself, each in a process of its own: one ratio of one turn, which is no failure unless the machine stands still."""

    @contextmanager
    def itself(ref):
        yield gate.ROOT

    monkeypatch.setattr(gate, "checked_out", itself)
    monkeypatch.setattr(gate, "PIECE_S", 0.2)
    monkeypatch.setattr(gate, "LIMIT", 0.0)
    side = gate.Side
    monkeypatch.setattr(gate, "Side", lambda tree, cache, threats: side(tree, None, threats))
    assert gate.main(["itself", "--rounds", "1", "--threats", str(SMALL)]) == 0
    out = capsys.readouterr().out
    assert out.count("change / base") == 2 and out.count("90 % interval") == 2 and "differ between" not in out


@pytest.mark.slow
def test_streaming_says_its_peak_memory_and_leaves_nothing(capsys):
    told = once.memory(3, 60.0, SMALL)
    assert told["replicates"] == 3 and told["bytes"] > 10_000
    (before, after) = told["track"]
    assert (before[0], after[0]) == (0, 3)
    assert 50.0 < before[1] <= after[1] < 20_000.0 and after[2] <= after[1]
