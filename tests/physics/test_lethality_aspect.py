"""The chance of a hit by aspect, at angles whose cosine is known."""

from __future__ import annotations

import math

from pytest import approx, mark

from zaslin.physics.lethality import hit_chance


@mark.parametrize("threat", [0.0, 1.1, -2.5])
@mark.parametrize(("angle", "cosine"), [(0.0, 1.0), (60.0, 0.5), (90.0, 0.0), (-90.0, 0.0), (120.0, -0.5), (180.0, -1.0), (300.0, 0.5)])
def test_from_behind_it_is_half_the_loss_less_and_head_on_half_of_it_more(threat, angle, cosine):
    """By hand: 0.5 and a loss of 0.4: 0.4 from astern, 0.5 from the beam, 0.6 head-on, 0.45 at 60°; only the angle between both courses counts."""
    assert hit_chance(0.5, 0.4, threat, threat + math.radians(angle)) == approx(0.5 - 0.1 * cosine)


def test_a_chance_is_at_most_one_and_without_a_loss_the_same_from_everywhere():
    """By hand: 0.9 · 1.2 = 1.08 is 1; 0.8 · 1.2 = 0.96 stays; no loss, no aspect."""
    assert hit_chance(0.9, 0.4, 0.0, math.pi) == 1.0
    assert hit_chance(0.8, 0.4, 0.0, math.pi) == approx(0.96)
    assert [hit_chance(0.7, 0.0, 0.3, angle) for angle in (0.0, 1.0, 3.0)] == [approx(0.7)] * 3
