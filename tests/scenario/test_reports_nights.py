"""The daily reports' importer: which rows make a night, and what it is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from zaslin.scenario.reports import Reports, read_reports, reports_json

HEADER = "time_start,time_end,model,launch_place,target,launched,destroyed,not_reach_goal,source"


@pytest.fixture
def table(tmp_path: Path):
    """Write rows (without the header) as a table and read it."""

    def read(*rows: str, header: str = HEADER) -> Reports:
        path = tmp_path / "reports.csv"
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return read_reports(path)

    return read


def drones(start: str, end: str, launched: int = 10, model: str = "Shahed-136/131", target: str = "Ukraine", destroyed: int = 1) -> str:
    return f"{start},{end},{model},,{target},{launched}.0,{destroyed}.0,,kpszsu/posts/a"


def ids(reports: Reports) -> list[str]:
    return [night.id for night in reports]


def test_windows_that_overlap_are_one_night(table):
    """By hand: 23:00–06:00 and 05:00–09:30 share an hour."""
    reports = table(drones("2023-12-28 23:00", "2023-12-29 06:00"), drones("2023-12-29 05:00", "2023-12-29 09:30", model="X-22"))
    assert ids(reports) == ["2023-12-29"]
    assert reports.nights[0].launched == {"Shahed-136/131": 10, "Kh-22": 10}


def test_windows_less_than_two_hours_apart_are_one_night_and_two_hours_apart_are_two(table):
    """The issue's rule, at its edge: 1 h 59 min joins, 2 h 00 min does not."""
    assert len(table(drones("2024-01-10 01:00", "2024-01-10 02:00"), drones("2024-01-10 03:59", "2024-01-10 05:00", model="X-59"))) == 1
    reports = table(drones("2024-01-10 01:00", "2024-01-10 02:00"), drones("2024-01-10 04:00", "2024-01-10 05:00", model="X-59"))
    assert ids(reports) == ["2024-01-10", "2024-01-10b"]


def test_windows_join_through_a_third(table):
    """By hand: 01–02 and 06–07 are far apart, but 02–06 touches both; order in the file does not matter."""
    rows = [drones("2024-01-10 06:00", "2024-01-10 07:00"), drones("2024-01-10 01:00", "2024-01-10 02:00"), drones("2024-01-10 02:00", "2024-01-10 06:00")]
    assert len(table(*rows)) == 1
    assert len(table(*reversed(rows))) == 1


def test_a_short_window_within_a_long_one_does_not_end_it(table):
    """By hand: 00–10 holds 01–02, and 11:30 is less than 2 h after 10:00."""
    rows = [drones("2024-01-10 00:00", "2024-01-10 10:00"), drones("2024-01-10 01:00", "2024-01-10 02:00"), drones("2024-01-10 11:30", "2024-01-10 12:00")]
    assert len(table(*rows)) == 1


def test_a_start_that_is_only_a_date_joins_what_ends_on_that_kyiv_date_and_nothing_else(table):
    """The issue's rule: the dated row of the 11th joins the night that ends on the 11th, not the one that ends on the 10th, though it overlaps."""
    reports = table(
        drones("2024-01-10", "2024-01-10 08:00"),
        drones("2024-01-10 20:00", "2024-01-11 06:00"),
        drones("2024-01-11", "2024-01-11 08:00", model="Iskander-M"),
    )
    assert ids(reports) == ["2024-01-10", "2024-01-11"]
    assert reports.nights[1].launched == {"Shahed-136/131": 10, "Iskander-M": 10}
    assert [group.time_known for group in reports.nights[1].groups] == [True, False]


def test_a_dated_row_joins_a_far_window_of_its_date(table):
    """The rule names the end's date alone: a window 15:00–16:00 joins the dated row that ends at 08:00."""
    assert len(table(drones("2024-01-10", "2024-01-10 08:00"), drones("2024-01-10 15:00", "2024-01-10 16:00", model="X-59"))) == 1


def test_an_end_that_is_only_a_date_is_midnight_after_it_and_keeps_its_date(table):
    """By hand: Kyiv is UTC+2 in winter, so the 10th ends at 22:00 UTC; the night is that of the 10th, and the 11th stays apart."""
    reports = table(drones("2024-01-10", "2024-01-10"), drones("2024-01-11", "2024-01-11 08:00"))
    assert ids(reports) == ["2024-01-10", "2024-01-11"]
    assert reports_json(reports)["nights"][0]["start_utc"] == "2024-01-09T22:00:00Z"
    assert reports_json(reports)["nights"][0]["end_utc"] == "2024-01-10T22:00:00Z"


