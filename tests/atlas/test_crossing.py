"""The kernels of the border against shapely and against a projection of their own, and on squares solved by hand."""

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from zaslin.atlas.borders import COUNTRIES, LEAF, N_INDEXED, BorderIndex, country_geometry, load_borders, tree_of
from zaslin.atlas.crossing import border_distance_m, crossings, foot_on, inside, nearest_piece
from zaslin.plane import project, unit, unit_vectors, unproject
from zaslin.units import EARTH_RADIUS_M

X = st.floats(-1_200_000.0, 900_000.0)
Y = st.floats(-800_000.0, 1_000_000.0)
COUNTRY = st.integers(0, N_INDEXED - 1)


def square_index() -> BorderIndex:
    """One country, the square 0–30 km by 0–30 km, in pieces of 3 km on a grid of 8 km."""
    corners = np.array([[0.0, 0.0], [30e3, 0.0], [30e3, 30e3], [0.0, 30e3], [0.0, 0.0]])
    f = np.arange(10)[:, None] / 10
    a = np.concatenate([p + f * (q - p) for p, q in itertools.pairwise(corners)])
    b = np.roll(a, -1, axis=0)
    x0 = y0 = -8_000.0
    nx = ny = 6
    cell = ((0.5 * (a + b)[:, 1] - y0) // 8e3 * nx + (0.5 * (a + b)[:, 0] - x0) // 8e3).astype(int)
    order = np.argsort(cell, kind="stable")
    start = np.zeros(nx * ny + 1, dtype=np.int32)
    start[1:] = np.cumsum(np.bincount(cell, minlength=nx * ny))
    box = np.array([[0.0, 0.0, 30e3, 30e3]])
    a, b = np.ascontiguousarray(a[order].T), np.ascontiguousarray(b[order].T)
    pieces = a[0], a[1], b[0], b[1], np.zeros(40, np.uint8)
    return BorderIndex(*pieces, start, box, x0, y0, 8e3, nx, ny, 1_501.0, *tree_of(*pieces, start[:: nx * ny]))


SQUARE = square_index()


@pytest.mark.parametrize(("x", "y", "answer"), [(15e3, 15e3, True), (1.0, 29_999.0, True), (-1.0, 15e3, False), (15e3, 30_001.0, False),
                                                (6e3, 3e3, True), (40e3, 3e3, False), (-5e3, 6e3, False)])  # fmt: skip
def test_inside_a_square(x, y, answer):
    """By hand; y = 3 km and 6 km run through vertices, which must count once."""
    assert inside(SQUARE, 0, x, y) == answer


@pytest.mark.parametrize(
    ("segment", "answer"),
    [
        ((-10e3, 15e3, 40e3, 15e3), [0.2, 0.8]),  # straight through
        ((10e3, 10e3, 20e3, 25e3), []),  # within
        ((10e3, 10e3, 10e3, 50e3), [0.5]),  # out
        ((-10e3, 3e3, 40e3, 3e3), [0.2, 0.8]),  # through two vertices of the line: once each
        ((-15e3, -15e3, 45e3, 45e3), [0.25, 0.75]),  # through two corners: once each
        ((-20e3, 20e3, 20e3, -20e3), []),  # touches nothing but the corner (0, 0): in and out at once is twice or never
        ((15e3, 15e3, 15e3, 15e3), []),  # no way at all
    ],
)
def test_crossings_of_a_square(segment, answer):
    """By hand. At the touched corner the number must be even."""
    fracs = np.empty(8)
    n = crossings(SQUARE, 0, *segment, fracs)
    if segment == (-20e3, 20e3, 20e3, -20e3):
        assert n in (0, 2)
    else:
        assert list(fracs[:n]) == pytest.approx(answer, abs=1e-12)


def test_crossings_say_when_the_array_is_too_short():
    """The contract: -1, never a silent loss."""
    assert crossings(SQUARE, 0, -10e3, 15e3, 40e3, 15e3, np.empty(1)) == -1


def test_distance_to_a_square():
    """By hand, 10 km south of a side and 3-4-5 km off a corner; at the plane's centre its lengths are those of the ground."""
    assert border_distance_m(SQUARE, 0, 15e3, -10e3) == pytest.approx(10e3, rel=2e-5)
    assert border_distance_m(SQUARE, 0, -3e3, -4e3) == pytest.approx(5e3, rel=2e-5)
    assert border_distance_m(SQUARE, 0, 15e3, 14e3) == pytest.approx(14e3, rel=2e-5)


def in_plane(country: int) -> shapely.Geometry:
    """A country's polygon in the plane, by shapely alone."""
    if country not in _PLANE:
        shape = shapely.transform(country_geometry(COUNTRIES[country]), lambda a: np.column_stack(project(a[:, 1], a[:, 0])))
        shapely.prepare(shape)
        _PLANE[country] = shape
    return _PLANE[country]


_PLANE: dict[int, shapely.Geometry] = {}


@settings(max_examples=200, deadline=None)
@given(COUNTRY, X, Y)
def test_inside_agrees_with_shapely(country, x, y):
    """GEOS answers the same question on the same polygon; points within 1 mm of the line are left out."""
    shape = in_plane(country)
    assume(shapely.distance(shape.boundary, shapely.Point(x, y)) > 1e-3)
    assert inside(load_borders(), country, x, y) == shape.contains(shapely.Point(x, y))


@settings(max_examples=200, deadline=None)
@given(COUNTRY, X, Y, X, Y)
def test_crossing_fractions_agree_with_shapely(country, x0, y0, x1, y1):
    """GEOS's points of the segment on the polygon's boundary, as fractions of the way."""
    length = np.hypot(x1 - x0, y1 - y0)
    assume(length > 1_000.0)
    meet = shapely.intersection(in_plane(country).boundary, shapely.LineString([(x0, y0), (x1, y1)]))
    assume(meet.is_empty or all(part.geom_type == "Point" for part in shapely.get_parts(meet)))
    points = shapely.get_coordinates(meet)
    expected = np.sort(np.hypot(points[:, 0] - x0, points[:, 1] - y0) / length)
    fracs = np.empty(512)
    n = crossings(load_borders(), country, x0, y0, x1, y1, fracs)
    assert n == len(expected)
    assert np.abs(fracs[:n] - expected).max(initial=0.0) * length < 0.01
    assert n % 2 == (inside(load_borders(), country, x0, y0) != inside(load_borders(), country, x1, y1))


def test_a_segment_along_a_latitude_of_many_vertices_is_cut_evenly():
    """Every vertex of Ukraine's line as the start of a segment to a far point outside: the parity must tell whether the way began inside."""
    index = load_borders()
    fracs = np.empty(512)
    last = index.start[index.nx * index.ny]
    for k in range(0, last, 97):
        x, y = index.ax[k] + 50.0, index.ay[k]
        n = crossings(index, 0, x, y, -1_400_000.0, y, fracs)
        assert n % 2 == int(inside(index, 0, x, y))


def azimuthal_distance_m(country: int, lat: float, lon: float) -> float:
    """Distance from a point to a country's line by an azimuthal equidistant projection about that point (Snyder, ch. 25), on the sphere."""
    line = shapely.segmentize(country_geometry(COUNTRIES[country]).boundary, 0.02)

    def flat(a: np.ndarray) -> np.ndarray:
        p, q = np.radians(a[:, 1]), np.radians(a[:, 0] - lon)
        p0 = np.radians(lat)
        h = np.sin((p - p0) / 2) ** 2 + np.cos(p0) * np.cos(p) * np.sin(q / 2) ** 2
        s = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(h))
        bearing = np.arctan2(np.sin(q) * np.cos(p), np.cos(p0) * np.sin(p) - np.sin(p0) * np.cos(p) * np.cos(q))
        return np.column_stack([s * np.sin(bearing), s * np.cos(bearing)])

    return float(shapely.distance(shapely.transform(line, flat), shapely.Point(0.0, 0.0)))


