"""Raid windows: which rows make one, by the issue's definition, and what of every other row is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zaslin.errors import InputError
from zaslin.scenario.raid_windows import CLASSES, ELSEWHERE, RaidWindow, Windows, class_of, read_windows

HEADER = "time_start,time_end,model,launch_place,target,launched,destroyed,not_reach_goal,source"
Reader = Callable[..., Windows]


@pytest.fixture
def table(tmp_path: Path) -> Reader:
    """Write rows (without the header) as a table and read its windows."""

    def read(*rows: str) -> Windows:
        path = tmp_path / "reports.csv"
        path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
        return read_windows(path)

    return read


def row(start: str, end: str, n: int | str = 10, d: int | str = 4, lost: int | str = "", model: str = "Shahed-136/131", place: str = "") -> str:
    return f"{start},{end},{model},{place},Ukraine,{n},{d},{lost},a"


def only(windows: Windows) -> RaidWindow:
    assert len(windows.windows) == 1
    return windows.windows[0]


@pytest.mark.parametrize(
    ("start", "name"),
    [
        ("2024-06-10 15:59", "2024-06-10 day"),
        ("2024-06-10 16:00", "2024-06-11 night"),
        ("2024-06-10 23:59", "2024-06-11 night"),
        ("2024-06-11 00:00", "2024-06-11 night"),
        ("2024-06-11 08:59", "2024-06-11 night"),
        ("2024-06-11 09:00", "2024-06-11 day"),
        ("2024-06-11", "2024-06-11 night"),
        ("2024-12-31 20:30", "2025-01-01 night"),
    ],
)
def test_a_night_runs_from_16_to_9_and_is_dated_by_its_start_and_eight_hours(table: Reader, start: str, name: str):
    """The issue's definition at its edges, Kyiv time; a start that is only a date is that date's night."""
    assert only(table(row(start, "2025-01-02 10:00"))).name == name


def test_rows_of_one_night_and_class_are_summed_and_others_apart(table: Reader):
    """By hand: 10 + 20 drones of one night, 5 of the day after; 4 + 15 destroyed and 3 lost."""
    found = table(
        row("2024-06-10 20:00", "2024-06-11 06:00", 10, 4, 3),
        row("2024-06-11 03:00", "2024-06-11 07:00", 20, 15, place="Crimea"),
        row("2024-06-11 10:00", "2024-06-11 11:00", 5, 5),
    )
    night, day = found.windows
    assert (night.launched, night.destroyed, night.lost, night.stopped, night.rows) == (30, 19, 3, 22, (2, 3))
    assert (night.start, night.end) == (datetime(2024, 6, 10, 17, tzinfo=UTC), datetime(2024, 6, 11, 4, tzinfo=UTC))
    assert (day.name, day.stopped) == ("2024-06-11 day", 5)


def test_a_bare_end_date_means_noon(table: Reader):
    """The issue's definition: 12:00 Kyiv, 09:00 UTC in summer, 10:00 in winter."""
    assert only(table(row("2024-06-10 20:00", "2024-06-11"))).end == datetime(2024, 6, 11, 9, tzinfo=UTC)
    assert only(table(row("2024-12-10", "2024-12-10"))).end == datetime(2024, 12, 10, 10, tzinfo=UTC)


def test_the_report_of_an_attack_after_noon_is_not_known_as_it_begins(table: Reader):
    """By hand: a bare end on the day of a start at 20:00 cannot be that day's noon; its outcome is known at 24:00, 21:00 UTC in summer."""
    found = only(table(row("2024-06-10 20:00", "2024-06-10")))
    assert found.end == datetime(2024, 6, 10, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("model", "cls"),
    [
        ("Shahed-136/131", "drone"),
        ("X-101/X-555", "cruise"),
        ("Kalibr", "cruise"),
        ("Iskander-K", "cruise"),
        ("X-101/X-555 and Kalibr", "cruise"),
        ("X-101/X-555 and Kalibr and X-59", "cruise"),
        ("Kalibr and X-59/X-69 and X-101/X-555", "cruise"),
        ("X-59", "kh59"),
        ("X-69", "kh59"),
        ("X-59/X-69", "kh59"),
        ("Iskander-M", "ballistic"),
        ("Iskander-M/KN-23", "ballistic"),
        ("X-47 Kinzhal", "kinzhal"),
    ],
)
def test_every_model_has_the_class_of_the_issue(table: Reader, model: str, cls: str):
    """The issue's list; a joint count of Kh-101, Kalibr and Kh-59 is cruise."""
    assert only(table(row("2024-06-10 20:00", "2024-06-11 06:00", model=model))).cls == cls


