"""Orders worked to the second: paths toward the border x = 0, sights given by hand."""

from __future__ import annotations

import math

import numpy as np
from pytest import approx, mark

import toy_world as toy
from zaslin import draws
from zaslin.doctrine.alert import first_within_s, on_station_s, order_s, take_off_s
from zaslin.physics.detection import BY_AIRBORNE, BY_SHARED, SIGHT
from zaslin.plane import along, distance_m
from zaslin.scenario.threat import CLASSES
from zaslin.world.arrays import KIND_QRA, VERT

KM = 1_000.0
WEST = {"points": [(300, 0), (50, 0)], "speed": 200.0}
NEAR_S = (distance_m(300 * KM, 0.0, 0.0, 0.0) - 150 * KM) / 200.0
"""When WEST is 150 km off the border: some 750 s."""


def _within(points: list[tuple[float, float, float]], within_km: float, from_s: float = -1e9, to_s: float = math.inf, country: int = toy.PL) -> float:
    """First time within a distance of Poland, until the end at the latest, on a path of (x km, y km, t), which is the second in its array."""
    verts = np.array([(-9 * KM, 0.0, 1.0, 0.0)] + [(KM * x, KM * y, t, 100.0) for x, y, t in points], VERT)
    return first_within_s(toy.ground().fields, country, within_km * KM, verts, 1, len(verts), from_s, min(to_s, points[-1][2]))


def _order(*flights, own=math.inf, from_s: float = -1e4, country: int = toy.PL, **changes) -> float:
    raid = toy.raid(*flights)
    allies = toy.coalition([toy.member(country)], [], [toy.pair(kind=KIND_QRA, **changes)])
    sight = np.zeros(len(flights), SIGHT)
    pieces = toy.held(sight[None], own=own)
    return order_s(toy.ground().fields, raid.threats, raid.verts, allies.members[0], sight, pieces, allies.shooters[0], from_s)


# --- the approach ------------------------------------------------------------------------------------------------------


def test_the_approach_is_found_to_a_hundredth_of_a_second():
    """By hand: 300 km off at t = 20, straight in at 250 m/s: within 100 km after 200 km; never earlier than it is."""
    way = distance_m(300 * KM, 0.0, 0.0, 0.0)
    t = _within([(300, 0, 20.0), (0, 0, 20.0 + way / 250.0)], 100)
    assert -0.003 <= t - (20.0 + (way - 100 * KM) / 250.0) <= 0.013


def test_the_approach_is_looked_for_between_two_times_only():
    """By hand: the same flight is within 100 km from t = 820 on: asked from 900 it is then, until 810 never, until 830 it is found; before the path
    begins nothing is flown; a span that ends before the path begins holds nothing."""
    way = distance_m(300 * KM, 0.0, 0.0, 0.0)
    path = [(300, 0, 20.0), (0, 0, 20.0 + way / 250.0)]
    near = 20.0 + (way - 100 * KM) / 250.0
    assert _within(path, 100, from_s=900.0) == 900.0
    assert _within(path, 100, to_s=near - 5.0) == math.inf
    assert _within(path, 100, to_s=near + 5.0) == approx(near, abs=0.02)
    assert _within(path, 1_000) == 20.0
    assert _within(path, 1_000, to_s=20.0) == 20.0
    assert _within(path, 1_000, to_s=19.0) == math.inf
    assert _within(path, 1_000, from_s=30.0, to_s=29.0) == math.inf


def test_a_country_without_a_border_here_is_never_near():
    """By the rule: country -1. Ukraine, country 0, has one: from 900 to 700 km in 1,000 s it is within 50 km of x = 800 km at 250 s."""
    assert _within([(300, 0, 0.0), (0, 0, 999.0)], 2e6, country=-1) == math.inf
    leg, off = distance_m(900 * KM, 0.0, 700 * KM, 0.0), distance_m(900 * KM, 0.0, 800 * KM, 0.0)
    assert _within([(900, 0, 0.0), (700, 0, 1_000.0)], 50, country=toy.UA) == approx(1_000.0 * (off - 50 * KM) / leg, abs=0.5)


def test_a_faster_leg_is_not_stepped_over():
    """By hand: 1,000 s slowly along at 200 km (100 m/s), then 120 km in at 2,000 m/s and out again: within 90 km from the second vertex on after 110 km,
    55 s."""
    path = [(200, -100, 300.0), (200, 0, 1_300.0), (80, 0, 1_360.0), (200, 0, 1_420.0)]
    leg = distance_m(200 * KM, 0.0, 80 * KM, 0.0)
    off = distance_m(200 * KM, 0.0, 0.0, 0.0)
    assert _within(path, 90) == approx(1_300.0 + 60.0 * (off - 90 * KM) / leg, abs=0.05)


