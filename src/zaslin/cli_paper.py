"""Paper of the command line: where its words go, how its tables look and how it ends when something is wrong; it knows no verb.

Answers go to stdout, progress and complaints to stderr. With ``--json`` stdout holds one object and nothing else.
"""

from __future__ import annotations

import errno
import functools
import json
import math
import os
import signal
import sys
import textwrap
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from zaslin import stopping
from zaslin.errors import ZaslinError

if TYPE_CHECKING:
    from rich.console import Console

PIPE_WIDTH = 120
"""Columns of a table that goes into a file or a pipe, unless COLUMNS says otherwise."""

BAD_INPUT = 2
NOT_HELD = 1

Column = tuple[str, str]
"""A column's heading and ``<`` or ``>``: text to the left, numbers to the right."""


def console(error: bool = False) -> Console:
    """A rich console on stdout (or stderr): colours only on a terminal, a steady width in a pipe."""
    from rich.console import Console

    class Paper(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # rich would end the process; `failed` decides that

    stream = sys.stderr if error else sys.stdout
    wide = None if stream.isatty() or "COLUMNS" in os.environ else PIPE_WIDTH
    return Paper(file=stream, stderr=error, width=wide, highlight=False, soft_wrap=False)


def say(text: str = "") -> None:
    """A line of the answer on stdout, unwrapped (so that a path can be copied) and taken literally."""
    console().print(text, markup=False, soft_wrap=True)


def paragraph(text: str, indent: int = 0) -> None:
    """Text of the answer, wrapped at the console's width and taken literally; each of its lines is a paragraph."""
    lead = " " * indent
    for line in text.splitlines():
        say(textwrap.fill(line, console().width, initial_indent=lead, subsequent_indent=lead, break_long_words=False, break_on_hyphens=False))


def heading(text: str) -> None:
    """A heading of the answer: bold on a terminal."""
    console().print(text, markup=False, style="bold", soft_wrap=True)


def remark(text: str) -> None:
    """A line for the person and not for the answer: on stderr."""
    print(text, file=sys.stderr, flush=True)


def table(columns: Sequence[Column], rows: Iterable[Sequence[str]], title: str = "") -> None:
    """A readable table on stdout; a cell is text that is taken literally."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    if title:
        heading(f"\n{title}")
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name, side in columns:
        grid.add_column(name, justify="right" if side == ">" else "left", no_wrap=side == ">", overflow="fold", min_width=min(len(name), 12))
    for row in rows:
        grid.add_row(*(Text(cell) for cell in row))
    console().print(grid)


def counted(n: int, one: str, many: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "night"), counted(1_200, "night"), counted(0, "class", "classes")
    ('1 night', '1,200 nights', '0 classes')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def rate(per_s: float) -> str:
    """A rate in whole numbers from 10 on, below that to two figures.

    >>> rate(0.25), rate(0.0412), rate(3.04), rate(9.97), rate(1234.5)
    ('0.25', '0.041', '3.0', '10', '1,234')
    """
    if per_s <= 0.0:
        return "0"
    digits = max(1 - math.floor(math.log10(per_s)), 0)
    return f"{per_s:,.{digits}f}" if round(per_s, digits) < 10.0 else f"{per_s:,.0f}"


def as_json(item: Any) -> None:
    """One JSON object on stdout; what is not a finite number is null, as JSON has no other word for it."""
    ascii_only = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    print(json.dumps(_finite(item), ensure_ascii=ascii_only, indent=2, allow_nan=False), flush=True)


def _finite(item: Any) -> Any:
    if isinstance(item, float):
        return item if math.isfinite(item) else None
    if isinstance(item, Mapping):
        return {str(key): _finite(value) for key, value in item.items()}
    if isinstance(item, list | tuple):
        return [_finite(value) for value in item]
    return item


def time_left(seconds: float) -> str:
    """A wait in words, as coarse as a forecast is.

    >>> time_left(3.2), time_left(47.0), time_left(100.0), time_left(2_400.0), time_left(9_000.0)
    ('5 s', '50 s', '2 min', '40 min', '2.5 h')
    """
    if seconds < 60.0:
        return f"{max(5 * math.ceil(seconds / 5.0), 5)} s"
    return f"{math.ceil(seconds / 60.0)} min" if seconds < 5_400.0 else f"{seconds / 3_600.0:.1f} h"


class _Lines:
    """When a log hears of a piece of work: as it begins, when its first pieces are done, once their rate can be told, then at growing distances, at the end.

    The rate is that since the first pieces were done: what came before is in part a start, which does not come again. It is told from half the first
    pieces' time on, for of several threads' first pieces the last are done a moment after the first.
    """

    SOON_S, FIRST_S, GROWS, MOST_S = 1.0, 10.0, 1.5, 300.0

    def __init__(self, done: int):
        self._began, self._before, self._quiet_s = time.monotonic(), done, self.FIRST_S
        self._first: tuple[float, int] | None = None
        self._next, self._over = -math.inf, False

    def line(self, done: int, of: int) -> str | None:
        """What to say of `done` of `of`, if it is time: with the rate since the first pieces and what is left at that rate, once there is one."""
        now = time.monotonic()
        first = done > self._before and self._first is None
        if self._over or not (done >= of or first or now >= self._next):
            return None
        self._over = done >= of
        if done <= self._before:
            self._next = math.inf  # the first pieces are told when they are done, however soon or late that is
            return ""
        if self._first is None or self._over:
            self._first = now, done
            self._next = now + max(0.5 * (now - self._began), self.SOON_S)
            return ""
        since, there = self._first
        if done <= there:
            return None
        self._next = now + self._quiet_s
        self._quiet_s = min(self.GROWS * self._quiet_s, self.MOST_S)
        per_s = (done - there) / max(now - since, 1e-9)
        return f" ({rate(per_s)} a second, about {time_left((of - done) / per_s)} left)"


class Progress:
    """Progress of long work on stderr: a bar on a terminal, else a line now and then. Call it with (what, done, of)."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._tasks: dict[str, Any] = {}
        self._lines: dict[str, _Lines] = {}

    def __enter__(self) -> Progress:
        if sys.stderr.isatty():
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            words = TextColumn("{task.description}", markup=False)
            self._bar = Bar(words, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(), console=console(error=True))
            self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, what: str, done: int, of: int) -> None:
        """`done` of `of` pieces of `what` are finished."""
        if self._bar is not None:
            if what not in self._tasks:
                self._tasks[what] = self._bar.add_task(what, total=of)
            self._bar.update(self._tasks[what], completed=done, total=of)
            return
        more = self._lines.setdefault(what, _Lines(done)).line(done, of)
        if more is not None:
            remark(f"{what}: {done} of {of}{more}")


