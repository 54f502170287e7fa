"""Drones that lose their navigation: the cut and the stray flight by hand, the layer's books, and the tagged estimator against plain simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_worlds import fixed, group, night_of, routes_with

from zaslin.atlas.borders import COUNTRIES
from zaslin.plane import distance_m
from zaslin.scenario.defence import StopShare, UkraineLayer
from zaslin.scenario.layer import ukraine_layer
from zaslin.world.arrays import END_FAILED, END_LEFT, SPOOFED, STOP_KILLED, VERT
from zaslin.world.layer import draw_stops, exposures_of, hazard_share, mean_stop_share
from zaslin.world.night_arrays import LAYER, PATH
from zaslin.world.paths import CHORD_RAD, MAX_VERTS, set_times, stray
from zaslin.world.raid import draw_raid
from zaslin.world.tagging import draw_tagged, find_tags, search

PL = COUNTRIES.index("PL")
DRONES = night_of(group("shahed", "Shahed-136/131", 60, launch_areas=("Bryansk oblast",), targets=("Lviv oblast", "Volyn oblast")))
"""Sixty drones for the north-west, on a night before decoys; the layer below books half of what it stops as lost."""


def leaky(stopped: float = 0.6, kills: float = 0.4) -> UkraineLayer:
    """A layer that stops this share of drones, so many of them as kills."""
    base = ukraine_layer(DRONES)
    share = StopShare(
        rate_key="drone", basis="made for a test", known=0,
        stopped=fixed(stopped, "share"), kill_share=fixed(kills, "share"), night_sigma=fixed(0.6, "nats"),
    )  # fmt: skip
    return UkraineLayer(shares={**base.shares, "drone": share}, region_weight=dict.fromkeys(base.region_weight, fixed(1.0, "factor")))


def straying(share: float, **more):
    """Route assumptions under which this share of the lost drones strays, and nothing else is out of the ordinary."""
    quiet = {"gross_failure": fixed(0.0, "probability"), "keeps_margin": dict.fromkeys(("PL", "RO", "SK", "HU", "MD"), fixed(1.0, "probability"))}
    return routes_with(spoofed=fixed(share, "share"), **quiet, **more)


def line():
    """A straight way of 100 km east along y = 0 at 50 m/s, in two legs."""
    verts = np.zeros(MAX_VERTS, dtype=VERT)
    verts["x"][:3] = 0.0, 60e3, 100e3
    set_times(verts, 3, 0.0, 50.0)
    return verts


def test_a_stray_drone_turns_where_it_loses_its_way():
    """By hand: at 1,500 s it has flown 75 km; a turn of 90 degrees to the right (course from north, clockwise) is south, 30 km straight."""
    verts = line()
    n = stray(verts, 3, 1_500.0, np.pi / 2, 0.0, 30e3)
    assert n == 4
    assert (verts["x"][2], verts["y"][2]) == (pytest.approx(75e3, rel=1e-4), pytest.approx(0.0, abs=1.0))
    assert (verts["x"][3], verts["y"][3]) == (pytest.approx(75e3, rel=1e-3), pytest.approx(-30e3, rel=1e-3))


def test_a_bend_is_flown_in_even_chords():
    """By hand: a bend of 90 degrees to the left over 20 km is nine chords of 10 degrees, and closes to the chord of a quarter
    circle of that length, 2 sqrt(2) / pi of it."""
    verts = line()
    n = stray(verts, 3, 1_500.0, 0.0, -np.pi / 2, 20e3)
    assert n == 3 + 9
    legs = np.diff(np.stack([verts["x"][2:n], verts["y"][2:n]]), axis=1)
    turns = np.diff(np.arctan2(legs[1], legs[0]))
    assert turns == pytest.approx(np.full(8, CHORD_RAD), rel=1e-3)
    assert np.hypot(*legs) == pytest.approx(np.full(9, 20e3 / 9), rel=1e-3)
    assert distance_m(verts["x"][2], verts["y"][2], verts["x"][n - 1], verts["y"][n - 1]) == pytest.approx(20e3 * 2 * np.sqrt(2) / np.pi, rel=3e-3)


def test_a_drone_without_fuel_left_falls_where_it_loses_its_way():
    """By hand: no way left, so the path ends at the cut; at its last moment nothing is cut off."""
    verts = line()
    assert stray(verts, 3, 600.0, 1.0, 1.0, 0.0) == 2
    assert verts["x"][1] == pytest.approx(30e3, rel=1e-4)
    verts = line()
    assert stray(verts, 3, verts["t"][2], 1.0, 0.0, 0.5) == 3
    assert verts["x"][2] == pytest.approx(100e3, rel=1e-6)


@settings(max_examples=60, deadline=None)
@given(at=st.floats(0.0, 2_100.0), turn=st.floats(-6.0, 6.0), bend=st.floats(-20.0, 20.0), way=st.floats(0.0, 800e3))
def test_what_came_before_the_cut_stays_and_the_rest_has_the_length_asked(at, turn, bend, way):
    """Law: kept vertices are unchanged, the path up to the cut is speed times time, and the stray flight is as long as asked, good to the plane's chords."""
    verts = line()
    before = verts[:3].copy()
    n = stray(verts, 3, at, turn, bend, way)
    kept = int((before["t"][1:2] <= at).sum()) + 1
    assert (verts["x"][:kept] == before["x"][:kept]).all()
    legs = [distance_m(verts["x"][i], verts["y"][i], verts["x"][i + 1], verts["y"][i + 1]) for i in range(n - 1)]
    assert sum(legs[:kept]) == pytest.approx(min(at * 50.0, distance_m(0.0, 0.0, 100e3, 0.0)), abs=1.0)
    assert sum(legs[kept:]) == pytest.approx(way if way >= 1.0 else 0.0, rel=1e-6, abs=1.0)
    assert np.isfinite(verts["x"][:n]).all()


