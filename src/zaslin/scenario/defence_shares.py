"""Ukraine's own defence before it is calibrated: shares stopped per rate key and half-year, from the daily reports; never a site."""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from importlib.resources import files

from zaslin.scenario.catalogue import threat_models
from zaslin.scenario.defence import StopShare, UkraineLayer
from zaslin.scenario.sourced import Sourced
from zaslin.scenario.sources import source

OVER_DISPERSION = 4.0
"""Factor on the variance of a share, so 2 on its interval's width: one night's threats share their fate and tell less than their number.

In the reports the variance of a half-year's share, nights taken as clusters, is 1 to 10 times the binomial one, median about 3
(rate keys with at least 10 rows, 2022-H2 to 2024-H2); 4 is on the safe side of it. An assumption until `calibrate` estimates it.
"""

NO_ROWS = {
    "s300": (0.01, 0.0, 0.15, "the fact table has no rate; the reports claim few and often give no count"),
    "kh31p": (0.05, 0.0, 0.3, "the fact table has no rate; the reports claim few"),
    "unknown": (0.3, 0.02, 0.8, "a missile that the catalogue does not know"),
}
"""Share destroyed (value, low, high) of the rate keys without rows: assumptions."""

LOST_IF_SILENT = {"drone": (0.03, 0.0, 0.1)}
LOST_IF_SILENT_MISSILE = (0.0, 0.0, 0.02)
"""Share lost (value, low, high) where the reports book no losses apart, which they did not before July 2024: assumptions."""

MACRO_REGIONS = ("west", "north", "centre", "south", "east")


def ukraine_layer(at: date) -> UkraineLayer:
    """The shares of the half-year of `at` (or, per rate key, the nearest half-year with rows; of two equally near, the earlier).

    A share's value is the observed one; its range the 90 % interval of Beta(stopped + 1, rest + 1), stretched about the value by the
    root of OVER_DISPERSION and kept within 0 and 1. `destroyed` and `lost` are given apart, and draws of both may together exceed 1: use them as competing hazards.
    """
    wanted = at.year * 2 + (at.month > 6)
    shares = {key: _share(key, wanted) for key in dict.fromkeys(model.rate_key for model in threat_models().values())}
    return UkraineLayer(
        shares=shares,
        night_sigma=Sourced(value=0.6, low=0.3, high=1.0, unit="nats", note="spread of a night's effect on the log hazard, until calibrated"),
        region_weight={
            name: Sourced(value=1.0, low=0.5, high=2.0, unit="factor", note="the reports name regions in one row of seven: a prior, no finding")
            for name in MACRO_REGIONS
        },
    )


def _share(key: str, wanted: int) -> StopShare:
    rows = [row for row in _rows() if row["rate_key"] == key]
    if not rows:
        value, low, high, note = NO_ROWS[key]
        destroyed = Sourced(value=value, low=low, high=high, unit="share", note=note)
        return StopShare(rate_key=key, period="none", launched=0, destroyed=destroyed, lost=_silent(key, destroyed))
    row = min(rows, key=lambda row: (abs(_half(row["period"]) - wanted), row["period"]))
    n, period = int(row["launched"]), row["period"]
    note = f"{row['destroyed']} of {n} launched in {period}"
    if _half(period) != wanted:
        note += ", the nearest half-year with rows"
    destroyed = _observed(int(row["destroyed"]), n, row["source"], note)
    if row["lost"]:
        lost = _observed(int(row["lost"]), n, row["source"], f"{row['lost']} of {n} launched in {period}")
    else:
        lost = _silent(key, destroyed)
    return StopShare(rate_key=key, period=period, launched=n, destroyed=destroyed, lost=lost)


def _observed(k: int, n: int, source_id: str, note: str) -> Sourced:
    from scipy.special import betaincinv

    value = k / n
    stretch = OVER_DISPERSION**0.5
    low, high = (value + stretch * (float(betaincinv(k + 1.0, n - k + 1.0, q)) - value) for q in (0.05, 0.95))
    low, high = max(0.0, min(low, value)), min(1.0, max(high, value))
    return Sourced(value=value, low=low, high=high, unit="share", source=source(source_id).id, grade="B", note=note)


def _silent(key: str, destroyed: Sourced) -> Sourced:
    value, low, high = LOST_IF_SILENT.get(key, LOST_IF_SILENT_MISSILE)
    room = 1.0 - destroyed.value
    return Sourced(value=min(value, room), low=low, high=min(high, 1.0 - destroyed.low), unit="share", note="the reports book no losses apart here")


def _half(period: str) -> int:
    year, half = period.split("-H")
    return int(year) * 2 + int(half) - 1


@cache
def _rows() -> tuple[dict[str, str], ...]:
    text = (files("zaslin.scenario") / "data" / "defence_shares.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))
