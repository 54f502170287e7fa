"""Deconfliction as a word of a member: old and new, what is usual, what is said of it; and the numbers behind objects that are no threats."""

from __future__ import annotations

import pytest

from zaslin.atlas.ground import load_ground
from zaslin.errors import SpecError
from zaslin.scenario.aircraft_catalogue import aircraft_catalogue
from zaslin.scenario.others import other_traffic
from zaslin.scenario.package import Package
from zaslin.scenario.packages import package
from zaslin.scenario.say import package_sentences
from zaslin.scenario.sourced import ASSUMPTION
from zaslin.scenario.sources import named_in, sources
from zaslin.scenario.vary import vary
from zaslin.world.arrays import CIVIL, FRIENDLY
from zaslin.world.compile_package import compile_package

SECONDS = {"value": 45.0, "low": 45.0, "high": 45.0, "unit": "s"}


def with_word(name: str = "pl-ro-may-enter", **changes: object) -> Package:
    """A shipped package whose members say something else of deconfliction; `separation_delay` goes unless it is given."""
    data = package(name).model_dump()
    for member in data["members"]:
        member |= {"separation_delay": None, "deconfliction": None, **changes}
    return Package.model_validate(data)


def compiled(item: Package):  # type: ignore[no-untyped-def]
    return compile_package(item, aircraft_catalogue(), load_ground(), 1, 0, others=other_traffic()).members


def test_the_old_word_means_shared_zones_with_its_delay():
    old = with_word(separation_delay=SECONDS)
    new = with_word(deconfliction={"agreed": "shared-zones", "delay": SECONDS})
    assert all(member.deconflicted and member.waits is not None for item in (old, new) for member in item.members)
    assert compiled(old).tobytes() == compiled(new).tobytes()
    assert (compiled(old)["separation_s"] == 45.0).all()


@pytest.mark.parametrize(("agreed", "wanted"), [("shared-zones", (30, 0, 120)), ("none", (120, 30, 600))])
def test_what_is_left_out_takes_the_usual_wait(agreed: str, wanted: tuple[float, ...]):
    for member in with_word(deconfliction={"agreed": agreed}).members:
        assert member.waits is not None
        assert (member.waits.value, member.waits.low, member.waits.high) == wanted
        assert member.deconflicted == (agreed == "shared-zones")


def test_without_a_word_nothing_is_agreed_and_no_shot_waits():
    silent, none = compiled(with_word()), compiled(with_word(deconfliction={"agreed": "none"}))
    assert (silent["separation_s"] == 0.0).all() and (none["separation_s"] > 0.0).all()
    assert silent["mistakes"].tolist() == none["mistakes"].tolist()


def test_an_agreement_is_known_to_the_compiled_members():
    agreed, none = (compiled(with_word(deconfliction={"agreed": word, "delay": SECONDS})) for word in ("shared-zones", "none"))
    assert (agreed["mistakes"][:, FRIENDLY] < none["mistakes"][:, FRIENDLY]).all()
    assert (agreed["mistakes"][:, CIVIL] == none["mistakes"][:, CIVIL]).all()
    assert (agreed["at_risk_per_s"] < none["at_risk_per_s"]).all() and (agreed["at_risk_per_s"] > 0.0).all()
    assert agreed["separation_s"].tolist() == none["separation_s"].tolist()


def test_both_words_at_once_and_an_unknown_one_are_faults():
    for changes, words in (
        ({"separation_delay": SECONDS, "deconfliction": {"agreed": "none"}}, "say the same"),
        ({"deconfliction": {"agreed": "perhaps"}}, "agreed"),
        ({"deconfliction": {}}, "agreed"),
    ):
        with pytest.raises(ValueError, match=words):
            with_word(**changes)
    with pytest.raises(SpecError):
        vary(package("pl-ro-may-enter"), {"members[PL].deconfliction": {"agreed": "none"}})


def test_what_was_agreed_is_said():
    def told(item: Package) -> str:
        return " ".join(sentence.text for sentence in package_sentences(item))

    assert "Shared engagement zones are agreed with Ukraine" in told(with_word(deconfliction={"agreed": "shared-zones"}))
    assert "Nothing is agreed with Ukraine's own defence" in told(with_word(deconfliction={"agreed": "none"}))
    assert "wait 120 s (30–600)" in told(with_word(deconfliction={"agreed": "none"}))
    assert "agreed with Ukraine" not in told(with_word())


def test_who_never_fires_meets_no_objects_and_all_others_the_same():
    ground, planes = load_ground(), aircraft_catalogue()
    mine = {
        name: compile_package(package(name), planes, ground, 3, 1, others=other_traffic()).others for name in ("status-quo", "pl-ro-100km", "skyshield-west")
    }
    assert mine["status-quo"] is None
    a, b = mine["pl-ro-100km"], mine["skyshield-west"]
    assert a is not None and b is not None
    assert a.kinds.tobytes() == b.kinds.tobytes() and a.names == b.names and a.cells.tobytes() == b.cells.tobytes()


def test_every_number_is_an_assumption_with_a_range_and_names_only_known_cases():
    """No public source gives one of them; a note may name a case that gives the scale."""
    traffic = other_traffic()
    cases: set[str] = set()
    for kind in (traffic.civil, traffic.friendly, traffic.false):
        for name in type(kind).model_fields:
            number = getattr(kind, name)
            if name != "where":
                assert number.source == ASSUMPTION and number.low < number.high, name
                cases |= set(named_in(number.note))
        assert kind.taken_for_threat.high <= 0.5
    cases |= set(named_in(traffic.at_risk.none.note))
    assert {"agerpres-2023-02-14", "tobacco-reporter-2025-10-07", "space-news-2005-03"} <= cases <= set(sources())
    assert traffic.at_risk.shared_zones.value < traffic.at_risk.none.value
