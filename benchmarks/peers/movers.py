"""What moves in workload W, the same for every peer that moves things: 120 threats over their way-points, 48 fighters to and fro. NumPy only.

Fighters fly without an enemy here: patrols between their station and a point 40 km north of it, from the start; alert fighters between their base and a point
100 km east of it, from QRA_S on; all at cruise speed for the whole horizon. So each peer moves at most 168 aircraft; threats end at their aim.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from make_w import FIGHTER_CRUISE, HORIZON, QRA_S, RE
from numpy_sphere import angle, unit
from w_draw import draw

FIGHTER_ALT_M = 8_000.0


@dataclass(frozen=True)
class Mover:
    """One aircraft: from `start_s` along `way` (n, 2), longitudes and latitudes in degrees, at one speed and altitude; `times_s` at its way-points."""

    name: str
    start_s: float
    speed_mps: float
    alt_m: float
    way: np.ndarray
    times_s: np.ndarray


def mover(name: str, start_s: float, speed_mps: float, alt_m: float, way: np.ndarray) -> Mover:
    """A mover with its times, over great circles."""
    at = unit(way)
    seconds = RE * angle(at[:-1], at[1:]) / speed_mps
    return Mover(name, start_s, speed_mps, alt_m, way, start_s + np.concatenate([[0.0], np.cumsum(seconds)]))


def movers(replicate: int) -> list[Mover]:
    """The aircraft of one replicate of W, threats first."""
    w = draw(replicate)
    found = [mover(f"T{i:03d}", float(w["launch"][i]), float(w["speed"][i]), float(w["alt"][i]), way) for i, way in enumerate(w["way"])]
    for i, (base, cap) in enumerate(zip(w["f_base"], w["f_cap"])):
        home = w["cap"][cap] if cap >= 0 else w["base"][base]
        km = np.array([0.0, 40.0]) if cap >= 0 else np.array([100.0 / np.cos(np.radians(home[1])), 0.0])
        away = home + np.degrees(km * 1_000.0 / RE)
        there = RE * angle(unit(home[None]), unit(away[None]))[0] / FIGHTER_CRUISE
        start = 0.0 if cap >= 0 else QRA_S
        times = int(np.ceil((HORIZON - start) / there)) + 1
        found.append(mover(f"F{i:03d}", start, FIGHTER_CRUISE, FIGHTER_ALT_M, np.array([home, away] * times)[: times + 1]))
    return found


def told(work: Callable[[], dict[str, Any]], nights: int = 1) -> None:
    """Do the work, and print seconds of wall clock and of processor time a night as one line of JSON, with what the work returns."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    print(json.dumps({"wall_s": (time.perf_counter() - wall) / nights, "cpu_s": (time.process_time() - cpu) / nights} | found))
