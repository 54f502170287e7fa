"""When a threat is in view of a radar: above the horizon of a smooth earth, or inside the circle of an airborne radar; and what a member holds of it.

Ground radars are notional: the edge of a country's land, a setback behind it and a mast, never a site. Hills only by the mask that a user's elevation raster
gives (`world.terrain`). No clutter. Whether a radar sees what is in its view is `zaslin.physics.looks`' affair.
"""

from __future__ import annotations

import numpy as np

from zaslin.atlas.fields import FALL, cell_of, land_distance_m, signed_distance_m
from zaslin.jit import lean
from zaslin.physics.path import altitude_at, leg_at, leg_speed_mps, place_at
from zaslin.plane import distance_m
from zaslin.units import EARTH_RADIUS_M

EFFECTIVE_EARTH_RADIUS_M = EARTH_RADIUS_M * 4.0 / 3.0
"""Standard refraction bends a radar's ray as if the earth were 4/3 as large (DESIGN, "Picture"; ITU-R P.834 gives the same factor)."""

INSTRUMENTED_M = 400_000.0
"""Longest range that a ground radar shows, m: assumption, 300–470 km. It matters for high flyers only."""

VIEW_S = 1e-6
"""When something comes into view or leaves it is bracketed to this, s."""
STEP_M = 2_000.0
"""Longest stretch of a path that is not looked at between two views of the horizon, m, where the threat may already be in view."""

BY_GROUND, BY_AIRBORNE, BY_SHARED, BY_POOLED = range(4)
SEEN_BY = ("ground", "airborne", "shared", "pooled")
"""What a track comes from, own sensors first; index into this."""

SIGHT = np.dtype([("seen_s", "f8"), ("own_s", "f8"), ("classified_s", "f8"), ("first", "i4"), ("last", "i4"), ("by", "i1"), ("taken_for", "i1")], align=True)
"""What a member knows of a threat on its free flight: first track, first track from own sensors, first classified; s, inf: never. `first:last`: its rows of
PIECE. `by`: what the first track came from. `taken_for`: the class that it is taken for, -1: for nothing that may be engaged."""

PIECE = np.dtype(
    [
        ("from_s", "f8"), ("to_s", "f8"), ("late_s", "f8"), ("classified_s", "f8"), ("threat", "i4"), ("run", "i4"), ("looks", "i4"), ("hits", "i4"),
        ("member", "i2"), ("by", "i1"),
    ],
    align=True,
)  # fmt: skip
"""A stretch of time in which a member holds a track of a threat by one means, from <= t < to (inf: to the end of the free flight). Stretches that abut are
one `run`, numbered from 0; between runs nothing is held. `late_s`: how old the positions are (own sensors: 0). `classified_s`: when the run is known for
what it is, inf: not before it is lost. `looks`, `hits`: of own radars from the first hit that led to the track to its loss; 0 where none looks by chances."""

ABOVE, BELOW = np.arange(2, dtype=np.int64)
"""What `horizon_change_s` waits for; numpy's own integers, as numba compiles anew for each literal."""

_R = EARTH_RADIUS_M


@lean
def radar_horizon_m(antenna_m, target_m):
    """Longest ground range at which a target still clears a smooth earth.

    antenna_m, target_m: heights above the same sea level, m, >= 0.
    Returns the range in m. Standard refraction (4/3 earth). Over hills a mask would shorten it.

    >>> round(radar_horizon_m(20.0, 100.0) / 1000)
    60
    """
    return np.sqrt(2.0 * EFFECTIVE_EARTH_RADIUS_M) * (np.sqrt(max(antenna_m, 0.0)) + np.sqrt(max(target_m, 0.0)))


