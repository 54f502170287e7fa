"""One block's draw of an uncertain input: the same name gets the same quantile in every package, so differences stay paired."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from zaslin import draws
from zaslin.scenario.sourced import Sourced

BLOCK_SIZE = 10
"""Replicates that share one draw of all uncertain inputs."""


def quantile(name: str, seed: int, block: int) -> float:
    """At which quantile, in (0, 1), of their distributions the inputs of this name stand in this block."""
    key = np.uint64(block) | draws.BLOCK_FLAG
    return float(draws.uniform(np.uint64(seed), key, np.uint64(draws.entity_id(name)), draws.INPUT, 0))


def input_si(number: Sourced, name: str, seed: int, block: int) -> float:
    """`number` in SI for this block. `name` must not contain the package's name (``PL/pl-qra-lask/readiness``)."""
    return number.si if number.low == number.high else number.at(quantile(name, seed, block))


class Luck:
    """This block's value, in SI, of a named input: at the quantile that is given for the name, else at the one that its key draws.

    quantiles: by name, in (0, 1), for a study that sets inputs instead of drawing them (a screening); None or a name that is not in it: drawn.
    """

    def __init__(self, seed: int, block: int, quantiles: Mapping[str, float] | None = None):
        self._seed, self._block = seed, block
        self._quantiles = quantiles or {}

    def __call__(self, number: Sourced, name: str) -> float:
        given = self._quantiles.get(name)
        if given is None or number.low == number.high:
            return input_si(number, name, self._seed, self._block)
        return number.at(given)

    def whole(self, number: Sourced, name: str) -> int:
        """The value rounded to a whole number, halves up, inside the number's range."""
        drawn = math.floor(self(number, name) + 0.5)
        return min(max(drawn, math.ceil(number.low)), math.floor(number.high))
