"""Questions to the ledger: filters, words, SQL that can reach no file, tables that come back as they went, and the JSON that DESIGN promises."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from zaslin.errors import InputError, StoreError
from zaslin.evidence.ledger.book import Book, ledger
from zaslin.evidence.ledger.entry import KINDS, Entry
from zaslin.evidence.ledger.query import arrow, ask, country_code, entries, entry_json, statements, write


@pytest.fixture(scope="module")
def book() -> Book:
    return ledger(only_shipped=True)


def ids(found: list[Entry]) -> set[str]:
    return {entry.id for entry in found}


# -- filters ------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "code"), [("PL", "PL"), ("pl", "PL"), ("Poland", "PL"), (" poland ", "PL"), ("NATO", "NATO"), ("european union", "EU"), ("Ukraine", "UA")]
)
def test_a_country_is_asked_for_by_code_or_name(book: Book, name: str, code: str):
    """By hand: the same entries as by its code, and all of that country."""
    found = entries(book, "positions", country=[name])
    assert found == [entry for entry in book.of("positions") if entry.country == code]
    assert found or code == "EU"


def test_several_countries_are_any_of_them(book: Book):
    """Law: the union, in order of time."""
    both = entries(book, "incidents", country=["RO", "Poland"])
    assert ids(both) == ids(entries(book, "incidents", country=["PL"])) | ids(entries(book, "incidents", country=["RO"]))
    assert [entry.date for entry in both] == sorted(entry.date for entry in both)
    assert {entry.country for entry in both} == {"PL", "RO"}


@pytest.mark.parametrize(("name", "near"), [("Polnad", "Poland"), ("roumania", "Romania"), ("Ukrain", "Ukraine"), ("NATTO", "NATO")])
def test_a_mistyped_country_is_answered_with_the_nearest(name: str, near: str):
    """By hand."""
    with pytest.raises(InputError, match=f'no country "{name}"; did you mean "{near}"'):
        country_code(name)


def test_a_country_that_there_is_not_is_answered_with_some_that_there_are():
    """By hand."""
    for name in ("", "XX", "Атлантида"):
        with pytest.raises(InputError, match="there are: "):
            country_code(name)


def test_statuses_are_of_the_entry_and_any_of_them(book: Book):
    """Law: denied and refuted together are those of each; all five are everything."""
    each = {status: ids(entries(book, "incidents", status=[status])) for status in ("confirmed", "reported", "denied", "refuted", "unconfirmed")}
    assert all(each.values())
    assert ids(entries(book, "incidents", status=["DENIED", "refuted"])) == each["denied"] | each["refuted"]
    assert sum(map(len, each.values())) == len(book.of("incidents"))
    assert set().union(*each.values()) == ids(book.of("incidents"))


def test_a_status_on_a_date_is_that_of_the_date(book: Book):
    """By hand: an entry is shown under the status that it had, and each has one."""
    day = date(2024, 8, 31)
    then, now = (ids(entries(book, "incidents", at=at, status=["refuted"])) for at in (day, None))
    assert then < now
    assert all(entry.status == "confirmed" for entry in entries(book, "incidents", at=day, status=["confirmed"]))


@pytest.mark.parametrize(
    ("kind", "name", "told"),
    [
        ("incidents", "confirmd", "confirmed"),
        ("catalogue", "sourcd", "sourced"),
        ("catalogue", "confirmed", "assumption, sourced"),
        ("law", "valid", "confirmed, denied"),
    ],
)
def test_a_status_that_there_is_not_is_answered_with_those_of_the_kind(book: Book, kind: Any, name: str, told: str):
    """By hand: the catalogue has two of its own."""
    with pytest.raises(InputError, match=f"no status of {kind}") as error:
        entries(book, kind, status=[name])
    assert told in str(error.value)


# -- words --------------------------------------------------------------------------------------------------------------------------------------


def test_search_knows_no_case_and_no_accents(book: Book):
    """By hand: Szijjártó, Čaputová and Przewodów are found without a mark, in any case, and with it."""
    for kind, forms in (("positions", ("Szijjártó", "szijjarto", "SZIJJÁRTÓ")), ("incidents", ("Przewodów", "przewodow", "PRZEWODOW"))):
        found = [ids(entries(book, kind, search=form)) for form in forms]  # type: ignore[arg-type]
        assert found[0] and found.count(found[0]) == len(forms), forms
    assert ids(entries(book, "positions", search="Władysław")) == ids(entries(book, "positions", search="wladyslaw"))


def test_search_wants_all_words_in_any_order_and_place(book: Book):
    """Law: the words' entries, intersected; each is in what the entry says, its speaker, its place or its sources."""
    one, two = (ids(entries(book, "positions", search=word)) for word in ("poland", "missile"))
    assert ids(entries(book, "positions", search="missile poland")) == ids(entries(book, "positions", search="  Poland   missile ")) == one & two
    assert one & two and one - two and two - one
    assert entries(book, "positions", search="poland xyzzy") == []
    assert entries(book, "positions", search=" ") == book.of("positions")


