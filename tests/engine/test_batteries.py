"""Ground-based air defence by hand: a notional row 10 km behind the straight border x = 0, a threat that flies west along y = 0 at 200 m/s."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pytest import approx

import toy_world as toy
from zaslin.engine.records import RESULTS, Flown
from zaslin.engine.replicate import fly
from zaslin.outcomes.tables import CAUSES, FATES
from zaslin.physics.battery import outside_frame_m, row_m
from zaslin.plane import distance_m
from zaslin.world.arrays import EFFECT_ASK, KILLED_MEMBER, PLACE_OWN, STOP_KILLED, ZONE_ANYWHERE, ZONE_OWN, Coalition, Raid

KM = 1_000.0
WEST = {"points": [(300, 0), (-300, 0)], "speed": 200.0}
BORDER_S = distance_m(300 * KM, 0.0, 0.0, 0.0) / 200.0
NEVER = (0.0,) * 6


def _fly(raid: Raid, allies: Coalition, seed: int = 5) -> Flown:
    return fly(raid, allies, toy.ground(), seed)


def _home(*batteries, pairs=(), rule=None, member=None) -> Coalition:
    return toy.coalition([member or toy.member()], [rule or toy.caveat()], list(pairs), batteries=list(batteries))


def _causes(flown, threat: int = 0) -> list[str]:
    return [CAUSES[row["cause"]] for row in flown.causes if row["threat"] == threat]


def test_the_row_stands_behind_the_border():
    """By hand: 10 km behind it, a threat 5 km outside is 15 km away, one 25 km inside too; the frame is a box."""
    here = toy.ground().fields
    assert row_m(here, toy.PL, 10 * KM, 5 * KM, 0.0) == approx(15 * KM, rel=1e-3)
    assert row_m(here, toy.PL, 10 * KM, -25 * KM, 0.0) == approx(15 * KM, rel=1e-3)
    box = np.array([0.0, 0.0, 10.0, 0.0, 10.0, 20.0, 0.0, 20.0])
    assert [outside_frame_m(box, *point) for point in ((5.0, 10.0), (5.0, 23.0), (-4.0, 1.0), (10.0, 20.0))] == approx([-5.0, 3.0, 4.0, 0.0])


def test_the_first_round_leaves_after_the_reaction_and_meets_the_threat_on_its_way():
    """By hand: permitted from the border on, where it can be met at once; 10 s later it is 2 km inside and 8 km from the row: 8 - 0.2 f = f, 6.67 s."""
    flown = _fly(toy.raid(WEST), _home(toy.battery(reaction_s=10.0)))
    shot, engagement = flown.shots[0], flown.engagements[0]
    assert engagement["commit_s"] == approx(BORDER_S, abs=0.1)
    assert shot["fire_s"] == approx(BORDER_S + 10.0, abs=0.1)
    assert shot["impact_s"] == approx(shot["fire_s"] + 8.0 / 1.2, abs=0.05)
    assert shot["x"] == approx(-2 * KM - 200.0 * 8.0 / 1.2, abs=50.0)
    assert (FATES[flown.fates["fate"][0]], RESULTS[engagement["result"]], shot["hit"]) == ("killed_member", "killed", 1)
    assert flown.fates["fate_s"][0] == shot["impact_s"]


def test_its_range_is_measured_from_the_row():
    """By hand: the row 60 km behind the border and 30 km of range: rounds meet the threat between 30 and 90 km inside. The first is fired 6 km before."""
    flown = _fly(toy.raid(WEST), _home(toy.battery(behind_m=60 * KM, p_kill=NEVER, shot_interval_s=5.0)))
    assert flown.shots["x"][0] == approx(-30 * KM, abs=100.0)
    assert flown.shots["fire_s"][0] == approx(BORDER_S + 24 * KM / 200.0, abs=0.6)
    assert flown.shots["x"].min() >= -90 * KM - 100.0
    assert len(flown.shots) > 5
    assert (np.diff(flown.shots["fire_s"]) >= 5.0 - 1e-9).all()


@pytest.mark.parametrize(("floor_m", "ceiling_m", "fires"), [(0.0, 20_000.0, True), (150.0, 20_000.0, False), (0.0, 50.0, False), (100.0, 100.0, True)])
def test_what_flies_outside_the_altitude_band_is_out_of_reach(floor_m, ceiling_m, fires):
    """By hand: the threat flies at 100 m."""
    flown = _fly(toy.raid(WEST), _home(toy.battery(floor_m=floor_m, ceiling_m=ceiling_m)))
    assert (len(flown.shots) > 0) is fires
    assert _causes(flown) == ([] if fires else ["out_of_reach"] * 2)


def test_a_climbing_threat_leaves_the_band():
    """By hand: it climbs from 0 to 600 m over 600 km, so it flies at 300 m where it crosses the border and at 320 m 20 km inside. Beyond the row
    each next round meets it 1 / (1 - 0.2) times as far behind the row as the one before: with a ceiling of 320 m the last does so 8 to 10 km behind it."""
    raid = toy.raid(WEST)
    raid.verts["alt"] = (0.0, 600.0)
    flown = _fly(raid, _home(toy.battery(ceiling_m=320.0, p_kill=NEVER, rounds=1_000)))
    assert -20.05 * KM <= flown.shots["x"].min() <= -17.95 * KM


def test_only_in_its_province_and_only_classes_that_it_can_hit():
    """By hand: a frame to the north; a battery against drones alone."""
    assert _causes(_fly(toy.raid(WEST), _home(toy.battery(frame=(-600, 100, 100, 500))))) == ["out_of_reach"] * 2
    assert _causes(_fly(toy.raid(WEST), _home(toy.battery(reach_m=(30 * KM, 0, 0, 0, 0, 0))))) == ["unmet_class"] * 2


def test_it_fires_across_the_border_only_where_it_may():
    """By hand: leave to fire anywhere; at home it meets the threat from the border on, across it at the end of its range, 20 km outside. The
    window alone does not carry a round across."""
    rule = toy.caveat(zone=ZONE_ANYWHERE)
    home = _fly(toy.raid(WEST), _home(toy.battery(), rule=rule))
    across = _fly(toy.raid(WEST), _home(toy.battery(across=1), rule=rule))
    assert -0.3 * KM < home.shots["x"][0] <= 0.0
    assert across.shots["x"][0] == approx(20 * KM, abs=100.0)
    assert _fly(toy.raid(WEST), _home(toy.battery(across=1))).shots["x"][0] < 0.0


def test_it_waits_for_the_approval_and_holds_where_the_rules_do():
    """By hand: the commander's yes comes 100 s after the border; a rule for heading away from home never matches; nobody permits nothing."""
    ask = toy.caveat(effect=EFFECT_ASK, delay_s=100.0)
    flown = _fly(toy.raid(WEST), _home(toy.battery(behind_m=30 * KM), rule=ask))
    assert flown.shots["fire_s"][0] == approx(BORDER_S + 100.0, abs=0.1)
    none = _fly(toy.raid(WEST), _home(toy.battery(), rule=toy.caveat(classes=1)))
    assert (len(none.shots), _causes(none)) == (0, ["not_permitted"] * 2)


