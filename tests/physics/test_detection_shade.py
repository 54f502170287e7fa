"""A mask of the ground: shade by cells of the toy world, and when a threat is in view under it; pieces of a track by hand."""

from __future__ import annotations

import math

import numpy as np
from pytest import approx, mark

import toy_world as toy
from zaslin.physics.detection import (
    ABOVE,
    BELOW,
    BY_AIRBORNE,
    BY_GROUND,
    BY_POOLED,
    BY_SHARED,
    INSTRUMENTED_M,
    PIECE,
    SIGHT,
    horizon_change_s,
    late_at,
    next_in_circle_s,
    next_piece_s,
    own_at,
    piece_at,
    radar_horizon_m,
    span_in_circle_m,
    unshaded_m,
    view_m,
)
from zaslin.plane import along, distance_m
from zaslin.world.arrays import VERT

KM = 1_000.0
SPEED = 200.0


def _masked(*strips: tuple[float, float, float], rest: float = 0.0):
    """The toy fields under a mask for Poland alone: shade, m, of strips (from x km, to x km, shade), else `rest`; Ukraine's differs."""
    fields = toy.ground().fields
    shade = np.full((12, toy.NY, toy.NX), 7_777.0, np.float32)
    shade[toy.PL] = rest
    x = toy.X0 + (np.arange(toy.NX) + 0.5) * toy.CELL_M
    for a, b, value in strips:
        shade[toy.PL][:, (x > a * KM) & (x < b * KM)] = value
    least, most = (np.minimum(shade.min(axis=(1, 2)), 0.0).astype(float), np.maximum(shade.max(axis=(1, 2)), 0.0).astype(float))
    return fields._replace(shade=shade, shade_least=least, shade_most=most)


def _change(fields, wanted, a, b, t: float | None = None, speed: float = SPEED, earlier_m: float = 0.0) -> float:
    """When the view changes on a leg (x km, y km, alt) – (…) that starts at 30 s after one that begins `earlier_m` high."""
    length = distance_m(a[0] * KM, a[1] * KM, b[0] * KM, b[1] * KM)
    verts = np.array(
        [(-300 * KM, 0.0, 0.0, earlier_m), (a[0] * KM, a[1] * KM, 30.0, a[2]), (b[0] * KM, b[1] * KM, 30.0 + length / speed, b[2]), (900 * KM, 0.0, 1e5, 0.0)],
        VERT,
    )
    return horizon_change_s(fields, toy.PL, 10 * KM, 40.0, verts, 1, 30.0 if t is None else t, wanted)


def _at(x0: float, x: float, speed: float = SPEED) -> float:
    """When a flight along y = 0 from x0 km (at 30 s) is at x km."""
    return 30.0 + distance_m(x0 * KM, 0.0, x * KM, 0.0) / speed


def test_shade_is_taken_off_the_altitude_in_its_own_cell_for_its_own_country():
    """By hand: 80 m of shade in the cells from 20 to 25 km, -30 m from 40 to 45 km; none for a country the mask does not hold, or outside the grid."""
    fields = _masked((20, 25, 80.0), (40, 45, -30.0))
    assert [unshaded_m(fields, toy.PL, x * KM, 3 * KM, 100.0) for x in (19.9, 20.1, 24.9, 25.1, 42.0)] == [100.0, 20.0, 20.0, 100.0, 130.0]
    assert unshaded_m(fields, toy.UA, 22 * KM, 3 * KM, 100.0) == 100.0 - 7_777.0
    assert unshaded_m(fields, toy.PL, 1e7, 0.0, 100.0) == unshaded_m(fields, toy.PL, 0.0, -1e7, 100.0) == 100.0
    short = fields._replace(shade=fields.shade[: toy.PL])
    assert unshaded_m(short, toy.PL, 22 * KM, 3 * KM, 100.0) == 100.0
    assert unshaded_m(toy.ground().fields, toy.UA, 22 * KM, 3 * KM, 100.0) == 100.0
    assert unshaded_m(_masked(rest=50.0), toy.PL, 1e7, 0.0, 100.0) == 100.0
    corner = _masked()
    corner.shade[toy.PL, 0, 0] = 60.0
    assert unshaded_m(corner, toy.PL, toy.X0 + KM, toy.Y0 + KM, 100.0) == 40.0


