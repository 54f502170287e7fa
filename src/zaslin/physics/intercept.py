"""The earliest shot that kinematics allow, and where the round meets its target; nothing here knows who may fire, or draws luck.

A target flies on a line: a great circle at constant speed. A shooter flies straight at its dash speed and fires a round of constant speed
from within its reach. A shooter may be held to a limit: it fires from no further than `limit_m` outside the airspace of its country (0 and
less: from inside), perhaps only from over Ukraine or its own country, and never from over Russia or Belarus. Altitude, energy, aspect and
pointing are not modelled: reach is a usable reach.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from zaslin.atlas.fields import cell_of, nearest_in, signed_distance_m
from zaslin.jit import lean
from zaslin.physics.arcs import apart_m, arc_between, on_arc, point_of
from zaslin.physics.path import leg_at, place_at
from zaslin.plane import along, distance_m, unit
from zaslin.units import EARTH_RADIUS_M

TOLERANCE_S = 1e-6
"""A time of fire is bracketed to this, s; a coarser one lets the order of work show in results."""
CLOSE_S = 1e-8
"""A round has come to its target when what is left would take it less than this, s."""
_GAP_M = 1e-7
FASTER = 1.05
"""A shooter this many times as fast as its target closes in wherever it flies."""
STEP_S = 0.5
"""Shortest step of the search for a feasible time of fire, s: what is feasible for less may be stepped over."""
SOIL_STEP_M = 1_250.0
"""Shortest step, m, of the search along the straight way for soil from over which a shooter may fire: half a cell."""
_UKRAINE = np.int64(0)
_NO_BORDER_M = 1e9
_BELARUS, _RUSSIA = 9, 10  # positions in atlas.borders.COUNTRIES (a test holds them)


class Line(NamedTuple):
    """A target's straight flight: at time t0 it is at (x, y), heading for (hx, hy), plane m, at `speed` m/s."""

    x: float
    y: float
    hx: float
    hy: float
    t0: float
    speed: float


class Reach(NamedTuple):
    """What a shooter can do: dash and missile speed, m/s; usable reach, m; `country` and `limit_m` as this page's head says (inf: no limit).

    Over foreign soil (outside the country's airspace) it fires not before `clear_s`. `soil` 1: it fires from over Ukraine or its own country only;
    a limit of a country without a field (no own border in the theatre) then means nothing, and over Ukraine remains.
    """

    dash: float
    missile: float
    reach: float
    country: int
    limit_m: float
    clear_s: float
    soil: int = 0


@lean
def on_line(line, t):
    """Plane point (x, y), m, of a target on its line at time `t`, s."""
    return along(line.x, line.y, line.hx, line.hy, line.speed * (t - line.t0))


@lean
def arc_of(line):
    """The `Arc` of a `Line`."""
    return arc_between(line.x, line.y, line.hx, line.hy, line.t0, line.speed)


@lean
def outside_m(fields, country, x, y):
    """Signed distance, m, to a country's airspace; a country without a field (country < 0 or beyond the fields') is far away."""
    if country < 0 or country >= fields.distance.shape[0]:
        return _NO_BORDER_M
    return signed_distance_m(fields, np.int64(country), x, y)


@lean
def _beyond_m(fields, reach, x, y):
    """How far, m, a plane point lies outside where a shooter may be by its limit and soil (0 and less: it may); -inf where neither binds."""
    limited = np.isfinite(reach.limit_m)
    if reach.soil == 0 and not limited:
        return -np.inf
    own = outside_m(fields, reach.country, x, y)
    if reach.soil == 0:
        return own - reach.limit_m
    beyond = min(signed_distance_m(fields, _UKRAINE, x, y), own)
    if own < _NO_BORDER_M:
        return max(beyond, own - reach.limit_m) if limited else beyond
    iy, ix = cell_of(fields, x, y)
    return 0.0 if iy >= 0 and reach.country >= 0 and fields.country[iy, ix] == reach.country else beyond


