"""The compiled world: aligned struct arrays in SI that kernels see; this file only says their shape.

Points are gnomonic plane metres (zaslin.plane), times seconds from the night's epoch, angles radians. Country indices are
positions in `zaslin.atlas.borders.COUNTRIES`; class indices are positions in `zaslin.scenario.threat.CLASSES`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

N_CLASSES = 6
CLASS_NAMES = ("drone", "cruise", "supersonic", "aeroballistic", "ballistic", "unknown")
"""Names for rows: `zaslin.scenario.threat.CLASSES`, which the engine may not import (a test holds them together)."""

# How a free flight ends (nobody intervenes, Ukraine included).
END_LEAKED, END_LEFT, END_FAILED = 0, 1, 2
# Bits of THREAT.failed: it did not turn at a way-point and flies straight on; it lost its navigation over Ukraine and strays.
GROSS_FAILURE, SPOOFED = 1, 2
# What Ukraine's layer does to a threat.
STOP_NONE, STOP_KILLED, STOP_LOST = 0, 1, 2
# Fates, exactly one per threat; index into `zaslin.outcomes.tables.FATES`.
LEAKED, KILLED_UA, KILLED_MEMBER, LOST, LEFT = range(5)
# What a track may be that is no threat.
NO_OTHER, CIVIL, FRIENDLY, FALSE = range(4)
N_OTHERS = 4
OTHER_NAMES = ("threat", "civil", "friendly", "false")
"""Names for rows, of outcomes.tables.OBJECTS (a test holds them together)."""

THREAT = np.dtype(
    [
        ("entity", "u8"), ("group", "i2"), ("model", "i2"), ("cls", "i1"), ("end_kind", "i1"), ("stop_kind", "i1"),
        ("failed", "i1"), ("decoy", "i1"), ("other", "i1"), ("vert_from", "i4"), ("vert_to", "i4"), ("excursion", "u4"), ("target_region", "i2"),
        ("launch_s", "f8"), ("end_s", "f8"), ("stop_s", "f8"), ("speed_mps", "f8"), ("weight", "f8"),
        ("bc_kgm2", "f8"), ("casualty_m2", "f8"),
    ],
    align=True,
)
"""One threat of a raid. `vert_from:vert_to` is its slice of the raid's VERT array. `end_s`, `end_kind`: end of the free flight.
`stop_s`: when Ukraine's layer would stop it (inf: never), `stop_kind` how. `excursion`: bit k set where the free flight enters
the airspace of neighbour k. `target_region`: the region (atlas.regions) of its aim. `weight`: 1, or for a tagged threat its estimator weight.
`failed`: 0, or bits GROSS_FAILURE and SPOOFED. `decoy` 1: it carries no warhead. `other`: what it is, if it is no threat (NO_OTHER, CIVIL, FRIENDLY, FALSE).
`bc_kgm2`, `casualty_m2`: how its wreck falls, mass / (drag coefficient · area), and the area in which a person would be hurt, shelter counted in."""

VERT = np.dtype([("x", "f8"), ("y", "f8"), ("t", "f8"), ("alt", "f8")], align=True)
"""A vertex of a path: between two vertices a threat flies a great circle at constant speed and linear altitude."""

INSIDE = np.dtype(
    [("threat", "i4"), ("country", "i2"), ("entry_s", "f8"), ("exit_s", "f8"), ("inside_s", "f8"), ("depth_m", "f8"), ("path_m", "f8"),
     ("entry_x", "f8"), ("entry_y", "f8")],
    align=True,
)
"""A maximal stay of a free-flight path inside one country's airspace (gaps < 60 s merged), Ukraine (index 0) included; sorted by
(threat, country, entry_s). `inside_s`: from entry to exit without the merged gaps. `depth_m`: greatest distance to that country's
border (0 for Ukraine: not computed; NaN: left open, the engine finds it for what is flown). What needs the gaps cuts them out again with
`zaslin.world.stays.pieces_of`."""

MEMBER = np.dtype(
    [
        ("country", "i2"), ("shared", "i1"), ("looks", "i1"), ("pooling", "i1"), ("mast_m", "f8"), ("setback_m", "f8"), ("shared_cover", "f8"),
        ("latency_s", "f8"), ("pool_latency_s", "f8"), ("ground_revisit_s", "f8"), ("airborne_revisit_s", "f8"), ("p_look", "f8", (N_CLASSES,)),
        ("drop_after", "f8"), ("confusion", "f8"), ("track_delay_s", "f8"), ("classification_s", "f8"), ("course_error_rad", "f8"), ("position_error_m", "f8"),
        ("separation_s", "f8"), ("fires_own", "f8", (N_CLASSES,)), ("fires_ukraine", "f8", (N_CLASSES,)), ("entity", "u8"),
        ("mistakes", "f8", (N_OTHERS,)), ("fires_wrong", "f8", (N_OTHERS,)), ("at_risk_per_s", "f8"),
    ],
    align=True,
)
"""`looks` 1: a radar sees what is in view by chance at every look, `p_look[c]` at class c, and loses it after `drop_after` looks without a hit; 0: it sees all
that is in view, once and for all. `pooling` 1: it gets the other members' own tracks `pool_latency_s` late. `confusion`: chance that a threat is taken for
another class. `position_error_m`: standard deviation of an own track's place along each axis.
`fires_ukraine[c]`, `fires_own[c]`: the pilot's gate, the chance that a pilot with leave to fire does so at class c where the round would meet it over
Ukraine, and anywhere else. `mistakes[o]`: the chance that it takes an object of kind o (CIVIL …) that it tracks for a threat; `fires_wrong[o]`: what is
left of the pilot's gate where he looks at one; `at_risk_per_s`: how often Ukraine's own defence engages one of its aircraft over Ukraine by mistake."""

RADAR = np.dtype([("member", "i2"), ("x", "f8"), ("y", "f8"), ("range_m", "f8", (N_CLASSES,)), ("entity", "u8")], align=True)
"""An airborne radar of a member at its orbit's point; range 0: does not see that class. `entity`: its own, whoever lists it."""

