"""The ledger: all entries of a kind, put together from the rows that ship and from the user's own file beside; it filters and prints nothing.

A user's own file (CSV, docs/ledger.md) is only ever read here. Its rows stand beside the shipped ones and are marked as own.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from zaslin.asked import a_path
from zaslin.errors import Fault, InputError, SpecError, unknown
from zaslin.evidence.ledger.catalogue import catalogue_entries
from zaslin.evidence.ledger.entry import KINDS, Claim, Entry, Kind, Ruling, facts_of, known_from, out_from
from zaslin.evidence.ledger.rows import COLUMNS, INCIDENT_FACTS, Reading, Row, read_rows, required
from zaslin.scenario.incident import incidents
from zaslin.scenario.load import read_text
from zaslin.scenario.nations import nation_name
from zaslin.scenario.sources import Source, sources

OWN_FILE = "zaslin-ledger.csv"
"""A user's own entries, looked for in the working folder."""

OWN_VARIABLE = "ZASLIN_LEDGER"
"""Names another file."""

TOLD = tuple(kind for kind in KINDS if kind != "catalogue")
"""Kinds whose entries are told by rows; the catalogue is read off the numbers themselves."""


@dataclass(frozen=True)
class Book:
    """Entries by id in order of kind and time, the catalogue apart (`of` reads it when asked). `own_sources`: what the user's file brought;
    `own_file`: that file, or None; `n_own`: its rows. `aside`: what of them stands aside since the shipped ledger says it itself, by row and column."""

    entries: Mapping[str, Entry]
    own_sources: Mapping[str, Source] = field(default_factory=dict)
    own_file: str | None = None
    n_own: int = 0
    aside: tuple[Fault, ...] = ()

    def source(self, id: str) -> Source:
        """The source with this id, of the registry or of the user's file; raises KeyError."""
        return self.own_sources[id] if id in self.own_sources else sources()[id]

    def of(self, kind: Kind) -> list[Entry]:
        """The entries of one kind."""
        if kind == "catalogue":
            return list(catalogue_entries().values())
        return [entry for entry in self.entries.values() if entry.kind == kind]


def ledger(own: str | Path | None = None, only_shipped: bool = False) -> Book:
    """The whole ledger with the user's own entries.

    own: their file; None for the one that ZASLIN_LEDGER names, else `zaslin-ledger.csv` in the working folder where there is one.
    only_shipped: no file of the user's at all. Raises InputError (no such file) or SpecError (every fault of that file).
    """
    if own is not None:
        own = a_path("own", own, "the path of your own entries (CSV), or None")
    path = None if only_shipped else own_path(own)
    if path is None:
        return shipped()
    return merged(read_own(path), str(path))


def read_own(path: Path) -> Reading:
    """The user's own file, read and checked row by row. Raises InputError or SpecError where it is no text."""
    try:
        return read_rows(read_text(path), str(path), own=True)
    except InputError as error:
        hint = f"{OWN_VARIABLE} names it as your own entries; set it to another file, or take it away"
        raise InputError(f"{error}; {hint}" if os.environ.get(OWN_VARIABLE) == str(path) else str(error)) from None


def own_path(own: str | Path | None = None) -> Path | None:
    """The user's own file, or None where there is none; see `ledger`."""
    if own is not None:
        return Path(own)
    named = os.environ.get(OWN_VARIABLE, "")
    if named:
        return Path(named)
    usual = Path(OWN_FILE)
    return usual if usual.is_file() else None


@cache
def shipped() -> Book:
    """The ledger as it ships. Raises SpecError where a shipped file has a fault: a fault of ours, which the tests catch."""
    rows: list[Row] = []
    for kind in TOLD:
        name = f"{kind}.csv"
        reading = read_rows(shipped_text(kind), name, kind)
        if reading.faults:
            raise SpecError(name, reading.faults)
        rows += reading.rows
    entries, faults = assemble(rows)
    if faults:
        raise SpecError("the ledger", faults)
    return Book(entries)


