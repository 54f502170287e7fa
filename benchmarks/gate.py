"""Is this checkout slower than a base version? `make bench-gate BASE=main`. Fails only where that is beyond doubt.

    python benchmarks/gate.py main
    python benchmarks/gate.py v0.1 --rounds 15 --what anew

The base is checked out beside, with its own cache of kernels. Both fly W in processes of their own, in turns of base, change, change, base, so that a
slow drift of the machine falls on both; each turn gives one ratio of rates, change / base. It fails only where the whole 90 % interval of the median ratio
lies below 0.75.
"""

from __future__ import annotations

import argparse
import filecmp
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from measure import median_interval
from rows_w import sized
from stream import N_PACKAGES

ROOT = Path(__file__).parents[1]
LIMIT = 0.75
PIECE_S = 2.0
"""How long one piece of a turn should take at the base's speed."""
WORKLOAD = ("make_w.py", "w.py", "stream.py")


class Side:
    """One version's process that flies W when asked."""

    def __init__(self, tree: Path, cache: Path | None, threats: int):
        env = {**os.environ, "PYTHONPATH": str(tree / "src")}
        if cache is not None:
            env["ZASLIN_CACHE"] = str(cache)
        self._process = subprocess.Popen(
            [sys.executable, str(tree / "benchmarks" / "once.py"), "serve", "--threats", str(threats)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env, cwd=tree,
        )  # fmt: skip
        self._answer()

    def rate(self, what: str, replicates: int) -> float:
        """Replicates a second of one piece."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{what} {replicates}\n")
        self._process.stdin.flush()
        return float(self._answer()["rate"])

    def _answer(self) -> dict[str, float]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"a benchmark process ended with {self._process.wait()}")
        answer: dict[str, float] = json.loads(line)
        return answer

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)


def ratios(base: Callable[[], float], change: Callable[[], float], rounds: int, say: Callable[[str], None]) -> list[float]:
    """One ratio change / base a round, of the geometric means of two pieces each in the order base, change, change, base."""
    out = []
    for i in range(rounds):
        first, second, third, fourth = base(), change(), change(), base()
        out.append(math.sqrt(second * third / (first * fourth)))
        say(f"round {i + 1} of {rounds}: base {math.sqrt(first * fourth):.4g}/s, change {math.sqrt(second * third):.4g}/s, ratio {out[-1]:.3f}")
    return out


def fails(values: Sequence[float], limit: float = LIMIT) -> bool:
    """Whether the whole 90 % interval of the median ratio lies below the limit."""
    return median_interval(values)[1] < limit


@contextmanager
def checked_out(ref: str) -> Iterator[Path]:
    """A worktree of `ref` in a temporary folder, gone afterwards. Raises SystemExit in words where git does not know it."""
    with tempfile.TemporaryDirectory(prefix="zaslin-gate-") as folder:
        tree = Path(folder) / "base"
        done = subprocess.run(["git", "-C", str(ROOT), "worktree", "add", "--detach", str(tree), ref], capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"bench-gate: git cannot check out {ref}: {done.stderr.strip().splitlines()[-1] if done.stderr else 'no word'}")
        try:
            yield tree
        finally:
            subprocess.run(["git", "-C", str(ROOT), "worktree", "remove", "--force", str(tree)], capture_output=True)


def main(words: Sequence[str] | None = None) -> int:
    """The command line; 1 where the change is slower beyond doubt."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", help="the version to hold against: a branch, tag or commit")
    parser.add_argument("--rounds", type=int, default=11, help="turns of base, change, change, base; an odd number")
    parser.add_argument("--what", action="append", choices=("anew", "shared"), help="only this; default: both")
    parser.add_argument("--threats", type=int, default=120, help="of W, everything else in proportion: to try the gate")
    asked = parser.parse_args(words)
    if asked.rounds < 1 or asked.rounds % 2 == 0:
        parser.error(f"--rounds: {asked.rounds} came; give an odd number")
    with checked_out(asked.base) as tree:
        if not (tree / "benchmarks" / "once.py").is_file():
            print(f"bench-gate: {asked.base} has no benchmarks/once.py, so there is nothing to hold this version against: passed without a measurement")
            return 0
        differ = [name for name in WORKLOAD if not filecmp.cmp(tree / "benchmarks" / name, ROOT / "benchmarks" / name, shallow=False)]
        if differ:
            print(f"bench-gate: {', '.join(differ)} differ between the two, so the ratio is also one of what is flown")
        print(f"bench-gate: compiling {asked.base} and this version (some minutes, unless this one is compiled already)", flush=True)
        sys.stdout.flush()
        base = Side(tree, tree.parent / "cache", asked.threats)
        change = Side(ROOT, None, asked.threats)
        failed = False
        for what in asked.what or ("anew", "shared"):
            failed |= _held(what, base, change, asked.rounds)
        base.close()
        change.close()
    return int(failed)


def _held(what: str, base: Side, change: Side, rounds: int) -> bool:
    """Measure one row on both sides and say so; whether it fails."""
    change.rate(what, 2)  # compiled, or read from the cache
    several = what == "shared"
    n = sized(lambda raids: base.rate(what, raids), PIECE_S, N_PACKAGES if several else 1, 2, 25 if several else 1)  # so few pay what no study pays
    print(f"{what}: {n} raids a piece")
    found = ratios(lambda: base.rate(what, n), lambda: change.rate(what, n), rounds, lambda text: print(f"  {text}", flush=True))
    low, high = median_interval(found)
    failed = fails(found)
    verdict = f"FAILED: all of it lies below {LIMIT}" if failed else "passed"
    print(f"{what}: change / base {statistics.median(found):.3f}, 90 % interval {low:.3f}–{high:.3f}: {verdict}", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
