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
def _before(a, b):
    return a.t < b.t or (a.t == b.t and a.number < b.number)


@lean
def _swap(heap, i, j):
    t, number, kind, a, b = heap[i].t, heap[i].number, heap[i].kind, heap[i].a, heap[i].b
    u, v = heap[i], heap[j]
    u.t, u.number, u.kind, u.a, u.b = v.t, v.number, v.kind, v.a, v.b
    v.t, v.number, v.kind, v.a, v.b = t, number, kind, a, b


@lean
def push(heap, header, t, kind, a, b):
    """Insert an event; returns False where the queue is full. Events at inf never come and take no place."""
    if t == np.inf:
        return True
    n = header[0]
    if n >= len(heap):
        return False
    e = heap[n]
    e.t, e.number, e.kind, e.a, e.b = t, header[1], kind, a, b
    header[0] = n + 1
    header[1] += 1
    while n > 0:
        up = (n - 1) // 2
        if not _before(heap[n], heap[up]):
            break
        _swap(heap, n, up)
        n = up
    return True


@lean
def pop(heap, header):
    """Take the earliest event out: (t, kind, a, b). The queue must not be empty."""
    t, kind, a, b = heap[0].t, heap[0].kind, heap[0].a, heap[0].b
    n = header[0] - 1
    header[0] = n
    if n > 0:
        _swap(heap, np.int64(0), n)
    i = np.int64(0)
    while True:
        left = 2 * i + 1
        if left >= n:
            break
        child = left
        if left + 1 < n and _before(heap[left + 1], heap[left]):
            child = left + 1
        if not _before(heap[child], heap[i]):
            break
        _swap(heap, i, child)
        i = child
    return t, kind, a, b
