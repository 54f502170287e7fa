"""The tagged-threat estimator: sums by hand, and agreement with plain Monte Carlo on a world made dense enough to compare."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from zaslin.measures.debris import debris_falls, expected_casualties, expected_casualties_abroad, expected_casualties_by_shooter
from zaslin.measures.estimate import compare, estimate
from zaslin.measures.incursions import crossings_stopped, incursion_depth_m, incursions, incursions_any, overflight_s
from zaslin.measures.values import TAGGED_CLASSES, Reading
from zaslin.scenario.threat import CLASSES
from zaslin.world.night_arrays import STEERED

T4 = 2.1318468
"""95 % quantile of Student's t with 4 degrees of freedom."""


def record(flown: dict[str, int], hits: dict[str, int] | None = None, error: float = 0.1) -> dict[str, Any]:
    """A block's entry of the manifest: per country what was flown of what was found."""
    return {
        "routes": 2_000,
        "strata": [
            {"group": "kh101", "country": c, "chance": 1.0, "standard_error": error, "hits": (hits or flown)[c], "flown": n} for c, n in flown.items()
        ],
    }


def sample(number: int, block: int, weight: float, country: str = "PL", **columns: Any) -> dict[str, Any]:
    row = {"sample": number, "replicate": 10 * block, "block": block, "group": "kh101", "weight": weight, "tag_country": country, "crosses": country}
    return row | {"kept": 1.0, "excursion": columns.get("crosses", country), "failed": False, "fate": "leaked", "would_have": "leaked"} | columns


def stay(number: int, country: str = "PL", seconds: float = 100.0, depth: float = 2_000.0, **columns: Any) -> dict[str, Any]:
    times = {"entry_s": 50.0, "exit_s": 50.0 + seconds, "inside_s": seconds}
    return {"sample": number, "replicate": 0, "country": country, **times, "depth_m": depth, "path_m": 2 * depth, **columns}


def test_the_estimate_is_the_mean_of_weighted_sums_over_blocks(make_results):
    """By hand: block 0 has weights 0.02 and 0.04 that enter, block 1 one of 0.06 that does not, the other three none: 0.06 / 5 = 0.012.
    V = 0.00072 between the blocks' totals of 0.06 and 0, so the simulation's interval is 0.012 ± 2.132 · 0.012. W = (0.02² + 0.04²) / 5 = 0.0004 of it is luck,
    so 0.00032, more than 0.6 · sqrt(1 / 2) of V, is the inputs', whose interval is ± 2.132 · sqrt(0.00032 + 0.000144), and low is 0, for a count."""
    tagged = {"threats": [sample(0, 0, 0.02), sample(1, 0, 0.04), sample(2, 1, 0.06)], "incursions": [stay(0), stay(1)]}
    tagging = {"0": record({"PL": 2}), "1": record({"PL": 1}), "2": record({}), "3": record({}), "4": record({})}
    results = make_results({"a": {}}, replicates=50, tagged={"a": tagged}, tagging=tagging)
    found = estimate(results, incursions, "a")
    assert found.mean == pytest.approx(0.012)
    assert (found.method, found.replicates, found.blocks) == ("tagged", 50, 5)
    assert found.ess == pytest.approx(0.06**2 / (0.02**2 + 0.04**2))
    half = T4 * np.sqrt(0.00072 / 5)
    assert (found.mc_low, found.mc_high) == pytest.approx((0.012 - half, 0.012 + half))
    assert (found.low, found.high) == pytest.approx((0.0, 0.012 + T4 * np.sqrt(0.00032 + 0.000144)))
    assert estimate(results, overflight_s, "a").mean == pytest.approx(1.2)
    assert estimate(results, incursions, "a", "PL").mean == pytest.approx(0.012)
    assert estimate(results, incursions, "a", "RO").mean == 0.0
    assert estimate(results, incursions, "a", method="plain").mean == 0.0


def test_a_sample_counts_only_the_country_that_it_stands_for(make_results):
    """By hand: one route enters Poland and Slovakia: it is tagged once for each, and each sample counts its own stay: 0.1 + 0.3 in one block."""
    threats = [sample(0, 0, 0.1, "PL", crosses="PL,SK"), sample(1, 0, 0.3, "SK", crosses="PL,SK")]
    stays = [stay(s, country) for s in (0, 1) for country in ("PL", "SK")]
    results = make_results(
        {"a": {}}, replicates=10, tagged={"a": {"threats": threats, "incursions": stays}}, tagging={"0": record({"PL": 1, "SK": 1})}
    )
    assert estimate(results, incursions, "a").mean == pytest.approx(0.4)
    assert estimate(results, incursions, "a", "SK").mean == pytest.approx(0.3)


