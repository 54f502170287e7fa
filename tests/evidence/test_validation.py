"""The shipped track record, its page, and what a brief takes from it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from zaslin.evidence.validation import ENOUGH, TITLES, misses, of_night, shipped_record, verdict
from zaslin.evidence.validation_page import page
from zaslin.scenario.shipped import night_ids

ROOT = Path(__file__).parents[2]


def test_the_page_says_what_the_record_says():
    """Law: docs/validation.md is written from the record and from nothing else."""
    assert (ROOT / "docs" / "validation.md").read_text(encoding="utf-8") == page(shipped_record())


def test_the_record_has_what_validate_prints():
    """DESIGN's shape: class, outcome, period, windows, r50, r90, scores and those of five baselines; D for drones alone."""
    rows = shipped_record()["classes"]
    assert [(row["class"], row["outcome"]) for row in rows][:2] == [("drone", "S"), ("drone", "D")]
    assert {row["class"] for row in rows} == set(TITLES)
    for row in rows:
        assert len(row["baselines"]) == 5
        assert row["crps_per_launched"] > 0.0 and row["log_score"] < 0.0
        best = min(found["crps_per_launched"] for found in row["baselines"].values())
        assert row["gain"] == pytest.approx(1.0 - row["crps_per_launched"] / best, abs=1e-4)


def test_coverage_of_the_shipped_nights_is_counted_from_its_rows():
    """By hand: inside and outside add up; the summary's share is theirs; a miss is told by name."""
    record = shipped_record()
    rows, summary = record["nights"], record["nights_summary"]
    assert summary["class_nights"] == len(rows) and summary["inside"] + len(misses(record)) == len(rows)
    assert all(row["inside"] == (row["low"] <= row["stopped"] <= row["high"]) for row in rows)
    assert {row["night"] for row in rows} <= set(night_ids())
    for row in misses(record):
        assert f"| {row['night']} | {TITLES[row['class']]} |" in page(record)


def test_intervals_of_the_shipped_nights_hold_about_as_often_as_they_say_and_are_of_use():
    """Record: 80 to 97 % of class-nights with five or more launched inside 90 % intervals of at most 0.6 of the launched (median)."""
    summary = shipped_record()["nights_summary"]
    assert 0.80 <= summary["share"] <= 0.97
    assert summary["median_width"] <= 0.6


def test_coverage_of_all_windows_is_near_what_is_claimed():
    """Record: with thirty windows or more r90 lies in 0.85 to 0.95 and r50 in 0.42 to 0.58."""
    judged = [row for row in shipped_record()["classes"] if row["windows"] >= ENOUGH]
    assert len(judged) >= 5
    for row in judged:
        assert 0.85 <= row["r90"] <= 0.95 and 0.42 <= row["r50"] <= 0.58, (row["class"], row["outcome"])


def test_a_night_that_the_record_lacks_has_no_rows():
    assert of_night(shipped_record(), "2019-01-01") == []
    assert of_night(shipped_record(), "2023-12-29")


def test_a_difference_is_told_only_where_windows_and_interval_allow():
    """By hand."""
    assert verdict({"windows": 29, "gain_low": 0.1, "gain_high": 0.2}) == "too few to say"
    assert verdict({"windows": 30, "gain_low": 0.1, "gain_high": 0.2}) == "better"
    assert verdict({"windows": 30, "gain_low": -0.2, "gain_high": -0.1}) == "worse"


@pytest.mark.slow
def test_the_record_is_what_the_command_finds(shared: Path):
    """Record: made anew from the reports, the shipped forecasts and nights come out again (to five digits)."""
    from zaslin.studies.validate import validate

    made, kept = validate(shared / "data" / "daily_reports_to_2024.csv"), shipped_record()
    assert json.loads(json.dumps(made["nights_summary"])) == pytest.approx(kept["nights_summary"], rel=1e-4)
    for new, old in zip(made["classes"], kept["classes"], strict=True):
        for name in ("windows", "r50", "r90", "crps_per_launched", "log_score", "gain"):
            assert new[name] == pytest.approx(old[name], rel=1e-4, abs=1e-5), (new["class"], name)


@pytest.mark.slow
def test_the_shipped_calibration_is_what_the_command_finds(shared: Path):
    """Record: `zaslin calibrate` on the reports gives the shipped numbers (to four digits)."""
    from zaslin.scenario.calibration import shipped_calibration
    from zaslin.studies.calibrate import calibrate

    made, kept = calibrate(shared / "data" / "daily_reports_to_2024.csv").calibration, shipped_calibration()
    for cls, item in kept.classes.items():
        assert made.classes[cls].knots.dates == item.knots.dates
        assert made.classes[cls].knots.level == pytest.approx(item.knots.level, rel=1e-4, abs=1e-4)
    assert made.booking_changes[0].date == kept.booking_changes[0].date
