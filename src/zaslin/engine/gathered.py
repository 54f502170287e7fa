"""The rows of a chunk's replicates one after another, the names that their indices stand for, and the order in which tables show them; no column.

Whatever the engine hands over, one replicate at a time or a chunk at once, becomes a `Gathered`; from then on no step is done per replicate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np

from zaslin.engine.records import Flown
from zaslin.jit import kernel, lean
from zaslin.outcomes.columns import words
from zaslin.world.arrays import SHOOTER, Coalition, Raid


class Gathered(NamedTuple):
    """`rows[table]`: struct arrays as in `Flown`, of all replicates one after another (``sight`` is flat: member by member, its threats), and ``threats`` and
    ``inside`` as in `Raid`. `counts[table]`: int64 per replicate, how many of them are its. Indices of threats, members and so on count within the replicate.
    """

    rows: dict[str, np.ndarray]
    counts: dict[str, np.ndarray]


def gather(flowns: Sequence[Flown], raids: Sequence[Raid]) -> Gathered:
    """One replicate after another, at least one. raids: those that were flown, with the objects that are no threats."""
    parts: dict[str, list[np.ndarray]] = {field.name: [getattr(flown, field.name) for flown in flowns] for field in fields(Flown)}
    parts["sight"] = [sight.reshape(-1) for sight in parts["sight"]]
    parts |= {"threats": [raid.threats for raid in raids], "inside": [raid.inside for raid in raids]}
    return Gathered({name: joined(some) for name, some in parts.items()}, {name: np.array([len(part) for part in some]) for name, some in parts.items()})


def joined(parts: Sequence[np.ndarray]) -> np.ndarray:
    """Struct arrays of one kind one after another (not to be written to), copied as bytes: numpy would go field by field."""
    if len(parts) == 1:
        return parts[0]
    return np.frombuffer(b"".join([part.tobytes() for part in parts]), dtype=parts[0].dtype)


class Words:
    """Names of one kind, of all replicates of a chunk: an index within a replicate → a code, the same for the same name everywhere in the chunk.

    each: one sequence of names per replicate; equal objects are looked at once. more: names that no index stands for.
    """

    def __init__(self, each: Iterable[Sequence[str]], more: Sequence[str] = ()):
        codes: dict[str, int] = {}
        kinds: dict[int, int] = {}
        tables: list[list[int]] = []
        held, place, at = [], 1, []
        for names in each:
            if id(names) not in kinds:
                kinds[id(names)] = place
                held.append(names)  # else its id might come again
                tables.append([-1, *(codes.setdefault(name, len(codes)) for name in names)])
                place += len(names) + 1
            at.append(kinds[id(names)])
        for name in more:
            codes.setdefault(name, len(codes))
        self.names = list(codes)
        self.kinds = [np.array(table[1:], dtype=np.int64) for table in tables]
        self._codes = codes
        self._table = np.array([code for table in tables for code in table], dtype=np.int32)
        self._one = len(tables) < 2
        self._at = np.array(at, dtype=np.int64)
        self._kind_of = dict(zip(kinds.values(), range(len(tables)), strict=True))
        self.text_rank = np.full(len(self.names) + 1, np.inf)
        self.text_rank[sorted(range(len(self.names)), key=self.names.__getitem__)] = np.arange(len(self.names))
        self.words = words(self.names)

    def of(self, replicate: np.ndarray, index: np.ndarray) -> np.ndarray:
        """Codes, int32, of indices within their replicates (position in the chunk); −1 stays −1."""
        return self._table[index + 1] if self._one else self._table[index + self._at[replicate]]

    def code(self, name: str) -> int:
        """The code of a name."""
        return self._codes[name]

    def rank(self, code: np.ndarray) -> np.ndarray:
        """Where the names of codes come in the order of their text, float64; inf for −1."""
        return self.text_rank[code]

    def kind(self, replicate: int) -> int:
        """Which of `kinds` (codes of a sequence of names) replicate's is."""
        return self._kind_of[int(self._at[replicate])]


class Pairs:
    """The shooters of a chunk's coalitions. `member`, `asset` (codes), `rows` (SHOOTER) and `at_risk_per_s`: by the place that `of` gives."""

    def __init__(self, coalitions: Sequence[Coalition], members: Words, assets: Words):
        places: dict[int, int] = {}
        nobody = np.zeros(1, dtype=SHOOTER)
        nobody["member"] = nobody["asset"] = -1
        rows, of, risk, place = [], [], [], 0
        for i, coalition in enumerate(coalitions):
            if id(coalition) in places:
                continue
            places[id(coalition)] = place + 1
            shooters = coalition.shooters
            rows += [nobody, shooters]
            of.append(np.full(len(shooters) + 1, i))
            risk += [np.zeros(1), coalition.members["at_risk_per_s"][shooters["member"]]]
            place += len(shooters) + 1
        self.rows, of_replicate = np.concatenate(rows), np.concatenate(of)
        self.at_risk_per_s = np.concatenate(risk)
        self.member, self.asset = members.of(of_replicate, self.rows["member"]), assets.of(of_replicate, self.rows["asset"])
        self._one = len(places) == 1
        self._at = np.array([places[id(coalition)] for coalition in coalitions])

    def of(self, replicate: np.ndarray, shooter: np.ndarray) -> np.ndarray:
        """Places of shooters; of −1 that of nobody."""
        return shooter + 1 if self._one else shooter + self._at[replicate]


