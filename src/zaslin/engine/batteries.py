"""Ground-based air defence in the loop: what a notional battery sees coming, its channels, magazine and reload; fighters are not here.

A battery takes a threat, in a window of its member, when a round fired now would meet it; holds one channel from then until the result; fires after its
reaction time, if the caveats permit where the round would meet the threat; looks, and fires again. A threat for which no channel or round is free waits as
long as it can be met; the longest wait comes first. Batteries and fighters do not wait for each other: nothing of what one does changes what the other is
allowed, only what is still there to be shot at.
"""

from __future__ import annotations

import numpy as np

from zaslin import draws
from zaslin.atlas.crossing import inside
from zaslin.doctrine.assign import true_line
from zaslin.doctrine.consent import permitted_at
from zaslin.engine.aiming import leg_now, permitted_where, refuse
from zaslin.engine.records import (
    AIMING,
    BATTERY_FIRES,
    BATTERY_FULL,
    BATTERY_MEETS,
    BATTERY_SEES,
    CLOSED,
    COMMITTED,
    ENDED,
    ENGAGEMENTS_FULL,
    FLYING,
    IDLE,
    KILLED,
    MISSED,
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
from zaslin.jit import kernel
from zaslin.physics.battery import meets_from_row_s, outside_frame_m, round_s, row_m
from zaslin.physics.intercept import STEP_S, TOLERANCE_S, on_line, outside_m
from zaslin.physics.lethality import hit_chance, pair_entity
from zaslin.physics.path import altitude_at, place_at
from zaslin.plane import course_rad

_SLACK_M = 2_000.0  # most that the distance raster can be off
FOR_US, NOT_FOR_US = np.arange(2, dtype=np.int8)
"""How a threat ended: by the coalition, or not; numpy's own integers, as numba compiles anew for each literal."""
_LEAST_CLOSING = 0.1  # of the round's speed, where a threat is about as fast


@kernel
def aim_at(scene, b, j, t):
    """Whether a round that battery b fires at `t` would meet threat j, dead-reckoned on its leg, in range, band, province and (but for one that may fire
    across) its own airspace.

    Returns (whether, else not before when, flight of the round s, and where, plane m).
    """
    battery, fields = scene.batteries[b], scene.ground.fields
    shooter, threat = scene.shooters[battery.shooter], scene.threats[j]
    country = np.int64(scene.members[shooter.member].country)
    k = leg_now(scene, j, t)
    line = true_line(scene.verts, k, t)
    flight = round_s(fields, country, battery.behind_m, shooter.missile_mps, line, t)
    if flight == np.inf:  # the round is too slow for this threat; it is no nearer than by its own flight
        away = row_m(fields, country, battery.behind_m, line.x, line.y) - shooter.reach_m[threat.cls]
        return False, t + max(away / max(line.speed, 1.0) - shooter.reach_m[threat.cls] / shooter.missile_mps, 0.0), 0.0, line.x, line.y
    x, y = on_line(line, t + flight)
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
    good = battery.floor_m <= alt <= battery.ceiling_m and (battery.across == 1 or inside(scene.ground.borders, country, x, y))
    return good, t, flight, x, y


@kernel
def next_aim_s(scene, b, j, from_s, until_s):
    """First time, s, in [from_s, until_s] at which battery b could fire at threat j; inf if never.

    Steps that the distance allows (0.5 s at least: what is feasible for less may be stepped over), to the leg's end at most, then bisection. What it finds
    is the moment at which something changes; the battery itself acts on the leg of that moment alone.
    """
    t, before = from_s, np.nan
    while True:
        good, wait, _, _, _ = aim_at(scene, b, j, t)
        if good:
            break
        before = t
        leg_end = scene.verts[leg_now(scene, j, t) + 1].t
        t = max(wait, t + STEP_S)
        if before < leg_end < t:
            t = leg_end
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


@kernel
def man_batteries(scene, board):
    """Full magazines, and the coin of each battery's cover for each threat: one per threat and battery, the same in every package."""
    for b in range(len(scene.batteries)):
        battery = scene.batteries[b]
        shooter, crew = scene.shooters[battery.shooter], board.crews[b]
        crew.rounds, crew.busy, crew.aiming, crew.spent, crew.fired_s = shooter.rounds, 0, 0, 0, -np.inf
        for j in range(len(scene.threats)):
            threat, aim = scene.threats[j], board.aims[b, j]
            aim.shot, aim.engagement, aim.since_s = -1, -1, -np.inf
            if shooter.reach_m[threat.cls] > 0.0:
                luck = draws.uniform(scene.seed, scene.replicate, pair_entity(threat.entity, shooter.entity), draws.COVER, 0)
                aim.covered = 1 if luck < battery.coverage else 0


@kernel
def _code(threats, b, j):
    """Battery and threat in one argument of an event."""
    return np.int64(b * len(threats) + j)


@kernel
def seek(scene, board, b, j, now):
    """Wake when battery b could next fire at threat j in the window that is open now; it has no channel of it."""
    aim = board.aims[b, j]
    aim.plan += 1
    aim.phase = IDLE
    w = board.open[scene.shooters[scene.batteries[b].shooter].member, j]
    if aim.covered == 0 or w < 0 or board.tracks[j].alive == 0:
        return
    k, start = leg_now(scene, j, now), now
    if aim.barred == k + 1:
        start = scene.verts[k + 1].t
        if start <= now:
            return
    t = next_aim_s(scene, b, j, start, scene.windows[w].to_s)
    schedule(board, t, BATTERY_SEES, _code(scene.threats, b, j), aim.plan)


@kernel
def _take(scene, board, b, j, now):
    """Battery b gives a channel to threat j; within a minute of the last it is the same engagement."""
    aim, crew, battery = board.aims[b, j], board.crews[b], scene.batteries[b]
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
    aim.engagement, aim.phase = n, AIMING
    aim.plan += 1
    crew.busy += 1
    crew.aiming += 1
    m = scene.shooters[battery.shooter].member
    board.progress[m, j] = max(board.progress[m, j], COMMITTED)
    schedule(board, now + battery.reaction_s, BATTERY_FIRES, _code(scene.threats, b, j), aim.plan)


@kernel
def _ready(battery, crew):
    """Whether a battery has a channel and a round that no other threat has been promised."""
    return crew.busy < battery.channels and crew.rounds > crew.aiming


@kernel
def _sees(scene, board, b, j, now):
    """Threat j can be met: take it, or let it wait."""
    aim, crew, battery = board.aims[b, j], board.crews[b], scene.batteries[b]
    m = scene.shooters[battery.shooter].member
    if board.tracks[j].alive == 0 or board.open[m, j] < 0:
        return
    if _ready(battery, crew):
        _take(scene, board, b, j, now)
        return
    if aim.since_s == -np.inf:  # told once; it comes here again with every window that opens
        refuse(board, j, np.int64(battery.shooter), NO_FREE_SHOOTER if crew.busy >= battery.channels else WITHOUT_ROUNDS, np.int64(-1), now)
    aim.phase, aim.since_s = WAITING, now
    board.progress[m, j] = max(board.progress[m, j], NO_FREE if crew.busy >= battery.channels else NO_ROUNDS)


@kernel
def _serve(scene, board, b, now):
    """A channel or rounds have come free: the threat that has waited longest and can still be met; ties: the lower index."""
    while _ready(scene.batteries[b], board.crews[b]):
        best = np.int64(-1)
        for j in range(len(scene.threats)):
            if board.aims[b, j].phase == WAITING and (best < 0 or board.aims[b, j].since_s < board.aims[b, best].since_s):
                best = np.int64(j)
        if best < 0:
            return
        if board.tracks[best].alive == 1 and aim_at(scene, b, best, now)[0]:
            _take(scene, board, b, best, now)
            if board.counts[3] != 0:
                return
        else:
            seek(scene, board, b, best, now)


@kernel
def _let_go(scene, board, b, j, now, result):
    """Battery b's channel of threat j is free again; it looks when it could fire at it next, and serves who waits."""
    aim, crew = board.aims[b, j], board.crews[b]
    row = board.engagements[aim.engagement]
    row.end_s = now
    row.result = SHOT_MISSED if row.shots > 0 and result != KILLED and result != ENDED else result
    crew.busy -= 1
    if aim.phase == AIMING:
        crew.aiming -= 1
    seek(scene, board, b, j, now)
    _serve(scene, board, b, now)


@kernel
def _fires(scene, board, b, j, now):
    """Its reaction is over: fire if the interval is, if the threat can be met and the window and the caveats where the round would meet it permit."""
    aim, crew, battery = board.aims[b, j], board.crews[b], scene.batteries[b]
    shooter, threat = scene.shooters[battery.shooter], scene.threats[j]
    m = shooter.member
    if now < crew.fired_s + shooter.shot_interval_s:
        aim.plan += 1
        schedule(board, crew.fired_s + shooter.shot_interval_s, BATTERY_FIRES, _code(scene.threats, b, j), aim.plan)
        return
    good, _, flight, x, y = aim_at(scene, b, j, now)
    if not good:
        refuse(board, j, np.int64(battery.shooter), OUT_OF_REACH, np.int64(-1), now)
        _let_go(scene, board, b, j, now, NOT_REACHED)
        return
    k = leg_now(scene, j, now)
    line = true_line(scene.verts, k, now)
    course = course_rad(line.x, line.y, line.hx, line.hy) + scene.consent[m, j].course_error_rad
    open_now = permitted_at(scene.windows, scene.consent, m, j, now)
    if not (open_now and permitted_where(scene, board, np.int64(battery.shooter), j, x, y, course, line.speed, now)):
        aim.barred = k + 1
        _let_go(scene, board, b, j, now, CLOSED)
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
        shot.threat, shot.shooter, shot.number, shot.fire_s, shot.impact_s = j, battery.shooter, board.fired[battery.shooter, j], now, at
        shot.hit, shot.found, shot.weapon = 0, 0, battery.weapon
        shot.shooter_x, shot.shooter_y = on_line(line, now + flight + away if coming else now + flight - away)
        shot.x, shot.y = x, y
        if meet < np.inf:
            shot.x, shot.y = place_at(scene.verts, leg_now(scene, j, meet), meet)
            shot.found = 1
        board.fired[battery.shooter, j] += 1
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
    schedule(board, at, BATTERY_MEETS, _code(scene.threats, b, j), aim.plan)


@kernel
def _meets(scene, board, b, j, now):
    """A battery's round comes to its threat. Returns whether it killed it."""
    aim, crew, battery = board.aims[b, j], board.crews[b], scene.batteries[b]
    shooter, threat, track = scene.shooters[battery.shooter], scene.threats[j], board.tracks[j]
    shot, m = board.shots[aim.shot], shooter.member
    if track.alive == 0 or shot.found == 0:
        for n in range(aim.shot, aim.shot + aim.salvo):
            board.shots[n].found = 0
        board.cut[m, j] = 1
        _let_go(scene, board, b, j, now, ENDED)
        return False
    k = leg_now(scene, j, now)
    course = course_rad(scene.verts[k].x, scene.verts[k].y, scene.verts[k + 1].x, scene.verts[k + 1].y)
    chance = hit_chance(shooter.p_kill[threat.cls], shooter.tail_loss, course, course_rad(shot.shooter_x, shot.shooter_y, shot.x, shot.y))
    hit = salvo_hits(scene, board, battery.shooter, j, aim.shot, aim.salvo, chance, shooter.missile_mps, shooter.reach_m[threat.cls])
    if hit >= 0:
        board.shots[hit].hit = 1
        track.alive, track.killed_s, track.killer = 0, now, battery.shooter
        _let_go(scene, board, b, j, now, KILLED)
        return True
    board.progress[m, j] = MISSED
    if mistaken(scene, j, np.int64(battery.shooter), np.int64(shot.number), shooter.miss_unseen):
        aim.barred = k + 1
        _let_go(scene, board, b, j, now, SHOT_MISSED)
    elif crew.rounds > crew.aiming and board.open[m, j] >= 0:
        aim.phase = AIMING
        aim.plan += 1
        crew.aiming += 1
        schedule(board, max(now + shooter.assess_s, crew.fired_s + shooter.shot_interval_s), BATTERY_FIRES, _code(scene.threats, b, j), aim.plan)
    else:
        _let_go(scene, board, b, j, now, SHOT_MISSED)
    return False


@kernel
def battery_event(scene, board, kind, a, plan, now):
    """One of the batteries' events. Returns the index of a threat that it killed, or -1."""
    if kind == BATTERY_FULL:
        board.crews[a].rounds = scene.shooters[scene.batteries[a].shooter].rounds
        _serve(scene, board, a, now)
        return -1
    b, j = a // len(scene.threats), a % len(scene.threats)
    if board.aims[b, j].plan != plan:
        return -1
    if kind == BATTERY_SEES:
        _sees(scene, board, b, j, now)
    elif kind == BATTERY_FIRES:
        _fires(scene, board, b, j, now)
    elif _meets(scene, board, b, j, now):
        return j
    return -1


@kernel
def batteries_open(scene, board, m, j, now):
    """A window of member m for threat j opens, or its caveat changes."""
    for b in range(len(scene.batteries)):
        aim = board.aims[b, j]
        if scene.shooters[scene.batteries[b].shooter].member == m:
            aim.barred = 0
            if aim.phase == IDLE or aim.phase == WAITING:
                seek(scene, board, b, j, now)


@kernel
def batteries_close(scene, board, m, j, now):
    """The last window of member m for threat j is over; a round in the air is not called back."""
    for b in range(len(scene.batteries)):
        if scene.shooters[scene.batteries[b].shooter].member != m:
            continue
        if board.aims[b, j].phase == AIMING:
            _let_go(scene, board, b, j, now, CLOSED)
        elif board.aims[b, j].phase != FLYING:
            seek(scene, board, b, j, now)


@kernel
def batteries_stand_down(scene, board, j, now, cut):
    """Threat j has ended: batteries that were about to fire at it let go. cut: FOR_US or NOT_FOR_US."""
    for b in range(len(scene.batteries)):
        aim = board.aims[b, j]
        if aim.phase == AIMING:
            m = scene.shooters[scene.batteries[b].shooter].member
            board.cut[m, j] = max(board.cut[m, j], cut)
            _let_go(scene, board, b, j, now, ENDED)
        elif aim.phase == WAITING:
            seek(scene, board, b, j, now)


@kernel
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
