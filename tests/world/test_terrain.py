"""The terrain mask: a ridge by hand, a flat raster that changes nothing, hills under the radar and the target, gaps, and when a threat is seen."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx

import toy_world as toy
from zaslin.atlas.elevation import SUB, ElevationFile
from zaslin.atlas.fields import NO_SHADE, Fields, load_fields
from zaslin.physics.detection import EFFECTIVE_EARTH_RADIUS_M, first_above_horizon_s, unshaded_m, view_m
from zaslin.world import terrain
from zaslin.world.terrain import needed_heights_m, row_point, shade_rows, site_m, terrain_mask, under

KM, MAST_M, SETBACK_M = 1_000.0, 40.0, 10_000.0
TWICE_R = 2.0 * EFFECTIVE_EARTH_RADIUS_M
FILE = ElevationFile("made.tif", "made.tif", "0" * 64, 1)


def heights(of: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> np.ndarray:
    """Heights on the toy plane by a function of (x, y), m."""
    fields = toy.ground().fields
    ny, nx = fields.country.shape
    side = fields.cell_m / SUB
    x, y = np.meshgrid(fields.x0 + (np.arange(nx * SUB) + 0.5) * side, fields.y0 + (np.arange(ny * SUB) + 0.5) * side)
    return np.asarray(of(x, y), dtype=np.float32) * np.ones_like(x, dtype=np.float32)


def ridge(top_m: float, at_m: float, ground_m: float = 0.0) -> np.ndarray:
    """A ridge one half cell wide along the border, its crest `at_m` east of it."""
    side = toy.ground().fields.cell_m / SUB
    return heights(lambda x, y: np.where(np.floor(x / side) == math.floor(at_m / side), top_m, ground_m))


def smooth_m(d_m: float) -> float:
    """From what height a target is seen over a smooth earth at ground range d: (d / √(2R) − √mast)²."""
    return max(d_m / math.sqrt(TWICE_R) - math.sqrt(MAST_M), 0.0) ** 2


def needed(ground: np.ndarray, d_m: float, site: float | None = None) -> tuple[float, float]:
    """From the row 10 km inside the border straight east, over `d_m`."""
    fields = toy.ground().fields
    site = site_m(ground, fields, -SETBACK_M, 0.0) if site is None else site
    return needed_heights_m(ground, fields, MAST_M, -SETBACK_M, 0.0, d_m - SETBACK_M, 0.0, site)


def test_over_a_smooth_earth_it_is_the_horizons_formula():
    """By hand: nothing is asked before the mast's own horizon of 26 km; at 60, 100 and 200 km (d / 4122 − √40)²: 68, 322 and 1,781 m. Steps of 1.25 km
    miss the point of grazing by so little that it is within 0.2 %."""
    flat = heights(lambda x, y: np.zeros_like(x))
    for d in (20, 25, 60, 100, 200):
        over, smooth = needed(flat, d * KM)
        assert over == smooth == approx(smooth_m(d * KM), rel=2e-3)
    assert needed(flat, 20 * KM) == (0.0, 0.0)


@pytest.mark.parametrize(("top_m", "at_km", "d_km"), [(300.0, 20.0, 60.0), (300.0, 20.0, 40.0), (150.0, 40.0, 110.0), (800.0, 12.0, 150.0)])
def test_a_ridge_hides_what_flies_below_the_line_over_its_crest(top_m, at_km, d_km):
    """By hand: the crest, s from the row, stands h − s² / 2R over the horizontal of the mast's foot; the line of sight over it is at d at mast + (that − mast)
    · d / s + d² / 2R. For 300 m, 30 km away, at 60 km: 40 + (300 − 53 − 40) · 2 + 212 = 666 m, where a smooth earth asks 68. The crest fills a half
    cell (2.5 km on the toy plane), and s is its middle: 6 %."""
    side_km = toy.ground().fields.cell_m / SUB / KM
    s, d = ((math.floor(at_km / side_km) + 0.5) * side_km + 10.0) * KM, d_km * KM
    by_hand = MAST_M + (top_m - s * s / TWICE_R - MAST_M) * d / s + d * d / TWICE_R
    over, smooth = needed(ridge(top_m, at_km * KM), d)
    assert by_hand > smooth_m(d) + 100.0
    assert over == approx(by_hand, rel=0.06)
    assert smooth == approx(smooth_m(d), rel=2e-3)


def test_a_ridge_that_is_below_the_horizon_hides_nothing():
    """By hand: the line that grazes the earth 26 km from the mast is (26 − 12.5 … 15)² km² / 2R = 11 to 7 m above it at a crest 2.5 to 5 km outside the
    border: one of 5 m hides nothing there; one of 30 m does, and so does one of 5 m at the point of grazing: by 5 · 60 / 26 = 11 m at 60 km."""
    over, smooth = needed(ridge(5.0, 3 * KM), 60 * KM)
    assert over == smooth
    assert needed(ridge(30.0, 3 * KM), 60 * KM)[0] > smooth + 50.0
    assert needed(ridge(5.0, 16 * KM), 60 * KM)[0] > smooth + 8.0


def test_high_ground_under_the_target_helps_and_under_the_radar_too():
    """By hand: on a hill of 200 m a target is above the 68 m that a smooth earth asks at 60 km; a radar hill of 200 m sees at 100 km what a mast of 240 m on a
    smooth earth does, if it is within 5 km of the row's point."""
    assert needed(ridge(200.0, 50 * KM), 61 * KM)[0] == 0.0
    hill = heights(lambda x, y: np.where(np.hypot(x + 12 * KM, y) < 2 * KM, 200.0, 0.0))
    assert site_m(hill, toy.ground().fields, -SETBACK_M, 0.0) == 200.0
    assert needed(hill, 100 * KM)[0] == approx((100 * KM / math.sqrt(TWICE_R) - math.sqrt(240.0)) ** 2, rel=0.01)
    assert site_m(hill, toy.ground().fields, -20 * KM, 0.0) == 0.0


