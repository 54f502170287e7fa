"""Where each country's airspace ends: OpenStreetMap's borders, as polygons to draw and as an index for kernels.

Airspace is land plus 12 nautical miles of territorial sea. Crimea is Ukraine, Transnistria is Moldova. The line is
OpenStreetMap's simplified at 50 m (Ukraine's line moved 6 m on the mean, 20 m for 95 %, 123 m at most). Nothing here says who
controls a place. Data: `data/borders.geojson.gz`, ODbL 1.0, © OpenStreetMap contributors (see data/LICENCES.md).

Who only needs the names of countries imports neither shapely nor numba with this file.
"""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from zaslin.errors import InputError, unknown

if TYPE_CHECKING:
    import shapely

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

LEAF = 8
"""Pieces of a tree's leaf at most."""

_FEATURE = b'{"type":"Feature",'
"""How a country begins in the file."""

_CELL_M = 8_000.0
_LONGEST_M = 4_000.0


class BorderIndex(NamedTuple):
    """The border lines of countries 0 … 11 in the plane, in pieces of at most 4 km, sorted by (country, row, column) of a grid.

    Piece k runs from (ax, ay) to (bx, by), m. Its cell is that of its middle; `start[(country * ny + row) * nx + column]` is the first
    piece of a cell and the next entry its end. `frame[k]` is 1 where the piece is the data's own edge, not a border.

    For the nearest point there is a second order of the pieces (`tree_of`): `trees[country]` = (first node, leaves, first piece, pieces), int32;
    `hulls[node]`, float64 (6,), a box of unit vectors (least x, y, z, greatest x, y, z); `ends[piece]`, float64 (6,), the unit vectors of a piece's ends.
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
    trees: np.ndarray
    hulls: np.ndarray
    ends: np.ndarray


def country_index(iso2: str) -> int:
    """Position of a country in `COUNTRIES`; an unknown code raises `InputError`."""
    try:
        return COUNTRIES.index(iso2.upper())
    except ValueError:
        raise InputError(unknown("country", iso2, COUNTRIES)) from None


def country_geometry(iso2: str) -> shapely.Geometry:
    """The airspace of a country (land and territorial sea) in degrees (longitude, latitude), cut to `FRAME`."""
    country_index(iso2)
    return _geometries(iso2.upper() in COUNTRIES[:N_INDEXED])[iso2.upper()]


def country_of(lat: float, lon: float) -> str | None:
    """The country whose airspace covers a point given in degrees, or None over the high sea and outside `FRAME`.

    >>> country_of(45.3, 34.1)
    'UA'
    """
    import shapely

    point = shapely.Point(lon, lat)
    for indexed in (True, False):
        codes, tree = _tree(indexed)
        hits = tree.query(point, predicate="intersects")
        if len(hits):
            return codes[int(hits.min())]
    return None


@cache
def load_borders() -> BorderIndex:
    """The index of the twelve countries' borders; read once in a process."""
    return index_of(_geometries(indexed=True))


