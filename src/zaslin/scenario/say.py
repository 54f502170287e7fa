"""A package in plain sentences, each with the sources it rests on; it says what the package says and draws no conclusion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from zaslin.scenario.nations import in_sentence, nation_name, possessive
from zaslin.scenario.package import BorderGbad, Caveat, Fighters, Helicopters, Member, Package, PilotsGate, Trigger, Zone
from zaslin.scenario.picture import Picture
from zaslin.scenario.sourced import ASSUMPTION, Sourced
from zaslin.scenario.sources import named_in
from zaslin.scenario.usual_gbad import CREW_ROUNDS

_UNITS = {"count": "", "rounds": "", "share": "", "probability": "", "factor": "", "deg": "°", "mps": "m/s", "usd": "USD", "usd/h": "USD/h", "usd/round": "USD"}
_AGREED = {
    "real": "It stands for what was done.",
    "proposed": "It has been proposed, and not adopted.",
    "illustrative": "It is an illustration: no nation has agreed to it.",
}
_CLASSES = {
    "drone": "one-way drones", "cruise": "cruise missiles", "supersonic": "supersonic missiles", "aeroballistic": "aeroballistic missiles",
    "ballistic": "ballistic missiles", "unknown": "missiles of unknown class",
}  # fmt: skip


_WEIGHED = ("highest-value", "optimal")
_POLICY = {
    "own-border-first": "Shooters first take what would be in their own airspace soonest.",
    "highest-value": "Shooters first take what is worth most, by class and chance to hit.",
    "optimal": "Shooters and threats are matched so that the worth of all shots of a moment together is greatest.",
    "national": "Each nation decides for itself: two may shoot at the same threat.",
}


@dataclass(frozen=True)
class Sentence:
    """One statement. `section`: package, note, assets, picture or caveats; `member`: ISO code, empty for the package; `sources`: ids of the
    registry, and ``assumption`` where a number in it has no source."""

    section: str
    member: str
    text: str
    sources: tuple[str, ...]


def package_sentences(package: Package) -> list[Sentence]:
    """Everything a package says: what it is, then per member its assets, picture and caveats."""
    day = f"{package.date.day} {package.date:%B %Y}"
    out = [
        Sentence("package", "", f"{package.title} ({package.name}), as of {day}. {_AGREED[package.agreed]}", (package.source,)),
        Sentence("package", "", package.summary.strip(), (package.source,)),
    ]
    if package.note:
        out.append(Sentence("package", "", package.note.strip(), tuple(dict.fromkeys((package.source, *named_in(package.note))))))
    if package.fleet is not None:
        out.append(Sentence("package", "", f"It sets aside {say_number(package.fleet)} aircraft (declared).", sources_of(package.fleet)))
    if package.cap_pairs is not None:
        out.append(Sentence("package", "", f"Of these, {say_number(package.cap_pairs)} pairs are airborne together.", sources_of(package.cap_pairs)))
    if package.assignment != "earliest":
        weighed = listed(f"{_CLASSES[cls]} {say_number(number)}" for cls, number in package.values.items()) if package.assignment in _WEIGHED else ""
        text = f"{_POLICY[package.assignment]}{f' What a threat is worth: {weighed}.' if weighed else ''}"
        out.append(Sentence("package", "", text, sources_of(package.values) if weighed else ()))
    if len(package.members) > 1:
        late = f"The members pass their own tracks on to each other, {say_number(package.pooling.latency)} late."
        on = package.pooling.enabled
        out.append(Sentence("package", "", late if on else "No member passes its own tracks on to another.", sources_of(package.pooling) if on else ()))
    for name, zone in package.zones.items():
        less = "".join(f", less what lies within {say_number(limit)} of {nation_name(country)}" for country, limit in zone.less_within.items())
        out.append(Sentence("package", "", f"The zone {name} is {listed(zone.regions)} of Ukraine{less}.", sources_of(zone.less_within.values())))
    first: dict[str, str] = {}
    for member in package.members:
        out += _member(member, first, named_in(member.note) or (package.source,))
    return out


def package_sources(package: Package) -> tuple[str, ...]:
    """The ids that a package rests on, those named in its notes among them, each once, ``assumption`` last."""
    told = [source for sentence in package_sentences(package) for source in sentence.sources]
    return tuple(sorted(dict.fromkeys((*sources_of(package), *told)), key=lambda source: source == ASSUMPTION))


def say_number(number: Sourced) -> str:
    """``15 min (5–45)``; the range only where there is one.

    >>> say_number(Sourced(value=15, low=5, high=45, unit="min"))
    '15 min (5–45)'
    """
    unit = _UNITS.get(number.unit, number.unit)
    text = _plain(number.value) + ("" if not unit else unit if unit == "°" else f" {unit}")
    return text if number.low == number.high else f"{text} ({_plain(number.low)}–{_plain(number.high)})"


def listed(names: Iterable[str]) -> str:
    """``a, b and c``."""
    items = list(names)
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1] if items else ""


def sources_of(*parts: object) -> tuple[str, ...]:
    """The ids that the numbers and parts rest on, each once, ``assumption`` last."""
    found = dict.fromkeys(source for part in parts for source in _sources(part))
    return tuple(sorted(found, key=lambda source: source == ASSUMPTION))


def _sources(part: object) -> Iterator[str]:
    if isinstance(part, BaseModel):
        for name in type(part).model_fields:
            value = getattr(part, name)
            if name == "source":
                yield value
            else:
                yield from _sources(value)
    elif isinstance(part, dict):
        yield from _sources(part.values())
    elif isinstance(part, Iterable) and not isinstance(part, str):
        for inner in part:
            yield from _sources(inner)


def _plain(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.6g}"


def _member(member: Member, first: dict[str, str], basis: tuple[str, ...]) -> Iterator[Sentence]:
    who = _who(member.nation)
    if member.note:
        yield Sentence("note", member.nation, member.note.strip(), named_in(member.note))
    for asset in member.assets:
        text = _gbad(who, asset) if isinstance(asset, BorderGbad) else _helicopters(who, asset) if isinstance(asset, Helicopters) else _fighters(who, asset)
        yield Sentence("assets", member.nation, text, sources_of(asset))
    if not member.assets:
        yield Sentence("assets", member.nation, f"{who} brings no aircraft and no batteries.", ())
    picture = _picture(member.picture)
    same = first.setdefault(picture, who)
    text = f"{who} {picture}" if same == who else f"{who} sees what {same} sees, by the same means."
    yield Sentence("picture", member.nation, text, sources_of(member.picture))
    wait = member.waits
    if wait is not None:
        words = f"{possessive(who)} shots at what is outside its own airspace wait {say_number(wait)} to be clear of Ukraine's own missiles."
        if member.deconfliction is not None:
            words += (
                " Shared engagement zones are agreed with Ukraine, and each knows the other's aircraft."
                if member.deconflicted
                else " Nothing is agreed with Ukraine's own defence: each shot is called through, and neither knows the other's aircraft."
            )
        yield Sentence("caveats", member.nation, words, sources_of(wait))
    if not any(caveat.effect in ("permit", "ask") for caveat in member.caveats):
        flies = any(isinstance(asset, Fighters) for asset in member.assets)
        slowly = any(isinstance(asset, Helicopters) for asset in member.assets)
        guards = "its batteries never fire" if any(isinstance(asset, BorderGbad) for asset in member.assets) else "it watches, and has no fighters"
        then = f"its {'fighters' if flies else 'helicopters'} shadow and never fire" if flies or slowly else guards
        yield Sentence("caveats", member.nation, f"No caveat of {who} permits fire: {then}.", basis)
    elif any(isinstance(asset, Fighters | Helicopters) for asset in member.assets):
        yield Sentence("caveats", member.nation, _gate(who, member.pilot), sources_of(member.pilot))
    for caveat in member.caveats:
        yield Sentence("caveats", member.nation, _caveat(who, caveat), sources_of(caveat))


def _who(nation: str) -> str:
    """A nation as the start of a sentence."""
    name = in_sentence(nation)
    return name[:1].upper() + name[1:]


def _fighters(who: str, asset: Fighters) -> str:
    noun = "pair" if asset.pairs.value == 1 and asset.pairs.high == 1 else "pairs"
    what = f"{say_number(asset.pairs)} {noun} of {asset.aircraft}, {say_number(asset.missiles_per_jet)} missiles a jet"
    place = f"{asset.station.name} ({asset.station.lat:g} N {asset.station.lon:g} E)"
    flown = f" Flown by {asset.operator}." if asset.operator else ""
    note = f" {asset.note[0].upper()}{asset.note[1:].rstrip('.')}." if asset.note else ""
    if asset.kind == "cap" or asset.readiness is None or asset.trigger is None:
        turns = _turns(asset.turns) if asset.turns else ""
        return f"{who} keeps {what}, on patrol over {place} with relief from {asset.base}.{turns}{flown}{note}"
    when, ready = _scrambled(asset.trigger), say_number(asset.readiness)
    return f"{who} keeps {what}, on alert at {asset.base}: scrambled {when}, airborne {ready} later, then to {place}.{flown}{note}"


def _turns(turns: Sequence[int]) -> str:
    """Which of the pairs that the coalition keeps airborne together an asset's pairs are."""
    order = listed(_ordinal(turn) for turn in turns)
    if len(turns) == 1:
        return f" It is the {order} of the coalition's pairs: it flies where the coalition keeps at least {turns[0]} airborne."
    return f" They are the {order} of the coalition's pairs: each flies where the coalition keeps at least that many airborne."


