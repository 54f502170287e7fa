"""Falls and footprints against independent solutions: scipy's integrator, the barometric formula, a sum by hand over four cells."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import approx, mark
from scipy.integrate import solve_ivp

import toy_world as toy
from zaslin import draws
from zaslin.physics import debris
from zaslin.physics.debris import (
    NODE,
    SCATTER,
    SCATTER_LEAST_M,
    WEIGHT,
    WIND_ENTITY,
    WIND_MPS,
    air_density_kgm3,
    expected_casualties,
    fall,
    landing,
    nobody_within,
    shifted,
    wind_mps,
)
from zaslin.plane import distance_m
from zaslin.units import G_MPS2

KM = 1_000.0
SEED, NIGHT, THREAT = np.uint64(5), np.uint64(8), np.uint64(77)


def _towards(course: float) -> tuple[float, float]:
    return math.sin(course), math.cos(course)


def _isa(alt: float) -> float:
    """Density from the standard's own constants: 288.15 K, 6.5 K/km, 101,325 Pa, 287.05287 J/(kg K); from 11 km on isothermal at 216.65 K."""
    low = min(max(alt, 0.0), 11_000.0)
    kelvin = 288.15 - 0.0065 * low
    pascal = 101_325.0 * (kelvin / 288.15) ** (G_MPS2 / (0.0065 * 287.05287))
    return pascal / (287.05287 * kelvin) * math.exp(-max(alt - 11_000.0, 0.0) * G_MPS2 / (287.05287 * 216.65))


def _landed(alt, speed, climb, bc, along, right) -> tuple[float, float, float]:
    """(metres along, metres right, seconds) by scipy's RK45 at a tolerance of 1e-9, the landing by its event."""

    def motion(_, s):
        air = s[3] - along, s[4] - right, s[5]
        drag = _isa(s[2]) * math.hypot(*air) / (2 * bc)
        return [s[3], s[4], s[5], -drag * air[0], -drag * air[1], -G_MPS2 - drag * air[2]]

    ground = lambda _, s: s[2]
    ground.terminal = True
    end = solve_ivp(motion, (0, 2_000), [0, 0, alt, speed, 0, climb], rtol=1e-9, atol=1e-9, events=ground)
    return end.y[0, -1], end.y[1, -1], end.t[-1]


@mark.parametrize("alt", [-100.0, 0.0, 1.0, 3_000.0, 10_999.0, 11_000.0, 11_001.0, 15_000.0, 25_000.0])
def test_density_follows_the_barometric_formula(alt):
    """ICAO Doc 7488 by its own constants, an independent writing; below the sea the sea's density holds."""
    assert air_density_kgm3(alt) == approx(_isa(alt), rel=2e-4)


@mark.parametrize(
    ("alt", "speed", "climb", "bc", "along", "right"),
    [
        (60.0, 50.0, 0.0, 100.0, 0.0, 0.0), (1_000.0, 200.0, 0.0, 500.0, 10.0, -6.0), (9_000.0, 230.0, -40.0, 800.0, -12.0, 7.0),
        (13_000.0, 600.0, 120.0, 3_000.0, 5.0, 15.0), (400.0, 45.0, 5.0, 30.0, 8.0, 8.0), (300.0, 100.0, -60.0, 3.0, -9.0, 4.0),
    ],
)  # fmt: skip
def test_a_fall_agrees_with_scipys_integrator(alt, speed, climb, bc, along, right):
    """Independent: the same equations (DESIGN, "Debris") written again and solved by RK45 to 1e-9."""
    assert fall(alt, speed, climb, bc, along, right) == approx(_landed(alt, speed, climb, bc, along, right), rel=3e-4, abs=0.02)


@mark.parametrize("alt", [0.0, 20.0, 900.0, 2_600.0, 4_400.0, 6_800.0, 9_100.0, 10_999.9])
def test_density_is_the_standards_power_law(alt):
    """The polynomial against the law that it stands for, 1.225 (1 - 2.25577e-5 h)^4.2559."""
    assert air_density_kgm3(alt) == approx(1.225 * (1.0 - 2.25577e-5 * alt) ** 4.2559, rel=3e-10)


