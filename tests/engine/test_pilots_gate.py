"""The pilot's gate by hand on straight borders: consent is there, and the pilot fires or holds."""

from __future__ import annotations

import math

import numpy as np
from pytest import approx

import toy_world as toy
from zaslin.engine.records import RESULTS
from zaslin.engine.replicate import fly
from zaslin.outcomes.tables import CAUSES
from zaslin.world.arrays import PLACE_UKRAINE, STOP_KILLED, ZONE_ANYWHERE, ZONE_OWN, ZONE_UKRAINE

WEST = {"points": [(300, 0), (-300, 0)], "speed": 200.0}
ANYWHERE = toy.caveat(zone=ZONE_ANYWHERE, place=PLACE_UKRAINE)
NEVER, ALWAYS = (0.0,) * 6, (1.0,) * 6


def _fly(raid, allies, seed=5):
    return fly(raid, allies, toy.ground(), seed)


def _causes(flown) -> list[str]:
    return [CAUSES[row["cause"]] for row in flown.causes]


def test_the_gate_is_a_coin_toss():
    """By hand: one pair, one missile, 0.3 wherever it is met, and one coin for all its tries: fires ~ Binomial(2,000, 0.3);
    tolerance three standard errors. Who held did not shoot, and is the cause."""
    allies = toy.coalition([toy.member(fires_ukraine=(0, 0.3, 0, 0, 0, 0), fires_own=(0, 0.3, 0, 0, 0, 0))], [ANYWHERE], [toy.pair()])
    fired = 0
    for i in range(2_000):
        flown = _fly(toy.raid(WEST, replicate=i), allies)
        fired += len(flown.shots)
        assert len(flown.shots) == 1 or _causes(flown) == ["pilot_held"] * 2
    assert fired / 2_000 == approx(0.3, abs=3 * math.sqrt(0.21 / 2_000))


def test_a_pilot_who_holds_is_told_as_such():
    """By hand: one engagement that ends held at the moment at which the shot would have left, without a round."""
    flown = _fly(toy.raid(WEST), toy.coalition([toy.member(fires_ukraine=NEVER, fires_own=NEVER)], [ANYWHERE], [toy.pair()]))
    shot = _fly(toy.raid(WEST), toy.coalition([toy.member()], [ANYWHERE], [toy.pair()])).shots[0]
    assert [RESULTS[i] for i in flown.engagements["result"]] == ["pilot_held"] * len(flown.engagements)
    assert flown.engagements["end_s"][0] == shot["fire_s"]
    assert flown.engagements["shots"].sum() == len(flown.shots) == flown.sorties["rounds"].sum() == 0


def test_what_counts_is_where_the_round_would_meet_the_threat_and_its_class():
    """By hand: leave to fire anywhere, from home and across. The pair at home meets the missile at x = 29 km, over Ukraine. Where no pilot fires over
    Ukraine it tries again at home, where the threat flies over other soil; where none fires at home, a permission for home alone is of no use."""
    across = toy.caveat(zone=ZONE_ANYWHERE)
    first = _fly(toy.raid(WEST), toy.coalition([toy.member(fires_own=NEVER)], [across], [toy.pair()]))
    assert first.shots["x"][0] > 0.0
    rules = [toy.caveat(zone=ZONE_ANYWHERE, name="all"), toy.caveat(zone=ZONE_OWN, place=PLACE_UKRAINE, name="home")]
    later = _fly(toy.raid(WEST), toy.coalition([toy.member(fires_ukraine=NEVER)], rules, [toy.pair()]))
    assert later.shots["x"][0] < 0.0
    home = _fly(toy.raid(WEST), toy.coalition([toy.member(fires_own=NEVER)], [toy.caveat()], [toy.pair()]))
    assert (len(home.shots), _causes(home)) == (0, ["pilot_held"] * 2)
    drones_only = (0.0, 1.0, 1.0, 1.0, 1.0, 1.0)
    assert len(_fly(toy.raid(WEST), toy.coalition([toy.member(fires_own=drones_only)], [toy.caveat()], [toy.pair()])).shots) == 1