def _ordinal(n: int) -> str:
    """``3rd``."""
    return f"{n}{'th' if n % 100 in (11, 12, 13) else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"


def _scrambled(trigger: Trigger) -> str:
    near = say_number(trigger.own_track_within)
    when = []
    if trigger.raid_warning:
        when.append(f"on warning of a raid, {say_number(trigger.lead)} before its first threat comes within {near} of the border")
    when.append(f"when an own track comes within {near} of the border")
    return " or ".join(when)


def _helicopters(who: str, asset: Helicopters) -> str:
    place = f"{asset.station.name} ({asset.station.lat:g} N {asset.station.lon:g} E)"
    flown = f" Flown by {asset.operator}." if asset.operator else ""
    note = f" {asset.note[0].upper()}{asset.note[1:].rstrip('.')}." if asset.note else ""
    when, ready = _scrambled(asset.trigger), say_number(asset.readiness)
    return (
        f"{who} keeps {say_number(asset.number)} of the type {asset.aircraft}, {say_number(asset.bursts)} bursts each, on alert at {asset.base}: scrambled "
        f"{when}, airborne {ready} later, each alone, then to {place}.{flown}{note}"
    )


def _gbad(who: str, asset: BorderGbad) -> str:
    kind = {"guns": "guns", "medium-range": "medium-range missiles", "interceptor-drones": "interceptor drones"}[asset.system]
    one = len(asset.provinces) == 1
    hits = listed(f"{say_number(asset.p_kill[cls])} against {_CLASSES[cls]}" for cls in asset.classes)
    note = f" {asset.note[0].upper()}{asset.note[1:].rstrip('.')}." if asset.note else ""
    return (
        f"{who} has notional ground-based air defence ({kind}): {'a battery' if one else 'one battery each'} in {listed(asset.provinces)}, "
        f"somewhere {say_number(asset.behind_border)} behind the border, no site. A threat that comes through passes over it with a chance of "
        f"{say_number(asset.coverage)}. It fires {'across the border too' if asset.across_border else 'in the own airspace'}, to {say_number(asset.reach)}, "
        f"between {say_number(asset.floor)} and {say_number(asset.ceiling)} up; one {CREW_ROUNDS[asset.system]} ends a threat that it "
        f"reaches with a chance of {hits}. Channels {say_number(asset.channels)}, magazine {say_number(asset.magazine)}, reaction "
        f"{say_number(asset.reaction)}, reload {say_number(asset.reload)}.{note}"
    )


