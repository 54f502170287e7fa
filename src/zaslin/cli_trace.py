"""The verb that traces: ``sources``, every number that went in, with its source, and how much the answer depends on it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zaslin import cli_paper as paper
from zaslin.cli_ask import Json
from zaslin.cli_run import Threads
from zaslin.errors import InputError

if TYPE_CHECKING:
    from zaslin.brief.basis import InputGroup
    from zaslin.outcomes.store import Results
    from zaslin.scenario.night import Night
    from zaslin.scenario.package import Package
    from zaslin.studies.design import Study

TABLES = (".csv", ".parquet")

NIGHT, BASE, OTHER = "2023-12-29", "status-quo", "pl-ro-toward-border"
"""What a screening takes where nothing else is named."""

SHOWN = 15
"""Rows of a screening that are printed; --json has all."""


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
    screening: dict[str, Any] | None = None


def sources(
    target: Annotated[
        str | None,
        typer.Argument(
            metavar="NIGHT|PACKAGE|FOLDER",
            help="A night's id, a package's name (or NAME@POLICY), a YAML file of either, or a results folder. [dim]none: the registry of sources[/]",
        ),
    ] = None,
    search: Annotated[
        str | None,
        typer.Option("--search", metavar="TEXT", help="Only numbers whose words, path, note or source hold this text; without a target, sources that hold it."),
    ] = None,
    assumptions: Annotated[bool, typer.Option("--assumptions", metavar="", help="Only numbers that have no source.")] = False,
    output: Annotated[
        list[str] | None,
        typer.Option("-o", "--output", metavar="FILE|FOLDER", help="Write the numbers as a table (.csv, .parquet); with --screen a folder that keeps it."),
    ] = None,
    screen: Annotated[
        bool, typer.Option("--screen", metavar="", help="Also find out how much the answer depends on each number (simulates, minutes).")
    ] = False,
    measure: Annotated[str | None, typer.Option("--measure", metavar="NAME", help="The screened measure to print. [dim]default: coalition_kills[/]")] = None,
    package: Annotated[
        list[str] | None, typer.Option("-p", "--package", metavar="PACKAGE", help="With --screen: the packages; the others are compared with the first.")
    ] = None,
    night: Annotated[str | None, typer.Option("--night", metavar="NIGHT", help="With --screen of a package: the night.")] = None,
    given: Annotated[
        str | None, typer.Option("--given", metavar="INCIDENT", help="With --screen of a night or package: also crossings like this reported one.")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", metavar="S", help="With --screen: the luck. [dim]default: the folder's, or 1[/]")] = None,
    threads: Threads = None,
    trajectories: Annotated[int | None, typer.Option("--trajectories", metavar="R", help="With --screen: of each stage. [dim]default: 5, then 14[/]")] = None,
    blocks: Annotated[int | None, typer.Option("--blocks", metavar="B", help="With --screen: blocks of 10 nights at each point. [dim]default: 2[/]")] = None,
    single: Annotated[int | None, typer.Option("--single", metavar="K", help="With --screen: numbers moved one by one, at most. [dim]default: 16[/]")] = None,
    calibration: Annotated[str | None, typer.Option("--calibration", metavar="FILE", help="With --screen: the calibration that the folder had.")] = None,
    json: Json = False,
) -> None:
    """List every number that went in, with its range, source and grade; and with --screen, how much the answer depends on each.

    Groups are lettered as in the brief. A number that several members or packages share is shown once, with how many places use it. Grades: A official
    or primary, B agency, newspaper or specialist outlet, C re-publisher or single claim; an assumption has no source and a wide range.

    --screen moves groups of numbers, then single ones, from the low to the high end of their ranges, on the same luck (Morris screening). Ctrl-C keeps what is
    finished, and the same command goes on. A results folder keeps its screening, and the brief shows it.

    [bold]Example[/]   zaslin sources --search "kyiv independent"
    [bold]Example[/]   zaslin sources 2023-12-29 --search Kh-101
    [bold]Example[/]   zaslin sources pl-ro-toward-border --assumptions -o numbers.csv
    [bold]Example[/]   zaslin sources results/first --screen --measure incursions
    """
    from zaslin.brief.screened import targets
    from zaslin.brief.trace import chosen, listing, numbers
    from zaslin.scenario.numbers import sources_of_rows

    if target is None:
        _registry(search or "", json, screen or bool(output) or assumptions)
        return
    found = _find(target)
    tables = [name for name in output or [] if Path(name).suffix.lower() in TABLES]
    places = [name for name in output or [] if name not in tables]
    _fits(found, screen, places, {"-p": package, "--night": night, "--given": given, "--seed": seed, "--calibration": calibration})
    if screen:
        plan = {"group_trajectories": trajectories, "trajectories": trajectories, "blocks": blocks, "single": single}
        asked = _study(found, package or [], night, given, seed, calibration)
        place = _place(found, places, asked)
        found.screening = _screen(found, asked, place, threads, {key: value for key, value in plan.items() if value is not None})
        paper.remark(f"the screening is kept in {place}")
    if measure is not None and found.screening is None:
        raise InputError("--measure: nothing is screened here yet; add --screen")
    shown = targets(found.screening, measure) if found.screening is not None else []
    rows = [*found.counts, *found.inputs]
    cited = sources_of_rows(rows, found.held)
    groups = chosen(listing(found.inputs, found.counts, [item["name"] for item in found.packages]), search, assumptions, cited)
    told = numbers(groups, rows, found.packages)
    cited = {id: entry for id, entry in cited.items() if any(row["source"] == id for row in told)}
    for name in tables:
        _write(told, name)
    if json:
        paper.as_json({"target": found.name, "kind": found.kind, "numbers": told, "sources": cited, "screening": _labelled(found.screening)})
        return
    if not screen:
        _print(found, groups, told, cited, len(rows), filtered=bool(search or assumptions))
    if found.screening is not None and shown:
        _print_screening(found.screening, shown)
    for name in tables:
        paper.say(f"{len(told):,} numbers written to {name}")


# -- what is asked about --------------------------------------------------------------------------------------------------


def _registry(search: str, json: bool, more: bool) -> None:
    """The registry itself: every source by id, with the words of `search` in it."""
    from zaslin.scenario.sources import sources as registry

    if more:
        raise InputError("name a NIGHT, PACKAGE or FOLDER; without one the registry of sources is listed, and only --search and --json apply")
    words = search.casefold().split()
    found = {id: item for id, item in registry().items() if all(word in f"{id} {item.publisher} {item.title} {item.note}".casefold() for word in words)}
    if json:
        paper.as_json({"target": None, "kind": "registry", "numbers": [], "sources": {id: item.model_dump() for id, item in found.items()}, "screening": None})
        return
    for id, item in found.items():
        paper.say(f"{id}: {', '.join(part for part in (item.publisher, item.title, item.date, item.medium, item.url) if part)}")
    paper.say(f"{len(found):,} of {len(registry()):,} sources")
    if search:
        again = f"zaslin sources NIGHT|PACKAGE|FOLDER --search {shlex.quote(search)}"
        paper.remark(f"searched: the registry of sources alone (id, publisher, title, note); in the numbers and notes of one scenario: {again}")


def _find(target: str) -> _Target:
    """The target by folder, shipped name or file; raises InputError with the nearest name."""
    from zaslin.errors import unknown
    from zaslin.scenario.check import examine
    from zaslin.scenario.packages import package, package_names, under_other_policy
    from zaslin.scenario.shipped import night, night_ids

    if target in night_ids():
        return _of_night(night(target), target)
    if target in package_names() or under_other_policy(target):
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
    from zaslin.outcomes.screened import read_screening, read_study
    from zaslin.outcomes.store import open_results
    from zaslin.scenario.numbers import count_rows, missing_areas

    folder = Path(name)
    study = read_study(folder) if _there(folder) and not (folder / "manifest.json").exists() else None
    results = open_results(name) if study is None else None
    held = results.manifest if results is not None else study or {}
    inputs = [*held["inputs"], *missing_areas(held["night"], held.get("areas") or {}, held["inputs"])]
    screening = read_screening(folder, str(held["inputs_hash"]))
    return _Target(name, "folder", inputs, count_rows(held["night"]), list(held["packages"]), held.get("sources") or {}, results=results, screening=screening)


# -- the screening --------------------------------------------------------------------------------------------------------


def _fits(found: _Target, screen: bool, places: Sequence[str], asked: Mapping[str, Any]) -> None:
    """Raise InputError for options that do not go together."""
    if not screen:
        wrong = [name for name, value in asked.items() if value]
        if places:
            raise InputError(f'-o: "{places[0]}" is no table; give a name that ends in {" or ".join(TABLES)} (a folder belongs to --screen)')
        if wrong:
            raise InputError(f"{' and '.join(wrong)}: belongs to --screen")
        return
    if len(places) > 1:
        raise InputError(f"-o: {' and '.join(places)} came; a screening is kept in one folder")
    if found.kind == "folder" and found.results is None:
        raise InputError(f"{found.name} holds a screening and no results; give the night or package that it screened, and -o {found.name} to continue it")
    if found.kind == "folder" and places:
        raise InputError("-o: the screening of a results folder is kept in that folder; leave -o to a table (.csv, .parquet)")
    wrong = [name for name in ("--night", "--given", "--seed") if asked[name] is not None and found.kind == "folder"]
    wrong += ["--night"] if asked["--night"] is not None and found.kind == "night" else []
    if wrong:
        raise InputError(f"{' and '.join(wrong)}: the {found.kind} says that itself")


def _study(found: _Target, names: list[str], night: str | None, given: str | None, seed: int | None, calibration: str | None) -> Study:
    """The study to screen: of a night or package with what it lacks, or the folder's own."""
    import zaslin as zs

    if found.results is not None:
        return study_again(found.results, names, calibration)
    luck = 1 if seed is None else seed
    if found.night is not None:
        return zs.study(found.night, names or [BASE, OTHER], 10, luck, given, calibration)
    own = found.package
    assert own is not None
    base = names or ([BASE] if own.name != BASE else [])
    return zs.study(night or NIGHT, [*base, own], 10, luck, given, calibration)


