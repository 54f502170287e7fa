"""Ukraine's layer: the hazard against its closed form, the solved rate against the share that was asked, and what it may not do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_worlds import BIG, fixed, group, night_of, path

from zaslin.atlas.borders import N_INDEXED
from zaslin.atlas.fields import Fields
from zaslin.atlas.regions import REGIONS
from zaslin.plane import along, distance_m, project
from zaslin.scenario.defence import UkraineLayer
from zaslin.scenario.layer import ukraine_layer
from zaslin.world.arrays import STOP_KILLED, STOP_LOST, STOP_NONE
from zaslin.world.layer import draw_stops, exposure, mean_stop_share, night_effect, solve_rate
from zaslin.world.night_arrays import LAYER, PATH
from zaslin.world.raid import draw_raid

ONES = np.ones(len(REGIONS))
ONES.flags.writeable = False
EVEN = np.float64(1.0)


def plain_layer(destroyed: float, lost: float, sigma: float) -> UkraineLayer:
    """Every rate key with the same shares, without ranges; all macro-regions alike."""
    layer = ukraine_layer(BIG)
    stopped = destroyed + lost
    own = {"stopped": fixed(stopped, "share"), "kill_share": fixed(destroyed / stopped if stopped else 1.0, "share"), "night_sigma": fixed(sigma, "nats")}
    shares = {key: share.model_copy(update=own) for key, share in layer.shares.items()}
    weights = {macro: fixed(1.0, "factor") for macro in layer.region_weight}
    return layer.model_copy(update={"shares": shares, "region_weight": weights})


def test_exposure_counts_the_seconds_over_ukraine_by_weight(flat):
    """By hand on the flat ground: from 100 km west of Ukraine's border to 200 km east of it at 200 m/s: 1 000 s in the north at weight 2."""
    weight = ONES.copy()
    weight[10] = 2.0
    verts = path([(-200e3, 50e3), (100e3, 50e3)], 200.0)
    total, end = exposure(weight, EVEN, flat.fields, verts, np.inf, np.inf)
    assert total == pytest.approx(2.0 * 1_000.0, rel=0.01)
    assert end == verts["t"][-1]
    half, at = exposure(weight, EVEN, flat.fields, verts, np.inf, 0.5 * total)
    assert (half, at) == (0.5 * total, pytest.approx(1_000.0, abs=15.0))
    before, _ = exposure(weight, EVEN, flat.fields, verts, 750.0, np.inf)
    assert before == pytest.approx(500.0, rel=0.03)


def test_near_its_aim_the_hazard_is_greater(flat):
    """By hand on the flat ground: 1,000 s over Ukraine at weight 1, of which the last 75 km are flown in 375 s: five times as great there, 625 + 5 · 375 s.
    Half of that is reached where it has spent 625 s and then 5 s a second."""
    verts = path([(-200e3, 50e3), (100e3, 50e3)], 200.0)
    even, _ = exposure(ONES, EVEN, flat.fields, verts, np.inf, np.inf)
    near, _ = exposure(ONES, np.float64(5.0), flat.fields, verts, np.inf, np.inf)
    assert near - even == pytest.approx(4.0 * 375.0, rel=0.02)
    _, at = exposure(ONES, np.float64(5.0), flat.fields, verts, np.inf, 0.5 * near)
    assert at == pytest.approx(verts["t"][-1] - 375.0 + (0.5 * near - (even - 375.0)) / 5.0, abs=15.0)


