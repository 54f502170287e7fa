"""The one plane of all geometry: gnomonic, centred on the theatre, so great circles are straight lines.

A point is (x, y) in metres, x east and y north at the centre. The plane is for intersections; lengths in it are *not*
distances: `distance_m` and friends measure on the sphere. Nothing here knows borders or time.

Source: Snyder, "Map projections: a working manual", USGS Professional Paper 1395 (1987), chapter 22.
"""

from __future__ import annotations

import numpy as np

from zaslin.jit import lean
from zaslin.units import EARTH_RADIUS_M

LAT0_DEG, LON0_DEG = 49.0, 31.0
_R = EARTH_RADIUS_M
_SERIES_RAD, _SERIES_H = 0.25, 0.01
_NO_LENGTH_M = 1e-8
_SIN0, _COS0 = np.sin(np.radians(LAT0_DEG)), np.cos(np.radians(LAT0_DEG))


def project(lat_deg, lon_deg):
    """Plane coordinates (x, y), m, of latitude and longitude in degrees; arrays or scalars; within 80° of the centre."""
    lat, dlon = np.radians(lat_deg), np.radians(np.asarray(lon_deg) - LON0_DEG)
    cos_c = _SIN0 * np.sin(lat) + _COS0 * np.cos(lat) * np.cos(dlon)
    x = _R * np.cos(lat) * np.sin(dlon) / cos_c
    y = _R * (_COS0 * np.sin(lat) - _SIN0 * np.cos(lat) * np.cos(dlon)) / cos_c
    return x, y


def unproject(x, y):
    """Latitude and longitude in degrees of plane coordinates in m."""
    u, v = np.asarray(x) / _R, np.asarray(y) / _R
    n = np.sqrt(1.0 + u * u + v * v)
    lat = np.degrees(np.arcsin((v * _COS0 + _SIN0) / n))
    lon = LON0_DEG + np.degrees(np.arctan2(u, _COS0 - v * _SIN0))
    return lat, lon


def unit_vectors(x, y):
    """Unit vectors of plane points, shape (…, 3), in the plane's own axes: east, north and up at its centre."""
    u, v = np.asarray(x) / _R, np.asarray(y) / _R
    n = 1.0 / np.sqrt(1.0 + u * u + v * v)
    return np.stack([u * n, v * n, n], axis=-1)


@lean
def unit(x, y):
    """Unit vector (three numbers) of a plane point: `unit_vectors` of one point, to the last bit."""
    u, v = x / _R, y / _R
    n = 1.0 / np.sqrt(1.0 + u * u + v * v)
    return u * n, v * n, n


@lean
def sin_cos(w):
    """Sine and cosine of an angle, rad: up to 0.25 rad (1,600 km) by their series, whose first term left out is below a rounding, which takes a fraction of
    the library's time."""
    if abs(w) > _SERIES_RAD:
        return np.sin(w), np.cos(w)
    q = w * w
    sine = w * (1.0 - q * (1 / 6) * (1.0 - q * (1 / 20) * (1.0 - q * (1 / 42) * (1.0 - q * (1 / 72) * (1.0 - q * (1 / 110))))))
    cosine = 1.0 - q * 0.5 * (1.0 - q * (1 / 12) * (1.0 - q * (1 / 30) * (1.0 - q * (1 / 56) * (1.0 - q * (1 / 90) * (1.0 - q * (1 / 132))))))
    return sine, cosine


@lean
def arcsine_series(h):
    """arcsin(s) / s of h = s², up to h = 0.01: its series to the term below a rounding."""
    return 1.0 + h * (1 / 6 + h * (3 / 40 + h * (5 / 112 + h * (35 / 1152 + h * (63 / 2816 + h * (231 / 13312 + h * (143 / 10240)))))))


@lean
def _angle(c2, dot):
    """Angle, rad, between two vectors of whose cross product `c2` is the square and whose scalar product is `dot`: by half its sine where that is at most
    0.1, else by the arctangent."""
    n = np.sqrt(c2 + dot * dot)
    if dot <= 0.0:
        return np.arctan2(np.sqrt(c2), dot)
    h = 0.5 * c2 / (n * (n + dot))
    return 2.0 * np.sqrt(h) * arcsine_series(h) if h <= _SERIES_H else np.arctan2(np.sqrt(c2), dot)


