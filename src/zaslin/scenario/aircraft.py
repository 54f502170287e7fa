"""Fighters, helicopters and light aircraft and their weapons as public sources describe them, by broad class; kill chances are wide assumptions."""

from __future__ import annotations

from typing import Annotated, Literal

from zaslin.scenario.sourced import Dimension, HourlyCost, Length, Money, Probability, Sourced, Speed, Strict
from zaslin.scenario.threat import ThreatClass

_TIME = ("s", "min", "h")
Endurance = Annotated[Sourced, Dimension("an endurance", _TIME, "value: 2.5, low: 1.5, high: 3.5, unit: h", least=600.0, most=1e6)]
ShotInterval = Annotated[Sourced, Dimension("the time between shots", _TIME, "value: 30, low: 15, high: 60, unit: s", least=1.0, most=1e4)]


class Aircraft(Strict):
    """One type. `reach` and `p_kill` are per threat class; a class that is missing cannot be engaged. `kind`: fighters fly as CAP and QRA pairs,
    helicopters and propeller aircraft as `helicopters`, for which a missile is a burst or a short missile."""

    name: str
    kind: Literal["fighter", "helicopter", "propeller"] = "fighter"
    cruise_speed: Speed
    dash_speed: Speed
    endurance: Endurance
    flight_hour_cost: HourlyCost
    missile_cost: Money
    missile_speed: Speed
    reach: dict[ThreatClass, Length]
    p_kill: dict[ThreatClass, Probability]
    shot_interval: ShotInterval
    note: str = ""
