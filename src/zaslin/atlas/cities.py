"""Towns and villages with their population, to draw, to aim at by weight, and to spread people over the map.

Populations are GeoNames' (CC BY 4.0, see data/LICENCES.md): of mixed dates, mostly before 2022, not a census; good to a factor of about 1.3
for a large city and about 2 for a village (our judgement). Parts of a city are left out, the city has its whole population. A place's country
and unit are those of our borders; Ukrainian names follow the national transliteration.
"""

from __future__ import annotations

import io
from functools import cache
from importlib.resources import files

import polars as pl

from zaslin.atlas.borders import country_index
from zaslin.atlas.regions import REGIONS, region_index


def cities(region: str | None = None, country: str | None = "UA") -> pl.DataFrame:
    """Places of a country (None: of all) or of one unit of Ukraine, the largest first.

    Columns: name, lat and lon in degrees, population in persons, country (ISO 3166-1), region (a name of `REGIONS`, null abroad).
    Smallest place: 500 persons in Ukraine and Moldova, 15,000 in Russia, 1,000 in the other neighbours, 100,000 elsewhere. An unknown
    region or country raises `InputError`.
    """
    table = _places()
    if region is not None:
        return table.filter(pl.col("region") == REGIONS[region_index(region)])
    if country is not None:
        country_index(country)
        return table.filter(pl.col("country") == country.upper())
    return table


@cache
def _places() -> pl.DataFrame:
    raw = (files("zaslin.atlas") / "data" / "cities.parquet").read_bytes()
    table = pl.read_parquet(io.BytesIO(raw)).with_columns(
        pl.col("lat", "lon").cast(pl.Float64).round(4), pl.col("population").cast(pl.Int64), pl.col("country", "region").cast(pl.String)
    )
    return table.sort("population", "name", descending=[True, False], maintain_order=True)