def test_a_pilot_who_held_does_not_chase_again_and_leaves_the_threat_to_the_next():
    """By hand: nobody fires; both pairs go for it, each once, though the threat is in the window for 20 minutes more and turns."""
    slow = toy.raid({"points": [(100, 0), (60, 0), (60, 60), (30, 60), (30, -60)], "speed": 50.0})
    pairs = [toy.pair(name="one"), toy.pair(name="two", station=(-60.0, 0.0))]
    flown = _fly(slow, toy.coalition([toy.member(fires_ukraine=NEVER, fires_own=NEVER)], [ANYWHERE], pairs))
    assert sorted(flown.engagements["shooter"].tolist()) == [0, 1]
    assert _causes(flown) == ["pilot_held"] * 2


def test_a_pilot_who_held_over_ukraine_takes_it_up_as_it_crosses():
    """By hand: one permit over Ukraine, one over own airspace, which opens as the missile crosses; the pilot fires at home alone. It crosses after 681.8 s; the
    pair claims it then and fires within the half minute, its round meeting it inside; without that it would be taken up at the next look, 600 s later."""
    rules = [toy.caveat(place=PLACE_UKRAINE, name="home"), toy.caveat(zone=ZONE_UKRAINE, place=PLACE_UKRAINE, name="there")]
    flight = {"points": [(150, 0), (-150, 0)], "speed": 220.0}
    flown = _fly(toy.raid(flight), toy.coalition([toy.member(fires_ukraine=NEVER)], rules, [toy.pair()]))
    assert flown.engagements["commit_s"][1] == approx(150_000.0 / 220.0, abs=2.0)
    assert 681.0 < flown.shots["fire_s"][0] < 715.0 and flown.shots["hit"][0] == 1


def test_the_coin_belongs_to_pair_and_threat():
    """Law: another pair, another threat and another chance leave a pilot's mind as it was: who fires at 0.3 fires at 0.6."""
    other = {"points": [(300, 40), (-300, 40)], "speed": 200.0, "name": "zz-other"}

    def fires(chance, *more):
        chances = (0.0, chance, 0.0, 0.0, 0.0, 0.0)
        allies = toy.coalition([toy.member(fires_ukraine=chances, fires_own=chances)], [ANYWHERE], [toy.pair(p_kill=NEVER, rounds=1)])
        flown = [_fly(toy.raid(WEST, *more, replicate=i), allies) for i in range(60)]
        return np.array([(f.shots["threat"] == 0).any() for f in flown])

    low, high = fires(0.3), fires(0.6)
    assert (low <= high).all()
    assert low.sum() < high.sum()
    assert not (fires(0.3, other) & ~low).any()  # the other threat may keep the pair busy, and never changes its mind


def test_ukraines_stop_in_a_chase_after_a_pilot_held_comes_first():
    """By hand: the first pair holds at the moment known from its shot; the second is on its way when Ukraine stops the threat: what ended the last attempt
    is that end, as after a hold for the rules. Without a second pair the pilot is the cause."""
    only = toy.pair()
    when = float(_fly(toy.raid(WEST), toy.coalition([toy.member()], [ANYWHERE], [only])).shots["fire_s"][0])
    stopped = toy.raid({**WEST, "stop": when + 20.0, "stop_kind": STOP_KILLED})
    nobody = toy.member(fires_ukraine=NEVER, fires_own=NEVER)
    assert _causes(_fly(stopped, toy.coalition([nobody], [ANYWHERE], [only]))) == ["pilot_held"] * 2
    far = toy.pair(name="far", station=(-150.0, 0.0))
    assert _causes(_fly(stopped, toy.coalition([nobody], [ANYWHERE], [only, far]))) == ["ended_first"] * 2
