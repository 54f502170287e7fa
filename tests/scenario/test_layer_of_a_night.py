"""Ukraine's layer for a night: calibrated classes, half-year counts, assumptions; and the calibration file behind it."""

from __future__ import annotations

import csv
import json
import math
from datetime import UTC, date, datetime
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betaincinv

from zaslin.errors import InputError, SpecError
from zaslin.scenario.calibration import (
    Calibration,
    ClassPosterior,
    Knots,
    load_calibration,
    mean_share,
    parse_calibration,
    posterior,
    shipped_calibration,
    write_calibration,
)
from zaslin.scenario.catalogue import threat_models
from zaslin.scenario.layer import launched_by_rate_key, ukraine_layer
from zaslin.scenario.night import Group, Night
from zaslin.scenario.shipped import night, night_ids
from zaslin.scenario.sourced import ASSUMPTION, Sourced

KNOTS = Knots(
    dates=(date(2024, 1, 1), date(2024, 1, 8)), windows=(0, 7), level=(0.0, 0.5), level_sd=(1.0, 0.3), load=(0.0, 0.2), load_sd=(0.0, 0.1),
    correlation=(0.0, 0.0), log_sigma=(-1.0, -1.0), log_sigma_sd=(0.0, 0.1), gamma=(0.0, 0.25), drift=(0.0, 0.03), kill_level=(0.0, 0.0), kill_sd=(0.0, 0.2),
)  # fmt: skip
SMALL = Calibration(
    format=1, source="daily-reports-table", first=date(2024, 1, 1), last=date(2024, 1, 7), windows={"drone": 7},
    classes={"drone": ClassPosterior(typical=30.0, knots=KNOTS)},
)  # fmt: skip


def one(model: str, count: int, when: datetime) -> Night:
    item = Group(id="a", model=model, count=count, start_utc=when, end_utc=when, source="daily-reports-table")
    return Night(id="x", title="x", groups=(item,), source="daily-reports-table")


