"""A second, slow model of the core, written from docs/model.md and docs/model/engine.md alone, by people who had not read the engine.

Plain Python and fixed steps: no roots, no queue, no rasters. Some members, each with its airspace beyond a straight border, and Ukraine between
them. Every continuous rule is asked once a step, so a time is late by up to a step: a bias of first order, which the tests show at 1 s and 0.5 s.

Places are unit vectors in the frame of the gnomonic plane (x east, y north, z to its centre): (x, y) of the plane is (R x/z, R y/z).
Luck is `luck(purpose, *who)` in (0, 1). A world, members, their caveats, their assets and the threats are namespaces; small_nights.py fills them.
Left out: countries beside these, debris, coasts.
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
RAID_WITHIN, PROJECTION, HOME_MARGIN, HOMING, TURN_ROUND, LEAST_ON_STATION, SAME_CHASE = 300e3, 900.0, 1000.0, 1.2, 5400.0, 1200.0, 60.0
Vec = tuple[float, float, float]
normal = NormalDist().inv_cdf
FAN = [normal((i + 0.5) / 21) for i in range(21)]
FURTHEST = ("missed", "cut", "pilot_held", "not_approved", "not_permitted", "committed", "no_rounds", "no_free_shooter", "out_of_reach")

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
# Signed distance to a member's airspace: what lies on the negative side of the great circle with its pole; and how deep p is in that of another.
outside = lambda m, p: R * asin(max(-1.0, min(1.0, dot(p, m.pole))))
abroad = lambda world, m, p: max((-outside(o, p) for o in world.members if o is not m), default=-inf)


def held(pole: Vec, p: Vec, limit: float) -> Vec:
    """The place nearest to p that is no farther than limit beyond the great circle with this pole."""
    if R * asin(dot(p, pole)) <= limit:
        return p
    return mix(pole, sin(limit / R), norm(mix(p, 1.0, pole, -dot(p, pole))), cos(limit / R))


def meets(gap: Callable[[Vec], float], at: Callable[[float], Vec], t: float, speed: float) -> float:
    """When a round fired at t, which has `gap(place)` to fly, is where its aim is: steps that shrink, for it is the faster one."""
    f = 0.0
    for _ in range(60):
        f = gap(at(t + f)) / speed
    return t + f


class Threat:
    """A free flight over vertices (x, y, t, altitude); `layer` has rate, sigma and kill_share of Ukraine's layer."""

    def __init__(self, name: str, cls: str, vertices: list[tuple[float, float, float, float]], end_fate: str, layer: Some) -> None:
        self.name, self.cls, self.end_fate, self.layer, self.legs = name, cls, end_fate, layer, []
        for (x0, y0, t0, h0), (x1, y1, t1, h1) in pairwise(vertices):
            a, b = unit(x0, y0), unit(x1, y1)
            speed, course, climb = dist(a, b) / (t1 - t0), atan2(y1 - y0, x1 - x0), (h1 - h0) / (t1 - t0)
            high = lambda t, t0=t0, h0=h0, climb=climb: h0 + climb * (t - t0)
            self.legs.append(Some(t0=t0, t1=t1, speed=speed, course=course, at=flight(a, tangent(a, b), speed, t0), high=high))
        self.start, self.end = vertices[0][2], vertices[-1][2]

    def leg(self, t: float) -> Some:
        return next((leg for leg in self.legs if t < leg.t1), self.legs[-1])

    def at(self, t: float) -> Vec:
        return self.leg(t).at(t)