def test_search_on_a_date_does_not_see_what_was_said_later(book: Book):
    """Law: whatever a later statement alone says is not found before."""
    for entry in book.of("incidents"):
        last = max((ruling for claim in entry.claims for ruling in claim.history), key=lambda ruling: ruling.known)
        day = date.fromordinal(last.known.toordinal() - 1)
        then = entries(book, "incidents", at=day, ids=[entry.id], search=last.says)
        told = [ruling.says for item in then for claim in item.claims for ruling in claim.history]
        assert not then or last.says not in told


# -- SQL ------------------------------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rows(book: Book) -> list[dict[str, Any]]:
    return statements(book.of("law")[:5], book)


def test_sql_answers_from_one_row_per_statement(book: Book):
    """Law: counted by DuckDB and by hand."""
    found = book.of("incidents")
    columns, answer = ask(statements(found, book), "SELECT country, count(DISTINCT entry) AS n, count(*) AS said FROM ledger GROUP BY country ORDER BY country")
    assert columns == ["country", "n", "said"]
    for country, n, said in answer:
        mine = [entry for entry in found if entry.country == country]
        assert (n, said) == (len(mine), sum(len(claim.history) for entry in mine for claim in entry.claims))
    assert len(answer) == len({entry.country for entry in found})


@pytest.mark.parametrize("sql", ["SELEC 1", "SELECT nothing FROM ledger", "SELECT * FROM leger", "SELECT 1/", "'", "SELECT nothing"])
def test_bad_sql_is_told_with_the_columns_that_there_are(rows: list[dict[str, Any]], sql: str):
    """By hand: DuckDB's own words, then the table and its columns."""
    with pytest.raises(InputError, match="DuckDB: ") as error:
        ask(rows, sql)
    assert "the table is `ledger`" in str(error.value) and "entry_status" in str(error.value)


@pytest.mark.parametrize("sql", ["", " ", ";", "-- nothing"])
def test_no_question_is_told_with_an_example(rows: list[dict[str, Any]], sql: str):
    """By hand: DuckDB itself answers nothing to nothing; the example that is given runs."""
    with pytest.raises(InputError, match="no question came") as error:
        ask(rows, sql)
    assert ask(rows, str(error.value).partition("such as: ")[2])[0] == ["country", "count_star()"]


def test_a_question_that_is_no_text_is_told(rows: list[dict[str, Any]]):
    """By hand: a shell passes bytes on that are no UTF-8."""
    with pytest.raises(InputError, match="give it in UTF-8"):
        ask(rows, "SELECT '\udcff'")


READS = (
    "SELECT * FROM '{file}'", "SELECT * FROM read_csv('{file}')", "SELECT * FROM read_text('{file}')", "SELECT * FROM read_blob('{file}')",
    "SELECT * FROM read_parquet('{file}')", "SELECT * FROM read_json('{file}')", "SELECT * FROM glob('{folder}/*')", "ATTACH '{file}'",
    "SELECT * FROM query('SELECT * FROM read_text(''{file}'')')", "COPY ledger FROM '{file}'", "IMPORT DATABASE '{folder}'", "LOAD '{file}'",
    "SELECT * FROM 'https://example.org/x.csv'", "INSTALL httpfs", "LOAD httpfs",
)  # fmt: skip
WRITES = (
    "COPY ledger TO '{new}'", "COPY (SELECT 1) TO '{new}' (FORMAT parquet)", "EXPORT DATABASE '{new}'", "ATTACH '{new}'", "ATTACH '{new}' AS x (TYPE duckdb)",
    "SET log_query_path = '{new}'", "SET temp_directory = '{new}'", "SET extension_directory = '{new}'", "SET secret_directory = '{new}'",
    "PRAGMA profiling_output = '{new}'",
    "CREATE PERSISTENT SECRET s (TYPE s3)",
)  # fmt: skip
KEYS = (
    "SET enable_external_access = true", "RESET enable_external_access", "SET allowed_directories = ['{folder}']", "SET lock_configuration = false",
    "SET autoinstall_known_extensions = true", "SET memory_limit = '100GB'",
)  # fmt: skip


@pytest.mark.parametrize("sql", [*READS, *WRITES, *KEYS])
def test_sql_reaches_no_file_and_no_net(rows: list[dict[str, Any]], tmp_path: Path, sql: str):
    """By hand: every door of DuckDB that we know is shut; nothing is made, and what a file holds is not told."""
    secret = tmp_path / "secret.csv"
    secret.write_text("word\nsesame\n", encoding="utf-8")
    with pytest.raises(InputError, match="DuckDB: ") as error:
        ask(rows, sql.format(file=secret, folder=tmp_path, new=tmp_path / "new.csv"))
    assert "sesame" not in str(error.value)
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]


def test_a_question_that_would_log_to_a_file_does_not_end_the_process(tmp_path: Path):
    """Record: DuckDB 2.0 aborted the process when logging to a file was asked for without access to files."""
    code = "\n".join(
        [
            "from zaslin.evidence.ledger.query import ask",
            f"try: ask([], \"CALL enable_logging(storage='file', storage_config={{'path': '{tmp_path / 'log'}'}})\")",
            "except Exception as error: print(type(error).__name__)",
        ]
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "InputError"), done.stderr
    assert not list(tmp_path.iterdir())


