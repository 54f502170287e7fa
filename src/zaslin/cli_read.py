"""Verbs that read a results folder: compare, why, windows, brief; they run nothing. Only the single looks of a story are drawn again, by the engine."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zaslin import cli_paper as paper
from zaslin.cli_ask import Json
from zaslin.errors import InputError, StoreError

if TYPE_CHECKING:
    from zaslin.outcomes.store import Results

Folder = Annotated[str, typer.Argument(metavar="FOLDER", help="A results folder that `zaslin run` made.")]
OnlyPackage = Annotated[str | None, typer.Option("-p", "--package", metavar="PACKAGE", help="Only this package.")]

MAIN = (
    "leakers", "coalition_kills", "ukraine_stops", "incursions", "crossings_stopped", "overflight_s", "incursion_depth_m", "shots", "unneeded_engagements",
    "wrong_object_shots", "debris_falls", "expected_casualties", "flight_h", "cost_usd", "minutes_over_ukraine", "first_shot_margin_s", "window_precision",
    "window_recall",
)  # fmt: skip
"""Measures that `compare` prints; --all prints the rest."""

WINDOWS_SHOWN = 20
"""Windows printed of a folder that holds thousands; --json has all."""


def compare(
    folder: Folder,
    a: Annotated[str | None, typer.Argument(metavar="A", help="The package to compare with. [dim]default: the folder's first[/]")] = None,
    b: Annotated[str | None, typer.Argument(metavar="B", help="The package to compare. [dim]default: each of the others[/]")] = None,
    every: Annotated[bool, typer.Option("--all", metavar="", help="Every measure, not only the main ones.")] = False,
    members: Annotated[bool, typer.Option("--members", metavar="", help="Also each member's, or each country's, share of it.")] = False,
    json: Json = False,
) -> None:
    """Compare packages, measure by measure: what each achieves and costs, and the difference B − A on the same nights.

    Brackets hold the 90 % interval of the expected value over the uncertain inputs; "noise" is the simulation's own, where it is the wider. A difference
    below 0 means that B has less; a mark ~ says that it cannot be told from nothing.

    [bold]Example[/]   zaslin compare results/first
    [bold]Example[/]   zaslin compare results/first status-quo pl-ro-toward-border --json
    [bold]Next[/]      zaslin why results/first
    """
    from zaslin.cli_share import print_shares
    from zaslin.measures.comparison import compare_json
    from zaslin.measures.sub_coalitions import coalitions_json, sub_coalitions

    a, b = _kept(a), _kept(b)
    results = _finished(_opened(folder), [a, b] if a is not None and b is not None else None)
    found = compare_json(results, a, b, members=members)
    shares = sub_coalitions(results)
    _remark_unequal(results, a, b)
    if json:
        if shares is not None and shares.replicates():
            found["sub_coalitions"] = coalitions_json(shares)
        paper.as_json(found)
        return
    night = f"{found['night']}, {found['replicates']:,} replicates, seed {found['seed']}"
    _print_compared(f"Expected on such a night ({night})", found["measures"], found["differences"], every)
    if members:
        _print_compared("Of this, per member or country", found["members"], found["member_differences"], every)
    if found["given"] is not None:
        title = f"Given a crossing like {found['given']['incident']}: what becomes of that one threat"
        _print_compared(title, found["given"]["measures"], found["given"]["differences"], every)
    elif "given_missing" in found:
        paper.paragraph(found["given_missing"][:1].upper() + found["given_missing"][1:])
    print_shares(results)
    _say_of_windows(found["measures"], every)
    _say_no_interval(found["measures"], results)
    paper.say("brackets: 90 % interval over the uncertain inputs; ~ cannot be told from nothing; the measures: docs/glossary.md")
    if found["differences"]:
        paper.say("each figure is rounded as its own interval allows: a difference need not be, to the digit, that of the two figures beside it")
    if not every:
        paper.say("more measures: --all; everything, with the three intervals: --json")


def why(
    folder: Folder,
    package: OnlyPackage = None,
    members: Annotated[bool, typer.Option("--members", metavar="", help="Also the causes of each member.")] = False,
    replicate: Annotated[int | None, typer.Option("--replicate", metavar="K", help="With --threat: one threat's story in this replicate.")] = None,
    threat: Annotated[str | None, typer.Option("--threat", metavar="ID", help="The threat whose story is told, such as kh101-017.")] = None,
    every_look: Annotated[bool, typer.Option("--every-look", metavar="", help="In the story, a line for each look that saw it, not sums.")] = False,
    calibration: Annotated[str | None, typer.Option("--calibration", metavar="FILE", help="For the looks: the calibration that the folder had.")] = None,
    terrain: Annotated[str | None, typer.Option("--terrain", metavar="FILE.tif", help="For the looks: the elevation raster that the folder had.")] = None,
    json: Json = False,
) -> None:
    """Say why the coalition did not shoot down what it did not: for each threat the first link of the chain that failed.

    The chain: seen, classified, permitted (and by which caveat not), approved in time, in reach, a shooter free, rounds left, shot hit. The
    causes of the coalition add up to the threats that it did not shoot down, and so do each member's: nothing is unexplained.

    With --replicate and --threat it tells the story of one threat from launch to fate instead (of -p, by default the first package whose rules permit
    anything): every look, track, permission, refusal, order, shot and fall. The folder keeps sums of looks; the story draws the looks of this one threat
    again with the run's own luck, and says so where today's zaslin cannot.

    [bold]Example[/]   zaslin why results/first
    [bold]Example[/]   zaslin why results/first --replicate 12 --threat kh101-017 -p pl-ro-toward-border
    [bold]Example[/]   zaslin why results/first --replicate 12 --threat kh101-017 --every-look
    [bold]Example[/]   zaslin why results/first -p pl-ro-toward-border --members
    [bold]Next[/]      zaslin windows results/first
    """
    from zaslin.brief.numbers import decimals_for, figure
    from zaslin.brief.sentences import CAUSE_WORDS
    from zaslin.measures.why_not import why_json
    from zaslin.outcomes.tables import COALITION, NO_MATCH_NAME

    package = _kept(package)
    asked = [package] if package is not None else None
    if replicate is not None or threat is not None:
        if replicate is None or threat is None:
            raise InputError(f"--replicate and --threat belong together; give {'--replicate K' if replicate is None else '--threat ID'} too")
        _tell_story(_finished(_opened(folder), asked), package, replicate, threat, _Looks(every_look, calibration, terrain), json)
        return
    lone = [name for name, value in (("--every-look", every_look), ("--calibration", calibration), ("--terrain", terrain)) if value]
    if lone:
        raise InputError(f"{' and '.join(lone)}: for the story of one threat; give --replicate K and --threat ID too")
    found = why_json(_finished(_opened(folder), asked), asked)
    if json:
        paper.as_json(found)
        return
    for entry in found["not_killed"]:
        total = entry["mean_per_replicate"]
        rows = [row for row in found["causes"] if row["package"] == entry["package"] and (members or row["member"] == COALITION)]
        cells = []
        for row in rows:
            mean = row["mean_per_replicate"]
            share = f"{figure(100 * mean / total, 0)} %" if total else ""
            caveat = "none for this class" if row["caveat"] == NO_MATCH_NAME else row["caveat"] or ""
            cells.append((row["member"], row["cause"], CAUSE_WORDS.get(row["cause"], ""), caveat, figure(mean, max(decimals_for(mean, mean, mean), 1)), share))
        heads = [("whose", "<"), ("cause", "<"), ("in words", "<"), ("caveat", "<"), ("a night", ">"), ("share", ">")]
        paper.table(heads, cells, f"{entry['package']}: {figure(total, 1)} threats a night not shot down by the coalition")
    example = found["example_threat"]
    if example is not None:
        kind = "crossing" if example.get("crossing") else "threat"
        paper.say(f"a {kind} to follow: {example['threat']} of replicate {example['replicate']} under {example['package']} ({example['cause']})")
        words = f"--replicate {example['replicate']} --threat {example['threat']} -p {example['package']}"
        paper.say(f"its story: zaslin why {shlex.quote(folder)} {words}")


def windows(folder: Folder, package: OnlyPackage = None, json: Json = False) -> None:
    """Show the permission windows: when the members' caveats, taken together, permitted fire at a threat.

    Precision and recall are not over the same threats. Precision: of the threats that were permitted, the share whose free flight enters any neighbour.
    Recall: of the threats whose free flight enters a member's airspace (any neighbour's, where no member has a border here), the share that was permitted at
    least 60 s before. Permission is not a shot.

    [bold]Example[/]   zaslin windows results/first
    [bold]Example[/]   zaslin windows results/first -p pl-ro-toward-border --json
    [bold]Next[/]      zaslin brief results/first -o brief.html
    """
    from zaslin.brief.story import clock, epoch_of
    from zaslin.measures.windows import windows_json

    package = _kept(package)
    asked = [package] if package is not None else None
    results = _finished(_opened(folder), asked)
    found, epoch = windows_json(results, asked), epoch_of(results.manifest["night"])
    if json:
        paper.as_json(found)
        return
    rows = []
    for score in found["scores"]:
        lead = score["lead_s"] or {}
        spread = f"{lead['p50']:,.0f} ({lead['p05']:,.0f} to {lead['p95']:,.0f})" if lead else "none"
        precision, recall = _percent(score["precision"]), _percent(score["recall"])
        rows.append((score["package"], f"{score['permitted']:,}", precision, f"{score['excursions']:,}", recall, spread))
    heads = [
        ("package", "<"), ("permitted", ">"), ("precision: of these", ">"), ("excursions to members", ">"), ("recall: of these", ">"),
        ("lead s (5 to 95 %)", ">"),
    ]  # fmt: skip
    paper.table(heads, rows, "How the windows meet the threats that would have crossed, over all replicates")
    paper.paragraph(f"precision: {found['precision_over']}; recall: {found['recall_over']}; lead: from the first permitted second to the entry")
    for score in found["scores"]:
        mine = [row for row in found["windows"] if row["package"] == score["package"]]
        if mine:
            cells = [
                (
                    f"{row['replicate']}", row["threat"], row["member"], row["caveat"] or "", f"{row['from_s']:,.0f}", f"{row['to_s']:,.0f}",
                    clock(epoch, row["from_s"]), clock(epoch, row["to_s"]), _span(row),
                )
                for row in mine[:WINDOWS_SHOWN]
            ]  # fmt: skip
            shown = f"{len(mine):,} windows" + (f", the first {WINDOWS_SHOWN}" if len(mine) > WINDOWS_SHOWN else "")
            heads = [
                ("replicate", ">"), ("threat", "<"), ("member", "<"), ("caveat", "<"), ("from s", ">"), ("to s", ">"), ("from UTC", "<"), ("to UTC", "<"),
                ("open s", ">"),
            ]  # fmt: skip
            paper.table(heads, cells, f"{score['package']}: {shown} (seconds from the night's epoch)")
        else:
            paper.say(f"{score['package']}: no window; its rules permit fire at nothing that flew")


def brief(
    folder: Folder,
    output: Annotated[str, typer.Option("-o", "--output", metavar="FILE.html", help="The page to write.")],
    agenda: Annotated[
        bool, typer.Option("--agenda", metavar="", help="One page for a council instead: question, positions, facts, disputes, decisions.")
    ] = False,
    at: Annotated[
        str | None, typer.Option("--at", metavar="DATE", help="With --agenda: as things stood on that day. [dim]default: the date of the youngest package[/]")
    ] = None,
) -> None:
    """Write the council brief: one HTML page with the answer, the map, the comparison, and what the model cannot say.

    The page needs no network and prints well. The same folder gives the same page. With --agenda it is one page for the council's table: the question,
    the positions on a date, what is agreed and what is disputed between whom, and the decisions needed with three figures each.

    [bold]Example[/]   zaslin brief results/first -o brief.html
    [bold]Example[/]   zaslin brief results/first --agenda --at 2024-08-04 -o agenda.html
    [bold]Next[/]      open it in a browser
    """

    if at is not None and not agenda:
        raise InputError("--at belongs to --agenda; a brief speaks of its night and not of a date")
    if agenda:
        from zaslin.brief.agenda import write_agenda
        from zaslin.cli_ledger import day_of
        from zaslin.evidence.ledger.book import ledger

        write_agenda(_opened(folder), output, None if at is None else day_of(at, "--at"), ledger())
    else:
        from zaslin.brief.page import write_brief

        write_brief(_opened(folder), output)
    page = Path(output).resolve()
    paper.say(f"the {'agenda' if agenda else 'brief'}: {page}")
    paper.say(f"           {page.as_uri()}")


@dataclass(frozen=True)
class _Looks:
    """How looks are told: each in a line, and what drawing them again needs beside the folder."""

    every: bool
    calibration: str | None
    terrain: str | None

    @property
    def asked(self) -> bool:
        return self.every or self.calibration is not None or self.terrain is not None


def _tell_story(results: Results, package: str | None, replicate: int, threat: str, looks: _Looks, json: bool) -> None:
    """One threat of one replicate from launch to fate."""
    from zaslin.brief.story import cause_line, story_lines
    from zaslin.measures.story import story, with_looks
    from zaslin.measures.windows import first_with_windows

    found = story(results, package if package is not None else first_with_windows(results), replicate, threat)
    try:
        found = with_looks(found, _looks_again(results, found, looks))
    except InputError as error:
        if looks.asked:
            raise
        found = {**found, "looks": None}
        paper.remark(f"single looks are not told, only their sums: {error}")
    if json:
        paper.as_json(found)
        return
    heads = [("s", ">"), ("UTC", "<"), ("what happens", "<")]
    lines = story_lines(found, results.manifest["night"], looks.every)
    paper.table(heads, lines, f"{threat} of replicate {replicate} under {found['package']} (s from the night's epoch)")
    if found["causes"]:
        paper.say("why no member shot it down")
        for cause in found["causes"]:
            paper.paragraph(cause_line(cause), indent=2)
    others = [name for name in results.packages if name != found["package"]]
    if package is None and others:
        paper.say(f"the same threat under another package: -p {' or -p '.join(others)}")


def _looks_again(results: Results, found: Mapping[str, Any], looks: _Looks) -> list[dict[str, Any]]:
    """Every look at the story's threat, drawn again; raises InputError where the run's own looks cannot be had."""
    from zaslin.cli_trace import study_again
    from zaslin.compiled import announce_compile
    from zaslin.studies.replay import looks_again

    announce_compile()

    item = study_again(results, list(results.packages), looks.calibration, looks.terrain)
    again = looks_again(item, found["package"], found["replicate"], found["threat"])
    runs = {(run["member"], round(run["from_s"], 3)): (run["looks"], run["hits"]) for run in again["runs"]}
    for event in found["story"]:
        if event["event"] != "tracked":
            continue
        if runs.get((event["member"], round(event["t_s"], 3))) != (event["looks"] or 0, event["hits"] or 0):
            raise InputError(f"{results.folder} was run by another version of zaslin, whose looks fell otherwise; run it again to see them")
    return list(again["radars"])


# -- what a folder must hold ----------------------------------------------------------------------------------------------


def _kept(package: str | None) -> str | None:
    """The name under which the folder keeps a package that is named as for `zaslin run`: NAME@POLICY too."""
    if package is None:
        return None
    from zaslin.scenario.packages import kept_as

    return kept_as(package)


def _opened(folder: str) -> Results:
    from zaslin.outcomes.store import open_results

    paper.arrow_without_pandas()
    return open_results(folder)


def _finished(results: Results, packages: Sequence[str] | None) -> Results:
    """The folder itself; raises StoreError where one of these packages (default all) has no finished replicates, or is not there."""
    lacking = [name for name in packages or results.packages if not results.parts(name)]
    if lacking:
        rest = [name for name in results.packages if name not in lacking and results.parts(name)]
        others = f"; of the others tells `zaslin compare {results.folder} {' '.join(rest)}`" if rest else ""
        raise StoreError(f"{results.folder} has no finished replicates of {', '.join(lacking)}; the same `zaslin run` command completes the folder{others}")
    return results


def _remark_unequal(results: Results, a: str | None, b: str | None) -> None:
    """Say where an interrupted run left packages with different numbers of replicates."""
    names = [name for name in results.packages if a is None or b is None or name in (a, b)]
    counts = {name: min(sum(results.parts(name).values()), results.replicates) for name in names}
    if len(set(counts.values())) > 1:
        told = ", ".join(f"{name} {count:,}" for name, count in counts.items())
        paper.remark(
            f"the packages have different numbers of replicates ({told}): differences compare only those that both have; "
            "the same `zaslin run` command completes the folder"
        )


# -- how a comparison is written ------------------------------------------------------------------------------------------


def _print_compared(title: str, measures: Sequence[Mapping[str, Any]], differences: Sequence[Mapping[str, Any]], every: bool) -> None:
    """A row per measure and package: the expected value, and the difference to the first package; what is 0 everywhere is named in one line."""
    from zaslin.measures.registry import MEASURES

    packages = list(dict.fromkeys([*(row["package"] for row in measures), *(row[side] for row in differences for side in ("a", "b"))]))
    base = differences[0]["a"] if differences else None
    rows, nothing = [], []
    for name, member in _keys([*measures, *differences]):
        if not every and name not in MAIN:
            continue
        label = MEASURES[name].label + (f", {member}" if member else "")
        mine = {row["package"]: row for row in measures if (row["measure"], row["member"]) == (name, member)}
        apart = {row["b"]: row for row in differences if (row["measure"], row["member"]) == (name, member)}
        if not any(_moves(row) for row in [*mine.values(), *apart.values()]):
            nothing.append(name)
            continue
        rows.append((f"{label}, {MEASURES[name].unit}", "", ""))
        for package in sorted(packages, key=lambda package: package != base):
            if package in mine or package in apart:
                rows.append((f"  {package}", _written(mine.get(package)), _written(apart.get(package), unclear=True)))
    paper.table([("measure, unit", "<"), ("expected", "<"), (f"difference from {base}" if base else "", "<")], rows, title)
    if nothing:
        paper.paragraph(f"0 or not defined under every package: {', '.join(dict.fromkeys(nothing))}")


def _say_of_windows(measures: Sequence[Mapping[str, Any]], every: bool) -> None:
    """Over which threats, and in which nights, the windows' shares are counted: not the same ones."""
    from zaslin.measures.windows import CROSSINGS_OVER, PLAIN_OVER

    known = {row["measure"] for row in measures if row["mean"] is not None}
    if known & {"window_precision", "window_recall"}:
        paper.paragraph(f"window precision, window recall: {PLAIN_OVER}")
    if every and "window_recall_crossings" in known:
        paper.paragraph(f"window recall, crossings: {CROSSINGS_OVER}")


def _say_no_interval(measures: Sequence[Mapping[str, Any]], results: Results) -> None:
    """What would give an interval, where the folder has too few blocks for one."""
    from zaslin.measures.intervals import FEWEST

    if any(row["mean"] is not None and row["low"] is None for row in measures):
        paper.say(f"no interval: it takes {FEWEST} blocks; the same `zaslin run` with -n {FEWEST * results.block_size} or more gives one")


def _keys(rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, str | None]]:
    return list(dict.fromkeys((row["measure"], row["member"]) for row in rows))


def _moves(row: Mapping[str, Any]) -> bool:
    return any(row[key] for key in ("mean", "low", "high", "p05", "p95"))


def _written(row: Mapping[str, Any] | None, unclear: bool = False) -> str:
    from zaslin.brief.numbers import verdict, with_interval

    if row is None:
        return ""
    item: Any = SimpleNamespace(**row)
    return with_interval(item) + (" ~" if unclear and verdict(item) == "unclear" else "")


def _percent(share: Mapping[str, Any]) -> str:
    from zaslin.brief.numbers import percent

    item: Any = SimpleNamespace(**share)
    return percent(item)


def _span(row: Mapping[str, Any]) -> str:
    return f"{row['to_s'] - row['from_s']:,.0f}"
