"""The flying of pairs: where one is, how long over Ukraine, take-off, relief, the way home; not what it shoots at.

Between two points a pair flies a great circle at one speed and holds where it arrives. A pair that is held in its own airspace is taken
to fly round any corner of a neighbour's; the detour is neglected and no time over Ukraine is counted.
"""

from __future__ import annotations

import numpy as np

from zaslin.atlas.crossing import crossings, inside
from zaslin.atlas.fields import signed_distance_m
from zaslin.doctrine.alert import on_station_s
from zaslin.engine.queue import push
from zaslin.engine.records import CROSSINGS_FULL, DOWN, FREE, HOMEWARD, QUEUE_FULL
from zaslin.jit import kernel
from zaslin.plane import along, distance_m

_UKRAINE = np.int64(0)
FROM_BASE, ON_STATION = np.arange(2)
_NEAR_M = 10_000.0


@kernel
def schedule(board, t, kind, a, b):
    """Put an event into the queue; a full queue becomes the board's status."""
    if not push(board.heap, board.header, t, kind, a, b):
        board.counts[3] = QUEUE_FULL


@kernel
def locate(pair, t):
    """Plane point (x, y), m, of a pair at `t` >= pair.t, s."""
    run = pair.speed * (t - pair.t)
    if run >= distance_m(pair.x, pair.y, pair.to_x, pair.to_y):
        return pair.to_x, pair.to_y
    return along(pair.x, pair.y, pair.to_x, pair.to_y, run)


@kernel
def share_over_ukraine(ground, xa, ya, xb, yb):
    """Share of the straight way a–b that lies in Ukraine's airspace, by length in the plane; -1 where it crosses the border too often."""
    length = distance_m(xa, ya, xb, yb)
    if signed_distance_m(ground.fields, _UKRAINE, xa, ya) > length + _NEAR_M:
        return 0.0
    fracs = np.empty(256)
    n = crossings(ground.borders, _UKRAINE, xa, ya, xb, yb, fracs)
    if n < 0:
        return -1.0
    total, f0 = 0.0, 0.0
    for i in range(n + 1):
        f1 = fracs[i] if i < n else 1.0
        mid = 0.5 * (f0 + f1)
        if f1 > f0 and inside(ground.borders, _UKRAINE, xa + mid * (xb - xa), ya + mid * (yb - ya)):
            total += f1 - f0
        f0 = f1
    return total


@kernel
def _share(ground, board, xa, ya, xb, yb):
    """`share_over_ukraine`; a way that crosses the border too often becomes the board's status."""
    share = share_over_ukraine(ground, xa, ya, xb, yb)
    if share < 0.0:
        board.counts[3] = CROSSINGS_FULL
    return share


@kernel
def settle(ground, board, i, t):
    """Bring pair i to time `t` and book what it flew over Ukraine since."""
    p = board.pairs[i]
    if t <= p.t:
        return
    x, y = locate(p, t)
    if p.abroad == 1 and p.sortie >= 0:
        moving = min(distance_m(p.x, p.y, p.to_x, p.to_y) / p.speed, t - p.t) if p.speed > 0.0 else 0.0
        seconds = moving * _share(ground, board, p.x, p.y, x, y) if moving > 0.0 else 0.0
        if t - p.t > moving and inside(ground.borders, _UKRAINE, x, y):
            seconds += t - p.t - moving
        board.sorties[p.sortie].over_ukraine_s += seconds
    p.x, p.y, p.t = x, y, t


@kernel
def head_for(ground, board, i, t, x, y, speed):
    """From `t` on, pair i flies to (x, y) at `speed`."""
    settle(ground, board, i, t)
    p = board.pairs[i]
    p.to_x, p.to_y, p.speed = x, y, speed


