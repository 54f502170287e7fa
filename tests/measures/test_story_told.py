"""A hand-made small night whose story is known line by line: looks, tracks, permission, order, refusal, shots, the wreck, what falls."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest

import toy_world as toy
from zaslin.brief.story import story_lines
from zaslin.engine.loop import fly_chunk
from zaslin.engine.recall import watches
from zaslin.measures.story import story, with_looks
from zaslin.plane import distance_m
from zaslin.world.arrays import EFFECT_FORBID, PLACE_UKRAINE, ZONE_ANYWHERE, ZONE_OWN, ZONE_UKRAINE

KM = 1_000.0
RADAR = [(0, 200 * KM, 0.0, (30 * KM,) * 6)]
"""An airborne radar on WEST's way: in view from 230 to 170 km."""
WEST = {"points": [(300, 0), (-100, 0)], "speed": 200.0, "name": "kh-001"}
ANYWHERE = toy.caveat(zone=ZONE_ANYWHERE, place=PLACE_UKRAINE, name="all")
WATCH = {"shared": 0, "mast_m": 0.0, "setback_m": 5e6, "looks": 1, "airborne_revisit_s": 60.0}
"""Sees by the airborne radar alone, a look a minute, each of them sure."""


def _story(make_results, raid, allies) -> dict[str, Any]:
    tables = fly_chunk([raid], [allies], toy.ground(), 1, "plain", [0], ("kh101",), ("Kh-101",))
    rows = {name: table.to_pylist() for name, table in tables.items()}
    found = story(make_results({"toy": rows}, replicates=10), "toy", 0, "kh-001")
    radars = [
        {
            "members": [allies.member_names[watch.member]], "by": "airborne" if watch.airborne else "ground", "radar": "eye", "revisit_s": watch.revisit_s,
            "chance": watch.chance,
            "views": [
                {"from_s": view.from_s, "to_s": view.to_s, "looks": view.looks, "first_s": view.first_s, "hits": [{"t_s": t, "look": k} for t, k in view.hits]}
                for view in watch.views
            ],
        }
        for watch in watches(raid, allies, toy.ground(), 1, 0)
    ]  # fmt: skip
    return with_looks(found, radars)


def _at(x_km: float) -> float:
    return distance_m(300 * KM, 0.0, x_km * KM, 0.0) / 200.0


def test_every_line_of_a_kill_that_is_taken_for_a_miss(make_results):
    """By hand: in view at 350 s; five sure looks a minute apart; a track at the second, known and permitted at once, and the pair, at 600 m/s of closing,
    fires where a round that flies 30 km (30 s, in which the threat flies 6) meets it: 36 km away. It hits within the view, is taken for a miss, and a round
    goes at the wreck 10 s later. Debris falls over Ukraine."""
    pair = toy.pair(station=(100.0, 0.0), kill_unseen=1.0, assess_s=10.0, shot_interval_s=5.0, name="pl-cap")
    told = _story(make_results, toy.raid(WEST), toy.coalition([toy.member(**WATCH)], [ANYWHERE], [pair], radars=RADAR))
    lines = story_lines(told, {"groups": []}, every_look=True)
    words = [words for _, _, words in lines]
    looks = [event["t_s"] for event in told["story"] if event["event"] == "look_hit"]
    n = len(looks)
    assert 3 <= n <= 5 and all(b - a == pytest.approx(60.0) for a, b in pairwise(looks))
    eye, sees = "the airborne radar eye (for Poland)", "the airborne radar eye (for Poland) sees it"
    seen = [word for word in words if word == sees]
    assert len(seen) == n
    assert [word for word in words if word != sees] == [
        "launched: Kh-101, group kh101; its free flight enters Poland",
        f"comes into view of {eye}, which looks every 60 s and sees it with a chance of 1.00 a look",
        "Poland has a track of it by an airborne radar",
        "Poland knows what it is",
        "Poland's rules permit fire (all)",
        "Poland commits a shooter (pl-cap)",
        "Poland fires (pl-cap)",
        "Poland's round hits (pl-cap)",
        "Poland's permission ends (all)",
        "its end: shot down by Poland (pl-cap); without the coalition: reached its aim region in Ukraine",
        "debris falls in Ukraine",
        "Poland takes the kill for a miss and fires at the wreck (pl-cap)",
        "Poland's round finds nothing more to hit (pl-cap)",
        "Poland's engagement ends (pl-cap): shot down, 2 shots",
        "a round that missed falls in Ukraine",
        "would enter Poland here, had nobody stopped it",
    ]
    at = {event["event"]: event["t_s"] for event in told["story"]}
    assert at["in_view"] == pytest.approx(_at(230), abs=0.5) and at["in_view"] <= looks[0] < at["in_view"] + 60.0
    assert at["tracked"] == at["classified"] == at["permitted"] == at["committed"] == looks[1]
    gap_m = distance_m(100 * KM, 0.0, 300 * KM - 200.0 * looks[1], 0.0)
    assert at["fired"] - looks[1] == pytest.approx((gap_m - 36 * KM) / 600.0, abs=1.0)
    assert at["hit"] == at["fate"] and at["fired_at_wreck"] == pytest.approx(at["hit"] + 10.0)
    assert at["found_nothing"] == at["engagement_ended"] > at["fired_at_wreck"]
    sums = [words for _, _, words in story_lines(told, {"groups": []})]
    assert any(re.fullmatch(r"the airborne radar eye \(for Poland\) sees it: \d hits in \d looks, until [\d,]+ s", line) for line in sums) == (n > 3)
    assert told["causes"] == []


