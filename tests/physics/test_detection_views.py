"""When a threat is in view: stretches above the horizon of a path that dips under it, and inside a circle, worked by hand and on a fine grid."""

from __future__ import annotations

import math

import numpy as np
from pytest import approx, mark

import toy_world as toy
from zaslin.physics.detection import horizon_change_s, next_above_horizon_s, next_in_circle_s
from zaslin.plane import distance_m
from zaslin.world.arrays import VERT

KM = 1_000.0


def _path(*points: tuple[float, float, float], speed: float = 200.0, start: float = 0.0) -> np.ndarray:
    """Vertices of (x km, y km, alt m) flown at `speed`; a first one stands before them that is not the threat's."""
    rows, t = [(-9.0 * KM, 0.0, start - 1.0, 0.0)], start
    for i, (x, y, alt) in enumerate(points):
        if i:
            t += distance_m(points[i - 1][0] * KM, points[i - 1][1] * KM, x * KM, y * KM) / speed
        rows.append((x * KM, y * KM, t, alt))
    return np.array(rows, VERT)


def _views(verts: np.ndarray, setback_m: float = 10 * KM) -> list[tuple[float, float]]:
    out, t = [], float(verts["t"][1])
    while True:
        a, b = next_above_horizon_s(toy.ground().fields, toy.PL, setback_m, 40.0, verts, 1, len(verts), t)
        if a == math.inf:
            return out
        out.append((a, b))
        if b == math.inf:
            return out
        t = b


def _edge_km(high: tuple[float, float], low: tuple[float, float]) -> float:
    """Distance from the border, km, at which a flight from (x km, alt m) to (x km, alt m) is just at the horizon of a 40 m mast 10 km behind it: where
    x + 10 = 4.1218 (√40 + √alt), on a grid of 10 m."""
    x = np.linspace(high[0], low[0], 1 + round(abs(high[0] - low[0]) * 100))
    alt = np.interp(x, *zip(*sorted((high, low)), strict=True))
    seen = x + 10.0 <= 4.1218 * (math.sqrt(40.0) + np.sqrt(alt))
    return float(x[np.flatnonzero(seen[1:] != seen[:-1])[0]])


def test_a_threat_that_dips_is_out_of_view_until_the_horizon_comes_to_it():
    """By hand: 500 m high from 200 km in: the horizon is 118 km from the row. Down to 20 m between 80 and 70 km off, where it is 44 km; low until 50 km; up
    again to 500 m at 40 km. In view from 108 km on, out somewhere on the way down, in again on the way up, then to the end."""
    path = [(200, 0, 500), (80, 0, 500), (70, 0, 20), (50, 0, 20), (40, 0, 500), (5, 0, 500)]
    verts = _path(*path)
    (a, b), (c, d) = _views(verts)
    at = lambda x_km: (distance_m(200 * KM, 0.0, x_km * KM, 0.0)) / 200.0
    assert a == approx(at(4.1218 * (math.sqrt(40.0) + math.sqrt(500.0)) - 10.0), abs=2.0)
    assert b == approx(at(_edge_km((80, 500), (70, 20))), abs=2.0)
    assert c == approx(at(_edge_km((40, 500), (50, 20))), abs=2.0)
    assert d == math.inf
    assert verts["t"][2] < b < verts["t"][3] and verts["t"][4] < c < verts["t"][5]


def test_a_threat_that_turns_back_is_seen_until_it_is_beyond_the_horizon():
    """By hand: 100 m high straight in to 30 km and out again: in view within 57.3 km, so from 27.3 km before the turn to 27.3 km after it."""
    verts = _path((200, 0, 100), (30, 0, 100), (200, 0, 100))
    ((a, b),) = _views(verts)
    turn = float(verts["t"][2])
    assert (turn - a, b - turn) == (approx(27_300 / 200, abs=2.0), approx(27_300 / 200, abs=2.0))
    assert _views(_path((200, 0, 100), (70, 0, 100), (200, 0, 100))) == []
    assert _views(_path((20, 0, 100), (10, 0, 100))) == [(0.0, math.inf)]


