"""Why a night has no crossing like a reported one: the nearest that it has, by hand."""

from __future__ import annotations

from typing import Any

from zaslin.scenario.incident import incident
from zaslin.scenario.no_crossing import no_crossing

NIGHT: dict[str, Any] = {
    "id": "2024-09-08", "incidents": ["RO-2024-09-08"],
    "groups": [
        {"id": "shahed", "model": "Shahed-136/131", "count": 20}, {"id": "kh59", "model": "Kh-59", "count": 4},
        {"id": "more", "model": "Shahed-136/131", "count": 20},
    ],
}  # fmt: skip


def told(chances: dict[tuple[str, str], float]) -> str:
    return no_crossing(incident("PL-2023-12-29").model_dump(mode="json"), NIGHT, chances, 60_000, 3)


def test_the_same_country_comes_first_then_the_same_class_then_the_likeliest():
    """By hand: drones into Poland by 0.001 of 20 and none of 20 others: one in 2,000 of those launched; without them missiles into Moldova; else the most."""
    near_poland = told({("shahed", "PL"): 0.001, ("shahed", "RO"): 0.01, ("kh59", "MD"): 0.005, ("kh59", "RO"): 0.0})
    assert near_poland.startswith("no threat of night 2024-09-08 makes a crossing like PL-2023-12-29: of 60,000 routes drawn in 3 blocks of nights for its ")
    assert "cruise missiles none comes into Poland." in near_poland
    assert "The nearest that the night has: one-way drones into Poland, about one in 2,000 of those launched." in near_poland
    assert "cruise missiles into Moldova, about one in 200 of" in told({("shahed", "RO"): 0.01, ("kh59", "MD"): 0.005})
    assert "one-way drones into Romania, about one in 100 of" in told({("shahed", "RO"): 0.01, ("more", "RO"): 0.01, ("shahed", "MD"): 0.001})


def test_a_kind_that_the_night_has_is_too_rare_not_absent():
    """By hand: one in 5,000 of four Kh-59 comes into Poland, and no route that was drawn did; neither that kind nor the incident is offered again."""
    said = told({("kh59", "PL"): 0.0002, ("shahed", "RO"): 0.01})
    assert said.startswith(
        "a crossing like PL-2023-12-29 is too rare on night 2024-09-08 to be found in 60,000 routes drawn in 3 blocks of nights for its cruise missiles "
        "(about one in 5,000 of those launched comes into Poland). Reported crossings of another kind that it has, for --given: RO-2024-09-08, "
    )
    assert "none comes into" not in said and "The nearest" not in said and "PL-2023-12-29" not in said.partition("--given")[2]
    assert told({("kh59", "PL"): 0.0002}).endswith("comes into Poland).")


def test_of_a_few_blocks_no_rate_is_told():
    """By hand: the same words without "about one in", which a few blocks cannot say; and other words for what the incidents are for."""
    event = incident("PL-2023-12-29").model_dump(mode="json")
    near = no_crossing(event, NIGHT, {("shahed", "PL"): 0.001}, 60_000, 3, rates=False)
    assert "The nearest that the night has: one-way drones into Poland." in near and "one in" not in near.replace("nearest", "")
    rare = no_crossing(event, NIGHT, {("kh59", "PL"): 0.0002}, 60_000, 3, rates=False)
    assert rare.endswith("60,000 routes drawn in 3 blocks of nights for its cruise missiles.")
    assert "of a kind that it has: " in no_crossing(event, NIGHT, {("shahed", "RO"): 0.01}, 60_000, 3, option="")


def test_incidents_that_can_be_given_are_of_a_kind_that_the_night_has():
    """By hand: the night's own first; where only missiles come into Moldova, those alone; into Romania, where both are denied, none."""
    assert "for --given: RO-2024-09-08, " in told({("shahed", "RO"): 0.01})
    assert told({("kh59", "MD"): 0.01}).endswith("for --given: MD-2024-12-25, MD-2023-02-10, MD-2022-10-10.")
    assert "--given" not in told({("kh59", "RO"): 0.01})
    assert told({}).endswith("None of its threats comes into a neighbour's airspace.")
