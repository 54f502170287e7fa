"""Civil, friendly and false objects to arrays in SI for one block: strips along the borders, rates, ranges; nothing is drawn of a single object here."""

from __future__ import annotations

from typing import Any

import numpy as np

from zaslin import draws
from zaslin.atlas.borders import COUNTRIES, N_INDEXED
from zaslin.atlas.fields import Fields, cell_areas_km2
from zaslin.scenario.others import OtherKind, OtherTraffic
from zaslin.scenario.sourced import Sourced
from zaslin.units import KM, SI_FACTOR
from zaslin.world import arrays
from zaslin.world.arrays import N_OTHERS, OTHER_KIND, OTHER_NAMES, Others
from zaslin.world.inputs import Luck

KINDS = OTHER_NAMES[1:]
MOST_M = 300_000.0
"""A strip is no wider than this, m."""
_SIDE = {"neighbour": arrays.SIDE_NEIGHBOUR, "ukraine": arrays.SIDE_UKRAINE, "both": arrays.SIDE_BOTH}
_UKRAINE = 0


def compile_others(traffic: OtherTraffic, fields: Fields, luck: Luck) -> Others:
    """`traffic` in SI for one block. A kind along a border whose strip has no cell in the grid, or that does not appear, has no row.

    Each number is drawn under its own name (``others/civil/density``), one luck for all borders.
    """
    table = np.zeros(len(KINDS) * len(traffic.borders), dtype=OTHER_KIND)  # padding included: equal rows are equal bytes
    names: list[str] = []
    cells: list[np.ndarray] = []
    first = 0
    longest_s = 0.0
    for other, name in enumerate(KINDS, start=1):
        kind: OtherKind = getattr(traffic, name)

        def drawn(field: str, kind: OtherKind = kind, name: str = name) -> float:
            return luck(getattr(kind, field), f"others/{name}/{field}")

        density, within_m = drawn("density"), drawn("within")
        bc_kgm2, casualty_m2 = drawn("ballistic_coefficient"), drawn("casualty_area")
        longest_s = max(longest_s, kind.life.high * SI_FACTOR[kind.life.unit])
        for code in traffic.borders:
            country = COUNTRIES.index(code) if code in COUNTRIES[:N_INDEXED] else -1
            if country <= 0:
                continue
            strip, area_m2 = strip_cells(fields, country, _SIDE[kind.where], within_m)
            rate = density * area_m2
            if not rate > 0.0:
                continue
            row = table[len(names)]
            row["entity"], row["other"], row["country"], row["side"] = draws.entity_id(f"{name}-{code}~times"), other, country, _SIDE[kind.where]
            row["rate_per_s"], row["bc_kgm2"], row["casualty_m2"] = rate, bc_kgm2, casualty_m2
            row["speed_mps"], row["alt_m"], row["life_s"] = _range(kind.speed), _range(kind.altitude), _range(kind.life)
            row["cell_from"], row["cell_to"] = first, first + len(strip)
            first += len(strip)
            names.append(f"{name}-{code}")
            cells.append(strip)
    return Others(
        table[: len(names)],
        tuple(names),
        np.concatenate(cells) if cells else np.zeros((0, 2), np.int32),
        -longest_s,
    )


def strip_cells(fields: Fields, country: int, side: int, within_m: float) -> tuple[np.ndarray, float]:
    """(row, column) of the cells of a neighbour (SIDE_NEIGHBOUR), of Ukraine (SIDE_UKRAINE) or of either, nearer than `within_m` to the other's airspace;
    and their area on the ground, m²."""
    cells, away_m, area_m2, ours = _both_sides(fields, country)
    keep = away_m <= within_m
    if side != arrays.SIDE_BOTH:
        keep &= ours == (side == arrays.SIDE_UKRAINE)
    return cells[keep], float(area_m2[keep].sum())


_sides: dict[tuple[int, int], tuple[np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]] = {}


def _both_sides(fields: Fields, country: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Of all cells of a neighbour and of Ukraine up to MOST_M from the other: (row, column), distance to it in m, area in m², whether it is Ukraine's."""
    key = (id(fields.country), country)
    if key not in _sides:
        theirs = (fields.country == country) & (fields.distance[_UKRAINE] <= MOST_M)
        ours = (fields.country == _UKRAINE) & (fields.distance[country] <= MOST_M)
        cells = np.argwhere(theirs | ours).astype(np.int32)
        iy, ix = cells[:, 0], cells[:, 1]
        away_m = np.where(ours[iy, ix], fields.distance[country][iy, ix], fields.distance[_UKRAINE][iy, ix])
        area_m2 = cell_areas_km2(fields.x0, fields.y0, fields.cell_m, fields.country.shape)[iy, ix] * KM * KM
        _sides[key] = (fields.country, (cells, away_m, area_m2, ours[iy, ix]))  # the raster is kept, so that its id stays its own
    return _sides[key][1]


def mistakes_of(traffic: OtherTraffic, agreed: bool, luck: Luck) -> tuple[tuple[float, ...], tuple[float, ...], float]:
    """MEMBER's `mistakes`, `fires_wrong` and `at_risk_per_s` of a member that has, or has not, agreed deconfliction with Ukraine.

    No nation in the names of these draws: all are guessed at alike, so one luck moves them together.
    """
    taken, fires = [0.0] * N_OTHERS, [1.0] * N_OTHERS
    for other, name in enumerate(KINDS, start=1):
        kind: OtherKind = getattr(traffic, name)
        taken[other] = luck(kind.taken_for_threat, f"others/{name}/taken_for_threat")
        fires[other] = luck(kind.fires_at_wrong, f"others/{name}/fires_at_wrong")
    if agreed:
        taken[arrays.FRIENDLY] /= max(luck(traffic.known_by_agreement, "others/known_by_agreement"), 1.0)
    risk = luck(traffic.at_risk.shared_zones, "others/at_risk") if agreed else luck(traffic.at_risk.none, "others/at_risk")
    return tuple(taken), tuple(fires), risk


def _range(number: Sourced) -> Any:
    factor = SI_FACTOR[number.unit]
    return number.low * factor, number.value * factor, number.high * factor