def test_the_tableau_is_a_runge_kutta_method_of_order_five():
    """By theory (Butcher's conditions to order 4 and the bushy one of order 5): b·c^k = 1/(k+1), b·A c = 1/6, b·A c² = 1/12, b·(c·(A c)) = 1/8, b·A A c = 1/24;
    the embedded result, B less E, is of order 4."""
    a = np.zeros((7, 7))
    for i, row in enumerate(([debris._A21], [debris._A31, debris._A32], [debris._A41, debris._A42, debris._A43])):
        a[i + 1, : len(row)] = row
    a[4, :4] = debris._A51, debris._A52, debris._A53, debris._A54
    a[5, :5] = debris._A61, debris._A62, debris._A63, debris._A64, debris._A65
    b = np.array([debris._B1, 0.0, debris._B3, debris._B4, debris._B5, debris._B6, 0.0])
    a[6] = b
    c = np.array([0.0, 0.2, 0.3, 0.8, 8 / 9, 1.0, 1.0])
    assert a.sum(axis=1) == approx(c, abs=1e-14)
    other = b - np.array([debris._E1, 0.0, debris._E3, debris._E4, debris._E5, debris._E6, debris._E7])
    for weights, order in ((b, 5), (other, 4)):
        assert [float(weights @ c**k) for k in range(order)] == approx([1 / (k + 1) for k in range(order)], abs=1e-14)
        assert [weights @ a @ c, weights @ a @ c**2, weights @ (c * (a @ c)), weights @ a @ a @ c] == approx([1 / 6, 1 / 12, 1 / 8, 1 / 24], abs=1e-14)


@settings(max_examples=40, deadline=None)
@given(st.floats(1.0, 10_000.0), st.floats(0.0, 700.0), st.floats(-150.0, 150.0), st.floats(2.0, 9.0), st.floats(-15.0, 15.0), st.floats(-15.0, 15.0))
def test_falls_are_within_a_metre_of_the_solution(alt, speed, climb, log_bc, along, right):
    """Against scipy's DOP853 at 1e-10 on the same density (β of 7 to 8,000 kg/m²): places within 1 m, times within 0.05 s."""

    def motion(_, s):
        air = s[3] - along, s[4] - right, s[5]
        drag = air_density_kgm3(s[2]) * math.hypot(*air) / (2 * math.exp(log_bc))
        return [s[3], s[4], s[5], -drag * air[0], -drag * air[1], -G_MPS2 - drag * air[2]]

    ground = lambda _, s: s[2]
    ground.terminal, ground.direction = True, -1
    end = solve_ivp(motion, (0, 5_000), [0, 0, alt, speed, 0, climb], method="DOP853", rtol=1e-10, atol=1e-10, events=ground)
    down, aside, seconds = fall(alt, speed, climb, math.exp(log_bc), along, right)
    assert (down, aside) == approx((end.y[0, -1], end.y[1, -1]), abs=1.0)
    assert seconds == approx(end.t[-1], abs=0.05)


def test_nobody_is_near_where_no_cell_in_reach_has_people():
    """By hand: people only in the cell from (0, 0) to (5, 5) km. A point in the middle of it sees them; one 1,000 m beside the cell's edge within 1,000 m,
    not within 900; outside the grid nobody lives."""
    fields = toy.ground().fields
    people = np.zeros_like(fields.population)
    people[round(-toy.Y0 / toy.CELL_M), round(-toy.X0 / toy.CELL_M)] = 7.0
    fields = fields._replace(population=people)
    assert not nobody_within(fields, 2.5 * KM, 2.5 * KM, 1.0)
    assert nobody_within(fields, -1 * KM, 2.5 * KM, 900.0) and not nobody_within(fields, -1 * KM, 2.5 * KM, 1_000.0)
    assert nobody_within(fields, 2.5 * KM, 6 * KM, 900.0) and not nobody_within(fields, 2.5 * KM, 6 * KM, 1_000.0)
    assert nobody_within(fields, 5e6, 0.0, 900.0) and nobody_within(fields, toy.X0 - 500.0, 0.0, 900.0)


@mark.parametrize(("alt", "climb"), [(0.05, 0.0), (0.3, 0.0), (0.7, -1.0), (2.0, 3.0), (5.0, -30.0)])
def test_a_fall_of_less_than_a_step_ends_on_the_ground(alt, climb):
    """By hand: without drag alt + climb t - g t² / 2 = 0, also where that comes within the integrator's first step."""
    seconds = (climb + math.sqrt(climb**2 + 2 * G_MPS2 * alt)) / G_MPS2
    assert fall(alt, 40.0, climb, math.inf, 0.0, 0.0) == approx((40.0 * seconds, 0.0, seconds), rel=1e-9)


@mark.parametrize("alt", [0.0, -3.0])
def test_what_breaks_up_on_the_ground_lies_there(alt):
    """By the rule: no fall, no way, no time."""
    assert fall(alt, 300.0, 20.0, 500.0, 9.0, 9.0) == (0.0, 0.0, 0.0)


def test_the_nights_wind_is_two_keyed_normals():
    """By the rule: east and north are draws 0 and 1 of the night's own key, 5 m/s each; over nights mean 0 and spread 5 within four standard errors."""
    key = SEED, NIGHT, WIND_ENTITY, draws.WIND
    assert wind_mps(SEED, NIGHT) == (approx(WIND_MPS * draws.normal(*key, 0)), approx(WIND_MPS * draws.normal(*key, 1)))
    nights = np.array([wind_mps(SEED, np.uint64(i)) for i in range(400)])
    assert nights.mean(axis=0) == approx([0.0, 0.0], abs=4 * 5.0 / 20)
    assert nights.std(axis=0) == approx([5.0, 5.0], rel=4 / math.sqrt(800))


