"""Sentences of the brief: sign, zero and doubt are said as the numbers say them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from zaslin.brief import sentences
from zaslin.brief.sentences import Alternative


@dataclass(frozen=True)
class E:
    mean: float
    low: float
    high: float
    mc_low: float = math.nan
    mc_high: float = math.nan
    replicates: int = 500


NOTHING = E(0.0, 0.0, 0.0)
BASE = Alternative(
    "Status quo",
    {"incursions": E(0.05, 0.01, 0.2), "leakers": E(30.0, 20.0, 40.0), "coalition_kills": NOTHING, "shots": NOTHING, "flight_h": E(12, 10, 14)}
    | {"cost_usd": E(3e5, 2e5, 4e5), "minutes_over_ukraine": NOTHING},
)


def other(incursions: E, leakers: E = NOTHING, kills: E = NOTHING, **more: object) -> Alternative:
    estimates = {**BASE.estimates, "coalition_kills": kills, "shots": more.pop("shots", NOTHING), "unneeded_engagements": more.pop("unneeded", NOTHING)}
    differences = {"incursions": incursions, "leakers": leakers, "expected_casualties": more.pop("casualties", NOTHING)}
    return Alternative("They fire", estimates, differences, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("difference", "text"),
    [
        (E(-0.03, -0.08, -0.01), "fewer by 0.030 (0.010–0.080)"),
        (E(0.03, 0.01, 0.08), "more by 0.030 (0.010–0.080)"),
        (E(-0.03, -0.08, 0.02), "not clearly changed (−0.03 (−0.08 to 0.02): we cannot tell)"),
        (NOTHING, "the same in each of the 500 simulated nights"),
        (E(math.nan, 0.0, 0.0), "not defined here"),
        (None, "not defined here"),
        (E(-0.03, -0.04, -0.02, -0.09, 0.03), "not clearly changed (−0.03 (−0.04 to −0.02; noise ±0.06): we cannot tell)"),
    ],
)
def test_a_difference_is_fewer_more_nothing_or_not_to_be_told(difference, text):
    """By hand: fewer is never negative; an interval that holds 0, or noise that does, says that we cannot tell."""
    assert sentences.change(difference) == text


def test_a_package_that_changes_nothing_is_said_to_change_nothing():
    """A zero in every night is told in words, not as "fewer by 0"."""
    told = sentences.answer_expected(BASE, [other(NOTHING)], 158)
    assert told.clauses == (("They fire", "shoots down nothing in any of the 500 simulated nights and changes none of this there"),)
    assert "fewer by" not in told.text
    assert "at least one on about one such night in 21, from 1 in 100 to 1 in 6" in told.head


def test_an_own_airspace_package_avoids_no_incursion_by_definition():
    """DESIGN: print that own-airspace packages avoid zero incursions by definition; what differs can only be later crossings (a threat shot down
    over Poland enters no Slovakia), and is told as that."""
    told = sentences.answer_expected(BASE, [other(NOTHING, kills=E(0.1, 0.0, 0.2), own_airspace_only=True)], 158)
    assert "incursions: none avoided, because its rules permit fire only once the border is crossed, threats" in told.text
    told = sentences.answer_expected(BASE, [other(E(-0.01, -0.02, -0.001), kills=E(0.1, 0.0, 0.2), own_airspace_only=True)], 158)
    assert "incursions: no first crossing avoided, because its rules permit fire only once the border is crossed (later ones, " in told.text
    assert "into a next country or back again: fewer by 0.010 (0.001–0.020))" in told.text


def test_a_clear_effect_and_a_doubtful_one_stand_side_by_side():
    """By hand."""
    told = sentences.answer_expected(BASE, [other(E(-0.03, -0.08, -0.01), E(-0.4, -1.2, 0.3), E(0.5, 0.2, 0.9))], 158)
    assert "incursions: fewer by 0.030 (0.010–0.080), threats that reach their aim: not clearly changed (−0.4 (−1.2 to 0.3): we cannot tell)" in told.text
    assert "0.50 (0.20–0.90) of them shot down by the coalition" in told.text


def test_where_most_incursions_go_is_named_only_where_it_is_most():
    """Named by the page where one country has more than half."""
    into = Alternative("Status quo", BASE.estimates, mostly_into="MD")
    assert "(most of them into Moldova; at least one on" in sentences.answer_expected(into, [], 158).head
    assert "most of them" not in sentences.answer_expected(BASE, [], 158).head


def test_one_package_alone_compares_with_nothing():
    """No alternative: the sentence says so and has no clauses."""
    told = sentences.answer_expected(BASE, [], 158)
    assert told.clauses == ()
    assert told.text.endswith("so there is nothing to compare it with.")


def test_the_given_crossing_is_a_share_or_no_case_or_no_answer():
    """By hand: 0 of all, a share with its interval, and none simulated."""
    some = Alternative("A", {}, given_stopped=E(0.34, 0.2, 0.5))
    never = Alternative("B", {}, given_stopped=NOTHING)
    none = Alternative("C", {}, given_stopped=None)
    told = sentences.answer_given(never, [some, none], "Poland, 29 December 2023")
    assert told.clauses == (
        ("B", "in none of the 500 simulated crossings"),
        ("A", "in 34\u00a0% (20–50) of cases"),
        ("C", "gives no answer (no such crossing was simulated)"),
    )
    assert "--given" in sentences.answer_given(never, [some], None).text
    why = "no threat of night N makes a crossing like it: of 9 routes none comes into Poland. The nearest that the night has: drones into Poland."
    told = sentences.answer_given(never, [some], "Poland, 29 December 2023", why)
    assert (told.head, told.clauses) == ("No threat of night N makes a crossing like it: of 9 routes none comes into Poland.", ())


def test_the_price_names_who_answers_for_the_shots():
    """By hand: shares of shots per member, the greatest first; a member with none is not named."""
    fires = other(
        NOTHING,
        kills=E(1, 0.5, 2),
        shots=E(2.0, 1.0, 3.0),
        unneeded=E(0.5, 0.2, 0.8),
        casualties=E(-0.01, -0.03, -0.002),
        firer_share={"RO": 0.25, "PL": 0.75, "SK": 0.0},
    )
    told = dict(sentences.answer_price(BASE, [fires]).clauses)
    assert "those who fire answer for their shots (Poland for 75\u00a0% and Romania for 25\u00a0%)" in told["They fire"]
    assert "0.50 (0.20–0.80) times at a threat that would neither have crossed a border nor reached its aim" in told["They fire"]
    assert f"expected casualties {sentences.CASUALTIES_COUNT} lower by 0.010 (0.002–0.030) persons" in told["They fire"]
    assert "none of it over Ukraine in any of the 500 simulated nights" in told["Status quo"]
    assert told["Status quo"].endswith("not a round is fired in any of the 500 simulated nights, so no member answers for a shot there")


def test_no_unneeded_engagement_is_told_with_the_nights_that_were_simulated():
    """A count of 0 is "in none of the 500 simulated nights", never "0 times"."""
    told = dict(sentences.answer_price(BASE, [other(NOTHING, shots=E(2.0, 1.0, 3.0))]).clauses)
    assert "2.0 (1.0–3.0) rounds fired, in none of the 500 simulated nights at a threat that would neither" in told["They fire"]


def test_casualties_are_said_to_count_what_falls_and_not_what_arrives():
    """Falls are debris, wrecks and stray rounds (measures.debris); a threat that reaches its aim is no fall."""
    told = sentences.answer_price(BASE, [other(NOTHING, shots=E(2.0, 1.0, 3.0), casualties=E(-0.01, -0.03, -0.002))]).text
    assert "debris, wrecks and stray rounds; what threats do that reach their aim is not counted" in told
    assert "on the ground" not in told


def test_the_two_readings_of_forty_kilometres_in_three_minutes():
    """The issue, worked by hand: 180 s at 800 km/h is a path of 40 km, so out and back it is at most 20 km deep."""
    first, second = sentences.compatible_readings(180.0, 40.0, 800.0)
    assert "path of 40 km" in first
    assert "cannot be deeper than 20 km" in second


def test_a_corner_of_two_kilometres_in_39_seconds_fits_as_depth():
    """39 s at 800 km/h is 8.7 km of path: 2 km out and back fits."""
    first, second = sentences.compatible_readings(39.0, 2.0, 800.0)
    assert "path of 9 km" in first
    assert second.startswith("Read as depth, 2 km inside and back fits")


def test_a_distance_beyond_the_path_fits_neither_reading():
    """10 s at 800 km/h is 2.2 km: 40 km fits nothing."""
    assert sentences.compatible_readings(10.0, 40.0, 800.0)[1].startswith("Neither reading")


def test_a_report_outside_the_band_is_flagged_with_its_side():
    """By hand: the band's ends count as inside."""
    assert sentences.reported_against_model(9, 10, 4, 7) == (
        "outside the band: more were reported stopped (9 of 10) than in 90\u00a0% of simulated nights",
        True,
    )
    assert sentences.reported_against_model(7, 10, 4, 7) == ("inside the band", False)
    assert sentences.reported_against_model(3, 10, 4, 7)[1]
    assert sentences.reported_against_model(3, 10, None, None) == ("the model gives no band here", False)


