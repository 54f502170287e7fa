"""Where a notional battery could meet a threat: a row behind the border, a frame around its province; never a site.

The battery stands somewhere in the row, `behind` the edge of its country's land, and a threat that its cover holds passes over it: so the ground distance
between both is how far the threat is from the row, measured across it. Who may fire, altitude and luck are not here.
"""

from __future__ import annotations

import numpy as np

from zaslin.atlas.fields import land_distance_m
from zaslin.jit import lean
from zaslin.physics.arcs import on_arc, point_of
from zaslin.physics.intercept import CLOSE_S, secant
from zaslin.physics.path import leg_at, place_at
from zaslin.plane import distance_m
from zaslin.units import EARTH_RADIUS_M

MUCH_FASTER = 1.5
"""A round this many times as fast as its target closes in wherever the target flies."""
PLANE_STRETCH = 1.5
"""A metre on the sphere is never more than this many of the plane, within 35 degrees of its centre."""


@lean
def row_m(fields, country, behind_m, x, y):
    """Ground distance, m, from a plane point to the row `behind_m` behind the edge of a country's land.

    By hand: the row 10 km behind the border, a threat 5 km outside: 15 km; 25 km inside: 15 km.
    """
    return abs(land_distance_m(fields, country, x, y) + behind_m)


@lean
def outside_frame_m(frame, x, y):
    """How far, plane m, a point lies outside a convex frame of four corners (x0, y0, x1, y1, …; counter-clockwise), at least; 0 and less: inside."""
    far = -np.inf
    for i in range(4):
        ax, ay = frame[2 * i], frame[2 * i + 1]
        dx, dy = frame[(2 * i + 2) % 8] - ax, frame[(2 * i + 3) % 8] - ay
        far = max(far, ((x - ax) * dy - (y - ay) * dx) / np.sqrt(dx * dx + dy * dy))
    return far


@lean
def _way_s(fields, country, behind_m, missile_mps, arc, t):
    """How long, s, a round flies from the row to where a target on its `Arc` is at `t`."""
    px, py, pz = on_arc(arc, t)
    x, y = point_of(px, py, pz)
    return row_m(fields, country, behind_m, x, y) / missile_mps


@lean
def round_s(fields, country, behind_m, missile_mps, arc, t):
    """Flight time, s, of a round fired at `t` from the row that meets a target on its `Arc`; by iteration.

    inf where that does not close in: the target nears the row, or leaves it, as fast as the round flies or faster (slow rounds, such as interceptor drones).
    A round that is much faster is found by the secant method first.
    """
    if MUCH_FASTER * arc.rate * EARTH_RADIUS_M < missile_mps:
        flight, last, late = 0.0, 0.0, 0.0
        for i in range(12):
            longer = _way_s(fields, country, behind_m, missile_mps, arc, t + flight)
            short = longer - flight
            if abs(short) < 1e-8:
                return longer
            step = -short * (flight - last) / (short - late) if i > 0 and short != late else short
            last, late = flight, short
            flight = flight + step if 0.0 <= flight + step <= 2.0 * (longer + flight) else longer
    flight, before = 0.0, np.inf
    for i in range(2_000):
        longer = _way_s(fields, country, behind_m, missile_mps, arc, t + flight)
        gap = abs(longer - flight)
        if gap < 1e-8:
            return longer
        flight = longer
        if i % 20 == 19:
            if gap > 0.9 * before:
                break
            before = gap
    return np.inf


@lean
def meets_from_row_s(fields, country, behind_m, verts, first, last, end_s, missile_mps, fire_s):
    """When a round fired from the row at `fire_s` meets a threat on its true path, turns included; inf where the flight ends before.

    Unique as the round is faster: the way to the row changes by no more than the threat flies.
    """
    lo, hi = fire_s, end_s
    x, y = place_at(verts, leg_at(verts, first, last, end_s), end_s)
    high = row_m(fields, country, behind_m, x, y) - missile_mps * (end_s - fire_s)
    if high > 0.0:
        return np.inf
    t, before, short = lo, hi, high
    for _ in range(100):
        x, y = place_at(verts, leg_at(verts, first, last, t), t)
        gap = row_m(fields, country, behind_m, x, y) - missile_mps * (t - fire_s)
        if gap > 0.0:
            lo = t
        else:
            hi = t
        if abs(gap) <= CLOSE_S * missile_mps or hi - lo <= CLOSE_S:
            return t
        before, short, t = t, gap, secant(lo, hi, t, gap, before, short)
    return hi


@lean
def span_in_frame(frame, xa, ya, xb, yb):
    """Between which fractions of the plane segment a–b, 0 to 1, it lies in a convex frame (as in `outside_frame_m`); (1, 0) where it stays outside."""
    f0, f1 = 0.0, 1.0
    for i in range(4):
        ax, ay = frame[2 * i], frame[2 * i + 1]
        dx, dy = frame[(2 * i + 2) % 8] - ax, frame[(2 * i + 3) % 8] - ay
        at_a, at_b = (xa - ax) * dy - (ya - ay) * dx, (xb - ax) * dy - (yb - ay) * dx
        if at_a > 0.0 and at_b > 0.0:
            return 1.0, 0.0
        if at_a > 0.0:
            f0 = max(f0, at_a / (at_a - at_b))
        elif at_b > 0.0:
            f1 = min(f1, at_a / (at_a - at_b))
    return (f0, f1) if f0 <= f1 else (1.0, 0.0)


@lean
def meets_in_frame_s(frame, verts, k, longest_s):
    """Between which times, s, a threat on leg `k` is in a frame, or would be if it flew straight on from the leg's end for `longest_s`; (inf, -inf): never.

    What is predicted of it on that leg cannot be in the frame at another time.
    """
    t, dt = verts[k].t, verts[k + 1].t - verts[k].t
    xa, ya, xb, yb = verts[k].x, verts[k].y, verts[k + 1].x, verts[k + 1].y
    if dt <= 0.0 or (xa == xb and ya == yb):
        return (t, t + max(dt, 0.0) + longest_s) if outside_frame_m(frame, xa, ya) <= 0.0 else (np.inf, -np.inf)
    more = 1.0 + PLANE_STRETCH * longest_s / dt
    ex, ey = xa + more * (xb - xa), ya + more * (yb - ya)
    f0, f1 = span_in_frame(frame, xa, ya, ex, ey)
    if f0 > f1:
        return np.inf, -np.inf
    per_m = dt / distance_m(xa, ya, xb, yb)
    from_s = t + per_m * distance_m(xa, ya, xa + f0 * (ex - xa), ya + f0 * (ey - ya)) if f0 > 0.0 else t
    return from_s, t + per_m * distance_m(xa, ya, xa + f1 * (ex - xa), ya + f1 * (ey - ya))
