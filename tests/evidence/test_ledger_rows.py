"""Whatever is wrong with a user's file of entries: a message by file, row and field that says what would do; nothing of it is taken, nothing written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from own_ledger import KEPT, ROWS, good, text_of

from zaslin.errors import InputError, SpecError
from zaslin.evidence.ledger.book import ledger, read_own, shipped
from zaslin.evidence.ledger.own import ALL_COLUMNS, accept, examine
from zaslin.evidence.ledger.rows import COMMON, INCIDENT_FACTS, read_rows

REMEDY = re.compile(r"\b(give|did you mean|take|write|leave|there are|put|exchange|close|save|check|fill|name|add|say|double)\b")
Rows = dict[int, dict[str, str]]


@dataclass(frozen=True)
class Plant:
    """A fault that is put into one cell. `late`: whether only the rows together show it. `door`: where it is a fault: both, import, own."""

    row: int
    column: str
    value: str
    late: bool = False
    door: str = "both"
    told_in: str = ""

    @property
    def path(self) -> str:
        return f"row {self.row}, {self.told_in or self.column}"

    def put(self, rows: Rows) -> None:
        if self.value:
            rows[self.row][self.column] = self.value
        else:
            rows[self.row].pop(self.column, None)


def cells() -> Iterator[Plant]:
    """Faults of one cell each: every typed column with what it does not take, and every cell that has to be filled."""
    wrong: dict[str, tuple[tuple[int, ...], tuple[str, ...]]] = {
        "kind": ((5, 7, 9), ("incident", "Law", "catalogue", "\x1b[31m")),
        "entry": ((4, 5), ("pl-2026-01-10", "PL-2026-1-10", "PL 2026-01-10", "PL-2026-01-10bb", "é" * 2_000)),
        "claim": ((3, 6, 11), ("Über", "two words", "-a", "a--b", "a_b", "x" * 2_000)),
        "date": ((4, 6, 9, 10), ("11.01.2026", "2026-02-30", "2026-13", "2026-1-1", "26", "1899", "2026-01-11T00:00", "yesterday", "٢٠٢٦", "2026-W02-1")),
        "by": ((4, 8), ("a\x00b".replace("\x00", "\x07"), "x" * 2_000)),
        "says": ((3, 7), ("bell\x07", "esc\x1b[2J", "x" * 2_000)),
        "status": ((2, 5, 10), ("Confirmed", "true", "confirmed!", "\x7f")),
        "source": ((3, 7, 9), ("reuters", "reuters-2024-05-20; nobody", "My Note", ";", "reuters-2024-05-20, my-note-2026", "y" * 900)),
        "event_date": ((2,), ("2026-01", "10/01/2026", "2026-02-29", "2026-W02-6", "20260110")),
        "time_utc": ((2,), ("3:15", "24:00", "03:15 Uhr", "03:60", "0315")),
        "country": ((2,), ("pl", "Poland", "XX", "Polnad", "z" * 900)),
        "lat": ((2,), ("50,8", "91", "-90.1", "NaN", "inf", "50°48'", "5_0", "٥")),
        "lon": ((2,), ("23,9", "180.5", "-inf", "east")),
        "event": ((2,), ("incursions", "crash", "Debris")),
        "about": ((2, 4), ("events", "size", "Depth")),
        "low": ((4,), ("2,5", "-1", "nan", "two", "1e9", "2 km", "1e999")),
        "high": ((4,), ("3,5", "inf", "1.9", "3-4", "1,000.5")),
        "unit": ((4, 5), ("kilometres", "KM", "mi")),
        "nation": ((6, 8, 10), ("pl", "Polska", "PLN", "eu")),
        "voice": ((6,), ("president", "Head")),
        "stance": ((6, 7), ("support", "yes", "neutral")),
        "zone": ((6, 8), ("ukraine", "own airspace")),
        "needs": ((6, 8), ("allies, host", "ally", "host; weather")),
        "stage": ((8, 9), ("law", "in force")),
        "force_from": ((8,), ("soon", "2026-00")),
        "force_to": ((8,), ("2026-02-28", "2025", "never")),
        "effect": ((8,), ("allows", "permit")),
        "authority": ((8,), ("defence minister", "king")),
        "theme": ((10, 11), ("war", "calm")),
        "source_url": ((2,), ("example", "ftp://example.org", "https://example", "javascript:alert(1)")),
        "source_date": ((2,), ("2026/01/10", "2026-01-32")),
        "source_medium": ((2,), ("blog", "newspapers")),
    }
    for column, (rows, values) in wrong.items():
        for row in rows:
            yield from (Plant(row, column, value) for value in values)
    for row, column in [(3, "entry"), (7, "entry"), *((row, column) for row in (3, 6, 9, 11) for column in COMMON if column != "entry")]:
        yield Plant(row, column, "")
    yield from (Plant(5, column, "") for column in ("kind", "low", "high", "unit"))
    for row, column in [
        *((2, column) for column in ("event_date", "country", "place", "event", "about")),
        *((6, column) for column in ("nation", "stance", "zone", "voice")),
        *((8, column) for column in ("nation", "title", "stage")),
        *((10, column) for column in ("nation", "theme")),
        *((row, "about") for row in (4, 5)),
    ]:
        yield Plant(row, column, "", late=True)
    yield from (Plant(row, "answers", "pl-2026-01-10", late=True) for row in (10, 11))
    yield Plant(10, "answers", "nobody-said-that", late=True)
    yield Plant(2, "event_date", "2026-01-08", late=True, told_in="entry")
    yield Plant(2, "country", "RO", late=True, told_in="entry")
    yield Plant(2, "event_date", "2026-02-01", told_in="date")
    yield Plant(3, "place", "Lublin", late=True)
    yield from (Plant(5, column, ROWS[2][column], late=True, door="import") for column in INCIDENT_FACTS)
    yield from (Plant(6, column, "x") for column in ("theme", "title", "low", "about", "lat", "answers"))
    yield from (Plant(row, "stance", "supports") for row in (2, 8, 10))
    yield Plant(3, "source_publisher", "x" * 1_001)
    yield Plant(11, "claim", "says", door="none")


PLANTS = [plant for plant in cells() if plant.door != "none"]


def refused(content: bytes, folder: Path, door: str) -> list[SpecError | InputError]:
    """The refusal at each door; the own file and the folder stay as they were."""
    own, broken = folder / "own.csv", folder / "broken.csv"
    own.write_bytes(text_of(KEPT).encode())
    broken.write_bytes(content)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    out: list[SpecError | InputError] = []
    if door in ("both", "import"):
        with pytest.raises((SpecError, InputError)) as told:
            accept(examine(broken, None, own), own)
        out.append(told.value)
    if door in ("both", "own"):
        with pytest.raises((SpecError, InputError)) as told:
            ledger(broken)
        out.append(told.value)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    for error in out:
        assert "broken.csv" in str(error)
        assert len(max(str(error).splitlines(), key=len)) < 1_200  # a message is for reading, whatever came
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", str(error)), "a message that can steer the terminal"
    return out


def check(plants: list[Plant], folder: Path, door: str = "both") -> None:
    rows = good()
    for plant in plants:
        plant.put(rows)
    doors = {plant.door for plant in plants} - {"both"}
    for error in refused(text_of(rows).encode(), folder, doors.pop() if doors else door):
        assert isinstance(error, SpecError)
        assert {fault.path for fault in error.faults} == {plant.path for plant in plants}, str(error)
        assert len(error.faults) == len(plants), str(error)
        assert all(REMEDY.search(fault.message) for fault in error.faults), str(error)


def test_the_file_that_is_broken_below_is_good(tmp_path: Path):
    """By hand: eleven lines, ten statements of five new entries and one shipped one; else the tests below would find faults that nobody planted."""
    path = tmp_path / "good.csv"
    path.write_text(text_of(good()), encoding="utf-8")
    found = ledger(path)
    assert (found.n_own, found.aside) == (10, ())
    assert [ruling.status for ruling in found.entries["PL-2026-01-10"].claims[0].history] == ["reported", "denied"]
    assert found.entries["PL-2026-01-10"].claims[0].first.sources == ("my-note-2026",)
    assert any(claim.slug == "my-count" and claim.first.own for claim in found.entries["PL-2023-12-29"].claims)
    assert len(examine(path, None, None).new) == 10


@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.slow) for part in (1, 2, 3))])
def test_a_hundred_files_with_one_bad_cell_are_refused_by_row_and_column(tmp_path: Path, part: int):
    """Law, by hand: each typed column with what it does not take, each cell that must be filled; the fault is told once, where it was planted."""
    plants = PLANTS[part % 3 :: 3]
    assert len(plants) >= 99 and len({plant.column for plant in plants}) >= 30
    for number, plant in enumerate(plants):
        check([plant], tmp_path, ("import", "own")[number % 2] if part == 0 else "both")


@st.composite
def several(draw: st.DrawFn) -> list[Plant]:
    """Faults in as many rows; what only rows together show is not planted into an entry that lacks a row."""
    plants = draw(st.lists(st.sampled_from(PLANTS), min_size=2, max_size=5, unique_by=lambda plant: plant.row))
    entries = [ROWS[plant.row]["entry"] for plant in plants]
    return [plant for plant, entry in zip(plants, entries) if not plant.late or entries.count(entry) == 1] or plants[:1]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plants=several())
def test_several_faults_of_a_file_come_at_once(tmp_path: Path, plants: list[Plant]):
    """Law: as many faults as were planted, each at its row and column, and none that follows from another's missing row."""
    check(plants, tmp_path)


