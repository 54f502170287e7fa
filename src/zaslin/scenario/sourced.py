"""A number that knows where it comes from: value, range, unit, source and grade; and the strict base of all scenario types."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, model_validator
from pydantic_core import CoreSchema, core_schema

from zaslin.errors import unknown
from zaslin.units import SI_FACTOR

ASSUMPTION = "assumption"
FACTOR_RANGE = 10.0
"""From this ratio of high to low on, a range is one of order of magnitude."""

Z90 = NormalDist().inv_cdf(0.95)

Grade = Literal["A", "B", "C", "assumption"]
"""A: official or primary; B: agency, national newspaper, specialist outlet; C: re-publisher or single claim; assumption: none."""


class Strict(BaseModel):
    """Frozen, no unknown keys, no silent conversion of text into numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


Real = Annotated[float, Field(allow_inf_nan=False, strict=True)]
"""A finite number; whole numbers will do, text and true or false will not."""


class Sourced(Strict):
    """`value` with its range [`low`, `high`] in `unit`; `source` is an id of the registry, or ``assumption``.

    `shape` says how it is drawn: ``range`` is a triangle on (low, value, high); ``posterior`` has been calibrated, low and high are its 5 % and 95 %
    quantiles, and it is drawn from a normal distribution with two sides (see `at`). `price_year`: of money, the year of its prices.
    """

    value: Real
    low: Real
    high: Real
    unit: str
    source: str = ASSUMPTION
    grade: Grade = "assumption"
    note: str = ""
    shape: Literal["range", "posterior"] = "range"
    price_year: Annotated[int, Field(ge=1990, le=2100)] | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Sourced:
        faults = []
        if self.low > self.high:
            faults.append(f"low {self.low:g} is above high {self.high:g}")
        elif not self.low <= self.value <= self.high:
            faults.append(f"the value {self.value:g} lies outside its range [{self.low:g}, {self.high:g}]")
        if self.unit not in SI_FACTOR:
            faults.append(unknown("unit", self.unit, SI_FACTOR))
        if (self.source == ASSUMPTION) != (self.grade == ASSUMPTION):
            faults.append("source and grade must both say assumption, or neither (grade A official, B agency or newspaper, C single claim)")
        if self.unit in ("probability", "share") and not (self.low >= 0.0 and self.high <= 1.0):
            faults.append(f"{self.low:g}–{self.high:g} is not a probability; give numbers from 0 to 1")
        if self.shape == "posterior" and not faults:
            if self.unit in ("probability", "share") and self.high > self.low and not (self.low > 0.0 and self.high < 1.0):
                faults.append(f"a calibrated share lies between 0 and 1, both excluded; {self.low:g}–{self.high:g} came")
            elif self.unit not in ("probability", "share") and self.low <= 0.0:
                faults.append(f"a calibrated number is above 0; low {self.low:g} came")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def at(self, u: float) -> float:
        """The value at quantile `u` in (0, 1) of a triangular distribution (low, value, high), in SI units.

        A two-sided triangle is the least that a stated range with a best value says; it is an assumption of its own. A range that spans a factor
        of ten or more (`FACTOR_RANGE`) is read as a factor: the triangle stands on the logarithms, or its mean would be a multiple of the best value.

        A posterior is normal with a side of its own below and above the value, so that low and high are its 5 % and 95 % quantiles: for a share on the
        complementary log-log scale, log(−log(1 − p)), on which hazards add; for other numbers on the logarithms.
        """
        if self.shape == "posterior":
            return self._posterior(u) * SI_FACTOR[self.unit]
        if self.low > 0.0 and self.high >= FACTOR_RANGE * self.low:
            x = math.exp(_triangle(math.log(self.low), math.log(self.value), math.log(self.high), u))
        else:
            x = _triangle(self.low, self.value, self.high, u)
        return x * SI_FACTOR[self.unit]

    def _posterior(self, u: float) -> float:
        if self.low == self.high:
            return self.value
        z = NormalDist().inv_cdf(min(max(u, 1e-12), 1.0 - 1e-12)) / Z90
        share = self.unit in ("probability", "share")
        low, value, high = ((math.log(-math.log1p(-x)) if share else math.log(x)) for x in (self.low, self.value, self.high))
        y = value + z * (high - value if z > 0.0 else value - low)
        return -math.expm1(-math.exp(min(y, 700.0))) if share else math.exp(y)

    @property
    def si(self) -> float:
        """The best value in SI units."""
        return self.value * SI_FACTOR[self.unit]


def _triangle(low: float, mode: float, high: float, u: float) -> float:
    span = high - low
    if span == 0.0:
        return mode
    if u < (mode - low) / span:
        return low + (u * span * (mode - low)) ** 0.5
    return high - ((1.0 - u) * span * (high - mode)) ** 0.5


@dataclass(frozen=True)
class Dimension:
    """What a Sourced measures: its unit must be one of `units`, its range within `least` and `most` (both in SI). `example` is shown where
    one is missing. `most` keeps slips of a power of ten and more out of the engine; it is no claim about the world."""

    name: str
    units: tuple[str, ...]
    example: str
    least: float = 0.0
    most: float = 1e12

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def _check(self, number: Sourced) -> Sourced:
        faults = []
        if number.unit not in self.units:
            faults.append(f'the unit "{number.unit}" is no unit of {self.name}; give {" or ".join(self.units)}')
        else:
            factor, unit = SI_FACTOR[number.unit], "" if number.unit in ("count", "factor", "share") else f" {number.unit}"
            if number.low * factor < self.least * (1.0 - 1e-9):
                faults.append(f"low {number.low:g} is too small for {self.name}; give {self.least / factor:g}{unit} or more")
            if number.high * factor > self.most * (1.0 + 1e-9):
                faults.append(f"high {number.high:g} is too large for {self.name}; give {self.most / factor:g}{unit} or less")
        if faults:
            raise ValueError("; ".join(faults))
        return number


Length = Annotated[Sourced, Dimension("a length", ("m", "km"), "value: 30, low: 15, high: 60, unit: km", most=1e7)]
Duration = Annotated[Sourced, Dimension("a time", ("s", "min", "h"), "value: 15, low: 5, high: 45, unit: min", most=1e6)]
Speed = Annotated[Sourced, Dimension("a speed", ("mps", "km/h"), "value: 900, low: 800, high: 1000, unit: km/h", least=10.0, most=1e4)]
Angle = Annotated[Sourced, Dimension("an angle", ("deg", "rad"), "value: 5, low: 2, high: 15, unit: deg", most=3.1416)]
Number = Annotated[Sourced, Dimension("a number of things", ("count", "rounds"), "value: 1, low: 0, high: 2, unit: count", most=1e4)]
Share = Annotated[Sourced, Dimension("a share", ("share", "probability"), "value: 0.5, low: 0.2, high: 0.8, unit: share")]
Probability = Annotated[Sourced, Dimension("a probability", ("probability", "share"), "value: 0.7, low: 0.4, high: 0.9, unit: probability")]
Factor = Annotated[Sourced, Dimension("a factor", ("factor",), "value: 0.6, low: 0.6, high: 0.6, unit: factor", most=100.0)]
Money = Annotated[Sourced, Dimension("a cost", ("usd", "usd/round"), "value: 1000000, low: 500000, high: 2000000, unit: usd")]
HourlyCost = Annotated[Sourced, Dimension("a cost per hour", ("usd/h",), "value: 20000, low: 10000, high: 30000, unit: usd/h")]
