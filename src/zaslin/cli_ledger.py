"""The verb ``ledger``: what was said and known of incidents, positions, law, escalation and the catalogue's numbers, on any date."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zaslin import cli_paper as paper
from zaslin.cli_ask import Json
from zaslin.errors import InputError, unknown

if TYPE_CHECKING:
    from datetime import date

    from zaslin.evidence.ledger.book import Book
    from zaslin.evidence.ledger.entry import Claim, Entry, Kind
    from zaslin.evidence.ledger.own import Import

At = Annotated[str | None, typer.Option("--at", metavar="DATE", help="Only what could be known at the end of that day: no later entry, claim, status or note.")]
Own = Annotated[
    str | None, typer.Option("--own", metavar="FILE", help="Your own entries (CSV). [dim]default: $ZASLIN_LEDGER, else zaslin-ledger.csv in this folder[/]")
]

_ASIDE = 5
"""Remarks that are shown on rows of the user's own that stand aside."""


def ledger(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="incidents, positions, law, escalation or catalogue.")],
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID", help="These entries alone, whole.")] = None,
    at: At = None,
    country: Annotated[list[str] | None, typer.Option("--country", metavar="PL", help="Of this country (code or name); repeat it for several.")] = None,
    status: Annotated[
        list[str] | None,
        typer.Option("--status", metavar="STATUS", help="confirmed, reported, denied, refuted or unconfirmed (catalogue: sourced, assumption); repeatable."),
    ] = None,
    search: Annotated[str, typer.Option("--search", metavar="TEXT", help="With all of these words, whatever their case and accents.")] = "",
    full: Annotated[bool, typer.Option("--full", metavar="", help="Every claim of each entry, not a line each.")] = False,
    output: Annotated[str | None, typer.Option("-o", "--output", metavar="FILE", help="Write them to FILE.csv, FILE.parquet or a page FILE.html.")] = None,
    sql: Annotated[str | None, typer.Option("--sql", metavar="QUERY", help="Ask DuckDB: one row per statement in the table `ledger`.")] = None,
    import_: Annotated[str | None, typer.Option("--import", metavar="FILE.csv", help="Look at claims of your own beside the ledger; writes nothing.")] = None,
    accept: Annotated[bool, typer.Option("--accept", metavar="", help="With --import: add the new claims to your own file.")] = False,
    own: Own = None,
    no_own: Annotated[bool, typer.Option("--no-own", metavar="", help="Leave your own entries out.")] = False,
    json: Json = False,
) -> None:
    """Show what was said, by whom, when, on which source, and what became of each claim.

    Facts are disputed here, so nothing is averaged: claims that contradict each other stand side by side. With --at the ledger forgets all that
    became known later.

    [bold]Example[/]   zaslin ledger incidents --at 2024-08-04 --country PL
    [bold]Example[/]   zaslin ledger incidents PL-2025-09-10
    [bold]Example[/]   zaslin ledger positions --search "toward poland" --json
    [bold]Example[/]   zaslin ledger catalogue --status assumption -o assumptions.csv
    [bold]Example[/]   zaslin ledger incidents --import mine.csv
    [bold]Next[/]      zaslin package --positions 2024-08-04
    """
    from zaslin.evidence.ledger import query
    from zaslin.evidence.ledger.book import entry as one
    from zaslin.evidence.ledger.book import ledger as open_ledger

    chosen = _kind(kind)
    if own is not None and no_own:
        raise InputError("--own and --no-own exclude each other; give one of them")
    if import_ is not None:
        beside = {"ID": ids, "--at": at, "--country": country, "--status": status, "--search": search, "--full": full, "--output": output, "--sql": sql}
        if idle := [name for name, value in beside.items() if value]:
            raise InputError(f"--import looks at the whole of {import_}; leave out {', '.join(idle)}")
        if accept and no_own:
            raise InputError("--accept adds to your own file, and --no-own leaves that out; give one of them")
        _import(import_, chosen, own, no_own, accept, json)
        return
    if accept:
        raise InputError("--accept belongs to --import FILE.csv; without it there is nothing to add")
    day = None if at is None else day_of(at, "--at")
    book = open_ledger(own, only_shipped=no_own)
    _remark_aside(book)
    for id in ids or ():
        one(book, chosen, id)
    found = query.entries(book, chosen, day, country or (), status or (), search, ids or ())
    if output is not None:
        _write(found, book, chosen, day, output)
        if not json and sql is None:
            return
    if sql is not None:
        _ask(found, book, sql, json)
        return
    if json:
        paper.as_json({"kind": chosen, "at": at, "entries": [query.entry_json(item, book) for item in found]})
        return
    if not found:
        paper.say(f"no entry of {chosen} fits" + (f", as known on {at}" if at else "") + "; loosen --country, --status or --search")
        return
    if (ids or full) and chosen != "catalogue":
        for item in found:
            _print_whole(item, book)
    else:
        _print_table(chosen, found, at)
    _print_sum(chosen, found, book, at, bool(ids or full))


