"""Fuzzing: what is no raid or no coalition gets a clear error; what is one, however odd, is flown to its end and its books balance. Never a hang or a crash."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pytest import mark, raises

import toy_world as toy
from zaslin.engine.replicate import fly
from zaslin.engine.sane import FARTHEST_M, LONGEST_S, coalition_fault, raid_fault
from zaslin.errors import EngineError
from zaslin.world.arrays import KILLED_MEMBER, KIND_QRA, PLACE_UKRAINE, ZONE_ANYWHERE

SETTINGS = settings(max_examples=60, deadline=None)
ANYWHERE = toy.caveat(zone=ZONE_ANYWHERE, place=PLACE_UKRAINE)
WEST = {"points": [(300, 0), (-300, 0)], "speed": 200.0}
DRONE = {"points": [(200, 40), (-60, 40)], "speed": 50.0, "cls": toy.DRONE, "name": "drone"}


def _allies(**pair):
    pairs = [toy.pair(**pair), toy.pair(kind=KIND_QRA, name="alert", raid_warning=1, **pair)]
    return toy.coalition([toy.member()], [ANYWHERE], pairs, batteries=[toy.battery(across=1)])


def _balanced(raid, allies, flown) -> None:
    n, members = len(raid.threats), len(allies.members)
    killed = flown.fates["fate"] == KILLED_MEMBER
    assert len(flown.fates) == n and killed.sum() == flown.shots["hit"].sum() <= len(flown.shots)
    assert len(flown.causes) == (n - killed.sum()) * (members + 1)
    assert np.isfinite(flown.fates["fate_s"]).all() and np.isfinite(flown.shots["fire_s"]).all() and np.isfinite(flown.falls["ec"]).all()


@mark.parametrize("column", ["x", "y", "t", "alt"])
@mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e300])
def test_a_vertex_that_is_no_place_or_time_is_named(column, value):
    raid = toy.raid(WEST, DRONE)
    raid.verts[column][3] = value
    with raises(EngineError, match=rf"vertex 3 of threat drone: {column} is .* in replicate 0"):
        fly(raid, _allies(), toy.ground(), 1)


@SETTINGS
@given(st.sampled_from(["threats", "verts", "inside", "members", "caveats", "shooters", "batteries"]), st.data())
def test_a_number_that_is_none_never_gets_into_a_kernel(table, data):
    """Law: NaN in any field of any input is either told, with replicate and package, or is in a field that nothing reads: then the books balance."""
    raid, allies = toy.raid(WEST, DRONE), _allies()
    rows = getattr(raid if table in ("threats", "verts", "inside") else allies, table)
    floats = [name for name in rows.dtype.names if rows[name].dtype.kind == "f"]
    column = data.draw(st.sampled_from(floats))
    at = data.draw(st.integers(0, len(rows) - 1))
    rows[column][at] = math.nan
    try:
        flown = fly(raid, allies, toy.ground(), 1)
    except EngineError as error:
        assert "replicate 0" in str(error)
        return
    assert column in ("depth_m", "path_m", "inside_s")
    _balanced(raid, allies, flown)


_place = st.sampled_from([(0.0, 0.0), (300.0, 0.0), (300.0, 0.0), (-300.0, 0.0), (0.0, 500.0), (-600.0, -500.0), (1e-9, 0.0), (5_000.0, 0.0)])


@SETTINGS
@given(st.lists(st.lists(_place, min_size=2, max_size=7), min_size=0, max_size=6), st.sampled_from([0.5, 50.0, 222.0, 900.0]), st.integers(0, 3))
def test_coincident_points_corners_and_legs_of_no_length(paths, speed, replicate):
    """Law: paths that stand still, come back on themselves, lie on borders and their corners, or leave the frame are flown, and the books balance."""
    raid = toy.raid(*[{"points": path, "speed": speed, "name": f"t{i}", "cls": toy.CRUISE} for i, path in enumerate(paths)], replicate=replicate)
    assume(not len(raid.verts) or raid.verts["t"].max() < LONGEST_S)
    allies = _allies()
    _balanced(raid, allies, fly(raid, allies, toy.ground(), 3))


@mark.parametrize("pair", [{"rounds": 0}, {"shot_interval_s": 0.0}, {"endurance_s": 1.0}, {"endurance_s": 1e6}, {"readiness_s": 0.0}, {"reach_m": (0.0,) * 6},
                           {"station": (-200.0, 0.0)}, {"cruise_mps": 1e-3}, {"dash_mps": 10.0}, {"dash_mps": 1e5, "missile_mps": 1e5}])  # fmt: skip
def test_odd_pairs_fly_to_the_end(pair):
    raid, allies = toy.raid(WEST, DRONE), _allies(**pair)
    flown = fly(raid, allies, toy.ground(), 1)
    _balanced(raid, allies, flown)
    if pair.get("rounds") == 0:
        assert (flown.shots["shooter"] == 2).all()  # the battery alone


@mark.parametrize(
    "more",
    [
        {"rounds": 0}, {"channels": 0}, {"reload_s": 0.0}, {"reaction_s": 0.0, "shot_interval_s": 0.0, "reload_s": 60.0, "rounds": 1}, {"coverage": 0.0},
        {"behind_m": 5e5}, {"floor_m": 500.0, "ceiling_m": 100.0}, {"missile_mps": 100.0},
    ],
)  # fmt: skip
def test_odd_batteries_fire_to_the_end(more):
    """A magazine of none, no channel, a reload of no time, a row beyond the theatre, a band of no height, rounds slower than the threat."""
    raid = toy.raid(WEST, DRONE)
    allies = toy.coalition([toy.member()], [toy.caveat()], [], batteries=[toy.battery(across=1, p_kill=(0.0,) * 6, **more)])
    _balanced(raid, allies, fly(raid, allies, toy.ground(), 1))


def test_no_threats_no_members_no_rules():
    nothing = toy.raid()
    assert len(fly(nothing, _allies(), toy.ground(), 1).fates) == 0
    empty = toy.coalition([], [], [])
    flown = fly(toy.raid(WEST, DRONE), empty, toy.ground(), 1)
    assert len(flown.shots) == 0
    assert [(row["member"], row["cause"], row["caveat"]) for row in flown.causes] == [(-1, 0, -1)] * 2  # not seen, for there is nobody to look
    assert len(fly(nothing, empty, toy.ground(), 1).fates) == 0
    assert len(fly(toy.raid(WEST), toy.coalition([toy.member()], [], [toy.pair()]), toy.ground(), 1).shots) == 0


def test_two_thousand_threats():
    """Load: 2,000 threats against two pairs and a battery end in one replicate; nobody fires more than he has."""
    luck = np.random.default_rng(5)
    flights = [
        {"points": [(float(x), float(y)), (-100.0, float(z))], "speed": 200.0, "start": float(s), "name": f"t{i:04d}"}
        for i, (x, y, z, s) in enumerate(
            zip(*(luck.uniform(low, high, 2_000) for low, high in ((100, 700), (-400, 400), (-400, 400), (0, 7_200))), strict=True)
        )
    ]
    raid, allies = toy.raid(*flights), _allies()
    flown = fly(raid, allies, toy.ground(), 1)
    _balanced(raid, allies, flown)
    assert np.bincount(flown.shots["shooter"], minlength=3)[2] <= 100


def test_times_at_the_bounds():
    """A raid at the last second that is let in is flown; one beyond it is told."""
    late = {**WEST, "start": LONGEST_S - 3_100.0}
    raid = toy.raid(late)
    _balanced(raid, _allies(), fly(raid, _allies(), toy.ground(), 1))
    before = toy.raid({**WEST, "start": -LONGEST_S + 1.0})
    _balanced(before, _allies(), fly(before, _allies(), toy.ground(), 1))
    with raises(EngineError, match="vertex"):
        fly(toy.raid({**WEST, "start": LONGEST_S}), _allies(), toy.ground(), 1)


@mark.parametrize(
    ("change", "told"),
    [
        (lambda raid: raid.threats.__setitem__("vert_to", 1), "no path of two vertices"),
        (lambda raid: raid.threats.__setitem__("vert_to", 99), "no path of two vertices"),
        (lambda raid: raid.threats.__setitem__("cls", 9), "class that there is not"),
        (lambda raid: raid.verts.__setitem__("t", raid.verts["t"][::-1].copy()), "flies backward in time"),
        (lambda raid: raid.verts.__setitem__("x", 2 * FARTHEST_M), "x is"),
        (lambda raid: raid.threats.__setitem__("stop_s", math.nan), "Ukraine's stop"),
        (lambda raid: raid.threats.__setitem__("end_s", -5.0), "no time after its launch"),
        (lambda raid: raid.threats.__setitem__("bc_kgm2", 0.0), "ballistic coefficient"),
        (lambda raid: raid.inside.__setitem__("threat", 7), "belongs to no threat"),
        (lambda raid: raid.threats.__setitem__("other", 9), "of a kind that there is not"),
    ],
)  # fmt: skip
def test_raids_that_cannot_be_are_told(change, told):
    raid = toy.raid(WEST, DRONE)
    change(raid)
    assert told in str(raid_fault(raid))
    with raises(EngineError, match="replicate 0"):
        fly(raid, _allies(), toy.ground(), 1)


@mark.parametrize(
    ("change", "told"),
    [
        (lambda allies: allies.shooters.__setitem__("member", 3), "belongs to no member"),
        (lambda allies: allies.caveats.__setitem__("member", -1), "belongs to no member"),
        (lambda allies: allies.shooters.__setitem__("rounds", -1), "less than no rounds"),
        (lambda allies: allies.shooters.__setitem__("cruise_mps", 0.0), "without speed"),
        (lambda allies: allies.shooters.__setitem__("missile_mps", 0.0), "do not fly"),
        (lambda allies: allies.batteries.__setitem__("shooter", 9), "no shooter"),
        (lambda allies: object.__setattr__(allies, "batteries", np.repeat(allies.batteries, 2)), "one shooter"),
        (lambda allies: allies.members.__setitem__("latency_s", math.inf), "member: latency_s"),
        (lambda allies: [allies.caveats.__setitem__(*one) for one in (("zone", 4), ("named", 99))], "a zone that there is not"),
        (lambda allies: [allies.shooters.__setitem__(*one) for one in (("bursts", 3), ("gun_mps", 0.0))], "shells do not fly"),
        (lambda allies: object.__setattr__(allies, "policy", 9), "a policy"),
    ],
)  # fmt: skip
def test_coalitions_that_cannot_be_are_told(change, told):
    allies = _allies()
    change(allies)
    assert told in str(coalition_fault(allies))
    with raises(EngineError, match='"toy"'):
        fly(toy.raid(WEST), allies, toy.ground(), 1)


def test_names_and_threats_are_as_many():
    raid = toy.raid(WEST, DRONE)
    assert "2 threats and 1 names" in str(raid_fault(dataclasses.replace(raid, names=("one",))))
