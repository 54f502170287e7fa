"""Packages as arrays: SI, the same numbers for the same names, and no draw that another member could change."""

from __future__ import annotations

import math

import numpy as np
import pytest

from zaslin import draws
from zaslin.atlas.ground import Ground, load_ground
from zaslin.physics.battery import outside_frame_m
from zaslin.plane import project
from zaslin.scenario.aircraft_catalogue import aircraft_catalogue, aircraft_type
from zaslin.scenario.package import Fighters, Package
from zaslin.scenario.packages import package, package_names
from zaslin.scenario.threat import CLASSES
from zaslin.scenario.vary import REMOVE, vary
from zaslin.world import arrays
from zaslin.world.arrays import Coalition
from zaslin.world.compile_package import compile_package

DRONE, CRUISE = CLASSES.index("drone"), CLASSES.index("cruise")


@pytest.fixture(scope="module")
def ground() -> Ground:
    return load_ground()


def compiled(item: Package | str, ground: Ground, seed: int = 7, block: int = 0) -> Coalition:
    return compile_package(package(item) if isinstance(item, str) else item, aircraft_catalogue(), ground, seed, block)


def by_entity(coalition: Coalition) -> dict[int, dict]:
    """Shooter rows by entity, positions of member and asset as names."""
    out = {}
    for row in coalition.shooters:
        values = {name: row[name].tolist() for name in row.dtype.names}
        values["member"], values["asset"] = coalition.member_names[row["member"]], coalition.asset_names[row["asset"]]
        out[int(row["entity"])] = values
    return out


def members(coalition: Coalition) -> dict[str, list]:
    return {name: [row[field].tolist() for field in row.dtype.names] for name, row in zip(coalition.member_names, coalition.members, strict=True)}


@pytest.mark.parametrize("name", package_names())
def test_the_same_seed_and_block_give_the_same_bytes(ground, name):
    """A law: compiling is a pure function."""
    a, b = compiled(name, ground, 3, 5), compiled(name, ground, 3, 5)
    for field in ("members", "radars", "caveats", "shooters", "zones"):
        assert getattr(a, field).tobytes() == getattr(b, field).tobytes()
    other = compiled(name, ground, 3, 6)
    assert other.members.tobytes() != a.members.tobytes()


def test_assets_that_two_packages_share_have_the_same_numbers(ground):
    """A law: names of inputs hold no package's name. All four alert pairs of the status quo fly in the other package too."""
    for block in range(20):
        quo, border = by_entity(compiled("status-quo", ground, block=block)), by_entity(compiled("pl-ro-toward-border", ground, block=block))
        assert quo.keys() <= border.keys()
        for entity, row in quo.items():
            assert border[entity] == row
        assert members(compiled("status-quo", ground, block=block)) == members(compiled("pl-ro-toward-border", ground, block=block))


def test_removing_a_member_changes_nobody_elses_numbers(ground):
    """A law, in the package whose members share one number of patrols."""
    whole = package("skyshield-west")
    for gone in ("PL", "GB", "CZ"):
        rest = vary(whole, {f"members[{gone}]": REMOVE})
        for block in range(12):
            before, after = compiled(whole, ground, block=block), compiled(rest, ground, block=block)
            kept = {entity: row for entity, row in by_entity(before).items() if row["member"] != gone}
            assert by_entity(after) == kept
            assert members(after) == {name: row for name, row in members(before).items() if name != gone}
            assert np.array_equal(after.zones, before.zones)


def test_the_order_of_members_and_the_packages_name_do_not_matter(ground):
    """A law."""
    item = package("pl-ro-toward-border")
    turned = vary(item, members=item.members[::-1], name="other")
    assert by_entity(compiled(turned, ground)) == by_entity(compiled(item, ground))


