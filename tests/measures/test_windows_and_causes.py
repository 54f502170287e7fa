"""Windows and their scores, why not, and the story of one threat."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from zaslin.brief.story import event_words
from zaslin.errors import InputError
from zaslin.measures.estimate import compare, estimate, given_estimate
from zaslin.measures.leakage import leakers
from zaslin.measures.story import story
from zaslin.measures.why_not import why_json, why_not
from zaslin.measures.windows import first_with_windows, window_recall, windows, windows_json


def threat(replicate: int, name: str, excursion: str | None = None, border: float | None = None, **columns: Any) -> dict[str, Any]:
    row = {"replicate": replicate, "threat": name, "fate": "lost", "would_have": "lost", "excursion": excursion, "crosses": excursion}
    return row | {"first_border_s": border, "launch_s": 0.0, "fate_s": 2_000.0} | columns


def window(replicate: int, name: str, member: str, start: float) -> dict[str, Any]:
    return {"replicate": replicate, "threat": name, "member": member, "caveat": "toward-border", "from_s": start, "to_s": start + 100}


@pytest.fixture
def permitted(make_results):
    """Excursions: a (permitted 200 s before entry by Romania, 30 s by Poland), b (permitted 59 s before), c (never). Not excursions: d, e
    permitted by Poland; f not."""
    threats = [threat(0, "a", "PL", 1_000.0), threat(0, "b", "RO", 1_000.0), threat(1, "c", "PL", 500.0), *(threat(2, name) for name in "def")]
    rows = [window(0, "a", "RO", 800), window(0, "a", "PL", 970), window(0, "b", "PL", 941), window(2, "d", "PL", 10), window(2, "e", "PL", 10)]
    return make_results({"a": {"threats": threats, "windows": rows}, "b": {}})


def test_precision_and_recall_by_hand(permitted):
    """Four threats are permitted, two of them excursions; of three excursions one is permitted in time. Poland alone: 2 of 4; 0 of 3."""
    found = windows(permitted, "a")
    assert (found.n_permitted, found.n_excursions) == (4, 3)
    assert found.precision.mean == pytest.approx(2 / 4)
    assert found.recall.mean == pytest.approx(1 / 3)
    precision, recall = found.by_member["PL"]
    assert (precision.mean, recall.mean) == (pytest.approx(2 / 4), 0.0)
    assert found.by_member["RO"][0].mean == 1.0
    assert (found.lead_s["p05"], found.lead_s["p50"], found.lead_s["p95"]) == pytest.approx((66.05, 129.5, 192.95))


def test_scores_without_a_denominator_are_not_defined(permitted):
    found = windows(permitted, "b")
    assert math.isnan(found.precision.mean) and math.isnan(found.recall.mean)
    assert found.lead_s == {}
    shown = windows_json(permitted, ["b"])
    assert (shown["windows"], shown["precision"], shown["recall"]) == ([], None, None)


def test_windows_as_json(permitted):
    shown = windows_json(permitted, ["a"])
    assert json.loads(json.dumps(shown, allow_nan=False)) == shown
    assert shown["windows"][0] == {
        "package": "a", "member": "RO", "threat": "a", "replicate": 0, "from_s": 800.0, "to_s": 900.0, "caveat": "toward-border"
    }  # fmt: skip
    assert len(shown["windows"]) == 5
    assert "threats permitted" in shown["precision_over"] and "permitted or not" in shown["recall_over"]
    assert (shown["precision"], shown["recall"]) == (pytest.approx(0.5), pytest.approx(1 / 3))
    assert {row["threat"] for row in windows_json(permitted, ["a"], replicate=2)["windows"]} == {"d", "e"}
    assert len(windows_json(permitted, ["a"], replicate=0, threat="a")["windows"]) == 2
    assert [score["package"] for score in windows_json(permitted)["scores"]] == ["a", "b"]


def test_precision_at_the_top_is_that_of_the_first_package_with_windows_and_says_so(make_results, permitted):
    """By hand: `of` names the first package that permits anything, whatever its place, and the first of all where none does; each is under `scores`."""
    shown = windows_json(permitted, ["b", "a"])
    assert (shown["of"], shown["precision"], shown["recall"]) == ("a", pytest.approx(0.5), pytest.approx(1 / 3))
    assert first_with_windows(permitted, ["b", "a"]) == "a" and first_with_windows(permitted, ["b"]) == "b"
    assert windows_json(permitted, ["b"])["of"] == "b"
    rows = {"threats": [threat(0, "a", "PL", 1_000.0)], "windows": [window(0, "a", "PL", 800)]}
    both = windows_json(make_results({"a": rows, "b": rows}))
    assert (both["of"], both["precision"], both["recall"]) == ("a", 1.0, 1.0)
    assert [(score["package"], score["precision"]["mean"], score["recall"]["mean"]) for score in both["scores"]] == [("a", 1.0, 1.0), ("b", 1.0, 1.0)]


def test_no_interval_of_a_share_or_chance_leaves_its_bounds(make_results):
    """By hand: of six blocks three have an excursion, permitted in time, and three two, one of them: 2/3 with a wide spread. Nobody permits under b,
    so the difference is −2/3. A given threat
    that leaks in five blocks of six: V = 1/6, so 5/6 ± 2.015 · sqrt(1/36), which would end above 1."""
    names = [(10 * b, name) for b in range(6) for name in "ab"[: 1 + b % 2]]
    rows = [threat(r, name, "PL", 1_000.0) for r, name in names]
    tables = {"threats": rows, "windows": [window(r, name, "PL", 800) for r, name in names if name == "a"]}
    sample = {"draw": "given", "weight": 1.0, "crosses": "PL", "tag_country": "PL"}
    given = [{**threat(0, "g", "PL", 900.0), **sample, "sample": i, "block": i, "fate": fate} for i, fate in enumerate(["leaked"] * 5 + ["lost"])]
    results = make_results({"a": tables, "b": {"threats": rows}}, replicates=60, given={"a": {"threats": given}, "b": {"threats": given}})
    recall = estimate(results, window_recall, "a")
    assert recall.mean == pytest.approx(2 / 3) and recall.high == 1.0 and recall.mc_high <= 1.0 and 0.0 <= recall.low <= recall.mean
    apart = compare(results, window_recall, "a", "b")
    assert apart.mean == pytest.approx(-2 / 3) and apart.low == -1.0 <= apart.mc_low and apart.high <= 1.0
    chance = given_estimate(results, leakers, "a")
    assert (chance.high, chance.mc_high) == (1.0, 1.0) and (chance.mean, chance.low) == pytest.approx((5 / 6, 5 / 6 - 2.0150484 / 6))


def cause(replicate: int, name: str, member: str, what: str, caveat: str | None = None) -> dict[str, Any]:
    return {"replicate": replicate, "threat": name, "member": member, "cause": what, "caveat": caveat}


@pytest.fixture
def explained(make_results):
    """Two replicates with three threats each of which one is shot down; the other eighteen replicates have a lone leaker each."""
    threats, causes = [], []
    for r in range(20):
        names = ["a", "b"] if r < 2 else ["a"]
        threats += [threat(r, name, "PL" if (r, name) == (1, "b") else None, fate="leaked", would_have="leaked") for name in names]
        if r < 2:
            threats.append(threat(r, "k", fate="killed_member", would_have="leaked", shooter_member="PL"))
        for name in names:
            told = ("not_permitted", "toward-border") if name == "a" else ("missed", None)
            causes += [cause(r, name, "coalition", *told), cause(r, name, "PL", *told), cause(r, name, "RO", "not_seen")]
    return make_results({"a": {"threats": threats, "causes": causes}})


def test_causes_sum_to_what_was_not_shot_down(explained):
    """By hand: 20 + 2 threats in 20 replicates were not: 1.1 a night, of which 1.0 not permitted and 0.1 missed."""
    found = why_not(explained, "a")
    assert found.not_killed == pytest.approx(1.1)
    assert [(row.cause, row.caveat, row.mean_per_replicate) for row in found.of()] == [
        ("not_permitted", "toward-border", pytest.approx(1.0)), ("missed", None, pytest.approx(0.1))
    ]  # fmt: skip
    for member in ("coalition", "PL", "RO"):
        assert sum(row.mean_per_replicate for row in found.of(member)) == pytest.approx(found.not_killed)


def test_the_example_is_a_crossing_where_there_is_one(explained):
    expected = {"replicate": 1, "threat": "b", "threat_class": "cruise", "cause": "missed", "caveat": None, "crossing": True}
    assert why_not(explained, "a").example == expected


def test_the_example_is_one_that_a_package_may_fire_at_and_that_a_rule_decided(make_results):
    """By hand: of four crossings the ballistic one has the furthest cause, one drone was never seen, one not permitted by no named caveat, and one by
    a named caveat: that one. A package all of whose examples tell less gives way, whatever the order; one asked for alone is heard."""
    rows = (("m", "ballistic", "missed", None), ("s", "drone", "not_seen", None), ("n", "drone", "not_permitted", None), ("c", "drone", "not_permitted", "own"))
    threats = [threat(0, name, "PL", 900.0, threat_class=cls) for name, cls, _, _ in rows]
    causes = [cause(0, name, "coalition", what, caveat) for name, _, what, caveat in rows]
    telling, mute = {"threats": threats, "causes": causes}, {"threats": threats[:2], "causes": causes[:2]}
    results = make_results({"a": telling, "b": mute})
    assert why_json(results)["example_threat"]["threat"] == "c"
    assert why_json(make_results({"b": mute, "a": telling}))["example_threat"]["package"] == "a"
    alone = why_json(results, ["b"])["example_threat"]
    assert (alone["package"], alone["threat"]) == ("b", "s")
    assert why_json(make_results({"a": telling, "b": telling}))["example_threat"]["package"] == "b"


def test_why_as_json(explained):
    shown = why_json(explained)
    assert json.loads(json.dumps(shown, allow_nan=False)) == shown
    assert shown["causes"][0] == {
        "package": "a", "member": "coalition", "cause": "not_permitted", "caveat": "toward-border", "mean_per_replicate": pytest.approx(1.0)
    }  # fmt: skip
    assert shown["example_threat"]["package"] == "a" and shown["example_threat"]["threat"] == "b"
    assert shown["not_killed"] == [{"package": "a", "mean_per_replicate": pytest.approx(1.1)}]


def test_where_all_were_shot_down_there_is_no_example(make_results):
    kills = [threat(r, "k", fate="killed_member", would_have="leaked", shooter_member="PL") for r in range(20)]
    found = why_not(make_results({"a": {"threats": kills}}), "a")
    assert (found.not_killed, found.causes, found.example) == (0.0, (), None)


def test_why_not_of_crossings_is_weighted(make_results):
    """By hand: in two blocks, samples of weight 0.1 (not seen) and 0.3 (missed), and one of 0.2 that was shot down: 0.05 and 0.15 a night."""
    crossing = {"group": "kh101", "tag_country": "PL", "crosses": "PL", "excursion": "PL", "failed": False, "replicate": 0}
    tagged = {
        "threats": [
            {"sample": 0, "block": 0, "weight": 0.1, "fate": "left", "would_have": "left", **crossing},
            {"sample": 1, "block": 0, "weight": 0.3, "fate": "left", "would_have": "left", **crossing},
            {"sample": 10, "block": 1, "weight": 0.2, "fate": "killed_member", "would_have": "left", **crossing},
        ],
        "causes": [{"sample": s, "replicate": 0, "member": "coalition", "cause": what} for s, what in ((0, "not_seen"), (1, "missed"))],
    }
    strata = [{"group": "kh101", "country": "PL", "chance": 0.1, "standard_error": 0.01, "hits": 2, "flown": 2}]
    tagging = {"0": {"strata": strata}, "1": {"strata": [strata[0] | {"hits": 1, "flown": 1}]}}
    found = why_not(make_results({"a": {}}, tagged={"a": tagged}, tagging=tagging), "a", draw="tagged")
    assert found.not_killed == pytest.approx(0.2)
    assert {row.cause: row.mean_per_replicate for row in found.causes} == {"not_seen": pytest.approx(0.05), "missed": pytest.approx(0.15)}
    with pytest.raises(InputError, match="--given"):
        why_not(make_results({"a": {}}), "a", draw="given")
    with pytest.raises(InputError, match="lacks tagged"):
        why_not(make_results({"a": {}}), "a", draw="tagged")


def test_a_story_is_told_in_order_of_time(make_results):
    """A threat is launched, tracked, classified, permitted, shot at twice, enters, is hit, falls; what never happened is not told."""
    pair = {"replicate": 4, "threat": "a", "member": "PL", "asset": "pl-cap"}
    rows = {
        "threats": [threat(4, "a", "PL", 900.0, fate="killed_member", would_have="left", fate_s=950.0, shooter_member="PL", group="kh101", model="Kh-101")],
        "tracks": [
            {"replicate": 4, "threat": "a", "member": "PL", "seen_s": 600.0, "classified_s": 660.0, "seen_by": "shared"},
            {"replicate": 4, "threat": "a", "member": "RO", "seen_s": None, "classified_s": None},
        ],
        "windows": [window(4, "a", "PL", 700)],
        "engagements": [{**pair, "commit_s": 710.0, "first_shot_s": 880.0, "shots": 2, "end_s": 950.0, "needed": True}],
        "shots": [{**pair, "fire_s": t, "impact_s": t + 40, "hit": hit} for t, hit in ((880.0, False), (910.0, True))],
        "incursions": [{"replicate": 4, "threat": "a", "country": "PL", "entry_s": 900.0, "exit_s": 950.0, "depth_m": 9e3, "path_m": 1e4}],
        "falls": [{"replicate": 4, "threat": "a", "kind": "debris", "country": "PL", "land_s": 960.0, "ec": 0.001, "shooter_member": "PL"}],
        "causes": [cause(4, "a", "RO", "not_seen")],
    }
    told = story(make_results({"a": rows}), "a", 4, "a")
    assert [event["event"] for event in told["story"]] == [
        "launched", "tracked", "classified", "not_permitted", "permitted", "committed", "permission_ended", "fired", "would_enter", "entered", "fired",
        "missed", "hit", "engagement_ended", "ended_inside", "fate", "fell",
    ]  # fmt: skip
    times = [event["t_s"] for event in told["story"]]
    assert times == sorted(times)
    assert told["causes"] == [{"member": "RO", "cause": "not_seen", "caveat": None}]
    json.dumps(told, allow_nan=False)


def test_a_story_tells_when_a_track_is_lost_and_comes_again(make_results):
    """By hand: tracked, classified, lost after 9 hits in 12 looks, tracked again by another member's radar; rows of an older folder tell of no loss."""
    track = {"replicate": 0, "threat": "a", "member": "PL"}
    held = [
        {**track, "seen_s": 10.0, "classified_s": 70.0, "seen_by": "ground", "lost_s": 130.0, "looks": 12, "hits": 9},
        {**track, "seen_s": 200.0, "classified_s": None, "seen_by": "pooled"},
    ]
    told = story(make_results({"a": {"threats": [threat(0, "a", launch_s=0.0, fate_s=900.0)], "tracks": held}}), "a", 0, "a")["story"]
    events = [(event["event"], event["t_s"]) for event in told if event.get("member") == "PL"]
    assert events == [("tracked", 10.0), ("classified", 70.0), ("not_permitted", 70.0), ("track_lost", 130.0), ("tracked", 200.0)]
    words = [event_words(event) for event in told if event.get("member") == "PL"]
    assert words[3:] == ["Poland loses its track after 9 hits in 12 looks", "Poland has a track of it by another member's radar"]