def test_depth_is_a_weighted_mean_over_incursions(make_results):
    """By hand: depths 2 km (weight 0.3) and 12 km (weight 0.1): 4.5 km; the plain rows, 100 km, are not asked."""
    tagged = {"threats": [sample(0, 0, 0.3), sample(1, 0, 0.1)], "incursions": [stay(0, depth=2e3), stay(1, depth=12e3)]}
    plain = {
        "threats": [{"replicate": 3, "fate": "left", "would_have": "left", "crosses": "PL"}],
        "incursions": [{"replicate": 3, "country": "PL", "entry_s": 0.0, "exit_s": 99.0, "depth_m": 1e5, "path_m": 1e5}],
    }
    results = make_results({"a": plain}, replicates=10, tagged={"a": tagged}, tagging={"0": record({"PL": 2})})
    assert estimate(results, incursion_depth_m, "a").mean == pytest.approx(4_500.0)


def test_differences_are_paired_sample_by_sample(make_results):
    """By hand: both packages fly the same samples, b stops the second: −0.04 in block 0, 0 in the other four: mean −0.008. What both let in cancels:
    the noise is that of the stopped one alone."""
    threats = [sample(0, 0, 0.02), sample(1, 0, 0.04), sample(2, 1, 0.03)]
    tagged = {
        "a": {"threats": threats, "incursions": [stay(0), stay(1), stay(2)]},
        "b": {"threats": threats, "incursions": [stay(0), stay(2)]},
    }
    tagging = {"0": record({"PL": 2}), "1": record({"PL": 1}), **{str(b): record({}) for b in (2, 3, 4)}}
    results = make_results({"a": {}, "b": {}}, replicates=50, tagged=tagged, tagging=tagging)
    found = compare(results, incursions, "a", "b")
    assert found.mean == pytest.approx(-0.008)
    assert found.ess == pytest.approx(1.0)
    assert (found.mc_high - found.mc_low) / 2 == pytest.approx(T4 * np.sqrt((0.032**2 + 4 * 0.008**2) / 4 / 5))
    assert compare(results, crossings_stopped, "a", "b").mean == pytest.approx(0.008)


def test_debris_of_crossing_threats_comes_from_samples_and_the_rest_from_plain_replicates(make_results):
    """By hand, 10 replicates, one block. Plain falls: a threat that crosses into Poland (left to the samples), one that does not cross and falls on
    Poland all the same (1/10), one that crosses into Romania and falls on Poland (1/10), one in Ukraine. Samples: one fall on Poland of weight 0.5."""
    falls = [
        {"replicate": 0, "threat": "x", "country": "PL", "ec": 1.0},
        {"replicate": 1, "threat": "y", "country": "PL", "ec": 2.0, "shooter_member": "PL"},
        {"replicate": 2, "threat": "z", "country": "PL", "ec": 4.0},
        {"replicate": 3, "threat": "u", "country": "UA", "ec": 8.0},
        {"replicate": 4, "threat": "s", "country": None, "ec": 16.0},
    ]
    crosses = {"x": "PL", "y": None, "z": "RO", "u": "PL", "s": None}
    threats = [{"replicate": k, "threat": name, "fate": "lost", "would_have": "lost", "crosses": entered} for k, (name, entered) in enumerate(crosses.items())]
    tagged = {
        "threats": [sample(0, 0, 0.5)],
        "falls": [
            {"sample": 0, "replicate": 0, "country": "PL", "ec": 0.1, "shooter_member": "RO"},
            {"sample": 0, "replicate": 0, "country": "UA", "ec": 64.0},
        ],
    }
    results = make_results({"a": {"threats": threats, "falls": falls}}, replicates=10, tagged={"a": tagged}, tagging={"0": record({"PL": 1})})
    assert estimate(results, debris_falls, "a").mean == pytest.approx(0.5 + 0.2)
    assert estimate(results, debris_falls, "a", method="plain").mean == pytest.approx(0.3)
    assert estimate(results, expected_casualties_abroad, "a").mean == pytest.approx(0.05 + 0.6)
    assert estimate(results, expected_casualties_abroad, "a", "PL").mean == pytest.approx(0.05 + 0.6)
    assert estimate(results, expected_casualties, "a").mean == pytest.approx(0.05 + 0.6 + 0.8 + 1.6)
    assert estimate(results, expected_casualties, "a", "UA").mean == pytest.approx(0.8)
    assert estimate(results, expected_casualties, "a", "sea").mean == pytest.approx(1.6)
    assert estimate(results, expected_casualties_by_shooter, "a", "PL").mean == pytest.approx(0.2)
    assert estimate(results, expected_casualties_by_shooter, "a", "RO").mean == pytest.approx(0.05)


