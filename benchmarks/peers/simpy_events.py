"""The events of nights of workload W as SimPy's bare timeouts: `python simpy_events.py EVENTS.json NIGHTS`. Prints seconds as JSON.

EVENTS.json: for each threat, fighter and battery the times of its own events in one night, as our NumPy step told them. Each is a process that sleeps from
event to event. No position, no radar, no decision: what an event queue in Python costs before anything is computed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import simpy
from movers import told


def life(env: simpy.Environment, times: list[float]) -> Iterator[Any]:
    """One object: a timeout to each of its events."""
    for t in times:
        yield env.timeout(t - env.now)


def nights(objects: list[list[float]], n: int) -> dict[str, Any]:
    """The same night n times."""
    for _ in range(n):
        env = simpy.Environment()
        for times in objects:
            env.process(life(env, times))
        env.run()
    return {"events": sum(map(len, objects)), "clock_s": env.now}


def main() -> None:
    """Some nights."""
    objects, n = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), int(sys.argv[2])
    told(lambda: nights(objects, n), n)


if __name__ == "__main__":
    main()
