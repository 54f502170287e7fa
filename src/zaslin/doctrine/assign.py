"""What is known of a track now and what a shooter can do about it: dead reckoning, and reach under the caveat that permits.

Known now: tracks, open windows, places of shooters, and dead reckoning of a track at constant course and speed. Never a future window, a
route or a destination.
"""

from __future__ import annotations

import numpy as np

from zaslin.jit import lean
from zaslin.physics.intercept import Line, Reach
from zaslin.physics.path import leg_at, place_at
from zaslin.plane import course_rad
from zaslin.world.arrays import PLACE_OWN, PLACE_UKRAINE

PROJECTION_S = 900.0
"""How far ahead a track is dead-reckoned, s: assumption, 5–30 min."""
HOME_MARGIN_M = 1_000.0
"""A shooter that is held in its own airspace keeps this far from the line, m: assumption, 0–5 km."""


@lean
def true_line(verts, k, speed):
    """The `Line` of leg `k` as it is flown, at its `speed`, m/s; a leg without length has no direction and stays."""
    return Line(verts[k].x, verts[k].y, verts[k + 1].x, verts[k + 1].y, verts[k].t, speed)


@lean
def track_line(verts, speeds, first, last, late_s, own, consent, t):
    """The `Line` of a track by dead reckoning at time `t`: last known place, course with the track's error, speed.

    speeds: of the legs (`fill_speeds`), m/s. late_s, own: how old the positions are, s, and whether own sensors show them: then the place has its error too.
    consent: the member's CONSENT of the threat.
    """
    known = t - late_s
    k = leg_at(verts, first, last, known)
    if k + 2 < last and verts[k + 1].t + late_s <= t:  # a turn is looked at when it is seen; less its age that may be a rounding before it
        k += 1
    x, y = place_at(verts, k, known)
    if own:
        x, y = x + consent.error_x, y + consent.error_y
    course = course_rad(verts[k].x, verts[k].y, verts[k + 1].x, verts[k + 1].y) + consent.course_error_rad
    return Line(x, y, x + 1_000.0 * np.sin(course), y + 1_000.0 * np.cos(course), known, speeds[k])


@lean
def reach_under(shooter, reach_m, missile_mps, country, caveat, open_since_s, separation_s):
    """The `Reach` of a shooter with a weapon of this reach and speed under the caveat that permits now. Over foreign soil it waits `separation_s` after the
    opening.

    Place Ukraine: it fires from over Ukraine (no farther than the pursuit from the own border) or its own country, over nobody else's.
    """
    limit, soil = np.inf, 0
    if caveat.place == PLACE_OWN:
        limit = -HOME_MARGIN_M
    elif caveat.place == PLACE_UKRAINE:
        limit, soil = caveat.pursuit_m, 1
    return Reach(shooter.dash_mps, missile_mps, reach_m, country, limit, open_since_s + separation_s, soil)
