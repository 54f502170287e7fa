"""Rasters in the plane: which country and unit a cell belongs to, how far each airspace is, how many people live there.

For coarse questions and debris; exact crossings are in crossing.py. Cells are 2.5 km squares of the plane, 1032 × 848 of them: about 11–44 E
at 49° N and 41–60 N at 31° E, which holds all of the twelve countries but Russia. Errors are told in docs/atlas.md. Outside the grid
distances go on from the nearest cell; nobody lives there. Countries, units and distances derive from OpenStreetMap (`data/fields.npz`,
`data/land.npz`, ODbL 1.0, © OpenStreetMap contributors), population from GeoNames (`data/population.npz`, CC BY 4.0).
"""

from __future__ import annotations

import io
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from zaslin.atlas.borders import COUNTRIES
from zaslin.atlas.regions import MACRO_INDEX
from zaslin.jit import lean
from zaslin.plane import along, distance_m
from zaslin.units import EARTH_RADIUS_M

STEP_M = 100.0
"""Stored distances are whole multiples of this, so rounded by at most half of it."""

FALL = 1.5
"""Most metres by which a distance raster, between two places on its grid, falls on one metre of the plane: 1.42, of a slope of 1 along both axes."""

COAST_CELLS = 4
"""A cell of `Fields.coast` is this many cells wide: 10 km."""


NO_SHADE = np.zeros((0, 1, 1), dtype=np.float32)
"""A `Fields.shade` that is off."""
NO_LEAST = np.zeros(0)
NO_SHADE.flags.writeable = NO_LEAST.flags.writeable = False


class Fields(NamedTuple):
    """Row iy, column ix is the cell whose south-west corner is (x0 + ix·cell_m, y0 + iy·cell_m); values are for its middle.

    country: int8 [ny, nx], index in `borders.COUNTRIES`, -1 none. region, macro: int8 [ny, nx], index in `regions.REGIONS` and
    `regions.MACRO`, -1 outside Ukraine. distance: float32 [12, ny, nx], signed great-circle distance, m, to country i's airspace: positive
    outside, negative inside. population: float32 [ny, nx], persons per km² of ground. coast: float32 [12, ny / 4, nx / 4], cells of 4 · cell_m:
    how much farther country i's land is than its airspace, m, 0 where its nearest border is a land border (and for Ukraine, Belarus and Russia).
    shade: float32 [12, ny, nx], by how many metres more a target must fly above the ground than over a smooth earth to be seen from country i's notional
    radar row (`world.terrain`; negative: less); off, as packaged: [0, 1, 1]. shade_least, shade_most: float64 [12], each country's least (0 at most)
    and greatest (0 at least); off: [0].
    """

    x0: float
    y0: float
    cell_m: float
    country: np.ndarray
    region: np.ndarray
    macro: np.ndarray
    distance: np.ndarray
    population: np.ndarray
    coast: np.ndarray
    shade: np.ndarray = NO_SHADE
    shade_least: np.ndarray = NO_LEAST
    shade_most: np.ndarray = NO_LEAST