@pytest.mark.parametrize("model", ["Kalibr and X-59", "Iskander-M and Iskander-K", "C-300 and Iskander-M", "X-101/X-555 and Shahed-136/131", "X-22 and Kalibr"])
def test_any_other_joint_count_of_several_classes_is_context_and_told(table: Reader, model: str):
    """The issue's definition: never divided by a guess; but the others of that night see it."""
    found = table(row("2024-06-10 20:00", "2024-06-11 06:00", 7, model=model), row("2024-06-10 20:00", "2024-06-11 06:00", 3, 2))
    assert [(item.row, item.why) for item in found.context] == [(2, "several classes in one count")]
    assert only(found).others == {next(r.model for r in found.rows if r.number == 2): 7}


@pytest.mark.parametrize("model", ["X-22", "X-22/X-32", "Zircon", "Oniks", "C-300", "X-31P", "X-35"])
def test_a_model_with_too_few_data_is_context_and_told(table: Reader, model: str):
    """The issue's list, and a missile that nobody knows; of Kh-22 and Kh-32 together too."""
    found = table(row("2024-06-10 20:00", "2024-06-11 06:00", model=model))
    assert not found.windows
    assert len(found.context) == 1


def test_rows_that_lack_a_count_are_not_scored_and_told(table: Reader):
    """By hand: no number launched: unused; none destroyed: context, and left out of the sum; none lost: none booked apart."""
    found = table(
        row("2024-06-10 20:00", "2024-06-11 06:00", "", 4),
        row("2024-06-10 21:00", "2024-06-11 06:00", 10, ""),
        row("2024-06-10 22:00", "2024-06-11 06:00", 10, 4, ""),
        row("2024-06-10 23:00", "2024-06-11 06:00", 10, "", 5),
    )
    assert (only(found).launched, only(found).stopped) == (10, 4)
    assert [(item.row, item.why) for item in found.unused] == [(2, "no number launched")]
    assert [(item.row, item.why) for item in found.context] == [(3, "no number destroyed"), (5, "no number destroyed")]


def test_a_row_twice_counts_once_and_is_told(table: Reader):
    """By hand: the same facts from another source."""
    one = row("2024-06-10 20:00", "2024-06-11 06:00")
    found = table(one, one[:-1] + "b", one)
    assert only(found).launched == 10
    assert [item.why for item in found.unused] == ["duplicate of row 2", "duplicate of row 2"]


def test_more_stopped_than_launched_is_told_and_not_used(table: Reader):
    """By hand: 7 destroyed and 4 lost of 10."""
    found = table(row("2024-06-10 20:00", "2024-06-11 06:00", 10, 7, 4))
    assert not found.windows
    assert found.unused[0].why == "more stopped than launched"


def test_the_nights_of_the_clock_change_keep_their_dates_and_hours(table: Reader):
    """By hand: Kyiv went to UTC+3 on 31 March 2024 at 03:00 and back to UTC+2 on 27 October at 04:00: nights of 12 h by the clock have 11 and 13 hours."""
    found = table(row("2024-03-30 20:00", "2024-03-31 08:00"), row("2024-10-26 20:00", "2024-10-27 08:00"))
    assert [w.name for w in found.windows] == ["2024-03-31 night", "2024-10-27 night"]
    assert [(w.end - w.start).total_seconds() / 3600 for w in found.windows] == [11.0, 13.0]


