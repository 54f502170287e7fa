"""Who sees what and when: for every member and threat the stretches in which it holds a track, by what, and when the object is known for what it is.

Computed on the free flight, so it does not depend on who shoots. Own radars see by chance at every look (or, in the form `horizon`, all that is in view, once
and for all); a partner's picture and, where they pool, the other members' tracks come late. It knows no caveat.
"""

from __future__ import annotations

import numpy as np

from zaslin import draws
from zaslin.handed import by_reference
from zaslin.jit import kernel, lean
from zaslin.physics.detection import (
    BY_AIRBORNE,
    BY_GROUND,
    BY_POOLED,
    BY_SHARED,
    first_above_horizon_s,
    first_in_circle_m,
    next_above_horizon_s,
    next_in_circle_s,
    passes_by,
)
from zaslin.physics.lethality import pair_entity
from zaslin.physics.looks import BY, FROM, HITS, LOOKS, TO, TRACK_COLUMNS, add_tracks, chance_of_a_look, joined
from zaslin.physics.path import leg_speed_mps
from zaslin.world.arrays import N_CLASSES

CLASSIFICATION_SIGMA = 0.5
"""Spread of the time to classify: lognormal with the member's value as median: assumption, 0.2–0.8."""
AGAIN_SHARE = 0.5
"""A track that comes again after its loss takes this share of the time to classify, once it was classified before: assumption, 0.2–1."""

_DRONE, _CRUISE, _UNKNOWN = np.arange(6, dtype=np.int8)[np.array([0, 1, 5])]  # positions in scenario.threat.CLASSES (a test holds them)


@lean
def ground_view_s(fields, country, setback_m, mast_m, verts, first, last):
    """First time, s, at which a threat on verts[first:last] clears the horizon of a country's notional ground radars; inf if never."""
    if country < 0 or country >= fields.distance.shape[0]:
        return np.inf
    for k in range(first, last - 1):
        t = first_above_horizon_s(fields, country, setback_m, mast_m, verts, k)
        if t < np.inf:
            return t
    return np.inf


@lean
def airborne_view_s(radars, member, cls, verts, first, last):
    """First time, s, at which a threat of class `cls` comes within range of one of a member's airborne radars; inf if never."""
    best = np.inf
    for r in range(len(radars)):
        if radars[r].member != member or radars[r].range_m[cls] <= 0.0:
            continue
        for k in range(first, last - 1):
            if verts[k].t >= best:
                break
            x, y = radars[r].x, radars[r].y
            if passes_by(verts[k].x, verts[k].y, verts[k + 1].x, verts[k + 1].y, x, y, radars[r].range_m[cls]):
                continue
            s = first_in_circle_m(verts[k].x, verts[k].y, verts[k + 1].x, verts[k + 1].y, x, y, radars[r].range_m[cls])
            if s < np.inf:
                speed = leg_speed_mps(verts, k)
                best = min(best, verts[k].t + (s / speed if speed > 0.0 else 0.0))
                break
    return best


@lean
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
        if radars[i].x != radars[j].x or radars[i].y != radars[j].y or radars[i].entity != radars[j].entity:
            return False
        for c in range(N_CLASSES):
            if radars[i].range_m[c] != radars[j].range_m[c]:
                return False
        i += 1
        j += 1


@lean
def _same_way_of_looking(one, other):
    """Whether what is in view of an airborne radar is seen by the same chances by two members."""
    if one.looks != other.looks or one.airborne_revisit_s != other.airborne_revisit_s or one.drop_after != other.drop_after:
        return False
    for c in range(N_CLASSES):  # noqa: SIM110 (kernels have no all())
        if one.p_look[c] != other.p_look[c]:
            return False
    return True


@lean
def entry_into_ukraine_s(inside, row_from, row_to):
    """First entry into Ukraine's airspace among the stays inside[row_from:row_to], s; inf if never."""
    for row in range(row_from, row_to):
        if inside[row].country == 0:
            return inside[row].entry_s
    return np.inf


@lean
def _put(rows, n, from_s, by):
    """One track that lasts, as row `n`."""
    if from_s < np.inf:
        rows[n, FROM], rows[n, TO], rows[n, LOOKS], rows[n, HITS], rows[n, BY] = from_s, np.inf, 0.0, 0.0, by
        n += 1
    return n


