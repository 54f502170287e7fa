"""The moment of decision: which free pairs are matched with which permitted, unclaimed tracks, by the package's policy; nothing flies or fires here.

Only pairs and tracks about which something changed are looked at anew. A claim binds all members, or under the policy `national` its own member alone.
"""

from __future__ import annotations

import numpy as np

from zaslin.doctrine.assign import PROJECTION_S
from zaslin.doctrine.policies import LATE_SHARE, best_first, crossing_s, most_worth
from zaslin.engine.aiming import (
    emptied,
    flies_low,
    has_fuel,
    leg_now,
    line_of,
    not_before_s,
    note_reach,
    over_bit,
    reach_at_m,
    reach_now,
    round_mps,
    shot_on,
    side,
    weapon_for,
)  # fmt: skip
from zaslin.engine.records import FLYERS, FREE, FREED, FRESH, GUN, LOOK, NO_FREE, NO_PLAN, NO_ROUNDS, SHOWN, STIRRED, UNARMED
from zaslin.engine.sorties import fuel_until_s, locate, schedule
from zaslin.jit import kernel, lean
from zaslin.physics.detection import late_at, next_piece_s
from zaslin.physics.path import leg_at, place_at
from zaslin.world.arrays import EARLIEST, NATIONAL, OPTIMAL, OWN_BORDER, VALUE

SOIL_AHEAD_S = 1.0
"""A pilot who held fire is asked over which soil the threat flies this much later, s."""
RANKING_TOLERANCE_S = 1e-3
"""A time of fire that only ranks shooters is bracketed to this, s."""


@lean
def wanted(scene, board, j):
    """Whether a member has a window open for threat j and nobody whose claim binds it has claimed it."""
    for m in range(len(scene.members)):  # noqa: SIM110 (kernels have no any())
        if board.open[m, j] >= 0 and board.claims[side(scene, m), j] < 0:
            return True
    return False


@lean
def _rank(scene, i, j, weapon, t, now):
    """What a policy makes of pair i's shot at threat j at `t`: lower is taken first; for the optimal policy its worth, higher is better."""
    shooter, threat = scene.shooters[i], scene.threats[j]
    m = shooter.member
    if scene.policy == OWN_BORDER:
        return crossing_s(scene.ground.fields, np.int64(scene.members[m].country), line_of(scene, np.int64(m), j, now), now)
    if scene.policy == VALUE or scene.policy == OPTIMAL:
        chance = shooter.gun_p[threat.cls] if weapon == GUN else shooter.p_kill[threat.cls]
        # What it is taken for says what it is worth; what may be engaged is taken for some class.
        worth = chance * scene.values[scene.sight[m, j].taken_for]
        return -worth if scene.policy == VALUE else worth * (1.0 - (1.0 - LATE_SHARE) * (t - now) / PROJECTION_S)
    return t


@lean
def open_pairings(scene, board, rows, columns, fresh, now):
    """What there is to match now: fills rows with free pairs, columns with wanted tracks, fresh with the free pairs that something changed about, and the
    times and ranks of what is new.

    Returns (rows, columns, fresh pairs, whether anything changed since the last time). Where one track alone is new, it is the only column; where one pair
    alone is, it is the only row: of the others nothing came the last time.
    """
    n_rows, n_columns, n_fresh = np.int64(0), np.int64(0), np.int64(0)
    if board.counts[FRESH] == 0:
        return n_rows, n_columns, n_fresh, False
    board.counts[FRESH] = 0
    if board.counts[FREED] == 0 and board.counts[STIRRED] == 0:
        return n_rows, n_columns, n_fresh, False
    new_columns, column = 0, np.int64(-1)
    for s in range(board.counts[SHOWN]):
        j = board.shown[s]
        track = board.tracks[j]
        if track.alive == 1 and wanted(scene, board, j):
            columns[n_columns] = j
            n_columns += 1
            if track.fresh == 1:
                new_columns, column = new_columns + 1, np.int64(j)
    if n_columns == 0:
        return n_rows, n_columns, n_fresh, True
    for f in range(board.counts[FLYERS]):
        i = board.flyers[f]
        p = board.pairs[i]
        if p.status == FREE:
            rows[n_rows] = i
            n_rows += 1
            if p.fresh == 1:
                fresh[n_fresh] = i
                n_fresh += 1
    by_time = scene.policy == EARLIEST or scene.policy == NATIONAL
    if n_fresh == 0 and new_columns == 1:
        columns[0], n_columns = column, np.int64(1)
    elif n_fresh == 1 and new_columns == 0:
        rows[0], n_rows = fresh[0], np.int64(1)
        if by_time:
            _consider_one(scene, board, rows[0], columns, n_columns, now)
            return n_rows, n_columns, n_fresh, True
    else:
        by_time = False
    for c in range(n_columns):
        j = columns[c]
        if board.tracks[j].fresh == 1:
            _consider(scene, board, rows, n_rows, j, by_time, now)
        else:
            _consider(scene, board, fresh, n_fresh, j, False, now)
    return n_rows, n_columns, n_fresh, True


