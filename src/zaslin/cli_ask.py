"""Verbs that look at what there is to ask about: nights, packages, and files of one's own; they simulate nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zaslin import cli_paper as paper

if TYPE_CHECKING:
    from datetime import datetime

    from zaslin.scenario.night import Night
    from zaslin.scenario.package import Caveat, Member, Package
    from zaslin.scenario.sourced import Sourced

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

    listed = zs.nights(from_)
    unused = [{"row": row.row, "why": row.why} for row in getattr(listed, "unused", ())]
    if json:
        paper.as_json({"nights": [_night_row(night) for night in listed], "unused": unused})
        return
    rows = [
        (night.id, _clock(night.start_utc), _hours(night), _counts(night.launched), _counts(_reported(night, "destroyed")), _counts(_reported(night, "lost")))
        for night in listed
    ]
    paper.table([("night", "<"), ("start (UTC)", "<"), ("hours", ">"), ("launched", "<"), ("destroyed", "<"), ("lost", "<")], rows)
    paper.say(f"{len(rows)} nights" + (f" from {from_}" if from_ else ""))
    if unused:
        paper.heading(f"\n{len(unused)} rows of {from_} are not used")
        reasons: dict[str, list[int]] = {}
        for entry in unused:
            reasons.setdefault(str(entry["why"]), []).append(int(entry["row"]))
        ordered = sorted(reasons.items(), key=lambda item: -len(item[1]))
        paper.table([("rows", ">"), ("why", "<"), ("which", "<")], [(f"{len(which)}", why, _ranges(which)) for why, which in ordered])
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
    import zaslin as zs

    item = zs.night(which)
    ids = list(dict.fromkeys([item.source, *(group.source for group in item.groups)]))
    if json:
        paper.as_json({**item.model_dump(mode="json"), **_night_row(item), "sources": _sources(ids)})
        return
    paper.heading(f"{item.id}  {item.title}")
    paper.say(f"{_clock(item.start_utc)} to {_clock(item.end_utc)} UTC, {sum(item.launched.values())} launched")
    rows = [
        (
            group.model, f"{group.count}", _known(group.destroyed), _known(group.lost), _window(group.start_utc, group.end_utc, group.time_known),
            ", ".join(group.launch_areas) or "not reported", ", ".join(group.targets), group.source,
        )
        for group in item.groups
    ]
    paper.table(
        [("model", "<"), ("launched", ">"), ("destroyed", ">"), ("lost", ">"), ("window (UTC)", "<"), ("from", "<"), ("toward", "<"), ("source", "<")], rows
    )
    for group in item.groups:
        if group.note:
            paper.paragraph(f"{group.id}: {group.note}")
    if item.note:
        paper.paragraph(item.note)
    if item.incidents:
        paper.say(f"reported at the neighbours' border that night: {', '.join(item.incidents)} (give one to `run --given`)")
    _print_sources(ids)


def packages(json: Json = False) -> None:
    """List the packages: coalitions with the assets and rules of each member.

    [bold]Example[/]   zaslin packages
    [bold]Next[/]      zaslin package pl-ro-toward-border
    """
    from zaslin.scenario.packages import packages as shipped

    items = shipped()
    if json:
        keys = ("name", "title", "date", "agreed", "summary")
        short = [{**{key: item.model_dump(mode="json")[key] for key in keys}, "members": [member.nation for member in item.members]} for item in items]
        paper.as_json({"packages": short})
        return
    rows = [(item.name, item.title, f"{item.date:%Y-%m-%d}", ", ".join(member.nation for member in item.members), item.summary) for item in items]
    paper.table([("package", "<"), ("title", "<"), ("date", "<"), ("members", "<"), ("what it allows", "<")], rows)
    paper.say("see one, with its values and sources: zaslin package NAME")


def package(
    which: Annotated[str, typer.Argument(metavar="NAME", help="A shipped package's name, or the YAML file of your own.")],
    json: Json = False,
    as_yaml: Annotated[bool, typer.Option("--yaml", metavar="", help="Print the YAML file itself, to copy and edit.")] = False,
) -> None:
    """Show one package: its members, their aircraft, what they see, and their caveats, each value with its range and source.

    A package of your own begins as a copy of one that is there:

    [bold]Example[/]   zaslin package pl-ro-toward-border
    [bold]Example[/]   zaslin package pl-ro-toward-border --yaml > mine.yaml
    [bold]Next[/]      zaslin check mine.yaml
    """
    import zaslin as zs

    if as_yaml:
        from zaslin.scenario.packages import package_text

        print(package_text(which), end="")
        return
    item = zs.package(which)
    ids = _source_ids(item.model_dump(mode="json"))
    if json:
        paper.as_json({**item.model_dump(mode="json"), "sources": _sources(ids)})
        return
    paper.heading(f"{item.name}  {item.title}")
    paper.say(f"as of {item.date:%Y-%m-%d}, {item.agreed}")
    paper.paragraph(item.summary)
    for zone, where in item.zones.items():
        less = "".join(f", less what lies within {_value(distance)} of {country}" for country, distance in where.less_within.items())
        paper.paragraph(f"zone {zone}: {', '.join(where.regions)}{less}")
    _print_assets(item)
    _print_caveats(item)
    _print_picture(item)
    for text in (item.note, *(f"{member.nation}: {member.note}" for member in item.members if member.note)):
        if text:
            paper.paragraph(text)
    _print_sources(ids)


def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Night or package files (YAML), or a daily-reports table (CSV).")],
    json: Json = False,
) -> None:
    """Check files of your own: every fault at once, by path and line, with what would be right.

    Also warns of rules that can hardly ever work, such as a horizon that is shorter than the approval takes. Ends with 2 if there is a fault.

    [bold]Example[/]   zaslin check mine.yaml
    [bold]Next[/]      zaslin run 2023-12-29 -p status-quo -p mine.yaml -n 500 --seed 7 -o results/mine
    """
    import zaslin as zs
    from zaslin.errors import SpecError, ZaslinError

    reports: list[dict[str, Any]] = []
    for name in files:
        try:
            found = zs.check(name)
            faults, warnings, kind = list(found.faults), list(found.warnings), found.kind
        except SpecError as error:
            faults, warnings, kind = list(error.faults), [], None
        except ZaslinError as error:
            faults, warnings, kind = [str(error)], [], None
        reports.append(
            {"file": name, "kind": kind, "ok": not faults, "faults": [_fault(item) for item in faults], "warnings": [_fault(item) for item in warnings]}
        )
    if json:
        paper.as_json({"files": reports})
    for report in reports:
        n = len(report["faults"])
        if n:
            paper.remark("\n".join([f"{n} fault{'s' if n != 1 else ''} in {report['file']}", *(f"  {_told(item)}" for item in report["faults"])]))
        elif not json:
            paper.say(f"{report['file']}: a good {report['kind']}" if report["kind"] else f"{report['file']}: good")
        for item in report["warnings"]:
            paper.remark(f"  warning: {_told(item)}")
    if any(not report["ok"] for report in reports):
        raise typer.Exit(paper.BAD_INPUT)


# -- how a night is written -----------------------------------------------------------------------------------------------


def _night_row(item: Night) -> dict[str, Any]:
    return {
        "id": item.id, "start_utc": _iso(item.start_utc), "end_utc": _iso(item.end_utc), "launched": item.launched,
        "destroyed": _reported(item, "destroyed"), "lost": _reported(item, "lost"), "source": item.source,
    }


def _reported(item: Night, what: str) -> dict[str, int | None]:
    """Per model key what the reports say; None where they say nothing of it."""
    out: dict[str, int | None] = {}
    for group in item.groups:
        count = getattr(group, what)
        before = out.get(group.model)
        out[group.model] = count if before is None else before + (count or 0)
    return out


def _iso(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")


def _clock(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M}"


def _window(start: datetime, end: datetime, known: bool) -> str:
    return f"{start:%d %b %H:%M} to {end:%d %b %H:%M}" + ("" if known else " (date only)")


def _hours(item: Night) -> str:
    return f"{(item.end_utc - item.start_utc).total_seconds() / 3600:.1f}"


def _counts(counts: dict[str, int] | dict[str, int | None]) -> str:
    return ", ".join(f"{n} {model}" for model, n in counts.items() if n is not None) or "not reported"


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


# -- how a package is written ---------------------------------------------------------------------------------------------


def _value(number: Sourced | None) -> str:
    if number is None:
        return ""
    unit = "" if number.unit in ("count", "probability", "share", "factor") else f" {number.unit}"
    span = "" if number.low == number.high else f" ({number.low:g}–{number.high:g})"
    return f"{number.value:g}{span}{unit}"


def _print_assets(item: Package) -> None:
    rows = []
    for member in item.members:
        for asset in member.assets:
            if asset.kind == "gbad":
                what = f"notional ground-based defence, covers {_value(asset.coverage)} of {', '.join(asset.provinces)}; declared, not yet in the engine"
                rows.append((member.nation, asset.id, "gbad", "", what, "", asset.source))
            else:
                ready = f"readiness {_value(asset.readiness)}" if asset.readiness is not None else "airborne, with relief"
                where = f"{asset.base} → {asset.station.name}; {ready}"
                rows.append((member.nation, asset.id, asset.kind.upper(), asset.aircraft, where, _value(asset.pairs), asset.source))
    if rows:
        paper.table([("member", "<"), ("asset", "<"), ("kind", "<"), ("aircraft", "<"), ("where", "<"), ("pairs", ">"), ("source", "<")], rows, "Assets")


def _print_caveats(item: Package) -> None:
    rows = [
        (member.nation, caveat.id, caveat.effect, ", ".join(caveat.classes), caveat.says, _terms(caveat), caveat.source)
        for member in item.members for caveat in member.caveats
    ]
    if rows:
        heads = [("member", "<"), ("caveat", "<"), ("effect", "<"), ("classes", "<"), ("says", "<"), ("terms", "<"), ("source", "<")]
        paper.table(heads, rows, "Caveats: forbid beats ask beats permit; what no entry names is forbidden")
    silent = [member.nation for member in item.members if not member.caveats]
    if silent:
        paper.say(f"no caveats, so everything is forbidden: {', '.join(silent)}")


def _terms(caveat: Caveat) -> str:
    zone = caveat.zone
    over = zone.area or (f"within {_value(zone.within)} of own border" if zone.within is not None else f"zone {zone.named}")
    terms = [f"over {over}" if zone.within is None else over]
    if caveat.heading is not None:
        horizon = ", ".join(f"{name} {_value(number)}" for name, number in caveat.heading.horizon.items())
        terms.append(f"projected to cross within {horizon} on at least {_value(caveat.heading.share)} of its courses")
    pursuit = f", up to {_value(caveat.shooter_place.pursuit)} from own border" if caveat.shooter_place.pursuit is not None else ""
    terms.append(f"shooter in {caveat.shooter_place.area}{pursuit}")
    delay = "" if caveat.approval.authority == "pre-delegated" else f", median {_value(caveat.approval.delay)}"
    terms.append(f"{caveat.approval.authority}{delay}")
    return "; ".join(terms)


def _print_picture(item: Package) -> None:
    rows = [(member.nation, *_sees(member)) for member in item.members]
    heads = [("member", "<"), ("ground radar", "<"), ("shared picture", "<"), ("airborne radar", "<"), ("track · classified · course error", "<")]
    paper.table(heads, rows, "Picture")


def _sees(member: Member) -> tuple[str, str, str, str]:
    picture = member.picture
    shared = f"{_value(picture.shared.cover)} of threats, {_value(picture.shared.latency)} late" if picture.shared.enabled else "off"
    airborne = "; ".join(
        f"{radar.orbit.name}: " + ", ".join(f"{name} {_value(number)}" for name, number in radar.range_by_class.items()) for radar in picture.airborne
    )
    delays = " · ".join(_value(number) for number in (picture.track_delay, picture.classification, picture.course_error))
    return f"mast {_value(picture.mast)}, {_value(picture.setback)} behind the border", shared, airborne or "none", delays


# -- sources and faults ---------------------------------------------------------------------------------------------------


def _source_ids(item: Any) -> list[str]:
    out: dict[str, None] = {}

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            if isinstance(part.get("source"), str):
                out[part["source"]] = None
            for value in part.values():
                walk(value)
        elif isinstance(part, list):
            for value in part:
                walk(value)

    walk(item)
    return list(out)


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


def _fault(item: Any) -> dict[str, str]:
    return {"path": getattr(item, "path", ""), "message": getattr(item, "message", str(item))}


def _told(item: dict[str, str]) -> str:
    return f"{item['path']}: {item['message']}" if item["path"] else item["message"]
