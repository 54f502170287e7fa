"""Are the crossings that were timed or measured inside what the model draws, and how surprised is it? Nothing is fitted, small p are printed.

For each such incident, routes of its own shipped night (or the nearest in time with that class) are searched for stays in that country, over
blocks of uncertain inputs. Duration, depth and path as reported are held against that ensemble: a two-sided tail probability each, and the chance of at
least one such crossing on such a night (1 − exp(−expected number), before Ukraine's stop, without a coalition). Denied crossings are tested too.

By hand, without any model: a stay of t seconds at v m/s is a path of v·t; whoever leaves again was at most half of that path deep (from the deepest point it
is at least the depth to the border, both ways). Reports of "40 km" do not say which they mean: both readings are tested, neither is forced.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np

from zaslin.atlas.borders import COUNTRIES
from zaslin.atlas.ground import Ground, load_ground
from zaslin.scenario.catalogue import model_for, route_assumptions
from zaslin.scenario.incident import GIVEN_CLASSES, Incident, incidents
from zaslin.scenario.shipped import night, night_ids
from zaslin.scenario.threat import CLASSES
from zaslin.studies.border_expected import is_modelled
from zaslin.studies.entries import Entries, class_share, compile_block, entries_of, joined
from zaslin.units import EARTH_RADIUS_M, KM, SI_FACTOR

CLAIMED_REACH_M = {"PL-2023-12-29": (36e3, 44e3)}
"""Where the table's range mixes two readings: the figure as said ("about 40 km"), ± 10 %, which is ours."""

SAID_SPEED_MPS = {"PL-2024-03-24": (800 / 3.6, 800 / 3.6)}
"""Reported speeds (online-ua-2024-03-24); elsewhere the catalogue's range of the model, or of the class's usual model."""

USUAL_MODEL = {"drone": "Shahed-136/131", "cruise": "Kh-101/Kh-555"}

LIKE = 1.25
"""A crossing is like the reported one where each reported quantity lies within a factor 1.25 of its range (as the first step of `world.given`)."""

Quantity = Literal["duration_s", "depth_m", "path_m"]


@dataclass(frozen=True)
class Surprise:
    """One quantity: reported range and the ensemble's 90 % interval with its median (s or m). `p`: two-sided tail probability; None where the model has no
    such stay. `p_least`: 1 / (effective number of stays + 1): a smaller p is only known to be smaller than that. `inside`: the ranges meet."""

    quantity: Quantity
    reported: tuple[float, float]
    low: float | None
    median: float | None
    high: float | None
    p: float | None
    p_least: float
    inside: bool


@dataclass(frozen=True)
class Kinematics:
    """The check by hand. `path_m` = speed × duration; `deepest_m`: half of the longest path where it left again, else all of it. `as_depth`, `as_path`: is
    that reading of the reported reach possible? `depth_needs_mps`: the speed at which the least depth would be reached in the longest time."""

    speed_mps: tuple[float, float]
    path_m: tuple[float, float]
    deepest_m: float
    reach_m: tuple[float, float] | None
    as_depth: bool | None
    as_path: bool | None
    depth_needs_mps: float | None


@dataclass(frozen=True)
class TimedIncident:
    """One incident's check. `own_night`: the night's file names the incident. `stays`: stays found; `effective`: their effective number.

    `p_any`: chance that at least one threat of the class enters so as to be seen on such a night; `p_like`: at least one like the reported.
    """

    incident: str
    status: str
    country: str
    threat_class: str
    night: str
    own_night: bool
    any_level: bool
    surprises: tuple[Surprise, ...]
    kinematics: Kinematics | None
    expected: float
    p_any: float
    p_like: float | None
    stays: int
    effective: float
    failed_share: float


def timed_incidents(seed: int = 1, blocks: int = 16, routes: int = 800, only: Sequence[str] | None = None) -> tuple[TimedIncident, ...]:
    """Check every incident with a time, a duration or a depth (and the denied crossings) that the model's routes can be asked for.

    seed: luck; blocks: draws of the uncertain inputs; routes: per group, country and block. only: incident ids (default: all).
    """
    ground = load_ground()
    chosen = [item for item in incidents().values() if is_timed(item) and (only is None or item.id in only)]
    nights = {item.id: fitting_night(item) for item in chosen}
    parts: dict[str, list[Entries]] = defaultdict(list)
    for which in sorted(set(nights.values())):
        own = [item for item in chosen if nights[item.id] == which]
        for block in range(blocks):
            for item, entries in _search(ground, which, own, seed, block, routes):
                parts[item.id].append(entries)
    return tuple(_check(item, nights[item.id], parts[item.id]) for item in chosen)


