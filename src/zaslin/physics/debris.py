"""Where a threat, a wreck or a stray round lands, and what it costs there: ballistic fall with drag, footprint, expected casualties.

One object per fall: fragments are not followed one by one, their spread is the footprint. Ground is at sea level; nothing explodes on landing.
"""

from __future__ import annotations

import numpy as np

from zaslin import draws
from zaslin.atlas.fields import cell_of
from zaslin.jit import lean
from zaslin.plane import ahead, on_ray, ray_of
from zaslin.units import EARTH_RADIUS_M, G_MPS2

SCATTER = 0.15
"""Standard deviation of the landing point, as a share of the straight line from break-up to the mean landing point: assumption, 0.05–0.3."""
SCATTER_LEAST_M = 50.0
"""Least standard deviation of the landing point, m: assumption, 20–200."""
WIND_MPS = 5.0
"""Standard deviation of each component of the night's wind, m/s, the same at all heights and places: assumption, 2–10."""
STRAY_BC_KGM2 = 3_000.0
"""Ballistic coefficient of an air-to-air round that missed (about 100 kg, 0.18 m across, drag coefficient 0.5 falling): assumption, 1,000–8,000."""
STRAY_CASUALTY_M2 = 5.0
"""Area in which a stray round's fall would hit a person, m²: assumption, 2–30 (its warhead is taken to be inert)."""
BURST_BC_KGM2 = 900.0
"""Ballistic coefficient of a gun's shell (0.25 kg, 3 cm across, drag coefficient 0.4): assumption, 300–2,000."""
BURST_CASUALTY_M2 = 1.0
"""Area in which what falls of a burst that missed would hit a person, m²: many shells, most of which destroy themselves: assumption, 0.1–10."""

WIND_ENTITY = np.uint64(draws.entity_id("wind"))
LOCAL_ERROR_M = 0.01
"""Error of one step of a fall, m, at most as the step estimates it; landing places are then good to 1 m, most to 0.1 m (3 m for a throw upward at 1.5 km/s)."""
_REMAINING_S = 3.0
"""An error in speed counts as one in place after this time, s."""
_LONG_S = 4.0
"""A step longer than this that ends below the ground is flown again, shorter, s."""
_MOST_STEPS = 20_000

# The embedded pair of orders 5 and 4 of Dormand and Prince, "A family of embedded Runge-Kutta formulae", J. Comput. Appl. Math. 6 (1980) 19-26: A the stages,
# B the fifth-order result (whose slope is the next step's first stage), E what it differs by from the fourth-order one.
_A21 = 1 / 5
_A31, _A32 = 3 / 40, 9 / 40
_A41, _A42, _A43 = 44 / 45, -56 / 15, 32 / 9
_A51, _A52, _A53, _A54 = 19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729
_A61, _A62, _A63, _A64, _A65 = 9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656
_B1, _B3, _B4, _B5, _B6 = 35 / 384, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84
_E1, _E3, _E4, _E5, _E6, _E7 = 71 / 57600, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40

# 1.225 (1 - 2.25577e-5 h)^4.2559 for h of 0 to 11 km as a polynomial of (h - 5,500 m) / 5,000 m, interpolated at Chebyshev's points: to 1e-10.
_RHO0, _RHO1, _RHO2, _RHO3 = 0.6971034044728458, -0.3820170310071257, 0.08007886202416244, -0.007753727113914444
_RHO4, _RHO5, _RHO6 = 0.00031347278861391297, -2.068077115827194e-06, -3.308840981293377e-08
# Gauss–Hermite of four points for a standard normal: 4 × 4 points make the footprint's quadrature.
NODE = np.array([-2.3344142183389773, -0.7419637843027259, 0.7419637843027259, 2.3344142183389773])
WEIGHT = np.array([0.04587585476806849, 0.45412414523193151, 0.45412414523193151, 0.04587585476806849])


