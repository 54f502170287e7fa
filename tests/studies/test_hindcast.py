"""The forecast table: its scores by hand, its intervals, no leak from a whole file, and any broken table answered in words."""

from __future__ import annotations

import json
import time
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from made_reports import Row, made, text, write
from zaslin.errors import InputError
from zaslin.scenario.raid_windows import CLASSES, read_windows
from zaslin.studies.baselines import NAMES
from zaslin.studies.calibrate import calibrate
from zaslin.studies.hindcast import FEWEST_LAUNCHED, Hindcast, hindcast, nights_summary, not_scored, score_rows, shipped_nights, shortest, years
from zaslin.studies.validate import validate

EARLY = date(2000, 1, 1)


def pmfs(found: Hindcast) -> dict[tuple[str, date, str], tuple[bytes, bytes]]:
    return {key: (item.stops.tobytes(), item.kills.tobytes()) for key, item in found.foretold.items()}


# -- intervals -------------------------------------------------------------------------------------------------------------


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=40), st.floats(0.05, 0.99))
def test_the_shortest_interval_is_the_one_found_by_trying_all(raw: list[float], level: float):
    """Brute force: every run of counts; none that holds as much is shorter, and of equally short ones none holds more."""
    pmf = (np.array(raw) + 1e-9) / (np.array(raw) + 1e-9).sum()
    low, high = shortest(pmf, level)
    runs = [(b - a, -float(pmf[a : b + 1].sum())) for a in range(len(pmf)) for b in range(a, len(pmf)) if pmf[a : b + 1].sum() >= level - 1e-12]
    assert 0 <= low <= high < len(pmf)
    assert high - low == min(runs)[0]
    assert -float(pmf[low : high + 1].sum()) == pytest.approx(min(runs)[1], abs=1e-9)


def test_an_interval_of_a_forecast_that_expects_all_to_be_stopped_holds_what_it_says():
    """By hand: 0.95 on the last count is an interval of one count. Of ten tosses 3–7 hold 0.891, so six counts are needed: of two alike the lower."""
    assert shortest(np.array([0.05, 0.95])) == (1, 1)
    assert shortest(binom.pmf(np.arange(11), 10, 0.5)) == (2, 7)


# -- scores ----------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Hindcast:
    """Ninety days made by us."""
    return hindcast(write(tmp_path_factory.mktemp("made") / "made.csv", made(60, seed=7, most=60, booked=30)), EARLY)


def test_rows_of_the_table_are_the_means_of_the_scores(small: Hindcast):
    """By hand from the scored windows: CRPS per launched is the mean of ratios; the best baseline is the one with the least; the gain is over it."""
    row = score_rows(small.scored, EARLY, date(2100, 1, 1))[0]
    own = [item for item in small.scored if (item.window.cls, item.outcome) == ("drone", "S")]
    assert (row["class"], row["outcome"], row["windows"], row["launched"]) == ("drone", "S", len(own), sum(i.window.launched for i in own))
    each = {name: float(np.mean([i.scores[name][0] / i.window.launched for i in own])) for name in ("model", *NAMES)}
    assert row["crps_per_launched"] == pytest.approx(each["model"])
    assert row["best_baseline"] == min(NAMES, key=lambda name: each[name])
    assert row["gain"] == pytest.approx(1.0 - each["model"] / each[row["best_baseline"]])
    assert row["gain_low"] <= row["gain"] <= row["gain_high"]
    assert set(row["baselines"]) == set(NAMES)
    assert sum(row["pit"]) == pytest.approx(1.0)


def test_years_are_disjoint_and_cover_the_whole(small: Hindcast):
    """Law."""
    whole = {(r["class"], r["outcome"]): r["windows"] for r in score_rows(small.scored, EARLY, date(2100, 1, 1))}
    parts: dict[tuple[str, str], int] = {}
    for row in years(small.scored, EARLY):
        parts[row["class"], row["outcome"]] = parts.get((row["class"], row["outcome"]), 0) + row["windows"]
    assert parts == whole


@pytest.mark.slow
def test_scores_from_a_date_on_are_those_of_the_same_forecasts(small: Hindcast, tmp_path: Path):
    """Law: what is scored does not change what is foretold."""
    since = date(2024, 8, 10)
    again = hindcast(write(tmp_path / "made.csv", made(60, seed=7, most=60, booked=30)), since)
    assert pmfs(again) == pmfs(small)
    assert [i.scores for i in again.scored] == [i.scores for i in small.scored if i.window.date >= since]


def test_what_is_not_scored_is_counted(small: Hindcast):
    """The books balance: every context row is in one line of the account."""
    assert sum(row["rows"] for row in not_scored(small.windows)) == len(small.windows.context)


def test_a_date_after_the_last_window_is_refused_with_that_window(tmp_path: Path):
    """By hand: the last night of two days from 1 July is of the 3rd."""
    with pytest.raises(InputError, match=r"on or after 2030-01-01; its last is of 2024-07-03"):
        hindcast(write(tmp_path / "made.csv", made(2)), date(2030, 1, 1))


