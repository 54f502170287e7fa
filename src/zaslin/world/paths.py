"""From a plan's way-points to the path that is flown: navigation drift, turns, a failure to turn, altitude and times.

A path is a row of vertices (x, y, t, alt); between two vertices a threat flies a great circle at constant ground speed and linear altitude. Drones climb
out, cruise, come down for a low approach by chance, and dive; cruise missiles hold their altitude from launch to target. There is no wind.
"""

from __future__ import annotations

import numpy as np

from zaslin import draws
from zaslin.atlas.borders import N_INDEXED
from zaslin.atlas.ground import Ground
from zaslin.handed import by_reference
from zaslin.jit import lean
from zaslin.plane import ahead, along, course_rad, distance_m, sin_cos, toward
from zaslin.stack import sort_few, stack_floats
from zaslin.units import EARTH_RADIUS_M, G_MPS2
from zaslin.world.arrays import GROSS_FAILURE, SPOOFED, VERT
from zaslin.world.layer import exposure
from zaslin.world.night_arrays import BALLISTIC, DRONE, PATH, STEERED, Night
from zaslin.world.routes import MAX_WAY, Draft, draw_model, flies_over, plan_route, surely_clear, triangular
from zaslin.world.stays import comes_near

MAX_VERTS = 400
"""Vertices of one path at most: eight turns of up to a full circle in chords of 10 degrees."""

CHORD_RAD = np.radians(10.0)
"""Longest chord of a turn; it cuts the arc by 0.4 % of the radius."""

DRIFT_LENGTH_M = 200_000.0
"""Correlation length of the navigation error along the path, m (assumption, 50–500 km)."""

SHARPEST_FLY_BY_RAD = 2.6
"""A sharper turn is flown over its way-point: the arc before it would begin too far ahead (assumption, 2–3)."""

LEFT_SHARE = 0.1
"""A threat that fails to turn flies on for at least this share of its range (assumption, 0.05–0.2)."""

SALVO_SHARE = 0.1
"""Launches spread over at least this share of the group's window, also where the flight takes longer than the window (assumption, 0.05–0.3)."""

_VERTS_PER_PATH = 32
_MOST_BENDS = 4

PROFILE_POINTS = 11
"""Vertices of a path that climbs and dives."""

MAX_BENDS = 60
"""Chords of a stray flight at most."""

BEND_M = 1.0
"""A bend of the altitude profile this near to a vertex, m, gets none of its own."""

CLIMB_SHARE = 0.1
"""Supersonic and aeroballistic missiles climb and dive over this share of the way each (assumption, 0.05–0.3)."""


@lean
def turn_radius_m(speed_mps, bank_rad):
    """Radius of a level turn, m: v² / (g tan bank).

    >>> round(turn_radius_m(800 / 3.6, 0.6108652) / 1000, 2)
    7.19
    """
    return speed_mps * speed_mps / (G_MPS2 * np.tan(bank_rad))


@lean
def _put(verts, n, x, y):
    """Write a plane point to vertex n unless the array is full; returns the new count."""
    if n < len(verts):
        verts[n].x, verts[n].y = x, y
        return n + 1
    return n


@lean
def _arc(verts, n, cx, cy, x, y, sweep, left):
    """Append the chords of an arc around (cx, cy); (x, y): its first point seen from there, which is put too."""
    pieces = max(int(np.ceil(sweep / CHORD_RAD)), 1)
    step = sweep / pieces if left else -sweep / pieces
    sine, cosine = sin_cos(step)
    n = _put(verts, n, cx + x, cy + y)
    for _ in range(pieces):  # turned on from chord to chord
        x, y = cosine * x - sine * y, sine * x + cosine * y
        n = _put(verts, n, cx + x, cy + y)
    return n


