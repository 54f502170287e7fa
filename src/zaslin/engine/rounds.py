"""Rounds of fighters: what a salvo does when it arrives, and how its shooter misjudges that; who fires, and when, is decided elsewhere."""

from __future__ import annotations

import numpy as np

from zaslin import draws
from zaslin.engine.aiming import leg_now, round_mps, weapon_for, weapon_reach_m
from zaslin.engine.records import GUN, MISSILE, SHOTS_FULL
from zaslin.engine.sorties import settle
from zaslin.jit import lean
from zaslin.physics.lethality import hit_chance, pair_entity, shot_kills
from zaslin.plane import course_rad, distance_m

_LEAST_WASTE_S = 1.0


@lean
def spend(board, pair, rounds):
    """Take rounds of the chase's weapon from a pair's load and book them."""
    if pair.weapon == GUN:
        pair.bursts -= rounds
        board.sorties[pair.sortie].bursts += rounds
    else:
        pair.rounds -= rounds
        board.sorties[pair.sortie].rounds += rounds


@lean
def salvo_hits(scene, board, i, j, first, rounds, chance, mps, reach_m):
    """The first of `rounds` SHOT rows from `first` on, shooter i's at threat j and in the air together, that ends it, or -1; those after it find nothing."""
    threat, shooter = scene.threats[j], scene.shooters[i]
    flown = mps * (board.shots[first].impact_s - board.shots[first].fire_s)
    for n in range(first, first + rounds):
        if shot_kills(scene.seed, scene.replicate, threat.entity, shooter.entity, board.shots[n].number, chance, flown, reach_m):
            for later in range(n + 1, first + rounds):
                board.shots[later].found = 0
            return n
    return -1


@lean
def hits(scene, board, i):
    """The row of the round of pair i's salvo that ends its threat, or -1."""
    p, shooter = board.pairs[i], scene.shooters[i]
    cls = scene.threats[p.threat].cls
    shot = board.shots[p.shot]
    k = leg_now(scene, p.threat, shot.impact_s)
    course = course_rad(scene.verts[k].x, scene.verts[k].y, scene.verts[k + 1].x, scene.verts[k + 1].y)
    chance = shooter.gun_p[cls]
    if p.weapon == MISSILE:
        chance = hit_chance(shooter.p_kill[cls], shooter.tail_loss, course, course_rad(shot.shooter_x, shot.shooter_y, shot.x, shot.y))
    mps, reach_m = round_mps(shooter, p.weapon), weapon_reach_m(shooter, p.weapon, cls)
    return salvo_hits(scene, board, i, p.threat, p.shot, p.salvo, chance, mps, reach_m)


@lean
def mistaken(scene, j, i, number, chance):
    """Whether shooter i misjudges what came of its shot `number` at threat j: one coin a shot."""
    key = pair_entity(scene.threats[j].entity, scene.shooters[i].entity)
    return chance > 0.0 and draws.uniform(scene.seed, scene.replicate, key, draws.ASSESSMENT, number) < chance


@lean
def shoot_at_wreck(scene, board, i, now):
    """A kill taken for a miss: one more round, at what is falling already. Returns when it arrives, s; `now` where there is no round for it."""
    settle(scene.ground, board, i, now)
    p, shooter = board.pairs[i], scene.shooters[i]
    n, last = board.counts[1], board.shots[p.shot + p.salvo - 1]
    if weapon_for(shooter, p, scene.threats[p.threat].cls) != p.weapon:
        return now
    if n >= len(board.shots):
        board.counts[3] = SHOTS_FULL
        return now
    shot = board.shots[n]
    fire = max(now + shooter.assess_s, p.fired_s + shooter.shot_interval_s)
    flight = max(distance_m(p.x, p.y, last.x, last.y) / round_mps(shooter, p.weapon), _LEAST_WASTE_S)
    shot.threat, shot.shooter, shot.number, shot.hit, shot.found = p.threat, i, board.fired[p.threat, i], 0, 0
    shot.fire_s, shot.impact_s, shot.weapon = fire, fire + flight, p.weapon
    shot.shooter_x, shot.shooter_y, shot.x, shot.y = p.x, p.y, last.x, last.y
    board.counts[1] = n + 1
    board.fired[p.threat, i] += 1
    board.engagements[p.engagement].shots += 1
    spend(board, p, np.int64(1))
    p.fired_s = fire
    return fire + flight
