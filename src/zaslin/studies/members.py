"""A package without some of its members, by taking rows: what the others have, see and may is theirs already, whoever else is there.

It flies nothing. Exact: a draw belongs to a name, so the rows that stay are those of the package compiled, and seen, without the members that leave
(tests/studies/test_members.py holds the bytes together). The exception is a pooled picture, in which each member sees by the others' radars: there
`seen_by` is not to be used.
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
    )


def seen_by(seen: Seen, coalition: Coalition, keep: Sequence[int]) -> Seen:
    """What the members `keep` of the coalition see and may, out of what all of them do. Not for members that pool their tracks."""
    place = _places(len(coalition.members), keep)
    caveat_stays = place[coalition.caveats["member"]] >= 0
    caveat = np.cumsum(caveat_stays, dtype=np.int16) - np.int16(1)
    sight, consent = seen.sight[list(keep)], seen.consent[list(keep)]
    pieces = _taken(seen.pieces, place, sight)
    windows = _taken(seen.windows, place, consent)
    windows["caveat"] = caveat[windows["caveat"]]
    named = consent["caveat"] >= 0
    consent["caveat"][named] = caveat[consent["caveat"][named]]
    return Seen(sight, pieces, windows, consent, seen.yes_s[:, caveat_stays])


def pooled(coalition: Coalition) -> bool:
    """Whether any member sees by the others' radars."""
    return bool((coalition.members["pooling"] == 1).any())


def _places(n_members: int, keep: Sequence[int]) -> np.ndarray:
    """Each member's new position, -1 for who leaves."""
    place = np.full(n_members, -1, dtype=np.int16)
    place[list(keep)] = np.arange(len(keep), dtype=np.int16)
    return place


def _taken(rows: np.ndarray, place: np.ndarray, index: np.ndarray) -> np.ndarray:
    """The rows of members that stay, in order, with their new member numbers; `first` and `last` of `index` point at them."""
    stays = place[rows["member"]] >= 0
    before = np.zeros(len(rows) + 1, dtype=np.int32)
    np.cumsum(stays, out=before[1:])
    index["first"], index["last"] = before[index["first"]], before[index["last"]]
    out = rows[stays]
    out["member"] = place[out["member"]]
    return out
