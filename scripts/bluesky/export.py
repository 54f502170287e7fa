"""Routes of the raid generator as way-points for another simulator: what `world/paths.py` plans, beside the path that it flies over them.

Imports the package, and nothing of BlueSky's. A plan is drawn again by the same kernels with the same luck, and flown by `fly_legs`: where that is not, to
the last bit, the path that `draw_paths` gives, the route is counted as not rebuilt and left out. So no way-point here can differ from the generator's.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from zaslin import draws
from zaslin.atlas.borders import COUNTRIES
from zaslin.atlas.ground import Ground
from zaslin.jit import kernel
from zaslin.plane import distance_m, unproject
from zaslin.scenario.catalogue import launch_areas, models_of, route_assumptions
from zaslin.scenario.layer import ukraine_layer
from zaslin.scenario.shipped import night as shipped_night
from zaslin.world.arrays import VERT
from zaslin.world.compile_night import compile_night
from zaslin.world.night_arrays import DRONE, ORDER, STEERED, NightInputs
from zaslin.world.paths import LEFT_SHARE, MAX_VERTS, add_drift, draw_paths, empty_draft, fly_legs, set_profile, set_times, turn_radius_m
from zaslin.world.routes import draw_model, flies_over, plan_route, triangular
from zaslin.world.tagging import find_tags, route_orders

OVER_M = 1.0
"""A path that passes a way-point this near flies over it (one that turns before it passes metres to kilometres inside)."""

SEARCHED = 4_000
"""Route-only draws of a group that are searched for routes into a neighbour."""


@dataclass(frozen=True)
class Turn:
    """One turn of a path. `first`, `last`: its vertices; `angle_rad` turned; `pieces`: its chords; `over`: begun over way-point number `point`, else before it.
    `other_way`: it goes the long way round, because the next point lies within the turning circle on the short side.
    """

    point: int
    first: int
    last: int
    angle_rad: float
    pieces: int
    over: bool
    other_way: bool


@dataclass(frozen=True)
class Route:
    """A route both ways. `points`: latitude and longitude, degrees, launch first; `over[i]`: the turn at point i begins over it. `path`: rows (x, y, t) of
    plane metres and seconds since launch. `fleet`: "missiles" or "drones"; `country`: the neighbour for which it was searched out, or "".
    """

    name: str
    night: str
    fleet: str
    country: str
    speed_mps: float
    alt_m: float
    bank_rad: float
    radius_m: float
    points: list[list[float]]
    over: list[bool]
    path: list[list[float]]
    turns: list[Turn]


@kernel
def _plan(night, ground, seed, orders, i, draft):
    """The flown plan of orders[i]: points into the draft's `way`, turn flags into its `over`; returns (points, point not turned at or 0, metres flown on,
    speed, altitude, metres of low approach, metres of dive, whether it loses its way)."""
    order = orders[i]
    key, entity = order.key, order.entity
    route = night.route[order.luck]
    choice = draw_model(night, seed, key, entity, order.group, order.fixed)
    row = np.int64(night.choices[choice].model)
    if night.models[row].cls == DRONE and draws.uniform(seed, key, entity, draws.DECOY, 0) < route.decoys:
        row = np.int64(route.decoy_model)
    model = night.models[row]
    n_way, _aim, _met, _asked = plan_route(night, ground, route, seed, key, entity, choice, row, draft)
    way, over = draft.way, draft.over
    speed = triangular(model.speed_low_mps, model.speed_mps, model.speed_high_mps, draws.uniform(seed, key, entity, draws.SPEED, 0))
    alt = triangular(model.alt_low_m, model.alt_m, model.alt_high_m, draws.uniform(seed, key, entity, draws.ALTITUDE, 0))
    drone = model.cls == DRONE
    add_drift(route.drone_drift_m if drone else route.drift_m, drone, seed, key, entity, way, n_way)
    for k in range(1, n_way - 1):
        over[k] = flies_over(route, seed, key, entity, k)
    fail_at, fail_m = 0, 0.0
    if draws.uniform(seed, key, entity, draws.GROSS_FAILURE, 0) < route.gross_failure:
        inner = max(n_way - 2, 1)
        fail_at = 1 + min(int(draws.uniform(seed, key, entity, draws.GROSS_FAILURE, 1) * inner), inner - 1)
        flown = 0.0
        for k in range(fail_at):
            flown += distance_m(way[k, 0], way[k, 1], way[k + 1, 0], way[k + 1, 1])
        fail_m = max(model.range_m - flown, LEFT_SHARE * model.range_m)
    astray = drone and draws.uniform(seed, key, entity, draws.SPOOF, 0) < route.spoofed
    low_m, dive_m = 0.0, 0.0
    if drone and fail_at == 0:
        if draws.uniform(seed, key, entity, draws.PROFILE, 0) < route.low_approach:
            low_m = route.low_m
        if route.dive_rad > 0.0:
            dive_m = (min(alt, route.low_alt_m) if low_m > 0.0 else alt) / np.tan(route.dive_rad)
    return n_way, fail_at, fail_m, speed, alt, low_m, dive_m, astray


def compiled(night_id: str, ground: Ground, seed: int, block: int = 0) -> NightInputs:
    """A shipped night with the shipped assumptions, for one block."""
    night = shipped_night(night_id)
    return compile_night(night, ukraine_layer(night), route_assumptions(), models_of(night), launch_areas(), ground, seed, block)


def raid_orders(inputs: NightInputs, replicate: int) -> np.ndarray:
    """ORDER records of all threats of one replicate."""
    orders = np.zeros(len(inputs.names), dtype=ORDER)
    orders["entity"], orders["key"], orders["group"], orders["fixed"] = inputs.night.entities, replicate, inputs.night.group_of, inputs.night.fixed_model
    return orders


def crossing_orders(inputs: NightInputs, ground: Ground, seed: int, country: str, most: int) -> np.ndarray:
    """ORDER records of up to `most` routes that enter a neighbour, evenly from all that a search of the night's groups finds."""
    tags = find_tags(inputs, ground, seed, inputs.block, SEARCHED)
    hits = [hit for hit in tags.hits if COUNTRIES[hit.country] == country]
    picked = [hits[i] for i in np.unique(np.linspace(0, len(hits) - 1, min(most, len(hits))).astype(int))] if hits else []
    found = [route_orders(inputs, hit.group, hit.luck, inputs.block, hit.index, 1) for hit in picked]
    return np.concatenate(found) if found else np.zeros(0, dtype=ORDER)


