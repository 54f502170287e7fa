"""Replicates to rows: fly every raid of a chunk under one package and name what came of it, in the schemas of outcomes.tables.

The one place where indices become names and plane metres become degrees, and where the objects that are no threats join a raid. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from zaslin.atlas.borders import COUNTRIES
from zaslin.atlas.ground import Ground
from zaslin.atlas.regions import MACRO, MACRO_INDEX
from zaslin.engine.records import FALL_KINDS, NO_MATCH, RESULTS, WEAPONS, Flown
from zaslin.engine.replicate import Seen, act, fly
from zaslin.outcomes.tables import CAUSES, COALITION, FATES, TABLES
from zaslin.physics.detection import SEEN_BY
from zaslin.plane import unproject
from zaslin.world.arrays import CLASS_NAMES, GROSS_FAILURE, LEAKED, OTHER_NAMES, SPOOFED, Coalition, Raid
from zaslin.world.others import add_others

NO_MATCH_NAME = "no-match"

_FLOWN = ("threats", "incursions", "tracks", "windows", "engagements", "shots", "falls", "causes", "refusals", "sorties", "air_policing")
"""Tables that the engine makes; `paths` is drawn by whoever wants a map."""


def fly_chunk(
    raids: Sequence[Raid],
    coalitions: Sequence[Coalition],
    ground: Ground,
    seed: int,
    draw: str,
    samples: Sequence[int],
    group_names: Sequence[str],
    model_names: Sequence[str],
    seen: Sequence[Seen] | None = None,
) -> dict[str, pa.Table]:
    """Fly raids[i] against coalitions[i] (one package, compiled for the raid's block); rows by table name, sorted by (replicate, threat, time).

    draw: "plain", "tagged" or "given"; in the last two only the tagged threat's rows are kept, no sorties and no air policing. samples: one number per raid
    (plain: not written). group_names, model_names: for THREAT.group and THREAT.model. seen: what `see` found for each raid, where it is known already: packages
    whose members, radars, caveats and zones are the same share it; None: each raid is looked at here.
    Raises EngineError, naming replicate and package, where the engine stopped.
    """
    if not len(raids) == len(coalitions) == len(samples):
        raise ValueError(f"{len(raids)} raids, {len(coalitions)} coalitions and {len(samples)} samples; give one of each per replicate")
    if seen is not None and len(seen) != len(raids):
        raise ValueError(f"{len(raids)} raids and {len(seen)} that were looked at; give one of each per replicate")
    if draw != "plain" and any(raid.tag < 0 for raid in raids):
        raise ValueError(f'a raid without a tagged threat cannot be flown as "{draw}"')
    chunks: dict[str, list[dict[str, Any]]] = {name: [] for name in _FLOWN}
    for i, (drawn, coalition, sample) in enumerate(zip(raids, coalitions, samples, strict=True)):
        raid = drawn if coalition.others is None else add_others(drawn, coalition.others, coalition.members, ground, seed)
        flown = fly(raid, coalition, ground, seed) if seen is None else act(raid, coalition, ground, seed, seen[i])
        names = _Names(raid, coalition, group_names, model_names)
        for table, columns in _tables(flown, raid, names, draw != "plain").items():
            n = len(next(iter(columns.values())))
            key = (draw, None if draw == "plain" else sample, raid.replicate, raid.block)
            chunks[table].append(columns | {name: _Constant(value, n) for name, value in zip(("draw", "sample", "replicate", "block"), key, strict=True)})
    return {name: _arrow(name, chunks[name]) for name in _FLOWN}


class _Names:
    """Index → name for one raid and coalition; object arrays whose last entry is None, so that -1 is null."""

    def __init__(self, raid: Raid, coalition: Coalition, groups: Sequence[str], models: Sequence[str]):
        self.threats = _lookup(raid.names)
        self.groups, self.models, self.classes = _lookup(groups), _lookup(models), _lookup(CLASS_NAMES)
        self.members, self.assets, self.caveats = _lookup(coalition.member_names), _lookup(coalition.asset_names), _lookup(coalition.caveat_names)
        self.pair_member = np.append(coalition.shooters["member"], -1).astype(np.int64)
        self.pair_asset = np.append(coalition.shooters["asset"], -1).astype(np.int64)
        self.shooters, self.at_risk_per_s = coalition.shooters, coalition.members["at_risk_per_s"]
        self.objects = _OBJECTS[np.append(raid.threats["other"], np.int8(-1))]


def _lookup(names: Sequence[str]) -> np.ndarray:
    out = np.empty(len(names) + 1, dtype=object)
    out[:-1] = list(names)
    return out


_FATES, _MACRO, _RESULTS, _CAUSES = _lookup(FATES), _lookup(MACRO), _lookup(RESULTS), _lookup(CAUSES)
_OBJECTS = _lookup(OTHER_NAMES)
_SEEN_BY, _KINDS, _COUNTRIES, _WEAPONS = _lookup(SEEN_BY), _lookup(FALL_KINDS), _lookup(COUNTRIES), _lookup(WEAPONS)


class _Constant:
    """A column of one value."""

    def __init__(self, value: Any, n: int):
        self.value, self.n = value, n


def _countries(bits: np.ndarray) -> np.ndarray:
    """Excursion bits to comma-joined codes in the atlas's order; None for none."""
    unique, back = np.unique(bits, return_inverse=True)
    words = np.empty(len(unique), dtype=object)
    words[:] = [",".join(code for k, code in enumerate(COUNTRIES) if int(value) >> k & 1) or None for value in unique]
    return words[back]


def _entries(bits: np.ndarray, threat: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Per row: the first entry (s) into each country of its excursion bits, in the atlas's order; None for none."""
    out = np.full(len(bits), None, dtype=object)
    for i in np.flatnonzero(bits):
        stays = inside[inside["threat"] == threat[i]]
        out[i] = [float(stays["entry_s"][stays["country"] == k].min()) for k in range(len(COUNTRIES)) if int(bits[i]) >> k & 1]
    return out


def _finite(times: np.ndarray, until: np.ndarray | None = None) -> np.ndarray:
    """Times with NaN (null) where they never come, or not before `until`."""
    good = np.isfinite(times) if until is None else times < until
    return np.where(good, times, np.nan)


def _tables(flown: Flown, raid: Raid, names: _Names, tagged: bool) -> dict[str, dict[str, np.ndarray]]:
    """Columns of every table of one replicate, sorted, without the key's constants; only the tagged threat's rows where asked. Objects that are no threats
    have rows of engagements, shots and falls alone."""
    threats, fates = raid.threats, flown.fates
    n_objects = len(threats)
    n_threats = int((threats["other"] == 0).sum())  # they come first
    by_name = np.empty(n_objects, dtype=np.int64)
    by_name[np.argsort(np.array(raid.names, dtype=object), kind="stable")] = np.arange(n_objects)

    def rows(threat: np.ndarray, *orders: np.ndarray) -> np.ndarray:
        """Which rows, in which order: by the threat's name, then `orders`."""
        order = np.lexsort((*reversed(orders), by_name[threat]))
        return order[threat[order] == raid.tag] if tagged else order

    def of(threat: np.ndarray) -> dict[str, np.ndarray]:
        return {"threat": names.threats[threat], "weight": threats["weight"][threat]}

    out: dict[str, dict[str, np.ndarray]] = {}
    who = np.arange(n_threats)
    o = rows(who)
    t, f = threats[o], fates[o]
    region = np.where(f["fate"] == LEAKED, np.array(MACRO_INDEX)[t["target_region"]], f["macro"])
    tag_country = np.full(len(o), COUNTRIES[raid.tag_country] if tagged and raid.tag_country >= 0 else None, dtype=object)
    out["threats"] = of(o) | {
        "group": names.groups[t["group"]], "model": names.models[t["model"]], "threat_class": names.classes[t["cls"]], "launch_s": t["launch_s"],
        "end_s": t["end_s"], "fate": _FATES[f["fate"]], "fate_s": f["fate_s"], "fate_region": _MACRO[region], "would_have": _FATES[f["would_have"]],
        "shooter_member": names.members[names.pair_member[f["shooter"]]], "shooter_asset": names.assets[names.pair_asset[f["shooter"]]],
        "excursion": _countries(t["excursion"]), "first_border_s": f["first_border_s"], "crosses": _countries(f["crosses"]), "tag_country": tag_country,
        "failed": t["failed"] & GROSS_FAILURE != 0, "spoofed": t["failed"] & SPOOFED != 0, "decoy": t["decoy"] == 1,
        "entries_s": _entries(t["excursion"], o, raid.inside),
        "kept": np.full(len(o), raid.kept if tagged else np.nan),
    }  # fmt: skip
    r = flown.incursions[rows(flown.incursions["threat"], flown.incursions["entry_s"], flown.incursions["country"])]
    lat, lon = unproject(r["entry_x"], r["entry_y"])
    out["incursions"] = of(r["threat"]) | {
        "country": _COUNTRIES[r["country"]], "threat_class": names.classes[threats["cls"][r["threat"]]], "entry_s": r["entry_s"], "exit_s": r["exit_s"],
        "inside_s": r["inside_s"], "depth_m": r["depth_m"], "path_m": r["path_m"], "entry_lat": lat, "entry_lon": lon,
    }  # fmt: skip
    k = _tracks(flown)
    alive = np.minimum(threats["stop_s"], threats["end_s"])
    k = k[k["threat"] < n_threats]
    k = k[(k["run"] == 0) | (k["from_s"] < alive[k["threat"]])]
    k = k[rows(k["threat"], _text_order(names.members, k["member"]), k["run"])]
    alive = alive[k["threat"]]
    seen, looked = k["from_s"] < alive, (k["from_s"] < alive) & (k["looks"] > 0)
    out["tracks"] = of(k["threat"]) | {
        "member": names.members[k["member"]], "seen_s": _finite(k["from_s"], alive), "classified_s": _finite(k["classified_s"], alive),
        "seen_by": _SEEN_BY[np.where(seen, k["by"], -1)], "lost_s": _finite(k["to_s"], alive), "looks": np.where(looked, k["looks"], np.nan),
        "hits": np.where(looked, k["hits"], np.nan),
    }  # fmt: skip
    w = flown.windows
    alive = np.minimum(threats["stop_s"], threats["end_s"])[w["threat"]]
    w = w[(w["from_s"] < alive) & (w["threat"] < n_threats)]
    w = w[rows(w["threat"], w["from_s"], _text_order(names.members, w["member"]))]
    out["windows"] = of(w["threat"]) | {
        "member": names.members[w["member"]], "caveat": names.caveats[w["caveat"]], "from_s": w["from_s"],
        "to_s": np.minimum(w["to_s"], np.minimum(threats["stop_s"], threats["end_s"])[w["threat"]]),
    }  # fmt: skip
    e = flown.engagements[rows(flown.engagements["threat"], flown.engagements["commit_s"], flown.engagements["shooter"])]
    needed = (threats["other"] == 0) & ((fates["would_have"] == LEAKED) | (fates["crosses"] != 0))
    out["engagements"] = of(e["threat"]) | _shooter(names, e["shooter"]) | {
        "commit_s": e["commit_s"], "first_shot_s": e["first_shot_s"], "shots": e["shots"], "result": _RESULTS[e["result"]], "end_s": e["end_s"],
        "needed": needed[e["threat"]], "object": names.objects[e["threat"]],
    }  # fmt: skip
    h = flown.shots[rows(flown.shots["threat"], flown.shots["fire_s"], flown.shots["shooter"])]
    lat, lon = unproject(h["x"], h["y"])
    from_lat, from_lon = unproject(h["shooter_x"], h["shooter_y"])
    on_ground = names.shooters["jets"][h["shooter"]] == 0  # a battery stands nowhere
    from_lat, from_lon = np.where(on_ground, np.nan, from_lat), np.where(on_ground, np.nan, from_lon)
    out["shots"] = of(h["threat"]) | _shooter(names, h["shooter"]) | {
        "fire_s": h["fire_s"], "impact_s": h["impact_s"], "hit": h["hit"] == 1, "lat": lat, "lon": lon, "shooter_lat": from_lat, "shooter_lon": from_lon,
        "weapon": _WEAPONS[h["weapon"]],
        "object": names.objects[h["threat"]],
    }  # fmt: skip
    d = flown.falls[rows(flown.falls["threat"], flown.falls["land_s"], flown.falls["kind"])]
    lat, lon = unproject(d["x"], d["y"])
    out["falls"] = of(d["threat"]) | {
        "kind": _KINDS[d["kind"]], "country": _COUNTRIES[d["country"]], "lat": lat, "lon": lon, "land_s": d["land_s"], "ec": d["ec"],
        "shooter_member": names.members[names.pair_member[d["shooter"]]], "object": names.objects[d["threat"]],
    }  # fmt: skip
    c = flown.causes
    words = np.where(c["member"] < 0, COALITION, names.members[c["member"]])
    c, words = (lambda o: (c[o], words[o]))(rows(c["threat"], _ranks(words)))
    out["causes"] = of(c["threat"]) | {
        "member": words, "cause": _CAUSES[c["cause"]], "caveat": np.where(c["caveat"] == NO_MATCH, NO_MATCH_NAME, names.caveats[np.maximum(c["caveat"], -1)]),
    }  # fmt: skip
    n = flown.refusals
    n = n[n["threat"] < n_threats]
    n = n[rows(n["threat"], n["t_s"], n["shooter"])]
    out["refusals"] = of(n["threat"]) | _shooter(names, n["shooter"]) | {
        "refused_s": n["t_s"], "link": _CAUSES[n["cause"]], "caveat": names.caveats[n["caveat"]],
    }  # fmt: skip
    out["sorties"] = _sorties(flown.sorties[:0] if tagged else flown.sorties, names)
    out["air_policing"] = _air_policing(flown.alerts[:0] if tagged else flown.alerts, names)
    return out


def _tracks(flown: Flown) -> np.ndarray:
    """Rows of PIECE, one for each run of them, and one that never begins for each member and threat without a run."""
    p = flown.pieces
    of = p[["threat", "member", "run"]]
    first = np.flatnonzero(np.append(True, of[1:] != of[:-1])[: len(p)])
    runs = p[first]
    if len(runs):
        runs["to_s"] = p["to_s"][np.append(first[1:], len(p)) - 1]
        runs["looks"], runs["hits"] = np.add.reduceat(p["looks"], first), np.add.reduceat(p["hits"], first)
    member, threat = np.nonzero(flown.sight["first"] == flown.sight["last"])
    never = np.zeros(len(member), dtype=p.dtype)
    never["member"], never["threat"] = member, threat
    never["from_s"] = never["to_s"] = never["classified_s"] = np.inf
    return np.concatenate([runs, never])


def _shooter(names: _Names, pair: np.ndarray) -> dict[str, np.ndarray]:
    return {"member": names.members[names.pair_member[pair]], "asset": names.assets[names.pair_asset[pair]]}


def _ranks(words: np.ndarray) -> np.ndarray:
    return np.unique(words.astype(str), return_inverse=True)[1] if len(words) else np.zeros(0, dtype=np.int64)


def _text_order(names: np.ndarray, index: np.ndarray) -> np.ndarray:
    """Rank of each index by its name."""
    rank = np.empty(len(names) - 1, dtype=np.int64)
    rank[np.argsort(names[:-1].astype(str), kind="stable")] = np.arange(len(names) - 1)
    return rank[index]


def _sorties(sorties: np.ndarray, names: _Names) -> dict[str, np.ndarray]:
    member, asset = names.pair_member[sorties["shooter"]], names.pair_asset[sorties["shooter"]]
    order = np.lexsort((sorties["shooter"], sorties["take_off_s"], _text_order(names.assets, asset), _text_order(names.members, member)))
    s, member, asset = sorties[order], member[order], asset[order]
    kind = names.shooters[s["shooter"]]
    flight = np.where(kind["jets"] == 0, 0.0, s["landing_s"] - s["take_off_s"])
    null = np.full(len(s), None, dtype=object)
    return {
        "threat": null, "member": names.members[member], "asset": names.assets[asset], "jets": kind["jets"], "take_off_s": s["take_off_s"],
        "landing_s": s["landing_s"], "flight_s": flight, "over_ukraine_s": s["over_ukraine_s"], "cost_usd": flight / 3600.0 * kind["hour_usd"] * kind["jets"],
        "rounds": s["rounds"] + s["bursts"], "rounds_usd": s["rounds"] * kind["round_usd"] + s["bursts"] * kind["burst_usd"],
        "own_at_risk": s["over_ukraine_s"] * kind["jets"] * names.at_risk_per_s[kind["member"]],
    }  # fmt: skip


def _air_policing(alerts: np.ndarray, names: _Names) -> dict[str, np.ndarray]:
    a = alerts[_ranks(names.members[alerts["member"]]).argsort(kind="stable")]
    return {
        "threat": np.full(len(a), None, dtype=object), "member": names.members[a["member"]], "alert_pairs": a["pairs"], "ready_least": a["ready_least"],
        "unguarded_s": a["unguarded_s"], "night_s": a["night_s"],
    }  # fmt: skip


def _arrow(table: str, chunks: list[dict[str, Any]]) -> pa.Table:
    """One table from the replicates' columns; NaN becomes null."""
    schema = TABLES[table]
    columns = []
    for field in schema:
        parts = [chunk[field.name] for chunk in chunks]
        plain = [np.full(part.n, part.value, dtype=object) if isinstance(part, _Constant) else part for part in parts]
        values = np.concatenate(plain) if plain else np.empty(0, dtype=object)
        if pa.types.is_dictionary(field.type):
            column = pa.array(values, type=pa.string()).dictionary_encode().cast(field.type)
        else:
            column = pa.array(values, type=field.type, from_pandas=True)
        columns.append(column)
    return pa.table(columns, schema=schema)
