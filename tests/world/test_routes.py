"""Plans: margins that are kept, aims that follow their shares, and what a drawn path must look like."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
from small_worlds import BIG, fixed, group, night_of, routes_with

from zaslin.atlas.borders import COUNTRIES, NEIGHBOURS
from zaslin.atlas.crossing import border_distance_m, inside
from zaslin.atlas.regions import REGIONS, macro_of
from zaslin.errors import InputError
from zaslin.plane import distance_m, project
from zaslin.scenario.catalogue import launch_areas
from zaslin.scenario.night import Group
from zaslin.scenario.shipped import night, night_ids
from zaslin.scenario.threat import CLASSES
from zaslin.world import night_arrays as na
from zaslin.world.aims import aims, regions_of
from zaslin.world.paths import draw_paths
from zaslin.world.routes import KEPT, RELAXED, triangular
from zaslin.world.tagging import route_orders

KEEPING = {name: fixed(1.0, "probability") for name in ("PL", "RO", "SK", "HU", "MD", "LT", "LV", "EE")}
EXACT = {
    "bank": fixed(89.9, "deg"), "drift": fixed(0.0, "km"), "drone_drift": fixed(0.0, "km"), "gross_failure": fixed(0.0, "probability"),
    "fly_over": fixed(0.0, "share"), "margin": fixed(10.0, "km"),
}  # fmt: skip
WEST = ("Lviv oblast", "Volyn oblast", "Chernivtsi oblast", "Zakarpattia oblast")


def test_class_indices_are_the_catalogues():
    """The world's constants against the scenario's list."""
    names = {"drone": na.DRONE, "cruise": na.CRUISE, "supersonic": na.SUPERSONIC, "aeroballistic": na.AEROBALLISTIC, "ballistic": na.BALLISTIC}
    assert {name: CLASSES.index(name) for name in names} == names
    assert CLASSES.index("unknown") == na.UNKNOWN


@pytest.mark.parametrize(("u", "answer"), [(0.0, 0.0), (0.25, 1.0), (1.0, 4.0), (0.5, 4.0 - np.sqrt(6.0))])
def test_triangular_quantiles(u, answer):
    """By hand on (0, 1, 4): a quarter of the mass lies below the mode."""
    assert triangular(0.0, 1.0, 4.0, u) == pytest.approx(answer)


def test_a_plan_that_keeps_its_margin_stays_out_by_the_margin(compiled, ground):
    """Exact distances along 100 paths to the west, flown without drift, failure or overshoot (turns of some ten metres): at least 10 km, less the
    raster's cell, except on the way to a target that is itself nearer."""
    routes = routes_with(keeps_margin=KEEPING, approach_from_beyond=fixed(0.5, "share"), **EXACT)
    inputs = compiled(night_of(group("kh101", "Kh-101/Kh-555", 10, targets=WEST)), routes=routes)
    verts, paths = draw_paths(inputs.night, ground, 1, route_orders(inputs, 0, 0, 0, 0, 100))
    kept = paths[paths["met"] != RELAXED]
    assert len(kept) > 95
    slack = ground.fields.cell_m
    for path in kept:
        own = verts[path["vert_from"] : path["vert_to"]]
        for country in (1, 2, 3, 4, 5):
            least = 10e3
            least = min(least, 0.8 * border_distance_m(ground.borders, country, own["x"][-1], own["y"][-1]))
            for i in np.flatnonzero(np.hypot(np.diff(own["x"]), np.diff(own["y"])) > 1e3):
                for f in (0.0, 0.3, 0.7):
                    x, y = own["x"][i] + f * (own["x"][i + 1] - own["x"][i]), own["y"][i] + f * (own["y"][i + 1] - own["y"][i])
                    assert not inside(ground.borders, country, x, y)
                    assert border_distance_m(ground.borders, country, x, y) >= least - slack


def test_few_plans_need_the_fallback_and_hardly_any_gives_its_margin_up(compiled, ground):
    """The share of fallbacks is told in docs/model/raid.md: under 15 % to the west when every country's margin is kept."""
    inputs = compiled(night_of(group("kh101", "Kh-101/Kh-555", 10)), routes=routes_with(keeps_margin=KEEPING))
    _, paths = draw_paths(inputs.night, ground, 1, route_orders(inputs, 0, 0, 0, 0, 2_000))
    assert (paths["met"] == KEPT).mean() > 0.85
    assert (paths["met"] == RELAXED).mean() < 0.02


