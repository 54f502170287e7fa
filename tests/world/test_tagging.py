"""The tagged-threat estimator on raids alone: it agrees with plain Monte Carlo at a tenth of the replicates, and its parts are what they say."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from small_worlds import BIG, fixed, group, night_of, routes_with

from zaslin.atlas.borders import COUNTRIES
from zaslin.world.arrays import Raid
from zaslin.world.layer import survivals
from zaslin.world.raid import draw_raid
from zaslin.world.stays import stays_of
from zaslin.world.tagging import FIRST_NIGHT, NIGHTS, draw_tagged, find_tags, search

PL = COUNTRIES.index("PL")
NEVER = fixed(0.0, "probability")
DENSE = night_of(group("kh101", "Kh-101/Kh-555", 60, targets=("Lviv oblast",)), group("shahed", "Shahed-136/131", 5, targets=("Kyiv oblast",)))
"""Sixty missiles for Lviv that do not keep away from Poland: several cross in every raid."""


def overflight_s(raid: Raid, country: int, threats: Iterable[int] | None = None) -> tuple[float, float]:
    """Incursions of the status quo (entries before Ukraine's stop) and their summed seconds up to it, weighted."""
    count = seconds = 0.0
    for stay in raid.inside[raid.inside["country"] == country]:
        threat = raid.threats[stay["threat"]]
        if (threats is None or stay["threat"] in threats) and threat["stop_s"] > stay["entry_s"]:
            count += threat["weight"]
            seconds += threat["weight"] * min(threat["stop_s"] - stay["entry_s"], stay["inside_s"])
    return count, seconds


@pytest.fixture(scope="module")
def dense(compiled):
    """One block of the dense night."""
    return compiled(
        DENSE,
        routes=routes_with(
            keeps_margin={"PL": fixed(0.1, "probability")}, gross_failure=fixed(0.003, "probability"), approach_from_beyond=fixed(0.9, "share"),
            beyond_distance=fixed(80.0, "km"),
        ),
    )  # fmt: skip


def test_tagged_threats_agree_with_plain_simulation_at_a_tenth_of_the_replicates(dense, ground):
    """Oracle: 400 plain raids count entries into Poland before Ukraine's stop; 40 raids' worth of tagged threats give the same mean, within three
    joint standard errors, in number and in seconds."""
    plain = np.array([overflight_s(draw_raid(dense, ground, 1, r), PL) for r in range(400)])
    tags = find_tags(dense, ground, 1, 0, 2_000)
    hits = [hit for hit in tags.hits if hit.country == PL]
    chosen = [hits[i] for i in np.random.default_rng(0).integers(len(hits), size=40)]
    tagged = np.array([_tagged(dense, ground, hit) for hit in chosen]) * len(hits)
    error = plain.std(axis=0) / np.sqrt(len(plain))
    own = tagged.std(axis=0) / np.sqrt(len(tagged))
    assert plain.mean(axis=0)[0] > 1.0
    assert (np.abs(tagged.mean(axis=0) - plain.mean(axis=0)) < 3.0 * np.hypot(error, own)).all()


def _tagged(inputs, ground, hit):
    raid = draw_tagged(inputs, ground, 1, hit)
    return overflight_s(raid, PL, [raid.tag])


def test_a_tagged_threat_enters_before_it_is_stopped(dense, ground):
    """What the weight stands for: name and entity stay, the route is the hit's, Ukraine's stop comes after the entry, the others are as in the plain raid."""
    hits = [hit for hit in find_tags(dense, ground, 1, 0, 300).hits if hit.country == PL][:10]
    for hit in hits:
        raid = draw_tagged(dense, ground, 1, hit)
        plain = draw_raid(dense, ground, 1, raid.replicate)
        threat = raid.threats[raid.tag]
        entry = raid.inside["entry_s"][(raid.inside["threat"] == raid.tag) & (raid.inside["country"] == PL)][0]
        assert threat["excursion"] >> PL & 1
        assert threat["stop_s"] >= entry
        assert threat["entity"] == plain.threats["entity"][raid.tag]
        assert 0.0 < threat["weight"] < dense.night.groups["n"][hit.group] * hit.share
        assert raid.tag_country == PL
        assert FIRST_NIGHT <= raid.replicate < FIRST_NIGHT + NIGHTS
        others = np.arange(len(raid.names)) != raid.tag
        for key in ("launch_s", "stop_s", "end_s", "weight"):
            assert (raid.threats[key][others] == plain.threats[key][others]).all()


def test_the_chance_of_entering_is_that_of_the_plain_draws(dense, ground):
    """P(A) from tilted draws (failures at 5 %) against 4 000 untilted ones of the same group, three joint standard errors; the ratio's mean is 1."""
    chance, error = find_tags(dense, ground, 1, 0, 4_000).chance[0, PL]
    plain = search(dense, ground, 1, 0, 0, 0, 4_000, 4_000)
    entered = (plain.excursion >> PL & 1).astype(float)
    assert (plain.ratio == 1.0).all()
    assert chance == pytest.approx(entered.mean(), abs=3.0 * np.hypot(error, entered.std() / np.sqrt(4_000)))
    tilted = search(dense, ground, 1, 0, 0, 1, 0, 4_000)
    assert tilted.paths["failed"].mean() == pytest.approx(0.05, abs=0.015)
    assert tilted.ratio.mean() == pytest.approx(1.0, abs=4.0 * tilted.ratio.std() / np.sqrt(4_000))


def test_tilting_the_margin_leaves_expectations_alone(compiled, ground):
    """Row 1 + PL of ROUTE keeps the margin at most at 0.4: weighed back, the chance of entering is the untilted one."""
    inputs = compiled(DENSE, routes=routes_with(keeps_margin={"PL": fixed(0.8, "probability")}))
    tilted = search(inputs, ground, 1, 0, 0, 1 + PL, 0, 4_000)
    plain = search(inputs, ground, 1, 0, 0, 0, 4_000, 4_000)
    value, entered = tilted.ratio * (tilted.excursion >> PL & 1), (plain.excursion >> PL & 1).astype(float)
    assert (tilted.paths["asked"] >> PL & 1).mean() == pytest.approx(0.4, abs=0.03)
    assert tilted.ratio.mean() == pytest.approx(1.0, abs=0.05)
    assert value.mean() == pytest.approx(entered.mean(), abs=3.0 * np.hypot(value.std(), entered.std()) / np.sqrt(4_000))


@pytest.mark.slow
def test_the_night_of_a_hit_is_drawn_by_its_chance_to_come_through(dense, ground):
    """Law: over the hits, S of the night drawn has the mean E[S²] / E[S] that a draw in proportion to S gives, within four standard errors; the weight holds S̄
    and is that of the averaged night within the error of 1,024 nights; another block has other nights."""
    hits = [hit for hit in find_tags(dense, ground, 1, 0, 3_000).hits if hit.country == PL][:150]
    ratio = []
    for hit in hits:
        chances = np.empty(NIGHTS)
        layer = dense.night.layers[hit.layer]
        survivals(layer, np.uint64(1), np.uint64(FIRST_NIGHT), hit.exposed_s, chances)
        raid = draw_tagged(dense, ground, 1, hit)
        assert raid.threats["weight"][raid.tag] == pytest.approx(dense.night.groups["n"][hit.group] * hit.share * chances.mean())
        assert chances.mean() == pytest.approx(hit.survive, abs=5.0 * chances.std() / np.sqrt(NIGHTS) + 1e-3)
        ratio.append(chances[raid.replicate - FIRST_NIGHT] * chances.mean() / (chances**2).mean())
    assert np.mean(ratio) == pytest.approx(1.0, abs=4.0 * np.std(ratio) / np.sqrt(len(ratio)))


def test_a_hit_knows_its_time_inside_and_its_chance(dense, ground):
    """By construction: time inside the country and exposure up to the first entry are those of the raid that flies the hit."""
    for hit in [hit for hit in find_tags(dense, ground, 1, 0, 300).hits if hit.country == PL][:10]:
        raid = draw_tagged(dense, ground, 1, hit)
        own = raid.inside[(raid.inside["threat"] == raid.tag) & (raid.inside["country"] == PL)]
        assert hit.inside_s == pytest.approx(own["inside_s"].sum())
        assert 0.0 < hit.survive <= 1.0


def test_hits_sum_to_the_chance(dense, ground):
    """By construction: the shares of a group's hits in a country sum to P(A)."""
    tags = find_tags(dense, ground, 1, 0, 1_000)
    for (row, country), (chance, _) in tags.chance.items():
        assert sum(hit.share for hit in tags.hits if (hit.group, hit.country) == (row, country)) == pytest.approx(chance)
    assert list(tags.hits) == sorted(tags.hits, key=lambda hit: (hit.group, hit.country, hit.index))


def test_tags_do_not_depend_on_other_groups(compiled, ground):
    """Law: the drones' routes are the same without the missiles; groups that fly straight are never searched."""
    with_all = find_tags(compiled(BIG), ground, 1, 0, 500)
    assert {hit.group for hit in with_all.hits} <= {0, 1}
    alone = find_tags(compiled(night_of(BIG.groups[0])), ground, 1, 0, 500)
    assert [hit for hit in with_all.hits if hit.group == 0] == list(alone.hits)


def test_other_blocks_draw_other_routes(compiled, ground):
    """Law: the key of a route-only draw holds the block, and no replicate's key is among them."""
    a, b = (search(compiled(BIG, block=block), ground, 1, block, 1, 0, 0, 50) for block in (0, 1))
    assert not (a.verts["x"][a.paths["vert_from"]] == b.verts["x"][b.paths["vert_from"]]).any()


def test_a_number_of_routes_out_of_range_is_refused(dense, ground):
    """A key holds 2**24 routes."""
    with pytest.raises(ValueError, match="n_routes"):
        find_tags(dense, ground, 1, 0, 0)


def test_sought_routes_are_those_of_the_full_search_that_enter(dense, ground):
    """Law: a search for what enters leaves out nothing that does, and its paths, ratios and stays there are those of the full search, to the last bit."""
    sought, every = search(dense, ground, 1, 0, 0, 1, 0, 2_000, sought=True), search(dense, ground, 1, 0, 0, 1, 0, 2_000)
    assert (sought.excursion == every.excursion).all() and (sought.ratio == every.ratio).all()
    entered = np.flatnonzero(every.excursion)
    assert 20 < len(entered) < (sought.paths["vert_to"] > sought.paths["vert_from"]).sum() < 1_500
    for i in entered:
        a, b = (routes.paths[i] for routes in (sought, every))
        assert sought.verts[a["vert_from"] : a["vert_to"]].tobytes() == every.verts[b["vert_from"] : b["vert_to"]].tobytes()
    stays, _ = stays_of(dense.night.near, ground, every.verts, every.paths[entered], with_depth=False)
    stays = stays[stays["country"] > 0]
    stays["threat"] = entered[stays["threat"]]
    for name in stays.dtype.names:
        np.testing.assert_array_equal(stays[name], sought.stays[name])
