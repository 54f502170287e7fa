"""From any number in a brief, two steps lead to its source or to the mark "assumption": the whole page is walked, and the walk can fail."""

from __future__ import annotations

import re

import pytest
from brief_folder import make_folder, package
from walk import NO_QUANTITY, Page, page_of

from zaslin.brief.page import render
from zaslin.outcomes.store import Results

MARK = re.compile(r'<sup class="ref">.*?</sup>')
WALKED = ("answer", "headline", "night", "map", "record", "comparison", "given", "whynot", "windows", "burden", "packages", "assumptions", "limits")
"""The sections that show quantities; the question has none, and how to run it again is told by hashes, seeds and commands."""


@pytest.fixture(scope="module")
def html(folder: Results) -> str:
    return render(folder)


def test_from_every_number_two_steps_lead_to_its_source_or_assumption(folder: Results, html: str):
    """Law, over every text, text alternative and label with a digit in the three packages' brief."""
    found = page_of(html, folder).walk()
    assert found.lost == []
    assert len(found.walked) > 800
    assert {section for section, _ in found.walked} == set(WALKED)


@pytest.mark.parametrize("given", [True, False])
@pytest.mark.parametrize("count", [1, 2])
def test_no_shape_of_a_folder_has_a_number_without_a_way(tmp_path, count: int, given: bool):
    """Law: one package has no differences and may lack a group of inputs; without a given crossing other words stand on the page."""
    packages = [package("status-quo", "Status quo", fires=False), package("toward", "What flies toward us")][:count]
    results = make_folder(tmp_path / "f", packages, given=given)
    page = page_of(render(results), results)
    assert page.walk().lost == []
    assert page.astray() == []


def test_what_was_reported_leads_to_a_publication_and_what_was_simulated_to_inputs(folder: Results, html: str):
    """Law: a mark of the wrong kind is no way; and by hand: the mark of one reported row taken away is found."""
    assert page_of(html, folder).astray() == []
    row = re.search(r'<tr><th scope="row">All threats<sup.*?</tr>', html)
    assert row is not None
    lost = page_of(html.replace(row[0], MARK.sub("", row[0])), folder).astray()
    assert {words.split(":")[0] for _, words in lost} == {"Launched", "Reported stopped"}


@pytest.mark.parametrize("section", [name for name in WALKED if name not in ("packages", "assumptions")])
def test_a_mark_taken_away_from_a_section_is_missed(folder: Results, html: str, section: str):
    """Law: the walk can fail, section by section; so no mark at a section's head or end excuses the rest of it."""
    start = html.index(f'<section aria-labelledby="{section}">')
    end = html.index("</section>", start)
    needed = 0
    for mark in MARK.finditer(html, start, end):
        lost = page_of(html[: mark.start()] + html[mark.end() :], folder).walk().lost
        assert {name for name, _ in lost} <= {section}
        needed += bool(lost)
        if needed:
            break
    assert needed, f"no mark of section {section} is needed"


def test_no_mark_elsewhere_in_the_section_excuses_a_number(folder: Results, html: str):
    """By hand: the track record's table without the mark in its caption, though the paragraph above it, a paragraph below and the table's head have one."""
    caption = re.search(r"measured on the daily reports\.(<sup.*?</sup>)</caption>\n<thead><tr><th scope=\"col\">Foretold", html)
    assert caption is not None
    moved = caption[0].replace(caption[1], "") + caption[1]
    end = html.index("</section>", caption.end())
    text = html[: caption.start()] + moved + html[caption.end() : end] + f"<p>Sources: {caption[1]}</p>" + html[end:]
    lost = page_of(text, folder).walk().lost
    assert len(lost) > 20 and {name for name, _ in lost} == {"record"}


def test_one_input_without_its_mark_or_source_closes_every_way_through_its_group(folder: Results, html: str):
    """By hand: navigation drift (group A) loses the word "assumption"; a shade of colour would not do. Then the source of Ukraine's shares is not listed."""
    row = re.search(r'<th scope="row">navigation drift</th>.*?</tr>', html)
    assert row is not None and ">assumption<" in row[0]
    for change in ("", '<span class="tag"></span>', '<span class="tag">confirmed</span>'):
        lost = page_of(html.replace(row[0], row[0].replace('<span class="tag">assumption</span>', change)), folder).walk().lost
        assert {"assumptions", "map", "given"} <= {name for name, _ in lost}
    lost = page_of(html.replace('id="source-report"', 'id="source-another"'), folder).walk().lost
    assert {"night", "assumptions", "comparison"} <= {name for name, _ in lost}


def test_the_counts_above_a_table_of_inputs_are_those_of_its_rows(folder: Results, html: str):
    """By hand: a summary that says one row more than there are is a number without a way."""
    count = re.search(r"\((\d+) rows, ", html)
    assert count is not None
    wrong = html.replace(count[0], f"({int(count[1]) + 1} rows, ", 1)
    assert [name for name, _ in page_of(wrong, folder).walk().lost] == ["assumptions"]


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("On 29 December 2023 a Kh-101/Kh-555 (PL-2023-12-29) met an F-16", False),
        ("the 90 % interval of NASA-STD-7009 over 40 simulated nights", False),
        ("on 30 December 2023", True),
        ("15 min (5–45)", True),
        ("90 % of the threats", True),
        ("in none of 41 simulated nights", True),
        ("1 of 2 class-nights: 2024-09-27", True),
        ("a path of 40 km at Mach-like −5", True),
    ],
)
def test_what_is_no_quantity_is_a_short_list(text: str, lost: bool):
    """By hand: names, the interval's own name and the run's size need no way; figures that look like them do."""
    page = Page(f'<main><section aria-labelledby="x"><p>{text}</p></section></main>', ["29 December 2023", "2023-12-29"], 40)
    assert bool(page.walk().lost) == lost
    assert len(NO_QUANTITY) < 10
