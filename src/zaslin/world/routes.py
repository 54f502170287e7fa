"""Where a threat is launched, where it is bound and over which way-points: the plan of one route, drawn by luck alone.

Nothing here optimises. Way-points neither seek nor avoid any defence, sensor or aircraft: the functions do not know that there are any. What bends
a plan is geography that is public (coarse corridors, the margin from a neighbour's border), and its chances are assumptions to be tested
against reported crossings, not advice. All draws are keyed to (seed, replicate, entity), so a plan does not depend on any other threat.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from zaslin import draws
from zaslin.atlas.borders import COUNTRIES, N_INDEXED
from zaslin.atlas.crossing import inside
from zaslin.atlas.fields import FALL, bilinear
from zaslin.atlas.ground import over
from zaslin.jit import lean
from zaslin.plane import ahead, along, course_rad, distance_m, toward
from zaslin.world.night_arrays import CRUISE, DRONE, STEERED

MAX_WAY = 10
"""Points of a plan at most: launch, gate, four way-points, one beyond, target; two to spare."""

TRIES = 6
"""Plans drawn until one keeps its margins; then the fallback (`plan_route`)."""

DETOUR_M = 75_000.0
"""Scale on which a corridor's gate loses weight with the detour it costs, m (assumption, 40–150 km)."""

BEYOND_TURN_RAD = 0.5
"""Standard deviation of the direction of a point beyond the target against the approach, rad (assumption, 0.2–1)."""

OWN_SHARE = 0.8
"""A planned margin cannot exceed this share of the launch place's own distance from the country, nor on the last leg of the target's
(assumption, 0.5–1): otherwise a port on the border river could not be approached at all."""

RANGE_SHARE = 0.9
"""Aims lie within this share of the model's range of the launch place (assumption, 0.7–1)."""

LESS_MARGIN = 0.1
"""The part of its margin that a threat still keeps where no plan keeps the whole (assumption, 0–0.5)."""

KEPT, FELL_BACK, RELAXED = 0, 1, 2
"""How a plan's margins were met: as drawn; by the fallback; not at all (the direct legs, margin given up)."""

NOT_FROM = tuple(k for k in range(N_INDEXED) if COUNTRIES[k] not in ("UA", "BY", "RU"))
"""Countries (indices) out of which nothing is launched: launch areas are coarse points with a spread that knows no border."""

REDRAWS = 16
"""Launch places drawn anew where one lies in such a country; then the area's own point."""


class Draft(NamedTuple):
    """What the kernels write into while they draw a path, one after the other: the plan (MAX_WAY, 2), margins (2, countries), the gates' weights, parts of the
    way, and whether the turn at a point begins over it."""

    way: np.ndarray
    margins: np.ndarray
    weight: np.ndarray
    fractions: np.ndarray
    over: np.ndarray


_CELLS_OFF = 0.8  # most, in cells, that a cell's value is off anywhere in it: 0.71, and the stored rounding
_STRIDE = 64
_AIM_STRIDE = 64
_REDRAW_INDEX = 64
_FLY_OVER_INDEX = 4_096


@lean
def triangular(low, mode, high, u):
    """Quantile u of the triangular distribution on (low, mode, high)."""
    span = high - low
    if span <= 0.0:
        return mode
    if u * span < mode - low:
        return low + np.sqrt(u * span * (mode - low))
    return high - np.sqrt((1.0 - u) * span * (high - mode))


@lean
def clearance_m(raster, fields, x, y):
    """Signed distance raster at a plane point, m; outside the raster a lower bound (0 where its nearest point lies inside the country)."""
    ny, nx = raster.shape
    d = bilinear(raster, fields.x0, fields.y0, fields.cell_m, x, y)
    u, v = (x - fields.x0) / fields.cell_m, (y - fields.y0) / fields.cell_m
    if 0.0 <= u <= nx and 0.0 <= v <= ny:
        return d
    # What lies in the raster is no nearer to the point than to the point's foot on the raster's edge, but for the plane's scale, which differs
    # by less than 15 % within 20 degrees of its centre.
    return max(0.85 * d, 0.0)


