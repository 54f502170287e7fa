"""Engagements by hand on straight borders: a threat flies west along y = 0 at 200 m/s, a patrol waits over (-50, 0) km."""

from __future__ import annotations

import math

import numpy as np
from pytest import approx, raises

import toy_world as toy
from zaslin.atlas.ground import Ground
from zaslin.engine.fates import casualties_in
from zaslin.engine.records import RESULTS
from zaslin.engine.replicate import fly
from zaslin.engine.sorties import share_over_ukraine
from zaslin.errors import EngineError
from zaslin.outcomes.tables import CAUSES, FATES
from zaslin.plane import distance_m
from zaslin.units import EARTH_RADIUS_M
from zaslin.world.arrays import (
    EFFECT_ASK,
    EFFECT_FORBID,
    KIND_QRA,
    PLACE_ANYWHERE,
    PLACE_UKRAINE,
    STOP_KILLED,
    STOP_LOST,
    ZONE_ANYWHERE,
    ZONE_NAMED,
    ZONE_OWN,
    ZONE_UKRAINE,
    ZONE_WITHIN,
    Coalition,
    Raid,
)  # fmt: skip

KM = 1_000.0
WEST = {"points": [(300, 0), (-300, 0)], "speed": 200.0}
ANYWHERE = toy.caveat(zone=ZONE_ANYWHERE, place=PLACE_UKRAINE)


def _fly(raid: Raid, allies: Coalition, **more):
    return fly(raid, allies, toy.ground(), 5, **more)


def _fate(flown) -> list[str]:
    return [FATES[fate] for fate in flown.fates["fate"]]


def _cause(flown, threat: int = 0, member: int = -1) -> str:
    return CAUSES[next(row["cause"] for row in flown.causes if row["threat"] == threat and row["member"] == member)]


def test_one_shot_at_one_missile_is_a_coin_toss():
    """By hand: killed ~ Binomial(2,000, 0.7); tolerance three standard errors."""
    allies = toy.coalition([toy.member()], [ANYWHERE], [toy.pair(rounds=1, p_kill=(0, 0.7, 0, 0, 0, 0))])
    kills = sum(_fate(_fly(toy.raid(WEST, replicate=i), allies)) == ["killed_member"] for i in range(2_000))
    assert kills / 2_000 == approx(0.7, abs=3 * math.sqrt(0.21 / 2_000))


def test_the_first_shot_comes_when_dash_and_reach_meet_the_threat():
    """By hand: permitted from its start, 350 km ahead of the pair: 350 - 0.2 (t + 30) = 0.4 t + 30, so t = 314 / 0.6 s; the round flies 30 s. With
    the plane's length of the way for 350 km."""
    flown = _fly(toy.raid(WEST), toy.coalition([toy.member()], [ANYWHERE], [toy.pair()]))
    way = distance_m(300 * KM, 0.0, -50 * KM, 0.0) / KM
    shot = flown.shots[0]
    assert shot["fire_s"] == approx((way - 36.0) / 0.6, abs=1e-3)
    assert shot["impact_s"] == approx(shot["fire_s"] + 30.0, abs=1e-3)
    assert _fate(flown) == ["killed_member"]
    assert flown.fates["fate_s"][0] == shot["impact_s"]
    assert [RESULTS[i] for i in flown.engagements["result"]] == ["killed"]


def test_held_at_home_the_shot_comes_29_km_before_the_border():
    """By hand: it fires from 1 km inside, 30 km of reach: the round meets the threat at x = 29 km, if the pair had the time to come forward."""
    rule = toy.caveat(zone=ZONE_UKRAINE, heading=1)
    flown = _fly(toy.raid(WEST), toy.coalition([toy.member()], [rule], [toy.pair()]))
    assert flown.shots["x"][0] == approx(29 * KM, abs=15.0)
    assert flown.shots["shooter_x"][0] == approx(-1 * KM, abs=5.0)
    assert flown.sorties["over_ukraine_s"].sum() == 0.0


