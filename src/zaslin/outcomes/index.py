"""What the footers of a results folder's parts say, kept in one small file, so that a folder of thousands of parts opens at once.

``index.json`` beside the manifest: per part its size, its time of change, how many replicates it covers and which tables it has. A part whose size or time
differs is asked itself; so the file can be deleted at any time, and a folder that was copied makes its own. It counts nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import RLock
from typing import Any

from zaslin.outcomes.disk import write_all

NAME = "index.json"
VERSION = 1
LEAST = 40
"""Footers that must be read anew before the file is written: for fewer it is not worth it."""

Note = tuple[int, list[str]]
"""What a marker says: how many replicates (or samples) its part covers, and its tables."""

Stamp = tuple[int, int]
"""A file's size in bytes and its time of change in ns."""


class Index:
    """The notes of a folder's parts, by path within the folder; `ask` reads the footer of a part that is not noted as it is."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._held: dict[str, list[Any]] | None = None
        self._new = 0
        self._lock = RLock()  # packages are written on several threads

    def __getstate__(self) -> dict[str, Any]:
        return {"_folder": self._folder}  # a copy, in another process say, reads for itself

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["_folder"])  # type: ignore[misc]

    def note(self, name: str, stamp: Stamp | None, ask: Callable[[], Note]) -> Note:
        """What a part's marker says. name: its path within the folder; stamp: as it is now, None where it is gone. Raises what `ask` raises."""
        if stamp is None:
            return ask()
        with self._lock:
            if self._held is None:
                self._held = self._read()
            held = self._held.get(name)
            if held is not None and held[0] == stamp[0] and held[1] == stamp[1]:
                return held[2], held[3]
            count, tables = ask()
            self._held[name] = [*stamp, count, tables]
            self._new += 1
            return count, tables

    def keep(self) -> None:
        """Write what is new, where that is worth it; a folder that cannot be written stays as it is."""
        with self._lock:
            if self._new < LEAST or self._held is None:
                return
            self._new = 0
            content = json.dumps({"version": VERSION, "parts": self._held}, separators=(",", ":"))
            with suppress(OSError):
                write_all([(self._folder / NAME, content.encode())])

    def _read(self) -> dict[str, list[Any]]:
        try:
            held = json.loads((self._folder / NAME).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(held, dict) or held.get("version") != VERSION or not isinstance(held.get("parts"), dict):
            return {}
        return {name: note for name, note in held["parts"].items() if _sound(note)}


def _sound(note: Any) -> bool:
    return isinstance(note, list) and len(note) == 4 and all(isinstance(part, int) for part in note[:3]) and isinstance(note[3], list)
