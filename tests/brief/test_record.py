"""How far to trust it: what a brief says of the track record."""

from __future__ import annotations

import pytest

from zaslin.brief import record
from zaslin.brief.page import CONTENTS, write_brief
from zaslin.evidence.validation import of_night, shipped_record
from zaslin.scenario.shipped import night_ids


def test_the_sections_are_numbered_in_their_order():
    assert [number for _, number, _ in CONTENTS] == list(range(1, len(CONTENTS) + 1))


def test_the_top_of_the_page_counts_this_nights_hits_and_the_records():
    """By hand: two of three classes inside; 5 of 7 class-nights overall."""
    told = {"nights_summary": {"inside": 5, "class_nights": 7}}
    rows = [{"inside": True}, {"inside": True}, {"inside": False}]
    text = record.trust(told, rows)
    assert "2 of 3 classes came as foretold" in text and "5 of 7" in text.replace("\u00a0", " ")
    assert "did not come as foretold" in record.trust(told, [{"inside": False}])
    assert "of this night" not in record.trust(told, [])


def test_misses_of_every_kind_are_told_with_how_many_there_were():
    """By hand: 1 of 2 class-nights, 1 of 2 figures (a third is undecided: too few stays), one rare crossing, 1 of 2 scrambles, 1 of 1 arrivals."""
    figure = {"quantity": "depth_m", "inside": True, "p": 0.5, "p_least": 0.01}
    far, few = figure | {"inside": False, "p": 0.001}, figure | {"inside": False, "p": 0.0, "p_least": 0.15}
    miss = {"night": "2024-01-01", "class": "drone", "launched": 9, "stopped": 1, "low": 5, "high": 9, "inside": False}
    told = {
        "nights_summary": {"inside": 1, "class_nights": 2}, "nights": [miss, miss | {"stopped": 7, "inside": True}],
        "incidents": [{"incident": "PL-1", "p_any": 0.001, "surprises": [figure, far, few]}],
        "scrambles": [{"inside": True}, {"inside": False}, {"inside": None}], "alarms": {"n_scored": 1, "n_inside": 0},
    }  # fmt: skip
    misses = record._misses(told)
    texts = [item.text for item in misses]
    assert [bool(item.sources) for item in misses] == [True, False, False, True, True], "an incident that nobody knows has no publication"
    assert texts[0].startswith("1 of 2 class-nights: 2024-01-01, one-way drones: 1 of 9 stopped")
    assert texts[1] == "1 of 3 reported figures of crossings: PL-1 depth"
    assert "PL-1 (0.001)" in texts[2] and texts[3].startswith("1 of 2 observed scrambles") and texts[4].startswith("1 of 1 arrivals")


def test_a_border_that_surprises_the_model_is_told_and_the_others_are_counted():
    """By hand: 10 to 15 counted where 0 to 4 were foretold, at a chance of 0.001; another border does not surprise."""
    row = {"country": "RO", "threat_class": "drone", "month": "all", "told_low": 0.0, "told_high": 4.0, "counted_low": 10, "counted_high": 15, "p": 0.001}
    calm = row | {"country": "PL", "p": 0.4}
    texts = record.border_words([row, calm, row | {"month": "2024-01"}])
    assert texts[0].startswith("Too few one-way drones over Romania: foretold 0–4 reported nights, counted 10–15")
    assert texts[1].startswith("On the other 1 of 2")


def test_what_the_layer_rests_on_comes_from_the_manifest():
    row = {"path": "layer.shares.drone.stopped", "shape": "posterior", "note": "calibrated on 206 raid windows", "value": 0.8, "low": 0.7, "high": 0.9}
    assert record.layer_basis([row, {"path": "routes.drift"}, row | {"shape": "range"}]) == [
        "one-way drones: calibrated on 206 raid windows, 80\u00a0% (70–90)"
    ]


@pytest.mark.parametrize("id", night_ids())
def test_every_shipped_night_has_its_forecast_or_says_why_not(id: str):
    """Law: rows where five or more of a class were launched, else a sentence."""
    own = of_night(shipped_record(), id)
    text = record._night_text(own, [{"model": "Kh-22", "count": 3}])
    assert ("holds no forecast" in text) == (not own)
    assert "Not foretold here" in text and "3 Kh-22" in text


def test_misses_credibility_and_record_stand_in_the_page(folder, tmp_path):
    """Record: the misses of the shipped nights, the bar's factors and the forecast's classes are in every brief."""
    text = write_brief(folder, tmp_path / "b.html").read_text(encoding="utf-8")
    assert "Where it missed" in text and "2024-09-27, one-way drones" in text
    assert "M&amp;S History" in text and "Against the best simple rule" in text
    assert "How far to trust it" in text and 'href="#record"' in text
