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
from zaslin.world.arrays import KIND_QRA


def what_remains(
    shooters: np.ndarray, sorties: np.ndarray, n_members: int, start_s: float, over_s: float, on_alert: Collection[int] = ()
) -> np.ndarray:
    """Rows of ALERT, one for each member with alert pairs, for the time from `start_s` (the raid's first launch) to `over_s` (all-clear).

    shooters: SHOOTER rows; sorties: SORTIE rows of one replicate; on_alert: members (rows of MEMBER) whose package names alert pairs, drawn or not. A pair is
    away from its order until it stands again.
    """
    rows = []
    for m in range(n_members):
        pairs = np.flatnonzero((shooters["kind"] == KIND_QRA) & (shooters["jets"] > 1) & (shooters["member"] == m))  # a helicopter guards no airspace
        if not len(pairs) and m not in on_alert:
            continue
        flights = sorties[np.isin(sorties["shooter"], pairs)]
        unfit = np.array([not duty_suffices(shooters[i], 0.0) for i in pairs], dtype=bool)
        away_from = np.concatenate([flights["ordered_s"], np.full(unfit.sum(), -np.inf)])
        away_to = np.concatenate([flights["ready_s"], np.full(unfit.sum(), np.inf)])
        cuts = np.unique(np.clip(np.concatenate([away_from, away_to, [start_s, over_s]]), start_s, over_s))
        length, middle = np.diff(cuts), 0.5 * (cuts[:-1] + cuts[1:])
        ready = len(pairs) - ((away_from[:, None] <= middle) & (middle < away_to[:, None])).sum(axis=0)
        none_s = float(length[ready == 0].sum())
        rows.append((m, len(pairs), int(ready.min(initial=len(pairs))), none_s, over_s - start_s))
    out = np.zeros(len(rows), dtype=ALERT)
    for k, row in enumerate(rows):
        out[k] = row
    return out
