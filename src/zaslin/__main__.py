"""``python -m zaslin`` and the command ``zaslin``: Ctrl-C ends them quietly from the first moment on, also while the command line is being imported.

A command that was stopped by SIGTERM ends with 143 in the same way. A command is over when its answer is written: the process is not taken to pieces first.
"""

import atexit
import contextlib
import gc
import os
import signal
import sys
import threading
from typing import Any, NoReturn

from zaslin import stopping

INTERRUPTED = 130

BETWEEN_COLLECTIONS = 50_000
"""New objects between two searches for garbage, where Python has 700 (or 2,000). A start makes some hundred thousand that stay: searching them again and
again took a twentieth of a command."""


def _leave_at_once(*_: Any) -> None:
    # Nothing runs yet that could be kept. An exception would come up in the middle of somebody's import, which may swallow or disguise it.
    try:
        os.write(2, b"interrupted\n")
    finally:
        os._exit(INTERRUPTED)


def _raise_again() -> None:
    # From here on a verb is told of Ctrl-C and says what it keeps.
    stopping.listen(_leave_at_once)


def _end(code: int) -> NoReturn:
    """End the process with `code`. What asked to be called at its end is called; a thread that still works, a profiler or a debugger is waited for.

    Else Python would let go of every object, one by one, for a third of a second after a run. After a stop no thread is waited for.
    """
    watched = sys.gettrace() is not None or sys.getprofile() is not None
    if sys.version_info >= (3, 12):
        watched = watched or any(sys.monitoring.get_tool(tool) is not None for tool in range(6))
    threads = threading.active_count() > 1
    if watched or (threads and not stopping.asked()):
        sys.exit(code)
    if not threads:  # what they use must not be taken from them
        atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, OSError, ValueError):  # closed, or there is none: the command line has told of it
            stream.flush()
    os._exit(code)


def main() -> None:
    """Run the command line and end the process with its exit code."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # a shell that ignores Ctrl-C for us goes on to do so
        signal.signal(signal.SIGINT, _leave_at_once)
    gc.set_threshold(BETWEEN_COLLECTIONS)
    from zaslin.cli import main as command_line

    try:
        command_line(_raise_again)
    except SystemExit as end:
        _end(end.code if isinstance(end.code, int) else int(end.code is not None))


if __name__ == "__main__":
    main()
