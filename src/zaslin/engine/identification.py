"""Identification: what a member takes an object for that is no threat; threats are known for what sensing takes them for."""

from __future__ import annotations

import numpy as np

from zaslin.jit import lean
from zaslin.world.others import mistaken


@lean
def recognise(seed, replicate, threats, members, sight):
    """Set `sight.taken_for` (members, threats) of every object that is no threat: its class where the member takes it for one, else -1 for good.

    The coin is cast once (`zaslin.world.others.mistaken`): another look does not help.
    """
    for j in range(len(threats)):
        threat = threats[j]
        if threat.other == 0:
            continue
        for m in range(len(members)):
            taken = mistaken(seed, replicate, threat.entity, members[m], np.int64(threat.other))
            sight[m, j].taken_for = threat.cls if taken else -1
