"""Replicate k of workload W: its threats drawn anew, while borders, bases, fighters, batteries and radars stay. NumPy only.

`make_w` draws everything from one generator. So replicate k takes the threats of `make_w(seed=k)` (kind, speed, altitude, route, launch; the borders that
come with them are thrown away), and all that stands on the ground from `make_w(seed=1)`. Replicate 1 is `make_w(seed=1)` itself.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from make_w import make_w

DRAWN = ("T", "kind", "speed", "alt", "pk_threat", "way", "launch")
"""What a replicate draws anew."""

STATIC_SEED = 1


@lru_cache(maxsize=8)
def static_part(fighters: int = 48, batteries: int = 60, radars: int = 30) -> dict[str, Any]:
    """All of W but the threats. Each size moves its own objects only: ten times the fighters leave batteries and radars where they are."""
    w = make_w(seed=STATIC_SEED)
    if fighters != w["F"]:
        w |= {name: value for name, value in make_w(F=fighters, seed=STATIC_SEED).items() if name in ("F", "f_base", "f_cap", "f_pk")}
    if batteries != w["G"]:
        w |= {name: value for name, value in make_w(G=batteries, seed=STATIC_SEED).items() if name in ("G", "bat", "bat_r", "bat_pk")}
    if radars != w["R"]:
        w |= {name: value for name, value in make_w(R=radars, seed=STATIC_SEED).items() if name in ("R", "rad", "rad_r", "rad_h")}
    return {name: value for name, value in w.items() if name not in DRAWN}


def draw(replicate: int, threats: int = 120, fighters: int = 48, batteries: int = 60, radars: int = 30) -> dict[str, Any]:
    """W for one replicate (0, 1, 2, …): the same names as `make_w`. The same arguments give the same arrays; the static ones are shared, not copied."""
    anew = make_w(T=threats, seed=replicate)
    return static_part(fighters, batteries, radars) | {name: anew[name] for name in DRAWN}
