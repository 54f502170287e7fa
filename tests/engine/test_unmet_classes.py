"""Classes that a fighter cannot meet: nobody shoots, and why-not says out of reach, or not permitted with the rule."""

from __future__ import annotations

import pytest

import toy_world as toy
from zaslin.engine.loop import fly_chunk
from zaslin.world.arrays import CLASS_NAMES, EFFECT_FORBID, PLACE_UKRAINE, ZONE_ANYWHERE

UNMET = ("supersonic", "aeroballistic", "ballistic", "unknown")
EVERY = 0b111111


def _why(cls, *caveats):
    raid = toy.raid({"points": [(300, 0), (-300, 0)], "speed": 1_000.0, "cls": CLASS_NAMES.index(cls), "name": "it"})
    coalition = toy.coalition([toy.member()], list(caveats), [toy.pair()])
    tables = fly_chunk([raid], [coalition], toy.ground(), 1, "plain", [0], ("g",), ("m",))
    assert tables["shots"].num_rows == tables["engagements"].num_rows == 0
    return {row["member"]: (row["cause"], row["caveat"]) for row in tables["causes"].to_pylist()}


@pytest.mark.parametrize("cls", UNMET)
def test_a_permitted_class_that_no_fighter_meets_is_out_of_reach(cls):
    """By the rule: a pair on station right under it, everything permitted everywhere, and no reach against the class."""
    why = _why(cls, toy.caveat(zone=ZONE_ANYWHERE, place=PLACE_UKRAINE, classes=EVERY, name="all"))
    assert {member: cause for member, (cause, _) in why.items()} == {"PL": "out_of_reach", "coalition": "out_of_reach"}


@pytest.mark.parametrize("cls", UNMET)
def test_a_class_that_no_rule_covers_is_not_permitted_for_want_of_a_match(cls):
    """By the rule: what no entry matches is forbidden, and named no-match."""
    assert _why(cls, toy.caveat(zone=ZONE_ANYWHERE, place=PLACE_UKRAINE))["PL"] == ("not_permitted", "no-match")


@pytest.mark.parametrize("cls", UNMET)
def test_a_class_that_a_rule_forbids_is_not_permitted_by_that_rule(cls):
    """By the rule: forbid beats permit, and is named."""
    rules = [
        toy.caveat(zone=ZONE_ANYWHERE, place=PLACE_UKRAINE, classes=EVERY, name="all"),
        toy.caveat(effect=EFFECT_FORBID, zone=ZONE_ANYWHERE, classes=EVERY & ~0b11, name="nothing-fast"),
    ]
    assert _why(cls, *rules)["PL"] == ("not_permitted", "nothing-fast")
