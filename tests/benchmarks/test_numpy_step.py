"""The NumPy time-step of workload W: worked cases on a line, and its geometry against others'."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from shapely import Point
from shapely import Polygon as Flat

import numpy_step
from make_w import ASSESS_S, FIGHTER_R, FIGHTER_TOF, FIGHTER_V, QRA_S, RE, SAM_REACT, SAM_RELOAD, SAM_SHOTS, SAM_V, TRACK_S
from numpy_sphere import Polygon, along, angle, earliest_shot_s, heading, unit

DEGREE_M = np.pi * RE / 180.0
BOX = np.array([[-6.0, -5.0], [12.0, -5.0], [12.0, 5.0], [-6.0, 5.0]])


def on_a_line(speed: float, alt: float, from_deg: float, **other: Any) -> dict[str, Any]:
    """One threat that flies west along the equator to longitude 0, one radar of 40 m at longitude 0, nothing that shoots; `other` names replace."""
    nothing = {
        "f_base": np.zeros(0, dtype=int),
        "f_cap": np.zeros(0, dtype=int),
        "f_pk": np.zeros(0),
        "bat": np.zeros((0, 2)),
        "bat_r": np.zeros(0),
        "bat_pk": np.zeros(0),
    }
    threat = {
        "way": [np.array([[from_deg, 0.0], [0.0, 0.0]])],
        "speed": np.array([speed]),
        "alt": np.array([alt]),
        "launch": np.zeros(1),
        "pk_threat": np.ones(1),
    }
    ground = {"base": np.zeros((1, 2)), "cap": np.zeros((1, 2)), "rad": np.zeros((1, 2)), "rad_r": np.array([400e3]), "rad_h": np.array([40.0])}
    return nothing | threat | ground | {"kz": BOX, "border": BOX} | other


def flown(w: dict[str, Any]) -> tuple[dict[str, int], dict[str, list[float]]]:
    """Outcome of a night, and the times of its events by kind."""
    times: dict[str, list[float]] = {}
    return numpy_step.night(w, 1, lambda t, what, _: times.setdefault(what, []).append(t)), times


def test_a_patrol_meets_a_missile_when_the_line_says_so():
    """By hand, on a line: in view at 4/3-earth horizon; both close until the round of 30 s just reaches; the round and the missile then close at v_m + v."""
    v = 200.0
    outcome, times = flown(on_a_line(v, 5_000.0, 4.0, f_base=np.zeros(1, dtype=int), f_cap=np.zeros(1, dtype=int), f_pk=np.ones(1)))
    view = 4.0 * DEGREE_M - 4_121.8 * (np.sqrt(40.0) + np.sqrt(5_000.0))
    track = view / v + TRACK_S
    fire = (4.0 * DEGREE_M - v * FIGHTER_TOF - FIGHTER_R + FIGHTER_V * track) / (FIGHTER_V + v)
    met = fire + (FIGHTER_R + v * FIGHTER_TOF) / (FIGHTER_R / FIGHTER_TOF + v)
    assert times["claim"] == [approx(track, abs=1.0)]
    assert times["shot"] == [approx(fire, abs=1.0)]
    assert times["result"] == [approx(met, abs=2.0)]
    assert (outcome["fighter_kills"], outcome["fighter_shots"], outcome["leakers"]) == (1, 1, 0)


def test_an_alert_fighter_takes_off_after_its_readiness():
    """By hand: at the equator, inside the border from the start, the order comes with the track; 900 s later, give or take the readiness's spread, it flies."""
    outcome, times = flown(on_a_line(50.0, 1_000.0, 2.0, f_base=np.zeros(1, dtype=int), f_cap=np.full(1, -1), f_pk=np.ones(1)))
    view = 2.0 * DEGREE_M - 4_121.8 * (np.sqrt(40.0) + np.sqrt(1_000.0))
    assert times["order"] == [approx(view / 50.0 + TRACK_S, abs=1.0)]
    assert QRA_S * np.exp(-0.8) < times["relief or take-off"][0] - times["order"][0] < QRA_S * np.exp(0.8)
    assert times["claim"] == [times["relief or take-off"][0]]
    assert outcome["fighter_kills"] == 1


def test_a_battery_meets_a_drone_where_its_reach_begins():
    """By hand: a round of speed v_m meets the drone within reach once it is as near as reach · (1 + v / v_m); it is fired a reaction later."""
    v, reach = 50.0, 40e3
    outcome, times = flown(on_a_line(v, 1_000.0, 1.0, bat=np.zeros((1, 2)), bat_r=np.array([reach]), bat_pk=np.ones(1)))
    take = (1.0 * DEGREE_M - reach * (1.0 + v / SAM_V)) / v
    fire = take + SAM_REACT
    met = fire + (1.0 * DEGREE_M - v * fire) / (SAM_V + v)
    assert times["battery takes"] == [approx(take, abs=1.0)]
    assert times["battery's shot"] == [approx(fire, abs=2.0)]
    assert times["battery's result"] == [approx(met, abs=3.0)]
    assert (outcome["battery_kills"], outcome["battery_shots"], outcome["leakers"]) == (1, 1, 0)


