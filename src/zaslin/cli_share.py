"""The verb ``share``: what each member of a package adds to it, from the sub-coalitions that a run flew; it computes nothing itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from zaslin import cli_paper as paper
from zaslin.cli_ask import Json
from zaslin.errors import StoreError

if TYPE_CHECKING:
    from zaslin.measures.sub_coalitions import Game, SubCoalitions
    from zaslin.outcomes.store import Results

BAR = 24


def share(
    folder: Annotated[str, typer.Argument(metavar="FOLDER", help="A results folder that `zaslin run … --sub-coalitions` made.")],
    measure: Annotated[str, typer.Option("--measure", metavar="NAME", help="What is shared out.")] = "coalition_kills",
    every: Annotated[bool, typer.Option("--all", metavar="", help="Every sub-coalition, not only the best of each size.")] = False,
    json: Json = False,
) -> None:
    """Say what each member adds: its Shapley value, what it adds alone and last, who goes together with whom, and how few would do.

    A member's share is what it adds on average over all orders in which the members may join; the shares sum to what all of them change together. Brackets hold
    90 % intervals, paired: every sub-coalition met the same nights with the same luck.

    [bold]Example[/]   zaslin run 2024-09-08 -p skyshield-west --sub-coalitions --members PL,RO,GB -n 100 -o results/shares
    [bold]Example[/]   zaslin share results/shares
    [bold]Example[/]   zaslin share results/shares --measure incursions --json
    [bold]Next[/]      zaslin brief results/shares -o brief.html
    """
    import zaslin as zs
    from zaslin.brief.shares import about, sentences, told
    from zaslin.measures.sub_coalitions import share_json

    held = _held(zs.open_results(folder))
    game = held.game(measure)
    if json:
        paper.as_json(share_json(held, measure))
        return
    paper.paragraph(about(held))
    for sentence in sentences(game):
        paper.paragraph(sentence)
    top = max((abs(one.shapley.mean) for one in game.shares), default=0.0)
    rows = [
        (one.member, told(game, one.shapley), "█" * round(BAR * abs(one.shapley.mean) / top) if top else "", told(game, one.alone), told(game, one.last))
        for one in sorted(game.shares, key=lambda one: -abs(one.shapley.mean))
    ]
    heads = [("member", "<"), ("adds on average", "<"), ("", "<"), ("alone", "<"), ("last", "<")]
    paper.table(heads, rows, f"{game.label}, {game.unit} a night: what each member adds")
    if len(game.players) > 2:
        strongest = sorted(game.pairs, key=lambda pair: -abs(pair.figure.mean))
        cells = [(f"{pair.a} and {pair.b}", told(game, pair.figure), pair.kind) for pair in strongest]
        paper.table([("pair", "<"), ("interaction", "<"), ("kind", "<")], cells, "Pairs: what two add together beyond what each adds without the other")
    _print_values(game, every)


def print_shares(results: Results) -> None:
    """The table of shares for `zaslin compare`, where the folder holds sub-coalitions."""
    from zaslin.brief.shares import about, told
    from zaslin.measures.sub_coalitions import SHOWN, sub_coalitions

    held = sub_coalitions(results)
    if held is None or not held.replicates():
        return
    games = [held.game(name) for name in SHOWN]
    rows = [(game.label, *(told(game, one.shapley) for one in game.shares), told(game, game.effect)) for game in games]
    paper.paragraph(about(held))
    paper.table([("a night", "<"), *((name, "<") for name in held.plan.players), ("together", "<")], rows, "What each member adds (Shapley value)")
    paper.say("who goes together with whom, and how few would do: zaslin share FOLDER [--measure NAME]")


def _held(results: Results) -> SubCoalitions:
    from zaslin.measures.sub_coalitions import sub_coalitions

    held = sub_coalitions(results)
    if held is None or not held.replicates():
        name = results.packages[0]
        raise StoreError(
            f"{results.folder} holds no sub-coalitions; `zaslin run {results.manifest['night']['id']} -p {name} --sub-coalitions -o FOLDER` flies them"
        )
    return held


def _print_values(game: Game, every: bool) -> None:
    """The sub-coalitions by size, the best of each size or all; the best is what comes nearest to what all of them do, or beyond."""
    from zaslin.brief.shares import told

    way = game.effect.mean
    order = sorted(range(len(game.values)), key=lambda s: (s.bit_count(), -(game.values[s].mean - game.values[0].mean) * (1.0 if way >= 0 else -1.0), s))
    seen: dict[int, int] = {}
    rows = []
    for s in order:
        seen[s.bit_count()] = seen.get(s.bit_count(), 0) + 1
        if every or seen[s.bit_count()] == 1:
            reached = f"{100 * (game.values[s].mean - game.values[0].mean) / way:.0f} %" if way else ""
            rows.append((f"{s.bit_count()}", ", ".join(game.members(s)) or "nobody", told(game, game.values[s]), reached))
    title = "Every sub-coalition" if every else f"The best sub-coalition of each size, of {len(game.values)} (--all: every one)"
    paper.table([("members", ">"), ("who", "<"), (f"{game.label.lower()}, {game.unit} a night", "<"), ("of the effect", ">")], rows, title)