@lean
def leg_clear(raster, fields, xa, ya, xb, yb, limit_m):
    """Whether a plane segment stays where the distance raster is at least `limit_m`.

    Marches by the distance itself (it cannot fall faster than one metre a metre); an error up to the size of a cell remains.
    """
    length = np.sqrt((xb - xa) ** 2 + (yb - ya) ** 2)
    s = 0.0
    least = 0.5 * fields.cell_m
    while True:
        f = s / length if length > 0.0 else 0.0
        spare = clearance_m(raster, fields, xa + f * (xb - xa), ya + f * (yb - ya)) - limit_m
        if spare < 0.0:
            return False
        if s >= length:
            return True
        s = min(s + max(spare, least), length)


@lean
def surely_clear(raster, fields, xa, ya, xb, yb, limit_m):
    """Whether it is certain, by the values of single cells, that `leg_clear` finds a plane segment clear; where it leaves the raster it is not."""
    slack, per_m = _CELLS_OFF * fields.cell_m + limit_m, 1.0 / fields.cell_m
    length = np.sqrt((xb - xa) ** 2 + (yb - ya) ** 2)
    ex, ey = ((xb - xa) / length, (yb - ya) / length) if length > 0.0 else (0.0, 0.0)
    s = 0.0
    while True:
        u, v = (xa + s * ex - fields.x0) * per_m, (ya + s * ey - fields.y0) * per_m
        if not (0.0 <= u < raster.shape[1] and 0.0 <= v < raster.shape[0]):
            return False
        spare = np.float64(raster[int(v), int(u)]) - slack
        if spare < fields.cell_m:
            return False
        if s >= length:
            return True
        s = min(s + spare, length)


@lean
def _far_off(fields, country, xa, ya, xb, yb, limit_m):
    """Whether it is certain by one look, at the middle of a plane segment on the rasters' grid, that `leg_clear` finds it clear."""
    ny, nx = fields.country.shape
    if min(xa, xb) < fields.x0 or max(xa, xb) > fields.x0 + nx * fields.cell_m or min(ya, yb) < fields.y0 or max(ya, yb) > fields.y0 + ny * fields.cell_m:
        return False
    d = bilinear(fields.distance[country], fields.x0, fields.y0, fields.cell_m, 0.5 * (xa + xb), 0.5 * (ya + yb))
    return d - 0.5 * FALL * np.sqrt((xb - xa) ** 2 + (yb - ya) ** 2) > limit_m


@lean
def _leg_keeps(night, fields, xa, ya, xb, yb, least):
    """Whether a leg keeps every country's margin, least[k] (<= 0: not asked)."""
    widest = 0.0
    for k in range(len(least)):
        widest = max(widest, least[k])
    # First all countries at once, by the raster of the nearest; only where that is too near, each for itself.
    if widest <= 0.0 or surely_clear(night.near, fields, xa, ya, xb, yb, widest) or leg_clear(night.near, fields, xa, ya, xb, yb, widest):
        return True
    for k in range(len(least)):
        if least[k] > 0.0 and not _far_off(fields, k, xa, ya, xb, yb, least[k]) and not leg_clear(fields.distance[k], fields, xa, ya, xb, yb, least[k]):
            return False
    return True


@lean
def way_clear(night, fields, way, n, margins):
    """Whether all legs of a plan keep every country's margin; margins[0]: of the last leg, margins[1]: of the others."""
    for i in range(n - 1):  # noqa: SIM110 (kernels have no any())
        if not _leg_keeps(night, fields, way[i, 0], way[i, 1], way[i + 1, 0], way[i + 1, 1], margins[0 if i == n - 2 else 1]):
            return False
    return True


@lean
def pick(cum, rows_from, rows_to, u):
    """First row of a cumulative weight column (ascending within the slice, last entry its total) that reaches u of the total."""
    goal = u * cum[rows_to - 1]
    lo, hi = rows_from, rows_to - 1
    while lo < hi:
        mid = (lo + hi) // 2
        if cum[mid] < goal:
            lo = mid + 1
        else:
            hi = mid
    return lo


