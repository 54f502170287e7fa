"""A toy world for hand-made tests: straight borders, one-leg threats, members and fighters with round numbers.

Rectangles of the plane, km: Poland x -600…0, Ukraine x 0…800, Russia x 800…1200 (all y -500…500), Romania x -600…800, y -900…-500. A straight line of the
plane is a great circle, so the border x = 0 is one; near the origin plane and ground lengths agree to 1e-4 within 100 km.
"""

from __future__ import annotations

import itertools
import math
from functools import cache
from typing import Any

import numpy as np

from zaslin import draws
from zaslin.atlas.borders import COUNTRIES, BorderIndex, tree_of
from zaslin.atlas.fields import COAST_CELLS, Fields
from zaslin.atlas.ground import Ground
from zaslin.plane import distance_m
from zaslin.units import EARTH_RADIUS_M
from zaslin.world.arrays import (
    BATTERY,
    CAVEAT,
    EFFECT_PERMIT,
    END_LEAKED,
    INSIDE,
    KIND_CAP,
    KIND_GBAD,
    MEMBER,
    PLACE_OWN,
    POLICIES,
    RADAR,
    SHOOTER,
    STOP_NONE,
    THREAT,
    VERT,
    ZONE_OWN,
    Coalition,
    Raid,
)  # fmt: skip

KM = 1_000.0
UA, PL, RO, RU = (COUNTRIES.index(code) for code in ("UA", "PL", "RO", "RU"))
DRONE, CRUISE = 0, 1
BOXES = {PL: (-600, -500, 0, 500), UA: (0, -500, 800, 500), RU: (800, -500, 1200, 500), RO: (-600, -900, 800, -500)}
CELL_M = 5.0 * KM
X0, Y0, NX, NY = -700.0 * KM, -1000.0 * KM, 400, 320
PERSONS_KM2 = 50.0


def _unit(x: Any, y: Any) -> np.ndarray:
    v = np.stack(np.broadcast_arrays(np.asarray(x) / EARTH_RADIUS_M, np.asarray(y) / EARTH_RADIUS_M, 1.0), axis=-1)
    return v / np.linalg.norm(v, axis=-1, keepdims=True)


def _corners(box: tuple[int, int, int, int]) -> np.ndarray:
    west, south, east, north = (KM * value for value in box)
    return np.array([(west, south), (east, south), (east, north), (west, north)])


