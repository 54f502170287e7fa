"""The aircraft of workload W as Mesa agents in a continuous space, 1 s steps: `python mesa_movers.py REPLICATE agents|agents-old-space|array`.

`agents`: each moves itself once a step, `self.position += self.velocity`, as in Mesa's own examples of its new space. `agents-old-space`: the same in Mesa's
older space, whose positions are tuples. `array`: the model moves all positions of the new space's array at once, and wakes an agent only at its way-points: the
vectorised way that this space offers. Prints seconds as JSON.
"""

from __future__ import annotations

import random
import sys
from typing import Any

import mesa
import numpy as np
from mesa.experimental.continuous_space import ContinuousSpace, ContinuousSpaceAgent
from mesa.space import ContinuousSpace as OlderSpace
from movers import Mover, movers, told

from make_w import HORIZON, RE

STEPS = int(HORIZON)
EDGE = 3_000_000.0
"""Half the width of the space, m."""


def flat_m(lonlat_deg: np.ndarray) -> np.ndarray:
    """Metres east and north of 28° E, 48° N in a flat plane: Mesa has no sphere."""
    return np.radians(lonlat_deg - [28.0, 48.0]) * RE * [np.cos(np.radians(48.0)), 1.0]


def legs(item: Mover) -> tuple[np.ndarray, np.ndarray, list[int]]:
    """Way-points in the plane, velocities on the legs, m/s, and the steps at which legs begin, the last one's end at the end of the list."""
    way = flat_m(item.way)
    at = np.ceil(item.times_s).astype(int)
    return way, np.diff(way, axis=0) / np.diff(item.times_s)[:, None], at.tolist()


class Aircraft(ContinuousSpaceAgent):
    """One aircraft in the new space: flies its legs."""

    def __init__(self, model: Any, item: Mover) -> None:
        super().__init__(model.space, model)
        self.way, self.velocities, self.begins = legs(item)
        self.leg, self.until = -1, self.begins[0]
        self.velocity = np.zeros(2)
        self.position = self.way[0]

    def turn(self) -> None:
        """Begin the next leg from its way-point; stop after the last."""
        self.leg += 1
        if self.leg == len(self.velocities):
            self.position, self.velocity, self.until = self.way[-1], np.zeros(2), STEPS + 1
        else:
            self.position, self.velocity, self.until = self.way[self.leg], self.velocities[self.leg], self.begins[self.leg + 1]

    def step(self) -> None:
        """One second."""
        if self.model.steps >= self.until:
            self.turn()
        if self.model.steps >= self.begins[0] and self.leg < len(self.velocities):
            self.position += self.velocity


class OlderAircraft(mesa.Agent):
    """One aircraft in the older space."""

    def __init__(self, model: Any, item: Mover) -> None:
        super().__init__(model)
        way, velocities, self.begins = legs(item)
        self.way, self.velocities = [tuple(row) for row in way.tolist()], [tuple(row) for row in velocities.tolist()]
        self.leg, self.until = -1, self.begins[0]
        model.space.place_agent(self, self.way[0])

    def step(self) -> None:
        """One second."""
        if self.model.steps >= self.until:
            self.leg += 1
            if self.leg == len(self.velocities):
                self.until = STEPS + 1
                self.model.space.move_agent(self, self.way[-1])
            else:
                self.until = self.begins[self.leg + 1]
                self.model.space.move_agent(self, self.way[self.leg])
        if 0 <= self.leg < len(self.velocities):
            (x, y), (east, north) = self.pos, self.velocities[self.leg]
            self.model.space.move_agent(self, (x + east, y + north))


class ByAgents(mesa.Model):
    """All agents step, one by one."""

    def __init__(self, items: list[Mover], older: bool) -> None:
        super().__init__(seed=1)
        if older:
            self.space: Any = OlderSpace(EDGE, EDGE, torus=False, x_min=-EDGE, y_min=-EDGE)
        else:
            self.space = ContinuousSpace([[-EDGE, EDGE], [-EDGE, EDGE]], torus=False, random=random.Random(1), n_agents=len(items))
        for item in items:
            (OlderAircraft if older else Aircraft)(self, item)

    def step(self) -> None:
        """One second; `steps` is counted by Mesa."""
        self.agents.do("step")


class ByArray(mesa.Model):
    """The space's array of positions moves at once; an agent acts only at its way-points."""

    def __init__(self, items: list[Mover]) -> None:
        super().__init__(seed=1)
        self.space = ContinuousSpace([[-EDGE, EDGE], [-EDGE, EDGE]], torus=False, random=random.Random(1), n_agents=len(items))
        self.aircraft = [Aircraft(self, item) for item in items]
        self.velocity = np.zeros((len(items), 2))
        self.until = np.array([agent.until for agent in self.aircraft])

    def step(self) -> None:
        """One second."""
        for i in np.flatnonzero(self.until <= self.steps):
            agent = self.aircraft[i]
            agent.turn()
            self.velocity[i], self.until[i] = agent.velocity, agent.until
        self.space.agent_positions += self.velocity


def run(model: mesa.Model, ends: np.ndarray, arrived: np.ndarray) -> dict[str, Any]:
    """The whole horizon; how far (m, at most) the threats that have arrived are from their aims."""
    for _ in range(STEPS):
        model.step()
    space: Any = model.space
    last = np.array([agent.pos for agent in model.agents]) if isinstance(space, OlderSpace) else space.agent_positions
    off = np.hypot(*(last[: len(ends)] - ends).T)
    return {"aircraft": len(last), "off_m": float(off[arrived].max())}


def main() -> None:
    """One night."""
    items, how = movers(int(sys.argv[1])), sys.argv[2]
    threats = [item for item in items if item.name.startswith("T")]
    ends, arrived = np.array([flat_m(item.way[-1]) for item in threats]), np.array([item.times_s[-1] < HORIZON for item in threats])
    told(lambda: run(ByArray(items) if how == "array" else ByAgents(items, how == "agents-old-space"), ends, arrived))


if __name__ == "__main__":
    main()