def test_a_threat_asks_each_country_by_its_own_coin(compiled, ground):
    """c = 0.7 for Poland, 0.2 for Moldova: shares of the threats that keep the margin, to four standard errors."""
    keeps = KEEPING | {"PL": fixed(0.7, "probability"), "MD": fixed(0.2, "probability")}
    inputs = compiled(night_of(group("kh101", "Kh-101/Kh-555", 10)), routes=routes_with(keeps_margin=keeps))
    _, paths = draw_paths(inputs.night, ground, 1, route_orders(inputs, 0, 0, 0, 0, 4_000))
    asked = paths["asked"].astype(int)
    assert (asked >> COUNTRIES.index("PL") & 1).mean() == pytest.approx(0.7, abs=0.03)
    assert (asked >> COUNTRIES.index("MD") & 1).mean() == pytest.approx(0.2, abs=0.03)
    assert (asked >> COUNTRIES.index("UA") & 1).sum() == 0


def test_the_share_to_the_west_is_what_was_asked():
    """By construction: of the aims' weight for "Ukraine" a share of 0.3 lies in the west, and none in occupied units."""
    rows = aims(("Ukraine",), 0.3, None)
    weight = np.diff(rows["cum"], prepend=0.0) / rows["cum"][-1]
    macro = np.array([macro_of(REGIONS[r]) for r in rows["region"]])
    assert weight[macro == "west"].sum() == pytest.approx(0.3)
    assert not set(rows["region"]) & {REGIONS.index(name) for name in ("Crimea", "Sevastopol", "Donetsk oblast", "Luhansk oblast")}


def test_the_share_to_the_danube_is_what_was_asked():
    """By construction: 0.4 of the weight of Odesa oblast lies in Reni, Izmail and Kiliia; where it is not named, population decides."""
    rows = aims(("Odesa oblast", "Mykolaiv oblast"), None, 0.4)
    weight = np.diff(rows["cum"], prepend=0.0)
    odesa = rows["region"] == REGIONS.index("Odesa oblast")
    assert (rows["danube"] == 1).sum() == 3
    assert weight[rows["danube"] == 1].sum() / weight[odesa].sum() == pytest.approx(0.4)
    everywhere = aims(("Ukraine",), None, 0.4)
    assert np.diff(everywhere["cum"], prepend=0.0)[everywhere["danube"] == 1].sum() / everywhere["cum"][-1] < 0.01


def test_an_unknown_target_is_named_with_its_nearest():
    """The message helps: Lwiw is near to Lviv."""
    with pytest.raises(InputError, match="Lviv oblast"):
        regions_of(("Lwiv oblast",))


def test_drones_for_the_danube_come_over_the_sea(compiled, ground):
    """Their last but one turn lies off the coast, east of 29.5 E and out of Romania: no leg comes from the land side of Budjak."""
    item = group("shahed", "Shahed-136/131", 10, launch_areas=("Chauda, Crimea",), targets=("Odesa oblast",))
    inputs = compiled(night_of(item), routes=routes_with(share_danube=fixed(1.0, "share"), keeps_margin=KEEPING, **EXACT))
    verts, paths = draw_paths(inputs.night, ground, 1, route_orders(inputs, 0, 0, 0, 0, 300))
    assert (inputs.night.aims["danube"][paths["aim"]] == 1).all()
    for path in paths[paths["met"] == KEPT]:
        own = verts[path["vert_from"] : path["vert_to"]]
        assert distance_m(own["x"][0], own["y"][0], own["x"][-1], own["y"][-1]) > 300e3
        assert not any(inside(ground.borders, 2, x, y) for x, y in zip(own["x"], own["y"], strict=True))


def test_a_missile_is_not_sent_beyond_its_range(compiled, ground):
    """Kh-59: 200 to 300 km. Direct distance from launch to target at most 0.9 of the block's range (or the nearest town)."""
    inputs = compiled(night_of(group("kh59", "Kh-59", 10, launch_areas=("Belgorod oblast",))))
    verts, paths = draw_paths(inputs.night, ground, 1, route_orders(inputs, 0, 0, 0, 0, 500))
    far = [distance_m(*(verts[i][k] for i in (p["vert_from"], p["vert_to"] - 1) for k in ("x", "y"))) for p in paths]
    assert np.quantile(far, 0.95) <= 0.9 * inputs.night.models[0]["range_m"] + 10e3


def test_paths_are_well_formed(compiled, ground):
    """Times rise, speeds lie in the catalogue's range, flights that fly straight climb and come down, launches lie in the window."""
    inputs = compiled(BIG)
    for row, item in enumerate(BIG.groups):
        verts, paths = draw_paths(inputs.night, ground, 1, route_orders(inputs, row, 0, 0, 0, 200))
        _check_group(inputs, item, row, verts, paths)


