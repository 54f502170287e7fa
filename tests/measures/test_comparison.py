"""What `compare --json` prints: its shape, its pairs of packages, and that it is plain JSON."""

from __future__ import annotations

import json

import pytest

from zaslin.errors import InputError
from zaslin.measures.comparison import compare_json, pairs
from zaslin.measures.leakage import leakers
from zaslin.measures.registry import MEASURES, measure


def test_without_names_every_package_is_compared_with_the_first():
    assert pairs(("a", "b", "c")) == [("a", "b"), ("a", "c")]
    assert pairs(("a", "b", "c"), "b") == [("b", "a"), ("b", "c")]
    assert pairs(("a", "b", "c"), "c", "a") == [("c", "a")]
    assert pairs(("a", "b"), None, "a") == [("b", "a")]
    assert pairs(("a",)) == []
    with pytest.raises(InputError, match='did you mean "status-quo"'):
        pairs(("status-quo", "b"), "status-qo")
    with pytest.raises(InputError, match="two different"):
        pairs(("a", "b"), "a", "a")


def test_one_package_alone_is_shown_whether_or_not_it_is_named(make_results):
    """By hand: twenty leakers in twenty nights of the folder's one package; of two, one that is named is compared with the other."""
    results = make_results({"a": {}})
    named, unnamed = compare_json(results, "a"), compare_json(results)
    assert named == unnamed and named["replicates"] == 20 and named["differences"] == []
    assert next(row["mean"] for row in named["measures"] if row["measure"] == "leakers") == 1.0
    with pytest.raises(InputError, match="two different"):
        compare_json(results, None, "a")
    two = compare_json(make_results({"a": {}, "b": {}}), "b")
    assert {(row["a"], row["b"]) for row in two["differences"]} == {("b", "a")}


def test_the_shape_of_the_comparison(make_results):
    """The keys of the command's contract are there, nan is null, and every difference says whether it is sharp enough."""
    stops = [{"replicate": r, "threat": "t", "fate": "lost", "would_have": "lost"} for r in range(50)]
    results = make_results({"a": {}, "b": {"threats": stops}, "c": {}}, replicates=50)
    found = compare_json(results)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert (found["night"], found["replicates"], found["seed"], found["given"]) == ("2023-12-29", 50, 1, None)
    row = next(row for row in found["measures"] if (row["measure"], row["package"]) == ("leakers", "a"))
    assert {"measure", "unit", "package", "mean", "low", "high", "mc_low", "mc_high", "p05", "p95", "ess", "blocks"} <= row.keys()
    assert row["mean"] == 1.0
    apart = next(row for row in found["differences"] if (row["measure"], row["b"]) == ("leakers", "b"))
    assert {"measure", "unit", "a", "b", "mean", "low", "high"} <= apart.keys()
    assert (apart["a"], apart["mean"], apart["precise"], apart["replicates_needed"]) == ("a", -1.0, True, 50)
    assert {row["b"] for row in found["differences"]} == {"b", "c"}
    shown = {row["measure"] for row in found["measures"]}
    assert shown == {name for name, item in MEASURES.items() if not item.difference_only}
    assert {row["measure"] for row in found["differences"]} == set(MEASURES)
    assert next(row for row in found["measures"] if row["measure"] == "incursion_depth_m")["mean"] is None


def test_two_named_packages_leave_the_third_out(make_results):
    found = compare_json(make_results({"a": {}, "b": {}, "c": {}}), "a", "c", [leakers])
    assert [row["package"] for row in found["measures"]] == ["a", "c"]
    assert [(row["a"], row["b"]) for row in found["differences"]] == [("a", "c")]


def test_one_package_alone_is_estimated_and_not_compared(make_results):
    found = compare_json(make_results({"a": {}}), measures=[leakers])
    assert (len(found["measures"]), found["differences"]) == (1, [])


def test_members_are_apart_and_only_where_something_happened(make_results):
    fired = [{"replicate": r, "member": "RO", "fire_s": 1.0, "hit": False} for r in range(20)]
    found = compare_json(make_results({"a": {}, "b": {"shots": fired}}), members=True)
    assert [(row["measure"], row["package"], row["member"], row["mean"]) for row in found["members"]] == [("shots", "b", "RO", 1.0)]
    assert [(row["measure"], row["member"], row["mean"]) for row in found["member_differences"]] == [("shots", "RO", 1.0)]


def test_a_given_crossing_is_compared_beside_the_night(make_results):
    one = {"sample": 0, "replicate": 0, "block": 0, "fate": "leaked", "would_have": "leaked", "crosses": "PL", "tag_country": "PL", "weight": 1.0}
    entered = {"sample": 0, "replicate": 0, "country": "PL", "entry_s": 0.0, "exit_s": 99.0, "depth_m": 1e4, "path_m": 2e4}
    given = {"a": {"threats": [one], "incursions": [entered]}, "b": {"threats": [one]}}
    found = compare_json(make_results({"a": {}, "b": {}}, given=given))["given"]
    assert found["incident"] == "pl-2023-12-29"
    apart = {row["measure"]: row["mean"] for row in found["differences"]}
    assert (apart["incursions"], apart["crossings_stopped"]) == (-1.0, 1.0)
    assert "sorties" not in apart


def test_a_mistyped_measure_names_the_nearest():
    assert measure("leakers") is leakers
    with pytest.raises(InputError, match='did you mean "incursions"'):
        measure("incursion")
