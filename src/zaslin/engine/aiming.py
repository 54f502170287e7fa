"""What a pair could do with a threat now: how far it may go, its earliest shot by the track, fuel, whether a shot would be permitted where it meets, and
whether the pilot takes it.

Nothing is fired or claimed here; only what held a pair is noted, for the chain of causes.
"""

from __future__ import annotations

import numpy as np

from zaslin import draws
from zaslin.atlas.ground import over
from zaslin.doctrine.assign import PROJECTION_S, reach_under, track_line
from zaslin.doctrine.consent import PERMITTED, UNAPPROVED, permitted_there
from zaslin.engine.records import (
    DOWN,
    FLYERS,
    FREE,
    GUN,
    HELD,
    MISSILE,
    NO_FREE,
    OUT_OF_REACH,
    OVER_OWN,
    OVER_UKRAINE,
    PILOT,
    REFUSALS_FULL,
    UNARMED,
    UNASKED,
)  # fmt: skip
from zaslin.engine.sorties import fuel_until_s, locate
from zaslin.engine.why import NOT_APPROVED, NOT_PERMITTED, PILOT_HELD
from zaslin.jit import lean
from zaslin.physics.detection import late_at, own_at
from zaslin.physics.intercept import earliest_fire, flight_s, on_line
from zaslin.physics.lethality import pair_entity
from zaslin.physics.path import altitude_at, leg_at
from zaslin.plane import at_least_m, course_rad, distance_m
from zaslin.world.arrays import NATIONAL

LOOK_DOWN_BELOW_M = 500.0
"""What flies lower than this is low flying to a fighter's radar, m: assumption, 100–1,000 m."""


@lean
def weapon_for(shooter, pair, cls):
    """With what a pair would engage a class: missiles while it has any, then the gun; UNARMED with neither. A pair on the ground has its full load."""
    down = pair.status == DOWN
    if shooter.reach_m[cls] > 0.0 and (down or pair.rounds > 0):
        return MISSILE
    if shooter.gun_p[cls] > 0.0 and (down or pair.bursts > 0):
        return GUN
    return UNARMED


@lean
def emptied(shooter, cls):
    """The weapon of which a pair without rounds has run out, against a class; UNARMED where it has none against it."""
    if shooter.reach_m[cls] > 0.0:
        return MISSILE
    return GUN if shooter.gun_p[cls] > 0.0 else UNARMED


@lean
def round_mps(shooter, weapon):
    """Mean speed of a weapon's round, m/s."""
    return shooter.gun_mps if weapon == GUN else shooter.missile_mps


@lean
def weapon_reach_m(shooter, weapon, cls):
    """A weapon's usable reach against a class, m."""
    return shooter.gun_reach_m if weapon == GUN else shooter.reach_m[cls]


@lean
def flies_low(scene, j, now):
    """Whether threat j is low flying to a fighter's radar."""
    return altitude_at(scene.verts, leg_now(scene, j, now), now) < LOOK_DOWN_BELOW_M


@lean
def reach_at_m(shooter, weapon, cls, low):
    """A weapon's usable reach, m, against a class that flies low or not."""
    reach_m = weapon_reach_m(shooter, weapon, cls)
    return reach_m * (1.0 - shooter.look_down_loss) if low and weapon == MISSILE else reach_m


@lean
def reach_now(scene, board, i, j, weapon, now):
    """The Reach of pair i with a weapon against threat j under the window that is open now for its member."""
    shooter = scene.shooters[i]
    m = shooter.member
    caveat = scene.caveats[scene.windows[board.open[m, j]].caveat]
    member = scene.members[m]
    reach_m = reach_at_m(shooter, weapon, scene.threats[j].cls, flies_low(scene, j, now))
    return reach_under(shooter, reach_m, round_mps(shooter, weapon), member.country, caveat, board.since[m, j], member.separation_s)


