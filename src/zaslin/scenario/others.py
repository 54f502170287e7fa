"""What is in the air and is no threat: civil and friendly aircraft and false tracks, and what it takes to mistake them; no flight plans, no sites."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import Field

from zaslin.scenario.load import load_yaml_model
from zaslin.scenario.sourced import Dimension, Duration, Factor, Length, Probability, Sourced, Speed, Strict

Within = Annotated[Sourced, Dimension("the width of a strip", ("m", "km"), "value: 50, low: 20, high: 100, unit: km", most=300_000.0)]
Density = Annotated[Sourced, Dimension("a rate per area", ("1/h/10000km2",), "value: 0.1, low: 0.01, high: 1, unit: 1/h/10000km2", most=1e-9)]
Rate = Annotated[Sourced, Dimension("a rate", ("1/h",), "value: 0.001, low: 0.0001, high: 0.01, unit: 1/h", most=1.0)]


class OtherKind(Strict):
    """Objects of one kind. `density`: how many appear per hour and area of the strip `within` a distance of the border, on the side `where` says.

    `speed`, `altitude` and `life` are drawn per object from their ranges; the rest is drawn once a block. `taken_for_threat`: the chance that a member which
    tracks one takes it for a threat. `fires_at_wrong`: of the looks after which a pilot would fire at a threat, the share after which he fires at one.
    """

    where: Literal["neighbour", "ukraine", "both"]
    within: Within
    density: Density
    speed: Speed
    altitude: Length
    life: Duration
    ballistic_coefficient: Sourced
    casualty_area: Sourced
    taken_for_threat: Probability
    fires_at_wrong: Probability


class AtRisk(Strict):
    """How often Ukraine's own defence engages a member's aircraft over Ukraine by mistake, per hour that one flies there: where shared zones are agreed,
    and where nothing is."""

    shared_zones: Rate
    none: Rate


class OtherTraffic(Strict):
    """Everything that is in the air along Ukraine's borders with `borders` (ISO 3166-1) and is no threat. `known_by_agreement`: where a member has agreed
    deconfliction with Ukraine, its chance to take a friendly aircraft for a threat is divided by this."""

    borders: Annotated[tuple[Annotated[str, Field(pattern=r"^[A-Z]{2}$")], ...], Field(min_length=1)]
    civil: OtherKind
    friendly: OtherKind
    false: OtherKind
    known_by_agreement: Factor
    at_risk: AtRisk


@cache
def other_traffic() -> OtherTraffic:
    """What is assumed of objects that are no threats, every value with its range (`data/others.yaml`)."""
    text = (files("zaslin.scenario") / "data" / "others.yaml").read_text(encoding="utf-8")
    return load_yaml_model(text, OtherTraffic, "others.yaml", shipped=True)
