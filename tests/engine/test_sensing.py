"""Who sees what: airborne radars, the shared coin, delays."""

from __future__ import annotations

import math

import numpy as np
from pytest import approx

import toy_world as toy
from zaslin.engine.sensing import same_radars
from zaslin.physics.detection import BY_AIRBORNE, BY_GROUND, BY_SHARED

KM = 1_000.0
WEST = {"points": [(300, 0), (-100, 0)], "speed": 200.0}
RANGE = (150 * KM, 200 * KM, 0.0, 0.0, 0.0, 0.0)


def _sight(raid, members, radars=None):
    return toy.permissions(raid, toy.coalition(members, [], [], radars=radars))[0]


def test_an_airborne_radar_sees_a_straight_flyer_at_its_range():
    """By hand: orbit over (0, 0), 200 km for cruise missiles: seen after (300 - 200) km at 200 m/s, 500 s; a drone at 150 km."""
    for cls, seen in ((toy.CRUISE, 500.0), (toy.DRONE, 750.0)):
        sight = _sight(toy.raid({**WEST, "cls": cls}), [toy.member(shared=0)], [(0, 0.0, 0.0, RANGE)])
        assert sight["seen_s"][0, 0] == approx(seen, rel=3e-3)
        assert sight["by"][0, 0] == BY_AIRBORNE


def test_the_first_of_all_sensors_makes_the_track():
    """By hand: the shared picture has it at its entry (the start), else the airborne radar, else the ground."""
    raid = toy.raid(WEST)
    assert _sight(raid, [toy.member()], [(0, 0.0, 0.0, RANGE)])["by"][0, 0] == BY_SHARED
    assert _sight(raid, [toy.member(shared=0)])["by"][0, 0] == BY_GROUND
    late = _sight(raid, [toy.member(latency_s=5_000.0, track_delay_s=7.0)], [(0, 0.0, 0.0, RANGE)])
    assert late["by"][0, 0] == BY_AIRBORNE
    assert late["seen_s"][0, 0] == late["own_s"][0, 0] == approx(507.0, rel=3e-3)


def test_the_shared_picture_holds_a_threat_for_all_members_or_for_none():
    """Law: one coin per threat; over 1,000 threats it holds as many as its cover says (three standard errors)."""
    raid = toy.raid(*[{**WEST, "name": f"toy-{i:04d}"} for i in range(1_000)])
    sight = _sight(raid, [toy.member(shared_cover=0.85), toy.member(toy.RO, shared_cover=0.85)])
    held = sight["by"] == BY_SHARED
    assert (held[0] == held[1]).all()
    assert held[0].mean() == approx(0.85, abs=3 * math.sqrt(0.85 * 0.15 / 1_000))


def test_the_time_to_classify_is_lognormal_around_its_median_and_each_members_own():
    """Law: log(delay / 60 s) / 0.5 is standard normal over threats (four standard errors), uncorrelated between members."""
    raid = toy.raid(*[{**WEST, "name": f"toy-{i:04d}"} for i in range(1_000)])
    sight = _sight(raid, [toy.member(classification_s=60.0), toy.member(toy.RO, classification_s=60.0)])
    z = np.log((sight["classified_s"] - sight["seen_s"]) / 60.0) / 0.5
    assert z.mean(axis=1) == approx([0.0, 0.0], abs=4 / math.sqrt(1_000))
    assert z.std(axis=1) == approx([1.0, 1.0], abs=4 / math.sqrt(2_000))
    assert np.corrcoef(z)[0, 1] == approx(0.0, abs=4 / math.sqrt(1_000))


def test_members_with_the_same_radars_see_the_same_and_with_others_their_own():
    """Law: the shortcut for equal radars changes nothing: a member's sight is what it has alone."""
    other = (100 * KM, 100 * KM, 0.0, 0.0, 0.0, 0.0)
    radars = [(0, 0.0, 0.0, RANGE), (1, 0.0, 0.0, RANGE), (2, 0.0, 0.0, other), (3, 0.0, 50 * KM, RANGE), (4, 0.0, 0.0, RANGE), (4, 9.0, 0.0, RANGE)]
    members = [toy.member(shared=0) for _ in range(6)]
    raid = toy.raid(WEST, {"points": [(300, 200), (-100, 150)], "speed": 200.0, "cls": toy.DRONE})
    table = toy.coalition(members, [], [], radars=radars).radars
    assert [same_radars(table, 0, m) for m in range(6)] == [True, True, False, False, False, False]
    together = toy.sensed(raid, toy.coalition(members, [], [], radars=radars))
    for m in range(6):
        alone = toy.sensed(raid, toy.coalition(members[:1], [], [], radars=[(0, *row[1:]) for row in radars if row[0] == m]))
        assert toy.known(*together, m) == toy.known(*alone)
