"""What the numbers rest on: every uncertain input of the folder in lettered groups, and the sources by number.

So each headline number leads to its inputs with one click and to their sources with a second. Nothing is chosen: every input is listed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zaslin.brief.rules import amount, plain, unit_word
from zaslin.brief.sentences import CLASS_WORDS, nation

ASSUMPTION = "assumption"

GROUPS: tuple[tuple[str, str, str], ...] = (
    ("A", "Routes and the border", "How threats fly: way-points, margins at borders, drift, failure, launch places."),
    ("B", "Ukraine's own defence", "Shares of a class that Ukraine stops, from its daily reports; a statistical layer, never a place."),
    ("C", "The threats", "Speed, altitude, range and how one falls, by model."),
    ("D", "Aircraft and weapons", "Speeds, reach, chance of a hit and costs, by broad class."),
    ("E", "What members see", "Radars, the shared picture, delays of track and classification."),
    ("F", "What members bring", "The force, pairs, readiness, triggers, missiles; batteries on the ground."),
    ("G", "The rules", "Distances, times and approvals in the members' caveats."),
    ("H", "What is no threat", "Civil and friendly aircraft and false tracks near the border, and how often one is taken for a threat."),
)
"""Letter, title and what it holds. Letters are the page's footnote marks."""

RESTS_ON = {
    "leakers": "BG",
    "coalition_kills": "DEFG",
    "decoy_kills": "ADEFG",
    "kills_would_have": "BDFG",
    "ukraine_stops": "B",
    "incursions": "ABG",
    "crossings_stopped": "ADFG",
    "overflight_s": "ACG",
    "incursion_depth_m": "AC",
    "incursion_path_m": "AC",
    "engagements": "EFG",
    "shots": "DFG",
    "unneeded_engagements": "BFG",
    "wasted_shots": "DFG",
    "debris_falls": "ACG",
    "expected_casualties": "ACG",
    "sorties": "F",
    "flight_h": "DF",
    "cost_usd": "DF",
    "minutes_over_ukraine": "FG",
    "unguarded_min": "DF",
    "own_aircraft": "FGH",
    "wrong_object": "DFGH",
    "first_shot_margin_s": "AEFG",
    "decision": "AEG",
    "window": "AEG",
}
"""The groups on which a measure, or a difference in it, depends most directly; through the simulation every number depends on all of them."""

_KIND = (
    ("A", re.compile(r"^(?:routes|launch_area)\.")),
    ("B", re.compile(r"^layer\.")),
    ("C", re.compile(r"^threat\.")),
    ("D", re.compile(r"^aircraft\.")),
    ("E", re.compile(r"^package\..*\.picture\.|^package\.[^.]+\.pooling\.")),
    ("H", re.compile(r"^others\.")),
    ("F", re.compile(r"^package\..*\.assets\b|^package\.[^.]+\.(?:fleet|cap_pairs|values\b.*)$")),
    ("G", re.compile(r"^package\.")),
)
_PACKAGE = re.compile(r"^package\.(?P<package>[^.]+)\.(?:members\[(?P<nation>[^\]]+)\]\.?)?(?P<rest>.*)$")
_NAMED = re.compile(r"^(?:aircraft|threat|launch_area|layer\.shares|layer\.region_weight)\.(?P<who>.+?)(?:\.(?P<rest>[a-z_]+(?:\.[a-z_]+)*))?$")
_BRACKET = re.compile(r"\[([^\]]+)\]")

