"""Small nights, drawn at random, told once to the engine (on the toy ground) and once to the slow model; and what each says came of them."""

from __future__ import annotations

import random
from collections import Counter
from functools import cache
from math import inf, isfinite, radians
from statistics import NormalDist
from types import SimpleNamespace as Some
from typing import Any

import numpy as np
import slow_model as slow

import toy_world as toy
from zaslin import draws
from zaslin.atlas.ground import Ground
from zaslin.engine.records import RESULTS, Flown
from zaslin.outcomes.tables import CAUSES, FATES
from zaslin.physics.lethality import pair_entity
from zaslin.world.arrays import (
    EFFECT_ASK,
    EFFECT_FORBID,
    EFFECT_PERMIT,
    END_FAILED,
    END_LEAKED,
    END_LEFT,
    KIND_CAP,
    KIND_QRA,
    PLACE_ANYWHERE,
    PLACE_OWN,
    PLACE_UKRAINE,
    ZONE_ANYWHERE,
    ZONE_NAMED,
    ZONE_OWN,
    ZONE_UKRAINE,
    ZONE_WITHIN,
    Coalition,
    Raid,
)  # fmt: skip
from zaslin.world.layer import draw_stops
from zaslin.world.night_arrays import LAYER, PATH
from zaslin.world.stays import stays_of

KM = 1_000.0
CELL_M, NX, NY = toy.CELL_M / 2, 2 * toy.NX, 2 * toy.NY
WIDTH_KM = 300.0  # Ukraine, from the border with the one member in the west to that with the other in the east
EDGE_KM = 150.0  # west of it one macro-region, east of it another
WEIGHTS = (1.5, 0.7)
PARK = (60.0, -100.0, 140.0, 60.0)  # a named zone, km, on the edges of cells
MEMBERS = ("PL", "RO")
CLASSES = ("drone", "cruise")
EFFECTS = {"permit": EFFECT_PERMIT, "ask": EFFECT_ASK, "forbid": EFFECT_FORBID}
ZONES = {"own": ZONE_OWN, "ukraine": ZONE_UKRAINE, "anywhere": ZONE_ANYWHERE, "within": ZONE_WITHIN, "park": ZONE_NAMED}
own_luck = lambda seed: lambda *who: random.Random(f"{seed}/{who}").random() or 0.5  # luck of the slow model's own
ENDS = {"leaked": END_LEAKED, "left": END_LEFT, "lost": END_FAILED}


@cache
def ground() -> Ground:
    """The toy ground with the atlas's cells of 2.5 km and two macro-regions; Romania moved to the east of a narrower Ukraine."""
    coarse = toy.CELL_M, toy.NX, toy.NY, toy.BOXES
    toy.CELL_M, toy.NX, toy.NY = CELL_M, NX, NY
    toy.BOXES = {**toy.BOXES, toy.UA: (0, -500, int(WIDTH_KM), 500), toy.RO: (int(WIDTH_KM), -500, 800, 500)}
    try:
        plain = toy.ground.__wrapped__()
    finally:
        toy.CELL_M, toy.NX, toy.NY, toy.BOXES = coarse
    columns = np.arange(NX) * CELL_M + toy.X0 >= EDGE_KM * KM
    region = np.where(plain.fields.region < 0, -1, columns[None, :]).astype(np.int8)
    region.flags.writeable = False
    return plain._replace(fields=plain.fields._replace(region=region))


def world() -> Some:
    """The same for the slow model, its members without assets: the borders x = 0 and x = WIDTH are great circles."""
    west, south, east, north = (KM * edge for edge in PARK)
    width = WIDTH_KM * KM
    ukraine = lambda x, y: 0.0 < x < width and abs(y) < 500.0 * KM
    weight = lambda x, y: WEIGHTS[x >= EDGE_KM * KM] if ukraine(x, y) else 0.0
    poles = [(1.0, 0.0, 0.0), slow.norm((-slow.R, 0.0, width))]
    return Some(
        ukraine=ukraine, weight=weight, named={"park": lambda x, y: west <= x < east and south <= y < north},
        members=[Some(id=name, pole=pole) for name, pole in zip(MEMBERS, poles)],
    )  # fmt: skip


def place(side: int, point: tuple[float, float]) -> tuple[float, float]:
    """A point told as km outside a member's border and km north, in the plane, km."""
    return (WIDTH_KM - point[0] if side else point[0], point[1])


