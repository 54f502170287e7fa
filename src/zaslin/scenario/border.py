"""What is known of the border besides the incidents: launched per month, how each incident counts, who could see and report; it estimates nothing.

Three small tables of ours. `border_launched.csv`: threats launched per month and class, sums over a public table of daily reports. `border_counting.csv`:
incidents that do not count as the rule of `counting` says, each with the reason. `border_detection.csv`: the share of crossings that a country
would have seen *and* told, by months; no source gives such a share, so all are assumptions with a wide range, and the note says what they lean on.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

from zaslin.scenario.catalogue import model_for
from zaslin.scenario.incident import Incident
from zaslin.scenario.night import JOINT
from zaslin.scenario.report_rows import KYIV, Row
from zaslin.scenario.sourced import Sourced

BorderClass = Literal["drone", "cruise"]
CLASSES: tuple[BorderClass, ...] = get_args(BorderClass)
"""Classes whose crossings have a rate: one-way drones and subsonic cruise missiles. The others hardly cross, and nothing is reported of them."""

UNCONFIRMED = (0.2, 0.8)
"""Chance that an unconfirmed crossing was one: assumption, a range on purpose."""

Launched = Mapping[str, Mapping[str, int]]
"""Threats launched: class → month (``2024-08``, Kyiv time) → number."""


@dataclass(frozen=True)
class Weight:
    """How an incident counts for a class: the chance that it was a crossing by one, as a range; `why` in words."""

    threat_class: BorderClass
    low: float
    high: float
    why: str


@dataclass(frozen=True)
class Detection:
    """Share of the crossings of a class into a country that would be seen and told, in months `first` to `last` (inclusive). A share of 0 is a gap."""

    country: str
    threat_class: BorderClass
    first: str
    last: str
    share: Sourced

    @property
    def blind(self) -> bool:
        """Whether nothing could be seen or told at all."""
        return self.share.high == 0.0


def launched_by_month(rows: Iterable[Row]) -> dict[str, dict[str, int]]:
    """Launched per class and month of a row's start, from checked rows of a daily-reports table (`raid_windows.read_windows(path).rows`).

    A joint count is used where all its models are of one class; others (88 of 19,000 in the years of our table) are left out.
    """
    out: dict[str, dict[str, int]] = {name: defaultdict(int) for name in CLASSES}
    for row in rows:
        classes = {model_for(name).threat_class for name in row.model.split(JOINT)}
        if len(classes) == 1 and (cls := classes.pop()) in CLASSES:
            out[cls][row.start.astimezone(KYIV).strftime("%Y-%m")] += row.launched
    return {cls: dict(months) for cls, months in out.items()}


@cache
def shipped_launched() -> Launched:
    """The shipped monthly totals, 2022-10 to 2024-12."""
    out: dict[str, dict[str, int]] = {name: {} for name in CLASSES}
    for row in _rows("border_launched.csv"):
        out[row["threat_class"]][row["month"]] = int(row["launched"])
    return out


@cache
def detections() -> tuple[Detection, ...]:
    """Who could see and tell, all countries and periods."""
    out = []
    for row in _rows("border_detection.csv"):
        low, value, high = (float(row[name]) for name in ("low", "value", "high"))
        share = Sourced(value=value, low=low, high=high, unit="share", note=row["note"])
        out.append(Detection(row["country"], "drone" if row["threat_class"] == "drone" else "cruise", row["first"], row["last"], share))
    return tuple(out)


def counting(item: Incident) -> tuple[Weight, ...]:
    """How an incident counts; empty where it does not (`uncounted` says why).

    Confirmed crossings, impacts and debris count as one, unconfirmed ones as a chance of 0.2–0.8; exceptions are in the table. Debris counts: an
    object that comes down abroad came in by air, in whatever state.
    """
    if item.status in ("denied", "refuted") or item.kind in ("near_border", "shootdown"):
        return ()
    listed = tuple(
        Weight("drone" if row["threat_class"] == "drone" else "cruise", float(row["low"]), float(row["high"]), row["why"])
        for row in _rows("border_counting.csv")
        if row["incident"] == item.id
    )
    if listed:
        return listed
    if item.threat_class == "drone" or item.threat_class == "cruise":
        low, high = (1.0, 1.0) if item.status == "confirmed" else UNCONFIRMED
        return (Weight(item.threat_class, low, high, item.status),)
    return ()


def uncounted(item: Incident) -> str:
    """Why an incident counts for no rate; empty where it counts."""
    if counting(item):
        return ""
    if item.status in ("denied", "refuted"):
        return f"{item.status}: listed, not counted"
    if item.kind == "near_border":
        return "a true negative: nothing entered, and that was told"
    if item.kind == "shootdown":
        return "a claim of a kill, not of a crossing that anybody timed"
    return f"class {item.threat_class}: no threat whose rate is asked"


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    return tuple(csv.DictReader((files("zaslin.scenario") / "data" / name).read_text(encoding="utf-8").splitlines()))
