"""Windows by what a member holds: stretches with gaps, what a threat is taken for, and the error of a track's place."""

from __future__ import annotations

import math

import numpy as np
from pytest import approx, mark

import toy_world as toy
from zaslin import draws
from zaslin.doctrine.consent import (
    CONSENT,
    FORBIDDEN,
    GRID_DRONE_S,
    GRID_S,
    OK,
    PERMITTED,
    WINDOW,
    WINDOWS_FULL,
    _grid_s,
    open_windows,
    permitted_there,
)
from zaslin.physics.detection import BY_AIRBORNE, BY_GROUND, BY_POOLED, BY_SHARED, PIECE, SIGHT
from zaslin.physics.lethality import pair_entity
from zaslin.world.arrays import EFFECT_ASK, EFFECT_FORBID, ZONE_ANYWHERE, ZONE_UKRAINE, ZONE_WITHIN

KM = 1_000.0
WEST = {"points": [(300, 0), (-100, 0)], "speed": 200.0}
SEED = np.uint64(6)
B = float(toy.raid(WEST).inside["exit_s"][toy.raid(WEST).inside["country"] == toy.UA][0])
END = float(toy.raid(WEST).threats["end_s"][0])
FREE = toy.caveat(zone=ZONE_ANYWHERE)
TOWARD = toy.caveat(zone=ZONE_UKRAINE, heading=1, name="toward")


def _windows(rules, pieces, member=None, flight=WEST, taken=toy.CRUISE, size=60, classified=0.0, until_s=math.inf):
    """(rows of (caveat, from, to), the row of CONSENT, yes_s of the rules, status); pieces: (from, to, by, and if they differ late, classified)."""
    raid, allies = toy.raid(flight), toy.coalition([member or toy.member()], rules, [])
    rows, sight, consent, windows = np.zeros(len(pieces) + 1, PIECE), np.zeros((1, 1), SIGHT), np.zeros((1, 1), CONSENT), np.zeros(size, WINDOW)
    rows[0] = (0.0, math.inf, 0.0, 0.0, 0, 0, 0, 0, 7, BY_GROUND)  # another member's
    for row, (a, b, by, *rest) in zip(rows[1:], pieces, strict=True):
        late, known = (*rest, 0.0, 0.0)[:2] if len(rest) != 1 else (rest[0], 0.0)
        row["from_s"], row["to_s"], row["by"], row["late_s"], row["classified_s"] = a, b, by, late, known
    sight["first"], sight["last"], sight["classified_s"], sight["taken_for"] = 1, len(rows), classified, taken
    yes_s = np.full((1, len(rules)), -1.0)
    stay_from = np.array([0, len(raid.inside)], np.int64)
    status, count = open_windows(
        toy.ground(), SEED, np.uint64(0), raid.threats, raid.verts, raid.inside, stay_from, allies.members, allies.caveats, allies.zones, sight, rows,
        windows, consent, yes_s, until_s,
    )  # fmt: skip
    booked = [(allies.caveat_names[w["caveat"]], float(w["from_s"]), float(w["to_s"])) for w in windows[:count]]
    return booked, consent[0, 0], yes_s[0].tolist(), status


def test_windows_that_open_after_a_time_are_not_asked_for():
    """By hand: permitted anywhere, held from 100 to 200 and from 350 s on. Until 300 s there is one window; until 400 s both, the second with an
    end not before that."""
    held = [(100.0, 200.0, BY_GROUND), (350.0, math.inf, BY_GROUND)]
    assert _windows([FREE], held, until_s=300.0)[0] == [("rule", 100.0, 200.0)]
    assert _windows([FREE], held)[0] == [("rule", 100.0, 200.0), ("rule", 350.0, END)]
    first, (name, from_s, to_s) = _windows([FREE], held, until_s=400.0)[0]
    assert (first, name, from_s) == (("rule", 100.0, 200.0), "rule", 350.0) and 400.0 <= to_s <= END


def test_what_opens_before_a_time_opens_when_it_would_anyway():
    """Law: a heading rule is looked at in steps. Whatever the time asked for, windows that open before it are there, to the last bit."""
    rules, held = [TOWARD], [(0.0, math.inf, BY_GROUND)]
    every = _windows(rules, held)[0]
    assert every
    for until_s in np.linspace(0.0, END, 40):
        before = [row[1] for row in every if row[1] <= until_s]
        assert [row[1] for row in _windows(rules, held, until_s=until_s)[0]][: len(before)] == before


def test_a_window_is_open_only_while_a_track_is_held():
    """By hand: permitted anywhere, held from 100 to 200 and from 350 to 500 s, then from 700 s to the end: three windows; pieces that abut are one."""
    held = [(100.0, 150.0, BY_SHARED), (150.0, 200.0, BY_GROUND), (350.0, 500.0, BY_POOLED), (700.0, math.inf, BY_AIRBORNE)]
    booked, consent, _, status = _windows([FREE], held)
    assert booked == [("rule", 100.0, 200.0), ("rule", 350.0, 500.0), ("rule", 700.0, END)]
    assert (status, consent["first"], consent["last"], consent["match_s"], consent["open_s"], consent["caveat"]) == (OK, 0, 3, 100.0, 100.0, -1)
    assert _windows([FREE], [(END, math.inf, BY_GROUND), (END + 9.0, math.inf, BY_GROUND)])[0] == []


