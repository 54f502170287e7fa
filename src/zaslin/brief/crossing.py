"""Given a crossing like the reported one: the claims, what they can mean, and what becomes of such a threat under every package."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import polars as pl

from zaslin.brief.comparison import Figures, shown
from zaslin.brief.figures_map import Scene, comes_into, extent_around
from zaslin.brief.night import embedded, flights, stations
from zaslin.brief.numbers import DASH, NOT_DEFINED, listed, never, nights, percent, replicates_of, with_interval
from zaslin.brief.rules import members_of
from zaslin.brief.sentences import CLASS_WORDS, compatible_readings, nation
from zaslin.errors import InputError
from zaslin.measures.estimate import Estimate, estimate, given_estimate
from zaslin.measures.registry import MEASURES
from zaslin.outcomes.store import Results
from zaslin.outcomes.tagging import tagging_records

SAMPLES_DRAWN = 12
"""Samples of the given crossing on its map."""

_KMH = {"km/h": 1.0, "mps": 3.6}
_ROWS = (
    ("incursions_any", "Incursions into {country}", "of any length, per such crossing"),
    ("overflight_s", "Time inside {country}", "seconds per such crossing"),
    ("incursion_depth_m", "Depth inside {country}, where it enters", "kilometres"),
    ("shots", "Rounds fired at it", ""),
    ("coalition_kills", "Shot down by the coalition", "before or after the border"),
    ("leakers", "Reaches its aim in Ukraine", ""),
    ("first_shot_margin_s", "First shot before the border", "seconds; negative: after it"),
    ("debris_falls", "Objects that fall on {country}", ""),
    ("expected_casualties", "Expected casualties of what falls, wherever it falls", "persons; not those of a threat that reaches its aim"),
)


def stopped_words(p: Estimate | None) -> str:
    """P(stopped before the border) as a share, or as ``in none of 200``."""
    return _none(p) if p is not None and never(p) else percent(p)


def _none(value: Estimate) -> str:
    return f"in none of {replicates_of(value):,}"


def stopped(fig: Figures, package: str) -> Estimate | None:
    """P(stopped before the border), or None where the folder has no given crossing."""
    try:
        return given_estimate(fig.reading, MEASURES["crossings_stopped"], package)
    except InputError:
        return None


def section(results: Results, fig: Figures, missing: str | None = None) -> dict[str, Any] | None:
    """The section's content; None where no incident was given. missing: why no such crossing was found, where none was; then there is no table."""
    event = results.manifest["given"]
    if event is None:
        return None
    country = nation(event["country"])
    shares = [(col.title, stopped_words(stopped(fig, col.name))) for col in fig.columns]
    rows = [_row("Stopped before the border", f"share of such crossings into {country}", shares)]
    for name, label, small in () if missing is not None else _ROWS:
        measure = MEASURES.get(name)
        if measure is None or measure.whole_night:
            continue
        member = str(event["country"]) if measure.by == "country" else None
        cells = []
        for col in fig.columns:
            try:
                value = given_estimate(fig.reading, measure, col.name, member)
                cells.append((col.title, _none(value) if never(value) else shown(measure, value)))
            except InputError:
                cells.append((col.title, NOT_DEFINED))
        if all(text == NOT_DEFINED for _, text in cells):
            continue
        rows.append(_row(label.format(country=country), small, cells))
    what = CLASS_WORDS.get(event["threat_class"], "threats").removesuffix("s")
    time = f" at {str(event['time_utc'])[:5]} UTC" if event.get("time_utc") else ""
    kind = f" ({event['model']})" if event.get("model") else ""
    text = f"Reported: a {what}{kind} entered {nation(event['country'])} on {event['date_utc']}{time}, {event['place']}. {_claims(event)}"
    figures, caption = _maps(results, fig, event)
    return {
        "text": text,
        "source": event["source"],
        "claims": [{"text": event["note"], "source": event["source"], "status": event["status"]}] if event.get("note") else [],
        "readings": _readings(results, event),
        "note": _acceptance(results, fig) if missing is None else f"{missing[:1].upper()}{missing[1:]}",
        "expected": _expected(fig, event),
        "samples_note": _sample_words(fig),
        "rows": rows if missing is None else [],
        "figures": figures,
        "caption": caption,
    }


def _row(label: str, small: str, cells: list[tuple[str, str]]) -> dict[str, Any]:
    return {"label": label, "small": small, "cells": cells, "letters": ""}


def _claims(event: Mapping[str, Any]) -> str:
    parts = []
    if event.get("duration_s_high") is not None:
        parts.append(f"inside for {_range(event['duration_s_low'], event['duration_s_high'])} s")
    if event.get("depth_km_high") is not None:
        parts.append(f"{_range(event['depth_km_low'], event['depth_km_high'])} km deep")
    return f"The table keeps it as {listed(parts)}." if parts else "Nobody says how long or how deep."


def _range(low: float | None, high: float) -> str:
    return f"{high:g}" if low is None or low == high else f"{low:g}{DASH}{high:g}"


