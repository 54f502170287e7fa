"""How far to trust it: what was foretold of this night and came, the track record with its misses, and the credibility of the model, for a brief.

It reads the record of `zaslin.evidence.validation` and judges nothing anew; what this night's layer rests on comes from the folder's manifest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from zaslin.brief.credibility import credibility_section
from zaslin.brief.numbers import DASH, NBSP, listed
from zaslin.brief.sentences import nation
from zaslin.evidence.credibility import credibility
from zaslin.evidence.published import SKYSHIELD, compare_published
from zaslin.evidence.validation import QUANTITIES, TITLES, early_words, misses, of_night, shipped_record, timed, undecided, verdict
from zaslin.outcomes.store import Results
from zaslin.scenario.incident import incidents
from zaslin.scenario.night import JOINT
from zaslin.scenario.raid_windows import class_of
from zaslin.scenario.scrambles import scramble_cases
from zaslin.scenario.sources import source, sources

RARE = 0.01
SURPRISED = 0.05
"""Two-sided tail chance below which a count or a reported crossing is told as a miss."""

REPORTS, ALARMS = "daily-reports-table", "air-raid-sirens-table"
"""What the record is measured on: the daily reports and, for arrivals, the alarms."""

_OURS = {
    "take_offs": "F", "aircraft_on_patrol": "F", "flights_per_patrol": "DF", "kept_from_aim": "BDFG", "rest_stopped": "DEFG", "usd_per_flight_hour": "D",
    "usd_per_kill": "DFG", "rounds_usd_per_kill": "DG", "drones_stopped_by_ukraine": "B",
}  # fmt: skip
"""The groups of inputs on which our figure beside a published one depends most directly."""


@dataclass(frozen=True)
class Told:
    """A text with the publications that its numbers lead to."""

    text: str
    sources: tuple[str, ...] = (REPORTS,)


def section(results: Results) -> dict[str, Any]:
    """What the template shows; every text is plain, and stands beside the publications it leads to."""
    record, reported = shipped_record(), results.manifest["night"]
    own = of_night(record, str(reported["id"]))
    inputs = results.manifest.get("inputs") or []
    return {
        "rests_on": [REPORTS, credibility().standard],
        "reports": REPORTS,
        "standard": credibility().standard,
        "alarms": ALARMS,
        "trust": trust(record, own),
        "basis": [Told(text, (str(row["source"]),)) for row in inputs for text in layer_basis([row])],
        "night": [_night_row(row) for row in own],
        "night_text": _night_text(own, reported["groups"]),
        "night_sources": list(dict.fromkeys([*(group["source"] for group in reported["groups"]), REPORTS])),
        "misses": _misses(record),
        "forecast": [_forecast_row(row) for row in record["classes"]],
        "forecast_text": _forecast_text(record),
        "border": _border(record),
        "incidents": [
            Told(text, _of_incidents([row["incident"]]))
            for row in record.get("incidents") or []
            for text in incident_words([row], reported.get("incidents") or [])
        ],
        "published": _published(results),
        "credibility": partial(credibility_section, credibility()),
    }


def cited(told: Any) -> Iterator[str]:
    """Ids of the registry's sources that a section leads to; the folder need not hold them."""
    if isinstance(told, Told):
        yield from cited(told.sources)
    elif isinstance(told, str):
        if told in sources():
            yield told
    elif isinstance(told, Mapping):
        yield from cited(list(told.values()))
    elif isinstance(told, Iterable):
        for item in told:
            yield from cited(item)


def _of_incidents(ids: Iterable[str]) -> tuple[str, ...]:
    """Where incidents were told, each publication once."""
    table = incidents()
    return tuple(dict.fromkeys(table[id].source for id in ids if id in table))


def trust(record: Mapping[str, Any], own: Sequence[Mapping[str, Any]]) -> str:
    """One sentence for the top of the page: this night's hits and misses, the record, and the lowest score of credibility."""
    summary, found = record["nights_summary"], credibility()
    here = ""
    if own:
        inside = sum(bool(row["inside"]) for row in own)
        which = "the one class" if len(own) == 1 else f"{inside} of {len(own)} classes"
        here = f"of this night {which} came as foretold; " if len(own) > 1 or inside else "this night's one class did not come as foretold; "
    least = listed(factor.name for factor in found.lowest)
    return (
        f"What Ukraine alone stops was foretold from earlier nights only: {here}over all shipped nights {summary['inside']} of "
        f"{summary['class_nights']} class-nights lie inside their 90{NBSP}% intervals. {_tested(record)}No such coalition has ever fired, so its fighters and "
        f"rules have met no outcome. Lowest score of credibility: {found.lowest[0].level} of 4 ({least})."
    )


