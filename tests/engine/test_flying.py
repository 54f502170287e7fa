"""Fuel at dash, reliefs in time and late, spares, crews' duty, and what remains of the alert: worked on straight borders, and laws on random raids."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import approx, mark

import toy_world as toy
from zaslin import draws
from zaslin.doctrine.alert import duty_suffices, relief_late_s, take_off_s
from zaslin.engine.aiming import has_fuel
from zaslin.engine.guard import what_remains
from zaslin.engine.records import RESULTS, SORTIE, Flown
from zaslin.engine.replicate import fly
from zaslin.outcomes.tables import CAUSES
from zaslin.plane import distance_m
from zaslin.world.arrays import KIND_CAP, KIND_QRA, PLACE_UKRAINE, ZONE_ANYWHERE, Coalition, Raid

KM = 1_000.0
SEED = 5
WAY_S = distance_m(-200 * KM, 0.0, -50 * KM, 0.0) / 250.0
"""From the toy pair's base to its station: some ten minutes."""
ON_STATION_S = 10_800.0 - 2.0 * WAY_S
LONG = {"points": [(700, -300), (100, -300)], "speed": 20.0, "cls": toy.DRONE, "name": "long"}
"""A drone that keeps the raid going for more than eight hours and is met by nobody."""
RAID_S = distance_m(700 * KM, -300 * KM, 100 * KM, -300 * KM) / 20.0
ALERT = {"kind": KIND_QRA, "raid_warning": 1, "lead_s": 2_000.0, "readiness_s": 600.0}
ANYWHERE = toy.caveat(zone=ZONE_ANYWHERE, place=PLACE_UKRAINE)
CHASED = {"points": [(-200, 100), (-200, -100)], "speed": 200.0, "start": ON_STATION_S - 100.0, "name": "chased"}
"""Passes the base at the end of the first patrol's time."""


def _fly(raid: Raid, allies: Coalition) -> Flown:
    return fly(raid, allies, toy.ground(), SEED)


def _alone(*flights: dict[str, Any], rules: tuple[dict[str, Any], ...] = (), **pair: Any) -> Flown:
    """The flights against one member with one pair."""
    return _fly(toy.raid(*flights), toy.coalition([toy.member()], list(rules), [toy.pair(**pair)]))


def _shooter(**changes: Any) -> np.void:
    return toy.coalition([toy.member()], [], [toy.pair(**changes)]).shooters[0]


def _exponential(number: int) -> float:
    return float(draws.exponential(np.uint64(SEED), np.uint64(0), np.uint64(draws.entity_id("pair")), draws.RELIEF_DELAY, number))


# --- fuel by phase -----------------------------------------------------------------------------------------------------------


def test_a_second_at_dash_takes_as_many_of_cruise_as_it_burns():
    """By hand: 40 km at 400 m/s take 100 s, another 20 s are waited, then 160 km home at 250 m/s: 760 s. With 2.5 times the fuel at dash 910 s at cruise are
    needed, a crew's duty of 760 s suffices."""
    shooter, back = _shooter(dash_burn=2.5), _shooter(dash_burn=1.0)
    way, home = distance_m(0.0, 0.0, -40 * KM, 0.0) / 400.0, distance_m(-40 * KM, 0.0, -200 * KM, 0.0) / 250.0
    at = 1_000.0 + way + 20.0
    assert way + 20.0 + home == approx(760.0, abs=0.5)
    for kind, need in ((back, at + home), (shooter, at + home + 1.5 * way)):
        assert has_fuel(kind, need + 1e-6, math.inf, 0.0, 0.0, 1_000.0, at, -40 * KM, 0.0)
        assert not has_fuel(kind, need - 1e-6, math.inf, 0.0, 0.0, 1_000.0, at, -40 * KM, 0.0)
        assert has_fuel(kind, need + 1e-6, at + home + 1e-6, 0.0, 0.0, 1_000.0, at, -40 * KM, 0.0)
        assert not has_fuel(kind, need + 1e-6, at + home - 1e-6, 0.0, 0.0, 1_000.0, at, -40 * KM, 0.0)