@lean
def narrowed(scene, board, rows, n_rows, columns, n_columns, fresh, n_fresh, live_rows, live_columns):
    """Of the pairs and tracks those that have a shot at all between them (for the optimal policy all); returns their numbers. What was not asked anew, as
    nothing changed about pair and track, counts as no shot."""
    n_live_rows, n_live_columns = np.int64(0), np.int64(0)
    for r in range(n_rows):
        board.bounds[rows[r]] = 0.0
    for c in range(n_columns):
        j, any_shot, stirred = columns[c], scene.policy == OPTIMAL, board.tracks[columns[c]].fresh == 1
        for r in range(n_rows if stirred else n_fresh):
            i = rows[r] if stirred else fresh[r]
            if board.times[j, i] < np.inf:
                board.bounds[i], any_shot = 1.0, True
        if any_shot:
            live_columns[n_live_columns] = j
            n_live_columns += 1
    for r in range(n_rows):
        i = rows[r]
        if board.bounds[i] == 1.0 or scene.policy == OPTIMAL:
            live_rows[n_live_rows] = i
            n_live_rows += 1
            for c in range(n_live_columns):
                if board.pairs[i].fresh == 0 and board.tracks[live_columns[c]].fresh == 0:
                    board.times[live_columns[c], i] = np.inf
    return n_live_rows, n_live_columns


@lean
def _consider_one(scene, board, i, columns, n_columns, now):
    """Fill times and ranks of pair i, the only one about which something changed, where the earliest shot takes it. A track that is certain to be shot at later
    than another, and of which it is known that a pair of the member could, need not be asked when; the most promising is asked first."""
    m, p, shooter, best, left = np.int64(scene.shooters[i].member), board.pairs[i], scene.shooters[i], np.inf, 0
    x, y = locate(p, now)
    for c in range(n_columns):
        j = columns[c]
        board.times[j, i], board.ranks[j, i] = np.inf, np.inf
        if board.open[m, j] < 0 or board.claims[side(scene, m), j] >= 0:
            continue
        weapon = _may_take(scene, board, i, j, now)
        if weapon == UNARMED:
            continue
        cls, line = scene.threats[j].cls, line_of(scene, m, j, now)
        reach_m = reach_at_m(shooter, weapon, cls, flies_low(scene, j, now))
        soonest = not_before_s(reach_m, round_mps(shooter, weapon), shooter.dash_mps, line, x, y, now)
        if soonest > now + PROJECTION_S:
            continue
        if board.progress[m, j] < NO_FREE or weapon_for(shooter, p, cls) == UNARMED:
            best = min(best, _ask(scene, board, i, m, j, line, now))
        else:
            board.ranks[j, i] = soonest
            left += 1
    while left > 0:
        first = np.int64(-1)
        for c in range(n_columns):
            j = columns[c]
            if board.times[j, i] == np.inf and board.ranks[j, i] < np.inf and (first < 0 or board.ranks[j, i] < board.ranks[first, i]):
                first = j
        if first < 0 or board.ranks[first, i] > best:
            return
        board.ranks[first, i] = np.inf
        best = min(best, _ask(scene, board, i, m, first, line_of(scene, m, first, now), now))
        left -= 1