def _kind(name: str) -> Kind:
    from zaslin.evidence.ledger.entry import KINDS

    if name not in KINDS:
        raise InputError(unknown("kind of entry", name, KINDS))
    return name


def day_of(text: str, option: str) -> date:
    """The day that an option names; raises InputError."""
    from zaslin.evidence.ledger.entry import known_from

    try:
        if len(text) == len("2024-08-04"):
            return known_from(text)
    except ValueError:
        pass
    raise InputError(f'{option}: "{text}" is no day; give YYYY-MM-DD, such as 2024-08-04')


def _remark_aside(book: Book) -> None:
    for fault in book.aside[:_ASIDE]:
        paper.remark(f"{book.own_file}, {fault}")
    if len(book.aside) > _ASIDE:
        paper.remark(f"… and {len(book.aside) - _ASIDE} more of your own that stand aside")


# -- on the screen ------------------------------------------------------------------------------------------------------


def _print_table(kind: Kind, found: Sequence[Entry], at: str | None) -> None:
    from zaslin.evidence.ledger.disputes import disputes

    if kind == "catalogue":
        numbers = [
            (
                item.title,
                _range(item),
                item.facts["unit"],
                str(item.facts["price_year"] or ""),
                item.facts["grade"],
                item.facts["source"],
                "yes" if item.facts["used"] else "no",
            )
            for item in found
        ]
        _print_rows(
            [("number", "<"), ("value (range)", ">"), ("unit", "<"), ("prices of", ">"), ("grade", "<"), ("source", "<"), ("in the model", "<")], numbers, 110
        )
        return
    if kind == "incidents":
        rows = []
        for item in found:
            told = [claim for claim in item.claims if not claim.lead]
            open_on = ", ".join(dispute.about.replace("_", " ") for dispute in disputes(item) if dispute.open)
            rows.append((item.id, item.country, item.place, str(item.facts.get("event", "")).replace("_", " "), item.status, f"{len(told)}", open_on))
        _print_rows([("entry", "<"), ("", "<"), ("place", "<"), ("event", "<"), ("status", "<"), ("claims", ">"), ("claims differ on", "<")], rows, 90)
        return
    key = {"positions": "stance", "law": "stage", "escalation": "theme"}[kind]
    told_rows = []
    for item in found:
        last = item.leading.history[-1]
        zone = f" ({str(item.facts['zone']).replace('-', ' ')})" if item.facts.get("zone") else ""
        mark = "" if item.status == "confirmed" else f", {item.status}"
        text = f"{_who(item)}: {last.says} [{item.id}{mark}]"
        told_rows.append((last.date, item.country, f"{str(item.facts.get(key, '')).replace('-', ' ')}{zone}", text))
    paper.table(
        [("date", "<"), ("", "<"), (key, "<"), ("who: says [entry; confirmed unless another status is named]" if kind != "law" else "what: says [entry]", "<")],
        told_rows,
    )


