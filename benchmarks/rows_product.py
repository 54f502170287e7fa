"""The rows of the real product: the command line, a fresh install, a night with two packages, sub-coalitions, compare; and the peers' ratios."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from goals import GOALS, Result
from machine import cores
from measure import Sample, interleave, reference_s
from rows_w import HERE, Bench, result

NIGHT, PACKAGE, OTHER = "2023-12-29", "pl-ro-toward-border", "status-quo"
EIGHT = "skyshield-west"
"""A package of eight members."""
PAIRED = 1_000
SUBSETS = 256
FIRST_BLOCK = re.compile(r"simulating\D*([1-9]\d*) of")
"""A progress line on stderr that tells of finished replicates."""
PEERS = HERE / "peers" / "results.jsonl"
"""Where the peers' script leaves its ratios, a line of JSON each with `figure` and `value`."""
COMPARE = HERE / "compare_large.py"
"""The benchmark of `zaslin compare`; its last lines are JSON with `figure` and `value`."""


@dataclass(frozen=True)
class Shell:
    """A command as a user would see it: seconds until it ended, exit code, and every line of stderr with the seconds after which it came."""

    seconds: float
    code: int
    out: str
    errors: list[tuple[float, str]]


def as_installed() -> dict[str, str]:
    """The environment of a user, whose install has Python's bytecode: a checkout under PYTHONDONTWRITEBYTECODE would compile zaslin's source at each start."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def zaslin(*words: str, env: Mapping[str, str] | None = None) -> Shell:
    """Run the command line in a process of its own."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "zaslin", *words],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**as_installed(), **(env or {})},
    )  # fmt: skip
    errors: list[tuple[float, str]] = []

    def listen() -> None:
        assert process.stderr is not None
        errors.extend((time.perf_counter() - start, line.strip()) for line in process.stderr if line.strip())

    ear = threading.Thread(target=listen)
    ear.start()
    assert process.stdout is not None
    out = process.stdout.read()
    process.wait()
    seconds = time.perf_counter() - start
    ear.join()
    return Shell(seconds, process.returncode, out, errors)


def _good(done: Shell) -> float:
    if done.code:
        raise RuntimeError(f"zaslin ended with {done.code}: {done.errors[-1][1] if done.errors else 'no word'}")
    return done.seconds


def cli(bench: Bench) -> list[Result]:
    """From the shell, kernels compiled before: a run of ten replicates, and the help."""

    def run() -> float:
        return _good(zaslin("run", NIGHT, "-p", PACKAGE, "-n", "10", "-o", str(bench.fresh())))

    bench.say("cli: a first run, so that everything is compiled")
    run()
    cases = {"cached_cli_s": run, "cli_help_s": lambda: _good(zaslin("--help"))}
    done = interleave(cases, bench.rounds, bench.budget_s, 1, bench.say)
    notes = {"cached_cli_s": f"zaslin run {NIGHT} -p {PACKAGE} -n 10, to the end of the process"}
    return [result(figure, sample, notes.get(figure, "")) for figure, sample in done.items()]


def fresh(bench: Bench) -> list[Result]:
    """The same run with an empty cache of kernels."""
    figures = ("fresh_install_s", "fresh_install_word_s")
    if bench.quick:
        return [Result(figure, None, note="not in a quick run") for figure in figures]
    blocks, first_words, said = Sample(), Sample(), ""
    for _ in range(1 if not bench.full else 3):
        with tempfile.TemporaryDirectory(dir=bench.folder) as empty:
            reference = reference_s(1)
            done = zaslin("run", NIGHT, "-p", PACKAGE, "-n", "10", "-o", str(bench.fresh()), env={"ZASLIN_CACHE": empty})
            _good(done)
        first = next((at for at, line in done.errors if FIRST_BLOCK.search(line)), done.seconds)
        blocks.values.append(first)
        blocks.reference.append(reference)
        if done.errors:
            first_words.values.append(done.errors[0][0])
            first_words.reference.append(reference)
            said = done.errors[0][1]
        bench.say(f"fresh: first block after {first:.1f} s, the process ends after {done.seconds:.1f} s")
    out = [result("fresh_install_s", blocks, f"until the first progress line of finished replicates; {NIGHT} -p {PACKAGE} -n 10")]
    if first_words.values:
        out.append(result("fresh_install_word_s", first_words, f"it says: {said}"))
    else:
        out.append(Result("fresh_install_word_s", None, note="nothing came on stderr"))
    return out


