"""Why a member may not fire, in order of time and in words; tracks that lapse; radars that several members share; ends inside a country."""

from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner

from zaslin.brief.story import cause_line, event_words, story_lines
from zaslin.cli import app
from zaslin.measures.story import refusals, story, with_looks

S600 = {"value": 600.0, "low": 600.0, "high": 600.0, "unit": "s"}
KM50 = {"value": 50.0, "low": 50.0, "high": 50.0, "unit": "km"}
OWN = {"id": "own", "effect": "permit", "classes": ["drone", "cruise"], "zone": {"area": "own-airspace"}, "heading": None}
TOWARD = {"id": "toward", "effect": "permit", "classes": ["drone"], "zone": {"area": "ukraine"}, "heading": {"horizon": {"drone": S600}}}
NEAR = {"id": "near", "effect": "ask", "classes": ["drone"], "zone": {"area": None, "within": KM50}, "heading": None}
NOT_HERE = {"id": "not-here", "effect": "forbid", "classes": ["drone"], "zone": {"named": "west"}, "heading": None}
TRACK = {"member": "PL", "seen_s": 10.0, "classified_s": 70.0, "lost_s": 300.0}
WINDOW = {"member": "PL", "caveat": "own", "from_s": 100.0, "to_s": 200.0}


def _words(rules: list[dict[str, Any]], cause: str | None, caveat: str | None, windows=(), threat_class: str = "drone") -> list[str]:
    causes = [{"member": "PL", "cause": cause, "caveat": caveat}] if cause else []
    found = refusals({"nation": "PL", "caveats": rules}, threat_class, [TRACK], windows, causes)
    return [f"{event['t_s']:.0f} {event_words(event)}" for event in found]


@pytest.mark.parametrize(
    ("rules", "cause", "caveat", "windows", "expected"),
    [
        ([OWN, TOWARD], "not_permitted", "toward", (), "its rule does not match (toward: over Ukraine, heading for its own territory within 600\u00a0s)"),
        ([NEAR], "not_approved", "near", (), "no approval has come (near: over Ukraine within 50\u00a0km of its border, after asking)"),
        ([OWN, NOT_HERE], "not_permitted", "not-here", (), "no rule permits it, and where one would, another forbids it (not-here: in the zone west)"),
        ([], "not_permitted", "no-match", (), "no rule of Poland permits fire at this class"),
        ([{**OWN, "classes": ["cruise"]}], None, None, (), "no rule of Poland permits fire at this class"),
        (
            [OWN, TOWARD, NOT_HERE], "not_permitted", "not-here", [WINDOW],
            "none of its rules for this class permits it now (own: in its own airspace; toward: over Ukraine, heading for its own territory within 600\u00a0s)",
        ),
        ([OWN], "missed", None, [WINDOW], "none of its rules for this class permits it now (own: in its own airspace)"),
    ],
)  # fmt: skip
def test_a_refusal_names_the_rule_that_did_not_match(rules, cause, caveat, windows, expected):
    """By hand: classified at 70 s, no window open. The causes' caveat holds for the whole flight only where no window ever opened; a hold's does not."""
    assert _words(rules, cause, caveat, windows) == [f"70 Poland may not fire: {expected}"]


def test_a_refusal_is_told_once_for_each_track_that_is_classified_without_a_window():
    """By hand: three tracks; the first is classified in a window's first second, the second after all windows, the third never; Romania's is not Poland's."""
    tracks = [TRACK, {**TRACK, "classified_s": 400.0, "lost_s": None}, {**TRACK, "classified_s": None}, {**TRACK, "member": "RO", "classified_s": 90.0}]
    found = refusals({"nation": "PL", "caveats": [OWN]}, "drone", tracks, [{**WINDOW, "from_s": 70.0}], [])
    assert [event["t_s"] for event in found] == [400.0]


def _threat(**columns: Any) -> dict[str, Any]:
    row = {"replicate": 0, "threat": "a", "threat_class": "drone", "fate": "killed_member", "shooter_member": "RO"}
    return {**row, "launch_s": 0.0, "fate_s": 500.0, **columns}


