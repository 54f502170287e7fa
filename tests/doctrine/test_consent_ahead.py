"""What the caveats say of a place ahead, at a time: each answer by the rules, no route asked."""

from __future__ import annotations

import math

import numpy as np
from pytest import mark

import toy_world as toy
from zaslin.doctrine.consent import FORBIDDEN, PERMITTED, UNAPPROVED, permitted_there
from zaslin.world.arrays import EFFECT_ASK, EFFECT_FORBID, ZONE_ANYWHERE, ZONE_NAMED, ZONE_UKRAINE, ZONE_WITHIN

KM = 1_000.0
WEST, EAST = -0.5 * math.pi, 0.5 * math.pi


def _there(caveats, x_km, y_km=0.0, yes_s=math.inf, now=100.0, cls=toy.CRUISE, course=WEST, speed=200.0, m=0, members=None, zones=None):
    """(answer, name of the caveat or None)."""
    allies = toy.coalition(members or [toy.member()], caveats, [], zones=zones)
    yes = np.zeros(len(caveats))
    yes[:] = yes_s
    answer, row = permitted_there(toy.ground(), allies.members, m, allies.caveats, allies.zones, yes, cls, x_km * KM, y_km * KM, course, speed, 0.0, 0.0, now)
    return int(answer), None if row < 0 else allies.caveat_names[row]


def test_a_permit_holds_in_its_zone():
    """By the rule: own airspace west of x = 0, Ukraine east of it, within 100 km of the border over Ukraine; elsewhere nothing matches and nothing is named."""
    for zone, inside, outside in (
        (0, [-1, -300], [1, 300]),
        (ZONE_UKRAINE, [1, 300], [-1, 900]),
        (ZONE_WITHIN, [1, 99], [101, -1]),
        (ZONE_ANYWHERE, [-1, 5_000], []),
    ):
        rule = toy.caveat(zone=zone, within_m=100 * KM)
        assert [_there([rule], x) for x in inside] == [(PERMITTED, "rule")] * len(inside)
        assert [_there([rule], x) for x in outside] == [(FORBIDDEN, None)] * len(outside)


def test_the_last_forbid_that_matches_is_named():
    """By the rule: forbid beats ask and permit; a forbid that does not match there beats nothing."""
    free, ask = toy.caveat(zone=ZONE_ANYWHERE, name="free"), toy.caveat(zone=ZONE_ANYWHERE, effect=EFFECT_ASK, name="ask")
    there, home = toy.caveat(zone=ZONE_UKRAINE, effect=EFFECT_FORBID, name="there"), toy.caveat(effect=EFFECT_FORBID, name="home")
    assert _there([free, there, ask, home], 5) == (FORBIDDEN, "there")
    assert _there([free, there, ask, home], -5) == (FORBIDDEN, "home")
    assert _there([there, {**there, "name": "again"}, free], 5) == (FORBIDDEN, "again")
    assert _there([there, free], 5) == (FORBIDDEN, "there")
    assert _there([there, free], -5) == (PERMITTED, "free")


def test_an_approval_counts_from_its_time_on():
    """By hand: the yes comes at 100 s: counted on at 100 s, not at 99.9; one that needs no delay always."""
    ask = toy.caveat(effect=EFFECT_ASK, delay_s=60.0)
    assert _there([ask], -5, yes_s=100.0) == (PERMITTED, "rule")
    assert _there([ask], -5, yes_s=100.0, now=99.9) == (UNAPPROVED, "rule")
    assert _there([ask], -5) == (UNAPPROVED, "rule")
    assert _there([{**ask, "delay_s": 0.0}], -5) == (PERMITTED, "rule")
    assert _there([{**ask, "delay_s": 1.0}], -5) == (UNAPPROVED, "rule")


def test_an_ask_without_its_yes_beats_a_permit_and_one_with_it_any():
    """By the rule: an approved ask permits whatever else is unanswered; else an unanswered one beats the permits; each is named."""
    free = toy.caveat(name="free")
    a, b = (toy.caveat(effect=EFFECT_ASK, delay_s=60.0, name=name) for name in "ab")
    assert _there([free, a], -5) == _there([a, free], -5) == (UNAPPROVED, "a")
    assert _there([a, b, free], -5, yes_s=[math.inf, 50.0, math.inf]) == (PERMITTED, "b")
    assert _there([free, a, b], -5, yes_s=[math.inf, 50.0, math.inf]) == (PERMITTED, "a")
    assert _there([{**a, "zone": ZONE_UKRAINE}, free, b], -5, yes_s=[1.0, 1.0, math.inf]) == (UNAPPROVED, "b")
    assert _there([{**a, "zone": ZONE_UKRAINE}, free], -5) == (PERMITTED, "free")