@lean
def fly_legs(way, n_way, over, radius_m, fail_at, fail_m, verts):
    """Put the (x, y) of the path over a plan's points into `verts` (VERT records); returns their number.

    over[i]: the turn at point i begins over it; else before it, on the arc that touches both legs (where the legs are too short for that arc, or the
    turn too sharp, over it). A turn over a point ends on the straight line to the next one. fail_at: the point at which the threat flies
    straight on instead of turning, for fail_m metres (0: none). radius_m: metres on the sphere; arcs are circles of the plane, whose scale
    differs from place to place by up to 2.5 % within 1,000 km of its centre; the mean scale at the point is allowed for.
    """
    n = _put(verts, 0, way[0, 0], way[0, 1])
    px, py = way[0, 0], way[0, 1]
    for i in range(1, n_way - 1):
        ax, ay = way[i, 0], way[i, 1]
        ux, uy = ax - px, ay - py
        first = np.sqrt(ux * ux + uy * uy)
        bx, by = way[i + 1, 0], way[i + 1, 1]
        wx, wy = bx - ax, by - ay
        second = np.sqrt(wx * wx + wy * wy)
        if first < 1.0 or (second < 1.0 and i != fail_at):
            continue
        if i == fail_at:
            break
        ux, uy = ux / first, uy / first
        across, onward = ux * wy - uy * wx, ux * wx + uy * wy
        turn = np.arctan2(across, onward)
        side = 1.0 if turn > 0.0 else -1.0
        scale = np.sqrt(1.0 + (ax * ax + ay * ay) / (EARTH_RADIUS_M * EARTH_RADIUS_M))
        r = radius_m * scale * np.sqrt(scale)
        # the tangent of half the turn
        before_m = r * abs(across) / (second + onward) if abs(turn) < SHARPEST_FLY_BY_RAD else np.inf
        if not over[i] and before_m <= first and before_m <= 0.5 * second:
            tx, ty = ax - before_m * ux, ay - before_m * uy
            cx, cy = tx - side * r * uy, ty + side * r * ux
            sx, sy, sweep = tx - cx, ty - cy, abs(turn)
        else:
            cx, cy = ax - side * r * uy, ay + side * r * ux
            gap = np.sqrt((bx - cx) ** 2 + (by - cy) ** 2)
            if gap <= r:  # the next point lies within this turning circle, so it lies outside the other one
                side = -side
                cx, cy = ax - side * r * uy, ay + side * r * ux
                gap = np.sqrt((bx - cx) ** 2 + (by - cy) ** 2)
            sx, sy = ax - cx, ay - cy
            start = np.arctan2(sy, sx)
            leave = np.arctan2(by - cy, bx - cx) - side * np.arccos(r / gap)
            sweep = (side * (leave - start)) % (2.0 * np.pi)
            if sweep > 2.0 * np.pi - 1e-9:
                sweep = 0.0
        n = _arc(verts, n, cx, cy, sx, sy, sweep, side > 0.0)
        px, py = verts[n - 1].x, verts[n - 1].y
    last = fail_at if fail_at > 0 else n_way - 1
    tx, ty = way[last, 0], way[last, 1]
    n = _put(verts, n, tx, ty)
    if fail_at > 0:
        bx, by = ahead(tx, ty, course_rad(px, py, tx, ty), fail_m)
        n = _put(verts, n, bx, by)
    return n


@lean
def add_drift(drift_m, to_target, seed, replicate, entity, way, n_way):
    """Move a plan's points by the navigation error: a first-order process of the distance flown, standard deviation drift_m east and north.

    The error vanishes at launch. to_target: it is there at the target too (drones: no terminal guidance, so a drone for a port on a border river may come
    down on the other bank); else it vanishes there (cruise missiles correct their course before the target).
    """
    east, north = 0.0, 0.0
    x, y = way[0, 0], way[0, 1]
    for i in range(1, n_way if to_target else n_way - 1):
        flown = distance_m(x, y, way[i, 0], way[i, 1])
        keep = np.exp(-flown / DRIFT_LENGTH_M)
        fresh = drift_m * np.sqrt(1.0 - keep * keep)
        east = keep * east + fresh * draws.normal(seed, replicate, entity, draws.DRIFT, 2 * i)
        north = keep * north + fresh * draws.normal(seed, replicate, entity, draws.DRIFT, 2 * i + 1)
        x, y = way[i, 0], way[i, 1]
        way[i] = toward(x, y, east, north, np.sqrt(east * east + north * north))


@lean
def set_times(verts, n, launch_s, speed_mps):
    """Fill the times of a path flown at constant ground speed from `launch_s`; returns its length, m."""
    length = 0.0
    verts[0].t = launch_s
    for i in range(1, n):
        length += distance_m(verts[i - 1].x, verts[i - 1].y, verts[i].x, verts[i].y)
        verts[i].t = launch_s + length / speed_mps
    return length


