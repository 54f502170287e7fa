"""The comparison: every measure under every package, its difference to the baseline, single nights, and what each member carries."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zaslin.brief.basis import RESTS_ON
from zaslin.brief.figures_charts import axis, interval_bar, scale_of
from zaslin.brief.night import Column, columns
from zaslin.brief.numbers import among, finite, listed, money, percent, span, verdict, with_interval
from zaslin.brief.rules import alert_left_out, members_of
from zaslin.brief.sentences import FATE_WORDS, change, heading, nation, noisy
from zaslin.measures.estimate import Difference, Estimate, compare, estimate, precision
from zaslin.measures.measure import Measure
from zaslin.measures.registry import HEADLINE, MEASURES
from zaslin.measures.values import Reading
from zaslin.outcomes.store import Results

SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "What reaches its aim, and what crosses a border",
        (
            "leakers",
            "ukraine_stops",
            "coalition_kills",
            "decoy_kills",
            "kills_would_have_leaked",
            "crossings_stopped",
            "incursions",
            "incursions_deep",
            "overflight_s",
            "incursion_depth_m",
        ),
    ),
    ("Use of force", ("engagements", "shots", "unneeded_engagements", "wasted_shots", "first_shot_margin_s")),
    (
        "Risk of a wrong shot",
        (
            "wrong_object_shots",
            "wrong_object_shots_civil",
            "wrong_object_shots_friendly",
            "wrong_object_shots_false",
            "wrong_object_kills",
            "own_aircraft_at_risk",
        ),
    ),
    ("Risk from what falls", ("debris_falls", "expected_casualties", "expected_casualties_abroad", "expected_casualties_by_shooter")),
    ("Effort", ("sorties", "flight_h", "cost_usd", "minutes_over_ukraine", "unguarded_min")),
)
"""Headings and rows of the table; every other measure stands in the fold below it."""

CHARTED = ("coalition_kills", "leakers", "incursions", "overflight_s", "shots", "unneeded_engagements", "expected_casualties", "cost_usd")
BURDEN: tuple[tuple[str, str], ...] = (
    ("sorties", "Sorties"),
    ("flight_h", "Flight hours"),
    ("cost_usd", "Cost"),
    ("minutes_over_ukraine", "Minutes over Ukraine"),
    ("unguarded_min", "Minutes in which no alert pair of its own stands ready"),
    ("shots", "Its shots"),
    ("coalition_kills", "Shot down by it"),
    ("unneeded_engagements", "Its unneeded engagements"),
    ("wrong_object_shots", "Its shots at what was no threat"),
    ("own_aircraft_at_risk", "Its aircraft hit by Ukraine's own defence by mistake"),
    ("expected_casualties_by_shooter", "Expected casualties of what falls after its shots, wherever it falls"),
    ("incursions", "Incursions into its airspace"),
    ("overflight_s", "Time inside its airspace"),
    ("debris_falls", "Objects that fall on its soil"),
    ("expected_casualties", "Expected casualties of what falls on its soil, whoever shot"),
)
"""Measures per member, with the words that fit a member."""

GLOSS = {
    "leakers": "threats that reach their aim",
    "window_precision": "of what was permitted, in plain nights alone",
    "window_recall": "of what would have entered a member, in plain nights alone",
    "window_recall_crossings": "of crossings alone, by the tagged samples and their weights",
    "ukraine_stops": "destroyed or lost, as reports count",
    "decoy_kills": "drones without a warhead",
    "kills_would_have_leaked": "what Ukraine was spared",
    "kills_would_have_crossed": "before or after the border; counted in plain nights alone, so noisy",
    "crossings_stopped": "crossings of any length",
    "incursions": "observable ones: at least 60 s or 1 km inside",
    "incursions_deep": "at least 10 km inside",
    "engagements": "fighters sent at a threat",
    "unneeded_engagements": "at what would neither cross nor arrive",
    "wasted_shots": "at what another round had ended already",
    "wrong_object_shots": "at what was no threat",
    "wrong_object_kills": "hits; false tracks are not among them",
    "own_aircraft_at_risk": "expected, by Ukraine's own defence",
    "debris_falls": "objects that land in a neighbour",
    "sorties": "take-offs",
    "unguarded_min": "all ordered up, flying, turned round or out of duty; summed over members",
    "expected_casualties": "debris, wrecks, stray rounds; not what threats do that reach their aim",
    "expected_casualties_abroad": "debris, wrecks, stray rounds on neighbours",
    "expected_casualties_by_shooter": "what falls after a member's shot; Ukraine included",
}
"""A few words beside a measure's label, where the label alone is a term of the field."""

