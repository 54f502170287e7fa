"""The same study gives the same bytes, whatever the threads, the order and the interruptions."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from zaslin.errors import StoreError
from zaslin.measures.books import books
from zaslin.outcomes.store import open_results
from zaslin.scenario.packages import package
from zaslin.studies.design import study
from zaslin.studies.run import run

PACKAGES = ("status-quo", "pl-ro-toward-border")


def parquet(folder: Path) -> dict[str, bytes]:
    """All parts of a folder by their path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}


def test_threads_order_of_packages_and_a_stop_in_between_change_no_byte(small_night, tmp_path):
    """Records: one thread; two threads with the packages the other way round; ten replicates first and ten more later."""
    run(study(small_night, PACKAGES, 20, seed=3), tmp_path / "one", threads=1)
    run(study(small_night, PACKAGES[::-1], 20, seed=3), tmp_path / "two", threads=2)
    run(study(small_night, PACKAGES, 10, seed=3), tmp_path / "grown", threads=2)
    run(study(small_night, PACKAGES, 20, seed=3), tmp_path / "grown", threads=1)
    one = parquet(tmp_path / "one")
    assert any(name.startswith("status-quo/threats-000000") for name in one)
    assert parquet(tmp_path / "two") == one
    assert parquet(tmp_path / "grown") == one


def test_threads_change_no_byte_of_a_given_crossing(small_night, tmp_path):
    """Records: with a crossing like that of 2023-12-29, one thread and two; the given draw has rows of its own."""
    item = study(small_night, PACKAGES, 20, seed=3, given="PL-2023-12-29")
    run(item, tmp_path / "one", threads=1)
    results = run(item, tmp_path / "two", threads=2)
    assert results.scan("threats", PACKAGES[0], "given").collect().height > 0
    one = parquet(tmp_path / "one")
    assert any("threats-given-" in name for name in one)
    assert parquet(tmp_path / "two") == one


def test_another_seed_is_another_night_and_the_folder_refuses_it(small_night, tmp_path):
    """A results folder answers one question; the message names the difference."""
    run(study(small_night, PACKAGES, 10, seed=3), tmp_path / "first", threads=1)
    run(study(small_night, PACKAGES, 10, seed=4), tmp_path / "other", threads=1)
    assert parquet(tmp_path / "first") != parquet(tmp_path / "other")
    with pytest.raises(StoreError, match="seed 3, now 4"):
        run(study(small_night, PACKAGES, 10, seed=4), tmp_path / "first", threads=1)


def test_an_interrupted_run_keeps_its_blocks_and_the_same_command_completes_it(small_night, tmp_path):
    """Ctrl-C after seven of nine blocks: what is unbroken stays; completed, the bytes are those of a run without a stop."""
    item = study(small_night, PACKAGES, 90, seed=3)

    def stop(_: str, done: int, __: int) -> None:
        if done == 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(item, tmp_path / "stopped", threads=2, progress=stop)
    kept = open_results(tmp_path / "stopped")
    n = kept.finished()
    assert 40 <= n <= 70  # with two threads a few blocks are out of order
    assert {len(kept.table("threats", name)) for name in PACKAGES} == {12 * n}
    flown = run(item, tmp_path / "stopped", threads=2).manifest["summary"]["replicates_flown"]
    assert flown == 2 * (90 - n)
    run(item, tmp_path / "whole", threads=2)
    assert parquet(tmp_path / "stopped") == parquet(tmp_path / "whole")


def test_a_folder_says_how_many_replicates_it_has_not_how_many_were_once_asked(small_night, tmp_path):
    """A large run that was stopped, then a small one: the small one's number counts."""

    def stop(_: str, done: int, __: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(study(small_night, PACKAGES, 90, seed=3), tmp_path / "runs", threads=1, progress=stop)
    results = run(study(small_night, PACKAGES, 30, seed=3), tmp_path / "runs", threads=1)
    assert results.replicates == results.finished() == 30


def test_books_balance_and_the_status_quo_never_fires(small_night, tmp_path):
    """Fates sum to the launched, causes to what the coalition did not kill, per member and once for all."""
    results = run(study(small_night, (*PACKAGES, "skyshield-west"), 30, seed=5), tmp_path / "runs", threads=2)
    for name in results.packages:
        assert books(results, name) is None
        fates = results.table("threats", name).group_by("replicate").len()
        assert fates["len"].to_list() == [12] * 30
    assert results.table("shots", "status-quo").height == 0
    assert results.table("windows", "status-quo").height == 0
    assert set(results.table("threats", "status-quo")["fate"]) <= {"leaked", "killed_ua", "lost", "left"}
    assert results.table("shots", "skyshield-west").height > 0


def test_a_member_that_leaves_takes_no_luck_of_the_others_along(small_night, tmp_path):
    """Without Poland, Romania sees, permits and flies as before; raids and Ukraine's stops are the same to the last digit. What either package shot down ends
    sooner in it, and its tracks and windows with it."""
    both = package("pl-ro-toward-border")
    alone = both.model_copy(update={"members": tuple(member for member in both.members if member.nation == "RO"), "name": "ro-alone"})
    results = run(study(small_night, (both, alone), 20, seed=6), tmp_path / "runs", threads=2)
    raid = ["replicate", "threat", "model", "launch_s", "end_s", "would_have", "excursion", "crosses", "first_border_s"]
    assert results.table("threats", both.name).select(raid).equals(results.table("threats", "ro-alone").select(raid))
    key = ["replicate", "threat"]
    killed = pl.concat([results.table("threats", name).filter(pl.col("fate") == "killed_member").select(key) for name in (both.name, "ro-alone")])
    for name in ("tracks", "windows"):
        mine = results.table(name, both.name).filter(pl.col("member") == "RO").join(killed, on=key, how="anti", maintain_order="left")
        assert mine.equals(results.table(name, "ro-alone").join(killed, on=key, how="anti", maintain_order="left"))
    assert results.table("tracks", "ro-alone").height > 0