def test_each_stretch_opens_when_it_is_classified():
    """By hand: the first is never classified, the second at 250 s, the third was before it began, the fourth only when it is lost."""
    held = [
        (0.0, 90.0, BY_GROUND, 0.0, math.inf),
        (200.0, 300.0, BY_GROUND, 0.0, 250.0),
        (400.0, 450.0, BY_GROUND, 0.0, 380.0),
        (500.0, 550.0, BY_GROUND, 0.0, 550.0),
    ]
    assert _windows([FREE], held)[0] == [("rule", 250.0, 300.0), ("rule", 400.0, 450.0)]
    assert _windows([FREE], held, classified=END)[0] == []  # by the member's first classification: not on this flight


def test_an_approval_goes_on_over_a_gap():
    """By hand: asked at 100 s, the yes comes 80 s later, while nothing is held: the next track is fired at from its beginning; what is lost before the yes
    opens nothing."""
    ask = toy.caveat(zone=ZONE_ANYWHERE, effect=EFFECT_ASK, delay_s=80.0)
    held = [(100.0, 150.0, BY_GROUND), (170.0, 260.0, BY_GROUND), (300.0, 400.0, BY_GROUND)]
    booked, consent, yes_s, _ = _windows([ask], held)
    assert booked == [("rule", 180.0, 260.0), ("rule", 300.0, 400.0)]
    assert (yes_s, consent["match_s"], consent["open_s"]) == ([180.0], 100.0, 180.0)


def test_every_stretch_has_its_own_age():
    """By hand: own airspace from B on; a partner's picture 90 s late from B + 10 to B + 120, pooled 20 s late from then on, own sensors from B + 200."""
    held = [(0.0, B + 120.0, BY_SHARED, 90.0), (B + 120.0, B + 130.0, BY_POOLED, 200.0), (B + 130.0, END, BY_GROUND)]
    booked = _windows([toy.caveat()], held)[0]
    assert booked == [("rule", approx(B + 90.0, abs=1e-6), approx(B + 120.0, abs=1e-6)), ("rule", approx(B + 130.0, abs=1e-6), approx(END, abs=1e-6))]


def test_the_rules_are_those_of_the_class_that_it_is_taken_for():
    """By hand: a cruise missile taken for a drone is under the drones' rule and horizon (600 s, 120 km), one taken for nothing under none."""
    drones, cruise = toy.caveat(zone=ZONE_ANYWHERE, classes=1, name="drones"), toy.caveat(zone=ZONE_ANYWHERE, classes=2, name="cruise")
    held = [(100.0, 200.0, BY_GROUND)]
    assert _windows([drones, cruise], held)[0] == [("cruise", 100.0, 200.0)]
    assert _windows([drones, cruise], held, taken=toy.DRONE)[0] == [("drones", 100.0, 200.0)]
    booked, consent, yes_s, status = _windows([drones, cruise], held, taken=-1)
    assert (booked, consent["caveat"], consent["match_s"], yes_s, status) == ([], -1, math.inf, [-1.0, -1.0], OK)
    for taken, horizon in ((toy.DRONE, 600.0), (toy.CRUISE, 300.0)):
        ((_, opens, closes),) = _windows([TOWARD], [(0.0, math.inf, BY_GROUND)], taken=taken)[0]
        assert (opens, closes) == (approx(B - horizon, abs=0.15), approx(B, abs=1e-6))
    assert _windows([TOWARD], [(0.0, math.inf, BY_GROUND)], taken=2)[0] == []  # no horizon: not its class


def test_no_room_in_a_later_stretch_is_told():
    """By hand: three windows and two places."""
    held = [(100.0, 150.0, BY_GROUND), (170.0, 260.0, BY_GROUND), (300.0, 400.0, BY_GROUND)]
    assert _windows([FREE], held, size=2)[3] == WINDOWS_FULL
    assert _windows([FREE], held, size=3)[3] == OK


# --- the error of the place --------------------------------------------------------------------------------------------


def _errors(name: str, spread: float) -> tuple[float, float]:
    raid = toy.raid({**WEST, "name": name})
    key = np.uint64(pair_entity(np.uint64(raid.threats["entity"][0]), np.uint64(toy.member()["entity"])))
    return tuple(spread * float(draws.normal(SEED, np.uint64(0), key, draws.TRACK_PLACE, i)) for i in (0, 1))


