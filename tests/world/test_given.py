"""Crossings like a reported one: alike within the recorded factor, not stopped before, and weighed to one."""

from __future__ import annotations

import numpy as np
import pytest
from small_worlds import fixed, group, night_of, routes_with

from zaslin.atlas.borders import COUNTRIES
from zaslin.world.given import FACTORS, Like, draw_given, find_given
from zaslin.world.layer import exposure, mean_stop_share, night_effect
from zaslin.world.night_arrays import CRUISE, DRONE

PL = COUNTRIES.index("PL")
NIGHT = night_of(group("kh101", "Kh-101/Kh-555", 60), group("shahed", "Shahed-136/131", 5))
OUT_AND_BACK = Like("PL-2023-12-29", PL, CRUISE, (120.0, 180.0), (10e3, 40e3))


@pytest.fixture(scope="module")
def inputs(compiled):
    """Poland's margin kept by three of ten, so that the search is short."""
    return compiled(NIGHT, routes=routes_with(keeps_margin={"PL": fixed(0.3, "probability")}))


def test_given_crossings_are_like_the_report(inputs, ground):
    """Each draw's first stay in Poland: duration within the factor of 120–180 s, depth or path within the factor of 10–40 km; each weight
    is the chance of surviving Ukraine's layer in its replicate over the mean chance, over the number of draws."""
    given = find_given(inputs, ground, 1, 0, OUT_AND_BACK, 6)
    record = given.record
    assert len(given.hits) == 6
    assert record.alike >= 6
    assert record.factor in FACTORS
    assert 0.0 < record.chance < 0.2
    for replicate, hit in enumerate(given.hits):
        raid = draw_given(inputs, ground, 1, replicate, hit, 6)
        threat = raid.threats[raid.tag]
        stay = raid.inside[(raid.inside["threat"] == raid.tag) & (raid.inside["country"] == PL)][0]
        assert threat["stop_s"] >= stay["entry_s"]
        assert threat["cls"] == CRUISE
        assert 120.0 / record.factor <= stay["exit_s"] - stay["entry_s"] <= 180.0 * record.factor
        near = [10e3 / record.factor <= stay[name] <= 40e3 * record.factor for name in ("depth_m", "path_m")]
        assert any(near)
        own = np.array([exposure_to(inputs, ground, raid, stay["entry_s"])])
        layer = inputs.night.layers[inputs.night.choices["layer"][inputs.night.groups["choice_from"][hit.group]]]
        chance = np.exp(-layer["rate_per_s"] * night_effect(layer, np.uint64(1), np.uint64(replicate)) * own[0])
        mean = 1.0 - mean_stop_share(float(layer["rate_per_s"]), own, float(layer["sigma"]))
        assert hit.survive == pytest.approx(mean)
        assert threat["weight"] == pytest.approx(chance / mean / 6)


def exposure_to(inputs, ground, raid, until_s):
    threat = raid.threats[raid.tag]
    verts = raid.verts[threat["vert_from"] : threat["vert_to"]]
    return exposure(inputs.night.region_weight, inputs.night.near_aims, ground.fields, verts, until_s, np.inf)[0]


def test_given_crossings_lie_on_nights_with_a_weak_layer(inputs, ground):
    """Oracle: one route in 300 replicates. Given that it comes through, the night effect m has the density P(m) · S(m), by 64-point quadrature; its mean,
    below 1, is the weighted mean of the replicates' m, normalised by the sum of weights, within four standard errors; the weights' own mean is 1/n."""
    hits = find_given(inputs, ground, 1, 0, OUT_AND_BACK, 3).hits
    hit = min(hits, key=lambda hit: hit.survive)
    layer = inputs.night.layers[inputs.night.choices["layer"][inputs.night.groups["choice_from"][hit.group]]]
    raids = [draw_given(inputs, ground, 1, r, hit, 3) for r in range(300)]
    weight = np.array([raid.threats["weight"][raid.tag] for raid in raids])
    effect = np.array([night_effect(layer, np.uint64(1), np.uint64(r)) for r in range(300)])
    entry = raids[0].inside["entry_s"][(raids[0].inside["threat"] == raids[0].tag) & (raids[0].inside["country"] == PL)][0]
    spent = exposure_to(inputs, ground, raids[0], entry)
    z, mass = np.polynomial.hermite_e.hermegauss(64)
    m = np.exp(layer["sigma"] * z - 0.5 * layer["sigma"] ** 2)
    mass = mass * np.exp(-layer["rate_per_s"] * m * spent)
    expected = (m * mass).sum() / mass.sum()
    found = (weight * effect).sum() / weight.sum()
    error = np.sqrt((weight**2 * (effect - found) ** 2).sum()) / weight.sum()
    assert expected < 0.97
    assert found == pytest.approx(expected, abs=4 * error)
    assert abs(effect.mean() - expected) > 4 * error
    assert weight.mean() == pytest.approx(1 / 3, abs=4 * weight.std() / np.sqrt(300))


def test_a_search_that_finds_too_few_widens_its_step_and_says_so(inputs, ground):
    """Nothing stays for 1 s at 30 km depth: the record's factor is the last step, any crossing."""
    given = find_given(inputs, ground, 1, 0, Like("x", PL, CRUISE, (1.0, 1.0), (30e3, 30e3)), 3, most_routes=2_000)
    assert given.record.factor == np.inf
    assert given.record.alike == given.record.entered
    assert len(given.hits) == 3


def test_without_any_crossing_there_are_no_draws(compiled, ground):
    """No drone that never fails to turn comes near Estonia."""
    sure = compiled(NIGHT, routes=routes_with(gross_failure=fixed(0.0, "probability")))
    given = find_given(sure, ground, 1, 0, Like("x", COUNTRIES.index("EE"), DRONE, None, None), 3, most_routes=50)
    assert given.hits == ()
    assert given.record.entered == 0


def test_the_same_search_gives_the_same_draws(inputs, ground):
    """Law: a pure function of seed, block and incident."""
    assert find_given(inputs, ground, 1, 0, OUT_AND_BACK, 4) == find_given(inputs, ground, 1, 0, OUT_AND_BACK, 4)
