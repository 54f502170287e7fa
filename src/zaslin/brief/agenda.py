"""The agenda: one page for a council with the question, the positions on a date, what is agreed, what is disputed, and the decisions with their figures.

Figures come from a results folder, politics from the ledger as it could be known on the date. It recommends nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from zaslin.brief import comparison
from zaslin.brief.basis import GROUPS, input_groups
from zaslin.brief.decisions import Decision, decisions
from zaslin.brief.ledger_page import cited, date_words, day_words, numbered, sources_of
from zaslin.brief.numbers import listed
from zaslin.brief.rules import members_of
from zaslin.brief.sentences import question
from zaslin.errors import InputError, StoreError
from zaslin.evidence.ledger.book import Book, shipped
from zaslin.evidence.ledger.disputes import between, contested, disputes
from zaslin.evidence.ledger.entry import ABOUT_WORDS, Entry, on
from zaslin.evidence.possible import Possible, possible_on, verdict_words
from zaslin.outcomes.disk import write_text
from zaslin.outcomes.store import Results
from zaslin.scenario.nations import nation_name
from zaslin.scenario.sourced import ASSUMPTION
from zaslin.scenario.sources import sources as registry

MOST_FACTS, MOST_LAW, MOST_DISPUTES, MOST_VOICES = 6, 4, 6, 8
"""Lines of each list on the page; what is left out is counted, and the command that lists it is told."""

HAPPENED = ("event", "entered")
"""Questions whose dispute says that an incident itself is contested."""

LATELY = timedelta(days=730)
"""Incidents of this span before the date come first; older ones are counted."""


def write_agenda(results: Results, path: Path | str, at: date | None = None, book: Book | None = None) -> Path:
    """Write the agenda of an open folder and return its path.

    at: the day whose positions and knowledge count; default: the date of the folder's youngest package. book: the ledger, default as it ships.
    Raises StoreError (nothing finished; the file cannot be written) or InputError (a day before the ledger's first position).
    """
    path = Path(path)
    write_text(path, render(results, at, book))
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
    used = _Used(using)
    fig = comparison.figures(results)
    packages = [results.package(name) for name in results.packages]
    when = (
        date_words(str(results.manifest["night"]["id"])[:10]) if _is_date(str(results.manifest["night"]["id"])[:10]) else str(results.manifest["night"]["id"])
    )
    basis = _rests_on(results)
    data = {
        "day": day_words(day),
        "question": question(members_of(packages[1:2] or packages), when, others=len(packages) > 2),
        "status": f"Study, unclassified. Simulated figures: {len(fig.reading.replicates(fig.base.name)):,} nights like {when}; "
        f"positions and facts as they could be known on {day_words(day)}.",
        "neighbours": [_neighbour(item, used) for item in possible.nations],
        "voices": _voices(possible, used),
        "agreed": _agreed(seen, day, used, [str(name) for name in results.manifest["night"].get("incidents") or []]),
        "law": _law(seen, day, used),
        "disputed": _disputed(seen, day, used),
        "columns": [(col.css, col.title) for col in fig.columns],
        "decisions": [_decision(item, fig, results) for item in decisions(fig, packages)],
        "rests_on": basis,
        "ledger": f"zaslin ledger incidents --at {day}",
    }
    numbers = numbered(used.entries, using)
    for id in basis["ids"]:
        numbers.setdefault(id, len(numbers) + 1)
    titles = {letter: title for letter, title, _ in GROUPS}
    return environment().get_template("agenda.html.j2").render(d=data, numbers=numbers, cited=cited, sources=_sources(numbers, using), group_titles=titles)


def _is_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


class _Used:
    """The entries that the page cites, in the order in which it does."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.entries: list[Entry] = []

    def cite(self, entry: Entry) -> tuple[str, ...]:
        if all(known.id != entry.id for known in self.entries):
            self.entries.append(entry)
        return entry.sources


def _sources(numbers: Mapping[str, int], book: Book) -> list[dict[str, Any]]:
    return sources_of({name: number for name, number in numbers.items() if name in registry() or name in book.own_sources}, book)


def _neighbour(item: Any, used: _Used) -> dict[str, Any]:
    told = []
    for zone in item.zones:
        for reason in zone.reasons:
            entry = used.book.entries.get(reason.entry)
            if entry is not None and entry.kind == "positions" and entry.country == item.nation:
                told.append({"text": reason.text, "ids": used.cite(entry)})
    unique = list({row["text"]: row for row in told}.values())
    why = next((zone.reasons[-1].text for zone in reversed(item.zones) if not zone.yes and zone.reasons), "")
    return {
        "name": nation_name(item.nation),
        "verdict": item.verdict,
        "words": verdict_words(item),
        "why": why,
        "said": unique[:2],
        "more": max(0, len(unique) - 2),
    }


def _voices(possible: Possible, used: _Used) -> dict[str, Any]:
    """What others had said: the host, NATO, allies, Russia; the last word of each on fire over Ukraine first."""
    order = {"UA": 0, "NATO": 1, "US": 2, "DE": 3, "GB": 4, "FR": 5}
    ranked = sorted(possible.others, key=lambda entry: (order.get(entry.country, 9), entry.country, entry.facts.get("zone") == "own-airspace"))
    first: dict[str, Entry] = {}
    for entry in ranked:
        first.setdefault(entry.country, entry)
    rows = []
    for entry in list(first.values())[:MOST_VOICES]:
        last = entry.leading.history[-1]
        rows.append(
            {
                "name": nation_name(entry.country),
                "stance": str(entry.facts.get("stance")),
                "by": last.by,
                "when": date_words(last.date),
                "says": last.says,
                "ids": used.cite(entry),
            }
        )
    return {"rows": rows, "more": max(0, len(first) - MOST_VOICES)}


def _incidents(seen: Sequence[Entry], day: date, first: Sequence[str] = ()) -> list[Entry]:
    """Incidents, those of the folder's night first, then the latest; those of the last two years before older ones."""
    rows = [entry for entry in seen if entry.kind == "incidents" and not entry.leading.lead]
    return sorted(rows, key=lambda entry: (entry.id not in first, -date.fromisoformat(entry.date).toordinal()))


def _agreed(seen: Sequence[Entry], day: date, used: _Used, night: Sequence[str]) -> dict[str, Any]:
    """Incidents that are confirmed and that nobody contests, on the question whether they happened."""
    rows = [
        entry
        for entry in _incidents(seen, day, night)
        if entry.status == "confirmed" and not any(item.open and item.about in HAPPENED for item in disputes(entry))
    ]
    shown = rows[:MOST_FACTS]
    return {
        "rows": [
            {
                "when": date_words(entry.date),
                "where": f"{nation_name(entry.country)}, {entry.place}",
                "says": entry.leading.history[-1].says,
                "by": entry.leading.history[-1].by,
                "ids": used.cite(entry),
            }
            for entry in shown
        ],
        "more": len(rows) - len(shown),
    }


def _law(seen: Sequence[Entry], day: date, used: _Used) -> dict[str, Any]:
    rows = [entry for entry in seen if entry.kind == "law" and entry.facts.get("stage") in ("in-force", "signed", "adopted") and not entry.leading.lead]
    rows.sort(key=lambda entry: entry.leading.history[-1].known, reverse=True)
    shown = rows[:MOST_LAW]
    return {
        "rows": [
            {
                "title": entry.title,
                "stage": str(entry.facts.get("stage")).replace("-", " "),
                "from": entry.facts.get("force_from", ""),
                "says": entry.leading.history[-1].says,
                "ids": used.cite(entry),
            }
            for entry in shown
        ],
        "more": len(rows) - len(shown),
    }


def _disputed(seen: Sequence[Entry], day: date, used: _Used) -> dict[str, Any]:
    """Contradictions, and claims that are denied, refuted or that nobody confirms: what, and between whom."""
    rows: list[dict[str, Any]] = []
    for entry in _incidents(seen, day):
        head = f"{date_words(entry.date)}, {nation_name(entry.country)}, {entry.place}"
        for item in disputes(entry):
            if item.open:
                rows.append(
                    {"head": head, "about": ABOUT_WORDS.get(item.about, item.about), "text": between(item), "ids": entry.sources, "entry": entry, "rank": 0}
                )
        told = contested(entry) + [claim for claim in entry.claims if claim.status == "refuted" and not claim.lead]
        for claim in told:
            last = claim.history[-1]
            against = f"; {last.by}, {date_words(last.date)}: {last.says}" if len(claim.history) > 1 else ""
            rows.append(
                {
                    "head": head,
                    "about": ABOUT_WORDS.get(claim.about, claim.about),
                    "text": f"{claim.first.by}: {claim.first.says} ({claim.status}{against})",
                    "ids": claim.sources,
                    "entry": entry,
                    "rank": 1,
                }
            )
    one: dict[str, dict[str, Any]] = {}
    for row in rows:
        one.setdefault(row["entry"].id, row)
    shown = list(one.values())[:MOST_DISPUTES]
    for row in shown:
        used.cite(row["entry"])
    return {"rows": shown, "more": len(one) - len(shown)}


def _decision(item: Decision, fig: comparison.Figures, results: Results) -> dict[str, Any]:
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