def test_a_stray_drone_can_only_be_killed():
    """By the rule: its loss has happened. λ = 1/800 s, a quarter of the hazard kills: over 1,000 s 1 − exp(−1000 · 0.25 / 800) = 0.268 of the strays are
    stopped, every one as a kill; 20 000 draws, four standard errors are 0.013."""
    n = 20_000
    verts = np.zeros(2, dtype=VERT)
    verts["x"], verts["t"] = (-100e3, 100e3), (0.0, 1_000.0)
    layers = np.zeros(1, dtype=LAYER)
    layers["rate_per_s"], layers["kill_share"] = 1.0 / 800.0, 0.25
    paths = np.zeros(n, dtype=PATH)
    paths["vert_to"], paths["failed"] = 2, SPOOFED
    from small_worlds import flat_ground

    from zaslin.atlas.regions import REGIONS

    stop_s, kind, survive = np.empty(n), np.empty(n, dtype=np.int8), np.empty(n)
    draw_stops(
        layers, np.ones(len(REGIONS)), np.float64(1.0), flat_ground().fields, np.uint64(1), np.uint64(0), np.arange(n, dtype=np.uint64), verts, paths,
        np.full(n, -np.inf), stop_s, kind, survive,
    )  # fmt: skip
    stopped = np.isfinite(stop_s)
    assert stopped.mean() == pytest.approx(-np.expm1(-0.25 * 1_000.0 / 800.0), abs=0.013)
    assert set(kind[stopped]) == {STOP_KILLED}
    assert (hazard_share(layers, paths) == 0.25).all()


def test_leakers_and_kills_are_those_of_the_report_whatever_share_strays(compiled, ground):
    """Law: the share that strays moves drones from "lost on the spot" to "astray". In the mean over 2,000 fresh routes (standard error 0.011 or less) leakers
    stay 1 − s = 0.4 and kills k · s = 0.24; half of the 0.36 that are lost stray."""
    inputs = compiled(DRONES, routes=straying(0.5), layer=leaky())
    p = float(inputs.night.route["spoofed"][0])
    assert p == pytest.approx(0.5 * 0.6 * 0.6)
    assert inputs.stop_reached[0] == pytest.approx(0.6, abs=1e-6)
    routes = search(inputs, ground, 1, 0, 0, 0, 0, 2_000)
    layer, paths = inputs.night.layers[0], routes.paths
    exposed = np.empty(len(paths))
    exposures_of(inputs.night.region_weight, inputs.night.near_aims, ground.fields, routes.verts, paths, np.full(len(paths), np.inf), exposed)
    astray = paths["failed"] & SPOOFED != 0
    assert astray.mean() == pytest.approx(p, abs=0.027)
    rate, sigma, kills = float(layer["rate_per_s"]), float(layer["sigma"]), float(layer["kill_share"])
    stopped = mean_stop_share(rate, exposed[~astray], sigma)
    assert (1.0 - p) * (1.0 - stopped) == pytest.approx(0.4, abs=0.03)
    assert kills * (1.0 - p) * stopped + p * mean_stop_share(rate * kills, exposed[astray], sigma) == pytest.approx(0.24, abs=0.03)


