"""The coin of a shot: which key it hangs on, and its edges."""

from __future__ import annotations

import math

import numpy as np

from zaslin import draws
from zaslin.draws import entity_id
from zaslin.physics.lethality import pair_entity, shot_kills

A, B = np.uint64(entity_id("kh101-001")), np.uint64(entity_id("pl-cap-lublin/0"))
SEED = np.uint64(3)


def test_the_id_of_a_pair_is_philoxs_first_word():
    """By the rule: key and counter are both (threat, shooter)."""
    assert pair_entity(A, B) == draws.philox(A, B, A, B)[0]


def test_a_shot_is_one_keyed_uniform_against_its_chance():
    """By the rule: the uniform of (seed, night, pair, SHOT, number) below the chance kills, above it misses."""
    for night in range(8):
        for number in range(3):
            u = draws.uniform(SEED, np.uint64(night), pair_entity(A, B), draws.SHOT, number)
            assert shot_kills(SEED, np.uint64(night), A, B, number, u + 1e-9, 10e3, 30e3)
            assert not shot_kills(SEED, np.uint64(night), A, B, number, u, 10e3, 30e3)


def test_a_round_that_never_meets_kills_nothing():
    """By the rule: a flight without an end is no hit, whatever the reach; a round fired in contact is."""
    assert not shot_kills(SEED, np.uint64(1), A, B, 0, 1.0, math.inf, math.inf)
    assert not shot_kills(SEED, np.uint64(1), A, B, 0, 1.0, math.inf, 30e3)
    assert shot_kills(SEED, np.uint64(1), A, B, 0, 1.0, 0.0, 30e3)
