"""Run a study into a results folder: blocks of replicates on threads, every package on the same raids, finished parts kept.

A replicate's rows depend on the study and the replicate's number alone; threads and the order of work change nothing. A part is
250 replicates of one package; it is written once and whole, so a run that stops is continued by the same command.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from zaslin.atlas.ground import Ground, load_ground
from zaslin.errors import InputError
from zaslin.outcomes.store import PART_SIZE, Results, create
from zaslin.outcomes.tables import SCHEMA_VERSION
from zaslin.studies.block import SAMPLES_PER_BLOCK, BlockRows, fly_block
from zaslin.studies.design import Study, description
from zaslin.studies.provenance import provenance
from zaslin.studies.warm import warm_up
from zaslin.world.inputs import BLOCK_SIZE

Progress = Callable[[str, int, int], None]
"""Called with (what, done, of): blocks finished and blocks to do."""

BLOCKS_PER_PART = PART_SIZE // BLOCK_SIZE


def run(item: Study, folder: Path | str, threads: int | None = None, progress: Progress | None = None) -> Results:
    """Simulate what the folder lacks and return it open.

    threads: 1 to the machine's cores (default: all). Raises StoreError where the folder holds another question or cannot be written;
    KeyboardInterrupt passes through after the finished parts are safe. The result's `manifest["run"]` says how long this call took.
    """
    cores = os.cpu_count() or 1
    workers = cores if threads is None else threads
    if isinstance(workers, bool) or not isinstance(workers, int) or not 1 <= workers <= 256:
        raise InputError(f"threads: {threads} came; give a whole number from 1 (this machine has {cores} cores)")
    started = time.perf_counter()
    told = provenance()
    results = create(
        folder,
        {
            "schema_version": SCHEMA_VERSION,
            **description(item),
            "replicates": item.replicates,
            "kernels": told["source_hash"],
            **told,
            "started": datetime.now(UTC).isoformat(timespec="seconds"),
            "finished": None,
        },
    )
    ground = load_ground()
    parts = _missing_parts(item, results)
    todo = sum(len(blocks) for _, _, blocks in parts)
    if todo:
        warm_up(item, ground)
    done = 0
    if progress:
        progress("simulating", 0, todo)
    records: dict[int, dict[str, Any]] = {int(key): value for key, value in (results.manifest.get("tagging") or {}).items()}
    with ThreadPoolExecutor(max_workers=workers) as pool:
        try:
            for first, names, blocks in parts:
                rows: list[BlockRows] = []
                for block in _in_order(pool, workers, item, ground, names, blocks):
                    rows.append(block)
                    done += 1
                    if progress:
                        progress("simulating", done, todo)
                records.update({block.block: block.record for block in rows})
                results.update(tagging={str(key): records[key] for key in sorted(records)})
                for name in names:
                    _write(results, name, first, rows)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    seconds = time.perf_counter() - started
    flown = sum(len(names) * len(blocks) for _, names, blocks in parts) * BLOCK_SIZE
    results.finish({"seconds": round(seconds, 3), "replicates_flown": flown, "replicates_per_s": round(flown / seconds, 2), "threads": workers})
    return results


def _missing_parts(item: Study, results: Results) -> list[tuple[int, tuple[str, ...], list[int]]]:
    """(first replicate, packages that lack the part, its blocks), in order."""
    lacking: dict[int, tuple[set[str], int]] = {}
    for package in item.packages:
        for first, count in results.missing(package.name, "plain", item.replicates):
            names, _ = lacking.get(first, (set(), 0))
            lacking[first] = (names | {package.name}, count)
    out = []
    for first in sorted(lacking):
        names, count = lacking[first]
        block = first // BLOCK_SIZE
        ordered = tuple(package.name for package in item.packages if package.name in names)
        out.append((first, ordered, list(range(block, block + count // BLOCK_SIZE))))
    return out


def _in_order(pool: ThreadPoolExecutor, workers: int, item: Study, ground: Ground, names: tuple[str, ...], blocks: list[int]) -> Iterator[BlockRows]:
    """The blocks' rows as they finish; at most a few blocks wait in memory, and Ctrl-C is answered between two of them."""
    chosen = tuple(package for package in item.packages if package.name in names)
    waiting: set[Future[BlockRows]] = set()
    queue = iter(blocks)
    for block in queue:
        waiting.add(pool.submit(fly_block, item, ground, chosen, block))
        if len(waiting) >= 2 * workers:
            break
    while waiting:
        finished, waiting = wait(waiting, timeout=0.5, return_when=FIRST_COMPLETED)
        for future in finished:
            yield future.result()
            for block in queue:
                waiting.add(pool.submit(fly_block, item, ground, chosen, block))
                break


def _write(results: Results, package: str, first: int, rows: list[BlockRows]) -> None:
    """Write a part: tagged and given draws before the plain one, whose presence says that the part is whole."""
    ordered = sorted(rows, key=lambda block: block.block)
    for draw in ("tagged", "given", "plain"):
        per_block = BLOCK_SIZE if draw == "plain" else SAMPLES_PER_BLOCK
        at_a_time = PART_SIZE // per_block
        for start in range(0, len(ordered), at_a_time):
            blocks = ordered[start : start + at_a_time]
            tables = [block.tables[package][draw] for block in blocks if draw in block.tables[package]]
            if not tables:
                continue
            merged = {name: pa.concat_tables([table[name] for table in tables], promote_options="permissive") for name in tables[0]}
            results.write_part(package, draw, blocks[0].block * per_block, merged, count=len(blocks) * per_block)
