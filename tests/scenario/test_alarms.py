"""The table of air-raid alarms: what is used, what is told, and that no bytes make it fall over."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zaslin.errors import InputError
from zaslin.scenario.alarms import Alarms, read_alarms

HEADER = "oblast,raion,hromada,level,started_at,finished_at,source"
ROWS = [
    "Lvivska oblast,,,oblast,2023-12-29 05:03:56+00:00,2023-12-29 07:45:00+00:00,official",
    "Kyiv City,,,oblast,2023-12-29 05:04:56+00:00,2023-12-29 07:45:00+00:00,official",
    "Khersonska oblast,,,oblast,2023-12-29 05:05:00+00:00,,official",
    "Cherkaska oblast,Umanskyi raion,Umanska terytorialna hromada,hromada,2022-03-15 16:11:50+00:00,2022-03-15 16:54:47+00:00,official",
    "Volynska oblast,,,oblast,2023-12-29 07:00:00+02:00,2023-12-29 09:00:00+02:00,official",
]
CELLS = [
    "",
    "NaN",
    "oblast",
    "raion",
    "2023-02-30 10:00:00",
    "2023-12-29",
    "9999-99-99",
    "0001-01-01 00:00:00+23:59",
    "Atlantis oblast",
    '"',
    ";",
    "\x00",
    "x" * 3000,
]

balanced = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(tmp_path: Path, *rows: str, header: str = HEADER) -> Alarms:
    path = tmp_path / "alarms.csv"
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    return read_alarms(path)


def check(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        found = read_alarms(path)
    except InputError as error:
        str(error).encode("utf-8")
        return
    told = [item.row for item in found.unused]
    assert len(found.alarms) + len(told) + found.n_smaller == found.n_rows
    assert len({*told, *(alarm.row for alarm in found.alarms)}) == len(told) + len(found.alarms)
    assert list(found.alarms) == sorted(found.alarms, key=lambda alarm: (alarm.start, alarm.region))
    json.dumps(asdict(found), default=str).encode("utf-8")


def test_rows_become_alarms_in_utc(tmp_path: Path):
    """Worked: three whole oblasts and the capital, one hromada apart, an offset turned into UTC, an end that is not told."""
    found = read(tmp_path, *ROWS)
    assert [(alarm.region, alarm.row) for alarm in found.alarms] == [("Volyn oblast", 6), ("Lviv oblast", 2), ("Kyiv", 3), ("Kherson oblast", 4)]
    assert found.first == datetime(2023, 12, 29, 5, tzinfo=UTC) and found.alarms[-1].end is None
    assert (found.n_rows, found.n_smaller, found.unused, found.remarks) == (5, 1, (), ())


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (ROWS[0], "the same alarm again"),
        ("Atlantis oblast,,,oblast,2023-12-29 05:03:56+00:00,,official", "no such oblast"),
        (",,,oblast,2023-12-29 05:03:56+00:00,,official", "no oblast"),
        ("Odeska oblast,,,planet,2023-12-29 05:03:56+00:00,,official", "unknown level"),
        ("Odeska oblast,,,oblast,,,official", "no time"),
        ("Odeska oblast,,,oblast,2023-12-29,,official", "unreadable time"),
        ("Odeska oblast,,,oblast,2023-13-29 05:03:56,,official", "unreadable time"),
        ("Odeska oblast,,,oblast,2023-12-29 05:03:56,2023-12-29 05:00:00,official", "the alarm ends before it starts"),
        ("Odeska oblast,,,oblast", "truncated row"),
        (f"{ROWS[2]},more", "too many cells"),
    ],
)
def test_a_row_that_cannot_be_used_is_told(tmp_path: Path, row: str, why: str):
    """Worked: each fault by its name, with its row; the good row beside it is used."""
    found = read(tmp_path, ROWS[0], row)
    assert [(item.row, item.why) for item in found.unused] == [(3, why)]
    assert len(found.alarms) == 1


def test_a_missing_column_is_said_aloud(tmp_path: Path):
    """Worked: without its level, what names no part is the whole; without a start nothing can be used."""
    found = read(tmp_path, "Lvivska oblast,2023-12-29 05:03:56", "Odeska oblast,2023-12-29 05:04:56", header="oblast,started_at")
    assert len(found.alarms) == 2 and "level" in found.remarks[0].says
    assert found.remarks[1].kind == "clock" and "2 times" in found.remarks[1].says
    none = read(tmp_path, "Lvivska oblast,oblast", header="oblast,level")
    assert none.alarms == () and none.unused[0].why == "the table has no column started_at"


def test_what_is_no_table_of_alarms_is_refused(tmp_path: Path):
    """Worked: no file, a folder, an empty file, another table, a column twice."""
    (tmp_path / "empty.csv").touch()
    for path in (tmp_path / "none.csv", tmp_path, tmp_path / "empty.csv"):
        with pytest.raises(InputError):
            read_alarms(path)
    with pytest.raises(InputError, match="not a table of air-raid alarms"):
        read(tmp_path, "2023-12-29,1", header="time_start,source")
    with pytest.raises(InputError, match="twice"):
        read(tmp_path, "a,b", header="oblast,oblast")


@balanced
@given(content=st.binary(max_size=300))
def test_any_bytes(tmp_path: Path, content: bytes):
    """Law: a refusal or a report."""
    check(tmp_path / "any.csv", content)


@balanced
@given(content=st.binary(max_size=200), cut=st.integers(0, 200), at=st.integers(0, 500))
def test_a_good_table_with_bytes_put_in_and_cut_out(tmp_path: Path, content: bytes, cut: int, at: int):
    """Law: the books balance over what the file still holds."""
    good = "\n".join([HEADER, *ROWS]).encode()
    check(tmp_path / "cut.csv", good[:at] + content + good[at + cut :])


@settings(balanced, max_examples=60)
@given(
    rows=st.lists(st.tuples(st.sampled_from(ROWS), st.integers(0, 8), st.one_of(st.sampled_from(CELLS), st.text(max_size=12))), max_size=12),
    drop=st.integers(0, 9),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_rows_shuffled_doubled_and_with_a_strange_cell(tmp_path: Path, rows: list[tuple[str, int, str]], drop: int, encoding: str):
    """Law: every row is used once or told, in any encoding and without any one column."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row, at, cell in [(HEADER, 99, ""), *rows]:
        cells = row.split(",")
        if at < len(cells):
            cells[at] = cell
        writer.writerow(cells[:drop] + cells[drop + 1 :])
    check(tmp_path / "strange.csv", out.getvalue().encode(encoding, errors="replace"))


def test_the_public_table_is_read_whole(shared: Path):
    """Record: the official channel's table to April 2024; every row is used or of a part of an oblast."""
    found = read_alarms(shared / "data" / "alarms_official_to_2024-04.csv")
    assert (found.n_rows, len(found.alarms), found.n_smaller, len(found.unused)) == (43_031, 36_537, 6_494, 0)
    assert found.last == datetime(2024, 4, 22, 22, 33, 56, tzinfo=UTC)
