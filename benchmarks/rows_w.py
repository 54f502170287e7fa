"""The rows of workload W: replicates a second, threads, growth, memory. Each function measures one row and returns its figures."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from goals import Result
from machine import cores
from measure import Sample, exponent, interleave
from stream import BLOCK, N_PACKAGES, packages, rate
from w import W, workload
from zaslin.outcomes.store import PART_SIZE

HERE = Path(__file__).parent
FULL = 100_000
"""Replicates of the memory row."""
MEMORY_S = 240.0
"""How long the memory row may stream before it stops short of that, unless asked for in full, s."""


@dataclass(frozen=True)
class Bench:
    """What a row needs to know. quick: as little as shows that it works. full: no row stops early. threats: of W (others in proportion). folder: for results,
    deleted in the end. say: progress for a human."""

    quick: bool
    full: bool
    threats: int
    folder: Path
    say: Callable[[str], None]
    built: dict[bool, W] = field(default_factory=dict)

    @property
    def rounds(self) -> int:
        return 1 if self.quick else 9

    @property
    def piece_s(self) -> float:
        """How long one measured piece should take."""
        return 0.4 if self.quick else 4.0

    @property
    def budget_s(self) -> float:
        """After which a row begins no further round once it has three."""
        return 3.0 if self.quick else 90.0

    def w(self, looks: bool = False) -> W:
        """W of the size asked for, made once."""
        if looks not in self.built:
            self.built[looks] = workload(*sizes(self.threats), looks=looks)
        return self.built[looks]

    def fresh(self) -> Path:
        """A name for a new folder."""
        return Path(tempfile.mkdtemp(dir=self.folder)) / "results"


def sizes(threats: int, threats_by: int = 1, fighters_by: int = 1, ground_by: int = 1) -> tuple[int, int, int, int]:
    """Threats, fighters, batteries and radars: W's 120, 48, 60, 30 in proportion to `threats`, each then multiplied."""
    part = threats / 120
    base = [max(1, round(n * part)) for n in (48, 60, 30)]
    return threats * threats_by, base[0] * fighters_by, base[1] * ground_by, base[2] * ground_by


def result(figure: str, sample: Sample, note: str = "") -> Result:
    """A figure from its sample: the median, with the extremes as the spread."""
    return Result(figure, sample.median, min(sample.values), max(sample.values), len(sample.values), sample.reference_s, note)


def _threads() -> int:
    return min(2, cores())


