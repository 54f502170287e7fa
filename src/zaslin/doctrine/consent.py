"""Caveats → windows: for every member and threat the intervals in which the caveats, taken together, permit to engage.

Forbid beats ask beats permit; where nothing matches, it is forbidden. An `ask` permits once its approval has come: the clock starts when
an ask of that authority first matches a classified track and no forbid does, and runs once per threat, member and authority (asks with the same delay and sigma
ask the same one), with one luck per threat and member; a yes once given stays. Nothing is permitted while no classified track is held. Own airspace and Ukraine
are exact: a brief way outside is outside, though it parts no stay. The rules are held against the track: through a partner's picture positions are `late_s` old
(the rule looks at where the threat was then, not dead-reckoned); own sensors show it as it is, but for the errors of course and place, which turn the heading
test. Zones are exact. Windows are those of the free flight: who shoots it down changes none. After Ukraine's layer has ended a threat none is looked for.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from zaslin import draws
from zaslin.atlas.fields import cell_of
from zaslin.atlas.ground import Ground, over
from zaslin.doctrine.heading import crossing_projected
from zaslin.doctrine.zones import zone_flips
from zaslin.handed import by_reference
from zaslin.jit import kernel, lean
from zaslin.physics.detection import BY_AIRBORNE
from zaslin.physics.intercept import outside_m
from zaslin.physics.lethality import pair_entity
from zaslin.physics.path import leg_at, leg_speed_mps, place_at
from zaslin.plane import course_rad
from zaslin.stack import sort_few, stack_floats
from zaslin.world.arrays import EFFECT_ASK, EFFECT_FORBID, ZONE_ANYWHERE, ZONE_NAMED, ZONE_OWN, ZONE_UKRAINE, ZONE_WITHIN
from zaslin.world.stays import pieces_of

WINDOW = np.dtype([("member", "i2"), ("caveat", "i2"), ("threat", "i4"), ("from_s", "f8"), ("to_s", "f8")], align=True)
"""One stretch of permission under one caveat; stretches of one threat and member follow in time and may abut."""

CONSENT = np.dtype(
    [("first", "i4"), ("last", "i4"), ("caveat", "i2"), *((name, "f8") for name in ("match_s", "open_s", "course_error_rad", "error_x", "error_y"))], align=True
)
"""Per member and threat: its rows first:last of the windows; when a permit or ask first matched without a forbid, and when a window first opened (inf:
never); the track's errors, of its course and (own sensors only) of its place, plane m (0 where no caveat of the member is ever asked about it); the caveat to
name where nothing opened (-1: none covers the class)."""

MAX_CAVEATS = 60
"""Caveats of one member at most (a set of them is a 64-bit mask)."""
GRID_DRONE_S, GRID_S = 60.0, 10.0
"""How often the heading test is looked at where its answer may change, s."""
EDGE_S = 0.05
"""Openings and closings are bisected to this, s."""
OK, WINDOWS_FULL, ZONE_FULL = 0, 1, 2
FORBIDDEN, UNAPPROVED, PERMITTED = 0, 1, 2
"""What `permitted_there` answers."""
_DRONE = 0
_MAX_FLIPS = 400


@lean
def _within(flips, n, t):
    """Whether t lies in one of the half-open intervals flips[0]–flips[1], flips[2]–flips[3], …"""
    for i in range(0, n, 2):  # noqa: SIM110 (kernels have no any())
        if flips[i] <= t < flips[i + 1]:
            return True
    return False


@lean
def _matches(fields, caveats, ids, n, member, cls, places, zones_in, x, y, away, course, speed, error_x, error_y):
    """Masks of the caveats whose conditions all hold, and of those whose zone holds. places: (own airspace, Ukraine); away: own distance; error: of the
    track's place, m, which only the heading test sees."""
    full, zone_only = 0, 0
    for i in range(n):
        c = caveats[ids[i]]
        if c.zone == ZONE_OWN:
            good = places[0]
        elif c.zone == ZONE_UKRAINE:
            good = places[1]
        elif c.zone == ZONE_ANYWHERE:
            good = True
        elif c.zone == ZONE_NAMED:
            good = zones_in[c.named]
        else:
            good = places[1] and away <= c.within_m
        if not good:
            continue
        zone_only |= 1 << i
        way = speed * c.horizon_s[cls]
        if c.heading == 1 and not crossing_projected(
            fields, member.country, places[0], x + error_x, y + error_y, course, member.course_error_rad, way, c.share
        ):
            continue
        full |= 1 << i
    return full, zone_only


