"""Elementary effects after Morris: trajectories through the ranges of many numbers, and what each move did, with the simulation's noise beside it.

Sampling and statistics are SALib's; what is added here is the noise, from evaluations that differ in luck alone. Knows no night and no package.

Sources: Morris (1991), Technometrics 33(2):161–174; Campolongo, Cariboni, Saltelli (2007), Environmental Modelling & Software 22(10):1509–1518 (mu*,
groups).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEVELS = 4
LOWEST, HIGHEST = 0.05, 0.95
"""Quantiles between which a number is moved: its 90 % range. The four levels are the quantiles 0.05, 0.35, 0.65 and 0.95; a move goes two levels."""

STEP = LEVELS / (2.0 * (LEVELS - 1.0))
"""Length of a move as a part of the range: 2/3."""

CONFIDENCE = 0.9
RESAMPLES = 1_000
FLIPS = 10_000

SURE = 0.99
"""Chance with which a test does not take for an effect what is nothing but luck."""


@dataclass(frozen=True)
class Design:
    """Trajectories. `names`: the columns; `groups`: each column's group, which moves as one (its own name where it is alone). `points`: quantiles,
    shape (trajectories, groups + 1, columns); from one point of a trajectory to the next exactly one group moves.
    """

    names: tuple[str, ...]
    groups: tuple[str, ...]
    points: NDArray[np.float64]

    @property
    def moving(self) -> tuple[str, ...]:
        """The groups in the order of their first column."""
        return tuple(dict.fromkeys(self.groups))


@dataclass(frozen=True)
class Effect:
    """What moving one group from the low to the high end of its range does to an answer, in the answer's unit.

    mu_star: mean size of the effect over the trajectories; mu_star_conf: half-width of its 90 % bootstrap interval. mu: mean with its sign, above 0 where the
    answer grows with the number; sigma: standard deviation over the trajectories (interaction, curvature, luck). Both are None for a group of several.
    noise: the mu_star that luck alone would show; None with one block. told: whether the effect can be told from that.
    """

    mu_star: float
    mu_star_conf: float
    mu: float | None
    sigma: float | None
    noise: float | None
    told: bool


def trajectories(names: Sequence[str], groups: Sequence[str], n: int, seed: int, purpose: str) -> Design:
    """`n` trajectories over the columns `names`, whose groups move together. The same arguments give the same points."""
    from SALib.sample import morris

    points = morris.sample(_problem(names, groups), n, num_levels=LEVELS, seed=_seed(seed, purpose))
    return Design(tuple(names), tuple(groups), np.round(points.reshape(n, len(set(groups)) + 1, len(names)), 12))


def effects(design: Design, values: NDArray[np.float64], seed: int) -> dict[str, Effect]:
    """Effect by group. values: the answer at every point, shape (trajectories, groups + 1, blocks); blocks of a trajectory have the same inputs from the
    design and differ in luck. Trajectories without an answer somewhere (nan) are left out; with fewer than two the result is empty.
    """
    from SALib.analyze import morris

    whole = np.isfinite(values).all(axis=(1, 2))
    points, values = design.points[whole], values[whole]
    if len(points) < 2:
        return {}
    found = morris.analyze(
        _problem(design.names, design.groups), points.reshape(-1, len(design.names)), values.mean(axis=2).reshape(-1), num_levels=LEVELS,
        num_resamples=RESAMPLES, conf_level=CONFIDENCE, seed=_seed(seed, "bootstrap"),
    )  # fmt: skip
    singles = {name: design.groups.count(name) == 1 for name in design.moving}
    of_blocks = moves(design, points, values)
    out = {}
    for name, mu_star, conf, mu, sigma in zip(*(found[key] for key in ("names", "mu_star", "mu_star_conf", "mu", "sigma"))):
        noise, told = _noise(of_blocks[name], signed=singles[name])
        alone = singles[name]
        out[str(name)] = Effect(float(mu_star), float(conf), float(mu) if alone else None, float(sigma) if alone else None, noise, told)
    return out


def moves(design: Design, points: NDArray[np.float64], values: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Elementary effects per group, shape (trajectories, blocks): change of the answer over the step, times the direction of a single number's move."""
    out = {name: np.full((len(points), values.shape[2]), math.nan) for name in design.moving}
    for t, path in enumerate(points):
        for j in range(len(path) - 1):
            moved = np.flatnonzero(path[j + 1] != path[j])
            direction = np.sign(path[j + 1, moved[0]] - path[j, moved[0]]) if len(moved) == 1 else 1.0
            out[design.groups[moved[0]]][t] = (values[t, j + 1] - values[t, j]) / STEP * direction
    return out


def _noise(effect: NDArray[np.float64], signed: bool) -> tuple[float | None, bool]:
    """The mu* that luck alone shows, and whether the effects, shape (r, B), are more than that.

    noise: √(2/π) s / √B, with s² the variance inside trajectories: the mean size of a normal number of that spread. If luck alone moved the answer, either
    point of a move might have had the higher one, in every block apart; so the effects with their signs flipped at random are as likely as those seen,
    however much more luck there is at one end of a range than at the other. A number's effect is told from noise where its mu*, or its signed mean, is as
    great under 1 % of the flips at most. A group has no sign, and few trajectories have too few flips: it is told where the mean square of its
    trajectories' means over s² / B is above the 99 % point of F.
    """
    r, blocks = effect.shape
    if not effect.any():
        return 0.0, False
    if blocks < 2:
        return None, False
    means, free = effect.mean(axis=1), r * (blocks - 1)
    spread = math.sqrt(float(((effect - means[:, None]) ** 2).sum()) / free / blocks)
    if signed:
        of_flips = (np.random.default_rng(0).choice([-1.0, 1.0], size=(FLIPS, r, blocks)) * effect).mean(axis=2)
        told = _rare(np.abs(of_flips).mean(axis=1), float(np.abs(means).mean())) or _rare(np.abs(of_flips.mean(axis=1)), abs(float(means.mean())))
    else:
        from scipy.special import fdtri

        told = float((means**2).mean()) > float(fdtri(r, free, SURE)) * spread**2
    return math.sqrt(2.0 / math.pi) * spread, bool(told)


def _rare(flips: NDArray[np.float64], seen: float) -> bool:
    return bool((flips >= seen * (1.0 - 1e-9)).mean() <= 1.0 - SURE)


def _problem(names: Sequence[str], groups: Sequence[str]) -> dict[str, object]:
    return {"num_vars": len(names), "names": list(names), "groups": list(groups), "bounds": [[LOWEST, HIGHEST]] * len(names)}


def _seed(seed: int, purpose: str) -> int:
    return int.from_bytes(hashlib.blake2b(f"{seed}/{purpose}".encode(), digest_size=4).digest(), "little")
