"""What a figure says: its line of JSON, whether it reached its goal, its value by the reference kernel."""

import json

import pytest

import goals
import run
from goals import GOALS, KEYS, Result

ASKED = {
    "replicates_per_s_drawn_anew": (500, 2_000), "replicates_per_s_shared_geometry": (2_000, 6_000), "two_threads_against_one": (1.7, 1.9),
    "against_numpy_step": (500, 5_000), "against_bluesky": (5_000, 50_000), "cached_cli_s": (2.5, 1.5), "fresh_install_s": (30, 5),
    "peak_memory_mb": (500, 300), "growth_threats": (1.5, 1.2), "growth_fighters": (0.8, 0.4), "growth_batteries_radars": (0.3, 0.1),
    "growth_all": (1.8, 1.5), "two_packages_1000_s": (2, 1), "sub_coalitions_256_s": (300, None), "compare_100000_s": (2, None),
}  # fmt: skip
"""Must and aim, as they were asked for."""


def test_every_goal_that_was_asked_for_is_a_figure_with_its_must_and_aim():
    """The list above was written from the request, not from the code."""
    held = {goal.figure: (goal.must, goal.aim) for goal in GOALS}
    assert {figure: held[figure] for figure in ASKED} == ASKED
    assert len(held) == len(GOALS)


def test_every_row_has_a_measurement_and_every_measurement_a_row():
    assert set(run.MEASURES) == set(goals.ROWS)


@pytest.mark.parametrize("value", [None, 512.3456])
def test_a_line_of_json_has_the_six_keys_in_their_order(value):
    """By hand: four significant digits; null where nothing was measured."""
    line = goals.json_line(Result("replicates_per_s_drawn_anew", value, note="not on the line"))
    assert "\n" not in line
    row = json.loads(line)
    assert tuple(row) == KEYS == ("figure", "value", "unit", "must", "aim", "better")
    expected = None if value is None else 512.3
    assert row == {"figure": "replicates_per_s_drawn_anew", "value": expected, "unit": "1/s", "must": 500.0, "aim": 2000.0, "better": "higher"}


@pytest.mark.parametrize(
    ("figure", "value", "verdict"),
    [
        ("replicates_per_s_drawn_anew", 499.0, "missed"), ("replicates_per_s_drawn_anew", 500.0, "must"), ("replicates_per_s_drawn_anew", 2_000.0, "aim"),
        ("cached_cli_s", 2.6, "missed"), ("cached_cli_s", 2.5, "must"), ("cached_cli_s", 1.5, "aim"), ("compare_100000_s", 0.1, "must"),
        ("cli_help_s", 9.0, ""), ("cached_cli_s", None, "not measured"),
    ],
)  # fmt: skip
def test_a_goal_is_reached_at_its_mark_and_not_before(figure, value, verdict):
    """By hand: higher is better for a rate, lower for a time; no aim, then must is the best there is."""
    assert Result(figure, value).verdict == verdict


def test_the_reference_kernel_turns_rates_and_times_into_its_own_units():
    """By hand: 100 a second where the kernel takes 0.2 s are 20 in its time; 3 s are 15 of it; a ratio stays what it is."""
    assert Result("replicates_per_s_drawn_anew", 100.0, reference_s=0.2).normalised == pytest.approx(20.0)
    assert Result("cached_cli_s", 3.0, reference_s=0.2).normalised == pytest.approx(15.0)
    assert Result("two_threads_against_one", 1.8, reference_s=0.2).normalised is None
    assert Result("cached_cli_s", 3.0).normalised is None


def test_a_machine_that_is_half_as_fast_leaves_the_normalised_value_alone():
    """Law: rate halves, times double, the kernel's time doubles."""
    assert Result("replicates_per_s_drawn_anew", 100.0, reference_s=0.2).normalised == Result("replicates_per_s_drawn_anew", 50.0, reference_s=0.4).normalised
    assert Result("cached_cli_s", 3.0, reference_s=0.2).normalised == Result("cached_cli_s", 6.0, reference_s=0.4).normalised


def test_the_table_names_what_was_missed_and_what_was_not_measured():
    lines = run.table([Result("replicates_per_s_drawn_anew", 20.0, 18.0, 22.0, 3, 0.2), Result("compare_100000_s", None, note="no such benchmark")])
    assert "missed (below its must): replicates_per_s_drawn_anew" in lines
    assert "not measured: compare_100000_s" in lines
    assert "  compare_100000_s: no such benchmark" in lines
    assert any("20 1/s" in line and "18–22" in line and "≥ 500" in line for line in lines)
