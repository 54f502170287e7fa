"""Windows with sights given by hand: which caveat is booked, who is asked when, what is named, whose rows they are."""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import NormalDist

import numpy as np
from pytest import approx, mark

import toy_world as toy
from zaslin import draws
from zaslin.doctrine.consent import (
    CONSENT,
    EDGE_S,
    OK,
    WINDOW,
    WINDOWS_FULL,
    ZONE_FULL,
    _grid_s,
    open_windows,
    permitted_at,
)
from zaslin.physics.detection import SIGHT
from zaslin.physics.lethality import pair_entity
from zaslin.world.arrays import (
    EFFECT_ASK,
    EFFECT_FORBID,
    INSIDE,
    PLACE_ANYWHERE,
    PLACE_OWN,
    PLACE_UKRAINE,
    ZONE_ANYWHERE,
    ZONE_NAMED,
    ZONE_OWN,
    ZONE_UKRAINE,
    ZONE_WITHIN,
)

KM = 1_000.0
WEST = {"points": [(300, 0), (-100, 0)], "speed": 200.0}
SEED = np.uint64(6)


class _Opened:
    """What `open_windows` gives for raid and coalition; `own` and `classified`: times, per member and threat or one for all."""

    def __init__(self, raid, allies, own=0.0, classified=0.0, size=60):
        shape = len(allies.members), len(raid.threats)
        sight, self.consent, windows = np.zeros(shape, SIGHT), np.zeros(shape, CONSENT), np.zeros(size, WINDOW)
        sight["classified_s"], sight["taken_for"] = classified, raid.threats["cls"]
        pieces = toy.held(sight, own=own, shared=-math.inf, late=allies.members["latency_s"][:, None])
        self.yes_s = np.full((shape[1], len(allies.caveats)), -1.0)
        stay_from = np.searchsorted(raid.inside["threat"], np.arange(shape[1] + 1)).astype(np.int64)
        self.status, count = open_windows(
            toy.ground(), SEED, np.uint64(raid.replicate), raid.threats, raid.verts, raid.inside, stay_from, allies.members, allies.caveats, allies.zones,
            sight, pieces, windows, self.consent, self.yes_s, math.inf,
        )  # fmt: skip
        self.windows, self.names = windows[:count], allies.caveat_names

    def rows(self, m: int = 0, j: int = 0) -> list[tuple[str, float, float]]:
        first, last = self.consent["first"][m, j], self.consent["last"][m, j]
        assert all((w["member"], w["threat"]) == (m, j) for w in self.windows[first:last])
        return [(self.names[w["caveat"]], float(w["from_s"]), float(w["to_s"])) for w in self.windows[first:last]]

    def named(self, m: int = 0, j: int = 0) -> str | None:
        row = int(self.consent["caveat"][m, j])
        return None if row < 0 else self.names[row]


def _open(caveats, flight=WEST, member=None, zones=None, **given) -> _Opened:
    return _Opened(toy.raid(flight), toy.coalition([member or toy.member()], caveats, [], zones=zones), **given)


def _crossing(flight=WEST) -> float:
    raid = toy.raid(flight)
    return float(raid.inside["exit_s"][raid.inside["country"] == toy.UA][0])


B = _crossing()
END = float(toy.raid(WEST).threats["end_s"][0])
EXACT = {"abs": 1e-6}


# --- which caveat is booked --------------------------------------------------------------------------------------------


def test_of_permits_the_one_that_lets_the_shooter_go_farthest_is_booked():
    """By the rule: anywhere beats over Ukraine, a longer pursuit a shorter, and any of them the own airspace; of equals the first. In any order."""
    by_rank = [
        toy.caveat(place=PLACE_OWN, pursuit_m=math.inf, name="own"), toy.caveat(place=PLACE_UKRAINE, pursuit_m=0.0, name="zero"),
        toy.caveat(place=PLACE_UKRAINE, pursuit_m=50 * KM, name="fifty"), toy.caveat(place=PLACE_UKRAINE, pursuit_m=90 * KM, name="ninety"),
        toy.caveat(place=PLACE_ANYWHERE, pursuit_m=1.0, name="anywhere"),
    ]  # fmt: skip
    for low in range(5):
        for high in range(low + 1, 5):
            for pair in ((low, high), (high, low)):
                assert _open([by_rank[i] for i in pair]).rows() == [(by_rank[high]["name"], approx(B, **EXACT), approx(END, **EXACT))]
    assert _open([{**by_rank[2], "name": name} for name in "ab"]).rows()[0][0] == "a"
    assert _open([by_rank[0], {**by_rank[1], "effect": EFFECT_ASK}, by_rank[4]]).rows()[0][0] == "zero"


