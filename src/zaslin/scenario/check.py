"""`zaslin check`: every fault of a night or package file at once, of form and of reference; it mends nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from zaslin.asked import a_path
from zaslin.errors import Fault, InputError, SpecError, nearest
from zaslin.scenario.load import load_document
from zaslin.scenario.night import Night
from zaslin.scenario.night_rules import inspect_night
from zaslin.scenario.package import Package
from zaslin.scenario.packages import inspect_package

Kind = Literal["night", "package"]
_TELLING = {"night": ("groups", "id", "incidents"), "package": ("members", "zones", "agreed", "assignment", "date", "summary", "name")}
"""Keys that only one of the two kinds has; the first is the one that every file of the kind needs."""


@dataclass(frozen=True)
class Examined:
    """What a check found. `kind` is None where the file is neither a night nor a package (then there is a fault)."""

    kind: Kind | None
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


def check_file(path: Path | str) -> list[Fault]:
    """Every fault of the file, in its order; an empty list where there is none. Raises nothing for a bad or missing file, and InputError for what
    is no path."""
    a_path("path", path, "the path of a YAML file")
    return list(examine(path).faults)


def examine(path: Path | str) -> Examined:
    """Kind, faults and warnings of a file; see `check_file`."""
    if _is_table(Path(path)):
        return Examined(None, (Fault("", f"a table, not a YAML night or package; `zaslin nights --from {path}` reads tables of daily reports"),), ())
    try:
        document = load_document(Path(path), str(path))
    except SpecError as error:
        return Examined(None, tuple(error.faults), ())
    except InputError as error:
        return Examined(None, (Fault("", str(error)),), ())
    kind = kind_of(document.data)
    if kind is None:
        return Examined(None, (Fault("", _neither(document.data)),), ())
    faults, warnings = (inspect_night if kind == "night" else inspect_package)(document)[1:]
    return Examined(kind, tuple(faults), tuple(warnings))


def kind_of(data: Any) -> Kind | None:
    """Whether plain data means a night or a package, by its keys; mistyped ones count half."""
    if not isinstance(data, Mapping):
        return None
    score: dict[Kind, float] = {"night": 0.0, "package": 0.0}
    for kind in score:
        telling = _TELLING[kind]
        for key in data:
            weight = 3.0 if telling[0] in (key, nearest(str(key), telling)) else 1.0
            if key in telling:
                score[kind] += weight
            elif nearest(str(key), telling) is not None and key not in (*Night.model_fields, *Package.model_fields):
                score[kind] += 0.5 * weight
    best: Kind = "night" if score["night"] > score["package"] else "package"
    return best if score[best] > 0.0 else None


def _is_table(path: Path) -> bool:
    """Whether a file is a table of rows by its name, or by the columns in its first line."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            head = file.readline(4_000).lower()
    except (OSError, ValueError):
        return False
    return path.suffix.lower() in (".csv", ".tsv") or (b"launched" in head and b"time_start" in head and b"," in head)


def _neither(data: Any) -> str:
    what = f"has the keys {', '.join(str(key) for key in list(data)[:6])}" if isinstance(data, Mapping) and data else "is no mapping of keys"
    return f"this is neither a night (id, title, groups, source) nor a package (name, title, date, summary, members): it {what}"
