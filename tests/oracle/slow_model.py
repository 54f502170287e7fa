"""A second, slow model of the core, written from docs/model.md and docs/model/engine.md alone, by somebody who had not read the engine.

Plain Python and fixed steps: no roots, no queue, no rasters. One member, whose airspace is what lies on one side of a straight border, and Ukraine on
the other. Every continuous rule is asked once a step, so a time is late by up to a step: a bias of first order, which the tests show at 1 s and 0.5 s.

Places are unit vectors in the frame of the gnomonic plane (x east, y north, z to its centre): (x, y) of the plane is (R x/z, R y/z).
Luck is `luck(purpose, *who)` in (0, 1). A world, a member, its caveats, its assets and the threats are namespaces; small_nights.py fills them.
Left out: countries beside these two, debris, coasts, claims across members. Seam for GBAD: one more kind of shooter beside `Pair`, asked in `Night.assign`.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from math import asin, atan2, ceil, cos, exp, inf, log, sin, sqrt
from statistics import NormalDist
from types import SimpleNamespace as Some

R = 6_371_008.8
ON_GROUND = ("ground", "ordered", "gone")
RAID_WITHIN, PROJECTION, HOME_MARGIN, HOMING, TURN_ROUND, LEAST_ON_STATION, SAME_CHASE = 300e3, 900.0, 1000.0, 1.2, 5400.0, 1200.0, 60.0
Vec = tuple[float, float, float]
normal = NormalDist().inv_cdf
FAN = [normal((i + 0.5) / 21) for i in range(21)]


own_luck = lambda seed: lambda *who: random.Random(f"{seed}/{who}").random() or 0.5  # luck of the slow model's own

# Vectors; `tangent`: direction at a of the great circle to b; `toward`: the place d metres from a on the way to b, never beyond b.
dot = lambda a, b: a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
mix = lambda a, s, b, t: (a[0] * s + b[0] * t, a[1] * s + b[1] * t, a[2] * s + b[2] * t)
norm = lambda a: mix(a, 1.0 / sqrt(dot(a, a)), a, 0.0)
unit = lambda x, y: norm((x, y, R))
flat = lambda p: (R * p[0] / p[2], R * p[1] / p[2])
tangent = lambda a, b: norm(mix(b, 1.0, a, -dot(a, b)))
go = lambda a, u, d: mix(a, cos(d / R), u, sin(d / R))
flight = lambda a, u, speed, t0: lambda t: go(a, u, speed * (t - t0))
toward = lambda a, b, d: b if dist(a, b) <= d else go(a, tangent(a, b), d)
cross = lambda a, b: (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
dist = lambda a, b: R * atan2(sqrt(dot(cross(a, b), cross(a, b))), dot(a, b))
# Direction at p of a plane course, counted from east to north.
heading = lambda p, course: tangent(p, unit(flat(p)[0] + 1000.0 * cos(course), flat(p)[1] + 1000.0 * sin(course)))
# Signed distance to own airspace: what lies on the negative side of the great circle with pole `world.pole`.
outside = lambda world, p: R * asin(max(-1.0, min(1.0, dot(p, world.pole))))


def held(world: Some, p: Vec, limit: float) -> Vec:
    """The place nearest to p that is no farther outside than limit."""
    if outside(world, p) <= limit:
        return p
    return mix(world.pole, sin(limit / R), norm(mix(p, 1.0, world.pole, -dot(p, world.pole))), cos(limit / R))


class Threat:
    """A free flight over vertices (x, y, t, altitude); `layer` has rate, sigma and kill_share of Ukraine's layer."""

    def __init__(self, name: str, cls: str, vertices: list[tuple[float, float, float, float]], end_fate: str, layer: Some) -> None:
        self.name, self.cls, self.end_fate, self.layer, self.legs = name, cls, end_fate, layer, []
        for (x0, y0, t0, h0), (x1, y1, t1, h1) in pairwise(vertices):
            a, b = unit(x0, y0), unit(x1, y1)
            speed, course = dist(a, b) / (t1 - t0), atan2(y1 - y0, x1 - x0)
            at = flight(a, tangent(a, b), speed, t0)
            self.legs.append(Some(t0=t0, t1=t1, speed=speed, course=course, at=at, h0=h0, climb=(h1 - h0) / (t1 - t0)))
        self.start, self.end = vertices[0][2], vertices[-1][2]

    def leg(self, t: float) -> Some:
        return next((leg for leg in self.legs if t < leg.t1), self.legs[-1])

    def at(self, t: float) -> Vec:
        return self.leg(t).at(t)