def test_what_flies_straight_is_not_tagged_and_counted_in_plain_replicates(make_results):
    """By hand: cruise missiles are tagged (0.5 in one block); a Kinzhal that enters Romania in 2 of 10 replicates is not: 0.5 + 0.2. The cruise missile
    that enters Poland in a plain replicate is what the samples stand for, and is not counted again."""
    plain = {
        "threats": [
            *({"replicate": r, "threat": "k", "group": "kinzhal", "threat_class": "aeroballistic", "fate": "left", "crosses": "RO"} for r in (1, 2)),
            {"replicate": 3, "threat": "c", "fate": "left", "crosses": "PL"},
        ],
        "incursions": [
            {"replicate": r, "threat": name, "country": country, "entry_s": 0.0, "exit_s": 100.0, "depth_m": 2e3, "path_m": 4e3}
            for r, name, country in ((1, "k", "RO"), (2, "k", "RO"), (3, "c", "PL"))
        ],
    }
    tagged = {"threats": [sample(0, 0, 0.5)], "incursions": [stay(0)]}
    results = make_results({"a": plain}, replicates=10, tagged={"a": tagged}, tagging={"0": record({"PL": 1})})
    assert estimate(results, incursions, "a").mean == pytest.approx(0.7)
    assert estimate(results, incursions, "a", "RO").mean == pytest.approx(0.2)
    assert estimate(results, overflight_s, "a").mean == pytest.approx(70.0)
    assert estimate(results, incursions, "a", method="plain").mean == pytest.approx(0.3)


def test_what_is_counted_by_samples_does_not_depend_on_what_was_found(make_results):
    """By hand: the search found routes of kh101 into Poland (0.5 in one block) and none of the drones'. A drone that enters Romania in one of 10 plain
    replicates, a cruise missile of a group without a hit and one of an unknown model are what samples stand for, and not counted: 0.5; a Kinzhal is: + 0.1.
    In a folder where no route was found at all, only the Kinzhal is left: 0.1."""
    flown = {"d": ("shahed", "drone"), "c": ("kalibr", "cruise"), "u": ("mixed", "unknown"), "k": ("kinzhal", "aeroballistic")}
    plain = {
        "threats": [
            {"replicate": r, "threat": name, "group": group, "threat_class": cls, "fate": "left", "crosses": "RO"}
            for r, (name, (group, cls)) in enumerate(flown.items())
        ],
        "incursions": [
            {"replicate": r, "threat": name, "country": "RO", "entry_s": 0.0, "exit_s": 100.0, "depth_m": 2e3, "path_m": 4e3} for r, name in enumerate(flown)
        ],
    }
    tagged = {"threats": [sample(0, 0, 0.5)], "incursions": [stay(0)]}
    some = make_results({"a": plain}, replicates=10, tagged={"a": tagged}, tagging={"0": record({"PL": 1})})
    none = make_results({"a": plain}, replicates=10, tagged={"a": {}}, tagging={"0": record({})})
    assert estimate(some, incursions, "a").mean == pytest.approx(0.6)
    assert estimate(none, incursions, "a").mean == pytest.approx(0.1)
    assert estimate(none, incursions, "a", method="plain").mean == pytest.approx(0.4)


def test_the_classes_that_samples_stand_for_are_those_that_are_tagged():
    """Law: the names here and the classes that the search looks at are one list."""
    assert sorted(TAGGED_CLASSES) == sorted(CLASSES[cls] for cls in STEERED)


