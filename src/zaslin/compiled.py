"""Where compiled kernels lie on disk, whether they are there, and what to say where they are not; compiles nothing and imports nothing heavy.

Numba's cache looks only at the file of the compiled function: after an edit to a kernel in another file the old answer
would come back without a word. So the cache folder is keyed to a hash of all source that kernels are compiled from; and to what numba itself asks before it
takes a kernel from the disk (place and time of the files, Python, numba), so that an empty folder says truly that something is to be compiled.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import platformdirs

from zaslin.kernel_folders import take

_PACKAGE = Path(__file__).parent

KERNEL_ROOMS = ("draws.py", "handed.py", "jit.py", "plane.py", "stack.py", "units.py", "whole.py", "atlas", "physics", "world", "doctrine", "engine")
"""Where kernels live and all that they are compiled from; a test sees to it that none lives elsewhere."""

RUNNING_ROOMS = (*KERNEL_ROOMS, "scenario", "studies")
"""All code that a replicate's rows depend on."""

ENGINE = "engagements.engage"
"""The engine's main kernel: where it lies compiled, all do, but after a stop in the middle. Looking at a night compiles a few small ones before."""

_announced = False


def source_hash(rooms: tuple[str, ...] = KERNEL_ROOMS) -> str:
    """First 16 hex digits of the SHA-256 over the .py files of these rooms of the package, names and contents."""
    digest = hashlib.sha256()
    for room in rooms:
        place = _PACKAGE / room
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place] if place.exists() else []:
            digest.update(str(path.relative_to(_PACKAGE)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@cache
def _install() -> str:
    """16 hex digits for this install: where its files lie and since when, Python and numba."""
    digest = hashlib.sha256(f"{_PACKAGE} {sys.version} {version('numba')}".encode())
    for room in KERNEL_ROOMS:
        place = _PACKAGE / room
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place] if place.exists() else []:
            digest.update(str(path.stat().st_mtime_ns).encode())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """The folder of this source's compiled kernels as this install has it (``ZASLIN_CACHE`` overrides the user's cache folder)."""
    base = os.environ.get("ZASLIN_CACHE") or platformdirs.user_cache_dir("zaslin")
    return Path(os.path.expanduser(base)) / "kernels" / f"{source_hash()}-{_install()}"  # noqa: PTH111 (Path.expanduser raises where there is no such user)


@cache
def writable(folder: Path) -> bool:
    """Whether the folder is there, or could be made, and takes files; in a read-only home kernels compile in memory, and every start pays once."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        take(folder, _PACKAGE)
        probe = folder / f".write-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError:
        return False
    return True


def _kept(folder: Path) -> bool:
    return writable(folder) or bool(os.environ.get("NUMBA_CACHE_DIR"))


def compiled_before(name: str = "") -> bool:
    """Whether this source's kernels (or those whose ``module.function`` begins with `name`) lie compiled on disk already."""
    folder = cache_folder()
    return _kept(folder) and folder.is_dir() and any(folder.rglob(f"{name}*.nbi"))


def announce_compile(write: Callable[[str], Any] | None = None, name: str = "") -> None:
    """Say on stderr, once in a process, that the first run compiles, or that each does where the cache cannot be written; silent when the kernels (those of
    `name`) are on disk. write: called with the text instead, every time."""
    global _announced
    if (write is None and _announced) or compiled_before(name):
        return
    folder = cache_folder()
    if _kept(folder):
        text = "compiling the engine for this machine: once per install, about half a minute; later runs start at once"
    else:
        text = (
            f"compiling the engine for this machine, about half a minute: every run compiles anew, because {folder} cannot be written; "
            "ZASLIN_CACHE=FOLDER before the command names a folder that can"
        )
    if write is not None:
        write(text)
        return
    _announced = True
    print(text, file=sys.stderr, flush=True)
