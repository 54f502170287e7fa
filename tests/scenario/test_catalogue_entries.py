"""The catalogue: threat models, launch areas, route assumptions, Ukraine's shares, sources and incidents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from importlib.resources import files

import pytest
from pydantic import BaseModel, ValidationError

from zaslin.errors import InputError
from zaslin.scenario.catalogue import (
    DECOY,
    joint_key,
    launch_area,
    launch_areas,
    launch_areas_of,
    model_for,
    models_of,
    resolve_launch,
    route_assumptions,
    threat_models,
)
from zaslin.scenario.incident import incident, incidents
from zaslin.scenario.layer import ukraine_layer
from zaslin.scenario.routes import RouteAssumptions, dated
from zaslin.scenario.shipped import night
from zaslin.scenario.sourced import ASSUMPTION, Sourced
from zaslin.scenario.sources import source, sources

SUPERSONIC = ("Kh-22", "Kh-32", "Kh-31P", "Oniks", "Zircon")
BALLISTIC = ("S-300/S-400", "Iskander-M", "KN-23", "Iskander-M/KN-23")
NAMES = (
    "Gerbera/Parodiya",
    "Shahed-136/131", "Kh-101/Kh-555", "Kalibr", "Iskander-K", "Kh-59", "Kh-69", "Kh-59/Kh-69", "Kh-22", "Kh-32", "Kh-31P", "Kinzhal", "Iskander-M",
    "KN-23", "Iskander-M/KN-23", "S-300/S-400", "Oniks", "Zircon",
)  # fmt: skip


def numbers(item: object) -> Iterator[Sourced]:
    if isinstance(item, Sourced):
        yield item
    elif isinstance(item, BaseModel):
        for name in type(item).model_fields:
            yield from numbers(getattr(item, name))
    elif isinstance(item, dict):
        for value in item.values():
            yield from numbers(value)
    elif isinstance(item, (list, tuple)):
        for value in item:
            yield from numbers(value)


# -- threats --------------------------------------------------------------------------------------------------------------


def test_every_canonical_name_has_its_class():
    """The issue's list of names; classes as the threat types say."""
    models = threat_models()
    assert set(models) == {*NAMES, "unknown"}
    for name in NAMES:
        wanted = (
            "drone" if name.startswith(("Shahed", "Gerbera")) else "supersonic" if name in SUPERSONIC else "ballistic" if name in BALLISTIC
            else "aeroballistic" if name == "Kinzhal" else "cruise"
        )  # fmt: skip
        assert models[name].threat_class == wanted, name


def test_a_missile_that_is_not_in_the_catalogue_is_unknown_under_its_own_name():
    """The issue: other missiles are transliterated, class unknown."""
    assert model_for("Kh-35").threat_class == "unknown"
    assert model_for("Kh-35").name == "Kh-35"
    assert model_for("Kalibr") is threat_models()["Kalibr"]
    with pytest.raises(InputError, match="joins several"):
        model_for("Kh-101/Kh-555 + Kalibr")


def test_speeds_are_in_order_of_class():
    """By the nature of the classes: every drone is slower than every cruise missile, and those than every supersonic or ballistic one."""
    models = list(threat_models().values())[:-1]
    by_class = {cls: [model.speed for model in models if model.threat_class == cls] for cls in ("drone", "cruise", "supersonic", "ballistic")}
    assert max(speed.high for speed in by_class["drone"]) < min(speed.low for speed in by_class["cruise"])
    assert max(speed.high for speed in by_class["cruise"]) < min(speed.low for speed in by_class["supersonic"])
    assert max(speed.high for speed in by_class["cruise"]) < min(speed.low for speed in by_class["ballistic"])


def test_an_800_kmh_cruise_missile_flies_8_7_km_in_39_seconds():
    """The Oserdów crossing, by hand: 800 / 3.6 × 39 = 8,667 m."""
    assert threat_models()["Kh-101/Kh-555"].speed.si * 39 == pytest.approx(8_667, abs=1)


def test_joint_keys_have_one_order():
    """The catalogue's, then the order given; each name once."""
    assert joint_key(["Kalibr", "Kh-35", "Kh-101/Kh-555", "Kalibr", "Kh-22"]) == "Kh-101/Kh-555 + Kalibr + Kh-22 + Kh-35"


