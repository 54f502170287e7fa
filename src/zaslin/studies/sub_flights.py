"""One raid flown by every sub-coalition of a package: what does not depend on who is in is worked out once, and only sums are kept.

Shared: the raid, what each member sees and may (`see`), and what becomes of every threat that a sub-coalition leaves alone. Flown anew for each:
the engagements. The sums are those of the glossary's measures; tests/studies/test_sub_flights.py holds them against the tables of an ordinary run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zaslin.atlas.ground import Ground
from zaslin.engine.fates import cut_incursions, fill_falls, fill_fates
from zaslin.engine.guard import what_remains
from zaslin.engine.posture import RAID_WITHIN_M
from zaslin.engine.records import FALL, FATE, INCURSION, SHOT, TRACK, Board
from zaslin.engine.replicate import Seen, alive_s, engaged, may_engage, see
from zaslin.errors import EngineError
from zaslin.outcomes.coalitions import RARE, SUMS
from zaslin.physics.intercept import outside_m
from zaslin.physics.path import leg_at, place_at
from zaslin.studies.members import pooled, silenced, with_only, without
from zaslin.world.arrays import CIVIL, CLASS_NAMES, FRIENDLY, KILLED_MEMBER, KIND_QRA, LEAKED, Coalition, Raid
from zaslin.world.others import add_others
from zaslin.world.raid import around
from zaslin.world.stays import N_NEIGHBOURS

_AT = {name: i for i, name in enumerate(SUMS)}
_TAGGED = np.isin(CLASS_NAMES, ("drone", "cruise", "unknown"))
"""Classes that tagged samples stand for: `measures.values.TAGGED_CLASSES` (a test holds them together)."""
_OBSERVABLE_S, _OBSERVABLE_M = 60.0, 1_000.0
"""Of an incursion that counts: `measures.incursions` (the same test)."""
_HOUR_S, _MINUTE_S = 3600.0, 60.0
_UKRAINE = np.int64(0)
_N_RARE = len(RARE)
_INCURSIONS, _OVERFLIGHT, _STOPPED, _FALLS, _EC, _EC_ABROAD = range(_N_RARE)


@dataclass(frozen=True)
class Subset:
    """A sub-coalition: positions of the members that are in; the package with them alone in the air (`members.without`, or `with_only` where tracks are
    pooled)."""

    keep: tuple[int, ...]
    coalition: Coalition


def subsets_of(coalition: Coalition, players: Sequence[int]) -> list[Subset]:
    """All subsets of `players` (positions of members), by bit mask, each with the members that are no players; they always stay."""
    stay = [m for m in range(len(coalition.members)) if m not in players]
    out = []
    for mask in range(1 << len(players)):
        keep = tuple(sorted([*stay, *(m for bit, m in enumerate(players) if mask >> bit & 1)]))
        out.append(Subset(keep, with_only(coalition, keep) if pooled(coalition) and keep else without(coalition, keep)))
    return out


def fly_subsets(raid: Raid, coalition: Coalition, subsets: Sequence[Subset], ground: Ground, seed: int, tagged: bool) -> np.ndarray:
    """Sums of one raid under every subset, float64 (subsets, len(SUMS)).

    coalition: all members, compiled for the raid's block; subsets: of it, by `subsets_of`. tagged: only what concerns the tagged threat and its country; the
    columns of `RARE` and ``coalition_kills`` are filled, the others nan.
    """
    apart = pooled(coalition)
    if raid.whole is not None and not apart:
        # Whom nobody may engage, nobody does, whoever is in; what else the raid holds does not matter then.
        seen = see(raid, coalition, ground, seed)
        if not may_engage(seen, raid.tag, alive_s(raid, raid.tag)):
            return np.tile(_Alone(raid, ground, seed, coalition).sums(None, coalition, tagged), (len(subsets), 1))
    raid = around(raid)
    whole = raid if coalition.others is None else add_others(raid, coalition.others, coalition.members, ground, seed)
    alone = _Alone(whole, ground, seed, coalition)

    def look(members: Coalition) -> Seen:
        if not tagged:
            return see(whole, members, ground, seed)
        end_s = float(alone.alive_s[raid.tag])
        return _until(see(whole, members, ground, seed, until_s=end_s), end_s)

    seen = look(coalition)
    opens, permits = alone.open_windows(seen)
    idle = tagged and alone.ends_near_ukraine()
    out = np.full((len(subsets), len(SUMS)), np.nan)
    known: dict[tuple[int, ...], int] = {}
    for row, (keep, flying) in enumerate((subset.keep, subset.coalition) for subset in subsets):
        who = keep
        if tagged and not apart:
            # Who has no window is no part of it (a tagged sample asks for no flights), but for this: the raid lasts while a threat is near a member's
            # airspace. Near Ukraine's it lasts anyhow.
            if idle:
                who = tuple(m for m in keep if opens[m])
            if not any(permits[m] for m in who):
                who = ()
            if who in known:
                out[row] = out[known[who]]
                continue
            known[who] = row
        if not who:
            out[row] = alone.sums(None, flying, tagged)
        else:
            mine = look(flying) if apart else silenced(seen, keep)
            out[row] = alone.sums(engaged(whole, flying, ground, seed, mine), flying, tagged)
    return out


def _until(seen: Seen, end_s: float) -> Seen:
    """Without the windows that open after `end_s`, when the tagged threat is gone: what is fired from then on cannot concern it."""
    consent = seen.consent.copy()
    late = np.concatenate([[0], np.cumsum(seen.windows["from_s"] > end_s)])
    # windows of one member and threat follow in time, so the late ones come last
    consent["last"] -= (late[consent["last"]] - late[consent["first"]]).astype(consent["last"].dtype)
    return seen._replace(consent=consent)


class _Alone:
    """What a raid comes to where the coalition leaves it alone, by threat, so that a sub-coalition's flight changes only the threats that it meets."""

    def __init__(self, raid: Raid, ground: Ground, seed: int, coalition: Coalition):
        n = len(raid.threats)
        self.raid, self.ground, self.key, self.word = raid, ground, np.uint64(seed), np.uint64(raid.replicate)
        tracks = np.zeros(n, dtype=TRACK)
        tracks["killer"] = -1
        self.fates = np.zeros(n, dtype=FATE)
        stay_from = np.searchsorted(raid.inside["threat"], np.arange(n + 1)).astype(np.int64)
        fill_fates(ground, raid.threats, raid.verts, raid.inside, stay_from, tracks, self.fates)
        self.real = raid.threats["other"] == 0
        self.crosses = np.zeros((n, N_NEIGHBOURS + 1), dtype=bool)
        for k in range(1, N_NEIGHBOURS + 1):
            self.crosses[:, k] = self.real & ((self.fates["crosses"] >> np.uint32(k)) & 1 == 1)
        self.covered = self.crosses & _TAGGED[raid.threats["cls"]][:, None]
        self.nobody = coalition.shooters[:0]
        falls = self._fallen(self.fates, np.zeros(0, dtype=SHOT), self.nobody)
        self.of, self.rest, self.of_tag = self._by_threat(self._entered(self.fates, raid.inside), falls, np.zeros(n, dtype=bool))
        self.alive_s = np.minimum(raid.threats["stop_s"], raid.threats["end_s"])

    def ends_near_ukraine(self) -> bool:
        """Whether the tagged threat is so near to Ukraine when it ends that the raid is not over before."""
        raid, j = self.raid, self.raid.tag
        threat, end_s = raid.threats[j], float(self.alive_s[j])
        leg = leg_at(raid.verts, threat["vert_from"], threat["vert_to"], end_s)
        return bool(outside_m(self.ground.fields, _UKRAINE, *place_at(raid.verts, leg, end_s)) < RAID_WITHIN_M)

    def open_windows(self, seen: Seen) -> tuple[np.ndarray, np.ndarray]:
        """Per member: whether it has any window that opens while its threat is alive, and whether it has one for the tagged threat."""
        rows = seen.consent
        there = rows["last"] > rows["first"]
        first_s = np.full(rows.shape, np.inf)
        first_s[there] = seen.windows["from_s"][rows["first"][there]]
        live = first_s < self.alive_s
        return live.any(axis=1), live[:, self.raid.tag]

    def sums(self, board: Board | None, members: Coalition, tagged: bool) -> np.ndarray:
        """The sums of one flight; of the raid that is left alone, where there is no board."""
        raid, out = self.raid, np.full(len(SUMS), np.nan)
        tag = raid.tag
        killed = np.zeros(len(raid.threats), dtype=bool)
        of, rest, of_tag = self.of, self.rest, self.of_tag
        shots = np.zeros(0, dtype=SHOT)
        if board is not None:
            killed = board.tracks["killer"] >= 0
            shots = board.shots[: board.counts[1]]
            if tagged:
                shots = shots[shots["threat"] == tag]
                killed = killed & (np.arange(len(killed)) == tag)
            if killed.any() or len(shots):
                of, rest, of_tag = self._changed(board, killed, shots, members)
        kills = killed & self.real
        if tagged:
            out[:_N_RARE] = of_tag
            out[_AT["coalition_kills"]] = float(kills[tag])
            return out
        out[:_N_RARE] = of.sum(axis=0)
        out[-_N_RARE:] = rest.sum(axis=0)
        leaked = self.real & (self.fates["fate"] == LEAKED)
        out[_AT["coalition_kills"]] = kills.sum()
        out[_AT["kills_would_have_leaked"]] = (kills & leaked).sum()
        out[_AT["kills_would_have_crossed"]] = (kills & (self.fates["crosses"] != 0)).sum()
        out[_AT["leakers"]] = (leaked & ~kills).sum()
        other = raid.threats["other"][shots["threat"]]
        out[_AT["shots"]] = len(shots)
        out[_AT["wrong_object_shots"]] = (other > 0).sum()
        out[_AT["wrong_object_kills"]] = ((shots["hit"] == 1) & ((other == CIVIL) | (other == FRIENDLY))).sum()
        self._burden(board, members, out)
        return out

    def _burden(self, board: Board | None, members: Coalition, out: np.ndarray) -> None:
        """What the flights come to: take-offs, hours, money, minutes."""
        names = ("sorties", "flight_h", "cost_usd", "minutes_over_ukraine", "unguarded_min")
        out[[_AT[name] for name in names]] = 0.0
        if board is None:
            return
        rows = board.sorties[: board.counts[2]]
        kind = members.shooters[rows["shooter"]]
        jets = kind["jets"]
        flight_s = np.where(jets == 0, 0.0, rows["landing_s"] - rows["take_off_s"])
        rounds_usd = rows["rounds"] * kind["round_usd"] + rows["bursts"] * kind["burst_usd"]
        out[_AT["sorties"]] = jets.sum()
        out[_AT["flight_h"]] = (jets * flight_s / _HOUR_S).sum()
        out[_AT["cost_usd"]] = (flight_s / 3600.0 * kind["hour_usd"] * jets + rounds_usd).sum()
        out[_AT["minutes_over_ukraine"]] = (jets * rows["over_ukraine_s"] / _MINUTE_S).sum()
        if members.on_alert or ((members.shooters["kind"] == KIND_QRA) & (members.shooters["jets"] > 1)).any():
            alerts = what_remains(members.shooters, rows, len(members.members), board.span[0], board.span[1], members.on_alert)
            out[_AT["unguarded_min"]] = alerts["unguarded_s"].sum() / _MINUTE_S

    def _changed(self, board: Board, killed: np.ndarray, shots: np.ndarray, members: Coalition) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Sums by threat where these were shot down and these shots were fired."""
        fates = self.fates.copy()
        fates["fate"][killed], fates["fate_s"][killed], fates["shooter"][killed] = (
            KILLED_MEMBER,
            board.tracks["killed_s"][killed],
            board.tracks["killer"][killed],
        )
        inside = self.raid.inside
        entered = self._entered(fates, inside[killed[inside["threat"]]])
        falling = np.zeros(len(fates), dtype=FATE)  # LEAKED: nothing falls of what was left alone, it is in the sums already
        falling[killed] = fates[killed]
        of, rest, of_tag = self._by_threat(entered, self._fallen(falling, shots, members.shooters), killed)
        left = ~killed
        of[left] += self.of[left]
        rest[left] += self.rest[left]
        tag = self.raid.tag
        if tag >= 0 and not killed[tag]:
            of_tag = of_tag + self.of_tag
        return of, rest, of_tag

    def _entered(self, fates: np.ndarray, inside: np.ndarray) -> np.ndarray:
        """Stays in neighbours as flown, of the rows `inside` of the raid's."""
        if not len(inside):
            return np.zeros(0, dtype=INCURSION)
        rows = np.zeros(len(inside), dtype=INCURSION)
        n = cut_incursions(self.ground, self.raid.threats, self.raid.verts, inside, fates, rows)
        if n < 0:
            raise EngineError(f"a way or a leg crosses a border more than 256 times in replicate {self.raid.replicate}")
        return rows[:n]

    def _fallen(self, fates: np.ndarray, shots: np.ndarray, shooters: np.ndarray) -> np.ndarray:
        falls = np.zeros(len(fates) + len(shots), dtype=FALL)
        return falls[: fill_falls(self.ground, self.key, self.word, self.raid.threats, self.raid.verts, shooters, fates, shots, falls)]

    def _by_threat(self, entered: np.ndarray, falls: np.ndarray, killed: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(threats, RARE) in all; of it what tagged samples do not cover; and (RARE,) what concerns the tagged threat and its country.

        entered: stays as flown; falls: what came down; killed: threats whose crossings may have been stopped (the others all entered).
        """
        n, tag, country = len(self.fates), self.raid.tag, self.raid.tag_country
        of, rest, of_tag = np.zeros((n, _N_RARE)), np.zeros((n, _N_RARE)), np.zeros(_N_RARE)
        stopped = np.zeros_like(self.crosses)
        if killed.any():
            stopped[killed] = self.crosses[killed]
            stopped[entered["threat"], entered["country"]] = False
        of[:, _STOPPED] = stopped.sum(axis=1)
        rest[:, _STOPPED] = (stopped & ~self.covered).sum(axis=1)
        observable = (entered["inside_s"] >= _OBSERVABLE_S) | (entered["depth_m"] >= _OBSERVABLE_M)
        abroad = (falls["country"] >= 1) & (falls["country"] <= N_NEIGHBOURS)
        for rows, columns in (
            (entered, ((_INCURSIONS, observable * 1.0), (_OVERFLIGHT, entered["inside_s"]))),
            (falls, ((_FALLS, abroad * 1.0), (_EC, falls["ec"]), (_EC_ABROAD, np.where(abroad, falls["ec"], 0.0)))),
        ):
            threat, where = rows["threat"], rows["country"]
            near = np.where((where >= 1) & (where <= N_NEIGHBOURS), where, 0)
            open_ = ~self.covered[threat, near]  # column 0 (no neighbour) covers nothing
            mine = (threat == tag) & (where == country)
            for column, value in columns:
                of[:, column] = np.bincount(threat, value, minlength=n)
                rest[:, column] = np.bincount(threat[open_], value[open_], minlength=n)
                of_tag[column] = value[mine].sum()
        if tag >= 0:
            of_tag[_STOPPED] = float(stopped[tag, country]) if 1 <= country <= N_NEIGHBOURS else 0.0
        return of, rest, of_tag
