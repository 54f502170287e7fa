"""Ukraine's units: each reference town in its unit alone, and together all of Ukraine."""

import pytest
import shapely

from zaslin.atlas.borders import country_geometry
from zaslin.atlas.regions import ISO, MACRO, MACRO_INDEX, REGIONS, macro_of, region_at, region_geometry, region_index
from zaslin.errors import InputError

TOWNS = {
    "Cherkasy oblast": (49.444, 32.060), "Chernihiv oblast": (51.498, 31.289), "Chernivtsi oblast": (48.292, 25.936), "Crimea": (44.952, 34.102),
    "Dnipropetrovsk oblast": (48.465, 35.046), "Donetsk oblast": (48.016, 37.803), "Ivano-Frankivsk oblast": (48.923, 24.711),
    "Kharkiv oblast": (49.994, 36.230), "Kherson oblast": (46.635, 32.617), "Khmelnytskyi oblast": (49.423, 26.987),
    "Kirovohrad oblast": (48.508, 32.262), "Kyiv": (50.450, 30.523), "Kyiv oblast": (49.797, 30.131), "Luhansk oblast": (48.574, 39.308),
    "Lviv oblast": (49.840, 24.030), "Mykolaiv oblast": (46.975, 31.995), "Odesa oblast": (46.483, 30.723), "Poltava oblast": (49.588, 34.551),
    "Rivne oblast": (50.620, 26.252), "Sevastopol": (44.605, 33.522), "Sumy oblast": (50.908, 34.798), "Ternopil oblast": (49.554, 25.595),
    "Vinnytsia oblast": (49.233, 28.481), "Volyn oblast": (50.747, 25.325), "Zakarpattia oblast": (48.621, 22.288),
    "Zaporizhzhia oblast": (47.839, 35.140), "Zhytomyr oblast": (50.255, 28.659),
}  # fmt: skip


@pytest.mark.parametrize("name", REGIONS)
def test_each_units_town_lies_in_its_unit_alone(name):
    """Public coordinates of the capitals (Bila Tserkva for Kyiv oblast)."""
    lat, lon = TOWNS[name]
    assert region_at(lat, lon) == name
    assert [other for other in REGIONS if region_geometry(other).contains(shapely.Point(lon, lat))] == [name]


@pytest.mark.parametrize(("lat", "lon", "name"), [
    (45.4542, 28.2773, "Odesa oblast"), (45.2553, 30.2042, "Odesa oblast"), (46.17, 34.80, "Kherson oblast"), (45.357, 36.468, "Crimea"),
    (47.097, 37.541, "Donetsk oblast"), (47.906, 33.394, "Dnipropetrovsk oblast"), (48.679, 26.585, "Khmelnytskyi oblast"),
])  # fmt: skip
def test_towns_at_the_edges(lat, lon, name):
    """Reni, Snake Island, Henichesk, Kerch, Mariupol, Kryvyi Rih, Kamianets-Podilskyi."""
    assert region_at(lat, lon) == name


def test_the_units_together_are_ukraine():
    """Their union leaves or adds under 1 km² of 630,000, and no two overlap by more than that."""
    km2 = 111.2**2 * 0.663
    union = shapely.union_all([region_geometry(name) for name in REGIONS])
    assert union.symmetric_difference(country_geometry("UA")).area * km2 < 1.0
    assert (sum(region_geometry(name).area for name in REGIONS) - union.area) * km2 < 1.0


def test_no_unit_abroad():
    """Przemyśl, Chișinău, Belgorod."""
    assert [region_at(*p) for p in ((49.78, 22.77), (47.02, 28.83), (50.6, 36.59))] == [None, None, None]


def test_macro_regions_are_grouped_as_the_glossary_says():
    """DESIGN's nouns, word by word; east is the rest."""
    named = {
        "west": {"Volyn", "Rivne", "Lviv", "Ternopil", "Ivano-Frankivsk", "Zakarpattia", "Chernivtsi", "Khmelnytskyi"},
        "north": {"Kyiv", "Zhytomyr", "Chernihiv", "Sumy"},
        "centre": {"Vinnytsia", "Cherkasy", "Kirovohrad", "Poltava"},
        "south": {"Odesa", "Mykolaiv", "Kherson", "Zaporizhzhia", "Crimea", "Sevastopol"},
        "east": {"Dnipropetrovsk", "Donetsk", "Kharkiv", "Luhansk"},
    }
    for name, k in zip(REGIONS, MACRO_INDEX, strict=True):
        assert name.removesuffix(" oblast") in named[MACRO[k]], name
        assert macro_of(name) == MACRO[k]


def test_names_and_codes_are_found():
    """ISO 3166-2:UA has 27 codes; case does not matter; a slip gets the nearest name."""
    assert len(REGIONS) == len(set(ISO.values())) == 27
    assert region_index("lviv OBLAST") == region_index("UA-46") == REGIONS.index("Lviv oblast")
    assert region_index("Kyiv") != region_index("Kyiv oblast")
    with pytest.raises(InputError, match='did you mean "Lviv oblast"'):
        region_index("Lvov oblast")
