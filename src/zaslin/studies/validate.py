"""Put the model's track record together as plain data: forecasts, shipped nights, border events, timed incidents, scrambles, alarms, published answers.

`evidence/validation` reads what this makes. Each part has a room of its own; here they only meet. What is simulated takes some minutes and does not depend
on a daily-reports table, so a record made from a table may keep those parts of an earlier one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from zaslin.asked import a_day, called
from zaslin.evidence.credibility import credibility_json
from zaslin.evidence.published import compare_published, published_json
from zaslin.evidence.validation import RECORD
from zaslin.scenario.border import launched_by_month
from zaslin.scenario.raid_windows import TOO_FEW, read_windows
from zaslin.scenario.reports import read_reports
from zaslin.scenario.shipped import night_ids
from zaslin.studies.alarm_check import alarm_check, alarm_check_json
from zaslin.studies.border_events import border_rates, border_rates_json
from zaslin.studies.border_expected import border_expected, border_expected_json, route_rates
from zaslin.studies.hindcast import SINCE, Progress, hindcast, nights_summary, not_scored, score_rows, shipped_nights, years
from zaslin.studies.scramble_times import scramble_times, scramble_times_json
from zaslin.studies.timed_incidents import timed_incidents, timed_incidents_json


def validate(path: Path | str, since: date = SINCE, progress: Progress | None = None) -> dict[str, Any]:
    """The record of a daily-reports table: every window from `since` on foretold one step ahead and scored (see DESIGN, `validate --json`).

    progress: called with (what, done, of). Raises InputError if the file is no such table or has nothing on or after `since`.
    """
    a_day("since", since)
    called("progress", progress, "(what, done, of)")
    found = hindcast(path, since, progress)
    table = found.windows
    last = max(window.date for window in table.windows)
    nights = shipped_nights(found)
    return {
        "record": RECORD,
        "table": {
            "rows": table.n_rows, "first": min(window.date for window in table.windows).isoformat(), "last": last.isoformat(),
            "windows": len(table.windows), "context_rows": len(table.context), "unused_rows": len(table.unused),
            "unused": _reasons(table.unused), "remarks": len(table.remarks),
        },
        "since": since.isoformat(),
        "classes": score_rows(found.scored, since, last),
        "years": years(found.scored, since),
        "not_scored": {"models": list(TOO_FEW), "rows": not_scored(table), "too_early": found.too_early},
        "booking_changes": list(found.changes),
        "nights": nights,
        "nights_summary": nights_summary(nights),
        "unscored_nights": [id for id in night_ids() if id not in {row["night"] for row in nights}],
        "border": border_rates_json(border_rates(launched_by_month(table.rows))),
        "credibility": credibility_json(),
    }  # fmt: skip


SIMULATED = ("incidents", "border_expected", "scrambles", "alarms", "published")


def simulated(
    table: Path | str,
    alarms: Path | str | None = None,
    folder: Path | str | None = None,
    progress: Progress | None = None,
    all_parts: bool = True,
) -> dict[str, Any]:
    """The parts of the record that are simulated: timed incidents, expected border events, scrambles; alarms and published answers where asked for.

    table: a daily-reports table, for the launches by month and the alarms' historic lags. alarms: a table of air-raid alarms; None leaves them out.
    folder: a results folder with the sky-shield package, beside which published answers are put; None leaves them out. all_parts: False for these two alone.
    """
    launched = launched_by_month(read_windows(table).rows)
    parts: dict[str, Callable[[], Any]] = {}
    if all_parts:
        parts["incidents"] = lambda: timed_incidents_json(timed_incidents())
        parts["border_expected"] = lambda: border_expected_json(border_expected(route_rates(), launched, border_rates(launched)))
        parts["scrambles"] = lambda: scramble_times_json(scramble_times())
    if alarms is not None:
        parts["alarms"] = lambda: alarm_check_json(alarm_check(alarms, history=read_reports(table).nights))
    if folder is not None:
        parts["published"] = lambda: published_json(compare_published(folder))
    out: dict[str, Any] = {}
    for k, (name, make) in enumerate(parts.items()):
        if progress is not None:
            progress("simulating for the record, parts", k, len(parts))
        out[name] = make()
    if progress is not None:
        progress("simulating for the record, parts", len(parts), len(parts))
    return out


def with_kept(record: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    """A record with the simulated parts that it lacks taken from another, `kept_parts` naming them."""
    lacking = [name for name in SIMULATED if name not in record and name in kept]
    return {**record, **{name: kept[name] for name in lacking}, "kept_parts": lacking}


def _reasons(unused: Any) -> list[dict[str, Any]]:
    counts: dict[str, int] = {}
    for item in unused:
        why = "duplicate or contradiction of another row" if item.why.startswith(("duplicate", "contradicts")) else item.why
        counts[why] = counts.get(why, 0) + 1
    return [{"why": why, "rows": rows} for why, rows in sorted(counts.items(), key=lambda pair: -pair[1])]
