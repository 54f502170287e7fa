"""A number that knows where it comes from: value, range, unit, source and grade; and the strict base of all scenario types."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from zaslin.units import SI_FACTOR

ASSUMPTION = "assumption"
Grade = Literal["A", "B", "C", "assumption"]
"""A: official or primary; B: agency, national newspaper, specialist outlet; C: re-publisher or single claim; assumption: none."""


class Strict(BaseModel):
    """Frozen, no unknown keys, no silent conversion of text into numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Sourced(Strict):
    """`value` with its range [`low`, `high`] in `unit`; `source` is an id of the registry, or ``assumption``."""

    value: Annotated[float, Field(allow_inf_nan=False)]
    low: Annotated[float, Field(allow_inf_nan=False)]
    high: Annotated[float, Field(allow_inf_nan=False)]
    unit: str
    source: str = ASSUMPTION
    grade: Grade = ASSUMPTION
    note: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> Sourced:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"the value {self.value:g} lies outside its range [{self.low:g}, {self.high:g}]")
        if self.unit not in SI_FACTOR:
            raise ValueError(f'no unit "{self.unit}"; there are: {", ".join(sorted(SI_FACTOR))}')
        if (self.source == ASSUMPTION) != (self.grade == ASSUMPTION):
            raise ValueError("source and grade must both say assumption, or neither")
        if self.unit in ("probability", "share") and not (0.0 <= self.low and self.high <= 1.0):
            raise ValueError(f"{self.low:g}–{self.high:g} is not a probability; give numbers from 0 to 1")
        return self

    def at(self, u: float) -> float:
        """The value at quantile `u` in (0, 1) of a triangular distribution (low, value, high), in SI units.

        A two-sided triangle is the least that a stated range with a best value says; it is an assumption of its own.
        """
        span = self.high - self.low
        if span == 0.0:
            return self.value * SI_FACTOR[self.unit]
        cut = (self.value - self.low) / span
        if u < cut:
            x = self.low + (u * span * (self.value - self.low)) ** 0.5
        else:
            x = self.high - ((1.0 - u) * span * (self.high - self.value)) ** 0.5
        return x * SI_FACTOR[self.unit]

    @property
    def si(self) -> float:
        """The best value in SI units."""
        return self.value * SI_FACTOR[self.unit]