def test_an_empty_magazine_ends_the_chase():
    """By hand: rounds that never kill: two are fired, a shot interval or a flight apart, and then none is left for the second threat."""
    allies = toy.coalition([toy.member()], [ANYWHERE], [toy.pair(rounds=2, p_kill=(0, 0, 0, 0, 0, 0))])
    flown = _fly(toy.raid(WEST, {**WEST, "start": 600.0}), allies)
    assert len(flown.shots) == 2
    first, second = flown.shots["fire_s"]
    assert second - first >= 30.0 - 1e-6
    assert second >= flown.shots["impact_s"][0] - 1e-9
    assert [_cause(flown, j) for j in (0, 1)] == ["missed", "no_rounds"]
    assert flown.sorties["rounds"].sum() == 2


def test_the_separation_delay_holds_the_first_shot_over_ukraine():
    """By hand: the pair is in reach at once; the shot waits 100 s after the window's opening."""
    near = {"points": [(10, 20), (10, -400)], "speed": 200.0}
    pair = toy.pair(station=(-5.0, 0.0))
    fired = [_fly(toy.raid(near), toy.coalition([toy.member(separation_s=s)], [ANYWHERE], [pair])).shots["fire_s"][0] for s in (0.0, 100.0)]
    assert fired == [0.0, approx(100.0, abs=1e-5)]


def test_approval_must_come_before_the_shot():
    """By hand: asked at the start; the shot that was possible at 0 s comes when 200 s of approval have passed."""
    near = {"points": [(10, 20), (10, -400)], "speed": 200.0}
    asked = toy.caveat(zone=ZONE_ANYWHERE, place=PLACE_UKRAINE, effect=EFFECT_ASK, delay_s=200.0)
    flown = _fly(toy.raid(near), toy.coalition([toy.member()], [asked], [toy.pair(station=(-5.0, 0.0))]))
    assert flown.shots["fire_s"][0] >= 200.0
    late = toy.caveat(zone=ZONE_ANYWHERE, place=PLACE_UKRAINE, effect=EFFECT_ASK, delay_s=1e5)
    assert _cause(_fly(toy.raid(near), toy.coalition([toy.member()], [late], [toy.pair()]))) == "not_approved"


def test_a_pair_chases_the_track_that_it_can_shoot_first():
    """By hand: two threats permitted at once, one 100 km nearer: the nearer is shot first, the other next."""
    raid = toy.raid({**WEST, "name": "far"}, {"points": [(200, 0), (-300, 0)], "speed": 200.0, "name": "near"})
    flown = _fly(raid, toy.coalition([toy.member()], [ANYWHERE], [toy.pair()]))
    assert flown.shots["threat"].tolist() == [1, 0]


def test_two_pairs_share_two_threats_and_none_is_chased_twice():
    """By hand: a pair in the north and one in the south; each takes the threat on its side, at the same moment."""
    raid = toy.raid({"points": [(200, 100), (-200, 100)], "speed": 200.0}, {"points": [(200, -100), (-200, -100)], "speed": 200.0})
    pairs = [toy.pair(station=(-50.0, -100.0), name="south"), toy.pair(station=(-50.0, 100.0), name="north")]
    flown = _fly(raid, toy.coalition([toy.member()], [ANYWHERE], pairs))
    assert sorted(zip(flown.shots["threat"].tolist(), flown.shots["shooter"].tolist(), strict=True)) == [(0, 1), (1, 0)]


def test_a_second_member_holds_back_while_the_first_has_the_claim():
    """By hand: both are permitted, the nearer member's round misses all the time; the other's cause is that no shooter was given the threat."""
    members = [toy.member(), toy.member(toy.RO)]
    rules = [toy.caveat(0, zone=ZONE_ANYWHERE, place=PLACE_UKRAINE), toy.caveat(1, zone=ZONE_ANYWHERE, place=PLACE_UKRAINE)]
    pairs = [toy.pair(0, p_kill=(0,) * 6, rounds=1_000, name="pl"), toy.pair(1, p_kill=(0,) * 6, base=(0.0, -700.0), station=(-10.0, -300.0), name="ro")]
    flown = _fly(toy.raid(WEST), toy.coalition(members, rules, pairs))
    assert set(flown.shots["shooter"].tolist()) == {0}
    assert (_cause(flown, member=0), _cause(flown, member=1), _cause(flown)) == ("missed", "no_free_shooter", "missed")