_WORDS = {
    "p_kill": "chance that one shot ends a threat it reaches",
    "reach": "usable reach",
    "mast": "radar mast height",
    "setback": "radar's distance behind the border or coast",
    "shared.cover": "shared picture: share of threats held",
    "shared.latency": "shared picture: delay",
    "revisit.ground": "time between two looks of a ground radar",
    "revisit.airborne": "time between two looks of an airborne radar",
    "p_look": "chance that a look sees a threat in view",
    "drop_after": "looks in a row without a hit that lose a track",
    "confusion": "chance that a threat is taken for another class",
    "position_error": "error of a track's place along each axis",
    "pooling.latency": "members' own tracks, passed on: delay",
    "track_delay": "delay from detection to track",
    "classification": "delay from track to classification",
    "course_error": "error of a track's course",
    "fleet": "fighters in the whole force, as declared",
    "cap_pairs": "pairs kept airborne together",
    "pairs": "pairs of fighters",
    "missiles_per_jet": "missiles a jet",
    "number": "helicopters on alert",
    "bursts": "bursts of one helicopter",
    "readiness": "readiness on alert",
    "available": "chance that a pair takes off when it should",
    "spare": "delay of a patrol's spare pair",
    "relief_delay": "mean delay of a patrol's relief",
    "crew_duty": "what an alert crew may fly in the night",
    "trigger.lead": "warning before the raid's first threat comes as near as an own track that scrambles",
    "trigger.own_track_within": "own track this close to the border scrambles",
    "separation_delay": "separation from Ukraine's own missiles",
    "deconfliction.delay": "separation from Ukraine's own missiles",
    "known_by_agreement": "agreed zones: so many times fewer friendly aircraft are mistaken",
    "at_risk.shared_zones": "own aircraft engaged by mistake over Ukraine, zones agreed",
    "at_risk.none": "own aircraft engaged by mistake over Ukraine, nothing agreed",
    "civil.within": "civil aircraft: appear this near to the border",
    "civil.density": "civil aircraft: how many appear",
    "civil.speed": "civil aircraft: speed",
    "civil.altitude": "civil aircraft: height",
    "civil.life": "civil aircraft: time in the air",
    "civil.ballistic_coefficient": "civil aircraft: ballistic coefficient (how it falls)",
    "civil.casualty_area": "civil aircraft: area in which a fall harms people",
    "civil.taken_for_threat": "civil aircraft: chance to be taken for a threat",
    "civil.fires_at_wrong": "civil aircraft: share of pilots' yeses that is left at one",
    "friendly.within": "friendly aircraft: appear this near to the border",
    "friendly.density": "friendly aircraft: how many appear",
    "friendly.speed": "friendly aircraft: speed",
    "friendly.altitude": "friendly aircraft: height",
    "friendly.life": "friendly aircraft: time in the air",
    "friendly.ballistic_coefficient": "friendly aircraft: ballistic coefficient (how it falls)",
    "friendly.casualty_area": "friendly aircraft: area in which a fall harms people",
    "friendly.taken_for_threat": "friendly aircraft: chance to be taken for a threat",
    "friendly.fires_at_wrong": "friendly aircraft: share of pilots' yeses that is left at one",
    "false.within": "false tracks: appear this near to the border",
    "false.density": "false tracks: how many appear",
    "false.speed": "false tracks: speed",
    "false.altitude": "false tracks: height",
    "false.life": "false tracks: time in the air",
    "false.ballistic_coefficient": "false tracks: ballistic coefficient (how it falls)",
    "false.casualty_area": "false tracks: area in which a fall harms people",
    "false.taken_for_threat": "false tracks: chance to be taken for a threat",
    "false.fires_at_wrong": "false tracks: share of pilots' yeses that is left at one",
    "pilot.over_own": "chance that a pilot with leave fires, not over Ukraine",
    "pilot.over_ukraine": "chance that a pilot with leave fires, over Ukraine",
    "heading.share": "share of courses that must cross",
    "heading.horizon": "looks ahead by",
    "approval.delay": "median delay of approval",
    "approval.sigma": "spread of that delay (lognormal sigma)",
    "shooter_place.pursuit": "may follow into Ukraine up to",
    "zone.within": "over Ukraine within this distance of the border",
    "coverage": "ground-based defence: chance that a threat passes over the battery",
    "behind_border": "battery's distance behind the border or coast",
    "floor": "lowest height that a battery meets",
    "ceiling": "greatest height that a battery meets",
    "channels": "threats that a battery engages at once",
    "reaction": "battery's reaction time",
    "reload": "battery's time to reload",
    "magazine": "battery's rounds",
    "round_speed": "speed of a battery's round",
    "round_cost": "cost of a battery's round",
    "cruise_speed": "cruising speed",
    "dash_speed": "dash speed",
    "endurance": "endurance",
    "dash_burn": "fuel flow at dash, times that at cruise",
    "flight_hour_cost": "cost of a flight hour",
    "missile_cost": "cost of a missile",
    "missile_speed": "missile speed",
    "shot_interval": "time between shots",
    "salvo": "rounds of one shot",
    "tail_loss": "a missile's chance lost from head-on to astern",
    "look_down_loss": "share of reach lost against low flyers",
    "judging.delay": "time until a shooter knows what came of its round",
    "judging.miss_unseen": "chance that a miss is taken for a kill",
    "judging.kill_unseen": "chance that a kill is taken for a miss",
    "gun.reach": "reach of a fighter's gun",
    "gun.speed": "speed of a gun's shell",
    "gun.bursts_per_jet": "bursts of a jet's gun",
    "gun.p_kill": "chance that a burst of a jet's gun kills",
    "gun.burst_cost": "cost of a burst",
    "values": "worth of a threat, a cruise missile being 1",
    "speed": "speed",
    "altitude": "cruising altitude",
    "max_range": "greatest range",
    "unit_cost": "unit cost",
    "ballistic_coefficient": "ballistic coefficient (how it falls)",
    "casualty_area": "area in which a fall harms people",
    "stopped": "share stopped (destroyed or lost)",
    "kill_share": "kills among what is stopped",
    "night_sigma": "spread from night to night (log hazard)",
    "region_weight": "weight of a macro-region",
    "near_aims": "how much greater the hazard is near the end of a threat's path",
    "margin": "distance that a complying route keeps from a border",
    "keeps_margin": "chance that a route keeps that distance",
    "bank": "bank angle in turns",
    "fly_over": "share of way-points flown over, not by",
    "drift": "navigation drift",
    "drone_drift": "navigation drift of drones, which also miss by it",
    "gross_failure": "chance to fly straight on at a way-point",
    "spoofed": "of the drones booked as lost, the share that fly on astray",
    "spoof_turn": "how far it then turns off its course",
    "spoof_bend": "how far its course bends after that",
    "spoof_distance": "mean way that it then flies",
    "decoys": "share of decoys among the drones, from that day on",
    "climb_out": "way of a drone's climb to cruise",
    "low_approach": "chance that a drone comes in low",
    "low_altitude": "altitude of a low approach",
    "low_distance": "length of a low approach",
    "dive": "angle of a drone's dive",
    "share_west": "share of cruise missiles bound for the west",
    "share_ports": "share of drones bound for the Danube ports, target \"Ukraine\"",
    "share_danube": "share of Odesa's drones bound for the Danube ports",
    "approach_from_beyond": "share that comes back to its target from beyond",
    "beyond_distance": "how far beyond",
    "way_points": "mean number of way-points",
    "dogleg": "sideways offset of a way-point",
    "spread": "spread of the launch place",
    "range_by_class": "airborne radar's range",
    "less_within": "zone ends this far from",
}


