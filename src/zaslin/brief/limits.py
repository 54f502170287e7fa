"""What the model cannot say: the same list in every brief, and what this night and these packages add to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zaslin.brief.numbers import listed
from zaslin.brief.rules import with_gbad, with_helicopters
from zaslin.brief.sentences import nation
from zaslin.scenario.unmet import unmet

JOINT = " + "

ALWAYS: tuple[tuple[str, str], ...] = (
    (
        "Ukraine's own defence is a share, not a shield.",
        "It is a statistical layer: shares by class, date and number launched, calibrated on the daily reports of earlier nights. It stands nowhere, so "
        "nothing here says where Ukraine is strong or weak. The reports' counts are the defender's own.",
    ),
    (
        "Routes are guessed.",
        "Paths run through coarse public corridors with random way-points. No real flight is reconstructed; how many routes come near "
        "a border is an assumption with a range.",
    ),
    (
        "Radars are notional.",
        "Each member sees as a mast of a stated height behind its border or coast would see, each look by a chance that is an assumption; sites and weather "
        "are left out.",
    ),
    (
        "How often the wrong thing is shot at is assumed.",
        "Civil and friendly aircraft and false tracks are drawn along the border, and a member mistakes some of them, at rates that nobody publishes. What is "
        "counted shows how the risk grows with patrols, windows and rules, and what an agreement with Ukraine does to it; it is no forecast. Airliners, and "
        "members' aircraft that shoot at each other, are left out.",
    ),
    (
        "Fuel has two rates.",
        "Aircraft burn it at one rate at cruise and at a higher one at dash; climb, weapons and height make no difference, and tankers are not modelled.",
    ),
    (
        "Hit chances are broad classes.",
        "Public figures do not give them; the ranges are wide on purpose, and night, cloud and clutter are inside them.",
    ),
    (
        "The attacker does not answer.",
        "Launches and routes are the same with and without the coalition. What Russia would do in return, on that night or later, is outside the model.",
    ),
    (
        "Debris is a ballistic fall with coarse population.",
        "Expected casualties use places, not buildings or shelters; warhead effects are not separated. Of use for comparing what falls, poor as a forecast.",
    ),
    (
        "Expected casualties are no balance of lives.",
        "They count people harmed by what falls: debris, wrecks and stray rounds. What threats do that reach their aim is not counted. A package that "
        "lets fewer threats through saves people whom this measure does not count, so it cannot be read as a package's net effect on lives.",
    ),
    (
        "Law and politics are inputs.",
        "The model takes the rules as given; whether a member may or would adopt them is for the council.",
    ),
)
"""Head and text; every brief prints all of them."""


@dataclass(frozen=True)
class Limit:
    """One thing that cannot be said here. `letters`, `sources`: the input groups and the publications that its numbers lead to."""

    head: str
    text: str
    letters: str = ""
    sources: tuple[str, ...] = ()


def of_this_night(night: Mapping[str, Any], packages: Sequence[Mapping[str, Any]], given: Mapping[str, Any] | None, found: bool = True) -> list[Limit]:
    """What this folder adds: joint counts, unknown times, silent reports, notional ground-based defence."""
    told: list[Limit] = []
    joint = [group for group in night["groups"] if JOINT in group["model"] and not group.get("split")]
    if joint:
        rows = listed(f"{group['count']} \u00d7 {group['model'].replace(JOINT, ' or ')}" for group in joint)
        text = f"The report gives one number for several models ({rows}); how they split is drawn at random, an assumption."
        told.append(Limit("Some counts are joint.", text, sources=_cited(joint)))
    untimed = [group for group in night["groups"] if not group.get("time_known", True)]
    if untimed:
        total = sum(group["count"] for group in untimed)
        text = f"{total} of the threats have only a date in the report; their launch times are spread over the whole window."
        told.append(Limit("Some times are not known.", text, sources=_cited(untimed)))
    silent = [group for group in night["groups"] if group.get("destroyed") is None and group.get("lost") is None]
    if silent:
        models = listed(dict.fromkeys(group["model"] for group in silent))
        told.append(Limit("Some rows do not say what was stopped.", f"For {models} the report gives no number destroyed or lost; those are not compared."))
    out = unmet(night["groups"], [entry for package in packages for entry in package.get("aircraft") or ()])
    if out.high:
        told.append(Limit("Some threats no fighter here can meet.", out.sentence, "D", _cited(night["groups"])))
    total = sum(group["count"] for group in night["groups"])
    anywhere = sum(group["count"] for group in night["groups"] if tuple(group.get("targets") or ("Ukraine",)) == ("Ukraine",))
    if anywhere:
        head = "Most aims are not known." if 2 * anywhere > total else "Some aims are not known."
        text = f"For {anywhere} threats the report names no region; where they aimed is drawn from assumed weights."
        told.append(Limit(head, text, "AB", _cited(night["groups"])))
    members = dict.fromkeys(code for package in packages for code in with_gbad(package))
    if members:
        text = (
            f"Batteries of {listed(nation(code) for code in members)} stand nowhere in particular: a threat that comes through a border province passes over "
            "one with an assumed chance. Their range, channels, rounds and chance of a hit are broad assumptions, what their crews and radars cost by the hour "
            "is not counted, and they and the fighters shoot without waiting for each other."
        )
        told.append(Limit("Ground-based air defence is notional.", text, "DF"))
    slow = dict.fromkeys(code for package in packages for code in with_helicopters(package))
    if slow:
        text = (
            f"Helicopters and light aircraft of {listed(nation(code) for code in slow)} are flown as slow, lone fighters with a short reach, against drones "
            "only. Weather, low flying at night and what their crews can see are inside wide ranges of hit chances, not modelled."
        )
        told.append(Limit("Helicopters are slow fighters.", text, "DF"))
    if given is None:
        text = "Without --given the brief says what to expect on such a night, not what would have become of one reported threat."
        told.append(Limit("No reported crossing was asked about.", text))
    elif found:
        text = "Its way to the border and inside is drawn so that it agrees with the claims; the real track was never published."
        told.append(Limit("The given crossing is one like the reported one.", text))
    return told


def _cited(groups: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(group.get("source", "")) for group in groups))