@dataclass(frozen=True)
class Threats:
    """The threats of a chunk, and the objects after them. `first`: per replicate, its first row of all; `slot`: where a row comes by replicate and name;
    `code`: its name's; `keep`: whether tables show it (None: all)."""

    rows: np.ndarray
    replicate: np.ndarray
    first: np.ndarray
    slot: np.ndarray
    code: np.ndarray
    keep: np.ndarray | None
    words: Words


def threats_of(gathered: Gathered, raids: Sequence[Raid], tagged: bool) -> Threats:
    """tagged: only the tagged threats are shown."""
    rows, counts = gathered.rows["threats"], gathered.counts["threats"]
    words = Words(raid.names for raid in raids)
    first = np.cumsum(counts) - counts
    ranks = []
    for kind in words.kinds:
        rank = np.empty(len(kind), dtype=np.int64)
        rank[np.argsort(words.rank(kind), kind="stable")] = np.arange(len(kind))
        ranks.append(rank)
    kinds = [words.kind(i) for i in range(len(raids))]
    replicate = np.repeat(np.arange(len(raids)), counts)
    slot = np.concatenate([ranks[kind] for kind in kinds]) + np.repeat(first, counts)
    code = np.concatenate([words.kinds[kind] for kind in kinds]).astype(np.int32)
    keep = None
    if tagged:
        keep = np.zeros(len(rows), dtype=bool)
        keep[first + np.array([raid.tag for raid in raids])] = True
    return Threats(rows, replicate, first, slot, code, keep, words)


class Sorted(NamedTuple):
    """Rows of one table in its order: STRUCT rows, the position of each row's replicate in the chunk, and its threat's row in `Threats`."""

    rows: np.ndarray
    replicate: np.ndarray
    threat: np.ndarray


def in_order(
    rows: np.ndarray, counts: np.ndarray, threats: Threats, keys: Callable[[np.ndarray, np.ndarray, np.ndarray], Sequence[np.ndarray]],
    show: Callable[[np.ndarray, np.ndarray], np.ndarray] | None = None,
) -> Sorted:  # fmt: skip
    """Rows by replicate, the threat's name, then `keys`; those alone that are shown.

    counts: rows per replicate. keys, show: of (rows, replicate, threat) and (rows, threat), where the last counts over the chunk.
    """
    replicate = np.repeat(np.arange(len(counts)), counts)
    threat = rows["threat"] + threats.first[replicate]
    shown = None if threats.keep is None else threats.keep[threat]
    if show is not None:
        wanted = show(rows, threat)
        shown = wanted if shown is None else shown & wanted
    if shown is not None and not shown.all():
        some = np.flatnonzero(shown)
        rows, replicate, threat = rows.take(some), replicate.take(some), threat.take(some)
    order = ordered(threats.slot[threat], np.int64(len(threats.rows)), _keys(keys(rows, replicate, threat), len(rows)))
    return Sorted(rows.take(order), replicate.take(order), threat.take(order))


def _keys(keys: Sequence[np.ndarray], n: int) -> np.ndarray:
    out = np.empty((len(keys), n))
    for row, key in zip(out, keys, strict=True):
        row[:] = key
    return out


@kernel
def ordered(slot, n_slots, keys):
    """Row numbers by slot (int64, 0 … n_slots − 1), then by `keys` (float64, (number of keys, rows), no NaN), then as they came; int64.

    Rows of a slot are put in one by one: quick where they are few or come in order, as those of one threat do.
    """
    n = len(slot)
    start = np.zeros(n_slots + 1, dtype=np.int64)
    for i in range(n):
        start[slot[i] + 1] += 1
    for s in range(n_slots):
        start[s + 1] += start[s]
    end = start[:-1].copy()
    out = np.empty(n, dtype=np.int64)
    for i in range(n):
        s = slot[i]
        j = end[s]
        end[s] += 1
        while j > start[s] and _before(keys, i, out[j - 1]):
            out[j] = out[j - 1]
            j -= 1
        out[j] = i
    return out


@lean
def _before(keys, a, b):
    for k in range(keys.shape[0]):
        if keys[k, a] < keys[k, b]:
            return True
        if keys[k, a] > keys[k, b]:
            return False
    return False
