"""Named policies of assignment: which of the free shooters takes which of the permitted tracks, given what each pairing would bring now.

A policy ranks pairings; it knows no future window, route or destination. Greedy policies take the best pairing first, the optimal one maximises the worth
of all pairings of this moment together.
"""

from __future__ import annotations

import numpy as np

from zaslin.doctrine.assign import PROJECTION_S
from zaslin.doctrine.heading import ray_meets_m
from zaslin.jit import kernel, lean
from zaslin.plane import course_rad

NOT_TOWARD_S = 1e9
"""Rank, s, of a track that does not head for own territory, among those that do."""
LATE_SHARE = 0.5
"""A shot at the projection's end is worth this share of one now, to the optimal policy: assumption, 0.25–1."""


@lean
def crossing_s(fields, country, line, now):
    """When a track, dead-reckoned on its `Line` at constant course and speed, is next in a country's airspace, s, from `now` on.

    NOT_TOWARD_S where it is not within the projection; `now` where it is inside already, at rest too. The middle course alone: a ranking, not the heading
    test.
    """
    gone = line.speed * (now - line.t0)
    away = ray_meets_m(fields, country, line.x, line.y, course_rad(line.x, line.y, line.hx, line.hy), gone, gone + line.speed * PROJECTION_S)
    if away <= gone:
        return now
    return now + (away - gone) / line.speed if away < np.inf else NOT_TOWARD_S


@lean
def best_first(ranks, times, rows, n_rows, columns, n_columns, chosen):
    """Pair shooters with tracks, the lowest rank first: chosen[i] becomes the column for rows[i], or -1.

    ranks, times: (shooters, tracks); times in s, inf: not feasible. rows, columns: the indices that take part. Equal ranks: the earlier time, then the
    lower shooter, then the lower track.
    """
    for i in range(n_rows):
        chosen[i] = -1
    for _ in range(min(n_rows, n_columns)):
        best, soonest, at, to = np.inf, np.inf, -1, -1
        for i in range(n_rows):
            if chosen[i] >= 0:
                continue
            for c in range(n_columns):
                rank, time = ranks[rows[i], columns[c]], times[rows[i], columns[c]]
                if time < np.inf and (rank < best or (rank == best and time < soonest)):
                    taken = False
                    for other in range(n_rows):
                        taken = taken or chosen[other] == columns[c]
                    if not taken:
                        best, soonest, at, to = rank, time, i, columns[c]
        if at < 0:
            return
        chosen[at] = to


@kernel
def most_worth(worth, rows, n_rows, columns, n_columns, chosen):
    """Pair shooters with tracks so that the sum of `worth` is greatest: chosen[i] becomes the column for rows[i], or -1.

    worth: (shooters, tracks), >= 0; 0: not feasible, never chosen. The Hungarian method with potentials and shortest augmenting paths (Kuhn 1955,
    Munkres 1957), O(n³) in the larger of both numbers.
    """
    for i in range(n_rows):
        chosen[i] = -1
    n = max(n_rows, n_columns)
    if n_rows == 0 or n_columns == 0:
        return
    # 1-based, square: a row or column beyond the real ones costs nothing.
    u, v = np.zeros(n + 1), np.zeros(n + 1)
    match, way = np.zeros(n + 1, np.int64), np.zeros(n + 1, np.int64)
    least, used = np.empty(n + 1), np.empty(n + 1, np.bool_)
    for i in range(1, n + 1):
        match[0] = i
        least[:] = np.inf
        used[:] = False
        c = np.int64(0)
        while True:
            used[c] = True
            row, delta, to = match[c], np.inf, np.int64(0)
            for k in range(1, n + 1):
                if used[k]:
                    continue
                cost = -worth[rows[row - 1], columns[k - 1]] if row <= n_rows and k <= n_columns else 0.0
                reduced = cost - u[row] - v[k]
                if reduced < least[k]:
                    least[k], way[k] = reduced, c
                if least[k] < delta:
                    delta, to = least[k], np.int64(k)
            for k in range(n + 1):
                if used[k]:
                    u[match[k]] += delta
                    v[k] -= delta
                else:
                    least[k] -= delta
            c = to
            if match[c] == 0:
                break
        while c != 0:
            match[c] = match[way[c]]
            c = way[c]
    for k in range(1, n_columns + 1):
        i = match[k] - 1
        if i < n_rows and worth[rows[i], columns[k - 1]] > 0.0:
            chosen[i] = columns[k - 1]
