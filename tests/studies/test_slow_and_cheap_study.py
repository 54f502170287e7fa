"""The example of docs/packages.md in a whole study: what helicopters and interceptor drones leave in tables, costs, numbers and the brief."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from zaslin.brief.agenda import render
from zaslin.brief.page import write_brief
from zaslin.measures.books import books
from zaslin.outcomes.store import Results
from zaslin.scenario.packages import package
from zaslin.scenario.shipped import night
from zaslin.scenario.vary import vary
from zaslin.studies import block
from zaslin.studies.design import study
from zaslin.studies.run import run

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "danube-slow-and-cheap.yaml"
NAME = "danube-slow-and-cheap"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """The night of many drones at the Danube; the teams cover all, so that they fire."""
    item = vary(package(EXAMPLE), {"members[RO].assets[ro-interceptors].coverage": 1, "members[RO].pilot.over_own.drone": 1})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(block, "LEAST_ROUTES", 400)
        patch.setattr(block, "MOST_ROUTES", 400)
        return run(study(night("2024-07-25"), ["status-quo", item], 20, seed=5), tmp_path_factory.mktemp("slow") / "folder", threads=1)


def test_the_books_balance_and_both_have_worked(results):
    """Law, and: the helicopter flies alone and slowly, for its own hour; interceptors cost a drone each and fly no hours."""
    assert books(results, NAME) is None
    asset = pl.col("asset").cast(pl.String)
    flown = results.scan("sorties", NAME).filter(asset == "ro-heli-danube").collect()
    assert len(flown) > 0
    assert set(flown["jets"]) == {1}
    rate = flown["cost_usd"] / (flown["flight_s"] / 3600.0)
    assert rate.min() >= 3_116.0 - 1e-6
    assert rate.max() <= 10_000.0 + 1e-6
    teams = results.scan("sorties", NAME).filter(asset == "ro-interceptors").collect()
    assert set(teams["jets"]) <= {0}
    shots = pl.concat([results.scan("shots", NAME, draw).filter(asset == "ro-interceptors").collect() for draw in ("plain", "tagged")])
    assert len(shots) > 0
    assert shots["shooter_lat"].null_count() == len(shots)
    each = teams["rounds_usd"] / teams["rounds"] if len(teams) else pl.Series([15_000.0])
    assert 2_500.0 - 1e-6 <= each.min() <= each.max() <= 15_000.0 + 1e-6


def test_the_brief_tells_of_them(results, tmp_path):
    """Who keeps a helicopter, on which numbers, and what of it the model cannot say."""
    page = tmp_path / "brief.html"
    write_brief(results, page)
    text = page.read_text(encoding="utf-8")
    for words in ("type armed helicopter", "bursts of one helicopter", "(interceptor drones)", "Helicopters are slow fighters."):
        assert words in text, words
    assert "1 pairs on alert; 1 helicopter on alert" in render(results, date(2026, 6, 1))
