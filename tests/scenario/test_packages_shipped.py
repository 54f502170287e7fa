"""The shipped packages and fighters hold the values that DESIGN and the facts give, each with a range and a known source."""

from __future__ import annotations

import pytest

from zaslin.errors import InputError, SpecError
from zaslin.scenario.aircraft_catalogue import aircraft_catalogue, aircraft_type
from zaslin.scenario.catalogue import threat_models
from zaslin.scenario.load import load_document
from zaslin.scenario.nations import nation_fault
from zaslin.scenario.package import Fighters, Package
from zaslin.scenario.packages import inspect_package, package, package_names, package_text
from zaslin.scenario.say import package_sentences, package_sources, say_number
from zaslin.scenario.sourced import ASSUMPTION, Sourced
from zaslin.scenario.sources import sources


def fighters(item: Package) -> dict[str, Fighters]:
    return {asset.id: asset for member in item.members for asset in member.assets if isinstance(asset, Fighters)}


def numbers(item: object) -> list[Sourced]:
    if isinstance(item, Sourced):
        return [item]
    if isinstance(item, dict):
        return [number for value in item.values() for number in numbers(value)]
    if isinstance(item, (list, tuple)):
        return [number for value in item for number in numbers(value)]
    return [number for name in getattr(type(item), "model_fields", {}) for number in numbers(getattr(item, name))]


def span(number: Sourced) -> tuple[float, float, float]:
    return number.value, number.low, number.high


def test_the_seven_packages_are_shipped_and_have_neither_faults_nor_warnings():
    """DESIGN's table of packages, from the least that they permit to the most."""
    assert package_names() == (
        "status-quo", "pl-ro-own-airspace", "pl-ro-toward-border", "neighbours", "pl-ro-may-enter", "pl-ro-100km", "skyshield-west",
    )  # fmt: skip
    for name in package_names():
        found, faults, warnings = inspect_package(load_document(package_text(name), name))
        assert found is not None
        assert found.name == name
        assert (faults, warnings) == ([], [])


@pytest.mark.parametrize("name", package_names())
def test_every_source_of_a_package_is_in_the_registry(name):
    """No number may name a source that `zaslin sources` cannot show."""
    assert set(package_sources(package(name))) - {ASSUMPTION} <= set(sources())


def test_the_status_quo_is_four_alert_pairs_that_never_fire():
    """DESIGN's table and "Posture": bases, stations, readiness 15 min (5–45), raid warning 60 min (0–110), own track within 150 km."""
    item = package("status-quo")
    assert [(member.nation, len(member.caveats)) for member in item.members] == [("PL", 0), ("RO", 0)]
    pairs = fighters(item)
    assert {asset.base: (asset.station.lat, asset.station.lon) for asset in pairs.values()} == {
        "EPLK": (50.7, 23.0), "EPKS": (49.8, 22.6), "LRFT": (45.0, 28.5), "LRCK": (47.6, 26.3),
    }  # fmt: skip
    for asset in pairs.values():
        assert asset.kind == "qra"
        assert span(asset.pairs) == (1, 1, 1)
        assert asset.readiness is not None
        assert span(asset.readiness) == (15, 5, 45)
        assert asset.trigger is not None
        assert asset.trigger.raid_warning
        assert span(asset.trigger.lead) == (60, 0, 110)
        assert asset.trigger.own_track_within.si == 150_000.0


def test_toward_border_is_the_status_quo_and_one_patrol_each_with_the_heading_test():
    """DESIGN's table: 1 CAP pair each (0–2), notional GBAD, own airspace, and H = 300 s (cruise), 600 s (drone), half of the courses."""
    item, before = package("pl-ro-toward-border"), package("status-quo")
    mine, theirs = fighters(item), fighters(before)
    assert theirs.items() <= mine.items()
    assert [span(asset.pairs) for asset in mine.values() if asset.kind == "cap"] == [(1, 0, 2), (1, 0, 2)]
    assert all(any(asset.kind == "gbad" for asset in member.assets) for member in item.members)
    assert [member.picture for member in item.members] == [member.picture for member in before.members]
    for member in item.members:
        own, toward = member.caveats
        assert (own.effect, own.zone.area, own.shooter_place.area, own.heading) == ("permit", "own-airspace", "own-airspace", None)
        assert (toward.effect, toward.zone.area, toward.shooter_place.area) == ("permit", "ukraine", "own-airspace")
        assert toward.heading is not None
        assert {cls: span(number) for cls, number in toward.heading.horizon.items()} == {"cruise": (300, 300, 300), "drone": (600, 600, 600)}
        assert toward.heading.share.value == 0.5
        assert {caveat.approval.authority for caveat in member.caveats} == {"pre-delegated"}
        assert {caveat.classes for caveat in member.caveats} == {("drone", "cruise")}


