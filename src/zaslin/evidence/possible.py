"""The coalition that was politically possible on a date: who is in, in with a caveat, or out, by the positions and the law known and in force that day.

It reads the ledger and one package that lists the neighbours' assets, and gives a package with its reasons. It guesses no position: a nation of which
the ledger has no word is out. The rules are told in docs/positions.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

from zaslin.asked import a_day, of_kind
from zaslin.errors import InputError
from zaslin.evidence.ledger.book import Book, shipped
from zaslin.evidence.ledger.entry import Entry, Ruling, known_from, on
from zaslin.evidence.ledger.offices import in_office
from zaslin.evidence.ledger.rows import BODIES
from zaslin.scenario.nations import in_sentence, nation_name, possessive
from zaslin.scenario.package import Package
from zaslin.scenario.packages import checked, inspect_package, package
from zaslin.scenario.say import listed
from zaslin.scenario.sourced import ASSUMPTION
from zaslin.scenario.sources import sources
from zaslin.scenario.yaml_text import Document

ASSETS, TODAY = "neighbours", "status-quo"
"""Packages that give the members' assets: what each neighbour has, and what flies in any case."""

Zone = Literal["own-airspace", "over-ukraine"]
OWN: Zone = "own-airspace"
UKRAINE: Zone = "over-ukraine"
ZONES: tuple[Zone, ...] = (OWN, UKRAINE)
ZONE_WORDS = {OWN: "in its own airspace", UKRAINE: "over Ukraine"}

STATE_VOICES = ("head", "government", "ministry", "alliance")
"""Voices that speak for a state or the alliance; parliaments, officers, advisers and parties are listed, and bind nobody."""

IN_FORCE = ("in-force", "adopted", "signed", "challenged")
"""Stages in which a law or agreement holds from its force date on; one that is not told to be in force needs that date."""

RECENT, FRESH = timedelta(days=180), timedelta(days=730)
"""Words of the last half year count together; where there are none, the last word of the last two years. Older ones stand for nobody. Assumptions:
governments change about as often."""

COUNTED = ("confirmed", "reported")
"""States of a claim that count here."""

RESERVE = ("supports", "considers", "conditional", "undecided", "opposes")
"""Stances from the readiest to the most reserved."""

YES = ("supports", "considers", "conditional")

NO_ALLIES = ("UA", "RU", "BY", *BODIES)
"""Whose support is no ally's: the host, the attacker and its ally, and bodies that are no nation."""

POLITICAL = ("alliance", "allies", "host", "eu", "own-law", "ceasefire")
"""Conditions that others or the law fulfil. Over Ukraine `imminent-entry` and `own-target` are what the heading rule stands for; elsewhere they are told and
not weighed, as `capacity` is everywhere."""

NEED_WORDS = {
    "alliance": "NATO's agreement", "allies": "allies who do the same", "host": "Ukraine's consent", "eu": "the EU's agreement",
    "imminent-entry": "that entry is imminent", "own-target": "that it flies toward its own territory", "capacity": "enough launchers and missiles",
    "own-law": "a law of its own that permits it", "ceasefire": "a ceasefire",
}  # fmt: skip


@dataclass(frozen=True)
class Reason:
    """One statement of the reasoning, with the entry it rests on (empty where the ledger has none) and that entry's sources."""

    text: str
    entry: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class ZoneVerdict:
    """Whether a nation would fire in a zone. `authority`: who says yes; `toward`: only at what flies toward its own territory."""

    zone: Zone
    yes: bool
    authority: str
    toward: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class NationVerdict:
    """``in``, ``caveat`` (in with a caveat) or ``out``, and why, zone by zone."""

    nation: str
    verdict: Literal["in", "caveat", "out"]
    zones: tuple[ZoneVerdict, ...]

    def of(self, zone: Zone) -> ZoneVerdict:
        return next(item for item in self.zones if item.zone == zone)


@dataclass(frozen=True)
class Possible:
    """What was possible on `day`: the package, the neighbours' verdicts, and what others had said (their consent is asked for, their aircraft are not)."""

    day: date
    package: Package
    nations: tuple[NationVerdict, ...]
    others: tuple[Entry, ...]


