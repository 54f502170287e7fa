"""When a path is inside a country's airspace: entry, exit, length and depth, exact against the border line, never from time steps.

Cheap first: the distance raster says which legs can meet a border at all; only those are asked of the polygon. Between two vertices a crossing is
a fraction of the straight line in the plane, the arc up to it gives the time in closed form. Depth is the greatest distance to that country's
own border (coast: the 12-mile line), so a flight through a narrow country is not deep; within 1 m of the maximum that the raster points to.
"""

from __future__ import annotations

import numpy as np

from zaslin.atlas.crossing import border_distance_m, crossings, inside
from zaslin.atlas.ground import Ground
from zaslin.jit import kernel
from zaslin.plane import distance_m
from zaslin.world.arrays import INSIDE
from zaslin.world.routes import clearance_m

MERGE_GAP_S = 60.0
"""Stays in one country less than this apart are one stay (DESIGN, measure `incursions`)."""

MAX_CROSSINGS = 256
"""Crossings of one leg with one border at most; a leg along a river has some dozens."""

N_NEIGHBOURS = 8
"""Countries 1 … 8 are the neighbours; Ukraine is 0."""

_NEAR_M = 100.0
"""A march along a leg ends where it is this close to the slack: it would come ever nearer in ever smaller steps."""

ROWS_PER_PATH = 64
"""INSIDE records of one path at most."""

_GOLDEN = 0.6180339887498949
_DEPTH_TOLERANCE_M = 1.0


@kernel
def meets_border(raster, fields, xa, ya, xb, yb):
    """Whether a plane segment may come to the zero line of a signed distance raster: never no where it does."""
    slack = 0.8 * fields.cell_m  # most that interpolation of a distance can be off in a square cell, and the stored rounding
    length = np.sqrt((xb - xa) ** 2 + (yb - ya) ** 2)
    s = 0.0
    while True:
        f = s / length if length > 0.0 else 0.0
        spare = abs(clearance_m(raster, fields, xa + f * (xb - xa), ya + f * (yb - ya))) - slack
        if spare <= _NEAR_M:
            return True
        s += spare
        if s >= length:
            return False


@kernel
def comes_near(near, fields, verts, n):
    """Whether a path may enter any neighbour: False is certain."""
    slack = 0.8 * fields.cell_m
    for i in range(n - 1):
        xa, ya, xb, yb = verts[i].x, verts[i].y, verts[i + 1].x, verts[i + 1].y
        length = np.sqrt((xb - xa) ** 2 + (yb - ya) ** 2)
        s = 0.0
        while s <= length:
            f = s / length if length > 0.0 else 0.0
            spare = clearance_m(near, fields, xa + f * (xb - xa), ya + f * (yb - ya)) - slack
            if spare <= _NEAR_M:
                return True
            s += spare
    return False


@kernel
def _depth_on(ground, country, xa, ya, xb, yb):
    """Greatest distance, m, to the country's border on a plane segment inside it."""
    fields, borders = ground.fields, ground.borders
    length = distance_m(xa, ya, xb, yb)
    pieces = min(max(int(length / (0.5 * fields.cell_m)), 2), 256)
    value = np.empty(pieces + 1)
    top = -np.inf
    for i in range(pieces + 1):
        f = i / pieces
        value[i] = -clearance_m(fields.distance[country], fields, xa + f * (xb - xa), ya + f * (yb - ya))
        top = max(top, value[i])
    # Local maxima of the raster, the greatest first asked: exact at its place, then, if it can still be the greatest, by golden section.
    reach = length / pieces
    best = 0.0
    for first in range(2):
        for i in range(pieces + 1):
            left, right = max(i - 1, 0), min(i + 1, pieces)
            if value[i] < value[left] or value[i] < value[right] or (first == 0) != (value[i] == top):
                continue
            if value[i] + 0.8 * fields.cell_m + reach < best:
                continue
            a, b = left / pieces, right / pieces
            f1, f2 = b - _GOLDEN * (b - a), a + _GOLDEN * (b - a)
            d0, d1, d2 = -1.0, -1.0, -1.0
            while (b - a) * length > _DEPTH_TOLERANCE_M:
                f = i / pieces if d0 < 0.0 else (f1 if d1 < 0.0 else f2)
                d = border_distance_m(borders, country, xa + f * (xb - xa), ya + f * (yb - ya))
                if d0 < 0.0:
                    d0 = d
                    if d0 + reach < best:  # distance changes by at most a metre a metre
                        break
                elif d1 < 0.0:
                    d1 = d
                else:
                    d2 = d
                best = max(best, d)
                if d1 < 0.0 or d2 < 0.0:
                    continue
                if d1 >= d2:
                    b, f2, d2 = f2, f1, d1
                    f1, d1 = b - _GOLDEN * (b - a), -1.0
                else:
                    a, f1, d1 = f1, f2, d2
                    f2, d2 = a + _GOLDEN * (b - a), -1.0
    return best


