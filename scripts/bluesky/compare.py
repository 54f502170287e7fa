"""How far another simulator's flight of the same way-points is from a path, and how far its time step and the known geometry let it be.

Imports the package, and nothing of BlueSky's: a track is a table of times, latitudes and longitudes. All distances are on the package's sphere.

The bound at time t, for speed v, time step h and the turns i begun by then (angle a, radius r, lead r tan(a/2) of a turn that begins before its point):

    step      v h (1 + Σ sin(a/2) + L tan(latitude) / R)
    geometry  Σ [ chords + plane + lead ] + L |R - R'| / R

- Each turn begins up to one step late and, as a step is flown on the course of its end, half a step early: half a step off. Of that, 2 sin(a/2) shows beside
  or along the next leg (the vector between the two courses). One more step for what is under way. On a straight leg a step is a straight line on
  the course of its start, with its end's parallel: L tan(latitude) / R of a step after L metres.
- chords: the path's turns are chords of at most 10 degrees, r (1 - cos c) inside the circle, c half a chord's angle, and shorter by
  r a (1 - sin c / c).
- plane: the path's turns are circles of the gnomonic plane; on the sphere, at the distance d from its centre, they are ellipses, axes apart by
  e = 1 / cos d - 1, and their angles are off by as much: e r (a + 2 tan(a/2)).
- lead: BlueSky measures the distance to a way-point with the radius of WGS 84 at that latitude, and begins the turn where that is the lead: too early
  by the ratio of the radii, of which again 2 sin(a/2) shows.
- R' is the radius of BlueSky's sphere, on which it moves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from zaslin.atlas.borders import COUNTRIES
from zaslin.atlas.crossing import border_distance_m
from zaslin.atlas.ground import Ground
from zaslin.plane import project, unproject
from zaslin.units import EARTH_RADIUS_M
from zaslin.world.arrays import VERT
from zaslin.world.night_arrays import PATH
from zaslin.world.stays import stays_of

BLUESKY_RADIUS_M = 6_371_000.0
"""Radius of the sphere on which BlueSky's traffic moves (bluesky/tools/aero.py, `Rearth`)."""

WGS84_M = (6_378_137.0, 6_356_752.314245)
"""Semi-axes of WGS 84, m (NGA.STND.0036)."""

SHARPEST_LEAD_RAD = 2.6
"""Turns sharper than this are flown over (world/paths.py)."""

SWING_DEG = 80.0
"""BlueSky takes a way-point for passed once the bearing to it has swung by 90° since it became active: a turn that comes near this is not compared, nor what
follows."""

NEIGHBOURS = tuple(range(1, 9))
"""Countries, by index, whose borders are asked."""


@dataclass(frozen=True)
class Difference:
    """One route at its sample times t (n,): `along_m` positive where the track is ahead, `cross_m` positive to the left, `turning` in a turn of the path,
    `step_m` and `geometry_m` the two parts of the bound. `left_out`: why the route, or its end, is not compared, or "".
    """

    name: str
    t: np.ndarray
    along_m: np.ndarray
    cross_m: np.ndarray
    turning: np.ndarray
    step_m: np.ndarray
    geometry_m: np.ndarray
    left_out: str

    @property
    def apart_m(self) -> np.ndarray:
        """Distance between the two positions, m (n,)."""
        return np.hypot(self.along_m, self.cross_m)

    @property
    def of_bound(self) -> np.ndarray:
        """The distance as a share of the bound (n,)."""
        return self.apart_m / (self.step_m + self.geometry_m)


def _unit(x, y) -> np.ndarray:
    out = np.stack([np.asarray(x) / EARTH_RADIUS_M, np.asarray(y) / EARTH_RADIUS_M, np.ones_like(x)], axis=-1)
    return out / np.linalg.norm(out, axis=-1, keepdims=True)


