"""A calibration: what the daily reports taught of Ukraine's layer and of border events up to each date; a file that a run reads.

Its numbers are posteriors of the dynamic hazard in `studies/hazard_filter`: per class and week, made from the raid windows that had ended by then. It learns
nothing itself: `zaslin calibrate` writes such a file, and one made from the reports to the end of 2024 is shipped.
"""

from __future__ import annotations

import bisect
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from zaslin.errors import Fault, InputError, SpecError
from zaslin.scenario.sourced import Sourced, Strict

FORMAT = 1
Z90 = 1.6448536269514722
NODES = 41
"""Points of the normal night effect between −4 and 4 standard deviations when a mean share is formed."""

Reals = tuple[float, ...]


class Knots(Strict):
    """A class's posterior at 00:00 UTC of each date, from the `windows` that had ended by then. All columns have one length.

    At `typical` launched the log hazard has mean `level` and standard deviation `level_sd` (nats); `load` is its slope in log launched, correlated
    with the level by `correlation`; log σ of the night effect has mean `log_sigma` and falls with `gamma` per unit of log launched; `drift`: of the level, nats
    per √day. `kill_level`: kills among the stops, as log(−log(1 − share)).
    """

    dates: tuple[date, ...]
    windows: tuple[int, ...]
    level: Reals
    level_sd: Reals
    load: Reals
    load_sd: Reals
    correlation: Reals
    log_sigma: Reals
    log_sigma_sd: Reals
    gamma: Reals
    drift: Reals
    kill_level: Reals
    kill_sd: Reals

    @model_validator(mode="after")
    def _table(self) -> Knots:
        lengths = {name: len(getattr(self, name)) for name in type(self).model_fields}
        if len(set(lengths.values())) != 1 or not self.dates:
            raise ValueError(f"all columns must have one length, at least 1; came {lengths}")
        if any(b <= a for a, b in zip(self.dates, self.dates[1:])):
            raise ValueError("the dates must rise")
        return self


class ClassPosterior(Strict):
    """One class: `typical` launched at which the level is stated, and its knots."""

    typical: Annotated[float, Field(gt=0)]
    knots: Knots


class BookingChange(Strict):
    """A window with which the reports began to book losses otherwise: the posterior chance that they did."""

    cls: str
    date: date
    chance: Annotated[float, Field(ge=0, le=1)]


