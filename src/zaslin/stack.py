"""Small arrays of numbers on the machine's stack, for kernels that make no array otherwise (`jit.lean`), and their order.

An array that numba makes is asked of the heap and counted, and so is every array that the kernel is handed: a good part of the time of a kernel of some
microseconds. These are part of the kernel's frame: good until the kernel that made one returns, never to be returned or kept, and not cleared.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic
from numba.np import arrayobj

from zaslin.jit import lean

_ITEM = 8


def _made(context: Any, builder: Any, kind: Any, shape: tuple[int, ...]) -> Any:
    item = context.get_value_type(kind.dtype)
    place = cgutils.alloca_once(builder, ir.ArrayType(item, int(np.prod(shape))))
    strides = [_ITEM * int(np.prod(shape[axis + 1 :])) for axis in range(len(shape))]
    array = arrayobj.make_array(kind)(context, builder)
    sizes, steps = ([context.get_constant(types.intp, number) for number in row] for row in (shape, strides))
    first = builder.bitcast(place, item.as_pointer())
    arrayobj.populate_array(array, first, sizes, steps, itemsize=context.get_constant(types.intp, _ITEM), meminfo=None)
    return array._getvalue()


@intrinsic(prefer_literal=True)
def _floats(typing_context: Any, n: Any) -> Any:
    if not isinstance(n, types.IntegerLiteral):
        return None
    kind, shape = types.Array(types.float64, 1, "C"), (n.literal_value,)
    return kind(n), lambda context, builder, signature, args: _made(context, builder, kind, shape)


@intrinsic(prefer_literal=True)
def _table(typing_context: Any, n: Any, m: Any) -> Any:
    if not (isinstance(n, types.IntegerLiteral) and isinstance(m, types.IntegerLiteral)):
        return None
    kind, shape = types.Array(types.float64, 2, "C"), (n.literal_value, m.literal_value)
    return kind(n, m), lambda context, builder, signature, args: _made(context, builder, kind, shape)


def _heap(*shape: int) -> np.ndarray:
    return np.empty(shape)


stack_floats: Callable[..., Any] = _heap if numba.config.DISABLE_JIT else _floats  # type: ignore[attr-defined]
"""``stack_floats(n)``: room for n float64, of a kernel; n is a constant. Where nothing is compiled, an ordinary array."""

stack_table: Callable[..., Any] = _heap if numba.config.DISABLE_JIT else _table  # type: ignore[attr-defined]
"""``stack_table(n, m)``: the same in n rows of m."""


@lean
def sort_few(values, n):
    """Sort values[:n] by putting each in its place: quick where they are few, or a few runs one after another."""
    for i in range(1, n):
        value, k = values[i], i
        while k > 0 and values[k - 1] > value:
            values[k] = values[k - 1]
            k -= 1
        values[k] = value
