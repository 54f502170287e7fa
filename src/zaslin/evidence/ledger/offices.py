"""Who had left office when: so that a minister who is gone no longer speaks for a state; it says nothing of who came after.

One small table of ours, `data/ledger/offices.csv`: a person, the office, the day of leaving it, and the source. Who is not in it is taken to be in office
still.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from zaslin.errors import Fault, SpecError, unknown
from zaslin.evidence.ledger.entry import known_from
from zaslin.scenario.sources import sources

COLUMNS = ("person", "nation", "office", "until", "source")


@dataclass(frozen=True)
class Term:
    """The end of a person's time in an office: the first day on which somebody else held it, or nobody."""

    person: str
    nation: str
    office: str
    until: date
    source: str


@cache
def terms() -> dict[tuple[str, str], Term]:
    """Ends of terms by (person, nation). Raises SpecError with every fault of the table."""
    text = (files("zaslin.evidence") / "data" / "ledger" / "offices.csv").read_text(encoding="utf-8")
    found, faults = read_terms(text)
    if faults:
        raise SpecError("offices.csv", faults)
    return found


def read_terms(text: str) -> tuple[dict[tuple[str, str], Term], list[Fault]]:
    """Terms and faults of a table (columns `COLUMNS`)."""
    out: dict[tuple[str, str], Term] = {}
    faults: list[Fault] = []
    for number, row in enumerate(csv.DictReader(text.splitlines()), start=2):
        if tuple(row) != COLUMNS or None in row.values():
            return {}, [Fault(f"row {number}", f"give exactly the columns {', '.join(COLUMNS)}")]
        if row["source"] not in sources():
            faults.append(Fault(f"row {number}, source", unknown("source", row["source"], sources())))
        try:
            until = known_from(row["until"])
        except ValueError as error:
            faults.append(Fault(f"row {number}, until", str(error)))
            continue
        out[row["person"], row["nation"]] = Term(row["person"], row["nation"], row["office"], until, row["source"])
    return out, faults


def in_office(by: str, nation: str, day: date) -> bool:
    """Whether the speaker ("Olaf Scholz, Federal Chancellor of Germany") still held the office on `day`, as far as the table knows."""
    term = terms().get((by.partition(",")[0].strip(), nation))
    return term is None or day < term.until
