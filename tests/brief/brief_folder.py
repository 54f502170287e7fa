"""A small made-up results folder in the real schemas: numbers are drawn, not simulated, so that the page can be tested without the engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from zaslin.outcomes.store import Results, create
from zaslin.outcomes.tables import SCHEMA_VERSION, TABLES
from zaslin.scenario.package import Package

REPLICATES, BLOCK = 50, 10
N_CRUISE, N_DRONE = 8, 6
STRATUM = {"group": "cruise", "country": "PL", "chance": 0.001, "standard_error": 1e-4, "hits": 1, "flown": 1}
"""Recorded but not in the folder: so the estimates count plain replicates."""

GIVEN_RECORD = {"routes": 2000, "entered": 80, "alike": 12, "factor": 1.25, "chance": 0.0004}


def sourced(
    value: float,
    low: float | None = None,
    high: float | None = None,
    unit: str = "count",
    source: str = "assumption",
    grade: str = "assumption",
    note: str = "",
) -> dict[str, Any]:
    return {
        "value": value,
        "low": value if low is None else low,
        "high": value if high is None else high,
        "unit": unit,
        "source": source,
        "grade": grade,
        "note": note,
    }


def _member(nation: str, station: tuple[float, float], fires: bool, enters: bool) -> dict[str, Any]:
    picture = {
        "mast": sourced(40, 20, 80, "m"),
        "setback": sourced(10, 0, 30, "km"),
        "shared": {"enabled": fires, "cover": sourced(0.85, 0.5, 0.95, "share"), "latency": sourced(60, 10, 300, "s")},
        "airborne": [],
        "track_delay": sourced(20, 10, 60, "s"),
        "classification": sourced(60, 20, 180, "s"),
        "course_error": sourced(5, 2, 15, "deg"),
    }
    qra = {
        "kind": "qra",
        "id": f"{nation.lower()}-qra",
        "aircraft": "F-16",
        "base": "EPLK",
        "station": {"name": "a station", "lat": station[0], "lon": station[1]},
        "pairs": sourced(1),
        "readiness": sourced(15, 5, 45, "min", "pub-a", "B"),
        "missiles_per_jet": sourced(4, 4, 6),
        "operator": None,
        "source": "pub-a",
        "note": "",
        "trigger": {"raid_warning": True, "lead": sourced(60, 0, 110, "min"), "own_track_within": sourced(150, unit="km")},
    }
    gbad = {
        "kind": "gbad",
        "id": f"{nation.lower()}-gbad",
        "provinces": ["Lublin"],
        "coverage": sourced(0.2, 0, 0.5, "share"),
        "classes": ["cruise"],
        "source": "assumption",
        "note": "",
    }
    approval = {"authority": "pre-delegated", "delay": sourced(0, unit="s"), "sigma": sourced(0.6, unit="factor")}
    toward = {
        "id": "toward-border",
        "effect": "permit",
        "classes": ["drone", "cruise"],
        "zone": {"area": "ukraine", "within": None, "named": None},
        "heading": {"toward": "own-territory", "horizon": {"cruise": sourced(300, unit="s")}, "share": sourced(0.5, unit="share")},
        "shooter_place": {"area": "ukraine" if enters else "own-airspace", "pursuit": sourced(120, 60, 250, "km") if enters else None},
        "approval": approval,
        "says": "What flies toward us may be shot down.",
        "source": "pub-b",
    }
    return {
        "nation": nation,
        "picture": picture,
        "assets": [qra, gbad] if fires else [qra],
        "caveats": [toward] if fires else [],
        "separation_delay": None,
        "note": "",
    }


def package(name: str, title: str, fires: bool = True, enters: bool = False) -> dict[str, Any]:
    members = [_member("PL", (50.7, 23.0), fires, enters), _member("RO", (45.0, 28.5), fires, enters)]
    data = {
        "name": name,
        "title": title,
        "date": "2024-08-04",
        "summary": f"Summary of {title}.",
        "agreed": "proposed" if fires else "real",
        "assignment": "earliest",
        "zones": {},
        "members": members,
        "source": "pub-b" if fires else "assumption",
        "note": "",
    }
    return Package.model_validate(data).model_dump(mode="json")


def night() -> dict[str, Any]:
    def group(id: str, model: str, count: int, destroyed: int | None, lost: int | None, areas: list[str], targets: list[str]) -> dict[str, Any]:
        return {
            "id": id,
            "model": model,
            "count": count,
            "split": None,
            "destroyed": destroyed,
            "lost": lost,
            "start_utc": "2023-12-29T01:00:00Z",
            "end_utc": "2023-12-29T07:30:00Z",
            "time_known": True,
            "launch_areas": areas,
            "targets": targets,
            "source": "report",
            "note": "",
        }

    groups = [
        group("cruise", "Kh-101/Kh-555 + Kalibr", N_CRUISE, 6, None, ["Caspian"], ["west", "Ukraine"]),
        group("drone", "Shahed-136/131", N_DRONE, 5, 0, ["Primorsko-Akhtarsk"], ["Odesa oblast"]),
    ]
    return {"id": "2023-12-29", "title": "29 December 2023", "groups": groups, "incidents": ["PL-2023-12-29"], "source": "report", "note": "A made-up night."}


def incident() -> dict[str, Any]:
    return {
        "id": "PL-2023-12-29",
        "date_utc": "2023-12-29",
        "time_utc": "06:00:00",
        "country": "PL",
        "place": "near Hrubieszów",
        "lat": 50.65,
        "lon": 23.75,
        "threat_class": "cruise",
        "model": "Kh-101/Kh-555",
        "kind": "incursion",
        "duration_s_low": 120.0,
        "duration_s_high": 180.0,
        "depth_km_low": 10.0,
        "depth_km_high": 40.0,
        "status": "confirmed",
        "source": "pub-a",
        "note": "Under three minutes and about 40 km, then back.",
    }


def manifest(packages: list[dict[str, Any]], given: bool) -> dict[str, Any]:
    rows = [
        {"path": "routes.drift", **sourced(0.5, 0.1, 3, "km")},
        {"path": "routes.keeps_margin.PL", **sourced(0.7, 0.5, 0.95, "probability")},
        {"path": "launch_area.Caspian.spread", **sourced(30, 10, 60, "km")},
        {"path": "layer.shares.cruise.stopped", **sourced(0.8, 0.7, 0.9, "share", "report", "A")},
        {"path": "layer.shares.cruise.night_sigma", **sourced(0.5, 0.2, 1.0, "factor")},
        {"path": "threat.Kh-101/Kh-555.speed", **sourced(800, 650, 950, "km/h", "pub-a", "B")},
        {"path": "aircraft.F-16.reach.cruise", **sourced(30, 15, 60, "km")},
        {"path": "aircraft.F-16.p_kill.cruise", **sourced(0.7, 0.4, 0.9, "probability")},
    ]
    for item in packages:
        for member in item["members"]:
            base = f"package.{item['name']}.members[{member['nation']}]"
            rows.append({"path": f"{base}.picture.mast", **member["picture"]["mast"]})
            for asset in member["assets"]:
                if asset["kind"] == "qra":
                    rows.append({"path": f"{base}.assets[{asset['id']}].readiness", **asset["readiness"]})
            for rule in member["caveats"]:
                rows.append({"path": f"{base}.caveats[{rule['id']}].heading.horizon.cruise", **rule["heading"]["horizon"]["cruise"]})
    sources = {
        id: {"id": id, "publisher": publisher, "title": title, "url": url, "date": "2023-12-29", "note": ""}
        for id, publisher, title, url in (
            ("pub-a", "A newspaper", "An article", "https://example.org/a"),
            ("pub-b", "B <b>agency</b>", "A dispatch", "javascript:alert(1)"),
            ("report", "Air Force", "Daily report", ""),
        )
    }
    return {
        "schema_version": SCHEMA_VERSION,
        "inputs_hash": "0" * 64,
        "seed": 7,
        "block_size": BLOCK,
        "night": night(),
        "packages": packages,
        "inputs": rows,
        "given": incident() if given else None,
        "sources": sources,
        "replicates": REPLICATES,
        "zaslin_version": "0.1.0",
        "source_hash": "abc",
        "python": "3.11",
        "machine": "x86_64",
        "libraries": {"numpy": "2.4"},
        "git": None,
        "kernels": "k",
        "tagging": {"0": {"strata": [STRATUM], "given": GIVEN_RECORD}} if given else {},
    }


def _table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    schema = TABLES[name]
    plain = pa.schema([pa.field(field.name, pa.string() if pa.types.is_dictionary(field.type) else field.type) for field in schema])
    return pa.Table.from_pylist([{field.name: row.get(field.name) for field in plain} for row in rows], schema=plain)


def _path(rng: np.random.Generator, cruise: bool, west: bool) -> tuple[list[float], list[float]]:
    start = (46.5, 47.0) if cruise else (46.0, 38.2)
    end = (50.3, 24.2) if west else (48.5 + rng.normal(0, 1.0), 31 + rng.normal(0, 2.0))
    u = np.linspace(0, 1, 24)
    lat = start[0] + (end[0] - start[0]) * u + 0.8 * np.sin(np.pi * u) * rng.normal()
    lon = start[1] + (end[1] - start[1]) * u
    return lat.tolist(), lon.tolist()


_SLOVAK = {
    "country": "SK",
    "threat_class": "cruise",
    "entry_s": 19_000.0,
    "exit_s": 19_300.0,
    "depth_m": 3_000.0,
    "path_m": 60_000.0,
    "entry_lat": 49.0,
    "entry_lon": 22.5,
}
"""A second incursion of every given crossing, 300 s into another country than the reported one."""


def _fly(draw: str, name: str, fires: bool, enters: bool, n: int) -> dict[str, list[dict[str, Any]]]:
    """Rows of all tables for one package and draw; the same luck for every package."""
    tables: dict[str, list[dict[str, Any]]] = {table: [] for table in TABLES}
    for r in range(n):
        rng = np.random.default_rng([r, 0 if draw == "plain" else 1])
        block = r // BLOCK
        key = {"draw": draw, "sample": None if draw == "plain" else r, "replicate": r, "block": block}
        threats = [("kh101", N_CRUISE), ("shahed", N_DRONE)] if draw == "plain" else [("kh101", 1)]
        for stem, count in threats:
            for k in range(count):
                u, v, w = rng.random(3)
                cruise = stem == "kh101"
                crosses = draw != "plain" or (cruise and u < 0.01)
                permitted = fires and (crosses or u < 0.1)
                killed = permitted and v < (0.5 if enters else 0.3)
                would = "leaked" if w < 0.2 + 0.05 * (block % 3) or crosses else "killed_ua"
                fate = "killed_member" if killed else would
                border = 18_000.0 + 600.0 * u
                row = {**key, "threat": f"{stem}-{k:03d}", "weight": 1.0}
                tables["threats"].append(
                    {
                        **row,
                        "group": "cruise" if cruise else "drone",
                        "model": "Kh-101/Kh-555" if cruise else "Shahed-136/131",
                        "threat_class": "cruise" if cruise else "drone",
                        "launch_s": 3600.0,
                        "end_s": 20_000.0,
                        "fate": fate,
                        "fate_s": border - 60.0 if killed else 19_500.0,
                        "fate_region": "west",
                        "would_have": would,
                        "shooter_member": "PL" if killed else None,
                        "shooter_asset": "pl-qra" if killed else None,
                        "excursion": "PL" if crosses else None,
                        "first_border_s": border if crosses else None,
                        "entries_s": [border] if crosses else None,
                        "crosses": "PL" if crosses else None,
                        "tag_country": "PL" if draw != "plain" else None,
                    }
                )
                if draw != "plain" and not killed:
                    tables["incursions"].append({**_SLOVAK, **row})
                if crosses and not killed:
                    tables["incursions"].append(
                        {
                            **row,
                            "country": "PL",
                            "threat_class": "cruise",
                            "entry_s": border,
                            "exit_s": border + 120.0,
                            "depth_m": 9_000.0 * v,
                            "path_m": 26_000.0,
                            "entry_lat": 50.65,
                            "entry_lon": 23.95,
                        }
                    )
                for member in ("PL", "RO"):
                    seen = border - 400.0 + 100 * v
                    if crosses or u < 0.2:
                        tables["tracks"].append({**row, "member": member, "seen_s": seen, "classified_s": seen + 60.0, "seen_by": "mast"})
                    if permitted and member == "PL":
                        tables["windows"].append({**row, "member": "PL", "caveat": "toward-border", "from_s": seen + 80.0, "to_s": border})
                if permitted:
                    tables["engagements"].append(
                        {
                            **row,
                            "member": "PL",
                            "asset": "pl-qra",
                            "commit_s": border - 300.0,
                            "first_shot_s": border - 120.0,
                            "shots": 1,
                            "result": "hit" if killed else "missed",
                            "end_s": border - 60.0,
                            "needed": bool(crosses),
                        }
                    )
                    tables["shots"].append(
                        {
                            **row,
                            "member": "PL",
                            "asset": "pl-qra",
                            "fire_s": border - 120.0,
                            "impact_s": border - 60.0,
                            "hit": killed,
                            "lat": 50.5,
                            "lon": 24.2,
                            "shooter_lat": 50.6,
                            "shooter_lon": 23.6,
                        }
                    )
                tables["falls"].append(
                    {
                        **row,
                        "kind": "debris" if killed else "wreck",
                        "country": "PL" if crosses and not killed and v > 0.95 else "UA",
                        "lat": 50.0,
                        "lon": 25.0,
                        "land_s": 19_600.0,
                        "ec": 0.01 * v,
                        "shooter_member": "PL" if killed else None,
                        "excursion": "PL" if crosses else None,
                    }
                )
                if not killed:
                    cause = "missed" if permitted else "not_permitted" if u < 0.5 else "not_seen"
                    for member in ("coalition", "PL", "RO"):
                        tables["causes"].append(
                            {**row, "member": member, "cause": cause, "caveat": "toward-border" if cause == "not_permitted" and fires else None}
                        )
                if r < 2 or draw != "plain":
                    lat, lon = _path(np.random.default_rng([r, k, cruise]), cruise, crosses)
                    tables["paths"].append({**row, "t_s": np.linspace(3600.0, border, 24).tolist(), "lat": lat, "lon": lon, "alt_m": [100.0] * 24})
        if draw == "plain":
            for member in ("PL", "RO"):
                tables["sorties"].append(
                    {
                        **key,
                        "threat": None,
                        "member": member,
                        "asset": f"{member.lower()}-qra",
                        "jets": 2,
                        "take_off_s": 5_000.0,
                        "landing_s": 12_000.0,
                        "flight_s": 7_000.0,
                        "over_ukraine_s": 600.0 if enters else 0.0,
                        "cost_usd": 78_000.0,
                        "rounds": 0,
                        "rounds_usd": 0.0,
                    }
                )
                left = {"alert_pairs": 1, "ready_least": 0 if member == "PL" else 1, "unguarded_s": 9_000.0 if member == "PL" else 0.0, "night_s": 30_000.0}
                tables["air_policing"].append({**key, "threat": None, "member": member, **left})
    return tables


def make_folder(folder: Path, packages: list[dict[str, Any]], given: bool = True, told: dict[str, Any] | None = None) -> Results:
    """A folder with the given packages; the status quo (by name) never fires, a package whose name ends in "enter" may enter. `told`: another manifest."""
    results = create(folder, told or manifest(packages, given))
    for item in packages:
        fires = any(member["caveats"] for member in item["members"])
        for draw in ("plain", "given") if given else ("plain",):
            rows = _fly(draw, item["name"], fires, item["name"].endswith("enter"), REPLICATES)
            results.write_part(item["name"], draw, 0, {name: _table(name, rows[name]) for name in TABLES}, count=REPLICATES)
    results.finish({"seconds": 1.0})
    return results
