"""The daily-reports table, row by row: bytes to checked rows in UTC; what cannot be used is told with its row, never guessed, never fatal.

Row numbers are those that a spreadsheet shows: the header is row 1. It joins nothing: nights are made in `reports`.
"""

from __future__ import annotations

import ast
import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from zaslin.errors import InputError
from zaslin.scenario.report_words import OUT_OF_SCOPE, model_key, out_of_scope, shown, split_joint

KYIV = ZoneInfo("Europe/Kyiv")
NEEDED = ("time_start", "time_end", "model", "launched")
EXPECTED = ("launch_place", "target", "destroyed", "not_reach_goal", "source")
READ = (
    *NEEDED, *EXPECTED, "still_attacking", "border_crossing", "carrier", "launched_details", "launch_place_details", "destroyed_details",
    "affected region", "num_fall_fragment_location",
)  # fmt: skip
"""Columns that are read: without a needed one no row can be used, an expected one is missed aloud, the others may be absent."""

MOST_LAUNCHED = 10_000
MAX_BYTES = 200_000_000
_MISSING = frozenset({"", "nan", "none", "null", "na", "n/a", "nat", "-", "–"})
_TIME = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.0+)?)?)?$")
_NUMBER = re.compile(r"^([+-]?)(\d+)(?:\.0*)?$")


@dataclass(frozen=True)
class Unused:
    """A row that no night contains. `why` is short and the same for like rows; `detail` says what stood in this one."""

    row: int
    why: str
    detail: str = ""


@dataclass(frozen=True)
class Remark:
    """Something about rows that a reader must know: they say the same, contradict each other, or were read with a reservation."""

    kind: Literal["duplicate", "contradiction", "same window", "clock", "cell", "table"]
    rows: tuple[int, ...]
    says: str


@dataclass(frozen=True)
class Row:
    """One usable row. `end_date` is the Kyiv date on which its window ends (a date-only end is 24:00 of that date)."""

    number: int
    start: datetime
    end: datetime
    end_date: date
    time_known: bool
    end_known: bool
    model: str
    launched: int
    destroyed: int | None
    lost: int | None
    split: Mapping[str, int] | None
    places: Mapping[str, str]
    text: Mapping[str, str]

    @property
    def window(self) -> tuple[datetime, datetime]:
        return self.start, self.end


@dataclass
class Table:
    """What one file gave: usable rows in the file's order, the others, remarks, and how many rows with content it has."""

    rows: list[Row] = field(default_factory=list)
    unused: list[Unused] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    n_rows: int = 0


class _Unusable(Exception):
    """Why a row cannot be used; never leaves this file."""

    def __init__(self, why: str, detail: str = "", contradiction: bool = False):
        super().__init__(why)
        self.unused = (why, detail)
        self.contradiction = contradiction


def read_table(path: Path | str) -> Table:
    """The rows of the file at `path`; raises InputError if there is no such file or nothing in it is a daily-reports table."""
    path = Path(path)
    content = _bytes(path)
    table = Table()
    text = _text(content, table)
    header, separator = _header(text, path)
    missing = [name for name in NEEDED if name not in header]
    silent = [name for name in EXPECTED if name not in header]
    if silent:
        table.remarks.append(Remark("table", (1,), f"the table has no column {', '.join(silent)}; what they would say is not known"))
    for number, cells in _records(text, separator, table):
        if number == 1:
            continue
        table.n_rows += 1
        try:
            if missing:
                raise _Unusable(f"the table has no column {', '.join(missing)}")
            _row(number, _named(header, cells), table)
        except _Unusable as problem:
            table.unused.append(Unused(number, *problem.unused))
            if problem.contradiction:
                table.remarks.append(Remark("contradiction", (number,), f"{problem.unused[0]} ({problem.unused[1]})"))
    return table


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path} is larger than {MAX_BYTES // 1_000_000} MB; a daily-reports table has some megabytes")
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"no file {path}; give a daily-reports table (CSV) in its public layout") from None
    except IsADirectoryError:
        raise InputError(f"{path} is a folder; give a daily-reports table (CSV)") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _text(content: bytes, table: Table) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        table.remarks.append(Remark("table", (), "the file is UTF-16 and was read as such"))
        return content.decode("utf-16", errors="replace")
    return content.decode("utf-8-sig", errors="surrogateescape")


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
    if not best[0]:
        raise InputError(f"{path} is not a daily-reports table: its first line {shown(first)} names no known column; expected {', '.join(NEEDED)}, …")
    twice = sorted({name for name in best[0] if name in READ and best[0].count(name) > 1})
    if twice:
        raise InputError(f"{path} has the column {', '.join(twice)} twice; which one is meant cannot be known")
    return best


