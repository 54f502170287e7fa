"""A run's looks told again: what is listed is what the tables sum, and what is told of a threat ends with it."""

from __future__ import annotations

from collections import defaultdict

import polars as pl
import pytest

from zaslin.brief.story import story_lines
from zaslin.errors import InputError
from zaslin.measures.books import books
from zaslin.measures.story import story, with_looks
from zaslin.outcomes.store import open_results
from zaslin.studies.design import study
from zaslin.studies.replay import looks_again
from zaslin.studies.run import run

NAME = "skyshield-west"
AFTER = {"would_enter", "out_of_view", "last_looks", "fate", "found_nothing", "fired_at_wreck", "engagement_ended", "fell", "permission_ended"}
"""What may be told at the second of the fate or later."""


@pytest.fixture
def flown(small_night, tmp_path):
    item = study(small_night, ("pl-ro-toward-border", NAME), 20, seed=5)
    return item, run(item, tmp_path / "runs", threads=2)


def test_what_is_told_of_a_threat_ends_with_it(flown):
    """Law, in every replicate: no window or track begins at or after the fate, none that is open ends after it, and every shot lies in its engagement."""
    _, results = flown
    for name in results.packages:
        assert books(results, name) is None
        fates = results.table("threats", name).select("replicate", "threat", "fate", "fate_s")
        windows = results.table("windows", name).join(fates, on=["replicate", "threat"])
        tracks = results.table("tracks", name).join(fates, on=["replicate", "threat"])
        assert windows.height > 0 and windows.filter((pl.col("from_s") >= pl.col("fate_s")) | (pl.col("to_s") > pl.col("fate_s"))).height == 0
        late = pl.any_horizontal(pl.col(column) >= pl.col("fate_s") for column in ("seen_s", "classified_s", "lost_s"))
        assert tracks.filter(late).height == 0
    killed = results.table("threats", NAME).filter(pl.col("fate") == "killed_member")
    assert killed.height > 0


def test_the_looks_told_are_those_that_the_tables_sum(flown):
    """Law: for threats of several replicates, killed and not: the tracks that the hits make, those that outlive the member's delay, sum to the looks and hits
    of the table's rows; in the story hits and missed looks up to the fate are all looks up to it."""
    item, results = flown
    own = pl.col("seen_by").is_in(["ground", "airborne"])  # what begins in a partner's picture may end before the first own look
    tracks = results.table("tracks", NAME).filter((pl.col("looks") > 0) & own)
    order = results.table("threats", NAME).join(tracks.select("replicate", "threat").unique(), on=["replicate", "threat"]).sort("replicate", "threat")
    chosen = pl.concat([order.filter(pl.col("fate") == "killed_member").head(4), order.filter(pl.col("fate") != "killed_member").head(8)])
    assert chosen.height > 6
    looks = losses = 0
    for at in chosen.iter_rows(named=True):
        again = looks_again(item, NAME, at["replicate"], at["threat"])
        runs = {(run["member"], run["from_s"]): run for run in again["runs"]}
        rows = results.table("tracks", NAME).filter(
            (pl.col("replicate") == at["replicate"]) & (pl.col("threat") == at["threat"]) & pl.col("seen_s").is_not_null()
        )
        assert rows.height > 0
        for row in rows.iter_rows(named=True):
            mine = runs[row["member"], row["seen_s"]]
            assert (mine["looks"], mine["hits"]) == (row["looks"] or 0, row["hits"] or 0)
        listed = defaultdict(lambda: [0, 0])
        for radar in again["radars"]:
            for view in radar["views"]:
                for track in view["tracks"]:
                    hits = [hit["look"] for hit in view["hits"]]
                    start = next(i for i, hit in enumerate(view["hits"]) if hit["t_s"] == track["from_s"]) - 1
                    assert len(hits[start : start + track["hits"]]) == track["hits"]
                    for member in radar["members"]:
                        if track["to_s"] is None or track["from_s"] + radar["track_delay_s"][member] < track["to_s"]:
                            listed[member][0] += track["looks"]
                            listed[member][1] += track["hits"]
        counted = defaultdict(lambda: [0, 0])
        for mine in again["runs"]:
            counted[mine["member"]][0] += mine["looks"]
            counted[mine["member"]][1] += mine["hits"]
        for member, sums in counted.items():
            assert listed[member] == sums
        told = with_looks(story(results, NAME, at["replicate"], at["threat"]), again["radars"])
        looks += _all_looks_are_told(told, again["radars"])
        losses += _the_sums_at_a_loss_are_told(told)
        late = {event["event"] for event in told["story"] if event["t_s"] > at["fate_s"]}
        assert late <= AFTER
        assert len(story_lines(told, results.manifest["night"], every_look=True)) >= len(story_lines(told, results.manifest["night"]))
    assert looks > 1_000 and losses > 100


def _all_looks_are_told(told, radars) -> int:
    """How many looks there were before the fate, all of them told. (The table counts on the free flight: all of a track's looks may come after a kill.)"""
    end = next(event["t_s"] for event in told["story"] if event["event"] == "fate")
    looks = sum(
        sum(view["first_s"] + k * radar["revisit_s"] < end - 1e-6 for k in range(view["looks"])) for radar in radars for view in radar["views"] if view["looks"]
    )
    assert sum((event["event"] == "look_hit") + event.get("missed", 0) for event in told["story"] if "members" in event) == looks
    return looks


def _the_sums_at_a_loss_are_told(told) -> int:
    """How many losses there were. What a member's radars dropped, without what was too short to count, is what its tracks are told to have been lost after."""
    losses = 0
    for member in told["members"]:
        lost = [event for event in told["story"] if event["event"] == "track_lost" and event["member"] == member and event["looks"]]
        losses += len(lost)
        if lost:
            until = lost[-1]["t_s"] + 1e-6
            dropped = [event for event in told["story"] if event["event"] == "dropped" and member in event["members"] and event["t_s"] <= until]
            counted = [event for event in dropped if member not in event["uncounted"]]
            for column in ("looks", "hits"):
                assert sum(event[column] for event in counted) == sum(event[column] for event in lost)
    return losses


def test_a_package_or_threat_that_is_not_there_is_named(flown):
    item, results = flown
    with pytest.raises(InputError, match='did you mean "skyshield-west"'):
        looks_again(item, "skyshield-wets", 0, "x")
    with pytest.raises(InputError, match="no threat"):
        looks_again(item, NAME, 0, "nothing-like-it")
    assert open_results(results.folder).packages == ("pl-ro-toward-border", NAME)
