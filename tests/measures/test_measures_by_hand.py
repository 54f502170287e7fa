"""What each measure counts, on nights small enough to count on one's fingers. Twenty replicates; a sum of n is a mean of n / 20."""

from __future__ import annotations

import math
from typing import Any

import pytest

from zaslin.measures import burden, incursions, leakage
from zaslin.measures.estimate import estimate
from zaslin.measures.measure import Measure
from zaslin.outcomes.store import Results


def total(results: Results, measure: Measure, member: str | None = None) -> float:
    return estimate(results, measure, "a", member).mean * 20


def stay(replicate: int, seconds: float, depth: float, country: str = "PL") -> dict[str, Any]:
    return {"replicate": replicate, "country": country, "entry_s": 1e4, "exit_s": 1e4 + seconds, "depth_m": depth, "path_m": 3 * depth}


def test_levels_of_incursions(make_results):
    """59 s and 999 m is none of them but "any"; 60 s or 1,000 m is observable; 10,000 m is deep; under 500 m the position error is as large."""
    stays = [stay(0, 59, 999), stay(1, 60, 10), stay(2, 5, 1_000), stay(3, 300, 9_999), stay(4, 300, 10_000), stay(5, 300, 50_000, "BY")]
    results = make_results({"a": {"incursions": stays}})
    assert total(results, incursions.incursions_any) == pytest.approx(5)
    assert total(results, incursions.incursions) == pytest.approx(4)
    assert total(results, incursions.incursions_deep) == pytest.approx(1)
    assert total(results, incursions.incursions_shallow) == pytest.approx(1)
    assert total(results, incursions.overflight_s) == pytest.approx(59 + 60 + 5 + 300 + 300)
    assert total(results, incursions.incursion_path_m) == pytest.approx(3 * (999 + 10 + 1_000 + 9_999 + 10_000))


def test_thirty_nine_seconds_at_800_km_an_hour_are_observable(make_results):
    """The case of 24 March 2024: 39 s is 8.7 km of path; at 1.5–2 km deep it is observable by its depth, not by its time."""
    results = make_results({"a": {"incursions": [stay(0, 39.0, 1_500.0)]}})
    assert (total(results, incursions.incursions), total(results, incursions.incursions_deep)) == (pytest.approx(1), 0)


def test_kills_are_credited_and_told_by_what_they_would_have_been(make_results):
    """Four kills: Poland's would have leaked, leaked after crossing, been killed; Romania's would have left. The crossing is counted apart."""
    kill = {"fate": "killed_member", "shooter_member": "PL"}
    threats = [
        {"replicate": 0, "threat": "a", **kill, "would_have": "leaked"},
        {"replicate": 0, "threat": "b", **kill, "would_have": "leaked", "crosses": "PL"},
        {"replicate": 7, "threat": "c", **kill, "would_have": "killed_ua"},
        {"replicate": 7, "threat": "d", **kill, "would_have": "left", "shooter_member": "RO"},
        {"replicate": 7, "threat": "e", "fate": "leaked", "would_have": "leaked", "crosses": "PL"},
    ]
    results = make_results({"a": {"threats": threats}})
    assert total(results, leakage.coalition_kills) == pytest.approx(4)
    assert total(results, leakage.coalition_kills, "PL") == pytest.approx(3)
    by_fate = {fate: round(total(results, measure)) for fate, measure in leakage.kills_would_have.items()}
    assert by_fate == {"leaked": 2, "killed_ua": 1, "lost": 0, "left": 1}
    assert total(results, leakage.kills_would_have["left"], "RO") == pytest.approx(1)
    assert total(results, leakage.kills_would_have_crossed) == pytest.approx(1)


def test_kills_of_decoys_are_counted_apart(make_results):
    """By hand: two of Poland's three kills carried no warhead, and Romania's one did; a decoy that leaks is no kill; a folder from before decoys cannot say."""
    kill = {"replicate": 0, "fate": "killed_member", "shooter_member": "PL"}
    threats = [
        {**kill, "threat": "a", "decoy": True}, {**kill, "threat": "b", "decoy": True}, {**kill, "threat": "c", "decoy": False},
        {**kill, "threat": "d", "decoy": False, "shooter_member": "RO"}, {"replicate": 3, "threat": "e", "fate": "leaked", "decoy": True},
    ]  # fmt: skip
    results = make_results({"a": {"threats": threats}})
    assert total(results, leakage.decoy_kills) == pytest.approx(2)
    assert total(results, leakage.decoy_kills, "PL") == pytest.approx(2)
    assert total(results, leakage.decoy_kills, "RO") == 0.0
    assert total(results, leakage.coalition_kills) == pytest.approx(4)
    assert math.isnan(total(make_results({"a": {"threats": [{**kill, "threat": "a"}]}}, schema_version=2), leakage.decoy_kills))


