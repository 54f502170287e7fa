"""Blocks on threads, in order, until all are flown or the user stops: then those under way are finished if that takes a moment, and no new one begins.

What a block is, and what is kept of it, is the study's business.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from itertools import islice
from typing import TypeVar

from zaslin import stopping
from zaslin.asked import whole

Rows = TypeVar("Rows")

MOST_THREADS = 256
LOOK_S = 0.2
"""Between two looks whether the user wants to stop."""


def workers_of(threads: int | None) -> int:
    """Number of threads: the machine's cores where none is named. Raises InputError for what is no such number."""
    cores = os.cpu_count() or 1
    if threads is None:
        return min(cores, MOST_THREADS)
    return whole("threads", threads, 1, MOST_THREADS, f"a whole number from 1 (this machine has {cores} cores)")


@contextmanager
def crew(workers: int) -> Iterator[tuple[ThreadPoolExecutor, stopping.Notice]]:
    """Threads for `fly_in_order`, and whether the user wants to stop, which is put off meanwhile.

    After a stop nobody waits for the threads: what they still do is dropped.
    """
    with stopping.put_off() as stop:
        pool = ThreadPoolExecutor(max_workers=workers)
        hurry = False
        try:
            yield pool, stop
        except KeyboardInterrupt:
            hurry = True
            raise
        finally:
            pool.shutdown(wait=not (hurry or stop.asked), cancel_futures=True)


def fly_in_order(
    pool: ThreadPoolExecutor, workers: int, fly: Callable[[int], Rows], blocks: Iterable[int], stop: stopping.Notice, keep: Callable[[], None]
) -> Iterator[Rows]:
    """What `fly` makes of each block, as it is finished; at most a few blocks wait in memory.

    After a stop `keep` is called at once, for what was given so far: then a second stop loses nothing of it. Blocks under way follow, if they are done
    within PATIENCE_S; blocks that wait are left out.
    """
    queue = iter(blocks)
    waiting: set[Future[Rows]] = {pool.submit(fly, block) for block in islice(queue, 2 * workers)}
    until_s = None
    while waiting and (until_s is None or time.monotonic() < until_s):
        if stop.asked and until_s is None:
            queue = iter(())
            until_s = time.monotonic() + stopping.PATIENCE_S
            waiting = {future for future in waiting if not future.cancel()}
            _tell(f"stopping: blocks now flown have {stopping.PATIENCE_S:g} s to end, then what is finished is written; again to stop at once\n")
            keep()
        finished, waiting = wait(waiting, timeout=LOOK_S, return_when=FIRST_COMPLETED)
        for future in finished:
            yield future.result()
            if not stop.asked:
                waiting |= {pool.submit(fly, block) for block in islice(queue, 1)}


def _tell(line: str) -> None:
    with suppress(OSError, AttributeError):  # a terminal that went away is a stop too
        sys.stderr.write(line)
        sys.stderr.flush()
