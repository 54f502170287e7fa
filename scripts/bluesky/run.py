"""Do the raid generator's flights agree with those of another simulator's traffic over the same way-points, to within that simulator's time step?

    python scripts/bluesky/run.py                          # both nights, steps of 1 s and 0.2 s, and the planted faults
    python scripts/bluesky/run.py --steps 0.05 --fleets missiles --no-faults
    python scripts/bluesky/run.py --keep FOLDER            # leaves routes and tracks there

BlueSky (`bluesky-simulator`, TU Delft) is put into an environment of its own, `.venv-bluesky`, from `requirements.txt` beside this file, pinned by hash; it
runs there as a separate process. Files go between: `export.py` writes way-points, `fly.py` writes tracks, `compare.py` says how far they are apart and how
far they may be. Exits with 1 where a position or a border's passage is farther off than the bound, where a route cannot be rebuilt, or where a planted
fault is not noticed.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import json
import math
import os
import subprocess
import sys
import tempfile
import time
import venv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from compare import Crossing, Difference, compare, crossings_of
from export import compiled, crossing_orders, raid_orders, routes_of, write_routes

from zaslin.atlas.ground import Ground, load_ground

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NIGHTS = ("2023-12-29", "2023-09-04")
"""Cruise missiles and drones toward all of Ukraine, and drones toward the Danube ports."""

COUNTRIES = ("PL", "RO")
CROSSING = 12
"""Routes into each of these countries that are searched out for each night; a plain raid has hardly any."""

SEED = 7
STEPS = (1.0, 0.2)
FLEETS = ("missiles", "drones")

UNTIL_S = {"missiles": 10_800.0, "drones": 25_200.0}
"""At steps below a second flights are compared up to three and seven hours from launch, to save minutes; the longest have failed to turn and fly straight."""

FAULTS = {
    "speed": "0.2 % too fast",
    "way-point": "one way-point 1 km aside",
    "bank": "5° less bank",
    "corner": "one corner cut for flown over, or the other way",
}
FAULTY = 12
"""Missiles' routes that fly with each fault."""

FAULT_STEP = 0.2
NOTICED = 0.75
"""Part of its routes on which a fault must be noticed."""