def index_of(shapes: Mapping[str, shapely.Geometry]) -> BorderIndex:
    """The index of some countries' borders: polygons in degrees by code, of the first twelve; a country without one is nowhere."""
    starts, ends, owners, frames = [], [], [], []
    box = np.full((N_INDEXED, 4), [np.inf, np.inf, -np.inf, -np.inf])
    for country, code in enumerate(COUNTRIES[:N_INDEXED]):
        if code not in shapes:
            continue
        a, b, frame = _edges(shapes[code])
        box[country] = [*np.minimum(a.min(axis=0), b.min(axis=0)), *np.maximum(a.max(axis=0), b.max(axis=0))]
        starts.append(a)
        ends.append(b)
        frames.append(frame)
        owners.append(np.full(len(a), country))
    a, b, frame = np.concatenate(starts), np.concatenate(ends), np.concatenate(frames)
    owner = np.concatenate(owners)
    middle = 0.5 * (a + b)
    x0, y0 = np.floor(box[:, :2].min(axis=0) / _CELL_M) * _CELL_M
    column = ((middle[:, 0] - x0) // _CELL_M).astype(np.int64)
    row = ((middle[:, 1] - y0) // _CELL_M).astype(np.int64)
    nx, ny = int(column.max()) + 1, int(row.max()) + 1
    cell = (owner * ny + row) * nx + column
    order = np.argsort(cell, kind="stable")
    start = np.zeros(N_INDEXED * ny * nx + 1, dtype=np.int32)
    np.cumsum(np.bincount(cell, minlength=N_INDEXED * ny * nx), out=start[1:])
    a, b = np.ascontiguousarray(a[order].T), np.ascontiguousarray(b[order].T)
    pad = 0.5 * float(np.abs(b - a).max()) + 1.0
    frame = frame[order].astype(np.uint8)
    tree = tree_of(a[0], a[1], b[0], b[1], frame, start[:: ny * nx])
    index = BorderIndex(a[0], a[1], b[0], b[1], frame, start, box, float(x0), float(y0), _CELL_M, nx, ny, pad, *tree)
    for array in index:
        if isinstance(array, np.ndarray):
            array.flags.writeable = False
    return index


def tree_of(
    ax: np.ndarray, ay: np.ndarray, bx: np.ndarray, by: np.ndarray, frame: np.ndarray, first: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """`trees`, `hulls` and `ends` of pieces that are sorted by country; country c has the pieces first[c] to first[c + 1].

    One tree a country: pieces that are borders in Morton order of their middles, dealt evenly to a power of two of leaves (at most LEAF pieces each). Node 1
    is the root, node n has the children 2n and 2n + 1, the leaves are the last level; row 0 of a tree is empty. A hull holds the whole arcs between ends.
    """
    from zaslin.plane import unit_vectors

    a, b = unit_vectors(ax, ay), unit_vectors(bx, by)
    x, y = 0.5 * (ax + bx), 0.5 * (ay + by)
    trees = np.zeros((len(first) - 1, 4), dtype=np.int32)
    hulls, ends = [np.zeros((0, 6))], [np.zeros((0, 6))]
    nodes = pieces = 0
    for country, (low, high) in enumerate(itertools.pairwise(first)):
        mine = np.arange(low, high)[frame[low:high] == 0]
        if not len(mine):
            continue
        mine = mine[np.argsort(_morton(x[mine], y[mine]), kind="stable")]
        leaves = 1 << max(int(np.ceil(np.log2(len(mine) / LEAF))), 0)
        here = np.hstack([a[mine], b[mine]])
        # An arc rises from its chord by 1 - cos(half its angle) at most; the rest is for rounding.
        rise = 1.0 - np.sqrt(1.0 - 0.25 * ((a[mine] - b[mine]) ** 2).sum(axis=1, keepdims=True)) + 1e-12
        level = np.hstack([np.minimum(here[:, :3], here[:, 3:]) - rise, -np.maximum(here[:, :3], here[:, 3:]) - rise])
        levels = [np.minimum.reduceat(level, np.arange(leaves) * len(mine) // leaves)]
        while len(levels[-1]) > 1:
            levels.append(np.minimum(levels[-1][::2], levels[-1][1::2]))
        tree = np.concatenate([np.zeros((1, 6)), *levels[::-1]])
        tree[:, 3:] *= -1.0
        trees[country] = nodes, leaves, pieces, len(mine)
        hulls.append(tree)
        ends.append(here)
        nodes, pieces = nodes + len(tree), pieces + len(mine)
    return trees, np.concatenate(hulls), np.concatenate(ends)


def _morton(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The Z-order of plane points, m, in steps of 100 m: the bits of both by turns."""
    key = np.zeros(len(x), dtype=np.uint64)
    for shift, part in enumerate((x, y)):
        word = np.clip(part / 100.0 + 2.0**20, 0.0, 2.0**21 - 1.0).astype(np.uint64)
        for bit in range(21):
            key |= ((word >> np.uint64(bit)) & np.uint64(1)) << np.uint64(2 * bit + shift)
    return key


def _edges(geometry: shapely.Geometry) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Plane start and end points (n, 2) of all pieces of a polygon's rings, and whether each lies on the frame."""
    import shapely

    from zaslin.plane import project

    rings = shapely.get_rings(shapely.get_parts(geometry))
    points, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    here, there = points[:-1][same], points[1:][same]
    west, south, east, north = FRAME
    frame = np.zeros(len(here), dtype=bool)
    for axis, limit in ((0, west), (0, east), (1, south), (1, north)):
        frame |= (here[:, axis] == limit) & (there[:, axis] == limit)
    plane = np.column_stack(project(points[:, 1], points[:, 0]))
    a, b = plane[:-1][same], plane[1:][same]
    n = np.maximum(np.ceil(np.hypot(*(b - a).T) / _LONGEST_M).astype(int), 1)
    edge = np.repeat(np.arange(len(n)), n)
    step = np.arange(len(edge)) - np.repeat(np.cumsum(n) - n, n)
    # Ends of neighbouring pieces come from one formula, so that they are equal to the last bit.
    low = np.where((step == 0)[:, None], a[edge], a[edge] + (b - a)[edge] * (step / n[edge])[:, None])
    last = (step + 1 == n[edge])[:, None]
    high = np.where(last, b[edge], a[edge] + (b - a)[edge] * ((step + 1) / n[edge])[:, None])
    return low, high, frame[edge]


@cache
def _features() -> list[bytes]:
    """The file's features, as text, in the order of COUNTRIES."""
    raw = gzip.decompress((files("zaslin.atlas") / "data" / "borders.geojson.gz").read_bytes())
    start = raw.index(_FEATURE)
    return [_FEATURE + text.rstrip(b",") for text in raw[start : raw.rindex(b"]}")].split(_FEATURE)[1:]]


@cache
def _geometries(indexed: bool) -> dict[str, shapely.Geometry]:
    """Polygons of the countries with an index, or of the others: reading those takes as long again, and only far away are they asked for."""
    import shapely

    some = slice(N_INDEXED) if indexed else slice(N_INDEXED, None)
    return dict(zip(COUNTRIES[some], shapely.from_geojson(_features()[some]), strict=True))


@cache
def _tree(indexed: bool) -> tuple[tuple[str, ...], shapely.STRtree]:
    import shapely

    shapes = _geometries(indexed)
    shapely.prepare(list(shapes.values()))
    return tuple(shapes), shapely.STRtree(list(shapes.values()))
