"""The night's part of the page: what was reported, the model beside it, and the map of one simulated night per package."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from zaslin.brief.figures_map import CLASS_COLOURS, Flight, Scene, Station, aspect, svg_of
from zaslin.brief.numbers import DASH, figure, listed
from zaslin.brief.rules import members_of, short_titles
from zaslin.brief.sentences import CLASS_WORDS, reported_against_model
from zaslin.outcomes.store import Results

JOINT = " + "
STOPPED = ("killed_ua", "lost")
MAP_WIDTH_PX = 620


@dataclass(frozen=True)
class Column:
    """One package as a column of the page: its name, short title, CSS class of its colour, and whole title."""

    name: str
    title: str
    css: str
    whole: str


def columns(results: Results) -> list[Column]:
    """The packages as columns: the baseline (`status-quo`, else the first) first, the others as they were asked for."""
    names = list(results.packages)
    base = "status-quo" if "status-quo" in names else names[0]
    ordered = [base, *(name for name in names if name != base)]
    whole = [str(results.package(name)["title"]) for name in ordered]
    rows = zip(ordered, short_titles(whole), whole, strict=True)
    return [Column(name, short, f"p{min(k, 5)}", title) for k, (name, short, title) in enumerate(rows)]


def moment(text: str) -> datetime:
    """A manifest's time as a datetime."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def date_words(night: Mapping[str, Any]) -> str:
    """The night's date in words where its id is a date: ``29 December 2023``."""
    try:
        day = datetime.strptime(str(night["id"])[:10], "%Y-%m-%d")
    except ValueError:
        return str(night["title"])
    return f"{day.day} {day:%B %Y}"


def window_words(start: str, end: str) -> str:
    """``29 Dec 01:00 – 07:30`` in UTC."""
    a, b = moment(start), moment(end)
    same = a.date() == b.date()
    return f"{a.day} {a:%b %H:%M} {DASH} {'' if same else f'{b.day} {b:%b} '}{b:%H:%M}"


def reported(results: Results) -> dict[str, Any]:
    """The reported rows and, for each of them, the model's single nights beside the report."""
    night = results.manifest["night"]
    launched = sum(group["count"] for group in night["groups"])
    known = [group for group in night["groups"] if group.get("destroyed") is not None or group.get("lost") is not None]
    stopped = sum((group.get("destroyed") or 0) + (group.get("lost") or 0) for group in known)
    text = f"{night['title']}: {launched:,} threats launched"
    if known:
        text += f", {stopped:,} of them reported destroyed or lost"
        if len(known) < len(night["groups"]):
            text += " (some rows do not say)"
    rows = [
        {
            "model": group["model"].replace(JOINT, " and "),
            "count": f"{group['count']:,}",
            "destroyed": _count(group.get("destroyed")),
            "lost": _count(group.get("lost")),
            "window": window_words(group["start_utc"], group["end_utc"]) + ("" if group.get("time_known", True) else " (date only)"),
            "areas": listed(group.get("launch_areas") or ()) or "not reported",
            "targets": listed(group.get("targets") or ()),
            "source": group["source"],
            "note": group.get("note", ""),
        }
        for group in night["groups"]
    ]
    return {
        "text": text + ".",
        "note": night.get("note", ""),
        "source": night["source"],
        "rows": rows,
        "lost_told": any(group.get("lost") is not None for group in night["groups"]),
        "checks": _checks(results, night["groups"]),
    }


def _count(value: int | None) -> str:
    return "not reported" if value is None else f"{value:,}"


