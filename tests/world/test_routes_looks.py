"""Shortcuts of the search for plans: what they say is what the long way says."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_worlds import fixed, group, night_of, routes_with

from zaslin.atlas.ground import load_ground
from zaslin.plane import distance_m
from zaslin.world.compile_night import _near
from zaslin.world.paths import draw_paths
from zaslin.world.routes import FELL_BACK, _shortest_by_refuges, leg_clear, surely_clear, way_clear
from zaslin.world.stays import meets_border
from zaslin.world.tagging import route_orders

GROUND = load_ground()
PLACE = st.tuples(st.floats(-1.2e6, 1.2e6), st.floats(-8e5, 8e5))
KEEPING = {name: fixed(1.0, "probability") for name in ("PL", "RO", "SK", "HU", "MD", "LT", "LV", "EE")}


@given(PLACE, PLACE, st.floats(0.0, 80e3), st.integers(-1, 8))
@settings(max_examples=400)
def test_a_leg_that_is_surely_clear_is_clear(a, b, limit_m, country):
    """Law: by single cells it is certain only where the march along the field agrees. (Off the raster it is never certain.)"""
    fields = GROUND.fields
    raster = _near(GROUND) if country < 0 else fields.distance[country]
    if surely_clear(raster, fields, *a, *b, limit_m):
        assert leg_clear(raster, fields, *a, *b, limit_m)


def test_most_legs_of_the_search_are_surely_clear():
    """The shortcut is one: of legs between places in the middle of Ukraine, those that are clear are nearly all surely so."""
    rng = np.random.default_rng(1)
    fields, near = GROUND.fields, _near(GROUND)
    legs = rng.uniform((-3e5, -2e5, -3e5, -2e5), (5e5, 2e5, 5e5, 2e5), (400, 4))
    clear = [leg_clear(near, fields, *leg, 15e3) for leg in legs]
    surely = [surely_clear(near, fields, *leg, 15e3) for leg in legs]
    assert sum(clear) > 100 and sum(surely) > 0.9 * sum(clear)


@given(st.lists(PLACE, min_size=3, max_size=8), st.integers(0, 8))
@settings(max_examples=300)
def test_a_look_that_holds_for_the_next_legs_misses_no_border(places, country):
    """Law: whatever is known from the legs before, a leg that passes the border's zero line (its ends on two sides) may meet it."""
    fields = GROUND.fields
    raster = fields.distance[country]

    def side(x: float, y: float) -> float:
        row, column = int((y - fields.y0) / fields.cell_m), int((x - fields.x0) / fields.cell_m)
        ny, nx = raster.shape
        return float(raster[row, column]) if 0 <= row < ny and 0 <= column < nx else np.nan

    off_m = 0.0
    for (xa, ya), (xb, yb) in pairwise(places):
        meets, off_m = meets_border(raster, fields, xa, ya, xb, yb, off_m)
        alone, _ = meets_border(raster, fields, xa, ya, xb, yb, 0.0)
        if side(xa, ya) * side(xb, yb) < 0.0 and min(abs(side(xa, ya)), abs(side(xb, yb))) > fields.cell_m:
            assert meets and alone


@pytest.mark.parametrize("margin_km", [10.0, 40.0])
def test_the_fallback_is_the_shortest_way_over_refuges_that_keeps_its_margins(compiled, margin_km):
    """Law, on the plans of 1,500 routes to the west that fell back and on made-up margins: by all pairs of refuges, each way asked whole."""
    routes = routes_with(keeps_margin=KEEPING, margin=fixed(margin_km, "km"))
    inputs = compiled(night_of(group("kh101", "Kh-101/Kh-555", 10, targets=("Lviv oblast", "Zakarpattia oblast"))), routes=routes)
    night = inputs.night
    verts, paths = draw_paths(night, GROUND, 1, route_orders(inputs, 0, 0, 0, 0, 1_500))
    back = paths[paths["met"] == FELL_BACK][:25]
    assert len(back) > 5
    m, found = len(night.refuges), 0
    margins = np.zeros((2, 12))
    margins[:, 1:9] = margin_km * 1e3
    margins[0] *= 0.2
    for path in back:
        first, last = verts[path["vert_from"]], verts[path["vert_to"] - 1]
        way = np.zeros((10, 2))
        way[0] = first["x"], first["y"]
        best, shortest = -1, np.inf
        for i, j in product(range(m), range(m)):
            whole = [way[0], night.refuges[i], *([night.refuges[j]] if i != j else []), (last["x"], last["y"])]
            length = sum(distance_m(*a, *b) for a, b in pairwise(whole))
            if length < shortest and way_clear(night, GROUND.fields, np.array(whole), len(whole), margins):
                best, shortest = i * m + j, length
        assert _shortest_by_refuges(night, GROUND.fields, last["x"], last["y"], way, margins) == best
        found += best >= 0
    assert found > 0
