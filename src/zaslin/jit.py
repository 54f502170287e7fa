"""The one decorator for compiled code; it keeps numba's disk cache honest and says what a first compile is doing.

Numba's cache looks only at the file of the compiled function: after an edit to a kernel in another file the old answer
would come back without a word. So the cache folder is keyed to a hash of all source that kernels are compiled from.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import platformdirs

_PACKAGE = Path(__file__).parent

KERNEL_ROOMS = ("draws.py", "handed.py", "jit.py", "plane.py", "units.py", "atlas", "physics", "world", "doctrine", "engine")
"""Where kernels live and all that they are compiled from; a test sees to it that none lives elsewhere."""

RUNNING_ROOMS = (*KERNEL_ROOMS, "scenario", "studies")
"""All code that a replicate's rows depend on."""


def source_hash(rooms: tuple[str, ...] = KERNEL_ROOMS) -> str:
    """First 16 hex digits of the SHA-256 over the .py files of these rooms of the package, names and contents."""
    digest = hashlib.sha256()
    for room in rooms:
        place = _PACKAGE / room
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place] if place.exists() else []:
            digest.update(str(path.relative_to(_PACKAGE)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """The folder of this source's compiled kernels (``ZASLIN_CACHE`` overrides the user's cache folder)."""
    base = os.environ.get("ZASLIN_CACHE") or platformdirs.user_cache_dir("zaslin")
    return Path(base) / "kernels" / source_hash()


def _prepare() -> None:
    import numba

    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".write-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError:  # a read-only home: compile in memory, every start pays once
        return
    numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]


_prepare()
_CACHED = bool(__import__("numba").config.CACHE_DIR)


def compiled_before(name: str = "") -> bool:
    """Whether this source's kernels (or those whose ``module.function`` begins with `name`) lie compiled on disk already."""
    folder = cache_folder()
    return _CACHED and folder.is_dir() and any(folder.rglob(f"{name}*.nbi"))


def announce_compile(write: Callable[[str], Any] | None = None, name: str = "") -> None:
    """Say on stderr that the first run compiles, or that each does where the cache cannot be written; silent when the kernels (those of `name`)
    are on disk."""
    if compiled_before(name):
        return
    say = write or (lambda text: print(text, file=sys.stderr, flush=True))
    if _CACHED:
        say("compiling the engine for this machine: once per install, about a minute; later runs start at once")
    else:
        say(
            f"compiling the engine for this machine, about a minute: every run compiles anew, because {cache_folder()} cannot be written; "
            "ZASLIN_CACHE=FOLDER before the command names a folder that can"
        )


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile `function` with numba: no GIL, IEEE arithmetic, NaN instead of an exception on division by zero."""
    # counts said aloud: else a kernel that a lean one calls would be compiled without them too
    return _compile(function, {"_nrt": True})


def lean(function: Callable[..., Any]) -> Callable[..., Any]:
    """`kernel` without reference counts, for what makes no array and returns none (numba refuses the rest).

    A kernel counts a reference to every array that it is handed, one by one and back again: for a scene of sixty arrays that is most of a small one's time.
    Whoever calls from Python holds the arrays anyway.
    """
    return _compile(function, {"_nrt": False})


def _compile(function: Callable[..., Any], counts: dict[str, Any]) -> Callable[..., Any]:
    import numba

    compiled: Callable[..., Any] = numba.njit(cache=_CACHED, nogil=True, error_model="numpy", **counts)(function)
    return compiled
