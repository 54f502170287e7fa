"""The verb that traces: ``sources``, every number that went in, with its source, and how much the answer depends on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zaslin import cli_paper as paper
from zaslin.cli_ask import Json
from zaslin.errors import InputError

if TYPE_CHECKING:
    from zaslin.brief.basis import InputGroup
    from zaslin.outcomes.store import Results
    from zaslin.scenario.night import Night
    from zaslin.scenario.package import Package

TABLES = (".csv", ".parquet")


@dataclass
class _Target:
    """What was asked about, and its numbers as plain rows. `packages`: as plain data; `held`: the sources that a folder keeps."""

    name: str
    kind: str
    inputs: list[dict[str, Any]] = field(default_factory=list)
    counts: list[dict[str, Any]] = field(default_factory=list)
    packages: list[dict[str, Any]] = field(default_factory=list)
    held: Mapping[str, Any] | None = None
    night: Night | None = None
    package: Package | None = None
    results: Results | None = None


def sources(
    target: Annotated[str, typer.Argument(metavar="NIGHT|PACKAGE|FOLDER", help="A night's id, a package's name, a YAML file of either, or a results folder.")],
    search: Annotated[str | None, typer.Option("--search", metavar="TEXT", help="Only numbers whose words, path, note or source hold this text.")] = None,
    assumptions: Annotated[bool, typer.Option("--assumptions", metavar="", help="Only numbers that have no source.")] = False,
    output: Annotated[list[str] | None, typer.Option("-o", "--output", metavar="FILE", help="Write the numbers as a table (.csv or .parquet).")] = None,
    json: Json = False,
) -> None:
    """List every number that went in, with its range, source and grade.

    Groups are lettered as in the brief. A number that several members or packages share is shown once, with how many places use it. Grades: A official
    or primary, B agency, newspaper or specialist outlet, C re-publisher or single claim; an assumption has no source and a wide range.

    [bold]Example[/]   zaslin sources 2023-12-29 --search Kh-101
    [bold]Example[/]   zaslin sources pl-ro-toward-border --assumptions
    [bold]Example[/]   zaslin sources results/first -o numbers.csv
    """
    from zaslin.brief.trace import chosen, listing, numbers
    from zaslin.scenario.numbers import sources_of_rows

    found = _find(target)
    rows = [*found.counts, *found.inputs]
    cited = sources_of_rows(rows, found.held)
    groups = chosen(listing(found.inputs, found.counts, [item["name"] for item in found.packages]), search, assumptions, cited)
    told = numbers(groups, rows, found.packages)
    cited = {id: entry for id, entry in cited.items() if any(row["source"] == id for row in told)}
    for name in output or []:
        _write(told, name)
    if json:
        paper.as_json({"target": found.name, "kind": found.kind, "numbers": told, "sources": cited, "screening": None})
        return
    _print(found, groups, told, cited, len(rows), filtered=bool(search or assumptions))
    for name in output or []:
        paper.say(f"{len(told):,} numbers written to {name}")


# -- what is asked about --------------------------------------------------------------------------------------------------


def _find(target: str) -> _Target:
    """The target by folder, shipped name or file; raises InputError with the nearest name."""
    from zaslin.errors import unknown
    from zaslin.scenario.check import examine
    from zaslin.scenario.packages import package, package_names
    from zaslin.scenario.shipped import night, night_ids

    if target in night_ids():
        return _of_night(night(target), target)
    if target in package_names():
        return _of_package(package(target), target)
    path = Path(target)
    if _there(path) and path.is_dir():
        return _of_folder(target)
    if path.suffix.lower() in (".yaml", ".yml") or (_there(path) and path.is_file()):
        kind = examine(path).kind if _there(path) else None
        if kind is None and _there(path):
            raise InputError(f"{target}: {'; '.join(str(fault) for fault in examine(path).faults)}")
        return _of_night(night(path), target) if kind != "package" else _of_package(package(path), target)
    if "/" in target or "\\" in target:
        return _of_folder(target)
    raise InputError(f"{unknown('night or package', target, [*night_ids(), *package_names()])} (or give a YAML file, or a results folder)")


def _there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that no file can have
        return False


def _of_night(item: Night, name: str) -> _Target:
    from zaslin.scenario.layer import ukraine_layer
    from zaslin.scenario.numbers import count_rows, night_parts, plain_rows

    inputs = plain_rows(night_parts(item, ukraine_layer(item)))
    return _Target(name, "night", inputs, count_rows(item.model_dump(mode="json")), night=item)


def _of_package(item: Package, name: str) -> _Target:
    from zaslin.scenario.numbers import package_parts, plain_rows

    return _Target(name, "package", plain_rows(package_parts([item])), packages=[item.model_dump(mode="json")], package=item)


def _of_folder(name: str) -> _Target:
    from zaslin.outcomes.store import open_results
    from zaslin.scenario.numbers import count_rows, missing_areas

    results = open_results(name)
    manifest = results.manifest
    inputs = [*manifest["inputs"], *missing_areas(manifest["night"], manifest.get("areas") or {}, manifest["inputs"])]
    return _Target(name, "folder", inputs, count_rows(manifest["night"]), list(manifest["packages"]), manifest.get("sources") or {}, results=results)


# -- how the numbers are written ------------------------------------------------------------------------------------------


def _write(told: Sequence[Mapping[str, Any]], name: str) -> None:
    import io

    import polars as pl

    from zaslin.brief.trace import COLUMNS
    from zaslin.outcomes.disk import write_all, write_refused, write_text

    path = Path(name)
    if path.suffix.lower() not in TABLES:
        raise InputError(f'-o: "{name}" is no table; give a name that ends in {" or ".join(TABLES)}')
    kinds: dict[str, Any] = {"value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "assumption": pl.Boolean, "used": pl.Int64, "read": pl.Boolean}
    table = pl.DataFrame([[row[key] for row in told] for key in COLUMNS], schema=[(key, kinds.get(key, pl.String)) for key in COLUMNS], strict=False)
    if path.suffix.lower() == ".csv":
        write_text(path, table.write_csv())
        return
    buffer = io.BytesIO()
    table.write_parquet(buffer)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_all([(path, buffer.getvalue())])
    except OSError as error:
        raise write_refused(path, error) from None


def _print(found: _Target, groups: Sequence[InputGroup], told: Sequence[Mapping[str, Any]], cited: Mapping[str, Any], of: int, filtered: bool) -> None:
    for group in groups:
        off = {row["path"] for row in told if not row["read"]}
        rows = [
            (
                row.label + (" (switched off)" if set(row.paths) <= off else ""), _short(row.of), f"{row.value} {row.unit}".strip(), row.range,
                f"×{len(row.paths)}" if len(row.paths) > 1 else "", "assumption" if row.assumed else f"{row.source} [{row.grade}]",
            )
            for row in group.rows
        ]  # fmt: skip
        columns: list[paper.Column] = [("number", "<"), ("of", "<"), ("value", ">"), ("low to high", "<"), ("used", ">"), ("source [grade]", "<")]
        paper.table(columns, rows, f"{group.letter}  {group.title}")
    assumed = sum(bool(row["assumption"]) for row in told)
    which = f"{len(told):,} of {of:,} numbers" if filtered else f"{len(told):,} numbers"
    paper.say(f"{found.kind} {found.name}: {which}, {assumed:,} of them assumptions without a source")
    if cited:
        paper.heading("\nSources")
    for id, entry in cited.items():
        paper.say(f"{id}: {', '.join(part for part in (entry['publisher'], entry['title'], entry['date'], entry['url']) if part)}")
    if not told and filtered:
        paper.say("no number holds that text; --search looks at words, paths, notes and sources")
    elif told:
        paper.say("notes and paths of each number: --json, or -o numbers.csv")


def _short(text: str, most: int = 70) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip(" ,;") + "…"
