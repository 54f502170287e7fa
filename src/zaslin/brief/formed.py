"""A comparison of the model's forms in words, for the terminal and the brief; it computes no effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from zaslin.brief.numbers import DASH, decimals_alone, decimals_for, figure, no_interval
from zaslin.brief.screened import title
from zaslin.scenario.forms import FORMS

MEASURES = ("coalition_kills", "incursions", "crossings_stopped", "leakers")
"""Answers that are shown where none is asked for."""


@dataclass(frozen=True)
class FormRow:
    """One part of the model in its other form, and what that does to one answer. `told`: the difference is more than the simulation's noise."""

    part: str
    default: str
    other: str
    base: str
    changed: str
    difference: str
    told: bool


def shown_targets(held: Mapping[str, Any], measure: str | None = None) -> list[int]:
    """Which answers to show: the differences and given chances of the usual measures (of one package alone, their levels), or all of one measure."""
    wanted = MEASURES if measure is None else (measure,)
    found = [k for k, target in enumerate(held["targets"]) if target["measure"] in wanted]
    between = [k for k in found if held["targets"][k]["kind"] != "level"]
    return between if between and measure is None else found


def form_rows(held: Mapping[str, Any], k: int) -> list[FormRow]:
    """A row per part of the model for answer k."""
    return [_row(row, row["effects"][k]) for row in held["rows"] if row["form"] in FORMS]


def answer_title(held: Mapping[str, Any], k: int) -> str:
    """What answer k is."""
    return title(held["targets"][k])


def method(held: Mapping[str, Any]) -> str:
    """How the comparison was made, in a sentence."""
    return (
        f"{held['blocks'] * 10:,} nights in each form, seed {held['seed']}, the same luck where two forms share it; the interval is that of the simulation's "
        "noise, 90 %, paired by block. One part at a time: what two changes do together is not shown."
    ).replace(" %", "\u00a0%")


def _row(row: Mapping[str, Any], effect: Mapping[str, Any]) -> FormRow:
    form = FORMS[row["form"]]
    low, high, gap = effect["mc_low"], effect["mc_high"], effect["difference"]
    if gap is None:
        return FormRow(form.title, form.says[row["from"]], form.says[row["to"]], "not defined", "not defined", "not defined", False)
    if low is None or high is None:
        decimals = max(decimals_alone(value) for value in (effect["base"], gap))
        base, other, apart = (figure(value, decimals) for value in (effect["base"], effect["other"], gap))
        return FormRow(form.title, form.says[row["from"]], form.says[row["to"]], base, other, f"{apart} ({no_interval(SimpleNamespace(**effect))})", False)
    decimals = max(decimals_for(effect["base"], effect["base"], effect["base"]), decimals_for(gap, low, high))
    told = low > 0.0 or high < 0.0
    return FormRow(
        form.title, form.says[row["from"]], form.says[row["to"]], figure(effect["base"], decimals), figure(effect["other"], decimals),
        f"{figure(gap, decimals)} ({figure(low, decimals)}{DASH}{figure(high, decimals)})" + ("" if told else ", not told from noise"), told,
    )  # fmt: skip


def sentences(held: Mapping[str, Any], indices: Sequence[int]) -> list[str]:
    """One sentence per answer that some form changes beyond noise; else one that none does."""
    out = []
    for k in indices:
        moved = [row for row in form_rows(held, k) if row.told]
        what = answer_title(held, k)
        if moved:
            out.append(f"{what}. " + " ".join(f"{row.part}: {row.base} becomes {row.changed}." for row in moved))
    return out or (["No other form changes an answer by more than the simulation's noise."] if indices else [])
