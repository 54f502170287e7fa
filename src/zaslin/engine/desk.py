"""A thread's board, kept from one replicate to the next: cleared where it was used, made larger where it must be.

A new board is three megabytes of fresh pages, which took as long as all of the tables. Nothing of one replicate is left for the next: what every kernel finds
is zeros, and what `clear` sets.
"""

from __future__ import annotations

import math
import threading
from typing import NamedTuple, TypeAlias

import numpy as np

from zaslin.engine.manning import CELLS
from zaslin.engine.queue import EVENT, HEADER
from zaslin.engine.records import AIM, COUNTS, CREW, ENGAGEMENT, PAIR, REFUSAL, SHOT, SORTIE, TRACK, Board
from zaslin.physics.path import fill_speeds
from zaslin.world.arrays import N_CLASSES

# per threat "t", member "m", pair "p", battery "b"; or a number
_Fields: TypeAlias = dict[str, tuple[np.dtype, tuple[str | int, ...]]]
_STATE: _Fields = {
    "header": (np.dtype(np.int64), (HEADER,)), "pairs": (PAIR, ("p",)), "crews": (CREW, ("b",)), "tracks": (TRACK, ("t",)),
    "open": (np.dtype(np.int32), ("m", "t")), "since": (np.dtype(np.float64), ("m", "t")), "progress": (np.dtype(np.int8), ("m", "t")),
    "held": (np.dtype(np.int16), ("m", "t")), "cut": (np.dtype(np.int8), ("m", "t")), "claims": (np.dtype(np.int64), ("m", "t")),
    "barred": (np.dtype(np.int32), ("t", "p")), "gate": (np.dtype(np.int8), ("t", "p")), "fired": (np.dtype(np.int32), ("t", "p")),
    "counts": (np.dtype(np.int64), (COUNTS,)), "span": (np.dtype(np.float64), (2,)),
}  # fmt: skip
"""Fields of Board that begin as zeros, or as `clear` says; their size follows from who is there."""
_SCRATCH: _Fields = {
    "first_aims": (np.dtype(np.int64), ("t",)), "aims": (AIM, ("a",)), "frames": (np.dtype(np.float64), ("b", 4)), "grid": (np.dtype(np.float64), (4,)),
    "cells": (np.dtype(np.uint64), (CELLS, CELLS, "w")), "farthest_s": (np.dtype(np.float64), (N_CLASSES,)), "marks": (np.dtype(np.uint64), ("w",)),
    "times": (np.dtype(np.float64), ("t", "p")), "ranks": (np.dtype(np.float64), ("t", "p")),
    "bounds": (np.dtype(np.float64), ("p",)), "flyers": (np.dtype(np.int64), ("p",)), "shown": (np.dtype(np.int64), ("t",)),
    "stirred": (np.dtype(np.int64), ("t",)), "freed": (np.dtype(np.int64), ("p",)),
}  # fmt: skip
"""Fields of which nothing is read that the replicate has not written; "a": as many as there are pairs of threat and battery, "w": words that have a bit
for each battery."""

_TABLES = {"heap": EVENT, "engagements": ENGAGEMENT, "shots": SHOT, "sorties": SORTIE, "refusals": REFUSAL}
"""Those that fill up from the first row on."""
_COUNTED = {"engagements": 0, "shots": 1, "sorties": 2, "refusals": 4}
"""Where Board.counts says how far; of the heap nothing is read that was not written before."""

_ALIGNED = 64
_SPARE = 1.25
"""A table that must grow gets this many times the room asked for."""


_MOST_LAYOUTS = 512
"""Sizes that are remembered at a time: the sub-coalitions of a package have one each."""