@lean
def stray(verts, n, at_s, turn_rad, bend_rad, stray_m):
    """Cut a path at `at_s` and fly on from there, astray; returns the new number of vertices.

    verts[:n]: VERT records with places and times. turn_rad: change of course at the cut; bend_rad: further change, evenly over stray_m metres (chords of at
    most CHORD_RAD). Altitudes and times of the new vertices are not filled.
    """
    i = 0
    while i < n - 2 and verts[i + 1].t <= at_s:
        i += 1
    xa, ya, xb, yb = verts[i].x, verts[i].y, verts[i + 1].x, verts[i + 1].y
    leg_m, leg_s = distance_m(xa, ya, xb, yb), verts[i + 1].t - verts[i].t
    gone_m = leg_m * min(max((at_s - verts[i].t) / leg_s, 0.0), 1.0) if leg_s > 0.0 else 0.0
    x, y = along(xa, ya, xb, yb, gone_m)
    course = course_rad(x, y, xb, yb) if leg_m - gone_m > 1.0 else course_rad(xa, ya, xb, yb)
    n = _put(verts, i + 1, x, y)
    if stray_m < 1.0:
        return n
    pieces = min(max(int(np.ceil(abs(bend_rad) / CHORD_RAD)), 1), MAX_BENDS)
    for j in range(pieces):
        x, y = ahead(x, y, course + turn_rad + bend_rad * (j + 0.5) / pieces, stray_m / pieces)
        n = _put(verts, n, x, y)
    return n


@lean
def profile_m(s, length_m, cruise_m, climb_m, low_alt_m, low_m, dive_m):
    """Altitude at `s` metres of a way of length_m: climb evenly over climb_m (0: none), cruise, come down to low_alt_m for the last low_m (0: not), over
    climb_m again, and dive evenly to the ground over the last dive_m (0: none).

    >>> [profile_m(s, 100e3, 1000.0, 10e3, 200.0, 30e3, 1e3) for s in (0.0, 5e3, 50e3, 65e3, 80e3, 99.5e3, 100e3)]
    [0.0, 500.0, 1000.0, 600.0, 200.0, 100.0, 0.0]
    """
    left = length_m - s
    h = cruise_m
    if low_m > 0.0 and low_alt_m < cruise_m:
        if left <= low_m:
            h = low_alt_m
        elif left - low_m < climb_m:
            h = low_alt_m + (cruise_m - low_alt_m) * (left - low_m) / climb_m
    if left < dive_m:
        h *= left / dive_m
    if s < climb_m:
        h = min(h, cruise_m * s / climb_m)
    return h


@lean
def set_profile(verts, n, cruise_m, climb_m, low_alt_m, low_m, dive_m):
    """Give a path of n vertices its altitudes (`profile_m`), with a vertex more at every bend of the profile; returns their number."""
    x, y = stack_floats(MAX_VERTS), stack_floats(MAX_VERTS)
    for i in range(n):
        x[i], y[i] = verts[i].x, verts[i].y
    length = 0.0
    for i in range(1, n):
        length += distance_m(x[i - 1], y[i - 1], x[i], y[i])
    bends = stack_floats(_MOST_BENDS)
    bends[0], bends[1], bends[2], bends[3] = climb_m, -1.0, -1.0, -1.0
    if low_m > 0.0:
        bends[1], bends[2] = length - low_m - climb_m, length - low_m
    if dive_m > 0.0:
        bends[3] = length - dive_m
    sort_few(bends, _MOST_BENDS)
    k, s, out = 0, 0.0, 0
    for i in range(n):
        if i > 0:
            leg = distance_m(x[i - 1], y[i - 1], x[i], y[i])
            while k < len(bends) and bends[k] < s + leg - BEND_M:
                if bends[k] > s + BEND_M and out + n - i < len(verts):
                    verts[out].x, verts[out].y = along(x[i - 1], y[i - 1], x[i], y[i], bends[k] - s)
                    verts[out].alt = profile_m(bends[k], length, cruise_m, climb_m, low_alt_m, low_m, dive_m)
                    out += 1
                k += 1
            s += leg
        verts[out].x, verts[out].y = x[i], y[i]
        verts[out].alt = profile_m(length if i == n - 1 else s, length, cruise_m, climb_m, low_alt_m, low_m, dive_m)
        out += 1
    return out


