"""Workload W for zaslin: the invented theatre of `make_w.py` as a ground, a coalition of one country and streams of threats.

What stands stays at seed 1: borders, bases, batteries, radars. What flies is drawn anew in each replicate from the same distributions by zaslin's own keyed
draws. W's rules in zaslin's words are told in docs/performance/workload.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely

import make_w
from zaslin import draws
from zaslin.atlas.borders import COUNTRIES
from zaslin.atlas.fields import land_distance_m
from zaslin.atlas.ground import Ground
from zaslin.atlas.own import own_ground
from zaslin.physics.detection import radar_horizon_m
from zaslin.plane import project
from zaslin.world import arrays
from zaslin.world.arrays import BATTERY, CAVEAT, MEMBER, RADAR, SHOOTER, Coalition, Raid
from zaslin.world.night_arrays import CRUISE, DRONE
from zaslin.world.streams import STREAM, draw_streams, stream_names

HOME = "PL"
"""The place that W's country takes among the atlas's; what lies east of it takes Ukraine's: who is attacked, and flown over."""
SPEED = {DRONE: 180 / 3.6, CRUISE: 800 / 3.6}
ALTITUDE = {DRONE: (200.0, 2500.0), CRUISE: (60.0, 100.0)}


@dataclass(frozen=True)
class W:
    """Everything of the workload that does not change from replicate to replicate."""

    ground: Ground
    coalition: Coalition
    streams: np.ndarray
    names: tuple[str, ...]
    entities: np.ndarray
    near: np.ndarray

    def raid(self, seed: int, replicate: int) -> Raid:
        """The threats of one replicate."""
        return draw_streams(self.streams, self.names, self.entities, self.near, self.ground, seed, replicate)


def workload(threats: int = 120, fighters: int = 48, batteries: int = 60, radars: int = 30, looks: bool = False) -> W:
    """W of a size. looks: radars see by chance at every look; else all that is in view."""
    made, ground = _made(fighters, batteries, radars), w_ground()
    cruise = int(round(0.3 * threats))
    streams = np.zeros(2, dtype=STREAM)
    for row, cls, n, west in ((streams[0], DRONE, threats - cruise, (35.5, 38.5)), (streams[1], CRUISE, cruise, (36.5, 40.9))):
        row["cls"], row["n"], row["speed_mps"], row["alt_m"], row["launch_s"] = cls, n, SPEED[cls], ALTITUDE[cls], (0.0, make_w.LAUNCH_SPREAD)
        row["ways"], row["part"], row["spread_deg"], row["clip"] = (3, 6), (0.08, 0.92), 0.6, (*make_w.LON, *make_w.LAT)
        row["from_box"], row["to_box"], row["bc_kgm2"], row["casualty_m2"] = (*west, 44.5, 51.5), (20.0, 31.0, 45.5, 50.5), 250.0, 60.0
    names = stream_names(streams, ("drones", "cruise"))
    entities = np.array([draws.entity_id(name) for name in names], dtype=np.uint64)
    near = np.ascontiguousarray(ground.fields.distance[1:10].min(axis=0))
    near.flags.writeable = False  # as a night's: a kernel that met both kinds would be compiled twice
    return W(ground, _coalition(made, ground, looks), streams, names, entities, near)


@cache
def w_ground() -> Ground:
    """W's borders, the same for every size; made once in a process, which takes some ten seconds."""
    home = shapely.Polygon(make_w.make_w()["border"])
    around = shapely.box(make_w.LON[0] - 1, make_w.LAT[0] - 2, make_w.LON[1] + 1, make_w.LAT[1] + 2).difference(home)
    return own_ground({HOME: home, "UA": around})


def _made(fighters: int, batteries: int, radars: int) -> dict:
    """What stands, at seed 1. Another number of one kind draws that kind anew and leaves all others where they are, so that growth is of one thing alone."""
    made = make_w.make_w()
    kinds = (("F", fighters, ("f_base", "f_cap", "f_pk")), ("G", batteries, ("bat", "bat_r", "bat_pk")), ("R", radars, ("rad", "rad_r", "rad_h")))
    for letter, n, names in kinds:
        if n != made[letter]:
            other = make_w.make_w(**{letter: n})
            made |= {name: other[name] for name in (letter, *names)}
    return made


