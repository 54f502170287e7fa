"""Our table of incidents at the neighbours' borders, 2022 to 2024: what is claimed of each, with its status and source; it judges none.

One row per event, and one true negative of 2025: later findings and contradicting claims are told in its note. Denied and refuted rows
are kept on purpose: they are the true negatives. The words are ours, the facts the sources'.
"""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import Field, model_validator

from zaslin.asked import of_kind
from zaslin.errors import Fault, InputError, SpecError, unknown
from zaslin.scenario.faults import try_validate
from zaslin.scenario.sourced import Strict
from zaslin.scenario.threat import ThreatClass

Status = Literal["confirmed", "unconfirmed", "denied", "refuted"]
Kind = Literal["incursion", "impact", "debris", "near_border", "shootdown"]
GIVEN_CLASSES = ("drone", "cruise")
"""Classes of incident whose like a run can be given: routes are searched for it."""

Bound = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Incident(Strict):
    """One event. `model` is a canonical model name or empty; coordinates are approximate points of the named place, degrees.

    Durations (s) and depths (km inside the border) are ranges over what is claimed; None where nobody says. `country`: ISO code.
    """

    id: Annotated[str, Field(pattern=r"^[A-Z]{2}-\d{4}-\d{2}-\d{2}[a-z]?$")]
    date_utc: date
    time_utc: time | None = None
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    place: str
    lat: Annotated[float, Field(ge=40, le=62)]
    lon: Annotated[float, Field(ge=10, le=45)]
    threat_class: ThreatClass
    model: str = ""
    kind: Kind
    duration_s_low: Bound | None = None
    duration_s_high: Bound | None = None
    depth_km_low: Bound | None = None
    depth_km_high: Bound | None = None
    status: Status
    source: str
    note: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> Incident:
        for what, low, high in (("duration", self.duration_s_low, self.duration_s_high), ("depth", self.depth_km_low, self.depth_km_high)):
            if low is not None and (high is None or low > high):
                raise ValueError(f"the {what}'s low bound {low:g} has no high bound above it")
        return self

    @property
    def at_utc(self) -> datetime | None:
        """The moment, where the time is known."""
        return None if self.time_utc is None else datetime.combine(self.date_utc, self.time_utc, UTC)


def incident(id: str) -> Incident:
    """The incident with this id (``PL-2023-12-29``); raises InputError with the nearest id."""
    table = incidents()
    of_kind("incident", id, str, 'an incident\'s id, as "PL-2023-12-29"')
    if id not in table:
        raise InputError(unknown("incident", id, table))
    return table[id]


@cache
def incidents() -> dict[str, Incident]:
    """All incidents by id, in order of time; of one date those without a time come first."""
    text = (files("zaslin.scenario") / "data" / "incidents.csv").read_text(encoding="utf-8")
    out: dict[str, Incident] = {}
    faults: list[Fault] = []
    for number, row in enumerate(csv.DictReader(text.splitlines()), start=2):
        entry, wrong = try_validate({key: _cell(key, value) for key, value in row.items() if value}, Incident)
        faults += [Fault(f"row {number}, {fault.path}", fault.message) for fault in wrong]
        if entry is not None:
            if entry.id in out:
                faults.append(Fault(f"row {number}", f'"{entry.id}" is there twice'))
            out[entry.id] = entry
    if faults:
        raise SpecError("incidents.csv", faults)
    return dict(sorted(out.items(), key=lambda item: (item[1].date_utc, item[1].time_utc or time.min, item[0])))


def _cell(column: str, text: str) -> str | float:
    if column in ("lat", "lon") or column.endswith(("_low", "_high")):
        return float(text)
    return text + ":00" if column == "time_utc" else text
