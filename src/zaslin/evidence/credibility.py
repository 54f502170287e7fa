"""How far the model can be believed: our own score on the eight factors of NASA-STD-7009, what it is fit and unfit for, and what is known to be wrong with it.

The words are in `data/credibility.yaml`. Scores are ours, unreviewed, and never added up: an average would hide the low ones, which are what a reader needs.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator

from zaslin.scenario.load import load_yaml_model
from zaslin.scenario.sourced import Strict
from zaslin.scenario.sources import source

FACTORS = (
    "Data Pedigree", "Verification", "Validation", "Input Pedigree", "Uncertainty Characterization", "Results Robustness", "M&S History",
    "M&S Process/Product Management",
)  # fmt: skip
"""The eight factors, in the standard's order. Source: nasa-std-7009."""

HIGHEST = 4
Words = Annotated[str, Field(min_length=10, max_length=600)]
_PATH = re.compile(r"^[A-Za-z][\w./-]*\.(?:py|md|csv|yaml|txt)$")


class Factor(Strict):
    """One factor. level: 0 to 4 on `Credibility.scale`; asks: what it asks, in our words; evidence: files of the repository that bear the reason;
    to_rise: what would earn the next level."""

    name: str
    level: Annotated[int, Field(ge=0, le=HIGHEST, strict=True)]
    asks: Words
    reason: Words
    evidence: Annotated[tuple[str, ...], Field(min_length=1)]
    to_rise: Words

    @field_validator("evidence")
    @classmethod
    def _paths(cls, paths: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [path for path in paths if not _PATH.match(path)]
        if wrong:
            raise ValueError(f"{', '.join(wrong)}: give files of the repository, such as docs/model.md")
        return paths


class Wrong(Strict):
    """Something known to be wrong; where: the page that says more."""

    head: Annotated[str, Field(min_length=3, max_length=80)]
    text: Words
    where: str


class Credibility(Strict):
    """The whole self-assessment. scale: words for the levels 0 to 4; fit, unfit: uses; note and reviewed_by are shown wherever a score is."""

    standard: str
    reviewed_by: str
    date: date
    note: Words
    scale: Annotated[tuple[str, ...], Field(min_length=HIGHEST + 1, max_length=HIGHEST + 1)]
    factors: tuple[Factor, ...]
    fit: Annotated[tuple[Words, ...], Field(min_length=1)]
    unfit: Annotated[tuple[Words, ...], Field(min_length=1)]
    known_wrong: Annotated[tuple[Wrong, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _eight(self) -> Credibility:
        names = tuple(factor.name for factor in self.factors)
        if names != FACTORS:
            raise ValueError(f"the factors are {', '.join(FACTORS)}, in this order; {', '.join(names)} came")
        return self

    @property
    def lowest(self) -> tuple[Factor, ...]:
        """The factors with the lowest level: what limits the use of any number."""
        least = min(factor.level for factor in self.factors)
        return tuple(factor for factor in self.factors if factor.level == least)


@cache
def credibility() -> Credibility:
    """The packaged assessment; raises SpecError with every fault of the file at once.

    >>> [factor.name for factor in credibility().lowest]
    ['M&S History']
    """
    text = (files("zaslin.evidence") / "data" / "credibility.yaml").read_text(encoding="utf-8")
    return read_credibility(text)


def read_credibility(text: str) -> Credibility:
    """An assessment from YAML text; raises SpecError (every fault at once) or InputError (a source that the registry lacks)."""
    found = load_yaml_model(text, Credibility, "credibility.yaml")
    source(found.standard)
    return found


def credibility_json(found: Credibility | None = None) -> dict[str, Any]:
    """The assessment as plain data, the lowest factors named; default: the packaged one."""
    found = found or credibility()
    return {**found.model_dump(mode="json"), "highest": HIGHEST, "lowest": [factor.name for factor in found.lowest]}
