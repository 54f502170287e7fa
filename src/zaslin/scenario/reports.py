"""From the public daily-reports table to nights, by stated rules; every row is used once or told with the reason why not.

Rules (docs/nights.md): in scope are one-way drones and missiles. Windows with known times join when they overlap or lie less than 2 h apart;
a row whose start is only a date joins the rows whose windows end on the same Kyiv date, and no others. A night's id is the Kyiv end date of
the window with most launched; later nights of that date get b, c, … It calibrates nothing and samples nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from zaslin.asked import a_path
from zaslin.scenario.catalogue import threat_models
from zaslin.scenario.night import JOINT, Group, Night
from zaslin.scenario.report_rows import Remark, Row, Table, Unused, read_table
from zaslin.scenario.report_words import clean, launch_names, shown, slug, targets

APART = timedelta(hours=2)
"""Windows less than this apart belong to one night."""

TABLE_SOURCE = "daily-reports-table"
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


@dataclass(frozen=True)
class Reports:
    """What a daily-reports table gave: iterate it for the nights, in order of time.

    `rows_of`: the table's rows in each night. `n_rows`: rows with content; every one is in `rows_of` or in `unused`.
    """

    nights: tuple[Night, ...]
    unused: tuple[Unused, ...]
    remarks: tuple[Remark, ...]
    rows_of: dict[str, tuple[int, ...]]
    n_rows: int

    def __iter__(self) -> Iterator[Night]:
        return iter(self.nights)

    def __len__(self) -> int:
        return len(self.nights)


def read_reports(path: Path | str) -> Reports:
    """The nights of a daily-reports table (CSV in its public layout).

    Raises InputError if there is no such file or it is no such table. Anything less is told in `unused` and `remarks`.
    """
    table = read_table(a_path("path", path, "the path of a daily-reports table (CSV)"))
    rows = without_doubles(table)
    _remark_same_window(rows, table)
    found: list[Night] = []
    rows_of: dict[str, tuple[int, ...]] = {}
    by_date: dict[date, int] = defaultdict(int)
    for cluster in sorted(_clusters(rows), key=_span):
        day = _main_window(cluster)
        by_date[day] += 1
        id = day.isoformat() + ("" if by_date[day] == 1 else chr(ord("a") + by_date[day] - 1))
        found.append(_night(id, day, cluster))
        rows_of[id] = tuple(sorted(row.number for row in cluster))
    return Reports(tuple(found), tuple(sorted(table.unused, key=lambda item: item.row)), tuple(table.remarks), rows_of, table.n_rows)


def reports_json(reports: Reports) -> dict[str, Any]:
    """The `nights` verb's object: nights with times in UTC (ISO 8601, Z), unused rows with the reason, and the remarks beside them."""
    return {
        "nights": [{**night_json(item), **({"rows": list(reports.rows_of[item.id])} if item.id in reports.rows_of else {})} for item in reports],
        "unused": [{"row": item.row, "why": item.why, "detail": item.detail} for item in reports.unused],
        "remarks": [{"kind": item.kind, "rows": list(item.rows), "says": item.says} for item in reports.remarks],
    }


def night_json(item: Night) -> dict[str, Any]:
    """One night as the `nights` verb prints it: counts per model key, summed over its groups; a key is missing where the reports are silent."""
    return {
        "id": item.id, "title": item.title, "start_utc": _iso(item.start_utc), "end_utc": _iso(item.end_utc), "launched": item.launched,
        "destroyed": counts(item, "destroyed"), "lost": counts(item, "lost"), "source": item.source,
    }  # fmt: skip


def counts(item: Night, what: str) -> dict[str, int]:
    """`destroyed` or `lost` per model key, summed over the groups that say it; keys of which no group says anything are missing."""
    out: dict[str, int] = {}
    for group in item.groups:
        number = getattr(group, what)
        if number is not None:
            out[group.model] = out.get(group.model, 0) + number
    return out


# -- which rows belong together ------------------------------------------------------------------------------------------


def without_doubles(table: Table) -> list[Row]:
    """Rows less those that repeat another's facts (a second source) or contradict them; the first in the file stays."""
    first: dict[tuple[object, ...], Row] = {}
    rows: list[Row] = []
    for row in table.rows:
        key = (row.window, row.time_known, row.end_known, row.model, row.text.get("launch_place", "").casefold(), row.text.get("target", "").casefold())
        other = first.setdefault(key, row)
        if other is row:
            rows.append(row)
        elif (other.launched, other.destroyed, other.lost) == (row.launched, row.destroyed, row.lost):
            says = "the same facts" + ("" if row.text.get("source") == other.text.get("source") else " from another source")
            table.unused.append(Unused(row.number, f"duplicate of row {other.number}", f"{says}: {_told(row)}"))
            table.remarks.append(Remark("duplicate", (other.number, row.number), f"{says}; row {other.number} is used"))
        else:
            table.unused.append(Unused(row.number, f"contradicts row {other.number}", f"{_told(row)} here, {_told(other)} there"))
            says = f"one window, model and place, but {_told(other)} against {_told(row)}; row {other.number} is used because it comes first"
            table.remarks.append(Remark("contradiction", (other.number, row.number), says))
    return rows


