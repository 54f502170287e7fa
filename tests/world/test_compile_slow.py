"""Helicopters and interceptor drones as arrays: single shooters on alert, slow rounds, and luck of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from zaslin import draws
from zaslin.atlas.ground import Ground
from zaslin.scenario.aircraft_catalogue import aircraft_catalogue
from zaslin.scenario.package import Package
from zaslin.scenario.packages import package
from zaslin.scenario.threat import CLASSES
from zaslin.scenario.vary import REMOVE, vary
from zaslin.units import KM
from zaslin.world import arrays
from zaslin.world.arrays import Coalition
from zaslin.world.compile_package import compile_package

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "danube-slow-and-cheap.yaml"
HELI = "members[RO].assets[ro-heli-danube]"
DRONE, CRUISE = CLASSES.index("drone"), CLASSES.index("cruise")


def compiled(item: Package, ground: Ground, block: int = 0) -> Coalition:
    return compile_package(item, aircraft_catalogue(), ground, 7, block)


def rows(coalition: Coalition, asset: str) -> list:
    return [row for row in coalition.shooters if coalition.asset_names[row["asset"]] == asset]


def test_each_helicopter_is_a_shooter_of_its_own(ground):
    """By hand: two of them fixed; one jet each, on alert, 8 bursts, from 3 km at most against drones, nothing against cruise missiles; each with its luck."""
    item = vary(package(EXAMPLE), {f"{HELI}.number": 2, f"{HELI}.bursts": 8})
    found = rows(compiled(item, ground), "ro-heli-danube")
    assert [int(row["entity"]) for row in found] == [draws.entity_id("ro-heli-danube/0"), draws.entity_id("ro-heli-danube/1")]
    for row in found:
        assert (row["kind"], row["jets"], row["rounds"], row["bursts"], row["raid_warning"]) == (arrays.KIND_QRA, 1, 0, 8, 1)
        assert row["gun_reach_m"] == row["reach_m"][DRONE]
        assert row["gun_p"].tolist() == row["p_kill"].tolist()
        assert (row["tail_loss"], row["look_down_loss"], row["burst_usd"]) == (0.0, 0.0, row["round_usd"])
        assert 500.0 <= row["reach_m"][DRONE] <= 6_000.0
        assert row["reach_m"][CRUISE] == row["p_kill"][CRUISE] == 0.0
        assert 220.0 / 3.6 <= row["dash_mps"] <= 335.0 / 3.6
        assert 3_116.0 <= row["hour_usd"] <= 10_000.0
    pairs = rows(compiled(item, ground), "ro-qra-fetesti")
    assert [(row["jets"], row["rounds"] % 2) for row in pairs] == [(2, 0)]


@pytest.mark.parametrize("number", [0, 1])
def test_the_number_is_drawn_as_a_whole_one(ground, number):
    """By hand: fixed at 0 nobody stands there; the range 1 to 2 gives both over the blocks."""
    if number == 0:
        assert rows(compiled(vary(package(EXAMPLE), {f"{HELI}.number": 0}), ground), "ro-heli-danube") == []
    else:
        assert {len(rows(compiled(package(EXAMPLE), ground, block), "ro-heli-danube")) for block in range(20)} == {1, 2}


def test_a_helicopter_more_changes_nobody_elses_numbers(ground):
    """Law: without it, fighters and batteries have the same bytes but for the position of their asset."""
    for block in range(5):
        both, without = compiled(package(EXAMPLE), ground, block), compiled(vary(package(EXAMPLE), {HELI: REMOVE}), ground, block)
        for asset in ("ro-qra-fetesti", "ro-interceptors", "ro-guns-danube"):
            for a, b in zip(rows(both, asset), rows(without, asset), strict=True):
                assert [a[name].tolist() for name in a.dtype.names if name != "asset"] == [b[name].tolist() for name in b.dtype.names if name != "asset"]


def test_a_team_with_interceptor_drones_is_a_battery_of_slow_rounds(ground):
    """By hand: one for each of two provinces; 200 to 282 km/h, drones only, two operators in the middle of the range."""
    coalition = compiled(package(EXAMPLE), ground)
    found = rows(coalition, "ro-interceptors")
    assert [int(row["entity"]) for row in found] == [draws.entity_id(f"ro-interceptors/{name}") for name in ("Tulcea", "Galați")]
    for row in found:
        assert (row["kind"], row["jets"]) == (arrays.KIND_GBAD, 0)
        assert 200.0 / 3.6 <= row["missile_mps"] <= 282.0 / 3.6
        assert 3 * KM <= row["reach_m"][DRONE] <= 30 * KM
        assert row["reach_m"][CRUISE] == 0.0
        assert 2_500.0 <= row["round_usd"] <= 15_000.0
    units = [unit for unit in coalition.batteries if coalition.asset_names[coalition.shooters[unit["shooter"]]["asset"]] == "ro-interceptors"]
    assert all(1 <= unit["channels"] <= 4 and unit["across"] == 0 for unit in units)
