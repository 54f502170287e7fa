"""A second, slow model of the core, written from docs/model.md and docs/model/engine.md alone (docs/validation/second-model.md: by whom; changed since).

Plain Python and fixed steps: no roots, no queue, no rasters. Some members, each with its airspace beyond a straight border, and Ukraine between them. Every
continuous rule is asked once a step, so a time is late by up to a step: a bias of first order, which the tests show at 1 s and 0.5 s. Places are unit vectors
in the frame of the gnomonic plane (x east, y north, z to its centre): (x, y) of the plane is (R x/z, R y/z). Luck is `luck(purpose, *who)` in (0, 1). A world,
its members, caveats and assets are namespaces, which small_nights.py fills. Left out: countries beside the members and Ukraine, debris, coasts.
"""

from itertools import product
from math import asin, atan2, ceil, cos, exp, inf, log, sin, sqrt
from statistics import NormalDist
from types import SimpleNamespace as Some

R = 6_371_008.8
RAID_WITHIN, PROJECTION, HOME_MARGIN, HOMING, TURN_ROUND, LEAST_ON_STATION, SAME_CHASE = 300e3, 900.0, 1000.0, 1.2, 5400.0, 1200.0, 60.0
normal = NormalDist().inv_cdf
FAN = [normal((i + 0.5) / 21) for i in range(21)]
CHAIN = ("not_seen", "not_classified", "not_permitted", "not_approved", "out_of_reach", "no_free_shooter", "no_rounds", "pilot_held", "missed", "ended_first")
FURTHEST = ("missed", "ended_first", "pilot_held", "not_approved", "not_permitted", "out_of_reach", "no_rounds", "no_free_shooter")  # once permitted
# Vectors; `tangent`: direction at a of the great circle to b; `heading`: of a plane course, from east to north; `toward`: d metres on from a, at most to b.
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
heading = lambda p, course: tangent(p, unit(flat(p)[0] + 1000.0 * cos(course), flat(p)[1] + 1000.0 * sin(course)))
# Signed distance to own airspace, what lies on the negative side of the great circle with this pole; `held`: the place nearest to p within limit of it.
outside = lambda m, p: R * asin(max(-1.0, min(1.0, dot(p, m.pole))))
held = lambda m, p, limit: p if outside(m, p) <= limit else mix(m.pole, sin(limit / R), norm(mix(p, 1.0, m.pole, -dot(p, m.pole))), cos(limit / R))

def meets(gap, at, t: float, speed: float) -> float:
    """When a round fired at t with `gap(place)` to fly is where its aim is: as the round is the faster one, what is left shrinks."""
    f = 0.0
    for _ in range(40):
        f = gap(at(t + f)) / speed
    return t + f

class Threat:
    """A free flight over vertices (x, y, t, altitude); `layer` has rate, sigma and kill_share of Ukraine's layer."""
    def __init__(self, name: str, cls: str, vertices: list[tuple[float, float, float, float]], end_fate: str, layer: Some) -> None:
        self.name, self.cls, self.end_fate, self.layer, self.legs = name, cls, end_fate, layer, []
        for (x0, y0, t0, h0), (x1, y1, t1, h1) in (vertices[i : i + 2] for i in range(len(vertices) - 1)):
            a, b, climb = unit(x0, y0), unit(x1, y1), (h1 - h0) / (t1 - t0)
            speed, course, high = dist(a, b) / (t1 - t0), atan2(y1 - y0, x1 - x0), lambda t, t0=t0, h0=h0, climb=climb: h0 + climb * (t - t0)
            self.legs.append(Some(t0=t0, t1=t1, speed=speed, course=course, high=high, at=flight(a, tangent(a, b), speed, t0)))
        self.start, self.end = vertices[0][2], vertices[-1][2]
        self.leg, self.at = lambda t: next((leg for leg in self.legs if t < leg.t1), self.legs[-1]), lambda t: self.leg(t).at(t)

