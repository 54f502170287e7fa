"""Ukraine's own defence as a statistical layer: a hazard per class and macro-region that thins threats along their paths; never a site.

A threat of group g and rate key c over region r is stopped at the rate  rate(g, c) · weight(r) · m, with one multiplier m per replicate and rate key,
lognormal of mean 1: the night effect, which makes nights differ more than coins would. Kill and loss (jamming, failure) are competing risks with
proportional hazards, so which of them it was is one more coin. A drone that strays has had its loss: it can only be killed. Outside Ukraine nothing is
stopped, nor is anything over Crimea and Sevastopol, where Ukraine had no air defence in the years modelled. Load acts through the share that the calibration
gives for as many as were launched; how many are still in the air at a time has no effect, so packages share the layer.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from zaslin import draws
from zaslin.jit import kernel, lean
from zaslin.plane import distance_m
from zaslin.world.arrays import SPOOFED, STOP_KILLED, STOP_LOST, STOP_NONE
from zaslin.world.roots import brent_root
from zaslin.world.routes import clearance_m

STEP_M = 2_000.0
"""Longest step, m of the plane, at which a path asks the raster for the region below it."""

NEAR_AIM_M = 75_000.0
"""How near to its aim a threat is when the form near-aims makes the hazard greater, m: assumption, 30–150 km."""

QUADRATURE = 40
"""Gauss–Hermite nodes over the night effect when a rate is solved: the mean share to 0.0001 for σ up to 2.6."""
_LEAST_MASS = 1e-17  # of a chance between 0 and 1


@lean
def night_effect(layer, seed, replicate):
    """The multiplier of a LAYER row's hazard in this replicate: lognormal, mean 1, shared by all threats of the rate key."""
    z = draws.normal(seed, replicate, layer.entity, draws.NIGHT_EFFECT, 0)
    return np.exp(layer.sigma * z - 0.5 * layer.sigma * layer.sigma)


@lean
def exposure(region_weight, near_aims, fields, verts, until_s, until_exposure):
    """Weighted seconds over Ukraine, ∫ weight(region) dt, along VERT records from launch to `until_s` or until it reaches `until_exposure`. The weight is
    `near_aims` times as great within NEAR_AIM_M of the path's end (1: the same everywhere in a region).

    Returns (exposure, the time, s, at which the integral stopped). Places are steps on the leg's straight line in the plane, their times go by great-circle
    distance from the leg's start, so a threat is where it was stopped at the time returned. The region is asked for in steps
    of at most STEP_M; outside Ukraine the walk leaps by the distance to it. The time is worked out where the weight changes.
    """
    total = 0.0
    raster = fields.distance[0]
    ny, nx = fields.region.shape
    per_m = 1.0 / fields.cell_m
    end = verts[len(verts) - 1]
    for i in range(len(verts) - 1):
        xa, ya, ta = verts[i].x, verts[i].y, verts[i].t
        xb, yb, tb = verts[i + 1].x, verts[i + 1].y, verts[i + 1].t
        if ta >= until_s:
            return total, until_s
        length = np.sqrt((xb - xa) ** 2 + (yb - ya) ** 2)
        if length <= 0.0:
            continue
        leg_m = distance_m(xa, ya, xb, yb)
        s_per_m = (tb - ta) / leg_m if leg_m > 0.0 else 0.0
        ex, ey = (xb - xa) / length, (yb - ya) / length
        s, t, weight = 0.0, ta, 0.0  # way in the plane; since when the weight is what it is
        while s < length:
            step = min(STEP_M, length - s)
            h = s + 0.5 * step
            x, y = xa + h * ex, ya + h * ey
            u, v = (x - fields.x0) * per_m, (y - fields.y0) * per_m
            region = -1
            if 0.0 <= u < nx and 0.0 <= v < ny:
                region = fields.region[int(v), int(u)]
            here = region_weight[region] if region >= 0 else 0.0
            if here > 0.0 and near_aims != 1.0 and distance_m(x, y, end.x, end.y) <= NEAR_AIM_M:
                here *= near_aims
            if here != weight:
                t_next = ta + s_per_m * distance_m(xa, ya, xa + s * ex, ya + s * ey)
                if weight > 0.0:
                    seconds = min(t_next, until_s) - t
                    if total + weight * seconds >= until_exposure:
                        return until_exposure, t + (until_exposure - total) / weight
                    total += weight * seconds
                if t_next >= until_s:
                    return total, until_s
                t, weight = t_next, here
            s += step if region >= 0 else max(step, clearance_m(raster, fields, x, y) - 2.0 * fields.cell_m)
        if weight > 0.0:
            seconds = min(tb, until_s) - t
            if total + weight * seconds >= until_exposure:
                return until_exposure, t + (until_exposure - total) / weight
            total += weight * seconds
        if tb >= until_s:
            return total, until_s
    return total, verts[len(verts) - 1].t


@lean
def exposures_of(region_weight, near_aims, fields, verts, paths, until_s, out):
    """Fill out[i] with the exposure of path i up to until_s[i]."""
    for i in range(len(paths)):
        out[i], _ = exposure(region_weight, near_aims, fields, verts[paths[i].vert_from : paths[i].vert_to], until_s[i], np.inf)


