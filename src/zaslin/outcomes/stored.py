"""Rows as a results folder keeps them: a table's columns, its order, and its Parquet bytes, which depend on the rows alone.

Names travel as dictionaries from the engine into the file and are never written out row by row. A column's dictionary in the file holds the names that
occur, in the order in which they first do, so neither chunks nor threads leave a trace.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from zaslin.errors import unknown
from zaslin.outcomes.tables import ORDER, TABLES

_ROW_GROUP = 1 << 16
_HEAD = 4096
"""Rows in which most names occur already."""
_KEY = ("draw", "sample", "replicate", "block")
_FEW_VALUES = ("weight", "kept")
"""Numbers that repeat: kept like names, as a dictionary. All others are split into streams of bytes, which compress better and sooner."""


def _plain_schema(name: str) -> pa.Schema:
    """The table's schema with names as plain strings: what a reader sees."""
    return pa.schema([pa.field(field.name, pa.string() if pa.types.is_dictionary(field.type) else field.type) for field in TABLES[name]])


SCHEMAS = {name: _plain_schema(name) for name in TABLES}


def as_stored(name: str, table: pa.Table) -> pa.Table:
    """The table with its columns in the stored order and types; names become strings."""
    return table.select(SCHEMAS[name].names).cast(SCHEMAS[name])


def joined(name: str, tables: Iterable[pa.Table]) -> pa.Table:
    """Tables one after another, whatever the types of their names; names stay (or become) dictionaries, so that no string is copied per row."""
    parts = [_coded(name, table) for table in tables]
    return pa.concat_tables(parts) if parts else TABLES[name].empty_table()


def nulls_for_nan(table: pa.Table) -> pa.Table:
    """What did not happen has no time: not-a-number becomes null, so that a reader has one thing to ask for."""
    for index, field in enumerate(table.schema):
        if pa.types.is_floating(field.type):
            column = table.column(index)
            missing = pc.is_nan(column)
            if pc.any(missing).as_py():
                table = table.set_column(index, field, pc.if_else(missing, None, column))
    return table


def parquet_bytes(name: str, table: pa.Table, draw: str, first: int, count: int, notes: Mapping[bytes, str]) -> bytes:
    """The Parquet bytes of a part's table: sorted rows, fixed settings, nothing of how the rows came in.

    table: rows and columns in any order, names as strings or dictionaries. Raises ValueError for rows that do not belong to `draw` or to `first` …
    `first + count − 1`, and for columns that are not the table's.
    """
    if name not in TABLES:
        raise ValueError(unknown("table", name, TABLES))
    schema = TABLES[name]
    lacking = [column for column in schema.names if column not in table.column_names]
    foreign = [column for column in table.column_names if column not in schema.names]
    if lacking or foreign:
        raise ValueError(f"table {name}: columns missing {lacking}, unknown {foreign}")
    key = "replicate" if draw == "plain" else "sample"
    rows = nulls_for_nan(_coded(name, table).combine_chunks())
    order = _order(rows, (key, "threat", *ORDER[name]))
    if order is not None:
        rows = rows.take(pa.array(order)).combine_chunks()
    if rows.num_rows:
        numbers = rows.column(key)
        low, high = numbers[0].as_py(), numbers[-1].as_py()
        if numbers.null_count or low < first or high >= first + count:
            raise ValueError(f"table {name}: {key}s {low}–{high} in a part that covers {first}–{first + count - 1}")
        draws = rows.column("draw").unique().to_pylist()
        if draws != [draw]:
            raise ValueError(f"table {name}: rows of draw {draws} in a part of draw {draw}")
    rows = pa.Table.from_arrays([_one_dictionary(_whole(column)) for column in rows.columns], schema=schema)
    buffer = io.BytesIO()
    streams = [field.name for field in schema if pa.types.is_floating(field.type) and field.name not in _FEW_VALUES]
    with pq.ParquetWriter(
        buffer, schema, version="2.6", compression="lz4", use_dictionary=_words(schema), use_byte_stream_split=streams, write_statistics=list(_KEY),
        store_schema=False,
    ) as writer:  # fmt: skip
        writer.write_table(rows, row_group_size=_ROW_GROUP)
        writer.add_key_value_metadata({key.decode(): note for key, note in notes.items()})
    return buffer.getvalue()


