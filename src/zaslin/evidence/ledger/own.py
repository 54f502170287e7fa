"""Claims of the user's own: looked at beside the ledger before they are taken, and then added to the user's file; nothing is merged silently.

An import is taken whole or not at all: one faulty row and nothing of it is written. The shipped ledger is never changed.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from zaslin.errors import Fault, SpecError
from zaslin.evidence.ledger.book import OWN_FILE, Book, merged, own_path, shipped_rows
from zaslin.evidence.ledger.disputes import Dispute, disputes
from zaslin.evidence.ledger.entry import Entry, known_from
from zaslin.evidence.ledger.rows import COLUMNS, OWN_SOURCE, Reading, Row, read_rows
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
    """What importing the claims of `file` would mean; writes nothing. kind: of all its rows, unless its column `kind` says it; own: the user's file, or None.

    Raises InputError or SpecError (every fault of the file, or of the user's own).
    """
    text = read_text(file)
    reading = read_rows(text, str(file), None if _has_kind(text) else kind, own=True)
    kept = read_rows(read_text(own), str(own), own=True) if own is not None else Reading()
    if kept.faults:
        raise SpecError(str(own), kept.faults)
    before = merged(kept, str(own)) if own is not None else merged(Reading(), "")
    if kind is not None and (others := [row for row in reading.rows if row.kind != kind]):
        reading.faults += [
            Fault(f"row {row.number}, kind", f"{row.kind} came where claims of {kind} are imported; import it as `zaslin ledger {row.kind}`") for row in others
        ]
    if reading.faults or not reading.rows:
        raise SpecError(str(file), reading.faults or [Fault("", "there is a header and no row below it; nothing to import")])
    new, duplicates, changes = _sorted([*shipped_rows(), *kept.rows], reading.rows)
    clash = [name for name, found in reading.sources.items() if name in kept.sources and kept.sources[name] != found]
    if clash:
        raise SpecError(str(file), [Fault("source", f'"{name}" is another source in {own}; give this one an id of its own') for name in clash])
    both = Reading([*kept.rows, *new], [], {**kept.sources, **reading.sources})
    after = merged(both, str(file))
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
    """Add the new rows of an examined import to the user's file (made where there is none) and return its path. Raises StoreError."""
    path = own if own is not None else own_path() or Path(OWN_FILE)
    old = path.exists()
    rows = list(csv.DictReader(io.StringIO(read_text(path), newline=""))) if old else []
    told = [_cells(row, found.sources) for row in found.new]
    header = list(rows[0]) if rows else []
    if old and not rows:
        header = next(csv.reader(io.StringIO(read_text(path), newline="")), [])
    header = [name.strip() for name in header]
    rows = [{name.strip(): cell for name, cell in row.items() if name is not None} for row in rows]
    columns = [*header, *(name for name in ALL_COLUMNS if name not in header and (name in ("kind",) or any(name in row for row in told)))]
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows([*rows, *told])
    write_text(path, out.getvalue())
    return path


def _has_kind(text: str) -> bool:
    return "kind" in [name.strip() for name in text.split("\n", 1)[0].strip().split(",")]


def _cells(row: Row, brought: Mapping[str, Any]) -> dict[str, str]:
    out = {"kind": row.kind}
    for column, value in row.cells.items():
        out[column] = "; ".join(value) if isinstance(value, tuple) else f"{value:.12g}" if isinstance(value, float) else str(value)
    for name in row.cells["source"]:
        if name in brought:
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
    claims: dict[tuple[str, str], str] = {}
    for row in known:
        for key in _same(row):
            seen.setdefault(key, row.where)
        claims[row.cells["entry"], row.cells["claim"]] = row.cells["status"]
    new, duplicates, changes = [], [], []
    for row in rows:
        again = next((seen[key] for key in _same(row) if key in seen), None)
        if again is not None:
            duplicates.append((row, again))
            continue
        status = claims.get((row.cells["entry"], row.cells["claim"]))
        if status is not None:
            changes.append((row, status))
        new.append(row)
        for key in _same(row):
            seen.setdefault(key, row.where)
    return new, duplicates, changes


def _same(row: Row) -> list[tuple[str, ...]]:
    """Keys that two rows share where they say the same thing."""
    cells = row.cells
    keys: list[tuple[str, ...]] = [("words", cells["entry"], _folded(cells["by"]), _folded(cells["says"]))]
    if "low" in cells or "answer" in cells:
        answer = str(cells.get("answer", "")) or f"{cells.get('low')}–{cells.get('high')} {cells.get('unit')}"
        keys.append(("answer", cells["entry"], _folded(cells["by"]), str(cells["date"]), str(cells.get("about", "")), _folded(answer), str(cells["status"])))
    return keys


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
