"""The results folder: a manifest and Parquet parts of 250 replicates; written whole or not at all, continued, read again.

The courtyard between the towers: the run writes here, everything that reads begins here. It counts nothing and judges nothing.

    results/first/manifest.json
    results/first/status-quo/threats-000000.parquet          replicates 0–249
    results/first/status-quo/threats-tagged-000240.parquet   tagged samples from 240 on, 250 at most

A part is complete when its ``threats`` file is there: it is written last. Bytes depend on the rows alone.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from zaslin.asked import a_path
from zaslin.errors import InputError, StoreError, came, nearest, unknown
from zaslin.outcomes.disk import read_refused, write_all, write_refused
from zaslin.outcomes.index import Index, Stamp
from zaslin.outcomes.manifest import IDENTITY, NAME, WITH_OTHER_CONTENT, adds_packages, check_manifest, differences, read_manifest, write_manifest
from zaslin.outcomes.stored import SCHEMAS, as_stored, parquet_bytes
from zaslin.outcomes.tables import TABLES

if TYPE_CHECKING:
    import polars as pl  # where tables are read; who only writes does without its 25 MB

PART_SIZE = 250
"""Replicates (or samples) of a part, whatever the chunks or threads; the last part of a draw may be shorter."""

DRAWS = ("plain", "tagged", "given")
MARKER = "threats"
"""The table written last: where its file is, the part is whole."""

_COUNT_KEY, _TABLES_KEY = b"zaslin_count", b"zaslin_tables"


@cache
def _polars(name: str) -> dict[str, Any]:
    """A table's columns as polars' types. Whoever only writes does not wait for polars."""
    import polars as pl

    kinds = {
        pa.string(): pl.String, pa.int32(): pl.Int32, pa.float64(): pl.Float64, pa.bool_(): pl.Boolean, pa.list_(pa.float64()): pl.List(pl.Float64),
    }  # fmt: skip
    return {field.name: kinds[field.type] for field in SCHEMAS[name]}


class Results:
    """An open results folder. `manifest` is plain data; tables are read part by part, only when asked for."""

    def __init__(self, folder: Path, manifest: dict[str, Any]):
        self.folder = folder
        self.manifest = manifest
        self.notes = Index(folder)

    def __repr__(self) -> str:
        return f'Results("{self.folder}")'

    @property
    def packages(self) -> tuple[str, ...]:
        """Names of the packages, in the order in which they were asked for."""
        return tuple(str(package["name"]) for package in self.manifest["packages"])

    @property
    def replicates(self) -> int:
        """Replicates asked for (plain draws)."""
        return int(self.manifest["replicates"])

    @property
    def block_size(self) -> int:
        """Replicates that share one draw of the uncertain inputs."""
        return int(self.manifest["block_size"])

    def package(self, name: str) -> dict[str, Any]:
        """The full package as plain data. Raises StoreError for a name that is not in the folder."""
        self._check(name, "plain")
        return next(package for package in self.manifest["packages"] if package["name"] == name)

    # -- writing ------------------------------------------------------------------------------------------------------

    def write_part(self, package: str, draw: str, first: int, tables: Mapping[str, pa.Table], count: int | None = None) -> None:
        """Write one part: all its tables, ``threats`` last.

        first: its first replicate, a multiple of 250, or its first sample. count: how many replicates it covers (default: up to the highest number
        in ``threats``); rows lie in [first, first + count). tables: by name, ``threats`` among them; rows in any order, columns too; nan is written as null.
        Raises StoreError where the disk refuses (nothing half-written stays), ValueError for rows that do not belong.
        """
        self._check(package, draw)
        key = "replicate" if draw == "plain" else "sample"
        if MARKER not in tables:
            raise ValueError(f"a part needs the table {MARKER}")
        if first < 0 or (draw == "plain" and first % PART_SIZE):
            raise ValueError(f"a part begins at a multiple of {PART_SIZE}, not at {first}")
        if count is None:
            numbers = tables[MARKER].column(key).drop_null()
            count = int(numbers.to_numpy().max()) - first + 1 if len(numbers) else 0
        if not 0 < count <= PART_SIZE:
            raise ValueError(f"a part holds 1 to {PART_SIZE} {key}s, not {count}")
        notes = {_COUNT_KEY: str(count), _TABLES_KEY: ",".join(sorted(tables))}
        names = sorted(tables, key=lambda name: (name == MARKER, name))
        contents = [(self._path(package, name, draw, first), parquet_bytes(name, tables[name], draw, first, count, notes)) for name in names]
        marker = self._path(package, MARKER, draw, first)
        try:
            marker.parent.mkdir(exist_ok=True)
            # a short part that grows: without its marker it is not there, so a stop between two renames leaves no mixture
            write_all(contents, drop=marker)
        except OSError as error:
            raise write_refused(self.folder, error, self._kept()) from None

    def update(self, **keys: Any) -> None:
        """Set manifest keys that are not the question itself (`tagged`, `threads`, …) and write the manifest."""
        forbidden = sorted(set(keys) & {*IDENTITY, "replicates"} - {"given"})
        if forbidden:
            raise ValueError(f"{', '.join(forbidden)}: a folder's question does not change; create() asks it")
        self.manifest = {**self.manifest, **keys}
        try:
            write_manifest(self.folder, self.manifest)
        except OSError as error:
            raise write_refused(self.folder, error, self._kept()) from None

    def kept(self) -> str:
        """How much of the study is finished, in words: ``250 of 500 replicates of each package``."""
        done = {name: sum(self.parts(name).values()) for name in self.packages}
        if len(done) == 1:
            return f"{sum(done.values()):,} of {self.replicates:,} replicates"
        if len(set(done.values())) == 1:
            return f"{next(iter(done.values())):,} of {self.replicates:,} replicates of each package"
        return ", ".join(f"{count:,} of {self.replicates:,} replicates of {name}" for name, count in done.items())

    def finish(self, summary: Mapping[str, Any]) -> None:
        """Note that all parts are there: `summary` (seconds, replicates per second, …) and the time, into the manifest."""
        self.update(summary=dict(summary), finished=datetime.now(UTC).isoformat(timespec="seconds"))

    # -- reading ------------------------------------------------------------------------------------------------------

    def parts(self, package: str, draw: str = "plain", stamps: Mapping[str, Stamp] | None = None) -> dict[int, int]:
        """The complete parts: first replicate (or sample) → how many it covers. stamps: of the package's files, where they are known."""
        self._check(package, draw)
        pattern = re.compile(re.escape(self._stem(MARKER, draw)) + r"-(\d{6,})\.parquet")
        found: dict[int, Stamp | None] = {}
        try:
            if stamps is not None:
                found = {int(hit[1]): stamp for name, stamp in stamps.items() if (hit := pattern.fullmatch(name))}
            else:
                with os.scandir(self.folder / package) as entries:  # thousands of names
                    found = {int(hit[1]): _stamp(entry) for entry in entries if (hit := pattern.fullmatch(entry.name))}
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise read_refused(self.folder / package, error) from None
        out = {first: self._note(package, draw, first, stamp)[0] for first, stamp in sorted(found.items())}
        self.notes.keep()
        return out

    def stamps(self, package: str) -> dict[str, Stamp]:
        """Size and time of change of all the package's files, by name; empty where there are none."""
        try:
            with os.scandir(self.folder / package) as entries:
                return {entry.name: stamp for entry in entries if (stamp := _stamp(entry)) is not None}
        except OSError:
            return {}

    def names(self, package: str, draw: str, firsts: Iterable[int], stamps: Mapping[str, Stamp]) -> list[str]:
        """Names of the files of these parts, every table's. stamps: of the package's files, as they are now."""
        out = []
        for first in firsts:
            tables = self._note(package, draw, first, stamps.get(self._file(MARKER, draw, first)))[1]
            out += [self._file(name, draw, first) for name in tables]
        return out

    def missing(self, package: str, draw: str, total: int) -> list[tuple[int, int]]:
        """Parts still to write so that replicates (or samples) 0 … total − 1 are there: (first, count). A part that is too short counts."""
        there = self.parts(package, draw)
        wanted = [(first, min(PART_SIZE, total - first)) for first in range(0, total, PART_SIZE)]
        return [(first, count) for first, count in wanted if there.get(first, 0) < count]

    def finished(self) -> int:
        """Replicates that every package has, from 0 on without a gap."""
        return min(self._without_gap(), default=0)

    def most(self) -> int:
        """Replicates that the package with the most has, from 0 on without a gap."""
        return max(self._without_gap(), default=0)

    def blocks(self, name: str, package: str, draw: str, start: int, stop: int) -> pa.Table:
        """A table's rows of blocks `start` … `stop` − 1, as they are stored (names as strings)."""
        import polars as pl

        rows = self.collect([self.scan(name, package, draw).filter((pl.col("block") >= start) & (pl.col("block") < stop))])[0]
        return as_stored(name, rows.to_arrow())

    def scan(self, name: str, package: str, draw: str = "plain") -> pl.LazyFrame:
        """A table of the complete parts, lazily; names are strings. No part: zero rows of the right columns."""
        import polars as pl

        if name not in TABLES:
            raise ValueError(unknown("table", name, TABLES))
        paths = []
        for first, count in self.parts(package, draw).items():
            marker, path = self._path(package, MARKER, draw, first), self._path(package, name, draw, first)
            if name not in self._note(package, draw, first, _stamp(marker))[1]:
                continue  # a part need not have every table (paths)
            if not path.is_file():
                raise StoreError(f"{path} is missing from its part; delete {marker.name} beside it and run the same command again")
            _belongs(path, _footer(path), name, draw, first, count)
            paths.append(path)
        if not paths:
            return pl.LazyFrame(schema=_polars(name))
        return pl.scan_parquet(paths, schema=_polars(name), missing_columns="insert", extra_columns="ignore", glob=False)

    def table(self, name: str, package: str, draw: str = "plain") -> pl.DataFrame:
        """A whole table in memory; use `scan` for a few columns of many replicates. Raises StoreError for a garbled part."""
        return self.collect([self.scan(name, package, draw)])[0]

    def collect(self, frames: Iterable[pl.LazyFrame]) -> list[pl.DataFrame]:
        """Compute several lazy frames of this folder at once, each column read once. Raises StoreError for a garbled part."""
        import polars as pl

        try:
            return pl.collect_all(list(frames))
        except (pl.exceptions.ComputeError, pl.exceptions.SchemaError, OSError) as error:
            first_line = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise StoreError(f"a part in {self.folder} cannot be read ({first_line}); delete the folder and run the same command again") from None

    # -- inside -------------------------------------------------------------------------------------------------------

    def _without_gap(self) -> Iterator[int]:
        for package in self.packages:
            there, total = self.parts(package), 0
            while (count := there.get(total, 0)) == PART_SIZE:
                total += count
            yield total + count

    def _check(self, package: str, draw: str) -> None:
        if package not in self.packages:
            raise StoreError(f"{self.folder}: {unknown('package', package, self.packages)}")
        if draw not in DRAWS:
            raise ValueError(unknown("draw", draw, DRAWS))

    def _note(self, package: str, draw: str, first: int, stamp: Stamp | None) -> tuple[int, list[str]]:
        name = f"{package}/{self._file(MARKER, draw, first)}"
        return self.notes.note(name, stamp, lambda: _noted(self.folder / name, draw, first))

    @staticmethod
    def _stem(name: str, draw: str) -> str:
        return name if draw == "plain" else f"{name}-{draw}"

    @classmethod
    def _file(cls, name: str, draw: str, first: int) -> str:
        return f"{cls._stem(name, draw)}-{first:06d}.parquet"

    def _path(self, package: str, name: str, draw: str, first: int) -> Path:
        return self.folder / package / self._file(name, draw, first)

    def _kept(self) -> str:
        try:
            return f"kept: {self.kept()}; the same command completes the rest"
        except StoreError:
            return "the parts written before are kept"


