"""A date is a wall: what the ledger shows for a day is what could be known on that day, and nothing else."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zaslin.evidence.ledger import query
from zaslin.evidence.ledger.book import Book, assemble, shipped, shipped_rows
from zaslin.evidence.ledger.entry import KINDS, known_from, on, out_from
from zaslin.evidence.ledger.rows import read_rows
from zaslin.scenario.sources import sources

COUNCIL = date(2024, 8, 4)
DAYS = st.dates(date(2022, 1, 1), date(2026, 12, 31))


def told(day: date, kind: str) -> str:
    """Everything that the ledger says of a kind on a day, as one text."""
    book = shipped()
    return json.dumps([query.entry_json(item, book) for item in query.entries(book, kind, day)], ensure_ascii=False)


@pytest.mark.parametrize(
    ("text", "known", "out"),
    [
        ("2024-08-04", date(2024, 8, 4), date(2024, 8, 4)),
        ("2024-02", date(2024, 2, 29), date(2024, 2, 1)),
        ("2023", date(2023, 12, 31), date(2023, 1, 1)),
    ],
)
def test_a_statement_of_a_month_is_known_at_its_end_and_a_source_may_have_been_out_at_its_start(text, known, out):
    """By hand: of two readings the careful one; a statement is never shown too early, nor one of its sources hidden too long."""
    assert (known_from(text), out_from(text)) == (known, out)


@pytest.mark.parametrize("text", ["", "24", "2024-13", "2024-02-30", "2024-8-4", "04.08.2024", "2024-08-04T00:00", "²024", "3024-01-01"])
def test_what_is_no_date_is_told(text):
    """By hand."""
    with pytest.raises(ValueError, match=r"date|day|month"):
        known_from(text)


@given(DAYS)
def test_nothing_that_is_shown_for_a_day_is_later(day):
    """Law over all shipped entries: no entry, claim, status, note, speaker or source of a later date."""
    registry = sources()
    for item in shipped().entries.values():
        seen = on(item, day)
        if seen is None:
            continue
        for claim in seen.claims:
            assert claim.history
            for ruling in claim.history:
                assert known_from(ruling.date) <= day
                assert ruling.sources
                assert all(out_from(registry[name].date) <= day for name in ruling.sources)
        assert seen.kind != "incidents" or known_from(seen.date) <= day


@given(DAYS, st.integers(0, 400))
def test_knowledge_only_grows(day, later):
    """Law: what is shown on a day is shown on every later day, each history as the beginning of the longer one."""
    for item in shipped().entries.values():
        before, after = on(item, day), on(item, day + timedelta(days=later))
        if before is None:
            continue
        assert after is not None
        longer = {claim.slug: claim for claim in after.claims}
        for claim in before.claims:
            then = [(ruling.date, ruling.says, ruling.status) for ruling in longer[claim.slug].history]
            assert [(ruling.date, ruling.says, ruling.status) for ruling in claim.history] == then[: len(claim.history)]


@given(DAYS)
def test_rows_that_come_later_change_nothing_that_is_shown_for_a_day(day):
    """Law: taking every later row out of the files before they are read gives the same ledger of that day (the catalogue has no rows)."""
    rows = [row for row in shipped_rows() if known_from(row.cells["date"]) <= day]
    cut, _ = assemble(rows)
    for item in shipped().entries.values():
        seen = on(item, day)
        again = on(cut[item.id], day) if item.id in cut else None
        if seen is not None and item.leading.slug == seen.leading.slug and item.leading.first.known <= day:
            assert again == seen


def test_on_4_august_2024_the_council_sees_nothing_of_later_years():
    """The first must-hold: no later year in any word, and what came two weeks later is not there."""
    for kind in KINDS:
        text = told(COUNCIL, kind)
        years = re.findall(r"\b(20(?:2[5-9]|[3-9]\d))\b", text)
        assert years == [], (kind, years)
        assert all(found <= "2024-08-04" for found in re.findall(r"\b20\d\d-\d\d-\d\d\b", text)), kind
    ids = [item.id for item in query.entries(shipped(), "incidents", COUNCIL)]
    assert "RO-2024-07-31" in ids
    assert "RO-2024-08-20" not in ids
    assert "PL-2024-08-26" not in ids


def test_denials_and_confirmations_have_a_history_that_a_date_cuts():
    """Record: debris at Plauru, denied by Bucharest on 4 September 2023 and confirmed on 6 September; Poland's object of August 2024, reported, then
    in doubt, then taken back on 5 September."""
    plauru, tyszowce = shipped().entries["RO-2023-09-04"], shipped().entries["PL-2024-08-26"]
    assert [on(plauru, date(2023, 9, day)).status for day in (5, 6)] == ["denied", "confirmed"]
    assert [on(tyszowce, day).status for day in (date(2024, 8, 27), date(2024, 8, 28), date(2024, 9, 5))] == ["reported", "unconfirmed", "refuted"]
    videos = shipped().entries["RO-2024-07-26"]
    assert on(videos, date(2024, 7, 25)) is None
    assert [ruling.status for ruling in on(videos, COUNCIL).leading.history] == ["unconfirmed", "refuted"]


def test_przewodow_changes_its_attribution_with_the_day():
    """Record: 15 November 2022 "Russian missiles"; 16 November Ukraine's air defence, which Kyiv denied; September 2023 the Polish experts."""
    item = shipped().entries["PL-2022-11-15"]
    first, second, later = (on(item, day) for day in (date(2022, 11, 15), date(2022, 11, 17), date(2023, 10, 1)))
    answers = {claim.answer for claim in first.claims if claim.about == "origin"}
    assert "Russia" in answers
    assert "Ukraine's air defence" not in answers
    assert "Ukraine's air defence" in {claim.answer for claim in second.claims if claim.about == "origin"}
    assert len([ruling for claim in later.claims for ruling in claim.history]) > len([ruling for claim in second.claims for ruling in claim.history])


