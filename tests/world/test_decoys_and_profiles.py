"""Decoys among the drones of a report, and the altitudes of drones: by hand and by law."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_worlds import BIG, START, fixed, group, night_of, routes_with

from zaslin.scenario.catalogue import DECOY
from zaslin.scenario.night import Night
from zaslin.world.arrays import SPOOFED, VERT
from zaslin.world.paths import MAX_VERTS, profile_m, set_profile
from zaslin.world.raid import draw_raid

OFF = {
    "spoofed": fixed(0.0, "share"), "climb_out": fixed(0.0, "km"), "dive": fixed(0.0, "deg"), "low_approach": fixed(0.0, "probability"),
}  # fmt: skip


def _moved(night: Night, days: int) -> Night:
    """The night so many days later."""
    by = timedelta(days=days)
    later = tuple(item.model_copy(update={"start_utc": item.start_utc + by, "end_utc": item.end_utc + by}) for item in night.groups)
    return Night(**dict(night) | {"groups": later})


DRONES = night_of(group("shahed", "Shahed-136/131", 200, launch_areas=("Kursk oblast",)), group("kh101", "Kh-101/Kh-555", 20))
LATE = _moved(DRONES, 330)
"""The same drones on 23 November 2024, when half of what is called a drone may be a decoy."""


def test_the_share_of_decoys_is_that_of_the_day(compiled, ground):
    """By hand: none on 2023-12-29; with a fixed share of 0.5 on a later night 200 coins a raid, five raids, four standard errors are 0.063."""
    assert START.year == 2023
    early = draw_raid(compiled(DRONES), ground, 1, 0).threats
    assert not early["decoy"].any()
    inputs = compiled(LATE, routes=routes_with(decoys={"2024-07-20": fixed(0.1, "share"), "2024-09-01": fixed(0.5, "share")}))
    raids = [draw_raid(inputs, ground, 1, r).threats for r in range(5)]
    assert np.mean([raid["decoy"][raid["group"] == 0].mean() for raid in raids]) == pytest.approx(0.5, abs=0.063)
    assert not any(raid["decoy"][raid["group"] == 1].any() for raid in raids)


def test_a_decoy_flies_and_falls_as_the_catalogues_decoy(compiled, ground):
    """Its speed, range and fall are the decoy model's of the block; its name in the rows is the report's."""
    inputs = compiled(LATE, routes=routes_with(decoys={"2024-09-01": fixed(0.5, "share")}, spoofed=fixed(0.0, "share")))
    assert DECOY not in inputs.model_names
    assert len(inputs.night.models) == len(inputs.model_names) + 1
    decoy, shahed = inputs.night.models[-1], inputs.night.models[0]
    raid = draw_raid(inputs, ground, 1, 0)
    mine, others = raid.threats[raid.threats["decoy"] == 1], raid.threats[(raid.threats["decoy"] == 0) & (raid.threats["group"] == 0)]
    assert (mine["model"] == 0).all()
    assert (mine["bc_kgm2"] == decoy["bc_kgm2"]).all() and (others["bc_kgm2"] == shahed["bc_kgm2"]).all()
    assert (mine["casualty_m2"] == decoy["casualty_m2"]).all()
    assert ((mine["speed_mps"] >= decoy["speed_low_mps"]) & (mine["speed_mps"] <= decoy["speed_high_mps"])).all()
    assert decoy["bc_kgm2"] < shahed["bc_kgm2"]
    ends = [np.hypot(*(raid.verts[["x", "y"]][t["vert_to"] - 1][k] - raid.verts[["x", "y"]][t["vert_from"]][k] for k in ("x", "y"))) for t in mine]
    assert max(ends) <= 0.9 * decoy["range_m"] * 1.1 + 20e3


def test_a_night_may_name_the_decoy_itself(compiled, ground):
    """By the rule: all of that group are decoys, on any date, and the coin changes nothing for them."""
    raid = draw_raid(compiled(night_of(group("gerbera", DECOY, 10, launch_areas=("Kursk oblast",)))), ground, 1, 0)
    assert (raid.threats["decoy"] == 1).all()


def test_the_coin_is_the_drones_own(compiled, ground):
    """Law: a wider share keeps every decoy of a narrower one, and what stays a drone flies as it did."""
    few, many = (
        draw_raid(compiled(LATE, routes=routes_with(decoys={"2024-09-01": fixed(share, "share")}, spoofed=fixed(0.0, "share"))), ground, 1, 3).threats
        for share in (0.2, 0.6)
    )
    assert (many["decoy"] >= few["decoy"]).all() and many["decoy"].sum() > few["decoy"].sum()
    same = many["decoy"] == few["decoy"]
    assert (many["launch_s"][same] == few["launch_s"][same]).all() and (many["end_s"][same] == few["end_s"][same]).all()


def test_with_all_of_it_off_drones_hold_one_altitude(compiled, ground):
    """By the rule: no climb, no dive, no low approach: the altitude of the launch is that of the end, and there are no further vertices."""
    off, on = (draw_raid(compiled(BIG, routes=routes_with(**more)), ground, 1, 0) for more in (OFF, {"spoofed": OFF["spoofed"]}))
    for threat in off.threats[off.threats["cls"] == 0]:
        assert len(set(off.verts["alt"][threat["vert_from"] : threat["vert_to"]])) == 1
    for a, b in zip(off.threats, on.threats, strict=True):
        assert a["end_s"] == pytest.approx(b["end_s"], abs=1e-6)
        plain, bent = (raid.verts["alt"][t["vert_from"] : t["vert_to"]] for raid, t in ((off, a), (on, b)))
        if a["cls"] == 0 and a["failed"] == 0:
            assert bent[0] == 0.0 and bent[-1] == 0.0
            assert bent.max() == pytest.approx(plain.max())
        else:
            assert len(plain) == len(bent)


def test_a_stray_drone_neither_comes_in_low_nor_dives(compiled, ground):
    """By the rule: it keeps its cruising altitude to the end."""
    inputs = compiled(LATE, routes=routes_with(spoofed=fixed(1.0, "share"), low_approach=fixed(1.0, "probability")))
    raid = draw_raid(inputs, ground, 1, 0)
    astray = raid.threats[raid.threats["failed"] & SPOOFED != 0]
    assert len(astray) > 5
    for threat in astray:
        alt = raid.verts["alt"][threat["vert_from"] : threat["vert_to"]]
        assert alt[-1] == alt.max()


def test_the_profile_by_hand():
    """100 km at 1,000 m: climbs over 10 km, is down at 200 m 30 km before the target and dives over the last kilometre."""
    points = {0.0: 0.0, 5e3: 500.0, 10e3: 1_000.0, 60e3: 1_000.0, 65e3: 600.0, 70e3: 200.0, 99e3: 200.0, 99.5e3: 100.0, 100e3: 0.0}
    for s, wanted in points.items():
        assert profile_m(s, 100e3, 1_000.0, 10e3, 200.0, 30e3, 1e3) == pytest.approx(wanted, abs=1e-6)


@settings(max_examples=100, deadline=None)
@given(
    ways=st.lists(st.floats(0.0, 80e3), min_size=1, max_size=12), cruise=st.floats(60.0, 5e3), climb=st.floats(0.0, 40e3), low=st.floats(0.0, 200e3),
    low_alt=st.floats(50.0, 500.0), dive=st.floats(0.0, 20e3),
)  # fmt: skip
def test_a_profile_adds_vertices_and_moves_none(ways, cruise, climb, low, low_alt, dive):
    """Law: every vertex of the plan is still there in order, at most four are added on its legs, altitudes lie between the ground and cruise."""
    verts = np.zeros(MAX_VERTS, dtype=VERT)
    n = len(ways) + 1
    verts["x"][1:n] = np.cumsum(ways)
    before = verts["x"][:n].copy()
    m = set_profile(verts, n, cruise, climb, low_alt, low, dive)
    after = verts["x"][:m]
    assert n <= m <= n + 4
    assert set(before) <= set(after)
    assert (np.diff(after) >= -1e-6).all()
    assert (np.abs(verts["y"][:m]) < 1e-3).all()
    assert (verts["alt"][:m] >= 0.0).all() and (verts["alt"][:m] <= cruise + 1e-9).all()
    if dive > 0.0:
        assert verts["alt"][m - 1] == 0.0