def _words(schema: pa.Schema) -> list[str]:
    """Columns that are kept as a dictionary."""
    return [field.name for field in schema if pa.types.is_dictionary(field.type) or pa.types.is_integer(field.type) or field.name in _FEW_VALUES]


def _coded(name: str, table: pa.Table) -> pa.Table:
    """The table's columns in the order and types of TABLES."""
    schema = TABLES[name]
    if table.schema.equals(schema):
        return table
    return pa.Table.from_arrays([_as(table.column(field.name), field.type) for field in schema], schema=schema)


def _as(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if column.type == kind:
        return column
    if not pa.types.is_dictionary(kind):
        return column.cast(kind)
    if pa.types.is_dictionary(column.type) and pa.types.is_string(column.type.value_type):
        chunks = [pa.DictionaryArray.from_arrays(chunk.indices.cast(kind.index_type), chunk.dictionary) for chunk in column.chunks]
        return pa.chunked_array(chunks, type=kind)
    return column.cast(pa.string()).dictionary_encode().cast(kind)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """A column of a table whose chunks are combined, as one array."""
    return column.chunk(0) if column.num_chunks == 1 else pa.array([], type=column.type)


def _codes(column: pa.DictionaryArray) -> np.ndarray:
    """Codes as numbers, −1 for null."""
    codes = column.indices.fill_null(-1) if column.null_count else column.indices
    return codes.to_numpy(zero_copy_only=False)


def _one_dictionary(column: pa.Array) -> pa.Array:
    """Names with a dictionary that depends on the rows alone: those that occur, as they first do."""
    if not pa.types.is_dictionary(column.type):
        return column
    names, n = column.dictionary, len(column)
    if column.null_count == n:
        return column if not len(names) else pa.DictionaryArray.from_arrays(column.indices, names.slice(0, 0))
    if names.null_count or len(names.unique()) != len(names):  # a stranger's
        return column.cast(pa.string()).dictionary_encode().cast(column.type)
    if len(names) == 1:
        return column
    codes = _codes(column)
    first = _first_rows(codes[:_HEAD], len(names))
    if n > _HEAD and (first == _HEAD).any():
        first = _first_rows(codes, len(names))
    found = np.flatnonzero(first < n)
    order = found[np.argsort(first[found])]
    if len(order) == len(names) and (order == np.arange(len(order))).all():
        return column
    place = np.full(len(names) + 1, -1, dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    fresh = place[codes]
    return pa.DictionaryArray.from_arrays(pa.array(fresh, mask=fresh < 0) if column.null_count else pa.array(fresh), names.take(pa.array(order)))


def _first_rows(codes: np.ndarray, n_names: int) -> np.ndarray:
    """The first row of each code; how many rows there are where it has none."""
    first = np.full(n_names + 1, len(codes), dtype=np.int32)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1, dtype=np.int32)  # what is set last stays
    return first[:-1]


def _order(rows: pa.Table, names: tuple[str, ...]) -> np.ndarray | None:
    """Row numbers in the order of these columns, nulls last; None where the rows are in it."""
    n = rows.num_rows
    if n < 2:
        return None
    head = _rank(_whole(rows.column(names[0])))
    threat = _rank(_whole(rows.column(names[1])))
    span = int(threat.max()) + 1
    head = head * span + threat
    step = np.diff(head)
    good = not (step < 0).any()
    alike = np.flatnonzero(step == 0)  # rows that the columns so far leave together with the next
    for name in names[2:]:
        if not good or not len(alike):
            break
        column = _whole(rows.column(name))
        before, after = _rank(column.take(pa.array(alike))), _rank(column.take(pa.array(alike + 1)))
        good = not (before > after).any()
        alike = alike[before == after]
    if good:
        return None
    return np.lexsort([*(_rank(_whole(rows.column(name))) for name in reversed(names[2:])), head])


def _rank(column: pa.Array) -> np.ndarray:
    """Numbers, without NaN, in the order of a column's values; nulls come last."""
    if pa.types.is_dictionary(column.type):
        names = column.dictionary.to_pylist()
        rank = np.full(len(names) + 1, len(names), dtype=np.int64)
        rank[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names))
        return rank[_codes(column)]
    if pa.types.is_floating(column.type):
        return _numbers(column.fill_null(np.inf))
    return _numbers(column.cast(pa.int64()).fill_null(np.iinfo(np.int64).max >> 32))


def _numbers(column: Any) -> np.ndarray:
    return column.to_numpy(zero_copy_only=False)