@kernel
def take_off(ground, board, shooter, i, take_off_s, t, start):
    """Begin a sortie of pair i: airborne at its base at `t` (start FROM_BASE), or already ON_STATION (it took off at take_off_s, before). False: no room."""
    n = board.counts[2]
    if n >= len(board.sorties):
        return False
    row = board.sorties[n]
    row.shooter, row.rounds, row.take_off_s, row.landing_s, row.over_ukraine_s = i, 0, take_off_s, np.nan, 0.0
    board.counts[2] = n + 1
    p = board.pairs[i]
    p.sortie, p.t, p.status, p.rounds, p.fresh, p.go_home, p.relief = n, t, FREE, shooter.rounds, 1, 0, 0
    p.bursts, p.ready_s = shooter.bursts, -np.inf
    p.land_by_s, p.fired_s = take_off_s + shooter.endurance_s, -np.inf
    p.to_x, p.to_y, p.speed = shooter.station_x, shooter.station_y, shooter.cruise_mps
    # A station in Ukraine, or a way there over Ukraine, is flown abroad; a chase says anew where it may go.
    p.abroad = 1 if inside(ground.borders, _UKRAINE, shooter.station_x, shooter.station_y) else 0
    if start == ON_STATION:
        p.x, p.y = shooter.station_x, shooter.station_y
        if p.abroad == 1:
            share = _share(ground, board, shooter.base_x, shooter.base_y, p.x, p.y)
            row.over_ukraine_s += share * (t - take_off_s)
        # The way home is flown after the relief: the patrol's own length decides, not the endurance less a detour.
        p.land_by_s = take_off_s + max(shooter.endurance_s, on_station_s(shooter, t - take_off_s) + 2.0 * (t - take_off_s))
    else:
        p.x, p.y = shooter.base_x, shooter.base_y
    return True


@kernel
def fly_home(ground, board, shooter, i, t):
    """Send pair i home; returns its landing time, s."""
    head_for(ground, board, i, t, shooter.base_x, shooter.base_y, shooter.cruise_mps)
    p = board.pairs[i]
    p.status, p.go_home, p.relief = HOMEWARD, 0, 0
    return t + distance_m(p.x, p.y, p.to_x, p.to_y) / shooter.cruise_mps


@kernel
def bingo_s(pair, shooter, t):
    """When a pair that flies to its station from where it is at `t`, s, and holds there must turn for home to land by its `land_by_s`; `t` where it is late.

    The landing it would have comes later the later it turns, so the time is unique; bracketed to 1e-3 s.
    """
    x, y = locate(pair, t)
    if t + distance_m(x, y, shooter.base_x, shooter.base_y) / shooter.cruise_mps >= pair.land_by_s:
        return t
    lo, hi = t, pair.land_by_s
    while hi - lo > 1e-3:
        mid = 0.5 * (lo + hi)
        x, y = locate(pair, mid)
        if mid + distance_m(x, y, shooter.base_x, shooter.base_y) / shooter.cruise_mps >= pair.land_by_s:
            hi = mid
        else:
            lo = mid
    return hi


@kernel
def land(ground, board, i, t):
    """Pair i is down: its sortie's row is complete."""
    settle(ground, board, i, t)
    p = board.pairs[i]
    board.sorties[p.sortie].landing_s = t
    p.status, p.sortie, p.abroad = DOWN, -1, 0


@kernel
def relieve(ground, board, shooter, i, t):
    """A fresh pair takes over pair i's station at `t`; the old one flies home (its sortie is booked at once). False: no room."""
    settle(ground, board, i, t)
    p = board.pairs[i]
    row = board.sorties[p.sortie]
    way = distance_m(p.x, p.y, shooter.base_x, shooter.base_y) / shooter.cruise_mps
    row.landing_s = t + way
    if p.abroad == 1:
        row.over_ukraine_s += way * _share(ground, board, p.x, p.y, shooter.base_x, shooter.base_y)
    transit = distance_m(shooter.base_x, shooter.base_y, shooter.station_x, shooter.station_y) / shooter.cruise_mps
    return take_off(ground, board, shooter, i, t - transit, t, ON_STATION)
