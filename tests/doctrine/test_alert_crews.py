"""Jets that fail, reliefs that come late, crews that have flown enough: keyed luck by the rule, times by hand."""

from __future__ import annotations

import math

import numpy as np
from pytest import approx, mark

import toy_world as toy
from zaslin import draws
from zaslin.doctrine.alert import LEAST_ON_STATION_S, duty_suffices, fails, relief_late_s, take_off_s
from zaslin.plane import distance_m
from zaslin.world.arrays import KIND_QRA

KM = 1_000.0
SEED = np.uint64(4)


def _pair(**changes):
    return toy.coalition([toy.member()], [], [toy.pair(kind=KIND_QRA, **changes)]).shooters[0]


def _available(shooter, night: int, number: int) -> float:
    return float(draws.uniform(SEED, np.uint64(night), shooter["entity"], draws.AVAILABLE, number))


@mark.parametrize("number", [0, 1, 4])
def test_a_jet_fails_where_its_keyed_uniform_is_not_below_its_availability(number):
    """By the rule: the uniform of (seed, night, pair, AVAILABLE, take-off) at or above p_available fails; at 1 none, at 0 all."""
    for night in range(5):
        u = _available(_pair(), night, number)
        assert fails(SEED, np.uint64(night), _pair(p_available=u), number)
        assert not fails(SEED, np.uint64(night), _pair(p_available=u + 1e-9), number)
        assert not fails(SEED, np.uint64(night), _pair(p_available=1.0), number)
        assert fails(SEED, np.uint64(night), _pair(p_available=0.0), number)


def test_where_a_jet_fails_the_spare_takes_off_a_second_readiness_later():
    """By the rule: two keyed lognormals of 900 s, spread 0.2, of READINESS and of SPARE."""
    night = np.uint64(9)
    for number in (0, 1, 5):
        ready = _pair(p_available=1.0)
        z, spare = (draws.normal(SEED, night, ready["entity"], purpose, number) for purpose in (draws.READINESS, draws.SPARE))
        first = 70.0 + 900.0 * math.exp(0.2 * z)
        assert take_off_s(SEED, night, ready, 70.0, number) == approx(first, rel=1e-12)
        assert take_off_s(SEED, night, _pair(p_available=0.0), 70.0, number) == approx(first + 900.0 * math.exp(0.2 * spare), rel=1e-12)


def test_a_relief_is_late_by_an_exponential_and_by_the_spares_way():
    """By the rule: mean times the keyed exponential of (seed, night, pair, RELIEF_DELAY, number); the first pair (0) is on time. Where a jet fails: 700 s
    more, for the first too."""
    night = np.uint64(2)
    for number in (0, 1, 2, 6):
        for available, more in ((1.0, 0.0), (0.0, 700.0)):
            shooter = _pair(p_available=available, spare_s=700.0, relief_delay_s=300.0)
            late = 300.0 * draws.exponential(SEED, night, shooter["entity"], draws.RELIEF_DELAY, number) if number > 0 else 0.0
            assert relief_late_s(SEED, night, shooter, number) == approx(late + more, rel=1e-12)
    assert relief_late_s(SEED, night, _pair(), 3) == 0.0  # no delay, no failure


def test_a_crew_is_ordered_up_while_its_duty_holds_both_ways_and_the_least_time_there():
    """By hand: 150 km at 250 m/s is about 600 s each way and the least stay 1,200 s: of a duty of 4 h it may have flown 4 h less 2,400 s before, not more."""
    way = distance_m(-200 * KM, 30 * KM, -50 * KM, -70 * KM) / 250.0
    shooter = _pair(crew_duty_s=14_400.0, base=(-200.0, 30.0), station=(-50.0, -70.0))
    most = 14_400.0 - 2.0 * way - LEAST_ON_STATION_S
    assert duty_suffices(shooter, 0.0) and duty_suffices(shooter, most - 0.01)
    assert not duty_suffices(shooter, most + 0.01)
    assert duty_suffices(_pair(), 1e6)  # no limit
    near = _pair(crew_duty_s=5_000.0, base=(-50.0, 0.0))
    assert duty_suffices(near, 5_000.0 - LEAST_ON_STATION_S) and not duty_suffices(near, 5_001.0 - LEAST_ON_STATION_S)
