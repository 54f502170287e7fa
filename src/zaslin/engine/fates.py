"""How each threat ended, its stays abroad as flown, and what fell where; only books what the loop decided and what would have been.

Exactly one fate per threat. Falls are drawn by the threat's name, so that they do not depend on who else is there.
"""

from __future__ import annotations

import numpy as np

from zaslin import draws
from zaslin.atlas.crossing import inside
from zaslin.atlas.fields import cell_of, signed_distance_m
from zaslin.atlas.ground import Ground
from zaslin.engine.records import DEBRIS, GUN, STRAY, WRECK
from zaslin.handed import by_reference
from zaslin.jit import kernel, lean
from zaslin.physics.debris import (
    BURST_BC_KGM2,
    BURST_CASUALTY_M2,
    NODE,
    STRAY_BC_KGM2,
    STRAY_CASUALTY_M2,
    WEIGHT,
    expected_casualties,
    landing,
    nobody_within,
    wind_mps,
)
from zaslin.physics.lethality import pair_entity
from zaslin.physics.path import altitude_at, climb_mps, leg_at, leg_speed_mps, place_at
from zaslin.plane import ahead, course_rad
from zaslin.world.arrays import END_FAILED, END_LEAKED, KILLED_MEMBER, KILLED_UA, LEAKED, LEFT, LOST, STOP_KILLED
from zaslin.world.stays import N_NEIGHBOURS, stay_until

CRASH_SPEED_SHARE = 0.7
"""A round that missed still flies at this share of its mean speed when it begins to fall: assumption, 0.4–1."""
WIDEST = 3.5
"""All points of a footprint's quadrature lie within this many standard deviations (2.33 · √2 = 3.3)."""
_SLACK_M = 2_000.0  # most that the distance raster can be off
_CELLS_OFF = 0.8  # a cell's distance is that of its middle, 0.71 cells away at most, rounded


@lean
def fate_without(threat):
    """Fate and its time, s, had the coalition done nothing."""
    if threat.stop_s < threat.end_s:
        return (KILLED_UA if threat.stop_kind == STOP_KILLED else LOST), threat.stop_s
    if threat.end_kind == END_LEAKED:
        return LEAKED, threat.end_s
    return (LOST if threat.end_kind == END_FAILED else LEFT), threat.end_s


@lean
def fill_fates(ground, threats, verts, inside_rows, stay_from, tracks, fates):
    """Fill `fates` (dtype FATE) from the loop's tracks."""
    for j in range(len(threats)):
        threat, row = threats[j], fates[j]
        would, t = fate_without(threat)
        row.would_have, row.fate, row.fate_s, row.shooter = would, would, t, -1
        if tracks[j].killer >= 0:
            row.fate, row.fate_s, row.shooter = KILLED_MEMBER, tracks[j].killed_s, tracks[j].killer
        x, y = place_at(verts, leg_at(verts, threat.vert_from, threat.vert_to, row.fate_s), row.fate_s)
        iy, ix = cell_of(ground.fields, x, y)
        row.macro = ground.fields.macro[iy, ix] if iy >= 0 else -1
        row.crosses, row.first_border_s = np.uint32(0), np.nan
        for s in range(stay_from[j], stay_from[j + 1]):
            country = inside_rows[s].country
            if country < 1 or country > N_NEIGHBOURS:
                continue
            if not inside_rows[s].entry_s >= row.first_border_s:
                row.first_border_s = inside_rows[s].entry_s
            if inside_rows[s].entry_s < threat.stop_s:
                row.crosses |= np.uint32(1) << np.uint32(country)


@kernel
def cut_incursions(ground, threats, verts, inside_rows, fates, out):
    """Stays in neighbours as flown into `out` (dtype INCURSION): depth and path of a cut stay, and a depth that the raid leaves open (NaN), are found here.
    Returns their number, -1 where a leg crosses the border too often."""
    ground = by_reference(Ground(by_reference(ground.fields), by_reference(ground.borders)))
    n = 0
    scratch = np.empty_like(inside_rows)
    for s in range(len(inside_rows)):
        stay = inside_rows[s]
        end = fates[stay.threat].fate_s
        threat = threats[stay.threat]
        if stay.country < 1 or stay.country > N_NEIGHBOURS or stay.entry_s >= end or threat.other > 0:
            continue
        row = out[n]
        row.threat, row.country, row.entry_s, row.exit_s = stay.threat, stay.country, stay.entry_s, stay.exit_s
        row.inside_s, row.depth_m, row.path_m, row.entry_x, row.entry_y = stay.inside_s, stay.depth_m, stay.path_m, stay.entry_x, stay.entry_y
        n += 1
        if end < stay.exit_s or np.isnan(stay.depth_m):
            exit_s, inside_s, path_m, row.depth_m = stay_until(ground, stay, verts, threat.vert_from, threat.vert_to, end, scratch)
            if exit_s == -np.inf:
                return -1
            if end < stay.exit_s:
                row.exit_s, row.inside_s, row.path_m = exit_s, inside_s, path_m
    return n