def _records(text: str, separator: str, table: Table) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of every record with content; a record that is not CSV is told and left."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    number = 0
    while True:
        number += 1
        line = reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            table.n_rows += 1
            table.unused.append(Unused(number, "not CSV", f"{error} at line {reader.line_num}"))
            continue
        if reader.line_num - line > 20:
            says = f"lines {line + 1} to {reader.line_num} are one row: a quotation mark that is not closed?"
            table.remarks.append(Remark("table", (number,), says))
        if any(cell.strip() for cell in cells):
            yield number, cells


def _named(header: list[str], cells: list[str]) -> dict[str, str]:
    while len(cells) > len(header) and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) != len(header):
        raise _Unusable("truncated row" if len(cells) < len(header) else "too many cells", f"{len(cells)} cells, {len(header)} columns")
    text = {name: " ".join(cell.split()) for name, cell in zip(header, cells) if name in READ}
    for name, cell in text.items():
        if any("\udc80" <= char <= "\udcff" or char in "\ufffd\x00" for char in cell):
            raise _Unusable("not UTF-8 text", f"{name} {shown(cell)}")
    return text


def _row(number: int, text: dict[str, str], table: Table) -> None:
    names = split_joint(text["model"])
    if not any(re.search(r"\w", name) for name in names) or text["model"].casefold() in _MISSING:
        raise _Unusable("no model")
    outside = [why for why in map(out_of_scope, names) if why]
    if outside:
        raise _Unusable(OUT_OF_SCOPE, "; ".join(outside) + (" in a joint row" if len(names) > 1 else ""))
    launched = _count(text, "launched")
    if launched is None:
        raise _Unusable("no number launched", f'{text["model"]}: the report gives none')
    if launched == 0:
        raise _Unusable("none launched", f'{text["model"]}: 0 launched')
    destroyed, lost = _count(text, "destroyed"), _count(text, "not_reach_goal")
    if (destroyed or 0) + (lost or 0) > launched:
        parts = f"{launched} launched, {destroyed or 0} destroyed" + (f", {lost} did not reach their goal" if lost else "")
        raise _Unusable("more stopped than launched", f'{text["model"]}: {parts}', contradiction=True)
    start, end, end_date, start_timed, end_timed = _window(number, text, table)
    model = model_key(names)
    places = _details(number, text, "launch_place_details", table)
    table.rows.append(
        Row(
            number=number, start=start, end=end, end_date=end_date, time_known=start_timed, end_known=end_timed, model=model, launched=launched,
            destroyed=destroyed, lost=lost, split=_split(number, text, model, launched, table),
            places={str(name): str(place) for name, place in places.items()}, text=text,
        )
    )  # fmt: skip


def _count(text: dict[str, str], column: str) -> int | None:
    cell = text.get(column, "")
    if cell.casefold() in _MISSING:
        return None
    match = _NUMBER.match(cell)
    if match is None:
        raise _Unusable("unreadable number", f"{column} {shown(cell)} is not a whole number")
    if match[1] == "-" and int(match[2][:20]) > 0:
        raise _Unusable("negative number", f"{column} {shown(cell)}")
    if len(match[2]) > 9 or int(match[2]) > MOST_LAUNCHED:
        raise _Unusable("number not plausible", f"{column} {shown(cell)} is above {MOST_LAUNCHED}")
    return int(match[2])