def test_a_chase_brings_the_alert_pair_home_earlier_by_what_its_dash_burnt():
    """By hand: one chase at dash from the claim to the shot. The pair is down as its endurance ends, less (k - 1) times the chase; nothing but fuel brings it
    home, for the raid goes on."""
    passing = {"points": [(200, 220), (-200, 220)], "speed": 200.0}
    for burn in (1.0, 2.5, 4.0):
        flown = _alone(passing, LONG, rules=(toy.caveat(),), **ALERT, dash_burn=burn)
        row, chase = flown.sorties[0], flown.engagements[0]
        dash = chase["first_shot_s"] - chase["commit_s"]
        assert len(flown.engagements) == len(flown.shots) == 1
        assert dash > 60.0
        assert row["landing_s"] - row["take_off_s"] == approx(10_800.0 - (burn - 1.0) * dash, abs=0.01)


def test_who_dashes_home_dry_does_not_fire():
    """By hand: with just the fuel that the chase of the test before takes at k = 1, at k = 2.5 there is no shot, and the threat is out of reach."""
    passing = {"points": [(200, 220), (-200, 220)], "speed": 200.0}
    first = _alone(passing, LONG, rules=(toy.caveat(),), **ALERT)
    shot = first.shots[0]
    home = distance_m(shot["shooter_x"], shot["shooter_y"], -200 * KM, 0.0) / 250.0
    endurance = shot["fire_s"] + home - first.sorties["take_off_s"][0] + 5.0
    flights = {burn: _alone(passing, LONG, rules=(toy.caveat(),), **ALERT, endurance_s=endurance, dash_burn=burn) for burn in (1.0, 2.5)}
    assert {burn: len(flown.shots) for burn, flown in flights.items()} == {1.0: 1, 2.5: 0}
    assert CAUSES[next(row["cause"] for row in flights[2.5].causes if row["threat"] == 0 and row["member"] == -1)] in ("out_of_reach", "no_free_shooter")


# --- patrols -----------------------------------------------------------------------------------------------------------------


def test_a_patrol_that_let_go_far_from_its_station_lands_as_its_endurance_ends():
    """By hand: a chase ends near (100, 370) km, 470 km from the base, some 1,370 s before the patrol's time does (9,600 s): by then, on its
    way to the station, it would be 177 km from the base, 708 s, and down 108 s after its fuel. So it turns home before: it is down as its endurance ends,
    and its relief comes at its time."""
    far = {"points": [(110, 345), (110, 445)], "speed": 50.0, "start": 7_700.0}
    flown = _alone(far, LONG, rules=(ANYWHERE | {"classes": 2},), dash_mps=800.0)
    ended = flown.engagements["end_s"][0]
    assert 8_000.0 < ended < 8_400.0
    first, second = flown.sorties[:2]
    assert first["landing_s"] - first["take_off_s"] == approx(10_800.0, abs=0.01)
    assert second["take_off_s"] == approx(ON_STATION_S - WAY_S, abs=1e-6)


def test_reliefs_come_late_by_keyed_delays_and_meanwhile_nobody_is_there():
    """By hand: each patrol leaves as its time ends; the next one is there an exponential delay later, mean 1,200 s, and its own time runs from then."""
    flown = _alone(LONG, relief_delay_s=1_200.0)
    there = 0.0
    for number, row in enumerate(flown.sorties):
        there += 1_200.0 * _exponential(number) if number else 0.0
        assert row["take_off_s"] == approx(there - WAY_S, abs=1e-6)
        there += ON_STATION_S
        if there < RAID_S:
            assert row["landing_s"] - row["take_off_s"] == approx(10_800.0, abs=1e-6)
    assert len(flown.sorties) >= 3
    assert there + 1_200.0 * _exponential(len(flown.sorties)) >= RAID_S


