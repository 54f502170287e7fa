"""First arrivals in the west beside the western alarm block: the rules by hand, the baseline's blindness to later nights, and the records."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from zaslin.atlas.regions import REGIONS
from zaslin.errors import InputError
from zaslin.scenario.alarms import Alarm, Alarms
from zaslin.scenario.night import Group, Night
from zaslin.studies import alarm_check as page
from zaslin.studies.alarm_check import NATION_WIDE, WEST, alarm_check, alarm_check_json, western_block

T0 = datetime(2023, 3, 1, 20, tzinfo=UTC)
OTHERS = tuple(name for name in REGIONS if name not in WEST)


def minutes(n: float) -> timedelta:
    return timedelta(minutes=n)


def table(*starts: tuple[datetime, str]) -> Alarms:
    edges = [(T0 - timedelta(days=300), "Sumy oblast"), (T0 + timedelta(days=300), "Sumy oblast")]
    rows = sorted(Alarm(at, region, None, k) for k, (at, region) in enumerate([*edges, *starts]))
    return Alarms(tuple(rows), (), (), len(rows), 0)


def block_at(at: datetime, west: int = 8, others: int = 0) -> list[tuple[datetime, str]]:
    names = [*sorted(WEST)[:west], *OTHERS[:others]]
    return [(at + timedelta(seconds=5 * k), name) for k, name in enumerate(names)]


def a_night(id: str, start: datetime, count: int = 12, timed: bool = True) -> Night:
    group = Group(
        id="kh101",
        model="Kh-101/Kh-555",
        count=count,
        start_utc=start,
        end_utc=start + timedelta(hours=6),
        time_known=timed,
        targets=("Lviv oblast",),
        source="assumption",
    )
    return Night(id=id, title="A night made up for a test", groups=(group,), source="assumption")


@pytest.fixture
def arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model's first arrival is 90 to 110 minutes after the window's start, without flying anything."""
    monkeypatch.setattr(page, "load_ground", lambda: object())
    monkeypatch.setattr(page, "_first_arrivals", lambda *_: np.linspace(90.0, 110.0, 21))


def test_the_west_is_eight_oblasts():
    """By DESIGN's grouping of macro-regions."""
    assert len(WEST) == 8 and {"Lviv oblast", "Khmelnytskyi oblast", "Zakarpattia oblast"} <= WEST


def test_a_block_is_three_western_oblasts_within_three_minutes():
    """By hand: two alarms at 10 min are no block; three at 40 min are, although a fourth comes 4 minutes later."""
    west = sorted(WEST)
    starts = [(T0 + minutes(10), west[0]), (T0 + minutes(10), west[1]), *block_at(T0 + minutes(40), 3), (T0 + minutes(44), west[5])]
    found = western_block(table(*starts), T0, T0 + minutes(200))
    assert found is not None and (found.start, found.west, found.units, found.clean) == (T0 + minutes(40), 3, 3, True)
    assert western_block(table(*starts), T0, T0 + minutes(30)) is None


def test_a_nation_wide_alarm_is_not_clean_even_where_it_only_touches():
    """By hand: 8 in the west, and 13 others that began 2 minutes before, are 21 units together."""
    early = [(T0 + minutes(38), name) for name in OTHERS[:13]]
    found = western_block(table(*early, *block_at(T0 + minutes(40))), T0, T0 + minutes(200))
    assert found is not None and found.units == 21 >= NATION_WIDE and not found.clean


def test_model_and_baseline_by_hand(arrives: None):
    """By hand: blocks 60, 70 and 95 minutes after the start, the model always says 100. On the third night the baseline knows 60 and 70 (median 65,
    error −30), the model errs by 5, its lead is 35 (median of 40 and 30), so its corrected error is −30."""
    starts = [T0 + timedelta(days=10 * k) for k in range(3)]
    alarms = table(*(row for at, lag in zip(starts, (60, 70, 95)) for row in block_at(at + minutes(lag))))
    found = alarm_check(alarms, [a_night(f"night-{k}", at) for k, at in enumerate(starts)])
    assert [night.why_not for night in found.nights] == ["no earlier clean night for a baseline", "", ""]
    third = found.nights[2]
    assert (third.median_min, third.observed_min, third.error_min, third.inside) == (100.0, 95.0, 5.0, True)
    assert (third.baseline_min, third.baseline_n, third.baseline_error_min, third.nearer) == (65.0, 2, -30.0, "model")
    assert (third.lead_min, third.corrected_error_min) == (35.0, -30.0)
    assert (found.n_scored, found.mae_model_min, found.mae_baseline_min) == (2, (30 + 5) / 2, (10 + 30) / 2)


