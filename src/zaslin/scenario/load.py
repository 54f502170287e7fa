"""The way from a YAML file to a checked scenario type; every fault comes at once, by path and line, and never as a traceback."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from zaslin.errors import Fault, InputError, SpecError, nearest
from zaslin.scenario.faults import validate
from zaslin.scenario.yaml_text import Document, parse

T = TypeVar("T")

MAX_BYTES = 5_000_000
"""Larger files are refused unread: a night or package has some kilobytes."""

SUFFIXES = (".yaml", ".yml")
"""Files that are offered in the place of one that is not there."""


def load_yaml_model(source: Path | str, model: type[T], where: str = "", shipped: bool = False) -> T:
    """The YAML of `source` as `model` (a pydantic model, or a type such as ``dict[str, Aircraft]``).

    source: a Path is a file; a str is YAML text if it holds a line break, else the name of a file.
    where: the name that messages use; the file's name where it is empty. shipped: the text is the package's own (see `yaml_text.parse`).
    Raises InputError (no such file, a folder, unreadable, not text) or SpecError (broken YAML; every fault of the data at once).
    """
    document = load_document(source, where, shipped)
    return validate(document.data, model, where or name_of(source), document.lines)


def load_document(source: Path | str, where: str = "", shipped: bool = False) -> Document:
    """The plain data of `source` with the line of every value; errors and arguments as for `load_yaml_model`."""
    if isinstance(source, str) and ("\n" in source or not source):
        return parse(source, where or "the text", shipped)
    return parse(read_text(Path(source)), where or name_of(source))


def name_of(source: Path | str) -> str:
    """How messages call a source."""
    return "the text" if isinstance(source, str) and "\n" in source else str(source)


def read_text(path: Path) -> str:
    """The file's text (UTF-8, with or without a mark at its start); raises InputError that says why not."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise InputError(_missing(path)) from None
    except IsADirectoryError:
        raise InputError(f"{path} is a folder; give one of the files in it") from None
    except PermissionError:
        raise InputError(f"{path} may not be read (permission denied); change its rights or give another file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{path} cannot be read: {reason}") from None
    if len(content) > MAX_BYTES:
        raise InputError(f"{path} is larger than {MAX_BYTES // 1_000_000} MB and was not read; a night, package or ledger has some kilobytes, so give another")
    return decode(content, str(path))


def decode(content: bytes, where: str) -> str:
    """UTF-8 bytes as text; raises SpecError that names the line of the first byte that is none."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SpecError(where, [Fault("", "the text is UTF-16; save it as UTF-8")])
    if b"\x00" in content:
        raise SpecError(where, [Fault("", "this is a binary file, not text; save it as text in UTF-8")])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        what = f"the byte 0x{content[error.start]:02x} is not UTF-8; save the file as UTF-8"
        raise SpecError(where, [Fault(f"line {line}", what)]) from None


def _missing(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f"no file {path}: there is no folder {folder}"
    try:
        names = {entry.stem: entry.name for entry in folder.iterdir() if entry.suffix.lower() in SUFFIXES and entry.is_file()}
    except OSError:
        names = {}
    near = nearest(path.stem, names)
    return f"no file {path}" + (f'; did you mean "{names[near]}"?' if near else "")
