"""How long `zaslin compare` takes on 100,000 replicates: a folder made by `large_folder.py` of a real run of 250, the second call and later ones.

    python benchmarks/compare_large.py            # makes the folder in a temporary place (some gigabytes, some minutes), times, and deletes it
    python benchmarks/compare_large.py FOLDER     # times on a folder that is there

The first call on a folder sums up its replicates and keeps the sums beside it; it is told too. A run of 10,000 replicates or more keeps them itself.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPLICATES = 100_000
CALLS = 5
AS_INSTALLED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""A user's install has Python's bytecode; a checkout that writes none would compile zaslin's source in every call."""


def main() -> int:
    """Times the calls and prints a line of JSON a figure."""
    if len(sys.argv) > 1:
        return timed(Path(sys.argv[1]))
    with tempfile.TemporaryDirectory() as place:
        small, large = Path(place) / "small", Path(place) / "large"
        zaslin("run", "2023-12-29", "-p", "status-quo", "-p", "pl-ro-toward-border", "-n", "250", "-o", str(small))
        subprocess.run([sys.executable, str(Path(__file__).with_name("large_folder.py")), "make", str(small), str(large), str(REPLICATES)], check=True)
        return timed(large)


def zaslin(*words: str) -> float:
    """Seconds that a command takes from the shell's point of view."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "zaslin", *words], check=True, capture_output=True, env=AS_INSTALLED | {"TERM": "dumb"})
    return time.perf_counter() - started


def timed(folder: Path) -> int:
    """The first call, then CALLS more."""
    first = zaslin("compare", str(folder))
    rest = [zaslin("compare", str(folder)) for _ in range(CALLS)]
    print(f"first call {first:.2f} s, then {statistics.median(rest):.2f} s ({min(rest):.2f} to {max(rest):.2f}, {CALLS} calls)", file=sys.stderr)
    print(json.dumps({"figure": "compare_100000_first_s", "value": first}))
    print(json.dumps({"figure": "compare_100000_s", "value": statistics.median(rest)}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