def test_a_table_of_one_night_is_foretold_and_not_scored(tmp_path: Path):
    """Edge: fewer windows known than a baseline needs."""
    path = write(tmp_path / "made.csv", made(1)[:1])
    assert len(hindcast(path, EARLY).foretold) == 1
    record = validate(path, EARLY)
    assert record["classes"] == []
    json.dumps(record, allow_nan=False)


def test_windows_that_are_all_perfect_are_scored_without_a_number_that_is_none(tmp_path: Path):
    """Edge: 40 nights of 1 of 1: every score finite."""
    rows = [row | {"launched": "1", "destroyed": "1", "not_reach_goal": ""} for row in made(40) if row["model"] == "Shahed-136/131"]
    record = validate(write(tmp_path / "made.csv", rows), EARLY)
    json.dumps(record, allow_nan=False)
    assert all(np.isfinite(row["gain"]) for row in record["classes"])


# -- no leak ---------------------------------------------------------------------------------------------------------------


def scrambled(rows: list[Row], path: Path, after: datetime, seed: int) -> list[Row]:
    """Other outcomes in every row of a window that ends after a time; what was empty stays empty."""
    late = {number for item in read_windows(path).windows if item.end > after for number in item.rows}
    rng, out = np.random.default_rng(seed), []
    for number, row in enumerate(rows, start=2):
        if number in late:
            n = int(float(row["launched"]))
            s = int(rng.integers(0, n + 1))
            lost = int(rng.integers(0, s + 1)) if row["not_reach_goal"] else 0
            row = row | {"destroyed": str(s - lost), "not_reach_goal": str(lost) if row["not_reach_goal"] else ""}
        out.append(row)
    return out


def check_scrambled(rows: list[Row], folder: Path, cut: datetime) -> None:
    path = write(folder / "whole.csv", rows)
    other = write(folder / "scrambled.csv", scrambled(rows, path, cut, 1))
    a, b = hindcast(path, EARLY), hindcast(other, EARLY)
    early = [key for key, item in a.foretold.items() if item.window.start <= cut]
    one, two = pmfs(a), pmfs(b)
    assert early
    assert len(early) < len(one)
    assert all(one[key] == two[key] for key in early)
    assert any(one[key] != two[key] for key in one if key not in early)
    for x, y in zip(a.scored, b.scored):
        if x.window.end <= cut:
            assert (x.scores, x.ends) == (y.scores, y.ends)
    first, second = calibrate(path).calibration, calibrate(other).calibration
    for cls, item in first.classes.items():
        k = sum(day <= cut.date() for day in item.knots.dates)
        for name in type(item.knots).model_fields:
            assert getattr(item.knots, name)[:k] == getattr(second.classes[cls].knots, name)[:k], name


@pytest.mark.slow
def test_scrambling_all_later_outcomes_changes_no_earlier_forecast_score_or_knot(tmp_path: Path):
    """The issue's third line, through the whole path from a file, baselines too: bit for bit."""
    check_scrambled(made(60, seed=9, most=60, booked=20), tmp_path, datetime(2024, 8, 5, 22, tzinfo=UTC))


@pytest.mark.slow
@pytest.mark.parametrize("cut", [datetime(2024, 7, 9, 21, tzinfo=UTC)])
def test_scrambling_all_later_outcomes_of_the_public_table_changes_no_earlier_forecast(shared: Path, tmp_path: Path, cut: datetime):
    """The issue's third line on the real file; the second date is the eve of a change of booking."""
    import csv
    import io

    rows = list(csv.DictReader(io.StringIO((shared / "data" / "daily_reports_to_2024.csv").read_text(encoding="utf-8"))))
    check_scrambled(rows, tmp_path, cut)


# -- broken tables ---------------------------------------------------------------------------------------------------------


def answered(path: Path) -> None:
    """The whole path answers: a record and a calibration, or a refusal in words; every row is used or told, once."""
    try:
        table = read_windows(path)
    except InputError as error:
        str(error).encode("utf-8")
        return
    numbers = [*(n for w in table.windows for n in w.rows), *(i.row for i in table.context), *(i.row for i in table.unused)]
    assert sorted(numbers) == sorted(set(numbers))
    assert len(numbers) == table.n_rows
    assert all(item.why for item in (*table.context, *table.unused))
    for ask in (lambda: validate(path, EARLY), lambda: calibrate(path).calibration.model_dump(mode="json")):
        try:
            json.dumps(ask(), allow_nan=False, ensure_ascii=False).encode("utf-8")
        except InputError as error:
            assert not table.windows
            str(error).encode("utf-8")


