"""Towns and villages with their population, to draw, to aim at by weight, and to spread people over the map.

Populations are GeoNames' (CC BY 4.0, see data/LICENCES.md): of mixed dates, mostly before 2022, not a census; good to a factor of about 1.3
for a large city and about 2 for a village (our judgement). Parts of a city are left out, the city has its whole population. A place's country
and unit are those of our borders; Ukrainian names follow the national transliteration.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from zaslin.atlas.borders import country_index
from zaslin.atlas.regions import REGIONS, region_index

if TYPE_CHECKING:
    import polars as pl


class Places(NamedTuple):
    """Columns of places, the largest first, of equal numbers by name; see `cities`. `region` is an index in `REGIONS`, -1 abroad."""

    name: np.ndarray
    lat: np.ndarray
    lon: np.ndarray
    population: np.ndarray
    country: np.ndarray
    region: np.ndarray


def cities(region: str | None = None, country: str | None = "UA") -> pl.DataFrame:
    """Places of a country (None: of all) or of one unit of Ukraine, the largest first.

    Columns: name, lat and lon in degrees, population in persons, country (ISO 3166-1), region (a name of `REGIONS`, null abroad).
    Smallest place: 500 persons in Ukraine and Moldova, 15,000 in Russia, 1,000 in the other neighbours, 100,000 elsewhere. An unknown
    region or country raises `InputError`.
    """
    import polars as pl

    every = places()
    kept = np.ones(len(every.name), dtype=bool)
    if region is not None:
        kept = every.region == region_index(region)
    elif country is not None:
        country_index(country)
        kept = every.country == country.upper()
    chosen = Places(*(column[kept] for column in every))
    regions = [REGIONS[index] if index >= 0 else None for index in chosen.region]
    return pl.DataFrame({**chosen._asdict(), "region": pl.Series(regions, dtype=pl.String)}, schema_overrides={"name": pl.String, "country": pl.String})


@cache
def places() -> Places:
    """All places; read once in a process, read-only. Whoever aims at towns does not wait for polars."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.ParquetFile(pa.BufferReader((files("zaslin.atlas") / "data" / "cities.parquet").read_bytes())).read()
    lat, lon = (np.round(table.column(name).to_numpy().astype(np.float64), 4) for name in ("lat", "lon"))
    population = table.column("population").to_numpy().astype(np.int64)
    code = {name: index for index, name in enumerate(REGIONS)}
    region = np.array([-1 if name is None else code[name] for name in table.column("region").to_pylist()], dtype=np.int64)
    name, country = (np.array(table.column(key).to_pylist(), dtype=object) for key in ("name", "country"))
    order = np.lexsort([name.astype(str), -population])
    found = Places(*(column[order] for column in (name, lat, lon, population, country, region)))
    for column in found:
        column.flags.writeable = False
    return found
