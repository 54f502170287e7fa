"""Crossings like a reported one: alike within the recorded factor, not stopped before, and weighed to one."""

from __future__ import annotations

import numpy as np
import pytest
from small_worlds import fixed, group, night_of, routes_with

from zaslin.atlas.borders import COUNTRIES
from zaslin.world.given import FACTORS, Like, draw_given, find_given
from zaslin.world.night_arrays import CRUISE, DRONE

PL = COUNTRIES.index("PL")
NIGHT = night_of(group("kh101", "Kh-101/Kh-555", 60), group("shahed", "Shahed-136/131", 5))
OUT_AND_BACK = Like("PL-2023-12-29", PL, CRUISE, (120.0, 180.0), (10e3, 40e3))


@pytest.fixture(scope="module")
def inputs(compiled):
    """Poland's margin kept by three of ten, so that the search is short."""
    return compiled(NIGHT, routes=routes_with(keeps_margin={"PL": fixed(0.3, "probability")}))


def test_given_crossings_are_like_the_report(inputs, ground):
    """Each draw's first stay in Poland: duration within the factor of 120–180 s, depth or path within the factor of 10–40 km; weights sum to one."""
    given = find_given(inputs, ground, 1, 0, OUT_AND_BACK, 6)
    record = given.record
    assert len(given.hits) == 6
    assert record.alike >= 6
    assert record.factor in FACTORS
    assert 0.0 < record.chance < 0.2
    total = 0.0
    for replicate, hit in enumerate(given.hits):
        raid = draw_given(inputs, ground, 1, replicate, hit, 6)
        threat = raid.threats[raid.tag]
        stay = raid.inside[(raid.inside["threat"] == raid.tag) & (raid.inside["country"] == PL)][0]
        assert threat["stop_s"] >= stay["entry_s"]
        assert threat["cls"] == CRUISE
        assert 120.0 / record.factor <= stay["exit_s"] - stay["entry_s"] <= 180.0 * record.factor
        near = [10e3 / record.factor <= stay[name] <= 40e3 * record.factor for name in ("depth_m", "path_m")]
        assert any(near)
        total += threat["weight"]
    assert total == pytest.approx(1.0)


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
