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
from zaslin.engine.records import ALERT, CAUSE, ENGAGEMENT, FALL, FATE, INCURSION, REFUSAL, SHOT, SORTIE, TRACK, Board, Flown, Scene
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
    """What is seen and permitted on the free flight, whoever shoots: `sight`, `pieces`, `windows`, `consent`, `yes_s` as physics and doctrine say; `names` of
    the objects."""

    sight: np.ndarray
    pieces: np.ndarray
    windows: np.ndarray
    consent: np.ndarray
    yes_s: np.ndarray
    names: tuple[str, ...]


class Memory:
    """What was seen of one raid under the packages that met it before: who has the same eyes sees the same, and with the same rules may the same. Of a raid
    with other objects that are no threats, what was seen of its threats."""

    def __init__(self) -> None:
        self._seen: list[tuple[Raid, tuple[bytes, bytes], Seen]] = []

    def look(self, raid: Raid, coalition: Coalition, ground: Ground, seed: int, likeness: tuple[bytes, bytes], until_s: float = np.inf) -> Seen:
        """`see`, or what of it is known. raid: the drawn one, its tagged threat alone, or it with the objects that are no threats. likeness: of the
        coalition (`likeness`). until_s: as in `see`, the same each time. The arrays are shared: nobody may write into them. Raises EngineError as `see` does.
        """
        eyes = None
        for known, alike, seen in self._seen:
            if alike[0] == likeness[0] and _same_threats(known, raid):
                if known is raid or known.names == raid.names:
                    if alike[1] == likeness[1]:
                        return seen
                    eyes = seen
                elif eyes is None:
                    eyes = seen
        seen = see(raid, coalition, ground, seed, eyes, until_s)
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


def _same_threats(one: Raid, other: Raid) -> bool:
    """Whether two raids of one draw hold the same threats; the objects that are no threats, which stand after them, may differ."""
    if one is other:
        return True
    n = _n_threats(one)
    return one.replicate == other.replicate and one.tag == other.tag and n == _n_threats(other) and one.names[:n] == other.names[:n]


def _n_threats(raid: Raid) -> int:
    return int(np.count_nonzero(raid.threats["other"] == 0))


def fly(raid: Raid, coalition: Coalition, ground: Ground, seed: int, queue_size: int | None = None) -> Flown:
    """Fly `raid` against `coalition` (compiled for the raid's block); neither is changed.

    seed: the study's, >= 0. queue_size: places in the event queue; None: ample.
    Raises EngineError, naming replicate and package, where an input is no number or points nowhere, or an array of the engine is full.
    """
    return act(raid, coalition, ground, seed, see(raid, coalition, ground, seed), queue_size)


def see(raid: Raid, coalition: Coalition, ground: Ground, seed: int, eyes: Seen | None = None, until_s: float = np.inf) -> Seen:
    """What each member sees of a raid and may engage, and when; nobody acts yet. eyes: what members who see alike saw of it, or of the same threats with
    other objects that are no threats after them, whatever they may. until_s: of later windows not all are found.

    Raises EngineError as `fly` does.
    """
    fault = raid_fault(raid) or coalition_fault(coalition)
    if fault:
        raise _error(fault, raid, coalition)
    return permitted(raid, coalition, ground, seed, sensed(raid, coalition, ground, seed, eyes), until_s)


def sensed(raid: Raid, coalition: Coalition, ground: Ground, seed: int, eyes: Seen | None = None) -> Seen:
    """`see`, but for what members may: windows and consents are none. The inputs are not looked at for faults."""
    key, word = np.uint64(seed), np.uint64(raid.replicate)
    n_threats = len(raid.threats)
    nothing = nothing_seen(raid, coalition)
    sight = nothing.sight
    room = _room(raid, coalition)
    known = n_known = 0
    if eyes is not None:
        known = n_threats if eyes.names == raid.names else _n_threats(raid)
        sight[:, :known] = eyes.sight[:, :known]
        n_known = int(sight["last"][-1, known - 1]) if known else 0
        pieces = eyes.pieces[:n_known]
    while eyes is None or known < n_threats:
        pieces = np.zeros(n_known + room, dtype=PIECE)
        if eyes is not None:
            pieces[:n_known] = eyes.pieces[:n_known]
        n_pieces = sense(
            ground.fields, key, word, raid.threats, raid.verts, raid.inside, _stay_from(raid), coalition.members, coalition.radars, sight, pieces,
            np.int64(known), np.int64(n_known),
        )  # fmt: skip
        if n_pieces >= 0:
            pieces = pieces[:n_pieces]
            recognise(key, word, raid.threats, coalition.members, sight)
            break
        room *= 4
    return nothing._replace(pieces=pieces)