@lean
def _grid_s(caveats, ids, n, cls, away, speed, error):
    """Time for which no distance-bound condition can change, at least the grid's step; inf where there is no such condition. error: of the track's place, m."""
    grid = GRID_DRONE_S if cls == _DRONE else GRID_S
    step = np.inf
    for i in range(n):
        c = caveats[ids[i]]
        if c.heading == 1:
            step = min(step, max((away - error - speed * c.horizon_s[cls]) / max(speed, 1.0), grid))
        if c.zone == ZONE_WITHIN:
            step = min(step, max(abs(away - c.within_m) / max(speed, 1.0), grid))
    return step


@lean
def _place_rank(caveat):
    """How far a caveat lets the shooter go, to choose between caveats that permit at once (m outside the own border)."""
    if caveat.place == 0:
        return -1.0
    return caveat.pursuit_m if caveat.place == 1 else np.inf


@lean
def _put(caveats, ids, n, mask, at, asked):
    """Ask, at time `at`, every authority that a matching ask names and that was not asked before; `asked` takes the time for all its asks."""
    for i in range(n):
        c = caveats[ids[i]]
        if mask >> i & 1 == 0 or c.effect != EFFECT_ASK or asked[i] < np.inf:
            continue
        for k in range(n):
            other = caveats[ids[k]]
            if other.effect == EFFECT_ASK and other.delay_s == c.delay_s and other.sigma == c.sigma:
                asked[k] = at


@lean
def _forbids(caveats, ids, n, mask):
    """The last of the forbids in a mask, as its place in `ids`; -1 none."""
    forbid = -1
    for i in range(n):
        if mask >> i & 1 and caveats[ids[i]].effect == EFFECT_FORBID:
            forbid = i
    return forbid


@lean
def _segment(caveats, ids, n, mask, a, b, luck, asked, windows, count, row, m, j):
    """Book the stretch a–b in which exactly the caveats of `mask` match. Returns the new number of windows, -1 where there is no room."""
    ask, permit = -1, -1
    due = np.inf
    if _forbids(caveats, ids, n, mask) >= 0:
        return count
    _put(caveats, ids, n, mask, a, asked)
    for i in range(n):
        if mask >> i & 1 == 0:
            continue
        c = caveats[ids[i]]
        if c.effect == EFFECT_ASK:
            ready = asked[i] + c.delay_s * np.exp(c.sigma * luck)
            if ask < 0 or ready < due or (ready == due and _place_rank(c) > _place_rank(caveats[ids[ask]])):
                ask, due = i, ready
        elif permit < 0 or _place_rank(c) > _place_rank(caveats[ids[permit]]):
            permit = i
    if ask < 0 and permit < 0:
        return count
    row.match_s = min(row.match_s, a)
    chosen, start = permit, a
    if ask >= 0:
        chosen, start = ask, max(a, due)
        if row.caveat < 0:
            row.caveat = ids[ask]
    if start >= b:
        return count
    row.open_s = min(row.open_s, start)
    if count > row.first and windows[count - 1].caveat == ids[chosen] and windows[count - 1].to_s >= start - 1e-9:
        windows[count - 1].to_s = b
        return count
    if count >= len(windows):
        return -1
    w = windows[count]
    w.member, w.threat, w.caveat, w.from_s, w.to_s = m, j, ids[chosen], start, b
    return count + 1


@lean
def _name_missing(caveats, ids, n, zone_s, beaten_s):
    """The caveat to name where nothing matched: the forbid that beat a match for longest; else the permit or ask whose zone held for longest
    (ties: the first); else a forbid that covers the class; else -1."""
    best, name = 0.0, -1
    for i in range(n):
        if beaten_s[i] > best:
            best, name = beaten_s[i], ids[i]
    if name >= 0:
        return name
    best = -1.0
    for i in range(n):
        if caveats[ids[i]].effect != EFFECT_FORBID and zone_s[i] > best:
            best, name = zone_s[i], ids[i]
    if name >= 0:
        return name
    best = -1.0
    for i in range(n):
        if zone_s[i] > best:
            best, name = zone_s[i], ids[i]
    return name


