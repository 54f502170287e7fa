"""What is said of sub-coalitions: figures of made-up sums by hand, and the words for them."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from pytest import approx

from zaslin.brief.shares import about, footnote, percent_of, sentences, told, why_two_values
from zaslin.errors import InputError
from zaslin.measures.shapley import interaction_weights, shapley_weights
from zaslin.measures.sub_coalitions import Game, SubCoalitions, combined
from zaslin.outcomes.coalitions import Plan, write_sums

RNG = np.random.default_rng(5)


def held(folder: Path, values: np.ndarray, players: tuple[str, ...] = ("PL", "RO"), measure: str = "coalition_kills", **more: Any) -> SubCoalitions:
    """Sub-coalitions whose plain sums of a measure are these, (replicates, 2^n), in blocks of ten; more: of the folder's manifest."""
    n, subsets = values.shape
    number = np.repeat(np.arange(n), subsets)
    rows = {"draw": ["plain"] * number.size, "number": number, "block": number // 10, "coalition": np.tile(np.arange(subsets), n), measure: values.ravel()}
    write_sums(folder, 0, n, [rows])
    results: Any = SimpleNamespace(folder=folder, manifest=more, packages=("p",), replicates=n, parts=lambda _: {0: n})
    return SubCoalitions(results, Plan("p", players, (), "", "", 10))


def game(folder: Path, values: np.ndarray, players: tuple[str, ...] = ("PL", "RO")) -> Game:
    return held(folder, values, players).game("coalition_kills")


def added(n: int, *what: Any) -> np.ndarray:
    """Values of all subsets where each member adds a figure of its own, whoever else is in: (n, 2^members)."""
    each = np.array([np.broadcast_to(np.asarray(one, float), n) for one in what])
    return np.array([[sum(each[i, k] for i in range(len(what)) if s >> i & 1) for s in range(1 << len(what))] for k in range(n)])


@pytest.mark.parametrize("value", [0.1, 1e7 / 3.0, -7.3])
def test_equal_values_make_no_share(value):
    """By hand: nobody changes anything, so every share and interaction is exactly 0; likewise where two sums differ by their rounding."""
    rows = np.full((20, 8), value)
    rounded = rows * (1.0 + np.arange(8) * 1e-15)
    for weights in (*shapley_weights(3), *(interaction_weights(3)[i, j] for i, j in ((0, 1), (0, 2), (1, 2)))):
        assert not combined(rows, weights).any() and not combined(rounded, weights).any()
    assert combined(rows, np.eye(8)[3]).tolist() == [value] * 20
    assert combined(np.array([[0.0, 1.0, 2.0, 5.0]]), shapley_weights(2)[0]).tolist() == approx([2.0])


def test_one_share_is_told_though_the_sum_is_not(tmp_path):
    """By hand: Poland adds 1 in half the nights of each block, Romania +30 or -30 by block: the whole is unclear, Poland's share is not, Romania's is."""
    nights = np.arange(100)
    shares = game(tmp_path, added(100, nights % 2, np.where(nights // 10 % 2, 30.0, -30.0)))
    (text,) = sentences(shares)
    assert "what both change together" in text and "cannot be told from nothing; but the share of Poland (0.5" in text and "Romania's cannot" in text
    assert "anybody" not in text
    both = game(tmp_path / "b", added(100, np.where(nights // 10 % 2, -9.0, 9.0), np.where(nights // 10 % 2, 30.0, -30.0)))
    assert "nor can anybody's share of it." in sentences(both)[0]


def test_too_few_nights_for_an_interval(tmp_path):
    """By the rule: none with one block, and none with four, whether or not they agree, and of nothing in few nights neither; five blocks have one."""
    one = game(tmp_path / "1", added(10, np.arange(10) % 2, 0))
    two = game(tmp_path / "2", added(40, np.where(np.arange(40) < 10, np.arange(40) % 2, [0, 1, 1, 0] * 10), 0))
    five = game(tmp_path / "5", added(50, np.arange(50) % 2, 0))
    for some, blocks in ((one, "1 block"), (two, "4 blocks")):
        poland, romania = some.shares
        assert poland.shapley.thin and poland.shapley.mean == 0.5 and math.isnan(poland.shapley.low)
        assert romania.shapley.thin and romania.shapley.mean == 0.0
        assert told(some, poland.shapley) == f"0.50 (from {blocks}: no interval)"
        assert footnote([some]) == f"† From {blocks}: no interval; 5 blocks (50 nights) or more give one"
        assert sentences(some)[0].endswith("nor can anybody's share of it.")
    assert not five.shares[0].shapley.thin and footnote([five]) == ""


def test_nothing_in_every_night_is_said_so(tmp_path):
    """By hand: the sum and every share are 0 in each of 60 nights."""
    assert sentences(game(tmp_path, np.full((60, 4), 3.7)))[0].endswith("both together change nothing in any night, nor does anybody's share.")


def test_how_few_would_do_leaves_open_only_what_is(tmp_path):
    """By hand: Poland alone does in every night what both do; 50, 80 and 95 % of it, and no doubt."""
    shares = game(tmp_path, added(60, 1.0 + RNG.random(60), 0))
    text = " ".join(sentences(shares))
    assert [(one.members, one.sure) for one in shares.enough] == [(("PL",), True)] * 3
    assert "50, 80 and 95\xa0% of it are reached by Poland (100\xa0%)." in text and "leaves that open" not in text
    assert "Romania changes nothing in any night." in text and "with neither of them" in text and "with both" in text


def test_a_pair_with_somebody_who_does_nothing_is_neither_and_not_unclear(tmp_path):
    """By hand: Romania adds 0 in every night, so nothing is open; where Poland's part depends on Romania by chance, it is."""
    luck = RNG.random(60)
    assert [pair.kind for pair in game(tmp_path / "0", added(60, 1.0 + luck, 0)).pairs] == ["neither"]
    both = added(60, 1.0 + luck, 0)
    both[:, 3] += np.where(np.arange(60) % 2, 0.5, -0.5)
    assert [pair.kind for pair in game(tmp_path / "1", both).pairs] == ["unclear"]


def test_whose_sub_coalitions_on_how_many_nights_is_one_plain_sentence():
    """By hand: of two members without others from nobody on, of three with others from none of them on."""

    def flown(players: tuple[str, ...], stay: tuple[str, ...]) -> Any:
        plan = SimpleNamespace(players=players, stay=stay, subsets=1 << len(players))
        return SimpleNamespace(plan=plan, replicates=lambda: 50, nights=lambda: 50)

    alike = "were flown on the same 50 nights with the same luck."
    assert about(flown(("PL", "RO"), ())) == f"All 4 sub-coalitions of Poland and Romania, from nobody to both, {alike}"
    three = about(flown(("PL", "RO", "GB"), ("FR",)))
    assert three == f"All 8 sub-coalitions of Poland, Romania and the United Kingdom, from none of them to all 3, {alike} France takes part in all of them."


def test_who_takes_something_back_is_named(tmp_path):
    """By hand: Poland adds 2, Romania takes 0.5 back: Poland alone reaches 133 % of 1.5."""
    text = " ".join(sentences(game(tmp_path, added(60, 2.0, -0.5))))
    assert "50, 80 and 95\xa0% of it are reached by Poland (133\xa0%)." in text
    assert "Poland alone comes to more than the whole: Romania's part is negative beside it." in text
    three = " ".join(sentences(game(tmp_path / "3", added(60, 2.0, -0.5, 0.0), ("PL", "RO", "GB"))))
    assert "with all 3" in three and "Romania's part is negative" in three


def test_shares_in_per_cent():
    """By hand: a true minus, and no "-0"."""
    assert [percent_of(share) for share in (-0.004, 0.004, -0.126, 1.124)] == ["0\xa0%", "0\xa0%", "\u221213\xa0%", "112\xa0%"]


def test_other_samples_than_the_runs_are_told(tmp_path):
    """By hand: no tagged sample here and 20 in the run; where both have as many, nothing is to be told."""
    assert "at most 0 tagged samples a block, the run 20" in why_two_values(held(tmp_path, np.zeros((10, 4)), tagged_samples={"0": 20}))
    assert why_two_values(held(tmp_path / "none", np.zeros((10, 4)))) == ""


def test_a_measure_that_is_not_kept_is_told_with_all_that_are(tmp_path):
    """The nearest, or the whole list."""
    some = held(tmp_path, np.zeros((10, 4)))
    with pytest.raises(InputError, match='did you mean "incursions"'):
        some.game("incursion")
    with pytest.raises(InputError, match=r"there are: coalition_kills.*unguarded_min$"):
        some.game("foo")