def test_the_row_is_behind_the_nearest_border():
    """By hand: Poland's eastern border is x = 0 on the toy plane: the row is at −10 km, straight west of a point outside
    and of one 4 km inside; behind it: none."""
    fields = toy.ground().fields
    for x_km, y_km in ((80.0, 30.0), (10.0, -20.0), (-4.0, 50.0)):
        away, rx, ry = row_point(fields, toy.PL, SETBACK_M, x_km * KM, y_km * KM)
        assert away == approx((x_km + 10.0) * KM, abs=150.0)
        assert (rx, ry) == approx((-10 * KM, y_km * KM), abs=1_500.0)
    assert row_point(fields, toy.PL, SETBACK_M, -30 * KM, 0.0)[0] < 0.0


@pytest.fixture
def mask(monkeypatch, tmp_path):
    """A mask of given heights, without a file; the cache lies in a folder of its own. `mask.read` counts how often heights were read."""
    monkeypatch.setattr(terrain, "cache_folder", lambda: tmp_path / "kernels" / "x")

    def made(ground: np.ndarray, file: ElevationFile = FILE):
        def read(file, fields, wanted, progress=None):
            made.read += 1
            return np.where(np.repeat(np.repeat(wanted, SUB, 0), SUB, 1), ground, np.nan).astype(np.float32)

        monkeypatch.setattr(terrain, "read_heights", read)
        return terrain_mask(file, toy.ground().fields, {toy.PL: (MAST_M, SETBACK_M)})

    made.read = 0
    return made


