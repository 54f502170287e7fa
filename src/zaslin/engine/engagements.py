"""The event loop: windows open, pairs chase and fire, rounds meet threats; what is permitted and what kinematics allow come from below.

A chase is planned on the leg that the threat flies and planned anew at each of its turns, which are seen as they happen. A claim lives in an
open window only; a round in the air is not called back. Nothing polls: every event is a moment at which something changes.
"""

from __future__ import annotations

import numpy as np

from zaslin.atlas.ground import Ground, over
from zaslin.doctrine.assign import PROJECTION_S, true_line
from zaslin.doctrine.consent import permitted_at
from zaslin.engine.aiming import has_fuel, leg_now, meets_ahead, permitted_ahead, pilot_fires, reach_now, refuse, round_mps, side, weapon_for
from zaslin.engine.batteries import FOR_US, NOT_FOR_US, batteries_close, batteries_open, batteries_stand_down, battery_event, book_batteries
from zaslin.engine.decide import match, narrowed, note_left_over, note_unchosen, open_pairings
from zaslin.engine.manning import man_batteries
from zaslin.engine.posture import flies_on, flight_event, patrols_and_alerts, raid_over_s
from zaslin.engine.queue import pop
from zaslin.engine.records import (
    ALL_CLEAR,
    BATTERY_SEES,
    CHASING,
    CLOSE,
    CLOSED,
    COMMITTED,
    END,
    ENDED,
    ENGAGEMENTS_FULL,
    FIRE,
    FLYERS,
    FREE,
    FREED,
    FRESH,
    HELD_FIRE,
    KILLED,
    LOOK,
    MEET,
    MISSED,
    MISSILE,
    NO_PLAN,
    NOT_REACHED,
    OK,
    OPEN,
    OUT_OF_REACH,
    SAME_CHASE_S,
    SHOOTING,
    SHOT_MISSED,
    SHOTS_FULL,
    SHOWN,
    STIRRED,
    TURN,
    UNARMED,
    Scene,
)  # fmt: skip
from zaslin.engine.rounds import hits, mistaken, shoot_at_wreck, spend
from zaslin.engine.sorties import dash_for, freed, head_for, schedule, settle, stir
from zaslin.engine.why import OUT_OF_REACH as CAUSE_OUT_OF_REACH
from zaslin.handed import by_reference
from zaslin.jit import kernel, lean
from zaslin.physics.intercept import TOLERANCE_S, earliest_shot, limited_point, meets_at_s, on_line
from zaslin.physics.path import place_at
from zaslin.world.arrays import KIND_GBAD

_UKRAINE = np.int64(0)


@lean
def _decide(scene, board, scratch, now):
    """Match free pairs with permitted, unclaimed tracks by the package's policy. Returns whether there was something to look at."""
    rows, fresh, live_rows, chosen, columns, live_columns, looked = scratch
    n_rows, n_columns, n_fresh, changed = open_pairings(scene, board, rows, columns, fresh, now)
    if not changed:
        return False
    n_live_rows, n_live_columns = narrowed(scene, board, rows, n_rows, columns, n_columns, fresh, n_fresh, live_rows, live_columns)
    if n_live_rows > 0:
        match(scene, board, live_rows, n_live_rows, live_columns, n_live_columns, chosen)
    n_looked = board.counts[STIRRED]
    board.counts[STIRRED] = 0
    for s in range(n_looked):
        looked[s] = board.stirred[s]
        board.tracks[looked[s]].fresh = 0
    for f in range(board.counts[FREED]):
        board.pairs[board.freed[f]].fresh = 0
    board.counts[FREED] = 0
    for r in range(n_live_rows):
        if chosen[r] >= 0:
            _commit(scene, board, live_rows[r], chosen[r], now)
    note_unchosen(scene, board, live_rows, n_live_rows, live_columns, n_live_columns, chosen)
    note_left_over(scene, board, n_rows, columns, n_columns, looked, n_looked, now)
    return True


