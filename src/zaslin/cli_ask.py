"""Verbs that look at what there is to ask about: nights, packages, and files of one's own; they simulate nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zaslin import cli_paper as paper
from zaslin.errors import InputError

if TYPE_CHECKING:
    from datetime import datetime

    from zaslin.scenario.night import Group, Night
    from zaslin.scenario.package import Package
    from zaslin.scenario.reports import Reports

Json = Annotated[bool, typer.Option("--json", metavar="", help="Print one JSON object and nothing else.")]


def nights(
    from_: Annotated[str | None, typer.Option("--from", metavar="FILE", help="Read nights from a daily-reports table (CSV) in its public layout.")] = None,
    json: Json = False,
) -> None:
    """List the nights of attack that can be simulated, with what was launched and stopped.

    Shipped nights are small tables of facts, each with its source. With --from the nights come from a file in the layout of the public
    table "Massive Missile Attacks on Ukraine"; what cannot be used is listed with the reason, row by row.

    [bold]Example[/]   zaslin nights
    [bold]Example[/]   zaslin nights --from daily_reports.csv --json
    [bold]Next[/]      zaslin night 2023-12-29
    """
    import zaslin as zs
    from zaslin.scenario.reports import counts, night_json, reports_json

    found = zs.nights(from_)
    if json:
        paper.as_json({"nights": [night_json(night) for night in found], "unused": []} if isinstance(found, list) else reports_json(found))
    if not isinstance(found, list) and not len(found):
        raise InputError(_nothing_used(found, from_ or "the table"))
    if json:
        return
    rows = [
        (night.id, _clock(night.start_utc), _hours(night), _counts(night.launched), _counts(counts(night, "destroyed")), _counts(counts(night, "lost")))
        for night in found
    ]
    paper.table([("night", "<"), ("start (UTC)", "<"), ("hours", ">"), ("launched", "<"), ("destroyed", "<"), ("lost", "<")], rows)
    paper.say(paper.counted(len(rows), "night") + (f" from {from_}" if from_ else ""))
    if not isinstance(found, list):
        _print_reports(found)
    if not from_:
        paper.say("see one: zaslin night ID")


def night(
    which: Annotated[str, typer.Argument(metavar="ID", help="A shipped night's id, or the YAML file of your own.")],
    json: Json = False,
) -> None:
    """Show one night: every group of threats with its count, window, launch areas, targets and source.

    [bold]Example[/]   zaslin night 2023-12-29
    [bold]Next[/]      zaslin run 2023-12-29 -p status-quo -p pl-ro-toward-border -n 500 --seed 7 -o results/first
    """
    from dataclasses import asdict

    import zaslin as zs
    from zaslin.scenario.incident import GIVEN_CLASSES, incident
    from zaslin.scenario.reports import night_json
    from zaslin.scenario.unmet import unmet

    item = zs.night(which)
    out = unmet(group.model_dump(mode="json") for group in item.groups)
    ids = list(dict.fromkeys([item.source, *(group.source for group in item.groups)]))
    if json:
        paper.as_json({**item.model_dump(mode="json"), **night_json(item), "no_fighter_meets": asdict(out), "sources": _sources(ids)})
        return
    paper.heading(f"{item.id}  {item.title}")
    paper.say(f"{_clock(item.start_utc)} to {_clock(item.end_utc)} UTC, {sum(item.launched.values())} launched")
    paper.say(out.sentence)
    several = len({group.source for group in item.groups}) > 1
    rows = [
        (
            group.model, f"{group.count}", _known(group.destroyed), _known(group.lost), _window(group), ", ".join(group.launch_areas) or "not reported",
            ", ".join(group.targets), *([group.source] if several else []),
        )
        for group in item.groups
    ]  # fmt: skip
    heads = [("model", "<"), ("launched", ">"), ("destroyed", ">"), ("lost", ">"), ("window (UTC)", ">"), ("from", "<"), ("toward", "<")]
    paper.table([*heads, *([("source", "<")] if several else [])], rows)
    for group in item.groups:
        if group.note:
            paper.paragraph(f"{group.id}: {group.note}")
    if item.note:
        paper.paragraph(item.note)
    if item.incidents:
        given = [name for name in item.incidents if incident(name).threat_class in GIVEN_CLASSES]
        hint = f"; {', '.join(given)} can be given to `run --given`" if given else ""
        paper.say(f"reported at the neighbours that night: {', '.join(item.incidents)}{hint}")
    _print_sources(ids)


def packages(json: Json = False) -> None:
    """List the packages: coalitions with the assets and rules of each member.

    [bold]Example[/]   zaslin packages
    [bold]Next[/]      zaslin package pl-ro-toward-border
    """
    import zaslin as zs
    from zaslin.scenario.packages import package_names

    items = [zs.package(name) for name in package_names()]
    if json:
        keys = ("name", "title", "date", "agreed", "summary")
        short = [{**{key: item.model_dump(mode="json")[key] for key in keys}, "members": [member.nation for member in item.members]} for item in items]
        paper.as_json({"packages": short})
        return
    rows = [(item.name, item.title, f"{item.date:%Y-%m-%d}", ", ".join(member.nation for member in item.members), item.summary) for item in items]
    paper.table([("package", "<"), ("title", "<"), ("date", "<"), ("members", "<"), ("what it allows", "<")], rows)
    paper.say("see one, with its values and sources: zaslin package NAME")


def package(
    which: Annotated[str | None, typer.Argument(metavar="NAME", help="A shipped package's name, or the YAML file of your own.")] = None,
    positions: Annotated[
        list[str] | None,
        typer.Option("--positions", metavar="DATE", help="Instead of NAME: the coalition that was politically possible on that day; repeatable."),
    ] = None,
    json: Json = False,
    as_yaml: Annotated[bool, typer.Option("--yaml", metavar="", help="Print the YAML file itself, to copy and edit.")] = False,
) -> None:
    """Show one package: its members, their aircraft, what they see, and their caveats, each value with its range and source.

    A package of your own begins as a copy of one that is there:

    [bold]Example[/]   zaslin package pl-ro-toward-border
    [bold]Example[/]   zaslin package pl-ro-toward-border --yaml > mine.yaml
    [bold]Example[/]   zaslin package --positions 2024-08-04 --positions 2025-09-15
    [bold]Next[/]      zaslin check mine.yaml
    """
    import zaslin as zs

    if positions:
        if which is not None:
            raise InputError("give a NAME or --positions DATE, not both: --positions builds a package of its own")
        _possible(positions, json, as_yaml)
        return
    if which is None:
        raise InputError("no package named; give a NAME (`zaslin packages` lists them), or --positions DATE")
    if as_yaml:
        from zaslin.scenario.packages import package_text

        print(package_text(which), end="")
        return
    from zaslin.scenario.say import package_sources

    item = zs.package(which)
    ids = package_sources(item)
    if json:
        paper.as_json({**item.model_dump(mode="json"), "sources": _sources(ids)})
        return
    _print_package(item)
    _print_sources(ids)


def _possible(dates: Sequence[str], json: bool, as_yaml: bool) -> None:
    """The coalition of one or more dates, and how they differ."""
    from zaslin import cli_positions as told
    from zaslin.scenario.say import package_sources

    found = told.possible(dates)
    if as_yaml:
        import yaml

        if len(found) > 1:
            raise InputError("--yaml prints one package; give one --positions DATE")
        print(yaml.safe_dump(found[0].package.model_dump(mode="json", exclude_none=True), sort_keys=False, allow_unicode=True, width=160), end="")
        return
    if json and len(found) == 1:
        ids = package_sources(found[0].package)
        paper.as_json({**found[0].package.model_dump(mode="json"), "sources": _sources(ids), "positions": told.possible_json(found[0])})
        return
    if json:
        paper.as_json({"positions": [told.possible_json(item) for item in found], "differences": told.differences_json(found)})
        return
    for item in found:
        told.print_possible(item)
        paper.say()
    told.print_differences(found)
    if len(found) == 1:
        paper.say(f"run it: zaslin run 2023-12-29 -p status-quo --positions {found[0].day} -n 500 --seed 7 -o results/possible")


def _print_package(item: Package) -> None:
    from zaslin.scenario.nations import nation_name
    from zaslin.scenario.say import package_sentences

    before = ("", "")
    for sentence in package_sentences(item):
        if sentence.member != before[0]:
            paper.heading(f"\n{nation_name(sentence.member)}")
        if sentence.section not in (before[1], "package") or (sentence.member != before[0] and sentence.member):
            paper.heading(f"  {sentence.section}")
        before = (sentence.member, sentence.section)
        basis = f" [{', '.join(sentence.sources)}]" if sentence.sources else ""
        paper.paragraph(f"{sentence.text}{basis}", indent=4 if sentence.member else 0)


def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Night or package files (YAML).")],
    json: Json = False,
) -> None:
    """Check files of your own: every fault at once, by path and line, with what would be right.

    Also warns of rules that can hardly ever work, such as a horizon that is shorter than the approval takes. Ends with 2 if there is a fault.

    [bold]Example[/]   zaslin check mine.yaml
    [bold]Next[/]      zaslin run 2023-12-29 -p status-quo -p mine.yaml -n 500 --seed 7 -o results/mine
    """
    from zaslin.scenario.check import examine

    reports: list[dict[str, Any]] = []
    for name in files:
        found = examine(name)
        faults, warnings = ([{"path": fault.path, "message": fault.message} for fault in group] for group in (found.faults, found.warnings))
        reports.append({"file": name, "kind": found.kind, "ok": not faults, "faults": faults, "warnings": warnings})
    if json:
        paper.as_json({"files": reports})
    for report in reports:
        n = len(report["faults"])
        if n:
            paper.remark("\n".join([f"{n} fault{'s' if n != 1 else ''} in {report['file']}", *(f"  {_told(item)}" for item in report["faults"])]))
        elif not json:
            paper.say(f"{report['file']}: a {report['kind']} without faults")
        for item in report["warnings"]:
            paper.remark(f"  warning: {_told(item)}")
    if any(not report["ok"] for report in reports):
        raise typer.Exit(paper.BAD_INPUT)


# -- how a night is written -----------------------------------------------------------------------------------------------


def _nothing_used(found: Reports, where: str) -> str:
    """Why a daily-reports table gave no night, with the count of each reason."""
    if not found.n_rows:
        return f"{where} gives no night: it has a header and no row below it"
    reasons = sorted(_reasons(found).items(), key=lambda item: -len(item[1]))
    told = ", ".join(f"{len(which):,} {why}" for why, which in reasons)
    return f"{where} gives no night: none of its {found.n_rows:,} row{'s' if found.n_rows > 1 else ''} can be used ({told}); --json says what each row holds"


def _reasons(found: Reports) -> dict[str, list[int]]:
    """Rows that no night contains, by reason."""
    reasons: dict[str, list[int]] = {}
    for item in found.unused:
        reasons.setdefault(_kind(item.why), []).append(item.row)
    return reasons


def _print_reports(found: Reports) -> None:
    """What of a daily-reports table is not used, and what was done with the rest that a reader should know."""
    reasons = _reasons(found)
    kinds: dict[str, list[int]] = {}
    for remark in found.remarks:
        kinds.setdefault(remark.kind, []).append(remark.rows[0])
    paper.say(f"{paper.counted(found.n_rows, 'row')}: {found.n_rows - len(found.unused):,} used, {len(found.unused):,} not")
    for title, grouped in (("Not used", reasons), ("Remarks", kinds)):
        ordered = sorted(grouped.items(), key=lambda item: -len(item[1]))
        if ordered:
            paper.table([("rows", ">"), ("what", "<"), ("which rows", "<")], [(f"{len(which):,}", what, _ranges(which)) for what, which in ordered], title)
    if found.unused or found.remarks:
        paper.say("--json says what each row holds and each remark means")


def _kind(why: str) -> str:
    """``duplicate of row 12`` → ``duplicate of another row``, so that like reasons stand together."""
    return re.sub(r"\brow \d+", "another row", why)


def _clock(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M}"


def _window(group: Group) -> str:
    start, end = group.start_utc, group.end_utc
    last = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%d %b %H:%M}"
    return f"{start:%d %b %H:%M}–{last}" + ("" if group.time_known else ", date only")


def _hours(item: Night) -> str:
    return f"{(item.end_utc - item.start_utc).total_seconds() / 3600:.1f}"


def _counts(found: dict[str, int]) -> str:
    return ", ".join(f"{n} {model}" for model, n in found.items()) or "not reported"


def _known(count: int | None) -> str:
    return "not reported" if count is None else f"{count}"


def _ranges(numbers: Sequence[int]) -> str:
    """``3, 7–9, 12``."""
    out: list[list[int]] = []
    for n in sorted(set(numbers)):
        if out and n == out[-1][1] + 1:
            out[-1][1] = n
        else:
            out.append([n, n])
    return ", ".join(f"{a}" if a == b else f"{a}–{b}" for a, b in out)


# -- sources and faults ---------------------------------------------------------------------------------------------------


def _sources(ids: Sequence[str]) -> dict[str, Any]:
    from zaslin.scenario.sourced import ASSUMPTION
    from zaslin.scenario.sources import sources

    registry = sources()
    return {name: registry[name].model_dump(mode="json") for name in ids if name != ASSUMPTION and name in registry}


def _print_sources(ids: Sequence[str]) -> None:
    known = _sources(ids)
    if known:
        paper.heading("\nSources")
    for name, entry in known.items():
        parts = [entry["publisher"], entry["title"], entry["date"], entry["url"]]
        paper.say(f"{name}: {', '.join(part for part in parts if part)}")
    if "assumption" in ids:
        paper.say("assumption: no public figure; the range says how far it may be off")


def _told(item: dict[str, str]) -> str:
    return f"{item['path']}: {item['message']}" if item["path"] else item["message"]
