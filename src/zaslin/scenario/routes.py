"""What is assumed of routes: coarse public corridors, turns, margins at borders, drift and failure; every value with its range."""

from __future__ import annotations

from zaslin.scenario.sourced import Sourced, Strict


class LaunchArea(Strict):
    """A coarse public launch area: a point and a spread (standard deviation)."""

    name: str
    lat: float
    lon: float
    spread: Sourced
    aliases: tuple[str, ...] = ()
    source: str = "assumption"


class RouteAssumptions(Strict):
    """The route generator's uncertain inputs (see docs/model.md, "Routes and the border")."""

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
    share_west: Sourced
    """Share of cruise missiles with target "Ukraine" that go for the western macro-region."""
    share_danube: Sourced
    share_ports: Sourced
    """Share of drones with target "Odesa oblast" that go for the Danube ports (Reni, Izmail, Kiliia)."""
    approach_from_beyond: Sourced
    """Share of cruise missiles whose last way-point lies beyond the target, so that they come back to it."""
    beyond_distance: Sourced
    way_points: Sourced
    """Mean number of way-points between entry and target (Poisson, at most 4)."""
    dogleg: Sourced
    """Standard deviation of a way-point's offset across the direct line, as a share of the line's length."""
