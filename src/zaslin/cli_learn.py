"""Verbs that learn from reports and say how well: ``calibrate`` and ``validate``; they compute nothing themselves."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from zaslin import cli_paper as paper
from zaslin.cli_ask import Json
from zaslin.errors import InputError

Table = Annotated[
    str | None,
    typer.Option("--from", metavar="FILE", help="A daily-reports table (CSV) in its public layout. [dim]default: what comes with zaslin[/]"),
]


def calibrate(
    table: Table = None,
    output: Annotated[str | None, typer.Option("-o", "--output", metavar="FILE", help="The calibration file to write (JSON).")] = None,
    json: Json = False,
) -> None:
    """Calibrate Ukraine's layer on the Air Force's daily reports: per class and week, the share stopped, its drift, load and spread.

    Each week's numbers use only raid windows that had ended by then, so a run of an old night knows nothing of what came later. Give the file to
    `zaslin run --calibration`. Without --from it shows the calibration that comes with zaslin.

    [bold]Example[/]   zaslin calibrate --from daily_reports.csv -o mine.json
    [bold]Example[/]   zaslin calibrate --json
    [bold]Next[/]      zaslin run 2024-08-26 -p status-quo -n 200 --calibration mine.json -o results/mine
    """
    from zaslin.outcomes.disk import write_text
    from zaslin.scenario.calibration import shipped_calibration, write_calibration
    from zaslin.studies.calibrate import calibrate as learn
    from zaslin.studies.calibrate import parameters

    left_out: list[dict[str, Any]] = []
    if table is not None and output is not None and Path(output).resolve() == Path(table).resolve():
        raise InputError(f"-o: {output} is the table itself and would be lost; give the calibration a name of its own")
    if output is not None and (Path(output).is_dir() or output.endswith(("/", os.sep))):
        raise InputError(f"-o: {output} is a folder; give the calibration a file's name, such as {Path(output) / 'calibration.json'}")
    if table is None:
        found = shipped_calibration()
    else:
        with paper.Progress() as bar:
            learned = learn(table, progress=bar)
        found = learned.calibration
        left_out = [{"row": item.row, "why": item.why, "detail": item.detail} for item in (*learned.windows.unused, *learned.windows.context)]
    if output is not None:
        write_text(Path(output), write_calibration(found))
    rows = parameters(found)
    changes = [item.model_dump(mode="json") for item in found.booking_changes]
    if json:
        about = {"first": found.first.isoformat(), "last": found.last.isoformat(), "windows": found.windows, "source": found.source}
        paper.as_json({"classes": rows, "booking_changes": changes, "border": list(found.border), **about, "unused": left_out, "file": output})
        return
    total = sum(found.windows.values())
    paper.say(f"{paper.counted(total, 'raid window')}, {found.first.isoformat()} to {found.last.isoformat()}; posterior at the end, 90 % intervals")
    paper.table(
        [("class", "<"), ("parameter", "<"), ("mean", ">"), ("90 % interval", "<"), ("windows", ">")],
        [
            [str(row["class"]), PARAMETERS[row["parameter"]].format(n=row["launched"]), *_number(row), str(row["n"])]
            for row in rows
            if row["parameter"] in PARAMETERS
        ],
    )
    paper.table(
        [("border", "<"), ("class", "<"), ("incident-nights per 1,000 launched", ">"), ("90 % interval", "<"), ("nights", ">")],
        [
            [str(row["sector"]), str(row["class"]), f"{1e3 * row['mean']:.2f}", f"{1e3 * row['low']:.2f} to {1e3 * row['high']:.2f}", str(row["nights"])]
            for row in found.border
        ],
        "Border events: true rates, under-reporting and gaps included (docs/validation/border.md)",
    )
    for change in changes:
        paper.say(f"booking of losses changed with the {change['cls']} window of {change['date']} (chance {change['chance']:.2f})")
    paper.paragraph("The split between Ukraine's macro-regions is mostly a prior: the reports place all of their kills in a few rows only. It is in the file.")
    if left_out:
        reasons: dict[str, int] = {}
        for item in left_out:
            reasons[item["why"].split(" of row ")[0]] = reasons.get(item["why"].split(" of row ")[0], 0) + 1
        told = ", ".join(f"{count} {why}" for why, count in sorted(reasons.items(), key=lambda pair: -pair[1]))
        paper.paragraph(f"rows not used: {told} (--json lists each)")
    if output is not None:
        paper.say(f"written to {output}")


PARAMETERS = {
    "stop_share": "mean share stopped, {n:g} launched",
    "load_effect": "load: log hazard per log launched",
    "night_sigma": "night to night, log hazard (σ)",
    "kill_share_of_stops": "kills among the stops",
}
"""Rows that the terminal shows, in words; the file and --json have all."""


def _number(row: dict[str, Any]) -> tuple[str, str]:
    if row["parameter"] in ("stop_share", "kill_share_of_stops"):
        return f"{100 * row['mean']:.0f} %", f"{100 * row['low']:.0f}–{100 * row['high']:.0f} %"
    return f"{row['mean']:.2f}", f"{row['low']:.2f} to {row['high']:.2f}"


def validate(
    table: Table = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help="Score windows from this date on. [dim]default: 2023-07-01[/]")] = None,
    everything: Annotated[
        bool, typer.Option("--everything", metavar="", help="With --from: also simulate timed incidents, border events and scrambles anew (minutes).")
    ] = False,
    alarms: Annotated[str | None, typer.Option("--alarms", metavar="FILE", help="With --from: a table of official air-raid alarms (CSV).")] = None,
    folder: Annotated[
        str | None, typer.Option("--folder", metavar="FOLDER", help="With --from: a results folder with skyshield-west, put beside published answers.")
    ] = None,
    json: Json = False,
) -> None:
    """Say how well unseen nights are foretold: every raid window from those that had ended before it, against five baselines.

    S is what was stopped (destroyed or lost), D what was destroyed. CRPS is the mean error of the whole forecast, per launched; a gain is over the
    best baseline, with a 90 % block-bootstrap interval. r50 and r90 are how often the middle 50 % and 90 % held (of a calibrated forecast: 0.50, 0.90).
    Without --from it shows the record that came with this version.

    [bold]Example[/]   zaslin validate
    [bold]Example[/]   zaslin validate --from daily_reports.csv --since 2024-01-01 --json
    """
    from zaslin.evidence.validation import shipped_record

    if since is not None:
        _date(since)
    if table is None:
        given = [name for name, value in (("--since", since is not None), ("--everything", everything), ("--alarms", alarms), ("--folder", folder)) if value]
        if given:
            raise InputError(f"{' and '.join(given)}: needs a table; give --from FILE, a daily-reports table (CSV); without it the shipped record is shown")
        record = shipped_record()
    else:
        from zaslin.studies.hindcast import SINCE
        from zaslin.studies.validate import simulated, with_kept
        from zaslin.studies.validate import validate as score

        with paper.Progress() as bar:
            record = score(table, _date(since) if since is not None else SINCE, progress=bar)
            if everything or alarms or folder:
                record |= simulated(table, alarms, folder, progress=bar, all_parts=everything)
        record = with_kept(record, shipped_record())
    if json:
        paper.as_json(record)
        return
    _print_record(record)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f'--since: "{text}" is no date; give YYYY-MM-DD, such as 2024-01-01') from None


def _print_record(record: dict[str, Any]) -> None:
    from zaslin.evidence.validation import OUTCOMES, TITLES, early_words, verdict
    from zaslin.studies.baselines import TITLES as BASELINES

    about = record["table"]
    if not record["classes"]:
        paper.say("no window could be scored: each class has fewer than five windows before those in the period")
    told = f"{paper.counted(about['rows'], 'row')}, {paper.counted(about['windows'], 'raid window')}"
    paper.say(f"{told} from {about['first']} to {about['last']}; scored from {record['since']}")
    rows = []
    for row in record["classes"]:
        rows.append(
            [
                f"{TITLES[row['class']]}, {OUTCOMES[row['outcome']]}", str(row["windows"]), f"{row['crps_per_launched']:.4f}",
                f"{100 * row['gain']:+.0f} % ({100 * row['gain_low']:+.0f} to {100 * row['gain_high']:+.0f})", verdict(row), f"{row['log_gain']:+.2f}",
                f"{row['r50']:.2f}", f"{row['r90']:.2f}", BASELINES[row["best_baseline"]],
            ]
        )  # fmt: skip
    columns = [
        ("foretold", "<"), ("windows", ">"), ("CRPS", ">"), ("gain", "<"), ("", "<"), ("log score", ">"), ("r50", ">"), ("r90", ">"), ("best baseline", "<"),
    ]  # fmt: skip
    paper.table(columns, rows, "One step ahead, against the best baseline")
    few = ", ".join(record["not_scored"]["models"])
    paper.paragraph(f"not scored, too few data: {few}; joint counts of several classes are context. {early_words(record)}")
    for change in record["booking_changes"]:
        paper.say(f"booking of losses changed with the {change['cls']} window of {change['date']} (chance {change['chance']:.2f})")
    _print_nights(record)
    _print_rest(record)


def _print_nights(record: dict[str, Any]) -> None:
    from zaslin.evidence.validation import TITLES, misses

    summary = record["nights_summary"]
    if not summary["class_nights"]:
        paper.say("\nno shipped night lies in this table")
        return
    paper.heading("\nThe shipped nights, foretold from earlier windows only")
    one = summary["class_nights"] == 1
    lie = "lies inside its 90 % interval, whose" if one else "lie inside their 90 % intervals, whose median"
    paper.say(
        f"{summary['inside']} of {paper.counted(summary['class_nights'], 'class-night')} with 5 or more launched {lie} "
        f"width is {100 * summary['median_width']:.0f} % of the launched"
    )
    for row in misses(record):
        told = f"{row['launched']} launched, {row['stopped']} stopped; foretold {row['low']} to {row['high']}"
        paper.say(f"  missed: {row['night']}, {TITLES[row['class']]}: {told}")


def _print_rest(record: dict[str, Any]) -> None:
    """What else is held against the model: borders, timed incidents, scrambles, alarms, published answers, credibility; a line or a few of each."""
    from zaslin.brief.record import border_words
    from zaslin.evidence.credibility import credibility
    from zaslin.evidence.validation import QUANTITIES

    if record.get("kept_parts"):
        paper.say(f"\nfrom the shipped record, not from this table: {', '.join(record['kept_parts'])} (--everything simulates them anew)")
    if "border_expected" in record:
        paper.heading("\nReported crossings against the routes, over the whole period")
        for text in border_words(record["border_expected"]):
            paper.paragraph(text, indent=2)
    if "incidents" in record:
        told = [(row["incident"], item) for row in record["incidents"] for item in row["surprises"] if item["p"] is not None]
        outside = [f"{id} {QUANTITIES[item['quantity']]}" for id, item in told if not item["inside"]]
        paper.heading("\nTimed incidents: reported durations, depths and paths against the model's stays")
        paper.paragraph(f"{len(told) - len(outside)} of {len(told)} inside the model's 90 %; outside: {', '.join(outside) or 'none'}", indent=2)
    if "scrambles" in record:
        known = [row for row in record["scrambles"] if row["inside"] is not None]
        inside = sum(bool(row["inside"]) for row in known)
        paper.say(f"scramble to contact: {inside} of {paper.counted(len(known), 'observed case')} inside the model's 90 %")
    if "alarms" in record:
        found = record["alarms"]
        paper.say(f"alarms: {paper.counted(found['n_scored'], 'shipped night')} can be scored, {found['n_inside']} inside the model's 90 % (docs/alarms.md)")
    if "published" in record:
        rows = record["published"]["claims"]
        counts = {name: sum(row["verdict"] == name for row in rows) for name in dict.fromkeys(row["verdict"] for row in rows)}
        paper.say("published answers: " + ", ".join(f"{count} {name}" for name, count in counts.items()))
    found = credibility()
    paper.say("credibility, 0 to 4: " + ", ".join(f"{factor.name} {factor.level}" for factor in found.factors))