@dataclass
class InputRow:
    """One input, or several equal ones: what, of whom, value with range, source."""

    label: str
    value: str
    range: str
    unit: str
    source: str
    grade: str
    note: str
    who: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    anchor: str = ""
    """Where the page links to this row; empty where nothing does."""

    @property
    def assumed(self) -> bool:
        return self.source == ASSUMPTION

    @property
    def of(self) -> str:
        """To whom it applies, in one line."""
        return "; ".join(dict.fromkeys(name for name in self.who if name))


@dataclass(frozen=True)
class InputGroup:
    """A lettered group of inputs with its anchor."""

    letter: str
    title: str
    about: str
    rows: Sequence[InputRow]

    @property
    def anchor(self) -> str:
        return f"inputs-{self.letter}"


def input_groups(inputs: Sequence[Mapping[str, Any]], packages: Sequence[str]) -> list[InputGroup]:
    """Group and label the manifest's inputs; equal ones of several members or packages share a row. Every input is in exactly one row."""
    merged: dict[tuple[Any, ...], tuple[InputRow, dict[str, list[str]]]] = {}
    for entry in inputs:
        letter, label, package, who = read_path(str(entry["path"]))
        key = (letter, label, *(entry[name] for name in ("value", "low", "high", "unit", "source", "grade", "note")))
        if key not in merged:
            ranged = entry["low"] != entry["high"]
            text = amount({**entry, "low": 0, "high": 0}, "").strip()
            row = InputRow(
                label,
                text,
                f"{plain(entry['low'])} to {plain(entry['high'])}" if ranged else "fixed",
                unit_word(entry["unit"]),
                str(entry["source"]),
                str(entry["grade"]),
                str(entry["note"]),
            )
            merged[key] = (row, {})
        merged[key][0].paths.append(str(entry["path"]))
        merged[key][1].setdefault(package, []).append(who)
    out: dict[str, list[InputRow]] = {}
    for key, (row, whose) in merged.items():
        row.who = _whose(whose, packages)
        out.setdefault(str(key[0]), []).append(row)
    return [InputGroup(letter, title, about, sorted(out[letter], key=lambda row: (row.label, row.of))) for letter, title, about in GROUPS if out.get(letter)]


