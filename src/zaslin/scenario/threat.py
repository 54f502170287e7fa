"""Threat models as public sources describe them: class, speed, altitude, range, cost, and how one falls."""

from __future__ import annotations

from typing import Literal

from zaslin.scenario.sourced import Sourced, Strict

ThreatClass = Literal["drone", "cruise", "supersonic", "aeroballistic", "ballistic", "unknown"]
CLASSES: tuple[ThreatClass, ...] = ("drone", "cruise", "supersonic", "aeroballistic", "ballistic", "unknown")
"""Array index = position here. `supersonic` (Kh-22/32, Kh-31P, Oniks, Zircon) is apart from subsonic `cruise`: a fighter cannot chase it."""


class ThreatModel(Strict):
    """One model. `rate_key` names its row group in the defence table. `ballistic_coefficient` is mass / (Cd · area)."""

    name: str
    threat_class: ThreatClass
    speed: Sourced
    altitude: Sourced
    max_range: Sourced
    rate_key: str
    unit_cost: Sourced | None = None
    ballistic_coefficient: Sourced
    casualty_area: Sourced
    decoy: bool = False
    """It carries no warhead, or hardly one, and is meant to be shot at."""
    note: str = ""