def test_the_cover_is_a_coin_toss_for_each_threat_and_battery():
    """By hand: shot at ~ Binomial(2,000, 0.4); tolerance three standard errors. A threat that slips through is out of reach. The coin is the threat's and
    the battery's: more cover never loses one."""
    raids = [toy.raid(WEST, replicate=i) for i in range(2_000)]
    fired = np.array([len(_fly(raid, _home(toy.battery(coverage=0.4))).shots) for raid in raids])
    assert fired.mean() == approx(0.4, abs=3 * math.sqrt(0.24 / 2_000))
    assert _causes(_fly(raids[int(fired.argmin())], _home(toy.battery(coverage=0.4)))) == ["out_of_reach"] * 2
    more = np.array([len(_fly(raid, _home(toy.battery(coverage=0.6))).shots) for raid in raids[:200]])
    assert (more >= fired[:200]).all()


def test_one_round_is_a_coin_toss():
    """By hand: killed ~ Binomial(2,000, 0.3), with one round; two rounds kill 1 - 0.7² = 0.51. Tolerance three standard errors."""
    for rounds, chance in ((1, 0.3), (2, 0.51)):
        allies = _home(toy.battery(rounds=rounds, p_kill=(0, 0.3, 0, 0, 0, 0)))
        flown = [_fly(toy.raid(WEST, replicate=i), allies) for i in range(2_000)]
        kills = np.array([FATES[f.fates["fate"][0]] == "killed_member" for f in flown])
        assert kills.mean() == approx(chance, abs=3 * math.sqrt(chance * (1 - chance) / 2_000))
        assert {tuple(_causes(f)) for f, killed in zip(flown, kills, strict=True) if not killed} == {("missed", "missed")}


