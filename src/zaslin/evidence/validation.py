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


def of_night(record: dict[str, Any], night: str) -> list[dict[str, Any]]:
    """What earlier windows foretold of a shipped night's classes, beside what came; empty for a night that the record lacks."""
    return [row for row in record["nights"] if row["night"] == night]


def misses(record: dict[str, Any]) -> list[dict[str, Any]]:
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