def create(folder: Path | str, manifest: Mapping[str, Any]) -> Results:
    """A new results folder, or an old one of the same question to continue, or of the same nights under fewer packages: the others are then added.

    manifest: plain data with at least the keys of `REQUIRED` (manifest.py); `packages` is a list of full packages, each with its `name`.
    The number of replicates may grow; where a package of the folder has more finished ones than now asked for, the folder keeps that number for all.
    Raises StoreError where the folder answers another question, is something else, or cannot be written.
    """
    folder = a_path("folder", folder, "the path of a results folder, new or to continue")
    asked = json.loads(json.dumps(dict(manifest)))
    check_manifest(asked)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        old = (folder / NAME).exists()
        strangers = [] if old else sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    except FileExistsError:
        raise StoreError(f"{folder} is a file, not a folder; choose another folder") from None
    except OSError as error:
        raise write_refused(folder, error) from None
    if strangers:
        raise StoreError(f'{folder} is not empty and holds no results ("{strangers[0]}" is there); choose another folder')
    if old:
        held = read_manifest(folder)
        told = differences(held, asked)
        added = adds_packages(held, asked)
        most = Results(folder, held).most()
        if added:
            _can_grow(folder, most, asked)
        elif told:
            raise StoreError(f"{folder} holds results of another question: {'; '.join(told)}. {_what_would_do(told)}")
        merged = {**held, "replicates": max(most, asked["replicates"])}
        merged.update({key: value for key, value in asked.items() if key not in {*(() if added else IDENTITY), "replicates", "started"}})
        asked = merged
    try:
        write_manifest(folder, asked)
    except OSError as error:
        raise write_refused(folder, error) from None
    return Results(folder, asked)