def test_a_view_ends_at_the_horizon_of_what_is_left_of_the_altitude_and_at_the_radars_range():
    """By hand: 100 m less 64 m is seen as 36 m over a smooth earth; 0 m left is still seen from the mast's own horizon, less is hidden."""
    fields = _masked((20, 25, 64.0))
    assert view_m(fields, toy.PL, 40.0, 22 * KM, 0.0, 100.0) == approx(radar_horizon_m(40.0, 36.0))
    assert view_m(fields, toy.PL, 40.0, 22 * KM, 0.0, 64.0) == approx(radar_horizon_m(40.0, 0.0))
    assert view_m(fields, toy.PL, 40.0, 22 * KM, 0.0, 63.9) == -math.inf
    assert view_m(fields, toy.PL, 40.0, 22 * KM, 0.0, 64.5) == approx(radar_horizon_m(40.0, 0.5))
    assert view_m(fields, toy.PL, 40.0, 30 * KM, 0.0, 20_000.0) == INSTRUMENTED_M


@mark.parametrize("shade", [64.0, -96.0])
def test_under_an_even_shade_a_flyer_is_seen_as_one_that_flies_so_much_lower(shade):
    """By hand: 100 m less 64 m: in view when 4.1218 (√40 + √36) - 10 km off; 96 m of negative shade: as at 196 m. Out again on the way back."""
    fields, edge = _masked(rest=shade), radar_horizon_m(40.0, 100.0 - shade) - 10 * KM
    off = distance_m(200 * KM, 0.0, 0.0, 0.0)
    assert _change(fields, ABOVE, (200, 0, 100.0), (0, 0, 100.0)) == approx(30.0 + (off - edge) / SPEED, abs=0.1)
    assert _change(fields, BELOW, (0, 0, 100.0), (200, 0, 100.0)) == approx(30.0 + edge / SPEED, abs=0.1)


def test_a_flyer_comes_out_of_the_shade_at_the_cells_edge():
    """By hand: hidden beyond x = 30 km, in view from there on, though its smooth horizon is 57 km off; and the other way."""
    fields = _masked((30, 700, 200.0))
    assert _change(fields, ABOVE, (200, 0, 100.0), (0, 0, 100.0)) == approx(_at(200, 30), abs=0.01)
    assert _change(fields, BELOW, (0, 0, 100.0), (200, 0, 100.0)) == approx(_at(0, 30), abs=0.01)


def test_a_valley_near_the_radar_hides_though_the_horizon_is_far():
    """By hand: shade from x = 5 to 10 km only, 15 to 20 km from the row: out of view there, asked from beyond it not again until the horizon."""
    fields = _masked((5, 10, 200.0))
    assert _change(fields, BELOW, (0, 0, 100.0), (40, 0, 100.0)) == approx(_at(0, 5), abs=0.01)
    assert _change(fields, ABOVE, (0, 0, 100.0), (40, 0, 100.0), t=_at(0, 6)) == approx(_at(0, 10), abs=0.01)
    assert _change(fields, BELOW, (0, 0, 100.0), (40, 0, 100.0), t=_at(0, 11)) == math.inf


def test_a_hill_far_out_lets_a_flyer_be_seen_earlier():
    """By hand: 300 m of negative shade from x = 70 to 75 km: 100 m there are 400 m, in view within 108 km of the row; it is 80 to 85 km off. Over a smooth
    earth it would be in view from 57 km on."""
    fields = _masked((70, 75, -300.0))
    assert _change(fields, ABOVE, (200, 0, 100.0), (0, 0, 100.0)) == approx(_at(200, 75), abs=0.01)
    assert _change(fields, BELOW, (0, 0, 100.0), (200, 0, 100.0)) == approx(30.0 + (radar_horizon_m(40.0, 100.0) - 10 * KM) / SPEED, abs=0.1)


