"""Classes that a fighter cannot meet: nobody shoots, and why-not says so, whatever is seen and permitted."""

from __future__ import annotations

import pytest

import toy_world as toy
from zaslin.engine.loop import fly_chunk
from zaslin.world.arrays import CLASS_NAMES, EFFECT_FORBID, PLACE_UKRAINE, ZONE_ANYWHERE

UNMET = ("supersonic", "aeroballistic", "ballistic", "unknown")
EVERY = 0b111111


def _why(cls, *caveats, members=None, pairs=None, **more):
    raid = toy.raid({"points": [(300, 0), (-300, 0)], "speed": 1_000.0, "cls": CLASS_NAMES.index(cls), "name": "it"})
    coalition = toy.coalition(members or [toy.member()], list(caveats), [toy.pair()] if pairs is None else pairs, **more)
    tables = fly_chunk([raid], [coalition], toy.ground(), 1, "plain", [0], ("g",), ("m",))
    assert tables["shots"].num_rows == tables["engagements"].num_rows == 0
    return {row["member"]: (row["cause"], row["caveat"]) for row in tables["causes"].to_pylist()}


ALL = toy.caveat(zone=ZONE_ANYWHERE, place=PLACE_UKRAINE, classes=EVERY, name="all")
NO_ONE = {"PL": ("unmet_class", None), "coalition": ("unmet_class", None)}


@pytest.mark.parametrize("cls", UNMET)
def test_a_class_that_no_fighter_meets_is_unmet_whatever_the_rules(cls):
    """By the rule: a pair on station right under it and no reach against the class: everything permitted, nothing that covers it, or a forbid."""
    forbid = toy.caveat(effect=EFFECT_FORBID, zone=ZONE_ANYWHERE, classes=EVERY & ~0b11, name="nothing-fast")
    for rules in ([ALL], [toy.caveat(zone=ZONE_ANYWHERE, place=PLACE_UKRAINE)], [ALL, forbid]):
        assert _why(cls, *rules) == NO_ONE


def test_a_class_that_nobody_meets_is_unmet_unseen_too():
    """By the rule: the class comes before the chain, whose first link is to be seen."""
    blind = toy.member(shared=0, mast_m=0.0, setback_m=5e6)
    assert _why("ballistic", ALL, members=[blind]) == NO_ONE
    assert _why("cruise", ALL, members=[blind])["PL"] == ("not_seen", None)


def test_a_battery_or_a_gun_against_the_class_is_enough_for_the_chain_to_count():
    """By the rule: who has a weapon against the class is asked for the links: here no rule covers it, named no-match. That of another member is not enough; the
    coalition's cause is that of the member that got into the chain."""
    anti = toy.battery(reach_m=(0.0,) * 4 + (30_000.0, 0.0), name="anti")
    plain = toy.caveat(zone=ZONE_ANYWHERE, place=PLACE_UKRAINE)
    assert _why("ballistic", plain, batteries=[anti])["PL"] == ("not_permitted", "no-match")
    assert _why("ballistic", plain, pairs=[toy.pair(gun_p=(0, 0, 0, 0, 0.5, 0))])["PL"] == ("not_permitted", "no-match")
    two = _why("ballistic", plain, members=[toy.member(), toy.member(toy.RO)], pairs=[toy.pair(), toy.pair(1, name="ro")], batteries=[anti])
    assert two == {"PL": ("not_permitted", "no-match"), "RO": ("unmet_class", None), "coalition": ("not_permitted", "no-match")}


def test_who_has_no_shooter_is_asked_by_what_the_others_can_meet():
    """By the rule: a member that only watches has the links counted for a class that somebody can meet, and not for one that nobody can."""
    watcher = [toy.member(), toy.member(toy.RO)]
    plain = toy.caveat(zone=ZONE_ANYWHERE, place=PLACE_UKRAINE)
    assert _why("ballistic", plain, members=watcher)["RO"] == ("unmet_class", None)
    anti = toy.battery(reach_m=(0.0,) * 4 + (30_000.0, 0.0), name="anti")
    assert _why("ballistic", plain, members=watcher, batteries=[anti])["RO"] == ("not_permitted", "no-match")
    assert _why("ballistic", plain, pairs=[])["PL"] == ("not_permitted", "no-match")  # nobody has a shooter: the chain alone
