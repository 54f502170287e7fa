"""Which notional batteries could soon fire at a threat: their frames against the way that it flies next, sorted into the cells of a grid first.

Nothing is asked ahead of time: most threats have ended before most batteries on their way could meet them.
"""

from __future__ import annotations

import numpy as np

from zaslin import draws
from zaslin.engine.aiming import leg_now
from zaslin.engine.records import AIMS, NEW
from zaslin.jit import kernel, lean
from zaslin.physics.battery import PLANE_STRETCH, meets_in_frame_s
from zaslin.physics.lethality import pair_entity
from zaslin.physics.path import place_at

CELLS = 24
"""Of the grid, a side: the way of the next minutes then touches a few cells."""

MARGIN_M = 1.0
"""By which a frame is taken larger than it is before it is asked exactly: far more than the arithmetic of cells and places rounds."""

AHEAD_S = 300.0
"""For how long ahead batteries are looked for at first, s; then for as long as the window has been open. It changes how long a night takes, and results only
as far as the searches' steps do: an opening shorter than STEP_S (`physics/intercept.py`) may be found from one start and stepped over from another."""


@kernel
def man_batteries(scene, board):
    """Full magazines, and the grid of frames in which `look_out` finds who is near; no battery aims at anything yet."""
    board.first_aims[:] = -1
    board.counts[AIMS] = 0
    n, frames, farthest_s = len(scene.batteries), board.frames, board.farthest_s
    farthest_s[:] = 0.0
    for b in range(n):
        battery, crew = scene.batteries[b], board.crews[b]
        shooter, frame = scene.shooters[battery.shooter], battery.frame
        crew.rounds, crew.busy, crew.aiming, crew.spent, crew.fired_s, crew.waiting, crew.first = shooter.rounds, 0, 0, 0, -np.inf, 0, -1
        frames[b, 0] = min(min(frame[0], frame[2]), min(frame[4], frame[6]))
        frames[b, 1] = max(max(frame[0], frame[2]), max(frame[4], frame[6]))
        frames[b, 2] = min(min(frame[1], frame[3]), min(frame[5], frame[7]))
        frames[b, 3] = max(max(frame[1], frame[3]), max(frame[5], frame[7]))
        for c in range(len(farthest_s)):
            farthest_s[c] = max(farthest_s[c], shooter.reach_m[c] / shooter.missile_mps)
    if n > 0:
        board.cells[:] = 0
        _sort_frames(frames, board.grid, board.cells)


@lean
def look_out(scene, board, w, now):
    """Make an aim, NEW, of each battery of the member of window `w` that could fire at its threat, just now or soon, and has none yet. Returns until when it
    has looked, s; inf where no more is to be looked for in this window.

    A battery whose cover does not hold the threat gets none: one coin for both, the same in every package.
    """
    window = scene.windows[w]
    m, j = np.int64(window.member), np.int64(window.threat)
    threat, verts = scene.threats[j], scene.verts
    farthest_s = board.farthest_s[threat.cls]
    k = leg_now(scene, j, now)
    start_s, leg_end = verts[k].t, verts[k + 1].t
    if farthest_s <= 0.0 or leg_end <= now:
        return np.inf
    until = min(now + max(AHEAD_S, now - board.since[m, j]), leg_end)
    xa, ya = place_at(verts, k, now)
    xb, yb = place_at(verts, k, until)
    # Predicted, it may be as far beyond that as it flies while a round does.
    over = PLANE_STRETCH / (leg_end - start_s)
    over_x, over_y = over * (verts[k + 1].x - verts[k].x), over * (verts[k + 1].y - verts[k].y)
    board.marks[:] = 0
    _mark(board.cells, board.grid, xa, ya, xb - xa + farthest_s * over_x, yb - ya + farthest_s * over_y, board.marks)
    last, following = np.int64(-1), np.int64(board.first_aims[j])
    for word in range(len(board.marks)):
        bits, b = board.marks[word], np.int64(word * 64 - 1)
        while bits != np.uint64(0):
            b += 1
            here = bits & np.uint64(1)
            bits >>= np.uint64(1)
            if here == np.uint64(0):
                continue
            battery = scene.batteries[b]
            shooter = scene.shooters[battery.shooter]
            if shooter.member != m:
                continue
            longest_s = shooter.reach_m[threat.cls] / shooter.missile_mps
            xe, ye = xb + longest_s * over_x, yb + longest_s * over_y
            box = board.frames[b]
            outside = (max(xa, xe) < box[0] - MARGIN_M) | (min(xa, xe) > box[1] + MARGIN_M)
            if longest_s <= 0.0 or outside | (max(ya, ye) < box[2] - MARGIN_M) | (min(ya, ye) > box[3] + MARGIN_M):
                continue
            while following >= 0 and board.aims[following].battery < b:
                last, following = following, np.int64(board.aims[following].after)
            if following >= 0 and board.aims[following].battery == b:
                continue
            from_s, to_s = meets_in_frame_s(battery.frame, verts, k, longest_s)
            if to_s < now or from_s - longest_s > min(until, window.to_s) or not _covers(scene, battery, j):
                continue
            a = np.int64(board.counts[AIMS])
            board.counts[AIMS] = a + 1
            aim = board.aims[a]
            aim.battery, aim.threat, aim.shot, aim.engagement, aim.since_s = b, j, -1, -1, -np.inf
            aim.phase, aim.barred, aim.plan, aim.salvo, aim.fired = NEW, 0, 0, 0, 0
            aim.after, aim.next = following, board.crews[b].first
            board.crews[b].first = a
            if last >= 0:
                board.aims[last].after = a
            else:
                board.first_aims[j] = a
            last = a
    return until if until < min(window.to_s, threat.end_s) else np.inf


@lean
def _covers(scene, battery, j):
    """Whether a battery's cover holds a threat."""
    if battery.coverage >= 1.0:
        return True
    key = pair_entity(scene.threats[j].entity, scene.shooters[battery.shooter].entity)
    return draws.uniform(scene.seed, scene.replicate, key, draws.COVER, 0) < battery.coverage


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
