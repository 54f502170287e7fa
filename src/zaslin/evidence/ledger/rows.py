"""The ledger's CSV files: one row, one statement; read and checked, every fault at once by file, row and field. It puts no entry together.

The columns are told in docs/ledger.md. A cell that is empty says nothing; a column that a file does not need may be left out.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, get_args

from zaslin.errors import Fault, nearest, unknown
from zaslin.evidence.ledger.entry import KINDS, STATUSES, known_from, out_from
from zaslin.scenario.incident import Kind as Event
from zaslin.scenario.nations import NATIONS
from zaslin.scenario.sources import MEDIA, Source, sources

COMMON = ("entry", "claim", "date", "by", "says", "status", "source")
"""Columns that every row fills."""

INCIDENT_FACTS = ("event_date", "time_utc", "country", "place", "lat", "lon", "event")
CLAIMED = ("about", "low", "high", "unit", "answer")
COLUMNS: dict[str, tuple[str, ...]] = {
    "incidents": (*COMMON, *INCIDENT_FACTS, *CLAIMED),
    "positions": (*COMMON, "nation", "office", "voice", "stance", "zone", "needs"),
    "law": (*COMMON, "nation", "title", "stage", "force_from", "force_to", "zone", "effect", "authority", "needs"),
    "escalation": (*COMMON, "nation", "office", "theme", "answers"),
}
"""Columns by kind."""

OWN_SOURCE = ("source_publisher", "source_title", "source_url", "source_date", "source_medium")
"""Columns by which a file of the user's own brings a source that the registry lacks."""

CHOICES: dict[str, tuple[str, ...]] = {
    "status": STATUSES,
    "event": get_args(Event),
    "about": (
        "event",
        "entered",
        "headed",
        "shot_down",
        "found",
        "origin",
        "object",
        "depth",
        "path",
        "duration",
        "time",
        "casualties",
        "damage",
        "response",
        "speed",
        "altitude",
    ),
    "unit": ("count", "km", "m", "s", "min", "h", "km/h"),
    "voice": ("head", "government", "ministry", "parliament", "alliance", "military", "adviser", "other"),
    "stance": ("supports", "considers", "conditional", "undecided", "opposes"),
    "zone": ("over-ukraine", "own-airspace", "both"),
    "stage": ("draft", "signed", "adopted", "in-force", "challenged", "repealed", "doctrine", "finding"),
    "effect": ("permits", "requires", "forbids", "commits", "interprets"),
    "authority": ("minister", "commander", "pilot", "president", "parliament", "host"),
    "theme": ("party-to-conflict", "war-with-nato", "drag-in", "retaliation", "alliance-duty", "consultation", "protest", "restraint", "counter-view"),
    "source_medium": MEDIA,
}
"""The words of each column that has a closed list."""

NEEDS = ("alliance", "allies", "host", "eu", "imminent-entry", "own-target", "capacity", "own-law", "ceasefire")
"""What a statement or a law may make its condition."""

BODIES = {"NATO": "NATO", "EU": "European Union", "UN": "United Nations", "E3": "France, Germany and the United Kingdom"}
"""What stands for a nation beside the ISO codes."""

OTHER_NATIONS = {"UA": "Ukraine", "RU": "Russia", "BY": "Belarus"}

_REQUIRED = {
    "positions": ("nation", "stance", "zone", "voice"),
    "law": ("nation", "title", "stage"),
    "escalation": ("nation", "theme"),
    "incidents": ("about",),
}
"""Columns that the first row of an entry (for `about`: of a claim) must fill, beside the common ones."""

_LONGEST = 1_000
_BIGGEST = 131_072
"""Letters that the csv module takes in one cell; more than that is nearly always a quote that is never closed."""
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_INCIDENT = re.compile(r"[A-Z]{2}-\d{4}-\d{2}-\d{2}[a-z]?")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True)
class Row:
    """A checked row: its cells by column (numbers as float, lists as tuples, empty cells left out), its file and number in it."""

    kind: str
    cells: Mapping[str, Any]
    file: str
    number: int
    own: bool = False

    @property
    def where(self) -> str:
        """``mine.csv row 7``."""
        return f"{self.file} row {self.number}"


@dataclass
class Reading:
    """What a file gave. `sources`: those that it brings itself, by id. `broken`: entries that lack a row for its faults, so that nothing more can be said
    of them. `torn`: whether the text could not be read to its end."""

    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    torn: bool = False


