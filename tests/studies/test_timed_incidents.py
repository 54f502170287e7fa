"""Timed incidents: the kinematic check by hand, tail probabilities, and the Polish crossings against a small ensemble."""

from __future__ import annotations

import json

import numpy as np
import pytest

from zaslin.scenario.incident import incident, incidents
from zaslin.studies.timed_incidents import claimed_speed_mps, fitting_night, is_timed, kinematics, tail_probability, timed_incidents, timed_incidents_json


def test_thirty_nine_seconds_at_800_km_h():
    """By hand: 8.67 km of path, at most 4.3 km deep; 1.5–2 km as a depth can be, as a path it would be far too slow."""
    got = kinematics(incident("PL-2024-03-24"))
    assert got is not None
    assert got.path_m == pytest.approx((8_666.7, 8_666.7), abs=0.1)
    assert got.deepest_m == pytest.approx(4_333.3, abs=0.1)
    assert (got.as_depth, got.as_path) == (True, False)


def test_forty_kilometres_in_three_minutes_is_a_path():
    """By hand: 180 s at 900 km/h, the fastest of the catalogue, is 45 km; 36 km deep and back needs 400 m/s. As a path both agree."""
    got = kinematics(incident("PL-2023-12-29"))
    assert got is not None
    assert got.path_m[1] == pytest.approx(45_000)
    assert got.deepest_m == pytest.approx(22_500)
    assert (got.as_depth, got.as_path) == (False, True)
    assert got.depth_needs_mps == pytest.approx(400.0)


def test_thirty_three_minutes_of_a_drone_is_no_straight_line():
    """By hand: 1,980 s at 120 km/h at least are 66 km; 25–30 km is a depth and no path."""
    got = kinematics(incident("PL-2024-08-26"))
    assert got is not None
    assert got.path_m[0] == pytest.approx(66_000)
    assert (got.as_depth, got.as_path) == (True, False)


def test_no_duration_no_kinematics():
    assert kinematics(incident("LV-2024-09-07")) is None


def test_a_claimed_sequence_has_a_speed():
    """By hand: 48.0 N 28.9 E to 48.2 N 26.7 E is about 165 km; 15 minutes make about 660 km/h, below a Kalibr's 700 but places are coarse."""
    assert claimed_speed_mps(incident("MD-2023-02-10"), incident("RO-2023-02-10")) == pytest.approx(165e3 / 900, rel=0.01)
    with pytest.raises(ValueError, match="need a time"):
        claimed_speed_mps(incident("MD-2022-10-10"), incident("RO-2023-02-10"))


def test_tails_by_hand():
    """Ten equal values 1 … 10: at most 1 has chance 0.1, so p = 0.2; a range in the middle is no surprise; outside it is 0; nothing is None."""
    values, weights = np.arange(1.0, 11.0), np.ones(10)
    assert tail_probability(values, weights, (0.5, 1.0)) == pytest.approx(0.2)
    assert tail_probability(values, weights, (5.0, 6.0)) == 1.0
    assert tail_probability(values, weights, (20.0, 30.0)) == 0.0
    assert tail_probability(values, np.zeros(10), (5.0, 6.0)) is None


def test_the_check_takes_its_own_nights_and_the_nearest_else():
    assert fitting_night(incident("PL-2024-03-24")) == "2024-03-24"
    assert fitting_night(incident("RO-2023-09-09")) in ("2023-09-04", "2023-09-13")
    chosen = {item.id for item in incidents().values() if is_timed(item)}
    asked = {"PL-2023-12-29", "PL-2024-03-24", "RO-2023-02-10", "LV-2024-09-07", "PL-2024-08-26", "RO-2024-09-27", "RO-2024-12-25"}
    assert asked <= chosen
    assert "PL-2022-11-15" not in chosen


def test_the_polish_crossings_are_possible_and_the_json_is_plain():
    """A small ensemble: each is a few per cent of such nights at most, and its duration no wonder."""
    rows = timed_incidents(blocks=4, routes=150, only=["PL-2023-12-29", "PL-2024-03-24"])
    assert [row.incident for row in rows] == ["PL-2023-12-29", "PL-2024-03-24"]
    for row in rows:
        assert row.own_night
        assert row.stays > 0
        assert 0.0 < row.p_any < 0.3
        assert row.p_like is not None
        assert row.p_like <= row.p_any
    assert json.loads(json.dumps(timed_incidents_json(rows), allow_nan=False))[0]["incident"] == "PL-2023-12-29"
