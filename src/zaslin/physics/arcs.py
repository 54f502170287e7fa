"""A straight flight as an arc of unit vectors, for searches that ask where it is again and again; nothing here decides.

`plane.along` and `plane.distance_m` make their vectors anew for every call; here an arc's are made once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from zaslin.jit import lean
from zaslin.plane import arcsine_series, sin_cos, unit
from zaslin.units import EARTH_RADIUS_M

_NEAR = 0.04
"""Square of the chord up to which `angle` takes the series."""


class Arc(NamedTuple):
    """A flight at constant speed on a great circle: at `t0`, s, at the unit vector a; the unit vector b lies a quarter circle ahead; `rate`, rad/s."""

    ax: float
    ay: float
    az: float
    bx: float
    by: float
    bz: float
    t0: float
    rate: float


@lean
def arc_between(xa, ya, xb, yb, t0, speed):
    """The `Arc` from plane point a toward b, m, at `speed`, m/s; at rest where both are one point."""
    ax, ay, az = unit(xa, ya)
    hx, hy, hz = unit(xb, yb)
    d = ax * hx + ay * hy + az * hz
    bx, by, bz = hx - d * ax, hy - d * ay, hz - d * az
    n = np.sqrt(bx * bx + by * by + bz * bz)
    if n < 1e-15:
        return Arc(ax, ay, az, 0.0, 0.0, 0.0, t0, 0.0)
    return Arc(ax, ay, az, bx / n, by / n, bz / n, t0, speed / EARTH_RADIUS_M)


@lean
def on_arc(arc, t):
    """Unit vector of a flight on its `Arc` at time `t`, s."""
    s, c = sin_cos(arc.rate * (t - arc.t0))
    return c * arc.ax + s * arc.bx, c * arc.ay + s * arc.by, c * arc.az + s * arc.bz


@lean
def point_of(px, py, pz):
    """Plane point (x, y), m, of a vector above the plane's horizon; its length does not matter."""
    f = EARTH_RADIUS_M / pz
    return px * f, py * f


@lean
def angle(px, py, pz, qx, qy, qz):
    """Angle between two unit vectors, rad: twice the arcsine of half their chord, by its series up to a chord of 0.2, else by the arctangent."""
    dx, dy, dz = px - qx, py - qy, pz - qz
    chord2 = dx * dx + dy * dy + dz * dz
    if chord2 > _NEAR:
        cx, cy, cz = py * qz - pz * qy, pz * qx - px * qz, px * qy - py * qx
        return np.arctan2(np.sqrt(cx * cx + cy * cy + cz * cz), px * qx + py * qy + pz * qz)
    return np.sqrt(chord2) * arcsine_series(0.25 * chord2)


@lean
def apart_m(px, py, pz, qx, qy, qz):
    """Great-circle distance, m, between two unit vectors."""
    return EARTH_RADIUS_M * angle(px, py, pz, qx, qy, qz)