def read_rows(text: str, file: str, kind: str | None = None, own: bool = False) -> Reading:
    """The rows of one CSV text. kind: the kind of all its rows, or None where its column `kind` says it. own: a user's file, which may bring sources.

    Faults are collected, never raised; a row that has one is not among the rows.
    """
    out = Reading()
    table, torn = _lines(text)
    if not any(cell.strip() for _, row in table for cell in row) and torn is None:
        columns = ", ".join([*(["kind"] if kind is None else []), *COLUMNS[kind or "incidents"]])
        out.faults.append(Fault("", f"the file is empty; name the columns in its first line: {columns}"))
        return out
    header = [name.strip() for name in table[0][1]] if table else []
    if table and not _header(header, kind, own, out.faults):
        return out
    for number, row in table[1:]:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            remedy = "put text that holds a comma in double quotes" if len(row) > len(header) else "fill the row up with commas, one for each empty cell"
            out.faults.append(Fault(f"row {number}", f"{len(row)} cell{'s' * (len(row) != 1)} stand under {len(header)} columns; {remedy}"))
            out.broken.update(cell.strip() for cell in row[: header.index("entry") + 1][-1:])
            continue
        cells = {name: cell.strip() for name, cell in zip(header, row, strict=True) if cell.strip()}
        before = len(out.faults)
        _row({name: cell.replace("\r\n", "\n") for name, cell in cells.items()}, kind, file, number, own, out)
        if len(out.faults) > before:
            out.broken.add(cells.get("entry", ""))
    if torn is not None:
        out.faults.append(torn)
        out.torn = True
    return out


