"""Ballistic fall, footprint and expected casualties."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx

import toy_world as toy
from zaslin import draws
from zaslin.physics.debris import air_density_kgm3, expected_casualties, fall, landing, wind_mps
from zaslin.plane import distance_m
from zaslin.units import G_MPS2


def test_without_drag_a_body_falls_by_galilei():
    """By hand: t = √(2h/g), range v·t: from 1,000 m at 200 m/s 14.28 s and 2,856 m."""
    down, right, seconds = fall(1_000.0, 200.0, 0.0, math.inf, 0.0, 0.0)
    assert seconds == approx(math.sqrt(2 * 1_000.0 / G_MPS2), rel=1e-6)
    assert down == approx(200.0 * math.sqrt(2 * 1_000.0 / G_MPS2), rel=1e-6)
    assert right == 0.0


def test_without_drag_a_climbing_body_follows_the_parabola():
    """By hand: h + w t - g t² / 2 = 0 with h = 500, w = 100."""
    _, _, seconds = fall(500.0, 150.0, 100.0, math.inf, 0.0, 0.0)
    assert seconds == approx((100.0 + math.sqrt(100.0**2 + 2 * G_MPS2 * 500.0)) / G_MPS2, rel=1e-6)


def test_a_light_body_falls_at_its_terminal_speed():
    """By hand: mg = ρ v² (CdA) / 2, so v = √(2 g β / ρ); β = 10 kg/m² gives 12.65 m/s at sea level. From 200 m it falls nearly all the way at that speed, give
    or take its slower start and the thinner air above."""
    _, _, seconds = fall(200.0, 0.0, 0.0, 10.0, 0.0, 0.0)
    assert seconds == approx(200.0 / math.sqrt(2 * G_MPS2 * 10.0 / 1.225), rel=0.06)


def test_a_light_body_drifts_with_the_wind():
    """By hand: at terminal speed the body has the wind's speed: it drifts wind times time, a little less while it gathers speed."""
    down, right, seconds = fall(1_000.0, 0.0, 0.0, 10.0, 0.0, 8.0)
    assert down == 0.0
    assert 0.97 * 8.0 * seconds < right < 8.0 * seconds


@given(st.floats(10.0, 5_000.0), st.floats(20.0, 300.0), st.floats(50.0, 5_000.0))
def test_drag_shortens_the_way_and_lengthens_the_fall(alt, speed, bc):
    """Law: drag takes speed; with less drag the body comes further and is down sooner."""
    down, _, seconds = fall(alt, speed, 0.0, bc, 0.0, 0.0)
    free_down, _, free_seconds = fall(alt, speed, 0.0, math.inf, 0.0, 0.0)
    assert 0.0 < down < free_down
    assert seconds >= free_seconds * (1 - 1e-9)


def test_the_standard_atmosphere_at_its_corners():
    """ICAO Doc 7488: 1.225 kg/m³ at sea level, 0.7364 at 5 km, 0.3639 at 11 km, 0.0880 at 20 km."""
    for alt, density in ((0.0, 1.225), (5_000.0, 0.7364), (11_000.0, 0.3639), (20_000.0, 0.0880)):
        assert air_density_kgm3(alt) == approx(density, rel=2e-3)


def test_expected_casualties_on_even_ground_are_density_times_area():
    """By hand: 50 persons per km² and 10 m²: 5e-4 persons, wherever the footprint lies."""
    assert expected_casualties(toy.ground().fields, 100e3, 0.0, 0.7, 400.0, 10.0) == approx(5e-4, rel=1e-9)


def test_nobody_is_hit_where_nobody_lives():
    """By hand: outside the grid nobody lives; on its edge half of the footprint's weight counts."""
    fields = toy.ground().fields
    assert expected_casualties(fields, 5e6, 0.0, 0.0, 400.0, 10.0) == 0.0
    assert expected_casualties(fields, toy.X0, 0.0, 0.0, 400.0, 10.0) == approx(2.5e-4, rel=1e-9)


def test_landing_places_scatter_as_their_sigma_says():
    """Law: over many threats the drawn places have the mean landing point and its sigma; tolerances are four standard errors."""
    n = 2_000
    key = np.uint64(1), np.uint64(2)
    got = np.array([landing(*key, np.uint64(i), draws.DEBRIS, 0, 0.0, 0.0, 1_000.0, 0.5 * np.pi, 100.0, 0.0, 500.0, 0.0, 0.0) for i in range(n)])
    sigma = got[0, 4]
    assert distance_m(0.0, 0.0, got[0, 2], got[0, 3]) > 500.0
    assert got[:, 0].mean() == approx(got[0, 2], abs=4 * sigma / math.sqrt(n))
    assert got[:, 1].std() == approx(sigma, rel=4 / math.sqrt(2 * n))


def test_the_nights_wind_is_the_same_for_all_that_falls_and_differs_between_nights():
    """Law: keyed to the replicate alone."""
    assert wind_mps(np.uint64(1), np.uint64(2)) == wind_mps(np.uint64(1), np.uint64(2))
    assert wind_mps(np.uint64(1), np.uint64(2)) != wind_mps(np.uint64(1), np.uint64(3))
