"""Flown polylines for the map: where a raid's threats went until their fate; for pictures only, nothing is counted from them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from zaslin import plane
from zaslin.outcomes.tables import TABLES
from zaslin.world.arrays import Raid


def paths_table(raids: Sequence[Raid], samples: Sequence[int], draw: str, threats: pa.Table) -> pa.Table:
    """Rows of the ``paths`` table for these raids, cut at the fate in `threats` (the rows flown from them).

    Plain draws keep every threat, the others the tagged one. Times in s from the epoch, places in degrees, altitudes in m.
    """
    schema = TABLES["paths"]
    columns: dict[str, list[object]] = {name: [] for name in schema.names}
    numbers = threats.column("replicate" if draw == "plain" else "sample").to_pylist()
    ends = dict(zip(zip(numbers, threats.column("threat").to_pylist(), strict=True), threats.column("fate_s").to_pylist(), strict=True))
    for raid, sample in zip(raids, samples, strict=True):
        number = raid.replicate if draw == "plain" else sample
        chosen = range(len(raid.names)) if raid.tag < 0 else [raid.tag]
        for i in sorted(chosen, key=lambda index: raid.names[index]):
            row = raid.threats[i]
            t, x, y, alt = _cut(raid.verts[row["vert_from"] : row["vert_to"]], ends[number, raid.names[i]])
            lat, lon = plane.unproject(x, y)
            values = (draw, None if draw == "plain" else sample, raid.replicate, raid.block, raid.names[i], t, lat, lon, alt)
            for name, value in zip(schema.names, values, strict=True):
                columns[name].append(np.round(value, 5).tolist() if isinstance(value, np.ndarray) else value)
    return pa.table({name: pa.array(columns[name], schema.field(name).type) for name in schema.names}, schema=schema)


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
