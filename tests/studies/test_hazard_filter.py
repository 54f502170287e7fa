"""The dynamic hazard: against a posterior by brute force, against direct sums, and, slow, against worlds drawn from its own prior."""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import ndtr
from scipy.stats import binom, chisquare, norm, spearmanr

from zaslin.studies.forecast import DRIFTS, EFFECT_SD, GAMMAS, LEVEL_SD, REACH, SIGMAS, SLOW_DRIFT
from zaslin.studies.hazard_filter import SHARE, HazardFilter, Member, U, product_density, stop_pmf

ONE = np.ones(1)


def normal(mean: float, sd: float) -> np.ndarray:
    d = norm.pdf(U, mean, sd)
    return np.asarray(d / d.sum())


def share(u: np.ndarray) -> np.ndarray:
    return -np.expm1(-np.exp(u))


class Grid:
    """The exact posterior of a drifting level on a fine grid: θ by sums over 1,201 points, the night's luck by 81."""

    def __init__(self, member: Member, mean: float):
        self.member, self.theta = member, np.linspace(-8.0, 8.0, 1201)
        self.p = norm.pdf(self.theta, mean, member.prior_sd[0])
        self.p /= self.p.sum()
        self.z = np.linspace(-5.0, 5.0, 81)
        self.evidence = 0.0

    def step(self, days: float, n: int, s: int) -> None:
        sd = self.member.drift[0] * np.sqrt(days)
        if sd > 0.0:
            kernel = norm.pdf(self.theta[:, None], self.theta, max(sd, 0.02))
            self.p = kernel @ self.p / kernel.sum(axis=0).mean()
            self.p /= self.p.sum()
        night = self.member.sigma * n**-self.member.gamma
        mass = norm.pdf(self.z)
        like = binom.pmf(s, n, share(self.theta[:, None] + night * self.z)) @ (mass / mass.sum())
        self.evidence += float(np.log(self.p @ like))
        self.p = self.p * like / (self.p @ like)

    @property
    def mean(self) -> float:
        return float(self.p @ self.theta)

    @property
    def sd(self) -> float:
        return float(np.sqrt(self.p @ self.theta**2 - self.mean**2))


@pytest.mark.parametrize(
    ("member", "windows"),
    [
        (Member(0.4, 0.0, (2.0,), (0.0,)), [(0, 20, 17), (1, 5, 5), (2, 60, 40), (3, 1, 0), (4, 30, 29)]),
        (Member(1.1, 0.25, (2.0,), (0.08,)), [(0, 3, 0), (10, 2, 2), (25, 8, 3), (26, 1, 1), (60, 4, 4), (90, 6, 1)]),
        (Member(0.7, 0.5, (2.0,), (0.03,)), [(0, 200, 150), (2, 800, 700), (7, 90, 90), (9, 400, 250)]),
    ],
)
def test_one_member_is_the_posterior_by_brute_force(member: Member, windows: list[tuple[int, int, int]]):
    """Grid sums over level and luck. The filter keeps a normal of the level: mean within 0.15 sd, sd within 15 %, evidence within 0.1 nats."""
    found, grid, evidence, last = HazardFilter([member], np.array([0.5])), Grid(member, 0.5), 0.0, 0
    for day, n, s in windows:
        density = found.density(day, ONE, n)
        evidence += float(np.log(stop_pmf(found.mixture(density), n)[s]))
        found.absorb(day, ONE, n, s, density)
        grid.step(day - last, n, s)
        last = day
    assert found.mean[0, 0] == pytest.approx(grid.mean, abs=0.15 * grid.sd)
    assert np.sqrt(found.cov[0, 0, 0]) == pytest.approx(grid.sd, rel=0.15)
    assert evidence == pytest.approx(grid.evidence, abs=0.1)


def test_a_run_of_perfect_windows_makes_the_filter_surer_than_it_ought_to_be_by_a_quarter():
    """Known fault of a normal belief, by brute force: eight times 10 of 10 leave a level with a long side upward; the filter's sd is 0.74 of the true one."""
    member = Member(0.25, 0.0, (1.0,), (0.0,))
    found, grid = HazardFilter([member], np.array([0.5])), Grid(member, 0.5)
    for day in range(8):
        found.absorb(day, ONE, 10, 10, found.density(day, ONE, 10))
        grid.step(1.0, 10, 10)
    assert found.mean[0, 0] == pytest.approx(grid.mean, abs=0.15 * grid.sd)
    assert 0.7 * grid.sd < np.sqrt(found.cov[0, 0, 0]) < grid.sd


