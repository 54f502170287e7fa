"""What every sub-coalition of a package comes to, what each member adds, who goes together with whom, and how few would do; with paired intervals.

Reads the sums of `outcomes.coalitions`. Every figure is a fixed linear combination of the sub-coalitions' values, taken replicate by replicate and sample by
sample (`measures.shapley` has the weights), so its noise is that of the same nights, and its interval is made as any other's (docs/estimates.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import polars as pl

from zaslin.errors import InputError, StoreError, came, nearest
from zaslin.measures.estimate import expected
from zaslin.measures.intervals import FEWEST, Floats, Strata
from zaslin.measures.registry import MEASURES
from zaslin.measures.shapley import banzhaf_weights, interaction_weights, members_of, shapley_weights, smallest
from zaslin.outcomes.coalitions import MOST_MEMBERS, RARE, WHOLE, Plan, read_plan, read_sums
from zaslin.outcomes.store import Results, opened

NAMES = (*WHOLE[:4], *RARE, *WHOLE[4:])
"""Measures that are known of every sub-coalition, in the order in which they are shown."""

SHOWN = ("coalition_kills", "leakers", "incursions", "expected_casualties", "cost_usd")
"""Of these, those that are shown where none is asked for."""

GOALS = (0.5, 0.8, 0.95)
"""Shares of the whole coalition's effect that the smallest sub-coalition is asked for."""

_DUST = 1e-9
"""Weights whose sum is less than this sum to 0: those of single values sum to 1."""
_ROUNDING = 1e-12
"""Share of a replicate's greatest value under which a difference of values is the rounding of sums."""


@dataclass(frozen=True)
class Figure:
    """An expected value a night; 90 % intervals as in `measures.estimate.Estimate`, nan where there are too few blocks for one (`thin`)."""

    mean: float
    low: float
    high: float
    mc_low: float
    mc_high: float
    replicates: int
    blocks: int = FEWEST
    one_way: bool = False

    @property
    def thin(self) -> bool:
        """Whether there are too few blocks for an interval: fewer than `measures.intervals.FEWEST`, of what can be other than nothing."""
        return bool(np.isfinite(self.mean) and not np.isfinite(self.low))


@dataclass(frozen=True)
class Share:
    """What one member adds: on average over all orders of joining (`shapley`), alone (to nobody), last (to all others); `banzhaf`: over all coalitions."""

    member: str
    shapley: Figure
    banzhaf: float
    alone: Figure
    last: Figure


@dataclass(frozen=True)
class Pair:
    """Interaction of two members. `kind`: complement (together they move the measure further, the way the whole coalition does, than apart), substitute (less
    far), neither (0 in every night) or unclear (not told from 0)."""

    a: str
    b: str
    figure: Figure
    kind: str


@dataclass(frozen=True)
class Enough:
    """The smallest sub-coalition that reaches `share` of the whole one's effect; `reached`: what it does reach. `sure`: the simulation leaves no doubt, or it
    is the whole one's effect in every night."""

    share: float
    members: tuple[str, ...]
    reached: float
    sure: bool


@dataclass(frozen=True)
class Game:
    """One measure over all sub-coalitions. values[s]: of the sub-coalition with bits s. `effect`: v(all) − v(none)."""

    measure: str
    unit: str
    label: str
    players: tuple[str, ...]
    values: tuple[Figure, ...]
    effect: Figure
    shares: tuple[Share, ...]
    pairs: tuple[Pair, ...]
    enough: tuple[Enough, ...]

    def members(self, coalition: int) -> tuple[str, ...]:
        """Who is in a sub-coalition."""
        return members_of(coalition, self.players)


