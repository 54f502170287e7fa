"""Exact questions to a border line: is a point inside, where does a segment cross, how far is the line; kernels only.

Points are plane metres (zaslin.plane), a country is its index in `borders.COUNTRIES` (0 … 11). Segments in the plane are great
circles on the sphere. "Exact" means against the packaged polygon, whose own error is told in borders.py.
"""

from __future__ import annotations

import numpy as np

from zaslin.jit import lean
from zaslin.plane import unit
from zaslin.units import EARTH_RADIUS_M

_R = EARTH_RADIUS_M


@lean
def inside(index, country, x, y):
    """Whether the plane point (x, y), m, lies in the country's airspace. On the line itself either answer may come.

    Even-odd rule on a ray to the east; a piece counts where one end lies above y and the other does not (half open).
    """
    if x < index.box[country, 0] or x > index.box[country, 2] or y < index.box[country, 1] or y > index.box[country, 3]:
        return False
    row_lo = max(int(np.floor((y - index.pad_m - index.y0) / index.cell_m)), 0)
    row_hi = min(int(np.floor((y + index.pad_m - index.y0) / index.cell_m)), index.ny - 1)
    col_lo = min(max(int(np.floor((x - index.pad_m - index.x0) / index.cell_m)), 0), index.nx - 1)
    odd = False
    for row in range(row_lo, row_hi + 1):
        base = (country * index.ny + row) * index.nx
        for k in range(index.start[base + col_lo], index.start[base + index.nx]):
            ya, yb = index.ay[k], index.by[k]
            if (ya > y) != (yb > y):
                xa, xb = index.ax[k], index.bx[k]
                # Side of the piece, taken from its lower end: both neighbours of a common line then decide alike.
                if ya > yb:
                    xa, ya, xb, yb = xb, yb, xa, ya
                if (xb - xa) * (y - ya) > (x - xa) * (yb - ya):
                    odd = not odd
    return odd


@lean
def crossings(index, country, x0, y0, x1, y1, fracs):
    """Fractions in [0, 1] of the plane segment (x0, y0)–(x1, y1) at which it crosses the country's border, ascending.

    fracs: float64 array that takes them. Returns their number, or -1 where `fracs` is too short. A piece's ends count as lying left of
    the segment's line when they lie on it (half open), so a vertex is counted once, or twice or never where the line only touches.
    A segment that runs along a border gives no crossing there.
    """
    n = 0
    dx, dy = x1 - x0, y1 - y0
    if dx == 0.0 and dy == 0.0:
        return 0
    pad = index.pad_m
    y_min, y_max = min(y0, y1), max(y0, y1)
    x_min, x_max = min(x0, x1), max(x0, x1)
    if x_max < index.box[country, 0] or x_min > index.box[country, 2] or y_max < index.box[country, 1] or y_min > index.box[country, 3]:
        return 0
    row_lo = max(int(np.floor((y_min - pad - index.y0) / index.cell_m)), 0)
    row_hi = min(int(np.floor((y_max + pad - index.y0) / index.cell_m)), index.ny - 1)
    for row in range(row_lo, row_hi + 1):
        # The part of the segment that a piece with its middle in this row can meet.
        bottom = index.y0 + row * index.cell_m - pad
        top = bottom + index.cell_m + 2.0 * pad
        if y_max - y_min > 1e-6:
            f0 = (bottom - y0) / dy
            f1 = (top - y0) / dy
            if f0 > f1:
                f0, f1 = f1, f0
            f0, f1 = min(max(f0, 0.0), 1.0), min(max(f1, 0.0), 1.0)
        else:
            f0, f1 = 0.0, 1.0
        xa, xb = x0 + f0 * dx, x0 + f1 * dx
        col_lo = int(np.floor((min(xa, xb) - pad - index.x0) / index.cell_m))
        col_hi = int(np.floor((max(xa, xb) + pad - index.x0) / index.cell_m))
        if col_hi < 0 or col_lo >= index.nx:
            continue
        col_lo, col_hi = max(col_lo, 0), min(col_hi, index.nx - 1)
        base = (country * index.ny + row) * index.nx
        for k in range(index.start[base + col_lo], index.start[base + col_hi + 1]):
            ax, ay, bx, by = index.ax[k], index.ay[k], index.bx[k], index.by[k]
            sa = dx * (ay - y0) - dy * (ax - x0)
            sb = dx * (by - y0) - dy * (bx - x0)
            if (sa >= 0.0) == (sb >= 0.0):
                continue
            h = sa / (sa - sb)
            px, py = ax + h * (bx - ax), ay + h * (by - ay)
            frac = (px - x0) / dx if abs(dx) > abs(dy) else (py - y0) / dy
            if frac < 0.0 or frac > 1.0:
                continue
            if n >= len(fracs):
                return -1
            j = n
            while j > 0 and fracs[j - 1] > frac:
                fracs[j] = fracs[j - 1]
                j -= 1
            fracs[j] = frac
            n += 1
    return n