def test_every_line_of_a_refusal_names_the_caveat(make_results):
    """By hand: over Ukraine it is permitted, at home forbidden by not-home. The pair comes from 224 km behind the border and could fire 6 km before it, a round
    that would meet it 6 km inside Poland: it holds. The threat turns back 5 s later, the pair takes it up again (within a
    minute, so the same engagement), and its flight ends first. Nothing looks by chance here, so no look is told."""
    rules = [toy.caveat(zone=ZONE_UKRAINE, place=PLACE_UKRAINE, name="over"), toy.caveat(zone=ZONE_OWN, effect=EFFECT_FORBID, name="not-home")]
    far = toy.pair(station=(-224.0, 0.0), missile_mps=500.0, name="pl-cap")
    raid = toy.raid({**WEST, "points": [(100, 0), (5, 0), (10, 0)]})
    told = _story(make_results, raid, toy.coalition([toy.member()], rules, [far]))
    words = [words for _, _, words in story_lines(told, {"groups": []})]
    assert words == [
        "launched: Kh-101, group kh101",
        "Poland has a track of it by the shared picture",
        "Poland knows what it is",
        "Poland's rules permit fire (over)",
        "Poland commits a shooter (pl-cap)",
        "Poland does not fire (pl-cap): no rule permitted firing at it, or not where the round would have met it (not-home)",
        "Poland's permission ends (over)",
        "Poland's engagement ends (pl-cap): the threat ended first, no shots",
        "its end: reached its aim region in Ukraine",
    ]
    assert told["causes"] == [
        {"member": member, "cause": "not_permitted", "caveat": "not-home"} for member in ("PL", "coalition")
    ]  # fmt: skip


VIEW = {
    "from_s": 100.0,
    "to_s": 205.0,
    "looks": 10,
    "first_s": 104.0,
    "hits": [{"t_s": 134.0, "look": 3}, {"t_s": 144.0, "look": 4}, {"t_s": 174.0, "look": 7}],
}
EYES = {"members": ["PL"], "by": "ground", "radar": None, "revisit_s": 10.0, "chance": 0.4}


def _of_fate(fate_s: float) -> dict[str, Any]:
    return {"story": [{"t_s": 0.0, "event": "launched"}, {"t_s": fate_s, "event": "fate", "fate": "lost"}]}


