"""Why a night has no crossing like a reported one, and which is the nearest that it has, in words; it draws no route."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from zaslin.scenario.catalogue import model_for
from zaslin.scenario.incident import incidents
from zaslin.scenario.nations import in_sentence
from zaslin.scenario.night import JOINT
from zaslin.scenario.unmet import WORDS

_MOST = 3
"""Incidents named at most."""


def no_crossing(
    event: Mapping[str, Any],
    night: Mapping[str, Any],
    chances: Mapping[tuple[str, str], float],
    routes: int,
    blocks: int,
    rates: bool = True,
    option: str = ", for --given",
) -> str:
    """A paragraph: that no threat of the night makes such a crossing, the nearest crossing that it has, and incidents that can be given instead. Where some
    threat does come into the country, only not among the routes drawn: how rare that is, and incidents of the night's other kinds.

    event, night: an incident and a night as plain data, as in a manifest. chances: by (group, country) that a launched threat enters that country, Ukraine's
    layer left out. routes: drawn in search of it, in `blocks` blocks of replicates. rates: whether to say how rare a crossing is, for which a few blocks are
    too few. option: what the incidents are for, in the reader's words.
    """
    cls, country = str(event["threat_class"]), str(event["country"])
    kinds = _kinds(night["groups"], chances)
    drawn = f"{routes:,} routes drawn in {blocks:,} block{'' if blocks == 1 else 's'} of nights"
    if (cls, country) in kinds:
        chance = kinds.pop((cls, country))
        text = f"a crossing like {event['id']} is too rare on night {night['id']} to be found in {drawn} for its {WORDS[cls]}"
        text += f" (about {_one_in(chance)} comes into {in_sentence(country)})." if rates else "."
        known = _like(kinds, (cls, country), str(night["id"]), night.get("incidents") or ())
        return f"{text} Reported crossings of another kind that it has{option}: {', '.join(known)}." if known else text
    text = f"no threat of night {night['id']} makes a crossing like {event['id']}: of {drawn} for its {WORDS[cls]} none comes into {in_sentence(country)}."
    if not kinds:
        return f"{text} None of its threats comes into a neighbour's airspace."
    near = min(kinds, key=lambda kind: (kind[1] != country, kind[0] != cls, -kinds[kind]))
    text += f" The nearest that the night has: {WORDS[near[0]]} into {in_sentence(near[1])}{f', about {_one_in(kinds[near])}' if rates else ''}."
    known = _like(kinds, near, str(night["id"]), night.get("incidents") or ())
    return f"{text} Reported crossings of a kind that it has{option}: {', '.join(known)}." if known else text


def _one_in(chance: float) -> str:
    return f"one in {_round(1.0 / chance):,} of those launched"


def _kinds(groups: Iterable[Mapping[str, Any]], chances: Mapping[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    """By (class, country): the chance that a launched threat of the class enters the country, where there is any. A joint group counts for its first class."""
    launched: dict[str, int] = {}
    entering: dict[tuple[str, str], float] = {}
    for group in groups:
        cls, count = model_for(str(group["model"]).split(JOINT)[0]).threat_class, int(group["count"])
        launched[cls] = launched.get(cls, 0) + count
        for (name, country), chance in chances.items():
            if name == group["id"] and chance > 0.0:
                entering[cls, country] = entering.get((cls, country), 0.0) + count * chance
    return {(cls, country): n / launched[cls] for (cls, country), n in entering.items()}


def _like(kinds: Mapping[tuple[str, str], float], near: tuple[str, str], night: str, own: Iterable[str]) -> list[str]:
    """Incidents of these kinds: the night's own first, then those of the nearest kind, then by date from the night's."""
    there = [item for item in incidents().values() if (item.threat_class, item.country) in kinds and item.status in ("confirmed", "unconfirmed")]
    mine = set(own)
    day = next((item.date_utc for item in incidents().values() if item.id in mine), _day(night))
    there.sort(key=lambda item: (item.id not in mine, (item.threat_class, item.country) != near, abs((item.date_utc - day).days), item.id))
    return [item.id for item in there[:_MOST]]


def _day(night: str) -> date:
    """The date that a night's id begins with; the middle of the table's time for a night with a name of its own."""
    try:
        return date.fromisoformat(night[:10])
    except ValueError:
        return date(2024, 1, 1)


def _round(value: float) -> int:
    """To two figures."""
    size = 10 ** max(0, len(str(int(value))) - 2)
    return round(value / size) * size
