"""Who sees what and when: for every member and threat the first track, its source, and when the object is known for what it is.

Computed on the free flight, so it does not depend on who shoots. Tracks persist once made; nothing is mistaken for something else.
"""

from __future__ import annotations

import numpy as np

from zaslin import draws
from zaslin.jit import kernel
from zaslin.physics.detection import BY_AIRBORNE, BY_GROUND, BY_SHARED, first_above_horizon_s, first_in_circle_m
from zaslin.physics.lethality import pair_entity
from zaslin.physics.path import leg_speed_mps
from zaslin.world.arrays import N_CLASSES

CLASSIFICATION_SIGMA = 0.5
"""Spread of the time to classify: lognormal with the member's value as median: assumption, 0.2–0.8."""


@kernel
def ground_view_s(fields, country, setback_m, mast_m, verts, first, last):
    """First time, s, at which a threat on verts[first:last] clears the horizon of a country's notional ground radars; inf if never."""
    if country < 0 or country >= fields.distance.shape[0]:
        return np.inf
    for k in range(first, last - 1):
        t = first_above_horizon_s(fields, country, setback_m, mast_m, verts, k)
        if t < np.inf:
            return t
    return np.inf


@kernel
def airborne_view_s(radars, member, cls, verts, first, last):
    """First time, s, at which a threat of class `cls` comes within range of one of a member's airborne radars; inf if never."""
    best = np.inf
    for r in range(len(radars)):
        if radars[r].member != member or radars[r].range_m[cls] <= 0.0:
            continue
        for k in range(first, last - 1):
            if verts[k].t >= best:
                break
            s = first_in_circle_m(verts[k].x, verts[k].y, verts[k + 1].x, verts[k + 1].y, radars[r].x, radars[r].y, radars[r].range_m[cls])
            if s < np.inf:
                speed = leg_speed_mps(verts, k)
                best = min(best, verts[k].t + (s / speed if speed > 0.0 else 0.0))
                break
    return best


@kernel
def same_radars(radars, a, b):
    """Whether members a and b have the same airborne radars, in the same order."""
    i, j = 0, 0
    while True:
        while i < len(radars) and radars[i].member != a:
            i += 1
        while j < len(radars) and radars[j].member != b:
            j += 1
        if i == len(radars) or j == len(radars):
            return i == len(radars) and j == len(radars)
        if radars[i].x != radars[j].x or radars[i].y != radars[j].y:
            return False
        for c in range(N_CLASSES):
            if radars[i].range_m[c] != radars[j].range_m[c]:
                return False
        i += 1
        j += 1


@kernel
def entry_into_ukraine_s(inside, row_from, row_to):
    """First entry into Ukraine's airspace among the stays inside[row_from:row_to], s; inf if never."""
    for row in range(row_from, row_to):
        if inside[row].country == 0:
            return inside[row].entry_s
    return np.inf


@kernel
def sense(fields, seed, replicate, threats, verts, inside, stay_from, members, radars, sight):
    """Fill `sight` (members, threats) of dtype SIGHT. stay_from: int (threats + 1,), first stay of each threat in `inside`.

    A shared picture holds a threat with the member's probability, by a coin that belongs to the threat alone: all members share it. What the
    same airborne radars see is worked out once for all members that list them.
    """
    airborne_views = np.empty((len(members), len(threats)))
    for m in range(len(members)):
        member = members[m]
        twin = m
        for other in range(m):
            if twin == m and same_radars(radars, m, other):
                twin = other
        for j in range(len(threats)):
            threat = threats[j]
            first, last = threat.vert_from, threat.vert_to
            ground = ground_view_s(fields, np.int64(member.country), member.setback_m, member.mast_m, verts, first, last)
            airborne_views[m, j] = airborne_view_s(radars, m, threat.cls, verts, first, last) if twin == m else airborne_views[twin, j]
            airborne = airborne_views[m, j]
            own = min(ground, airborne) + member.track_delay_s
            shared = np.inf
            if member.shared == 1 and draws.uniform(seed, replicate, threat.entity, draws.SHARED_COVER, 0) < member.shared_cover:
                shared = entry_into_ukraine_s(inside, stay_from[j], stay_from[j + 1]) + member.latency_s
            row = sight[m, j]
            row.own_s = own
            row.seen_s = min(own, shared)
            row.late_s, row.taken_for = member.latency_s, threat.cls
            row.by = BY_SHARED if shared < own else (BY_GROUND if ground <= airborne else BY_AIRBORNE)
            luck = draws.normal(seed, replicate, pair_entity(threat.entity, member.entity), draws.CLASSIFICATION, 0)
            row.classified_s = row.seen_s + member.classification_s * np.exp(CLASSIFICATION_SIGMA * luck)
