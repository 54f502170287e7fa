"""Flown polylines for the map: where a raid's threats went until their fate; for pictures only, nothing is counted from them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from zaslin import plane
from zaslin.engine.records import Flown
from zaslin.outcomes.columns import lists, named, no_rows, numbers, words
from zaslin.outcomes.tables import TABLES
from zaslin.world.arrays import Raid


def paths_table(raids: Sequence[Raid], samples: Sequence[int], draw: str, flown: Sequence[Flown]) -> pa.Table:
    """Rows of the ``paths`` table for these raids, cut at the fates in `flown` (what came of them).

    Plain draws keep every threat, the others the tagged one. Times in s from the epoch, places in degrees, altitudes in m.
    """
    schema = TABLES["paths"]
    if not raids:
        return no_rows(schema)
    columns: dict[str, list[object]] = {name: [] for name in schema.names}
    for raid, sample, rows in zip(raids, samples, flown, strict=True):
        chosen = range(len(raid.names)) if raid.tag < 0 else [raid.tag]
        ends = rows.fates["fate_s"]
        for i in sorted(chosen, key=lambda index: raid.names[index]):
            row = raid.threats[i]
            t, x, y, alt = _cut(raid.verts[row["vert_from"] : row["vert_to"]], float(ends[i]))
            lat, lon = plane.unproject(x, y)
            values = (draw, None if draw == "plain" else sample, raid.replicate, raid.block, raid.names[i], t, lat, lon, alt)
            for name, value in zip(schema.names, values, strict=True):
                columns[name].append(np.round(value, 5) if isinstance(value, np.ndarray) else value)
    return pa.Table.from_arrays([_column(columns[field.name], field.type) for field in schema], schema=schema)


def _column(values: list[object], kind: pa.DataType) -> pa.Array:
    """Names, numbers with null for None, or lists of numbers."""
    if pa.types.is_dictionary(kind):
        names = list(dict.fromkeys(str(value) for value in values))
        return named(np.array([names.index(str(value)) for value in values], dtype=np.int32), words(names))
    if pa.types.is_list(kind):
        ends = np.cumsum([0, *(len(value) for value in values)], dtype=np.int32)  # type: ignore[arg-type]
        return lists(ends, numbers(np.concatenate([np.zeros(0), *values])))
    null = np.array([value is None for value in values], dtype=bool)
    return numbers(np.array([0 if value is None else value for value in values], dtype=np.int32), null)


def _cut(verts: np.ndarray, end_s: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The polyline until `end_s`: t, x, y, alt."""
    n = int(np.searchsorted(verts["t"], end_s))
    t, x, y, alt = (verts[name][:n] for name in ("t", "x", "y", "alt"))
    if 0 < n < len(verts):
        a, b = verts[n - 1], verts[n]
        f = (end_s - a["t"]) / (b["t"] - a["t"])
        length = plane.distance_m(a["x"], a["y"], b["x"], b["y"])
        px, py = plane.along(a["x"], a["y"], b["x"], b["y"], f * length)
        t, x, y, alt = np.append(t, end_s), np.append(x, px), np.append(y, py), np.append(alt, a["alt"] + f * (b["alt"] - a["alt"]))
    return t, x, y, alt