def test_a_permission_that_ends_while_the_track_goes_on_says_so(make_results):
    """By hand: three windows: the first abuts the second, which ends at 200 s within the track (to 300 s); the third ends with its track at 420 s."""
    key = {"replicate": 0, "threat": "a"}
    tracks = [{**key, **TRACK}, {**key, **TRACK, "seen_s": 330.0, "classified_s": 350.0, "lost_s": 420.0}]
    windows = [{**key, **WINDOW, "from_s": a, "to_s": b} for a, b in ((70.0, 100.0), (100.0, 200.0), (350.0, 420.0))]
    package = {"name": "a", "members": [{"nation": "PL", "caveats": [OWN]}]}
    told = story(make_results({"a": {"threats": [_threat()], "tracks": tracks, "windows": windows}}, packages=[package]), "a", 0, "a")
    ends = [(event["t_s"], event_words(event)) for event in told["story"] if event["event"] == "permission_ended"]
    assert ends == [
        (100.0, "Poland's permission ends (own)"),
        (200.0, "Poland's permission ends (own), and its track goes on"),
        (420.0, "Poland's permission ends (own)"),
    ]
    assert not [event for event in told["story"] if event["event"] == "not_permitted"]


def test_what_ends_inside_a_country_does_not_come_out_of_it(make_results):
    """By hand: it leaves Moldova alive and is shot down in Romania at 500 s."""
    stay = {"replicate": 0, "threat": "a", "depth_m": 13_312.0, "path_m": 42_080.0}
    stays = [{**stay, "country": "MD", "entry_s": 100.0, "exit_s": 200.0}, {**stay, "country": "RO", "entry_s": 300.0, "exit_s": 500.0}]
    told = story(make_results({"a": {"threats": [_threat()], "incursions": stays}}), "a", 0, "a")
    assert [words for _, _, words in story_lines(told, {"groups": []})][1:] == [
        "enters Moldova",
        "is out of Moldova again: 13.3 km deep, 42.1 km flown there",
        "enters Romania",
        "ends in Romania, 13.3 km deep at most, after 42.1 km there",
        "its end: shot down by Romania",
    ]


