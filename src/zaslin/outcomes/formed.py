"""The file of a comparison of the model's forms, ``forms.json``, beside a results folder's manifest; it is never computed here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from zaslin.outcomes.beside import read_answer

NAME = "forms.json"
VERSION = 1
_KEYS = {"version": int, "blocks": int, "packages": list, "targets": list, "rows": list}


def read_forms_file(folder: Path, inputs_hash: str | None = None) -> dict[str, Any] | None:
    """The folder's comparison of forms, or None where it has none. inputs_hash: of the question that it must belong to.

    Raises StoreError for a file that is garbled, of a newer zaslin or of another question.
    """
    return read_answer(folder / NAME, _KEYS, VERSION, inputs_hash, f"delete it and run `zaslin forms {folder}` again")
