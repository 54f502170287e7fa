"""How well unseen raid windows are foretold: one step ahead, per class, against five baselines, with block-bootstrap intervals.

Every forecast uses windows that had ended before its own began. The covariates may be any of what was launched; the scores are proper. It writes no file;
what it finds is a plain record that `zaslin validate` prints and keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zaslin.errors import InputError
from zaslin.evidence.validation import ENOUGH
from zaslin.measures.scores import block_bootstrap, crps, interval, log_score, pit_histogram, pit_range, share_within
from zaslin.scenario.night import Night
from zaslin.scenario.raid_windows import CLASSES, TOO_FEW, RaidWindow, WindowClass, Windows, class_of, read_windows
from zaslin.scenario.shipped import night, night_ids
from zaslin.studies.baselines import NAMES, baseline_forecasts
from zaslin.studies.calibrate import booking_changes
from zaslin.studies.forecast import Course, Forecast, predict

Floats = NDArray[np.float64]

SINCE = date(2023, 7, 1)
OUTCOMES: tuple[tuple[WindowClass, str], ...] = (("drone", "S"), ("drone", "D"), ("cruise", "S"), ("kh59", "S"), ("ballistic", "S"), ("kinzhal", "S"))
FEWEST_LAUNCHED = 5
"""Launched from which a class-night counts in the record of the shipped nights."""
BLOCK = 10
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Scored:
    """A forecast of one outcome beside the baselines': (CRPS, log score) per name, the ends of its randomised transform, and a 90 % interval of counts."""

    window: RaidWindow
    outcome: str
    came: int
    scores: dict[str, tuple[float, float]]
    ends: tuple[float, float]
    low: int
    high: int
    mean: float


@dataclass(frozen=True)
class Hindcast:
    """Every forecast of a table and what was left out. `too_early`: windows per class before which no baseline knew enough. `changes`: of booking, as found."""

    windows: Windows
    scored: tuple[Scored, ...]
    too_early: dict[str, int]
    foretold: dict[tuple[str, date, str], Forecast]
    changes: tuple[dict[str, Any], ...]


def hindcast(path: Path | str, since: date = SINCE, progress: Progress | None = None) -> Hindcast:
    """Foretell every raid window of a table one step ahead; those from `since` on are scored.

    Raises InputError if the file is no daily-reports table or no window begins on or after `since`.
    """
    table = read_windows(path)
    if not any(window.date >= since for window in table.windows):
        last = max((window.date for window in table.windows), default=None)
        raise InputError(f"{path} has no raid window on or after {since.isoformat()}" + (f"; its last is of {last.isoformat()}" if last else ""))
    total, done = len(table.windows), 0
    scored: list[Scored] = []
    too_early: dict[str, int] = {}
    foretold: dict[tuple[str, date, str], Forecast] = {}
    changes: list[dict[str, Any]] = []
    for cls in CLASSES:
        windows = table.of(cls)
        if not windows:
            continue
        course, forecasts = Course(cls, windows), []
        for window in windows:
            course.until(window.start)
            forecasts.append(predict(course.learner, window))
            foretold[cls, window.date, window.part] = forecasts[-1]
            done += 1
            if progress is not None:
                progress("foretelling, windows", done, total)
        changes += [change.model_dump(mode="json") for change in booking_changes(cls, course.learner.jumps)]
        for outcome in [name for owner, name in OUTCOMES if owner == cls]:
            scored += _score(windows, forecasts, outcome, since)
        kept = sum(item.window.cls == cls and item.outcome == "S" for item in scored)
        early = sum(window.date >= since for window in windows) - kept
        if early:
            too_early[cls] = early
    return Hindcast(table, tuple(scored), too_early, foretold, tuple(changes))


def _score(windows: Sequence[RaidWindow], forecasts: Sequence[Forecast], outcome: str, since: date) -> list[Scored]:
    rows = []
    for window, forecast, others in zip(windows, forecasts, baseline_forecasts(windows, lambda w: came(w, outcome))):
        if window.date < since or others is None:
            continue
        pmf, count = (forecast.stops if outcome == "S" else forecast.kills), came(window, outcome)
        scores = {name: (crps(each, count), log_score(each, count)) for name, each in {"model": pmf, **others}.items()}
        low, high = shortest(pmf)
        rows.append(Scored(window, outcome, count, scores, pit_range(pmf, count), low, high, float(pmf @ np.arange(len(pmf)))))
    return rows


def came(window: RaidWindow, outcome: str) -> int:
    """What came of a window: S, stopped; D, destroyed."""
    return window.stopped if outcome == "S" else window.destroyed


def shortest(pmf: Floats, level: float = 0.9) -> tuple[int, int]:
    """The shortest run of counts that holds at least `level` of the probability; of equally short ones the likeliest.

    A central interval would leave out a twentieth at an end where most of the probability lies on the last count, and hold far more than it says.
    """
    reached = np.concatenate([[0.0], np.cumsum(pmf)])
    best = (len(pmf), 0.0, 0)
    for low in range(len(pmf)):
        high = int(np.searchsorted(reached, reached[low] + level - 1e-12))
        if high > len(pmf):
            break
        held = float(reached[high] - reached[low])
        best = min(best, (high - low, -held, low))
    return best[2], best[2] + best[0] - 1


