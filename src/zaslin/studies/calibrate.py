"""Calibrate Ukraine's layer and the border events from the daily reports and the incident table; it makes a calibration and writes no file.

Per class and week, the dynamic hazard of `hazard_filter` with class, date and load as covariates, from the windows that had ended by then; changes of booking,
as found; the regions' split; posteriors of border events. How well it foretells is for `hindcast` to say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from zaslin.asked import called
from zaslin.errors import InputError
from zaslin.scenario.border import launched_by_month
from zaslin.scenario.calibration import BookingChange, Calibration, ClassPosterior, Knots, posterior
from zaslin.scenario.raid_windows import CLASSES, RaidWindow, WindowClass, Windows, read_windows
from zaslin.scenario.reports import TABLE_SOURCE
from zaslin.scenario.sourced import Sourced
from zaslin.studies.border_events import BorderRates, border_rates
from zaslin.studies.forecast import PLAIN_SETS, TYPICAL, Course, Learner
from zaslin.studies.region_split import region_split

KNOT_DAYS = 7
CHANGED = 0.5
"""A booking change is told where the chance of one, summed over the windows of CHANGED_WITHIN days, exceeds this."""
CHANGED_WITHIN = timedelta(days=21)

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Calibrated:
    """A calibration, the windows behind it, and the detection of booking changes."""

    calibration: Calibration
    windows: Windows


def calibrate(path: Path | str, progress: Progress | None = None) -> Calibrated:
    """Calibrate on a daily-reports table. progress: called with (what, done, of).

    Raises InputError where the file is no such table or holds no raid window of a class that is scored.
    """
    called("progress", progress, "(what, done, of)")
    table = read_windows(path)
    if not table.windows:
        raise InputError(f"{path} holds no raid window to calibrate on: {table.n_rows} rows, none in scope with a number launched and destroyed")
    classes: dict[str, ClassPosterior] = {}
    changes: list[BookingChange] = []
    present = [cls for cls in CLASSES if table.of(cls)]
    for k, cls in enumerate(present):
        if progress is not None:
            progress("learning from the reports, classes", k, len(present))
        windows = table.of(cls)
        knots, learner = knots_of(cls, windows)
        classes[cls] = ClassPosterior(typical=TYPICAL[cls], knots=knots)
        changes += booking_changes(cls, learner.jumps)
    if progress is not None:
        progress("learning from the reports, classes", len(present), len(present))
    calibration = Calibration(
        format=1, source=TABLE_SOURCE, first=min(w.date for w in table.windows), last=max(w.date for w in table.windows),
        windows={cls: len(table.of(cls)) for cls in present}, classes=classes, booking_changes=tuple(changes), regions=region_split(table.rows),
        border=border_rows(border_rates(launched_by_month(table.rows))),
        debris_places_per_kill=debris_places(table), note="Posteriors per class and week, each from the raid windows that had ended by its date.",
    )  # fmt: skip
    return Calibrated(calibration, table)


def knots_of(cls: WindowClass, windows: Sequence[RaidWindow]) -> tuple[Knots, Learner]:
    """The class's posterior per week, from before its first window to after its last, and the learner at the end."""
    course = Course(cls, windows, PLAIN_SETS)
    first, last = min(w.start for w in windows).date(), max(w.end for w in windows).date() + timedelta(days=1)
    dates = [first + timedelta(days=KNOT_DAYS * k) for k in range((last - first).days // KNOT_DAYS + 1)]
    if dates[-1] < last:
        dates.append(last)
    rows = []
    for day in dates:
        now = datetime.combine(day, time(0), UTC)
        course.until(now)
        rows.append(_knot(course.learner, now))
    columns = {name: tuple(row[name] for row in rows) for name in rows[0]}
    return Knots(dates=tuple(dates), **columns), course.learner


def _knot(learner: Learner, now: datetime) -> dict[str, Any]:
    """The members' beliefs gathered into one normal of (level, load), one of log σ, and one of the kills among the stops."""
    at = (now - datetime(2022, 1, 1, tzinfo=UTC)).total_seconds() / 86_400.0
    stops, booking, columns = learner.stops, learner.booking, learner.design.columns
    pair = [columns.index("level"), columns.index("load")]
    weight, mean = stops.weight, stops.mean[:, pair]
    cov = stops.at(at)[:, pair][:, :, pair]
    centre = weight @ mean
    apart = mean - centre
    both = np.einsum("k,kij->ij", weight, cov + np.einsum("ki,kj->kij", apart, apart))
    log_sigma = np.log(stops.sigma) - stops.gamma * np.log(TYPICAL[learner.design.cls])
    sigma_mean = float(weight @ log_sigma)
    level_sd, load_sd = float(np.sqrt(both[0, 0])), float(np.sqrt(both[1, 1]))
    kills = booking.mean[:, pair[0]]
    kill_mean = float(booking.weight @ kills)
    kill_var = float(booking.weight @ (booking.at(at)[:, pair[0], pair[0]] + (kills - kill_mean) ** 2))
    return {
        "windows": learner.known,
        "level": float(centre[0]),
        "level_sd": level_sd,
        "load": float(centre[1]),
        "load_sd": load_sd,
        "correlation": float(np.clip(both[0, 1] / max(level_sd * load_sd, 1e-12), -1.0, 1.0)),
        "log_sigma": sigma_mean,
        "log_sigma_sd": float(np.sqrt(weight @ (log_sigma - sigma_mean) ** 2)),
        "gamma": float(weight @ stops.gamma),
        "drift": float(np.sqrt(weight @ stops.drift2[:, pair[0]])),
        "kill_level": min(kill_mean, 2.5),
        "kill_sd": float(np.sqrt(kill_var)),
    }


def booking_changes(cls: str, jumps: Sequence[tuple[RaidWindow, float]]) -> list[BookingChange]:
    """The windows with which the booking of losses changed: of each run of suspicious windows the likeliest, where the run is likely enough.

    jumps: (window, posterior chance of a new start) in order of time.
    """
    out: list[BookingChange] = []
    run: list[tuple[RaidWindow, float]] = []
    for window, chance in jumps:
        if run and window.start - run[-1][0].start > CHANGED_WITHIN:
            out += _change(cls, run)
            run = []
        if chance > 0.05:
            run.append((window, chance))
    return out + _change(cls, run)


def _change(cls: str, run: Sequence[tuple[RaidWindow, float]]) -> list[BookingChange]:
    chance = 1.0 - float(np.prod([1.0 - chance for _, chance in run])) if run else 0.0
    if chance < CHANGED:
        return []
    return [BookingChange(cls=cls, date=max(run, key=lambda item: item[1])[0].date, chance=min(chance, 1.0))]


def debris_places(table: Windows) -> Sourced | None:
    """Places hit by falling fragments per kill, where the table tells them (`num_fall_fragment_location`); None where it does not.

    A Gamma posterior with half an event added; the range is its 90 % interval.
    """
    from scipy.special import gammaincinv

    places, kills = 0, 0
    for row in table.rows:
        text = row.text.get("num_fall_fragment_location", "")
        try:
            count = float(text)
        except ValueError:
            continue
        if np.isfinite(count) and 0 <= count <= 1_000 and row.destroyed:
            places += int(count)
            kills += row.destroyed
    if not kills:
        return None
    low, high = (float(gammaincinv(places + 0.5, q)) / kills for q in (0.05, 0.95))
    return Sourced(
        value=(places + 0.5) / kills, low=low, high=high, unit="factor", source=TABLE_SOURCE, grade="B", note=f"{places} places, {kills} destroyed"
    )


def border_rows(rates: BorderRates) -> tuple[dict[str, Any], ...]:
    """Per border and class the posterior of incident-nights per threat launched (mean, 90 %), what it rests on, and the rate as if all were seen."""
    return tuple(
        {
            "country": rate.country, "sector": rate.sector, "class": rate.threat_class, "mean": rate.rate.mean, "low": rate.rate.low, "high": rate.rate.high,
            "if_all_seen": rate.reported.mean, "detected": rate.detected, "nights": len(rate.nights), "launched": rate.launched, "gaps": list(rate.gaps),
        }
        for rate in rates.rates
    )  # fmt: skip


def parameters(calibration: Calibration, at: date | None = None) -> list[dict[str, Any]]:
    """Rows of the `calibrate` verb: class, parameter, mean, low, high (90 %) and n, the windows behind it; as of `at` (None: the end)."""
    when = datetime.combine(at or calibration.last + timedelta(days=8), time(0), UTC)
    rows: list[dict[str, Any]] = []
    for cls, item in calibration.classes.items():
        found = posterior(calibration, cls, when, item.typical)
        knots = item.knots
        k = knots.dates.index(found.at)
        load, spread = knots.load[k], 1.645 * knots.load_sd[k]
        told = {
            "stop_share": found.stopped,
            "log_hazard": (found.log_hazard, found.log_hazard - 1.645 * found.log_hazard_sd, found.log_hazard + 1.645 * found.log_hazard_sd),
            "load_effect": (load, load - spread, load + spread),
            "night_sigma": found.sigma,
            "kill_share_of_stops": found.kill_share,
        }
        rows += [
            {"class": cls, "parameter": name, "mean": mean, "low": low, "high": high, "n": found.known, "launched": item.typical, "at": found.at.isoformat()}
            for name, (mean, low, high) in told.items()
        ]
    for row in calibration.border:
        rows.append(
            {
                "class": row["class"], "parameter": f"border_nights_per_launched {row['country']}", "mean": row["mean"], "low": row["low"],
                "high": row["high"], "n": row["nights"],
            }
        )  # fmt: skip
    for name, number in calibration.regions.items():
        rows.append({"class": "all", "parameter": f"region_weight {name}", "mean": number.value, "low": number.low, "high": number.high, "n": None})
    return rows