def test_an_hour_that_did_not_exist_or_came_twice_is_told(table: Reader):
    """By hand: 03:30 on 31 March did not exist; 03:30 on 27 October came twice."""
    found = table(row("2024-03-31 03:30", "2024-03-31 08:00"), row("2024-10-27 03:30", "2024-10-27 08:00"))
    assert [w.name for w in found.windows] == ["2024-03-31 night", "2024-10-27 night"]
    assert [item.kind for item in found.remarks] == ["clock", "clock"]


def test_areas_are_shares_of_the_launched(table: Reader):
    """By hand: 10 from Crimea; 30 from Crimea and a place that nobody knows, half each: 25/40 and 15/40."""
    one, other = row("2024-06-10 20:00", "2024-06-11 06:00", place="Crimea"), row("2024-06-10 21:00", "2024-06-11 06:00", 30, place="Crimea and Atlantis")
    found = only(table(one, other))
    assert found.areas[ELSEWHERE] == pytest.approx(15 / 40)
    assert sum(found.areas.values()) == pytest.approx(1.0)


def test_class_of_knows_every_class():
    """Law: each class has a model of its own."""
    assert {class_of(name) for name in ("Shahed-136/131", "Kalibr", "Kh-59", "KN-23", "Kinzhal")} == set(CLASSES)


def facts(window: RaidWindow) -> tuple[object, ...]:
    """All of a window but the numbers of its rows."""
    return (
        window.cls, window.date, window.part, window.start, window.end, window.launched, window.destroyed, window.lost,
        list(window.areas.items()), list(window.models.items()), list(window.others.items()),
    )  # fmt: skip


ROWS = [
    row("2024-06-10 20:00", "2024-06-11 06:00", 7, 4, 3, place="Crimea and Atlantis"),
    row("2024-06-10 21:00", "2024-06-11 06:00", 11, 4, place="Primorsko-Akhtarsk and Kursk oblast"),
    row("2024-06-10 22:00", "2024-06-11 06:00", 13, 4, place="Chauda and Primorsko-Akhtarsk and Bryansk oblast"),
    row("2024-06-11 05:00", "2024-06-11 06:00", 9, 8, model="X-101/X-555", place="Engels"),
    row("2024-06-11 05:30", "2024-06-11 06:00", 3, 2, model="Kalibr", place="Black Sea"),
    row("2024-06-11 05:40", "2024-06-11 06:00", 3, 2, model="Kalibr and X-59"),
    row("2024-06-11 10:00", "2024-06-11", 3, 2, model="X-59"),
    row("2024-06-11 11:00", "2024-06-11 12:00", 3, "", model="X-59"),
]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.permutations(ROWS), st.integers(0, 2))
def test_the_order_of_the_rows_and_rows_twice_change_no_window(table: Reader, order: list[str], times: int):
    """Law: bit for bit, sums of shares too."""
    assert [facts(w) for w in table(*order, *(order * times)).windows] == [facts(w) for w in table(*ROWS).windows]


def test_every_row_of_the_public_table_is_used_or_told(shared: Path):
    """The books balance on the real file: a row is in a window, context, or unused, once."""
    found = read_windows(shared / "data" / "daily_reports_to_2024.csv")
    numbers = [*(n for w in found.windows for n in w.rows), *(item.row for item in found.context), *(item.row for item in found.unused)]
    assert len(numbers) == len(set(numbers)) == found.n_rows


def test_a_file_that_is_no_table_is_refused(tmp_path: Path):
    """By hand: missing, a folder, another table."""
    (tmp_path / "x.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    for path in (tmp_path / "none.csv", tmp_path, tmp_path / "x.csv"):
        with pytest.raises(InputError, match=path.name):
            read_windows(path)


def test_dates_are_kyiv_dates(table: Reader):
    """By hand: 00:30 on 1 January in Kyiv is still December in UTC."""
    assert only(table(row("2024-01-01 00:30", "2024-01-01 06:00"))).date == date(2024, 1, 1)
