"""A ground of one's own: polygons of an invented theatre in the atlas's shape, and the raster asked before the line."""

import numpy as np
import pytest
import shapely
from pytest import approx

from zaslin.atlas.crossing import border_distance_m, inside
from zaslin.atlas.fields import signed_distance_m
from zaslin.atlas.ground import load_ground, over
from zaslin.atlas.own import FAR_M, own_ground
from zaslin.errors import InputError
from zaslin.plane import project

WEST = shapely.Polygon([(22.0, 46.0), (27.0, 46.0), (27.0, 50.0), (24.0, 51.0), (22.0, 50.0)])
EAST = shapely.box(27.0, 45.0, 34.0, 52.0).difference(WEST)


@pytest.fixture(scope="module")
def ground():
    return own_ground({"PL": WEST, "UA": EAST})


def test_points_lie_where_the_polygons_are(ground):
    """By hand: 48 N 24 E in the west, 48 N 30 E in the east, 48 N 15 E nowhere."""
    for lat, lon, country in ((48.0, 24.0, 1), (48.0, 30.0, 0)):
        x, y = (float(part) for part in project(lat, lon))
        assert inside(ground.borders, country, x, y) and not inside(ground.borders, 1 - country, x, y)
        assert signed_distance_m(ground.fields, np.int64(country), x, y) < 0.0
    x, y = (float(part) for part in project(48.0, 15.0))
    assert not any(inside(ground.borders, country, x, y) for country in range(12))
    assert signed_distance_m(ground.fields, np.int64(5), x, y) >= FAR_M  # a country that the theatre does not have


def test_distances_are_to_the_edge(ground):
    """By hand: on the parallel of 48 degrees the east's edge at 27 E is 74.3 km from 28 E (a degree is 111.195 km times cos 48 degrees)."""
    x, y = (float(part) for part in project(48.0, 28.0))
    assert signed_distance_m(ground.fields, np.int64(1), x, y) == approx(74_400.0, abs=400.0)
    assert signed_distance_m(ground.fields, np.int64(1), x, y) == approx(border_distance_m(ground.borders, 1, x, y), abs=2_000.0)


def test_what_is_no_polygon_of_a_known_country_is_refused():
    with pytest.raises(InputError, match='no country "XX"; there are'):
        own_ground({"XX": WEST})
    with pytest.raises(InputError, match="cross"):
        own_ground({"PL": shapely.Polygon([(20.0, 45.0), (25.0, 50.0), (25.0, 45.0), (20.0, 50.0)])})


@pytest.mark.parametrize("real", [False, True])
def test_the_raster_is_asked_before_the_line_and_never_says_otherwise(ground, real):
    """Law: `over` is `inside`, at 20,000 places, half of them within 8 km of a border."""
    where = load_ground() if real else ground
    rng = np.random.default_rng(3)
    borders = where.borders
    for country in (0, 1):
        west, south, east, north = borders.box[country]
        x, y = rng.uniform(west - 5e4, east + 5e4, 5_000), rng.uniform(south - 5e4, north + 5e4, 5_000)
        near = rng.integers(len(borders.ax), size=5_000)
        x, y = np.append(x, borders.ax[near] + rng.uniform(-8e3, 8e3, 5_000)), np.append(y, borders.ay[near] + rng.uniform(-8e3, 8e3, 5_000))
        answers = [(over(where, np.int64(country), a, b), inside(borders, np.int64(country), a, b)) for a, b in zip(x, y, strict=True)]
        assert all(one == other for one, other in answers)
        assert 500 < sum(one for one, _ in answers) < 9_500
