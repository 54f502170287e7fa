"""Patrols and alerts as events: who stands on station, who is ordered up, bingo fuel, relief in time or late, landing, and home when the raid is over."""

from __future__ import annotations

import numpy as np

from zaslin.doctrine.alert import TURN_ROUND_S, duty_suffices, on_station_s, order_s, relief_late_s, take_off_s
from zaslin.engine.records import (
    ALL_CLEAR,
    ARRIVAL,
    BINGO,
    CHASING,
    FREE,
    LANDING,
    NO_PLAN,
    RELIEF,
    RELIEF_DUE,
    RELIEF_HERE,
    SHOOTING,
    SORTIES_FULL,
    UP,
)
from zaslin.engine.sorties import FROM_BASE, arrive, bingo_s, fly_home, head_for, land, leave, schedule, take_off
from zaslin.jit import lean
from zaslin.physics.intercept import outside_m
from zaslin.physics.path import leg_at, leg_speed_mps, place_at
from zaslin.plane import distance_m
from zaslin.world.arrays import KIND_CAP, KIND_QRA

RAID_WITHIN_M = 300_000.0
"""The raid lasts while a threat is this near to Ukraine's or a member's airspace, m: assumption, 100–600 km."""
_LOOK_S = 10.0
_EARLY_S = 0.01
_UKRAINE = np.int64(0)


@lean
def _nearest_airspace_m(scene, x, y):
    """Signed distance, m, from a plane point to the nearest airspace of Ukraine and the members."""
    near = outside_m(scene.ground.fields, _UKRAINE, x, y)
    for m in range(len(scene.members)):
        near = min(near, outside_m(scene.ground.fields, np.int64(scene.members[m].country), x, y))
    return near


@lean
def raid_over_s(scene, start):
    """When the raid is over, s, not before `start`: the last moment at which a threat that Ukraine's layer leaves alive is within `RAID_WITHIN_M`.

    From each threat's end backwards by what the distance allows, leg by leg; good to 10 s (late, not early).
    """
    over = start
    for j in range(len(scene.threats)):
        threat = scene.threats[j]
        if threat.other > 0:
            continue
        t = min(threat.stop_s, threat.end_s)
        last = t
        k = leg_at(scene.verts, threat.vert_from, threat.vert_to, t)
        while t > over:
            while k > threat.vert_from and scene.verts[k].t >= t:
                k -= 1
            x, y = place_at(scene.verts, k, t)
            gap = _nearest_airspace_m(scene, x, y) - RAID_WITHIN_M
            if gap <= 0.0:
                over = last
                break
            speed = leg_speed_mps(scene.verts, k)
            step = gap / speed if speed > 0.0 else _LOOK_S
            if t <= scene.verts[threat.vert_from].t:
                break
            # Within the step it was too far: `last` is the latest moment at which it may have been near.
            before = max(t - max(step, _LOOK_S), scene.verts[k].t)
            t, last = before, max(t - step, before)
    return over


@lean
def _trigger_s(scene, i, from_s):
    """The first trigger of pair i not before `from_s`, s; inf if none."""
    shooter = scene.shooters[i]
    m = shooter.member
    return order_s(scene.ground.fields, scene.threats, scene.verts, scene.members[m], scene.sight[m], scene.pieces, shooter, from_s)


@lean
def _same_trigger(a, b):
    """Whether two alert pairs of SHOOTER wait for the same."""
    return a.member == b.member and a.raid_warning == b.raid_warning and a.lead_s == b.lead_s and a.track_within_m == b.track_within_m


@lean
def _order(scene, board, i, order, all_clear):
    """Order pair i up at `order`, s (inf: never), if its crew may still fly; nobody takes off when the raid is over."""
    shooter = scene.shooters[i]
    p = board.pairs[i]
    if order < np.inf and duty_suffices(shooter, p.duty_s):
        t = take_off_s(scene.seed, scene.replicate, shooter, order, p.scrambles)
        if t < all_clear:
            p.scrambles += 1
            p.ordered_s = order
            schedule(board, t, UP, i, NO_PLAN)


@lean
def _relief_arrives(scene, board, i, t):
    """The next pair of patrol i comes to its station at `t`: it takes over, or waits for a busy one; its own time runs from now on."""
    shooter, p = scene.shooters[i], board.pairs[i]
    if p.status == CHASING or p.status == SHOOTING:
        p.relief = RELIEF_HERE
    elif not arrive(scene.ground, board, shooter, i, t):
        board.counts[3] = SORTIES_FULL
    transit = distance_m(shooter.base_x, shooter.base_y, shooter.station_x, shooter.station_y) / shooter.cruise_mps
    p.off_s = t + on_station_s(shooter, transit)
    schedule(board, p.off_s, RELIEF, i, NO_PLAN)


