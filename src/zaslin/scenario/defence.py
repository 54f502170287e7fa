"""Ukraine's own defence as a statistical layer: the share of a class that is stopped, by half-year; never a site.

Until the layer is calibrated, shares come from the daily reports, summed by class and half-year.
"""

from __future__ import annotations

from zaslin.scenario.sourced import Sourced, Strict


class StopShare(Strict):
    """Of those launched in `period` (``2023-H2``): the share `destroyed` and the share `lost` (jamming, failure)."""

    rate_key: str
    period: str
    launched: int
    destroyed: Sourced
    lost: Sourced


class UkraineLayer(Strict):
    """The shares that apply to one night, per rate key, and the spread of the night's effect on the log hazard."""

    shares: dict[str, StopShare]
    night_sigma: Sourced
    region_weight: dict[str, Sourced]
