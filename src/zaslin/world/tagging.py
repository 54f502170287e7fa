"""Rare crossings without waiting for them: routes that enter a neighbour are found beforehand, put into ordinary raids, and weighed.

**The estimator.** Let f be an additive measure that is zero for a threat whose free flight stays out of country k (incursions, overflight,
debris after an entry). Threats of a group g are alike and, given the replicate's night effect, independent; so with A = "the planned or
failed route enters k"

    E[Σ f] = n_g · P(A) · E[ S · f | a tagged route from A, not stopped by Ukraine before its first entry into k ]

with S the chance that Ukraine's layer lets it come that far, given the night effect. `find_tags` draws N routes per group, without a raid around
them; `draw_tagged` puts one hit into an otherwise ordinary raid of the block, in the place of one threat of its group, with the weight

    n_g · w / N · S̄

so the sum of weight · f over **all** hits of (g, k), each flown once, estimates E[Σ f] of the group and country; over blocks one takes the
mean. w is the likelihood ratio of a tilted draw: gross failures are drawn at 5 % (TILTED_FAILURE), drones that lose their navigation at 10 % or more
(TILTED_SPOOFED), and weighed back, for they are the rarest and the deepest crossings. Whoever flies only some of the hits divides their `share` by the chance
that they were kept.

**The night of a hit.** S differs between nights by factors, and most of what comes through comes on the few nights on which Ukraine's layer is weak.
So the night is drawn with the chance P(m | crossing) ∝ P(m) · S(m): of NIGHTS replicates that no plain raid has, one in proportion to S, and S̄ is
the mean of S over all of them. E[S̄ f] over that draw is E[S f] exactly, and the weight hardly varies.

**Its two errors.** P(A) is known from N routes; f given A from as many raids as hits are flown. Both show in the spread of block sums
between blocks, together with the input uncertainty: an interval made from block sums contains all three. `Tags.chance` gives P(A) with the
standard error of the first part alone.

A measure that is not zero off A (debris that falls abroad from a threat which itself stays in Ukraine) needs the plain replicates for
that part. Every package meets the same tagged raids, so they stay paired.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import repeat
from typing import NamedTuple

import numpy as np

from zaslin import draws
from zaslin.atlas.ground import Ground
from zaslin.world.arrays import GROSS_FAILURE, INSIDE, Raid
from zaslin.world.layer import exposures_of, hazard_share, mean_survival, survivals
from zaslin.world.night_arrays import DRONE, ORDER, STEERED, NightInputs
from zaslin.world.paths import draw_paths
from zaslin.world.raid import around, draw_raid_with_tag, draw_tag_alone
from zaslin.world.stays import N_NEIGHBOURS, entered_by, stays_of

TAG_LUCK = 1
"""Row of ROUTE under which tagged routes are drawn."""

NIGHTS = 1 << 10
"""Replicates of a block among which a tagged threat's night is drawn."""

FIRST_NIGHT = 1 << 24
"""The first of them in block 0; plain replicates stay far below."""

_ROUTE_FLAG = 1 << 62
"""Marks the key of route-only draws: no replicate has it."""


class Hit(NamedTuple):
    """A route that enters `country` (index): route-only draw `index` of `group` (row) in its block, under ROUTE row `luck`. `share`: its likelihood
    ratio over the number of routes drawn; the sum of `share` over all hits of (group, country) estimates P(A). `layer`, `exposed_s`: its row of Ukraine's
    layer and the exposure to it up to the first entry (times `hazard_share`); `survive`: the chance to come so far, the night effect averaged. `inside_s`:
    time inside the country. `kept`: the chance with which the hit was chosen among those found, by which `share` is divided.
    """

    group: int
    country: int
    index: int  # type: ignore[assignment]  # tuples have a method of this name, which nobody asks a hit for
    model: int
    failed: bool
    luck: int
    share: float
    layer: int = 0
    exposed_s: float = 0.0
    survive: float = 1.0
    inside_s: float = 0.0
    kept: float = 1.0