def _check_group(inputs: na.NightInputs, item: Group, row: int, verts: np.ndarray, paths: np.ndarray) -> None:
    begin, end = inputs.night.groups[row]["start_s"], inputs.night.groups[row]["end_s"]
    for path in paths:
        own, model = verts[path["vert_from"] : path["vert_to"]], inputs.night.models[path["model"]]
        assert (np.diff(own["t"]) > 0.0).all()
        assert model["speed_low_mps"] <= path["speed_mps"] <= model["speed_high_mps"]
        assert begin <= own["t"][0] <= end
        if model["cls"] == na.DRONE:
            assert own["alt"][0] == 0.0
            assert 0.0 < own["alt"].max() <= model["alt_high_m"]
            assert own["alt"][-1] == (own["alt"].max() if path["failed"] else 0.0)
        elif model["cls"] in na.STEERED:
            assert (own["alt"] == own["alt"][0]).all()
            assert model["alt_low_m"] <= own["alt"][0] <= model["alt_high_m"]
        else:
            assert own["alt"][0] == own["alt"][-1] == 0.0
            assert 0.0 < own["alt"].max() <= model["alt_high_m"]


def test_drones_at_ukraine_fly_to_the_ports_in_their_share():
    """By hand: a share of 0.25 of the weight is the ports'; by population they have less than 0.02."""
    rows, plain = aims(("Ukraine",), None, None, 0.25), aims(("Ukraine",), None, None)
    weight = np.diff(rows["cum"], prepend=0.0)
    assert weight[rows["danube"] == 1].sum() / weight.sum() == pytest.approx(0.25)
    assert np.diff(plain["cum"], prepend=0.0)[plain["danube"] == 1].sum() / plain["cum"][-1] < 0.02


@pytest.mark.parametrize(("start", "share"), [("2023-07-16T20:00:00Z", 0.0), ("2023-07-17T20:00:00Z", 0.25)])
def test_the_ports_are_aimed_at_since_the_grain_agreement_ended(compiled, start, share):
    """By hand: the share holds from 17 July 2023 on; before it the ports have their population's."""
    item = group("shahed", "Shahed-136/131", 10).model_copy(update={"start_utc": datetime.fromisoformat(start), "end_utc": datetime.fromisoformat(start)})
    rows = compiled(night_of(item), routes=routes_with(share_ports=fixed(0.25, "share"))).night.aims
    assert np.diff(rows["cum"], prepend=0.0)[rows["danube"] == 1].sum() / rows["cum"][-1] == pytest.approx(share, abs=0.02)


@pytest.mark.parametrize("name", night_ids())
def test_no_path_of_a_shipped_night_begins_inside_a_neighbour(compiled, ground, name):
    """Law: nothing is launched from Poland, Romania, Moldova …, and what comes into them has flown there; 400 routes of each group, with launch areas
    as wide as the catalogue's ranges let them be (80 km and more)."""
    inputs = compiled(night(name))
    areas = inputs.night.areas.copy()
    areas["spread_m"] = np.maximum(areas["spread_m"], 80e3)
    areas.flags.writeable = False
    for index, group_id in enumerate(inputs.group_ids):
        verts, paths = draw_paths(inputs.night._replace(areas=areas), ground, 1, route_orders(inputs, index, 0, 0, 0, 400))
        start = verts[paths["vert_from"]]
        for country in (COUNTRIES.index(code) for code in (*NEIGHBOURS, "BG")):
            assert not any(inside(ground.borders, country, row["x"], row["y"]) for row in start), (group_id, COUNTRIES[country])


def test_a_launch_place_is_drawn_anew_only_where_it_lies_in_a_neighbour(compiled, ground):
    """Law: the same threat has the same place alone and among others; few of the north-western Black Sea's places are
    drawn anew, so that their middle stays within some kilometres of the area's point."""
    sea = "north-western Black Sea"
    alone = compiled(night_of(group("kh59", "Kh-59", 5, launch_areas=(sea,))))
    both = compiled(night_of(group("kh101", "Kh-101/Kh-555", 3), group("kh59", "Kh-59", 5, launch_areas=(sea,))))
    places = []
    for inputs, index in ((alone, 0), (both, 1)):
        verts, paths = draw_paths(inputs.night, ground, 1, route_orders(inputs, index, 0, 0, 0, 1_000))
        places.append(verts[["x", "y"]][paths["vert_from"]])
    assert (places[0] == places[1]).all()
    area = launch_areas()[sea]
    x, y = project(area.lat, area.lon)
    assert abs(places[0]["x"].mean() - x) < 10e3 and abs(places[0]["y"].mean() - y) < 10e3