@kernel
def _add_piece(ground, verts, i, country, fa, fb, rows, n, first, with_depth):
    """Add the inside piece from fraction fa to fb of leg i to the stays rows[first:n]; returns the new n (unchanged where `rows` is full)."""
    xa, ya, xb, yb = verts[i].x, verts[i].y, verts[i + 1].x, verts[i + 1].y
    ax, ay = xa + fa * (xb - xa), ya + fa * (yb - ya)
    bx, by = xa + fb * (xb - xa), ya + fb * (yb - ya)
    leg_m = distance_m(xa, ya, xb, yb)
    leg_s = verts[i + 1].t - verts[i].t
    per_m = leg_s / leg_m if leg_m > 0.0 else 0.0
    path_m = distance_m(ax, ay, bx, by)
    # Whole legs keep their ends' times to the last bit.
    entry_s = verts[i].t if fa == 0.0 else verts[i].t + per_m * distance_m(xa, ya, ax, ay)
    exit_s = verts[i + 1].t if fb == 1.0 else verts[i].t + per_m * distance_m(xa, ya, bx, by)
    depth = _depth_on(ground, country, ax, ay, bx, by) if with_depth and path_m > 0.0 else 0.0
    if n > first and entry_s - rows[n - 1].exit_s < MERGE_GAP_S:
        row = rows[n - 1]
        row.path_m += path_m
        row.depth_m = max(row.depth_m, depth)
        row.exit_s, row.exit_x, row.exit_y = exit_s, bx, by
        return n
    if n >= len(rows):
        return n
    row = rows[n]
    row.country = country
    row.entry_s, row.entry_x, row.entry_y = entry_s, ax, ay
    row.exit_s, row.exit_x, row.exit_y = exit_s, bx, by
    row.path_m, row.depth_m = path_m, depth
    return n + 1


@kernel
def stays_in(ground, country, verts, n_verts, rows, n, with_depth):
    """Append a path's stays in one country to `rows` (INSIDE records; `threat` is left to the caller) from index n; returns the new count.

    verts: VERT records. Stays less than MERGE_GAP_S apart are merged: path and depth count the inside parts only.
    A segment that only touches the border gives no stay.
    """
    fields, borders = ground.fields, ground.borders
    raster = fields.distance[country]
    fracs = np.empty(MAX_CROSSINGS)
    first = n
    here = inside(borders, country, verts[0].x, verts[0].y)
    for i in range(n_verts - 1):
        xa, ya, xb, yb = verts[i].x, verts[i].y, verts[i + 1].x, verts[i + 1].y
        cuts = 0
        if meets_border(raster, fields, xa, ya, xb, yb):
            cuts = max(crossings(borders, country, xa, ya, xb, yb, fracs), 0)
        f0 = 0.0
        for c in range(cuts + 1):
            f1 = fracs[c] if c < cuts else 1.0
            if f1 <= f0:
                continue
            if cuts > 0:
                # Asked of the polygon, not toggled: a crossing counted twice or never at a vertex cannot turn the rest of the path inside out.
                middle = 0.5 * (f0 + f1)
                here = inside(borders, country, xa + middle * (xb - xa), ya + middle * (yb - ya))
            if here:
                n = _add_piece(ground, verts, i, country, f0, f1, rows, n, first, with_depth)
            f0 = f1
    return n


