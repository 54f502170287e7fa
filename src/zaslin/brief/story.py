"""The story of one threat in words: each event of `measures.story` as a line that a person can read.

Times are the night's own. Hits that follow each other with nothing between are told in one line, unless every look is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from zaslin.brief.night import moment
from zaslin.brief.numbers import listed
from zaslin.brief.sentences import CAUSE_WORDS, FATE_WORDS, nation
from zaslin.outcomes.tables import COALITION
from zaslin.scenario.nations import possessive
from zaslin.units import KM

Event = Mapping[str, Any]

_FALLS = {"debris": "debris falls", "wreck": "the wreck falls", "stray": "a round that missed falls"}
_BY = {"ground": "by a ground radar", "airborne": "by an airborne radar", "shared": "by the shared picture", "pooled": "by another member's radar"}
_RESULT = {"pilot_held": "the pilot held fire"}


def _result(event: Mapping[str, Any]) -> str:
    result = str(event.get("result") or "no result")
    return _RESULT.get(result, result)


def story_lines(story: Mapping[str, Any], night: Mapping[str, Any], every_look: bool = False) -> list[tuple[str, str, str]]:
    """(seconds from the night's epoch, UTC, what happened) for every event of a story. night: the manifest's.

    every_look: each hit of a radar in a line of its own; else those of one radar between two other events are summed.
    """
    starts = [moment(group["start_utc"]) for group in night.get("groups", []) if isinstance(group.get("start_utc"), str)]
    epoch = min(starts, default=None)
    entries = {event["t_s"] for event in story["story"] if event["event"] == "entered"}
    told = [event for event in story["story"] if event["event"] != "would_enter" or event["t_s"] not in entries]  # who enters need not be said to do so
    if not every_look:
        told = list(_summed(told))
    return [(f"{event['t_s']:,.0f}", _clock(epoch, event["t_s"]), event_words(event, epoch)) for event in told]


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
        if of not in waiting:
            waiting[of] = {**event, "hits": 1, "looks": 1, "until_s": event["t_s"]}
        else:
            run = waiting[of]
            run["hits"], run["looks"], run["until_s"] = run["hits"] + 1, run["looks"] + 1 + event["missed"], event["t_s"]
    yield from waiting.values()


def cause_line(cause: Mapping[str, Any]) -> str:
    """``Poland: permitted, but no aircraft could reach it in time``."""
    caveat = f" ({cause['caveat']})" if cause["caveat"] else ""
    words = CAUSE_WORDS.get(cause["cause"], cause["cause"])
    if cause["cause"] == "not_seen" and cause["member"] != COALITION:
        words = "had no track of it"
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
    if kind in _LOOKS:
        return _LOOKS[kind](event, epoch)
    if kind == "entered":
        return f"enters {nation(event['country'])}"
    if kind == "came_out":
        return f"is out of {nation(event['country'])} again: {(event['depth_m'] or 0.0) / KM:.1f} km deep, {(event['path_m'] or 0.0) / KM:.1f} km flown there"
    own = possessive(name)
    words = {
        "tracked": f"{name} has a track of it {_BY.get(str(event.get('by')), '')}",
        "classified": f"{name} knows what it is",
        "track_lost": f"{name} loses its track{_looks(event)}",
        "permitted": f"{own} rules permit fire ({event.get('caveat')})",
        "permission_ended": f"{own} permission ends ({event.get('caveat')})",
        "committed": f"{name} commits a shooter{asset}",
        "held": f"{name} does not fire{asset}: {CAUSE_WORDS.get(str(event.get('cause')), event.get('cause'))}{_by_caveat(event)}",
        "fired": f"{name} fires{asset}{' its gun' if event.get('weapon') == 'gun' else ''}",
        "hit": f"{own} round hits{asset}",
        "missed": f"{own} round misses{asset}",
        "found_nothing": f"{own} round finds nothing more to hit{asset}",
        "fired_at_wreck": f"{name} takes the kill for a miss and fires at the wreck{asset}",
        "engagement_ended": f"{own} engagement ends{asset}: {_result(event)}, shots: {event.get('shots') or 0}",
    }
    return words.get(kind, str(kind)).strip()


def _radar(event: Event) -> str:
    names = listed(nation(code) for code in event["members"])
    if event["by"] == "ground":
        return f"{names}'s ground radars"
    return f"the airborne radar {event['radar'] or ''}".rstrip() + f" (for {names})"


def _in_view(event: Event, epoch: datetime | None) -> str:
    return f"comes into view of {_radar(event)}, which look every {event['revisit_s']:.0f} s and see it with a chance of {event['chance']:.2f} a look"


def _look_hit(event: Event, epoch: datetime | None) -> str:
    first = f" after {_looks_without(event['missed'])}" if event["missed"] else ""
    who = _radar(event)
    who = who[0].upper() + who[1:]
    see = "see" if event["by"] == "ground" else "sees"
    if event.get("hits", 1) == 1:
        return f"{who} {see} it{first}"
    until = f"{epoch + timedelta(seconds=event['until_s']):%H:%M:%S}" if epoch is not None else f"{event['until_s']:,.0f} s"
    return f"{who} {see} it{first}: {event['hits']} hits in {event['looks']} looks, until {until}"


def _out_of_view(event: Event, epoch: datetime | None) -> str:
    return f"is out of view of {_radar(event)}" + (f", after {_looks_without(event['missed'])}" if event["missed"] else "")


def _last_looks(event: Event, epoch: datetime | None) -> str:
    return f"its end comes after {_looks_without(event['missed'])} by {_radar(event)}"


def _looks_without(count: int) -> str:
    return f"{count:,} {'look' if count == 1 else 'looks'} without a hit"


_LOOKS = {"in_view": _in_view, "look_hit": _look_hit, "out_of_view": _out_of_view, "last_looks": _last_looks}


def _by_caveat(event: Event) -> str:
    return f" ({event['caveat']})" if event.get("caveat") else ""


def _looks(event: Event) -> str:
    return f" after {event['hits']} hits in {event['looks']} looks" if event.get("looks") else ""


def _countries(codes: str | None) -> str:
    return listed(nation(code) for code in (codes or "").split(",") if code) or "a neighbour"


def _clock(epoch: datetime | None, t_s: float) -> str:
    return f"{epoch + timedelta(seconds=t_s):%d %b %H:%M:%S}" if epoch is not None else ""