def test_of_asks_the_first_to_be_approved_is_booked_and_of_equals_the_farther():
    """By hand: both asked at the border: 50 s come before 80 s whatever the place; with equal delays the place decides, then the order."""
    quick, slow = toy.caveat(effect=EFFECT_ASK, delay_s=50.0, name="quick"), toy.caveat(effect=EFFECT_ASK, delay_s=80.0, place=PLACE_ANYWHERE, name="slow")
    for pair in ([quick, slow], [slow, quick]):
        assert _open(pair).rows() == [("quick", approx(B + 50.0, **EXACT), approx(END, **EXACT))]
        assert _open([{**row, "delay_s": 50.0} for row in pair]).rows()[0][0] == "slow"
    assert _open([{**quick, "name": name} for name in "ab"]).rows()[0][0] == "a"


def test_a_change_of_who_else_matches_does_not_part_a_window():
    """By hand: permitted anywhere from classification on; a second permit of own airspace begins at the border and ranks lower: one window."""
    assert _open([toy.caveat(zone=ZONE_ANYWHERE, place=PLACE_ANYWHERE, name="all"), toy.caveat(name="own")], classified=70.0).rows() == [
        ("all", 70.0, approx(END, **EXACT))
    ]


def test_a_forbid_in_between_parts_a_window():
    """By hand: permitted anywhere, forbidden in columns 100–150 km, which are flown through 750 to 500 s before the border: two windows of one caveat."""
    zone = np.zeros((1, toy.NY, toy.NX), np.uint8)
    zone[0, :, round((100 * KM - toy.X0) / toy.CELL_M) : round((150 * KM - toy.X0) / toy.CELL_M)] = 1
    rules = [toy.caveat(zone=ZONE_ANYWHERE, name="all"), toy.caveat(zone=ZONE_NAMED, named=0, effect=EFFECT_FORBID, name="not-there")]
    got = _open(rules, zones=zone)
    assert got.rows() == [("all", 0.0, approx(B - 750.0, abs=0.2)), ("all", approx(B - 500.0, abs=0.2), approx(END, **EXACT))]
    assert (got.consent["match_s"][0, 0], got.consent["open_s"][0, 0], got.named()) == (0.0, 0.0, None)


def test_the_second_of_two_named_zones_is_the_second():
    """By hand: zones of columns 200–210 and 100–110 km; a caveat that names the second opens 550 s before the border."""
    zones = np.zeros((2, toy.NY, toy.NX), np.uint8)
    for z, x in enumerate((200, 100)):
        zones[z, :, round((x * KM - toy.X0) / toy.CELL_M) : round(((x + 10) * KM - toy.X0) / toy.CELL_M)] = 1
    for named, x in ((0, 200), (1, 100)):
        (row,) = _open([toy.caveat(zone=ZONE_NAMED, named=named)], zones=zones).rows()
        assert row[1:] == (approx(B - (x + 10) / 0.2, abs=0.6), approx(B - x / 0.2, abs=0.6))


# --- approvals ---------------------------------------------------------------------------------------------------------


def test_an_approval_is_a_keyed_lognormal_after_the_ask():
    """By the rule: delay · exp(sigma z), z the normal of (threat, member, APPROVAL, 0); asked at classification, at 70 s."""
    member = toy.member()
    got = _open([toy.caveat(), toy.caveat(zone=ZONE_ANYWHERE, effect=EFFECT_ASK, delay_s=200.0, sigma=0.5, name="asked")], member=member, classified=70.0)
    key = np.uint64(pair_entity(np.uint64(draws.entity_id("toy-000")), np.uint64(member["entity"])))
    z = draws.normal(SEED, np.uint64(0), key, draws.APPROVAL, 0)
    yes = 70.0 + 200.0 * math.exp(0.5 * z)
    assert got.yes_s[0].tolist() == [math.inf, approx(yes, **EXACT)]
    assert got.rows() == [("asked", approx(yes, **EXACT), approx(END, **EXACT))]
    assert (got.consent["match_s"][0, 0], got.consent["open_s"][0, 0], got.named()) == (70.0, approx(yes, **EXACT), "asked")