def test_a_stray_drone_reaches_no_aim_and_flies_no_farther_than_its_range(compiled, ground):
    """By the rule: it ends outside Ukraine or is lost inside it; the whole flight is no longer than the model's range, unless it had used that up before."""
    inputs = compiled(DRONES, routes=straying(1.0, spoof_distance=fixed(5_000.0, "km")), layer=leaky())
    raid = draw_raid(inputs, ground, 1, 0)
    astray = raid.threats[raid.threats["failed"] & SPOOFED != 0]
    assert 10 <= len(astray) <= 35
    assert set(astray["end_kind"]) <= {END_LEFT, END_FAILED}
    flown = (astray["end_s"] - astray["launch_s"]) * astray["speed_mps"]
    assert (flown <= inputs.night.models["range_m"][0] * (1 + 1e-9)).all()


def test_missiles_never_stray(compiled, ground):
    """By the rule: the chance is a drone's."""
    inputs = compiled(night_of(group("kh101", "Kh-101/Kh-555", 30), group("shahed", "Shahed-136/131", 30)), routes=straying(1.0), layer=leaky())
    assert float(inputs.night.route["spoofed"][0]) == pytest.approx(0.36)
    raid = draw_raid(inputs, ground, 1, 0)
    failed = raid.threats["failed"] & SPOOFED != 0
    assert not failed[raid.threats["group"] == 0].any()
    assert failed[raid.threats["group"] == 1].any()
    assert (search(inputs, ground, 1, 0, 0, 1, 0, 200).ratio == 1.0).all()


def test_without_losses_in_the_reports_nothing_strays(compiled, ground):
    """By the rule: the chance is a part of what the reports book as lost, which is nothing before July 2024."""
    inputs = compiled(DRONES, routes=straying(1.0), layer=leaky(kills=1.0))
    assert (inputs.night.route["spoofed"] == 0.0).all()
    assert (draw_raid(inputs, ground, 1, 0).threats["failed"] == 0).all()


def test_tilting_the_chance_to_stray_leaves_expectations_alone(compiled, ground):
    """Tilted rows draw strays at 10 %: weighed back, the ratio's mean is 1 and the chance to enter Poland the untilted one, three joint standard errors."""
    inputs = compiled(DRONES, routes=straying(0.05), layer=leaky())
    p = float(inputs.night.route["spoofed"][0])
    assert (p, float(inputs.night.route["spoofed"][1])) == (pytest.approx(0.018), 0.1)
    tilted, plain = search(inputs, ground, 1, 0, 0, 1, 0, 6_000), search(inputs, ground, 1, 0, 0, 0, 6_000, 12_000)
    assert (tilted.paths["failed"] & SPOOFED != 0).mean() == pytest.approx(0.1, abs=0.016)
    assert (plain.ratio == 1.0).all()
    assert tilted.ratio.mean() == pytest.approx(1.0, abs=4.0 * tilted.ratio.std() / np.sqrt(6_000))
    value, entered = tilted.ratio * (tilted.excursion >> PL & 1), (plain.excursion >> PL & 1).astype(float)
    assert value.sum() > 0.0
    assert value.mean() == pytest.approx(entered.mean(), abs=3.0 * np.hypot(value.std() / np.sqrt(6_000), entered.std() / np.sqrt(12_000)))
    assert value.std() < entered.std()


def test_tagged_strays_agree_with_plain_simulation(compiled, ground):
    """Oracle: every drone keeps away from Poland unless it strays. 300 plain raids count entries before Ukraine's stop; 60 raids' worth of
    tagged threats give the same mean, within three joint standard errors."""
    inputs = compiled(DRONES, routes=straying(1.0), layer=leaky())
    plain = np.array([_entries(draw_raid(inputs, ground, 1, r)) for r in range(300)])
    hits = [hit for hit in find_tags(inputs, ground, 1, 0, 3_000).hits if hit.country == PL]
    assert all(hit.failed for hit in hits)
    chosen = [hits[i] for i in np.random.default_rng(0).integers(len(hits), size=60)]
    tagged = np.array([_tagged(inputs, ground, hit) for hit in chosen]) * len(hits)
    assert plain.mean() > 0.3
    error = np.hypot(plain.std() / np.sqrt(len(plain)), tagged.std() / np.sqrt(len(tagged)))
    assert abs(tagged.mean() - plain.mean()) < 3.0 * error


