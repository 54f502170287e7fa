"""Small results folders made by hand: rows as dicts, silent columns null, threats filled in where a test does not care."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from zaslin.outcomes.store import PART_SIZE, Results, create
from zaslin.outcomes.tables import SCHEMA_VERSION, TABLES

Rows = list[dict[str, Any]]
MakeResults = Callable[..., Results]


def caveat(effect: str) -> dict[str, Any]:
    return {"id": f"{effect}-it", "effect": effect}


def package(name: str, nations: tuple[str, ...] = ("PL", "RO"), effect: str = "permit") -> dict[str, Any]:
    return {"name": name, "members": [{"nation": nation, "caveats": [caveat(effect)]} for nation in nations]}


def threat(replicate: int, name: str = "kh101-000", **columns: Any) -> dict[str, Any]:
    """A row of threats; what it would have been is what it was, unless said."""
    row = {"replicate": replicate, "threat": name, "group": "kh101", "model": "Kh-101", "threat_class": "cruise", "launch_s": 0.0, "fate": "leaked"}
    row |= columns
    return {"would_have": row["fate"], "weight": 1.0, **row}


def table(name: str, rows: Rows) -> pa.Table:
    schema = TABLES[name]
    unknown = {key for row in rows for key in row} - set(schema.names)
    assert not unknown, f"{name} has no columns {unknown}"
    return pa.Table.from_pylist([{field.name: row.get(field.name) for field in schema} for row in rows], schema=schema)


def fill(name: str, rows: Rows, draw: str, block_size: int) -> pa.Table:
    filled = []
    for row in rows:
        row = {"draw": draw, "threat": None if name in ("sorties", "air_policing") else "kh101-000", **row}
        if name == "threats":
            row = {"group": "kh101", "threat_class": "cruise", **row}
            if row.get("crosses") and not row.get("excursion"):
                row["excursion"] = row["crosses"]
            if row.get("excursion") and "entries_s" not in row:  # one border time for all countries, unless said
                row["entries_s"] = [row.get("first_border_s") or 0.0] * len(row["excursion"].split(","))
        if draw == "plain":
            row.setdefault("block", row["replicate"] // block_size)
        filled.append(row)
    return table(name, filled)


@pytest.fixture
def make_results(tmp_path: Path) -> MakeResults:
    """``make_results({"a": {"threats": […], …}, …}, replicates=20, tagged={…}, given={…}, tagging={…})`` → an open folder.

    Every plain replicate without a threats row gets one leaker, so that the replicate is there.
    """
    number = [0]

    def make(
        plain: dict[str, dict[str, Rows]],
        replicates: int = 20,
        tagged: dict[str, dict[str, Rows]] | None = None,
        given: dict[str, dict[str, Rows]] | None = None,
        packages: list[dict[str, Any]] | None = None,
        block_size: int = 10,
        **manifest: Any,
    ) -> Results:
        number[0] += 1
        results = create(
            tmp_path / f"results-{number[0]}",
            {
                "schema_version": SCHEMA_VERSION, "inputs_hash": "by hand", "seed": 1, "block_size": block_size, "replicates": replicates,
                "night": {"id": "2023-12-29", "groups": [{"id": "kh101", "count": 1}]}, "packages": packages or [package(name) for name in plain],
                "inputs": [], "given": {"id": "pl-2023-12-29"} if given else None, **manifest,
            },
        )  # fmt: skip
        for name, tables in plain.items():
            rows = tables.get("threats", [])
            silent = set(range(replicates)) - {row["replicate"] for row in rows}
            everything = {key: list(value) for key, value in tables.items()} | {"threats": [*rows, *(threat(r) for r in sorted(silent))]}
            for draw, source in (("tagged", tagged), ("given", given)):
                if source is not None:
                    last = max((row["sample"] for row in source[name].get("threats", [])), default=0)
                    for first in range(0, last + 1, PART_SIZE):
                        write_part(results, name, draw, first, PART_SIZE, source[name])
            for first in range(0, replicates, PART_SIZE):
                write_part(results, name, "plain", first, min(PART_SIZE, replicates - first), everything)
        return results

    def write_part(results: Results, name: str, draw: str, first: int, count: int, tables: dict[str, Rows]) -> None:
        key = "replicate" if draw == "plain" else "sample"
        chosen = {table: [row for row in tables.get(table, []) if first <= row[key] < first + count] for table in TABLES}
        filled = {table: fill(table, rows, draw, results.block_size) for table, rows in chosen.items()}
        results.write_part(name, draw, first, filled, count=count)

    return make
