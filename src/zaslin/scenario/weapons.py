"""What holds for every weapon where a package or an aircraft says nothing of its own: salvos, aspect, judging one's own shots, guns. All assumptions."""

from __future__ import annotations

from typing import Annotated, Any

from zaslin.scenario.sourced import Dimension, Duration, Length, Money, Probability, Sourced, Speed, Strict
from zaslin.scenario.threat import ThreatClass

Rounds = Annotated[Sourced, Dimension("rounds of one shot", ("count", "rounds"), "value: 1, low: 1, high: 2, unit: count", least=1.0, most=8.0)]
Bursts = Annotated[Sourced, Dimension("bursts of one jet's gun", ("count", "rounds"), "value: 3, low: 1, high: 5, unit: count", most=100.0)]


def guess(value: float, low: float, high: float, unit: str, note: str, **more: Any) -> dict[str, Any]:
    """A number without a source."""
    return {"value": value, "low": low, "high": high, "unit": unit, "note": note, **more}


class Judging(Strict):
    """How a shooter learns what came of its round: after how long, and how often it is wrong.

    `miss_unseen`: chance that a miss is taken for a kill; the shooter lets go until the threat turns. `kill_unseen`: chance that a kill is taken for a miss;
    one more round goes at the wreck.
    """

    delay: Duration
    miss_unseen: Probability
    kill_unseen: Probability


class Gun(Strict):
    """A fighter's gun, used when no missile is left that fits: close in, in bursts, against the classes that `p_kill` names."""

    reach: Length
    speed: Speed
    bursts_per_jet: Bursts
    p_kill: dict[ThreatClass, Probability]
    burst_cost: Money


def usual_judging() -> Judging:
    """The judging of one's own shots where nothing else is said."""
    return Judging.model_validate(
        {
            "delay": guess(10, 5, 30, "s", "from a round's arrival until its shooter knows what came of it; our guess of the order of magnitude"),
            "miss_unseen": guess(0.05, 0, 0.2, "probability", "a miss is taken for a kill; our guess of the order of magnitude"),
            "kill_unseen": guess(0.05, 0, 0.2, "probability", "a kill is taken for a miss; our guess of the order of magnitude"),
        }
    )


def usual_gun() -> Gun:
    """A fighter's gun where nothing else is said."""
    return Gun.model_validate(
        {
            "reach": guess(800, 400, 1_200, "m", "opening range against something as small and slow as a drone; our guess of the order of magnitude"),
            "speed": guess(900, 700, 1_000, "mps", "mean over the flight of a shell; our guess of the order of magnitude"),
            "bursts_per_jet": guess(3, 1, 5, "count", "about a second each; our guess of the order of magnitude"),
            "p_kill": {"drone": guess(0.3, 0.1, 0.6, "probability", "of one burst from a fast jet at a slow drone; our guess of the order of magnitude")},
            "burst_cost": guess(3_000, 500, 10_000, "usd/round", "some hundred shells, the order of magnitude from memory", price_year=2026),
        }
    )


def usual_tail_loss() -> Sourced:
    """How much less a missile hits from astern than head-on."""
    note = "of the chance to kill: half of it more head-on, half less from astern; p_kill is from the beam; our guess of the order of magnitude"
    return Sourced.model_validate(guess(0.2, 0, 0.5, "share", note))


def usual_look_down() -> Sourced:
    """How much of its reach a fighter loses against what flies low."""
    note = "of the reach, below 500 m; the reach is one against low flyers already, the range is for types whose radar looks down poorly"
    return Sourced.model_validate(guess(0, 0, 0.3, "share", note))


Salvo = dict[ThreatClass, Rounds]
"""Rounds of one shot by class; a class that is left out takes one."""
