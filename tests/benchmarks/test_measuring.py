"""How figures are measured: the order of pieces, exponents, the exact bootstrap and the gate that rests on it."""

import subprocess
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gate
import measure
import rows_product
import rows_w
import stream


@pytest.mark.parametrize(("seconds", "ten_times", "power"), [(1.0, 10.0, 1.0), (2.0, 2.0, 0.0), (0.5, 50.0, 2.0), (1.0, 31.6227766, 1.5)])
def test_the_exponent_is_the_logarithm_of_how_much_longer_ten_times_takes(seconds, ten_times, power):
    """By hand: 10^1.5 = 31.62."""
    assert measure.exponent(seconds, ten_times) == pytest.approx(power)


@given(st.floats(-1.0, 3.0), st.floats(1e-3, 1e3), st.floats(1.0, 1e3))
def test_a_power_law_gives_its_power_back(power, scale, size):
    """Law: t = c n^p."""
    assert measure.exponent(scale * size**power, scale * (10.0 * size) ** power) == pytest.approx(power, abs=1e-9)


@pytest.mark.parametrize(("n", "low", "high"), [(1, 1, 1), (3, 1, 3), (5, 1, 5), (7, 2, 6)])
def test_the_bootstraps_interval_of_a_median_by_hand(n, low, high):
    """By hand, for the values 1 … n. Of 7 draws 4 or more are the least value with (35·6³ + 21·6² + 7·6 + 1) / 7⁷ = 1.0 %, one of the two least with
    (35·2⁴·5³ + 21·2⁵·5² + 7·2⁶·5 + 2⁷) / 7⁷ = 10.8 %: the 5 % point is the second. Of 5 draws it is the first: 5.8 %."""
    assert measure.median_interval(list(range(n, 0, -1))) == (low, high)


def test_the_exact_interval_is_that_of_very_many_drawn_medians():
    """Against 200,000 bootstrap samples with NumPy; the quantiles' steps are far from 5 and 95 %."""
    values = np.random.default_rng(5).normal(1.0, 0.2, 11)
    drawn = np.median(np.random.default_rng(6).choice(values, (200_000, 11)), axis=1)
    assert measure.median_interval(list(values)) == tuple(np.quantile(drawn, [0.05, 0.95], method="inverted_cdf"))


def test_an_even_number_of_ratios_is_refused():
    with pytest.raises(ValueError, match="odd"):
        measure.median_interval([1.0, 2.0])


@pytest.mark.parametrize(
    ("ratios", "fails"),
    [
        ([0.5] * 6 + [0.9], True),  # the interval of seven ends at the sixth
        ([0.5] * 5 + [0.9] * 2, False),
        ([0.75] * 7, False),  # the limit itself is not below it
        ([0.7499] * 7, True),
        ([1.2] * 7, False),
    ],
)
def test_the_gate_fails_only_where_the_whole_interval_lies_below_the_limit(ratios, fails):
    """By hand, from the example of seven above: the interval is the second to the sixth."""
    assert gate.fails(ratios) is fails


def test_a_turn_is_base_change_change_base_and_a_drifting_machine_falls_out():
    """By hand: a machine that loses a tenth of its speed with every piece. Base meets q⁰ and q³, the change q¹ and q²: the same product."""
    order, speed = [], [1.0]

    def piece(name, rate):
        def run():
            order.append(name)
            speed[0] *= 0.9
            return rate * speed[0]

        return run

    found = gate.ratios(piece("base", 100.0), piece("change", 80.0), 3, lambda _: None)
    assert order == ["base", "change", "change", "base"] * 3
    assert found == pytest.approx([0.8] * 3)


def test_a_base_without_benchmarks_passes_with_a_word(tmp_path, monkeypatch, capsys):
    @contextmanager
    def empty(ref):
        yield tmp_path

    monkeypatch.setattr(gate, "checked_out", empty)
    assert gate.main(["v0"]) == 0
    out = capsys.readouterr().out
    assert "v0 has no benchmarks/once.py" in out and "passed without a measurement" in out