def test_who_was_never_asked_never_says_yes():
    """By hand: an ask in own airspace of a flight that stays over Ukraine; a permit beside it does not say yes either."""
    got = _open([toy.caveat(effect=EFFECT_ASK, delay_s=5.0), toy.caveat(name="free")], {"points": [(300, 0), (100, 0)], "speed": 200.0})
    assert got.yes_s[0].tolist() == [math.inf, math.inf]
    assert got.rows() == []


@mark.parametrize("other", [{"delay_s": 301.0}, {"sigma": 0.1}])
def test_another_delay_or_spread_is_another_authority(other):
    """By hand: asked 500 s before the border for what is within 100 km; an ask of the same authority for own airspace has its yes at the same time, one of
    another is asked at the border."""
    near = toy.caveat(zone=ZONE_WITHIN, within_m=100 * KM, effect=EFFECT_ASK, delay_s=300.0, name="near")
    own = toy.caveat(effect=EFFECT_ASK, delay_s=300.0, name="own")
    for pair in ([near, own], [own, near]):
        got = _open(pair)
        assert got.yes_s[0] == approx([B - 200.0, B - 200.0], abs=0.1)
        assert [name for name, *_ in got.rows()] == ["near", "own"]
        assert [edge for _, *edges in got.rows() for edge in edges] == approx([B - 200.0, B, B, END], abs=0.1)
    got = _open([near, {**own, **other}])
    assert got.yes_s[0, 0] == approx(B - 200.0, abs=0.1)
    assert got.yes_s[0, 1] > B + 200.0


def test_a_permit_of_the_same_delay_is_no_authority():
    """By hand: a plain permit and a forbid with the ask's delay and spread are not asked: only the ask has a time."""
    rules = [toy.caveat(effect=EFFECT_ASK, delay_s=0.0), toy.caveat(name="free"), toy.caveat(zone=ZONE_UKRAINE, effect=EFFECT_FORBID, name="never")]
    assert _open(rules).yes_s[0].tolist() == [approx(B, **EXACT), math.inf, math.inf]


def test_an_approval_that_would_come_at_the_end_opens_nothing_and_is_named():
    """By hand: 50 s of own airspace, a delay of 60 s: matched, not opened; the ask is named, not the permit that it beat."""
    flight = {"points": [(20, 0), (-10, 0)], "speed": 200.0}
    got = _open([toy.caveat(name="free"), toy.caveat(effect=EFFECT_ASK, delay_s=60.0, name="late")], flight)
    assert (got.rows(), got.named()) == ([], "late")
    assert got.consent["match_s"][0, 0] == approx(_crossing(flight), **EXACT)
    assert got.consent["open_s"][0, 0] == math.inf
    assert _open([toy.caveat(effect=EFFECT_ASK, delay_s=40.0)], flight).rows()[0][1] == approx(_crossing(flight) + 40.0, **EXACT)


# --- what is named -----------------------------------------------------------------------------------------------------


def test_the_forbid_that_beat_a_match_for_longest_is_named():
    """By hand: permitted everywhere; one forbid holds over Ukraine (1,500 s), one in own airspace (500 s). Where only own airspace is permitted, the
    forbid over Ukraine beats nothing. Of two that beat for as long the first is named."""
    everywhere, own = toy.caveat(zone=ZONE_ANYWHERE, name="all"), toy.caveat(name="own")
    there, home = toy.caveat(zone=ZONE_UKRAINE, effect=EFFECT_FORBID, name="there"), toy.caveat(effect=EFFECT_FORBID, name="home")
    for rules, name in (([everywhere, there, home], "there"), ([everywhere, home, there], "there"), ([own, there, home], "home"), ([own, home, there], "home")):
        got = _open(rules)
        assert (got.rows(), got.named()) == ([], name)
        assert got.consent["match_s"][0, 0] == math.inf
    for rules in ([there, everywhere], [{**there, "zone": ZONE_ANYWHERE}, everywhere, own]):
        assert _open(rules, {"points": [(300, 0), (100, 0)], "speed": 200.0}).named() == "there"
    brief = {"points": [(20, 0), (-0.1, 0)], "speed": 200.0}  # half a second in own airspace
    for rules in ([own, everywhere, home], [home, everywhere]):
        assert _open([{**everywhere, "zone": ZONE_OWN, "name": "all"} if row is everywhere else row for row in rules], brief).named() == "home"
    assert _open([everywhere, {**there, "zone": ZONE_ANYWHERE, "name": "a"}, {**there, "zone": ZONE_ANYWHERE, "name": "b"}]).named() == "a"


