"""The records that one replicate makes, and the tuples in which kernels pass the scene and the board; no behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

ENGAGEMENT = np.dtype(
    [("threat", "i4"), ("shooter", "i4"), ("commit_s", "f8"), ("first_shot_s", "f8"), ("end_s", "f8"), ("shots", "i4"), ("result", "i1")], align=True
)
"""One commitment of a shooter to a track. `first_shot_s` NaN: no shot. `result`: index into RESULTS."""
RESULTS = ("killed", "missed", "closed", "out_of_reach", "ended", "pilot_held")
KILLED, SHOT_MISSED, CLOSED, NOT_REACHED, ENDED, HELD_FIRE = np.arange(6)

SHOT = np.dtype(
    [
        ("threat", "i4"), ("shooter", "i4"), ("number", "i4"), ("hit", "i1"), ("found", "i1"), ("weapon", "i1"), ("fire_s", "f8"), ("impact_s", "f8"),
        ("x", "f8"), ("y", "f8"), ("shooter_x", "f8"), ("shooter_y", "f8"),
    ],
    align=True,
)  # fmt: skip
"""One round. `number`: of this shooter at this threat, from 0. `found` 0: the threat had ended before the round came. (x, y): where it
met the threat, or would have. `weapon`: index into WEAPONS."""

WEAPONS = ("missile", "gun")
MISSILE, GUN = np.arange(2)
UNARMED = np.int64(-1)

SORTIE = np.dtype(
    [
        ("shooter", "i4"), ("rounds", "i4"), ("bursts", "i4"), ("take_off_s", "f8"), ("landing_s", "f8"), ("over_ukraine_s", "f8"), ("ordered_s", "f8"),
        ("ready_s", "f8"),
    ],
    align=True,
)  # fmt: skip
"""One flight of a pair; times are the pair's clock. `rounds`: missiles, `bursts`: of the gun. Of an alert pair: `ordered_s` when it was ordered up, `ready_s`
when it stands on alert again (inf: its crew's duty does not suffice). NaN for patrols."""

FATE = np.dtype(
    [("fate", "i1"), ("would_have", "i1"), ("macro", "i1"), ("shooter", "i4"), ("crosses", "u4"), ("fate_s", "f8"), ("first_border_s", "f8")], align=True
)
"""A threat's end. `fate`, `would_have`: index into outcomes.tables.FATES. `shooter`: the pair that killed it, -1. `macro`: index into
atlas.regions.MACRO where it ended, -1 outside Ukraine. `crosses`: excursion bits that Ukraine's layer alone leaves. `first_border_s`: first
entry of the free flight into a neighbour, NaN."""

INCURSION = np.dtype(
    [
        ("threat", "i4"), ("country", "i2"), ("entry_s", "f8"), ("exit_s", "f8"), ("inside_s", "f8"), ("depth_m", "f8"), ("path_m", "f8"),
        ("entry_x", "f8"), ("entry_y", "f8"),
    ],
    align=True,
)  # fmt: skip
"""A stay in a neighbour's airspace as flown: cut at the fate."""

FALL = np.dtype([("threat", "i4"), ("shooter", "i4"), ("kind", "i1"), ("country", "i2"), ("x", "f8"), ("y", "f8"), ("land_s", "f8"), ("ec", "f8")], align=True)
"""An object that lands. `kind`: index into FALL_KINDS. `shooter`: whose shot made it fall, -1. `country`: -1 none (high sea, beyond the data)."""
FALL_KINDS = ("debris", "wreck", "stray")
DEBRIS, WRECK, STRAY = range(3)

REFUSAL = np.dtype([("threat", "i4"), ("shooter", "i4"), ("cause", "i1"), ("caveat", "i2"), ("t_s", "f8")], align=True)
"""A shooter came to its moment and did not fire. `cause`: index into outcomes.tables.CAUSES; `caveat` -1: none."""

CAUSE = np.dtype([("threat", "i4"), ("member", "i2"), ("cause", "i1"), ("caveat", "i2")], align=True)
"""Why a threat was not killed by a member. `member` -1: by the coalition. `cause`: index into outcomes.tables.CAUSES. `caveat` -1: none."""
NO_MATCH = -2
"""In CAUSE.caveat: no caveat of the member covers the class."""

PAIR = np.dtype(
    [
        ("x", "f8"), ("y", "f8"), ("t", "f8"), ("to_x", "f8"), ("to_y", "f8"), ("speed", "f8"), ("there_s", "f8"), ("land_by_s", "f8"), ("fired_s", "f8"),
        ("flight_s", "f8"),
        ("ready_s", "f8"), ("burn", "f8"), ("off_duty_s", "f8"), ("duty_s", "f8"), ("ordered_s", "f8"), ("off_s", "f8"), ("reliefs", "i8"),
        ("status", "i1"), ("abroad", "i1"), ("go_home", "i1"), ("relief", "i1"), ("fresh", "i1"), ("rounds", "i8"), ("threat", "i8"), ("plan", "i8"),
        ("sortie", "i8"), ("scrambles", "i8"), ("engagement", "i8"), ("last_engagement", "i8"), ("shot", "i8"), ("salvo", "i8"),
        ("bursts", "i8"), ("weapon", "i8"),
    ],
    align=True,
)  # fmt: skip
"""A pair now: at (x, y) at time t, flying to (to_x, to_y) at `speed` and holding there from `there_s` on. `fresh`: not yet looked at since it became
free. `burn`: how many times as fast as at cruise fuel burns on that way. `land_by_s`: when its fuel ends if all that comes is flown at cruise.
`off_duty_s`: when its crew's duty ends; `duty_s`: what the crew has flown before. `off_s`: when a patrol's time on station ends; `reliefs`: how many have
come. `relief`: RELIEF_DUE, RELIEF_HERE. `ready_s`: it knows what came of its last shot. `shot`, `salvo`: first row and number of the rounds in the air;
`weapon`: of the chase."""
RELIEF_DUE, RELIEF_HERE = 1, 2
"""A busy patrol's time is over, but its relief is late; its relief waits for it."""
DOWN, FREE, CHASING, SHOOTING, HOMEWARD = range(5)

TRACK = np.dtype([("alive", "i1"), ("fresh", "i1"), ("killer", "i8"), ("killed_s", "f8"), ("look_s", "f8")], align=True)
"""A threat now. `fresh`: something about it changed. `look_s`: the next look that is due."""

NONE, OUT_OF_REACH, NO_FREE, NO_ROUNDS, COMMITTED, HELD, UNASKED, PILOT, MISSED = range(9)
"""How far a member came with a threat once a window was open; `progress` keeps the greatest. HELD, UNASKED: a pair could fire and held, because where
the round would meet the threat by dead reckoning it was not permitted, or not approved yet; `held` names the caveat.
PILOT: all was permitted, and the pilot held fire."""


# Event kinds. Numpy integers, not Python's: numba compiles a kernel anew for every literal that is passed to it.
OPEN, CLOSE, LOOK, UP, BINGO, LANDING, RELIEF, TURN, FIRE, MEET, END, ALL_CLEAR, ARRIVAL = np.arange(13)
BATTERY_SEES, BATTERY_FIRES, BATTERY_MEETS, BATTERY_FULL, BATTERY_SEEKS, BATTERIES_LOOK = np.arange(13, 19)
NO_PLAN = np.int64(-1)
"""Second argument of an event that has none."""

FRESH, FLYERS, SHOWN, STIRRED, FREED, AIMS, COUNTS = 5, 6, 7, 8, 9, 10, 11
"""Places in Board.counts, and how many it has."""

OK, QUEUE_FULL, ENGAGEMENTS_FULL, SHOTS_FULL, SORTIES_FULL, CROSSINGS_FULL, REFUSALS_FULL = 0, 11, 12, 13, 14, 15, 16
"""Statuses of the loop; the others say which array was full."""


OVER_OWN, OVER_UKRAINE = 1, 2
"""Where a pilot looks at what a shot would hit; bits of `gate`."""


CREW = np.dtype(
    [("rounds", "i8"), ("busy", "i8"), ("aiming", "i8"), ("spent", "i8"), ("fired_s", "f8"), ("waiting", "i8"), ("first", "i8")], align=True
)
"""A battery now: rounds in the magazine, channels in use, and those of them that have a round still to fire; rounds spent so far; its last shot. `waiting`:
how many threats wait for it; `first`: one of its AIM rows, -1."""

AIM = np.dtype(
    [
        ("battery", "i4"), ("threat", "i4"), ("phase", "i4"), ("barred", "i4"), ("after", "i4"), ("next", "i4"), ("fired", "i4"), ("salvo", "i4"),
        ("plan", "i8"), ("shot", "i8"), ("engagement", "i8"), ("since_s", "f8"),
    ],
    align=True,
)  # fmt: skip
"""A battery and a threat now, of which a round may soon meet the other. `after`: the threat's next row, by battery, -1; `next`: another row of the battery,
-1. `barred`: the leg + 1 on which its rules held it. `since_s`: waits since (or waited last; -inf: never yet). `fired`: rounds so far; `shot`, `salvo`: first
row and number of those in the air."""
IDLE, WAITING, AIMING, FLYING, NEW = range(5)
"""Phases: no channel; none free, though it could be met; a channel, and a round to come; a round in the air; not looked at yet."""

SAME_CHASE_S = 60.0
"""A shooter that takes up the same threat again within this time goes on with the same engagement, s."""


class Scene(NamedTuple):
    """What does not change in a replicate. `ground`: atlas.ground.Ground; `zones`: the coalition's; `windows`, `consent`, `yes_s`, `sight`, `pieces` as
    doctrine and physics say; `policy`, `values` as Coalition says; `speeds`: of each leg, m/s (`physics.path.fill_speeds`)."""

    ground: object
    seed: np.uint64
    replicate: np.uint64
    threats: np.ndarray
    verts: np.ndarray
    members: np.ndarray
    caveats: np.ndarray
    shooters: np.ndarray
    batteries: np.ndarray
    sight: np.ndarray
    windows: np.ndarray
    consent: np.ndarray
    zones: np.ndarray
    yes_s: np.ndarray
    policy: np.int64
    values: np.ndarray
    pieces: np.ndarray
    speeds: np.ndarray


class Board(NamedTuple):
    """What changes. `crews` per battery; `aims`: AIM rows as they are made, threat j's in a chain from `first_aims[j]`; `frames`, `grid`, `cells`,
    `farthest_s`, `marks`: of `manning` alone. Per (member, threat): `open` the open window or -1, `since` its opening, `progress`, `held`, `cut` 1 where the
    end came in a chase, `claims` the pair that is committed to it or -1 (row 0 for
    all where members coordinate). Per (threat, shooter): `barred` the leg + 1 on which a chase failed, `gate` where its pilot has held fire (OVER_OWN,
    OVER_UKRAINE; the sum for both), `times`, `ranks` and per shooter `bounds`, scratch; `fired` shots so far (of a battery: AIM). Lists whose lengths are in
    `counts`: `flyers`, the shooters that fly; `shown`, the threats for which a member has a window open, in order; `stirred` and `freed`, the threats and
    pairs that became fresh since the last decision.
    `counts`: engagements, shots, sorties, status, refusals, 1 where something became fresh since the last decision, and the lengths of lists and `aims`.
    `span`: the raid's first launch, and when it is over, s.
    """

    heap: np.ndarray
    header: np.ndarray
    pairs: np.ndarray
    crews: np.ndarray
    aims: np.ndarray
    first_aims: np.ndarray
    frames: np.ndarray
    grid: np.ndarray
    cells: np.ndarray
    farthest_s: np.ndarray
    marks: np.ndarray
    tracks: np.ndarray
    open: np.ndarray
    since: np.ndarray
    progress: np.ndarray
    held: np.ndarray
    cut: np.ndarray
    claims: np.ndarray
    barred: np.ndarray
    gate: np.ndarray
    times: np.ndarray
    ranks: np.ndarray
    bounds: np.ndarray
    fired: np.ndarray
    flyers: np.ndarray
    shown: np.ndarray
    stirred: np.ndarray
    freed: np.ndarray
    engagements: np.ndarray
    shots: np.ndarray
    sorties: np.ndarray
    refusals: np.ndarray
    counts: np.ndarray
    span: np.ndarray


ALERT = np.dtype([("member", "i2"), ("pairs", "i4"), ("ready_least", "i4"), ("unguarded_s", "f8"), ("night_s", "f8")], align=True)
"""What remained of a member's alert from the raid's first launch until it was over (`night_s`): its alert pairs, the fewest that stood
ready, and how long none did."""


@dataclass(frozen=True)
class Flown:
    """All rows of one replicate under one package, as struct arrays (this page's dtypes); indices are positions in the raid and coalition."""

    fates: np.ndarray
    sight: np.ndarray
    windows: np.ndarray
    engagements: np.ndarray
    shots: np.ndarray
    sorties: np.ndarray
    incursions: np.ndarray
    falls: np.ndarray
    causes: np.ndarray
    refusals: np.ndarray
    pieces: np.ndarray
    alerts: np.ndarray
