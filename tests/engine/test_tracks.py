"""What a member holds and when: tracks by looks, gaps, pooled and shared pictures, mistakes; and what they do to windows and orders."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import approx

import toy_world as toy
from zaslin import draws
from zaslin.doctrine.alert import order_s
from zaslin.engine.sensing import AGAIN_SHARE, mistaken_for, stretches
from zaslin.physics.detection import BY_AIRBORNE, BY_GROUND, BY_POOLED, BY_SHARED, PIECE, late_at, next_piece_s, own_at, piece_at
from zaslin.physics.lethality import pair_entity
from zaslin.plane import distance_m
from zaslin.scenario.threat import CLASSES
from zaslin.world.arrays import EFFECT_ASK, KIND_QRA, ZONE_ANYWHERE, ZONE_UKRAINE, ZONE_WITHIN

KM = 1_000.0
WEST = {"points": [(300, 0), (-100, 0)], "speed": 200.0}
TWO = [(0, 250 * KM, 0.0, (0.0, 30 * KM, 0.0, 0.0, 0.0, 0.0)), (0, 100 * KM, 0.0, (0.0, 30 * KM, 0.0, 0.0, 0.0, 0.0))]
"""Two small airborne radars on WEST's way: in view from 280 to 220 km and from 130 to 70 km."""
BLIND = {"country": -1, "name": "GB", "shared": 0}
"""A member without a border here, so without ground radars."""


def _at(x_km: float) -> float:
    """When WEST is there."""
    return distance_m(300 * KM, 0.0, x_km * KM, 0.0) / 200.0


def _pieces(members, radars=None, raid=None):
    sight, pieces = toy.sensed(raid or toy.raid(WEST), toy.coalition(members, [], [], radars=radars))
    return [[tuple(row[["by", "run", "from_s", "to_s", "late_s"]].tolist()) for row in pieces[s["first"] : s["last"]]] for s in sight[:, 0]], sight, pieces


# --- looks -------------------------------------------------------------------------------------------------------------


def test_a_sure_look_tracks_at_the_second_and_loses_where_the_view_ends():
    """By hand: in view from 280 to 220 km and from 130 to 70 km: a track 10 to 20 s and the delay of 7 s after each beginning, lost at each end."""
    (rows,), sight, pieces = _pieces([toy.member(**BLIND, looks=1, track_delay_s=7.0)], TWO)
    assert [(by, run, late) for by, run, _, _, late in rows] == [(BY_AIRBORNE, 0, 0.0), (BY_AIRBORNE, 1, 0.0)]
    for (_, _, start, end, _), (first, last) in zip(rows, ((280, 220), (130, 70)), strict=True):
        assert _at(first) + 17.0 - 0.5 <= start <= _at(first) + 27.0 + 0.5
        assert end == approx(_at(last), abs=0.5)
    assert (pieces["looks"] == pieces["hits"]).all()
    assert pieces["looks"].tolist() == [approx(30, abs=1)] * 2  # 60 km at 200 m/s, 10 s
    assert sight["own_s"][0, 0] == sight["seen_s"][0, 0] == rows[0][2]


def test_ground_radars_look_and_lose_behind_the_horizon():
    """By hand: 100 m high in to 30 km and out again, in view within 57.3 km: 136 s before the turn to 136 s after; with a longer delay there is none."""
    back = toy.raid({"points": [(200, 0), (30, 0), (200, 0)], "speed": 200.0})
    turn = back.verts["t"][1]
    (rows,), _, _ = _pieces([toy.member(shared=0, looks=1)], raid=back)
    ((by, _, start, end, _),) = rows
    assert by == BY_GROUND
    assert turn - 136.5 + 10.0 - 1.0 <= start <= turn - 136.5 + 20.0 + 1.0
    assert end == approx(turn + 136.5, abs=1.0)
    assert _pieces([toy.member(shared=0, looks=1, track_delay_s=300.0)], raid=back)[0] == [[]]
    assert _pieces([toy.member(shared=0, looks=1, p_look=(0.0,) * 6)], raid=back)[0] == [[]]
    assert _pieces([toy.member(shared=0, looks=1)])[0][0][-1][3] == math.inf  # held where the flight ends in view


