"""The catalogue as the ledger shows it: every public number of threats, aircraft, weapons, costs and readiness, with its source or its mark as an assumption.

Two homes, told apart by `facts["used"]`: numbers that the engine reads (threats.yaml, aircraft.yaml, routes.yaml) and numbers that stand beside them for
comparison (`data/ledger/catalogue.csv`), which no run reads.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from zaslin.errors import Fault, SpecError
from zaslin.evidence.ledger.entry import Claim, Entry, Ruling, out_from
from zaslin.scenario.aircraft_catalogue import aircraft_catalogue
from zaslin.scenario.catalogue import route_assumptions, threat_models
from zaslin.scenario.faults import try_validate
from zaslin.scenario.numbers import sourced_numbers
from zaslin.scenario.others import other_traffic
from zaslin.scenario.sourced import ASSUMPTION, Sourced
from zaslin.scenario.sources import named_in, sources

COLUMNS = ("item", "group", "parameter", "value", "low", "high", "unit", "price_year", "source", "grade", "note")
SOURCED = "sourced"
"""Status of a number with a source; the other is ``assumption``."""

_YEAR = re.compile(r"\b(20\d\d)\b")

MONEY = ("usd", "usd/h", "usd/round")
"""Units whose numbers tell the year of their prices."""


@cache
def catalogue_entries() -> Mapping[str, Entry]:
    """All numbers of the catalogue as entries by id (``threat/Kalibr/speed``), those that the engine reads first. Raises SpecError."""
    out = {entry.id: entry for entry in _engine()}
    for entry in reference():
        if entry.id in out:
            raise SpecError("catalogue.csv", [Fault("", f'"{entry.id}" is among the engine\'s numbers already')])
        out[entry.id] = entry
    return out


@cache
def reference() -> tuple[Entry, ...]:
    """The numbers that no run reads. Raises SpecError with every fault of their table."""
    text = (files("zaslin.evidence") / "data" / "ledger" / "catalogue.csv").read_text(encoding="utf-8")
    entries, faults = read_reference(text)
    if faults:
        raise SpecError("catalogue.csv", faults)
    return tuple(entries)


def read_reference(text: str) -> tuple[list[Entry], list[Fault]]:
    """Entries and faults of a table of reference numbers (columns `COLUMNS`)."""
    out: dict[str, Entry] = {}
    faults: list[Fault] = []
    reader = csv.DictReader(text.splitlines())
    if tuple(reader.fieldnames or ()) != COLUMNS:
        return [], [Fault("row 1", f"give exactly the columns {', '.join(COLUMNS)}")]
    for number, row in enumerate(reader, start=2):
        where = f"row {number}"
        if None in row or None in row.values():
            faults.append(Fault(where, f"give exactly the columns {', '.join(COLUMNS)}"))
            continue
        data: dict[str, Any] = {key: row[key] for key in ("unit", "source", "grade", "note") if row[key]}
        for key in ("value", "low", "high", "price_year"):
            if row[key]:
                try:
                    data[key] = int(row[key]) if key == "price_year" else float(row[key])
                except ValueError:
                    data[key] = row[key]
        for key in ("source", "grade"):
            if key not in data:
                faults.append(Fault(f"{where}, {key}", 'empty; give the source\'s id and its grade, or "assumption" in both'))
        for key in ("item", "group", "parameter"):
            if not row[key]:
                faults.append(Fault(f"{where}, {key}", "empty; fill it"))
        found, wrong = try_validate(data, Sourced)
        faults += [Fault(f"{where}, {fault.path}" if fault.path else where, fault.message) for fault in wrong]
        if found is not None:
            id = f"{row['group']}/{row['item']}/{row['parameter']}"
            if id in out:
                faults.append(Fault(where, f'"{id}" is there twice; give it once, with a range that spans both'))
            out[id] = _number(row["group"], row["item"], row["parameter"], found, used=False, where=f"catalogue.csv {where}")
    return list(out.values()), faults


def _engine() -> Iterator[Entry]:
    for group, items, where in (("threat", threat_models(), "threats.yaml"), ("aircraft", aircraft_catalogue(), "aircraft.yaml")):
        for item, model in items.items():
            for path, number in sourced_numbers(model):
                yield _number(group, item, path, number, used=True, where=where)
    for path, number in sourced_numbers(route_assumptions()):
        yield _number("routes", "routes", path, number, used=True, where="routes.yaml")
    for path, number in sourced_numbers(other_traffic()):
        yield _number("others", "others", path, number, used=True, where="others.yaml")


def _known(number: Sourced) -> str:
    """From when on a number with its range and note could have been told: the youngest of its source, of the sources that its note names, and of the years in
    it. Empty where no source has a date."""
    dates = [sources()[name].date for name in (number.source, *named_in(number.note)) if name in sources() and sources()[name].date]
    if not dates:
        return ""
    years = [*_YEAR.findall(number.note), *([str(number.price_year)] if number.price_year is not None else [])]
    latest = max(dates, key=out_from)
    return max([latest, *(f"{year}-01-01" for year in years)], key=out_from)


def _number(group: str, item: str, parameter: str, number: Sourced, used: bool, where: str) -> Entry:
    known = sources().get(number.source)
    assumed = number.source == ASSUMPTION
    by = "an assumption of zaslin" if assumed else known.publisher if known is not None else number.source
    when = "" if assumed else _known(number)
    ruling = Ruling(when, by, number.note, ASSUMPTION if assumed else SOURCED, () if assumed else (number.source,), where=where)
    facts = {
        "group": group, "item": item, "parameter": parameter, "value": number.value, "low": number.low, "high": number.high, "unit": number.unit,
        "price_year": number.price_year, "source": number.source, "grade": number.grade, "note": number.note, "used": used,
    }  # fmt: skip
    words = parameter.replace("_", " ").replace(".", ", ")
    title = words if group in ("routes", "others") else f"{item}: {words.replace('-', ' ')}"
    claim = Claim("value", parameter, number.low, number.high, number.unit, "", (ruling,))
    return Entry(f"{group}/{item}/{parameter}", "catalogue", when, "", "", title, facts, (claim,), "value")
