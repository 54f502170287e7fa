"""Why a results folder that was run with a given incident holds no crossing like it, from the run's own record."""

from __future__ import annotations

from zaslin.outcomes.store import Results
from zaslin.outcomes.tagging import tagging_records
from zaslin.scenario.no_crossing import no_crossing


def no_given(results: Results, option: str = ", for --given") -> str | None:
    """The reason, with the nearest crossing that the night has; None where none was given, a block found one, or the folder has no record of the search.
    option: what the incidents named at its end are for, in the reader's words."""
    event = results.manifest["given"]
    if not isinstance(event, dict):
        return None
    routes = blocks = 0
    sums: dict[tuple[str, str], float] = {}
    for _, record in tagging_records(results):
        found = record.get("given")
        if not found or found["alike"]:
            return None
        routes, blocks = routes + int(found["routes"]), blocks + 1
        for row in record["strata"]:
            key = str(row["group"]), str(row["country"])
            sums[key] = sums.get(key, 0.0) + float(row["chance"])
    if not blocks:
        return None
    return no_crossing(event, results.manifest["night"], {key: total / blocks for key, total in sums.items()}, routes, blocks, option=option)
