"""Threats whose crossing is like a reported one: what a coalition would have met, given that such a threat comes to the border.

Routes are drawn from the same assumptions as every raid and kept where their stay in the country resembles the report; nothing is fitted
to the report's place or time of day. Likeness is a factor on the reported ranges of duration and depth, widened in stated steps where too
few are found; the record says which step was needed. A reported depth is held against depth *and* path length inside, and either will do:
reports do not say which they mean.

Within a block the n draws are taken from the routes found in proportion to their chance (likelihood ratio of the tilted search, times S̄, the
chance to survive Ukraine's layer up to the entry, the night effect averaged), a route more than once where its chance calls for it. Each is
flown in a replicate, whose night effect m is not conditioned on anything; given the crossing its law is P(m | crossing) ∝ P(m) · S(m). So a draw has the
weight S(m) / (n · S̄), S(m) being the chance in its own replicate: mean 1/n, more on nights on which Ukraine's layer is weak. Weights are to be
normalised over all samples, not block by block: only so does the night effect's law come right where a block has few draws.

The sample is block-stratified, and only approximately: every block of replicates has the expected weight 1, its inputs are not updated by the crossing,
but the weights that its draws come to sum to 1 only in the mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zaslin import draws
from zaslin.atlas.ground import Ground
from zaslin.world.arrays import Raid
from zaslin.world.layer import exposures_of, hazard_share, mean_survival
from zaslin.world.night_arrays import NightInputs
from zaslin.world.stays import N_NEIGHBOURS, stays_of
from zaslin.world.tagging import Hit, draw_with_weight, search

FACTORS = (1.25, 1.6, 2.5, 4.0, np.inf)
"""Steps of likeness: a stay matches at factor f where its duration and depth lie within [low / f, high · f] of the reported ranges."""

BATCH = 2_000
MOST_ROUTES = 20_000
"""Routes searched in one block at most, all groups together."""


@dataclass(frozen=True)
class Like:
    """A reported crossing in SI: incident id, country and class index, reported ranges of duration and of depth or path inside; None: nobody says."""

    incident: str
    country: int
    cls: int
    duration_s: tuple[float, float] | None
    reach_m: tuple[float, float] | None


@dataclass(frozen=True)
class GivenRecord:
    """What the search did: routes drawn, how many entered the country (in any way), how many were alike, at which factor (inf: any crossing),
    and the chance per threat of such a crossing, Ukraine's layer left out.
    """

    incident: str
    block: int
    wanted: int
    routes: int
    entered: int
    alike: int
    factor: float
    chance: float


@dataclass(frozen=True)
class Given:
    """`hits`: n draws (a route may come more than once), empty where no route entered the country at all."""

    hits: tuple[Hit, ...]
    record: GivenRecord


def find_given(inputs: NightInputs, ground: Ground, seed: int, block: int, like: Like, n: int, most_routes: int = MOST_ROUTES) -> Given:
    """Search the block's routes for n crossings like the reported one."""
    if not 1 <= like.country <= N_NEIGHBOURS:
        raise ValueError(f"country {like.country} came; routes are searched for the neighbours, 1 to {N_NEIGHBOURS}")
    night = inputs.night
    luck = 1 + like.country
    models = night.models["cls"] == like.cls
    groups = [g for g, row in enumerate(night.groups) if models[night.choices["model"][row["choice_from"] : row["choice_to"]]].any()]
    count = sum(int(night.groups[g]["n"]) for g in groups)
    share = [int(night.groups[g]["n"]) / count for g in groups]
    drawn = dict.fromkeys(groups, 0)
    found: list[tuple[Hit, float, np.ndarray]] = []
    total = 0
    planned = np.zeros(0, dtype=bool)
    # Failures are drawn far too often on purpose: n of them prove nothing about how much rarer planned crossings are, so they do not end the search.
    while total < most_routes and (_alike(found, like, FACTORS[0]) & planned).sum() < n:
        for g, part in zip(groups, share, strict=True):
            size = max(round(min(BATCH, most_routes) * part), 1)
            found += _search_stays(inputs, ground, seed, block, g, like, luck, drawn[g], size)
            drawn[g] += size
            total += size
        planned = np.array([not hit.failed for hit, _, _ in found], dtype=bool)
    factor = next((f for f in FACTORS if _alike(found, like, f).sum() >= n), FACTORS[-1])
    keep = np.flatnonzero(_alike(found, like, factor))
    weights = np.array([found[i][1] for i in keep])
    chance = float(sum(found[i][0].share for i in keep) / total) if total else 0.0
    record = GivenRecord(like.incident, block, n, total, len(found), len(keep), float(factor), chance)
    if not weights.sum() > 0.0:
        return Given((), record)
    # Systematic resampling: one keyed draw, n equal steps through the cumulative weights.
    u = draws.uniform(np.uint64(seed), np.uint64(block) | draws.BLOCK_FLAG, np.uint64(draws.entity_id(f"given/{like.incident}")), draws.TAG, 0)
    steps = (np.arange(n) + u) / n * weights.sum()
    rows = np.minimum(np.searchsorted(np.cumsum(weights), steps), len(keep) - 1)
    return Given(tuple(found[keep[i]][0] for i in rows), record)


