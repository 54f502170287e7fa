"""Measure zaslin and say what came out: `make bench`.

    python benchmarks/run.py                     # every row; about half an hour, less on a fast machine
    python benchmarks/run.py --quick             # under a minute: shows that the benchmark works, says little of speed
    python benchmarks/run.py --only anew --only threads
    python benchmarks/run.py --full              # no row stops early or extrapolates

Ends with one JSON object a line for each figure. docs/performance says what each row means.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import rows_product
import rows_w
from goals import GOALS, ROWS, Goal, Result, json_line, kept_line
from machine import machine, version_name
from rows_w import Bench

KEPT = Path(__file__).parent / "results"
QUICK_S = 45.0
"""A quick run begins no further row after so many seconds."""
MEASURES: dict[str, Callable[[Bench], list[Result]]] = {
    "anew": rows_w.anew, "shared": rows_w.shared, "threads": rows_w.threads, "cli": rows_product.cli, "night": rows_product.night,
    "memory": rows_w.memory, "fresh": rows_product.fresh, "growth": rows_w.growth, "subs": rows_product.subs, "compare": rows_product.compare,
    "peers": rows_product.peers,
}  # fmt: skip


def main(words: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code: 1 where a row broke, whatever the figures are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=ROWS, metavar="NAME", help=f"only this row; repeatable: {', '.join(ROWS)}")
    parser.add_argument("--quick", action="store_true", help="as little as shows that it works, under a minute once compiled")
    parser.add_argument("--full", action="store_true", help="100,000 replicates of memory and 1,000 of each sub-coalition, however long they take")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the result there (default: benchmarks/results/COMMIT.jsonl for a whole run)")
    parser.add_argument("--threats", type=int, default=120, metavar="N", help="a smaller W, to try the benchmark; the figures then are no figures of W")
    asked = parser.parse_args(words)
    facts = machine()
    _print_machine(facts)
    rows = [row for row in MEASURES if not asked.only or row in asked.only]
    results, broken, begun = [], False, time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="zaslin-bench-") as folder:
        bench = Bench(asked.quick, asked.full, asked.threats, Path(folder), _say)
        for row in rows:
            start = time.perf_counter()
            if asked.quick and start - begun > QUICK_S:
                results += [Result(goal.figure, None, note="the quick run's time was over") for goal in GOALS if goal.row == row]
                continue
            try:
                found = MEASURES[row](bench)
            except Exception as error:
                traceback.print_exc()
                broken = True
                found = [Result(goal.figure, None, note=f"{type(error).__name__}: {error}") for goal in GOALS if goal.row == row]
            _say(f"{row}: {time.perf_counter() - start:.0f} s")
            results += found
    results.sort(key=lambda result: GOALS.index(result.goal))
    print()
    print("\n".join(table(results)))
    if asked.threats != 120:
        print(f"\nThis was not W but {asked.threats} threats of it.")
    if asked.quick:
        print("\nA quick run: a round of small pieces each, so its figures are rough.")
    place = asked.json or (KEPT / f"{version_name(facts)}.jsonl" if not (asked.quick or asked.only or asked.threats != 120) else None)
    if place is not None:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("\n".join([json.dumps({"machine": facts}, ensure_ascii=False), *map(kept_line, results)]) + "\n", encoding="utf-8")
        print(f"\nkept in {_near(place)}")
    print()
    for result in results:
        print(json_line(result))
    return int(broken)


def table(results: Sequence[Result]) -> list[str]:
    """The figures as a table for a human, then what was missed and what the notes say."""
    head = ("figure", "median", "least–greatest", "runs", "must", "aim", "reached", "by reference")
    rows = [head]
    for result in results:
        goal = result.goal
        spread = "" if result.low is None or result.high is None else f"{_figure(result.low)}–{_figure(result.high)}"
        rows.append(
            (
                f"{goal.figure}", f"{_figure(result.value)} {goal.unit if result.value is not None and goal.unit != 'exponent' else ''}".strip(), spread,
                str(result.runs or ""), _mark(goal, goal.must), _mark(goal, goal.aim), result.verdict, _figure(result.normalised),
            )
        )  # fmt: skip
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    lines += ["", "by reference: replicates in the time of the reference kernel, or seconds in units of it; compare versions by this on a noisy machine"]
    notes = [f"  {result.figure}: {result.note}" for result in results if result.note]
    if notes:
        lines += ["", "notes", *notes]
    for title, verdict in (("missed (below its must)", "missed"), ("not measured", "not measured")):
        named = [result.figure for result in results if result.verdict == verdict]
        lines += ["", f"{title}: {', '.join(named) if named else 'none'}"]
    return lines


def _figure(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}"


def _mark(goal: Goal, mark: float | None) -> str:
    return "" if mark is None else f"{'≥' if goal.better == 'higher' else '≤'} {mark:,g}"


def _print_machine(facts: dict[str, Any]) -> None:
    load = facts["load"]
    print(f"zaslin {facts['zaslin']} ({version_name(facts)}), Python {facts['python']}, numba {facts['numba']}")
    print(f"{facts['cores']} cores of {facts['processor']}, load {load[0] if load else 'unknown'}: what else runs here makes figures worse and spreads wider")


def _near(path: Path) -> str:
    """A path as the user would write it from here."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