class Desk(threading.local):
    """A board for each thread that asks."""

    def __init__(self) -> None:
        self._bytes, self._scratch_bytes = np.zeros(0, dtype=np.uint8), np.zeros(0, dtype=np.uint8)
        self._layouts: dict[tuple[int, ...], _Layout] = {}
        self._tables = {name: np.zeros(0, dtype=kind) for name, kind in _TABLES.items()}
        self._counts = np.zeros(COUNTS, dtype=np.int64)
        self._scratch: dict[str, np.ndarray] = {}
        self._threats, self._verts, self._speeds = np.zeros(0), np.zeros(0), np.zeros(0)
        self._inside, self._first_stay = np.zeros(0), np.zeros(1, dtype=np.int64)

    def speeds_of(self, threats: np.ndarray, verts: np.ndarray) -> np.ndarray:
        """The speed of each leg of a raid, m/s; of the raid that was asked for last (the same arrays, which nobody changes) they are known."""
        if self._verts is not verts or self._threats is not threats:
            speeds = np.zeros(len(verts))
            fill_speeds(threats, verts, speeds)
            self._threats, self._verts, self._speeds = threats, verts, speeds
        return self._speeds

    def first_stays(self, inside: np.ndarray, n_threats: int) -> np.ndarray:
        """int (threats + 1,), the first stay of each threat in `inside`; of the stays that were asked for last they are known."""
        if self._inside is not inside or len(self._first_stay) != n_threats + 1:
            self._inside, self._first_stay = inside, np.searchsorted(inside["threat"], np.arange(n_threats + 1)).astype(np.int64)
        return self._first_stay

    def clear(self, n_threats: int, n_members: int, n_pairs: int, n_batteries: int, rooms: dict[str, int]) -> Board:
        """A board on which nothing has happened. rooms: rows of each of its tables. It is the thread's own, and good until the thread's next."""
        for name, place in _COUNTED.items():
            table = self._tables[name]
            used = min(int(self._counts[place]) + 1, len(table))  # a row may have been begun and not counted
            table.view(np.uint8)[: used * table.itemsize] = 0
        sizes = (n_threats, n_members, n_pairs, n_batteries)
        layout = self._layouts.get(sizes) or self._lay(sizes)
        self._bytes[: layout.end] = 0
        state = layout.state
        self._counts, self._scratch = state["counts"], layout.scratch
        for name in ("threat", "engagement", "last_engagement", "shot", "sortie"):
            state["pairs"][name] = -1
        tracks = state["tracks"]
        tracks["alive"], tracks["killer"], tracks["look_s"] = 1, -1, -np.inf
        for name in ("open", "held", "claims"):
            state[name].fill(-1)
        for name, rows in rooms.items():
            if len(self._tables[name]) < rows:
                self._tables[name] = np.zeros(int(_SPARE * rows), dtype=_TABLES[name])
        return Board(**state, **layout.scratch, **{name: self._tables[name][:rows] for name, rows in rooms.items()})

    def _lay(self, sizes: tuple[int, ...]) -> _Layout:
        """Lay the fields out one after another in the thread's two pieces of memory, which grow where they must."""
        of = dict(zip("tmpb", sizes, strict=True))
        of |= {"a": of["t"] * of["b"], "w": -(-of["b"] // 64)}
        state, end = _places(_STATE, of)
        scratch, scratch_end = _places(_SCRATCH, of)
        if len(self._bytes) < end or len(self._scratch_bytes) < scratch_end or len(self._layouts) >= _MOST_LAYOUTS:
            self._layouts = {}  # they lie in the memory that is given up
            self._bytes = np.zeros(max(end, len(self._bytes)), dtype=np.uint8)
            self._scratch_bytes = np.zeros(max(scratch_end, len(self._scratch_bytes)), dtype=np.uint8)
        layout = _Layout(
            {name: np.ndarray(shape, kind, self._bytes, at) for name, (kind, shape, at) in state.items()},
            {name: np.ndarray(shape, kind, self._scratch_bytes, at) for name, (kind, shape, at) in scratch.items()},
            end,
        )
        self._layouts[sizes] = layout
        return layout


class _Layout(NamedTuple):
    """Where a board of some sizes lies: arrays of `_STATE`, of `_SCRATCH`, and the bytes that the former take."""

    state: dict[str, np.ndarray]
    scratch: dict[str, np.ndarray]
    end: int


def _places(fields: _Fields, of: dict[str, int]) -> tuple[dict[str, tuple[np.dtype, tuple[int, ...], int]], int]:
    """Type, shape and first byte of each field, and the bytes of all."""
    out, end = {}, 0
    for name, (kind, axes) in fields.items():
        shape = tuple(of[axis] if isinstance(axis, str) else axis for axis in axes)
        out[name] = (kind, shape, end)
        end += -(-math.prod(shape) * kind.itemsize // _ALIGNED) * _ALIGNED
    return out, end