def permitted(raid: Raid, coalition: Coalition, ground: Ground, seed: int, seen: Seen, until_s: float = np.inf) -> Seen:
    """What is `sensed`, with what the members may. until_s: as for `see`. Raises EngineError where a window cannot be found."""
    key, word = np.uint64(seed), np.uint64(raid.replicate)
    room = _room(raid, coalition)
    while True:
        windows = np.zeros(room, dtype=rules.WINDOW)
        status, n_windows = rules.open_windows(
            ground, key, word, raid.threats, raid.verts, raid.inside, _stay_from(raid), coalition.members, coalition.caveats, coalition.zones, seen.sight,
            seen.pieces, windows, seen.consent, seen.yes_s, until_s,
        )  # fmt: skip
        if status != rules.WINDOWS_FULL:
            break
        room *= 4
    if status != rules.OK:
        raise _error(_SAYS[status], raid, coalition)
    return seen._replace(windows=windows[:n_windows])


def _room(raid: Raid, coalition: Coalition) -> int:
    """Rows of pieces or windows to begin with."""
    return 64 + 4 * len(raid.threats) * len(coalition.members)


def nothing_seen(raid: Raid, coalition: Coalition) -> Seen:
    """The arrays of `Seen` where nobody sees anything."""
    n_threats, n_members = len(raid.threats), len(coalition.members)
    return Seen(
        np.zeros((n_members, n_threats), dtype=SIGHT), np.zeros(0, dtype=PIECE), np.zeros(0, dtype=rules.WINDOW),
        np.zeros((n_members, n_threats), dtype=rules.CONSENT), np.full((n_threats, len(coalition.caveats)), np.inf), raid.names,
    )  # fmt: skip


def act(raid: Raid, coalition: Coalition, ground: Ground, seed: int, seen: Seen, queue_size: int | None = None) -> Flown:
    """What the members do with what they see and may: the rows of the replicate. Raises EngineError as `fly` does."""
    board = engaged(raid, coalition, ground, seed, seen, queue_size)
    sorties = board.sorties[: board.counts[2]]
    alerts = what_remains(coalition.shooters, sorties, len(coalition.members), board.span[0], board.span[1], coalition.on_alert)
    done = _Done(
        board.tracks, board.progress, board.held, board.cut, board.engagements[: board.counts[0]], board.shots[: board.counts[1]], sorties,
        board.refusals[: board.counts[4]], alerts,
    )  # fmt: skip
    return _booked(raid, coalition, ground, seed, seen, done)


def act_on_tag(tagged: Raid, coalition: Coalition, ground: Ground, seed: int, seen: Seen, board: Board | None, tag: int) -> Flown:
    """`act`, but for its flights and alerts, of a raid's tagged threat: what concerns that threat alone.

    tagged, seen: the threat alone, and what is seen of it. board: at the end of the whole raid, in which it stands at `tag`; None where no member ever has a
    window for it while it flies: then nothing that anybody does concerns it.
    """
    if board is None:
        n = len(coalition.members)
        tracks = np.zeros(1, dtype=TRACK)
        tracks["killer"] = -1
        nobody = np.zeros((n, 1), dtype=np.int8)
        none = (np.zeros(0, dtype=ENGAGEMENT), np.zeros(0, dtype=SHOT), np.zeros(0, dtype=SORTIE), np.zeros(0, dtype=REFUSAL))
        done = _Done(tracks, nobody, np.full((n, 1), -1, dtype=np.int16), nobody, *none, np.zeros(0, dtype=ALERT))
        return _booked(tagged, coalition, ground, seed, seen, done)
    own = np.s_[tag : tag + 1]
    engagements, shots, refusals = (
        _of_threat(rows, tag) for rows in (board.engagements[: board.counts[0]], board.shots[: board.counts[1]], board.refusals[: board.counts[4]])
    )
    progress, held, cut = (np.ascontiguousarray(rows[:, own]) for rows in (board.progress, board.held, board.cut))
    done = _Done(board.tracks[own], progress, held, cut, engagements, shots, np.zeros(0, dtype=SORTIE), refusals, np.zeros(0, dtype=ALERT))
    return _booked(tagged, coalition, ground, seed, seen, done)