def _tested(record: Mapping[str, Any]) -> str:
    """How many reported figures of crossings and scrambles lie inside the model's 90 %."""
    figures = timed(record)
    flown = [row for row in record.get("scrambles", ()) if row["inside"] is not None]
    if not figures:
        return ""
    crossings = f"{sum(bool(item['inside']) for _, item in figures)} of {len(figures)} reported times, depths and paths of crossings"
    scrambles = f" and {sum(bool(row['inside']) for row in flown)} of {len(flown)} observed scrambles" if flown else ""
    return f"Of routes and alerts, {crossings}{scrambles} lie inside. "


def layer_basis(inputs: Sequence[Mapping[str, Any]]) -> list[str]:
    """Per class of the night's layer, what its share rests on, from the manifest's input rows."""
    out = []
    for row in inputs:
        path = str(row.get("path"))
        if path.startswith("layer.shares.") and path.endswith(".stopped") and row.get("shape") == "posterior":
            key = path.split(".")[2]
            out.append(f"{TITLES.get(key, key)}: {row['note']}, {100 * row['value']:.0f}{NBSP}% ({100 * row['low']:.0f}{DASH}{100 * row['high']:.0f})")
    return out


def _night_text(own: Sequence[Mapping[str, Any]], groups: Sequence[Mapping[str, Any]]) -> str:
    """Whether the night came as foretold, and which of its threats are not foretold at all."""
    scored = {row["class"] for row in own}
    rest = [f"{group['count']} {group['model'].replace(JOINT, ' and ')}" for group in groups if class_of(str(group["model"])) not in scored]
    left = f" Not foretold here (too few of a class, or one count for several): {listed(rest)}." if rest else ""
    if not own:
        return f"The record holds no forecast of this night: it is not a shipped night, or none of its classes can be foretold.{left}"
    outside = [TITLES[row["class"]] for row in own if not row["inside"]]
    if not outside:
        which = "the class" if len(own) == 1 else f"each of the {len(own)} classes"
        return f"What was reported stopped lies inside the interval that earlier nights foretold, in {which} that can be scored.{left}"
    return f"Outside the interval that earlier nights foretold: {listed(outside)}. The model did not know this night, and missed it there.{left}"


def _misses(record: Mapping[str, Any]) -> list[Told]:
    """Class-nights, figures of crossings, scrambles and arrivals that fell outside, each with how many there were."""
    summary, figures = record["nights_summary"], timed(record)
    missed = "; ".join(_miss(row) for row in misses(record)) or "none"
    out = [Told(f"{summary['class_nights'] - summary['inside']} of {summary['class_nights']} class-nights: {missed}")]
    outside = [(id, QUANTITIES[item["quantity"]]) for id, item in figures if not item["inside"] and not undecided(item)]
    if figures:
        text = f"{len(outside)} of {len(figures)} reported figures of crossings: {listed(f'{id} {what}' for id, what in outside) or 'none'}"
        out.append(Told(text, _of_incidents(id for id, _ in outside or figures)))
    rare = [row for row in record.get("incidents", ()) if row["p_any"] is not None and row["p_any"] < RARE]
    if rare:
        which = listed(f"{row['incident']} ({_chance(row['p_any'])})" for row in rare)
        text = f"Reported crossings whose like the model gives a chance below 1 in 100 on such a night: {which}"
        out.append(Told(text, _of_incidents(row["incident"] for row in rare)))
    flown = [row for row in record.get("scrambles", ()) if row["inside"] is not None]
    if flown:
        text = f"{sum(not row['inside'] for row in flown)} of {len(flown)} observed scrambles lie outside the model's times"
        out.append(Told(text, tuple(dict.fromkeys(case.source for case in scramble_cases()))))
    alarms = record.get("alarms")
    if alarms and alarms["n_scored"]:
        out.append(Told(f"{alarms['n_scored'] - alarms['n_inside']} of {alarms['n_scored']} arrivals in the west that alarms can test", (ALARMS,)))
    return out


def _night_row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "label": TITLES[row["class"]], "launched": f"{row['launched']:,}", "stopped": f"{row['stopped']:,}", "expected": f"{row['mean']:.0f}",
        "band": f"{row['low']:,}{DASH}{row['high']:,}", "known": f"{row['known']:,}", "inside": row["inside"],
        "anything": row["low"] == 0 and row["high"] == row["launched"],
    }  # fmt: skip


def _miss(row: Mapping[str, Any]) -> str:
    told = f"{row['stopped']:,} of {row['launched']:,} stopped, foretold {row['low']:,}{DASH}{row['high']:,}"
    return f"{row['night']}, {TITLES[row['class']]}: {told}"