def test_what_two_radars_see_at_once_is_one_track():
    """By hand: ground from 57.3 km on and an airborne radar from 100 km on: one piece, begun by the airborne, with the looks of both."""
    radar = [(0, 0.0, 0.0, (0.0, 100 * KM, 0.0, 0.0, 0.0, 0.0))]
    (rows,), _, pieces = _pieces([toy.member(shared=0, looks=1)], radar)
    assert [(by, to) for by, _, _, to, _ in rows] == [(BY_AIRBORNE, math.inf)]
    airborne, ground = (200 * KM / 200.0) / 10.0, (157.3 * KM / 200.0) / 10.0
    assert pieces["looks"][0] == approx(airborne + ground, abs=3)


@settings(max_examples=25, deadline=None)
@given(name=st.integers(0, 10**6), low=st.floats(0.05, 0.95), more=st.floats(0.0, 1.0))
def test_a_better_look_never_delays_a_members_first_track(name, low, more):
    """Law, same luck, no delay: whatever radars it has. (With a delay a track that is lost before it counts may be the earlier one.)"""
    raid = toy.raid({**WEST, "name": f"toy-{name}"})
    own = [_pieces([toy.member(shared=0, looks=1, p_look=(p,) * 6)], TWO, raid)[1]["own_s"][0, 0] for p in (low, low + more * (1.0 - low))]
    assert own[1] <= own[0] + 1e-9


def test_a_member_that_leaves_changes_no_look_of_the_others():
    """Law: two members by chance looks, one alone: the same to the bit; a radar that both list shows both the same."""
    radars = [(m, *row[1:]) for m in (0, 1) for row in TWO]
    looking = {"looks": 1, "p_look": (0.4,) * 6, "shared": 0, "confusion": 0.3, "classification_s": 30.0}
    raid = toy.raid(*({**WEST, "name": f"toy-{i:03d}"} for i in range(60)))
    both = toy.sensed(raid, toy.coalition([toy.member(toy.RO, **looking), toy.member(**looking)], [], [], radars=radars))
    alone = toy.sensed(raid, toy.coalition([toy.member(**looking)], [], [], radars=TWO))
    assert toy.known(*both, 1) == toy.known(*alone)
    blind = [toy.member(**{**BLIND, "name": name}, looks=1, p_look=(0.4,) * 6) for name in ("GB", "FR")]
    sight, pieces = toy.sensed(raid, toy.coalition(blind, [], [], radars=radars))
    seen = [[pieces[s["first"] : s["last"]]["from_s"].tolist() for s in sight[m]] for m in (0, 1)]
    assert seen[0] == seen[1]
    assert len({len(times) for times in seen[0]}) > 1


def test_members_that_look_another_way_at_the_same_radar_see_their_own():
    """Law: the shortcut for members with the same radars holds only where their looks are alike."""
    raid = toy.raid(*({**WEST, "name": f"toy-{i:03d}"} for i in range(20)))
    radars = [(m, *row[1:]) for m in range(4) for row in TWO]
    ways = ({}, {"p_look": (0.5,) * 6}, {"airborne_revisit_s": 5.0}, {"drop_after": 2.0})
    members = [toy.member(**{**BLIND, "name": f"N{i}"}, **{"looks": 1, "p_look": (0.6,) * 6, **way}) for i, way in enumerate(ways)]
    together = toy.sensed(raid, toy.coalition(members, [], [], radars=radars))
    for m, member in enumerate(members):
        alone = toy.sensed(raid, toy.coalition([member], [], [], radars=TWO))
        assert toy.known(*together, m) == toy.known(*alone)


# --- pictures of others --------------------------------------------------------------------------------------------------


