"""The story of one threat in words: each event of `measures.story` as a line that a person can read.

Times are the night's own. Hits that follow each other with nothing between are told in one line, unless every look is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from zaslin.brief.night import moment
from zaslin.brief.numbers import listed
from zaslin.brief.rules import amount
from zaslin.brief.sentences import CAUSE_WORDS, FATE_WORDS, nation
from zaslin.outcomes.tables import COALITION, NO_MATCH_NAME
from zaslin.scenario.nations import possessive
from zaslin.units import KM

Event = Mapping[str, Any]

_FALLS = {"debris": "debris falls", "wreck": "the wreck falls", "stray": "a round that missed falls"}
_BY = {"ground": "by a ground radar", "airborne": "by an airborne radar", "shared": "by the shared picture", "pooled": "by another member's radar"}
_RESULT = {
    "killed": "shot down", "missed": "its shots missed", "closed": "fire no longer permitted", "out_of_reach": "it could not be reached in time",
    "ended": "the threat ended first", "pilot_held": "the pilot held fire",
}  # fmt: skip
_AREA = {"own-airspace": "in its own airspace", "ukraine": "over Ukraine", "anywhere": "anywhere"}
_COUNTS = ("three", "four", "five", "six", "seven", "eight", "nine", "ten")


def _result(event: Mapping[str, Any]) -> str:
    result = str(event.get("result") or "no result")
    shots = event.get("shots") or 0
    return f"{_RESULT.get(result, result)}, {f'{shots:,}' if shots else 'no'} shot{'' if shots == 1 else 's'}"


def story_lines(story: Mapping[str, Any], night: Mapping[str, Any], every_look: bool = False) -> list[tuple[str, str, str]]:
    """(seconds from the night's epoch, UTC, what happened) for every event of a story. night: the manifest's.

    every_look: each hit of a radar in a line of its own; else those of one radar between two other events are summed.
    """
    epoch = epoch_of(night)
    entries = {event["t_s"] for event in story["story"] if event["event"] == "entered"}
    told = [event for event in story["story"] if event["event"] != "would_enter" or event["t_s"] not in entries]  # who enters need not be said to do so
    if not every_look:
        told = list(_summed(told))
    told = list(_together(told, len(story.get("members") or ())))
    return [(f"{event['t_s']:,.0f}", clock(epoch, event["t_s"]), event_words(event, epoch)) for event in told]


def epoch_of(night: Mapping[str, Any]) -> datetime | None:
    """The moment from which a night's seconds count: its first group's beginning; None where no group has one. night: the manifest's."""
    return min((moment(group["start_utc"]) for group in night.get("groups", []) if isinstance(group.get("start_utc"), str)), default=None)


def clock(epoch: datetime | None, t_s: float) -> str:
    """UTC, ``29 Dec 02:07:30``, of a second from the epoch; empty without one."""
    return f"{epoch + timedelta(seconds=t_s):%d %b %H:%M:%S}" if epoch is not None else ""


def _summed(events: Iterable[Event]) -> Iterable[Event]:
    """The events with the hits of each radar between two other events as one, at the time of the first: `hits`, `looks` from there on, and `until_s`."""
    waiting: dict[Any, dict[str, Any]] = {}
    for event in events:
        if event["event"] != "look_hit":
            yield from waiting.values()
            waiting = {}
            yield event
            continue
        of = (tuple(event["members"]), event["by"], event["radar"])
        if of in waiting and event.get("starts_track"):  # so that what is told from there on sums to the track's own
            yield from waiting.values()
            waiting = {}
        if of not in waiting:
            waiting[of] = {**event, "hits": 1, "looks": 1, "until_s": event["t_s"]}
        else:
            run = waiting[of]
            run["hits"], run["looks"], run["until_s"] = run["hits"] + 1, run["looks"] + 1 + event["missed"], event["t_s"]
    yield from waiting.values()


def _together(events: Iterable[Event], of: int) -> Iterable[Event]:
    """The events with what befalls several members in the same second, and alike, as one with ``members``. of: how many members the package has."""
    run: list[Event] = []
    for event in [*events, None]:
        if run and (event is None or event["event"] not in _ALIKE or _but_the_member(event) != _but_the_member(run[0])):
            codes = [str(one["member"]) for one in run]
            yield run[0] if len(run) == 1 else {**run[0], "members": codes, "all_members": len(codes) == of}
            run = []
        if event is not None and event["event"] in _ALIKE:
            run.append(event)
        elif event is not None:
            yield event


_ALIKE = ("permitted", "permission_ended", "track_lost")


def _but_the_member(event: Event) -> dict[str, Any]:
    return {key: round(value, 1) if key == "t_s" else value for key, value in event.items() if key != "member"}


def cause_line(cause: Mapping[str, Any]) -> str:
    """``Poland: permitted, but no aircraft could reach it in time``."""
    caveat = _by_caveat(cause)
    words = CAUSE_WORDS.get(cause["cause"], cause["cause"])
    if cause["cause"] == "not_seen" and cause["member"] != COALITION:
        words = "had no track of it"
    if cause["caveat"] == NO_MATCH_NAME:
        words, caveat = f"no rule {'of a member' if cause['member'] == COALITION else 'of it'} permits fire at this class", ""
    return f"{nation(cause['member'])}: {words}{caveat}"


def event_words(event: Event, epoch: datetime | None = None) -> str:
    """One event in words. epoch: of the night, for the clock of what lasts."""
    kind, who = event["event"], event.get("member")
    name = nation(who) if who else ""
    asset = f" ({event['asset']})" if event.get("asset") else ""
    if kind == "launched":
        way = f"; its free flight enters {_countries(event['excursion'])}" if event.get("excursion") else ""
        return f"launched: {event.get('model') or 'a threat'}, group {event.get('group') or 'not recorded'}{way}"
    if kind == "would_enter":
        return f"would enter {_countries(event['country'])} here, had nobody stopped it"
    if kind == "fate":
        end = f"shot down by {name}{asset}" if event["fate"] == "killed_member" and name else FATE_WORDS.get(event["fate"], event["fate"])
        other = event.get("would_have")
        rest = f"; without the coalition: {FATE_WORDS.get(other, other)}" if other and other != event.get("fate") else ""
        return f"its end: {end}{rest}"
    if kind == "fell":
        return f"{_FALLS.get(event['kind'], event['kind'])} in {nation(event['country']) if event.get('country') else 'no country'}"
    if kind == "ended_inside":
        return f"ends in {nation(event['country'])}, {(event['depth_m'] or 0.0) / KM:.1f} km deep at most, after {(event['path_m'] or 0.0) / KM:.1f} km there"
    if kind == "not_permitted":
        return f"{name} may not fire: {_not_permitted(event, name)}"
    if kind in _LOOKS:
        return _LOOKS[kind](event, epoch)
    if kind == "entered":
        return f"enters {nation(event['country'])}"
    if kind == "came_out":
        return f"is out of {nation(event['country'])} again: {(event['depth_m'] or 0.0) / KM:.1f} km deep, {(event['path_m'] or 0.0) / KM:.1f} km flown there"
    own, lose = possessive(name), f"{name} loses its track"
    rules, permission, its_track = f"{own} rules permit", f"{own} permission ends", "its track goes"
    if event.get("members"):
        whom = _whom(event["members"], bool(event.get("all_members")))
        rules, permission, its_track, lose = f"the rules of {whom} permit", f"the permission of {whom} ends", "their tracks go", f"{whom} lose their tracks"
    words = {
        "tracked": f"{name} has a track of it {_BY.get(str(event.get('by')), '')}{_since(event, epoch)}",
        "classified": f"{name} knows what it is",
        "track_lost": f"{lose}{_looks(event)}",
        "permitted": f"{rules} fire ({event.get('caveat')})",
        "permission_ended": f"{permission} ({event.get('caveat')}){f', and {its_track} on' if event.get('track_goes_on') else ''}",
        "committed": f"{name} commits a shooter{asset}",
        "held": f"{name} does not fire{asset}: {CAUSE_WORDS.get(str(event.get('cause')), event.get('cause'))}{_by_caveat(event)}",
        "fired": f"{name} fires{asset}{' its gun' if event.get('weapon') == 'gun' else ''}",
        "hit": f"{own} round hits{asset}",
        "missed": f"{own} round misses{asset}",
        "found_nothing": f"{own} round finds nothing more to hit{asset}",
        "fired_at_wreck": f"{name} takes the kill for a miss and fires at the wreck{asset}",
        "engagement_ended": f"{own} engagement ends{asset}: {_result(event)}",
    }
    return words.get(kind, str(kind)).strip()


def _not_permitted(event: Event, name: str) -> str:
    """Why a member may not fire at what it knows: the caveat's words where the package has them."""
    rules, caveat = event.get("rules"), event.get("caveat")
    if rules == []:
        return f"no rule of {name} permits fire at this class"
    told = "; ".join(_rule(rule) for rule in rules or ()) or caveat
    if caveat is None:
        return "none of its rules for this class permits it now" + (f" ({told})" if told else "")
    if event.get("link") == "not_approved":
        return f"no approval has come ({told})"
    if rules and rules[0]["effect"] == "forbid":
        return f"no rule permits it, and where one would, another forbids it ({told})"
    return f"its rule does not match ({told})"


def _rule(rule: Mapping[str, Any]) -> str:
    """``toward-border: over Ukraine, heading for its own territory within 600 s``."""
    zone = rule.get("zone") or {}
    if zone.get("within") is not None:
        place = f"over Ukraine within {amount(zone['within'])} of its border"
    elif zone.get("named") is not None:
        place = f"in the zone {zone['named']}"
    else:
        place = _AREA.get(str(zone.get("area")), "")
    heading = f"heading for its own territory within {amount(rule['horizon'])}" if rule.get("horizon") else ""
    asked = "after asking" if rule.get("effect") == "ask" else ""
    words = ", ".join(part for part in (place, heading, asked) if part)
    return f"{rule['id']}: {words}" if words else str(rule["id"])


def _time(epoch: datetime | None, t_s: float) -> str:
    return f"{epoch + timedelta(seconds=t_s):%H:%M:%S}" if epoch is not None else f"{t_s:,.0f} s"


def _since(event: Event, epoch: datetime | None) -> str:
    return f", begun by its hit at {_time(epoch, event['since_s'])}" if event.get("since_s") is not None else ""


def _radar(event: Event) -> str:
    if event["by"] == "ground":
        return f"{possessive(listed(nation(code) for code in event['members']))} ground radars"
    return f"the airborne radar {event['radar'] or ''}".rstrip() + f" (for {_whom(event['members'], bool(event.get('all_members')))})"


def _whom(codes: Sequence[str], everyone: bool) -> str:
    """Members by name, or how many where it is all of more than two."""
    n = len(codes)
    if not everyone or n < 3:
        return listed(nation(code) for code in codes)
    return f"all {_COUNTS[n - 3] if n - 3 < len(_COUNTS) else n} members"


def _verb(event: Event, plural: str) -> str:
    return plural if event["by"] == "ground" else f"{plural}s"


def _in_view(event: Event, epoch: datetime | None) -> str:
    look, see = _verb(event, "look"), _verb(event, "see")
    return f"comes into view of {_radar(event)}, which {look} every {event['revisit_s']:.0f} s and {see} it with a chance of {event['chance']:.2f} a look"


def _look_hit(event: Event, epoch: datetime | None) -> str:
    first = f" after {_looks_without(event['missed'])}" if event["missed"] else ""
    first += ", the first hit of a track" if event.get("starts_track") else ""
    seen = f"{_radar(event)} {_verb(event, 'see')} it{first}"
    if event.get("hits", 1) == 1:
        return seen
    return f"{seen}: {event['hits']} hits in {event['looks']} looks, until {_time(epoch, event['until_s'])}"


def _dropped(event: Event, epoch: datetime | None) -> str:
    after = f" after {_looks_without(event['missed'])}" if event["missed"] else ""
    sums = f"{event['hits']} hits in {event['looks']} looks since {_time(epoch, event['since_s'])}"
    never = event.get("uncounted") or []
    lapsed = ""
    if never:
        whose = "" if len(event["members"]) == 1 else f" for {_whom(never, bool(event.get('all_members')) and len(never) == len(event['members']))}"
        lapsed = f"; too short to count as a track{whose}"
    return f"{_radar(event)} {_verb(event, 'lose')} it{after}: {sums}{lapsed}"


def _out_of_view(event: Event, epoch: datetime | None) -> str:
    return f"is out of view of {_radar(event)}" + (f", after {_looks_without(event['missed'])}" if event["missed"] else "")


def _last_looks(event: Event, epoch: datetime | None) -> str:
    return f"its end comes after {_looks_without(event['missed'])} by {_radar(event)}"


def _looks_without(count: int) -> str:
    return f"{count:,} {'look' if count == 1 else 'looks'} without a hit"


_LOOKS = {"in_view": _in_view, "look_hit": _look_hit, "dropped": _dropped, "out_of_view": _out_of_view, "last_looks": _last_looks}


def _by_caveat(event: Event) -> str:
    caveat = event.get("caveat")
    return f" ({'no rule covers this class' if caveat == NO_MATCH_NAME else caveat})" if caveat else ""


def _looks(event: Event) -> str:
    return f" after {event['hits']} hits in {event['looks']} looks" if event.get("looks") else ""


def _countries(codes: str | None) -> str:
    return listed(nation(code) for code in (codes or "").split(",") if code) or "a neighbour"