def shipped_text(kind: str) -> str:
    """The CSV of one kind, as it ships."""
    return (files("zaslin.evidence") / "data" / "ledger" / f"{kind}.csv").read_text(encoding="utf-8")


@cache
def shipped_rows() -> tuple[Row, ...]:
    """Every shipped row, checked."""
    return tuple(row for kind in TOLD for row in read_rows(shipped_text(kind), f"{kind}.csv", kind).rows)


def merged(reading: Reading, where: str, imported: bool = False) -> Book:
    """The shipped ledger and a user's rows beside it; raises SpecError with every fault of the user's file, and takes none of its rows then.

    imported: the rows of the file `where` are being taken in, so that what of a kept file would stand aside is a fault in theirs.
    """
    faults = list(reading.faults)
    entries: dict[str, Entry] = {}
    aside: list[Fault] = []
    if not reading.rows and not faults:
        entries = dict(shipped().entries)
    elif not reading.torn:
        entries, more = assemble([*shipped_rows(), *reading.rows], reading.sources, reading.broken, aside, where if imported else None)
        faults += more
    if faults:
        raise SpecError(where, sorted(dict.fromkeys(faults), key=_row_number))
    return Book(entries, dict(reading.sources), where, len(reading.rows), tuple(sorted(aside, key=_row_number)))


def entry(book: Book, kind: Kind, id: str) -> Entry:
    """One entry; raises InputError with the nearest id."""
    table = {item.id: item for item in book.of(kind)}
    if id in table:
        return table[id]
    other = book.entries.get(id)
    if other is not None:
        raise InputError(f'"{id}" is an entry of {other.kind}, not of {kind}; zaslin ledger {other.kind} {id}')
    raise InputError(unknown(f"entry of {kind}", id, table))


def assemble(
    rows: Sequence[Row],
    own_sources: Mapping[str, Source] | None = None,
    broken: Collection[str] = (),
    aside: list[Fault] | None = None,
    imported: str | None = None,
) -> tuple[dict[str, Entry], list[Fault]]:
    """Entries by id from checked rows, in order of kind and time, and every fault that only the rows together show.

    broken: entries that lack rows, of which nothing is said. A user's file outlives the day on which the shipped ledger gets what it says: its row, or
    cell, then stands aside and is told in `aside`; rows of the file `imported` must fit.
    """
    dates = {name: item.date for name, item in {**sources(), **(own_sources or {})}.items()}
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.kind, row.cells["entry"]), []).append(row)
    out: list[Entry] = []
    faults: list[Fault] = []
    kinds: dict[str, str] = {}
    told: list[Fault] = [] if aside is None else aside
    for (kind, id), mine in groups.items():
        if id in broken:
            continue
        if kinds.setdefault(id, kind) != kind:
            faults.append(_at(mine[0], "entry", f'"{id}" is an entry of {kinds[id]} already; give this one an id of its own'))
            continue
        built, wrong = _entry(kind, id, _not_aside(mine, told, imported), dates)
        faults += wrong
        if built is not None:
            out.append(built)
    known = {id for _, id in groups} | set(broken)
    for row in rows:
        answers = row.cells.get("answers")
        if answers is not None and answers not in known:
            faults.append(_at(row, "answers", unknown("entry", answers, known)))
    order = {kind: place for place, kind in enumerate(KINDS)}
    out.sort(key=lambda item: (order[item.kind], known_from(item.date), str(item.facts.get("time_utc", "")), item.id))
    return {item.id: item for item in out}, faults