@lean
def _fly_straight(way, cls, apogee_m, verts):
    """Vertices of a flight that climbs and dives: ballistic on a parabola, apogee at most a quarter of the range (the least-energy
    throw over a flat earth); else level between a climb and a dive.
    """
    x0, y0, x1, y1 = way[0, 0], way[0, 1], way[1, 0], way[1, 1]
    length = distance_m(x0, y0, x1, y1)
    top = min(apogee_m, 0.25 * length)
    for i in range(PROFILE_POINTS):
        f = i / (PROFILE_POINTS - 1)
        x, y = along(x0, y0, x1, y1, f * length)
        verts[i].x, verts[i].y = x, y
        if cls == BALLISTIC:
            verts[i].alt = top * 4.0 * f * (1.0 - f)
        else:
            verts[i].alt = top * min(1.0, min(f, 1.0 - f) / CLIMB_SHARE)
    verts[PROFILE_POINTS - 1].x, verts[PROFILE_POINTS - 1].y = x1, y1
    return PROFILE_POINTS


@lean
def _lose_way(night, ground, route, seed, key, entity, speed_mps, range_m, verts, n):
    """Let a drone lose its navigation on a path of n vertices; returns the new number, and whether it did.

    Where: at a moment drawn evenly from its exposure to Ukraine's layer (time over defended Ukraine). Where it has none it keeps its way. From there
    its course changes by a normal draw at once and by another one evenly on the way; it flies an exponential distance, but no farther than its range.
    """
    set_times(verts, n, 0.0, speed_mps)
    exposed, _ = exposure(night.region_weight, night.near_aims, ground.fields, verts[:n], np.inf, np.inf)
    if exposed <= 0.0:
        return n, False
    _, at_s = exposure(night.region_weight, night.near_aims, ground.fields, verts[:n], np.inf, exposed * draws.uniform(seed, key, entity, draws.SPOOF, 1))
    turn = draws.normal(seed, key, entity, draws.SPOOF, 2) * route.spoof_turn_rad
    bend = draws.normal(seed, key, entity, draws.SPOOF, 3) * route.spoof_bend_rad
    left_m = max(range_m - speed_mps * at_s, 0.0)
    return stray(verts, n, at_s, turn, bend, min(draws.exponential(seed, key, entity, draws.SPOOF, 4) * route.spoof_m, left_m)), True


@lean
def _keeps_off(near, fields, way, n_way, radius_m):
    """Whether it is certain that a plan, flown to its end, comes near to no neighbour: its turns leave the legs by less than their diameter (twice the radius
    on the sphere, and a tenth for the plane's scale)."""
    off_m = 2.2 * radius_m + 2.0 * fields.cell_m
    for i in range(n_way - 1):  # noqa: SIM110 (kernels have no all())
        if not surely_clear(near, fields, way[i, 0], way[i, 1], way[i + 1, 0], way[i + 1, 1], off_m):
            return False
    return True


