"""Border provinces: frames of the national border, each holding what the map says."""

from __future__ import annotations

import itertools

import pytest

from zaslin.atlas.provinces import province, provinces

TOWNS = [
    ("Lublin", "PL", 51.13, 23.47),  # Chełm
    ("Lublin", "PL", 50.28, 23.57),  # Hrebenne
    ("Subcarpathia", "PL", 49.78, 22.77),  # Przemyśl
    ("Prešov", "SK", 48.99, 22.15),  # Snina
    ("Košice", "SK", 48.43, 22.11),  # Veľké Slemence
    ("Szabolcs-Szatmár-Bereg", "HU", 48.41, 22.17),  # Záhony
    ("Satu Mare", "RO", 47.98, 23.02),  # Halmeu
    ("Maramureș", "RO", 47.93, 23.89),  # Sighetu Marmației
    ("Suceava", "RO", 47.98, 26.06),  # Siret
    ("Botoșani", "RO", 48.18, 26.8),  # Darabani
    ("Galați", "RO", 45.44, 28.05),  # Galați
    ("Tulcea", "RO", 45.42, 29.29),  # Chilia Veche
]


@pytest.mark.parametrize(("name", "country", "lat", "lon"), TOWNS)
def test_a_border_town_lies_in_its_province_alone(name, country, lat, lon):
    """By the map."""
    holding = [p.name for p in provinces(country) if p.south <= lat <= p.north and p.west <= lon <= p.east]
    assert holding == [name]


def test_frames_of_one_country_do_not_overlap():
    """Two batteries of two provinces would stand behind the same border."""
    for country in ("PL", "SK", "HU", "RO"):
        for a, b in itertools.combinations(provinces(country), 2):
            assert a.north <= b.south or b.north <= a.south or a.east <= b.west or b.east <= a.west, (a.name, b.name)


def test_a_province_is_known_by_its_name_in_its_own_country():
    """Letter case aside; Lublin is not in Romania."""
    assert province("lublin", "PL") == province("Lublin", "PL")
    assert province("Lublin", "RO") is province("Lubelskie", "PL") is None
