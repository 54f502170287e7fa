"""A second, slow model of the core, written from docs/model.md and docs/model/engine.md alone, by somebody who had not read the engine.

Plain Python and fixed steps: no roots, no queue, no rasters. One member, whose airspace is what lies on one side of a straight border, and Ukraine on the other.
Every continuous rule is asked once a step, so each time is late by up to a step: the bias is of first order in the step, and the tests show it at 1 s and 0.5 s.

Places are unit vectors in the frame of the gnomonic plane (x east, y north, z to its centre), so that (x, y) of the plane is (R x/z, R y/z).
Luck comes from `luck(purpose, *who)` in (0, 1). Seam for GBAD: a unit would be one more kind of shooter beside `Pair`, asked in `Night.assign`.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from math import atan2, ceil, cos, exp, hypot, inf, log, radians, sin, sqrt
from statistics import NormalDist

R = 6_371_008.8
RAID_WITHIN, PROJECTION, HOME_MARGIN, HOMING, TURN_ROUND, LEAST_ON_STATION = 300e3, 900.0, 1000.0, 1.2, 5400.0, 1200.0
AIR_BREATHING = ("drone", "cruise")
Vec = tuple[float, float, float]
_normal = NormalDist().inv_cdf


def own_luck(seed: int) -> Callable[..., float]:
    """Luck of the slow model's own; nothing of the engine's generator."""
    return lambda *who: random.Random(f"{seed}/{who}").random() or 0.5


def unit(x: float, y: float) -> Vec:
    n = sqrt(x * x + y * y + R * R)
    return x / n, y / n, R / n


def flat(p: Vec) -> tuple[float, float]:
    return R * p[0] / p[2], R * p[1] / p[2]


def dot(a: Vec, b: Vec) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def mix(a: Vec, s: float, b: Vec, t: float) -> Vec:
    return a[0] * s + b[0] * t, a[1] * s + b[1] * t, a[2] * s + b[2] * t


def norm(a: Vec) -> Vec:
    n = sqrt(dot(a, a))
    return a[0] / n, a[1] / n, a[2] / n


def cross(a: Vec, b: Vec) -> Vec:
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def dist(a: Vec, b: Vec) -> float:
    c = cross(a, b)
    return R * atan2(sqrt(dot(c, c)), dot(a, b))


def tangent(a: Vec, b: Vec) -> Vec:
    """Direction at a of the great circle to b."""
    return norm(mix(b, 1.0, a, -dot(a, b)))


def go(a: Vec, u: Vec, d: float) -> Vec:
    return mix(a, cos(d / R), u, sin(d / R))


def toward(a: Vec, b: Vec, d: float) -> Vec:
    """The place d metres from a on the way to b, never beyond b."""
    return b if dist(a, b) <= d else go(a, tangent(a, b), d)


def heading(p: Vec, course: float) -> Vec:
    """Direction at p of a plane course."""
    x, y = flat(p)
    return tangent(p, unit(x + 1000.0 * cos(course), y + 1000.0 * sin(course)))


@dataclass
class World:
    """Own airspace on the negative side of the great circle with pole `pole`; Ukraine on the other, with the weight of a macro-region by plane x."""

    pole: Vec
    ukraine: Callable[[float, float], bool]  # in the plane
    weight: Callable[[float, float], float]  # of the macro-region; 0 outside Ukraine
    named: dict[str, Callable[[float, float], bool]] = field(default_factory=dict)

    def outside(self, p: Vec) -> float:
        """Signed distance to own airspace."""
        s = dot(p, self.pole)
        return R * atan2(s, sqrt(1.0 - s * s))

    def held(self, p: Vec, limit: float) -> Vec:
        """The place nearest to p that is no farther outside than limit."""
        if self.outside(p) <= limit:
            return p
        along = norm(mix(p, 1.0, self.pole, -dot(p, self.pole)))
        return mix(self.pole, sin(limit / R), along, cos(limit / R))


@dataclass
class Leg:
    t0: float
    t1: float
    a: Vec
    u: Vec
    speed: float
    course: float
    alt0: float
    alt1: float

    def at(self, t: float) -> Vec:
        return go(self.a, self.u, self.speed * (t - self.t0))


@dataclass
class Threat:
    name: str
    cls: str
    vertices: list[tuple[float, float, float, float]]  # x, y, t, altitude
    end_fate: str  # leaked, left or lost
    lam: float = 0.0  # Ukraine's layer: rate, night spread, share of kills among stops
    sigma: float = 0.0
    kill_share: float = 1.0

    def __post_init__(self) -> None:
        self.legs = []
        for (x0, y0, t0, h0), (x1, y1, t1, h1) in zip(self.vertices, self.vertices[1:]):
            a, b = unit(x0, y0), unit(x1, y1)
            self.legs.append(Leg(t0, t1, a, tangent(a, b), dist(a, b) / (t1 - t0), atan2(y1 - y0, x1 - x0), h0, h1))
        self.start, self.end = self.vertices[0][2], self.vertices[-1][2]

    def leg(self, t: float) -> Leg:
        return next((leg for leg in self.legs if t < leg.t1), self.legs[-1])

    def at(self, t: float) -> Vec:
        return self.leg(t).at(t)


@dataclass
class Caveat:
    id: str
    effect: str  # permit, ask, forbid
    classes: tuple[str, ...]
    zone: str  # own, ukraine, within, anywhere, or the name of a zone
    within: float = 0.0
    horizon: dict[str, float] | None = None
    share: float = 0.5
    limit: float = inf  # how far outside own airspace the shooter may be; -HOME_MARGIN where it is held at home
    delay: float = 0.0
    sigma: float = 0.0


@dataclass
class Asset:
    id: str
    kind: str  # cap, qra
    base: Vec
    station: Vec
    cruise: float
    dash: float
    endurance: float
    reach: dict[str, float]
    round_speed: float
    magazine: int
    shot_interval: float
    p_kill: dict[str, float]
    readiness: float = 0.0
    warning: bool = False
    lead: float = 0.0
    track_within: float = 0.0


@dataclass
class Member:
    mast: float
    setback: float
    track_delay: float
    classification: float
    course_error: float
    caveats: list[Caveat]
    assets: list[Asset]
    shared: bool = False
    cover: float = 0.0
    latency: float = 0.0
    airborne: list[tuple[Vec, dict[str, float]]] = field(default_factory=list)
    separation: float = 0.0


class Sight:
    """Sections 1 and 2 for one threat, on its free flight: who sees it, and when the caveats permit. Asks once a step."""

    def __init__(self, world: World, m: Member, th: Threat, luck: Callable[..., float], dt: float) -> None:
        self.world, self.m, self.th, self.dt = world, m, th, dt
        self.error = m.course_error * _normal(luck("course", th.name))
        self.approval = _normal(luck("approval", th.name))
        self.steps = [i * dt for i in range(ceil(th.start / dt), ceil(th.end / dt))]
        seen = [t for t in self.steps if self.in_view(t)]
        self.seen = seen[0] if seen else inf
        self.own_track = self.seen + m.track_delay
        entry = next((t for t in self.steps if world.ukraine(*flat(th.at(t)))), inf)
        self.shared = entry + m.latency if m.shared and luck("shared", th.name) < m.cover else inf
        self.own_track, self.shared = (t if t < th.end else inf for t in (self.own_track, self.shared))
        self.track = min(self.own_track, self.shared)
        self.classified = self.track + m.classification * exp(0.5 * _normal(luck("classified", th.name)))
        self.asked: dict[tuple[float, float], float] = {}
        self.windows: list[list] = []  # caveat, from, to
        self.matched: Counter[str] = Counter()  # steps in which a permit or an ask was not beaten
        for t in self.steps:
            if t >= self.classified:
                deciding = self.decide(t)
                if deciding and self.windows and self.windows[-1][2] == t and self.windows[-1][0] is deciding:
                    self.windows[-1][2] = t + dt
                elif deciding:
                    self.windows.append([deciding, t, t + dt])
        if self.windows:
            self.windows[-1][2] = min(self.windows[-1][2], th.end)

    def in_view(self, t: float) -> bool:
        leg, p = self.th.leg(t), self.th.at(t)
        alt = leg.alt0 + (leg.alt1 - leg.alt0) * (t - leg.t0) / (leg.t1 - leg.t0)
        horizon = min(sqrt(2.0 * 4.0 / 3.0 * R) * (sqrt(self.m.mast) + sqrt(alt)), 400e3)
        return self.world.outside(p) + self.m.setback <= horizon or any(dist(p, orbit) <= r.get(self.th.cls, -1.0) for orbit, r in self.m.airborne)

    def known(self, t: float) -> float:
        """The time of the last known place."""
        return t if t >= self.own_track else t - self.m.latency

    def holds(self, c: Caveat, p: Vec, course: float, speed: float) -> bool:
        w, (x, y), out = self.world, flat(p), self.world.outside(p)
        zone = {"own": lambda: out <= 0, "ukraine": lambda: w.ukraine(x, y), "within": lambda: w.ukraine(x, y) and out <= c.within, "anywhere": lambda: True}
        if self.th.cls not in c.classes or not (zone[c.zone]() if c.zone in zone else w.named[c.zone](x, y)):
            return False
        if c.horizon is None or out <= 0:
            return c.horizon is None or self.th.cls in c.horizon
        way = speed * c.horizon.get(self.th.cls, -inf)
        if out > way:
            return False
        rays = (course + self.m.course_error * _normal((i + 0.5) / 21) for i in range(21))
        return sum(w.outside(go(p, heading(p, ray), way)) <= 0 for ray in rays) / 21 >= c.share

    def matching(self, p: Vec, course: float, speed: float) -> list[Caveat]:
        return [c for c in self.m.caveats if self.holds(c, p, course, speed)]

    def opens(self, c: Caveat) -> float:
        return self.asked.get((c.delay, c.sigma), inf) + c.delay * exp(c.sigma * self.approval)

    def decide(self, t: float) -> Caveat | None:
        k = self.known(t)
        leg = self.th.leg(k)
        found = self.matching(leg.at(k), leg.course + self.error, leg.speed)
        if not found or any(c.effect == "forbid" for c in found):
            return None
        asks = [c for c in found if c.effect == "ask"]
        self.matched.update(c.id for c in asks or found)
        for c in asks:
            self.asked.setdefault((c.delay, c.sigma), t)
        free = [c for c in asks if self.opens(c) <= t] if asks else found
        return max(free, key=lambda c: (-self.opens(c) if asks else 0.0, c.limit)) if free else None

    def consents(self, p: Vec, leg: Leg, t: float) -> str:
        """What the caveats say, at time t, of the predicted place p: yes, not_permitted or not_approved."""
        found = self.matching(p, leg.course + self.error, leg.speed)
        if not found or any(c.effect == "forbid" for c in found):
            return "not_permitted"
        asks = [c for c in found if c.effect == "ask"]
        return "yes" if not asks or any(self.opens(c) <= t for c in asks) else "not_approved"

    def window(self, t: float) -> list | None:
        return next((w for w in self.windows if w[1] <= t < w[2]), None)

    def opened(self, t: float) -> float:
        """When the permission that holds at t began; rows that abut are one."""
        began = t
        for _, start, end in reversed(self.windows):
            if start <= began <= end:
                began = start
        return began


@dataclass
class Pair:
    asset: Asset
    mode: str = "ground"  # ground, ordered, free, chase, home
    p: Vec = (0.0, 0.0, 1.0)
    took_off: float = 0.0
    until: float = inf  # airborne at (ordered), leaves its station at (free, chase)
    stands: float = -inf
    rounds: int = 0
    land_by: float = inf
    last_shot: float = -inf
    over_ukraine: float = 0.0
    target: Threat | None = None
    plan: tuple | None = None  # time of fire, place of fire, leg, caveat
    flying: tuple | None = None  # impact, predicted place, range flown
    engagement: dict | None = None
    barred: set = field(default_factory=set)  # threats whose first plan failed since their last turn, window or look


class Night:
    """One raid against one member; `counts` holds what came of it."""

    def __init__(self, world: World, m: Member, threats: list[Threat], luck: Callable[..., float], dt: float = 1.0) -> None:
        self.world, self.m, self.threats, self.luck, self.dt = world, m, threats, luck, dt
        self.sight = {th.name: Sight(world, m, th, luck, dt) for th in threats}
        self.stop = {th.name: self.ukraine(th) for th in threats}
        self.alive_end = {th.name: min(self.stop[th.name][0], th.end) for th in threats}
        self.killed: dict[str, float] = {}
        self.over = max(t for th in threats for t in self.sight[th.name].steps if t < self.alive_end[th.name] and world.outside(th.at(t)) <= RAID_WITHIN
                        or t == self.sight[th.name].steps[0]) + dt
        self.first = min(th.start for th in threats)
        self.near = {(a.id, th.name): next((t for t in self.sight[th.name].steps if world.outside(th.at(t)) <= a.track_within), inf)
                     for a in m.assets for th in threats if a.kind == "qra"}
        self.engagements: list[dict] = []
        self.shots: list[dict] = []
        self.sorties: list[tuple[Asset, float, float, float]] = []
        self.notes: dict[str, set[str]] = {th.name: set() for th in threats}
        self.looked: dict[str, float] = {}
        self.scrambles: Counter[str] = Counter()
        self.shot_at: Counter[tuple[str, str]] = Counter()
        self.pairs = [Pair(a) for a in m.assets]
        self.fly()

    def ukraine(self, th: Threat) -> tuple[float, str]:
        """Section 3 of the model: when Ukraine's layer stops it (inf: never) and how."""
        m = exp(th.sigma * _normal(self.luck("night", th.cls)) - th.sigma**2 / 2.0)
        left = -log(self.luck("stop", th.name))
        for t in self.sight[th.name].steps:
            left -= th.lam * m * self.world.weight(*flat(th.at(t))) * self.dt
            if left <= 0.0:
                return t, "killed_ua" if self.luck("how", th.name) < th.kill_share else "lost"
        return inf, ""

    def alive(self, th: Threat, t: float) -> bool:
        return th.start <= t < self.alive_end[th.name] and th.name not in self.killed

    # --- the loop -----------------------------------------------------------------------------------------------------
    def fly(self) -> None:
        t = min([0.0, self.first] + [-a.lead for a in self.m.assets] + [self.first - dist(a.base, a.station) / a.cruise for a in self.m.assets])
        t = ceil(t / self.dt) * self.dt
        news: dict[str, object] = {}
        while t <= self.over or any(pair.mode not in ("ground", "ordered") for pair in self.pairs):
            changed = self.results(t)
            for pair in self.pairs:
                changed |= self.posture(pair, t)
            for pair in self.pairs:
                if pair.mode == "chase":
                    changed |= self.chase(pair, t)
            for th in self.threats:  # a window opens or changes its caveat; a turn as the member sees it; a look after 900 s
                s = self.sight[th.name]
                w = s.window(t) if self.alive(th, t) else None
                state = (id(w), s.th.leg(s.known(t)).t0) if w else None
                if state != news.get(th.name) or (w and t - self.looked.get(th.name, inf) >= PROJECTION):
                    changed |= state is not None
                    self.looked.pop(th.name, None)
                    for pair in self.pairs:
                        pair.barred.discard(th.name)
                news[th.name] = state
            if changed:
                self.assign(t)
            for pair in self.pairs:
                self.move(pair, t)
            t += self.dt

    def results(self, t: float) -> bool:
        """Ends of threats, then rounds that arrive; true when a pair became free or a round came."""
        changed = False
        for pair in self.pairs:
            th = pair.target
            if th and not self.alive(th, t) and not pair.flying:
                self.notes[th.name].add(self.cut(th))
                self.release(pair, t, "ended")
                changed = True
        for pair in [p for p in self.pairs if p.flying and p.flying[0] <= t]:
            th, (impact, _, flown, _), a = pair.target, pair.flying, pair.asset
            pair.flying, shot = None, pair.engagement["shots"][-1]
            changed = True
            if not self.alive(th, t):
                self.notes[th.name].add(self.cut(th))
                self.release(pair, t, "ended")
                continue
            self.shot_at[a.id, th.name] += 1
            shot["hit"] = flown <= HOMING * a.reach[th.cls] and self.luck("hit", a.id, th.name, self.shot_at[a.id, th.name]) < a.p_kill[th.cls]
            if shot["hit"]:
                self.killed[th.name] = impact
                self.release(pair, t, "killed")
            else:
                self.notes[th.name].add("missed")
                if pair.rounds == 0:
                    self.release(pair, t, "missed")
        return changed

    def cut(self, th: Threat) -> str:
        """What it says of a chase that the threat's end was first: only Ukraine's stop and its own failure cut one short."""
        return "cut" if self.stop[th.name][0] < th.end or th.end_fate == "lost" else "out_of_reach"

    def release(self, pair: Pair, t: float, why: str) -> None:
        e = pair.engagement
        if e is not None:
            if not e["shots"] and why == "missed":
                why = "out_of_reach"
            e["result"], e["end"] = "missed" if e["shots"] and why in ("closed", "out_of_reach") else why, t
        pair.mode, pair.target, pair.plan, pair.flying, pair.engagement = "free", None, None, None, None

    def posture(self, pair: Pair, t: float) -> bool:
        """Section 3: stand, order, take off, relief, home."""
        a, way = pair.asset, dist(pair.asset.base, pair.asset.station) / pair.asset.cruise
        if pair.mode == "home" and pair.p == a.base:
            self.sorties.append((a, pair.took_off, t, pair.over_ukraine))
            pair.mode, pair.stands, pair.until = "ground", t + TURN_ROUND, inf
        if pair.mode == "ground" and t < self.over:
            if a.kind == "cap" and pair.took_off == 0.0:  # the first patrol is there at the first launch
                if t >= self.first - way:
                    self.take_off(pair, t, a.station, way)
                    pair.mode, pair.until = "patrol", self.first
            elif a.kind == "qra" and t >= pair.stands and any(self.warns(a, th, t) for th in self.threats):
                pair.mode = "ordered"
                pair.until = t + a.readiness * exp(0.2 * _normal(self.luck("readiness", a.id, self.scrambles[a.id])))
                self.scrambles[a.id] += 1
        if pair.mode == "patrol" and t >= pair.until:  # on the way to its first time on station: not usable before
            pair.mode, pair.p, pair.until = "free", a.station, t + max(LEAST_ON_STATION, a.endurance - 2.0 * way)
            return True
        if pair.mode == "ordered" and t >= pair.until:
            if t >= self.over:
                pair.mode = "ground"
                return False
            self.take_off(pair, t, a.base)
            pair.mode, pair.until = "free", inf
            return True
        if pair.mode == "free":
            if t >= self.over:
                pair.mode = "home"
            elif a.kind == "qra" and t + dist(pair.p, a.base) / a.cruise >= pair.land_by:
                pair.mode = "home"
            elif a.kind == "cap" and t >= pair.until:  # the relief is on the station as this one leaves it
                self.sorties.append((a, pair.took_off, t + dist(pair.p, a.base) / a.cruise, pair.over_ukraine))
                self.take_off(pair, t - way, a.station, way)
                pair.until = t + max(LEAST_ON_STATION, a.endurance - 2.0 * way)
                return True
        return False

    def take_off(self, pair: Pair, t: float, place: Vec, way: float = -inf) -> None:
        pair.land_by = t + max(pair.asset.endurance, LEAST_ON_STATION + 2.0 * way)
        pair.p, pair.took_off, pair.rounds, pair.last_shot, pair.over_ukraine = place, t, pair.asset.magazine, -inf, 0.0
        pair.barred.clear()

    def warns(self, a: Asset, th: Threat, t: float) -> bool:
        if th.cls not in AIR_BREATHING or t >= self.alive_end[th.name]:  # who shoots changes nothing here
            return False
        seen = th.start <= t and t >= self.sight[th.name].own_track and self.world.outside(th.at(t)) <= a.track_within
        return seen or (a.warning and t >= max(self.near[a.id, th.name] - a.lead, -a.lead))

    # --- sections 4 to 6 ------------------------------------------------------------------------------------------------
    def earliest(self, pair: Pair, t0: float, line: Callable[[float], Vec], th: Threat, window: list, grounded: bool = False) -> tuple[float, Vec] | None:
        a, w, limit = pair.asset, self.world, window[0].limit
        r, p, land_by = a.reach[th.cls], a.base if grounded else pair.p, t0 + a.endurance if grounded else pair.land_by
        opened = self.sight[th.name].opened(t0)
        for k in range(int(PROJECTION / self.dt) + 1):
            t = t0 + k * self.dt
            x = line(t + r / a.round_speed)
            d, way = dist(p, x), a.dash * (t - t0)
            if d - way > r or (t < pair.last_shot + a.shot_interval and not grounded):
                continue
            out = w.outside(x)
            if out > limit + r or (out > 0.0 and t < opened + self.m.separation):
                continue
            f = toward(p, x, max(0.0, d - r))
            if w.outside(f) > limit:
                f = w.held(x, limit)
                if dist(p, f) > way or dist(f, x) > r:
                    continue
            return (t, f) if t + dist(f, a.base) / a.cruise <= land_by else None
        return None

    def assign(self, t: float) -> None:
        claimed = {pair.target.name for pair in self.pairs if pair.target}
        pending = [th for th in self.threats if self.alive(th, t) and self.sight[th.name].window(t) and th.name not in claimed]
        options: dict[tuple[int, int], float] = {}
        for j, th in enumerate(pending):
            s, note = self.sight[th.name], self.notes[th.name]
            k = s.known(t)
            leg, p = th.leg(k), th.at(k)
            u = heading(p, leg.course + s.error)
            for i, pair in enumerate(self.pairs):
                if pair.asset.reach.get(th.cls, 0.0) <= 0.0:
                    continue
                free = pair.mode == "free"
                shot = self.earliest(pair, t, lambda when: go(p, u, leg.speed * (when - k)), th, s.window(t), pair.mode in ("ground", "ordered"))
                if not shot:
                    note.add("out_of_reach")
                elif not free:
                    note.add("no_free_shooter")
                elif pair.rounds == 0:
                    note.add("no_rounds")
                elif th.name not in pair.barred:
                    options[i, j] = shot[0]
            self.looked.setdefault(th.name, t)
        while options:
            i, j = min(options, key=lambda ij: (options[ij], ij))
            pair, th = self.pairs[i], pending[j]
            pair.target = th
            if self.replan(pair, t):
                pair.mode = "chase"
                self.notes[th.name].add("committed")
                last = next((e for e in reversed(self.engagements) if e["asset"] == pair.asset.id and e["threat"] == th.name), None)
                if last and t - last["end"] <= 60.0:
                    pair.engagement = last
                else:
                    pair.engagement = {"asset": pair.asset.id, "threat": th.name, "commit": t, "shots": [], "result": ""}
                    self.engagements.append(pair.engagement)
                options = {ij: v for ij, v in options.items() if ij[0] != i and ij[1] != j}
            else:
                pair.target = None
                pair.barred.add(th.name)
                self.notes[th.name].add("out_of_reach")
                del options[i, j]

    def replan(self, pair: Pair, t: float) -> bool:
        th = pair.target
        leg, window = th.leg(t), self.sight[th.name].window(t)
        shot = self.earliest(pair, t, leg.at, th, window)
        pair.plan = (*shot, leg, window[0]) if shot else None
        return shot is not None

    def chase(self, pair: Pair, t: float) -> bool:
        """One step of a claim; true when the pair lets go."""
        if pair.flying:
            return False
        th, a = pair.target, pair.asset
        s = self.sight[th.name]
        window = s.window(t)
        if window is None:
            self.release(pair, t, "closed")
            return True
        stale = pair.plan is None or pair.plan[2] is not th.leg(t) or pair.plan[3] is not window[0]
        if stale and not self.replan(pair, t):
            pair.barred.add(th.name)
            self.notes[th.name].add("out_of_reach")
            self.release(pair, t, "out_of_reach")
            return True
        if t < pair.plan[0]:
            return False
        leg, q, f = pair.plan[2], pair.p, 0.0
        while dist(q, leg.at(t + f)) > a.round_speed * f:
            f += self.dt / 10.0
        said = s.consents(leg.at(t + f), leg, t)
        if said != "yes":
            self.notes[th.name].add(said)
            pair.barred.add(th.name)
            self.release(pair, t, "closed")
            return True
        predicted, impact = leg.at(t + f), t
        while impact < th.end and dist(q, th.at(impact)) > a.round_speed * (impact - t):
            impact += self.dt / 10.0
        shot = {"asset": a.id, "threat": th.name, "fire": t, "impact": impact, "hit": False}
        pair.engagement["shots"].append(shot)
        self.shots.append(shot)
        pair.flying, pair.plan = (impact, predicted, dist(q, th.at(impact)), window[0].limit), None
        pair.rounds, pair.last_shot = pair.rounds - 1, t
        return False

    def move(self, pair: Pair, t: float) -> None:
        a = pair.asset
        if pair.mode in ("free", "chase", "home"):
            if pair.flying:
                goal, speed = self.world.held(pair.flying[1], pair.flying[3]), a.cruise
            elif pair.mode == "chase":
                goal, speed = pair.plan[1], a.dash
            else:
                goal, speed = (a.base if pair.mode == "home" else a.station), a.cruise
            pair.p = toward(pair.p, goal, speed * self.dt)
            if self.world.ukraine(*flat(pair.p)):
                pair.over_ukraine += self.dt

    # --- sections 7 and 8 -------------------------------------------------------------------------------------------------
    def fate(self, th: Threat) -> tuple[str, float]:
        if th.name in self.killed:
            return "killed_member", self.killed[th.name]
        stop, how = self.stop[th.name]
        return (how, stop) if stop < th.end else (th.end_fate, th.end)

    def stays(self, th: Threat) -> list[list[float]]:
        """Entry, exit, time inside, depth: gaps under 60 s merged, cut at the fate."""
        rows: list[list[float]] = []
        for t in self.sight[th.name].steps:
            out = self.world.outside(th.at(t))
            if out <= 0.0 and t < self.fate(th)[1]:
                if not rows or t - rows[-1][1] >= 60.0:
                    rows.append([t, t, 0.0, 0.0])
                rows[-1][1] = t + self.dt
                rows[-1][2] += self.dt
                rows[-1][3] = max(rows[-1][3], -out)
        return rows

    def cause(self, th: Threat) -> str:
        s, end, notes = self.sight[th.name], self.alive_end[th.name], self.notes[th.name]
        for when, cause in ((s.track, "not_seen"), (s.classified, "not_classified")):
            if when >= end:
                return cause if when >= th.end else "ended_first"
        if not s.matched:
            return "not_permitted"
        if not s.windows:
            return "not_approved"
        if s.windows[0][1] >= end:
            return "ended_first"
        if "missed" in notes:
            return "missed"
        if notes & {"committed", "not_permitted", "not_approved"}:  # a claim is farther along the chain than what went before it
            return next((c for c in ("cut", "not_approved", "not_permitted") if c in notes), "out_of_reach").replace("cut", "ended_first")
        return next((c for c in ("no_rounds", "no_free_shooter") if c in notes), "out_of_reach")
