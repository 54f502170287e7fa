"""When a path is inside a country's airspace: entry, exit, length and depth, exact against the border line, never from time steps.

Cheap first: the distance raster says which legs can meet a border at all; only those are asked of the polygon. Between two vertices a crossing is
a fraction of the straight line in the plane, the arc up to it gives the time in closed form. Depth is the greatest distance to that country's
own border (coast: the 12-mile line), so a flight through a narrow country is not deep; found to 1 m by branch and bound.
"""

from __future__ import annotations

import numpy as np

from zaslin.atlas.crossing import border_distance_m, crossings, inside
from zaslin.atlas.ground import Ground
from zaslin.errors import EngineError
from zaslin.jit import kernel
from zaslin.plane import along, distance_m
from zaslin.units import EARTH_RADIUS_M
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

_DEPTH_TOLERANCE_M = 0.5
_SLOPE_STEP_M = 0.25
_LEAST_GAP_M = 1.0
_BRANCHES = 128


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
def _ridge(length, da, ga, db, gb):
    """Where two bounds on the distance to a border meet, and how high: (way from a, bound there), all in m; a way < 0 where they do not meet.

    At a the distance is da and grows by ga a metre of way, so some border point q lies there, da away; at b, `length` on, likewise. From q the path's points
    are as far as the spherical law of cosines says, and the distance to the border is at most that. Each bound is convex, so the
    lesser of the two is greatest at an end or where they meet: A cos s + B sin s is equal for both.
    """
    la, lb, span = da / EARTH_RADIUS_M, db / EARTH_RADIUS_M, length / EARTH_RADIUS_M
    aa, ba = np.cos(la), -np.sin(la) * ga
    ab, bb = np.cos(lb), -np.sin(lb) * gb
    p = aa - (ab * np.cos(span) - bb * np.sin(span))
    q = ba - (ab * np.sin(span) + bb * np.cos(span))
    s = np.arctan2(-p, q) if q > 0.0 else np.arctan2(p, -q)
    if not 0.0 < s < span:
        return -1.0, 0.0
    return s * EARTH_RADIUS_M, EARTH_RADIUS_M * np.arccos(min(max(aa * np.cos(s) + ba * np.sin(s), -1.0), 1.0))


@kernel
def _depth_on(ground, country, xa, ya, xb, yb):
    """Greatest distance, m, to the country's border on a plane segment inside it, to 1 m.

    The raster says which part of the segment can hold the maximum; there branch and bound on `_ridge`, from the raster's highest place on.
    """
    fields = ground.fields
    length = distance_m(xa, ya, xb, yb)
    pieces = min(int(length / (0.5 * fields.cell_m)) + 1, 400)
    value = np.empty(pieces + 1)
    highest = 0
    for i in range(pieces + 1):
        x, y = along(xa, ya, xb, yb, length * i / pieces)
        value[i] = -clearance_m(fields.distance[country], fields, x, y)
        if value[i] > value[highest]:
            highest = i
    slack = 1.6 * fields.cell_m + length / pieces
    first, last = highest, highest
    for i in range(pieces + 1):
        if value[i] + slack >= value[highest]:
            first, last = min(first, i), max(last, i)
    start, end = length * max(first - 1, 0) / pieces, length * min(last + 1, pieces) / pieces
    stack = np.empty((_BRANCHES, 6))
    open_, best = 0, 0.0
    s, stop, left = start, end, start
    la = ga = lb = gb = 0.0
    # Nodes: way, distance, its growth along the path. First the ends and the raster's highest place, then the ridge between two nodes for as
    # long as it can be higher than the best.
    for node in range(4 * _BRANCHES):
        x, y = along(xa, ya, xb, yb, s)
        d = border_distance_m(ground.borders, country, x, y)
        best = max(best, d)
        if length <= _DEPTH_TOLERANCE_M:
            break
        x, y = along(xa, ya, xb, yb, s + _SLOPE_STEP_M)
        g = min(max((border_distance_m(ground.borders, country, x, y) - d) / _SLOPE_STEP_M, -1.0), 1.0)
        if node == 0:
            la, ga = d, g
            s = end
            continue
        if node == 1:
            lb, gb = d, g
            s = length * highest / pieces
            if start < s < end:
                continue
            stack[0, 0], stack[0, 1], stack[0, 2], stack[0, 3], stack[0, 4], stack[0, 5] = start, la, ga, end, lb, gb
            open_ = 1
        else:  # split the interval that was taken
            if open_ + 2 > _BRANCHES:
                break
            stack[open_, 0], stack[open_, 1], stack[open_, 2] = left, la, ga
            stack[open_, 3], stack[open_, 4], stack[open_, 5] = s, d, g
            stack[open_ + 1, 0], stack[open_ + 1, 1], stack[open_ + 1, 2] = s, d, g
            stack[open_ + 1, 3], stack[open_ + 1, 4], stack[open_ + 1, 5] = stop, lb, gb
            open_ += 2
        found = False
        while open_ > 0 and not found:
            open_ -= 1
            left, la, ga = stack[open_, 0], stack[open_, 1], stack[open_, 2]
            stop, lb, gb = stack[open_, 3], stack[open_, 4], stack[open_, 5]
            way, bound = _ridge(stop - left, la, ga, lb, gb)
            if way > 0.0 and bound > best + _DEPTH_TOLERANCE_M:
                s = left + way
                found = True
        if not found:
            break
    return best


