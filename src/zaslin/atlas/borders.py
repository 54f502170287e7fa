"""Where each country's airspace ends: OpenStreetMap's borders, as polygons to draw and as an index for kernels.

Airspace is land plus 12 nautical miles of territorial sea. Crimea is Ukraine, Transnistria is Moldova. The line is
OpenStreetMap's simplified at 50 m (Ukraine's line moved 6 m on the mean, 20 m for 95 %, 123 m at most). Nothing here says who
controls a place. Data: `data/borders.geojson.gz`, ODbL 1.0, © OpenStreetMap contributors (see data/LICENCES.md).
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import shapely

from zaslin.errors import InputError, unknown
from zaslin.plane import project

COUNTRIES = (
    "UA", "PL", "RO", "SK", "HU", "MD", "LT", "LV", "EE", "BY", "RU", "BG",
    "AL", "AM", "AT", "AZ", "BA", "CH", "CZ", "DE", "DK", "FI", "GE", "GR", "HR", "IT", "KZ", "ME", "MK", "NO", "RS", "SE", "SI", "TR",
)  # fmt: skip
"""ISO 3166-1 codes; a country's index everywhere is its position here."""

N_INDEXED = 12
"""The first twelve (UA … BG) have an index for kernels and a distance field; the others are drawn only."""

NEIGHBOURS = ("PL", "RO", "SK", "HU", "MD", "LT", "LV", "EE")
"""The neighbours of the glossary: not Belarus, not Russia."""

FRAME = (10.0, 41.0, 50.0, 60.0)
"""West, south, east, north of the data in degrees: of the first twelve only Russia reaches beyond."""

_CELL_M = 8_000.0
_LONGEST_M = 4_000.0


class BorderIndex(NamedTuple):
    """The border lines of countries 0 … 11 in the plane, in pieces of at most 4 km, sorted by (country, row, column) of a grid.

    Piece k runs from (ax, ay) to (bx, by), m. Its cell is that of its middle; `start[(country * ny + row) * nx + column]` is the first
    piece of a cell and the next entry its end. `frame[k]` is 1 where the piece is the data's own edge, not a border.
    """

    ax: np.ndarray
    ay: np.ndarray
    bx: np.ndarray
    by: np.ndarray
    frame: np.ndarray
    start: np.ndarray
    box: np.ndarray
    x0: float
    y0: float
    cell_m: float
    nx: int
    ny: int
    pad_m: float


def country_index(iso2: str) -> int:
    """Position of a country in `COUNTRIES`; an unknown code raises `InputError`."""
    try:
        return COUNTRIES.index(iso2.upper())
    except ValueError:
        raise InputError(unknown("country", iso2, COUNTRIES)) from None


def country_geometry(iso2: str) -> shapely.Geometry:
    """The airspace of a country (land and territorial sea) in degrees (longitude, latitude), cut to `FRAME`."""
    country_index(iso2)
    return _geometries()[iso2.upper()]


def country_of(lat: float, lon: float) -> str | None:
    """The country whose airspace covers a point given in degrees, or None over the high sea and outside `FRAME`.

    >>> country_of(45.3, 34.1)
    'UA'
    """
    tree = _tree()
    hits = tree.query(shapely.Point(lon, lat), predicate="intersects")
    return COUNTRIES[int(hits.min())] if len(hits) else None


@cache
def load_borders() -> BorderIndex:
    """The index of the twelve countries' borders; read once in a process."""
    return index_of({code: _geometries()[code] for code in COUNTRIES[:N_INDEXED]})


def index_of(shapes: Mapping[str, shapely.Geometry]) -> BorderIndex:
    """The index of some countries' borders: polygons in degrees by code, of the first twelve; a country without one is nowhere."""
    starts, ends, owners, frames = [], [], [], []
    for country, code in enumerate(COUNTRIES[:N_INDEXED]):
        if code not in shapes:
            continue
        a, b, frame = _edges(shapes[code])
        starts.append(a)
        ends.append(b)
        frames.append(frame)
        owners.append(np.full(len(a), country))
    a, b, frame = np.concatenate(starts), np.concatenate(ends), np.concatenate(frames)
    owner = np.concatenate(owners)
    middle = 0.5 * (a + b)
    x0, y0 = np.floor(np.minimum(a, b).min(axis=0) / _CELL_M) * _CELL_M
    column = ((middle[:, 0] - x0) // _CELL_M).astype(np.int64)
    row = ((middle[:, 1] - y0) // _CELL_M).astype(np.int64)
    nx, ny = int(column.max()) + 1, int(row.max()) + 1
    cell = (owner * ny + row) * nx + column
    order = np.argsort(cell, kind="stable")
    start = np.zeros(N_INDEXED * ny * nx + 1, dtype=np.int32)
    np.cumsum(np.bincount(cell, minlength=N_INDEXED * ny * nx), out=start[1:])
    box = np.full((N_INDEXED, 4), [np.inf, np.inf, -np.inf, -np.inf])
    for c in np.unique(owner):
        box[c] = [*np.minimum(a, b)[owner == c].min(axis=0), *np.maximum(a, b)[owner == c].max(axis=0)]
    a, b = np.ascontiguousarray(a[order].T), np.ascontiguousarray(b[order].T)
    pad = 0.5 * float(np.abs(b - a).max()) + 1.0
    index = BorderIndex(a[0], a[1], b[0], b[1], frame[order].astype(np.uint8), start, box, float(x0), float(y0), _CELL_M, nx, ny, pad)
    for array in index:
        if isinstance(array, np.ndarray):
            array.flags.writeable = False
    return index


def _edges(geometry: shapely.Geometry) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Plane start and end points (n, 2) of all pieces of a polygon's rings, and whether each lies on the frame."""
    rings = shapely.get_rings(shapely.get_parts(geometry))
    points, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    here, there = points[:-1][same], points[1:][same]
    west, south, east, north = FRAME
    frame = np.zeros(len(here), dtype=bool)
    for axis, limit in ((0, west), (0, east), (1, south), (1, north)):
        frame |= (here[:, axis] == limit) & (there[:, axis] == limit)
    a = np.column_stack(project(here[:, 1], here[:, 0]))
    b = np.column_stack(project(there[:, 1], there[:, 0]))
    n = np.maximum(np.ceil(np.hypot(*(b - a).T) / _LONGEST_M).astype(int), 1)
    edge = np.repeat(np.arange(len(n)), n)
    step = np.arange(len(edge)) - np.repeat(np.cumsum(n) - n, n)
    # Ends of neighbouring pieces come from one formula, so that they are equal to the last bit.
    low = np.where((step == 0)[:, None], a[edge], a[edge] + (b - a)[edge] * (step / n[edge])[:, None])
    last = (step + 1 == n[edge])[:, None]
    high = np.where(last, b[edge], a[edge] + (b - a)[edge] * ((step + 1) / n[edge])[:, None])
    return low, high, frame[edge]


@cache
def _geometries() -> dict[str, shapely.Geometry]:
    raw = gzip.decompress((files("zaslin.atlas") / "data" / "borders.geojson.gz").read_bytes())
    return dict(zip(COUNTRIES, shapely.get_parts(shapely.from_geojson(raw)), strict=True))


@cache
def _tree() -> shapely.STRtree:
    shapes = [_geometries()[code] for code in COUNTRIES]
    shapely.prepare(shapes)
    return shapely.STRtree(shapes)
