"""A ground of one's own: an invented theatre's countries as polygons, in the shape that the atlas has for the real ones.

For studies of method and for benchmarks. Every country takes the place of one of the atlas's first twelve: Ukraine's is who is attacked. It has one region,
nobody lives there, no sea has a coast, and what is no country's is open air.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import shapely
from scipy.spatial import cKDTree

from zaslin.atlas.borders import COUNTRIES, N_INDEXED, index_of
from zaslin.atlas.fields import COAST_CELLS, STEP_M, Fields
from zaslin.atlas.ground import Ground
from zaslin.atlas.regions import MACRO_INDEX
from zaslin.errors import InputError, unknown
from zaslin.plane import project, unproject
from zaslin.units import EARTH_RADIUS_M

CELL_M = 2_500.0
MARGIN_M = 250_000.0
"""The rasters reach this far beyond all polygons."""
FAR_M = 1e7
"""Signed distance to a country that the theatre does not have."""
ONLY_REGION = 0
_EDGE_M = 400.0
_ROWS = 32
"""Rows of the rasters that are made at a time: what is needed on the way stays small."""


def own_ground(countries: Mapping[str, shapely.Geometry]) -> Ground:
    """The ground of an invented theatre.

    countries: polygons in degrees (longitude, latitude) by the code whose place they take (one of the atlas's first twelve; ``UA``: who is attacked).
    Edges are straight in the plane (great circles). Distances: to the nearest edge, good to a quarter of a kilometre (and rounded to 100 m), in cells of
    2.5 km. Raises InputError for an unknown code, an empty or invalid polygon.
    """
    for code, shape in countries.items():
        if code not in COUNTRIES[:N_INDEXED]:
            raise InputError(unknown("country", code, COUNTRIES[:N_INDEXED]))
        if shape.is_empty or not shape.is_valid or shape.geom_type not in ("Polygon", "MultiPolygon"):
            raise InputError(f"theatre: {code}: {shapely.is_valid_reason(shape)}; give a polygon that does not cross itself")
    borders = index_of(countries)
    corners = np.concatenate([np.column_stack([borders.ax, borders.ay]), np.column_stack([borders.bx, borders.by])])
    x0, y0 = np.floor((corners.min(axis=0) - MARGIN_M) / CELL_M) * CELL_M
    far_x, far_y = corners.max(axis=0) + MARGIN_M
    step = int(COAST_CELLS)
    nx, ny = (int(np.ceil((far - low) / CELL_M / step)) * step for far, low in ((far_x, x0), (far_y, y0)))
    country = np.full((ny, nx), -1, dtype=np.int8)
    distance = np.full((N_INDEXED, ny, nx), np.float32(FAR_M), dtype=np.float32)
    for code, shape in countries.items():
        flat = shapely.transform(shape, _to_plane)
        edge = shapely.get_coordinates(shapely.segmentize(flat.boundary, _EDGE_M))
        tree = cKDTree(_on_sphere(edge[:, 0], edge[:, 1]))
        shapely.prepare(flat)
        for rows in (slice(first, min(first + _ROWS, ny)) for first in range(0, ny, _ROWS)):
            x, y = np.meshgrid(x0 + (np.arange(nx) + 0.5) * CELL_M, y0 + (np.arange(ny)[rows] + 0.5) * CELL_M)
            chord, _ = tree.query(_on_sphere(x.ravel(), y.ravel()))
            away = 2.0 * EARTH_RADIUS_M * np.arcsin(0.5 * np.minimum(chord, 2.0)).reshape(x.shape)
            within = shapely.contains_xy(flat, x, y)
            distance[COUNTRIES.index(code), rows] = np.round(np.where(within, -away, away) / STEP_M) * STEP_M
            country[rows][within] = COUNTRIES.index(code)
    region = np.where(country == 0, np.int8(ONLY_REGION), np.int8(-1)).astype(np.int8)
    macro = np.append(np.array(MACRO_INDEX, dtype=np.int8), np.int8(-1))[region]
    coast = np.zeros((N_INDEXED, ny // step, nx // step), dtype=np.float32)
    fields = Fields(float(x0), float(y0), CELL_M, country, region, macro, distance, np.zeros((ny, nx), dtype=np.float32), coast)
    for array in (country, region, macro, distance, fields.population, coast):
        array.flags.writeable = False
    return Ground(fields, borders)


def _to_plane(points: np.ndarray) -> np.ndarray:
    return np.column_stack(project(points[:, 1], points[:, 0]))


def _on_sphere(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Unit vectors (n, 3) of plane points."""
    lat, lon = (np.radians(part) for part in unproject(x, y))
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