def night(number: int) -> dict[str, Any]:
    """Night `number` in plain words: threats, Ukraine's layer, two members with their caveats, alert pairs, at times patrols and batteries."""
    r = random.Random(f"night {number}")
    flights = []
    for i in range(r.randint(2, 5)):
        cls = r.choice(["cruise", "cruise", "drone"])
        x0, y0 = r.uniform(150.0, 290.0) if cls == "cruise" else r.uniform(60.0, 160.0), r.uniform(-150.0, 150.0)
        bend = (r.uniform(30.0, 120.0), y0 + r.uniform(-60.0, 60.0))
        kind = r.choice(["through", "through", "back", "short", "along", "fails"])
        turn = (r.uniform(-30.0, 10.0), bend[1] + r.uniform(-20.0, 20.0))
        points = {
            "through": [bend, (r.uniform(-150.0, -40.0), bend[1] + r.uniform(-80.0, 80.0))],
            "back": [bend, turn, (r.uniform(40.0, 150.0), bend[1] + r.uniform(-60.0, 60.0))],
            "short": [bend, (r.uniform(5.0, 60.0), bend[1] + r.uniform(-50.0, 50.0))],
            "along": [(r.uniform(5.0, 70.0), bend[1]), (r.uniform(5.0, 70.0), bend[1] + r.choice([-120.0, 120.0]))],
            "fails": [(r.uniform(-60.0, 60.0), bend[1])],
        }[kind]
        start = 0.0 if i == 0 else r.uniform(0.0, 1_200.0)
        speed = r.uniform(180.0, 260.0) if cls == "cruise" else r.uniform(45.0, 75.0)
        end = "leaked" if kind in ("back", "short", "along") else "left" if points[-1][0] < 0.0 else "lost"
        side = int(r.random() < 0.4)
        points = [place(side, point) for point in [(x0, y0), *points]]
        flights.append({"name": f"{cls}-{i:03d}", "cls": cls, "points": points, "speed": speed, "start": start, "alt": r.uniform(80.0, 600.0), "end": end})
    layer = {cls: {"rate": r.choice([0.0, 1e-4, 4e-4]), "sigma": r.uniform(0.2, 1.0), "kill_share": 0.7} for cls in CLASSES}
    return {"number": number, "flights": flights, "layer": layer, "members": [_member(r, side) for side in range(2)]}


def _member(r: random.Random, side: int) -> dict[str, Any]:
    reach = r.choice([("own", inf), ("ukraine", r.uniform(40.0, 150.0)), ("anywhere", inf)])
    horizon = {"cruise": r.uniform(200.0, 500.0), "drone": r.uniform(400.0, 900.0)}
    rules = [{"effect": "permit", "zone": "own", "place": ("own", inf)}, {"effect": "permit", "zone": "ukraine", "horizon": horizon, "place": reach}]
    if r.random() < 0.5:
        rules.append({"effect": "ask", "zone": "within", "within": r.uniform(30.0, 120.0), "delay": r.uniform(60.0, 300.0), "sigma": 0.6, "place": reach})
    if r.random() < 0.4:
        rules.append({"effect": "permit", "zone": "anywhere", "classes": ("cruise",), "place": r.choice([reach, ("anywhere", inf)])})
    if r.random() < 0.4:
        rules.append({"effect": "forbid", "zone": "park", "place": ("anywhere", inf)})
    fighters = [_pair(r, side, "qra")] + ([_pair(r, side, "cap")] if r.random() < 0.4 else [])
    return {
        "name": MEMBERS[side], "rules": rules, "pairs": fighters[r.random() < 0.2 * side :], "batteries": [_battery(r, side)][r.random() < (0.3, 0.6)[side] :],
        "mast": 40.0, "setback": r.uniform(0.0, 20.0), "track_delay": r.uniform(10.0, 60.0), "classification": r.uniform(20.0, 120.0),
        "course_error": r.uniform(2.0, 12.0), "shared": r.random() < 0.6, "cover": 0.7, "latency": r.uniform(20.0, 200.0),
        "separation": r.choice([0.0, 30.0, 120.0]), "radar": r.choice([None, None, (*place(side, (-20.0, 30.0)), 90.0, 160.0)]),
        "fires_own": (r.uniform(0.3, 1.0), r.uniform(0.5, 1.0)), "fires_ukraine": (r.uniform(0.3, 1.0), r.uniform(0.5, 1.0)),
    }  # fmt: skip


