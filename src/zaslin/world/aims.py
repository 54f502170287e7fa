"""What a report's targets and corridors mean on the ground: places weighted by population, gates of coarse corridors, points to go round by.

Public geography only: towns by their size, never an installation. The gates are the sides from which reports say that threats come, as points with a
wide spread; a gate's or refuge's place is an assumption.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from zaslin.atlas.cities import places
from zaslin.atlas.regions import MACRO, REGIONS, macro_of, region_geometry, region_index
from zaslin.plane import project
from zaslin.world.night_arrays import AIM, AREA

SMALLEST = 20_000
"""Towns smaller than this are no aim unless their region has none so large (assumption)."""

SPREAD_M = 2_000.0
"""Standard deviation of an aim about its town's middle, m, east and north (assumption, 500–5,000)."""

PORT_SPREAD_M = 700.0
"""The same for the Danube ports, m: a quay lies at most some 3 km from the town's middle (assumption, 300–2,000)."""

DANUBE_PORTS = ("Reni", "Izmail", "Kiliia")

NOT_AIMED_AT = ("Crimea", "Sevastopol", "Luhansk oblast", "Donetsk oblast")
"""Units that "Ukraine" or a macro-region does not mean: wholly or largely under occupation in the years modelled. Named alone they count."""

_GATES = (
    ("north-east", 51.9, 33.6, 60_000.0),
    ("east", 49.8, 37.8, 60_000.0),
    ("south-east", 47.3, 36.6, 60_000.0),
    ("south", 46.4, 33.0, 60_000.0),
    ("Black Sea", 45.9, 31.3, 40_000.0),
    ("Danube coast", 45.85, 30.15, 12_000.0),
)
"""Coarse corridors (name, degrees, spread in m), the Danube's last: assumptions; the sides are those that the daily reports name."""

_REFUGES = (
    (50.3, 28.6), (49.2, 28.5), (49.5, 25.6), (50.7, 26.2), (48.5, 24.9), (47.9, 33.4), (46.1, 31.1), (45.95, 29.75), (45.55, 28.85),
)  # fmt: skip
"""Points inland and at sea, for the fallback alone (assumption); the last two lie in the Budjak, between Moldova and Romania."""


def gates() -> np.ndarray:
    """AREA rows of the corridors' gates; the last is the Danube coast."""
    rows = np.zeros(len(_GATES), dtype=AREA)
    for row, (_, lat, lon, spread_m) in zip(rows, _GATES, strict=True):
        row["x"], row["y"] = project(lat, lon)
        row["spread_m"] = spread_m
    return rows


def refuges() -> np.ndarray:
    """Plane points, shape (n, 2), m."""
    return np.array([project(lat, lon) for lat, lon in _REFUGES])


def regions_of(targets: tuple[str, ...]) -> tuple[int, ...]:
    """Region indices that a group's targets mean; an unknown name raises InputError that names the nearest."""
    out: dict[int, None] = {}
    for target in targets:
        if target == "Ukraine" or target in MACRO:
            for index, name in enumerate(REGIONS):
                if name not in NOT_AIMED_AT and target in ("Ukraine", macro_of(name)):
                    out[index] = None
        else:
            out[region_index(target)] = None
    return tuple(sorted(out))


def aims(targets: tuple[str, ...], share_west: float | None, share_danube: float | None, share_ports: float | None = None) -> np.ndarray:
    """AIM rows for a group's targets, weight by population.

    share_west: where "Ukraine" is a target, the share of the western macro-region (None: by population). share_danube: where "Odesa oblast" is
    named, the share of that oblast's weight that goes to the Danube ports (None: by population). share_ports: where "Ukraine" is a target, the share of all
    that goes to those ports (None: by population).
    """
    wanted = regions_of(targets)
    rows = np.concatenate([_places(index) for index in wanted])
    weight = rows["cum"].copy()
    if share_danube is not None and "Odesa oblast" in targets:
        odesa = rows["region"] == region_index("Odesa oblast")
        weight = _reshare(weight, odesa & (rows["danube"] == 1), odesa & (rows["danube"] == 0), share_danube)
    if share_west is not None and "Ukraine" in targets:
        west = np.isin(rows["region"], [index for index, name in enumerate(REGIONS) if macro_of(name) == "west"])
        weight = _reshare(weight, west, ~west, share_west)
    if share_ports is not None and "Ukraine" in targets:
        weight = _reshare(weight, rows["danube"] == 1, rows["danube"] == 0, share_ports)
    rows["cum"] = np.cumsum(weight)
    return rows


def _reshare(weight: np.ndarray, part: np.ndarray, rest: np.ndarray, share: float) -> np.ndarray:
    """Weights in which `part` has `share` of what part and rest have together."""
    total, inside, outside = weight[part | rest].sum(), weight[part].sum(), weight[rest].sum()
    if inside == 0.0 or outside == 0.0:
        return weight
    out = weight.copy()
    out[part] *= share * total / inside
    out[rest] *= (1.0 - share) * total / outside
    return out


@cache
def _places(region: int) -> np.ndarray:
    """A region's aims with their population in `cum`."""
    every = places()
    towns = [(every.name[i], float(every.lat[i]), float(every.lon[i]), int(every.population[i])) for i in np.flatnonzero(every.region == region)]
    chosen = [town for town in towns if town[3] >= SMALLEST or _port(region, town[0])] or towns[:1]
    if not chosen:
        point = region_geometry(REGIONS[region]).representative_point()
        chosen = [(REGIONS[region], point.y, point.x, 1)]
    rows = np.zeros(len(chosen), dtype=AIM)
    for row, (name, lat, lon, population) in zip(rows, chosen, strict=True):
        row["x"], row["y"] = project(lat, lon)
        row["region"], row["cum"] = region, float(population)
        row["danube"] = _port(region, name)
        row["spread_m"] = PORT_SPREAD_M if row["danube"] else SPREAD_M
    rows.flags.writeable = False
    return rows


def _port(region: int, name: str) -> bool:
    return REGIONS[region] == "Odesa oblast" and name in DANUBE_PORTS
