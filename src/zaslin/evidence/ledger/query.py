"""Questions to the ledger: on a date, of a country, of a status, with words in it; as entries, as plain data, as a table for DuckDB, CSV and Parquet.

A date is a wall: what became known later is taken out before anything else is asked.
"""

from __future__ import annotations

import os
import threading
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zaslin.errors import InputError, StoreError, unknown
from zaslin.evidence.ledger.book import Book
from zaslin.evidence.ledger.catalogue import SOURCED
from zaslin.evidence.ledger.disputes import answer_of, disputes
from zaslin.evidence.ledger.entry import STATUSES, Claim, Entry, Kind, Ruling, on
from zaslin.evidence.ledger.rows import BODIES, OTHER_NATIONS
from zaslin.outcomes.disk import write_refused
from zaslin.scenario.nations import NATIONS
from zaslin.scenario.sourced import ASSUMPTION

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

FORMATS = (".csv", ".parquet")
SQL_LIMIT_S = 20.0
"""A question of the user's that takes longer is broken off."""

TABLE = "ledger"
"""Name of the table of statements in DuckDB."""


def entries(
    book: Book, kind: Kind, at: date | None = None, country: Sequence[str] = (), status: Sequence[str] = (), search: str = "", ids: Sequence[str] = ()
) -> list[Entry]:
    """The entries of a kind that fit, in order of time.

    at: as they could be known at the end of that day. country: codes or names, any of them. status: of the entry on that day, any of them. search: all
    of these words somewhere in the entry (case and accents do not matter). ids: these alone. Raises InputError for a country or status that there is not.
    """
    codes = [country_code(name.strip()) for name in country]
    wanted = [_status(name, kind) for name in status]
    found = book.of(kind)
    if ids:
        found = [entry for entry in found if entry.id in ids]
    if at is not None:
        found = [seen for entry in found if (seen := on(entry, at)) is not None]
    if codes:
        found = [entry for entry in found if entry.country in codes]
    if wanted:
        found = [entry for entry in found if entry.status in wanted]
    if search.strip():
        hits = _search(found, book, search)
        found = [entry for entry in found if entry.id in hits]
    return found


def country_code(name: str) -> str:
    """``PL`` from pl, PL or Poland; raises InputError with the nearest."""
    known = {**NATIONS, **OTHER_NATIONS, **BODIES}
    if name.upper() in known:
        return name.upper()
    by_name = {title.casefold(): code for code, title in known.items()}
    if name.casefold() in by_name:
        return by_name[name.casefold()]
    raise InputError(unknown("country", name, [*known.values(), *known]))


def _status(name: str, kind: Kind) -> str:
    choices = (SOURCED, ASSUMPTION) if kind == "catalogue" else STATUSES
    if name.lower() not in choices:
        raise InputError(unknown(f"status of {kind}", name, choices))
    return name.lower()


# -- as plain data ------------------------------------------------------------------------------------------------------


def entry_json(entry: Entry, book: Book) -> dict[str, Any]:
    """The entry as plain data; `source` of a claim is its first one, `sources` are all."""
    out: dict[str, Any] = {
        "id": entry.id,
        "kind": entry.kind,
        "date": entry.date,
        "place": entry.place,
        "country": entry.country,
        "status": entry.status,
        "title": entry.title,
        **{key: list(value) if isinstance(value, tuple) else value for key, value in entry.facts.items() if key not in ("source", "status", "nation")},
        "claims": [_claim_json(claim) for claim in entry.claims if not claim.lead],
        "leads": [_claim_json(claim) for claim in entry.claims if claim.lead],
        "disputes": [
            {"about": item.about, "open": item.open, "sides": [{"answer": side.answer, "claims": [claim.slug for claim in side.claims]} for side in item.sides]}
            for item in disputes(entry)
        ],
    }
    out["sources"] = {name: book.source(name).model_dump() for name in entry.sources}
    return out


def _claim_json(claim: Claim) -> dict[str, Any]:
    first = claim.first
    return {
        "id": claim.slug,
        "by": first.by,
        "date": first.date,
        "says": first.says,
        "source": first.sources[0] if first.sources else ASSUMPTION,
        "sources": list(claim.sources),
        "status": claim.status,
        "about": claim.about,
        "low": claim.low,
        "high": claim.high,
        "unit": claim.unit,
        "answer": answer_of(claim),
        "own": first.own,
        "history": [
            {"date": item.date, "status": item.status, "by": item.by, "says": item.says, "sources": list(item.sources), "own": item.own}
            for item in claim.history
        ],
    }


# -- as a table ---------------------------------------------------------------------------------------------------------


def statements(found: Iterable[Entry], book: Book) -> list[dict[str, Any]]:
    """One plain row per ruling: what DuckDB, CSV and Parquet get. Lists are joined with ``; ``; numbers that nobody gave are None."""
    return [_statement(entry, claim, ruling, book) for entry in found for claim in entry.claims for ruling in claim.history]


def _statement(entry: Entry, claim: Claim, ruling: Ruling, book: Book) -> dict[str, Any]:
    facts = {**entry.facts, **ruling.facts}
    named = [book.source(name) for name in ruling.sources]
    row: dict[str, Any] = {
        "entry": entry.id,
        "kind": entry.kind,
        "event_date": entry.date,
        "country": entry.country,
        "place": entry.place,
        "title": entry.title,
        "entry_status": entry.status,
        "claim": claim.slug,
        "date": ruling.date,
        "by": ruling.by,
        "says": ruling.says,
        "status": ruling.status,
        "claim_status": claim.status,
        "about": claim.about,
        "low": claim.low,
        "high": claim.high,
        "unit": claim.unit,
        "answer": claim.answer,
        "lead": claim.lead,
        "own": ruling.own,
    }
    for key in _FACTS:
        value = facts.get(key)
        row[key] = "; ".join(value) if isinstance(value, tuple) else value if value is None or isinstance(value, float) else str(value)
    row["source"] = "; ".join(ruling.sources) or ASSUMPTION
    row["publisher"] = "; ".join(item.publisher for item in named)
    row["url"] = "; ".join(item.url for item in named if item.url)
    return row