def test_noise_is_warned_of_once_and_not_where_there_is_no_difference():
    """One sentence for all blunt differences; an exact zero needs no replicates."""
    text = sentences.noisy([("incursions", E(-0.1, -0.2, 0), False, 1800), ("leakers", NOTHING, False, None), ("kills", E(1, 1, 1), True, 10)])
    assert text is not None and "incursions." in text and "About 1,800 replicates" in text and "leakers" not in text and "kills" not in text
    assert sentences.noisy([("kills", E(1, 1, 1), True, 10)]) is None


def test_decoys_among_the_kills_are_told_where_there_are_any():
    """By hand: 2 of what the rounds bring down; nothing is said of decoys on a night without them."""
    item = other(NOTHING, kills=E(5.0, 4.0, 6.0), shots=E(7.0, 6.0, 8.0))
    told = sentences.answer_price(BASE, [item]).text
    assert "decoys" not in told
    item.estimates["decoy_kills"] = E(2.0, 1.0, 3.0)  # type: ignore[index]
    told = sentences.answer_price(BASE, [item]).text
    assert "7.0 (6.0–8.0) rounds fired (2.0 (1.0–3.0) of what they bring down are decoys without a warhead)" in told


def test_shots_at_the_wrong_object_are_told_by_kind_where_there_are_any():
    """By hand; a kind that was never shot at is not named, and where none was there is no word."""
    fires = other(NOTHING, shots=E(2.0, 1.0, 3.0))
    wrong = {"wrong_object_shots": E(0.3, 0.1, 0.6), "wrong_object_shots_friendly": E(0.2, 0.1, 0.4), "wrong_object_shots_civil": NOTHING}
    wrong["wrong_object_shots_false"] = E(0.1, 0.05, 0.2)
    some = Alternative("They fire", {**fires.estimates, **wrong}, fires.differences)
    told = dict(sentences.answer_price(BASE, [some]).clauses)["They fire"]
    assert "at the wrong object 0.30 (0.10–0.60) rounds a night (0.20 (0.10–0.40) at Ukraine's own aircraft and 0.10 (0.05–0.20) at tracks with nothing" in told
    assert "civil" not in told
    none = Alternative("They fire", {**fires.estimates, "wrong_object_shots": NOTHING}, fires.differences)
    assert "wrong object" not in dict(sentences.answer_price(BASE, [none]).clauses)["They fire"]