def _print_rows(columns: Sequence[paper.Column], rows: Sequence[Sequence[str]], least: int) -> None:
    """A table, or on a terminal of less than `least` columns a paragraph a row: squeezed columns would lose words."""
    if paper.console().width >= least:
        paper.table(columns, rows)
        return
    for first, *more in rows:
        told = [
            f"{name} {cell}" if name in ("claims", "claims differ on", "prices of", "grade", "in the model") else cell
            for (name, _), cell in zip(columns[1:], more, strict=True)
            if cell
        ]
        paper.paragraph(f"{first}: {', '.join(told)}")


def _who(item: Entry) -> str:
    return item.title if item.kind == "law" else item.leading.first.by


def _range(item: Entry) -> str:
    value, low, high = (f"{x:,.0f}" if abs(x) >= 10_000 else f"{x:.6g}" for x in (item.facts[key] for key in ("value", "low", "high")))
    return value if low == high else f"{value} ({low}–{high})"


def _print_whole(item: Entry, book: Book) -> None:
    from zaslin.evidence.ledger.disputes import disputes

    paper.heading(f"\n{item.id}  {item.title}")
    facts = {
        "event": "",
        "time_utc": "UTC",
        "office": "",
        "stance": "stance",
        "zone": "",
        "needs": "needs",
        "stage": "",
        "force_from": "in force from",
        "force_to": "to",
        "effect": "",
        "authority": "authority",
        "theme": "",
        "answers": "answers",
    }
    told = [f"{words} {_plain(item.facts[key])}".strip() for key, words in facts.items() if item.facts.get(key)]
    paper.say(", ".join([item.date, item.status, *told]))
    for claim in item.claims:
        if not claim.lead:
            _print_claim(claim)
    leads = [claim for claim in item.claims if claim.lead]
    if leads:
        paper.say("  leads (state media alone: listed, never counted)")
        for claim in leads:
            _print_claim(claim)
    for dispute in disputes(item):
        sides = " against ".join(f"{side.answer} ({', '.join(claim.slug for claim in side.claims)})" for side in dispute.sides)
        paper.paragraph(f"they differ on {dispute.question}: {sides}{'' if dispute.open else '; one side is refuted'}", indent=2)
    for name in item.sources:
        source = book.source(name)
        paper.say(f"  [{name}] {', '.join(part for part in (source.publisher, source.title, source.date, source.url) if part)}")


def _print_claim(claim: Claim) -> None:
    from zaslin.evidence.ledger.disputes import answer_of

    for place, ruling in enumerate(claim.history):
        answer = f" [{claim.about.replace('_', ' ')}: {answer_of(claim)}]" if place == 0 and answer_of(claim) else ""
        mark = " (your own)" if ruling.own else ""
        lead = f"{claim.slug}: " if place == 0 else "then "
        paper.paragraph(
            f"{lead}{ruling.date}, {ruling.status}, {ruling.by}{mark}: {ruling.says}{answer} [{', '.join(ruling.sources)}]", indent=2 if place == 0 else 6
        )


def _plain(value: Any) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _print_sum(kind: Kind, found: Sequence[Entry], book: Book, at: str | None, whole: bool) -> None:
    counts: dict[str, int] = {}
    for item in found:
        counts[item.status] = counts.get(item.status, 0) + 1
    told = ", ".join(f"{n} {name}" for name, n in sorted(counts.items(), key=lambda pair: -pair[1]))
    known = f", as known on {at}" if at else ""
    paper.say(f"{len(found)} entr{'y' if len(found) == 1 else 'ies'} of {kind}{known}: {told}")
    if kind == "catalogue" and at:
        paper.say("assumptions are zaslin's own and have no date: for a date only numbers are shown whose source was out by then")
    if book.own_file is not None:
        paper.say(f"with {book.n_own} row{'s' * (book.n_own != 1)} of your own from {book.own_file}")
    if not whole and kind != "catalogue":
        paper.say(f"see one with all its claims: zaslin ledger {kind} {found[0].id}{f' --at {at}' if at else ''}")