def test_the_lowest_of_a_leg_decides_how_far_may_be_stepped():
    """By hand: from 500 m at the border down to 60 m at 24 km: 225 to 133 m high between 15 and 20 km, where 300 m of shade hide it; at 24 km it is in view.
    Climbing the other way it comes out of view at 20 km, and into it at 15."""
    fields = _masked((15, 20, 300.0))
    assert _change(fields, BELOW, (0, 0, 500.0), (24, 0, 60.0), earlier_m=9_000.0) == approx(_at(0, 15), abs=0.01)
    down, up = ((0, 0, 500.0), (24, 0, 60.0)), ((24, 0, 60.0), (0, 0, 500.0))
    assert _change(fields, BELOW, *down) == approx(_at(0, 15), abs=0.01)
    assert _change(fields, BELOW, *up) == approx(_at(24, 20), abs=0.01)
    assert _change(fields, ABOVE, *up, t=_at(24, 19)) == approx(_at(24, 15), abs=0.01)


@mark.parametrize(("first", "second"), [(100.0, 900.0), (900.0, 100.0)])
def test_the_highest_of_a_leg_decides_how_far_may_be_stepped(first, second):
    """By hand: past the corner (0, 500) of Poland on a slant from 178 km off to 178 km off: in view, about 70 km from it at the nearest, for a short time."""
    path = (178 * KM, 428 * KM, -122 * KM, 728 * KM)
    length = distance_m(*path)

    def seen(s: float) -> bool:
        x, y = along(*path, s)
        row = distance_m(x, y, 0.0, min(y, 500 * KM)) + 10 * KM  # the border's nearest point: abeam, from the corner on the corner
        return row <= radar_horizon_m(40.0, first + (second - first) * s / length)

    first_m = next(s for s in np.arange(0.0, length, 50.0) if seen(s))
    got = _change(toy.ground().fields, ABOVE, (178, 428, first), (-122, 728, second))
    assert got == approx(30.0 + first_m / SPEED, abs=2.0)


def test_what_rests_changes_its_view_at_once_or_never():
    """By hand: at rest 50 km off, in view: ABOVE now, BELOW never."""
    verts = np.array([(50 * KM, 0.0, 7.0, 100.0), (50 * KM, 0.0, 99.0, 100.0)], VERT)
    ask = lambda wanted: horizon_change_s(toy.ground().fields, toy.PL, 10 * KM, 40.0, verts, 0, 7.0, wanted)
    assert (ask(ABOVE), ask(BELOW)) == (7.0, math.inf)


def test_a_country_that_the_mask_does_not_hold_has_a_smooth_horizon():
    """By hand: a mask of the countries before Poland; and none at all for Ukraine, whose border x = 800 km a threat comes to from the east."""
    masked = _masked(rest=64.0)
    short = masked._replace(shade=masked.shade[: toy.PL], shade_least=masked.shade_least[: toy.PL], shade_most=masked.shade_most[: toy.PL])
    plain = _change(toy.ground().fields, ABOVE, (200, 0, 100.0), (0, 0, 100.0))
    assert _change(short, ABOVE, (200, 0, 100.0), (0, 0, 100.0)) == plain
    verts = np.array([(1_000 * KM, 0.0, 0.0, 100.0), (800 * KM, 0.0, 1_000.0, 100.0)], VERT)
    way, edge = distance_m(1_000 * KM, 0.0, 800 * KM, 0.0), radar_horizon_m(40.0, 100.0) - 10 * KM
    assert horizon_change_s(toy.ground().fields, toy.UA, 10 * KM, 40.0, verts, 0, 0.0, ABOVE) == approx(1_000.0 * (1.0 - edge / way), abs=1.0)


def test_a_short_view_past_a_corner_is_not_stepped_over_by_one_that_climbs():
    """Law: past the corner (0, 500) of Poland, climbing: in view for a short time only, found as by a look every 50 m, whatever the leg before was like."""
    for (xa, ya, low), (xb, yb, high) in (((202, 428, 34.0), (-42, 672, 548.0)), ((184, 452, 127.0), (-11, 646, 520.0)), ((96, 527, 29.0), (-10, 633, 619.0))):
        path = (xa * KM, ya * KM, xb * KM, yb * KM)
        length = distance_m(*path)

        def seen(s: float) -> bool:
            x, y = along(*path, s)  # noqa: B023
            return distance_m(x, y, 0.0, min(y, 500 * KM)) + 10 * KM <= radar_horizon_m(40.0, low + (high - low) * s / length)  # noqa: B023

        first_m = next((s for s in np.arange(0.0, length, 50.0) if seen(s)), math.inf)
        for earlier_m in (0.0, 30_000.0):
            got = _change(toy.ground().fields, ABOVE, (xa, ya, low), (xb, yb, high), earlier_m=earlier_m)
            assert got == approx(30.0 + first_m / SPEED, abs=4.0)  # the raster's error where it grazes


