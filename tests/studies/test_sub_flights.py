"""Sub-coalitions share what does not depend on who is in, and come to exactly what the package without the other members comes to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from zaslin.atlas.ground import load_ground
from zaslin.measures.incursions import OBSERVABLE_M, OBSERVABLE_S
from zaslin.measures.registry import MEASURES
from zaslin.measures.values import TAGGED_CLASSES, Reading
from zaslin.outcomes.coalitions import RARE, SUMS, WHOLE
from zaslin.outcomes.held import Held
from zaslin.scenario.package import Package
from zaslin.scenario.packages import package
from zaslin.scenario.vary import vary
from zaslin.studies import sub_flights
from zaslin.studies.block import SAMPLES_PER_BLOCK, compile_block, draw_block, fly_package
from zaslin.studies.design import study
from zaslin.studies.members import pooled, with_only, without
from zaslin.studies.sub_flights import fly_subsets, subsets_of
from zaslin.world.arrays import CLASS_NAMES
from zaslin.world.compile_package import compile_package
from zaslin.world.inputs import BLOCK_SIZE, Luck

SEED, BLOCK = 11, 2


def smaller(whole: Package, nations: tuple[str, ...]) -> Package:
    """The package without its other members."""
    return whole.model_copy(update={"members": tuple(member for member in whole.members if member.nation in nations)})


def by_tables(item, ground, drawn, whole: Package, nations: tuple[str, ...]) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """What an ordinary flight's tables come to, measure by measure: per replicate, and per tagged sample (weights taken out)."""
    alone = smaller(whole, nations)
    coalition = compile_package(alone, item.aircraft, ground, SEED, BLOCK, Luck(SEED, BLOCK), item.others)
    tables = fly_package(item, ground, drawn, coalition)
    held = Held([alone.model_dump(mode="json")], BLOCK, BLOCK_SIZE, SAMPLES_PER_BLOCK, {alone.name: tables}, drawn.record)
    reading = Reading(held)
    plain, tagged = {}, {}
    weight = np.array([raid.threats["weight"][raid.tag] for raid in drawn.flights["tagged"]])
    for name in (*RARE, *WHOLE):
        values = reading.values(MEASURES[name], alone.name, None, None)
        here = np.isin(values.replicates, np.arange(BLOCK * BLOCK_SIZE, (BLOCK + 1) * BLOCK_SIZE))
        plain[name] = np.nan_to_num(values.plain.total[here])
        if name in RARE:
            plain[f"{name}_rest"], tagged[name] = values.rest.total[here], values.tagged.total / weight
    kills = tables["tagged"]["threats"]
    order = np.argsort(kills.column("sample").to_numpy())
    tagged["coalition_kills"] = (np.array(kills.column("fate").to_pylist(), dtype=object)[order] == "killed_member").astype(float)
    return plain, tagged


@pytest.mark.parametrize(
    "name, changes, chosen",
    [
        ("pl-ro-toward-border", {}, [("PL",), ("RO",), ("PL", "RO")]),
        ("pl-ro-toward-border", {"pooling.enabled": True}, [("PL",), ("PL", "RO")]),
        ("skyshield-west", {}, [("PL", "GB"), ("RO", "FR", "NL", "SE"), ("PL", "RO", "GB", "FR", "NL", "DK", "SE", "CZ")]),
    ],
)  # fmt: skip
def test_a_sub_coalition_comes_to_what_the_package_without_the_others_comes_to(small_night, name, changes, chosen):
    """Records: plain and tagged raids of a block, by the tables of an ordinary run of the smaller package; sums agree to rounding."""
    whole = vary(package(name), changes) if changes else package(name)
    item, ground = study(small_night, [whole], 10, seed=SEED), load_ground()
    luck = Luck(SEED, BLOCK)
    drawn = draw_block(item, ground, compile_block(item, ground, BLOCK, luck))
    drawn = replace(drawn, flights={draw: raids for draw, raids in drawn.flights.items() if draw != "given"})
    coalition = compile_package(whole, item.aircraft, ground, SEED, BLOCK, luck, item.others)
    players = list(range(len(coalition.members)))
    assert pooled(coalition) == bool(changes)
    every = subsets_of(coalition, players)
    assert len(every) == 1 << len(players)
    subsets = [subset for subset in every if tuple(coalition.member_names[m] for m in subset.keep) in chosen]
    assert len(subsets) == len(chosen)
    flown = {draw: np.array([fly_subsets(raid, coalition, subsets, ground, SEED, draw == "tagged") for raid in raids]) for draw, raids in drawn.flights.items()}
    fired = 0.0
    for k, subset in enumerate(subsets):
        plain, tagged = by_tables(item, ground, drawn, whole, tuple(coalition.member_names[m] for m in subset.keep))
        for column, sums in enumerate(SUMS):
            np.testing.assert_allclose(flown["plain"][:, k, column], plain[sums], rtol=1e-12, atol=1e-12, err_msg=f"{subset.keep} {sums}")
            if sums in tagged:
                np.testing.assert_allclose(flown["tagged"][:, k, column], tagged[sums], rtol=1e-9, atol=1e-12, err_msg=f"{subset.keep} tagged {sums}")
        fired += plain["shots"].sum()
    assert fired > 0 or name != "skyshield-west"
    assert len(drawn.flights["tagged"]) > 0


