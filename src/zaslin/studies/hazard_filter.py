"""A dynamic hazard of being stopped, learned window by window: the model behind the forecast and behind Ukraine's calibrated layer.

Of n launched, S are stopped:  S | u ~ Binomial(n, 1 − exp(−e^u)),  u = x·θ_t + σ n^(−γ) z,  z ~ N(0, 1).  e^u is the hazard that a threat of that night
integrates over its flight; z is the night's own luck (more than coins: over-dispersion), and large raids, being several, differ less (γ). θ_t drifts
as a random walk. Nothing here knows σ, γ, the drift or which covariates matter: `Member`s with all of them run side by side and are weighted by
how well each foretold what came (dynamic model averaging; Raftery, Kárný and Ettler 2010, Technometrics 52:52). One member's step is exact in the
direction of u, by quadrature, and Gaussian in the rest (assumed density filtering; Opper 1998). It reads no table and knows no date but days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

Floats = NDArray[np.float64]

STEP = 0.04
U: Floats = np.arange(-9.0, 6.0 + STEP / 2, STEP)
"""Quadrature nodes of u: shares stopped from 0.0001 to 1. From u = 3.6 on the share is 1 to the last bit, but beliefs of u reach further: nodes that
end at 3 cut them off, and raids stopped entirely then lowered the level that they ought to raise (found by simulation-based calibration)."""
SHARE: Floats = -np.expm1(-np.exp(U))
LOG_STOP: Floats = np.log(SHARE)
LOG_PASS: Floats = -np.exp(U)
LEAST_VARIANCE = (1.5 * STEP) ** 2
"""A density of u narrower than this would fall between the nodes."""
PIECE = 5_000
"""Counts that are worked on together: a table with an absurd sum must not fill the memory."""

LEAST_EVIDENCE = 1e-300
"""A member's chance of a window is taken to be no less: beyond that numbers end."""

FORGETTING = 0.98
"""Weights of members are raised to this power with each window: what foretold badly 100 windows ago counts little."""


@dataclass(frozen=True)
class Member:
    """One set of what is not known: night-to-night σ (nats, >= 0), its exponent γ, prior standard deviations of θ (0: left out), drift per √day.

    `prior`: its weight before any window; `jump`: chance per window that θ starts anew (a change of booking).
    """

    sigma: float
    gamma: float
    prior_sd: tuple[float, ...]
    drift: tuple[float, ...]
    prior: float = 1.0
    jump: float = 0.0


class HazardFilter:
    """The members' beliefs of θ: `mean` (K, d), `cov` (K, d, d), log weights `log_weight` (K,). Changed by `absorb` alone."""

    def __init__(self, members: Sequence[Member], prior_mean: Floats, forgetting: float = FORGETTING):
        self.sigma = np.array([m.sigma for m in members])
        self.gamma = np.array([m.gamma for m in members])
        self.jump = np.array([m.jump for m in members])
        self.drift2 = np.array([np.where(np.array(m.prior_sd) > 0.0, np.array(m.drift), 0.0) ** 2 for m in members])
        self.start_cov = np.array([np.diag(np.array(m.prior_sd) ** 2) for m in members])
        self.start_mean = np.tile(np.asarray(prior_mean, dtype=np.float64), (len(members), 1))
        self.mean, self.cov = self.start_mean.copy(), self.start_cov.copy()
        prior = np.array([m.prior for m in members])
        self.log_prior: Floats = np.log(prior / prior.sum())
        self.log_weight = self.log_prior.copy()
        self.forgetting = forgetting
        self.day: float | None = None
        self._eye = np.eye(self.mean.shape[1])

    @property
    def weight(self) -> Floats:
        """Weights of the members, sum 1."""
        w = np.exp(self.log_weight - self.log_weight.max())
        return w / w.sum()

    def at(self, day: float) -> Floats:
        """Covariances of θ at a day (drift since the last window added; never less than then)."""
        elapsed = 0.0 if self.day is None else max(0.0, day - self.day)
        return self.cov + elapsed * self.drift2[:, :, None] * self._eye

    def density(self, day: float, x: Floats, n: int) -> Floats:
        """Each member's density of u on the nodes U for a window of `n` launched with covariates x, shape (K, len(U)), rows sum to 1."""
        old, new = self._views(day, x, n)
        out = _normal(*old)
        if self.jump.any():
            out = (1.0 - self.jump)[:, None] * out + self.jump[:, None] * _normal(*new)
        return out

    def mixture(self, density: Floats) -> Floats:
        """The members' densities of u averaged by weight, shape (len(U),)."""
        return np.asarray(self.weight @ density)

    def absorb(self, day: float, x: Floats, n: int, stopped: int, density: Floats) -> float:
        """Learn from a window that has ended. density: as foretold before it (it sets the weights).

        Returns the weighted posterior chance that θ had started anew (0 where no member can jump).
        """
        log_likelihood = stopped * LOG_STOP + (n - stopped) * LOG_PASS
        log_likelihood -= log_likelihood.max()
        cov = self.at(day)
        old, new = self._views(day, x, n)
        evidence, mean, kept = _update(self.mean, cov, x, *old, log_likelihood)
        restarted = np.zeros(len(self.sigma))
        if self.jump.any():
            evidence_new, mean_new, kept_new = _update(self.start_mean, self.start_cov, x, *new, log_likelihood)
            top = self.jump * evidence_new
            restarted = top / np.maximum((1.0 - self.jump) * evidence + top, LEAST_EVIDENCE)
            apart = mean_new - mean
            r = restarted[:, None, None]
            mean = mean + restarted[:, None] * apart
            kept = (1.0 - r) * kept + r * kept_new + r * (1.0 - r) * np.einsum("ki,kj->kij", apart, apart)
        chance = float(self.weight @ restarted)
        self.mean, self.cov = mean, kept
        self.day = day if self.day is None else max(self.day, day)
        foretold = np.maximum(density @ np.exp(log_likelihood), LEAST_EVIDENCE)
        self.log_weight = self.forgetting * self.log_weight + (1.0 - self.forgetting) * self.log_prior + np.log(foretold)
        self.log_weight -= self.log_weight.max()
        return chance

    def _views(self, day: float, x: Floats, n: int) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
        """Mean and variance of u per member: going on, and started anew."""
        night = (self.sigma * max(n, 1) ** -self.gamma) ** 2
        old = (self.mean @ x, np.einsum("i,kij,j->k", x, self.at(day), x) + night)
        new = (self.start_mean @ x, np.einsum("i,kij,j->k", x, self.start_cov, x) + night)
        return old, new


