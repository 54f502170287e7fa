"""A process of its own that flies W when asked: for the memory row and for `make bench-gate`.

    python benchmarks/once.py serve                 # then lines on stdin: `anew 20`, `shared 5`; each answered by one line of JSON
    python benchmarks/once.py memory 100000 --budget 240

The gate starts the `once.py` of the base version as well as that of the change: what it reads and writes must stay as it is.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from machine import cores
from measure import reference_s
from rows_w import sizes
from stream import new_folder, packages, rate, stream
from w import workload
from zaslin.outcomes.store import PART_SIZE

PARTS_AT_ONCE = 4
"""Parts a thread writes between two looks at the memory."""


def memory_mb() -> tuple[float, float]:
    """Peak and present resident memory of this process, MB (1e6 bytes). The present one is NaN where the system does not tell."""
    status = Path("/proc/self/status")
    if status.is_file():
        # not getrusage: a child's peak there begins with its parent's
        found = dict(line.split(":", 1) for line in status.read_text().splitlines() if line.startswith("Vm"))
        return tuple(int(found[key].split()[0]) * 1024 / 1e6 for key in ("VmHWM", "VmRSS"))  # type: ignore[return-value]
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1.0 if sys.platform == "darwin" else 1024.0) / 1e6, float("nan")


def memory(replicates: int, budget_s: float, threats: int, first: int = 0) -> dict[str, object]:
    """Stream W until so many replicates are written or the time is over. Files are counted and deleted as they come: 100,000 replicates fill a disk.

    first: replicates before the time is looked at; 0: a whole part on each thread, without which the peak would look lower than it is.
    """
    w = workload(*sizes(threats))
    threads = min(2, cores())
    folder = Path(tempfile.mkdtemp(prefix="zaslin-bench-"))
    track: list[tuple[int, float, float]] = [(0, *memory_mb())]
    written, done, part, start = 0, 0, 0, time.perf_counter()
    try:
        results = new_folder(folder / "results", [w.coalition.package], replicates)
        while done < replicates and (done == 0 or time.perf_counter() - start < budget_s):
            most = PART_SIZE * threads * (PARTS_AT_ONCE if done else 1)
            if done:  # no more than the rest of the time allows, but whole parts
                most = min(most, max(1, int((budget_s - time.perf_counter() + start) * done / (time.perf_counter() - start) / PART_SIZE)) * PART_SIZE)
            n = min(replicates - done, first if done == 0 and first else most)
            stream(w, results, [w.coalition], n, threads, part)
            done, part = done + n, part + threads * PARTS_AT_ONCE
            for path in (folder / "results" / w.coalition.package).iterdir():
                written += path.stat().st_size
                path.unlink()
            track.append((done, *memory_mb()))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return {"replicates": done, "bytes": written, "seconds": time.perf_counter() - start, "track": track}


def serve(threats: int) -> None:
    """Answer until stdin ends."""
    w = workload(*sizes(threats))
    several = packages(w)
    threads = min(2, cores())
    folder = Path(tempfile.mkdtemp(prefix="zaslin-bench-"))
    try:
        print(json.dumps({"ready": True, "pid": os.getpid()}), flush=True)
        for line in sys.stdin:
            what, n = line.split()
            coalitions = {"anew": [w.coalition], "shared": several}[what]
            reference = reference_s(threads)
            found = rate(w, coalitions, int(n), threads, Path(tempfile.mkdtemp(dir=folder)) / "results")
            print(json.dumps({"what": what, "rate": found, "reference_s": reference}), flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("serve", "memory"))
    parser.add_argument("replicates", type=int, nargs="?", default=1_000)
    parser.add_argument("--budget", type=float, default=240.0, help="seconds")
    parser.add_argument("--first", type=int, default=0, help="replicates before the first look at the time; default: a whole part on each thread")
    parser.add_argument("--threats", type=int, default=120, help="of W; everything else in proportion")
    asked = parser.parse_args()
    if asked.what == "serve":
        serve(asked.threats)
    else:
        print(json.dumps(memory(asked.replicates, asked.budget, asked.threats, asked.first)))


if __name__ == "__main__":
    main()
