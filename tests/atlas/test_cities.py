"""Places: the ports that the nights name, no city twice, all in their own country."""

import pytest

from zaslin.atlas.borders import country_of
from zaslin.atlas.cities import cities
from zaslin.atlas.regions import REGIONS, region_at
from zaslin.errors import InputError


def test_the_danube_ports_are_there():
    """Reni, Izmail and Kiliia: aims of the Danube drone nights."""
    odesa = cities("Odesa oblast")["name"].to_list()
    assert {"Reni", "Izmail", "Kiliia", "Odesa", "Chornomorsk"} <= set(odesa)


def test_the_largest_cities_are_spelled_as_in_english_reports():
    """The first ten by size."""
    assert cities()["name"].to_list()[:10] == ["Kyiv", "Kharkiv", "Odesa", "Dnipro", "Donetsk", "Lviv", "Zaporizhzhia", "Kryvyi Rih", "Sevastopol", "Mykolaiv"]


def test_parts_of_a_city_are_not_cities():
    """GeoNames lists districts beside their city; each would count its people twice."""
    names = set(cities().filter(cities()["population"] > 50_000)["name"])
    assert not names & {"Saltivka", "Desna", "Obolon", "Sykhiv", "Troieshchyna", "Pravyi Bereh", "Tekstylnyk"}
    assert {"Mariupol", "Makiivka", "Khmelnytskyi", "Kropyvnytskyi", "Brovary"} <= names


def test_every_unit_has_places_and_its_own_capital_first():
    """The largest place of each oblast bears its name in most; Crimea's is Simferopol."""
    for name in REGIONS:
        assert cities(name).height >= 1
        assert cities(name)["region"].unique().to_list() == [name]
    assert cities("Crimea")["name"][0] == "Simferopol"
    assert cities("Lviv oblast")["name"][0] == "Lviv"


def test_places_lie_in_their_country():
    """Their country is read off our borders; every tenth is asked again."""
    every = cities(country=None)
    for row in every.gather_every(25).iter_rows(named=True):
        assert country_of(row["lat"], row["lon"]) == row["country"], row["name"]
    assert every["population"].min() >= 500


def test_units_of_places_agree_with_the_map_but_for_its_error():
    """GeoNames' unit against our polygons: at least 98 % (Natural Earth's lines are coarse around Kyiv; Slavutych is an exclave)."""
    ukraine = cities().gather_every(10)
    right = sum(region_at(row["lat"], row["lon"]) == row["region"] for row in ukraine.iter_rows(named=True))
    assert right / ukraine.height > 0.97


def test_unknown_names_are_refused():
    """Errors name what would be right."""
    with pytest.raises(InputError, match="region"):
        cities("Galicia")
    with pytest.raises(InputError, match="country"):
        cities(country="XX")
