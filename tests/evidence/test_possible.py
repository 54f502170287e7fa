"""The coalition that was politically possible on a date: rules on made-up ledgers by hand, two dates of the record, and laws."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zaslin.errors import InputError
from zaslin.evidence.ledger.book import Book, assemble, shipped, shipped_rows
from zaslin.evidence.ledger.entry import known_from
from zaslin.evidence.ledger.rows import COLUMNS, read_rows
from zaslin.evidence.possible import changes, name_on, possible_on, verdict_words
from zaslin.scenario.packages import package
from zaslin.scenario.sources import sources

DAY = date(2024, 8, 4)
S = "kyiv-independent-2024-07-26"


def book(*rows: dict[str, str]) -> Book:
    """A ledger of these rows alone; each needs its kind, and gets what it lacks."""
    columns = ["kind", *dict.fromkeys(name for kind in ("positions", "law") for name in COLUMNS[kind])]
    lines = [",".join(columns)]
    for number, row in enumerate(rows):
        usual = {"entry": f"row-{number}", "claim": "c", "date": "2024-07-27", "status": "confirmed", "source": S}
        usual |= {"by": f"speaker {number}", "says": f"words {number}"}
        full = usual | ({"voice": "government"} if row["kind"] == "positions" else {"title": "A law", "stage": "in-force"}) | row
        lines.append(",".join(f'"{full.get(name, "")}"' for name in columns))
    reading = read_rows("\n".join(lines) + "\n", "made.csv", own=True)
    assert not reading.faults, [str(fault) for fault in reading.faults]
    entries, faults = assemble(reading.rows)
    assert not faults, [str(fault) for fault in faults]
    return Book(entries)


def says(nation: str, stance: str, zone: str = "own-airspace", **more: str) -> dict[str, str]:
    return {"kind": "positions", "nation": nation, "stance": stance, "zone": zone, **more}


def law(nation: str, effect: str, zone: str = "own-airspace", **more: str) -> dict[str, str]:
    return {"kind": "law", "nation": nation, "effect": effect, "zone": zone, "force_from": "2024-07-27", **more}


def zone(made: Book, nation: str = "PL", which: str = "own-airspace", day: date = DAY):
    found = next(item for item in possible_on(day, made).nations if item.nation == nation)
    return found.of(which)


ANYBODY = says("NATO", "opposes", "over-ukraine", voice="alliance")


@pytest.mark.parametrize("stance", ["supports", "considers", "conditional"])
def test_a_nation_that_says_yes_fires_after_its_minister_has_agreed(stance):
    """By hand: no law names an authority, so the minister is asked."""
    made = book(says("PL", stance), ANYBODY)
    assert (zone(made).yes, zone(made).authority) == (True, "minister")
    found = possible_on(DAY, made)
    poland = next(member for member in found.package.members if member.nation == "PL")
    assert [(caveat.id, caveat.effect, caveat.approval.authority, caveat.source) for caveat in poland.caveats] == [("own-airspace", "ask", "ministerial", S)]


@pytest.mark.parametrize("stance", ["opposes", "undecided"])
def test_a_nation_that_says_no_or_nothing_fires_at_nothing(stance):
    """By hand; a nation of which there is no word is out too, and the reason says so."""
    made = book(says("PL", stance), ANYBODY)
    assert not zone(made).yes
    assert "no word of Romania's government" in zone(made, "RO").reasons[-1].text
    assert [member.nation for member in possible_on(DAY, made).package.members] == ["PL", "RO"]
    assert all(not member.caveats for member in possible_on(DAY, made).package.members)


def test_the_most_reserved_voice_of_the_last_half_year_decides():
    """By hand: two ministers differ, the reserved one holds; the same speaker's later word replaces his earlier one."""
    assert not zone(book(says("PL", "supports"), says("PL", "opposes"))).yes
    changed = book(says("PL", "opposes", by="A, minister", date="2024-07-01"), says("PL", "supports", by="A, minister", date="2024-07-28"))
    assert zone(changed).yes


def test_old_words_count_only_where_there_are_no_newer_ones_and_not_after_two_years():
    """By hand: 180 and 730 days."""
    old = says("PL", "opposes", date="2024-07-27")
    assert not zone(book(old, says("PL", "supports", date="2025-01-20")), day=date(2025, 1, 21)).yes
    assert zone(book(old, says("PL", "supports", date="2025-02-01")), day=date(2025, 2, 2)).yes
    assert zone(book(says("PL", "supports"), ANYBODY), day=date(2026, 7, 27)).yes
    assert not zone(book(says("PL", "supports"), says("NATO", "opposes", voice="alliance", date="2026-07-01")), day=date(2026, 7, 28)).yes