def study_again(results: Results, names: list[str], calibration: str | None, terrain: str | None = None) -> Study:
    """The folder's study, made anew from its manifest; raises InputError where today's zaslin would ask another question. terrain: the folder's elevation
    raster, for those who can use one."""
    from dataclasses import replace

    from pydantic import ValidationError

    import zaslin as zs
    from zaslin.errors import unknown
    from zaslin.outcomes.manifest import differences
    from zaslin.outcomes.tables import SCHEMA_VERSION
    from zaslin.scenario.night import Night
    from zaslin.scenario.package import Package
    from zaslin.scenario.packages import kept_as
    from zaslin.studies.design import description

    manifest = results.manifest
    names = [kept_as(name) for name in names]
    for name in names:
        if name not in results.packages:
            raise InputError(f"-p: {unknown('package in this folder', name, results.packages)}")
        if names.count(name) > 1:
            raise InputError(f"-p: {name} is given twice; name every package once")
    if manifest.get("terrain") and terrain is None:
        raise InputError(f"{results.folder} was run with an elevation raster, which cannot be had here; take a run without --terrain")
    given = manifest["given"]["id"] if manifest["given"] is not None else None
    remedy = "give --calibration FILE if it had a calibration of its own, or run it again"
    other = f"{results.folder} was run with other numbers than this zaslin's"
    try:
        packages, night = [Package.model_validate(item) for item in manifest["packages"]], Night.model_validate(manifest["night"])
    except ValidationError:  # written by a zaslin that knew other keys
        raise InputError(f"{other}: its night or packages were written by another version; {remedy}") from None
    forms = [f"{part}={word}" for part, word in (manifest.get("forms") or {}).items()]
    item = zs.study(night, packages, 10, manifest["seed"], given, calibration, forms=forms, terrain=terrain)
    now = description(item)
    if now["inputs_hash"] != manifest["inputs_hash"]:
        raise InputError(f"{other}: {'; '.join(differences(manifest, {'schema_version': SCHEMA_VERSION, **now}))}. So {remedy}")
    chosen = names or list(results.packages[:2])
    return replace(item, packages=tuple(package for name in chosen for package in item.packages if package.name == name))