@mark.parametrize(
    ("course", "x", "answer"), [(WEST, 59, PERMITTED), (WEST, 61, FORBIDDEN), (EAST, 10, FORBIDDEN), (WEST + 1.0, 31, PERMITTED), (WEST + 1.0, 34, FORBIDDEN)]
)
def test_the_heading_test_is_made_there(course, x, answer):
    """By hand: horizon 300 s at 200 m/s: 60 km straight at the border, 60 · cos 1 = 32.4 km at a radian to it; away from it never. At half the speed half."""
    rule = toy.caveat(zone=ZONE_UKRAINE, heading=1)
    assert _there([rule], x, course=course)[0] == answer
    assert _there([rule], x / 2, course=course, speed=100.0)[0] == answer


def test_caveats_hold_for_their_member_and_their_classes():
    """By the rule: another member's caveat, another class's, and a heading rule without a horizon for the class say nothing."""
    members = [toy.member(), toy.member(toy.RO)]
    rules = [toy.caveat(0, zone=ZONE_ANYWHERE, name="pl"), toy.caveat(1, zone=ZONE_ANYWHERE, classes=0b01, name="ro")]
    assert _there(rules, 5, members=members) == (PERMITTED, "pl")
    assert _there(rules, 5, members=members, m=1, cls=toy.DRONE) == (PERMITTED, "ro")
    assert _there(rules, 5, members=members, m=1, cls=toy.CRUISE) == (FORBIDDEN, None)
    heading = toy.caveat(zone=ZONE_UKRAINE, heading=1, horizon_s=(0.0, 300.0, 0, 0, 0, 0))
    assert [_there([heading], 5, cls=cls)[0] for cls in (0, 1)] == [FORBIDDEN, PERMITTED]
    assert _there([{**heading, "heading": 0}], 5, cls=0)[0] == PERMITTED
    assert [_there([{**heading, "zone": ZONE_ANYWHERE}], -5, cls=cls)[0] for cls in (0, 1)] == [FORBIDDEN, PERMITTED]
    assert _there([], 5) == (FORBIDDEN, None)


def test_own_airspace_is_the_members_own_and_a_guest_has_none():
    """By the rule: (100, -600) lies over Romania. A member without a border in the theatre (country -1) has no own airspace; Ukraine's (0) is its own."""
    for country, x, y, answer in (
        (toy.RO, 100, -600, PERMITTED), (toy.PL, 100, -600, FORBIDDEN), (-1, -5, 0, FORBIDDEN), (-1, 5, 0, FORBIDDEN), (toy.UA, 5, 0, PERMITTED), (toy.PL,
        -5, 0, PERMITTED),
    ):  # fmt: skip
        assert _there([toy.caveat()], x, y, members=[toy.member(country)])[0] == answer


def test_a_named_zone_is_its_own_cell():
    """By hand: two zones of one cell each, the second in the grid's south-west corner; outside the grid nothing is in a zone."""
    zones = np.zeros((2, toy.NY, toy.NX), np.uint8)
    zones[0, round((0 - toy.Y0) / toy.CELL_M), round((100 * KM - toy.X0) / toy.CELL_M)] = 1
    zones[1, 0, 0] = zones[1, -1, -1] = 1
    first, second = (toy.caveat(zone=ZONE_NAMED, named=named) for named in (0, 1))
    for rule, x, y, answer in (
        (first, 102, 2, PERMITTED), (first, 106, 2, FORBIDDEN), (second, 102, 2, FORBIDDEN), (second, -698, -998, PERMITTED), (first, -698, -998, FORBIDDEN),
        (second, 5_000, 0, FORBIDDEN), (second, -693, -998, FORBIDDEN),
    ):  # fmt: skip
        assert _there([rule], x, y, zones=zones)[0] == answer


def test_inside_the_own_airspace_every_course_has_met_it():
    """By the rule: a heading rule that holds anywhere permits what is inside on any course, though it flies out."""
    rule = toy.caveat(zone=ZONE_ANYWHERE, heading=1)
    assert [_there([rule], x, course=EAST)[0] for x in (-100, 100)] == [PERMITTED, FORBIDDEN]
