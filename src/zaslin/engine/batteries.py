"""Ground-based air defence in the loop: what a notional battery sees coming, its channels, magazine and reload; fighters are not here.

A battery takes a threat, in a window of its member, when a round fired now would meet it; holds one channel from then until the result; fires after its
reaction time, if the caveats permit where the round would meet the threat; looks, and fires again. A threat for which no channel or round is free waits as
long as it can be met; the longest wait comes first. Batteries and fighters do not wait for each other: nothing of what one does changes what the other is
allowed, only what is still there to be shot at.
"""

from __future__ import annotations

import numpy as np

from zaslin.doctrine.assign import true_line
from zaslin.doctrine.consent import permitted_at
from zaslin.engine.aiming import leg_now, permitted_where, refuse
from zaslin.engine.aims import aim_at, next_aim_s
from zaslin.engine.manning import look_out
from zaslin.engine.records import (
    AIMING,
    BATTERIES_LOOK,
    BATTERY_FIRES,
    BATTERY_FULL,
    BATTERY_MEETS,
    BATTERY_SEEKS,
    BATTERY_SEES,
    CLOSED,
    COMMITTED,
    ENDED,
    ENGAGEMENTS_FULL,
    FLYING,
    IDLE,
    KILLED,
    MISSED,
    NEW,
    NO_FREE,
    NO_PLAN,
    NO_ROUNDS,
    NOT_REACHED,
    SAME_CHASE_S,
    SHOT_MISSED,
    SHOTS_FULL,
    SORTIES_FULL,
    WAITING,
)  # fmt: skip
from zaslin.engine.rounds import mistaken, salvo_hits
from zaslin.engine.sorties import schedule
from zaslin.engine.why import NO_FREE_SHOOTER, OUT_OF_REACH
from zaslin.engine.why import NO_ROUNDS as WITHOUT_ROUNDS
from zaslin.jit import lean
from zaslin.physics.battery import meets_from_row_s, row_m
from zaslin.physics.intercept import on_line
from zaslin.physics.lethality import hit_chance
from zaslin.physics.path import place_at
from zaslin.plane import course_rad

SOON_S = 10.0
"""Further ahead than this, s, a battery's moment is not looked for exactly yet."""
FOR_US, NOT_FOR_US = np.arange(2, dtype=np.int8)
"""How a threat ended: by the coalition, or not; numpy's own integers, as numba compiles anew for each literal."""


@lean
def seek(scene, board, a, now):
    """Wake when the battery of aim `a` could next fire at its threat in the window that is open now; it has no channel of it."""
    aim = board.aims[a]
    b, j = np.int64(aim.battery), np.int64(aim.threat)
    aim.plan += 1
    if aim.phase == WAITING:
        board.crews[b].waiting -= 1
    aim.phase = IDLE
    w = board.open[scene.shooters[scene.batteries[b].shooter].member, j]
    if w < 0 or board.tracks[j].alive == 0:
        return
    k, start = leg_now(scene, j, now), now
    if aim.barred == k + 1:
        start = scene.verts[k + 1].t
        if start <= now:
            return
    t, found = next_aim_s(scene, b, j, start, scene.windows[w].to_s, now + SOON_S)
    schedule(board, t, BATTERY_SEES if found else BATTERY_SEEKS, a, aim.plan)


@lean
def _take(scene, board, a, now):
    """The battery of aim `a` gives a channel to its threat; within a minute of the last it is the same engagement."""
    aim = board.aims[a]
    b, j = np.int64(aim.battery), np.int64(aim.threat)
    crew, battery = board.crews[b], scene.batteries[b]
    n = aim.engagement
    if n < 0 or now - board.engagements[n].end_s >= SAME_CHASE_S:
        n = board.counts[0]
        if n >= len(board.engagements):
            board.counts[3] = ENGAGEMENTS_FULL
            return
        row = board.engagements[n]
        row.threat, row.shooter, row.commit_s, row.first_shot_s = j, battery.shooter, now, np.nan
        row.end_s, row.shots, row.result = now, 0, NOT_REACHED
        board.counts[0] = n + 1
    if aim.phase == WAITING:
        crew.waiting -= 1
    aim.engagement, aim.phase = n, AIMING
    aim.plan += 1
    crew.busy += 1
    crew.aiming += 1
    m = scene.shooters[battery.shooter].member
    board.progress[m, j] = max(board.progress[m, j], COMMITTED)
    schedule(board, now + battery.reaction_s, BATTERY_FIRES, a, aim.plan)


