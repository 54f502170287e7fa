"""The file of a comparison of the model's forms, ``forms.json``, beside a results folder's manifest; written whole, read again, never computed here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from zaslin.errors import StoreError
from zaslin.outcomes.disk import read_refused

NAME = "forms.json"
VERSION = 1
_KEYS = {"version": int, "blocks": int, "packages": list, "targets": list, "rows": list}


def read_forms_file(folder: Path, inputs_hash: str | None = None) -> dict[str, Any] | None:
    """The folder's comparison of forms, or None where it has none. inputs_hash: of the question that it must belong to.

    Raises StoreError for a file that is garbled, of a newer zaslin or of another question.
    """
    path = folder / NAME
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise read_refused(path, error) from None
    except (ValueError, RecursionError) as error:
        raise StoreError(f"{path} is truncated or garbled ({error}); delete it and run `zaslin forms {folder}` again") from None
    if isinstance(held, dict) and isinstance(held.get("version"), int) and held["version"] > VERSION:
        raise StoreError(f"{path} was made by a newer zaslin; upgrade zaslin")
    if not isinstance(held, dict) or any(not isinstance(held.get(key), kind) for key, kind in _KEYS.items()):
        raise StoreError(f"{path} is garbled; delete it and run `zaslin forms {folder}` again")
    if inputs_hash is not None and held.get("inputs_hash") != inputs_hash:
        raise StoreError(f"{path} compares forms for another question than the folder's; delete it and run `zaslin forms {folder}` again")
    return held
