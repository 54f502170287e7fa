"""The flights against another simulator's: the way-points handed over, the measure of how far two flights are apart, and (where it is there) BlueSky."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from pytest import approx
from small_worlds import BIG

from zaslin.plane import along, distance_m, project, unproject
from zaslin.units import EARTH_RADIUS_M
from zaslin.world.raid import draw_raid
from zaslin.world.tagging import route_orders

SCRIPTS = Path(__file__).parents[2] / "scripts" / "bluesky"
V = 200.0


def script(name: str) -> ModuleType:
    """A file of scripts/bluesky under its own name, as its neighbours import it."""
    if name not in sys.modules or Path(sys.modules[name].__file__ or "").parent != SCRIPTS:
        spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
        assert spec is not None and spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


export, compare = script("export"), script("compare")


def straight(lat: float = 47.0, lon: float = 31.0, lat_to: float = 50.0, lon_to: float = 31.0) -> dict:
    """A route of one leg at V."""
    (xa, ya), (xb, yb) = project(lat, lon), project(lat_to, lon_to)
    seconds = float(distance_m(xa, ya, xb, yb)) / V
    path = [[float(xa), float(ya), 0.0], [float(xb), float(yb), seconds]]
    return {"name": "by hand", "speed_mps": V, "radius_m": 7_000.0, "points": [[lat, lon], [lat_to, lon_to]], "over": [False, False], "path": path, "turns": []}


def flown(route: dict, ahead_s: float = 0.0, faster: float = 1.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A track of the straight route: times, latitudes, longitudes, every 10 s."""
    (xa, ya, _), *_, (xb, yb, end) = route["path"]
    t = np.arange(0.0, end, 10.0)
    places = np.array([along(xa, ya, xb, yb, V * faster * (s + ahead_s)) for s in t])
    return t, *unproject(places[:, 0], places[:, 1])


def test_the_way_points_handed_over_are_the_raids(compiled, ground):
    """Law: every steered threat's route is rebuilt, and the path beside its way-points is the raid's to the last bit, less the bends of its altitude."""
    inputs = compiled(BIG)
    raid = draw_raid(inputs, ground, 1, 3)
    routes, lost = export.routes_of(inputs, ground, 1, export.raid_orders(inputs, 3), inputs.names)
    assert lost == [] and len(routes) == 32  # 12 drones and 20 cruise missiles; the other ten fly straight
    for route in routes:
        threat = raid.threats[raid.names.index(route.name)]
        verts = raid.verts[threat["vert_from"] : threat["vert_to"]]
        raids = [(v["x"], v["y"]) for v in verts]  # a vertex more at each bend of a drone's altitude
        assert [place for place in raids if place in {(x, y) for x, y, _ in route.path}] == [(x, y) for x, y, _ in route.path]
        for place, vert in ((route.points[0], verts[0]), (route.points[-1], verts[-1])):
            assert project(*place) == (approx(vert["x"], abs=1e-3), approx(vert["y"], abs=1e-3))


def test_turns_are_where_the_path_turns(compiled, ground):
    """Law, on 400 routes with failures: outside the turns found the path does not bend; a turn flown over passes its point, the others do not."""
    inputs = compiled(BIG)
    orders = route_orders(inputs, 1, 1, 0, 0, 400)
    routes, lost = export.routes_of(inputs, ground, 1, orders, [str(i) for i in range(400)])
    assert lost == [] and len(routes) == 400
    seen = set()
    for route in routes:
        path = np.array(route.path)
        bends = np.diff(np.unwrap(np.arctan2(*np.diff(path[:, :2], axis=0).T)))
        inner = np.zeros(len(path), dtype=bool)
        for turn in route.turns:
            inner[turn.first : turn.last + 1] = True
            near = np.hypot(*(path[turn.first : turn.last + 1, :2] - project(*route.points[turn.point])).T).min()
            assert (near < export.OVER_M) == turn.over
            seen.add((turn.over, turn.other_way))
        assert np.abs(bends[~inner[1:-1]]).max(initial=0.0) < 1e-6
    assert {(True, False), (False, False), (True, True)} <= seen


def test_a_track_ahead_and_aside_is_told_so():
    """By hand: 30 m ahead is 0.15 s at 200 m/s, and 40 m to the left of a course due north is 40 m west: 50 m in all."""
    route = straight()
    t, lat, lon = flown(route, ahead_s=0.15)
    lon = lon - np.degrees(40.0 / (EARTH_RADIUS_M * np.cos(np.radians(lat))))
    off = compare.compare(route, t, lat, lon, 1.0)
    assert off.along_m == approx(30.0, abs=0.02) and off.cross_m == approx(40.0, abs=0.02) and off.apart_m == approx(50.0, abs=0.02)
    assert not off.turning.any() and off.left_out == ""


