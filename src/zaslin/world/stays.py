"""When a path is inside a country's airspace: entry, exit, length and depth, exact against the border line, never from time steps.

Cheap first: the distance raster says which legs can meet a border at all; only those are asked of the polygon. Between two vertices a crossing is
a fraction of the straight line in the plane, the arc up to it gives the time in closed form. Depth is the greatest distance to that country's
own border (coast: the 12-mile line), so a flight through a narrow country is not deep (`world/depth.py`).
"""

from __future__ import annotations

import numpy as np

from zaslin.atlas.crossing import crossings, inside
from zaslin.atlas.ground import Ground
from zaslin.errors import EngineError
from zaslin.handed import by_reference
from zaslin.jit import kernel, lean
from zaslin.physics.path import leg_at, place_at
from zaslin.plane import distance_m, unit
from zaslin.stack import stack_floats
from zaslin.world.arrays import INSIDE
from zaslin.world.depth import depth_on
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

_LEAST_GAP_M = 1.0
_LEAST_GAP_S = 1e-6
_CELLS_OFF = 0.8  # most, in cells, that the distance in a cell or between cells' middles can be off: 0.71, and the stored rounding


@lean
def _about_m(raster, fields, per_m, x, y):
    """Signed distance, m, of the raster's cell at a plane point, good to _CELLS_OFF; outside the raster `clearance_m`. per_m: cells a metre."""
    u, v = (x - fields.x0) * per_m, (y - fields.y0) * per_m
    if 0.0 <= u < raster.shape[1] and 0.0 <= v < raster.shape[0]:
        return np.float64(raster[int(v), int(u)])
    return np.float64(clearance_m(raster, fields, x, y))


@lean
def meets_border(raster, fields, xa, ya, xb, yb, s):
    """Whether a plane segment may come to the zero line of a signed distance raster: never no where it does.

    s: the way along it, m, for which that is known not to be so. Returns (whether, the way for which it is known on what follows the segment).
    """
    length = np.sqrt((xb - xa) ** 2 + (yb - ya) ** 2)
    if s <= length:
        slack, per_m = _CELLS_OFF * fields.cell_m, 1.0 / fields.cell_m
        ex, ey = ((xb - xa) / length, (yb - ya) / length) if length > 0.0 else (0.0, 0.0)
        while s <= length:
            spare = abs(_about_m(raster, fields, per_m, xa + s * ex, ya + s * ey)) - slack
            if spare <= _NEAR_M:
                return True, 0.0
            s += spare
    return False, s - length


@lean
def comes_near(near, fields, verts, n):
    """Whether a path may enter any neighbour: False is certain."""
    slack, per_m = _CELLS_OFF * fields.cell_m, 1.0 / fields.cell_m
    s = 0.0  # how far along the leg the next look is due: a look holds round a corner too
    for i in range(n - 1):
        xa, ya, xb, yb = verts[i].x, verts[i].y, verts[i + 1].x, verts[i + 1].y
        length = np.sqrt((xb - xa) ** 2 + (yb - ya) ** 2)
        if s <= length:
            ex, ey = ((xb - xa) / length, (yb - ya) / length) if length > 0.0 else (0.0, 0.0)
            while s <= length:
                spare = _about_m(near, fields, per_m, xa + s * ex, ya + s * ey) - slack
                if spare <= _NEAR_M:
                    return True
                s += spare
        s -= length
    return False


