"""The sub-coalitions of a run: kept part by part, continued, the same bytes; and what is read from them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from pytest import approx

from zaslin.errors import InputError, StoreError
from zaslin.measures.estimate import estimate
from zaslin.measures.registry import MEASURES
from zaslin.measures.sub_coalitions import NAMES, coalitions_json, share_json, sub_coalitions
from zaslin.outcomes.coalitions import RARE, WHOLE, parts
from zaslin.outcomes.store import open_results
from zaslin.scenario.packages import package
from zaslin.scenario.vary import vary
from zaslin.studies.coalitions import fly_coalitions, plan_of, smaller_packages
from zaslin.studies.design import study
from zaslin.studies.run import run

PLAYERS = ("PL", "RO", "GB")


def idle_third(nation: str):
    """Poland and Romania, and a third member with nothing in the air and no permission."""
    whole = package("pl-ro-toward-border")
    idle = whole.members[0].model_copy(update={"nation": nation, "assets": (), "caveats": ()})
    return whole.model_copy(update={"name": "with-idle", "members": (*whole.members, idle)})


@pytest.fixture
def shares(small_night, tmp_path) -> Path:
    """Fifty nights of `skyshield-west` and the sub-coalitions of three of its members."""
    item = study(small_night, ["skyshield-west"], 50, seed=3)
    folder = run(item, tmp_path / "runs", threads=2).folder
    fly_coalitions(item, folder, PLAYERS, threads=2)
    return folder


def test_shares_sum_to_what_all_change_and_everybody_is_the_run_itself(shares):
    """Laws: shares sum to v(all) − v(none), replicate by replicate and so in the mean; the coalition of all comes to what the ordinary run came to."""
    results = open_results(shares)
    held = sub_coalitions(results)
    assert held is not None and held.replicates() == 50
    assert held.plan.players == PLAYERS and len(held.plan.stay) == 5
    for name in NAMES:
        game = held.game(name)
        assert len(game.values) == 8
        assert sum(share.shapley.mean for share in game.shares) == approx(game.effect.mean, rel=1e-9, abs=1e-9)
        assert game.effect.mean == approx(game.values[-1].mean - game.values[0].mean, rel=1e-9, abs=1e-9)
        for share in game.shares:
            assert share.shapley.thin or (share.shapley.low <= share.shapley.mean + 1e-12 and share.shapley.mean <= share.shapley.high + 1e-12)
        if name in WHOLE:
            of_run = estimate(results, MEASURES[name], "skyshield-west")
            assert game.values[-1].mean == approx(0.0 if np.isnan(of_run.mean) else of_run.mean, rel=1e-9, abs=1e-9)
    kills = held.game("coalition_kills")
    assert kills.effect.mean > 0.0
    assert [one.share for one in kills.enough] == [0.5, 0.8, 0.95]
    assert all(len(a.members) <= len(b.members) for a, b in pairwise(kills.enough))
    told = coalitions_json(held)
    assert [row["measure"] for row in told["measures"]] == list(told_names()) and len(told["measures"][0]["coalitions"]) == 8
    one = share_json(held, "incursions")
    assert {"measure", "value_all", "value_none", "shares"} <= one.keys()
    assert {"member", "shapley", "low", "high", "banzhaf"} <= one["shares"][0].keys()
    with pytest.raises(InputError, match="did you mean"):
        held.game("incursion")


def told_names():
    from zaslin.measures.sub_coalitions import SHOWN

    return SHOWN


def test_fewer_tagged_samples_expect_the_same(shares):
    """Law: sub-coalitions fly fewer tagged samples than the run, weighted accordingly; both expect the same of forty nights, within noise."""
    results = open_results(shares)
    held = sub_coalitions(results)
    for name in ("incursions", "crossings_stopped"):
        mine, of_run = held.game(name).values[-1], estimate(results, MEASURES[name], "skyshield-west")
        noise = np.hypot(mine.mc_high - mine.mean, of_run.mc_high - of_run.mean)
        assert abs(mine.mean - of_run.mean) <= 3.0 * noise + 1e-12
        assert name in RARE


FLIGHTS = ("sorties", "flight_h", "cost_usd", "minutes_over_ukraine", "unguarded_min")


@pytest.mark.parametrize("nation, exempt", [("GB", ()), ("SK", FLIGHTS)])
def test_a_member_with_nothing_and_no_permission_gets_nothing(small_night, tmp_path, nation, exempt):
    """Law: it changes no measure in any sub-coalition, so its share, alone or last, is exactly 0; nor does it go with anybody. One with a border here may keep
    the others in the air for longer: a raid lasts while a threat is near a member's airspace.
    """
    item = study(small_night, [idle_third(nation)], 20, seed=5)
    folder = run(item, tmp_path / "runs", threads=2).folder
    fly_coalitions(item, folder, threads=2)
    held = sub_coalitions(open_results(folder))
    for name in NAMES:
        game = held.game(name)
        idle = next(share for share in game.shares if share.member == nation)
        if name in exempt:
            continue
        for figure in (idle.shapley, idle.alone, idle.last):
            assert figure.mean == approx(0.0, abs=1e-9 * max(1.0, game.values[-1].mean)), name
        assert all(pair.kind in ("neither", "unclear") for pair in game.pairs if nation in (pair.a, pair.b))
        assert all(nation not in one.members for one in game.enough)


def test_threads_and_a_stop_in_between_change_no_byte(small_night, tmp_path):
    """Records: one thread; two threads; twenty replicates first and twenty more later; interrupted and continued."""
    long, short = (study(small_night, ["pl-ro-toward-border"], n, seed=3) for n in (40, 20))

    def stop(_: str, done: int, __: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    fly_coalitions(long, tmp_path / "one", threads=1)
    fly_coalitions(long, tmp_path / "two", threads=2)
    fly_coalitions(short, tmp_path / "grown", threads=2)
    fly_coalitions(long, tmp_path / "grown", threads=1)
    with pytest.raises(KeyboardInterrupt):
        fly_coalitions(long, tmp_path / "stopped", threads=1, progress=stop)
    assert parts(tmp_path / "stopped") == {0: 30}
    fly_coalitions(long, tmp_path / "stopped", threads=2)
    bytes_of = {name: (tmp_path / name / "coalitions" / "sums-000000.parquet").read_bytes() for name in ("one", "two", "grown", "stopped")}
    assert len(set(bytes_of.values())) == 1
    asked: list[int] = []
    fly_coalitions(long, tmp_path / "one", progress=lambda *_: asked.append(1))
    assert asked == []  # all was there


def test_a_folder_keeps_the_sub_coalitions_of_one_choice(small_night, tmp_path):
    """Another choice of members, or another question, is refused in words."""
    item = study(small_night, ["skyshield-west"], 10, seed=3)
    fly_coalitions(item, tmp_path / "runs", ("PL", "RO"), threads=2)
    with pytest.raises(StoreError, match="another choice of members"):
        fly_coalitions(item, tmp_path / "runs", ("PL", "GB"))
    with pytest.raises(StoreError, match="another question"):
        fly_coalitions(study(small_night, ["skyshield-west"], 10, seed=4), tmp_path / "runs", ("PL", "RO"))


def test_whose_sub_coalitions(small_night):
    """More than eight members: choose; strangers, or fewer than two, are told; full tables are for four at most."""
    whole = package("skyshield-west")
    nine = whole.model_copy(update={"members": (*whole.members, whole.members[0].model_copy(update={"nation": "SK", "assets": (), "caveats": ()}))})
    item = study(small_night, [nine], 10)
    with pytest.raises(InputError, match=r"512 sub-coalitions; at most 8 members.*--members PL,RO,GB,FR,NL,DK,SE,CZ"):
        plan_of(item)
    plan = plan_of(item, ("PL", "SK"))
    assert (plan.players, plan.subsets, len(plan.stay)) == (("PL", "SK"), 4, 7)
    with pytest.raises(InputError, match="US"):
        plan_of(item, ("PL", "US"))
    with pytest.raises(InputError, match="two members or more"):
        plan_of(item, ("PL",))
    with pytest.raises(InputError, match="4 members at most"):
        smaller_packages(whole)
    names = [one.name for one in smaller_packages(whole, ("PL", "RO"))]
    assert names == ["skyshield-west-only-pl", "skyshield-west-only-ro"]
    study(small_night, [whole, *smaller_packages(whole, ("PL", "RO"))], 10)
    assert vary(smaller_packages(whole, ("PL", "RO"))[0]).members[0].nation == "PL"
