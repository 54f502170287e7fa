"""One keyed coin per shot."""

from __future__ import annotations

import math

import numpy as np
from pytest import approx

from zaslin.draws import entity_id
from zaslin.physics.lethality import HOMING_MARGIN, pair_entity, shot_kills

A, B = np.uint64(entity_id("kh101-001")), np.uint64(entity_id("pl-cap-lublin/0"))


def test_one_shot_kills_as_often_as_its_chance_says():
    """By hand: Binomial(20,000, 0.7); tolerance three standard errors."""
    kills = sum(shot_kills(np.uint64(3), np.uint64(i), A, B, 0, 0.7, 10e3, 30e3) for i in range(20_000))
    assert kills / 20_000 == approx(0.7, abs=3 * math.sqrt(0.21 / 20_000))


def test_shots_of_one_chase_are_independent():
    """By hand: both of two shots at 0.5 kill in a quarter of the cases; tolerance three standard errors."""
    both = sum(all(shot_kills(np.uint64(3), np.uint64(i), A, B, number, 0.5, 1.0, 2.0) for number in (0, 1)) for i in range(9_000))
    assert both / 9_000 == approx(0.25, abs=3 * math.sqrt(0.1875 / 9_000))


def test_a_round_that_must_fly_too_far_falls_short():
    """By the rule: beyond HOMING_MARGIN times the reach nothing is hit."""
    assert shot_kills(np.uint64(1), np.uint64(1), A, B, 0, 1.0, HOMING_MARGIN * 30e3, 30e3)
    assert not shot_kills(np.uint64(1), np.uint64(1), A, B, 0, 1.0, HOMING_MARGIN * 30e3 + 1.0, 30e3)


def test_a_pairs_luck_belongs_to_both_in_this_order():
    """Law: the id of (threat, shooter) is not that of (shooter, threat) nor of either alone."""
    assert len({int(pair_entity(A, B)), int(pair_entity(B, A)), int(A), int(B)}) == 4