def _not_aside(rows: list[Row], aside: list[Fault], imported: str | None) -> list[Row]:
    """The rows of an entry without what a user's kept rows say and the shipped ledger says too, or says otherwise of the thing itself."""
    shipped = [row for row in rows if not row.own]
    kept = [row for row in rows if row.own and row.file != imported]
    if not kept:
        return rows
    thing, home = _home(rows[0], shipped)
    said = {_statement(row): row.where for row in shipped}
    out = list(shipped)
    for row in rows[len(shipped) :]:
        if row.file == imported:
            out.append(row)
        elif _statement(row) in said:
            aside.append(_at(row, "says", f"{said[_statement(row)]} says the same by now; the row stands aside and may be taken out"))
        elif home:
            for column in INCIDENT_FACTS:
                if column in row.cells and row.cells[column] != thing.get(column):
                    aside.append(_at(row, column, f"{_told(row.cells[column])} stands aside: {home} says {_told(thing.get(column))}"))
            out.append(replace(row, cells={column: cell for column, cell in row.cells.items() if column not in INCIDENT_FACTS}))
        else:
            out.append(row)
    return out


def _home(first: Row, shipped: Sequence[Row]) -> tuple[Mapping[str, Any], str]:
    """What the shipped ledger says of an incident itself, and where; nothing where it does not have it, or the entry is of another kind."""
    known = incidents().get(first.cells["entry"]) if first.kind == "incidents" else None
    if known is not None:
        clock = f"{known.time_utc:%H:%M}" if known.time_utc else None
        thing = {"event_date": known.date_utc.isoformat(), "time_utc": clock, "country": known.country, "event": known.kind}
        return {**thing, "place": known.place, "lat": known.lat, "lon": known.lon}, "the table of incidents"
    if first.kind == "incidents" and shipped:
        return shipped[0].cells, shipped[0].where
    return {}, ""


def _statement(row: Row) -> tuple[str, ...]:
    return tuple(str(row.cells[column]) for column in ("claim", "date", "by", "says", "status"))


def _told(value: Any) -> str:
    return "nothing" if value is None else f'"{value:g}"' if isinstance(value, float) else f'"{value}"'


def _entry(kind: str, id: str, rows: list[Row], dates: Mapping[str, str]) -> tuple[Entry | None, list[Fault]]:
    faults: list[Fault] = []
    thing = _thing(kind, id, rows, faults)
    claims: dict[str, list[Row]] = {}
    for row in rows:
        claims.setdefault(row.cells["claim"], []).append(row)
    built = []
    for slug, mine in claims.items():
        ordered = sorted(mine, key=lambda row: known_from(row.cells["date"]))
        said: dict[tuple[str, ...], Row] = {}
        for row in mine:
            words = tuple(row.cells[column] for column in ("date", "says", "by"))
            if words in said and row.own == said[words].own:
                faults.append(_at(row, "claim", f"the same statement stands in {said[words].where}; take one out"))
            said[words] = row
        for before, after in itertools.pairwise(mine):
            if not after.own and known_from(after.cells["date"]) < known_from(before.cells["date"]):
                faults.append(
                    _at(after, "date", f"{after.cells['date']} lies before {before.cells['date']} of the same claim; put the rows of a claim in order of time")
                )
        head = ordered[0].cells
        for row in mine:
            late = known_from(row.cells["date"]) if row.own else date.min
            if late > date.today() and out_from(row.cells["date"]) > date.today():
                faults.append(_at(row, "date", f"{row.cells['date']} is yet to come; give the day on which it was said"))
            if kind == "incidents" and row.own and thing is not None and known_from(row.cells["date"]) < date.fromisoformat(thing["date"]) - timedelta(days=1):
                faults.append(_at(row, "date", f"{row.cells['date']} lies before the event of {thing['date']}; give the day on which it was said"))
        if ordered[0].own and not mine[0].own:
            what = f"{ordered[0].cells['date']} lies before {mine[0].where}, which makes this claim; give it a claim of its own"
            faults.append(_at(ordered[0], "date", what))
        if kind == "incidents" and "about" not in head:
            faults.append(_at(ordered[0], "about", "empty; say what the claim answers, such as event, entered, depth or origin"))
        history = tuple(
            Ruling(
                row.cells["date"],
                row.cells["by"],
                row.cells["says"],
                row.cells["status"],
                row.cells["source"],
                _facts(row, kind),
                tuple(out_from(dates.get(name, "")) for name in row.cells["source"]),
                tuple(known_from(dates[name]) if dates.get(name) else date.min for name in row.cells["source"]),
                {column: row.cells[column] for column in ("low", "high", "unit", "answer") if column in row.cells},
                row.own,
                row.where,
            )
            for row in ordered
        )
        built.append(Claim(slug, head.get("about", ""), None, None, "", "", history).cut(history))
    if faults or thing is None:
        return None, faults
    facts = {**thing.pop("facts"), **facts_of(built, built[0].slug)}
    return Entry(id=id, kind=kind, facts=facts, claims=tuple(built), head=built[0].slug, **thing), faults  # type: ignore[arg-type]