def test_the_claim_ends_with_the_window():
    """By hand: permitted over Ukraine only and the pair 400 km behind the border: it flies, the border comes first (500 s; it needs 770), nobody fires."""
    rule = toy.caveat(zone=ZONE_UKRAINE, place=PLACE_UKRAINE)
    flown = _fly(toy.raid({**WEST, "points": [(100, 0), (-300, 0)]}), toy.coalition([toy.member()], [rule], [toy.pair(station=(-400.0, 0.0))]))
    assert len(flown.shots) == 0
    assert [RESULTS[i] for i in flown.engagements["result"]] == ["closed"]
    assert _cause(flown) == "out_of_reach"


def test_a_round_for_a_threat_that_ukraine_stops_first_finds_nothing():
    """By hand: without a stop the round is fired at t and needs 30 s; stopped in between, the shot counts, the kill is Ukraine's and the round falls."""
    allies = toy.coalition([toy.member()], [ANYWHERE], [toy.pair()])
    fire = _fly(toy.raid(WEST), allies).shots["fire_s"][0]
    flown = _fly(toy.raid({**WEST, "stop": fire + 10.0, "stop_kind": STOP_KILLED}), allies)
    assert (_fate(flown), flown.shots["hit"].tolist(), flown.shots["found"].tolist()) == (["killed_ua"], [0], [0])
    assert sorted(flown.falls["kind"].tolist()) == [0, 2]
    assert _cause(flown) == "ended_first"


def test_a_turn_that_is_yet_to_come_changes_no_shot():
    """By hand: permitted toward the border from 60 km (1,200 s) on, the pair fires 113 s later a round that flies 60 s; one threat keeps on, its twin turns
    along the border 27 s after the shot, where it is no longer permitted. Fired at the same moment at both: nobody knows yet."""
    rule = toy.caveat(zone=ZONE_UKRAINE, heading=1, place=PLACE_UKRAINE)
    allies = toy.coalition([toy.member()], [rule], [toy.pair(missile_mps=500.0)])
    straight, turning = (_fly(toy.raid({**WEST, "points": points}), allies) for points in ([(300, 0), (-300, 0)], [(300, 0), (32, 0), (32, -300)]))
    shot, twin = straight.shots[0], turning.shots[0]
    assert twin["fire_s"] == shot["fire_s"]
    assert twin["shooter_x"] == approx(shot["shooter_x"], abs=1e-6)  # m; the same great circle from two legs of other lengths rounds otherwise
    assert shot["fire_s"] == approx(1_313.0, abs=3.0)
    assert turning.windows["to_s"][0] < twin["impact_s"]
    assert twin["y"] < 0.0 == approx(shot["y"], abs=1.0)


def test_a_pair_holds_where_its_round_would_meet_the_threat_unpermitted_and_says_so():
    """By hand: permitted over Ukraine only; the pair comes from 224 km behind the border and could fire at 470 s, 6 km before it, a round that flies 60 s: by
    dead reckoning it meets the threat 6 km inside Poland. It holds, though the threat turns back 5 s later and would have been met over Ukraine. The cause
    is the caveat that fails there; a forbid there; an ask there whose approval has not come."""
    back = toy.raid({"points": [(100, 0), (5, 0), (10, 0)], "speed": 200.0})
    far = toy.pair(station=(-224.0, 0.0), missile_mps=500.0)
    over = toy.caveat(zone=ZONE_UKRAINE, place=PLACE_UKRAINE, name="over")
    home = toy.caveat(zone=ZONE_OWN, effect=EFFECT_FORBID, name="not-home")
    ask = toy.caveat(zone=ZONE_OWN, effect=EFFECT_ASK, delay_s=100.0, name="ask-home")
    for more, cause, named in (([], "not_permitted", "over"), ([home], "not_permitted", "not-home"), ([ask], "not_approved", "ask-home")):
        allies = toy.coalition([toy.member()], [over, *more], [far])
        flown = _fly(back, allies)
        assert len(flown.shots) == 0
        assert RESULTS[flown.engagements["result"][0]] == "closed" or flown.engagements["end_s"][0] > 470.0
        assert [(CAUSES[row["cause"]], allies.caveat_names[row["caveat"]]) for row in flown.causes] == [(cause, named)] * 2