@lean
def may_fire_from(fields, reach, x, y):
    """Whether a shooter may fire from the plane point: within its limit, over its soil, and not over Russia or Belarus (2.5 km cells)."""
    if _beyond_m(fields, reach, x, y) > 1.0:
        return False
    iy, ix = cell_of(fields, x, y)
    if iy < 0:
        return True
    over = fields.country[iy, ix]
    return over != _BELARUS and over != _RUSSIA


@lean
def _toward(fields, country, limit_m, x, y):
    """The point `limit_m` outside a country's airspace on the way to it from (x, y); (x, y) itself where that is nearer, or without a field."""
    away = outside_m(fields, country, x, y)
    if away <= limit_m or away >= _NO_BORDER_M:
        return x, y
    nx, ny = nearest_in(fields, np.int64(country), x, y)
    if away <= 0.0:  # inside, and not as deep as it must be: straight away from the border
        h = 0.5 * fields.cell_m
        nx = x - (outside_m(fields, country, x + h, y) - outside_m(fields, country, x - h, y))
        ny = y - (outside_m(fields, country, x, y + h) - outside_m(fields, country, x, y - h))
    s = away - limit_m
    qx, qy = along(x, y, nx, ny, s)
    # The nearest point is good to about a cell: go on until the field agrees.
    for _ in range(8):
        over = outside_m(fields, country, qx, qy) - limit_m
        if over <= 1.0:
            break
        s += over + 50.0
        qx, qy = along(x, y, nx, ny, s)
    return qx, qy


@lean
def limited_point(fields, reach, x, y):
    """The point nearest to (x, y) that limit and soil allow: (x, y) itself, or on the way from it to own airspace (or Ukraine, where the soil binds)."""
    if _beyond_m(fields, reach, x, y) <= 0.0:
        return x, y
    if reach.soil == 0:
        return _toward(fields, reach.country, reach.limit_m, x, y)
    best, bx, by = np.inf, x, y
    for k in range(3):
        country = _UKRAINE if k == 1 else np.int64(reach.country)
        qx, qy = _toward(fields, country, reach.limit_m if k == 0 else min(reach.limit_m, 0.0), x, y)
        d = distance_m(x, y, qx, qy)
        if d < best and _beyond_m(fields, reach, qx, qy) <= 1.0:
            best, bx, by = d, qx, qy
    return bx, by


@lean
def flight_s(line, x, y, missile, t, guess):
    """Flight time, s, of a round fired at `t` from (x, y) that meets a target on its line; by the secant method from `guess`, s, to 1e-8 s, the round being
    faster."""
    arc = arc_of(line)
    sx, sy, sz = unit(x, y)
    flight, before, late = guess, 0.0, 0.0
    for i in range(60):
        px, py, pz = on_arc(arc, t + flight)
        longer = apart_m(sx, sy, sz, px, py, pz) / missile
        short = longer - flight
        if abs(short) < 1e-8:
            return longer
        step = -short * (flight - before) / (short - late) if i > 0 and short != late else short
        before, late = flight, short
        # A secant that leaps back before the shot, or far, is none: a plain step.
        flight = flight + step if 0.0 <= flight + step <= 2.0 * (longer + flight) else longer
    return flight


class Shooter(NamedTuple):
    """Where a shooter is `now`, s: plane point (x, y), m, and its unit vector s."""

    x: float
    y: float
    sx: float
    sy: float
    sz: float
    now: float


@lean
def shooter_at(x, y, now):
    """The `Shooter` at a plane point."""
    sx, sy, sz = unit(x, y)
    return Shooter(x, y, sx, sy, sz, now)


