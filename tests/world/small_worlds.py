"""For the tests of this room: a flat ground made by hand, paths and small nights."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from zaslin.atlas.borders import N_INDEXED, BorderIndex, tree_of
from zaslin.atlas.fields import Fields
from zaslin.atlas.ground import Ground
from zaslin.scenario.catalogue import launch_areas, models_of, route_assumptions
from zaslin.scenario.defence import UkraineLayer
from zaslin.scenario.layer import ukraine_layer
from zaslin.scenario.night import Group, Night
from zaslin.scenario.routes import RouteAssumptions
from zaslin.scenario.sourced import Sourced
from zaslin.world.arrays import VERT
from zaslin.world.compile_night import compile_night
from zaslin.world.night_arrays import NightInputs

START = datetime(2023, 12, 29, 4, tzinfo=UTC)


BOXES = {0: (-100e3, -300e3, 600e3, 300e3), 1: (-200e3, -100e3, -100e3, 100e3)}
"""Two countries of the flat ground: Ukraine and, west of it, a Poland of 100 km by 200 km (x0, y0, x1, y1 in plane metres)."""


def flat_ground() -> Ground:
    """A ground by hand: two rectangles near the plane's centre, where plane lengths are true to 0.1 % within 150 km."""
    return Ground(_flat_fields(), _flat_borders())


def _flat_fields() -> Fields:
    x0, y0, cell = -400e3, -400e3, 2_500.0
    nx, ny = 420, 320
    x, y = np.meshgrid(x0 + (np.arange(nx) + 0.5) * cell, y0 + (np.arange(ny) + 0.5) * cell)
    distance = np.full((N_INDEXED, ny, nx), 1e6, dtype=np.float32)
    for country, (xa, ya, xb, yb) in BOXES.items():
        dx, dy = np.maximum(xa - x, x - xb), np.maximum(ya - y, y - yb)
        outside = np.hypot(np.maximum(dx, 0.0), np.maximum(dy, 0.0))
        distance[country] = 0.98 * np.where((dx < 0) & (dy < 0), np.maximum(dx, dy), outside)
    country = np.where(distance[0] < 0, 0, np.where(distance[1] < 0, 1, -1)).astype(np.int8)
    region = np.where(country == 0, np.where(y > 0, 10, 21), -1).astype(np.int8)  # Khmelnytskyi in the north, Ternopil in the south
    macro = np.where(country == 0, 0, -1).astype(np.int8)
    coast = np.zeros((N_INDEXED, ny // 4, nx // 4), dtype=np.float32)
    arrays = [country, region, macro, distance, np.zeros((ny, nx), dtype=np.float32), coast]
    for array in arrays:
        array.flags.writeable = False
    return Fields(x0, y0, cell, *arrays)


def _flat_borders() -> BorderIndex:
    cell = 8_000.0
    a, b, owner = [], [], []
    for country, (xa, ya, xb, yb) in BOXES.items():
        corners = np.array([[xa, ya], [xb, ya], [xb, yb], [xa, yb], [xa, ya]])
        for p, q in itertools.pairwise(corners):
            n = int(np.ceil(np.abs(q - p).max() / 4_000.0))
            f = np.arange(n + 1)[:, None] / n
            line = p + f * (q - p)
            a.append(line[:-1])
            b.append(line[1:])
            owner.append(np.full(n, country))
    start_points, end_points, owners = np.concatenate(a), np.concatenate(b), np.concatenate(owner)
    x0, y0 = -400e3, -400e3
    nx, ny = 128, 96
    middle = 0.5 * (start_points + end_points)
    index = ((owners * ny + (middle[:, 1] - y0) // cell) * nx + (middle[:, 0] - x0) // cell).astype(np.int64)
    order = np.argsort(index, kind="stable")
    start = np.zeros(N_INDEXED * ny * nx + 1, dtype=np.int32)
    np.cumsum(np.bincount(index, minlength=N_INDEXED * ny * nx), out=start[1:])
    box = np.array([BOXES.get(k, (1e9, 1e9, -1e9, -1e9)) for k in range(N_INDEXED)])
    left, right = np.ascontiguousarray(start_points[order].T), np.ascontiguousarray(end_points[order].T)
    arrays = [left[0], left[1], right[0], right[1], np.zeros(len(owners), dtype=np.uint8), start, box]
    tree = tree_of(*arrays[:5], start[:: ny * nx])
    for array in arrays:
        array.flags.writeable = False
    return BorderIndex(*arrays, x0, y0, cell, nx, ny, 2_001.0, *tree)


def path(points: list[tuple[float, float]], speed_mps: float, launch_s: float = 0.0) -> np.ndarray:
    """VERT records over plane points (m) at constant speed, times by straight plane lengths (right near the plane's centre)."""
    verts = np.zeros(len(points), dtype=VERT)
    verts["x"], verts["y"] = np.array(points, dtype=float).T
    verts["t"] = launch_s + np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(verts["x"]), np.diff(verts["y"])))]) / speed_mps
    return verts


def group(id: str, model: str, count: int, start_min: float = 0.0, minutes: float = 210.0, **more: Any) -> Group:
    """A group whose window begins `start_min` after START."""
    begin = START + timedelta(minutes=start_min)
    return Group(id=id, model=model, count=count, start_utc=begin, end_utc=begin + timedelta(minutes=minutes), source="daily-reports-table", **more)


def night_of(*groups: Group) -> Night:
    """A night of these groups."""
    return Night(id="2023-12-29", title="made for a test", groups=groups, source="daily-reports-table")


def fixed(value: float, unit: str) -> Sourced:
    """A number without a range."""
    return Sourced(value=value, low=value, high=value, unit=unit)


def routes_with(**changes: Any) -> RouteAssumptions:
    """The shipped route assumptions with some replaced."""
    return RouteAssumptions.model_validate(route_assumptions().model_dump() | {name: _plain(value) for name, value in changes.items()})


def _plain(value: Any) -> Any:
    return {key: _plain(item) for key, item in value.items()} if isinstance(value, dict) else value.model_dump()


def compile_with(
    ground: Ground, night: Night, seed: int = 1, block: int = 0, routes: RouteAssumptions | None = None, layer: UkraineLayer | None = None
) -> NightInputs:
    """compile_night with the shipped assumptions."""
    models = models_of(night)
    return compile_night(night, layer or ukraine_layer(night), routes or route_assumptions(), models, launch_areas(), ground, seed, block)


BIG = night_of(
    group("shahed", "Shahed-136/131", 12, 0, 420, launch_areas=("Primorsko-Akhtarsk",), targets=("Odesa oblast",)),
    group("kh101", "Kh-101/Kh-555", 20, 60),
    group("kh22", "Kh-22 + Kh-32", 4, 30, targets=("north", "centre")),
    group("mixed", "S-300/S-400 + Iskander-M", 6, 0, split={"S-300/S-400": 4, "Iskander-M": 2}, targets=("Kharkiv oblast",)),
)
"""A small night of every kind of flight."""