# -- launch areas and routes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [*NAMES, "Kh-35"])
def test_every_model_has_usual_launch_areas_within_its_range_of_ukraine(model: str):
    """A report that is silent must not stop a night. Measured to the middle of Ukraine (49 N 31 E) less 700 km, half its width."""
    from math import cos, hypot, radians

    areas = launch_areas_of(model)
    assert areas
    for area in areas:
        away_km = hypot(111.2 * (area.lat - 49), 111.2 * cos(radians(49)) * (area.lon - 31))
        assert away_km - 700 < model_for(model).max_range.value, area.name


def test_bombers_do_not_launch_at_their_bases():
    """Olenya lies above the polar circle, Engels-2 on the Volga; the launch is placed in the usual areas."""
    for base in ("Olenya", "Engels-2", "Olenegorsk", "Ryazan oblast", "north-east"):
        assert resolve_launch("Kh-101/Kh-555", [base]) == ((), ())
        assert [area.name for area in launch_areas_of("Kh-101/Kh-555", [base])] == ["Caspian Sea", "Volgograd oblast", "Saratov oblast"]


def test_a_joint_rows_places_are_shared_out_by_model():
    """As on 2022-11-15: bombers over the Caspian Sea and Volgodonsk, ships on the Black Sea."""
    places = ["Caspian Sea", "Volgodonsk", "Black Sea"]
    assert resolve_launch("Kh-101/Kh-555", places)[0] == ("Caspian Sea", "Volgodonsk")
    assert resolve_launch("Kalibr", places)[0] == ("Black Sea",)


def test_directions_are_read_by_model():
    """ "From the south-east" is the Azov coast for a drone; for an S-300 it is nothing usable, so its usual areas stand in."""
    assert "eastern coast of Sea of Azov" in resolve_launch("Shahed-136/131", ["south-east"])[0]
    assert all(area.name in ("Belgorod oblast", "Donetsk oblast", "Rostov oblast") for area in launch_areas_of("S-300/S-400", ["south-east"]))


def test_an_area_is_found_by_other_spellings_and_a_strange_one_is_told():
    """Case is ignored; the nearest name is offered."""
    assert launch_area("engels").name == "Engels-2"
    assert launch_area("Caspian Sea, Saratov oblast").name == "Caspian Sea"
    with pytest.raises(InputError, match='did you mean "Yeysk"'):
        launch_area("Yeisk")
    assert resolve_launch("Kalibr", ["Atlantis"]) == ((), ("Atlantis",))


def test_launch_areas_are_coarse():
    """Not a target list: no point is given closer than some kilometres, and none lies in the west of Ukraine or in a neighbour of the coalition."""
    for area in launch_areas().values():
        assert area.spread.low >= 5
        assert area.spread.unit == "km"
        assert area.lon > 28


def test_route_assumptions_are_those_of_the_design():
    """Values and ranges as the design gives them; Romania's chance is the prior predictive check's (docs/decisions/0009)."""
    routes = route_assumptions()
    assert (routes.margin.value, routes.margin.low, routes.margin.high, routes.margin.unit) == (5, 1, 20, "km")
    assert all((routes.keeps_margin[k].value, routes.keeps_margin[k].low, routes.keeps_margin[k].high) == (0.7, 0.5, 0.95) for k in ("PL", "SK", "HU"))
    assert (routes.keeps_margin["MD"].value, routes.keeps_margin["MD"].low, routes.keeps_margin["MD"].high) == (0.2, 0, 0.6)
    assert (routes.bank.value, routes.bank.unit) == (35, "deg")
    assert (routes.drift.value, routes.drift.low, routes.drift.high, routes.drift.unit) == (0.5, 0.1, 3, "km")
    assert (routes.gross_failure.value, routes.gross_failure.low, routes.gross_failure.high) == (0.001, 0.0001, 0.003)
    sourced = {number.source for number in numbers(routes)} - {ASSUMPTION}
    assert sourced == {"brf-2024-12", "blick-2023-01"}
    assert [min(day) for day in (routes.decoys,)] == ["2024-07-20"]


def test_no_decoy_flies_before_the_first_is_told_of():
    """Gerberas are told of as new in late July 2024: the model of a night has them from then on, and no night without drones has any."""
    assert DECOY not in models_of(night("2024-03-24"))
    assert DECOY in models_of(night("2024-11-17"))
    assert models_of(night("2024-11-17"))[DECOY].decoy
    assert DECOY not in models_of(night("2024-11-17").model_copy(update={"groups": tuple(g for g in night("2024-11-17").groups if "Shahed" not in g.model)}))
    day = date(2024, 7, 19)
    assert dated(route_assumptions().decoys, day) is None
    assert dated(route_assumptions().decoys, day + timedelta(days=1)).value == 0.1
    assert dated(route_assumptions().decoys, date(2025, 9, 10)).value == 0.5