class Sight:
    """Sections 1 and 2 for one member and threat, on its free flight: when the member sees it, and when the caveats permit."""
    def __init__(self, world: Some, m: Some, th: Threat, luck, dt: float) -> None:
        self.world, self.m, self.th = world, m, th
        self.error, self.approval = m.course_error * normal(luck("course", th.name, m.id)), normal(luck("approval", th.name, m.id))
        self.steps = [i * dt for i in range(ceil(th.start / dt), ceil(th.end / dt))]
        own = next((t for t in self.steps if self.in_view(t)), inf) + m.track_delay
        entry = next((t for t in self.steps if world.ukraine(*flat(th.at(t)))), inf)
        shared = entry + m.latency if m.shared and luck("shared", th.name) < m.cover else inf
        self.own_track, shared = (t if t < th.end else inf for t in (own, shared))
        self.track = min(self.own_track, shared)
        self.classified = self.track + m.classification * exp(0.5 * normal(luck("classified", th.name, m.id)))
        self.known = lambda t: t if t >= self.own_track else t - m.latency  # the time of the last known place
        self.asked, self.match, self.windows = {}, inf, []  # first asks by authority; first unbeaten match; caveat, from, to, opening (rows that abut have one)
        self.opens = lambda c: self.asked.get((c.delay, c.sigma), inf) + c.delay * exp(c.sigma * self.approval)
        self.window = lambda t: next((w for w in self.windows if w[1] <= t < w[2]), None)
        for t in self.steps:
            deciding = self.decide(t) if t >= self.classified else None
            last = self.windows[-1] if self.windows and self.windows[-1][2] == t else [None, t, t, t]
            if deciding and last[0] is deciding:
                last[2] = min(t + dt, th.end)
            elif deciding:
                self.windows.append([deciding, t, min(t + dt, th.end), last[3]])

    def in_view(self, t: float) -> bool:
        p, horizon = self.th.at(t), sqrt(2.0 * 4.0 / 3.0 * R) * (sqrt(self.m.mast) + sqrt(self.th.leg(t).high(t)))
        ground = outside(self.m, p) + self.m.setback <= min(horizon, 400e3)
        return ground or any(dist(p, orbit) <= reach[self.th.cls] for orbit, reach in self.m.airborne)

    def matching(self, p: tuple, leg: Some) -> tuple[list[Some], list[Some]]:
        """The caveats whose conditions all hold for the track at p on this leg, none where one forbids; and the asks among them."""
        out, ukraine, found = outside(self.m, p), self.world.ukraine(*flat(p)), []
        for c in self.m.caveats:
            zone = {"own": out <= 0, "ukraine": ukraine, "within": ukraine and out <= c.within, "anywhere": True}
            good = self.th.cls in c.classes and (zone[c.zone] if c.zone in zone else self.world.named[c.zone](*flat(p)))
            if good and c.horizon is not None and out > 0:
                way = leg.speed * c.horizon.get(self.th.cls, -inf)
                rays = (heading(p, leg.course + self.error + self.m.course_error * z) for z in FAN)
                good = out <= way and sum(outside(self.m, go(p, ray, way)) <= 0 for ray in rays) / 21 >= c.share
            found += [c] if good else []
        found = [] if any(c.effect == "forbid" for c in found) else found
        return found, [c for c in found if c.effect == "ask"]

    def decide(self, t: float) -> Some | None:
        """The caveat under which the window is open now, if it is."""
        leg = self.th.leg(self.known(t))
        found, asks = self.matching(leg.at(self.known(t)), leg)
        self.match = min(self.match, t if found else inf)
        self.asked = {**{(c.delay, c.sigma): t for c in asks}, **self.asked}
        free = [c for c in asks if self.opens(c) <= t] if asks else found
        return max(free, key=lambda c: (-self.opens(c) if asks else 0.0, c.limit)) if free else None

    def consents(self, p: tuple, leg: Some, t: float) -> str:  # what the caveats say at time t of the predicted place p
        found, asks = self.matching(p, leg)
        return "not_permitted" if not found else "yes" if not asks or any(self.opens(c) <= t for c in asks) else "not_approved"

