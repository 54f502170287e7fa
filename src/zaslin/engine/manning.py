"""Which threats a notional battery could meet at all: its frame against the legs of each, batteries sorted into the cells of a grid first."""

from __future__ import annotations

import numpy as np

from zaslin.engine.records import IDLE, NOT_ASKED
from zaslin.jit import kernel, lean
from zaslin.physics.battery import PLANE_STRETCH, meets_in_frame_s

CELLS = 24
"""Of the grid, a side: a leg then touches some dozen cells."""

MARGIN_M = 1.0
"""By which a frame is taken larger than it is where its cells are marked: far more than the grid's arithmetic rounds."""


@kernel
def man_batteries(scene, board):
    """Full magazines, and the pairs of threat and battery of which a round could meet the other at all, by the battery's frame: each with an AIM, threat by
    threat, and a battery's own in a chain.
    """
    n, count = len(scene.batteries), np.int64(0)
    board.near[0] = 0
    if n == 0:
        board.near[:] = 0
        return
    classes, words = len(scene.shooters[scene.batteries[0].shooter].reach_m), (n + 63) // 64
    frames, longest_s, farthest_s, grid = np.empty((n, 4)), np.empty((classes, n)), np.zeros(classes), np.empty(4)
    most = 0
    for j in range(len(scene.threats)):
        most = max(most, scene.threats[j].vert_to - scene.threats[j].vert_from)
    legs, marks, cells = np.empty((most, 5)), np.empty((most, words), dtype=np.uint64), np.zeros((CELLS, CELLS, words), dtype=np.uint64)
    for b in range(n):
        battery, crew = scene.batteries[b], board.crews[b]
        shooter, frame = scene.shooters[battery.shooter], battery.frame
        crew.rounds, crew.busy, crew.aiming, crew.spent, crew.fired_s, crew.waiting, crew.first = shooter.rounds, 0, 0, 0, -np.inf, 0, -1
        frames[b, 0] = min(min(frame[0], frame[2]), min(frame[4], frame[6]))
        frames[b, 1] = max(max(frame[0], frame[2]), max(frame[4], frame[6]))
        frames[b, 2] = min(min(frame[1], frame[3]), min(frame[5], frame[7]))
        frames[b, 3] = max(max(frame[1], frame[3]), max(frame[5], frame[7]))
        for c in range(classes):
            longest_s[c, b] = shooter.reach_m[c] / shooter.missile_mps
            farthest_s[c] = max(farthest_s[c], longest_s[c, b])
    _sort_frames(frames, grid, cells)
    for j in range(len(scene.threats)):
        c = scene.threats[j].cls
        n_legs = _legs_of(scene, j, legs)
        for leg in range(n_legs):
            # Predicted on a leg, it may be as far beyond its end as it flies while a round does.
            more = 1.0 + farthest_s[c] * legs[leg, 4]
            marks[leg, :] = np.uint64(0)
            _mark(cells, grid, legs[leg, 0], legs[leg, 1], more * legs[leg, 2], more * legs[leg, 3], marks[leg])
        for word in range(words):
            anywhere = np.uint64(0)
            for leg in range(n_legs):
                anywhere |= marks[leg, word]
            b = word * 64
            while anywhere != np.uint64(0):
                if anywhere & np.uint64(1) and longest_s[c, b] > 0.0 and _may_meet(scene, board.aims[count], frames[b], b, legs, marks, j, longest_s[c, b]):
                    aim = board.aims[count]
                    aim.battery, aim.threat, aim.shot, aim.engagement, aim.since_s = b, j, -1, -1, -np.inf
                    aim.phase, aim.covered, aim.barred, aim.plan, aim.salvo = IDLE, NOT_ASKED, 0, 0, 0
                    count += 1
                anywhere >>= np.uint64(1)
                b += 1
        board.near[j + 1] = count
    for a in range(count - 1, -1, -1):
        crew = board.crews[board.aims[a].battery]
        board.aims[a].next, crew.first = crew.first, a