def test_what_a_question_changes_is_gone_with_it(rows: list[dict[str, Any]]):
    """By hand: the table is of this question alone."""
    assert ask(rows, "DROP TABLE ledger")[0] in ([], ["Success"])
    assert ask(rows, "SELECT count(*) FROM ledger")[1] == [(len(rows),)]


# -- files ---------------------------------------------------------------------------------------------------------------------------------------


def plain(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("kind", KINDS)
def test_csv_and_parquet_come_back_as_they_went(book: Book, tmp_path: Path, kind: Any):
    """Law: the same rows in the same order; CSV as text, Parquet with its types."""
    sent = statements(entries(book, kind), book)
    for name in ("x.csv", "x.PARQUET"):
        write(sent, tmp_path / name)
    assert pq.read_table(tmp_path / "x.PARQUET").to_pylist() == sent
    with (tmp_path / "x.csv").open(encoding="utf-8", newline="") as file:
        back = list(csv.DictReader(file))
    assert back == [{key: plain(value) for key, value in row.items()} for row in sent]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.PARQUET", "x.csv"]


def test_columns_and_types_do_not_depend_on_what_is_found(book: Book, tmp_path: Path):
    """Law: nothing at all, and each kind, give one schema; an empty CSV has its header."""
    schemas = [arrow(statements(book.of(kind), book)).schema for kind in KINDS]
    assert all(schema == arrow([]).schema for schema in schemas)
    write([], tmp_path / "none.parquet")
    assert pq.read_table(tmp_path / "none.parquet").schema.equals(schemas[0])
    write([], tmp_path / "none.csv")
    assert (tmp_path / "none.csv").read_text(encoding="utf-8").strip().split(",") == schemas[0].names
    assert ask([], "SELECT count(*), typeof(any_value(low)) FROM ledger")[1][0][0] == 0
    typed = {name: str(schema) for name, schema in zip(schemas[0].names, schemas[0].types)}
    assert {name for name, kind in typed.items() if kind == "double"} == {"low", "high", "lat", "lon", "value"}
    assert {name for name, kind in typed.items() if kind == "bool"} == {"lead", "own"}


def test_a_table_overwrites_whole_and_a_refused_one_leaves_the_old(rows: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """By hand: a second write replaces the first; where the disk refuses, the first stays and nothing else is left."""
    path = tmp_path / "x.csv"
    write(rows[:1], path)
    write(rows, path)
    before = path.read_bytes()
    assert before.count(b"\n") >= len(rows)

    def refuse(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(StoreError, match="the disk is full"):
        write(rows[:1], path)
    assert path.read_bytes() == before and [item.name for item in tmp_path.iterdir()] == ["x.csv"]


@pytest.mark.parametrize(
    ("name", "told"),
    [("x.xyz", '".xyz"'), ("x", '""'), ("x.csv.gz", '".gz"'), ("folder.csv", "folder of that name"), ("file/x.csv", "is a file|of that name is in the way")],
)
def test_a_place_that_cannot_be_written_is_told(rows: list[dict[str, Any]], tmp_path: Path, name: str, told: str):
    """By hand: another ending, a folder in the way, a file where a folder should be; each with what would do."""
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "file").write_text("kept", encoding="utf-8")
    with pytest.raises((InputError, StoreError), match=told) as error:
        write(rows, tmp_path / name)
    assert any(word in str(error.value) for word in ("give ", "choose "))
    assert sorted(item.name for item in tmp_path.iterdir()) == ["file", "folder.csv"]
    assert (tmp_path / "file").read_text(encoding="utf-8") == "kept"


# -- JSON -----------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_json_has_the_shape_that_design_promises(book: Book, kind: Any):
    """By DESIGN: id, kind, date, place, country, status, claims of by, date, says, source; all text, and every claim's source is told in the entry."""
    for entry in book.of(kind):
        item = json.loads(json.dumps(entry_json(entry, book), allow_nan=False))
        assert all(isinstance(item[key], str) for key in ("id", "kind", "date", "place", "country", "status"))
        assert (item["id"], item["kind"], item["status"]) == (entry.id, kind, entry.status)
        assert len(item["claims"]) + len(item["leads"]) == len(entry.claims)
        for claim in [*item["claims"], *item["leads"]]:
            assert all(isinstance(claim[key], str) for key in ("by", "date", "says", "source"))
            assert claim["source"] in item["sources"] or (kind == "catalogue" and claim["source"] == "assumption")
            assert claim["status"] == claim["history"][-1]["status"]


def test_two_questions_and_an_endless_one_are_refused(rows: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch):
    """By hand: the first of two would be lost, and a question without end would hang."""
    with pytest.raises(InputError, match="2 questions came"):
        ask(rows, "SELECT 1; SELECT 2")
    monkeypatch.setattr("zaslin.evidence.ledger.query.SQL_LIMIT_S", 0.3)
    with pytest.raises(InputError, match=r"no answer after 0\.3 s"):
        ask(rows, "SELECT sum(a.i * b.i) FROM range(100000000) a(i), range(100000000) b(i)")
