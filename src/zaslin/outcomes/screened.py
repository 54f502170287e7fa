"""The file of a finished screening, ``screening.json``: how much the answer depends on each number; it is never computed here.

In a results folder it lies beside the manifest; in a folder of its own beside ``study.json``, which holds the numbers and sources of the study.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from zaslin.outcomes.beside import read_answer, read_file

NAME, STUDY = "screening.json", "study.json"
VERSION = 1
_KEYS = {"version": int, "night": str, "packages": list, "seed": int, "method": dict, "targets": list, "rows": list, "groups": list}


def read_screening(folder: Path, inputs_hash: str | None = None) -> dict[str, Any] | None:
    """The folder's screening, or None where it has none. inputs_hash: of the question that it must belong to.

    Raises StoreError for a file that is garbled, of a newer zaslin or of another question.
    """
    return read_answer(folder / NAME, _KEYS, VERSION, inputs_hash, f"delete it and screen again (`zaslin sources {folder} --screen`)")


def read_study(folder: Path) -> dict[str, Any] | None:
    """The study of a folder that holds only a screening: night, packages, inputs, sources; None where there is none."""
    return read_file(folder / STUDY, "delete it and screen again")