@lean
def distance_m(xa, ya, xb, yb):
    """Great-circle distance, m, between two plane points."""
    ax, ay = xa / _R, ya / _R
    bx, by = xb / _R, yb / _R
    cx, cy, cz = ay - by, bx - ax, ax * by - ay * bx
    return _R * _angle(cx * cx + cy * cy + cz * cz, ax * bx + ay * by + 1.0)


@lean
def at_least_m(xa, ya, xb, yb):
    """A lower bound of `distance_m` without trigonometry: the plane's length over its greatest scale between the points, 1 + r²/R² at the farther one."""
    far = max(xa * xa + ya * ya, xb * xb + yb * yb)
    return np.sqrt((xb - xa) ** 2 + (yb - ya) ** 2) / (1.0 + far / (_R * _R))


@lean
def along(xa, ya, xb, yb, s_m):
    """The plane point `s_m` metres along the great circle from a toward b (beyond b where s exceeds the distance)."""
    return toward(xa, ya, xb - xa, yb - ya, s_m)


@lean
def ray_of(x, y, east, north):
    """The great circle that leaves (x, y) in the plane direction (east, north), one long, for many places on it (`on_ray`)."""
    u, v = x / _R, y / _R
    n2, slope = 1.0 + u * u + v * v, u * east + v * north
    return east, north, n2, slope, np.sqrt(n2 - slope * slope)


@lean
def on_ray(x, y, ray, s_m):
    """The plane point `s_m` metres from (x, y) on its `ray`: `ahead`, to a rounding. A great circle is a straight line of the plane: with the vector (u, v, 1)
    of the start, n long, and the direction d, the place at the angle w is n² sin w / (√(n² − (u·d)²) cos w − u·d sin w) plane units on."""
    east, north, n2, slope, root = ray
    sine, cosine = sin_cos(s_m / _R)
    way = _R * n2 * sine / (root * cosine - slope * sine)
    return x + way * east, y + way * north


@lean
def part_way(xa, ya, xb, yb, part):
    """The plane point at a fraction `part` of the great circle from a to b (beyond b where it exceeds 1): `along` for part · `distance_m`, in one."""
    ax, ay = xa / _R, ya / _R
    bx, by = xb / _R, yb / _R
    cx, cy, cz = ay - by, bx - ax, ax * by - ay * bx
    # Of the cross product c = a × b of the vectors (x, y, 1): |c| = |a| |b| sin w, and c × a points from a toward b, |c| |a| long.
    c2 = cx * cx + cy * cy + cz * cz
    if c2 < 1e-30:
        return xa, ya
    n = np.sqrt(c2)
    sine, c = sin_cos(part * _angle(c2, ax * bx + ay * by + 1.0))
    t0, t1, t2 = cy - cz * ay, cz * ax - cx, cx * ay - cy * ax
    # p = a cos w / |a| + t sin w / |t|, times |a|
    s = sine / n
    p2 = c + s * t2
    return _R * (c * ax + s * t0) / p2, _R * (c * ay + s * t1) / p2


@lean
def course_rad(xa, ya, xb, yb):
    """Direction in the plane from a to b, rad clockwise from the plane's north (plane angle, not a true bearing)."""
    return np.arctan2(xb - xa, yb - ya)


@lean
def toward(x, y, east, north, s_m):
    """The plane point `s_m` metres on (back, where it is negative), along the great circle that leaves (x, y) in the plane direction (east, north) of any
    length; the point itself where that has none."""
    length = np.sqrt(east * east + north * north)
    if length < _NO_LENGTH_M:
        return x, y
    f = 1.0 / length
    return on_ray(x, y, ray_of(x, y, f * east, f * north), s_m)


@lean
def ahead(x, y, course, s_m):
    """The plane point `s_m` metres on, along the great circle that leaves (x, y) in plane direction `course`."""
    return on_ray(x, y, ray_of(x, y, np.sin(course), np.cos(course)), s_m)
