"""The pages that define and explain measures are in step with the code."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

from zaslin.measures.registry import MEASURES
from zaslin.outcomes.manifest import REQUIRED

DOCS = Path(__file__).parents[2] / "docs"
SCRIPT = Path(__file__).parents[2] / "scripts" / "build_glossary.py"


def builder():
    spec = importlib.util.spec_from_file_location("build_glossary", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_glossary_has_the_measures_of_the_registry():
    """If this fails, run scripts/build_glossary.py and read what changed."""
    text = (DOCS / "glossary.md").read_text(encoding="utf-8")
    assert builder().page(text) == text


def test_every_measure_is_named_as_the_design_names_it():
    """The glossary of the design; `kills_would_have` is kept by fate."""
    names = {
        "leakers", "decoy_kills", "coalition_kills", "ukraine_stops", "incursions", "overflight_s", "incursion_depth_m", "incursion_path_m", "engagements",
        "shots", "kills_would_have_leaked", "kills_would_have_crossed", "unneeded_engagements", "wasted_shots", "debris_falls", "expected_casualties",
        "sorties", "flight_h", "cost_usd", "minutes_over_ukraine", "first_shot_margin_s", "decision_time_s", "window_precision", "window_recall",
        "wrong_object_shots",
    }  # fmt: skip
    assert names <= set(MEASURES)


def test_every_measure_ends_in_its_unit():
    """A name with a unit's ending has that unit; a dimensional measure has such a name."""
    endings = {"_s": "s", "_m": "m", "_h": "h", "_usd": "USD"}
    for name, measure in MEASURES.items():
        ending = next((unit for end, unit in endings.items() if name.endswith(end)), None)
        if ending is not None:
            assert measure.unit == ending, name
        else:
            assert measure.unit in ("count", "persons", "share", "min"), name


def test_the_manifest_is_described_key_by_key():
    text = (DOCS / "estimates.md").read_text(encoding="utf-8")
    assert set(REQUIRED) <= set(re.findall(r"`(\w+)`", text))