@kernel
def find_stays(near, ground, verts, n_verts, rows, with_depth):
    """All stays of a path in Ukraine and the eight neighbours into `rows`; returns (their number, excursion bits).

    rows: INSIDE records, filled in the order (country, entry). with_depth: also find depths in neighbours (Ukraine's is 0).
    """
    n = 0
    excursion = np.uint32(0)
    countries = N_NEIGHBOURS + 1 if comes_near(near, ground.fields, verts, n_verts) else 1
    for country in range(countries):
        before = n
        n = stays_in(ground, country, verts, n_verts, rows, n, with_depth and country > 0)
        if n > before and country > 0:
            excursion |= np.uint32(1) << np.uint32(country)
    return n, excursion


@kernel
def neighbours_entered(near, ground, verts, n_verts):
    """Excursion bits alone: bit k set where the path enters neighbour k. Same answer as `find_stays`."""
    excursion = np.uint32(0)
    if comes_near(near, ground.fields, verts, n_verts):
        for country in range(1, N_NEIGHBOURS + 1):
            if enters(ground, country, verts, n_verts):
                excursion |= np.uint32(1) << np.uint32(country)
    return excursion


@kernel
def enters(ground, country, verts, n_verts):
    """Whether a path is ever inside a country's airspace."""
    fields, borders = ground.fields, ground.borders
    raster = fields.distance[country]
    fracs = np.empty(MAX_CROSSINGS)
    if inside(borders, country, verts[0].x, verts[0].y):
        return True
    for i in range(n_verts - 1):
        xa, ya, xb, yb = verts[i].x, verts[i].y, verts[i + 1].x, verts[i + 1].y
        if meets_border(raster, fields, xa, ya, xb, yb):
            cuts = max(crossings(borders, country, xa, ya, xb, yb, fracs), 0)
            f0 = 0.0
            for c in range(cuts + 1):
                f1 = fracs[c] if c < cuts else 1.0
                if f1 > f0 and cuts > 0:
                    middle = 0.5 * (f0 + f1)
                    if inside(borders, country, xa + middle * (xb - xa), ya + middle * (yb - ya)):
                        return True
                f0 = f1
    return False


@kernel
def _stays_from(near, ground, verts, paths, rows, excursion, with_depth, i, used):
    """Stays of paths from i on; returns (next path, rows used), early where `rows` might not hold the next."""
    while i < len(paths) and used + ROWS_PER_PATH <= len(rows):
        a, b = paths[i].vert_from, paths[i].vert_to
        n, bits = find_stays(near, ground, verts[a:b], b - a, rows[used : used + ROWS_PER_PATH], with_depth)
        for r in range(used, used + n):
            rows[r].threat = i
        excursion[i] = bits
        used += n
        i += 1
    return i, used


def stays_of(near: np.ndarray, ground: Ground, verts: np.ndarray, paths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """INSIDE records of paths, sorted by (threat, country, entry), and each path's excursion bits, uint32 (n,). near: Night.near."""
    rows = np.zeros(4 * len(paths) + ROWS_PER_PATH, dtype=INSIDE)
    excursion = np.zeros(len(paths), dtype=np.uint32)
    i = used = 0
    while True:
        i, used = _stays_from(near, ground, verts, paths, rows, excursion, True, i, used)
        if i == len(paths):
            out = np.zeros(used, dtype=INSIDE)  # a plain copy would leave stray bytes between the fields
            out[:] = rows[:used]
            return out, excursion
        rows = np.concatenate([rows, np.zeros_like(rows)])


@kernel
def entered_by(near, ground, verts, paths, excursion):
    """Fill excursion[i], uint32, with the neighbours that path i enters."""
    for i in range(len(paths)):
        a, b = paths[i].vert_from, paths[i].vert_to
        excursion[i] = neighbours_entered(near, ground, verts[a:b], b - a)
