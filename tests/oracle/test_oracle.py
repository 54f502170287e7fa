"""The engine against a second, slow model that was written from the docs alone (slow_model.py), over randomised small nights.

Four comparisons: with luck of its own, on average; with the engine's luck, row by row; at two steps, what the steps cost; and the nights that are left at
the finer step, each with the reason that docs/validation/second-model.md tells.
What the second model does not do itself: countries beside the two members and Ukraine, debris.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from math import inf, isfinite, sqrt
from typing import Any

import pytest
import slow_model as slow
import small_nights as small

from zaslin.engine.records import RESULTS, Flown
from zaslin.engine.replicate import fly
from zaslin.outcomes.tables import CAUSES, FATES
from zaslin.world.arrays import Raid

SEED = 7
KNIFE_EDGE_S = 4.0
"""Rows of the two agree if their times do within this at a step of 1 s: a step's delay moves a chase, and grows where the target runs away."""
_LAYER = dict.fromkeys((25, 26, 34, 40, 56, 90, 91, 111, 117, 130, 165), 0.5)
TOLD = {**_LAYER, 16: 0.25, 72: 0.25, 100: 0.25, 135: 0.25, 168: 1 / 32}
"""The nights that differ at a step of 0.5 s, and the step, s, at which they agree once the second model is given the engine's stops by Ukraine's layer."""
STOP_OFF_M = 1_000.0 * 1.5 / 0.7
"""The engine asks for the region below a threat in the middle of steps of 2 km: a stop beyond an edge is early or late by 1 km of way at most where the layer
is strong, and by as much more as the layer is weaker where it is weak."""


class _WithStops(slow.Night):
    """The second model, for which Ukraine's layer stops whom it stops in the engine, and then; `told` before it is made."""

    told: dict[str, float]

    def ukraine(self, th: slow.Threat) -> tuple[float, str]:
        """The engine's stop, after its own has been held against it."""
        (own, how), stop = super().ukraine(th), self.told[th.name]
        assert (own == inf) == (stop == inf)
        assert own == inf or abs(own - stop) * th.leg(own).speed <= STOP_OFF_M + th.leg(own).speed * self.dt
        return stop, how


@cache
def _engine(number: int) -> tuple[dict[str, Any], Raid, Flown]:
    told = small.night(number)
    raid, coalition = small.for_engine(told, SEED)
    return told, raid, fly(raid, coalition, small.ground(), SEED)


def _slow(number: int, luck: Any, dt: float = 1.0, kind: type[slow.Night] = slow.Night) -> slow.Night:
    told, raid, _ = _engine(number)
    _WithStops.told = {name: float(stop) for name, stop in zip(raid.names, raid.threats["stop_s"], strict=True)}
    return kind(*small.for_slow(told, raid), luck, dt)


def _z(nights: range) -> dict[str, float]:
    """Per measure, mean difference of the nights over its standard error, the slow model with luck of its own."""
    pairs = [(small.of_engine(*_engine(n)), small.of_slow(_slow(n, small.own_luck(1_000 + n)))) for n in nights]
    out = {}
    for name in sorted({name for pair in pairs for sums in pair for name in sums}):
        d = [b[name] - a[name] for a, b in pairs]
        mean = sum(d) / len(d)
        spread = sqrt(sum((x - mean) ** 2 for x in d) / (len(d) - 1) / len(d))
        out[name] = mean / spread if spread > 0.0 else 0.0 if mean == 0.0 else inf
    return out


@cache
def _tables(number: int, dt: float, kind: type[slow.Night] = slow.Night) -> dict[str, tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]]:
    """Rows of the engine and of the slow model with the engine's luck: (texts and counts, then times)."""
    told, raid, flown = _engine(number)
    night = _slow(number, small.engines_luck(SEED, number), dt, kind)
    names, ids, ends, members = raid.names, small.ids(told), night.alive_end, [*small.MEMBERS, "coalition"]
    ukraine = [min(t["stop_s"], t["end_s"]) for t in raid.threats]
    known = lambda t, th: t if t < th.end else inf
    sights = [(m.id, th, night.sight[m.id, th.name]) for m in night.members for th in night.threats]
    tracks = [(m, th.name, known(s["seen_s"], th), known(s["classified_s"], th)) for (m, th, _), s in zip(sights, flown.sight.ravel(), strict=True)]
    windows = [
        (names[w["threat"]], small.MEMBERS[w["member"]], f"rule-{w['caveat']}", w["from_s"], min(w["to_s"], ukraine[w["threat"]])) for w in flown.windows
    ]
    slow_windows = [(th.name, m, c.id, a, min(b, ends[th.name])) for m, th, s in sights for c, a, b, _ in s.windows]
    long = lambda rows: [row for row in rows if row[-1] - row[-2] > 2.0]  # what opens for less than a step may be stepped over
    return {
        "tracks": (tracks, [(m, th.name, s.track, known(s.classified, th)) for m, th, s in sights]),
        "windows": (sorted(long(windows)), sorted(long(slow_windows))),
        "fates": ([(FATES[f["fate"]], f["fate_s"]) for f in flown.fates], [night.fate(th) for th in night.threats]),
        "incursions": (
            long([(names[r["threat"]], r["entry_s"], r["exit_s"]) for r in flown.incursions]),
            long([(th.name, row[0], row[1]) for th in night.threats for row in night.stays(th)]),
        ),
        "engagements": (
            sorted((names[e["threat"]], ids[e["shooter"]], int(e["shots"]), RESULTS[e["result"]], e["commit_s"], e["end_s"]) for e in flown.engagements),
            sorted((e.threat, e.asset, len(e.shots), e.result, e.commit, e.end) for e in night.engagements),
        ),
        "sorties": (
            sorted((ids[s["shooter"]], s["take_off_s"], s["landing_s"]) for s in flown.sorties if s["take_off_s"] == s["take_off_s"]),
            sorted((s.asset, s.take_off, s.landing) for s in night.sorties),
        ),
        "causes": (
            sorted((names[c["threat"]], members[c["member"]], CAUSES[c["cause"]]) for c in flown.causes),
            sorted(
                (th.name, name, cause)
                for th in night.threats
                if night.fate(th)[0] != "killed_member"
                for name, cause in [*((m.id, night.cause(m, th)[1]) for m in night.members), ("coalition", night.of_coalition(th))]
            ),
        ),
    }