_FACTS = (
    "event",
    "time_utc",
    "lat",
    "lon",
    "office",
    "voice",
    "stance",
    "zone",
    "needs",
    "stage",
    "force_from",
    "force_to",
    "effect",
    "authority",
    "theme",
    "answers",
    "group",
    "item",
    "parameter",
    "value",
    "price_year",
    "grade",
)
_NUMBERS = ("low", "high", "lat", "lon", "value")
_TRUTHS = ("lead", "own")


def arrow(rows: Sequence[dict[str, Any]]) -> pa.Table:
    """Statements as an Arrow table whose columns and types never depend on what is in it."""
    import pyarrow as pa

    names = list(rows[0]) if rows else _columns()
    types = [pa.float64() if name in _NUMBERS else pa.bool_() if name in _TRUTHS else pa.string() for name in names]
    schema = pa.schema(list(zip(names, types, strict=True)))
    return pa.table({name: pa.array([row[name] for row in rows], type=kind) for name, kind in zip(names, types, strict=True)}, schema=schema)


def _columns() -> list[str]:
    nothing = Ruling("", "", "", "", ())
    return list(
        _statement(
            Entry("", "incidents", "", "", "", "", {}, (Claim("", "", None, None, "", "", (nothing,)),), ""),
            Claim("", "", None, None, "", "", (nothing,)),
            nothing,
            Book({}),
        )
    )


def connect(rows: Sequence[dict[str, Any]]) -> duckdb.DuckDBPyConnection:
    """DuckDB in this process with the statements as the table ``ledger``; it reads and writes no file and fetches nothing."""
    import duckdb

    base = duckdb.connect(":memory:", config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"})
    base.register("statements", arrow(rows))
    base.execute(f"CREATE TABLE {TABLE} AS SELECT * FROM statements")
    base.unregister("statements")
    for setting in ("temp_directory = ''", "enable_external_access = false", "lock_configuration = true"):
        base.execute(f"SET {setting}")
    return base


def ask(rows: Sequence[dict[str, Any]], sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Columns and rows of one SQL question to the table ``ledger``; raises InputError with DuckDB's own words."""
    import duckdb

    if any("\ud800" <= sign <= "\udfff" for sign in sql):
        raise InputError("--sql: the question holds bytes that are no text; give it in UTF-8")
    try:
        base = connect(rows)
        n = len(base.extract_statements(sql))
        if n != 1:
            came = "no question came" if not n else f"{n} questions came"
            raise InputError(f"--sql: {came}; ask one, such as: SELECT country, count(*) FROM {TABLE} GROUP BY country")
        limit = threading.Timer(SQL_LIMIT_S, base.interrupt)
        limit.start()
        try:
            found = base.execute(sql)
            return [column[0] for column in found.description or []], found.fetchall()
        finally:
            limit.cancel()
    except duckdb.InterruptException:
        raise InputError(f"--sql: no answer after {SQL_LIMIT_S:g} s; ask for less, such as with LIMIT or fewer joins") from None
    except duckdb.Error as error:
        raise InputError(f"DuckDB: {str(error).strip()}\n  the table is `{TABLE}`, its columns: {', '.join(_columns())}") from None


def write(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """The statements into a ``.csv`` or ``.parquet`` file, whole or not at all. Raises InputError (another ending) or StoreError (the disk refuses)."""
    if path.suffix.lower() not in FORMATS:
        raise InputError(f'{path}: the ending says the format, and "{path.suffix}" is none that is written; give .csv, .parquet or .html')
    import duckdb

    if path.is_dir():
        raise StoreError(f"{path} cannot be written: a folder of that name is in the way; choose another file")
    waiting = path.with_name(f".zaslin-{os.getpid()}{path.suffix.lower()}")
    table = arrow(rows)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        relation = duckdb.connect(":memory:").from_arrow(table)
        if path.suffix.lower() == ".parquet":
            relation.write_parquet(str(waiting), compression="zstd")
        else:
            relation.write_csv(str(waiting), header=True)
        waiting.replace(path)
    except OSError as error:
        raise write_refused(path.parent, error) from None
    except duckdb.Error as error:
        raise StoreError(f"{path} cannot be written: {str(error).strip().splitlines()[0]}; choose another file") from None
    finally:
        with suppress(OSError):
            waiting.unlink(missing_ok=True)


def _search(found: Sequence[Entry], book: Book, search: str) -> set[str]:
    """Ids of the entries that hold every word of `search` in any of their statements. In plain Python: a hundred entries are searched sooner than DuckDB
    is loaded."""
    words = _folded(search).split()
    out = set()
    for entry in found:
        rows = statements([entry], book)
        told = _folded(" ".join(str(value) for row in rows for key, value in row.items() if key not in ("url", *_TRUTHS) and value is not None))
        if all(word in told for word in words):
            out.add(entry.id)
    return out


def _folded(text: str) -> str:
    """Small letters without accents; the Polish ł has no accent to lose and becomes l."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).replace("ł", "l").replace("đ", "d")
