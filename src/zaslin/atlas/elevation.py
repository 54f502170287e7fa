"""A user's elevation raster on the atlas's plane: read in windows, in any projection that rasterio can transform; who sees what is not here.

Heights come at half the atlas's cells (1.25 km): the mean of what the raster has there, or its interpolation where it is coarser. Where the raster has
nothing (beyond its edge, nodata) the height is NaN. Needs rasterio (``pip install 'zaslin[terrain]'``), which is imported when a raster is asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zaslin.atlas.fields import Fields
from zaslin.errors import InputError
from zaslin.plane import LAT0_DEG, LON0_DEG
from zaslin.units import EARTH_RADIUS_M

SUB = 2
"""Heights in a row of one atlas cell."""

TILE_CELLS = 40
"""Atlas cells in a row of the windows that are read one after the other: 100 km."""

LOWEST_M, HIGHEST_M = -500.0, 9_000.0
"""Heights outside these are no metres above the sea."""

_CACHE_MB = 64
_PLANE = f"+proj=gnom +lat_0={LAT0_DEG:g} +lon_0={LON0_DEG:g} +R={EARTH_RADIUS_M!r} +units=m +no_defs"
_HASH_BYTES = 1 << 20


@dataclass(frozen=True)
class ElevationFile:
    """A raster by its content: where it lies, its name, SHA-256 and size."""

    path: str
    name: str
    sha256: str
    size_bytes: int


def elevation_file(path: Path | str) -> ElevationFile:
    """The raster at `path`, looked at and hashed. Raises InputError where it is missing, no raster, or says not where it lies."""
    place = Path(path)
    rasterio = _rasterio()
    if not place.is_file():
        raise InputError(f"--terrain: no file {place}; give a GeoTIFF of heights in metres")
    try:
        with rasterio.open(place) as raster:
            lies = raster.crs is not None and not raster.transform.is_identity
    except rasterio.errors.RasterioError as error:
        raise InputError(f"--terrain: {place} is no raster that can be read ({error}); give a GeoTIFF of heights in metres") from None
    if not lies:
        raise InputError(f"--terrain: {place} does not say where it lies; give a GeoTIFF with its coordinate system and its corner")
    digest = hashlib.sha256()
    with place.open("rb") as file:
        while piece := file.read(_HASH_BYTES):
            digest.update(piece)
    return ElevationFile(str(place), place.name, digest.hexdigest(), place.stat().st_size)


def read_heights(file: ElevationFile, fields: Fields, wanted: np.ndarray, progress: Callable[[int, int], None] | None = None) -> np.ndarray:
    """Heights above the sea, m, float32 (2 ny, 2 nx) in the plane, row 0 in the south; NaN where nothing is wanted or the raster has nothing.

    wanted: bool (ny, nx), the atlas cells whose heights are needed: only the windows that hold one are read. progress: called with (windows read, of).
    Raises InputError where the raster cannot be read, or holds what cannot be metres above the sea.
    """
    rasterio = _rasterio()
    ny, nx = wanted.shape
    side = fields.cell_m / SUB
    north = fields.y0 + ny * fields.cell_m
    out = np.full((ny * SUB, nx * SUB), np.nan, dtype=np.float32)
    tiles = [
        (iy, ix)
        for iy in range(0, ny, TILE_CELLS)
        for ix in range(0, nx, TILE_CELLS)
        if wanted[iy : iy + TILE_CELLS, ix : ix + TILE_CELLS].any()
    ]  # fmt: skip
    try:
        with rasterio.Env(GDAL_CACHEMAX=_CACHE_MB), rasterio.open(file.path) as raster:
            grid = {
                "crs": rasterio.crs.CRS.from_string(_PLANE), "transform": rasterio.transform.from_origin(fields.x0, north, side, side), "width": nx * SUB,
                "height": ny * SUB, "nodata": np.nan, "dtype": "float32", "resampling": _resampling(rasterio, raster, side),
            }  # fmt: skip
            with rasterio.vrt.WarpedVRT(raster, **grid) as warped:
                for done, (iy, ix) in enumerate(tiles):
                    if progress:
                        progress(done, len(tiles))
                    high, wide = min(TILE_CELLS, ny - iy) * SUB, min(TILE_CELLS, nx - ix) * SUB
                    window = rasterio.windows.Window(ix * SUB, (ny * SUB) - iy * SUB - high, wide, high)
                    out[iy * SUB : iy * SUB + high, ix * SUB : ix * SUB + wide] = warped.read(1, window=window)[::-1]
    except rasterio.errors.RasterioError as error:
        raise InputError(f"--terrain: {file.path} cannot be read ({error})") from None
    if progress:
        progress(len(tiles), len(tiles))
    known = out[np.isfinite(out)]
    if known.size and (known.min() < LOWEST_M or known.max() > HIGHEST_M):
        raise InputError(
            f"--terrain: {file.path} holds {known.min():,.0f} to {known.max():,.0f}, which cannot be metres above the sea; "
            "give heights in metres, and say in the file which value means nothing (nodata)"
        )
    return out


def _resampling(rasterio: Any, raster: Any, side_m: float) -> Any:
    """The mean of a raster finer than the grid, else interpolation between its cells; by the raster's cells in one step of the grid at the plane's centre."""
    x, y = rasterio.warp.transform(rasterio.crs.CRS.from_string(_PLANE), raster.crs, [0.0, side_m], [0.0, 0.0])
    cells, east, north = ~raster.transform, x[1] - x[0], y[1] - y[0]
    apart = np.hypot(cells.a * east + cells.b * north, cells.d * east + cells.e * north)
    return rasterio.enums.Resampling.average if apart > 1.0 else rasterio.enums.Resampling.bilinear


def _rasterio() -> Any:
    try:
        import rasterio
        import rasterio.crs
        import rasterio.enums
        import rasterio.errors
        import rasterio.transform
        import rasterio.vrt
        import rasterio.warp
        import rasterio.windows
    except ImportError:
        raise InputError("--terrain needs rasterio, which is not installed: pip install 'zaslin[terrain]'") from None
    return rasterio