@mark.parametrize("name", ["toy-000", "one", "two", "three"])
def test_the_error_of_the_place_moves_the_heading_test_of_own_sensors(name):
    """By the rule: the member's spread times the keyed normals of (threat, member, TRACK_PLACE, 0 and 1). By hand: shown so far east, the track is projected
    to cross so much later: 300 s before the border and error / 200 m/s. A partner's picture has no such error; an airborne radar has it."""
    dx, dy = _errors(name, 4 * KM)
    assert abs(dx) > 100.0 and abs(dy) > 100.0
    uncertain, flight = toy.member(position_error_m=4 * KM), {**WEST, "name": name}
    for by, moved in ((BY_GROUND, dx), (BY_AIRBORNE, dx), (BY_SHARED, 0.0), (BY_POOLED, 0.0)):
        booked, consent, *_ = _windows([TOWARD], [(0.0, math.inf, by)], uncertain, flight)
        assert (consent["error_x"], consent["error_y"]) == (approx(dx, rel=1e-12), approx(dy, rel=1e-12))
        assert booked == [("toward", approx(B - 300.0 + moved / 200.0, abs=0.15), approx(B, abs=1e-6))]


def test_the_error_to_the_north_counts_at_a_border_in_the_south():
    """By hand: south from (200, -200) km to Romania's border y = -500 km; 300 s before it, later by the error to the north over 200 m/s."""
    flight = {"points": [(200, -200), (200, -600)], "speed": 200.0, "name": "south"}
    raid = toy.raid(flight)
    crossing = float(raid.inside["exit_s"][raid.inside["country"] == toy.UA][0])
    romania = toy.member(toy.RO, position_error_m=4 * KM)
    booked, consent, *_ = _windows([TOWARD], [(0.0, math.inf, BY_GROUND)], romania, flight)
    assert abs(consent["error_y"]) > 100.0
    assert booked == [("toward", approx(crossing - 300.0 + consent["error_y"] / 200.0 * _scale(), abs=1.0), approx(crossing, abs=1e-6))]


def _scale() -> float:
    """Ground metres of a metre of the plane, about, 450 km south of its middle along the radius."""
    return 1.0 / (1.0 + (490.0 / 6_371.0) ** 2)


def test_zones_are_exact_whatever_the_error():
    """By hand: own airspace, and within 100 km of the border over Ukraine: as without an error."""
    uncertain, held = toy.member(position_error_m=40 * KM), [(0.0, math.inf, BY_GROUND)]
    for rule in (toy.caveat(), toy.caveat(zone=ZONE_WITHIN, within_m=100 * KM)):
        assert _windows([rule], held, uncertain)[0] == _windows([rule], held)[0]


def test_a_place_ahead_is_asked_with_its_error_too():
    """By hand: 70 km off at 200 m/s, straight in: not within the horizon of 60 km; shown 15 km nearer it is; shown so far south that its course to the
    north-west meets Poland below its corner (y = 500), it is; taken for nothing it is under no rule, nor under a forbid."""
    wide = {**TOWARD, "horizon_s": (600.0, 600.0, 0, 0, 0, 0)}
    everywhere = toy.caveat(zone=ZONE_ANYWHERE, effect=EFFECT_FORBID, name="no")

    def there(rules, x, y, course, dx, dy, cls=toy.CRUISE):
        allies = toy.coalition([toy.member()], rules, [])
        return tuple(
            int(a)
            for a in permitted_there(
                toy.ground(), allies.members, 0, allies.caveats, allies.zones, np.zeros(len(rules)), cls, x * KM, y * KM, course, 200.0, dx * KM, dy * KM, 9.0
            )
        )

    west, north_west = -0.5 * math.pi, -0.25 * math.pi
    assert there([TOWARD], 70, 0, west, 0, 0) == there([TOWARD], 70, 0, west, 15, 0) == (FORBIDDEN, -1)
    assert there([TOWARD], 70, 0, west, -15, 0) == (PERMITTED, 0)
    assert there([wide], 50, 480, north_west, 0, 0) == there([wide], 50, 480, north_west, 0, 40) == (FORBIDDEN, -1)
    assert there([wide], 50, 480, north_west, 0, -40) == (PERMITTED, 0)
    assert there([FREE, everywhere], 70, 0, west, 0, 0) == (FORBIDDEN, 1)
    assert there([FREE], 70, 0, west, 0, 0, cls=-1) == there([FREE, everywhere], 70, 0, west, 0, 0, cls=-1) == (FORBIDDEN, -1)


@mark.parametrize(("cls", "grid"), [(toy.DRONE, GRID_DRONE_S), (toy.CRUISE, GRID_S)])
def test_an_error_of_the_place_shortens_how_long_no_answer_can_change(cls, grid):
    """By hand: 180 km off, a reach of 60 km at 200 m/s and 20 km of error: (180 - 20 - 60) km / 200 m/s = 500 s; within the grid's step of it, the grid."""
    rows = toy.coalition([toy.member()], [toy.caveat(zone=ZONE_UKRAINE, heading=1, horizon_s=(300.0,) * 6)], []).caveats
    ids = np.array([0], np.int64)
    assert [_grid_s(rows, ids, 1, cls, 180 * KM, 200.0, error) for error in (0.0, 20 * KM, 119.9 * KM)] == [600.0, 500.0, grid]