def _forecast_row(row: Mapping[str, Any]) -> dict[str, Any]:
    what = TITLES[row["class"]] + (", destroyed alone" if row["outcome"] == "D" else "")
    signed = [f"{100 * row[name]:+.0f}".replace("-", "\u2212") for name in ("gain", "gain_low", "gain_high")]
    return {
        "label": what, "windows": f"{row['windows']:,}", "gain": f"{signed[0]}{NBSP}% ({signed[1]} to {signed[2]})", "verdict": verdict(row),
        "r50": f"{100 * row['r50']:.0f}{NBSP}%", "r90": f"{100 * row['r90']:.0f}{NBSP}%", "judged": row["coverage_judged"],
    }  # fmt: skip


def _forecast_text(record: Mapping[str, Any]) -> str:
    return (
        f"The model's own measurement on the daily reports: raid windows from {record['since']} to {record['table']['last']} were foretold from those "
        f"that had ended before them. {early_words(record)}"
        f"The gain is in the error of the whole forecast against the best of five simple rules (recent share, weighted share, all-time share), with its "
        f"90{NBSP}% interval; a calibrated forecast holds the outcome in its middle half 50{NBSP}% and in its 90{NBSP}% interval 90{NBSP}% of the time."
    )


def border_words(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Borders over whose whole period the count of reported crossings surprises the routes, in words; and, last, how many do not."""
    whole = [row for row in rows if row["month"] == "all"]
    told = []
    for row in whole:
        if row["p"] is not None and row["p"] < SURPRISED:
            counted = _range(row["counted_low"], row["counted_high"])
            few = row["told_high"] < row["counted_low"]
            told.append(
                f"{'Too few' if few else 'Too many'} {TITLES.get(row['threat_class'], row['threat_class'])} over {nation(row['country'])}: foretold "
                f"{_range(row['told_low'], row['told_high'])} reported nights, counted {counted} (chance {_chance(row['p'])})."
            )
    if whole:
        told.append(f"On the other {len(whole) - len(told)} of {len(whole)} borders and classes the counts do not surprise the model.")
    return told


def _border(record: Mapping[str, Any]) -> list[Told]:
    """`border_words`, each surprise beside the reports of the crossings that were counted there."""
    rows = record.get("border_expected") or []
    rates = {(rate["country"], rate["threat_class"]): rate["nights"] for rate in record.get("border", {}).get("rates", ())}
    out = []
    for row in rows:
        counted = [id for night in rates.get((row["country"], row["threat_class"]), ()) for id in night["incidents"]]
        out += [Told(text, _of_incidents(counted) or (REPORTS,)) for text in border_words([row])[:-1]]
    return out + [Told(text) for text in border_words(rows)[-1:]]


def incident_words(rows: Sequence[Mapping[str, Any]], ids: Sequence[str]) -> list[str]:
    """The night's timed incidents against the model's stays: what was reported, whether it lies inside, how likely one like it was."""
    out = []
    for row in rows:
        if row["incident"] not in ids:
            continue
        parts = []
        for item in row["surprises"]:
            if item["p"] is not None:
                where, chance = "inside" if item["inside"] else "outside", _chance(max(item["p"], item["p_least"]))
                parts.append(f"{QUANTITIES[item['quantity']]} {where} the model's 90{NBSP}% (chance {chance})")
        told = listed(parts) if parts else "no duration or depth is reported"
        out.append(f"{row['incident']} ({row['status']}): {told}; chance of at least one visible crossing on such a night {_chance(row['p_any'])}.")
    return out


def _range(low: float, high: float) -> str:
    return f"{low:.0f}" if low == high else f"{low:.0f}{DASH}{high:.0f}"


def _chance(p: float | None) -> str:
    if p is None:
        return "not known"
    return f"{p:.2f}" if p >= 0.01 else f"{p:.1g}"


def _published(results: Results) -> list[dict[str, Any]]:
    """Published answers that this folder's sky-shield package can be put beside; empty without it."""
    if SKYSHIELD not in results.packages or not results.parts(SKYSHIELD):
        return []
    rows = []
    for row in compare_published(results).rows:
        if row.ours is not None:
            mean, low, high = row.ours.mean, row.ours.low, row.ours.high
            rows.append(
                {
                    "claim": row.claim.says, "by": f"{row.claim.by}: {source(row.claim.source).publisher}", "verdict": row.verdict, "why": row.why,
                    "sources": (row.claim.source,), "letters": _OURS.get(row.claim.ours, "DFG"),
                    "ours": f"{row.ours.what}: {mean:,.3g} ({low:,.3g}{DASH}{high:,.3g}) {row.ours.unit}",
                }
            )  # fmt: skip
    return rows
