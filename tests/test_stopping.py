"""The user's stop: put off once, delivered afterwards, never lost and never taken for a fault of ours."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from zaslin import stopping
from zaslin.cli_paper import failed
from zaslin.outcomes.disk import write_all

PROC = Path("/proc/self/task")


def program(*lines: str) -> subprocess.CompletedProcess[str]:
    """These lines of Python, in a process of its own."""
    return subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, timeout=120, check=False)


def test_a_stop_that_is_put_off_is_noted_and_raised_at_the_end():
    """By hand: the work inside goes on; the handler before it is back afterwards."""
    before, done = signal.getsignal(signal.SIGINT), []
    with pytest.raises(KeyboardInterrupt), stopping.put_off() as stop:
        assert not stop.asked
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)  # `timeout` sends it twice
        done.append(stop.asked)
    assert done == [True]
    assert signal.getsignal(signal.SIGINT) is before


def test_a_second_stop_comes_at_once(monkeypatch: pytest.MonkeyPatch):
    """By hand: what comes after it inside is not done."""
    monkeypatch.setattr(stopping, "TOGETHER_S", 0.0)
    with pytest.raises(KeyboardInterrupt), stopping.put_off() as stop:
        signal.raise_signal(signal.SIGINT)
        time.sleep(0.01)
        signal.raise_signal(signal.SIGINT)
        pytest.fail("the second stop was put off")
    assert stop.again(KeyboardInterrupt()) and not stop.again(ValueError())


def test_a_stop_is_not_lost_where_the_work_raises():
    """By hand: an error comes after the stop was noted; the stop is raised all the same and has the error as its context."""
    with pytest.raises(KeyboardInterrupt) as caught, stopping.put_off():
        signal.raise_signal(signal.SIGINT)
        raise ValueError("the disk is full")
    assert repr(caught.value.__context__) == "ValueError('the disk is full')"
    with pytest.raises(ValueError), stopping.put_off():
        raise ValueError("no stop came")
    done = program(
        "import signal",
        "from zaslin import stopping",
        "try:",
        "    with stopping.put_off():",
        "        signal.raise_signal(signal.SIGTERM)",
        "        raise ValueError",
        "except ValueError:",
        "    print('went on')",
    )
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGTERM, "", "")


def test_a_second_stop_is_delivered_once_and_a_third_too(monkeypatch: pytest.MonkeyPatch):
    """By hand: the second raises at once, the end adds none; who goes on inside is stopped by a third."""
    monkeypatch.setattr(stopping, "TOGETHER_S", 0.0)
    delivered, real = [], stopping._deliver
    monkeypatch.setattr(stopping, "_deliver", lambda *what: (delivered.append(what[0]), real(*what)))
    for more in (1, 2):
        with pytest.raises(KeyboardInterrupt), stopping.put_off():
            signal.raise_signal(signal.SIGINT)
            for i in range(more):
                time.sleep(0.01)
                try:
                    signal.raise_signal(signal.SIGINT)
                except KeyboardInterrupt:
                    if i + 1 == more:
                        raise
    assert delivered == [signal.SIGINT] * 3


@pytest.mark.parametrize(("apart_s", "second"), [(0.2, True), (0.0, False)])
def test_two_stops_while_files_are_renamed_stay_two(monkeypatch: pytest.MonkeyPatch, apart_s: float, second: bool):
    """By hand: both wait for the renames; then they count as two where they came apart in time, as one where they came together."""
    monkeypatch.setattr(stopping, "TOGETHER_S", 0.1)
    reached = []
    with pytest.raises(KeyboardInterrupt), stopping.put_off() as stop:
        with stopping.whole():
            signal.raise_signal(signal.SIGINT)
            time.sleep(apart_s)
            signal.raise_signal(signal.SIGINT)
            reached.append("renamed")
        assert stop.asked
        reached.append("went on")
    assert reached == ["renamed"] + ["went on"] * (not second)


def test_every_kind_of_stop_that_came_during_the_renames_is_delivered():
    """By hand: Ctrl-C raises, and SIGTERM behind it ends the process all the same."""
    done = program(
        "import signal",
        "from zaslin import stopping",
        "try:",
        "    with stopping.whole():",
        "        signal.raise_signal(signal.SIGINT)",
        "        signal.raise_signal(signal.SIGTERM)",
        "except KeyboardInterrupt:",
        "    print('went on')",
    )
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGTERM, "", "")


def test_a_program_keeps_handlers_of_its_own():
    """By hand: who takes Ctrl-C himself is asked, not we."""
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        with stopping.put_off() as stop:
            signal.raise_signal(signal.SIGINT)
        assert (came, stop.asked) == ([signal.SIGINT], False)
    finally:
        signal.signal(signal.SIGINT, before)


def test_sigterm_ends_a_program_only_after_the_work_that_it_came_in():
    """By hand: the process ends by the signal, as it would have without us, once the block is left."""
    done = program(
        "import signal",
        "from zaslin import stopping",
        "with stopping.put_off():",
        "    signal.raise_signal(signal.SIGTERM)",
        "    print('finished', flush=True)",
        "print('went on')",
    )
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGTERM, "finished\n", "")


def test_files_that_belong_together_are_written_in_spite_of_a_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The signal comes before the first rename: both files are there, no temporary one, and then the stop is raised."""
    real = Path.replace

    def stopped(self: Path, target: Path) -> Path:
        signal.raise_signal(signal.SIGINT)
        return real(self, target)

    monkeypatch.setattr(Path, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        write_all([(tmp_path / "a", b"1"), (tmp_path / "marker", b"2")])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "marker"]