def test_else_the_permit_whose_zone_held_for_longest_is_named():
    """By hand: a flight along the border, 50 km off: the heading rules never match. Their zones: within 100 km all the time, Ukraine all the time, own
    airspace never; a forbid that matched is not asked. Then a flight that is within 100 km for its second half only."""
    along = {"points": [(50, -200), (50, 200)], "speed": 200.0}
    near = toy.caveat(zone=ZONE_WITHIN, within_m=100 * KM, heading=1, name="near")
    there, own = toy.caveat(zone=ZONE_UKRAINE, heading=1, name="there"), toy.caveat(name="own")
    never = toy.caveat(zone=ZONE_ANYWHERE, effect=EFFECT_FORBID, name="never")
    assert _open([never, own, near, there], along).named() == "near"
    assert _open([own, there, near, never], along).named() == "there"
    away = {"points": [(100, 0), (300, 0)], "speed": 200.0}
    assert _open([own, {**near, "within_m": 200 * KM}, there], away).named() == "there"
    assert _open([own, there, {**near, "within_m": 200 * KM}], away).named() == "there"
    assert _open([own, {**own, "name": "second"}], away).named() == "own"
    for rules in ([own, never], [never, own], [never, {**never, "name": "again"}, own]):  # a permit whose zone never held comes before a forbid that did
        assert _open(rules, away).named() == "own"


def test_else_a_forbid_that_covers_the_class_is_named():
    """By hand: only forbids cover the class: the one whose zone held for longest, though none held; of none the first; a permit of another class is not
    named."""
    away = {"points": [(100, 0), (300, 0)], "speed": 200.0}
    home, there = toy.caveat(effect=EFFECT_FORBID, name="home"), toy.caveat(zone=ZONE_UKRAINE, effect=EFFECT_FORBID, name="there")
    drones = toy.caveat(zone=ZONE_ANYWHERE, classes=0b01, name="drones")
    assert _open([drones, home, there], away).named() == "there"
    assert _open([home, drones], away).named() == "home"
    assert _open([home, {**home, "name": "second"}], away).named() == "home"
    assert _open([drones], away).named() is None
    assert _open([], away).named() is None


# --- sights ------------------------------------------------------------------------------------------------------------


def test_positions_are_late_until_the_own_sensors_have_it():
    """By hand: the border, crossed at B, is seen 90 s later through the shared picture; own sensors from B + 40 on show it at once; from B + 200 on they
    change nothing. In the first 90 s of a flight there is no position that old: it is not yet over Ukraine."""
    late = toy.member(latency_s=90.0)
    assert _open([toy.caveat()], member=late, own=math.inf).rows() == [("rule", approx(B + 90.0, **EXACT), approx(END, **EXACT))]
    assert _open([toy.caveat()], member=late, own=B + 40.0).rows() == [("rule", approx(B + 40.0, **EXACT), approx(END, **EXACT))]
    assert _open([toy.caveat()], member=late, own=B + 200.0).rows() == [("rule", approx(B + 90.0, **EXACT), approx(END, **EXACT))]
    assert _open([toy.caveat(zone=ZONE_UKRAINE)], member=late, own=B + 40.0).rows() == [("rule", 90.0, approx(B + 40.0, **EXACT))]


def test_the_heading_test_looks_at_the_late_position_too():
    """By hand: horizon 300 s, positions 90 s old: 300 s before the border shows 90 s late; within 100 km likewise. After a turn at 500 s the old course
    holds for 90 s more."""
    late = toy.member(latency_s=90.0)
    (row,) = _open([toy.caveat(zone=ZONE_UKRAINE, heading=1)], member=late, own=math.inf).rows()
    assert row[1:] == (approx(B - 210.0, abs=0.1), approx(B + 90.0, **EXACT))
    (row,) = _open([toy.caveat(zone=ZONE_WITHIN, within_m=100 * KM)], member=late, own=math.inf).rows()
    assert row[1:] == (approx(B - 410.0, abs=0.2), approx(B + 90.0, **EXACT))
    turn = {"points": [(40, -100), (40, 0), (-40, 0)], "speed": 200.0}
    (row,) = _open([toy.caveat(zone=ZONE_UKRAINE, heading=1)], turn, member=late, own=math.inf).rows()
    assert row[1] == approx(toy.raid(turn).verts["t"][1] + 90.0, **EXACT)