def possible_on(day: date, book: Book | None = None) -> Possible:
    """The coalition that was possible at the end of `day`. book: the ledger, default as it ships.

    Raises InputError where the ledger has no position from that time.
    """
    a_day("day", day)
    using = of_kind("book", book, Book, "a ledger, as zs.ledger() gives it, or None") if book is not None else shipped()
    positions = _seen(using.of("positions"), day)
    law = [seen for entry in using.of("law") if (seen := on(entry, day)) is not None]
    if not positions:
        first = min((entry.leading.first.known for entry in using.of("positions")), default=None)
        when = f"; its first is of {first}" if first is not None else ""
        raise InputError(f"--positions {day}: the ledger has no position of that day or before{when}")
    neighbours = package(ASSETS)
    nations = tuple(_nation(member.nation, positions, law, day) for member in neighbours.members)
    codes = {item.nation for item in nations}
    others = tuple(sorted((entry for entry in _lines(positions, day) if entry.country not in codes), key=lambda entry: entry.country))
    return Possible(day, _package(day, nations, neighbours, package(TODAY)), nations, others)


def name_on(day: date) -> str:
    """Name of the package of a day."""
    return f"positions-{day:%Y-%m-%d}"


def changes(a: Possible, b: Possible) -> list[tuple[str, str, str]]:
    """Nation, what it was on a's day, what on b's, for every neighbour whose verdict, or whose reasons, differ."""
    out = []
    for before in a.nations:
        after = next(item for item in b.nations if item.nation == before.nation)
        was, now = verdict_words(before), verdict_words(after)
        if was == now and rests_on(before) != rests_on(after):
            newer = [name for name in rests_on(after) if name not in rests_on(before)]
            now = "the same" + (f", on newer words ({', '.join(newer)})" if newer else ", its older words have lapsed")
        if was != now:
            out.append((before.nation, was, now))
    return out


def rests_on(item: NationVerdict) -> tuple[str, ...]:
    """Ids of the entries that a verdict rests on, each once."""
    return tuple(dict.fromkeys(reason.entry for zone in item.zones for reason in zone.reasons if reason.entry))


def verdict_words(item: NationVerdict) -> str:
    """``in with a caveat: it may fire in its own airspace, once the commander has agreed``."""
    if item.verdict == "out":
        return "out: it fires at nothing"
    told = []
    for zone in item.zones:
        if zone.yes:
            asked = {"pilot": "with nobody to ask in the moment", "commander": "once the commander has agreed"}.get(
                zone.authority, "once a minister has agreed"
            )
            told.append(f"{ZONE_WORDS[zone.zone]}{', at what flies toward its own territory' if zone.toward else ''}, {asked}")
    head = "in" if item.verdict == "in" else "in with a caveat"
    return f"{head}: it may fire {' and '.join(told)}"


# -- what is known ------------------------------------------------------------------------------------------------------


def _seen(entries: Iterable[Entry], day: date) -> list[Entry]:
    """Entries as known on the day; leads and what has been refuted or denied do not count."""
    found = [seen for entry in entries if (seen := on(entry, day)) is not None]
    return [entry for entry in found if not entry.leading.lead and entry.status in COUNTED]


def _in_force(facts: Mapping[str, Any], day: date) -> bool:
    start, end = facts.get("force_from"), facts.get("force_to")
    return facts.get("stage") in IN_FORCE and bool(start) and known_from(str(start)) <= day and not (end and known_from(str(end)) <= day)


def _covers(entry: Entry, zone: Zone) -> bool:
    return entry.facts.get("zone") in (zone, "both")


def _words(nation: str, zone: Zone, positions: Sequence[Entry], day: date) -> list[Entry]:
    """What speaks for the nation on the zone, freshest first: the last word of each speaker in the last half year, or else the last word of two years."""
    mine = [entry for entry in positions if entry.country == nation and _covers(entry, zone) and _speaks(entry, day) and day - _when(entry) <= FRESH]
    mine.sort(key=_when, reverse=True)
    last = {entry.leading.first.by.partition(",")[0]: entry for entry in reversed(mine) if day - _when(entry) <= RECENT}
    return sorted(last.values(), key=_when, reverse=True) or mine[:1]


def _speaks(entry: Entry, day: date) -> bool:
    """Whether the speaker speaks for the state and had not left office by that day."""
    return entry.facts.get("voice") in STATE_VOICES and in_office(entry.leading.first.by, entry.country, day)


def _word(entry: Entry) -> Ruling:
    """The speaker's own last ruling; what others made of it later is another matter."""
    own = [ruling for ruling in entry.leading.history if ruling.by == entry.leading.first.by]
    return own[-1]


def _when(entry: Entry) -> date:
    return _word(entry).known


def _line(words: Sequence[Entry]) -> Entry | None:
    """The most reserved of the words; None where there is none."""
    return max(words, key=lambda entry: RESERVE.index(str(entry.facts.get("stance")))) if words else None


@dataclass(frozen=True)
class _Rule:
    """One claim of a law that holds on the day: its facts, and the reason that tells it."""

    facts: Mapping[str, Any]
    reason: Reason


