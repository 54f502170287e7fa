"""A run that is told to stop finishes and keeps what is being flown; a second stop loses nothing that was safe; the same command ends with the same bytes."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from zaslin import stopping
from zaslin.errors import StoreError
from zaslin.outcomes.coalitions import parts
from zaslin.outcomes.store import open_results
from zaslin.studies import coalitions
from zaslin.studies import run as running
from zaslin.studies.coalitions import fly_coalitions
from zaslin.studies.design import study
from zaslin.studies.run import run

PACKAGES = ("status-quo", "pl-ro-toward-border")


def parquet(folder: Path) -> dict[str, bytes]:
    """All parts of a folder by their path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}


def asks(at: int) -> Callable[[str, int, int], None]:
    """A progress that presses Ctrl-C when so many blocks are finished."""

    def progress(_: str, done: int, __: int) -> None:
        if done == at:
            signal.raise_signal(signal.SIGINT)

    return progress


def test_every_block_that_was_begun_is_kept(small_night, tmp_path, monkeypatch, capsys):
    """Law: Ctrl-C after two of thirty blocks, the first of which is slow, so that the others are out of order; none is thrown away and none begun after it."""
    item, begun, real = study(small_night, PACKAGES, 300, seed=3), set(), running.fly_raids_of

    def fly(item, ground, packages, block, found=None):
        begun.add(block)
        if block == 0:
            time.sleep(1.0)
        return real(item, ground, packages, block, found=found)

    monkeypatch.setattr(running, "fly_raids_of", fly)
    with pytest.raises(KeyboardInterrupt):
        run(item, tmp_path / "stopped", threads=3, progress=asks(2))
    assert begun == set(range(len(begun))) and 3 <= len(begun) <= 6
    assert open_results(tmp_path / "stopped").finished() == 10 * len(begun)
    assert "stopping: blocks now flown have 5 s to end, then what is finished is written; again to stop at once\n" in capsys.readouterr().err
    run(item, tmp_path / "stopped", threads=2)
    run(item, tmp_path / "whole", threads=2)
    assert parquet(tmp_path / "stopped") == parquet(tmp_path / "whole")


@pytest.mark.parametrize("again", [False, True])
def test_blocks_that_take_long_are_not_waited_for(small_night, tmp_path, monkeypatch, again):
    """By hand: two blocks are finished, the others hang. Patience ends, or a second Ctrl-C comes: twenty replicates are safe, no temporary file is left."""
    item, real, free = study(small_night, PACKAGES, 60, seed=3), running.fly_raids_of, threading.Event()

    def fly(item, ground, packages, block, found=None):
        if block > 1:
            assert free.wait(60.0)
        return real(item, ground, packages, block, found=found)

    monkeypatch.setattr(running, "fly_raids_of", fly)
    monkeypatch.setattr(stopping, "PATIENCE_S", 30.0 if again else 0.2)
    second = threading.Timer(1.0, signal.pthread_kill, (threading.main_thread().ident, signal.SIGINT))
    started = time.monotonic()
    try:
        if again:
            second.start()
        with pytest.raises(KeyboardInterrupt):
            run(item, tmp_path / "stopped", threads=2, progress=asks(2))
    finally:
        second.cancel()
        free.set()
    assert time.monotonic() - started < 20.0
    assert {name: open_results(tmp_path / "stopped").parts(name) for name in PACKAGES} == {name: {0: 20} for name in PACKAGES}
    assert not list(tmp_path.rglob("*.tmp"))
    monkeypatch.undo()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_stop_while_a_full_part_is_written_keeps_it(small_night, tmp_path, monkeypatch):
    """Law: thirty blocks are a part and five more; the signal comes as the first part is written behind the second, and the disk is slow; the first is whole
    then, and of the second those blocks are kept that were begun."""
    item, real, begun, fly_one = study(small_night, PACKAGES, 300, seed=3), running._write, set(), running.fly_raids_of

    def write(*args):
        if threading.current_thread() is not threading.main_thread():
            signal.raise_signal(signal.SIGINT)
            time.sleep(1.0)
        real(*args)

    def fly(item, ground, packages, block, found=None):
        begun.add(block)
        return fly_one(item, ground, packages, block, found=found)

    monkeypatch.setattr(running, "fly_raids_of", fly)

    monkeypatch.setattr(running, "_write", write)
    with pytest.raises(KeyboardInterrupt):
        run(item, tmp_path / "stopped", threads=2)
    parts = {name: open_results(tmp_path / "stopped").parts(name) for name in PACKAGES}
    more = {250: 10 * (len(begun) - 25)} if len(begun) > 25 else {}
    assert parts == {name: {0: 250, **more} for name in PACKAGES} and len(begun) < 30


