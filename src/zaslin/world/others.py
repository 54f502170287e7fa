"""Civil, friendly and false objects of one replicate, put after a raid's threats; who is taken for a threat; nothing is shot at here.

Every draw is keyed by the object's name (``friendly-PL-003``), so all packages meet the same objects, and no object changes a threat's luck. What no member
takes for a threat concerns nobody: it is not put into the raid at all.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from zaslin import draws
from zaslin.atlas.fields import Fields
from zaslin.atlas.ground import Ground
from zaslin.jit import lean
from zaslin.physics.lethality import pair_entity
from zaslin.plane import ahead, along, distance_m
from zaslin.world.arrays import END_LEFT, SIDE_BOTH, SIDE_UKRAINE, STOP_NONE, THREAT, VERT, Others, Raid
from zaslin.world.night_arrays import CRUISE, DRONE, PATH
from zaslin.world.stays import stays_of

FAST_MPS = 120.0
"""What flies faster than this would be taken for a cruise missile, what is slower for a drone, m/s: assumption, 80–150 (drones 50, cruise missiles 220)."""

COURSES = 8
"""Courses that an object may draw to stay on its side of the border."""

FACTOR_RANGE = 10.0
"""As `scenario.sourced`: from this ratio on, a range is one of order of magnitude."""
_CELL, _PLACE, _SPEED, _ALT, _LIFE, _COURSE = 0, 1, 3, 4, 5, 6  # indices of an object's draws; a place has two


@lean
def mistaken(seed, replicate, entity, member, other):
    """Whether a member takes an object of kind `other` for a threat: one coin per object and member, held against MEMBER.mistakes; members that have the
    shared picture share one, for in a common picture they share what a track is taken for."""
    owner = entity if member.shared == 1 else pair_entity(entity, member.entity)
    return draws.uniform(seed, replicate, owner, draws.RECOGNITION, 0) < member.mistakes[other]


@lean
def _which_mistaken(seed, replicate, kinds, numbers, entities, members, out):
    """Fill out[k, i], bool, with whether some member takes object i of kind k for a threat, of numbers[k]. entities: (kinds, many), the objects' ids."""
    for k in range(len(kinds)):
        other = np.int64(kinds[k].other)
        for i in range(numbers[k]):
            out[k, i] = False
            for m in range(len(members)):
                if mistaken(seed, replicate, entities[k, i], members[m], other):
                    out[k, i] = True
                    break


@lean
def _appearances(seed, replicate, kinds, from_s, until_s, out, numbers):
    """Fill `out`, row by kind, with the times, s, of Poisson processes after `from_s` up to `until_s`, and `numbers` with how many; returns whether there was
    room."""
    for k in range(len(kinds)):
        t, n = from_s, 0
        while True:
            t += draws.exponential(seed, replicate, kinds[k].entity, draws.OTHER, n) / kinds[k].rate_per_s
            if t > until_s:
                break
            if n >= out.shape[1]:
                return False
            out[k, n] = t
            n += 1
        numbers[k] = n
    return True


@lean
def _cells_on(country, wanted, x0, y0, cell_m, steps, x, y, ex, ey):
    """How many of `steps` even steps from (x, y) to (ex, ey), plane m, end in cells of country `wanted` before the first that does not."""
    ny, nx = country.shape
    for i in range(1, steps + 1):
        share = i / steps
        ix = np.int64(np.floor((x + share * (ex - x) - x0) / cell_m))
        iy = np.int64(np.floor((y + share * (ey - y) - y0) / cell_m))
        if ix < 0 or iy < 0 or ix >= nx or iy >= ny or country[iy, ix] != wanted:
            return i - 1
    return steps