@pytest.mark.parametrize("voice", ["parliament", "military", "adviser", "other"])
def test_only_who_speaks_for_the_state_binds_it(voice):
    """By hand."""
    assert not zone(book(says("PL", "supports", voice=voice), ANYBODY)).yes


@pytest.mark.parametrize("status", ["denied", "refuted", "unconfirmed"])
def test_what_was_denied_refuted_or_never_confirmed_does_not_count(status):
    """By hand; nor does a lead."""
    assert not zone(book(says("PL", "supports", status=status), ANYBODY)).yes
    assert not zone(book(says("PL", "supports", claim="lead-x"), ANYBODY)).yes


def test_a_law_in_force_forbids_until_it_ends_and_names_who_decides():
    """By hand: forbidden while it holds; afterwards another law names the commander, and the latest authority below the minister is asked."""
    rows = [
        says("RO", "supports", date="2024-07-27"),
        law("RO", "forbids", force_to="2024-09-01"),
        law("RO", "permits", force_from="2024-09-01", authority="commander"),
    ]
    assert not zone(book(*rows), "RO").yes
    assert "forbids Romania" in zone(book(*rows), "RO").reasons[-1].text
    after = zone(book(*rows), "RO", day=date(2024, 9, 2))
    assert (after.yes, after.authority) == (True, "commander")


@pytest.mark.parametrize(
    ("need", "met_by"),
    [
        ("alliance", says("NATO", "supports", "over-ukraine", voice="alliance")),
        ("host", says("UA", "conditional", "over-ukraine")),
        ("eu", says("EU", "supports", "over-ukraine", voice="alliance")),
        ("allies", says("DE", "supports", "over-ukraine")),
        ("own-law", law("PL", "permits", "over-ukraine")),
    ],
)
def test_a_condition_that_others_or_the_law_fulfil_decides(need, met_by):
    """By hand: without what is asked for the answer is no, with it yes; over Ukraine only at what flies toward own territory."""
    word = says("PL", "conditional", "over-ukraine", needs=need)
    lacking, met = zone(book(word), which="over-ukraine"), zone(book(word, met_by), which="over-ukraine")
    assert not lacking.yes
    assert "Lacking, though it is a condition" in lacking.reasons[-1].text
    assert (met.yes, met.toward) == (True, True)


def test_a_law_that_requires_consent_counts_like_a_minister_who_does():
    """By hand: Poland's three consents."""
    rows = [says("PL", "supports", "over-ukraine"), law("PL", "requires", "over-ukraine", needs="alliance; eu; host")]
    assert not zone(book(*rows), which="over-ukraine").yes
    assert zone(book(rows[0]), which="over-ukraine").yes


def test_the_record_on_4_august_2024_and_on_15_september_2025():
    """Record: Poland may fire at home only, NATO being against; Romania's law forbade it until May 2025 and its commander decides since; nobody may fire
    over Ukraine on either day."""
    a, b = possible_on(DAY), possible_on(date(2025, 9, 15))
    first, second = ({item.nation: item for item in found.nations} for found in (a, b))
    assert [first[code].verdict for code in ("PL", "RO", "SK", "HU", "MD")] == ["caveat", "out", "out", "out", "out"]
    assert [second[code].verdict for code in ("PL", "RO", "SK", "HU", "MD")] == ["caveat", "caveat", "out", "out", "out"]
    assert not any(item.of("over-ukraine").yes for found in (a, b) for item in found.nations)
    told = " ".join(reason.text for reason in first["PL"].of("over-ukraine").reasons)
    assert "Stoltenberg" in told
    assert any("Gheorghi" in reason.text for reason in first["RO"].of("own-airspace").reasons)
    assert second["RO"].of("own-airspace").authority == "commander"
    assert ("RO", "out: it fires at nothing", verdict_words(second["RO"])) in changes(a, b)


@settings(max_examples=15, deadline=None)
@given(st.dates(date(2024, 3, 26), date(2026, 9, 1)))
def test_what_was_said_later_changes_no_earlier_answer(day):
    """Law: without every later row of the ledger the answer of the day is the same, package and reasons alike."""
    entries, _ = assemble([row for row in shipped_rows() if known_from(row.cells["date"]) <= day])
    with_all, cut = possible_on(day), possible_on(day, Book(entries))
    assert with_all.nations == cut.nations
    assert with_all.package == cut.package


