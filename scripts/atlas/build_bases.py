#!/usr/bin/env python3
"""Make atlas/data/bases.csv, our own table of air bases, from the fact table of the same name.

    pip install airportsdata==20260905
    python scripts/atlas/build_bases.py FACTS/bases.csv src/zaslin/atlas/data/bases.csv

Carried along: the source of the base's use, a grade, and what is only remembered. A base whose use rests on memory, or on coordinates
alone, is an assumption. Names get their own letters back; what the facts say of ground-based air defence at a base is left out (the model
shows no such site). Coordinates are those of PyPI airportsdata (MIT), to 0.001 degree, where it has the base.
"""

from __future__ import annotations

import argparse
import csv
import re
from pathlib import Path

import airportsdata

NAMES = {
    "EPLK": "Łask", "EPKS": "Poznań-Krzesiny", "EPMM": "Mińsk Mazowiecki", "EPMB": "Malbork", "EPSN": "Świdwin", "EPDE": "Dęblin",
    "EPRZ": "Rzeszów-Jasionka", "EPLB": "Lublin", "EPPW": "Powidz", "EPTM": "Tomaszów Mazowiecki", "LRFT": "Fetești", "LRCK": "Mihail Kogălniceanu",
    "LRCT": "Câmpia Turzii", "LRBC": "Bacău", "LROP": "Bucharest-Otopeni", "LRTC": "Tulcea", "LZMC": "Malacky-Kuchyňa", "LZSL": "Sliač",
    "LZKZ": "Košice", "LHKE": "Kecskemét", "LHPA": "Pápa", "LKCV": "Čáslav", "LKNA": "Náměšť nad Oslavou", "EYSA": "Šiauliai", "EEEI": "Ämari",
    "EVGA": "Lielvārde", "ETNN": "Nörvenich", "ESCF": "Malmen (Linköping)", "ESDF": "Ronneby", "LUKK": "Chișinău", "LBPG": "Graf Ignatievo",
}  # fmt: skip
LISTED_AS = {"LRFT": "LR80"}
"""Codes under which airportsdata lists a base."""
AIR_DEFENCE = re.compile(r"patriot|mantis", re.IGNORECASE)
SPECIALIST = ("theaviationist", "romania-insider", "avionews", "teraz.sk", "rmf24", "g4media", "balaton-zeitung", "newsukraine.rbc")


def grade(row: dict[str, str]) -> str:
    """B: an agency, national outlet or specialist; C: another single page; assumption: memory or coordinates alone."""
    if row["from_memory"] == "yes" or "types" in row["from_memory_fields"] or not row["source_url"] or "openflights" in row["source_url"]:
        return "assumption"
    return "B" if any(name in row["source_url"] for name in SPECIALIST) else "C"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("facts", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    with options.facts.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    airports = airportsdata.load("ICAO")
    with options.out.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file, lineterminator="\n")
        write.writerow(["icao", "name", "country", "lat", "lon", "use", "grade", "from_memory", "coordinates", "source", "source_title", "source_date"])
        for row in sorted(rows, key=lambda r: (r["country"], r["icao"])):
            memory = [field for field in row["from_memory_fields"].split(";") if field]
            if row["from_memory"] == "yes" and not memory:
                memory = ["use"]
            said = [row["fighter_types_reported"], "" if row["role_note"] == "from memory type" else row["role_note"]]
            use = "; ".join(part for text in said for part in re.split(r"; ", text) if part and not AIR_DEFENCE.search(part))
            lat, lon, coordinates = float(row["lat"]), float(row["lon"]), "from memory, approximate"
            known = airports.get(LISTED_AS.get(row["icao"], row["icao"]))
            if known:
                lat, lon, coordinates = known["lat"], known["lon"], "airportsdata 20260905"
                memory = [field for field in memory if field != "coordinates"]
            elif "memory" not in row["coord_source"]:
                coordinates = "OpenFlights"
            if abs(lat - float(row["lat"])) > 0.05 or abs(lon - float(row["lon"])) > 0.05:
                print(f"{row['icao']}: {row['lat']} {row['lon']} against {lat} {lon}")
            source = "" if grade(row) == "assumption" else row["source_url"]
            title = "" if not source else row["source_title"]
            write.writerow([row["icao"], NAMES.get(row["icao"], row["name"]), row["country"], f"{lat:.3f}", f"{lon:.3f}", use, grade(row),
                            ";".join(memory), coordinates, source, title, row["source_date"] if source else ""])  # fmt: skip
    print(f"{len(rows)} bases")


if __name__ == "__main__":
    main()