def may_engage(seen: Seen, threat: int, alive_s: float) -> bool:
    """Whether a member has a window for a threat that opens before `alive_s`: the engine starts with the first of each member."""
    rows = seen.consent[:, threat]
    return bool((seen.windows["from_s"][rows["first"][rows["last"] > rows["first"]]] < alive_s).any())


def alive_s(raid: Raid, threat: int) -> float:
    """When a threat ends if nobody intervenes but Ukraine, s."""
    return float(min(raid.threats["stop_s"][threat], raid.threats["end_s"][threat]))


class _Done(NamedTuple):
    """What is left of a board when it is booked: fields as in Board and Flown, cut to what counts."""

    tracks: np.ndarray
    progress: np.ndarray
    held: np.ndarray
    cut: np.ndarray
    engagements: np.ndarray
    shots: np.ndarray
    sorties: np.ndarray
    refusals: np.ndarray
    alerts: np.ndarray


def _of_threat(rows: np.ndarray, threat: int) -> np.ndarray:
    """Rows of one threat, as rows of the only one."""
    own = rows[rows["threat"] == threat]
    own["threat"] = 0
    return own


def _booked(raid: Raid, coalition: Coalition, ground: Ground, seed: int, seen: Seen, done: _Done) -> Flown:
    threats, verts, inside, n_threats, n_members = raid.threats, raid.verts, raid.inside, len(raid.threats), len(coalition.members)
    fates = np.zeros(n_threats, dtype=FATE)
    fill_fates(ground, threats, verts, inside, _stay_from(raid), done.tracks, fates)
    incursions, falls = flown_and_fallen(raid, coalition, ground, seed, fates, done.shots)
    causes = np.zeros(n_threats * (n_members + 1), dtype=CAUSE)
    n_causes = fill_causes(
        threats, verts, coalition.members, coalition.shooters, fates, seen.sight, seen.consent, done.progress, done.held, done.cut, causes
    )
    engagements, shots, sorties, refusals = (_kept(rows) for rows in (done.engagements, done.shots, done.sorties, done.refusals))
    return Flown(
        fates, seen.sight, seen.windows, engagements, shots, sorties, incursions, falls, causes[:n_causes], refusals, seen.pieces, done.alerts,
    )  # fmt: skip


def flown_and_fallen(raid: Raid, coalition: Coalition, ground: Ground, seed: int, fates: np.ndarray, shots: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The stays over the members' countries (INCURSION rows) and what came down (FALL rows), from fates and shots. Raises EngineError as `fly` does."""
    incursions = np.zeros(len(raid.inside), dtype=INCURSION)
    n_incursions = cut_incursions(ground, raid.threats, raid.verts, raid.inside, fates, incursions)
    if n_incursions < 0:
        raise _error(_SAYS[game.CROSSINGS_FULL], raid, coalition)
    falls = np.zeros(len(raid.threats) + len(shots), dtype=FALL)
    n_falls = fill_falls(ground, np.uint64(seed), np.uint64(raid.replicate), raid.threats, raid.verts, coalition.shooters, fates, shots, falls)
    return incursions[:n_incursions], falls[:n_falls]


def engaged(raid: Raid, coalition: Coalition, ground: Ground, seed: int, seen: Seen, queue_size: int | None = None) -> Board:
    """The board at the end of the raid: who shot down what and when, shots and sorties; nothing is booked yet. It is the thread's own and good until the
    thread's next raid. Raises EngineError as `fly` does."""
    scene = Scene(
        ground, np.uint64(seed), np.uint64(raid.replicate), raid.threats, raid.verts, coalition.members, coalition.caveats, coalition.shooters,
        coalition.batteries, seen.sight, seen.windows, seen.consent, coalition.zones, seen.yes_s, np.int64(coalition.policy), coalition.values, seen.pieces,
        _DESK.speeds_of(raid.threats, raid.verts),
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
    return _DESK.first_stays(raid.inside, len(raid.threats))


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
