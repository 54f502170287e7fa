"""The event queue."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from zaslin.engine.queue import EVENT, HEADER, pop, push


def _queue(size: int) -> tuple[np.ndarray, np.ndarray]:
    return np.zeros(size, dtype=EVENT), np.zeros(HEADER, dtype=np.int64)


@given(st.lists(st.integers(0, 8), min_size=1, max_size=60), st.integers(0, 20))
def test_events_come_by_time_and_equal_times_by_insertion(times, taken_early):
    """Law: the order is that of a stable sort, also when some are taken out before others are put in."""
    heap, header = _queue(128)
    got, expected, waiting = [], [], []
    for i, t in enumerate(times):
        assert push(heap, header, float(t), 1, i, 0)
        waiting.append((t, i))
        if i == taken_early:
            got.append(pop(heap, header)[2])
            waiting.sort()
            expected.append(waiting.pop(0)[1])
    while header[0]:
        got.append(pop(heap, header)[2])
    assert got == expected + [i for _, i in sorted(waiting)]


def test_a_full_queue_says_so():
    """By hand: two places, three events."""
    heap, header = _queue(2)
    assert push(heap, header, 1.0, 0, 0, 0)
    assert push(heap, header, 2.0, 0, 0, 0)
    assert not push(heap, header, 3.0, 0, 0, 0)


def test_what_never_comes_takes_no_place():
    """By the rule: an event at infinity is accepted and forgotten."""
    heap, header = _queue(1)
    assert push(heap, header, math.inf, 0, 0, 0)
    assert header[0] == 0