def _alike(a: list[tuple[Any, ...]], b: list[tuple[Any, ...]], within_s: float) -> bool:
    if len(a) != len(b):
        return False
    pairs = [(x, y) for row, other in zip(a, b) for x, y in zip(row, other, strict=True)]
    return all(x == y if isinstance(x, (str, int)) else x == y or abs(x - y) <= within_s for x, y in pairs)


def _apart(number: int, dt: float, kind: type[slow.Night] = slow.Night) -> list[str]:
    """The tables of a night in which the two differ."""
    return [name for name, (a, b) in _tables(number, dt, kind).items() if not _alike(a, b, KNIFE_EDGE_S)]


def _nights_apart(nights: range, dt: float) -> Counter[str]:
    """How many nights differ, by table."""
    return Counter(name for n in nights for name in _apart(n, dt))


def test_twenty_small_nights_agree_with_a_second_model_on_average():
    """Law: two models of one page, each with its own luck, differ by no more than luck does."""
    far = {name: z for name, z in _z(range(20)).items() if not abs(z) < 4.0}
    assert not far


def test_with_the_same_luck_the_second_model_tells_the_same_rows():
    """Law: with one luck for both, rows agree but for what a step of 1 s tips over: who is nearer, whether a round comes before an end."""
    apart = _nights_apart(range(20, 32), 1.0)
    assert apart["tracks"] == apart["windows"] == 0, apart
    assert max(apart.values(), default=0) <= 3, apart


@pytest.mark.slow
def test_two_hundred_small_nights_agree_with_a_second_model_on_average():
    """Law, and DESIGN's acceptance: |z| < 4 for every measure over 200 randomised small nights."""
    z = _z(range(200))
    print({name: round(value, 2) for name, value in z.items()})
    assert not {name: value for name, value in z.items() if not abs(value) < 4.0}


@pytest.mark.slow
def test_over_two_hundred_nights_rows_agree_and_more_of_them_with_a_finer_step():
    """Law: part of what is left apart at 1 s is the step's: fewer nights are at 0.5 s. What no step mends is told in docs/validation/second-model.md."""
    coarse, left = _nights_apart(range(200), 1.0), {n: tables for n in range(200) if (tables := _apart(n, 0.5))}
    fine = Counter(name for tables in left.values() for name in tables)
    print(dict(coarse), dict(fine), left)
    assert coarse["tracks"] == fine["tracks"] == fine["incursions"] == 0
    assert sum(fine.values()) < 0.5 * sum(coarse.values())
    assert max(coarse.values()) <= 25
    assert max(fine.values()) <= 8
    assert set(left) <= set(TOLD)


@pytest.mark.slow
@pytest.mark.parametrize("number", TOLD)
def test_each_night_that_is_left_has_its_reason(number):
    """Law: what still differs at 0.5 s comes of the steps by which the engine asks for the region below a threat, or of the second model's own step."""
    assert not _apart(number, TOLD[number], _WithStops)


@pytest.mark.slow
def test_the_steps_bias_is_of_first_order():
    """Law: every event is seen half a step late on average (a track) or more (what follows from it); with half the step, half of that is left."""
    late: dict[float, dict[str, float]] = {}
    for dt in (1.0, 0.5):
        gaps: dict[str, list[float]] = {}
        for n in range(200):
            for name, (a, b) in _tables(n, dt, slow.Night).items():
                if _alike(a, b, KNIFE_EDGE_S):
                    times = [(i, y[i] - x[i]) for x, y in zip(a, b) for i in range(len(x)) if isinstance(x[i], float) and isfinite(x[i])]
                    for i, gap in times:
                        gaps.setdefault(f"{name}[{i}]", []).append(gap)
        late[dt] = {name: sum(values) / len(values) for name, values in gaps.items()}
        print(dt, {name: (round(value, 3), len(gaps[name])) for name, value in late[dt].items()})
    for name in ("tracks[2]", "windows[3]", "engagements[4]", "engagements[5]", "sorties[2]"):
        assert 0.2 < late[1.0][name] < 3.0, name
        assert 0.3 < late[0.5][name] / late[1.0][name] < 0.7, name
