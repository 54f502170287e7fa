"""Blocks flown under given quantiles, and the screening that is made of them: exact where nothing changes, the same on any threads, continued."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from zaslin.atlas.ground import load_ground
from zaslin.errors import InputError, StoreError
from zaslin.measures.estimate import compare, estimate
from zaslin.measures.registry import MEASURES
from zaslin.outcomes.held import Held
from zaslin.outcomes.screened import read_screening
from zaslin.outcomes.store import open_results
from zaslin.scenario.packages import package
from zaslin.studies import screening
from zaslin.studies.answers import answers, block_answers
from zaslin.studies.block import SAMPLES_PER_BLOCK, fly_block
from zaslin.studies.design import Study, inputs_hash, study
from zaslin.studies.elementary import Effect
from zaslin.studies.factors import Factor, factors, group_of
from zaslin.studies.run import run
from zaslin.studies.screening import Plan, choose, screen
from zaslin.world.inputs import BLOCK_SIZE, quantile

PACKAGES = ("status-quo", "pl-ro-toward-border")
UNREAD = "PL/picture/shared/latency"
"""Both packages have their shared picture switched off."""
KEPT = {UNREAD, "layer/cruise/stopped", "layer/drone/stopped", "aircraft/p_kill/cruise", "aircraft/missile_cost"}
SMALL = Plan(group_trajectories=2, trajectories=2, blocks=1, single=4)


@pytest.fixture
def item(small_night) -> Study:
    """A small study of two packages."""
    return study(small_night, PACKAGES, 10, seed=3)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five factors instead of a hundred."""
    real = factors
    monkeypatch.setattr(screening, "factors", lambda item, ground: [factor for factor in real(item, ground) if factor.name in KEPT])


def same(a: dict[str, dict[str, dict[str, pa.Table]]], b: dict[str, dict[str, dict[str, pa.Table]]]) -> bool:
    """Whether all tables of two flown blocks are alike to the last bit."""
    return all(a[p][d][t].equals(b[p][d][t]) for p in a for d in a[p] for t in a[p][d]) and {p: {d: set(a[p][d]) for d in a[p]} for p in a} == {
        p: {d: set(b[p][d]) for d in b[p]} for p in b
    }


def test_every_uncertain_number_is_a_factor_and_says_where_it_stands(item):
    """Law: each number of the manifest that has a range and is compiled belongs to exactly one factor; equal draws of two packages are one factor."""
    found = factors(item, load_ground())
    paths = [path for factor in found for path in factor.paths]
    assert len(paths) == len(set(paths)) and all(factor.paths for factor in found)
    by_name = {factor.name: factor for factor in found}
    assert by_name["PL/picture/mast"].paths == tuple(f"package.{name}.members[PL].picture.mast" for name in PACKAGES)
    assert by_name["layer/region/west"].paths == ("layer.region_weight.west",)
    assert by_name["layer/cruise/stopped"].numbers[0].shape == "posterior"
    assert len(by_name["aircraft/p_kill/cruise"].paths) > 1


def test_numbers_stand_in_the_group_that_is_named_after_them(item):
    """By hand: what hits is no cost, a salvo is no rule, and no draw of a package is left to a group that nobody named."""
    names = {
        "aircraft/judging/miss_unseen": "aircraft/weapons", "aircraft/gun/p_kill/drone": "aircraft/weapons", "aircraft/tail_loss": "aircraft/weapons",
        "aircraft/look_down_loss": "aircraft/weapons", "aircraft/gun/burst_cost": "aircraft/costs", "aircraft/missile_cost": "aircraft/costs",
        "aircraft/F/A-18/flight_hour_cost": "aircraft/costs", "aircraft/dash_burn": "aircraft/flight", "PL/pl-cap/salvo/cruise": "PL/force",
        "PL/pl-cap/pairs": "PL/force", "PL/toward-border/horizon/cruise": "PL/rules", "assignment/values/drone": "assignment", "others/at_risk": "others",
    }  # fmt: skip
    assert {name: group_of(name, item) for name in names} == names
    costs = [factor.name for factor in factors(item, load_ground()) if factor.group == "aircraft/costs"]
    assert costs and all("cost" in name for name in costs)


def test_all_quantiles_set_to_the_drawn_ones_give_the_ordinary_block(item):
    """Law: setting an input to the quantile that its key draws changes no byte, nor does an empty mapping; another quantile does."""
    ground = load_ground()
    every = factors(item, ground)
    ordinary = fly_block(item, ground, item.packages, 4)
    drawn = {factor.name: quantile(factor.name, item.seed, 4) for factor in every}
    again = fly_block(item, ground, item.packages, 4, drawn)
    assert same(ordinary.tables, again.tables) and again.record == ordinary.record
    moved = fly_block(item, ground, item.packages, 4, {"layer/cruise/stopped": 0.05})
    assert not same(ordinary.tables, moved.tables)


def test_a_block_in_memory_is_read_like_a_folder(item, tmp_path):
    """Law: estimates and differences of a block held in memory are those of a folder that holds it."""
    results = run(item, tmp_path / "one", threads=1)
    flown = fly_block(item, load_ground(), item.packages, 0)
    held = Held([one.model_dump(mode="json") for one in item.packages], 0, BLOCK_SIZE, SAMPLES_PER_BLOCK, flown.tables, flown.record)
    for name in ("incursions", "leakers", "expected_casualties", "cost_usd", "crossings_stopped"):
        assert estimate(held, MEASURES[name], PACKAGES[1]).mean == pytest.approx(estimate(results, MEASURES[name], PACKAGES[1]).mean, rel=1e-12)
        assert compare(held, MEASURES[name], *PACKAGES).mean == pytest.approx(compare(results, MEASURES[name], *PACKAGES).mean, rel=1e-12)


