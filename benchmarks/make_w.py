"""Common workload W: a synthetic, unclassified air-shield scenario.  NumPy only.

make_w(T, F, G, R, seed) -> dict of plain arrays/lists; `python make_w.py out.json` writes JSON.
All positions are lon/lat degrees on a sphere of radius 6371008.8 m; everything is invented.
"""

import json
import sys

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


def blob(rng, n, lon0, lat0, rx, ry, rough=0.06):
    th = np.arange(n) * 2 * np.pi / n
    r = np.ones(n)
    for k in range(2, 24):
        r += rough / k**0.7 * rng.normal() * np.cos(k * th + rng.uniform(0, 2 * np.pi))
    r = np.clip(r, 0.6, 1.4)
    return np.column_stack([lon0 + rx * r * np.cos(th), lat0 + ry * r * np.sin(th)])


def make_w(T=120, F=48, G=60, R=30, B=8, S=8, seed=1, nv_border=500, nv_kill=120):
    rng = np.random.default_rng(seed)
    border = blob(rng, nv_border, 26.0, 48.0, 9.0, 3.8)
    kz = blob(rng, nv_kill, 25.5, 48.0, 8.2, 3.4)
    n_cm = int(round(0.3 * T))
    kind = np.array([1] * n_cm + [0] * (T - n_cm))
    rng.shuffle(kind)
    speed = np.where(kind == 1, 800 / 3.6, 180 / 3.6)
    alt = np.where(kind == 1, rng.uniform(60, 100, T), rng.uniform(200, 2500, T))
    pk_threat = np.where(kind == 1, 0.9, 1.0)
    way = []
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
    return dict(
        T=T,
        F=F,
        G=G,
        R=R,
        B=B,
        S=S,
        kind=kind,
        speed=speed,
        alt=alt,
        way=way,
        launch=launch,
        base=base,
        cap=cap,
        f_base=f_base,
        f_cap=f_cap,
        f_pk=f_pk,
        bat=bat,
        bat_r=bat_r,
        bat_pk=bat_pk,
        rad=rad,
        rad_r=rad_r,
        rad_h=rad_h,
        border=border,
        kz=kz,
        pk_threat=pk_threat,
    )


def to_json(w):
    def conv(v):
        if isinstance(v, np.ndarray):
            return v.tolist()
        if isinstance(v, list):
            return [conv(x) for x in v]
        return v

    return {k: conv(v) for k, v in w.items()}


if __name__ == "__main__":
    out = sys.argv[1] if len(sys.argv) > 1 else "w.json"
    T = int(sys.argv[2]) if len(sys.argv) > 2 else 120
    json.dump(to_json(make_w(T=T)), open(out, "w"))
    print("wrote", out)
