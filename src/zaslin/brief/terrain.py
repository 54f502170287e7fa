"""What a study's elevation raster is, covers and changes, in sentences for the brief and the terminal; it reads the manifest and computes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zaslin.brief.limits import Limit
from zaslin.brief.numbers import NBSP
from zaslin.brief.rules import plain
from zaslin.brief.sentences import nation
from zaslin.scenario.nations import possessive


def terrain_words(manifest: Mapping[str, Any]) -> list[str]:
    """The raster, then what it changes per member and package; empty where the study had none."""
    file, effect = manifest.get("terrain"), manifest.get("terrain_effect")
    if not file:
        return []
    told = [
        f"Hills are those of the elevation raster {file['name']} ({max(file['size_bytes'] / 1e6, 0.1):,.1f}{NBSP}MB, SHA-256 {str(file['sha256'])[:12]}…), "
        "as a mask over the horizon of the members' notional ground radars."
    ]
    if not effect:
        return told
    strip_km, members = effect["strip_m"] / 1_000.0, effect["members"]
    told += [_member(code, row, strip_km) for code, row in members.items()]
    for package, seen in (effect.get("first_views") or {}).items():
        told += [f"{package}, first ten simulated nights: {_views(code, row)}" for code, row in seen.items()]
    return told


def terrain_limit(manifest: Mapping[str, Any]) -> Limit:
    """What cannot be said of hills: that they were left out, or what the mask is not."""
    if not manifest.get("terrain"):
        return Limit(
            "Terrain is left out.",
            "Radars see over a smooth earth. Where hills stand between a radar and a low flyer it would be seen later than here, or not at all: behind a "
            "ridge of 300 m it must fly some hundreds of metres higher. A run with an elevation raster (zaslin run … --terrain FILE.tif) says by how much.",
            "E",
        )
    return Limit(
        "The terrain mask is as notional as the radars.",
        "One line of sight from the nearest point of a radar row that stands nowhere, over heights averaged to 1.25 km, which lowers ridges; for the best "
        "values of mast and setback. Where the raster has no heights the earth is smooth. Airborne radars, the shared picture and batteries see through hills.",
        "E",
    )


def _member(code: str, row: Mapping[str, Any], strip_km: float) -> str:
    head = f"{nation(code)}: the raster covers {100 * row['strip_covered']:.0f}{NBSP}% of the strip of {strip_km:.0f}{NBSP}km outside its border"
    if row["added_median_m"] is None:
        return f"{head}; there its radars see as over a smooth earth."
    return (
        f"{head}; there a target must fly {_height(row['added_median_m'])} than over a smooth earth to be seen (median; "
        f"for nine tenths of the strip {_height(row['added_p90_m'])}, or less)."
    )


def _height(metres: float) -> str:
    return f"{plain(round(abs(metres)))}{NBSP}m {'lower' if metres < 0 else 'higher'}"


def _views(code: str, row: Mapping[str, Any]) -> str:
    delay = f", by {row['delay_median_s']:,.0f}{NBSP}s in the median" if row["delay_median_s"] is not None else ""
    return (
        f"of {row['threats']:,} threats {possessive(nation(code))} ground radars see {row['seen_smooth']:,} over a smooth earth and {row['seen']:,} over this "
        "ground: "
        f"{row['later']:,} later{delay}, {row['never']:,} never, {row['earlier']:,} earlier or only now."
    )
