"""Air bases: all of them, in their countries, with their sources."""

import csv

import pytest

from zaslin.atlas.bases import base, bases
from zaslin.atlas.borders import COUNTRIES, country_of
from zaslin.errors import InputError


def test_every_base_lies_in_its_country():
    """Off our borders, for those within the data's frame (10–50 E)."""
    for b in bases():
        if b.country in COUNTRIES and 10.0 < b.lon < 50.0 and b.lat > 41.0:
            assert country_of(b.lat, b.lon) == b.country, b.icao


def test_each_says_where_it_is_known_from():
    """A source and a grade, or the word assumption in both."""
    for b in bases():
        assert (b.source == "assumption") == (b.grade == "assumption")
        assert b.grade in ("B", "C", "assumption") and b.note
    assert base("LRFT").source.startswith("https://") and "from memory" in base("LRFT").note


def test_no_base_tells_a_site_of_ground_based_air_defence():
    """What the tool is not: members' ground-based defence is notional."""
    assert not [b.icao for b in bases() if "patriot" in b.note.lower() or "mantis" in b.note.lower()]


def test_the_bases_of_the_packages_are_there():
    """Łask, Poznań-Krzesiny, Fetești and Mihail Kogălniceanu hold the status quo's alert pairs."""
    assert [base(code).country for code in ("EPLK", "epks", "LRFT", "LRCK")] == ["PL", "PL", "RO", "RO"]


def test_the_table_agrees_with_the_facts(shared):
    """facts/bases.csv: the same codes, places within 0.05°."""
    with (shared / "facts" / "bases.csv").open(encoding="utf-8") as file:
        facts = {row["icao"]: row for row in csv.DictReader(file)}
    assert {b.icao for b in bases()} == set(facts)
    for b in bases():
        assert abs(b.lat - float(facts[b.icao]["lat"])) < 0.05 and abs(b.lon - float(facts[b.icao]["lon"])) < 0.05


def test_an_unknown_code_gets_the_nearest():
    """InputError by errors.unknown."""
    with pytest.raises(InputError, match="no air base"):
        base("EPLX")