def test_members_that_pool_get_each_others_tracks_late():
    """By hand: Poland's track at t, a blind ally's at t + 40 s, 40 s old, by the pooled picture; without pooling none. What Poland has itself it keeps."""
    pooling = {"pooling": 1, "pool_latency_s": 40.0}
    (own, pooled), sight, _ = _pieces([toy.member(shared=0, **pooling), toy.member(**BLIND, **pooling)])
    start = sight["own_s"][0, 0]
    assert own == [(BY_GROUND, 0, start, math.inf, 0.0)]
    assert pooled == [(BY_POOLED, 0, start + 40.0, math.inf, 40.0)]
    assert (sight["seen_s"][1, 0], sight["own_s"][1, 0], sight["by"][1, 0]) == (start + 40.0, math.inf, BY_POOLED)
    assert _pieces([toy.member(shared=0), toy.member(**BLIND)])[0][1] == []


def test_a_member_does_not_get_its_own_track_back():
    """By hand: alone in the pool, its track is lost where its view ends, not a latency later."""
    (one,), _, _ = _pieces([toy.member(**BLIND, looks=1, pooling=1, pool_latency_s=40.0)], TWO)
    (other,), _, _ = _pieces([toy.member(**BLIND, looks=1)], TWO)
    assert one == other


def test_the_freshest_of_all_pictures_is_held():
    """By hand, on the page: own 100–200, pooled 50–120 and 190–300 (10 s old), shared from 150 on (60 s old), then each of them alone."""
    own = np.array([[100.0, 200.0, 5.0, 4.0, BY_GROUND]])
    pool = np.array([[50.0, 120.0, 1.0, 1.0, BY_GROUND], [190.0, 300.0, 1.0, 1.0, BY_GROUND]])

    def told(n_own: int, n_pool: int, shared: float, late: float = 60.0) -> list[tuple]:
        out = np.zeros(20, PIECE)
        n = stretches(own, n_own, pool, n_pool, shared, late, 10.0, 2, 7, out, np.int64(3))
        assert (out["member"][3:n] == 2).all() and (out["threat"][3:n] == 7).all()
        return [tuple(row[["by", "run", "from_s", "to_s", "late_s", "looks"]].tolist()) for row in out[3:n]]

    inf = math.inf
    ground, pooled, shared = (
        (BY_GROUND, 0, 100.0, 200.0, 0.0, 5),
        lambda run, a, b: (BY_POOLED, run, a, b, 10.0, 0),
        lambda run, a, b, late=60.0: (BY_SHARED, run, a, b, late, 0),
    )
    assert told(1, 2, 150.0) == [pooled(0, 50.0, 100.0), ground, pooled(0, 200.0, 300.0), shared(0, 300.0, inf)]
    assert told(1, 2, inf) == [pooled(0, 50.0, 100.0), ground, pooled(0, 200.0, 300.0)]
    assert told(1, 0, inf) == [ground]
    assert told(0, 2, inf) == [pooled(0, 50.0, 120.0), pooled(1, 190.0, 300.0)]
    assert told(0, 2, 150.0) == [pooled(0, 50.0, 120.0), shared(1, 150.0, 190.0), pooled(1, 190.0, 300.0), shared(1, 300.0, inf)]
    assert told(0, 2, 150.0, late=10.0) == [pooled(0, 50.0, 120.0), shared(1, 150.0, inf, 10.0)]
    assert told(0, 2, 60.0, late=5.0) == [pooled(0, 50.0, 60.0), shared(0, 60.0, inf, 5.0)]
    assert told(0, 0, inf) == []
    assert stretches(own, 1, pool, 2, 150.0, 60.0, 10.0, 0, 0, np.zeros(3, PIECE), np.int64(0)) == -1


def test_what_is_held_at_a_time_is_the_last_that_began():
    """By hand: shared from 50 on, own from 100 on; before the first piece the first; without a piece nothing is late and nothing comes."""
    sight = np.zeros((1, 1), [("classified_s", "f8"), ("first", "i4"), ("last", "i4")])
    pieces = toy.held(sight, own=100.0, shared=50.0, late=30.0)
    look = sight[0, 0]
    assert [piece_at(pieces, look, t) for t in (0.0, 50.0, 99.0, 100.0, 1e9)] == [0, 0, 0, 1, 1]
    assert [late_at(pieces, look, t) for t in (60.0, 100.0)] == [30.0, 0.0]
    assert [bool(own_at(pieces, look, t)) for t in (60.0, 100.0)] == [False, True]
    assert [next_piece_s(pieces, look, t) for t in (0.0, 60.0, 100.0)] == [50.0, 100.0, math.inf]
    none = np.zeros((1, 1), sight.dtype)[0, 0]
    assert (late_at(pieces, none, 5.0), bool(own_at(pieces, none, 5.0)), next_piece_s(pieces, none, 5.0)) == (0.0, False, math.inf)


