"""All of the atlas that kernels need, in one tuple: the rasters and the border lines; read once in a process."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from zaslin.atlas.borders import BorderIndex, load_borders
from zaslin.atlas.crossing import inside
from zaslin.atlas.fields import Fields, bilinear, cell_of, load_fields
from zaslin.jit import lean

SLACK_CELLS = 1.2
"""No more than this is a distance raster off, in cells (docs/atlas.md: 2 km in its cells of 2.5 km): beyond it the raster's sign decides."""


class Ground(NamedTuple):
    """`fields`: rasters of the plane; `borders`: border lines with their grid. Arrays are read-only: nobody changes the ground."""

    fields: Fields
    borders: BorderIndex


@cache
def load_ground() -> Ground:
    """The packaged ground."""
    return Ground(load_fields(), load_borders())


@lean
def over(ground, country, x, y):
    """Whether the plane point (x, y), m, lies in the country's airspace: `crossing.inside`, asked of the line only where the raster says that it is near."""
    fields = ground.fields
    if country < fields.distance.shape[0]:
        iy, _ = cell_of(fields, x, y)
        if iy >= 0:
            d = bilinear(fields.distance[country], fields.x0, fields.y0, fields.cell_m, x, y)
            if abs(d) > SLACK_CELLS * fields.cell_m:
                return d < 0.0
    return inside(ground.borders, country, x, y)
