"""When a path is inside a zone that a package names, given as a raster: exact against its cells; what a caveat makes of it is not known here."""

from __future__ import annotations

import numpy as np

from zaslin.jit import lean
from zaslin.plane import distance_m


@lean
def zone_flips(zone, fields, verts, first, last, flips):
    """Times, s, at which a path enters and leaves a raster zone (1 inside), exact against its cells; `flips` takes them, entries first.

    Returns their number (even: a path that ends inside is closed by its end), -1 where `flips` is too short. Walks from cell to cell.
    """
    ny, nx = zone.shape
    n, inside = 0, False
    for k in range(first, last - 1):
        t0, t1 = verts[k].t, verts[k + 1].t
        if t1 <= t0:
            continue
        xa, ya = verts[k].x, verts[k].y
        u, v = (xa - fields.x0) / fields.cell_m, (ya - fields.y0) / fields.cell_m
        du, dv = (verts[k + 1].x - xa) / fields.cell_m, (verts[k + 1].y - ya) / fields.cell_m
        i, j = int(np.floor(u)), int(np.floor(v))
        si, sj = (1 if du > 0.0 else -1), (1 if dv > 0.0 else -1)
        next_u = ((i + (1 if du > 0.0 else 0)) - u) / du if du != 0.0 else np.inf
        next_v = ((j + (1 if dv > 0.0 else 0)) - v) / dv if dv != 0.0 else np.inf
        step_u, step_v = (abs(1.0 / du) if du != 0.0 else np.inf), (abs(1.0 / dv) if dv != 0.0 else np.inf)
        length = distance_m(xa, ya, verts[k + 1].x, verts[k + 1].y)
        f = 0.0
        while f < 1.0:
            # Along the row, as far as nothing changes; what lies outside the raster is outside the zone.
            if 0 <= j < ny:
                row = zone[j]
                while next_u < next_v and next_u < 1.0 and (0 <= i < nx and row[i] == 1) == inside:
                    f, i, next_u = next_u, i + si, next_u + step_u
            here = 0 <= i < nx and 0 <= j < ny and zone[j, i] == 1
            if here != inside:
                if n >= len(flips):
                    return -1
                part = distance_m(xa, ya, xa + f * (verts[k + 1].x - xa), ya + f * (verts[k + 1].y - ya))
                flips[n] = t0 + (t1 - t0) * (part / length if length > 0.0 else 0.0)
                n += 1
                inside = here
            if next_u < next_v:
                f, i, next_u = next_u, i + si, next_u + step_u
            else:
                f, j, next_v = next_v, j + sj, next_v + step_v
    if inside:
        if n >= len(flips):
            return -1
        flips[n] = verts[last - 1].t
        n += 1
    return n
