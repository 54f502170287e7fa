"""Luck as a pure function: (seed, replicate, entity, purpose, index) → a number; no generator object, no state.

So a draw does not depend on threads, chunks or order, and a missile keeps its luck when a member leaves. The generator
is Philox4x64-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011); a test holds it against numpy's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from zaslin.jit import lean

# Purposes: what a draw is for. Numbers are part of the results' bytes: add at the end, never renumber.
LAUNCH_TIME, LAUNCH_PLACE, MODEL_SPLIT, TARGET, ROUTE, SPEED, ALTITUDE, MARGIN, DRIFT, GROSS_FAILURE = range(1, 11)
UKRAINE_STOP, UKRAINE_KIND, NIGHT_EFFECT, INPUT, TAG, SHARED_COVER = range(11, 17)
CLASSIFICATION, TRACK_ERROR, APPROVAL, READINESS = range(18, 22)
SHOT, DEBRIS, STRAY, WIND = range(23, 27)
PILOT, COVER, ASSESSMENT = range(27, 30)
SPOOF, DECOY, PROFILE = range(30, 33)
LOOK, CONFUSION, TRACK_PLACE = range(33, 36)
AVAILABLE, SPARE, RELIEF_DELAY = range(36, 39)
RECOGNITION, OTHER = range(39, 41)

_M0, _M1 = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
_W0, _W1 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
_LOW = np.uint64(0xFFFFFFFF)
_S32 = np.uint64(32)
_S11 = np.uint64(11)
_UNIT = 1.0 / 9007199254740992.0

BLOCK_FLAG = np.uint64(1) << np.uint64(63)
"""Set in the replicate word of a key for draws that a whole block of replicates shares."""


@lru_cache(maxsize=1 << 14)
def entity_id(name: str) -> int:
    """64-bit id of a named thing (``kh101-017``, ``pl-qra-lask``): the same name has the same luck everywhere."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def _high_by_halves(a, b):
    """The upper 64 bits of a product of two uint64, by products of their halves: what runs where nothing is compiled."""
    a0, a1 = a & _LOW, a >> _S32
    b0, b1 = b & _LOW, b >> _S32
    p00, p01, p10, p11 = a0 * b0, a0 * b1, a1 * b0, a1 * b1
    mid = (p00 >> _S32) + (p01 & _LOW) + (p10 & _LOW)
    return p11 + (p01 >> _S32) + (p10 >> _S32) + (mid >> _S32)


@intrinsic
def _high_in_one(typing_context, a, b):
    """The same by the machine's one wide multiplication."""

    def generate(context, builder, signature, args):
        wide = ir.IntType(128)
        product = builder.mul(builder.zext(args[0], wide), builder.zext(args[1], wide))
        return builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), ir.IntType(64))

    return types.uint64(types.uint64, types.uint64), generate


_high: Callable[[Any, Any], Any] = _high_by_halves if numba.config.DISABLE_JIT else _high_in_one  # type: ignore[attr-defined,assignment]


@lean
def _mulhilo(a, b):
    return _high(a, b), a * b


@lean
def philox(seed, replicate, entity, word):
    """The four 64-bit outputs of Philox4x64-10 for key (seed, replicate) and counter (entity, word, 0, 0)."""
    k0, k1 = np.uint64(seed), np.uint64(replicate)
    c0, c1, c2, c3 = np.uint64(entity), np.uint64(word), np.uint64(0), np.uint64(0)
    for r in range(10):
        if r > 0:
            k0 = k0 + _W0
            k1 = k1 + _W1
        h0, l0 = _mulhilo(_M0, c0)
        h1, l1 = _mulhilo(_M1, c2)
        c0, c1, c2, c3 = h1 ^ c1 ^ k0, l1, h0 ^ c3 ^ k1, l0
    return c0, c1, c2, c3


@lean
def uniform(seed, replicate, entity, purpose, index):
    """A number in (0, 1), never 0 or 1: seed, replicate, entity uint64; purpose one of this file's; index >= 0."""
    word = (np.uint64(purpose) << _S32) | np.uint64(index)
    c0, _, _, _ = philox(seed, replicate, entity, word)
    return (np.float64(c0 >> _S11) + 0.5) * _UNIT


@lean
def normal(seed, replicate, entity, purpose, index):
    """A standard normal draw (Box–Muller on one counter)."""
    word = (np.uint64(purpose) << _S32) | np.uint64(index)
    c0, c1, _, _ = philox(seed, replicate, entity, word)
    u = (np.float64(c0 >> _S11) + 0.5) * _UNIT
    v = (np.float64(c1 >> _S11) + 0.5) * _UNIT
    return np.sqrt(-2.0 * np.log(u)) * np.cos(2.0 * np.pi * v)


@lean
def exponential(seed, replicate, entity, purpose, index):
    """A standard exponential draw, mean 1."""
    return -np.log(uniform(seed, replicate, entity, purpose, index))