@mark.parametrize(("degrees", "x", "y"), [(0, 300, 1_000), (90, 1_000, -300), (180, -300, -1_000), (-90, -1_000, 300)])
def test_ahead_and_to_the_right_of_a_course(degrees, x, y):
    """By hand: 1,000 m ahead and 300 m to the right; on north right is east, on east right is south."""
    assert shifted(0.0, 0.0, *_towards(math.radians(degrees)), 1_000.0, 300.0) == approx((x, y), abs=0.01)
    px, py = shifted(20 * KM, 30 * KM, *_towards(math.radians(degrees)), 1_000.0, 300.0)
    assert (px - 20 * KM, py - 30 * KM) == approx((x, y), abs=0.1)


def test_a_wreck_lands_where_its_fall_and_the_wind_carry_it():
    """By hand: course 30°; the wind (9 east, -4 north) is 9 sin 30° - 4 cos 30° = 1.036 along and 9 cos 30° + 4 sin 30° = 9.794 to the right. The spread
    is 15 % of the straight line to the landing point, and the drawn place lies by the two normals of the key beside the mean."""
    course, number = math.radians(30), 3
    got = landing(SEED, NIGHT, THREAT, draws.DEBRIS, number, 8 * KM, -5 * KM, 2_000.0, course, 180.0, -10.0, 400.0, 9.0, -4.0)
    down, right, seconds = fall(2_000.0, 180.0, -10.0, 400.0, 9 * 0.5 - 4 * math.cos(course), 9 * math.cos(course) + 4 * 0.5)
    sigma = SCATTER * math.sqrt(down**2 + right**2 + 2_000.0**2)
    mean = shifted(8 * KM, -5 * KM, *_towards(course), down, right)
    ahead, aside = (sigma * draws.normal(SEED, NIGHT, THREAT, draws.DEBRIS, index) for index in (6, 7))
    assert got == approx((*shifted(*mean, *_towards(course), ahead, aside), *mean, sigma, seconds), rel=1e-9)
    assert right > 20.0
    assert sigma > 2 * SCATTER_LEAST_M


def test_a_low_break_up_scatters_by_the_least_spread():
    """By the rule: from 10 m at 20 m/s the straight line is some 30 m long, 15 % of it 5 m; the least is 50 m."""
    assert landing(SEED, NIGHT, THREAT, draws.DEBRIS, 0, 0.0, 0.0, 10.0, 0.0, 20.0, 0.0, 500.0, 0.0, 0.0)[4] == SCATTER_LEAST_M == 50.0


def test_the_quadrature_has_a_normals_moments():
    """By theory: four Gauss–Hermite points give the moments 1, 0, 1, 0, 3, 0, 15 of a standard normal."""
    assert [float(WEIGHT @ NODE**k) for k in range(7)] == approx([1, 0, 1, 0, 3, 0, 15], abs=1e-9)


def test_casualties_are_the_footprints_weight_in_each_cell_times_its_density():
    """By hand: 200 persons per km² north of y = 0, 10 south of it, and 3,000 in the cell with its corner at (0, 0), 5 km wide. A footprint of 1 km around
    a point 300 m south of the line, course 60°: the sixteen points (a ahead, b to the right) are added up one by one."""
    fields = toy.ground().fields
    people = np.full_like(fields.population, 10.0)
    row, column = round(-toy.Y0 / toy.CELL_M), round(-toy.X0 / toy.CELL_M)
    people[row:] = 200.0
    people[row, column] = 3_000.0
    course, x, y, total = math.radians(60), 200.0, -300.0, 0.0
    for a, wa in zip(NODE, WEIGHT, strict=True):
        for b, wb in zip(NODE, WEIGHT, strict=True):
            px = x + KM * (a * math.sin(course) + b * math.cos(course))
            py = y + KM * (a * math.cos(course) - b * math.sin(course))
            total += wa * wb * (10.0 if py < 0 else 3_000.0 if px > 0 else 200.0)
    assert expected_casualties(fields._replace(population=people), x, y, course, KM, 25.0) == approx(total * 25e-6, rel=1e-6)


def test_the_grids_first_row_and_column_count():
    """By hand: a footprint of a metre in the middle of the south-west cell is all on the grid."""
    x, y = toy.X0 + 0.5 * toy.CELL_M, toy.Y0 + 0.5 * toy.CELL_M
    assert expected_casualties(toy.ground().fields, x, y, 0.0, 1.0, 10.0) == approx(5e-4, rel=1e-9)
    assert distance_m(x, y, *shifted(x, y, *_towards(0.0), 1.0, 0.0)) == approx(1.0, abs=1e-3)
