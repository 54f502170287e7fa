"""The verb ``share``: what each member of a package adds to it, from the sub-coalitions that a run flew; it computes nothing itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from zaslin import cli_paper as paper
from zaslin.cli_ask import Json
from zaslin.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zaslin.measures.sub_coalitions import Game
    from zaslin.outcomes.store import Results

BAR = 24


def share(
    folder: Annotated[str | None, typer.Argument(metavar="FOLDER", help="A results folder that `zaslin run … --sub-coalitions` made.")] = None,
    measure: Annotated[
        str, typer.Option("--measure", metavar="NAME", help="What is shared out; --measure list, without a FOLDER, names all.")
    ] = "coalition_kills",
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
    from zaslin.brief.shares import about, cell, footnote, sentences, why_two_values
    from zaslin.measures.sub_coalitions import NAMES, held_by, share_json
    from zaslin.outcomes.coalitions import RARE

    paper.arrow_without_pandas()
    if measure == "list":
        _print_names(NAMES, json)
        return
    if folder is None:
        raise InputError("name a results FOLDER; without one only --measure list answers")
    held = held_by(zs.open_results(folder))
    game = held.game(measure)
    if json:
        paper.as_json(share_json(held, measure))
        return
    paper.paragraph(about(held))
    for sentence in sentences(game):
        paper.paragraph(sentence)
    two = why_two_values(held) if measure in RARE else ""
    top = max((abs(one.shapley.mean) for one in game.shares), default=0.0)
    rows = [
        (one.member, cell(game, one.shapley), "█" * round(BAR * abs(one.shapley.mean) / top) if top else "", cell(game, one.alone), cell(game, one.last))
        for one in sorted(game.shares, key=lambda one: -abs(one.shapley.mean))
    ]
    heads = [("member", "<"), ("adds on average", "<"), ("", "<"), ("alone", "<"), ("last", "<")]
    paper.table(heads, rows, f"{game.label}, {game.unit} a night: what each member adds")
    if len(game.players) > 2:
        strongest = sorted(game.pairs, key=lambda pair: -abs(pair.figure.mean))
        cells = [(f"{pair.a} and {pair.b}", cell(game, pair.figure), pair.kind) for pair in strongest]
        paper.table([("pair", "<"), ("interaction", "<"), ("kind", "<")], cells, "Pairs: what two add together beyond what each adds without the other")
    _print_values(game, every)
    for text in (footnote([game]), two):
        if text:
            paper.paragraph(text)


def _print_names(names: Sequence[str], json: bool) -> None:
    """The measures that can be shared out."""
    from zaslin.measures.registry import MEASURES

    if json:
        paper.as_json({"measures": list(names)})
        return
    rows = [(name, MEASURES[name].label, MEASURES[name].unit) for name in names]
    paper.table([("measure", "<"), ("what", "<"), ("unit", "<")], rows, "What can be shared out")


def print_shares(results: Results) -> None:
    """The table of shares for `zaslin compare`, where the folder holds sub-coalitions."""
    from zaslin.brief.shares import about, cell, footnote, why_two_values
    from zaslin.measures.sub_coalitions import SHOWN, sub_coalitions

    held = sub_coalitions(results)
    if held is None or not held.replicates():
        return
    games = [held.game(name) for name in SHOWN]
    rows = [(game.label, *(cell(game, one.shapley) for one in game.shares), cell(game, game.effect)) for game in games]
    paper.paragraph(about(held))
    paper.table([("a night", "<"), *((name, "<") for name in held.plan.players), ("together", "<")], rows, "What each member adds (Shapley value)")
    for text in (footnote(games), why_two_values(held)):
        if text:
            paper.paragraph(text)
    paper.say("Who goes together with whom, and how few would do: zaslin share FOLDER [--measure NAME]")


def _print_values(game: Game, every: bool) -> None:
    """The sub-coalitions by size, the best of each size or all; the best is what comes nearest to what all of them do, or beyond."""
    from zaslin.brief.shares import cell, is_told, percent_of

    way, clear = game.effect.mean, is_told(game)
    order = sorted(range(len(game.values)), key=lambda s: (s.bit_count(), -(game.values[s].mean - game.values[0].mean) * (1.0 if way >= 0 else -1.0), s))
    seen: dict[int, int] = {}
    rows = []
    for s in order:
        seen[s.bit_count()] = seen.get(s.bit_count(), 0) + 1
        if every or seen[s.bit_count()] == 1:
            reached = (percent_of((game.values[s].mean - game.values[0].mean) / way),) if clear else ()
            rows.append((f"{s.bit_count()}", ", ".join(game.members(s)) or "nobody", cell(game, game.values[s]), *reached))
    title = "Every sub-coalition" if every else f"The best sub-coalition of each size, of {len(game.values)} (--all: every one)"
    heads = [("members", ">"), ("who", "<"), (f"{game.label.lower()}, {game.unit} a night", "<"), *([("of the effect", ">")] if clear else [])]
    paper.table(heads, rows, title)
