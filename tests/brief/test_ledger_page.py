"""The ledger as a page: claims side by side, every source reachable, users' words as text."""

from __future__ import annotations

from datetime import date

import pytest
from test_page import Outline

from zaslin.brief.ledger_page import date_words, render, write_page
from zaslin.evidence.ledger import query
from zaslin.evidence.ledger.book import Book, assemble, shipped
from zaslin.evidence.ledger.entry import KINDS
from zaslin.evidence.ledger.rows import read_rows


def outline(text: str) -> Outline:
    found = Outline()
    found.feed(text)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_makes_one_file_whose_links_arrive(kind):
    """Law: nothing is loaded, ids are unique, tags nest, every cited source is listed and every listed one cited."""
    book = shipped()
    found = outline(render(query.entries(book, kind), book, kind, None))
    assert (found.loads, found.faults) == ([], [])
    assert len(set(found.ids)) == len(found.ids)
    inside = {link[1:] for link in found.links if link.startswith("#")}
    assert inside <= set(found.ids)
    assert {id for id in found.ids if id.startswith("source-")} <= inside


def test_claims_stand_side_by_side_with_status_history_and_disputes():
    """Record: the drones over Poland of September 2025."""
    book = shipped()
    text = render(query.entries(book, "incidents", ids=["PL-2025-09-10"]), book, "incidents", None)
    for words in ("how many entered", "They differ on", "refuted", "then:", "Donald Tusk"):
        assert words in text


def test_a_page_of_a_day_says_so_and_holds_nothing_later():
    """The wall once more, on the page."""
    book, day = shipped(), date(2024, 8, 4)
    text = render(query.entries(book, "incidents", day), book, "incidents", day)
    assert "As it could be known at the end of 4 August 2024" in text
    assert "2025" not in text


def test_a_users_own_words_are_text_and_never_markup(tmp_path):
    """By hand: markup in an own entry, its source's title and address."""
    text = (
        "kind,entry,claim,date,by,says,status,source,about,event_date,country,place,event,source_publisher,source_title\n"
        "incidents,SK-2024-05-01,seen,2024-05-02,<b>me</b>,<script>x()</script>,reported,my-paper,event,2024-05-01,SK,<i>Ubľa</i>,incursion,<u>P</u>,<a href=x>t</a>\n"
    )
    reading = read_rows(text, "mine.csv", own=True)
    entries, _ = assemble(reading.rows, reading.sources)
    book = Book(entries, reading.sources, "mine.csv", 1)
    page = write_page(query.entries(book, "incidents"), book, "incidents", None, tmp_path / "p.html").read_text(encoding="utf-8")
    for tag in ("<script>x", "<b>me", "<i>Ub", "<u>P", "<a href=x"):
        assert tag not in page
    assert "your own entry" in page


@pytest.mark.parametrize(("text", "words"), [("2024-08-04", "4 August 2024"), ("2024-08", "August 2024"), ("2024", "2024"), ("", "")])
def test_dates_are_as_exact_as_they_are_known(text, words):
    """By hand."""
    assert date_words(text) == words