def test_an_approval_that_has_come_holds_where_the_round_will_meet_the_threat():
    """By hand: as above, straight on and from 184 km behind the border, for the chase begins with the yes at 100 s. Over Ukraine and at home the same authority
    is asked: the pair fires at 470 s across the border. With an authority of its own at home, which is asked at 500 s, it holds for its yes, at 601 s."""
    asks = [toy.caveat(zone=zone, place=PLACE_UKRAINE, effect=EFFECT_ASK, delay_s=100.0, name=f"ask-{zone}") for zone in (ZONE_UKRAINE, ZONE_OWN)]
    straight = toy.raid({"points": [(100, 0), (-100, 0)], "speed": 200.0})
    far = toy.pair(station=(-184.0, 0.0), missile_mps=500.0)
    one = _fly(straight, toy.coalition([toy.member()], asks, [far]))
    assert one.shots["fire_s"][0] == approx(470.0, abs=5.0)
    two = _fly(straight, toy.coalition([toy.member()], [asks[0], {**asks[1], "delay_s": 101.0}], [far]))
    assert two.shots["fire_s"][0] >= 601.0


def test_each_link_of_the_chain_names_itself():
    """By hand: one failing link at a time."""
    seen_late = toy.member(shared=0, classification_s=1e6)
    passing = toy.raid({"points": [(60, -400), (60, 400)], "speed": 200.0})
    causes = {
        "not_seen": _fly(toy.raid({"points": [(500, -100), (500, 100)], "speed": 200.0}), toy.coalition([toy.member(shared=0)], [ANYWHERE], [toy.pair()])),
        "not_classified": _fly(toy.raid(WEST), toy.coalition([seen_late], [ANYWHERE], [toy.pair()])),
        "not_permitted": _fly(toy.raid(WEST), toy.coalition([toy.member()], [toy.caveat(classes=1)], [toy.pair()])),
        "out_of_reach": _fly(passing, toy.coalition([toy.member()], [toy.caveat(zone=ZONE_ANYWHERE)], [toy.pair()])),
        "ended_first": _fly(toy.raid({**WEST, "stop": 10.0, "stop_kind": STOP_LOST}), toy.coalition([toy.member()], [toy.caveat()], [toy.pair()])),
    }
    assert {name: _cause(flown) for name, flown in causes.items()} == {name: name for name in causes}


def test_what_the_rules_would_have_said_after_the_end_is_told_from_the_free_flight():
    """By hand: Ukraine stops it at 1,000 s, it would have come to the border at 1,500 s and flown on until 3,000 s. A yes after 1,600 s comes too late for the
    end, one after 5,000 s never; where it may be engaged at home alone, or the yes is asked for there, the end came first; where never, it did not."""
    stopped = toy.raid({**WEST, "stop": 1_000.0, "stop_kind": STOP_KILLED})
    ask = {"effect": EFFECT_ASK, "zone": ZONE_ANYWHERE}
    rules = {
        "late yes": (toy.caveat(**ask, delay_s=1_600.0), "ended_first"), "no yes": (toy.caveat(**ask, delay_s=5_000.0), "not_approved"),
        "at home": (toy.caveat(zone=ZONE_OWN), "ended_first"), "asked at home": (toy.caveat(effect=EFFECT_ASK, zone=ZONE_OWN, delay_s=5_000.0), "ended_first"),
        "never": (toy.caveat(classes=1), "not_permitted"),
    }  # fmt: skip
    flown = {name: _fly(stopped, toy.coalition([toy.member()], [rule], [toy.pair()])) for name, (rule, _) in rules.items()}
    assert {name: _cause(row) for name, row in flown.items()} == {name: cause for name, (_, cause) in rules.items()}
    assert not any(len(row.shots) for row in flown.values())