def _to_edges_m(x: np.ndarray, y: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Great-circle distance, m, to the nearest edge of a polygon of the plane."""
    p, best = _unit(x, y), np.full(x.shape, np.inf)
    for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        ua, ub = _unit(*a), _unit(*b)
        normal = np.cross(ua, ub)
        normal /= np.linalg.norm(normal)
        off = p @ normal
        foot = p - off[..., None] * normal
        between = (np.cross(ua, foot) @ normal >= 0) & (np.cross(foot, ub) @ normal >= 0)
        ends = np.minimum(*(2 * np.arcsin(np.linalg.norm(p - u, axis=-1) / 2) for u in (ua, ub)))
        best = np.minimum(best, np.where(between, np.arcsin(np.abs(off)), ends))
    return EARTH_RADIUS_M * best


@cache
def ground() -> Ground:
    """The toy ground, read-only."""
    x, y = np.meshgrid(X0 + (np.arange(NX) + 0.5) * CELL_M, Y0 + (np.arange(NY) + 0.5) * CELL_M)
    country = np.full((NY, NX), -1, dtype=np.int8)
    distance = np.full((12, NY, NX), 5e6, dtype=np.float32)
    ends: list[np.ndarray] = []
    count = np.zeros(12, dtype=np.int64)
    box = np.full((12, 4), [1e9, 1e9, -1e9, -1e9])
    for k in range(12):
        if k not in BOXES:
            continue
        west, south, east, north = box[k] = [KM * value for value in BOXES[k]]
        within = (x > west) & (x < east) & (y > south) & (y < north)
        country[within] = k
        distance[k] = np.where(within, -1, 1) * _to_edges_m(x, y, _corners(BOXES[k]))
        corners = _corners(BOXES[k])
        ends += [np.hstack([corners, np.roll(corners, -1, axis=0)])]
        count[k] = 4
    pieces = np.ascontiguousarray(np.concatenate(ends).T)
    start = np.concatenate([[0], np.cumsum(count)]).astype(np.int32)
    side = 4_000.0 * KM
    edge = np.zeros(pieces.shape[1], dtype=np.uint8)
    borders = BorderIndex(*pieces, edge, start, box, -side / 2, -side / 2, side, 1, 1, side, *tree_of(*pieces, edge, start))
    macro = np.where(country == UA, 0, -1).astype(np.int8)
    population = np.full((NY, NX), PERSONS_KM2, dtype=np.float32)
    coast = np.zeros((12, NY // COAST_CELLS, NX // COAST_CELLS), dtype=np.float32)
    fields = Fields(X0, Y0, CELL_M, country, macro.copy(), macro, distance, population, coast)
    for array in (*fields, *borders):
        if isinstance(array, np.ndarray):
            array.flags.writeable = False
    return Ground(fields, borders)


def _inside(points: list[tuple[float, float]], times: list[float]) -> list[tuple[int, float, float]]:
    """Stays (country, entry, exit) of a path of straight legs in the toy's rectangles; a stay is one leg's or joins those of its neighbours."""
    out = []
    for country, box in sorted(BOXES.items()):
        west, south, east, north = (KM * value for value in box)
        for (xa, ya), (xb, yb), ta, tb in zip(points[:-1], points[1:], times[:-1], times[1:], strict=True):
            lo, hi = 0.0, 1.0
            for p, d, least, most in ((xa, xb - xa, west, east), (ya, yb - ya, south, north)):
                if d == 0:
                    lo, hi = (lo, hi) if least < p < most else (1.0, 0.0)
                else:
                    f, g = sorted(((least - p) / d, (most - p) / d))
                    lo, hi = max(lo, f), min(hi, g)
            if lo >= hi:
                continue
            whole = distance_m(xa, ya, xb, yb) or 1.0  # a leg of no length is all of it inside
            entry, leave = (ta + (tb - ta) * distance_m(xa, ya, xa + f * (xb - xa), ya + f * (yb - ya)) / whole for f in (lo, hi))
            if out and out[-1][0] == country and entry - out[-1][2] < 1e-6:
                out[-1] = (country, out[-1][1], leave)
            else:
                out.append((country, entry, leave))
    return out


def raid(*flights: dict[str, Any], replicate: int = 0, tag: int = -1) -> Raid:
    """A raid of hand-made flights: `points` km, `speed` m/s, and any of start, alt, cls, name, stop, stop_kind, end_kind, other."""
    threats = np.zeros(len(flights), dtype=THREAT)
    verts: list[tuple[float, ...]] = []
    rows: list[tuple[float, ...]] = []
    names = []
    for i, flight in enumerate(flights):
        points = [(KM * x, KM * y) for x, y in flight["points"]]
        times = [float(flight.get("start", 0.0))]
        for a, b in itertools.pairwise(points):
            times.append(times[-1] + distance_m(*a, *b) / flight["speed"])
        name = flight.get("name", f"toy-{i:03d}")
        names.append(name)
        stays = _inside(points, times)
        t = threats[i]
        t["entity"], t["cls"], t["vert_from"], t["vert_to"] = draws.entity_id(name), flight.get("cls", CRUISE), len(verts), len(verts) + len(points)
        t["launch_s"], t["end_s"], t["stop_s"], t["stop_kind"] = times[0], times[-1], flight.get("stop", math.inf), flight.get("stop_kind", STOP_NONE)
        t["end_kind"], t["speed_mps"], t["weight"], t["bc_kgm2"], t["casualty_m2"] = flight.get("end_kind", END_LEAKED), flight["speed"], 1.0, 500.0, 10.0
        t["other"] = flight.get("other", 0)
        t["excursion"] = sum({1 << country for country, _, _ in stays if country not in (UA, RU)})
        verts += [(*point, time, flight.get("alt", 100.0)) for point, time in zip(points, times, strict=True)]
        rows += [(i, country, entry, leave, leave - entry, 0.0, 0.0, 0.0, 0.0) for country, entry, leave in stays]
    return Raid(replicate, replicate // 10, threats, np.array(verts, dtype=VERT), np.array(rows, dtype=INSIDE), tuple(names), tag, PL if tag >= 0 else -1)


def member(country: int = PL, **changes: Any) -> dict[str, Any]:
    """A member that sees all that comes into view, once and for all, at once, and errs nowhere, but for `changes`."""
    name = COUNTRIES[country] if country >= 0 else changes.pop("name", "GB")
    plain = {
        "country": country, "shared": 1, "mast_m": 40.0, "setback_m": 10.0 * KM, "shared_cover": 1.0, "latency_s": 0.0, "track_delay_s": 0.0,
        "classification_s": 0.0, "course_error_rad": 0.0, "separation_s": 0.0,
        "looks": 0, "ground_revisit_s": 10.0, "airborne_revisit_s": 10.0, "p_look": (1.0,) * 6, "drop_after": 4.0, "confusion": 0.0, "position_error_m": 0.0,
        "pooling": 0, "pool_latency_s": 0.0,
        "fires_own": (1.0,) * 6, "fires_ukraine": (1.0,) * 6, "entity": draws.entity_id(name),
        "mistakes": (0.0,) * 4, "fires_wrong": (1.0,) * 4, "at_risk_per_s": 0.0,
    }  # fmt: skip
    return {**plain, **changes, "name": name}


def caveat(owner: int = 0, **changes: Any) -> dict[str, Any]:
    """A permit for drones and cruise missiles in own airspace, from own airspace, but for `changes`."""
    plain = {
        "member": owner, "effect": EFFECT_PERMIT, "zone": ZONE_OWN, "named": -1, "place": PLACE_OWN, "heading": 0, "classes": 0b11, "within_m": 0.0,
        "horizon_s": (600.0, 300.0, 0.0, 0.0, 0.0, 0.0), "share": 0.5, "pursuit_m": math.inf, "delay_s": 0.0, "sigma": 0.0, "name": "rule",
    }  # fmt: skip
    return {**plain, **changes}


def pair(owner: int = 0, **changes: Any) -> dict[str, Any]:
    """A patrol over (-50, 0) km with base at (-200, 0) km that kills with its first round, but for `changes` (base, station in km)."""
    plain = {
        "member": owner, "kind": KIND_CAP, "raid_warning": 0, "base": (-200.0, 0.0), "station": (-50.0, 0.0), "readiness_s": 900.0, "lead_s": 0.0,
        "track_within_m": 150.0 * KM, "cruise_mps": 250.0, "dash_mps": 400.0, "endurance_s": 10_800.0, "missile_mps": 1_000.0, "shot_interval_s": 30.0,
        "rounds": 8, "jets": 2, "reach_m": (12.0 * KM, 30.0 * KM, 0, 0, 0, 0), "p_kill": (1.0, 1.0, 0, 0, 0, 0), "hour_usd": 20_000.0,
        "round_usd": 1e6, "dash_burn": 1.0, "p_available": 1.0, "spare_s": 900.0, "relief_delay_s": 0.0, "crew_duty_s": math.inf, "name": "pair",
    }  # fmt: skip
    return {**plain, **changes}


_OF_BATTERY = ("channels", "across", "coverage", "behind_m", "floor_m", "ceiling_m", "reaction_s", "reload_s", "frame")


def battery(owner: int = 0, **changes: Any) -> dict[str, Any]:
    """A battery 10 km behind the whole border of Poland that covers all, sees all heights, reacts at once and kills with its first round, but for `changes`
    (frame: west, south, east, north, km)."""
    plain = {
        "member": owner, "kind": KIND_GBAD, "jets": 0, "missile_mps": 1_000.0, "shot_interval_s": 1.0, "rounds": 100, "reach_m": (30.0 * KM,) * 2 + (0,) * 4,
        "p_kill": (1.0, 1.0, 0, 0, 0, 0), "round_usd": 5e5, "name": "battery", "base": (-50.0, 0.0), "station": (-50.0, 0.0), "channels": 4, "across": 0,
        "coverage": 1.0, "behind_m": 10.0 * KM, "floor_m": 0.0, "ceiling_m": 20.0 * KM, "reaction_s": 0.0, "reload_s": 1e9, "frame": (-600, -500, 100, 500),
    }  # fmt: skip
    return {**plain, **changes}


def coalition(
    members: list[dict[str, Any]], caveats: list[dict[str, Any]], pairs: list[dict[str, Any]], radars: list[tuple[Any, ...]] | None = None,
    zones: np.ndarray | None = None, package: str = "toy", batteries: list[dict[str, Any]] | None = None, policy: str = "earliest",
    values: tuple[float, ...] = (1.0,) * 6,
) -> Coalition:  # fmt: skip
    """A coalition of hand-made rows."""
    units = np.zeros(len(batteries or []), dtype=BATTERY)
    for i, row in enumerate(batteries or []):
        west, south, east, north = (KM * value for value in row["frame"])
        units["shooter"][i] = len(pairs) + i
        for name in _OF_BATTERY:
            units[name][i] = (west, south, east, south, east, north, west, north) if name == "frame" else row[name]
    pairs = pairs + [{name: value for name, value in row.items() if name not in _OF_BATTERY} for row in batteries or []]
    shooters = np.zeros(len(pairs), dtype=SHOOTER)
    for i, row in enumerate(pairs):
        own = dict(row)
        own["base_x"], own["base_y"] = (KM * value for value in own.pop("base"))
        own["station_x"], own["station_y"] = (KM * value for value in own.pop("station"))
        own["entity"], own["asset"] = draws.entity_id(own.pop("name")), i
        for key, value in own.items():
            shooters[key][i] = value
    return Coalition(
        package=package,
        members=_table(members, MEMBER),
        radars=np.array([(*row, draws.entity_id(f"radar over {row[1:3]}")) for row in radars or []], dtype=RADAR),
        caveats=_table(caveats, CAVEAT),
        shooters=shooters,
        zones=zones if zones is not None else np.zeros((0, NY, NX), dtype=np.uint8),
        member_names=tuple(row["name"] for row in members),
        asset_names=tuple(row["name"] for row in pairs),
        caveat_names=tuple(row["name"] for row in caveats),
        batteries=units,
        policy=POLICIES.index(policy),
        values=np.array(values),
    )


def _table(rows: list[dict[str, Any]], dtype: np.dtype) -> np.ndarray:
    out = np.zeros(len(rows), dtype=dtype)
    for i, row in enumerate(rows):
        for name in dtype.names:
            out[name][i] = row[name]
    return out


def sensed(night: Raid, allies: Coalition, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """(sight, pieces) of a raid under a coalition on the toy ground."""
    from zaslin.engine.sensing import sense
    from zaslin.physics.detection import PIECE, SIGHT

    n = len(night.threats)
    stay_from = np.searchsorted(night.inside["threat"], np.arange(n + 1)).astype(np.int64)
    sight, pieces = np.zeros((len(allies.members), n), SIGHT), np.zeros(100 + 20 * n * len(allies.members), PIECE)
    key = np.uint64(seed), np.uint64(night.replicate)
    nothing = np.int64(0)
    count = sense(
        ground().fields, *key, night.threats, night.verts, night.inside, stay_from, allies.members, allies.radars, sight, pieces, nothing, nothing
    )  # fmt: skip
    assert count >= 0
    return sight, pieces[:count]


def known(sight: np.ndarray, pieces: np.ndarray, m: int = 0) -> list[tuple[Any, ...]]:
    """What member `m` knows of every threat, with its pieces, without the places of rows and members."""
    looks = [name for name in sight.dtype.names if name not in ("first", "last")]
    rows = [name for name in pieces.dtype.names if name not in ("member", "threat")]
    return [(*row[looks].tolist(), *(piece.tolist() for piece in pieces[rows][row["first"] : row["last"]])) for row in sight[m]]


def held(sight: np.ndarray, own: Any = math.inf, shared: Any = math.inf, late: Any = 0.0) -> np.ndarray:
    """Pieces that last, for (members, threats) of `sight`: the shared picture from `shared` on, `late` old, own radars from `own` on."""
    from zaslin.physics.detection import BY_GROUND, BY_SHARED, PIECE

    rows = []
    for (m, j), a, b, age in zip(np.ndindex(sight.shape), *(np.broadcast_to(x, sight.shape).ravel() for x in (own, shared, late)), strict=True):
        sight["first"][m, j] = len(rows)
        for start, to, by, old in ((b, a, BY_SHARED, age), (a, math.inf, BY_GROUND, 0.0)):
            if start < to:
                rows.append((start, to, old, sight["classified_s"][m, j], j, 0, 0, 0, m, by))
        sight["last"][m, j] = len(rows)
    return np.array(rows, PIECE)


def permissions(night: Raid, allies: Coalition, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(sight, windows, consent) of a raid under a coalition on the toy ground."""
    from zaslin.doctrine.consent import CONSENT, OK, WINDOW, open_windows

    sight, pieces = sensed(night, allies, seed)
    consent, windows, n = np.zeros(sight.shape, CONSENT), np.zeros(500, WINDOW), len(night.threats)
    stay_from = np.searchsorted(night.inside["threat"], np.arange(n + 1)).astype(np.int64)
    yes_s = np.full((n, len(allies.caveats)), np.inf)
    status, count = open_windows(
        ground(), np.uint64(seed), np.uint64(night.replicate), night.threats, night.verts, night.inside, stay_from, allies.members, allies.caveats,
        allies.zones, sight, pieces, windows, consent, yes_s, np.inf,
    )  # fmt: skip
    assert status == OK
    return sight, windows[:count], consent
