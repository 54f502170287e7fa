"""Ukraine's 27 first-level units and the five macro-regions that the model speaks of; nothing here ranks or rates them.

Names are those of the daily reports in English. The units together fill Ukraine's airspace (borders.py), so a point of the territorial
sea has a unit too. Inner lines are Natural Earth's (public domain), good to 0.4–1.3 km; the outer line is OpenStreetMap's
(`data/regions.geojson.gz`, ODbL 1.0, © OpenStreetMap contributors).
"""

from __future__ import annotations

import gzip
from functools import cache
from importlib.resources import files

import shapely

from zaslin.errors import InputError, unknown

MACRO = ("west", "north", "centre", "south", "east")

_UNITS = (
    ("Cherkasy oblast", "UA-71", "centre"),
    ("Chernihiv oblast", "UA-74", "north"),
    ("Chernivtsi oblast", "UA-77", "west"),
    ("Crimea", "UA-43", "south"),
    ("Dnipropetrovsk oblast", "UA-12", "east"),
    ("Donetsk oblast", "UA-14", "east"),
    ("Ivano-Frankivsk oblast", "UA-26", "west"),
    ("Kharkiv oblast", "UA-63", "east"),
    ("Kherson oblast", "UA-65", "south"),
    ("Khmelnytskyi oblast", "UA-68", "west"),
    ("Kirovohrad oblast", "UA-35", "centre"),
    ("Kyiv", "UA-30", "north"),
    ("Kyiv oblast", "UA-32", "north"),
    ("Luhansk oblast", "UA-09", "east"),
    ("Lviv oblast", "UA-46", "west"),
    ("Mykolaiv oblast", "UA-48", "south"),
    ("Odesa oblast", "UA-51", "south"),
    ("Poltava oblast", "UA-53", "centre"),
    ("Rivne oblast", "UA-56", "west"),
    ("Sevastopol", "UA-40", "south"),
    ("Sumy oblast", "UA-59", "north"),
    ("Ternopil oblast", "UA-61", "west"),
    ("Vinnytsia oblast", "UA-05", "centre"),
    ("Volyn oblast", "UA-07", "west"),
    ("Zakarpattia oblast", "UA-21", "west"),
    ("Zaporizhzhia oblast", "UA-23", "south"),
    ("Zhytomyr oblast", "UA-18", "north"),
)
"""Name, ISO 3166-2 code and macro-region (DESIGN's grouping; "east" is what no other macro-region names)."""

REGIONS = tuple(name for name, _, _ in _UNITS)
"""A region's index everywhere is its position here."""

ISO = {name: code for name, code, _ in _UNITS}
MACRO_INDEX = tuple(MACRO.index(macro) for _, _, macro in _UNITS)
"""Macro-region index of each region."""


def region_index(name: str) -> int:
    """Position of a unit in `REGIONS`; case does not matter, an ISO 3166-2 code will do; unknown raises `InputError`.

    >>> REGIONS[region_index("UA-46")]
    'Lviv oblast'
    """
    lookup = _lookup()
    try:
        return lookup[name.strip().casefold()]
    except KeyError:
        raise InputError(unknown("region of Ukraine", name, REGIONS)) from None


def macro_of(name: str) -> str:
    """The macro-region of a unit."""
    return _UNITS[region_index(name)][2]


def region_geometry(name: str) -> shapely.Geometry:
    """A unit in degrees (longitude, latitude), territorial sea included."""
    return _geometries()[region_index(name)]


def region_at(lat: float, lon: float) -> str | None:
    """The unit that covers a point given in degrees, None outside Ukraine; on a common line the first by name."""
    hits = _tree().query(shapely.Point(lon, lat), predicate="intersects")
    return REGIONS[int(hits.min())] if len(hits) else None


@cache
def _lookup() -> dict[str, int]:
    found = {name.casefold(): k for k, name in enumerate(REGIONS)}
    found |= {code.casefold(): k for k, (_, code, _) in enumerate(_UNITS)}
    return found


@cache
def _geometries() -> tuple[shapely.Geometry, ...]:
    import json

    raw = gzip.decompress((files("zaslin.atlas") / "data" / "regions.geojson.gz").read_bytes())
    order = {f["properties"]["iso"]: k for k, f in enumerate(json.loads(raw)["features"])}
    parts = shapely.get_parts(shapely.from_geojson(raw))
    return tuple(parts[order[code]] for _, code, _ in _UNITS)


@cache
def _tree() -> shapely.STRtree:
    shapes = list(_geometries())
    shapely.prepare(shapes)
    return shapely.STRtree(shapes)