class Sight:
    """Sections 1 and 2 for one member and threat, on its free flight: when the member sees it, and when the caveats permit."""

    def __init__(self, world: Some, m: Some, th: Threat, luck: Callable[..., float], dt: float) -> None:
        self.world, self.m, self.th = world, m, th
        self.error, self.approval = m.course_error * normal(luck("course", th.name, m.id)), normal(luck("approval", th.name, m.id))
        self.steps = [i * dt for i in range(ceil(th.start / dt), ceil(th.end / dt))]
        own = next((t for t in self.steps if self.in_view(t)), inf) + m.track_delay
        entry = next((t for t in self.steps if world.ukraine(*flat(th.at(t)))), inf)
        shared = entry + m.latency if m.shared and luck("shared", th.name) < m.cover else inf
        self.own_track, shared = (t if t < th.end else inf for t in (own, shared))
        self.track = min(self.own_track, shared)
        self.classified = self.track + m.classification * exp(0.5 * normal(luck("classified", th.name, m.id)))
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
        p, horizon = self.th.at(t), sqrt(2.0 * 4.0 / 3.0 * R) * (sqrt(self.m.mast) + sqrt(self.th.leg(t).high(t)))
        airborne = any(dist(p, orbit) <= reach.get(self.th.cls, -1.0) for orbit, reach in self.m.airborne)
        return airborne or outside(self.m, p) + self.m.setback <= min(horizon, 400e3)

    def known(self, t: float) -> float:
        """The time of the last known place."""
        return t if t >= self.own_track else t - self.m.latency

    def matching(self, p: Vec, leg: Some) -> list[Some]:
        """The caveats whose conditions all hold for the track at p on this leg."""
        out, (x, y), found = outside(self.m, p), flat(p), []
        ukraine = self.world.ukraine(x, y)
        for c in self.m.caveats:
            zone = {"own": out <= 0, "ukraine": ukraine, "within": ukraine and out <= c.within, "anywhere": True}
            good = self.th.cls in c.classes and (zone[c.zone] if c.zone in zone else self.world.named[c.zone](x, y))
            if good and c.horizon is not None and out > 0:
                way = leg.speed * c.horizon.get(self.th.cls, -inf)
                rays = (heading(p, leg.course + self.error + self.m.course_error * z) for z in FAN)
                good = out <= way and sum(outside(self.m, go(p, ray, way)) <= 0 for ray in rays) / 21 >= c.share
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
    """A pair of fighters; `mode`: ground, ordered, patrol (on its way to the first station), free, chase, home."""

    def __init__(self, asset: Some) -> None:
        self.asset, self.mode, self.p, self.rounds, self.scrambles, self.sortie = asset, "ground", asset.base, 0, 0, None
        self.until, self.stands, self.land_by, self.last_shot = inf, -inf, inf, -inf
        self.target = self.plan = self.flying = self.engagement = None  # plan: time and place of fire, leg, caveat
        self.barred: set[str] = set()  # threats whose first plan failed since their last turn, window or look
        self.declined: set[tuple[str, bool]] = set()  # threats at which the pilot held fire, and whether over Ukraine
        self.left = lambda: self.rounds


class Battery:
    """A battery on the ground: channels, each with one claim at most, that share a magazine; it stands nowhere."""

    def __init__(self, asset: Some) -> None:
        self.asset, self.rounds, self.last_shot = asset, asset.magazine, -inf
        self.waits: dict[str, float] = {}  # since when a threat could be met
        self.barred: dict[str, tuple[float, float]] = {}  # the window and the leg in which the caveats did not permit a shot
        self.channels = [Some(asset=asset, target=None, flying=None, engagement=None, ready=inf) for _ in range(asset.channels)]
        for one in self.channels:  # rounds that no other claim has been promised
            one.left = lambda one=one: self.rounds - sum(1 for o in self.channels if o is not one and o.target and not o.flying)


