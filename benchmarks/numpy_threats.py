"""The threats of workload W in steps: where they are, who of them is tracked, for which a window is open. NumPy only; imports nothing of the package."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from make_w import RE, TRACK_S
from numpy_sphere import Polygon, angle, heading, unit

Log = Callable[[float, str, int], None]
"""Told of each event: time s, what, and the threat's, fighter's or battery's number."""


def where(mask: np.ndarray) -> np.ndarray:
    """The numbers at which a mask holds; np.flatnonzero without its overhead."""
    return mask.nonzero()[0]


def tell(log: Log, t: float, what: str, who: np.ndarray) -> None:
    """Log one event for each of a mask or of a list of numbers."""
    for i in where(who) if who.dtype == bool else who:
        log(t, what, int(i))


class Threats:
    """Where the threats are, who of them is tracked, and for which a window is open."""

    def __init__(self, w: dict[str, Any]) -> None:
        n = len(w["way"])
        most = max(len(way) for way in w["way"]) - 1
        self.speed, self.launch, self.pk = w["speed"], w["launch"], w["pk_threat"]
        self.start, self.tangent = np.zeros((n, most, 3)), np.zeros((n, most, 3))
        self.begin, self.until = np.full((n, most), np.inf), np.full((n, most), np.inf)
        self.last = np.array([len(way) - 2 for way in w["way"]])
        for i, way in enumerate(w["way"]):
            at = unit(way)
            seconds = RE * angle(at[:-1], at[1:]) / self.speed[i]
            legs = len(seconds)
            self.start[i, :legs], self.tangent[i, :legs] = at[:-1], heading(at[:-1], at[1:])
            self.until[i, :legs] = self.launch[i] + np.cumsum(seconds)
            self.begin[i, :legs] = self.until[i, :legs] - seconds
        self.end = self.until[np.arange(n), self.last]
        self.leg = np.zeros(n, dtype=int)
        self.row = np.arange(n)
        self.pos, self.course = self.start[:, 0].copy(), self.tangent[:, 0].copy()
        self.flying, self.dead, self.leaked, self.entered, self.turned, self.window, self.opened = (np.zeros(n, dtype=bool) for _ in range(7))
        self.seen = np.full(n, np.inf)

    def advance(self, t: float, log: Log | None) -> None:
        """Move to time t: launches, turns, ends."""
        flying = (self.launch <= t) & ~self.dead & ~self.leaked
        ended = flying & (self.end <= t)
        self.leaked |= ended
        flying &= ~ended
        self.turned[:] = False
        while True:
            turns = flying & (self.until[self.row, self.leg] <= t) & (self.leg < self.last)
            if not turns.any():
                break
            self.leg[turns] += 1
            self.turned |= turns
        s = self.speed / RE * np.maximum(t - self.begin[self.row, self.leg], 0.0)
        start, tangent = self.start[self.row, self.leg], self.tangent[self.row, self.leg]
        cos, sin = np.cos(s)[:, None], np.sin(s)[:, None]
        self.pos, self.course = cos * start + sin * tangent, cos * tangent - sin * start
        if log is not None:
            tell(log, t, "launch", flying & ~self.flying)
            tell(log, t, "way-point", self.turned)
            tell(log, t, "end", ended)
        self.flying = flying

    def sense(self, t: float, radars: np.ndarray, cos_reach: np.ndarray, zone: Polygon, border: Polygon, log: Log | None) -> None:
        """Who comes into a radar's view (a track follows TRACK_S later, for good), who is in the zone (a window), who enters the border."""
        new = where(self.flying & np.isinf(self.seen))
        if len(new):
            in_view = (radars @ self.pos[new].T >= cos_reach[:, new]).any(axis=0)
            self.seen[new[in_view]] = t
        asked = where(self.flying & (self.seen + TRACK_S <= t))
        window = np.zeros(len(self.flying), dtype=bool)
        if len(asked):
            window[asked[zone.inside(self.pos[asked])]] = True
        self.opened = window & ~self.window
        self.window = window
        out = where(self.flying & ~self.entered)
        if len(out):
            self.entered[out[border.inside(self.pos[out])]] = True
        if log is not None:
            tell(log, t, "track", self.seen == t)
            tell(log, t, "window", self.opened)

    def kill(self, j: int) -> None:
        """Threat j is shot down."""
        self.dead[j], self.flying[j], self.window[j] = True, False, False
