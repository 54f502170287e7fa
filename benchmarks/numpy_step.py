"""Workload W in steps of one second: what a scientist would write in NumPy instead of using zaslin. Imports nothing of the package.

    python benchmarks/numpy_step.py                    # 30 nights: mean outcomes with standard errors, seconds a night
    python benchmarks/numpy_step.py --json nights.jsonl    # and each night's outcome as a line, to hold against zaslin's

Same rules as zaslin's engine (docs/model/engine.md) for a package with `detection: horizon` in which everybody may fire at every class inside W's zone,
approvals, pilots, classification and deconfliction cost nothing, and no track is in error. State is arrays over threats, fighters, batteries and radars; every
step moves all of them and asks who sees, may and can. The rules' numbers stand at the top, so that they can be set to those of zaslin's scenario.

What it leaves out of the engine's rules: what its numbers set to nothing (see RULES below), crews' duty, spare jets, gun, salvos, aspect, debris, causes,
the tables of a results folder. A fighter whose target leaves the zone with a round in the air is free when the round is there; in the engine, at once.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np

from make_w import (
    ASSESS_S,
    FIGHTER_CRUISE,
    FIGHTER_ENDUR,
    FIGHTER_R,
    FIGHTER_SHOTS,
    FIGHTER_TOF,
    FIGHTER_TURN,
    FIGHTER_V,
    HORIZON,
    QRA_S,
    RE,
    SAM_REACT,
    SAM_RELOAD,
    SAM_SHOTS,
    SAM_V,
    TRACK_S,
)
from numpy_sphere import Polygon, along, angle, earliest_shot_s, flight_s, heading, unit
from numpy_threats import Log, Threats, tell, where
from w_draw import draw

# --- RULES: numbers that workload W does not give, and those that it gives in other words ---------------------------------
EARTH_FACTOR = 4.0 / 3.0
FIGHTER_MISSILE_V = FIGHTER_R / FIGHTER_TOF
"""W says that a round takes FIGHTER_TOF over the whole reach; zaslin gives rounds a speed, m/s."""
PLAN_S = 900.0
"""How far ahead a shot is planned, and after which a threat that was left is looked at again, s."""
HOMING = 1.2
"""A round reaches this much beyond the reach, after a turn of its target."""
FIGHTER_INTERVAL_S = 0.0
"""Least time between two shots of one fighter, s. Here the assessment of the last one is longer."""
SAM_INTERVAL_S = 0.0
DASH_BURN = 1.0
"""Seconds of endurance that a second at dash speed takes."""
ALERT_WITHIN_M = 100e3
"""A track this near the border, or inside, orders up who stands on alert."""
READINESS_SIGMA = 0.2
RELIEF_DELAY_S = 0.0
"""Mean delay of a patrol's relief, s; exponential."""
LEAST_ON_STATION_S = 1_200.0
STEP_S = 1.0

STANDS, ORDERED, FREE, CHASE, ROUND, HOME, AWAY = range(7)
"""States of a fighter: on alert; ordered up; in the air and free; on its way to fire; its round in the air; flying home; turned round or relieved."""
IDLE, REACTS, FIRED = range(3)
"""States of a battery's channel."""