class Sight:
    """Sections 1 and 2 for one threat, on its free flight: when the member sees it, and when the caveats permit."""

    def __init__(self, world: Some, m: Some, th: Threat, luck: Callable[..., float], dt: float) -> None:
        self.world, self.m, self.th = world, m, th
        self.error, self.approval = m.course_error * normal(luck("course", th.name)), normal(luck("approval", th.name))
        self.steps = [i * dt for i in range(ceil(th.start / dt), ceil(th.end / dt))]
        own = next((t for t in self.steps if self.in_view(t)), inf) + m.track_delay
        entry = next((t for t in self.steps if world.ukraine(*flat(th.at(t)))), inf)
        shared = entry + m.latency if m.shared and luck("shared", th.name) < m.cover else inf
        self.own_track, shared = (t if t < th.end else inf for t in (own, shared))
        self.track = min(self.own_track, shared)
        self.classified = self.track + m.classification * exp(0.5 * normal(luck("classified", th.name)))
        self.asked: dict[tuple[float, float], float] = {}  # by authority: asks of one delay and sigma
        self.match = inf  # first time at which a permit or an ask is not beaten
        self.windows: list[list] = []  # caveat, from, to
        for t in self.steps:
            deciding = self.decide(t) if t >= self.classified else None
            if deciding and self.windows and self.windows[-1][2] == t and self.windows[-1][0] is deciding:
                self.windows[-1][2] = min(t + dt, th.end)
            elif deciding:
                self.windows.append([deciding, t, min(t + dt, th.end)])

    def in_view(self, t: float) -> bool:
        p, leg = self.th.at(t), self.th.leg(t)
        horizon = sqrt(2.0 * 4.0 / 3.0 * R) * (sqrt(self.m.mast) + sqrt(leg.h0 + leg.climb * (t - leg.t0)))
        airborne = any(dist(p, orbit) <= reach.get(self.th.cls, -1.0) for orbit, reach in self.m.airborne)
        return airborne or outside(self.world, p) + self.m.setback <= min(horizon, 400e3)

    def known(self, t: float) -> float:
        """The time of the last known place."""
        return t if t >= self.own_track else t - self.m.latency

    def matching(self, p: Vec, leg: Some) -> list[Some]:
        """The caveats whose conditions all hold for the track at p on this leg."""
        out, (x, y), found = outside(self.world, p), flat(p), []
        ukraine = self.world.ukraine(x, y)
        for c in self.m.caveats:
            zone = {"own": out <= 0, "ukraine": ukraine, "within": ukraine and out <= c.within, "anywhere": True}
            good = self.th.cls in c.classes and (zone[c.zone] if c.zone in zone else self.world.named[c.zone](x, y))
            if good and c.horizon is not None and out > 0:
                way = leg.speed * c.horizon.get(self.th.cls, -inf)
                rays = (heading(p, leg.course + self.error + self.m.course_error * z) for z in FAN)
                good = out <= way and sum(outside(self.world, go(p, ray, way)) <= 0 for ray in rays) / 21 >= c.share
            found += [c] if good else []
        return [] if any(c.effect == "forbid" for c in found) else found

    def opens(self, c: Some) -> float:
        return self.asked.get((c.delay, c.sigma), inf) + c.delay * exp(c.sigma * self.approval)

    def decide(self, t: float) -> Some | None:
        """The caveat under which the window is open now, if it is."""
        leg = self.th.leg(self.known(t))
        found = self.matching(leg.at(self.known(t)), leg)
        asks = [c for c in found if c.effect == "ask"]
        self.match = min(self.match, t if found else inf)
        for c in asks:
            self.asked.setdefault((c.delay, c.sigma), t)
        free = [c for c in asks if self.opens(c) <= t] if asks else found
        return max(free, key=lambda c: (-self.opens(c) if asks else 0.0, c.limit)) if free else None

    def consents(self, p: Vec, leg: Some, t: float) -> str:
        """What the caveats say at time t of the predicted place p."""
        found = self.matching(p, leg)
        asks = [c for c in found if c.effect == "ask"]
        return "not_permitted" if not found else "yes" if not asks or any(self.opens(c) <= t for c in asks) else "not_approved"

    def window(self, t: float) -> list | None:
        return next((w for w in self.windows if w[1] <= t < w[2]), None)

    def opened(self, t: float) -> float:
        """When the permission that holds at t began; rows that abut are one."""
        for _, start, end in reversed(self.windows):
            t = start if start <= t <= end else t
        return t