def add_others(raid: Raid, others: Others, members: np.ndarray, ground: Ground, seed: int) -> Raid:
    """The raid with the objects that some member takes for a threat after its threats; the raid itself where there are none.

    others: compiled for the raid's block. members: MEMBER rows. They appear while the raid lasts: from one life before its first launch until its last threat
    has ended; what was there before begins at the first launch, where it is then. `other` > 0 in their THREAT rows; they end by leaving.
    """
    if not len(raid.threats) or not len(others.kinds):
        return raid
    key, word = np.uint64(seed), np.uint64(raid.replicate)
    start = float(raid.threats["launch_s"].min())
    last = float(np.minimum(raid.threats["stop_s"], raid.threats["end_s"]).max())
    rows: list[np.ndarray] = []
    verts: list[np.ndarray] = []
    names: list[str] = []
    times, numbers = _times(others, last, key, word)
    taken = np.zeros(times.shape, dtype=np.bool_)
    entities = _entities(others.names, times.shape[1])
    _which_mistaken(key, word, others.kinds, numbers, entities, members, taken)
    for k, number in np.argwhere(taken):
        kind, name, entity = others.kinds[k], f"{others.names[k]}-{number + 1:03d}", entities[k, number]
        path = object_path(kind, others, ground.fields, entity, float(times[k, number]), key, word)
        flown = _from(path, start)
        if flown is None:
            continue
        row = np.zeros(1, dtype=THREAT)
        speed = speed_of(path)
        row["entity"], row["group"], row["model"], row["cls"], row["other"] = entity, -1, -1, CRUISE if speed > FAST_MPS else DRONE, kind["other"]
        row["end_kind"], row["stop_kind"], row["stop_s"], row["weight"], row["target_region"] = END_LEFT, STOP_NONE, np.inf, 1.0, -1
        row["launch_s"], row["end_s"], row["speed_mps"] = flown["t"][0], flown["t"][1], speed
        row["bc_kgm2"], row["casualty_m2"] = kind["bc_kgm2"], kind["casualty_m2"]
        row["vert_from"] = len(raid.verts) + 2 * len(verts)
        row["vert_to"] = row["vert_from"] + 2
        rows.append(row)
        verts.append(flown)
        names.append(name)
    if not rows:
        return raid
    every = np.concatenate(verts)
    paths = np.zeros(len(rows), dtype=PATH)
    paths["vert_from"] = 2 * np.arange(len(rows))
    paths["vert_to"] = paths["vert_from"] + 2
    inside, _ = stays_of(_nowhere_far(ground.fields.country.shape), ground, every, paths, with_depth=False)
    inside["threat"] += len(raid.threats)
    return replace(
        raid,
        threats=_joined(raid.threats, *rows),
        verts=_joined(raid.verts, every),
        inside=_joined(raid.inside, inside),
        names=(*raid.names, *names),
    )


def _joined(*parts: np.ndarray) -> np.ndarray:
    """Struct arrays one after another; `np.concatenate` would leave stray bytes between the fields."""
    out = np.zeros(sum(map(len, parts)), dtype=parts[0].dtype)
    n = 0
    for part in parts:
        out[n : n + len(part)] = part
        n += len(part)
    return out


def object_times(others: Others, until_s: float, seed: int, replicate: int) -> list[np.ndarray]:
    """When the objects of each row of `others.kinds` appear, s, from `others.from_s` to `until_s`: a Poisson process by its gaps."""
    times, numbers = _times(others, until_s, np.uint64(seed), np.uint64(replicate))
    return [row[:n] for row, n in zip(times, numbers, strict=True)]


def object_path(kind: np.void, others: Others, fields: Fields, entity: np.uint64, appears_s: float, seed: np.uint64, replicate: np.uint64) -> np.ndarray:
    """An object's flight, VERT records (2,): from a place in its strip (uniform over the cells) straight on, at one speed and height, for its life.

    One that belongs to a side of the border draws up to eight courses, and flies the first that stays there, cell by cell; else the longest, and ends there.
    """

    def luck(index: int) -> float:
        return float(draws.uniform(seed, replicate, entity, draws.OTHER, index))

    n = int(kind["cell_to"]) - int(kind["cell_from"])
    iy, ix = others.cells[int(kind["cell_from"]) + min(int(luck(_CELL) * n), n - 1)]
    x = fields.x0 + (ix + luck(_PLACE)) * fields.cell_m
    y = fields.y0 + (iy + luck(_PLACE + 1)) * fields.cell_m
    speed, alt, life = (_drawn(kind[name], luck(index)) for name, index in (("speed_mps", _SPEED), ("alt_m", _ALT), ("life_s", _LIFE)))
    length, best = speed * life, (-1.0, x, y)
    for i in range(COURSES):
        ex, ey = ahead(x, y, 2.0 * np.pi * luck(_COURSE + i), length)
        run, bx, by = _on_its_side(kind, fields, x, y, ex, ey)
        if run > best[0]:
            best = (run, bx, by)
        if run == 1.0:
            break
    run, ex, ey = best
    verts = np.zeros(2, dtype=VERT)
    verts["x"], verts["y"], verts["alt"] = (x, ex), (y, ey), alt
    verts["t"] = appears_s, appears_s + float(distance_m(x, y, ex, ey)) / speed
    return verts