def _gate(who: str, gate: PilotsGate) -> str:
    places = ((gate.over_own, "over own territory"), (gate.over_ukraine, "over Ukraine"))
    told = [f"{listed(f'{say_number(number)} at {_CLASSES[cls]}' for cls, number in numbers.items())} {where}" for numbers, where in places]
    return f"{possessive(who)} pilots look once more when all is permitted: the chance that one fires is {' and '.join(told)}."


def _picture(picture: Picture) -> str:
    text = f"sees low flyers with notional radars {say_number(picture.setback)} behind its border and coast on masts of {say_number(picture.mast)}"
    for radar in picture.airborne:
        ranges = listed(f"{_CLASSES[cls]} to {say_number(number)}" for cls, number in radar.range_by_class.items())
        text += f"; from an airborne radar over {radar.orbit.name}, {ranges}"
    shared = picture.shared
    text += (
        f"; a partner's shared picture holds a share of {say_number(shared.cover)} of the threats, {say_number(shared.latency)} late"
        if shared.enabled
        else "; no partner shares its picture"
    )
    return (
        f"{text}. {_looks(picture)} From sight to track {say_number(picture.track_delay)}, to classification another {say_number(picture.classification)}; "
        f"a threat is then taken for another class with a chance of {say_number(picture.confusion)}. Courses are known to "
        f"{say_number(picture.course_error)}, places to {say_number(picture.position_error)}."
    )


