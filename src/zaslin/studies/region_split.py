"""How Ukraine's stops divide between the five macro-regions: a prior that the reports hardly move, said plainly.

Reports name regions in one row of seven, and mostly a regional command naming its own: such rows say who reports, not where threats are stopped. Only rows
that place every one of their kills are used. What the routes of such a night spend over each region is simulated; the weights make up the rest. It ranks
nothing: the weights go into the calibration with their ranges and onto no map.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from zaslin import draws
from zaslin.atlas.ground import Ground, load_ground
from zaslin.atlas.regions import MACRO, REGIONS, macro_of
from zaslin.scenario.calibration import Calibration
from zaslin.scenario.catalogue import launch_areas, models_of, route_assumptions
from zaslin.scenario.layer import ukraine_layer
from zaslin.scenario.night import JOINT, Group, Night
from zaslin.scenario.report_rows import Row
from zaslin.scenario.report_words import launch_names, targets
from zaslin.scenario.reports import TABLE_SOURCE
from zaslin.scenario.sourced import Sourced
from zaslin.world.compile_night import NO_DEFENCE, compile_night
from zaslin.world.layer import exposures_of
from zaslin.world.night_arrays import ORDER
from zaslin.world.paths import draw_paths

Floats = NDArray[np.float64]

PRIOR_SD = 0.42
"""Prior standard deviation of a log weight: 90 % between a half and twice (assumption)."""

TOGETHER = 5.0
"""Kills of one row share their fate: so many tell as much as one (assumption, 2–10; over-dispersion of the shares in `layer`)."""

ROUTES = 100
FEWEST_KILLS = 5
MOST_ROWS = 60
"""Rows used at most, the latest: each is simulated."""


def region_split(rows: Sequence[Row]) -> dict[str, Sourced]:
    """Weight of each macro-region's hazard (mean over stops 1), from rows that place all of their kills. Posterior: value, 5 % and 95 % quantile."""
    placed = [(row, kills) for row in rows if (kills := placed_kills(row)) is not None][-MOST_ROWS:]
    ground = load_ground() if placed else None
    spent = np.array([_exposure(row, ground) for row, _ in placed]) if ground is not None else np.zeros((0, len(MACRO)))
    masks = [[(np.array([name in group for name in MACRO]), count) for group, count in kills] for _, kills in placed]
    value, sd = fit_weights(spent, masks)
    note = (
        f"{len(placed)} rows of the reports place all of their kills ({sum(count for _, kills in placed for _, count in kills)}); "
        "the rest name some or none: the split is mostly a prior"
    )
    return {
        name: Sourced(
            value=float(np.exp(b)), low=float(np.exp(b - 1.645 * s)), high=float(np.exp(b + 1.645 * s)), unit="factor",
            source=TABLE_SOURCE, grade="C", note=note, shape="posterior",
        )
        for name, b, s in zip(MACRO, value, sd)
    }  # fmt: skip


def placed_kills(row: Row) -> list[tuple[frozenset[str], int]] | None:
    """(macro-regions, kills) where the row's details place every one of its kills, FEWEST_KILLS at least; else None."""
    text = row.text.get("destroyed_details", "")
    if not text or len(text) > 5_000 or not row.destroyed or row.destroyed < FEWEST_KILLS:
        return None
    try:
        found = ast.literal_eval(re.sub(r"\bnan\b", "None", text, flags=re.IGNORECASE))
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    if not isinstance(found, dict) or not found:
        return None
    out = []
    for name, count in found.items():
        if isinstance(count, bool) or not isinstance(count, int | float) or not 0 < count <= row.destroyed or count != int(count):
            return None
        aims, strange = targets(str(name))
        if strange or "Ukraine" in aims:
            return None
        out.append((frozenset(aim if aim in MACRO else macro_of(aim) for aim in aims), int(count)))
    return out if sum(count for _, count in out) == row.destroyed else None


def fit_weights(spent: Floats, kills: Sequence[Sequence[tuple[NDArray[np.bool_], int]]]) -> tuple[Floats, Floats]:
    """Log weights (posterior mode) and their standard deviations (Laplace).

    spent: (rows, regions) mean time of a route over each region. kills: per row (mask of regions, count). With p_r ∝ weight_r · spent_r a kill placed
    in a set of regions has the sum of their p.
    """
    n = spent.shape[1]

    def cost(b: Floats) -> float:
        total = 0.5 * float(b @ b) / PRIOR_SD**2
        for row, placed in zip(spent, kills):
            mass = np.exp(b) * row
            if mass.sum() <= 0.0:
                continue
            for mask, count in placed:
                total -= count / TOGETHER * np.log(max(mass[mask].sum() / mass.sum(), 1e-6))
        return float(total)

    best = minimize(cost, np.zeros(n), method="BFGS").x
    step, hessian = 1e-3, np.empty((n, n))
    eye = np.eye(n) * step
    for i in range(n):
        for j in range(n):
            hessian[i, j] = (
                cost(best + eye[i] + eye[j]) - cost(best + eye[i] - eye[j]) - cost(best - eye[i] + eye[j]) + cost(best - eye[i] - eye[j])
            ) / (4.0 * step * step)
    return best, np.sqrt(np.clip(np.diag(np.linalg.inv(hessian)), 1e-6, PRIOR_SD**2))


def _exposure(row: Row, ground: Ground) -> Floats:
    """Mean seconds that routes of the row's threats spend over each macro-region, shape (len(MACRO),)."""
    areas, _ = launch_names(row.model.split(JOINT), row.text.get("launch_place", ""), dict(row.places))
    aims, _ = targets(row.text.get("target", ""))
    group = Group(
        id="row", model=row.model, count=row.launched, start_utc=row.start, end_utc=row.end, launch_areas=areas, targets=aims, source=TABLE_SOURCE
    )
    night = Night(id=f"row-{row.number}", title="one row", groups=(group,), source=TABLE_SOURCE)
    bare = Calibration(format=1, source=TABLE_SOURCE, first=row.end_date, last=row.end_date, windows={}, classes={})
    inputs = compile_night(night, ukraine_layer(night, bare), route_assumptions(), models_of(night), launch_areas(), ground, 1, 0)
    orders = np.zeros(ROUTES, dtype=ORDER)
    orders["entity"], orders["fixed"] = draws.entity_id("row~region"), -1
    orders["key"] = int(draws.BLOCK_FLAG) | np.arange(ROUTES).astype(np.uint64)
    verts, paths = draw_paths(inputs.night, ground, 1, orders)
    out, seconds = np.zeros(len(MACRO)), np.empty(ROUTES)
    for k, macro in enumerate(MACRO):
        weight = np.array([float(name not in NO_DEFENCE and macro_of(name) == macro) for name in REGIONS])
        exposures_of(weight, np.float64(1.0), ground.fields, verts, paths, np.full(ROUTES, np.inf), seconds)
        out[k] = seconds.mean()
    return out
