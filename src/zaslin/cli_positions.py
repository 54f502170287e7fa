"""What ``--positions DATE`` prints: the coalition that was possible on a date, nation by nation, and how two dates differ."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from zaslin import cli_paper as paper
from zaslin.cli_ledger import day_of

if TYPE_CHECKING:
    from zaslin.evidence.possible import Possible


def possible(dates: Sequence[str]) -> list[Possible]:
    """The coalition of each date; raises InputError for what is no date, or lies before the ledger's first position."""
    if not dates:
        return []
    from zaslin.evidence.ledger.book import ledger
    from zaslin.evidence.possible import possible_on

    book = ledger()
    return [possible_on(day_of(text, "--positions"), book) for text in dict.fromkeys(dates)]


def possible_json(item: Possible) -> dict[str, Any]:
    """Verdicts and reasons as plain data."""
    from zaslin.evidence.possible import verdict_words

    return {
        "date": item.day.isoformat(),
        "nations": [
            {
                "nation": nation.nation, "verdict": nation.verdict, "words": verdict_words(nation),
                "zones": [
                    {"zone": zone.zone, "yes": zone.yes, "authority": zone.authority, "toward_own_territory": zone.toward,
                     "reasons": [{"text": reason.text, "entry": reason.entry, "sources": list(reason.sources)} for reason in zone.reasons]}
                    for zone in nation.zones
                ],
            }
            for nation in item.nations
        ],
    }  # fmt: skip


def differences_json(found: Sequence[Possible]) -> list[dict[str, Any]]:
    """What changes from each date to the next."""
    from zaslin.evidence.possible import changes

    return [
        {"from": a.day.isoformat(), "to": b.day.isoformat(), "nations": [{"nation": nation, "was": was, "is": now} for nation, was, now in changes(a, b)]}
        for a, b in itertools.pairwise(found)
    ]


def print_possible(item: Possible) -> None:
    """Nation by nation: verdict, and the reasons of each zone."""
    from zaslin.evidence.possible import ZONE_WORDS, verdict_words
    from zaslin.scenario.nations import nation_name

    day = f"{item.day.day} {item.day:%B %Y}"
    paper.heading(f"What was politically possible on {day}, by positions and law known and in force that day")
    for nation in item.nations:
        paper.heading(f"\n{nation_name(nation.nation)}: {verdict_words(nation)}")
        for zone in nation.zones:
            paper.say(f"  {ZONE_WORDS[zone.zone]}: {'yes' if zone.yes else 'no'}")
            for reason in zone.reasons:
                paper.paragraph(f"{reason.text}{f' [{reason.entry}]' if reason.entry else ''}", indent=4)
    fighters = [nation for nation in item.nations if nation.verdict != "out"]
    told = ", ".join(nation_name(nation.nation) for nation in fighters) or "nobody"
    paper.say(f"\nfires under some rule: {told}; the package is {item.package.name} (assets as in the package neighbours, out nations as in status-quo)")
    paper.say(f"an entry with its sources: zaslin ledger positions ID --at {item.day}")


def print_differences(found: Sequence[Possible]) -> None:
    """How each date differs from the one before."""
    from zaslin.evidence.possible import changes
    from zaslin.scenario.nations import nation_name

    for a, b in itertools.pairwise(found):
        rows = [(nation_name(nation), was, now) for nation, was, now in changes(a, b)]
        if rows:
            paper.table([("", "<"), (f"on {a.day}", "<"), (f"on {b.day}", "<")], rows, f"What changed from {a.day} to {b.day}")
        else:
            paper.say(f"\nfrom {a.day} to {b.day} no neighbour's answer changed")