class Calibration(Strict):
    """A calibration file. `classes` by rate key; `regions`: weight of each macro-region's hazard; `border`: posteriors of border events, as plain rows."""

    format: Literal[1]
    source: str
    first: date
    last: date
    windows: dict[str, int]
    classes: dict[str, ClassPosterior]
    booking_changes: tuple[BookingChange, ...] = ()
    regions: dict[str, Sourced] = Field(default_factory=dict)
    debris_places_per_kill: Sourced | None = None
    border: tuple[dict[str, Any], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class HazardPosterior:
    """One class on one night with `launched` threats: log hazard (mean, sd), σ of the night effect (log mean, log sd), kills among stops (u mean, sd)."""

    cls: str
    at: date
    known: int
    log_hazard: float
    log_hazard_sd: float
    log_sigma: float
    log_sigma_sd: float
    kill_level: float
    kill_sd: float

    def share(self, log_hazard: float) -> float:
        """Mean share stopped over nights, at a log hazard and the best σ: E[1 − exp(−exp(log hazard + σ z))], z ~ N(0, 1)."""
        return mean_share(log_hazard, math.exp(self.log_sigma))

    @property
    def stopped(self) -> tuple[float, float, float]:
        """Mean share stopped: best value, 5 % and 95 % quantile of the posterior."""
        spread = Z90 * self.log_hazard_sd
        return self.share(self.log_hazard), self.share(self.log_hazard - spread), self.share(self.log_hazard + spread)

    @property
    def sigma(self) -> tuple[float, float, float]:
        """σ of the night effect, nats: best value, 5 % and 95 % quantile."""
        spread = Z90 * self.log_sigma_sd
        return math.exp(self.log_sigma), math.exp(self.log_sigma - spread), math.exp(self.log_sigma + spread)

    @property
    def kill_share(self) -> tuple[float, float, float]:
        """Kills among the stops: best value, 5 % and 95 % quantile."""
        spread = Z90 * self.kill_sd
        low, value, high = (_share_at(self.kill_level + k * spread) for k in (-1.0, 0.0, 1.0))
        return value, low, high


def mean_share(log_hazard: float, sigma: float) -> float:
    """E[1 − exp(−exp(log_hazard + σ z))] over z ~ N(0, 1), by a sum over ±4 standard deviations.

    >>> round(mean_share(0.0, 0.0), 4)
    0.6321
    """
    z = [-4.0 + 8.0 * k / (NODES - 1) for k in range(NODES)]
    mass = [math.exp(-0.5 * x * x) for x in z]
    return sum(m * _share_at(log_hazard + sigma * x) for x, m in zip(z, mass)) / sum(mass)


def posterior(calibration: Calibration, cls: str, at: datetime, launched: float) -> HazardPosterior:
    """A class's posterior for a night that begins at `at` (UTC) with `launched` of the class, from windows that had ended before its date.

    Raises InputError for a class that the calibration lacks. Before the first knot the first stands, a prior; after the last the level drifts on.
    """
    if cls not in calibration.classes:
        raise InputError(f'the calibration has no class "{cls}"; it has {", ".join(calibration.classes)}')
    item = calibration.classes[cls]
    knots = item.knots
    k = max(0, bisect.bisect_right(knots.dates, at.date()) - 1)
    x = math.log(max(launched, 1.0) / item.typical)
    days = max(0, (at.date() - knots.dates[k]).days)
    level_sd, load_sd = knots.level_sd[k], knots.load_sd[k]
    variance = level_sd**2 + days * knots.drift[k] ** 2 + 2.0 * x * knots.correlation[k] * level_sd * load_sd + (x * load_sd) ** 2
    return HazardPosterior(
        cls=cls, at=knots.dates[k], known=knots.windows[k], log_hazard=knots.level[k] + x * knots.load[k], log_hazard_sd=math.sqrt(max(variance, 0.0)),
        log_sigma=knots.log_sigma[k] - knots.gamma[k] * x, log_sigma_sd=knots.log_sigma_sd[k], kill_level=knots.kill_level[k], kill_sd=knots.kill_sd[k],
    )  # fmt: skip


@cache
def shipped_calibration() -> Calibration:
    """The calibration that comes with zaslin."""
    return parse_calibration((files("zaslin.scenario") / "data" / "calibration.json").read_text(encoding="utf-8"), "calibration.json")


def load_calibration(path: Path | str) -> Calibration:
    """A calibration from a file that `zaslin calibrate` wrote; InputError where there is none, SpecError with every fault where it is none."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"no file {path}; make one with `zaslin calibrate --from FILE -o {path}`") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    return parse_calibration(text, str(path))


def parse_calibration(text: str, name: str) -> Calibration:
    """A calibration from its JSON; `name` is what messages call it."""
    try:
        content = json.loads(text)
    except ValueError as error:
        raise InputError(f"{name} is no calibration: not JSON ({error})") from None
    if not isinstance(content, Mapping) or content.get("format") != FORMAT:
        raise InputError(f"{name} is no calibration of this version (format {FORMAT}); make one with `zaslin calibrate --from FILE -o FILE`")
    try:
        return Calibration.model_validate_json(text)
    except ValidationError as error:
        faults = [Fault(".".join(map(str, item["loc"])), item["msg"]) for item in error.errors()]
        raise SpecError(name, faults) from None


def write_calibration(calibration: Calibration) -> str:
    """The file's text: JSON, numbers of six digits, one line per column."""
    content = json.loads(calibration.model_dump_json(exclude_none=True), parse_float=lambda x: float(f"{float(x):.6g}"))
    for item in content["classes"].values():
        item["knots"] = {name: _Line(values) for name, values in item["knots"].items()}
    return _pretty(content) + "\n"


class _Line(list[Any]):
    """A list that stays on one line of the file."""


def _pretty(value: Any, indent: int = 0) -> str:
    pad = " " * (indent + 1)
    if isinstance(value, dict) and value:
        rows = [f"{pad}{json.dumps(key)}: {_pretty(item, indent + 1)}" for key, item in value.items()]
        return "{\n" + ",\n".join(rows) + "\n" + " " * indent + "}"
    if isinstance(value, list) and value and not isinstance(value, _Line) and isinstance(value[0], dict):
        rows = [pad + json.dumps(item, ensure_ascii=False) for item in value]
        return "[\n" + ",\n".join(rows) + "\n" + " " * indent + "]"
    return json.dumps(value, ensure_ascii=False)


def _share_at(u: float) -> float:
    return -math.expm1(-math.exp(min(u, 50.0)))