@lean
def side(scene, m):
    """Whose claims bind member m: its own alone (national), or those of all (0)."""
    return np.int64(m) if scene.policy == NATIONAL else np.int64(0)


@lean
def refuse(board, j, i, cause, caveat, now):
    """Book that shooter i came to its moment with threat j and did not fire."""
    n = board.counts[4]
    if n >= len(board.refusals):
        board.counts[3] = REFUSALS_FULL
        return
    row = board.refusals[n]
    row.threat, row.shooter, row.cause, row.caveat, row.t_s = j, i, cause, caveat, now
    board.counts[4] = n + 1


@lean
def leg_now(scene, j, t):
    """The leg that threat j flies at `t`."""
    threat = scene.threats[j]
    return leg_at(scene.verts, threat.vert_from, threat.vert_to, t)


@lean
def line_of(scene, m, j, now):
    """The `Line` of member m's track of threat j by dead reckoning."""
    threat, look = scene.threats[j], scene.sight[m, j]
    late, own = late_at(scene.pieces, look, now), own_at(scene.pieces, look, now)
    return track_line(scene.verts, scene.speeds, threat.vert_from, threat.vert_to, late, own, scene.consent[m, j], now)


@lean
def not_before_s(reach_m, missile_mps, dash_mps, line, x, y, now):
    """A time, s, before which a shooter at (x, y) cannot fire at a track on its `Line`: both close in by no more than their speeds together."""
    away = at_least_m(x, y, line.x, line.y) - reach_m - line.speed * (now - line.t0 + reach_m / missile_mps)
    return now + max(away, 0.0) / (dash_mps + line.speed)


@lean
def shot_on(scene, board, i, reach, line, x, y, now, tolerance):
    """Earliest shot of shooter i with its `Reach`, were it free at (x, y), at a track on its `Line`; and where it would fire. Time inf where there is none
    within the projection."""
    p, shooter = board.pairs[i], scene.shooters[i]
    ready = now if p.status == DOWN else max(now, p.fired_s + shooter.shot_interval_s, p.ready_s)
    return earliest_fire(scene.ground.fields, reach, line, x, y, now, ready, now + PROJECTION_S, tolerance)


@lean
def has_fuel(shooter, fuel_until, off_duty_s, from_x, from_y, now, t, x, y):
    """Whether a pair that dashes from where it is `now` to (x, y), waits there, fires at `t` and flies home at cruise lands before fuel and duty end.

    fuel_until: when its fuel ends, s, if all from `now` on is flown at cruise; a second at dash takes `dash_burn` seconds of it.
    """
    dashed = min(distance_m(from_x, from_y, x, y) / shooter.dash_mps, t - now)
    home = t + distance_m(x, y, shooter.base_x, shooter.base_y) / shooter.cruise_mps
    return home <= fuel_until - (shooter.dash_burn - 1.0) * dashed and home <= off_duty_s


@lean
def note_reach(scene, board, m, j, now):
    """Where member m has a window open and no claim: had a shooter of it a shot, with fuel, were it not busy, on the ground, or the track
    another's? A pair that is free for an unclaimed track has had its say in the decision. For the chain of causes only."""
    if board.progress[m, j] >= NO_FREE:
        return
    found, line = False, line_of(scene, np.int64(m), j, now)
    for f in range(board.counts[FLYERS]):  # a battery notes its own
        i = board.flyers[f]
        shooter = scene.shooters[i]
        p = board.pairs[i]
        if found:
            break
        if shooter.member != m or (p.status == FREE and board.claims[side(scene, m), j] < 0):
            continue
        cls = scene.threats[j].cls
        weapon = weapon_for(shooter, p, cls)
        if weapon == UNARMED:
            weapon = emptied(shooter, cls)
            if weapon == UNARMED:
                continue
        x, y, land_by, off_duty = shooter.base_x, shooter.base_y, now + shooter.endurance_s, np.inf
        if p.status != DOWN:
            x, y = locate(p, now)
            land_by, off_duty = fuel_until_s(p, now), p.off_duty_s
        reach = reach_now(scene, board, i, j, weapon, now)
        if not_before_s(reach.reach, reach.missile, reach.dash, line, x, y, now) > now + PROJECTION_S:
            continue
        t, qx, qy = shot_on(scene, board, i, reach, line, x, y, now, 1.0)
        found = t < np.inf and has_fuel(shooter, land_by, off_duty, x, y, now, t, qx, qy)
    board.progress[m, j] = max(board.progress[m, j], NO_FREE if found else OUT_OF_REACH)


