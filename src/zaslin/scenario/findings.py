"""Where rules put what they find in plain data, and how they read data of any shape; the rules themselves are elsewhere."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from zaslin.errors import Fault, unknown
from zaslin.scenario.faults import located, show
from zaslin.scenario.sourced import ASSUMPTION
from zaslin.scenario.sources import sources
from zaslin.scenario.yaml_text import Loc
from zaslin.units import SI_FACTOR


@dataclass
class Findings:
    """`faults` make the file unusable; `warnings` are allowed, but probably not meant."""

    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    lines: Mapping[Loc, int] = field(default_factory=dict)

    def fault(self, loc: Loc, message: str) -> None:
        self.faults.append(located(loc, message, self.lines))

    def warn(self, loc: Loc, message: str) -> None:
        self.warnings.append(located(loc, message, self.lines))


_SOURCES_SHOWN = '; `zaslin night ID` and `zaslin package NAME` show those of the shipped ones; where yours is not among them, write "assumption" and a note'

_NO_NAME = frozenset("${}<>|\\`\"")
"""Signs of templates, markup and shells: a name that holds one was not meant as it stands."""


def name_fault(text: str) -> str | None:
    """Why a text cannot be the name of a thing (a model, a province); None where it can."""
    if not any(sign.isalnum() for sign in text):
        return f"{show(text)} is no name; give one with letters or digits"
    wrong = next((sign for sign in text if sign in _NO_NAME), None)
    return f"{show(text)} is no name: it holds {wrong}; write the name itself" if wrong else None


def text_findings(data: Any, found: Findings) -> None:
    """A fault for every text, and every key, anywhere in `data` that holds a control character."""
    for loc, value in _walk(data, ()):
        for text in [value, *(loc[-1:] if loc else ())]:
            wrong = next((sign for sign in text if unicodedata.category(sign) == "Cc" and sign not in "\n\r\t"), None) if isinstance(text, str) else None
            if wrong is not None:
                found.fault(loc, f"{show(text)} holds the control character U+{ord(wrong):04X}; take it out")
                break


def source_findings(data: Any, found: Findings) -> None:
    """A fault for every `source` anywhere in `data` that the registry does not know."""
    for loc, value in _walk(data, ()):
        if loc and loc[-1] == "source" and isinstance(value, str) and value != ASSUMPTION and value not in sources():
            found.fault(loc, unknown("source", value, [*sources(), ASSUMPTION]) + _SOURCES_SHOWN)


def si(number: Any, key: str = "value") -> float | None:
    """A field of a Sourced given as plain data, in SI; None where it has another shape."""
    number = mapping(number)
    value, unit = number.get(key), number.get("unit")
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isinstance(unit, str) or unit not in SI_FACTOR:
        return None
    return value * SI_FACTOR[unit]


def mapping(value: Any) -> Mapping[str, Any]:
    """`value` where it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def maps(value: Any, loc: Loc) -> list[tuple[Loc, Mapping[str, Any]]]:
    """The mappings of a list with their locations."""
    return [((*loc, i), item) for i, item in enumerate(value) if isinstance(item, Mapping)] if isinstance(value, (list, tuple)) else []


def texts(value: Any) -> list[str]:
    """The texts of a list."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, (list, tuple)) else []


def _walk(value: Any, loc: Loc) -> Iterator[tuple[Loc, Any]]:
    yield loc, value
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _walk(inner, (*loc, str(key)))
    elif isinstance(value, (list, tuple)):
        for i, inner in enumerate(value):
            yield from _walk(inner, (*loc, i))
