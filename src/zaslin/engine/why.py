"""Why not: for every threat that the coalition did not kill, the first link of the chain that failed on each member's furthest attempt.

seen → classified → permitted → approved → in reach → a shooter free → rounds left → pilot → hit. `ended_first` only where Ukraine's stop
or the threat's own failure came before the link could be reached, judged by the free flight: what would have been seen, permitted or met later
but for that end. Before the chain: `unmet_class`, a class against which the member has no weapon at all, whatever is seen and permitted.
"""

from __future__ import annotations

import numpy as np

from zaslin.engine.records import COMMITTED, HELD, NO_FREE, NO_MATCH, PILOT, UNASKED
from zaslin.engine.records import MISSED as SHOT_MISSED
from zaslin.engine.records import NO_ROUNDS as WITHOUT_ROUNDS
from zaslin.jit import lean
from zaslin.physics.path import leg_at, place_at
from zaslin.plane import distance_m
from zaslin.world.arrays import KILLED_MEMBER, KILLED_UA, LOST

NOT_SEEN, NOT_CLASSIFIED, NOT_PERMITTED, NOT_APPROVED, OUT_OF_REACH, NO_FREE_SHOOTER, NO_ROUNDS, PILOT_HELD, MISSED, ENDED_FIRST, UNMET_CLASS = np.arange(
    11
)
"""Positions in outcomes.tables.CAUSES (a test holds them together); the link's number for all but the last two."""
_BEFORE_THE_CHAIN = np.int64(-1)


@lean
def member_cause(end_s, alive_s, stopped, look, consent, progress, held, cut):
    """(cause, link reached, caveat) of one member for one threat.

    end_s: end of the free flight; alive_s: when it truly ended; stopped: Ukraine or a failure ended it. look: SIGHT, consent: CONSENT;
    progress, held, cut: the loop's. caveat: index, -1 none to name, NO_MATCH.
    """
    if not look.seen_s < end_s:
        return NOT_SEEN, NOT_SEEN, -1
    if look.seen_s >= alive_s:
        return ENDED_FIRST, NOT_SEEN, -1
    if not look.classified_s < end_s:
        return NOT_CLASSIFIED, NOT_CLASSIFIED, -1
    if look.classified_s >= alive_s:
        return ENDED_FIRST, NOT_CLASSIFIED, -1
    if consent.match_s == np.inf:
        return NOT_PERMITTED, NOT_PERMITTED, consent.caveat if consent.caveat >= 0 else NO_MATCH
    if consent.match_s >= alive_s:
        return ENDED_FIRST, NOT_PERMITTED, -1
    if consent.open_s == np.inf:
        return NOT_APPROVED, NOT_APPROVED, consent.caveat
    if consent.open_s >= alive_s:
        return ENDED_FIRST, NOT_APPROVED, -1
    if progress == SHOT_MISSED:
        return MISSED, MISSED, -1
    if progress in (COMMITTED, HELD, UNASKED, PILOT):
        if cut == 1 and stopped:
            return ENDED_FIRST, MISSED, -1
        if progress == HELD:
            return NOT_PERMITTED, NOT_PERMITTED, held
        if progress == UNASKED:
            return NOT_APPROVED, NOT_APPROVED, held
        if progress == PILOT:
            return PILOT_HELD, PILOT_HELD, -1
        return OUT_OF_REACH, OUT_OF_REACH, -1
    if progress == WITHOUT_ROUNDS:
        return NO_ROUNDS, NO_ROUNDS, -1
    if progress == NO_FREE:
        return NO_FREE_SHOOTER, NO_FREE_SHOOTER, -1
    return OUT_OF_REACH, OUT_OF_REACH, -1


@lean
def can_meet(shooters, m, cls):
    """Whether a shooter of member m has a missile or a gun against a class; where m has no shooter, one of anybody's. True where nobody has any."""
    own, n_own, every = False, 0, len(shooters) == 0
    for i in range(len(shooters)):
        s = shooters[i]
        armed = s.reach_m[cls] > 0.0 or s.gun_p[cls] > 0.0
        every = every or armed
        if s.member == m:
            own, n_own = own or armed, n_own + 1
    return own if n_own > 0 else every


@lean
def _nearest_m(shooters, m, x, y):
    """Distance, m, from a plane point to the nearest patrol's station or alert base of member m; inf without fighters."""
    best = np.inf
    for i in range(len(shooters)):
        s = shooters[i]
        if s.member == m:
            best = min(best, distance_m(x, y, s.station_x, s.station_y) if s.kind == 0 else distance_m(x, y, s.base_x, s.base_y))
    return best


@lean
def fill_causes(threats, verts, members, shooters, fates, sight, consent, progress, held, cut, out):
    """Rows per threat that is not killed_member: one per member and one (member -1) for the coalition, whose cause is that of the member
    that got furthest; ties: the nearest patrol or base to where the threat ended, then the member's country. Returns their number."""
    n = 0
    for j in range(len(threats)):
        fate, threat = fates[j], threats[j]
        if fate.fate == KILLED_MEMBER or threat.other > 0:
            continue
        x, y = place_at(verts, leg_at(verts, threat.vert_from, threat.vert_to, fate.fate_s), fate.fate_s)
        stopped = fate.fate == KILLED_UA or fate.fate == LOST
        best, best_link, best_m, best_away = -1, _BEFORE_THE_CHAIN - 1, -1, np.inf
        for m in range(len(members)):
            cause, link, caveat = member_cause(threat.end_s, fate.fate_s, stopped, sight[m, j], consent[m, j], progress[m, j], held[m, j], cut[m, j])
            if not can_meet(shooters, m, threat.cls):
                cause, link, caveat = UNMET_CLASS, _BEFORE_THE_CHAIN, -1
            row = out[n]
            row.threat, row.member, row.cause, row.caveat = j, m, cause, caveat
            away = _nearest_m(shooters, m, x, y)
            nearer = away < best_away or (away == best_away and best_m >= 0 and members[m].country < members[best_m].country)
            if link > best_link or (link == best_link and nearer):
                best, best_link, best_m, best_away = n, link, m, away
            n += 1
        row = out[n]
        row.threat, row.member, row.cause, row.caveat = j, -1, NOT_SEEN, -1  # of nobody: nobody looks
        if best >= 0:
            row.cause, row.caveat = out[best].cause, out[best].caveat
        n += 1
    return n