def night(bench: Bench) -> list[Result]:
    """Two packages on a real night, paired, in this process, after a small run that warms it."""
    import zaslin as zs

    n = 20 if bench.quick else PAIRED

    def run(replicates: int) -> float:
        study = zs.study(NIGHT, [OTHER, PACKAGE], replicates=replicates, seed=1)
        start = time.perf_counter()
        zs.run(study, bench.fresh())
        return time.perf_counter() - start

    bench.say("night: a small run first")
    small = run(10)
    rounds = bench.rounds if small < 0.5 else 3 if small < 2.0 else 1
    done = interleave({"night": lambda: run(n)}, rounds, bench.budget_s, min(2, cores()), bench.say)["night"]
    note = f"zaslin run {NIGHT} -p {OTHER} -p {PACKAGE}, tagged threats and folder included"
    if n != PAIRED:
        done.values = [seconds * PAIRED / n for seconds in done.values]
        note += f"; extrapolated from {n} replicates"
    return [result("two_packages_1000_s", done, note)]


def subs(bench: Bench) -> list[Result]:
    """All sub-coalitions of eight members, from the shell; extrapolated from two smaller runs unless a full run is asked for."""
    figure = "sub_coalitions_256_s"
    if "--sub-coalitions" not in zaslin("run", "--help").out:
        return [Result(figure, None, note="`zaslin run` has no --sub-coalitions")]
    if bench.quick:
        return [Result(figure, None, note="not in a quick run")]

    def run(n: int) -> float:
        bench.say(f"subs: {SUBSETS} sub-coalitions × {n} replicates")
        return _good(zaslin("run", NIGHT, "-p", EIGHT, "--sub-coalitions", "-n", str(n), "-o", str(bench.fresh())))

    reference = reference_s(min(2, cores()))
    run(10)
    if bench.full:
        return [Result(figure, run(PAIRED), None, None, 1, reference, f"zaslin run {NIGHT} -p {EIGHT} --sub-coalitions -n {PAIRED}")]
    few, more = 20, 60
    at_few, at_more = run(few), run(more)
    value = extrapolated(few, at_few, more, at_more, PAIRED)
    note = f"extrapolated on a straight line from {few} replicates ({at_few:.1f} s) and {more} ({at_more:.1f} s); `--full` runs all {PAIRED:,}"
    return [Result(figure, value, None, None, 1, reference, note)]


def extrapolated(few: int, at_few: float, more: int, at_more: float, n: int) -> float:
    """Seconds for `n` replicates on the line through two measurements; never less than the larger one scaled by nothing at all."""
    return max(at_more, at_more + (n - more) * (at_more - at_few) / (more - few))


def compare(bench: Bench) -> list[Result]:
    """What the benchmark of `zaslin compare` says."""
    figure = "compare_100000_s"
    if not COMPARE.is_file():
        return [Result(figure, None, note=f"benchmarks/{COMPARE.name} is not there")]
    if bench.quick:
        return [Result(figure, None, note="not in a quick run")]
    reference = reference_s(1)
    done = subprocess.run([sys.executable, str(COMPARE)], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"{COMPARE.name} ended with {done.returncode}: {done.stderr.strip()[-200:]}")
    told = _figures(done.stdout)
    if figure not in told:
        return [Result(figure, None, note=f"benchmarks/{COMPARE.name} says nothing of it")]
    return [Result(figure, told[figure], None, None, 1, reference, "measured by benchmarks/compare_large.py")]


def peers(bench: Bench) -> list[Result]:
    """The ratios that the peers' script left; it runs for itself (docs/performance), since it installs other people's programs."""
    told = _figures(PEERS.read_text(encoding="utf-8")) if PEERS.is_file() else {}
    out = []
    for goal in GOALS:
        if goal.row == "peers":
            value = told.get(goal.figure)
            note = "measured by benchmarks/peers" if value is not None else f"benchmarks/peers/{PEERS.name} does not tell it; run benchmarks/peers first"
            out.append(Result(goal.figure, value, None, None, int(value is not None), None, note))
    return out


def _figures(text: str) -> dict[str, float]:
    """Figure → value of all lines that are JSON objects with both."""
    out = {}
    for line in text.splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict) and isinstance(row.get("value"), int | float) and "figure" in row:
            out[str(row["figure"])] = float(row["value"])
    return out