@lean
def shot_at(fields, reach, arc, shooter, t):
    """Whether a `Shooter` can fire at `t` >= its now, s, at a target on its `Arc`, and from where.

    Returns (feasible, earliest time at which it may become so, fire x, fire y). It fires from the first point within reach on the
    straight way to the predicted point, if it may be there (where the soil binds: from the first farther on that way where it may); else from the
    limited point nearest to the predicted point, if it can get there.
    """
    x, y, speed = shooter.x, shooter.y, arc.rate * EARTH_RADIUS_M
    run = reach.dash * (t - shooter.now)
    px, py, pz = on_arc(arc, t + reach.reach / reach.missile)
    d = apart_m(shooter.sx, shooter.sy, shooter.sz, px, py, pz)
    tx, ty = point_of(px, py, pz)
    gap = d - reach.reach - run
    wait = t
    if gap > 0.0:
        wait = t + gap / (reach.dash + speed)
    over = _beyond_m(fields, reach, tx, ty) - reach.reach
    if over > 0.0:
        wait = max(wait, t + over / max(speed, 1.0))
    if t < reach.clear_s:
        away = outside_m(fields, reach.country, tx, ty)
        if away > 0.0:
            wait = max(wait, min(reach.clear_s, t + away / max(speed, 1.0)))
    if wait > t:
        return False, wait, x, y
    if d > reach.reach:
        qx, qy = along(x, y, tx, ty, d - reach.reach)
    else:
        qx, qy = x, y
    if may_fire_from(fields, reach, qx, qy):
        return True, t, qx, qy
    if reach.soil == 1:
        s, ax, ay = max(d - reach.reach, 0.0), qx, qy
        while s < min(run, d):
            s = min(s + max(_beyond_m(fields, reach, ax, ay), SOIL_STEP_M), min(run, d))
            ax, ay = along(x, y, tx, ty, s)
            if may_fire_from(fields, reach, ax, ay):
                return True, t, ax, ay
    ax, ay = limited_point(fields, reach, tx, ty)
    if distance_m(x, y, ax, ay) <= run and distance_m(ax, ay, tx, ty) <= reach.reach and may_fire_from(fields, reach, ax, ay):
        return True, t, ax, ay
    return False, t, qx, qy


@lean
def _gap_m(reach, arc, shooter, t):
    """How far, m, a shooter that dashes straight is at `t` from its reach around the point where a round would meet its target; 0 and less: within."""
    px, py, pz = on_arc(arc, t + reach.reach / reach.missile)
    return apart_m(shooter.sx, shooter.sy, shooter.sz, px, py, pz) - reach.reach - reach.dash * (t - shooter.now)


@lean
def _gap_closes_s(reach, arc, shooter, lo, hi):
    """When the gap closes, in lo … hi, s, by the secant method; hi where that is not what happens between them."""
    before, short, t = lo, 0.0, lo
    for i in range(12):
        gap = _gap_m(reach, arc, shooter, t)
        if i == 0:
            if gap <= 0.0:
                return hi
            short, t = gap, hi
            continue
        if abs(gap) < _GAP_M or gap == short:
            break
        before, short, t = t, gap, min(max(t - gap * (t - before) / (gap - short), lo), hi)
    return t


@lean
def _first_in_reach_s(reach, arc, shooter, begin, latest):
    """When the gap of a shooter that is faster than its target closes, s: `begin` where it has, inf where it does not until `latest`. It closes once, as the
    dash is faster.

    By the secant method from a first guess at the least speed of closing that both allow; kept between a time at which it is open and one at which it is not.
    """
    gap = _gap_m(reach, arc, shooter, begin)
    if gap <= 0.0:
        return begin
    # The gap falls by no more than both speeds a second, and by no less than their difference.
    speed = arc.rate * EARTH_RADIUS_M
    lo, hi = begin + gap / (reach.dash + speed), begin + gap / (reach.dash - speed)
    if lo > latest:
        return np.inf
    before, short, t = begin, gap, lo
    for _ in range(40):
        gap = _gap_m(reach, arc, shooter, t)
        if abs(gap) < _GAP_M or gap == short:
            break
        if gap > 0.0:
            lo = max(lo, t)
            if t + gap / (reach.dash + speed) > latest:
                return np.inf
        else:
            hi = min(hi, t)
        step = t - gap * (t - before) / (gap - short)
        before, short, t = t, gap, step if lo <= step <= hi else 0.5 * (lo + hi)
    return t


