"""What cannot happen under a package, whatever the draw: shots and kills where nobody may fire. Known from its rules, not from a count of nights."""

from __future__ import annotations

from typing import Any

from zaslin.measures import burden, debris, incursions, leakage
from zaslin.measures.measure import Measure

_FIRED = frozenset(
    measure.name
    for measure in (
        leakage.coalition_kills, leakage.decoy_kills, *leakage.kills_would_have.values(), leakage.kills_would_have_crossed, incursions.crossings_stopped,
        burden.engagements, burden.shots, burden.wrong_object_shots, *burden.wrong_object_shots_by_kind.values(), burden.wrong_object_kills,
        burden.unneeded_engagements, burden.wasted_shots, debris.expected_casualties_by_shooter,
    )
)  # fmt: skip
"""Measures whose every row comes of a shot of the coalition, or of the order to make one."""


def impossible(package: dict[str, Any], measure: Measure, member: str | None = None) -> bool:
    """Whether `measure` is 0 under the package for certain: of a member that it does not have, or of fire where no rule of it permits any.

    package: as in a manifest. member: as in `measures.estimate.estimate`.
    """
    members = package.get("members", ())
    if measure.by == "member" and member is not None:
        members = [each for each in members if each["nation"] == member]
        if not members:
            return True
    return measure.name in _FIRED and not any(may_fire(each) for each in members)


def may_fire(member: dict[str, Any]) -> bool:
    """Whether a caveat of the member permits fire, asked or unasked. A member without one never fires (`measures.books` checks it)."""
    return any(caveat["effect"] != "forbid" for caveat in member.get("caveats", ()))