class Night:
    """One raid against the members, flown at once; its lists say what came of it."""

    def __init__(self, world: Some, threats: list[Threat], luck: Callable[..., float], dt: float = 1.0) -> None:
        self.world, self.members, self.threats, self.luck, self.dt = world, world.members, threats, luck, dt
        self.sight = {(m.id, th.name): Sight(world, m, th, luck, dt) for m in self.members for th in threats}
        self.steps = {th.name: self.sight[self.members[0].id, th.name].steps for th in threats}
        self.stop = {th.name: self.ukraine(th) for th in threats}
        self.alive_end = {th.name: min(self.stop[th.name][0], th.end) for th in threats}
        self.first = min(th.start for th in threats)
        near = [t for th in threats for t in self.steps[th.name] if t < self.alive_end[th.name]
                and (world.ukraine(*flat(th.at(t))) or any(outside(m, th.at(t)) <= RAID_WITHIN for m in self.members))]
        self.over = max(near, default=self.first) + dt
        self.pairs = [Pair(a) for m in self.members for a in m.assets]
        self.batteries = [Battery(a) for m in self.members for a in m.batteries]
        self.near = {(a.id, th.name): next((t for t in self.steps[th.name] if outside(a.of, th.at(t)) <= a.track_within), inf)
                     for a in (pair.asset for pair in self.pairs) for th in threats}
        self.killed, self.engagements, self.shots, self.sorties = {}, [], [], []
        self.notes: dict[tuple[str, str], set[str]] = {key: set() for key in self.sight}  # what was met on the way, for the causes
        self.looked: dict[tuple[str, str], float] = {}
        self.shot_at: Counter[tuple[str, str]] = Counter()
        self.fly()

    def ukraine(self, th: Threat) -> tuple[float, str]:
        """Section 3 of the model: when Ukraine's layer stops it (inf: never) and how."""
        m = exp(th.layer.sigma * normal(self.luck("night", th.cls)) - th.layer.sigma**2 / 2.0)
        left = -log(self.luck("stop", th.name))
        for t in self.steps[th.name]:
            left -= th.layer.rate * m * self.world.weight(*flat(th.at(t))) * self.dt
            if left <= 0.0:
                return t, "killed_ua" if self.luck("how", th.name) < th.layer.kill_share else "lost"
        return inf, ""

    def alive(self, th: Threat, t: float) -> bool:
        return th.start <= t < self.alive_end[th.name] and th.name not in self.killed

    def fly(self) -> None:
        ahead = [max(self.way(pair.asset) - self.first, pair.asset.lead) for pair in self.pairs]
        t = ceil(-max(0.0, *ahead, 0.0) / self.dt) * self.dt
        news: dict[tuple[str, str], object] = {}
        while t <= self.over or any(pair.mode not in ("ground", "ordered") for pair in self.pairs):
            changed = self.results(t)
            for pair in self.pairs:
                changed |= self.posture(pair, t) or (pair.mode == "chase" and self.chase(pair, t))
            for key, s in self.sight.items():  # a window opens or changes its caveat; a turn as the member sees it; a look after 900 s
                w = s.window(t) if self.alive(s.th, t) else None
                state = (id(w), s.th.leg(s.known(t)).t0) if w else None
                if state != news.get(key) or (w and t - self.looked.get(key, inf) >= PROJECTION):
                    changed |= state is not None
                    self.looked.pop(key, None)
                    for pair in self.pairs:
                        pair.barred -= {s.th.name} if pair.asset.of is s.m else set()
                news[key] = state
            if changed:
                self.assign(t)
            for battery in self.batteries:
                self.defend(battery, t)
            for pair in self.pairs:
                self.move(pair)
            t += self.dt

    def results(self, t: float) -> bool:
        """Ends of threats, then rounds that arrive; true when a pair became free or a round came."""
        changed, shooters = False, [*self.pairs, *(one for battery in self.batteries for one in battery.channels)]
        for one in [s for s in shooters if s.target and (s.flying.impact <= t if s.flying else not self.alive(s.target, t))]:
            th, a, shot, one.flying, changed = one.target, one.asset, one.flying, None, True
            if not self.alive(th, t):  # only Ukraine's stop and its own failure cut a chase short
                self.note(one, th, "cut" if self.fate(th)[0] in ("killed_ua", "lost") else "out_of_reach")
                self.release(one, t, "ended")
                continue
            self.shot_at[a.id, th.name] += 1
            shot.hit = shot.flown <= HOMING * a.reach[th.cls] and self.luck("hit", a.id, th.name, self.shot_at[a.id, th.name]) < a.p_kill[th.cls]
            self.killed.update({th.name: shot.impact} if shot.hit else {})
            self.note(one, th, "killed" if shot.hit else "missed")
            if shot.hit or one.left() <= 0:
                self.release(one, t, "killed" if shot.hit else "missed")
        return changed

    def note(self, one: Pair | Battery | Some, th: Threat, what: str) -> None:
        self.notes[one.asset.of.id, th.name].add(what)

    def commit(self, one: Pair | Some, th: Threat, t: float) -> None:
        last = next((e for e in reversed(self.engagements) if e.asset == one.asset.id and e.threat == th.name), None)
        if last is None or t - last.end > SAME_CHASE:
            last = Some(asset=one.asset.id, threat=th.name, commit=t, shots=[], result="", end=inf)
            self.engagements.append(last)
        one.mode, one.target, one.engagement = "chase", th, last
        self.note(one, th, "committed")

    def release(self, one: Pair | Some, t: float, why: str) -> None:
        one.engagement.result, one.engagement.end = "missed" if one.engagement.shots and why not in ("killed", "ended") else why, t
        one.mode, one.target, one.plan, one.engagement = "free", None, None, None

    def way(self, a: Some) -> float:
        return dist(a.base, a.station) / a.cruise

    def posture(self, pair: Pair, t: float) -> bool:
        """Section 3: stand, order, take off, relief, home; true when a pair became free."""
        a, home = pair.asset, dist(pair.p, pair.asset.base) / pair.asset.cruise
        way = self.way(a)
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
        elif pair.mode == "free" and t >= pair.until:  # the relief is on the station as this one leaves it
            pair.sortie.landing = t + home
            self.take_off(pair, t - way, "free", t + max(LEAST_ON_STATION, a.endurance - 2.0 * way))
            pair.p = a.station
            return True
        return False

    def take_off(self, pair: Pair, t: float, mode: str, until: float) -> None:
        a = pair.asset
        pair.mode, pair.until, pair.p, pair.rounds, pair.last_shot = mode, until, a.base, a.magazine, -inf
        pair.land_by = t + (a.endurance if a.kind == "qra" else max(a.endurance, LEAST_ON_STATION + 2.0 * self.way(a)))
        pair.sortie = Some(asset=a.id, take_off=t, landing=inf, over_ukraine=0.0)
        self.sorties.append(pair.sortie)
        pair.barred.clear()

    def warns(self, a: Some, th: Threat, t: float) -> bool:
        if th.cls not in ("drone", "cruise") or t >= self.alive_end[th.name]:  # who shoots changes nothing here
            return False
        tracked = t >= max(th.start, self.sight[a.of.id, th.name].own_track) and outside(a.of, th.at(t)) <= a.track_within
        return tracked or (a.warning and t >= max(self.near[a.id, th.name] - a.lead, -a.lead))

    def earliest(self, pair: Pair, now: float, line: Callable[[float], Vec], th: Threat, caveat: Some, grounded: bool = False) -> tuple[float, Vec] | None:
        """Section 4: when and from where the pair could first fire at what flies on `line`, and get home."""
        a, m, r = pair.asset, pair.asset.of, pair.asset.reach[th.cls]
        p, land_by, ready = (a.base, now + a.endurance, now) if grounded else (pair.p, pair.land_by, pair.last_shot + a.shot_interval)
        clear = self.sight[m.id, th.name].opened(now) + m.separation
        deep = lambda q: abroad(self.world, m, q) if caveat.soil else -inf
        for k in range(int(PROJECTION / self.dt) + 1):
            t, way = now + k * self.dt, a.dash * k * self.dt
            x = line(t + r / a.round_speed)
            d, out = dist(p, x), outside(m, x)
            if t < ready or d - way > r or out > caveat.limit + r or (out > 0.0 and t < clear) or deep(x) > r:
                continue
            ahead = [max(0.0, d - r)] + ([s * 1250.0 for s in range(ceil(max(0.0, d - r) / 1250.0), int(min(d, way) / 1250.0) + 1)] if caveat.soil else [])
            f = next((q for q in (toward(p, x, s) for s in ahead) if outside(m, q) <= caveat.limit and deep(q) <= 0.0), None)
            if f is None:
                f = held(m.pole, x, caveat.limit)
                if dist(p, f) > way or dist(f, x) > r or deep(f) > 0.0:
                    continue
            return (t, f) if t + dist(f, a.base) / a.cruise <= land_by else None
        return None

    def assign(self, t: float) -> None:
        """Section 5: free pairs and pending threats, the earliest shot by the track first; a claim holds across members."""
        claimed = [pair.target for pair in self.pairs]
        options: dict[tuple[int, int], float] = {}
        for j, th in enumerate(self.threats):
            for i, pair in enumerate(self.pairs):
                s = self.sight[pair.asset.of.id, th.name]
                if not self.alive(th, t) or not s.window(t):
                    continue
                k = s.known(t)
                leg, p = th.leg(k), th.at(k)
                line = flight(p, heading(p, leg.course + s.error), leg.speed, k)
                shot = self.earliest(pair, t, line, th, s.window(t)[0], pair.mode in ("ground", "ordered"))
                declined = (th.name, self.world.ukraine(*flat(th.at(t)))) in pair.declined
                if shot and pair.mode == "free" and th not in claimed and pair.rounds > 0 and th.name not in pair.barred and not declined:
                    options[i, j] = shot[0]
                elif shot:
                    free = pair.mode == "free" and th not in claimed
                    self.note(pair, th, "no_free_shooter" if not free else "no_rounds" if pair.rounds == 0 else "out_of_reach")
                if th not in claimed:
                    self.looked.setdefault((s.m.id, th.name), t)
        while options:
            i, j = min(options, key=lambda ij: (options[ij], ij))
            if self.planned(self.pairs[i], self.threats[j], t):
                self.commit(self.pairs[i], self.threats[j], t)
                for a, b in [ij for ij in options if ij[0] == i or ij[1] == j]:
                    self.note(self.pairs[a], self.threats[b], "no_free_shooter")
                    del options[a, b]
            else:  # no claim at all
                self.pairs[i].barred.add(self.threats[j].name)
                del options[i, j]

    def planned(self, pair: Pair, th: Threat, t: float) -> bool:
        """Section 6, 1: plan on the leg that the threat truly flies."""
        leg, (caveat, *_) = th.leg(t), self.sight[pair.asset.of.id, th.name].window(t)
        shot = self.earliest(pair, t, leg.at, th, caveat)
        pair.plan = (*shot, leg, caveat) if shot else None
        return shot is not None

    def chase(self, pair: Pair, t: float) -> bool:
        """One step of a claim; true when the pair lets go."""
        if pair.flying:
            return False
        th, a, s = pair.target, pair.asset, self.sight[pair.asset.of.id, pair.target.name]
        window, said, gap = s.window(t), "closed", lambda q: dist(pair.p, q)
        if window:
            stale = pair.plan is None or pair.plan[2] is not th.leg(t) or pair.plan[3] is not window[0]
            said = "out_of_reach" if stale and not self.planned(pair, th, t) else "yes"
        if said == "yes":
            fire, _, leg, caveat = pair.plan
            if t < fire:
                return False
            aim = leg.at(meets(gap, leg.at, t, a.round_speed))
            said, over = s.consents(aim, leg, t), self.world.ukraine(*flat(aim))
            if said == "yes" and self.luck("pilot", th.name, a.id) >= (a.of.fires_ukraine if over else a.of.fires_own)[th.cls]:
                said = "pilot_held"
                pair.declined.add((th.name, over))
        if said != "yes":
            self.note(pair, th, said)
            pair.barred.add(th.name)
            self.release(pair, t, "closed" if said in ("not_permitted", "not_approved") else said)
            return True
        self.shoot(pair, gap, leg, t)
        pair.flying.aim, pair.flying.limit, pair.flying.soil = aim, caveat.limit, caveat.soil
        pair.plan, pair.rounds, pair.last_shot = None, pair.rounds - 1, t
        return False

    def shoot(self, one: Pair | Some, gap: Callable[[Vec], float], leg: Some, t: float) -> None:
        """A round that homes on the true path; where the flight ends before, it comes where it was aimed."""
        th, speed = one.target, one.asset.round_speed
        impact = meets(gap, th.at, t, speed)
        impact = impact if impact < th.end else meets(gap, leg.at, t, speed)
        one.flying = Some(asset=one.asset.id, fire=t, impact=impact, flown=gap(th.at(impact)), hit=False)
        self.shots.append(one.flying)
        one.engagement.shots.append(one.flying)

    def defend(self, battery: Battery, t: float) -> None:
        """Batteries on the ground: fire what is ready, then give free channels to those who have waited longest."""
        a, m, gap = battery.asset, battery.asset.of, lambda q: abs(outside(battery.asset.of, q) + battery.asset.behind)

        def can(th: Threat) -> Vec | None:
            """Where a round fired now would meet it, if it can be met there."""
            leg, far = th.leg(t), a.reach.get(th.cls, 0.0)
            when = meets(gap, leg.at, t, a.round_speed)
            x = leg.at(when)
            good = gap(x) <= far > 0.0 and a.floor <= leg.high(when) <= a.ceiling and a.frame(*flat(x)) and (a.across or outside(m, x) <= 0.0)
            return x if good else None

        if battery.rounds == 0 and t >= battery.last_shot + a.reload:
            battery.rounds = a.magazine
        for one in sorted((c for c in battery.channels if c.target and not c.flying), key=lambda c: c.ready):
            th = one.target
            s, leg = self.sight[m.id, th.name], th.leg(t)
            if t < max(one.ready, battery.last_shot + a.shot_interval):
                continue
            aim, window = can(th), s.window(t)
            said = "closed" if not window else "out_of_reach" if aim is None else s.consents(aim, leg, t)
            if said == "yes":
                self.shoot(one, gap, leg, t)
                battery.rounds, battery.last_shot = battery.rounds - 1, t
                continue
            if said.startswith("not"):
                battery.barred[th.name] = window[1], leg.t0
            self.note(one, th, said)
            self.release(one, t, "closed" if said.startswith("not") else said)
        for th in self.threats:
            window, claimed = self.sight[m.id, th.name].window(t), any(one.target is th for one in battery.channels)
            free = self.alive(th, t) and window and not claimed and battery.barred.get(th.name) != (window[1], th.leg(t).t0)
            if free and self.luck("cover", th.name, a.id) < a.coverage and can(th):
                battery.waits.setdefault(th.name, t)
            else:
                battery.waits.pop(th.name, None)
        for th in sorted((th for th in self.threats if th.name in battery.waits), key=lambda th: battery.waits[th.name]):
            one = next((one for one in battery.channels if not one.target), None)
            if one and one.left() > 0:
                self.commit(one, th, t)
                one.ready = t + a.reaction
                del battery.waits[th.name]
            else:
                self.note(battery, th, "no_rounds" if one else "no_free_shooter")

    def move(self, pair: Pair) -> None:
        if pair.mode in ("free", "chase", "home"):
            a, goal = pair.asset, pair.asset.base if pair.mode == "home" else pair.asset.station
            if pair.flying:
                goal = held(a.of.pole, pair.flying.aim, pair.flying.limit)
                for other in self.members if pair.flying.soil else ():
                    goal = held(mix(other.pole, -1.0, other.pole, 0.0), goal, 0.0) if other is not a.of else goal
            elif pair.mode == "chase":
                goal = pair.plan[1]
            pair.p = toward(pair.p, goal, (a.dash if pair.mode == "chase" and not pair.flying else a.cruise) * self.dt)
            pair.sortie.over_ukraine += self.dt * self.world.ukraine(*flat(pair.p))

    def fate(self, th: Threat) -> tuple[str, float]:
        stop, how = self.stop[th.name]
        ended = (how, stop) if stop < th.end else (th.end_fate, th.end)
        return ("killed_member", self.killed[th.name]) if th.name in self.killed else ended

    def stays(self, th: Threat) -> list[list[float]]:
        """Entry, exit, time inside, depth: gaps under 60 s merged, cut at the fate; one member after the other."""
        rows: list[list[float]] = []
        for m in self.members:
            old = len(rows)
            for t in self.steps[th.name]:
                out = outside(m, th.at(t))
                if out <= 0.0 and t < self.fate(th)[1]:
                    rows += [] if rows[old:] and t - rows[-1][1] < 60.0 else [[t, t, 0.0, 0.0]]
                    rows[-1][1:] = t + self.dt, rows[-1][2] + self.dt, max(rows[-1][3], -out)
        return rows

    def cause(self, m: Some, th: Threat) -> tuple[int, str]:
        """Section 8: how far along the chain, and the first link that failed, or the end that came before it."""
        s, end, notes = self.sight[m.id, th.name], self.alive_end[th.name], self.notes[m.id, th.name]
        links = {"not_seen": s.track, "not_classified": s.classified, "not_permitted": s.match, "not_approved": min((w[1] for w in s.windows), default=inf)}
        for far, (cause, when) in enumerate(links.items()):
            if when >= end:
                return far, cause if when >= th.end else "ended_first"
        found = next((note for note in FURTHEST if note in notes), "out_of_reach")
        return 20 - FURTHEST.index(found), {"cut": "ended_first", "committed": "out_of_reach"}.get(found, found)

    def of_coalition(self, th: Threat) -> str:
        """The cause of the member that got furthest; ties: whose station, base or middle of a province is nearest to where it ended, then the first."""
        place = th.at(self.alive_end[th.name])
        near = lambda m: min((dist(place, q) for q in m.middles), default=inf)
        return min((-self.cause(m, th)[0], near(m), k, self.cause(m, th)[1]) for k, m in enumerate(self.members))[3]
