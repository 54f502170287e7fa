"""The borders on places whose country is known, and their promises to those who draw or count."""

import csv
import gzip
import json
from importlib.resources import files

import numpy as np
import pytest
import shapely

from zaslin.atlas.borders import COUNTRIES, FRAME, N_INDEXED, NEIGHBOURS, country_geometry, country_index, country_of, load_borders
from zaslin.atlas.crossing import inside
from zaslin.errors import InputError
from zaslin.plane import project


def covering(lat: float, lon: float) -> list[str]:
    """Countries that the kernel finds around a point."""
    x, y = project(lat, lon)
    return [COUNTRIES[k] for k in range(N_INDEXED) if inside(load_borders(), k, float(x), float(y))]


def test_no_place_near_the_border_lies_in_the_wrong_country(shared):
    """610 GeoNames places within 15 km of Ukraine's border whose country is known (data/borders/truth_dev.csv)."""
    with (shared / "data" / "borders" / "truth_dev.csv").open(encoding="utf-8") as file:
        places = list(csv.DictReader(file))
    assert len(places) > 600
    wrong = [p["name"] for p in places if covering(float(p["lat"]), float(p["lon"])) != [p["country"]]]
    assert wrong == []
    assert [p["name"] for p in places if country_of(float(p["lat"]), float(p["lon"])) != p["country"]] == []


def test_the_hard_points_lie_in_their_countries(shared):
    """Danube banks, Transnistria, Crimea, Snake Island and others (data/borders/hard_points.csv, gate = 1)."""
    with (shared / "data" / "borders" / "hard_points.csv").open(encoding="utf-8") as file:
        points = [p for p in csv.DictReader(file) if p["gate"] == "1"]
    assert len(points) == 38
    assert [p["name"] for p in points if covering(float(p["lat"]), float(p["lon"])) != [p["country"]]] == []


@pytest.mark.parametrize(
    ("place", "lat", "lon", "country"),
    [
        ("Simferopol", 44.952, 34.102, "UA"), ("Sevastopol", 44.60, 33.53, "UA"), ("Kerch", 45.357, 36.468, "UA"), ("Donetsk", 48.0, 37.8, "UA"),
        ("Snake Island", 45.2553, 30.2042, "UA"), ("Reni", 45.4542, 28.2773, "UA"), ("Plauru", 45.33, 28.80, "RO"), ("Tiraspol", 46.84, 29.63, "MD"),
        ("Przewodów", 50.472, 23.934, "PL"), ("Kaliningrad", 54.71, 20.51, "RU"), ("Belgorod", 50.60, 36.59, "RU"), ("Tallinn", 59.437, 24.754, "EE"),
    ],
)  # fmt: skip
def test_places_that_maps_often_get_wrong(place, lat, lon, country):
    """International recognition (Crimea, Transnistria) and the banks of the Danube; coordinates from GeoNames, rounded."""
    assert covering(lat, lon) == [country], place
    assert country_of(lat, lon) == country, place


def test_airspace_reaches_12_miles_out_to_sea():
    """By hand: Odesa's shore at 30.75 E; 15 km out is Ukraine's, 60 km out is nobody's (12 nautical miles = 22.2 km)."""
    assert covering(46.40, 30.95) == ["UA"]
    assert covering(45.55, 31.40) == []
    assert country_of(45.55, 31.40) is None


def test_a_country_has_no_inner_border_left():
    """Ukraine is one piece (its islands lie in its territorial sea): zones of one country are dissolved, and holes would be inner lines."""
    ukraine = country_geometry("UA")
    assert len(shapely.get_parts(ukraine)) == 1
    holes = [hole for part in shapely.get_parts(country_geometry("RU")) for hole in part.interiors]
    assert holes == []
    assert len(shapely.get_parts(ukraine)[0].interiors) == 0


def test_neighbours_share_one_line():
    """Countries were simplified together: their polygons overlap nowhere by more than slivers (1e-6 of a square degree, about 0.01 km²)."""
    for a, b in (("UA", "PL"), ("UA", "RO"), ("UA", "MD"), ("UA", "RU"), ("UA", "HU"), ("UA", "SK"), ("PL", "BY"), ("RO", "MD")):
        common = shapely.intersection(country_geometry(a), country_geometry(b))
        assert common.area < 1e-6
        assert common.length > 0.5, "they touch along a line"


def test_the_index_holds_the_polygons_to_the_last_edge():
    """The pieces of a country's lines add up to its rings: same total length in the plane, and every ring closes."""
    index = load_borders()
    for k in range(N_INDEXED):
        one = slice(index.start[k * index.nx * index.ny], index.start[(k + 1) * index.nx * index.ny])
        dx, dy = index.bx[one] - index.ax[one], index.by[one] - index.ay[one]
        assert abs(dx.sum()) < 1e-3 and abs(dy.sum()) < 1e-3
        rings = shapely.get_rings(shapely.get_parts(country_geometry(COUNTRIES[k])))
        flat = shapely.transform(rings, lambda a: np.column_stack(project(a[:, 1], a[:, 0])))
        assert np.hypot(dx, dy).sum() == pytest.approx(sum(shapely.length(flat)), rel=1e-9)
        assert np.hypot(dx, dy).max() < 4_001.0


def test_only_russia_is_cut_by_the_frame():
    """FRAME is chosen so; pieces on it are flagged and count neither as border nor as coast."""
    index = load_borders()
    for k in range(N_INDEXED):
        one = slice(index.start[k * index.nx * index.ny], index.start[(k + 1) * index.nx * index.ny])
        assert bool(index.frame[one].any()) == (COUNTRIES[k] == "RU")
    assert FRAME == (10.0, 41.0, 50.0, 60.0)


def test_nobody_can_change_the_ground():
    """The index is shared by threads: its arrays refuse writes."""
    with pytest.raises(ValueError, match="read-only"):
        load_borders().ax[0] = 0.0
    assert load_borders() is load_borders()


def test_the_order_of_countries_is_part_of_the_results():
    """Record: compiled worlds and rows hold these positions."""
    assert COUNTRIES[:N_INDEXED] == ("UA", "PL", "RO", "SK", "HU", "MD", "LT", "LV", "EE", "BY", "RU", "BG")
    assert set(NEIGHBOURS) == {"PL", "RO", "SK", "HU", "MD", "LT", "LV", "EE"}
    raw = json.loads(gzip.decompress((files("zaslin.atlas") / "data" / "borders.geojson.gz").read_bytes()))
    assert tuple(f["properties"]["iso2"] for f in raw["features"]) == COUNTRIES
    assert raw["attribution"] == "© OpenStreetMap contributors"


def test_an_unknown_country_names_the_choices():
    """STYLE: errors say where, what came and what would be right."""
    assert country_index("pl") == 1
    with pytest.raises(InputError, match='no country "UK"'):
        country_geometry("UK")
