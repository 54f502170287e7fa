"""One step ahead: what a forecast may know, and that it knows nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from made_reports import made, write
from zaslin.scenario.catalogue import launch_areas
from zaslin.scenario.raid_windows import CLASSES, ELSEWHERE, RaidWindow, WindowClass, read_windows
from zaslin.studies.forecast import COVARIATES, PLAIN_SETS, Course, Design, Forecast, forecasts, predict, steps

BEGIN = datetime(2024, 1, 1, 18, tzinfo=UTC)


def window(hours: float, lasts: float = 10.0, n: int = 10, s: int = 8, lost: int = 0, cls: WindowClass = "drone", **more: object) -> RaidWindow:
    start = BEGIN + timedelta(hours=hours)
    item = RaidWindow(cls, start.date(), "night", start, start + timedelta(hours=lasts), n, s - lost, lost, (), {}, {"Shahed-136/131": 1.0}, {})
    return replace(item, **more)  # type: ignore[arg-type]


def scrambled(windows: tuple[RaidWindow, ...], after: datetime, seed: int) -> tuple[RaidWindow, ...]:
    """The same launches with other outcomes for every window that ends after a time."""
    rng = np.random.default_rng(seed)
    out = []
    for item in windows:
        if item.end > after:
            s = int(rng.integers(0, item.launched + 1))
            lost = int(rng.integers(0, s + 1))
            item = replace(item, destroyed=s - lost, lost=lost)
        out.append(item)
    return tuple(out)


def same(a: Forecast, b: Forecast) -> bool:
    return np.array_equal(a.stops, b.stops) and np.array_equal(a.kills, b.kills) and a.known == b.known


def check_no_later_outcome_counts(windows: tuple[RaidWindow, ...], cls: WindowClass, cuts: list[datetime]) -> None:
    """Bit for bit up to each cut; and after it some forecast does change, or the test would say nothing."""
    first = list(forecasts(cls, windows))
    for k, cut in enumerate(cuts):
        second = list(forecasts(cls, scrambled(windows, cut, k)))
        assert all(same(a, b) for a, b in zip(first, second) if a.window.start <= cut)
        late = [same(a, b) for a, b in zip(first, second) if a.window.start > cut]
        assert len(late) < 5 or not all(late[3:])


def test_a_window_that_has_not_ended_is_not_used():
    """By hand: of windows 0–10 h and 5–6 h the one that begins at 7 h knows the second alone; the one at 10 h both and what ended with its beginning."""
    windows = (window(0.0), window(5.0, 1.0), window(7.0, 3.0), window(10.0))
    assert [learner.known for _, learner in ((w, replace(one)) for w, one in steps("drone", windows))] == [0, 0, 1, 3]


def test_an_overlapping_window_changes_nothing_until_it_ends():
    """Bit for bit: the forecast at 7 h with the long window's outcome the other way about."""
    windows = (window(0.0), window(5.0, 1.0), window(7.0, 3.0), window(10.0))
    other = (replace(windows[0], destroyed=0), *windows[1:])
    a, b = list(forecasts("drone", windows)), list(forecasts("drone", other))
    assert [same(x, y) for x, y in zip(a, b)] == [True, True, True, False]


def test_a_window_without_length_does_not_foretell_itself():
    """Law: start and end the same, as a report of one moment; its own outcome changes nothing of it."""
    windows = (window(0.0), window(24.0, 0.0), window(48.0))
    other = (windows[0], replace(windows[1], destroyed=0), windows[2])
    assert [same(x, y) for x, y in zip(forecasts("drone", windows), forecasts("drone", other))] == [True, True, False]


