"""Compile the kernels of a fresh install on two cores: the raid's, sight's and falls' here, permission's and engagement's in a second process; both land in the
cache on disk.

Only time is won: without it, or where the second process fails, every kernel compiles where it is first called. Nothing is simulated that
anybody sees: the engine flies one made-up missile.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from zaslin import plane
from zaslin.atlas.ground import Ground, load_ground
from zaslin.compiled import ENGINE, announce_compile, compiled_before
from zaslin.engine.records import FATE, SHOT
from zaslin.engine.replicate import act, flown_and_fallen, nothing_seen, permitted, sensed
from zaslin.scenario.aircraft_catalogue import aircraft_catalogue
from zaslin.scenario.others import other_traffic
from zaslin.scenario.packages import package
from zaslin.studies.design import Study
from zaslin.world.arrays import INSIDE, THREAT, VERT, Coalition, Raid
from zaslin.world.compile_night import compile_night
from zaslin.world.compile_package import compile_package
from zaslin.world.others import add_others
from zaslin.world.raid import draw_raid
from zaslin.world.tagging import draw_tagged, find_tags

_PACKAGE = "skyshield-west"

_WAY = ((50.0, 34.0), (50.0, 28.0), (50.3, 24.5), (50.5, 23.0))
"""Of the made-up missile, degrees: west along the 50th parallel and over the border."""


def warm_up(item: Study, ground: Ground) -> None:
    """Compile what the study needs, unless the cache has it. Says so on stderr; returns when both processes are done."""
    if compiled_before(ENGINE):
        return
    announce_compile(name=ENGINE)
    helper = None
    if (os.cpu_count() or 1) > 1:
        helper = subprocess.Popen([sys.executable, "-m", "zaslin.studies.warm"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with _seldom_collected():
            see_and_fall(ground)  # first: the other process comes to falls last, and finds them compiled
            inputs = compile_night(item.night, item.layer, item.routes, item.models, item.areas, ground, item.seed, 0)
            draw_raid(inputs, ground, item.seed, 0)
            for hit in find_tags(inputs, ground, item.seed, 0, 200).hits[:1]:
                draw_tagged(inputs, ground, item.seed, hit)
        if helper is not None:
            helper.wait()
    except BaseException:
        if helper is not None:
            helper.kill()
        raise


def see_and_fall(ground: Ground) -> int:
    """Let a shipped package see one made-up cruise missile, and let that fall, so that the kernels of picture, stays and falls compile. Returns the pieces
    seen."""
    raid, coalition = _made_up(ground)
    seen = sensed(raid, coalition, ground, 0)
    flown_and_fallen(raid, coalition, ground, 0, np.zeros(len(raid.threats), dtype=FATE), np.zeros(0, dtype=SHOT))
    return len(seen.pieces)


def permit_and_act(ground: Ground) -> int:
    """Let it decide about the missile, unseen, so that the kernels of permission and engagement compile. Returns the shots (none)."""
    raid, coalition = _made_up(ground)
    seen = permitted(raid, coalition, ground, 0, nothing_seen(raid, coalition))
    return len(act(raid, coalition, ground, 0, seen).shots)


def _made_up(ground: Ground) -> tuple[Raid, Coalition]:
    raid, coalition = _raid(), _coalition(ground)
    if coalition.others is not None:
        add_others(raid, coalition.others, coalition.members, ground, 0)
    return raid, coalition


def _coalition(ground: Ground) -> Coalition:
    return compile_package(package(_PACKAGE), aircraft_catalogue(), ground, 0, 0, others=other_traffic())


def _raid() -> Raid:
    verts = np.zeros(len(_WAY), dtype=VERT)
    verts["x"], verts["y"] = plane.project(np.array([lat for lat, _ in _WAY]), np.array([lon for _, lon in _WAY]))
    verts["t"] = np.arange(len(_WAY)) * 1_500.0
    verts["alt"] = 100.0
    threats = np.zeros(1, dtype=THREAT)
    threats["cls"], threats["vert_to"], threats["end_s"], threats["stop_s"] = 1, len(verts), verts["t"][-1], np.inf
    threats["speed_mps"], threats["weight"], threats["bc_kgm2"], threats["casualty_m2"] = 222.0, 1.0, 1_000.0, 100.0
    return Raid(0, 0, threats, verts, np.zeros(0, dtype=INSIDE), ("made-up-001",))


_USUAL, _SELDOM = gc.get_threshold(), (200_000, 20, 20)


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Let Python look for garbage less often: numba makes much, hardly any of it in circles, and the looking was a twentieth of the time to compile."""
    before = gc.get_threshold()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*(_USUAL if before == _SELDOM else before))


def _end_with_parent() -> None:
    # The pipe is never written to: it ends when the parent does, however that was. Read without Python's buffer, whose lock would break an ordinary end.
    while os.read(0, 64):
        pass
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with _seldom_collected():
        permit_and_act(load_ground())