# -- faults of the text ---------------------------------------------------------------------------------------------------------------


def lines() -> list[str]:
    return text_of(good()).splitlines()


def with_line(number: int, change: Callable[[str], str]) -> bytes:
    out = lines()
    out[number - 1] = change(out[number - 1])
    return ("\n".join(out) + "\n").encode()


def without(*columns: str) -> bytes:
    return text_of(good(), [name for name in ALL_COLUMNS if name not in columns]).encode()


TEXTS: dict[str, tuple[bytes, str, str, str]] = {
    "nothing": (b"", "", "empty", "both"),
    "blank lines": (b"\n \n,,\n", "", "empty", "both"),
    "a mark alone": (b"\xef\xbb\xbf", "", "empty", "both"),
    "header alone": (lines()[0].encode(), "", "no row below", "import"),
    "utf-16": (text_of(good()).encode("utf-16"), "", "UTF-16", "both"),
    "nul": (with_line(4, lambda line: line.replace("farmer", "far\0mer")), "", "binary", "both"),
    "latin-1": (text_of(good()).encode("latin-1"), "line 2", "not UTF-8", "both"),
    "huge": (text_of(good()).encode() + b"\n" * 5_000_001, "", "larger than 5 MB", "both"),
    "a cell of a megabyte": (with_line(7, lambda line: line.replace("no more", "x" * 1_000_000)), "row 7", "close its double quote", "both"),
    "a quote that is never closed": (with_line(9, lambda line: line.replace("A jurist", '"A jurist')), "row 9", "never closed", "both"),
    "a quote that is closed too early": (with_line(6, lambda line: line.replace("Would fire", '"Would" fire')), "row 6", "quotes stand wrongly", "both"),
    "a quote inside": (with_line(4, lambda line: line.replace('""two', '"two')), "row 4", "quotes stand wrongly", "both"),
    "short": (with_line(5, lambda line: line[:-3]), "row 5", "commas", "both"),
    "one cell": (with_line(9, lambda line: "law"), "row 9", "1 cell stand", "both"),
    "long": (with_line(8, lambda line: line + ",,"), "row 8", "double quotes", "both"),
    "a comma in bare text": (with_line(10, lambda line: line.replace("A spokesman", "A spokesman, of the ministry")), "row 10", "double quotes", "both"),
    "semicolons": (text_of(good()).replace(",", ";").encode(), "row 1", "semicolons", "both"),
    "tabs": (text_of(good()).replace(",", "\t").encode(), "row 1", "tabs", "both"),
    "an unknown column": (with_line(1, lambda line: line.replace("office", "ofice")), "row 1", 'did you mean "office"', "both"),
    "a column in capitals": (with_line(1, lambda line: line.replace(",says,", ",SAYS,")), "row 1", 'did you mean "says"', "both"),
    "a column twice": (with_line(1, lambda line: line.replace("office", "voice")), "row 1", '"voice" is there 2 times', "both"),
    "a column without a name": (with_line(1, lambda line: line.replace("office", " ")), "row 1", "no name", "both"),
    "a column that steers": (with_line(1, lambda line: line.replace("office", "\x1b[31moffice")), "row 1", "no column", "both"),
    "a long column": (with_line(1, lambda line: line.replace("office", "o" * 5_000)), "row 1", "no column", "both"),
    "no header": (("\n".join(lines()[1:]) + "\n").encode(), "row 1", "are missing", "both"),
    **{f"no column {name}": (without(name), "row 1", f"the column {name} is missing; add", "both") for name in ("kind", *COMMON)},
    "no columns date and by": (without("date", "by"), "row 1", "the columns date, by are missing", "both"),
    "the same statement again": ((text_of([*good().values(), ROWS[4]])).encode(), "row 12, claim", "broken.csv row 4; take one out", "own"),
    "the same statement, apart": ((text_of([*good().values(), ROWS[2] | {"about": ""}])).encode(), "row 12, claim", "broken.csv row 2; take one out", "own"),
    "an entry of two kinds": (
        text_of([*good().values(), ROWS[11] | {"entry": "my-law"}]).encode(), "row 12, entry", '"my-law" is an entry of law already; give', "both",
    ),
    "an id of another day": (
        text_of(good()).replace("PL-2026-01-10", "PL-2025-01-10").encode(), "row 2, entry", "PL-2025-01-10 does not fit country PL and date 2026-01-10", "both",
    ),
    "a source brought twice": (
        text_of(good() | {3: ROWS[3] | {"source": "my-note-2026", "source_publisher": "Another", "source_title": "What we were told"}}).encode(),
        "row 3, source_publisher", 'another one than where "my-note-2026" was brought; say it once', "both",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_that_is_no_table_of_entries_is_told_by_its_row(tmp_path: Path, name: str):
    """By hand: what was done to the file, the line on which it was done, and what would do."""
    content, path, needle, door = TEXTS[name]
    for error in refused(content, tmp_path, door):
        assert needle in str(error)
        assert REMEDY.search(str(error))
        if isinstance(error, SpecError):
            assert path in [fault.path for fault in error.faults], str(error)
            assert len(error.faults) == 1 or path == "row 1", str(error)


def test_rows_before_a_torn_quote_are_still_checked(tmp_path: Path):
    """By hand: a bad status in row 3 and a quote that row 9 never closes; two faults, in order of rows."""
    rows = good()
    rows[3]["status"] = "maybe"
    content = text_of(rows).replace("A jurist", '"A jurist').encode()
    for error in refused(content, tmp_path, "both"):
        assert isinstance(error, SpecError)
        assert [fault.path for fault in error.faults] == ["row 3, status", "row 9"]


def test_a_row_is_counted_by_the_line_on_which_it_begins(tmp_path: Path):
    """By hand: the text of row 3 takes three lines, so that row 4 begins on line 6, and a fault in it is told there."""
    rows = good()
    rows[3]["says"] = "None\ncame\nin."
    rows[4]["unit"] = "miles"
    for error in refused(text_of(rows).encode(), tmp_path, "both"):
        assert isinstance(error, SpecError)
        assert [fault.path for fault in error.faults] == ["row 6, unit"]


def test_crlf_a_mark_and_spaces_around_cells_are_no_fault(tmp_path: Path):
    """By hand: what a spreadsheet writes reads as what we write."""
    rows = good()
    rows[3]["says"] = "None\ncame in."
    plain = text_of(rows)
    path = tmp_path / "sheet.csv"
    path.write_bytes(b"\xef\xbb\xbf" + plain.replace("\n", "\r\n").replace(",reported,", ", reported ,").encode())
    (tmp_path / "plain.csv").write_text(plain, encoding="utf-8")
    sheet, text = read_own(path), read_own(tmp_path / "plain.csv")
    assert not sheet.faults
    assert [row.cells for row in sheet.rows] == [row.cells for row in text.rows]


# -- any text, any bytes --------------------------------------------------------------------------------------------------------------------


def read_or_refused(path: Path) -> None:
    for door in (lambda: ledger(path), lambda: examine(path, "incidents", None), lambda: examine(path, None, None)):
        try:
            door()
        except (SpecError, InputError) as error:
            str(error).encode("utf-8")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes):
    """Law: never another exception."""
    (tmp_path / "any.csv").write_bytes(content)
    read_or_refused(tmp_path / "any.csv")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=60), cut=st.integers(0, 200), at=st.integers(0, 3_000))
