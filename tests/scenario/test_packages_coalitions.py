"""The coalitions of DESIGN's table beside pl-ro-toward-border: each differs from it in its rule, or its members, and in nothing else."""

from __future__ import annotations

import re

import pytest

from zaslin.brief.rules import own_airspace_only
from zaslin.scenario.nations import nation_name
from zaslin.scenario.package import Caveat, Fighters, Member, Package
from zaslin.scenario.packages import package, package_names
from zaslin.scenario.say import package_sentences, package_sources
from zaslin.scenario.sourced import ASSUMPTION
from zaslin.scenario.sources import named_in, sources

BASE = "pl-ro-toward-border"
PAIRS = ("pl-ro-own-airspace", "pl-ro-may-enter", "pl-ro-100km")
NEW = (*PAIRS, "neighbours")


def member(item: Package, nation: str) -> Member:
    return next(member for member in item.members if member.nation == nation)


def caveats(name: str, nation: str) -> dict[str, Caveat]:
    return {caveat.id: caveat for caveat in member(package(name), nation).caveats}


@pytest.mark.parametrize("name", PAIRS)
def test_two_nations_with_the_same_assets_and_pictures(name: str):
    """DESIGN's table: "the same as own-airspace"; the same ids, so that luck pairs."""
    mine, base = package(name), package(BASE)
    assert [item.nation for item in mine.members] == ["PL", "RO"]
    for item, other in zip(mine.members, base.members, strict=True):
        assert (item.assets, item.picture) == (other.assets, other.picture)
    assert mine.date == base.date
    assert mine.zones == {}


@pytest.mark.parametrize("nation", ["PL", "RO"])
def test_own_airspace_is_toward_border_less_its_second_rule(nation: str):
    """DESIGN: "fire in own airspace only"; the brief must know it for what it is."""
    base = caveats(BASE, nation)
    assert caveats("pl-ro-own-airspace", nation) == {"own-airspace": base["own-airspace"]}
    assert member(package("pl-ro-own-airspace"), nation).separation_delay is None
    found = {name: own_airspace_only(package(name).model_dump(mode="json")) for name in package_names()}
    assert [name for name, only in found.items() if only] == ["pl-ro-own-airspace"]


@pytest.mark.parametrize("nation", ["PL", "RO"])
def test_may_enter_differs_by_where_the_shooter_is_and_by_the_separation_delay(nation: str):
    """DESIGN: as toward-border, and shooters may enter, pursuit radius 120 km (60–250); separation 30 s (0–120)."""
    base, mine = caveats(BASE, nation), caveats("pl-ro-may-enter", nation)
    assert mine["own-airspace"] == base["own-airspace"]
    rule = mine["toward-border"]
    assert rule.model_copy(update={"shooter_place": base["toward-border"].shooter_place, "says": base["toward-border"].says}) == base["toward-border"]
    pursuit = rule.shooter_place.pursuit
    assert rule.shooter_place.area == "ukraine"
    assert pursuit is not None
    assert (pursuit.value, pursuit.low, pursuit.high, pursuit.unit) == (120, 60, 250, "km")
    assert set(mine) == set(base)


@pytest.mark.parametrize("nation", ["PL", "RO"])
def test_100km_is_a_belt_with_any_heading(nation: str):
    """DESIGN: plus over Ukraine within 100 km of the own border, any heading, may enter."""
    base, mine = caveats(BASE, nation), caveats("pl-ro-100km", nation)
    assert mine["own-airspace"] == base["own-airspace"]
    assert set(mine) == {"own-airspace", "within-100km"}
    rule = mine["within-100km"]
    assert rule.zone.within is not None
    assert (rule.zone.within.si, rule.zone.within.low, rule.zone.within.high) == (100_000.0, 100, 100)
    assert (rule.effect, rule.heading, rule.shooter_place.area, rule.approval.authority) == ("permit", None, "ukraine", "pre-delegated")
    assert rule.classes == base["toward-border"].classes


@pytest.mark.parametrize("name", ["pl-ro-may-enter", "pl-ro-100km"])
def test_who_may_enter_keeps_clear_of_ukraines_missiles(name: str):
    """DESIGN, "Posture": 30 s (0–120)."""
    for item in package(name).members:
        assert item.separation_delay is not None
        assert (item.separation_delay.value, item.separation_delay.low, item.separation_delay.high, item.separation_delay.unit) == (30, 0, 120, "s")


