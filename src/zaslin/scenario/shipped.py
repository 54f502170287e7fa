"""Nights of attack as files: the shipped ones, and a user's own in the same YAML; it simulates nothing.

A night file is a small table of facts, each group with its source. docs/nights.md shows one.
"""

from __future__ import annotations

import os
from functools import cache
from importlib.resources import files
from pathlib import Path

from zaslin.asked import of_kind
from zaslin.errors import InputError, SpecError, nearest, unknown
from zaslin.scenario.load import load_document
from zaslin.scenario.night import Night
from zaslin.scenario.night_rules import inspect_night
from zaslin.scenario.yaml_text import Document


@cache
def night_ids() -> tuple[str, ...]:
    """Ids of the shipped nights, in order of date."""
    folder = files("zaslin.scenario") / "data" / "nights"
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml")))


def night(which: str | Path) -> Night:
    """A shipped night by its id, or the night in a YAML file.

    Raises InputError (no such night or file, or neither a name nor a path) or SpecError (every fault of the file at once).
    """
    right = 'a night\'s id, as "2023-12-29", or the path of a YAML file'
    of_kind("night", which, (str, os.PathLike), right if str(which) not in night_ids() else f'its id as text, "{which}"')
    if which in night_ids():
        return _shipped(str(which))
    path = Path(which)
    if isinstance(which, str) and not _is_file_name(which, path):
        shipped = f" (shipped: {', '.join(night_ids())})" if nearest(which, night_ids()) is not None else ""
        raise InputError(f"{unknown('night', which, night_ids())}{shipped}; or give a YAML file")
    if path.suffix.lower() == ".csv":
        raise InputError(f"{path} is a table of many nights; list them with `zaslin nights --from {path}`, and give a night's id or YAML file here")
    return _night(load_document(path), str(path))


def _night(document: Document, where: str) -> Night:
    checked, faults, _ = inspect_night(document)
    if checked is None:
        raise SpecError(where, faults)
    return checked


@cache
def _shipped(id: str) -> Night:
    text = (files("zaslin.scenario") / "data" / "nights" / f"{id}.yaml").read_text(encoding="utf-8")
    return _night(load_document(text, shipped=True), f"night {id}")


def _is_file_name(which: str, path: Path) -> bool:
    if not which.strip():
        return False
    return path.suffix.lower() in (".yaml", ".yml", ".csv", ".json") or "/" in which or "\\" in which or _exists(path)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
