#!/usr/bin/env python3
"""Make atlas/data/borders.geojson.gz: one polygon per country (land and 12-mile territorial sea) from OpenStreetMap.

    pip install timezonefinder==9.0.0 timezonefinder-data==3.2026.3.post1 tzdata "shapely>=2.1" pyproj numpy
    python scripts/atlas/build_borders.py src/zaslin/atlas/data/borders.geojson.gz

The time-zone polygons of timezone-boundary-builder are drawn along OpenStreetMap's borders; a country is the union of
its zones. All countries are simplified together, so that neighbours keep one common line, and rounded to 1e-5 degree
(about 1 m). The result is a derivative database under ODbL 1.0, (c) OpenStreetMap contributors.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import shapely
from pyproj import Transformer
from timezonefinder import TimezoneFinder

FRAME = (10.0, 41.0, 50.0, 60.0)
"""West, south, east, north in degrees. Of the countries that the model counts (UA … BG) only Russia is cut by it."""
TOLERANCE_M = 50.0
PROJECTION = "+proj=laea +lat_0=49 +lon_0=31 +datum=WGS84"
OWN_CHOICE = {"Europe/Kyiv": "UA", "Europe/Simferopol": "UA", "Europe/Chisinau": "MD", "Europe/Mariehamn": "FI"}
"""Zones whose country is not left to the zone table: Crimea is Ukraine, Transnistria is Moldova, Åland is Finland."""
NOT_DRAWN = ("SM", "VA")
KEEPS = [("GE", "RU"), ("UA", "RU"), ("MD", "UA"), ("HR", "RS"), ("SI", "HR")]
"""Where zones overlap (disputed or occupied land, the Danube's pockets) the first keeps and the second gives way."""
FIRST = ("UA", "PL", "RO", "SK", "HU", "MD", "LT", "LV", "EE", "BY", "RU", "BG")
DROP_BELOW_KM2 = 1.0
"""An overlap left between two countries that the table above does not name may be a sliver of at most this size."""


def only_polygons(geometry: shapely.Geometry) -> shapely.Geometry:
    """The polygonal part of a geometry, made valid."""
    valid = shapely.make_valid(geometry)
    if valid.geom_type == "GeometryCollection":
        valid = shapely.union_all([part for part in valid.geoms if part.geom_type.endswith("Polygon")])
    return valid


def zone_countries() -> dict[str, str]:
    """Country code of every zone, by the time-zone database's own table and the choices above."""
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {row[2]: row[0] for row in rows} | OWN_CHOICE


def read_countries() -> dict[str, shapely.Geometry]:
    """Unsimplified country polygons in degrees, cut to the frame, without overlaps that matter."""
    west, south, east, north = FRAME
    country_of = zone_countries()
    finder = TimezoneFinder()
    pieces: dict[str, list[shapely.Geometry]] = {}
    for name in finder.timezone_names:
        if not name.startswith(("Europe/", "Asia/")):
            continue
        for outer, *holes in finder.get_geometry(tz_name=name, coords_as_pairs=True):
            ring = np.asarray(outer)
            if ring[:, 0].max() < west or ring[:, 0].min() > east or ring[:, 1].max() < south or ring[:, 1].min() > north:
                continue
            whole = only_polygons(shapely.Polygon(ring, holes))
            pieces.setdefault(country_of[name], []).append(shapely.clip_by_rect(whole, *FRAME))
    countries = {c: only_polygons(shapely.union_all(parts)) for c, parts in sorted(pieces.items()) if c not in NOT_DRAWN}
    for keeps, gives in KEEPS:
        if keeps in countries and gives in countries:
            countries[gives] = only_polygons(shapely.difference(countries[gives], countries[keeps]))
    for a, b in itertools.combinations(countries, 2):
        overlap = shapely.intersection(countries[a], countries[b]).area * 111.2 * 111.2 * 0.66
        if overlap > DROP_BELOW_KM2:
            raise SystemExit(f"{a} and {b} overlap by about {overlap:.1f} km²: say in KEEPS who keeps it")
    # Long straight edges (the frame, lines at sea) get vertices of their own, so that they stay where they are in any projection.
    return {code: shapely.segmentize(g, 0.1) for code, g in countries.items() if not g.is_empty}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    there = Transformer.from_crs(4326, PROJECTION, always_xy=True).transform
    back = Transformer.from_crs(PROJECTION, 4326, always_xy=True).transform
    degrees = read_countries()
    codes = [*FIRST, *(code for code in degrees if code not in FIRST)]
    metres = [only_polygons(shapely.transform(degrees[c], lambda a: np.column_stack(there(a[:, 0], a[:, 1])))) for c in codes]
    simple = shapely.coverage_simplify(np.array(metres, dtype=object), TOLERANCE_M)
    rounded = [only_polygons(shapely.transform(g, lambda a: np.round(np.column_stack(back(a[:, 0], a[:, 1])), 5))) for g in simple]
    features = [
        {"type": "Feature", "properties": {"iso2": code}, "geometry": json.loads(shapely.to_geojson(g))}
        for code, g in zip(codes, rounded, strict=True)
    ]
    collection = {
        "type": "FeatureCollection",
        "attribution": "© OpenStreetMap contributors",
        "licence": "Open Database License (ODbL) 1.0, https://opendatacommons.org/licenses/odbl/1-0/",
        "frame": list(FRAME),
        "features": features,
    }
    text = json.dumps(collection, separators=(",", ":"), ensure_ascii=False)
    options.out.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    ukraine = simple[0].boundary
    shapely.prepare(ukraine)
    moved = shapely.distance(shapely.points(shapely.get_coordinates(metres[0].boundary)[::5]), ukraine)
    print(f"{len(codes)} countries {' '.join(codes)}; {sum(shapely.get_num_coordinates(g) for g in rounded)} vertices, "
          f"Ukraine {shapely.get_num_coordinates(rounded[0])}; {options.out.stat().st_size / 1024:.0f} KiB; Ukraine's line moved "
          f"mean {moved.mean():.0f} m, p95 {np.percentile(moved, 95):.0f} m, max {moved.max():.0f} m")


if __name__ == "__main__":
    main()
