"""Fighters and their weapons as public sources describe them, by broad class; kill chances are wide assumptions."""

from __future__ import annotations

from zaslin.scenario.sourced import Sourced, Strict
from zaslin.scenario.threat import ThreatClass


class Aircraft(Strict):
    """One fighter type. `reach` and `p_kill` are per threat class; a class that is missing cannot be engaged."""

    name: str
    cruise_speed: Sourced
    dash_speed: Sourced
    endurance: Sourced
    flight_hour_cost: Sourced
    missile_cost: Sourced
    missile_speed: Sourced
    reach: dict[ThreatClass, Sourced]
    p_kill: dict[ThreatClass, Sourced]
    shot_interval: Sourced
    note: str = ""
