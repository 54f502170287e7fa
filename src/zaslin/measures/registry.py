"""All measures by name, in the order of the glossary; nothing is computed here."""

from __future__ import annotations

from zaslin.errors import InputError, unknown
from zaslin.measures import burden, debris, incursions, leakage, windows
from zaslin.measures.measure import Measure

_ALL: tuple[Measure, ...] = (
    leakage.leakers,
    *leakage.leakers_by_region.values(),
    leakage.coalition_kills,
    leakage.decoy_kills,
    leakage.ukraine_stops,
    incursions.incursions,
    incursions.incursions_any,
    incursions.incursions_deep,
    incursions.incursions_shallow,
    incursions.crossings_stopped,
    incursions.overflight_s,
    incursions.incursion_depth_m,
    incursions.incursion_path_m,
    burden.engagements,
    burden.shots,
    *leakage.kills_would_have.values(),
    leakage.kills_would_have_crossed,
    burden.unneeded_engagements,
    burden.wasted_shots,
    burden.wrong_object_shots,
    *burden.wrong_object_shots_by_kind.values(),
    burden.wrong_object_kills,
    debris.debris_falls,
    debris.expected_casualties,
    debris.expected_casualties_abroad,
    debris.expected_casualties_by_shooter,
    burden.sorties,
    burden.flight_h,
    burden.cost_usd,
    burden.minutes_over_ukraine,
    burden.unguarded_min,
    burden.own_aircraft_at_risk,
    burden.first_shot_margin_s,
    burden.decision_time_s,
    burden.decision_consent_s,
    burden.decision_flight_s,
    windows.window_precision,
    windows.window_recall,
    windows.window_recall_crossings,
)

MEASURES: dict[str, Measure] = {measure.name: measure for measure in _ALL}
"""Every measure by its name."""

HEADLINE = ("incursions", "overflight_s", "expected_casualties", "cost_usd", "coalition_kills", "leakers")
"""Measures whose differences between packages are told first, in sentences, cards and charts; simulation noise is watched on all of them."""


def measure(name: str) -> Measure:
    """The measure of that name. Raises InputError with the nearest one."""
    try:
        return MEASURES[name]
    except KeyError:
        raise InputError(unknown("measure", name, MEASURES)) from None
