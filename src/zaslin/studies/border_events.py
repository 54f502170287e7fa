"""How often a launched drone or cruise missile comes into a neighbour's airspace: a Gamma posterior per class and border, beside what the routes foretell.

**The count.** Several drones of one night are not independent (one raid, one wind, one jamming), so incident-*nights* are counted, not objects or finds.
**The likelihood.** Reported nights ~ Poisson(ρ · Σ qₘ nₘ): n launched in month m, q the share of crossings that the country would see and tell, ρ the
true rate per launched threat. Jeffreys' prior of the reported rate q·ρ, so that the posterior given q and k is Gamma(k + ½, Σ q n) and the count says nothing
of q: only their product is seen. q (one quantile for all months), the chance of unconfirmed nights (one quantile for all) and k are integrated on a grid.
Formula: Gelman et al., Bayesian Data Analysis, 3rd ed., section 2.6 (Poisson rate with exposure).

It does not say where on a border, nor what would be met: routes stay the generator's. A rate is per threat launched at all of Ukraine, not at the border.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from functools import cache

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammainc

from zaslin.scenario.border import BorderClass, Detection, Launched, counting, detections, shipped_launched, uncounted
from zaslin.scenario.incident import Incident, incidents
from zaslin.scenario.raid_windows import DATED_BY, NIGHT_FROM, NIGHT_TO
from zaslin.scenario.report_rows import KYIV
from zaslin.scenario.sourced import Sourced

SECTORS = {"PL": "Poland", "RO": "Romania, the Danube delta", "MD": "Moldova", "LV": "Latvia, by way of Belarus", "BG": "Bulgaria's coast"}

PRIOR_SHAPE = 0.5
"""Jeffreys' prior of a Poisson rate."""

SHARES, CHANCES = 41, 9
"""Nodes over the share detected and over the chance of unconfirmed nights: midpoints of equal probability."""


@dataclass(frozen=True)
class Posterior:
    """A rate per launched threat: mean, median and the 90 % interval."""

    mean: float
    low: float
    median: float
    high: float


@dataclass(frozen=True)
class CountedNight:
    """One night (Kyiv date of its morning) with its incidents; `low`, `high`: range of the chance that a crossing by the class happened."""

    date: date
    incidents: tuple[str, ...]
    low: float
    high: float


@dataclass(frozen=True)
class BorderRate:
    """One class and border. `launched`: in months with eyes; `launched_blind`: in gaps; `detected`: mean share seen and told, weighted by launches.

    `rate`: true incident-nights per launched threat; `reported`: the same with every crossing seen. `dispersion`: χ² of monthly counts over its degrees
    of freedom against a constant rate: far above 1, the nights cluster and the interval is too narrow.
    """

    country: str
    sector: str
    threat_class: BorderClass
    nights: tuple[CountedNight, ...]
    incidents: int
    launched: int
    launched_blind: int
    detected: float
    rate: Posterior
    reported: Posterior
    dispersion: float | None
    gaps: tuple[str, ...]
    leans_on: tuple[str, ...]


@dataclass(frozen=True)
class BorderRates:
    """All rates, and of every incident that counts for none the reason; `true_negatives`: told non-crossings; `months`: first and last."""

    rates: tuple[BorderRate, ...]
    uncounted: tuple[tuple[str, str], ...]
    true_negatives: tuple[str, ...]
    months: tuple[str, str]

    def of(self, country: str, threat_class: str) -> BorderRate:
        """The rate of a class at a border; KeyError where there is none."""
        for rate in self.rates:
            if (rate.country, rate.threat_class) == (country, threat_class):
                return rate
        raise KeyError(f"{country}, {threat_class}")


