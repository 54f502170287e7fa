"""What hills hide: by how much a target must fly higher, to be seen by a country's notional radars, than over a smooth earth.

One line of sight for each cell of the atlas and each country: from the nearest point of the country's radar row, on a mast, over the heights between, with
an earth of 4/3 its radius. The row stands nowhere in particular, so the mask is as notional as the radars: it says what such a row would lose or gain on
this ground, not what a radar of any country sees. Weather, clutter and trees are not here.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zaslin.atlas.elevation import SUB, ElevationFile, read_heights
from zaslin.atlas.fields import COAST_CELLS, Fields, bilinear, land_distance_m, nearest_in, signed_distance_m
from zaslin.compiled import cache_folder
from zaslin.jit import lean
from zaslin.physics.detection import EFFECTIVE_EARTH_RADIUS_M
from zaslin.plane import along, distance_m

STEP_M = 1_250.0
"""Longest step along a line of sight, m: that of the heights."""

RANGE_M = 250_000.0
"""Greatest ground range of the mask, m (assumption, 150–400 km): over a smooth earth a mast of 40 m sees there what flies above 2.9 km, so farther away
only high flyers are in question, and the mask is 0."""

SITE_WITHIN_M = 5_000.0
"""A radar is put on the highest ground within this distance of the row's point, m (assumption, 0–15 km): a row through a valley would be nobody's choice."""

STRIP_M = 100_000.0
"""The strip over Ukraine that the record speaks of: nearer than this to a country's land, m; of a country that has none, the strip all round it."""

VERSION = 1
"""Of this page's mask; another is worked out anew."""


@dataclass(frozen=True)
class Mask:
    """`shade`: float32 (countries, ny, nx), m, 0 where the mask says nothing. By country index: `covered`, the share of its strip for which the raster has
    the heights; `median_m` and `p90_m` of the shade there (NaN where nothing is covered)."""

    shade: np.ndarray
    covered: dict[int, float]
    median_m: dict[int, float]
    p90_m: dict[int, float]


def under(fields: Fields, shade: np.ndarray) -> Fields:
    """The fields with a shade, float32 (countries, ny, nx), as kernels want it: read-only, with its least and greatest values beside it."""
    least, most = np.minimum(shade.min(axis=(1, 2)), 0.0).astype(np.float64), np.maximum(shade.max(axis=(1, 2)), 0.0).astype(np.float64)
    shade.flags.writeable = least.flags.writeable = most.flags.writeable = False
    return fields._replace(shade=shade, shade_least=least, shade_most=most)


@lean
def height_at(heights, fields, x, y):
    """Height, m, of the half cell that holds a plane point; NaN outside the grid."""
    side = fields.cell_m / SUB
    ix, iy = int(np.floor((x - fields.x0) / side)), int(np.floor((y - fields.y0) / side))
    if ix < 0 or iy < 0 or ix >= heights.shape[1] or iy >= heights.shape[0]:
        return np.nan
    return float(heights[iy, ix])


@lean
def site_m(heights, fields, x, y):
    """Height, m, of the highest ground within SITE_WITHIN_M (a square) of a plane point; NaN where none is known."""
    side, best = fields.cell_m / SUB, np.nan
    n = int(SITE_WITHIN_M / side)
    for j in range(-n, n + 1):
        for i in range(-n, n + 1):
            h = height_at(heights, fields, x + i * side, y + j * side)
            if np.isnan(best) or h > best:
                best = h
    return best


