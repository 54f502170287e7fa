"""Whose finished pieces a folder keeps: the same question goes on, another is refused with what differs, old and new."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from zaslin.errors import InputError, StoreError
from zaslin.studies.claim import PLAN, claim
from zaslin.studies.design import study


@pytest.fixture
def small(small_night):
    return study(small_night, ["status-quo", "skyshield-west"], 20, seed=3)


def put(work, item, plan=None):
    more = {"plan": {"trajectories": 14, "blocks": 2} if plan is None else plan, "packages": [one.name for one in item.packages]}
    claim(work, item, "a screening", more, {"plan": "number of trajectories, blocks or numbers"}, "delete it")


def drifted(item, km: float):
    """The study with another drift of routes."""
    return replace(item, routes=item.routes.model_copy(update={"drift": item.routes.drift.model_copy(update={"value": km})}))


def test_the_number_that_differs_is_named_with_both_values(small, tmp_path):
    """By hand: a drift of 0.9 instead of 0.5 km; a seed; other trajectories; a package less. The same question is no fault, and what is kept stays."""
    put(tmp_path, small)
    before = (tmp_path / PLAN).read_bytes()
    put(tmp_path, small)
    cases = (
        (drifted(small, 0.9), None, f"another question (input routes.drift (value {small.routes.drift.value}, now 0.9))"),
        (replace(small, seed=4), None, "another question (seed 3, now 4)"),
        (small, {"trajectories": 3, "blocks": 2}, "another number of trajectories, blocks or numbers (trajectories 14, now 3)"),
        (replace(small, packages=small.packages[:1]), None, "packages (skyshield-west no longer)"),
    )
    for item, plan, told in cases:
        with pytest.raises(StoreError) as caught:
            put(tmp_path, item, plan)
        assert told in str(caught.value) and str(caught.value).endswith("delete it"), str(caught.value)
    assert (tmp_path / PLAN).read_bytes() == before


def test_a_plan_of_an_older_zaslin_tells_what_it_can(small, tmp_path):
    """By hand: without the study in it, equal hashes go on, others are told without numbers; a garbled plan is another in everything."""
    put(tmp_path, small)
    plan = json.loads((tmp_path / PLAN).read_text(encoding="utf-8"))
    del plan["study"]
    (tmp_path / PLAN).write_text(json.dumps(plan), encoding="utf-8")
    put(tmp_path, small)
    with pytest.raises(StoreError, match="a screening of another question; delete it"):
        put(tmp_path, drifted(small, 0.9))
    (tmp_path / PLAN).write_text("{", encoding="utf-8")
    with pytest.raises(StoreError, match="another question, version of the model"):
        put(tmp_path, small)


def test_a_folder_of_other_numbers_is_told_which(small, tmp_path):
    """By hand: a folder that was run with a drift of 0.9 km cannot be studied again with today's; the number is named with both values."""
    from zaslin.cli_trace import study_again
    from zaslin.outcomes.store import create
    from zaslin.outcomes.tables import SCHEMA_VERSION
    from zaslin.studies.design import description

    results = create(tmp_path / "run", {"schema_version": SCHEMA_VERSION, **description(drifted(small, 0.9)), "replicates": 20})
    with pytest.raises(InputError) as caught:
        study_again(results, [], None)
    assert f"input routes.drift (value 0.9, now {small.routes.drift.value})" in str(caught.value)
