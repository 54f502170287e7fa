"""A comparison of forms in words and in the brief: what is told from noise and what is not, with both forms named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from brief_folder import make_folder, package

from zaslin.brief.formed import form_rows, sentences, shown_targets
from zaslin.brief.page import render
from zaslin.errors import StoreError
from zaslin.outcomes.formed import NAME
from zaslin.outcomes.store import Results


def effect(base: float | None, gap: float, half: float) -> dict[str, Any]:
    if base is None:
        return {"blocks": 0, "base": None, "other": None, "difference": None, "mc_low": None, "mc_high": None}
    return {"blocks": 5, "base": base, "other": base + gap, "difference": gap, "mc_low": gap - half, "mc_high": gap + half}


def comparison(results: Results) -> dict[str, Any]:
    """Made up: kills rise by 0.2 ± 0.05 near aims, by 0.05 ± 0.1 (noise) with direct routes; by the horizon nothing is defined."""
    target = {
        "key": "k",
        "measure": "coalition_kills",
        "unit": "count",
        "label": "Shot down by the coalition",
        "kind": "difference",
        "a": "status-quo",
        "b": "toward",
    }
    level = {**target, "key": "l", "kind": "level", "b": None}
    rows = [
        {"form": "routes", "from": "way-points", "to": "direct", "effects": [effect(0.3, 0.05, 0.1), effect(0.0, 0.0, 0.0)]},
        {"form": "hazard", "from": "by-region", "to": "near-aims", "effects": [effect(0.3, 0.2, 0.05), effect(0.0, 0.0, 0.0)]},
        {"form": "detection", "from": "looks", "to": "horizon", "effects": [effect(None, 0.0, 0.0), effect(0.0, 0.0, 0.0)]},
    ]
    return {
        "version": 1, "night": "n", "packages": ["status-quo", "toward"], "seed": 7, "blocks": 5, "inputs_hash": results.manifest["inputs_hash"],
        "targets": [target, level], "rows": rows,
    }  # fmt: skip


@pytest.fixture
def formed(tmp_path: Path) -> Results:
    results = make_folder(tmp_path / "s", [package("status-quo", "Status quo", fires=False), package("toward", "What flies toward us")])
    (results.folder / NAME).write_text(json.dumps(comparison(results)), encoding="utf-8")
    return results


def test_rows_say_what_is_told_from_noise(formed: Results):
    held = comparison(formed)
    assert shown_targets(held) == [0] and shown_targets(held, "coalition_kills") == [0, 1] and shown_targets(held, "leakers") == []
    routes, hazard, detection = form_rows(held, 0)
    assert (hazard.base, hazard.changed, hazard.difference, hazard.told) == ("0.30", "0.50", "0.20 (0.15–0.25)", True)
    assert not routes.told and routes.difference.endswith("not told from noise") and detection.difference == "not defined"
    told = "Shot down by the coalition, a night: toward, difference from status-quo. Where Ukraine's own defence stops threats: 0.30 becomes 0.50."
    assert sentences(held, [0]) == [told]
    alone = {**held, "targets": [{**held["targets"][0], "kind": "level", "b": None}, {**held["targets"][1], "measure": "cost_usd"}]}
    assert shown_targets(alone) == [0] and sentences(alone, []) == []
    assert sentences(held, [1]) == ["No other form changes an answer by more than the simulation's noise."]


@pytest.mark.slow
def test_the_brief_shows_it_and_refuses_another_question(formed: Results):
    page = render(formed)
    assert "Where the right form of the model is disputed" in page and "0.20 (0.15–0.25)" in page and "five times as great" in page
    (formed.folder / NAME).write_text(json.dumps({**comparison(formed), "inputs_hash": "x"}), encoding="utf-8")
    with pytest.raises(StoreError, match="another question"):
        render(formed)


def test_forms_of_few_blocks_have_means_and_no_interval():
    """By hand: 0.3 becomes 0.5 over four blocks: both stand, the difference is not told."""
    few = {"blocks": 4, "base": 0.3, "other": 0.5, "difference": 0.2, "mc_low": None, "mc_high": None}
    (row,) = form_rows({"rows": [{"form": "hazard", "from": "by-region", "to": "near-aims", "effects": [few]}]}, 0)
    assert (row.base, row.changed, row.difference, row.told) == ("0.30", "0.50", "0.20 (from 4 blocks: no interval)", False)
