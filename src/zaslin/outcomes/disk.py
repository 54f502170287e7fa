"""Bytes onto the disk whole or not at all, and a disk's refusals said in words.

Knows nothing of tables or manifests.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from zaslin.errors import StoreError

_REMEDY = {
    errno.ENOSPC: "the disk is full; free some space and run the same command again",
    errno.EDQUOT: "your quota on this disk is used up; free some space and run the same command again",
    errno.EROFS: "the disk is mounted read-only; choose a folder on another disk",
    errno.EACCES: "no permission to write there; choose another folder or change its permissions",
    errno.EPERM: "no permission to write there; choose another folder or change its permissions",
    errno.ENOTDIR: "a part of the path is a file, not a folder; choose another folder",
    errno.EEXIST: "a file of that name is in the way; choose another folder",
    errno.EISDIR: "a folder of that name is in the way; choose another folder",
    errno.ENAMETOOLONG: "the name is too long; choose a shorter one",
    errno.ELOOP: "the path is a loop of links; choose another folder",
    errno.EFBIG: "a file may not grow that large here; choose a folder on another disk",
    errno.EIO: "the disk reports an error; choose a folder on another disk",
}


def write_refused(folder: Path, error: OSError, kept: str = "") -> StoreError:
    """The StoreError for a write into `folder` that failed; `kept` says what of the work is safe."""
    why = _REMEDY.get(error.errno or 0) or f"{error.strerror or error}; choose another folder"
    return StoreError(f"cannot write to {folder}: {why}" + (f" ({kept})" if kept else ""))


def read_refused(path: Path, error: OSError) -> StoreError:
    """The StoreError for `path` that is there and cannot be read."""
    if error.errno in (errno.EACCES, errno.EPERM):
        return StoreError(f"no permission to read {path}; change its permissions or copy the folder")
    return StoreError(f"cannot read {path}: {error.strerror or error}")


def write_all(files: Sequence[tuple[Path, bytes]]) -> None:
    """Write all files, of one folder, or leave none half-written: temporary names, fsync, then rename in the order given.

    A reader that waits for the last name sees all of them. Raises OSError; no temporary file stays behind.
    """
    if not files:
        return
    folder = files[0][0].parent
    waiting = [(path, path.with_name(f".{path.name}.{os.getpid()}.tmp")) for path, _ in files]
    try:
        for (_, temporary), (_, content) in zip(waiting, files):
            _write_synced(temporary, content)
        for path, temporary in waiting:
            temporary.replace(path)
    finally:
        for _, temporary in waiting:
            with suppress(OSError):  # the disk that refused the write may refuse this too; the first error is the one to tell
                temporary.unlink(missing_ok=True)
    _sync_folder(folder)


def _write_synced(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # some systems cannot open a folder; the files themselves are synced
        return
    try:
        with suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)


def write_text(path: Path, text: str) -> None:
    """Write one file that a user named: whole or not at all, with an old one left as it was; what is no regular file (a device, a pipe) is written to.

    Raises StoreError that says what is in the way.
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            path.write_text(text, encoding="utf-8")
        elif path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "is a folder", str(path))
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_all([(path, text.encode("utf-8"))])
    except OSError as error:
        raise write_refused(path.parent if not path.is_dir() else path, error) from None