def test_nobody_is_the_status_quo(small_night):
    """Law: the coalition of none shoots down nothing, flies nothing and prevents nothing; what leaks is what leaks without it."""
    item, ground = study(small_night, ["pl-ro-toward-border"], 10, seed=SEED), load_ground()
    luck = Luck(SEED, BLOCK)
    drawn = draw_block(item, ground, compile_block(item, ground, BLOCK, luck))
    coalition = compile_package(item.packages[0], item.aircraft, ground, SEED, BLOCK, luck, item.others)
    nobody = subsets_of(coalition, [0, 1])[:1]
    sums = np.array([fly_subsets(raid, coalition, nobody, ground, SEED, False)[0] for raid in drawn.flights["plain"]])
    told = dict(zip(SUMS, sums.T, strict=True))
    for name in ("coalition_kills", "crossings_stopped", "shots", "sorties", "flight_h", "cost_usd"):
        assert not told[name].any()
    tables = fly_package(item, ground, drawn, coalition)["plain"]["threats"]
    would = np.array(tables.column("would_have").to_pylist()) == "leaked"
    assert told["leakers"].sum() == would.sum() > 0


@pytest.mark.parametrize("pool", [False, True])
def test_a_member_of_whose_alert_a_block_draws_no_pair_is_unguarded_in_every_sub_coalition(small_night, pool):
    """By hand: Poland's package names alert pairs and draws none: with Poland in, no pair of its stands for all of the night, as an ordinary run says; without,
    none is missed. Romania has a pair, which is not always away.
    """
    none = {f"members[PL].assets[{asset}].pairs": 0 for asset in ("pl-qra-lask", "pl-qra-krzesiny")}
    whole = vary(package("pl-ro-toward-border"), {**none, **({"pooling.enabled": True} if pool else {})})
    item, ground = study(small_night, [whole], 10, seed=SEED), load_ground()
    luck = Luck(SEED, BLOCK)
    drawn = draw_block(item, ground, compile_block(item, ground, BLOCK, luck))
    drawn = replace(drawn, flights={draw: raids for draw, raids in drawn.flights.items() if draw != "given"})
    coalition = compile_package(whole, item.aircraft, ground, SEED, BLOCK, luck, item.others)
    assert coalition.on_alert == (0, 1)
    assert with_only(coalition, (1,)).on_alert == (0,) and without(coalition, (1,)).on_alert == (1,) and without(coalition, ()).on_alert == ()
    subsets = subsets_of(coalition, [0, 1])
    sums = np.array([fly_subsets(raid, coalition, subsets, ground, SEED, False) for raid in drawn.flights["plain"]])
    unguarded = sums[:, :, SUMS.index("unguarded_min")]
    for k, nations in enumerate([("PL",), ("RO",), ("PL", "RO")], start=1):
        plain, _ = by_tables(item, ground, drawn, whole, nations)
        np.testing.assert_allclose(unguarded[:, k], plain["unguarded_min"], rtol=1e-12)
    assert not unguarded[:, 0].any()
    assert (unguarded[:, 1] > 60.0).all() and (unguarded[:, 2] < unguarded[:, 1]).any()
    assert (unguarded[:, 3] >= unguarded[:, 1]).all()


def test_rows_taken_are_the_rows_compiled_without_the_others():
    """Law: a draw belongs to a name; the numbers of a member do not depend on who else is in the package."""
    whole, ground = package("skyshield-west"), load_ground()
    item = study("2023-12-29", [whole], 10, seed=SEED)
    luck = Luck(SEED, BLOCK)
    every = compile_package(whole, item.aircraft, ground, SEED, BLOCK, luck, item.others)
    taken = with_only(every, (1, 3, 6))
    alone = compile_package(smaller(whole, taken.member_names), item.aircraft, ground, SEED, BLOCK, luck, item.others)
    assert taken.member_names == alone.member_names == ("RO", "FR", "SE")
    assert taken.caveat_names == alone.caveat_names
    for part in ("members", "radars", "caveats", "batteries", "zones", "values"):
        assert np.array_equal(getattr(taken, part), getattr(alone, part)), part
    names = [taken.asset_names[i] for i in taken.shooters["asset"]]
    assert names == [alone.asset_names[i] for i in alone.shooters["asset"]]
    shooters = taken.shooters.copy()
    shooters["asset"] = alone.shooters["asset"]
    assert np.array_equal(shooters, alone.shooters)
    assert (taken.others is None) == (alone.others is None)


def test_what_is_tagged_and_what_counts_are_the_measures_own():
    """Law: these numbers stand twice, for what flies may not read the measures' files; they are the same."""
    assert tuple(np.array(CLASS_NAMES)[sub_flights._TAGGED]) == TAGGED_CLASSES
    assert (sub_flights._OBSERVABLE_S, sub_flights._OBSERVABLE_M) == (OBSERVABLE_S, OBSERVABLE_M)
    assert {name for name in RARE if not MEASURES[name].rare} == set()
    assert {name for name in WHOLE if MEASURES[name].rare} == set()