def test_a_good_file_with_bytes_put_in_and_cut_out_is_read_or_refused(tmp_path: Path, content: bytes, cut: int, at: int):
    """Law: never another exception."""
    text = text_of(good()).encode()
    (tmp_path / "cut.csv").write_bytes(text[:at] + content + text[at + cut :])
    read_or_refused(tmp_path / "cut.csv")


@settings(max_examples=150, deadline=None)
@given(row=st.sampled_from(sorted(ROWS)), column=st.sampled_from(ALL_COLUMNS), value=st.text(max_size=30))
def test_any_text_in_a_cell_is_taken_or_told_in_that_row(row: int, column: str, value: str):
    """Law: one cell changed; a fault of the row stands in that row, and what the row says else is not blamed for it."""
    rows = good()
    rows[row][column] = value.replace("\r", "").replace("\n", "")
    found = read_rows(text_of(rows), "any.csv", own=True)
    told = {fault.path.partition(",")[0] for fault in found.faults}
    assert told <= {f"row {row}", *(["row 3"] if (row, column) == (2, "source") else [])}
    assert len(found.rows) == 10 - len(told)


@pytest.mark.slow
def test_every_planted_pair_of_faults_comes_at_once(tmp_path: Path):
    """Law: each fault together with one of another row."""
    for plant in PLANTS:
        other = next(item for item in PLANTS if ROWS[item.row]["entry"] != ROWS[plant.row]["entry"] and not item.late)
        check([plant, other], tmp_path)


def test_a_file_without_rows_of_its_own_adds_nothing(tmp_path: Path):
    """By hand: a header alone is a ledger that waits."""
    path = tmp_path / "own.csv"
    path.write_text(lines()[0] + "\n", encoding="utf-8")
    found = ledger(path)
    assert (found.n_own, list(found.entries)) == (0, list(shipped().entries))
