"""A daily-reports table made by us, in the public layout: two years in the style of later months, or a part of them."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np

COLUMNS = (
    "time_start", "time_end", "model", "launch_place", "target", "target_main", "launched", "destroyed", "not_reach_goal", "still_attacking",
    "border_crossing", "is_shahed", "num_hit_location", "num_fall_fragment_location", "carrier", "turbojet", "turbojet_destroyed", "affected region",
    "destroyed_details", "launched_details", "launch_place_details", "source",
)  # fmt: skip
PLACES = ("Primorsko-Akhtarsk", "Crimea", "Kursk oblast", "Bryansk oblast", "Millerovo", "Oryol oblast", "Shatalovo", "a place that nobody knows")
"""The first four from the start, the others as time goes on."""

Row = dict[str, str]


def made(days: int = 731, seed: int = 1, start: date = date(2024, 7, 1), most: int = 800, booked: int = 60, merged: int = 500) -> list[Row]:
    """Rows of `days` days. Drones grow to `most` a night; losses are booked apart from day `booked`, and within the destroyed again from day `merged`."""
    rng = np.random.default_rng(seed)
    rows: list[Row] = []

    def add(at: datetime, hours: float, model: str, n: int, share: float, lost: float | None = None, place: str = "", **more: str) -> None:
        stopped = int(rng.binomial(n, share))
        gone = int(rng.binomial(stopped, lost)) if lost is not None else 0
        end = at + timedelta(hours=hours)
        row = dict.fromkeys(COLUMNS, "")
        row |= {
            "time_start": f"{at:%Y-%m-%d %H:%M}", "time_end": f"{end:%Y-%m-%d %H:%M}", "model": model, "launch_place": place, "target": "Ukraine",
            "launched": f"{n}.0", "destroyed": f"{stopped - gone}.0", "not_reach_goal": f"{gone}.0" if lost is not None else "", "border_crossing": "{}",
            "source": f"made/{len(rows)}",
        }  # fmt: skip
        rows.append(row | more)

    level = 1.0
    for k in range(days):
        at = datetime.combine(start + timedelta(days=k), datetime.min.time())
        level += 0.05 * rng.standard_normal()
        size = 15.0 * (most / 15.0) ** (k / max(days - 1, 1))
        n = int(np.clip(size * np.exp(0.5 * rng.standard_normal()), 1, most))
        lost = None if k < booked or k >= merged else 0.4
        share = float(-np.expm1(-np.exp(level + 0.5 * n**-0.25 * rng.standard_normal())))
        places = " and ".join(rng.choice(PLACES[: 4 + 4 * k // days], size=3, replace=False))
        add(at + timedelta(hours=20), 12.0 + float(rng.choice([0.0, 1.5])), "Shahed-136/131", n, share, lost, places)
        if rng.uniform() < 0.25:
            add(at + timedelta(hours=10), 4.0, "Shahed-136/131", int(rng.integers(1, 30)), share, lost, "Crimea")
        if rng.uniform() < 0.15:
            model = str(rng.choice(["X-101/X-555", "Kalibr", "X-101/X-555 and Kalibr", "Iskander-K", "X-101/X-555 and Kalibr and X-59/X-69"]))
            add(at + timedelta(hours=26), 3.0, model, int(rng.integers(2, 60)), 0.8, place="Saratov oblast")
        if rng.uniform() < 0.3:
            add(at + timedelta(hours=float(rng.integers(8, 23))), 0.0, str(rng.choice(["X-59", "X-69", "X-59/X-69"])), int(rng.integers(1, 6)), 0.6)
        if rng.uniform() < 0.3:
            add(at + timedelta(hours=25), 2.0, str(rng.choice(["Iskander-M", "Iskander-M/KN-23", "KN-23"])), int(rng.integers(1, 12)), 0.2, place="Crimea")
        if rng.uniform() < 0.06:
            add(at + timedelta(hours=27), 1.0, "X-47 Kinzhal", int(rng.integers(1, 8)), 0.3)
        if rng.uniform() < 0.05:
            add(at + timedelta(hours=22), 9.0, str(rng.choice(["Banderol", "Geran-3", "X-22", "C-300", "Iskander-M and Iskander-K", "Orlan-10"])), 4, 0.3)
        if rng.uniform() < 0.02:
            add(at + timedelta(hours=21), 9.0, "Shahed-136/131", 20, 0.5, lost, "nowhere in particular", destroyed="")
        if rng.uniform() < 0.02:
            add(at + timedelta(hours=11), 9.0, "Shahed-136/131", 20, 0.5, lost, time_end=f"{at:%Y-%m-%d}")
    return rows


def text(rows: list[Row]) -> str:
    """The table as its publishers write it."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write(path: Path, rows: list[Row]) -> Path:
    path.write_text(text(rows), encoding="utf-8")
    return path