def routes_of(inputs: NightInputs, ground: Ground, seed: int, orders: np.ndarray, names: Sequence[str], country: str = "") -> tuple[list[Route], list[str]]:
    """The routes of those orders that fly over way-points, and the names of such as could not be rebuilt to the last bit.

    A drone that loses its way flies no plan, and is left out. The raid's path has a vertex more at each bend of the altitude, on a straight leg; the route
    has none of these.
    """
    night = inputs.night
    verts, paths = draw_paths(night, ground, seed, orders)
    found: list[Route] = []
    lost: list[str] = []
    for i, (path, name) in enumerate(zip(paths, names, strict=True)):
        cls = int(night.models["cls"][path["model"]])
        if cls not in STEERED:
            continue
        flown = verts[path["vert_from"] : path["vert_to"]]
        draft = empty_draft(night)
        way, over = draft.way, draft.over
        n_way, fail_at, fail_m, speed, alt, low_m, dive_m, astray = _plan(night, ground, np.uint64(seed), orders, np.int64(i), draft)
        if astray:
            continue
        route = night.route[orders["luck"][i]]
        bank = float(route["bank_rad"])
        mine = np.empty(MAX_VERTS, dtype=VERT)
        n = fly_legs(way, n_way, over, turn_radius_m(speed, bank), fail_at, fail_m, mine)
        mine["alt"][:n] = alt
        set_times(mine, n, 0.0, speed)
        whole, m = mine.copy(), n
        if cls == DRONE:
            m = set_profile(whole, np.int64(n), alt, float(route["climb_m"]), float(route["low_alt_m"]), low_m, dive_m)
            set_times(whole, m, 0.0, speed)
        same = m == len(flown) and all(np.array_equal(whole[key][:m], flown[key]) for key in ("x", "y", "alt"))
        if not same or not np.allclose(whole["t"][:m], flown["t"] - flown["t"][0], atol=1e-6):
            lost.append(name)
            continue
        found.append(_route(name, inputs, country, cls, speed, alt, bank, way, n_way, over, fail_at, fail_m, mine[:n]))
    return found, lost


def _route(name, inputs, country, cls, speed, alt, bank, way, n_way, over, fail_at, fail_m, flown) -> Route:
    radius = turn_radius_m(speed, bank)
    turns = []
    last_turn = fail_at if fail_at > 0 else n_way - 1
    begun = 1
    for point in range(1, last_turn):
        part = np.empty(MAX_VERTS, dtype=VERT)
        until = fly_legs(way, point + 2, over, radius, 0, 0.0, part) - 1  # without the end point: the vertices up to the end of this turn
        if until <= begun:
            continue
        arc = flown[begun:until]
        turns.append(_turn(point, begun, until - 1, arc, way, radius))
        begun = until
    points = way[:n_way]
    if fail_at > 0:  # it flies straight on over the point at which it should have turned, to the path's last vertex
        points = np.vstack([way[: fail_at + 1], [[flown["x"][-1], flown["y"][-1]]]])
    lat, lon = unproject(points[:, 0], points[:, 1])
    flags = [False] * len(points)
    for turn in turns:
        flags[turn.point] = turn.over
    rows = np.column_stack([flown["x"], flown["y"], flown["t"]])
    fleet = "drones" if cls == DRONE else "missiles"
    return Route(
        name, inputs.night_id, fleet, country, float(speed), float(alt), bank, float(radius), np.column_stack([lat, lon]).tolist(), flags, rows.tolist(), turns
    )


def _turn(point: int, first: int, last: int, arc: np.ndarray, way: np.ndarray, radius: float) -> Turn:
    chords = np.column_stack([np.diff(arc["x"]), np.diff(arc["y"])])
    lengths = [float(distance_m(a["x"], a["y"], b["x"], b["y"])) for a, b in pairwise(arc)]
    angle = sum(2.0 * np.arcsin(min(length / (2.0 * radius), 1.0)) for length in lengths)
    over = float(np.hypot(arc["x"] - way[point, 0], arc["y"] - way[point, 1]).min()) < OVER_M
    before, after = way[point] - way[point - 1], way[point + 1] - way[point]
    asked = before[0] * after[1] - before[1] * after[0]
    way_round = chords[0, 0] * chords[1, 1] - chords[0, 1] * chords[1, 0] if len(chords) > 1 else asked
    return Turn(point, first, last, float(angle), len(lengths), over, bool(asked * way_round < 0.0))


def write_routes(file: Path, routes: Sequence[Route]) -> None:
    """Routes as JSON; numbers keep all their digits."""
    file.write_text(json.dumps({"routes": [asdict(route) for route in routes]}), encoding="utf-8")