def _pair(r: random.Random, side: int, kind: str) -> dict[str, Any]:
    return {
        "name": f"{MEMBERS[side]}-{kind}", "kind": kind,
        "base": place(side, (r.uniform(-250.0, -60.0), r.uniform(-100.0, 100.0))), "station": place(side, (r.uniform(-60.0, -10.0), r.uniform(-60.0, 60.0))),
        "readiness": r.uniform(120.0, 900.0), "warning": r.random() < 0.6, "lead": r.uniform(0.0, 2_000.0), "within": r.uniform(60.0, 200.0),
        "cruise": r.uniform(200.0, 260.0), "dash": r.uniform(300.0, 450.0), "endurance": r.uniform(2_600.0, 7_000.0), "missile": r.uniform(700.0, 1_100.0),
        "interval": 30.0, "rounds": r.randint(1, 4), "reach": (12.0, r.uniform(15.0, 35.0)), "p_kill": (0.75, 0.5),
    }  # fmt: skip


def _battery(r: random.Random, side: int) -> dict[str, Any]:
    south, north = r.uniform(-200.0, -60.0), r.uniform(60.0, 200.0)
    west, east = sorted(place(side, (x, 0.0))[0] for x in (r.uniform(-120.0, -20.0), r.uniform(20.0, 100.0)))
    return {
        "name": f"{MEMBERS[side]}-battery", "frame": (west, south, east, north), "channels": r.randint(1, 2), "across": r.random() < 0.5,
        "coverage": r.uniform(0.5, 1.0), "behind": r.uniform(0.0, 15.0), "floor": r.choice([0.0, 30.0, 150.0]), "ceiling": r.choice([450.0, 20_000.0]),
        "reaction": r.uniform(5.0, 30.0), "interval": r.uniform(2.0, 20.0), "rounds": r.randint(1, 4), "reload": r.uniform(60.0, 900.0),
        "missile": r.uniform(600.0, 1_200.0), "reach": (r.uniform(4.0, 20.0), r.uniform(10.0, 45.0)), "p_kill": (0.4, 0.4),
    }  # fmt: skip


