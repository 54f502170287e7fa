#!/usr/bin/env python3
"""Make the raster that says how much farther than its airspace a country's land is: 0 at a land border, 12 nautical miles and more at a coast.

    pip install zaslin itself, scipy
    python scripts/atlas/build_land.py src/zaslin/atlas/data

land.npz        derived from basemap.geojson.gz and borders.geojson.gz, so ODbL 1.0, (c) OpenStreetMap contributors

Only members that have a coast are asked for; all others have no surplus. Coarse, because it is smooth: on either side of a coast it is the breadth of the
territorial sea. Used for the notional row of ground radars alone.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import shapely
from scipy.spatial import cKDTree

from zaslin.atlas.basemap import country_outlines
from zaslin.atlas.borders import COUNTRIES, load_borders
from zaslin.atlas.crossing import border_distance_m, inside
from zaslin.atlas.fields import COAST_CELLS, STEP_M, bilinear, load_fields
from zaslin.plane import project, unproject
from zaslin.units import EARTH_RADIUS_M

COASTAL = ("PL", "RO", "LT", "LV", "EE", "BG")
SAMPLE_DEG = 0.001
NOISE_M = 1_500.0
"""The outlines are thinned to 500 m and the borders to 50 m: less than this is a land border."""


def sphere(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Unit vectors (n, 3) of plane points."""
    v = np.column_stack([x / EARTH_RADIUS_M, y / EARTH_RADIUS_M, np.ones(len(x))])
    return v / np.linalg.norm(v, axis=1)[:, None]


def land_m(code: str, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Signed distance, m, of plane points to a country's land, by points sampled every 100 m or so along its outline."""
    land = country_outlines()[code]
    points = shapely.get_coordinates(shapely.segmentize(shapely.boundary(land), SAMPLE_DEG))
    chord, _ = cKDTree(sphere(*project(points[:, 1], points[:, 0]))).query(sphere(x, y))
    out = 2.0 * EARTH_RADIUS_M * np.arcsin(np.minimum(0.5 * chord, 1.0))
    lat, lon = unproject(x, y)
    shapely.prepare(land)
    return np.where(shapely.intersects_xy(land, lon, lat), -out, out)


def surplus_m(code: str, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """How much farther a country's land is than its airspace, m, at plane points; 0 where the nearest border is a land border."""
    index, k = load_borders(), COUNTRIES.index(code)
    air = np.array([(-1.0 if inside(index, k, a, b) else 1.0) * border_distance_m(index, k, a, b) for a, b in zip(x, y, strict=True)])
    more = land_m(code, x, y) - air
    return np.where(more < NOISE_M, 0.0, more)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    fields = load_fields()
    ny, nx = (n // COAST_CELLS for n in fields.country.shape)
    cell = COAST_CELLS * fields.cell_m
    x, y = (a.ravel() for a in np.meshgrid(fields.x0 + (np.arange(nx) + 0.5) * cell, fields.y0 + (np.arange(ny) + 0.5) * cell))
    steps = np.array([np.round(surplus_m(code, x, y).reshape(ny, nx) / STEP_M) for code in COASTAL]).astype(np.uint16)
    np.savez_compressed(options.folder / "land.npz", countries=np.array(COASTAL), surplus=steps)
    print(f"land.npz: {(options.folder / 'land.npz').stat().st_size / 1e6:.2f} MB; most {steps.max() * STEP_M:.0f} m")
    rng = np.random.default_rng(1)
    for code in COASTAL:
        k = COUNTRIES.index(code)
        near = np.abs(fields.distance[k]) < 150_000.0
        iy, ix = (a[rng.integers(0, near.sum(), 1_000)] for a in np.nonzero(near))
        px, py = fields.x0 + (ix + rng.random(1_000)) * fields.cell_m, fields.y0 + (iy + rng.random(1_000)) * fields.cell_m
        known = np.array([bilinear(steps[COASTAL.index(code)] * STEP_M, fields.x0, fields.y0, cell, a, b) for a, b in zip(px, py, strict=True)])
        off = np.abs(known - surplus_m(code, px, py))
        print(f"{code}: within 150 km off by {off.mean():.0f} m on the mean, 95 % within {np.quantile(off, 0.95):.0f} m, at most {off.max():.0f} m")


if __name__ == "__main__":
    main()