@lean
def _add_piece(verts, i, country, fa, fb, rows, n, first):
    """Add the inside piece from fraction fa to fb of leg i to the stays rows[first:n], but for its depth; returns the new n, -1 where `rows` is full."""
    xa, ya, xb, yb = verts[i].x, verts[i].y, verts[i + 1].x, verts[i + 1].y
    ax, ay = xa + fa * (xb - xa), ya + fa * (yb - ya)
    leg_m = distance_m(xa, ya, xb, yb)
    leg_s = verts[i + 1].t - verts[i].t
    per_m = leg_s / leg_m if leg_m > 0.0 else 0.0
    # Whole legs keep their ends' times to the last bit.
    from_m, to_m, entry_s, exit_s = 0.0, leg_m, verts[i].t, verts[i + 1].t
    if fa > 0.0:
        from_m = distance_m(xa, ya, ax, ay)
        entry_s = verts[i].t + per_m * from_m
    if fb < 1.0:
        to_m = distance_m(xa, ya, xa + fb * (xb - xa), ya + fb * (yb - ya))
        exit_s = verts[i].t + per_m * to_m
    if n > first and entry_s - rows[n - 1].exit_s < MERGE_GAP_S:
        row = rows[n - 1]
        row.path_m += to_m - from_m
        row.inside_s += exit_s - entry_s
        row.exit_s = exit_s
        return n
    if n >= len(rows):
        return -1
    row = rows[n]
    row.country = country
    row.entry_s, row.entry_x, row.entry_y = entry_s, ax, ay
    row.exit_s, row.inside_s = exit_s, exit_s - entry_s
    row.path_m, row.depth_m = to_m - from_m, 0.0
    return n + 1


@lean
def _held(raster, x0, y0, cell_m, borders, country, x, y):
    """`inside`, but the polygon is asked only where the country's distance raster leaves a doubt."""
    u, v = (x - x0) / cell_m, (y - y0) / cell_m
    if 0.0 <= u < raster.shape[1] and 0.0 <= v < raster.shape[0]:
        d = raster[int(v), int(u)]
        if abs(d) > _CELLS_OFF * cell_m:
            return d < 0.0
    return inside(borders, country, x, y)


@lean
def _bounds(verts, n_verts):
    """West, south, east and north of a path, m of the plane."""
    west = south = np.inf
    east = north = -np.inf
    for i in range(n_verts):
        west, east = min(west, verts[i].x), max(east, verts[i].x)
        south, north = min(south, verts[i].y), max(north, verts[i].y)
    return west, south, east, north


@lean
def _apart(box, country, west, south, east, north):
    """Whether a path in these bounds lies wholly on one side of the box around a country, so never in it."""
    return east < box[country, 0] or west > box[country, 2] or north < box[country, 1] or south > box[country, 3]


@lean
def stays_in(ground, country, verts, n_verts, rows, n, with_depth):
    """Append a path's stays in one country to `rows` (INSIDE records; `threat` is left to the caller) from index n; returns the new count,
    -1 where they are too many or a leg crosses the border too often.

    verts: VERT records. Stays less than MERGE_GAP_S apart are merged: time inside, path and depth count the inside parts only.
    A segment that only touches the border gives no stay.
    """
    fields, borders = ground.fields, ground.borders
    raster = fields.distance[country]
    fracs = stack_floats(MAX_CROSSINGS)
    first = n
    qx = qy = qz = 0.0  # a border point near to where the last piece ended
    here = _held(raster, fields.x0, fields.y0, fields.cell_m, borders, country, verts[0].x, verts[0].y)
    off_m = 0.0
    for i in range(n_verts - 1):
        xa, ya, xb, yb = verts[i].x, verts[i].y, verts[i + 1].x, verts[i + 1].y
        cuts = 0
        meets, off_m = meets_border(raster, fields, xa, ya, xb, yb, off_m)
        if meets:
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
                here = _held(raster, fields.x0, fields.y0, fields.cell_m, borders, country, xa + middle * (xb - xa), ya + middle * (yb - ya))
            if here:
                n = _add_piece(verts, i, country, f0, f1, rows, n, first)
                if n < 0:
                    return -1
                if with_depth:
                    ax, ay, bx, by = xa + f0 * (xb - xa), ya + f0 * (yb - ya), xa + f1 * (xb - xa), ya + f1 * (yb - ya)
                    if f0 > 0.0:
                        qx, qy, qz = unit(ax, ay)
                    rows[n - 1].depth_m, qx, qy, qz = depth_on(borders, country, ax, ay, bx, by, rows[n - 1].depth_m, qx, qy, qz, f1 < 1.0)
            else:
                qz = 0.0
            f0 = f1
    return n