def test_the_night_is_named_by_the_window_with_most_launched(table):
    """By hand: 30 drones end on the 10th, 20 + 15 missiles of one later window on the 11th: the sum of a window counts."""
    rows = [
        drones("2024-01-10 20:00", "2024-01-10 23:30", 30), drones("2024-01-10 23:00", "2024-01-11 01:00", 20, model="Kalibr"),
        drones("2024-01-10 23:00", "2024-01-11 01:00", 15, model="X-59"),
    ]  # fmt: skip
    assert ids(table(*rows)) == ["2024-01-11"]
    assert ids(table(*rows[:2])) == ["2024-01-10"]


def test_later_nights_of_a_date_get_letters_in_order_of_time(table):
    """By hand, with the file in reverse order."""
    reports = table(*(drones(f"2024-01-10 {hour:02d}:00", f"2024-01-10 {hour:02d}:30") for hour in (20, 12, 4)))
    assert ids(reports) == ["2024-01-10", "2024-01-10b", "2024-01-10c"]
    assert [night.start_utc.hour for night in reports] == [2, 10, 18]


def test_times_are_kyiv_in_summer_and_in_winter(table):
    """Kyiv is UTC+3 in summer, UTC+2 in winter."""
    reports = table(drones("2024-01-10 03:00", "2024-01-10 04:00"), drones("2024-07-10 3:00", "2024-07-10 04:00"))
    assert [night["start_utc"] for night in reports_json(reports)["nights"]] == ["2024-01-10T01:00:00Z", "2024-07-10T00:00:00Z"]


def test_hours_that_the_clock_change_makes_double_or_skips_are_told(table):
    """2024-03-31 03:30 never was in Kyiv, 2023-10-29 03:30 was twice (EU clock change)."""
    reports = table(drones("2024-03-31 03:30", "2024-03-31 06:00"), drones("2023-10-29 03:30", "2023-10-29 06:00"))
    assert [(remark.kind, remark.rows) for remark in reports.remarks] == [("clock", (2,)), ("clock", (3,))]
    assert [night["start_utc"] for night in reports_json(reports)["nights"]] == ["2023-10-29T00:30:00Z", "2024-03-31T01:30:00Z"]


def test_a_window_across_the_doubled_hour_never_runs_backward(table):
    """By hand: 03:30 to 03:10 of the same date is backward; 03:50 to 04:00 in the doubled hour is not, whichever 03:50 is meant."""
    reports = table(drones("2023-10-29 03:50", "2023-10-29 04:00"), drones("2023-10-29 03:30", "2023-10-29 03:10"))
    assert len(reports) == 1
    assert [(item.row, item.why) for item in reports.unused] == [(3, "the window ends before it starts")]


def test_a_report_of_one_moment_is_a_window_without_length(table):
    """Ninety-eight rows of the public table are such."""
    night = table(drones("2024-04-25 13:00", "2024-04-25 13:00", model="X-59")).nights[0]
    assert night.start_utc == night.end_utc


def test_groups_of_one_model_get_numbers(table):
    """Ids are the model's short name; threats are numbered within them (kh101-017)."""
    night = table(
        drones("2024-01-10 01:00", "2024-01-10 02:00", target="Odesa oblast"), drones("2024-01-10 01:00", "2024-01-10 02:00", target="east"),
        drones("2024-01-10 01:00", "2024-01-10 02:00", model="X-101/X-555 and Kalibr"),
    ).nights[0]  # fmt: skip
    assert sorted(group.id for group in night.groups) == ["kh101-kalibr", "shahed", "shahed-2"]
    assert night.launched == {"Shahed-136/131": 20, "Kh-101/Kh-555 + Kalibr": 10}


def test_counts_are_summed_per_model_and_silence_is_not_zero(table):
    """By hand: destroyed 1 + 1; lost 4 in one row, silent in the other; no model but the drones says anything of losses."""
    rows = [
        "2024-08-01 01:00,2024-08-01 02:00,Shahed-136/131,,Odesa oblast,10.0,1.0,4.0,a", "2024-08-01 01:00,2024-08-01 02:00,Shahed-136/131,,east,10.0,1.0,,a",
        "2024-08-01 01:00,2024-08-01 02:00,X-59,,east,3.0,,,a",
    ]  # fmt: skip
    night = reports_json(table(*rows))["nights"][0]
    assert night["launched"] == {"Shahed-136/131": 20, "Kh-59": 3}
    assert night["destroyed"] == {"Shahed-136/131": 2}
    assert night["lost"] == {"Shahed-136/131": 4}


def test_the_json_has_the_promised_keys(table):
    """The table of `--json` shapes in the interface."""
    out = reports_json(table(drones("2024-01-10 01:00", "2024-01-10 02:00"), drones("2024-01-10", "2024-01-10", model="ZALA")))
    assert {"id", "start_utc", "end_utc", "launched", "destroyed", "lost", "source"} <= set(out["nights"][0])
    assert out["unused"][0]["row"] == 3
    assert out["unused"][0]["why"] == "out of scope"
    assert out["nights"][0]["rows"] == [2]
