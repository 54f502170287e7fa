"""Rows as a results folder keeps them: a table's columns, its order, and its Parquet bytes, which depend on the rows alone.

Names travel as dictionaries from the engine into the file and are never written out row by row. A column's dictionary in the file holds the names that
occur, in the order in which they first do, so neither chunks nor threads leave a trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from zaslin.errors import unknown
from zaslin.outcomes.columns import codes_of, is_null, named, no_rows, numbers, values_of
from zaslin.outcomes.tables import ORDER, TABLES

_ROW_GROUP = 1 << 16
_HEAD = 4096
"""Rows in which most names occur already."""
_FEW_NAMES = 12
"""So many are looked for one by one."""
_KEY = ("draw", "sample", "replicate", "block")
_ALL = slice(None)
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
    return pa.concat_tables(parts) if parts else no_rows(TABLES[name])


def nulls_for_nan(table: pa.Table) -> pa.Table:
    """What did not happen has no time: not-a-number becomes null, so that a reader has one thing to ask for."""
    for index, field in enumerate(table.schema):
        if pa.types.is_floating(field.type):
            columns = [_null_for_nan(chunk) for chunk in table.column(index).chunks]
            if any(column is not None for column in columns):
                chunks = [old if new is None else new for old, new in zip(table.column(index).chunks, columns, strict=True)]
                table = table.set_column(index, field, pa.chunked_array(chunks, type=field.type))
    return table


def _null_for_nan(column: pa.Array) -> pa.Array | None:
    """The column with null where it is not-a-number; None where it never is."""
    values = values_of(column)
    if not len(values) or not np.isnan(values.min()):  # the least of numbers and a not-a-number is none
        return None
    null = is_null(column)
    missing = np.isnan(values)
    return numbers(values, missing | null) if (missing & ~null).any() else None


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
        rows = rows.take(numbers(order)).combine_chunks()
    if rows.num_rows:
        covered = rows.column(key)
        low, high = covered[0].as_py(), covered[-1].as_py()
        if covered.null_count or low < first or high >= first + count:
            raise ValueError(f"table {name}: {key}s {low}–{high} in a part that covers {first}–{first + count - 1}")
        draws = rows.column("draw").unique().to_pylist()
        if draws != [draw]:
            raise ValueError(f"table {name}: rows of draw {draws} in a part of draw {draw}")
    rows = pa.Table.from_arrays([_one_dictionary(_whole(column)) for column in rows.columns], schema=schema)
    buffer = pa.BufferOutputStream()  # not a Python file: it is written to without the interpreter's lock
    streams = [field.name for field in schema if pa.types.is_floating(field.type) and field.name not in _FEW_VALUES]
    with pq.ParquetWriter(
        buffer, schema, version="2.6", compression="lz4", use_dictionary=_words(schema), use_byte_stream_split=streams, write_statistics=list(_KEY),
        store_schema=False,
    ) as writer:  # fmt: skip
        writer.write_table(rows, row_group_size=_ROW_GROUP)
        writer.add_key_value_metadata({key.decode(): note for key, note in notes.items()})
    return buffer.getvalue().to_pybytes()


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
    return column.chunk(0) if column.num_chunks == 1 else pa.nulls(0, column.type)


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
    codes = codes_of(column)
    first = _first_rows(codes[:_HEAD], len(names))
    if n > _HEAD:
        first[first == _HEAD] = n
        _look_on(codes, first)
    found = np.flatnonzero(first < n)
    order = found[np.argsort(first[found])]
    if (order == np.arange(len(order))).all():  # the first of the names as they stand
        return column if len(order) == len(names) else pa.DictionaryArray.from_arrays(column.indices, names.slice(0, len(order)), safe=False)
    place = np.full(len(names) + 1, -1, dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    return named(place[codes], names.take(numbers(order)))


def _first_rows(codes: np.ndarray, n_names: int) -> np.ndarray:
    """The first row of each code; how many rows there are where it has none."""
    first = np.full(n_names + 1, len(codes), dtype=np.int32)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1, dtype=np.int32)  # what is set last stays
    return first[:-1]


def _look_on(codes: np.ndarray, first: np.ndarray) -> None:
    """Fill `first` for the codes that the first rows lack; most of these never occur, as names that stand in a list of all."""
    lacking = np.flatnonzero(first == len(codes))
    if len(lacking) > _FEW_NAMES:
        first[lacking] = _first_rows(codes, len(first))[lacking]
        return
    for code in lacking:
        here = codes == code
        row = int(here.argmax())
        if here[row]:
            first[code] = row


def _order(rows: pa.Table, names: tuple[str, ...]) -> np.ndarray | None:
    """Row numbers in the order of these columns, nulls last; None where the rows are in it."""
    n = rows.num_rows
    if n < 2:
        return None
    columns = [_whole(rows.column(name)) for name in names]
    head, span = _rank(columns[0]), int(np.iinfo(np.int64).max)
    span //= int(head.max()) + 1
    rest = columns[1:]
    while rest and pa.types.is_dictionary(rest[0].type) and span > len(rest[0].dictionary) + 1:  # names come into one number with what is before them
        names_on = len(rest[0].dictionary) + 1
        head, span, rest = head * names_on + _rank(rest[0]), span // names_on, rest[1:]
    good = bool((head[1:] >= head[:-1]).all())
    alike = np.flatnonzero(head[1:] == head[:-1])  # rows that the columns so far leave together with the next
    for column in rest:
        if not good or not len(alike):
            break
        before, after = _rank(column, alike), _rank(column, alike + 1)
        good = not (before > after).any()
        alike = alike[before == after]
    if good:
        return None
    return np.lexsort([*(_rank(column) for column in reversed(rest)), head])


def _rank(column: pa.Array, rows: np.ndarray | slice = _ALL) -> np.ndarray:
    """Numbers, without NaN, in the order of a column's values (of these rows alone); nulls come last."""
    if pa.types.is_dictionary(column.type):
        names = column.dictionary.to_pylist()
        rank = np.full(len(names) + 1, len(names), dtype=np.int64)
        rank[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names))
        return rank[codes_of(column)[rows]]
    values = values_of(column)[rows]
    last: float = np.inf
    if not pa.types.is_floating(column.type):
        values, last = values.astype(np.int64), np.iinfo(np.int64).max >> 32
    return np.where(is_null(column)[rows], last, values) if column.null_count else values