@lean
def _consider(scene, board, rows, n_rows, j, one_track, now):
    """Fill times and ranks of the free pairs `rows` for track j. one_track: it is the only track that can be matched now, and the earliest shot takes it: then
    a pair that is certain to be later than another of its member need not be asked when; the most promising is asked first."""
    first = np.int64(0)
    while first < n_rows:
        m = np.int64(scene.shooters[rows[first]].member)
        last = first + 1
        while last < n_rows and scene.shooters[rows[last]].member == m:
            last += 1
        for r in range(first, last):
            board.times[j, rows[r]] = np.inf
        if board.open[m, j] >= 0 and board.claims[side(scene, m), j] < 0:
            _consider_of(scene, board, rows, first, last, m, j, one_track, now)
        first = last


@lean
def _consider_of(scene, board, rows, first, last, m, j, one_track, now):
    """`_consider` for the rows first:last, all of member m, which has a window open and no claim."""
    line, best, cls, low = line_of(scene, m, j, now), np.inf, scene.threats[j].cls, flies_low(scene, j, now)
    for r in range(first, last):
        i = rows[r]
        board.bounds[i] = np.inf
        weapon = _may_take(scene, board, i, j, now)
        if weapon == UNARMED:
            continue
        x, y = locate(board.pairs[i], now)
        shooter = scene.shooters[i]
        soonest = not_before_s(reach_at_m(shooter, weapon, cls, low), round_mps(shooter, weapon), shooter.dash_mps, line, x, y, now)
        if soonest <= now + PROJECTION_S:
            board.bounds[i] = soonest
            # Who has no rounds left takes nothing; that it could have is noted, however late.
            if not one_track or weapon_for(shooter, board.pairs[i], cls) == UNARMED:
                board.bounds[i] = np.inf
                _ask(scene, board, i, m, j, line, now)
    while one_track:
        i = np.int64(-1)
        for r in range(first, last):
            if i < 0 or board.bounds[rows[r]] < board.bounds[i]:
                i = rows[r]
        if board.bounds[i] == np.inf or board.bounds[i] > best:
            return
        board.bounds[i] = np.inf
        best = min(best, _ask(scene, board, i, m, j, line, now))


@lean
def _may_take(scene, board, i, j, now):
    """With what pair i would take track j, if it or the track is new and nothing has barred them on this leg; UNARMED: not at all. It may be a weapon whose
    rounds have run out."""
    p, shooter, cls = board.pairs[i], scene.shooters[i], scene.threats[j].cls
    if p.fresh == 0 and board.tracks[j].fresh == 0:
        return UNARMED
    weapon = weapon_for(shooter, p, cls)
    if weapon == UNARMED:
        if board.progress[shooter.member, j] >= NO_ROUNDS:
            return UNARMED
        weapon = emptied(shooter, cls)
    if board.barred[j, i] > 0 or board.gate[j, i] != 0:
        k = leg_now(scene, j, now)
        if board.barred[j, i] == k + 1:
            return UNARMED
        if board.gate[j, i] != 0:  # the pilot held fire: again only where it flies over other soil than it did then
            # a moment later, so that a window that opens on the border line asks of the soil beyond it
            tx, ty = place_at(scene.verts, k, now + SOIL_AHEAD_S)
            if board.gate[j, i] & over_bit(scene, tx, ty):
                return UNARMED
    return weapon


