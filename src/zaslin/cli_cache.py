"""The verb ``cache``: what zaslin keeps between commands beside results, and how to be rid of it; it computes nothing."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from zaslin import cli_paper as paper
from zaslin.cli_ask import Json
from zaslin.errors import InputError

MB = 1_000_000.0
DAY_S = 86_400.0
SHOWN = 12
"""Folders in the table, the latest used first."""


def cache(
    clear: Annotated[bool, typer.Option("--clear", metavar="", help="Remove all of it, but for what a running zaslin uses.")] = False,
    json: Json = False,
) -> None:
    """Show what is cached: the compiled engine, about 10 MB for each version, and terrain that was worked out. Results are not among it.

    It lies in the user's cache folder, or in the one that the environment variable ZASLIN_CACHE names. Versions that are not asked for any more go by
    themselves when a new one is compiled: those unused for 30 days, and of each install all but the newest three. What is cleared is made again
    when it is needed. Where nothing can be kept, it says why and what would do.

    [bold]Example[/]   zaslin cache
    [bold]Example[/]   zaslin cache --clear
    [bold]Example[/]   ZASLIN_CACHE=/scratch/me zaslin cache
    """
    from zaslin.compiled import ENGINE, cache_folder
    from zaslin.kernel_folders import folders, remove

    mine = cache_folder()
    place = mine.parents[1]
    _can_be_kept(mine, place)
    kernels = folders(mine.parent)
    terrain = sorted((place / "terrain").glob("*.npz"))
    sizes = {one.path: one.bytes() for one in kernels}
    heights = sum(file.stat().st_size for file in terrain)
    freed, used = 0, []
    if clear:
        for one in kernels:
            if remove(one):
                freed += sizes.pop(one.path)
            else:
                used.append(str(one.path))
        for file in terrain:
            file.unlink(missing_ok=True)
        freed, heights, terrain = freed + heights, 0, []
        kernels = [one for one in kernels if one.path in sizes]
    ready = any(mine.rglob(f"{ENGINE}*.nbi"))  # asked so that nothing is made
    rows: list[dict[str, Any]] = [
        {
            "folder": one.path.name, "bytes": sizes[one.path], "days_unused": round(max(time.time() - one.used, 0.0) / DAY_S, 2),
            "install": one.owner.splitlines()[0] if one.owner else None, "this": one.path == mine,
        }
        for one in kernels
    ]  # fmt: skip
    if json:
        told = {"place": str(place), "compiled": ready, "kernels": rows, "terrain_files": len(terrain), "terrain_bytes": heights}
        paper.as_json({**told, **({"freed_bytes": freed, "in_use": used} if clear else {})})
        return
    if clear:
        paper.say(f"removed {_mb(freed)} from {place}")
        if used:
            paper.say(f"kept, for a zaslin that is running uses them or may do so: {paper.counted(len(used), 'folder')}, {_mb(sum(sizes.values()))}")
        return
    paper.say(f"cache in {place}" + ("" if Path(place).exists() else " (not made yet)"))
    paper.say(f"the engine for this install: {'compiled, in kernels/' + mine.name if ready else 'not compiled yet'}")
    paper.say(f"compiled engines: {paper.counted(len(rows), 'folder')}, {_mb(sum(sizes.values()))}")
    if rows:
        shown = rows[:SHOWN]
        columns: list[paper.Column] = [("kernels/", "<"), ("MB", ">"), ("last used", ">"), ("install", "<")]
        paper.table(columns, [(row["folder"], f"{row['bytes'] / MB:,.0f}", _ago(row["days_unused"]), row["install"] or "not known") for row in shown])
        if len(rows) > SHOWN:
            paper.say(f"  … and {len(rows) - SHOWN} more; --json lists all")
    paper.say(f"terrain: {paper.counted(len(terrain), 'file')}, {_mb(heights)}")


def _can_be_kept(mine: Path, place: Path) -> None:
    """Raise InputError where this install's engine cannot lie in `mine`, with what would do. Nothing that stays is made."""
    there, why = mine, ""
    try:
        there = next(path for path in (mine, *mine.parents) if path.exists() or path.is_symlink())
        if not there.is_dir():
            why = f"{there} is {'a file, not a folder' if there.is_file() else 'no folder'}"
        else:
            with tempfile.TemporaryFile(dir=there):
                pass
    except OSError as error:
        why = f"{there} cannot be written ({error.strerror or error})"
    if not why or os.environ.get("NUMBA_CACHE_DIR"):
        return
    from zaslin.kernel_folders import COMPILE_TAKES

    named = os.environ.get("ZASLIN_CACHE")
    remedy = "ZASLIN_CACHE=FOLDER before the command names a folder that can be"
    if named:
        remedy = "let ZASLIN_CACHE name a folder that can be written, or unset it"
    raise InputError(f"{f'ZASLIN_CACHE={named}' if named else place}: {why}, so nothing is cached and every run compiles the engine, {COMPILE_TAKES}; {remedy}")


def _mb(n_bytes: int) -> str:
    return f"{n_bytes / MB:,.0f} MB"


def _ago(days: float) -> str:
    return "today" if days < 1.0 else f"{paper.counted(int(days), 'day')} ago"