def read_path(path: str) -> tuple[str, str, str, str]:
    """Group letter, label, package name ("" outside packages) and whose it is."""
    letter = next(letter for letter, pattern in (*_KIND, ("G", re.compile(""))) if pattern.search(path))
    hit = _PACKAGE.match(path)
    if hit:
        rest = hit["rest"]
        parts = [nation(hit["nation"])] if hit["nation"] else []
        parts += _BRACKET.findall(rest)
        leaf = _BRACKET.sub("", rest)
        leaf = re.sub(r"^(?:picture|assets|caveats|zones)\.?", "", leaf)
        label, extra = _label(leaf)
        return letter, label + extra, hit["package"], " ".join(parts)
    hit = _NAMED.match(path)
    if hit:
        label, extra = _label(hit["rest"] or path.split(".")[1])
        return letter, label + extra, "", hit["who"]
    label, extra = _label(path.split(".", 1)[-1])
    return letter, label + extra, "", ""


def _label(leaf: str) -> tuple[str, str]:
    """Words for a field's path, and what follows it: a threat class, a country."""
    if leaf in _WORDS:
        return _WORDS[leaf], ""
    head, _, last = leaf.rpartition(".")
    if head in _WORDS:
        name = CLASS_WORDS.get(last) or nation(last)
        return _WORDS[head], f": {name}"
    inner = leaf.split(".")
    for start in range(len(inner)):
        for stop in range(len(inner), start, -1):
            words = _WORDS.get(".".join(inner[start:stop]))
            if words:
                others = [*inner[:start], *inner[stop:]]
                return words, "".join(f", {CLASS_WORDS.get(name) or nation(name)}" for name in others)
    return leaf.replace("_", " ").replace(".", ", "), ""


def _whose(by_package: Mapping[str, list[str]], packages: Sequence[str]) -> list[str]:
    names = {package: ", ".join(dict.fromkeys(name for name in who if name)) for package, who in by_package.items()}
    if set(names) == {""}:
        return [names[""]]
    sets = set(names.values())
    if len(sets) == 1:
        only = sets.pop()
        where = "all packages" if set(names) == set(packages) and len(packages) > 1 else ", ".join(names)
        return [f"{only} ({where})" if only else where]
    return [f"{who} ({package})" if who else package for package, who in names.items()]


@dataclass(frozen=True)
class SourceEntry:
    """One publication with the number by which the page cites it; `url` only where it is an ordinary web address."""

    number: int
    id: str
    publisher: str
    title: str
    date: str
    url: str
    note: str


def source_list(sources: Mapping[str, Mapping[str, Any]]) -> dict[str, SourceEntry]:
    """The folder's sources by id, numbered in order of publisher and date."""
    order = sorted(sources, key=lambda id: (str(sources[id].get("publisher", "")).lower(), str(sources[id].get("date", "")), id))
    out = {}
    for number, id in enumerate(order, start=1):
        entry = sources[id]
        url = str(entry.get("url") or "")
        out[id] = SourceEntry(
            number,
            id,
            str(entry.get("publisher") or ""),
            str(entry.get("title") or ""),
            str(entry.get("date") or ""),
            url if re.match(r"^https?://[^\s\"'<>]+$", url) else "",
            str(entry.get("note") or ""),
        )
    return out
