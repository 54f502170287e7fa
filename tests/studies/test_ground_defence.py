"""Batteries in a whole study: a night of drones at the Danube ports, with Romania's batteries and without."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from zaslin.measures.books import books
from zaslin.measures.burden import cost_usd, shots, sorties
from zaslin.measures.estimate import compare
from zaslin.measures.leakage import coalition_kills
from zaslin.outcomes.store import Results
from zaslin.scenario.packages import package
from zaslin.scenario.shipped import night
from zaslin.scenario.vary import REMOVE, vary
from zaslin.studies import block
from zaslin.studies.design import study
from zaslin.studies.run import run

GBAD = "members[RO].assets[ro-gbad-border]"
PROVINCES = ["Suceava", "Botoșani", "Galați", "Tulcea"]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Results, Path, Path]:
    """The study on one thread and on two. Romania's batteries cover all and fire across the border within its rule."""
    border = package("pl-ro-toward-border")
    without = vary(border, {GBAD: REMOVE, "members[PL].assets[pl-gbad-border]": REMOVE}, name="without")
    changes = {f"{GBAD}.coverage": 1, f"{GBAD}.across_border": True, f"{GBAD}.provinces": PROVINCES, f"{GBAD}.reload": 1}
    with_it = vary(border, changes, name="with-it")
    place = tmp_path_factory.mktemp("gbad")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(block, "LEAST_ROUTES", 400)
        patch.setattr(block, "MOST_ROUTES", 400)
        item = study(night("2024-07-25"), [without, with_it], 30, seed=5)
        results = run(item, place / "one", threads=1)
        run(item, place / "two", threads=2)
    return results, place / "one", place / "two"


def test_threads_change_no_byte_where_batteries_fire(folders):
    """Law: 1 and 2 threads, the same files."""
    _, one, two = folders
    parts = [{str(path.relative_to(place)): path.read_bytes() for path in place.rglob("*.parquet")} for place in (one, two)]
    assert parts[0] == parts[1]


def test_the_books_balance_and_batteries_have_fired(folders):
    """Law; and no row says where a battery stands, nor that anybody flew for it."""
    results = folders[0]
    assert books(results, "with-it") is None
    mine = pl.col("asset").cast(pl.String) == "ro-gbad-border"
    fired = pl.concat([results.scan("shots", "with-it", draw).filter(mine).collect() for draw in ("plain", "tagged")])
    assert len(fired) > 10
    assert fired["shooter_lat"].null_count() == fired["shooter_lon"].null_count() == len(fired)
    flown = results.scan("sorties", "with-it").filter(mine).collect()
    assert set(flown["jets"]) <= {0}
    assert flown["take_off_s"].null_count() == len(flown)
    assert (flown["rounds_usd"] > 0).all()
    assert (flown["cost_usd"] == 0).all()


def test_batteries_add_kills_shots_and_cost_and_no_flight(folders):
    """Paired law: kills do not fall; rounds cost; take-offs are the same."""
    results = folders[0]
    kills, rounds, spent, flights = (compare(results, measure, "without", "with-it") for measure in (coalition_kills, shots, cost_usd, sorties))
    assert kills.mean >= 0.0
    assert rounds.mean > 0.0
    assert spent.mean > 0.0
    assert flights.mean == 0.0
