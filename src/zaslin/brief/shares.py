"""What each member of a package is worth to it, in words, tables and pictures, for the brief and the terminal; it computes no share.

The numbers come from `measures.sub_coalitions`; docs/sub-coalitions.md says what they mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zaslin.brief.figures_charts import axis, dots, interval_bar, scale_of
from zaslin.brief.numbers import NBSP, finite, listed, money, verdict, with_interval
from zaslin.brief.sentences import heading, nation
from zaslin.measures.sub_coalitions import SHOWN, Enough, Figure, Game, Pair, SubCoalitions, sub_coalitions
from zaslin.outcomes.store import Results

PAIRS_SHOWN = 4

_WHAT = {
    "coalition_kills": "threats shot down by the coalition", "leakers": "threats that reach their aim in Ukraine",
    "incursions": "incursions into a neighbour's airspace", "expected_casualties": "expected casualties of what falls",
    "cost_usd": "cost of flights and rounds",
}  # fmt: skip


def section(results: Results) -> dict[str, Any] | None:
    """The brief's section, as plain data for the template; None where the folder holds no sub-coalitions."""
    held = sub_coalitions(results)
    if held is None or not held.replicates():
        return None
    games = [held.game(name) for name in SHOWN]
    return {
        "about": about(held),
        "members": [heading(name) for name in held.plan.players],
        "rows": [{"label": what(game.measure, game.label), "cells": [told(game, share.shapley) for share in game.shares]} for game in games],
        "charts": [_chart(game) for game in games],
        "sentences": [" ".join(sentences(game)) for game in games],
    }


def about(held: SubCoalitions) -> str:
    """Whose sub-coalitions, how many, on how many nights."""
    plan = held.plan
    stay = f" {listed(nation(name) for name in plan.stay)} take{'s' if len(plan.stay) == 1 else ''} part in all of them." if plan.stay else ""
    return (
        f"Every one of the {plan.subsets} sub-coalitions of {listed(nation(name) for name in plan.players)} was flown on the same {held.replicates():,} nights "
        f"with the same luck, {'none of them' if plan.stay else 'nobody at all'} included.{stay}"
    )


def what(measure: str, label: str) -> str:
    """A measure in words."""
    return _WHAT.get(measure, label.lower())


def told(game: Game, figure: Figure) -> str:
    """A figure with its interval."""
    return money(figure) if game.unit == "USD" else with_interval(figure)


def sentences(game: Game) -> list[str]:
    """What one measure's figures say, in plain words, and no more than their intervals do."""
    n = len(game.players)
    subject = what(game.measure, game.label)
    subject = subject[0].upper() + subject[1:]
    if verdict(game.effect) in ("same", "unclear", "undefined"):
        return [f"{subject}: what all {n} members change together, {told(game, game.effect)}, cannot be told from nothing; nor can anybody's share of it."]
    none, everybody = told(game, game.values[0]), told(game, game.values[-1])
    out = [f"{subject}: {none} a night with none of them, {everybody} with all {n}; the change is {told(game, game.effect)}."]
    ranked = sorted(game.shares, key=lambda share: -share.shapley.mean / game.effect.mean)
    first, last = ranked[0], ranked[-1]
    out.append(f"The greatest share is that of {nation(first.member)}: {told(game, first.shapley)}, on average over all orders of joining.")
    idle = [share.member for share in ranked if verdict(share.shapley) == "same"]
    if idle:
        out.append(f"{_capital(listed(nation(name) for name in idle))} change{'s' if len(idle) == 1 else ''} nothing.")
    elif n > 2 and verdict(last.shapley) not in ("same", "unclear"):
        out.append(f"The least is that of {nation(last.member)}: {told(game, last.shapley)}.")
    out += [enough_words(one, n) for one in game.enough]
    out += [pair_words(game, pair) for pair in told_pairs(game)]
    return out


def enough_words(one: Enough, n: int) -> str:
    """One of the smallest sub-coalitions as a sentence."""
    share = f"{one.share:.0%}".replace("%", f"{NBSP}%")
    if len(one.members) == n:
        return f"No smaller coalition reaches {share} of it."
    who = listed(nation(name) for name in one.members) or "nobody"
    doubt = "" if one.sure else ", though the simulation's noise leaves that open"
    return (
        f"{share} of it {'is' if one.share == 0.5 else 'are'} reached by {who} ({one.reached:.0%}{doubt}).".replace("%(", "% (")
        .replace("%)", f"{NBSP}%)")
        .replace("%,", f"{NBSP}%,")
    )


def told_pairs(game: Game, most: int = PAIRS_SHOWN) -> list[Pair]:
    """The pairs that complement or substitute each other beyond doubt, the strongest first."""
    return sorted((pair for pair in game.pairs if pair.kind != "unclear"), key=lambda pair: -abs(pair.figure.mean))[:most]


def pair_words(game: Game, pair: Pair) -> str:
    """A pair as a sentence."""
    both = f"{_capital(nation(pair.a))} and {nation(pair.b)}"
    if pair.kind == "complement":
        return f"{both} do more together than apart ({told(game, pair.figure)})."
    return f"{both} in part do the same work ({told(game, pair.figure)})."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _chart(game: Game) -> dict[str, Any]:
    """Bars of what each member adds, and a dot for every sub-coalition by its number of members."""
    edges = [edge for share in game.shares for edge in (share.shapley.low, share.shapley.high)]
    scale = scale_of(edges)
    unit = "" if game.unit == "count" else f", {game.unit}"
    bars = [
        {
            "title": heading(share.member),
            "svg": interval_bar(
                scale, share.shapley.mean, share.shapley.low, share.shapley.high, "p1", f"{heading(share.member)}: {told(game, share.shapley)}"
            ),
        }
        for share in game.shares
    ]
    values = scale_of([value.mean for value in game.values])
    n = len(game.players)
    rows = []
    for size in range(n + 1):
        of_size = [(game.values[s].mean, _named(game, s)) for s in range(1 << n) if s.bit_count() == size]
        rows.append({"title": _sized(size, n), "svg": dots(values, of_size, f"{_sized(size, n)}: {_span(of_size)}")})
    return {
        "title": f"{_capital(what(game.measure, game.label))}, a night{unit}", "bars": bars, "axis": axis(scale, "what each member adds"), "rows": rows,
        "values_axis": axis(values, "what every sub-coalition comes to"),
    }  # fmt: skip


def _named(game: Game, coalition: int) -> str:
    return f"{', '.join(game.members(coalition)) or 'nobody'}: {told(game, game.values[coalition])}"


def _sized(size: int, n: int) -> str:
    return "nobody" if size == 0 else f"all {n}" if size == n else f"{size} member{'' if size == 1 else 's'}"


def _span(points: Sequence[tuple[float, str]]) -> str:
    known = [value for value, _ in points if finite(value)]
    return f"{min(known):.4g} to {max(known):.4g}" if known else "not defined"