@lean
def _may_meet(scene, aim, bounds, b, legs, marks, j, longest_s):
    """Whether a round of battery b that flies `longest_s` at most could meet threat j in its frame, and so between when (into `aim`). bounds: west, east,
    south, north of the frame, m. legs: as `_legs_of` says. marks: by leg, the batteries that it may come near, a bit each."""
    aim.from_s, aim.to_s = np.inf, -np.inf
    verts, first, frame, word, bit = scene.verts, scene.threats[j].vert_from, scene.batteries[b].frame, b // 64, np.uint64(b % 64)
    for k in range(first, scene.threats[j].vert_to - 1):
        leg = k - first
        if ((marks[leg, word] >> bit) & np.uint64(1)) == np.uint64(0):
            continue
        more = 1.0 + longest_s * legs[leg, 4]
        xa, ya = legs[leg, 0], legs[leg, 1]
        xe, ye = xa + more * legs[leg, 2], ya + more * legs[leg, 3]
        if (max(xa, xe) < bounds[0]) | (min(xa, xe) > bounds[1]) | (max(ya, ye) < bounds[2]) | (min(ya, ye) > bounds[3]):
            continue
        from_s, to_s = meets_in_frame_s(frame, verts, k, longest_s)
        if from_s < np.inf:
            aim.from_s, aim.to_s = min(aim.from_s, from_s), max(aim.to_s, to_s)
    return aim.from_s < np.inf


@lean
def _legs_of(scene, j, legs):
    """A row of `legs` for each leg of a threat: where it begins, its way (x, y), m, and by how much of it a second of prediction may go beyond. Returns how
    many."""
    verts, first, last = scene.verts, scene.threats[j].vert_from, scene.threats[j].vert_to - 1
    for k in range(first, last):
        dx, dy, dt, leg = verts[k + 1].x - verts[k].x, verts[k + 1].y - verts[k].y, verts[k + 1].t - verts[k].t, k - first
        legs[leg, 0], legs[leg, 1], legs[leg, 2], legs[leg, 3], legs[leg, 4] = verts[k].x, verts[k].y, dx, dy, PLANE_STRETCH / dt if dt > 0.0 else 0.0
    return max(0, last - first)


@lean
def _sort_frames(frames, grid, cells):
    """Lay `grid` over all frames (its south-west corner, m, and cells a metre, eastward and northward) and mark in each cell whose frame touches it."""
    grid[0], east, grid[1], north = frames[0, 0], frames[0, 1], frames[0, 2], frames[0, 3]
    for b in range(len(frames)):
        grid[0], east, grid[1], north = min(grid[0], frames[b, 0]), max(east, frames[b, 1]), min(grid[1], frames[b, 2]), max(north, frames[b, 3])
    grid[0], grid[1] = grid[0] - MARGIN_M, grid[1] - MARGIN_M
    grid[2], grid[3] = CELLS / (east - grid[0] + MARGIN_M), CELLS / (north - grid[1] + MARGIN_M)
    for b in range(len(frames)):
        word, bit = b // 64, np.uint64(1) << np.uint64(b % 64)
        for row in range(_cell(frames[b, 2] - MARGIN_M - grid[1], grid[3]), _cell(frames[b, 3] + MARGIN_M - grid[1], grid[3]) + 1):
            for column in range(_cell(frames[b, 0] - MARGIN_M - grid[0], grid[2]), _cell(frames[b, 1] + MARGIN_M - grid[0], grid[2]) + 1):
                cells[row, column, word] |= bit


@lean
def _cell(way_m, per_m):
    """Which cell, from 0 to CELLS - 1, a place lies in, or the nearest."""
    return np.int64(min(max(way_m * per_m, 0.0), CELLS - 1.0))


@lean
def _mark(cells, grid, xa, ya, dx, dy, marks):
    """Add to `marks` the batteries of all cells that the straight way from (xa, ya) by (dx, dy), m, touches."""
    west, south, east, north = xa + min(dx, 0.0) - grid[0], ya + min(dy, 0.0) - grid[1], xa + max(dx, 0.0) - grid[0], ya + max(dy, 0.0) - grid[1]
    if east < 0.0 or north < 0.0 or west * grid[2] > CELLS or south * grid[3] > CELLS:
        return
    for row in range(_cell(south, grid[3]), _cell(north, grid[3]) + 1):
        left, right = west, east
        if abs(dy) > MARGIN_M:  # the part of the way between the row's edges
            slope = dx / dy
            at_low, at_high = (row / grid[3] - (ya - grid[1])) * slope + xa - grid[0], ((row + 1) / grid[3] - (ya - grid[1])) * slope + xa - grid[0]
            left, right = max(west, min(at_low, at_high) - MARGIN_M / 2), min(east, max(at_low, at_high) + MARGIN_M / 2)
        if right < 0.0 or left * grid[2] > CELLS:
            continue
        for column in range(_cell(left, grid[2]), _cell(right, grid[2]) + 1):
            for word in range(len(marks)):
                marks[word] |= cells[row, column, word]