@lean
def _chord2_to_arc(px, py, pz, ax, ay, az, bx, by, bz):
    """Squared chord (unit sphere) from a unit vector p to the nearest point of the arc between unit vectors a and b."""
    nx, ny, nz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
    n2 = nx * nx + ny * ny + nz * nz
    if n2 > 0.0:
        # p beyond neither end: the foot lies on the arc.
        from_a = (ny * az - nz * ay) * px + (nz * ax - nx * az) * py + (nx * ay - ny * ax) * pz
        from_b = (ny * bz - nz * by) * px + (nz * bx - nx * bz) * py + (nx * by - ny * bx) * pz
        if from_a >= 0.0 and from_b <= 0.0:
            s = nx * (px - ax) + ny * (py - ay) + nz * (pz - az)
            s2 = min(s * s / n2, 1.0)
            # chord² = 2 - 2 cos, with sin² = s2 for the angle off the great circle
            return 2.0 * s2 / (1.0 + np.sqrt(1.0 - s2))
    da = (px - ax) ** 2 + (py - ay) ** 2 + (pz - az) ** 2
    db = (px - bx) ** 2 + (py - by) ** 2 + (pz - bz) ** 2
    return min(da, db)


@lean
def _gap2(hulls, node, px, py, pz):
    """Squared distance from a point to a node's hull; 0 within it."""
    dx = max(hulls[node, 0] - px, 0.0, px - hulls[node, 3])
    dy = max(hulls[node, 1] - py, 0.0, py - hulls[node, 4])
    dz = max(hulls[node, 2] - pz, 0.0, pz - hulls[node, 5])
    return dx * dx + dy * dy + dz * dz


@lean
def nearest_piece(index, country, px, py, pz, within2):
    """(squared chord to the nearest border piece, that piece's row in `index.ends`) of a unit vector p; where none is nearer than the squared chord `within2`
    (4: anywhere), (within2, -1). The data's own edge does not count.
    """
    hulls, ends = index.hulls, index.ends
    root, leaves = np.int64(index.trees[country, 0]), np.int64(index.trees[country, 1])
    first, pieces = np.int64(index.trees[country, 2]), np.int64(index.trees[country, 3])
    best, found = within2, np.int64(-1)
    if leaves == 0:
        return best, found
    node, waiting = np.int64(1), np.int64(0)  # a bit of `waiting` for each level below the root: whether the node's sibling is still to be asked
    while True:
        while node < leaves:
            low, high = _gap2(hulls, root + 2 * node, px, py, pz), _gap2(hulls, root + 2 * node + 1, px, py, pz)
            if min(low, high) >= best:
                break
            waiting = 2 * waiting + (1 if max(low, high) < best else 0)
            node = 2 * node + (1 if high < low else 0)
        if node >= leaves:
            leaf = node - leaves
            for k in range(first + leaf * pieces // leaves, first + (leaf + 1) * pieces // leaves):
                ax, ay, az, bx, by, bz = ends[k, 0], ends[k, 1], ends[k, 2], ends[k, 3], ends[k, 4], ends[k, 5]
                da = (px - ax) ** 2 + (py - ay) ** 2 + (pz - az) ** 2
                db = (px - bx) ** 2 + (py - by) ** 2 + (pz - bz) ** 2
                # No point of a piece is nearer, in squares, than its nearer end by more than its length; the arc bulges by less than that once more.
                if min(da, db) - 2.0 * ((ax - bx) ** 2 + (ay - by) ** 2 + (az - bz) ** 2) >= best:
                    continue
                chord2 = _chord2_to_arc(px, py, pz, ax, ay, az, bx, by, bz)
                if chord2 < best:
                    best, found = chord2, np.int64(k)
        while node > 1:
            if waiting & 1 == 1:
                waiting -= 1
                node ^= 1
                if _gap2(hulls, root + node, px, py, pz) < best:
                    break
            node >>= 1
            waiting >>= 1
        if node <= 1:
            return best, found


@lean
def foot_on(index, piece, px, py, pz):
    """Unit vector of the point of a border piece (a row of `index.ends`) that is nearest to the unit vector p."""
    ends = index.ends
    ax, ay, az, bx, by, bz = ends[piece, 0], ends[piece, 1], ends[piece, 2], ends[piece, 3], ends[piece, 4], ends[piece, 5]
    nx, ny, nz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
    n2 = nx * nx + ny * ny + nz * nz
    if n2 > 0.0:
        from_a = (ny * az - nz * ay) * px + (nz * ax - nx * az) * py + (nx * ay - ny * ax) * pz
        from_b = (ny * bz - nz * by) * px + (nz * bx - nx * bz) * py + (nx * by - ny * bx) * pz
        if from_a >= 0.0 and from_b <= 0.0:
            s = (nx * (px - ax) + ny * (py - ay) + nz * (pz - az)) / n2
            fx, fy, fz = px - s * nx, py - s * ny, pz - s * nz
            f = 1.0 / np.sqrt(fx * fx + fy * fy + fz * fz)
            return fx * f, fy * f, fz * f
    da = (px - ax) ** 2 + (py - ay) ** 2 + (pz - az) ** 2
    db = (px - bx) ** 2 + (py - by) ** 2 + (pz - bz) ** 2
    if da <= db:
        return ax, ay, az
    return bx, by, bz


@lean
def border_distance_m(index, country, x, y):
    """Great-circle distance, m, from the plane point (x, y) to the nearest point of the country's border line (coast line at sea:
    the 12-mile line). The data's own edge (`frame`) does not count. Exact on the sphere; half its girth where the country has no border.
    """
    px, py, pz = unit(x, y)
    chord2, _ = nearest_piece(index, country, px, py, pz, 4.0)
    return 2.0 * _R * np.arcsin(min(0.5 * np.sqrt(chord2), 1.0))