def score_rows(scored: Sequence[Scored], since: date, until: date) -> list[dict[str, Any]]:
    """Rows of the forecast table over [since, until], one per class and outcome, in plain data (see DESIGN, `validate`)."""
    rows = []
    for cls, outcome in OUTCOMES:
        own = [item for item in scored if item.window.cls == cls and item.outcome == outcome and since <= item.window.date <= until]
        if own:
            rows.append(_row(cls, outcome, own, f"{since.isoformat()}/{until.isoformat()}"))
    return rows


def _row(cls: str, outcome: str, own: Sequence[Scored], period: str) -> dict[str, Any]:
    launched = np.array([item.window.launched for item in own], dtype=np.float64)
    names = ("model", *NAMES)
    counts = np.array([[item.scores[name][0] for name in names] for item in own])
    logs = np.array([[item.scores[name][1] for name in names] for item in own])
    ends = np.array([item.ends for item in own])
    each = counts / launched[:, None]
    best, best_log = 1 + int(np.argmin(each[:, 1:].mean(axis=0))), 1 + int(np.argmax(logs[:, 1:].mean(axis=0)))
    draws = block_bootstrap(np.column_stack([each[:, 0], each[:, best], logs[:, 0] - logs[:, best_log]]), min(BLOCK, max(1, len(own) // 5)))
    gain, log_gain = interval(1.0 - draws[:, 0] / draws[:, 1]), interval(draws[:, 2])
    return {
        "class": cls, "outcome": outcome, "period": period, "windows": len(own), "launched": int(launched.sum()),
        "r50": share_within(ends, 0.5), "r90": share_within(ends, 0.9), "coverage_judged": len(own) >= ENOUGH,
        "crps_per_launched": float(each[:, 0].mean()), "crps": float(counts[:, 0].mean()), "log_score": float(logs[:, 0].mean()),
        "baselines": {
            name: {"crps_per_launched": float(each[:, k].mean()), "crps": float(counts[:, k].mean()), "log_score": float(logs[:, k].mean())}
            for k, name in enumerate(names) if k
        },
        "best_baseline": names[best], "best_baseline_log": names[best_log],
        "gain": float(1.0 - each[:, 0].mean() / each[:, best].mean()), "gain_low": gain[0], "gain_high": gain[1],
        "log_gain": float((logs[:, 0] - logs[:, best_log]).mean()), "log_gain_low": log_gain[0], "log_gain_high": log_gain[1],
        "pit": pit_histogram(ends),
    }  # fmt: skip


def years(scored: Sequence[Scored], since: date) -> list[dict[str, Any]]:
    """The forecast table per calendar year from `since` on."""
    found = sorted({item.window.date.year for item in scored})
    return [row for year in found for row in score_rows(scored, max(since, date(year, 1, 1)), date(year, 12, 31))]


def not_scored(table: Windows) -> list[dict[str, Any]]:
    """Rows in scope that are context: models with too few data, joint counts of several classes, rows without a number destroyed."""
    launched = {row.number: (row.model, row.launched) for row in table.rows}
    groups: dict[tuple[str, str], list[int]] = {}
    for item in table.context:
        model, count = launched[item.row]
        groups.setdefault((model, item.why), []).append(count)
    rows = [{"model": model, "why": why, "rows": len(counts), "launched": sum(counts)} for (model, why), counts in groups.items()]
    order = {model: k for k, model in enumerate(TOO_FEW)}
    return sorted(rows, key=lambda row: (order.get(str(row["model"]), len(order)), str(row["model"])))


def shipped_nights(found: Hindcast) -> list[dict[str, Any]]:
    """Per shipped night and class with FEWEST_LAUNCHED launched or more: what earlier windows foretold of S, and what came."""
    rows = []
    for id in night_ids():
        for (cls, day, part), forecast in found.foretold.items():
            window = forecast.window
            if window.launched < FEWEST_LAUNCHED or not _meets(night(id), window):
                continue
            low, high = shortest(forecast.stops)
            rows.append(
                {
                    "night": id, "class": cls, "window": f"{day.isoformat()} {part}", "launched": window.launched, "stopped": window.stopped,
                    "low": low, "mean": float(forecast.stops @ np.arange(len(forecast.stops))), "high": high,
                    "inside": low <= window.stopped <= high, "known": forecast.known,
                }
            )  # fmt: skip
    return rows


def nights_summary(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """How many class-nights lie inside their 90 % intervals, the share, and the median width per launched."""
    inside = sum(bool(row["inside"]) for row in rows)
    width = float(np.median([(row["high"] - row["low"]) / row["launched"] for row in rows])) if rows else None
    return {"class_nights": len(rows), "inside": inside, "share": inside / len(rows) if rows else None, "median_width": width}


def _meets(item: Night, window: RaidWindow) -> bool:
    """Whether a raid window holds threats of a night: a group of its class lies in it."""
    return any(class_of(group.model) == window.cls and window.start <= group.start_utc <= group.end_utc <= window.end for group in item.groups) or any(
        class_of(group.model) == window.cls and group.start_utc == window.start for group in item.groups
    )
