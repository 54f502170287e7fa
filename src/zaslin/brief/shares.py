"""What each member of a package is worth to it, in words, tables and pictures, for the brief and the terminal; it computes no share.

The numbers come from `measures.sub_coalitions`; docs/sub-coalitions.md says what they mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from zaslin.brief.figures_charts import axis, dots, interval_bar, scale_of
from zaslin.brief.numbers import MINUS, NBSP, finite, listed, money, no_interval, verdict, with_interval
from zaslin.brief.sentences import heading, nation
from zaslin.measures.intervals import FEWEST
from zaslin.measures.sub_coalitions import SHOWN, Enough, Figure, Game, Pair, Share, SubCoalitions, sub_coalitions
from zaslin.outcomes.store import Results
from zaslin.scenario.nations import possessive

PAIRS_SHOWN = 4
MARK = "\u2020"

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
        "rows": [{"label": what(game.measure, game.label), "cells": [cell(game, share.shapley) for share in game.shares]} for game in games],
        "notes": [text for text in (footnote(games), why_two_values(held)) if text],
        "charts": [_chart(game) for game in games],
        "sentences": [" ".join(sentences(game)) for game in games],
    }


def about(held: SubCoalitions) -> str:
    """Whose sub-coalitions, how many, on how many nights; and on how many of the folder's, where these are more."""
    plan, flown, nights = held.plan, held.replicates(), held.nights()
    stay = f" {listed(nation(name) for name in plan.stay)} take{'s' if len(plan.stay) == 1 else ''} part in all of them." if plan.stay else ""
    fewer = f" The folder holds {nights:,} nights; the sub-coalitions of the others are not flown (the same run command flies them)." if flown < nights else ""
    n = len(plan.players)
    return (
        f"All {plan.subsets} sub-coalitions of {listed(nation(name) for name in plan.players)}, from {_none(n) if plan.stay else 'nobody'} to {_all(n)}, were "
        f"flown on the same {flown:,} nights with the same luck.{stay}{fewer}"
    )


def why_two_values(held: SubCoalitions) -> str:
    """Why a rare measure of all members is not to the digit what the comparison says; empty where it is."""
    mine, run = held.samples_per_block()
    if mine == run:
        return ""
    return (
        f"Incursions, overflight, stopped crossings, falls and casualties with all members differ from those in the comparison of packages, within the noise: "
        f"sub-coalitions fly at most {mine} tagged samples a block, the run {run}, because their number grows with the sub-coalitions'."
    )


def what(measure: str, label: str) -> str:
    """A measure in words."""
    return _WHAT.get(measure, label.lower())


def told(game: Game, figure: Figure) -> str:
    """A figure with its interval, or with the remark that it rests on too few blocks for one."""
    return money(figure) if game.unit == "USD" else with_interval(figure)


def cell(game: Game, figure: Figure) -> str:
    """A figure in a table: `MARK` instead of the remark."""
    return told(game, figure).replace(f" ({no_interval(figure)})", f"{NBSP}{MARK}") if figure.thin else told(game, figure)


def footnote(games: Iterable[Game]) -> str:
    """What `MARK` means, where any of these figures bears it; else empty."""
    figures = [figure for game in games for figure in (*game.values, game.effect, *(one for share in game.shares for one in _figures(share)))]
    few = next((figure for figure in figures if figure.thin), None)
    return "" if few is None else f"{MARK} {no_interval(few).capitalize()}; {FEWEST} blocks ({FEWEST * few.replicates // few.blocks} nights) or more give one"


def _figures(share: Share) -> tuple[Figure, ...]:
    return share.shapley, share.alone, share.last


def is_told(game: Game) -> bool:
    """Whether what all members change together can be told from nothing."""
    return verdict(game.effect) in ("less", "more")


def percent_of(share: float) -> str:
    """A share of the effect in whole per cent, with a true minus sign.

    >>> percent_of(-0.001), percent_of(-0.12), percent_of(1.124)
    ('0\xa0%', '\u221212\xa0%', '112\xa0%')
    """
    whole = round(100.0 * share)
    return f"{MINUS if whole < 0 else ''}{abs(whole)}{NBSP}%"


def sentences(game: Game) -> list[str]:
    """What one measure's figures say, in plain words, and no more than their intervals do."""
    n = len(game.players)
    subject = what(game.measure, game.label)
    subject = subject[0].upper() + subject[1:]
    if not is_told(game):
        return [_untold(game, subject)]
    none, everybody = told(game, game.values[0]), told(game, game.values[-1])
    out = [f"{subject}: {none} a night with {_none(n)}, {everybody} with {_all(n)}; the change is {told(game, game.effect)}."]
    ranked = sorted(game.shares, key=lambda share: -share.shapley.mean / game.effect.mean)
    first, last = ranked[0], ranked[-1]
    out.append(f"The greatest share is that of {nation(first.member)}: {told(game, first.shapley)}, on average over all orders of joining.")
    idle = [share.member for share in ranked if verdict(share.shapley) == "same"]
    if idle:
        out.append(f"{_capital(listed(nation(name) for name in idle))} change{'s' if len(idle) == 1 else ''} nothing in any night.")
    elif n > 2 and verdict(last.shapley) in ("less", "more"):
        out.append(f"The least is that of {nation(last.member)}: {told(game, last.shapley)}.")
    out += enough_words(game.enough, n)
    out += beyond_words(game)
    out += [pair_words(game, pair) for pair in told_pairs(game)]
    return out


