"""What the routes foretell of crossings, month by month and border by border, beside what the incident table counts; nothing is fitted.

Prior predictive: per block of uncertain inputs, the expected incursions per launched threat of a class, over shipped nights in proportion to their counts,
before Ukraine's stop and without any coalition; times launched; times the share that would be seen and told. Cruise missiles must be observable (at
least 60 s or 1 km inside); drones count at any depth, because their wrecks do.

Known to be crude: one rate for all months (the Danube ports were no targets before July 2023); shipped nights were often chosen *because* something crossed; a
threat is counted here, a night in the table. So a table's count below the model's says little, one far above it says much.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from scipy.stats import poisson

from zaslin.atlas.borders import COUNTRIES
from zaslin.atlas.ground import load_ground
from zaslin.scenario.border import CLASSES, Launched, shipped_launched
from zaslin.scenario.catalogue import route_assumptions
from zaslin.scenario.routes import RouteAssumptions
from zaslin.scenario.shipped import night, night_ids
from zaslin.scenario.threat import CLASSES as ALL_CLASSES
from zaslin.studies.border_events import BorderRate, BorderRates, border_rates, reach_by_quantile
from zaslin.studies.entries import class_share, compile_block, entries_of
from zaslin.world.stays import N_NEIGHBOURS

BORDERS = (("PL", "cruise"), ("PL", "drone"), ("RO", "cruise"), ("RO", "drone"), ("MD", "cruise"), ("MD", "drone"), ("LV", "drone"))
"""Borders of the model where an incident is counted. Bulgaria and Belarus are no neighbours whose entries the model knows."""

RouteRates = dict[tuple[str, str], np.ndarray]
"""(country, class) → expected incursions per launched threat, one number per block."""


@dataclass(frozen=True)
class Expected:
    """One border, class and month (``all``: the whole time). `crossings`: expected true ones, with the 90 % range over inputs; `told_low`, `told_high`: 90 %
    predictive interval of those seen and told; `counted_low`, `counted_high`: incident-nights of the table, without and with the doubtful.
    `p`: two-sided tail chance of such a count; `blind`: nobody could tell, so there is no interval and no p.
    """

    country: str
    threat_class: str
    month: str
    launched: int
    crossings: float
    crossings_low: float
    crossings_high: float
    told_low: float | None
    told_high: float | None
    counted_low: int
    counted_high: int
    p: float | None
    blind: bool


def route_rates(
    seed: int = 1,
    blocks: int = 8,
    routes: int = 200,
    nights: Sequence[str] | None = None,
    borders: Sequence[tuple[str, str]] = BORDERS,
    assumptions: RouteAssumptions | None = None,
) -> RouteRates:
    """Expected incursions per launched threat, per block (what counts as one: above).

    seed: luck; blocks: draws of the uncertain inputs; routes: per night, group, border and block. nights: ids of shipped nights (default: all).
    borders: pairs of country and class; the country must be a neighbour of the model.
    """
    ground, using = load_ground(), assumptions or route_assumptions()
    found: dict[tuple[str, str], list[float]] = {border: [] for border in borders}
    for block in range(blocks):
        sums: dict[tuple[str, str], float] = defaultdict(float)
        launched: dict[str, float] = defaultdict(float)
        for which in night_ids() if nights is None else nights:
            inputs = compile_block(night(which), ground, using, seed, block)
            for group, row in enumerate(inputs.night.groups):
                for name in CLASSES:
                    cls = ALL_CLASSES.index(name)
                    share = class_share(inputs, group, cls)
                    if share <= 0.0:
                        continue
                    n = float(row["n"])
                    launched[name] += n * share
                    for country, its in borders:
                        if its == name:
                            entries = entries_of(inputs, ground, seed, block, group, COUNTRIES.index(country), cls, routes, n, any_level=name == "drone")
                            sums[country, its] += entries.expected
        for border in borders:
            found[border].append(sums[border] / launched[border[1]] if launched[border[1]] else 0.0)
    return {border: np.array(values) for border, values in found.items()}


def border_expected(rates: RouteRates, launched: Launched | None = None, counted: BorderRates | None = None, monthly: bool = True) -> tuple[Expected, ...]:
    """Expected against counted, for the whole time and (monthly) for every month. rates: from `route_rates`; counted: default, `border_rates(launched)`."""
    using = launched if launched is not None else shipped_launched()
    table = counted if counted is not None else border_rates(using)
    out = []
    for (country, cls), per_threat in rates.items():
        rate = next((item for item in table.rates if (item.country, item.threat_class) == (country, cls)), None)
        months = dict(using.get(cls, {}))
        spans: list[tuple[str, dict[str, int]]] = [("all", months)]
        if monthly:
            spans += [(month, {month: n}) for month, n in sorted(months.items())]
        out += [_expected(country, cls, label, span, per_threat, rate) for label, span in spans]
    return tuple(out)


def border_expected_json(rows: Sequence[Expected]) -> list[dict[str, object]]:
    """The rows as plain data."""
    return [asdict(row) for row in rows]


def is_modelled(country: str) -> bool:
    """Whether routes are asked for entries into this country: the model's neighbours 1 to 8."""
    return country in COUNTRIES[1 : N_NEIGHBOURS + 1]


def _expected(country: str, cls: str, label: str, span: dict[str, int], per_threat: np.ndarray, rate: BorderRate | None) -> Expected:
    n = sum(span.values())
    own = [] if rate is None else [night for night in rate.nights if label in ("all", night.date.strftime("%Y-%m"))]
    counted_low, counted_high = sum(night.low >= 1.0 for night in own), len(own)
    crossings = per_threat * n
    reach = reach_by_quantile(country, cls, span)
    blind = not reach.any()
    told_low = told_high = p = None
    if not blind:
        mean = (per_threat[:, None] * reach[None, :]).ravel()
        told_low, told_high = _poisson_quantile(mean, 0.05), _poisson_quantile(mean, 0.95)
        below = float(poisson.cdf(counted_high, mean).mean())
        above = float(poisson.sf(counted_low - 1, mean).mean())
        p = min(1.0, 2.0 * min(below, above))
    low, high = (float(x) for x in np.quantile(crossings, (0.05, 0.95)))
    return Expected(country, cls, label, n, float(crossings.mean()), low, high, told_low, told_high, counted_low, counted_high, p, blind)


def _poisson_quantile(means: np.ndarray, p: float) -> float:
    """Smallest k at which the mixture of Poisson laws reaches p."""
    k = 0
    while float(poisson.cdf(k, means).mean()) < p:
        k += 1
    return float(k)