def sized(once: Callable[[int], float], piece_s: float, per: int = 1, threads: int = 1, least: int = 1) -> int:
    """Raids for one piece: so many that it takes about `piece_s` seconds; whole blocks for each thread where there are any, one part each at most.

    once: raids → replicates a second, `per` replicates a raid. Tries few and then more, so that a slow engine is not asked for minutes. least: for each thread.
    """
    once(threads)  # compiled, or read from the cache
    n = threads
    while True:
        seconds = n * per / once(n)
        more = piece_s / max(seconds, 1e-9)
        if more < 3.0 or n >= PART_SIZE * threads:
            break
        n = int(n * min(more / 2.0, 20.0))
    each = max(least, min(round(n * more / threads), PART_SIZE))
    return (each // BLOCK * BLOCK if each > BLOCK else each) * threads


def anew(bench: Bench) -> list[Result]:
    """Replicates a second, everything drawn anew; and with radars that see by chance."""
    threads, cases, sizes_of = _threads(), {}, {}
    for figure, looks in (("replicates_per_s_drawn_anew", False), ("replicates_per_s_drawn_anew_looks", True)):
        w = bench.w(looks)

        def once(n: int, w: W = w) -> float:
            return rate(w, [w.coalition], n, threads, bench.fresh())

        n = sized(once, bench.piece_s, threads=threads)
        sizes_of[figure] = n
        cases[figure] = lambda once=once, n=n: once(n)
    done = interleave(cases, bench.rounds, bench.budget_s, threads, bench.say)
    return [result(figure, sample, f"{sizes_of[figure]} replicates a piece, {threads} threads") for figure, sample in done.items()]


def shared(bench: Bench) -> list[Result]:
    """Replicates a second of several packages on the same raids."""
    threads, w = _threads(), bench.w()
    several = packages(w, 4 if bench.quick else N_PACKAGES)

    def once(n: int) -> float:
        return rate(w, several, n, threads, bench.fresh())

    n = sized(once, bench.piece_s, len(several), threads, 1 if bench.quick else BLOCK)  # fewer raids than a call takes would pay its fixed costs too often
    figure = "replicates_per_s_shared_geometry"
    done = interleave({figure: lambda: once(n)}, bench.rounds, bench.budget_s, threads, bench.say)
    return [result(figure, done[figure], f"{n} raids × {len(several)} packages a piece, {threads} threads; drawing and looking at the raids counts in")]


def threads(bench: Bench) -> list[Result]:
    """Two threads against one, the same work, interleaved; one ratio a round."""
    if _threads() < 2:
        return [Result("two_threads_against_one", None, note="this machine lends one core")]
    w = bench.w()

    def once(n: int, k: int = 1) -> float:
        return rate(w, [w.coalition], n, k, bench.fresh())

    n = 2 * sized(once, bench.piece_s)
    done = interleave({"one": lambda: once(n, 1), "two": lambda: once(n, 2)}, bench.rounds, bench.budget_s, 1, bench.say)
    # how much of a second core the machine gives at all, by the reference kernel on two threads
    both = interleave({"reference": lambda: 0.0}, bench.rounds, bench.budget_s, 2)["reference"].reference_s
    one = statistics.median(done["one"].reference + done["two"].reference)
    ratios = Sample([b / a for a, b in zip(done["one"].values, done["two"].values, strict=True)], done["one"].reference)
    note = f"{n} replicates a piece; the reference kernel gains {2.0 * one / both:.2f} × from two threads here and now"
    return [result("two_threads_against_one", ratios, note)]


def growth(bench: Bench) -> list[Result]:
    """The exponents of time: one thread, tables written; the median of each size, interleaved."""
    figures = {"growth_threats": (10, 1, 1), "growth_fighters": (1, 10, 1), "growth_batteries_radars": (1, 1, 10), "growth_all": (10, 10, 10)}
    if bench.quick:
        return [Result(figure, None, note="not in a quick run") for figure in figures]
    cases, notes = {}, {}
    for name, by in {"base": (1, 1, 1), **figures}.items():
        bench.say(f"growth: making W for {name}")
        w = workload(*sizes(bench.threats, *by))

        def once(n: int, w: W = w) -> float:
            return rate(w, [w.coalition], n, 1, bench.fresh())

        try:
            once(1)  # compiled by now
            found = once(1)
            n = 1 if found * bench.piece_s < 2.0 else int(min(max(1.0, once(2) * bench.piece_s / 2), PART_SIZE))
        except Exception as error:  # the engine's own words are the finding
            notes[name] = f"not measured: {type(error).__name__}: {error}"
            continue
        notes[name] = f"{n} replicates a piece, first alone {1.0 / found:.3g} s"
        cases[name] = lambda once=once, n=n: 1.0 / once(n)
    done = interleave(cases, 5, 2 * bench.budget_s, 1, bench.say)
    out = []
    base = done.get("base")
    for figure in figures:
        if base is None or figure not in done:
            out.append(Result(figure, None, note=notes.get(figure if base is not None else "base", "")))
            continue
        sample = done[figure]
        each = [exponent(a, b) for a, b in zip(base.values, sample.values, strict=True)]
        note = f"{1e3 * base.median:.3g} ms → {1e3 * sample.median:.4g} ms a replicate; {notes[figure]}"
        out.append(Result(figure, exponent(base.median, sample.median), min(each), max(each), len(each), sample.reference_s, note))
    return out


def memory(bench: Bench) -> list[Result]:
    """Peak memory of a process that streams W to Parquet."""
    figure = "peak_memory_mb"
    script, size = str(HERE / "once.py"), ["--threats", str(bench.threats)]
    if bench.quick:
        budget, few = 5.0, ["--first", "10"]
    else:
        budget, few = 24 * 3600.0 if bench.full else MEMORY_S, []
        child([script, "memory", "2", *size])  # compiling takes more memory than running
    told = child([script, "memory", str(FULL), "--budget", str(budget), *few, *size])
    track = told["track"]
    n, peak, _ = track[-1]
    half = next(row for row in track if row[0] >= n / 2)
    note = (
        f"{n:,} replicates, {told['bytes'] / n / 1e3:.0f} kB each on the disk; with W made and nothing flown the process held {track[0][2]:.0f} MB and had "
        f"held {track[0][1]:.0f}; at {half[0]:,} replicates the peak stood at {half[1]:.0f} MB"
    )
    if n < FULL:
        note += f"; 100,000 would take longer than the {budget:.0f} s given (`--full` waits for them)"
    return [Result(figure, peak, half[1], peak, 1, None, note)]


def child(words: list[str]) -> dict[str, Any]:
    """Run a Python file of ours and read the JSON of its last line. Raises RuntimeError with its last words where it fails."""
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"{Path(words[0]).name} ended with {done.returncode}: {done.stderr.strip().splitlines()[-1:] or 'no word'}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def clear(folder: Path) -> None:
    """Delete what a row left."""
    shutil.rmtree(folder, ignore_errors=True)