# -- into files, out of DuckDB, from files --------------------------------------------------------------------------------


def _write(found: Sequence[Entry], book: Book, kind: Kind, day: date | None, output: str) -> None:
    from zaslin.evidence.ledger import query

    path = Path(output)
    if path.suffix.lower() in (".html", ".htm"):
        from zaslin.brief.ledger_page import write_page

        write_page(found, book, kind, day, path)
    else:
        query.write(query.statements(found, book), path)
    paper.remark(f"wrote {len(found)} entr{'y' if len(found) == 1 else 'ies'} to {path}")


def _ask(found: Sequence[Entry], book: Book, sql: str, json: bool) -> None:
    from zaslin.evidence.ledger import query

    columns, rows = query.ask(query.statements(found, book), sql)
    if json:
        paper.as_json(
            {"columns": columns, "rows": [[cell if isinstance(cell, int | float | str | bool | None) else str(cell) for cell in row] for row in rows]}
        )
    else:
        paper.table([(name, "<") for name in columns], [["" if cell is None else str(cell) for cell in row] for row in rows])


def _import(file: str, kind: Kind, own: str | None, no_own: bool, accept: bool, json: bool) -> None:
    from zaslin.evidence.ledger.own import accept as take
    from zaslin.evidence.ledger.own import examine, own_path

    if kind == "catalogue":
        raise InputError("the catalogue's numbers live in night, package and catalogue files; claims are imported into incidents, positions, law or escalation")
    path = None if no_own else own_path(own)
    found = examine(Path(file), kind, path)
    place = take(found, path) if accept and found.new else None
    if json:
        paper.as_json(_import_json(found, place))
        return
    _print_import(found, file)
    if place is not None:
        paper.say(f"added {len(found.new)} row{'s' * (len(found.new) != 1)} to {place}")
    elif found.new:
        again = f"zaslin ledger {kind} --import {shlex.quote(file)} --accept" + (f" --own {shlex.quote(own)}" if own else "")
        paper.say(f"nothing was written; to add the new rows to your own file: {again}")
    else:
        paper.say("nothing new; nothing was written")


def _import_json(found: Import, place: Path | None) -> dict[str, Any]:
    def row(item: Any) -> dict[str, Any]:
        return {"row": item.number, "entry": item.cells["entry"], "claim": item.cells["claim"]}

    return {
        "rows": len(found.rows),
        "new": [row(item) for item in found.new],
        "duplicates": [{**row(item), "of": where} for item, where in found.duplicates],
        "changes": [{**row(item), "from": status, "to": item.cells["status"]} for item, status in found.changes],
        "contradictions": [
            {"entry": id, "about": item.about, "sides": [{"answer": side.answer, "claims": [claim.slug for claim in side.claims]} for side in item.sides]}
            for id, item in found.contradictions
        ],
        "similar": [{"entry": id, "known": other} for id, other in found.similar],
        "written": str(place) if place is not None else None,
    }


def _print_import(found: Import, file: str) -> None:
    from zaslin.evidence.ledger.disputes import between

    paper.say(f"{file}: {len(found.rows)} row{'s' * (len(found.rows) != 1)}, {len(found.new)} new, {len(found.duplicates)} known already")
    for row, where in found.duplicates:
        paper.say(f"  row {row.number}: {row.cells['entry']}, {row.cells['claim']} says what {where} says")
    for row, status in found.changes:
        paper.say(f"  row {row.number}: {row.cells['entry']}, {row.cells['claim']} becomes {row.cells['status']}; it was {status}")
    for id, item in found.contradictions:
        paper.paragraph(f"contradiction in {id} on {item.about.replace('_', ' ')}: {between(item)}", indent=2)
    for id, other in found.similar:
        paper.say(f"  {id} may be the known {other} (same country, about the same day and place); if so, give it that id")
