"""What may not matter: which way the world is turned, what o'clock it is. And what may only help: one more asset."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import mark

import toy_world as toy
from zaslin.atlas.borders import BorderIndex, tree_of
from zaslin.atlas.ground import Ground
from zaslin.engine.replicate import fly
from zaslin.world.arrays import KILLED_MEMBER, KIND_QRA, PLACE_ANYWHERE, PLACE_OWN, PLACE_UKRAINE, ZONE_ANYWHERE, ZONE_OWN, ZONE_UKRAINE

SETTINGS = settings(max_examples=40, deadline=None)
KM = 1_000.0


def _bare() -> Ground:
    """A ground without rasters and borders: every look at a field is outside its frame."""
    fields = toy.ground().fields._replace(x0=9e8, y0=9e8)
    none = np.zeros(0)
    borders = BorderIndex(
        none, none, none, none, np.zeros(0, np.uint8), np.zeros(13, np.int32), np.tile([1e9, 1e9, -1e9, -1e9], (12, 1)), -1e7, -1e7, 2e7, 1, 1, 2e7,
        *tree_of(none, none, none, none, np.zeros(0, np.uint8), np.zeros(13, np.int32)),
    )
    return Ground(fields, borders)


def _turned(points, angle):
    c, s = math.cos(angle), math.sin(angle)
    return [(c * x - s * y, s * x + c * y) for x, y in points]


def _world(angle, seed):
    """Four missiles, two patrols, an airborne radar and a shared picture, all turned about the plane's centre."""
    luck = np.random.default_rng(seed)
    flights = []
    for i in range(4):
        points = [(float(x), float(y)) for x, y in luck.uniform(-300, 300, (3, 2))]
        flights.append({"points": _turned(points, angle), "speed": float(luck.uniform(150, 260)), "name": f"t{i}"})
    raid = toy.raid(*flights)
    raid = type(raid)(raid.replicate, raid.block, raid.threats, raid.verts, raid.inside[:0], raid.names)
    raid.threats["excursion"] = 0
    pairs = []
    for i in range(2):
        (station, home) = _turned([tuple(luck.uniform(-150, 150, 2)), tuple(luck.uniform(-200, 200, 2))], angle)
        pairs.append(toy.pair(name=f"p{i}", station=station, base=home, p_kill=(0.5, 0.6, 0, 0, 0, 0), tail_loss=0.2))
    (radar,) = _turned([(20.0, 30.0)], angle)
    radars = [(0, KM * radar[0], KM * radar[1], (250 * KM,) * 6)]
    member = toy.member(-1, shared=0, track_delay_s=20.0, classification_s=30.0)
    rule = toy.caveat(zone=ZONE_ANYWHERE, place=PLACE_ANYWHERE)
    return raid, toy.coalition([member], [rule], pairs, radars=radars)


@mark.slow  # arrays of another kind: the engine compiles once more
@SETTINGS
@given(st.floats(0.0, 2 * math.pi), st.integers(0, 10**6))
def test_a_world_without_rasters_may_be_turned_about_its_centre(angle, seed):
    """Law: the gnomonic plane turned about its centre is the sphere turned about the point below it. Who fires at what and what it hits stay, and times, in
    thousands of seconds, to 1e-9 of them but for the root's own bracket of 1e-6 s."""
    first, second = (fly(*_world(turn, seed), _bare(), 5) for turn in (0.0, angle))
    for name, exact, times in (
        ("shots", ("threat", "shooter", "hit", "found"), ("fire_s", "impact_s")),
        ("engagements", ("threat", "shooter", "shots", "result"), ("commit_s", "end_s")),
        ("fates", ("fate", "would_have"), ("fate_s",)),
        ("sorties", ("shooter", "rounds"), ("take_off_s", "landing_s")),
    ):
        a, b = getattr(first, name), getattr(second, name)
        assert len(a) == len(b)
        for column in exact:
            assert (a[column] == b[column]).all()
        for column in times:
            assert np.allclose(a[column], b[column], rtol=1e-9, atol=2e-6, equal_nan=True)