def test_what_comes_while_the_station_is_empty_is_met_by_nobody():
    """By hand: a missile that is permitted only while the relief is late: there is no free shooter. With the relief in time it is shot down."""
    gap = 3_000.0
    mean = gap / _exponential(1)
    passing = {"points": [(-30, 20), (-30, -100)], "speed": 200.0, "start": ON_STATION_S + 100.0, "name": "gap"}
    late = _alone(LONG, passing, rules=(ANYWHERE | {"classes": 2},), relief_delay_s=mean)
    assert len(late.shots) == 0
    assert CAUSES[next(row["cause"] for row in late.causes if row["threat"] == 1 and row["member"] == -1)] == "no_free_shooter"
    assert len(_alone(LONG, passing, rules=(ANYWHERE | {"classes": 2},)).shots) == 1


def test_a_relief_waits_for_a_busy_patrol_and_a_late_one_leaves_a_gap_after_the_chase():
    """By hand: a chase, 100 s before the patrol's time ends, of what passes its base takes 340 s. A relief in time takes over as
    the chase ends; one that is still on its way then comes at its own time, and the old pair has left when the chase ended."""
    rules = (ANYWHERE | {"classes": 2},)
    in_time = _alone(LONG, CHASED, rules=rules)
    ended = in_time.engagements["end_s"][0]
    assert in_time.engagements["commit_s"][0] < ON_STATION_S < ended
    assert in_time.sorties["take_off_s"][1] == approx(ended - WAY_S, abs=1e-6)
    delay = ended - ON_STATION_S + 2_000.0
    late = _alone(LONG, CHASED, rules=rules, relief_delay_s=delay / _exponential(1))
    assert late.engagements["end_s"][0] == ended
    assert late.sorties["landing_s"][0] == in_time.sorties["landing_s"][0]
    assert late.sorties["take_off_s"][1] == approx(ON_STATION_S + delay - WAY_S, abs=1e-6)
    soon = _alone(LONG, CHASED, rules=rules, relief_delay_s=0.5 * (ended - ON_STATION_S) / _exponential(1))
    assert soon.sorties["take_off_s"][1] == approx(ended - WAY_S, abs=1e-6)


# --- spares and crews --------------------------------------------------------------------------------------------------------


def test_a_jet_that_fails_costs_a_second_readiness():
    """By the rule: readiness times exp(0.2 z), once more with a luck of its own; a coin per scramble."""
    sound, broken = _shooter(kind=KIND_QRA), _shooter(kind=KIND_QRA, p_available=0.0)
    key = np.uint64(SEED), np.uint64(3)
    for number in range(4):
        z = draws.normal(*key, broken["entity"], draws.SPARE, number)
        late = take_off_s(*key, broken, 70.0, number) - take_off_s(*key, sound, 70.0, number)
        assert late == approx(900.0 * math.exp(0.2 * z), rel=1e-12)


def test_how_often_a_jet_fails():
    """By hand: with 0.7 the spare flies in 30 % of 4,000 scrambles; three standard errors."""
    some, sound = _shooter(kind=KIND_QRA, p_available=0.7), _shooter(kind=KIND_QRA)
    late = [take_off_s(np.uint64(1), np.uint64(i), some, 0.0, 0) > take_off_s(np.uint64(1), np.uint64(i), sound, 0.0, 0) for i in range(4_000)]
    assert np.mean(late) == approx(0.3, abs=3 * math.sqrt(0.21 / 4_000))


def test_a_patrol_whose_jets_fail_begins_and_is_relieved_a_spare_later():
    """By hand: always the spare, 900 s later: on station at 900 s, and again 900 s after each end of its time."""
    flown = _alone(LONG, p_available=0.0, spare_s=900.0)
    assert len(flown.sorties) >= 3
    for number, row in enumerate(flown.sorties):
        assert row["take_off_s"] == approx(900.0 + number * (ON_STATION_S + 900.0) - WAY_S, abs=1e-6)
    assert relief_late_s(np.uint64(1), np.uint64(1), _shooter(relief_delay_s=500.0), 0) == 0.0


def test_a_crew_is_not_ordered_up_for_less_than_the_way_and_twenty_minutes():
    """By hand: 600 s each way and 1,200 s there: 2,400 s of duty must be left."""
    need = 2.0 * WAY_S + 1_200.0
    assert duty_suffices(_shooter(crew_duty_s=10_800.0 + need + 1e-6), 10_800.0)
    assert not duty_suffices(_shooter(crew_duty_s=10_800.0 + need - 1e-6), 10_800.0)