def test_the_time_of_a_step_belongs_to_its_place_on_a_long_leg():
    """By hand: a leg from 50 E to 36 E at 200 m/s, over weight 0 east of a line in the plane and 1 west of it. The first step of weight
    1 begins k · 2 km of the plane from the start; the place reached at 200 m/s on the great circle by the time returned is that one, within a metre,
    and one exposed second later 200 m on. A clock linear in the plane is kilometres off there."""
    edge, weight = 800e3, np.zeros(len(REGIONS))
    weight[10] = 1.0
    x0, cell, ny, nx = 300e3, 2_500.0, 160, 480
    region = np.where(x0 + (np.arange(nx) + 0.5) * cell < edge, 10, 21).astype(np.int8) * np.ones((ny, 1), dtype=np.int8)
    distance, people, coast = (np.zeros(shape, dtype=np.float32) for shape in ((N_INDEXED, ny, nx), (ny, nx), (N_INDEXED, 2, 2)))
    fields = Fields(x0, -100e3, cell, region, region, region, distance, people, coast)
    for array in fields[3:]:
        array.flags.writeable = False
    (xa, ya), (xb, yb) = project(49.0, 50.0), project(49.0, 36.0)
    verts = path([(float(xa), float(ya)), (float(xb), float(yb))], 200.0)
    verts["t"][1] = distance_m(xa, ya, xb, yb) / 200.0
    length = np.hypot(xb - xa, yb - ya)
    k = next(k for k in range(1_000) if xa + (k + 0.5) * 2_000.0 / length * (xb - xa) < edge)
    f = k * 2_000.0 / length
    place = (xa + f * (xb - xa), ya + f * (yb - ya))
    _, at = exposure(weight, EVEN, fields, verts, np.inf, 1e-9)
    assert distance_m(*along(xa, ya, xb, yb, 200.0 * at), *place) < 1.0
    assert abs(200.0 * f * verts["t"][1] - distance_m(xa, ya, *place)) > 3_000.0
    total, end = exposure(weight, EVEN, fields, verts, np.inf, np.inf)
    assert (total, end) == (pytest.approx(verts["t"][1] - at, abs=0.01), verts["t"][1])
    one, later = exposure(weight, EVEN, fields, verts, np.inf, 1.0)
    assert (one, later) == (1.0, pytest.approx(at + 1.0, abs=1e-6))
    until, _ = exposure(weight, EVEN, fields, verts, at + 500.0, np.inf)
    assert until == pytest.approx(500.0, abs=1e-6)


def test_thinning_follows_the_closed_form(flat):
    """1 − exp(−λT) with λ = 1/800 s and T = 1 000 s over Ukraine is 0.7135; 20 000 draws, four standard errors are 0.013; a quarter is lost."""
    n = 20_000
    verts = path([(-100e3, 50e3), (100e3, 50e3)], 200.0)
    layers = np.zeros(1, dtype=LAYER)
    layers["rate_per_s"], layers["kill_share"], layers["sigma"] = 1.0 / 800.0, 0.75, 0.0
    paths = np.zeros(n, dtype=PATH)
    paths["vert_to"] = len(verts)
    stop_s, kind, survive = np.empty(n), np.empty(n, dtype=np.int8), np.empty(n)
    args = (layers, ONES, EVEN, flat.fields, np.uint64(1), np.uint64(0), np.arange(n, dtype=np.uint64), verts, paths)
    draw_stops(*args, np.full(n, -np.inf), stop_s, kind, survive)
    stopped = np.isfinite(stop_s)
    assert stopped.mean() == pytest.approx(-np.expm1(-1_000.0 / 800.0), abs=0.013)
    assert (kind[stopped] == STOP_LOST).mean() == pytest.approx(0.25, abs=0.015)
    assert set(kind[~stopped]) == {STOP_NONE}
    assert (survive == 1.0).all()
    # half-way: the same law, and memory-less when it is told to survive the first 400 s
    assert (stop_s < 500.0).mean() == pytest.approx(-np.expm1(-500.0 / 800.0), abs=0.014)
    draw_stops(*args, np.full(n, 400.0), stop_s, kind, survive)
    assert (stop_s > 400.0 - 10.0).all()
    assert survive == pytest.approx(np.exp(-400.0 / 800.0), rel=0.02)
    assert np.isfinite(stop_s).mean() == pytest.approx(-np.expm1(-600.0 / 800.0), abs=0.015)


@settings(max_examples=50, deadline=None)
@given(share=st.floats(0.01, 0.98), sigma=st.floats(0.0, 1.0), shortest=st.floats(10.0, 1_000.0))
def test_a_solved_rate_stops_the_share_that_was_asked(share, sigma, shortest):
    """Law: the mean over routes and nights of the solved rate is the share."""
    exposures = np.linspace(shortest, 5.0 * shortest, 40)
    assert mean_stop_share(solve_rate(share, exposures, sigma), exposures, sigma) == pytest.approx(share, abs=1e-6)


def test_without_a_night_effect_the_mean_is_a_plain_exponential():
    """By hand: exposures 100 s and 300 s at 0.01/s: 1 − (e⁻¹ + e⁻³)/2."""
    assert mean_stop_share(0.01, np.array([100.0, 300.0]), 0.0) == pytest.approx(1 - (np.exp(-1) + np.exp(-3)) / 2)