@lean
def _commit(scene, board, i, j, now):
    """Pair i claims threat j. A chase that fails on the leg as it is truly flown is none, and leaves no trace in the books; one that goes on within a minute,
    no other in between, is the same."""
    p = board.pairs[i]
    n = before = p.last_engagement
    goes_on = n >= 0 and board.engagements[n].threat == j and now - board.engagements[n].end_s < SAME_CHASE_S
    end_s, result = (board.engagements[n].end_s, board.engagements[n].result) if goes_on else (now, np.int8(NOT_REACHED))
    if not goes_on:
        n = board.counts[0]
        if n >= len(board.engagements):
            board.counts[3] = ENGAGEMENTS_FULL
            return
        row = board.engagements[n]
        row.threat, row.shooter, row.commit_s, row.first_shot_s, row.end_s, row.shots, row.result = j, i, now, np.nan, now, 0, NOT_REACHED
        board.counts[0] = n + 1
    p.threat, p.engagement, p.last_engagement, p.status = j, n, n, CHASING
    board.claims[side(scene, scene.shooters[i].member), j] = i
    _plan(scene, board, i, now)
    m = scene.shooters[i].member
    if p.status == CHASING:
        board.progress[m, j] = max(board.progress[m, j], COMMITTED)
    elif goes_on:
        board.engagements[n].end_s, board.engagements[n].result = end_s, result
    else:
        board.counts[0] = n
        p.last_engagement = before
        board.progress[m, j] = max(board.progress[m, j], OUT_OF_REACH)


@lean
def _plan(scene, board, i, now):
    """Plan pair i's chase on the leg that its threat flies now: fire on this leg, or fly on and look again at the leg's end."""
    fields = scene.ground.fields
    settle(scene.ground, board, i, now)
    p, shooter = board.pairs[i], scene.shooters[i]
    j = p.threat
    k = leg_now(scene, j, now)
    p.weapon = weapon_for(shooter, p, scene.threats[j].cls)
    if p.weapon == UNARMED:
        _release(scene, board, i, now, SHOT_MISSED)
        return
    reach = reach_now(scene, board, i, j, p.weapon, now)
    line = true_line(scene.verts, k, scene.speeds[k])
    ready = max(now, p.fired_s + shooter.shot_interval_s, p.ready_s)
    t, qx, qy, flight = earliest_shot(fields, reach, line, p.x, p.y, now, ready, now + PROJECTION_S, TOLERANCE_S)
    p.plan += 1
    leg_end = scene.verts[k + 1].t
    if t == np.inf or not has_fuel(shooter, p.land_by_s, p.off_duty_s, p.x, p.y, now, t, qx, qy) or (leg_end <= now and t > now):
        board.barred[j, i] = k + 1
        refuse(board, j, i, CAUSE_OUT_OF_REACH, np.int64(-1), now)
        _release(scene, board, i, now, NOT_REACHED)
        return
    # A pair that was let into Ukraine, or has its station there, is counted until a plan finds it at home; one held at home whose straight way
    # cuts a corner of the border would fly round it, a detour that is neglected.
    back = p.abroad == 1 and over(scene.ground, _UKRAINE, p.x, p.y)
    there = back or over(scene.ground, _UKRAINE, shooter.station_x, shooter.station_y)
    p.abroad = 1 if reach.limit_m > 0.0 or there else 0
    dash_for(scene.ground, board, shooter, i, now, qx, qy)
    p.flight_s = flight
    if t <= leg_end:
        schedule(board, t, FIRE, i, p.plan)
    else:
        schedule(board, leg_end, TURN, i, p.plan)


@lean
def _release(scene, board, i, now, result):
    """Pair i gives up its claim, or its threat is gone; it flies back toward its station, free at once, unless it must go home."""
    p = board.pairs[i]
    j = p.threat
    row = board.engagements[p.engagement]
    row.end_s = now
    row.result = SHOT_MISSED if row.shots > 0 and result != KILLED and result != ENDED else result
    board.claims[side(scene, scene.shooters[i].member), j] = -1
    stir(board, j)
    p.threat, p.engagement, p.shot = -1, -1, -1
    p.plan += 1
    p.status = FREE
    freed(board, i)
    flies_on(scene, board, i, now)


