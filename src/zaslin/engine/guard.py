"""What remains of each member's alert while its pairs fly: how long none stands ready, and the fewest that ever do; it decides nothing.

A member whose package names alert pairs, but of which a block draws none, has none ready all night. One whose package names none has no row. An alert pair
stands ready when it is on the ground, turned round, with a crew that may fly, and has not been ordered up. Patrols are not counted, nor are
aircraft that the package does not name.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from zaslin.doctrine.alert import duty_suffices
from zaslin.engine.records import ALERT
from zaslin.jit import kernel, lean
from zaslin.world.arrays import KIND_QRA


def what_remains(
    shooters: np.ndarray, sorties: np.ndarray, n_members: int, start_s: float, over_s: float, on_alert: Collection[int] = ()
) -> np.ndarray:
    """Rows of ALERT, one for each member with alert pairs, for the time from `start_s` (the raid's first launch) to `over_s` (all-clear).

    shooters: SHOOTER rows; sorties: SORTIE rows of one replicate; on_alert: members (rows of MEMBER) whose package names alert pairs, drawn or not. A pair is
    away from its order until it stands again.
    """
    named = np.zeros(n_members, dtype=np.bool_)
    named[list(on_alert)] = True
    out = np.zeros(n_members, dtype=ALERT)
    return out[: _fill(shooters, sorties, named, start_s, over_s, out)]


@lean
def _guards(shooter, m):
    """Whether a row of SHOOTER is an alert pair of member m; a helicopter guards no airspace."""
    return shooter.kind == KIND_QRA and shooter.jets > 1 and shooter.member == m


@kernel
def _fill(shooters, sorties, named, start_s, over_s, out):
    """Fill `out` and return the number of its rows."""
    n = 0
    begins, ends = np.empty(len(sorties) + len(shooters)), np.empty(len(sorties) + len(shooters))
    for m in range(len(named)):
        pairs, away = 0, 0
        for i in range(len(shooters)):
            if _guards(shooters[i], m):
                pairs += 1
                if not duty_suffices(shooters[i], 0.0):
                    begins[away], ends[away] = -np.inf, np.inf
                    away += 1
        if pairs == 0 and not named[m]:
            continue
        for s in range(len(sorties)):
            row = sorties[s]
            if _guards(shooters[row.shooter], m) and row.ordered_s < row.ready_s:
                begins[away], ends[away] = row.ordered_s, row.ready_s
                away += 1
        begins[:away].sort()
        ends[:away].sort()
        t, a, b, least, none_s = start_s, 0, 0, pairs, 0.0
        while t < over_s:
            while a < away and begins[a] <= t:
                a += 1
            while b < away and ends[b] <= t:
                b += 1
            until = over_s
            if a < away:
                until = min(until, begins[a])
            if b < away:
                until = min(until, ends[b])
            ready = pairs - (a - b)
            least = min(least, ready)
            if ready <= 0:
                none_s += until - t
            t = until
        row = out[n]
        row.member, row.pairs, row.ready_least, row.unguarded_s, row.night_s = m, pairs, least, none_s, over_s - start_s
        n += 1
    return n