def _place(found: _Target, places: Sequence[str], asked: Study) -> Path:
    if found.results is not None:
        return found.results.folder
    from zaslin.outcomes.manifest import NAME as MANIFEST

    place = Path(places[0]) if places else Path("results") / f"screening-{asked.night.id}-{asked.packages[-1].name}-seed-{asked.seed}"
    if (place / MANIFEST).exists():
        raise InputError(f"{place} is a results folder; screen it as `zaslin sources {place} --screen`, or choose another folder (-o)")
    return place


def _screen(found: _Target, asked: Study, place: Path, threads: int | None, plan: Mapping[str, int]) -> dict[str, Any]:
    """Run the screening with progress; Ctrl-C says what is kept."""
    import zaslin as zs
    from zaslin.studies.screening import Plan

    question = None if found.results is None else str(found.results.manifest["inputs_hash"])
    done = [0, 0]
    try:
        with paper.Progress() as bar:

            def progress(what: str, finished: int, of: int) -> None:
                done[:] = finished, of
                bar(what, finished, of)

            return zs.screen(asked, place, Plan(**plan), threads, progress, question)
    except KeyboardInterrupt:
        told = f"kept in {place}: {done[0]:,} of {done[1]:,} evaluations of this stage" if done[1] else "nothing was finished yet"
        raise KeyboardInterrupt(f"interrupted; {told}, and the same command goes on from there") from None


