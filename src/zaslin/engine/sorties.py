"""The flying of pairs: where one is, how long over Ukraine, take-off, relief, the way home; not what it shoots at.

Between two points a pair flies a great circle at one speed and holds where it arrives. A pair that is held in its own airspace is taken
to fly round any corner of a neighbour's; the detour is neglected and no time over Ukraine is counted.
"""

from __future__ import annotations

import numpy as np

from zaslin.atlas.crossing import crossings
from zaslin.atlas.fields import cell_of, signed_distance_m
from zaslin.atlas.ground import over
from zaslin.doctrine.alert import on_station_s
from zaslin.engine.queue import push
from zaslin.engine.records import CROSSINGS_FULL, DOWN, FREE, FREED, FRESH, HOMEWARD, QUEUE_FULL, STIRRED
from zaslin.jit import lean
from zaslin.plane import along, distance_m
from zaslin.stack import stack_floats

_UKRAINE = np.int64(0)
FROM_BASE, ON_STATION = np.arange(2)
_NEAR_M = 10_000.0
_MOST_CROSSINGS = 256


@lean
def schedule(board, t, kind, a, b):
    """Put an event into the queue; a full queue becomes the board's status."""
    if not push(board.heap, board.header, t, kind, a, b):
        board.counts[3] = QUEUE_FULL


@lean
def stir(board, j):
    """Something about threat j changed: the next decision looks at it anew."""
    board.counts[FRESH] = 1
    if board.tracks[j].fresh == 0:
        board.tracks[j].fresh = 1
        board.stirred[board.counts[STIRRED]] = j
        board.counts[STIRRED] += 1


@lean
def freed(board, i):
    """Pair i has become free, or is airborne again: the next decision looks at it anew."""
    board.counts[FRESH] = 1
    if board.pairs[i].fresh == 0:
        board.pairs[i].fresh = 1
        board.freed[board.counts[FREED]] = i
        board.counts[FREED] += 1


@lean
def locate(pair, t):
    """Plane point (x, y), m, of a pair at `t` >= pair.t, s."""
    if t >= pair.there_s:
        return pair.to_x, pair.to_y
    return along(pair.x, pair.y, pair.to_x, pair.to_y, pair.speed * (t - pair.t))


@lean
def share_over_ukraine(ground, xa, ya, xb, yb):
    """Share of the straight way a–b that lies in Ukraine's airspace, by length in the plane; -1 where it crosses the border too often."""
    length = distance_m(xa, ya, xb, yb)
    away = signed_distance_m(ground.fields, _UKRAINE, xa, ya)
    if away > length + _NEAR_M:
        return 0.0
    if away < -(length + _NEAR_M) and cell_of(ground.fields, xa, ya)[0] >= 0:
        return 1.0
    return _share_by_line(ground, xa, ya, xb, yb)


@lean
def _share_by_line(ground, xa, ya, xb, yb):
    """`share_over_ukraine` of a way that comes near the border."""
    fracs = stack_floats(_MOST_CROSSINGS)
    n = crossings(ground.borders, _UKRAINE, xa, ya, xb, yb, fracs)
    if n < 0:
        return -1.0
    total, f0 = 0.0, 0.0
    for i in range(n + 1):
        f1 = fracs[i] if i < n else 1.0
        mid = 0.5 * (f0 + f1)
        if f1 > f0 and over(ground, _UKRAINE, xa + mid * (xb - xa), ya + mid * (yb - ya)):
            total += f1 - f0
        f0 = f1
    return total


@lean
def _share(ground, board, xa, ya, xb, yb):
    """`share_over_ukraine`; a way that crosses the border too often becomes the board's status."""
    share = share_over_ukraine(ground, xa, ya, xb, yb)
    if share < 0.0:
        board.counts[3] = CROSSINGS_FULL
    return share


@lean
def moving_s(pair, t):
    """How long of the time until `t` >= pair.t, s, a pair is on its way; then it holds."""
    return max(min(pair.there_s, t) - pair.t, 0.0)


@lean
def fuel_until_s(pair, t):
    """When the fuel of a pair ends, s, if it flies at cruise from `t` >= pair.t on: each second at dash until then has taken `burn` seconds' fuel."""
    return pair.land_by_s - (pair.burn - 1.0) * moving_s(pair, t)


@lean
def settle(ground, board, i, t):
    """Bring pair i to time `t` and book what it flew over Ukraine since, and what it burnt at dash."""
    p = board.pairs[i]
    if t <= p.t:
        return
    x, y = locate(p, t)
    p.land_by_s = fuel_until_s(p, t)
    if p.abroad == 1 and p.sortie >= 0:
        moving = moving_s(p, t)
        seconds = moving * _share(ground, board, p.x, p.y, x, y) if moving > 0.0 else 0.0
        if t - p.t > moving and over(ground, _UKRAINE, x, y):
            seconds += t - p.t - moving
        board.sorties[p.sortie].over_ukraine_s += seconds
    p.x, p.y, p.t = x, y, t


@lean
def head_for(ground, board, i, t, x, y, speed):
    """From `t` on, pair i flies to (x, y) at `speed`."""
    settle(ground, board, i, t)
    p = board.pairs[i]
    p.to_x, p.to_y, p.speed, p.burn = x, y, speed, 1.0
    p.there_s = max(t, p.t) + distance_m(p.x, p.y, x, y) / speed


@lean
def dash_for(ground, board, shooter, i, t, x, y):
    """From `t` on, pair i flies to (x, y) at dash, and burns fuel accordingly."""
    head_for(ground, board, i, t, x, y, shooter.dash_mps)
    board.pairs[i].burn = shooter.dash_burn