def test_a_magazine_that_is_empty_is_full_again_after_its_reload():
    """By hand: rounds that always miss go one flight and one assessment apart; the ninth waits for the reload, and a threat that nothing hits leaks."""
    outcome, times = flown(on_a_line(10.0, 1_000.0, 1.0, bat=np.zeros((1, 2)), bat_r=np.array([40e3]), bat_pk=np.zeros(1)))
    shots = times["battery's shot"]
    gaps = np.diff(shots)
    assert len(shots) > SAM_SHOTS
    assert gaps[0] == approx((40e3 - 10.0 * SAM_REACT) / (SAM_V + 10.0) + ASSESS_S, abs=2.0)
    assert gaps[SAM_SHOTS - 1] == approx(SAM_RELOAD + SAM_REACT, abs=2.0)
    assert (outcome["battery_kills"], outcome["leakers"]) == (0, 1)


def test_nobody_fires_outside_the_zone():
    """Law: with a zone far away the same threat leaks, and no round is fired."""
    armed = {
        "f_base": np.zeros(1, dtype=int),
        "f_cap": np.zeros(1, dtype=int),
        "f_pk": np.ones(1),
        "bat": np.zeros((1, 2)),
        "bat_r": np.array([40e3]),
        "bat_pk": np.ones(1),
    }
    outcome, _ = flown(on_a_line(200.0, 5_000.0, 4.0, kz=BOX + [0.0, 20.0], **armed))
    assert (outcome["fighter_shots"], outcome["battery_shots"], outcome["leakers"]) == (0, 0, 1)


@given(st.floats(20.0, 35.0), st.floats(44.0, 52.0), st.floats(20.0, 35.0), st.floats(44.0, 52.0), st.floats(0.0, 6.283), st.floats(30.0, 300.0))
def test_the_earliest_shot_is_the_first_time_at_which_it_can_be_fired(lon, lat, lon_to, lat_to, course, speed):
    """Law: at the root the round just reaches, and a second before it does not; where there is none, it does not at the end of the search."""
    p, x = unit(np.array([[lon, lat]])), unit(np.array([[lon_to, lat_to]]))
    north = heading(x, np.array([[0.0, 0.0, 1.0]]))
    u = np.cos(course) * north + np.sin(course) * np.cross(north, x)
    t = earliest_shot_s(p, x, u, np.array([speed]), np.zeros(1), FIGHTER_V, FIGHTER_R, FIGHTER_TOF, 900.0)[0]

    def gap(at: float) -> float:
        return float(RE * angle(p, along(x, u, np.array([speed / RE * (at + FIGHTER_TOF)])))[0] - FIGHTER_V * at - FIGHTER_R)

    if t == np.inf:
        assert gap(900.0) > 0.0
    else:
        assert gap(t) <= 10.0
        assert t == 0.0 or gap(t - 1.0) > 0.0


def test_inside_a_polygon_agrees_with_shapely_in_its_plane():
    """Oracle: shapely, on the rough zone of W and 2,000 places."""
    lonlat = numpy_step.draw(1)["kz"]
    polygon = Polygon(lonlat)
    places = unit(np.random.default_rng(5).uniform([14.0, 43.0], [41.0, 53.0], (2_000, 2)))
    flat = Flat(np.column_stack([polygon.x0, polygon.y0]))
    x, y = polygon.plane(places)
    expected = np.array([flat.contains(Point(a, b)) for a, b in zip(x, y)])
    assert 200 < expected.sum() < 1_800
    assert np.array_equal(polygon.inside(places), expected)
    away = np.array([flat.distance(Point(a, b)) for a, b in zip(x, y)])
    assert np.all((polygon.outside_m(places) == 0.0) == expected)
    assert polygon.outside_m(places) == approx(away * RE, rel=0.05)


@pytest.mark.slow
def test_a_night_of_w_accounts_for_every_threat():
    """Law: threats are shot down once each or leak; a kill takes a shot; the same seed gives the same night."""
    w = numpy_step.draw(3)
    first, again = numpy_step.night(w, 3), numpy_step.night(w, 3)
    assert first == again
    assert first["fighter_kills"] + first["battery_kills"] + first["leakers"] == 120
    assert first["fighter_kills"] <= first["fighter_shots"] and first["battery_kills"] <= first["battery_shots"]