def _coalition(made: dict, ground: Ground, looks: bool) -> Coalition:
    country = COUNTRIES.index(HOME)
    member = np.zeros(1, dtype=MEMBER)
    member["country"], member["looks"], member["mast_m"], member["setback_m"] = country, int(looks), 0.0, 5_000_000.0
    member["ground_revisit_s"], member["airborne_revisit_s"], member["drop_after"] = 12.0, 10.0, 5.0
    member["p_look"], member["track_delay_s"], member["fires_own"], member["fires_ukraine"] = 0.9, make_w.TRACK_S, 1.0, 1.0
    member["entity"], member["mistakes"], member["fires_wrong"] = draws.entity_id(HOME), 0.0, 1.0
    radars = np.zeros(made["R"], dtype=RADAR)
    x, y = project(made["rad"][:, 1], made["rad"][:, 0])
    radars["x"], radars["y"] = x, y
    for cls, (low, high) in ALTITUDE.items():
        seen = [min(reach, radar_horizon_m(mast, 0.5 * (low + high))) for reach, mast in zip(made["rad_r"], made["rad_h"], strict=True)]
        radars["range_m"][:, cls] = seen
    radars["entity"] = [draws.entity_id(f"w/radar/{i}") for i in range(made["R"])]
    caveat = np.zeros(1, dtype=CAVEAT)
    caveat["effect"], caveat["zone"], caveat["named"], caveat["place"] = arrays.EFFECT_PERMIT, arrays.ZONE_NAMED, 0, arrays.PLACE_ANYWHERE
    caveat["classes"], caveat["pursuit_m"] = (1 << DRONE) | (1 << CRUISE), np.inf
    shooters = np.concatenate([_fighters(made), _batteries(made)])
    batteries = np.zeros(made["G"], dtype=BATTERY)
    batteries["shooter"] = made["F"] + np.arange(made["G"])
    batteries["channels"], batteries["across"], batteries["coverage"], batteries["ceiling_m"] = 1, 1, 1.0, 20_000.0
    batteries["reaction_s"], batteries["reload_s"] = make_w.SAM_REACT, make_w.SAM_RELOAD
    for i, ((lon, lat), reach) in enumerate(zip(made["bat"], made["bat_r"], strict=True)):
        up = np.degrees(0.5 * np.sqrt(np.pi) * reach / make_w.RE)  # a square of the circle's area
        aside = up / np.cos(np.radians(lat))
        corners = ((lat - up, lon - aside), (lat - up, lon + aside), (lat + up, lon + aside), (lat + up, lon - aside))
        batteries["frame"][i] = [float(part) for corner in corners for part in project(*corner)]
        # the row through the middle of its square
        middle = project(lat, lon)
        batteries["behind_m"][i] = -float(land_distance_m(ground.fields, np.int64(country), float(middle[0]), float(middle[1])))
    zone = _zone(made["kz"], ground)
    return Coalition(
        package="w", members=member, radars=radars, caveats=caveat, shooters=shooters, zones=zone[None], member_names=(HOME,),
        asset_names=tuple(f"w-{i}" for i in range(len(shooters))), caveat_names=("kill-zone",), batteries=batteries,
    )  # fmt: skip


def _zone(outline: np.ndarray, ground: Ground) -> np.ndarray:
    fields = ground.fields
    ny, nx = fields.country.shape
    ring = shapely.Polygon(np.column_stack(project(outline[:, 1], outline[:, 0])))
    shapely.prepare(ring)
    out = np.zeros((ny, nx), dtype=np.uint8)
    x = fields.x0 + (np.arange(nx) + 0.5) * fields.cell_m
    for iy, y in enumerate(fields.y0 + (np.arange(ny) + 0.5) * fields.cell_m):
        out[iy] = shapely.contains_xy(ring, x, y)
    return out


def _fighters(made: dict) -> np.ndarray:
    n = made["F"]
    out = np.zeros(n, dtype=SHOOTER)
    out["entity"] = [draws.entity_id(f"w/fighter/{i}") for i in range(n)]
    out["asset"], out["jets"], out["raid_warning"] = np.arange(n), 2, 1
    on_patrol = made["f_cap"] >= 0
    out["kind"] = np.where(on_patrol, arrays.KIND_CAP, arrays.KIND_QRA)
    base = made["base"][made["f_base"]]
    out["base_x"], out["base_y"] = project(base[:, 1], base[:, 0])
    station = np.where(on_patrol[:, None], made["cap"][np.maximum(made["f_cap"], 0)], base)
    out["station_x"], out["station_y"] = project(station[:, 1], station[:, 0])
    out["readiness_s"], out["track_within_m"] = np.where(on_patrol, 0.0, make_w.QRA_S), 0.0
    out["cruise_mps"], out["dash_mps"], out["endurance_s"] = make_w.FIGHTER_CRUISE, make_w.FIGHTER_V, make_w.FIGHTER_ENDUR
    out["missile_mps"], out["shot_interval_s"] = make_w.FIGHTER_R / make_w.FIGHTER_TOF, 5.0
    out["rounds"] = make_w.FIGHTER_SHOTS
    for cls, factor in ((DRONE, 1.0), (CRUISE, 0.9)):
        out["reach_m"][:, cls] = make_w.FIGHTER_R
        out["p_kill"][:, cls] = factor * made["f_pk"]
    out["salvo"], out["assess_s"], out["dash_burn"] = 1, make_w.ASSESS_S, 1.0
    out["p_available"], out["crew_duty_s"] = 1.0, np.inf
    return out


def _batteries(made: dict) -> np.ndarray:
    n = made["G"]
    out = np.zeros(n, dtype=SHOOTER)
    out["entity"] = [draws.entity_id(f"w/battery/{i}") for i in range(n)]
    out["asset"], out["kind"] = made["F"] + np.arange(n), arrays.KIND_GBAD
    x, y = project(made["bat"][:, 1], made["bat"][:, 0])
    out["base_x"], out["base_y"], out["station_x"], out["station_y"] = x, y, x, y
    out["missile_mps"], out["shot_interval_s"], out["rounds"] = make_w.SAM_V, 3.0, make_w.SAM_SHOTS
    for cls, factor in ((DRONE, 1.0), (CRUISE, 0.9)):
        out["reach_m"][:, cls] = made["bat_r"]
        out["p_kill"][:, cls] = factor * made["bat_pk"]
    out["salvo"], out["assess_s"], out["p_available"] = 1, make_w.ASSESS_S, 1.0
    return out