def test_a_day_that_is_none_is_refused():
    """By the rule: days are written as 2024-07-10."""
    given = route_assumptions().model_dump()
    with pytest.raises(ValidationError, match="day"):
        RouteAssumptions.model_validate(given | {"decoys": {"20240720": given["decoys"]["2024-07-20"]}})


# -- sources ---------------------------------------------------------------------------------------------------------------


def test_every_source_that_the_data_names_is_in_the_registry():
    """Numbers of the catalogue, incidents and shares; and ids that notes name in passing."""
    named = {number.source for item in (threat_models(), launch_areas(), route_assumptions(), ukraine_layer(night("2024-08-26"))) for number in numbers(item)}
    named |= {item.source for item in incidents().values()} | {area.source for area in launch_areas().values()}
    assert named - {ASSUMPTION} <= set(sources())
    assert len(named) > 20


def test_ids_that_notes_and_files_mention_are_in_the_registry():
    """Words in notes that look like ids of the registry: publisher, then a year."""
    import re

    folder = files("zaslin.scenario") / "data"
    text = "".join((folder / name).read_text(encoding="utf-8") for name in ("threats.yaml", "routes.yaml", "launch_areas.yaml", "incidents.csv"))
    mentioned = set(re.findall(r"\b[a-z][a-z0-9]*(?:-[a-z0-9]+)*-20\d\d(?:-\d\d(?:-\d\d)?)?\b", text))
    assert len(mentioned) > 30
    assert mentioned <= set(sources())


def test_an_unknown_source_gets_the_nearest():
    """A slip of the pen."""
    assert source("daily-reports-table").publisher == "Petro Ivaniuk"
    with pytest.raises(InputError, match='did you mean "daily-reports-table"'):
        source("daily-report-table")


def test_addresses_are_whole_or_missing():
    """No half addresses; the daily reports' posts have none, since their public address is not in our data."""
    for entry in sources().values():
        assert entry.url == "" or entry.url.startswith(("http://", "https://")), entry.id
        assert entry.url or entry.note, f"{entry.id}: without an address its note must say where it was read"


# -- incidents -------------------------------------------------------------------------------------------------------------


def test_the_three_polish_crossings_are_there_with_their_mechanisms():
    """500 km straight on; about 40 km, path or depth disputed, and back; a corner of 2 km in 39 seconds."""
    crossings = {item.id: item for item in incidents().values() if item.country == "PL" and item.threat_class == "cruise"}
    assert set(crossings) == {"PL-2022-12-16", "PL-2023-12-29", "PL-2024-03-24"}
    assert crossings["PL-2022-12-16"].depth_km_high == 500
    assert (crossings["PL-2024-03-24"].duration_s_low, crossings["PL-2024-03-24"].duration_s_high, crossings["PL-2024-03-24"].depth_km_high) == (39, 39, 2)


def test_both_readings_of_the_forty_kilometres_are_kept():
    """By hand: 180 s at 800 km/h are 40 km of path, so 20 km deep out and back; 40 km is the other claim. The range holds both."""
    item = incident("PL-2023-12-29")
    assert item.depth_km_low is not None
    assert item.depth_km_high is not None
    assert item.depth_km_low <= 20 <= item.depth_km_high == 40
    assert item.duration_s_high == 180
    assert pytest.approx(40_000) == 800 / 3.6 * 180
    assert "path" in item.note
    assert "06:12" in item.note


def test_denied_and_refuted_events_stay_in_the_table():
    """They are the true negatives: Romania on 2023-02-10, the shot that was not fired in July 2024."""
    assert incident("RO-2023-02-10").status == "denied"
    assert incident("RO-2024-07-26").status == "refuted"


def test_an_incidents_model_is_of_its_class():
    """The catalogue's class of the named model."""
    for item in incidents().values():
        if item.model:
            assert threat_models()[item.model].threat_class == item.threat_class, item.id
    assert {"PL", "RO", "MD", "LV"} <= {item.country for item in incidents().values()}


def test_an_unknown_incident_gets_the_nearest():
    """A slip of two digits."""
    with pytest.raises(InputError, match='did you mean "PL-2023-12-29"'):
        incident("PL-2023-12-92")
