"""The story of one threat in words: each event of `measures.story` as a line that a person can read.

Times are the night's own; what happened is read from the folder, nothing is computed anew.
"""

from __future__ import annotations

from collections.abc import Mapping
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


def story_lines(story: Mapping[str, Any], night: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(seconds from the night's epoch, UTC, what happened) for every event of a story. night: the manifest's."""
    starts = [moment(group["start_utc"]) for group in night.get("groups", []) if isinstance(group.get("start_utc"), str)]
    epoch = min(starts, default=None)
    entries = {event["t_s"] for event in story["story"] if event["event"] == "entered"}
    told = [event for event in story["story"] if event["event"] != "would_enter" or event["t_s"] not in entries]  # who enters need not be said to do so
    return [(f"{event['t_s']:,.0f}", _clock(epoch, event["t_s"]), event_words(event)) for event in told]


def cause_line(cause: Mapping[str, Any]) -> str:
    """``Poland: permitted, but no aircraft could reach it in time``."""
    caveat = f" ({cause['caveat']})" if cause["caveat"] else ""
    words = CAUSE_WORDS.get(cause["cause"], cause["cause"])
    if cause["cause"] == "not_seen" and cause["member"] != COALITION:
        words = "had no track of it"
    return f"{nation(cause['member'])}: {words}{caveat}"


def event_words(event: Event) -> str:
    """One event in words."""
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
        "engagement_ended": f"{own} engagement ends{asset}: {_result(event)}, shots: {event.get('shots') or 0}",
    }
    return words.get(kind, str(kind)).strip()


def _by_caveat(event: Event) -> str:
    return f" ({event['caveat']})" if event.get("caveat") else ""


def _looks(event: Event) -> str:
    return f" after {event['hits']} hits in {event['looks']} looks" if event.get("looks") else ""


def _countries(codes: str | None) -> str:
    return listed(nation(code) for code in (codes or "").split(",") if code) or "a neighbour"


def _clock(epoch: datetime | None, t_s: float) -> str:
    return f"{epoch + timedelta(seconds=t_s):%d %b %H:%M:%S}" if epoch is not None else ""