def _view(last_s: float | None) -> dict[str, Any]:
    """Looks every 10 s from 100 s on. Hits at 100 and 110 make a track from 110 to 150 s (2 hits, 6 looks); those at 170, 180 and 200 one to `last_s`."""
    hits = [{"t_s": t, "look": int(t - 100) // 10} for t in (100.0, 110.0, 170.0, 180.0, 200.0)]
    tracks = [{"from_s": 110.0, "to_s": 150.0, "looks": 6, "hits": 2}, {"from_s": 180.0, "to_s": last_s, "looks": 8, "hits": 3}]
    return {"from_s": 95.0, "to_s": 400.0, "looks": 31, "first_s": 100.0, "hits": hits, "tracks": tracks}


def test_a_track_too_short_to_count_is_told_and_the_sums_are_those_at_loss():
    """By hand: with a delay of 45 s the first track (40 s) never counts; the second counts from 225 s, and its hits, the first at 170 s, are 3 in 8 looks."""
    radar = {"members": ["PL"], "by": "ground", "radar": None, "revisit_s": 10.0, "chance": 0.5, "track_delay_s": {"PL": 45.0}, "views": [_view(240.0)]}
    events = [
        {"t_s": 225.0, "event": "tracked", "member": "PL", "by": "ground"}, {"t_s": 240.0, "event": "track_lost", "member": "PL", "looks": 8, "hits": 3},
        {"t_s": 900.0, "event": "fate", "fate": "lost"},
    ]  # fmt: skip
    told = with_looks({"members": ["PL", "RO"], "story": events}, [radar])
    assert [words for _, _, words in story_lines(told, {"groups": []})] == [
        "comes into view of Poland's ground radars, which look every 10 s and see it with a chance of 0.50 a look",
        "Poland's ground radars see it, the first hit of a track: 2 hits in 2 looks, until 110 s",
        "Poland's ground radars lose it after 4 looks without a hit: 2 hits in 6 looks since 100 s; too short to count as a track",
        "Poland's ground radars see it after 1 look without a hit, the first hit of a track: 3 hits in 4 looks, until 200 s",
        "Poland has a track of it by a ground radar, begun by its hit at 170 s",
        "Poland's ground radars lose it after 4 looks without a hit: 3 hits in 8 looks since 170 s",
        "Poland loses its track after 3 hits in 8 looks",
        "is out of view of Poland's ground radars, after 16 looks without a hit",
        "its end: lost to jamming or failure",
    ]
    assert sum((event["event"] == "look_hit") + event.get("missed", 0) for event in told["story"]) == 31


def test_a_radar_that_members_share_is_told_once():
    """By hand: all three members, of whom one has a delay that the first track does not outlive; then only two of the three."""
    delays = {"PL": 10.0, "RO": 10.0, "NL": 60.0}
    radar = {"by": "airborne", "radar": "eye", "revisit_s": 9.0, "chance": 0.5, "track_delay_s": delays, "views": [_view(None)]}
    end = [{"t_s": 900.0, "event": "fate", "fate": "lost"}]
    shared = with_looks({"members": list(delays), "story": end}, [{**radar, "members": list(delays)}])
    words = [words for _, _, words in story_lines(shared, {"groups": []})]
    eye = "the airborne radar eye (for all three members)"
    assert words[:3] == [
        f"comes into view of {eye}, which looks every 9 s and sees it with a chance of 0.50 a look",
        f"{eye} sees it, the first hit of a track: 2 hits in 2 looks, until 110 s",
        f"{eye} loses it after 4 looks without a hit: 2 hits in 6 looks since 100 s; too short to count as a track for the Netherlands",
    ]
    two = with_looks({"members": list(delays), "story": end}, [{**radar, "members": ["PL", "NL"]}])
    assert story_lines(two, {"groups": []})[1][2].startswith("the airborne radar eye (for Poland and the Netherlands) sees it")


def test_what_befalls_several_members_alike_in_the_same_second_is_one_line():
    """By hand: all three are permitted together; two lose their tracks alike, the third after fewer hits; two permissions end, one of them goes on."""
    events = [{"t_s": 70.0, "event": "permitted", "member": code, "caveat": "zone"} for code in ("PL", "RO", "NL")]
    lost = [("PL", 9), ("NL", 9), ("RO", 4)]
    events += [{"t_s": 90.0, "event": "track_lost", "member": code, "looks": 12, "hits": hits} for code, hits in lost]
    ends = [("PL", True), ("NL", True), ("RO", False)]
    events += [{"t_s": 95.0, "event": "permission_ended", "member": code, "caveat": "zone", "track_goes_on": on} for code, on in ends]
    assert [words for _, _, words in story_lines({"members": ["PL", "RO", "NL"], "story": events}, {"groups": []})] == [
        "the rules of all three members permit fire (zone)",
        "Poland and the Netherlands lose their tracks after 9 hits in 12 looks",
        "Romania loses its track after 4 hits in 12 looks",
        "the permission of Poland and the Netherlands ends (zone), and their tracks go on",
        "Romania's permission ends (zone)",
    ]


@pytest.mark.parametrize(
    ("result", "shots", "words"),
    [
        ("out_of_reach", 0, "it could not be reached in time, no shots"), ("closed", 0, "fire no longer permitted, no shots"),
        ("ended", 1, "the threat ended first, 1 shot"), ("killed", 2, "shot down, 2 shots"), ("missed", 3, "its shots missed, 3 shots"),
    ],
)  # fmt: skip
def test_results_are_words(result, shots, words):
    assert event_words({"event": "engagement_ended", "member": "PL", "result": result, "shots": shots}) == f"Poland's engagement ends: {words}"


def test_no_rule_for_the_class_is_words_in_the_causes():
    row = {"cause": "not_permitted", "caveat": "no-match"}
    assert cause_line({**row, "member": "PL"}) == "Poland: no rule of it permits fire at this class"
    assert cause_line({**row, "member": "coalition"}) == "the coalition: no rule of a member permits fire at this class"


def test_windows_have_the_clock_and_small_shares_are_not_0(make_results):
    """By hand: 200 threats not seen and one not classified: 0.5 %, of which "0 %" would say nothing. The night begins at 20:00:00."""
    threats = [{"replicate": 0, "threat": f"t{i}", "fate": "leaked"} for i in range(201)]
    causes = [{"replicate": 0, "threat": f"t{i}", "member": "coalition", "cause": "not_seen" if i else "not_classified"} for i in range(201)]
    window = {"replicate": 0, "threat": "t0", "member": "PL", "caveat": "own", "from_s": 3_661.0, "to_s": 14_402.0}
    night = {"id": "x", "groups": [{"id": "g", "count": 201, "start_utc": "2023-12-28T20:00:00Z"}]}
    folder = make_results({"a": {"threats": threats, "causes": causes, "windows": [window]}}, replicates=1, night=night).folder
    wide = {"COLUMNS": "200"}
    shown = " ".join(CliRunner().invoke(app, ["windows", str(folder)], prog_name="zaslin", env=wide).stdout.split())
    assert "3,661 14,402 28 Dec 21:01:01 29 Dec 00:00:02 10,741" in shown
    shown = CliRunner().invoke(app, ["why", str(folder)], prog_name="zaslin", env=wide).stdout
    assert "<1 %" in shown and " 0 %" not in shown
