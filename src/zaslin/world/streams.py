"""A raid of an invented theatre: streams of threats from one box of the map to another, drawn anew in each replicate; no real weapon, place or plan.

A stream gives its threats a class, one speed, an altitude, way-points between a start and an end, and a launch in a window; legs are straight. A threat's
draws are keyed to (seed, replicate, its name), as everywhere. Ukraine's layer does nothing here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zaslin import draws
from zaslin.atlas.crossing import inside
from zaslin.atlas.ground import Ground
from zaslin.jit import lean
from zaslin.plane import LAT0_DEG, LON0_DEG, distance_m
from zaslin.stack import sort_few, stack_floats
from zaslin.units import EARTH_RADIUS_M
from zaslin.world.arrays import END_LEAKED, END_LEFT, STOP_NONE, THREAT, VERT, Raid
from zaslin.world.night_arrays import PATH
from zaslin.world.stays import stays_of

STREAM = np.dtype(
    [
        ("cls", "i1"), ("n", "i4"), ("speed_mps", "f8"), ("alt_m", "f8", (2,)), ("launch_s", "f8", (2,)), ("ways", "i4", (2,)), ("part", "f8", (2,)),
        ("spread_deg", "f8"), ("from_box", "f8", (4,)), ("to_box", "f8", (4,)), ("clip", "f8", (4,)), ("bc_kgm2", "f8"), ("casualty_m2", "f8"),
    ],
    align=True,
)  # fmt: skip
"""One stream of `n` threats. Pairs are (least, greatest), each value uniform between them: altitude, launch, number of vertices, and the part of the way at
which the inner ones lie, sorted; these are moved by normal draws of `spread_deg` east and north. Boxes: west, east, south, north, degrees."""

MOST_WAYS = 12
_SIN0, _COS0 = np.sin(np.radians(LAT0_DEG)), np.cos(np.radians(LAT0_DEG))


@lean
def _project(lat_deg, lon_deg):
    """`plane.project` of one point, in a kernel."""
    lat, lon = np.radians(lat_deg), np.radians(lon_deg - LON0_DEG)
    cos_c = _SIN0 * np.sin(lat) + _COS0 * np.cos(lat) * np.cos(lon)
    return EARTH_RADIUS_M * np.cos(lat) * np.sin(lon) / cos_c, EARTH_RADIUS_M * (_COS0 * np.sin(lat) - _SIN0 * np.cos(lat) * np.cos(lon)) / cos_c


@lean
def _between(seed, key, entity, purpose, index, low, high):
    return low + (high - low) * draws.uniform(seed, key, entity, purpose, index)


@lean
def _draw(streams, borders, seed, key, entities, threats, verts):
    """Fill `threats` and `verts` (room for MOST_WAYS each); returns the number of vertices."""
    j, n = 0, 0
    parts = stack_floats(MOST_WAYS)
    for s in range(len(streams)):
        stream = streams[s]
        for _ in range(stream.n):
            entity, row, first = entities[j], threats[j], n
            lon0 = _between(seed, key, entity, draws.LAUNCH_PLACE, 0, stream.from_box[0], stream.from_box[1])
            lat0 = _between(seed, key, entity, draws.LAUNCH_PLACE, 1, stream.from_box[2], stream.from_box[3])
            lon1 = _between(seed, key, entity, draws.TARGET, 0, stream.to_box[0], stream.to_box[1])
            lat1 = _between(seed, key, entity, draws.TARGET, 1, stream.to_box[2], stream.to_box[3])
            inner = int(_between(seed, key, entity, draws.ROUTE, 0, stream.ways[0], stream.ways[1] + 1)) - 2
            for i in range(inner):
                parts[i] = _between(seed, key, entity, draws.ROUTE, 1 + i, stream.part[0], stream.part[1])
            sort_few(parts, inner)
            alt = _between(seed, key, entity, draws.ALTITUDE, 0, stream.alt_m[0], stream.alt_m[1])
            launch = _between(seed, key, entity, draws.LAUNCH_TIME, 0, stream.launch_s[0], stream.launch_s[1])
            flown = 0.0
            for i in range(inner + 2):
                lon, lat = lon0, lat0
                if i == inner + 1:
                    lon, lat = lon1, lat1
                elif i > 0:
                    lon = lon0 + parts[i - 1] * (lon1 - lon0) + stream.spread_deg * draws.normal(seed, key, entity, draws.DRIFT, 2 * i)
                    lat = lat0 + parts[i - 1] * (lat1 - lat0) + stream.spread_deg * draws.normal(seed, key, entity, draws.DRIFT, 2 * i + 1)
                lon, lat = min(max(lon, stream.clip[0]), stream.clip[1]), min(max(lat, stream.clip[2]), stream.clip[3])
                x, y = _project(lat, lon)
                if i > 0:
                    flown += distance_m(verts[n - 1].x, verts[n - 1].y, x, y)
                verts[n].x, verts[n].y, verts[n].t, verts[n].alt = x, y, launch + flown / stream.speed_mps, alt
                n += 1
            row.entity, row.group, row.model, row.cls = entity, s, s, stream.cls
            row.vert_from, row.vert_to, row.launch_s, row.end_s, row.stop_s, row.stop_kind = first, n, launch, verts[n - 1].t, np.inf, STOP_NONE
            row.end_kind = END_LEAKED if inside(borders, np.int64(0), verts[n - 1].x, verts[n - 1].y) else END_LEFT
            row.speed_mps, row.weight, row.bc_kgm2, row.casualty_m2 = stream.speed_mps, 1.0, stream.bc_kgm2, stream.casualty_m2
            row.target_region = -1
            j += 1
    return n


def stream_names(streams: np.ndarray, names: Sequence[str]) -> tuple[str, ...]:
    """Threats' ids, ``drones-001`` and so on. names: of the streams."""
    return tuple(f"{name}-{i + 1:03d}" for name, stream in zip(names, streams, strict=True) for i in range(int(stream["n"])))


def draw_streams(streams: np.ndarray, names: tuple[str, ...], entities: np.ndarray, near: np.ndarray, ground: Ground, seed: int, replicate: int) -> Raid:
    """The raid of one replicate. streams: STREAM rows; names: of all threats (`stream_names`), entities: uint64, their ids; near: raster of the least signed
    distance to any neighbour, m, on the ground's grid. Depths of stays are left open (NaN): most are cut.
    Raises EngineError where a path is in and out of a country too often."""
    threats = np.zeros(len(names), dtype=THREAT)
    verts = np.zeros(len(names) * MOST_WAYS, dtype=VERT)
    n = _draw(streams, ground.borders, np.uint64(seed), np.uint64(replicate), entities, threats, verts)
    verts = verts[:n].copy()
    paths = np.zeros(len(names), dtype=PATH)
    paths["vert_from"], paths["vert_to"] = threats["vert_from"], threats["vert_to"]
    rows, excursion = stays_of(near, ground, verts, paths, f" in replicate {replicate}", with_depth=False)
    threats["excursion"] = excursion
    return Raid(replicate, replicate // 10, threats, verts, rows, names)
