"""A tagged threat is drawn and flown alone where nobody may engage it; no row of it depends on that."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from zaslin.atlas.ground import load_ground
from zaslin.engine import loop
from zaslin.scenario.packages import package
from zaslin.scenario.vary import vary
from zaslin.studies.block import compile_block, draw_block, fly_package
from zaslin.studies.design import study
from zaslin.studies.sub_flights import fly_subsets, subsets_of
from zaslin.world.compile_package import compile_package
from zaslin.world.inputs import Luck
from zaslin.world.raid import around

SEED, BLOCK = 5, 1


@pytest.fixture(params=["status-quo", "pl-ro-toward-border", "skyshield-west", "pooled"])
def flown(request, small_night):
    """(study, ground, what is drawn of a block, the package's coalition)."""
    named = request.param
    chosen = vary(package("pl-ro-toward-border"), {"pooling.enabled": True}, name="pooled") if named == "pooled" else package(named)
    item, ground = study(small_night, [chosen], 20, seed=SEED), load_ground()
    luck = Luck(SEED, BLOCK)
    drawn = draw_block(item, ground, compile_block(item, ground, BLOCK, luck))
    return item, ground, drawn, compile_package(chosen, item.aircraft, ground, SEED, BLOCK, luck, item.others)


def _around(drawn):
    """The same, whole raids from the first."""
    return replace(drawn, flights={draw: [around(raid) for raid in raids] for draw, raids in drawn.flights.items()})


def test_its_rows_are_those_of_the_whole_raid(flown, monkeypatch):
    """Records: the tables of a block's tagged and given threats, drawn alone, and with the whole raid around them from the first. With an alliance some are
    flown alone and some are not; without any permission all are."""
    item, ground, drawn, coalition = flown
    whole = _around(drawn)
    calls = []
    engaged = loop.engaged
    monkeypatch.setattr(loop, "engaged", lambda *given: calls.append(1) or engaged(*given))
    mine = fly_package(item, ground, drawn, coalition)
    asked = len(calls)
    theirs = fly_package(item, ground, whole, coalition)
    assert len(calls) == asked and len(mine["tagged"]["threats"]) == len(drawn.flights["tagged"]) > 5
    for draw in mine:
        assert mine[draw].keys() == theirs[draw].keys()
        for name in mine[draw]:
            # by value: the names of threats that were not drawn are no words of the column's dictionary
            assert mine[draw][name].to_pydict() == theirs[draw][name].to_pydict(), (draw, name)
    some = sum(len(raids) for draw, raids in drawn.flights.items() if draw != "plain")
    assert asked == 0 if coalition.package == "status-quo" else 0 < asked < some


def test_the_threat_is_the_same_alone_and_in_its_raid(flown):
    """Law: its record, path and stays; and the raid is drawn around it once."""
    _, _, drawn, _ = flown
    for alone in drawn.flights["tagged"]:
        raid = around(alone)
        assert raid is around(alone) and raid.whole is None and len(raid.threats) > len(alone.threats) == 1
        assert (raid.names[raid.tag],) == alone.names and alone.tag == 0 and raid.tag_country == alone.tag_country and raid.kept == alone.kept
        one, other = alone.threats[0].copy(), raid.threats[raid.tag].copy()
        path = raid.verts[other["vert_from"] : other["vert_to"]]
        assert path.tobytes() == alone.verts.tobytes()
        for row in (one, other):
            row["vert_from"] = row["vert_to"] = 0
        assert one == other
        stays = raid.inside[raid.inside["threat"] == raid.tag].copy()
        stays["threat"] = 0
        np.testing.assert_array_equal(stays, alone.inside)


def test_sub_coalitions_come_to_the_same(flown):
    """Records: sums of tagged threats under some subsets, drawn alone and whole."""
    _, ground, drawn, coalition = flown
    subsets = subsets_of(coalition, list(range(min(len(coalition.members), 3))))
    for alone in drawn.flights["tagged"][:8]:
        one, other = (fly_subsets(raid, coalition, subsets, ground, SEED, True) for raid in (alone, around(alone)))
        np.testing.assert_array_equal(one, other)