def _untold(game: Game, subject: str) -> str:
    """The sentence where what all members change together is nothing, or cannot be told from it: each share is looked at by itself."""
    everybody = _all(len(game.players))
    by = {share.member: verdict(share.shapley) for share in game.shares}
    clear = [share for share in game.shares if by[share.member] in ("less", "more")]
    idle = [name for name, says in by.items() if says == "same"]
    open_ = [name for name, says in by.items() if says in ("unclear", "undefined")]
    if verdict(game.effect) == "same":
        head = f"{subject}: {everybody} together change nothing in any night"
        if not clear and not open_:
            return f"{head}, nor does anybody's share."
        rest = "the others' shares cannot" if clear else "no share of it can"
    else:
        head = f"{subject}: what {everybody} change together, {told(game, game.effect)}, cannot be told from nothing"
        whose = listed(possessive(nation(name)) for name in open_)
        rest = f"{whose} cannot" if clear else f"nor can {whose} share{'' if len(open_) == 1 else 's'} of it" if idle else "nor can anybody's share of it"
    parts = [head]
    if clear:
        named = listed(f"{nation(share.member)} ({told(game, share.shapley)})" for share in clear)
        parts.append(f"but the share{'s' if len(clear) > 1 else ''} of {named} can be told from nothing")
    if open_:
        parts.append(rest)
    if idle:
        parts.append(f"{listed(nation(name) for name in idle)} change{'s' if len(idle) == 1 else ''} nothing in any night")
    return "; ".join(parts) + "."


def enough_words(enough: Sequence[Enough], n: int) -> list[str]:
    """The smallest sub-coalitions, a sentence for each; what one and the same reaches is told at once."""
    out = []
    for (members, sure), group in groupby(enough, key=lambda one: (one.members, one.sure)):
        several = list(group)
        shares = listed(f"{round(100.0 * one.share)}" for one in several) + f"{NBSP}% of it"
        if len(members) == n:
            out.append(f"No smaller coalition reaches {shares}.")
            continue
        who = listed(nation(name) for name in members) or "nobody"
        doubt = "" if sure else ", though the simulation's noise leaves that open"
        out.append(f"{shares} {'is' if len(several) == 1 else 'are'} reached by {who} ({percent_of(several[0].reached)}{doubt}).")
    return out


def beyond_words(game: Game) -> list[str]:
    """Why a smaller coalition than the whole reaches more than all of the effect: a sentence for each that `enough` names."""
    out = []
    for members in dict.fromkeys(one.members for one in game.enough if round(100.0 * one.reached) > 100):
        come = "comes" if len(members) == 1 else "come"
        out.append(f"{_capital(listed(nation(name) for name in members))} alone {come} to more than the whole: {_against(game, members)}.")
    return out


def _against(game: Game, members: tuple[str, ...]) -> str:
    """Who takes something back from what these members reach, by the means."""
    way = game.effect.mean
    inside = sum(1 << i for i, name in enumerate(game.players) if name in members)
    back = [
        name for i, name in enumerate(game.players) if name not in members and (game.values[inside | 1 << i].mean - game.values[inside].mean) / way < 0.0
    ]  # fmt: skip
    if back:
        parts = "part is" if len(back) == 1 else "parts are"
        return f"{listed(possessive(nation(name)) for name in back)} {parts} negative beside {'it' if len(members) == 1 else 'them'}"
    return f"the others' part is negative beside {'it' if len(members) == 1 else 'them'}"


def _all(n: int) -> str:
    return "both" if n == 2 else f"all {n}"


def _none(n: int) -> str:
    return "neither of them" if n == 2 else "none of them"


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
    edges = [edge for share in game.shares for edge in (share.shapley.low, share.shapley.high, share.shapley.mean)]
    scale = scale_of(edges)
    unit = "" if game.unit == "count" else f", {game.unit}"
    bars = [
        {
            "title": heading(share.member),
            "svg": interval_bar(scale, share.shapley.mean, *_ends(share.shapley), "p1", f"{heading(share.member)}: {told(game, share.shapley)}"),
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


def _ends(figure: Figure) -> tuple[float, float]:
    return (figure.mean, figure.mean) if figure.thin else (figure.low, figure.high)


def _named(game: Game, coalition: int) -> str:
    return f"{', '.join(game.members(coalition)) or 'nobody'}: {told(game, game.values[coalition])}"


def _sized(size: int, n: int) -> str:
    return "nobody" if size == 0 else _all(n) if size == n else f"{size} member{'' if size == 1 else 's'}"


def _span(points: Sequence[tuple[float, str]]) -> str:
    known = [value for value, _ in points if finite(value)]
    return f"{min(known):.4g} to {max(known):.4g}" if known else "not defined"