def border_rates(launched: Launched | None = None, table: Iterable[Incident] | None = None) -> BorderRates:
    """Rates of every class and border that somebody could watch.

    launched: class → month → number (`scenario.border.launched_by_month`); default: the shipped totals. table: incidents; default: the shipped table.
    Incidents outside the months of `launched` are left out, with the reason.
    """
    using = launched if launched is not None else shipped_launched()
    rows = list(incidents().values() if table is None else table)
    months = sorted({month for series in using.values() for month in series})
    first, last = (months[0], months[-1]) if months else ("", "")
    nights: dict[tuple[str, str], dict[date, list[tuple[Incident, float, float]]]] = defaultdict(lambda: defaultdict(list))
    left: list[tuple[str, str]] = []
    for item in rows:
        morning = night_of(item)
        why = uncounted(item)
        if why or not first <= morning.strftime("%Y-%m") <= last:
            left.append((item.id, why or "outside the months of the reports"))
            continue
        for weight in counting(item):
            seen = _in(morning.strftime("%Y-%m"), item.country, weight.threat_class)
            if seen is None or seen.blind:
                left.append((item.id, "nobody's report of that border and month is counted"))
            else:
                nights[item.country, weight.threat_class][morning].append((item, weight.low, weight.high))
    rates = tuple(_rate(country, cls, nights[country, cls], using.get(cls, {})) for country, cls in _borders())
    negatives = tuple(item.id for item in rows if item.kind == "near_border" or (item.status == "denied" and item.kind == "incursion"))
    return BorderRates(tuple(rate for rate in rates if rate is not None), tuple(left), negatives, (first, last))


def border_rates_json(rates: BorderRates) -> dict[str, object]:
    """The rates as plain data: numbers per launched threat, dates as text."""
    out = asdict(rates)
    for rate in out["rates"]:
        rate["nights"] = [{**night, "date": night["date"].isoformat()} for night in rate["nights"]]
    out["uncounted"] = [{"incident": name, "why": why} for name, why in rates.uncounted]
    out["unit"] = "incident-nights per launched threat; 90 % intervals"
    return out


def rate_posterior(nights: Sequence[tuple[float, float]], exposures: Sequence[tuple[float, Sourced]]) -> Posterior:
    """Posterior of the true rate.

    nights: per counted night the range (low, high) of the chance that it was a crossing, 0 to 1. exposures: launched (>= 0, not all 0) and the share detected.
    Exact but for the grid: by hand, k sure nights and a share of 1 are Gamma(k + ½, n).

    >>> share = Sourced(value=1.0, low=1.0, high=1.0, unit="share")
    >>> round(rate_posterior([(1.0, 1.0)] * 3, [(1000, share)]).mean, 6)
    0.0035
    """
    reach = np.array([sum(n * share.at(v) for n, share in exposures) for v in _middles(SHARES)])
    if not (reach > 0.0).all():
        raise ValueError("no threat was launched that anybody could have seen; a rate needs an exposure above 0")
    chance = np.mean([_count_pmf([low + u * (high - low) for low, high in nights]) for u in _middles(CHANCES)], axis=0)
    shape = PRIOR_SHAPE + np.arange(len(chance))
    mean = float(chance @ shape * np.mean(1.0 / reach))

    def below(rate: float) -> float:
        return float(chance @ gammainc(shape[:, None], rate * reach[None, :]).mean(axis=1))

    def quantile(p: float) -> float:
        return float(np.exp(brentq(lambda x: below(float(np.exp(x))) - p, np.log(mean) - 40.0, np.log(mean) + 8.0, xtol=1e-12)))

    return Posterior(mean, quantile(0.05), quantile(0.5), quantile(0.95))


def night_of(item: Incident) -> date:
    """The Kyiv date of the night (or day) that an incident belongs to: as raid windows are dated; without a time, its own date."""
    if item.time_utc is None:
        return item.date_utc
    local = datetime.combine(item.date_utc, item.time_utc, UTC).astimezone(KYIV).replace(tzinfo=None)
    return (local + DATED_BY).date() if _is_night(local.time()) else local.date()


