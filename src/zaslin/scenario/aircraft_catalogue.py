"""The aircraft that packages may name; it reads the packaged table and judges nothing.

The numbers, with their sources, ranges and reasons, lie in `data/aircraft.yaml`.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from zaslin.errors import InputError, unknown
from zaslin.scenario.aircraft import Aircraft
from zaslin.scenario.load import load_yaml_model
from zaslin.scenario.sourced import Strict


class _Catalogue(Strict):
    common: dict[str, Any]
    aircraft: tuple[Aircraft, ...]


@cache
def aircraft_catalogue() -> dict[str, Aircraft]:
    """All packaged types by name, in the table's order."""
    text = (files("zaslin.scenario") / "data" / "aircraft.yaml").read_text(encoding="utf-8")
    return {entry.name: entry for entry in load_yaml_model(text, _Catalogue, "aircraft.yaml", shipped=True).aircraft}


def aircraft_type(name: str) -> Aircraft:
    """One type by name; raises InputError with the nearest name.

    >>> aircraft_type("Rafale").reach["drone"].value
    12.0
    """
    types = aircraft_catalogue()
    if name not in types:
        raise InputError(unknown("aircraft", name, types))
    return types[name]
