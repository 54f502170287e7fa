"""When fighters on alert are ordered up, when patrols relieve each other, whose jets fail and whose crews have flown enough.

Nothing here fires, and no caveat is asked.

The raid warning is the approach of the raid's drones and cruise missiles as they would fly freely (bombers and launches are watched), some lead time
before, of those that have not been stopped by then: nobody knows yet which of them Ukraine's layer will stop later. The other trigger is a track of
the member's own sensors, of what that layer has not stopped by then. Neither asks what the coalition shoots down: every package scrambles alike.
"""

from __future__ import annotations

import numpy as np

from zaslin import draws
from zaslin.jit import lean
from zaslin.physics.detection import BY_AIRBORNE
from zaslin.physics.intercept import outside_m
from zaslin.physics.path import leg_at, leg_speed_mps, place_at
from zaslin.plane import distance_m

READINESS_SIGMA = 0.2
"""Spread of the time from order to take-off: lognormal with the member's readiness as median: assumption, 0.1–0.4."""
TURN_ROUND_S = 5_400.0
"""From landing until the pair stands on alert again, s: assumption, 45–180 min."""
LEAST_ON_STATION_S = 1_200.0
"""A patrol stays at least this long, however far its station is, s; nor is an alert crew ordered up for less: assumption, 10–40 min."""
STEP_S = 5.0
"""Shortest step of the search for a threat's approach, s."""
_DRONE, _CRUISE, _AEROBALLISTIC, _BALLISTIC = 0, 1, 3, 4  # positions in scenario.threat.CLASSES (a test holds them)


@lean
def first_within_s(fields, country, within_m, verts, first, last, from_s, to_s):
    """First time in [from_s, to_s], s, at which a path is within `within_m` of a country's airspace; inf if never."""
    return first_useful_s(fields, country, within_m, verts, first, last, from_s, to_s, np.inf)


@lean
def first_useful_s(fields, country, within_m, verts, first, last, from_s, to_s, useful_s):
    """`first_within_s`; inf also where it is certain not to come before `useful_s`, s.

    Steps that the distance allows (at least 5 s), then bisection to 0.01 s.
    """
    t = max(from_s, verts[first].t)
    to_s = min(to_s, verts[last - 1].t)  # what has ended is nowhere
    if country < 0 or t > to_s:
        return np.inf
    before = t
    while True:
        k = leg_at(verts, first, last, t)
        x, y = place_at(verts, k, t)
        gap = outside_m(fields, country, x, y) - within_m
        if gap <= 0.0:
            break
        if t >= to_s or t >= useful_s:
            return np.inf
        before = t
        speed = leg_speed_mps(verts, k)
        # To the leg's end at most: the next may be flown faster.
        step = min(gap / speed if speed > 0.0 else STEP_S, max(verts[k + 1].t - t, 0.0))
        t = min(t + max(step, STEP_S), to_s)
    lo = before
    while t - lo > 0.01:
        mid = 0.5 * (lo + t)
        x, y = place_at(verts, leg_at(verts, first, last, mid), mid)
        if outside_m(fields, country, x, y) <= within_m:
            t = mid
        else:
            lo = mid
    return t


@lean
def order_s(fields, threats, verts, member, sight, pieces, shooter, from_s):
    """When a pair on alert is ordered up, not before `from_s`; inf if never. sight: (threats,), the member's row of SIGHT; pieces: its rows of PIECE.

    Raid warning (if the pair has that trigger): `lead_s` before the free flight of the first drone or cruise missile comes within `track_within_m`
    of the member's airspace, if it is not stopped by then; a later stop is not known yet. Own track: when an air-breathing threat that the
    member's own sensors track is within that distance, not stopped until then. The earlier of both.
    """
    best = np.inf
    for j in range(len(threats)):
        if best <= from_s:
            break
        threat = threats[j]
        if threat.cls == _AEROBALLISTIC or threat.cls == _BALLISTIC or threat.other > 0:
            continue
        if threat.launch_s - shooter.lead_s >= best or threat.end_s < from_s:
            continue
        warned = shooter.raid_warning == 1 and (threat.cls == _DRONE or threat.cls == _CRUISE)
        near = np.inf
        if warned:
            near = first_useful_s(
                fields, member.country, shooter.track_within_m, verts, threat.vert_from, threat.vert_to, from_s, threat.end_s, best + shooter.lead_s
            )
            order = max(near - shooter.lead_s, from_s)
            if order < threat.stop_s:  # what has fallen by then warns of nothing; a later stop is not known yet
                best = min(best, order)
        alive = min(threat.stop_s, threat.end_s)
        if warned and near == np.inf:
            continue
        for r in range(sight[j].first, sight[j].last):
            since, until = max(from_s, pieces[r].from_s), min(alive, pieces[r].to_s)
            if pieces[r].by <= BY_AIRBORNE and since < min(until, best):
                near = first_useful_s(fields, member.country, shooter.track_within_m, verts, threat.vert_from, threat.vert_to, since, until, best)
                best = min(best, near)
    return best


@lean
def take_off_s(seed, replicate, shooter, order, number):
    """Take-off of the pair's scramble `number` (from 0) that was ordered at `order`, s; of its spare, a second readiness later, where a jet of it fails."""
    t = order + shooter.readiness_s * np.exp(READINESS_SIGMA * draws.normal(seed, replicate, shooter.entity, draws.READINESS, number))
    if fails(seed, replicate, shooter, number):
        t += shooter.readiness_s * np.exp(READINESS_SIGMA * draws.normal(seed, replicate, shooter.entity, draws.SPARE, number))
    return t


@lean
def fails(seed, replicate, shooter, number):
    """Whether a jet of the pair does not start, or aborts, at take-off `number` (of an alert pair's scrambles; of a patrol's pairs, the first included)."""
    return draws.uniform(seed, replicate, shooter.entity, draws.AVAILABLE, number) >= shooter.p_available


@lean
def relief_late_s(seed, replicate, shooter, number):
    """How much later than its time pair `number` of a patrol comes to its station, s. The first one (0) is late only where a jet of it fails."""
    late = shooter.spare_s if fails(seed, replicate, shooter, number) else 0.0
    if number > 0:
        late += shooter.relief_delay_s * draws.exponential(seed, replicate, shooter.entity, draws.RELIEF_DELAY, number)
    return late


@lean
def duty_suffices(shooter, flown_s):
    """Whether an alert crew that has flown for `flown_s` in the night may be ordered up: for the way to its station, the least time there, and back."""
    way = distance_m(shooter.base_x, shooter.base_y, shooter.station_x, shooter.station_y) / shooter.cruise_mps
    return flown_s + 2.0 * way + LEAST_ON_STATION_S <= shooter.crew_duty_s


@lean
def on_station_s(shooter, transit_s):
    """How long one patrol stays: its endurance less the way there and back, s."""
    return max(shooter.endurance_s - 2.0 * transit_s, LEAST_ON_STATION_S)
