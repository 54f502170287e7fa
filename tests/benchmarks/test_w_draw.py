"""Workload W drawn anew: what stays, what changes."""

from __future__ import annotations

import numpy as np

from make_w import make_w
from w_draw import DRAWN, draw


def same(a, b) -> bool:
    """Whether two values of W are alike; routes are lists of arrays."""
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True)) if isinstance(a, list) else np.array_equal(a, b)


def test_what_stands_on_the_ground_stays():
    """Law: every replicate has the borders, bases, fighters, batteries and radars of make_w(seed=1)."""
    w = make_w(seed=1)
    for k in (0, 1, 7):
        assert all(same(draw(k)[name], w[name]) for name in w if name not in DRAWN)


def test_threats_are_drawn_anew_and_the_same_again():
    """Law: seed k for replicate k; replicate 1 is W itself; two replicates share no launch and no route."""
    a, b, w = draw(4), draw(5), make_w(seed=1)
    assert all(same(draw(4)[name], a[name]) for name in a)
    assert all(same(draw(1)[name], w[name]) for name in w)
    assert not np.isin(a["launch"], b["launch"]).any()
    assert not any(np.array_equal(x[0], y[0]) for x, y in zip(a["way"], b["way"]))
    assert {len(way) for way in a["way"]} == {3, 4, 5, 6} and (a["kind"] == 1).sum() == 36


def test_ten_times_of_one_kind_leaves_the_others_where_they_are():
    """Law: growth of one kind moves no other."""
    w = draw(2)
    many = draw(2, threats=1_200)
    assert len(many["way"]) == 1_200 and all(same(many[name], w[name]) for name in w if name not in DRAWN)
    armed = draw(2, fighters=480)
    assert len(armed["f_pk"]) == 480 and all(same(armed[name], w[name]) for name in ("bat", "bat_r", "rad", "base", "cap", "border", "kz", "way"))
    dense = draw(2, batteries=600, radars=300)
    assert len(dense["bat"]) == 600 and len(dense["rad_h"]) == 300 and all(same(dense[name], w[name]) for name in ("f_pk", "base", "border", "way"))