@lean
def earliest_shot(fields, reach, line, x, y, now, not_before, latest, tolerance):
    """Earliest feasible time of fire in [not_before, latest] at a target that keeps to its line.

    reach: `Reach`, line: `Line`; (x, y): the shooter at `now`, plane m. Advances by what the gap cannot close sooner than, then bisects between
    the last infeasible and the first feasible time to `tolerance` s. Unique while the shooter is faster than the target and not limited.
    Returns (time of fire, fire x, fire y, flight s); time inf where there is none.
    """
    t, qx, qy = earliest_fire(fields, reach, line, x, y, now, not_before, latest, tolerance)
    return t, qx, qy, flight_s(line, qx, qy, reach.missile, t, reach.reach / reach.missile) if t < np.inf else 0.0


@lean
def earliest_fire(fields, reach, line, x, y, now, not_before, latest, tolerance):
    """`earliest_shot` without the flight: (time of fire, fire x, fire y)."""
    if reach.reach <= 0.0:
        return np.inf, x, y
    arc, shooter = arc_of(line), shooter_at(x, y, now)
    t, before = max(now, not_before), np.nan
    if reach.dash > FASTER * line.speed:
        # Before the gap closes nothing else needs to be asked, and mostly it is the gap alone.
        closes = _first_in_reach_s(reach, arc, shooter, t, latest)
        if closes > latest:
            return np.inf, x, y
        if closes > t:
            good, wait, qx, qy = shot_at(fields, reach, arc, shooter, closes + 0.25 * tolerance)
            if good:
                return closes + 0.25 * tolerance, qx, qy
            # Else as if the gap did not matter: two shooters whom the same border holds are then asked at the same times, and come out equal.
    while True:
        good, wait, qx, qy = shot_at(fields, reach, arc, shooter, t)
        if good:
            break
        before = t
        t = max(wait, t + STEP_S)
        if t > latest:
            return np.inf, x, y
    if not np.isnan(before):
        lo = before
        # Mostly it is the gap alone that has to close: its zero is tried first, and a moment before it.
        closes = _gap_closes_s(reach, arc, shooter, lo, t) + 0.25 * tolerance
        for _ in range(2):
            if lo < closes < t:
                good, wait, mx, my = shot_at(fields, reach, arc, shooter, closes)
                if good:
                    t, qx, qy = closes, mx, my
                else:
                    lo = closes
            closes -= 0.75 * tolerance
        while t - lo > tolerance:
            mid = 0.5 * (lo + t)
            good, wait, mx, my = shot_at(fields, reach, arc, shooter, mid)
            if good:
                t, qx, qy = mid, mx, my
            else:
                lo = mid
    return t, qx, qy


@lean
def secant(lo, hi, t, gap, before, gap_before):
    """The next time to try, s, for a zero of a falling function between lo and hi: by the secant through (t, gap) and (before, gap_before), or halfway
    where that leads out of the bracket."""
    step = t - gap * (t - before) / (gap - gap_before) if gap != gap_before else lo
    return step if lo < step < hi else 0.5 * (lo + hi)


@lean
def meets_at_s(verts, first, last, end_s, x, y, missile_mps, fire_s):
    """When a round fired from (x, y) at `fire_s` meets a threat on its true path, turns included; inf where the flight ends before.

    verts[first:last]: the threat's path. The round homes: it flies straight to where the threat will be. Unique as the round is faster.
    """
    lo, hi = fire_s, end_s
    k = leg_at(verts, first, last, end_s)
    ex, ey = place_at(verts, k, end_s)
    high = distance_m(x, y, ex, ey) - missile_mps * (end_s - fire_s)
    if high > 0.0:
        return np.inf
    t, before, short = lo, hi, high
    for _ in range(100):
        tx, ty = place_at(verts, leg_at(verts, first, last, t), t)
        gap = distance_m(x, y, tx, ty) - missile_mps * (t - fire_s)
        if gap > 0.0:
            lo = t
        else:
            hi = t
        if abs(gap) <= CLOSE_S * missile_mps or hi - lo <= CLOSE_S:
            return t
        before, short, t = t, gap, secant(lo, hi, t, gap, before, short)
    return hi
