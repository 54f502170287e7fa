"""Where a notional battery could meet a threat: a row behind the border, a frame around its province; never a site.

The battery stands somewhere in the row, `behind` the edge of its country's land, and a threat that its cover holds passes over it: so the ground distance
between both is how far the threat is from the row, measured across it. Who may fire, altitude and luck are not here.
"""

from __future__ import annotations

import numpy as np

from zaslin.atlas.fields import land_distance_m
from zaslin.jit import kernel
from zaslin.physics.intercept import on_line
from zaslin.physics.path import leg_at, place_at


@kernel
def row_m(fields, country, behind_m, x, y):
    """Ground distance, m, from a plane point to the row `behind_m` behind the edge of a country's land.

    By hand: the row 10 km behind the border, a threat 5 km outside: 15 km; 25 km inside: 15 km.
    """
    return abs(land_distance_m(fields, country, x, y) + behind_m)


@kernel
def outside_frame_m(frame, x, y):
    """How far, plane m, a point lies outside a convex frame of four corners (x0, y0, x1, y1, …; counter-clockwise), at least; 0 and less: inside."""
    far = -np.inf
    for i in range(4):
        ax, ay = frame[2 * i], frame[2 * i + 1]
        dx, dy = frame[(2 * i + 2) % 8] - ax, frame[(2 * i + 3) % 8] - ay
        far = max(far, ((x - ax) * dy - (y - ay) * dx) / np.sqrt(dx * dx + dy * dy))
    return far


@kernel
def round_s(fields, country, behind_m, missile_mps, line, t):
    """Flight time, s, of a round fired at `t` from the row that meets a target on its `Line`; by iteration.

    inf where that does not close in: the target nears the row, or leaves it, as fast as the round flies or faster (slow rounds, such as interceptor drones).
    """
    flight, before = 0.0, np.inf
    for i in range(2_000):
        x, y = on_line(line, t + flight)
        longer = row_m(fields, country, behind_m, x, y) / missile_mps
        gap = abs(longer - flight)
        if gap < 1e-8:
            return longer
        flight = longer
        if i % 20 == 19:
            if gap > 0.9 * before:
                break
            before = gap
    return np.inf


@kernel
def meets_from_row_s(fields, country, behind_m, verts, first, last, end_s, missile_mps, fire_s):
    """When a round fired from the row at `fire_s` meets a threat on its true path, turns included; inf where the flight ends before.

    Unique as the round is faster: the way to the row changes by no more than the threat flies.
    """
    lo, hi = fire_s, end_s
    x, y = place_at(verts, leg_at(verts, first, last, end_s), end_s)
    if row_m(fields, country, behind_m, x, y) > missile_mps * (end_s - fire_s):
        return np.inf
    while hi - lo > 1e-7:
        mid = 0.5 * (lo + hi)
        if mid <= lo or mid >= hi:
            break
        x, y = place_at(verts, leg_at(verts, first, last, mid), mid)
        if row_m(fields, country, behind_m, x, y) > missile_mps * (mid - fire_s):
            lo = mid
        else:
            hi = mid
    return hi
