"""Raster zones: entries and exits against a dense look along the path, and cell by cell by hand."""

from __future__ import annotations

import numpy as np
from pytest import approx, mark

import toy_world as toy
from zaslin.atlas.fields import cell_of
from zaslin.doctrine.consent import zone_flips
from zaslin.physics.path import place_at
from zaslin.plane import distance_m
from zaslin.world.arrays import VERT

KM = 1_000.0


def _verts(points: list[tuple[float, float, float]]) -> np.ndarray:
    """A path of (x km, y km, t), between a vertex of another threat before it and one behind it."""
    rows = [(-5 * KM, 7 * KM, -999.0, 0.0), *((KM * x, KM * y, t, 0.0) for x, y, t in points), (900 * KM, 900 * KM, 9_999.0, 0.0)]
    return np.array(rows, VERT)


def _flips(zone: np.ndarray, points: list[tuple[float, float, float]], room: int = 400) -> list[float]:
    flips = np.full(room + 1, -7.0)
    n = zone_flips(zone, toy.ground().fields, _verts(points), 1, 1 + len(points), flips[:room])
    assert flips[-1] == -7.0
    return flips[:n].tolist() if n >= 0 else [n]


def _columns(west_km: float, east_km: float) -> np.ndarray:
    zone = np.zeros((toy.NY, toy.NX), np.uint8)
    zone[:, round((west_km * KM - toy.X0) / toy.CELL_M) : round((east_km * KM - toy.X0) / toy.CELL_M)] = 1
    return zone


def _rows(south_km: float, north_km: float) -> np.ndarray:
    zone = np.zeros((toy.NY, toy.NX), np.uint8)
    zone[round((south_km * KM - toy.Y0) / toy.CELL_M) : round((north_km * KM - toy.Y0) / toy.CELL_M)] = 1
    return zone


def _at(xa: float, ya: float, xb: float, yb: float, x: float, y: float, ta: float, tb: float) -> float:
    """When a leg a–b, flown from ta to tb at constant speed, is at (x, y) on it; km."""
    return ta + (tb - ta) * distance_m(KM * xa, KM * ya, KM * x, KM * y) / distance_m(KM * xa, KM * ya, KM * xb, KM * yb)


@mark.parametrize(
    ("xa", "xb", "edges"), [(20, 80, (30, 50)), (80, 20, (50, 30)), (38, 80, (38, 50)), (80, 41, (50, 41)), (49, 51, (49, 50)), (31, 28, (31, 30))]
)
@mark.parametrize("slope", [0.0, 0.3, -1.7])
def test_columns_are_entered_and_left_at_their_edges(xa, xb, edges, slope):
    """By hand: cells from x = 30 to 50 km; a straight line meets these edges where its x does, whatever its slope; a path that begins or ends inside is
    opened and closed there."""
    flips = _flips(_columns(30, 50), [(xa, slope * xa + 1.3, 50.0), (xb, slope * xb + 1.3, 450.0)])
    assert flips == approx([_at(xa, slope * xa + 1.3, xb, slope * xb + 1.3, x, slope * x + 1.3, 50.0, 450.0) for x in edges], abs=1e-6)


@mark.parametrize(
    ("ya", "yb", "edges"), [(-80, 80, (-20, 10)), (80, -80, (10, -20)), (-3, 80, (-3, 10)), (-80, 4, (-20, 4)), (-22, -19, (-20, -19)), (11, 8, (10, 8))]
)
@mark.parametrize("slope", [0.0, 0.3, -1.7])
def test_rows_are_entered_and_left_at_their_edges(ya, yb, edges, slope):
    """By hand: the same with cells from y = -20 to 10 km."""
    flips = _flips(_rows(-20, 10), [(slope * ya + 1.3, ya, 50.0), (slope * yb + 1.3, yb, 450.0)])
    assert flips == approx([_at(slope * ya + 1.3, ya, slope * yb + 1.3, yb, slope * y + 1.3, y, 50.0, 450.0) for y in edges], abs=1e-6)