def _readings(results: Results, event: Mapping[str, Any]) -> list[str]:
    """What the claimed time and distance can mean at the model's speed; empty where one of them is not claimed."""
    duration, distance = event.get("duration_s_high"), event.get("depth_km_high")
    speed = _speed_kmh(results, str(event.get("model") or ""), str(event["threat_class"]))
    if duration is None or distance is None or speed is None:
        return []
    return compatible_readings(duration, distance, speed)


def _speed_kmh(results: Results, model: str, threat_class: str) -> float | None:
    speeds = {row["path"]: row for row in results.manifest["inputs"] if str(row["path"]).startswith("threat.") and str(row["path"]).endswith(".speed")}
    row = speeds.get(f"threat.{model}.speed")
    return row["value"] * _KMH[row["unit"]] if row is not None and row["unit"] in _KMH else None


def _expected(fig: Figures, event: Mapping[str, Any]) -> str:
    """How often the model, without being told, has such a country entered at all on such a night."""
    measure = MEASURES["incursions_any"]
    if event["country"] not in fig.reading.members(measure, fig.base.name):
        return ""
    mean = estimate(fig.reading, measure, fig.base.name, event["country"])
    return (
        f"Not told of this incident, the model expects {with_interval(mean)} incursions of any kind into {nation(event['country'])} on such a night under "
        f"\u201c{fig.base.title}\u201d: at least one on {nights(mean)}."
    )


def _sample_words(fig: Figures) -> str:
    p = stopped(fig, fig.base.name)
    return "" if p is None else f": {p.replicates:,} simulated crossings, the same in each package"


def _acceptance(results: Results, fig: Figures) -> str:
    """How the simulated crossings were found, from the run's own record where the folder has it."""
    p = stopped(fig, fig.base.name)
    if p is None:
        return "No simulated crossing agreed with the claims, so there is nothing to say of it; the claims, or the model's routes, would have to change."
    records = [record["given"] for _, record in tagging_records(results) if record.get("given")]
    text = (
        f"{p.replicates:,} crossings are drawn from the same guessed routes as every night and kept where they resemble the report in time and in "
        "depth or path inside; nothing is fitted to its place or hour, and Ukraine does not stop them before the border."
    )
    if not records:
        return text
    routes, alike = (sum(int(record[name]) for record in records) for name in ("routes", "alike"))
    factors = sorted({_factor(record.get("factor")) for record in records})
    near = f"within a factor of {factors[0]:g}" if factors[-1] == factors[0] else f"within factors of {factors[0]:g} to {factors[-1]:g}"
    if factors[-1] == math.inf:
        near = "in part in no more than entering that country"
    chance = sum(float(record["chance"]) for record in records) / len(records)
    odds = f" Such a crossing has a chance of about 1 in {_round(1.0 / chance):,} per launched threat, Ukraine's defence left out." if chance > 0.0 else ""
    return f"{text} Of {routes:,} routes searched, {alike:,} resemble it {near}.{odds}"


def _factor(value: Any) -> float:
    return math.inf if value is None else float(value)


def _round(value: float) -> int:
    size = 10 ** max(0, math.floor(math.log10(value)) - 1)
    return round(value / size) * size


def _maps(results: Results, fig: Figures, event: Mapping[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """One map per package of the first samples whose paths are kept in all of them."""
    kept = []
    for col in fig.columns:
        samples = results.collect([results.scan("paths", col.name, "given").select("sample").unique()])[0]["sample"].drop_nulls().to_list()
        kept.append(set(samples))
    common = sorted(set.intersection(*kept))[:SAMPLES_DRAWN] if kept else []
    if not common:
        return [], ""
    extent = extent_around([event["lat"] - 0.3, event["lat"] + 0.3], [event["lon"] - 1.4, event["lon"] + 2.0])
    figures = []
    for col in fig.columns:
        package = results.package(col.name)
        shown_flights = [flight for sample in common for flight in flights(results, col.name, "given", sample)]
        shots = results.collect([results.scan("shots", col.name, "given").filter(pl.col("sample").is_in(common)).select("lat", "lon", "hit")])[0]
        hits = [(lat, lon) for lat, lon, hit in shots.rows() if hit]
        misses = [(lat, lon) for lat, lon, hit in shots.rows() if not hit]
        remark = "" if any(comes_into(flight, extent) for flight in shown_flights) else "none of them comes this far"
        scene = Scene(shown_flights, stations(package), members_of([package]), hits, misses, extent, remark=remark)
        entered = sum(bool(flight.crossed) for flight in shown_flights)
        alt = f"Map of the border near the reported crossing under {col.title}: of {len(shown_flights)} simulated crossings {entered} enter a neighbour."
        figures.append(embedded(scene, col.title, alt))
    caption = (
        f"The first {len(common)} simulated crossings, the same in every picture; paths end where the threat ends. "
        "Full circles: shots that hit; open circles: shots that missed."
    )
    return figures, caption