@lean
def _fire(scene, board, i, now):
    """The planned moment: fire if the window holds and the caveats permit where the round would meet the threat, which is dead-reckoned on the leg
    that it flies; else let go on this leg. The round itself homes on the true path."""
    settle(scene.ground, board, i, now)
    p, shooter = board.pairs[i], scene.shooters[i]
    j, m = p.threat, shooter.member
    threat = scene.threats[j]
    k = leg_now(scene, j, now)
    line = true_line(scene.verts, k, scene.speeds[k])
    mx, my = meets_ahead(scene, board, i, line, now)
    if not (permitted_at(scene.windows, scene.consent, m, j, now) and permitted_ahead(scene, board, i, line, mx, my, now)):
        board.barred[j, i] = k + 1
        _release(scene, board, i, now, CLOSED)
        return
    if not pilot_fires(scene, board, i, mx, my, now):
        board.barred[j, i] = k + 1
        _release(scene, board, i, now, HELD_FIRE)
        return
    speed, rounds = round_mps(shooter, p.weapon), np.int64(1)
    if p.weapon == MISSILE:
        rounds = min(max(np.int64(shooter.salvo[threat.cls]), np.int64(1)), p.rounds)
    first = board.counts[1]
    if first + rounds > len(board.shots):
        board.counts[3] = SHOTS_FULL
        return
    meet = meets_at_s(scene.verts, threat.vert_from, threat.vert_to, threat.end_s, p.x, p.y, speed, now)
    at = meet if meet < np.inf else now + p.flight_s
    for n in range(first, first + rounds):
        shot = board.shots[n]
        shot.threat, shot.shooter, shot.number, shot.hit, shot.found, shot.fire_s, shot.impact_s = j, i, board.fired[j, i], 0, 0, now, at
        shot.shooter_x, shot.shooter_y, shot.weapon = p.x, p.y, p.weapon
        shot.x, shot.y = on_line(line, at)
        if meet < np.inf:
            shot.x, shot.y = place_at(scene.verts, leg_now(scene, j, meet), meet)
            shot.found = 1
        board.fired[j, i] += 1
    board.counts[1] = first + rounds
    spend(board, p, rounds)
    p.fired_s, p.status, p.shot, p.salvo = now, SHOOTING, first, rounds
    row = board.engagements[p.engagement]
    row.shots += rounds
    if np.isnan(row.first_shot_s):
        row.first_shot_s = now
    # While the round flies the pair goes on toward the threat, as far as it may.
    tx, ty = on_line(line, now + p.flight_s)
    qx, qy = limited_point(scene.ground.fields, reach_now(scene, board, i, j, p.weapon, now), tx, ty)
    head_for(scene.ground, board, i, now, qx, qy, shooter.cruise_mps)
    schedule(board, at, MEET, i, p.plan)


@lean
def _meet(scene, board, i, now):
    """Rounds come to their threat: a kill, a miss (shoot again while it is permitted and rounds are left), or nothing there any more."""
    p, shooter = board.pairs[i], scene.shooters[i]
    j, m = p.threat, shooter.member
    track, shot = board.tracks[j], board.shots[p.shot]
    if track.alive == 0 or shot.found == 0:
        for n in range(p.shot, p.shot + p.salvo):
            board.shots[n].found = 0
        board.cut[m, j] = 1
        _release(scene, board, i, now, ENDED)
        return
    hit = hits(scene, board, i)
    p.ready_s = now + shooter.assess_s
    if hit >= 0:
        board.shots[hit].hit = 1
        track.alive, track.killed_s, track.killer = 0, now, i
        n, over_s = p.engagement, now
        if mistaken(scene, j, i, board.shots[hit].number, shooter.kill_unseen):
            over_s = shoot_at_wreck(scene, board, i, now)
        _release(scene, board, i, now, KILLED)
        board.engagements[n].end_s = over_s  # its books close with the round at the wreck; the pair itself is free now
        _call_off(scene, board, j, now, False)
        batteries_stand_down(scene, board, j, now, FOR_US)
        return
    board.progress[m, j] = MISSED
    if mistaken(scene, j, i, shot.number, shooter.miss_unseen):
        board.barred[j, i] = leg_now(scene, j, now) + 1
        _release(scene, board, i, now, SHOT_MISSED)
    elif board.open[m, j] >= 0:
        p.status = CHASING
        _plan(scene, board, i, now)
    else:
        _release(scene, board, i, now, SHOT_MISSED)