def test_a_member_without_fighters_is_out_of_reach_and_outranks_nobody():
    """By the rule: who has no fighters had no shooter that was busy."""
    assert _cause(_fly(toy.raid(WEST), toy.coalition([toy.member()], [ANYWHERE], []))) == "out_of_reach"


def test_a_free_shooter_whose_first_plan_fails_is_out_of_reach():
    """By hand: the picture is 100 s old, so when it first comes (100 s) it shows a flight west, which a pair held at home could shoot; in truth the threat
    turns east at that moment, 100 km off, and is never in reach. Nobody was busy."""
    turned = toy.raid({"points": [(120, 0), (100, 0), (400, 0)], "speed": 200.0})
    flown = _fly(turned, toy.coalition([toy.member(latency_s=101.0)], [toy.caveat(zone=ZONE_ANYWHERE)], [toy.pair()]))
    assert len(flown.windows) > 0
    assert len(flown.engagements) == 0
    assert _cause(flown) == "out_of_reach"


def test_a_claim_that_fails_at_the_first_plan_does_not_lengthen_the_last_one():
    """By hand: seen 50 s late by the shared picture alone. The pair (60 m/s) commits at the look 900 s after the first and lets go at the turn, 40 km from the
    border. Then the late track comes within 45 km of it and another caveat opens a window, for 25 s before the turn is known: by the track it has a shot, by
    the truth none, and the engagement ended at the turn."""
    rules = [
        toy.caveat(zone=ZONE_UKRAINE, place=PLACE_UKRAINE, pursuit_m=200 * KM),
        toy.caveat(zone=ZONE_WITHIN, within_m=45 * KM, place=PLACE_ANYWHERE),
    ]
    raid = toy.raid({"points": [(300, 0), (40, 0), (300, 0)], "speed": 200.0})
    turn, late = raid.verts["t"][1], toy.member(latency_s=50.0, track_delay_s=1e6)
    flown = _fly(raid, toy.coalition([late], rules, [toy.pair(dash_mps=60.0)]))
    assert flown.engagements[["commit_s", "end_s"]].tolist() == [(950.0, turn)]
    assert [RESULTS[i] for i in flown.engagements["result"]] == ["out_of_reach"]
    assert flown.refusals["t_s"].tolist() == approx([turn, turn + 25.0], abs=2.0)


def test_a_claim_that_fails_at_the_first_plan_does_not_part_two_claims_on_another():
    """By hand: as above, but the pair chases a second missile, whose late track flies over a forbidden cell for 25 s; meanwhile the first plan at the one that
    turned fails. Taken up again within the minute, the chase is one engagement."""
    y = toy.Y0 + (np.arange(toy.NY) + 0.5) * toy.CELL_M
    zone = np.repeat(((y > 70 * KM) & (y < 75 * KM)).astype(np.uint8)[:, None], toy.NX, axis=1)
    rules = [
        toy.caveat(zone=ZONE_WITHIN, within_m=45 * KM, place=PLACE_ANYWHERE),
        toy.caveat(zone=ZONE_NAMED, named=0, effect=EFFECT_FORBID, place=PLACE_ANYWHERE),
    ]
    south = {"points": [(44, 127), (44, -100)], "speed": 200.0, "start": 1_000.0, "name": "south"}
    raid = toy.raid(south, {"points": [(300, 0), (40, 0), (300, 0)], "speed": 200.0, "name": "turns"})
    late = toy.member(latency_s=50.0, track_delay_s=1e6)
    flown = _fly(raid, toy.coalition([late], rules, [toy.pair(station=(-1.0, 0.0), dash_mps=60.0)], zones=zone[None]))
    assert flown.windows["from_s"].tolist() == approx([1_050.0, 1_335.0, 1_325.0], abs=2.0)
    assert flown.refusals[["threat", "cause"]].tolist() == [(1, CAUSES.index("out_of_reach"))]
    assert flown.engagements[["threat", "commit_s", "shots"]].tolist() == [(0, 1_050.0, 1)]
    assert _fate(flown)[0] == "killed_member"