@lean
def span_in_circle_m(xa, ya, xb, yb, cx, cy, range_m):
    """Metres from a along the great circle a–b to where it enters and leaves the circle of `range_m` around (cx, cy); (inf, inf) where it stays outside.

    All points in plane m; closed form: on the unit sphere cos(distance) along the path is one cosine of the arc flown. Cut at a and b.
    """
    if range_m <= 0.0:
        return np.inf, np.inf
    length = distance_m(xa, ya, xb, yb)
    ax, ay, bx, by = xa / _R, ya / _R, xb / _R, yb / _R
    na, nb = np.sqrt(1.0 + ax * ax + ay * ay), np.sqrt(1.0 + bx * bx + by * by)
    a0, a1, a2, b0, b1, b2 = ax / na, ay / na, 1.0 / na, bx / nb, by / nb, 1.0 / nb
    dot = a0 * b0 + a1 * b1 + a2 * b2
    t0, t1, t2 = b0 - dot * a0, b1 - dot * a1, b2 - dot * a2
    norm = np.sqrt(t0 * t0 + t1 * t1 + t2 * t2)
    ux, uy = cx / _R, cy / _R
    nc = np.sqrt(1.0 + ux * ux + uy * uy)
    c0, c1, c2 = ux / nc, uy / nc, 1.0 / nc
    within = distance_m(xa, ya, cx, cy) <= range_m
    if norm < 1e-15:
        return (0.0, length) if within else (np.inf, np.inf)
    p = a0 * c0 + a1 * c1 + a2 * c2
    q = (t0 * c0 + t1 * c1 + t2 * c2) / norm
    limit = np.cos(range_m / _R)
    top = np.sqrt(p * p + q * q)
    if top < limit:
        return (0.0, 0.0) if within else (np.inf, np.inf)
    middle, half = np.arctan2(q, p), np.arccos(limit / top)
    s = 0.0 if within else _R * (middle - half)
    if not 0.0 <= s <= length:
        return np.inf, np.inf
    return s, min(max(_R * (middle + half), s), length)


@lean
def passes_by(xa, ya, xb, yb, cx, cy, range_m):
    """Whether it is certain without trigonometry that the segment a–b keeps out of the circle of `range_m` around (cx, cy), all in plane m: by the gap between
    its box and the circle's, as no metre of ground is longer than 1 + r²/R² metres of the plane, r its greatest distance from the centre."""
    far = max(xa * xa + ya * ya, xb * xb + yb * yb, cx * cx + cy * cy)
    reach = range_m * (1.0 + far / (_R * _R)) * (1.0 + 2.0 * range_m / _R)
    return min(xa, xb) - cx > reach or cx - max(xa, xb) > reach or min(ya, yb) - cy > reach or cy - max(ya, yb) > reach


@lean
def first_in_circle_m(xa, ya, xb, yb, cx, cy, range_m):
    """Metres from a along the great circle a–b to the first point within `range_m` of (cx, cy); inf where the segment stays outside."""
    s, _ = span_in_circle_m(xa, ya, xb, yb, cx, cy, range_m)
    return s


@lean
def next_in_circle_s(verts, first, last, cx, cy, range_m, t):
    """The next stretch of time, s, not before `t` in which a threat on verts[first:last] is within `range_m` of (cx, cy): (from, to); to inf: to the path's
    end. (inf, inf) if never again."""
    start, stop = np.inf, np.inf
    for k in range(leg_at(verts, first, last, t), last - 1):
        if passes_by(verts[k].x, verts[k].y, verts[k + 1].x, verts[k + 1].y, cx, cy, range_m):
            if start < np.inf:
                return start, stop
            continue
        length = distance_m(verts[k].x, verts[k].y, verts[k + 1].x, verts[k + 1].y)
        s0, s1 = span_in_circle_m(verts[k].x, verts[k].y, verts[k + 1].x, verts[k + 1].y, cx, cy, range_m)
        speed = leg_speed_mps(verts, k)
        a = verts[k].t + (s0 / speed if speed > 0.0 else 0.0)
        b = verts[k].t + s1 / speed if speed > 0.0 and s1 < length else verts[k + 1].t
        if start < np.inf:
            if s0 > 0.0:  # outside from the vertex on
                return start, stop
        elif s0 == np.inf or b <= t:
            continue
        else:
            start = max(a, t)
        stop = b
        if s1 < length:
            return start, stop
    return start, np.inf