EFFECT_FORBID, EFFECT_ASK, EFFECT_PERMIT = 0, 1, 2
ZONE_OWN, ZONE_UKRAINE, ZONE_ANYWHERE, ZONE_WITHIN, ZONE_NAMED = range(5)
PLACE_OWN, PLACE_UKRAINE, PLACE_ANYWHERE = range(3)

CAVEAT = np.dtype(
    [
        ("member", "i2"), ("effect", "i1"), ("zone", "i1"), ("named", "i1"), ("place", "i1"), ("heading", "i1"),
        ("classes", "u4"), ("within_m", "f8"), ("horizon_s", "f8", (N_CLASSES,)), ("share", "f8"),
        ("pursuit_m", "f8"), ("delay_s", "f8"), ("sigma", "f8"),
    ],
    align=True,
)
"""`classes`: bit c set where class c is covered. `heading` 1: the projected-crossing test applies, `horizon_s[c]` 0 = class not covered.
`named`: index of the zone raster, -1. `pursuit_m` inf: no limit. `delay_s` 0: pre-delegated (or plain permit)."""

KIND_CAP, KIND_QRA, KIND_GBAD = 0, 1, 2

POLICIES = ("earliest", "own-border-first", "highest-value", "optimal", "national")
"""Policies of assignment, a package's words. `national` is `earliest` for each member apart: claims of others bind nobody, and two members may chase one
threat."""
EARLIEST, OWN_BORDER, VALUE, OPTIMAL, NATIONAL = np.arange(5)

SHOOTER = np.dtype(
    [
        ("entity", "u8"), ("member", "i2"), ("asset", "i2"), ("kind", "i1"), ("raid_warning", "i1"),
        ("base_x", "f8"), ("base_y", "f8"), ("station_x", "f8"), ("station_y", "f8"),
        ("readiness_s", "f8"), ("lead_s", "f8"), ("track_within_m", "f8"),
        ("cruise_mps", "f8"), ("dash_mps", "f8"), ("endurance_s", "f8"), ("missile_mps", "f8"), ("shot_interval_s", "f8"),
        ("rounds", "i4"), ("jets", "i4"),
        ("reach_m", "f8", (N_CLASSES,)), ("p_kill", "f8", (N_CLASSES,)), ("hour_usd", "f8"), ("round_usd", "f8"),
        ("salvo", "i4", (N_CLASSES,)), ("look_down_loss", "f8"), ("tail_loss", "f8"), ("assess_s", "f8"), ("miss_unseen", "f8"), ("kill_unseen", "f8"),
        ("bursts", "i4"), ("gun_reach_m", "f8"), ("gun_mps", "f8"), ("gun_p", "f8", (N_CLASSES,)), ("burst_usd", "f8"),
        ("dash_burn", "f8"), ("p_available", "f8"), ("spare_s", "f8"), ("relief_delay_s", "f8"), ("crew_duty_s", "f8"),
    ],
    align=True,
)
"""A pair of fighters, or a helicopter (`jets` 1, kind QRA, no rounds but bursts): one engagement at a time, `rounds` for the pair. `reach_m[c]` 0: class c
cannot be engaged. `salvo[c]`: rounds of one shot (0: one).
`look_down_loss`: share of the reach that is lost against what flies low. `tail_loss`: how much less a round hits from astern than head-on, share of
`p_kill`. `assess_s`: from a round's arrival until its shooter knows what came of it; `miss_unseen`, `kill_unseen`: chances that a miss is taken for a kill, a
kill for a miss. A gun for classes with `gun_p[c]` > 0, `bursts` for the pair. `dash_burn`: how many times as fast as at cruise fuel burns at dash.
`p_available`: chance that the pair takes off when it should; else its spare, for a patrol `spare_s` later. `relief_delay_s`: mean delay of a patrol's
relief. `crew_duty_s`: what an alert pair's crew may fly in the night. Kind GBAD: what a battery has in
common with a pair; it has no jets and flies nowhere, and base and station are the middle of its frame."""

