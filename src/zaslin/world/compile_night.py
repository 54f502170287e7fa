"""A night and what is assumed of it → arrays in SI for one block of replicates, every uncertain input drawn; here the scenario ends.

Each input is drawn once a block under a name of its own (``routes/margin``, ``threat/Kalibr/speed``, ``layer/cruise/stopped``), the same in every
package. Ukraine's hazard rates are solved here, so that the layer stops on average the share that the block drew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np

from zaslin import draws
from zaslin.atlas.borders import COUNTRIES, NEIGHBOURS
from zaslin.atlas.ground import Ground
from zaslin.atlas.regions import REGIONS, macro_of
from zaslin.errors import InputError, unknown
from zaslin.plane import project
from zaslin.scenario.catalogue import DECOY, launch_areas_of
from zaslin.scenario.defence import UkraineLayer
from zaslin.scenario.night import Group
from zaslin.scenario.night import Night as NightScenario
from zaslin.scenario.routes import LaunchArea, RouteAssumptions, dated
from zaslin.scenario.threat import CLASSES, ThreatModel
from zaslin.units import SI_FACTOR
from zaslin.world.aims import aims, gates, refuges
from zaslin.world.arrays import SPOOFED
from zaslin.world.inputs import Luck
from zaslin.world.layer import exposures_of, mean_stop_share, solve_rate
from zaslin.world.night_arrays import (
    AIM,
    AREA,
    CHOICE,
    CRUISE,
    DRONE,
    GROUP,
    LAYER,
    MODEL,
    ORDER,
    ROUTE,
    TILTED_FAILURE,
    TILTED_KEEPS,
    TILTED_SPOOFED,
    Night,
    NightInputs,
)
from zaslin.world.paths import draw_paths
from zaslin.world.roots import brent_root

LAYER_ROUTES = 400
"""Route draws per group behind a solved hazard rate: the mean stop share is met to about 2 % (one standard error) of its value."""

OWN_HALF = 0.5
"""Half of a model's published range is between threats, half is what nobody knows of the model: assumption (0.2–0.8)."""

MOST_STOPPED = 0.999
"""Greatest share stopped that a hazard is solved for."""

NO_DEFENCE = ("Crimea", "Sevastopol")
"""Units over which Ukraine's layer has no weight: occupied since 2014."""

PORTS_SINCE = datetime(2023, 7, 17, tzinfo=UTC)
"""The end of the Black Sea grain agreement: from then on drones flew at the Danube ports, before it none is known."""

_MARGIN_COUNTRIES = (*NEIGHBOURS, "BY")


class Solved(NamedTuple):
    """Of each row of LAYER its rate, 1/s, its share of kills, and the stop share that is reached."""

    rates: Sequence[float]
    kill_shares: Sequence[float]
    reached: Sequence[float]


def compile_night(
    night: NightScenario,
    layer: UkraineLayer,
    routes: RouteAssumptions,
    models: Mapping[str, ThreatModel],
    areas: Mapping[str, LaunchArea],
    ground: Ground,
    seed: int,
    block: int,
    luck: Luck | None = None,
    solved: Solved | None = None,
) -> NightInputs:
    """A night's arrays for one block. models: every model of the night by canonical name, the decoy model too where drones may be decoys
    (`catalogue.models_of`); areas: launch areas by name. luck: what stands in for the
    block's draw of the inputs by (seed, block, name). solved: what solving the layer's rates gave for the same block before, which takes most of the time.

    Raises InputError where the night names a model, launch area or target that is not there, or the layer lacks a rate key.
    """
    luck = luck or Luck(seed, block)
    names = tuple(dict.fromkeys(name for group in night.groups for name in group.models))
    for name in names:
        if name not in models:
            raise InputError(unknown("threat model", name, models))
    for key in dict.fromkeys(models[name].rate_key for name in names):
        if key not in layer.shares:
            raise InputError(unknown("rate key of Ukraine's layer", key, layer.shares))
    flown = names
    drones = any(models[name].threat_class == "drone" for name in names)
    decoys = dated(routes.decoys, night.start_utc.date()) if drones else None
    if decoys is not None and DECOY not in names:
        if DECOY not in models:
            raise InputError(unknown("threat model", DECOY, models))
        flown = (*names, DECOY)
    route = _route(routes, luck, _spoofed(routes, layer, models, names, luck), drones)
    if decoys is not None:
        route["decoys"], route["decoy_model"] = luck(decoys, "routes/decoys"), flown.index(DECOY)
    groups, choices, aim_rows, area_rows = _groups(night, routes, models, areas, names, seed, block, luck)
    layers, shares, layer_keys = _layers(layer, night, models, luck)
    choices["layer"] = [layer_keys.index((group.id, models[name].rate_key)) for group in night.groups for name in group.models]
    entities, group_of, fixed_model, threat_names = _threats(night, names)
    unsolved = Night(
        groups=groups,
        choices=choices,
        aims=aim_rows,
        areas=area_rows,
        gates=gates(),
        refuges=refuges(),
        models=_models(flown, models, luck),
        route=route,
        layers=layers,
        region_weight=_region_weight(layer, luck),
        near_aims=np.float64(1.0 if layer.near_aims is None else luck(layer.near_aims, "layer/near_aims")),
        near=_near(ground),
        entities=entities,
        group_of=group_of,
        fixed_model=fixed_model,
    )
    for array in (part for part in unsolved if isinstance(part, np.ndarray)):  # from the first call on: kernels are compiled for read-only arrays
        array.flags.writeable = False
    rated = layers.copy()
    if solved is None:
        reached = _solve_rates(unsolved, ground, seed, block, [group.id for group in night.groups], shares, rated)
    else:
        rated["rate_per_s"], rated["kill_share"], reached = solved.rates, solved.kill_shares, list(solved.reached)
    rated.flags.writeable = False
    arrays = unsolved._replace(layers=rated)
    return NightInputs(night.id, seed, block, arrays, threat_names, tuple(group.id for group in night.groups), names, layer_keys, tuple(shares), tuple(reached))