def test_a_flight_past_at_a_distance_is_never_near_and_at_its_end_is():
    """By hand: along 120 km off never within 119, always within 121; a flight that comes within 100 km in its last second is near then."""
    past = [(120, -200, 0.0), (120, 200, 2_000.0)]
    assert _within(past, 115) == math.inf
    assert _within(past, 121) == 0.0
    x, _ = along(0.0, 0.0, 300 * KM, 0.0, 100 * KM - 100.0)
    way = distance_m(300 * KM, 0.0, x, 0.0)
    assert _within([(300, 0, 0.0), (x / KM, 0, way / 200.0)], 100) == approx((way - 100.0) / 200.0, abs=0.02)


def test_who_waits_before_he_comes_is_near_when_he_comes():
    """By hand: a minute at rest 160 km off, then straight in at 200 m/s: within 150 km at 60 s and the time for 10 km."""
    off, way = distance_m(160 * KM, 0.0, 0.0, 0.0), distance_m(160 * KM, 0.0, 50 * KM, 0.0)
    assert _within([(160, 0, 0.0), (160, 0, 60.0), (50, 0, 60.0 + way / 200.0)], 150) == approx(60.0 + (off - 150 * KM) / 200.0, abs=0.02)


def test_a_flight_that_has_ended_comes_no_nearer():
    """By hand: straight in, it ends 160 km off after some 700 s: never within 150 km, however long is asked; 170 km it came within before its end, and from
    its end on it is nowhere."""
    way = distance_m(300 * KM, 0.0, 160 * KM, 0.0)
    verts = np.array([(300 * KM, 0.0, 0.0, 100.0), (160 * KM, 0.0, way / 200.0, 100.0)], VERT)
    fields = toy.ground().fields
    for to_s in (way / 200.0, 1e4, math.inf):
        assert first_within_s(fields, toy.PL, 150 * KM, verts, 0, 2, 0.0, to_s) == math.inf
        assert first_within_s(fields, toy.PL, 170 * KM, verts, 0, 2, 0.0, to_s) == approx(650.0, abs=3.0)
        assert first_within_s(fields, toy.PL, 170 * KM, verts, 0, 2, way / 200.0 + 1.0, to_s) == math.inf


# --- the order ---------------------------------------------------------------------------------------------------------


@mark.parametrize(
    ("name", "warned"), [("drone", True), ("cruise", True), ("supersonic", False), ("aeroballistic", False), ("ballistic", False), ("unknown", False)]
)
def test_whom_a_raid_warning_is_given_for(name, warned):
    """By the rule: bombers' missiles and drones are watched from their launch; of the others only a track tells."""
    flight = {**WEST, "cls": CLASSES.index(name)}
    assert _order(flight, raid_warning=1, lead_s=300.0) == (approx(NEAR_S - 300.0, abs=0.02) if warned else math.inf)
    assert _order(flight, raid_warning=0, lead_s=300.0) == math.inf


@mark.parametrize(
    ("name", "ordered"), [("drone", True), ("cruise", True), ("supersonic", True), ("aeroballistic", False), ("ballistic", False), ("unknown", True)]
)
def test_whose_track_orders(name, ordered):
    """By the rule: all that breathes air, once the own sensors have it and it is near; whether the pair would have been warned or not."""
    flight = {**WEST, "cls": CLASSES.index(name)}
    assert _order(flight, own=500.0) == (approx(NEAR_S, abs=0.02) if ordered else math.inf)
    assert _order(flight, own=900.0) == (900.0 if ordered else math.inf)
    assert _order(flight, own=900.0, from_s=1_000.0) == (1_000.0 if ordered else math.inf)


def test_the_earlier_of_warning_and_track_orders():
    """By hand: near at 750 s; a lead of 300 s warns at 450; with a negative lead, as after a late report, the track at 800 comes first."""
    assert _order(WEST, own=800.0, raid_warning=1, lead_s=300.0) == approx(NEAR_S - 300.0, abs=0.02)
    assert _order(WEST, own=800.0, raid_warning=1, lead_s=-100.0) == 800.0
    assert _order(WEST, own=900.0, raid_warning=1, lead_s=-100.0) == approx(NEAR_S + 100.0, abs=0.02)


def test_the_first_of_several_threats_orders_in_any_order():
    """By hand: three flights start at 0, 200 and 400 s: warned 300 s before the first is near, or, if it is stopped by then, the second."""
    flights = [{**WEST, "start": start} for start in (0.0, 200.0, 400.0)]
    for order in ((0, 1, 2), (2, 1, 0), (1, 0, 2)):
        assert _order(*(flights[i] for i in order), raid_warning=1, lead_s=300.0) == approx(NEAR_S - 300.0, abs=0.02)
    dead = {**WEST, "stop": 100.0}
    for row in ([dead, *flights[1:]], [flights[2], dead, flights[1]]):
        assert _order(*row, raid_warning=1, lead_s=300.0) == approx(NEAR_S - 100.0, abs=0.02)