@settings(max_examples=15, deadline=None)
@given(st.dates(date(2023, 9, 1), date(2026, 11, 1)))
def test_every_days_package_is_whole_and_every_caveat_has_its_source(day):
    """Law: it passes the package's own checks, its caveats rest on sources that were out, and no reason tells of a later day."""
    found = possible_on(day)
    assert found.package.name == name_on(day)
    for member in found.package.members:
        for caveat in member.caveats:
            assert caveat.source in sources()
            assert caveat.zone.area in ("own-airspace", "ukraine")
    known = shipped()
    for nation in found.nations:
        for item in nation.zones:
            assert item.reasons
            assert not item.yes or any(reason.entry for reason in item.reasons)
            for reason in item.reasons:
                assert not reason.entry or reason.entry in known.entries


def test_assets_are_the_neighbours_for_who_is_in_and_the_status_quos_for_who_is_out():
    """By hand: Romania is out on 4 August 2024 and keeps its alert pairs alone; Poland has its patrol as well; ids are the same, so luck pairs."""
    found = possible_on(DAY).package
    have = {member.nation: {asset.id for asset in member.assets} for member in found.members}
    assert have["RO"] == {asset.id for asset in next(member for member in package("status-quo").members if member.nation == "RO").assets}
    assert have["PL"] == {asset.id for asset in next(member for member in package("neighbours").members if member.nation == "PL").assets}


def test_a_day_before_every_word_is_refused():
    """By hand: the message names the first day that there is."""
    with pytest.raises(InputError, match=r"no position of that day or before; its first is of 20\d\d-\d\d-\d\d"):
        possible_on(date(2021, 1, 1))


def test_a_speakers_later_word_takes_his_earlier_conditions_back():
    """By hand: conditional on NATO in July, for it without a condition a week later; the last word counts, with its own conditions."""
    made = book(
        says("PL", "conditional", "over-ukraine", by="A, minister", date="2024-07-20", needs="alliance"),
        says("PL", "supports", "over-ukraine", by="A, minister", date="2024-07-28"),
        says("NATO", "opposes", "over-ukraine", voice="alliance"),
    )
    assert zone(made, which="over-ukraine").yes


def test_a_word_is_as_old_as_its_speaker_made_it():
    """By hand: a paper that confirms in July 2024 what was said in 2021 does not make it fresh, and is not quoted as the speaker."""
    old = says("PL", "supports", entry="old", by="A, minister", date="2021-05-01", source="un-charter-1945")
    again = says("PL", "supports", entry="old", by="A paper", date="2024-07-27")
    assert not zone(book(old, again, ANYBODY)).yes
    fresh = book(says("PL", "supports", entry="new", by="A, minister"), says("PL", "supports", entry="new", by="A paper", date="2024-07-29"), ANYBODY)
    assert "A, minister" in zone(fresh).reasons[0].text


def test_the_deciding_word_is_the_one_that_is_told():
    """By hand: NATO's deputy supports, its head opposes; the reason quotes the head."""
    made = book(
        says("PL", "conditional", "over-ukraine", needs="alliance"),
        says("NATO", "opposes", "over-ukraine", voice="alliance", by="the head", date="2024-07-27"),
        says("NATO", "supports", "over-ukraine", voice="alliance", by="the deputy", date="2024-07-28"),
    )
    told = [reason.text for reason in zone(made, which="over-ukraine").reasons if reason.text.startswith("NATO's agreement")]
    assert len(told) == 1
    assert "the head" in told[0]


@pytest.mark.parametrize("nation", ["RU", "BY", "UA", "EU"])
def test_the_attacker_the_host_and_bodies_are_no_allies(nation):
    """By hand: their support does not fulfil the condition "only with allies"."""
    made = book(says("PL", "conditional", "over-ukraine", needs="allies"), says(nation, "supports", "over-ukraine"))
    assert not zone(made, which="over-ukraine").yes


def test_imminent_entry_is_what_the_heading_rule_stands_for():
    """By hand: the condition is told beside the rule over Ukraine, and told as not weighed at home."""
    over = zone(book(says("PL", "supports", "over-ukraine", needs="imminent-entry")), which="over-ukraine")
    assert any("stands for its condition that entry is imminent" in reason.text for reason in over.reasons)
    home = zone(book(says("PL", "supports", needs="own-target")))
    assert any("not weighed here" in reason.text for reason in home.reasons)


def test_the_others_are_told_by_who_speaks_for_them():
    """Record: on 15 September 2025 Germany's line is its minister's cautious word, not that of a member of its parliament."""
    told = {entry.id for entry in possible_on(date(2025, 9, 15)).others if entry.country == "DE"}
    assert told == {"de-pistorius-2025-09-10"}