def test_members_are_weighted_by_what_they_foretold():
    """By quadrature apart: of two members with equal priors the weights after one window are as their chances of it; forgetting draws them together."""
    members = [Member(0.1, 0.0, (0.5,), (0.0,)), Member(2.0, 0.0, (0.5,), (0.0,))]
    chance = []
    for m in members:
        sd = float(np.hypot(m.sigma, 0.5))
        within = norm.cdf(U[-1], 0.5, sd) - norm.cdf(U[0], 0.5, sd)
        chance.append(quad(lambda u, sd=sd: binom.pmf(2, 20, share(u)) * norm.pdf(u, 0.5, sd), U[0], U[-1], limit=400)[0] / within)  # type: ignore[misc]
    found = HazardFilter(members, np.array([0.5]), forgetting=1.0)
    found.absorb(0.0, ONE, 20, 2, found.density(0.0, ONE, 20))
    assert found.weight == pytest.approx(np.array(chance) / sum(chance), rel=1e-3)
    before = found.weight[0]
    found.forgetting = 0.5
    found.absorb(1.0, ONE, 1, 1, np.tile(normal(0.0, 1.0), (2, 1)))
    assert before < found.weight[0] < 0.5


@pytest.mark.parametrize("n", [1, 20, 193, 800])
@pytest.mark.parametrize(("mean", "sd"), [(0.5, 1.0), (1.8, 0.1), (-4.0, 2.0), (3.5, 2.0)])
def test_the_predictive_is_the_integral(n: int, mean: float, sd: float):
    """scipy.integrate.quad of the binomial over the normal, between the ends of the nodes; up to 800 launched and a narrow belief."""
    pmf = stop_pmf(normal(mean, sd), n)
    total = norm.cdf(U[-1], mean, sd) - norm.cdf(U[0], mean, sd)
    for s in {0, n // 2, int(0.9 * n), n}:
        low, high = max(U[0], mean - 9 * sd), min(U[-1], mean + 9 * sd)
        points = [float(np.clip(np.log(-np.log1p(-min(max(s / n, 1e-9), 1 - 1e-9))), low, high))]
        wanted = quad(lambda u: binom.pmf(s, n, share(u)) * norm.pdf(u, mean, sd), low, high, limit=800, points=points)[0] / total  # noqa: B023
        assert pmf[s] == pytest.approx(wanted, rel=0.02, abs=1e-6)


@pytest.mark.parametrize("n", [1, 7, 40])
def test_kills_are_the_stops_thinned_by_the_booking(n: int):
    """Direct sum: S of n by the first share, D of S by the second, over every pair of nodes."""
    first, second = normal(0.8, 0.6), normal(0.2, 0.7)
    booked = np.array([second @ np.array([binom.pmf(d, s, SHARE) for d in range(n + 1)]).T for s in range(n + 1)])
    stops = np.array([first @ binom.pmf(s, n, SHARE) for s in range(n + 1)])
    kills = stops @ booked
    assert stop_pmf(product_density(first, second), n) == pytest.approx(kills, abs=2e-4)


def test_a_product_with_a_sure_booking_is_the_stops():
    """By hand: all stops are kills where the second share is 1; none where it is next to nothing. No warning where both are 1 to the last bit."""
    first = normal(1.0, 0.5)
    with np.errstate(all="raise", under="ignore"):
        assert product_density(first, np.eye(len(U))[-1]) == pytest.approx(first, abs=1e-6)
        assert product_density(np.eye(len(U))[-1], np.eye(len(U))[-1])[-5:].sum() == pytest.approx(1.0)
    assert product_density(first, np.eye(len(U))[0])[:3].sum() == pytest.approx(1.0, abs=0.2)


def test_the_mean_of_a_product_is_the_product_of_the_means():
    """Law, within 0.001 of a share."""
    first, second = normal(0.8, 0.6), normal(-0.5, 0.9)
    assert product_density(first, second) @ SHARE == pytest.approx((first @ SHARE) * (second @ SHARE), abs=1e-3)


def test_a_window_that_says_nothing_moves_nothing():
    """Law: where every share explains a window alike, belief stays, however wide: nodes that end too early pulled the level down."""
    for sigma in (0.25, 2.6):
        found = HazardFilter([Member(sigma, 0.0, (2.0,), (0.0,))], np.array([0.5]))
        density = found.density(0.0, ONE, 1)
        found.absorb(0.0, ONE, 0, 0, density)
        assert found.mean[0, 0] == pytest.approx(0.5, abs=0.25)
        assert found.cov[0, 0, 0] == pytest.approx(4.0, rel=0.2)


def test_a_surprise_beyond_all_numbers_leaves_a_belief_between_what_was_held_and_what_came():
    """By hand: a belief of 2.5 ± 0.06 and a window that says −2.97: the product of two normals lies between them, the level follows; 0 is not special."""
    for sign in (1.0, -1.0):
        found = HazardFilter([Member(0.0, 0.0, (0.06,), (0.0,))], np.array([2.5 if sign > 0 else -4.0]))
        start, s = found.mean[0, 0], 40 if sign > 0 else 800
        found.absorb(0.0, ONE, 800, s, found.density(0.0, ONE, 800))
        came = np.log(-np.log1p(-s / 800)) if s < 800 else 3.0
        assert min(start, came) < found.mean[0, 0] < max(start, came)
        assert 0.0 < found.cov[0, 0, 0] <= 0.06**2
        assert abs(found.mean[0, 0] - start) > 0.5


def test_a_made_up_change_is_found_where_it_was_made_and_nowhere_else():
    """Made by us: 60 windows of a share of 0.97, then 60 of 0.5; jump chance 0.003 per window. The chance peaks within two windows of the change."""
    rng = np.random.default_rng(11)
    members = [Member(s, 0.0, (2.0,), (0.01,), jump=0.003) for s in (0.1, 0.25, 0.4, 0.7)]
    found = HazardFilter(members, np.array([0.5]))
    chances = []
    for k in range(120):
        n = int(rng.integers(5, 60))
        density = found.density(float(k), ONE, n)
        chances.append(found.absorb(float(k), ONE, n, int(rng.binomial(n, 0.97 if k < 60 else 0.5)), density))
    assert int(np.argmax(chances)) in (60, 61, 62)
    assert max(chances) > 0.5
    assert max(chances[10:60]) < 0.2
    assert share(found.mean[:, 0]) == pytest.approx(np.full(4, 0.5), abs=0.1)


def test_time_that_runs_backward_adds_no_drift():
    """Law: a window that is learned late drifts by nothing."""
    found = HazardFilter([Member(0.4, 0.0, (1.0,), (0.5,))], np.array([0.0]))
    found.absorb(10.0, ONE, 10, 5, found.density(10.0, ONE, 10))
    assert found.at(3.0) == pytest.approx(found.cov)
    assert found.at(14.0)[0, 0, 0] == pytest.approx(found.cov[0, 0, 0] + 4 * 0.25)


# -- simulation-based calibration ------------------------------------------------------------------------------------------

WORLDS = 600
NAMES = ("level", "load", "sigma", "gamma", "drift", "pooling")


def the_grid() -> list[Member]:
    """The members of `forecast` with level and load."""
    return [Member(s, g, (LEVEL_SD, e * REACH["load"]), (d, SLOW_DRIFT)) for s, g, d, e in product(SIGMAS, GAMMAS, DRIFTS, EFFECT_SD)]


@cache
def ranks(typical: float, most: int, level: float, windows: int = 60, worlds: int = WORLDS) -> tuple[np.ndarray, np.ndarray]:
    """Where the truth of each world fell in its posterior, 0 … 1, shape (worlds, 6); and where level and load would have with covariances halved, (worlds, 2).

    A world: a member drawn from the grid of `forecast` (level and load), a level and a load slope from the prior, drifting as the member says; windows 3 days
    apart on average, 1 … `most` launched. forgetting is 1: the weights are the posterior.
    """
    prior = np.array([level, 0.0])
    members = the_grid()
    out, sure = [], []
    for seed in range(worlds):
        rng = np.random.default_rng(seed)
        true = members[rng.integers(len(members))]
        theta, day, found = prior + np.array(true.prior_sd) * rng.standard_normal(2), 0.0, HazardFilter(members, prior, forgetting=1.0)
        for k in range(windows):
            if k:
                gap = float(rng.exponential(3.0))
                day, theta = day + gap, theta + np.array(true.drift) * np.sqrt(gap) * rng.standard_normal(2)
            n = int(np.exp(rng.uniform(0.0, np.log(most))))
            x = np.array([1.0, np.log(n / typical)])
            u = x @ theta + true.sigma * n**-true.gamma * rng.standard_normal()
            found.absorb(day, x, n, int(rng.binomial(n, -np.expm1(-np.exp(u)))), found.density(day, x, n))
        w = found.weight
        row, narrow = ([float(w @ ndtr((theta[j] - found.mean[:, j]) / np.sqrt(by * found.cov[:, j, j]))) for j in (0, 1)] for by in (1.0, 0.5))
        own = {"sigma": found.sigma, "gamma": found.gamma, "drift": np.sqrt(found.drift2[:, 0]), "pooling": np.array([m.prior_sd[1] for m in members])}
        hidden = {"sigma": true.sigma, "gamma": true.gamma, "drift": true.drift[0], "pooling": true.prior_sd[1]}
        for values, value in ((own[name], hidden[name]) for name in NAMES[2:]):
            same = np.isclose(values, value)
            row.append(float(w[(values < value) & ~same].sum() + rng.uniform() * w[same].sum()))
        out.append(row)
        sure.append(narrow)
    return np.clip(np.array(out), 0.0, 1.0 - 1e-12), np.clip(np.array(sure), 0.0, 1.0 - 1e-12)


def p_uniform(column: np.ndarray) -> float:
    """Chi-square of ten equal parts."""
    return float(chisquare(np.bincount((column * 10).astype(int), minlength=10)).pvalue)


def slope(column: np.ndarray) -> float:
    """z of a trend in the histogram: the mean rank against 1/2."""
    return float((column.mean() - 0.5) * np.sqrt(12 * len(column)))


@pytest.mark.slow
@pytest.mark.parametrize(("typical", "most", "level"), [(30.0, 200, 0.5), (2.0, 12, -0.5)])
def test_worlds_drawn_from_the_prior_are_recovered(typical: float, most: int, level: float):
    """Simulation-based calibration (Talts and others 2018, arXiv:1804.06788): ranks of all that is drawn are uniform, drones and ballistic alike.

    Nodes of u that ended at 3 failed this with p = 4e-31 (level) and 1e-18 (load) for drones, 4e-12 and 2e-5 (σ) for ballistic missiles; at 6 it took
    1,500 worlds to see it (2.5e-4). What is left, of the normal belief, lies where raids are stopped entirely (level above 2): mean rank 0.56.
    """
    found, _ = ranks(typical, most, level)
    for k, name in enumerate(NAMES):
        assert p_uniform(found[:, k]) > 0.001, name
        assert abs(slope(found[:, k])) < 3.3, name


@pytest.mark.slow
def test_the_calibration_test_would_see_a_posterior_that_is_too_sure():
    """Power: with the covariances halved the same test rejects level and load."""
    _, found = ranks(30.0, 200, 0.5)
    assert p_uniform(found[:, 0]) < 0.001
    assert p_uniform(found[:, 1]) < 0.001


@pytest.mark.slow
def test_forecasts_of_worlds_drawn_from_the_prior_are_calibrated():
    """Law: the randomised transform of each one-step forecast is uniform, over worlds and windows; no trend with the size of the raid."""
    members = the_grid()
    prior, ends, sizes = np.array([0.5, 0.0]), [], []
    for seed in range(200):
        rng = np.random.default_rng(10_000 + seed)
        true, found = members[rng.integers(len(members))], HazardFilter(members, prior, forgetting=1.0)
        theta = prior + np.array(true.prior_sd) * rng.standard_normal(2)
        for _ in range(25):
            n = int(np.exp(rng.uniform(0.0, np.log(300))))
            x = np.array([1.0, np.log(n / 30.0)])
            s = int(rng.binomial(n, -np.expm1(-np.exp(x @ theta + true.sigma * n**-true.gamma * rng.standard_normal()))))
            density = found.density(0.0, x, n)
            pmf = stop_pmf(found.mixture(density), n)
            ends.append(float(pmf[:s].sum() + rng.uniform() * pmf[s]))
            sizes.append(n)
            found.absorb(0.0, x, n, s, density)
    column = np.clip(np.array(ends), 0.0, 1.0 - 1e-12)
    assert p_uniform(column) > 0.001
    assert abs(spearmanr(column, sizes).statistic) < 3.3 / np.sqrt(len(column))