def test_one_that_is_launched_later_but_nearer_orders_first():
    """By hand: the first is warned of at 750 - 300 = 450 s; one that is launched 140 km off at 600 s is near at once: warned of at 300 s. A ballistic
    missile before them in the list changes nothing."""
    near = {"points": [(140, 0), (50, 0)], "speed": 200.0, "start": 600.0}
    ballistic = {**WEST, "cls": CLASSES.index("ballistic")}
    for row in ((WEST, near), (near, WEST), (ballistic, WEST, near), (WEST, ballistic, near)):
        assert _order(*row, raid_warning=1, lead_s=300.0) == 300.0


def test_an_order_is_not_given_before_it_is_asked_for():
    """By hand: warned at 450 s by rights: asked from 600 s on, at once; asked from 2,000 s on, when the flight has ended, never; a second flight still to
    come then orders."""
    assert _order(WEST, raid_warning=1, lead_s=300.0, from_s=600.0) == 600.0
    assert _order(WEST, raid_warning=1, lead_s=300.0, own=0.0, from_s=2_000.0) == math.inf
    later = {**WEST, "start": 2_000.0}
    for row in ((WEST, later), (later, WEST)):
        assert _order(*row, raid_warning=1, lead_s=300.0, from_s=1_600.0) == approx(2_000.0 + NEAR_S - 300.0, abs=0.02)


def test_a_track_of_the_dead_orders_nobody():
    """By hand: near at 750 s, tracked from the start: stopped at 740 s it orders nobody, at 760 s it does; nor does a track that begins after its end
    (1,250 s)."""
    assert _order({**WEST, "stop": 740.0}, own=0.0) == math.inf
    assert _order({**WEST, "stop": 760.0}, own=0.0) == approx(NEAR_S, abs=0.02)
    assert _order({**WEST, "stop": 760.0}, own=780.0) == math.inf
    assert _order(WEST, own=1_300.0) == math.inf
    assert _order({**WEST, "stop": 700.0}, own=0.0, raid_warning=1, lead_s=0.0) == math.inf


def test_a_member_without_a_border_here_orders_nobody():
    """By the rule: nothing comes near a border that is not in the theatre, not even what is tracked."""
    assert _order(WEST, own=0.0, country=-1, raid_warning=1, lead_s=300.0) == math.inf


def _order_by_pieces(flights, own, by=None) -> float:
    """The order of a pair without a warning; own: when own sensors have each threat; by: what they are."""
    raid, allies = toy.raid(*flights), toy.coalition([toy.member()], [], [toy.pair(kind=KIND_QRA)])
    sight = np.zeros(len(flights), SIGHT)
    pieces = toy.held(sight[None], own=np.array([own]))
    if by is not None:
        pieces["by"] = by
    return order_s(toy.ground().fields, raid.threats, raid.verts, allies.members[0], sight, pieces, allies.shooters[0], -1e4)


def test_a_track_is_of_its_own_threat_by_own_sensors():
    """By hand: a ballistic missile tracked from 0 s orders nobody; the other's own track at 900 s does. So does one of the airborne radar, a partner's not;
    nor does a track of what is no threat (an object of another kind)."""
    ballistic = {**WEST, "cls": CLASSES.index("ballistic")}
    assert _order_by_pieces([ballistic, WEST], [0.0, 900.0]) == 900.0
    assert _order_by_pieces([WEST], [900.0], BY_AIRBORNE) == 900.0
    assert _order_by_pieces([WEST], [900.0], BY_SHARED) == math.inf
    assert _order_by_pieces([{**WEST, "other": 1}], [900.0]) == math.inf


def test_one_that_never_comes_near_does_not_end_the_list():
    """By hand: the first, a drone that stays 200 km off, is warned of never; the second is near at 750 s, less a lead of 300 s."""
    away = {"points": [(300, 0), (200, 0)], "speed": 200.0, "cls": CLASSES.index("drone")}
    assert _order(away, WEST, raid_warning=1, lead_s=300.0, own=0.0) == approx(NEAR_S - 300.0, abs=0.02)


# --- take-off and station ----------------------------------------------------------------------------------------------


def test_a_take_off_is_the_order_and_a_keyed_lognormal():
    """By the rule: readiness times exp(0.2 z), z the normal of (seed, night, pair, READINESS, scramble)."""
    shooter = toy.coalition([toy.member()], [], [toy.pair(kind=KIND_QRA)]).shooters[0]
    seed, night = np.uint64(4), np.uint64(9)
    for number in (0, 1, 5):
        z = draws.normal(seed, night, shooter["entity"], draws.READINESS, number)
        assert take_off_s(seed, night, shooter, 70.0, number) == approx(70.0 + 900.0 * math.exp(0.2 * z), rel=1e-12)


def test_a_patrol_stays_at_least_twenty_minutes():
    """By hand: 10,800 s of endurance: 4,799 s each way leave 1,202 s, 4,801 s leave the least."""
    shooter = toy.coalition([toy.member()], [], [toy.pair()]).shooters[0]
    assert [on_station_s(shooter, way) for way in (0.0, 4_799.0, 4_801.0)] == [10_800.0, 1_202.0, 1_200.0]
