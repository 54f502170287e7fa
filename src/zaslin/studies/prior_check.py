"""Prior predictive check of the routes: what the assumptions foretell of crossings by 4,500 cruise missiles, beside what was reported.

Nothing is fitted here. Blocks of uncertain inputs are drawn as in every run; for each, routes of five shipped nights' cruise missiles are searched for
entries into Poland before Ukraine's stop, and drones bound for the Danube ports for entries into Romania. The reported figures should lie inside the 90 %
intervals; which assumptions were set so that they do is told in docs/decisions/0009-routes-and-the-border.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zaslin import draws
from zaslin.atlas.borders import COUNTRIES
from zaslin.atlas.ground import Ground, load_ground
from zaslin.scenario.catalogue import launch_areas, model_for, route_assumptions, ukraine_layer
from zaslin.scenario.night import Night
from zaslin.scenario.routes import RouteAssumptions
from zaslin.scenario.shipped import night
from zaslin.world.compile_night import compile_night
from zaslin.world.layer import exposures_of, mean_survival
from zaslin.world.night_arrays import CRUISE, DRONE, NightInputs
from zaslin.world.stays import stays_of
from zaslin.world.tagging import search

NIGHTS = ("2022-11-15", "2023-09-04", "2023-12-29", "2024-03-24", "2024-08-26")
"""The nights by which the assumptions were set (decision 0009). Nights that ship later do not move the check: they can test it."""

LAUNCHED = 4_500
"""Subsonic cruise missiles launched from autumn 2022 to the end of 2024, about: the basis of DESIGN's three Polish events."""

EVENTS = 3
"""Reported Polish cruise incursions: 2022-12-16, 2023-12-29, 2024-03-24 (scenario/data/incidents.csv)."""

REPORTED = {
    "count": (3.0, 3.0),
    "shortest_s": (39.0, 39.0),
    "middle_s": (120.0, 180.0),
    "shallowest_m": (1.5e3, 2e3),
    "middle_path_m": (26e3, 40e3),
    "longest_path_m": (400e3, 500e3),
    "count_ro": (0.0, 1.0),
    "danube_share": (0.01, 0.03),
}
"""What is reported (low, high). Poland: the number of incursions by cruise missiles; of the three, the shortest stay and the least depth (2024-03-24),
the middle stay and path inside (2023-12-29: under 180 s, 120 s is an assumption; about 40 km as a path, 26 km is 120 s at 800 km/h), the longest path (the
wreck near Bydgoszcz, some 500 km straight on; 400 km is an assumption). Romania: none is confirmed, one is claimed and denied (2023-02-10). The share
of drones bound for the Danube ports that enter Romania, at any depth (DESIGN)."""

MIN_S, MIN_DEPTH_M = 60.0, 1_000.0
"""An observable incursion: at least so long or so deep inside (DESIGN, measure `incursions`)."""


@dataclass(frozen=True)
class Interval:
    """A 90 % predictive interval with its median, beside the reported range. `holds`: the two ranges meet."""

    name: str
    low: float
    median: float
    high: float
    reported: tuple[float, float]

    @property
    def holds(self) -> bool:
        """Whether the reported range meets the interval."""
        return self.low <= self.reported[1] and self.reported[0] <= self.high


@dataclass(frozen=True)
class PriorCheck:
    """`intervals` by name as in REPORTED. `rate`: expected Polish incursions per launched missile in each block; `danube`: share of the drones for the
    ports that enter Romania; `failed_share`: share of the expected Polish incursions that are gross failures; `blocks`, `routes`: how much was
    drawn (routes per night, group and block).
    """

    intervals: dict[str, Interval]
    rate: tuple[float, ...]
    danube: tuple[float, ...]
    failed_share: float
    blocks: int
    routes: int

    @property
    def holds(self) -> bool:
        """Whether every reported range meets its interval."""
        return all(interval.holds for interval in self.intervals.values())


@dataclass(frozen=True)
class _Entries:
    """Observable entries of a class into a country, over route draws: weight (expected number per threat launched), duration, depth, path, failed."""

    weight: np.ndarray
    duration_s: np.ndarray
    depth_m: np.ndarray
    path_m: np.ndarray
    failed: np.ndarray


