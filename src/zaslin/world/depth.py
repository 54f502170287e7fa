"""How deep a segment of a path goes into a country: the greatest distance to its border on the way, by branch and bound; no time and no raster.

Every border point bounds the distance from above along the whole way, and the nearest point of one place is near to the nearest of the next. So a few
searches for a nearest point do, each bounded by what is known.
"""

from __future__ import annotations

import numpy as np

from zaslin.atlas.crossing import foot_on, nearest_piece
from zaslin.jit import lean
from zaslin.plane import unit
from zaslin.stack import stack_table
from zaslin.units import EARTH_RADIUS_M

_DEPTH_TOLERANCE_M = 0.5
_MOST_NODES = 512
_WIDER, _LEAST_CHORD2 = 1.000001, 1e-14  # so that a nearest point as far as its bound is found in spite of rounding


@lean
def depth_on(borders, country, xa, ya, xb, yb, known_m, qx, qy, qz, out):
    """Greatest distance, m, to the country's border on a plane segment inside it, or `known_m` where that is more: half a metre too little at most.
    And the unit vector of a border point near to its end b.

    q: a border point near to a whose distance there is in `known_m`, as a unit vector; qz 0: none is known. out: b lies on the border.
    Branch and bound on `_ridge` from the ends, the highest ridge first. It gives up after _MOST_NODES distances; a way of 1,000 km beside a straight border
    50 km off is then good to 10 m.
    """
    ax, ay, az = unit(xa, ya)
    bx, by, bz = unit(xb, yb)
    most = 2.0 * np.sin(min(0.5 * known_m / EARTH_RADIUS_M, 0.5 * np.pi))
    tolerance = _DEPTH_TOLERANCE_M / EARTH_RADIUS_M
    best, enough = most * most, (most + tolerance) ** 2
    bound = 4.0
    if qz > 0.0:
        # The distance to q is convex along the way: where it is no more than enough at both ends, no place between them matters.
        bound = (bx - qx) ** 2 + (by - qy) ** 2 + (bz - qz) ** 2
        if bound <= enough and (ax - qx) ** 2 + (ay - qy) ** 2 + (az - qz) ** 2 <= enough:
            return known_m, qx, qy, qz
        bound = _WIDER * bound + _LEAST_CHORD2
    else:
        chord2, piece = nearest_piece(borders, country, ax, ay, az, 4.0)
        if piece < 0:
            return known_m, qx, qy, qz
        qx, qy, qz = foot_on(borders, piece, ax, ay, az)
        if chord2 > best:
            best = chord2
            enough = (np.sqrt(best) + tolerance) ** 2
    # The tangent at a toward b: (a × b) × a, from the plane's small differences.
    cx, cy, cz = (ya - yb) / EARTH_RADIUS_M, (xb - xa) / EARTH_RADIUS_M, (xa * yb - ya * xb) / EARTH_RADIUS_M**2
    tx, ty, tz = cy * az - cz * ay, cz * ax - cx * az, cx * ay - cy * ax
    t = np.sqrt(tx * tx + ty * ty + tz * tz)
    if t <= tolerance:
        return 2.0 * EARTH_RADIUS_M * np.arcsin(min(0.5 * np.sqrt(best), 1.0)), qx, qy, qz
    tx, ty, tz = tx / t, ty / t, tz / t
    # Of a node: cos and sin of the way; A and B of its nearest border point. And beside them, as many as are open, intervals whose ridge may be higher than
    # the best: their nodes, and the ridge's squared chord.
    nodes = stack_table(_MOST_NODES, 7)
    nodes[0, 0], nodes[0, 1], nodes[0, 2], nodes[0, 3] = 1.0, 0.0, ax * qx + ay * qy + az * qz, tx * qx + ty * qy + tz * qz
    ex, ey, ez = bx, by, bz  # a border point near to b
    n_open, left, right = 0, 0, 0
    c, s = ax * bx + ay * by + az * bz, tx * bx + ty * by + tz * bz
    for node in range(1, _MOST_NODES):
        nodes[node, 0], nodes[node, 1] = c, s
        px, py, pz = c * ax + s * tx, c * ay + s * ty, c * az + s * tz
        chord2, piece = 0.0, np.int64(-1)
        if node > 1 or not out:
            chord2, piece = nearest_piece(borders, country, px, py, pz, bound)
        if piece >= 0:
            qx, qy, qz = foot_on(borders, piece, px, py, pz)
            nodes[node, 2], nodes[node, 3] = ax * qx + ay * qy + az * qz, tx * qx + ty * qy + tz * qz
            if node == 1:
                ex, ey, ez = qx, qy, qz
        elif node == 1 and out:
            nodes[node, 2], nodes[node, 3] = c, s
        else:  # the bound is the distance but for its rounding: no nearer point
            nodes[node, 2], nodes[node, 3] = nodes[left, 2], nodes[left, 3]
            if node == 1:
                ex, ey, ez = qx, qy, qz
        if chord2 > best:
            best = chord2
            enough = (np.sqrt(best) + tolerance) ** 2
        for half in range(1 if node == 1 else 2):
            i, j = (left, node) if half == 0 else (node, right)
            c, s, ridge = _ridge(nodes, i, j)
            if ridge > enough:
                nodes[n_open, 4], nodes[n_open, 5], nodes[n_open, 6] = i, j, ridge
                n_open += 1
        highest = -1
        for k in range(n_open):
            if nodes[k, 6] > enough and (highest < 0 or nodes[k, 6] > nodes[highest, 6]):
                highest = k
        if highest < 0:
            break
        left, right = int(nodes[highest, 4]), int(nodes[highest, 5])
        c, s, bound = _ridge(nodes, left, right)
        bound = _WIDER * bound + _LEAST_CHORD2
        n_open -= 1
        nodes[highest, 4], nodes[highest, 5], nodes[highest, 6] = nodes[n_open, 4], nodes[n_open, 5], nodes[n_open, 6]
    return 2.0 * EARTH_RADIUS_M * np.arcsin(min(0.5 * np.sqrt(best), 1.0)), ex, ey, ez


@lean
def _ridge(nodes, i, j):
    """Where the bounds of two nodes on the distance to a border meet between them: (cos, sin of the way from the segment's start, squared chord there); the
    chord is -1 where they do not meet.

    A node holds the cos and sin of its way, and A, B of its nearest border point q: on the whole segment the distance to q, so an upper bound on the
    distance to the border, has the cosine A cos s + B sin s. Each bound is convex, so the lesser of the two is greatest at an end or where both are equal.
    """
    p, q = nodes[i, 2] - nodes[j, 2], nodes[i, 3] - nodes[j, 3]
    r = np.sqrt(p * p + q * q)
    if r == 0.0:
        return 1.0, 0.0, -1.0
    if q < 0.0:
        r = -r
    c, s = q / r, -p / r
    if s * nodes[i, 0] <= c * nodes[i, 1] or nodes[j, 1] * c <= nodes[j, 0] * s:
        return c, s, -1.0
    return c, s, 2.0 - 2.0 * (nodes[i, 2] * c + nodes[i, 3] * s)