# --- classification and mistakes -----------------------------------------------------------------------------------------


def test_a_track_that_comes_again_is_classified_anew_in_half_the_time():
    """By the rule: run 0 takes 60 s times its luck, run 1 half of it times its own; one that is lost before is not classified, and the next takes the whole."""
    member = toy.member(**BLIND, looks=1, classification_s=60.0)
    raids = [toy.raid({**WEST, "name": f"toy-{i:03d}"}) for i in range(20)]
    for raid in raids:
        _, sight, pieces = _pieces([member], TWO, raid)
        key = np.uint64(pair_entity(raid.threats["entity"][0], np.uint64(member["entity"])))
        z = [draws.normal(np.uint64(1), np.uint64(0), key, draws.CLASSIFICATION, run) for run in (0, 1)]
        assert pieces["classified_s"] - pieces["from_s"] == approx([60.0 * math.exp(0.5 * z[0]), AGAIN_SHARE * 60.0 * math.exp(0.5 * z[1])])
        assert sight["classified_s"][0, 0] == pieces["classified_s"][0]
    _, sight, pieces = _pieces([{**member, "classification_s": 1_000.0}], TWO, raids[0])
    assert pieces["classified_s"].tolist() == [math.inf, math.inf] and sight["classified_s"][0, 0] == math.inf
    mixed = [_pieces([{**member, "classification_s": 300.0}], TWO, raid)[2] for raid in raids]
    later = [rows for rows in mixed if np.isinf(rows["classified_s"][0]) and np.isfinite(rows["classified_s"][1])]
    for rows in later:
        assert (rows["classified_s"][1] - rows["from_s"][1]) > 150.0 * math.exp(-1.5)
    assert later


def test_threats_are_taken_for_another_class_as_often_as_the_package_says():
    """Law: a share of 0.2 over 2,000 threats (four standard errors), drones and cruise missiles for each other, and each member by its own coin."""
    raid = toy.raid(*({**WEST, "name": f"toy-{i:04d}", "cls": i % 2} for i in range(2_000)))
    sight, _ = toy.sensed(raid, toy.coalition([toy.member(confusion=0.2), toy.member(toy.RO, confusion=0.2), toy.member(toy.RU)], [], []))
    wrong = sight["taken_for"] != raid.threats["cls"]
    assert wrong.mean(axis=1)[:2] == approx([0.2, 0.2], abs=4 * math.sqrt(0.16 / 2_000))
    assert (sight["taken_for"][0][wrong[0]] == 1 - raid.threats["cls"][wrong[0]]).all()
    assert np.corrcoef(wrong[:2])[0, 1] == approx(0.0, abs=4 / math.sqrt(2_000))
    assert not wrong[2].any()
    assert [CLASSES[mistaken_for(np.int8(k))] for k in range(6)] == ["cruise", "drone", "unknown", "unknown", "unknown", "unknown"]


def test_a_caveat_covers_what_a_threat_is_taken_for():
    """By hand: always mistaken: a rule for cruise missiles permits fire at a drone and not at a cruise missile."""
    for cls, n in ((toy.DRONE, 1), (toy.CRUISE, 0)):
        allies = toy.coalition([toy.member(confusion=1.0)], [toy.caveat(classes=0b10, zone=ZONE_ANYWHERE)], [])
        assert len(toy.permissions(toy.raid({**WEST, "cls": cls}), allies)[1]) == n


# --- windows and orders --------------------------------------------------------------------------------------------------


def test_windows_are_cut_to_what_is_held_and_classified():
    """By hand: a rule that holds anywhere is open from each classification to each loss."""
    allies = toy.coalition([toy.member(**BLIND, looks=1, classification_s=40.0)], [toy.caveat(zone=ZONE_ANYWHERE)], [], radars=TWO)
    _, windows, _ = toy.permissions(toy.raid(WEST), allies)
    pieces = toy.sensed(toy.raid(WEST), allies)[1]
    assert len(pieces) == 2
    assert [(w["from_s"], w["to_s"]) for w in windows] == [(p["classified_s"], p["to_s"]) for p in pieces]