def _labelled(screening: dict[str, Any] | None) -> dict[str, Any] | None:
    """The screening with each row's words."""
    if screening is None:
        return None
    from zaslin.brief.screened import words

    rows = [{**row, **dict(zip(("label", "of", "letter"), words(row), strict=True))} for row in screening["rows"]]
    return {**screening, "rows": rows}


def _print_screening(screening: Mapping[str, Any], targets: Sequence[Mapping[str, Any]]) -> None:
    """A table per answer, the greatest effect first, and once how to read them."""
    from zaslin.brief.numbers import figure
    from zaslin.brief.screened import method, ranked, title, without_effect

    columns: list[paper.Column] = [("", ">"), ("number", "<"), ("low to high", "<"), ("effect ±", "<"), ("", "<"), ("the answer", "<"), ("share", ">")]
    for target in targets:
        rows = ranked(screening, target, SHOWN)
        if not rows:
            paper.say(f"{title(target)}: no number changes it")
            continue
        mean = "" if target["mean"] is None else f"; on average {figure(target['mean'], 2)} {target['unit']}"
        cells = [
            (f"{row.rank}", row.label + (f", {row.of}" if row.of else ""), row.value, row.effect, row.blocks, row.way, f"{100 * row.share:.0f} %")
            for row in rows
        ]
        paper.table(columns, cells, f"What it depends on most: {title(target)}{mean}")
        paper.say(f"{without_effect(screening, target)} of {screening['method']['numbers']} numbers change it in no evaluation")
    paper.paragraph(
        "effect: mean change of the answer from the low to the high end of the number's range (mu*), ± half of its 90 % interval; ~ not told from the "
        "simulation's noise; share: of the sum over all numbers"
    )
    paper.paragraph(method(screening))
    shown = {target["measure"] for target in targets}
    others = [name for name in dict.fromkeys(one["measure"] for one in screening["targets"]) if name not in shown]
    paper.say(f"also followed (--measure): {', '.join(others)}; how to read it: docs/sources.md")


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
