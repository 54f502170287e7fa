"""The agenda: one page from a folder and the ledger, as things stood on a day."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest
from test_page import Outline

from zaslin.brief import comparison
from zaslin.brief.agenda import agenda_day, render, write_agenda
from zaslin.brief.agenda_facts import Cited, agreed, disputed, on_paper, readings
from zaslin.brief.comparison import shown
from zaslin.brief.decisions import decisions
from zaslin.errors import InputError
from zaslin.evidence.ledger.book import shipped
from zaslin.evidence.ledger.disputes import disputes
from zaslin.evidence.ledger.entry import on
from zaslin.measures.registry import MEASURES

DAY = date(2024, 8, 4)


@pytest.fixture(scope="module")
def page(folder) -> str:
    return render(folder, DAY)


def outline(text: str) -> Outline:
    found = Outline()
    found.feed(text)
    return found


def plain(text: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", text, flags=re.S))))


def test_it_has_the_question_positions_facts_disputes_decisions_and_sources(page):
    """The issue's list, in its order."""
    heads = re.findall(r'<h2 id="([a-z]+)"', page)
    assert heads == ["question", "positions", "facts", "decisions", "basis"]
    for words in ("Agreed", "Agreed on paper", "Disputed, and between whom", "Read in more than one way", "What the figures rest on"):
        assert f"<h3>{words}</h3>" in page or words in page


def test_it_is_one_file_whose_links_arrive(page):
    """Law: nothing is loaded, ids are unique, tags nest, links inside the page have a target."""
    found = outline(page)
    assert found.loads == []
    assert found.faults == []
    assert len(set(found.ids)) == len(found.ids)
    assert {link[1:] for link in found.links if link.startswith("#")} <= set(found.ids)


def test_every_source_that_is_listed_is_cited_and_the_other_way_round(page):
    """Law: no number of a source without its entry, no entry that nothing leads to."""
    found = outline(page)
    cited = {link.removeprefix("#source-") for link in found.links if link.startswith("#source-")}
    listed = {id.removeprefix("source-") for id in found.ids if id.startswith("source-")}
    assert cited == listed
    assert listed


def test_nothing_of_a_later_day_is_on_the_page(folder, page):
    """The day is a wall here too: no source, statement or fact of 2025 on the page of 4 August 2024, but for the inputs' own sources."""
    before = page[: page.index('<section aria-labelledby="basis"')]
    assert re.findall(r"\b20(?:2[5-9])\b", plain(before)) == []
    later = plain(render(folder, date(2025, 9, 20)))
    assert "2025" in later


def test_the_positions_of_the_day_are_told_with_their_verdicts(page):
    """Record: what DESIGN quotes for 4 August 2024 stands on the page."""
    text = plain(page)
    for words in ("Sikorski", "Scholz", "Stoltenberg", "Zelensky", "in with a caveat", "out of the question"):
        assert words in text
    assert "it may fire in its own airspace" in text


def test_refuted_videos_are_among_the_disputed_with_both_sides(page):
    """Record: who claimed, who refuted."""
    section = plain(page)[plain(page).index("Disputed, and between whom") :]
    assert "refuted" in section
    assert "Romania's Ministry of National Defence" in section


def test_decisions_are_those_on_which_the_packages_differ_with_three_figures_each(folder):
    """By hand: the made-up packages differ in where they fire and whether they enter; figures are those of the estimates."""
    fig = comparison.figures(folder)
    packages = [folder.package(name) for name in folder.packages]
    found = decisions(fig, packages)
    asked = [item.question for item in found]
    assert "May fighters enter Ukraine's airspace?" in asked
    assert asked[-1] == "Who answers for what falls, and for a shot that misses?"
    for item in found:
        assert len(item.figures) == 3
        assert len(set(item.choices)) > 1 or item is found[-1]
        for figure in item.figures:
            assert figure["letters"]
            assert figure["values"] == [shown(MEASURES[figure["name"]], fig.levels[col.name][figure["name"]]) for col in fig.columns]
    same = decisions(fig, [packages[0]] * len(packages))
    assert [item.question for item in same] == [asked[-1]]


def test_what_is_agreed_is_confirmed_and_uncontested_and_lists_are_cut_and_counted():
    """Law, on several days: no refuted or disputed incident among the agreed; every list says how many it leaves out."""
    for day in (DAY, date(2023, 6, 1), date(2025, 9, 20), date(2026, 8, 20)):
        seen = [found for entry in shipped().entries.values() if (found := on(entry, day)) is not None]
        used = Cited(shipped())
        told = agreed(seen, used, [])
        assert len(told["rows"]) <= 5
        everything = agreed(seen, Cited(shipped()), [entry.id for entry in seen])
        confirmed = [
            entry
            for entry in seen
            if entry.kind == "incidents"
            and entry.status == "confirmed"
            and not any(item.open and item.about in ("event", "entered") for item in disputes(entry))
        ]
        assert len(told["rows"]) + told["more"] == len(confirmed) == len(everything["rows"]) + everything["more"]
        for part in (on_paper(seen, used), disputed(seen, used, []), readings(seen, used)):
            assert part["more"] >= 0
            assert all(row for row in part["rows"])


def test_the_nights_own_incidents_come_first():
    """By hand: the council's folder is about a night; what happened then is told first, on whichever side it belongs."""
    seen = [found for entry in shipped().entries.values() if (found := on(entry, DAY)) is not None]
    assert "29 December 2023" in disputed(seen, Cited(shipped()), ["PL-2023-12-29"])["rows"][0]["head"]
    assert agreed(seen, Cited(shipped()), ["RO-2023-09-13"])["rows"][0]["when"] == "13 September 2023"


def test_without_a_day_the_youngest_packages_date_counts(folder):
    """By hand."""
    dates = [str(folder.package(name)["date"]) for name in folder.packages]
    assert agenda_day(folder, None).isoformat() == max(dates)
    assert agenda_day(folder, DAY) == DAY


def test_the_same_folder_and_day_give_the_same_bytes(folder, page, tmp_path):
    """Law."""
    assert write_agenda(folder, tmp_path / "a.html", DAY).read_text(encoding="utf-8") == page


def test_a_day_before_the_first_position_is_refused(folder):
    """By hand: the message names the first day there is."""
    with pytest.raises(InputError, match="its first is of"):
        render(folder, date(2020, 1, 1))