@lean
def _ask(scene, board, i, m, j, line, now):
    """When pair i could fire at track j at the earliest, s: noted, if it has rounds and fuel for it (else inf)."""
    p, shooter, cls = board.pairs[i], scene.shooters[i], scene.threats[j].cls
    weapon = weapon_for(shooter, p, cls)
    without = weapon == UNARMED
    if without:
        weapon = emptied(shooter, cls)
    x, y = locate(p, now)
    t, qx, qy = shot_on(scene, board, i, reach_now(scene, board, i, j, weapon, now), line, x, y, now, RANKING_TOLERANCE_S)
    if t == np.inf or not has_fuel(shooter, fuel_until_s(p, now), p.off_duty_s, x, y, now, t, qx, qy):
        return np.inf
    if without:
        board.progress[m, j] = max(board.progress[m, j], NO_ROUNDS)
        return np.inf
    board.times[j, i] = t
    board.ranks[j, i] = _rank(scene, i, j, weapon, t, now)
    return t


@kernel
def match(scene, board, rows, n_rows, columns, n_columns, chosen):
    """chosen[r]: the track that the policy gives to the pair rows[r], or -1."""
    times, ranks = board.times.T, board.ranks.T
    if scene.policy == OPTIMAL:
        for r in range(n_rows):
            for c in range(n_columns):
                if times[rows[r], columns[c]] == np.inf:
                    ranks[rows[r], columns[c]] = 0.0
        most_worth(ranks, rows, n_rows, columns, n_columns, chosen)
    elif scene.policy == NATIONAL:
        own, picked = np.empty(n_rows, np.int64), np.empty(n_rows, np.int64)
        for m in range(len(scene.members)):
            n = np.int64(0)
            for r in range(n_rows):
                if scene.shooters[rows[r]].member == m:
                    own[n] = rows[r]
                    n += 1
            best_first(times, times, own, n, columns, n_columns, picked)
            n = np.int64(0)
            for r in range(n_rows):
                if scene.shooters[rows[r]].member == m:
                    chosen[r] = picked[n]
                    n += 1
    else:
        best_first(times if scene.policy == EARLIEST else ranks, times, rows, n_rows, columns, n_columns, chosen)


@lean
def note_unchosen(scene, board, rows, n_rows, columns, n_columns, chosen):
    """After a decision: a pair that could have taken a track and is not free any more, or whose track another has, had no free shooter; where a first plan
    failed all is decided again. For the chain of causes."""
    for r in range(n_rows):
        m, busy = scene.shooters[rows[r]].member, board.pairs[rows[r]].status != FREE
        for c in range(n_columns):
            j = columns[c]
            if board.times[j, rows[r]] < np.inf and chosen[r] != j and (busy or board.claims[side(scene, m), j] >= 0):
                board.progress[m, j] = max(board.progress[m, j], NO_FREE)


@lean
def note_left_over(scene, board, n_rows, columns, n_columns, looked, n_looked, now):
    """After a decision: what kept whom from what, for the chain of causes, and when to look again at tracks that nobody took.

    looked: the threats that were fresh before it, of which n_looked count.
    """
    for s in range(n_looked):
        j = looked[s]
        track = board.tracks[j]
        if track.fresh == 0 and track.alive == 1:
            for m in range(len(scene.members)):
                claimed = board.claims[side(scene, m), j]
                if board.open[m, j] >= 0 and not (claimed >= 0 and scene.shooters[claimed].member == m):
                    note_reach(scene, board, m, j, now)
    for c in range(n_columns):
        j = columns[c]
        if n_rows > 0 and board.tracks[j].look_s <= now and wanted(scene, board, j):
            look_again(scene, board, j, now)


@lean
def look_again(scene, board, j, now):
    """Wake at the track's next turn as any member with an open window sees it, at the end of the projection at the latest."""
    threat = scene.threats[j]
    t = now + PROJECTION_S
    for m in range(len(scene.members)):
        if board.open[m, j] < 0:
            continue
        look = scene.sight[m, j]
        late = late_at(scene.pieces, look, now)
        k = leg_at(scene.verts, threat.vert_from, threat.vert_to, now - late) + 1
        while k < threat.vert_to and scene.verts[k].t + late <= now:
            k += 1
        if k < threat.vert_to:
            t = min(t, scene.verts[k].t + late)
        t = min(t, next_piece_s(scene.pieces, look, now))
    board.tracks[j].look_s = t
    schedule(board, t, LOOK, j, NO_PLAN)
