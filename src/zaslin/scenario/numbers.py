"""Every sourced number inside a scenario's parts, with the path that names it; it knows no file and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from zaslin.scenario.sourced import Sourced


def sourced_numbers(item: Any, path: str = "") -> Iterator[tuple[str, Sourced]]:
    """Every Sourced number inside models, dicts and sequences, with its path (``members[PL].assets[pl-qra-lask].readiness``)."""
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