@dataclass(frozen=True)
class Tags:
    """What `find_tags` found: hits sorted by (group, country, index); per group `n_routes`, routes drawn (0: it flies straight), and `threats`, its
    size; per (group, country) the chance P(A) with its standard error. A pair without a hit has no entry: its chance is below about 3 / n_routes
    (for planned routes, at 95 %).
    """

    block: int
    n_routes: tuple[int, ...]
    threats: tuple[int, ...]
    hits: tuple[Hit, ...]
    chance: dict[tuple[int, int], tuple[float, float]]


def find_tags(inputs: NightInputs, ground: Ground, seed: int, block: int, n_routes: int | Sequence[int] = 2_000) -> Tags:
    """Route-only draws for every group that flies over way-points; all that enter a neighbour.

    inputs: compiled with the same seed and block. n_routes: draws per group (one number for all, or one each), 1 to 2**24.
    """
    night = inputs.night
    wanted = [int(n) for n in np.broadcast_to(np.asarray(n_routes), len(inputs.group_ids))]
    for n in wanted:
        if not 1 <= n <= 1 << 24:
            raise ValueError(f"n_routes: {n} came; give 1 to {1 << 24}")
    drawn = [n if _steered(inputs, group) else 0 for group, n in enumerate(wanted)]
    hits: list[Hit] = []
    chance: dict[tuple[int, int], tuple[float, float]] = {}
    for group, n in enumerate(drawn):
        if n == 0:
            continue
        routes = search(inputs, ground, seed, block, group, TAG_LUCK, 0, n, sought=True)
        for country in range(1, N_NEIGHBOURS + 1):
            found = np.flatnonzero(routes.excursion >> country & 1)
            if not len(found):
                continue
            value = np.zeros(n)
            value[found] = routes.ratio[found]
            chance[group, country] = (float(value.mean()), float(value.std() / np.sqrt(n)))
            own = routes.stays[routes.stays["country"] == country]
            who, first = np.unique(own["threat"], return_index=True)
            paths = routes.paths[who]
            exposed = np.empty(len(paths))
            exposures_of(night.region_weight, night.near_aims, ground.fields, routes.verts, paths, own["entry_s"][first], exposed)
            exposed *= hazard_share(night.layers, paths)
            survive = mean_survival(night.layers, paths["layer"], exposed)
            inside_s = np.bincount(own["threat"], own["inside_s"])[who]
            luck = np.full(len(who), TAG_LUCK)
            columns = (who, paths["model"], paths["failed"] != 0, luck, routes.ratio[who] / n, paths["layer"], exposed, survive, inside_s)
            hits += map(Hit, repeat(group), repeat(country), *(column.tolist() for column in columns))
    return Tags(block, tuple(drawn), tuple(int(n) for n in night.groups["n"]), tuple(hits), chance)


def draw_tagged(inputs: NightInputs, ground: Ground, seed: int, hit: Hit) -> Raid:
    """An ordinary raid of the hit's block with one threat of its group flying the hit's route, not stopped before it enters the country.

    Its replicate is drawn among NIGHTS of the block that no plain raid has, in proportion to the chance S that Ukraine's layer lets the hit come to its
    entry. The threat is chosen by keyed luck among those that may be of the hit's model, and keeps its name; its THREAT weight is the estimator's, the
    others' is 1.
    """
    return around(draw_tagged_alone(inputs, ground, seed, hit))


def draw_tagged_alone(inputs: NightInputs, ground: Ground, seed: int, hit: Hit) -> Raid:
    """The tagged threat of `draw_tagged` alone; its raid is drawn around it where `Raid.whole` asks for it."""
    first = FIRST_NIGHT + inputs.block * NIGHTS
    chances = np.empty(NIGHTS)
    survivals(inputs.night.layers[hit.layer], np.uint64(seed), np.uint64(first), hit.exposed_s, chances)
    reached = np.cumsum(chances)
    u = _keyed(inputs, seed, int(np.uint64(inputs.block) | draws.BLOCK_FLAG), hit)
    replicate = first + min(int(np.searchsorted(reached, u * reached[-1], side="right")), NIGHTS - 1)
    weight = float(inputs.night.groups[hit.group]["n"]) * hit.share * float(chances.mean())
    alone, _ = _alone(inputs, ground, seed, replicate, hit, lambda _: weight)
    return alone