def between(low: float, value: float, high: float, u: float) -> float:
    """Quantile u of the triangle on (low, value, high), on the logarithms where high is ten times low or more (as `Sourced.at`)."""
    if low > 0.0 and high >= FACTOR_RANGE * low:
        return float(np.exp(_triangle(np.log(low), np.log(value), np.log(high), u)))
    return float(_triangle(low, value, high, u))


def _drawn(row: np.ndarray, u: float) -> float:
    low, value, high = (float(x) for x in row)
    return between(low, value, high, u)


def speed_of(path: np.ndarray) -> float:
    """Ground speed of a straight flight, m/s."""
    return float(distance_m(path["x"][0], path["y"][0], path["x"][1], path["y"][1])) / float(path["t"][1] - path["t"][0])


def _triangle(low: float, mode: float, high: float, u: float) -> float:
    span = high - low
    if span == 0.0:
        return mode
    if u < (mode - low) / span:
        return low + (u * span * (mode - low)) ** 0.5
    return high - ((1.0 - u) * span * (high - mode)) ** 0.5


def _times(others: Others, until_s: float, seed: np.uint64, replicate: np.uint64) -> tuple[np.ndarray, np.ndarray]:
    """(kinds, many) times, and how many of each row count."""
    most = float(others.kinds["rate_per_s"].max(initial=0.0)) * max(until_s - others.from_s, 0.0)
    room, numbers = 16 + int(most + 6.0 * most**0.5), np.zeros(len(others.kinds), dtype=np.int64)
    while True:
        out = np.empty((len(others.kinds), room))
        if _appearances(seed, replicate, others.kinds, others.from_s, until_s, out, numbers):
            return out, numbers
        room *= 2


_known: dict[tuple[str, ...], np.ndarray] = {}


def _entities(names: tuple[str, ...], n: int) -> np.ndarray:
    """Ids of the first n objects of each kind at least, uint64 (kinds, many); kept, as every replicate asks for the same."""
    found = _known.get(names)
    if found is None or found.shape[1] < n:
        found = np.array([[draws.entity_id(f"{name}-{number + 1:03d}") for number in range(2 * n)] for name in names], dtype=np.uint64)
        _known[names] = found
    return found


def _on_its_side(kind: np.void, fields: Fields, x: float, y: float, ex: float, ey: float) -> tuple[float, float, float]:
    """The share of the way, up to 1, for which the object is over its side of the border, and where it is then; a quarter of a cell at least."""
    if kind["side"] == SIDE_BOTH:
        return 1.0, ex, ey
    wanted = 0 if kind["side"] == SIDE_UKRAINE else int(kind["country"])
    steps = max(int(np.hypot(ex - x, ey - y) / fields.cell_m) + 1, 1)
    good = _cells_on(fields.country, np.int64(wanted), fields.x0, fields.y0, fields.cell_m, np.int64(steps), x, y, ex, ey)
    run = 1.0 if good == steps else max(good / steps, min(0.25 / steps, 1.0))
    return run, x + run * (ex - x), y + run * (ey - y)


def _from(path: np.ndarray, start_s: float) -> np.ndarray | None:
    """The flight from `start_s` on; None where it is over by then."""
    if path["t"][1] <= start_s:
        return None
    if path["t"][0] >= start_s:
        return path
    out = path.copy()
    run = speed_of(path) * (start_s - path["t"][0])
    out["x"][0], out["y"][0] = along(path["x"][0], path["y"][0], path["x"][1], path["y"][1], run)
    out["t"][0] = start_s
    return out


@cache
def _nowhere_far(shape: tuple[int, int]) -> np.ndarray:
    """A raster by which every path may enter any neighbour: all are asked."""
    raster = np.zeros(shape, dtype=np.float32)
    raster.flags.writeable = False
    return raster