def test_skyshield_is_eight_pairs_of_eight_illustrative_members_over_the_zone():
    """DESIGN's table: 120 aircraft, 8 CAP pairs (5–12), PL RO GB FR NL DK SE CZ, date 2025-03, separation 30 s (0–120), bases in PL and RO."""
    item = package("skyshield-west")
    assert [member.nation for member in item.members] == ["PL", "RO", "GB", "FR", "NL", "DK", "SE", "CZ"]
    assert (item.date.year, item.date.month, item.agreed) == (2025, 3, "illustrative")
    assert "no nation has agreed" in item.summary
    assert item.fleet is not None
    assert item.fleet.value == 120
    assert item.cap_pairs is not None
    assert span(item.cap_pairs) == (8, 5, 12)
    pairs = fighters(item).values()
    assert tuple(sum(span(asset.pairs)[k] for asset in pairs) for k in range(3)) == (8, 5, 12)
    assert sorted(turn for asset in pairs for turn in asset.turns) == list(range(1, 13))
    assert {asset.base[:2] for asset in pairs} == {"EP", "LR"}
    zone = item.zones["west-and-centre"]
    assert set(zone.regions) == {"west", "centre", "Kyiv", "Kyiv oblast", "Zhytomyr oblast", "Odesa oblast"}
    assert {country: limit.si for country, limit in zone.less_within.items()} == {"RU": 200_000.0}
    for member in item.members:
        assert member.picture.shared.enabled
        assert member.separation_delay is not None
        assert span(member.separation_delay) == (30, 0, 120)
        for radar in member.picture.airborne:
            assert {cls: span(number) for cls, number in radar.range_by_class.items()} == {"cruise": (200, 150, 300), "drone": (150, 80, 250)}
        assert [caveat.zone.named for caveat in member.caveats] == ["west-and-centre"]


def test_pictures_hold_the_designs_values():
    """DESIGN, "Picture" and "Heading test": 40 m masts, cover 0.85 (0.5–0.95), latency 60 s (10–300), classification 60 s (20–180), 5° (2–15)."""
    for name in package_names():
        for member in package(name).members:
            picture = member.picture
            assert picture.mast.value == 40
            assert span(picture.shared.cover) == (0.85, 0.5, 0.95)
            assert span(picture.shared.latency) == (60, 10, 300)
            assert span(picture.classification) == (60, 20, 180)
            assert span(picture.course_error) == (5, 2, 15)


def test_fighters_engage_drones_and_cruise_missiles_alone_with_the_designs_numbers():
    """DESIGN, "Shots": reach 30 km (15–60) and 12 km (5–20), p_kill 0.7 (0.4–0.9) and 0.75 (0.4–0.95), 30 s between shots."""
    for kind in aircraft_catalogue().values():
        if kind.kind != "fighter":
            continue
        assert {cls: span(number) for cls, number in kind.reach.items()} == {"cruise": (30, 15, 60), "drone": (12, 5, 20)}
        assert {cls: span(number) for cls, number in kind.p_kill.items()} == {"cruise": (0.7, 0.4, 0.9), "drone": (0.75, 0.4, 0.95)}
        assert kind.shot_interval.value == 30
        assert kind.dash_speed.low > kind.cruise_speed.high


def test_slow_aircraft_engage_drones_alone_from_near_by():
    """docs/packages.md: a helicopter and a light propeller aircraft, slower than every fighter, faster than a Shahed; the hour is GAO's for the AH-64."""
    slow = {kind.name: kind for kind in aircraft_catalogue().values() if kind.kind != "fighter"}
    assert set(slow) == {"armed helicopter", "light propeller aircraft"}
    fastest_drone = max(model.speed.at(1.0) for model in threat_models().values() if model.threat_class == "drone")
    for kind in slow.values():
        assert set(kind.reach) == set(kind.p_kill) == {"drone"}
        assert kind.reach["drone"].at(1.0) <= 6_000.0
        assert fastest_drone < kind.dash_speed.at(0.0) < kind.dash_speed.at(1.0) < aircraft_type("F-16AM/BM MLU").cruise_speed.at(0.0)
    assert span(slow["armed helicopter"].flight_hour_cost) == (5_171, 3_116, 10_000)
    assert slow["armed helicopter"].flight_hour_cost.source == "wp-tech-2022-11"