LABELS = {
    "expected_casualties": "Expected casualties of what falls",
    "expected_casualties_abroad": "Expected casualties of what falls abroad",
    "expected_casualties_by_shooter": "Expected casualties of what falls, by shooter",
}
"""Labels of the page where the glossary's own is too short to stand alone."""


@dataclass
class Figures:
    """All estimates of a folder, each computed once. `levels[package][measure]`, `gains[package][measure]` (package − baseline)."""

    reading: Reading
    columns: list[Column]
    levels: dict[str, dict[str, Estimate]] = field(default_factory=dict)
    gains: dict[str, dict[str, Difference]] = field(default_factory=dict)

    @property
    def base(self) -> Column:
        return self.columns[0]

    @property
    def others(self) -> list[Column]:
        return self.columns[1:]


def figures(results: Results) -> Figures:
    """Estimate every measure for every package, and every difference to the baseline."""
    out = Figures(Reading(results), columns(results))
    out.reading.load(MEASURES.values(), [col.name for col in out.columns])
    for col in out.columns:
        out.levels[col.name] = {name: estimate(out.reading, measure, col.name) for name, measure in MEASURES.items() if not measure.difference_only}
    for col in out.others:
        out.gains[col.name] = {name: compare(out.reading, measure, out.base.name, col.name) for name, measure in MEASURES.items()}
    return out


def shown(measure: Measure, value: Any) -> str:
    """An estimate or difference of a measure in the page's unit, with its interval."""
    unit = measure.unit.lower()
    if unit == "usd":
        return money(value)
    return percent(value) if unit == "share" else with_interval(value, _FACTOR.get(unit, 1.0))


_FACTOR = {"m": 0.001}
_UNITS = {
    "count": "",
    "usd": "",
    "h": "",
    "s": "seconds",
    "m": "kilometres",
    "min": "",
    "persons": "persons",
}


def unit_of(measure: Measure) -> str:
    """The page's unit in words; empty for counts, and where the label or the number says it."""
    return _UNITS.get(measure.unit.lower(), measure.unit)


def label_of(measure: Measure) -> str:
    """The measure's label on the page."""
    return LABELS.get(measure.name, measure.label)


def letters_of(name: str) -> str:
    """The input groups that a measure leads to."""
    best = max((key for key in RESTS_ON if name.startswith(key)), key=len, default=None)
    return "ABG" if best is None else RESTS_ON[best]


def table(fig: Figures) -> dict[str, Any]:
    """Rows by section, the other measures, chart panels, single nights and definitions."""
    listed_names = {name for _, names in SECTIONS for name in names}
    sections = []
    for title, names in SECTIONS:
        rows = []
        for name in names:
            rows.append(_row(fig, MEASURES[name]))
            if name == "incursions":
                rows += [_row(fig, MEASURES[name], code) for code in entered(fig, SHOWN_SHARE)]
        sections.append({"title": title, "rows": rows})
    more = [_row(fig, measure) for name, measure in MEASURES.items() if name not in listed_names and (fig.others or not measure.difference_only)]
    seldom = [code for code in entered(fig) if code not in entered(fig, SHOWN_SHARE)]
    more += [_row(fig, MEASURES["incursions"], code) for code in seldom]
    compared = bool(fig.others)
    caption = "Dot: mean{}; bar: 90 % interval over the uncertain inputs; pale: the simulation's noise.{} Each panel has its own scale."
    return {
        "sections": sections,
        "zero": f"0: in none of {among(fig.levels[fig.base.name]['sorties'])}, nor in the added crossings by which rare measures are counted.",
        "more": more,
        "others": [{"title": col.title, "css": col.css} for col in fig.others],
        "columns": [(col.title, col.css) for col in fig.columns],
        "panels": _panels(fig),
        "bands": _bands(fig),
        "chart_title": f"What changes against “{fig.base.title}”" if compared else "What the model expects",
        "chart_caption": caption.format(" difference, package minus baseline", " The upright line is no difference.") if compared else caption.format("", ""),
    }


SHOWN_SHARE = 0.01
"""Neighbours with less than this share of the incursions stand in the fold below the table."""