def draw_given(inputs: NightInputs, ground: Ground, seed: int, replicate: int, hit: Hit, n: int) -> Raid:
    """The ordinary raid of `replicate` with one threat of the hit's group flying the hit's route, which Ukraine does not stop before the
    entry; weight S / (n · hit.survive), S the chance of that in this replicate (n: number of draws of the block)."""
    return draw_with_weight(inputs, ground, seed, replicate, hit, 1.0 / (n * hit.survive))


def _alike(found: list[tuple[Hit, float, np.ndarray]], like: Like, factor: float) -> np.ndarray:
    """Whether the first stay of each found route matches at a factor; bool (len(found),)."""
    out = np.zeros(len(found), dtype=bool)
    for i, (_, _, stay) in enumerate(found):
        duration, depth, path = stay
        good = like.duration_s is None or _within(duration, like.duration_s, factor)
        if good and like.reach_m is not None:
            good = _within(depth, like.reach_m, factor) or _within(path, like.reach_m, factor)
        out[i] = good
    return out


def _within(value: float, bounds: tuple[float, float], factor: float) -> bool:
    return np.isinf(factor) or bounds[0] / factor <= value <= bounds[1] * factor


def _search_stays(
    inputs: NightInputs, ground: Ground, seed: int, block: int, group: int, like: Like, luck: int, first: int, n: int
) -> list[tuple[Hit, float, np.ndarray]]:
    """Routes of the class that enter the country: (hit, weight, [duration s, depth m, path m] of the first stay)."""
    night = inputs.night
    routes = search(inputs, ground, seed, block, group, luck, first, n, sought=True)
    found = np.flatnonzero((routes.excursion >> like.country & 1 == 1) & (night.models["cls"][routes.paths["model"]] == like.cls))
    paths = routes.paths[found]
    rows, _ = stays_of(night.near, ground, routes.verts, paths)
    rows = rows[rows["country"] == like.country]
    rows = rows[np.unique(rows["threat"], return_index=True)[1]]
    exposed = np.empty(len(found))
    exposures_of(night.region_weight, night.near_aims, ground.fields, routes.verts, paths, rows["entry_s"], exposed)
    exposed *= hazard_share(night.layers, paths)
    out = []
    for i, row, survive in zip(found, rows, mean_survival(night.layers, paths["layer"], exposed), strict=True):
        ratio = float(routes.ratio[i])
        hit = routes.hit(int(i), like.country, ratio)._replace(survive=float(survive))
        out.append((hit, ratio * float(survive), np.array([row["inside_s"], row["depth_m"], row["path_m"]])))
    return out