@given(st.floats(-300.0, 5_000.0))
def test_a_flat_raster_asks_for_nothing_more(height):
    """Law: flat ground of any height has the shade 0, to the bit; so the rows of a run are those of a smooth earth."""
    fields, ny = toy.ground().fields, toy.ground().fields.country.shape[0]
    shade, known = np.zeros(fields.country.shape, np.float32), np.zeros(fields.country.shape, np.int8)
    row = np.int64(ny // 2)
    shade_rows(heights(lambda x, y: np.full_like(x, height)), fields, np.int64(toy.PL), SETBACK_M, MAST_M, row, np.int64(row + 1), shade, known)
    assert (known == 1).sum() > 60
    assert not shade.any()
    assert not np.signbit(shade).any()


def test_a_mask_says_how_much_it_covers_and_adds(mask):
    """By hand: heights north of y = 0 only: half of the strip; a ridge of 300 m 5 km outside the border hides all that lies behind it."""
    found = mask(ridge(300.0, 5 * KM))
    assert found.covered == {toy.PL: 1.0}
    assert found.median_m[toy.PL] > 500.0
    assert found.p90_m[toy.PL] > found.median_m[toy.PL]
    half = mask(heights(lambda x, y: np.where(y > 0, 250.0, np.nan)), FILE.__class__("h", "h", "1" * 64, 1))
    assert half.covered[toy.PL] == approx(0.5, abs=0.15)
    assert (half.median_m[toy.PL], half.p90_m[toy.PL]) == (0.0, 0.0)
    assert not half.shade.any()


def test_a_mask_is_worked_out_once_for_one_file_and_rows(mask):
    """Law: the second time nothing is read, and the mask is the same; another file is read."""
    first, again = mask(ridge(300.0, 5 * KM)), mask(ridge(999.0, 5 * KM))
    assert mask.read == 1
    assert np.array_equal(first.shade, again.shade)
    assert (first.covered, first.median_m) == (again.covered, again.median_m)
    other = mask(ridge(999.0, 5 * KM), ElevationFile("o", "o", "2" * 64, 1))
    assert mask.read == 2
    assert other.median_m[toy.PL] > first.median_m[toy.PL]


def _seen_s(fields: Fields, alt: float, speed: float = 200.0) -> tuple[float, np.ndarray]:
    """When a threat flying west along y = 1 km is first seen from Poland, and where it is then."""
    raid = toy.raid({"points": [(200, 1), (-100, 1)], "speed": speed, "alt": alt})
    t = first_above_horizon_s(fields, np.int64(toy.PL), SETBACK_M, MAST_M, raid.verts, 0)
    return t, 200 * KM - speed * t


def test_a_low_flyer_comes_into_view_where_it_clears_the_ridge(mask):
    """By hand: 100 m up it is seen 67 km from the row over a smooth earth. Behind a ridge of 300 m, 30 km from it, only once it has passed the ridge; 1,500
    m up it comes into view at the range at which the line over the crest stands at 1,500 m, later than over a smooth earth."""
    fields = toy.ground().fields
    masked = under(fields, mask(ridge(300.0, 20 * KM)).shade)
    assert _seen_s(fields, 100.0)[1] == approx(57.4 * KM, abs=1 * KM)
    assert 15 * KM < _seen_s(masked, 100.0)[1] < 21.5 * KM
    x = _seen_s(masked, 1_500.0)[1]
    s, d = 30.6 * KM, x + SETBACK_M
    assert MAST_M + (300.0 - s * s / TWICE_R - MAST_M) * d / s + d * d / TWICE_R == approx(1_500.0, rel=0.1)
    assert x < _seen_s(fields, 1_500.0)[1]


def test_a_flat_mask_and_none_see_at_the_same_moment(mask):
    """Law: to the bit, from low and from high; and the mask that is off is the one that is packaged."""
    fields = toy.ground().fields
    assert fields.shade is NO_SHADE or fields.shade.shape[0] == 0
    flat = under(fields, mask(heights(lambda x, y: np.full_like(x, 180.0))).shade)
    for alt in (30.0, 100.0, 900.0, 8_000.0):
        assert _seen_s(flat, alt)[0] == _seen_s(fields, alt)[0]


def test_a_view_over_a_hill_is_found_before_the_smooth_horizon(mask):
    """By hand: 100 m over a plateau of 600 m, 75 to 90 km outside, a missile stands higher than the smooth earth asks at 100 km (322 m): it is seen from there,
    well before the smooth horizon's 67 km, on a leg of 300 km that begins out of view. A search that stepped by the smooth horizon would come too late."""
    fields = toy.ground().fields
    hill = under(fields, mask(heights(lambda x, y: np.where((x > 75 * KM) & (x < 90 * KM), 600.0, 0.0))).shade)
    assert hill.shade_least[toy.PL] < -300.0
    x = _seen_s(hill, 100.0)[1]
    assert 75 * KM - 5 * KM < x < 91 * KM
    assert x > _seen_s(fields, 100.0)[1] + 10 * KM


def test_hidden_is_hidden_however_near():
    """By hand: a shade of 150 m leaves nothing of 100 m, and no range in which it is seen; 50 m are left of 200, seen as 50 m over a smooth earth."""
    fields = toy.ground().fields
    shade = np.zeros((12, *fields.country.shape), np.float32)
    shade[toy.PL] = 150.0
    hidden = under(fields, shade)
    assert unshaded_m(hidden, np.int64(toy.PL), 1.0, 1.0, 100.0) == -50.0
    assert view_m(hidden, np.int64(toy.PL), MAST_M, 1.0, 1.0, 100.0) == -np.inf
    assert view_m(hidden, np.int64(toy.PL), MAST_M, 1.0, 1.0, 200.0) == view_m(fields, np.int64(toy.PL), MAST_M, 1.0, 1.0, 50.0)
    assert load_fields().cell_m == SUB * terrain.STEP_M


@pytest.mark.parametrize("keep", [0, 40, 400, 0.5, -1])
def test_a_cache_that_was_cut_off_is_as_good_as_none(tmp_path, keep):
    """Law: whatever is left of the file, it is worked out anew; the whole file is read."""
    fields, place = toy.ground().fields, tmp_path / "terrain" / "a.npz"
    shape = (len(fields.distance), *fields.country.shape)
    shade, known = np.random.default_rng(1).normal(size=shape).astype(np.float32), np.ones(shape, np.int8)
    terrain._write(place, shade, known)
    found = terrain._read(place, fields, {toy.PL: (MAST_M, SETBACK_M)})
    assert found is not None and np.array_equal(found[0][toy.PL], shade[toy.PL])
    whole = place.read_bytes()
    place.write_bytes(whole[: int(keep * len(whole)) if isinstance(keep, float) else keep])
    assert terrain._read(place, fields, {toy.PL: (MAST_M, SETBACK_M)}) is None