class Fighters:
    """Patrols and alert fighters: orders, chases, shots, reliefs."""

    def __init__(self, w: dict[str, Any], threats: Threats) -> None:
        n, m = len(w["f_base"]), len(threats.pos)
        self.base = unit(w["base"])[w["f_base"]]
        self.cap = w["f_cap"] >= 0
        self.station = np.where(self.cap[:, None], unit(w["cap"])[np.maximum(w["f_cap"], 0)], self.base)
        self.pk = w["f_pk"]
        self.on_station_s = np.maximum(FIGHTER_ENDUR - 2.0 * RE * angle(self.base, self.station) / FIGHTER_CRUISE, LEAST_ON_STATION_S)
        self.state = np.where(self.cap, AWAY, STANDS)
        self.until = np.where(self.cap, threats.launch.min(), np.inf)
        """When the state ends by itself: take-off, landing, standing again, a patrol's relief, s."""
        self.pos, self.goal, self.speed = self.station.copy(), self.station.copy(), np.full(n, FIGHTER_CRUISE)
        self.leave, self.fuel, self.ready = np.full(n, np.inf), np.full(n, np.inf), np.zeros(n)
        self.rounds, self.target = np.zeros(n, dtype=int), np.full(n, -1)
        self.fire_at, self.shot_at, self.shot_from = np.full(n, np.inf), np.zeros(n), self.pos.copy()
        self.claimed, self.look_at = np.zeros(m, dtype=bool), np.full(m, np.inf)
        self.barred = np.zeros((n, m), dtype=bool)
        self.fresh, self.fresh_threat = np.zeros(n, dtype=bool), np.zeros(m, dtype=bool)
        self.shots = self.kills = 0

    def release(self, who: np.ndarray, bar: bool = False) -> None:
        """Let go of the target; with `bar` not to try it again before its next turn, window or look."""
        target = self.target[who]
        if bar:
            self.barred[who, target] = True
        self.claimed[target], self.fresh_threat[target] = False, True
        self.state[who], self.target[who], self.fresh[who] = FREE, -1, True
        self.goal[who], self.speed[who], self.fire_at[who] = self.station[who], FIGHTER_CRUISE, np.inf

    def plan(self, f: np.ndarray, j: np.ndarray, threats: Threats, t: float) -> tuple[np.ndarray, np.ndarray]:
        """Times (inf if there is none, or no fuel) and places of the earliest shots of fighters f at threats j, pair by pair."""
        p, x, u, v = self.pos[f], threats.pos[j], threats.course[j], threats.speed[j]
        wait = earliest_shot_s(p, x, u, v, np.maximum(self.ready[f] - t, 0.0), FIGHTER_V, FIGHTER_R, FIGHTER_TOF, PLAN_S)
        met = along(x, u, v / RE * (np.minimum(wait, PLAN_S) + FIGHTER_TOF))
        way = np.maximum(angle(p, met) - FIGHTER_R / RE, 0.0)
        place = along(p, heading(p, met), way)
        burnt = (DASH_BURN - 1.0) * np.minimum(way * RE / FIGHTER_V, wait)
        home = RE * angle(place, self.base[f]) / FIGHTER_CRUISE
        return np.where(t + wait + home <= self.fuel[f] - np.where(np.isinf(wait), 0.0, burnt), t + wait, np.inf), place

    def chase(self, f: np.ndarray, j: np.ndarray, at: np.ndarray, place: np.ndarray) -> None:
        """Fly to the points of fire."""
        self.state[f], self.target[f], self.fire_at[f] = CHASE, j, at
        self.goal[f], self.speed[f] = place, FIGHTER_V
        self.claimed[j] = True

    def results(self, t: float, threats: Threats, rng: np.random.Generator, log: Log | None) -> None:
        """Claims that end with their threat or window, and rounds that arrive."""
        over = where((self.state == CHASE) & ~threats.window[self.target] | (self.state == ROUND) & ~threats.flying[self.target])
        if len(over):
            self.release(over)
        flown = where(self.state == ROUND)
        if not len(flown):
            return
        flight = FIGHTER_MISSILE_V * (t - self.shot_at[flown])
        arrived = flight >= RE * angle(self.shot_from[flown], threats.pos[self.target[flown]])
        for f, way in zip(flown[arrived], flight[arrived]):
            j = self.target[f]
            one = np.array([f])
            self.ready[f] = max(self.shot_at[f] + FIGHTER_INTERVAL_S, t + ASSESS_S)
            if not threats.flying[j]:
                self.release(one)
            elif way <= HOMING * FIGHTER_R + FIGHTER_MISSILE_V * STEP_S and rng.random() < self.pk[f] * threats.pk[j]:
                threats.kill(j)
                self.kills += 1
                self.release(one)
            elif self.rounds[f] == 0 or not threats.window[j]:
                self.release(one)
            else:
                self.replan(one, threats, t)
            if log is not None:
                log(t, "result", int(f))

    def replan(self, who: np.ndarray, threats: Threats, t: float) -> None:
        """Plan chases anew on the legs that the targets fly now; who finds no shot lets go."""
        at, place = self.plan(who, self.target[who], threats, t)
        found = np.isfinite(at)
        self.chase(who[found], self.target[who][found], at[found], place[found])
        self.release(who[~found], bar=True)

    def turns(self, t: float, threats: Threats) -> None:
        """Threats that turned, or whose window opened, or whose look has come, are looked at anew; chases of the turned are planned again."""
        look = self.look_at <= t
        anew = threats.turned | threats.opened | look
        if anew.any():
            self.barred[:, anew] = False
            self.look_at[anew] = np.inf
            self.fresh_threat |= anew
        if threats.turned.any():
            turned = where(self.state == CHASE)
            turned = turned[threats.turned[self.target[turned]]]
            if len(turned):
                self.replan(turned, threats, t)

    def alert(self, t: float, threats: Threats, border: Polygon, rng: np.random.Generator, log: Log | None) -> None:
        """Orders, take-offs, flights home, reliefs."""
        stands = where(self.state == STANDS)
        if len(stands):
            tracked = threats.flying & (threats.seen + TRACK_S <= t)
            if tracked.any() and (border.outside_m(threats.pos[tracked]) <= ALERT_WITHIN_M).any():
                self.state[stands] = ORDERED
                self.until[stands] = t + QRA_S * np.exp(READINESS_SIGMA * rng.standard_normal(len(stands)))
                if log is not None:
                    tell(log, t, "order", stands)
        free = where(self.state == FREE)
        if len(free):
            home = RE * angle(self.pos[free], self.base[free]) / FIGHTER_CRUISE
            leaves = (t + home >= self.fuel[free]) | (t >= self.leave[free])
            going, way = free[leaves], home[leaves]
            cap = self.cap[going]
            late = RELIEF_DELAY_S * rng.standard_exponential(cap.sum())
            self.until[going[cap]] = np.maximum(self.leave[going[cap]] + late, t)
            self.state[going[cap]] = AWAY
            self.until[going[~cap]] = t + way[~cap]
            self.state[going[~cap]] = HOME
            self.goal[going] = self.base[going]
        due = where(self.until <= t)
        if len(due):
            before = self.state[due]
            lands = due[before == HOME]
            self.state[lands], self.until[lands] = AWAY, t + FIGHTER_TURN
            again = due[(before == AWAY) & ~self.cap[due]]
            self.state[again], self.until[again] = STANDS, np.inf
            for who, fresh_s in ((due[before == ORDERED], FIGHTER_ENDUR), (due[(before == AWAY) & self.cap[due]], 0.0)):
                self.state[who], self.until[who], self.rounds[who], self.fresh[who] = FREE, np.inf, FIGHTER_SHOTS, True
                self.pos[who] = np.where(self.cap[who, None], self.station[who], self.base[who])
                self.goal[who], self.speed[who] = self.station[who], FIGHTER_CRUISE
                self.leave[who] = np.where(self.cap[who], t + self.on_station_s[who], np.inf)
                self.fuel[who] = t + fresh_s if fresh_s else self.leave[who] + RE * angle(self.station[who], self.base[who]) / FIGHTER_CRUISE
            if log is not None:
                tell(log, t, "relief or take-off", due)

    def assign(self, t: float, threats: Threats, log: Log | None) -> None:
        """Match free fighters and threats in the order of their earliest shots; only what is looked at anew."""
        if not (self.fresh.any() or self.fresh_threat.any()):
            return
        free = where((self.state == FREE) & (self.rounds > 0))
        pending = where(threats.window & ~self.claimed)
        if len(free) and len(pending):
            pairs = (self.fresh[free][:, None] | self.fresh_threat[pending]) & ~self.barred[np.ix_(free, pending)]
            i, k = np.nonzero(pairs)
            if len(i):
                f, j = free[i], pending[k]
                at, place = self.plan(f, j, threats, t)
                for n in np.argsort(at, kind="stable"):
                    if at[n] == np.inf:
                        break
                    if self.state[f[n]] == FREE and not self.claimed[j[n]]:
                        self.chase(f[n : n + 1], j[n : n + 1], at[n : n + 1], place[n : n + 1])
                        if log is not None:
                            log(t, "claim", int(f[n]))
            left = pending[~self.claimed[pending] & np.isinf(self.look_at[pending])]
            self.look_at[left] = t + PLAN_S
        self.fresh[:] = False
        self.fresh_threat[:] = False

    def fire(self, t: float, threats: Threats, zone: Polygon, log: Log | None) -> None:
        """Shots that are due, where the zone holds the point at which the round would meet the threat."""
        due = where((self.state == CHASE) & (self.fire_at <= t))
        if not len(due):
            return
        j = self.target[due]
        x, u, v = threats.pos[j], threats.course[j], threats.speed[j]
        met = along(x, u, v / RE * flight_s(self.pos[due], x, u, v, FIGHTER_MISSILE_V))
        may = zone.inside(met)
        self.release(due[~may], bar=True)
        fires = due[may]
        self.state[fires], self.shot_at[fires], self.shot_from[fires] = ROUND, t, self.pos[fires]
        self.rounds[fires] -= 1
        self.shots += len(fires)
        self.goal[fires], self.speed[fires], self.fire_at[fires] = met[may], FIGHTER_CRUISE, np.inf
        if log is not None:
            tell(log, t, "shot", fires)

    def move(self) -> None:
        """One step toward the goals."""
        moving = where((self.state >= FREE) & (self.state < AWAY))
        p, goal = self.pos[moving], self.goal[moving]
        step = np.minimum(self.speed[moving] * STEP_S / RE, angle(p, goal))
        self.pos[moving] = along(p, heading(p, goal), step)


