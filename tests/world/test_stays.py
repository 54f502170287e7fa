"""Stays in airspaces: worked on a flat ground by hand, and as laws against the polygon itself."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from small_worlds import path

from zaslin.atlas.borders import COUNTRIES, BorderIndex, tree_of
from zaslin.atlas.crossing import border_distance_m, inside
from zaslin.atlas.ground import Ground
from zaslin.errors import EngineError
from zaslin.plane import along, distance_m
from zaslin.units import KMH
from zaslin.world.arrays import INSIDE, VERT
from zaslin.world.night_arrays import PATH
from zaslin.world.stays import enters, stay_until, stays_in, stays_of

PL = 1
SPEED = 800 * KMH


def stays(ground, country, verts, with_depth=True):
    rows = np.zeros(64, dtype=INSIDE)
    return rows[: stays_in(ground, country, verts, len(verts), rows, 0, with_depth)]


def test_39_seconds_at_800_km_h_is_8_7_km(flat):
    """By hand: 39 s × 222.2 m/s = 8 667 m, cut off the north-east corner of the flat Poland at 45 degrees."""
    side = 39.0 * SPEED / np.sqrt(2.0)
    far = 50e3
    verts = path([(-100e3 - side - far, 100e3 + far), (-100e3 + far, 100e3 - side - far)], SPEED)
    (stay,) = stays(flat, PL, verts)
    assert stay["exit_s"] - stay["entry_s"] == pytest.approx(39.0, rel=2e-3)
    assert stay["path_m"] == pytest.approx(8_667.0, rel=2e-3)
    assert stay["depth_m"] == pytest.approx(0.5 * side, rel=5e-3)  # deepest in the middle, as far from the north as from the east side


def test_out_and_back_for_180_s_has_a_path_of_40_km_and_is_20_km_deep_at_most(flat):
    """By hand: 180 s × 222.2 m/s = 40 km, straight in and straight back, so 20 km in; a slanted way is less deep."""
    straight = path([(-50e3, 0.0), (-120e3, 0.0), (-50e3, 1.0)], SPEED)
    (stay,) = stays(flat, PL, straight)
    assert stay["exit_s"] - stay["entry_s"] == pytest.approx(180.0, rel=2e-3)
    assert stay["path_m"] == pytest.approx(40_000.0, rel=2e-3)
    assert stay["depth_m"] == pytest.approx(20_000.0, rel=2e-3)
    slanted = path([(-60e3, 0.0), (-112e3, 39_230.0), (-60e3, 78_460.0)], SPEED)
    (stay,) = stays(flat, PL, slanted)
    assert stay["depth_m"] == pytest.approx(12_000.0, rel=5e-3)
    assert stay["depth_m"] < 0.5 * stay["path_m"] <= 20_000.0


def test_a_straight_crossing_of_a_square(flat):
    """By hand: in at x = −100 km, out at x = −200 km, deepest half-way, 50 km from both sides."""
    verts = path([(-50e3, 20e3), (-250e3, 20e3)], 250.0, launch_s=1_000.0)
    (stay,) = stays(flat, PL, verts)
    assert (stay["entry_x"], stay["entry_y"]) == pytest.approx((-100e3, 20e3), abs=1e-3)
    assert stay["inside_s"] == stay["exit_s"] - stay["entry_s"]
    assert stay["entry_s"] == pytest.approx(1_000.0 + 200.0, rel=1e-3)
    assert stay["exit_s"] == pytest.approx(1_000.0 + 600.0, rel=1e-3)
    assert stay["depth_m"] == pytest.approx(50_000.0, rel=2e-3)
    (home,) = stays(flat, 0, verts)
    assert home["entry_s"] == 1_000.0
    assert home["exit_s"] == stay["entry_s"]


@pytest.mark.parametrize(("gap_s", "count"), [(58.0, 1), (62.0, 2)])
def test_gaps_under_a_minute_are_merged(flat, gap_s, count):
    """By hand: out at x = −100 km for gap_s and in again; the merged path counts the inside parts alone."""
    out_m = 0.5 * gap_s * SPEED
    verts = path([(-110e3, -30e3), (-110e3, 0.0), (-100e3 + out_m, 1.0), (-110e3, 2.0), (-110e3, 30e3)], SPEED)
    rows = stays(flat, PL, verts)
    assert len(rows) == count
    assert rows["path_m"].sum() == pytest.approx(2 * 30e3 + 2 * 10e3, rel=2e-3)
    assert rows["inside_s"].sum() == pytest.approx(80e3 / SPEED, rel=2e-3)
    assert (rows["exit_s"] - rows["entry_s"]).sum() == pytest.approx(80e3 / SPEED + (gap_s if count == 1 else 0.0), rel=2e-3)


def test_a_path_that_ends_inside_stays_to_its_end(flat):
    """By hand: the last 30 km of the way lie inside."""
    verts = path([(-50e3, 0.0), (-130e3, 0.0)], SPEED)
    (stay,) = stays(flat, PL, verts)
    assert stay["exit_s"] == verts["t"][-1]
    assert stay["depth_m"] == pytest.approx(30e3, rel=2e-3)


def test_a_path_outside_has_no_stay(flat):
    """By hand: along the border at 1 km, never over it."""
    verts = path([(-99e3, -90e3), (-99e3, 90e3)], SPEED)
    assert len(stays(flat, PL, verts)) == 0
    assert not enters(flat, PL, verts, len(verts))


def at(verts, t):
    """The plane point of a path at time t."""
    i = min(int(np.searchsorted(verts["t"], t, side="right")) - 1, len(verts) - 2)
    a, b = verts[i], verts[i + 1]
    return along(a["x"], a["y"], b["x"], b["y"], distance_m(a["x"], a["y"], b["x"], b["y"]) * (t - a["t"]) / (b["t"] - a["t"]))


POINT = st.tuples(st.floats(-700e3, 500e3), st.floats(-400e3, 400e3))


@settings(max_examples=60, deadline=None)
@example(points=[(-639629.0, -55.0), (-639854.0, 0.0)], country=3)  # a stay of a metre
@given(points=st.lists(POINT, min_size=2, max_size=6), country=st.integers(0, 8))
def test_stays_agree_with_the_polygon(points, country):
    """Law: against inside() at dense points of the path; ends lie on the border line; no sampled point is deeper than the depth."""
    from zaslin.atlas.ground import load_ground

    ground = load_ground()
    verts = np.zeros(len(points), dtype=VERT)
    verts["x"], verts["y"] = np.array(points).T
    length = [distance_m(a["x"], a["y"], b["x"], b["y"]) for a, b in itertools.pairwise(verts)]
    verts["t"] = np.concatenate([[0.0], np.cumsum(length)]) / 200.0
    rows = stays(ground, country, verts)
    assert enters(ground, country, verts, len(verts)) == (len(rows) > 0)
    for i, (a, b) in enumerate(itertools.pairwise(verts)):
        for f in np.linspace(0.003, 0.997, 60):
            x, y = a["x"] + f * (b["x"] - a["x"]), a["y"] + f * (b["y"] - a["y"])
            t = a["t"] + distance_m(a["x"], a["y"], x, y) / 200.0
            within = rows[(rows["entry_s"] <= t) & (t <= rows["exit_s"])]
            if inside(ground.borders, country, x, y):
                assert len(within) == 1, (i, f, COUNTRIES[country])
                if country > 0:
                    assert border_distance_m(ground.borders, country, x, y) <= within["depth_m"][0] + 1.0
            elif len(within):  # a merged gap: short
                assert within["path_m"][0] < 200.0 * (within["exit_s"][0] - within["entry_s"][0])
    assert (np.diff(rows["entry_s"]) > 0).all()
    for row in rows:
        assert row["path_m"] == pytest.approx(200.0 * row["inside_s"], rel=1e-6, abs=1e-3)
        assert row["inside_s"] <= (row["exit_s"] - row["entry_s"]) * (1 + 1e-9)
        if row["entry_s"] > 0.0:
            assert border_distance_m(ground.borders, country, row["entry_x"], row["entry_y"]) < 1.0
        if row["exit_s"] < verts["t"][-1]:
            x, y = at(verts, row["exit_s"])
            assert border_distance_m(ground.borders, country, x, y) < 1.0


def test_a_path_that_crosses_a_border_too_often_is_told_not_dropped(flat):
    """By the rule: a way through a comb of 200 teeth crosses the line 400 times, more than a leg may: -1, and an error that names path and replicate."""
    points = [(0.0, 0.2)]
    for i in range(200):
        points += [(i + 0.1, 0.2), (i + 0.1, -1.0), (i + 0.6, -1.0), (i + 0.6, 0.2)]
    a = 1e3 * np.array([*points, (300.0, 0.2), (300.0, 300.0), (0.0, 300.0)])
    b = np.roll(a, -1, axis=0)
    owner = np.zeros(len(a), dtype=int)
    start = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=12))]).astype(np.int32)
    box = np.full((12, 4), [1e9, 1e9, -1e9, -1e9])
    box[0] = (0.0, -1e3, 300e3, 300e3)
    pieces = *np.hstack([a, b]).T.copy(), np.zeros(len(a), dtype=np.uint8)
    comb = BorderIndex(*pieces, start, box, -2e6, -2e6, 4e6, 1, 1, 4e6, *tree_of(*pieces, start))
    distance = flat.fields.distance.copy()
    distance[0] = 0.0
    ground = Ground(flat.fields._replace(distance=distance), comb)
    verts = path([(-20e3, 0.0), (250e3, 0.0)], SPEED)
    assert stays_in(ground, 0, verts, 2, np.zeros(64, dtype=INSIDE), 0, False) == -1
    assert enters(ground, 0, verts, 2)
    paths = np.zeros(1, dtype=PATH)
    paths["vert_to"] = 2
    far = np.full_like(distance[0], 1e6)
    with pytest.raises(EngineError, match=r"path 0 .* in replicate 7"):
        stays_of(far, ground, verts, paths, " in replicate 7")


@settings(max_examples=60, deadline=None)
@given(points=st.lists(POINT, min_size=2, max_size=6), country=st.integers(1, 8), part=st.floats(0.01, 1.0))
def test_a_stay_cut_short_is_the_stay_of_the_path_cut_short(points, country, part):
    """Law: `stay_until` of a stay agrees with the stays of the path that ends there: exit, time, path, and the depth to twice its tolerance. Cut at or after
    its own exit it is the stay itself."""
    from zaslin.atlas.ground import load_ground

    ground = load_ground()
    verts = path(points, 200.0)
    scratch = np.zeros(64, dtype=INSIDE)
    for stay in stays(ground, country, verts):
        end_s = stay["entry_s"] + part * (stay["exit_s"] - stay["entry_s"])
        got = stay_until(ground, stay, verts, 0, len(verts), end_s, scratch)
        k = min(int(np.searchsorted(verts["t"], end_s, side="right")) - 1, len(verts) - 2)
        cut = verts[: k + 2].copy()
        cut[-1]["x"], cut[-1]["y"], cut[-1]["t"] = *at(verts, end_s), end_s
        alone = stays(ground, country, cut)
        last = alone[alone["entry_s"] >= stay["entry_s"] - 1e-6][-1:]
        if len(last):
            assert got[:3] == pytest.approx((last["exit_s"][0], last["inside_s"][0], last["path_m"][0]), rel=1e-9, abs=1e-4)
            assert got[3] == pytest.approx(last["depth_m"][0], abs=1.0)
        whole = stay_until(ground, stay, verts, 0, len(verts), stay["exit_s"] + 500.0, scratch)
        assert whole[:3] == pytest.approx((stay["exit_s"], stay["inside_s"], stay["path_m"]), rel=1e-9, abs=1e-4)
        assert whole[3] == pytest.approx(stay["depth_m"], abs=1.0)


def test_a_stay_with_a_gap_is_cut_before_or_behind_the_gap(flat):
    """By hand: 30 km along the border 10 km inside, 10 km to the border, out for 58 s, 10 km in again. Cut in the gap the stay ends where it went out; cut
    5 km behind the gap it has the path of both sides, and is 10 km deep as before."""
    out_m = 0.5 * 58.0 * SPEED
    verts = path([(-110e3, -30e3), (-110e3, 0.0), (-100e3 + out_m, 1.0), (-110e3, 2.0), (-110e3, 30e3)], SPEED)
    (stay,) = stays(flat, PL, verts)
    scratch = np.zeros(8, dtype=INSIDE)
    went_out = verts["t"][1] + 10e3 / SPEED
    exit_s, inside_s, path_m, depth_m = stay_until(flat, stay, verts, 0, 5, went_out + 20.0, scratch)
    assert (exit_s, inside_s, path_m, depth_m) == pytest.approx((went_out, went_out, 40e3, 10e3), rel=2e-3)
    exit_s, inside_s, path_m, depth_m = stay_until(flat, stay, verts, 0, 5, went_out + 58.0 + 5e3 / SPEED, scratch)
    assert (exit_s, path_m, depth_m) == pytest.approx((went_out + 58.0 + 5e3 / SPEED, 45e3, 10e3), rel=2e-3)
    assert inside_s == pytest.approx(exit_s - 58.0, rel=2e-3)


def test_a_depth_that_is_left_open_is_no_number(flat):
    """By the rule: without depths a stay abroad has NaN, which the engine fills for what is flown; Ukraine's is 0."""
    verts = path([(-50e3, 20e3), (-250e3, 20e3)], 250.0)
    paths = np.zeros(1, dtype=PATH)
    paths["vert_to"] = 2
    near = np.full_like(flat.fields.distance[0], -1.0)
    rows, _ = stays_of(near, flat, verts, paths, with_depth=False)
    assert rows["country"].tolist() == [0, PL]
    assert rows["depth_m"][0] == 0.0 and np.isnan(rows["depth_m"][1])