def _spoofed(routes: RouteAssumptions, layer: UkraineLayer, models: Mapping[str, ThreatModel], names: tuple[str, ...], luck: Luck) -> float:
    """A drone's chance to lose its navigation: the part, by assumption, of the share of drones that the layer loses."""
    keys = list(dict.fromkeys(models[name].rate_key for name in names if models[name].threat_class == "drone"))
    if not keys:
        return 0.0
    if len(keys) > 1:  # the catalogue has one for all drones; with several each would need a chance of its own
        raise InputError(f"rate keys of drones: {', '.join(keys)} came; give the night's drones one, for they share the chance to lose their navigation")
    _, stopped, kills = _stops(layer, keys[0], luck)
    return luck(routes.spoofed, "routes/spoofed") * stopped * (1.0 - kills)


def _stops(layer: UkraineLayer, key: str, luck: Luck) -> tuple[float, float, float]:
    """A rate key's spread of nights, share stopped and share of kills among the stops, in this block."""
    share = layer.shares[key]
    stopped = min(luck(share.stopped, f"layer/{key}/stopped"), MOST_STOPPED)
    return luck(share.night_sigma, f"layer/{key}/night_sigma"), stopped, luck(share.kill_share, f"layer/{key}/kill_share")


def _route(routes: RouteAssumptions, luck: Luck, spoofed: float, drones: bool) -> np.ndarray:
    """ROUTE rows without decoys: as drawn, then tilted for the search for rare routes (world/night_arrays.py). spoofed: a drone's chance to lose its
    navigation; drones: whether the night has any."""
    rows = np.zeros(2 + len(NEIGHBOURS), dtype=ROUTE)
    row = rows[:1]
    fields = {
        "margin_m": "margin", "bank_rad": "bank", "fly_over": "fly_over", "drift_m": "drift", "drone_drift_m": "drone_drift", "gross_failure": "gross_failure",
        "beyond": "approach_from_beyond", "beyond_m": "beyond_distance", "way_points": "way_points", "dogleg": "dogleg",
    }  # fmt: skip
    if drones:
        fields |= {
            "spoof_turn_rad": "spoof_turn", "spoof_bend_rad": "spoof_bend", "spoof_m": "spoof_distance", "climb_m": "climb_out", "dive_rad": "dive",
            "low_approach": "low_approach", "low_alt_m": "low_altitude", "low_m": "low_distance",
        }  # fmt: skip
        row["spoofed"] = spoofed
    for column, name in fields.items():
        row[column] = luck(getattr(routes, name), f"routes/{name}")
    for country in _MARGIN_COUNTRIES:
        given = routes.keeps_margin.get(country)
        row["keeps"][0, COUNTRIES.index(country)] = 1.0 if given is None else luck(given, f"routes/keeps_margin/{country}")
    rows[1:] = rows[0]
    # What cannot happen is not made to happen: its draws would weigh nothing.
    if rows["gross_failure"][0] > 0.0:
        rows["gross_failure"][1:] = np.maximum(rows["gross_failure"][0], TILTED_FAILURE)
    if rows["spoofed"][0] > 0.0:
        rows["spoofed"][1:] = np.maximum(rows["spoofed"][0], TILTED_SPOOFED)
    for country in NEIGHBOURS:
        k = COUNTRIES.index(country)
        if rows["keeps"][0, k] < 1.0:
            rows["keeps"][1 + k, k] = min(rows["keeps"][0, k], TILTED_KEEPS)
    return rows