@lean
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
    fields, borders = ground.fields, ground.borders
    raster = fields.distance[country]
    fracs = stack_floats(MAX_CROSSINGS)
    here = True  # as it enters
    off_m = 0.0
    for i in range(first, last - 1):
        if verts[i + 1].t <= stay.entry_s or verts[i].t >= stay.exit_s:
            continue
        xa, ya, xb, yb = verts[i].x, verts[i].y, verts[i + 1].x, verts[i + 1].y
        cuts = 0
        meets, off_m = meets_border(raster, fields, xa, ya, xb, yb, off_m)
        if meets:
            cuts = crossings(borders, country, xa, ya, xb, yb, fracs)
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
                here = _held(raster, fields.x0, fields.y0, fields.cell_m, borders, country, xa + middle * (xb - xa), ya + middle * (yb - ya))
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
def stay_until(ground, stay, verts, first, last, end_s, scratch):
    """(exit s, seconds inside, path m, depth m) of a stay (INSIDE record) of the path verts[first:last], cut at `end_s` where it goes on longer; the exit
    is -inf where a leg crosses the border too often. Where a gap is not over by then, the stay ends before the gap.

    end_s: after the entry. scratch: INSIDE records to work in. A stay without a gap is not asked of the polygon again.
    """
    country, borders = np.int64(stay.country), ground.borders
    end_s = min(end_s, stay.exit_s)
    k, m = leg_at(verts, first, last, stay.entry_s), leg_at(verts, first, last, end_s)
    ex, ey = place_at(verts, m, end_s)
    if stay.exit_s - stay.entry_s - stay.inside_s < _LEAST_GAP_S:
        xa, ya = place_at(verts, k, stay.entry_s)
        qx = qy = qz = 0.0
        if stay.entry_s > verts[first].t:  # it came in over the border
            qx, qy, qz = unit(xa, ya)
        goes_out = end_s == stay.exit_s and end_s < verts[last - 1].t
        path_m = depth_m = 0.0
        for i in range(k, m + 1):
            xb, yb = (ex, ey) if i == m else (verts[i + 1].x, verts[i + 1].y)
            path_m += distance_m(xa, ya, xb, yb)
            depth_m, qx, qy, qz = depth_on(borders, country, xa, ya, xb, yb, depth_m, qx, qy, qz, goes_out and i == m)
            xa, ya = xb, yb
        return end_s, end_s - stay.entry_s, path_m, depth_m
    path = verts[k : m + 2].copy()
    path[m + 1 - k].x, path[m + 1 - k].y, path[m + 1 - k].t = ex, ey, end_s
    found = stays_in(ground, country, path, m + 2 - k, scratch, 0, True)
    if found < 0:
        return -np.inf, 0.0, 0.0, 0.0
    for f in range(found - 1, -1, -1):
        if scratch[f].entry_s >= stay.entry_s - _LEAST_GAP_S:
            return scratch[f].exit_s, scratch[f].inside_s, scratch[f].path_m, scratch[f].depth_m
    return end_s, end_s - stay.entry_s, 0.0, 0.0


@lean
def find_stays(near, ground, verts, n_verts, rows, with_depth, from_country):
    """All stays of a path in Ukraine and the eight neighbours (of the countries from `from_country` on) into `rows`; returns (their number, excursion bits);
    the number is -1 where they are too many or a leg crosses a border too often.

    rows: INSIDE records, filled in the order (country, entry). with_depth: also find depths in neighbours (Ukraine's is 0); else NaN.
    """
    n = 0
    excursion = np.uint32(0)
    countries = N_NEIGHBOURS + 1 if comes_near(near, ground.fields, verts, n_verts) else 1
    west, south, east, north = _bounds(verts, n_verts)
    for country in range(from_country, countries):
        if _apart(ground.borders.box, country, west, south, east, north):  # asked here: a call with the whole ground is not cheap
            continue
        before = n
        n = stays_in(ground, country, verts, n_verts, rows, n, with_depth and country > 0)
        if n < 0:
            return -1, excursion
        for r in range(before, n):
            if country > 0 and not with_depth:
                rows[r].depth_m = np.nan
        if n > before and country > 0:
            excursion |= np.uint32(1) << np.uint32(country)
    return n, excursion


