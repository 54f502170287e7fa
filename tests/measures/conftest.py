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
    row = {"replicate": replicate, "threat": name, "group": "kh101", "model": "Kh-101", "threat_class": "cruise", "fate": "leaked", "weight": 1.0, "launch_s": 0.0}
    row |= columns
    return {"would_have": row["fate"], **row}


def table(name: str, rows: Rows) -> pa.Table:
    schema = TABLES[name]
    unknown = {key for row in rows for key in row} - set(schema.names)
    assert not unknown, f"{name} has no columns {unknown}"
    return pa.Table.from_pylist([{field.name: row.get(field.name) for field in schema} for row in rows], schema=schema)


def fill(name: str, rows: Rows, draw: str, block_size: int) -> pa.Table:
    filled = []
    for row in rows:
        row = {"draw": draw, "threat": None if name == "sorties" else "kh101-000", **row}
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
            for first in range(0, replicates, PART_SIZE):
                count = min(PART_SIZE, replicates - first)
                for draw, source in (("tagged", tagged), ("given", given)):
                    if source is not None:
                        samples = {key: [row for row in value if first <= row["sample"] < first + count] for key, value in source[name].items()}
                        full = {key: fill(key, samples.get(key, []), draw, block_size) for key in TABLES}
                        results.write_part(name, draw, first, full, count=count)
                part = {key: [row for row in everything.get(key, []) if first <= row["replicate"] < first + count] for key in TABLES}
                results.write_part(name, "plain", first, {key: fill(key, value, "plain", block_size) for key, value in part.items()}, count=count)
        return results

    return make