# --- spans of a circle -------------------------------------------------------------------------------------------------


def test_a_span_is_cut_at_both_ends_of_the_way():
    """By hand: along y = 0 through a circle of 50 km around (0, 0): from 50 km before it to 50 km behind; begun inside: from 0; ended inside: to the end."""
    through = span_in_circle_m(-200 * KM, 0.0, 200 * KM, 0.0, 0.0, 0.0, 50 * KM)
    half = distance_m(-200 * KM, 0.0, 0.0, 0.0)
    assert through == (approx(half - 50 * KM, abs=0.01), approx(half + 50 * KM, abs=0.01))
    assert span_in_circle_m(0.0, 0.0, 200 * KM, 0.0, 0.0, 0.0, 50 * KM) == (0.0, approx(50 * KM, abs=0.01))
    end = distance_m(-200 * KM, 0.0, 10 * KM, 0.0)
    assert span_in_circle_m(-200 * KM, 0.0, 10 * KM, 0.0, 0.0, 0.0, 50 * KM) == (approx(half - 50 * KM, abs=0.01), end)
    assert span_in_circle_m(10 * KM, 0.0, 10 * KM, 0.0, 0.0, 0.0, 50 * KM) == (0.0, 0.0)
    assert span_in_circle_m(70 * KM, 0.0, 70 * KM, 0.0, 0.0, 0.0, 50 * KM) == (math.inf, math.inf)
    assert span_in_circle_m(-200 * KM, 60 * KM, 200 * KM, 60 * KM, 0.0, 0.0, 50 * KM) == (math.inf, math.inf)
    assert span_in_circle_m(-200 * KM, 0.0, 200 * KM, 0.0, 0.0, 0.0, 0.0) == (math.inf, math.inf)


@mark.parametrize(
    ("a", "b", "c", "range_km"),
    [((-500, 400), (500, -300), (100, 100), 250), ((300, 550), (-200, -500), (-100, 0), 150), ((580, -20), (-580, 150), (0, 0), 300)],
)
def test_on_long_oblique_ways_the_exit_is_at_the_range_to_the_centimetre(a, b, c, range_km):
    """Law: at both ends of the span the distance to the radar is its range; a hundred metres inside it is less."""
    path, (cx, cy) = (a[0] * KM, a[1] * KM, b[0] * KM, b[1] * KM), (c[0] * KM, c[1] * KM)
    s, e = span_in_circle_m(*path, cx, cy, range_km * KM)
    assert 0.0 < s < e < distance_m(*path)
    for end, inner in ((s, s + 100.0), (e, e - 100.0)):
        assert distance_m(*along(*path, end), cx, cy) == approx(range_km * KM, abs=0.01)
        assert distance_m(*along(*path, inner), cx, cy) < range_km * KM


def _span(points: list[tuple[float, float, float]], range_km: float, t: float = 0.0) -> tuple[float, float]:
    """The next stay within a circle around (0, 0) of a path of (x km, y km, t), after two vertices of a threat that is there at all later times."""
    verts = np.array([(0.0, 0.0, 5_000.0, 0.0), (KM, 0.0, 90_000.0, 0.0)] + [(x * KM, y * KM, at, 0.0) for x, y, at in points], VERT)
    return next_in_circle_s(verts, 2, len(verts), 0.0, 0.0, range_km * KM, t)