def test_later_nights_change_nothing_before_them(arrives: None):
    """Law: alarms and nights after a night leave its row as it was."""
    starts = [T0 + timedelta(days=10 * k) for k in range(3)]
    nights = [a_night(f"night-{k}", at) for k, at in enumerate(starts)]
    rows = [block_at(at + minutes(lag)) for at, lag in zip(starts, (60, 70, 95))]
    other = [block_at(at + minutes(lag)) for at, lag in zip(starts, (60, 70, 300))]
    before = alarm_check(table(*chain(*rows)), nights).nights[:2]
    assert alarm_check(table(*chain(*other)), nights).nights[:2] == before
    assert alarm_check(table(*chain(*rows[:2])), nights[:2]).nights == before


@pytest.mark.parametrize(
    ("starts", "timed", "why"),
    [([], True, "no western block in the window"), (block_at(T0 + minutes(30), 8, 10), True, "nation-wide alarm (18 units)"),
     (block_at(T0 + minutes(30)), False, "the report gives a date, not a time of launch")],
)  # fmt: skip
def test_a_night_that_is_not_scored_says_why(arrives: None, starts: list[tuple[datetime, str]], timed: bool, why: str):
    """Worked: it stays in the table, with its reason, and enters no mean."""
    found = alarm_check(table(*starts), [a_night("a-night", T0, timed=timed)])
    assert [night.why_not for night in found.nights] == [why] and found.n_scored == 0 and found.mae_model_min is None


def test_few_missiles_and_nights_outside_the_table_are_left_out(arrives: None):
    """Worked: each by its reason; with an empty table too."""
    far = a_night("far", T0 + timedelta(days=400))
    found = alarm_check(table(), [a_night("few", T0, count=3), far])
    assert [name for name, _ in found.left_out] == ["few", "far"] and "fewer than 10" in found.left_out[0][1] and "outside the table" in found.left_out[1][1]
    nothing = alarm_check(Alarms((), (), (), 0, 0), [far])
    assert nothing.left_out == (("far", "no usable alarm in the table"),)


def test_the_plain_data_is_plain_and_says_what_alarms_cannot_tell(arrives: None):
    """Law: JSON without objects; the limits and the rule travel with the figures."""
    told = alarm_check_json(alarm_check(table(*block_at(T0 + minutes(30))), [a_night("a-night", T0)]))
    text = json.dumps(told, allow_nan=False)
    assert "No route is reconstructed" in text and "30 minutes" in text and "air commands" in text
    assert told["nights"][0]["from_utc"] == "2023-03-01T20:00:00Z" and told["nights"][0]["block"]["clean"] is True


def test_no_such_file_is_refused(tmp_path: Path):
    with pytest.raises(InputError):
        alarm_check(tmp_path / "none.csv")


def test_a_missile_bound_for_lviv_arrives_when_its_way_is_flown(small_night: Night):
    """Law: flown twice the same; from the Caspian to the west it is some 1,300 km at least, so 80 minutes and more at 250 m/s; some do arrive."""
    from zaslin.atlas.ground import load_ground

    start = max(group.start_utc for group in small_night.groups)  # the missiles'
    times = page._first_arrivals(small_night, start, load_ground(), 3, 2, 5)
    assert np.array_equal(times, page._first_arrivals(small_night, start, load_ground(), 3, 2, 5), equal_nan=True)
    there = times[np.isfinite(times)]
    assert len(times) == 10 and len(there) >= 2 and (there > 60.0).all() and (there < 400.0).all()


@pytest.mark.slow
def test_the_shipped_nights_before_the_tables_end(shared: Path):
    """Record: the western blocks of the table to April 2024; 2023-12-29 at 05:04 UTC, 67 minutes before the crossing into Poland."""
    found = alarm_check(shared / "data" / "alarms_official_to_2024-04.csv", blocks=4)
    blocks = {night.night: night.block.start.strftime("%H:%M") for night in found.nights if night.block}
    assert blocks == {
        "2022-10-10": "04:25", "2022-11-15": "12:44", "2022-12-16": "06:31", "2023-01-14": "12:59", "2023-02-10": "06:27", "2023-12-29": "05:03",
        "2024-03-24": "02:12",
    }  # fmt: skip
    assert [night.night for night in found.nights if night.scored] == ["2023-12-29"]
    assert all(night.low_min is not None for night in found.nights)
