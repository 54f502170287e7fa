"""Every number of a night, a package or a whole study, by its path: what `zaslin sources` lists; it draws and compiles nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from zaslin.scenario.aircraft import Aircraft
from zaslin.scenario.aircraft_catalogue import aircraft_catalogue
from zaslin.scenario.catalogue import launch_areas, launch_areas_of, models_of, route_assumptions
from zaslin.scenario.defence import UkraineLayer
from zaslin.scenario.night import JOINT, Night
from zaslin.scenario.others import other_traffic
from zaslin.scenario.package import Fighters, Helicopters, Package
from zaslin.scenario.sourced import ASSUMPTION, Sourced
from zaslin.scenario.sources import sources

REPORTED = "reported"
"""Grade of a night's counts: what the row's source reports, with no range of its own."""

COUNTS = ("count", "destroyed", "lost")


def sourced_numbers(item: Any, path: str = "") -> Iterator[tuple[str, Sourced]]:
    """Every Sourced number inside models, dicts and sequences, with its path."""
    if isinstance(item, Sourced):
        yield path, item
    elif isinstance(item, BaseModel):
        for name in type(item).model_fields:
            yield from sourced_numbers(getattr(item, name), f"{path}.{name}" if path else name)
    elif isinstance(item, dict):
        for name, value in item.items():
            yield from sourced_numbers(value, f"{path}.{name}" if path else str(name))
    elif isinstance(item, tuple | list):
        for index, value in enumerate(item):
            tag = getattr(value, "id", None) or getattr(value, "nation", None) or index
            yield from sourced_numbers(value, f"{path}[{tag}]")


def plain_rows(parts: Any) -> list[dict[str, Any]]:
    """The numbers inside `parts` as plain rows: path, value, low, high, unit, source, grade, note, shape."""
    return [{"path": path, **number.model_dump()} for path, number in sourced_numbers(parts)]


def package_parts(packages: Iterable[Package]) -> dict[str, Any]:
    """What has a package's numbers, by the beginning of its path: the packages and the catalogue's aircraft that they fly."""
    chosen = list(packages)
    return {**{f"package.{item.name}": item for item in chosen}, "aircraft": aircraft_of(chosen)}


def aircraft_of(packages: Iterable[Package]) -> dict[str, Aircraft]:
    """The catalogue's aircraft that the packages fly, by name; types that a package brings itself are not among them."""
    used = {asset.aircraft for item in packages for member in item.members for asset in member.assets if isinstance(asset, Fighters | Helicopters)}
    every = aircraft_catalogue()
    return {name: every[name] for name in sorted(used) if name in every}


def night_parts(night: Night, layer: UkraineLayer) -> dict[str, Any]:
    """What has a night's uncertain numbers, by the beginning of its path: threats, routes, Ukraine's layer, launch areas, and what is in
    the air and no threat."""
    wanted = {f"launch_area.{name}": launch_areas()[name] for name in areas_used(night.model_dump(mode="json"))}
    return {"threat": models_of(night), "routes": route_assumptions(), "layer": layer, "others": other_traffic(), **wanted}


def areas_used(night: Mapping[str, Any]) -> list[str]:
    """Names of the launch areas from which the night's threats are launched, those of the models' own defaults among them."""
    pairs = [(model, group["launch_areas"]) for group in night["groups"] for model in str(group["model"]).split(JOINT)]
    return sorted({area.name for model, reported in pairs for area in launch_areas_of(model, reported)})


def missing_areas(night: Mapping[str, Any], areas: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the launch areas that a study used and its manifest does not list among its inputs: the defaults of models without a reported one."""
    there = {str(row["path"]) for row in rows}
    wanted = [(f"launch_area.{name}.spread", areas[name]) for name in areas_used(night) if name in areas]
    return [{"path": path, **area["spread"]} for path, area in wanted if path not in there]


def count_rows(night: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A night's counts as rows: launched, and destroyed and lost where the report says so, of every group, with the group's source."""
    rows = []
    for group in night["groups"]:
        told = {name: group[name] for name in COUNTS if group.get(name) is not None}
        split = {f"split.{name}": count for name, count in (group.get("split") or {}).items()}
        for name, count in {**told, **split}.items():
            rows.append(
                {
                    "path": f"night.groups[{group['id']}].{name}", "value": count, "low": count, "high": count, "unit": "count", "source": group["source"],
                    "grade": ASSUMPTION if group["source"] == ASSUMPTION else REPORTED, "note": group.get("note") or "", "model": group["model"],
                }
            )  # fmt: skip
    return rows


def sources_of_rows(rows: Iterable[Mapping[str, Any]], held: Mapping[str, Any] | None = None) -> dict[str, dict[str, Any]]:
    """The publications that the rows name, by id: as the folder holds them, else from the registry."""
    registry = sources()
    out: dict[str, dict[str, Any]] = {}
    for id in sorted({str(row["source"]) for row in rows} - {ASSUMPTION}):
        if held is not None and id in held:
            out[id] = dict(held[id])
        elif id in registry:
            out[id] = registry[id].model_dump(mode="json")
    return out