def _checks(results: Results, groups: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Per reported group: what Ukraine's layer alone stops in single nights, beside the report."""
    base = columns(results)[0].name
    stop = pl.col("would_have").is_in(STOPPED).sum().alias("stopped")
    per_night = results.collect([results.scan("threats", base).group_by("replicate", "group").agg(stop)])[0]
    rows = [_check(group["model"].replace(JOINT, " and "), [group], per_night, results.replicates) for group in groups]
    if len(groups) > 1:
        rows.append(_check("All threats", groups, per_night, results.replicates))
    return rows


def _check(label: str, groups: Sequence[Mapping[str, Any]], per_night: pl.DataFrame, replicates: int) -> dict[str, Any]:
    launched = sum(group["count"] for group in groups)
    told = [group for group in groups if group.get("destroyed") is not None or group.get("lost") is not None]
    stops = per_night.filter(pl.col("group").is_in([group["id"] for group in groups])).group_by("replicate").agg(pl.col("stopped").sum())["stopped"]
    mean = None if stops.is_empty() else float(stops.mean())  # type: ignore[arg-type]
    p05, p95 = (None, None) if stops.is_empty() else (stops.quantile(0.05, "nearest"), stops.quantile(0.95, "nearest"))
    row: dict[str, Any] = {
        "label": label,
        "sources": list(dict.fromkeys(group["source"] for group in groups)),
        "launched": f"{launched:,}",
        "expected": "not defined" if mean is None else figure(mean, 1),
        "band": "not defined" if p05 is None or p95 is None else f"{p05:,.0f}{DASH}{p95:,.0f}",
    }
    if len(told) < len(groups):
        return {
            **row,
            "reported": "not reported",
            "outside": None,
            "text": "the report does not say" if len(groups) == 1 else "some rows do not say",
        }
    stopped = sum((group.get("destroyed") or 0) + (group.get("lost") or 0) for group in groups)
    text, outside = reported_against_model(stopped, launched, p05, p95)
    return {**row, "reported": f"{stopped:,}", "outside": outside, "text": text}


def stations(package: Mapping[str, Any]) -> list[Station]:
    """Where the package's aircraft wait."""
    return [
        Station(asset["station"]["name"], asset["kind"], asset["station"]["lat"], asset["station"]["lon"])
        for member in package["members"]
        for asset in member["assets"]
        if "station" in asset
    ]


def flights(results: Results, package: str, draw: str, key: int) -> list[Flight]:
    """The flown paths of one replicate (plain) or sample (given) that the folder keeps, with class, fate and places of entry."""
    column = "replicate" if draw == "plain" else "sample"
    where = pl.col(column) == key
    paths, threats, entries = results.collect(
        [
            results.scan("paths", package, draw).filter(where).select("threat", "lat", "lon"),
            results.scan("threats", package, draw).filter(where).select("threat", "threat_class", "fate"),
            results.scan("incursions", package, draw).filter(where).select("threat", "entry_s", "entry_lat", "entry_lon"),
        ]
    )
    crossed: dict[str, list[tuple[float, float]]] = {}
    for threat, _, lat, lon in entries.sort("threat", "entry_s").rows():
        crossed.setdefault(threat, []).append((lat, lon))
    rows = paths.join(threats, on="threat", how="inner").sort("threat").rows(named=True)
    return [Flight(row["threat_class"], row["fate"], row["lat"], row["lon"], crossed.get(row["threat"], [])) for row in rows if row["lat"]]


def embedded(scene: Scene, title: str, alt: str) -> dict[str, Any]:
    """A scene as an image inside the page, with its alternative text."""
    return {
        "title": title,
        "alt": alt,
        "data": base64.b64encode(svg_of(scene)).decode("ascii"),
        "width": MAP_WIDTH_PX,
        "height": round(MAP_WIDTH_PX * aspect(scene.extent)),
    }


def maps(results: Results) -> dict[str, Any]:
    """One map per package of the same simulated night: the first whose paths the folder keeps."""
    cols = columns(results)
    kept = [set(results.collect([results.scan("paths", col.name).select("replicate").unique()])[0]["replicate"].to_list()) for col in cols]
    common = sorted(set.intersection(*kept))
    if not common:
        return {"figures": [], "caption": "This folder keeps no flown paths, so there is no map.", "legend": []}
    replicate = common[0]
    figures, classes = [], set()
    for col in cols:
        package = results.package(col.name)
        shown = flights(results, col.name, "plain", replicate)
        classes |= {flight.threat_class for flight in shown}
        scene = Scene(shown, stations(package), members_of([package]))
        figures.append(embedded(scene, col.title, _alt(col.title, shown)))
    legend = [(CLASS_COLOURS[name], words) for name, words in CLASS_WORDS.items() if name in classes]
    caption = (
        f"Simulated night number {replicate}, the same raid in every picture: one draw of many, shown because it is the first, not because it is "
        "typical. Routes are guessed from coarse public corridors; launch places, way-points and aims are random. Where a faint path ends says nothing "
        "about Ukraine's defence, which has no place in the model."
    )
    return {"figures": figures, "caption": caption, "legend": legend}


def _alt(title: str, shown: Sequence[Flight]) -> str:
    fates = {"killed_member": "shot down by the coalition", "leaked": "reached their aim region"}
    counts = [f"{sum(flight.fate == fate for flight in shown)} {words}" for fate, words in fates.items()]
    crossing = sum(bool(flight.crossed) for flight in shown)
    counts.append(f"{crossing} entered a neighbour")
    return f"Map of Ukraine and its western neighbours under {title}: paths of {len(shown)} simulated threats; {listed(counts)}."