@lean
def air_density_kgm3(alt_m):
    """Density of the standard atmosphere, kg/m³, 1.225 (1 - 2.25577e-5 h)^4.2559 up to 11 km, by a polynomial that is good to 1e-10; the isothermal layer
    goes on above 20 km, and below the sea the sea's density holds. Source: ICAO Doc 7488 (ISA)."""
    return _density(max(alt_m, 0.0))


@lean
def _density(z):
    """`air_density_kgm3`, but the troposphere's law goes on below the sea: a step that ends below the ground meets no corner there."""
    if z < 11_000.0:
        # Summed in pairs, not by Horner's rule: the processor then works on several terms at once.
        x = (z - 5_500.0) * (1.0 / 5_000.0)
        xx = x * x
        return (_RHO0 + x * _RHO1) + xx * ((_RHO2 + x * _RHO3) + xx * ((_RHO4 + x * _RHO5) + xx * _RHO6))
    return 0.36391 * np.exp(-(z - 11_000.0) / 6_341.62)


@lean
def _pull(z, h, w, k):
    """Acceleration level and up, m/s², at height z of an object that moves with h level and w up through the air; k = 1 / (2 β)."""
    drag = _density(z) * np.sqrt(h * h + w * w) * k
    return -drag * h, -G_MPS2 - drag * w


@lean
def _bend(step, p, v, a, p_end, v_end, a_end):
    """The curve through both ends of a step with their places, speeds and accelerations: (c1, …, c5) of p + c1 f + … + c5 f⁵, f the part of the step."""
    d, v, v_end, a, a_end = p_end - p, step * v, step * v_end, step * step * a, step * step * a_end
    c3 = 10.0 * d - 6.0 * v - 4.0 * v_end - 1.5 * a + 0.5 * a_end
    c4 = -15.0 * d + 8.0 * v + 7.0 * v_end + 1.5 * a - a_end
    c5 = 6.0 * d - 3.0 * v - 3.0 * v_end - 0.5 * a + 0.5 * a_end
    return v, 0.5 * a, c3, c4, c5


@lean
def _touch_down(step, z, w, c, z_end, w_end, c_end):
    """Part of a step, 0 to 1, after which the height is 0. z > 0 >= z_end; w: climb, c: acceleration upward."""
    c1, c2, c3, c4, c5 = _bend(step, z, w, c, z_end, w_end, c_end)
    f = 1.0  # Newton from beyond the root of a curve that bends down: each step is nearer, none too far
    for _ in range(12):
        height = z + f * (c1 + f * (c2 + f * (c3 + f * (c4 + f * c5))))
        change = height / (c1 + f * (2.0 * c2 + f * (3.0 * c3 + f * (4.0 * c4 + f * 5.0 * c5))))
        f = min(max(f - change, 0.0), 1.0)
        if abs(change) < 1e-12:
            break
    return f