def _what_would_do(told: Iterable[str]) -> str:
    """What to do where a folder answers another question, by how the two differ."""
    if all(WITH_OTHER_CONTENT in part and part.startswith("package ") for part in told):
        return "Give the changed package a name of its own (its key `name`): it is then added, on the same nights. Or choose another folder"
    return "What it holds can still be read. Choose another folder for what is asked now"


def opened(results: Any) -> Results:
    """`results` itself; InputError, with what to write, where it is no opened folder (its name, say)."""
    if not hasattr(results, "manifest"):
        raise InputError(f"an opened results folder is needed, and {came(results)} came; open it first: zs.open_results(FOLDER)")
    return results


def open_results(folder: Path | str) -> Results:
    """An existing results folder, to read. Raises StoreError with what would do: the nearest folder, an upgrade, a new run."""
    folder = a_path("folder", folder, "the path of a results folder, which `zaslin run … -o FOLDER` makes")
    try:
        if not folder.exists():
            near = _near(folder)
            raise StoreError(f"no folder {folder}" + (f'; did you mean "{near}"?' if near else "; `zaslin run NIGHT -p PACKAGE -o FOLDER` makes one"))
        if not folder.is_dir():
            raise StoreError(f"{folder} is a file, not a results folder; give the folder that `zaslin run … -o FOLDER` made")
        if not (folder / NAME).exists():
            inside = sorted(path for path in folder.iterdir() if (path / NAME).is_file())
            hint = f'did you mean "{inside[0]}"?' if inside else "give the folder that `zaslin run … -o FOLDER` made"
            raise StoreError(f"{folder} is not a results folder (it has no {NAME}); {hint}")
    except OSError as error:
        raise read_refused(folder, error) from None
    return Results(folder, read_manifest(folder))