def test_the_bound_by_hand():
    """At t = 1,000 s, 200 km on: 1 s of way is 200 m; the parallels add tan(50°) · 200 / 6,371.0088 = 0.0374 of it, a right angle sin 45° = 0.7071 of it.
    Geometry: 8.8 m of radius in 6,371,008.8 over 200 km is 0.28 m; nine chords of 10° of 7 km: 7,000 · (1 − cos 5°) = 26.64 m and
    7,000 · π/2 · (1 − sin 5° / 5°) = 13.95 m.
    """
    route = straight()
    step, geometry = compare.bound_m(route, np.array([1_000.0]), 1.0)
    assert step[0] == approx(200.0 * 1.03741, abs=0.01) and geometry[0] == approx(0.276, abs=0.001)
    x, y = project(49.0, 31.0)
    route["path"].insert(1, [float(x), float(y), 500.0])
    route["points"].insert(1, [49.0, 31.0])
    route["turns"] = [{"point": 1, "first": 1, "last": 1, "angle_rad": np.pi / 2, "pieces": 9, "over": True, "other_way": False}]
    step, geometry = compare.bound_m(route, np.array([400.0, 1_000.0]), 1.0)
    assert step[1] - step[0] == approx(200.0 * (0.70711 + 0.03741 * 0.6), abs=0.01)
    assert geometry[1] == approx(0.276 + 26.64 + 13.95, abs=0.02)  # at the plane's centre circles are circles


@pytest.mark.parametrize(("faster", "holds"), [(1.0, True), (1.002, False)])
def test_a_wrong_speed_leaves_the_bound(faster, holds):
    """By hand: 0.2 % of 334 km is 667 m; the bound at a step of 1 s is 200 · 1.06 + 0.5 m."""
    route = straight()
    assert (compare.compare(route, *flown(route, faster=faster), 1.0).of_bound.max() < 1.0) == holds


@pytest.mark.parametrize(("late_m", "holds"), [(50.0, True), (2_000.0, False)])
def test_a_border_is_passed_when_the_track_passes_it(flat, late_m, holds):
    """By hand: due west into the flat Poland at x = −100 km; a track 50 m behind passes 0.25 s later, the path then 50 m inside (plane scale: 0.1 %)."""
    ya = float(project(49.0, 31.0)[1])
    path = [[50e3, ya, 0.0], [-150e3, ya, float(distance_m(50e3, ya, -150e3, ya)) / V]]
    ends = np.column_stack(unproject(*np.array(path)[:, :2].T)).tolist()
    route = straight() | {"path": path, "points": ends}
    found = compare.crossings_of(route, *flown(route, ahead_s=-late_m / V), 1.0, flat, np.min(flat.fields.distance[1:], axis=0))
    entries = [item for item in found if item.entry]
    assert [item.country for item in entries] == ["PL"]
    assert entries[0].track_s - entries[0].path_s == approx(late_m / V, abs=0.01)
    assert entries[0].away_m == approx(late_m, rel=0.002) and entries[0].holds == holds


def test_what_flies_by_other_rules_is_cut_off_there():
    """Law: a turn that goes the long way round ends the comparison as it begins."""
    route = straight()
    x, y = project(48.0, 31.0)
    route["path"].insert(1, [float(x), float(y), 556.0])
    route["turns"] = [{"point": 0, "first": 1, "last": 2, "angle_rad": 4.0, "pieces": 23, "over": True, "other_way": True}]
    off = compare.compare(route, *flown(route), 1.0)
    assert off.left_out and off.t[-1] <= 556.0 < route["path"][-1][2]


def test_bluesky_flies_the_same_routes(compiled, ground, tmp_path):
    """Record: BlueSky's own traffic over six routes at a step of 1 s; the bound notices a speed that is 0.5 % off and a way-point 3 km aside."""
    run = script("run")
    place = run.place()
    if not list(place.glob(".ready-*")):
        pytest.skip(f"needs BlueSky in an environment of its own ({place.name} is not there; `make kinematics` makes it, or set ZASLIN_BLUESKY)")
    inputs = compiled(BIG)
    drawn, _ = export.routes_of(inputs, ground, 1, export.raid_orders(inputs, 3), inputs.names)
    short = [
        route for route in drawn if route.fleet == "missiles" and route.turns and route.path[-1][2] < 6_000.0 and not any(t.other_way for t in route.turns)
    ]
    export.write_routes(tmp_path / "routes.json", short[:6])
    routes = json.loads((tmp_path / "routes.json").read_text(encoding="utf-8"))["routes"]
    wrong = [dict(route) for route in routes]
    for route in wrong[:3]:
        route["speed_mps"] = 1.005 * route["speed_mps"]
    for route in wrong[3:]:
        point = max(route["turns"], key=lambda turn: turn["angle_rad"])["point"]
        route["points"] = [[lat + (3.0 / 111.2 if i == point else 0.0), lon] for i, (lat, lon) in enumerate(route["points"])]
    (tmp_path / "all.json").write_text(json.dumps({"routes": routes + wrong}), encoding="utf-8")
    tracks = run.fly(place / "bin" / "python", tmp_path, tmp_path / "all.json", "missiles", 1.0)
    off = [float(item.of_bound.max()) for item in run.compared(routes + routes, tracks, 1.0)]
    assert len(routes) == 6 and max(off[:6]) < 1.0 < min(off[6:])


def test_nothing_of_bluesky_is_imported_by_the_project():
    """Law: only the files that BlueSky's own interpreter runs name it, and they name nothing of ours."""
    root = SCRIPTS.parents[1]
    listed = subprocess.run(["git", "grep", "-lE", r"^\s*(import|from) bluesky"], cwd=root, capture_output=True, text=True, env=os.environ)
    if listed.returncode > 1:
        pytest.skip("not a git checkout")
    assert listed.stdout.split() == ["benchmarks/peers/bluesky_traffic.py", "scripts/bluesky/fly.py"]
    assert "import zaslin" not in (text := (SCRIPTS / "fly.py").read_text(encoding="utf-8")) and "from zaslin" not in text
