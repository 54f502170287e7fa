"""The aircraft of workload W in BlueSky's traffic, detached, 1 s steps: `python bluesky_traffic.py REPLICATE`. Prints its seconds as JSON.

Its fastest settings: no performance model, no conflict detection, no wind, compiled geometry where the installation has it. An aircraft is created as it
starts and deleted as it arrives; its autopilot flies the way-points. Reading settings and navigation data is not in the seconds.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from movers import Mover, movers, told

from make_w import HORIZON

BANK_RAD = np.radians(85.0)
"""W's threats turn at once, some of them nearly back. At an airliner's bank BlueSky misses such way-points and circles."""

SETTINGS = """
performance_model = 'perfbase'
prefer_compiled = True
enabled_plugins = []
simdt = 1.0
navdata_path = 'navdata'
perf_path = 'performance'
scenario_path = 'scenario'
plugin_path = 'plugins'
log_path = 'output'
cache_path = 'cache'
"""


def start(folder: Path) -> Any:
    """BlueSky with its settings in a folder of its own."""
    config = folder / "settings.cfg"
    config.write_text(SETTINGS, encoding="utf-8")
    import bluesky

    bluesky.init(mode="sim", detached=True, workdir=str(folder), configfile=str(config))
    return bluesky


def create(bs: Any, item: Mover) -> None:
    """One aircraft with its way-points, under LNAV."""
    from bluesky.tools import geo
    from bluesky.tools.aero import vtas2cas

    (lon, lat), (lon_to, lat_to) = item.way[:2]
    heading, _ = geo.qdrdist(lat, lon, lat_to, lon_to)
    cas = vtas2cas(np.array([item.speed_mps]), np.array([item.alt_m]))
    bs.traf.cre([item.name], "NONE", np.array([lat]), np.array([lon]), np.array([heading]), np.array([item.alt_m]), cas)
    i = bs.traf.id2idx(item.name)
    bs.traf.ap.bankdef[i] = BANK_RAD
    plan = bs.traf.ap.route[i]
    plan.swflyby = False
    for lon_to, lat_to in item.way[1:]:
        plan.addwpt(i, item.name, plan.wplatlon, lat_to, lon_to)


def fly(bs: Any, items: list[Mover]) -> dict[str, Any]:
    """The whole horizon; how far threats were from their aims as they were deleted, m (median and most), and how many aircraft flew in the mean."""
    from bluesky.tools import geo

    waiting = sorted(items, key=lambda item: item.start_s)
    ends = sorted((float(item.times_s[-1]), item) for item in items if item.name.startswith("T"))
    flown, off = 0, []
    bs.sim.op()
    for k in range(int(HORIZON)):
        while waiting and waiting[0].start_s <= k:
            create(bs, waiting.pop(0))
        while ends and ends[0][0] <= k:
            _, item = ends.pop(0)
            i = bs.traf.id2idx(item.name)
            _, away_nm = geo.qdrdist(bs.traf.lat[i], bs.traf.lon[i], item.way[-1, 1], item.way[-1, 0])
            off.append(float(away_nm) * 1_852.0)
            bs.traf.delete(i)
        bs.sim.step()
        flown += bs.traf.ntraf
    return {"aircraft": flown / HORIZON, "off_median_m": float(np.median(off)), "off_m": max(off), "clock_s": bs.sim.simt}


def main() -> None:
    """One night."""
    items = movers(int(sys.argv[1]))
    with tempfile.TemporaryDirectory() as folder:
        bs = start(Path(folder))
        told(lambda: fly(bs, items))


if __name__ == "__main__":
    main()
