"""Elementary effects on models whose effects are known by hand, and the line between an effect and luck."""

from __future__ import annotations

import math

import numpy as np
import pytest

from zaslin.studies.elementary import HIGHEST, LOWEST, STEP, Design, effects, moves, trajectories

RANGE = HIGHEST - LOWEST


def values_of(design: Design, weights: dict[str, float], luck: np.ndarray | None = None, blocks: int = 2) -> np.ndarray:
    """A linear answer: sum of weight × quantile, the same in every block, and luck on top."""
    linear = design.points @ np.array([weights[name] for name in design.names])
    return np.repeat(linear[:, :, None], blocks, axis=2) + (0.0 if luck is None else luck)


def test_a_linear_answer_has_the_effects_that_one_can_work_out_by_hand():
    """By hand: from the 0.05 to the 0.95 quantile, 3 q changes by 2.7 and −2 q by −1.8, wherever the others stand; so sigma and noise are 0."""
    design = trajectories(["a", "b", "unread"], ["a", "b", "unread"], 5, 1, "toy")
    found = effects(design, values_of(design, {"a": 3.0, "b": -2.0, "unread": 0.0}), 1)
    assert [found[name].mu_star for name in "ab"] == pytest.approx([2.7, 1.8])
    assert [found[name].mu for name in "ab"] == pytest.approx([2.7, -1.8])
    assert [found[name].sigma for name in "ab"] == pytest.approx([0.0, 0.0], abs=1e-9)
    assert found["a"].told and found["b"].told and found["a"].noise == pytest.approx(0.0, abs=1e-9)
    assert (found["unread"].mu_star, found["unread"].told) == (0.0, False)


def test_only_one_group_moves_from_a_point_to_the_next_by_two_levels_of_four():
    """By Morris: levels 0, 1/3, 2/3, 1 of the range, here the quantiles 0.05, 0.35, 0.65, 0.95; every group moves once in a trajectory."""
    design = trajectories(["a", "b", "c"], ["both", "both", "c"], 4, 3, "toy")
    assert design.points.shape == (4, 3, 3) and design.moving == ("both", "c")
    assert set(np.unique(design.points)) <= {0.05, 0.35, 0.65, 0.95}
    changes = np.diff(design.points, axis=1)
    assert np.allclose(np.abs(changes[changes != 0.0]), STEP * RANGE)
    assert ((changes != 0.0).sum(axis=1) == 1).all()


def test_a_group_moves_as_one_and_its_effect_has_a_size_but_no_sign():
    """By hand: a and b, 3 and 2 a unit, move together, each its own way: the change is 0.9 · 5 or 0.9 · 1, in every trajectory one of them."""
    design = trajectories(["a", "b"], ["both", "both"], 12, 5, "toy")
    values = values_of(design, {"a": 3.0, "b": 2.0})
    sizes = np.abs(moves(design, design.points, values)["both"][:, 0])
    assert set(np.round(sizes, 9)) == {0.9, 4.5}
    found = effects(design, values, 1)["both"]
    assert found.mu_star == pytest.approx(sizes.mean())
    assert found.mu is None and found.sigma is None and found.told


def test_a_product_shows_as_interaction():
    """By hand: a · b changes by 0.9 · b with a, so the effect of a differs from trajectory to trajectory by the level of b; mu is below 0 nowhere."""
    design = trajectories(["a", "b"], ["a", "b"], 40, 2, "toy")
    values = np.repeat((design.points[:, :, 0] * design.points[:, :, 1])[:, :, None], 2, axis=2)
    found = effects(design, values, 1)["a"]
    assert found.sigma is not None and found.sigma > 0.1 and found.mu == pytest.approx(found.mu_star)
    assert LOWEST * RANGE < found.mu_star < HIGHEST * RANGE


def test_pure_luck_is_told_from_noise_as_seldom_as_the_line_allows():
    """By chance: 400 numbers that nothing reads, luck of its own at every point and block. About one or two in a hundred cross a line of 1 % (twice asked)."""
    names = [f"n{i}" for i in range(400)]
    design = trajectories(names, names, 8, 1, "luck")
    luck = np.random.default_rng(1).normal(size=(8, 401, 2))
    found = effects(design, values_of(design, dict.fromkeys(names, 0.0), luck), 1)
    assert 0 <= sum(effect.told for effect in found.values()) <= 16
    expected = math.sqrt(2.0 / math.pi) * math.sqrt(2.0 / 2.0) / STEP  # a difference of two means of two blocks has variance 1
    assert np.mean([effect.mu_star for effect in found.values()]) == pytest.approx(expected, rel=0.05)
    assert np.mean([effect.noise for effect in found.values() if effect.noise is not None]) == pytest.approx(expected, rel=0.06)


def test_pure_luck_of_groups_is_told_as_seldom_and_a_groups_effect_is_told():
    """By chance: 300 groups of two that nothing reads, five trajectories; one group whose effect is ten times the luck is told all the same."""
    names = [f"n{i}" for i in range(602)]
    groups = [f"g{i // 2}" for i in range(602)]
    design = trajectories(names, groups, 5, 1, "luck")
    luck = np.random.default_rng(2).normal(size=(5, 302, 2))
    found = effects(design, values_of(design, {**dict.fromkeys(names, 0.0), "n0": 15.0}, luck), 1)
    assert found.pop("g0").told
    assert sum(effect.told for effect in found.values()) <= 9


def test_a_trajectory_without_an_answer_is_left_out():
    """By hand: one of three trajectories lacks an answer; the other two still give 2.7. One alone gives nothing."""
    design = trajectories(["a"], ["a"], 3, 1, "toy")
    values = values_of(design, {"a": 3.0})
    values[1, 0, 0] = np.nan
    assert effects(design, values, 1)["a"].mu_star == pytest.approx(2.7)
    values[0, 1, 1] = np.nan
    assert effects(design, values, 1) == {}


def test_the_same_seed_gives_the_same_trajectories_and_another_stage_others():
    """Law: a design is a function of its arguments."""
    names = ["a", "b", "c"]
    again = [trajectories(names, names, 3, 7, purpose).points for purpose in ("groups", "groups", "numbers")]
    assert np.array_equal(again[0], again[1]) and not np.array_equal(again[0], again[2])
