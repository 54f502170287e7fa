"""Which code, on which versions, made a results folder; for the manifest only, never for a result."""

from __future__ import annotations

import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from zaslin.compiled import RUNNING_ROOMS, source_hash

_LIBRARIES = ("numpy", "numba", "llvmlite", "pyarrow", "polars", "pydantic", "shapely")


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _git(*words: str) -> str | None:
    folder = Path(__file__).parent
    try:
        done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, timeout=5, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def provenance() -> dict[str, Any]:
    """Versions of zaslin, Python and the libraries that numbers depend on, the source's hash, and git's state where there is one."""
    tracked = _git("ls-files", "--error-unmatch", str(Path(__file__)))
    git = None
    if tracked is not None:
        git = {"commit": _git("rev-parse", "HEAD"), "modified": bool(_git("status", "--porcelain", "--untracked-files=no"))}
    return {
        "zaslin_version": _version("zaslin"),
        "source_hash": source_hash(RUNNING_ROOMS),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "git": git,
    }