def test_nothing_is_permitted_before_classification_or_after_the_end():
    """By hand: permitted anywhere: from classification to the end of the free flight; one classified at its end never."""
    anywhere = toy.caveat(zone=ZONE_ANYWHERE)
    assert _open([anywhere], classified=321.0).rows() == [("rule", 321.0, approx(END, **EXACT))]
    for late in (END, END + 50.0, math.inf):
        got = _open([anywhere], classified=late)
        assert (got.rows(), got.named(), got.status) == ([], "rule", OK)


@mark.parametrize("name", ["drone", "cruise"])
def test_edges_of_what_is_bound_to_a_distance_are_found_to_their_tolerance(name):
    """By hand: the heading rule's horizon 410 s before the border, within 77 km 385 s before it, each opened at most EDGE_S late, never early; between
    coarse looks too."""
    flight = {**WEST, "cls": 0 if name == "drone" else 1}
    heading = toy.caveat(zone=ZONE_UKRAINE, heading=1, horizon_s=(410.0, 410.0, 0, 0, 0, 0), name="toward")
    near = toy.caveat(zone=ZONE_WITHIN, within_m=77 * KM, name="near")
    for rule, before in ((heading, 410.0), (near, 385.0)):
        (row,) = _open([rule], flight).rows()
        assert -0.02 <= row[1] - (B - before) <= EDGE_S + 0.07
        assert row[2] == approx(B, **EXACT)


def test_a_flight_that_leaves_is_closed_where_it_leaves():
    """By hand: out over Ukraine from 20 to 150 km, within 100 km until it is there; its heading rule never matches."""
    out = {"points": [(20, 0), (150, 0)], "speed": 200.0}
    rules = [toy.caveat(zone=ZONE_WITHIN, within_m=100 * KM, name="near"), toy.caveat(zone=ZONE_UKRAINE, heading=1, name="toward")]
    (row,) = _open(rules, out).rows()
    assert row == ("near", 0.0, approx(400.0, abs=0.2))


def test_a_threat_that_turns_away_loses_its_permission_at_the_turn():
    """By hand: toward the border from 100 to 50 km, then along it, then again toward: the heading rule (300 s, 60 km) holds from 60 km off to the first
    turn and from the second on."""
    flight = {"points": [(100, 0), (50, 0), (50, 60), (-20, 60)], "speed": 200.0}
    turns = toy.raid(flight).verts["t"]
    got = _open([toy.caveat(zone=ZONE_UKRAINE, heading=1)], flight)
    assert [edge for _, *edges in got.rows() for edge in edges] == approx([200.0, turns[1], turns[2], _crossing(flight)], abs=0.1)


# --- how often it is looked ---------------------------------------------------------------------------------------------


@mark.parametrize(("cls", "grid"), [(0, 60.0), (1, 10.0), (5, 10.0)])
def test_how_long_no_answer_can_change(cls, grid):
    """By hand: at 200 m/s a heading rule of 300 s reaches 60 km: from 180 km off nothing can change for 600 s; a zone of 100 km is 400 s away; nearer than
    the grid's step, the grid's step; at rest as at 1 m/s; other rules never change."""
    heading = toy.caveat(zone=ZONE_UKRAINE, heading=1, horizon_s=(300.0,) * 6)
    near = toy.caveat(zone=ZONE_WITHIN, within_m=100 * KM)
    rows = toy.coalition([toy.member()], [toy.caveat(), heading, near], []).caveats

    def step(ids: list[int], away: float, speed: float = 200.0) -> float:
        return _grid_s(rows, np.array([*ids, 1, 2], np.int64), len(ids), cls, away, speed, 0.0)

    assert step([0], 180 * KM) == math.inf
    assert step([0, 1], 180 * KM) == 600.0
    assert step([0, 2], 180 * KM) == 400.0
    assert step([1, 2], 180 * KM) == step([2, 1], 180 * KM) == 400.0
    assert step([2], 20 * KM) == 400.0
    assert [step([1], 60 * KM + 100.0), step([2], 100 * KM + 100.0), step([2], 100 * KM - 100.0), step([1], -5 * KM)] == [grid] * 4
    assert [step([1], 70.0, 0.0), step([2], 100 * KM - 70.0, 0.0), step([2], 100 * KM - 70.0, 0.5)] == [70.0] * 3


# --- whose rows, and no room ---------------------------------------------------------------------------------------------


