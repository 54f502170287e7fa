"""A block's tables in memory, read like a results folder: for studies that want a measure of a block and keep no rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from zaslin.outcomes.columns import no_rows
from zaslin.outcomes.index import Stamp
from zaslin.outcomes.store import Results
from zaslin.outcomes.stored import as_stored, nulls_for_nan
from zaslin.outcomes.tables import SCHEMA_VERSION, TABLES

Tables = Mapping[str, Mapping[str, Mapping[str, pa.Table]]]
"""Package → draw → table name → rows, as a block is flown."""


class Held(Results):
    """One block as a `Results` that lies in memory. Reads what a folder with this block alone would give; writes nothing.

    record: what tagging found in the block. samples: how many numbers of tagged (or given) samples a block has.
    """

    def __init__(self, packages: list[dict[str, Any]], block: int, block_size: int, samples: int, tables: Tables, record: Mapping[str, Any], given: Any = None):
        manifest = {
            "schema_version": SCHEMA_VERSION, "packages": packages,
            "replicates": (block + 1) * block_size, "block_size": block_size, "tagging": {str(block): dict(record)},
            "given": given,
        }  # fmt: skip
        super().__init__(Path("memory"), manifest)
        self._tables, self._block, self._samples = tables, block, samples

    def parts(self, package: str, draw: str = "plain", stamps: Mapping[str, Stamp] | None = None) -> dict[int, int]:
        """First replicate (or sample) of the block → how many it covers."""
        self._check(package, draw)
        size = self.block_size if draw == "plain" else self._samples
        return {self._block * size: size} if draw in self._tables[package] else {}

    def scan(self, name: str, package: str, draw: str = "plain") -> pl.LazyFrame:
        """A table's rows, names as strings, not-a-number as null."""
        self._check(package, draw)
        rows = self._tables[package].get(draw, {}).get(name)
        table = as_stored(name, no_rows(TABLES[name]) if rows is None else rows)
        return pl.from_arrow(nulls_for_nan(table.combine_chunks())).lazy()  # type: ignore[union-attr]
