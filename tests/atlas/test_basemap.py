"""The base map: everything that is drawn is there, on land, near the exact line, small, and attributed."""

from importlib.resources import files

import numpy as np
import shapely

from zaslin.atlas.basemap import ATTRIBUTION, country_outlines, region_outlines
from zaslin.atlas.borders import COUNTRIES, country_geometry
from zaslin.atlas.regions import REGIONS


def test_all_countries_and_units_are_drawn():
    """One valid, non-empty shape each."""
    assert tuple(country_outlines()) == COUNTRIES and tuple(region_outlines()) == REGIONS
    for shape in [*country_outlines().values(), *region_outlines().values()]:
        assert shape.is_valid and not shape.is_empty


def test_land_is_drawn_without_the_sea_and_crimea_is_ukraine():
    """Simferopol and Snake Island are on Ukraine's land, 46.0 N 31.0 E is sea."""
    ukraine = country_outlines()["UA"]
    assert ukraine.contains(shapely.Point(34.10, 44.95)) and ukraine.contains(shapely.Point(30.2042, 45.2553))
    assert not ukraine.contains(shapely.Point(31.0, 46.0))


def test_drawn_borders_keep_within_two_kilometres():
    """Land borders of Slovakia, Hungary and Moldova (no coast): the thinned line against the exact one, every 2 km."""
    for code in ("SK", "HU", "MD"):
        drawn = shapely.transform(country_outlines()[code].boundary, lambda a: a * [0.66, 1.0])
        exact = shapely.transform(country_geometry(code).boundary, lambda a: a * [0.66, 1.0])
        points = shapely.line_interpolate_point(drawn, np.arange(0.0, drawn.length, 0.02))
        assert shapely.distance(points, exact).max() * 111.2 < 2.0


def test_the_data_stay_small_and_carry_their_attribution():
    """At most 1 MB for the base map, 4 MB for the rasters, 300 kB for the places; maps must name OpenStreetMap."""
    data = files("zaslin.atlas") / "data"

    def size(*names: str) -> int:
        return sum(len((data / name).read_bytes()) for name in names)

    assert size("basemap.geojson.gz") < 1_000_000
    assert size("fields.npz", "land.npz", "population.npz") < 4_000_000
    assert size("cities.parquet") < 300_000
    assert "© OpenStreetMap contributors" in ATTRIBUTION
    notices = (data / "LICENCES.md").read_text(encoding="utf-8")
    for path in sorted(p.name for p in data.iterdir()):
        assert path in notices, path
