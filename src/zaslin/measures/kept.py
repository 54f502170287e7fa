"""Measures in every replicate of a package, from sums that are kept beside the tables, or from the tables a few parts at a time; never all of them in memory.

What a measure counts stays its own affair: the sums are made by the same expressions that read the tables (`measures.values`), part by part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from zaslin.measures.measure import Measure
from zaslin.outcomes import store, stored, tables
from zaslin.outcomes.index import Stamp
from zaslin.outcomes.store import PART_SIZE, Results
from zaslin.outcomes.sums import key_of, read_kept, sums_path, write_kept

PARTS = 40
"""Parts of a file of sums: ten thousand replicates (or as many samples)."""

LEAST = 8
"""A package of fewer parts (under 2,000 replicates) is read from its tables."""

AT_A_TIME = 8
"""Parts whose tables are read together: more would be quicker, and fill the memory."""

ROWS, REST = "#rows", "#rest"
"""Ends of a column's name: how many rows (of a measure that is a mean over rows); what tagged samples do not cover (of a rare one)."""
SAMPLE = ("block", "tag_country", "weight", "kept")
"""Columns of a sample beside its sums. `tag_country` is the country's place in `COUNTRIES`, -1 for none."""


class Some(Results):
    """A results folder of which only some parts of one draw are seen."""

    def __init__(self, results: Results, draw: str, parts: Mapping[int, int]):
        super().__init__(results.folder, results.manifest)
        self._draw, self._parts = draw, dict(parts)
        self.notes = results.notes

    def parts(self, package: str, draw: str = "plain", stamps: Mapping[str, Stamp] | None = None) -> dict[int, int]:
        """The parts that are seen."""
        return self._parts if draw == self._draw else {}


Summing = Callable[[Results, str, str, Sequence[Measure]], dict[str, np.ndarray]]
"""Sums of measures over a package's draw in some parts of a folder: by column, aligned with the column ``number``."""


class Kept:
    """The sums of a folder's packages, by package and draw; each is read, or made and kept, once. Every replicate has a row, whether or not it has rows of a
    measure."""

    def __init__(self, results: Results, summing: Summing):
        self._results, self._summing = results, summing
        self._frames: dict[tuple[str, str], dict[str, np.ndarray]] = {}
        self._stamps: dict[str, dict[str, Stamp]] = {}
        self._parts: dict[tuple[str, str], dict[int, int]] = {}

    def worth_it(self, package: str) -> bool:
        """Whether the package has so many parts that its tables are not to be read at once (a few of them, `Some`, are)."""
        return not isinstance(self._results, Some) and len(self.parts(package, "plain")) >= LEAST

    def parts(self, package: str, draw: str) -> dict[int, int]:
        """The folder's parts of a draw, as they were when first asked for."""
        if (package, draw) not in self._parts:
            self._parts[package, draw] = self._results.parts(package, draw)
        return self._parts[package, draw]

    def columns(self, package: str, draw: str) -> dict[str, np.ndarray]:
        """What was loaded of a draw: ``number`` (replicates or samples, ascending), sums, and of a sample what is in `SAMPLE`; empty where nothing was."""
        return self._frames.get((package, draw), {})

    def load(self, package: str, draw: str, measures: Sequence[Measure]) -> None:
        """Read, or make and keep, the sums of these measures."""
        wanted = _wanted(measures, draw)
        if (package, draw) in self._frames and wanted <= self._frames[package, draw].keys():
            return
        pieces = [self._chunk(package, draw, first, parts, measures, wanted) for first, parts in self._chunks(package, draw).items()]
        if pieces:
            names = [name for name in pieces[0] if all(name in piece for piece in pieces)]
            loaded = {name: np.concatenate([piece.pop(name) for piece in pieces]) for name in names}  # a column's pieces go when it is whole
            before = self.columns(package, draw)
            same = "number" in before and np.array_equal(before["number"], loaded["number"])
            self._frames[package, draw] = {**before, **loaded} if same else loaded

    def make(self, package: str, draw: str, measures: Sequence[Measure]) -> None:
        """Make and keep the sums, so that who reads them need not; nothing stays in memory."""
        for first, parts in self._chunks(package, draw).items():
            self._chunk(package, draw, first, parts, measures, _wanted(measures, draw))

    def _chunks(self, package: str, draw: str) -> dict[int, dict[int, int]]:
        out: dict[int, dict[int, int]] = {}
        size = PARTS * PART_SIZE
        if package not in self._stamps:
            self._stamps[package] = self._results.stamps(package)
        for first, count in self._results.parts(package, draw, self._stamps[package]).items():
            out.setdefault(first // size * size, {})[first] = count
        return out

    def _chunk(self, package: str, draw: str, first: int, parts: Mapping[int, int], measures: Sequence[Measure], wanted: set[str]) -> dict[str, np.ndarray]:
        path = sums_path(self._results.folder, package, draw, first)
        stamps = self._stamps[package]
        key = key_of(self._results.names(package, draw, parts, stamps), stamps, made_by())
        there = {} if key is None else read_kept(path, key)
        if wanted <= there.keys():
            return there
        lacking = [measure for measure in measures if measure.name in wanted and measure.name not in there]
        numbers = sorted(parts)
        pieces = []
        for start in range(0, len(numbers), AT_A_TIME):
            some = {number: parts[number] for number in numbers[start : start + AT_A_TIME]}
            pieces.append(self._summing(Some(self._results, draw, some), package, draw, lacking))
        made = {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}
        if "number" in there and np.array_equal(there["number"], made["number"]):
            made = {**there, **made}
        if key is not None:
            write_kept(path, key, made)
        return made


def _wanted(measures: Sequence[Measure], draw: str) -> set[str]:
    """Names of the measures that have sums in a draw."""
    return {measure.name for measure in measures if draw == "plain" or (measure.rare if draw == "tagged" else not measure.whole_night)}


def _tables() -> list[Path]:
    """The code of a results folder's tables."""
    return [Path(str(module.__file__)) for module in (store, stored, tables)]


@cache
def made_by() -> str:
    """Hash of the code that sums, and of that which says what a table's columns are: other definitions make other sums."""
    digest = hashlib.sha256()
    for path in [*sorted(Path(__file__).parent.glob("*.py")), *_tables()]:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