@settings(max_examples=60, deadline=None)
@given(COUNTRY.filter(lambda k: COUNTRIES[k] != "RU"), X, Y)
def test_border_distance_agrees_with_a_projection_about_the_point(country, x, y):
    """Another projection, another library. Within 0.1 % or 30 m: the two draw a straight line between vertices differently."""
    lat, lon = unproject(x, y)
    assert border_distance_m(load_borders(), country, x, y) == pytest.approx(azimuthal_distance_m(country, float(lat), float(lon)), rel=1e-3, abs=30.0)


def nearest_by_trial(country: int, x: float, y: float) -> tuple[float, np.ndarray]:
    """Distance, m, and unit vector of the nearest border point: every piece asked, by vectors of numpy alone."""
    index = load_borders()
    low, high = index.start[country * index.nx * index.ny], index.start[(country + 1) * index.nx * index.ny]
    mine = np.arange(low, high)[index.frame[low:high] == 0]
    p = unit_vectors(x, y)
    a, b = unit_vectors(index.ax[mine], index.ay[mine]), unit_vectors(index.bx[mine], index.by[mine])
    normal = np.cross(a, b)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    foot = p - (normal @ p)[:, None] * normal
    foot /= np.linalg.norm(foot, axis=1, keepdims=True)
    within = (np.einsum("ij,ij->i", np.cross(a, foot), normal) >= 0) & (np.einsum("ij,ij->i", np.cross(foot, b), normal) >= 0)
    points = np.concatenate([a, b, foot[within]])
    chords = np.linalg.norm(points - p, axis=1)
    return 2 * EARTH_RADIUS_M * np.arcsin(0.5 * chords.min()), points[chords.argmin()]


