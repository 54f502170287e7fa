"""What a caller from Python hands over, looked at before it is used: of the right kind, or an InputError that says what would be. It reads no file.

What *a name* may be (of a night, a package, a measure) is known where these live.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import date, datetime
from numbers import Integral
from pathlib import Path
from typing import Any, TypeVar

from zaslin.errors import InputError, came

T = TypeVar("T")


def of_kind(where: str, given: Any, kinds: type[T] | tuple[type[T], ...], right: str) -> T:
    """`given` itself, where it is of one of the kinds (a bool is no number). where: the argument's name; right: what would do, in words."""
    if not isinstance(given, kinds) or (isinstance(given, bool) and bool not in (kinds if isinstance(kinds, tuple) else (kinds,))):
        raise InputError(f"{where}: {came(given)} came; give {right}")
    return given


def a_path(where: str, given: Any, right: str) -> Path:
    """A place on the disk, from a path or its text; whether anything is there is not asked."""
    if not isinstance(given, str | os.PathLike) or not isinstance(text := os.fspath(given), str) or not text or "\0" in text:
        raise InputError(f"{where}: {came(given)} came; give {right}")
    return Path(text)


def whole(where: str, given: Any, least: int, most: int, right: str) -> int:
    """A whole number from `least` to `most`, NumPy's too."""
    if isinstance(given, bool) or not isinstance(given, Integral) or not least <= int(given) <= most:
        raise InputError(f"{where}: {came(given)} came; give {right}")
    return int(given)


def a_day(where: str, given: Any) -> date:
    """A date without a time. One that came as text, or with a time, is named as it would be right."""
    if isinstance(given, date) and not isinstance(given, datetime):
        return given
    near = given.date() if isinstance(given, datetime) else None
    if isinstance(given, str):
        try:
            near = date.fromisoformat(given)
        except ValueError:
            near = None
    right = f"did you mean {near!r}?" if near is not None else "give a date, as datetime.date(2024, 8, 4)"
    raise InputError(f"{where}: {came(given)} came; {right}")


def several(where: str, given: Any, example: str, alone: tuple[type, ...] = (str,)) -> tuple[Any, ...]:
    """The items of a list, tuple or other collection, which may be empty. alone: kinds of which one by itself was meant; example: a list as it is written."""
    if isinstance(given, alone):
        raise InputError(f"{where}: one came by itself; give a list, which may have one, e.g. {example}")
    if isinstance(given, bytes | dict) or not isinstance(given, Iterable) or hasattr(given, "model_fields"):
        raise InputError(f"{where}: {came(given)} came; give a list, e.g. {example}")
    return tuple(given)


def texts(where: str, given: Any, example: str) -> tuple[str, ...]:
    """Several words."""
    items = several(where, given, example)
    for k, item in enumerate(items):
        of_kind(f"{where}[{k}]", item, str, f"a text, as in {example}")
    return items


def called(where: str, given: Any, told_of: str) -> None:
    """Something to call, or None. told_of: what it is called with."""
    if given is not None and not callable(given):
        raise InputError(f"{where}: {came(given)} came; give a function, called with {told_of}, or None")
