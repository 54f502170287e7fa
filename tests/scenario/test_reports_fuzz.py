"""Whatever bytes a daily-reports file holds: a report of what was used and why the rest was not, or a refusal; never a crash."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zaslin.errors import InputError
from zaslin.scenario.reports import read_reports, reports_json

HEADER = "time_start,time_end,model,launch_place,target,launched,destroyed,not_reach_goal,border_crossing,carrier,launched_details,launch_place_details,source"
ROWS = [
    "2024-12-30 20:30,2024-12-31 12:00,Shahed-136/131,Primorsko-Akhtarsk and Bryansk oblast,Ukraine,40.0,16.0,24.0,{'belarus': 2.0},,,,a",
    "2023-12-29 06:00,2023-12-29 09:30,X-101/X-555 and Kalibr,Olenya,Ukraine,90.0,87.0,,{},18 x Tu-95MS,\"{'X-101/X-555': 80, 'Kalibr': 10}\",,b",
    "2024-03-24,2024-03-24 08:00,X-59/X-69,,north and center,29.0,18.0,,{},,,\"{'X-59/X-69': 'Mariupol direction'}\",c",
    "2024-04-01,2024-04-01,ZALA,,south,3.0,3.0,,{},,,,d",
    "2022-10-30 02:30,2022-10-30 04:30,C-300/C-400 and Iskander-M,Kursk oblast,Kharkiv oblast,14.0,0.0,,{},,,,e",
]
CELLS = [
    "", "NaN", "-1", "4.5", "10.0", "2024-03-31 03:30", "2024-02-30", "X-35 and ", "Unknown UAV", "{", '"', "Фенікс", "north", "+", ";", "\x00", "\u2028",
    " and ", "9" * 400,
]  # fmt: skip

balanced = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def check(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        reports = read_reports(path)
    except InputError as error:
        str(error).encode("utf-8")
        return
    used = [row for rows in reports.rows_of.values() for row in rows]
    unused = [item.row for item in reports.unused]
    assert len(used) + len(unused) == reports.n_rows
    assert len({*used, *unused}) == reports.n_rows
    assert len(reports.rows_of) == len(reports)
    import json

    json.dumps(reports_json(reports), allow_nan=False, ensure_ascii=False).encode("utf-8")


@balanced
@given(content=st.binary(max_size=300))
def test_any_bytes(tmp_path: Path, content: bytes):
    """Law: a refusal or a report."""
    check(tmp_path / "any.csv", content)


@balanced
@given(content=st.binary(max_size=200), cut=st.integers(0, 200), at=st.integers(0, 900))
def test_a_good_table_with_bytes_put_in_and_cut_out(tmp_path: Path, content: bytes, cut: int, at: int):
    """Law: the books balance over what the file still holds."""
    good = "\n".join([HEADER, *ROWS]).encode()
    check(tmp_path / "cut.csv", good[:at] + content + good[at + cut :])


@balanced
@given(rows=st.lists(st.tuples(st.sampled_from(ROWS), st.integers(0, 12), st.one_of(st.sampled_from(CELLS), st.text(max_size=12))), max_size=12))
def test_rows_shuffled_doubled_and_with_a_strange_cell(tmp_path: Path, rows: list[tuple[str, int, str]]):
    """Law: every row is used once or told."""
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER.split(","))
    for text, column, cell in rows:
        cells = next(csv.reader([text]))
        cells[column] = cell
        writer.writerow(cells)
    check(tmp_path / "rows.csv", out.getvalue().encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_the_public_table_cut_anywhere_is_still_read(shared: Path, tmp_path: Path, share: float):
    """Law, on the real file."""
    content = (shared / "data" / "daily_reports_to_2024.csv").read_bytes()
    check(tmp_path / "cut.csv", content[: int(len(content) * share)])