@lean
def row_point(fields, country, setback_m, x, y):
    """The nearest point of a country's radar row to a plane point outside it: (ground range m, plane x, plane y); range 0 and less: on or behind the row.

    The way to it is the one to the nearest point of the airspace, gone on over the coast and the setback; near the border and inside, that of the
    steepest descent of the distance.
    """
    away = land_distance_m(fields, country, x, y) + setback_m
    if away <= 0.0:
        return away, x, y
    if signed_distance_m(fields, country, x, y) > 8.0 * fields.cell_m:
        nx, ny = nearest_in(fields, country, x, y)
    else:
        h, layer = 2.0 * fields.cell_m, fields.distance[country]
        gx = bilinear(layer, fields.x0, fields.y0, fields.cell_m, x + h, y) - bilinear(layer, fields.x0, fields.y0, fields.cell_m, x - h, y)
        gy = bilinear(layer, fields.x0, fields.y0, fields.cell_m, x, y + h) - bilinear(layer, fields.x0, fields.y0, fields.cell_m, x, y - h)
        nx, ny = x - gx, y - gy
    if distance_m(x, y, nx, ny) <= 0.0:
        return away, x, y
    rx, ry = along(x, y, nx, ny, away)
    return away, rx, ry


@lean
def needed_heights_m(heights, fields, mast_m, ax, ay, bx, by, ground_m):
    """Height above the ground at (bx, by) from which a target is seen by a mast on ground of `ground_m` at (ax, ay): (over these heights, over a smooth earth).

    Heights fall behind the horizontal by s² / 2R at ground range s, R = 4/3 of the earth's: the steepest line from the mast to any height between
    is the line of sight. NaN where a height on the way is not known.
    By hand: over a smooth earth (D / √(2R) − √mast)² beyond the mast's own horizon, 0 before.
    """
    d = distance_m(ax, ay, bx, by)
    n = max(int(np.ceil(d / STEP_M)), 1)
    over, smooth = -np.inf, -np.inf
    for i in range(1, n):
        s = d * i / n
        x, y = along(ax, ay, bx, by, s)
        fall = s * s / (2.0 * EFFECTIVE_EARTH_RADIUS_M)
        h = height_at(heights, fields, x, y)
        if np.isnan(h):
            return np.nan, np.nan
        over = max(over, (h - ground_m - mast_m - fall) / s)
        smooth = max(smooth, (-mast_m - fall) / s)
    target = height_at(heights, fields, bx, by)
    if n == 1:
        return (np.nan if np.isnan(target) else 0.0), 0.0
    fall = d * d / (2.0 * EFFECTIVE_EARTH_RADIUS_M)
    return max(ground_m + mast_m + over * d + fall - target, 0.0), max(mast_m + smooth * d + fall, 0.0)


@lean
def shade_rows(heights, fields, country, setback_m, mast_m, from_row, to_row, shade, known):
    """Fill rows from_row … to_row − 1 of `shade` (ny, nx), m to 0.1, and of `known` (ny, nx): 1 where the heights are, −1 where one is missing, 0 where the
    mask does not reach."""
    for iy in range(from_row, to_row):
        for ix in range(shade.shape[1]):
            x, y = fields.x0 + (ix + 0.5) * fields.cell_m, fields.y0 + (iy + 0.5) * fields.cell_m
            if fields.distance[country, iy, ix] > RANGE_M:
                continue
            away, rx, ry = row_point(fields, country, setback_m, x, y)
            if away <= 0.0 or away > RANGE_M:
                continue
            over, smooth = needed_heights_m(heights, fields, mast_m, rx, ry, x, y, site_m(heights, fields, rx, ry))
            if np.isnan(over):
                known[iy, ix] = -1
            else:
                known[iy, ix] = 1
                shade[iy, ix] = np.round(10.0 * (over - smooth)) / 10.0 + 0.0


def terrain_mask(file: ElevationFile, fields: Fields, rows: Mapping[int, tuple[float, float]], progress: Callable[[str, int, int], None] | None = None) -> Mask:
    """The mask of `file` for the radar rows of `rows`: country index → (mast m, setback m). What was worked out before is read from the cache.

    progress: called with (what, done, of). Raises InputError where the raster cannot be read.
    """
    place = cache_folder().parents[1] / "terrain" / f"{_key(file, fields, rows)}.npz"
    held = _read(place, fields, rows)
    if held is None:
        held = _work_out(file, fields, rows, progress)
        _write(place, *held)
    shade, known = held
    covered, median, p90 = {}, {}, {}
    for country, (_, setback_m) in rows.items():
        strip = (known[country] != 0) & (_land_m(fields, country) <= STRIP_M) & (_land_m(fields, country) > -setback_m)
        over_ukraine = strip & (fields.country == 0)
        strip = over_ukraine if over_ukraine.any() else strip
        there = strip & (known[country] > 0)
        covered[country] = float(there.sum() / strip.sum()) if strip.any() else 0.0
        values = shade[country][there]
        median[country], p90[country] = (float(np.quantile(values, q)) if values.size else math.nan for q in (0.5, 0.9))
    return Mask(shade, covered, median, p90)


