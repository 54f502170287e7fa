"""What the shipped ledger must fulfil beyond its form: the build fails where it does not (a test runs it). It mends nothing.

The rules: no claim rests on state media alone; what is called confirmed has a source that can confirm; no reference is dead; every number of the
catalogue has a source or says that it is an assumption.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from zaslin.errors import Fault
from zaslin.evidence.ledger.catalogue import MONEY
from zaslin.evidence.ledger.entry import Claim, Entry, known_from
from zaslin.scenario.sourced import ASSUMPTION
from zaslin.scenario.sources import Source

STATE = ("state-media", "state-mirror")
"""Media that cannot carry a claim alone, except of what their own state's officials said."""

COPIES = ("republisher", "aggregator", *STATE)
"""Media that cannot confirm: they say what others reported."""

NO_YEAR = "price year unknown"
"""What the note of a price says whose source has no date."""

HEARD = ("RU", "BY", "UA")
"""Nations whose own media may be heard on what their officials said."""

OLDER_DAYS = 7
"""A source may tell of what is to come, such as a law that enters into force; one that is older than the statement by more than this is a slip."""

OURS = "The authors of zaslin"
"""How a finding of our own begins its `by`: it may rest on older sources."""


def faults(entries: Iterable[Entry], find: Callable[[str], Source | None]) -> list[Fault]:
    """Every breach among entries of any kind. find: the source of an id, or None where it is dead."""
    out: list[Fault] = []
    for entry in entries:
        if entry.kind == "catalogue":
            out += _number(entry.id, entry.facts, find)
        else:
            for claim in entry.claims:
                out += _claim(entry, claim, find)
            out += _repeated(entry)
    return out


def _claim(entry: Entry, claim: Claim, find: Callable[[str], Source | None]) -> list[Fault]:
    out = []
    where = claim.first.where or f"{entry.id}, {claim.slug}"
    media = []
    for name in claim.sources:
        found = find(name)
        if found is None:
            out.append(Fault(where, f'the source "{name}" of {entry.id}, {claim.slug} is in no registry; register it or name another'))
        else:
            media.append(found.medium)
    own_voice = entry.country in HEARD and entry.kind != "incidents"
    if media and all(medium in STATE for medium in media) and not own_voice and not claim.lead:
        out.append(
            Fault(
                where, f"{entry.id}, {claim.slug} rests on state media alone ({', '.join(claim.sources)}); add an independent source, or call the claim lead-…"
            )
        )
    for ruling in claim.history:
        known = [found.medium for name in ruling.sources if (found := find(name)) is not None]
        if claim.lead and ruling.status != "unconfirmed":
            out.append(Fault(ruling.where or where, f"a lead is unconfirmed; {ruling.status} came"))
        elif ruling.status == "confirmed" and known and all(medium in COPIES for medium in known) and not own_voice:
            out.append(
                Fault(
                    ruling.where or where,
                    f"{entry.id}, {claim.slug} is called confirmed on copies alone ({', '.join(ruling.sources)}); write reported, or add who can confirm",
                )
            )
        for name in ruling.sources:
            found = find(name)
            if found is None or not found.date or not ruling.date or ruling.by.startswith(OURS):
                continue
            if entry.kind != "law" and (ruling.known - known_from(found.date)).days > OLDER_DAYS and len(ruling.date) == len("2024-08-04"):
                told = f"{name} of {found.date} is older than the statement of {ruling.date} that rests on it; check the dates"
                out.append(Fault(ruling.where or where, told))
    return out


def _repeated(entry: Entry) -> list[Fault]:
    if entry.leading.lead and len(entry.claims) > 1:
        return [Fault(entry.leading.first.where, f"{entry.id} begins with a lead; an entry begins with a claim")]
    return []


def _number(id: str, facts: Mapping[str, Any], find: Callable[[str], Source | None]) -> list[Fault]:
    out = []
    source, grade = facts.get("source"), facts.get("grade")
    if not source:
        out.append(Fault(id, 'a number without a source; give one, or "assumption"'))
    elif source != ASSUMPTION:
        found = find(source)
        if found is None:
            out.append(Fault(id, f'the source "{source}" is in no registry; register it, name another, or write "assumption"'))
        elif found.medium in STATE:
            out.append(Fault(id, f"the number rests on {source} alone, a state medium; find another source, or write assumption"))
        if grade == ASSUMPTION:
            out.append(Fault(id, "a source and the grade assumption exclude each other"))
    elif grade != ASSUMPTION:
        out.append(Fault(id, f"an assumption has the grade assumption; {grade} came"))
    if facts.get("unit") in MONEY and facts.get("price_year") is None and source != ASSUMPTION and NO_YEAR not in str(facts.get("note", "")).casefold():
        out.append(Fault(id, f'money tells the year of its prices; give price_year, or say "{NO_YEAR}" in the note'))
    return out
