"""Charts and maps: positions by hand, the same bytes twice, nothing drawn that must not be."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zaslin.brief.figures_charts import Lane, Part, RootScale, Scale, interval_bar, scale_of, stacked_bar, tick_text, ticks, timeline
from zaslin.brief.figures_map import Flight, Scene, Station, extent_around, render, svg_of


def test_positions_run_from_three_to_ninety_seven_percent():
    """By hand: the ends of a scale leave a margin of 3 %."""
    scale = Scale(-2.0, 2.0)
    assert [scale.pct(value) for value in (-2.0, 0.0, 2.0)] == [3.0, 50.0, 97.0]


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_ticks_are_few_round_and_inside(low, width):
    """Law: at least one, at most six, none outside the scale."""
    scale = Scale(low, low + width)
    found = ticks(scale)
    assert 1 <= len(found) <= 6
    assert all(scale.low - 1e-6 * width <= tick <= scale.high + 1e-6 * width for tick in found)


def test_ticks_read_as_people_write_them():
    """By hand."""
    assert [tick_text(value) for value in (0.0, -0.05, 2500.0, 3e6)] == ["0", "−0.05", "2,500", "3\u00a0m"]


def test_an_undefined_interval_draws_no_mark():
    """nan in, an empty row out: never a dot at a made-up place."""
    scale = scale_of([None, float("nan"), 1.0])
    assert "<circle" not in interval_bar(scale, float("nan"), 0.0, 1.0, "p1", "x")
    assert "<circle" in interval_bar(scale, 0.5, 0.0, 1.0, "p1", "x")


def test_stacked_pieces_fill_the_bar():
    """By hand: 1 + 3 of 4 make 25 % and 75 %."""
    bar = stacked_bar([Part(1.0, "c0", "a"), Part(3.0, "c1", "<b>")], 4.0, "label")
    assert re.findall(r'<rect class="\w+" x="([\d.]+)%" width="([\d.]+)%"', bar) == [("0.00", "25.00"), ("25.00", "75.00")]
    assert "&lt;b&gt;" in bar


def test_a_timeline_shows_permission_and_shots_where_they_are():
    """Scale −8 … 4 min: the border lies at 2/3, a shot at −2 min at half."""
    lane = Lane(tracked=-6.0, classified=-5.0, windows=((-4.0, 0.0),), shots=((-2.0, True),), end=-1.0)
    row = timeline(lane, Scale(-8.0, 4.0), "x")
    assert re.search(r'class="hit" cx="50\.00%"', row)
    assert re.search(r'class="permitted" x="34\.33%" width="23\.50%"', row), "cut where the threat ended"


def test_what_a_rule_would_have_permitted_after_the_threat_ended_is_not_drawn():
    """The threat ends at −3 min: a window from −1 min on is no window of this threat."""
    lane = Lane(tracked=-6.0, classified=-5.0, windows=((-1.0, 2.0),), end=-3.0)
    assert "permitted" not in timeline(lane, Scale(-8.0, 4.0), "x")


def test_a_root_scale_stretches_what_lies_near_zero():
    """By hand: from −100 to 100, the value 25 lies halfway between 0 and 100."""
    scale = RootScale(-100.0, 100.0)
    assert [scale.pct(value) for value in (-100.0, -25.0, 0.0, 25.0)] == [3.0, 26.5, 50.0, 73.5]


def scene(**more) -> Scene:
    flights = [Flight("cruise", "leaked", [46.0, 50.0], [38.0, 25.0], [(50.6, 23.9)]), Flight("drone", "killed_ua", [46.0, 48.0], [38.0, 30.0])]
    return Scene(flights, [Station("here", "cap", 50.7, 23.0)], ["PL"], **more)


def test_a_map_has_the_same_bytes_twice_and_no_clock():
    """Two renderings in one process; matplotlib's date and random ids are off."""
    assert svg_of(scene()) == svg_of(scene())
    assert b"<dc:date>" not in svg_of(scene())


def test_a_map_is_small_and_holds_no_text_that_scripts_could_use():
    """A base map thinned to what can be seen; labels are outlines."""
    svg = svg_of(scene())
    assert len(svg) < 250_000
    assert b"<script" not in svg and b"http://www.w3.org" in svg


def test_a_picture_can_be_made_too():
    """PNG for the README, by the same code."""
    assert render(scene(), "png", 3.0, 50)[:4] == b"\x89PNG"


def test_a_frame_around_points_is_never_finer_than_coarse():
    """A single point still gives three degrees of latitude."""
    west, south, east, north = extent_around([50.0], [24.0])
    assert north - south == pytest.approx(3.0)
    assert east - west == pytest.approx(4.8)