def _thing(kind: str, id: str, rows: list[Row], faults: list[Fault]) -> dict[str, Any] | None:
    """Date, country, place, title and facts of the thing itself."""
    first = rows[0]
    cells = first.cells
    before = len(faults)
    for column in required(kind):
        if column not in cells and column != "about":
            faults.append(_at(first, column, f"empty; fill it in the first row of an entry of {kind}"))
    if kind == "incidents":
        known = incidents().get(id)
        if known is not None:
            for row in rows:
                for column in INCIDENT_FACTS:
                    if column in row.cells:
                        faults.append(_at(row, column, f"leave it empty: date, place and event of {id} have their home in the table of incidents"))
            facts = {"event": known.kind, "time_utc": f"{known.time_utc:%H:%M}" if known.time_utc else "", "lat": known.lat, "lon": known.lon}
            return {"date": known.date_utc.isoformat(), "country": known.country, "place": known.place, "title": known.place, "facts": facts}
        for column in ("event_date", "country", "place", "event"):
            if column not in cells:
                faults.append(_at(first, column, f"empty; {id} is not in the table of incidents, so fill its first row with when, where and what"))
        for row in rows[1:]:
            for column in INCIDENT_FACTS:
                if column in row.cells and row.cells[column] != cells.get(column):
                    faults.append(_at(row, column, f"another {column} than in {first.where}; say it once, in the entry's first row"))
        if len(faults) == before and not _fits(id, cells["country"], cells["event_date"]):
            made = f"{cells['country']}-{cells['event_date']}"
            what = f"{id} does not fit country {cells['country']} and date {cells['event_date']}; give it an id of the two (local or UTC date), such as {made}"
            faults.append(_at(first, "entry", what))
        if len(faults) > before:
            return None
        facts = {"event": cells["event"], "time_utc": cells.get("time_utc", ""), "lat": cells.get("lat"), "lon": cells.get("lon")}
        return {"date": cells["event_date"], "country": cells["country"], "place": cells["place"], "title": cells["place"], "facts": facts}
    if len(faults) > before:
        return None
    if kind == "law":
        return {"date": cells["date"], "country": cells["nation"], "place": "", "title": cells["title"], "facts": {}}
    office = f", {cells['office']}" if "office" in cells and cells["office"].casefold() not in cells["by"].casefold() else ""
    return {"date": cells["date"], "country": cells["nation"], "place": "", "title": f"{cells['by']}{office} ({nation_name(cells['nation'])})", "facts": {}}


def _fits(id: str, country: str, day: str) -> bool:
    """Whether an incident's id is made of its country and its date; the local date may be another than UTC's."""
    try:
        return id[:2] == country and abs(date.fromisoformat(id[3:13]) - date.fromisoformat(day)) <= timedelta(days=1)
    except ValueError:
        return False


def _facts(row: Row, kind: str) -> dict[str, Any]:
    """What a row says of the thing itself, beside the claim."""
    if kind == "incidents":
        return {}
    common = ("entry", "claim", "date", "by", "says", "status", "source", "title")
    return {column: row.cells[column] for column in COLUMNS[kind] if column in row.cells and column not in common}


def _at(row: Row, column: str, message: str) -> Fault:
    return Fault(f"row {row.number}, {column}" if row.own else f"{row.where}, {column}", message)


def _row_number(fault: Fault) -> int:
    digits = "".join(sign for sign in fault.path.partition(",")[0] if sign.isdigit())
    return int(digits) if digits else 0