def test_the_end_of_a_threat_that_a_member_shot_down_has_one_by():
    """By hand: who shot it down stands in the place of "the coalition"; other ends, and plurals, as they are."""
    from zaslin.brief.story import event_words

    killed = {"event": "fate", "fate": "killed_member", "would_have": "leaked", "member": "PL", "asset": "pl-cap"}
    assert event_words(killed) == "its end: shot down by Poland (pl-cap); without the coalition: reached its aim region in Ukraine"
    assert event_words({"event": "fate", "fate": "killed_member", "would_have": None, "member": None}) == "its end: shot down by the coalition"
    assert event_words({"event": "fate", "fate": "leaked", "would_have": "leaked", "member": "PL"}) == "its end: reached its aim region in Ukraine"
    assert event_words({"event": "hit", "member": "NL", "asset": None}) == "the Netherlands' round hits"


def test_a_change_from_few_blocks_is_its_mean_and_no_more():
    """By hand: which way and how much by the mean, and that nobody can tell; one warning instead of that of noise."""
    few = SimpleNamespace(mean=-0.032, low=math.nan, high=math.nan, mc_low=math.nan, mc_high=math.nan, replicates=20, blocks=2)
    assert sentences.change(few) == "fewer by 0.032 by the mean (from 2 blocks: no interval; we cannot tell)"
    assert sentences.change(SimpleNamespace(**{**vars(few), "mean": 0.0})) == "none by the mean (from 2 blocks: no interval; we cannot tell)"
    text = sentences.noisy([("kills", few, False, None)]) or ""
    assert text.startswith("From 2 blocks: no interval.") and "five blocks or more would tell" in text and "replicates would do" not in text