def test_what_is_never_over_ukraine_is_never_stopped():
    """By hand: half of the routes unexposed: a share of 0.8 cannot be met, 0.9995 of the others are stopped; none exposed: no rate."""
    exposures = np.array([0.0, 100.0])
    assert mean_stop_share(solve_rate(0.8, exposures, 0.0), exposures, 0.0) == pytest.approx(0.4995, abs=1e-6)
    assert solve_rate(0.8, np.zeros(3), 0.5) == 0.0


def test_the_night_effect_has_mean_one_and_its_own_luck():
    """exp(σz − σ²/2) with σ = 0.6: mean 1, standard error 0.0033 over 40 000 replicates."""
    layer = np.zeros(1, dtype=LAYER)
    layer["sigma"], layer["entity"] = 0.6, 42
    values = [night_effect(layer[0], np.uint64(1), np.uint64(r)) for r in range(5_000)]
    assert np.mean(values) == pytest.approx(1.0, abs=4 * 0.66 / np.sqrt(5_000))
    assert np.std(np.log(values)) == pytest.approx(0.6, abs=0.03)


@pytest.mark.parametrize("sigma", [0.0, 0.6])
def test_raids_lose_the_share_that_was_asked(compiled, ground, sigma):
    """Destroyed 0.5 and lost 0.2 of 60 missiles in 60 raids: the mean share stopped, its spread taken from the raids themselves."""
    inputs = compiled(night_of(group("kh101", "Kh-101/Kh-555", 60)), layer=plain_layer(0.5, 0.2, sigma))
    assert inputs.stop_reached[0] == pytest.approx(0.7, abs=1e-6)
    kinds = np.array([draw_raid(inputs, ground, 1, r).threats["stop_kind"] for r in range(60)])
    stopped = (kinds != STOP_NONE).mean(axis=1)
    error = stopped.std() / np.sqrt(len(stopped)) + 0.01  # and the error of the rate itself, from 400 routes
    assert stopped.mean() == pytest.approx(0.7, abs=3 * error)
    assert (kinds == STOP_KILLED).sum() / (kinds != STOP_NONE).sum() == pytest.approx(5 / 7, abs=0.04)
    binomial = np.sqrt(0.7 * 0.3 / 60)
    assert stopped.std() > 1.4 * binomial if sigma > 0 else stopped.std() < 1.4 * binomial


def test_nothing_is_stopped_outside_ukraine_nor_over_crimea(compiled, ground):
    """Every stop of a small night lies in a unit with a weight; before the end of the flight."""
    inputs = compiled(BIG, layer=plain_layer(0.9, 0.05, 0.3))
    fields = ground.fields
    weight = inputs.night.region_weight
    assert weight[REGIONS.index("Crimea")] == weight[REGIONS.index("Sevastopol")] == 0.0
    for replicate in range(5):
        raid = draw_raid(inputs, ground, 1, replicate)
        for threat in raid.threats[raid.threats["stop_kind"] != STOP_NONE]:
            verts = raid.verts[threat["vert_from"] : threat["vert_to"]]
            assert threat["stop_s"] < threat["end_s"]
            x, y = np.interp(threat["stop_s"], verts["t"], verts["x"]), np.interp(threat["stop_s"], verts["t"], verts["y"])
            row, col = int((y - fields.y0) / fields.cell_m), int((x - fields.x0) / fields.cell_m)
            near = fields.region[row - 2 : row + 3, col - 2 : col + 3]
            assert (weight[near[near >= 0]] > 0.0).any()


def test_a_stop_is_drawn_over_the_region_with_the_weight(compiled, ground):
    """With all weight in the east, nothing is stopped in the west."""
    layer = plain_layer(0.6, 0.0, 0.0)
    weights = {macro: fixed(1.0 if macro == "east" else 0.0, "factor") for macro in layer.region_weight}
    inputs = compiled(night_of(group("kh101", "Kh-101/Kh-555", 60)), layer=layer.model_copy(update={"region_weight": weights}))
    raid = draw_raid(inputs, ground, 1, 0)
    stopped = raid.threats[raid.threats["stop_kind"] != STOP_NONE]
    assert len(stopped) > 20
    west_x, _ = project(49.0, 32.0)
    for threat in stopped:
        verts = raid.verts[threat["vert_from"] : threat["vert_to"]]
        assert np.interp(threat["stop_s"], verts["t"], verts["x"]) > west_x