_OF_ITS_PACKAGES = ("coalitions", "forms", "forms.json", "screening", "screening.json")
"""What a folder may keep that belongs to its packages as they are."""


OWN_NAMES = ("coalitions", "forms", "screening", "search", "tagging")
"""What a folder keeps beside its packages: no package can be called so."""


def bound_work(folder: Path) -> str | None:
    """The name of what the folder keeps of its packages as they are, for which no other can be added; None where it keeps nothing of the kind."""
    return next((name for name in _OF_ITS_PACKAGES if (folder / name).exists()), None)


def _can_grow(folder: Path, most: int, asked: Mapping[str, Any]) -> None:
    """Raise StoreError where no package can be added to a folder. most: replicates that one of its own has."""
    bound = bound_work(folder)
    names = ", ".join(str(package["name"]) for package in asked["packages"])
    if bound:
        raise StoreError(f"{folder} keeps work on its packages as they are ({bound}), so no other can be added. Ask for {names} together in another folder")
    if asked["replicates"] < most:
        raise StoreError(f"{folder} holds {most:,} replicates of a package; an added one needs as many, {asked['replicates']:,} were asked for")


def _stamp(file: Path | os.DirEntry[str]) -> Stamp | None:
    """The file's size and time of change; None where it is gone."""
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns


