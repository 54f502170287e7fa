"""One replicate under one package: see, permit, engage, book. Pure: the same raid, coalition and seed give the same rows.

It neither draws the raid nor knows the package's words; names come in with loop.py. A status that a kernel returns becomes an `EngineError`.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import numpy as np

from zaslin.atlas.ground import Ground
from zaslin.doctrine import consent as rules
from zaslin.doctrine.alert import LEAST_ON_STATION_S
from zaslin.engine import records as game
from zaslin.engine.desk import Desk
from zaslin.engine.engagements import engage
from zaslin.engine.fates import cut_incursions, fill_falls, fill_fates
from zaslin.engine.guard import what_remains
from zaslin.engine.identification import recognise
from zaslin.engine.records import CAUSE, FALL, FATE, INCURSION, Board, Flown, Scene
from zaslin.engine.sane import coalition_fault, raid_fault
from zaslin.engine.sensing import sense
from zaslin.engine.why import fill_causes
from zaslin.errors import EngineError
from zaslin.jit import lean
from zaslin.physics.detection import PIECE, SIGHT
from zaslin.world.arrays import Coalition, Raid

QUEUE_SPARE = 8_192
"""Places in the event queue beyond three for every threat and member, unless a size is given."""

LEAST_RELOAD_S = 60.0
"""There is room for the shots of batteries that reload no faster than this, s."""

_DESK = Desk()

_SAYS = {
    rules.ZONE_FULL: "a path enters and leaves a named zone or an airspace more than 200 times",
    game.QUEUE_FULL: "the event queue is full",
    game.ENGAGEMENTS_FULL: "the table of engagements is full",
    game.SHOTS_FULL: "the table of shots is full",
    game.SORTIES_FULL: "the table of sorties is full",
    game.CROSSINGS_FULL: "a way or a leg crosses a border more than 256 times",
}


class Seen(NamedTuple):
    """What is seen and permitted on the free flight, whoever shoots: `sight`, `pieces`, `windows`, `consent`, `yes_s` as physics and doctrine say."""

    sight: np.ndarray
    pieces: np.ndarray
    windows: np.ndarray
    consent: np.ndarray
    yes_s: np.ndarray


class Memory:
    """What was seen of one raid under the packages that met it before: who has the same eyes sees the same, and with the same rules may the same."""

    def __init__(self) -> None:
        self._seen: list[tuple[Raid, tuple[bytes, bytes], Seen]] = []

    def look(self, raid: Raid, coalition: Coalition, ground: Ground, seed: int, likeness: tuple[bytes, bytes]) -> Seen:
        """`see`, or what of it is known. raid: the drawn one, or it with the objects that are no threats, which then is to be the same. likeness: of the
        coalition (`likeness`). The arrays are shared: nobody may write into them. Raises EngineError as `see` does.
        """
        eyes = None
        for known, alike, seen in self._seen:
            if alike[0] == likeness[0] and _same_objects(known, raid):
                if alike[1] == likeness[1]:
                    return seen
                eyes = seen
        seen = see(raid, coalition, ground, seed, eyes)
        self._seen.append((raid, likeness, seen))
        return seen


_NO_EYES = ("course_error_rad", "position_error_m", "separation_s", "fires_own", "fires_ukraine", "fires_wrong", "at_risk_per_s")
"""Fields of MEMBER that what it sees, and takes things for, does not depend on."""


def likeness(coalition: Coalition) -> tuple[bytes, bytes]:
    """Hashes of what seeing depends on, and of what permission depends on beside it: equal hashes, equal `Seen`."""
    eyes, rules = hashlib.blake2b(digest_size=16), hashlib.blake2b(digest_size=16)
    for name in coalition.members.dtype.names or ():
        (rules if name in _NO_EYES else eyes).update(np.ascontiguousarray(coalition.members[name]).tobytes())
    for rows, digest in ((coalition.radars, eyes), (coalition.caveats, rules)):
        for name in rows.dtype.names or ():
            digest.update(np.ascontiguousarray(rows[name]).tobytes())
        digest.update(str(len(rows)).encode())
    rules.update(str(coalition.zones.shape).encode() + coalition.zones.tobytes())
    return eyes.digest(), rules.digest()


def _same_objects(one: Raid, other: Raid) -> bool:
    """Whether two raids of one draw hold the same objects, those that are no threats among them."""
    return one is other or (one.replicate == other.replicate and one.tag == other.tag and one.names == other.names)


def fly(raid: Raid, coalition: Coalition, ground: Ground, seed: int, queue_size: int | None = None) -> Flown:
    """Fly `raid` against `coalition` (compiled for the raid's block); neither is changed.

    seed: the study's, >= 0. queue_size: places in the event queue; None: ample.
    Raises EngineError, naming replicate and package, where an input is no number or points nowhere, or an array of the engine is full.
    """
    return act(raid, coalition, ground, seed, see(raid, coalition, ground, seed), queue_size)


def see(raid: Raid, coalition: Coalition, ground: Ground, seed: int, eyes: Seen | None = None) -> Seen:
    """What each member sees of a raid and may engage, and when; nobody acts yet. eyes: what members who see alike saw of it, whatever they may.

    Raises EngineError as `fly` does.
    """
    fault = raid_fault(raid) or coalition_fault(coalition)
    if fault:
        raise _error(fault, raid, coalition)
    key, word = np.uint64(seed), np.uint64(raid.replicate)
    n_threats, n_members = len(raid.threats), len(coalition.members)
    threats, verts, inside = raid.threats, raid.verts, raid.inside
    stay_from = _stay_from(raid)
    sight, _, _, consent, yes_s = nothing_seen(raid, coalition)
    room = 64 + 4 * n_threats * n_members
    if eyes is not None:
        sight, pieces = eyes.sight, eyes.pieces
    while eyes is None:
        pieces = np.zeros(room, dtype=PIECE)
        n_pieces = sense(ground.fields, key, word, threats, verts, inside, stay_from, coalition.members, coalition.radars, sight, pieces)
        if n_pieces >= 0:
            pieces = pieces[:n_pieces]
            recognise(key, word, threats, coalition.members, sight)
            break
        room *= 4
    while True:
        windows = np.zeros(room, dtype=rules.WINDOW)
        status, n_windows = rules.open_windows(
            ground, key, word, threats, verts, inside, stay_from, coalition.members, coalition.caveats, coalition.zones, sight, pieces, windows,
            consent, yes_s,
        )
        if status != rules.WINDOWS_FULL:
            break
        room *= 4
    if status != rules.OK:
        raise _error(_SAYS[status], raid, coalition)
    return Seen(sight, pieces, windows[:n_windows], consent, yes_s)


def nothing_seen(raid: Raid, coalition: Coalition) -> Seen:
    """The arrays of `Seen` where nobody sees anything."""
    n_threats, n_members = len(raid.threats), len(coalition.members)
    return Seen(
        np.zeros((n_members, n_threats), dtype=SIGHT), np.zeros(0, dtype=PIECE), np.zeros(0, dtype=rules.WINDOW),
        np.zeros((n_members, n_threats), dtype=rules.CONSENT), np.full((n_threats, len(coalition.caveats)), np.inf),
    )  # fmt: skip


def act(raid: Raid, coalition: Coalition, ground: Ground, seed: int, seen: Seen, queue_size: int | None = None) -> Flown:
    """What the members do with what they see and may: the rows of the replicate. Raises EngineError as `fly` does."""
    key, word = np.uint64(seed), np.uint64(raid.replicate)
    threats, verts, inside, n_threats, n_members = raid.threats, raid.verts, raid.inside, len(raid.threats), len(coalition.members)
    sight, pieces, windows, consent, _ = seen
    stay_from = _stay_from(raid)
    board = engaged(raid, coalition, ground, seed, seen, queue_size)
    engagements, shots, sorties = (board.engagements[: board.counts[0]], board.shots[: board.counts[1]], board.sorties[: board.counts[2]])
    fates = np.zeros(n_threats, dtype=FATE)
    fill_fates(ground, threats, verts, inside, stay_from, board.tracks, fates)
    incursions = np.zeros(len(inside), dtype=INCURSION)
    n_incursions = cut_incursions(ground, threats, verts, inside, fates, incursions)
    if n_incursions < 0:
        raise _error(_SAYS[game.CROSSINGS_FULL], raid, coalition)
    incursions = incursions[:n_incursions]
    falls = np.zeros(n_threats + len(shots), dtype=FALL)
    falls = falls[: fill_falls(ground, key, word, threats, verts, coalition.shooters, fates, shots, falls)]
    causes = np.zeros(n_threats * (n_members + 1), dtype=CAUSE)
    n_causes = fill_causes(
        threats, verts, coalition.members, coalition.shooters, fates, sight, consent, board.progress, board.held, board.cut, causes
    )
    alerts = what_remains(coalition.shooters, sorties, n_members, board.span[0], board.span[1], coalition.on_alert)
    engagements, shots, sorties, refusals = (_kept(rows) for rows in (engagements, shots, sorties, board.refusals[: board.counts[4]]))
    return Flown(fates, sight, windows, engagements, shots, sorties, incursions, falls, causes[:n_causes], refusals, pieces, alerts)


def engaged(raid: Raid, coalition: Coalition, ground: Ground, seed: int, seen: Seen, queue_size: int | None = None) -> Board:
    """The board at the end of the raid: who shot down what and when, shots and sorties; nothing is booked yet. It is the thread's own and good until the
    thread's next raid. Raises EngineError as `fly` does."""
    scene = Scene(
        ground, np.uint64(seed), np.uint64(raid.replicate), raid.threats, raid.verts, coalition.members, coalition.caveats, coalition.shooters,
        coalition.batteries, seen.sight, seen.windows, seen.consent, coalition.zones, seen.yes_s, np.int64(coalition.policy), coalition.values, seen.pieces,
    )  # fmt: skip
    room, places = 1_024 + 64 * len(raid.threats), queue_size
    while True:
        board = _clear_board(scene, raid, places, room)
        status = engage(scene, board)
        if status == game.REFUSALS_FULL:
            room *= 4
        elif status == game.QUEUE_FULL and queue_size is None:
            places = 4 * len(board.heap)
        else:
            break
    if status != game.OK:
        raise _error(_SAYS[status] + (f" ({len(board.heap)})" if status == game.QUEUE_FULL else ""), raid, coalition)
    return board


def _kept(rows: np.ndarray) -> np.ndarray:
    """A copy of rows of the board, as bytes: numpy would go field by field."""
    out = np.empty(len(rows), dtype=rows.dtype)
    out.view(np.uint8)[:] = rows.view(np.uint8)
    return out


def _stay_from(raid: Raid) -> np.ndarray:
    return np.searchsorted(raid.inside["threat"], np.arange(len(raid.threats) + 1)).astype(np.int64)


def _clear_board(scene: Scene, raid: Raid, queue_size: int | None, refusals: int) -> Board:
    """The thread's board on which nothing has happened, with room for what can."""
    n_threats, n_members, n_pairs = len(scene.threats), len(scene.members), len(scene.shooters)
    flights, shots = _rooms(scene.threats, scene.shooters, scene.batteries)
    rooms = {
        "heap": QUEUE_SPARE + 3 * n_threats * (n_members + 1) + 8 * n_pairs if queue_size is None else queue_size,
        "engagements": 1_024 + 16 * n_threats,
        "shots": shots,
        "sorties": n_pairs * flights + 1,
        "refusals": refusals,
    }
    return _DESK.clear(n_threats, n_members, n_pairs, len(scene.batteries), rooms)


@lean
def _rooms(threats, shooters, batteries):
    """How many flights a pair can make at most, and how many rows of shots there can be."""
    span, first = 0.0, np.inf
    for j in range(len(threats)):
        first = min(first, threats[j].launch_s)
    for j in range(len(threats)):
        span = max(span, threats[j].end_s - first)
    flights, carried, reloaded = 4 + int(span / LEAST_ON_STATION_S), 0, 0.0
    for i in range(len(shooters)):
        carried += shooters[i].rounds + shooters[i].bursts
    for b in range(len(batteries)):
        magazine = shooters[batteries[b].shooter].rounds
        carried -= magazine
        reloaded += magazine * (2.0 + span / max(batteries[b].reload_s, LEAST_RELOAD_S))
    return flights, carried * flights + int(reloaded) + 1


def _error(what: str, raid: Raid, coalition: Coalition) -> EngineError:
    tagged = f", tagged threat {raid.names[raid.tag]}" if raid.tag >= 0 else ""
    return EngineError(f'{what} in replicate {raid.replicate}{tagged} of "{coalition.package}"')
