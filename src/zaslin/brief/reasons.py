"""Why threats were not shot down, and the windows of the threats that matter: two sections of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from zaslin.brief.comparison import Figures
from zaslin.brief.figures_charts import Lane, Part, RootScale, axis, stacked_bar, timeline
from zaslin.brief.night import Column
from zaslin.brief.numbers import NBSP, NOT_DEFINED, decimals_for, figure, listed, percent
from zaslin.brief.rules import members_of, never_fires
from zaslin.brief.sentences import CAUSE_WORDS, CLASS_WORDS, heading
from zaslin.errors import InputError
from zaslin.measures.measure import Tables
from zaslin.measures.why_not import WhyNot, why_not
from zaslin.measures.windows import Windows, windows
from zaslin.outcomes.store import Results
from zaslin.outcomes.tables import CAUSES, COALITION

EXAMPLES = 5
"""Threats in the timelines."""

EARLIEST_MIN, LATEST_MIN = -180.0, 30.0
"""Farthest edges of the timelines, minutes around the border."""

_LEAST_MIN, _MOST_MIN = -6.0, 4.0
_TICKS = (-180.0, -120.0, -60.0, -30.0, -15.0, -5.0, -2.0, 0.0, 2.0, 5.0, 15.0, 30.0)

_KILLED = "killed"
_COLOUR = {cause: f"c{number}" for number, cause in enumerate([*(cause for cause in CAUSES if cause != "unmet_class"), _KILLED, "unmet_class"])}


def why_not_charts(results: Results, fig: Figures) -> list[dict[str, Any]]:
    """Stacked bars per package: of the whole night, and of the crossings (given, else expected), with the numbers and the caveats."""
    launched = sum(group["count"] for group in results.manifest["night"]["groups"])
    night = {"letters": "BEFG", "sources": [results.manifest["night"]["source"]]}
    charts = [{**_chart(fig, "plain", f"Of the {launched:,} threats of a night", "night", float(launched)), **night}]
    for draw, title, per, letters in (
        ("given", "Of a crossing like the reported one", "such crossing", "ADEG"),
        ("tagged", "Of the threats that would cross a border", "night", "ABEG"),
    ):
        try:
            charts.append({**_chart(fig, draw, title, per, None), "letters": letters, "sources": []})
        except InputError:
            continue
        break
    return charts


_ROUNDING = 1e-9


def _chart(fig: Figures, draw: Any, title: str, per: str, total: float | None) -> dict[str, Any]:
    found = [why_not(fig.reading, col.name, draw) for col in fig.columns]
    share = draw == "given"
    whole = 1.0 if share else total if total is not None else max(why.not_killed for why in found)
    bars, table = [], []
    for col, why in zip(fig.columns, found, strict=True):
        by_cause = _by_cause(why, COALITION)
        killed = whole - why.not_killed if draw != "tagged" else 0.0
        killed = killed if killed > _ROUNDING * whole else 0.0  # weights need not sum to the whole to the last bit
        parts = [Part(by_cause.get(cause, 0.0), _COLOUR[cause], f"{CAUSE_WORDS[cause]}: {_number(by_cause.get(cause, 0.0), share)}") for cause in CAUSES]
        parts.append(Part(killed, _COLOUR[_KILLED], f"shot down by the coalition: {_number(killed, share)}"))
        label = f"{title}, {col.title}: " + "; ".join(part.label for part in parts if part.value > 0.0)
        bars.append({"css": col.css, "title": col.title, "svg": stacked_bar(parts, max(sum(part.value for part in parts), 1e-12), label)})
        table.append((col, by_cause, killed))
    rows = [
        {
            "css": _COLOUR[cause],
            "label": CAUSE_WORDS[cause],
            "small": _caveats(fig.columns, found, cause),
            "cells": [(col.title, _number(by_cause.get(cause, 0.0), share)) for col, by_cause, _ in table],
        }
        for cause in CAUSES
        if any(by_cause.get(cause, 0.0) > 0.0 for _, by_cause, _ in table)
    ]
    if any(killed > 0.0 for _, _, killed in table):
        rows.append(
            {
                "css": _COLOUR[_KILLED],
                "label": "shot down by the coalition",
                "small": "",
                "cells": [(col.title, _number(killed, share)) for col, _, killed in table],
            }
        )
    caption = {
        "plain": "Means per night; 0: none in the nights simulated. Most threats never come near a member: that they are not seen, or not "
        "permitted, is what the rules intend.",
        "given": "Shares of such crossings; 0: none of those simulated.",
        "tagged": "Expected crossings per night, whatever the coalition does; a single night has none or one.",
    }[draw]
    return {"title": title, "per": per, "bars": bars, "rows": rows, "columns": [(col.title, col.css) for col in fig.columns], "caption": caption}


def _number(value: float, share: bool) -> str:
    if value == 0.0:
        return "0"
    if share:
        return f"{figure(100.0 * value, 0)}{NBSP}%"
    return figure(value, max(1, decimals_for(value, value, value)) if value < 1.0 else 1)


def _by_cause(why: WhyNot, member: str) -> dict[str, float]:
    out: dict[str, float] = {}
    for cause in why.of(member):
        out[cause.cause] = out.get(cause.cause, 0.0) + cause.mean_per_replicate
    return out


def _caveats(cols: Sequence[Column], found: Sequence[WhyNot], cause: str) -> str:
    """The caveats behind a cause, each once; empty where the cause has none."""
    names = dict.fromkeys(row.caveat for why in found for row in why.of(COALITION) if row.cause == cause and row.caveat)
    words = [name.replace("no-match", "none matches") for name in names]
    return f"rules: {listed(words)}" if words else ""


def members_charts(results: Results, fig: Figures) -> list[dict[str, Any]]:
    """The same per member, one chart per package: for each member the causes sum to all threats that it did not shoot down."""
    charts = []
    for col in fig.columns:
        why = why_not(fig.reading, col.name, "plain")
        codes = members_of([results.package(col.name)])
        found = {code: _by_cause(why, code) for code in codes}
        seen = [cause for cause in CAUSES if any(by_cause.get(cause, 0.0) > 0.0 for by_cause in found.values())]
        bars = []
        for code, by_cause in found.items():
            parts = [Part(by_cause.get(cause, 0.0), _COLOUR[cause], f"{CAUSE_WORDS[cause]}: {_number(by_cause.get(cause, 0.0), False)}") for cause in seen]
            label = f"{heading(code)}, {col.title}: " + "; ".join(part.label for part in parts if part.value > 0.0)
            bars.append({"title": heading(code), "svg": stacked_bar(parts, max(sum(by_cause.values()), 1e-12), label)})
        rows = [
            {
                "css": _COLOUR[cause],
                "label": CAUSE_WORDS[cause],
                "cells": [(heading(code), _number(by_cause.get(cause, 0.0), False)) for code, by_cause in found.items()],
            }
            for cause in seen
        ]
        charts.append({"css": col.css, "title": col.whole, "bars": bars, "rows": rows, "columns": [heading(code) for code in codes]})
    return charts


@dataclass(frozen=True)
class _Example:
    key: int
    threat: str
    threat_class: str
    border_s: float
    lead_s: float | None


def windows_section(results: Results, fig: Figures) -> dict[str, Any]:
    """Scores per package, and timelines of a few crossings picked at equal steps of the lead."""
    found = {col.name: windows(fig.reading, col.name) for col in fig.columns}
    scores = [_score(col, found[col.name], never_fires(results.package(col.name))) for col in fig.columns]
    blocks, caption, ax = _timelines(results, fig)
    return {"scores": scores, "lead_label": "median; 5th to 95th percentile of single excursions", "blocks": blocks, "caption": caption, "axis": ax}


def _score(col: Column, score: Windows, silent: bool) -> dict[str, Any]:
    if silent:
        none = "no rule permits fire"
        return {"css": col.css, "title": col.title, "precision": none, "recall": none, "lead": none}
    lead = score.lead_s
    words = NOT_DEFINED
    if lead:
        words = f"{_minutes(lead['p50'])} min ({_minutes(lead['p05'])} to {_minutes(lead['p95'])})"
    return {"css": col.css, "title": col.title, "precision": percent(score.precision), "recall": percent(score.recall), "lead": words}


def _minutes(seconds: float) -> str:
    return figure(seconds / 60.0, 1)


def _timelines(results: Results, fig: Figures) -> tuple[list[dict[str, Any]], str, Any]:
    firing = [col for col in fig.columns if not never_fires(results.package(col.name))]
    main = firing[0] if firing else fig.base
    tried = (("given", "crossings like the reported one"), ("tagged", "crossings"), ("plain", "crossings of ordinary nights"))
    draw, of, (picked, total) = next(
        ((draw, words, found) for draw, words in tried if (found := _examples(results, main.name, draw))[0]), ("plain", "", ([], 0))
    )
    if not picked:
        return [], "No simulated threat would have crossed a border in this folder, so there is no timeline to show.", ""
    lanes = {(col.name, item.key, item.threat): _lane(results, col, draw, item) for item in picked for col in fig.columns}
    early = [at for lane, _ in lanes.values() for at in (lane.tracked, lane.end, *(shot for shot, _ in lane.shots)) if at is not None]
    late = [at for lane, _ in lanes.values() for at in (*(shot for shot, _ in lane.shots), *(a for a, _ in lane.windows if a <= lane.end))]
    scale = RootScale(max(EARLIEST_MIN, min([_LEAST_MIN, *early])), min(LATEST_MIN, max([_MOST_MIN, *(at + 0.5 for at in late)])))
    blocks = []
    for number, item in enumerate(picked, start=1):
        rows = []
        for col in fig.columns:
            lane, words_of = lanes[col.name, item.key, item.threat]
            rows.append({"css": col.css, "title": col.title, "svg": timeline(lane, scale, f"Crossing {number}, {col.title}: {words_of}")})
        title = f"Crossing {number}: a {CLASS_WORDS.get(item.threat_class, 'threat').removesuffix('s')} (sample {item.key})"
        blocks.append({"title": title, "lanes": rows})
    caption = (
        f"Minutes before (left of 0) and after the border, for {len(picked)} of {total:,} simulated {of}, picked at equal steps of the lead that "
        f"“{main.title}” gives, from the least to the most, so that short ones are shown too. A line ends where the threat ends. "
        "The scale is stretched near the border."
    )
    return blocks, caption, axis(scale, "Minutes around the border", [at for at in _TICKS if scale.low <= at <= scale.high])


def _examples(results: Results, package: str, draw: str) -> tuple[list[_Example], int]:
    tables = Tables(results, package, draw)
    key = "replicate" if draw == "plain" else "sample"
    threats = tables.crossings().filter(pl.col("country").is_in(tables.member_borders())).rename({"key": key})
    first = results.scan("windows", package, draw).group_by(key, "threat").agg(pl.col("from_s").min())
    joined = threats.join(first, on=[key, "threat"], how="left").select(
        key, "threat", "threat_class", "border_s", (pl.col("border_s") - pl.col("from_s")).alias("lead_s")
    )
    rows = results.collect([joined])[0].sort("lead_s", key, "threat", nulls_last=False).rows()
    if not rows:
        return [], 0
    count = min(EXAMPLES, len(rows))
    places = [round((2 * k + 1) / (2 * count) * (len(rows) - 1)) for k in range(count)]
    return [_Example(*rows[place]) for place in dict.fromkeys(places)], len(rows)


def _lane(results: Results, col: Column, draw: str, item: _Example) -> tuple[Lane, str]:
    key = "replicate" if draw == "plain" else "sample"
    where = (pl.col(key) == item.key) & (pl.col("threat") == item.threat)
    tracks, permitted, shots, threats = results.collect(
        [
            results.scan("tracks", col.name, draw).filter(where).select("seen_s", "classified_s"),
            results.scan("windows", col.name, draw).filter(where).select("from_s", "to_s", "member").sort("from_s"),
            results.scan("shots", col.name, draw).filter(where).select("fire_s", "hit", "member").sort("fire_s"),
            results.scan("threats", col.name, draw).filter(where).select("fate_s"),
        ]
    )

    def minutes(value: Any) -> float | None:
        return None if value is None else (float(value) - item.border_s) / 60.0

    tracked, classified = minutes(tracks["seen_s"].min()), minutes(tracks["classified_s"].min())
    end = minutes(threats["fate_s"].min() if len(threats) else None)
    spans = _union([(minutes(a), minutes(b)) for a, b, _ in permitted.rows()])
    fired = tuple((minutes(at), bool(hit)) for at, hit, _ in shots.rows())
    words = [
        "never tracked" if tracked is None else f"tracked {_around(tracked)}",
        "never permitted" if not spans else f"permitted {_around(spans[0][0])}",
        "no shot" if not fired else f"first shot {_around(fired[0][0] or 0.0)}, {'hit' if any(hit for _, hit in fired) else 'missed'}",
    ]
    lane = Lane(tracked, classified, spans, tuple((at, hit) for at, hit in fired if at is not None), LATEST_MIN if end is None else min(end, LATEST_MIN))
    return lane, listed(words)


def _around(minutes: float) -> str:
    return f"{figure(abs(minutes), 1)} min {'before' if minutes <= 0 else 'after'} the border"


def _union(spans: Sequence[tuple[float | None, float | None]]) -> tuple[tuple[float, float], ...]:
    """Overlapping windows of several members as one."""
    out: list[tuple[float, float]] = []
    for a, b in sorted((a, b) for a, b in spans if a is not None and b is not None):
        if out and a <= out[-1][1]:
            out[-1] = out[-1][0], max(out[-1][1], b)
        else:
            out.append((a, b))
    return tuple(out)
