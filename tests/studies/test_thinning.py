"""Which of the tagged hits are flown: sums stay what they were, and the estimate is sharper than counting."""

from __future__ import annotations

import numpy as np
import pytest

from zaslin.atlas.borders import COUNTRIES
from zaslin.atlas.ground import load_ground
from zaslin.measures.intervals import Strata, tagged_noise
from zaslin.scenario.night import Night
from zaslin.scenario.shipped import night
from zaslin.studies.block import ROUTES_PER_THREAT, thin
from zaslin.studies.design import study
from zaslin.world.compile_night import compile_night
from zaslin.world.raid import draw_raid
from zaslin.world.tagging import Hit, Tags, draw_tagged, find_tags

PL, RO, MD = (COUNTRIES.index(code) for code in ("PL", "RO", "MD"))
KEYS = 4_000


def made_up_hits() -> tuple[Hit, ...]:
    """Some dozens of hits of four groups in three countries, with weights over several orders of magnitude."""
    rng = np.random.default_rng(1)
    hits = []
    for group in range(4):
        for country in (PL, RO, MD):
            for index in range(int(rng.integers(1, 30))):
                share, survive = float(rng.lognormal(0.0, 1.5)) * 1e-4, float(rng.beta(0.5, 2.0))
                hits.append(Hit(group, country, index, 0, bool(rng.random() < 0.3), 1, share, 0, 0.0, survive, float(rng.exponential(200.0))))
    return tuple(hits)


def test_what_is_kept_stands_for_all_whatever_is_summed():
    """Law: over many keys the mean sum of shares (of all, of a country, weighted by survival or by time inside) is that of all hits, within four standard
    errors; never more than the budget is kept; a kept hit's share is its own over the chance that it tells."""
    hits = made_up_hits()
    own = {(hit.group, hit.country, hit.index): hit.share for hit in hits}
    sums = {
        "all": lambda hit: hit.share,
        "Poland": lambda hit: hit.share * (hit.country == PL),
        "survival": lambda hit: hit.share * hit.survive,
        "time inside": lambda hit: hit.share * hit.inside_s,
    }
    found = {name: np.empty(KEYS) for name in sums}
    for block in range(KEYS):
        kept = thin(Tags(block, (2_000,) * 4, (90, 36, 8, 1), hits, {}), 20, 5)
        assert 19 <= len(kept) <= 20
        assert all(0.0 < hit.kept <= 1.0 for hit in kept)
        if block == 0:
            assert all(hit.share * hit.kept == pytest.approx(own[hit.group, hit.country, hit.index]) for hit in kept)
        for name, value in sums.items():
            found[name][block] = sum(value(hit) for hit in kept)
    for name, value in sums.items():
        truth = sum(value(hit) for hit in hits)
        assert found[name].mean() == pytest.approx(truth, abs=4.0 * found[name].std() / np.sqrt(KEYS)), name


def test_few_hits_are_all_kept_as_they_are():
    """By hand: ten hits, a budget of twenty."""
    hits = made_up_hits()[:10]
    assert thin(Tags(0, (2_000,) * 4, (90, 36, 8, 1), hits, {}), 20, 5) == list(hits)


def test_a_country_with_few_crossings_gets_more_than_its_part():
    """By hand: Moldova expects 100 times what Poland does, in equal hits of equal stays: the square root gives Poland 1 of 11, not 1 of 101."""
    hits = [Hit(0, country, i, 0, False, 1, share, 0, 0.0, 0.5, 100.0) for country, share in ((PL, 1e-6), (MD, 1e-4)) for i in range(500)]
    kept = [thin(Tags(block, (2_000,), (90,), tuple(hits), {}), 22, 5) for block in range(50)]
    assert np.mean([sum(hit.country == PL for hit in some) for some in kept]) == pytest.approx(2.0, abs=0.01)


# -- against plain Monte Carlo ----------------------------------------------------------------------------------------

PLAIN = 2_000
BLOCKS = 20
"""A tenth of the plain replicates, in blocks of ten."""


def dense_night() -> Night:
    """Twelve missiles and drones of 2023-12-29, bound for the west: a raid in three sees a crossing, dense enough to count."""
    whole = night("2023-12-29")
    groups = [
        group.model_copy(update={"count": 6, "destroyed": None, "lost": None, "targets": ("Lviv oblast", "Zakarpattia oblast", "Chernivtsi oblast")})
        for group in whole.groups
        if group.model in ("Kh-101/Kh-555", "Shahed-136/131")
    ]
    return Night.model_validate(whole.model_copy(update={"groups": tuple(groups)}).model_dump())


def crossings(raid, threats=None):
    """Sums over the raid's entries before Ukraine's stop: all, into Poland, at least 10 km deep, seconds inside up to the stop; weighted."""
    out = np.zeros(4)
    for stay in raid.inside[raid.inside["country"] > 0]:
        threat = raid.threats[stay["threat"]]
        if (threats is None or (stay["threat"] in threats and stay["country"] == raid.tag_country)) and threat["stop_s"] > stay["entry_s"]:
            seconds = min(stay["inside_s"], threat["stop_s"] - stay["entry_s"])
            out += threat["weight"] * np.array([1.0, stay["country"] == PL, stay["depth_m"] >= 1e4, seconds])
    return out


@pytest.mark.slow
def test_tagged_threats_at_a_tenth_of_the_replicates_are_no_noisier_than_plain_ones():
    """The oracle: 2,000 plain raids of one draw of the inputs. 20 blocks' worth of tagged threats (200 replicates), thinned as a study thins them, agree within
    three joint standard errors, and their own standard error is no greater: of all crossings, those into Poland, the deep ones and the seconds inside.
    The noise that a study would state from single blocks is the one that the blocks show."""
    ground = load_ground()
    item = study(dense_night(), ["status-quo"], 10, seed=3)
    inputs = compile_night(item.night, item.layer, item.routes, item.models, item.areas, ground, 3, 0)
    plain = np.array([crossings(draw_raid(inputs, ground, 3, replicate)) for replicate in range(PLAIN)])
    totals, stated = np.empty((BLOCKS, 4)), np.zeros(4)
    for k in range(BLOCKS):
        seed = 1_000 + k  # other routes and other luck under the same inputs
        tags = find_tags(inputs, ground, seed, 0, [max(ROUTES_PER_THREAT * int(n), 1_000) for n in inputs.night.groups["n"]])
        hits = thin(tags, 20, seed)
        raids = [draw_tagged(inputs, ground, seed, hit) for hit in hits]
        y = np.array([crossings(raid, {raid.tag}) for raid in raids])
        totals[k] = y.sum(axis=0)
        countries, stratum = np.unique([hit.country for hit in hits], return_inverse=True)
        strata = Strata(np.zeros(len(hits), np.int64), stratum, np.array([hit.kept for hit in hits]), np.arange(len(countries)))
        stated += [tagged_noise(y[:, i], strata, 1) / BLOCKS for i in range(4)]
    plain_error = plain.std(axis=0, ddof=1) / np.sqrt(PLAIN)
    error = totals.std(axis=0, ddof=1) / np.sqrt(BLOCKS)
    assert plain.mean(axis=0)[0] > 0.1
    assert (np.abs(totals.mean(axis=0) - plain.mean(axis=0)) < 3.0 * np.hypot(error, plain_error)).all()
    assert (error <= plain_error).all()
    assert (stated / totals.var(axis=0, ddof=1) > 0.3).all()
    assert (stated / totals.var(axis=0, ddof=1) < 3.0).all()
