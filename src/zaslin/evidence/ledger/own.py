"""Claims of the user's own: looked at beside the ledger before they are taken, and then added to the user's file; nothing is merged silently.

An import is taken whole or not at all: one faulty row and nothing of it is written. The shipped ledger is never changed.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from zaslin.errors import Fault, SpecError
from zaslin.evidence.ledger.book import OWN_FILE, Book, merged, own_path, read_own, shipped_rows
from zaslin.evidence.ledger.disputes import Dispute, disputes
from zaslin.evidence.ledger.entry import Entry, known_from
from zaslin.evidence.ledger.rows import COLUMNS, COMMON, OWN_SOURCE, Reading, Row, header_of, read_rows
from zaslin.outcomes.disk import write_text
from zaslin.scenario.load import read_text
from zaslin.units import EARTH_RADIUS_M, KM

NEAR_M = 30.0 * KM
"""Incidents of one country, a day apart at most and nearer than this, may be the same."""

NEAR_DAYS = 1

ALL_COLUMNS = tuple(dict.fromkeys(["kind", *(name for columns in COLUMNS.values() for name in columns), *OWN_SOURCE]))


@dataclass(frozen=True)
class Import:
    """What an import would do. `new`: rows that would be added; `duplicates`: rows that say what a row says already, with that row's place; `changes`:
    rows that change a claim's status; `contradictions`: disputes that the import opens or joins, by entry; `similar`: new entries that may be known ones."""

    rows: tuple[Row, ...]
    new: tuple[Row, ...]
    duplicates: tuple[tuple[Row, str], ...]
    changes: tuple[tuple[Row, str], ...]
    contradictions: tuple[tuple[str, Dispute], ...]
    similar: tuple[tuple[str, str], ...]
    sources: Mapping[str, Any] = field(default_factory=dict)


def examine(file: Path, kind: str | None, own: Path | None) -> Import:
    """What importing the claims of `file` would mean; writes nothing. kind: of all its rows, unless its column `kind` says it; own: the user's file, which need
    not be there yet, or None.

    Raises InputError or SpecError (every fault of the file, or of the user's own).
    """
    text = read_text(file)
    kept = read_own(own) if own is not None and _there(own) else Reading()
    before = merged(kept, str(own or ""))
    name = str(file) if own is None or str(file) != str(own) else f"{file} (imported)"
    reading = read_rows(text, name, None if "kind" in header_of(text) else kind, own=True)
    if not reading.rows and not reading.faults:
        raise SpecError(str(file), [Fault("", "there is a header and no row below it; give a row for each claim to import")])
    faults = list(reading.faults)
    for row in reading.rows:
        if kind is not None and row.kind != kind:
            faults.append(Fault(f"row {row.number}, kind", f"{row.kind} came where {kind} are imported; import it by `zaslin ledger {row.kind} --import …`"))
    new, duplicates, changes = _sorted([*shipped_rows(), *kept.rows], reading.rows)
    faults += _source_faults(new, reading, kept, str(own or ""))
    both = Reading([*kept.rows, *new], faults, {**kept.sources, **reading.sources}, reading.broken, reading.torn)
    try:
        after = merged(both, name, imported=True)
    except SpecError as error:
        raise SpecError(str(file), error.faults) from None
    return Import(
        tuple(reading.rows),
        tuple(new),
        tuple(duplicates),
        tuple(changes),
        tuple(_contradictions(before, after, new)),
        tuple(_similar(before, after)),
        reading.sources,
    )


def accept(found: Import, own: Path | None) -> Path:
    """Add the new rows of an examined import to the end of the user's file (made where there is none) and return its path.

    What stands in the file stays letter by letter; where a column is added, each of its lines gets a comma more. Raises StoreError, or InputError or
    SpecError where the file can no longer be read; nothing is written then.
    """
    path = own if own is not None else own_path() or Path(OWN_FILE)
    text, mark = "", ""
    if _there(path):
        text = read_text(path)
        mark = "\ufeff" if path.read_bytes().startswith(b"\xef\xbb\xbf") else ""
    known = set(read_rows(text, str(path), own=True).sources) if text.strip() else set()
    told = [_cells(row, found.sources, known) for row in found.new]
    written = _appended(text, told)
    merged(read_rows(written, str(path), own=True), str(path))
    write_text(path, mark + written)
    return path


def _there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that no file can have: writing says why
        return False


def _appended(text: str, told: Sequence[Mapping[str, str]]) -> str:
    """CSV text with further rows at its end, and with the columns that they need."""
    header = header_of(text) if text.strip() else []
    more = [name for name in ALL_COLUMNS if name not in header and (name in ("kind", *COMMON) or any(row.get(name) for row in told))]
    ending = "\r\n" if "\r\n" in text else "\n"
    out = io.StringIO(newline="")
    if header:
        out.write(_widened(text, more) if more else text)
        if not text.endswith(("\n", "\r")):
            out.write(ending)
    writer = csv.DictWriter(out, [*header, *more], restval="", lineterminator=ending)
    if not header:
        writer.writeheader()
    writer.writerows(told)
    return out.getvalue()


def _widened(text: str, more: Sequence[str]) -> str:
    """CSV text whose first line names more columns, and whose rows leave them empty; blank lines stay as they are."""
    lines = list(io.StringIO(text, newline=""))
    reader = csv.reader(iter(lines), strict=True)
    for place, row in enumerate(reader):
        if row:
            last = lines[reader.line_num - 1]
            body = last.rstrip("\r\n")
            lines[reader.line_num - 1] = body + "," + (",".join(more) if place == 0 else "," * (len(more) - 1)) + last[len(body) :]
    return "".join(lines)


