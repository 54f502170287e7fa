"""JSON files that a study keeps beside a results folder's manifest, written whole and read again; what stands in them is others' business."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zaslin.errors import StoreError
from zaslin.outcomes.disk import read_refused, write_all, write_refused


def write_file(path: Path, content: Mapping[str, Any]) -> None:
    """Write one of these files whole or not at all. Raises StoreError where the disk refuses."""
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_all([(path, (text + "\n").encode())])
    except OSError as error:
        raise write_refused(path.parent, error) from None


def read_file(path: Path, again: str) -> dict[str, Any] | None:
    """The object in the file; None where there is no file. again: what to do about a garbled one. Raises StoreError for a file that cannot be read."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise read_refused(path, error) from None
    except (ValueError, RecursionError) as error:
        raise StoreError(f"{path} is truncated or garbled ({error}); {again}") from None
    if not isinstance(held, dict):
        raise StoreError(f"{path} is garbled (no object inside); {again}")
    return held


def read_answer(path: Path, kinds: Mapping[str, type], version: int, inputs_hash: str | None, again: str) -> dict[str, Any] | None:
    """The finished answer in the file; None where there is no file.

    kinds: what it must hold, each of which kind. version: the youngest that is known. inputs_hash: of the question that it must belong to, None for any.
    Raises StoreError, which ends with `again`, for a file that is garbled or of another question, and for one of a newer zaslin.
    """
    held = read_file(path, again)
    if held is None:
        return None
    if isinstance(held.get("version"), int) and held["version"] > version:
        raise StoreError(f"{path} was made by a newer zaslin; upgrade zaslin")
    wrong = [key for key, kind in kinds.items() if not isinstance(held.get(key), kind)]
    if wrong:
        raise StoreError(f"{path} is garbled (it lacks {', '.join(wrong)}); {again}")
    if inputs_hash is not None and held.get("inputs_hash") != inputs_hash:
        raise StoreError(f"{path} answers another question than the folder's; {again}")
    return held