def test_a_busy_shooter_that_had_a_shot_is_not_free():
    """By hand: two threats side by side and one pair, whose rounds are slow to be fired again: the second passes while the first is shot at."""
    near = {"points": [(10, 20), (10, -100)], "speed": 200.0}
    pair = toy.pair(station=(-5.0, 0.0), p_kill=(0,) * 6, shot_interval_s=10_000.0)
    flown = _fly(toy.raid({**near, "name": "a"}, {**near, "name": "b"}), toy.coalition([toy.member()], [ANYWHERE], [pair]))
    assert sorted(_cause(flown, j) for j in (0, 1)) == ["missed", "no_free_shooter"]


def test_the_shot_interval_holds_across_targets():
    """By hand: two threats in reach at once, a first round that kills; the second round leaves 100 s after the first."""
    near = {"points": [(10, 20), (10, -400)], "speed": 200.0}
    pair = toy.pair(station=(-5.0, 0.0), shot_interval_s=100.0)
    flown = _fly(toy.raid({**near, "name": "a"}, {**near, "name": "b"}), toy.coalition([toy.member()], [ANYWHERE], [pair]))
    assert flown.shots["fire_s"].tolist() == [0.0, approx(100.0, abs=1e-5)]


def test_the_raid_is_over_when_the_last_threat_is_300_km_away():
    """By hand: a failed threat flies on west over Poland and 1,900 km beyond; the patrol goes home when it is 300 km past Poland's western line
    (x = -600 km), known to 10 s, from its station 600 s from base. Speed 200 m/s."""
    flown = _fly(toy.raid({"points": [(100, 0), (-2_500, 0)], "speed": 200.0}), toy.coalition([toy.member()], [], [toy.pair()]))
    out = EARTH_RADIUS_M * math.tan(math.atan(600 * KM / EARTH_RADIUS_M) + 300 * KM / EARTH_RADIUS_M)
    over = distance_m(100 * KM, 0.0, -out, 0.0) / 200.0
    way = distance_m(-50 * KM, 0.0, -200 * KM, 0.0) / 250.0
    assert flown.sorties["landing_s"].tolist() == [approx(over + way, abs=15.0)]


def test_minutes_over_ukraine_are_counted_on_the_way_home_to_fire_from_there():
    """By hand: a station 50 km inside Ukraine, 200 s from the border at cruise; permitted from home only, the pair waits, dashes 125 s to the border, and
    all of that is over Ukraine."""
    rule = toy.caveat(zone=ZONE_ANYWHERE)
    flown = _fly(toy.raid(WEST), toy.coalition([toy.member()], [rule], [toy.pair(station=(50.0, 0.0))]))
    assert flown.shots["shooter_x"][0] == approx(-1 * KM, abs=5.0)
    assert flown.sorties["over_ukraine_s"].sum() >= 200.0 + flown.engagements["commit_s"][0] + 125.0 - 1.0


def test_a_footprint_on_a_border_books_each_countrys_people_to_it():
    """By hand: nobody lives west of x = 0, 100 per km² east of it; a footprint on the line: 1e-3 persons where it fell in Ukraine, none in Poland. And
    where no point of the quadrature lies in the country, the density where it fell."""
    here = toy.ground()
    east = np.where(here.fields.country == toy.UA, 100.0, 0.0).astype(np.float32)
    here = here._replace(fields=here.fields._replace(population=east))
    assert casualties_in(here, toy.UA, 5.0, 0.0, 0.0, 0.0, 0.3, 400.0, 10.0) == approx(1e-3, rel=1e-6)
    assert casualties_in(here, toy.PL, -5.0, 0.0, 0.0, 0.0, 0.3, 400.0, 10.0) == 0.0
    assert casualties_in(here, toy.UA, 5.0, 0.0, -1_400.0, 0.0, 0.0, 400.0, 10.0) == approx(1e-3, rel=1e-6)


def test_a_stop_by_ukraine_excuses_only_what_the_free_flight_would_have_reached():
    """By hand: a flight that never comes near own airspace is not permitted, whether or not Ukraine stops it."""
    away = {"points": [(300, -100), (300, 100)], "speed": 200.0}
    for changes in ({}, {"stop": 10.0, "stop_kind": STOP_KILLED}):
        assert _cause(_fly(toy.raid({**away, **changes}), toy.coalition([toy.member()], [toy.caveat()], [toy.pair()]))) == "not_permitted"


