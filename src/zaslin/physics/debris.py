"""Where a threat, a wreck or a stray round lands, and what it costs there: ballistic fall with drag, footprint, expected casualties.

One object per fall: fragments are not followed one by one, their spread is the footprint. Ground is at sea level; nothing explodes on landing.
"""

from __future__ import annotations

import numpy as np

from zaslin import draws
from zaslin.atlas.fields import cell_of
from zaslin.jit import kernel
from zaslin.plane import ahead
from zaslin.units import G_MPS2

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
_STEP_S = 0.25
# Gauss–Hermite of four points for a standard normal: 4 × 4 points make the footprint's quadrature.
NODE = np.array([-2.3344142183389773, -0.7419637843027259, 0.7419637843027259, 2.3344142183389773])
WEIGHT = np.array([0.04587585476806849, 0.45412414523193151, 0.45412414523193151, 0.04587585476806849])


@kernel
def air_density_kgm3(alt_m):
    """Density of the standard atmosphere, kg/m³; the isothermal layer goes on above 20 km. Source: ICAO Doc 7488 (ISA)."""
    if alt_m < 11_000.0:
        return 1.225 * (1.0 - 2.25577e-5 * max(alt_m, 0.0)) ** 4.2559
    return 0.36391 * np.exp(-(alt_m - 11_000.0) / 6_341.62)


@kernel
def _pull(alt, u, v, w, bc, wind_u, wind_v):
    """Acceleration along, across and up of an object that moves with (u, v, w), m/s, through wind (wind_u, wind_v)."""
    ru, rv = u - wind_u, v - wind_v
    drag = air_density_kgm3(alt) * np.sqrt(ru * ru + rv * rv + w * w) / (2.0 * bc)
    return -drag * ru, -drag * rv, -G_MPS2 - drag * w


@kernel
def fall(alt_m, speed_mps, climb_mps, bc_kgm2, wind_along_mps, wind_right_mps):
    """Where and when an object lands that flies level with `speed_mps` and climbs with `climb_mps` at `alt_m` above the ground.

    bc_kgm2: mass / (drag coefficient · area), kg/m²; inf: no drag. Winds: along the course and to its right, m/s.
    Returns (metres along, metres to the right, seconds). Runge–Kutta of fourth order, 0.25 s; gravity constant, the ground flat.
    """
    x, y, z, u, v, w, t = 0.0, 0.0, alt_m, speed_mps, 0.0, climb_mps, 0.0
    if z <= 0.0:
        return 0.0, 0.0, 0.0
    # A light object's drag is stiff: keep the step well below its time of slowing down.
    fastest = np.sqrt(u * u + w * w) + 50.0
    h = min(_STEP_S, 0.5 * 2.0 * bc_kgm2 / (1.225 * fastest))
    for _ in range(200_000):
        a0, b0, c0 = _pull(z, u, v, w, bc_kgm2, wind_along_mps, wind_right_mps)
        u1, v1, w1 = u + 0.5 * h * a0, v + 0.5 * h * b0, w + 0.5 * h * c0
        a1, b1, c1 = _pull(z + 0.5 * h * w, u1, v1, w1, bc_kgm2, wind_along_mps, wind_right_mps)
        u2, v2, w2 = u + 0.5 * h * a1, v + 0.5 * h * b1, w + 0.5 * h * c1
        a2, b2, c2 = _pull(z + 0.5 * h * w1, u2, v2, w2, bc_kgm2, wind_along_mps, wind_right_mps)
        u3, v3, w3 = u + h * a2, v + h * b2, w + h * c2
        a3, b3, c3 = _pull(z + h * w2, u3, v3, w3, bc_kgm2, wind_along_mps, wind_right_mps)
        xn = x + h * (u + 2.0 * u1 + 2.0 * u2 + u3) / 6.0
        yn = y + h * (v + 2.0 * v1 + 2.0 * v2 + v3) / 6.0
        zn = z + h * (w + 2.0 * w1 + 2.0 * w2 + w3) / 6.0
        if zn <= 0.0:
            # Within the last step the path is all but a parabola: z + w s + c s²/2 = 0.
            root = np.sqrt(max(w * w - 2.0 * c0 * z, 0.0))
            s = 2.0 * z / (root - w) if root > w else h
            part = min(max(s / h, 0.0), 1.0)
            return x + part * (xn - x), y + part * (yn - y), t + part * h
        x, y, z, t = xn, yn, zn, t + h
        u, v, w = u + h * (a0 + 2.0 * a1 + 2.0 * a2 + a3) / 6.0, v + h * (b0 + 2.0 * b1 + 2.0 * b2 + b3) / 6.0, w + h * (c0 + 2.0 * c1 + 2.0 * c2 + c3) / 6.0
    return x, y, t


@kernel
def wind_mps(seed, replicate):
    """The night's wind (east, north), m/s, constant over heights and the theatre: a keyed draw of the replicate."""
    return (
        WIND_MPS * draws.normal(seed, replicate, WIND_ENTITY, draws.WIND, 0),
        WIND_MPS * draws.normal(seed, replicate, WIND_ENTITY, draws.WIND, 1),
    )


@kernel
def shifted(x, y, course, along_m, right_m):
    """The plane point `along_m` metres ahead on `course` (plane angle, rad) and `right_m` metres to the right of it."""
    px, py = ahead(x, y, course, along_m)
    return ahead(px, py, course + 0.5 * np.pi, right_m)


@kernel
def landing(seed, replicate, entity, purpose, number, x, y, alt_m, course, speed_mps, climb_mps, bc_kgm2, wind_x, wind_y):
    """One drawn landing place, the mean one, the footprint's spread and the time of fall of an object that breaks up at (x, y, alt_m).

    entity, purpose, number: the draw's key. course: plane angle, rad. Returns (x, y, mean x, mean y, sigma m, seconds).
    """
    s, c = np.sin(course), np.cos(course)
    down, right, seconds = fall(alt_m, speed_mps, climb_mps, bc_kgm2, wind_x * s + wind_y * c, wind_x * c - wind_y * s)
    sigma = max(SCATTER * np.sqrt(down * down + right * right + alt_m * alt_m), SCATTER_LEAST_M)
    mx, my = shifted(x, y, course, down, right)
    n0 = draws.normal(seed, replicate, entity, purpose, 2 * number)
    n1 = draws.normal(seed, replicate, entity, purpose, 2 * number + 1)
    px, py = shifted(mx, my, course, sigma * n0, sigma * n1)
    return px, py, mx, my, sigma, seconds


@kernel
def expected_casualties(fields, x, y, course, sigma_m, casualty_m2):
    """Ec = Σ P(cell) · density · casualty area over 16 points of a round normal footprint around the mean landing point (x, y).

    Persons are spread as the population field says. casualty_m2: m², shelter counted in by the catalogue. Range-safety formula (DESIGN, "Debris").
    """
    total = 0.0
    for i in range(4):
        for j in range(4):
            px, py = shifted(x, y, course, sigma_m * NODE[i], sigma_m * NODE[j])
            iy, ix = cell_of(fields, px, py)
            if iy >= 0:
                total += WEIGHT[i] * WEIGHT[j] * fields.population[iy, ix]
    return total * 1e-6 * casualty_m2
