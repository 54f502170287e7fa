"""When a night's first cruise missile reaches the west of Ukraine: as the model flies it, beside the start of the western air-raid alarm.

A check of arrival times, good to about half an hour. It reconstructs no route, names no launch side, tells nothing of border crossings, and ranks
no region: the west is asked about because the neighbours lie behind it. Beside the model stands a baseline that knows only how long it took on earlier
nights.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import fmean, median
from typing import Any, Literal

import numpy as np

from zaslin.atlas.ground import Ground, load_ground
from zaslin.atlas.regions import REGIONS, macro_of
from zaslin.scenario.alarms import Alarms, read_alarms
from zaslin.scenario.catalogue import launch_areas, model_for, models_of, route_assumptions
from zaslin.scenario.layer import ukraine_layer
from zaslin.scenario.night import Night
from zaslin.scenario.shipped import night, night_ids
from zaslin.world.compile_night import compile_night
from zaslin.world.layer import exposure
from zaslin.world.night_arrays import CRUISE, NightInputs
from zaslin.world.raid import draw_raid

__all__ = ["AlarmCheck", "AlarmNight", "Block", "alarm_check", "alarm_check_json", "read_alarms", "western_block"]

TOGETHER = timedelta(minutes=3)
"""Alarms that begin within this time of each other are one decision."""

LEAST_WEST = 3
"""A western block has at least so many of the eight western oblasts: air commands alarm 8, 7, 6 or 3 of them together (the data's README)."""

NATION_WIDE = 15
"""So many units alarmed together are a nation-wide alarm, which tells nothing of the west."""

LONG_RANGE = frozenset({"Kh-101/Kh-555", "Kalibr"})
"""Models that fly to the west; a night with fewer than LEAST_MISSILES of them is not asked."""

LEAST_MISSILES = 10

LEAST_ARRIVING = 0.1
"""A night is scored if a missile arrives in so many of its replicates at least: the quantiles are of those that have an arrival."""

GOOD_TO_MIN = 30.0
"""What the alarms are good for, minutes (the data's README)."""

WEST = frozenset(name for name in REGIONS if macro_of(name) == "west")
_TOUCH_S = 1e-3
"""Seconds inside the west that count as being there."""

RULE = (
    f"A western block: the first time, in the reported window of the night's Kh-101/Kh-555 and Kalibr, at which at least {LEAST_WEST} of the 8 western "
    f"oblasts begin an alarm within {TOGETHER.seconds // 60} minutes. A night is clean if in no {TOGETHER.seconds // 60} minutes that touch the block's "
    f"{NATION_WIDE} or more units of the country were alarmed. Scored: clean nights whose report gives an hour, with an earlier one for the baseline, "
    f"if a missile arrives in {LEAST_ARRIVING:.0%} of the replicates."
)
LIMITS = (
    f"Good for about \u00b1 {GOOD_TO_MIN:.0f} minutes, not more.",
    "An alarm is a decision to warn, made before missiles arrive: the model's arrival should come later than the block. The warning's lead is in the "
    "model's error; beside it stands the error less the median lead of the earlier nights of this check.",
    "Whole air commands are alarmed together, so a block of eight oblasts is one or two data, not eight.",
    "No route is reconstructed: launch side, route and border crossing cannot be read from alarms.",
    "The baseline foretells the alarm itself, the model the arrival; the comparison favours the baseline.",
)


@dataclass(frozen=True)
class Block:
    """The start of a western block; `west` of 8 western oblasts, `units` in the whole country in the fullest 3 minutes that touch it."""

    start: datetime
    west: int
    units: int

    @property
    def clean(self) -> bool:
        """Whether it is not part of a nation-wide alarm."""
        return self.units < NATION_WIDE


@dataclass(frozen=True)
class AlarmNight:
    """One night. Times are UTC, lags and errors in minutes; `from_utc` is the start of the reported window of its long-range cruise missiles.

    low, median, high: 90 % interval and median of the simulated first arrival in the west, minutes after `from_utc`, over replicates in which one
    arrives (`p_arrives`: their share). observed: the block, minutes after `from_utc`. error = median − observed, positive where the model is later.
    baseline: median lag of the `baseline_n` earlier clean nights. lead: median error of the model on the `lead_n` earlier clean nights of this check;
    corrected_error = error − lead. why_not: why the night is not scored; empty where it is.
    """

    night: str
    missiles: int
    from_utc: datetime
    to_utc: datetime
    timed: bool
    block: Block | None
    low_min: float | None
    median_min: float | None
    high_min: float | None
    p_arrives: float
    observed_min: float | None
    error_min: float | None
    inside: bool | None
    baseline_min: float | None
    baseline_n: int
    baseline_error_min: float | None
    nearer: Literal["model", "baseline", "equal"] | None
    lead_min: float | None
    lead_n: int
    corrected_error_min: float | None
    why_not: str

    @property
    def scored(self) -> bool:
        """Whether it enters the mean absolute errors."""
        return not self.why_not


@dataclass(frozen=True)
class AlarmCheck:
    """All nights in order of time, and the mean absolute errors (minutes) over the scored ones; None where none is scored.

    n_inside: scored nights whose block lies in the model's 90 % interval. mean_error: signed, the model's. The corrected error, and the baseline's beside
    it, are over the `n_corrected` scored nights that have a lead to correct by. `left_out`: nights that are not asked, with the reason. `replicates` per night;
    `used`, `rows`, `unused`: of the table of alarms. `history`: clean nights with an hour that a baseline may learn from.
    """

    nights: tuple[AlarmNight, ...]
    left_out: tuple[tuple[str, str], ...]
    n_scored: int
    n_inside: int
    mae_model_min: float | None
    mae_baseline_min: float | None
    mean_error_min: float | None
    n_corrected: int
    mae_corrected_min: float | None
    mae_baseline_beside_min: float | None
    replicates: int
    first_alarm: datetime | None
    last_alarm: datetime | None
    rows: int
    used: int
    unused: int
    history: int
    rule: str = RULE
    limits: tuple[str, ...] = LIMITS


def alarm_check(
    alarms: Alarms | Path | str,
    nights: Sequence[Night] | None = None,
    history: Iterable[Night] = (),
    seed: int = 1,
    blocks: int = 20,
    per_block: int = 10,
) -> AlarmCheck:
    """Simulated first arrivals in the west against the western alarm block.

    alarms: a table of alarms, read or its path. nights: what to check (default: the shipped nights). history: more nights that the baseline may learn
    from, such as those of a daily-reports table; of each night only earlier ones are used. blocks: draws of the uncertain inputs, >= 1, each with `per_block`
    replicates. Raises InputError where the table is none.
    """
    table = alarms if isinstance(alarms, Alarms) else read_alarms(alarms)
    asked = sorted(nights if nights is not None else map(night, night_ids()), key=lambda item: (item.start_utc, item.id))
    known = _lags(table, {item.id: item for item in [*history, *asked]}.values())
    ground: Ground | None = None
    rows: list[AlarmNight] = []
    left_out: list[tuple[str, str]] = []
    for item in asked:
        why, window = _not_asked(table, item), _window(item)
        if why or window is None:
            left_out.append((item.id, why))
            continue
        ground = ground or load_ground()
        rows.append(_one(item, window, table, known, rows, _first_arrivals(item, window[0], ground, seed, blocks, per_block)))
    scored = [row for row in rows if row.scored]
    corrected = [row for row in scored if row.corrected_error_min is not None]
    return AlarmCheck(
        nights=tuple(rows), left_out=tuple(left_out), n_scored=len(scored), n_inside=sum(bool(row.inside) for row in scored),
        mae_model_min=_mean_abs(row.error_min for row in scored), mae_baseline_min=_mean_abs(row.baseline_error_min for row in scored),
        mean_error_min=fmean(row.error_min for row in scored if row.error_min is not None) if scored else None,
        n_corrected=len(corrected), mae_corrected_min=_mean_abs(row.corrected_error_min for row in corrected),
        mae_baseline_beside_min=_mean_abs(row.baseline_error_min for row in corrected),
        replicates=blocks * per_block, first_alarm=table.first, last_alarm=table.last, rows=table.n_rows, used=len(table.alarms), unused=len(table.unused),
        history=len(known),
    )  # fmt: skip


def alarm_check_json(check: AlarmCheck) -> dict[str, Any]:
    """The check as plain data: times in ISO 8601 with Z, minutes and counts as numbers."""
    out = _plain(asdict(check))
    for row, item in zip(out["nights"], check.nights):
        row["scored"] = item.scored
        if item.block is not None:
            row["block"]["clean"] = item.block.clean
    out["left_out"] = [{"night": name, "why": why} for name, why in check.left_out]
    assert isinstance(out, dict)
    return out


def western_block(alarms: Alarms, start: datetime, end: datetime) -> Block | None:
    """The first western block that begins in [start, end], UTC; None where there is none."""
    table = alarms.alarms
    times = [alarm.start for alarm in table]

    def together(at: datetime) -> set[str]:
        return {alarm.region for alarm in table[bisect_left(times, at) : bisect_right(times, at + TOGETHER)]}

    for k in range(bisect_left(times, start), bisect_right(times, end)):
        if table[k].region not in WEST:
            continue
        west = together(times[k]) & WEST
        if len(west) >= LEAST_WEST:
            around = [times[i] for i in range(bisect_left(times, times[k] - TOGETHER), bisect_right(times, times[k] + TOGETHER))]
            return Block(times[k], len(west), max(len(together(at)) for at in around))
    return None


def _window(item: Night) -> tuple[datetime, datetime, bool, int] | None:
    """Start and end of the reported windows of the night's long-range cruise missiles, whether all give a time, and how many; None where too few."""
    groups = [group for group in item.groups if LONG_RANGE & set(group.models)]
    count = sum(group.count for group in groups)
    if count < LEAST_MISSILES:
        return None
    return min(g.start_utc for g in groups), max(g.end_utc for g in groups), all(g.time_known for g in groups), count


def _not_asked(table: Alarms, item: Night) -> str:
    window = _window(item)
    if window is None:
        return f"fewer than {LEAST_MISSILES} Kh-101/Kh-555 and Kalibr"
    if table.first is None or table.last is None:
        return "no usable alarm in the table"
    if window[0] < table.first or window[1] > table.last:
        return f"outside the table, which has alarms from {table.first:%Y-%m-%d} to {table.last:%Y-%m-%d}"
    return ""


def _lags(table: Alarms, nights: Iterable[Night]) -> list[tuple[datetime, float]]:
    """(time of the block, lag in minutes) of every clean night whose window gives a time, in order: what a baseline may know after that time."""
    out = []
    for item in nights:
        window = None if _not_asked(table, item) else _window(item)
        if window is None or not window[2]:
            continue
        block = western_block(table, *window[:2])
        if block is not None and block.clean:
            out.append((window[1], _minutes(window[0], block.start)))
    return sorted(out)


def _first_arrivals(item: Night, start: datetime, ground: Ground, seed: int, blocks: int, per_block: int) -> np.ndarray:
    """First entry of a cruise missile into the west per replicate, shape (blocks · per_block,), minutes after `start`; inf where none arrives.

    Only groups that may be cruise missiles are compiled: leaving a group out changes no other threat.
    """
    item = item.model_copy(update={"groups": tuple(g for g in item.groups if any(model_for(name).threat_class == "cruise" for name in g.models))})
    west = np.array([1.0 if name in WEST else 0.0 for name in REGIONS])
    models = models_of(item)
    out = []
    for block in range(blocks):
        inputs = compile_night(item, ukraine_layer(item), route_assumptions(), models, launch_areas(), ground, seed, block)
        out += [_first_arrival(inputs, ground, west, seed, block * per_block + k) for k in range(per_block)]
    return np.array(out) / 60.0 + _minutes(start, item.start_utc)


def _first_arrival(inputs: NightInputs, ground: Ground, west: np.ndarray, seed: int, replicate: int) -> float:
    raid = draw_raid(inputs, ground, seed, replicate)
    first = np.inf
    for row in raid.threats[raid.threats["cls"] == CRUISE]:
        until = min(float(row["stop_s"]), float(row["end_s"]), first)
        inside, at = exposure(west, np.float64(1.0), ground.fields, raid.verts[row["vert_from"] : row["vert_to"]], until, _TOUCH_S)
        if inside >= _TOUCH_S:
            first = min(first, float(at))
    return first


def _one(
    item: Night,
    window: tuple[datetime, datetime, bool, int],
    table: Alarms,
    known: list[tuple[datetime, float]],
    before: Sequence[AlarmNight],
    arrivals_min: np.ndarray,
) -> AlarmNight:
    start, end, timed, missiles = window
    block = western_block(table, start, end)
    there = arrivals_min[np.isfinite(arrivals_min)]
    low, middle, high = (float(x) for x in np.quantile(there, (0.05, 0.5, 0.95))) if len(there) else (None, None, None)
    observed = None if block is None else _minutes(start, block.start)
    earlier = [lag for at, lag in known if at <= start]
    guess = median(earlier) if earlier and timed else None
    error = None if middle is None or observed is None else middle - observed
    guess_error = None if guess is None or observed is None else guess - observed
    nearer: Literal["model", "baseline", "equal"] | None = None
    if error is not None and guess_error is not None:
        gap = abs(error) - abs(guess_error)
        nearer = "equal" if gap == 0.0 else "model" if gap < 0.0 else "baseline"
    ended = [row for row in before if row.to_utc <= start and row.timed and row.p_arrives >= LEAST_ARRIVING]
    leads = [row.error_min for row in ended if row.error_min is not None and row.block is not None and row.block.clean]
    lead = median(leads) if leads and timed else None
    return AlarmNight(
        night=item.id, missiles=missiles, from_utc=start, to_utc=end, timed=timed, block=block, low_min=low, median_min=middle, high_min=high,
        p_arrives=float(np.isfinite(arrivals_min).mean()), observed_min=observed, error_min=error,
        inside=None if observed is None or low is None or high is None else low <= observed <= high,
        baseline_min=guess, baseline_n=len(earlier) if timed else 0, baseline_error_min=guess_error, nearer=nearer,
        lead_min=lead, lead_n=len(leads) if timed else 0, corrected_error_min=None if error is None or lead is None else error - lead,
        why_not=_why_not(block, timed, float(np.isfinite(arrivals_min).mean()), guess),
    )  # fmt: skip


def _why_not(block: Block | None, timed: bool, p_arrives: float, guess: float | None) -> str:
    if block is None:
        return "no western block in the window"
    if not block.clean:
        return f"nation-wide alarm ({block.units} units)"
    if not timed:
        return "the report gives a date, not a time of launch"
    if p_arrives < LEAST_ARRIVING:
        return f"simulated missiles reach the west in {p_arrives:.0%} of the replicates only"
    return "" if guess is not None else "no earlier clean night for a baseline"


def _minutes(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / 60.0


def _mean_abs(errors: Iterable[float | None]) -> float | None:
    known = [abs(error) for error in errors if error is not None]
    return fmean(known) if known else None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
