"""The cache of compiled kernels keeps what somebody may ask for again, never loses what is in use, and can be looked at and cleared."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zaslin import compiled, kernel_folders
from zaslin.cli import app
from zaslin.kernel_folders import COMPILE_TAKES, KernelFolder, folders, remove, take, to_go

ROOT = Path(__file__).parents[1]
DAY_S = 86_400.0


@pytest.fixture(autouse=True)
def held(monkeypatch: pytest.MonkeyPatch):
    """What a test marks as used is let go after it."""
    mine: dict[Path, int] = {}
    monkeypatch.setattr(kernel_folders, "_held", mine)
    yield mine
    for handle in mine.values():
        os.close(handle)


def made(place: Path, name: str, owner: str, days: float) -> Path:
    """A folder of a compiled engine that somebody used so many days ago."""
    folder = place / name
    (folder / "engine_abc").mkdir(parents=True)
    (folder / "engine_abc" / "engagements.engage-1.py311.nbi").write_bytes(b"x" * 1000)
    (folder / ".used").write_text(owner)
    at = time.time() - days * DAY_S
    os.utime(folder / ".used", (at, at))
    return folder


def test_which_folders_go():
    """By hand: a user's one folder stays for 30 days; of a place that is edited all day the newest three stay; a worktree that is used once a week stays."""
    now = 1_000 * DAY_S
    edited = [KernelFolder(Path(f"edited-{i}"), "/work", now - i * 600.0) for i in range(20)]
    weekly = KernelFolder(Path("weekly"), "/weekly", now - 7 * DAY_S)
    month, older = KernelFolder(Path("month"), "/month", now - 29.9 * DAY_S), KernelFolder(Path("older"), "/older", now - 30.1 * DAY_S)
    unknown = [KernelFolder(Path(f"unknown-{i}"), "", now - 10.0 * i * DAY_S) for i in range(6)]
    gone = to_go([*unknown, older, weekly, *edited[::-1], month], now)
    assert {str(one.path) for one in gone} == {"older", "unknown-4", "unknown-5", *(f"edited-{i}" for i in range(3, 20))}