@pytest.mark.parametrize(
    ("fate_s", "to_s", "expected"),
    [
        (900.0, 205.0, [("in_view", 100.0, None), ("look_hit", 134.0, 3), ("look_hit", 144.0, 0), ("look_hit", 174.0, 2), ("out_of_view", 205.0, 2)]),
        (160.0, 205.0, [("in_view", 100.0, None), ("look_hit", 134.0, 3), ("look_hit", 144.0, 0), ("last_looks", 160.0, 1)]),
        (200.0, None, [("in_view", 100.0, None), ("look_hit", 134.0, 3), ("look_hit", 144.0, 0), ("look_hit", 174.0, 2), ("last_looks", 200.0, 2)]),
        (120.0, 205.0, [("in_view", 100.0, None), ("last_looks", 120.0, 2)]),
        (103.0, 205.0, [("in_view", 100.0, None)]),
        (100.0, 205.0, []),
    ],
)
def test_hits_and_missed_looks_are_told_up_to_the_fate(fate_s, to_s, expected):
    """By hand: looks at 104, 114, … 194 s; the fourth, fifth and eighth see it. Whatever is told before the fate adds up to the looks that came before it."""
    told = with_looks(_of_fate(fate_s), [{**EYES, "views": [{**VIEW, "to_s": to_s}]}])
    events = [event for event in told["story"] if event.get("by")]
    assert [(event["event"], event["t_s"], event.get("missed")) for event in events] == expected
    looked = sum(104.0 + 10.0 * k < fate_s for k in range(10))
    assert sum((event["event"] == "look_hit") + event.get("missed", 0) for event in events) == looked


def test_hits_between_two_events_are_summed_unless_every_look_is_asked_for():
    """By hand: three hits in five looks, the first after three without; a track in between parts them."""
    told = with_looks(_of_fate(900.0), [{**EYES, "views": [VIEW]}])
    assert [words for _, _, words in story_lines(told, {"groups": []})][1:4] == [
        "comes into view of Poland's ground radars, which look every 10 s and see it with a chance of 0.40 a look",
        "Poland's ground radars see it after 3 looks without a hit: 3 hits in 5 looks, until 174 s",
        "is out of view of Poland's ground radars, after 2 looks without a hit",
    ]
    parted = {"story": [*_of_fate(900.0)["story"], {"t_s": 144.0, "event": "tracked", "member": "PL", "by": "ground"}]}
    parted = with_looks(parted, [{**EYES, "views": [VIEW]}])
    lines = [(s, words) for s, _, words in story_lines(parted, {"groups": []})]
    assert lines[2:5] == [
        ("134", "Poland's ground radars see it after 3 looks without a hit: 2 hits in 2 looks, until 144 s"),
        ("144", "Poland has a track of it by a ground radar"),
        ("174", "Poland's ground radars see it after 2 looks without a hit"),
    ]
    every = [words for _, _, words in story_lines(told, {"groups": []}, every_look=True)]
    assert every[2:5] == [f"Poland's ground radars see it{more}" for more in (" after 3 looks without a hit", "", " after 2 looks without a hit")]


def test_rounds_after_the_end_are_told_for_what_they_are(make_results):
    """By hand: Poland's battery ends it at 100 s; a round of its pair that left at 90 s comes to nothing at 110 s; the battery, sure that it missed,
    fires again at 105 s. Where Ukraine ended it, a round that comes later finds nothing, too."""
    row = {"replicate": 0, "threat": "a", "member": "PL"}
    shots = [
        {**row, "asset": "battery", "fire_s": 80.0, "impact_s": 100.0, "hit": True}, {**row, "asset": "pair", "fire_s": 90.0, "impact_s": 110.0, "hit": False},
        {**row, "asset": "battery", "fire_s": 105.0, "impact_s": 120.0, "hit": False}, {**row, "asset": "pair", "fire_s": 50.0, "impact_s": 60.0, "hit": False},
    ]  # fmt: skip
    end = {"replicate": 0, "threat": "a", "launch_s": 0.0, "fate_s": 100.0, "would_have": "leaked"}
    killed = story(make_results({"a": {"threats": [{**end, "fate": "killed_member", "shooter_member": "PL"}], "shots": shots}}), "a", 0, "a")
    told = [(event["event"], event["t_s"]) for event in killed["story"] if event.get("member") == "PL" and event["event"] != "fate"]
    assert told == [
        ("fired", 50.0), ("missed", 60.0), ("fired", 80.0), ("fired", 90.0), ("hit", 100.0), ("fired_at_wreck", 105.0), ("found_nothing", 110.0),
        ("found_nothing", 120.0),
    ]  # fmt: skip
    lost = story(make_results({"a": {"threats": [{**end, "fate": "killed_ua"}], "shots": shots[1:2]}}), "a", 0, "a")
    assert [event["event"] for event in lost["story"] if event.get("member") == "PL"] == ["fired", "found_nothing"]