def test_patrols_of_skyshield_add_to_the_coalitions_number_and_the_first_turns_fly(ground):
    """By hand: 5 to 12 pairs; with T pairs exactly the turns 1 … T fly. Over 200 blocks the mean is that of the triangle (5 + 8 + 12) / 3,
    within three standard errors of the rounded draw (s.d. about 1.46)."""
    item = package("skyshield-west")
    turn_of = {draws.entity_id(f"{a.id}/{i}"): turn for m in item.members for a in m.assets if isinstance(a, Fighters) for i, turn in enumerate(a.turns)}
    totals = []
    for block in range(200):
        flying = sorted(turn_of[int(entity)] for entity in compiled(item, ground, block=block).shooters["entity"])
        assert flying == list(range(1, len(flying) + 1))
        totals.append(len(flying))
    assert min(totals) >= 5
    assert max(totals) <= 12
    assert np.mean(totals) == pytest.approx(25 / 3, abs=3 * 1.46 / math.sqrt(200))


def test_a_single_patrol_is_drawn_from_none_to_two(ground):
    """By hand: the triangle (0, 1, 2) rounded is 0 and 2 with 1/8 each; 400 draws (two members, 200 blocks), three standard errors."""
    item = package("pl-ro-toward-border")
    counts = np.zeros(3)
    for block in range(200):
        row = compiled(item, ground, block=block)
        caps = [row.asset_names[asset] for asset, kind in zip(row.shooters["asset"], row.shooters["kind"], strict=True) if kind == arrays.KIND_CAP]
        for name in ("pl-cap-lublin", "ro-cap-danube"):
            counts[caps.count(name)] += 1
    for k, p in enumerate((1 / 8, 3 / 4, 1 / 8)):
        assert counts[k] / 400 == pytest.approx(p, abs=3 * math.sqrt(p * (1 - p) / 400))


def test_draws_stay_inside_their_ranges_in_si(ground):
    """By hand: ranges of the files turned to SI."""
    for block in range(30):
        row = compiled("status-quo", ground, block=block)
        shooters = row.shooters
        assert np.all((shooters["readiness_s"] >= 300) & (shooters["readiness_s"] <= 2700))
        assert np.all((shooters["lead_s"] >= 0) & (shooters["lead_s"] <= 6600))
        assert np.all(shooters["track_within_m"] == 150_000)
        assert np.all((shooters["reach_m"][:, CRUISE] >= 15_000) & (shooters["reach_m"][:, CRUISE] <= 60_000))
        assert np.all((shooters["p_kill"][:, DRONE] >= 0.4) & (shooters["p_kill"][:, DRONE] <= 0.95))
        assert np.all((shooters["cruise_mps"] >= 800 / 3.6) & (shooters["cruise_mps"] <= 950 / 3.6))
        assert set(shooters["rounds"]) <= {8, 10, 12}
        assert np.all(shooters["jets"] == 2)
        assert np.all((shooters["hour_usd"] >= 12_000) & (shooters["hour_usd"] <= 45_000))
        assert np.all((row.members["course_error_rad"] >= math.radians(2)) & (row.members["course_error_rad"] <= math.radians(15)))
        assert np.all((row.members["shared_cover"] >= 0.5) & (row.members["shared_cover"] <= 0.95))
        assert np.all(row.members["shared"] == 0)


def test_only_drones_and_cruise_missiles_have_a_reach(ground):
    """DESIGN, "Shots": no other class can be engaged."""
    shooters = compiled("skyshield-west", ground).shooters
    others = [k for k in range(arrays.N_CLASSES) if k not in (DRONE, CRUISE)]
    assert np.all(shooters["reach_m"][:, others] == 0)
    assert np.all(shooters["p_kill"][:, others] == 0)
    assert np.all(shooters["p_kill"][:, CRUISE] > 0)


def test_one_luck_moves_the_kill_chances_of_all_types(ground):
    """A law: the chances rest on one assumption, so in a block all types have the same."""
    for block in range(5):
        shooters = compiled("skyshield-west", ground, block=block).shooters
        assert len(set(shooters["p_kill"][:, CRUISE])) == 1


