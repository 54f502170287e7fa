"""What is assumed of routes: coarse public corridors, turns, margins at borders, drift and failure; every value with its range."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator

from zaslin.scenario.sourced import Sourced, Strict


def _days(numbers: dict[str, Sourced]) -> dict[str, Sourced]:
    for day in numbers:
        if date.fromisoformat(day).isoformat() != day:
            raise ValueError(f"{day}: give days as 2024-07-10")
    return numbers


Dated = Annotated[dict[str, Sourced], AfterValidator(_days)]
"""Numbers that change with time: each by the day from which on it holds (``2024-07-10``); before the first it is 0."""


def dated(numbers: Dated, day: date) -> Sourced | None:
    """The number that holds on this day; None before the first.

    >>> one = Sourced(value=1, low=1, high=1, unit="share")
    >>> dated({"2024-07-10": one}, date(2024, 7, 10)) is one, dated({"2024-07-10": one}, date(2024, 7, 9)) is None
    (True, True)
    """
    known = [name for name in numbers if date.fromisoformat(name) <= day]
    return numbers[max(known)] if known else None


class LaunchArea(Strict):
    """A coarse public launch area: a point and a spread (standard deviation)."""

    name: str
    lat: float
    lon: float
    spread: Sourced
    aliases: tuple[str, ...] = ()
    source: str = "assumption"


class RouteAssumptions(Strict):
    """The route generator's uncertain inputs (see docs/model/raid.md, "The plan" and "Assumptions of this room")."""

    margin: Sourced
    """Distance that a complying planned leg keeps from a neighbour's airspace."""
    keeps_margin: dict[str, Sourced]
    """Per country: probability that a threat's planned legs keep the margin (PL, RO, SK, HU, MD; others 1)."""
    bank: Sourced
    fly_over: Sourced
    """Share of way-points flown over (turn begins at the point) rather than by (turn begins before it)."""
    drift: Sourced
    """Standard deviation of the slow lateral navigation error."""
    drone_drift: Sourced
    """The same for one-way drones, which also miss their target by it: no terminal guidance, and jammed navigation."""
    gross_failure: Sourced
    """Probability that a threat fails to turn at a way-point and flies straight on until its fuel ends."""
    spoofed: Sourced
    """Of the drones that reports book as lost, the share that lose their navigation somewhere over Ukraine and fly on astray."""
    spoof_turn: Sourced
    """Standard deviation of the change of its course where it loses its way."""
    spoof_bend: Sourced
    """Standard deviation of the further change of course, evenly over the stray flight."""
    spoof_distance: Sourced
    """Mean length of the stray flight (exponential); it ends with the drone's range at the latest."""
    decoys: Dated
    """Share of decoys (the catalogue's decoy model) among what reports count as drones."""
    climb_out: Sourced
    """Way over which a drone climbs to its cruising altitude, and over which it comes down for a low approach."""
    low_approach: Sourced
    """Probability that a drone that cruises higher comes down to `low_altitude` for the last `low_distance` to its target."""
    low_altitude: Sourced
    low_distance: Sourced
    dive: Sourced
    """Angle of a drone's last dive to its target."""
    share_west: Sourced
    """Share of cruise missiles with target "Ukraine" that go for the western macro-region."""
    share_danube: Sourced
    """Share of drones with target "Odesa oblast" that go for the Danube ports (Reni, Izmail, Kiliia)."""
    share_ports: Sourced
    """Share of drones with target "Ukraine", from 17 July 2023 on, that go for those ports."""
    approach_from_beyond: Sourced
    """Share of cruise missiles whose last way-point lies beyond the target, so that they come back to it."""
    beyond_distance: Sourced
    way_points: Sourced
    """Mean number of way-points between entry and target (Poisson, at most 4)."""
    dogleg: Sourced
    """Standard deviation of a way-point's offset across the direct line, as a share of the line's length."""