@lean
def _learns(row, t, alive_s):
    """Whether what is permitted of a threat from `t` on, s, matters, given what its CONSENT row tells already: until Ukraine's layer ends it at `alive_s` all,
    then whether it ever matched, and would have been approved, for the chain of causes."""
    return t <= alive_s or row.match_s == np.inf or (row.match_s < alive_s and row.open_s == np.inf)


@lean
def _stretch(
    fields, caveats, ids, n, member, m, j, cls, threat, verts, own, n_own, ua, n_ua, zone_cuts, n_cuts, zones_in, a, b, shift, course_error, error_x, error_y,
    luck, asked, zone_s, beaten_s, windows, count, row, breaks, until_s, alive_s,
):  # fmt: skip
    """Book all windows between a and b, a stretch with one age of positions (`shift` s), those that open after `until_s` left out, and those after `alive_s`
    from which nothing can be learnt (`_learns`). Returns the number of windows, -1 where full."""
    moving, error = False, np.sqrt(error_x * error_x + error_y * error_y)
    for i in range(n):
        c = caveats[ids[i]]
        moving = moving or c.heading == 1 or c.zone == ZONE_WITHIN
    nb = 0
    for i in range(n_own):
        breaks[nb] = own[i]
        nb += 1
    for i in range(n_ua):
        breaks[nb] = ua[i]
        nb += 1
    for z in range(len(n_cuts)):
        for i in range(n_cuts[z]):
            breaks[nb] = zone_cuts[z, i]
            nb += 1
    if moving:
        for k in range(threat.vert_from + 1, threat.vert_to - 1):
            breaks[nb] = verts[k].t
            nb += 1
    sort_few(breaks, nb)
    at = 0
    t = a
    while t < b and t <= until_s and _learns(row, t, alive_s):
        while at < nb and breaks[at] + shift <= t + 1e-9:
            at += 1
        end = min(breaks[at] + shift, b) if at < nb else b
        mid = 0.5 * (t + end) - shift
        places = (_within(own, n_own, mid), _within(ua, n_ua, mid))
        for z in range(len(n_cuts)):
            zones_in[z] = _within(zone_cuts[z], n_cuts[z], mid)
        k = leg_at(verts, threat.vert_from, threat.vert_to, mid)
        speed = leg_speed_mps(verts, k)
        course = course_rad(verts[k].x, verts[k].y, verts[k + 1].x, verts[k + 1].y) + course_error
        x, y = place_at(verts, k, t - shift)
        away = outside_m(fields, member.country, x, y) if moving else 0.0
        mask, zone = _matches(fields, caveats, ids, n, member, cls, places, zones_in, x, y, away, course, speed, error_x, error_y)
        while t < end and t <= until_s and _learns(row, t, alive_s):
            step = _grid_s(caveats, ids, n, cls, away, speed, error) if moving else np.inf
            to = min(t + step, end)
            next_mask, next_zone = mask, zone
            if moving:
                x, y = place_at(verts, k, to - shift)
                away = outside_m(fields, member.country, x, y)
                next_mask, next_zone = _matches(fields, caveats, ids, n, member, cls, places, zones_in, x, y, away, course, speed, error_x, error_y)
                if next_mask != mask:
                    lo = t
                    while to - lo > EDGE_S:
                        half = 0.5 * (lo + to)
                        x, y = place_at(verts, k, half - shift)
                        away = outside_m(fields, member.country, x, y)
                        half_mask, half_zone = _matches(fields, caveats, ids, n, member, cls, places, zones_in, x, y, away, course, speed, error_x, error_y)
                        if half_mask == mask:
                            lo = half
                        else:
                            to, next_mask, next_zone = half, half_mask, half_zone
                    x, y = place_at(verts, k, to - shift)
                    away = outside_m(fields, member.country, x, y)
            allowed = False
            for i in range(n):
                if mask >> i & 1 and caveats[ids[i]].effect != EFFECT_FORBID:
                    allowed = True
            for i in range(n):
                if zone >> i & 1:
                    zone_s[i] += to - t
                if allowed and mask >> i & 1 and caveats[ids[i]].effect == EFFECT_FORBID:
                    beaten_s[i] += to - t
            count = _segment(caveats, ids, n, mask, t, to, luck, asked, windows, count, row, m, j)
            if count < 0:
                return -1
            t, mask, zone = to, next_mask, next_zone
    return count