@mark.parametrize(("more", "second"), [(2_300.0, None), (2_500.0, 2_500.0), (9_000.0, 9_000.0), (1e6, 10_800.0)])
def test_a_crew_flies_no_more_than_its_duty(more, second):
    """By hand: ordered as the raid begins (0 s), airborne at once: a flight of three hours, as long as the fuel lasts, then 90 min on the ground; then a second
    one that ends with the duty or the fuel, if more than 40 minutes of duty are left."""
    at_once = {**ALERT, "readiness_s": 0.0, "lead_s": 0.0, "track_within_m": 1_000 * KM}
    flown = _alone(LONG, **at_once, crew_duty_s=10_800.0 + more)
    flight = flown.sorties["landing_s"] - flown.sorties["take_off_s"]
    assert flown.sorties["take_off_s"][0] == 0.0
    assert flight.tolist() == approx([10_800.0] if second is None else [10_800.0, second], abs=0.01)
    assert np.isinf(flown.sorties["ready_s"][-1]) == (second != 10_800.0)


# --- what remains of the alert -----------------------------------------------------------------------------------------------


def _flights(*rows: tuple[int, float, float]) -> np.ndarray:
    out = np.zeros(len(rows), dtype=SORTIE)
    for i, (shooter, ordered, ready) in enumerate(rows):
        out[i]["shooter"], out[i]["ordered_s"], out[i]["ready_s"] = shooter, ordered, ready
    return out


def test_what_remains_is_the_time_in_which_some_pair_stands():
    """By hand: a night from 0 to 1,000 s. Pair 0 is away from -50 to 300 and from 600 on, pair 1 from 200 to 700: nobody stands from 200 to 300 and from 600
    to 700. Romania's one pair is away from 900 on; a patrol and a helicopter count nowhere."""
    pairs = [toy.pair(0, kind=KIND_QRA, name="a"), toy.pair(0, kind=KIND_QRA, name="b"), toy.pair(1, kind=KIND_QRA, name="c"), toy.pair(1, name="d")]
    pairs.append(toy.pair(0, kind=KIND_QRA, jets=1, name="helicopter"))
    allies = toy.coalition([toy.member(), toy.member(toy.RO)], [], pairs)
    flights = _flights((0, -50.0, 300.0), (0, 600.0, math.inf), (1, 200.0, 700.0), (2, 900.0, math.inf), (3, math.nan, math.nan))
    rows = what_remains(allies.shooters, flights, 2, 0.0, 1_000.0)
    assert rows.tolist() == [(0, 2, 0, 200.0, 1_000.0), (1, 1, 0, 100.0, 1_000.0)]


def test_who_never_flies_stands_ready_and_whose_crew_may_not_fly_never_does():
    """By hand: no order: both pairs stand all night; a crew with ten minutes of duty stands for nothing; a member with a patrol only has no row."""
    pairs = [toy.pair(0, kind=KIND_QRA, name="a"), toy.pair(0, kind=KIND_QRA, name="b", crew_duty_s=600.0), toy.pair(1, name="d")]
    allies = toy.coalition([toy.member(), toy.member(toy.RO)], [], pairs)
    assert what_remains(allies.shooters, _flights(), 2, 0.0, 1_000.0).tolist() == [(0, 2, 1, 0.0, 1_000.0)]
    assert what_remains(allies.shooters[1:2], _flights(), 1, 0.0, 1_000.0).tolist() == [(0, 1, 0, 1_000.0, 1_000.0)]
    assert what_remains(allies.shooters, _flights(), 2, 0.0, 0.0).tolist() == [(0, 2, 2, 0.0, 0.0)]


