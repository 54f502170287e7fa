"""The sums of sub-coalitions beside a results folder's tables: what a package's members come to in every subset, replicate by replicate.

    results/first/coalitions/plan.json            whose members, which question
    results/first/coalitions/sums-000000.parquet  replicates 0–249: a row per replicate (or tagged, or given sample) and subset

Written whole or not at all; it counts nothing and judges nothing.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from zaslin.errors import StoreError
from zaslin.outcomes.beside import read_file
from zaslin.outcomes.disk import write_all, write_refused
from zaslin.outcomes.store import PART_SIZE

FOLDER, PLAN = "coalitions", "plan.json"
VERSION = 1
MOST_MEMBERS = 8

RARE = ("incursions", "overflight_s", "crossings_stopped", "debris_falls", "expected_casualties", "expected_casualties_abroad")
"""Measures of the glossary that tagged samples estimate; `<name>_rest` is the part of a plain replicate that they do not cover."""
WHOLE = (
    "coalition_kills", "kills_would_have_leaked", "kills_would_have_crossed", "leakers", "shots", "wrong_object_shots", "wrong_object_kills", "sorties",
    "flight_h", "cost_usd", "minutes_over_ukraine", "unguarded_min",
)  # fmt: skip
"""Measures of the glossary that are counted in plain replicates alone."""

SUMS = (*RARE, *WHOLE, *(f"{name}_rest" for name in RARE))
"""Columns of sums. A tagged or given sample has those of `RARE` and `coalition_kills`, of its one threat; the others are null there."""

SCHEMA = pa.schema(
    [
        ("draw", pa.string()), ("number", pa.int32()), ("block", pa.int32()), ("coalition", pa.uint16()), ("weight", pa.float64()), ("kept", pa.float64()),
        ("country", pa.string()), *((name, pa.float64()) for name in SUMS),
    ]
)  # fmt: skip
"""`number`: of the replicate or sample. `coalition`: bit i is set where player i is in. `weight`, `kept`, `country`: of a sample, as in `threats`."""


@dataclass(frozen=True)
class Plan:
    """Whose sub-coalitions: the package, its players (they come and go) and the members that stay in all of them; of which question and code."""

    package: str
    players: tuple[str, ...]
    stay: tuple[str, ...]
    inputs_hash: str
    kernels: str
    block_size: int

    @property
    def subsets(self) -> int:
        """How many sub-coalitions there are."""
        return 1 << len(self.players)


def read_plan(folder: Path, inputs_hash: str | None = None) -> Plan | None:
    """The folder's plan, or None where it holds no sub-coalitions. Raises StoreError where it is garbled or, with `inputs_hash`, of another question."""
    path = folder / FOLDER / PLAN
    again = f"delete {path.parent} and run the same command again"
    held = read_file(path, again)
    if held is None:
        return None
    if isinstance(held.get("version"), int) and held["version"] > VERSION:
        raise StoreError(f"{path} was made by a newer zaslin; upgrade zaslin")
    try:
        plan = Plan(
            str(held["package"]), tuple(map(str, held["players"])), tuple(map(str, held["stay"])), str(held["inputs_hash"]), str(held["kernels"]),
            int(held["block_size"]),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError):
        raise StoreError(f"{path} is garbled; {again}") from None
    if inputs_hash is not None and plan.inputs_hash != inputs_hash:
        raise StoreError(f"{path.parent} holds sub-coalitions of another question than the folder's; {again}")
    return plan


def claim(folder: Path, plan: Plan) -> None:
    """Note whose sub-coalitions the folder keeps. Raises StoreError where it keeps others, or where the disk refuses."""
    held = read_plan(folder)
    if held == plan:
        return
    if held is not None:
        words = {
            "package": "package",
            "players": "choice of members",
            "stay": "choice of members",
            "inputs_hash": "question",
            "kernels": "version of the model's code",
        }
        other = dict.fromkeys(words.get(name, name) for name in plan.__dataclass_fields__ if getattr(held, name) != getattr(plan, name))
        raise StoreError(f"{folder / FOLDER} keeps sub-coalitions of another {', '.join(other)}; delete it to begin anew, or choose another folder")
    content = {"version": VERSION, **{name: getattr(plan, name) for name in plan.__dataclass_fields__}}
    try:
        (folder / FOLDER).mkdir(parents=True, exist_ok=True)
        write_all([(folder / FOLDER / PLAN, (json.dumps(content, indent=1) + "\n").encode())])
    except OSError as error:
        raise write_refused(folder, error) from None