def test_a_new_folder_lets_old_ones_go_and_a_known_one_none(tmp_path: Path):
    """By hand: the clean-up comes with a folder's first use alone; each use is stamped, which keeps it."""
    old, weekly = made(tmp_path, "old", "/elsewhere", 31.0), made(tmp_path, "weekly", "/weekly", 8.0)
    (tmp_path / ".going-half-1").mkdir()
    take(weekly, Path("/weekly"))
    assert old.exists()
    assert time.time() - folders(tmp_path)[0].used < 60.0 and folders(tmp_path)[0].path == weekly
    take(tmp_path / "new", Path("/work"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "weekly"]
    assert folders(tmp_path)[0].owner.startswith("/work\n3.") and "numba 0." in folders(tmp_path)[0].owner


@pytest.mark.skipif(kernel_folders.fcntl is None, reason="no locks here")
def test_what_another_process_uses_stays_however_old_its_stamp(tmp_path: Path):
    """A process of its own holds the folder; when it has ended, the folder goes."""
    folder = made(tmp_path, "used", "/elsewhere", 0.0)
    code = f"import pathlib\nfrom zaslin.kernel_folders import take\ntake(pathlib.Path({str(folder)!r}), pathlib.Path('/x'))\nprint(flush=True)\ninput()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None and other.stdin is not None
        other.stdout.readline()
        os.utime(folder / ".used", (0.0, 0.0))
        take(tmp_path / "new", Path("/work"))
        assert folder.exists() and not remove(folders(tmp_path)[-1])
        other.stdin.write("\n")
    take(tmp_path / "newer", Path("/work"))
    assert not folder.exists()


def test_a_folder_that_this_process_uses_is_not_removed(tmp_path: Path):
    """By hand."""
    take(tmp_path / "mine", Path("/work"))
    os.utime(tmp_path / "mine" / ".used", (0.0, 0.0))
    take(tmp_path / "second", Path("/work"))
    assert (tmp_path / "mine").exists() and not remove(folders(tmp_path)[-1])


@pytest.mark.skipif(kernel_folders.fcntl is None, reason="no locks here")
def test_a_folder_that_is_just_being_removed_is_made_anew(tmp_path: Path, held: dict[Path, int]):
    """By hand: somebody has the folder's lock alone and takes it away a moment later; what is marked as used is the new folder, and nobody can remove that."""
    folder = made(tmp_path, "going", "/elsewhere", 31.0)
    alone = os.open(folder / ".used", os.O_RDWR)
    kernel_folders.fcntl.flock(alone, kernel_folders.fcntl.LOCK_EX)

    def away() -> None:
        folder.rename(tmp_path / "away")
        os.close(alone)

    later = threading.Timer(0.1, away)
    later.start()
    take(folder, Path("/work"))
    later.join()
    assert folder in held and os.path.samestat(os.fstat(held[folder]), (folder / ".used").stat())
    assert [one.owner.splitlines()[0] for one in folders(tmp_path) if one.path == folder] == ["/work"] and not remove(folders(tmp_path)[0])


def test_a_folder_that_goes_before_it_is_opened_is_made_again(tmp_path: Path, held: dict[Path, int], monkeypatch: pytest.MonkeyPatch):
    """By hand: made, removed by somebody, opened in vain; at the next try it is there and marked."""
    folder, real = tmp_path / "new", os.open

    def opened(path: Path, *how: int) -> int:
        monkeypatch.undo()
        folder.rmdir()
        return real(path, *how)

    take(tmp_path / "first", Path("/work"))
    monkeypatch.setattr(kernel_folders, "_held", held)
    monkeypatch.setattr(kernel_folders.os, "open", opened)
    kernel_folders._mark(folder, "/work")
    assert kernel_folders.os.open is real and (folder / ".used").read_text() == "/work"


def test_a_cache_that_cannot_be_marked_stops_nobody(tmp_path: Path):
    """By hand: a file where the folder should be."""
    (tmp_path / "kernels").write_text("")
    take(tmp_path / "kernels" / "one", Path("/work"))


def test_the_first_use_of_the_real_folder_marks_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The one call in `compiled`: whoever asks whether the cache can be written marks the folder as used."""
    monkeypatch.setenv("ZASLIN_CACHE", str(tmp_path))
    assert compiled.writable(compiled.cache_folder())
    assert [one.path for one in folders(tmp_path / "kernels")] == [compiled.cache_folder()]


def test_the_cache_can_be_looked_at_and_cleared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """By hand: two engines and a terrain; the verb makes nothing, and clearing leaves what is in use."""
    place = tmp_path / "cache"
    monkeypatch.setenv("ZASLIN_CACHE", str(place))
    runner = CliRunner()
    assert "not made yet" in runner.invoke(app, ["cache"]).stdout and not place.exists()
    made(place / "kernels", "one", "/somewhere/zaslin\n3.11", 3.0)
    used = made(place / "kernels", "two", "/else/zaslin", 2.0)
    (place / "terrain").mkdir()
    (place / "terrain" / "a.npz").write_bytes(b"x" * 500)
    take(used, Path("/else/zaslin"))
    told = runner.invoke(app, ["cache"]).stdout
    assert "2 folders" in told and "/somewhere/zaslin" in told and "3 days ago" in told and "today" in told and str(place) in told
    told = json.loads(runner.invoke(app, ["cache", "--json"]).stdout)
    assert (told["place"], told["compiled"], told["terrain_bytes"], len(told["kernels"])) == (str(place), False, 500, 2)
    told = json.loads(runner.invoke(app, ["cache", "--clear", "--json"]).stdout)
    assert told["freed_bytes"] == 1000 + len("/somewhere/zaslin\n3.11") + 500 and told["in_use"] == [str(used)]
    assert sorted(path.name for path in (place / "kernels").iterdir()) == ["two"] and not list((place / "terrain").iterdir())


@pytest.mark.parametrize("below", ["", "deeper/still"])
def test_a_cache_that_cannot_be_kept_is_told_with_what_would_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, below: str):
    """By hand: a file in the place of the folder, or of one above it; as all bad input it ends with 2, with --json too, and nothing is made."""
    (tmp_path / "here").write_text("")
    monkeypatch.setenv("ZASLIN_CACHE", str(tmp_path / "here" / below))
    for words in (["cache"], ["cache", "--json"], ["cache", "--clear"]):
        done = CliRunner().invoke(app, words)
        assert (done.exit_code, done.stdout) == (2, "")
        assert f"{tmp_path / 'here'} is a file, not a folder" in done.stderr and "let ZASLIN_CACHE name a folder that can be written" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["here"]


def test_a_cache_in_a_folder_that_may_not_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """By hand: the system refuses a file in the nearest folder that there is; numba's own place, where one is named, serves instead."""

    def refused(dir: Path) -> None:
        raise PermissionError(13, "Permission denied", str(dir))

    monkeypatch.setattr("tempfile.TemporaryFile", refused)
    monkeypatch.setenv("ZASLIN_CACHE", str(tmp_path / "new"))
    done = CliRunner().invoke(app, ["cache"])
    assert done.exit_code == 2 and f"{tmp_path} cannot be written (Permission denied), so nothing is cached" in done.stderr
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert CliRunner().invoke(app, ["cache"]).exit_code == 0


def test_how_long_the_first_compile_takes_is_said_the_same_everywhere():
    """Law: wherever a text says that the engine compiles and names minutes, it says COMPILE_TAKES."""
    texts = [ROOT / "README.md", ROOT / "Makefile", *(ROOT / "docs").rglob("*.md"), *(ROOT / "src" / "zaslin").rglob("*.py")]
    said, other = [], []
    for path in texts:
        for sentence in re.split(r"(?<=[.:;])\s|\n\s*\n|\|", path.read_text(encoding="utf-8")):
            flat = " ".join(sentence.split())
            if re.search(r"\bcompil(?:es?|ing)\b", flat) and re.search(r"\bminutes?\b", flat):
                (said if COMPILE_TAKES in flat else other).append(f"{path.relative_to(ROOT)}: {flat[:200]}")
    assert other == []
    assert {line.split(":")[0] for line in said} >= {"README.md", "src/zaslin/compiled.py", "src/zaslin/cli_run.py", "docs/decisions/0001-numba-kernels.md"}
