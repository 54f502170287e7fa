"""What the agenda says of facts: agreed, on paper, disputed and between whom, read in more than one way; it picks by date and status, never by content.

Every list is cut to a length that fits a page; what is left out is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from zaslin.brief.ledger_page import date_words
from zaslin.evidence.ledger.book import Book
from zaslin.evidence.ledger.disputes import between, contested, disputes, question_of
from zaslin.evidence.ledger.entry import Claim, Entry, Ruling
from zaslin.scenario.nations import nation_name

MOST_FACTS, MOST_PAPER, MOST_DISPUTES, MOST_READINGS = 4, 3, 4, 2

HAPPENED = ("event", "entered")
"""Questions whose dispute says that an incident itself is contested."""

NEIGHBOURS = ("PL", "RO", "SK", "HU", "MD", "UA")
"""Whose law and agreements are told."""


class Cited:
    """The sources that the page cites, numbered in the order in which it does; of a statement the first two."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.numbers: dict[str, int] = {}

    def cite(self, ids: Sequence[str], most: int = 2) -> tuple[str, ...]:
        """Number these sources and return them, the first `most`."""
        for name in ids[:most]:
            self.numbers.setdefault(name, len(self.numbers) + 1)
        return tuple(ids[:most])


def agreed(seen: Sequence[Entry], used: Cited, night: Sequence[str]) -> dict[str, Any]:
    """Incidents that are confirmed and that nobody contests; those of the folder's night first, then the latest, each with what was done."""
    rows = [
        entry for entry in _incidents(seen, night) if entry.status == "confirmed" and not any(item.open and item.about in HAPPENED for item in disputes(entry))
    ]
    shown = []
    for entry in rows[:MOST_FACTS]:
        last = entry.leading.history[-1]
        torn = {claim.slug for item in disputes(entry) if item.open for side in item.sides for claim in side.claims}
        done = next(
            (claim for claim in entry.claims if claim.about == "response" and claim.status == "confirmed" and not claim.lead and claim.slug not in torn), None
        )
        ids = (*last.sources[:2], *(done.history[-1].sources[:1] if done is not None else ()))
        shown.append(
            {
                "when": date_words(entry.date),
                "where": f"{nation_name(entry.country)}, {entry.place}",
                "says": last.says,
                "done": done.history[-1].says if done is not None else "",
                "by": speaker(last),
                "ids": used.cite(ids, 3),
            }
        )
    return {"rows": shown, "more": len(rows) - len(shown)}


def on_paper(seen: Sequence[Entry], used: Cited) -> dict[str, Any]:
    """Law and agreements of the neighbours and of Ukraine that hold, the latest first."""
    rows = [
        entry
        for entry in seen
        if entry.kind == "law" and entry.country in NEIGHBOURS and entry.facts.get("stage") in ("in-force", "signed", "adopted") and not entry.leading.lead
    ]
    rows.sort(key=lambda entry: (entry.facts.get("zone") != "over-ukraine", -entry.leading.history[-1].known.toordinal()))
    shown = []
    for entry in rows[:MOST_PAPER]:
        last = entry.leading.history[-1]
        start = str(entry.facts.get("force_from", ""))
        stage = str(entry.facts.get("stage")).replace("-", " ")
        shown.append(
            {"title": entry.title, "stage": f"{stage} since {date_words(start)}" if start else stage, "says": last.says, "ids": used.cite(last.sources)}
        )
    return {"rows": shown, "more": len(rows) - len(shown)}


def disputed(seen: Sequence[Entry], used: Cited, night: Sequence[str]) -> dict[str, Any]:
    """One line an incident: where claims contradict each other, or a claim is denied, refuted or confirmed by nobody, and between whom.

    Those of the folder's night come first, then the latest.
    """
    rows: list[dict[str, Any]] = []
    for entry in _incidents(seen, night):
        text, about, claims = _dispute(entry)
        if claims:
            ids = tuple(dict.fromkeys(name for claim in claims for name in claim.history[-1].sources[:1]))
            rows.append({"head": f"{date_words(entry.date)}, {nation_name(entry.country)}, {entry.place}", "about": about, "text": text, "ids": ids})
    shown = rows[:MOST_DISPUTES]
    for row in shown:
        row["ids"] = used.cite(row["ids"], 3)
    return {"rows": shown, "more": len(rows) - len(shown)}


def _dispute(entry: Entry) -> tuple[str, str, list[Claim]]:
    """What is said on either side, the question, and the claims; the leading claim's own fate first."""
    leading = entry.leading
    if leading.status in ("denied", "refuted", "unconfirmed"):
        return _fate(leading), question_of(leading), [leading]
    for item in disputes(entry):
        if item.open:
            return between(item), item.question, [claim for side in item.sides for claim in side.claims]
    told = contested(entry)
    return (_fate(told[0]), question_of(told[0]), told[:1]) if told else ("", "", [])


def _fate(claim: Claim) -> str:
    first, last = claim.first, claim.history[-1]
    if len(claim.history) == 1:
        return f"{speaker(first)}: {first.says} ({claim.status})"
    return f"{speaker(first)}: {first.says} {speaker(last)}, {date_words(last.date)}: {last.says} ({claim.status})"


def speaker(ruling: Ruling) -> str:
    """Who says it; a user's own entry says that it is one."""
    return f"{ruling.by} (your own entry)" if ruling.own else ruling.by


def readings(seen: Sequence[Entry], used: Cited) -> dict[str, Any]:
    """Questions of law that two speakers or more read differently: who reads them how."""
    rows = []
    for entry in seen:
        read = [claim for claim in entry.claims if not claim.lead and claim.history[-1].facts.get("effect") == "interprets"]
        if entry.kind == "law" and len({claim.first.by for claim in read}) > 1:
            rows.append((max(claim.first.known for claim in read), entry, read))
    rows.sort(key=lambda row: row[0], reverse=True)
    shown = []
    for _, entry, read in rows[:MOST_READINGS]:
        latest = sorted(read, key=lambda claim: claim.first.known, reverse=True)[:3]
        told = [{"by": speaker(claim.first), "says": claim.first.says, "ids": used.cite(claim.first.sources, 1)} for claim in latest]
        shown.append({"title": entry.title, "told": told})
    return {"rows": shown, "more": len(rows) - len(shown)}


def _incidents(seen: Sequence[Entry], first: Sequence[str] = ()) -> list[Entry]:
    """Incidents, those named in `first` before the others, the latest before older ones."""
    rows = [entry for entry in seen if entry.kind == "incidents" and not entry.leading.lead]
    return sorted(rows, key=lambda entry: (entry.id not in first, -date.fromisoformat(entry.date).toordinal()))
