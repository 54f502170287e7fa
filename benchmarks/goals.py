"""What `make bench` measures: every figure by name, with its unit, what it must reach and what we aim at. It measures nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass

HIGHER, LOWER = "higher", "lower"
KEYS = ("figure", "value", "unit", "must", "aim", "better")
"""Of the JSON lines at the end of `make bench`, in this order."""


@dataclass(frozen=True)
class Goal:
    """One figure. `row`: the measurement that gives it (`--only`). `must`, `aim`: None where it is shown only to explain another."""

    figure: str
    row: str
    unit: str
    better: str
    must: float | None
    aim: float | None
    words: str


GOALS = (
    Goal("replicates_per_s_drawn_anew", "anew", "1/s", HIGHER, 500.0, 2_000.0, "W, everything drawn anew, two threads, tables written"),
    Goal("replicates_per_s_drawn_anew_looks", "anew", "1/s", HIGHER, None, None, "the same, radars see by chance at every look"),
    Goal("replicates_per_s_shared_geometry", "shared", "1/s", HIGHER, 2_000.0, 6_000.0, "W, 16 packages on the same raids, two threads, tables written"),
    Goal("two_threads_against_one", "threads", "ratio", HIGHER, 1.7, 1.9, "W drawn anew, two threads against one"),
    Goal("against_numpy_step", "peers", "ratio", HIGHER, 500.0, 5_000.0, "against our own NumPy time-step of 1 s, same rules"),
    Goal("against_bluesky", "peers", "ratio", HIGHER, 5_000.0, 50_000.0, "against BlueSky moving the same aircraft"),
    Goal("cached_cli_s", "cli", "s", LOWER, 2.5, 1.5, "zaslin run NIGHT -n 10 from the shell, kernels compiled before"),
    Goal("cli_help_s", "cli", "s", LOWER, None, None, "zaslin --help from the shell"),
    Goal("fresh_install_s", "fresh", "s", LOWER, 30.0, 5.0, "the same run with an empty cache, until its first block is done"),
    Goal("fresh_install_word_s", "fresh", "s", LOWER, 2.0, None, "until a line on stderr says why that takes time"),
    Goal("peak_memory_mb", "memory", "MB", LOWER, 500.0, 300.0, "100,000 replicates of W streamed to Parquet"),
    Goal("growth_threats", "growth", "exponent", LOWER, 1.5, 1.2, "time against ×10 threats"),
    Goal("growth_fighters", "growth", "exponent", LOWER, 0.8, 0.4, "time against ×10 fighters"),
    Goal("growth_batteries_radars", "growth", "exponent", LOWER, 0.3, 0.1, "time against ×10 GBAD and radars"),
    Goal("growth_all", "growth", "exponent", LOWER, 1.8, 1.5, "time against ×10 of all"),
    Goal("two_packages_1000_s", "night", "s", LOWER, 2.0, 1.0, "2023-12-29, two packages × 1,000 paired replicates, one warm process"),
    Goal("sub_coalitions_256_s", "subs", "s", LOWER, 300.0, None, "256 sub-coalitions of eight members × 1,000 replicates"),
    Goal("compare_100000_s", "compare", "s", LOWER, 2.0, None, "zaslin compare on a folder of 100,000 replicates"),
)

ROWS = tuple(dict.fromkeys(goal.row for goal in GOALS))


@dataclass(frozen=True)
class Result:
    """What came of one figure. `value` None: not measured, `note` says why. `low`, `high`: least and greatest of `runs` single values. `reference_s`: median
    time of the reference kernel beside them. A shared or noisy machine moves `value` and `reference_s` together."""

    figure: str
    value: float | None
    low: float | None = None
    high: float | None = None
    runs: int = 0
    reference_s: float | None = None
    note: str = ""

    @property
    def goal(self) -> Goal:
        return next(goal for goal in GOALS if goal.figure == self.figure)

    @property
    def normalised(self) -> float | None:
        """The value in units of the reference kernel: replicates per reference time, or reference times; None where it is a ratio or a size anyway."""
        if self.value is None or self.reference_s is None:
            return None
        return {"1/s": self.value * self.reference_s, "s": self.value / self.reference_s}.get(self.goal.unit)

    @property
    def verdict(self) -> str:
        """``aim``, ``must``, ``missed``, ``not measured``, or nothing where the figure has no goal."""
        goal = self.goal
        if self.value is None:
            return "not measured"
        if goal.must is None:
            return ""
        if goal.aim is not None and _reached(self.value, goal.aim, goal.better):
            return "aim"
        return "must" if _reached(self.value, goal.must, goal.better) else "missed"


def _reached(value: float, mark: float, better: str) -> bool:
    return value >= mark if better == HIGHER else value <= mark


def json_line(result: Result) -> str:
    """The figure as one line of JSON with the six keys that everybody may rely on."""
    goal = result.goal
    values = (goal.figure, _short(result.value), goal.unit, goal.must, goal.aim, goal.better)
    return json.dumps(dict(zip(KEYS, values, strict=True)), ensure_ascii=False)


def kept_line(result: Result) -> str:
    """The same with all that is kept per version: spread, number of runs, reference kernel, normalised value, note."""
    more = {
        "low": _short(result.low),
        "high": _short(result.high),
        "runs": result.runs,
        "reference_s": _short(result.reference_s),
        "normalised": _short(result.normalised),
        "note": result.note,
    }
    return json.dumps({**json.loads(json_line(result)), **more}, ensure_ascii=False)


def _short(value: float | None) -> float | None:
    """Four significant digits: more would be noise."""
    return None if value is None else float(f"{value:.4g}")