def test_one_pair_is_missing_from_its_order_until_it_stands_again():
    """By hand: ordered when the raid begins, three hours of flight, an hour and a half on the ground: from the first launch until 5,400 s after landing."""
    flown = _alone(LONG, **ALERT)
    row, night = flown.sorties[0], flown.alerts[0]
    assert row["ready_s"] == row["landing_s"] + 5_400.0
    away = sum(min(r["ready_s"], RAID_S) - max(r["ordered_s"], 0.0) for r in flown.sorties)
    assert night["unguarded_s"] == approx(away, abs=1e-6)
    assert night["night_s"] == approx(RAID_S, abs=11.0)
    assert (night["pairs"], night["ready_least"]) == (1, 0)


# --- laws --------------------------------------------------------------------------------------------------------------------

SETTINGS = settings(max_examples=25, deadline=None)
_point = st.tuples(st.integers(-250, 600), st.integers(-450, 450))
_flight = st.fixed_dictionaries(
    {
        "points": st.lists(_point, min_size=2, max_size=4, unique=True),
        "speed": st.sampled_from([25.0, 45.0, 200.0]),
        "cls": st.sampled_from([toy.DRONE, toy.CRUISE]),
        "start": st.integers(0, 9_000),
        "stop": st.sampled_from([math.inf, math.inf, 6_000.0]),
    }
)
_raids = st.builds(
    lambda flights, replicate: toy.raid(*[{**flight, "name": f"toy-{i:03d}"} for i, flight in enumerate(flights)], replicate=replicate),
    st.lists(_flight, min_size=1, max_size=6), st.integers(0, 1_000),
)  # fmt: skip
_pair = st.fixed_dictionaries(
    {
        "kind": st.sampled_from([KIND_CAP, KIND_QRA]),
        "endurance_s": st.sampled_from([3_000.0, 5_400.0, 10_800.0]),
        "dash_burn": st.sampled_from([1.0, 2.5, 4.0]),
        "p_available": st.sampled_from([0.5, 1.0]),
        "relief_delay_s": st.sampled_from([0.0, 600.0]),
        "crew_duty_s": st.sampled_from([6_000.0, 18_000.0, math.inf]),
        "readiness_s": st.sampled_from([300.0, 900.0]),
        "station": st.tuples(st.integers(-60, -5), st.integers(-100, 100)),
    }
)
_pairs = st.lists(_pair, min_size=1, max_size=3)
RULES = [toy.caveat(), toy.caveat(zone=ZONE_ANYWHERE, place=PLACE_UKRAINE, heading=1, name="toward")]


def _coalition(pairs: list[dict[str, Any]], rules: list[dict[str, Any]]) -> Coalition:
    fixed = {"raid_warning": 1, "lead_s": 1_200.0, "p_kill": (0.5, 0.6, 0, 0, 0, 0)}
    return toy.coalition([toy.member()], rules, [toy.pair(**{**fixed, **pair, "name": f"pair-{i}"}) for i, pair in enumerate(pairs)])


@SETTINGS
@given(_raids, _pairs)
def test_no_pair_flies_longer_than_its_fuel_and_its_crews_duty(raid, pairs):
    """Law: a flight lasts no longer than the endurance (a patrol's: the least time on station and the ways), a crew's flights together no longer than its duty;
    but for twice the flight of the round that was in the air when the pair should have turned (it flies on and has to come back)."""
    allies = _coalition(pairs, RULES)
    flown = _fly(raid, allies)
    for i, pair in enumerate(allies.shooters):
        flights, shots = flown.sorties[flown.sorties["shooter"] == i], flown.shots[flown.shots["shooter"] == i]
        rounds = 2.0 * float((shots["impact_s"] - shots["fire_s"]).max(initial=0.0)) + 0.01
        way = distance_m(pair["base_x"], pair["base_y"], pair["station_x"], pair["station_y"]) / pair["cruise_mps"]
        longest = pair["endurance_s"] if pair["kind"] == KIND_QRA else max(pair["endurance_s"], 1_200.0 + 2.0 * way)
        lengths = flights["landing_s"] - flights["take_off_s"]
        assert (lengths > 0.0).all()
        assert (lengths <= longest + rounds).all()
        if pair["kind"] == KIND_QRA:
            assert lengths.sum() <= pair["crew_duty_s"] + rounds


