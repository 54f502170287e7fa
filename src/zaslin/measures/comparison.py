"""All packages of a folder beside each other: every measure's estimate and every difference, as `zaslin compare --json` prints them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from zaslin.errors import InputError, unknown
from zaslin.measures.estimate import Difference, Estimate, compare, estimate, given_difference, given_estimate, precision
from zaslin.measures.measure import Measure
from zaslin.measures.no_given import no_given
from zaslin.measures.registry import MEASURES
from zaslin.measures.values import Reading
from zaslin.measures.windows import number
from zaslin.outcomes.store import Results


def pairs(packages: Sequence[str], a: str | None = None, b: str | None = None) -> list[tuple[str, str]]:
    """Which packages are compared: `a` (default the first) with `b` (default every other). Raises InputError for unknown names."""
    for name in (a, b):
        if name is not None and name not in packages:
            raise InputError(unknown("package", name, packages))
    base = a if a is not None else next(name for name in packages if name != b or len(packages) == 1)
    others = [b] if b is not None else [name for name in packages if name != base]  # of a folder with one package: none, and it stands alone
    if base == b:
        raise InputError(f'both packages are "{base}"; name two different ones')
    return [(base, other) for other in others]


def compare_json(
    results: Results | Reading,
    a: str | None = None,
    b: str | None = None,
    measures: Iterable[Measure] | None = None,
    members: bool = False,
) -> dict[str, Any]:
    """Estimates and differences (b − a) of all packages, or of `a` and `b`.

    members: also per member or country, under the keys `members` and `member_differences` (rows that are 0 everywhere left out).
    `given` has the same for a crossing like the reported one, where the folder holds one; else it is null, and `given_missing` says why, where one was
    asked for.
    """
    reading = results if isinstance(results, Reading) else Reading(results)
    held = reading.results
    chosen = list(measures) if measures is not None else list(MEASURES.values())
    compared = pairs(held.packages, a, b)
    packages = [name for name in held.packages if not (a or b) or name == a or any(name in pair for pair in compared)]
    missing = no_given(held)
    given = held.manifest.get("given") is not None and missing is None and all(held.parts(name, "given") for name in packages)
    reading.load(chosen, packages, ("plain", "given") if given else ("plain",))
    shown = [measure for measure in chosen if not measure.difference_only]
    out: dict[str, Any] = {
        "night": held.manifest["night"].get("id"),
        "replicates": min((len(reading.replicates(name)) for name in packages), default=0),
        "seed": held.manifest["seed"],
        "measures": [_row(estimate(reading, measure, name)) for measure in shown for name in packages],
        "differences": [_row(compare(reading, measure, *pair)) for measure in chosen for pair in compared],
        "given": _given(reading, shown, packages, compared) if given else None,
        **({} if missing is None else {"given_missing": missing}),
    }
    if members:
        everyone = [(measure, member) for measure in shown for member in _members(reading, measure, packages)]
        rows = [_row(estimate(reading, measure, name, member)) for measure, member in everyone for name in packages]
        apart = [_row(compare(reading, measure, *pair, member)) for measure, member in everyone for pair in compared]
        out["members"] = [row for row in rows if row["mean"] or row["p95"]]
        out["member_differences"] = [row for row in apart if row["mean"] or row["p05"] or row["p95"]]
    return out


def _members(reading: Reading, measure: Measure, packages: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(member for name in packages for member in reading.members(measure, name)))


def _given(reading: Reading, measures: Sequence[Measure], packages: Sequence[str], compared: Sequence[tuple[str, str]]) -> dict[str, Any]:
    single = [measure for measure in measures if not measure.whole_night]
    incident = reading.results.manifest["given"]
    return {
        "incident": incident.get("id") if isinstance(incident, dict) else incident,
        "measures": [_row(given_estimate(reading, measure, name)) for measure in single for name in packages],
        "differences": [_row(given_difference(reading, measure, *pair)) for measure in single for pair in compared],
    }


def _row(item: Estimate | Difference) -> dict[str, Any]:
    row = {key: number(value) if isinstance(value, float) else value for key, value in asdict(item).items()}
    if isinstance(item, Difference):
        row["precise"], row["replicates_needed"] = precision(item)
    return row
