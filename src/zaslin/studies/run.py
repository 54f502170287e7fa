"""Run a study into a results folder: blocks of replicates on threads, every package on the same raids, finished parts kept.

A replicate's rows depend on the study and the replicate's number alone; threads and the order of work change nothing. A part is
250 replicates of one package. A run that stops keeps its finished blocks as a short part, and the same command goes on from there (`flying`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, wait
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import takewhile
from pathlib import Path

import pyarrow as pa

from zaslin import stopping
from zaslin.atlas.ground import Ground, load_ground
from zaslin.errors import StoreError
from zaslin.outcomes.search import read_search, write_search
from zaslin.outcomes.store import DRAWS, PART_SIZE, Results, create
from zaslin.outcomes.stored import joined
from zaslin.outcomes.tables import SCHEMA_VERSION, TABLES
from zaslin.outcomes.tagging import write_tagging
from zaslin.scenario.package import Package
from zaslin.studies.block import SAMPLES_PER_BLOCK, BlockFlights, fly_raids_of, rows_of
from zaslin.studies.design import Study, description
from zaslin.studies.flying import crew, fly_in_order, workers_of
from zaslin.studies.found import Found, from_plain
from zaslin.studies.provenance import provenance
from zaslin.studies.terrain import first_views, shaded
from zaslin.studies.warm import warm_up
from zaslin.world.inputs import BLOCK_SIZE

Progress = Callable[[str, int, int], None]
"""Called with (what, done, of): blocks finished and blocks to do; before that, where there is a raster, windows read and lines of sight; after it, of a large
run, sums of packages."""

KEEP_SUMS = 10_000
"""From so many replicates on, the run sums every measure per replicate when it is done; below, a comparison reads the tables quickly enough."""


def run(item: Study, folder: Path | str, threads: int | None = None, progress: Progress | None = None) -> Results:
    """Simulate what the folder lacks and return it open.

    threads: 1 to the machine's cores (default: all). Raises StoreError where the folder holds another question or cannot be written.
    The first Ctrl-C (or SIGTERM) is put off until the blocks under way are finished, for some seconds at most, and what is complete in order is written;
    then KeyboardInterrupt is raised (or the process ends). A second one comes at once, but for what is being written then.
    The result's `manifest["summary"]` says how long this call took.
    """
    workers = workers_of(threads)
    started = time.perf_counter()
    told = provenance()
    flat = load_ground()
    ground, mask = shaded(item, flat, progress)
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
    parts = _missing_parts(item, results)
    todo = sum(len(part.blocks) for part in parts)
    if todo:
        stopping.apart(warm_up, item, ground)
    seen = (results.manifest.get("terrain_effect") or {}).get("first_views") or {}
    if mask and any(name not in seen for name in results.packages):
        results.update(terrain_effect={**mask, "first_views": first_views(item, flat, ground)})
    done = 0
    if progress and todo:
        progress("simulating", 0, todo)
    with crew(workers) as (pool, stop):
        before = _Behind()
        for part in parts:
            if stop.asked:
                break
            flown: list[BlockFlights] = []
            known = {block: found for block, found in _known(results, part).items() if block in part.blocks}
            packages = tuple(package for package in item.packages if package.name in part.packages)
            fly = partial(_fly, item, ground, packages, known)
            keep = partial(_keep_both, before, results, part, flown)
            try:
                for block in fly_in_order(pool, workers, fly, part.blocks, stop, keep):
                    flown.append(block)
                    done += 1
                    if progress:
                        progress("simulating", done, todo)
                    before.tell()
            except StoreError:
                raise  # the disk refuses, and what it took is told
            except BaseException as error:
                if not stop.again(error):
                    keep()
                raise
            free = None if stop.asked else pool  # after a stop threads may still be at blocks that nobody waits for
            if free is None or part is parts[-1]:
                keep(free)
            else:
                before.settle()
                before.put(pool.submit(_keep, results, part, flown))
        before.settle()
    if todo and results.replicates >= KEEP_SUMS:
        _keep_sums(results, progress)
    seconds = time.perf_counter() - started
    replicates = sum(len(part.packages) * len(part.blocks) for part in parts) * BLOCK_SIZE
    results.finish({"seconds": round(seconds, 3), "replicates_flown": replicates, "replicates_per_s": round(replicates / seconds, 4), "threads": workers})
    return results


def _keep_sums(results: Results, progress: Progress | None) -> None:
    """Sum every measure per replicate once, so that a comparison of many replicates need not read all tables."""
    from zaslin.measures.registry import MEASURES
    from zaslin.measures.values import Reading

    work = [(package, draw) for package in results.packages for draw in DRAWS]
    for done, (package, draw) in enumerate(work):
        if progress:
            progress("summing", done, len(work))
        Reading(results).keep(MEASURES.values(), package, draw)


@dataclass(frozen=True)
class _Part:
    """What a part lacks: the packages, the blocks that all of them have already (`there`, from block `first` on) and those to fly."""

    first: int
    packages: tuple[str, ...]
    there: int
    blocks: list[int]


def _missing_parts(item: Study, results: Results) -> list[_Part]:
    """By first replicate, and there one for all packages that have as much: what a package has is not flown again for another that has less."""
    lacking: dict[tuple[int, int], list[str]] = {}
    counts: dict[int, int] = {}
    for package in item.packages:
        there = results.parts(package.name)
        for first, count in results.missing(package.name, "plain", results.replicates):
            lacking.setdefault((first, there.get(first, 0) // BLOCK_SIZE), []).append(package.name)
            counts[first] = count
    out = []
    for (first, there_blocks), names in sorted(lacking.items()):
        start = first // BLOCK_SIZE
        out.append(_Part(start, tuple(names), there_blocks, list(range(start + there_blocks, start + counts[first] // BLOCK_SIZE))))
    return out


def _known(results: Results, part: _Part) -> dict[int, Found]:
    """What was found for the part's blocks when other packages were flown; what is not as it was written is sought again."""
    out = {}
    for block, (plain, record) in read_search(results, part.first * BLOCK_SIZE).items():
        with suppress(KeyError, TypeError, ValueError):
            out[block] = from_plain(plain, record)
    return out