def test_engagements_shots_and_what_was_not_needed(make_results):
    """Three commitments, two with shots; of these one at a threat that would neither have crossed nor leaked."""
    engaged = [
        {"replicate": 0, "threat": "a", "member": "PL", "shots": 2, "needed": True},
        {"replicate": 0, "threat": "b", "member": "PL", "shots": 1, "needed": False},
        {"replicate": 1, "threat": "c", "member": "RO", "shots": 0, "needed": False},
    ]
    fired = [{"replicate": 0, "threat": name, "member": "PL", "fire_s": t, "hit": False} for name, t in (("a", 1.0), ("a", 31.0), ("b", 5.0))]
    results = make_results({"a": {"engagements": engaged, "shots": fired}})
    assert total(results, burden.engagements) == pytest.approx(3)
    assert total(results, burden.shots, "PL") == pytest.approx(3)
    assert total(results, burden.unneeded_engagements) == pytest.approx(1)
    assert total(results, burden.unneeded_engagements, "RO") == 0


def test_flights_count_every_jet_and_cost_hours_and_rounds(make_results):
    """A pair for two hours, a quarter of an hour of it over Ukraine, 40,000 USD of flying and two rounds of 1 million."""
    flight = {
        "replicate": 3, "member": "PL", "asset": "pl-cap", "jets": 2, "flight_s": 7_200.0, "over_ukraine_s": 900.0,
        "cost_usd": 40_000.0, "rounds": 2, "rounds_usd": 2e6,
    }  # fmt: skip
    results = make_results({"a": {"sorties": [flight]}})
    assert total(results, burden.sorties) == pytest.approx(2)
    assert total(results, burden.flight_h) == pytest.approx(4)
    assert total(results, burden.minutes_over_ukraine, "PL") == pytest.approx(30)
    assert total(results, burden.cost_usd) == pytest.approx(2_040_000)


def test_minutes_without_an_alert_pair_are_summed_over_members(make_results):
    """Half an hour of Poland's night and ten minutes of Romania's; Hungary has no alert pair and no row. A folder from before has no answer."""
    nights = [
        {"replicate": 3, "member": "PL", "alert_pairs": 2, "ready_least": 0, "unguarded_s": 1_800.0, "night_s": 30_000.0},
        {"replicate": 3, "member": "RO", "alert_pairs": 1, "ready_least": 0, "unguarded_s": 600.0, "night_s": 30_000.0},
        {"replicate": 4, "member": "RO", "alert_pairs": 1, "ready_least": 1, "unguarded_s": 0.0, "night_s": 20_000.0},
    ]
    packages = [{"name": "a", "members": [{"nation": n, "assets": [{"kind": "cap" if n == "HU" else "qra"}]} for n in ("PL", "RO", "HU")]}]
    results = make_results({"a": {"air_policing": nights}}, packages=packages)
    assert total(results, burden.unguarded_min) == pytest.approx(40)
    assert [total(results, burden.unguarded_min, nation) for nation in ("PL", "RO")] == [pytest.approx(30), pytest.approx(10)]
    assert math.isnan(total(results, burden.unguarded_min, "HU"))
    assert math.isnan(total(make_results({"a": {}}, packages=packages, schema_version=2), burden.unguarded_min))
    assert math.isnan(total(make_results({"a": {}}), burden.unguarded_min))


def test_time_to_decide_and_what_was_left_of_it(make_results):
    """By hand: border at 1,000 s. First track at 400 (Romania's; Poland's at 700): 600 s to decide and act; permitted at 500: 100 s; shot at
    850: 350 s for scramble and flight; 150 s were left. A second threat is seen 20 s after it entered and never shot at: −20 s. A third crosses
    nothing and does not count."""
    threats = [
        {"replicate": 0, "threat": "a", "fate": "lost", "would_have": "lost", "crosses": "PL", "first_border_s": 1_000.0},
        {"replicate": 1, "threat": "b", "fate": "lost", "would_have": "lost", "crosses": "RO", "first_border_s": 300.0},
        {"replicate": 1, "threat": "c", "fate": "lost", "would_have": "lost"},
    ]
    tracks = [
        {"replicate": 0, "threat": "a", "member": "PL", "seen_s": 700.0},
        {"replicate": 0, "threat": "a", "member": "RO", "seen_s": 400.0},
        {"replicate": 1, "threat": "b", "member": "RO", "seen_s": 320.0},
        {"replicate": 1, "threat": "b", "member": "PL", "seen_s": None},
        {"replicate": 1, "threat": "c", "member": "RO", "seen_s": 9_999.0},
    ]
    windows = [{"replicate": 0, "threat": "a", "member": "PL", "from_s": t, "to_s": t + 90} for t in (640.0, 500.0)]
    engaged = [
        {"replicate": 0, "threat": "a", "member": "PL", "shots": 1, "needed": True, "first_shot_s": 850.0},
        {"replicate": 0, "threat": "a", "member": "PL", "shots": 0, "needed": True, "first_shot_s": None},
        {"replicate": 1, "threat": "c", "member": "PL", "shots": 1, "needed": False, "first_shot_s": 1.0},
    ]
    results = make_results({"a": {"threats": threats, "tracks": tracks, "windows": windows, "engagements": engaged}})
    found = {measure.name: estimate(results, measure, "a").mean for measure in (burden.decision_time_s, burden.decision_consent_s, burden.decision_flight_s)}
    assert found == pytest.approx({"decision_time_s": (600 - 20) / 2, "decision_consent_s": 100, "decision_flight_s": 350})
    assert estimate(results, burden.first_shot_margin_s, "a").mean == pytest.approx(150)


