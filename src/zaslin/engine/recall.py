"""Every look at one threat, told again from the same keys: which radar looked when, which looks saw it, and what tracks came of them.

A run draws gaps between hits and keeps sums; whoever wants one threat's night look by look asks here. It flies nothing and decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from zaslin.atlas.ground import Ground
from zaslin.engine.replicate import see
from zaslin.engine.rows import track_runs
from zaslin.physics.detection import BY_AIRBORNE, BY_GROUND, next_above_horizon_s, next_in_circle_s
from zaslin.physics.lethality import pair_entity
from zaslin.physics.looks import FROM, HIT_COLUMNS, HIT_S, HITS, LOOK, LOOKS, TO, TRACK_COLUMNS, add_hits, add_tracks, chance_of_a_look
from zaslin.world.arrays import Coalition, Raid


@dataclass(frozen=True)
class View:
    """A stretch of time, s, in which a threat is in view of a radar; to_s inf: to the end of the free flight, which is `end_s`.

    looks: how many the radar takes in it, the first at `first_s` (nan without one). hits: (time, number of the look, from 0) of those that saw it.
    tracks: (beginning, loss, looks, hits) of the tracks that come of them, without any delay of the member's; looks from the first of the two hits on.
    """

    from_s: float
    to_s: float
    end_s: float
    looks: int
    first_s: float
    hits: tuple[tuple[float, int], ...]
    tracks: tuple[tuple[float, float, int, int], ...]


@dataclass(frozen=True)
class Watch:
    """What one radar does with one threat. member: whose; `entity`: the airborne radar's id, 0 for the row of ground radars. chance: of each look.
    delay_s: of the member's tracks; one that is lost before its beginning + `delay_s` is none."""

    member: int
    airborne: bool
    entity: int
    revisit_s: float
    chance: float
    delay_s: float
    views: tuple[View, ...]


def watches(raid: Raid, coalition: Coalition, ground: Ground, seed: int, j: int) -> list[Watch]:
    """What each member's radars do with threat `j` on its free flight, radars in whose view it never comes left out; members of the form `horizon` have
    none. An airborne radar that several members list stands once for each.
    """
    fields, threat = ground.fields, raid.threats[j]
    first, last = np.int64(threat["vert_from"]), np.int64(threat["vert_to"])
    out = []
    for m, member in enumerate(coalition.members):
        if member["looks"] == 0:
            continue
        country = np.int64(member["country"])
        if 0 <= country < fields.distance.shape[0]:
            mast_m, setback_m = float(member["mast_m"]), float(member["setback_m"])
            spans = _spans(threat, partial(next_above_horizon_s, fields, country, setback_m, mast_m, raid.verts, first, last), raid.verts[first]["t"])
            out.append(_watch(raid, seed, threat, member, m, int(member["entity"]), float(member["ground_revisit_s"]), spans, airborne=False))
        for radar in coalition.radars[coalition.radars["member"] == m]:
            range_m = float(radar["range_m"][threat["cls"]])
            if range_m > 0.0:
                x, y = float(radar["x"]), float(radar["y"])
                spans = _spans(threat, partial(next_in_circle_s, raid.verts, first, last, x, y, range_m), raid.verts[first]["t"])
                out.append(_watch(raid, seed, threat, member, m, int(radar["entity"]), float(member["airborne_revisit_s"]), spans, airborne=True))
    return [watch for watch in out if watch.views]


def held(raid: Raid, coalition: Coalition, ground: Ground, seed: int, j: int) -> np.ndarray:
    """The runs in which members hold threat `j` on its free flight, as the engine itself finds them (rows of PIECE, one a run)."""
    inside = raid.inside[raid.inside["threat"] == j].copy()
    inside["threat"] = 0
    alone = replace(raid, threats=raid.threats[j : j + 1].copy(), inside=inside, names=raid.names[j : j + 1], tag=-1)
    seen = see(alone, coalition, ground, seed)
    runs = track_runs(seen.pieces, seen.sight)
    return runs[runs["from_s"] < np.inf]


def _spans(threat, following, t) -> Iterator[tuple[float, float]]:
    """Stretches of view, as `sensing` walks through them; the last may be open (inf)."""
    while t < threat["end_s"]:
        a, b = following(float(t))
        if a >= threat["end_s"]:
            return
        yield a, b
        t = b


def _watch(raid: Raid, seed: int, threat, member, m: int, entity: int, revisit_s: float, spans, airborne: bool) -> Watch:
    key = np.uint64(pair_entity(threat["entity"], np.uint64(entity)))
    luck, word, launch_s, end_s = np.uint64(seed), np.uint64(raid.replicate), float(threat["launch_s"]), float(threat["end_s"])
    p = float(chance_of_a_look(luck, word, key, float(member["p_look"][threat["cls"]])))
    views = []
    for number, (a, b) in enumerate(spans):
        until, view, by = min(b, end_s), np.int64(number), BY_AIRBORNE if airborne else BY_GROUND
        room = int((until - a) / revisit_s) + 3
        rows, tracks = np.empty((room, HIT_COLUMNS)), np.empty((room, TRACK_COLUMNS))
        n = add_hits(luck, word, key, launch_s, revisit_s, p, view, a, until, rows, np.int64(0)) - 1
        lost = np.inf if b >= end_s else float(b)
        n_tracks = add_tracks(luck, word, key, launch_s, revisit_s, p, float(member["drop_after"]), view, a, until, lost, by, tracks, np.int64(0))
        looks = int(rows[n, LOOK])
        first_s = rows[0, HIT_S] - rows[0, LOOK] * revisit_s if n else _first_look_s(luck, word, key, launch_s, revisit_s, view, a, until)
        views.append(
            View(
                a, lost, until, looks, float(first_s) if looks else np.nan,
                tuple((float(t), int(k)) for t, k in rows[:n]),
                tuple((float(r[FROM]), float(r[TO]), int(r[LOOKS]), int(r[HITS])) for r in tracks[:n_tracks]),
            )
        )  # fmt: skip
    return Watch(m, airborne, entity if airborne else 0, revisit_s, p, float(member["track_delay_s"]), tuple(views))


def _first_look_s(luck, word, key, launch_s, revisit_s, view, a, until) -> float:
    """When a radar first looks in a stretch of view in which no look sees the threat: where a sure one would."""
    rows = np.empty((int((until - a) / revisit_s) + 3, HIT_COLUMNS))
    add_hits(luck, word, key, launch_s, revisit_s, 1.0, view, a, until, rows, np.int64(0))
    return float(rows[0, HIT_S])
