"""Way-points flown by BlueSky's traffic, detached: no socket, no window, no clock but its own. Run by BlueSky's own interpreter; imports nothing of zaslin's.

    python fly.py ROUTES.json TRACKS.npz --fleet missiles --step 0.05 --work FOLDER

Settings, and why: no performance model (BlueSky's base class, which limits nothing: the types of its models are airliners); no conflict detection or
resolution (its defaults: off), no wind, no turbulence; autopilot in LNAV over way-points that are flown by or over as the routes say, at the routes' bank
angle; speed and altitude selected once. The step is BlueSky's `simdt`.

After each turn, and every second of the last minute before a turn that cuts its corner, the leg is activated anew (BlueSky's DIRECT to the same
way-point). For BlueSky works out where such a turn begins once, as the leg becomes active: from the bearing at the place where the last turn *began*, and on
a leg of hundreds of kilometres the bearing of a great circle at its end is another than at its beginning.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

LAST_S = 60.0
"""How long before a turn the leg is activated anew each second, s."""

SETTINGS = """
performance_model = 'perfbase'
prefer_compiled = False
enabled_plugins = []
simdt = {step!r}
navdata_path = 'navdata'
perf_path = 'performance'
scenario_path = 'scenario'
plugin_path = 'plugins'
log_path = 'output'
cache_path = 'cache'
"""


def start(folder: Path, step: float):
    """BlueSky with its settings in a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / f"settings-{step}.cfg"
    config.write_text(SETTINGS.format(step=step), encoding="utf-8")
    import bluesky

    bluesky.init(mode="sim", detached=True, workdir=str(folder), configfile=str(config))
    return bluesky


def create(bs, routes: list[dict]) -> None:
    """One aircraft a route at its launch place, on its first leg's course, with its way-points."""
    from bluesky.tools import geo
    from bluesky.tools.aero import vtas2cas

    start_deg = np.array([route["points"][0] for route in routes])
    first_deg = np.array([route["points"][1] for route in routes])
    speed, alt = (np.array([route[name] for route in routes]) for name in ("speed_mps", "alt_m"))
    heading, _ = geo.qdrdist(start_deg[:, 0], start_deg[:, 1], first_deg[:, 0], first_deg[:, 1])
    names = [f"Z{i:04d}" for i in range(len(routes))]
    bs.traf.cre(names, "NONE", start_deg[:, 0].copy(), start_deg[:, 1].copy(), heading, alt, vtas2cas(speed, alt))
    for i, route in enumerate(routes):
        bs.traf.ap.bankdef[i] = route["bank_rad"]
        plan = bs.traf.ap.route[i]
        for (lat, lon), over in zip(route["points"][1:], route["over"][1:], strict=True):
            plan.swflyby = not over
            plan.addwpt(i, names[i], plan.wplatlon, lat, lon)


def fly(bs, routes: list[dict], step: float, sample: float, until: float) -> dict[str, np.ndarray]:
    """Positions every `sample` seconds until the last route's end, `until` at most; times in s since launch, degrees, (times, routes)."""
    create(bs, routes)
    every = round(sample / step)
    if abs(every * step - sample) > 1e-9:
        raise SystemExit(f"--sample {sample} is not a multiple of --step {step}")
    steps = every * int(np.ceil(min(max(route["path"][-1][2] for route in routes), until) / sample))
    traf, plans = bs.traf, bs.traf.ap.route
    at = np.array([plan.iactwp for plan in plans])
    speed = np.array([route["speed_mps"] for route in routes])
    second = max(round(1.0 / step), 1)
    fresh = np.zeros(len(routes), dtype=bool)
    lat, lon, off_speed = [traf.lat.copy()], [traf.lon.copy()], 0.0
    bs.sim.op()
    for k in range(1, steps + 1):
        bs.sim.step()
        for i in traf.ap.idxreached:
            if plans[i].iactwp != at[i]:
                at[i], fresh[i] = plans[i].iactwp, True
        due = fresh & ~traf.swhdgsel
        if k % second == 0:
            due |= traf.swlnav & ~traf.swhdgsel & (traf.actwp.flyby > 0) & (traf.ap.dist2wp < traf.actwp.turndist + LAST_S * speed)
        for i in np.flatnonzero(due):
            plans[i].direct(int(i), plans[i].wpname[plans[i].iactwp])
            fresh[i] = False
        if k % every == 0:
            lat.append(traf.lat.copy())
            lon.append(traf.lon.copy())
            off_speed = max(off_speed, float(np.abs(traf.gs / speed - 1.0).max()))
    if abs(bs.sim.simt - steps * step) > 1e-6 or off_speed > 1e-9:
        raise SystemExit(f"BlueSky's clock says {bs.sim.simt} s for {steps} steps of {step} s; ground speed off by {off_speed:.1e}")
    return {"t": np.arange(len(lat)) * sample, "lat": np.array(lat), "lon": np.array(lon)}


def main() -> int:
    """Fly one fleet of a file of routes."""
    ask = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ask.add_argument("routes", type=Path)
    ask.add_argument("tracks", type=Path)
    ask.add_argument("--fleet", required=True)
    ask.add_argument("--step", type=float, required=True, help="BlueSky's time step, s")
    ask.add_argument("--sample", type=float, default=1.0, help="positions are written every so many seconds")
    ask.add_argument("--until", type=float, default=np.inf, help="fly no longer than this, s")
    ask.add_argument("--work", type=Path, required=True, help="BlueSky's own folder (settings, cache)")
    given = ask.parse_args()
    routes = [route for route in json.loads(given.routes.read_text(encoding="utf-8"))["routes"] if route["fleet"] == given.fleet]
    bs = start(given.work.resolve(), given.step)
    began = time.time()
    tracks = fly(bs, routes, given.step, given.sample, given.until)
    np.savez_compressed(given.tracks, **tracks)
    print(f"{len(routes)} {given.fleet}, {tracks['t'][-1]:,.0f} s in steps of {given.step} s: {time.time() - began:.0f} s", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