@lean
def meets_ahead(scene, board, i, line, now):
    """The plane point, m, where a round that pair i fires now would meet its threat on `line`."""
    p = board.pairs[i]
    return on_line(line, now + flight_s(line, p.x, p.y, round_mps(scene.shooters[i], p.weapon), now, p.flight_s))


@lean
def permitted_ahead(scene, board, i, line, x, y, now):
    """Whether the caveats of pair i's member permit to meet its threat at the plane point (x, y) on `line`; if not, what held it is noted."""
    j, m = board.pairs[i].threat, scene.shooters[i].member
    course = course_rad(line.x, line.y, line.hx, line.hy) + scene.consent[m, j].course_error_rad
    return permitted_where(scene, board, i, j, x, y, course, line.speed, now)


@lean
def permitted_where(scene, board, i, j, x, y, course, speed, now):
    """Whether the caveats of shooter i's member permit at `now`, s, to meet threat j at the plane point (x, y), where its track would be on `course` at
    `speed`; if not, what held is noted."""
    m = scene.shooters[i].member
    look, track = scene.sight[m, j], scene.consent[m, j]
    own = 1.0 if own_at(scene.pieces, look, now) else 0.0
    verdict, caveat = permitted_there(
        scene.ground, scene.members, m, scene.caveats, scene.zones, scene.yes_s[j], np.int64(look.taken_for), x, y, course, speed, own * track.error_x,
        own * track.error_y, now,
    )  # fmt: skip
    if verdict == PERMITTED:
        return True
    link = UNASKED if verdict == UNAPPROVED else HELD
    # Where nothing matches there, what fails is the caveat under which it would have fired.
    failed = np.int64(caveat) if caveat >= 0 or board.open[m, j] < 0 else np.int64(scene.windows[board.open[m, j]].caveat)
    refuse(board, j, i, NOT_APPROVED if verdict == UNAPPROVED else NOT_PERMITTED, failed, now)
    if link >= board.progress[m, j]:
        board.progress[m, j] = link
        board.held[m, j] = failed
    return False


@lean
def over_bit(scene, x, y):
    """OVER_UKRAINE where a plane point lies in Ukraine's airspace, else OVER_OWN."""
    return OVER_UKRAINE if over(scene.ground, np.int64(0), x, y) else OVER_OWN


@lean
def pilot_fires(scene, board, i, x, y, now):
    """The last look, when all is permitted: whether pair i's pilot fires at its threat where the round would meet it, (x, y); if not, it is noted.

    One coin per pair and threat, held against the member's chance for that place and class: a pilot who held holds again in the same place.
    """
    shooter, j = scene.shooters[i], board.pairs[i].threat
    m = shooter.member
    threat, member = scene.threats[j], scene.members[m]
    soil = over_bit(scene, x, y)
    chance = member.fires_ukraine[threat.cls] if soil == OVER_UKRAINE else member.fires_own[threat.cls]
    if threat.other > 0:
        chance *= member.fires_wrong[threat.other]
    if draws.uniform(scene.seed, scene.replicate, pair_entity(threat.entity, shooter.entity), draws.PILOT, 0) < chance:
        return True
    refuse(board, j, i, PILOT_HELD, np.int64(-1), now)
    board.gate[j, i] |= soil
    board.progress[m, j] = max(board.progress[m, j], PILOT)
    return False