class Pair:
    """A pair of fighters; `mode`: ground, ordered, patrol (on its way to the first station), free, chase, home; gone: a patrol left, no relief yet."""
    def __init__(self, asset: Some) -> None:
        self.asset, self.mode, self.p, self.rounds, self.scrambles, self.sortie = asset, "ground", asset.base, 0, 0, None
        self.until, self.stands, self.land_by, self.last_shot = inf, -inf, inf, -inf
        self.target = self.plan = self.flying = self.engagement = None  # plan: time and place of fire, leg, caveat
        self.barred, self.declined, self.left = {}, set(), lambda: self.rounds  # let go on which leg, since which look; pilot held, whether over Ukraine

class Battery:
    """A battery on the ground: channels, each with one claim at most, that share a magazine; it stands nowhere."""
    def __init__(self, asset: Some) -> None:
        self.asset, self.rounds, self.last_shot, self.waits, self.barred = asset, asset.magazine, -inf, {}, {}
        self.channels = [Some(asset=asset, target=None, flying=None, engagement=None, ready=inf) for _ in range(asset.channels)]
        for one in self.channels:  # rounds that no other claim has been promised
            one.left = lambda one=one: self.rounds - sum(1 for o in self.channels if o is not one and o.target and not o.flying)

class Night:
    """One raid against the members, flown at once; its lists say what came of it."""
    def __init__(self, world: Some, threats: list[Threat], luck, dt: float = 1.0) -> None:
        self.world, self.members, self.threats, self.luck, self.dt = world, world.members, threats, luck, dt
        self.sight = {(m.id, th.name): Sight(world, m, th, luck, dt) for m in self.members for th in threats}
        self.steps = {s.th.name: s.steps for s in self.sight.values()}
        self.stop = {th.name: self.ukraine(th) for th in threats}
        self.alive_end = {th.name: min(self.stop[th.name][0], th.end) for th in threats}
        self.alive = lambda th, t: th.start <= t < self.alive_end[th.name] and th.name not in self.killed
        self.first, near = min(th.start for th in threats), lambda p: world.ukraine(*flat(p)) or any(outside(m, p) <= RAID_WITHIN for m in self.members)
        self.over = max((t for th in threats for t in self.steps[th.name] if t < self.alive_end[th.name] and near(th.at(t))), default=self.first) + dt
        self.pairs, self.batteries = [Pair(a) for m in self.members for a in m.assets], [Battery(a) for m in self.members for a in m.batteries]
        comes = lambda a, th: next((t for t in self.steps[th.name] if outside(a.of, th.at(t)) <= a.track_within), inf)
        self.near = {(pair.asset.id, th.name): comes(pair.asset, th) for pair in self.pairs for th in threats}
        self.killed, self.engagements, self.sorties, self.met, self.open, self.look, self.since = {}, [], [], [], {}, {}, {}
        self.notes: dict[tuple[str, str], set[str]] = {key: set() for key in self.sight}  # what was met on the way, for the causes
        self.note = lambda one, th, what: self.notes[one.asset.of.id, th.name].add(what)
        self.bar = lambda pair, th, t: (th.leg(t).t0, self.since[pair.asset.of.id, th.name])
        self.fly()

    def ukraine(self, th: Threat) -> tuple[float, str]:
        """Section 3 of the model: when Ukraine's layer stops it (inf: never) and how."""
        m, left = exp(th.layer.sigma * normal(self.luck("night", th.cls)) - th.layer.sigma**2 / 2.0), -log(self.luck("stop", th.name))
        for t in self.steps[th.name]:
            left -= th.layer.rate * m * self.world.weight(*flat(th.at(t))) * self.dt
            if left <= 0.0:
                return t, "killed_ua" if self.luck("how", th.name) < th.layer.kill_share else "lost"
        return inf, ""

    def fly(self) -> None:
        t = ceil(min(0.0, *(min(self.first - pair.asset.way, -pair.asset.lead) for pair in self.pairs), 0.0) / self.dt) * self.dt
        while t <= self.over or any(pair.mode not in ("ground", "ordered", "gone") for pair in self.pairs):
            self.fresh: set[object] = set()  # the pairs that became free, and the threats that are looked at anew
            self.results(t)
            for pair in self.pairs:
                self.posture(pair, t)
                if pair.mode == "chase" and not pair.flying:
                    self.chase(pair, t)
            for key, s in self.sight.items():  # a window opens or changes its caveat; a look, for all members
                w, look = s.window(t), t >= self.look.get(s.th.name, inf)
                if look or (w and w is not self.open.get(key)):
                    self.fresh, self.since[key] = self.fresh | {s.th}, t
                self.open[key] = w
            self.look = {name: at for name, at in self.look.items() if at > t}
            while self.fresh:
                self.fresh = self.assign(t)
            for battery in self.batteries:
                self.defend(battery, t)
            for pair in self.pairs:
                self.move(pair)
            t += self.dt

    def results(self, t: float) -> None:
        """Ends of threats, then rounds that arrive."""
        shooters = [*self.pairs, *(one for battery in self.batteries for one in battery.channels)]
        due = [s for s in shooters if s.target and (s.flying.impact <= t if s.flying else not self.alive(s.target, t))]
        for one in due:
            th, a, shot, one.flying = one.target, one.asset, one.flying, None
            if not self.alive(th, t):  # only Ukraine's stop and its own failure cut a chase short
                self.note(one, th, "ended_first" if self.fate(th)[0] in ("killed_ua", "lost") else "out_of_reach")
                self.release(one, t, "ended")
                continue
            self.met.append((a.id, th.name))
            shot.hit = shot.flown <= HOMING * a.reach[th.cls] and self.luck("hit", a.id, th.name, self.met.count((a.id, th.name))) < a.p_kill[th.cls]
            self.killed.update({th.name: shot.impact} if shot.hit else {})
            self.note(one, th, "missed")
            if shot.hit or one.left() <= 0:
                self.release(one, t, "killed" if shot.hit else "missed")

    def commit(self, one: Pair | Some, th: Threat, t: float) -> None:
        last = next((e for e in reversed(self.engagements) if e.asset == one.asset.id and (e.threat == th.name or isinstance(one, Pair))), None)
        if last is None or last.threat != th.name or t - last.end > SAME_CHASE:
            self.engagements.append(last := Some(asset=one.asset.id, threat=th.name, commit=t, shots=[], result="", end=inf))
        one.mode, one.target, one.engagement = "chase", th, last
        self.note(one, th, "out_of_reach")  # as long as nothing else comes of it

    def release(self, one: Pair | Some, t: float, why: str) -> None:
        why = "missed" if one.engagement.shots and why not in ("killed", "ended") else why
        one.engagement.result, one.engagement.end = "closed" if why in ("not_permitted", "not_approved") else why, t
        self.fresh |= {one, one.target} if isinstance(one, Pair) else set()
        one.mode, one.target, one.plan, one.engagement = "free", None, None, None

    def posture(self, pair: Pair, t: float) -> None:
        """Section 3: stand, order, take off, relief, home."""
        a, home, stay = pair.asset, dist(pair.p, pair.asset.base) / pair.asset.cruise, max(LEAST_ON_STATION, pair.asset.endurance - 2.0 * pair.asset.way)
        was = pair.mode, pair.sortie
        if pair.mode == "home" and home == 0.0:
            pair.sortie.landing, pair.mode, pair.stands = t, "ground", t + TURN_ROUND
        if pair.mode == "ground" and a.kind == "cap" and not pair.sortie and t >= self.first - a.way:
            self.take_off(pair, t, "patrol", self.first)
        elif pair.mode == "ground" and a.kind == "qra" and self.over > t >= pair.stands and any(self.warns(a, th, t) for th in self.threats):
            ready = t + a.readiness * exp(0.2 * normal(self.luck("readiness", a.id, pair.scrambles)))
            pair.mode, pair.until, pair.scrambles = "ordered", ready, pair.scrambles + 1
        if pair.mode == "ordered" and pair.until <= t < self.over:
            self.take_off(pair, t, "free", inf)
        elif pair.mode == "patrol" and t >= pair.until:  # the first patrol is on its station at the first launch
            pair.mode, pair.p, pair.until = "free", a.station, t + stay
        elif pair.mode == "free" and (t >= self.over or (a.kind == "qra" and t + home >= pair.land_by)):
            pair.mode = "home"
        elif pair.mode == "free" and (t >= pair.until or t + home >= pair.land_by + self.dt):  # a patrol's time or, far away, its fuel is over
            pair.sortie.landing, pair.mode = t + home, "gone"
        if pair.mode == "gone" and self.over > t >= pair.until:  # its relief is there at its time
            self.take_off(pair, t - a.way, "free", pair.until + stay)
        self.fresh |= {pair} if pair.mode == "free" and was != (pair.mode, pair.sortie) else set()

    def take_off(self, pair: Pair, t: float, mode: str, until: float) -> None:
        a, pair.mode, pair.until, pair.sortie = pair.asset, mode, until, Some(asset=pair.asset.id, take_off=t, landing=inf, over_ukraine=0.0)
        pair.p, pair.rounds, pair.last_shot = a.station if mode == "free" and until < inf else a.base, a.magazine, -inf
        pair.land_by = t + (a.endurance if a.kind == "qra" else max(a.endurance, LEAST_ON_STATION + 2.0 * a.way))
        self.sorties.append(pair.sortie)

    def warns(self, a: Some, th: Threat, t: float) -> bool:
        tracked = t >= max(th.start, self.sight[a.of.id, th.name].own_track) and outside(a.of, th.at(t)) <= a.track_within
        warned = a.warning and t >= max(self.near[a.id, th.name] - a.lead, -a.lead)
        return th.cls in ("drone", "cruise") and t < self.alive_end[th.name] and (tracked or warned)  # who shoots changes nothing here

    def earliest(self, pair: Pair, now: float, line, th: Threat, caveat: Some) -> tuple | None:
        """Section 4: when and from where the pair could first fire at what flies on `line`, and get home."""
        a, m, r, grounded = pair.asset, pair.asset.of, pair.asset.reach[th.cls], pair.mode in ("ground", "ordered", "gone")
        p, land_by, ready = (a.base, now + a.endurance, now) if grounded else (pair.p, pair.land_by, pair.last_shot + a.shot_interval)
        clear = self.sight[m.id, th.name].window(now)[3] + m.separation
        deep = lambda q: max((-outside(o, q) for o in self.members if o is not m and caveat.soil), default=-inf)  # in soil that is not its
        for k in range(int(PROJECTION / self.dt) + 1):
            t, way = now + k * self.dt, a.dash * k * self.dt
            x = line(t + r / a.round_speed)
            d, out = dist(p, x), outside(m, x)
            if t < ready or d - way > r or out > caveat.limit + r or (out > 0.0 and t < clear) or deep(x) > r:
                continue
            ahead = [max(0.0, d - r), *(1250.0 * s for s in range(ceil(max(0.0, d - r) / 1250.0), int(min(d, way) / 1250.0) + 1) if caveat.soil)]
            f = next((q for q in (toward(p, x, s) for s in ahead) if outside(m, q) <= caveat.limit and deep(q) <= 0.0), held(m, x, caveat.limit))
            if dist(p, f) > way + 0.01 or dist(f, x) > r + 0.01 or deep(f) > 0.0:
                continue
            return (t, f) if t + dist(f, a.base) / a.cruise <= land_by else None
        return None

    def assign(self, t: float) -> set[object]:
        """Section 5: free pairs and pending threats, the earliest shot by the track first; a claim holds across members. Returns whose first plans failed."""
        options, failed, free = {}, set(), any(pair.mode == "free" for pair in self.pairs)
        claimed = lambda th: any(pair.target is th for pair in self.pairs)
        for (j, th), (i, pair) in product(enumerate(self.threats), enumerate(self.pairs)):
            s, leg, busy = self.sight[pair.asset.of.id, th.name], th.leg(t), pair.mode != "free" or claimed(th)
            if not self.alive(th, t) or not s.window(t) or not (th in self.fresh or (pair in self.fresh and not busy)):
                continue
            k, seen = s.known(t), th.leg(s.known(t))
            shot = self.earliest(pair, t, flight(seen.at(k), heading(seen.at(k), seen.course + s.error), seen.speed, k), th, s.window(t)[0])
            held = pair.barred.get(th.name) == self.bar(pair, th, t) or (th.name, self.world.ukraine(*flat(leg.at(t + 1.0)))) in pair.declined
            if shot and (busy or (pair.rounds == 0 and not held)):
                self.note(pair, th, "no_free_shooter" if busy else "no_rounds")
            elif shot and not held:
                options[pair, th] = shot[0], i, j
        while options:
            pair, th = min(options, key=options.get)
            if good := self.planned(pair, th, t):
                self.commit(pair, th, t)
            failed |= set() if good else {pair, th}  # no claim at all: both are looked at again
            for other, what in [key for key in options if good and (key[0] is pair) != (key[1] is th)]:
                self.note(other, what, "no_free_shooter")
            options = {key: shot for key, shot in options.items() if key[0] is not pair and key[1] is not th}
        for th in self.threats:  # the next look: a turn, or own sensors, as one who may sees it, or the projection's end
            sights = [s for s in self.sight.values() if s.th is th and s.window(t) and self.alive(th, t)]
            if free and sights and not claimed(th) and th.name not in self.look:
                turns = [th.leg(s.known(t)).t1 + t - s.known(t) for s in sights]
                self.look[th.name] = min(t + PROJECTION, *turns, *(s.own_track for s in sights if s.own_track > t))
        return failed

    def planned(self, pair: Pair, th: Threat, t: float) -> bool:  # section 6, 1: on the leg that the threat truly flies
        leg, caveat = th.leg(t), self.sight[pair.asset.of.id, th.name].window(t)[0]
        pair.plan = (*shot, leg, caveat) if (shot := self.earliest(pair, t, leg.at, th, caveat)) else None
        pair.barred.update({} if pair.plan else {th.name: self.bar(pair, th, t)})
        return bool(pair.plan)

    def chase(self, pair: Pair, t: float) -> None:
        """One step of a claim."""
        th, a, s, gap = pair.target, pair.asset, self.sight[pair.asset.of.id, pair.target.name], lambda q: dist(pair.p, q)
        window, plan = s.window(t), pair.plan
        kept = window and ((plan and plan[2] is th.leg(t) and plan[3] is window[0]) or self.planned(pair, th, t))
        said = "closed" if not window else "yes" if kept else "out_of_reach"
        if said == "yes":
            fire, _, leg, caveat = pair.plan
            if t < fire:
                return
            aim = leg.at(meets(gap, leg.at, t, a.round_speed))
            said, over = s.consents(aim, leg, t), self.world.ukraine(*flat(aim))
            if said == "yes" and self.luck("pilot", th.name, a.id) >= (a.of.fires_ukraine if over else a.of.fires_own)[th.cls]:
                said = "pilot_held"
                pair.declined.add((th.name, over))
        if said != "yes":
            self.note(pair, th, said)
            pair.barred[th.name] = self.bar(pair, th, t)
            self.release(pair, t, said)
            return
        self.shoot(pair, gap, leg, t)
        pair.plan, pair.flying.aim, pair.flying.caveat, pair.rounds, pair.last_shot = None, aim, caveat, pair.rounds - 1, t

    def shoot(self, one: Pair | Some, gap, leg: Some, t: float) -> None:
        """A round that homes on the true path; where the flight ends before, it comes where it was aimed."""
        th, impact = one.target, meets(gap, one.target.at, t, one.asset.round_speed)
        impact = impact if impact < th.end else meets(gap, leg.at, t, one.asset.round_speed)
        one.flying = Some(asset=one.asset.id, fire=t, impact=impact, flown=gap(th.at(impact)), hit=False)
        one.engagement.shots.append(one.flying)

    def reaches(self, a: Some, th: Threat, t: float) -> tuple | None:
        """Where a battery's round fired now would meet the threat, if it can be met there."""
        leg = th.leg(t)
        x = leg.at(when := meets(a.gap, leg.at, t, a.round_speed))
        good = a.gap(x) <= a.reach[th.cls] and a.floor <= leg.high(when) <= a.ceiling and a.frame(*flat(x)) and (a.across or outside(a.of, x) <= 0.0)
        return x if good else None

    def defend(self, battery: Battery, t: float) -> None:
        """Batteries on the ground: fire what is ready, then give free channels to those who have waited longest."""
        a, sight = battery.asset, {th.name: self.sight[battery.asset.of.id, th.name] for th in self.threats}
        battery.rounds = a.magazine if battery.rounds == 0 and t >= battery.last_shot + a.reload else battery.rounds
        for one in sorted((c for c in battery.channels if c.target and not c.flying and c.ready <= t), key=lambda c: c.ready):
            if t < battery.last_shot + a.shot_interval:
                break
            th, leg, aim, s = one.target, one.target.leg(t), self.reaches(a, one.target, t), sight[one.target.name]
            said = "closed" if not s.window(t) else "out_of_reach" if aim is None else s.consents(aim, leg, t)
            if said == "yes":
                self.shoot(one, a.gap, leg, t)
                battery.rounds, battery.last_shot = battery.rounds - 1, t
            else:
                battery.barred.update({th.name: (s.window(t)[1], leg.t0)} if said.startswith("not") else {})
                self.note(one, th, said)
                self.release(one, t, said)
        for th in self.threats:
            window = sight[th.name].window(t) if self.alive(th, t) and self.luck("cover", th.name, a.id) < a.coverage else None
            free = window and all(one.target is not th for one in battery.channels) and battery.barred.get(th.name) != (window[1], th.leg(t).t0)
            since = battery.waits.pop(th.name, t)
            battery.waits.update({th.name: since} if free and self.reaches(a, th, t) else {})
        for th in sorted((th for th in self.threats if th.name in battery.waits), key=lambda th: battery.waits[th.name]):
            one = next((one for one in battery.channels if not one.target), None)
            if one and one.left() > 0:
                self.commit(one, th, t)
                one.ready = t + a.reaction
            else:
                self.note(battery, th, "no_rounds" if one else "no_free_shooter")

    def move(self, pair: Pair) -> None:
        if pair.mode in ("free", "chase", "home"):
            a, goal = pair.asset, pair.plan[1] if pair.plan else pair.asset.base if pair.mode == "home" else pair.asset.station
            if pair.flying:  # as far as it may
                goal = held(a.of, pair.flying.aim, pair.flying.caveat.limit)
                for other in [m for m in self.members if m is not a.of and pair.flying.caveat.soil]:
                    goal = held(Some(pole=mix(other.pole, -1.0, other.pole, 0.0)), goal, 0.0)
            pair.p = toward(pair.p, goal, (a.dash if pair.plan else a.cruise) * self.dt)
            pair.sortie.over_ukraine += self.dt * self.world.ukraine(*flat(pair.p))

    def fate(self, th: Threat) -> tuple[str, float]:
        stop, how = self.stop[th.name]
        return ("killed_member", self.killed[th.name]) if th.name in self.killed else (how, stop) if stop < th.end else (th.end_fate, th.end)

    def stays(self, th: Threat) -> list[list[float]]:
        """Entry, exit, time inside, depth: gaps under 60 s merged, cut at the fate; one member after the other."""
        rows: list[list[float]] = []
        for m in self.members:
            for t in (t for t in self.steps[th.name] if outside(m, th.at(t)) <= 0.0 and t < self.fate(th)[1]):
                rows += [] if rows and rows[-1][4] is m and t - rows[-1][1] < 60.0 else [[t, t, 0.0, 0.0, m]]
                rows[-1][1:4] = t + self.dt, rows[-1][2] + self.dt, max(rows[-1][3], -outside(m, th.at(t)))
        return rows

    def cause(self, m: Some, th: Threat) -> tuple[int, str]:
        """Section 8: how far along the chain, and the first link that failed, or the end that came before it."""
        s, end, notes = self.sight[m.id, th.name], self.alive_end[th.name], self.notes[m.id, th.name]
        for cause, when in zip(CHAIN, (s.track, s.classified, s.match, min((w[1] for w in s.windows), default=inf))):
            if when >= end:
                return CHAIN.index(cause), cause if when >= th.end else "ended_first"
        found = next((note for note in FURTHEST if note in notes), "out_of_reach")
        return CHAIN.index(found), found

    def of_coalition(self, th: Threat) -> str:
        """The cause of the member that got furthest; ties: whose station, base or middle of a province is nearest to where it ended, then the first."""
        near = lambda m: min((dist(th.at(self.alive_end[th.name]), q) for q in m.middles), default=inf)
        return min((-self.cause(m, th)[0], near(m), k, self.cause(m, th)[1]) for k, m in enumerate(self.members))[3]
