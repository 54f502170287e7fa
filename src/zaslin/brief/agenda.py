"""The agenda: one page for a council with the question, the positions on a date, what is agreed, what is disputed, and the decisions with their figures.

Figures come from a results folder, politics from the ledger as it could be known on the date. It recommends nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from zaslin.asked import a_day, a_path, of_kind
from zaslin.brief import comparison
from zaslin.brief.agenda_facts import Cited, agreed, disputed, on_paper, readings, speaker
from zaslin.brief.basis import GROUPS, input_groups
from zaslin.brief.decisions import Decision, decisions
from zaslin.brief.ledger_page import cited, date_words, day_words, sources_of
from zaslin.brief.numbers import listed
from zaslin.brief.rules import members_of
from zaslin.brief.sentences import question
from zaslin.errors import InputError, StoreError
from zaslin.evidence.ledger.book import Book, shipped
from zaslin.evidence.ledger.entry import Entry, on
from zaslin.evidence.possible import OWN, ZONE_WORDS, NationVerdict, Possible, possible_on, verdict_words
from zaslin.outcomes.disk import write_text
from zaslin.outcomes.store import Results, opened
from zaslin.scenario.nations import nation_name
from zaslin.scenario.sourced import ASSUMPTION
from zaslin.scenario.sources import sources as registry

MOST_WORDS, MOST_VOICES = 2, 5
"""Words of each neighbour, and nations and bodies beside them, that are told; the rest is counted."""


def write_agenda(results: Results, path: Path | str, at: date | None = None, book: Book | None = None) -> Path:
    """Write the agenda of an open folder and return its path.

    at: the day whose positions and knowledge count; default: the date of the folder's youngest package. book: the ledger, default as it ships.
    Raises StoreError (nothing finished; the file cannot be written) or InputError (a day before the ledger's first position).
    """
    path = a_path("path", path, "the path of the page to write")
    if at is not None:
        a_day("at", at)
    if book is not None:
        of_kind("book", book, Book, "a ledger, as zs.ledger() gives it, or None")
    write_text(path, render(opened(results), at, book))
    return path


def agenda_day(results: Results, at: date | None) -> date:
    """The day of the page: `at`, or the date of the folder's youngest package."""
    if at is not None:
        return at
    dates = [date.fromisoformat(str(package["date"])) for package in (results.package(name) for name in results.packages) if package.get("date")]
    if not dates:
        raise InputError("no package of this folder has a date; give --at DATE")
    return max(dates)


def render(results: Results, at: date | None = None, book: Book | None = None) -> str:
    """The page as text; the same folder, day and ledger give the same bytes."""
    from zaslin.brief.page import environment

    lacking = [name for name in results.packages if not results.parts(name)]
    if lacking:
        raise StoreError(f"{results.folder} has no finished replicates of {listed(lacking)}; the same `zaslin run` command completes the folder")
    day = agenda_day(results, at)
    using = book if book is not None else shipped()
    possible = possible_on(day, using)
    seen = [found for entry in using.entries.values() if (found := on(entry, day)) is not None]
    used = Cited(using)
    fig = comparison.figures(results)
    packages = [results.package(name) for name in results.packages]
    when = (
        date_words(str(results.manifest["night"]["id"])[:10]) if _is_date(str(results.manifest["night"]["id"])[:10]) else str(results.manifest["night"]["id"])
    )
    basis = _rests_on(results)
    night = [str(name) for name in results.manifest["night"].get("incidents") or []]
    data = {
        "day": day_words(day),
        "question": question(members_of(packages[1:2] or packages), when, others=len(packages) > 2),
        "status": f"Study, unclassified. Simulated figures: {len(fig.reading.replicates(fig.base.name)):,} nights like {when}; "
        f"positions and facts as they could be known on {day_words(day)}.",
        "neighbours": _silent_together([_neighbour(item, used) for item in possible.nations]),
        "voices": _voices(possible, used),
        "agreed": agreed(seen, used, night),
        "law": on_paper(seen, used),
        "disputed": disputed(seen, used, night),
        "readings": readings(seen, used),
        "columns": [(col.css, _titled(col.title, package, day)) for col, package in zip(fig.columns, packages, strict=True)],
        "later": [f"{col.title} ({package['date']})" for col, package in zip(fig.columns, packages, strict=True) if _later(package, day)],
        "decisions": [_decision(item, fig) for item in decisions(fig, packages)],
        "rests_on": basis,
        "ledger": f"zaslin ledger incidents --at {day}",
        "reasons": f"zaslin package --positions {day}",
    }
    used.cite(basis["ids"], len(basis["ids"]))
    numbers = used.numbers
    titles = {letter: title for letter, title, _ in GROUPS}
    return environment().get_template("agenda.html.j2").render(d=data, numbers=numbers, cited=cited, sources=_sources(numbers, using), group_titles=titles)


def _is_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _sources(numbers: Mapping[str, int], book: Book) -> list[dict[str, Any]]:
    return sources_of({name: number for name, number in numbers.items() if name in registry() or name in book.own_sources}, book)


def _neighbour(item: NationVerdict, used: Cited) -> dict[str, Any]:
    told, no = [], []
    for zone in reversed(item.zones):  # what is asked is fire over Ukraine: words on that come first
        if not zone.yes and zone.reasons:
            no.append(f"{ZONE_WORDS[zone.zone].capitalize()}: no. {zone.reasons[-1].text}")
        for reason in zone.reasons:
            entry = used.book.entries.get(reason.entry)
            if entry is not None and entry.country == item.nation:
                told.append((not zone.yes and zone.reasons[-1].entry == reason.entry, {"text": reason.text, "ids": reason.sources}))
    unique = list({row["text"]: row for _, row in told}.values())
    shown = unique[:MOST_WORDS]
    for row in shown:
        row["ids"] = used.cite(row["ids"])
    return {
        "name": nation_name(item.nation),
        "verdict": item.verdict,
        "words": verdict_words(item),
        "why": no,
        "said": shown,
        "more": len(unique) - len(shown),
    }


def _silent_together(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows, those nations of which there is no word on one of their own at the end."""
    silent = [row for row in rows if not row["said"]]
    if len(silent) < 2:
        return rows
    one = {**silent[0], "name": listed([row["name"] for row in silent]), "why": ["There is no word of their governments in the two years before."]}
    return [*(row for row in rows if row["said"]), one]


def _voices(possible: Possible, used: Cited) -> dict[str, Any]:
    """What others had said who speak for a state or the alliance: on fire over Ukraine where they spoke of it, else on their own airspace, and which it is."""
    order = {"UA": 0, "NATO": 1, "US": 2, "DE": 3, "GB": 4, "FR": 5}
    ranked = sorted(possible.others, key=lambda entry: (order.get(entry.country, 9), entry.country, entry.facts.get("zone") == OWN))
    first: dict[str, Entry] = {}
    for entry in ranked:
        first.setdefault(entry.country, entry)
    rows = []
    for entry in list(first.values())[:MOST_VOICES]:
        last = entry.leading.history[-1]
        zone = {"over-ukraine": "over Ukraine", "own-airspace": "in allied airspace only", "both": "over Ukraine and at home"}[str(entry.facts.get("zone"))]
        rows.append(
            {
                "name": nation_name(entry.country),
                "stance": f"{entry.facts.get('stance')}, {zone}",
                "by": speaker(last),
                "when": date_words(last.date),
                "says": last.says,
                "ids": used.cite(last.sources),
            }
        )
    return {"rows": rows, "more": len(first) - len(rows)}


def _later(package: Mapping[str, Any], day: date) -> bool:
    return str(package.get("date", "")) > day.isoformat()


def _titled(title: str, package: Mapping[str, Any], day: date) -> str:
    """The package's title, with its date where that is later than the page's."""
    return f"{title} (of {date_words(str(package['date']))})" if _later(package, day) else title


def _decision(item: Decision, fig: comparison.Figures) -> dict[str, Any]:
    return {
        "question": item.question,
        "why": item.why,
        "choices": [(col.css, col.title, choice) for col, choice in zip(fig.columns, item.choices, strict=True)],
        "figures": item.figures,
    }


def _rests_on(results: Results) -> dict[str, Any]:
    """Per input group: how many numbers, how many of them assumptions, and the sources of the rest."""
    groups = input_groups(results.manifest["inputs"], results.packages)
    out, ids = [], []
    for group in groups:
        named = list(dict.fromkeys(row.source for row in group.rows if not row.assumed and row.source != ASSUMPTION))
        out.append({"letter": group.letter, "title": group.title, "rows": len(group.rows), "assumed": sum(row.assumed for row in group.rows), "ids": named})
        ids += named
    return {"groups": out, "ids": list(dict.fromkeys(name for name in ids if name in registry()))}