@lean
def unshaded_m(fields, country, x, y, altitude):
    """Height, m, that counts against the smooth horizon of a country's radars, of a target at `altitude` over (x, y): less the ground's shade there, if
    there is a mask; below 0: hidden, however near."""
    if country >= fields.shade.shape[0]:
        return altitude
    iy, ix = cell_of(fields, x, y)
    return altitude if iy < 0 else altitude - fields.shade[country, iy, ix]


@lean
def view_m(fields, country, mast_m, x, y, altitude):
    """Ground range, m, from a country's radar row within which a target at `altitude` over (x, y) is in view; -inf where the ground hides it."""
    height = unshaded_m(fields, country, x, y, altitude)
    return min(radar_horizon_m(mast_m, height), INSTRUMENTED_M) if height >= 0.0 else -np.inf


@lean
def _beyond_view_m(fields, country, setback_m, mast_m, verts, k, t):
    """How far, m, a threat on leg `k` is beyond the horizon of the radar row at `t`, s (0 and less: it clears it; inf: hidden); and how far from the row."""
    x, y = place_at(verts, k, t)
    away = land_distance_m(fields, country, x, y) + setback_m
    return away - view_m(fields, country, mast_m, x, y, altitude_at(verts, k, t)), away


@lean
def _farthest_view_m(fields, country, mast_m, verts, k):
    """The farthest view of leg `k` from a country's radar row, m: where it flies highest; under a mask of the ground, less its least shade."""
    top_m = max(verts[k].alt, verts[k + 1].alt)
    if country < fields.shade.shape[0]:
        top_m -= fields.shade_least[country]
    return min(radar_horizon_m(mast_m, top_m), INSTRUMENTED_M)


@lean
def _on_grid(fields, x, y):
    """Whether a plane point lies where the distance rasters are interpolated, between the middles of their outermost cells."""
    ny, nx = fields.country.shape
    h = 0.5 * fields.cell_m
    return fields.x0 + h <= x <= fields.x0 + nx * fields.cell_m - h and fields.y0 + h <= y <= fields.y0 + ny * fields.cell_m - h


@lean
def _next_leg_near(fields, country, setback_m, mast_m, verts, k, last):
    """The first leg from `k` on of which it is not certain that it stays out of view of a country's radar row; last - 1 if none.

    Certain by the distance raster alone, which falls by `FALL` metres a metre at most: one look holds for many short legs. Outside its grid nothing is.
    """
    bound = -np.inf  # the airspace is no nearer to vertex k
    while k < last - 1:
        xa, ya, xb, yb = verts[k].x, verts[k].y, verts[k + 1].x, verts[k + 1].y
        if not (_on_grid(fields, xa, ya) and _on_grid(fields, xb, yb)):
            return k
        fall = FALL * np.sqrt((xb - xa) ** 2 + (yb - ya) ** 2)
        within = _farthest_view_m(fields, country, mast_m, verts, k) - setback_m + 1.0  # the land is no nearer than the airspace
        if bound - fall <= within:
            bound = signed_distance_m(fields, country, xa, ya)
        if bound - fall > within:
            bound -= fall
        else:
            end = signed_distance_m(fields, country, xb, yb)
            if 0.5 * (bound + end - fall) <= within:
                return k
            bound = end
        k += 1
    return k


