"""The rasters against the exact border, against shapely, and against the totals they were scaled to."""

import csv
from importlib.resources import files

import numpy as np
import pytest
import shapely

from zaslin.atlas.borders import COUNTRIES, N_INDEXED, country_geometry
from zaslin.atlas.crossing import border_distance_m, inside
from zaslin.atlas.fields import bilinear, cell_areas_km2, cell_of, land_distance_m, nearest_in, signed_distance_m
from zaslin.atlas.ground import load_ground
from zaslin.atlas.regions import MACRO, REGIONS, macro_of, region_index
from zaslin.plane import distance_m, project, unproject
from zaslin.units import EARTH_RADIUS_M


def exact_m(country: int, x: float, y: float) -> float:
    borders = load_ground().borders
    d = border_distance_m(borders, country, x, y)
    return -d if inside(borders, country, x, y) else d


def some_points(n: int, seed: int) -> np.ndarray:
    """Plane points spread over the grid, at least half a cell from its edge."""
    f = load_ground().fields
    ny, nx = f.country.shape
    u = np.random.default_rng(seed).uniform(size=(n, 2))
    return np.column_stack([f.x0 + (0.5 + u[:, 0] * (nx - 1)) * f.cell_m, f.y0 + (0.5 + u[:, 1] * (ny - 1)) * f.cell_m])


@pytest.mark.parametrize("country", range(N_INDEXED))
def test_the_distance_field_keeps_its_stated_error(country):
    """docs/atlas.md: half a step of 100 m for rounding plus what lies between cells: mean 25 m, 99 % within 300 m, all within 1.3 km."""
    f = load_ground().fields
    error = np.array([signed_distance_m(f, country, x, y) - exact_m(country, x, y) for x, y in some_points(800, seed=country)])
    assert np.abs(error).mean() < 25.0
    assert np.quantile(np.abs(error), 0.99) < 300.0
    assert np.abs(error).max() < 1_300.0


def test_near_the_border_the_field_errs_by_less_than_a_cell():
    """Points within 10 km of Poland's line, where coarse questions matter most: 95 % within 400 m, all within 1.3 km."""
    f = load_ground().fields
    k = COUNTRIES.index("PL")
    points = np.argwhere(np.abs(f.distance[k]) < 10_000.0)
    rng = np.random.default_rng(5)
    chosen = points[rng.integers(0, len(points), 1_500)] + rng.uniform(size=(1_500, 2))
    error = np.array([signed_distance_m(f, k, x, y) - exact_m(k, x, y) for y, x in chosen * f.cell_m + [f.y0, f.x0]])
    assert np.quantile(np.abs(error), 0.95) < 400.0
    assert np.abs(error).max() < 1_300.0


def test_the_land_ends_at_the_coast_and_at_a_land_border_where_the_airspace_does():
    """By map: Constanța, Gdynia and Liepāja lie on the coast, some 27, 25 and 22 km inside their airspace; Vyšné Nemecké and Dorohusk lie on land borders."""
    f = load_ground().fields
    for code, lat, lon in (("RO", 44.17, 28.66), ("PL", 54.52, 18.56), ("LV", 56.51, 20.98)):
        x, y = (float(v) for v in project(lat, lon))
        assert abs(land_distance_m(f, COUNTRIES.index(code), x, y)) < 3_500.0
        assert signed_distance_m(f, COUNTRIES.index(code), x, y) < -18_000.0
    for code, lat, lon in (("SK", 48.66, 22.26), ("PL", 51.17, 23.81)):
        x, y = (float(v) for v in project(lat, lon))
        assert land_distance_m(f, COUNTRIES.index(code), x, y) == signed_distance_m(f, COUNTRIES.index(code), x, y)


