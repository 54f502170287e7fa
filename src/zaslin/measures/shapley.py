"""What a member is worth to a coalition: Shapley and Banzhaf values, and how pairs of members go together, as weights of the 2^n sub-coalitions' values.

A coalition is a number whose bit i is set where member i is in. Arithmetic alone: weights in, no luck, no table. With v a vector of 2^n values, a row of
weights times v is the figure; as the weights are fixed, the same row applies to every replicate.
"""

from __future__ import annotations

from math import factorial

import numpy as np

from zaslin.measures.intervals import Floats


def shapley_weights(n: int) -> Floats:
    """(n, 2^n): row i gives φ_i = Σ over S without i of |S|! (n − |S| − 1)! / n! · (v(S + i) − v(S)), the mean of what i adds over all orders of joining.

    The rows sum to v(all) − v(none). Source: Shapley 1953, A value for n-person games.

    >>> (shapley_weights(2) @ [0.0, 1.0, 2.0, 5.0]).tolist()
    [2.0, 3.0]
    """
    return _added(n, lambda size: factorial(size) * factorial(n - size - 1) / factorial(n))


def banzhaf_weights(n: int) -> Floats:
    """(n, 2^n): row i gives the plain mean of what i adds over all 2^(n−1) coalitions of the others. Source: Banzhaf 1965."""
    return _added(n, lambda _: 0.5 ** (n - 1))


def interaction_weights(n: int) -> Floats:
    """(n, n, 2^n): row (i, j), i ≠ j, gives Σ over S without i and j of |S|! (n − |S| − 2)! / (n − 1)! · (v(S+i+j) − v(S+i) − v(S+j) + v(S)).

    Above 0: together they add more than apart (complements, for a benefit); below 0: each does what the other would (substitutes). The rows (i, i) are 0.
    Source: Grabisch and Roubens 1999, An axiomatic approach to the concept of interaction among players in cooperative games.
    """
    out = np.zeros((n, n, 1 << n))
    size = _sizes(n)
    for i in range(n):
        for j in range(n):
            if i == j:
                continue
            both = (1 << i) | (1 << j)
            for s in range(1 << n):
                if s & both:
                    continue
                weight = factorial(int(size[s])) * factorial(n - int(size[s]) - 2) / factorial(n - 1)
                out[i, j, s | both] += weight
                out[i, j, s | 1 << i] -= weight
                out[i, j, s | 1 << j] -= weight
                out[i, j, s] += weight
    return out


def smallest(values: Floats, share: float) -> int | None:
    """The coalition of fewest members whose value is at least `share` of the way from v(none) to v(all); of equals the one that comes nearest to v(all) or
    goes beyond. values: (2^n,). None where v(all) is v(none): then there is no way to go.

    >>> smallest(np.array([0.0, 1.0, 6.0, 8.0]), 0.5), smallest(np.array([0.0, 1.0, 6.0, 8.0]), 0.95)
    (2, 3)
    """
    way = values[-1] - values[0]
    if not np.isfinite(way) or way == 0.0:
        return None
    gone = (values - values[0]) / way
    size = _sizes(len(values).bit_length() - 1)
    reached = np.flatnonzero(gone >= share - 1e-12)
    return int(min(reached, key=lambda s: (size[s], -gone[s], s)))


def members_of(coalition: int, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names of who is in."""
    return tuple(name for i, name in enumerate(names) if coalition >> i & 1)


def _sizes(n: int) -> np.ndarray:
    return np.array([int(s).bit_count() for s in range(1 << n)])


def _added(n: int, weight: object) -> Floats:
    out = np.zeros((n, 1 << n))
    for i in range(n):
        for s in range(1 << n):
            if not s >> i & 1:
                w = weight(s.bit_count())  # type: ignore[operator]
                out[i, s | 1 << i] += w
                out[i, s] -= w
    return out