def entered(fig: Figures, least: float = 0.0) -> list[str]:
    """ISO codes of the neighbours that any package's nights see entered, the most entered under the baseline first.

    least: leave out those with less than this share of the incursions.
    """
    measure = MEASURES["incursions"]
    found: dict[str, float] = {}
    for col in fig.columns:
        for code in fig.reading.members(measure, col.name):
            mean = estimate(fig.reading, measure, col.name, code).mean
            if mean > 0.0:
                found.setdefault(code, mean)
    known = [code for code, mean in found.items() if mean >= least * sum(found.values())]
    return sorted(known, key=lambda code: (-found[code], code))


def _row(fig: Figures, measure: Measure, country: str | None = None) -> dict[str, Any]:
    """One measure as a row; for one country it is computed here, else it is taken from `fig`."""
    name = measure.name
    cells = []
    for col in fig.others:
        if country is None:
            gain, level = fig.gains[col.name][name], fig.levels[col.name].get(name)
        else:
            gain, level = compare(fig.reading, measure, fig.base.name, col.name, country), estimate(fig.reading, measure, col.name, country)
        kind = verdict(gain)
        cells.append(
            {
                "title": col.title,
                "value": "" if level is None else shown(measure, level),
                "difference": shown(measure, gain),
                "verdict": kind,
                "word": _word(kind, gain),
            }
        )
    base = fig.levels[fig.base.name].get(name) if country is None else estimate(fig.reading, measure, fig.base.name, country)
    return {
        "name": name if country is None else f"{name}-{country}",
        "label": label_of(measure) if country is None else f"{measure.label}, {heading(country)}",
        "inner": country is not None,
        "unit": "only as a difference" if base is None else "; ".join(filter(None, (unit_of(measure), "" if country is not None else GLOSS.get(name, "")))),
        "letters": letters_of(name),
        "base": "" if base is None else shown(measure, base),
        "cells": cells,
    }


def _word(kind: str, gain: Difference) -> str:
    if kind == "same":
        return f"the same in each of {among(gain)}"
    return "cannot tell" if kind == "unclear" else ""


def _panels(fig: Figures) -> list[dict[str, Any]]:
    panels = []
    for name in CHARTED:
        measure = MEASURES[name]
        cols = fig.others or [fig.base]
        values = [fig.gains[col.name][name] if fig.others else fig.levels[col.name][name] for col in cols]
        edges = [edge for value in values for edge in (value.low, value.high, value.mean, value.mc_low, value.mc_high)]
        if not any(finite(value.mean, value.low, value.high) for value in values) or all(edge == 0.0 for edge in edges):
            continue
        scale = scale_of(edges)
        rows = []
        for col, value in zip(cols, values, strict=True):
            text = shown(measure, value)
            bar = interval_bar(scale, value.mean, value.low, value.high, col.css, f"{label_of(measure)}, {col.title}: {text}", (value.mc_low, value.mc_high))
            rows.append({"css": col.css, "title": col.title, "text": text, "svg": bar})
        unit = "US dollars" if measure.unit.lower() == "usd" else unit_of(measure)
        panels.append(
            {
                "label": label_of(measure),
                "unit": f"{unit} a night".strip(),
                "letters": letters_of(name),
                "rows": rows,
                "axis": axis(scale, f"Scale of {label_of(measure)}"),
            }
        )
    return panels


def _bands(fig: Figures) -> list[dict[str, Any]]:
    out = []
    for name, measure in MEASURES.items():
        cells = []
        for col in fig.columns:
            level = fig.levels[col.name].get(name)
            factor = _FACTOR.get(measure.unit.lower(), 1.0)
            cells.append((col.title, "" if level is None else span(level.p05 * factor, level.p95 * factor)))
        text = measure.definition + (f" {measure.note}" if measure.note else "")
        out.append(
            {
                "label": label_of(measure),
                "unit": unit_of(measure),
                "letters": letters_of(name),
                "cells": cells,
                "definition": _NAMES.sub(_in_words, text),
            }
        )
    return out


_NAMES = re.compile(r"`([a-z_]+)`")


def _in_words(name: re.Match[str]) -> str:
    """A measure's or fate's name in a definition as the words that the page uses for it."""
    measure = MEASURES.get(name[1])
    return f"\u201c{measure.label}\u201d" if measure is not None else f"\u201c{FATE_WORDS.get(name[1], name[1])}\u201d"