def test_caveats_are_compiled_as_written(ground):
    """By hand from the YAML."""
    row = compiled("pl-ro-toward-border", ground)
    assert row.caveat_names == ("own-airspace", "toward-border", "own-airspace", "toward-border")
    own, toward = row.caveats[0], row.caveats[1]
    assert (own["effect"], own["zone"], own["place"], own["heading"], own["named"]) == (arrays.EFFECT_PERMIT, arrays.ZONE_OWN, arrays.PLACE_OWN, 0, -1)
    assert (toward["effect"], toward["zone"], toward["place"], toward["heading"]) == (arrays.EFFECT_PERMIT, arrays.ZONE_UKRAINE, arrays.PLACE_OWN, 1)
    assert toward["classes"] == (1 << DRONE) | (1 << CRUISE)
    assert (toward["horizon_s"][CRUISE], toward["horizon_s"][DRONE], toward["share"]) == (300.0, 600.0, 0.5)
    assert toward["delay_s"] == 0.0
    assert toward["pursuit_m"] == np.inf
    assert list(row.caveats["member"]) == [0, 0, 1, 1]
    assert compiled("status-quo", ground).caveats.shape == (0,)


def test_an_asking_caveat_has_its_delay_a_pursuit_and_a_distance(ground):
    """By hand: commander 60 s (20–180), pursuit 120 km (60–250), within 100 km."""
    base = package("pl-ro-toward-border")
    asks = {
        "id": "near", "effect": "ask", "classes": ["cruise"], "zone": {"within": {"value": 100, "low": 100, "high": 100, "unit": "km"}},
        "shooter_place": {"area": "ukraine", "pursuit": {"value": 120, "low": 60, "high": 250, "unit": "km"}},
        "approval": {"authority": "commander"}, "says": "ask",
    }  # fmt: skip
    row = compiled(vary(base, {"members[PL].caveats": [asks]}), ground).caveats[0]
    assert (row["effect"], row["zone"], row["place"]) == (arrays.EFFECT_ASK, arrays.ZONE_WITHIN, arrays.PLACE_UKRAINE)
    assert row["within_m"] == 100_000.0
    assert 60_000 <= row["pursuit_m"] <= 250_000
    assert 20 <= row["delay_s"] <= 180
    assert row["sigma"] == 0.6


def test_a_shooter_stands_at_its_base_and_station(ground):
    """By hand: Łask at 51.55 N 19.18 E, the station at 50.7 N 23.0 E."""
    row = compiled("status-quo", ground)
    shooter = row.shooters[0]
    assert row.asset_names[shooter["asset"]] == "pl-qra-lask"
    assert shooter["entity"] == draws.entity_id("pl-qra-lask/0")
    assert (shooter["kind"], shooter["raid_warning"]) == (arrays.KIND_QRA, 1)
    assert (shooter["station_x"], shooter["station_y"]) == pytest.approx(project(50.7, 23.0))
    assert (shooter["base_x"], shooter["base_y"]) == pytest.approx(project(51.55, 19.18), abs=2_000)


def test_a_battery_stands_behind_each_border_province_and_nowhere_in_particular(ground):
    """By hand: Lublin and Subcarpathia, Tulcea and Galați; the usual numbers of medium-range missiles in SI; a frame that holds Chełm and not Kraków."""
    row = compiled("pl-ro-toward-border", ground)
    units = row.shooters[row.batteries["shooter"]]
    assert [row.asset_names[asset] for asset in units["asset"]] == ["pl-gbad-border"] * 2 + ["ro-gbad-border"] * 2
    assert units["entity"].tolist() == [draws.entity_id(f"{name}") for name in (
        "pl-gbad-border/Lublin", "pl-gbad-border/Subcarpathia", "ro-gbad-border/Tulcea", "ro-gbad-border/Galați")]
    assert (units["kind"] == arrays.KIND_GBAD).all()
    assert (units["jets"] == 0).all()
    assert ((units["reach_m"][:, :2] >= 15_000) & (units["reach_m"][:, :2] <= 45_000)).all()
    assert (units["reach_m"][:, 2:] == 0).all()
    assert ((row.batteries["reload_s"] >= 900) & (row.batteries["reload_s"] <= 5_400)).all()
    assert len({battery["floor_m"] for battery in row.batteries}) == 1  # one luck for all batteries of a kind
    lublin = row.batteries["frame"][0]
    assert outside_frame_m(lublin, *project(51.13, 23.47)) < 0 < outside_frame_m(lublin, *project(50.06, 19.94))
    none = vary(package("pl-ro-toward-border"), {"members[PL].assets[pl-gbad-border].provinces": ["Lubelskie", "Lublin"]})
    assert len(compiled(none, ground).batteries) == 3
    assert len(compiled("skyshield-west", ground).batteries) == 0