@lean
def _times_in(ground, country, verts, threat, inside, stay, stay_to, times):
    """Entries and exits of a threat's free flight, s, exact (gaps cut out again), of one country's airspace into `times`; their number, -1 where full."""
    n = np.int64(0)
    for s in range(stay, stay_to):
        if inside[s].country == country and n >= 0:
            n = pieces_of(ground, np.int64(country), verts, threat.vert_from, threat.vert_to, inside[s], times, n)
    return n


@kernel
def open_windows(ground, seed, replicate, threats, verts, inside, stay_from, members, caveats, zones, sight, pieces, windows, consent, yes_s, until_s):
    """Fill `windows` (dtype WINDOW, by threat, member and time), `consent` (members, threats; dtype CONSENT) and yes_s, s (threats, caveats): when
    the approval that an ask names comes on the free flight; inf: not asked.

    inside, stay_from: the raid's stays, and the first of each threat. sight: (members, threats) of dtype SIGHT; pieces: its rows of dtype PIECE.
    zones: uint8 (n, ny, nx) on the fields' grid. until_s: windows that open later are not asked for (there may be some); one that is open then may end then
    or later. Returns (status, number of windows).
    """
    longest = 0
    for j in range(len(threats)):
        longest = max(longest, threats[j].vert_to - threats[j].vert_from)
    n_zones = len(zones)
    room = _Room(
        np.empty(longest + _MAX_FLIPS * (n_zones + 2) + 8), np.empty((max(n_zones, 1), _MAX_FLIPS)), np.zeros(n_zones, np.int64),
        np.zeros(max(n_zones, 1), np.bool_), np.empty(MAX_CAVEATS, np.int64),
    )  # fmt: skip
    return _open_windows(
        ground, seed, replicate, threats, verts, inside, stay_from, members, caveats, zones, sight, pieces, windows, consent, yes_s, until_s, room
    )


class _Room(NamedTuple):
    """What `_open_windows` works in: times at which something may change; entries and exits of each zone, with their numbers, and whether it is there; the rows
    of a member's caveats."""

    breaks: np.ndarray
    cuts: np.ndarray
    n_cuts: np.ndarray
    zones_in: np.ndarray
    ids: np.ndarray


@lean
def _open_windows(ground, seed, replicate, threats, verts, inside, stay_from, members, caveats, zones, sight, pieces, windows, consent, yes_s, until_s, room):
    """`open_windows`, in a room that is made."""
    ground = by_reference(Ground(by_reference(ground.fields), by_reference(ground.borders)))
    fields = ground.fields
    breaks, cuts, n_cuts, zones_in, ids = room
    own, ua = stack_floats(_MAX_FLIPS), stack_floats(_MAX_FLIPS)
    asked, zone_s, beaten_s = stack_floats(MAX_CAVEATS), stack_floats(MAX_CAVEATS), stack_floats(MAX_CAVEATS)
    count, n_zones = np.int64(0), len(zones)  # np.int64(0), not 0: numba compiles what is called anew for every literal
    for j in range(len(threats)):
        threat = threats[j]
        alive_s = min(threat.stop_s, threat.end_s)
        located, n_ua = False, np.int64(0)  # when it is in Ukraine and in the named zones is found where a member asks
        for m in range(len(members)):
            member = members[m]
            row = consent[m, j]
            row.first, row.match_s, row.open_s, row.caveat = count, np.inf, np.inf, -1
            key = pair_entity(threat.entity, member.entity)
            n = np.int64(0)
            look = sight[m, j]
            cls = np.int64(look.taken_for)
            for c in range(len(caveats)):
                caveat = caveats[c]
                if cls >= 0 and caveat.member == m and caveat.classes >> cls & 1 and (caveat.heading == 0 or caveat.horizon_s[cls] > 0.0):
                    ids[n], asked[n], zone_s[n], beaten_s[n] = c, np.inf, 0.0, 0.0
                    n += 1
            luck = 0.0
            if n > 0 and look.classified_s < alive_s:
                row.course_error_rad = member.course_error_rad * draws.normal(seed, replicate, key, draws.TRACK_ERROR, 0)
                row.error_x = member.position_error_m * draws.normal(seed, replicate, key, draws.TRACK_PLACE, 0)
                row.error_y = member.position_error_m * draws.normal(seed, replicate, key, draws.TRACK_PLACE, 1)
                luck = draws.normal(seed, replicate, key, draws.APPROVAL, 0)
                if not located:
                    located = True
                    n_ua = _times_in(ground, 0, verts, threat, inside, stay_from[j], stay_from[j + 1], ua)
                    if n_ua < 0:
                        return ZONE_FULL, 0
                    for z in range(n_zones):
                        n_cuts[z] = zone_flips(zones[z], fields, verts, threat.vert_from, threat.vert_to, cuts[z])
                        if n_cuts[z] < 0:
                            return ZONE_FULL, 0
                n_own = _times_in(ground, member.country, verts, threat, inside, stay_from[j], stay_from[j + 1], own)
                if n_own < 0:
                    return ZONE_FULL, 0
                for r in range(look.first, look.last):
                    piece = pieces[r]
                    start, end = max(piece.from_s, piece.classified_s), min(piece.to_s, threat.end_s)
                    if start >= end or start > until_s or not _learns(row, start, alive_s):
                        continue
                    own_track = np.float64(piece.by <= BY_AIRBORNE)
                    count = _stretch(
                        fields, caveats, ids, n, member, m, j, cls, threat, verts, own, n_own, ua, n_ua, cuts, n_cuts, zones_in, start, end, piece.late_s,
                        row.course_error_rad, own_track * row.error_x, own_track * row.error_y, luck, asked, zone_s, beaten_s, windows, count, row, breaks,
                        until_s, alive_s,
                    )  # fmt: skip
                    if count < 0:
                        return WINDOWS_FULL, 0
            row.last = count
            for i in range(n):
                c = caveats[ids[i]]
                yes_s[j, ids[i]] = asked[i] + c.delay_s * np.exp(c.sigma * luck) if c.effect == EFFECT_ASK else np.inf
            if row.match_s == np.inf:
                row.caveat = _name_missing(caveats, ids, n, zone_s, beaten_s)
    return OK, count


