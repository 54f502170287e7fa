"""The heading test ("projected crossing"): do enough of the courses that a track allows meet a territory within a time?

A legal-kinematic test on the track, never on the route or the destination, and not the chance of a crossing. Courses are dead-reckoned
at constant speed; the fan is the normal distribution of the track's course error around the track's course, cut into 21 equal shares.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from zaslin.jit import lean
from zaslin.physics.intercept import outside_m
from zaslin.plane import on_ray, ray_of, sin_cos

RAYS = 21
FAN = np.array([NormalDist().inv_cdf((i + 0.5) / RAYS) for i in range(RAYS)])
"""Middles of the fan's equal shares, in standard deviations."""
STEP_M = 250.0
"""Least step along a ray, m: a corner of territory shorter than this along a ray may be missed."""


@lean
def ray_meets(fields, country, x, y, course, reach_m):
    """Whether the great circle that leaves (x, y) on `course` (plane angle, rad) meets a country's airspace within `reach_m` metres.

    Marches by the distance field itself, which cannot fall faster than one metre a metre. The point itself is outside: where the field is so coarse that
    it says otherwise, a ray meets when it goes deeper than it began.
    """
    return _ray_meets(fields, country, x, y, np.sin(course), np.cos(course), outside_m(fields, country, x, y), reach_m)


@lean
def _ray_meets(fields, country, x, y, east, north, away, reach_m):
    """`ray_meets` in the plane direction (east, north), one long, from a point that is `away` metres outside."""
    line = min(away, 0.0)
    away -= line
    s = 0.0
    if not (s < reach_m and s + away <= reach_m):
        return False
    ray = ray_of(x, y, east, north)
    per_m = 1.0 / fields.cell_m
    while s < reach_m and s + away <= reach_m:
        s = min(s + max(away, STEP_M), reach_m)
        px, py = on_ray(x, y, ray, s)
        away = _field_m(fields, country, per_m, px, py) - line
        if away < 0.0 or (away == 0.0 and line == 0.0):
            return True
    return False


@lean
def _field_m(fields, country, per_m, x, y):
    """`outside_m` of a country that has a field; per_m: cells a metre."""
    raster = fields.distance[country]
    ny, nx = raster.shape
    u, v = (x - fields.x0) * per_m - 0.5, (y - fields.y0) * per_m - 0.5
    if not (0.0 <= u < nx - 1 and 0.0 <= v < ny - 1):
        return outside_m(fields, country, x, y)
    i, j = int(u), int(v)
    fu, fv = u - i, v - j
    low = raster[j, i] * (1.0 - fu) + raster[j, i + 1] * fu
    high = raster[j + 1, i] * (1.0 - fu) + raster[j + 1, i + 1] * fu
    return low * (1.0 - fv) + high * fv


@lean
def ray_meets_m(fields, country, x, y, course, from_m, to_m):
    """Metres along the great circle from (x, y) on `course` (plane angle, rad) to the first point in a country's airspace, from `from_m` to `to_m` on;
    inf where there is none. By the distance field, in steps of at least `STEP_M`: the point is good to that.
    """
    ray = ray_of(x, y, np.sin(course), np.cos(course))
    s = from_m
    while s <= to_m:
        px, py = on_ray(x, y, ray, s)
        away = outside_m(fields, country, px, py)
        if away <= 0.0:
            return s
        s += max(away, STEP_M)
    return np.inf


@lean
def crossing_projected(fields, country, inside, x, y, course, sigma_rad, reach_m, share):
    """Whether at least `share` of the courses around `course` (plane angle, rad; spread sigma_rad) meet the country's airspace in reach_m.

    inside: whether the point lies in that airspace; then True. Stops as soon as the answer cannot change. Country < 0 (no border in the theatre): False.
    """
    if inside:
        return True
    away = outside_m(fields, country, x, y)
    if away > reach_m:
        return False
    need = share * RAYS - 1e-9
    east, north = np.sin(course), np.cos(course)
    met = 0
    for i in range(RAYS):
        # From the middle outwards: the middle rays decide most cases.
        ray = RAYS // 2 + ((i + 1) // 2 if i % 2 == 1 else -(i // 2))
        sine, cosine = sin_cos(sigma_rad * FAN[ray])
        if _ray_meets(fields, country, x, y, east * cosine + north * sine, north * cosine - east * sine, away, reach_m):
            met += 1
        if met >= need:
            return True
        if met + RAYS - 1 - i < need:
            return False
    return met >= need
