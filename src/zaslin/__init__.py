"""zaslin: what would a small coalition of Ukraine's neighbours achieve, and answer for? The front door.

    import zaslin as zs

    runs = zs.run(zs.study("2023-12-29", ["status-quo", "pl-ro-toward-border"], replicates=500, seed=7), "results/first")
    zs.compare(runs, zs.incursions, "status-quo", "pl-ro-toward-border")

Names are fetched when they are first used, so that the import itself costs nothing. The measures of
docs/glossary.md are names here too. Nothing inside the house imports this file.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from zaslin.errors import ZaslinError as ZaslinError
    from zaslin.measures.estimate import compare as compare
    from zaslin.measures.estimate import estimate as estimate
    from zaslin.measures.estimate import given_difference as given_difference
    from zaslin.measures.estimate import given_estimate as given_estimate
    from zaslin.measures.sub_coalitions import share as share
    from zaslin.measures.sub_coalitions import sub_coalitions as sub_coalitions
    from zaslin.measures.why_not import why_not as why_not
    from zaslin.measures.windows import windows as windows
    from zaslin.outcomes.store import open_results as open_results
    from zaslin.scenario.check import check_file as check
    from zaslin.scenario.incident import incident as incident
    from zaslin.scenario.night import Night
    from zaslin.scenario.packages import package as package
    from zaslin.scenario.reports import Reports
    from zaslin.scenario.shipped import night as night
    from zaslin.scenario.vary import vary as vary
    from zaslin.studies.calibrate import calibrate as calibrate
    from zaslin.studies.coalitions import fly_coalitions as fly_coalitions
    from zaslin.studies.design import study as study
    from zaslin.studies.run import run as run
    from zaslin.studies.screening import screen as screen
    from zaslin.studies.validate import validate as validate

__version__ = "0.1.0"

# Arrow's own pool would keep what was freed, beside what NumPy keeps: a hundred megabytes in a long run. Read when Arrow is first imported; a user's own
# word holds.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")

_HOMES = {
    "night": "zaslin.scenario.shipped:night",
    "package": "zaslin.scenario.packages:package",
    "incident": "zaslin.scenario.incident:incident",
    "check": "zaslin.scenario.check:check_file",
    "vary": "zaslin.scenario.vary:vary",
    "study": "zaslin.studies.design:study",
    "run": "zaslin.studies.run:run",
    "fly_coalitions": "zaslin.studies.coalitions:fly_coalitions",
    "screen": "zaslin.studies.screening:screen",
    "calibrate": "zaslin.studies.calibrate:calibrate",
    "validate": "zaslin.studies.validate:validate",
    "open_results": "zaslin.outcomes.store:open_results",
    "estimate": "zaslin.measures.estimate:estimate",
    "compare": "zaslin.measures.estimate:compare",
    "given_estimate": "zaslin.measures.estimate:given_estimate",
    "given_difference": "zaslin.measures.estimate:given_difference",
    "sub_coalitions": "zaslin.measures.sub_coalitions:sub_coalitions",
    "share": "zaslin.measures.sub_coalitions:share",
    "why_not": "zaslin.measures.why_not:why_not",
    "windows": "zaslin.measures.windows:windows",
    "MEASURES": "zaslin.measures.registry:MEASURES",
    "agenda": "zaslin.brief.agenda:write_agenda",
    "ledger": "zaslin.evidence.ledger.book:ledger",
    "possible_on": "zaslin.evidence.possible:possible_on",
    "ZaslinError": "zaslin.errors:ZaslinError",
}
"""Where a name of the front door lives inside; `brief` is a room that can be called."""

_MEASURES = (
    "leakers", "coalition_kills", "ukraine_stops", "incursions", "overflight_s", "incursion_depth_m", "incursion_path_m", "engagements", "shots",
    "unneeded_engagements", "debris_falls", "expected_casualties", "sorties", "flight_h", "cost_usd", "minutes_over_ukraine", "first_shot_margin_s",
    "decision_time_s",
)
"""Measures that are names here, for `zs.compare(runs, zs.incursions, …)`; `MEASURES` has all of them."""


def nights(path: Path | str | None = None) -> list[Night] | Reports:
    """The shipped nights; or those of a daily-reports table (CSV) in its public layout, as an object with `nights` and `unused`.

    Raises InputError (no such file) or SpecError (not such a table).
    """
    if path is None:
        from zaslin.scenario.shipped import night, night_ids

        return [night(name) for name in night_ids()]
    from zaslin.scenario.reports import read_reports

    return read_reports(path)


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(f"module 'zaslin' has no attribute {name!r}")
    if name == "brief":
        return import_module("zaslin.brief")
    if name in _HOMES:
        home, _, inside = _HOMES[name].partition(":")
        value = getattr(import_module(home), inside)
        globals()[name] = value
        return value
    if name in _MEASURES:
        return import_module("zaslin.measures.registry").MEASURES[name]
    # No search for near names here: Python asks for every submodule too before it imports it.
    raise AttributeError(f"module 'zaslin' has no attribute {name!r}; dir(zaslin) lists what there is")


def __dir__() -> list[str]:
    return sorted({"__version__", "__doc__", "nights", "brief", *_HOMES, *_MEASURES})