def _remark_same_window(rows: list[Row], table: Table) -> None:
    """Tell of rows that are alike but for place or source: they are added, and may count the same threats twice."""
    alike: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in rows:
        alike[row.window, row.model].append(row)
    for group in alike.values():
        if len(group) > 1:
            told = "; ".join(f"{_told(row)} from {shown(row.text.get('launch_place', ''))} toward {shown(row.text.get('target', ''))}" for row in group)
            sources = len({row.text.get("source") for row in group})
            says = f"one model and window in {len(group)} rows of {sources} report{'s' if sources > 1 else ''}, added up: {told}"
            table.remarks.append(Remark("same window", tuple(row.number for row in group), says))


def _told(row: Row) -> str:
    lost = f", {row.lost} lost" if row.lost is not None else ""
    return f"{row.launched} launched, {'?' if row.destroyed is None else row.destroyed} destroyed{lost}"


def _clusters(rows: list[Row]) -> list[list[Row]]:
    """Rows joined into nights: known windows by time, rows with a date-only start by the Kyiv date on which windows end."""
    parent = list(range(len(rows)))

    def root(k: int) -> int:
        while parent[k] != k:
            parent[k] = parent[parent[k]]
            k = parent[k]
        return k

    timed = sorted((k for k, row in enumerate(rows) if row.time_known), key=lambda k: rows[k].window)
    last, latest = -1, datetime.min
    for k in timed:
        if last >= 0 and rows[k].start - latest < APART:
            parent[root(k)] = root(last)
            latest = max(latest, rows[k].end)
        else:
            latest = rows[k].end
        last = k
    dated: dict[date, int] = {}
    for k, row in enumerate(rows):
        if not row.time_known:
            dated.setdefault(row.end_date, k)
    for k, row in enumerate(rows):
        if row.end_date in dated:
            parent[root(k)] = root(dated[row.end_date])
    out: dict[int, list[Row]] = defaultdict(list)
    for k, row in enumerate(rows):
        out[root(k)].append(row)
    return list(out.values())


def _span(cluster: list[Row]) -> tuple[datetime, datetime]:
    return min(row.start for row in cluster), max(row.end for row in cluster)


def _main_window(cluster: list[Row]) -> date:
    """The Kyiv date on which the window with most launched ends; of equal ones the later."""
    launched: dict[tuple[datetime, datetime, date], int] = defaultdict(int)
    for row in cluster:
        launched[*row.window, row.end_date] += row.launched
    return max(launched, key=lambda window: (launched[window], window[1], window[0]))[2]


# -- how a night is told -------------------------------------------------------------------------------------------------


def _night(id: str, day: date, cluster: list[Row]) -> Night:
    ordered = sorted(cluster, key=lambda row: (row.start, row.end, row.number))
    seen: dict[str, int] = defaultdict(int)
    groups = []
    for row in ordered:
        name = slug(row.model)
        seen[name] += 1
        groups.append(_group(name if seen[name] == 1 else f"{name}-{seen[name]}", row))
    if len({group.id for group in groups}) < len(groups):
        groups = [group.model_copy(update={"id": f"row-{row.number}"}) for group, row in zip(groups, ordered)]
    total = sum(row.launched for row in cluster)
    title = f"{day.day} {MONTHS[day.month - 1]} {day.year}: {total} launched"
    note = "Read from a daily-reports table; counts of stops are the defender's claims."
    return Night(id=id, title=title, groups=tuple(groups), source=TABLE_SOURCE, note=note)


def _group(id: str, row: Row) -> Group:
    models = row.model.split(JOINT)
    areas, strange_places = launch_names(models, row.text.get("launch_place", ""), dict(row.places))
    aims, strange_aims = targets(row.text.get("target", ""))
    return Group(
        id=id, model=row.model, count=row.launched, split=dict(row.split) if row.split else None, destroyed=row.destroyed, lost=row.lost,
        start_utc=row.start, end_utc=row.end, time_known=row.time_known, launch_areas=areas, targets=aims, source=TABLE_SOURCE,
        note=_note(row, models, areas, strange_places, strange_aims),
    )  # fmt: skip


def _note(row: Row, models: list[str], areas: tuple[str, ...], strange_places: tuple[str, ...], strange_aims: tuple[str, ...]) -> str:
    text = row.text
    place, carrier = text.get("launch_place", ""), text.get("carrier", "")
    notes = [f"row {row.number}" + (f", report {clean(text['source'])}" if text.get("source") else "")]
    if not row.time_known:
        notes.append("the start is only a date")
    if not row.end_known:
        notes.append("the end is only a date: 24:00")
    if place and not areas:
        notes.append(f"launch as reported: {clean(place)}, where this model is not launched; the catalogue's usual areas stand in")
    if strange_places:
        notes.append(f"launch places unknown to the catalogue: {', '.join(clean(name) for name in strange_places)}")
    if strange_aims:
        notes.append(f"targets unknown to the theatre: {', '.join(clean(name) for name in strange_aims)}")
    if carrier:
        notes.append(f"carrier: {clean(carrier)}")
    if text.get("border_crossing") not in (None, "", "{}"):
        notes.append(f"left Ukraine's airspace: {clean(text['border_crossing'])}")
    if text.get("still_attacking"):
        notes.append(f"still in the air at the report: {clean(text['still_attacking'])}")
    if len(models) > 1 and row.split is None:
        notes.append("one count for several models: the split is sampled, an assumption")
    if any(name not in threat_models() for name in models):
        notes.append("a missile that the catalogue lacks: class unknown")
    return "; ".join(notes)


def _iso(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")
