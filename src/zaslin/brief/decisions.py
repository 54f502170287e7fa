"""The decisions that a council has to take between the packages of a folder, and the three figures that matter for each; it takes none of them.

A decision is a rule, an asset or a view on which the packages differ, read off their data. What no package changes is not asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from zaslin.brief.comparison import Figures, label_of, letters_of, shown, unit_of
from zaslin.brief.numbers import listed
from zaslin.brief.rules import amount
from zaslin.measures.registry import MEASURES


@dataclass(frozen=True)
class Decision:
    """What is to be decided. `choices`: per package what it chooses, in a few words; `figures`: rows of the three figures, with the letters of the
    input groups that they rest on."""

    question: str
    why: str
    choices: tuple[str, ...]
    figures: tuple[dict[str, Any], ...]


_AREAS = {"own-airspace": "in own airspace", "ukraine": "over Ukraine", "anywhere": "anywhere"}

_ASKED: tuple[tuple[str, str, Callable[[Mapping[str, Any]], str], tuple[str, str, str]], ...]


def decisions(fig: Figures, packages: list[dict[str, Any]]) -> list[Decision]:
    """The decisions on which the folder's packages differ, and last the one that always stands: who answers for what falls."""
    out = []
    for question, why, read, measures in _ASKED:
        choices = tuple(read(package) for package in packages)
        if len(set(choices)) > 1 or read is _answers_for:
            out.append(Decision(question, why, choices, tuple(_figure(fig, name) for name in measures)))
    return out


def _figure(fig: Figures, name: str) -> dict[str, Any]:
    measure = MEASURES[name]
    return {
        "name": name,
        "label": label_of(measure),
        "unit": unit_of(measure),
        "values": [shown(measure, fig.levels[col.name][name]) for col in fig.columns],
        "letters": letters_of(name),
    }


def _rules(package: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [rule for member in package["members"] for rule in member["caveats"] if rule["effect"] != "forbid"]


def _where(package: Mapping[str, Any]) -> str:
    """At what members may fire, and where the threat may be."""
    told = []
    for rule in _rules(package):
        zone = rule["zone"]
        place = _AREAS.get(str(zone.get("area")), "")
        if zone.get("within"):
            place = f"over Ukraine within {amount(zone['within'])} of the border"
        elif zone.get("named"):
            place = f"in the zone “{zone['named'].replace('-', ' ')}”"
        told.append(place + (", at what flies toward own territory" if rule.get("heading") else ""))
    return listed(list(dict.fromkeys(told))) if told else "nowhere"


def _shooter(package: Mapping[str, Any]) -> str:
    """Where the shooter may be."""
    far = [rule["shooter_place"] for rule in _rules(package) if rule["shooter_place"]["area"] != "own-airspace"]
    if not _rules(package):
        return "nobody fires"
    if not far:
        return "no: fire from own airspace"
    limits = list(dict.fromkeys(amount(place["pursuit"]) for place in far if place.get("pursuit")))
    return f"yes, up to {listed(limits)} from the border" if limits else "yes"


def _consent(package: Mapping[str, Any]) -> str:
    told = []
    for rule in _rules(package):
        asked = rule["approval"]["authority"]
        told.append(
            "nobody in the moment"
            if asked == "pre-delegated"
            else f"{'a commander' if asked == 'commander' else 'a minister'}, {amount(rule['approval']['delay'])}"
        )
    return listed(list(dict.fromkeys(told))) if told else "nobody may"


def _picture(package: Mapping[str, Any]) -> str:
    shared = any(member["picture"]["shared"]["enabled"] for member in package["members"])
    radars = {radar["id"] for member in package["members"] for radar in member["picture"]["airborne"]}
    pooled = "; members pool theirs" if package.get("pooling", {}).get("enabled") else ""
    return ("shared" if shared else "not shared") + pooled + (f"; {len(radars)} airborne radar{'s' * (len(radars) != 1)}" if radars else "; no airborne radar")


def _patrols(package: Mapping[str, Any]) -> str:
    who = ", ".join(member["nation"] for member in package["members"])
    if package.get("cap_pairs"):
        return f"{who}; {amount(package['cap_pairs'])} pairs in the air"
    caps = [asset["pairs"]["value"] for member in package["members"] for asset in member["assets"] if asset["kind"] == "cap"]
    alert = [asset["pairs"]["value"] for member in package["members"] for asset in member["assets"] if asset["kind"] == "qra"]
    slow = [asset["number"]["value"] for member in package["members"] for asset in member["assets"] if asset["kind"] == "helicopters"]
    more = f"; {sum(slow):g} helicopter{'s' * (sum(slow) != 1)} on alert" if slow else ""
    return (
        f"{who}; {sum(caps):g} pair{'s' * (sum(caps) != 1)} in the air, {sum(alert):g} on alert{more}"
        if caps
        else f"{who}; none in the air, {sum(alert):g} pairs on alert{more}"
    )


def _answers_for(package: Mapping[str, Any]) -> str:
    return "not settled in any package" if _rules(package) else "no shot, so nothing of its own falls"


_ASKED = (
    ("Where may members fire, and at what?", "The rule that the proposal is about.", _where, ("coalition_kills", "incursions", "unneeded_engagements")),
    (
        "May fighters enter Ukraine's airspace?",
        "It needs the host's consent, and bears on who is a party to the war.",
        _shooter,
        ("minutes_over_ukraine", "coalition_kills", "crossings_stopped"),
    ),
    ("Who says yes, and how fast?", "An answer that comes after the threat has gone is a no.", _consent, ("window_recall", "first_shot_margin_s", "shots")),
    (
        "Is Ukraine's picture shared?",
        "Low flyers are seen late from a neighbour's own soil.",
        _picture,
        ("engagements", "first_shot_margin_s", "crossings_stopped"),
    ),
    ("Who takes part, with how many patrols?", "Hours, crews and what is left for a member's own air policing.", _patrols, ("flight_h", "cost_usd", "leakers")),
    (
        "Who answers for what falls, and for a shot that misses?",
        "What is stopped comes down somewhere, and so does a missile that misses.",
        _answers_for,
        ("debris_falls", "expected_casualties", "expected_casualties_abroad"),
    ),
)
