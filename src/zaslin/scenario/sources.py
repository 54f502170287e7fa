"""The registry of sources: who published what, when and where; it grades nothing and fetches nothing.

Packaged tables and scenario files name a source by its id. The rows lie in `data/sources.csv`; a room that brings many rows of its own
adds a file `data/sources_<room>.csv` with the same columns.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files

from zaslin.errors import Fault, InputError, SpecError, unknown
from zaslin.scenario.sourced import ASSUMPTION, Strict

COLUMNS = ("id", "publisher", "title", "url", "date", "note", "medium")
MEDIA = (
    "official", "agency", "newspaper", "broadcaster", "specialist", "dataset", "paper", "standard", "republisher", "aggregator", "state-media", "state-mirror",
)  # fmt: skip
"""Kinds of publisher. `republisher` and `aggregator` copy others' reports; `state-media` and `state-mirror` are organs of a warring state and their copies."""
_ID = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
_IN_TEXT = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")
_DATE = re.compile(r"^(\d{4}(-\d{2}(-\d{2})?)?)?$")


class Source(Strict):
    """One publication. `date` is as exact as it is known (``2023-09``); `url` is empty where no public address is known; `medium` is one of `MEDIA`."""

    id: str
    publisher: str
    title: str
    url: str = ""
    date: str = ""
    note: str = ""
    medium: str = ""


def source(id: str) -> Source:
    """The source with this id; raises InputError with the nearest id."""
    table = sources()
    if id not in table:
        raise InputError(unknown("source", id, table))
    return table[id]


def named_in(text: str) -> tuple[str, ...]:
    """The ids of the registry that a note names, each once, in its order.

    >>> named_in("Its first two F-16s came on 22 July 2024 (tasr-2024-07-23).")
    ('tasr-2024-07-23',)
    """
    return tuple(dict.fromkeys(word for word in _IN_TEXT.findall(text) if word in sources()))


@cache
def sources() -> dict[str, Source]:
    """All sources by id, in order of id."""
    out: dict[str, Source] = {}
    faults: list[Fault] = []
    folder = files("zaslin.scenario") / "data"
    names = sorted(entry.name for entry in folder.iterdir() if re.fullmatch(r"sources(_[a-z0-9_]+)?\.csv", entry.name))
    for name in names:
        reader = csv.DictReader((folder / name).read_text(encoding="utf-8").splitlines())
        for number, row in enumerate(reader, start=2):
            where = f"{name} row {number}"
            if None in row or None in row.values():
                faults.append(Fault(where, f"give exactly the columns {', '.join(COLUMNS)}"))
                continue
            entry = Source(**{column: row[column] for column in COLUMNS})
            if not _ID.match(entry.id) or entry.id == ASSUMPTION:
                faults.append(Fault(where, f'"{entry.id}" is not a kebab-case id'))
            if entry.id in out:
                faults.append(Fault(where, f'"{entry.id}" is there twice'))
            if not entry.publisher or not entry.title:
                faults.append(Fault(where, "a source needs a publisher and a title"))
            if not _DATE.match(entry.date):
                faults.append(Fault(where, f'"{entry.date}" is not YYYY, YYYY-MM or YYYY-MM-DD'))
            if entry.medium not in MEDIA:
                faults.append(Fault(where, f'the medium "{entry.medium}" is none of: {", ".join(MEDIA)}'))
            out[entry.id] = entry
    if faults:
        raise SpecError("the registry of sources", faults)
    return dict(sorted(out.items()))
