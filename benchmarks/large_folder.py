"""A results folder of many replicates, made of a real one: its part of 250 replicates again and again under other numbers; and how long `compare` takes on it.

    python benchmarks/large_folder.py make results/first results/large 100000
    python benchmarks/large_folder.py time results/large

The copies are plausible rows, not independent nights: their intervals mean nothing. `time` runs `zaslin compare FOLDER --json` in processes of their own and
prints one JSON object a line.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from zaslin.outcomes.store import PART_SIZE, create, open_results
from zaslin.outcomes.tables import TABLES
from zaslin.outcomes.tagging import SAMPLES, tagging_records, write_tagging

MUST_S = 2.0


def make(source: str, target: str, replicates: int) -> None:
    """Write `replicates` replicates into `target`, out of the first whole part of `source`."""
    held = open_results(source)
    if held.finished() < PART_SIZE or replicates % PART_SIZE:
        sys.exit(f"{source} needs {PART_SIZE} finished replicates, and the number asked for must be a multiple of {PART_SIZE}")
    per_part = PART_SIZE // held.block_size
    samples = 20 * per_part
    found = {block: record for block, record in tagging_records(held) if block < per_part}
    out = create(
        target, {key: value for key, value in {**held.manifest, "replicates": replicates, "finished": None}.items() if key not in ("tagging", SAMPLES)}
    )
    for number in range(replicates // PART_SIZE):
        write_tagging(out, number * PART_SIZE, {number * per_part + block: record for block, record in found.items()})
    jobs = []
    for package in held.packages:
        for draw in ("plain", "tagged", "given"):
            for first, count in held.parts(package, draw).items():
                if first >= (PART_SIZE if draw == "plain" else samples):
                    continue
                tables = {name: _table(held, package, draw, name, first) for name in TABLES}
                jobs.append((package, draw, first, count, {name: table for name, table in tables.items() if table is not None}))

    def copy(number: int) -> None:
        for package, draw, first, count, tables in jobs:
            by = number * (PART_SIZE if draw == "plain" else samples)
            moved = {name: _moved(table, draw, number * PART_SIZE, by, number * per_part) for name, table in tables.items()}
            out.write_part(package, draw, first + by, moved, count)

    with ThreadPoolExecutor(2) as pool:
        for number, _ in enumerate(pool.map(copy, range(replicates // PART_SIZE)), 1):
            if number % 20 == 0:
                print(f"{number * PART_SIZE:,} of {replicates:,} replicates", file=sys.stderr)


def _table(held: object, package: str, draw: str, name: str, first: int) -> pa.Table | None:
    path = held._path(package, name, draw, first)  # type: ignore[attr-defined]
    return pq.read_table(path) if path.is_file() else None


def _moved(table: pa.Table, draw: str, replicates: int, samples: int, blocks: int) -> pa.Table:
    """The rows under other numbers."""
    for name, by in (("replicate", replicates), ("block", blocks), ("sample", samples if draw != "plain" else 0)):
        place = table.schema.get_field_index(name)
        table = table.set_column(place, table.schema.field(place), pc.add(table.column(name), pa.scalar(by, table.schema.field(place).type)))
    return table


def measure(folder: str, times: int = 5) -> None:
    """Median seconds of `compare` from the shell, and its peak memory; the first call may have to make the sums, and is told apart."""
    seconds = []
    for _ in range(times + 1):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "zaslin", "compare", folder, "--json"], check=True, stdout=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - started)
    n = open_results(folder).replicates
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024.0
    rows = (
        (f"compare on {n:,} replicates, first call", seconds[0], "s", None),
        (f"compare on {n:,} replicates, from the shell", statistics.median(seconds[1:]), "s", MUST_S),
        (f"compare on {n:,} replicates, peak memory of all calls", peak, "MB", 500.0),
    )
    for figure, value, unit, must in rows:
        print(json.dumps({"figure": figure, "value": round(value, 3), "unit": unit, "must": must, "aim": None, "better": "lower"}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["make"] and len(sys.argv) == 5:
        make(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    elif sys.argv[1:2] == ["time"] and len(sys.argv) == 3:
        measure(sys.argv[2])
    else:
        sys.exit(__doc__)