def test_the_quantiles_of_the_half_year_table_are_those_of_its_counts():
    """SciPy's inverse of the incomplete beta function (another SciPy may round the last digit otherwise): Beta(k + 1, n − k + 1) at 5 % and 95 %."""
    rows = list(csv.DictReader((files("zaslin.scenario") / "data" / "defence_shares.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) > 20
    for row in rows:
        k, n = int(row["destroyed"]) + int(row["lost"] or 0), int(row["launched"])
        assert [float(row["q05"]), float(row["q95"])] == [pytest.approx(betaincinv(k + 1.0, n - k + 1.0, q), rel=1e-12) for q in (0.05, 0.95)], row


def test_only_what_was_known_before_the_night_counts():
    """By hand: on 7 January the first knot stands, on 8 January the second."""
    assert posterior(SMALL, "drone", datetime(2024, 1, 7, 23, tzinfo=UTC), 30).known == 0
    assert posterior(SMALL, "drone", datetime(2024, 1, 8, 0, tzinfo=UTC), 30).known == 7


def test_load_moves_the_log_hazard_by_its_slope_and_large_raids_differ_less():
    """By hand: e times as many launched: 0.5 + 0.2 and log σ −1 − 0.25; variance 0.3² + 0.1²; nine days on another 9 · 0.03²."""
    found = posterior(SMALL, "drone", datetime(2024, 1, 17, tzinfo=UTC), 30.0 * math.e)
    assert (found.log_hazard, found.log_sigma) == (pytest.approx(0.7), pytest.approx(-1.25))
    assert found.log_hazard_sd == pytest.approx(math.sqrt(0.3**2 + 0.1**2 + 9 * 0.03**2))


def test_the_mean_share_of_a_known_hazard():
    """By hand: hazard 1 without spread stops 1 − 1/e; a wide spread about a strong hazard stops fewer."""
    assert mean_share(0.0, 0.0) == pytest.approx(1 - math.exp(-1))
    assert mean_share(1.5, 1.5) < mean_share(1.5, 0.0)


def test_a_posterior_is_drawn_with_its_quantiles():
    """By hand: the 5 %, 50 % and 95 % points are low, value and high; on the hazard's scale for a share, on logs for a factor."""
    share = Sourced(value=0.8, low=0.6, high=0.9, unit="share", shape="posterior")
    assert [share.at(u) for u in (0.05, 0.5, 0.95)] == pytest.approx([0.6, 0.8, 0.9])
    factor = Sourced(value=1.0, low=0.5, high=2.0, unit="factor", shape="posterior")
    assert factor.at(0.5 + 0.5 * 0.6826894921) == pytest.approx(2.0 ** (1.0 / 1.6448536), rel=1e-6)


@given(st.floats(1e-6, 1 - 1e-6), st.floats(0.01, 0.99), st.floats(0.0, 0.98), st.floats(0.0, 1.0))
def test_a_calibrated_share_stays_a_share(u: float, value: float, below: float, above: float):
    """Law."""
    item = Sourced(value=value, low=value * (1 - below), high=min(value + above * (1 - value), 1 - 1e-9), unit="share", shape="posterior")
    assert 0.0 <= item.at(u) <= 1.0


@pytest.mark.parametrize("id", night_ids())
def test_every_model_of_every_night_has_a_share_that_leaves_a_hazard_finite(id: str):
    """Law: each rate key is there, in order, below 1; the calibrated ones rest on windows before the night."""
    item = night(id)
    layer = ukraine_layer(item)
    for model in threat_models().values():
        share = layer.shares[model.rate_key]
        assert 0 <= share.stopped.low <= share.stopped.value <= share.stopped.high < 1
        assert share.night_sigma.low > 0
    assert set(layer.region_weight) == {"west", "north", "centre", "south", "east"}
    knots = shipped_calibration().classes["drone"].knots
    assert posterior(shipped_calibration(), "drone", item.start_utc, 30).at <= max(item.start_utc.date(), knots.dates[0])


def test_a_joint_count_is_divided_between_its_models():
    """By hand: 8 Kh-22 and Kh-32 are one rate key; 10 Kalibr and Kh-59 are five of each."""
    when = datetime(2024, 1, 1, tzinfo=UTC)
    assert launched_by_rate_key(one("Kh-22 + Kh-32", 8, when)) == {"kh22": 8.0}
    assert launched_by_rate_key(one("Kalibr + Kh-59", 10, when)) == {"cruise": 5.0, "kh59": 5.0}


def test_a_class_without_calibration_takes_the_counts_of_its_half_year():
    """By hand: 360 of 420 cruise missiles in the second half of 2023; 0 of 28 Kh-22, whose upper end is 2 (1 − 0.05^(1/29))."""
    shares = ukraine_layer(one("Kalibr", 5, datetime(2023, 12, 29, tzinfo=UTC)), SMALL).shares
    assert shares["cruise"].stopped.value == pytest.approx(360 / 420)
    assert shares["kh22"].stopped.high == pytest.approx(2 * (1 - 0.05 ** (1 / 29)))
    assert "nearest" in ukraine_layer(one("Kinzhal", 1, datetime(2022, 11, 15, tzinfo=UTC)), SMALL).shares["kinzhal"].basis


def test_what_the_reports_lack_is_a_marked_assumption():
    """No rate in the fact table for S-300, Kh-31P and unknown missiles."""
    shares = ukraine_layer(night("2023-12-29")).shares
    for key in ("s300", "kh31p", "unknown"):
        assert shares[key].stopped.source == ASSUMPTION
        assert shares[key].stopped.high - shares[key].stopped.low >= 0.15


def test_the_shipped_calibration_found_the_change_of_booking_of_july_2024_by_itself():
    """Record: from 10 July 2024 lost drones are booked apart."""
    found = {(change.cls, change.date) for change in shipped_calibration().booking_changes}
    assert ("drone", date(2024, 7, 10)) in found


def test_a_calibration_reads_back_as_it_was_written(tmp_path):
    """Law: what is written is read, to six digits."""
    path = tmp_path / "c.json"
    path.write_text(write_calibration(shipped_calibration()), encoding="utf-8")
    assert load_calibration(path) == parse_calibration(write_calibration(load_calibration(path)), "again")


def test_a_broken_calibration_says_what_is_wrong(tmp_path):
    """Missing, not JSON, another format, columns of unequal length: a message each, no traceback."""
    with pytest.raises(InputError, match="zaslin calibrate"):
        load_calibration(tmp_path / "none.json")
    for text, says in (("{", "not JSON"), ("[]", "format 1"), ('{"format": 2}', "format 1")):
        with pytest.raises(InputError, match=says):
            parse_calibration(text, "c.json")
    content = json.loads(write_calibration(SMALL))
    content["classes"]["drone"]["knots"]["level"] = [0.0]
    with pytest.raises(SpecError, match="one length"):
        parse_calibration(json.dumps(content), "c.json")
    with pytest.raises(InputError, match='no class "kh59"'):
        posterior(SMALL, "kh59", datetime(2024, 1, 8, tzinfo=UTC), 1)