def test_a_blocks_answers_are_the_same_each_time_to_the_last_bit(item):
    """Law: polars' threads may add rows in any order; an exact reading does not show it."""
    wanted = answers(item)
    flown = fly_block(item, load_ground(), item.packages, 0)
    first = block_answers(item, wanted, 0, flown.tables, flown.record)
    assert all(block_answers(item, wanted, 0, flown.tables, flown.record) == first for _ in range(20))
    held = Held([one.model_dump(mode="json") for one in item.packages], 0, BLOCK_SIZE, SAMPLES_PER_BLOCK, flown.tables, flown.record)
    for answer, value in zip(wanted, first, strict=True):
        if answer.kind == "level":
            assert value == pytest.approx(estimate(held, MEASURES[answer.measure], answer.a).mean, rel=1e-9, abs=1e-9)


@pytest.mark.slow
def test_a_screening_is_the_same_on_any_threads_and_finds_nothing_where_nothing_reads(item, few, tmp_path):
    """Law: one thread and two write the same file; the switched-off picture has mu* exactly 0 in every answer, and what is stopped has not."""
    one = screen(item, tmp_path / "one", SMALL, threads=1)
    screen(item, tmp_path / "two", SMALL, threads=2)
    assert (tmp_path / "one" / "screening.json").read_bytes() == (tmp_path / "two" / "screening.json").read_bytes()
    rows = {row["name"]: row for row in one["rows"]}
    unread = rows.get(UNREAD) or rows["picture/shared"]
    assert [effect["mu_star"] for effect in unread["effects"].values()] == [0.0] * len(one["targets"])
    assert not any(effect["told"] for effect in unread["effects"].values())
    leakers = rows["layer/cruise/stopped"]["effects"]["leakers: status-quo"]
    assert leakers["mu"] < 0.0 < leakers["mu_star"]
    for target in one["targets"]:
        effects = [row["effects"][target["key"]] for row in one["rows"]]
        assert sorted(effect["rank"] for effect in effects) == list(range(1, len(effects) + 1))
        assert sum(effect["share"] for effect in effects) == pytest.approx(1.0 if any(effect["mu_star"] for effect in effects) else 0.0)


@pytest.mark.slow
def test_an_interrupted_screening_goes_on_and_another_is_refused(item, few, tmp_path):
    """Records: stopped after some evaluations, a line cut in half, completed: the file of a screening without a stop. Another plan has no place there."""
    whole = screen(item, tmp_path / "whole", SMALL, threads=1)
    seen = []

    def stop(what: str, done: int, of: int) -> None:
        seen.append(done)
        if done >= 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        screen(item, tmp_path / "cut", SMALL, threads=1, progress=stop)
    kept = sorted((tmp_path / "cut" / "screening").rglob("*.jsonl"))
    assert kept and not (tmp_path / "cut" / "screening.json").exists()
    with kept[0].open("ab") as file:
        file.write(b"[0.1, 0.")
    assert screen(item, tmp_path / "cut", SMALL, threads=2) == whole
    lines = {path.name: path.read_bytes() for path in (tmp_path / "whole" / "screening" / "groups").iterdir()}
    assert {path.name: path.read_bytes() for path in (tmp_path / "cut" / "screening" / "groups").iterdir()} == lines
    with pytest.raises(StoreError, match="another number of trajectories"):
        screen(item, tmp_path / "cut", Plan(2, 3, 1, 4), threads=1)
    assert read_screening(tmp_path / "cut", inputs_hash(item)) == json.loads(json.dumps(whole))
    with pytest.raises(StoreError, match="another question"):
        read_screening(tmp_path / "cut", "0" * 64)


@pytest.mark.slow
def test_a_screening_leaves_the_folders_own_replicates_alone(item, few, tmp_path):
    """Law: nothing of the run is touched, and its folder still opens."""
    run(item, tmp_path / "first", threads=1)
    before = {path: path.read_bytes() for path in (tmp_path / "first").rglob("*.parquet")}
    screen(item, tmp_path / "first", Plan(2, 2, 1, 1), threads=1)
    assert {path: path.read_bytes() for path in (tmp_path / "first").rglob("*.parquet")} == before
    assert open_results(tmp_path / "first").replicates == 10


def test_groups_are_opened_by_their_share_of_the_answers():
    """By hand: shares of two answers, on average: `b` 0.5 (5 of 8, 3 of 8), `a` 0.4375, `c` 0.0625. `d` changes nothing and is never opened; what
    does not fit is passed over."""
    number = package("status-quo").members[0].picture.mast
    every = [Factor(f"{group}/{i}", group, (number,), ()) for i, group in enumerate("aabbcdd")]
    answers = ({"a": 2.0, "b": 5.0, "c": 1.0, "d": 0.0}, {"a": 5.0, "b": 3.0, "c": 0.0, "d": 0.0})
    found = [{group: Effect(size, 0.0, None, None, 0.1, False) for group, size in answer.items()} for answer in answers]
    assert choose(found, every, 2) == {"b"}
    assert choose(found, every, 3) == {"b", "c"}
    assert choose(found, every, 9) == {"a", "b", "c"}


@pytest.mark.parametrize("wrong", [{"blocks": 0}, {"trajectories": 1}, {"group_trajectories": 1}, {"single": 0}])
def test_a_plan_that_can_tell_nothing_is_refused(wrong):
    """By hand: one trajectory has no spread."""
    with pytest.raises(InputError, match="whole number"):
        Plan(**wrong)


def test_the_work_folder_may_not_be_written(item, few, tmp_path):
    """A file in the way of the folder is told in words."""
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(StoreError, match="a part of the path is a file"):
        screen(item, Path(tmp_path / "file" / "in"), SMALL, threads=1)