def test_asked_later_the_same_view_begins_then():
    """Law: from a time within a view on, the rest of it is given; from its end on, the next."""
    verts = _path((200, 0, 100), (30, 0, 100), (200, 0, 100), (30, 0, 100))
    (a, b), (c, d) = _views(verts)
    fields, n = toy.ground().fields, len(verts)
    assert next_above_horizon_s(fields, toy.PL, 10 * KM, 40.0, verts, 1, n, 0.5 * (a + b)) == (0.5 * (a + b), approx(b, abs=1e-5))
    assert next_above_horizon_s(fields, toy.PL, 10 * KM, 40.0, verts, 1, n, b) == (approx(c, abs=1e-5), math.inf)
    assert d == math.inf


def test_the_horizon_is_waited_for_either_way():
    """By hand: on a leg away from the border at 100 m the view ends 57.3 km off; wanted ABOVE it holds at once, and again never."""
    verts = _path((30, 0, 100), (200, 0, 100))
    fields = toy.ground().fields
    above, below = np.int64(0), np.int64(1)
    assert horizon_change_s(fields, toy.PL, 10 * KM, 40.0, verts, 1, 0.0, above) == 0.0
    gone = horizon_change_s(fields, toy.PL, 10 * KM, 40.0, verts, 1, 0.0, below)
    assert gone == approx(27_300 / 200, abs=2.0)
    assert horizon_change_s(fields, toy.PL, 10 * KM, 40.0, verts, 1, gone, above) == math.inf


def _circles(verts: np.ndarray, cx: float, cy: float, range_km: float) -> list[tuple[float, float]]:
    out, t = [], float(verts["t"][1])
    while True:
        a, b = next_in_circle_s(verts, 1, len(verts), cx * KM, cy * KM, range_km * KM, t)
        if a == math.inf:
            return out
        out.append((a, b))
        if b == math.inf:
            return out
        t = b


@mark.parametrize("cuts", [(), (0,), (-70, 10, 79)])
def test_a_flight_past_a_radar_is_within_its_circle_by_pythagoras(cuts):
    """By hand: 60 km off a radar of 100 km: in view for 80 km before and after it, whatever vertices lie on the way."""
    verts = _path((-200, 60, 100), *((x, 60, 100) for x in cuts), (200, 60, 100))
    middle = float(verts["t"][1] + verts["t"][-1]) / 2
    ((a, b),) = _circles(verts, 0, 0, 100)
    assert (middle - a, b - middle) == (approx(400.0, rel=2e-3), approx(400.0, rel=2e-3))


def test_a_flight_that_leaves_and_comes_back_is_seen_twice():
    """By hand: along y = 0 out of a circle of 50 km and, 100 km farther north, back; and one that ends inside is seen to the end."""
    out_and_back = _path((0, 0, 100), (120, 0, 100), (120, 30, 100), (0, 30, 100))
    (a, b), (c, d) = _circles(out_and_back, 0, 0, 50)
    assert (a, b) == (0.0, approx(250.0, rel=2e-3))
    assert float(out_and_back["t"][-1]) - c == approx(200.0, rel=2e-3)  # 40 km: 30-40-50
    assert d == math.inf
    assert _circles(out_and_back, 0, 500, 50) == []
    assert _circles(_path((10, 0, 100), (20, 0, 100)), 0, 0, 50) == [(0.0, math.inf)]


def test_looking_at_far_legs_from_one_place_misses_no_view():
    """Law: on paths of many short legs near and far, low and high, the first view is the first of the legs' own, each asked apart."""
    fields, rng = toy.ground().fields, np.random.default_rng(3)
    found = 0
    for _ in range(300):
        n = int(rng.integers(2, 14))
        x, y = rng.uniform(50, 350, n), rng.uniform(-150, 150, n)
        x[1:], y[1:] = x[0] + np.cumsum(rng.normal(0, rng.choice([3.0, 60.0]), n - 1)), y[0] + np.cumsum(rng.normal(0, 20.0, n - 1))
        verts = _path(*zip(x, y, rng.choice([30.0, 200.0, 2_000.0], n), strict=True))
        legs = [horizon_change_s(fields, toy.PL, 10 * KM, 40.0, verts, k, float(verts["t"][k]), np.int64(0)) for k in range(1, n)]
        first = next_above_horizon_s(fields, toy.PL, 10 * KM, 40.0, verts, 1, len(verts), float(verts["t"][1]))[0]
        assert first == next((t for t in legs if t < math.inf), math.inf)
        found += first < math.inf
    assert 50 < found < 250