def parts(folder: Path) -> dict[int, int]:
    """The parts that are there: first replicate → how many it covers."""
    out = {}
    for path in sorted((folder / FOLDER).glob("sums-*.parquet")):
        try:
            notes = pq.read_metadata(path).metadata or {}
            out[int(path.stem.removeprefix("sums-"))] = int(notes[b"zaslin_count"])
        except (pa.ArrowException, OSError, KeyError, ValueError) as error:
            raise StoreError(f"{path} is truncated or garbled ({error}); delete it and run the same command again") from None
    return out


def write_sums(folder: Path, first: int, count: int, columns: Sequence[Mapping[str, Any]]) -> None:
    """Write one part: `count` replicates from `first` on, with their samples. columns: per block and draw, by the names of `SCHEMA`; sums that are left out
    are null. Rows are sorted by draw, number and coalition, so the bytes depend on the rows alone. Raises StoreError where the disk refuses.
    """
    if first % PART_SIZE or not 0 < count <= PART_SIZE:
        raise ValueError(f"a part holds 1 to {PART_SIZE} replicates from a multiple of it, not {count} from {first}")
    tables = [_table(piece) for piece in columns]
    rows = pa.concat_tables(tables).sort_by([("draw", "ascending"), ("number", "ascending"), ("coalition", "ascending")]).combine_chunks()
    buffer = io.BytesIO()
    with pq.ParquetWriter(buffer, SCHEMA, version="2.6", compression="zstd", compression_level=3, use_dictionary=True, store_schema=False) as writer:
        writer.write_table(rows, row_group_size=1 << 16)
        writer.add_key_value_metadata({"zaslin_count": str(count)})
    try:
        (folder / FOLDER).mkdir(parents=True, exist_ok=True)
        write_all([(folder / FOLDER / f"sums-{first:06d}.parquet", buffer.getvalue())])
    except OSError as error:
        raise write_refused(folder, error, "the sub-coalitions before are kept; the same command goes on from there") from None


def read_sums(folder: Path, draw: str, names: Sequence[str], subsets: int) -> tuple[pl.DataFrame, np.ndarray]:
    """The sums of one draw: what each number is (number, block, weight, kept, country; a row each) and the sums, float64 (numbers, subsets, names).

    Raises StoreError for a part that cannot be read, or that lacks subsets.
    """
    paths = [folder / FOLDER / f"sums-{first:06d}.parquet" for first in parts(folder)]
    keys = ["number", "block", "weight", "kept", "country"]
    if not paths:
        return pl.DataFrame(schema={"number": pl.Int32, "block": pl.Int32, "weight": pl.Float64, "kept": pl.Float64, "country": pl.String}), np.zeros(
            (0, subsets, len(names))
        )
    try:
        rows = pl.scan_parquet(paths, glob=False).filter(pl.col("draw") == draw).select(*keys, "coalition", *names).sort("number", "coalition").collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise StoreError(
            f"the sub-coalitions in {folder / FOLDER} cannot be read ({str(error).splitlines()[0]}); delete it and run the same command again"
        ) from None
    complete = len(rows) % subsets == 0 and bool((rows["coalition"].to_numpy().reshape(-1, subsets) == np.arange(subsets)).all()) if len(rows) else True
    if not complete:
        raise StoreError(f"the sub-coalitions in {folder / FOLDER} are not complete; delete it and run the same command again")
    sums = np.stack([rows[name].to_numpy().astype(np.float64) for name in names], axis=-1) if len(names) else np.zeros((len(rows), 0))
    return rows[::subsets].select(keys), sums.reshape(-1, subsets, len(names))


def rows_of(folder: Path, first: int) -> list[dict[str, Any]]:
    """What a part holds, to be written again in a longer one."""
    path = folder / FOLDER / f"sums-{first:06d}.parquet"
    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise StoreError(f"{path} is truncated or garbled ({error}); delete it and run the same command again") from None
    return [{name: table.column(name) for name in SCHEMA.names}]


def _table(piece: Mapping[str, Any]) -> pa.Table:
    n = len(piece["number"])
    arrays = []
    for field in SCHEMA:
        value = piece.get(field.name)
        if value is None:
            arrays.append(pa.nulls(n, field.type))
        elif isinstance(value, (pa.ChunkedArray, pa.Array)):
            arrays.append(value.cast(field.type).combine_chunks() if isinstance(value, pa.ChunkedArray) else value.cast(field.type))
        else:
            arrays.append(pa.array(value, type=field.type))
    return pa.table(arrays, schema=SCHEMA)