def timed_incidents_json(rows: Sequence[TimedIncident]) -> list[dict[str, object]]:
    """The checks as plain data, SI units."""
    return [asdict(row) for row in rows]


def is_timed(item: Incident) -> bool:
    """Whether there is something to test: a drone or cruise missile over a neighbour of the model, with a time, a duration or a depth."""
    crossing = item.kind in ("incursion", "impact", "debris") and item.threat_class in GIVEN_CLASSES and is_modelled(item.country)
    return crossing and any(value is not None for value in (item.time_utc, item.duration_s_high, item.depth_km_high))


def fitting_night(item: Incident) -> str:
    """The shipped night that names the incident; else the nearest in time that has its class."""
    for which in night_ids():
        if item.id in night(which).incidents:
            return which
    having = [
        which for which in night_ids() if item.threat_class in {model_for(name).threat_class for group in night(which).groups for name in group.models}
    ]
    return min(having, key=lambda which: abs((night(which).end_utc.date() - item.date_utc).days))


def kinematics(item: Incident) -> Kinematics | None:
    """Speed times time, and what it allows; None where nobody says how long it stayed.

    >>> round(kinematics(incidents()["PL-2024-03-24"]).path_m[1])
    8667
    """
    if item.duration_s_high is None:
        return None
    slow, fast = SAID_SPEED_MPS.get(item.id) or _catalogue_speed(item)
    shortest, longest = item.duration_s_low or 0.0, item.duration_s_high
    path = (slow * shortest, fast * longest)
    deepest = path[1] if item.kind == "impact" else 0.5 * path[1]
    reach = _reach(item)
    return Kinematics(
        speed_mps=(slow, fast),
        path_m=path,
        deepest_m=deepest,
        reach_m=reach,
        as_depth=None if reach is None else reach[0] <= deepest,
        as_path=None if reach is None else reach[0] <= path[1] and path[0] <= reach[1],
        depth_needs_mps=None if reach is None else reach[0] / longest * (1.0 if item.kind == "impact" else 2.0),
    )


def claimed_speed_mps(first: Incident, second: Incident) -> float:
    """Mean speed along a great circle from one timed place to another, m/s: is a claimed sequence possible?"""
    if first.at_utc is None or second.at_utc is None:
        raise ValueError(f"{first.id} and {second.id} both need a time")
    la, lb = np.radians(first.lat), np.radians(second.lat)
    cos = np.sin(la) * np.sin(lb) + np.cos(la) * np.cos(lb) * np.cos(np.radians(second.lon - first.lon))
    seconds = abs((second.at_utc - first.at_utc).total_seconds())
    return float(EARTH_RADIUS_M * np.arccos(cos) / seconds)


def tail_probability(values: np.ndarray, weights: np.ndarray, reported: tuple[float, float]) -> float | None:
    """Two-sided: 2 · min(P(X ≤ high), P(X ≥ low)), at most 1; None without weight. values, weights: (n,)."""
    total = float(weights.sum())
    if not total > 0.0:
        return None
    below = float(weights[values <= reported[1]].sum()) / total
    above = float(weights[values >= reported[0]].sum()) / total
    return min(1.0, 2.0 * min(below, above))


def _search(ground: Ground, which: str, items: Sequence[Incident], seed: int, block: int, routes: int) -> list[tuple[Incident, Entries]]:
    inputs = compile_block(night(which), ground, route_assumptions(), seed, block)
    found: dict[tuple[str, str, bool], Entries] = {}
    for key in {_key(item) for item in items}:
        country, cls, any_level = COUNTRIES.index(key[0]), CLASSES.index(key[1]), key[2]
        groups = [group for group in range(len(inputs.night.groups)) if class_share(inputs, group, cls) > 0.0]
        each = [
            entries_of(inputs, ground, seed, block, group, country, cls, routes, float(inputs.night.groups[group]["n"]), any_level=any_level)
            for group in groups
        ]
        found[key] = joined(each)
    return [(item, found[_key(item)]) for item in items]


