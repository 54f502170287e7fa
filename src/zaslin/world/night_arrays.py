"""A night compiled for one block of replicates: the arrays from which raids are drawn; this file only says their shape.

Points are gnomonic plane metres (zaslin.plane), times seconds from the night's epoch, everything SI. Region indices are positions in
`zaslin.atlas.regions.REGIONS`, country indices in `zaslin.atlas.borders.COUNTRIES`, class indices in `zaslin.scenario.threat.CLASSES`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

DRONE, CRUISE, SUPERSONIC, AEROBALLISTIC, BALLISTIC, UNKNOWN = range(6)
"""Class indices, as in `zaslin.scenario.threat.CLASSES` (a test holds them together)."""

STEERED = (DRONE, CRUISE, UNKNOWN)
"""Classes that fly over way-points; the others fly straight."""

GROUP = np.dtype(
    [("entity", "u8"), ("start_s", "f8"), ("end_s", "f8"), ("n", "i4"), ("choice_from", "i4"), ("choice_to", "i4")],
    align=True,
)
"""One group of the night. `entity` keys its route-only draws (``{group}~route``); its slice of CHOICE rows."""

CHOICE = np.dtype(
    [("model", "i2"), ("layer", "i2"), ("cum", "f8"), ("aim_from", "i4"), ("aim_to", "i4"), ("area_from", "i4"), ("area_to", "i4")],
    align=True,
)
"""A model that a group's threat may be: `cum` its cumulative share in this block, its row of LAYER, its slices of AIM and AREA rows."""

AIM = np.dtype([("x", "f8"), ("y", "f8"), ("spread_m", "f8"), ("region", "i2"), ("danube", "i1"), ("cum", "f8")], align=True)
"""A place that a threat may be bound for; `cum`: cumulative weight within its slice; `danube` 1: reached from the sea, along the coast."""

AREA = np.dtype([("x", "f8"), ("y", "f8"), ("spread_m", "f8")], align=True)
"""A coarse launch area, or a corridor's gate: a point and a standard deviation."""

MODEL = np.dtype(
    [
        ("cls", "i1"), ("speed_mps", "f8"), ("speed_low_mps", "f8"), ("speed_high_mps", "f8"), ("alt_m", "f8"), ("alt_low_m", "f8"),
        ("alt_high_m", "f8"), ("range_m", "f8"), ("bc_kgm2", "f8"), ("casualty_m2", "f8"), ("decoy", "i1"),
    ],
    align=True,
)  # fmt: skip
"""A threat model in this block. A threat's own speed is triangular on (low, speed, high), its altitude likewise. `decoy` 1: it carries no warhead."""

ROUTE = np.dtype(
    [
        ("margin_m", "f8"), ("keeps", "f8", (12,)), ("bank_rad", "f8"), ("fly_over", "f8"), ("drift_m", "f8"), ("drone_drift_m", "f8"),
        ("gross_failure", "f8"), ("beyond", "f8"), ("beyond_m", "f8"), ("way_points", "f8"), ("dogleg", "f8"),
        ("spoofed", "f8"), ("spoof_turn_rad", "f8"), ("spoof_bend_rad", "f8"), ("spoof_m", "f8"), ("decoys", "f8"), ("decoy_model", "i4"),
        ("climb_m", "f8"), ("dive_rad", "f8"), ("low_approach", "f8"), ("low_alt_m", "f8"), ("low_m", "f8"),
    ],
    align=True,
)  # fmt: skip
"""The route assumptions of this block. `keeps[k]`: chance that planned legs keep `margin_m` from country k (0: not asked). `spoofed`: a drone's chance to
lose its navigation; `decoys`: chance that what the report calls a drone flies as MODEL row `decoy_model`, without a warhead.

Row 0 holds as drawn. Row 1 is tilted for the search for rare routes: gross failure at least TILTED_FAILURE, `spoofed` at least TILTED_SPOOFED. Row 1 + k is so,
too, and keeps the margin from neighbour k with a chance of at most TILTED_KEEPS. What the tilt makes more frequent is weighed down again (world/tagging.py).
"""

TILTED_FAILURE = 0.05
TILTED_SPOOFED = 0.1
TILTED_KEEPS = 0.4

LAYER = np.dtype([("entity", "u8"), ("rate_per_s", "f8"), ("kill_share", "f8"), ("sigma", "f8")], align=True)
"""Ukraine's layer for one group and rate key: hazard at region weight 1 and night effect 1, share of stops that are kills, the night effect's sigma;
`entity` is the rate key's: all groups of a key share one night effect."""


ORDER = np.dtype([("entity", "u8"), ("key", "u8"), ("group", "i2"), ("fixed", "i2"), ("luck", "i1")], align=True)
"""A free flight to draw: entity and key (replicate word) of its luck, row of GROUP, model row given by the report (-1: drawn), row of ROUTE."""

PATH = np.dtype(
    [
        ("vert_from", "i4"), ("vert_to", "i4"), ("model", "i2"), ("layer", "i2"), ("aim", "i4"), ("met", "i1"), ("failed", "i1"), ("asked", "u4"),
        ("flown", "i2"), ("decoy", "i1"), ("jammed", "i1"),
        ("speed_mps", "f8"),
    ],
    align=True,
)  # fmt: skip
"""A free flight that was drawn: its slice of VERT records, model, LAYER and AIM row, how its margins were met (routes.KEPT …), what failed (bits, as in
THREAT), bits of the countries from which it was to keep its margin, ground speed. `model` is as reported; `flown` is the MODEL row that it flies as, another
one where it is a decoy. `jammed` 1: its luck was to lose its navigation, which happens over defended Ukraine alone: SPOOFED is in `failed` only where its path
has exposure to the layer. What was made more frequent is weighed by the luck, not by what came of it."""


class Night(NamedTuple):
    """What the kernels see. `near`: raster of the least signed distance to any neighbour or Belarus, m, on the atlas's grid.
    `region_weight[r]`: the layer's weight over region r; `near_aims`: factor on it near a path's end.
    `entities`, `group_of`, `fixed_model` (-1: sampled): one entry per threat.
    `refuges`: points (n, 2) well inside Ukraine or its sea, over which a threat that must keep its margin may go round.
    """

    groups: np.ndarray
    choices: np.ndarray
    aims: np.ndarray
    areas: np.ndarray
    gates: np.ndarray
    refuges: np.ndarray
    models: np.ndarray
    route: np.ndarray
    layers: np.ndarray
    region_weight: np.ndarray
    near_aims: np.float64
    near: np.ndarray
    entities: np.ndarray
    group_of: np.ndarray
    fixed_model: np.ndarray


@dataclass(frozen=True)
class NightInputs:
    """A night with every uncertain input drawn for one block. `names[i]` is threat i's stable id (``kh101-017``).

    `model_names`, `group_ids`: names for the rows of MODEL and GROUP; `layer_keys`: group id and rate key for the rows of LAYER. `stop_share[layer]`:
    what the layer was solved for, `stop_reached[layer]`: the mean stop share that the solved rate gives (lower where too few threats are ever over Ukraine).
    """

    night_id: str
    seed: int
    block: int
    night: Night
    names: tuple[str, ...]
    group_ids: tuple[str, ...]
    model_names: tuple[str, ...]
    layer_keys: tuple[tuple[str, str], ...]
    stop_share: tuple[float, ...]
    stop_reached: tuple[float, ...]