def test_an_alert_pair_is_up_its_readiness_after_the_order():
    """By hand: warned 60 min before the threat is within 150 km (at 750 s): ordered at -2,850 s, airborne a readiness later, down at the raid's end
    plus the way home, without having fired."""
    flown = _fly(toy.raid(WEST), toy.coalition([toy.member()], [], [toy.pair(kind=KIND_QRA, raid_warning=1, lead_s=3_600.0, readiness_s=900.0)]))
    row = flown.sorties[0]
    assert row["take_off_s"] == approx(750.0 - 3_600.0 + 900.0, abs=500.0)
    assert row["landing_s"] - row["take_off_s"] <= 10_800.0 + 1e-6
    assert len(flown.shots) == 0


def test_a_pair_that_let_go_far_from_its_station_turns_home_in_time():
    """By hand: let go some 280 km from its base with 1,150 s of fuel left, it may not fly to the station first (150 km from the base); it lands as its
    endurance ends."""
    raid = toy.raid({"points": [(200, 220), (-200, 220)], "speed": 200.0}, {"points": [(700, -300), (600, -300)], "speed": 20.0, "cls": toy.DRONE})
    alert = {"kind": KIND_QRA, "raid_warning": 1, "lead_s": 2_000.0, "readiness_s": 600.0}
    first = _fly(raid, toy.coalition([toy.member()], [toy.caveat()], [toy.pair(**alert)]))
    assert len(first.engagements) == 1
    endurance = first.engagements["end_s"][0] + 1_150.0 - first.sorties["take_off_s"][0]
    flown = _fly(raid, toy.coalition([toy.member()], [toy.caveat()], [toy.pair(**alert, endurance_s=endurance)]))
    assert flown.engagements["end_s"] == first.engagements["end_s"]
    assert flown.sorties["landing_s"] - flown.sorties["take_off_s"] == approx(endurance, abs=0.01)


def test_a_patrol_of_ten_hours_needs_four_reliefs():
    """By hand: endurance 3 h, 600 s each way: 9,600 s on station; 36,000 s of raid need 3.75, so four flights, the last one shorter."""
    slow = {"points": [(700, 0), (-20, 0)], "speed": 20.0, "cls": toy.DRONE}
    flown = _fly(toy.raid(slow), toy.coalition([toy.member()], [], [toy.pair()]))
    times = flown.sorties[["take_off_s", "landing_s"]]
    length = distance_m(700 * KM, 0.0, -20 * KM, 0.0) / 20.0
    assert len(times) == math.ceil(length / (10_800.0 - 2 * distance_m(-200 * KM, 0.0, -50 * KM, 0.0) / 250.0))
    assert (times["landing_s"][:-1] - times["take_off_s"][:-1]) == approx(10_800.0, abs=1.0)


def test_minutes_over_ukraine_are_those_of_the_chase():
    """By hand: the pair dashes 50 km to the border and on to the point of fire, holds it out while the round flies, and flies back: less than 0.4 km/s and
    more than the way there and back at dash and cruise."""
    flown = _fly(toy.raid(WEST), toy.coalition([toy.member()], [ANYWHERE], [toy.pair()]))
    deep = flown.shots["shooter_x"][0]
    assert deep > 100 * KM
    assert flown.sorties["over_ukraine_s"][0] == approx(deep / 400.0 + 30.0 + (deep + 30.0 * 250.0) / 250.0, rel=0.02)


def test_an_incursion_is_cut_where_the_threat_is_killed():
    """By hand: permitted in own airspace only, killed at impact: the stay ends there, as deep as it is from the border."""
    raid = toy.raid(WEST)
    flown = _fly(raid, toy.coalition([toy.member()], [toy.caveat()], [toy.pair(station=(-100.0, 0.0))]))
    row = flown.incursions[0]
    assert _fate(flown) == ["killed_member"]
    assert row["exit_s"] == flown.fates["fate_s"][0]
    assert row["depth_m"] == approx(-flown.shots["x"][0], rel=1e-3)
    assert row["path_m"] == approx(row["depth_m"], rel=1e-3)