def _near(folder: Path) -> Path | None:
    try:
        beside = {path.name: path for path in folder.parent.iterdir() if (path / NAME).is_file()}
    except OSError:
        return None
    name = nearest(folder.name, beside)
    return beside[name] if name else None


def _footer(path: Path) -> Any:
    try:
        return pq.read_metadata(path)
    except pa.ArrowException as error:
        raise _garbled(path, str(error)) from None
    except OSError as error:
        if error.errno is None:  # pyarrow's own, for bytes that make no footer
            raise _garbled(path, str(error)) from None
        raise read_refused(path, error) from None


def _garbled(path: Path, why: str) -> StoreError:
    return StoreError(f"{path} is truncated or garbled ({why.splitlines()[0] if why else 'no footer'}); delete it and run the same command again")


def _noted(path: Path, draw: str, first: int) -> tuple[int, list[str]]:
    """What a marker says of its part: how many replicates (or samples) it covers, and its tables."""
    footer = _footer(path)
    notes = footer.metadata or {}
    try:
        count, tables = int(notes[_COUNT_KEY]), notes[_TABLES_KEY].decode().split(",")
    except (KeyError, ValueError):
        raise _garbled(path, "it does not say what it covers") from None
    _belongs(path, footer, MARKER, draw, first, count)
    return count, tables


def _belongs(path: Path, footer: Any, name: str, draw: str, first: int, count: int) -> None:
    """Raise StoreError where a file's footer shows another table, draw or part than its name says: a copy that went astray.

    Columns may be missing (an older zaslin) or foreign (a newer one), not both.
    """
    schema = SCHEMAS[name]
    held = {field.name: field.type for field in footer.schema.to_arrow_schema()}
    foreign, lacking = [column for column in held if column not in schema.names], [column for column in schema.names if column not in held]
    other = [column for column, kind in held.items() if column in schema.names and _item(kind) != _item(schema.field(column).type)]
    why = ""
    if foreign and lacking:
        why = f"it is no table {name}: it holds {', '.join(foreign[:3])} and lacks {', '.join(lacking[:3])}"
    elif other:
        why = f"its column {other[0]} is of another type"
    key = "replicate" if draw == "plain" else "sample"
    drawn, numbers = _range(footer, "draw"), _range(footer, key)
    if not why and drawn is not None and drawn != (draw, draw):
        why = f"it holds rows of draw {drawn[0]}, not of {draw}"
    elif not why and numbers is not None and not first <= numbers[0] <= numbers[1] < first + count:
        why = f"it holds {key}s {numbers[0]}–{numbers[1]} where {first}–{first + count - 1} belong"
    if why:
        raise StoreError(f"{path} is not what its name says ({why}); put the right file in its place, or delete it and run the same command again")


def _item(kind: pa.DataType) -> Any:
    """A type, or of a list the type of its items: Parquet does not keep the items' name."""
    return ("list", kind.value_type) if pa.types.is_list(kind) else kind


def _range(footer: Any, column: str) -> tuple[Any, Any] | None:
    """Least and greatest value of a column by the file's own statistics; None where it has none."""
    ends = []
    for group in range(footer.num_row_groups):
        row_group = footer.row_group(group)
        for place in range(row_group.num_columns):
            chunk = row_group.column(place)
            if chunk.path_in_schema == column and chunk.statistics is not None and chunk.statistics.has_min_max:
                ends += [chunk.statistics.min, chunk.statistics.max]
    return (min(ends), max(ends)) if ends else None