def draw_with_weight(inputs: NightInputs, ground: Ground, seed: int, replicate: int, hit: Hit, weight: float) -> Raid:
    """The hit's threat in the raid of `replicate`, alone as in `draw_tagged_alone`; its weight is the caller's times the chance S, in this replicate, that
    Ukraine's layer lets the threat come to its entry."""
    return _alone(inputs, ground, seed, replicate, hit, lambda survive: weight * survive)[0]


def _alone(inputs: NightInputs, ground: Ground, seed: int, replicate: int, hit: Hit, weigh: Callable[[float], float]) -> tuple[Raid, float]:
    night = inputs.night
    mine = np.flatnonzero((night.group_of == hit.group) & ((night.fixed_model < 0) | (night.fixed_model == hit.model)))
    tag = int(mine[min(int(_keyed(inputs, seed, replicate, hit) * len(mine)), len(mine) - 1)])
    order = route_orders(inputs, hit.group, hit.luck, inputs.block, hit.index, 1)[0]
    alone, survive = draw_tag_alone(inputs, ground, seed, replicate, tag, order, hit.country)
    weight = alone.threats["weight"][0] = weigh(survive)

    @cache
    def whole() -> Raid:
        raid, _ = draw_raid_with_tag(inputs, ground, seed, replicate, tag, order, hit.country)
        raid.threats["weight"][tag] = weight
        return replace(raid, kept=hit.kept)

    return replace(alone, kept=hit.kept, whole=whole), survive


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
    over tilted (n,); `verts`, `paths`: as `draw_paths` gives them; `stays`: INSIDE records of those that enter a neighbour, there, without depths (`sought`
    alone).
    """

    group: int
    luck: int
    first: int
    excursion: np.ndarray
    ratio: np.ndarray
    verts: np.ndarray
    paths: np.ndarray
    stays: np.ndarray

    def hit(self, i: int, country: int, share: float) -> Hit:
        """The i-th route as a hit of `country`."""
        return Hit(self.group, country, self.first + i, int(self.paths["model"][i]), bool(self.paths["failed"][i]), self.luck, share)


def search(inputs: NightInputs, ground: Ground, seed: int, block: int, group: int, luck: int, first: int, n: int, sought: bool = False) -> Routes:
    """Draw routes of a group under ROUTE row `luck`, without a raid around them. sought: only those that enter a neighbour are asked for; the others may have
    no vertices (`draw_paths`)."""
    night = inputs.night
    verts, paths = draw_paths(night, ground, seed, route_orders(inputs, group, luck, block, first, n), sought)
    excursion, stays = np.zeros(n, dtype=np.uint32), np.zeros(0, dtype=INSIDE)
    if sought:
        some = np.flatnonzero(paths["vert_to"] > paths["vert_from"])
        stays, excursion[some] = stays_of(night.near, ground, verts, paths[some], f" among the routes of block {block}", False, True)
        stays["threat"] = some[stays["threat"]]
    else:
        entered_by(night.near, ground, verts, paths, excursion)
    cls = night.models["cls"][paths["model"]]
    steered = np.isin(cls, STEERED)
    excursion[~steered] = 0
    plain, tilted = night.route[0], night.route[luck]
    ratio = np.ones(n)
    for name, fell, may in (("gross_failure", paths["failed"] & GROSS_FAILURE != 0, steered), ("spoofed", paths["jammed"] == 1, cls == DRONE)):
        p, q = float(plain[name]), float(tilted[name])
        if p != q:
            ratio = ratio * np.where(may, np.where(fell, p / q, (1.0 - p) / (1.0 - q)), 1.0)
    for k in np.flatnonzero(plain["keeps"] != tilted["keeps"]):
        p, q = float(plain["keeps"][k]), float(tilted["keeps"][k])
        ratio = ratio * np.where(paths["asked"] >> k & 1 == 1, p / q, (1.0 - p) / (1.0 - q))
    return Routes(group, luck, first, excursion, np.where(steered, ratio, 1.0), verts, paths, stays)


def _steered(inputs: NightInputs, group: int) -> bool:
    g = inputs.night.groups[group]
    return bool(np.isin(inputs.night.models["cls"][inputs.night.choices["model"][g["choice_from"] : g["choice_to"]]], STEERED).any())
