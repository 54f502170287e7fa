"""Which part of a country's border belongs to a border province, as a frame of latitude and longitude; no border of a province, and no site.

Our own table (`data/provinces.csv`), from general knowledge of the map to about 0.1°: assumptions. A frame only says behind which part of the national
border a notional battery stands; frames of one country do not overlap.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Province:
    """One border province: name, ISO 3166-1 country, and its frame in degrees."""

    name: str
    country: str
    south: float
    north: float
    west: float
    east: float


def province(name: str, country: str) -> Province | None:
    """The border province of that name in that country, letter case aside; None where the table has none.

    >>> province("lublin", "PL").north
    52.3
    """
    return next((found for found in provinces(country) if found.name.casefold() == name.strip().casefold()), None)


def provinces(country: str) -> tuple[Province, ...]:
    """The border provinces of a country, in the table's order."""
    return tuple(found for found in _table() if found.country == country)


@cache
def _table() -> tuple[Province, ...]:
    text = (files("zaslin.atlas") / "data" / "provinces.csv").read_text(encoding="utf-8")
    return tuple(
        Province(row["name"], row["country"], *(float(row[side]) for side in ("south", "north", "west", "east"))) for row in csv.DictReader(io.StringIO(text))
    )