@SETTINGS
@given(st.integers(0, 10**6), st.sampled_from([4_096.0, 65_536.0]))
def test_no_rule_knows_the_clock(seed, later):
    """Law: the same raid some hours later meets the same: what is fired, hit, held and booked, and every time later by as much."""
    luck = np.random.default_rng(seed)
    flights = [
        {
            "points": [(float(x), float(y)), (-150.0, float(z))],
            "speed": float(v),
            "name": f"t{i}",
            "start": float(s),
            "cls": toy.DRONE if v < 100 else toy.CRUISE,
        }
        for i, (x, y, z, v, s) in enumerate(
            zip(
                luck.uniform(50, 400, 5),
                luck.uniform(-200, 200, 5),
                luck.uniform(-200, 200, 5),
                luck.choice([50.0, 220.0], 5),
                luck.integers(0, 900, 5),
                strict=True,
            )
        )
    ]
    rules = [toy.caveat(place=PLACE_OWN, name="home"), toy.caveat(zone=ZONE_UKRAINE, place=PLACE_UKRAINE, heading=1, name="toward")]
    pairs = [toy.pair(name="cap", p_kill=(0.5, 0.6, 0, 0, 0, 0)), toy.pair(name="alert", kind=KIND_QRA, raid_warning=1, lead_s=1_200.0, base=(-150.0, 50.0))]
    members = [toy.member(shared=0, track_delay_s=20.0, classification_s=40.0, course_error_rad=0.05)]
    allies = toy.coalition(members, rules, pairs, batteries=[toy.battery(p_kill=(0.4, 0.4, 0, 0, 0, 0))])
    first = fly(toy.raid(*flights), allies, toy.ground(), 5)
    second = fly(toy.raid(*[{**flight, "start": flight["start"] + later} for flight in flights]), allies, toy.ground(), 5)
    assert (first.fates["fate"] == second.fates["fate"]).all()
    assert np.allclose(second.fates["fate_s"], first.fates["fate_s"] + later, rtol=0, atol=1e-4)
    for name in ("shots", "engagements", "windows", "causes", "falls", "refusals"):
        assert len(getattr(first, name)) == len(getattr(second, name)), name
    for name, column in (("shots", "fire_s"), ("windows", "from_s"), ("engagements", "commit_s"), ("sorties", "take_off_s"), ("falls", "land_s")):
        a, b = getattr(first, name)[column], getattr(second, name)[column]
        flown = np.isfinite(a)
        assert np.allclose(b[flown], a[flown] + later, rtol=0, atol=1e-3), name
    assert (first.shots["hit"] == second.shots["hit"]).all()


def _kills(raids, allies) -> np.ndarray:
    return np.array([(fly(raid, allies, toy.ground(), 9).fates["fate"] == KILLED_MEMBER).sum() for raid in raids], dtype=float)


@mark.parametrize("more", ["patrol", "alert", "battery", "another member"])
@mark.parametrize("policy", ["earliest", "optimal", "national"])
def test_one_more_asset_never_lowers_mean_kills(more, policy):
    """Law, paired over 250 raids of eight: one more patrol, alert pair, battery or nation never lowers mean kills by more than noise (three standard errors
    of the paired difference). What it adds is told: here it is more than nothing."""
    luck = np.random.default_rng(17)
    raids = []
    for k in range(250):
        flights = [
            {"points": [(float(x), float(y)), (-150.0, float(z))], "speed": 220.0, "name": f"t{i}", "start": float(s)}
            for i, (x, y, z, s) in enumerate(
                zip(luck.uniform(100, 400, 8), luck.uniform(-250, 250, 8), luck.uniform(-250, 250, 8), luck.uniform(0, 600, 8), strict=True)
            )
        ]
        raids.append(toy.raid(*flights, replicate=k))
    member = toy.member(fires_own=(0.7,) * 6, fires_ukraine=(0.8,) * 6)
    rules = [toy.caveat(zone=ZONE_OWN, place=PLACE_UKRAINE)]
    pair = {"p_kill": (0, 0.6, 0, 0, 0, 0), "rounds": 4, "tail_loss": 0.2, "miss_unseen": 0.1, "assess_s": 10.0}
    base = {"members": [member], "caveats": rules, "pairs": [toy.pair(name="first", **pair)], "batteries": []}
    richer = {
        "patrol": {"pairs": [*base["pairs"], toy.pair(name="second", station=(-60, 120), **pair)]},
        "alert": {"pairs": [*base["pairs"], toy.pair(name="second", kind=KIND_QRA, raid_warning=1, lead_s=1_800.0, base=(-150, -100), **pair)]},
        "battery": {"batteries": [toy.battery(coverage=0.5, p_kill=(0, 0.5, 0, 0, 0, 0), rounds=8)]},
        "another member": {
            "members": [member, toy.member(toy.RO)], "caveats": [*rules, toy.caveat(1, zone=ZONE_ANYWHERE, place=PLACE_ANYWHERE)],
            "pairs": [*base["pairs"], toy.pair(1, name="second", station=(-60, -150), **pair)],
        },
    }[more]  # fmt: skip
    before, after = (_kills(raids, toy.coalition(**{**base, **change}, policy=policy)) for change in ({}, richer))
    gap = after - before
    error = gap.std(ddof=1) / math.sqrt(len(gap))
    assert gap.mean() > -3 * error and gap.mean() > 0.0
