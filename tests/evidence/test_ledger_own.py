"""Entries of the user's own: looked at before they are taken, added letter by letter, never lost, and still read when zaslin's own ledger catches up."""

from __future__ import annotations

import csv
import errno
import io
import json
from pathlib import Path
from typing import Any

import pytest
from own_ledger import BROUGHT, KEPT, ROWS, good, text_of
from typer.testing import CliRunner

from zaslin.cli import app
from zaslin.errors import Fault, InputError, SpecError, StoreError, ZaslinError
from zaslin.evidence.ledger.book import Book, assemble, ledger, own_path, shipped, shipped_rows
from zaslin.evidence.ledger.own import ALL_COLUMNS, accept, examine
from zaslin.evidence.ledger.rows import COLUMNS, Row, read_rows
from zaslin.outcomes import disk


def write(path: Path, *rows: dict[str, str]) -> Path:
    path.write_text(text_of(rows), encoding="utf-8")
    return path


def told(rows: Any) -> list[int]:
    return [row.number for row in rows]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return write(tmp_path / "own.csv", *KEPT)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return write(tmp_path / "mine.csv", *ROWS.values())


def shipped_cells(entry: str, claim: str, place: int = 0) -> dict[str, str]:
    """A shipped statement as a user would copy it, without what the entry itself is."""
    rows = [row for row in shipped_rows() if (row.cells["entry"], row.cells["claim"]) == (entry, claim)]
    cells = {
        key: "; ".join(value) if isinstance(value, tuple) else f"{value:g}" if isinstance(value, float) else value for key, value in rows[place].cells.items()
    }
    return {"kind": rows[place].kind, **cells}


# -- what is found before anything is taken ------------------------------------------------------------------------------------------------


def test_what_is_new_and_what_is_known_is_told_and_nothing_is_written(own: Path, mine: Path, tmp_path: Path):
    """By hand: ten new rows; of row 3, the claim that row 2 makes is denied."""
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    found = examine(mine, None, own)
    assert (told(found.new), found.duplicates) == (list(range(2, 12)), ())
    assert list(found.sources) == ["my-note-2026"]
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_same_words_and_the_same_answer_are_known_already(tmp_path: Path, own: Path):
    """By hand: row 2 says a kept statement in capitals and without its point; row 3 a shipped answer in other words; row 4 is row 5 again."""
    tusk = next(row for row in shipped_rows() if row.kind == "incidents" and "low" in row.cells)
    again = shipped_cells(tusk.cells["entry"], tusk.cells["claim"]) | {"claim": "mine", "says": "Said otherwise"}
    other = ROWS[5] | {"claim": "other-name", "says": "Two of them,  he SAYS!"}
    rows = [
        KEPT[1] | {"says": "WOULD, think about it."},
        {key: cell for key, cell in again.items() if key in COLUMNS["incidents"][:7] or key in ("kind", "about", "low", "high", "unit")},
    ]
    found = examine(write(tmp_path / "again.csv", *rows, ROWS[5], other), None, own)
    assert [(row.number, where) for row, where in found.duplicates] == [(2, f"{own} row 3"), (3, tusk.where), (5, f"{tmp_path / 'again.csv'} row 4")]
    assert told(found.new) == [4]


def test_a_status_that_changes_is_no_duplicate_and_is_told_with_what_it_was(tmp_path: Path, own: Path):
    """By hand: reported, then confirmed in the same words, then confirmed once more, then refuted; two changes, each from the one before."""
    first = KEPT[0]
    thing = dict.fromkeys(("event_date", "country", "place", "event"), "")
    steps = [("2026-01-22", "confirmed", first["says"]), ("2026-01-23", "confirmed", "Parts, says he again"), ("2026-01-24", "refuted", "It was a plough")]
    rows = [first | thing | {"date": date, "status": status, "says": says} for date, status, says in steps]
    found = examine(write(tmp_path / "next.csv", *rows), "incidents", own)
    assert told(found.new) == [2, 3, 4]
    assert [(row.number, was, row.cells["status"]) for row, was in found.changes] == [(2, "reported", "confirmed"), (4, "confirmed", "refuted")]


