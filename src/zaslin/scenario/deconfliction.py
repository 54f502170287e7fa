"""Deconfliction: what a member has agreed with Ukraine's own defence and air force, so that neither shoots at the other's aircraft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import model_validator

from zaslin.scenario.sourced import Duration, Strict

USUAL_WAIT = {"shared-zones": (30.0, 0.0, 120.0), "none": (120.0, 30.0, 600.0)}
"""How long a shot over foreign soil waits to be clear of Ukraine's own missiles and aircraft, and its range, s, where a member gives none of its own: zones and
a common picture are agreed beforehand; or calls by telephone, each time. Assumptions."""


class Deconfliction(Strict):
    """What a member has agreed with Ukraine. `delay`: the wait before a shot at what is outside the own airspace, in a window that has just opened.

    ``shared-zones``: engagement zones, routes and a common picture of Ukraine's own aircraft; ``none``: each shot is called through. With an agreement
    Ukraine's aircraft are known to the member, and the member's to Ukraine (`zaslin.scenario.others`).
    """

    agreed: Literal["shared-zones", "none"]
    delay: Duration = None  # type: ignore[assignment]

    @model_validator(mode="before")
    @classmethod
    def _usual(cls, given: Any) -> Any:
        if isinstance(given, Mapping) and "delay" not in given and given.get("agreed") in USUAL_WAIT:
            value, low, high = USUAL_WAIT[str(given["agreed"])]
            return {**given, "delay": {"value": value, "low": low, "high": high, "unit": "s"}}
        return given
