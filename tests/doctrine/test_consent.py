"""Caveats → windows, by hand on straight borders. The threat flies west along y = 0 at 200 m/s: the border x = 0 comes at (x0 km) / 0.2 s."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from statistics import NormalDist

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import approx

import toy_world as toy
from zaslin.world.arrays import EFFECT_ASK, EFFECT_FORBID, INSIDE, ZONE_ANYWHERE, ZONE_NAMED, ZONE_OWN, ZONE_UKRAINE, ZONE_WITHIN
from zaslin.world.stays import stays_in

KM = 1_000.0
WEST = {"points": [(300, 0), (-100, 0)], "speed": 200.0}


def _border_s(raid) -> float:
    return float(raid.inside["exit_s"][raid.inside["country"] == toy.UA][0])


def _windows(raid, *caveats, member=None):
    allies = toy.coalition([member or toy.member()], list(caveats), [])
    sight, windows, consent = toy.permissions(raid, allies)
    return [(allies.caveat_names[w["caveat"]], float(w["from_s"]), float(w["to_s"])) for w in windows], sight, consent, allies


def test_the_own_airspace_opens_at_the_border_to_the_second():
    """By hand: 300 km at 200 m/s is about 1,500 s; exactly the stay that the raid holds."""
    raid = toy.raid(WEST)
    windows, *_ = _windows(raid, toy.caveat())
    assert windows == [("rule", approx(_border_s(raid), abs=1e-6), approx(raid.threats["end_s"][0], abs=1e-6))]


def test_toward_the_border_opens_one_horizon_before_it():
    """By hand: no course error, horizon 300 s: 300 s before the border, and closes at the border (the zone is Ukraine)."""
    raid = toy.raid(WEST)
    windows, *_ = _windows(raid, toy.caveat(zone=ZONE_UKRAINE, heading=1))
    assert windows == [("rule", approx(_border_s(raid) - 300.0, abs=0.15), approx(_border_s(raid), abs=1e-6))]


def test_what_leaves_the_own_airspace_is_not_projected_to_cross():
    """By hand: in over the border, out again: with the heading test over Ukraine one window before the border, and none of any length after it."""
    raid = toy.raid({"points": [(100, 0), (-20, 0), (100, 20)], "speed": 200.0})
    windows, *_ = _windows(raid, toy.caveat(zone=ZONE_UKRAINE, heading=1))
    assert windows == [("rule", approx(_border_s(raid) - 300.0, abs=0.15), approx(_border_s(raid), abs=1e-6))]


def test_an_oblique_flyer_is_projected_on_its_own_course():
    """By hand: on a course 60° off the normal the border is 300 s away when it is 300 s of flight away, not of distance."""
    raid = toy.raid({"points": [(150, -150 * math.sqrt(3)), (-50, 50 * math.sqrt(3))], "speed": 200.0})
    windows, *_ = _windows(raid, toy.caveat(zone=ZONE_UKRAINE, heading=1))
    assert windows[0][1] == approx(_border_s(raid) - 300.0, abs=0.5)


def test_a_threat_that_turns_toward_the_border_is_permitted_when_it_has_turned():
    """By hand: north along x = 40 km, then west at t = 500 s: permitted from the turn on, never before."""
    raid = toy.raid({"points": [(40, -100), (40, 0), (-40, 0)], "speed": 200.0})
    windows, *_ = _windows(raid, toy.caveat(zone=ZONE_UKRAINE, heading=1))
    assert len(windows) == 1
    assert windows[0][1] == approx(raid.verts["t"][1], abs=1e-6)


def test_within_a_distance_of_the_border_over_ukraine():
    """By hand: 100 km at 200 m/s is 500 s before the border; at the border Ukraine ends."""
    raid = toy.raid(WEST)
    windows, *_ = _windows(raid, toy.caveat(zone=ZONE_WITHIN, within_m=100 * KM))
    assert windows == [("rule", approx(_border_s(raid) - 500.0, abs=0.2), approx(_border_s(raid), abs=1e-6))]


def test_within_nothing_of_the_border_is_nowhere():
    """By hand: 0 km of the own border leaves nothing of Ukraine, on the way to the border or along it 5 km off."""
    for points in ([(300, 0), (-100, 0)], [(5, -200), (5, 200)]):
        windows, *_ = _windows(toy.raid({"points": points, "speed": 200.0}), toy.caveat(zone=ZONE_WITHIN, within_m=0.0))
        assert windows == []


def test_a_tracks_course_error_turns_the_fan_of_the_heading_test():
    """By hand: on the plane a course e off the normal meets the border, d away, after d / cos e; the fan's 21 courses are e + sigma z_i, and half of
    them, 11, meet it within v · 300 s where the 11th smallest |e + sigma z_i|, A, does: d = cos A · 60 km. Without the error A would be 0.2."""
    sigma, rule = 0.3, toy.caveat(zone=ZONE_UKRAINE, heading=1)
    fan = [NormalDist().inv_cdf((i + 0.5) / 21) for i in range(21)]
    plain = sorted(abs(sigma * z) for z in fan)[10]
    turned = 0
    for replicate in range(40):
        raid = toy.raid(WEST, replicate=replicate)
        windows, _, consent, _ = _windows(raid, rule, member=toy.member(course_error_rad=sigma))
        e = float(consent["course_error_rad"][0, 0])
        eleventh = sorted(abs(e + sigma * z) for z in fan)[10]
        assert windows[0][1] == approx(_border_s(raid) - 300.0 * math.cos(eleventh), abs=1.5)
        turned += abs(math.cos(eleventh) - math.cos(plain)) * 300.0 > 6.0
    assert turned >= 4


def test_a_named_zone_opens_at_its_cells():
    """By hand: cells with their west corners at 100 and 145 km: inside from x = 150 to 100 km."""
    zone = np.zeros((1, toy.NY, toy.NX), dtype=np.uint8)
    first = round((100 * KM - toy.X0) / toy.CELL_M)
    zone[0, :, first : first + 10] = 1
    raid = toy.raid(WEST)
    allies = toy.coalition([toy.member()], [toy.caveat(zone=ZONE_NAMED, named=0)], [], zones=zone)
    _, windows, _ = toy.permissions(raid, allies)
    assert [(w["from_s"], w["to_s"]) for w in windows] == [(approx(_border_s(raid) - 750.0, abs=0.5), approx(_border_s(raid) - 500.0, abs=0.5))]


def test_forbid_beats_permit_and_names_itself():
    """By the rule: two permits and a forbid match: no window, and the cause is the forbid."""
    never = toy.caveat(zone=ZONE_ANYWHERE, effect=EFFECT_FORBID, name="never-fire")
    windows, _, consent, allies = _windows(toy.raid(WEST), toy.caveat(), never)
    assert windows == []
    assert allies.caveat_names[consent["caveat"][0, 0]] == "never-fire"


def test_what_no_caveat_matches_is_forbidden():
    """By the rule: caveats for drones say nothing about a cruise missile; nothing is named."""
    windows, _, consent, _ = _windows(toy.raid(WEST), toy.caveat(classes=0b01, zone=ZONE_ANYWHERE))
    assert windows == []
    assert consent["caveat"][0, 0] == -1


def test_where_nothing_matched_the_rule_whose_zone_held_longest_is_named():
    """By hand: a flight that stays in Ukraine was in the zone of the heading rule all the time, in own airspace never."""
    raid = toy.raid({"points": [(300, -100), (300, 100)], "speed": 200.0})
    windows, _, consent, allies = _windows(raid, toy.caveat(name="own"), toy.caveat(zone=ZONE_UKRAINE, heading=1, name="toward"))
    assert windows == []
    assert allies.caveat_names[consent["caveat"][0, 0]] == "toward"


def test_an_approval_opens_its_delay_after_the_ask():
    """By hand: asked at the border (sigma 0), approved 300 s later."""
    raid = toy.raid(WEST)
    windows, _, consent, _ = _windows(raid, toy.caveat(effect=EFFECT_ASK, delay_s=300.0))
    assert windows[0][1] == approx(_border_s(raid) + 300.0, abs=1e-6)
    assert consent["match_s"][0, 0] == approx(_border_s(raid), abs=1e-6)


def test_nobody_is_asked_while_a_forbid_holds():
    """By hand: an ask anywhere with 300 s, a forbid over Ukraine: asked at the border, open 300 s later."""
    raid = toy.raid(WEST)
    asked = toy.caveat(zone=ZONE_ANYWHERE, effect=EFFECT_ASK, delay_s=300.0)
    windows, _, consent, _ = _windows(raid, asked, toy.caveat(zone=ZONE_UKRAINE, effect=EFFECT_FORBID, name="not-there"))
    assert windows == [("rule", approx(_border_s(raid) + 300.0, abs=1e-6), approx(raid.threats["end_s"][0], abs=1e-6))]
    assert consent["match_s"][0, 0] == approx(_border_s(raid), abs=1e-6)


def test_an_approval_that_comes_too_late_opens_nothing():
    """By hand: 100 km of own airspace are flown in 500 s."""
    windows, _, consent, _ = _windows(toy.raid(WEST), toy.caveat(effect=EFFECT_ASK, delay_s=600.0))
    assert windows == []
    assert consent["match_s"][0, 0] < np.inf
    assert consent["open_s"][0, 0] == np.inf


def test_one_approval_holds_for_the_second_entry_too():
    """By hand: two stays of 100 s, 400 s apart; asked in the first, approved after 450 s: the second is open from its start."""
    raid = toy.raid({"points": [(20, 0), (-10, 0), (-10, 5), (30, 5), (30, 10), (-60, 10)], "speed": 200.0})
    entries = raid.inside["entry_s"][raid.inside["country"] == toy.PL]
    windows, *_ = _windows(raid, toy.caveat(effect=EFFECT_ASK, delay_s=450.0))
    assert windows[0][1] == approx(max(entries[1], entries[0] + 450.0), abs=1e-6)


def test_two_asks_of_one_authority_share_one_clock():
    """By hand: asked 300 s before the border over Ukraine, approved 400 s later under whichever rule then holds: 100 s after the border; another
    authority (another delay) is asked at the border only, and answers 400.5 s later."""
    raid = toy.raid({**WEST, "points": [(300, 0), (-200, 0)]})
    first = toy.caveat(zone=ZONE_UKRAINE, heading=1, effect=EFFECT_ASK, delay_s=400.0, name="toward")
    windows, *_ = _windows(raid, first, toy.caveat(effect=EFFECT_ASK, delay_s=400.0, name="own"))
    assert windows == [("own", approx(_border_s(raid) + 100.0, abs=0.2), approx(raid.threats["end_s"][0], abs=1e-6))]
    windows, *_ = _windows(raid, first, toy.caveat(effect=EFFECT_ASK, delay_s=400.5, name="own"))
    assert windows[0][1] == approx(_border_s(raid) + 400.5, abs=1e-6)


def test_a_gap_that_incursions_merge_is_closed_to_fire():
    """By hand: over the border after 100 s, 10 km in and back out at 200 s, in again at 230 s: one stay of the raid, two windows."""
    raid = toy.raid({"points": [(20, 0), (-10, 0), (3, 0), (-40, 0)], "speed": 200.0})
    rows = np.zeros(8, INSIDE)
    n = stays_in(toy.ground(), toy.UA, raid.verts, len(raid.verts), rows, 0, False)
    rows = rows[: stays_in(toy.ground(), toy.PL, raid.verts, len(raid.verts), rows, n, True)]
    merged = rows[rows["country"] == toy.PL]
    assert [(s["entry_s"], s["exit_s"]) for s in merged] == [(approx(100.0, abs=0.1), approx(430.0, abs=0.1))]
    windows, *_ = _windows(replace(raid, inside=rows), toy.caveat())
    edges = [t for _, start, end in windows for t in (start, end)]
    assert edges == approx([100.0, 200.0, 230.0, 430.0], abs=0.1)
    assert (edges[0], edges[-1]) == (merged["entry_s"][0], merged["exit_s"][0])


def test_ask_beats_permit():
    """By the rule: where both match, it is asked: nothing opens before the approval."""
    raid = toy.raid(WEST)
    windows, *_ = _windows(raid, toy.caveat(name="free"), toy.caveat(effect=EFFECT_ASK, delay_s=100.0, name="asked"))
    assert windows[0] == ("asked", approx(_border_s(raid) + 100.0, abs=1e-6), approx(raid.threats["end_s"][0], abs=1e-6))


def test_the_approvals_delay_is_lognormal_around_its_median():
    """By hand: log(delay / median) / sigma is standard normal; over 400 nights mean and spread within four standard errors."""
    nights = [toy.raid({**WEST, "points": [(20, 0), (-500, 0)]}, replicate=i) for i in range(400)]
    allies = toy.coalition([toy.member()], [toy.caveat(effect=EFFECT_ASK, delay_s=60.0, sigma=0.6)], [])
    z = []
    for raid in nights:
        _, windows, consent = toy.permissions(raid, allies)
        z.append(math.log((windows["from_s"][0] - consent["match_s"][0, 0]) / 60.0) / 0.6)
    assert np.mean(z) == approx(0.0, abs=4 / 20)
    assert np.std(z) == approx(1.0, abs=4 / math.sqrt(800))


def test_through_a_shared_picture_the_border_comes_its_latency_late():
    """By hand: no own radar sees 100 m at 200 km or (mast 0, setback 200 km) at the border: all positions are 90 s old, so is the opening."""
    blind = toy.member(mast_m=0.0, setback_m=200 * KM, latency_s=90.0)
    raid = toy.raid(WEST)
    windows, sight, *_ = _windows(raid, toy.caveat(), member=blind)
    assert sight["own_s"][0, 0] > raid.threats["end_s"][0]
    assert windows[0][1] == approx(_border_s(raid) + 90.0, abs=1e-6)


def test_own_sensors_end_the_latency():
    """By hand: own radars see it 57 km before the border, so the border is seen when it is crossed."""
    raid = toy.raid(WEST)
    windows, *_ = _windows(raid, toy.caveat(), member=toy.member(latency_s=90.0))
    assert windows[0][1] == approx(_border_s(raid), abs=1e-6)


def test_without_a_shared_picture_nothing_is_permitted_before_it_is_classified():
    """By hand: seen 57.3 km before the border, 286 s; track 20 s and classification 60 s (this night's factor) later it opens."""
    raid = toy.raid(WEST)
    windows, sight, *_ = _windows(
        raid, toy.caveat(zone=ZONE_UKRAINE, heading=1), member=toy.member(shared=0, track_delay_s=20.0, classification_s=60.0)
    )
    assert sight["seen_s"][0, 0] == approx(_border_s(raid) - 286.5 + 20.0, abs=0.5)
    assert windows[0][1] == approx(sight["classified_s"][0, 0], abs=1e-6)


def test_stretches_of_two_caveats_abut_at_the_border():
    """By hand: toward-border until the border, own airspace from it, without a gap."""
    windows, *_ = _windows(toy.raid(WEST), toy.caveat(name="own"), toy.caveat(zone=ZONE_UKRAINE, heading=1, name="toward"))
    assert [w[0] for w in windows] == ["toward", "own"]
    assert windows[0][2] == windows[1][1]


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from([ZONE_OWN, ZONE_UKRAINE, ZONE_ANYWHERE, ZONE_WITHIN]), st.booleans(), st.floats(0, 400)),
        min_size=1, max_size=5,
    ),
    st.lists(st.tuples(st.integers(-150, 250), st.integers(-200, 200)), min_size=2, max_size=5, unique=True),
)  # fmt: skip
def test_windows_are_ordered_disjoint_and_within_the_flight(rules, points):
    """Law: for any rules and path, the windows follow in time without overlap, from classification to the end; a forbid that holds anywhere leaves none."""
    raid = toy.raid({"points": points, "speed": 200.0})
    caveats = [
        toy.caveat(effect=effect, zone=zone, heading=int(heading), delay_s=delay if effect == EFFECT_ASK else 0.0, within_m=80 * KM * (zone == ZONE_WITHIN))
        for effect, zone, heading, delay in rules
    ]
    windows, sight, consent, _ = _windows(raid, *caveats)
    for _, start, end in windows:
        assert sight["classified_s"][0, 0] - 1e-9 <= start < end <= raid.threats["end_s"][0] + 1e-9
    assert all(a[2] <= b[1] + 1e-9 for a, b in pairwise(windows))
    assert (consent["open_s"][0, 0] < np.inf) == (len(windows) > 0)
    if any(effect == EFFECT_FORBID and zone == ZONE_ANYWHERE and not heading for effect, zone, heading, _ in rules):
        assert windows == []