class SubCoalitions:
    """A folder's sub-coalitions while they are read; each measure is read once."""

    def __init__(self, results: Results, plan: Plan):
        self.results, self.plan = results, plan
        self._samples: tuple[pl.DataFrame, Strata] | None = None
        self._games: dict[str, Game] = {}

    def game(self, measure: str) -> Game:
        """All figures of one measure. Raises InputError for one that is not kept of sub-coalitions."""
        if measure not in NAMES:
            near = nearest(measure, NAMES)
            if not isinstance(measure, str):
                raise InputError(f"measure: {came(measure)} came; give its name as text, one of: {', '.join(NAMES)}")
            raise InputError(
                f'no measure of sub-coalitions "{measure}"; ' + (f'did you mean "{near}"?' if near is not None else f"there are: {', '.join(NAMES)}")
            )
        if measure not in self._games:
            self._games[measure] = self._game(measure)
        return self._games[measure]

    def replicates(self) -> int:
        """How many replicates are there."""
        return self.game(NAMES[0]).effect.replicates

    def nights(self) -> int:
        """How many replicates the folder's run of the package has."""
        package = self.plan.package
        there = sum(self.results.parts(package).values()) if package in self.results.packages else 0
        return min(there, self.results.replicates)

    def samples_per_block(self) -> tuple[int, int]:
        """The most tagged samples that a block has, of sub-coalitions and of the folder's run."""
        samples, _ = read_sums(self.results.folder, "tagged", RARE[:1], self.plan.subsets)
        mine = int(np.bincount(samples["block"].to_numpy()).max()) if len(samples) else 0
        return mine, max((int(n) for n in (self.results.manifest.get("tagged_samples") or {}).values()), default=0)

    def _game(self, measure: str) -> Game:
        units, x, y, strata = self._sums(measure)
        players, n = self.plan.players, len(self.plan.players)
        block = units["block"].to_numpy().astype(np.int64)

        blocks = len(np.unique(block))

        def figure(weights: Floats) -> Figure:
            of_x, of_y = combined(x, weights), None if y is None else combined(y, weights)
            mean, intervals, _ = expected(block, of_x, of_y, strata, never=not weights.any())
            return Figure(mean, intervals.low, intervals.high, intervals.mc_low, intervals.mc_high, len(units), blocks)

        one = np.eye(1 << n)
        whole = (1 << n) - 1
        idle = not x[:, 0].any() and (y is None or not y[:, 0].any())

        def gained(s: int) -> Figure:
            """By a sub-coalition over none: its own value where none comes to nothing in every night."""
            gain = figure(one[s] - one[0])
            return replace(_cut(gain), one_way=True) if idle else gain

        effect = gained(whole)
        values = tuple(_cut(figure(one[s])) for s in range(1 << n))
        means = np.array([value.mean for value in values])
        banzhaf = _banzhaf(n) @ means
        shares = tuple(
            Share(name, figure(_shapley(n)[i]), float(banzhaf[i]), gained(1 << i), figure(one[whole] - one[whole ^ 1 << i])) for i, name in enumerate(players)
        )
        pairs = tuple(_pair(players[i], players[j], figure(_interaction(n)[i, j]), effect.mean) for i in range(n) for j in range(i + 1, n))
        return Game(measure, MEASURES[measure].unit, MEASURES[measure].label, players, values, effect, shares, pairs, tuple(self._enough(figure, means)))

    def _enough(self, figure: Any, means: Floats) -> list[Enough]:
        out = []
        one = np.eye(len(means))
        for share in GOALS:
            found = smallest(means, share)
            if found is None:
                continue
            way = means[-1] - means[0]
            beyond = figure(one[found] - one[0] - share * (one[-1] - one[0]))
            short = figure(one[-1] - one[found])
            same = short.mean == short.low == short.high == short.mc_low == short.mc_high == 0.0
            sure = same or ((beyond.mc_low >= 0.0) if way > 0.0 else (beyond.mc_high <= 0.0))
            out.append(Enough(share, members_of(found, self.plan.players), float((means[found] - means[0]) / way), bool(sure)))
        return out

    def _sums(self, measure: str) -> tuple[pl.DataFrame, Floats, Floats | None, Strata | None]:
        folder, k = self.results.folder, self.plan.subsets
        rare = measure in RARE
        units, x = read_sums(folder, "plain", [f"{measure}_rest" if rare else measure], k)
        if not rare:
            return units, x[:, :, 0], None, None
        samples, y = read_sums(folder, "tagged", [measure], k)
        return units, x[:, :, 0], samples["weight"].to_numpy()[:, None] * y[:, :, 0], self._strata(samples)

    def _strata(self, samples: pl.DataFrame) -> Strata:
        if self._samples is None:
            of_sample = samples.select("block", "country").rows()
            strata = {stratum: number for number, stratum in enumerate(dict.fromkeys(of_sample))}
            kinds = {kind: number for number, kind in enumerate(dict.fromkeys(country for _, country in strata))}
            self._samples = (
                samples,
                Strata(
                    block=samples["block"].to_numpy().astype(np.int64),
                    stratum=np.array([strata[stratum] for stratum in of_sample], np.int64),
                    kept=samples["kept"].fill_null(1.0).to_numpy().astype(np.float64),
                    kind=np.array([kinds[country] for _, country in strata], np.int64),
                ),
            )
        return self._samples[1]


def combined(values: Floats, weights: Floats) -> Floats:
    """values (replicates or samples, 2^n) times weights (2^n,). Where the weights sum to 0, only what differs from coalition to coalition counts, and what is
    left by rounding is 0: dust of a sum over equal values would look like a share.

    >>> combined(np.array([[0.1, 0.1, 0.1, 0.1]]), np.array([-0.7, 0.1, 0.2, 0.4])).tolist()
    [0.0]
    """
    if abs(float(weights.sum())) >= _DUST:
        return np.asarray(values @ weights)
    out = (values - values[:, :1]) @ weights
    return np.where(np.abs(out) <= _ROUNDING * np.abs(values).max(axis=1, initial=0.0), 0.0, out)