@lean
def fall(alt_m, speed_mps, climb_mps, bc_kgm2, wind_along_mps, wind_right_mps):
    """Where and when an object lands that flies level with `speed_mps` and climbs with `climb_mps` at `alt_m` above the ground.

    bc_kgm2: mass / (drag coefficient · area), kg/m², inf: no drag. Winds: along the course and to its right, m/s.
    Returns (metres along, metres to the right, seconds). Gravity constant, the ground flat. In air that moves evenly the level part of the way is a straight
    line; so this is a fall in a plane through the air, and the wind's way is added. Dormand–Prince 5(4), steps by LOCAL_ERROR_M.
    """
    if alt_m <= 0.0:
        return 0.0, 0.0, 0.0
    along, right = speed_mps - wind_along_mps, -wind_right_mps
    level = np.sqrt(along * along + right * right)
    s, z, h, w, t, k = 0.0, alt_m, level, climb_mps, 0.0, 0.5 / bc_kgm2
    a1, c1 = _pull(z, h, w, k)
    step = 0.3 / (_density(z) * (np.sqrt(h * h + w * w) + 1.0) * k + 1e-12)
    again = False
    for _ in range(_MOST_STEPS):
        step = min(step, 1.3 * (w + np.sqrt(w * w + 2.0 * G_MPS2 * z)) / G_MPS2 + 0.02)  # not much beyond the ground: without drag it is there by then
        h2, w2 = h + step * _A21 * a1, w + step * _A21 * c1
        a2, c2 = _pull(z + step * _A21 * w, h2, w2, k)
        h3, w3 = h + step * (_A31 * a1 + _A32 * a2), w + step * (_A31 * c1 + _A32 * c2)
        a3, c3 = _pull(z + step * (_A31 * w + _A32 * w2), h3, w3, k)
        h4, w4 = h + step * (_A41 * a1 + _A42 * a2 + _A43 * a3), w + step * (_A41 * c1 + _A42 * c2 + _A43 * c3)
        a4, c4 = _pull(z + step * (_A41 * w + _A42 * w2 + _A43 * w3), h4, w4, k)
        h5 = h + step * (_A51 * a1 + _A52 * a2 + _A53 * a3 + _A54 * a4)
        w5 = w + step * (_A51 * c1 + _A52 * c2 + _A53 * c3 + _A54 * c4)
        a5, c5 = _pull(z + step * (_A51 * w + _A52 * w2 + _A53 * w3 + _A54 * w4), h5, w5, k)
        h6 = h + step * (_A61 * a1 + _A62 * a2 + _A63 * a3 + _A64 * a4 + _A65 * a5)
        w6 = w + step * (_A61 * c1 + _A62 * c2 + _A63 * c3 + _A64 * c4 + _A65 * c5)
        a6, c6 = _pull(z + step * (_A61 * w + _A62 * w2 + _A63 * w3 + _A64 * w4 + _A65 * w5), h6, w6, k)
        s_end = s + step * (_B1 * h + _B3 * h3 + _B4 * h4 + _B5 * h5 + _B6 * h6)
        z_end = z + step * (_B1 * w + _B3 * w3 + _B4 * w4 + _B5 * w5 + _B6 * w6)
        h_end = h + step * (_B1 * a1 + _B3 * a3 + _B4 * a4 + _B5 * a5 + _B6 * a6)
        w_end = w + step * (_B1 * c1 + _B3 * c3 + _B4 * c4 + _B5 * c5 + _B6 * c6)
        a7, c7 = _pull(z_end, h_end, w_end, k)
        off_s = abs(_E1 * h + _E3 * h3 + _E4 * h4 + _E5 * h5 + _E6 * h6 + _E7 * h_end)
        off_z = abs(_E1 * w + _E3 * w3 + _E4 * w4 + _E5 * w5 + _E6 * w6 + _E7 * w_end)
        off_h = abs(_E1 * a1 + _E3 * a3 + _E4 * a4 + _E5 * a5 + _E6 * a6 + _E7 * a7)
        off_w = abs(_E1 * c1 + _E3 * c3 + _E4 * c4 + _E5 * c5 + _E6 * c6 + _E7 * c7)
        error = step * max(max(off_s, off_z), _REMAINING_S * max(off_h, off_w)) / LOCAL_ERROR_M
        scale = min(max(0.9 * error**-0.2, 0.2), 4.0) if error > 5e-4 else 4.0  # (0.9 / 4)^5 is 5.8e-4
        if error > 1.0:
            step *= scale
            continue
        if z_end <= 0.0:
            part = _touch_down(step, z, w, c1, z_end, w_end, c7)
            if step <= _LONG_S or again:
                d1, d2, d3, d4, d5 = _bend(step, s, h, a1, s_end, h_end, a7)
                s += part * (d1 + part * (d2 + part * (d3 + part * (d4 + part * d5))))
                t += part * step
                break
            again = True  # the curve through the ends of a long step is not good enough in its middle: end nearer to the ground
            step = 1.01 * part * step + 0.01
            continue
        s, z, h, w, t, a1, c1 = s_end, z_end, h_end, w_end, t + step, a7, c7
        step *= scale
    share = s / level if level > 0.0 else 0.0
    return along * share + wind_along_mps * t, right * share + wind_right_mps * t, t