@kernel
def _add_piece(ground, verts, i, country, fa, fb, rows, n, first, with_depth):
    """Add the inside piece from fraction fa to fb of leg i to the stays rows[first:n]; returns the new n, -1 where `rows` is full."""
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
    depth = _depth_on(ground, country, ax, ay, bx, by) if with_depth else 0.0
    if n > first and entry_s - rows[n - 1].exit_s < MERGE_GAP_S:
        row = rows[n - 1]
        row.path_m += path_m
        row.inside_s += exit_s - entry_s
        row.depth_m = max(row.depth_m, depth)
        row.exit_s = exit_s
        return n
    if n >= len(rows):
        return -1
    row = rows[n]
    row.country = country
    row.entry_s, row.entry_x, row.entry_y = entry_s, ax, ay
    row.exit_s, row.inside_s = exit_s, exit_s - entry_s
    row.path_m, row.depth_m = path_m, depth
    return n + 1


@kernel
def stays_in(ground, country, verts, n_verts, rows, n, with_depth):
    """Append a path's stays in one country to `rows` (INSIDE records; `threat` is left to the caller) from index n; returns the new count,
    -1 where they are too many or a leg crosses the border too often.

    verts: VERT records. Stays less than MERGE_GAP_S apart are merged: time inside, path and depth count the inside parts only.
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
            cuts = crossings(borders, country, xa, ya, xb, yb, fracs)
            if cuts < 0:
                return -1
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
                if n < 0:
                    return -1
            f0 = f1
    return n


@kernel
def pieces_of(ground, country, verts, first, last, stay, times, n):
    """Append the true entries and exits, s, of a stay (INSIDE record of the path verts[first:last]) to `times` from n: its gaps are cut out again.

    Returns the new count (even), -1 where `times` is full or a leg crosses the border too often. Gaps of a metre or less in all are left in.
    """
    if n + 2 > len(times):
        return -1
    flown = 0.0
    for i in range(first, last - 1):
        a, b = max(verts[i].t, stay.entry_s), min(verts[i + 1].t, stay.exit_s)
        if a < b:
            flown += distance_m(verts[i].x, verts[i].y, verts[i + 1].x, verts[i + 1].y) * (b - a) / (verts[i + 1].t - verts[i].t)
    if flown <= stay.path_m + _LEAST_GAP_M:
        times[n], times[n + 1] = stay.entry_s, stay.exit_s
        return n + 2
    start = n
    fracs = np.empty(MAX_CROSSINGS)
    here = True  # as it enters
    for i in range(first, last - 1):
        if verts[i + 1].t <= stay.entry_s or verts[i].t >= stay.exit_s:
            continue
        xa, ya, xb, yb = verts[i].x, verts[i].y, verts[i + 1].x, verts[i + 1].y
        cuts = 0
        if meets_border(ground.fields.distance[country], ground.fields, xa, ya, xb, yb):
            cuts = crossings(ground.borders, country, xa, ya, xb, yb, fracs)
            if cuts < 0:
                return -1
        leg_m, leg_s = distance_m(xa, ya, xb, yb), verts[i + 1].t - verts[i].t
        f0 = 0.0
        a = verts[i].t
        for c in range(cuts + 1):
            f1 = fracs[c] if c < cuts else 1.0
            if f1 <= f0:
                continue
            b = verts[i + 1].t
            if f1 < 1.0:
                b = verts[i].t + leg_s * distance_m(xa, ya, xa + f1 * (xb - xa), ya + f1 * (yb - ya)) / leg_m
            if cuts > 0:
                middle = 0.5 * (f0 + f1)
                here = inside(ground.borders, country, xa + middle * (xb - xa), ya + middle * (yb - ya))
            entry_s, exit_s = max(a, stay.entry_s), min(b, stay.exit_s)
            if here and entry_s < exit_s:
                if n > start and entry_s == times[n - 1]:
                    times[n - 1] = exit_s
                elif n + 2 > len(times):
                    return -1
                else:
                    times[n], times[n + 1] = entry_s, exit_s
                    n += 2
            f0, a = f1, b
    return n


@kernel
def find_stays(near, ground, verts, n_verts, rows, with_depth):
    """All stays of a path in Ukraine and the eight neighbours into `rows`; returns (their number, excursion bits); the number
    is -1 where they are too many or a leg crosses a border too often.

    rows: INSIDE records, filled in the order (country, entry). with_depth: also find depths in neighbours (Ukraine's is 0).
    """
    n = 0
    excursion = np.uint32(0)
    countries = N_NEIGHBOURS + 1 if comes_near(near, ground.fields, verts, n_verts) else 1
    for country in range(countries):
        before = n
        n = stays_in(ground, country, verts, n_verts, rows, n, with_depth and country > 0)
        if n < 0:
            return -1, excursion
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
            cuts = crossings(borders, country, xa, ya, xb, yb, fracs)
            if cuts < 0:
                return True  # more crossings than can be held: it is inside between some two of them
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
    """Stays of paths from i on; returns (next path, rows used), early where `rows` might not hold the next; (the path, -1) where one path
    has too many."""
    while i < len(paths) and used + ROWS_PER_PATH <= len(rows):
        a, b = paths[i].vert_from, paths[i].vert_to
        n, bits = find_stays(near, ground, verts[a:b], b - a, rows[used : used + ROWS_PER_PATH], with_depth)
        if n < 0:
            return i, -1
        for r in range(used, used + n):
            rows[r].threat = i
        excursion[i] = bits
        used += n
        i += 1
    return i, used


def stays_of(
    near: np.ndarray, ground: Ground, verts: np.ndarray, paths: np.ndarray, where: str = "", with_depth: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """INSIDE records of paths, sorted by (threat, country, entry), and each path's excursion bits, uint32 (n,). near: Night.near. with_depth: depths,
    which take most of the time, are found too (else 0).

    Raises EngineError, which ends with `where` (such as " in replicate 7"), where a path is in and out of a country too often to be booked.
    """
    rows = np.zeros(4 * len(paths) + ROWS_PER_PATH, dtype=INSIDE)
    excursion = np.zeros(len(paths), dtype=np.uint32)
    i = used = 0
    while True:
        i, used = _stays_from(near, ground, verts, paths, rows, excursion, with_depth, i, used)
        if used < 0:
            too_many = f"more than {ROWS_PER_PATH} stays in airspaces, or a leg that crosses a border more than {MAX_CROSSINGS} times"
            raise EngineError(f"path {i} has {too_many}{where}")
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