def test_neighbours_are_toward_border_and_three_more_under_its_rule():
    """DESIGN: PL, RO, SK, HU, MD; rule as pl-ro-toward-border; MD has no fighters. Stations lie at home and within 50 km of the border."""
    mine, base = package("neighbours"), package(BASE)
    assert [item.nation for item in mine.members] == ["PL", "RO", "SK", "HU", "MD"]
    assert mine.members[:2] == base.members
    rules = caveats(BASE, "PL")
    for nation in ("SK", "HU"):
        found = caveats("neighbours", nation)
        assert {id: caveat.model_copy(update={"says": rules[id].says}) for id, caveat in found.items()} == rules
        assert all(nation_name(nation) in caveat.says for caveat in found.values())
    moldova = member(mine, "MD")
    assert (moldova.assets, moldova.caveats) == ((), ())
    assert all(item.picture == base.members[0].picture for item in mine.members)


def test_slovakia_and_hungary_bring_what_they_had_in_august_2024():
    """TASR and AP: no Slovak fighter on alert, Czech ones from Czechia guard it; Hungary's Gripens from Kecskemét."""
    mine = package("neighbours")
    slovak, hungarian = ([asset for asset in member(mine, nation).assets if isinstance(asset, Fighters)] for nation in ("SK", "HU"))
    assert [(asset.kind, asset.base, asset.operator) for asset in slovak] == [("qra", "LKCV", "the Czech Air Force")]
    assert [(asset.kind, asset.base, asset.pairs.low, asset.pairs.high) for asset in hungarian] == [("qra", "LHKE", 1, 1), ("cap", "LHKE", 0, 1)]
    assert {asset.aircraft for asset in (*slovak, *hungarian)} == {"JAS 39C/D Gripen"}
    assert "none on alert" in member(mine, "SK").note


@pytest.mark.parametrize("name", NEW)
def test_nobody_is_said_to_have_agreed(name: str):
    """No source tells of a nation that would take part: the package says so itself, not only by its mark."""
    item = package(name)
    assert item.agreed == "illustrative"
    assert "no nation has agreed" in f"{item.summary} {item.note}".lower()


@pytest.mark.parametrize("name", NEW)
def test_every_caveat_and_asset_has_a_source_or_is_an_assumption(name: str):
    """By the sentences: each names what it rests on; a source that covers a part only comes with a note."""
    for sentence in package_sentences(package(name)):
        if sentence.section in ("assets", "caveats") and "brings no aircraft" not in sentence.text:
            assert sentence.sources
    for item in package(name).members:
        for asset in item.assets:
            assert asset.source == ASSUMPTION or "assumption" in asset.note


@pytest.mark.parametrize("name", package_names())
def test_what_looks_like_a_source_in_a_note_is_one(name: str):
    """A note names sources by their ids; a slip in one would leave a reader with nothing to open."""
    item = package(name)
    for note in (item.note, *(member.note for member in item.members)):
        looks = set(re.findall(r"[a-z]+(?:-[a-z]+)*-\d{4}(?:-\d{2})*", note))
        assert looks == set(named_in(note))
        assert looks <= set(package_sources(item))
        assert looks <= set(sources())


def test_the_sentences_can_be_read_out():
    """By hand from the files: the rules, the delay, and a member that only watches."""
    told = {name: [sentence.text for sentence in package_sentences(package(name))] for name in NEW}
    assert any("over Ukraine within 100 km of the own border, from Ukraine's airspace too" in text for text in told["pl-ro-100km"])
    assert any("from Ukraine's airspace too up to 120 km (60–250) from the own border" in text for text in told["pl-ro-may-enter"])
    delay = "Poland's shots at what is outside its own airspace wait 30 s (0–120) to be clear of Ukraine's own missiles."
    assert delay in told["pl-ro-may-enter"]
    assert not any("wait" in text for text in (*told["pl-ro-own-airspace"], *told["neighbours"]))
    assert not any("over Ukraine" in text for text in told["pl-ro-own-airspace"] if "caveat" in text)
    assert "Moldova brings no aircraft and no batteries." in told["neighbours"]
    assert "No caveat of Moldova permits fire: it watches, and has no fighters." in told["neighbours"]
    assert any(text.startswith("Slovakia grounded its MiG-29s") for text in told["neighbours"])


def test_which_of_the_coalitions_pairs_a_patrol_flies_is_said_plainly():
    """By the file: Britain's turn is the 8th of the pairs, Poland's are the 3rd and the 11th; an ordinal is English up to a hundred and more."""
    from zaslin.scenario.say import _ordinal

    told = " ".join(sentence.text for sentence in package_sentences(package("skyshield-west")))
    assert "pairs number" not in told
    assert "They are the 3rd and 11th of the coalition's pairs: each flies where the coalition keeps at least that many airborne." in told
    assert "It is the 8th of the coalition's pairs: it flies where the coalition keeps at least 8 airborne." in told
    assert "The Netherlands' caveat" in told and "Netherlands's" not in told
    assert [_ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 111, 122)] == ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "111th", "122nd"]
