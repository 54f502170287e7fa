"""What the search for tagged and given routes chose to fly, block by block, in a file per part: for a package that is added later.

    results/first/search/000000.json    blocks of the replicates 0–249

The folder can be deleted at any time: what is not there is sought again, with the same result. A file whose content does not have the hash that it tells is
left alone, as if it were not there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zaslin.errors import StoreError
from zaslin.outcomes.disk import write_all, write_refused
from zaslin.outcomes.store import Results
from zaslin.outcomes.tagging import record_of

FOLDER = "search"


def write_search(results: Results, first: int, found: Mapping[int, Mapping[str, Any]]) -> None:
    """Keep what was found for blocks of the part that begins at replicate `first`, beside what it has. Raises StoreError where the disk refuses."""
    path = _path(results.folder, first)
    old = _read(path)
    held = dict(sorted({**old, **{str(block): plain for block, plain in found.items()}}.items(), key=lambda item: int(item[0])))
    if held == old:
        return
    text = json.dumps(held, separators=(",", ":"))
    try:
        path.parent.mkdir(exist_ok=True)
        write_all([(path, f'{{"sha256":"{_hash(text)}","blocks":{text}}}\n'.encode())])
    except OSError as error:
        raise write_refused(results.folder, error) from None


def read_search(results: Results, first: int) -> dict[int, tuple[dict[str, Any], dict[str, Any]]]:
    """Block → (what was found, its tagging record) of a part's blocks that have both."""
    try:
        records = record_of(results, first)
    except StoreError:
        return {}
    return {int(block): (plain, records[int(block)]) for block, plain in _read(_path(results.folder, first)).items() if int(block) in records}


def _path(folder: Path, first: int) -> Path:
    return folder / FOLDER / f"{first:06d}.json"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _read(path: Path) -> dict[str, Any]:
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        blocks = held["blocks"]
        sound = isinstance(blocks, dict) and held["sha256"] == _hash(json.dumps(blocks, separators=(",", ":")))
    except (OSError, ValueError, RecursionError, KeyError, TypeError):
        return {}
    return blocks if sound and all(block.isdigit() and isinstance(plain, dict) for block, plain in blocks.items()) else {}
