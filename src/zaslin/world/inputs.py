"""One block's draw of an uncertain input: the same name gets the same quantile in every package, so differences stay paired."""

from __future__ import annotations

from zaslin import draws
from zaslin.scenario.sourced import Sourced

BLOCK_SIZE = 10
"""Replicates that share one draw of all uncertain inputs."""


def input_si(number: Sourced, name: str, seed: int, block: int) -> float:
    """`number` in SI for this block. `name` must not contain the package's name (``PL/pl-qra-lask/readiness``)."""
    if number.low == number.high:
        return number.si
    import numpy as np

    key = np.uint64(block) | draws.BLOCK_FLAG
    u = draws.uniform(np.uint64(seed), key, np.uint64(draws.entity_id(name)), draws.INPUT, 0)
    return number.at(float(u))
