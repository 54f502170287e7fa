"""One realisation of a night: every threat's path, its stays in airspaces and what Ukraine's layer would do to it. Shared by all packages.

A threat's draws are keyed to (seed, replicate, its name), so removing a group or drawing in another order changes no other threat. Nothing here
knows a package, a radar or an aircraft.
"""

from __future__ import annotations

import numpy as np

from zaslin.atlas.crossing import inside
from zaslin.atlas.ground import Ground
from zaslin.jit import lean
from zaslin.world.arrays import END_FAILED, END_LEAKED, END_LEFT, THREAT, Raid
from zaslin.world.layer import draw_stops
from zaslin.world.night_arrays import ORDER, NightInputs
from zaslin.world.paths import draw_paths
from zaslin.world.stays import stays_of


def draw_raid(inputs: NightInputs, ground: Ground, seed: int, replicate: int) -> Raid:
    """The raid of one replicate. inputs: compiled for the block that the replicate is in, with the same seed."""
    return _draw(inputs, ground, seed, replicate, _orders(inputs, replicate), -1, -1, inputs.night.entities, inputs.names)


def draw_raid_with_tag(inputs: NightInputs, ground: Ground, seed: int, replicate: int, tag: int, order: np.void, country: int) -> tuple[Raid, float]:
    """The raid of one replicate in which threat `tag` flies the route of an ORDER record; it keeps its own name, and its own luck with
    Ukraine's layer on the condition that it is not stopped before it first enters `country`.

    Returns the raid and the chance of that condition. Its THREAT weight is 1: the caller knows what the tag stands for.
    """
    orders = _orders(inputs, replicate)
    orders[tag] = order
    raid = _draw(inputs, ground, seed, replicate, orders, tag, country, inputs.night.entities, inputs.names)
    survive = float(raid.threats["weight"][tag])
    raid.threats["weight"][tag] = 1.0
    return raid, survive


def draw_tag_alone(inputs: NightInputs, ground: Ground, seed: int, replicate: int, tag: int, order: np.void, country: int) -> tuple[Raid, float]:
    """`draw_raid_with_tag` without the raid: threat `tag` as it flies there, alone. No draw of it depends on the others."""
    orders = _orders(inputs, replicate)[tag : tag + 1]
    orders[0] = order
    raid = _draw(inputs, ground, seed, replicate, orders, 0, country, inputs.night.entities[tag : tag + 1], inputs.names[tag : tag + 1])
    survive = float(raid.threats["weight"][0])
    raid.threats["weight"][0] = 1.0
    return raid, survive


def around(raid: Raid) -> Raid:
    """The whole raid of a tagged threat that may be drawn alone."""
    return raid if raid.whole is None else raid.whole()


def _orders(inputs: NightInputs, replicate: int) -> np.ndarray:
    night = inputs.night
    orders = np.zeros(len(inputs.names), dtype=ORDER)
    orders["entity"], orders["key"], orders["group"], orders["fixed"] = night.entities, replicate, night.group_of, night.fixed_model
    return orders


def _draw(
    inputs: NightInputs, ground: Ground, seed: int, replicate: int, orders: np.ndarray, tag: int, country: int, entities: np.ndarray, names: tuple[str, ...]
) -> Raid:
    night = inputs.night
    n = len(orders)
    verts, paths = draw_paths(night, ground, seed, orders)
    rows, excursion = stays_of(night.near, ground, verts, paths, f" in replicate {replicate}")
    not_before = np.full(n, -np.inf)
    if tag >= 0:
        entries = rows["entry_s"][(rows["threat"] == tag) & (rows["country"] == country)]
        not_before[tag] = entries[0] if len(entries) else -np.inf
    threats = np.zeros(n, dtype=THREAT)
    stop_s, stop_kind, survive = np.empty(n), np.empty(n, dtype=np.int8), np.empty(n)
    draw_stops(
        night.layers, night.region_weight, night.near_aims, ground.fields, np.uint64(seed), np.uint64(replicate), entities, verts, paths,
        not_before, stop_s, stop_kind, survive,
    )  # fmt: skip
    last = paths["vert_to"] - 1
    model = paths["model"]
    threats["entity"], threats["group"], threats["model"] = entities, orders["group"], model
    for name in ("cls", "bc_kgm2", "casualty_m2"):
        threats[name] = night.models[name][paths["flown"]]
    end_kind = np.empty(n, dtype=np.int8)
    _end_kinds(ground.borders, verts, paths, end_kind)
    threats["end_kind"] = end_kind
    threats["stop_kind"], threats["stop_s"] = stop_kind, stop_s
    for name in ("failed", "decoy", "speed_mps"):
        threats[name] = paths[name]
    threats["vert_from"], threats["vert_to"] = paths["vert_from"], paths["vert_to"]
    threats["excursion"], threats["target_region"] = excursion, night.aims["region"][paths["aim"]]
    threats["launch_s"], threats["end_s"] = verts["t"][paths["vert_from"]], verts["t"][last]
    threats["weight"] = survive
    return Raid(replicate, inputs.block, threats, verts, rows, names, tag, country)


@lean
def _end_kinds(borders, verts, paths, end_kind):
    """Fill end_kind[i] with how path i ends at its last vertex."""
    for i in range(len(paths)):
        last = verts[paths[i].vert_to - 1]
        if not inside(borders, 0, last.x, last.y):
            end_kind[i] = END_LEFT
        elif paths[i].failed != 0:
            end_kind[i] = END_FAILED
        else:
            end_kind[i] = END_LEAKED
