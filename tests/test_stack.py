"""Arrays on the machine's stack: of the right shape, each kernel's own, and no trace of them afterwards."""

from __future__ import annotations

import numpy as np
import pytest
from numba.core.errors import NumbaError
from numba.core.runtime import _nrt_python, rtsys

from zaslin.jit import lean
from zaslin.stack import stack_floats, stack_table

N, ROWS, COLUMNS = 5, 3, 4


@lean
def _fill(value):
    room = stack_floats(N)
    for i in range(len(room)):
        room[i] = value + i
    return room[0], room[N - 1], len(room)


@lean
def _two(value):
    """A kernel's room is not that of the kernel that it calls, nor that of its next call."""
    mine = stack_floats(N)
    mine[:] = value
    total = 0.0
    for k in range(4):
        low, high, _ = _fill(100.0 * k)
        total += high - low
    return mine.sum(), total


@lean
def _table(value):
    rows = stack_table(ROWS, COLUMNS)
    for i in range(rows.shape[0]):
        for j in range(rows.shape[1]):
            rows[i, j] = value * i + j
    part = rows[1]
    return rows[2, 3], part[2], rows.size


@lean
def _of(n):
    return len(stack_floats(n))


def test_room_by_hand():
    """By hand: 7 … 11; 5 · 2 = 10, and four times 4; 10 · 2 + 3 and 10 · 1 + 2 of twelve numbers."""
    assert _fill(7.0) == (7.0, 11.0, 5)
    assert _two(2.0) == (10.0, 16.0)
    assert _table(10.0) == (23.0, 12.0, 12)


def test_nothing_is_asked_of_the_heap():
    """Law: numba's own count of what it allocated does not move."""
    assert _two(1.0) and _table(1.0)
    _nrt_python.memsys_enable_stats()
    try:
        before = rtsys.get_allocation_stats()
        for _ in range(1_000):
            _two(1.0)
            _table(1.0)
        assert rtsys.get_allocation_stats() == before
    finally:
        _nrt_python.memsys_disable_stats()


def test_the_size_is_a_constant():
    """The frame of a kernel is laid out when it is compiled."""
    with pytest.raises(NumbaError):
        _of(np.int64(5))