def binomial_pmf(n: int, k: NDArray[np.int64]) -> Floats:
    """P(k of n stopped) at every node of u, shape (len(U), len(k))."""
    choose = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return np.asarray(np.exp(choose + np.outer(LOG_STOP, k) + np.outer(LOG_PASS, n - k)))


def stop_pmf(density: Floats, n: int) -> Floats:
    """Predictive P(S = s), s = 0 … n, from a density of u on the nodes, shape (n + 1,)."""
    pieces = np.array_split(np.arange(n + 1), n // PIECE + 1)
    pmf = np.concatenate([density @ binomial_pmf(n, k) for k in pieces])
    return np.asarray(pmf / pmf.sum())


def product_density(first: Floats, second: Floats) -> Floats:
    """Density on the nodes of the u of a product of two independent shares, each with its own density on the nodes.

    S of n are stopped and D of S are booked as kills: D is binomial of n with the product of the two shares. Each product is split between the two
    nodes beside it, so that the mean of u is kept.
    """
    low, upper = _products()
    mass = np.outer(first, second)
    out = np.bincount(low.ravel(), (mass * (1.0 - upper)).ravel(), minlength=len(U) + 1)
    out += np.bincount(low.ravel() + 1, (mass * upper).ravel(), minlength=len(U) + 1)
    out = out[: len(U)]
    return np.asarray(out / out.sum())


@cache
def _products() -> tuple[NDArray[np.int64], Floats]:
    """Per pair of nodes: the node below the u of the product of their shares, and the part that goes to the one above."""
    # 1 − pq = (1 − p) + p (1 − q): exact where both shares are 1 to the last bit
    u = np.log(-np.logaddexp(LOG_PASS[:, None], LOG_STOP[:, None] + LOG_PASS))
    place = np.clip((u - U[0]) / STEP, 0.0, len(U) - 1.0)
    low = np.minimum(np.floor(place).astype(np.int64), len(U) - 1)
    return low, place - low


def _normal(mean: Floats, variance: Floats) -> Floats:
    v = np.maximum(variance, LEAST_VARIANCE)
    d = np.exp(-0.5 * (U - np.clip(mean, U[0], U[-1])[:, None]) ** 2 / v[:, None])
    return np.asarray(d / d.sum(axis=1, keepdims=True))


def _update(mean: Floats, cov: Floats, x: Floats, u_mean: Floats, u_variance: Floats, log_likelihood: Floats) -> tuple[Floats, Floats, Floats]:
    """Evidence, and θ's mean and covariance after a window: the moments of u by quadrature, carried to θ by their regression on u."""
    v = np.maximum(u_variance, LEAST_VARIANCE)
    weighted = _normal(u_mean, v) * np.exp(log_likelihood)
    evidence = weighted.sum(axis=1)
    beyond = evidence < 1e-200
    if beyond.any():  # what came is so far from what was held that the product is 0 everywhere but in logarithms
        log_product = log_likelihood - 0.5 * (U - np.clip(u_mean[beyond], U[0], U[-1])[:, None]) ** 2 / v[beyond, None]
        weighted[beyond] = np.exp(log_product - log_product.max(axis=1, keepdims=True))
    weighted /= weighted.sum(axis=1, keepdims=True)
    after = weighted @ U
    variance = weighted @ U**2 - after**2
    gain = (cov @ x) / v[:, None]
    moved = mean + gain * (after - u_mean)[:, None]
    shrunk = cov - np.einsum("ki,kj->kij", gain, gain) * (v - variance)[:, None, None]
    return evidence, moved, shrunk