@lean
def neighbours_entered(near, ground, verts, n_verts):
    """Excursion bits alone: bit k set where the path enters neighbour k. Same answer as `find_stays`."""
    excursion = np.uint32(0)
    if comes_near(near, ground.fields, verts, n_verts):
        west, south, east, north = _bounds(verts, n_verts)
        for country in range(1, N_NEIGHBOURS + 1):
            if not _apart(ground.borders.box, country, west, south, east, north) and enters(ground, country, verts, n_verts):
                excursion |= np.uint32(1) << np.uint32(country)
    return excursion


@lean
def enters(ground, country, verts, n_verts):
    """Whether a path is ever inside a country's airspace."""
    fields, borders = ground.fields, ground.borders
    raster = fields.distance[country]
    fracs = stack_floats(MAX_CROSSINGS)
    if _held(raster, fields.x0, fields.y0, fields.cell_m, borders, country, verts[0].x, verts[0].y):
        return True
    off_m = 0.0
    for i in range(n_verts - 1):
        xa, ya, xb, yb = verts[i].x, verts[i].y, verts[i + 1].x, verts[i + 1].y
        meets, off_m = meets_border(raster, fields, xa, ya, xb, yb, off_m)
        if meets:
            cuts = crossings(borders, country, xa, ya, xb, yb, fracs)
            if cuts < 0:
                return True  # more crossings than can be held: it is inside between some two of them
            f0 = 0.0
            for c in range(cuts + 1):
                f1 = fracs[c] if c < cuts else 1.0
                if f1 > f0 and cuts > 0:
                    middle = 0.5 * (f0 + f1)
                    if _held(raster, fields.x0, fields.y0, fields.cell_m, borders, country, xa + middle * (xb - xa), ya + middle * (yb - ya)):
                        return True
                f0 = f1
    return False


@lean
def _stays_from(near, ground, verts, paths, rows, excursion, with_depth, from_country, i, used):
    """Stays of paths from i on; returns (next path, rows used), early where `rows` might not hold the next; (the path, -1) where one path
    has too many."""
    ground = by_reference(Ground(by_reference(ground.fields), by_reference(ground.borders)))
    while i < len(paths) and used + ROWS_PER_PATH <= len(rows):
        a, b = paths[i].vert_from, paths[i].vert_to
        n, bits = find_stays(near, ground, verts[a:b], b - a, rows[used : used + ROWS_PER_PATH], with_depth, from_country)
        if n < 0:
            return i, -1
        for r in range(used, used + n):
            rows[r].threat = i
        excursion[i] = bits
        used += n
        i += 1
    return i, used


def stays_of(
    near: np.ndarray, ground: Ground, verts: np.ndarray, paths: np.ndarray, where: str = "", with_depth: bool = True, neighbours_only: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """INSIDE records of paths, sorted by (threat, country, entry), and each path's excursion bits, uint32 (n,). near: Night.near. with_depth: depths,
    which take most of the time, are found too (else NaN, and 0 for Ukraine). neighbours_only: without stays in Ukraine.

    Raises EngineError, which ends with `where` (such as " in replicate 7"), where a path is in and out of a country too often to be booked.
    """
    rows = np.zeros(4 * len(paths) + ROWS_PER_PATH, dtype=INSIDE)
    excursion = np.zeros(len(paths), dtype=np.uint32)
    i = used = 0
    while True:
        i, used = _stays_from(near, ground, verts, paths, rows, excursion, with_depth, np.int64(neighbours_only), i, used)
        if used < 0:
            too_many = f"more than {ROWS_PER_PATH} stays in airspaces, or a leg that crosses a border more than {MAX_CROSSINGS} times"
            raise EngineError(f"path {i} has {too_many}{where}")
        if i == len(paths):
            out = np.zeros(used, dtype=INSIDE)  # a plain copy would leave stray bytes between the fields
            out[:] = rows[:used]
            return out, excursion
        rows = np.concatenate([rows, np.zeros_like(rows)])


@lean
def entered_by(near, ground, verts, paths, excursion):
    """Fill excursion[i], uint32, with the neighbours that path i enters."""
    ground = by_reference(Ground(by_reference(ground.fields), by_reference(ground.borders)))
    for i in range(len(paths)):
        a, b = paths[i].vert_from, paths[i].vert_to
        excursion[i] = neighbours_entered(near, ground, verts[a:b], b - a)