@kernel
def draw_stops(layers, region_weight, near_aims, fields, seed, replicate, entities, verts, paths, not_before_s, stop_s, stop_kind, survive):
    """When and how Ukraine's layer would stop each path of a raid.

    layers: LAYER records. not_before_s[i]: -inf for an ordinary threat; else the stop is drawn on the condition
    that it does not come before that time. Fills stop_s (s; inf where nothing stops it before its end), stop_kind, and survive: the chance of that
    condition under this replicate's night effect (1 for an ordinary threat).
    """
    effect = np.empty(len(layers))
    for k in range(len(layers)):
        effect[k] = night_effect(layers[k], seed, replicate)
    for i in range(len(paths)):
        k = paths[i].layer
        rate = layers[k].rate_per_s * effect[k]
        stop_s[i], stop_kind[i], survive[i] = np.inf, STOP_NONE, 1.0
        astray = paths[i].failed & SPOOFED != 0
        if astray:
            rate *= layers[k].kill_share
        if rate <= 0.0:
            continue
        own = verts[paths[i].vert_from : paths[i].vert_to]
        spent = 0.0
        if not_before_s[i] > own[0].t:
            spent, _ = exposure(region_weight, near_aims, fields, own, not_before_s[i], np.inf)
        survive[i] = np.exp(-rate * spent)
        goal = spent + draws.exponential(seed, replicate, entities[i], draws.UKRAINE_STOP, 0) / rate
        reached, at_s = exposure(region_weight, near_aims, fields, own, np.inf, goal)
        if reached >= goal and at_s < own[len(own) - 1].t:
            stop_s[i] = at_s
            killed = astray or draws.uniform(seed, replicate, entities[i], draws.UKRAINE_KIND, 0) < layers[k].kill_share
            stop_kind[i] = STOP_KILLED if killed else STOP_LOST


@lean
def survivals(layer, seed, first, exposure_s, out):
    """Fill out[j] with the chance to come through an exposure under the night effect that replicate first + j has for a LAYER row."""
    for j in range(len(out)):
        out[j] = np.exp(-layer.rate_per_s * night_effect(layer, seed, first + np.uint64(j)) * exposure_s)


def hazard_share(layers: np.ndarray, paths: np.ndarray) -> np.ndarray:
    """Part of its LAYER row's hazard that acts on each PATH, shape (n,): 1, of a drone that strays the share of kills."""
    return np.where(paths["failed"] & SPOOFED != 0, layers["kill_share"][paths["layer"]], 1.0)


def mean_stop_share(rate_per_s: float, exposures_s: np.ndarray, sigma: float) -> float:
    """Mean over routes, shape (n,), and night effect of 1 − exp(−rate · exposure · m); sigma >= 0; 0 without routes."""
    if not len(exposures_s):
        return 0.0
    nodes, masses = _nodes()
    effect = np.exp(sigma * nodes - 0.5 * sigma * sigma)
    stopped = -np.expm1(-rate_per_s * exposures_s[:, None] * effect[None, :])
    return float(stopped.mean(axis=0) @ masses)


@cache
def _nodes() -> tuple[np.ndarray, np.ndarray]:
    """Gauss–Hermite nodes of the standard normal and their masses, sum 1; without those whose mass is below a rounding."""
    nodes, masses = np.polynomial.hermite_e.hermegauss(QUADRATURE)
    masses = masses / masses.sum()
    return nodes[masses > _LEAST_MASS], masses[masses > _LEAST_MASS]


def mean_survival(layers: np.ndarray, rows: np.ndarray, exposures_s: np.ndarray) -> np.ndarray:
    """Chance of each path, shape (n,), to come through its exposure, the night effect averaged. layers: LAYER records; rows: a path's row there."""
    z, masses = _nodes()
    sigma = layers["sigma"][rows][:, None]
    hazard = layers["rate_per_s"][rows][:, None] * np.exp(sigma * z - 0.5 * sigma * sigma)
    return np.asarray(np.exp(-hazard * exposures_s[:, None]) @ masses)


def solve_rate(share: float, exposures_s: np.ndarray, sigma: float) -> float:
    """The rate, 1/s, at which `mean_stop_share` equals `share` (0 to 1); where too few routes are ever exposed for that, the rate that
    stops 99.9 % of those that are. Without any exposure 0: none of the group is over Ukraine.
    """
    exposed = exposures_s[exposures_s > 0.0]
    if share <= 0.0 or not len(exposed):
        return 0.0
    goal = min(share, 0.999 * len(exposed) / len(exposures_s))
    # No more are stopped than rate · exposure in the mean, since 1 − exp(−x) ≤ x and the night effect's mean is 1.
    low = high = goal / float(exposures_s.mean())
    while mean_stop_share(high, exposures_s, sigma) < goal:
        low, high = high, 3.0 * high
    if low == high:
        return low
    root = brent_root(lambda x: mean_stop_share(float(np.exp(x)), exposures_s, sigma) - goal, float(np.log(low)), float(np.log(high)), 1e-10)
    return float(np.exp(root))
