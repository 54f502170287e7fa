"""What went wrong, said so that the reader can mend it; nothing here decides *whether* something is wrong.

Every message names the place, what came, what would be right and, where a name was mistyped, the nearest one.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Any

LONGEST = 60
"""Characters of a value that a message shows whole."""


class ZaslinError(Exception):
    """A fault that the user can mend: the command line prints the message and ends with `exit_code`."""

    exit_code = 2


@dataclass(frozen=True)
class Fault:
    """One fault of an input: `path` says where (``members[1].caveats[0].zone``), `message` what and what would do."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class SpecError(ZaslinError):
    """All faults of one night, package, table or scenario at once."""

    def __init__(self, where: str, faults: Iterable[Fault]):
        self.where = where
        self.faults = list(faults)
        n = len(self.faults)
        head = f"{n} fault{'s' if n != 1 else ''} in {where}"
        super().__init__("\n".join([head, *(f"  {fault}" for fault in self.faults)]))


class InputError(ZaslinError):
    """A single thing that was asked for and cannot be given: no such file, night, package or option value."""


class StoreError(ZaslinError):
    """A results folder that cannot be read, written or continued. `kept` says what of the work is safe; `what` is the message without it."""

    def __init__(self, what: str, kept: str = ""):
        self.what = what
        super().__init__(what + (f" ({kept})" if kept else ""))


class EngineError(ZaslinError):
    """The engine stopped on a status that a kernel returned; the message says how to see it again."""


def came(given: Any) -> str:
    """How a message calls what was handed over: as Python writes it where that is short, else by its kind.

    >>> came(None), came("10"), came([1, 2]), came(list(range(100)))
    ('None', "'10'", '[1, 2]', 'a list')
    """
    kind = type(given)
    article = "an" if kind.__name__[:1].lower() in "aeiou" else "a"
    if isinstance(given, type):
        return f"the class {given.__name__}"
    if isinstance(given, str | bytes):
        return repr(given) if len(given) <= LONGEST else f"{given[: LONGEST - 1]!r}…"
    if given is None or isinstance(given, int | float | list | tuple | dict | set | PurePath | date):
        try:
            written = repr(given)
        except ValueError:  # a whole number of thousands of digits
            return f"{article} {kind.__name__}"
        return written if len(written) <= LONGEST else f"{article} {kind.__name__}"
    name = next((name for key in ("name", "id") if isinstance(name := getattr(given, key, None), str) and name), "")
    return f"the {kind.__name__.lower()} {name[:LONGEST]}" if name else f"{article} {kind.__name__}"


def nearest(name: Any, choices: Iterable[str]) -> str | None:
    """The choice most like `name`, or None where nothing is close or it is no text; case is ignored, and the shortest that begins with `name` comes first."""
    if not isinstance(name, str):
        return None
    lower = {choice.lower(): choice for choice in choices}
    begins = [choice for choice in lower if choice.startswith(name.lower())] if len(name) > 2 else []
    if begins:
        return lower[min(begins, key=len)]
    hit = difflib.get_close_matches(name.lower(), list(lower), n=1, cutoff=0.6)
    return lower[hit[0]] if hit else None


def unknown(what: str, name: Any, choices: Iterable[str]) -> str:
    """``no aircraft "F-16X"; did you mean "F-16C"?``, or the list of choices where none is near."""
    options = sorted(set(choices))
    asked = f'"{name}"' if isinstance(name, str) else came(name)
    close = nearest(name, options)
    if close is not None:
        return f'no {what} {asked}; did you mean "{close}"?'
    shown = ", ".join(options[:12]) + (", …" if len(options) > 12 else "")
    return f"no {what} {asked}; there are: {shown}"
