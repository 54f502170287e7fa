"""The importer over the whole public table, where the shared data is at hand; the figures are printed with -s."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import pytest

from zaslin.scenario.catalogue import launch_area, model_for
from zaslin.scenario.report_rows import read_table
from zaslin.scenario.reports import Reports, night_json, read_reports, reports_json
from zaslin.scenario.shipped import night, night_ids


@pytest.fixture(scope="module")
def reports(shared: Path) -> Reports:
    return read_reports(shared / "data" / "daily_reports_to_2024.csv")


def test_every_row_is_used_once_or_unused_with_a_reason(reports: Reports):
    """The books balance over all 1,980 rows of the file."""
    used = [row for rows in reports.rows_of.values() for row in rows]
    unused = [item.row for item in reports.unused]
    print(f"\n{len(reports)} nights of {len(used)} rows; {len(unused)} unused: {dict(Counter(item.why for item in reports.unused))}")
    print(f"{len(reports.remarks)} remarks: {dict(Counter(item.kind for item in reports.remarks))}")
    assert sorted(used + unused) == list(range(2, 1982))
    assert reports.n_rows == 1980
    assert all(item.why and (item.detail or item.why == "no model") for item in reports.unused)


def test_few_rows_in_scope_are_lost(reports: Reports):
    """Counted by hand in the file: three rows give no number launched, one more stops than launches; the rest is out of scope."""
    assert Counter(item.why for item in reports.unused if item.why != "out of scope") == {"no number launched": 3, "more stopped than launched": 1}


def test_nights_are_named_once_and_come_in_order_of_time(reports: Reports):
    """Ids are unique; no night reaches over 48 hours."""
    ids = [night.id for night in reports]
    assert len(set(ids)) == len(ids)
    assert [night.start_utc for night in reports] == sorted(night.start_utc for night in reports)
    assert max((night.end_utc - night.start_utc).total_seconds() for night in reports) <= 48 * 3600


def test_every_name_of_the_table_is_known_to_the_catalogue(reports: Reports):
    """Every launch area resolves, every model has an entry, and at most one word of a target is strange (Kursk oblast, a target of 2024)."""
    for item in reports:
        for group in item.groups:
            assert "unknown to the catalogue" not in group.note
            for name in group.launch_areas:
                launch_area(name)
            for model in group.models:
                model_for(model)
    assert sum("unknown to the theatre" in group.note for item in reports for group in item.groups) <= 1


@pytest.mark.parametrize("id", night_ids())
def test_the_shipped_nights_are_what_the_importer_makes_of_the_table(reports: Reports, id: str):
    """Counts, windows, splits and targets of our own tables against the public one."""
    ours, theirs = night(id), next(item for item in reports if item.id == id)
    for key in ("launched", "destroyed", "lost", "start_utc", "end_utc"):
        assert night_json(ours)[key] == night_json(theirs)[key], key
    window = {(group.model, group.start_utc, group.end_utc, group.time_known, group.targets, str(group.split)) for group in ours.groups}
    assert window == {(group.model, group.start_utc, group.end_utc, group.time_known, group.targets, str(group.split)) for group in theirs.groups}


def test_our_half_year_sums_are_those_of_the_table(shared: Path):
    """Rows of one rate key, by the half-year in which they start; joint rows of several keys are left out."""
    import csv
    from importlib.resources import files

    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in read_table(shared / "data" / "daily_reports_to_2024.csv").rows:
        keys = {model_for(name).rate_key for name in row.model.split(" + ")}
        if len(keys) == 1:
            period = f"{row.text['time_start'][:4]}-H{1 if int(row.text['time_start'][5:7]) < 7 else 2}"
            for k, count in enumerate((row.launched, row.destroyed or 0, row.lost or 0)):
                sums[keys.copy().pop(), period][k] += count
    text = (files("zaslin.scenario") / "data" / "defence_shares.csv").read_text(encoding="utf-8")
    for ours in csv.DictReader(text.splitlines()):
        theirs = sums[ours["rate_key"], ours["period"]]
        assert [int(ours["launched"]), int(ours["destroyed"]), int(ours["lost"] or 0)] == theirs, ours


def test_the_json_of_the_whole_table_is_plain_data(reports: Reports):
    """It can be written as JSON, with the same numbers in it."""
    import json

    out = json.loads(json.dumps(reports_json(reports), allow_nan=False))
    assert len(out["nights"]) == len(reports)
    assert sum(sum(item["launched"].values()) for item in out["nights"]) == sum(group.count for item in reports for group in item.groups)