def test_who_rests_in_the_circle_is_in_it_from_his_first_moment():
    """By hand: a minute at rest in the middle, then out at 200 m/s: 50 km after 60 + 250 s; at rest outside, then in; a leg without duration on the way."""
    out, way = distance_m(0.0, 0.0, 100 * KM, 0.0), distance_m(100 * KM, 0.0, 0.0, 0.0)
    assert _span([(0, 0, 0.0), (0, 0, 60.0), (100, 0, 60.0 + out / 200.0)], 50) == (0.0, approx(310.0, abs=0.1))
    assert _span([(0, 0, 0.0), (0, 0, 60.0), (100, 0, 60.0 + out / 200.0)], 50, t=40.0) == (40.0, approx(310.0, abs=0.1))
    assert _span([(100, 0, 0.0), (100, 0, 60.0), (0, 0, 60.0 + way / 200.0)], 50) == (approx(60.0 + (way - 50 * KM) / 200.0, abs=0.1), math.inf)
    assert _span([(0, 0, 0.0), (0, 0, 0.0), (100, 0, out / 200.0)], 50) == (0.0, approx(250.0, abs=0.1))
    assert _span([(0, 0, 0.0), (0, 0, 60.0)], 50) == (0.0, math.inf)


def test_what_creeps_enters_and_leaves_when_it_has_flown_the_way():
    """By hand: at half a metre a second from 50.1 km to 49.9 km: inside after 200 s, to the end; and the other way out after 200 s."""
    rate = distance_m(50.1 * KM, 0.0, 49.9 * KM, 0.0) / 400.0
    entry = (distance_m(50.1 * KM, 0.0, 0.0, 0.0) - 50 * KM) / rate
    assert _span([(50.1, 0, 0.0), (49.9, 0, 400.0)], 50) == (approx(entry, abs=0.1), math.inf)
    assert _span([(49.9, 0, 0.0), (50.1, 0, 400.0)], 50) == (0.0, approx(400.0 - entry, abs=0.1))


# --- pieces ------------------------------------------------------------------------------------------------------------


def _pieces():
    """Another threat's row, then: a partner's picture 10–40 s (9 s late), own ground 40–60 s, airborne 60–70 s, pooled 80–90 s (4 s late), another's row."""
    rows = [(0, 99, 5, BY_GROUND), (10, 40, 9, BY_SHARED), (40, 60, 0, BY_GROUND), (60, 70, 0.5, BY_AIRBORNE), (80, 90, 4, BY_POOLED), (85, 99, 3, BY_GROUND)]
    pieces, look = np.zeros(6, PIECE), np.zeros(1, SIGHT)
    for row, (from_s, to_s, late, by) in zip(pieces, rows, strict=True):
        row["from_s"], row["to_s"], row["late_s"], row["by"] = from_s, to_s, late, by
    look["first"], look["last"] = 1, 5
    return pieces, look[0]


def test_the_piece_that_holds_or_held_last_is_asked():
    """By hand: before the first, at each one's first instant, in the gap from 70 to 80 s and after all."""
    pieces, look = _pieces()
    times = (0.0, 10.0, 39.9, 40.0, 60.0, 75.0, 79.9, 80.0, 95.0)
    assert [piece_at(pieces, look, t) for t in times] == [1, 1, 1, 2, 3, 3, 3, 4, 4]
    assert [late_at(pieces, look, t) for t in times] == [9.0, 9.0, 9.0, 0.0, 0.5, 0.5, 0.5, 4.0, 4.0]
    assert [own_at(pieces, look, t) for t in times] == [False, False, False, True, True, True, True, False, False]


def test_the_next_piece_is_the_first_that_has_not_begun():
    """By hand: 10, 40, 60 and 80 s, then none."""
    pieces, look = _pieces()
    assert [next_piece_s(pieces, look, t) for t in (0.0, 9.9, 10.0, 39.0, 40.0, 60.0, 75.0, 80.0, 200.0)] == [10, 10, 40, 40, 60, 80, 80, math.inf, math.inf]


def test_who_holds_nothing_has_nothing_of_his_own_and_nothing_late():
    """By the rule: first equal to last."""
    pieces, look = _pieces()
    for row in (0, 1):
        look["first"] = look["last"] = row
        assert (own_at(pieces, look, 50.0), late_at(pieces, look, 50.0)) == (False, 0.0)