@lean
def ground_tracks(fields, seed, replicate, member, threat, verts, rows):
    """Tracks, without the delay, that a member's ground radars make of a threat, from row 0 of `rows` on. Returns their number, -1 where there is no room."""
    n, first, last, country = np.int64(0), np.int64(threat.vert_from), np.int64(threat.vert_to), np.int64(member.country)
    if member.looks == 0:
        return _put(rows, n, ground_view_s(fields, country, member.setback_m, member.mast_m, verts, first, last), BY_GROUND)
    if country < 0 or country >= fields.distance.shape[0]:
        return n
    key, p, view, t = np.uint64(0), 0.0, np.int64(0), verts[first].t
    while t < threat.end_s:
        a, b = next_above_horizon_s(fields, country, member.setback_m, member.mast_m, verts, first, last, t)
        if a >= threat.end_s:
            break
        if view == 0:
            key = pair_entity(threat.entity, member.entity)
            p = chance_of_a_look(seed, replicate, key, member.p_look[threat.cls])
        lost = np.inf if b >= threat.end_s else b
        n = add_tracks(
            seed, replicate, key, threat.launch_s, member.ground_revisit_s, p, member.drop_after, view, a, min(b, threat.end_s), lost, BY_GROUND, rows, n
        )
        if n < 0:
            break
        t, view = b, view + 1
    return n


@lean
def airborne_tracks(seed, replicate, members, m, radars, threat, verts, rows):
    """Tracks, without the delay, that the airborne radars of member `m` make of a threat, as `ground_tracks` does; luck belongs to threat and radar, so
    members that list the same radar see the same by it."""
    n, first, last, member = np.int64(0), np.int64(threat.vert_from), np.int64(threat.vert_to), members[m]
    if member.looks == 0:
        return _put(rows, n, airborne_view_s(radars, m, threat.cls, verts, first, last), BY_AIRBORNE)
    for r in range(len(radars)):
        radar = radars[r]
        if radar.member != m or radar.range_m[threat.cls] <= 0.0:
            continue
        key, p, view, t = np.uint64(0), 0.0, np.int64(0), verts[first].t
        while t < threat.end_s:
            a, b = next_in_circle_s(verts, first, last, radar.x, radar.y, radar.range_m[threat.cls], t)
            if a >= threat.end_s:
                break
            if view == 0:
                key = pair_entity(threat.entity, radar.entity)
                p = chance_of_a_look(seed, replicate, key, member.p_look[threat.cls])
            lost = np.inf if b >= threat.end_s else b
            n = add_tracks(
                seed, replicate, key, threat.launch_s, member.airborne_revisit_s, p, member.drop_after, view, a, min(b, threat.end_s), lost, BY_AIRBORNE,
                rows, n,
            )  # fmt: skip
            if n < 0:
                return n
            t, view = b, view + 1
    return n


@lean
def mistaken_for(cls):
    """The class that a threat of class `cls` is taken for, if it is taken for another: drones and cruise missiles for each other, the rest for unknown."""
    if cls == _DRONE:
        return _CRUISE
    return _DRONE if cls == _CRUISE else _UNKNOWN


@lean
def stretches(own, n_own, pool, n_pool, shared_s, shared_late_s, pool_late_s, m, j, pieces, count):
    """Append to `pieces` from row `count` on what member m holds of threat j, one row for each stretch by one means. Returns the new number, -1: no room.

    own, pool: sorted tracks of own radars and of the other members (`joined`), their first n_own and n_pool rows. shared_s: from when on Ukraine's picture
    holds it, s. Own sensors come first, then the fresher of the two pictures.
    """
    i, k, t, first = 0, 0, -np.inf, count
    while True:
        while i < n_own and own[i, TO] <= t:
            i += 1
        while k < n_pool and pool[k, TO] <= t:
            k += 1
        own_from = own[i, FROM] if i < n_own else np.inf
        pool_from = pool[k, FROM] if k < n_pool else np.inf
        t = max(t, min(own_from, pool_from, shared_s))
        if t == np.inf:
            return count
        by, to, late, looks, hits = BY_SHARED, own_from, shared_late_s, 0.0, 0.0
        if own_from <= t:
            by, to, late, looks, hits = int(own[i, BY]), own[i, TO], 0.0, own[i, LOOKS], own[i, HITS]
        elif shared_s <= t and (pool_from > t or shared_late_s <= pool_late_s):
            if pool_late_s < shared_late_s:
                to = min(to, pool_from)
        else:
            by, late, to = BY_POOLED, pool_late_s, min(to, pool[k, TO])
            if shared_late_s <= pool_late_s:
                to = min(to, shared_s)
        run = np.int64(0)
        if count > first:
            before = pieces[count - 1]
            run = np.int64(before.run) + (0 if before.to_s >= t else 1)
        if count >= len(pieces):
            return np.int64(-1)
        row = pieces[count]
        row.member, row.threat, row.run, row.by, row.from_s, row.to_s, row.late_s, row.looks, row.hits = m, j, run, by, t, to, late, looks, hits
        count += 1
        if to == np.inf:
            return count
        t = to