def test_a_story_that_is_not_there_names_the_nearest(make_results):
    results = make_results({"a": {"threats": [threat(0, "kh101-017")]}})
    with pytest.raises(InputError, match='did you mean "kh101-017"'):
        story(results, "a", 0, "kh101-71")
    with pytest.raises(InputError, match="no replicate 99"):
        story(results, "a", 99, "kh101-017")


def test_the_border_of_a_time_is_the_members_own_not_the_first_neighbours(make_results):
    """By hand: a missile enters Moldova at 1,000 s and Romania at 3,000 s; Romania, the member, is permitted at 2,500 s and fires at 2,600 s: 400 s
    before its border, in time, though long after Moldova's."""
    from zaslin.measures.burden import first_shot_margin_s

    crossing = {"replicate": 0, "threat": "a", "excursion": "RO,MD", "crosses": "RO,MD", "entries_s": [3_000.0, 1_000.0]}
    tables = {
        "threats": [crossing],
        "windows": [{"replicate": 0, "threat": "a", "member": "RO", "caveat": "toward-border", "from_s": 2_500.0, "to_s": 3_000.0}],
        "engagements": [{"replicate": 0, "threat": "a", "member": "RO", "first_shot_s": 2_600.0, "shots": 1}],
    }
    results = make_results({"a": tables}, replicates=10)
    assert estimate(results, first_shot_margin_s, "a", method="plain").mean == pytest.approx(400.0)
    told = windows(results, "a")
    assert told.recall.mean == pytest.approx(1.0) and told.n_excursions == 1
    assert told.lead_s["p50"] == pytest.approx(500.0)
