"""The usual numbers of notional air defence on the ground, by kind of system: what stands in where a package gives none of its own.

Assumptions, but where a source is named. What a battery is, and which of its numbers a package may change, is `package.BorderGbad`'s to say.
"""

from __future__ import annotations

from typing import Any


def guess(
    value: float, low: float, high: float, unit: str, note: str, source: str = "assumption", grade: str = "assumption", year: int | None = None
) -> dict[str, Any]:
    """A number as plain data, as a package's file gives it; `year`: of its prices."""
    return {"value": value, "low": low, "high": high, "unit": unit, "note": note, "source": source, "grade": grade, "price_year": year}


ROUGH = "our guess of the order of magnitude"
USUAL_GBAD: dict[str, dict[str, dict[str, Any]]] = {
    "medium-range": {
        "behind_border": guess(10, 0, 30, "km", "distance of the notional row behind the land border or coast"),
        "reach": guess(
            30, 15, 45, "km", "IRIS-T SLM 40 km (reuters-2023-06-14), CAMM 25 km (air-cosmos-2022-04), HAWK 40 km at most (wp-tech-2023-10), NASAMS from memory"
        ),
        "floor": guess(30, 10, 100, "m", "lowest flight that it can meet; " + ROUGH),
        "ceiling": guess(20, 15, 20, "km", "IRIS-T SLM, by its maker; HAWK 18 km (wp-tech-2023-10), the low bound is ours", "agenzia-nova-2023-03-27", "B"),
        "channels": guess(4, 1, 10, "count", "threats that it can engage at once; " + ROUGH),
        "reaction": guess(10, 5, 30, "s", "from the moment at which it may and can to the first round; " + ROUGH),
        "shot_interval": guess(5, 2, 10, "s", "between two rounds of the battery; " + ROUGH),
        "reload": guess(30, 15, 90, "min", "from the last round to a full magazine; " + ROUGH),
        "magazine": guess(24, 8, 48, "count", "rounds ready to fire; " + ROUGH),
        "round_speed": guess(800, 600, 1200, "mps", "mean over the flight; " + ROUGH),
        "round_cost": guess(
            500_000, 432_000, 1_000_000, "usd/round", "NASAMS; low IRIS-T SLM (agenzia-nova-2023-03-27), high CAMM from memory", "nyt-2023-01-04", "B", 2023
        ),
    },
    "guns": {
        "behind_border": guess(3, 0, 10, "km", "distance of the notional row behind the land border or coast"),
        "reach": guess(3.5, 2, 5, "km", "against drones, from memory; 5 km at most for the Gepard (derstandard-2022-04)"),
        "floor": guess(0, 0, 0, "m", "guns fire as low as anything flies"),
        "ceiling": guess(2_500, 2_000, 3_000, "m", "Gepard: below 2,500 m there; the range is ours", "derstandard-2022-04", "B"),
        "channels": guess(1, 1, 2, "count", "threats that it can engage at once; " + ROUGH),
        "reaction": guess(8, 4, 15, "s", "from the moment at which it may and can to the first burst; " + ROUGH),
        "shot_interval": guess(3, 2, 6, "s", "between two bursts; " + ROUGH),
        "reload": guess(20, 10, 40, "min", "from the last burst to full belts; " + ROUGH),
        "magazine": guess(20, 10, 40, "count", "bursts without reloading; " + ROUGH),
        "round_speed": guess(900, 700, 1_100, "mps", "mean over the flight; " + ROUGH),
        "round_cost": guess(1_000, 200, 10_000, "usd/round", "a burst, the order of magnitude from memory; year of the fact table", year=2026),
    },
    "interceptor-drones": {
        "behind_border": guess(5, 0, 20, "km", "distance of the notional row of crews behind the land border or coast"),
        "reach": guess(10, 3, 30, "km", "Merops 5–20 km from memory, widened (catalogue of the ledger)"),
        "floor": guess(50, 10, 200, "m", "lower, ground and wires are in its way; " + ROUGH),
        "ceiling": guess(3_000, 1_500, 5_000, "m", ROUGH),
        "channels": guess(2, 1, 4, "count", "operators of one team, each with one interceptor in the air; four persons a crew by techrider-2025-11-21"),
        "reaction": guess(60, 20, 180, "s", "from the moment at which it may and can to the launch; " + ROUGH),
        "shot_interval": guess(20, 5, 60, "s", "between two launches of the team; " + ROUGH),
        "reload": guess(20, 5, 60, "min", "from the last launch until as many stand ready again; " + ROUGH),
        "magazine": guess(8, 3, 30, "count", "interceptors ready to fly; " + ROUGH),
        "round_speed": guess(
            240, 200, 282, "km/h", "Merops: 282 km/h at most there; cruise of 200 km/h from memory, value ours", "global-defence-magazine-2026-01", "C"
        ),
        "round_cost": guess(
            15_000, 2_500, 15_000, "usd/round", "Merops; low: Sting, about, by its maker (t-online-2025-08-24)", "techrider-2025-11-21", "B", 2025
        ),
    },
}
"""Numbers of a notional battery of each kind where a package gives none of its own: assumptions but where a source is named."""
USUAL_GBAD_KILLS: dict[str, dict[str, tuple[float, float, float]]] = {
    "medium-range": {"drone": (0.8, 0.5, 0.95), "cruise": (0.7, 0.4, 0.9)},
    "guns": {"drone": (0.5, 0.2, 0.8), "cruise": (0.15, 0.02, 0.4)},
    "interceptor-drones": {"drone": (0.5, 0.2, 0.9)},
}
"""Chance that one round (a burst of guns, one interceptor drone) ends a threat that it reaches, and its range, by class: assumptions. Of interceptor
drones a success of 95 % is claimed by a user (techrider-2025-11-21), which nobody else confirms: above the range on purpose."""
CREW_ROUNDS = {"medium-range": "round", "guns": "burst", "interceptor-drones": "interceptor"}
"""What one round of a system is called."""