@pytest.mark.parametrize("n", [1, 2, 30, 800, 3000, 12_000])
def test_every_forecast_is_a_distribution_over_the_launched(n: int):
    """Law: from nothing known, and after perfect and empty windows of many; kills are stochastically fewer than stops."""
    windows = [window(24.0 * k, n=n, s=s) for k, s in enumerate([n, n, 0, n // 2, n, n])]
    for item in forecasts("drone", windows, PLAIN_SETS):
        assert len(item.stops) == len(item.kills) == n + 1
        for pmf in (item.stops, item.kills):
            assert np.isfinite(pmf).all()
            assert pmf.min() >= 0.0
            assert pmf.sum() == pytest.approx(1.0)
        assert (np.cumsum(item.kills) >= np.cumsum(item.stops) - 2e-3).all()


def test_where_all_windows_were_alike_the_next_is_expected_to_be():
    """Law: forty windows of 24 of 30: the mean foretold is within one of 24, and the spread a third of the prior's, which is wide."""
    found = list(forecasts("drone", [window(24.0 * k, n=30, s=24) for k in range(41)]))
    k = np.arange(31)
    spread = [float(np.sqrt(item.stops @ (k - item.stops @ k) ** 2)) for item in (found[0], found[-1])]
    assert found[-1].stops @ k == pytest.approx(24.0, abs=1.0)
    assert spread[1] < spread[0] / 3.0


def test_covariates_have_one_column_each_and_blocks_for_areas_and_models():
    """By hand: log launched, others, day; a share for each area, side and model; a place that nobody knows is elsewhere."""
    item = window(0.0, n=60, areas={"Crimea": 0.5, ELSEWHERE: 0.5}, others={"drone": 3, "cruise": 4, "S-300/S-400": 2})
    design = Design("drone", [item])
    x = dict(zip(design.columns[:5], design.x(item)[:5]))
    assert x == pytest.approx({"level": 1.0, "load": np.log(2.0), "missiles": np.log(7.0), "drones": np.log(4.0) / 3.0, "day": 0.0})
    assert len(design.x(item)) == len(design.columns)
    assert set(design.columns) == set(COVARIATES)
    assert design.x(item)[5:].sum() == pytest.approx(3.0)


def test_every_launch_area_of_the_catalogue_has_a_side():
    """Law: a window from any area has covariates."""
    for area in launch_areas():
        item = window(0.0, areas={area: 1.0})
        assert Design("drone", [item]).x(item)[5:].sum() == pytest.approx(3.0)


@pytest.mark.slow
def test_later_outcomes_change_no_forecast(tmp_path: Path):
    """The issue's third line, bit for bit, on a table made by us: windows that begin before or at T do not feel what ended after T."""
    table = read_windows(write(tmp_path / "made.csv", made(40, seed=4, most=60)))
    for cls in CLASSES:
        windows = table.of(cls)
        if len(windows) > 3:
            middle = windows[len(windows) // 2]
            check_no_later_outcome_counts(windows, cls, [middle.start, windows[1].start + timedelta(hours=1)])


def test_what_is_launched_later_changes_no_forecast_but_for_the_last_bits(tmp_path: Path):
    """Law: areas and models that appear later are columns of zeros before; sums of longer rows may differ in the last bits."""
    windows = read_windows(write(tmp_path / "made.csv", made(50, seed=5, most=60))).of("drone")
    whole, part = list(forecasts("drone", windows)), list(forecasts("drone", windows[:25]))
    for a, b in zip(whole, part):
        assert a.stops == pytest.approx(b.stops, rel=1e-6, abs=1e-12)
        assert a.kills == pytest.approx(b.kills, rel=1e-6, abs=1e-12)



def test_a_learner_told_twice_of_the_same_time_learns_once():
    """Law: going on to a time that has come already changes nothing."""
    windows = [window(24.0 * k) for k in range(5)]
    course, other = Course("drone", windows, PLAIN_SETS), Course("drone", windows, PLAIN_SETS)
    course.until(windows[-1].start)
    for item in windows:
        other.until(item.start)
        other.until(item.start)
    assert same(predict(course.learner, windows[-1]), predict(other.learner, windows[-1]))