def test_the_magazine_runs_dry_and_is_full_again_after_the_reload():
    """By hand: three rounds that kill; five threats 10 s apart, then two more 1,000 s after the last round: with a reload of 900 s these are shot down,
    without it they are not. What finds no round is told so, by name."""
    times = [0.0, 10.0, 20.0, 30.0, 40.0, 1_100.0, 1_110.0]
    raid = toy.raid(*[{**WEST, "start": start, "name": f"t{i}"} for i, start in enumerate(times)])
    for reload_s, killed in ((900.0, [0, 1, 2, 5, 6]), (1e9, [0, 1, 2])):
        flown = _fly(raid, _home(toy.battery(rounds=3, reload_s=reload_s)))
        assert np.flatnonzero(flown.fates["shooter"] >= 0).tolist() == killed
        assert {cause for j in range(7) if j not in killed for cause in _causes(flown, j)} == {"no_rounds"}
        assert flown.sorties["rounds"].tolist() == [len(killed)]


def test_a_threat_waits_for_a_channel_as_long_as_it_can_be_met():
    """By hand: one channel; two threats side by side. The first is engaged at the border and met 8.33 s later; then the second."""
    pair = toy.raid({**WEST, "name": "a"}, {"points": [(300, 5), (-300, 5)], "speed": 200.0, "name": "b"})
    flown = _fly(pair, _home(toy.battery(channels=1)))
    assert len(flown.shots) == 2
    assert flown.shots["fire_s"][1] == flown.shots["impact_s"][0]
    assert flown.shots["impact_s"][0] == approx(BORDER_S + 10 / 1.2, abs=0.1)
    both = _fly(pair, _home(toy.battery(channels=2, shot_interval_s=0.0)))
    assert np.ptp(both.shots["fire_s"]) < 0.1
    spaced = _fly(pair, _home(toy.battery(channels=2, shot_interval_s=4.0)))
    assert np.ptp(spaced.shots["fire_s"]) == approx(4.0, abs=0.1)


def test_ukraines_stop_while_its_round_flies_ends_the_engagement():
    """By hand: stopped 4 s after the border, the round of 8.33 s finds nothing and is a stray; the cause is that end."""
    flown = _fly(toy.raid({**WEST, "stop": BORDER_S + 4.0, "stop_kind": STOP_KILLED}), _home(toy.battery()))
    assert [RESULTS[i] for i in flown.engagements["result"]] == ["ended"]
    assert _causes(flown) == ["ended_first"] * 2
    assert sorted(flown.falls["kind"].tolist()) == [0, 2]


def test_a_miss_falls_as_a_stray_round_and_a_kill_as_debris():
    """By hand: each round that did not hit is one fall of its own, booked to the battery; as for fighters."""
    flown = _fly(toy.raid(WEST, replicate=3), _home(toy.battery(rounds=4, p_kill=NEVER)))
    strays = flown.falls[flown.falls["kind"] == 2]
    assert (len(strays), set(strays["shooter"].tolist())) == (4, {0})
    assert abs(strays["x"] - flown.shots["x"]).max() < 30 * KM


