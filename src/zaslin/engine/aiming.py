"""What a pair could do with a threat now: how far it may go, its earliest shot by the track, fuel, whether a shot would be permitted where it meets, and
whether the pilot takes it.

Nothing is fired or claimed here; only what held a pair is noted, for the chain of causes.
"""

from __future__ import annotations

import numpy as np

from zaslin import draws
from zaslin.atlas.crossing import inside
from zaslin.doctrine.assign import PROJECTION_S, reach_under, track_line
from zaslin.doctrine.consent import PERMITTED, UNAPPROVED, permitted_there
from zaslin.engine.records import DOWN, FREE, HELD, NO_FREE, OUT_OF_REACH, OVER_OWN, OVER_UKRAINE, PILOT, UNASKED
from zaslin.engine.sorties import locate
from zaslin.jit import kernel
from zaslin.physics.intercept import earliest_shot, flight_s, on_line
from zaslin.physics.lethality import pair_entity
from zaslin.physics.path import leg_at
from zaslin.plane import course_rad, distance_m
from zaslin.world.arrays import KIND_GBAD


@kernel
def reach_now(scene, board, i, j):
    """The Reach of pair i against threat j under the window that is open now for its member."""
    shooter = scene.shooters[i]
    m = shooter.member
    caveat = scene.caveats[scene.windows[board.open[m, j]].caveat]
    member = scene.members[m]
    return reach_under(shooter, scene.threats[j].cls, member.country, caveat, board.since[m, j], member.separation_s)


@kernel
def leg_now(scene, j, t):
    """The leg that threat j flies at `t`."""
    threat = scene.threats[j]
    return leg_at(scene.verts, threat.vert_from, threat.vert_to, t)


@kernel
def shot_by_track(scene, board, i, j, x, y, now, tolerance):
    """Earliest shot of shooter i, were it free at (x, y), by dead reckoning of its member's track; and where it would fire."""
    threat, p = scene.threats[j], board.pairs[i]
    m = scene.shooters[i].member
    ready = now if p.status == DOWN else max(now, p.fired_s + scene.shooters[i].shot_interval_s)
    line = track_line(scene.verts, threat.vert_from, threat.vert_to, scene.sight[m, j], scene.consent[m, j], now)
    t, qx, qy, _ = earliest_shot(scene.ground.fields, reach_now(scene, board, i, j), line, x, y, now, ready, now + PROJECTION_S, tolerance)
    return t, qx, qy


@kernel
def has_fuel(shooter, land_by_s, t, x, y):
    """Whether a pair that fires at (x, y) at `t` is home by `land_by_s`."""
    return t + distance_m(x, y, shooter.base_x, shooter.base_y) / shooter.cruise_mps <= land_by_s


@kernel
def note_reach(scene, board, m, j, now):
    """Where member m has a window open and no claim: had a shooter of it a shot, with fuel, were it not busy, on the ground, or the track
    another's? A pair that is free for an unclaimed track has had its say in the decision. For the chain of causes only."""
    if board.progress[m, j] >= NO_FREE:
        return
    found = False
    for i in range(len(scene.shooters)):
        shooter = scene.shooters[i]
        p = board.pairs[i]
        if shooter.kind == KIND_GBAD:
            continue  # a battery notes its own
        if shooter.member != m or found or shooter.reach_m[scene.threats[j].cls] <= 0.0 or (p.status == FREE and board.tracks[j].claimed < 0):
            continue
        x, y, land_by = shooter.base_x, shooter.base_y, now + shooter.endurance_s
        if p.status != DOWN:
            x, y = locate(p, now)
            land_by = p.land_by_s
        t, qx, qy = shot_by_track(scene, board, i, j, x, y, now, 1.0)
        found = t < np.inf and has_fuel(shooter, land_by, t, qx, qy)
    board.progress[m, j] = max(board.progress[m, j], NO_FREE if found else OUT_OF_REACH)


@kernel
def permitted_ahead(scene, board, i, line, now):
    """Whether the caveats of pair i's member permit where a round fired now would meet its threat on `line`; if not, what held it is noted."""
    p, shooter = board.pairs[i], scene.shooters[i]
    j, m = p.threat, shooter.member
    x, y = on_line(line, now + flight_s(line, p.x, p.y, shooter.missile_mps, now))
    course = course_rad(line.x, line.y, line.hx, line.hy) + scene.consent[m, j].course_error_rad
    return permitted_where(scene, board, m, j, x, y, course, line.speed, now)


@kernel
def permitted_where(scene, board, m, j, x, y, course, speed, now):
    """Whether member m's caveats permit at `now`, s, to meet threat j at the plane point (x, y), where its track would be on `course` at `speed`; if not,
    what held is noted."""
    verdict, caveat = permitted_there(
        scene.ground, scene.members, m, scene.caveats, scene.zones, scene.yes_s[j], np.int64(scene.sight[m, j].taken_for), x, y, course, speed, now
    )
    if verdict == PERMITTED:
        return True
    link = UNASKED if verdict == UNAPPROVED else HELD
    if link >= board.progress[m, j]:
        board.progress[m, j] = link
        # Where nothing matches there, what fails is the caveat under which it would have fired.
        board.held[m, j] = caveat if caveat >= 0 or board.open[m, j] < 0 else scene.windows[board.open[m, j]].caveat
    return False


@kernel
def over_bit(scene, x, y):
    """OVER_UKRAINE where a plane point lies in Ukraine's airspace, else OVER_OWN."""
    return OVER_UKRAINE if inside(scene.ground.borders, np.int64(0), x, y) else OVER_OWN


@kernel
def pilot_fires(scene, board, i, line, now):
    """The last look, when all is permitted: whether pair i's pilot fires at its threat where the round would meet it on `line`; if not, it is noted.

    One coin per pair and threat, held against the member's chance for that place and class: a pilot who held holds again in the same place.
    """
    p, shooter = board.pairs[i], scene.shooters[i]
    j, m = p.threat, shooter.member
    threat, member = scene.threats[j], scene.members[m]
    x, y = on_line(line, now + flight_s(line, p.x, p.y, shooter.missile_mps, now))
    over = over_bit(scene, x, y)
    chance = member.fires_ukraine[threat.cls] if over == OVER_UKRAINE else member.fires_own[threat.cls]
    if threat.other > 0:
        chance *= member.fires_wrong[threat.other]
    if draws.uniform(scene.seed, scene.replicate, pair_entity(threat.entity, shooter.entity), draws.PILOT, 0) < chance:
        return True
    board.gate[i, j] |= over
    board.progress[m, j] = max(board.progress[m, j], PILOT)
    return False