def _rules(nation: str, zone: Zone, law: Iterable[Entry], day: date) -> list[_Rule]:
    """What the law in force that day says of the nation's fire in the zone; readings and findings are left out."""
    out = []
    for entry in law:
        if entry.country != nation:
            continue  # a treaty binds nobody to fire or not to fire; its readings are told under the positions
        for claim in entry.claims:
            last = claim.history[-1]
            facts = {
                **{key: value for key, value in entry.facts.items() if key in ("stage", "force_to")},
                **{key: value for ruling in claim.history for key, value in ruling.facts.items()},
            }
            if claim.lead or last.status not in COUNTED or facts.get("nation") != nation or facts.get("zone") not in (zone, "both"):
                continue
            if facts.get("stage") == "in-force":
                facts.setdefault("force_from", claim.first.date)
            if facts.get("effect") not in ("permits", "forbids", "requires") or not _in_force(facts, day):
                continue
            stage = str(facts.get("stage", "")).replace("-", " ")
            out.append(_Rule(facts, Reason(f"{entry.title} ({stage}). {last.by}, {last.date}: {last.says}", entry.id, claim.sources)))
    return out


def _lines(positions: Sequence[Entry], day: date) -> list[Entry]:
    """The last word of each state and alliance on each zone, by who speaks for it and is still in office."""
    out: dict[tuple[str, str], Entry] = {}
    for entry in sorted(positions, key=_when):
        for zone in ZONES:
            if _covers(entry, zone) and _speaks(entry, day):
                out[entry.country, zone] = entry
    return list({entry.id: entry for entry in out.values()}.values())


# -- what follows -------------------------------------------------------------------------------------------------------


def _nation(nation: str, positions: Sequence[Entry], law: Sequence[Entry], day: date) -> NationVerdict:
    zones = tuple(_zone(nation, zone, positions, law, day) for zone in ZONES)
    if not any(zone.yes for zone in zones):
        verdict: Literal["in", "caveat", "out"] = "out"
    else:
        free = all(zone.yes and zone.authority == "pilot" for zone in zones)
        verdict = "in" if free else "caveat"
    return NationVerdict(nation, verdict, zones)


def _zone(nation: str, zone: Zone, positions: Sequence[Entry], law: Sequence[Entry], day: date) -> ZoneVerdict:
    words, rules = _words(nation, zone, positions, day), _rules(nation, zone, law, day)
    line, name, where = _line(words), in_sentence(nation), ZONE_WORDS[zone]
    reasons = [*(_told(entry) for entry in words), *(rule.reason for rule in rules)]

    def no(why: str) -> ZoneVerdict:
        return ZoneVerdict(zone, False, "", False, (*reasons, Reason(why)))

    if any(rule.facts["effect"] == "forbids" for rule in rules):
        return no(f"A law in force forbids {name} to fire {where}.")
    if line is None:
        return no(f"The ledger has no word of {possessive(name)} government on firing {where} in the two years before.")
    stance = line.facts.get("stance")
    if stance not in YES:
        return no(f"The most reserved of its last words {'opposes it' if stance == 'opposes' else 'leaves it open'}.")
    permits = [rule for rule in rules if rule.facts["effect"] == "permits"]
    needs = {need for facts in [*(entry.facts for entry in words), *(rule.facts for rule in rules)] for need in facts.get("needs", ())}
    unmet = []
    for need in POLITICAL:
        if need in needs:
            met, reason = _met(need, nation, zone, positions, bool(permits), day)
            reasons.append(reason)
            if not met:
                unmet.append(need)
    if unmet:
        return no(f"Lacking, though it is a condition: {listed(NEED_WORDS[need] for need in unmet)}.")
    toward = [NEED_WORDS[need] for need in ("own-target", "imminent-entry") if need in needs and zone == UKRAINE]
    told = [NEED_WORDS[need] for need in ("capacity", "own-target", "imminent-entry") if need in needs and NEED_WORDS[need] not in toward]
    if told:
        reasons.append(Reason(f"It asks for this too, which is told and not weighed here: {listed(told)}."))
    if zone == UKRAINE:
        meant = f", which stands for its condition {listed(toward)}" if toward else ""
        reasons.append(Reason(f"Over Ukraine it is taken to mean what flies toward its own territory{meant}: that is what was proposed and discussed."))
    authorities = [str(rule.facts.get("authority", "")) for rule in permits]
    authority = next((choice for choice in ("commander", "pilot") if choice in authorities), "minister")
    return ZoneVerdict(zone, True, authority, zone == UKRAINE, tuple(reasons))


