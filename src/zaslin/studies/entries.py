"""Stays of a night's routes in a neighbour, without raids around them: how often a threat of a class comes in, for how long, how deep; nothing is fitted.

The checks against reported crossings (`prior_check`, `border_events`, `timed_incidents`) all ask this page. Routes are those of the tagged search
(docs/model/raid.md): each carries the weight of how rare it is, times its chance to come through Ukraine's layer up to the entry. No coalition flies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zaslin.atlas.ground import Ground
from zaslin.scenario.catalogue import launch_areas, models_of
from zaslin.scenario.layer import ukraine_layer
from zaslin.scenario.night import Night
from zaslin.scenario.routes import RouteAssumptions
from zaslin.world.arrays import GROSS_FAILURE
from zaslin.world.compile_night import compile_night
from zaslin.world.layer import exposures_of, hazard_share, mean_survival
from zaslin.world.night_arrays import NightInputs
from zaslin.world.stays import stays_of
from zaslin.world.tagging import search

MIN_S, MIN_DEPTH_M = 60.0, 1_000.0
"""An observable incursion: at least so long or so deep inside (DESIGN, measure `incursions`)."""


@dataclass(frozen=True)
class Entries:
    """First stays of a class in a country, over route draws, aligned arrays (n,): `weight` (expected number, per threat or per group as asked),
    `duration_s`, `depth_m`, `path_m` inside, `failed` (a gross navigation failure)."""

    weight: np.ndarray
    duration_s: np.ndarray
    depth_m: np.ndarray
    path_m: np.ndarray
    failed: np.ndarray

    @property
    def expected(self) -> float:
        """The expected number: the sum of the weights."""
        return float(self.weight.sum())


def compile_block(item: Night, ground: Ground, using: RouteAssumptions, seed: int, block: int) -> NightInputs:
    """The night's arrays with the uncertain inputs of one block."""
    models = models_of(item)
    return compile_night(item, ukraine_layer(item), using, models, launch_areas(), ground, seed, block)


def class_share(inputs: NightInputs, group: int, cls: int) -> float:
    """Share of a group (row) that is of class index `cls`, as the block draws it; 0 to 1."""
    row = inputs.night.groups[group]
    choices = inputs.night.choices[row["choice_from"] : row["choice_to"]]
    return float(np.diff(choices["cum"], prepend=0.0)[inputs.night.models["cls"][choices["model"]] == cls].sum())


def entries_of(
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
) -> Entries:
    """First stays of a group's routes in a country, observable ones or any.

    n: routes drawn. weight: expected number from `count` threats. country: its index, 1 to 8. bound: AIM rows that count (None: all).
    any_level: stays too short and too shallow to be seen count as well (a wreck on the ground is found at any depth).
    """
    night = inputs.night
    found = search(inputs, ground, seed, block, group, 1 + country, 0, n, sought=True)
    chosen = (found.excursion >> country & 1 == 1) & (night.models["cls"][found.paths["model"]] == cls)
    if bound is not None:
        chosen &= bound[found.paths["aim"]]
    paths, ratio = found.paths[chosen], found.ratio[chosen]
    rows, _ = stays_of(night.near, ground, found.verts, paths)
    rows = rows[rows["country"] == country]
    rows = rows[np.unique(rows["threat"], return_index=True)[1]]
    exposed = np.empty(len(paths))
    exposures_of(night.region_weight, night.near_aims, ground.fields, found.verts, paths, rows["entry_s"], exposed)
    exposed *= hazard_share(night.layers, paths)
    duration = rows["inside_s"]
    seen = any_level | (duration >= MIN_S) | (rows["depth_m"] >= MIN_DEPTH_M)
    weight = count / n * ratio * mean_survival(night.layers, paths["layer"], exposed)
    return Entries(weight[seen], duration[seen], rows["depth_m"][seen], rows["path_m"][seen], paths["failed"][seen] & GROSS_FAILURE != 0)


def joined(parts: Sequence[Entries], launched: float = 1.0) -> Entries:
    """Entries of several groups as one, their weights divided by `launched` (> 0): then they are per threat launched."""
    if not parts:
        none = np.zeros(0)
        return Entries(none, none, none, none, none.astype(bool))
    stacked = [np.concatenate([getattr(part, name) for part in parts]) for name in ("weight", "duration_s", "depth_m", "path_m", "failed")]
    return Entries(stacked[0] / launched, *stacked[1:])