def test_a_way_that_crosses_a_border_too_often_stops_the_replicate():
    """By the rule: Ukraine's western line as a comb of 200 teeth along y = 0.5 km is crossed 400 times by a way at y = 0; no overflow is read as none."""
    comb = _comb_ground(200)
    assert share_over_ukraine(comb, -20 * KM, 0.0, 220 * KM, 0.0) == -1.0
    assert share_over_ukraine(_comb_ground(20), -20 * KM, 0.0, 220 * KM, 0.0) == approx(0.5 * 20 * KM / 240 / KM, rel=1e-6)
    flown = toy.coalition([toy.member()], [ANYWHERE], [toy.pair(station=(220.0, 0.25), base=(-20.0, 0.0))])
    with raises(EngineError, match=r'crosses a border more than 256 times in replicate 7 of "toy"'):
        fly(toy.raid({**WEST, "points": [(300, 50), (250, 50)]}, replicate=7), flown, comb, 5)


def _comb_ground(teeth: int):
    """The toy ground, Ukraine's line a comb: every km from x = 0 a tooth half a km wide that reaches down to y = -1 km from the body above y = 0.2 km."""
    here = toy.ground()
    points = [(0.0, 0.2)]
    for i in range(teeth):
        points += [(i, 0.2), (i, -1.0), (i + 0.5, -1.0), (i + 0.5, 0.2)]
    points += [(800.0, 0.2), (800.0, 500.0), (0.0, 500.0)]
    a = KM * np.array([p for n, p in enumerate(points) if n == 0 or p != points[n - 1]])
    edges = np.hstack([a, np.roll(a, -1, axis=0)]).T
    old = here.borders
    start = old.start + len(a) - 4
    start[0] = 0
    pieces = [np.concatenate([mine, theirs[4:]]) for mine, theirs in zip(edges, (old.ax, old.ay, old.bx, old.by), strict=True)]
    box = old.box.copy()
    box[toy.UA, 1] = -KM
    frame = np.zeros(len(pieces[0]), np.uint8)
    doubt = here.fields.distance.copy()  # the raster does not know the comb: it is to leave a doubt everywhere
    doubt[toy.UA] = 0.0
    for array in (doubt, *pieces, frame, start, box):  # as the real ground: else the engine compiles once more
        array.flags.writeable = False
    return Ground(here.fields._replace(distance=doubt), old._replace(ax=pieces[0], ay=pieces[1], bx=pieces[2], by=pieces[3], frame=frame, start=start, box=box))


def test_a_full_queue_stops_the_replicate_and_says_where():
    """By the rule: kernels return a status, the message names replicate and package."""
    with raises(EngineError, match=r'queue is full \(2\) in replicate 7 of "toy"'):
        _fly(toy.raid(WEST, WEST, WEST, replicate=7), toy.coalition([toy.member()], [ANYWHERE], [toy.pair()]), queue_size=2)


def test_a_raid_without_threats_flies_to_nothing():
    """By hand."""
    raid = toy.raid()
    flown = _fly(raid, toy.coalition([toy.member()], [ANYWHERE], [toy.pair(), toy.pair(kind=KIND_QRA, name="b")]))
    assert all(len(getattr(flown, name)) == 0 for name in ("fates", "shots", "engagements", "sorties", "falls", "causes"))


def test_debris_of_a_kill_lies_under_it():
    """By hand: from 100 m at 200 m/s the fall takes about 4.5 s and less than 900 m; where it lands is Ukraine."""
    flown = _fly(toy.raid(WEST), toy.coalition([toy.member()], [ANYWHERE], [toy.pair()]))
    fall, shot = flown.falls[0], flown.shots[0]
    assert distance_m(fall["x"], fall["y"], shot["x"], shot["y"]) < 1.5 * KM
    assert fall["country"] == toy.UA
    assert fall["ec"] == approx(5e-4, rel=1e-6)
    assert 4.0 < fall["land_s"] - shot["impact_s"] < 6.0
    assert np.isfinite(flown.fates["first_border_s"][0])
