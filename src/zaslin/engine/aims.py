"""When a notional battery could fire at a threat: geometry and caveat-free; who is served, permitted or out of rounds is the batteries' own loop.

A threat is dead-reckoned on the leg that it flies; a round fired now would meet it in range, height band, province and (but for one that may fire across)
own airspace.
"""

from __future__ import annotations

import numpy as np

from zaslin.atlas.ground import over
from zaslin.doctrine.assign import true_line
from zaslin.engine.aiming import leg_now
from zaslin.jit import lean
from zaslin.physics.arcs import on_arc, point_of
from zaslin.physics.battery import MUCH_FASTER, meets_in_frame_s, outside_frame_m, round_s, row_m
from zaslin.physics.intercept import STEP_S, TOLERANCE_S, arc_of, outside_m
from zaslin.physics.path import altitude_at

_SLACK_M = 2_000.0  # most that the distance raster can be off
_LEAST_CLOSING = 0.1  # of the round's speed, where a threat is about as fast


@lean
def aim_at(scene, b, j, t):
    """Whether a round that battery b fires at `t` would meet threat j, dead-reckoned on its leg, in range, band, province and (but for one that may fire
    across) its own airspace.

    Returns (whether, else not before when, flight of the round s, and where, plane m).
    """
    battery, fields = scene.batteries[b], scene.ground.fields
    shooter, threat = scene.shooters[battery.shooter], scene.threats[j]
    country = np.int64(scene.members[shooter.member].country)
    k = leg_now(scene, j, t)
    line = true_line(scene.verts, k, scene.speeds[k])
    arc = arc_of(line)
    flight = round_s(fields, country, battery.behind_m, shooter.missile_mps, arc, t)
    if flight == np.inf:  # the round is too slow for this threat; it is no nearer than by its own flight
        x, y = _place(arc, t)
        away = row_m(fields, country, battery.behind_m, x, y) - shooter.reach_m[threat.cls]
        return False, t + max(away / max(line.speed, 1.0) - shooter.reach_m[threat.cls] / shooter.missile_mps, 0.0), 0.0, x, y
    x, y = _place(arc, t + flight)
    gap = max(row_m(fields, country, battery.behind_m, x, y) - shooter.reach_m[threat.cls], outside_frame_m(battery.frame, x, y))
    if battery.across == 0:
        gap = max(gap, outside_m(fields, country, x, y) - _SLACK_M)
    if gap > 0.0:
        # The predicted place moves faster than the threat: by as much as the round's flight shortens or lengthens.
        speed = 1.1 * line.speed / max(1.0 - line.speed / shooter.missile_mps, _LEAST_CLOSING)
        return False, t + gap / max(speed, 1.0), flight, x, y
    low, high = min(scene.verts[k].alt, scene.verts[k + 1].alt), max(scene.verts[k].alt, scene.verts[k + 1].alt)
    if high < battery.floor_m or low > battery.ceiling_m:
        return False, max(scene.verts[k + 1].t, t), flight, x, y
    alt = altitude_at(scene.verts, k, t + flight)
    good = battery.floor_m <= alt <= battery.ceiling_m and (battery.across == 1 or over(scene.ground, country, x, y))
    return good, t, flight, x, y


@lean
def _place(arc, t):
    """Plane point, m, of a target on its `Arc` at `t`."""
    px, py, pz = on_arc(arc, t)
    return point_of(px, py, pz)


@lean
def next_aim_s(scene, b, j, from_s, until_s, soon_s):
    """First time, s, in [from_s, until_s] at which battery b could fire at threat j, and True; inf if never. Or a time beyond `soon_s` before which it cannot,
    and False: most threats have ended by then, and it is cheaper to ask again.

    Leg by leg. What it finds is the moment at which something changes; the battery itself acts on the leg of that moment alone.
    """
    battery = scene.batteries[b]
    shooter, t = scene.shooters[battery.shooter], from_s
    reach_m = shooter.reach_m[scene.threats[j].cls]
    longest_s = reach_m / shooter.missile_mps
    while t <= until_s:
        k = leg_now(scene, j, t)
        leg_end = scene.verts[k + 1].t
        last = leg_end <= t or leg_end > until_s
        stop = until_s if last else leg_end
        # Where the frame alone says that no round fired on this leg meets it, nothing else is asked.
        met_from, met_to = meets_in_frame_s(battery.frame, scene.verts, k, longest_s)
        if t <= met_to and met_from - longest_s <= stop:
            if max(t, met_from - longest_s) > soon_s:
                return max(t, met_from - longest_s), False
            if MUCH_FASTER * scene.speeds[k] < shooter.missile_mps:
                fire = _first_on_leg_s(scene, b, j, reach_m, shooter.missile_mps, k, t, stop, met_from, met_to)
            else:
                fire = _first_of_slow_rounds_s(scene, b, j, t, stop)
            if fire < np.inf and (last or fire < leg_end):
                return fire, True
        if last:
            break
        t = leg_end
    return np.inf, True


