"""The user's stop: Ctrl-C, or a signal that asks the process to end. It may be put off for a moment; it is never lost, and never taken for a fault.

What is kept when it comes, and in which words that is told, is others' business.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import Any

ASKS = tuple(signal.Signals[name] for name in ("SIGINT", "SIGTERM", "SIGHUP") if name in signal.Signals.__members__)
"""Ctrl-C, a polite `kill`, a terminal that goes away."""

TOGETHER_S = 0.3
"""Signals that come so soon after the first are the same stop: `timeout` sends each twice."""

PATIENCE_S = 5.0
"""So long a stop waits for work that is under way. Whoever sends SIGTERM commonly kills ten seconds later, and what is kept has to be written by then."""

LOST_S = 0.05

Handler = Callable[[int, FrameType | None], Any]

_asked = 0
_came_s: float | None = None
"""When the signal came that is now delivered late (monotonic); None: just now."""


def asked() -> bool:
    """Whether the command line was asked to stop."""
    return _asked != 0


def exit_code() -> int:
    """Of a command that was stopped: 128 and the number of the signal, so 130 after Ctrl-C and 143 after SIGTERM."""
    return 128 + (_asked or signal.SIGINT)


def stop(number: int, _: FrameType | None = None) -> None:
    """The command line's handler: note the signal, then raise KeyboardInterrupt. A program of the user's keeps its own."""
    global _asked
    _asked = _asked or number
    raise KeyboardInterrupt


def listen(before: Handler) -> None:
    """Take the signals over for the command line, Ctrl-C from the handler `before`; those that are ignored or taken stay so."""
    for number in ASKS:
        if signal.getsignal(number) in ((before, signal.default_int_handler) if number == signal.SIGINT else (signal.SIG_DFL,)):
            signal.signal(number, stop)
    sys.unraisablehook = _again


def _again(lost: Any) -> None:
    # Python cannot raise through a callback of C (numba's compiler has some) or out of a destructor: there it would print a traceback and go on.
    if issubclass(lost.exc_type, KeyboardInterrupt):
        threading.Timer(LOST_S, os.kill, (os.getpid(), _asked or signal.SIGINT)).start()
    else:
        sys.__unraisablehook__(lost)


class Notice:
    """A stop that is put off: `asked` once it came. A second one, later than TOGETHER_S, raises KeyboardInterrupt."""

    def __init__(self) -> None:
        self.asked = False
        self._first: tuple[int, float] | None = None
        self._delivered = False
        self._old: dict[int, Handler | int] = {}

    def again(self, error: BaseException) -> bool:
        """Whether `error` is the second stop: then what came after the first is dropped."""
        return self.asked and isinstance(error, KeyboardInterrupt)

    def hear(self, number: int, _: FrameType | None) -> None:
        """The handler while the stop is put off."""
        now = _time_s()
        if self._first is None:
            self._first, self.asked = (number, now), True
        elif now - self._first[1] > TOGETHER_S:
            self._deliver()

    def _deliver(self) -> None:
        if self._first is not None:
            self._delivered = True
            _deliver(self._first[0], self._old[self._first[0]])
            raise KeyboardInterrupt


@contextmanager
def put_off() -> Iterator[Notice]:
    """Inside, the first Ctrl-C or SIGTERM is only noted, and does at the end what it would have done: raise KeyboardInterrupt, or end the process. So it does
    where the work inside raises: that error is then the KeyboardInterrupt's `__context__`.

    In other threads than the main one, and where a program has handlers of its own, signals go their usual way.
    """
    notice = Notice()

    def ours(number: int, old: Any) -> bool:
        return old in (stop, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)

    try:
        with _handled(notice.hear, ours) as held:
            notice._old = held
            yield notice
    finally:
        if not notice._delivered:
            notice._deliver()


@contextmanager
def whole() -> Iterator[None]:
    """Inside, no signal that asks to stop is heard: for a few renames that belong together. What came is delivered at the end, a second of the same kind too
    where it came later than TOGETHER_S after the first."""
    came: list[tuple[int, float]] = []
    try:
        with _handled(lambda number, _: came.append((number, _time_s())), lambda _, old: callable(old) or old == signal.SIG_DFL) as held:
            yield
    finally:
        with ExitStack() as deliveries:  # all of them, whatever the first does; the last that is put in comes first
            for number, at_s in reversed(_distinct(came)):
                deliveries.callback(_deliver, number, held[number], at_s)


def _distinct(came: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """The signals (number, time) without those that are the same stop as one of their kind before."""
    out: list[tuple[int, float]] = []
    latest: dict[int, float] = {}
    for number, at_s in came:
        if number not in latest or at_s - latest[number] > TOGETHER_S:
            latest[number] = at_s
            out.append((number, at_s))
    return out


def _time_s() -> float:
    return time.monotonic() if _came_s is None else _came_s


@contextmanager
def _handled(handler: Handler, which: Callable[[int, Any], bool]) -> Iterator[dict[int, Handler | int]]:
    """`handler` in the place of those old handlers that `which` takes; gives them by number, and puts them back."""
    old: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():
        old = {number: there for number in ASKS if which(number, there := signal.getsignal(number))}
    try:
        for number in old:
            signal.signal(number, handler)
        yield old
    finally:
        for number, there in old.items():
            signal.signal(number, there)


def _deliver(number: int, handler: Handler | int, at_s: float | None = None) -> None:
    global _came_s
    if callable(handler):
        _came_s = at_s
        try:
            handler(number, None)
        finally:
            _came_s = None
    else:
        signal.signal(number, handler)  # else we would only hear it again
        signal.raise_signal(number)


def apart(work: Callable[..., Any], *args: Any) -> None:
    """Do `work` in a thread of its own and wait for it, so that a stop is answered at once and cannot come up in the middle of it.

    After a stop the thread goes on until its work is done or the process ends. Raises what the work raised.
    """
    fault: list[BaseException] = []

    def do() -> None:
        try:
            work(*args)
        except BaseException as error:
            fault.append(error)

    if threading.current_thread() is not threading.main_thread():
        work(*args)
        return
    thread = threading.Thread(target=do, name="zaslin-apart", daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.2)
    if fault:
        raise fault[0]
