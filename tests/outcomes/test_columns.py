"""NumPy to Arrow and back: the same values and nulls as Arrow's own way makes, without pandas."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zaslin.outcomes.columns import codes_of, is_null, lists, named, no_rows, numbers, times, values_of, words
from zaslin.outcomes.tables import TABLES

KINDS = ("f8", "f4", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "?")


@given(st.sampled_from(KINDS), st.lists(st.tuples(st.integers(0, 100), st.booleans()), max_size=40), st.integers(0, 9))
def test_numbers_are_what_arrow_makes_of_them(kind, rows, cut):
    """Law: as ``pa.array`` with a mask; and back again, also from a slice that begins within a byte of the bitmap."""
    values = np.array([value for value, _ in rows]).astype(kind)
    null = np.array([missing for _, missing in rows], dtype=bool)
    made, plain = numbers(values, null), pa.array(values, mask=null)
    made.validate(full=True)
    assert made.equals(plain) and made.null_count == null.sum()
    for column in (made.slice(cut), plain.slice(cut)):
        assert (is_null(column) == null[cut:]).all()
        assert (values_of(column)[~null[cut:]] == values[cut:][~null[cut:]]).all()


def test_columns_of_records_are_copied():
    """A field of a record array lies in steps; the column must not."""
    rows = np.zeros(4, dtype=np.dtype([("a", "i4"), ("t", "f8")], align=True))
    rows["t"] = (1.0, np.nan, 3.0, np.inf)
    assert times(rows["t"]).to_pylist() == [1.0, None, 3.0, np.inf]
    assert times(rows["t"][:1]).null_count == 0 and len(times(rows["t"][:0])) == 0
    assert numbers(rows["t"]).to_pylist()[2:] == [3.0, np.inf]  # without a word about nulls not-a-number stays one


@given(st.lists(st.none() | st.text(max_size=5), max_size=12))
def test_words_are_what_arrow_makes_of_them(names):
    made = words(names)
    made.validate(full=True)
    assert made.equals(pa.array(names, type=pa.string()))


@given(st.lists(st.integers(-1, 2), max_size=20))
def test_codes_come_back_as_they_went_in(codes):
    column = named(np.array(codes, dtype=np.int8), words(["ą", "b", ""]))
    column.validate(full=True)
    assert column.to_pylist() == [None if code < 0 else ["ą", "b", ""][code] for code in codes]
    assert codes_of(column).tolist() == codes
    assert codes_of(column.slice(1)).tolist() == codes[1:]


def test_lists_by_hand():
    column = lists(np.array([0, 2, 2, 3], dtype=np.int32), numbers(np.array([1.5, 2.5, 3.5])), np.array([False, True, False]))
    column.validate(full=True)
    assert column.to_pylist() == [[1.5, 2.5], None, [3.5]]
    assert column.type == pa.list_(pa.float64())


@pytest.mark.parametrize("name", sorted(TABLES))
def test_no_rows_have_the_schema_of_some(name):
    assert no_rows(TABLES[name]).equals(TABLES[name].empty_table())


def test_who_flies_and_writes_imports_neither_pandas_nor_polars():
    """They cost a second's start and 75 MB, and nothing of what is flown and written needs them."""
    script = "import sys, zaslin.engine.loop, zaslin.outcomes.store as s, pyarrow as pa; print(sorted({'pandas', 'polars'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script + "; print(pa.default_memory_pool().backend_name)"], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "system"]
