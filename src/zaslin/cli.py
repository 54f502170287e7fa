"""The command line: every verb is one call of the front door, printed. What a verb computes lives in the house, not here.

``zaslin --help`` imports nothing but typer and rich: each verb fetches what it needs when it is called.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from zaslin import cli_ask, cli_cache, cli_forms, cli_learn, cli_ledger, cli_read, cli_run, cli_share, cli_trace, stopping
from zaslin.cli_paper import NOT_HELD, failed, guarded, leave

app = typer.Typer(
    name="zaslin",
    rich_markup_mode="rich",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with [bold]zaslin demo[/]: a real night, three packages, one brief. Exit codes: 0 done, 1 a check did not hold, "
    "2 bad input, 130 interrupted, 143 ended by SIGTERM, 129 by a lost terminal (run and demo keep what is finished).",
)

LOOK, RUN, READ = "Look: what there is to ask about", "Run: simulate", "Read: what a results folder says"
TRACE = "Trace: who said what, and where a number comes from"
KEEP = "Keep: what lies on the disk between commands"
LEARN = "Learn: from the daily reports, and how well"


def _version(wanted: bool) -> None:
    if wanted:
        from zaslin import __version__

        print(f"zaslin {__version__}")
        raise typer.Exit()


def _help(text: str) -> str:
    """A docstring as help: paragraphs flow, a line that begins in bold stands alone."""
    paragraphs = []
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        lines: list[str] = []
        for line in paragraph.splitlines():
            if lines and not line.startswith("[bold]"):
                lines[-1] += f" {line}"
            else:
                lines.append(line)
        paragraphs.append("\n".join(lines))
    return "\n\n".join(paragraphs)


def door(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, metavar="", help="Print the version and end.")] = False,
) -> None:
    """What would a small coalition of Ukraine's neighbours achieve, and answer for, if it shot down missiles and drones?

    zaslin simulates a night of attack with and without a coalition, side by side and with the same luck, and says what changes: by how
    much, with which uncertainty, at whose risk and cost, and why not more.
    """


app.callback(help=_help(door.__doc__ or ""))(door)


def _verb(name: str, verb: Callable[..., None], panel: str) -> None:
    app.command(name, help=_help(verb.__doc__ or ""), rich_help_panel=panel)(guarded(verb))


_verb("demo", cli_run.demo, RUN)
_verb("run", cli_run.run, RUN)
_verb("nights", cli_ask.nights, LOOK)
_verb("night", cli_ask.night, LOOK)
_verb("packages", cli_ask.packages, LOOK)
_verb("package", cli_ask.package, LOOK)
_verb("check", cli_ask.check, LOOK)
_verb("ledger", cli_ledger.ledger, TRACE)
_verb("sources", cli_trace.sources, TRACE)
_verb("forms", cli_forms.forms, TRACE)
_verb("calibrate", cli_learn.calibrate, LEARN)
_verb("validate", cli_learn.validate, LEARN)
_verb("compare", cli_read.compare, READ)
_verb("share", cli_share.share, READ)
_verb("why", cli_read.why, READ)
_verb("windows", cli_read.windows, READ)
_verb("brief", cli_read.brief, READ)
_verb("cache", cli_cache.cache, KEEP)


def main(ready: Callable[[], None] | None = None) -> None:
    """Run the command line and end the process with its exit code. ready: called when Ctrl-C can be answered."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")  # there are none; pydantic would look through every installed package for them
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a letter is no reason to stop
    code = 0
    try:
        if ready is not None:
            ready()
        app(prog_name="zaslin")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException as error:
        code = failed(error)
    if code == NOT_HELD and stopping.asked():  # typer's own word for Ctrl-C while it reads the command line
        code = stopping.exit_code()
    leave(code)
