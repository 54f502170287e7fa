"""A package in plain sentences: who takes part, with what, under which rules; from the manifest's plain data, not from YAML.

Says only what the package says; where it says "assumption", so does the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zaslin.brief.numbers import DASH, NBSP, listed
from zaslin.brief.sentences import CLASS_WORDS, nation

_UNIT_WORDS = {
    "min": "min", "s": "s", "h": "h", "km": "km", "m": "m", "count": "", "rounds": "", "probability": "", "share": "", "deg": "°", "km/h": "km/h",
    "mps": "m/s", "usd": "USD", "usd/h": "USD/h", "usd/round": "USD/round", "factor": "", "kg/m2": "kg/m²", "m2": "m²", "kg": "kg", "persons": "persons",
}


def unit_word(unit: str) -> str:
    """A unit as people write it; empty for pure numbers."""
    return _UNIT_WORDS.get(unit, unit)


def plain(value: float) -> str:
    """An input's number as its file gives it: no rounding beyond six figures."""
    text = f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.6g}"
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


def declared_gbad(package: Mapping[str, Any]) -> list[str]:
    """Members whose ground-based air defence is declared in the package; the engine does not play it yet."""
    return [str(member["nation"]) for member in package["members"] if any(asset["kind"] == "gbad" for asset in member["assets"])]


def fighters_sentence(asset: Mapping[str, Any]) -> str:
    """One asset: how many pairs of what, where, and what makes them fly."""
    pairs = amount(asset["pairs"], "")
    noun = "pair" if float(asset["pairs"]["value"]) == 1.0 else "pairs"
    loads = amount(asset["missiles_per_jet"], "")
    base, place = asset["base"], asset["station"]["name"]
    if asset["kind"] == "cap":
        text = f"{pairs} {noun} of {asset['aircraft']} kept airborne over {place} with relief from {base}, {loads} missiles a jet"
    else:
        text = f"{pairs} {noun} of {asset['aircraft']} on alert at {base}, ready in {amount(asset['readiness'])}, then to {place}, {loads} missiles a jet"
    if asset.get("operator"):
        text += f" (flown by {nation(asset['operator'])})"
    return text


def rule_sentence(rule: Mapping[str, Any]) -> str:
    """One caveat from its fields: may fire, must ask, or may not; at what, where, under which test, from where, on whose word."""
    classes = listed(CLASS_WORDS.get(name, name) for name in rule["classes"])
    verb = {"permit": "may fire at", "ask": "must ask before firing at", "forbid": "may not fire at"}[rule["effect"]]
    parts = [f"{verb} {classes} {_zone(rule['zone'])}"]
    heading = rule.get("heading")
    if heading:
        horizons = listed(f"{amount(value)} for {CLASS_WORDS.get(name, name)}" for name, value in heading["horizon"].items())
        parts.append(f"if at least {amount(heading['share'])} of the courses that the track allows would cross its border within {horizons}")
    if rule["effect"] != "forbid":
        parts.append(_from(rule["shooter_place"]))
        parts.append(_approval(rule["approval"]))
    return ", ".join(part for part in parts if part)


def _zone(zone: Mapping[str, Any]) -> str:
    if zone.get("within") is not None:
        return f"over Ukraine within {amount(zone['within'])} of its own border"
    if zone.get("named") is not None:
        return f"in the zone \u201c{zone['named']}\u201d"
    return {"own-airspace": "in its own airspace", "ukraine": "over Ukraine", "anywhere": "anywhere"}.get(str(zone.get("area")), "")


def _from(place: Mapping[str, Any]) -> str:
    words = {"own-airspace": "from its own airspace", "ukraine": "from Ukraine's airspace too", "anywhere": "from wherever it is"}[place["area"]]
    if place.get("pursuit"):
        words += f", up to {amount(place['pursuit'])} from its border"
    return words


def _approval(approval: Mapping[str, Any]) -> str:
    if approval["authority"] == "pre-delegated":
        return "on the pilot's own authority (pre-delegated)"
    return f"on the word of the {'minister' if approval['authority'] == 'ministerial' else 'commander'}, given in {amount(approval['delay'])}"


def picture_sentence(picture: Mapping[str, Any]) -> str:
    """What a member sees, in one sentence."""
    shared = picture["shared"]
    text = f"sees low flyers with radars on masts of {amount(picture['mast'])}"
    if picture["airborne"]:
        text += f" and {len(picture['airborne'])} airborne radar{'s' if len(picture['airborne']) > 1 else ''}"
    if shared["enabled"]:
        return text + f"; a shared picture brings {amount(shared['cover'])} of the threats, {amount(shared['latency'])} late"
    return text + "; no partner shares its picture"


def members_of(packages: Sequence[Mapping[str, Any]]) -> list[str]:
    """ISO codes of all members of the packages, in the order in which they are named first."""
    codes = [str(member["nation"]) for package in packages for member in package["members"]]
    return list(dict.fromkeys(codes))