@lean
def _ready(battery, crew):
    """Whether a battery has a channel and a round that no other threat has been promised."""
    return crew.busy < battery.channels and crew.rounds > crew.aiming


@lean
def _sees(scene, board, a, now):
    """The threat of aim `a` can be met: take it, or let it wait."""
    aim = board.aims[a]
    b, j = np.int64(aim.battery), np.int64(aim.threat)
    crew, battery = board.crews[b], scene.batteries[b]
    m = scene.shooters[battery.shooter].member
    if board.tracks[j].alive == 0 or board.open[m, j] < 0:
        return
    if _ready(battery, crew):
        _take(scene, board, a, now)
        return
    if aim.since_s == -np.inf:  # told once; it comes here again with every window that opens
        refuse(board, j, np.int64(battery.shooter), NO_FREE_SHOOTER if crew.busy >= battery.channels else WITHOUT_ROUNDS, np.int64(-1), now)
    if aim.phase != WAITING:
        crew.waiting += 1
    aim.phase, aim.since_s = WAITING, now
    board.progress[m, j] = max(board.progress[m, j], NO_FREE if crew.busy >= battery.channels else NO_ROUNDS)


@lean
def _longer(aim, other):
    """Whether a threat has waited longer than another; ties: the lower index."""
    return aim.since_s < other.since_s or (aim.since_s == other.since_s and aim.threat < other.threat)


@lean
def _serve(scene, board, b, now):
    """A channel or rounds have come free: the threat that has waited longest and can still be met; ties: the lower index."""
    crew = board.crews[b]
    while crew.waiting > 0 and _ready(scene.batteries[b], crew):
        best, a = np.int64(-1), np.int64(crew.first)
        while a >= 0:
            if board.aims[a].phase == WAITING and (best < 0 or _longer(board.aims[a], board.aims[best])):
                best = a
            a = np.int64(board.aims[a].next)
        j = np.int64(board.aims[best].threat)
        if board.tracks[j].alive == 1 and aim_at(scene, b, j, now)[0]:
            _take(scene, board, best, now)
            if board.counts[3] != 0:
                return
        else:
            seek(scene, board, best, now)


@lean
def _let_go(scene, board, a, now, result):
    """The channel of aim `a` is free again; its battery looks when it could fire at the threat next, and serves who waits."""
    aim = board.aims[a]
    b = np.int64(aim.battery)
    crew = board.crews[b]
    row = board.engagements[aim.engagement]
    row.end_s = now
    row.result = SHOT_MISSED if row.shots > 0 and result != KILLED and result != ENDED else result
    crew.busy -= 1
    if aim.phase == AIMING:
        crew.aiming -= 1
    seek(scene, board, a, now)
    _serve(scene, board, b, now)


