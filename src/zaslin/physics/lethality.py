"""Whether a round that reaches its target ends it: one keyed coin per shot; wide assumptions by class come with the shooter.

A round has no other outcome than a kill or a miss: no damaged threats. A gun burst is one round.
"""

from __future__ import annotations

import numpy as np

from zaslin import draws
from zaslin.jit import lean

HOMING_MARGIN = 1.2
"""A round still reaches a target that turned away after the shot, up to this many times the usable reach: assumption, 1–1.5."""


@lean
def pair_entity(a, b):
    """Id (uint64) of an ordered pair of named things, such as a threat and a shooter: luck that belongs to both of them."""
    return draws.philox(a, b, a, b)[0]


@lean
def shot_kills(seed, replicate, threat, shooter, number, p_kill, flown_m, reach_m):
    """Whether shot `number` (from 0) of a shooter at a threat kills.

    threat, shooter: entity ids. p_kill: chance in [0, 1] of one round that reaches the target. flown_m: the round's flight, m; beyond
    `HOMING_MARGIN` times reach_m it falls short. The coin depends on the names and the number alone.
    """
    u = draws.uniform(seed, replicate, pair_entity(threat, shooter), draws.SHOT, number)
    return u < p_kill and flown_m <= HOMING_MARGIN * reach_m and np.isfinite(flown_m)


@lean
def hit_chance(p_kill, tail_loss, threat_course, round_course):
    """Chance that a round kills, by aspect: `p_kill` from the beam, half of `tail_loss` more head-on and half of it less from astern (as shares of it).

    threat_course, round_course: plane angles, rad. At most 1. A form of our own: p · (1 − tail_loss · cos(angle between the courses) / 2).
    """
    return min(p_kill * (1.0 - 0.5 * tail_loss * np.cos(round_course - threat_course)), 1.0)
