"""The numbers of a night, a package or a folder as `zaslin sources` tells them: in the brief's lettered groups, with its words, filtered.

What the numbers are is `scenario.numbers`' to say; how much an answer depends on each, a screening's (`brief.screened`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from zaslin.brief.basis import InputGroup, InputRow, input_groups
from zaslin.brief.rules import plain, switched_off

NIGHT = ("N", "The night as reported", "What was launched, destroyed and lost, as the reports count it; each group with its source.")

_COUNT = re.compile(r"^night\.groups\[(?P<group>[^\]]+)\]\.(?P<what>.+)$")
_COUNT_WORDS = {"count": "launched", "destroyed": "destroyed", "lost": "lost (jamming or failure)"}

COLUMNS = ("path", "group", "label", "of", "value", "low", "high", "unit", "source", "grade", "assumption", "used", "read", "note")
"""What is told of each number, in this order; `used`: in how many places the same number stands; `read`: whether anything reads it."""


def listing(inputs: Sequence[Mapping[str, Any]], counts: Sequence[Mapping[str, Any]], packages: Sequence[str]) -> list[InputGroup]:
    """All numbers in lettered groups: the night's counts first, then the inputs, equal ones of several members or packages in one row."""
    reported = [_count_row(row) for row in counts]
    return [*([InputGroup(*NIGHT, reported)] if reported else []), *input_groups(inputs, packages)]


def _count_row(row: Mapping[str, Any]) -> InputRow:
    hit = _COUNT.match(str(row["path"]))
    what, group = (hit["what"], hit["group"]) if hit else (str(row["path"]), "")
    label = _COUNT_WORDS.get(what) or f"of these {what.removeprefix('split.')}"
    source, grade = str(row["source"]), str(row["grade"])
    return InputRow(label, plain(row["value"]), "as reported", "", source, grade, str(row["note"]), [f"{row['model']} ({group})"], [str(row["path"])])


def chosen(groups: Sequence[InputGroup], search: str | None, assumptions: bool, sources: Mapping[str, Mapping[str, Any]]) -> list[InputGroup]:
    """The groups with only the rows that hold `search` (in words, path, note or source; case does not matter) and, if asked, only those without a source."""
    wanted = (search or "").casefold()

    def keeps(row: InputRow, title: str) -> bool:
        about = sources.get(row.source, {})
        text = " ".join([title, row.label, row.of, row.note, row.source, str(about.get("title", "")), str(about.get("publisher", "")), *row.paths])
        return (row.assumed or not assumptions) and wanted in text.casefold()

    kept = [replace(group, rows=[row for row in group.rows if keeps(row, group.title)]) for group in groups]
    return [group for group in kept if group.rows]


def numbers(groups: Sequence[InputGroup], rows: Sequence[Mapping[str, Any]], packages: Sequence[Mapping[str, Any]] = ()) -> list[dict[str, Any]]:
    """One plain row per number that stands in `groups`, with the keys of COLUMNS. rows: the numbers themselves; packages: as plain data."""
    by_path = {str(row["path"]): row for row in rows}
    off = switched_off(packages)
    out = []
    for group in groups:
        for row in group.rows:
            for path in row.paths:
                number = by_path[path]
                told = {"path": path, "group": group.letter, "label": row.label, "of": row.of, "used": len(row.paths)}
                told |= {key: number[key] for key in ("value", "low", "high", "unit", "source", "grade", "note")}
                told |= {"assumption": row.assumed, "read": not path.startswith(off) if off else True}
                out.append({key: told[key] for key in COLUMNS})
    return out
