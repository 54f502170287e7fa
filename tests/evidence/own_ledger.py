"""A good file of a user's own entries, of all four kinds, for tests that break it: rows are numbered as in the file, the header is row 1."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from zaslin.evidence.ledger.own import ALL_COLUMNS

COMMON = {"date": "2026-01-11", "status": "reported", "source": "reuters-2024-05-20"}
BROUGHT = {
    "source": "my-note-2026",
    "source_publisher": "A paper of ours",
    "source_title": "What we were told",
    "source_url": "https://example.org/note",
    "source_date": "2026-01-10",
    "source_medium": "newspaper",
}
HRUBIESZOW = {"event_date": "2026-01-10", "time_utc": "03:15", "country": "PL", "place": "Hrubieszów", "lat": "50.8", "lon": "23.9", "event": "incursion"}


def _row(kind: str, entry: str, claim: str, by: str, says: str, **cells: str) -> dict[str, str]:
    return {"kind": kind, "entry": entry, "claim": claim, "by": by, "says": says, **COMMON, **cells}


ROWS: dict[int, dict[str, str]] = {
    2: _row("incidents", "PL-2026-01-10", "crossing", "A mayor", "A drone came in, said the mayor.", about="event", answer="yes", **HRUBIESZOW, **BROUGHT),
    3: _row("incidents", "PL-2026-01-10", "crossing", "The army", "None came in.", date="2026-01-12", about="event", answer="no") | {"status": "denied"},
    4: _row("incidents", "PL-2026-01-10", "depth", "A farmer", 'It flew "two or three" km', about="depth", low="2", high="3.5", unit="km"),
    5: _row("incidents", "PL-2023-12-29", "my-count", "A witness", "Two of them, he says", about="entered", low="2", high="2", unit="count"),
    6: _row("positions", "my-pl-2026", "yes", "A deputy of Poland", "Would fire", nation="PL", office="Deputy", voice="parliament", stance="supports",
            zone="both", needs="allies; host"),
    7: _row("positions", "my-pl-2026", "yes", "A deputy of Poland", "Would fire no more", date="2026-02-03", nation="PL", office="Deputy",
            voice="parliament", stance="opposes", zone="own-airspace", needs="own-law"),
    8: _row("law", "my-law", "text", "The Sejm", "A minister may permit fire", nation="PL", title="A law of ours", stage="draft", force_from="2026-03-01",
            force_to="2027-03", zone="own-airspace", effect="permits", authority="minister", needs="host"),
    9: _row("law", "my-law", "reading", "A jurist", "So it reads", date="2026-02", nation="PL", title="A law of ours", stage="finding"),
    10: _row("escalation", "my-warning", "says", "A spokesman", "There will be an answer", nation="RU", office="Spokesman", theme="retaliation",
             answers="PL-2026-01-10"),
    11: _row("escalation", "my-calm", "says", "A general", "There will be none", nation="EE", theme="counter-view", answers="my-warning"),
}  # fmt: skip
"""A good file. Lines end in a row each, so that a row's number is its line."""


def good() -> dict[int, dict[str, str]]:
    """A copy of the rows that may be broken."""
    return {number: dict(row) for number, row in ROWS.items()}


def text_of(rows: Mapping[int, Mapping[str, str]] | Iterable[Mapping[str, str]], columns: Iterable[str] = ALL_COLUMNS) -> str:
    """The rows as CSV."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(columns), restval="", lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows.values() if isinstance(rows, Mapping) else rows)
    return out.getvalue()


KEPT = [
    _row("incidents", "RO-2026-01-20", "found", "A priest", "Parts lie in his field", date="2026-01-21", about="found", answer="parts", event_date="2026-01-20",
         country="RO", place="Plauru", event="debris"),
    _row("positions", "my-ro-2026", "maybe", "A deputy of Romania", "Would think about it", nation="RO", voice="parliament", stance="considers", zone="both",
         needs="capacity"),
]  # fmt: skip
"""Rows that the user's own file holds before anything is imported."""