def test_rows_are_by_threat_and_member_and_a_caveat_holds_for_its_owner_and_classes():
    """By hand: Poland permits cruise missiles in own airspace, Romania drones over Ukraine. A cruise missile crosses Poland's border, a drone stays over
    Ukraine."""
    raid = toy.raid({**WEST, "cls": 1}, {"points": [(400, 0), (300, 0)], "speed": 50.0, "cls": 0})
    rules = [toy.caveat(0, classes=0b10, name="pl"), toy.caveat(1, zone=ZONE_UKRAINE, classes=0b01, name="ro")]
    got = _Opened(raid, toy.coalition([toy.member(), toy.member(toy.RO)], rules, []))
    assert got.rows(0, 0) == [("pl", approx(B, **EXACT), approx(END, **EXACT))]
    assert (got.rows(1, 0), got.rows(0, 1)) == ([], [])
    assert got.rows(1, 1) == [("ro", 0.0, approx(float(raid.threats["end_s"][1]), **EXACT))]
    assert [(got.consent["first"][m, j], got.consent["last"][m, j]) for j in (0, 1) for m in (0, 1)] == [(0, 1), (1, 1), (1, 1), (1, 2)]
    assert [got.named(m, j) for j in (0, 1) for m in (0, 1)] == [None, None, None, None]


def test_a_heading_rule_without_a_horizon_does_not_cover_the_class():
    """By hand: horizon 0 for cruise missiles, 300 s for drones: nothing is named for the first; without the heading test the horizon means nothing."""
    rule = toy.caveat(zone=ZONE_UKRAINE, heading=1, horizon_s=(300.0, 0, 0, 0, 0, 0))
    for cls, covered in ((0, True), (1, False)):
        got = _open([rule], {**WEST, "cls": cls})
        assert (len(got.rows()), got.named()) == (int(covered), None)
    assert _open([{**rule, "heading": 0}]).rows()[0][0] == "rule"


def test_own_airspace_and_border_are_the_members_own():
    """By hand: 100 km over Romania by way of Ukraine: own airspace for Romania (country 2 of the toy's four), not for Poland."""
    flight = {"points": [(100, -450), (100, -600)], "speed": 200.0}
    raid = toy.raid(flight)
    entry = float(raid.inside["entry_s"][raid.inside["country"] == toy.RO][0])
    rules = [toy.caveat(0, name="pl"), toy.caveat(1, name="ro")]
    got = _Opened(raid, toy.coalition([toy.member(), toy.member(toy.RO)], rules, []))
    assert (got.rows(0), got.rows(1)) == ([], [("ro", approx(entry, **EXACT), approx(float(raid.threats["end_s"][0]), **EXACT))])


def test_a_tracks_course_error_is_its_keyed_normal():
    """By the rule: the member's spread times the normal of (threat, member, TRACK_ERROR, 0); every pair its own. A member without a caveat for it has none."""
    members = [toy.member(course_error_rad=0.1), toy.member(toy.RO, course_error_rad=0.2), toy.member(toy.RO, course_error_rad=0.3)]
    raid = toy.raid(WEST, {**WEST, "start": 50.0}, replicate=4)
    got = _Opened(raid, toy.coalition(members, [toy.caveat(), toy.caveat(1)], []))
    assert (got.consent["course_error_rad"][2] == 0.0).all()
    for m, spread in enumerate((0.1, 0.2)):
        for j in range(2):
            key = np.uint64(pair_entity(np.uint64(raid.threats["entity"][j]), np.uint64(members[m]["entity"])))
            expected = spread * draws.normal(SEED, np.uint64(4), key, draws.TRACK_ERROR, 0)
            assert got.consent["course_error_rad"][m, j] == approx(expected, rel=1e-12)


def test_a_gap_of_less_than_a_second_parts_windows():
    """By hand: stays from 100 to 110 s and from 110.4 to 120 s: two windows of one caveat."""
    rows = np.zeros(2, INSIDE)
    rows["country"], rows["entry_s"], rows["exit_s"] = toy.PL, [100.0, 110.4], [110.0, 120.0]
    raid = replace(toy.raid({"points": [(100, -100), (100, 100)], "speed": 200.0}), inside=rows)
    assert _Opened(raid, toy.coalition([toy.member()], [toy.caveat()], [])).rows() == [("rule", 100.0, 110.0), ("rule", 110.4, 120.0)]


def test_of_two_asks_that_come_too_late_the_first_asked_is_named():
    """By hand: asked within 100 km of the border, then, of another authority, in own airspace; both need hours."""
    near = toy.caveat(zone=ZONE_WITHIN, within_m=100 * KM, effect=EFFECT_ASK, delay_s=9_000.0, name="near")
    own = toy.caveat(effect=EFFECT_ASK, delay_s=8_000.0, name="own")
    for rules in ([near, own], [own, near], [toy.caveat(classes=0b01), near, own]):
        assert (_open(rules).rows(), _open(rules).named()) == ([], "near")