def _tagged(inputs, ground, hit):
    raid = draw_tagged(inputs, ground, 1, hit)
    assert raid.threats["failed"][raid.tag] & SPOOFED
    return _entries(raid, raid.tag)


def _entries(raid, threat=None):
    count = 0.0
    for stay in raid.inside[raid.inside["country"] == PL]:
        mine = raid.threats[stay["threat"]]
        if threat in (None, stay["threat"]) and mine["stop_s"] > stay["entry_s"]:
            count += mine["weight"]
    return count


def _weights(**of) -> UkraineLayer:
    """The leaky layer, three in ten stopped, with a weight by macro-region where it is named and 0 elsewhere."""
    layer = leaky(stopped=0.3, kills=0.4)
    return layer.model_copy(update={"region_weight": {name: fixed(of.get(name, 0.0), "factor") for name in layer.region_weight}})


def test_a_drone_that_never_comes_over_defended_ukraine_does_not_lose_its_way(compiled, ground):
    """By the rule: jamming is Ukraine's. Where nothing is defended every drone reaches its aim, on the path of a drone whose luck was better."""
    inputs = compiled(DRONES, routes=straying(1.0), layer=_weights())
    assert float(inputs.night.route["spoofed"][0]) == pytest.approx(0.18)
    assert inputs.stop_reached == (0.0,)
    raid = draw_raid(inputs, ground, 1, 0)
    assert (raid.threats["failed"] == 0).all() and not set(raid.threats["end_kind"]) & {END_LEFT, END_FAILED}
    plain = draw_raid(compiled(DRONES, routes=straying(0.0), layer=_weights()), ground, 1, 0)
    assert raid.verts.tobytes() == plain.verts.tobytes()
    tilted = search(inputs, ground, 1, 0, 0, 1, 0, 2_000)
    assert (tilted.paths["failed"] == 0).all() and (tilted.paths["jammed"] == 1).mean() == pytest.approx(0.18, abs=0.035)


def test_books_hold_where_some_drones_are_never_over_defended_ukraine(compiled, ground):
    """Law: drones bound for the north are never over the defended west. Of all, 0.3 are stopped or lose their way, in the mean over 4,000 fresh routes, as the
    layer says; three standard errors are 0.022, the solved rate's own error is as large."""
    night = night_of(group("shahed", "Shahed-136/131", 60, launch_areas=("Bryansk oblast",), targets=("Lviv oblast", "Chernihiv oblast")))
    inputs = compiled(night, routes=straying(1.0), layer=_weights(west=1.0))
    assert inputs.stop_reached[0] == pytest.approx(0.3, abs=1e-6)
    routes = search(inputs, ground, 1, 0, 0, 0, 0, 4_000)
    layer, paths = inputs.night.layers[0], routes.paths
    exposed = np.empty(len(paths))
    exposures_of(inputs.night.region_weight, inputs.night.near_aims, ground.fields, routes.verts, paths, np.full(len(paths), np.inf), exposed)
    astray = paths["failed"] & SPOOFED != 0
    assert 0.2 < (exposed == 0.0).mean() < 0.8 and (exposed[astray] > 0.0).all() and (astray <= (paths["jammed"] == 1)).all()
    stopped = mean_stop_share(float(layer["rate_per_s"]), exposed[~astray], float(layer["sigma"]))
    assert astray.mean() + (1.0 - astray.mean()) * stopped == pytest.approx(0.3, abs=0.045)


def test_drones_of_several_rate_keys_are_refused():
    """By the rule: one chance to stray holds for all drones of a night, from the rate key that they share, as those of the catalogue do, in every month."""
    from zaslin.errors import InputError
    from zaslin.scenario.catalogue import models_of, route_assumptions, threat_models
    from zaslin.world.compile_night import _spoofed
    from zaslin.world.inputs import Luck

    assert len({model.rate_key for model in threat_models().values() if model.threat_class == "drone"}) == 1
    models = models_of(DRONES)
    jet = models["Shahed-136/131"].model_copy(update={"rate_key": "jet", "name": "a jet"})
    with pytest.raises(InputError, match="rate keys of drones: drone, jet came"):
        _spoofed(route_assumptions(), leaky(), {**models, "a jet": jet}, ("Shahed-136/131", "a jet"), Luck(1, 0))