def _source_faults(new: Sequence[Row], reading: Reading, kept: Reading, own: str) -> list[Fault]:
    """Sources of an import that are others in the user's file, or that cannot be told in it: a row can bring one."""
    out = []
    known = set(kept.sources)
    for row in new:
        brought = [name for name in row.cells["source"] if name in reading.sources]
        for name in brought:
            if name in kept.sources and kept.sources[name] != reading.sources[name]:
                out.append(Fault(f"row {row.number}, source", f'"{name}" is another source in {own}; give this one an id of its own'))
        first = [name for name in brought if name not in known]
        if len(first) > 1:
            what = f"{' and '.join(first)} are both new to your own file, since the row that brings {first[0]} is known already; name one of them in this row"
            out.append(Fault(f"row {row.number}, source", what))
        known.update(first)
    return out


def _cells(row: Row, brought: Mapping[str, Any], known: set[str]) -> dict[str, str]:
    """The row as text; it brings a source that is not yet `known`, which is known from then on."""
    out = {"kind": row.kind}
    for column, value in row.cells.items():
        out[column] = "; ".join(value) if isinstance(value, tuple) else f"{value:.12g}" if isinstance(value, float) else str(value)
    for name in row.cells["source"]:
        if name in brought and name not in known:
            known.add(name)
            item = brought[name]
            out |= {
                "source_publisher": item.publisher,
                "source_title": item.title,
                "source_url": item.url,
                "source_date": item.date,
                "source_medium": item.medium,
            }
    return out


def _sorted(known: list[Row], rows: list[Row]) -> tuple[list[Row], list[tuple[Row, str]], list[tuple[Row, str]]]:
    """New rows, duplicates with the place of what they repeat, and rows that give a known claim another status."""
    seen: dict[tuple[str, ...], str] = {}
    claims: dict[tuple[str, str], tuple[date, str]] = {}
    for row in known:
        for key in _same(row):
            seen.setdefault(key, row.where)
        claim, said = (row.cells["entry"], row.cells["claim"]), (known_from(row.cells["date"]), row.cells["status"])
        if claim not in claims or claims[claim][0] <= said[0]:
            claims[claim] = said
    new, duplicates, changes = [], [], []
    for row in rows:
        again = next((seen[key] for key in _same(row) if key in seen), None)
        if again is not None:
            duplicates.append((row, again))
            continue
        claim, said = (row.cells["entry"], row.cells["claim"]), (known_from(row.cells["date"]), row.cells["status"])
        if claim in claims and claims[claim][0] <= said[0]:
            if claims[claim][1] != said[1]:
                changes.append((row, claims[claim][1]))
            claims[claim] = said
        new.append(row)
        for key in _same(row):
            seen.setdefault(key, row.where)
    return new, duplicates, changes


def _same(row: Row) -> list[tuple[str, ...]]:
    """Keys that two rows share where they say the same thing: the same speaker, day, question and status, with the same answer or in the same words."""
    cells = row.cells
    who = (cells["entry"], _folded(cells["by"]), str(cells["date"]), str(cells.get("about", "")), str(cells["status"]))
    answer = _folded(str(cells.get("answer", ""))) or (f"{cells['low']:g}–{cells['high']:g} {cells.get('unit', '')}" if "low" in cells else "")
    words = ("words", *who, answer, _folded(cells["says"]))
    return [words, ("answer", *who, answer)] if answer else [words]


def _folded(text: str) -> str:
    return " ".join("".join(sign for sign in text.casefold() if sign.isalnum() or sign.isspace()).split())


def _contradictions(before: Book, after: Book, new: list[Row]) -> list[tuple[str, Dispute]]:
    """Disputes in which an imported claim has a side."""
    mine = {(row.cells["entry"], row.cells["claim"]) for row in new}
    out = []
    for id in dict.fromkeys(row.cells["entry"] for row in new):
        old = {item.about: item for item in disputes(before.entries[id])} if id in before.entries else {}
        for item in disputes(after.entries[id]):
            if any((id, claim.slug) in mine for side in item.sides for claim in side.claims) and old.get(item.about) != item:
                out.append((id, item))
    return out


def _similar(before: Book, after: Book) -> list[tuple[str, str]]:
    """New incidents that may be known ones: same country, about the same day and place."""
    old = [entry for entry in before.entries.values() if entry.kind == "incidents"]
    out = []
    for id, entry in after.entries.items():
        if id not in before.entries and entry.kind == "incidents":
            out += [(id, other.id) for other in old if _near(entry, other)]
    return out


def _near(a: Entry, b: Entry) -> bool:
    if a.country != b.country or abs(known_from(a.date) - known_from(b.date)) > timedelta(days=NEAR_DAYS):
        return False
    places = [(entry.facts.get("lat"), entry.facts.get("lon")) for entry in (a, b)]
    if any(lat is None or lon is None for lat, lon in places):
        return True
    return _apart_m(*places) <= NEAR_M


def _apart_m(a: tuple[Any, Any], b: tuple[Any, Any]) -> float:
    """Great-circle distance of two points (degrees) anywhere on the Earth, m; haversine."""
    (lat_a, lon_a), (lat_b, lon_b) = ((math.radians(lat), math.radians(lon)) for lat, lon in (a, b))
    half = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2.0 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(half)))
