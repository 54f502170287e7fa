"""The page of the docs that shows the track record, written from the record itself so that it cannot say anything else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zaslin.evidence.validation import OUTCOMES, QUANTITIES, TITLES, early_words, undecided, verdict

BASELINES = ("binomial_60d", "beta_binomial_60d", "beta_binomial_last10", "beta_binomial_weighted", "climatology")
_SHORT = {
    "binomial_60d": "60 days, binomial", "beta_binomial_60d": "60 days", "beta_binomial_last10": "last ten", "beta_binomial_weighted": "weighted",
    "climatology": "all so far",
}  # fmt: skip


def page(record: Mapping[str, Any]) -> str:
    """The record as Markdown: forecasts, coverage, the shipped nights with their misses, borders, timed incidents, scrambles, alarms, published answers."""
    table, summary = record["table"], record["nights_summary"]
    parts = [
        "# Validation",
        "How well windows that the model had not seen were foretold, and what else can be held against it. Made by `scripts/build_calibration.py` from the record that is shipped; "
        "`zaslin validate` prints the same, `zaslin validate --from FILE` makes it from a table of yours. What is computed is in [calibration](calibration.md).",
        f"The table of daily reports: {table['rows']:,} rows, {table['windows']:,} raid windows from {table['first']} to {table['last']}; "
        f"{table['unused_rows']:,} rows not used ({_counts(table['unused'])}), {table['context_rows']:,} rows in scope are context.",
        "## Forecast, one step ahead",
        f"Windows from {record['since']} on. CRPS per launched, less is better; gain against the best baseline with its 90 % block-bootstrap interval; log score in nats over the "
        "baseline that is best by log score. r50 and r90 of a calibrated forecast are 0.50 and 0.90.",
        _forecast(record["classes"]),
        "### Year by year",
        _forecast([row for row in record["years"] if row["windows"] >= 5], period=True),
        "### Every baseline, CRPS per launched",
        _baselines(record["classes"]),
        f"Too few data for a score: {', '.join(record['not_scored']['models'])}. {early_words(record)}"
        + (
            "Changes of booking found: "
            + "; ".join(f"{TITLES[item['cls']]}, {item['date']} (chance {item['chance']:.2f})" for item in record["booking_changes"])
            + "."
            if record["booking_changes"]
            else "No change of booking was found."
        ),
        "## The shipped nights",
        f"Foretold from earlier windows only: {summary['inside']} of {summary['class_nights']} class-nights with five or more launched lie inside their 90 % intervals "
        f"({_percent(summary['share'])}); median width {_percent(summary['median_width'])} of the launched. The interval is the shortest that holds 90 %.",
        _nights(record["nights"]),
        _unscored_nights(record),
    ]
    parts += _border(record)
    parts += _incidents(record)
    parts += _scrambles(record)
    parts += _alarms(record)
    parts += _published(record)
    parts += ["## Credibility", "The eight factors with our scores and reasons are in [credibility](credibility.md), the model's description in [ODD](odd.md)."]
    return "\n\n".join(part for part in parts if part) + "\n"


def _forecast(rows: Sequence[Mapping[str, Any]], period: bool = False) -> str:
    head = ["foretold", *(["year"] if period else []), "windows", "CRPS", "gain", "", "log score", "r50", "r90", "best baseline"]
    out = []
    for row in rows:
        gain = f"{_signed(row['gain'])} % ({_signed(row['gain_low'])} to {_signed(row['gain_high'])})"
        out.append(
            [
                f"{TITLES[row['class']]}, {OUTCOMES[row['outcome']]}", *([row["period"][:4]] if period else []), f"{row['windows']}",
                f"{row['crps_per_launched']:.4f}", gain, verdict(row), f"{row['log_gain']:+.2f}".replace("-", "−"), f"{row['r50']:.2f}", f"{row['r90']:.2f}",
                _SHORT[row["best_baseline"]],
            ]
        )  # fmt: skip
    return _table(head, out)


def _baselines(rows: Sequence[Mapping[str, Any]]) -> str:
    head = ["foretold", "model", *(_SHORT[name] for name in BASELINES)]
    out = [
        [f"{TITLES[row['class']]}, {row['outcome']}", f"{row['crps_per_launched']:.4f}"]
        + [f"{row['baselines'][name]['crps_per_launched']:.4f}" for name in BASELINES]
        for row in rows
    ]
    return _table(head, out)


def _nights(rows: Sequence[Mapping[str, Any]]) -> str:
    out = [
        [row["night"], TITLES[row["class"]], str(row["launched"]), str(row["stopped"]), f"{row['mean']:.0f} ({row['low']}–{row['high']})",
         "**missed**" if not row["inside"] else "inside, as anything would be" if row["high"] - row["low"] == row["launched"] else "inside", str(row["known"])]
        for row in rows
    ]  # fmt: skip
    return _table(["night", "class", "launched", "stopped", "foretold, 90 %", "", "windows known"], out)


def _border(record: Mapping[str, Any]) -> list[str]:
    rows = [row for row in record.get("border_expected", ()) if row["month"] == "all"]
    if not rows:
        return []
    out = [
        [row["country"], TITLES.get(row["threat_class"], row["threat_class"]), f"{row['crossings']:.2f} ({row['crossings_low']:.2f}–{row['crossings_high']:.2f})",
         f"{row['told_low']:.0f}–{row['told_high']:.0f}", f"{row['counted_low']:.0f}–{row['counted_high']:.0f}", _chance(row["p"])]
        for row in rows
    ]  # fmt: skip
    return [
        "## Crossings: foretold and counted",
        "Over the whole period of the table. Foretold crossings by the routes of the shipped nights; of these, how many would be seen and told (90 % predictive); nights counted in the "
        "incident table; two-sided chance of the count. Rates, gaps and under-reporting are in [the border](validation/border.md).",
        _table(["border", "class", "crossings", "told, 90 %", "counted", "chance"], out),
    ]


def _incidents(record: Mapping[str, Any]) -> list[str]:
    rows = record.get("incidents", ())
    if not rows:
        return []
    out = [
        [row["incident"], row["status"], _chance(row["p_any"]),
         "; ".join(f"{QUANTITIES[item['quantity']]} {_where(item)} ({_surprise(item)})" for item in row["surprises"] if item["p"] is not None) or "nothing timed"]
        for row in rows
    ]  # fmt: skip
    return [
        "## Timed incidents",
        "Each reported crossing against the model's stays of that class and country: chance of at least one visible crossing on such a night, and the two-sided chance of the reported "
        "duration, depth or path (< where the number of stays tells no more). The same report is tried as depth and as path; neither is forced.",
        _table(["incident", "status", "at least one", "reported figures"], out),
    ]


def _scrambles(record: Mapping[str, Any]) -> list[str]:
    rows = record.get("scrambles", ())
    if not rows:
        return []
    out = [
        [row["case"], row["measure"].replace("_", " "), _span(row["observed_s"]), f"{_seconds(row['median_s'])} ({_seconds(row['low_s'])}–{_seconds(row['high_s'])})",
         "inside" if row["inside"] else "no answer" if row["inside"] is None else "**outside**", row["caution"]]
        for row in rows
    ]  # fmt: skip
    return [
        "## Scramble to contact",
        "The few observed cases beside pairs on alert: cases, not a distribution.",
        _table(["case", "measure", "observed, min", "model, min, 90 %", "", "with caution"], out),
    ]


def _alarms(record: Mapping[str, Any]) -> list[str]:
    found = record.get("alarms")
    if not found:
        return []
    out = [
        [row["night"], _minutes(row["observed_min"]), f"{_minutes(row['median_min'])} ({_minutes(row['low_min'])}–{_minutes(row['high_min'])})",
         _minutes(row["baseline_min"]), row["nearer"] if row["scored"] else f"not scored: {row['why_not']}"]
        for row in found["nights"]
    ]  # fmt: skip
    return [
        "## Alarms",
        f"First cruise missile in the west beside the western alarm block, minutes after the window's start; {found['n_scored']} of the shipped nights can be scored, so this says little. Rules, "
        "the wider comparison and limits (about ± 30 min, whole air commands alarm together, no route is reconstructed): [alarms](alarms.md).",
        _table(["night", "alarm", "model, 90 %", "historic lag", "nearer, or why not"], out),
    ]


def _published(record: Mapping[str, Any]) -> list[str]:
    found = record.get("published")
    if not found:
        return []
    out = []
    for row in found["claims"]:
        ours = row["ours"]
        told = f"{ours['mean']:,.3g} ({ours['low']:,.3g}–{ours['high']:,.3g}) {ours['unit']}" if ours else "none"
        out.append([row["says"], row["by"], told, row["verdict"], row["why"]])
    return [
        "## Published answers",
        f"What others claimed beside the figures of night {found['night']}, {found['replicates']:,} replicates of `{found['package']}`.",
        _table(["claim", "by", "ours", "verdict", "because"], out),
    ]


def _unscored_nights(record: Mapping[str, Any]) -> str:
    lacking = record.get("unscored_nights") or []
    return f"Without a row: {', '.join(lacking)}: fewer than five of any class that is foretold, or one count for several classes." if lacking else ""


def _where(item: Mapping[str, Any]) -> str:
    if item["inside"]:
        return "inside"
    return "undecided, too few stays" if undecided(item) else "**outside**"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "/").replace("\n", " ") for cell in line) + " |" for line in lines)


def _counts(rows: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(f"{row['rows']} {row['why']}" for row in rows) or "none"


def _signed(x: float) -> str:
    return f"{100 * x:+.0f}".replace("-", "−")


def _percent(x: float | None) -> str:
    return "–" if x is None else f"{100 * x:.0f} %"


def _chance(p: float | None) -> str:
    return "–" if p is None else f"{p:.2f}" if p >= 0.01 else f"{p:.1g}"


def _surprise(item: Mapping[str, Any]) -> str:
    return f"< {_chance(item['p_least'])}" if item["p"] < item["p_least"] else _chance(item["p"])


def _seconds(x: float | None) -> str:
    return "–" if x is None else f"{x / 60.0:.0f}"


def _span(ends: Sequence[float]) -> str:
    low, high = (f"{x / 60.0:.0f}".replace("-", "−") for x in ends)
    return low if low == high else f"{low} to {high}"


def _minutes(x: float | None) -> str:
    return "–" if x is None else f"{x:.0f}"