def compare(route: dict[str, Any], t: np.ndarray, lat: np.ndarray, lon: np.ndarray, step: float) -> Difference:
    """A track (n,) of times, s since launch, and degrees, against a route's path. step: the simulator's, s."""
    path = np.array(route["path"])
    until, why = usable_until(route)
    kept = t <= until
    t, lat, lon = t[kept], lat[kept], lon[kept]
    k = np.clip(np.searchsorted(path[:, 2], t, side="right") - 1, 0, len(path) - 2)
    a, b = _unit(path[k, 0], path[k, 1]), _unit(path[k + 1, 0], path[k + 1, 1])
    toward = b - (a * b).sum(axis=1, keepdims=True) * a
    toward /= np.maximum(np.linalg.norm(toward, axis=1, keepdims=True), 1e-300)
    turned = route["speed_mps"] * (t - path[k, 2]) / EARTH_RADIUS_M
    here = np.cos(turned)[:, None] * a + np.sin(turned)[:, None] * toward
    course = np.cos(turned)[:, None] * toward - np.sin(turned)[:, None] * a
    off = (_unit(*project(lat, lon)) - here) * EARTH_RADIUS_M
    left = np.cross(here, course)
    turning = np.zeros(len(t), dtype=bool)
    for turn in route["turns"]:
        turning |= (k >= turn["first"]) & (k < turn["last"])
    step_m, geometry_m = bound_m(route, t, step)
    return Difference(route["name"], t, (off * course).sum(axis=1), (off * left).sum(axis=1), turning, step_m, geometry_m, why)


def usable_until(route: dict[str, Any]) -> tuple[float, str]:
    """Time, s since launch, up to which the two fly by the same rules, and what ends it ("" where nothing does)."""
    path = np.array(route["path"])
    for turn in route["turns"]:
        began = float(path[turn["first"], 2])
        if turn["other_way"]:
            return began, "turns the long way round"
        target = route["points"][turn["point"] + 1]
        lat, lon = unproject(path[turn["first"] : turn["last"] + 1, 0], path[turn["first"] : turn["last"] + 1, 1])
        bearing = _bearing_deg(lat, lon, *target)
        if np.abs((bearing - bearing[0] + 180.0) % 360.0 - 180.0).max() > SWING_DEG:
            return began, "bearing to the next point swings"
    return float(path[-1, 2]), ""


def _bearing_deg(lat, lon, lat_to, lon_to) -> np.ndarray:
    p, q, d = np.radians(lat), np.radians(lat_to), np.radians(lon_to - lon)
    return np.degrees(np.arctan2(np.sin(d) * np.cos(q), np.cos(p) * np.sin(q) - np.sin(p) * np.cos(q) * np.cos(d)))


def bound_m(route: dict[str, Any], t: np.ndarray, step: float) -> tuple[np.ndarray, np.ndarray]:
    """The step's and the geometry's part of the bound at times t (n,), m."""
    path = np.array(route["path"])
    speed, radius = route["speed_mps"], route["radius_m"]
    steepest = math.tan(math.radians(max(abs(lat) for lat, _ in route["points"])))
    flown = speed * np.asarray(t, dtype=float)
    steps = 1.0 + flown * steepest / EARTH_RADIUS_M
    geometry = flown * abs(EARTH_RADIUS_M - BLUESKY_RADIUS_M) / EARTH_RADIUS_M
    for turn in route["turns"]:
        angle, half = turn["angle_rad"], turn["angle_rad"] / (2 * turn["pieces"])
        x, y, began = path[turn["first"]]
        shows = 2.0 * math.sin(0.5 * min(angle, math.pi))
        chords = radius * (1.0 - math.cos(half)) + radius * angle * (1.0 - math.sin(half) / half if half > 0.0 else 0.0)
        away = math.hypot(x, y) / EARTH_RADIUS_M
        lead = radius * math.tan(0.5 * min(angle, SHARPEST_LEAD_RAD))
        plane = (math.hypot(1.0, away) - 1.0) * (radius * angle + 2.0 * lead)
        early = 0.0 if turn["over"] else lead * (EARTH_RADIUS_M / _wgs84_radius_m(route["points"][turn["point"]][0]) - 1.0) * shows
        after = np.asarray(t) >= began - step
        steps = steps + after * 0.5 * shows
        geometry = geometry + after * (chords + plane + abs(early))
    return speed * step * steps, geometry


