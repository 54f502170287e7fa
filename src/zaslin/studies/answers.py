"""The answers whose dependence is screened: the headline measures' differences between packages, and their levels; of one block, kept in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zaslin.errors import InputError
from zaslin.measures.estimate import compare, estimate, given_estimate
from zaslin.measures.registry import HEADLINE, MEASURES
from zaslin.measures.values import Reading
from zaslin.outcomes.held import Held, Tables
from zaslin.studies.block import SAMPLES_PER_BLOCK
from zaslin.studies.design import Study
from zaslin.world.inputs import BLOCK_SIZE

DIFFERENCES = (*HEADLINE, "crossings_stopped")
"""Measures of which the difference to the first package is an answer."""

LEVELS = ("incursions", "overflight_s", "leakers", "expected_casualties", "cost_usd")
"""Measures of which the value under the first package is an answer."""

GIVEN = "crossings_stopped"
"""Of a crossing like the reported one: the chance that it is stopped before the border."""


@dataclass(frozen=True)
class Answer:
    """One figure. `kind`: difference (b − a), level (of a) or given (of b, for a crossing like the reported one). `key` names it in the file."""

    key: str
    measure: str
    unit: str
    label: str
    kind: str
    a: str
    b: str | None = None


def answers(item: Study) -> list[Answer]:
    """What a screening of the study follows, differences first: all of them come from the same flights."""
    base, *others = (package.name for package in item.packages)
    out = [_answer(name, "difference", base, other) for other in others for name in DIFFERENCES]
    out += [_answer(name, "level", base) for name in LEVELS]
    if item.given is not None:
        out += [_answer(GIVEN, "given", base, other) for other in others]
    return out


def _answer(name: str, kind: str, a: str, b: str | None = None) -> Answer:
    measure = MEASURES[name]
    where = {"difference": f"{b} - {a}", "level": a, "given": f"given, {b}"}[kind]
    return Answer(f"{name}: {where}", name, "probability" if kind == "given" else measure.unit, measure.label, kind, a, b)


def block_answers(item: Study, wanted: Sequence[Answer], block: int, tables: Tables, record: Mapping[str, Any]) -> list[float]:
    """Each answer's value in one flown block; nan where it is not defined."""
    given = item.given.id if item.given is not None else None
    held = Held([package.model_dump(mode="json") for package in item.packages], block, BLOCK_SIZE, SAMPLES_PER_BLOCK, tables, record, given)
    reading = Reading(held, exact=True)  # an unchanged block must have unchanged answers
    reading.load([MEASURES[name] for name in dict.fromkeys(answer.measure for answer in wanted)], held.packages)
    return [_value(reading, answer) for answer in wanted]


def _value(reading: Reading, answer: Answer) -> float:
    measure = MEASURES[answer.measure]
    if answer.kind == "level" or answer.b is None:
        return estimate(reading, measure, answer.a).mean
    if answer.kind == "difference":
        return compare(reading, measure, answer.a, answer.b).mean
    try:
        return given_estimate(reading, measure, answer.b).mean
    except InputError:  # no route of this block was like the reported one
        return float("nan")
