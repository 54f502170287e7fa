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
    text = record._night_text(own)
    assert ("holds no forecast" in text) == (not own)


def test_misses_credibility_and_record_stand_in_the_page(folder, tmp_path):
    """Record: the misses of the shipped nights, the bar's factors and the forecast's classes are in every brief."""
    text = write_brief(folder, tmp_path / "b.html").read_text(encoding="utf-8")
    assert "Where it missed" in text and "2024-09-27, one-way drones" in text
    assert "M&amp;S History" in text and "Against the best simple rule" in text
    assert "How far to trust it" in text and 'href="#record"' in text