@pytest.mark.skipif(subprocess.run(["git", "-C", str(gate.ROOT), "rev-parse"], capture_output=True).returncode != 0, reason="needs a git checkout")
def test_the_base_is_checked_out_beside_and_gone_afterwards():
    with gate.checked_out("HEAD") as tree:
        assert (tree / "Makefile").is_file() and tree != gate.ROOT
    assert not tree.exists()
    with pytest.raises(SystemExit, match="git cannot check out no-such-version"), gate.checked_out("no-such-version"):
        pass


def test_an_even_number_of_rounds_is_refused(capsys):
    with pytest.raises(SystemExit):
        gate.main(["main", "--rounds", "4"])
    assert "odd" in capsys.readouterr().err


def test_cases_alternate_and_a_budget_ends_them_after_the_least_number_of_rounds(monkeypatch):
    monkeypatch.setattr(measure, "reference_s", lambda threads: 0.25 * threads)
    order: list[str] = []
    cases = {name: lambda name=name: order.append(name) or float(len(order)) for name in "ab"}
    done = measure.interleave(cases, rounds=9, budget_s=0.0, threads=2)
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert done["a"].values == [1.0, 4.0, 5.0] and done["a"].median == 4.0 and done["a"].reference_s == 0.5


def test_the_reference_kernel_does_the_same_work_each_time():
    """Its sum is a pure function of the steps; twice the steps, another sum."""
    table = measure._table()
    assert measure._work(table, 1_000) == measure._work(table, 1_000) != measure._work(table, 2_000)
    assert measure.reference_s(2, 1_000) > 0.0


@pytest.mark.parametrize(
    ("replicates", "threads", "parts"),
    [(500, 2, [250, 250]), (501, 2, [126, 125, 125, 125]), (3, 2, [2, 1]), (1, 2, [1]), (250, 1, [250]), (600, 1, [200, 200, 200])],
)
def test_parts_are_shared_out_evenly_and_none_is_larger_than_a_part_may_be(replicates, threads, parts):
    """By hand."""
    assert stream._sizes(replicates, threads) == parts


def test_sub_coalitions_are_extrapolated_on_a_straight_line():
    """By hand: 20 replicates take 4 s and 60 take 8 s, so one takes 0.1 s and 1,000 take 8 + 94 s."""
    assert rows_product.extrapolated(20, 4.0, 60, 8.0, 1_000) == pytest.approx(102.0)
    assert rows_product.extrapolated(20, 4.0, 60, 3.9, 1_000) == 3.9


def test_the_first_block_is_a_progress_line_that_counts_something():
    assert rows_product.FIRST_BLOCK.search("simulating, replicates: 10 of 10")
    assert not rows_product.FIRST_BLOCK.search("simulating, replicates: 0 of 10")
    assert not rows_product.FIRST_BLOCK.search("compiling the engine for this machine: once per install, about half a minute")


def test_ten_times_of_one_kind_is_ten_times_of_that_kind_alone():
    """By hand: W is 120 threats, 48 fighters, 60 batteries, 30 radars."""
    assert rows_w.sizes(120) == (120, 48, 60, 30)
    assert rows_w.sizes(120, 10, 1, 1) == (1200, 48, 60, 30)
    assert rows_w.sizes(120, 1, 10, 1) == (120, 480, 60, 30)
    assert rows_w.sizes(120, 1, 1, 10) == (120, 48, 600, 300)
    assert rows_w.sizes(20) == (20, 8, 10, 5)


def test_figures_of_other_benchmarks_are_read_from_their_lines_of_json():
    text = 'a table\n{"figure": "against_bluesky", "value": 9, "unit": "ratio"}\n{"figure": "x", "value": null}\n[1]\n'
    assert rows_product._figures(text) == {"against_bluesky": 9.0}


@pytest.mark.parametrize(("a_second", "per", "threads", "raids"), [(2.0, 1, 1, 8), (2.0, 16, 2, 2), (50.0, 1, 2, 200), (1e6, 1, 2, 500), (35.0, 1, 1, 125)])
def test_a_piece_is_as_large_as_its_time_allows(a_second, per, threads, raids):
    """By hand, for 4 s: 2 a second make 8; 16 packages a raid make less than one, so one a thread; 35 make 140, of which one block; a part is the most."""
    asked = []

    def once(n):
        asked.append(n)
        return a_second

    assert rows_w.sized(once, 4.0, per, threads) == raids
    assert max(asked) * per / a_second <= max(4.0, threads * per / a_second)
