"""Places on the sphere as unit vectors, great circles, polygons and intercepts, for many at once. NumPy only; imports nothing of the package.

Angles are in radians of the sphere; arrays of places are (n, 3).
"""

from __future__ import annotations

import numpy as np

from make_w import RE


def unit(lonlat_deg: np.ndarray) -> np.ndarray:
    """Unit vectors (n, 3) of (n, 2) longitudes and latitudes, degrees."""
    lon, lat = np.radians(lonlat_deg).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def angle(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Angle between unit vectors, by their chord, rad."""
    d = a - b
    return 2.0 * np.arcsin(np.minimum(0.5 * np.sqrt(np.einsum("...i,...i", d, d)), 1.0))


def heading(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Unit tangents at a of the great circles toward b; zero where they are one place."""
    u = b - a * np.einsum("...i,...i", a, b)[..., None]
    size = np.sqrt(np.einsum("...i,...i", u, u))[..., None]
    return u / np.maximum(size, 1e-15)


def along(p: np.ndarray, u: np.ndarray, s: np.ndarray) -> np.ndarray:
    """Place at the angle s from p along the tangent u."""
    return np.cos(s)[..., None] * p + np.sin(s)[..., None] * u


class Polygon:
    """A polygon whose edges are great circles: straight lines in the gnomonic plane about its middle."""

    def __init__(self, lonlat_deg: np.ndarray) -> None:
        corners = unit(lonlat_deg)
        self.up = corners.sum(axis=0) / np.linalg.norm(corners.sum(axis=0))
        east = np.cross([0.0, 0.0, 1.0], self.up)
        self.east = east / np.linalg.norm(east)
        self.north = np.cross(self.up, self.east)
        self.x0, self.y0 = self.plane(corners)
        self.x1, self.y1 = np.roll(self.x0, -1), np.roll(self.y0, -1)
        self.around = np.append(self.y0, self.y0[0])
        flat = self.y1 == self.y0
        self.slope = np.where(flat, 0.0, (self.x1 - self.x0) / np.where(flat, 1.0, self.y1 - self.y0))

    def plane(self, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Coordinates of places in the plane."""
        height = p @ self.up
        return (p @ self.east) / height, (p @ self.north) / height

    def inside(self, p: np.ndarray) -> np.ndarray:
        """Which of the places (n, 3) lie inside: an odd number of edges to their right."""
        x, y = self.plane(p)
        below = self.around > y[:, None]
        i, edge = (below[:, 1:] != below[:, :-1]).nonzero()
        right = x[i] < self.x0[edge] + (y[i] - self.y0[edge]) * self.slope[edge]
        return np.bincount(i[right], minlength=len(p)) % 2 == 1

    def outside_m(self, p: np.ndarray) -> np.ndarray:
        """Distances of places (n, 3) from the polygon, m; 0 inside. The nearest point of the plane, measured on the sphere."""
        x, y = (value[:, None] for value in self.plane(p))
        ex, ey = self.x1 - self.x0, self.y1 - self.y0
        part = np.clip(((x - self.x0) * ex + (y - self.y0) * ey) / (ex**2 + ey**2), 0.0, 1.0)
        fx, fy = self.x0 + part * ex, self.y0 + part * ey
        k = np.argmin((x - fx) ** 2 + (y - fy) ** 2, axis=1)
        row = np.arange(len(p))
        foot = self.up + fx[row, k, None] * self.east + fy[row, k, None] * self.north
        away = angle(p, foot / np.linalg.norm(foot, axis=1)[:, None]) * RE
        return np.where(self.inside(p), 0.0, away)


def earliest_shot_s(
    p: np.ndarray, x: np.ndarray, u: np.ndarray, speed: np.ndarray, not_before: np.ndarray, dash: float, reach: float, tof: float, most: float
) -> np.ndarray:
    """Seconds from now to each pair's earliest shot, not before `not_before`; inf if it is later than `most`. All pairs at once.

    p: shooters (n, 3) of speed `dash`; x, u, speed: places, tangents and m/s of targets that keep their course. With X the target's place `tof` later, a
    round's flight over the whole reach, |P X| - dash t - reach falls with t while the shooter is faster, and is convex: Newton's steps from the left
    reach its root.
    """
    a, b, w = np.einsum("ij,ij->i", p, x), np.einsum("ij,ij->i", p, u), speed / RE
    t = np.zeros(len(p))
    for _ in range(8):
        c, s = np.cos(w * (t + tof)), np.sin(w * (t + tof))
        d = np.arccos(np.clip(a * c + b * s, -1.0, 1.0))
        gap = RE * d - dash * t - reach
        slope = RE * w * (a * s - b * c) / np.maximum(np.sin(d), 1e-9) - dash
        t = np.clip(t - gap / slope, 0.0, most)
        if np.all(np.abs(gap) < 1.0):
            break
    far = RE * np.arccos(np.clip(a * np.cos(w * (t + tof)) + b * np.sin(w * (t + tof)), -1.0, 1.0)) - dash * t > reach + 10.0
    t = np.maximum(t, not_before)
    return np.where(far | (t > most), np.inf, t)


def flight_s(q: np.ndarray, x: np.ndarray, u: np.ndarray, speed: np.ndarray, missile_mps: float) -> np.ndarray:
    """Flight times of rounds fired now from q at targets that keep their course, s: f = |q X(f)| / v by iteration, which shrinks by speed / v a step."""
    f = RE * angle(q, x) / missile_mps
    for _ in range(5):
        f = RE * angle(q, along(x, u, speed / RE * f)) / missile_mps
    return f