def test_a_battery_that_may_fire_across_reaches_beyond_its_province(ground):
    """By hand: the frame grows by the reach on all sides: 30 km, about 0.27 degrees of latitude."""
    path = "members[PL].assets[pl-gbad-border]"
    item = vary(package("pl-ro-toward-border"), {f"{path}.across_border": True, f"{path}.reach": 30, "members[RO].assets[ro-gbad-border].reach": 30})
    lublin = compiled(item, ground).batteries[0]
    assert lublin["across"] == 1
    north = outside_frame_m(lublin["frame"], *project(52.3, 22.9))
    assert north == pytest.approx(-30_000, rel=0.07)  # plane metres


def test_members_without_a_border_in_the_theatre_have_no_country(ground):
    """Kernels know twelve borders; the United Kingdom's and Czechia's are not among them."""
    row = compiled("skyshield-west", ground)
    country = dict(zip(row.member_names, row.members["country"], strict=True))
    assert (country["PL"], country["RO"]) == (1, 2)
    assert {country[name] for name in ("GB", "FR", "NL", "DK", "SE", "CZ")} == {-1}


@pytest.mark.parametrize(
    ("lat", "lon", "inside"),
    [
        (49.84, 24.03, True),  # Lviv
        (50.45, 30.52, True),  # Kyiv
        (46.48, 30.73, True),  # Odesa
        (49.23, 28.47, True),  # Vinnytsia
        (49.99, 36.23, False),  # Kharkiv, east
        (47.84, 35.14, False),  # Zaporizhzhia, south
        (51.50, 31.29, False),  # Chernihiv, not named
        (50.02, 33.99, False),  # Lubny's neighbour Myrhorod, Poltava oblast, 130 km from Russia
        (51.25, 22.57, False),  # Lublin, Poland
        (45.30, 34.10, False),  # Crimea
    ],
)
def test_the_zone_of_skyshield_holds_what_the_proposal_names(ground, lat, lon, inside):
    """By the map: west and centre, Kyiv, Odesa; not the east, the south, nor what lies within 200 km of Russia."""
    zones = compiled("skyshield-west", ground).zones
    fields = ground.fields
    x, y = project(lat, lon)
    assert zones.dtype == np.uint8
    assert zones.shape == (1, *fields.region.shape)
    assert bool(zones[0, int((y - fields.y0) // fields.cell_m), int((x - fields.x0) // fields.cell_m)]) is inside


def test_a_type_of_the_packages_own_comes_before_the_catalogues(ground):
    """By hand: the same name with another cost."""
    own = vary(aircraft_type("F/A-18"), {"flight_hour_cost": 1_000})
    row = compiled(vary(package("status-quo"), aircraft=[own]), ground)
    assert row.shooters["hour_usd"][3] == pytest.approx(1_000)


@pytest.mark.parametrize("name", ["pl-ro-own-airspace", "pl-ro-may-enter", "pl-ro-100km", "neighbours"])
def test_poland_and_romania_bring_the_same_pairs_to_every_coalition_of_theirs(ground, name):
    """A law: shared ids have the same luck, so differences between the rules are paired; only what a package adds is new."""
    for block in range(5):
        mine, theirs = by_entity(compiled(name, ground, block=block)), by_entity(compiled("pl-ro-toward-border", ground, block=block))
        assert {entity: row for entity, row in mine.items() if row["member"] in ("PL", "RO")} == theirs
        assert {row["member"] for row in mine.values()} <= ({"PL", "RO", "SK", "HU"} if name == "neighbours" else {"PL", "RO"})


def test_every_package_compiles_with_a_radar_for_each_member_that_has_one(ground):
    """By hand: two orbits for each of eight members; none elsewhere."""
    for name in package_names():
        row = compiled(name, ground)
        assert len(row.radars) == (16 if name == "skyshield-west" else 0)
    assert np.all(row.radars["range_m"][:, CRUISE] >= 150_000)
    assert len(set(row.radars["range_m"][:, DRONE])) == 2


def test_one_luck_moves_the_pilots_of_all_nations_and_other_classes_fly_as_cruise_missiles(ground):
    """By the rule: no nation in the name of the draw; within the ranges of docs/packages.md; a class of its own where one is given."""
    for block in range(5):
        rows = compiled("neighbours", ground, block=block).members
        assert len(np.unique(rows["fires_own"], axis=0)) == len(np.unique(rows["fires_ukraine"], axis=0)) == 1
        assert 0.15 <= rows["fires_own"][0, DRONE] <= 0.8
        assert 0.5 <= rows["fires_ukraine"][0, CRUISE] <= 1.0
        assert set(rows["fires_own"][0, CRUISE:]) == {rows["fires_own"][0, CRUISE]}
    sure = compiled(vary(package("status-quo"), {"members[RO].pilot.over_own.drone": 1}), ground)
    assert dict(zip(sure.member_names, sure.members["fires_own"][:, DRONE], strict=True))["RO"] == 1.0


def test_radars_of_all_nations_look_with_one_luck(ground):
    """A law: chance of a look, period, loss and confusion rest on the same few cases, so one draw moves all nations'; an error of place is a nation's own."""
    differ = False
    for block in range(5):
        table = compiled("neighbours", ground, block=block).members
        for name in ("p_look", "ground_revisit_s", "airborne_revisit_s", "drop_after", "confusion"):
            assert (table[name] == table[name][0]).all()
        assert table["drop_after"][0] in (3.0, 4.0, 5.0, 6.0)
        assert (table["p_look"][0][[2, 3, 4, 5]] > table["p_look"][0][0]).all() or block
        differ = differ or len(set(table["position_error_m"])) > 1
    assert differ


def test_the_word_for_the_form_and_for_pooling_come_to_the_members(ground):
    """By the package: looks unless it says horizon; a pool has one latency."""
    table = compiled("neighbours", ground).members
    assert (table["looks"] == 1).all() and (table["pooling"] == 1).all() and len(set(table["pool_latency_s"])) == 1
    plain = vary(package("status-quo"), {"members[RO].picture.detection": "horizon"})
    table = compiled(plain, ground).members
    assert table["looks"].tolist() == [1, 0] and (table["pooling"] == 0).all()


def test_a_radar_that_members_share_is_one(ground):
    """By the package: eight members list the same two airborne radars."""
    radars = compiled("skyshield-west", ground).radars
    assert len(radars) == 16 and set(radars["entity"]) == {draws.entity_id(f"radar/airborne-radar-{side}") for side in ("north", "south")}


def test_one_luck_moves_the_flying_of_all_pairs(ground):
    """By the rule: fuel at dash, failures, delays and duty rest on the same assumptions everywhere; within the ranges of docs/packages.md; what is not a pair's
    is neutral."""
    for block in range(5):
        rows = compiled("neighbours", ground, block=block).shooters
        cap, qra, gbad = (rows["kind"] == kind for kind in (arrays.KIND_CAP, arrays.KIND_QRA, arrays.KIND_GBAD))
        pairs = cap | qra
        for name, of, low, high in (
            ("dash_burn", pairs, 1.5, 4.0), ("p_available", pairs, 0.7, 1.0), ("spare_s", cap, 300.0, 2_700.0), ("relief_delay_s", cap, 0.0, 1_200.0),
            ("crew_duty_s", qra, 18_000.0, 43_200.0),
        ):  # fmt: skip
            assert len(set(rows[name][of])) <= 1
            assert ((rows[name][of] >= low) & (rows[name][of] <= high)).all()
        assert (rows["relief_delay_s"][qra] == 0.0).all() and np.isinf(rows["crew_duty_s"][cap | gbad]).all()
        assert (rows["dash_burn"][gbad] == 1.0).all() and (rows["p_available"][gbad] == 1.0).all()
