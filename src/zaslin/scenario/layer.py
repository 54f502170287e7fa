"""Ukraine's layer for one night: calibrated shares for the classes that a calibration has, half-year shares or assumptions for the rest.

Which of a night's threats are stopped is for the world to say; this page only says how many on average, and how sure we are.
"""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from importlib.resources import files

from zaslin.scenario.calibration import Calibration, posterior, shipped_calibration
from zaslin.scenario.catalogue import model_for, threat_models
from zaslin.scenario.defence import StopShare, UkraineLayer
from zaslin.scenario.night import Night
from zaslin.scenario.sourced import Sourced
from zaslin.scenario.sources import source

OVER_DISPERSION = 4.0
"""Factor on the variance of a half-year's share: one night's threats share their fate and tell less than their number.

In the reports the variance of a half-year's share, rows taken as clusters, is 1.7 to 10 times the binomial one, median 3.5.
"""

MOST = 0.99
LEAST = 1e-4
"""No share is taken to be 1 or 0: a hazard could not be computed from it."""

NO_ROWS = {
    "s300": (0.01, 0.0, 0.15, "the fact table has no rate; the reports claim few and often give no count"),
    "kh31p": (0.05, 0.0, 0.3, "the fact table has no rate; the reports claim few"),
    "unknown": (0.3, 0.02, 0.8, "a missile that the catalogue does not know"),
}
"""Share stopped (value, low, high) of the rate keys without rows: assumptions."""

REGION_PRIOR = Sourced(value=1.0, low=0.5, high=2.0, unit="factor", note="not calibrated: all macro-regions alike, by a factor of two")


def ukraine_layer(night: Night, calibration: Calibration | None = None) -> UkraineLayer:
    """The layer of a night: what was known of each rate key before the night began, for as many as it launched.

    calibration: None for the shipped one. Classes that it lacks take the share of their half-year, which may lie after the night: they have too few
    data for a forecast.
    """
    from zaslin.atlas.regions import MACRO

    calibration = calibration or shipped_calibration()
    launched = launched_by_rate_key(night)
    shares = {}
    for key in dict.fromkeys(model.rate_key for model in threat_models().values()):
        if key in calibration.classes:
            shares[key] = _calibrated(key, night, launched.get(key, 0.0), calibration)
        else:
            shares[key] = _counted(key, night.end_utc.date())
    return UkraineLayer(shares=shares, region_weight={name: calibration.regions.get(name, REGION_PRIOR) for name in MACRO})


def launched_by_rate_key(night: Night) -> dict[str, float]:
    """Launched per rate key; a joint count without a split is divided evenly between its models."""
    out: dict[str, float] = {}
    for group in night.groups:
        for name in group.models:
            key = model_for(name).rate_key
            count = group.split.get(name, 0) if group.split is not None else group.count / len(group.models)
            out[key] = out.get(key, 0.0) + count
    return out


def _calibrated(key: str, night: Night, launched: float, calibration: Calibration) -> StopShare:
    found = posterior(calibration, key, night.start_utc, launched)
    told = f"calibrated on the {found.known} raid window{'' if found.known == 1 else 's'} before {found.at.isoformat()}, for {max(launched, 1.0):g} launched"

    def sourced(values: tuple[float, float, float], unit: str, note: str) -> Sourced:
        value, low, high = (min(max(x, LEAST), 1.0 - 1e-6) if unit == "share" else x for x in values)
        return Sourced(value=value, low=low, high=high, unit=unit, source=source(calibration.source).id, grade="B", note=note, shape="posterior")

    return StopShare(
        rate_key=key, basis=told, known=found.known,
        stopped=sourced(found.stopped, "share", told),
        kill_share=sourced(found.kill_share, "share", "kills among the stops, as the reports booked them until then"),
        night_sigma=sourced(found.sigma, "nats", "spread from night to night beyond coins, calibrated with the share"),
    )  # fmt: skip


def _counted(key: str, at: date) -> StopShare:
    wanted = at.year * 2 + (at.month > 6)
    rows = [row for row in _share_rows() if row["rate_key"] == key]
    sigma = Sourced(value=0.6, low=0.3, high=1.5, unit="nats", note="too few data to calibrate: about the spread of the calibrated classes")
    if not rows:
        value, low, high, note = NO_ROWS[key]
        stopped = Sourced(value=value, low=low, high=high, unit="share", note=note)
        kills = Sourced(value=1.0, low=0.8, high=1.0, unit="share", note="no loss to jamming or failure is reported of it")
        return StopShare(rate_key=key, basis="assumption", known=0, stopped=stopped, kill_share=kills, night_sigma=sigma)
    row = min(rows, key=lambda row: (abs(_half(row["period"]) - wanted), row["period"]))
    n, period, destroyed, lost = int(row["launched"]), row["period"], int(row["destroyed"]), int(row["lost"] or 0)
    note = f"{destroyed} destroyed and {lost} lost of {n} launched in {period}" + (", the nearest half-year with rows" if _half(period) != wanted else "")
    kill_share = (destroyed + 1.0) / (destroyed + lost + 1.0)
    return StopShare(
        rate_key=key, basis=note, known=n,
        stopped=_observed(destroyed + lost, n, (float(row["q05"]), float(row["q95"])), row["source"], note),
        kill_share=Sourced(value=kill_share, low=0.8 * kill_share, high=1.0, unit="share", note="too few losses are booked to say more"),
        night_sigma=sigma,
    )  # fmt: skip


def _observed(k: int, n: int, quantiles: tuple[float, float], source_id: str, note: str) -> Sourced:
    """k of n with the 90 % interval of Beta(k + 1, n − k + 1), stretched about the value by the root of OVER_DISPERSION, within 0 and MOST.

    quantiles: that distribution's 5 % and 95 % quantiles. They stand in the table (SciPy's `betaincinv`; a test holds them together), for SciPy takes a
    quarter of a second to import.
    """
    value = min(k / n, MOST)
    stretch = OVER_DISPERSION**0.5
    low, high = (value + stretch * (quantile - value) for quantile in quantiles)
    low, high = max(0.0, min(low, value)), min(MOST, max(high, value))
    return Sourced(value=value, low=low, high=high, unit="share", source=source(source_id).id, grade="B", note=note)


def _half(period: str) -> int:
    year, half = period.split("-H")
    return int(year) * 2 + int(half) - 1


@cache
def _share_rows() -> tuple[dict[str, str], ...]:
    text = (files("zaslin.scenario") / "data" / "defence_shares.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))
