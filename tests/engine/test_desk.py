"""A board that was used is, once cleared, as a new one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import mark

import toy_world as toy
from zaslin.engine import replicate
from zaslin.engine.desk import _COUNTED, _SCRATCH, Desk
from zaslin.engine.replicate import fly
from zaslin.world.arrays import KIND_CAP, POLICIES

ROOMS = {"heap": 7, "engagements": 5, "shots": 6, "sorties": 4, "refusals": 3}
SIZES = st.tuples(st.integers(0, 4), st.integers(1, 3), st.integers(0, 4), st.integers(0, 3))


def scribbled(board, begun, counted):
    """What a raid may leave: every field written over; of the tables the rows that are counted and, where `begun`, one more."""
    for name, array in board._asdict().items():
        if name not in ROOMS or name == "heap":
            array.view(np.uint8).reshape(-1)[:] = 0xAB
    for name, place in _COUNTED.items():
        table = getattr(board, name)
        n = min(counted, len(table))
        table[: n + begun].view(np.uint8)[:] = 0xCD
        board.counts[place] = n


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(SIZES, st.integers(0, 9), st.booleans(), st.integers(0, 6)), min_size=2, max_size=5))
def test_a_cleared_board_is_a_new_one(raids):
    """Law: whatever was there before, larger or smaller, every byte but the heap's and the scratch's is as on a board of its own."""
    desk = Desk()
    for sizes, more, begun, counted in raids:
        rooms = {name: rows + more for name, rows in ROOMS.items()}
        board, new = desk.clear(*sizes, rooms), Desk().clear(*sizes, rooms)
        for name, array in board._asdict().items():
            fresh = getattr(new, name)
            assert array.shape == fresh.shape and array.dtype == fresh.dtype, name
            assert array.flags.c_contiguous and array.flags.aligned and array.flags.writeable, name
            assert name == "heap" or name in _SCRATCH or array.tobytes() == fresh.tobytes(), name
        scribbled(board, begun, counted)


def test_what_a_new_board_says_by_hand():
    board = Desk().clear(2, 1, 3, 2, ROOMS)
    assert board.aims.shape == (4,) and board.first_aims.shape == (2,) and board.marks.shape == (1,) and board.times.shape == (2, 3) and len(board.shots) == 6
    assert (board.open == -1).all() and (board.claims == -1).all() and (board.held == -1).all()
    assert (board.pairs["threat"] == -1).all() and (board.pairs["rounds"] == 0).all()
    assert board.tracks["alive"].tolist() == [1, 1] and board.tracks["killer"].tolist() == [-1, -1] and (board.tracks["look_s"] == -np.inf).all()
    assert not board.counts.any() and not board.header.any() and not board.fired.any()


def test_every_thread_has_a_board_of_its_own():
    desk = Desk()
    mine = desk.clear(1, 1, 1, 1, ROOMS)
    mine.counts[1] = 2
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(desk.clear, 1, 1, 1, 1, ROOMS).result()
    other.counts[1] = 5
    assert mine.counts[1] == 2 and not np.shares_memory(mine.shots, other.shots)


@mark.parametrize("policy", POLICIES)
@mark.parametrize("byte", [0x01, 0x7F, 0xFF])
def test_what_lies_in_the_scratch_never_matters(byte, policy):
    """Law: whatever an earlier raid has left where nothing is cleared, a replicate comes out the same; here with pairs, batteries, waits and misses."""
    flights = [{"points": [(250 + 12 * i, 60 * i - 150), (40, 30 * i - 80), (-60, 0)], "speed": 200.0, "start": 40 * i, "name": f"toy-{i}"} for i in range(7)]
    raid = toy.raid(*flights)
    pairs = [toy.pair(kind=KIND_CAP, rounds=2, p_kill=(0.5,) * 6, base=(-200.0, y), station=(-40.0, y), name=f"pair {y}") for y in (-60.0, 60.0)]
    guns = [toy.battery(channels=1, rounds=3, p_kill=(0.5,) * 6, name=f"battery {k}") for k in range(2)]
    allies = toy.coalition([toy.member()], [toy.caveat()], pairs, batteries=guns, policy=policy)
    first = fly(raid, allies, toy.ground(), 3)
    assert len(first.shots) > 3 and len(first.engagements) > 5
    for name in _SCRATCH:
        replicate._DESK._scratch[name].view(np.uint8).reshape(-1)[:] = byte
    again = fly(raid, allies, toy.ground(), 3)
    for field in fields(first):
        assert getattr(first, field.name).tobytes() == getattr(again, field.name).tobytes(), field.name
