"""Entries, claims and what became of each claim: the ledger's nouns, and the one rule of what was known on a date.

An entry is a thing that is spoken of (an incident, a nation's position, a law). A claim is what somebody said of it. A ruling is a claim's status
from a day on: the first ruling is the claim itself, a later one says who changed it and why. Nothing is judged or averaged here.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from datetime import date as Day
from functools import lru_cache
from typing import Any, Literal, get_args

Kind = Literal["incidents", "positions", "law", "escalation", "catalogue"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Status = Literal["confirmed", "reported", "denied", "refuted", "unconfirmed"]
STATUSES: tuple[Status, ...] = get_args(Status)

STATUS_WORDS = {
    "confirmed": "by who is responsible for it, or by sources that agree",
    "reported": "said by a speaker or a paper; nobody else has confirmed it",
    "denied": "the party that would be responsible says it is not so",
    "refuted": "shown to be false, or taken back",
    "unconfirmed": "nobody who would know has confirmed it",
}
"""What each status means, as the pages and `--help` tell it."""

ABOUT_WORDS = {
    "event": "whether it happened",
    "entered": "how many entered",
    "headed": "how many headed there",
    "shot_down": "how many were shot down",
    "found": "how much was found",
    "origin": "whose it was",
    "object": "what it was",
    "depth": "how deep it went",
    "path": "how far it flew inside",
    "duration": "how long it stayed",
    "time": "when it was",
    "casualties": "who was hurt",
    "damage": "what was damaged, and by what",
    "response": "what was done",
    "speed": "how fast it flew",
    "altitude": "how high it flew",
}
"""The question that a claim answers, in words."""

LEAD = "lead-"
"""A claim whose slug begins so is a lead: listed, and never counted. It is what a state medium alone has said."""


@lru_cache(maxsize=4096)
def known_from(text: str) -> date:
    """The day from which a date as exact as it is known can be relied on: a month counts by its last day, a year by 31 December.

    text: ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``; raises ValueError for anything else.

    >>> known_from("2024-07"), known_from("2024-08-04")
    (datetime.date(2024, 7, 31), datetime.date(2024, 8, 4))
    """
    parts = text.split("-")
    if [len(part) for part in parts] not in ([4], [4, 2], [4, 2, 2]) or not all(part.isascii() and part.isdigit() for part in parts):
        raise ValueError(f'"{text}" is no date; give YYYY-MM-DD, or YYYY-MM or YYYY where the day is unknown')
    year, month = int(parts[0]), int(parts[1]) if len(parts) > 1 else 12
    if not 1900 <= year <= 2100 or not 1 <= month <= 12:
        raise ValueError(f'"{text}" is no date of this time; give YYYY-MM-DD, or YYYY-MM or YYYY where the day is unknown')
    last = calendar.monthrange(year, month)[1]
    day = int(parts[2]) if len(parts) > 2 else last
    if not 1 <= day <= last:
        raise ValueError(f'"{text}" is no day of the calendar; {parts[0]}-{parts[1]} has {last} days, give one of them')
    return date(year, month, day)


@lru_cache(maxsize=4096)
def out_from(text: str) -> date:
    """The first day on which a source of this date can have been out; a source without a date may always have been.

    >>> out_from("2024-07"), out_from("")
    (datetime.date(2024, 7, 1), datetime.date(1, 1, 1))
    """
    if not text:
        return date.min
    year, month, day = (*(int(part) for part in text.split("-")), 1, 1)[:3]
    return date(year, month, day)


@dataclass(frozen=True)
class Ruling:
    """A claim's status from `date` on: by whom, in which words, on which sources. `facts`: what else its row says (stance, stage, force dates).

    `sources_out`, `sources_sure`: per source the first day on which it can have been out, and from which it was. `claimed`: the number or answer that the row
    gives, where it gives one.
    """

    date: str
    by: str
    says: str
    status: str
    sources: tuple[str, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)
    sources_out: tuple[Day, ...] = ()
    sources_sure: tuple[Day, ...] = ()
    claimed: Mapping[str, Any] = field(default_factory=dict)
    own: bool = False
    where: str = ""

    @property
    def known(self) -> Day:
        """The first day on which this could be known: it has been said, and a source of ours was out. Of what has no date, none."""
        said = known_from(self.date) if self.date else Day.max
        return max(said, min(self.sources_out, default=Day.min))

    def on(self, day: Day) -> Ruling:
        """The ruling without the sources that came out later, or may have: of a month that is not over yet, only where there is no other."""
        if not self.sources_out:
            return self
        both = list(zip(self.sources, self.sources_out, self.sources_sure or self.sources_out, strict=True))
        sure = [(name, out) for name, out, last in both if last <= day]
        kept = sure or [(name, out) for name, out, _ in both if out <= day]
        return replace(self, sources=tuple(name for name, _ in kept), sources_out=tuple(out for _, out in kept), sources_sure=())


@dataclass(frozen=True)
class Claim:
    """What somebody said of an entry. `about`: which question it answers; `low` to `high` in `unit`, or `answer`, is what it answers.

    `history`: the claim's rulings in order of time, at least one; a later one may give another number (7 wrecks, then 16), and the last one holds.
    """

    slug: str
    about: str
    low: float | None
    high: float | None
    unit: str
    answer: str
    history: tuple[Ruling, ...]

    def cut(self, history: tuple[Ruling, ...]) -> Claim:
        """The claim with these rulings alone, and what they say last."""
        told = any(ruling.claimed for ruling in (*self.history, *history))
        nothing: dict[str, Any] = {"low": None, "high": None, "unit": "", "answer": ""} if told else {}
        said = {key: value for ruling in history for key, value in ruling.claimed.items()}
        return replace(self, history=history, **{**nothing, **said})

    @property
    def first(self) -> Ruling:
        """The claim as it was made."""
        return self.history[0]

    @property
    def status(self) -> str:
        """Its status after the last ruling."""
        return self.history[-1].status

    @property
    def lead(self) -> bool:
        """Whether it is only a lead."""
        return self.slug.startswith(LEAD)

    @property
    def sources(self) -> tuple[str, ...]:
        """Ids of all sources of its history, each once."""
        return tuple(dict.fromkeys(name for ruling in self.history for name in ruling.sources))


@dataclass(frozen=True)
class Entry:
    """A thing that is spoken of. `date`: when it happened or was said; `country`: ISO code, or NATO, EU, UN; `facts`: what its rows say of the thing
    itself (event, time, coordinates; stance and zone; stage and force dates), the latest known. `head`: the slug of the claim that the entry is about."""

    id: str
    kind: Kind
    date: str
    country: str
    place: str
    title: str
    facts: Mapping[str, Any]
    claims: tuple[Claim, ...]
    head: str

    @property
    def leading(self) -> Claim:
        """The claim that the entry is about; the first of the others where that is not known yet."""
        return next((claim for claim in self.claims if claim.slug == self.head), self.claims[0])

    @property
    def status(self) -> str:
        """The leading claim's status."""
        return self.leading.status

    @property
    def sources(self) -> tuple[str, ...]:
        """Ids of all sources, each once."""
        return tuple(dict.fromkeys(name for claim in self.claims for name in claim.sources))


