"""The track record: what `zaslin validate` found when this version was made, as plain data that a brief and the command line read.

It foretells nothing; `studies/hindcast` does, and a record of it is shipped. Whoever has a daily-reports table makes it anew with `zaslin validate --from`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from zaslin.errors import InputError

RECORD = 1
TITLES = {
    "drone": "one-way drones",
    "cruise": "subsonic cruise missiles",
    "kh59": "Kh-59 and Kh-69",
    "ballistic": "ballistic missiles",
    "kinzhal": "Kinzhal",
}
"""The classes that are foretold, in words."""
ENOUGH = 30
"""Windows from which coverage and a difference are judged."""
QUANTITIES = {"duration_s": "duration", "depth_m": "depth", "path_m": "path"}
OUTCOMES = {"S": "stopped (destroyed or lost)", "D": "destroyed"}


@cache
def shipped_record() -> dict[str, Any]:
    """The record that comes with zaslin; read it, do not change it."""
    text = (files("zaslin.evidence") / "data" / "validation.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    if found.get("record") != RECORD:
        raise InputError("validation.json is of another version")
    return found


def of_night(record: Mapping[str, Any], night: str) -> list[dict[str, Any]]:
    """What earlier windows foretold of a shipped night's classes, beside what came; empty for a night that the record lacks."""
    return [row for row in record["nights"] if row["night"] == night]


def misses(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The class-nights that fell outside their 90 % intervals."""
    return [row for row in record["nights"] if not row["inside"]]


def verdict(row: Mapping[str, Any]) -> str:
    """A forecast row against its best baseline in words: better or worse only where the 90 % interval of the gain leaves out nothing, and
    windows are enough to say.

    >>> verdict({"windows": 99, "gain_low": 0.01, "gain_high": 0.09}), verdict({"windows": 99, "gain_low": -0.01, "gain_high": 0.09})
    ('better', 'no clear difference')
    """
    if row["windows"] < ENOUGH:
        return "too few to say"
    if row["gain_low"] > 0.0:
        return "better"
    return "worse" if row["gain_high"] < 0.0 else "no clear difference"


def undecided(item: Mapping[str, Any]) -> bool:
    """Whether a reported figure lies outside, but the model has too few stays to say so at 90 %."""
    return not item["inside"] and item["p"] < item["p_least"] and item["p_least"] > 0.1


def timed(record: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """(incident, surprise) of every reported duration, depth or path that the model gives a chance."""
    return [(row["incident"], item) for row in record.get("incidents", ()) for item in row["surprises"] if item["p"] is not None]


def early_words(record: Mapping[str, Any]) -> str:
    """A sentence on windows that are not scored because fewer than five came before them; empty where there are none."""
    early = record["not_scored"].get("too_early") or {}
    told = ", ".join(f"{count} {TITLES[cls].removesuffix('s') if count == 1 else TITLES[cls]}" for cls, count in early.items())
    return f"Windows with fewer than five of their class before them are not scored: {told}. " if told else ""