def environment(folder: Path) -> Path:
    """BlueSky's interpreter; its environment is made, or made again where the pinned list is another, by pip."""
    pins = HERE / "requirements.txt"
    python = folder / "bin" / "python"
    ready = folder / f".ready-{hashlib.sha256(pins.read_bytes()).hexdigest()[:16]}"
    if not ready.exists():
        print(f"putting BlueSky into {folder} (pinned by hash; some 150 MB of downloads the first time)", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--no-deps", "--require-hashes", "-r", pins], check=True)
        ready.touch()
    return python


def place() -> Path:
    """The folder of BlueSky's environment: ZASLIN_BLUESKY, or .venv-bluesky in the checkout."""
    return Path(os.environ.get("ZASLIN_BLUESKY") or ROOT / ".venv-bluesky")


def until_s(fleet: str, step: float) -> float:
    """How long a fleet's flights are compared at a step, s."""
    return UNTIL_S[fleet] if step < 1.0 else math.inf


def fly(python: Path, folder: Path, routes: Path, fleet: str, step: float) -> dict[str, np.ndarray]:
    """Tracks of one fleet of a file of routes at one step, flown in a process of BlueSky's own."""
    tracks = folder / f"{routes.stem}-{fleet}-{step}.npz"
    asked = [python, HERE / "fly.py", routes, tracks, "--fleet", fleet, "--step", str(step), "--until", str(until_s(fleet, step)), "--work", folder / "bluesky"]
    done = subprocess.run(asked, capture_output=True, text=True, env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"})
    if done.returncode:
        raise SystemExit(f"BlueSky stopped:\n{done.stdout[-1500:]}\n{done.stderr[-3000:]}")
    print(done.stderr.strip().splitlines()[-1], file=sys.stderr)
    with np.load(tracks) as read:
        return dict(read)


def compared(routes: Sequence[dict[str, Any]], tracks: dict[str, np.ndarray], step: float) -> list[Difference]:
    """Every route of a fleet against its track; the tracks' columns are in the routes' order."""
    return [compare(route, tracks["t"], tracks["lat"][:, i], tracks["lon"][:, i], step) for i, route in enumerate(routes)]


def with_fault(route: dict[str, Any], fault: str) -> dict[str, Any]:
    """A copy of a route with one fault in what BlueSky is told; its path stays. Raises ValueError where the route has no place for it."""
    wrong = copy.deepcopy(route)
    turn = max(route["turns"], key=lambda turn: turn["angle_rad"], default=None)
    if fault == "speed":
        wrong["speed_mps"] *= 1.002
    elif turn is None or turn["angle_rad"] < 0.5:
        raise ValueError(f"{route['name']} has no turn for a fault")
    elif fault == "way-point":
        wrong["points"][turn["point"]][0] += 1_000.0 / 111_195.0
    elif fault == "bank":
        wrong["bank_rad"] -= np.radians(5.0)
    else:
        wrong["over"][turn["point"]] = not turn["over"]
    return wrong


def noticed(python: Path, folder: Path, routes: Sequence[dict[str, Any]]) -> list[str]:
    """Fly routes with planted faults; prints how many of each were noticed, and returns the faults that were not, on enough of their routes."""
    sound, flown, kinds = [], [], []
    for fault in FAULTS:
        n = 0
        for route in routes:
            if n == FAULTY or route["path"][-1][2] > 9_000.0 or route["fleet"] != "missiles" or any(turn["other_way"] for turn in route["turns"]):
                continue
            try:
                flown.append(with_fault(route, fault))
            except ValueError:
                continue
            sound.append(route)
            kinds.append(fault)
            n += 1
    file = folder / "faults.json"
    file.write_text(json.dumps({"routes": flown}), encoding="utf-8")
    tracks = fly(python, folder, file, "missiles", FAULT_STEP)
    off = [float(difference.of_bound.max()) for difference in compared(sound, tracks, FAULT_STEP)]
    print("\n| planted fault | routes | noticed | off, of the bound: least | median |\n| --- | --- | --- | --- | --- |")
    missed = []
    for fault, what in FAULTS.items():
        mine = np.array([value for value, kind in zip(off, kinds, strict=True) if kind == fault])
        print(f"| {what} | {len(mine)} | {(mine > 1.0).sum()} | {mine.min():.1f} | {np.median(mine):.1f} |")
        if (mine > 1.0).mean() < NOTICED:
            missed.append(fault)
    return missed


def spread(values: np.ndarray) -> str:
    """Median, 95 % and maximum, m."""
    return f"{np.median(values):.1f} | {np.quantile(values, 0.95):.1f} | {values.max():.1f}" if len(values) else "– | – | –"


def show(title: str, differences: Sequence[Difference], step: float, speeds: np.ndarray) -> None:
    """The table of one fleet at one step."""
    print(f"\n{title}, step {step:g} s ({np.median(speeds) * step:.1f} m of way in the median): differences, m\n")
    print("| where | | median | 95 % | largest |\n| --- | --- | --- | --- | --- |")
    for where, turning in (("along legs", False), ("in turns", True)):
        for name, values in (("along the track", "along_m"), ("across it", "cross_m")):
            sizes = np.concatenate([np.abs(getattr(item, values)[item.turning == turning]) for item in differences])
            print(f"| {where} | {name} | {spread(sizes)} |")
    print(f"| whole route | largest of each | {spread(np.array([item.apart_m.max() for item in differences]))} |")
    print(f"| bound at its end | step | {spread(np.array([item.step_m[-1] for item in differences]))} |")
    print(f"| | geometry | {spread(np.array([item.geometry_m[-1] for item in differences]))} |")
    share = np.array([item.of_bound.max() for item in differences])
    worst = differences[int(share.argmax())].name
    print(f"\nLargest difference as a share of the bound: {np.median(share):.2f} in the median, {share.max():.2f} at most ({worst}).")
    left = Counter(item.left_out for item in differences if item.left_out)
    cut = "".join(f"; {n} of them only until the path {why}" for why, n in left.items())
    ends = "" if until_s(title, step) == math.inf else f" or for {until_s(title, step) / 3_600.0:g} hours"
    print(f"{len(differences)} routes, compared to their ends{ends}{cut}.")


def show_crossings(passages: Sequence[Crossing]) -> None:
    """The table of border passages of one fleet at one step."""
    print("\n| border | passages | time apart, s: median | 95 % | largest | path off the border then, m: largest | grazed by one only |\n" + "| --- " * 7 + "|")
    for country in dict.fromkeys(item.country for item in passages):
        own = [item for item in passages if item.country == country]
        times = np.array([abs(item.path_s - item.track_s) for item in own if np.isfinite(item.path_s)])
        away = max((item.away_m for item in own if np.isfinite(item.path_s)), default=0.0)
        timed = f"{np.median(times):.2f} | {np.quantile(times, 0.95):.2f} | {times.max():.2f}" if len(times) else "– | – | –"
        print(f"| {country} | {len(own)} | {timed} | {away:.1f} | {sum(not np.isfinite(item.path_s) for item in own)} |")


def draw(ground: Ground, nights: Sequence[str]) -> tuple[list[Any], list[str], dict[str, np.ndarray]]:
    """Routes of one raid of each night and of such as enter a neighbour, the names of those that could not be rebuilt, and each night's near raster."""
    routes, lost, near = [], [], {}
    for night in nights:
        inputs = compiled(night, ground, SEED)
        near[night] = inputs.night.near
        sets = [("", raid_orders(inputs, 0), list(inputs.names))]
        for country in COUNTRIES:
            orders = crossing_orders(inputs, ground, SEED, country, CROSSING)
            sets.append((country, orders, [f"{night}/{country}-{i}" for i in range(len(orders))]))
        for country, orders, names in sets:
            if len(orders):
                found, missing = routes_of(inputs, ground, SEED, orders, names, country)
                routes += found
                lost += missing
    return routes, lost, near


def main() -> int:
    """Export, fly, compare, tell."""
    ask = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ask.add_argument("--steps", type=float, nargs="+", default=list(STEPS), help="BlueSky's time steps, s")
    ask.add_argument("--fleets", nargs="+", default=list(FLEETS), choices=FLEETS)
    ask.add_argument("--nights", nargs="+", default=list(NIGHTS))
    ask.add_argument("--no-faults", action="store_true", help="plant no faults")
    ask.add_argument("--keep", type=Path, help="a folder for routes and tracks, left there")
    given = ask.parse_args()
    python = environment(place())
    began = time.time()
    ground = load_ground()
    drawn, lost, near = draw(ground, given.nights)
    faults: list[str] = [f"{name} could not be rebuilt: its path is not what its way-points give" for name in lost]
    with tempfile.TemporaryDirectory() as temporary:
        folder = (given.keep or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        write_routes(folder / "routes.json", drawn)
        routes = json.loads((folder / "routes.json").read_text(encoding="utf-8"))["routes"]
        for fleet in given.fleets:
            own = [route for route in routes if route["fleet"] == fleet]
            for step in given.steps:
                tracks = fly(python, folder, folder / "routes.json", fleet, step)
                differences = compared(own, tracks, step)
                show(fleet, differences, step, np.array([route["speed_mps"] for route in own]))
                passages: list[Crossing] = []
                for i, route in enumerate(own):
                    passages += crossings_of(route, tracks["t"], tracks["lat"][:, i], tracks["lon"][:, i], step, ground, near[route["night"]])
                show_crossings(passages)
                for item in differences:
                    if item.of_bound.max() > 1.0:
                        faults.append(
                            f"{item.name}, step {step:g} s: {item.apart_m[item.of_bound.argmax()]:.0f} m apart, {item.of_bound.max():.2f} of the bound"
                        )
                for passage in passages:
                    if not passage.holds:
                        faults.append(f"{passage.name} and the border of {passage.country}: {passage.away_m:.0f} m off, bound {passage.bound_m:.0f} m")
        if not given.no_faults:
            faults += [f"the planted fault in {fault} was not noticed on enough routes" for fault in noticed(python, folder, routes)]
    print(
        f"\n{len(drawn)} routes, {len(lost)} not rebuilt; {(time.time() - began) / 60:.0f} minutes. "
        + ("The two agree." if not faults else "They do NOT agree:")
    )
    for fault in faults:
        print(f"  {fault}")
    return int(bool(faults))


if __name__ == "__main__":
    raise SystemExit(main())
