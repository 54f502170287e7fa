"""Fighters, helicopters and light aircraft and their weapons as public sources describe them, by broad class; kill chances are wide assumptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from zaslin.scenario.sourced import Dimension, HourlyCost, Length, Money, Probability, Share, Sourced, Speed, Strict
from zaslin.scenario.threat import ThreatClass
from zaslin.scenario.weapons import Gun, Judging, usual_gun, usual_judging, usual_look_down, usual_tail_loss

_TIME = ("s", "min", "h")
Endurance = Annotated[Sourced, Dimension("an endurance", _TIME, "value: 2.5, low: 1.5, high: 3.5, unit: h", least=600.0, most=1e6)]
ShotInterval = Annotated[Sourced, Dimension("the time between shots", _TIME, "value: 30, low: 15, high: 60, unit: s", least=1.0, most=1e4)]
DashBurn = Annotated[Sourced, Dimension("a ratio of fuel flows", ("factor",), "value: 2.5, low: 1.5, high: 4, unit: factor", least=1.0, most=20.0)]
USUAL_DASH_BURN = {
    "value": 2.5, "low": 1.5, "high": 4.0, "unit": "factor",
    "note": "fuel flow at dash over that at cruise, from general knowledge: afterburner in part; no public figure found for dash with weapons and tanks",
}  # fmt: skip
"""How many times as fast as at cruise fuel burns at dash, where a package's own type does not say: an assumption."""


class Aircraft(Strict):
    """One type. `reach` and `p_kill` are per threat class; a class that is missing cannot be engaged with missiles. `endurance` is flown
    at cruise; a second at dash takes `dash_burn` seconds of it. `kind`: fighters fly as CAP and QRA pairs; helicopters and propeller aircraft as
    `helicopters`, for which reach, speed, cost and chance of a "missile" are those of a burst.

    `tail_loss`, `look_down_loss`, `judging`, `gun`: the usual ones where they are left out; `gun: null` is a type without a gun besides.
    """

    name: str
    kind: Literal["fighter", "helicopter", "propeller"] = "fighter"
    cruise_speed: Speed
    dash_speed: Speed
    endurance: Endurance
    dash_burn: DashBurn
    flight_hour_cost: HourlyCost
    missile_cost: Money
    missile_speed: Speed
    reach: dict[ThreatClass, Length]
    p_kill: dict[ThreatClass, Probability]
    shot_interval: ShotInterval
    tail_loss: Share = Field(default_factory=usual_tail_loss)
    look_down_loss: Share = Field(default_factory=usual_look_down)
    judging: Judging = Field(default_factory=usual_judging)
    gun: Gun | None = Field(default_factory=usual_gun)
    note: str = ""

    @model_validator(mode="before")
    @classmethod
    def _usual(cls, given: Any) -> Any:
        return {"dash_burn": USUAL_DASH_BURN, **given} if isinstance(given, Mapping) else given
