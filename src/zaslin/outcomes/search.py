"""What the search for tagged and given routes chose to fly, block by block, in a file per part: for a package that is added later.

    results/first/search/000000.json    blocks of the replicates 0–249

The folder can be deleted at any time: what is not there is sought again, with the same result. A file is taken only where the hash that it tells is that of
its content, of the tagging records of its blocks, and of what was asked (all but the packages) by which code; else it is as if it were not there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zaslin.errors import StoreError
from zaslin.outcomes.disk import write_all, write_refused
from zaslin.outcomes.manifest import AREAS, CODE, OF_PACKAGES
from zaslin.outcomes.store import Results
from zaslin.outcomes.tagging import record_of

FOLDER = "search"


def write_search(results: Results, first: int, found: Mapping[int, Mapping[str, Any]]) -> None:
    """Keep what was found for blocks of the part that begins at replicate `first`, beside what it has; their tagging records are there. Raises StoreError
    where the disk refuses."""
    path = _path(results.folder, first)
    old = _read(results, first)
    held = dict(sorted({**old, **{str(block): plain for block, plain in found.items()}}.items(), key=lambda item: int(item[0])))
    if held == old:
        return
    text = json.dumps(held, separators=(",", ":"))
    try:
        path.parent.mkdir(exist_ok=True)
        write_all([(path, f'{{"sha256":"{_hash(results, first, held)}","blocks":{text}}}\n'.encode())])
    except OSError as error:
        raise write_refused(results.folder, error) from None


def read_search(results: Results, first: int) -> dict[int, tuple[dict[str, Any], dict[str, Any]]]:
    """Block → (what was found, its tagging record) of a part's blocks."""
    held = _read(results, first)
    records = record_of(results, first) if held else {}
    return {int(block): (plain, records[int(block)]) for block, plain in held.items()}


def _path(folder: Path, first: int) -> Path:
    return folder / FOLDER / f"{first:06d}.json"


def _hash(results: Results, first: int, held: Mapping[str, Any]) -> str:
    """Of the blocks' content, their records and the question. Raises KeyError where a record is not there, StoreError for a file that cannot be read."""
    records = record_of(results, first)
    asked = {key: results.manifest.get(key) for key in ("schema_version", "seed", "block_size", "night", "given", AREAS, CODE)}
    asked["inputs"] = [row for row in results.manifest["inputs"] if not str(row["path"]).startswith(OF_PACKAGES)]
    whole = {"asked": asked, "records": [records[int(block)] for block in held], "blocks": held}
    return hashlib.sha256(json.dumps(whole, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _read(results: Results, first: int) -> dict[str, Any]:
    try:
        held = json.loads(_path(results.folder, first).read_text(encoding="utf-8"))
        blocks = held["blocks"]
        sound = isinstance(blocks, dict) and all(block.isdigit() and isinstance(plain, dict) for block, plain in blocks.items())
        return blocks if sound and held["sha256"] == _hash(results, first, blocks) else {}
    except (OSError, StoreError, ValueError, RecursionError, KeyError, TypeError):
        return {}
