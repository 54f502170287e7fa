"""A thread's board, kept from one replicate to the next: cleared where it was used, made larger where it must be.

A new board is three megabytes of fresh pages, which took as long as all of the tables. Nothing of one replicate is left for the next: what every kernel finds
is zeros, and what `clear` sets.
"""

from __future__ import annotations

import threading

import numpy as np

from zaslin.engine.queue import EVENT, HEADER
from zaslin.engine.records import AIM, COUNTS, CREW, ENGAGEMENT, PAIR, REFUSAL, SHOT, SORTIE, TRACK, Board

# per threat "t", member "m", pair "p", battery "b"; or a number
_STATE: dict[str, tuple[np.dtype, tuple[str | int, ...]]] = {
    "header": (np.dtype(np.int64), (HEADER,)), "pairs": (PAIR, ("p",)), "crews": (CREW, ("b",)), "tracks": (TRACK, ("t",)),
    "open": (np.dtype(np.int32), ("m", "t")), "since": (np.dtype(np.float64), ("m", "t")), "progress": (np.dtype(np.int8), ("m", "t")),
    "held": (np.dtype(np.int16), ("m", "t")), "cut": (np.dtype(np.int8), ("m", "t")), "claims": (np.dtype(np.int64), ("m", "t")),
    "barred": (np.dtype(np.int32), ("t", "p")), "gate": (np.dtype(np.int8), ("t", "p")), "fired": (np.dtype(np.int32), ("t", "p")),
    "counts": (np.dtype(np.int64), (COUNTS,)), "span": (np.dtype(np.float64), (2,)),
}  # fmt: skip
"""Fields of Board that begin as zeros, or as `clear` says; their size follows from who is there."""
_SCRATCH: dict[str, tuple[np.dtype, tuple[str, ...]]] = {
    "near": (np.dtype(np.int64), ("n",)), "aims": (AIM, ("a",)), "times": (np.dtype(np.float64), ("t", "p")), "ranks": (np.dtype(np.float64), ("t", "p")),
    "bounds": (np.dtype(np.float64), ("p",)), "flyers": (np.dtype(np.int64), ("p",)), "shown": (np.dtype(np.int64), ("t",)),
    "stirred": (np.dtype(np.int64), ("t",)), "freed": (np.dtype(np.int64), ("p",)),
}  # fmt: skip
"""Fields of which nothing is read that the replicate has not written; "n": threats and one more, "a": as many as there are pairs of threat and battery."""

_TABLES = {"heap": EVENT, "engagements": ENGAGEMENT, "shots": SHOT, "sorties": SORTIE, "refusals": REFUSAL}
"""Those that fill up from the first row on."""
_COUNTED = {"engagements": 0, "shots": 1, "sorties": 2, "refusals": 4}
"""Where Board.counts says how far; of the heap nothing is read that was not written before."""

_ALIGNED = 64
_SPARE = 1.25
"""A table that must grow gets this many times the room asked for."""


class Desk(threading.local):
    """A board for each thread that asks."""

    def __init__(self) -> None:
        self._sizes: tuple[int, ...] = ()
        self._bytes = np.zeros(0, dtype=np.uint8)
        self._state: dict[str, np.ndarray] = {}
        self._scratch: dict[str, np.ndarray] = {}
        self._tables = {name: np.zeros(0, dtype=kind) for name, kind in _TABLES.items()}
        self._counts = np.zeros(COUNTS, dtype=np.int64)

    def clear(self, n_threats: int, n_members: int, n_pairs: int, n_batteries: int, rooms: dict[str, int]) -> Board:
        """A board on which nothing has happened. rooms: rows of each of its tables. It is the thread's own, and good until the thread's next."""
        for name, place in _COUNTED.items():
            table = self._tables[name]
            used = min(int(self._counts[place]) + 1, len(table))  # a row may have been begun and not counted
            table.view(np.uint8)[: used * table.itemsize] = 0
        sizes = (n_threats, n_members, n_pairs, n_batteries)
        if sizes == self._sizes:
            self._bytes[:] = 0
        else:
            self._lay(sizes)
        state = self._state
        for name in ("threat", "engagement", "last_engagement", "shot", "sortie"):
            state["pairs"][name] = -1
        tracks = state["tracks"]
        tracks["alive"], tracks["killer"], tracks["look_s"] = 1, -1, -np.inf
        for name in ("open", "held", "claims"):
            state[name].fill(-1)
        for name, rows in rooms.items():
            if len(self._tables[name]) < rows:
                self._tables[name] = np.zeros(int(_SPARE * rows), dtype=_TABLES[name])
        return Board(**state, **self._scratch, **{name: self._tables[name][:rows] for name, rows in rooms.items()})

    def _lay(self, sizes: tuple[int, ...]) -> None:
        """Lay the fields out one after another in one piece of memory, all zeros."""
        of = dict(zip("tmpb", sizes, strict=True))
        places, end = {}, 0
        for name, (kind, axes) in _STATE.items():
            shape = tuple(of[axis] if isinstance(axis, str) else axis for axis in axes)
            places[name] = (end, shape)
            end += -(-int(np.prod(shape)) * kind.itemsize // _ALIGNED) * _ALIGNED
        self._sizes = ()  # whoever is stopped on the way leaves no half-laid board
        if len(self._bytes) < end or 2 * end < len(self._bytes):
            self._bytes = np.zeros(end, dtype=np.uint8)
        else:
            self._bytes[:] = 0
        self._state = {name: np.ndarray(shape, _STATE[name][0], self._bytes, at) for name, (at, shape) in places.items()}
        of |= {"n": of["t"] + 1, "a": of["t"] * of["b"]}
        self._scratch = {name: np.empty(tuple(of[axis] for axis in axes), dtype=kind) for name, (kind, axes) in _SCRATCH.items()}
        self._counts = self._state["counts"]
        self._sizes = sizes
