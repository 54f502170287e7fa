"""Observed scrambles: how long it took from alert or order to take-off, to contact or to a crossing, as told; a handful of cases and no distribution."""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import Field, model_validator

from zaslin.scenario.sourced import Strict

Measure = Literal["alert_to_airborne", "airborne_to_contact", "order_to_contact", "airborne_before_entry"]
"""What was timed, s. `airborne_before_entry` is negative where the pair took off after the crossing."""


class ScrambleCase(Strict):
    """One observed scramble. `base`: ICAO code; `lat`, `lon`: about where the contact or crossing was, degrees; `incident`: its row in the incident table."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    date: date
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    aircraft: str
    base: str
    measure: Measure
    seconds_low: float
    seconds_high: float
    lat: float | None = None
    lon: float | None = None
    incident: str = ""
    source: str
    note: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> ScrambleCase:
        if self.seconds_low > self.seconds_high:
            raise ValueError(f"seconds_low {self.seconds_low:g} is above seconds_high {self.seconds_high:g}")
        if self.measure.endswith("contact") and (self.lat is None or self.lon is None):
            raise ValueError("a contact needs the place where it was")
        return self


@cache
def scramble_cases() -> tuple[ScrambleCase, ...]:
    """All cases, in the table's order."""
    text = (files("zaslin.scenario") / "data" / "scramble_cases.csv").read_text(encoding="utf-8")
    return tuple(ScrambleCase.model_validate({key: _cell(key, value) for key, value in row.items() if value}) for row in csv.DictReader(text.splitlines()))


def _cell(column: str, text: str) -> str | float | date:
    if column == "date":
        return date.fromisoformat(text)
    return float(text) if column in ("seconds_low", "seconds_high", "lat", "lon") else text