@lean
def _call_off(scene, board, j, now, cut):
    """Threat j is no more: pairs that were on their way to it let go. cut: not by the coalition."""
    for s in range(len(board.claims)):
        i = board.claims[s, j]
        if i >= 0 and board.pairs[i].status == CHASING:
            if cut:
                board.cut[scene.shooters[i].member, j] = 1
            _release(scene, board, i, now, ENDED)


@lean
def _show(board, j):
    """A member's window for threat j opens: it joins those that are shown, in order."""
    n = board.counts[SHOWN]
    at = n
    while at > 0 and board.shown[at - 1] >= j:
        at -= 1
    if at < n and board.shown[at] == j:
        return
    for k in range(n, at, -1):
        board.shown[k] = board.shown[k - 1]
    board.shown[at] = j
    board.counts[SHOWN] = n + 1


@lean
def _hide(board, j):
    """A member's window for threat j closes: where it was the last one, the threat is shown no more."""
    for m in range(len(board.open)):
        if board.open[m, j] >= 0:
            return
    n = board.counts[SHOWN]
    at = np.int64(0)
    while at < n and board.shown[at] != j:
        at += 1
    if at < n:
        for k in range(at, n - 1):
            board.shown[k] = board.shown[k + 1]
        board.counts[SHOWN] = n - 1


@lean
def _window_opens(scene, board, w, now):
    window = scene.windows[w]
    m, j = window.member, window.threat
    track = board.tracks[j]
    if track.alive == 0:
        return
    if board.open[m, j] < 0:
        board.since[m, j] = now
        _show(board, np.int64(j))
    board.open[m, j] = w
    stir(board, np.int64(j))
    for i in range(len(scene.shooters)):
        if scene.shooters[i].member == m:
            board.barred[j, i] = 0
    last = w + 1 >= scene.consent[m, j].last
    if not last and scene.windows[w + 1].from_s <= window.to_s:
        schedule(board, scene.windows[w + 1].from_s, OPEN, w + 1, NO_PLAN)
    else:
        schedule(board, window.to_s, CLOSE, w, NO_PLAN)
    batteries_open(scene, board, w, now)
    i = board.claims[side(scene, m), j]
    if i >= 0 and scene.shooters[i].member == m and board.pairs[i].status == CHASING:
        _plan(scene, board, i, now)  # another caveat permits now: the shooter's place may have changed


@lean
def _window_closes(scene, board, w, now):
    window = scene.windows[w]
    m, j = window.member, window.threat
    if board.open[m, j] != w:
        return
    board.open[m, j] = -1
    _hide(board, np.int64(j))
    if w + 1 < scene.consent[m, j].last:
        schedule(board, scene.windows[w + 1].from_s, OPEN, w + 1, NO_PLAN)
    batteries_close(scene, board, m, np.int64(j), now)
    i = board.claims[side(scene, m), j]
    if i >= 0 and scene.shooters[i].member == m and board.pairs[i].status == CHASING:
        _release(scene, board, i, now, CLOSED)


@lean
def _threat_ends(scene, board, j, now):
    track = board.tracks[j]
    if track.alive == 0:
        return
    track.alive = 0
    _call_off(scene, board, j, now, True)
    batteries_stand_down(scene, board, j, now, NOT_FOR_US)


