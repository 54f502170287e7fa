"""The cache's folders of compiled kernels: each marked by whoever uses it, those that nobody will ask for again removed. Compiles nothing.

    ~/.cache/zaslin/kernels/<source>-<install>/.used     time: of the last use; text: whose it is; locked for as long as a process uses it

A folder takes some 10 MB, and every state of the source has one. When a new one is made, others go: those that nobody used for 30 days, and of each
install (the same place on disk, Python and numba) all but the newest three. An edit or an upgrade makes the folder before it useless, unless it is taken
back, as between two releases or two images that share a cache. An install that is used once a week keeps its own, however many others are made meanwhile.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

fcntl: Any = None
with suppress(ImportError):  # Windows has no such locks; there the last use alone counts
    import fcntl

STAMP, GOING = ".used", ".going-"
UNUSED_S = 30 * 86_400.0
NEWEST = 3
RECENT_S = 86_400.0
"""Where nothing is locked: what was used so lately counts as in use."""
TRIES, WAIT_S = 100, 0.01
"""To mark a folder that somebody removes meanwhile."""

COMPILE_TAKES = "about half a minute"
"""The first compile of an install, on a small machine, as every text says it (a test holds them together)."""

_held: dict[Path, int] = {}


@dataclass(frozen=True)
class KernelFolder:
    """A folder of the cache. owner: whose it is, "" for one of an older zaslin, which did not say; used: when it was last used, seconds since the epoch."""

    path: Path
    owner: str
    used: float

    def bytes(self) -> int:
        """What its files take."""
        total = 0
        for path in self.path.rglob("*"):
            with suppress(OSError):  # gone in between
                total += path.stat().st_size if path.is_file() else 0
        return total


def take(folder: Path, package: Path) -> None:
    """Mark the folder as used by this process, as long as it lives; where nobody marked it before, remove those that are to go. A cache never stops a run:
    what the system refuses is left undone.

    package: where this zaslin's files lie.
    """
    with suppress(OSError):
        new = not (folder / STAMP).exists()
        _mark(folder, f"{package}\n{sys.version}\nnumba {version('numba')}\n")
        if new:
            for old in to_go(folders(folder.parent), time.time()):
                if old.path != folder:
                    remove(old)
            for rest in folder.parent.glob(f"{GOING}*"):
                _delete(rest)


def _mark(folder: Path, owner: str) -> None:
    if folder in _held:
        return
    for _ in range(TRIES):
        handle = _shared(folder)
        if handle is not None:
            break
        time.sleep(WAIT_S)
    else:
        return
    _held[folder] = handle
    if os.fstat(handle).st_size == 0:
        os.write(handle, owner.encode())
    os.utime(folder / STAMP)


def _shared(folder: Path) -> int | None:
    """The folder's stamp, open and locked as in use; None where somebody removes the folder at this moment."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(folder / STAMP, os.O_RDWR | os.O_CREAT, 0o666)
        except PermissionError:  # somebody else's folder, which we may read
            handle = os.open(folder / STAMP, os.O_RDONLY)
    except (FileNotFoundError, FileExistsError):  # it went after it was made, or after it was seen
        return None
    going = False
    try:
        if fcntl is not None:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:  # whoever removes it has it alone
        going = True
    except OSError:  # no locks on this disk
        pass
    with suppress(FileNotFoundError):
        if not going and os.path.samestat(os.fstat(handle), (folder / STAMP).stat()):
            return handle
    os.close(handle)
    return None


def folders(place: Path) -> list[KernelFolder]:
    """The folders of compiled kernels in `place`, the latest used first."""
    out = []
    with suppress(FileNotFoundError, NotADirectoryError):
        for path in place.iterdir():
            if path.is_dir() and not path.name.startswith("."):
                out.append(_seen(path))
    return sorted(out, key=lambda one: (-one.used, one.path.name))


def _seen(path: Path) -> KernelFolder:
    stamp = path / STAMP
    try:
        return KernelFolder(path, stamp.read_text(encoding="utf-8", errors="replace"), stamp.stat().st_mtime)
    except OSError:
        used = [0.0]
        for file in (path, *path.rglob("*")):
            with suppress(OSError):
                stat = file.stat()
                used.append(max(stat.st_mtime, stat.st_atime if file.is_file() else 0.0))
        return KernelFolder(path, "", max(used))


def to_go(there: Iterable[KernelFolder], now: float) -> list[KernelFolder]:
    """Those that nobody will ask for again: unused for UNUSED_S, or beyond the NEWEST of their owner. now: seconds since the epoch."""
    out: list[KernelFolder] = []
    newer: dict[str, int] = {}
    for one in sorted(there, key=lambda one: -one.used):
        newer[one.owner] = newer.get(one.owner, 0) + 1
        if now - one.used > UNUSED_S or (one.owner and newer[one.owner] > NEWEST):
            out.append(one)
    return out


def remove(folder: KernelFolder) -> bool:
    """Remove the folder, unless a process uses it, this one too, or may use it, or the system refuses; says whether it is gone."""
    try:
        with _alone(folder) as alone:
            if not alone:
                return False
            # in one step out of the way: who comes now makes a new one
            going = folder.path.with_name(f"{GOING}{folder.path.name}-{os.getpid()}")
            folder.path.rename(going)
    except OSError:
        return False
    _delete(going)
    return True


def _delete(folder: Path) -> None:
    import shutil  # rarely needed, and most commands ask for the folder above

    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _alone(folder: KernelFolder) -> Iterator[bool]:
    if folder.path in _held:
        yield False
        return
    if fcntl is None:
        yield time.time() - folder.used > RECENT_S
        return
    try:
        handle = os.open(folder.path / STAMP, os.O_RDWR)
    except FileNotFoundError:  # of an older zaslin, which locks nothing
        yield time.time() - folder.used > RECENT_S
        return
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            free = True
        except BlockingIOError:
            free = False
        except OSError:  # no locks on this disk
            free = time.time() - folder.used > RECENT_S
        yield free
    finally:
        os.close(handle)
