"""What a package's plain data says of its rules, and an input's number as text; its sentences are `zaslin.scenario.say`'s."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zaslin.brief.numbers import DASH, NBSP

_UNIT_WORDS = {
    "min": "min",
    "s": "s",
    "h": "h",
    "km": "km",
    "m": "m",
    "count": "",
    "rounds": "",
    "probability": "",
    "share": "",
    "deg": "°",
    "km/h": "km/h",
    "mps": "m/s",
    "usd": "USD",
    "usd/h": "USD/h",
    "1/h": "an hour",
    "1/h/10000km2": "an hour and 10,000 km²",
    "usd/round": "USD/round",
    "factor": "",
    "kg/m2": "kg/m²",
    "m2": "m²",
    "kg": "kg",
    "persons": "persons",
}


WEIGHING = ("highest-value", "optimal")
"""Policies of assignment that ask what a threat is worth."""


def unit_word(unit: str) -> str:
    """A unit as people write it; empty for pure numbers."""
    return _UNIT_WORDS.get(unit, unit)


def plain(value: float) -> str:
    """An input's number to four figures, or whole where it is large."""
    text = f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.4g}"
    return text.replace("-", "\u2212")


def amount(number: Mapping[str, Any], unit: str | None = None) -> str:
    """``15 min (5–45)``: value, unit and range of a sourced number; the range only where there is one."""
    word = unit_word(str(number["unit"])) if unit is None else unit
    gap = "" if word == "°" or not word else NBSP
    text = f"{plain(number['value'])}{gap}{word}"
    if number["low"] != number["high"]:
        text += f" ({plain(number['low'])}{DASH}{plain(number['high'])})"
    return text


def own_airspace_only(package: Mapping[str, Any]) -> bool:
    """Whether every rule that lets anybody fire is confined to the member's own airspace; False where nobody may fire at all."""
    rules = [rule for member in package["members"] for rule in member["caveats"] if rule["effect"] != "forbid"]
    return bool(rules) and all(rule["zone"].get("area") == "own-airspace" for rule in rules)


def never_fires(package: Mapping[str, Any]) -> bool:
    """Whether no rule of the package lets anybody fire."""
    return not any(rule["effect"] != "forbid" for member in package["members"] for rule in member["caveats"])


def with_gbad(package: Mapping[str, Any]) -> list[str]:
    """Members that bring ground-based air defence to the package."""
    return [str(member["nation"]) for member in package["members"] if any(asset["kind"] == "gbad" for asset in member["assets"])]


def with_helicopters(package: Mapping[str, Any]) -> list[str]:
    """Members that bring helicopters or light aircraft to the package."""
    return [str(member["nation"]) for member in package["members"] if any(asset["kind"] == "helicopters" for asset in member["assets"])]


def alert_left_out(baseline: Mapping[str, Any], package: Mapping[str, Any]) -> list[str]:
    """ISO codes of nations with aircraft on alert in the baseline and none in the package, whose alert flights the package does not count."""
    kept = set(_on_alert(package))
    return [code for code in _on_alert(baseline) if code not in kept]


def _on_alert(package: Mapping[str, Any]) -> list[str]:
    return [str(member["nation"]) for member in package["members"] if any(asset["kind"] in ("qra", "helicopters") for asset in member["assets"])]


def switched_off(packages: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Beginnings of the paths of inputs that nothing reads, because the part they belong to is switched off in the package."""
    off = []
    for package in packages:
        for member in package["members"]:
            picture, at = member["picture"], f"package.{package['name']}.members[{member['nation']}].picture"
            if not picture["shared"]["enabled"]:
                off.append(f"{at}.shared.")
            if picture.get("detection") == "horizon":
                off += [f"{at}.revisit.", f"{at}.p_look.", f"{at}.drop_after"]
            elif not picture["airborne"]:
                off.append(f"{at}.revisit.airborne")
        if package.get("assignment") not in WEIGHING:
            off.append(f"package.{package['name']}.values.")
        if not package.get("pooling", {}).get("enabled", False) and "pooling" in package:
            off.append(f"package.{package['name']}.pooling.")
    return tuple(off)


def members_of(packages: Sequence[Mapping[str, Any]]) -> list[str]:
    """ISO codes of all members of the packages, in the order in which they are named first."""
    codes = [str(member["nation"]) for package in packages for member in package["members"]]
    return list(dict.fromkeys(codes))


def short_titles(titles: Sequence[str]) -> list[str]:
    """What stands before the colon of each title, where that is not empty and tells all of them apart; else the whole titles."""
    shorts = [title.split(":", 1)[0].strip() for title in titles]
    return shorts if all(shorts) and len(set(shorts)) == len(shorts) else list(titles)
