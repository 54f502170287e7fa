"""What a run keeps of its finished blocks when the disk grows full; blocks made by hand, nothing flies here."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zaslin.errors import StoreError
from zaslin.outcomes import disk
from zaslin.outcomes.store import create
from zaslin.outcomes.stored import joined
from zaslin.outcomes.tables import SCHEMA_VERSION, TABLES
from zaslin.studies import coalitions
from zaslin.studies import run as running
from zaslin.studies.block import BlockFlights
from zaslin.studies.found import Found
from zaslin.studies.run import _keep, _missing_parts, _Part

MANIFEST: dict[str, Any] = {
    "schema_version": SCHEMA_VERSION, "inputs_hash": "by hand", "seed": 7, "block_size": 10, "replicates": 250, "night": {"id": "x"},
    "packages": [{"name": "a"}, {"name": "b"}], "inputs": [], "given": None,
}  # fmt: skip


@pytest.fixture(autouse=True)
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """The blocks of `block` hold rows that are made already; a block's are joined to the next's."""

    def rows_of(blocks: Any, package: str, draw: str) -> dict[str, pa.Table]:
        made = [each.flights[package][draw] for each in blocks if draw in each.flights[package]]
        return {name: joined(name, [tables[name] for tables in made]) for name in TABLES} if made else {}

    monkeypatch.setattr(running, "rows_of", rows_of)


def block(number: int) -> BlockFlights:
    """Ten replicates of one threat, and two tagged samples, under both packages."""

    def rows(draw: str) -> pa.Table:
        schema = TABLES["threats"]
        own = [
            {"draw": draw, "replicate": number * 10 + i, "sample": None if draw == "plain" else number * 20 + i, "block": number, "threat": f"t-{i:03d}"}
            for i in range(10 if draw == "plain" else 2)
        ]
        return pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in own], schema=schema)

    tables = {draw: {name: schema.empty_table() for name, schema in TABLES.items()} | {"threats": rows(draw)} for draw in ("plain", "tagged")}
    flights: Any = {"a": tables, "b": tables}
    return BlockFlights(number, flights, Found((), (), (), (), None, {"routes": number}))


@pytest.mark.parametrize(("most", "kept"), [(25, 250), (12, 120), (7, 60), (1, 10), (0, 0)])
def test_a_disk_that_grows_full_keeps_as_many_finished_blocks_as_it_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, kept: int):
    """A stand-in for the disk takes a plain part of `most` blocks at most. By hand: 25 blocks, else 12, 6, 3 or 1; completed on a larger disk, the bytes
    are those of a run without a stop."""
    part = _Part(0, ("a", "b"), 0, list(range(25)))
    blocks = [block(number) for number in (3, *range(3), *range(4, 25))]
    whole = create(tmp_path / "whole", MANIFEST)
    _keep(whole, part, blocks)
    results = create(tmp_path / "r", MANIFEST)
    real = disk.write_all

    def small(files: Any, drop: Path | None = None) -> None:
        for path, content in files:
            if path.name.startswith("threats-000") and pq.read_metadata(io.BytesIO(content)).num_rows > 10 * most:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(files, drop)

    monkeypatch.setattr("zaslin.outcomes.store.write_all", small)
    if kept == 250:
        _keep(results, part, blocks)
    else:
        with pytest.raises(StoreError, match=rf"the disk is full.*kept: {kept} of 250 replicates of each package; the same command"):
            _keep(results, part, blocks)
    assert [sum(results.parts(name).values()) for name in "ab"] == [kept, kept]
    monkeypatch.setattr("zaslin.outcomes.store.write_all", real)
    there = kept // 10
    if there < 25:
        _keep(results, _Part(0, ("a", "b"), there, list(range(there, 25))), [block(number) for number in range(there, 25)])
    files = {path.relative_to(tmp_path / "whole"): path.read_bytes() for path in (tmp_path / "whole").rglob("*.parquet")}
    assert {path.relative_to(tmp_path / "r"): path.read_bytes() for path in (tmp_path / "r").rglob("*.parquet")} == files


def test_sums_of_sub_coalitions_that_the_disk_refuses_can_be_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """By hand: three blocks are flown and one has a gap before it; the disk refuses once. The second try writes what the first would have, in order."""
    written: list[tuple[int, int, list[Any]]] = []

    def refuses(folder: Path, first: int, count: int, rows: list[Any]) -> None:
        if not written:
            written.append((0, 0, []))
            raise StoreError("the disk is full")
        written.append((first, count, rows))

    monkeypatch.setattr(coalitions, "write_sums", refuses)
    part = coalitions._Part(tmp_path, 25, 0, [25, 26, 27, 28, 29], {number: [{"block": number}] for number in (27, 25, 26, 29)})
    with pytest.raises(StoreError):
        part.keep()
    part.keep()
    assert written[1] == (250, 30, [{"block": 25}, {"block": 26}, {"block": 27}])
    assert (part.has, part.blocks, list(part.flown)) == (3, [28, 29], [29])


def test_a_package_that_was_stopped_is_flown_as_far_as_the_others(tmp_path: Path):
    """By hand: one package has 250 of 500, the added one none; asked for 100, the folder stays at 250, and the added one lacks all 25 blocks."""
    results = create(tmp_path / "r", {**MANIFEST, "replicates": 500})
    _keep(results, _Part(0, ("a",), 0, list(range(25))), [block(number) for number in range(25)])
    again = create(tmp_path / "r", {**MANIFEST, "replicates": 100})
    asked: Any = SimpleNamespace(packages=[SimpleNamespace(name=name) for name in "ab"], replicates=100)
    assert again.replicates == 250
    assert _missing_parts(asked, again) == [_Part(0, ("b",), 0, list(range(25)))]


def test_what_a_package_has_is_not_flown_again_for_one_that_has_less(tmp_path: Path):
    """By hand: one package has 200 of 300, the added one none: blocks 0 to 24 and 25 to 29 for the new one, 20 to 24 and 25 to 29 for the old."""
    results = create(tmp_path / "r", {**MANIFEST, "replicates": 200})
    _keep(results, _Part(0, ("a",), 0, list(range(20))), [block(number) for number in range(20)])
    again = create(tmp_path / "r", {**MANIFEST, "replicates": 300})
    asked: Any = SimpleNamespace(packages=[SimpleNamespace(name=name) for name in "ab"], replicates=300)
    assert _missing_parts(asked, again) == [
        _Part(0, ("b",), 0, list(range(25))), _Part(0, ("a",), 20, list(range(20, 25))), _Part(25, ("a", "b"), 0, list(range(25, 30))),
    ]  # fmt: skip
