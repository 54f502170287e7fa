"""Rare crossings without waiting for them: routes that enter a neighbour are found beforehand, put into ordinary raids, and weighed.

**The estimator.** Let f be an additive measure that is zero for a threat whose free flight stays out of country k (incursions, overflight,
debris after an entry). Threats of a group g are alike and, given the replicate's night effect, independent; so with A = "the planned or
failed route enters k"

    E[Σ f] = n_g · P(A) · E[ S · f | a tagged route from A, not stopped by Ukraine before its first entry into k ]

with S the chance that Ukraine's layer lets it come that far, in that replicate. `find_tags` draws N routes per group, without a raid around
them; `draw_tagged` puts one hit into an otherwise ordinary raid of any replicate of the block, in the place of one threat of its group,
with the weight

    n_g · w / N · S

so the sum of weight · f over **all** hits of (g, k), each flown once, estimates E[Σ f] of the group and country; over blocks one takes the
mean. w is the likelihood ratio of a tilted draw: gross failures are drawn at 5 % (TILTED_FAILURE) and weighed back, for they are the rarest
and the deepest crossings. Whoever flies only some of the hits divides their `share` by the chance that they were kept.

**Its two errors.** P(A) is known from N routes; f given A from as many raids as hits are flown. Both show in the spread of block sums
between blocks, together with the input uncertainty: an interval made from block sums contains all three. `Tags.chance` gives P(A) with the
standard error of the first part alone.

A measure that is not zero off A (debris that falls abroad from a threat which itself stays in Ukraine) needs the plain replicates for
that part. Tagged draws share the replicate's night effect and every other draw with the plain raid of that replicate, so packages stay paired.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zaslin import draws
from zaslin.atlas.ground import Ground
from zaslin.world.arrays import Raid
from zaslin.world.night_arrays import ORDER, STEERED, NightInputs
from zaslin.world.paths import draw_paths
from zaslin.world.raid import draw_raid_with_tag
from zaslin.world.stays import N_NEIGHBOURS, entered_by

TAG_LUCK = 1
"""Row of ROUTE under which tagged routes are drawn."""

_ROUTE_FLAG = 1 << 62
"""Marks the key of route-only draws: no replicate has it."""


@dataclass(frozen=True)
class Hit:
    """A route that enters `country` (index): route-only draw `index` of `group` (row) in its block, under ROUTE row `luck`. `share`: its likelihood
    ratio over the number of routes drawn; the sum of `share` over all hits of (group, country) estimates P(A). `survive`: chance to come through Ukraine's
    layer up to the first entry, the night effect averaged, where the search asked for it (given crossings); else 1.
    """

    group: int
    country: int
    index: int
    model: int
    failed: bool
    luck: int
    share: float
    survive: float = 1.0


@dataclass(frozen=True)
class Tags:
    """What `find_tags` found: hits sorted by (group, country, index), the number of routes drawn per group, and per (group, country) the chance
    P(A) with its standard error. A pair without a hit has no entry: its chance is below about 3 / n_routes (for planned routes, at 95 %).
    """

    block: int
    n_routes: int
    hits: tuple[Hit, ...]
    chance: dict[tuple[int, int], tuple[float, float]]


def find_tags(inputs: NightInputs, ground: Ground, seed: int, block: int, n_routes: int = 2_000) -> Tags:
    """Route-only draws for every group that flies over way-points; all that enter a neighbour.

    inputs: compiled with the same seed and block. n_routes: draws per group, 1 to 2**24.
    """
    if not 1 <= n_routes <= 1 << 24:
        raise ValueError(f"n_routes: {n_routes} came; give 1 to {1 << 24}")
    hits: list[Hit] = []
    chance: dict[tuple[int, int], tuple[float, float]] = {}
    for group in range(len(inputs.group_ids)):
        if not _steered(inputs, group):
            continue
        routes = search(inputs, ground, seed, block, group, TAG_LUCK, 0, n_routes)
        for country in range(1, N_NEIGHBOURS + 1):
            found = np.flatnonzero(routes.excursion >> country & 1)
            if not len(found):
                continue
            value = np.zeros(n_routes)
            value[found] = routes.ratio[found]
            chance[group, country] = (float(value.mean()), float(value.std() / np.sqrt(n_routes)))
            hits += [routes.hit(int(i), country, float(routes.ratio[i]) / n_routes) for i in found]
    return Tags(block, n_routes, tuple(hits), chance)


def draw_tagged(inputs: NightInputs, ground: Ground, seed: int, replicate: int, hit: Hit) -> Raid:
    """The ordinary raid of `replicate` with one threat of the hit's group flying the hit's route, not stopped before it enters the country.

    The threat is chosen by keyed luck among those that may be of the hit's model, and keeps its name; its THREAT weight is the estimator's, the others' is 1.
    """
    return draw_with_weight(inputs, ground, seed, replicate, hit, float(inputs.night.groups[hit.group]["n"]) * hit.share)


def draw_with_weight(inputs: NightInputs, ground: Ground, seed: int, replicate: int, hit: Hit, weight: float) -> Raid:
    """As `draw_tagged`, with the caller's `weight` times the chance S, in this replicate, that Ukraine's layer lets the threat come to its entry."""
    raid, survive = _with_hit(inputs, ground, seed, replicate, hit)
    raid.threats["weight"][raid.tag] = weight * survive
    return raid


def _with_hit(inputs: NightInputs, ground: Ground, seed: int, replicate: int, hit: Hit) -> tuple[Raid, float]:
    night = inputs.night
    mine = np.flatnonzero((night.group_of == hit.group) & ((night.fixed_model < 0) | (night.fixed_model == hit.model)))
    tag = int(mine[min(int(_keyed(inputs, seed, replicate, hit) * len(mine)), len(mine) - 1)])
    return draw_raid_with_tag(inputs, ground, seed, replicate, tag, route_orders(inputs, hit.group, hit.luck, inputs.block, hit.index, 1)[0], hit.country)


def _keyed(inputs: NightInputs, seed: int, key: int, hit: Hit) -> float:
    entity = np.uint64(inputs.night.groups[hit.group]["entity"])
    return float(draws.uniform(np.uint64(seed), np.uint64(key), entity, draws.TAG, hit.index * 16 + hit.country))


def route_orders(inputs: NightInputs, group: int, luck: int, block: int, first: int, n: int) -> np.ndarray:
    """ORDER records of route-only draws first … first + n - 1 (below 2**24) of a group in a block: keys that no replicate has."""
    orders = np.zeros(n, dtype=ORDER)
    orders["entity"], orders["group"], orders["fixed"], orders["luck"] = inputs.night.groups[group]["entity"], group, -1, luck
    orders["key"] = (_ROUTE_FLAG | block << 24) + np.arange(first, first + n, dtype=np.uint64)
    return orders


@dataclass(frozen=True)
class Routes:
    """Route-only draws first … first + n - 1 of a group. `excursion`: bits of the neighbours entered (n,); `ratio`: likelihood ratio of the draw, ordinary
    over tilted (n,); `verts`, `paths`: as `draw_paths` gives them.
    """

    group: int
    luck: int
    first: int
    excursion: np.ndarray
    ratio: np.ndarray
    verts: np.ndarray
    paths: np.ndarray

    def hit(self, i: int, country: int, share: float) -> Hit:
        """The i-th route as a hit of `country`."""
        return Hit(self.group, country, self.first + i, int(self.paths["model"][i]), bool(self.paths["failed"][i]), self.luck, share)


def search(inputs: NightInputs, ground: Ground, seed: int, block: int, group: int, luck: int, first: int, n: int) -> Routes:
    """Draw routes of a group under ROUTE row `luck`, without a raid around them."""
    night = inputs.night
    verts, paths = draw_paths(night, ground, seed, route_orders(inputs, group, luck, block, first, n))
    excursion = np.zeros(n, dtype=np.uint32)
    entered_by(night.near, ground, verts, paths, excursion)
    steered = np.isin(night.models["cls"][paths["model"]], STEERED)
    excursion[~steered] = 0
    plain, tilted = night.route[0], night.route[luck]
    ratio = np.ones(n)
    p, q = float(plain["gross_failure"]), float(tilted["gross_failure"])
    if p != q:
        ratio = np.where(paths["failed"] == 1, p / q, (1.0 - p) / (1.0 - q))
    for k in np.flatnonzero(plain["keeps"] != tilted["keeps"]):
        p, q = float(plain["keeps"][k]), float(tilted["keeps"][k])
        ratio = ratio * np.where(paths["asked"] >> k & 1 == 1, p / q, (1.0 - p) / (1.0 - q))
    return Routes(group, luck, first, excursion, np.where(steered, ratio, 1.0), verts, paths)


def _steered(inputs: NightInputs, group: int) -> bool:
    g = inputs.night.groups[group]
    return bool(np.isin(inputs.night.models["cls"][inputs.night.choices["model"][g["choice_from"] : g["choice_to"]]], STEERED).any())
