"""Where a threat is on its path at a time: legs are great circles flown at constant speed; nothing here decides or draws.

`verts` is a raid's VERT array (zaslin.world.arrays: x, y plane m; t s; alt m), `first:last` the slice of one threat. A leg k runs from
vertex k to vertex k + 1.
"""

from __future__ import annotations

from zaslin.jit import lean
from zaslin.plane import distance_m, part_way


@lean
def leg_at(verts, first, last, t):
    """The leg k that is flown at time `t`, s (before the first vertex: the first leg; after the last: the last leg)."""
    lo, hi = first, last - 1
    while hi - lo > 1:
        mid = (lo + hi) // 2
        if verts[mid].t <= t:
            lo = mid
        else:
            hi = mid
    return lo


@lean
def place_at(verts, k, t):
    """Plane point (x, y), m, at time `t`, s, on leg `k`; beyond the leg's ends the great circle goes on at the same speed."""
    t0, t1 = verts[k].t, verts[k + 1].t
    xa, ya, xb, yb = verts[k].x, verts[k].y, verts[k + 1].x, verts[k + 1].y
    if t1 <= t0:
        return xa, ya
    return part_way(xa, ya, xb, yb, (t - t0) / (t1 - t0))


@lean
def altitude_at(verts, k, t):
    """Altitude, m, at time `t`, s, on leg `k`; held at the leg's ends outside it."""
    t0, t1 = verts[k].t, verts[k + 1].t
    if t1 <= t0 or t <= t0:
        return verts[k].alt
    if t >= t1:
        return verts[k + 1].alt
    return verts[k].alt + (verts[k + 1].alt - verts[k].alt) * (t - t0) / (t1 - t0)


@lean
def leg_speed_mps(verts, k):
    """Ground speed on leg `k`, m/s (0 for a leg without duration)."""
    dt = verts[k + 1].t - verts[k].t
    if dt <= 0.0:
        return 0.0
    return distance_m(verts[k].x, verts[k].y, verts[k + 1].x, verts[k + 1].y) / dt


@lean
def fill_speeds(threats, verts, speeds):
    """speeds[k]: `leg_speed_mps` of each leg of each threat."""
    for j in range(len(threats)):
        for k in range(threats[j].vert_from, threats[j].vert_to - 1):
            speeds[k] = leg_speed_mps(verts, k)


@lean
def climb_mps(verts, k):
    """Rate of climb on leg `k`, m/s (negative: descending; 0 for a leg without duration)."""
    dt = verts[k + 1].t - verts[k].t
    return (verts[k + 1].alt - verts[k].alt) / dt if dt > 0.0 else 0.0