def _models(names: tuple[str, ...], models: Mapping[str, ThreatModel], luck: Luck) -> np.ndarray:
    rows = np.zeros(len(names), dtype=MODEL)
    for row, name in zip(rows, names, strict=True):
        model = models[name]

        def drawn(field: str, model: ThreatModel = model, name: str = name) -> float:
            return luck(getattr(model, field), f"threat/{name}/{field}")

        row["cls"] = CLASSES.index(model.threat_class)
        for column, field in (("speed", "speed"), ("alt", "altitude")):
            unit = "_mps" if column == "speed" else "_m"
            number, mode = getattr(model, field), drawn(field)
            si = SI_FACTOR[number.unit]
            row[column + unit] = mode
            row[column + "_low" + unit] = mode - OWN_HALF * (mode - number.low * si)
            row[column + "_high" + unit] = mode + OWN_HALF * (number.high * si - mode)
        row["range_m"] = drawn("max_range")
        row["bc_kgm2"], row["casualty_m2"] = drawn("ballistic_coefficient"), drawn("casualty_area")
        row["decoy"] = model.decoy
    return rows


def _groups(
    night: NightScenario,
    routes: RouteAssumptions,
    models: Mapping[str, ThreatModel],
    areas: Mapping[str, LaunchArea],
    names: tuple[str, ...],
    seed: int,
    block: int,
    luck: Luck,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """GROUP, CHOICE, AIM and AREA rows."""
    share_west = luck(routes.share_west, "routes/share_west")
    share_danube = luck(routes.share_danube, "routes/share_danube")
    share_ports = luck(routes.share_ports, "routes/share_ports") if night.start_utc >= PORTS_SINCE else None
    groups = np.zeros(len(night.groups), dtype=GROUP)
    choices: list[tuple] = []
    aim_parts, area_parts, n_aims, n_areas = [], [], 0, 0
    for row, group in zip(groups, night.groups, strict=True):
        row["entity"] = draws.entity_id(f"{group.id}~route")
        row["start_s"] = (group.start_utc - night.start_utc).total_seconds()
        row["end_s"] = (group.end_utc - night.start_utc).total_seconds()
        row["n"], row["choice_from"] = group.count, len(choices)
        for name, cum in zip(group.models, np.cumsum(_shares(group, seed, block)), strict=True):
            cls = CLASSES.index(models[name].threat_class)
            aim = aims(group.targets, share_west if cls == CRUISE else None, share_danube if cls == DRONE else None, share_ports if cls == DRONE else None)
            area = _areas(name, group, areas, luck)
            choices.append((names.index(name), -1, cum, n_aims, n_aims + len(aim), n_areas, n_areas + len(area)))
            aim_parts.append(aim)
            area_parts.append(area)
            n_aims, n_areas = n_aims + len(aim), n_areas + len(area)
        row["choice_to"] = len(choices)
    return groups, np.array(choices, dtype=CHOICE), np.concatenate(aim_parts).astype(AIM), np.concatenate(area_parts)


def _shares(group: Group, seed: int, block: int) -> np.ndarray:
    """Shares of a joint group's models: the report's split, else drawn for the block, all splits alike (a flat Dirichlet)."""
    if group.split is not None:
        return np.array([group.split.get(name, 0) for name in group.models]) / group.count
    entity = np.uint64(draws.entity_id(f"routes/split/{group.id}"))
    key = np.uint64(block) | draws.BLOCK_FLAG
    parts = np.array([draws.exponential(np.uint64(seed), key, entity, draws.INPUT, j) for j in range(len(group.models))])
    return parts / parts.sum()


def _areas(model: str, group: Group, areas: Mapping[str, LaunchArea], luck: Luck) -> np.ndarray:
    chosen = [areas.get(area.name, area) for area in launch_areas_of(model, group.launch_areas)]
    rows = np.zeros(len(chosen), dtype=AREA)
    for row, area in zip(rows, chosen, strict=True):
        row["x"], row["y"] = project(area.lat, area.lon)
        row["spread_m"] = luck(area.spread, f"area/{area.name}/spread")
    return rows


def _threats(night: NightScenario, names: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[str, ...]]:
    """Entity, group row, fixed model row (-1: sampled) and name of every threat."""
    entities, group_of, fixed, labels = [], [], [], []
    for index, group in enumerate(night.groups):
        given = [name for name in group.models for _ in range((group.split or {}).get(name, 0))] if group.split else []
        for i in range(group.count):
            label = f"{group.id}-{i + 1:03d}"
            labels.append(label)
            entities.append(draws.entity_id(label))
            group_of.append(index)
            fixed.append(names.index(given[i]) if given else -1)
    return np.array(entities, dtype=np.uint64), np.array(group_of, dtype=np.int16), np.array(fixed, dtype=np.int16), tuple(labels)


def _region_weight(layer: UkraineLayer, luck: Luck) -> np.ndarray:
    by_macro = {macro: luck(number, f"layer/region/{macro}") for macro, number in layer.region_weight.items()}
    return np.array([0.0 if name in NO_DEFENCE else by_macro.get(macro_of(name), 1.0) for name in REGIONS])


def _layers(
    layer: UkraineLayer, night: NightScenario, models: Mapping[str, ThreatModel], luck: Luck
) -> tuple[np.ndarray, list[float], tuple[tuple[str, str], ...]]:
    """LAYER rows without their rates, the share that each must stop, and its (group id, rate key)."""
    owners = tuple(dict.fromkeys((group.id, models[name].rate_key) for group in night.groups for name in group.models))
    rows = np.zeros(len(owners), dtype=LAYER)
    shares = []
    for row, (_, key) in zip(rows, owners, strict=True):
        row["entity"] = draws.entity_id(f"layer/{key}")
        row["sigma"], stopped, row["kill_share"] = _stops(layer, key, luck)
        shares.append(stopped)
    return rows, shares, owners


def _solve_rates(arrays: Night, ground: Ground, seed: int, block: int, ids: list[str], shares: list[float], layers: np.ndarray) -> list[float]:
    """Fill every LAYER row's rate, 1/s, from route draws of its group, and correct its share of kills; returns the mean shares that are reached.

    Drones that lose their navigation count among the stopped, as reports book them (as lost), whatever becomes of them. So with the chance p of that (less
    for a group of which some never come over defended Ukraine) the others are stopped in the share
    (s − p) / (1 − p), and leakers are as many as the share s says. The share of kills is solved so that kills stay as many as reported: k · s, those of strays,
    on which only that part of the hazard acts, among them.
    """
    orders = np.zeros(len(ids) * LAYER_ROUTES, dtype=ORDER)
    for index, group_id in enumerate(ids):
        own = orders[index * LAYER_ROUTES : (index + 1) * LAYER_ROUTES]
        own["entity"], own["group"], own["fixed"] = draws.entity_id(f"{group_id}~layer"), index, -1
        own["key"] = int(draws.BLOCK_FLAG) | block << 24 | np.arange(LAYER_ROUTES).astype(np.uint64)
    verts, paths = draw_paths(arrays, ground, seed, orders)
    exposed = np.empty(len(paths))
    exposures_of(arrays.region_weight, arrays.near_aims, ground.fields, verts, paths, np.full(len(paths), np.inf), exposed)
    strayed = paths["failed"] & SPOOFED != 0
    drone = arrays.models["cls"][arrays.choices["model"]] == DRONE
    p = float(arrays.route["spoofed"][0])
    reached = []
    for index, row in enumerate(layers):
        own, sigma, share = paths["layer"] == index, float(row["sigma"]), shares[index]
        # Over defended Ukraine alone does a drone lose its way; of those whose luck it is not, as large a part has time there as of all.
        over = exposed[own & (paths["jammed"] == 0)] > 0.0
        lost = p * float(over.mean()) if len(over) and drone[arrays.choices["layer"] == index].any() else 0.0
        kept = exposed[own & ~strayed]
        row["rate_per_s"] = solve_rate(max(share - lost, 0.0) / (1.0 - lost), kept, sigma)
        stopped = mean_stop_share(float(row["rate_per_s"]), kept, sigma)
        reached.append(lost + (1.0 - lost) * stopped)
        if lost > 0.0:
            row["kill_share"] = _kill_share(float(row["kill_share"]) * reached[-1], (1.0 - lost) * stopped, lost, row, exposed[own & strayed])
    return reached


def _kill_share(kills: float, stops: float, lost: float, row: np.void, exposed: np.ndarray) -> float:
    """The share x of kills, 0 to 1, at which x of the `stops` and what is killed of the strays (share `lost`, at x times the row's hazard) sum to `kills`."""

    def excess(x: float) -> float:
        strays = mean_stop_share(x * float(row["rate_per_s"]), exposed, float(row["sigma"]))
        return x * stops + lost * strays - kills

    return 1.0 if excess(1.0) <= 0.0 else brent_root(excess, 0.0, 1.0, 1e-12)


_near_of: tuple[np.ndarray, np.ndarray] | None = None


def _near(ground: Ground) -> np.ndarray:
    """Least signed distance to any neighbour or Belarus, m, on the atlas's grid; kept for the last ground asked for."""
    global _near_of
    kept = _near_of
    if kept is None or kept[0] is not ground.fields.distance:
        rows = [COUNTRIES.index(country) for country in _MARGIN_COUNTRIES]
        near = ground.fields.distance[rows[0]].copy()
        for row in rows[1:]:
            np.minimum(near, ground.fields.distance[row], out=near)
        near.flags.writeable = False
        kept = _near_of = (ground.fields.distance, near)
    return kept[1]