@SETTINGS
@given(_raids, _pairs)
def test_flights_of_an_alert_pair_follow_each_other(raid, pairs):
    """Law: ordered, airborne, down, ready; then ordered again. A patrol's pairs come to its station one after the other."""
    allies = _coalition(pairs, RULES)
    flown = _fly(raid, allies)
    for i, pair in enumerate(allies.shooters):
        flights = flown.sorties[flown.sorties["shooter"] == i]
        assert (np.diff(flights["take_off_s"]) > 0.0).all()
        if pair["kind"] == KIND_QRA:
            assert ((flights["ordered_s"] < flights["take_off_s"]) & (flights["landing_s"] + 5_400.0 <= flights["ready_s"])).all()
            assert (flights["ready_s"][:-1] <= flights["ordered_s"][1:]).all()
        else:
            assert np.isnan(flights["ordered_s"]).all() and np.isnan(flights["ready_s"]).all()


@SETTINGS
@given(_raids, _pairs, _pair)
def test_one_more_alert_pair_never_leaves_less(raid, pairs, more):
    """Law: unguarded time is part of the night, and positive where the fewest that stand are none; where nobody fires, so that pairs do not take each other's
    threats, one more alert pair never raises it."""
    rows = [_fly(raid, _coalition(some, [])).alerts for some in (pairs, [*pairs, {**more, "kind": KIND_QRA}])]
    for alerts in (*rows, _fly(raid, _coalition(pairs, RULES)).alerts):
        assert ((alerts["unguarded_s"] >= 0.0) & (alerts["unguarded_s"] <= alerts["night_s"] * (1.0 + 1e-12))).all()
        assert ((alerts["ready_least"] == 0) == (alerts["unguarded_s"] > 0.0))[alerts["night_s"] > 0.0].all()
        assert ((alerts["ready_least"] >= 0) & (alerts["ready_least"] <= alerts["pairs"])).all()
    if len(rows[0]):
        assert rows[1]["unguarded_s"][0] <= rows[0]["unguarded_s"][0] + 1e-9


@SETTINGS
@given(_raids, _pairs)
def test_numbers_that_do_not_bind_change_no_row(raid, pairs):
    """Law: with jets that never fail the spare's delay is nobody's; a duty longer than the night is no duty; with fuel for days its flow at dash does not
    matter. With factor 1, reliefs in time, sound jets and ample duty the rows of a real night were those of the engine before it knew of any of these, but
    for patrols that turn home in time."""
    plain = [{**pair, "p_available": 1.0, "endurance_s": 1e6, "crew_duty_s": math.inf} for pair in pairs]
    rows = [
        _fly(raid, _coalition([{**pair, **changes} for pair in plain], RULES))
        for changes in ({}, {"spare_s": 7.0}, {"crew_duty_s": 1e7}, {"dash_burn": 1.0}, {"dash_burn": 4.0})
    ]
    for other in rows[1:]:
        for name in Flown.__dataclass_fields__:
            assert getattr(rows[0], name).tobytes() == getattr(other, name).tobytes(), name


def test_a_chase_that_a_late_relief_ends_is_booked_like_any_other():
    """By the rule: a pair that leaves after its chase has an engagement with a result and a sortie with a landing; nothing stays open."""
    flown = _alone(LONG, CHASED, rules=(ANYWHERE | {"classes": 2},), relief_delay_s=50_000.0)
    assert [RESULTS[row] for row in flown.engagements["result"]] == ["killed"]
    assert np.isfinite(flown.sorties["landing_s"]).all()


def test_a_member_of_whose_alert_a_block_draws_no_pair_is_unguarded_all_night():
    """By hand: Poland's package names alert pairs, but this block has none of them; Romania names none and has no row."""
    allies = toy.coalition([toy.member(), toy.member(toy.RO)], [], [toy.pair(1, name="d")])
    assert what_remains(allies.shooters, _flights(), 2, 0.0, 1_000.0, (0,)).tolist() == [(0, 0, 0, 1_000.0, 1_000.0)]
    assert what_remains(allies.shooters, _flights(), 2, 0.0, 1_000.0).tolist() == []
