"""Objects that are no threats: how many, where, for how long, and whose luck they have."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import toy_world as toy
from zaslin import draws
from zaslin.atlas.borders import COUNTRIES
from zaslin.atlas.fields import cell_of
from zaslin.atlas.ground import load_ground
from zaslin.scenario.others import OtherTraffic, other_traffic
from zaslin.world.arrays import CIVIL, FALSE, FRIENDLY, MEMBER, SIDE_NEIGHBOUR, SIDE_UKRAINE, Others
from zaslin.world.compile_others import compile_others, mistakes_of
from zaslin.world.inputs import Luck
from zaslin.world.others import add_others, between, mistaken, object_path, object_times

HOURS = 10.0
NIGHT_S = HOURS * 3600.0


def fixed(**changes: dict[str, object]) -> OtherTraffic:
    """The shipped assumptions at their best values, with whole kinds changed number by number (value, unit)."""
    data = other_traffic().model_dump()
    for name, kind in changes.items():
        data[name] |= {key: {"value": v, "low": v, "high": v, "unit": unit} for key, (v, unit) in kind.items()}  # type: ignore[attr-defined]
    return OtherTraffic.model_validate(data)


@cache
def others(seed: int = 7, block: int = 0) -> Others:
    """The shipped objects, compiled for a block of the real ground."""
    return compile_others(other_traffic(), load_ground().fields, Luck(seed, block))


def members(n: int = 1, chance: float = 1.0, shared: int = 0) -> np.ndarray:
    """Members that take any object for a threat with this chance."""
    out = np.zeros(n, dtype=MEMBER)
    out["mistakes"], out["shared"] = (0.0, chance, chance, chance), shared
    out["entity"] = [draws.entity_id(f"member {i}") for i in range(n)]
    return out


def test_as_many_appear_as_the_rate_says_and_they_vary_as_poisson_counts_do():
    """Mean and variance of a Poisson count are both rate x time; tolerances are four standard errors of 400 nights."""
    some = others()
    k = some.names.index("false-PL")
    span = NIGHT_S - some.from_s
    lam = float(some.kinds["rate_per_s"][k]) * span
    counts = np.array([len(object_times(some, NIGHT_S, 7, r)[k]) for r in range(400)])
    assert counts.mean() == pytest.approx(lam, abs=4.0 * np.sqrt(lam / 400))
    assert counts.var() == pytest.approx(lam, abs=4.0 * lam * np.sqrt(2.0 / 400 + 1.0 / (400 * lam)))


def test_the_rate_is_density_times_the_strips_area():
    """By hand on the toy ground: Poland's strip within 50 km of x = 0 is 50 x 1000 km; 0.1 an hour and 10,000 km² are 0.5 an hour. The plane is a little
    larger than the ground away from its centre: cos³ of 4.5° at most, under 1 %."""
    traffic = fixed(civil={"density": (0.1, "1/h/10000km2"), "within": (50.0, "km")})
    some = compile_others(traffic, toy.ground().fields, Luck(1, 0))
    rate = float(some.kinds["rate_per_s"][some.names.index("civil-PL")]) * 3600.0
    assert rate == pytest.approx(0.5, rel=0.01)


def test_a_rate_of_nothing_makes_no_row():
    nothing = {"density": (0.0, "1/h/10000km2")}
    some = compile_others(fixed(civil=nothing, friendly=nothing, false=nothing), toy.ground().fields, Luck(1, 0))
    assert not len(some.kinds)
    raid = toy.raid({"points": [(100, 0), (-100, 0)], "speed": 200.0})
    assert add_others(raid, some, members(), toy.ground(), 1) is raid


def test_a_country_that_the_theatre_lacks_has_no_objects():
    traffic = OtherTraffic.model_validate(other_traffic().model_dump() | {"borders": ("PL", "FR")})
    some = compile_others(traffic, load_ground().fields, Luck(1, 0))
    assert {name.split("-")[1] for name in some.names} == {"PL"}


def test_objects_appear_in_their_strip_and_stay_on_their_side():
    """To a cell of the atlas: appearing place and a hundred points of every flight, against the rasters."""
    fields, some = load_ground().fields, others()
    seen = set()
    for k, kind in enumerate(some.kinds):
        within = {name: getattr(other_traffic(), name).within.high * 1000.0 for name in ("civil", "friendly", "false")}[some.names[k].split("-")[0]]
        for i in range(40):
            entity = np.uint64(draws.entity_id(f"{some.names[k]}-{i:03d}"))
            path = object_path(kind, some, fields, entity, 0.0, np.uint64(1), np.uint64(2))
            iy, ix = cell_of(fields, path["x"][0], path["y"][0])
            country, neighbour = int(fields.country[iy, ix]), int(kind["country"])
            assert country in (0, neighbour)
            assert fields.distance[neighbour if country == 0 else 0, iy, ix] <= within
            if kind["other"] == FALSE:
                seen.add(country == 0)
                continue
            assert kind["side"] == (SIDE_NEIGHBOUR if kind["other"] == CIVIL else SIDE_UKRAINE)
            wanted = neighbour if kind["other"] == CIVIL else 0
            for share in np.linspace(0.0, 1.0, 100):
                x, y = (path[name][0] + share * (path[name][1] - path[name][0]) for name in ("x", "y"))
                jy, jx = cell_of(fields, x, y)
                near = fields.country[max(jy - 1, 0) : jy + 2, max(jx - 1, 0) : jx + 2]
                assert (near == wanted).any(), some.names[k]
    assert seen == {True, False}


def test_speed_height_and_life_lie_in_their_ranges():
    some, fields = others(), load_ground().fields
    k = some.names.index("friendly-PL")
    kind = some.kinds[k]
    for i in range(60):
        path = object_path(kind, some, fields, np.uint64(i), 100.0, np.uint64(1), np.uint64(2))
        length = np.hypot(np.diff(path["x"])[0], np.diff(path["y"])[0])
        life = path["t"][1] - path["t"][0]
        assert path["t"][0] == 100.0 and 0.0 < life <= kind["life_s"][2] + 1e-6
        # the plane stretches by up to 2 % this far from its centre
        assert kind["speed_mps"][0] * 0.99 <= length / life <= kind["speed_mps"][2] * 1.04
        assert kind["alt_m"][0] <= path["alt"][0] == path["alt"][1] <= kind["alt_m"][2]


def test_a_wide_range_is_read_as_a_factor():
    """As `Sourced.at`: the median of a triangle on (1, 10, 100) on the logarithms is 10; on (0, 1, 2) it is 1."""
    assert between(1.0, 10.0, 100.0, 0.5) == pytest.approx(10.0)
    assert between(0.0, 1.0, 2.0, 0.5) == pytest.approx(1.0)
    number = other_traffic().civil.altitude
    for u in (0.01, 0.3, 0.9):
        assert between(number.low, number.value, number.high, u) == pytest.approx(number.at(u))


def test_objects_come_after_the_threats_and_change_none_of_them():
    raid = toy.raid({"points": [(300, 0), (-300, 0)], "speed": 50.0}, {"points": [(200, 50), (100, 50)], "speed": 50.0})
    some = compile_others(other_traffic(), toy.ground().fields, Luck(1, 0))
    more = add_others(raid, some, members(), toy.ground(), 1)
    n = len(raid.threats)
    assert len(more.threats) > n and (more.threats["other"][n:] > 0).all()
    assert more.threats[:n].tolist() == raid.threats.tolist()
    assert more.names[:n] == raid.names and len(set(more.names)) == len(more.names)
    assert more.verts[: len(raid.verts)].tolist() == raid.verts.tolist()
    assert more.inside[: len(raid.inside)].tolist() == raid.inside.tolist()
    assert (np.diff(more.inside["threat"]) >= 0).all()
    for i in range(n, len(more.threats)):
        row = more.threats[i]
        path = more.verts[row["vert_from"] : row["vert_to"]]
        assert (path["t"][0], path["t"][1]) == (row["launch_s"], row["end_s"])
        assert row["launch_s"] >= raid.threats["launch_s"].min()
        assert row["launch_s"] <= raid.threats["end_s"].max()


def test_what_was_there_before_the_raid_begins_where_it_is_at_the_first_launch():
    """The same flight, cut: its end and its speed stay."""
    early = toy.raid({"points": [(300, 0), (-300, 0)], "speed": 50.0, "start": 0.0})
    late = toy.raid({"points": [(300, 0), (-300, 0)], "speed": 50.0, "start": 1200.0})
    some = compile_others(fixed(false={"density": (20.0, "1/h/10000km2")}), toy.ground().fields, Luck(1, 0))
    whole, cut = (add_others(raid, some, members(), toy.ground(), 1) for raid in (early, late))
    both = [name for name in whole.names[1:] if name in cut.names]
    found = 0
    for name in both:
        a, b = whole.threats[whole.names.index(name)], cut.threats[cut.names.index(name)]
        assert a["end_s"] == b["end_s"] and a["speed_mps"] == b["speed_mps"]
        if a["launch_s"] < 1200.0:
            found += 1
            assert b["launch_s"] == 1200.0
            pa, pb = whole.verts[a["vert_from"]], cut.verts[b["vert_from"]]
            assert np.hypot(pb["x"] - pa["x"], pb["y"] - pa["y"]) == pytest.approx(a["speed_mps"] * (1200.0 - a["launch_s"]), rel=0.02)
    assert found > 0


def test_only_what_somebody_takes_for_a_threat_is_put_into_the_raid():
    """Worked: a chance of 1 takes all, of 0 none; in between those whose coin falls below it, and a member more can only add."""
    raid = toy.raid({"points": [(300, 0), (-300, 0)], "speed": 50.0})
    some = compile_others(other_traffic(), toy.ground().fields, Luck(1, 0))
    everything, nothing, part, more = (add_others(raid, some, who, toy.ground(), 1) for who in (members(), members(1, 0.0), members(1, 0.4), members(3, 0.4)))
    assert nothing is raid
    assert set(part.names) < set(everything.names)
    assert set(part.names) <= set(more.names)
    key = np.uint64(1), np.uint64(raid.replicate)
    for i, name in enumerate(everything.names[1:], start=1):
        row = everything.threats[i]
        assert (name in part.names) == mistaken(*key, row["entity"], members(1, 0.4)[0], np.int64(row["other"]))


def test_the_coin_is_one_per_object_and_member_and_one_for_all_in_the_shared_picture():
    """Binomial(4000, 0.3): four standard errors are 0.029. Apart, two members agree as independent coins do: 0.3² + 0.7² = 0.58."""
    key = np.uint64(3), np.uint64(0)

    def coins(row: np.void) -> np.ndarray:
        return np.array([mistaken(*key, np.uint64(i), row, np.int64(FRIENDLY)) for i in range(4_000)])

    apart, together = members(2, 0.3), members(2, 0.3, shared=1)
    a, b = coins(apart[0]), coins(apart[1])
    assert a.mean() == pytest.approx(0.3, abs=0.029)
    assert (a == b).mean() == pytest.approx(0.58, abs=0.032)
    assert (coins(together[0]) == coins(together[1])).all()


def test_an_agreement_makes_ukraines_own_aircraft_known_and_nothing_else():
    """By hand: chance over factor for friendly aircraft; civil and false tracks as before. The rates at which its own aircraft are at risk differ."""
    traffic = OtherTraffic.model_validate(_single(other_traffic().model_dump()))
    (taken, fires, risk), (known, same, less) = (mistakes_of(traffic, agreed, Luck(1, 0)) for agreed in (False, True))
    assert known[FRIENDLY] == pytest.approx(taken[FRIENDLY] / traffic.known_by_agreement.value)
    assert (known[CIVIL], known[FALSE]) == (taken[CIVIL], taken[FALSE]) == (traffic.civil.taken_for_threat.value, traffic.false.taken_for_threat.value)
    assert fires == same and fires[0] == 1.0 and taken[0] == 0.0
    assert risk == pytest.approx(traffic.at_risk.none.value / 3600.0) and less == pytest.approx(traffic.at_risk.shared_zones.value / 3600.0)


@pytest.mark.parametrize("block", range(12))
def test_with_an_agreement_the_chances_are_never_greater(block: int):
    """Law over blocks: the same luck draws both."""
    none, agreed = (mistakes_of(other_traffic(), yes, Luck(5, block)) for yes in (False, True))
    assert all(a <= b for a, b in zip(agreed[0], none[0], strict=True))
    assert agreed[2] <= none[2]


def test_the_borders_are_those_of_ukraines_land_neighbours():
    assert set(other_traffic().borders) == {"PL", "SK", "HU", "RO", "MD"} == set(COUNTRIES[1:6])


def _single(data: object) -> object:
    """Every number of a dump at its best value."""
    if isinstance(data, dict):
        if "low" in data and "value" in data:
            return data | {"low": data["value"], "high": data["value"]}
        return {key: _single(value) for key, value in data.items()}
    return data