BASE = made(12, seed=12, most=40, booked=4)
CELLS = [
    "", "NaN", "-1", "4.5", "0", "9999", "10.0", "1e3", "2024-07-03", "2024-07-03 09:00", "2024-02-30", "2099-01-01 10:00", "2001-01-01", "X-35 and ", "Kalibr",
    "Unknown UAV", "{", '"', "Фенікс", "north", "+", ";", "\x00", " and ", "Crimea and Crimea", "9" * 400, "{'Kyiv oblast': 3}",
]  # fmt: skip
fuzzed = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.mark.slow
@fuzzed
@given(st.binary(max_size=120), st.integers(0, 400), st.integers(0, 4000))
def test_bytes_put_in_and_cut_out(tmp_path: Path, content: bytes, cut: int, at: int):
    """Law: never a crash, always a report."""
    good = text(BASE).encode()
    path = tmp_path / "cut.csv"
    path.write_bytes(good[:at] + content + good[at + cut :])
    answered(path)


@fuzzed
@given(st.lists(st.tuples(st.sampled_from(BASE), st.sampled_from(list(BASE[0])), st.one_of(st.sampled_from(CELLS), st.text(max_size=8))), max_size=25))
def test_rows_shuffled_doubled_and_with_a_strange_cell(tmp_path: Path, rows: list[tuple[Row, str, str]]):
    """Law: as above."""
    path = tmp_path / "rows.csv"
    path.write_bytes(text([row | {name: cell} for row, name, cell in rows]).encode("utf-8", "surrogatepass"))
    answered(path)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1251", "utf-16-le", "cp037"])
def test_a_table_in_another_encoding_is_read_or_refused(tmp_path: Path, encoding: str):
    """Law: as above; with a Cyrillic place in it."""
    path = tmp_path / "encoded.csv"
    path.write_bytes(text([row | {"launch_place": "Приморсько-Ахтарськ"} for row in BASE]).encode(encoding, "replace"))
    answered(path)


@pytest.mark.parametrize("column", ["launched", "destroyed", "not_reach_goal", "launch_place", "time_end", "model", "source"])
@pytest.mark.parametrize("how", ["empty", "absent", "half"])
def test_a_column_that_is_empty_absent_or_half_empty_is_told(tmp_path: Path, column: str, how: str):
    """Law: as above."""
    rows = [row | ({column: ""} if how == "empty" or (how == "half" and k % 2) else {}) for k, row in enumerate(BASE)]
    content = text(rows)
    if how == "absent":
        content = content.replace(column, "something", 1)
    path = tmp_path / "half.csv"
    path.write_text(content, encoding="utf-8")
    answered(path)


@pytest.mark.slow
def test_shuffled_and_doubled_rows_change_no_forecast_no_score_and_no_knot(tmp_path: Path):
    """Law, bit for bit: the file's order says nothing, and a row twice is one row."""
    rows = made(25, seed=13, most=60, booked=10)
    order = [rows[k] for k in np.random.default_rng(1).permutation(len(rows))]
    plain, mixed, twice = (write(tmp_path / f"{k}.csv", item) for k, item in enumerate((rows, order, [*rows, *rows])))
    one = hindcast(plain, EARLY)
    for path in (mixed, twice):
        other = hindcast(path, EARLY)
        assert pmfs(other) == pmfs(one)
        assert [(i.outcome, i.scores, i.ends, i.low, i.high) for i in other.scored] == [(i.outcome, i.scores, i.ends, i.low, i.high) for i in one.scored]
        assert calibrate(path).calibration.classes == calibrate(plain).calibration.classes
    assert len(read_windows(twice).unused) == len(rows) + len(one.windows.unused)


# -- records ---------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_shipped_nights_are_held_as_often_as_the_issue_asks(shared: Path):
    """Record, the issue's first line: of class-nights with five or more launched 80–97 % lie within, median width at most 0.6 of the launched."""
    found = hindcast(shared / "data" / "daily_reports_to_2024.csv")
    rows = shipped_nights(found)
    summary = nights_summary(rows)
    assert all(row["launched"] >= FEWEST_LAUNCHED for row in rows)
    assert len({(row["class"], row["window"]) for row in rows}) == len(rows)
    assert summary["class_nights"] >= 20
    assert 0.80 <= summary["share"] <= 0.97
    assert summary["median_width"] <= 0.6


@pytest.mark.slow
def test_two_years_in_the_style_of_later_months_are_scored_in_under_two_minutes(tmp_path: Path):
    """Made by us: 1,524 windows, up to 800 drones a night, two changes of booking, unknown models and places. Process time, on any core."""
    path = write(tmp_path / "made.csv", made())
    begin = time.process_time()
    record = validate(path, date(2024, 10, 1))
    assert time.process_time() - begin < 120.0
    assert record["table"]["windows"] > 1_400
    assert {row["class"] for row in record["classes"]} == set(CLASSES)
    for row in record["classes"]:
        if row["coverage_judged"]:
            assert 0.83 < row["r90"] < 0.97, row["class"]
            assert 0.40 < row["r50"] < 0.64, row["class"]
    drones = [item["date"] for item in record["booking_changes"] if item["cls"] == "drone"]
    assert [abs((date.fromisoformat(day) - date(2024, 7, 1)).days - k) <= 4 for day, k in zip(drones, (61, 501))] == [True, True]