def test_costs_name_their_source_or_say_that_they_are_assumptions():
    """Facts of the interceptor table: 19,900 USD an hour for Poland's F-16 (B), 42,000 for the F-35A; every id resolves. For Romania's F-16 the table's
    27,000 rests on a state mirror: the US figure of 26,927 (B) stands instead."""
    assert aircraft_type("F-16C/D Block 52+").flight_hour_cost.value == 19_900
    assert aircraft_type("F-16AM/BM MLU").flight_hour_cost.value == 26_927
    assert aircraft_type("F-35A").flight_hour_cost.value == 42_000
    for kind in aircraft_catalogue().values():
        for number in numbers(kind):
            assert number.source == ASSUMPTION or number.source in sources()
        assert kind.missile_cost.source in sources() or kind.kind != "fighter"
        assert kind.flight_hour_cost.note


def test_an_unknown_name_is_answered_with_the_nearest():
    """By hand."""
    with pytest.raises(InputError, match='did you mean "status-quo"'):
        package("statusquo")
    with pytest.raises(InputError, match='did you mean "skyshield-west"'):
        package("skyshield")
    with pytest.raises(InputError, match='did you mean "F-35A"'):
        aircraft_type("F-35B")
    for odd in ("", "x" * 5_000, "a\0b"):
        with pytest.raises(InputError):
            package(odd)
    assert nation_fault("PL") is None
    assert 'did you mean "PL" (Poland)?' in (nation_fault("Polend") or "")
    assert 'did you mean "GB" (United Kingdom)?' in (nation_fault("UK") or "")
    assert nation_fault("RU") is not None


def test_a_package_is_loaded_from_a_path_as_from_its_name(tmp_path):
    """The YAML is written to be copied: the copy is the same package."""
    path = tmp_path / "copy.yaml"
    path.write_text(package_text("skyshield-west"), encoding="utf-8")
    assert package(path) == package(str(path)) == package("skyshield-west")
    path.write_text(package_text("skyshield-west").replace("base: LRFT", "base: LRFX"), encoding="utf-8")
    with pytest.raises(SpecError, match=r'members\[1\].assets\[0\].base: no base "LRFX"'):
        package(path)


def test_the_sentences_say_who_may_fire_and_on_what_the_numbers_rest():
    """By hand from the files."""
    quiet = [sentence.text for sentence in package_sentences(package("status-quo"))]
    assert "No caveat of Poland permits fire: its fighters shadow and never fire." in quiet
    told = package_sentences(package("pl-ro-toward-border"))
    toward = next(sentence for sentence in told if "caveat toward-border" in sentence.text and sentence.member == "PL")
    assert "over Ukraine, if at least a share of 0.5 of the courses" in toward.text
    assert "within 300 s (cruise missiles) and 600 s (one-way drones)" in toward.text
    assert toward.sources == ("ukrainska-pravda-2024-08-04", ASSUMPTION)
    assert {sentence.member for sentence in told} == {"", "PL", "RO"}
    assert any("no nation has agreed" in sentence.text for sentence in package_sentences(package("skyshield-west")))
    assert say_number(Sourced(value=27_000, low=19_900, high=30_000, unit="usd/h")) == "27,000 USD/h (19,900–30,000)"


def test_a_nights_file_is_not_taken_for_a_package(tmp_path):
    """By hand: dozens of missing keys would hide what is wrong."""
    path = tmp_path / "night.yaml"
    path.write_text("id: x\ntitle: y\ngroups: []\n", encoding="utf-8")
    with pytest.raises(InputError, match="is a night, not a package"):
        package(path)


def test_a_package_under_another_policy_is_named_with_an_at():
    """By hand: name, title and policy change, and nothing else; an @ in a path is no policy, and there is one policy at most."""
    plain, other = package("pl-ro-toward-border"), package("pl-ro-toward-border@national")
    assert (other.name, other.assignment) == ("pl-ro-toward-border-national", "national") and "each nation for itself" in other.title
    assert other.model_copy(update={"name": plain.name, "title": plain.title, "assignment": plain.assignment}) == plain
    for name, says in (
        ("pl-ro-toward-border@nation", '"national"'), ("pl-ro-toward-border@", "no policy"), ("@national", 'no package ""'),
        ("status-quo@national@optimal", "two policies"), ("./no@such/mine.yaml", "./no@such/mine.yaml|no@such/mine.yaml"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=says):
            package(name)


def test_an_at_in_a_files_path_is_no_policy(tmp_path):
    """A file of one's own in a folder with an @, alone and under another policy."""
    place = tmp_path / "a@b" / "mine.yaml"
    place.parent.mkdir()
    place.write_text(package_text("status-quo"), encoding="utf-8")
    assert package(str(place)) == package("status-quo")
    assert package(f"{place}@optimal").assignment == "optimal"