def prior_check(
    seed: int = 1,
    blocks: int = 100,
    routes: int = 1_000,
    assumptions: RouteAssumptions | None = None,
    sets: int = 4_000,
    nights: Sequence[str] = NIGHTS,
) -> PriorCheck:
    """Predictive intervals under the route assumptions (default: the shipped ones).

    seed: luck; blocks: draws of the uncertain inputs, >= 2; routes: route draws per night, group and block; sets: resampled sets of three events.
    nights: ids of shipped nights, their missiles in proportion to the counts.
    """
    ground = load_ground()
    using = assumptions or route_assumptions()
    pairs = [_block_entries(ground, using, seed, block, routes, nights) for block in range(blocks)]
    polish, romanian = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    danube = np.array([_danube_share(ground, using, seed, block, routes) for block in range(blocks)])
    rate, rate_ro = (np.array([entries.weight.sum() for entries in side]) for side in (polish, romanian))
    rng = np.random.Generator(np.random.Philox(key=[seed, draws.entity_id("prior check") & 0xFFFFFFFF]))
    counts, counts_ro = (rng.poisson(LAUNCHED * x[:, None], (blocks, 200)).ravel() for x in (rate, rate_ro))
    samples: dict[str, list[float]] = {name: [] for name in REPORTED if name.endswith(("_s", "_m"))}
    # Which block the world is in is weighed by how well it agrees with the reported number: sets of three come from worlds that have three.
    chance = rate**EVENTS * np.exp(-LAUNCHED * (rate - rate.mean()))
    for block in rng.choice(blocks, size=sets, p=chance / chance.sum()):
        entries = polish[block]
        three = rng.choice(len(entries.weight), size=EVENTS, p=entries.weight / entries.weight.sum())
        durations, paths = np.sort(entries.duration_s[three]), np.sort(entries.path_m[three])
        samples["shortest_s"].append(durations[0])
        samples["middle_s"].append(durations[1])
        samples["middle_path_m"].append(paths[1])
        samples["longest_path_m"].append(paths[2])
        samples["shallowest_m"].append(entries.depth_m[three].min())
    values = {"count": counts, "count_ro": counts_ro, "danube_share": danube} | {name: np.array(rows) for name, rows in samples.items()}
    total = sum(entries.weight.sum() for entries in polish)
    failed = sum(entries.weight[entries.failed].sum() for entries in polish)
    return PriorCheck(
        intervals={name: _interval(name, values[name]) for name in REPORTED},
        rate=tuple(float(x) for x in rate),
        danube=tuple(float(x) for x in danube),
        failed_share=float(failed / total) if total else 0.0,
        blocks=blocks,
        routes=routes,
    )


def _interval(name: str, values: np.ndarray) -> Interval:
    low, median, high = (float(x) for x in np.quantile(values, (0.05, 0.5, 0.95)))
    return Interval(name, low, median, high, REPORTED[name])


def _compile(item: Night, ground: Ground, using: RouteAssumptions, seed: int, block: int) -> NightInputs:
    models = {name: model_for(name) for group in item.groups for name in group.models}
    return compile_night(item, ukraine_layer(item.end_utc.date()), using, models, launch_areas(), ground, seed, block)


def _block_entries(ground: Ground, using: RouteAssumptions, seed: int, block: int, routes: int, nights: Sequence[str]) -> tuple[_Entries, _Entries]:
    """Polish and Romanian entries of the nights' cruise missiles in one block, per missile launched."""
    polish: list[_Entries] = []
    romanian: list[_Entries] = []
    launched = 0.0
    for which in nights:
        inputs = _compile(night(which), ground, using, seed, block)
        for group, row in enumerate(inputs.night.groups):
            choices = inputs.night.choices[row["choice_from"] : row["choice_to"]]
            share = np.diff(choices["cum"], prepend=0.0)[inputs.night.models["cls"][choices["model"]] == CRUISE].sum()
            if share > 0.0:
                for country, parts in (("PL", polish), ("RO", romanian)):
                    parts.append(_entries(inputs, ground, seed, block, group, COUNTRIES.index(country), CRUISE, routes, float(row["n"])))
                launched += float(row["n"]) * float(share)
    return _joined(polish, launched), _joined(romanian, launched)


def _joined(parts: list[_Entries], launched: float) -> _Entries:
    stacked = [np.concatenate([getattr(part, name) for part in parts]) for name in ("weight", "duration_s", "depth_m", "path_m", "failed")]
    return _Entries(stacked[0] / launched, *stacked[1:])


def _entries(
    inputs: NightInputs,
    ground: Ground,
    seed: int,
    block: int,
    group: int,
    country: int,
    cls: int,
    n: int,
    count: float,
    bound: np.ndarray | None = None,
    any_level: bool = False,
) -> _Entries:
    """First stays of a group's routes in a country, observable ones or any; weight: expected number from `count` threats. bound: AIM rows that
    count (None: all)."""
    night = inputs.night
    found = search(inputs, ground, seed, block, group, 1 + country, 0, n)
    chosen = (found.excursion >> country & 1 == 1) & (night.models["cls"][found.paths["model"]] == cls)
    if bound is not None:
        chosen &= bound[found.paths["aim"]]
    paths, ratio = found.paths[chosen], found.ratio[chosen]
    rows, _ = stays_of(night.near, ground, found.verts, paths)
    rows = rows[rows["country"] == country]
    rows = rows[np.unique(rows["threat"], return_index=True)[1]]
    exposed = np.empty(len(paths))
    exposures_of(night.region_weight, ground.fields, found.verts, paths, rows["entry_s"], exposed)
    seen = any_level | (rows["inside_s"] >= MIN_S) | (rows["depth_m"] >= MIN_DEPTH_M)
    weight = count / n * ratio * mean_survival(night.layers, paths["layer"], exposed)
    return _Entries(weight[seen], rows["inside_s"][seen], rows["depth_m"][seen], rows["path_m"][seen], paths["failed"][seen] == 1)


def _danube_share(ground: Ground, using: RouteAssumptions, seed: int, block: int, routes: int) -> float:
    """Of the drones of the Danube night that are bound for the ports: the expected share that enters Romania before Ukraine stops it."""
    inputs = _compile(night("2023-09-04"), ground, using, seed, block)
    country = COUNTRIES.index("RO")
    ports = inputs.night.aims["danube"] == 1
    choice = inputs.night.choices[inputs.night.groups[0]["choice_from"]]
    weights = np.diff(inputs.night.aims["cum"][choice["aim_from"] : choice["aim_to"]], prepend=0.0)
    bound = float(weights[ports[choice["aim_from"] : choice["aim_to"]]].sum() / weights.sum())
    return float(_entries(inputs, ground, seed, block, 0, country, DRONE, routes, 1.0, ports, any_level=True).weight.sum()) / bound