@lean
def _relief_is_due(scene, board, i, now):
    """Patrol i's time on station is over: it leaves, if it is not busy, and its relief comes now or late."""
    shooter, p = scene.shooters[i], board.pairs[i]
    p.reliefs += 1
    late = relief_late_s(scene.seed, scene.replicate, shooter, p.reliefs)
    if late <= 0.0:
        _relief_arrives(scene, board, i, now)
        return
    if p.status == FREE:
        leave(scene.ground, board, shooter, i, now)
    elif (p.status == CHASING or p.status == SHOOTING) and p.relief != RELIEF_HERE:
        p.relief = RELIEF_DUE
    schedule(board, now + late, ARRIVAL, i, NO_PLAN)


@lean
def flies_on(scene, board, i, now):
    """What pair i does when it has let go: home, if the raid or its time is over, else toward its station, as long as fuel and duty allow."""
    shooter, p = scene.shooters[i], board.pairs[i]
    if p.go_home == 1:
        schedule(board, fly_home(scene.ground, board, shooter, i, now), LANDING, i, p.sortie)
    elif p.relief == RELIEF_HERE:
        if not arrive(scene.ground, board, shooter, i, now):
            board.counts[3] = SORTIES_FULL
    elif p.relief == RELIEF_DUE:
        leave(scene.ground, board, shooter, i, now)
    else:
        head_for(scene.ground, board, i, now, shooter.station_x, shooter.station_y, shooter.cruise_mps)
        bingo = bingo_s(p, shooter, now)
        if shooter.kind != KIND_CAP or bingo < p.off_s - _EARLY_S:
            schedule(board, bingo, BINGO, i, p.sortie)


@lean
def patrols_and_alerts(scene, board, start, all_clear):
    """The first take-offs: patrols stand on station when the raid begins, alert pairs wait for their trigger."""
    last, order = np.int64(-1), np.inf
    for i in range(len(scene.shooters)):
        shooter = scene.shooters[i]
        if shooter.kind == KIND_CAP:
            late = relief_late_s(scene.seed, scene.replicate, shooter, np.int64(0))
            if late > 0.0:
                schedule(board, start + late, ARRIVAL, i, NO_PLAN)
            else:
                _relief_arrives(scene, board, i, start)
        elif shooter.kind == KIND_QRA:
            if last < 0 or not _same_trigger(scene.shooters[last], shooter):
                last, order = np.int64(i), _trigger_s(scene, i, -shooter.lead_s)
            _order(scene, board, i, order, all_clear)


@lean
def flight_event(scene, board, kind, i, b, now, all_clear):
    """Take-off, bingo fuel, relief, landing and the end of the raid, for pair i."""
    shooter, p = scene.shooters[i], board.pairs[i]
    if kind == UP:
        if not take_off(scene.ground, board, shooter, i, now, now, FROM_BASE):
            board.counts[3] = SORTIES_FULL
            return
        schedule(board, bingo_s(p, shooter, now), BINGO, i, p.sortie)
    elif kind == LANDING:
        if p.sortie == b:
            land(scene.ground, board, i, now)
            if shooter.kind != KIND_CAP:
                board.sorties[b].ready_s = now + TURN_ROUND_S if duty_suffices(shooter, p.duty_s) else np.inf
                if now + TURN_ROUND_S < all_clear:
                    _order(scene, board, i, _trigger_s(scene, i, now + TURN_ROUND_S), all_clear)
    elif kind == RELIEF:
        if now < all_clear:
            _relief_is_due(scene, board, i, now)
    elif kind == ARRIVAL:
        if now < all_clear:
            _relief_arrives(scene, board, i, now)
    elif kind == BINGO:
        # A chase has let the pair fly elsewhere meanwhile, or still does: what counts is asked when it lets go.
        if p.sortie == b and p.status == FREE and bingo_s(p, shooter, now) <= now:
            if shooter.kind == KIND_CAP:
                leave(scene.ground, board, shooter, i, now)
            else:
                schedule(board, fly_home(scene.ground, board, shooter, i, now), LANDING, i, p.sortie)
    elif kind == ALL_CLEAR:
        if p.status == FREE:
            schedule(board, fly_home(scene.ground, board, shooter, i, now), LANDING, i, p.sortie)
        elif p.status == CHASING or p.status == SHOOTING:
            p.go_home = 1
