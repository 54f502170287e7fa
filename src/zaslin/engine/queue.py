"""The event queue: a binary heap by (time, insertion number); a full queue is told, never swallowed.

Equal times break by insertion number. By heap position they would differ between packages and spoil the pairing.
"""

from __future__ import annotations

import numpy as np

from zaslin.jit import lean

EVENT = np.dtype([("t", "f8"), ("number", "i8"), ("kind", "i8"), ("a", "i8"), ("b", "i8")], align=True)
"""`kind` and its two arguments mean what the engagement loop says; `number` counts insertions."""

HEADER = 2
"""The queue's counts live in an int64 array: [held, ever inserted]."""


@lean
def _before(t, number, other):
    """Whether an event at `t` with this number comes before another."""
    return t < other.t or (t == other.t and number < other.number)


@lean
def _copy(to, event):
    to.t, to.number, to.kind, to.a, to.b = event.t, event.number, event.kind, event.a, event.b


@lean
def push(heap, header, t, kind, a, b):
    """Insert an event; returns False where the queue is full. Events at inf never come and take no place."""
    if t == np.inf:
        return True
    n = header[0]
    if n >= len(heap):
        return False
    number = header[1]
    header[0] = n + 1
    header[1] += 1
    while n > 0:
        up = (n - 1) >> 1
        if not _before(t, number, heap[up]):
            break
        _copy(heap[n], heap[up])
        n = up
    e = heap[n]
    e.t, e.number, e.kind, e.a, e.b = t, number, kind, a, b
    return True


@lean
def pop(heap, header):
    """Take the earliest event out: (t, kind, a, b). The queue must not be empty."""
    t, kind, a, b = heap[0].t, heap[0].kind, heap[0].a, heap[0].b
    n = header[0] - 1
    header[0] = n
    # The gap sinks to the bottom, always to the earlier child, and the last event rises from there: it mostly belongs there, and one comparison a level does.
    i, child = np.int64(0), np.int64(1)
    while child + 1 < n:
        one, other = heap[child], heap[child + 1]
        child += np.int64((other.t < one.t) | ((other.t == one.t) & (other.number < one.number)))
        _copy(heap[i], heap[child])
        i, child = child, 2 * child + 1
    if child < n:
        _copy(heap[i], heap[child])
        i = child
    last = heap[n]
    while i > 0:
        up = (i - 1) >> 1
        if not _before(last.t, last.number, heap[up]):
            break
        _copy(heap[i], heap[up])
        i = up
    _copy(heap[i], last)
    return t, kind, a, b