def warning(fig: Figures, names: Sequence[str] = HEADLINE) -> str | None:
    """Where the simulation is too small for a difference that the page shows at its head."""
    rows = []
    for col in fig.others:
        for name in names:
            gain = fig.gains[col.name][name]
            rows.append((f"{_inner(label_of(MEASURES[name]))} (“{col.title}”)", gain, *precision(gain)))
    return noisy(rows)


def _inner(label: str) -> str:
    return label[:1].lower() + label[1:]


def left_out(results: Results, fig: Figures) -> list[str]:
    """Per package, what the alert flights cost in the baseline that this package leaves out; empty where it leaves out none."""
    base = results.package(fig.base.name)
    said = []
    for col in fig.others:
        nations = alert_left_out(base, results.package(col.name))
        if not nations:
            continue
        more = any(asset["kind"] not in ("qra", "helicopters") for member in base["members"] if member["nation"] in nations for asset in member["assets"])
        hours, cost = (
            {code: shown(MEASURES[name], estimate(fig.reading, MEASURES[name], fig.base.name, code)) for code in nations} for name in ("flight_h", "cost_usd")
        )
        told = "; ".join(f"{nation(code)} {hours[code]} flight hours and {cost[code]} a night" for code in nations)
        said.append(
            f"“{col.title}” leaves out alert flights that “{fig.base.title}” counts (flown there: {told}). If they go on beside it, sorties, flight hours "
            f"and cost under it, and their differences, are too small by {'up to ' if more else ''}that much; minutes without an alert pair are not counted "
            "for them."
        )
    return said


COORDINATION = ("wasted_shots", "shots", "coalition_kills", "leakers")
"""What coordinating changes, in the order in which it is told."""
NATIONAL = "national"
"""The policy under which members do not coordinate (`scenario.package.Policy`)."""


def uncoordinated(results: Results, fig: Figures) -> list[str]:
    """The price of not coordinating: per package in which each nation acts for itself, what that changes against the same package under another policy of
    assignment; empty where the folder holds no such two."""
    said = []
    for col in fig.columns:
        package = results.package(col.name)
        if package.get("assignment") != NATIONAL:
            continue
        for other in fig.columns:
            if results.package(other.name).get("assignment") == NATIONAL or _apart_from_policy(results.package(other.name)) != _apart_from_policy(package):
                continue
            gains = {_inner(label_of(MEASURES[name])): compare(fig.reading, MEASURES[name], other.name, col.name) for name in COORDINATION}
            same = [label for label, gain in gains.items() if verdict(gain) == "same" and gain.p05 == gain.p95 == 0.0]
            parts = [f"{label} {change(gain)}" for label, gain in gains.items() if label not in same]
            if same:
                parts.append(f"{listed(same)} the same in every night ({among(fig.levels[col.name]['shots'])})")
            said.append(f"The price of not coordinating, “{col.title}” against “{other.title}” with the same assets and rules: {'; '.join(parts)}.")
    return said


def _apart_from_policy(package: Mapping[str, Any]) -> dict[str, Any]:
    """What decides about a package's flights, but for its policy."""
    return {key: value for key, value in package.items() if key not in ("name", "title", "summary", "note", "assignment")}


def burden(results: Results, fig: Figures) -> list[dict[str, Any]]:
    """Per package and member: effort, shots, what enters and falls; rows that are zero for every member are named, not listed."""
    tables = []
    for col in fig.columns:
        codes = members_of([results.package(col.name)])
        rows, empty = [], []
        for name, label in BURDEN:
            measure = MEASURES[name]
            known = set(fig.reading.members(measure, col.name))
            values = {code: estimate(fig.reading, measure, col.name, code) if code in known else None for code in codes}
            if name == "unguarded_min":  # a member without an alert pair has none to miss
                values = {code: value if value is not None and finite(value.mean) else None for code, value in values.items()}
                if not any(values.values()):
                    continue  # or the folder is of a time when nobody asked
            if all(value is None or value.mean == value.high == 0.0 for value in values.values()):
                empty.append(_inner(label))
                continue
            absent = "no alert pair" if name == "unguarded_min" else "0"
            cells = [(heading(code), absent if value is None else shown(measure, value)) for code, value in values.items()]
            rows.append({"label": label, "unit": unit_of(measure), "letters": letters_of(name), "cells": cells})
        zero = f"For no member in any of {among(fig.levels[col.name]['sorties'])}: {listed(empty)}." if empty else ""
        tables.append({"css": col.css, "title": col.whole, "members": [(code, heading(code)) for code in codes], "rows": rows, "zero": zero})
    return tables