class Pair:
    """A pair of fighters; `mode`: ground, ordered, patrol (on its way to the first station), free, chase, home; gone: a patrol left, no relief yet."""

    def __init__(self, asset: Some) -> None:
        self.asset, self.mode, self.p, self.rounds, self.scrambles, self.sortie = asset, "ground", asset.base, 0, 0, None
        self.until, self.stands, self.land_by, self.last_shot = inf, -inf, inf, -inf
        self.target = self.plan = self.flying = self.engagement = None  # plan: time and place of fire, leg, caveat
        self.barred: set[str] = set()  # threats whose first plan failed since their last turn, window or look


class Night:
    """One raid against one member, flown at once; its lists say what came of it."""

    def __init__(self, world: Some, m: Some, threats: list[Threat], luck: Callable[..., float], dt: float = 1.0) -> None:
        self.world, self.m, self.threats, self.luck, self.dt = world, m, threats, luck, dt
        self.sight = {th.name: Sight(world, m, th, luck, dt) for th in threats}
        self.stop = {th.name: self.ukraine(th) for th in threats}
        self.alive_end = {th.name: min(self.stop[th.name][0], th.end) for th in threats}
        self.first = min(th.start for th in threats)
        near = [t for th in threats for t in self.sight[th.name].steps if t < self.alive_end[th.name]
                and (outside(world, th.at(t)) <= RAID_WITHIN or world.ukraine(*flat(th.at(t))))]
        self.over = max(near, default=self.first) + dt
        self.near = {(a.id, th.name): next((t for t in self.sight[th.name].steps if outside(world, th.at(t)) <= a.track_within), inf)
                     for a in m.assets for th in threats}
        self.killed, self.engagements, self.shots, self.sorties = {}, [], [], []
        self.notes: dict[str, set[str]] = {th.name: set() for th in threats}  # what was met on the way, for the causes
        self.looked: dict[str, float] = {}
        self.shot_at: Counter[tuple[str, str]] = Counter()
        self.pairs = [Pair(a) for a in m.assets]
        self.fly()

    def ukraine(self, th: Threat) -> tuple[float, str]:
        """Section 3 of the model: when Ukraine's layer stops it (inf: never) and how."""
        m = exp(th.layer.sigma * normal(self.luck("night", th.cls)) - th.layer.sigma**2 / 2.0)
        left = -log(self.luck("stop", th.name))
        for t in self.sight[th.name].steps:
            left -= th.layer.rate * m * self.world.weight(*flat(th.at(t))) * self.dt
            if left <= 0.0:
                return t, "killed_ua" if self.luck("how", th.name) < th.layer.kill_share else "lost"
        return inf, ""

    def alive(self, th: Threat, t: float) -> bool:
        return th.start <= t < self.alive_end[th.name] and th.name not in self.killed

    def fly(self) -> None:
        ways = [dist(a.base, a.station) / a.cruise for a in self.m.assets]
        t = ceil(min(0.0, *(self.first - way for way in ways), *(-a.lead for a in self.m.assets)) / self.dt) * self.dt
        news: dict[str, object] = {}
        while t <= self.over or any(pair.mode not in ON_GROUND for pair in self.pairs):
            changed = self.results(t)
            for pair in self.pairs:
                changed |= self.posture(pair, t) or (pair.mode == "chase" and self.chase(pair, t))
            for th in self.threats:  # a window opens or changes its caveat; a turn as the member sees it; a look after 900 s
                s = self.sight[th.name]
                w = s.window(t) if self.alive(th, t) else None
                state = (id(w), th.leg(s.known(t)).t0) if w else None
                if state != news.get(th.name) or (w and t - self.looked.get(th.name, inf) >= PROJECTION):
                    changed |= state is not None
                    self.looked.pop(th.name, None)
                    for pair in self.pairs:
                        pair.barred.discard(th.name)
                news[th.name] = state
            if changed:
                self.assign(t)
            for pair in self.pairs:
                self.move(pair)
            t += self.dt

    def results(self, t: float) -> bool:
        """Ends of threats, then rounds that arrive; true when a pair became free or a round came."""
        changed = False
        for pair in [p for p in self.pairs if p.target and (p.flying.impact <= t if p.flying else not self.alive(p.target, t))]:
            th, a, shot, pair.flying, changed = pair.target, pair.asset, pair.flying, None, True
            if not self.alive(th, t):  # only Ukraine's stop and its own failure cut a chase short
                self.notes[th.name].add("cut" if self.fate(th)[0] in ("killed_ua", "lost") else "out_of_reach")
                self.release(pair, t, "ended")
                continue
            self.shot_at[a.id, th.name] += 1
            shot.hit = shot.flown <= HOMING * a.reach[th.cls] and self.luck("hit", a.id, th.name, self.shot_at[a.id, th.name]) < a.p_kill[th.cls]
            self.killed.update({th.name: shot.impact} if shot.hit else {})
            self.notes[th.name].add("killed" if shot.hit else "missed")
            if shot.hit or pair.rounds == 0:
                self.release(pair, t, "killed" if shot.hit else "missed")
        return changed

    def release(self, pair: Pair, t: float, why: str) -> None:
        pair.engagement.result, pair.engagement.end = "missed" if pair.engagement.shots and why in ("closed", "out_of_reach") else why, t
        pair.mode, pair.target, pair.plan, pair.engagement = "free", None, None, None

    def posture(self, pair: Pair, t: float) -> bool:
        """Section 3: stand, order, take off, relief, home; true when a pair became free."""
        a = pair.asset
        home, way = dist(pair.p, a.base) / a.cruise, dist(a.base, a.station) / a.cruise
        if pair.mode == "home" and home == 0.0:
            pair.sortie.landing, pair.mode, pair.stands = t, "ground", t + TURN_ROUND
        if pair.mode == "ground" and a.kind == "cap" and pair.sortie is None and t >= self.first - way:
            self.take_off(pair, t, "patrol", self.first)
        elif pair.mode == "ground" and a.kind == "qra" and self.over > t >= pair.stands and any(self.warns(a, th, t) for th in self.threats):
            pair.mode, pair.until = "ordered", t + a.readiness * exp(0.2 * normal(self.luck("readiness", a.id, pair.scrambles)))
            pair.scrambles += 1
        if pair.mode == "ordered" and t >= pair.until and t < self.over:
            self.take_off(pair, t, "free", inf)
            return True
        if pair.mode == "patrol" and t >= pair.until:  # the first patrol is on its station at the first launch
            pair.mode, pair.p, pair.until = "free", a.station, t + max(LEAST_ON_STATION, a.endurance - 2.0 * way)
            return True
        if pair.mode == "free" and (t >= self.over or (a.kind == "qra" and t + home >= pair.land_by)):
            pair.mode = "home"
        elif pair.mode == "free" and (t >= pair.until or t + home >= pair.land_by + self.dt):  # a patrol's time, or, far away, its fuel is over
            pair.sortie.landing, pair.mode = t + home, "gone"
        if pair.mode == "gone" and self.over > t >= pair.until:  # its relief is there at its time
            self.take_off(pair, t - way, "free", t + max(LEAST_ON_STATION, a.endurance - 2.0 * way))
            pair.p = a.station
            return True
        return False

    def take_off(self, pair: Pair, t: float, mode: str, until: float) -> None:
        a, way = pair.asset, dist(pair.asset.base, pair.asset.station) / pair.asset.cruise
        pair.mode, pair.until, pair.p, pair.rounds, pair.last_shot = mode, until, a.base, a.magazine, -inf
        pair.land_by = t + (a.endurance if a.kind == "qra" else max(a.endurance, LEAST_ON_STATION + 2.0 * way))
        pair.sortie = Some(asset=a.id, take_off=t, landing=inf, over_ukraine=0.0)
        self.sorties.append(pair.sortie)
        pair.barred.clear()

    def warns(self, a: Some, th: Threat, t: float) -> bool:
        if th.cls not in ("drone", "cruise") or t >= self.alive_end[th.name]:  # who shoots changes nothing here
            return False
        tracked = t >= max(th.start, self.sight[th.name].own_track) and outside(self.world, th.at(t)) <= a.track_within
        return tracked or (a.warning and t >= max(self.near[a.id, th.name] - a.lead, -a.lead))

    def earliest(self, pair: Pair, now: float, line: Callable[[float], Vec], th: Threat, caveat: Some, grounded: bool = False) -> tuple[float, Vec] | None:
        """Section 4: when and from where the pair could first fire at what flies on `line`, and get home."""
        a, limit, r = pair.asset, caveat.limit, pair.asset.reach[th.cls]
        p, land_by, ready = (a.base, now + a.endurance, now) if grounded else (pair.p, pair.land_by, pair.last_shot + a.shot_interval)
        clear = self.sight[th.name].opened(now) + self.m.separation
        for k in range(int(PROJECTION / self.dt) + 1):
            t, way = now + k * self.dt, a.dash * k * self.dt
            x = line(t + r / a.round_speed)
            d, out = dist(p, x), outside(self.world, x)
            if t < ready or d - way > r or out > limit + r or (out > 0.0 and t < clear):
                continue
            f = toward(p, x, max(0.0, d - r))
            if outside(self.world, f) > limit:
                f = held(self.world, x, limit)
                if dist(p, f) > way or dist(f, x) > r:
                    continue
            return (t, f) if t + dist(f, a.base) / a.cruise <= land_by else None
        return None

    def assign(self, t: float) -> None:
        """Section 5: free pairs and pending threats, the earliest shot by the track first."""
        pending = [th for th in self.threats if self.alive(th, t) and self.sight[th.name].window(t) and all(pair.target is not th for pair in self.pairs)]
        options: dict[tuple[int, int], float] = {}
        for j, th in enumerate(pending):
            s, k = self.sight[th.name], self.sight[th.name].known(t)
            leg, p = th.leg(k), th.at(k)
            line = flight(p, heading(p, leg.course + s.error), leg.speed, k)
            for i, pair in enumerate(self.pairs):
                shot = self.earliest(pair, t, line, th, s.window(t)[0], pair.mode in ON_GROUND)
                if shot and pair.mode == "free" and pair.rounds > 0 and th.name not in pair.barred:
                    options[i, j] = shot[0]
                elif shot:
                    self.notes[th.name].add("no_free_shooter" if pair.mode != "free" else "no_rounds" if pair.rounds == 0 else "out_of_reach")
            self.looked.setdefault(th.name, t)
        while options:
            i, j = min(options, key=lambda ij: (options[ij], ij))
            pair, th = self.pairs[i], pending[j]
            if not self.planned(pair, th, t):  # no claim at all
                pair.barred.add(th.name)
                del options[i, j]
                continue
            last = next((e for e in reversed(self.engagements) if e.asset == pair.asset.id and e.threat == th.name), None)
            if last is None or t - last.end > SAME_CHASE:
                last = Some(asset=pair.asset.id, threat=th.name, commit=t, shots=[], result="", end=inf)
                self.engagements.append(last)
            pair.mode, pair.target, pair.engagement = "chase", th, last
            self.notes[th.name].add("committed")
            options = {ij: v for ij, v in options.items() if ij[0] != i and ij[1] != j}

    def planned(self, pair: Pair, th: Threat, t: float) -> bool:
        """Section 6, 1: plan on the leg that the threat truly flies."""
        leg, (caveat, *_) = th.leg(t), self.sight[th.name].window(t)
        shot = self.earliest(pair, t, leg.at, th, caveat)
        pair.plan = (*shot, leg, caveat) if shot else None
        return shot is not None

    def chase(self, pair: Pair, t: float) -> bool:
        """One step of a claim; true when the pair lets go."""
        if pair.flying:
            return False
        th, a, s = pair.target, pair.asset, self.sight[pair.target.name]
        window, said = s.window(t), "closed"
        if window:
            stale = pair.plan is None or pair.plan[2] is not th.leg(t) or pair.plan[3] is not window[0]
            said = "out_of_reach" if stale and not self.planned(pair, th, t) else "yes"
        if said == "yes":
            fire, _, leg, caveat = pair.plan
            if t < fire:
                return False
            f = 0.0
            while dist(pair.p, leg.at(t + f)) > a.round_speed * f:
                f += self.dt / 10.0
            said = s.consents(leg.at(t + f), leg, t)
        if said != "yes":
            self.notes[th.name].add(said)
            pair.barred.add(th.name)
            self.release(pair, t, "out_of_reach" if said == "out_of_reach" else "closed")
            return True
        impact = t
        while impact < th.end and dist(pair.p, th.at(impact)) > a.round_speed * (impact - t):
            impact += self.dt / 10.0
        impact = impact if impact < th.end else t + f  # nothing there any more: it comes where it was aimed
        pair.flying = Some(fire=t, impact=impact, aim=leg.at(t + f), flown=dist(pair.p, th.at(impact)), limit=caveat.limit, hit=False)
        self.shots.append(pair.flying)
        pair.engagement.shots.append(pair.flying)
        pair.plan, pair.rounds, pair.last_shot = None, pair.rounds - 1, t
        return False

    def move(self, pair: Pair) -> None:
        if pair.mode in ("free", "chase", "home"):
            a, goal = pair.asset, pair.asset.base if pair.mode == "home" else pair.asset.station
            goal = held(self.world, pair.flying.aim, pair.flying.limit) if pair.flying else pair.plan[1] if pair.mode == "chase" else goal
            pair.p = toward(pair.p, goal, (a.dash if pair.mode == "chase" and not pair.flying else a.cruise) * self.dt)
            pair.sortie.over_ukraine += self.dt * self.world.ukraine(*flat(pair.p))

    def fate(self, th: Threat) -> tuple[str, float]:
        stop, how = self.stop[th.name]
        ended = (how, stop) if stop < th.end else (th.end_fate, th.end)
        return ("killed_member", self.killed[th.name]) if th.name in self.killed else ended

    def stays(self, th: Threat) -> list[list[float]]:
        """Entry, exit, time inside, depth: gaps under 60 s merged, cut at the fate."""
        rows: list[list[float]] = []
        for t in self.sight[th.name].steps:
            out = outside(self.world, th.at(t))
            if out <= 0.0 and t < self.fate(th)[1]:
                rows += [] if rows and t - rows[-1][1] < 60.0 else [[t, t, 0.0, 0.0]]
                rows[-1][1:] = t + self.dt, rows[-1][2] + self.dt, max(rows[-1][3], -out)
        return rows

    def cause(self, th: Threat) -> str:
        """Section 8: the first link that failed, or the end that came before it."""
        s, end, notes = self.sight[th.name], self.alive_end[th.name], self.notes[th.name]
        links = {"not_seen": s.track, "not_classified": s.classified, "not_permitted": s.match, "not_approved": min((w[1] for w in s.windows), default=inf)}
        for cause, when in links.items():
            if when >= end:
                return cause if when >= th.end else "ended_first"
        order = ("missed", "cut", "not_approved", "not_permitted", "committed", "no_rounds", "no_free_shooter")
        found = next((note for note in order if note in notes), "out_of_reach")
        return {"cut": "ended_first", "committed": "out_of_reach"}.get(found, found)