BATTERY = np.dtype(
    [
        ("shooter", "i4"), ("channels", "i4"), ("across", "i1"), ("weapon", "i1"), ("coverage", "f8"), ("behind_m", "f8"), ("floor_m", "f8"),
        ("ceiling_m", "f8"),
        ("reaction_s", "f8"), ("reload_s", "f8"), ("frame", "f8", (8,)),
    ],
    align=True,
)  # fmt: skip
"""A notional battery on the ground; `shooter`: its row of SHOOTER. `across` 1: it may meet threats outside its own airspace.
`weapon` 1: its rounds are bursts of guns. `frame`: the four corners of its
province's frame, plane m, counter-clockwise."""


OTHER_KIND = np.dtype(
    [
        ("entity", "u8"), ("other", "i1"), ("country", "i2"), ("side", "i1"), ("rate_per_s", "f8"), ("speed_mps", "f8", (3,)), ("alt_m", "f8", (3,)),
        ("life_s", "f8", (3,)), ("bc_kgm2", "f8"), ("casualty_m2", "f8"), ("cell_from", "i4"), ("cell_to", "i4"),
    ],
    align=True,
)  # fmt: skip
"""Objects of one kind along Ukraine's border with `country`. `side`: SIDE_NEIGHBOUR … . `rate_per_s`: how many appear. Ranges (low, value, high) of what one
object draws. `cell_from:cell_to`: its strip, a slice of Others.cells. `entity` keys the times at which they appear."""
SIDE_NEIGHBOUR, SIDE_UKRAINE, SIDE_BOTH = range(3)


@dataclass(frozen=True)
class Others:
    """Civil, friendly and false objects, compiled for one block. `kinds`: OTHER_KIND rows, `names`: one each (``civil-PL``). `cells`: int32 (n, 2), row and
    column of the atlas's cells in which they appear. `from_s`: when the first may appear."""

    kinds: np.ndarray
    names: tuple[str, ...]
    cells: np.ndarray
    from_s: float


@dataclass(frozen=True)
class Coalition:
    """One package, compiled for one block of replicates. `zones`: uint8 rasters (n_zones, ny, nx) on the atlas grid, 1 inside.

    `others`: objects that are no threats, the same for every package of the block; None: there are none.

    Names for rows: `member_names` (ISO2), `asset_names` (per SHOOTER.asset), `caveat_names` (per CAVEAT row).
    `on_alert`: members (rows of MEMBER) whose package names alert pairs of fighters, whether the block draws any or none.
    `policy`: index into POLICIES. `values[c]`: what a threat of class c is worth to policies that weigh.
    """

    package: str
    members: np.ndarray
    radars: np.ndarray
    caveats: np.ndarray
    shooters: np.ndarray
    zones: np.ndarray
    member_names: tuple[str, ...]
    asset_names: tuple[str, ...]
    caveat_names: tuple[str, ...]
    batteries: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=BATTERY))
    policy: int = 0
    on_alert: tuple[int, ...] = ()
    values: np.ndarray = field(default_factory=lambda: np.ones(N_CLASSES))
    others: Others | None = None


@dataclass(frozen=True)
class Raid:
    """One realisation of a night, shared by every package. `names[i]` is threat i's stable id (``kh101-017``).

    `tag`: index of the tagged threat, or -1. A tagged threat's `stop_s` never comes before its first entry into country `tag_country`; `kept`: the chance
    with which its route was chosen among those found. `whole`: of a raid that holds its tagged threat alone, what draws the raid around it (once: the same
    one each time); None: nothing is missing.
    """

    replicate: int
    block: int
    threats: np.ndarray
    verts: np.ndarray
    inside: np.ndarray
    names: tuple[str, ...]
    tag: int = -1
    tag_country: int = -1
    kept: float = 1.0
    whole: Callable[[], Raid] | None = None
