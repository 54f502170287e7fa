"""Outlines to draw: land of countries and of Ukraine's units, thinned to about 500 m. For maps only, never for counting.

Borders are OpenStreetMap's, coasts Natural Earth's (`data/basemap.geojson.gz`, ODbL 1.0): a map that shows them says
`ATTRIBUTION`.
"""

from __future__ import annotations

import gzip
import json
from functools import cache
from importlib.resources import files

import shapely

ATTRIBUTION = "© OpenStreetMap contributors; coasts: Natural Earth; places: GeoNames"


def country_outlines() -> dict[str, shapely.Geometry]:
    """Land of each country of `borders.COUNTRIES` within 10–50 E, 41–60 N, degrees (longitude, latitude)."""
    return dict(_layers()["country"])


def region_outlines() -> dict[str, shapely.Geometry]:
    """Land of each of Ukraine's units, by the names of `regions.REGIONS`, degrees (longitude, latitude)."""
    return dict(_layers()["region"])


@cache
def _layers() -> dict[str, dict[str, shapely.Geometry]]:
    raw = gzip.decompress((files("zaslin.atlas") / "data" / "basemap.geojson.gz").read_bytes())
    shapes = shapely.get_parts(shapely.from_geojson(raw))
    layers: dict[str, dict[str, shapely.Geometry]] = {"country": {}, "region": {}}
    for feature, shape in zip(json.loads(raw)["features"], shapes, strict=True):
        layers[feature["properties"]["kind"]][feature["properties"]["name"]] = shape
    return layers