@lean
def _classify(seed, replicate, key, median_s, pieces, first, last):
    """Fill `classified_s` of the rows first:last, run by run. Returns the first of these times, inf if none."""
    earliest, a = np.inf, first
    while a < last:
        b = a
        while b < last and pieces[b].run == pieces[a].run:
            b += 1
        share = 1.0 if earliest == np.inf else AGAIN_SHARE
        luck = draws.normal(seed, replicate, key, draws.CLASSIFICATION, np.int64(pieces[a].run))
        done = pieces[a].from_s + median_s * share * np.exp(CLASSIFICATION_SIGMA * luck)
        if done >= pieces[b - 1].to_s:
            done = np.inf
        for r in range(a, b):
            pieces[r].classified_s = done
        earliest = min(earliest, done)
        a = b
    return earliest


@kernel
def sense(fields, seed, replicate, threats, verts, inside, stay_from, members, radars, sight, pieces, known, count):
    """Fill `sight` (members, threats; dtype SIGHT) and `pieces` (dtype PIECE, by threat, member and time). stay_from: int (threats + 1,), first stay of each
    threat in `inside`. known: the first so many threats are there already, and their `count` pieces. Returns the number of pieces, -1 where `pieces` is too
    short.

    A shared picture holds a threat with the member's probability, by a coin that belongs to the threat alone: all members share it. What the
    same airborne radars see is worked out once for all members that list them.
    """
    fields = by_reference(fields)
    n_members, room = len(members), len(pieces)
    own, air, pool = np.empty((n_members, room, TRACK_COLUMNS)), np.empty((n_members, room, TRACK_COLUMNS)), np.empty((room, TRACK_COLUMNS))
    n_own, n_air, twins = np.zeros(n_members, np.int64), np.zeros(n_members, np.int64), np.zeros(n_members, np.int64)
    for m in range(n_members):
        twins[m] = m
        for other in range(m):
            if twins[m] == m and same_radars(radars, m, other) and _same_way_of_looking(members[m], members[other]):
                twins[m] = other
    for j in range(known, len(threats)):
        threat = threats[j]
        for m in range(n_members):
            member, twin = members[m], twins[m]
            if twin == m:
                n_air[m] = airborne_tracks(seed, replicate, members, m, radars, threat, verts, air[m])
            n = ground_tracks(fields, seed, replicate, member, threat, verts, own[m])
            if n < 0 or n_air[twin] < 0 or n + n_air[twin] > room:
                return np.int64(-1)
            for a in range(n_air[twin]):
                for c in range(TRACK_COLUMNS):
                    own[m, n, c] = air[twin, a, c]
                n += 1
            kept = np.int64(0)
            for a in range(n):
                if own[m, a, FROM] + member.track_delay_s < own[m, a, TO]:
                    for c in range(TRACK_COLUMNS):
                        own[m, kept, c] = own[m, a, c]
                    own[m, kept, FROM] += member.track_delay_s
                    kept += 1
            n_own[m] = joined(own[m], kept)
        for m in range(n_members):
            member, row = members[m], sight[m, j]
            n_pool = np.int64(0)
            if member.pooling == 1:
                for other in range(n_members):
                    if other == m:
                        continue
                    if n_pool + n_own[other] > room:
                        return np.int64(-1)
                    for a in range(n_own[other]):
                        for c in range(TRACK_COLUMNS):
                            pool[n_pool, c] = own[other, a, c]
                        pool[n_pool, FROM] += member.pool_latency_s
                        pool[n_pool, TO] += member.pool_latency_s
                        n_pool += 1
                n_pool = joined(pool, n_pool)
            shared = np.inf
            if member.shared == 1 and draws.uniform(seed, replicate, threat.entity, draws.SHARED_COVER, 0) < member.shared_cover:
                shared = entry_into_ukraine_s(inside, stay_from[j], stay_from[j + 1]) + member.latency_s
            row.first = count
            count = stretches(own[m], n_own[m], pool, n_pool, shared, member.latency_s, member.pool_latency_s, m, j, pieces, count)
            if count < 0:
                return count
            row.last = count
            key = pair_entity(threat.entity, member.entity)
            row.own_s = own[m, 0, FROM] if n_own[m] > 0 else np.inf
            row.seen_s = pieces[row.first].from_s if count > row.first else np.inf
            row.by = pieces[row.first].by if count > row.first else np.int8(BY_GROUND)
            row.classified_s = _classify(seed, replicate, key, member.classification_s, pieces, np.int64(row.first), count)
            row.taken_for = threat.cls
            if draws.uniform(seed, replicate, key, draws.CONFUSION, 0) < member.confusion:
                row.taken_for = mistaken_for(threat.cls)
    return count
