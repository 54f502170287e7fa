"""The frame of the command line: help that teaches and costs nothing, faults that are told without a traceback, exit codes."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zaslin import cli_paper
from zaslin.cli import app, main
from zaslin.cli_paper import as_json, counted, failed, guarded, rate
from zaslin.errors import InputError
from zaslin.outcomes.store import create
from zaslin.outcomes.tables import SCHEMA_VERSION, TABLES

VERBS = ("cache", "demo", "run", "nights", "night", "packages", "package", "check", "compare", "why", "windows", "brief", "sources")
HEAVY = {"numpy", "numba", "polars", "pyarrow", "pydantic", "scipy", "shapely", "matplotlib", "jinja2", "yaml", "SALib", "pandas"}


def zaslin(*words: str, **kwargs: object) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, as a user's shell starts it."""
    return subprocess.run([sys.executable, "-m", "zaslin", *words], capture_output=True, text=True, timeout=120, check=False, **kwargs)  # type: ignore[call-overload, no-any-return]


def test_help_imports_nothing_heavy():
    """Law: `zaslin --help` may import typer and rich; the libraries that compute wait until a verb needs them."""
    lines = ["import sys", "sys.argv = ['zaslin', '--help']", "from zaslin.cli import main", "try: main()", "except SystemExit: pass"]
    code = "\n".join([*lines, f"print(sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)"])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert all(verb in done.stdout for verb in VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_an_example(verb: str):
    """By DESIGN: each verb's help shows an example that begins with the command itself; -h is --help."""
    runner = CliRunner()
    text = runner.invoke(app, [verb, "--help"], terminal_width=120).stdout
    assert f"zaslin {verb}" in text
    assert "Example" in text
    assert runner.invoke(app, [verb, "-h"], terminal_width=120).stdout == text


def test_the_version_is_one_line():
    """By hand: the package says what the command prints."""
    import zaslin as zs

    assert zaslin("--version").stdout == f"zaslin {zs.__version__}\n"


def test_a_mistyped_verb_is_answered_with_the_nearest_and_ends_with_2():
    """By DESIGN: 2 is bad input; nothing goes to stdout."""
    done = zaslin("nigths")
    assert (done.returncode, done.stdout) == (2, "")
    assert "nights" in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("night", "2023-12-30x"), "2023-12-29"),
        (("package", "status-qou"), "status-quo"),
        (("package", "no/such/file.yaml"), "no/such/file.yaml"),
        (("compare", "no/such/folder"), "no/such/folder"),
        (("why", "no/such/folder"), "no/such/folder"),
        (("windows", "no/such/folder"), "no/such/folder"),
        (("brief", "no/such/folder", "-o", "x.html"), "no/such/folder"),
        (("nights", "--from", "no/such/table.csv"), "no/such/table.csv"),
        (("check", "no/such/file.yaml"), "no/such/file.yaml"),
    ],
)
def test_what_is_not_there_is_named_and_ends_with_2(words: tuple[str, ...], told: str):
    """By DESIGN: the message says what came and, where a name was mistyped, the nearest; stdout stays empty; no traceback."""
    done = CliRunner().invoke(app, list(words), prog_name="zaslin")
    assert (done.exit_code, done.stdout) == (2, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (InputError("no night"), 2, "no night"),
        (OSError(errno.ENOSPC, "No space left on device"), 2, "the disk is full"),
        (OSError(errno.EROFS, "Read-only file system", "results/x"), 2, "results/x: that place is read-only"),
        (PermissionError(errno.EACCES, "Permission denied", "x.html"), 2, "x.html: permission denied"),
        (MemoryError(), 2, "memory"),
        (KeyboardInterrupt("interrupted; 250 replicates are kept"), 130, "250 replicates are kept"),
        (BrokenPipeError(), 0, ""),
        (ZeroDivisionError("division by zero"), 1, "ZASLIN_DEBUG=1"),
    ],
)
def test_each_kind_of_fault_has_its_code_and_its_words(
    error: BaseException, code: int, words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    """By DESIGN: 2 what the user can mend, 130 interrupted, 1 a fault of ours; a closed pipe is no fault."""
    monkeypatch.delenv("ZASLIN_DEBUG", raising=False)
    assert failed(error) == code
    told = capsys.readouterr()
    assert words in told.err
    assert told.out == ""
    assert "Traceback" not in told.err


def test_an_interrupted_verb_that_keeps_nothing_does_not_say_that_it_keeps(capsys: pytest.CaptureFixture[str]):
    """By hand: only what `run` and `demo` say themselves may speak of kept work."""
    assert failed(KeyboardInterrupt()) == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_debug_shows_where_an_unexpected_fault_happened(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    """By hand: with ZASLIN_DEBUG=1 the traceback names the function that failed."""
    monkeypatch.setenv("ZASLIN_DEBUG", "1")

    @guarded
    def breaks() -> None:
        raise ValueError("unforeseen")

    with pytest.raises(Exception, match="1"):
        breaks()
    assert "in breaks" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("words", [("packages",), ("packages", "--json"), ("--help",), ("package", "status-quo", "--yaml")])
def test_a_full_disk_under_stdout_is_told_and_ends_with_2(words: tuple[str, ...]):
    """Record: /dev/full refuses every write; Python's own answer is a traceback and 120."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([sys.executable, "-m", "zaslin", *words], stdout=full, stderr=subprocess.PIPE, text=True, timeout=120, check=False)
    assert done.returncode == 2
    assert "the disk is full" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_stops_early_is_no_fault():
    """Record: `zaslin package … | head -1` closes the pipe while we write."""
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as closed:
        done = subprocess.run([sys.executable, "-m", "zaslin", "packages"], stdout=closed, stderr=subprocess.PIPE, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_not_a_number_is_null_in_json(capsys: pytest.CaptureFixture[str]):
    """By the JSON standard (RFC 8259): NaN and infinity have no JSON; null says that there is no value."""
    as_json({"a": float("nan"), "b": [1.5, float("inf")], "c": ("x", None)})
    assert capsys.readouterr().out.split() == ['{', '"a":', 'null,', '"b":', '[', '1.5,', 'null', '],', '"c":', '[', '"x",', 'null', ']', '}']


def test_a_piped_table_has_no_colours_and_does_not_depend_on_the_terminal():
    """By hand: no escape code in a pipe, and a line for each package that is shipped."""
    done = zaslin("packages", env={**os.environ, "TERM": "xterm-256color"})
    assert "\x1b" not in done.stdout
    assert "status-quo" in done.stdout


def test_progress_in_a_pipe_is_a_line_now_and_then(capsys: pytest.CaptureFixture[str]):
    """By hand: the beginning, the first and the last of a hundred quick steps are told, on stderr."""
    with cli_paper.Progress() as progress:
        for done in range(101):
            progress("simulating", done, 100)
    told = capsys.readouterr()
    assert told.err.splitlines() == ["simulating: 0 of 100", "simulating: 1 of 100", "simulating: 100 of 100"]
    assert told.out == ""


def test_a_log_hears_of_the_first_block_at_once_and_then_at_growing_distances(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    """By hand: a block of ten replicates every 2 s, 4,000 of them. The first is told, the second with rate and time left, the next 10 s later, then 15 s, 22.5,
    33.75 …, and never more than 300 s apart (302 with the block)."""
    clock = [0.0]
    monkeypatch.setattr(cli_paper.time, "monotonic", lambda: clock[0])
    with cli_paper.Progress() as progress:
        for done in range(0, 40_001, 10):
            progress("simulating, replicates", done, 40_000)
            clock[0] += 2.0
    told = capsys.readouterr().err.splitlines()
    assert told[:4] == [
        "simulating, replicates: 0 of 40000",
        "simulating, replicates: 10 of 40000",
        "simulating, replicates: 20 of 40000 (5.0 a second, about 2.2 h left)",
        "simulating, replicates: 70 of 40000 (5.0 a second, about 2.2 h left)",
    ]
    at_s = [int(line.split()[2]) / 5 for line in told]
    assert at_s[2:7] == [4.0, 14.0, 30.0, 54.0, 88.0]
    gaps = [b - a for a, b in pairwise(at_s[1:-1])]
    assert gaps == sorted(gaps) and 300.0 <= gaps[-1] <= 302.0 and len(told) < 45
    assert told[-1] == "simulating, replicates: 40000 of 40000"


def test_a_continued_work_counts_its_rate_from_where_it_began(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    """By hand: 80 of 100 were there; one in 4 s leaves 18 for 72 s, told as 2 min. Each piece of work has lines of its own."""
    clock = [0.0]
    monkeypatch.setattr(cli_paper.time, "monotonic", lambda: clock[0])
    with cli_paper.Progress() as progress:
        progress("stage 1", 80, 100)
        for done in (81, 82):
            clock[0] += 4.0
            progress("stage 1", done, 100)
        progress("stage 2", 0, 7)
    assert capsys.readouterr().err.splitlines() == [
        "stage 1: 80 of 100", "stage 1: 81 of 100", "stage 1: 82 of 100 (0.25 a second, about 2 min left)", "stage 2: 0 of 7",
    ]  # fmt: skip


def test_what_is_left_counts_no_start_and_no_first_pieces_of_other_threads(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    """By hand: the first of two threads' blocks is done after a start of 8 s, the other's 0.1 s later, then two every 2 s: 10 a second, not 1 and not 100."""
    clock = [0.0]
    monkeypatch.setattr(cli_paper.time, "monotonic", lambda: clock[0])
    with cli_paper.Progress() as progress:
        for done, at_s in ((0, 0.0), (10, 10.0), (20, 10.1), (30, 12.0), (40, 12.1), (50, 14.0), (60, 14.1), (70, 16.0), (80, 16.1), (1_000, 120.0)):
            clock[0] = at_s
            progress("simulating", done, 1_000)
    assert capsys.readouterr().err.splitlines() == [
        "simulating: 0 of 1000", "simulating: 10 of 1000", "simulating: 70 of 1000 (10 a second, about 2 min left)",
        "simulating: 1000 of 1000",
    ]  # fmt: skip


def test_main_ends_with_the_code_of_the_verb(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """By hand: an unknown package is bad input."""
    monkeypatch.setattr(sys, "argv", ["zaslin", "package", "nothing-like-it"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 2
    assert "nothing-like-it" in capsys.readouterr().err


def test_a_fresh_install_is_told_why_it_waits_before_anything_heavy_is_imported(tmp_path: Path):
    """Law: with an empty cache of kernels the first line on stderr comes before numba, polars or SciPy are imported."""
    words = ["run", "2023-12-29", "-p", "status-quo", "-n", "10", "-o", str(tmp_path / "runs")]
    with subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "zaslin", *words], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, start_new_session=True,
        env={**os.environ, "ZASLIN_CACHE": str(tmp_path / "empty")},
    ) as process:  # fmt: skip
        assert process.stderr is not None
        imported, said = set(), ""
        for line in process.stderr:
            if not line.startswith("import time:"):
                said = line
                break
            imported.add(line.rpartition("|")[2].strip())
        os.killpg(process.pid, signal.SIGKILL)
    assert said.startswith("compiling the engine for this machine: once per install")
    assert not imported & {"numba", "polars", "scipy", "pandas", "pyarrow", "zaslin.jit"}
    assert "zaslin.scenario.package_rules" in imported  # so that a fault of the scenario comes first, and alone


def test_a_fault_of_the_scenario_comes_alone_on_a_fresh_install(tmp_path: Path):
    """By hand: nothing is compiled for a package that is not there."""
    done = zaslin("run", "2023-12-29", "-p", "nobodys", "-o", str(tmp_path / "runs"), env={**os.environ, "ZASLIN_CACHE": str(tmp_path / "empty")})
    assert done.returncode == 2
    assert "compiling" not in done.stderr and "nobodys" in done.stderr


def test_a_small_run_and_its_comparison_do_not_wait_for_pandas_scipy_or_a_ledger(tmp_path: Path):
    """Law: what these verbs do not need is not imported; it takes up to a quarter of a second each."""
    lines = [
        "import sys",
        "from zaslin.cli import main",
        "sys.argv = ['zaslin', *sys.argv[1:]]",
        "try: main()",
        "except SystemExit as end: print(end.code, sorted(name for name in WATCHED.split() if name in sys.modules), file=sys.stderr)",
    ]
    ran = {
        "run 2023-12-29 -p status-quo -n 10 -o runs": "pandas polars scipy.linalg scipy.special zaslin.evidence.ledger.book zaslin.measures.registry",
        "compare runs": "pandas numba scipy shapely zaslin.evidence.ledger.book",
    }
    for words, watched in ran.items():
        code = "\n".join(lines).replace("WATCHED", repr(watched))
        done = subprocess.run([sys.executable, "-c", code, *words.split()], capture_output=True, text=True, check=True, cwd=tmp_path)
        assert done.stderr.splitlines()[-1] == "0 []"


@pytest.mark.slow
def test_the_end_of_the_process_calls_what_asked_for_it_and_keeps_the_code(tmp_path: Path):
    """By hand: a registered handler runs, all of the answer is there, 2 stays 2; under a profiler the process ends as Python ends it."""
    lines = ["import atexit, runpy, sys", "atexit.register(lambda: print('asked'))", "sys.argv = ['zaslin', *sys.argv[1:]]"]
    for words, code, last in ((["packages"], 0, "asked"), (["package", "nobodys"], 2, "asked")):
        for profiled in (False, True):
            more = ["sys.setprofile(lambda *_: None)"] if profiled else []
            program = "\n".join([*lines, *more, "runpy.run_module('zaslin', run_name='__main__')"])
            done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, timeout=120, check=False)
            assert (done.returncode, done.stdout.splitlines()[-1]) == (code, last)
            assert ("status-quo" in done.stdout) == (code == 0)


@pytest.mark.parametrize("when", ["zaslin.cli", "typer", "zaslin.cli_read", "pydantic", "polars", "zaslin.measures.comparison"])
def test_ctrl_c_while_something_is_imported_ends_quietly(tmp_path: Path, when: str):
    """By DESIGN: 130 and no traceback; the signal comes when this module is asked for, be it the command line itself or what a verb needs."""
    lines = [
        "import os, runpy, signal, sys",
        "class Stop:",
        f"    def find_spec(self, name, *_): name == {when!r} and os.kill(os.getpid(), signal.SIGINT)",
        "sys.meta_path.insert(0, Stop())",
        f"sys.argv = ['zaslin', 'compare', {str(tmp_path)!r}]",
        "runpy.run_module('zaslin', run_name='__main__')",
    ]
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr in ("interrupted\n", "")  # typer says nothing of its own imports


# -- folders and tables that hold nothing to show ----------------------------------------------------------------------------


@pytest.fixture
def left_early(tmp_path: Path) -> Path:
    """A folder of three packages of which `a` has 10 replicates, `b` 20 and `c` none, as an interrupted run leaves it."""
    packages = [{"name": name, "members": [{"nation": "PL", "caveats": []}]} for name in "abc"]
    manifest = {"schema_version": SCHEMA_VERSION, "inputs_hash": "by hand", "seed": 1, "block_size": 10, "replicates": 20, "packages": packages}
    results = create(tmp_path / "early", {**manifest, "night": {"id": "x", "groups": []}, "inputs": [], "given": None})
    for name, count in (("a", 10), ("b", 20)):
        tables = {table: schema.empty_table() for table, schema in TABLES.items()}
        results.write_part(name, "plain", 0, tables, count=count)
    return results.folder


@pytest.mark.parametrize("words", [("compare",), ("compare", "a", "c"), ("why",), ("why", "-p", "c"), ("windows",), ("windows", "-p", "c")])
@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_package_without_finished_replicates_is_told_instead_of_a_hollow_table(left_early: Path, words: tuple[str, ...], more: tuple[str, ...]):
    """By hand: the message names the package that has nothing and what completes it; 2, and nothing on stdout."""
    done = CliRunner().invoke(app, [words[0], str(left_early), *words[1:], *more], prog_name="zaslin")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "no finished replicates of c;" in done.stderr and "the same `zaslin run` command" in done.stderr


def test_different_numbers_of_replicates_are_told_in_one_line(left_early: Path):
    """By hand: 10 of a and 20 of b are compared over the 10 that both have; a package that is not asked for does not matter."""
    done = CliRunner().invoke(app, ["compare", str(left_early), "a", "b", "--json"], prog_name="zaslin")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["replicates"] == 10
    assert "a 10, b 20" in done.stderr and len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("", "no row below"),
        ("2024-01-01 03:00,2024-01-01 05:00,Reconnaissance UAV,3\n" * 2, "none of its 2 rows can be used (2 "),
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_a_table_without_a_usable_row_ends_with_2_and_the_reasons(tmp_path: Path, rows: str, told: str, as_json: bool):
    """By hand: a header alone, and two rows out of scope; with --json the object is there all the same."""
    path = tmp_path / "reports.csv"
    path.write_text("time_start,time_end,model,launched\n" + rows, encoding="utf-8")
    done = CliRunner().invoke(app, ["nights", "--from", str(path), *(["--json"] if as_json else [])], prog_name="zaslin")
    assert done.exit_code == 2
    assert told in done.stderr and "Traceback" not in done.stderr
    if as_json:
        found = json.loads(done.stdout)
        assert (found["nights"], len(found["unused"])) == ([], rows.count("\n"))
    else:
        assert done.stdout == ""


@pytest.mark.parametrize(
    ("per_s", "told"),
    [(0.0, "0"), (0.004, "0.0040"), (0.0412, "0.041"), (0.25, "0.25"), (1.0, "1.0"), (3.04, "3.0"), (9.94, "9.9"), (9.97, "10"), (1234.5, "1,234")],
)
def test_a_slow_rate_is_not_told_as_nothing(per_s: float, told: str):
    """By hand: two figures below 10, whole numbers from there on."""
    assert rate(per_s) == told


def test_a_number_has_its_noun():
    """By hand."""
    assert [counted(n, "raid window") for n in (0, 1, 2, 1_200)] == ["0 raid windows", "1 raid window", "2 raid windows", "1,200 raid windows"]
    assert counted(2, "class", "classes") == "2 classes"