def test_no_room_for_windows_is_told():
    """By the rule: two threats with a window each need two rows; with one the status says so."""
    raid, allies = toy.raid(WEST, {**WEST, "start": 50.0}), toy.coalition([toy.member(latency_s=30.0)], [toy.caveat()], [])
    assert [_Opened(raid, allies, size=size).status for size in (0, 1, 2, 3)] == [WINDOWS_FULL, WINDOWS_FULL, OK, OK]
    assert len(_Opened(raid, allies, size=2).windows) == 2
    assert _Opened(raid, allies, own=B + 90.0, size=0).status == WINDOWS_FULL


def test_no_room_for_flips_is_told():
    """By hand: a flight that goes through a zone of one column 202 times has 404 edges, and there is room for 400; 22 times are fine."""
    zone = np.zeros((1, toy.NY, toy.NX), np.uint8)
    zone[0, :, round((100 * KM - toy.X0) / toy.CELL_M)] = 1
    for legs, status in ((202, ZONE_FULL), (22, OK)):
        flight = {"points": [((98, 107)[i % 2], 0.1 * i) for i in range(legs + 1)], "speed": 200.0}
        got = _open([toy.caveat(zone=ZONE_NAMED, named=0)], flight, zones=zone)
        assert (got.status, len(got.windows)) == (status, legs if status == OK else 0)


@mark.parametrize("country", [toy.UA, toy.PL])
def test_no_room_for_stays_is_told(country):
    """By hand: 201 stays of half a second have 402 edges, and there is room for 400: of Ukraine's and of the own airspace; 3 are fine."""
    raid = toy.raid({"points": [(100, -100), (100, 100)], "speed": 200.0})
    for stays, status in ((201, ZONE_FULL), (3, OK)):
        rows = np.zeros(stays, INSIDE)
        rows["country"], rows["entry_s"], rows["exit_s"] = country, np.arange(stays), np.arange(stays) + 0.5
        got = _Opened(replace(raid, inside=rows), toy.coalition([toy.member()], [toy.caveat(zone=ZONE_UKRAINE if country == toy.UA else ZONE_OWN)], []))
        assert (got.status, len(got.rows())) == (status, stays if status == OK else 0)


def test_a_window_counts_from_its_first_to_its_last_instant():
    """By the rule: open at its very ends, closed a moment outside; only the pair's own rows are asked."""
    windows, consent = np.zeros(4, WINDOW), np.zeros((2, 2), CONSENT)
    windows["from_s"], windows["to_s"] = [0.0, 10.0, 40.0, 0.0], [99.0, 20.0, 50.0, 99.0]
    consent["first"][1, 0], consent["last"][1, 0] = 1, 3
    for t, answer in ((9.9, False), (10.0, True), (15.0, True), (20.0, True), (20.1, False), (39.9, False), (40.0, True), (50.0, True), (50.1, False)):
        assert permitted_at(windows, consent, 1, 0, t) == answer
    assert not permitted_at(windows, consent, 0, 0, 15.0)
    consent["first"][0, 1], consent["last"][0, 1] = 0, 1
    assert permitted_at(windows, consent, 0, 1, 60.0)


def _strips(*edges_km: list[tuple[float, float]]) -> np.ndarray:
    """Zones of columns, one for each list of (west, east) edges."""
    zones = np.zeros((len(edges_km), toy.NY, toy.NX), np.uint8)
    for z, edges in enumerate(edges_km):
        for west, east in edges:
            zones[z, :, round((west * KM - toy.X0) / toy.CELL_M) : round((east * KM - toy.X0) / toy.CELL_M)] = 1
    return zones


def test_times_in_a_zone_and_times_beaten_add_up():
    """By hand: two strips of 20 km are 200 s, one of 30 km 150 s. Out over Ukraine the heading rules match nowhere: the one of the two strips is named, in
    any order; as forbids that beat a permit likewise."""
    for zones in (_strips([(50, 70), (100, 120)], [(200, 230)]), _strips([(100, 120), (200, 220)], [(50, 80)])):
        for effect, rest in ((0, [toy.caveat(zone=ZONE_ANYWHERE, name="all")]), (2, [])):
            two = toy.caveat(zone=ZONE_NAMED, named=0, effect=effect, heading=int(effect == 2), name="two")
            one = toy.caveat(zone=ZONE_NAMED, named=1, effect=effect, heading=int(effect == 2), name="one")
            east = {"points": [(30, 0), (260, 0)], "speed": 200.0}
            rules = [[two, one, *rest], [*rest, one, two]]
            if effect == 0:  # permitted only where they forbid, so that nothing ever matches
                rest = [toy.caveat(zone=ZONE_NAMED, named=2, name="all")]
                zones = np.concatenate([zones[:2], zones[:1] | zones[1:2]])
                rules = [[two, one, *rest], [*rest, one, two]]
            for row in rules:
                got = _open(row, east, zones=zones)
                assert (got.rows(), got.named()) == ([], "two")