@lean
def country_at(ground, x, y):
    """Index of the country (of the twelve with borders) whose airspace holds a plane point, by the polygons; -1 none. Where the raster leaves no doubt, the
    polygon is not asked."""
    fields = ground.fields
    iy, ix = cell_of(fields, x, y)
    guess = np.int64(-1)
    slack = _CELLS_OFF * fields.cell_m
    if iy >= 0:
        guess = np.int64(fields.country[iy, ix])
        if 0 <= guess < fields.distance.shape[0] and (fields.distance[guess, iy, ix] < -slack or inside(ground.borders, guess, x, y)):
            return guess
    for country in range(fields.distance.shape[0]):
        if (iy < 0 or fields.distance[country, iy, ix] <= slack) and inside(ground.borders, country, x, y):
            return country
    return guess if guess >= fields.distance.shape[0] else -1


@lean
def casualties_in(ground, country, px, py, mx, my, course, sigma, casualty_m2):
    """Expected casualties of an object that came down at (px, py) in `country`, given that it came down in that country.

    (mx, my), course, sigma: the footprint (`expected_casualties`), of whose 16 points only those in the country count, their weights made to
    sum to 1; where none lies there, the density at (px, py). So Σ rows of a country has the mean Σ P(country) · E[density | country] · area.
    """
    fields = ground.fields
    iy, ix = cell_of(fields, px, py)
    here = fields.population[iy, ix] * 1e-6 * casualty_m2 if iy >= 0 else 0.0
    if here == 0.0 and nobody_within(fields, mx, my, WIDEST * sigma):
        return 0.0
    if 0 <= country < fields.distance.shape[0] and signed_distance_m(fields, np.int64(country), mx, my) < -(WIDEST * sigma + _SLACK_M):
        return expected_casualties(fields, mx, my, course, sigma, casualty_m2)
    total, weight = 0.0, 0.0
    for i in range(4):
        ax, ay = ahead(mx, my, course, sigma * NODE[i])
        for j in range(4):
            x, y = ahead(ax, ay, course + 0.5 * np.pi, sigma * NODE[j])
            if country_at(ground, x, y) == country:
                iy, ix = cell_of(fields, x, y)
                weight += WEIGHT[i] * WEIGHT[j]
                total += WEIGHT[i] * WEIGHT[j] * fields.population[iy, ix] if iy >= 0 else 0.0
    return total / weight * 1e-6 * casualty_m2 if weight > 0.0 else here


@lean
def _fall(ground, seed, replicate, entity, purpose, number, x, y, alt, course, speed, climb, bc, casualty_m2, wind, t, row):
    px, py, mx, my, sigma, seconds = landing(seed, replicate, entity, purpose, number, x, y, alt, course, speed, climb, bc, wind[0], wind[1])
    row.x, row.y, row.land_s = px, py, t + seconds
    row.country = country_at(ground, px, py)
    row.ec = casualties_in(ground, row.country, px, py, mx, my, course, sigma, casualty_m2)


@lean
def fill_falls(ground, seed, replicate, threats, verts, shooters, fates, shots, out):
    """What falls: every threat that did not leak, every round that missed. Into `out` (dtype FALL); returns their number."""
    ground = by_reference(Ground(by_reference(ground.fields), by_reference(ground.borders)))
    n = 0
    wind = wind_mps(seed, replicate)
    for j in range(len(threats)):
        threat, fate = threats[j], fates[j]
        if fate.fate == LEAKED or (threat.other > 0 and fate.fate != KILLED_MEMBER):  # what is no threat and is not shot down flies on
            continue
        t = fate.fate_s
        k = leg_at(verts, threat.vert_from, threat.vert_to, t)
        x, y = place_at(verts, k, t)
        course = course_rad(verts[k].x, verts[k].y, verts[k + 1].x, verts[k + 1].y)
        row = out[n]
        n += 1
        row.threat, row.shooter = j, fate.shooter
        row.kind = DEBRIS if fate.fate == KILLED_UA or fate.fate == KILLED_MEMBER else WRECK
        _fall(
            ground, seed, replicate, threat.entity, draws.DEBRIS, np.int64(0), x, y, altitude_at(verts, k, t), course, leg_speed_mps(verts, k),
            climb_mps(verts, k), threat.bc_kgm2, threat.casualty_m2, wind, t, row,
        )  # fmt: skip
    for s in range(len(shots)):
        shot = shots[s]
        if shot.hit == 1:
            continue
        threat = threats[shot.threat]
        k = leg_at(verts, threat.vert_from, threat.vert_to, min(shot.impact_s, threat.end_s))
        alt = altitude_at(verts, k, shot.impact_s)
        course = course_rad(shot.shooter_x, shot.shooter_y, shot.x, shot.y)
        shooter = shooters[shot.shooter]
        row = out[n]
        n += 1
        row.threat, row.shooter, row.kind = shot.threat, shot.shooter, STRAY
        bc, casualty_m2, mps = STRAY_BC_KGM2, STRAY_CASUALTY_M2, shooter.missile_mps
        if shot.weapon == GUN:
            mps = shooter.gun_mps if shooter.gun_mps > 0.0 else shooter.missile_mps
            bc, casualty_m2 = BURST_BC_KGM2, BURST_CASUALTY_M2
        _fall(
            ground, seed, replicate, pair_entity(threat.entity, shooter.entity), draws.STRAY, np.int64(shot.number), shot.x, shot.y, alt, course,
            CRASH_SPEED_SHARE * mps, 0.0, bc, casualty_m2, wind, shot.impact_s, row,
        )  # fmt: skip
    return n
