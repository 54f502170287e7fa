"""Replicates of W flown on threads and written as a study writes them: every outcome table, parts of 250 replicates, Parquet.

The one place in the benchmarks that calls the engine; `run.py`, `once.py` and the gate only ask for so many replicates.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from w import W
from zaslin.engine.loop import fly_chunk
from zaslin.engine.replicate import Memory
from zaslin.outcomes.store import PART_SIZE, Results, create
from zaslin.outcomes.stored import joined
from zaslin.outcomes.tables import SCHEMA_VERSION
from zaslin.world.arrays import Coalition

if TYPE_CHECKING:
    import pyarrow as pa  # not before zaslin, which says where Arrow takes its memory from

BLOCK = 125
"""Replicates that are flown in one call of the engine."""
SEED = 1
N_PACKAGES = 16
"""Packages on the same raids in the shared row."""
GROUPS, MODELS = ("drones", "cruise"), ("w-drone", "w-cruise")


def packages(w: W, n: int = N_PACKAGES) -> list[Coalition]:
    """`n` packages of W's coalition whose fighters and batteries hit less and less, from W's own down to six tenths of it: who sees and may is the same."""
    out = []
    for k, factor in enumerate(np.linspace(1.0, 0.6, n)):
        shooters = w.coalition.shooters.copy()
        shooters["p_kill"] *= factor
        out.append(replace(w.coalition, package=f"w-{k:02d}", shooters=shooters))
    return out


def new_folder(folder: Path, names: Sequence[str], replicates: int) -> Results:
    """An empty results folder for W."""
    manifest = {
        "schema_version": SCHEMA_VERSION, "inputs_hash": "workload-w", "seed": SEED, "block_size": BLOCK, "replicates": replicates,
        "night": {"id": "w"}, "packages": [{"name": name, "members": []} for name in names], "inputs": [], "given": None,
    }  # fmt: skip
    return create(folder, json.loads(json.dumps(manifest)))


def stream(
    w: W,
    results: Results,
    coalitions: Sequence[Coalition],
    replicates: int,
    threads: int,
    first_part: int = 0,
    written: Callable[[int], None] | None = None,
) -> float:
    """Fly `replicates` raids under each package and write them; seconds.

    Parts are shared out to the threads; the raids are drawn once, looked at once where there is more than one package, and flown under each. Part p holds
    replicates 250 p … ; where there are too few for whole parts on all threads, parts are shorter. written: called with the replicates of each part that is
    on the disk (by the thread that wrote it).
    """
    sizes = _sizes(replicates, threads)
    start = time.perf_counter()

    def one(item: tuple[int, int]) -> None:
        part, size = item
        rows = _part(w, coalitions, part * PART_SIZE, size)
        for coalition, tables in zip(coalitions, rows, strict=True):
            results.write_part(coalition.package, "plain", part * PART_SIZE, tables, count=size)
        if written is not None:
            written(size)

    items = list(enumerate(sizes, first_part))
    if threads == 1:
        for item in items:
            one(item)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(one, items))
    return time.perf_counter() - start


def _sizes(replicates: int, threads: int) -> list[int]:
    """Replicates of each part: 250 at most, and as many parts of nearly the same size as the threads can share evenly."""
    n = max(1, -(-replicates // (PART_SIZE * threads))) * threads
    n = min(n, replicates)
    return [replicates // n + (i < replicates % n) for i in range(n)]


def _part(w: W, coalitions: Sequence[Coalition], first: int, size: int) -> list[dict[str, pa.Table]]:
    """The tables of replicates `first` … under each package."""
    chunks: list[list[dict[str, pa.Table]]] = [[] for _ in coalitions]
    for start in range(first, first + size, BLOCK):
        numbers = range(start, min(start + BLOCK, first + size))
        raids = [w.raid(SEED, i) for i in numbers]
        memories = [Memory() for _ in raids] if len(coalitions) > 1 else None
        for coalition, held in zip(coalitions, chunks, strict=True):
            held.append(fly_chunk(raids, [coalition] * len(raids), w.ground, SEED, "plain", list(numbers), GROUPS, MODELS, memories))
    return [{name: joined(name, [chunk[name] for chunk in held]) for name in held[0]} for held in chunks]


def rate(w: W, coalitions: Sequence[Coalition], replicates: int, threads: int, folder: Path) -> float:
    """Replicates (raids × packages) a second, into a folder of its own that is deleted again. The folder's making does not count, the writing does."""
    results = new_folder(folder, [coalition.package for coalition in coalitions], replicates)
    try:
        seconds = stream(w, results, coalitions, replicates, threads)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return replicates * len(coalitions) / seconds