def _wgs84_radius_m(lat_deg: float) -> float:
    """Distance from the centre of WGS 84's ellipsoid to its surface at a latitude, m."""
    a, b = WGS84_M
    c, s = math.cos(math.radians(lat_deg)), math.sin(math.radians(lat_deg))
    return math.sqrt(((a * a * c) ** 2 + (b * b * s) ** 2) / ((a * c) ** 2 + (b * s) ** 2))


@dataclass(frozen=True)
class Crossing:
    """One passage of a border, into a country (`entry`) or out of it. `path_s`, `track_s`: times on the path and on the track (nan: only one of them has
    it); `away_m`: the path's distance from that border when the track crosses it, or how deep the one goes that crosses alone; `bound_m` then.
    """

    name: str
    country: str
    entry: bool
    path_s: float
    track_s: float
    away_m: float
    bound_m: float

    @property
    def holds(self) -> bool:
        """Whether the two borders' passages agree to within the bound."""
        return self.away_m <= self.bound_m


def crossings_of(route: dict[str, Any], t: np.ndarray, lat: np.ndarray, lon: np.ndarray, step: float, ground: Ground, near: np.ndarray) -> list[Crossing]:
    """Every passage of a neighbour's border by path or track, told by the package's own stays for both. near: Night.near."""
    until = min(usable_until(route)[0], float(t[-1]))
    path = np.array(route["path"])
    kept = t <= until
    track = np.column_stack([*project(lat[kept], lon[kept]), t[kept]])
    if until < path[-1, 2]:
        path = np.vstack([path[path[:, 2] < until], [*_place(path, until), until]])
    found = []
    mine, theirs = _stays(path, ground, near), _stays(track, ground, near)
    for country in NEIGHBOURS:
        a, b = mine[mine["country"] == country], theirs[theirs["country"] == country]
        if len(a) == len(b):
            pairs = [(float(x[key]), float(y[key]), key == "entry_s") for x, y in zip(a, b, strict=True) for key in ("entry_s", "exit_s")]
            for path_s, track_s, entry in pairs:
                if min(path_s, track_s) <= 0.0 or (not entry and max(path_s, track_s) >= t[kept][-1] - step):
                    continue  # launched or ended inside: no passage
                away = float(border_distance_m(ground.borders, np.int64(country), *_place(path, track_s)))
                found.append(Crossing(route["name"], COUNTRIES[country], entry, path_s, track_s, away, _at(route, track_s, step)))
        else:  # one of the two only grazes the border: how deep?
            depth = max(float(row["depth_m"]) for row in (*a, *b))
            last = max(float(row["exit_s"]) for row in (*a, *b))
            found.append(Crossing(route["name"], COUNTRIES[country], True, float("nan"), float("nan"), depth, _at(route, last, step)))
    return found


def _at(route: dict[str, Any], t: float, step: float) -> float:
    return float(sum(part[0] for part in bound_m(route, np.array([t]), step)))


def _place(path: np.ndarray, t: float) -> tuple[float, float]:
    """Plane point of a path's rows (x, y, t) at time t; straight in the plane, which is exact in place and good to a metre in time on these legs."""
    k = int(np.clip(np.searchsorted(path[:, 2], t, side="right") - 1, 0, len(path) - 2))
    a, b = _unit(*path[k : k + 1, :2].T), _unit(*path[k + 1 : k + 2, :2].T)
    angle = float(np.arctan2(np.linalg.norm(np.cross(a, b)), (a * b).sum()))
    f = min(max((t - path[k, 2]) / max(path[k + 1, 2] - path[k, 2], 1e-12), 0.0), 1.0)
    if angle < 1e-12:
        return float(path[k, 0]), float(path[k, 1])
    p = (np.sin((1.0 - f) * angle) * a + np.sin(f * angle) * b)[0]
    return float(p[0] / p[2] * EARTH_RADIUS_M), float(p[1] / p[2] * EARTH_RADIUS_M)


def _stays(rows: np.ndarray, ground: Ground, near: np.ndarray) -> np.ndarray:
    verts, paths = np.zeros(len(rows), dtype=VERT), np.zeros(1, dtype=PATH)
    verts["x"], verts["y"], verts["t"] = rows.T
    paths["vert_to"] = len(rows)
    return stays_of(near, ground, verts, paths)[0]
