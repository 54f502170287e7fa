"""What was flown → Arrow tables in the schemas of outcomes.tables: every column of a whole chunk at once, indices straight into dictionaries.

The one place where indices become names and plane metres become degrees. It decides nothing, and no string is made per row. Rows come in the order in which
the folder keeps them (`outcomes.tables.ORDER`), so that writing a part has nothing left to sort.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from zaslin.atlas.borders import COUNTRIES
from zaslin.atlas.regions import MACRO, MACRO_INDEX
from zaslin.engine.gathered import Gathered, Pairs, Sorted, Threats, Words, in_order, joined, ordered, threats_of
from zaslin.engine.records import FALL_KINDS, NO_MATCH, RESULTS, WEAPONS
from zaslin.outcomes.columns import lists, named, numbers, times, words
from zaslin.outcomes.tables import CAUSES, COALITION, FATES, TABLES
from zaslin.physics.detection import PIECE, SEEN_BY
from zaslin.plane import unproject
from zaslin.world.arrays import CLASS_NAMES, GROSS_FAILURE, LEAKED, OTHER_NAMES, SPOOFED, Coalition, Raid

NO_MATCH_NAME = "no-match"

FLOWN = ("threats", "incursions", "tracks", "windows", "engagements", "shots", "falls", "causes", "refusals", "sorties", "air_policing")
"""Tables that the engine makes; `paths` is drawn by whoever wants a map."""

_FEW_BITS = 1 << 16


def tables_of(
    gathered: Gathered,
    raids: Sequence[Raid],
    coalitions: Sequence[Coalition],
    draw: str,
    samples: Sequence[int],
    group_names: Sequence[str],
    model_names: Sequence[str],
) -> dict[str, pa.Table]:
    """Rows by table name, sorted by (replicate's position in the chunk, threat, time).

    gathered: of raids[i] flown against coalitions[i], at least one. draw, samples, group_names, model_names: as `loop.fly_raids` says. Objects that are no
    threats have rows of engagements, shots and falls alone.
    """
    chunk = _Chunk(gathered, raids, coalitions, draw, samples, group_names, model_names)
    return {name: _MAKERS[name](chunk) for name in FLOWN}


class _Chunk:
    """What every table of a chunk needs."""

    def __init__(
        self,
        gathered: Gathered,
        raids: Sequence[Raid],
        coalitions: Sequence[Coalition],
        draw: str,
        samples: Sequence[int],
        groups: Sequence[str],
        models: Sequence[str],
    ):
        self.rows, self.counts, self.raids, self.tagged = gathered.rows, gathered.counts, raids, draw != "plain"
        self.threats: Threats = threats_of(gathered, raids, self.tagged)
        self.members = Words((each.member_names for each in coalitions), (COALITION,))
        self.assets = Words(each.asset_names for each in coalitions)
        self.caveats = Words((each.caveat_names for each in coalitions), (NO_MATCH_NAME,))
        self.pairs = Pairs(coalitions, self.members, self.assets)
        self.groups, self.models = words(groups), words(models)
        most = max(*(len(rows) for rows in self.rows.values()), len(self.rows["pieces"]) + len(self.rows["sight"]))
        self.draw, self.no_sample = named(np.zeros(most, dtype=np.int32), words([draw])), pa.nulls(most, pa.int32())
        self.replicate = np.array([raid.replicate for raid in raids], dtype=np.int32)
        self.block = np.array([raid.block for raid in raids], dtype=np.int32)
        self.sample = np.array(samples, dtype=np.int32) if self.tagged else None
        self.is_threat = self.threats.rows["other"] == 0

    def table(self, name: str, replicate: np.ndarray, threat: np.ndarray | None, columns: dict[str, Any]) -> pa.Table:
        """`columns` with the key before them, in the schema's order. threat: rows of `threats`; None: the rows belong to none."""
        n = len(replicate)
        key = {
            "draw": self.draw.slice(0, n),
            "sample": self.no_sample.slice(0, n) if self.sample is None else numbers(self.sample[replicate]),
            "replicate": numbers(self.replicate[replicate]),
            "block": numbers(self.block[replicate]),
        }
        if threat is None:
            key["threat"] = named(np.full(n, -1, dtype=np.int32), self.threats.words.words)
        else:
            key["threat"] = named(self.threats.code[threat], self.threats.words.words)
            columns = columns | {"weight": self.threats.rows["weight"][threat]}
        every = key | columns
        return pa.Table.from_arrays([_column(every[field.name], field.type) for field in TABLES[name]], schema=TABLES[name])

    def sorted(
        self, name: str, keys: Callable[[np.ndarray, np.ndarray, np.ndarray], Sequence[np.ndarray]],
        show: Callable[[np.ndarray, np.ndarray], np.ndarray] | None = None,
    ) -> Sorted:  # fmt: skip
        return in_order(self.rows[name], self.counts[name], self.threats, keys, show)

    def object(self, threat: np.ndarray) -> pa.DictionaryArray:
        return named(self.threats.rows["other"][threat], _OBJECTS)

    def member(self, code: np.ndarray) -> pa.DictionaryArray:
        return named(code, self.members.words)

    def asset(self, code: np.ndarray) -> pa.DictionaryArray:
        return named(code, self.assets.words)

    def caveat(self, replicate: np.ndarray, index: np.ndarray) -> np.ndarray:
        """Codes of caveats: −1 is none, NO_MATCH has a name of its own."""
        return np.where(index == NO_MATCH, np.int32(self.caveats.code(NO_MATCH_NAME)), self.caveats.of(replicate, np.maximum(index, -1)))

    def by_shooter(self, replicate: np.ndarray, shooter: np.ndarray) -> Sequence[np.ndarray]:
        """Order of shooters: by the member's name, then the asset's."""
        pair = self.pairs.of(replicate, shooter)
        return self.members.rank(self.pairs.member[pair]), self.assets.rank(self.pairs.asset[pair])


_FATES, _MACRO, _RESULTS, _CAUSES, _OBJECTS, _CLASSES = map(words, (FATES, MACRO, RESULTS, CAUSES, OTHER_NAMES, CLASS_NAMES))
_SEEN_BY, _KINDS, _COUNTRIES, _WEAPONS = map(words, (SEEN_BY, FALL_KINDS, COUNTRIES, WEAPONS))


def _ranks(names: Sequence[str]) -> np.ndarray:
    """Where each name comes in the order of their text; inf for −1."""
    return np.array([*(sorted(names).index(name) for name in names), np.inf])


_COUNTRY_RANK, _KIND_RANK, _CAUSE_RANK = map(_ranks, (COUNTRIES, FALL_KINDS, CAUSES))
_MACRO_OF = np.array(MACRO_INDEX)


def _column(values: Any, kind: pa.DataType) -> pa.Array:
    """An Arrow column as it is, or numbers of which NaN becomes null."""
    if isinstance(values, pa.Array):
        return values
    if kind == pa.float64():
        return times(values.astype(np.float64, copy=False))
    return numbers(values.astype(np.int32, copy=False) if kind == pa.int32() else values)


def _where(good: np.ndarray, values: np.ndarray) -> pa.Array:
    """Numbers, null where they are not good."""
    return numbers(values, ~good)


def _countries(bits: np.ndarray) -> pa.DictionaryArray:
    """Excursion bits to comma-joined codes in the atlas's order; null for none."""
    if len(bits) and int(bits.max()) < _FEW_BITS:
        found = np.flatnonzero(np.bincount(bits))
        place = np.zeros(int(bits.max()) + 1, dtype=np.int16)
        place[found] = np.arange(len(found))
        back = place[bits]
    else:
        found, back = np.unique(bits, return_inverse=True)
    names = [",".join(code for k, code in enumerate(COUNTRIES) if int(value) >> k & 1) for value in found]
    if names and not names[0]:  # found in rising order: no bits come first
        return named(back - 1, words(names[1:]))
    return named(back, words(names))


def _entries(chunk: _Chunk, shown: np.ndarray) -> pa.ListArray:
    """Per row: the first entry (s) into each country of its excursion bits, in the atlas's order; null for none."""
    bits = chunk.threats.rows["excursion"]
    inside, replicate = chunk.rows["inside"], np.repeat(np.arange(len(chunk.raids)), chunk.counts["inside"])
    wide = int(bits.max(initial=0)).bit_length()
    first = np.full((len(bits), wide), np.inf)
    known = np.flatnonzero((inside["country"] >= 0) & (inside["country"] < wide))
    country, entry_s, threat = inside["country"][known], inside["entry_s"][known], inside["threat"][known] + chunk.threats.first[replicate[known]]
    np.minimum.at(first, (threat, country), entry_s)
    has = (bits[shown][:, None] >> np.arange(wide, dtype=np.uint32) & 1).astype(bool)
    offsets = np.zeros(len(shown) + 1, dtype=np.int32)
    np.cumsum(has.sum(axis=1), out=offsets[1:])
    return lists(offsets, numbers(first[shown][has]), offsets[1:] == offsets[:-1])


def _threats(chunk: _Chunk) -> pa.Table:
    every = chunk.threats
    by_name = np.empty(len(every.rows), dtype=np.int64)
    by_name[every.slot] = np.arange(len(every.rows))
    shown = chunk.is_threat if every.keep is None else chunk.is_threat & every.keep
    o = by_name[shown[by_name]]
    t, f, replicate = every.rows.take(o), chunk.rows["fates"].take(o), every.replicate.take(o)
    region = np.where(f["fate"] == LEAKED, _MACRO_OF[t["target_region"]], f["macro"])
    pair = chunk.pairs.of(replicate, f["shooter"])
    if chunk.tagged:
        country, kept = np.array([raid.tag_country for raid in chunk.raids], dtype=np.int16), np.array([raid.kept for raid in chunk.raids], dtype=np.float64)
    else:
        country, kept = np.full(len(chunk.raids), -1, dtype=np.int16), np.full(len(chunk.raids), np.nan)
    return chunk.table("threats", replicate, o, {
        "group": named(t["group"], chunk.groups), "model": named(t["model"], chunk.models), "threat_class": named(t["cls"], _CLASSES),
        "launch_s": t["launch_s"], "end_s": t["end_s"], "fate": named(f["fate"], _FATES), "fate_s": f["fate_s"], "fate_region": named(region, _MACRO),
        "would_have": named(f["would_have"], _FATES), "shooter_member": chunk.member(chunk.pairs.member[pair]),
        "shooter_asset": chunk.asset(chunk.pairs.asset[pair]), "excursion": _countries(t["excursion"]), "first_border_s": f["first_border_s"],
        "crosses": _countries(f["crosses"]), "tag_country": named(country[replicate], _COUNTRIES), "failed": t["failed"] & GROSS_FAILURE != 0,
        "spoofed": t["failed"] & SPOOFED != 0, "decoy": t["decoy"] == 1, "entries_s": _entries(chunk, o), "kept": kept[replicate],
    })  # fmt: skip


def _incursions(chunk: _Chunk) -> pa.Table:
    r, replicate, threat = chunk.sorted("incursions", lambda rows, *_: (rows["entry_s"], _COUNTRY_RANK[rows["country"]]))
    lat, lon = unproject(r["entry_x"], r["entry_y"])
    return chunk.table("incursions", replicate, threat, {
        "country": named(r["country"], _COUNTRIES), "threat_class": named(chunk.threats.rows["cls"][threat], _CLASSES), "entry_s": r["entry_s"],
        "exit_s": r["exit_s"], "inside_s": r["inside_s"], "depth_m": r["depth_m"], "path_m": r["path_m"], "entry_lat": lat, "entry_lon": lon,
    })  # fmt: skip


def _tracks(chunk: _Chunk) -> pa.Table:
    of = chunk.counts
    rows, counts = _runs(chunk.rows["pieces"], of["pieces"], chunk.rows["sight"], of["sight"], of["threats"])
    ends = chunk.rows["fates"]["fate_s"]
    k, replicate, threat = in_order(
        rows, counts, chunk.threats,
        lambda rows, replicate, _: (chunk.members.rank(chunk.members.of(replicate, rows["member"])), rows["run"]),
        lambda rows, threat: chunk.is_threat[threat] & ((rows["run"] == 0) | (rows["from_s"] < ends[threat])),
    )  # fmt: skip
    end = ends[threat]
    seen = k["from_s"] < end
    looked = seen & (k["looks"] > 0)
    return chunk.table("tracks", replicate, threat, {
        "member": chunk.member(chunk.members.of(replicate, k["member"])), "seen_s": _where(seen, k["from_s"]),
        "classified_s": _where(k["classified_s"] < end, k["classified_s"]), "seen_by": named(np.where(seen, k["by"], -1), _SEEN_BY),
        "lost_s": _where(k["to_s"] < end, k["to_s"]), "looks": _where(looked, k["looks"].astype(np.int32)), "hits": _where(looked, k["hits"].astype(np.int32)),
    })  # fmt: skip


def track_runs(pieces: np.ndarray, sight: np.ndarray) -> np.ndarray:
    """Of one replicate: rows of PIECE, one for each run of `pieces`, and one that never begins for each member and threat of `sight` without a run."""
    return _runs(pieces, np.array([len(pieces)]), sight.reshape(-1), np.array([sight.size]), np.array([sight.shape[1]]))[0]


def _runs(pieces: np.ndarray, of_pieces: np.ndarray, sight: np.ndarray, of_sight: np.ndarray, of_threats: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """As `track_runs`, of a chunk, replicate by replicate; and how many are each replicate's. of_pieces, of_sight, of_threats: rows per replicate."""
    p, n = pieces, len(of_pieces)
    replicate = np.repeat(np.arange(n), of_pieces)
    begins = np.ones(len(p), dtype=bool)
    if len(p) > 1:
        np.not_equal(replicate[1:], replicate[:-1], out=begins[1:])
        for column in ("threat", "member", "run"):
            begins[1:] |= p[column][1:] != p[column][:-1]
    first = np.flatnonzero(begins)
    runs, of_run = p.take(first), replicate[first]
    if len(runs):
        runs["to_s"] = p["to_s"][np.append(first[1:], len(p)) - 1]
        runs["looks"], runs["hits"] = np.add.reduceat(p["looks"], first), np.add.reduceat(p["hits"], first)
    unseen = np.flatnonzero(sight["first"] == sight["last"])
    ends = np.cumsum(of_sight)
    of_unseen = np.searchsorted(ends, unseen, side="right")
    never = np.zeros(len(unseen), dtype=PIECE)
    never["member"], never["threat"] = np.divmod(unseen - (ends - of_sight)[of_unseen], of_threats[of_unseen])
    never["from_s"] = never["to_s"] = never["classified_s"] = np.inf
    both = np.argsort(np.concatenate([of_run, of_unseen]), kind="stable")
    return joined([runs, never]).take(both), np.bincount(of_run, minlength=n) + np.bincount(of_unseen, minlength=n)


def _windows(chunk: _Chunk) -> pa.Table:
    w, replicate, threat = chunk.sorted(
        "windows",
        lambda rows, replicate, _: (
            rows["from_s"], chunk.members.rank(chunk.members.of(replicate, rows["member"])), chunk.caveats.rank(chunk.caveats.of(replicate, rows["caveat"])),
        ),
        lambda rows, threat: chunk.is_threat[threat] & (rows["from_s"] < chunk.rows["fates"]["fate_s"][threat]),
    )  # fmt: skip
    return chunk.table("windows", replicate, threat, {
        "member": chunk.member(chunk.members.of(replicate, w["member"])), "caveat": named(chunk.caveats.of(replicate, w["caveat"]), chunk.caveats.words),
        "from_s": w["from_s"], "to_s": np.minimum(w["to_s"], chunk.rows["fates"]["fate_s"][threat]),
    })  # fmt: skip


def _engagements(chunk: _Chunk) -> pa.Table:
    e, replicate, threat = chunk.sorted("engagements", lambda rows, replicate, _: (rows["commit_s"], *chunk.by_shooter(replicate, rows["shooter"])))
    fates = chunk.rows["fates"]
    needed = chunk.is_threat & ((fates["would_have"] == LEAKED) | (fates["crosses"] != 0))
    pair = chunk.pairs.of(replicate, e["shooter"])
    return chunk.table("engagements", replicate, threat, {
        "member": chunk.member(chunk.pairs.member[pair]), "asset": chunk.asset(chunk.pairs.asset[pair]), "commit_s": e["commit_s"],
        "first_shot_s": e["first_shot_s"], "shots": e["shots"], "result": named(e["result"], _RESULTS), "end_s": e["end_s"], "needed": needed[threat],
        "object": chunk.object(threat),
    })  # fmt: skip


def _shots(chunk: _Chunk) -> pa.Table:
    h, replicate, threat = chunk.sorted(
        "shots", lambda rows, replicate, _: (rows["fire_s"], *chunk.by_shooter(replicate, rows["shooter"]), rows["impact_s"], rows["hit"] == 1)
    )
    lat, lon = unproject(h["x"], h["y"])
    pair = chunk.pairs.of(replicate, h["shooter"])
    flies = np.flatnonzero(chunk.pairs.rows["jets"][pair] != 0)  # a battery stands nowhere
    from_lat, from_lon = np.full(len(h), np.nan), np.full(len(h), np.nan)
    from_lat[flies], from_lon[flies] = unproject(h["shooter_x"][flies], h["shooter_y"][flies])
    return chunk.table("shots", replicate, threat, {
        "member": chunk.member(chunk.pairs.member[pair]), "asset": chunk.asset(chunk.pairs.asset[pair]), "fire_s": h["fire_s"], "impact_s": h["impact_s"],
        "hit": h["hit"] == 1, "lat": lat, "lon": lon, "shooter_lat": from_lat, "shooter_lon": from_lon, "weapon": named(h["weapon"], _WEAPONS),
        "object": chunk.object(threat),
    })  # fmt: skip


def _falls(chunk: _Chunk) -> pa.Table:
    d, replicate, threat = chunk.sorted("falls", lambda rows, *_: (rows["land_s"], _KIND_RANK[rows["kind"]]))
    lat, lon = unproject(d["x"], d["y"])
    pair = chunk.pairs.of(replicate, d["shooter"])
    return chunk.table("falls", replicate, threat, {
        "kind": named(d["kind"], _KINDS), "country": named(d["country"], _COUNTRIES), "lat": lat, "lon": lon, "land_s": d["land_s"], "ec": d["ec"],
        "shooter_member": chunk.member(chunk.pairs.member[pair]), "object": chunk.object(threat),
    })  # fmt: skip


def _causes(chunk: _Chunk) -> pa.Table:
    def member(replicate: np.ndarray, index: np.ndarray) -> np.ndarray:
        return np.where(index < 0, np.int32(chunk.members.code(COALITION)), chunk.members.of(replicate, index))

    c, replicate, threat = chunk.sorted("causes", lambda rows, replicate, _: (chunk.members.rank(member(replicate, rows["member"])),))
    return chunk.table("causes", replicate, threat, {
        "member": chunk.member(member(replicate, c["member"])), "cause": named(c["cause"], _CAUSES),
        "caveat": named(chunk.caveat(replicate, c["caveat"]), chunk.caveats.words),
    })  # fmt: skip


def _refusals(chunk: _Chunk) -> pa.Table:
    n, replicate, threat = chunk.sorted(
        "refusals",
        lambda rows, replicate, _: (
            rows["t_s"], *chunk.by_shooter(replicate, rows["shooter"]), _CAUSE_RANK[rows["cause"]],
            chunk.caveats.rank(chunk.caveats.of(replicate, rows["caveat"])),
        ),
        lambda _, threat: chunk.is_threat[threat],
    )  # fmt: skip
    pair = chunk.pairs.of(replicate, n["shooter"])
    return chunk.table("refusals", replicate, threat, {
        "member": chunk.member(chunk.pairs.member[pair]), "asset": chunk.asset(chunk.pairs.asset[pair]), "refused_s": n["t_s"],
        "link": named(n["cause"], _CAUSES), "caveat": named(chunk.caveats.of(replicate, n["caveat"]), chunk.caveats.words),
    })  # fmt: skip


def _own(chunk: _Chunk, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Rows that belong to no threat, and their replicates; none of a tagged draw."""
    rows, replicate = chunk.rows[name], np.repeat(np.arange(len(chunk.raids)), chunk.counts[name])
    return (rows[:0], replicate[:0]) if chunk.tagged else (rows, replicate)


def _sorties(chunk: _Chunk) -> pa.Table:
    rows, replicate = _own(chunk, "sorties")
    pairs = chunk.pairs
    # a place in the order for every shooter of every replicate: members by name, then assets by name
    by_name = np.lexsort((chunk.assets.rank(pairs.asset), chunk.members.rank(pairs.member)))
    turn = np.empty(len(by_name), dtype=np.int64)
    alike = np.append(False, (pairs.member[by_name][1:] == pairs.member[by_name][:-1]) & (pairs.asset[by_name][1:] == pairs.asset[by_name][:-1]))
    turn[by_name] = np.cumsum(~alike) - 1
    pair = pairs.of(replicate, rows["shooter"])
    keys = np.empty((2, len(rows)))
    keys[0], keys[1] = np.where(np.isnan(rows["take_off_s"]), np.inf, rows["take_off_s"]), rows["shooter"]
    order = ordered(replicate * len(turn) + turn[pair], np.int64(len(chunk.raids) * len(turn)), keys)
    s, replicate, pair = rows.take(order), replicate.take(order), pair.take(order)
    jets, hour, each, burst = (pairs.rows[name][pair] for name in ("jets", "hour_usd", "round_usd", "burst_usd"))
    flight = np.where(jets == 0, 0.0, s["landing_s"] - s["take_off_s"])
    return chunk.table("sorties", replicate, None, {
        "member": chunk.member(pairs.member[pair]), "asset": chunk.asset(pairs.asset[pair]), "jets": jets, "take_off_s": s["take_off_s"],
        "landing_s": s["landing_s"], "flight_s": flight, "over_ukraine_s": s["over_ukraine_s"], "cost_usd": flight / 3600.0 * hour * jets,
        "rounds": s["rounds"] + s["bursts"], "rounds_usd": s["rounds"] * each + s["bursts"] * burst,
        "own_at_risk": s["over_ukraine_s"] * jets * pairs.at_risk_per_s[pair],
    })  # fmt: skip


def _air_policing(chunk: _Chunk) -> pa.Table:
    a, replicate = _own(chunk, "alerts")
    order = np.lexsort((chunk.members.rank(chunk.members.of(replicate, a["member"])), replicate))
    a, replicate = a.take(order), replicate.take(order)
    return chunk.table("air_policing", replicate, None, {
        "member": chunk.member(chunk.members.of(replicate, a["member"])), "alert_pairs": a["pairs"], "ready_least": a["ready_least"],
        "unguarded_s": a["unguarded_s"], "night_s": a["night_s"],
    })  # fmt: skip


_MAKERS: dict[str, Callable[[_Chunk], pa.Table]] = {
    "threats": _threats, "incursions": _incursions, "tracks": _tracks, "windows": _windows, "engagements": _engagements, "shots": _shots, "falls": _falls,
    "causes": _causes, "refusals": _refusals, "sorties": _sorties, "air_policing": _air_policing,
}  # fmt: skip
