"""NumPy arrays as Arrow columns and back, by way of their buffers: what need not be copied is not.

``pa.array``, ``pa.scalar`` and ``to_numpy`` ask pandas first, and import it where it is installed: half a second and 50 MB. These do not, and take a third of
the time.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

_KINDS: dict[np.dtype, pa.DataType] = {
    np.dtype("f8"): pa.float64(),
    np.dtype("f4"): pa.float32(),
    np.dtype("i8"): pa.int64(),
    np.dtype("i4"): pa.int32(),
    np.dtype("i2"): pa.int16(),
    np.dtype("i1"): pa.int8(),
    np.dtype("u8"): pa.uint64(),
    np.dtype("u4"): pa.uint32(),
    np.dtype("u2"): pa.uint16(),
    np.dtype("u1"): pa.uint8(),
}
_CODES = {kind: dtype for dtype, kind in _KINDS.items()}


def numbers(values: np.ndarray, null: np.ndarray | None = None) -> pa.Array:
    """A column of integers, floats or booleans as they are; null where `null` (bool, as long) is true. The array is not to be written to any more."""
    n = len(values)
    held, missing = _held(null)
    if values.dtype == np.bool_:
        return pa.Array.from_buffers(pa.bool_(), n, [held, _bits(values)], missing)
    return pa.Array.from_buffers(_KINDS[values.dtype], n, [held, pa.py_buffer(np.ascontiguousarray(values))], missing)


def times(values: np.ndarray) -> pa.Array:
    """A column of float64, null for not-a-number."""
    return numbers(values, np.isnan(values) if len(values) and np.isnan(values.min()) else None)


def words(names: Sequence[str | None]) -> pa.Array:
    """A column of strings; None is null."""
    coded = [b"" if name is None else name.encode() for name in names]
    ends = np.zeros(len(coded) + 1, dtype=np.int32)
    np.cumsum([len(word) for word in coded], out=ends[1:])
    held, missing = _held(np.array([name is None for name in names], dtype=bool))
    return pa.Array.from_buffers(pa.string(), len(coded), [held, pa.py_buffer(ends), pa.py_buffer(b"".join(coded))], missing)


def named(codes: np.ndarray, names: pa.Array) -> pa.DictionaryArray:
    """Names by their codes, which must be places in `names`; null for −1."""
    codes = codes.astype(np.int32, copy=False)
    return pa.DictionaryArray.from_arrays(numbers(codes, codes < 0 if len(codes) and codes.min() < 0 else None), names, safe=False)


def lists(ends: np.ndarray, items: pa.Array, null: np.ndarray | None = None) -> pa.ListArray:
    """A column of lists: row i holds items[ends[i] : ends[i + 1]]. ends: int32, one more than rows."""
    held, missing = _held(null)
    return pa.Array.from_buffers(pa.list_(items.type), len(ends) - 1, [held, pa.py_buffer(ends)], missing, children=[items])


def no_rows(schema: pa.Schema) -> pa.Table:
    """A table of no rows; ``schema.empty_table()`` asks pandas too."""
    return pa.Table.from_batches([], schema=schema)


def values_of(column: pa.Array) -> np.ndarray:
    """What a column of numbers holds, read-only; where it is null, anything."""
    buffer, n = column.buffers()[1], len(column)
    if column.type == pa.bool_():
        return _unpacked(buffer, column.offset, n)
    dtype = _CODES[column.type]
    return np.frombuffer(buffer, dtype=dtype, count=n, offset=column.offset * dtype.itemsize) if buffer is not None else np.zeros(n, dtype=dtype)


def is_null(column: pa.Array) -> np.ndarray:
    """Where a column is null, bool."""
    if not column.null_count:
        return np.zeros(len(column), dtype=bool)
    return ~_unpacked(column.buffers()[0], column.offset, len(column))


def codes_of(column: pa.DictionaryArray) -> np.ndarray:
    """The codes of a column of names, −1 for null."""
    codes = values_of(column.indices)
    return np.where(is_null(column.indices), codes.dtype.type(-1), codes) if column.null_count else codes


def _held(null: np.ndarray | None) -> tuple[pa.Buffer | None, int]:
    """Arrow's bitmap of what is there, None where all is; and how many are not."""
    missing = 0 if null is None else int(np.count_nonzero(null))
    return (None, 0) if null is None or not missing else (_bits(~null), missing)


def _bits(values: np.ndarray) -> pa.Buffer:
    return pa.py_buffer(np.packbits(values, bitorder="little"))


def _unpacked(buffer: pa.Buffer | None, offset: int, n: int) -> np.ndarray:
    if buffer is None:
        return np.zeros(n, dtype=bool)
    first = offset // 8
    packed = np.frombuffer(buffer, dtype=np.uint8, offset=first, count=(offset + n + 7) // 8 - first)
    return np.unpackbits(packed, count=offset - 8 * first + n, bitorder="little")[offset - 8 * first :].astype(bool)