@pytest.mark.slow
def test_a_second_stop_while_the_part_before_is_written_loses_nothing(small_night, tmp_path, monkeypatch):
    """Law: the first stop comes with two blocks of the second part finished, while the first part is still being written, a second one meanwhile: every block
    that was finished at the first stop is kept."""
    item, real, finished = study(small_night, PACKAGES, 300, seed=3), running._write, []

    def write(*args):
        if threading.current_thread() is not threading.main_thread():
            time.sleep(2.0)
        real(*args)

    def progress(_: str, done: int, __: int) -> None:
        finished.append(done)
        if done == 27:
            threading.Timer(0.8, signal.pthread_kill, (threading.main_thread().ident, signal.SIGINT)).start()
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(running, "_write", write)
    with pytest.raises(KeyboardInterrupt):
        run(item, tmp_path / "stopped", threads=2, progress=progress)
    kept = {name: open_results(tmp_path / "stopped").parts(name) for name in PACKAGES}
    assert all(parts[0] == 250 and parts[250] >= 20 for parts in kept.values()), kept
    assert kept[PACKAGES[0]] == kept[PACKAGES[1]] and not list(tmp_path.rglob("*.tmp"))


@pytest.mark.slow
def test_a_disk_that_refuses_the_part_before_is_told_while_the_next_is_flown(small_night, tmp_path, monkeypatch):
    """By hand: 30 blocks on one thread; the disk takes nothing of the first part, which is written behind the second. The run ends with that one error, well
    before its last block; with room on the disk the same command completes it, to the byte."""
    item, begun, fly_one, write_one = study(small_night, PACKAGES, 300, seed=3), set(), running.fly_raids_of, running._write

    def write(*args):
        if threading.current_thread() is threading.main_thread():
            return write_one(*args)
        raise StoreError("the disk is full")

    def fly(item, ground, packages, block, found=None):
        begun.add(block)
        if block > 25:
            time.sleep(0.2)
        return fly_one(item, ground, packages, block, found=found)

    monkeypatch.setattr(running, "fly_raids_of", fly)
    monkeypatch.setattr(running, "_write", write)
    with pytest.raises(StoreError, match=r"the disk is full \(kept: 0 of 300 replicates of each package; the same command"):
        run(item, tmp_path / "full", threads=1)
    assert len(begun) < 30
    monkeypatch.undo()
    run(item, tmp_path / "full", threads=2)
    run(item, tmp_path / "whole", threads=1)
    assert parquet(tmp_path / "full") == parquet(tmp_path / "whole")


def test_sub_coalitions_that_were_begun_are_kept_too(small_night, tmp_path, monkeypatch):
    """The same law for the sums of sub-coalitions: interrupted, continued, the bytes are those of a run without a stop."""
    item, begun, real = study(small_night, ["pl-ro-toward-border"], 60, seed=3), set(), coalitions.fly_block_subsets

    def fly(item, ground, package, plan, block):
        begun.add(block)
        if block == 1:
            time.sleep(0.5)
        return real(item, ground, package, plan, block)

    monkeypatch.setattr(coalitions, "fly_block_subsets", fly)
    with pytest.raises(KeyboardInterrupt):
        fly_coalitions(item, tmp_path / "stopped", threads=2, progress=asks(2))
    assert begun == set(range(len(begun))) and 2 <= len(begun) <= 4
    assert parts(tmp_path / "stopped") == {0: 10 * len(begun)}
    fly_coalitions(item, tmp_path / "stopped", threads=2)
    fly_coalitions(item, tmp_path / "whole", threads=1)
    assert parquet(tmp_path / "stopped") == parquet(tmp_path / "whole")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("where", "at", "name", "code", "told"),
    [
        ("run", 1, "SIGTERM", 143, "20 of 30 replicates, and none of the 4 sub-coalitions; the same command goes on from there"),
        ("coalitions", 1, "SIGINT", 130, "30 of 30 replicates, and 20 of 30 replicates of the 4 sub-coalitions; the same command goes on from there"),
    ],
)
def test_a_stopped_command_says_what_it_keeps_also_of_sub_coalitions(tmp_path, where, at, name, code, told):
    """By DESIGN: 143 and 130, one sentence; the signal comes as this block begins. The same command then completes both, and says so."""
    flies = {"run": "fly_raids_of", "coalitions": "fly_block_subsets"}[where]
    words = ["run", "2023-12-29", "-p", "pl-ro-toward-border", "--sub-coalitions", "-n", "30", "--threads", "1", "-o", "runs"]
    lines = [
        "import os, runpy, signal, sys, time",
        f"from zaslin.studies import {where} as study",
        f"real = study.{flies}",
        "def fly(*args, **more):",
        f"    if args[-1] == {at}: os.kill(os.getpid(), signal.{name}); time.sleep(0.5)",
        "    return real(*args, **more)",
        f"study.{flies} = fly",
        f"sys.argv = ['zaslin', *{words!r}]",
        "runpy.run_module('zaslin', run_name='__main__')",
    ]
    stopped = subprocess.run([sys.executable, "-c", "\n".join(lines)], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert (stopped.returncode, stopped.stdout) == (code, ""), stopped.stderr
    lines = stopped.stderr.splitlines()
    assert "stopping: blocks now flown have 5 s to end, then what is finished is written; again to stop at once" in lines
    assert lines[-1] == f"interrupted; kept in runs: {told}" and "Traceback" not in stopped.stderr
    for flown in (True, False):
        done = subprocess.run([sys.executable, "-m", "zaslin", *words], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=True).stdout
        line = next(line for line in done.splitlines() if line.startswith("4 sub-coalitions of pl-ro-toward-border (PL, RO), 30 replicates of each: "))
        assert ("simulated in" in line) == flown and ("all were there already" in line) == (not flown)