def _lines(text: str) -> tuple[list[tuple[int, list[str]]], Fault | None]:
    """Rows with the number of the line on which each begins (1 is the header), and what tore the text where it cannot be read to its end."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    out: list[tuple[int, list[str]]] = []
    start = 1
    try:
        for row in reader:
            out.append((start, row))
            start = reader.line_num + 1
    except csv.Error as error:
        if "field larger" in str(error):
            what = f"a cell holds more than {_BIGGEST:,} letters; close its double quote, or shorten it"
        elif "unexpected end" in str(error):
            what = "a double quote is opened here and never closed; close it"
        else:
            what = f"double quotes stand wrongly here ({error}); put a cell in double quotes whole, and double those that it holds"
        return out, Fault(f"row {start}", what)
    return out, None


def header_of(text: str) -> list[str]:
    """The names in the first line of a CSV text, as far as it can be read."""
    table, _ = _lines(text)
    return [name.strip() for name in table[0][1]] if table else []


def _header(header: list[str], kind: str | None, own: bool, faults: list[Fault]) -> bool:
    known = {name for columns in COLUMNS.values() for name in columns} if kind is None else set(COLUMNS[kind])
    known |= {"kind", *OWN_SOURCE} if own else set()
    needed = [*COMMON, *(["kind"] if kind is None else [])]
    before = len(faults)
    for sign, called in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and len(set(header[0].split(sign)) & known) > 1:
            faults.append(Fault("row 1", f"the columns are parted by {called}; save the file as CSV with commas"))
            return False
    for name in header:
        if not name:
            faults.append(Fault("row 1", "a column has no name; name it or take it out"))
        elif header.count(name) > 1:
            faults.append(Fault("row 1", f"the column {_short(name)} is there {header.count(name)} times; leave one of them"))
        elif name not in known:
            faults.append(Fault("row 1", _unknown("column", name, known) + "; name it so, or take it out"))
    lacking = [name for name in needed if name not in header]
    if lacking:
        faults.append(
            Fault(
                "row 1", f"the column{'s' * (len(lacking) > 1)} {', '.join(lacking)} {'are' if len(lacking) > 1 else 'is'} missing; add them to the first line"
            )
        )
    faults[before:] = list(dict.fromkeys(faults[before:]))
    return len(faults) == before


def _row(cells: dict[str, str], kind: str | None, file: str, number: int, own: bool, out: Reading) -> None:
    """Check one row; put it, or its faults, into `out`."""
    before = len(out.faults)

    def fault(column: str, message: str) -> None:
        out.faults.append(Fault(f"row {number}, {column}", message))

    said = kind or cells.get("kind", "")
    if kind is not None and cells.get("kind", kind) != kind:
        fault("kind", f"{_short(cells['kind'])} came where rows of {kind} are read; take the row into a file of its own")
        return
    if said not in COLUMNS:
        fault("kind", _unknown("kind of entry", said, COLUMNS) if said else f"empty; give one of: {', '.join(COLUMNS)}")
        return
    for column in COMMON:
        if column not in cells:
            fault(column, f"empty; {_WANTED[column]}")
    values: dict[str, Any] = {}
    for column, cell in cells.items():
        if column not in COLUMNS[said] and column not in OWN_SOURCE and column != "kind":
            fault(column, f"{_short(cell)} came, and rows of {said} have no such column; leave it empty")
            continue
        value, wrong = cell, _text_fault(column, cell)
        if wrong is None and column not in ("kind", *OWN_SOURCE):
            value, wrong = _cell(column, cell, said)
        if wrong:
            fault(column, wrong)
        if column not in ("kind", *OWN_SOURCE):
            values[column] = value
    good = {fault.path for fault in out.faults[before:]}
    _numbers(values, fault)
    _order(values, lambda column: f"row {number}, {column}" not in good, fault)
    _sources(values.get("source", ()), cells, own, out, fault)
    if len(out.faults) == before:
        out.rows.append(Row(said, values, file, number, own))


_WANTED = {
    "entry": "give the id of the entry, such as PL-2023-12-29",
    "claim": "give the claim a short name of its own, such as crossing or count-tusk",
    "date": "give the day on which it was said, YYYY-MM-DD",
    "by": "give the speaker and the office, or the publisher",
    "says": "say in a sentence what is claimed",
    "status": f"give one of: {', '.join(STATUSES)}",
    "source": "give the id of a source (`zaslin sources` lists the registry), or bring one with source_publisher and source_title",
}


def _cell(column: str, cell: str, kind: str) -> tuple[Any, str | None]:
    """The value of a cell and None, or the cell and what is wrong with it."""
    check = _CELLS.get(column)
    if check is not None:
        return check(cell)
    if column in CHOICES:
        return cell, None if cell in CHOICES[column] else _no_choice(column, cell)
    if column == "entry":
        pattern, shape = (
            (_INCIDENT, "a country, a date and a letter where needed, such as PL-2023-12-29 or PL-2023-12-29b")
            if kind == "incidents"
            else (_SLUG, "small letters, digits and hyphens, such as pl-tusk-2024-07-08")
        )
        return cell, None if pattern.fullmatch(cell) else f"{_short(cell)} is no id; give {shape}"
    return cell, None


def _no_choice(column: str, cell: str) -> str:
    near = nearest(cell, CHOICES[column])
    return f"{_short(cell)} is not a choice here; " + (f'did you mean "{near}"?' if near else f"give one of: {', '.join(CHOICES[column])}")


def _slug(cell: str) -> tuple[Any, str | None]:
    return cell, None if _SLUG.fullmatch(cell) else f"{_short(cell)} is no short name; give small letters, digits and hyphens, such as count-tusk"


def _day(cell: str) -> tuple[Any, str | None]:
    try:
        known_from(cell)
    except ValueError as error:
        return cell, str(error) if len(cell) < 20 else f"{_short(cell)} is no date; give YYYY-MM-DD, or YYYY-MM or YYYY where the day is unknown"
    return cell, None


def _exact_day(cell: str) -> tuple[Any, str | None]:
    return _day(cell) if len(cell) == len("2024-08-04") else (cell, f"{_short(cell)} is no day; give YYYY-MM-DD")


def _clock(cell: str) -> tuple[Any, str | None]:
    return cell, None if _CLOCK.fullmatch(cell) else f"{_short(cell)} is no time of day; give HH:MM in UTC, such as 06:00"


def _number(least: float, most: float) -> Callable[[str], tuple[Any, str | None]]:
    def check(cell: str) -> tuple[Any, str | None]:
        if not _NUMBER.fullmatch(cell):
            hint = f"; write the decimals after a point: {cell.replace(',', '.')}" if re.fullmatch(r"-?[0-9]{1,20},[0-9]{1,20}", cell) else ""
            return cell, f"{_short(cell)} is not a number{hint or '; give digits alone, the unit has its own column'}"
        value = float(cell)
        if not least <= value <= most:
            return cell, f"{_short(cell)} lies outside {least:,.0f} to {most:,.0f}; give a number in between"
        return value, None

    return check


def _nation(cell: str) -> tuple[Any, str | None]:
    known = {**NATIONS, **OTHER_NATIONS, **BODIES}
    if cell in known:
        return cell, None
    by_name = {name: code for code, name in known.items()}
    if cell.upper() in known:
        return cell, f'no country "{cell}"; write it in capitals: {cell.upper()}'
    near = nearest(cell, by_name) if 2 < len(cell) < 50 else None
    hint = f'did you mean "{by_name[near]}" ({near})?' if near else f"give its two letters (ISO 3166-1) such as PL, or one of {', '.join(BODIES)}"
    return cell, f"no country {_short(cell)}; {hint}"


def _needs(cell: str) -> tuple[Any, str | None]:
    parts = tuple(part.strip() for part in cell.split(";") if part.strip())
    wrong = next((part for part in parts if part not in NEEDS), None)
    return parts, None if wrong is None else _unknown("condition", wrong, NEEDS)


def _ids(cell: str) -> tuple[Any, str | None]:
    parts = tuple(dict.fromkeys(part.strip() for part in cell.split(";") if part.strip()))
    return parts, None if parts else "empty; give the id of a source"


_CELLS: dict[str, Callable[[str], tuple[Any, str | None]]] = {
    "claim": _slug,
    "date": _day,
    "event_date": _exact_day,
    "force_from": _day,
    "force_to": _day,
    "time_utc": _clock,
    "lat": _number(-90, 90),
    "lon": _number(-180, 180),
    "low": _number(0, 1e7),
    "high": _number(0, 1e7),
    "country": _nation,
    "nation": _nation,
    "needs": _needs,
    "source": _ids,
}


def _numbers(values: Mapping[str, Any], fault: Callable[[str, str], None]) -> None:
    """What is claimed: a range has both ends, in order, and a unit."""
    low, high = values.get("low"), values.get("high")
    if isinstance(low, float) != isinstance(high, float) and not isinstance(low, str) and not isinstance(high, str):
        lacking = "high" if high is None else "low"
        fault(lacking, "empty beside its other end; for a single number give it in both low and high")
    elif isinstance(low, float) and isinstance(high, float):
        if low > high:
            fault("high", f"{high:g} is below low {low:g}; exchange them")
        if "unit" not in values:
            fault("unit", f"empty beside a number; give one of: {', '.join(CHOICES['unit'])}")
    elif "unit" in values and low is None and high is None:
        fault("low", "empty beside a unit; give the number in low and high, or take the unit out")


def _order(values: Mapping[str, Any], good: Callable[[str], bool], fault: Callable[[str, str], None]) -> None:
    """Days that follow each other: an event and what is said of it, the begin of a law's force and its end."""
    for first, then, slack, what in (
        ("event_date", "date", timedelta(days=1), "the statement is older than its event"),  # a local day may be another than UTC's
        ("force_from", "force_to", timedelta(), "the force ends before it begins"),
    ):
        if first in values and then in values and good(first) and good(then) and known_from(values[then]) + slack < out_from(values[first]):
            fault(then, f"{values[then]} lies before {first} {values[first]}: {what}; check both")


