"""All of the atlas that kernels need, in one tuple: the rasters and the border lines; read once in a process."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from zaslin.atlas.borders import BorderIndex, load_borders
from zaslin.atlas.fields import Fields, load_fields


class Ground(NamedTuple):
    """`fields`: rasters of the plane; `borders`: border lines with their grid. Arrays are read-only: nobody changes the ground."""

    fields: Fields
    borders: BorderIndex


@cache
def load_ground() -> Ground:
    """The packaged ground."""
    return Ground(load_fields(), load_borders())
