"""One step ahead: what a raid window's launches lead one to expect, from windows that had ended before it began, and from nothing else.

The covariates are what was launched: how many, of which model, from where, by day or night, with how many others. The outcome is S = destroyed +
lost, and for drones D = destroyed alone, through the booking share of the kills in S, which starts anew where the reports change their booking. It scores
nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product

import numpy as np
from numpy.typing import NDArray

from zaslin.scenario.catalogue import launch_areas
from zaslin.scenario.raid_windows import ELSEWHERE, RaidWindow, WindowClass
from zaslin.studies.hazard_filter import HazardFilter, Member, product_density, stop_pmf

Floats = NDArray[np.float64]

TYPICAL: dict[WindowClass, float] = {"drone": 30.0, "cruise": 10.0, "kh59": 2.0, "ballistic": 2.0, "kinzhal": 3.0}
"""Launched at which the level of a class is stated (about the median raid window): a choice of origin, no finding."""

PRIOR_LEVEL: dict[WindowClass, float] = {"drone": 0.5, "cruise": 0.5, "kh59": -0.5, "ballistic": -0.5, "kinzhal": -0.5}
"""Prior mean of the level, log hazard: shares of about 0.8 and 0.45, with a standard deviation of 2: almost no claim."""

SIGMAS = (0.25, 0.4, 0.7, 1.1, 1.7, 2.6)
GAMMAS = (0.0, 0.25, 0.5)
DRIFTS = (0.01, 0.03, 0.08)
"""Drift of the level, nats per √day: between a level that halves its odds in years and one that is new each week."""
SLOW_DRIFT = 0.008
EFFECT_SD = (0.5, 1.0, 2.0)
"""Prior standard deviations of the effect of a launch area or model, nats: partial pooling, its strength learned."""
LEVEL_SD = 2.0
REACH = {"load": 0.5, "missiles": 0.4, "drones": 0.4, "day": 0.7, "areas": 1.0, "models": 1.0}
"""Prior standard deviation of each covariate's effect in units of the pooling: what moves by several units (logs of counts) moves less per unit."""
BOOKING_SIGMAS = (0.1, 0.25, 0.4, 0.7, 1.1, 1.7)
BOOKING_JUMP = 0.003
"""Chance per window that the booking changes: about once a year of drone windows."""

COVARIATES = ("level", "load", "missiles", "drones", "day", "areas", "models")
SETS: tuple[frozenset[str], ...] = (
    frozenset({"level"}),
    frozenset({"level", "load"}),
    frozenset({"level", "load", "areas", "models"}),
    frozenset({"level", "load", "drones", "areas", "models"}),
    frozenset(COVARIATES),
)
PLAIN_SETS = SETS[:2]
"""What the engine's layer uses: class, date and load; its regions stand for the places."""


@dataclass(frozen=True)
class Forecast:
    """`stops`: P(S = s), `kills`: P(D = d), s and d = 0 … launched. Made from `known` earlier windows."""

    window: RaidWindow
    stops: Floats
    kills: Floats
    known: int


class Design:
    """The covariates of one class's windows as vectors: a fixed order of columns, one block of them per name in COVARIATES."""

    def __init__(self, cls: WindowClass, windows: Sequence[RaidWindow]):
        self.cls = cls
        self.areas = sorted({area for window in windows for area in window.areas})
        self.sides = sorted({_side(area) for area in self.areas})
        self.models = sorted({model for window in windows for model in window.models})
        widths = {"areas": len(self.areas) + len(self.sides), "models": len(self.models)}
        self.columns = [name for name in COVARIATES for _ in range(widths.get(name, 1))]

    def x(self, window: RaidWindow) -> Floats:
        """Covariates of a window, shape (len(columns),)."""
        others = window.others
        missiles = sum(count for name, count in others.items() if name != "drone")
        sides = dict.fromkeys(self.sides, 0.0)
        for area, share in window.areas.items():
            sides[_side(area)] += share
        return np.array(
            [
                1.0,
                math.log(window.launched / TYPICAL[self.cls]),
                math.log1p(missiles),
                math.log1p(others.get("drone", 0)) / 3.0,
                float(window.part == "day"),
                *(window.areas.get(area, 0.0) for area in self.areas),
                *sides.values(),
                *(window.models.get(model, 0.0) for model in self.models),
            ]
        )

    def members(self, sets: Sequence[frozenset[str]] = SETS, sigmas: Sequence[float] = SIGMAS, jump: float = 0.0) -> list[Member]:
        """Every combination of what is not known; each set of covariates has the same weight at the start."""
        out = []
        for used in sets:
            effects = EFFECT_SD if used - {"level"} else EFFECT_SD[:1]
            grid = list(product(sigmas, GAMMAS, DRIFTS, effects))
            for sigma, gamma, drift, effect in grid:
                prior_sd = tuple((LEVEL_SD if name == "level" else effect * REACH[name]) if name in used else 0.0 for name in self.columns)
                drifts = tuple(drift if name == "level" else SLOW_DRIFT for name in self.columns)
                out.append(Member(sigma, gamma, prior_sd, drifts, prior=1.0 / len(grid), jump=jump))
        return out

    def filter(self, sets: Sequence[frozenset[str]] = SETS) -> HazardFilter:
        """A filter of the stops that has seen nothing."""
        return HazardFilter(self.members(sets), self._prior_mean())

    def booking_filter(self) -> HazardFilter:
        """A filter of the share of kills among the stops that has seen nothing; it can start anew."""
        return HazardFilter(self.members(PLAIN_SETS, BOOKING_SIGMAS, BOOKING_JUMP), self._prior_mean())

    def _prior_mean(self) -> Floats:
        mean = np.zeros(len(self.columns))
        mean[0] = PRIOR_LEVEL[self.cls]
        return mean


