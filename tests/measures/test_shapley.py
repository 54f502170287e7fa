"""Shapley values, interaction and the smallest coalition that does, against worked answers and laws."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx

from zaslin.measures.shapley import banzhaf_weights, interaction_weights, members_of, shapley_weights, smallest


def test_three_members_by_hand():
    """By hand: v = 0 | A 6, B 12, C 42 | AB 12, AC 42, BC 42 | ABC 42, the airport game with costs 6, 12 and 42 (a runway as long as the longest needs).

    Each stretch is shared by those who need it: the first 6 by three (2 each), the next 6 by two (3 each), the last 30 by C alone. So A 2, B 5, C 35.
    """
    v = np.array([0.0, 6.0, 12.0, 12.0, 42.0, 42.0, 42.0, 42.0])
    assert shapley_weights(3) @ v == approx([2.0, 5.0, 35.0])
    # Banzhaf by hand: A adds 6, 0, 0, 0; B 12, 6, 0, 0; C 42, 36, 30, 30
    assert banzhaf_weights(3) @ v == approx([1.5, 4.5, 34.5])
    # A and B by hand: without C 12 − 6 − 12 + 0 = −6, with C 42 − 42 − 42 + 42 = 0, each with weight 1/2
    pairs = interaction_weights(3) @ v
    assert pairs[0, 1] == approx(-3.0)
    assert pairs[0, 2] == approx(-3.0)  # without B 42 − 6 − 42 = −6, with B 42 − 12 − 42 + 12 = 0
    assert pairs[1, 2] == approx(-9.0)  # without A 42 − 12 − 42 = −12, with A 42 − 12 − 42 + 6 = −6
    assert pairs[1, 2] == pairs[2, 1] and pairs[0, 0] == 0.0


def test_a_glove_needs_its_other():
    """By hand: A and B have a left glove each, C the right one; a pair is worth 1. C gets 2/3, A and B 1/6; A and B substitute, each goes with C."""
    v = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0])
    assert shapley_weights(3) @ v == approx([1 / 6, 1 / 6, 2 / 3])
    pairs = interaction_weights(3) @ v
    assert pairs[0, 1] == approx(-0.5)  # without C 0, with C 1 − 1 − 1 + 0
    assert pairs[0, 2] == pairs[1, 2] == approx(0.5)  # without the other 1, with it 0


@given(st.integers(1, 5).flatmap(lambda n: st.tuples(st.just(n), st.lists(st.floats(-1e3, 1e3), min_size=1 << n, max_size=1 << n))))
def test_laws_of_shares(drawn):
    """Laws: shares sum to v(all) − v(none); they are the mean over all orders of joining; who adds nothing anywhere gets nothing."""
    n, values = drawn
    v = np.array(values)
    shares = shapley_weights(n) @ v
    assert shares.sum() == approx(v[-1] - v[0], abs=1e-6)
    orders = []
    for order in permutations(range(n)):
        added, inside = np.zeros(n), 0
        for i in order:
            added[i] = v[inside | 1 << i] - v[inside]
            inside |= 1 << i
        orders.append(added)
    assert shares == approx(np.mean(orders, axis=0), abs=1e-6)
    idle = np.array([v[s & ~1] for s in range(1 << n)])  # member 0 changes nothing
    assert (shapley_weights(n) @ idle)[0] == approx(0.0, abs=1e-9)
    assert (banzhaf_weights(n) @ idle)[0] == approx(0.0, abs=1e-9)
    assert np.abs((interaction_weights(n) @ idle)[0]).max() == approx(0.0, abs=1e-9)


@given(st.integers(2, 4).flatmap(lambda n: st.tuples(st.just(n), st.lists(st.floats(-100, 100), min_size=n, max_size=n))))
def test_members_who_only_add_up_do_not_interact(drawn):
    """Law: where v is a sum over members, each gets its own, and no pair complements or substitutes another."""
    n, own = drawn
    v = np.array([sum(own[i] for i in range(n) if s >> i & 1) for s in range(1 << n)])
    assert shapley_weights(n) @ v == approx(own, abs=1e-9)
    assert np.abs(interaction_weights(n) @ v).max() == approx(0.0, abs=1e-9)


@pytest.mark.parametrize("share, found", [(0.5, 0b100), (0.8, 0b101), (0.95, 0b111)])
def test_the_smallest_coalition_that_does(share, found):
    """By hand: of 10, C alone reaches 6, A and C 8.5, all 10; leakers that fall by as much give the same answer."""
    v = np.array([0.0, 3.0, 2.0, 4.0, 6.0, 8.5, 8.0, 10.0])
    assert smallest(v, share) == found
    assert smallest(50.0 - v, share) == found


def test_where_the_whole_coalition_changes_nothing_no_share_of_it_can_be_reached():
    """By hand: 0 of 0."""
    assert smallest(np.array([4.0, 5.0, 3.0, 4.0]), 0.5) is None


def test_names_of_who_is_in():
    """By hand: bits 0 and 2."""
    assert members_of(0b101, ("PL", "RO", "GB")) == ("PL", "GB")