@lean
def horizon_change_s(fields, country, setback_m, mast_m, verts, k, t, wanted):
    """First time, s, from `t` on at which a threat on leg `k` clears the horizon of a country's radar row (wanted ABOVE) or no longer does (BELOW); inf if
    not on this leg.

    The radars stand `setback_m` behind the land border or the coast on masts of `mast_m`: the ground range is the distance outside the country's
    land plus the setback. Steps that the gap to the farthest view on the leg allows (at least 2 km), then by the line through both ends to 1e-6 s.
    """
    t1 = verts[k + 1].t
    # The farthest and the nearest horizon on the leg: where it flies highest and lowest. Under a mask of the ground, less its least and its greatest shade.
    low_m = min(verts[k].alt, verts[k + 1].alt)
    if country < fields.shade.shape[0]:
        low_m -= fields.shade_most[country]
    best = _farthest_view_m(fields, country, mast_m, verts, k)
    least = min(radar_horizon_m(mast_m, low_m), INSTRUMENTED_M) if low_m >= 0.0 else 0.0
    speed = leg_speed_mps(verts, k)
    before, short = t, np.inf
    while True:
        beyond, away = _beyond_view_m(fields, country, setback_m, mast_m, verts, k, t)
        if (beyond <= 0.0) == (wanted == ABOVE):
            break
        if t >= t1 or speed <= 0.0:
            return np.inf
        before, short = t, beyond
        gap = away - best if wanted == ABOVE else least - away
        t = min(t + max(gap, STEP_M) / speed, t1)
    lo, hi, at_lo, at_hi = before, t, short, beyond
    tries = 0
    while hi - lo > VIEW_S:
        # By the line through both ends, a little to either side of where it says; every fourth time, and over a jump of the mask, halfway.
        mid = 0.5 * (lo + hi)
        if tries % 4 != 3 and np.isfinite(at_lo) and np.isfinite(at_hi):
            zero = lo + (hi - lo) * at_lo / (at_lo - at_hi) + (0.4 * VIEW_S if tries % 2 == 0 else -0.4 * VIEW_S)
            mid = zero if lo < zero < hi else mid
        tries += 1
        beyond, away = _beyond_view_m(fields, country, setback_m, mast_m, verts, k, mid)
        if (beyond <= 0.0) == (wanted == ABOVE):
            hi, at_hi = mid, beyond
        else:
            lo, at_lo = mid, beyond
    return hi


@lean
def first_above_horizon_s(fields, country, setback_m, mast_m, verts, k):
    """First time, s, on leg `k` at which a threat clears the horizon of a notional radar row in a country; inf if never."""
    return horizon_change_s(fields, country, setback_m, mast_m, verts, k, verts[k].t, ABOVE)


@lean
def next_above_horizon_s(fields, country, setback_m, mast_m, verts, first, last, t):
    """The next stretch of time, s, not before `t` in which a threat on verts[first:last] clears the horizon of a country's radar row: (from, to); to inf: to
    the path's end. (inf, inf) if never again. Dips and rises shorter than 2 km of flight may be missed."""
    start, k = np.inf, leg_at(verts, first, last, t)
    while True:
        k = _next_leg_near(fields, country, setback_m, mast_m, verts, k, last)
        if k >= last - 1:
            return np.inf, np.inf
        start = horizon_change_s(fields, country, setback_m, mast_m, verts, k, max(t, verts[k].t), ABOVE)
        if start < np.inf:
            break
        k += 1
    while k < last - 1:
        stop = horizon_change_s(fields, country, setback_m, mast_m, verts, k, max(start, verts[k].t), BELOW)
        if stop < np.inf:
            return start, stop
        k += 1
    return start, np.inf


@lean
def piece_at(pieces, look, t):
    """Row of the stretch by which a member holds a track at `t`, s, or did last; the first of all before that. look: its SIGHT, which has one at least."""
    row = np.int64(look.first)
    while row + 1 < look.last and pieces[row + 1].from_s <= t:
        row += 1
    return row


@lean
def own_at(pieces, look, t):
    """Whether own sensors show the threat at `t`, s, not a partner's picture. look: the member's SIGHT of it."""
    return look.first < look.last and pieces[piece_at(pieces, look, t)].by <= BY_AIRBORNE


@lean
def next_piece_s(pieces, look, t):
    """When a member next begins to hold a threat by other means than at `t`, s; inf if never. look: its SIGHT."""
    row = piece_at(pieces, look, t)
    if row < look.last and pieces[row].from_s > t:
        return pieces[row].from_s
    return pieces[row + 1].from_s if row + 1 < look.last else np.inf


@lean
def late_at(pieces, look, t):
    """How old the positions are, s, that a member has of a threat at `t`, s. look: its SIGHT."""
    return pieces[piece_at(pieces, look, t)].late_s if look.first < look.last else 0.0
