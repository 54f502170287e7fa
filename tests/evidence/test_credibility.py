"""Our own score: eight factors, honest marks, evidence that exists, and a page that says the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from zaslin.errors import InputError, SpecError
from zaslin.evidence.credibility import FACTORS, HIGHEST, credibility, credibility_json, read_credibility

ROOT = Path(__file__).parents[2]


def as_text(**changes: object) -> str:
    return yaml.safe_dump({**credibility().model_dump(mode="json"), **changes}, allow_unicode=True)


def test_eight_factors_each_with_a_level_and_a_reason():
    """By the standard's list of factors; levels from 0 to 4; history is the lowest while nobody has used the model."""
    found = credibility()
    assert tuple(factor.name for factor in found.factors) == FACTORS and len(FACTORS) == 8
    assert all(0 <= factor.level <= HIGHEST and factor.reason and factor.to_rise for factor in found.factors)
    assert [factor.name for factor in found.lowest] == ["M&S History"]


def test_no_factor_claims_what_only_others_could_grant():
    """Law of honesty: 4 needs confirmation in use and review by others; there is neither."""
    found = credibility()
    assert found.reviewed_by.startswith("nobody") and max(factor.level for factor in found.factors) < 3


def test_the_evidence_and_the_pages_are_there():
    """Law: what a score rests on can be opened in the repository."""
    found = credibility()
    named = {path for factor in found.factors for path in factor.evidence} | {item.where for item in found.known_wrong}
    assert [path for path in sorted(named) if not (ROOT / path).is_file()] == []


def test_most_inputs_of_a_study_are_assumptions_as_the_reason_says():
    """Record: the shipped packages' numbers; "about nine in ten" is between 80 and 97 %."""
    from zaslin.scenario.packages import package, package_names

    def numbers(data: object) -> list[str]:
        if isinstance(data, dict):
            own = [str(data["source"])] if {"low", "high", "source"} <= set(data) and data["low"] != data["high"] else []
            return own + [source for value in data.values() for source in numbers(value)]
        return [source for value in data for source in numbers(value)] if isinstance(data, (list, tuple)) else []

    found = [source for name in package_names() for source in numbers(package(name).model_dump(mode="json"))]
    assert 0.80 <= found.count("assumption") / len(found) <= 1.0


def test_the_page_says_what_the_file_says():
    """Law: docs/credibility.md has every score, reason, use and known fault, word for word."""
    page = (ROOT / "docs" / "credibility.md").read_text(encoding="utf-8")
    found = credibility()
    wanted = [f"| {factor.name} | {factor.level} of {HIGHEST} | {factor.reason} | {factor.to_rise} |" for factor in found.factors]
    wanted += [f"- {use}" for use in (*found.fit, *found.unfit)] + [f"- **{item.head}** {item.text}" for item in found.known_wrong]
    assert [line for line in wanted if line not in page] == []


def test_the_odd_page_has_every_heading_of_the_protocol():
    """By Grimm et al. 2020: three parts, seven elements, eleven design concepts."""
    page = (ROOT / "docs" / "odd.md").read_text(encoding="utf-8")
    headings = (
        "Purpose and patterns",
        "Entities, state variables and scales",
        "Process overview and scheduling",
        "Design concepts",
        "Initialization",
        "Input data",
        "Submodels",
    )
    assert [name for k, name in enumerate(headings, start=1) if f"## {k}. {name}" not in page] == []
    concepts = (
        "Basic principles",
        "Emergence",
        "Adaptation",
        "Objectives",
        "Learning",
        "Prediction",
        "Sensing",
        "Interaction",
        "Stochasticity",
        "Collectives",
        "Observation",
    )
    assert [name for name in concepts if f"*{name}.*" not in page] == []
    modules = [part for part in page.split("`") if part.split("/")[0] in ("world", "physics", "doctrine", "engine") and "/" in part]
    assert modules and [name for name in modules if not (ROOT / "src" / "zaslin" / f"{name}.py").is_file()] == []


def test_faults_are_told_at_once_and_nothing_is_lenient():
    """Worked: a level of 5, a level in words, a factor left out, a key too many, a source that is not registered."""
    factors = credibility().model_dump(mode="json")["factors"]
    with pytest.raises(SpecError) as caught:
        read_credibility(as_text(factors=[{**factors[0], "level": 5}, {**factors[1], "level": "2"}, *factors[2:]], mood="good"))
    assert len(caught.value.faults) >= 3
    with pytest.raises(SpecError, match="in this order"):
        read_credibility(as_text(factors=factors[:-1]))
    with pytest.raises(SpecError, match="give files of the repository"):
        read_credibility(as_text(factors=[{**factors[0], "evidence": ["https://example.org"]}, *factors[1:]]))
    with pytest.raises(InputError):
        read_credibility(as_text(standard="nasa-std-7008"))


def test_the_plain_data_names_the_lowest():
    told = credibility_json()
    json.dumps(told)
    assert told["lowest"] == ["M&S History"] and told["highest"] == HIGHEST and len(told["factors"]) == 8


def test_the_shipped_record_says_of_the_model_what_the_table_says():
    """`zaslin validate --json` prints the record: where the table is edited, its copy is made anew (record["credibility"] = credibility_json())."""
    from zaslin.evidence.validation import shipped_record

    assert shipped_record()["credibility"] == credibility_json()