def test_the_distance_field_agrees_with_shapely():
    """A projection about the point (azimuthal equidistant, Snyder ch. 25) and GEOS, which know neither the raster nor the kernels."""
    f = load_ground().fields
    shape = shapely.segmentize(country_geometry("RO"), 0.02)
    for x, y in some_points(25, seed=77):
        lat, lon = (float(v) for v in unproject(x, y))

        def flat(a: np.ndarray, lat: float = lat, lon: float = lon) -> np.ndarray:
            p, q, p0 = np.radians(a[:, 1]), np.radians(a[:, 0] - lon), np.radians(lat)
            h = np.sin((p - p0) / 2) ** 2 + np.cos(p0) * np.cos(p) * np.sin(q / 2) ** 2
            s = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(h))
            bearing = np.arctan2(np.sin(q) * np.cos(p), np.cos(p0) * np.sin(p) - np.sin(p0) * np.cos(p) * np.cos(q))
            return np.column_stack([s * np.sin(bearing), s * np.cos(bearing)])

        here = shapely.Point(0.0, 0.0)
        around = shapely.transform(shape, flat)
        expected = shapely.distance(around, here) or -shapely.distance(around.boundary, here)
        assert signed_distance_m(f, COUNTRIES.index("RO"), x, y) == pytest.approx(expected, rel=1e-3, abs=700.0)


def test_outside_the_grid_distances_go_on():
    """By hand: a point 300 km beyond the western edge is at most that much farther away than the edge, and at least the true distance."""
    f = load_ground().fields
    x, y = f.x0 - 300e3, 0.0
    at_edge = signed_distance_m(f, 0, f.x0 + 0.5 * f.cell_m, y)
    d = signed_distance_m(f, 0, x, y)
    assert at_edge + 250e3 < d < at_edge + 301e3
    assert d >= exact_m(0, x, y) - 100.0


def test_the_nearest_point_in_a_country_is_in_it_and_near():
    """It may lie 0.9 km outside at most, and is farther off than the true nearest point by less than 2 cells for 98 of 100 points."""
    f = load_ground().fields
    excess = []
    for country in (0, 1, 2, 5):
        for x, y in some_points(150, seed=200 + country):
            px, py = nearest_in(f, country, x, y)
            assert exact_m(country, px, py) < 900.0
            if (px, py) == (x, y):
                assert signed_distance_m(f, country, x, y) <= 0.0
            else:
                excess.append(distance_m(x, y, px, py) - exact_m(country, x, y))
    assert np.mean(np.array(excess) < 2 * f.cell_m) > 0.98
    assert min(excess) > -900.0


def test_from_outside_the_grid_the_nearest_point_is_found_too():
    """Incirlik lies south of the grid: the nearest point of Ukraine's airspace is Crimea's sea, about 800 km north."""
    f = load_ground().fields
    x, y = (float(v) for v in project(37.0, 35.4))
    px, py = nearest_in(f, 0, x, y)
    assert abs(exact_m(0, px, py)) < 900.0
    assert distance_m(x, y, px, py) == pytest.approx(exact_m(0, x, y), rel=0.1)


def test_bilinear_meets_a_plane_exactly_and_stops_at_the_edge():
    """By hand: a linear raster is met between its middles; beyond the outermost middles the edge's value goes on."""
    iy, ix = np.mgrid[0:4, 0:5]
    layer = 2.0 * ix + 10.0 * iy
    assert bilinear(layer, 100.0, 200.0, 50.0, 100.0 + 50.0 * 2.25, 200.0 + 50.0 * 1.75) == pytest.approx(2.0 * 1.75 + 10.0 * 1.25)
    assert bilinear(layer, 100.0, 200.0, 50.0, -1e9, -1e9) == 0.0
    assert bilinear(layer, 100.0, 200.0, 50.0, 1e9, 1e9) == 38.0