@lean
def _spread(seed, replicate, entity, purpose, index, x, y, spread_m):
    """A plane point moved by two normal draws of standard deviation `spread_m`."""
    if spread_m <= 0.0:
        return x, y
    east = draws.normal(seed, replicate, entity, purpose, index) * spread_m
    north = draws.normal(seed, replicate, entity, purpose, index + 1) * spread_m
    return toward(x, y, east, north, np.sqrt(east * east + north * north))


@lean
def _draw_launch(borders, seed, replicate, entity, attempt, area):
    """A launch place of an AREA record: its point and spread, drawn anew while it lies in a country of NOT_FROM."""
    for trial in range(1 + REDRAWS):
        index = 1 + 2 * attempt if trial == 0 else _REDRAW_INDEX * (1 + attempt) + 2 * trial
        x, y = _spread(seed, replicate, entity, draws.LAUNCH_PLACE, index, area.x, area.y, area.spread_m)
        barred = False
        for k in NOT_FROM:
            barred = barred or inside(borders, k, x, y)
        if not barred:
            return x, y
    return area.x, area.y


@lean
def draw_model(night, seed, replicate, entity, group, fixed):
    """The CHOICE row of a threat: given by the report's split, or drawn from the block's shares."""
    g = night.groups[group]
    if fixed >= 0:
        for row in range(g.choice_from, g.choice_to):
            if night.choices[row].model == fixed:
                return row
    if g.choice_to - g.choice_from == 1:
        return g.choice_from
    return pick(night.choices.cum, g.choice_from, g.choice_to, draws.uniform(seed, replicate, entity, draws.MODEL_SPLIT, 0))


@lean
def _draw_aim(night, ground, seed, replicate, entity, choice, reach, xl, yl, base):
    """The AIM row and the exact aim point: a place within `reach` (m) of the launch (else the nearest) and its spread, inside Ukraine.
    base: first index of its draws."""
    c = night.choices[choice]
    row = -1
    for attempt in range(24):
        trial = pick(night.aims.cum, c.aim_from, c.aim_to, draws.uniform(seed, replicate, entity, draws.TARGET, base + attempt))
        if distance_m(xl, yl, night.aims[trial].x, night.aims[trial].y) <= reach:
            row = trial
            break
    if row < 0:
        nearest = np.inf
        for trial in range(c.aim_from, c.aim_to):
            d = distance_m(xl, yl, night.aims[trial].x, night.aims[trial].y)
            if d < nearest:
                nearest, row = d, trial
    x0, y0 = night.aims[row].x, night.aims[row].y
    for attempt in range(4):
        x, y = _spread(seed, replicate, entity, draws.TARGET, base + 32 + 2 * attempt, x0, y0, night.aims[row].spread_m)
        if over(ground, 0, x, y):
            return row, x, y
    return row, x0, y0


@lean
def _weigh_gates(night, xl, yl, xt, yt, weight):
    """Fill weight[k] of every corridor but the Danube's; returns their sum and that of no gate, 1: exp(-detour / DETOUR_M), no gate has detour 0."""
    direct = distance_m(xl, yl, xt, yt)
    total = 1.0
    for k in range(len(night.gates) - 1):
        g = night.gates[k]
        weight[k] = np.exp(-(distance_m(xl, yl, g.x, g.y) + distance_m(g.x, g.y, xt, yt) - direct) / DETOUR_M)
        total += weight[k]
    return total


@lean
def _draw_gate(n, weight, total, u):
    """A corridor's gate of n, or -1 for none."""
    u = u * total - 1.0
    for k in range(n):
        if u < 0.0:
            return k - 1
        u -= weight[k]
    return n - 1