def reach_by_quantile(country: str, threat_class: str, launched: Mapping[str, int]) -> np.ndarray:
    """Σ q n over the months, for each of the SHARES quantiles of the share detected."""
    return np.array([sum(n * share.at(v) for n, share in _exposures(country, threat_class, launched)) for v in _middles(SHARES)])


def _rate(country: str, cls: BorderClass, found: Mapping[date, list[tuple[Incident, float, float]]], launched: Mapping[str, int]) -> BorderRate | None:
    exposures = _exposures(country, cls, launched)
    seen = round(sum(n for n, share in exposures if share.high > 0.0))
    if not seen:
        return None
    nights = tuple(
        CountedNight(day, tuple(item.id for item, _, _ in rows), max(low for _, low, _ in rows), max(high for _, _, high in rows))
        for day, rows in sorted(found.items())
    )
    chances = [(night.low, night.high) for night in nights]
    sure = Sourced(value=1.0, low=1.0, high=1.0, unit="share")
    own = [item for item in detections() if (item.country, item.threat_class) == (country, cls)]
    reach = reach_by_quantile(country, cls, launched)
    return BorderRate(
        country=country,
        sector=SECTORS.get(country, country),
        threat_class=cls,
        nights=nights,
        incidents=sum(len(night.incidents) for night in nights),
        launched=seen,
        launched_blind=sum(launched.values()) - seen,
        detected=float(reach.mean() / seen),
        rate=rate_posterior(chances, exposures),
        reported=rate_posterior(chances, [(float(seen), sure)]),
        dispersion=_dispersion(nights, country, cls, launched),
        gaps=tuple(f"{item.first} to {item.last}: {item.share.note}" for item in own if item.blind),
        leans_on=tuple(f"{item.first} to {item.last}, {item.share.low:g}–{item.share.high:g}: {item.share.note}" for item in own if not item.blind),
    )


def _dispersion(nights: Sequence[CountedNight], country: str, cls: str, launched: Mapping[str, int]) -> float | None:
    """Pearson's χ² over its degrees of freedom of the monthly counts (middle chances) against a constant rate; None without two months or any count."""
    counts: dict[str, float] = defaultdict(float)
    for night in nights:
        counts[night.date.strftime("%Y-%m")] += 0.5 * (night.low + night.high)
    reach = {month: n * found.share.si for month, n in launched.items() if (found := _in(month, country, cls)) is not None and n and not found.blind}
    total = sum(counts.values())
    if len(reach) < 2 or not total:
        return None
    expected = {month: total * part / sum(reach.values()) for month, part in reach.items()}
    return float(sum((counts[month] - mean) ** 2 / mean for month, mean in expected.items()) / (len(expected) - 1))


def _exposures(country: str, cls: str, launched: Mapping[str, int]) -> list[tuple[float, Sourced]]:
    """Launched and share per period of the detection table; months outside every period are not watched."""
    out = []
    for item in detections():
        if (item.country, item.threat_class) == (country, cls):
            out.append((float(sum(n for month, n in launched.items() if item.first <= month <= item.last)), item.share))
    return out


def _in(month: str, country: str, cls: str) -> Detection | None:
    return next((item for item in detections() if (item.country, item.threat_class) == (country, cls) and item.first <= month <= item.last), None)


def _borders() -> list[tuple[str, BorderClass]]:
    return list(dict.fromkeys((item.country, item.threat_class) for item in detections()))


def _count_pmf(chances: Sequence[float]) -> np.ndarray:
    """Distribution of how many of independent nights were crossings, (len + 1,)."""
    pmf = np.ones(1)
    for p in chances:
        pmf = np.convolve(pmf, (1.0 - p, p))
    return pmf


@cache
def _middles(n: int) -> tuple[float, ...]:
    return tuple((i + 0.5) / n for i in range(n))


def _is_night(clock: time) -> bool:
    return clock >= NIGHT_FROM or clock < NIGHT_TO