class _NoPandas:
    """Python's question where pandas is, answered with no."""

    @staticmethod
    def find_spec(name: str, *_: Any) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


def arrow_without_pandas() -> None:
    """Let Arrow look for pandas now and not find it: it looks once, before its first array, and would import it for a quarter of a second.

    No verb hands Arrow anything of pandas; who needs pandas himself imports it as ever. Only for the command line: a program of the user's may hand it over.
    """
    import pyarrow

    if "pandas" in sys.modules:
        return
    stranger: Any = _NoPandas
    sys.meta_path.insert(0, stranger)
    try:
        pyarrow.array([None])
    finally:
        sys.meta_path.remove(stranger)


def guarded(verb: Callable[..., None]) -> Callable[..., None]:
    """`verb` with every fault turned into a message on stderr and an exit code; never a traceback."""

    @functools.wraps(verb)
    def careful(*args: Any, **kwargs: Any) -> None:
        try:
            verb(*args, **kwargs)
            sys.stdout.flush()
        except (Exception, KeyboardInterrupt) as error:
            if isinstance(error, typer.Exit):
                raise
            raise typer.Exit(failed(error)) from None

    return careful


def stopped(error: BaseException) -> bool:
    """Whether this is the user's stop, or a fault that it led to: numba's compiler, for one, loses the interrupt and then misses what it was making."""
    return isinstance(error, KeyboardInterrupt) or (stopping.asked() and not isinstance(error, (ZaslinError, OSError, MemoryError)))


def failed(error: BaseException) -> int:
    """Say on stderr what went wrong and return the exit code: 2 what the user can mend, 130 interrupted (143 by SIGTERM, 129 by SIGHUP), 1 a fault of ours."""
    if isinstance(error, BrokenPipeError):
        return 0  # the reader, such as `head`, has seen enough
    if stopped(error):
        _complain((str(error) if isinstance(error, KeyboardInterrupt) else "") or "interrupted")  # `run` and `demo` raise it with what they keep
        return stopping.exit_code()
    if isinstance(error, ZaslinError):
        _complain(f"{type(error).__name__}: {error}")
        return error.exit_code
    if isinstance(error, OSError):
        _complain(_system(error))
        return BAD_INPUT
    if isinstance(error, MemoryError):
        _complain("this needs more memory than there is; fewer --threads or fewer replicates (-n) need less")
        return BAD_INPUT
    if os.environ.get("ZASLIN_DEBUG"):
        import traceback

        traceback.print_exception(error, file=sys.stderr)
    first = (str(error).splitlines() or [""])[0]
    _complain(
        f"a fault in zaslin itself: {type(error).__name__}: {first}\n"
        "please report it with the command that you gave; ZASLIN_DEBUG=1 before the command shows where it happened"
    )
    return NOT_HELD


def _complain(text: str) -> None:
    try:
        colour = sys.stderr.isatty() and "NO_COLOR" not in os.environ
        print(f"\x1b[31m{text}\x1b[0m" if colour else text, file=sys.stderr, flush=True)
    except OSError:  # nobody is left to be told
        pass


def _system(error: OSError) -> str:
    what = {
        errno.ENOSPC: "the disk is full", errno.EROFS: "that place is read-only", errno.EACCES: "permission denied",
        errno.ENOENT: "no such file or folder", errno.EISDIR: "that is a folder, not a file", errno.ENOTDIR: "a part of that path is a file",
        errno.EDQUOT: "the disk quota is used up", errno.ENAMETOOLONG: "that name is too long",
    }.get(error.errno or 0, error.strerror or str(error) or type(error).__name__)
    where = f"{error.filename}: " if error.filename is not None else "" if error.errno != errno.ENOSPC else "cannot write: "
    return f"{where}{what}"


def leave(code: int) -> NoReturn:
    """End the process with `code`, or with 2 where the last of the answer cannot be written."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_stdout()
    except (OSError, ValueError) as error:
        if code == 0:
            code = failed(error)
        _forget_stdout()
    if stopping.asked():
        for number in stopping.ASKS:
            if signal.getsignal(number) is stopping.stop:
                signal.signal(number, signal.SIG_DFL)  # a second Ctrl-C while threads end: at once, without a traceback
    sys.exit(code)


def _forget_stdout() -> None:
    # What is still buffered would be written, and fail, once more when Python ends.
    try:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = None
