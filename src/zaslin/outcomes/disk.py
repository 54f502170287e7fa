"""Bytes onto the disk whole or not at all, and a disk's refusals said in words.

Knows nothing of tables or manifests.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from zaslin.errors import StoreError
from zaslin.stopping import whole

AT_A_TIME = 4
"""Files that are written and synced together."""

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
    return StoreError(f"cannot write to {folder}: {why}", kept)


def read_refused(path: Path, error: OSError) -> StoreError:
    """The StoreError for `path` that is there and cannot be read."""
    if error.errno in (errno.EACCES, errno.EPERM):
        return StoreError(f"no permission to read {path}; change its permissions or copy the folder")
    return StoreError(f"cannot read {path}: {error.strerror or error}")


def write_all(files: Sequence[tuple[Path, bytes]], drop: Path | None = None) -> None:
    """Write all files, of one folder, or leave none half-written: temporary names, fsync, then rename in the order given.

    A reader that waits for the last name sees all of them. drop: a file that goes when all bytes are on the disk, before the first rename: what it
    stands for is lost only to what replaces it. Ctrl-C and SIGTERM wait until all is done. Raises OSError; no temporary file stays behind.
    """
    if not files:
        return
    folder = files[0][0].parent
    waiting = [(path, path.with_name(f".{path.name}.{os.getpid()}.tmp")) for path, _ in files]
    with whole():
        try:
            # The disk is waited for, not worked for: several files at a time take about as long as one.
            with ThreadPoolExecutor(min(len(files), AT_A_TIME)) as pool:
                list(pool.map(_write_synced, [temporary for _, temporary in waiting], [content for _, content in files]))
            if drop is not None:
                drop.unlink(missing_ok=True)
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
    """Write one file that a user named (UTF-8): whole or not at all, so that an old one stays as it was where the disk refuses the new one.

    A link is followed; what is no regular file (a device, a pipe) is written to as it is. Raises StoreError that says what is in the way.
    """
    content = text.encode("utf-8")
    try:
        target = path.resolve()
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if target.exists() and not target.is_file():
            target.write_bytes(content)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        waiting = target.with_name(f".zaslin-{os.getpid()}.tmp")  # short: the file's own name may be as long as names can be
        with whole():
            try:
                _write_synced(waiting, content)
                if target.exists():
                    waiting.chmod(target.stat().st_mode & 0o777)
                waiting.replace(target)
            finally:
                with suppress(OSError):
                    waiting.unlink(missing_ok=True)
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links; a name that no file can have
        code = error.errno if isinstance(error, OSError) else None
        why = _REMEDY.get(code or 0) or f"{getattr(error, 'strerror', None) or error}; choose another file"
        raise StoreError(f"{path} cannot be written: {why.replace('choose another folder', 'choose another file')}") from None