@lean
def _draw_ways(night, route, seed, replicate, entity, base, cls, danube, total, draft):
    """Fill the draft's `way` after the launch (way[0]) up to the target, which comes in way[1]; returns the number of points. total: of the gates' weights."""
    way = draft.way
    xt, yt = way[1, 0], way[1, 1]
    n = 1
    gate = len(night.gates) - 1
    if not danube:
        gate = _draw_gate(gate, draft.weight, total, draws.uniform(seed, replicate, entity, draws.ROUTE, base))
    if gate >= 0:
        g = night.gates[gate]
        way[n] = _spread(seed, replicate, entity, draws.ROUTE, base + 1, g.x, g.y, g.spread_m)
        n += 1
    xg, yg = way[n - 1, 0], way[n - 1, 1]
    length = distance_m(xg, yg, xt, yt)
    # Poisson, at most four.
    u = draws.uniform(seed, replicate, entity, draws.ROUTE, base + 3)
    p = np.exp(-route.way_points)
    count = 0
    while count < 4 and u > p:
        u -= p
        count += 1
        p *= route.way_points / count
    fractions = draft.fractions
    for j in range(count):
        f = draws.uniform(seed, replicate, entity, draws.ROUTE, base + 8 + j)
        i = j
        while i > 0 and fractions[i - 1] > f:
            fractions[i] = fractions[i - 1]
            i -= 1
        fractions[i] = f
    for j in range(count):
        f = fractions[j]
        # A bridge: offsets are greatest half-way and vanish at both ends, so that way-points near the target lie near the line.
        offset = draws.normal(seed, replicate, entity, draws.ROUTE, base + 16 + j) * route.dogleg * length * 2.0 * np.sqrt(f * (1.0 - f))
        x, y = along(xg, yg, xt, yt, f * length)
        way[n] = toward(x, y, yt - yg, xg - xt, offset)  # to the right of the way, in the plane
        n += 1
    if cls == CRUISE and draws.uniform(seed, replicate, entity, draws.ROUTE, base + 4) < route.beyond:
        turn = draws.normal(seed, replicate, entity, draws.ROUTE, base + 5) * BEYOND_TURN_RAD
        reach = route.beyond_m * (0.5 + draws.uniform(seed, replicate, entity, draws.ROUTE, base + 6))
        way[n] = ahead(xt, yt, course_rad(way[n - 1, 0], way[n - 1, 1], xt, yt) + turn, reach)
        n += 1
    way[n] = xt, yt
    return n + 1


