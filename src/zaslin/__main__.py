"""``python -m zaslin`` and the command ``zaslin``: Ctrl-C ends them quietly from the first moment on, also while the command line is being imported."""

import os
import signal
from typing import Any

INTERRUPTED = 130


def _leave_at_once(*_: Any) -> None:
    # Nothing runs yet that could be kept. An exception would come up in the middle of somebody's import, which may swallow or disguise it.
    try:
        os.write(2, b"interrupted\n")
    finally:
        os._exit(INTERRUPTED)


def _raise_again() -> None:
    # From here on a verb is told of Ctrl-C and says what it keeps.
    if signal.getsignal(signal.SIGINT) is _leave_at_once:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def main() -> None:
    """Run the command line and end the process with its exit code."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # a shell that ignores Ctrl-C for us goes on to do so
        signal.signal(signal.SIGINT, _leave_at_once)
    from zaslin.cli import main as command_line

    command_line(_raise_again)


if __name__ == "__main__":
    main()