@lean
def _first_on_leg_s(scene, b, j, reach_m, missile_mps, k, from_s, until_s, met_from, met_to):
    """First time of fire, s, in [from_s, until_s] on leg `k` whose round would meet the threat in range, band, frame and (but for one that may fire across)
    own airspace; inf if none. met_from, met_to: when it is in the frame.

    Searched by the time at which they meet, of which the round's flight and so the time of fire follow at once, as the round is faster. Steps that the
    distance allows (0.5 s at least), then bisection.
    """
    battery, fields, verts = scene.batteries[b], scene.ground.fields, scene.verts
    country = np.int64(scene.members[scene.shooters[battery.shooter].member].country)
    line = true_line(verts, k, scene.speeds[k])
    arc = arc_of(line)
    t = max(from_s + round_s(fields, country, battery.behind_m, missile_mps, arc, from_s), met_from)
    t, band_to = _in_band_s(verts, k, battery.floor_m, battery.ceiling_m, t)
    met_to = min(met_to, band_to)
    begin, before = t, np.nan
    while t <= met_to:
        gap, away, good = _meets_m(scene, battery, country, reach_m, arc, t)
        if t - away / missile_mps > until_s:
            return np.inf
        if good:
            break
        before = t
        t += max(gap / max(line.speed, 1.0), STEP_S)
    if not t <= met_to:
        return np.inf
    if t > begin:
        while t - before > TOLERANCE_S:
            mid = 0.5 * (before + t)
            if mid <= before or mid >= t:
                break
            if _meets_m(scene, battery, country, reach_m, arc, mid)[2]:
                t = mid
            else:
                before = mid
    # A closed form may end one rounding short of where `aim_at` finds it good; who acts on that would come back at the same moment for ever.
    step_s = TOLERANCE_S
    while t <= met_to:
        fire = max(t - _meets_m(scene, battery, country, reach_m, arc, t)[1] / missile_mps, from_s)
        if fire > until_s:
            break
        if aim_at(scene, b, j, fire)[0]:
            return fire
        t, step_s = t + step_s, 2.0 * step_s
    return np.inf


@lean
def _meets_m(scene, battery, country, reach_m, arc, t):
    """Where the threat is at `t` on its arc: how far it is out of range and own airspace (m, at least), its distance from the row, and whether in both."""
    fields = scene.ground.fields
    x, y = _place(arc, t)
    away = row_m(fields, country, battery.behind_m, x, y)
    gap = away - reach_m
    if battery.across == 1:
        return gap, away, gap <= 0.0
    gap = max(gap, outside_m(fields, country, x, y) - _SLACK_M)
    return gap, away, gap <= 0.0 and over(scene.ground, country, x, y)


@lean
def _in_band_s(verts, k, floor_m, ceiling_m, t):
    """(first time from `t` on at which a threat on leg `k` flies between two heights, when it leaves them), s; (inf, -inf) where never. Beyond the leg's ends
    it keeps the height it has there."""
    t0, t1, low, high = verts[k].t, verts[k + 1].t, verts[k].alt, verts[k + 1].alt
    alt = altitude_at(verts, k, t)
    rate = (high - low) / (t1 - t0) if t1 > t0 else 0.0
    begin, end = max(t, t0), np.inf
    if alt < floor_m or alt > ceiling_m:
        goal = floor_m if alt < floor_m else ceiling_m
        if (goal - alt) * rate <= 0.0 or (high < floor_m if alt < floor_m else high > ceiling_m):
            return np.inf, -np.inf
        t = begin + (goal - alt) / rate
    if rate > 0.0 and high > ceiling_m:
        end = t0 + (ceiling_m - low) / rate
    elif rate < 0.0 and high < floor_m:
        end = t0 + (floor_m - low) / rate
    return (t, end) if t <= end else (np.inf, -np.inf)


@lean
def _first_of_slow_rounds_s(scene, b, j, from_s, until_s):
    """`next_aim_s` on the leg flown from `from_s` on for rounds that are not much faster than the threat: searched by the time of fire."""
    t, before = from_s, np.nan
    while True:
        good, wait, _, _, _ = aim_at(scene, b, j, t)
        if good:
            break
        before = t
        t = max(wait, t + STEP_S)
        if t > until_s:
            return np.inf
    if not np.isnan(before):
        while t - before > TOLERANCE_S:
            mid = 0.5 * (before + t)
            if mid <= before or mid >= t:
                break
            if aim_at(scene, b, j, mid)[0]:
                t = mid
            else:
                before = mid
    return t