def test_crossings_that_were_stopped_are_those_without_an_entry(make_results):
    """Poland and Slovakia would have been entered; the threat was shot down over Poland: Slovakia was spared, Poland was not."""
    threats = [{"replicate": 0, "threat": "a", "fate": "killed_member", "would_have": "left", "shooter_member": "PL", "crosses": "PL,SK"}]
    results = make_results({"a": {"threats": threats, "incursions": [stay(0, 90, 5e3) | {"threat": "a"}]}})
    assert total(results, incursions.crossings_stopped) == pytest.approx(1)
    assert total(results, incursions.crossings_stopped, "SK") == pytest.approx(1)
    assert total(results, incursions.crossings_stopped, "PL") == 0


def test_merged_gaps_are_not_time_inside(make_results):
    """By hand: a stay from 100 s to 180 s of which 25 s lay outside, 0.5 km deep: 55 s inside, so it is not observable. One that was 60 s inside is.
    A folder of version 1 does not know the gaps: its stay counts whole."""
    one = stay(0, 80.0, 500.0) | {"inside_s": 55.0}
    two = stay(1, 85.0, 500.0) | {"inside_s": 60.0}
    results = make_results({"a": {"incursions": [one, two]}})
    assert total(results, incursions.overflight_s) == pytest.approx(55 + 60)
    assert total(results, incursions.incursions) == pytest.approx(1)
    older = make_results({"a": {"incursions": [one | {"inside_s": None}]}})
    assert total(older, incursions.overflight_s) == pytest.approx(80)


def test_wrong_shots_are_counted_by_kind_and_member_and_not_as_unneeded(make_results):
    """By hand, in 20 replicates: five rounds, of them one at a threat; hits at a civil and a false object, of which only the first is an aircraft. Rows of an
    older folder have no word on what was engaged: there it was a threat."""
    kinds = ("civil", "friendly", "friendly", "false", None)
    fired = [{"replicate": 0, "threat": f"x{i}", "member": "PL" if i < 2 else "RO", "hit": i in (0, 3), "object": kind} for i, kind in enumerate(kinds)]
    engaged = [{"replicate": 0, "threat": f"x{i}", "member": "PL", "shots": 1, "needed": False, "object": kind} for i, kind in enumerate(kinds)]
    flights = [{"replicate": 0, "member": "PL", "asset": "pl-cap", "jets": 2, "over_ukraine_s": 3600.0, "own_at_risk": 0.002}]
    results = make_results({"a": {"shots": fired, "engagements": engaged, "sorties": flights}})
    assert total(results, burden.shots) == pytest.approx(5)
    assert total(results, burden.wrong_object_shots) == pytest.approx(4)
    assert (total(results, burden.wrong_object_shots, "PL"), total(results, burden.wrong_object_shots, "RO")) == pytest.approx((2, 2))
    for kind, wanted in (("civil", 1), ("friendly", 2), ("false", 1)):
        assert total(results, burden.wrong_object_shots_by_kind[kind]) == pytest.approx(wanted)
    assert total(results, burden.wrong_object_kills) == pytest.approx(1)
    assert total(results, burden.unneeded_engagements) == pytest.approx(1)
    assert total(results, burden.own_aircraft_at_risk) == pytest.approx(0.002)
    older = make_results({"a": {"shots": [{**row, "object": None} for row in fired], "engagements": [], "sorties": []}}, schema_version=2)
    assert total(older, burden.shots) == pytest.approx(5)
    for measure in (burden.wrong_object_shots, *burden.wrong_object_shots_by_kind.values(), burden.wrong_object_kills, burden.own_aircraft_at_risk):
        assert math.isnan(total(older, measure)), measure.name