def test_an_older_statement_changes_no_later_status(tmp_path: Path, own: Path):
    """By hand: what was unconfirmed the day before does not make it unconfirmed now."""
    older = KEPT[0] | {"date": "2026-01-20", "status": "unconfirmed", "says": "Something lies there"}
    found = examine(write(tmp_path / "older.csv", older), None, own)
    assert (told(found.new), found.changes) == ([2], ())


def test_a_contradiction_with_the_shipped_ledger_is_shown_with_both_sides(tmp_path: Path):
    """By hand: PL-2023-12-29 is said to be one missile; two entered says the witness of row 5."""
    rows = [ROWS[5] | {"claim": name, "low": low, "high": low, "by": by} for name, low, by in (("two", "2", "A"), ("seven", "7", "B"))]
    found = examine(write(tmp_path / "two.csv", *rows), "incidents", None)
    assert [(id, item.about) for id, item in found.contradictions] == [("PL-2023-12-29", "entered")]
    sides = {tuple(claim.slug for claim in side.claims) for side in found.contradictions[0][1].sides}
    assert any("two" in side for side in sides) and any("seven" in side for side in sides)
    assert not any({"two", "seven"} <= set(side) for side in sides)
    quiet = examine(write(tmp_path / "damage.csv", ROWS[5] | {"about": "damage", "low": "", "high": "", "unit": "", "answer": "a barn"}), None, None)
    assert not [id for id, item in quiet.contradictions if item.about != "damage"]


def test_a_new_incident_beside_a_known_one_is_told(tmp_path: Path, own: Path):
    """By hand: one day and 20 km apart is similar; two days, or 100 km, or another country is not. A degree of latitude is 111 km."""
    first = KEPT[0] | {"entry": "RO-2026-01-21", "event_date": "2026-01-21", "says": "x", "lat": "45.3", "lon": "28.7"}
    kept = write(tmp_path / "kept.csv", KEPT[0] | {"lat": "45.1", "lon": "28.7"})
    cases = {
        "near": (first, [("RO-2026-01-21", "RO-2026-01-20")]),
        "far": (first | {"lat": "46.0"}, []),
        "later": (first | {"entry": "RO-2026-01-22", "event_date": "2026-01-22", "date": "2026-01-22"}, []),
        "abroad": (first | {"entry": "MD-2026-01-21", "country": "MD"}, []),
        "nowhere": (first | {"lat": "", "lon": ""}, [("RO-2026-01-21", "RO-2026-01-20")]),
    }
    for name, (row, expected) in cases.items():
        assert list(examine(write(tmp_path / f"{name}.csv", row), None, kept).similar) == expected, name


# -- what is added ------------------------------------------------------------------------------------------------------------------------------


def test_accepted_rows_stand_at_the_end_and_a_second_import_adds_nothing(own: Path, mine: Path):
    """By hand: two rows and ten; the old text is the beginning of the new one; all is there when the ledger is opened."""
    before = own.read_text(encoding="utf-8")
    assert accept(examine(mine, None, own), own) == own
    assert own.read_text(encoding="utf-8").startswith(before)
    found = ledger(own)
    assert found.n_own == 12
    assert {"RO-2026-01-20", "PL-2026-01-10", "my-law", "my-calm"} <= set(found.entries)
    assert found.source("my-note-2026").title == "What we were told"
    again = examine(mine, None, own)
    assert (told(again.new), len(again.duplicates), again.changes, again.contradictions, again.similar) == ([], 10, (), (), ())