def test_a_fault_that_the_stop_led_to_is_the_stop(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    """Record: numba's compiler ends with this message where an interrupt is lost in its callback. Without a stop it is a fault of ours."""
    lost = RuntimeError("no compiled object yet for <Library 'entry' at 0x7f>")
    assert failed(lost) == 1
    assert "a fault in zaslin itself" in capsys.readouterr().err
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        monkeypatch.setattr(stopping, "_asked", int(number))
        assert failed(lost) == code
        assert capsys.readouterr().err == "interrupted\n"
    assert failed(OSError(28, "No space left on device")) == 2  # that the disk is full is news all the same


@pytest.mark.parametrize("then", ["raise RuntimeError('no compiled object yet')", "time.sleep(30); print('went on')"])
@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_an_interrupt_that_is_lost_in_a_callback_of_c_still_ends_the_command(then: str, name: str, code: int):
    """Record: Python cannot raise through a C function, as numba's compiler is; it prints a traceback and goes on."""
    done = program(
        "import ctypes, os, runpy, signal, sys, time",
        "import zaslin.cli_ask as verbs",
        "def lose():",
        f"    os.kill(os.getpid(), signal.{name})",
        "    for _ in range(1000): str(_)",
        "def nights():",
        '    """Example"""',
        "    ctypes.CFUNCTYPE(None)(lose)()",
        f"    {then}",
        "verbs.nights = nights",
        "sys.argv = ['zaslin', 'nights']",
        "runpy.run_module('zaslin', run_name='__main__')",
    )
    assert (done.returncode, done.stdout, done.stderr) == (code, "", "interrupted\n")


_STOPS = [
    (signal.SIGINT, 130, ["--given", "PL-2023-12-29"]),
    pytest.param(signal.SIGINT, 130, [], marks=pytest.mark.slow),
    pytest.param(signal.SIGTERM, 143, [], marks=pytest.mark.slow),
]


@pytest.mark.skipif(not PROC.exists(), reason="asks /proc for child processes")
@pytest.mark.parametrize(("number", "code", "more"), _STOPS)
def test_a_stop_while_kernels_compile_ends_at_once_with_one_sentence_and_no_child(tmp_path: Path, number: signal.Signals, code: int, more: list[str]):
    """With an empty cache; the signal goes to this process alone, and in the middle of the compiler's work. A given crossing, which is looked for before the
    run, changes none of this: the second process compiles too."""
    words = ["run", "2023-12-29", "-p", "skyshield-west", "-n", "10", "-o", "runs", *more]
    env = {**os.environ, "ZASLIN_CACHE": str(tmp_path / "empty")}
    with subprocess.Popen(
        [sys.executable, "-m", "zaslin", *words], cwd=tmp_path, env=env, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stderr is not None
        assert running.stderr.readline().startswith("compiling the engine")
        until = time.monotonic() + 60.0
        while not list(tmp_path.glob("empty/kernels/*/*/*.nbi")) and time.monotonic() < until:
            time.sleep(0.05)
        children = [pid for task in Path(f"/proc/{running.pid}/task").iterdir() for pid in (task / "children").read_text().split()]
        running.send_signal(number)
        asked = time.monotonic()
        said, told = running.communicate(timeout=60)
    assert time.monotonic() - asked < 5.0  # a kernel of the engine compiles for longer than that
    assert (running.returncode, said) == (code, "")
    assert told == "interrupted before anything was finished; the same command begins anew\n"
    assert children or os.cpu_count() == 1
    until = time.monotonic() + 20.0
    while (left := [pid for pid in children if Path(f"/proc/{pid}").exists()]) and time.monotonic() < until:
        time.sleep(0.05)
    assert left == []