# --- told to the engine ---------------------------------------------------------------------------------------------------
def for_engine(told: dict[str, Any], seed: int) -> tuple[Raid, Coalition]:
    """The night in the engine's arrays, Ukraine's stops drawn by the world's own layer."""
    here = ground()
    plain = toy.raid(
        *({**f, "cls": CLASSES.index(f["cls"]), "end_kind": ENDS[f["end"]]} for f in told["flights"]), replicate=told["number"]
    )  # fmt: skip
    threats = plain.threats.copy()
    paths = np.zeros(len(threats), dtype=PATH)
    paths["vert_from"], paths["vert_to"], paths["layer"] = threats["vert_from"], threats["vert_to"], threats["cls"]
    layers = np.zeros(2, dtype=LAYER)
    for i, cls in enumerate(CLASSES):
        own = told["layer"][cls]
        layers[i] = (draws.entity_id(f"layer/{cls}"), own["rate"], own["kill_share"], own["sigma"])
    stop_s, stop_kind, survive = np.empty(len(threats)), np.empty(len(threats), dtype=np.int8), np.empty(len(threats))
    weights = np.array([*WEIGHTS, *np.zeros(40)])
    draw_stops(
        layers, weights, np.float64(1.0), here.fields, np.uint64(seed), np.uint64(told["number"]), threats["entity"], plain.verts, paths,
        np.full(len(threats), -inf), stop_s, stop_kind, survive,
    )  # fmt: skip
    near = here.fields.distance[1:9].min(axis=0)
    inside, excursion = stays_of(near, here, plain.verts, paths)
    threats["stop_s"], threats["stop_kind"], threats["excursion"] = stop_s, stop_kind, excursion
    raid = Raid(plain.replicate, plain.block, threats, plain.verts, inside, plain.names)
    members, rules, pairs, batteries, radars = [], [], [], [], []
    sixfold = lambda values, factor=1.0: (*(factor * v for v in values), 0, 0, 0, 0)
    for owner, m in enumerate(told["members"]):
        members.append(toy.member(
            (toy.PL, toy.RO)[owner], shared=int(m["shared"]), mast_m=m["mast"], setback_m=KM * m["setback"], shared_cover=m["cover"], latency_s=m["latency"],
            track_delay_s=m["track_delay"], classification_s=m["classification"], course_error_rad=radians(m["course_error"]),
            separation_s=m["separation"], fires_own=sixfold(m["fires_own"]), fires_ukraine=sixfold(m["fires_ukraine"]),
        ))  # fmt: skip
        for rule in m["rules"]:
            kind, pursuit = rule["place"]
            horizon = rule.get("horizon", {})
            rules.append(toy.caveat(
                owner, effect=EFFECTS[rule["effect"]], zone=ZONES[rule["zone"]], named=0 if rule["zone"] == "park" else -1, heading=int(bool(horizon)),
                place={"own": PLACE_OWN, "ukraine": PLACE_UKRAINE, "anywhere": PLACE_ANYWHERE}[kind], pursuit_m=KM * pursuit,
                within_m=KM * rule.get("within", 0.0), horizon_s=sixfold(horizon.get(c, 0.0) for c in CLASSES),
                classes=sum(1 << CLASSES.index(c) for c in rule.get("classes", CLASSES)),
                delay_s=rule.get("delay", 0.0), sigma=rule.get("sigma", 0.0), name=f"rule-{len(rules)}",
            ))  # fmt: skip
        for p in m["pairs"]:
            pairs.append(toy.pair(
                owner, name=p["name"], kind=KIND_QRA if p["kind"] == "qra" else KIND_CAP, raid_warning=int(p["warning"]), base=p["base"],
                station=p["station"], readiness_s=p["readiness"], lead_s=p["lead"], track_within_m=KM * p["within"], cruise_mps=p["cruise"],
                dash_mps=p["dash"], endurance_s=p["endurance"], missile_mps=p["missile"], shot_interval_s=p["interval"], rounds=p["rounds"],
                reach_m=sixfold(p["reach"], KM), p_kill=sixfold(p["p_kill"]),
                dash_burn=1.0, p_available=1.0, relief_delay_s=0.0, crew_duty_s=inf,  # the second model knows one fuel flow, and nobody who fails or is late
            ))  # fmt: skip
        for b in m["batteries"]:
            middle = ((b["frame"][0] + b["frame"][2]) / 2.0, (b["frame"][1] + b["frame"][3]) / 2.0)
            batteries.append(toy.battery(
                owner, name=b["name"], frame=b["frame"], base=middle, station=middle, channels=b["channels"], across=int(b["across"]),
                coverage=b["coverage"], behind_m=KM * b["behind"], floor_m=b["floor"], ceiling_m=b["ceiling"], reaction_s=b["reaction"],
                shot_interval_s=b["interval"], rounds=b["rounds"], reload_s=b["reload"], missile_mps=b["missile"],
                reach_m=sixfold(b["reach"], KM), p_kill=sixfold(b["p_kill"]),
            ))  # fmt: skip
        radars += [(owner, KM * m["radar"][0], KM * m["radar"][1], sixfold(m["radar"][2:], KM))] if m["radar"] else []
    x, y = toy.X0 + (np.arange(NX) + 0.5) * CELL_M, toy.Y0 + (np.arange(NY) + 0.5) * CELL_M
    west, south, east, north = (KM * edge for edge in PARK)
    park = (((x > west) & (x < east))[None, :] & ((y > south) & (y < north))[:, None]).astype(np.uint8)
    return raid, toy.coalition(members, rules, pairs, radars, park[None], batteries=batteries)