@lean
def permitted_at(windows, consent, m, j, t):
    """Whether a window of member m for threat j is open at `t`, s (at its very end it still counts)."""
    for w in range(consent[m, j].first, consent[m, j].last):  # noqa: SIM110
        if windows[w].from_s <= t <= windows[w].to_s:
            return True
    return False


@kernel
def permitted_there(ground, members, m, caveats, zones, yes_s, cls, x, y, course, speed, error_x, error_y, now):
    """What member m's caveats, taken together, say at `now`, s, of a threat taken for class `cls` (-1: for none) that will be at the plane point (x, y), m,
    on `course` (the track's, rad) at `speed`, m/s: where dead reckoning has a round meet it. error: of the track's place, plane m, which only the heading
    test sees. Nothing of the route is asked.

    yes_s: (caveats,), the threat's row: an approval that has not come by `now` is not counted on. Returns (PERMITTED, a caveat), (UNAPPROVED, the ask)
    or (FORBIDDEN, the forbid; -1 where nothing matches).
    """
    fields, member = ground.fields, members[m]
    ids = np.empty(MAX_CAVEATS, np.int64)
    n = np.int64(0)
    for c in range(len(caveats)):
        caveat = caveats[c]
        if cls >= 0 and caveat.member == m and caveat.classes >> cls & 1 and (caveat.heading == 0 or caveat.horizon_s[cls] > 0.0):
            ids[n] = c
            n += 1
    own = member.country >= 0 and over(ground, np.int64(member.country), x, y)
    zones_in = np.zeros(max(len(zones), 1), np.bool_)
    iy, ix = cell_of(fields, x, y)
    for z in range(len(zones)):
        zones_in[z] = iy >= 0 and zones[z, iy, ix] == 1
    places = (own, over(ground, np.int64(0), x, y))
    away = outside_m(fields, member.country, x, y)
    mask, _ = _matches(fields, caveats, ids, n, member, cls, places, zones_in, x, y, away, course, speed, error_x, error_y)
    forbid = _forbids(caveats, ids, n, mask)
    if forbid >= 0:
        return FORBIDDEN, ids[forbid]
    ask, permit = np.int64(-1), np.int64(-1)
    for i in range(n):
        if mask >> i & 1 == 0:
            continue
        c = caveats[ids[i]]
        if c.effect != EFFECT_ASK:
            permit = ids[i]
        elif c.delay_s == 0.0 or yes_s[ids[i]] <= now:
            return PERMITTED, ids[i]
        else:
            ask = ids[i]
    if ask >= 0:
        return UNAPPROVED, ask
    return (PERMITTED if permit >= 0 else FORBIDDEN), permit