@lean
def plan_route(night, ground, route, seed, replicate, entity, choice, row, draft):
    """Draw launch, aim and way-points of one threat of CHOICE row `choice` that flies as MODEL row `row`, under a ROUTE record.

    draft: a `Draft`, whose `way` takes the plan. Returns (number of points, AIM row, how its margins were met, bits of the countries from which this threat
    keeps its margin, by draw, whether or not the geometry lets it).

    A steered threat that keeps a margin redraws its gate and way-points up to TRIES times until all legs keep it. Then the fallback: the
    direct leg, then the shortest way over one or two refuges; then all of these again with LESS_MARGIN of the margin; where nothing keeps even
    that, the direct leg with the margin given up (RELAXED).
    The other classes fly straight: launch, target. One that keeps a margin redraws both up to TRIES times, then gives the margin up.
    """
    fields = ground.fields
    c = night.choices[choice]
    model = night.models[row]
    u = draws.uniform(seed, replicate, entity, draws.LAUNCH_PLACE, 0)
    area = night.areas[c.area_from + min(int(u * (c.area_to - c.area_from)), c.area_to - c.area_from - 1)]
    steered = model.cls in STEERED
    way, margins = draft.way, draft.margins
    margins[:] = 0.0
    asked = np.uint32(0)
    aim, xt, yt = -1, 0.0, 0.0
    for attempt in range(1 if steered else TRIES):
        way[0] = _draw_launch(ground.borders, seed, replicate, entity, attempt, area)
        aim, xt, yt = _draw_aim(night, ground, seed, replicate, entity, choice, RANGE_SHARE * model.range_m, way[0, 0], way[0, 1], _AIM_STRIDE * attempt)
        # Where the nearest of all countries is far, so is each.
        far_off = OWN_SHARE * clearance_m(night.near, fields, way[0, 0], way[0, 1]) >= route.margin_m
        far_end = OWN_SHARE * clearance_m(night.near, fields, xt, yt) >= route.margin_m
        for k in range(len(route.keeps)):
            if route.keeps[k] > 0.0 and draws.uniform(seed, replicate, entity, draws.MARGIN, k) < route.keeps[k]:
                asked |= np.uint32(1) << np.uint32(k)
                margins[1, k] = route.margin_m
                if not far_off:
                    margins[1, k] = min(route.margin_m, OWN_SHARE * clearance_m(fields.distance[k], fields, way[0, 0], way[0, 1]))
                margins[0, k] = margins[1, k]
                if not far_end:
                    margins[0, k] = min(margins[1, k], OWN_SHARE * clearance_m(fields.distance[k], fields, xt, yt))
                if not steered:  # one leg; a launch inside the country is not clear of it
                    margins[0, k] = max(margins[0, k], 1.0)
        way[1] = xt, yt
        if not steered and way_clear(night, fields, way, 2, margins):
            return 2, aim, KEPT, asked
    if not steered:
        return 2, aim, RELAXED, asked
    danube = night.aims[aim].danube == 1 and model.cls == DRONE
    total = 0.0 if danube else _weigh_gates(night, way[0, 0], way[0, 1], xt, yt, draft.weight)
    for grade in range(2):
        for attempt in range(TRIES + 1):
            way[1] = xt, yt
            n = 2
            if attempt < TRIES:
                n = _draw_ways(night, route, seed, replicate, entity, attempt * _STRIDE, model.cls, danube, total, draft)
            if way_clear(night, fields, way, n, margins):
                return n, aim, KEPT if attempt < TRIES and grade == 0 else FELL_BACK, asked
        best = _shortest_by_refuges(night, fields, xt, yt, way, margins)
        if best >= 0:
            return _by_refuges(night, best, xt, yt, way), aim, FELL_BACK, asked
        margins *= LESS_MARGIN
    way[1] = xt, yt
    return 2, aim, RELAXED, asked


@lean
def _shortest_by_refuges(night, fields, xt, yt, way, margins):
    """The pair of refuges (`_by_refuges`) with the shortest way from way[0] that keeps the margins, the first of equals; -1: none does."""
    m, refuges = len(night.refuges), night.refuges
    shortest, best = np.inf, -1
    to, onward = np.int64(0), np.int64(0)  # a bit for each refuge: whether the leg to it, and that from it to the target, keep theirs
    for i in range(m):
        to |= np.int64(_leg_keeps(night, fields, way[0, 0], way[0, 1], refuges[i, 0], refuges[i, 1], margins[1])) << i
        onward |= np.int64(_leg_keeps(night, fields, refuges[i, 0], refuges[i, 1], xt, yt, margins[0])) << i
    for pair in range(m * m):
        if to >> (pair // m) & 1 == 0 or onward >> (pair % m) & 1 == 0:
            continue
        n = _by_refuges(night, pair, xt, yt, way)
        length = 0.0
        for i in range(n - 1):
            length += distance_m(way[i, 0], way[i, 1], way[i + 1, 0], way[i + 1, 1])
        if length < shortest and (n == 3 or _leg_keeps(night, fields, way[1, 0], way[1, 1], way[2, 0], way[2, 1], margins[1])):
            shortest, best = length, pair
    return best


@lean
def _by_refuges(night, pair, xt, yt, way):
    """Fill `way` after the launch with the pair's one or two refuges and the target; returns the number of points. pair: i · m + j; i = j: one."""
    i, j = pair // len(night.refuges), pair % len(night.refuges)
    way[1] = night.refuges[i, 0], night.refuges[i, 1]
    n = 2
    if i != j:
        way[2] = night.refuges[j, 0], night.refuges[j, 1]
        n = 3
    way[n] = xt, yt
    return n + 1


@lean
def flies_over(route, seed, replicate, entity, point):
    """Whether the turn at way-point `point` begins over it (else before it, so that the corner is cut)."""
    return draws.uniform(seed, replicate, entity, draws.ROUTE, _FLY_OVER_INDEX + point) < route.fly_over
