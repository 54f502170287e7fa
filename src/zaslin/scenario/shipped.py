"""Nights of attack as files: the shipped ones, and a user's own in the same YAML; it simulates nothing.

A night file is a small table of facts, each group with its source. docs/nights.md shows one.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from zaslin.errors import Fault, InputError, SpecError, nearest, unknown
from zaslin.scenario.catalogue import launch_area, threat_models
from zaslin.scenario.faults import in_order, located, try_validate
from zaslin.scenario.incident import incidents
from zaslin.scenario.load import load_document
from zaslin.scenario.night import JOINT, Night
from zaslin.scenario.sourced import ASSUMPTION
from zaslin.scenario.sources import sources
from zaslin.scenario.yaml_text import Document, Loc

EVERYWHERE = "Ukraine"


@cache
def night_ids() -> tuple[str, ...]:
    """Ids of the shipped nights, in order of date."""
    folder = files("zaslin.scenario") / "data" / "nights"
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml")))


def night(which: str | Path) -> Night:
    """A shipped night by its id, or the night in a YAML file.

    Raises InputError (no such night or file) or SpecError (every fault of the file at once).
    """
    if which in night_ids():
        return _shipped(str(which))
    path = Path(which)
    if isinstance(which, str) and not _is_file_name(which, path):
        shipped = f" (shipped: {', '.join(night_ids())})" if nearest(which, night_ids()) is not None else ""
        raise InputError(f"{unknown('night', which, night_ids())}{shipped}; or give a YAML file")
    if path.suffix.lower() == ".csv":
        raise InputError(f"{path} is a table of many nights; list them with `zaslin nights --from {path}`, and give a night's id or YAML file here")
    return _night(load_document(path), str(path))


def name_faults(data: Any, lines: Mapping[Loc, int] | None = None) -> list[Fault]:
    """What the types cannot see in a night's plain data: launch areas, targets, sources, incidents and models that nothing is known of.

    data: as YAML gives it, however broken; parts of the wrong shape are left to the types. lines: the line of each place, for the messages.
    """
    if not isinstance(data, Mapping):
        return []
    found: list[tuple[Loc, str]] = _source_faults(("source",), data.get("source"))
    for at, id in _texts(("incidents",), data.get("incidents")):
        if id not in incidents():
            found.append((at, unknown("incident", id, incidents())))
    groups = data.get("groups")
    for k, group in enumerate(groups if isinstance(groups, (list, tuple)) else ()):
        if isinstance(group, Mapping):
            found += _group_faults(("groups", k), group)
    return [located(at, message, lines or {}) for at, message in found]


def _group_faults(at: Loc, group: Mapping[Any, Any]) -> list[tuple[Loc, str]]:
    found = _source_faults((*at, "source"), group.get("source"))
    for where, name in _texts((*at, "launch_areas"), group.get("launch_areas")):
        try:
            launch_area(name)
        except InputError as error:
            found.append((where, str(error)))
    for where, name in _texts((*at, "targets"), group.get("targets")):
        if name not in _targets():
            found.append((where, unknown("target", name, _targets())))
    if group.get("targets") == []:
        found.append(((*at, "targets"), f'name at least one target, or leave the key out for "{EVERYWHERE}"'))
    models = group["model"].split(JOINT) if isinstance(group.get("model"), str) else []
    for name in models:
        near = nearest(name, threat_models())
        if near is not None and near != name and _letters(near) == _letters(name):
            found.append(((*at, "model"), f'no model "{name}"; did you mean "{near}"?'))
    split = group.get("split")
    if models and isinstance(split, Mapping) and set(split) != set(models):
        found.append(((*at, "split"), f"it names {', '.join(map(str, split))}; the group is of {', '.join(models)}"))
    return found


def _source_faults(at: Loc, id: Any) -> list[tuple[Loc, str]]:
    if not isinstance(id, str) or id == ASSUMPTION or id in sources():
        return []
    return [(at, unknown("source", id, sources()) + f'; without an id of the registry write "{ASSUMPTION}" and name the source in a note')]


def _texts(at: Loc, items: Any) -> list[tuple[Loc, str]]:
    return [((*at, k), item) for k, item in enumerate(items) if isinstance(item, str)] if isinstance(items, (list, tuple)) else []


def _letters(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())


def _night(document: Document, where: str) -> Night:
    checked, faults = try_validate(document.data, Night, document.lines)
    faults = in_order([*faults, *name_faults(document.data, document.lines)])
    if checked is None or faults:
        raise SpecError(where, faults)
    return checked


@cache
def _shipped(id: str) -> Night:
    text = (files("zaslin.scenario") / "data" / "nights" / f"{id}.yaml").read_text(encoding="utf-8")
    return _night(load_document(text), f"night {id}")


def _is_file_name(which: str, path: Path) -> bool:
    if not which.strip():
        return False
    return path.suffix.lower() in (".yaml", ".yml", ".csv", ".json") or "/" in which or "\\" in which or _exists(path)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


@cache
def _targets() -> tuple[str, ...]:
    from zaslin.atlas.regions import MACRO, REGIONS

    return (EVERYWHERE, *MACRO, *REGIONS)