# --- told to the slow model -------------------------------------------------------------------------------------------------
def for_slow(told: dict[str, Any], raid: Raid) -> tuple[Some, list[slow.Threat]]:
    """The night in the slow model's words; the vertices are those that the engine was given."""
    here, threats, n_rules = world(), [], 0
    for f, row in zip(told["flights"], raid.threats, strict=True):
        verts = [(float(v["x"]), float(v["y"]), float(v["t"]), float(v["alt"])) for v in raid.verts[row["vert_from"] : row["vert_to"]]]
        threats.append(slow.Threat(f["name"], f["cls"], verts, f["end"], Some(**told["layer"][f["cls"]])))
    place_of = lambda point: slow.unit(KM * point[0], KM * point[1])
    by_class = lambda values, factor=1.0: dict(zip(CLASSES, (factor * v for v in values)))
    for m, own in zip(told["members"], here.members):
        own.caveats, own.assets, own.batteries, own.middles = [], [], [], []
        for rule in m["rules"]:
            kind, pursuit = rule["place"]
            own.caveats.append(Some(
                id=f"rule-{n_rules}", effect=rule["effect"], classes=rule.get("classes", CLASSES), zone=rule["zone"], within=KM * rule.get("within", 0.0),
                horizon=rule.get("horizon"), share=0.5, limit={"own": -slow.HOME_MARGIN, "ukraine": KM * pursuit, "anywhere": inf}[kind],
                soil=kind == "ukraine", delay=rule.get("delay", 0.0), sigma=rule.get("sigma", 0.0),
            ))  # fmt: skip
            n_rules += 1
        for p in m["pairs"]:
            own.assets.append(Some(
                id=p["name"], of=own, kind=p["kind"], base=place_of(p["base"]), station=place_of(p["station"]), cruise=p["cruise"], dash=p["dash"],
                endurance=p["endurance"], reach=by_class(p["reach"], KM), round_speed=p["missile"], magazine=p["rounds"], shot_interval=p["interval"],
                p_kill=by_class(p["p_kill"]), readiness=p["readiness"], warning=p["warning"], lead=p["lead"] if p["kind"] == "qra" else 0.0,
                track_within=KM * p["within"],
            ))  # fmt: skip
            own.assets[-1].way = slow.dist(own.assets[-1].base, own.assets[-1].station) / p["cruise"]
            own.middles.append(own.assets[-1].base if p["kind"] == "qra" else own.assets[-1].station)
        for b in m["batteries"]:
            west, south, east, north = (KM * edge for edge in b["frame"])
            own.batteries.append(Some(
                id=b["name"], of=own, frame=lambda x, y, w=west, s=south, e=east, n=north: w <= x < e and s <= y < n, channels=b["channels"],
                across=b["across"], coverage=b["coverage"], behind=KM * b["behind"], floor=b["floor"], ceiling=b["ceiling"], reaction=b["reaction"],
                shot_interval=b["interval"], magazine=b["rounds"], reload=b["reload"], round_speed=b["missile"], reach=by_class(b["reach"], KM),
                p_kill=by_class(b["p_kill"]), gap=lambda p, m=own, behind=KM * b["behind"]: abs(slow.outside(m, p) + behind),
            ))  # fmt: skip
            own.middles.append(slow.unit((west + east) / 2.0, (south + north) / 2.0))
        own.mast, own.setback, own.track_delay, own.classification = m["mast"], KM * m["setback"], m["track_delay"], m["classification"]
        own.course_error, own.shared, own.cover, own.latency = radians(m["course_error"]), m["shared"], m["cover"], m["latency"]
        own.airborne = [(place_of(m["radar"][:2]), by_class(m["radar"][2:], KM))] if m["radar"] else []
        own.separation, own.fires_own, own.fires_ukraine = m["separation"], by_class(m["fires_own"]), by_class(m["fires_ukraine"])
    return here, threats


# --- what came of it: the same words for both ---------------------------------------------------------------------------------
def ids(told: dict[str, Any]) -> list[str]:
    """The engine's shooters by name: pairs, then batteries."""
    return [one["name"] for kind in ("pairs", "batteries") for m in told["members"] for one in m[kind]]


def of_engine(told: dict[str, Any], raid: Raid, flown: Flown) -> Counter[str]:
    """Sums of one night from the engine's rows."""
    c: Counter[str] = Counter()
    names = ids(told)
    what = lambda row: "battery" if names[row["shooter"]].endswith("battery") else "pair"
    for row in flown.fates:
        c["fate " + FATES[row["fate"]]] += 1
    for row in flown.incursions:
        c["incursions"] += 1
        c.update({"overflight s": row["inside_s"], "entry s": row["entry_s"], "depth m": row["depth_m"]})
    for row in flown.sight.ravel():
        seen, classified = float(row["seen_s"]), float(row["classified_s"])
        if isfinite(seen):
            c["tracks"] += 1
            c["track s"] += seen
        if isfinite(classified):
            c["classified"] += 1
            c["classified s"] += classified
    ends = [min(t["stop_s"], t["end_s"]) for t in raid.threats]
    for row in flown.windows:
        end = min(float(row["to_s"]), ends[row["threat"]])
        if row["from_s"] < end:
            c["windows"] += 1
            c.update({"window from s": float(row["from_s"]), "window length s": end - row["from_s"]})
    for row in flown.engagements:
        c[f"{what(row)} engagements"] += 1
        c[f"{what(row)} engagements {RESULTS[row['result']]}"] += 1
        c[f"{what(row)} commit s"] += row["commit_s"]
    for row in flown.shots:
        c[f"{what(row)} shots"] += 1
        c.update({f"{what(row)} fire s": row["fire_s"], f"{what(row)} impact s": row["impact_s"], f"{what(row)} hits": int(row["hit"])})
    for row in flown.sorties:
        if what(row) == "pair":
            c["sorties"] += 1
            c.update({"flight s": row["landing_s"] - row["take_off_s"], "take-off s": row["take_off_s"], "over Ukraine s": row["over_ukraine_s"]})
        else:
            c["battery rounds by sorties"] += row["rounds"]
    for row in flown.causes:
        c[("cause " if row["member"] >= 0 else "coalition ") + CAUSES[row["cause"]]] += 1
    return c