def test_a_yes_stays_when_the_track_is_lost():
    """By hand: asked at the first track, the yes comes 280 s later, before the track is lost at 300 s or so; when it comes again nobody is asked. A yes that
    takes 400 s comes in between, and the first window opens with the second track."""
    for delay, n in ((280.0, 2), (400.0, 1)):
        ask = toy.caveat(zone=ZONE_ANYWHERE, effect=EFFECT_ASK, delay_s=delay)
        allies = toy.coalition([toy.member(**BLIND, looks=1)], [ask], [], radars=TWO)
        _, windows, _ = toy.permissions(toy.raid(WEST), allies)
        first, second = toy.sensed(toy.raid(WEST), allies)[1]
        expected = [(first["from_s"] + delay, first["to_s"])] * (n - 1) + [(second["from_s"], second["to_s"])]
        assert [(w["from_s"], w["to_s"]) for w in windows] == [approx(row) for row in expected]


def test_the_error_of_a_place_shifts_the_heading_test_and_no_zone():
    """By hand: a straight flyer that seems to be farther off than it is comes within the border's 300 s later by error / speed. A zone within 100 km of the
    border is exact, and a partner's picture has no error of its own."""
    for name in range(4):
        raid = toy.raid({**WEST, "name": f"toy-{name}"})
        border = float(raid.inside["exit_s"][raid.inside["country"] == toy.UA][0])
        radar = [(0, 100 * KM, 0.0, (0.0, 300 * KM, 0.0, 0.0, 0.0, 0.0))]
        for caveat, opens in ((toy.caveat(zone=ZONE_UKRAINE, heading=1), border - 300.0), (toy.caveat(zone=ZONE_WITHIN, within_m=100 * KM), border - 500.0)):
            plain, shifted = (toy.coalition([toy.member(shared=0, position_error_m=e)], [caveat], [], radars=radar) for e in (0.0, 2_000.0))
            stale = toy.coalition([toy.member(position_error_m=2_000.0, country=toy.PL, mast_m=0.0, setback_m=300 * KM)], [caveat], [])
            (open_, *_), consent = toy.permissions(raid, shifted)[1:]
            error = consent["error_x"][0, 0]
            assert open_["from_s"] == approx(opens + (error / 200.0 if caveat["heading"] else 0.0), abs=0.6)
            for exact in (plain, stale):
                assert toy.permissions(raid, exact)[1][0]["from_s"] == approx(opens, abs=0.6)
        assert abs(error) > 1.0


def test_a_pair_is_ordered_up_by_a_track_that_is_held_and_own():
    """By hand: within 150 km at 750 s: held by own sensors then, it orders at 750; from 900 on, at 900; lost before, or another's, never."""
    raid = toy.raid(WEST)
    allies = toy.coalition([toy.member()], [], [toy.pair(kind=KIND_QRA)])
    sight = np.zeros(1, [("first", "i4"), ("last", "i4")])

    def order(*rows: tuple[float, float, int]) -> float:
        pieces = np.zeros(len(rows), PIECE)
        for piece, (start, end, by) in zip(pieces, rows, strict=True):
            piece["from_s"], piece["to_s"], piece["by"] = start, end, by
        sight["last"] = len(rows)
        return order_s(toy.ground().fields, raid.threats, raid.verts, allies.members[0], sight, pieces, allies.shooters[0], -1e4)

    near = approx(750.0, rel=2e-3)
    assert order((100.0, math.inf, BY_GROUND)) == order((100.0, 760.0, BY_AIRBORNE)) == near
    assert order((100.0, 700.0, BY_GROUND), (900.0, math.inf, BY_GROUND)) == 900.0
    assert order((100.0, 700.0, BY_GROUND)) == order((100.0, math.inf, BY_POOLED)) == order((100.0, math.inf, BY_SHARED)) == order() == math.inf