def _fly(item: Study, ground: Ground, packages: tuple[Package, ...], known: Mapping[int, Found], block: int) -> BlockFlights:
    return fly_raids_of(item, ground, packages, block, found=known.get(block))


class _Behind:
    """The part before, which a thread writes while the next one is flown."""

    def __init__(self) -> None:
        self._task: Future[None] | None = None

    def put(self, task: Future[None]) -> None:
        """The next one; the one before it is settled."""
        self._task = task

    def tell(self) -> None:
        """Raise the StoreError that it ended with, if it did."""
        if self._task is not None and self._task.done():
            self.settle()

    def settle(self) -> None:
        """Wait until it is on the disk, and raise the StoreError that it ended with. A stop is answered after that."""
        task, self._task = self._task, None
        if task is not None:
            with stopping.whole():
                wait([task])
            task.result()


def _keep_both(before: _Behind, results: Results, part: _Part, flown: list[BlockFlights], pool: Executor | None = None) -> None:
    """`_keep`, after the part before is on the disk. Both are written before a second stop is answered: what was finished at the first is safe."""
    with stopping.whole():
        before.settle()
        _keep(results, part, flown, pool)


def _keep(results: Results, part: _Part, flown: list[BlockFlights], pool: Executor | None = None) -> None:
    """Write what was flown of a part; where the disk refuses that, as many of its blocks as it takes, and then raise StoreError with what is kept."""
    try:
        _write(results, part, flown, len(part.blocks), pool)
    except StoreError as error:
        most = len(flown) // 2
        while most:
            try:
                _write(results, part, flown, most)
                break
            except StoreError:
                most //= 2
        raise StoreError(error.what, f"kept: {results.kept()}; the same command completes the rest") from None


def _write(results: Results, part: _Part, flown: list[BlockFlights], most: int, pool: Executor | None = None) -> None:
    """Write what was flown of a part without a gap (of `most` blocks at most), after what it had: its tagging record and what was found, then the
    packages, on the threads of an idle pool if there is one. A package that has as much is left alone."""
    by_number = {block.block: block for block in flown}
    blocks = [by_number[block] for block in takewhile(by_number.__contains__, part.blocks)][:most]
    if not blocks:
        return
    write_tagging(results, part.first * BLOCK_SIZE, {block.block: block.found.record for block in blocks})
    with suppress(StoreError):  # a folder does without; a disk that refuses this refuses what follows
        write_search(results, part.first * BLOCK_SIZE, {block.block: block.found.plain() for block in blocks})
    stop = blocks[-1].block + 1
    has = {package: results.parts(package).get(part.first * BLOCK_SIZE, 0) for package in part.packages}
    lacking = [package for package, count in has.items() if count < (stop - part.first) * BLOCK_SIZE]
    write = partial(_write_package, results, part, blocks)
    if pool is None:
        for package in lacking:
            write(package)
    else:
        with stopping.whole():  # whoever tries again, after an error of one of them or a stop, is alone
            writing = [pool.submit(write, package) for package in lacking]
            wait(writing)
        for done in writing:
            done.result()


def _write_package(results: Results, part: _Part, blocks: list[BlockFlights], package: str) -> None:
    """The tagged and given draws and at last the plain one, whose presence says that the part is whole as far as it goes."""
    for draw, start, end in _chunks(part.first, blocks[-1].block + 1):
        tables = _chunk(results, part, package, draw, start, end, blocks)
        if tables:
            per_block = BLOCK_SIZE if draw == "plain" else SAMPLES_PER_BLOCK
            results.write_part(package, draw, start * per_block, tables, count=(end - start) * per_block)


def _chunks(first: int, stop: int) -> Iterator[tuple[str, int, int]]:
    """(draw, first block, end block) of the files that hold blocks `first` … `stop` − 1; plain last."""
    for draw in ("tagged", "given", "plain"):
        size = PART_SIZE // (BLOCK_SIZE if draw == "plain" else SAMPLES_PER_BLOCK)
        for start in range(first, stop, size):
            yield draw, start, min(start + size, stop)


def _chunk(results: Results, part: _Part, package: str, draw: str, start: int, end: int, blocks: list[BlockFlights]) -> dict[str, pa.Table]:
    """The tables of blocks `start` … `end` − 1: what the folder has of them and what was flown."""
    new = rows_of([block for block in blocks if start <= block.block < end], package, draw)
    had = min(part.first + part.there, end)
    if had <= start:
        return new
    names = list(new) if new else list(TABLES) if results.parts(package, draw) else []
    merged = {}
    for name in names:
        held = results.blocks(name, package, draw, start, had)
        merged[name] = joined(name, [held, new[name]] if new else [held])
    return merged