def _window(number: int, text: dict[str, str], table: Table) -> tuple[datetime, datetime, date, bool, bool]:
    start, _, start_timed = _local(text["time_start"], "time_start", at_end=False)
    end, end_date, end_timed = _local(text["time_end"], "time_end", at_end=True)
    told = f'{text["time_start"]} to {text["time_end"]}'
    if end < start:
        raise _Unusable("the window ends before it starts", told, contradiction=True)
    choices = [(_utc(start, a), _utc(end, b)) for a, b in ((0, 0), (0, 1), (1, 0), (1, 1))]
    first, last = next(((a, b) for a, b in choices if a <= b), choices[0])
    if last < first:
        raise _Unusable("the window ends before it starts", f"{told}, in UTC", contradiction=True)
    for local, utc in ((start, first), (end, last)):
        if utc.astimezone(KYIV).replace(tzinfo=None) != local:
            table.remarks.append(Remark("clock", (number,), f"{local:%Y-%m-%d %H:%M} did not exist in Kyiv (clocks went forward); taken as {utc:%H:%M} UTC"))
        elif local.replace(tzinfo=KYIV).utcoffset() != local.replace(tzinfo=KYIV, fold=1).utcoffset():
            table.remarks.append(Remark("clock", (number,), f"{local:%Y-%m-%d %H:%M} came twice in Kyiv (clocks went back); taken as {utc:%H:%M} UTC"))
    return first, last, end_date, start_timed, end_timed


def _local(cell: str, column: str, at_end: bool) -> tuple[datetime, date, bool]:
    """Naive Kyiv time, the date that the cell names, and whether it gives a time; a date alone is its 00:00, at the end its 24:00."""
    if cell.casefold() in _MISSING:
        raise _Unusable("no time", f"{column} is empty")
    match = _TIME.match(cell)
    try:
        if match is None:
            raise ValueError("expected YYYY-MM-DD, with or without HH:MM")
        year, month, day = (int(match[k]) for k in (1, 2, 3))
        at = datetime(year, month, day)
        if not 2000 <= year <= 2100:
            raise ValueError("the year is not plausible")
        if match[4] is None:
            return at + timedelta(days=int(at_end)), at.date(), False
        hour, minute, second = int(match[4]), int(match[5]), int(match[6] or 0)
        if (hour, minute, second) == (24, 0, 0):
            return at + timedelta(days=1), at.date(), True
        return at.replace(hour=hour, minute=minute, second=second), at.date(), True
    except ValueError as error:
        raise _Unusable("unreadable time", f"{column} {shown(cell)}: {error}") from None


def _utc(local: datetime, fold: int) -> datetime:
    return local.replace(tzinfo=KYIV, fold=fold).astimezone(UTC)


def _split(number: int, text: dict[str, str], model: str, launched: int, table: Table) -> dict[str, int] | None:
    """Counts per canonical model of a joint row, where its details give them all."""
    details = _details(number, text, "launched_details", table)
    if not details:
        return None
    split: dict[str, int] = {}
    for name, count in details.items():
        key = model_key(split_joint(str(name)))
        if isinstance(count, bool) or not isinstance(count, (int, float)) or not 0 <= count <= MOST_LAUNCHED or count != int(count):
            table.remarks.append(Remark("cell", (number,), f"launched_details gives no whole number for {shown(str(name))}; the split is not used"))
            return None
        split[key] = split.get(key, 0) + int(count)
    if set(split) != set(model.split(" + ")) or sum(split.values()) != launched:
        says = f"launched_details names {', '.join(f'{n} {key}' for key, n in split.items())}; the row {launched} {model}; the split is not used"
        table.remarks.append(Remark("contradiction", (number,), says))
        return None
    return split


def _details(number: int, text: dict[str, str], column: str, table: Table) -> dict[object, object]:
    cell = text.get(column, "")
    if cell.casefold() in _MISSING:
        return {}
    try:
        if len(cell) > 5_000:
            raise ValueError
        found = ast.literal_eval(re.sub(r"\bnan\b", "None", cell, flags=re.IGNORECASE))
        if not isinstance(found, dict):
            raise ValueError
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        table.remarks.append(Remark("cell", (number,), f"{column} {shown(cell)} cannot be read and is left out"))
        return {}
    return {key: value for key, value in found.items() if value is not None}