@cache
def load_fields() -> Fields:
    """The packaged rasters; read once in a process, read-only."""
    data = files("zaslin.atlas") / "data"
    with np.load(io.BytesIO((data / "fields.npz").read_bytes())) as box:
        x0, y0, cell_m = float(box["x0"]), float(box["y0"]), float(box["cell_m"])
        country, region = box["country"], box["region"]
        steps = np.cumsum(box["delta"], axis=2, dtype=np.int16)  # wraps, and comes back: distances are less than 2**15 steps
    for row in range(1, steps.shape[1]):
        steps[:, row] += steps[:, row - 1]
    distance = np.multiply(steps, np.float32(STEP_M), dtype=np.float32)
    with np.load(io.BytesIO((data / "population.npz").read_bytes())) as box:
        population = box["density"].astype(np.float32)
    coast = np.zeros((len(distance), country.shape[0] // COAST_CELLS, country.shape[1] // COAST_CELLS), dtype=np.float32)
    with np.load(io.BytesIO((data / "land.npz").read_bytes())) as box:
        for code, surplus in zip(box["countries"], box["surplus"], strict=True):
            coast[COUNTRIES.index(str(code))] = STEP_M * surplus
    macro = np.append(np.array(MACRO_INDEX, dtype=np.int8), np.int8(-1))[region]
    for array in (country, region, macro, distance, population, coast):
        array.flags.writeable = False
    return Fields(x0, y0, cell_m, country, region, macro, distance, population, coast)


def cell_areas_km2(x0: float, y0: float, cell_m: float, shape: tuple[int, int]) -> np.ndarray:
    """Area on the ground of every cell, km², shape (ny, nx): the plane's area times cos³ of the angle from the plane's centre."""
    ny, nx = shape
    u = (x0 + (np.arange(nx) + 0.5) * cell_m) / EARTH_RADIUS_M
    v = (y0 + (np.arange(ny) + 0.5) * cell_m) / EARTH_RADIUS_M
    return (cell_m / 1_000.0) ** 2 * (1.0 + u[None, :] ** 2 + v[:, None] ** 2) ** -1.5


@lean
def cell_of(fields, x, y):
    """(iy, ix) of the cell that holds the plane point (x, y), m; (-1, -1) outside the grid."""
    ny, nx = fields.country.shape
    ix = int(np.floor((x - fields.x0) / fields.cell_m))
    iy = int(np.floor((y - fields.y0) / fields.cell_m))
    if ix < 0 or iy < 0 or ix >= nx or iy >= ny:
        return -1, -1
    return iy, ix


@lean
def bilinear(layer, x0, y0, cell_m, x, y):
    """Value of a raster [ny, nx] at a plane point, between the middles of the four cells around it; beyond the outermost middles the
    value at the nearest point of the grid."""
    ny, nx = layer.shape
    u = min(max((x - x0) / cell_m - 0.5, 0.0), nx - 1.0)
    v = min(max((y - y0) / cell_m - 0.5, 0.0), ny - 1.0)
    i, j = min(int(u), nx - 2), min(int(v), ny - 2)
    fu, fv = u - i, v - j
    low = layer[j, i] * (1.0 - fu) + layer[j, i + 1] * fu
    high = layer[j + 1, i] * (1.0 - fu) + layer[j + 1, i + 1] * fu
    return low * (1.0 - fv) + high * fv


@lean
def signed_distance_m(fields, country, x, y):
    """Signed great-circle distance, m, from a plane point to a country's airspace, off the raster (error: docs/atlas.md).

    country: 0 … 11. Outside the grid: the nearest grid point's distance plus the way to it, an upper bound; where that point lies
    inside the country, its own depth.
    """
    ny, nx = fields.country.shape
    h = 0.5 * fields.cell_m
    qx = min(max(x, fields.x0 + h), fields.x0 + nx * fields.cell_m - h)
    qy = min(max(y, fields.y0 + h), fields.y0 + ny * fields.cell_m - h)
    d = bilinear(fields.distance[country], fields.x0, fields.y0, fields.cell_m, qx, qy)
    if d <= 0.0 or (qx == x and qy == y):
        return d
    return d + distance_m(x, y, qx, qy)


@lean
def land_distance_m(fields, country, x, y):
    """Signed great-circle distance, m, from a plane point to a country's land: its airspace's and what the territorial sea adds (error: docs/atlas.md)."""
    return signed_distance_m(fields, country, x, y) + bilinear(fields.coast[country], fields.x0, fields.y0, COAST_CELLS * fields.cell_m, x, y)


@lean
def nearest_in(fields, country, x, y):
    """A plane point in the country's airspace near to (x, y), good to about a cell; (x, y) itself where the raster says inside.

    Walks down the distance field along the great circle of steepest descent. From outside the grid it starts at the nearest grid point.
    """
    cell = fields.cell_m
    layer = fields.distance[country]
    ny, nx = layer.shape
    if signed_distance_m(fields, country, x, y) <= 0.0:
        return x, y
    px, py = x, y
    best, bx, by = np.inf, x, y
    for _ in range(60):
        px = min(max(px, fields.x0 + 1.5 * cell), fields.x0 + (nx - 1.5) * cell)
        py = min(max(py, fields.y0 + 1.5 * cell), fields.y0 + (ny - 1.5) * cell)
        d = bilinear(layer, fields.x0, fields.y0, cell, px, py)
        if d < best:
            best, bx, by = d, px, py
        if d <= 0.0:
            break
        h = 4.0 * cell if d > 10.0 * cell else 0.5 * cell
        gx = bilinear(layer, fields.x0, fields.y0, cell, px + h, py) - bilinear(layer, fields.x0, fields.y0, cell, px - h, py)
        gy = bilinear(layer, fields.x0, fields.y0, cell, px, py + h) - bilinear(layer, fields.x0, fields.y0, cell, px, py - h)
        # The plane stretches radially: the ground's steepest descent is the plane's gradient through the inverse metric, I + r rᵀ.
        u, v = px / EARTH_RADIUS_M, py / EARTH_RADIUS_M
        dot = u * gx + v * gy
        hx, hy = gx + u * dot, gy + v * dot
        slope = np.sqrt(max(gx * hx + gy * hy, 0.0) * (1.0 + u * u + v * v)) / (2.0 * h)
        if slope < 0.1:  # on a ridge, two borders equally near: step aside
            px += cell
            continue
        step = d + 0.1 * cell if d < 10.0 * cell else 0.7 * d
        if slope < 0.97:  # a ridge is near: the slope is a mean of two, so go gently until one side wins
            step = min(step, max(4.0 * cell, 0.05 * d))
        far = cell / np.sqrt(hx * hx + hy * hy)
        px, py = along(px, py, px - hx * far, py - hy * far, step)
    return bx, by