def on(entry: Entry, day: date) -> Entry | None:
    """The entry as it could be known at the end of `day`; None where nothing of it could.

    Rulings of a later date are gone, and with them what they say, their speakers and sources; so are sources that came out later; a claim without a
    ruling is gone. What the rows say of the thing itself is what the leading claim's rulings that are left say: nothing, where none is; and the date of what
    was said is that of the first word that is left.
    """
    if entry.kind == "incidents" and known_from(entry.date) > day:
        return None  # an event cannot be known before it happened, whatever its rows say
    claims = tuple(claim.cut(kept) for claim in entry.claims if (kept := tuple(ruling.on(day) for ruling in claim.history if ruling.known <= day)))
    if not claims:
        return None
    if entry.kind in ("incidents", "catalogue"):
        return replace(entry, claims=claims)  # date, place and event make an incident what it is, as value and range a number
    first = next((claim for claim in claims if claim.slug == entry.head), claims[0]).first
    return replace(entry, claims=claims, date=first.date, facts=facts_of(claims, entry.head))


def facts_of(claims: Iterable[Claim], head: str) -> dict[str, Any]:
    """What the rows of the leading claim say of the thing itself: later rows replace what earlier ones said; nothing where it is not among the claims."""
    out: dict[str, Any] = {}
    for claim in claims:
        if claim.slug == head:
            for ruling in claim.history:
                out |= ruling.facts
    return out