def of_slow(night: slow.Night) -> Counter[str]:
    """The same of the slow model."""
    c: Counter[str] = Counter()
    what = lambda name: "battery" if name.endswith("battery") else "pair"
    for th in night.threats:
        fate, _ = night.fate(th)
        c["fate " + fate] += 1
        for entry, _, inside, depth, _ in night.stays(th):
            c["incursions"] += 1
            c.update({"overflight s": inside, "entry s": entry, "depth m": depth})
        for m in night.members:
            sight = night.sight[m.id, th.name]
            if sight.track < inf:
                c["tracks"] += 1
                c["track s"] += sight.track
            if sight.classified < th.end:
                c["classified"] += 1
                c["classified s"] += sight.classified
            for _, start, end, _ in sight.windows:
                end = min(end, night.alive_end[th.name])
                if start < end:
                    c["windows"] += 1
                    c.update({"window from s": start, "window length s": end - start})
            if fate != "killed_member":
                c["cause " + night.cause(m, th)[1]] += 1
        if fate != "killed_member":
            c["coalition " + night.of_coalition(th)] += 1
    for e in night.engagements:
        c[f"{what(e.asset)} engagements"] += 1
        c[f"{what(e.asset)} engagements {e.result}"] += 1
        c[f"{what(e.asset)} commit s"] += e.commit
    for shot in (shot for e in night.engagements for shot in e.shots):
        kind = what(shot.asset)
        c[f"{kind} shots"] += 1
        c.update({f"{kind} fire s": shot.fire, f"{kind} impact s": shot.impact, f"{kind} hits": int(shot.hit)})
        c["battery rounds by sorties"] += kind == "battery"
    for row in night.sorties:
        c["sorties"] += 1
        c.update({"flight s": row.landing - row.take_off, "take-off s": row.take_off, "over Ukraine s": row.over_ukraine})
    return c


def engines_luck(seed: int, replicate: int) -> Any:
    """The engine's own luck under the slow model's names: with it the two must agree row by row, not only on average."""
    key = np.uint64(seed), np.uint64(replicate)

    def phi(entity: int, purpose: int, index: int) -> float:
        return NormalDist().cdf(draws.normal(*key, np.uint64(entity), purpose, index))

    def luck(purpose: str, name: str, *more: Any) -> float:
        own = draws.entity_id(name)
        if purpose == "night":
            return phi(draws.entity_id(f"layer/{name}"), draws.NIGHT_EFFECT, 0)
        if purpose == "hit":
            threat, number = more
            both = pair_entity(np.uint64(draws.entity_id(threat)), np.uint64(own))
            return float(draws.uniform(*key, np.uint64(both), draws.SHOT, number - 1))
        if purpose == "readiness":
            return phi(own, draws.READINESS, more[0])
        coins = {"shared": draws.SHARED_COVER, "stop": draws.UKRAINE_STOP, "how": draws.UKRAINE_KIND}
        if purpose in coins:
            return float(draws.uniform(*key, np.uint64(own), coins[purpose], 0))
        both = pair_entity(np.uint64(own), np.uint64(draws.entity_id(more[0])))  # of the threat and a member, a pair or a battery
        if purpose in ("pilot", "cover"):
            return float(draws.uniform(*key, np.uint64(both), {"pilot": draws.PILOT, "cover": draws.COVER}[purpose], 0))
        if purpose == "course":  # the engine's courses go clockwise
            return 1.0 - phi(both, draws.TRACK_ERROR, 0)
        return phi(both, {"approval": draws.APPROVAL, "classified": draws.CLASSIFICATION}[purpose], 0)

    return luck
