"""Air bases from which a member's fighters could fly, each with where we know it from; no base is a claim that jets stand there.

Our own table (`data/bases.csv`). Coordinates are good to 0.5 km; each row says whose they are. What flies there is as reported at the source's
date; a row of grade "assumption" has no source for it. Air defence on the ground is never told by site.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from zaslin.errors import InputError, unknown


@dataclass(frozen=True)
class Base:
    """One base: ICAO code, name, ISO 3166-1 country, degrees; `source` of its reported use ("assumption" where there is none), `grade`
    (B, C or assumption), `note` for people."""

    icao: str
    name: str
    country: str
    lat: float
    lon: float
    source: str
    grade: str
    note: str


def base(icao: str) -> Base:
    """The base with this ICAO code; an unknown code raises `InputError` with the nearest one.

    >>> base("EPLK").country
    'PL'
    """
    found = _table().get(icao.strip().upper())
    if found is None:
        raise InputError(unknown("air base", icao, _table()))
    return found


def bases() -> tuple[Base, ...]:
    """All bases, by country and code."""
    return tuple(_table().values())


@cache
def _table() -> dict[str, Base]:
    text = (files("zaslin.atlas") / "data" / "bases.csv").read_text(encoding="utf-8")
    return {row["icao"]: _read(row) for row in csv.DictReader(io.StringIO(text))}


def _read(row: dict[str, str]) -> Base:
    parts = [row["use"]]
    if row["from_memory"]:
        parts.append(f"from memory: {row['from_memory'].replace(';', ', ')}")
    parts.append(f"coordinates: {row['coordinates']}")
    if row["source_title"]:
        parts.append(f"source: {row['source_title']} ({row['source_date']})")
    return Base(
        row["icao"], row["name"], row["country"], float(row["lat"]), float(row["lon"]),
        row["source"] or "assumption", row["grade"], ". ".join(part for part in parts if part),
    )  # fmt: skip
