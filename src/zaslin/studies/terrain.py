"""A study's terrain: the ground with the mask of its elevation raster, and what that changes against a smooth earth, for the run's record."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from zaslin.asked import called
from zaslin.atlas.borders import COUNTRIES, N_INDEXED
from zaslin.atlas.ground import Ground
from zaslin.engine.sensing import ground_view_s
from zaslin.errors import InputError
from zaslin.studies.block import compile_block
from zaslin.studies.design import Study, a_study
from zaslin.world.arrays import Raid
from zaslin.world.compile_package import compile_package
from zaslin.world.inputs import BLOCK_SIZE, Luck
from zaslin.world.raid import draw_raid
from zaslin.world.terrain import RANGE_M, STEP_M, STRIP_M, terrain_mask, under

LATER_S = 1.0
"""A first view that comes later than over a smooth earth by more than this counts as later, s."""


def radar_rows(item: Study) -> dict[str, tuple[float, float]]:
    """Mast and setback, m, of every member with a border in the theatre: the best values of the first package that names it."""
    out: dict[str, tuple[float, float]] = {}
    for package in item.packages:
        for member in package.members:
            if member.nation in COUNTRIES[:N_INDEXED]:
                out.setdefault(member.nation, (member.picture.mast.si, member.picture.setback.si))
    return out


def shaded(item: Study, ground: Ground, progress: Callable[[str, int, int], None] | None = None) -> tuple[Ground, dict[str, Any]]:
    """The ground with the study's terrain mask, and the mask's record; the ground as it is, and {}, where the study has no raster.

    The record, for the manifest: what the mask is, and per member the share of the strip outside its border for which the raster has heights, the median
    and the 90 % quantile of the height by which a target must fly higher there. Raises InputError where the raster covers no member's strip,
    the study is none, or `progress` cannot be called: a run asks here first.
    """
    called("progress", progress, "(what, done, of)")
    item = a_study(item)
    if item.terrain is None:
        return ground, {}
    rows = radar_rows(item)
    mask = terrain_mask(item.terrain, ground.fields, {COUNTRIES.index(nation): row for nation, row in rows.items()}, progress)
    if not any(share > 0.0 for share in mask.covered.values()):
        strip = f"the strip of {STRIP_M / 1000:.0f} km outside the border of {', '.join(rows) or 'any member'}"
        raise InputError(f"--terrain: {item.terrain.path} covers nothing of {strip}; give a raster of that ground")
    members = {}
    for nation, (mast_m, setback_m) in rows.items():
        country = COUNTRIES.index(nation)
        members[nation] = {
            "mast_m": mast_m, "setback_m": setback_m, "strip_covered": round(mask.covered[country], 4),
            "added_median_m": _or_none(mask.median_m[country]), "added_p90_m": _or_none(mask.p90_m[country]),
        }  # fmt: skip
    record = {"strip_m": STRIP_M, "range_m": RANGE_M, "step_m": STEP_M, "members": members}
    return ground._replace(fields=under(ground.fields, mask.shade)), record


def first_views(item: Study, flat: Ground, ground: Ground) -> dict[str, Any]:
    """What the mask does to the first block's raids: package → member → how many threats its ground radars see over a smooth earth and under the mask, how
    many of them later, earlier or never, and the median delay of the later ones, s (None where there are none)."""
    luck = Luck(item.seed, 0)
    inputs = compile_block(item, flat, 0, luck)
    raids = [draw_raid(inputs, flat, item.seed, i) for i in range(BLOCK_SIZE)]
    out: dict[str, Any] = {}
    for package in item.packages:
        coalition = compile_package(package, item.aircraft, flat, item.seed, 0, luck)
        told = out.setdefault(package.name, {})
        for nation, member in zip(coalition.member_names, coalition.members, strict=True):
            if member["country"] >= 0:
                told[nation] = _compared(*(np.concatenate([_views(raid, here, member) for raid in raids]) for here in (flat, ground)))
    return out


def _views(raid: Raid, ground: Ground, member: np.void) -> np.ndarray:
    country, setback_m, mast_m = np.int64(member["country"]), member["setback_m"], member["mast_m"]
    return np.array([ground_view_s(ground.fields, country, setback_m, mast_m, raid.verts, t["vert_from"], t["vert_to"]) for t in raid.threats], dtype=float)


def _compared(smooth: np.ndarray, masked: np.ndarray) -> dict[str, Any]:
    seen, both = np.isfinite(smooth), np.isfinite(smooth) & np.isfinite(masked)
    delay = masked[both] - smooth[both]
    later = delay[delay > LATER_S]
    return {
        "threats": len(smooth), "seen_smooth": int(seen.sum()), "seen": int(np.isfinite(masked).sum()), "later": len(later),
        "earlier": int((delay < -LATER_S).sum() + (~seen & np.isfinite(masked)).sum()), "never": int((seen & ~np.isfinite(masked)).sum()),
        "delay_median_s": round(float(np.median(later)), 1) if len(later) else None,
    }  # fmt: skip


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 1)
