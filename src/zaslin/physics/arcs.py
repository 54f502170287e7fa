"""A straight flight as an arc of unit vectors, for searches that ask where it is again and again; nothing here decides.

`plane.along` and `plane.distance_m` make their vectors anew for every call and use trigonometric functions of the library. Here an arc's vectors are made
once, and small angles (a quarter of a radian is 1,600 km) take a short series, good to the last bit or two.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from zaslin.jit import lean
from zaslin.plane import unit
from zaslin.units import EARTH_RADIUS_M

SMALL_RAD = 0.25
"""Up to this angle the series of `sin_cos` are exact to rounding."""
_NEAR = 0.04
"""Square of the chord up to which the series of `angle` is exact to rounding."""


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
def sin_cos(w):
    """Sine and cosine of an angle, rad: by their series up to SMALL_RAD (the first term left out is below 1e-17)."""
    if abs(w) > SMALL_RAD:
        return np.sin(w), np.cos(w)
    q = w * w
    sine = w * (1.0 - q * (1 / 6) * (1.0 - q * (1 / 20) * (1.0 - q * (1 / 42) * (1.0 - q * (1 / 72) * (1.0 - q * (1 / 110))))))
    cosine = 1.0 - q * 0.5 * (1.0 - q * (1 / 12) * (1.0 - q * (1 / 30) * (1.0 - q * (1 / 56) * (1.0 - q * (1 / 90) * (1.0 - q * (1 / 132))))))
    return sine, cosine


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
    h = 0.25 * chord2
    series = 1.0 + h * (1 / 6 + h * (3 / 40 + h * (5 / 112 + h * (35 / 1152 + h * (63 / 2816 + h * (231 / 13312 + h * (143 / 10240)))))))
    return np.sqrt(chord2) * series


@lean
def apart_m(px, py, pz, qx, qy, qz):
    """Great-circle distance, m, between two unit vectors."""
    return EARTH_RADIUS_M * angle(px, py, pz, qx, qy, qz)
