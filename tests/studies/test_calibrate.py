"""What a calibration learns from a table, and that a week's numbers know nothing of what came later."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from made_reports import Row, made, write
from zaslin.errors import InputError
from zaslin.scenario.calibration import Knots, parse_calibration, posterior, write_calibration
from zaslin.scenario.raid_windows import RaidWindow, read_windows
from zaslin.studies.calibrate import booking_changes, calibrate, debris_places, knots_of, parameters


def window(day: float, n: int, s: int, lost: int = 0) -> RaidWindow:
    start = datetime(2024, 1, 1, 18, tzinfo=UTC) + timedelta(days=day)
    return RaidWindow("drone", start.date(), "night", start, start + timedelta(hours=12), n, s - lost, lost, (), {}, {"Shahed-136/131": 1.0}, {})


def early(knots: Knots, until: date) -> dict[str, tuple[float, ...]]:
    """The columns up to a date."""
    k = sum(day <= until for day in knots.dates)
    return {name: tuple(getattr(knots, name)[:k]) for name in Knots.model_fields if name != "dates"}


def test_a_level_that_made_the_windows_is_found():
    """Made by us: hazard e^0.9 at 30 launched, no load, σ = 0.3, 150 windows of 10 … 90: the truth lies within three posterior standard deviations."""
    rng = np.random.default_rng(2)
    windows = []
    for k in range(150):
        n = int(rng.integers(10, 90))
        windows.append(window(k, n, int(rng.binomial(n, -np.expm1(-np.exp(0.9 + 0.3 * rng.standard_normal()))))))
    knots, learner = knots_of("drone", windows)
    assert learner.known == knots.windows[-1] == 150
    assert abs(knots.level[-1] - 0.9) < 3 * knots.level_sd[-1]
    assert knots.level_sd[-1] < 0.25
    assert abs(knots.load[-1]) < 3 * knots.load_sd[-1]
    assert np.exp(knots.log_sigma[-1]) == pytest.approx(0.3, rel=0.4)


def test_the_first_knot_is_the_prior():
    """By hand: nothing known, level 0.5 ± 2, load 0 with half of the weight on none: √(½ · ⅓ (0.25² + 0.5² + 1²))."""
    knots, _ = knots_of("drone", [window(0, 10, 5)])
    assert (knots.windows[0], knots.level[0], knots.level_sd[0]) == (0, pytest.approx(0.5), pytest.approx(2.0))
    assert knots.load_sd[0] == pytest.approx(np.sqrt(0.5 * (0.25**2 + 0.5**2 + 1.0) / 3.0))


def test_knots_of_a_truncated_table_are_those_of_the_whole_up_to_then(tmp_path: Path):
    """The issue's third line: what ended after T, launches and outcomes, changes no knot up to T beyond the last bits."""
    rows = made(90, seed=6, most=80)
    table = read_windows(write(tmp_path / "made.csv", rows))
    for cls in ("drone", "kh59"):
        windows = table.of(cls)
        cut = windows[len(windows) // 2].end
        whole, _ = knots_of(cls, windows)
        part, _ = knots_of(cls, [w for w in windows if w.end <= cut])
        a, b = early(whole, cut.date()), early(part, cut.date())
        for name, column in a.items():
            assert column == pytest.approx(b[name], rel=1e-7, abs=1e-9), name
        assert len(a["level"]) >= 4


def test_a_change_of_booking_is_dated_by_its_window_and_a_steady_booking_has_none():
    """Made by us: of 80 nights the losses are booked apart, 45 % of the stops, from the 40th on; the same nights with nothing booked apart."""
    rng = np.random.default_rng(8)
    changed, steady = [], []
    for k in range(80):
        n = int(rng.integers(10, 60))
        s = int(rng.binomial(n, 0.85))
        changed.append(window(k, n, s, int(rng.binomial(s, 0.45)) if k >= 40 else 0))
        steady.append(window(k, n, s))
    found = booking_changes("drone", knots_of("drone", changed)[1].jumps)
    assert [abs((item.date - changed[40].date).days) <= 2 for item in found] == [True]
    assert not booking_changes("drone", knots_of("drone", steady)[1].jumps)


@pytest.mark.slow
def test_booking_that_changes_back_is_found_too(tmp_path: Path):
    """Made by us: losses booked apart from day 60, in the destroyed again from day 180; each found within three days, nothing else."""
    rows = made(240, seed=1, most=120, booked=60, merged=180)
    found = calibrate(write(tmp_path / "made.csv", rows)).calibration.booking_changes
    wanted = [date(2024, 7, 1) + timedelta(days=k + 1) for k in (60, 180)]
    drones = [item.date for item in found if item.cls == "drone"]
    assert len(drones) == 2
    assert all(abs((a - b).days) <= 3 for a, b in zip(drones, wanted))


def test_a_calibration_covers_what_the_table_has_and_reads_back(tmp_path: Path):
    """Law: classes and windows of the table, parameters in order, and the file that is written is the one that is read."""
    path = write(tmp_path / "made.csv", made(60, seed=3, most=60))
    found, table = calibrate(path).calibration, read_windows(path)
    assert found.windows == {cls: len(table.of(cls)) for cls in found.classes}
    assert (found.first, found.last) == (min(w.date for w in table.windows), max(w.date for w in table.windows))
    assert parse_calibration(write_calibration(found), "x").windows == found.windows
    for row in parameters(found):
        assert row["low"] <= row["mean"] <= row["high"]
    assert set(found.regions) == {"west", "north", "centre", "south", "east"}
    soon, late = (posterior(found, "drone", datetime(year, 9, 1, tzinfo=UTC), 100).log_hazard_sd for year in (2024, 2030))
    assert soon < late


def test_a_table_without_a_window_is_refused(tmp_path: Path):
    """By hand: a single reconnaissance drone; only the header."""
    row: Row = made(1)[0] | {"model": "Orlan-10"}
    for rows in ([row], []):
        with pytest.raises(InputError, match="no raid window to calibrate on"):
            calibrate(write(tmp_path / "x.csv", rows))


def test_one_window_is_enough(tmp_path: Path):
    """Edge: one row; knots before and after it."""
    found = calibrate(write(tmp_path / "x.csv", made(1)[:1])).calibration
    assert found.windows == {"drone": 1}
    assert found.classes["drone"].knots.windows[-1] == 1


def test_places_of_fragments_per_kill_are_a_gamma_posterior(tmp_path: Path):
    """By hand: 3 places and 20 kills where told: (3 + ½)/20; no column, no number."""
    one, other = made(2, seed=1)[:2]
    counted = {"launched": "25", "destroyed": "20", "not_reach_goal": "", "num_fall_fragment_location": "3.0"}
    rows = [one | counted, other | {"num_fall_fragment_location": "many"}]
    found = debris_places(read_windows(write(tmp_path / "x.csv", rows)))
    assert found is not None
    assert found.value == pytest.approx(3.5 / 20)
    assert found.low < found.value < found.high
    assert debris_places(read_windows(write(tmp_path / "x.csv", made(2)))) is None