class Batteries:
    """Batteries with one channel each: who has waited longest is met first."""

    def __init__(self, w: dict[str, Any], threats: Threats) -> None:
        n, m = len(w["bat"]), len(threats.pos)
        self.at, self.reach, self.pk = unit(w["bat"]), w["bat_r"], w["bat_pk"]
        # a round meets what it can before the threat has flown this much farther
        self.cos_near = np.cos(self.reach[:, None] * (1.0 + threats.speed / (SAM_V - threats.speed)) / RE)
        self.state, self.target = np.full(n, IDLE), np.full(n, -1)
        self.rounds, self.full_at = np.full(n, SAM_SHOTS), np.full(n, np.inf)
        self.fire_at, self.shot_at, self.meet_at = np.full(n, np.inf), np.zeros(n), np.zeros(n)
        self.since, self.barred = np.full((n, m), np.inf), np.zeros((n, m), dtype=bool)
        self.shots = self.kills = 0

    def results(self, t: float, threats: Threats, rng: np.random.Generator, log: Log | None) -> None:
        """Rounds that arrive; magazines that are full again; channels whose threat has ended before they fired."""
        full = self.full_at <= t
        self.rounds[full], self.full_at[full] = SAM_SHOTS, np.inf
        self.idle(where((self.state == REACTS) & ~threats.flying[self.target]))
        away = where(self.state == FIRED)
        if not len(away):
            return
        alive = threats.flying[self.target[away]]
        flight = SAM_V * (t - self.shot_at[away])
        arrived = np.where(alive, flight >= RE * angle(self.at[away], threats.pos[self.target[away]]), t >= self.meet_at[away])
        for g, way in zip(away[arrived], flight[arrived]):
            j = self.target[g]
            one = np.array([g])
            if threats.flying[j] and way <= HOMING * self.reach[g] + SAM_V * STEP_S and rng.random() < self.pk[g] * threats.pk[j]:
                threats.kill(j)
                self.kills += 1
            if threats.flying[j] and self.rounds[g] > 0:
                self.state[g], self.fire_at[g] = REACTS, max(t + ASSESS_S, self.shot_at[g] + SAM_INTERVAL_S)
            else:
                self.idle(one)
            if log is not None:
                log(t, "battery's result", int(g))

    def idle(self, who: np.ndarray) -> None:
        """Free the channels."""
        self.state[who], self.target[who], self.fire_at[who] = IDLE, -1, np.inf

    def meets(self, g: np.ndarray, j: np.ndarray, threats: Threats) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Whether rounds fired now would meet threats j within reach, when (s from now) and where; pair by pair."""
        x, u, v = threats.pos[j], threats.course[j], threats.speed[j]
        f = flight_s(self.at[g], x, u, v, SAM_V)
        return f * SAM_V <= self.reach[g], f, along(x, u, v / RE * f)

    def take(self, t: float, threats: Threats, log: Log | None) -> None:
        """Who can be met since when, and which threat a free channel takes."""
        anew = threats.turned | threats.opened
        if anew.any():
            self.barred[:, anew] = False
        asked = where(threats.window)
        before, self.since = self.since, np.full_like(self.since, np.inf)
        if not len(asked):
            return
        g, k = np.nonzero(self.at @ threats.pos[asked].T >= self.cos_near[:, asked])
        j = asked[k]
        can = self.meets(g, j, threats)[0] & ~self.barred[g, j]
        g, j = g[can], j[can]
        self.since[g, j] = np.minimum(before[g, j], t)
        ready = where((self.state == IDLE) & (self.rounds > 0))
        first = np.argmin(self.since[ready], axis=1)
        takes = np.isfinite(self.since[ready, first])
        ready, first = ready[takes], first[takes]
        self.state[ready], self.target[ready], self.fire_at[ready] = REACTS, first, t + SAM_REACT
        if log is not None:
            tell(log, t, "battery takes", ready)

    def fire(self, t: float, threats: Threats, zone: Polygon, log: Log | None) -> None:
        """Rounds that are due, where they would still meet the threat in the zone; else the battery lets go."""
        due = where((self.state == REACTS) & (self.fire_at <= t))
        if not len(due):
            return
        j = self.target[due]
        can, f, met = self.meets(due, j, threats)
        may = can & threats.window[j] & zone.inside(met)
        self.barred[due[~may], j[~may]] = True
        self.idle(due[~may])
        fires = due[may]
        self.state[fires], self.shot_at[fires], self.meet_at[fires] = FIRED, t, t + f[may]
        self.rounds[fires] -= 1
        empty = fires[self.rounds[fires] == 0]
        self.full_at[empty] = t + SAM_RELOAD
        self.shots += len(fires)
        if log is not None:
            tell(log, t, "battery's shot", fires)


# --- a night ------------------------------------------------------------------------------------------------------------------


def night(w: dict[str, Any], seed: int, log: Log | None = None) -> dict[str, int]:
    """One replicate of W in steps of STEP_S: kills and shots by fighters and by batteries, leakers, threats that entered the border, steps done.

    w: from `w_draw.draw`; seed: of kills and readiness. Ends with the last threat, or after HORIZON. `log` is told of every event.
    """
    rng = np.random.default_rng([seed, 2])
    threats = Threats(w)
    fighters, batteries = Fighters(w, threats), Batteries(w, threats)
    zone, border, radars = Polygon(w["kz"]), Polygon(w["border"]), unit(w["rad"])
    horizon = np.sqrt(2.0 * EARTH_FACTOR * RE) * (np.sqrt(w["rad_h"])[:, None] + np.sqrt(w["alt"]))
    cos_reach = np.cos(np.minimum(w["rad_r"][:, None], horizon) / RE)
    steps = 0
    for steps in range(1, int(HORIZON / STEP_S) + 1):
        t = steps * STEP_S
        threats.advance(t, log)
        threats.sense(t, radars, cos_reach, zone, border, log)
        fighters.results(t, threats, rng, log)
        batteries.results(t, threats, rng, log)
        fighters.turns(t, threats)
        fighters.alert(t, threats, border, rng, log)
        fighters.assign(t, threats, log)
        fighters.fire(t, threats, zone, log)
        batteries.take(t, threats, log)
        batteries.fire(t, threats, zone, log)
        fighters.move()
        if (threats.dead | threats.leaked).all():
            break
    return {
        "fighter_kills": fighters.kills, "battery_kills": batteries.kills, "fighter_shots": fighters.shots, "battery_shots": batteries.shots,
        "leakers": int(threats.leaked.sum()), "entered": int(threats.entered.sum()), "steps": steps,
    }  # fmt: skip


def main() -> None:
    """Some nights: mean outcomes with standard errors, and seconds a night."""
    ask = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ask.add_argument("--replicates", type=int, default=30)
    ask.add_argument("--json", type=Path, help="a file for one JSON object a night")
    given = ask.parse_args()
    rows, seconds = [], []
    for k in range(given.replicates):
        w = draw(k)
        began = time.perf_counter()
        rows.append(night(w, k))
        seconds.append(time.perf_counter() - began)
    if given.json is not None:
        given.json.write_text("".join(json.dumps({"replicate": k} | row) + "\n" for k, row in enumerate(rows)), encoding="utf-8")
    for name in rows[0]:
        values = np.array([row[name] for row in rows], dtype=float)
        print(f"{name:15s} {values.mean():9.2f} ± {values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.nan:.2f}")
    print(f"{'seconds a night':15s} {np.median(seconds):9.2f} ({min(seconds):.2f}–{max(seconds):.2f})")


if __name__ == "__main__":
    main()