@lean
def _draw_path(night, ground, seed, order, verts, path, sought, draft):
    """Draw the free flight of one ORDER into `verts` (room for MAX_VERTS) and tell of it in a PATH record; returns the number of vertices.

    sought: 1 where only paths are wanted that steered missiles fly and that may enter a neighbour; of the others no vertex is put (0 comes back), and of those
    that are not steered the record tells the models alone. draft: to work in.
    """
    key, entity = order.key, order.entity
    route = night.route[order.luck]
    choice = draw_model(night, seed, key, entity, order.group, order.fixed)
    row = np.int64(night.choices[choice].model)
    if night.models[row].cls == DRONE and draws.uniform(seed, key, entity, draws.DECOY, 0) < route.decoys:
        row = np.int64(route.decoy_model)
    model = night.models[row]
    path.model, path.layer = night.choices[choice].model, night.choices[choice].layer
    path.flown, path.decoy = row, model.decoy
    if sought == 1 and model.cls not in STEERED:
        return 0
    way, over = draft.way, draft.over
    n_way, aim, met, asked = plan_route(night, ground, route, seed, key, entity, choice, row, draft)
    speed = triangular(model.speed_low_mps, model.speed_mps, model.speed_high_mps, draws.uniform(seed, key, entity, draws.SPEED, 0))
    alt = triangular(model.alt_low_m, model.alt_m, model.alt_high_m, draws.uniform(seed, key, entity, draws.ALTITUDE, 0))
    failed, jammed = 0, 0
    if model.cls in STEERED:
        drone = model.cls == DRONE
        add_drift(route.drone_drift_m if drone else route.drift_m, drone, seed, key, entity, way, n_way)
        radius_m = turn_radius_m(speed, route.bank_rad)
        fails = draws.uniform(seed, key, entity, draws.GROSS_FAILURE, 0) < route.gross_failure
        strays = drone and draws.uniform(seed, key, entity, draws.SPOOF, 0) < route.spoofed
        path.aim, path.met, path.asked = aim, met, asked
        path.failed, path.jammed, path.speed_mps = failed, jammed, speed
        if sought == 1 and not fails and not strays and _keeps_off(night.near, ground.fields, way, n_way, radius_m):
            return 0
        for i in range(1, n_way - 1):
            over[i] = flies_over(route, seed, key, entity, i)
        fail_at, fail_m = 0, 0.0
        if fails:
            failed |= GROSS_FAILURE
            # A turn that it fails to make; where the plan has none, it misses its target.
            inner = max(n_way - 2, 1)
            fail_at = 1 + min(int(draws.uniform(seed, key, entity, draws.GROSS_FAILURE, 1) * inner), inner - 1)
            flown = 0.0
            for i in range(fail_at):
                flown += distance_m(way[i, 0], way[i, 1], way[i + 1, 0], way[i + 1, 1])
            fail_m = max(model.range_m - flown, LEFT_SHARE * model.range_m)
        n = fly_legs(way, n_way, over, radius_m, fail_at, fail_m, verts)
        if strays:
            jammed = 1
            n, lost = _lose_way(night, ground, route, seed, key, entity, speed, model.range_m, verts, n)
            if lost:
                failed |= SPOOFED
        path.failed, path.jammed = failed, jammed
        # The profile adds vertices on the legs: where these keep off, so does the path.
        if sought == 1 and not comes_near(night.near, ground.fields, verts, n):
            return 0
        if drone:
            low_m = 0.0
            if failed == 0 and draws.uniform(seed, key, entity, draws.PROFILE, 0) < route.low_approach:
                low_m = route.low_m
            end_m = min(alt, route.low_alt_m) if low_m > 0.0 else alt
            dive_m = end_m / np.tan(route.dive_rad) if failed == 0 and route.dive_rad > 0.0 else 0.0
            n = set_profile(verts, n, alt, route.climb_m, route.low_alt_m, low_m, dive_m)
        else:
            for i in range(n):
                verts[i].alt = alt
    else:
        n = _fly_straight(way, model.cls, alt, verts)
    length = set_times(verts, n, 0.0, speed)
    g = night.groups[order.group]
    window = g.end_s - g.start_s
    # Launched and arrived within the reported window where the flight is short enough for that.
    spread = max(window - length / speed, SALVO_SHARE * window)
    launch_s = g.start_s + draws.uniform(seed, key, entity, draws.LAUNCH_TIME, 0) * spread
    for i in range(n):
        verts[i].t += launch_s
    path.aim, path.met, path.asked = aim, met, asked
    path.failed, path.jammed, path.speed_mps = failed, jammed, speed
    return n


@lean
def _draw_from(night, ground, seed, orders, verts, paths, i, used, sought, draft):
    """Draw orders from i on; returns (next order, vertices used), early where `verts` might not hold the next path."""
    night, draft, ground = by_reference(night), by_reference(draft), by_reference(Ground(by_reference(ground.fields), by_reference(ground.borders)))
    while i < len(orders) and used + MAX_VERTS <= len(verts):
        n = _draw_path(night, ground, seed, orders[i], verts[used : used + MAX_VERTS], paths[i], sought, draft)
        paths[i].vert_from, paths[i].vert_to = used, used + n
        used += n
        i += 1
    return i, used


def empty_draft(night: Night) -> Draft:
    """Room in which the kernels draw paths of a night, one after the other."""
    return Draft(np.empty((MAX_WAY, 2)), np.empty((2, N_INDEXED)), np.empty(len(night.gates)), np.empty(4), np.zeros(MAX_WAY, dtype=np.bool_))


def draw_paths(night: Night, ground: Ground, seed: int, orders: np.ndarray, sought: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """The free flights of ORDER records: their VERT records, one path after the other, and a PATH record each.

    sought: only the paths of steered missiles that come so near to a neighbour that they may enter it are wanted; the others have no vertex. A path depends
    on its own order (and the seed and the night) alone, not on the others nor on their sequence.
    """
    paths = np.zeros(len(orders), dtype=PATH)
    verts = np.empty(len(orders) * _VERTS_PER_PATH + MAX_VERTS, dtype=VERT)
    draft = empty_draft(night)
    i = used = 0
    while True:
        i, used = _draw_from(night, ground, np.uint64(seed), orders, verts, paths, i, used, np.int64(sought), draft)
        if i == len(orders):
            return verts[:used].copy(), paths
        verts = np.concatenate([verts, np.empty_like(verts)])
