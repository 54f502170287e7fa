"""Raid windows: what one class of threats did in one night or day, summed from the rows of a daily-reports table; the unit that a forecast is scored on.

A night is every row that starts between 16:00 and 08:59 Kyiv time, dated by its start + 8 h; a day is the rest. A bare end date means 12:00 here (the
report of the morning after), where a night of `reports` reads 24:00. It forecasts nothing and says of every row that it leaves out why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Literal

from zaslin.asked import a_path
from zaslin.scenario.night import JOINT
from zaslin.scenario.report_rows import KYIV, Remark, Row, Unused, read_table
from zaslin.scenario.report_words import launch_names
from zaslin.scenario.reports import without_doubles

WindowClass = Literal["drone", "cruise", "kh59", "ballistic", "kinzhal"]
CLASSES: tuple[WindowClass, ...] = ("drone", "cruise", "kh59", "ballistic", "kinzhal")
"""The classes that are forecast and scored."""

TOO_FEW = ("Kh-22", "Kh-32", "Zircon", "Oniks", "S-300/S-400", "Kh-31P")
"""Models with too few counted rows for a score: they are context."""

MODELS: dict[WindowClass, frozenset[str]] = {
    "drone": frozenset({"Shahed-136/131"}),
    "cruise": frozenset({"Kh-101/Kh-555", "Kalibr", "Iskander-K"}),
    "kh59": frozenset({"Kh-59", "Kh-69", "Kh-59/Kh-69"}),
    "ballistic": frozenset({"Iskander-M", "KN-23", "Iskander-M/KN-23"}),
    "kinzhal": frozenset({"Kinzhal"}),
}

NIGHT_FROM, NIGHT_TO = time(16), time(9)
DATED_BY = timedelta(hours=8)
BARE_END = time(12)

ELSEWHERE = "elsewhere"
"""A reported launch place that the gazetteer lacks."""


@dataclass(frozen=True)
class RaidWindow:
    """One class in one night or day. Times are UTC; `end` is when its report could be known at the earliest.

    launched, destroyed, lost: sums over `rows` (numbers in the table); lost counts as 0 where the report books none apart. `areas`: share of the
    launched by launch area (empty: none reported); `models`: by model key. `others`: launched of every other class and model in that night or day.
    """

    cls: WindowClass
    date: date
    part: Literal["night", "day"]
    start: datetime
    end: datetime
    launched: int
    destroyed: int
    lost: int
    rows: tuple[int, ...]
    areas: dict[str, float]
    models: dict[str, float]
    others: dict[str, int]

    @property
    def stopped(self) -> int:
        """S: destroyed + lost."""
        return self.destroyed + self.lost

    @property
    def name(self) -> str:
        """``2024-08-26 night``."""
        return f"{self.date.isoformat()} {self.part}"


@dataclass(frozen=True)
class Windows:
    """The raid windows of a table in order of their start, and what was left out. `context`: rows in scope that are not scored, with the reason."""

    windows: tuple[RaidWindow, ...]
    context: tuple[Unused, ...]
    unused: tuple[Unused, ...]
    remarks: tuple[Remark, ...]
    rows: tuple[Row, ...]
    n_rows: int

    def of(self, cls: str) -> tuple[RaidWindow, ...]:
        """The windows of one class."""
        return tuple(window for window in self.windows if window.cls == cls)


def class_of(model: str) -> WindowClass | None:
    """The class of a model key; None for what is not scored: too few data, or a joint count of several classes.

    A joint count of Kh-101/Kh-555 and Kalibr with Kh-59 or Kh-69 is cruise.

    >>> class_of("Kh-101/Kh-555 + Kalibr + Kh-59/Kh-69"), class_of("Iskander-M + Iskander-K"), class_of("S-300/S-400")
    ('cruise', None, None)
    """
    names = set(model.split(JOINT))
    for cls, models in MODELS.items():
        if names <= models:
            return cls
    if names <= MODELS["cruise"] | MODELS["kh59"] and {"Kh-101/Kh-555", "Kalibr"} <= names:
        return "cruise"
    return None


def read_windows(path: Path | str) -> Windows:
    """The raid windows of a daily-reports table (CSV in its public layout).

    Raises InputError if there is no such file or it is no such table; every row less than that is told in `context`, `unused` or `remarks`.
    """
    table = read_table(a_path("path", path, "the path of a daily-reports table (CSV)"))
    rows = without_doubles(table)
    context = []
    for row in rows:
        why = _why_not(row)
        if why:
            context.append(Unused(row.number, why, f"{row.launched} {row.model}"))
    windows = windows_of(rows)
    unused = tuple(sorted(table.unused, key=lambda item: item.row))
    return Windows(windows, tuple(context), unused, tuple(table.remarks), tuple(rows), table.n_rows)


def windows_of(rows: Iterable[Row]) -> tuple[RaidWindow, ...]:
    """The raid windows of checked rows, in order of (start, end, class); the order of the rows changes nothing, to the last bit."""
    own: dict[tuple[date, str, WindowClass], list[Row]] = defaultdict(list)
    launched: dict[tuple[date, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in sorted(rows, key=_content):
        day, part = part_of(row)
        cls = class_of(row.model)
        launched[day, part][cls or row.model] += row.launched
        if cls is not None and _why_not(row) is None:
            own[day, part, cls].append(row)
    out = []
    for (day, part, cls), members in own.items():
        n = sum(row.launched for row in members)
        areas: dict[str, float] = defaultdict(float)
        models: dict[str, float] = defaultdict(float)
        for row in members:
            models[row.model] += row.launched / n
            places, strange = launch_names(row.model.split(JOINT), row.text.get("launch_place", ""), dict(row.places))
            named = [*places, *([ELSEWHERE] if strange else [])]
            for place in named:
                areas[place] += row.launched / n / len(named)
        out.append(
            RaidWindow(
                cls=cls, date=day, part="day" if part == "day" else "night", start=min(row.start for row in members), end=max(map(_end, members)), launched=n,
                destroyed=sum(row.destroyed or 0 for row in members), lost=sum(row.lost or 0 for row in members),
                rows=tuple(sorted(row.number for row in members)), areas=dict(areas), models=dict(models),
                others={name: count for name, count in launched[day, part].items() if name != cls},
            )
        )  # fmt: skip
    return tuple(sorted(out, key=lambda window: (window.start, window.end, window.cls)))


def part_of(row: Row) -> tuple[date, str]:
    """The date and part (night, day) of the window that a row belongs to.

    A start at 20:30 on 24 August is the night of 25 August; one at 10:00 is the day of its own date.
    """
    local = row.start.astimezone(KYIV).replace(tzinfo=None)
    if local.time() >= NIGHT_FROM or local.time() < NIGHT_TO:
        return (local + DATED_BY).date(), "night"
    return local.date(), "day"


def _end(row: Row) -> datetime:
    """When a row's report could be known: a bare end date is its noon, or its 24:00 where the row starts later than noon."""
    noon = datetime.combine(row.end_date, BARE_END, KYIV).astimezone(row.end.tzinfo)
    return row.end if row.end_known or noon <= row.start else noon


def _content(row: Row) -> tuple[object, ...]:
    """What puts rows in an order that does not depend on the file's."""
    text = row.text
    return row.window, row.model, row.launched, row.destroyed or 0, row.lost or 0, text.get("launch_place", ""), text.get("target", ""), row.number


def _why_not(row: Row) -> str | None:
    """Why a row in scope is context only."""
    if class_of(row.model) is None:
        names = row.model.split(JOINT)
        return "several classes in one count" if len(names) > 1 else "too few data of this model for a score"
    return "no number destroyed" if row.destroyed is None else None
