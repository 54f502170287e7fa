"""Observed scrambles against the model's pairs on alert."""

from __future__ import annotations

import json

import numpy as np
import pytest

from zaslin.scenario.scrambles import ScrambleCase, scramble_cases
from zaslin.scenario.sourced import Sourced
from zaslin.scenario.sources import sources
from zaslin.studies.scramble_times import RADAR_REACH, flight_s, readiness_s, scramble_times, scramble_times_json


def fixed(value: float, unit: str) -> Sourced:
    return Sourced(value=value, low=value, high=value, unit=unit)


def test_flight_is_the_way_less_the_radars_reach():
    """By hand: 10–90 km of reach, 290 km away at 250 m/s: 800 to 1,120 s; nearer than the reach it is 0."""
    got = flight_s(1, 2_000, 290e3, fixed(250.0, "mps"), fixed(250.0, "mps"))
    assert RADAR_REACH.low == 10
    assert 800.0 <= got.min() <= got.max() <= 1_120.0
    assert not flight_s(1, 100, 5e3, fixed(250.0, "mps"), fixed(250.0, "mps")).any()


def test_readiness_has_its_stated_median():
    """By hand: a fixed 15 minutes times a lognormal of median 1."""
    assert np.median(readiness_s(1, 20_000, fixed(15.0, "min"))) == pytest.approx(900.0, rel=0.02)


def test_the_cases_are_sourced_and_whole():
    assert len({case.id for case in scramble_cases()}) == len(scramble_cases()) >= 5
    assert {case.source for case in scramble_cases()} <= set(sources())
    with pytest.raises(ValueError, match="place"):
        ScrambleCase.model_validate(scramble_cases()[0].model_dump() | {"measure": "airborne_to_contact", "lat": None, "lon": None})
    with pytest.raises(ValueError, match="above"):
        ScrambleCase.model_validate(scramble_cases()[0].model_dump() | {"seconds_low": 1e4})


def test_closed_forms_need_no_raid():
    """Records: ten minutes from alert to take-off is inside; 43 minutes to a contact are no flight from the coast and are told as outside."""
    rows = {row.case: row for row in scramble_times(fly=False)}
    assert rows["ro-2024-07-25"].inside
    assert rows["ro-2025-11-25-eurofighter"].inside is False
    assert rows["ro-2024-09-27-f16"].inside is None
    json.dumps(scramble_times_json(tuple(rows.values())), allow_nan=False)


@pytest.mark.slow
def test_the_pair_of_fetesti_is_up_before_the_crossing_of_2024_09_27():
    """Flown: four blocks; observed 68 minutes before."""
    row = next(row for row in scramble_times(blocks=4) if row.case == "ro-2024-09-27-f16")
    assert row.n > 0
    assert row.low_s is not None
    assert row.high_s is not None
    assert row.low_s <= row.high_s