@settings(max_examples=100, deadline=None)
@given(COUNTRY, X, Y)
def test_the_tree_finds_the_nearest_of_all_pieces(country, x, y):
    """Against all pieces asked one by one; its point is as far as it says; a search within less finds nothing, one within a little more finds it again."""
    index, (px, py, pz) = load_borders(), unit(x, y)
    distance, point = nearest_by_trial(country, x, y)
    assert border_distance_m(index, country, x, y) == pytest.approx(distance, rel=1e-7, abs=1e-3)
    chord2, piece = nearest_piece(index, country, px, py, pz, 4.0)
    foot = np.array(foot_on(index, piece, px, py, pz))
    assert np.linalg.norm(foot) == pytest.approx(1.0, abs=1e-12)
    assert 2 * EARTH_RADIUS_M * np.arcsin(0.5 * np.linalg.norm(foot - (px, py, pz))) == pytest.approx(distance, rel=1e-7, abs=1e-3)
    assert np.sum((point - (px, py, pz)) ** 2) == pytest.approx(chord2, rel=1e-6, abs=1e-18)
    assert nearest_piece(index, country, px, py, pz, chord2) == (chord2, -1)
    assert nearest_piece(index, country, px, py, pz, 1.0001 * chord2 + 1e-12) == (chord2, piece)


def test_every_border_piece_is_in_one_leaf_of_its_countrys_tree():
    """By the rule: a power of two of leaves, at most LEAF pieces each; every hull holds its children and the middles of its pieces' arcs."""
    index = load_borders()
    assert index.trees[:, 3].sum() == len(index.ends) == (index.frame == 0).sum()
    for root, leaves, first, pieces in index.trees.tolist():
        assert leaves & (leaves - 1) == 0
        edges = first + np.arange(leaves + 1) * pieces // leaves
        assert 1 <= np.diff(edges).min() <= np.diff(edges).max() <= LEAF
        hulls = index.hulls[root : root + 2 * leaves]
        for node in range(1, leaves):
            for child in (2 * node, 2 * node + 1):
                assert (hulls[node, :3] <= hulls[child, :3]).all() and (hulls[node, 3:] >= hulls[child, 3:]).all()
        leaf = np.repeat(np.arange(leaves), np.diff(edges)) + leaves
        ends = index.ends[first : first + pieces]
        middles = ends[:, :3] + ends[:, 3:]
        middles /= np.linalg.norm(middles, axis=1, keepdims=True)
        for points in (ends[:, :3], ends[:, 3:], middles):
            assert (hulls[leaf, :3] < points).all() and (points < hulls[leaf, 3:]).all()


def test_a_country_without_a_border_is_half_the_earth_away():
    """By the rule: no piece, no nearer point."""
    empty = SQUARE._replace(trees=np.zeros((1, 4), dtype=np.int32))
    assert border_distance_m(empty, 0, 0.0, 0.0) == pytest.approx(np.pi * EARTH_RADIUS_M)


def test_the_datas_own_edge_is_no_border():
    """By hand: at 51.9 N the data end 1.1° or 75.5 km east of 48.9 E; Russia's border with Kazakhstan lies farther south than that."""
    x, y = project(51.9, 48.9)
    assert border_distance_m(load_borders(), COUNTRIES.index("RU"), float(x), float(y)) > 76_000.0


@pytest.mark.parametrize(
    ("place", "lat", "lon", "km"),
    [("Przewodów", 50.472, 23.933, 6.2), ("Przemyśl", 49.784, 22.767, 8.4), ("Uzhhorod", 48.621, 22.288, 3.7), ("Rzeszów", 50.041, 21.999, 69.1)],
)  # fmt: skip
def test_distances_to_ukraines_border_agree_with_another_line(place, lat, lon, km):
    """GADM 2's line gives these distances (measured when the sources of borders were compared); coordinates of places differ by up to 1 km."""
    x, y = project(lat, lon)
    assert border_distance_m(load_borders(), 0, float(x), float(y)) / 1000 == pytest.approx(km, abs=1.2), place