def test_a_zone_that_is_not_met_changes_nothing():
    """By hand: a zone beyond the path: no window there, the other rule as ever; a heading rule beside a named one leaves both."""
    zones = _strips([(700, 720)], [(100, 120)])
    got = _open([toy.caveat(zone=ZONE_NAMED, named=0, name="far"), toy.caveat()], zones=zones)
    assert (got.status, got.rows()) == (OK, [("rule", approx(B, **EXACT), approx(END, **EXACT))])
    got = _open([toy.caveat(zone=ZONE_NAMED, named=1, name="strip"), toy.caveat(zone=ZONE_UKRAINE, heading=1, name="toward")], zones=zones)
    assert [name for name, *_ in got.rows()] == ["strip", "toward"]
    assert [edge for _, *edges in got.rows() for edge in edges] == approx([B - 600.0, B - 500.0, B - 300.0, B], abs=0.5)


def test_a_threat_has_its_own_stays_only():
    """By hand: the first crosses into Poland, the second stays over Ukraine: it has no window in own airspace, and one over Ukraine to its end."""
    raid = toy.raid(WEST, {"points": [(300, 50), (100, 50)], "speed": 50.0})
    got = _Opened(raid, toy.coalition([toy.member()], [toy.caveat(), toy.caveat(zone=ZONE_UKRAINE, name="there")], []))
    assert [name for name, *_ in got.rows(0, 0)] == ["there", "rule"]
    assert got.rows(0, 1) == [("there", 0.0, approx(float(raid.threats["end_s"][1]), **EXACT))]


@mark.parametrize("late", [0.0, 90.0])
def test_on_a_slant_openings_come_late_by_the_latency_too(late):
    """By hand: 60° off the normal the border is 300 s of flight away when it is, and 100 km away 1,000 s before it; through the shared picture both are
    seen 90 s later. Looked at on the grid, as the distance falls half as fast as the flight."""
    slant = {"points": [(150, -150 * math.sqrt(3)), (-50, 50 * math.sqrt(3))], "speed": 200.0}
    rules = toy.caveat(zone=ZONE_UKRAINE, heading=1), toy.caveat(zone=ZONE_WITHIN, within_m=100 * KM)
    for rule, before in zip(rules, (300.0, 1_000.0), strict=True):
        (row,) = _open([rule], slant, member=toy.member(latency_s=late), own=math.inf).rows()
        assert row[1:] == (approx(_crossing(slant) - before + late, abs=3.0), approx(_crossing(slant) + late, **EXACT))


def test_a_tracks_course_error_turns_its_course_to_its_own_side():
    """By hand: on a course a = 0.6 rad to the right of the normal (west) with error e the fan is a + e + sigma z_i; 11 of 21 courses meet the border
    within v · 300 s where the 11th
    smallest |a + e + sigma z_i|, A, does: cos A / cos a · 300 s of flight before it. With the error to the other side it would be another time."""
    sigma, a, told = 0.15, 0.6, 0
    fan = [NormalDist().inv_cdf((i + 0.5) / 21) for i in range(21)]
    flight = {"points": [(200, -200 * math.tan(a)), (-50, 50 * math.tan(a))], "speed": 200.0}
    for replicate in range(6):
        allies = toy.coalition([toy.member(course_error_rad=sigma)], [toy.caveat(zone=ZONE_UKRAINE, heading=1)], [])
        got = _Opened(toy.raid(flight, replicate=replicate), allies)
        e = float(got.consent["course_error_rad"][0, 0])
        before = [300.0 * math.cos(sorted(abs(a + side * e + sigma * z) for z in fan)[10]) / math.cos(a) for side in (1, -1)]
        assert got.rows()[0][1] == approx(_crossing(flight) - before[0], abs=3.0)
        told += abs(before[0] - before[1]) > 10.0
    assert told >= 3