def _told(entry: Entry) -> Reason:
    last = _word(entry)
    return Reason(f"{last.date}, {last.by} ({entry.facts.get('stance')}): {last.says}", entry.id, entry.leading.sources)


def _met(need: str, nation: str, zone: Zone, positions: Sequence[Entry], permitted: bool, day: date) -> tuple[bool, Reason]:
    """Whether a political condition was fulfilled on the day, and why."""
    if need == "ceasefire":
        return False, Reason("There was no ceasefire.")
    if need == "own-law":
        return permitted, Reason("A law of its own permits it." if permitted else "The ledger has no law of its own in force that permits it.")
    if need in ("alliance", "eu", "host"):
        who = {"alliance": "NATO", "eu": "EU", "host": "UA"}[need]
        words = _words(who, zone, positions, day) or (_words(who, UKRAINE, positions, day) if need == "host" else [])
        line = _line(words)
        if line is None:
            return False, Reason(f"{NEED_WORDS[need]}: the ledger has no word of it.")
        stance = line.facts.get("stance")
        met = stance in YES if need == "host" else stance == "supports"
        return met, replace(_told(line), text=f"{NEED_WORDS[need]}: {_told(line).text}")
    others = {entry.country for entry in positions if entry.country not in (nation, *NO_ALLIES)}
    lines = [_line(_words(code, zone, positions, day)) for code in sorted(others)]
    ready = next((line for line in lines if line is not None and line.facts.get("stance") == "supports"), None)
    if ready is not None:
        return True, replace(_told(ready), text=f"{NEED_WORDS[need]}: {_told(ready).text}")
    return False, Reason(f"{NEED_WORDS[need]}: no other nation's government supported it {ZONE_WORDS[zone]}.")


# -- the package --------------------------------------------------------------------------------------------------------


def _package(day: date, nations: Sequence[NationVerdict], assets: Package, today: Package) -> Package:
    have = {member.nation: member.model_dump(mode="json") for member in assets.members}
    calm = {member.nation: member.model_dump(mode="json") for member in today.members}
    patterns = {caveat["id"]: caveat for member in have.values() for caveat in member["caveats"]}
    members, out_of_it = [], []
    for item in nations:
        if item.verdict == "out" and item.nation not in calm:
            out_of_it.append(nation_name(item.nation))
            continue
        member = calm[item.nation] if item.verdict == "out" else have[item.nation]
        caveats = [_caveat(item, zone, patterns) for zone in item.zones if zone.yes]
        members.append({**member, "caveats": caveats, "note": member_note(item)})
    data: dict[str, Any] = {
        "name": name_on(day),
        "title": f"Possible on {day.day} {day:%B %Y}: by the positions and law of that day",
        "date": day.isoformat(),
        "agreed": "illustrative",
        "summary": " ".join(f"{nation_name(item.nation)} is {verdict_words(item)}." for item in nations),
        "note": "Built from the positions and the law that the ledger has for this day (docs/positions.md); no nation had agreed to it."
        + (f" Left out, because they are out and the status quo has no fighters of theirs: {', '.join(out_of_it)}." if out_of_it else ""),
        "aircraft": [entry.model_dump(mode="json") for entry in assets.aircraft],
        "members": members,
    }
    return checked(inspect_package(Document(data)), f"the package of {day}")


def _caveat(item: NationVerdict, zone: ZoneVerdict, patterns: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The caveat that a yes amounts to, after the pattern of the neighbours' package; Ukraine's airspace is not entered."""
    pattern = patterns["own-airspace" if zone.zone == OWN else "toward-border"]
    asked = {"pilot": "pre-delegated", "commander": "commander"}.get(zone.authority, "ministerial")
    rests_on = next((name for reason in zone.reasons for name in reason.sources if name in sources()), ASSUMPTION)
    caveat = {
        **pattern,
        "effect": "permit" if asked == "pre-delegated" else "ask",
        "approval": {"authority": asked},
        "source": rests_on,
        "says": f"{nation_name(item.nation)}: {ZONE_WORDS[zone.zone]}, by what it had said and what was law on that day.",
    }
    return caveat


def member_note(item: NationVerdict) -> str:
    """Why the nation is in or out, in sentences, each with the id of the entry and of the first source that it rests on."""
    out = [f"{nation_name(item.nation)} is {verdict_words(item)}."]
    for zone in item.zones:
        told = " ".join(f"{reason.text}{f' [{reason.entry}: {reason.sources[0]}]' if reason.sources else ''}" for reason in zone.reasons)
        out.append(f"{ZONE_WORDS[zone.zone].capitalize()}: {told}")
    return " ".join(out)
