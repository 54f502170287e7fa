"""A package without some of its members: what the others have, see and may is theirs already, whoever else is there, so their rows are taken.

It flies nothing. Exact: a draw belongs to a name, so the rows that stay are those of the package compiled without the members that leave
(tests/studies/test_members.py holds them together). The exception is a pooled picture, in which each member sees by the others' radars: there the members
of `with_only` must look for themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from zaslin.engine.replicate import Seen
from zaslin.world.arrays import EFFECT_FORBID, Coalition


def with_only(coalition: Coalition, keep: Sequence[int]) -> Coalition:
    """The coalition of the members `keep` (positions, ascending). SHOOTER.asset keeps its number: `asset_names` stay whole.

    Objects that are no threats are left out where nobody that stays may fire, as `compile_package` does.
    """
    place = _places(len(coalition.members), keep)
    caveats = coalition.caveats[place[coalition.caveats["member"]] >= 0]
    stays = place[coalition.shooters["member"]] >= 0
    shooter = np.cumsum(stays, dtype=np.int32) - np.int32(1)
    batteries = coalition.batteries[stays[coalition.batteries["shooter"]]]
    batteries["shooter"] = shooter[batteries["shooter"]]
    rows = [caveats, coalition.radars[place[coalition.radars["member"]] >= 0], coalition.shooters[stays]]
    for part in rows:
        part["member"] = place[part["member"]]
    named = [name for name, row in zip(coalition.caveat_names, coalition.caveats, strict=True) if place[row["member"]] >= 0]
    return replace(
        coalition,
        members=coalition.members[list(keep)],
        caveats=rows[0],
        radars=rows[1],
        shooters=rows[2],
        batteries=batteries,
        member_names=tuple(coalition.member_names[m] for m in keep),
        caveat_names=tuple(named),
        others=coalition.others if bool((caveats["effect"] != EFFECT_FORBID).any()) else None,
        on_alert=tuple(int(place[m]) for m in coalition.on_alert if place[m] >= 0),
    )


def without(coalition: Coalition, keep: Sequence[int]) -> Coalition:
    """The coalition in which only the members `keep` fly and shoot: all rows of members and caveats stay where they are, so that what all of them see and may
    fits, the others' shooters go, and the raid no longer lasts for the others' airspace. Flown with `Seen` as `silenced` leaves it, it is `with_only`.
    """
    stays = np.isin(coalition.shooters["member"], list(keep))
    shooter = np.cumsum(stays, dtype=np.int32) - np.int32(1)
    batteries = coalition.batteries[stays[coalition.batteries["shooter"]]]
    batteries["shooter"] = shooter[batteries["shooter"]]
    members = coalition.members.copy()
    members["country"][[m for m in range(len(members)) if m not in keep]] = -1
    on_alert = tuple(m for m in coalition.on_alert if m in keep)
    return replace(coalition, members=members, shooters=coalition.shooters[stays], batteries=batteries, on_alert=on_alert)


def silenced(seen: Seen, keep: Sequence[int]) -> Seen:
    """What all members see, with the windows of the members `keep` alone."""
    consent = seen.consent.copy()
    out = [m for m in range(len(consent)) if m not in keep]
    consent["last"][out] = consent["first"][out]
    return seen._replace(consent=consent)


def pooled(coalition: Coalition) -> bool:
    """Whether any member sees by the others' radars."""
    return bool((coalition.members["pooling"] == 1).any())


def _places(n_members: int, keep: Sequence[int]) -> np.ndarray:
    """Each member's new position, -1 for who leaves."""
    place = np.full(n_members, -1, dtype=np.int16)
    place[list(keep)] = np.arange(len(keep), dtype=np.int16)
    return place
