"""What the ledger must hold: DESIGN's quotation statement by statement, the agreement of 8 July 2024, and disputes side by side."""

from __future__ import annotations

import pytest

from zaslin.evidence.ledger.book import assemble, shipped, shipped_rows
from zaslin.evidence.ledger.disputes import agree, answer_of, between, contested, disputes
from zaslin.evidence.ledger.entry import Claim, Ruling
from zaslin.scenario.incident import incidents


@pytest.mark.parametrize(
    ("id", "words", "status"),
    [
        ("ua-zelensky-2024-08-04", "small coalition", "confirmed"),
        ("PL-2023-12-29", "", "confirmed"),
        ("PL-2024-03-24", "", "confirmed"),
        ("RO-2023-09-04", "", "confirmed"),
        ("RO-2024-07-24", "", "confirmed"),
        ("pl-ua-agreement-2024-07-08", "examine", "confirmed"),
        ("pl-tusk-2024-07-08", "", "confirmed"),
        ("pl-sikorski-2024-07-12", "self-defence", "confirmed"),
        ("de-scholz-2024-07-18", "out of the question", "confirmed"),
        ("nato-stoltenberg-2024-07-14", "conflict", "confirmed"),
        ("RO-2024-07-26", "", "refuted"),
    ],
)
def test_every_statement_of_the_quotation_has_its_entry(id, words, status):
    """DESIGN's quotation and the agreement: the proposal, incursions, debris, agreement, positions and the refuted videos."""
    item = shipped().entries[id]
    assert item.status == status
    assert words in " ".join(ruling.says for claim in item.claims for ruling in claim.history)
    assert item.sources


def test_the_scrambles_without_a_shot_are_claims_of_their_own():
    """DESIGN: "both scrambled jets that never fired"; of Poland and of Romania, before the council's day."""
    for country, least in (("PL", 2), ("RO", 2)):
        told = [
            claim
            for item in shipped().of("incidents")
            if item.country == country and item.date <= "2024-08-04"
            for claim in item.claims
            if claim.about == "response"
        ]
        assert len(told) >= least


def test_every_incident_of_the_models_own_table_is_in_the_ledger():
    """One home for dates and places: the ledger takes them from the table and lacks none of its incidents."""
    assert set(incidents()) <= set(shipped().entries)


def test_10_september_2025_has_its_counts_side_by_side():
    """Record: 8 by Ukraine's air force, 19 by the prime minister, about 23 in the press and by the commander, 20-odd by NATO's briefing; 3, 4 and 8 shot down."""
    item = shipped().entries["PL-2025-09-10"]
    by_question = {found.about: found for found in disputes(item)}
    entered = {answer_of(claim) for side in by_question["entered"].sides for claim in side.claims}
    assert {"8", "19", "23", "22–25"} <= entered
    assert {side.answer for side in by_question["shot_down"].sides} >= {"3", "4", "8"}
    assert by_question["entered"].open
    assert "19" in between(by_question["entered"])


def test_plauru_was_denied_and_then_confirmed():
    """Record: Bucharest's categorical denial of 4 September 2023 ended with the minister's confirmation on 6 September."""
    item = shipped().entries["RO-2023-09-04"]
    found = next(dispute for dispute in disputes(item) if dispute.about == "event")
    assert not found.open
    assert item.status == "confirmed"


def test_the_kalibr_of_february_2023_is_claimed_and_denied():
    """Record: Ukraine's commander named a crossing into Romania, Bucharest denied it; Moldova confirmed its own."""
    assert shipped().entries["RO-2023-02-10"].status == "denied"
    assert shipped().entries["MD-2023-02-10"].status == "confirmed"


def claim(low=None, high=None, unit="", answer="", about="entered", status="reported", slug="c") -> Claim:
    return Claim(slug, about, low, high, unit, answer, (Ruling("2024-01-01", f"speaker of {slug}", "words", status, ("s",)),))


@pytest.mark.parametrize(
    ("a", "b", "both"),
    [
        (claim(19, 19, "count"), claim(23, 23, "count"), False),
        (claim(20, 25, "count"), claim(23, 23, "count"), True),
        (claim(3, 3, "min"), claim(180, 180, "s"), True),
        (claim(40, 40, "km"), claim(40_000, 41_000, "m"), True),
        (claim(answer="Russia"), claim(answer="russia"), True),
        (claim(answer="Russia"), claim(answer="Ukraine's air defence"), False),
        (claim(19, 19, "count"), claim(answer="many"), True),
    ],
)
def test_two_answers_agree_where_both_can_be_so(a, b, both):
    """By hand: overlapping ranges in any unit, and the same words; a number and a word do not contradict."""
    assert agree(a, b) is both
    assert agree(b, a) is both


def test_a_dispute_is_settled_when_all_sides_but_one_are_refuted():
    """By hand; and a lead has no say."""
    item = shipped().entries["RO-2024-07-26"]
    from dataclasses import replace

    yes, no = claim(answer="yes", status="refuted", slug="yes"), claim(answer="no", slug="no")
    lead = claim(answer="perhaps", slug="lead-perhaps", status="unconfirmed")
    settled = disputes(replace(item, claims=(yes, no, lead)))
    assert [(found.open, len(found.sides)) for found in settled] == [(False, 2)]
    assert settled[0].question == "whether it entered"
    opened = disputes(replace(item, claims=(claim(answer="yes", slug="yes"), no)))
    assert opened[0].open
    assert [found.slug for found in contested(replace(item, claims=(claim(status="denied", slug="d"), lead)))] == ["d"]


def test_the_same_rows_give_the_same_ledger_in_the_same_order():
    """Law: reading twice changes nothing, and entries stand in order of kind and time."""
    once, _ = assemble(shipped_rows())
    again, _ = assemble(shipped_rows())
    assert list(once) == list(again)
    days = [item.date for item in once.values() if item.kind == "incidents"]
    assert days == sorted(days)
