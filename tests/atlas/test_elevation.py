"""A user's elevation raster on the atlas's plane: windows, projections, what it lacks, and what is refused. Rasters are made here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zaslin.atlas.elevation import SUB, elevation_file, read_heights
from zaslin.atlas.fields import load_fields
from zaslin.errors import InputError
from zaslin.plane import project, unproject

rasterio = pytest.importorskip("rasterio", reason="needs rasterio (pip install 'zaslin[terrain]')")

SLOPE_M = 100.0  # a degree of longitude


def write(path: Path, heights: np.ndarray, west: float, north: float, cell: float, crs: str = "EPSG:4326", nodata: float | None = -32_768.0) -> Path:
    """A GeoTIFF of these heights, row 0 in the north."""
    with rasterio.open(
        path, "w", driver="GTiff", height=heights.shape[0], width=heights.shape[1], count=1, dtype="float32", crs=crs, nodata=nodata,
        transform=rasterio.transform.from_origin(west, north, cell, cell), tiled=True, blockxsize=256, blockysize=256,
    ) as file:  # fmt: skip
        file.write(heights.astype("float32"), 1)
    return path


def slope(path: Path, crs: str = "EPSG:4326") -> Path:
    """Heights that rise by SLOPE_M a degree eastward from 20° E, over 22–26° E and 48–52° N; or the same ground in another projection."""
    if crs == "EPSG:4326":
        lon = 22 + (np.arange(800) + 0.5) / 200
        return write(path, np.tile(SLOPE_M * (lon - 20), (800, 1)), 22.0, 52.0, 1 / 200)
    x0, y1, cell, n = 200_000.0, 5_800_000.0, 500.0, 1_200  # zone 35 north, about 21.9–31° E and 46.9–52.4° N
    x, y = np.meshgrid(x0 + (np.arange(n) + 0.5) * cell, y1 - (np.arange(n) + 0.5) * cell)
    lon, lat = rasterio.warp.transform(crs, "EPSG:4326", x.ravel(), y.ravel())
    lon, lat = np.reshape(lon, x.shape), np.reshape(lat, x.shape)
    inside = (lon > 22) & (lon < 26) & (lat > 48) & (lat < 52)
    return write(path, np.where(inside, SLOPE_M * (lon - 20), -9_999.0), x0, y1, cell, crs, -9_999.0)


def around(lat: float, lon: float, cells: int = 30) -> np.ndarray:
    """The atlas cells within so many of a place."""
    fields = load_fields()
    wanted = np.zeros(fields.country.shape, dtype=bool)
    x, y = project(lat, lon)
    iy, ix = int((y - fields.y0) // fields.cell_m), int((x - fields.x0) // fields.cell_m)
    wanted[iy - cells : iy + cells, ix - cells : ix + cells] = True
    return wanted


def true_slope(heights: np.ndarray) -> np.ndarray:
    """What the slope is at the middles of the half cells; NaN near the edges of the rasters and beyond, where cells are cut."""
    fields = load_fields()
    side = fields.cell_m / SUB
    x, y = np.meshgrid(fields.x0 + (np.arange(heights.shape[1]) + 0.5) * side, fields.y0 + (np.arange(heights.shape[0]) + 0.5) * side)
    lat, lon = unproject(x, y)
    return np.where((np.abs(lon - 24.4) < 1.4) & (np.abs(lat - 50) < 1.9), SLOPE_M * (lon - 20), np.nan)


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:32635"])
def test_heights_stand_where_they_are_whatever_the_projection(tmp_path, crs):
    """By hand: a slope by longitude, read around 50° N 24° E, is that slope at the middle of each half cell, to 1 m (of 1.7 m a half cell)."""
    heights = read_heights(elevation_file(slope(tmp_path / "slope.tif", crs)), load_fields(), around(50.0, 24.0))
    off = np.abs(heights - true_slope(heights))
    assert np.isfinite(off).sum() >= 4 * 60 * 60
    assert np.nanmax(off) < 1.0


def test_only_windows_that_hold_a_wanted_cell_are_read(tmp_path):
    """By hand: one wanted cell is one window of 100 km; nothing wanted is nothing read."""
    file, calls = elevation_file(slope(tmp_path / "slope.tif")), []
    wanted = np.zeros(load_fields().country.shape, dtype=bool)
    assert np.isnan(read_heights(file, load_fields(), wanted)).all()
    x, y = project(50.0, 24.0)
    wanted[int((y - load_fields().y0) // 2_500), int((x - load_fields().x0) // 2_500)] = True
    heights = read_heights(file, load_fields(), wanted, lambda done, of: calls.append((done, of)))
    assert calls == [(0, 1), (1, 1)]
    assert np.isfinite(heights).sum() == 80 * 80


def test_a_coarse_raster_is_interpolated(tmp_path):
    """By hand: cells of a quarter degree (18 km) of the same slope; between their middles the slope goes on."""
    lon = 20 + (np.arange(40) + 0.5) / 4
    file = elevation_file(write(tmp_path / "coarse.tif", np.tile(SLOPE_M * (lon - 20), (24, 1)), 20.0, 53.0, 0.25))
    heights = read_heights(file, load_fields(), around(50.0, 24.0))
    off = np.abs(heights - true_slope(heights))
    assert np.isfinite(off).sum() >= 4 * 60 * 60
    assert np.nanmax(off) < 2.0


def test_a_fine_raster_is_averaged_not_sampled(tmp_path):
    """By hand: columns of 0 and 100 m in turn, 100 m wide, are 50 m everywhere."""
    columns = np.tile(np.where(np.arange(2_000) % 2 == 0, 0.0, 100.0), (1_500, 1))
    file = elevation_file(write(tmp_path / "comb.tif", columns, 23.0, 50.5, 1 / 700))
    heights = read_heights(file, load_fields(), around(49.8, 24.0, 8))
    values = heights[np.isfinite(heights)]
    assert len(values) > 200
    assert np.abs(np.median(values) - 50.0) < 3.0
    assert values.std() < 6.0


def test_what_the_raster_lacks_is_no_height(tmp_path):
    """By hand: nodata in the north half, nothing beyond the edge."""
    heights = np.full((400, 400), 300.0)
    heights[:200] = -32_768.0
    found = read_heights(elevation_file(write(tmp_path / "half.tif", heights, 23.0, 51.0, 1 / 200)), load_fields(), around(50.0, 24.0, 60))
    fields = load_fields()

    def at(lat: float, lon: float) -> float:
        x, y = project(lat, lon)
        return float(found[int((y - fields.y0) // 1_250), int((x - fields.x0) // 1_250)])

    assert at(49.5, 24.0) == 300.0
    assert np.isnan(at(50.5, 24.0))
    assert np.isnan(at(49.5, 22.8))


def test_a_file_is_known_by_its_content(tmp_path):
    """Law: the same bytes elsewhere have the same hash; one byte more has not."""
    a = slope(tmp_path / "a.tif")
    b = tmp_path / "b.tif"
    b.write_bytes(a.read_bytes())
    assert (elevation_file(a).sha256, elevation_file(a).name) == (elevation_file(b).sha256, "a.tif")
    b.write_bytes(a.read_bytes() + b"\0")
    assert elevation_file(a).sha256 != elevation_file(b).sha256


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_what_is_no_elevation_raster_is_refused_with_the_reason(tmp_path):
    """By hand: no file, a text, a picture without a place, and heights that cannot be metres."""
    text = tmp_path / "text.tif"
    text.write_text("heights", encoding="utf-8")
    bare: dict[str, Any] = {"driver": "GTiff", "height": 4, "width": 4, "count": 1, "dtype": "float32"}
    with rasterio.open(tmp_path / "bare.tif", "w", **bare) as file:
        file.write(np.zeros((1, 4, 4), dtype="float32"))
    for name, says in (("none.tif", "no file"), ("text.tif", "is no raster"), ("bare.tif", "does not say where it lies")):
        with pytest.raises(InputError, match=says):
            elevation_file(tmp_path / name)
    wild = elevation_file(write(tmp_path / "wild.tif", np.full((400, 400), 32_767.0), 23.0, 51.0, 1 / 200, nodata=None))
    with pytest.raises(InputError, match="cannot be metres above the sea"):
        read_heights(wild, load_fields(), around(50.0, 24.0))
