"""What the search for tagged and given routes found, block by block, in a file per part beside the manifest; it counts nothing.

    results/first/tagging/000000.json    blocks of the replicates 0–249

The manifest keeps how many samples each block flew (`tagged_samples`) and no more: it is written again with every part. Folders made before hold the records
in the manifest itself, as `tagging`; they are read as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from zaslin.errors import StoreError
from zaslin.outcomes.disk import read_refused, write_all, write_refused
from zaslin.outcomes.store import Results

FOLDER, SAMPLES = "tagging", "tagged_samples"


def write_tagging(results: Results, first: int, records: Mapping[int, Mapping[str, Any]]) -> None:
    """Keep the records of blocks of the part that begins at replicate `first`, beside those that it has. Raises StoreError where the disk refuses."""
    path = _path(results.folder, first)
    held = {**_read(path), **{str(block): record for block, record in records.items()}}
    held = dict(sorted(held.items(), key=lambda item: int(item[0])))
    try:
        path.parent.mkdir(exist_ok=True)
        write_all([(path, (json.dumps(held, separators=(",", ":")) + "\n").encode())])
    except OSError as error:
        raise write_refused(results.folder, error) from None
    flown = {**(results.manifest.get(SAMPLES) or {}), **{block: _flown(record) for block, record in held.items()}}
    results.update(**{SAMPLES: dict(sorted(flown.items(), key=lambda item: int(item[0])))})


def tagged_samples(results: Results) -> dict[int, int]:
    """How many tagged samples each block flew; empty where the folder notes none."""
    old = results.manifest.get("tagging")
    if isinstance(old, dict) and old:
        return {int(block): _flown(record) for block, record in old.items()}
    return {int(block): int(flown) for block, flown in (results.manifest.get(SAMPLES) or {}).items()}


def tagging_records(results: Results) -> Iterator[tuple[int, dict[str, Any]]]:
    """(block, record) of all blocks, a file at a time. Raises StoreError for a file that cannot be read."""
    for block, record in (results.manifest.get("tagging") or {}).items():
        yield int(block), record
    for path in sorted((results.folder / FOLDER).glob("*.json")):
        for block, record in _read(path).items():
            yield int(block), record


def record_of(results: Results, first: int) -> dict[int, dict[str, Any]]:
    """The records of the blocks of the part that begins at replicate `first`. Raises StoreError for a file that cannot be read."""
    return {int(block): record for block, record in _read(_path(results.folder, first)).items()}


def _flown(record: Mapping[str, Any]) -> int:
    return sum(int(row["flown"]) for row in record.get("strata", ()))


def _path(folder: Path, first: int) -> Path:
    return folder / FOLDER / f"{first:06d}.json"


def _read(path: Path) -> dict[str, Any]:
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise read_refused(path, error) from None
    except (ValueError, RecursionError) as error:
        raise StoreError(f"{path} is truncated or garbled ({error}); delete the folder and run again, or choose another") from None
    if not isinstance(held, dict) or not all(isinstance(record, dict) for record in held.values()):
        raise StoreError(f"{path} is garbled; delete the folder and run again, or choose another")
    return held