def sub_coalitions(results: Results) -> SubCoalitions | None:
    """The folder's sub-coalitions, or None where it holds none. Raises StoreError where they are garbled or of another question."""
    plan = read_plan(opened(results).folder, str(results.manifest["inputs_hash"]))
    return None if plan is None else SubCoalitions(results, plan)


def share(results: Results, measure: str = NAMES[0]) -> Game:
    """What each member adds to one measure, and what every sub-coalition comes to. Raises StoreError where the folder holds no sub-coalitions, InputError for a
    measure that is not kept of them."""
    return held_by(opened(results)).game(measure)


def held_by(results: Results) -> SubCoalitions:
    """The folder's sub-coalitions; raises StoreError, with the command that would fly some, where it holds none."""
    held = sub_coalitions(results)
    if held is None or not held.replicates():
        raise StoreError(f"{results.folder} holds no sub-coalitions; {_how(results)}")
    return held


def _how(results: Results) -> str:
    """The command that would fly sub-coalitions of a package of the folder's whose rules permit fire; of another, where none does."""
    fit = [
        package
        for package in results.manifest["packages"]
        if len(package["members"]) > 1 and any(rule["effect"] != "forbid" for member in package["members"] for rule in member["caveats"])
    ]
    night = results.manifest["night"]["id"]
    if not fit:
        return (
            "none of its packages has two members and rules that permit fire; "
            f"`zaslin run {night} -p PACKAGE --sub-coalitions -o FOLDER` flies those of one that has"
        )
    nations = [member["nation"] for member in fit[0]["members"]]
    choice = f" --members {','.join(nations[:MOST_MEMBERS])}" if len(nations) > MOST_MEMBERS else ""
    return f"`zaslin run {night} -p {fit[0]['name']} --sub-coalitions{choice} -o FOLDER` flies them"


def coalitions_json(held: SubCoalitions, measures: Sequence[str] = SHOWN) -> dict[str, Any]:
    """All figures of these measures, as plain data."""
    return {
        "package": held.plan.package,
        "players": list(held.plan.players),
        "stay": list(held.plan.stay),
        "replicates": held.replicates(),
        "measures": [_game_json(held.game(name)) for name in measures],
    }


def share_json(held: SubCoalitions, measure: str) -> dict[str, Any]:
    """One measure in the shape of `zaslin share --json`."""
    game = held.game(measure)
    told = _game_json(game)
    return {"package": held.plan.package, "stay": list(held.plan.stay), "replicates": held.replicates(), **told}


def _game_json(game: Game) -> dict[str, Any]:
    return {
        "measure": game.measure,
        "unit": game.unit,
        "value_all": game.values[-1].mean,
        "value_none": game.values[0].mean,
        "effect": _plain(game.effect),
        "shares": [
            {"member": share.member, "shapley": share.shapley.mean, **{k: v for k, v in _plain(share.shapley).items() if k != "mean"}, "banzhaf": share.banzhaf,
             "alone": _plain(share.alone), "last": _plain(share.last)}
            for share in game.shares
        ],
        "pairs": [{"a": pair.a, "b": pair.b, "kind": pair.kind, **_plain(pair.figure)} for pair in game.pairs],
        "smallest": [{"share": one.share, "members": list(one.members), "reached": one.reached, "sure": one.sure} for one in game.enough],
        "coalitions": [{"members": list(game.members(s)), **_plain(value)} for s, value in enumerate(game.values)],
    }  # fmt: skip


def _plain(figure: Figure) -> dict[str, float | None]:
    return {
        name: value if np.isfinite(value) else None
        for name, value in (("mean", figure.mean), ("low", figure.low), ("high", figure.high), ("mc_low", figure.mc_low), ("mc_high", figure.mc_high))
    }


def _cut(figure: Figure) -> Figure:
    """No measure of sub-coalitions is ever below 0: nor is the inputs' interval of a value."""
    return replace(figure, low=max(figure.low, 0.0)) if np.isfinite(figure.low) else figure


def _pair(a: str, b: str, figure: Figure, effect: float) -> Pair:
    edges = (figure.low, figure.high, figure.mc_low, figure.mc_high)
    told = all(edge > 0.0 for edge in edges) or all(edge < 0.0 for edge in edges)
    nothing = figure.mean == 0.0 and all(edge == 0.0 for edge in edges)
    kind = "neither" if nothing else "unclear" if not told or effect == 0.0 else "complement" if (figure.mean > 0.0) == (effect > 0.0) else "substitute"
    return Pair(a, b, figure, kind)


@cache
def _shapley(n: int) -> Floats:
    return shapley_weights(n)


@cache
def _banzhaf(n: int) -> Floats:
    return banzhaf_weights(n)


@cache
def _interaction(n: int) -> Floats:
    return interaction_weights(n)