@lean
def _fires(scene, board, a, now):
    """The reaction of aim `a` is over: fire if the interval is, if the threat can be met, and if window and caveats where the round would meet it permit."""
    aim = board.aims[a]
    b, j = np.int64(aim.battery), np.int64(aim.threat)
    crew, battery = board.crews[b], scene.batteries[b]
    shooter, threat = scene.shooters[battery.shooter], scene.threats[j]
    m = shooter.member
    if now < crew.fired_s + shooter.shot_interval_s:
        aim.plan += 1
        schedule(board, crew.fired_s + shooter.shot_interval_s, BATTERY_FIRES, a, aim.plan)
        return
    good, _, flight, x, y = aim_at(scene, b, j, now)
    if not good:
        refuse(board, j, np.int64(battery.shooter), OUT_OF_REACH, np.int64(-1), now)
        _let_go(scene, board, a, now, NOT_REACHED)
        return
    k = leg_now(scene, j, now)
    line = true_line(scene.verts, k, scene.speeds[k])
    course = course_rad(line.x, line.y, line.hx, line.hy) + scene.consent[m, j].course_error_rad
    open_now = permitted_at(scene.windows, scene.consent, m, j, now)
    if not (open_now and permitted_where(scene, board, np.int64(battery.shooter), j, x, y, course, line.speed, now)):
        aim.barred = k + 1
        _let_go(scene, board, a, now, CLOSED)
        return
    # As many as its salvo asks for, but none that another threat has been promised.
    rounds = min(max(np.int64(shooter.salvo[threat.cls]), np.int64(1)), crew.rounds - crew.aiming + 1)
    first = board.counts[1]
    if first + rounds > len(board.shots):
        board.counts[3] = SHOTS_FULL
        return
    country, fields = np.int64(scene.members[m].country), scene.ground.fields
    meet = meets_from_row_s(fields, country, battery.behind_m, scene.verts, threat.vert_from, threat.vert_to, threat.end_s, shooter.missile_mps, now)
    at = meet if meet < np.inf else now + flight
    # The threat passes over the battery: it fired from ahead on the threat's line, or from behind. For the aspect and the fall of a miss; no row shows it.
    away = flight * shooter.missile_mps / max(line.speed, 1.0)
    nx, ny = on_line(line, now + flight + 1.0)
    coming = row_m(fields, country, battery.behind_m, nx, ny) < row_m(fields, country, battery.behind_m, x, y)
    for n in range(first, first + rounds):
        shot = board.shots[n]
        shot.threat, shot.shooter, shot.number, shot.fire_s, shot.impact_s = j, battery.shooter, aim.fired, now, at
        shot.hit, shot.found, shot.weapon = 0, 0, battery.weapon
        shot.shooter_x, shot.shooter_y = on_line(line, now + flight + away if coming else now + flight - away)
        shot.x, shot.y = x, y
        if meet < np.inf:
            shot.x, shot.y = place_at(scene.verts, leg_now(scene, j, meet), meet)
            shot.found = 1
        aim.fired += 1
    board.counts[1] = first + rounds
    aim.shot, aim.salvo, aim.phase = first, rounds, FLYING
    aim.plan += 1
    crew.rounds -= rounds
    crew.aiming -= 1
    crew.spent += rounds
    crew.fired_s = now
    if crew.rounds == 0:
        schedule(board, now + battery.reload_s, BATTERY_FULL, np.int64(b), NO_PLAN)
    row = board.engagements[aim.engagement]
    row.shots += rounds
    if np.isnan(row.first_shot_s):
        row.first_shot_s = now
    schedule(board, at, BATTERY_MEETS, a, aim.plan)


@lean
def _meets(scene, board, a, now):
    """The round of aim `a` comes to its threat. Returns whether it killed it."""
    aim = board.aims[a]
    b, j = np.int64(aim.battery), np.int64(aim.threat)
    crew, battery = board.crews[b], scene.batteries[b]
    shooter, threat, track = scene.shooters[battery.shooter], scene.threats[j], board.tracks[j]
    shot, m = board.shots[aim.shot], shooter.member
    if track.alive == 0 or shot.found == 0:
        for n in range(aim.shot, aim.shot + aim.salvo):
            board.shots[n].found = 0
        board.cut[m, j] = 1
        _let_go(scene, board, a, now, ENDED)
        return False
    k = leg_now(scene, j, now)
    course = course_rad(scene.verts[k].x, scene.verts[k].y, scene.verts[k + 1].x, scene.verts[k + 1].y)
    chance = hit_chance(shooter.p_kill[threat.cls], shooter.tail_loss, course, course_rad(shot.shooter_x, shot.shooter_y, shot.x, shot.y))
    hit = salvo_hits(scene, board, battery.shooter, j, aim.shot, np.int64(aim.salvo), chance, shooter.missile_mps, shooter.reach_m[threat.cls])
    if hit >= 0:
        board.shots[hit].hit = 1
        track.alive, track.killed_s, track.killer = 0, now, battery.shooter
        _let_go(scene, board, a, now, KILLED)
        return True
    board.progress[m, j] = MISSED
    if mistaken(scene, j, np.int64(battery.shooter), np.int64(shot.number), shooter.miss_unseen):
        aim.barred = k + 1
        _let_go(scene, board, a, now, SHOT_MISSED)
    elif crew.rounds > crew.aiming and board.open[m, j] >= 0:
        aim.phase = AIMING
        aim.plan += 1
        crew.aiming += 1
        schedule(board, max(now + shooter.assess_s, crew.fired_s + shooter.shot_interval_s), BATTERY_FIRES, a, aim.plan)
    else:
        _let_go(scene, board, a, now, SHOT_MISSED)
    return False