def _looks(picture: Picture) -> str:
    if picture.detection == "horizon":
        return "What comes into view is seen at once and never lost."
    often = f"every {say_number(picture.revisit.ground)}"
    if picture.airborne:
        often += f" (airborne radars every {say_number(picture.revisit.airborne)})"
    alike: dict[str, list[str]] = {}
    for name, chance in picture.p_look.items():
        alike.setdefault(say_number(chance), []).append(_CLASSES[name])
    chances = listed(f"{chance} for {listed(names)}" for chance, names in alike.items())
    return (
        f"A radar looks {often} and sees what is in view with a chance of {chances}; two hits in three looks make a track, "
        f"{say_number(picture.drop_after)} looks in a row without one lose it."
    )


def _zone(zone: Zone) -> str:
    if zone.within is not None:
        return f"over Ukraine within {say_number(zone.within)} of the own border"
    if zone.named is not None:
        return f"in the zone {zone.named}"
    return {"own-airspace": "in the own airspace", "ukraine": "over Ukraine", "anywhere": "anywhere"}[zone.area or "anywhere"]


def _caveat(who: str, caveat: Caveat) -> str:
    verb = {"permit": "permits fire", "ask": "permits fire after asking", "forbid": "forbids fire"}[caveat.effect]
    text = f"{possessive(who)} caveat {caveat.id} {verb} at {listed(_CLASSES[cls] for cls in caveat.classes)} {_zone(caveat.zone)}"
    if caveat.heading is not None:
        horizon = listed(f"{say_number(number)} ({_CLASSES[cls]})" for cls, number in caveat.heading.horizon.items())
        text += f", if at least a share of {say_number(caveat.heading.share)} of the courses that the track allows meets own territory within {horizon}"
    if caveat.effect != "forbid":
        place = caveat.shooter_place
        text += {"own-airspace": ", from the own airspace", "ukraine": ", from Ukraine's airspace too", "anywhere": ", from anywhere"}[place.area]
        if place.pursuit is not None:
            text += f" up to {say_number(place.pursuit)} from the own border"
    if caveat.effect == "ask":
        asked = {"commander": "the commander is asked", "ministerial": "a minister is asked"}.get(caveat.approval.authority, "nobody is asked")
        text += f"; {asked} and answers in {say_number(caveat.approval.delay)} (median)"
    elif caveat.effect == "permit":
        text += "; nobody is asked in the moment"
    return f"{text}. In words: {caveat.says.strip()}"