def test_a_missile_that_was_found_months_later_is_not_there_before():
    """Record: the flight of 16 December 2022 became public in May 2023; the find of April is an entry of its own."""
    item = shipped().entries["PL-2022-12-16"]
    assert on(item, date(2022, 12, 31)) is None
    assert on(item, date(2023, 6, 1)) is not None


def test_a_date_cuts_a_users_own_entries_too():
    """By hand: a source that came out after the statement makes it known only then."""
    text = (
        "kind,entry,claim,date,by,says,status,source,about,answer,event_date,country,place,event,source_publisher,source_title,source_date\n"
        "incidents,SK-2024-05-01,seen,2024-05-02,a mayor,A drone flew by.,reported,my-paper,event,yes,"
        "2024-05-01,SK,Ubľa,incursion,My Paper,A drone,2024-06-10\n"
    )
    reading = read_rows(text, "mine.csv", own=True)
    entries, faults = assemble(reading.rows, reading.sources)
    assert (reading.faults, faults) == ([], [])
    book = Book(entries, reading.sources)
    assert query.entries(book, "incidents", date(2024, 6, 9)) == []
    assert [item.id for item in query.entries(book, "incidents", date(2024, 6, 10))] == ["SK-2024-05-01"]


def test_what_a_stand_in_says_is_no_fact_of_the_entry():
    """Record: of the agreement of 8 July 2024 two readings were out on the day, its text on 10 July; before that its stage is not known. And an entry that is
    not about an event has the date of the first word that is known."""
    agreement = shipped().entries["pl-ua-agreement-2024-07-08"]
    text = agreement.leading.first.known
    early = on(agreement, text - timedelta(days=1))
    if early is not None:
        assert early.facts == {}
    assert on(agreement, text).facts["effect"] == "commits"
    party = on(shipped().entries["party-to-the-conflict"], date(2024, 5, 14))
    assert party.date <= "2024-05-14"


def test_a_figure_that_grows_is_that_of_the_day():
    """Record: seven wrecks by eleven o'clock on 10 September 2025, sixteen by the evening, seventeen on the 12th: one claim, and the last number holds."""
    item = shipped().entries["PL-2025-09-10"]
    found = [next(claim for claim in on(item, date(2025, 9, day)).claims if claim.slug == "found").high for day in (10, 13)]
    assert found == [16, 17]
