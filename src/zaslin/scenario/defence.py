"""Ukraine's own defence as a statistical layer: the share of a class that is stopped on a night, and how nights differ; never a site."""

from __future__ import annotations

from zaslin.scenario.sourced import Factor, Sourced, Strict


class StopShare(Strict):
    """Of those launched: the mean share `stopped` (destroyed or lost to jamming and failure) over nights like this one, and the share of kills among them.

    `night_sigma`: spread of the night's effect on the log hazard, nats. `basis`: what it rests on, in words; `known`: raid windows or launches
    behind it (0: a prior or an assumption).
    """

    rate_key: str
    basis: str
    known: int
    stopped: Sourced
    kill_share: Sourced
    night_sigma: Sourced


class UkraineLayer(Strict):
    """What applies to one night, per rate key, and the weights of the macro-regions' hazards. `near_aims`: factor of the hazard in the last 75 km of a
    threat's path, None for the same hazard everywhere in a region."""

    shares: dict[str, StopShare]
    region_weight: dict[str, Sourced]
    near_aims: Factor | None = None