def test_samples_that_are_not_all_there_are_not_used(make_results):
    """The manifest says two were flown in block 0, the folder has one: plain replicates answer instead, and the estimate says so."""
    tagged = {"a": {"threats": [sample(0, 0, 0.5)], "incursions": [stay(0)]}}
    results = make_results({"a": {}}, replicates=10, tagged=tagged, tagging={"0": record({"PL": 2})})
    assert not Reading(results).has_tagged("a")
    found = estimate(results, incursions, "a")
    assert (found.method, found.mean) == ("plain", 0.0)


def test_a_night_on_which_no_route_enters_has_no_incursions(make_results):
    """No hit in any of five blocks: the samples are empty, and the answer is 0, not unknown; of two blocks it has no interval."""
    few, results = (make_results({"a": {}}, replicates=10 * n, tagged={"a": {}}, tagging={str(b): record({}) for b in range(n)}) for n in (2, 5))
    found = estimate(results, incursions, "a")
    assert (found.method, found.mean, found.low, found.high, found.ess) == ("tagged", 0.0, 0.0, 0.0, 0.0)
    assert estimate(few, incursions, "a").mean == 0.0 and np.isnan(estimate(few, incursions, "a").high)


# -- the oracle -------------------------------------------------------------------------------------------------------


def dense_world(blocks: int, seed: int) -> tuple[dict[str, list], dict[str, list], dict[str, Any]]:
    """Fifty threats a night of which each crosses with the block's chance p (0.5–3 %); a crossing is stopped by Ukraine with 0.4 before
    the border; if not, it stays 30–300 s. Plain replicates by coins; samples from 400 route draws a block, survival as a weight,
    at most six flown. Expected incursions (any): 50 · E[p] · 0.6 = 0.525."""
    rng = np.random.default_rng(seed)
    plain: dict[str, list] = {"threats": [], "incursions": []}
    tagged: dict[str, list] = {"threats": [], "incursions": []}
    tagging = {}
    for block in range(blocks):
        p = rng.uniform(0.005, 0.03)
        for r in range(10 * block, 10 * block + 10):
            for k in range(rng.binomial(50, p * 0.6)):
                plain["threats"].append({"replicate": r, "threat": f"t-{k}", "fate": "left", "would_have": "left", "crosses": "PL"})
                plain["incursions"].append(stay(0, seconds=rng.uniform(30, 300), depth=0.0) | {"replicate": r, "sample": None, "threat": f"t-{k}"})
        hits = int(rng.binomial(400, p))
        flown = min(hits, 6)
        for k in range(flown):
            number = 10 * block + k
            tagged["threats"].append(sample(number, block, 50 / 400 * hits / flown * 0.6, kept=flown / hits))
            tagged["incursions"].append(stay(number, seconds=rng.uniform(30, 300), depth=0.0))
        chance = hits / 400
        error = np.sqrt(chance * (1 - chance) / 400)
        one = {"group": "kh101", "country": "PL", "chance": chance, "standard_error": error, "hits": hits, "flown": flown}
        tagging[str(block)] = {"routes": 400, "strata": [one] if hits else []}
    return plain, tagged, tagging


def test_tagged_and_plain_estimates_agree_with_each_other_and_with_the_truth(make_results):
    """The oracle is plain Monte Carlo on 150 blocks; the tagged estimate rests on other luck of the same world. They agree within three standard
    errors of their difference, and the tagged one within three of the truth."""
    plain, tagged, tagging = dense_world(150, seed=3)
    results = make_results({"a": plain}, replicates=1_500, tagged={"a": tagged}, tagging=tagging)
    for measure, truth in ((incursions_any, 0.525), (overflight_s, 0.525 * 165.0)):
        one, oracle = estimate(results, measure, "a"), estimate(results, measure, "a", method="plain")
        assert (one.method, oracle.method) == ("tagged", "plain")
        errors = [(found.mc_high - found.mc_low) / 2 / 1.655 for found in (one, oracle)]
        assert abs(one.mean - oracle.mean) < 3 * np.hypot(*errors)
        assert abs(one.mean - truth) < 3 * errors[0]
        # the inputs' interval is that of 50 · p · 0.6 with p uniform: 5 % and 95 % of its range, both ways of asking
        for found in (one, oracle):
            width = (found.high - found.low) / truth
            assert width == pytest.approx(0.9 * 0.025 / 0.0175, rel=0.25)