def test_a_stay_goes_on_over_a_vertex_and_over_a_leg_without_duration():
    """By hand: into columns 30–50 km, a turn inside, a leg without duration that jumps out and another that jumps back, then out: one stay. The last
    vertex inside closes a stay."""
    path = [(20, 1, 0.0), (40, 1, 100.0), (80, 1, 100.0), (40, 1, 100.0), (40, 31, 200.0), (70, 31, 300.0), (45, 31, 400.0)]
    flips = _flips(_columns(30, 50), path)
    assert flips == approx([_at(20, 1, 40, 1, 30, 1, 0, 100), _at(40, 31, 70, 31, 50, 31, 200, 300), _at(70, 31, 45, 31, 50, 31, 300, 400), 400.0], abs=1e-6)


@mark.parametrize(
    ("zone", "path", "edge"),
    [
        (_columns(-700, -695), [(-720, 2, 0.0), (-690, 2, 60.0)], [-700, -695]), (_columns(1_295, 1_300), [(1_290, 2, 0.0), (1_320, 2, 60.0)], [1_295, 1_300]),
        (_rows(-1_000, -995), [(2, -1_020, 0.0), (2, -990, 60.0)], [-1_000, -995]), (_rows(595, 600), [(2, 590, 0.0), (2, 620, 60.0)], [595, 600]),
        (np.ones((toy.NY, toy.NX), np.uint8), [(-900, 2, 0.0), (1_500, 2, 60.0)], [-700, 1_300]),
        (np.ones((toy.NY, toy.NX), np.uint8), [(2, 800, 0.0), (2, -1_300, 60.0)], [600, -1_000]),
    ],
)  # fmt: skip
def test_the_grids_outermost_cells_count_and_beyond_them_is_outside(zone, path, edge):
    """By hand: a zone of the first or the last column or row, or of all; the toy's grid is x -700…1300, y -1000…600 km."""
    (xa, ya, ta), (xb, yb, tb) = path
    expected = [_at(xa, ya, xb, yb, e if ya == yb else xa, ya if ya == yb else e, ta, tb) for e in edge]
    assert _flips(zone, path) == approx(expected, abs=1e-6)


@mark.parametrize("seed", range(6))
def test_on_random_zones_it_agrees_with_a_look_at_every_moment(seed):
    """Independent: cell by cell at 1,500 moments of a path with random turns, through clumps of random cells; only moments beside a flip are left out."""
    rng = np.random.default_rng(seed)
    zone = np.kron((rng.random((toy.NY // 4, toy.NX // 4)) < 0.4), np.ones((4, 4))).astype(np.uint8)
    points = [(float(x), float(y), 100.0 * i) for i, (x, y) in enumerate(rng.uniform(-300, 300, (5, 2)))]
    verts, flips = _verts(points), np.array(_flips(zone, points))
    assert len(flips) % 2 == 0
    assert (np.diff(flips) >= 0).all()
    for t in rng.uniform(0.0, 400.0, 1_500):
        if np.abs(flips - t).min(initial=9.0) > 1e-6:
            cell = cell_of(toy.ground().fields, *place_at(verts, 1 + min(int(t / 100), 3), t))
            assert zone[cell] == (flips < t).sum() % 2


def test_a_list_that_is_too_short_says_so():
    """By the rule: two stays need four places; with three or one there is no answer, also where the last stay is closed by the path's end."""
    zone = _columns(30, 50) | _columns(60, 70)
    for path in ([(20, 2, 0.0), (80, 2, 60.0)], [(20, 2, 0.0), (65, 2, 60.0)]):
        assert len(_flips(zone, path, 4)) == 4
        assert [_flips(zone, path, room) for room in (0, 1, 2, 3)] == [[-1]] * 4


def test_a_threat_at_rest_is_inside_for_as_long_as_it_rests():
    """By hand: 60 s without way in columns 30–50 km, then out; beside them never."""
    assert _flips(_columns(30, 50), [(40, 2, 5.0), (40, 2, 65.0), (60, 2, 165.0)]) == approx([5.0, 65.0 + 50.0], abs=0.01)
    assert _flips(_columns(30, 50), [(20, 2, 5.0), (20, 2, 65.0)]) == []
