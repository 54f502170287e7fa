"""A shooter that must stay deep inside its country, but stands too near the border: where it may go, at every side of a rectangle."""

from __future__ import annotations

from pytest import approx, mark

import toy_world as toy
from zaslin.physics.intercept import Reach, limited_point, outside_m

KM = 1_000.0


@mark.parametrize(
    ("x", "y", "to_x", "to_y"),
    [(-300, 480, -300, 460), (-300, 495, -300, 460), (-20, 100, -40, 100), (-580, -100, -560, -100), (-300, -480, -300, -460), (-300, -495, -300, -460)],
)
def test_who_stands_too_near_the_border_goes_straight_away_from_it(x, y, to_x, to_y):
    """By hand: Poland is x from -600 to 0 and y from -500 to 500 km: held 40 km inside, from 5 or 20 km inside the nearest point is straight inward; the
    raster's slope and the sphere turn that by a kilometre at most."""
    fields, reach = toy.ground().fields, Reach(400.0, 1_000.0, 30 * KM, toy.PL, -40 * KM, 0.0, 0)
    px, py = limited_point(fields, reach, x * KM, y * KM)
    assert (px, py) == (approx(to_x * KM, abs=1.5 * KM), approx(to_y * KM, abs=1.5 * KM))
    assert -41 * KM <= outside_m(fields, toy.PL, px, py) <= -40 * KM + 1.0
