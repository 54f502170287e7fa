"""Fighters and their weapons as public sources describe them, by broad class; kill chances are wide assumptions."""

from __future__ import annotations

from zaslin.scenario.sourced import Duration, HourlyCost, Length, Money, Probability, Speed, Strict
from zaslin.scenario.threat import ThreatClass


class Aircraft(Strict):
    """One fighter type. `reach` and `p_kill` are per threat class; a class that is missing cannot be engaged."""

    name: str
    cruise_speed: Speed
    dash_speed: Speed
    endurance: Duration
    flight_hour_cost: HourlyCost
    missile_cost: Money
    missile_speed: Speed
    reach: dict[ThreatClass, Length]
    p_kill: dict[ThreatClass, Probability]
    shot_interval: Duration
    note: str = ""
