"""Workload W: an invented theatre with a raid, fighters, batteries and radars, all drawn from one seed. NumPy only; imports nothing of the package.

    python benchmarks/make_w.py w.json          # W as JSON
    python benchmarks/make_w.py w.json 1200     # with ten times the threats

Places are longitude and latitude in degrees on a sphere of 6,371,008.8 m; other units are m, s, m/s. Nothing here stands for a place, a weapon or a plan.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

RE = 6371008.8
LON = (14.0, 41.0)
LAT = (43.0, 53.0)
HORIZON = 28800.0  # 8 h
TRACK_S = 30.0
FIGHTER_V = 1400 / 3.6
FIGHTER_CRUISE = 900 / 3.6
FIGHTER_R = 50e3
FIGHTER_SHOTS = 6
FIGHTER_ENDUR = 2.5 * 3600
FIGHTER_TURN = 3600.0
QRA_S = 900.0
FIGHTER_TOF = 30.0
SAM_V = 1000.0
SAM_REACT = 10.0
SAM_SHOTS = 8
SAM_RELOAD = 1800.0
LAUNCH_SPREAD = 7200.0
ASSESS_S = 10.0


def blob(rng: np.random.Generator, n: int, lon0: float, lat0: float, rx: float, ry: float, rough: float = 0.06) -> np.ndarray:
    """A rough ellipse about (lon0, lat0) with half axes rx and ry, degrees; (n, 2) vertices, in order."""
    th = np.arange(n) * 2 * np.pi / n
    r = np.ones(n)
    for k in range(2, 24):
        r += rough / k**0.7 * rng.normal() * np.cos(k * th + rng.uniform(0, 2 * np.pi))
    r = np.clip(r, 0.6, 1.4)
    return np.column_stack([lon0 + rx * r * np.cos(th), lat0 + ry * r * np.sin(th)])


def make_w(
    T: int = 120, F: int = 48, G: int = 60, R: int = 30, B: int = 8, S: int = 8, seed: int = 1, nv_border: int = 500, nv_kill: int = 120
) -> dict[str, Any]:
    """W with T threats, F fighters on B bases (a third of them at S patrol stations), G batteries, R radars; polygons of nv_border and nv_kill vertices.

    Plain arrays by name: `kind` (1 cruise missile, 0 drone), `speed`, `alt`, `launch`, `pk_threat` and `way` (a list of (n, 2)) of the threats; `base`, `cap`,
    `f_base`, `f_cap` (-1: on alert at its base), `f_pk`; `bat`, `bat_r`, `bat_pk`; `rad`, `rad_r`, `rad_h`; `border` and `kz`, the zone of fire.
    """
    rng = np.random.default_rng(seed)
    border = blob(rng, nv_border, 26.0, 48.0, 9.0, 3.8)
    kz = blob(rng, nv_kill, 25.5, 48.0, 8.2, 3.4)
    n_cm = int(round(0.3 * T))
    kind = np.array([1] * n_cm + [0] * (T - n_cm))
    rng.shuffle(kind)
    speed = np.where(kind == 1, 800 / 3.6, 180 / 3.6)
    alt = np.where(kind == 1, rng.uniform(60, 100, T), rng.uniform(200, 2500, T))
    pk_threat = np.where(kind == 1, 0.9, 1.0)
    way: list[np.ndarray] = []
    for i in range(T):
        n = rng.integers(3, 7)
        # drones start nearer the border so that 8 h of flight suffices
        lo = rng.uniform(36.5, 40.9) if kind[i] else rng.uniform(35.5, 38.5)
        start = np.array([lo, rng.uniform(44.5, 51.5)])
        end = np.array([rng.uniform(20.0, 31.0), rng.uniform(45.5, 50.5)])
        f = np.sort(rng.uniform(0.08, 0.92, n - 2))
        mid = start + f[:, None] * (end - start) + rng.normal(0, 0.6, (n - 2, 2))
        w = np.vstack([start, mid, end])
        w[:, 0] = np.clip(w[:, 0], *LON)
        w[:, 1] = np.clip(w[:, 1], *LAT)
        way.append(w)
    launch = rng.uniform(0, LAUNCH_SPREAD, T)
    base = np.column_stack([rng.uniform(18.5, 31.0, B), rng.uniform(45.6, 50.4, B)])
    cap = np.column_stack([rng.uniform(26.0, 33.0, S), rng.uniform(45.8, 50.2, S)])
    f_base = np.arange(F) % B
    f_cap = np.full(F, -1)
    ncap = F // 3
    f_cap[:ncap] = np.arange(ncap) % S
    f_pk = rng.uniform(0.6, 0.8, F)
    bat = np.column_stack([rng.uniform(18.5, 33.5, G), rng.uniform(45.2, 50.8, G)])
    bat_r = rng.uniform(20e3, 70e3, G)
    bat_pk = rng.uniform(0.5, 0.8, G)
    rad = np.column_stack([rng.uniform(18.0, 34.5, R), rng.uniform(44.8, 51.2, R)])
    rad_r = rng.uniform(150e3, 400e3, R)
    rad_h = rng.uniform(10, 40, R)
    return {
        "T": T, "F": F, "G": G, "R": R, "B": B, "S": S, "kind": kind, "speed": speed, "alt": alt, "way": way, "launch": launch, "base": base, "cap": cap,
        "f_base": f_base, "f_cap": f_cap, "f_pk": f_pk, "bat": bat, "bat_r": bat_r, "bat_pk": bat_pk, "rad": rad, "rad_r": rad_r, "rad_h": rad_h,
        "border": border, "kz": kz, "pk_threat": pk_threat,
    }  # fmt: skip


def to_json(w: dict[str, Any]) -> dict[str, Any]:
    """The same with lists in place of arrays."""

    def listed(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return value.tolist()
        return [listed(item) for item in value] if isinstance(value, list) else value

    return {name: listed(value) for name, value in w.items()}


if __name__ == "__main__":
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "w.json")
    out.write_text(json.dumps(to_json(make_w(T=int(sys.argv[2]) if len(sys.argv) > 2 else 120))), encoding="utf-8")
    print("wrote", out)
