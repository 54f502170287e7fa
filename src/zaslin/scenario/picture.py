"""A member's picture: radars, how they look, what partners pass on, and how good a track is; what a package says of it, and the usual values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import model_validator

from zaslin.scenario.place import Id, Place
from zaslin.scenario.sourced import Angle, Dimension, Duration, Length, Probability, Share, Sourced, Strict
from zaslin.scenario.threat import ThreatClass

Period = Annotated[Sourced, Dimension("a time between two looks", ("s", "min"), "value: 10, low: 4, high: 12, unit: s", least=1.0, most=600.0)]
LooksInARow = Annotated[Sourced, Dimension("a number of looks", ("count",), "value: 4, low: 3, high: 6, unit: count", least=1.0, most=100.0)]

USUAL_REVISIT = {"ground": (10.0, 4.0, 12.0), "airborne": (10.0, 5.0, 12.0)}
"""Time between two looks of a radar and its range, s, where a package gives none: assumptions, one turn of a surveillance radar's antenna."""
USUAL_P_LOOK = {"drone": (0.6, 0.3, 0.9), "cruise": (0.8, 0.5, 0.95), "supersonic": (0.9, 0.7, 0.98), "aeroballistic": (0.9, 0.7, 0.98),
                "ballistic": (0.9, 0.7, 0.98), "unknown": (0.9, 0.7, 0.98)}  # fmt: skip
"""Chance that one look sees a threat in view, and its range, where a package gives none of its own: assumptions."""
_P_LOOK_NOTES = {
    "drone": "Radars have missed drones altogether (ledger: PL-2025-08-20, MD-2024-02-11, MD-2024-11-17, MD-2025-11-19, MD-2025-11-28), lost them on the way "
    "(LT-2025-07-28, RO-2024-10-23), seen them off and on (RO-2025-11-18) and followed them to the end (RO-2026-05-28); no figure is known",
    "cruise": "Poland's radars followed two the whole way (ledger: PL-2023-12-29, PL-2024-03-24) and lost one (PL-2022-12-16); no figure is known",
}
USUAL_DROP_AFTER = (4.0, 3.0, 6.0)
"""Looks in a row without a hit after which a track is lost, and their range: assumption."""
USUAL_POSITION_ERROR_M = (300.0, 100.0, 1_000.0)
"""Standard deviation of a track's place along each axis, and its range, m: assumption."""
USUAL_CONFUSION = (0.05, 0.0, 0.2)
"""Chance that a classified track is taken for another class, and its range: assumption."""
USUAL_POOL_LATENCY_S = (10.0, 2.0, 60.0)
"""How late members that pool get each other's tracks, and its range, s: assumption."""


def _number(usual: tuple[float, float, float], unit: str, note: str = "") -> dict[str, Any]:
    value, low, high = usual
    return {"value": value, "low": low, "high": high, "unit": unit, "note": note}


class AirborneRadar(Strict):
    """An airborne radar on an orbit, by the point it circles."""

    id: Id
    orbit: Place
    range_by_class: dict[ThreatClass, Length]
    source: str = "assumption"


class SharedPicture(Strict):
    """A partner's picture: the share of threats that it holds, and how late its tracks arrive (positions are stale by that much)."""

    enabled: bool
    cover: Share
    latency: Duration


class Revisit(Strict):
    """Time between two looks of the notional ground radars and of airborne radars."""

    ground: Period
    airborne: Period

    @model_validator(mode="before")
    @classmethod
    def _usual(cls, given: Any) -> Any:
        return {**{name: _number(usual, "s") for name, usual in USUAL_REVISIT.items()}, **given} if isinstance(given, Mapping) else given


class Picture(Strict):
    """What a member sees. Ground radars stand notionally `setback` behind the own land border or coast on masts of `mast`.

    `detection`: ``looks``: a radar sees what is in view with the chance `p_look` every `revisit`, and loses it after `drop_after` looks in a row without a hit;
    ``horizon``: it sees all that comes into view, once and for all. `position_error`: standard deviation along each axis of a track of own sensors.
    `confusion`: chance that a classified track is taken for another class. Of these, what is left out takes the usual value.
    """

    mast: Length
    setback: Length
    shared: SharedPicture
    airborne: tuple[AirborneRadar, ...] = ()
    detection: Literal["looks", "horizon"] = "looks"
    revisit: Revisit
    p_look: dict[ThreatClass, Probability]
    drop_after: LooksInARow
    track_delay: Duration
    classification: Duration
    confusion: Share
    course_error: Angle
    position_error: Length

    @model_validator(mode="before")
    @classmethod
    def _usual(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        filled = {
            "revisit": {},
            "drop_after": _number(USUAL_DROP_AFTER, "count"),
            "confusion": _number(USUAL_CONFUSION, "share"),
            "position_error": _number(USUAL_POSITION_ERROR_M, "m"),
            **given,
        }
        if isinstance(filled.get("airborne"), list):  # what has passed through here counts as Python's own, where a list is no tuple
            filled["airborne"] = tuple(filled["airborne"])
        own = filled.get("p_look", {})
        if isinstance(own, Mapping):
            usual = {name: _number(chance, "probability", _P_LOOK_NOTES.get(name, "")) for name, chance in USUAL_P_LOOK.items()}
            filled["p_look"] = {**usual, **own}
        return filled


class Pooling(Strict):
    """Whether the members pass their own tracks on to each other, and how late these come (positions are stale by that much)."""

    enabled: bool = False
    latency: Duration

    @model_validator(mode="before")
    @classmethod
    def _usual(cls, given: Any) -> Any:
        return {"latency": _number(USUAL_POOL_LATENCY_S, "s"), **given} if isinstance(given, Mapping) else given