@lean
def take_off(ground, board, shooter, i, take_off_s, t, start):
    """Begin a sortie of pair i: airborne at its base at `t` (start FROM_BASE), or already ON_STATION (it took off at take_off_s, before). False: no room.

    An alert pair's crew flies its sorties of the night one after the other; each pair of a patrol has a fresh crew.
    """
    n = board.counts[2]
    if n >= len(board.sorties):
        return False
    row = board.sorties[n]
    row.shooter, row.rounds, row.take_off_s, row.landing_s, row.over_ukraine_s, row.ordered_s, row.ready_s = i, 0, take_off_s, np.nan, 0.0, np.nan, np.nan
    board.counts[2] = n + 1
    p = board.pairs[i]
    p.sortie, p.t, p.status, p.rounds, p.go_home, p.relief = n, t, FREE, shooter.rounds, 0, 0
    freed(board, i)
    p.bursts, p.ready_s = shooter.bursts, -np.inf
    p.land_by_s, p.fired_s, p.off_duty_s = take_off_s + shooter.endurance_s, -np.inf, np.inf
    p.to_x, p.to_y, p.speed, p.burn = shooter.station_x, shooter.station_y, shooter.cruise_mps, 1.0
    # A station in Ukraine, or a way there over Ukraine, is flown abroad; a chase says anew where it may go.
    p.abroad = 1 if over(ground, _UKRAINE, shooter.station_x, shooter.station_y) else 0
    if start == ON_STATION:
        p.x, p.y, p.there_s = shooter.station_x, shooter.station_y, t
        if p.abroad == 1:
            share = _share(ground, board, shooter.base_x, shooter.base_y, p.x, p.y)
            row.over_ukraine_s += share * (t - take_off_s)
        # The way home is flown after the relief: the patrol's own length decides, not the endurance less a detour.
        p.land_by_s = take_off_s + max(shooter.endurance_s, on_station_s(shooter, t - take_off_s) + 2.0 * (t - take_off_s))
    else:
        p.x, p.y = shooter.base_x, shooter.base_y
        p.there_s = t + distance_m(p.x, p.y, shooter.station_x, shooter.station_y) / shooter.cruise_mps
        row.ordered_s, p.off_duty_s = p.ordered_s, t + shooter.crew_duty_s - p.duty_s
    return True


@lean
def fly_home(ground, board, shooter, i, t):
    """Send pair i home; returns its landing time, s."""
    head_for(ground, board, i, t, shooter.base_x, shooter.base_y, shooter.cruise_mps)
    p = board.pairs[i]
    p.status, p.go_home, p.relief = HOMEWARD, 0, 0
    return t + distance_m(p.x, p.y, p.to_x, p.to_y) / shooter.cruise_mps


@lean
def bingo_s(pair, shooter, t):
    """When a pair that flies to its station at cruise from where it is at `t`, s, and holds there must turn for home to land before its fuel and its crew's
    duty end; `t` where it is late.

    The landing it would have comes later the later it turns, so the time is unique: in closed form where it is at its station by then, else bracketed to
    1e-3 s.
    """
    x, y = locate(pair, t)
    home_by_s = min(pair.land_by_s, pair.off_duty_s)
    if t + distance_m(x, y, shooter.base_x, shooter.base_y) / shooter.cruise_mps >= home_by_s:
        return t
    held = home_by_s - distance_m(pair.to_x, pair.to_y, shooter.base_x, shooter.base_y) / shooter.cruise_mps
    if held >= pair.there_s:
        return max(held, t)
    lo, hi = t, home_by_s
    while hi - lo > 1e-3:
        mid = 0.5 * (lo + hi)
        x, y = locate(pair, mid)
        if mid + distance_m(x, y, shooter.base_x, shooter.base_y) / shooter.cruise_mps >= home_by_s:
            hi = mid
        else:
            lo = mid
    return hi


@lean
def land(ground, board, i, t):
    """Pair i is down: its sortie's row is complete, but for when it stands on alert again; its crew has flown for so long."""
    settle(ground, board, i, t)
    p = board.pairs[i]
    row = board.sorties[p.sortie]
    row.landing_s = t
    p.duty_s += t - row.take_off_s
    p.status, p.sortie, p.abroad = DOWN, -1, 0


@lean
def leave(ground, board, shooter, i, t):
    """Patrol i leaves its station, or wherever it is, at `t`, and flies home: its sortie is booked at once, and nobody is there until a relief arrives."""
    settle(ground, board, i, t)
    p = board.pairs[i]
    row = board.sorties[p.sortie]
    way = distance_m(p.x, p.y, shooter.base_x, shooter.base_y) / shooter.cruise_mps
    row.landing_s = t + way
    if p.abroad == 1:
        row.over_ukraine_s += way * _share(ground, board, p.x, p.y, shooter.base_x, shooter.base_y)
    p.status, p.sortie, p.abroad, p.relief = DOWN, -1, 0, 0


@lean
def arrive(ground, board, shooter, i, t):
    """A fresh pair stands on patrol i's station from `t` on; where the old one is still there, it leaves. False: no room."""
    if board.pairs[i].sortie >= 0:
        leave(ground, board, shooter, i, t)
    transit = distance_m(shooter.base_x, shooter.base_y, shooter.station_x, shooter.station_y) / shooter.cruise_mps
    return take_off(ground, board, shooter, i, t - transit, t, ON_STATION)