def test_a_file_is_made_with_its_folders_where_there_is_none(tmp_path: Path, mine: Path):
    """By hand: the rows that are read back are those that came."""
    path = tmp_path / "some" / "where" / "own.csv"
    accept(examine(mine, None, None), path)
    back, came = (read_rows(item.read_text(encoding="utf-8"), "x", own=True) for item in (path, mine))
    assert [row.cells for row in back.rows] == [row.cells for row in came.rows]
    assert back.sources == came.sources
    assert sorted(item.name for item in path.parent.iterdir()) == ["own.csv"]


LAYOUTS: dict[str, str] = {
    "another order": "status,source,kind,says,by,date,claim,entry,zone,stance,voice,nation,needs",
    "spaces in names": " kind , entry,claim ,date,by,says,status,source,nation,voice,stance,zone,needs",
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_what_stands_in_the_file_stays_letter_by_letter(tmp_path: Path, mine: Path, layout: str, mark: str, ending: str, last: bool):
    """By hand: order of columns, needless quotes, line ends, a mark, blank lines, a text of two lines. A line of old gets only commas at its end."""
    names = [name.strip() for name in LAYOUTS[layout].split(",")]
    cell = {**KEPT[1], "says": f"Would think{ending}about it"}
    old_row = ",".join(f'"{cell[name]}"' for name in names)
    old = (
        LAYOUTS[layout]
        + ending
        + old_row
        + ending
        + ending
        + ",".join(cell[name] if name != "says" else '"a, ""b"""' for name in names)
        + (ending if last else "")
    )
    path = tmp_path / "own.csv"
    path.write_bytes((mark + old).encode())
    accept(examine(mine, None, path), path)
    new = path.read_bytes().decode()
    assert new.startswith(mark) and new.count("\ufeff") == len(mark)
    added = len(next(csv.reader(io.StringIO(new.removeprefix(mark), newline="")))) - len(names)
    assert added > 0
    lines, olds = new.removeprefix(mark).split(ending), old.removesuffix(ending).split(ending)
    assert lines[0].startswith(olds[0] + ",")
    for place, line in enumerate(olds[1:], 1):
        whole = place in (2, 4)  # the lines on which the two old rows end
        assert lines[place] == line + "," * added * whole, place
    assert ("\r\n" in new) == (ending == "\r\n") and "\n" not in new.replace(ending, "")
    assert ledger(path).n_own == 12
    assert ledger(path).entries["my-ro-2026"].claims[0].first.says == "Would think\nabout it"


def test_where_all_columns_are_there_the_old_bytes_are_the_beginning(tmp_path: Path, mine: Path):
    """By hand: nothing but an end of line is put between old and new; the columns keep their order."""
    path = tmp_path / "own.csv"
    old = text_of(KEPT, reversed(ALL_COLUMNS)).replace("\n", "\r\n").removesuffix("\r\n")
    path.write_bytes(old.encode())
    accept(examine(mine, None, path), path)
    assert path.read_bytes().startswith(old.encode() + b"\r\n")
    assert ledger(path).n_own == 12


def test_a_source_is_brought_once_and_known_from_then_on(tmp_path: Path, own: Path):
    """By hand: the second row names two sources and brings one of them; the third names it alone. Read back, each is what it was."""
    second = BROUGHT | {"source": "my-talk-2026; my-note-2026", "source_title": "A talk"}
    rows = [ROWS[2], ROWS[3] | second, ROWS[4] | {"source": "my-talk-2026"}]
    path = write(tmp_path / "sources.csv", *rows)
    accept(examine(path, None, own), own)
    found = ledger(own)
    assert {id: item.title for id, item in found.own_sources.items()} == {"my-note-2026": "What we were told", "my-talk-2026": "A talk"}
    assert not examine(path, None, own).new


def test_a_source_that_is_another_in_the_own_file_is_refused_by_row(tmp_path: Path, own: Path, mine: Path):
    """By hand: one id, two titles; the row that names it is told."""
    accept(examine(mine, None, own), own)
    before = own.read_bytes()
    path = write(tmp_path / "clash.csv", ROWS[4] | BROUGHT | {"claim": "new", "says": "new", "low": "9", "high": "9", "source_title": "Another title"})
    with pytest.raises(SpecError, match="my-note-2026") as error:
        examine(path, None, own)
    assert [fault.path for fault in error.value.faults] == ["row 2, source"]
    assert own.read_bytes() == before


def test_two_new_sources_in_one_row_are_told_before_anything_is_written(tmp_path: Path, own: Path):
    """By hand: row 2 is known to the ledger, so the source that it brings is not taken with it, and row 3 would have to bring two."""
    entry = next(row for row in shipped_rows() if row.kind == "positions").cells
    known = shipped_cells(entry["entry"], entry["claim"]) | BROUGHT | {"source": "my-first"}
    rows = [known, known | {"claim": "other", "by": "Somebody else", "says": "Something else", "source": "my-first; my-second", "source_title": "Other"}]
    with pytest.raises(SpecError, match="my-first and my-second") as error:
        examine(write(tmp_path / "two.csv", *rows), None, own)
    assert [fault.path for fault in error.value.faults] == ["row 3, source"]


def test_claims_of_another_kind_are_refused_where_one_kind_is_imported(mine: Path, own: Path):
    """By hand: six of the ten rows are no incidents; each is told."""
    with pytest.raises(SpecError) as error:
        examine(mine, "incidents", own)
    assert [fault.path for fault in error.value.faults] == [f"row {number}, kind" for number in range(6, 12)]


@pytest.mark.parametrize("quoted", [True, False])
def test_a_file_without_the_column_kind_is_of_the_kind_that_is_imported(tmp_path: Path, own: Path, quoted: bool):
    """By hand: the same row with `kind`, in quotes or not, and without."""
    columns = [name for name in ALL_COLUMNS if name in COLUMNS["positions"]]
    bare = tmp_path / "bare.csv"
    bare.write_text(text_of([ROWS[6]], columns), encoding="utf-8")
    full = tmp_path / "full.csv"
    text = text_of([ROWS[6]], ["kind", *columns, "theme"])
    full.write_text(text.replace("kind,", '"kind",', 1) if quoted else text, encoding="utf-8")
    assert [len(examine(path, "positions", own).new) for path in (bare, full)] == [1, 1]


def test_a_fault_of_the_own_file_is_told_as_its_own(tmp_path: Path, own: Path, mine: Path):
    """By hand: the import is good, the own file is not; the message names the own file, and it stays as it is."""
    own.write_text(text_of([KEPT[0] | {"status": "maybe"}]), encoding="utf-8")
    before = own.read_bytes()
    with pytest.raises(SpecError, match=r"own\.csv") as error:
        accept(examine(mine, None, own), own)
    assert [fault.path for fault in error.value.faults] == ["row 2, status"]
    assert own.read_bytes() == before


def test_a_file_that_breaks_between_looking_and_taking_is_not_written_to(own: Path, mine: Path):
    """By hand: somebody saves the own file with a fault in the meantime."""
    found = examine(mine, None, own)
    own.write_text(text_of([KEPT[0] | {"status": "maybe"}]), encoding="utf-8")
    before = own.read_bytes()
    with pytest.raises(SpecError, match="status"):
        accept(found, own)
    assert own.read_bytes() == before


@pytest.mark.parametrize(
    ("code", "words"), [(errno.EROFS, "read-only"), (errno.ENOSPC, "the disk is full"), (errno.EACCES, "no permission"), (errno.EIO, "disk reports an error")]
)
def test_a_disk_that_refuses_leaves_the_own_file_as_it_was(own: Path, mine: Path, monkeypatch: pytest.MonkeyPatch, code: int, words: str):
    """By hand: the message says why and names the file; no other file is left behind."""

    def refuse(path: Path, content: bytes) -> None:
        path.write_bytes(content[:100])
        raise OSError(code, "refused", str(path))

    monkeypatch.setattr(disk, "_write_synced", refuse)
    before = {path.name: path.read_bytes() for path in own.parent.iterdir()}
    with pytest.raises(StoreError, match=words) as error:
        accept(examine(mine, None, own), own)
    assert str(own) in str(error.value)
    assert {path.name: path.read_bytes() for path in own.parent.iterdir()} == before


@pytest.mark.parametrize("name", ["folder", "mine.csv/own.csv", "x" * 300 + ".csv"])
def test_a_place_that_cannot_be_a_file_is_told(tmp_path: Path, mine: Path, name: str):
    """By hand: a folder of that name, a file where a folder should be, a name that is too long."""
    (tmp_path / "folder").mkdir()
    before = mine.read_bytes()
    with pytest.raises(ZaslinError) as error:
        accept(examine(mine, None, None), tmp_path / name)
    assert name.split("/")[0] in str(error.value)
    assert any(word in str(error.value) for word in ("give", "choose"))
    assert mine.read_bytes() == before and not list((tmp_path / "folder").iterdir())


# -- an upgrade ---------------------------------------------------------------------------------------------------------------------------------


def upgraded(rows: dict[int, dict[str, str]], *names: int, **changed: str) -> tuple[Book, list[Fault], list[Fault]]:
    """The ledger with the user's rows beside a later version that ships these of them (their source registered), with other facts where `changed`."""
    mine = read_rows(text_of(rows), "own.csv", own=True)
    assert not mine.faults
    theirs = [Row(row.kind, {**row.cells, **changed}, f"{row.kind}.csv", 900 + row.number) for row in mine.rows if row.number in names]
    aside: list[Fault] = []
    entries, faults = assemble([*shipped_rows(), *theirs, *mine.rows], mine.sources, aside=aside)
    return Book(entries, mine.sources, "own.csv", len(mine.rows)), faults, aside


def test_a_file_outlives_a_version_that_ships_all_of_it():
    """Law: no fault; every statement is there once, as shipped; each row of the user's is told to stand aside, and why."""
    found, faults, aside = upgraded(good(), *ROWS)
    assert faults == []
    assert {fault.path for fault in aside} == {f"row {number}, says" for number in ROWS} and len(aside) == len(ROWS)
    assert any("incidents.csv row 902 says the same by now" in fault.message for fault in aside)
    assert [(ruling.by, ruling.own) for ruling in found.entries["PL-2026-01-10"].claims[0].history] == [("A mayor", False), ("The army", False)]


def test_a_file_outlives_a_version_that_ships_the_entry_and_one_claim():
    """By hand: the first row is shipped, with another place and point; the user's later claims stand, as their own."""
    found, faults, aside = upgraded(good(), 2, place="Near Hrubieszów", lat=50.75)  # type: ignore[arg-type]
    assert faults == []
    assert [fault.path for fault in aside] == ["row 2, says"]
    entry = found.entries["PL-2026-01-10"]
    assert (entry.place, entry.facts["lat"]) == ("Near Hrubieszów", 50.75)
    assert [ruling.own for ruling in entry.claims[0].history] == [False, True]
    assert [(claim.slug, claim.first.own) for claim in entry.claims] == [("crossing", False), ("depth", True)]


def test_a_file_outlives_a_version_that_ships_the_entry_in_other_words():
    """By hand: the shipped row says it in words of its own; the user's statement stays, the place that it gave stands aside and is told."""
    found, faults, aside = upgraded(good(), 2, place="Near Hrubieszów", says="A drone crossed.", claim="entry")
    assert faults == []
    assert [(fault.path, "Near Hrubieszów" in fault.message) for fault in aside] == [("row 2, place", True)]
    assert [claim.slug for claim in found.entries["PL-2026-01-10"].claims] == ["entry", "crossing", "depth"]


def test_what_the_shipped_table_of_incidents_says_stands_and_is_told(tmp_path: Path):
    """By hand: an own row gives PL-2023-12-29 another place and the right country; the place is told, the country is not, the claim is taken."""
    path = write(tmp_path / "own.csv", ROWS[5] | {"place": "Elsewhere", "country": "PL"})
    found = ledger(path)
    assert [fault.path for fault in found.aside] == ["row 2, place"]
    assert found.entries["PL-2023-12-29"].place == shipped().entries["PL-2023-12-29"].place
    done = CliRunner().invoke(app, ["ledger", "incidents", "PL-2023-12-29", "--own", str(path)], prog_name="zaslin")
    assert done.exit_code == 0
    assert "row 2, place" in done.stderr and "Elsewhere" in done.stderr and "Elsewhere" not in done.stdout


# -- which file, and how it is told -----------------------------------------------------------------------------------------------------------


def test_the_file_is_the_named_one_or_that_of_the_variable_or_that_of_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """By hand: --own before ZASLIN_LEDGER before zaslin-ledger.csv; --no-own is none of them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ZASLIN_LEDGER", raising=False)
    assert own_path() is None and ledger().own_file is None
    write(tmp_path / "zaslin-ledger.csv", KEPT[0])
    assert ledger().own_file == "zaslin-ledger.csv"
    monkeypatch.setenv("ZASLIN_LEDGER", str(write(tmp_path / "named.csv", *KEPT)))
    assert (ledger().own_file, ledger().n_own) == (str(tmp_path / "named.csv"), 2)
    third = write(tmp_path / "third.csv", KEPT[1])
    assert (ledger(third).own_file, ledger(third).n_own) == (str(third), 1)
    assert ledger(only_shipped=True).own_file is None
    monkeypatch.setenv("ZASLIN_LEDGER", "")
    assert ledger().own_file == "zaslin-ledger.csv"


def test_a_variable_that_names_no_file_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """By hand: the user gave no --own, so the message says where the name came from."""
    monkeypatch.setenv("ZASLIN_LEDGER", str(tmp_path / "gone.csv"))
    with pytest.raises(InputError, match="ZASLIN_LEDGER names it"):
        ledger()
    with pytest.raises(InputError, match=r"other\.csv") as error:
        ledger(tmp_path / "other.csv")
    assert "ZASLIN_LEDGER" not in str(error.value)


def run(*words: str) -> Any:
    return CliRunner().invoke(app, ["ledger", *words], prog_name="zaslin")


def test_own_entries_are_marked_in_json_and_on_the_screen(tmp_path: Path, own: Path, mine: Path):
    """By hand: the depth is the user's own, the crossing is not where the shipped ledger has it; without the own file it is gone."""
    accept(examine(mine, None, own), own)
    item = json.loads(run("incidents", "PL-2023-12-29", "--own", str(own), "--json").stdout)["entries"][0]
    marks = {claim["id"]: claim["own"] for claim in item["claims"]}
    assert marks.pop("my-count") is True and not any(marks.values())
    assert all(ruling["own"] == claim["own"] for claim in item["claims"] for ruling in claim["history"])
    assert "(your own)" in run("incidents", "PL-2023-12-29", "--own", str(own)).stdout
    assert f"with 12 rows of your own from {own}" in run("positions", "--own", str(own)).stdout.replace("\n", "")
    bare = json.loads(run("incidents", "PL-2023-12-29", "--no-own", "--json").stdout)["entries"][0]
    assert "my-count" not in {claim["id"] for claim in bare["claims"]}


def test_import_on_the_command_line_looks_then_takes_then_finds_nothing_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """By hand: four rows of incidents; the file of the folder is made by --accept alone, and grows no second time."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ZASLIN_LEDGER", raising=False)
    write(tmp_path / "mine.csv", *(ROWS[number] for number in (2, 3, 4, 5)))
    first = run("incidents", "--import", "mine.csv")
    assert first.exit_code == 0 and "4 rows, 4 new, 0 known already" in first.stdout
    assert "zaslin ledger incidents --import mine.csv --accept" in first.stdout
    assert not (tmp_path / "zaslin-ledger.csv").exists()
    taken = json.loads(run("incidents", "--import", "mine.csv", "--accept", "--json").stdout)
    assert (taken["rows"], len(taken["new"]), taken["written"]) == (4, 4, "zaslin-ledger.csv")
    before = (tmp_path / "zaslin-ledger.csv").read_bytes()
    again = run("incidents", "--import", "mine.csv", "--accept")
    assert "nothing new; nothing was written" in again.stdout
    assert (tmp_path / "zaslin-ledger.csv").read_bytes() == before
    assert json.loads(run("incidents", "--import", "mine.csv", "--no-own", "--json").stdout)["duplicates"] == []


def test_a_table_of_our_own_making_can_be_imported_by_its_cells(tmp_path: Path):
    """Law: what `text_of` writes, csv reads; guards the helper of these tests."""
    rows = list(csv.DictReader(io.StringIO(text_of(good()))))
    assert [{key: cell for key, cell in row.items() if cell} for row in rows] == list(ROWS.values())


def test_two_claims_in_one_sentence_and_a_repetition_are_not_duplicates(tmp_path: Path):
    """By hand: "seven entered, four shot down" answers two questions; the same words on a later day are another statement."""
    head = "entry,claim,date,by,says,status,source,about,low,high,unit,event_date,country,place,event\n"
    thing = "2024-05-01,SK,Ubľa,incursion"
    rows = (
        f"SK-2024-05-01,in,2024-05-02,a minister,Seven entered and four were shot down.,reported,kyiv-independent-2024-07-26,entered,7,7,count,{thing}\n"
        "SK-2024-05-01,down,2024-05-02,a minister,Seven entered and four were shot down.,reported,kyiv-independent-2024-07-26,shot_down,4,4,count,,,,\n"
        "SK-2024-05-01,in,2024-05-03,a neighbour,None entered.,denied,kyiv-independent-2024-07-26,,,,,,,,\n"
        "SK-2024-05-01,in,2024-05-04,a minister,Seven entered and four were shot down.,reported,kyiv-independent-2024-07-26,,,,,,,,\n"
    )
    file = tmp_path / "claims.csv"
    file.write_text(head + rows, encoding="utf-8")
    found = examine(file, "incidents", None)
    assert (len(found.new), found.duplicates) == (4, ())


@pytest.mark.parametrize(
    ("day", "words"), [("2099-01-01", "is yet to come"), ("2020-01-01", "lies before the event of 2025-09-09"), ("2025-09-08", None), ("2025-09-12", None)]
)
def test_a_statement_of_the_future_or_before_its_event_is_refused(tmp_path: Path, day: str, words: str | None):
    """By hand: a day's tolerance, because local and UTC dates differ."""
    file = tmp_path / "claims.csv"
    row = f"PL-2025-09-10,mine,{day},me,I saw one.,reported,kyiv-independent-2024-07-26,event\n"
    file.write_text("entry,claim,date,by,says,status,source,about\n" + row, encoding="utf-8")
    if words is None:
        assert len(examine(file, "incidents", None).new) == 1
    else:
        with pytest.raises(SpecError, match=words):
            examine(file, "incidents", None)


def test_a_row_that_would_take_a_shipped_claim_over_is_refused(tmp_path: Path):
    """By hand: an own row dated before the prime minister's count would become the claim's speaker."""
    file = tmp_path / "claims.csv"
    row = "PL-2025-09-10,entered-tusk-19,2025-09-09,me,I counted 99.,reported,kyiv-independent-2024-07-26,entered\n"
    file.write_text("entry,claim,date,by,says,status,source,about\n" + row, encoding="utf-8")
    with pytest.raises(SpecError, match="give it a claim of its own"):
        examine(file, "incidents", None)
