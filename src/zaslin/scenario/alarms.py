"""The public table of air-raid alarms, row by row: bytes to checked alarms in UTC; what cannot be used is told with its row, never fatal.

Layout: "Ukrainian air raid sirens" by Vadym Klymenko, the official channel's file. Row numbers are those that a spreadsheet shows: the header is row 1.
An alarm is a decision to warn, not a flight: what can be read from blocks of them is asked in studies/alarm_check.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from zaslin.atlas.regions import REGIONS
from zaslin.errors import InputError
from zaslin.scenario.report_rows import Remark, Unused
from zaslin.scenario.report_words import shown

NEEDED = ("oblast", "started_at")
EXPECTED = ("raion", "hromada", "level", "finished_at")
READ = (*NEEDED, *EXPECTED, "source")
"""Columns that are read: without a needed one no row can be used, an expected one is missed aloud."""

WHOLE, SMALLER = "oblast", ("raion", "hromada")
MAX_BYTES = 200_000_000
MOST_CELL = 2_000
_EMPTY = frozenset({"", "nan", "none", "null", "na", "n/a", "nat", "-"})

_SPELT = {
    "Cherkaska": "Cherkasy oblast", "Chernihivska": "Chernihiv oblast", "Chernivetska": "Chernivtsi oblast", "Dnipropetrovska": "Dnipropetrovsk oblast",
    "Donetska": "Donetsk oblast", "Ivano-Frankivska": "Ivano-Frankivsk oblast", "Kharkivska": "Kharkiv oblast", "Khersonska": "Kherson oblast",
    "Khmelnytska": "Khmelnytskyi oblast", "Kirovohradska": "Kirovohrad oblast", "Kyivska": "Kyiv oblast", "Kyiv City": "Kyiv", "Luhanska": "Luhansk oblast",
    "Lvivska": "Lviv oblast", "Mykolaivska": "Mykolaiv oblast", "Odeska": "Odesa oblast", "Poltavska": "Poltava oblast", "Rivnenska": "Rivne oblast",
    "Sumska": "Sumy oblast", "Ternopilska": "Ternopil oblast", "Vinnytska": "Vinnytsia oblast", "Volynska": "Volyn oblast",
    "Zakarpatska": "Zakarpattia oblast", "Zaporizka": "Zaporizhzhia oblast", "Zhytomyrska": "Zhytomyr oblast",
}  # fmt: skip
"""How the table spells the units that it has, and how zaslin does (Crimea and Sevastopol have no alarms of this channel)."""


@dataclass(frozen=True, order=True)
class Alarm:
    """One alarm of a whole first-level unit. `start`, `end`: UTC; `end` is None where the table does not say it. `row`: its row in the table."""

    start: datetime
    region: str
    end: datetime | None
    row: int


@dataclass(frozen=True)
class Alarms:
    """What a table gave, in order of time. Every one of the `n_rows` rows with content is in `alarms`, in `unused`, or one of the `n_smaller` of a
    part of a unit (raion, hromada), which no block is made of."""

    alarms: tuple[Alarm, ...]
    unused: tuple[Unused, ...]
    remarks: tuple[Remark, ...]
    n_rows: int
    n_smaller: int

    @property
    def first(self) -> datetime | None:
        """Start of the earliest alarm."""
        return self.alarms[0].start if self.alarms else None

    @property
    def last(self) -> datetime | None:
        """Start of the latest alarm: the table knows nothing of what came after."""
        return self.alarms[-1].start if self.alarms else None


class _Unusable(Exception):
    """Why a row cannot be used; never leaves this file."""

    def __init__(self, why: str, detail: str = ""):
        super().__init__(why)
        self.unused = (why, detail)


def read_alarms(path: Path | str) -> Alarms:
    """The alarms of the CSV file at `path`; times without an offset are taken as UTC, as the publisher states.

    Raises InputError if there is no such file or it is no such table. Anything less is told in `unused` and `remarks`.
    """
    remarks: list[Remark] = []
    unused: list[Unused] = []
    text = _text(_bytes(Path(path)), remarks)
    header, separator = _header(text, Path(path))
    missing = [name for name in NEEDED if name not in header]
    silent = [name for name in EXPECTED if name not in header]
    if silent:
        remarks.append(Remark("table", (1,), f"the table has no column {', '.join(silent)}; what they would say is not known"))
    found: dict[tuple[str, datetime], Alarm] = {}
    n_rows = n_smaller = 0
    naive: list[int] = []
    for number, cells in _records(text, separator, unused):
        n_rows += 1
        try:
            if missing:
                raise _Unusable(f"the table has no column {', '.join(missing)}")
            row = _named(header, cells)
            alarm = _alarm(number, row, naive)
            if alarm is None:
                n_smaller += 1
                continue
            other = found.setdefault((alarm.region, alarm.start), alarm)
            if other is not alarm:
                raise _Unusable("the same alarm again", f"{alarm.region} from {alarm.start:%Y-%m-%d %H:%M:%S} stands in row {other.row}")
        except _Unusable as problem:
            unused.append(Unused(number, *problem.unused))
    n_rows += sum(item.why == "not CSV" for item in unused)
    if naive:
        remarks.append(Remark("clock", tuple(naive[:10]), f"{len(naive)} times have no offset and were taken as UTC"))
    alarms = tuple(sorted(found.values(), key=lambda alarm: (alarm.start, alarm.region)))
    return Alarms(alarms, tuple(sorted(unused, key=lambda item: item.row)), tuple(remarks), n_rows, n_smaller)


def _bytes(path: Path) -> bytes:
    try:
        if path.is_file() and path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path} is larger than {MAX_BYTES // 1_000_000} MB; a table of alarms has some megabytes")
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"no file {path}; give a table of air-raid alarms (CSV) in its public layout") from None
    except IsADirectoryError:
        raise InputError(f"{path} is a folder; give a table of air-raid alarms (CSV)") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _text(content: bytes, remarks: list[Remark]) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        remarks.append(Remark("table", (), "the file is UTF-16 and was read as such"))
        return content.decode("utf-16", errors="replace")
    return content.decode("utf-8-sig", errors="replace")


def _header(text: str, path: Path) -> tuple[list[str], str]:
    first = re.split(r"\r\n|\r|\n", text[:100_000], maxsplit=1)[0]
    best: tuple[list[str], str] = ([], ",")
    for separator in (",", ";", "\t"):
        try:
            names = [name.strip().casefold() for name in next(csv.reader([first], delimiter=separator), [])]
        except csv.Error:
            continue
        if sum(name in READ for name in names) > sum(name in READ for name in best[0]):
            best = (names, separator)
    # one shared word ("source") does not make a table of alarms
    if not any(name in best[0] for name in (*NEEDED, "finished_at")):
        raise InputError(f"{path} is not a table of air-raid alarms: its first line is {shown(first)}; expected {', '.join(READ)}")
    twice = sorted({name for name in best[0] if name in READ and best[0].count(name) > 1})
    if twice:
        raise InputError(f"{path} has the column {', '.join(twice)} twice; which one is meant cannot be known")
    return best


def _records(text: str, separator: str, unused: list[Unused]) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if number > 1:
                unused.append(Unused(number, "not CSV", str(error)))
            continue
        if number > 1 and any(cell.strip() for cell in cells):
            yield number, cells


def _named(header: list[str], cells: list[str]) -> dict[str, str]:
    while len(cells) > len(header) and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) != len(header):
        raise _Unusable("truncated row" if len(cells) < len(header) else "too many cells", f"{len(cells)} cells, {len(header)} columns")
    row = {}
    for name, cell in zip(header, cells):
        if name in READ:
            if len(cell) > MOST_CELL:
                raise _Unusable("a cell too long", f"{name}: {len(cell)} characters; a quotation mark that is not closed?")
            row[name] = " ".join(cell.split())
    return row


def _alarm(number: int, row: Mapping[str, str], naive: list[int]) -> Alarm | None:
    level = row.get("level", "").casefold()
    if level in _EMPTY:  # no level told: what names no part is the whole
        level = WHOLE if all(row.get(part, "").casefold() in _EMPTY for part in SMALLER) else SMALLER[0]
    if level in SMALLER:
        return None
    if level != WHOLE:
        raise _Unusable("unknown level", f"level {shown(row['level'])}; known: oblast, raion, hromada")
    name = row["oblast"]
    region = _regions().get(name.casefold())
    if region is None:
        raise _Unusable("no such oblast" if name else "no oblast", shown(name) if name else "")
    start = _time(row["started_at"], "started_at", number, naive)
    cell = row.get("finished_at", "")
    end = None if cell.casefold() in _EMPTY else _time(cell, "finished_at", number, naive)
    if end is not None and end < start:
        raise _Unusable("the alarm ends before it starts", f"{row['started_at']} to {cell}")
    return Alarm(start, region, end, number)


@cache
def _regions() -> dict[str, str]:
    known = {name.casefold(): name for name in REGIONS}
    for spelt, name in _SPELT.items():
        known |= {spelt.casefold(): name, f"{spelt} oblast".casefold(): name}
    return known


def _time(cell: str, column: str, number: int, naive: list[int]) -> datetime:
    if cell.casefold() in _EMPTY:
        raise _Unusable("no time", f"{column} is empty")
    try:
        at = datetime.fromisoformat(cell)
        if not 2000 <= at.year <= 2100:
            raise ValueError("the year is not plausible")
        if len(cell) < len("2022-03-15 16:10"):
            raise ValueError("it has no time of day")
        if at.tzinfo is None:
            naive.append(number)
            return at.replace(tzinfo=UTC)
        return at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _Unusable("unreadable time", f"{column} {shown(cell)}: {error}") from None
