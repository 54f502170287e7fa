"""A changed copy of a night or package, built anew and checked again; pydantic's own `model_copy` would not check."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

from zaslin.asked import of_kind
from zaslin.errors import InputError, unknown
from zaslin.scenario.faults import validate
from zaslin.scenario.package import Package
from zaslin.scenario.packages import checked, inspect_package
from zaslin.scenario.yaml_text import Document

M = TypeVar("M", bound=BaseModel)


class _Remove:
    def __repr__(self) -> str:
        return "REMOVE"


REMOVE = _Remove()
"""As a change's value: takes the entry away, such as one member or one caveat."""

_NAMES = ("id", "nation", "name")
"""Keys by which an entry of a list can be called in a path: ``members[PL]``, ``assets[pl-qra-lask]``."""
_STEP = re.compile(r"([^.\[\]]+)|\[([^\]]*)\]|\.")
_PATH = re.compile(r"[^.\[\]]+(\.[^.\[\]]+|\[[^\[\]]+\])*")
_NUMBER_KEYS = {"value", "low", "high", "unit"}


def vary(model: M, changes: Mapping[str, Any] | None = None, /, **fields: Any) -> M:
    """`model` with changes, rebuilt and checked (a package with all its cross-references too); the given one stays as it is.

    changes: path → value, such as ``{"members[PL].assets[pl-cap-lublin].pairs": 2}``; an entry of a list is called by number, id, nation
    or name. fields: values of the model's own fields, by keyword. A value may be plain data or a model; REMOVE takes the entry away. A bare
    number in the place of a number with range fixes it: value = low = high, the unit stays, the source becomes an assumption.
    Raises InputError for a path that does not exist, SpecError with every fault of the result.

    >>> from zaslin.scenario.packages import package
    >>> calm = vary(package("status-quo"), {"members[PL].picture.shared.enabled": True}, name="shared-picture")
    >>> calm.name, calm.members[0].picture.shared.enabled
    ('shared-picture', True)
    """
    of_kind("model", model, BaseModel, "a night or package, as zs.night(…) or zs.package(…) gives it")
    right = 'a mapping from paths to values, as {"members[PL].assets[0].pairs": 2}'
    for path in {} if changes is None else of_kind("changes", changes, Mapping, right):
        of_kind("changes", path, str, f"{right}: a path is text")
    data = model.model_dump(mode="json")
    # Removals come last and from the end, so that numbers in other paths still mean what they meant.
    steps = [(path, _resolve(data, path), value) for path, value in [*(changes or {}).items(), *fields.items()]]
    for path, loc, value in steps:
        if value is not REMOVE:
            _put(data, loc, _plain(value), path)
    for path, loc, _ in sorted((s for s in steps if s[2] is REMOVE), key=lambda s: tuple((isinstance(p, int), p) for p in s[1]), reverse=True):
        holder = _at(data, loc[:-1])
        if isinstance(holder, dict):
            holder.pop(loc[-1], None)
        elif isinstance(holder, list) and isinstance(loc[-1], int) and loc[-1] < len(holder):
            holder.pop(loc[-1])
        else:
            raise InputError(f"nothing to remove at {path}")
    where = f"the changed {type(model).__name__.lower()}"
    if isinstance(model, Package):
        return checked(inspect_package(Document(data)), where)  # type: ignore[return-value]
    return validate(data, type(model), where)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value


def _resolve(data: Any, path: str) -> list[str | int]:
    """The path's steps as keys and positions; the last key may be new, everything before it must exist."""
    if not _PATH.fullmatch(path):
        raise InputError(f'"{path}" is not a path; write it as members[PL].assets[0].pairs')
    steps = [(match.group(1), match.group(2)) for match in _STEP.finditer(path) if match.group(0) != "."]
    loc: list[str | int] = []
    here = data
    for k, (key, inside) in enumerate(steps):
        if inside is not None:
            position = _position(here, inside, path)
            loc.append(position)
            here = here[position]
            continue
        if not isinstance(here, Mapping):
            raise InputError(f'{path}: nothing is called "{key}" there')
        loc.append(key)
        if key not in here and k < len(steps) - 1:
            raise InputError(f"{path}: {unknown('key', key, here)}")
        here = here.get(key)
    return loc


def _position(here: Any, inside: str, path: str) -> Any:
    if isinstance(here, Mapping) and inside in here:
        return inside
    if not isinstance(here, list):
        raise InputError(f"{path}: [{inside}] does not stand at a list")
    if inside.isdigit():
        if int(inside) >= len(here):
            raise InputError(f"{path}: [{inside}] is beyond the list's {len(here)} entries, counted from 0")
        return int(inside)
    names = [next((str(entry[key]) for key in _NAMES if isinstance(entry, Mapping) and key in entry), "") for entry in here]
    if inside not in names:
        raise InputError(f"{path}: {unknown('entry', inside, names)}")
    return names.index(inside)


def _put(data: Any, loc: list[str | int], value: Any, path: str) -> None:
    holder = _at(data, loc[:-1])
    if not isinstance(holder, (dict, list)):
        raise InputError(f"{path}: nothing can be put there")
    last: Any = loc[-1]
    old = holder.get(last) if isinstance(holder, dict) else holder[last]
    if isinstance(old, Mapping) and set(old) >= _NUMBER_KEYS and isinstance(value, (int, float)) and not isinstance(value, bool):
        value = {"value": value, "low": value, "high": value, "unit": old["unit"], "note": "fixed for this variation"}
    holder[last] = value


def _at(data: Any, loc: list[str | int]) -> Any:
    for step in loc:
        data = data[step]
    return data
