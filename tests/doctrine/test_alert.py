"""When alert pairs are ordered up and patrols relieved."""

from __future__ import annotations

import math

import numpy as np
from pytest import approx

import toy_world as toy
from zaslin.doctrine.alert import first_within_s, on_station_s, order_s, take_off_s
from zaslin.scenario.threat import CLASSES
from zaslin.world.arrays import KIND_QRA

KM = 1_000.0
WEST = {"points": [(300, 0), (50, 0)], "speed": 200.0}


def _order(raid, member=None, from_s=None, **changes) -> float:
    allies = toy.coalition([member or toy.member()], [], [toy.pair(kind=KIND_QRA, **changes)])
    sight, pieces = toy.sensed(raid, allies)
    since = -allies.shooters["lead_s"][0] if from_s is None else from_s
    return order_s(toy.ground().fields, raid.threats, raid.verts, allies.members[0], sight[0], pieces, allies.shooters[0], since)


def test_a_straight_flyer_comes_within_150_km_when_it_has_flown_the_rest():
    """By hand: from 300 km to 150 km at 200 m/s: 750 s."""
    raid = toy.raid(WEST)
    assert first_within_s(toy.ground().fields, toy.PL, 150 * KM, raid.verts, 0, 2, 0.0, 1e4) == approx(750.0, rel=2e-3)


def test_the_raid_warning_comes_its_lead_before_the_first_threat():
    """By hand: 750 s less 600 s of lead; a lead beyond the epoch orders the pair up before it."""
    assert _order(toy.raid(WEST), raid_warning=1, lead_s=600.0) == approx(150.0, abs=2.0)
    assert _order(toy.raid(WEST), raid_warning=1, lead_s=3_600.0) == approx(750.0 - 3_600.0, abs=2.0)


def test_without_a_warning_the_own_track_orders():
    """By hand: own radars see it 57 km off the border, with a shared picture (which holds it from its start) or without; and within 20 km by the rule."""
    far = toy.raid({**WEST, "points": [(300, 0), (-50, 0)]})
    for shared in (0, 1):
        assert _order(far, member=toy.member(shared=shared)) == approx((300 - 57.3) / 0.2, rel=3e-3)
    assert _order(far, track_within_m=20 * KM) == approx((300 - 20) / 0.2, rel=2e-3)


def test_what_never_comes_near_or_is_stopped_before_its_own_track_orders_nobody():
    """By hand: a flight 200 km off, and, without a warning, one that Ukraine's layer stops 60 km off, 3 km before own radars see it."""
    assert _order(toy.raid({"points": [(200, -100), (200, 100)], "speed": 200.0}), raid_warning=1) == math.inf
    assert _order(toy.raid({"points": [(300, 0), (-50, 0)], "speed": 200.0, "stop": 1_200.0})) == math.inf


def test_the_raid_warning_does_not_know_what_ukraine_will_stop():
    """By the rule: stopped 160 km off or not, the warning comes 600 s before the free flight would be 150 km off: 750 s less 600 s."""
    assert _order(toy.raid({**WEST, "stop": 700.0}), raid_warning=1, lead_s=600.0) == _order(toy.raid(WEST), raid_warning=1, lead_s=600.0)
    assert _order(toy.raid({**WEST, "stop": 700.0}), raid_warning=1, lead_s=600.0) == approx(150.0, abs=2.0)


def test_a_threat_that_is_dead_at_the_moment_of_the_order_warns_of_nothing():
    """By hand: near at 750 s, lead 100 s, so the order would come at 650 s: stopped at 600 s it orders nobody, at 660 s it does. A second threat, 300 s
    behind the dead one, orders at 950 s."""
    assert _order(toy.raid({**WEST, "stop": 600.0}), raid_warning=1, lead_s=100.0) == math.inf
    assert _order(toy.raid({**WEST, "stop": 660.0}), raid_warning=1, lead_s=100.0) == approx(650.0, abs=2.0)
    assert _order(toy.raid({**WEST, "stop": 600.0}, {**WEST, "start": 300.0}), raid_warning=1, lead_s=100.0) == approx(950.0, abs=2.0)


def test_a_second_order_is_not_given_for_the_dead_either():
    """By hand: a pair that stands again at 800 s, the threat then 140 km off by its free flight: stopped at 790 s it orders nobody, at 810 s at once."""
    assert _order(toy.raid({**WEST, "stop": 790.0}), from_s=800.0, raid_warning=1, lead_s=600.0) == math.inf
    assert _order(toy.raid({**WEST, "stop": 810.0}), from_s=800.0, raid_warning=1, lead_s=600.0) == 800.0


def test_a_ballistic_missile_orders_nobody():
    """By the rule: fighters are not sent against what they cannot meet."""
    assert _order(toy.raid({**WEST, "cls": CLASSES.index("ballistic")}), raid_warning=1) == math.inf


def test_readiness_scatters_around_its_median():
    """By hand: log(delay / 900 s) / 0.2 is standard normal over nights; tolerance four standard errors of 1,000."""
    shooter = toy.coalition([toy.member()], [], [toy.pair(kind=KIND_QRA)]).shooters[0]
    z = [math.log((take_off_s(np.uint64(1), np.uint64(i), shooter, 100.0, 0) - 100.0) / 900.0) / 0.2 for i in range(1_000)]
    assert np.mean(z) == approx(0.0, abs=4 / math.sqrt(1_000))
    assert np.std(z) == approx(1.0, abs=4 / math.sqrt(2_000))


def test_a_patrol_stays_for_its_endurance_less_the_way():
    """By hand: three hours, ten minutes each way: 160 minutes; a station at the end of the endurance still gets twenty."""
    shooter = toy.coalition([toy.member()], [], [toy.pair()]).shooters[0]
    assert on_station_s(shooter, 600.0) == 9_600.0
    assert on_station_s(shooter, 5_400.0) == 1_200.0


def test_kernels_and_the_scenario_number_the_classes_alike():
    """Contract: class indices in kernels are positions in scenario.threat.CLASSES."""
    from zaslin.doctrine import alert
    from zaslin.world.arrays import CLASS_NAMES

    assert CLASS_NAMES == CLASSES
    assert [CLASSES[i] for i in (alert._DRONE, alert._CRUISE, alert._AEROBALLISTIC, alert._BALLISTIC)] == ["drone", "cruise", "aeroballistic", "ballistic"]
