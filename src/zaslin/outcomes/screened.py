"""The file of a finished screening, ``screening.json``: how much the answer depends on each number; written whole, read again, never computed here.

In a results folder it lies beside the manifest; in a folder of its own beside ``study.json``, which holds the numbers and sources of the study.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zaslin.errors import StoreError
from zaslin.outcomes.disk import read_refused, write_all, write_refused

NAME, STUDY = "screening.json", "study.json"
VERSION = 1
_KEYS = {"version": int, "night": str, "packages": list, "seed": int, "method": dict, "targets": list, "rows": list, "groups": list}


def read_screening(folder: Path, inputs_hash: str | None = None) -> dict[str, Any] | None:
    """The folder's screening, or None where it has none. inputs_hash: of the question that it must belong to.

    Raises StoreError for a file that is garbled, of a newer zaslin or of another question.
    """
    held = _read(folder / NAME)
    if held is None:
        return None
    again = f"delete {folder / NAME} and screen again (`zaslin sources {folder} --screen`)"
    if isinstance(held.get("version"), int) and held["version"] > VERSION:
        raise StoreError(f"{folder / NAME} was made by a newer zaslin; upgrade zaslin")
    wrong = [key for key, kind in _KEYS.items() if not isinstance(held.get(key), kind)]
    if wrong:
        raise StoreError(f"{folder / NAME} is garbled (it lacks {', '.join(wrong)}); {again}")
    if inputs_hash is not None and held.get("inputs_hash") != inputs_hash:
        raise StoreError(f"{folder / NAME} screens another question than the folder's; {again}")
    return held


def read_study(folder: Path) -> dict[str, Any] | None:
    """The study of a folder that holds only a screening: night, packages, inputs, sources; None where there is none."""
    return _read(folder / STUDY)


def write_file(path: Path, content: Mapping[str, Any]) -> None:
    """Write one of these files whole or not at all. Raises StoreError where the disk refuses."""
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_all([(path, (text + "\n").encode())])
    except OSError as error:
        raise write_refused(path.parent, error) from None


def _read(path: Path) -> dict[str, Any] | None:
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise read_refused(path, error) from None
    except (ValueError, RecursionError) as error:
        raise StoreError(f"{path} is truncated or garbled ({error}); delete it and screen again") from None
    if not isinstance(held, dict):
        raise StoreError(f"{path} is garbled (no object inside); delete it and screen again")
    return held
