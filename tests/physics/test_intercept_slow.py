"""Earliest shots of shooters that are hardly faster than a drone, or slower: no hang, and no shot that could not be flown."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx

import toy_world as toy
from zaslin.physics.intercept import Line, Reach, earliest_shot, on_line
from zaslin.plane import distance_m

KM = 1_000.0
ROUND_MPS, REACH_M = 700.0, 2 * KM
FLIGHT_S = REACH_M / ROUND_MPS


def _helicopter(dash: float, **changes: float) -> Reach:
    return Reach(dash, ROUND_MPS, REACH_M, toy.PL, math.inf, -math.inf)._replace(**changes)


def _earliest(reach: Reach, line: Line, not_before: float = 0.0, latest: float = 900.0) -> tuple[float, ...]:
    return earliest_shot(toy.ground().fields, reach, line, 0.0, 0.0, 0.0, not_before, latest, 1e-6)


def test_a_helicopter_gains_on_a_drone_at_twenty_metres_a_second():
    """By hand: 70 against 50 m/s, 12 km ahead, reach 2 km, a burst of 2.86 s: 12000 + 50 (t + 2.857) - 2000 = 70 t, so t = 507 s. From 30 km it
    takes 1407 s, more than is looked ahead."""
    away = Line(-12 * KM, 0.0, -200 * KM, 0.0, 0.0, 50.0)
    t, x, y, flight = _earliest(_helicopter(70.0), away)
    assert t == approx((10_000 + 50 * FLIGHT_S) / 20, rel=2e-3)
    assert (x, y) == approx((-70.0 * t, 0.0), rel=2e-3)
    assert flight == approx(FLIGHT_S, abs=1e-3)
    far = away._replace(x=-30 * KM)
    assert _earliest(_helicopter(70.0), far)[0] == np.inf
    assert _earliest(_helicopter(70.0), far, latest=2_000.0)[0] == approx((28_000 + 50 * FLIGHT_S) / 20, rel=2e-3)


def test_a_faster_drone_that_flies_away_is_not_shot_at():
    """By hand: 80 against 60 m/s; 3 km ahead the gap only grows, while one 2 km less a burst's flight ahead is in reach now."""
    assert _earliest(_helicopter(60.0), Line(-3 * KM, 0.0, -200 * KM, 0.0, 0.0, 80.0))[0] == np.inf
    near = Line(-(REACH_M - 80.0 * FLIGHT_S - 10.0), 0.0, -200 * KM, 0.0, 0.0, 80.0)
    assert _earliest(_helicopter(60.0), near)[0] == 0.0


def test_a_faster_drone_that_comes_is_met():
    """By hand: head on, 20 km apart: 20000 - 80 (t + 2.857) - 2000 = 60 t, so t = 127 s."""
    assert _earliest(_helicopter(60.0), Line(-20 * KM, 0.0, 200 * KM, 0.0, 0.0, 80.0))[0] == approx((18_000 - 80 * FLIGHT_S) / 140, rel=2e-3)


def test_a_faster_drone_that_passes_can_be_met_for_a_while():
    """By hand: it passes 10 km north, from 20 km west, at 80 m/s. With u = t + 2.857 it can be met where (0.08 u - 20)² + 100 <= (0.06 u + 1.829)²:
    0.0028 u² - 3.4194 u + 496.66 <= 0, from u = 168.5 to 1053 s. The first root is found, any time between is feasible, later none is."""
    line, c = Line(-20 * KM, 10 * KM, 200 * KM, 10 * KM, 0.0, 80.0), 2.0 - 0.06 * FLIGHT_S
    a, b, d = 0.0028, -(3.2 + 0.12 * c), 500.0 - c * c
    first, last = ((-b + sign * math.sqrt(b * b - 4 * a * d)) / (2 * a) - FLIGHT_S for sign in (-1, 1))
    assert _earliest(_helicopter(60.0), line)[0] == approx(first, abs=0.5)
    assert _earliest(_helicopter(60.0), line, not_before=500.0)[0] == 500.0
    assert _earliest(_helicopter(60.0), line, not_before=last + 20.0, latest=4_000.0)[0] == np.inf


@given(
    st.floats(50.0, 90.0), st.floats(30.0, 160.0), st.floats(-80.0, 80.0), st.floats(-80.0, 80.0), st.floats(-1.0, 1.0), st.floats(-1.0, 1.0),
    st.sampled_from([math.inf, -1 * KM, 30 * KM]),
)  # fmt: skip
def test_a_shot_can_be_flown_to_and_reaches(dash, speed, x, y, hx, hy, limit_m):
    """Law, faster or slower: it is at its place of fire in time by its dash, the threat is in reach after the burst's longest flight, and it has moved no
    farther than that: else there is no shot at all."""
    line = Line(x * KM, y * KM, (x + 100 * hx) * KM, (y + 100 * hy + 1e-3) * KM, 0.0, speed)
    t, qx, qy, flight = _earliest(_helicopter(dash, limit_m=limit_m), line)
    if t == np.inf:
        return
    assert 0.0 <= t <= 900.0
    assert distance_m(0.0, 0.0, qx, qy) <= dash * t + 1.0
    assert distance_m(qx, qy, *on_line(line, t + FLIGHT_S)) <= REACH_M + 1.0
    assert flight * ROUND_MPS <= REACH_M * (1.0 + 2.0 * speed / ROUND_MPS)
