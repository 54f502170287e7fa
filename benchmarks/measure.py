"""How figures are measured: interleaved, beside a reference kernel, told as medians with their spread. It knows nothing of zaslin's model."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache

import numba
import numpy as np

LEAST_ROUNDS = 3


@numba.njit(cache=True, nogil=True)
def _work(table, steps):
    """Fixed work of the engine's kind: whole-number mixing, roots by Newton's rule, look-ups in a table that does not fit the first cache."""
    state, total = np.uint64(88172645463325252), 0.0
    for _ in range(steps):
        state ^= state << np.uint64(13)
        state ^= state >> np.uint64(7)
        state ^= state << np.uint64(17)
        mean = table[state % np.uint64(len(table))]
        x = mean
        for _ in range(4):
            x -= (x - 0.3 * math.sin(x) - mean) / (1.0 - 0.3 * math.cos(x))
        total += x if x > 0.5 else -x
    return total


@cache
def _table() -> np.ndarray:
    return np.linspace(0.0, 3.0, 1 << 17)


def reference_s(threads: int = 1, steps: int = 1_200_000) -> float:
    """Seconds that the reference kernel takes now, on as many threads at once as the measurement beside it uses."""
    table = _table()
    _work(table, 1)  # compiled, or read from the cache
    start = time.perf_counter()
    if threads == 1:
        _work(table, steps)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda _: _work(table, steps), range(threads)))
    return time.perf_counter() - start


@dataclass
class Sample:
    """Values of one case, a value a round, and the reference kernel's seconds just before each."""

    values: list[float] = field(default_factory=list)
    reference: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def reference_s(self) -> float:
        return statistics.median(self.reference)


def interleave(
    cases: Mapping[str, Callable[[], float]], rounds: int, budget_s: float = math.inf, threads: int = 1, say: Callable[[str], None] | None = None
) -> dict[str, Sample]:
    """Run all cases once a round, each after the reference kernel; every other round in the opposite order, so that a slow drift of the machine falls on all.

    rounds: at most; after `budget_s` seconds no further one begins once there are LEAST_ROUNDS (or `rounds`, if fewer). Each case returns its value.
    """
    out = {name: Sample() for name in cases}
    start = time.perf_counter()
    for i in range(rounds):
        if i >= min(LEAST_ROUNDS, rounds) and time.perf_counter() - start > budget_s:
            break
        for name in list(cases)[:: 1 if i % 2 == 0 else -1]:
            out[name].reference.append(reference_s(threads))
            out[name].values.append(cases[name]())
            if say is not None:
                say(f"{name} {out[name].values[-1]:.4g}")
    return out


def exponent(seconds: float, seconds_of_ten_times: float) -> float:
    """By which power of the size time grows: log10 of how much longer ten times the size takes."""
    return math.log10(seconds_of_ten_times / seconds)


def median_interval(values: Sequence[float], share: float = 0.90) -> tuple[float, float]:
    """The bootstrap's interval of the median of an odd number of values, exact: no sample is drawn.

    Of n draws with replacement the median is at most the k-th least value with the chance that (n + 1) / 2 or more of them are: a sum of binomial terms with
    p = k / n. The ends are the least values at which that chance reaches (1 − share) / 2 and 1 − (1 − share) / 2.
    """
    n = len(values)
    if n % 2 == 0:
        raise ValueError(f"{n} values came; give an odd number")
    ordered, tail = sorted(values), (1.0 - share) / 2.0

    def chance(k: int) -> float:
        p = k / n
        return sum(math.comb(n, j) * p**j * (1.0 - p) ** (n - j) for j in range((n + 1) // 2, n + 1))

    def end(level: float) -> float:
        return next(value for k, value in enumerate(ordered, 1) if chance(k) >= level - 1e-12)

    return end(tail), end(1.0 - tail)
