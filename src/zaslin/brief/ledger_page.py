"""Entries of the ledger as one HTML page: claims side by side, each with its status, its history and its sources; it asks and judges nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from zaslin.brief.numbers import DASH
from zaslin.brief.rules import plain, unit_word
from zaslin.evidence.ledger.book import Book
from zaslin.evidence.ledger.disputes import answer_of, disputes, question_of
from zaslin.evidence.ledger.entry import STATUS_WORDS, Claim, Entry
from zaslin.outcomes.disk import write_text
from zaslin.scenario.nations import nation_name
from zaslin.scenario.sources import Source

TITLES = {
    "incidents": "Incidents at the neighbours' borders",
    "positions": "Who said what on firing at them",
    "law": "Law and agreements",
    "escalation": "Statements and events of escalation",
    "catalogue": "The catalogue of numbers",
}
_FACTS = {
    "event": "event",
    "time_utc": "UTC",
    "office": "office",
    "voice": "speaks for",
    "stance": "stance",
    "zone": "where",
    "needs": "on condition of",
    "stage": "stage",
    "force_from": "in force from",
    "force_to": "until",
    "effect": "effect",
    "authority": "who decides",
    "theme": "theme",
    "answers": "answers",
}
_VOICES = {"head": "the head of state or government", "government": "the government", "ministry": "a ministry"}


def write_page(entries: Sequence[Entry], book: Book, kind: str, at: date | None, path: Path) -> Path:
    """Write the page of these entries and return its path. at: the date as of which they are shown. Raises StoreError."""
    write_text(path, render(entries, book, kind, at))
    return path


def render(entries: Sequence[Entry], book: Book, kind: str, at: date | None) -> str:
    """The page as text: the same entries give the same bytes."""
    from zaslin.brief.page import environment

    numbers = numbered(entries, book)
    data = {
        "title": TITLES[kind],
        "kicker": f"zaslin ledger · {kind}",
        "known": f"As it could be known at the end of {day_words(at)}: what became known later is left out."
        if at is not None
        else "As known when this version was made.",
        "count": f"{len(entries)} entr{'y' if len(entries) == 1 else 'ies'}",
        "statuses": [(name, STATUS_WORDS[name]) for name in STATUS_WORDS],
        "entries": [_entry(item, numbers) for item in entries] if kind != "catalogue" else [],
        "numbers": [_number(item, numbers) for item in entries] if kind == "catalogue" else [],
        "own": book.own_file is not None and any(ruling.own for item in entries for claim in item.claims for ruling in claim.history),
    }
    return environment().get_template("ledger.html.j2").render(d=data, sources=list(sources_of(numbers, book)))


def numbered(entries: Sequence[Entry], book: Book) -> dict[str, int]:
    """Numbers of the sources, in the order in which they are met."""
    ids = dict.fromkeys(name for item in entries for name in item.sources)
    return {name: number for number, name in enumerate(ids, 1)}


def sources_of(numbers: dict[str, int], book: Book) -> list[dict[str, Any]]:
    """The sources for the list at the end."""
    out = []
    for name, number in numbers.items():
        item: Source = book.source(name)
        url = item.url if item.url.startswith(("https://", "http://")) else ""
        out.append(
            {
                "id": name,
                "number": number,
                "publisher": item.publisher,
                "title": item.title,
                "date": item.date,
                "url": url,
                "note": item.note,
                "medium": item.medium,
            }
        )
    return out


def cited(ids: Sequence[str], numbers: dict[str, int]) -> list[tuple[str, int]]:
    """(id, number) of sources, for the small marks behind a sentence."""
    return [(name, numbers[name]) for name in ids if name in numbers]


def day_words(day: date) -> str:
    """``4 August 2024``."""
    return f"{day.day} {day:%B %Y}"


def date_words(text: str) -> str:
    """``4 August 2024``, ``July 2024`` or ``2024``, as exact as it is known."""
    parts = [int(part) for part in text.split("-")] if text else []
    if len(parts) == 3:
        return day_words(date(*parts))
    return f"{date(parts[0], parts[1], 1):%B %Y}" if len(parts) == 2 else text


def _entry(item: Entry, numbers: dict[str, int]) -> dict[str, Any]:
    facts = []
    for key, words in _FACTS.items():
        value = item.facts.get(key)
        if value:
            text = ", ".join(value) if isinstance(value, tuple) else str(value)
            facts.append((words, _VOICES.get(text, text) if key == "voice" else text.replace("_", " ")))
    return {
        "id": item.id,
        "title": item.title,
        "when": date_words(item.date),
        "country": nation_name(item.country),
        "status": item.status,
        "facts": facts,
        "claims": [_claim(claim, numbers) for claim in item.claims if not claim.lead],
        "leads": [_claim(claim, numbers) for claim in item.claims if claim.lead],
        "disputes": [
            {
                "about": found.question,
                "sides": [(side.answer, ", ".join(dict.fromkeys(claim.first.by for claim in side.claims))) for side in found.sides],
                "open": found.open,
            }
            for found in disputes(item)
        ],
    }


def _claim(claim: Claim, numbers: dict[str, int]) -> dict[str, Any]:
    return {
        "about": question_of(claim) or _label(claim),
        "answer": "" if claim.about == "event" else answer_of(claim),
        "status": claim.status,
        "history": [
            {
                "when": date_words(ruling.date),
                "by": ruling.by,
                "says": ruling.says,
                "status": ruling.status,
                "marks": cited(ruling.sources, numbers),
                "own": ruling.own,
            }
            for ruling in claim.history
        ],
    }


def _label(claim: Claim) -> str:
    """What a claim that answers no question is: a law's effect or a reading of it, a stance, a theme."""
    facts = {key: value for ruling in claim.history for key, value in ruling.facts.items()}
    if facts.get("stage") == "finding":
        return "our finding" if claim.first.by.startswith("The authors of zaslin") else "a finding"
    effect = str(facts.get("effect", ""))
    return {"interprets": "a reading", "commits": "commits to"}.get(effect, effect) or str(facts.get("stance") or facts.get("theme") or "").replace("-", " ")


def _number(item: Entry, numbers: dict[str, int]) -> dict[str, Any]:
    facts = item.facts
    low, high = (plain(facts[key]) for key in ("low", "high"))
    return {
        "title": item.title,
        "value": plain(facts["value"]),
        "range": "" if low == high else f"{low}{DASH}{high}",
        "unit": unit_word(facts["unit"]),
        "year": facts["price_year"] or "",
        "grade": facts["grade"],
        "assumed": item.status == "assumption",
        "marks": cited(item.sources, numbers),
        "note": facts["note"],
        "used": facts["used"],
    }