@lean
def battery_event(scene, board, kind, a, plan, now):
    """One of the batteries' events; `a`: the aim, or of BATTERY_FULL the battery, of BATTERIES_LOOK the window. Returns the index of a
    threat that it killed, or -1."""
    if kind == BATTERY_FULL:
        board.crews[a].rounds = scene.shooters[scene.batteries[a].shooter].rounds
        _serve(scene, board, a, now)
        return -1
    if kind == BATTERIES_LOOK:
        _look(scene, board, a, now)
        return -1
    if board.aims[a].plan != plan:
        return -1
    if kind == BATTERY_SEEKS:
        seek(scene, board, a, now)
    elif kind == BATTERY_SEES:
        _sees(scene, board, a, now)
    elif kind == BATTERY_FIRES:
        _fires(scene, board, a, now)
    elif _meets(scene, board, a, now):
        return np.int64(board.aims[a].threat)
    return -1


@lean
def _look(scene, board, w, now):
    """Batteries that come near the threat of a window next seek; and when to look out for others."""
    j = np.int64(scene.windows[w].threat)
    if board.open[scene.windows[w].member, j] != w or board.tracks[j].alive == 0:
        return
    schedule(board, look_out(scene, board, w, now), BATTERIES_LOOK, w, NO_PLAN)
    a = np.int64(board.first_aims[j])
    while a >= 0:
        if board.aims[a].phase == NEW:
            seek(scene, board, a, now)
        a = np.int64(board.aims[a].after)


@lean
def batteries_open(scene, board, w, now):
    """Window `w` opens, or takes over from the one before."""
    m, j = scene.windows[w].member, np.int64(scene.windows[w].threat)
    schedule(board, look_out(scene, board, w, now), BATTERIES_LOOK, w, NO_PLAN)
    a = np.int64(board.first_aims[j])
    while a >= 0:
        aim = board.aims[a]
        if scene.shooters[scene.batteries[aim.battery].shooter].member == m:
            aim.barred = 0
            if aim.phase != AIMING and aim.phase != FLYING:
                seek(scene, board, a, now)
        a = np.int64(board.aims[a].after)


@lean
def batteries_close(scene, board, m, j, now):
    """The last window of member m for threat j is over; a round in the air is not called back."""
    a = np.int64(board.first_aims[j])
    while a >= 0:
        aim = board.aims[a]
        if scene.shooters[scene.batteries[aim.battery].shooter].member == m:
            if aim.phase == AIMING:
                _let_go(scene, board, a, now, CLOSED)
            elif aim.phase != FLYING:
                seek(scene, board, a, now)
        a = np.int64(board.aims[a].after)


@lean
def batteries_stand_down(scene, board, j, now, cut):
    """Threat j has ended: batteries that were about to fire at it let go. cut: FOR_US or NOT_FOR_US."""
    a = np.int64(board.first_aims[j])
    while a >= 0:
        aim = board.aims[a]
        if aim.phase == AIMING:
            m = scene.shooters[scene.batteries[aim.battery].shooter].member
            board.cut[m, j] = max(board.cut[m, j], cut)
            _let_go(scene, board, a, now, ENDED)
        elif aim.phase == WAITING:
            seek(scene, board, a, now)
        a = np.int64(board.aims[a].after)


@lean
def book_batteries(scene, board):
    """What each battery spent in the night, as a sortie that nobody flew: all times NaN. Batteries that did not fire have none."""
    for b in range(len(scene.batteries)):
        if board.crews[b].spent == 0:
            continue
        n = board.counts[2]
        if n >= len(board.sorties):
            board.counts[3] = SORTIES_FULL
            return
        row = board.sorties[n]
        row.shooter, row.rounds, row.take_off_s, row.landing_s, row.over_ukraine_s = scene.batteries[b].shooter, board.crews[b].spent, np.nan, np.nan, 0.0
        row.ordered_s, row.ready_s = np.nan, np.nan
        board.counts[2] = n + 1
