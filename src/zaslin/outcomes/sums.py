"""Sums per replicate of a package's tables, kept beside them in files of ten thousand replicates: read instead of the tables while these are as they were.

    results/first/.sums/status-quo-plain-0000000.sums    an Arrow file (IPC, LZ4): a row per replicate, a column per measure
    results/first/.sums/status-quo-tagged-0000000.sums   a row per tagged sample

They can be deleted at any time: whoever needs them makes them again from the tables. What a column means is `measures.kept`'s affair.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import pyarrow as pa

from zaslin.outcomes.disk import write_all
from zaslin.outcomes.index import Stamp

FOLDER = ".sums"
_KEY = b"zaslin_sums_of"


def sums_path(folder: Path, package: str, draw: str, first: int) -> Path:
    """Where the sums of a draw from number `first` on are kept."""
    return folder / FOLDER / f"{package}-{draw}-{first:07d}.sums"


def key_of(names: Sequence[str], stamps: Mapping[str, Stamp], made_by: str) -> str | None:
    """What sums of these files are kept under: a hash of their names, sizes and times of change (`stamps`), and the code that sums. None where one is gone."""
    rows = [made_by]
    for name in names:
        stamp = stamps.get(name)
        if stamp is None:
            return None
        rows.append(f"{name} {stamp[0]} {stamp[1]}")
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def read_kept(path: Path, key: str) -> dict[str, np.ndarray]:
    """The sums in a file that was made under `key`, by column; empty where there is none, or it was made of something else, or it cannot be read."""
    try:
        with pa.ipc.open_file(pa.BufferReader(path.read_bytes()), options=pa.ipc.IpcReadOptions(use_threads=False)) as file:
            if (file.schema.metadata or {}).get(_KEY) != key.encode():
                return {}
            table = file.read_all()
    except (OSError, ValueError, pa.ArrowException):  # a garbled name is no text
        return {}
    return {name: column.to_numpy() for name, column in zip(table.column_names, table.columns, strict=True)}


def write_kept(path: Path, key: str, columns: Mapping[str, np.ndarray]) -> None:
    """Keep sums under `key`; a folder that cannot be written stays as it is, and the sums are made again next time."""
    table = pa.table(dict(columns)).replace_schema_metadata({_KEY: key.encode()})
    buffer = pa.BufferOutputStream()
    with pa.ipc.new_file(buffer, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
        writer.write_table(table)
    with suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        write_all([(path, buffer.getvalue().to_pybytes())])