@lean
def _battery_acts(scene, board, kind, a, b, now):
    """One of the batteries' events; a pair that was on its way to what a battery has shot down lets go, and so do other batteries."""
    j = battery_event(scene, board, kind, a, b, now)
    if j < 0:
        return
    _call_off(scene, board, j, now, False)
    batteries_stand_down(scene, board, j, now, FOR_US)


@kernel
def engage(scene, board):
    """Run a replicate's engagements to the end on a cleared board. Returns a status: OK or which array was full."""
    ground = by_reference(Ground(by_reference(scene.ground.fields), by_reference(scene.ground.borders)))
    handed = Scene(
        ground, scene.seed, scene.replicate, scene.threats, scene.verts, scene.members, scene.caveats, scene.shooters, scene.batteries, scene.sight,
        scene.windows, scene.consent, scene.zones, scene.yes_s, scene.policy, scene.values, scene.pieces, scene.speeds,
    )  # fmt: skip
    return _engage(by_reference(handed), by_reference(board))


@kernel
def _engage(scene, board):
    n_threats = len(scene.threats)
    per_pair, per_threat = np.empty((4, len(scene.shooters)), np.int64), np.empty((3, n_threats), np.int64)
    scratch = (per_pair[0], per_pair[1], per_pair[2], per_pair[3], per_threat[0], per_threat[1], per_threat[2])
    if n_threats == 0:
        return OK
    start = np.inf
    for j in range(n_threats):
        if scene.threats[j].other == 0:
            start = min(start, scene.threats[j].launch_s)
    all_clear = raid_over_s(scene, start)
    board.span[0], board.span[1] = start, all_clear
    # Ends first: at equal times a threat's end comes before anything that would be done to it.
    for j in range(n_threats):
        end = min(scene.threats[j].stop_s, scene.threats[j].end_s)
        # With the raid the alert is over: nobody is after an object that is no threat any more.
        schedule(board, min(end, all_clear) if scene.threats[j].other > 0 else end, END, j, NO_PLAN)
    patrols_and_alerts(scene, board, start, all_clear)
    for i in range(len(scene.shooters)):
        if scene.shooters[i].kind != KIND_GBAD:
            schedule(board, all_clear, ALL_CLEAR, i, NO_PLAN)
            board.flyers[board.counts[FLYERS]] = i
            board.counts[FLYERS] += 1
    man_batteries(scene, board)
    for j in range(n_threats):
        alive = min(scene.threats[j].stop_s, scene.threats[j].end_s)
        for m in range(len(scene.members)):
            row = scene.consent[m, j]
            if row.last > row.first and scene.windows[row.first].from_s < alive:
                schedule(board, scene.windows[row.first].from_s, OPEN, np.int64(row.first), NO_PLAN)
    while board.header[0] > 0 and board.counts[3] == OK:
        now, kind, a, b = pop(board.heap, board.header)
        if kind == OPEN:
            _window_opens(scene, board, a, now)
        elif kind == CLOSE:
            _window_closes(scene, board, a, now)
        elif kind == LOOK:
            board.tracks[a].look_s = -np.inf
            stir(board, a)
            board.barred[a, :] = 0
        elif kind == END:
            _threat_ends(scene, board, a, now)
        elif kind >= BATTERY_SEES:
            _battery_acts(scene, board, kind, a, b, now)
        elif kind in (TURN, FIRE, MEET):
            if board.pairs[a].plan == b:
                if kind == TURN:
                    _plan(scene, board, a, now)
                elif kind == FIRE:
                    _fire(scene, board, a, now)
                else:
                    _meet(scene, board, a, now)
        else:
            flight_event(scene, board, kind, a, b, now, all_clear)
        # All events of one moment first, then one decision for all of them; again where a claim failed at once (it is barred on this leg).
        if board.header[0] == 0 or board.heap[0].t > now:
            while board.counts[FRESH] == 1 and _decide(scene, board, scratch, now):
                pass
    book_batteries(scene, board)
    return board.counts[3]
