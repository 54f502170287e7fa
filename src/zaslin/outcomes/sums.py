"""Sums per replicate of a package's tables, kept beside them in files of ten thousand replicates: read instead of the tables while these are as they were.

    results/first/.sums/status-quo-plain-0000000.sums    Parquet: a row per replicate, a column per measure
    results/first/.sums/status-quo-tagged-0000000.sums   a row per tagged sample

They can be deleted at any time: whoever needs them makes them again from the tables. What a column means is `measures.kept`'s affair.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from zaslin.outcomes.disk import write_all

FOLDER = ".sums"
_KEY = b"zaslin_sums_of"


def sums_path(folder: Path, package: str, draw: str, first: int) -> Path:
    """Where the sums of a draw from number `first` on are kept."""
    return folder / FOLDER / f"{package}-{draw}-{first:07d}.sums"


def key_of(names: Sequence[str], stamps: Mapping[str, str], made_by: str) -> str | None:
    """What sums of these files are kept under: a hash of their names, sizes and times of change (`stamps`), and the code that sums. None where one is gone."""
    if any(name not in stamps for name in names):
        return None
    text = "\n".join([made_by, *(f"{name} {stamps[name]}" for name in names)])
    return hashlib.sha256(text.encode()).hexdigest()


def read_kept(path: Path, key: str) -> pl.DataFrame | None:
    """The sums in a file that was made under `key`; None where there is none, or it was made of something else, or it cannot be read."""
    try:
        with pq.ParquetFile(path) as file:
            if (file.metadata.metadata or {}).get(_KEY) != key.encode():
                return None
            table = file.read()
    except (OSError, pa.ArrowException):
        return None
    frame = pl.from_arrow(table)
    return frame if isinstance(frame, pl.DataFrame) else None


def write_kept(path: Path, key: str, columns: Mapping[str, pa.Array]) -> None:
    """Keep sums under `key`; a folder that cannot be written stays as it is, and the sums are made again next time."""
    table = pa.table(dict(columns))
    buffer = io.BytesIO()
    with pq.ParquetWriter(buffer, table.schema, version="2.6", compression="zstd", compression_level=1, store_schema=False) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({_KEY.decode(): key})
    with suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        write_all([(path, buffer.getvalue())])