def _work_out(
    file: ElevationFile, fields: Fields, rows: Mapping[int, tuple[float, float]], progress: Callable[[str, int, int], None] | None
) -> tuple[np.ndarray, np.ndarray]:
    wanted = np.zeros(fields.country.shape, dtype=bool)
    for country, (_, setback_m) in rows.items():
        land = _land_m(fields, country)
        wanted |= (land > -setback_m - 2.0 * SITE_WITHIN_M) & (land <= RANGE_M)
    heights = read_heights(file, fields, wanted, None if progress is None else lambda done, of: progress("reading the terrain, windows", done, of))
    ny, nx = fields.country.shape
    shade, known = np.zeros((len(fields.distance), ny, nx), dtype=np.float32), np.zeros((len(fields.distance), ny, nx), dtype=np.int8)
    every = max(ny // 8, 1)
    starts = range(0, ny, every)
    for i, (country, (mast_m, setback_m)) in enumerate(rows.items()):
        for j, start in enumerate(starts):
            if progress:
                progress("lines of sight over the terrain", i * len(starts) + j, len(rows) * len(starts))
            shade_rows(heights, fields, np.int64(country), setback_m, mast_m, np.int64(start), np.int64(min(start + every, ny)), shade[country], known[country])
    if progress:
        progress("lines of sight over the terrain", len(rows) * len(starts), len(rows) * len(starts))
    return shade, known


def _land_m(fields: Fields, country: int) -> np.ndarray:
    """Signed distance to a country's land by cell, m; the coast's part by blocks."""
    ny, nx = fields.country.shape
    coast = np.repeat(np.repeat(fields.coast[country], COAST_CELLS, axis=0), COAST_CELLS, axis=1)
    out = np.zeros((ny, nx), dtype=np.float32)
    out[: coast.shape[0], : coast.shape[1]] = coast[:ny, :nx]
    return out + fields.distance[country]


def _key(file: ElevationFile, fields: Fields, rows: Mapping[int, tuple[float, float]]) -> str:
    ground = hashlib.sha256(np.ascontiguousarray(fields.distance[sorted(rows)]).tobytes()).hexdigest()
    told = [VERSION, file.sha256, ground, sorted((country, *numbers) for country, numbers in rows.items()), RANGE_M, STEP_M, SITE_WITHIN_M, fields[:3]]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


def _read(place: Path, fields: Fields, rows: Mapping[int, tuple[float, float]]) -> tuple[np.ndarray, np.ndarray] | None:
    try:
        with np.load(place) as box:
            parts = {country: (box[f"shade{country}"], box[f"known{country}"]) for country in rows}
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile, zlib.error):
        return None
    shape = (len(fields.distance), *fields.country.shape)
    shade, known = np.zeros(shape, dtype=np.float32), np.zeros(shape, dtype=np.int8)
    for country, (values, there) in parts.items():
        shade[country], known[country] = values, there
    return shade, known


def _write(place: Path, shade: np.ndarray, known: np.ndarray) -> None:
    """Keep it for the next run; where the folder cannot be written, the next run works it out again."""
    parts = {
        f"{name}{country}": layer[country] for country in range(len(shade)) for name, layer in (("shade", shade), ("known", known)) if known[country].any()
    }
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            np.savez_compressed(file, **parts)
        beside.replace(place)
    except OSError:
        beside.unlink(missing_ok=True)