def _sources(named: Any, cells: Mapping[str, str], own: bool, out: Reading, fault: Callable[[str, str], None]) -> None:
    """Every id must be known, or be brought by this row (a user's file only)."""
    if not isinstance(named, tuple):
        return
    missing = [name for name in named if name not in sources() and name not in out.sources]
    brought = [name for name in named if name in out.sources]
    if own and not missing and len(brought) == 1:
        mine = out.sources[brought[0]]
        for column in OWN_SOURCE:
            if column in cells and cells[column] != getattr(mine, column.removeprefix("source_")):
                fault(column, f'another one than where "{brought[0]}" was brought; say it once, in the first row of that source')
        return
    if own and len(missing) == 1 and "source_publisher" in cells and "source_title" in cells:
        name = missing[0]
        if not _SLUG.fullmatch(name) or name == "assumption":
            fault("source", f"{_short(name)} is no id; give small letters, digits and hyphens, such as my-interview-2026-01-15")
            return
        when = cells.get("source_date", "")
        if when and _day(when)[1]:
            fault("source_date", str(_day(when)[1]))
        medium = cells.get("source_medium", "")
        if medium and medium not in MEDIA:
            fault("source_medium", _no_choice("source_medium", medium))
        url = cells.get("source_url", "")
        if url and not re.match(r"https?://[^\s]+\.[^\s]+$", url):
            fault("source_url", f"{_short(url)} is no web address; give one that begins with https://, or leave it empty")
        out.sources[name] = Source(
            id=name, publisher=cells["source_publisher"], title=cells["source_title"], url=url, date=when, note="brought by the user's own file", medium=medium
        )
        return
    for name in missing:
        known = _unknown("source", name, [*sources(), *out.sources])
        bring = "; to bring your own, fill source_publisher and source_title in its first row" if own else ""
        fault("source", known + bring)


def _text_fault(column: str, cell: str) -> str | None:
    wrong = next((sign for sign in cell if unicodedata.category(sign) in ("Cc", "Cs", "Co") and sign not in "\n\t"), None)
    if wrong is not None:
        return f"{_short(cell)} holds the sign U+{ord(wrong):04X}, which is no letter; take it out"
    if len(cell) > _LONGEST:
        return f"{len(cell):,} letters came; give at most {_LONGEST:,}" + (", and more in a further claim" if column == "says" else "")
    return None


def _short(cell: str) -> str:
    shown = cell if len(cell) <= 50 else cell[:47] + "…"
    return '"' + "".join(sign if sign.isprintable() else " " for sign in shown) + '"'


def _unknown(what: str, name: str, choices: Iterable[str]) -> str:
    """As `unknown`, for a cell of any length and with any signs."""
    return unknown(what, _short(name)[1:-1], choices)


def required(kind: str) -> tuple[str, ...]:
    """Columns that an entry's first row must fill, beside the common ones; for incidents those of the place are asked only where no table has them."""
    return _REQUIRED[kind]


assert set(COLUMNS) == {kind for kind in KINDS if kind != "catalogue"}
