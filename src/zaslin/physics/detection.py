"""When a radar can first see a threat: the horizon over a smooth earth and the circle of an airborne radar.

Ground radars are notional: the edge of a country's land, a setback behind it and a mast, never a site. Hills only by the mask that a user's elevation raster
gives (`world.terrain`). No clutter, drop-outs or chance of detection: what is in view is seen.
"""

from __future__ import annotations

import numpy as np

from zaslin.atlas.fields import cell_of, land_distance_m
from zaslin.jit import kernel
from zaslin.physics.path import altitude_at, leg_speed_mps, place_at
from zaslin.plane import distance_m
from zaslin.units import EARTH_RADIUS_M

EFFECTIVE_EARTH_RADIUS_M = EARTH_RADIUS_M * 4.0 / 3.0
"""Standard refraction bends a radar's ray as if the earth were 4/3 as large (DESIGN, "Picture"; ITU-R P.834 gives the same factor)."""

INSTRUMENTED_M = 400_000.0
"""Longest range that a ground radar shows, m: assumption, 300–470 km. It matters for high flyers only."""

STEP_M = 2_000.0
"""Longest stretch of a path that is not looked at between two views of the horizon, m, where the threat may already be in view."""

BY_GROUND, BY_AIRBORNE, BY_SHARED = 0, 1, 2
SEEN_BY = ("ground", "airborne", "shared")
"""Which sensor made the first track; index into this."""

SIGHT = np.dtype([("seen_s", "f8"), ("own_s", "f8"), ("classified_s", "f8"), ("late_s", "f8"), ("by", "i1"), ("taken_for", "i1")], align=True)
"""What a member knows of a threat on its free flight: first track, first track from own sensors (until then positions come late through the
shared picture, `late_s` old), classified; s, inf: never. `taken_for`: the class that it is taken for, -1: for nothing that may be engaged."""

_R = EARTH_RADIUS_M


@kernel
def radar_horizon_m(antenna_m, target_m):
    """Longest ground range at which a target still clears a smooth earth.

    antenna_m, target_m: heights above the same sea level, m, >= 0.
    Returns the range in m. Standard refraction (4/3 earth). Over hills a mask would shorten it.

    >>> round(radar_horizon_m(20.0, 100.0) / 1000)
    60
    """
    return np.sqrt(2.0 * EFFECTIVE_EARTH_RADIUS_M) * (np.sqrt(max(antenna_m, 0.0)) + np.sqrt(max(target_m, 0.0)))


@kernel
def first_in_circle_m(xa, ya, xb, yb, cx, cy, range_m):
    """Metres from a along the great circle a–b to the first point within `range_m` of (cx, cy); inf where the segment stays outside.

    All points in plane m; closed form: on the unit sphere cos(distance) along the path is one cosine of the arc flown.
    """
    if range_m <= 0.0:
        return np.inf
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
    if distance_m(xa, ya, cx, cy) <= range_m:
        return 0.0
    if norm < 1e-15:
        return np.inf
    p = a0 * c0 + a1 * c1 + a2 * c2
    q = (t0 * c0 + t1 * c1 + t2 * c2) / norm
    limit = np.cos(range_m / _R)
    top = np.sqrt(p * p + q * q)
    if top < limit:
        return np.inf
    s = _R * (np.arctan2(q, p) - np.arccos(limit / top))
    return s if 0.0 <= s <= length else np.inf


@kernel
def unshaded_m(fields, country, x, y, altitude):
    """Height, m, that counts against the smooth horizon of a country's radars, of a target at `altitude` over (x, y): less the ground's shade there, if
    there is a mask; below 0: hidden, however near."""
    if country >= fields.shade.shape[0]:
        return altitude
    iy, ix = cell_of(fields, x, y)
    return altitude if iy < 0 else altitude - fields.shade[country, iy, ix]


@kernel
def view_m(fields, country, mast_m, x, y, altitude):
    """Ground range, m, from a country's radar row within which a target at `altitude` over (x, y) is in view; -inf where the ground hides it."""
    height = unshaded_m(fields, country, x, y, altitude)
    return min(radar_horizon_m(mast_m, height), INSTRUMENTED_M) if height >= 0.0 else -np.inf


@kernel
def first_above_horizon_s(fields, country, setback_m, mast_m, verts, k):
    """First time, s, on leg `k` at which a threat clears the horizon of a notional radar row in a country; inf if never.

    The radars stand `setback_m` behind the land border or the coast on masts of `mast_m`: the ground range is the distance outside the country's
    land plus the setback. Steps that the gap to the farthest view on the leg allows (at least 2 km), then bisection to 1e-6 s.
    """
    t0, t1 = verts[k].t, verts[k + 1].t
    speed = leg_speed_mps(verts, k)
    top_m = max(verts[k].alt, verts[k + 1].alt)
    if country < fields.shade.shape[0]:
        top_m -= fields.shade_least[country]
    best_view = min(radar_horizon_m(mast_m, top_m), INSTRUMENTED_M)
    t, before = t0, t0
    while True:
        x, y = place_at(verts, k, t)
        away = land_distance_m(fields, country, x, y) + setback_m
        if away <= view_m(fields, country, mast_m, x, y, altitude_at(verts, k, t)):
            break
        if t >= t1 or speed <= 0.0:
            return np.inf
        before = t
        t = min(t + max(away - best_view, STEP_M) / speed, t1)
    lo, hi = before, t
    while hi - lo > 1e-6:
        mid = 0.5 * (lo + hi)
        x, y = place_at(verts, k, mid)
        away = land_distance_m(fields, country, x, y) + setback_m
        if away <= view_m(fields, country, mast_m, x, y, altitude_at(verts, k, mid)):
            hi = mid
        else:
            lo = mid
    return hi