def _key(item: Incident) -> tuple[str, str, bool]:
    """Country, class, and whether stays of any level count: what came down is found at any depth, what flew through must be seen."""
    return item.country, item.threat_class, item.kind in ("impact", "debris")


def _check(item: Incident, which: str, worlds: Sequence[Entries]) -> TimedIncident:
    """worlds: the stays found in each block."""
    entries = joined(worlds)
    weights = entries.weight
    total = float(weights.sum())
    effective = total**2 / float((weights**2).sum()) if total > 0.0 else 0.0
    reach, duration = _reach(item), _duration(item)
    asked: list[tuple[Quantity, tuple[float, float]]] = []
    if duration is not None:
        asked.append(("duration_s", duration))
    if reach is not None:
        asked += [("depth_m", reach), ("path_m", reach)]
    alike = [float(world.weight[_like(world, duration, reach)].sum()) for world in worlds]
    return TimedIncident(
        incident=item.id,
        status=item.status,
        country=item.country,
        threat_class=item.threat_class,
        night=which,
        own_night=item.id in night(which).incidents,
        any_level=_key(item)[2],
        surprises=tuple(_surprise(name, getattr(entries, name), weights, reported, effective) for name, reported in asked),
        kinematics=kinematics(item),
        expected=total / len(worlds),
        p_any=_at_least_one([world.expected for world in worlds]),
        p_like=_at_least_one(alike) if asked else None,
        stays=len(weights),
        effective=effective,
        failed_share=float(weights[entries.failed].sum() / total) if total > 0.0 else 0.0,
    )


def _at_least_one(expected: Sequence[float]) -> float:
    """Chance of at least one, 1 − exp(−expected number), averaged over the blocks' worlds."""
    return float(np.mean(-np.expm1(-np.asarray(expected))))


def _surprise(name: Quantity, values: np.ndarray, weights: np.ndarray, reported: tuple[float, float], effective: float) -> Surprise:
    p, least = tail_probability(values, weights, reported), 1.0 / (effective + 1.0)
    if p is None:
        return Surprise(name, reported, None, None, None, None, least, False)
    low, median, high = (_weighted_quantile(values, weights, q) for q in (0.05, 0.5, 0.95))
    return Surprise(name, reported, low, median, high, p, least, low <= reported[1] and reported[0] <= high)


def _weighted_quantile(values: np.ndarray, weights: np.ndarray, q: float) -> float:
    order = np.argsort(values, kind="stable")
    cum = np.cumsum(weights[order])
    return float(values[order][min(int(np.searchsorted(cum, q * cum[-1])), len(values) - 1)])


def _like(entries: Entries, duration: tuple[float, float] | None, reach: tuple[float, float] | None) -> np.ndarray:
    """Which stays are like the reported one: its duration, and its reach as depth or as path; bool (n,)."""
    like = np.ones(len(entries.weight), dtype=bool)
    if duration is not None:
        like &= _near(entries.duration_s, duration)
    if reach is not None:
        like &= _near(entries.depth_m, reach) | _near(entries.path_m, reach)
    return like


def _near(values: np.ndarray, reported: tuple[float, float]) -> np.ndarray:
    return np.asarray((values >= reported[0] / LIKE) & (values <= reported[1] * LIKE))


def _reach(item: Incident) -> tuple[float, float] | None:
    if item.id in CLAIMED_REACH_M:
        return CLAIMED_REACH_M[item.id]
    return None if item.depth_km_high is None else ((item.depth_km_low or 0.0) * KM, item.depth_km_high * KM)


def _duration(item: Incident) -> tuple[float, float] | None:
    return None if item.duration_s_high is None else (item.duration_s_low or 0.0, item.duration_s_high)


def _catalogue_speed(item: Incident) -> tuple[float, float]:
    speed = model_for(item.model or USUAL_MODEL[item.threat_class]).speed
    return speed.low * SI_FACTOR[speed.unit], speed.high * SI_FACTOR[speed.unit]