def test_a_battery_and_a_patrol_shoot_at_the_same_threat_and_one_kills_it():
    """By hand: held at home, the patrol meets the threat over Ukraine first where it may; where it may only at home, the battery's round is there as well.
    One of them ends it, and the other's chase is over."""
    pair = toy.pair(station=(-20.0, 0.0))
    flown = _fly(toy.raid(WEST), _home(toy.battery(reaction_s=2.0), pairs=[pair]))
    assert flown.fates["shooter"][0] in (0, 1)
    assert flown.shots["hit"].sum() == 1
    assert sorted(RESULTS[i] for i in flown.engagements["result"]) in (["ended", "killed"], ["killed"])


def erlang_b(load: float, channels: int) -> float:
    """Blocked share of Poisson arrivals at `channels` servers without a queue (Erlang 1917), by the usual recursion."""
    blocked = 1.0
    for n in range(1, channels + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked


@pytest.mark.parametrize(("channels", "load", "law"), [(1, 0.7, "fixed"), (3, 3.0, "fixed"), (3, 3.0, "exponential"), (6, 4.0, "fixed")])
def test_channels_block_as_erlangs_loss_formula_says(channels, load, law):
    """Erlang B: drones cross a strip of 300 m, 1.5 s of flight, in a Poisson stream; slow rounds hold a channel for 400 s in the mean, all alike, or
    exponentially (the drones then fly at different depths). A drone that finds no channel has passed when one comes free. Within four
    standard errors over replicates."""
    rng = np.random.default_rng(channels)
    offered = load if law == "fixed" else load * (1.0 - math.exp(-5.0))  # the exponential is cut at five means
    hold_s, speed, n, replicates = 400.0, 200.0, 260, 24
    mps = 5.0 * KM / hold_s
    battery = toy.battery(channels=channels, rounds=2_000, shot_interval_s=0.0, missile_mps=mps, frame=(-600, 0, 100, 0.3), reach_m=(60 * KM,) * 2 + (0,) * 4)
    blocked = []
    for replicate in range(replicates):
        starts = np.cumsum(rng.exponential(hold_s / load, n))
        depths = 10.0 + (np.full(n, 5.0) if law == "fixed" else np.minimum(rng.exponential(5.0, n), 25.0))
        # It begins so far south of the strip that its round's flight ends there.
        flights = [
            {"points": [(-d, -0.2 * (d - 10) / 5.0 * hold_s - 3.0), (-d, 2.0)], "speed": speed, "start": s, "name": f"d{i}"}
            for i, (s, d) in enumerate(zip(starts, depths, strict=True))
        ]
        flown = _fly(toy.raid(*flights, replicate=replicate), _home(battery))
        late = np.arange(n) >= 20  # once the channels have filled
        shot = np.isin(np.arange(n), flown.shots["threat"])
        blocked.append(1.0 - shot[late].mean())
        assert {cause for j in np.flatnonzero(~shot) for cause in _causes(flown, j)} <= {"no_free_shooter"}
    error = np.std(blocked, ddof=1) / math.sqrt(replicates)
    print(f"{channels} channels, {load} Erlang, {law}: {np.mean(blocked):.4f} ± {error:.4f}, Erlang B {erlang_b(offered, channels):.4f}")
    assert np.mean(blocked) == approx(erlang_b(offered, channels), abs=4 * error)


def _random_raid(rng, replicate: int) -> Raid:
    flights = [
        {
            "points": [(rng.integers(50, 300), rng.integers(-150, 150)), (rng.integers(-120, 20), rng.integers(-150, 150)), (rng.integers(-100, 200), 250)],
            "speed": float(rng.choice([50.0, 220.0])), "cls": int(rng.integers(0, 2)), "start": float(rng.integers(0, 1_500)), "name": f"r{i}",
            "stop": float(rng.choice([math.inf, 1_200.0])), "stop_kind": STOP_KILLED,
        }
        for i in range(8)
    ]  # fmt: skip
    return toy.raid(*flights, replicate=replicate)


def test_a_unit_more_never_costs_kills_and_leaves_the_others_luck_alone():
    """Paired law on 150 random raids: kills with the second battery and with the patrol are at least those without, beyond two standard errors of noise;
    shots of the first at the same threat with the same number hit in both or in neither."""
    rng = np.random.default_rng(3)
    first = toy.battery(name="north", channels=2, coverage=0.7, rounds=6, p_kill=(0.5, 0.4, 0, 0, 0, 0), reaction_s=10.0, shot_interval_s=5.0)
    second = toy.battery(name="south", channels=1, coverage=0.7, rounds=6, p_kill=(0.5, 0.4, 0, 0, 0, 0), reaction_s=5.0, shot_interval_s=3.0)
    patrol = toy.pair(p_kill=(0.6, 0.6, 0, 0, 0, 0))
    gains, flights = {"battery": [], "patrol": []}, 0
    for replicate in range(150):
        raid = _random_raid(rng, replicate)
        alone, both, mixed = (_fly(raid, _home(*units, pairs=pairs)) for units, pairs in (((first,), []), ((first, second), []), ((first,), [patrol])))
        kills = [int((f.fates["shooter"] >= 0).sum()) for f in (alone, both, mixed)]
        gains["battery"].append(kills[1] - kills[0])
        gains["patrol"].append(kills[2] - kills[0])
        before = {(s["threat"], s["number"]): s["hit"] for s in alone.shots if s["found"]}
        for flown, own in ((both, 0), (mixed, 1)):
            assert (flown.fates["shooter"] >= 0).sum() == flown.shots["hit"].sum() <= len(flown.shots)
            for shot in flown.shots[(flown.shots["shooter"] == own) & (flown.shots["found"] == 1)]:
                same = (shot["threat"], shot["number"])
                if same in before:
                    assert before[same] == shot["hit"]
                    flights += 1
    assert flights > 50
    for gain in gains.values():
        assert np.mean(gain) >= -2.0 * np.std(gain) / math.sqrt(len(gain))
        assert np.mean(gain) > 0.0


def test_books_balance_and_no_limit_is_broken():
    """Law on 80 random raids, two members, two batteries and a patrol: causes for every threat that was not shot down, per member and for the coalition; every
    round in engagements, sorties and falls; each of a battery's rounds in its member's window, airspace, range and band, its rounds apart by the interval,
    no more in the air than channels, no more fired than the magazine holds."""
    rng = np.random.default_rng(4)
    members = [toy.member(shared_cover=0.7, classification_s=60.0, course_error_rad=0.05), toy.member(toy.RO)]
    rules = [toy.caveat(), toy.caveat(zone=ZONE_ANYWHERE, heading=1, name="toward"), toy.caveat(1, zone=ZONE_ANYWHERE, name="ro")]
    units = [
        toy.battery(name="north", channels=2, rounds=6, p_kill=(0.5, 0.4, 0, 0, 0, 0), reaction_s=10.0, shot_interval_s=5.0, ceiling_m=1_000.0),
        toy.battery(1, name="ro", channels=1, rounds=4, across=1, frame=(-600, -900, 800, 0), reach_m=(80 * KM,) * 2 + (0,) * 4, p_kill=(0.3,) * 6),
    ]
    fired = 0
    for replicate in range(80):
        raid = _random_raid(rng, replicate)
        allies = toy.coalition(members, rules, [toy.pair(p_kill=(0.4, 0.4, 0, 0, 0, 0))], batteries=units)
        flown = _fly(raid, allies)
        killed = flown.fates["fate"] == KILLED_MEMBER
        for member in (-1, 0, 1):
            assert sorted(flown.causes["threat"][flown.causes["member"] == member].tolist()) == np.flatnonzero(~killed).tolist()
        assert flown.engagements["shots"].sum() == len(flown.shots) == flown.sorties["rounds"].sum()
        assert (flown.falls["kind"] == 2).sum() == (flown.shots["hit"] == 0).sum()
        assert killed.sum() == flown.shots["hit"].sum()
        for unit, battery in enumerate(units):
            shots = np.sort(flown.shots[flown.shots["shooter"] == 1 + unit], order="fire_s")
            fired += len(shots)
            assert len(shots) <= battery["rounds"]
            assert (np.diff(shots["fire_s"]) >= battery["shot_interval_s"] - 1e-9).all()
            for shot in shots:
                assert ((shots["fire_s"] <= shot["fire_s"]) & (shots["impact_s"] > shot["fire_s"])).sum() <= battery["channels"]
                windows = flown.windows[(flown.windows["threat"] == shot["threat"]) & (flown.windows["member"] == battery["member"])]
                assert ((windows["from_s"] <= shot["fire_s"]) & (shot["fire_s"] <= windows["to_s"])).any()
                assert (shot["impact_s"] - shot["fire_s"]) * battery["missile_mps"] <= 1.6 * battery["reach_m"][0]  # turns under way
    assert fired > 80


def test_a_battery_that_covers_nothing_changes_nothing():
    """Law: fighters' rows are the same to the byte with a battery that no threat passes, and the compiled world is as it was."""
    rng = np.random.default_rng(8)
    for replicate in range(20):
        raid = _random_raid(rng, replicate)
        pair = toy.pair(p_kill=(0.6, 0.6, 0, 0, 0, 0))
        allies = _home(toy.battery(coverage=0.0), pairs=[pair])
        world = [array.tobytes() for array in (allies.batteries, allies.shooters, allies.members, raid.threats, raid.verts)]
        without, idle = _fly(raid, _home(pairs=[pair])), _fly(raid, allies)
        for name in ("fates", "windows", "engagements", "shots", "sorties", "incursions", "falls", "causes"):
            assert getattr(without, name).tobytes() == getattr(idle, name).tobytes()
        busy = _home(toy.battery(p_kill=(0.5,) * 6), pairs=[pair])
        kept = busy.batteries.tobytes(), busy.shooters.tobytes()
        assert _fly(raid, busy).shots.tobytes() == _fly(raid, busy).shots.tobytes()
        assert (busy.batteries.tobytes(), busy.shooters.tobytes()) == kept
        assert world == [array.tobytes() for array in (allies.batteries, allies.shooters, allies.members, raid.threats, raid.verts)]


def test_a_members_batteries_obey_that_members_rules():
    """By hand: Romania's battery has no say in Poland: its frame and its airspace are Romania's, and Romania permits nothing."""
    members = [toy.member(), toy.member(toy.RO)]
    flown = _fly(toy.raid(WEST), toy.coalition(members, [toy.caveat(zone=ZONE_OWN, place=PLACE_OWN)], [], batteries=[toy.battery(1)]))
    assert len(flown.shots) == 0


def test_a_unit_without_rounds_says_so_once_for_a_threat_however_often_a_window_opens():
    """By hand: its one round goes at the first threat; the second comes in and out across the border three times, and each time a window opens. The row of the
    night has no times: nobody was ordered up."""
    zigzag = [(100, 40), (-20, 40), (20, 45), (-20, 50), (20, 55), (-20, 60), (100, 60)]
    raid = toy.raid({**WEST, "name": "a", "start": -1_400.0}, {"points": zigzag, "speed": 200.0, "name": "b"})
    flown = _fly(raid, _home(toy.battery(rounds=1)))
    assert (flown.windows["threat"] == 1).sum() == 3
    assert [CAUSES[row["cause"]] for row in flown.refusals if row["threat"] == 1] == ["no_rounds"]
    assert _causes(flown, 1) == ["no_rounds"] * 2
    (night,) = flown.sorties
    assert all(np.isnan(night[name]) for name in ("take_off_s", "landing_s", "ordered_s", "ready_s"))
