"""What wakes a pair that could not shoot: a later window on the same leg, a turn, the end of the projection."""

from __future__ import annotations

from pytest import approx

import toy_world as toy
from zaslin.engine.replicate import fly
from zaslin.world.arrays import PLACE_UKRAINE, ZONE_ANYWHERE, ZONE_OWN, ZONE_UKRAINE

KM = 1_000.0


def _fly(raid, caveats, pairs, **member):
    return fly(raid, toy.coalition([toy.member(**member)], caveats, pairs), toy.ground(), 5)


def test_a_window_that_opens_later_on_the_same_leg_wakes_the_shooter_again():
    """By hand: over Ukraine the pair comes too late (400 km behind the border); in own airspace, on the same straight leg, it shoots."""
    raid = toy.raid({"points": [(100, 0), (-390, 0)], "speed": 200.0})
    rules = [toy.caveat(zone=ZONE_UKRAINE, place=PLACE_UKRAINE, name="over"), toy.caveat(zone=ZONE_OWN, name="own")]
    flown = _fly(raid, rules, [toy.pair(station=(-400.0, 0.0))])
    assert flown.shots["fire_s"][0] > 500.0
    assert flown.shots["hit"].tolist() == [1]


def test_a_turn_toward_the_shooter_wakes_it():
    """By hand: north along x = 200 km the threat is out of reach of a pair held at home for good by dead reckoning; at 1,500 s it turns west."""
    raid = toy.raid({"points": [(200, -300), (200, 0), (-100, 0)], "speed": 200.0})
    flown = _fly(raid, [toy.caveat(zone=ZONE_ANYWHERE)], [toy.pair()])
    assert flown.engagements["commit_s"][0] == approx(raid.verts["t"][1], abs=1e-6)
    assert flown.shots["x"][0] == approx(29 * KM, abs=15.0)


def test_a_threat_beyond_the_projection_is_looked_at_again_when_it_ends():
    """By hand: 500 km off at 100 m/s a pair held at home can shoot in 4,700 s; the projection sees 900 s ahead, so it commits in the sixth look, 4,500 s
    into the flight at the latest, and shoots when reach allows."""
    raid = toy.raid({"points": [(500, 0), (-100, 0)], "speed": 100.0})
    flown = _fly(raid, [toy.caveat(zone=ZONE_ANYWHERE)], [toy.pair()])
    assert 3_600.0 <= flown.engagements["commit_s"][0] <= 4_500.0
    assert flown.shots["x"][0] == approx(29 * KM, abs=15.0)


def test_a_stale_track_is_chased_where_it_was_until_the_turn_is_known():
    """By hand: a pair held at home; the threat turns west at 1,500 s, its picture is 100 s old: the commitment comes 100 s after the turn."""
    raid = toy.raid({"points": [(200, -300), (200, 0), (-100, 0)], "speed": 200.0})
    flown = _fly(raid, [toy.caveat(zone=ZONE_ANYWHERE)], [toy.pair()], latency_s=100.0)
    assert flown.engagements["commit_s"][0] == approx(raid.verts["t"][1] + 100.0, abs=1e-6)