@lean
def wind_mps(seed, replicate):
    """The night's wind (east, north), m/s, constant over heights and the theatre: a keyed draw of the replicate."""
    return (
        WIND_MPS * draws.normal(seed, replicate, WIND_ENTITY, draws.WIND, 0),
        WIND_MPS * draws.normal(seed, replicate, WIND_ENTITY, draws.WIND, 1),
    )


@lean
def shifted(x, y, sine, cosine, along_m, right_m):
    """The plane point `along_m` metres ahead on a course (plane angle, given by sine and cosine) and `right_m` metres to the right of it."""
    px, py = on_ray(x, y, ray_of(x, y, sine, cosine), along_m)
    return on_ray(px, py, ray_of(px, py, cosine, -sine), right_m)


@lean
def landing(seed, replicate, entity, purpose, number, x, y, alt_m, course, speed_mps, climb_mps, bc_kgm2, wind_x, wind_y):
    """One drawn landing place, the mean one, the footprint's spread and the time of fall of an object that breaks up at (x, y, alt_m).

    entity, purpose, number: the draw's key. course: plane angle, rad. Returns (x, y, mean x, mean y, sigma m, seconds).
    """
    s, c = np.sin(course), np.cos(course)
    down, right, seconds = fall(alt_m, speed_mps, climb_mps, bc_kgm2, wind_x * s + wind_y * c, wind_x * c - wind_y * s)
    sigma = max(SCATTER * np.sqrt(down * down + right * right + alt_m * alt_m), SCATTER_LEAST_M)
    mx, my = shifted(x, y, s, c, down, right)
    n0 = draws.normal(seed, replicate, entity, purpose, 2 * number)
    n1 = draws.normal(seed, replicate, entity, purpose, 2 * number + 1)
    px, py = shifted(mx, my, s, c, sigma * n0, sigma * n1)
    return px, py, mx, my, sigma, seconds


@lean
def expected_casualties(fields, x, y, course, sigma_m, casualty_m2):
    """Ec = Σ P(cell) · density · casualty area over 16 points of a round normal footprint around the mean landing point (x, y).

    Persons are spread as the population field says. casualty_m2: m², shelter counted in by the catalogue. Range-safety formula (DESIGN, "Debris").
    """
    total = 0.0
    for i in range(4):
        ax, ay = ahead(x, y, course, sigma_m * NODE[i])
        for j in range(4):
            px, py = ahead(ax, ay, course + 0.5 * np.pi, sigma_m * NODE[j])
            iy, ix = cell_of(fields, px, py)
            if iy >= 0:
                total += WEIGHT[i] * WEIGHT[j] * fields.population[iy, ix]
    return total * 1e-6 * casualty_m2


@lean
def nobody_within(fields, x, y, reach_m):
    """Whether no cell that a place within `reach_m` of the plane point (x, y) can lie in has people; True is certain. Outside the grid nobody lives."""
    ny, nx = fields.population.shape
    # A length on the ground is in the plane at most this much longer at (x, y), and hardly more at its reach.
    aside = 1.05 * reach_m * (1.0 + (x * x + y * y) / EARTH_RADIUS_M**2) / fields.cell_m
    u, v = (x - fields.x0) / fields.cell_m, (y - fields.y0) / fields.cell_m
    if not (abs(u) < 1e9 and abs(v) < 1e9):
        return False
    for iy in range(max(int(np.floor(v - aside)), 0), min(int(np.floor(v + aside)), ny - 1) + 1):
        for ix in range(max(int(np.floor(u - aside)), 0), min(int(np.floor(u + aside)), nx - 1) + 1):
            if fields.population[iy, ix] > 0.0:
                return False
    return True
