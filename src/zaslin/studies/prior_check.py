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
from zaslin.scenario.catalogue import route_assumptions
from zaslin.scenario.routes import RouteAssumptions
from zaslin.scenario.shipped import night
from zaslin.studies.entries import Entries, class_share, compile_block, entries_of, joined
from zaslin.world.night_arrays import CRUISE, DRONE

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


def _block_entries(ground: Ground, using: RouteAssumptions, seed: int, block: int, routes: int, nights: Sequence[str]) -> tuple[Entries, Entries]:
    """Polish and Romanian entries of the nights' cruise missiles in one block, per missile launched."""
    polish: list[Entries] = []
    romanian: list[Entries] = []
    launched = 0.0
    for which in nights:
        inputs = compile_block(night(which), ground, using, seed, block)
        for group, row in enumerate(inputs.night.groups):
            share = class_share(inputs, group, CRUISE)
            if share > 0.0:
                for country, parts in (("PL", polish), ("RO", romanian)):
                    parts.append(entries_of(inputs, ground, seed, block, group, COUNTRIES.index(country), CRUISE, routes, float(row["n"])))
                launched += float(row["n"]) * share
    return joined(polish, launched), joined(romanian, launched)


def _danube_share(ground: Ground, using: RouteAssumptions, seed: int, block: int, routes: int) -> float:
    """Of the drones of the Danube night that are bound for the ports: the expected share that enters Romania before Ukraine stops it."""
    inputs = compile_block(night("2023-09-04"), ground, using, seed, block)
    country = COUNTRIES.index("RO")
    ports = inputs.night.aims["danube"] == 1
    choice = inputs.night.choices[inputs.night.groups[0]["choice_from"]]
    weights = np.diff(inputs.night.aims["cum"][choice["aim_from"] : choice["aim_to"]], prepend=0.0)
    bound = float(weights[ports[choice["aim_from"] : choice["aim_to"]]].sum() / weights.sum())
    return float(entries_of(inputs, ground, seed, block, 0, country, DRONE, routes, 1.0, ports, any_level=True).weight.sum()) / bound
