"""Put the model's track record together: the forecast table, the shipped nights, what is context, and changes of booking; as plain data.

`evidence/validation` reads what this makes. The parts that need no daily-reports table (timed incidents, border rates, scrambles, credibility) have
rooms of their own and are added here.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from zaslin.evidence.validation import RECORD
from zaslin.scenario.raid_windows import TOO_FEW
from zaslin.studies.hindcast import SINCE, Progress, hindcast, nights_summary, not_scored, score_rows, shipped_nights, years


def validate(path: Path | str, since: date = SINCE, progress: Progress | None = None) -> dict[str, Any]:
    """The record of a daily-reports table: every window from `since` on foretold one step ahead and scored (see DESIGN, `validate --json`).

    progress: called with (what, done, of). Raises InputError if the file is no such table or has nothing on or after `since`.
    """
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
        "not_scored": {"models": list(TOO_FEW), "rows": not_scored(table)},
        "booking_changes": list(found.changes),
        "nights": nights,
        "nights_summary": nights_summary(nights),
    }  # fmt: skip


def _reasons(unused: Any) -> list[dict[str, Any]]:
    counts: dict[str, int] = {}
    for item in unused:
        why = "duplicate or contradiction of another row" if item.why.startswith(("duplicate", "contradicts")) else item.why
        counts[why] = counts.get(why, 0) + 1
    return [{"why": why, "rows": rows} for why, rows in sorted(counts.items(), key=lambda pair: -pair[1])]