def test_cells_are_found_and_missed():
    """By hand: corners of the first and the last cell."""
    f = load_ground().fields
    ny, nx = f.country.shape
    assert cell_of(f, f.x0, f.y0) == (0, 0)
    assert cell_of(f, f.x0 + nx * f.cell_m - 1.0, f.y0 + ny * f.cell_m - 1.0) == (ny - 1, nx - 1)
    assert cell_of(f, f.x0 - 1.0, f.y0) == (-1, -1)
    assert cell_of(f, f.x0, f.y0 + ny * f.cell_m + 1.0) == (-1, -1)


def test_country_raster_agrees_with_the_exact_border():
    """The cell's middle, asked of the kernel: the same country in every cell tried."""
    ground = load_ground()
    f = ground.fields
    rng = np.random.default_rng(3)
    ny, nx = f.country.shape
    for iy, ix in zip(rng.integers(0, ny, 1_000), rng.integers(0, nx, 1_000), strict=True):
        x, y = f.x0 + (ix + 0.5) * f.cell_m, f.y0 + (iy + 0.5) * f.cell_m
        found = [k for k in range(N_INDEXED) if inside(ground.borders, k, x, y)]
        k = int(f.country[iy, ix])
        assert found == ([k] if 0 <= k < N_INDEXED else [])
        assert all((f.distance[k, iy, ix] <= 50.0) == (k in found) or abs(f.distance[k, iy, ix]) <= 50.0 for k in range(N_INDEXED))


def test_every_cell_of_ukraine_has_a_unit_and_a_macro_region():
    """Units fill Ukraine's airspace but for slivers of a metre."""
    f = load_ground().fields
    ukraine = f.country == 0
    assert ((f.region >= 0) != ukraine).sum() <= 2
    for name in REGIONS:
        cells = f.macro[f.region == region_index(name)]
        assert len(cells) > 50 and set(cells) == {MACRO.index(macro_of(name))}
    assert set(np.unique(f.macro[f.region < 0])) == {-1}


def test_people_add_up_to_the_nations_totals():
    """data/national_totals.csv; exact by construction but for half-precision storage (0.1 %)."""
    f = load_ground().fields
    area = cell_areas_km2(f.x0, f.y0, f.cell_m, f.country.shape)
    text = (files("zaslin.atlas") / "data" / "national_totals.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert [r["iso2"] for r in rows] == ["UA", "PL", "RO", "SK", "HU", "MD", "LT", "LV", "EE", "BY", "BG"]
    for row in rows:
        people = float((f.population * area)[f.country == COUNTRIES.index(row["iso2"])].sum())
        assert people == pytest.approx(float(row["persons"]), rel=1e-3)
        assert float(row["low"]) <= float(row["persons"]) <= float(row["high"])
        assert row["publisher"] and row["title"] and row["grade"] in ("A", "B", "C", "assumption")


def test_towns_are_dense_and_the_sea_is_empty():
    """Kyiv has 839 km² and about 3 million people; nobody lives on the Black Sea; the Carpathians are thin."""
    f = load_ground().fields

    def density(lat: float, lon: float) -> float:
        x, y = project(lat, lon)
        return float(bilinear(f.population, f.x0, f.y0, f.cell_m, float(x), float(y)))

    assert 2_500.0 < density(50.45, 30.52) < 8_000.0
    assert density(45.0, 31.0) == 0.0
    assert 1.0 < density(48.16, 24.50) < 60.0
    assert (f.population >= 0.0).all() and np.isfinite(f.population).all()


def test_a_cells_area_is_that_of_the_sphere():
    """By hand: cos³ of the angle from the centre; at the centre 6.25 km², and the areas of Hungary's cells add up to its 93,030 km² within 0.5 %."""
    f = load_ground().fields
    area = cell_areas_km2(f.x0, f.y0, f.cell_m, f.country.shape)
    iy, ix = cell_of(f, 0.0, 0.0)
    assert area[iy, ix] == pytest.approx(6.25, rel=1e-6)
    assert area[f.country == COUNTRIES.index("HU")].sum() == pytest.approx(93_030, rel=0.005)