@dataclass
class Learner:
    """A class's filters as they stand: what the windows absorbed so far have taught. `booking`: kills among the stops; `jumps`: (window, chance) that
    the booking changed with it.
    """

    design: Design
    stops: HazardFilter
    booking: HazardFilter
    known: int
    jumps: list[tuple[RaidWindow, float]]


def forecasts(
    cls: WindowClass, windows: Sequence[RaidWindow], sets: Sequence[frozenset[str]] = SETS, progress: Callable[[], None] | None = None
) -> Iterator[Forecast]:
    """A forecast of each window of a class (all of them, in order of start), from the windows that ended before it began."""
    for window, learner in steps(cls, windows, sets):
        yield predict(learner, window)
        if progress is not None:
            progress()


def predict(learner: Learner, window: RaidWindow) -> Forecast:
    """The forecast of one window by what has been learned."""
    x, at = learner.design.x(window), day_of(window.start)
    density = learner.stops.mixture(learner.stops.density(at, x, window.launched))
    stops = stop_pmf(density, window.launched)
    typical = max(1, round(float(stops @ np.arange(len(stops)))))
    kills = product_density(density, learner.booking.mixture(learner.booking.density(at, x, typical)))
    return Forecast(window, stops, stop_pmf(kills, window.launched), learner.known)


def steps(cls: WindowClass, windows: Sequence[RaidWindow], sets: Sequence[frozenset[str]] = SETS) -> Iterator[tuple[RaidWindow, Learner]]:
    """Each window with the learner that has absorbed every window that ended before it began, and no other."""
    course = Course(cls, windows, sets)
    for window in sorted(windows, key=lambda item: (item.start, item.end)):
        course.until(window.start)
        yield window, course.learner


class Course:
    """A class's windows taken in one by one as time goes on; a window counts from its end."""

    def __init__(self, cls: WindowClass, windows: Sequence[RaidWindow], sets: Sequence[frozenset[str]] = SETS):
        design = Design(cls, windows)
        self.learner = Learner(design, design.filter(sets), design.booking_filter(), 0, [])
        self._by_start = sorted(windows, key=lambda item: (item.start, item.end))
        self._waiting: list[tuple[RaidWindow, Floats, Floats, Floats]] = []

    def until(self, now: datetime) -> None:
        """Go on to `now`: windows that begin before it are foretold when they begin, those that end by then are learned from."""
        while self._by_start and self._by_start[0].start < now:
            window = self._by_start.pop(0)
            self._learn(window.start)
            self._foretell(window)
        self._learn(now)

    def _foretell(self, window: RaidWindow) -> None:
        """Keep what the learner expects of a window as it begins: its members are weighed by that when it has ended."""
        learner, at = self.learner, day_of(window.start)
        x = learner.design.x(window)
        booking = learner.booking.density(at, x, max(window.stopped, 1))
        self._waiting.append((window, x, learner.stops.density(at, x, window.launched), booking))

    def _learn(self, now: datetime) -> None:
        ended = sorted((item for item in self._waiting if item[0].end <= now), key=lambda item: item[0].end)
        self._waiting = [item for item in self._waiting if item[0].end > now]
        for window, x, density, booking in ended:
            at, learner = day_of(window.start), self.learner
            learner.stops.absorb(at, x, window.launched, window.stopped, density)
            if window.stopped:
                learner.jumps.append((window, learner.booking.absorb(at, x, window.stopped, window.destroyed, booking)))
            learner.known += 1


def day_of(time: datetime) -> float:
    """Days since 2022-01-01 UTC."""
    return (time - datetime(2022, 1, 1, tzinfo=UTC)).total_seconds() / 86_400.0


def _side(area: str) -> str:
    """The eighth of the compass in which a launch area lies, seen from the theatre's centre (49° N, 31° E)."""
    if area == ELSEWHERE:
        return ELSEWHERE
    place = launch_areas()[area]
    bearing = math.degrees(math.atan2((place.lon - 31.0) * math.cos(math.radians(49.0)), place.lat - 49.0)) % 360.0
    return ("N", "NE", "E", "SE", "S", "SW", "W", "NW")[int((bearing + 22.5) % 360.0 // 45.0)]
