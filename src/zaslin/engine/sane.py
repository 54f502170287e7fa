"""What the kernels may be given: numbers that are numbers, times that run forward, indices that exist. Nothing else of the engine checks its inputs.

A kernel that walks a path by steps would walk forever on a place that is no number; so nothing of the kind is let in.
"""

from __future__ import annotations

from weakref import WeakValueDictionary

import numpy as np

from zaslin.doctrine.consent import MAX_CAVEATS
from zaslin.jit import lean
from zaslin.world.arrays import KIND_GBAD, N_CLASSES, N_OTHERS, POLICIES, ZONE_NAMED, Coalition, Raid

FARTHEST_M = 1e8
"""Greatest coordinate in the plane, m: beyond a gnomonic angle of 86°."""
LONGEST_S = 1e7
"""Greatest time from the epoch, s."""


_sound: WeakValueDictionary[int, Coalition] = WeakValueDictionary()
"""Packages in which nothing was wrong, by their identity: each is looked at once, not in each replicate."""


@lean
def _is_sound(threats, verts, inside):
    """Whether `raid_fault` has nothing to say of these arrays; all that is left to it is to find the words."""
    n, n_verts = len(threats), len(verts)
    for k in range(n_verts):
        v = verts[k]
        if not (abs(v.x) <= FARTHEST_M and abs(v.y) <= FARTHEST_M and abs(v.t) <= LONGEST_S and abs(v.alt) <= FARTHEST_M):
            return False
    for j in range(n):
        a = threats[j]
        if a.vert_from < 0 or a.vert_to > n_verts or a.vert_to - a.vert_from < 2:
            return False
        if a.cls < 0 or a.cls >= N_CLASSES or a.other < 0 or a.other >= N_OTHERS:
            return False
        for k in range(a.vert_from, a.vert_to - 1):
            if verts[k + 1].t < verts[k].t:
                return False
        if not (np.isfinite(a.launch_s) and np.isfinite(a.end_s) and np.isfinite(a.speed_mps) and np.isfinite(a.weight)):
            return False
        if not (np.isfinite(a.bc_kgm2) and np.isfinite(a.casualty_m2)) or a.bc_kgm2 <= 0.0 or a.casualty_m2 < 0.0:
            return False
        if np.isnan(a.stop_s) or a.end_s < a.launch_s:
            return False
    for s in range(len(inside)):
        stay = inside[s]
        if stay.threat < 0 or stay.threat >= n or (s > 0 and stay.threat < inside[s - 1].threat):
            return False
        if not (np.isfinite(stay.entry_s) and np.isfinite(stay.exit_s) and np.isfinite(stay.inside_s)):
            return False
        if not (np.isfinite(stay.entry_x) and np.isfinite(stay.entry_y)):
            return False
    return True


def raid_fault(raid: Raid) -> str | None:
    """What is wrong with a raid's arrays, in a sentence, or None. Inf is allowed only where it has a meaning (`stop_s`)."""
    threats, verts, inside = raid.threats, raid.verts, raid.inside
    n, n_verts = len(threats), len(verts)
    if len(raid.names) != n:
        return f"{n} threats and {len(raid.names)} names"
    if n == 0 or _is_sound(threats, verts, inside):
        return None
    first, last = threats["vert_from"].astype(np.int64), threats["vert_to"].astype(np.int64)
    bad = (first < 0) | (last > n_verts) | (last - first < 2)
    if bad.any():
        return f"threat {_name(raid, bad)} has no path of two vertices"
    bad = (threats["cls"] < 0) | (threats["cls"] >= N_CLASSES)
    if bad.any():
        return f"threat {_name(raid, bad)} is of a class that there is not"
    bad = (threats["other"] < 0) | (threats["other"] >= N_OTHERS)
    if bad.any():
        return f"threat {_name(raid, bad)} is no threat of a kind that there is not"
    for column in ("x", "y", "t", "alt"):
        most = LONGEST_S if column == "t" else FARTHEST_M
        wrong = ~(np.abs(verts[column]) <= most)
        if wrong.any():
            at = int(np.flatnonzero(wrong)[0])
            owner = (first <= at) & (at < last)
            whose = f" of threat {_name(raid, owner)}" if owner.any() else ""
            return f"vertex {at}{whose}: {column} is {verts[column][at]}; a number of at most {most:g} is needed"
    begins = np.zeros(n_verts, dtype=bool)
    begins[first] = True
    backward = np.flatnonzero((np.diff(verts["t"]) < 0.0) & ~begins[1:])
    if len(backward):
        owner = (first <= backward[0]) & (backward[0] + 1 < last)
        if owner.any():
            return f"threat {_name(raid, owner)} flies backward in time after its vertex {int(backward[0])}"
    for column in ("launch_s", "end_s", "speed_mps", "weight", "bc_kgm2", "casualty_m2"):
        bad = ~np.isfinite(threats[column])
        if bad.any():
            return f"threat {_name(raid, bad)}: {column} is {threats[column][bad][0]}; a number is needed"
    bad = np.isnan(threats["stop_s"]) | (threats["end_s"] < threats["launch_s"])
    if bad.any():
        return f"threat {_name(raid, bad)}: its end or Ukraine's stop is no time after its launch"
    bad = (threats["bc_kgm2"] <= 0.0) | (threats["casualty_m2"] < 0.0)
    if bad.any():
        return f"threat {_name(raid, bad)}: a wreck needs a ballistic coefficient above 0 and a casualty area"
    if len(inside):
        if ((inside["threat"] < 0) | (inside["threat"] >= n)).any():
            return "a stay belongs to no threat"
        if not all(np.isfinite(inside[column]).all() for column in ("entry_s", "exit_s", "inside_s", "entry_x", "entry_y")):
            return f"a stay of threat {raid.names[int(inside['threat'][0])]} or another has a time or place that is no number"
        if (np.diff(inside["threat"]) < 0).any():
            return "stays are not in the order of their threats"
    return None


def coalition_fault(coalition: Coalition) -> str | None:
    """What is wrong with a package's arrays, in a sentence, or None; a package in which nothing was is not looked at again."""
    if _sound.get(id(coalition)) is coalition:
        return None
    fault = _coalition_fault(coalition)
    if fault is None:
        _sound[id(coalition)] = coalition
    return fault


def _coalition_fault(coalition: Coalition) -> str | None:
    members, shooters, caveats = coalition.members, coalition.shooters, coalition.caveats
    n = len(members)
    for name, rows in (("shooter", shooters), ("caveat", caveats), ("airborne radar", coalition.radars)):
        if len(rows) and ((rows["member"] < 0) | (rows["member"] >= n)).any():
            return f"a {name} belongs to no member"
    may_be_endless = {"pursuit_m", "crew_duty_s"}
    for name, rows in (("member", members), ("shooter", shooters), ("caveat", caveats), ("airborne radar", coalition.radars), ("battery", coalition.batteries)):
        for column in rows.dtype.names or ():
            values = rows[column]
            if values.dtype.kind == "f" and not (np.isfinite(values) | (np.isposinf(values) if column in may_be_endless else False)).all():
                return f"{name}: {column} holds what is no number"
    if np.bincount(caveats["member"], minlength=1).max() > MAX_CAVEATS:
        return f"a member has more than {MAX_CAVEATS} caveats"
    named = caveats["named"][caveats["zone"] == ZONE_NAMED]
    if ((named < 0) | (named >= len(coalition.zones))).any():
        return "a caveat names a zone that there is not"
    if not 0 <= coalition.policy < len(POLICIES):
        return "a policy of assignment that there is not"
    if len(shooters) and ((shooters["rounds"] < 0) | (shooters["bursts"] < 0)).any():
        return "a shooter with less than no rounds"
    flying = shooters[shooters["kind"] != KIND_GBAD]
    if len(flying) and not ((flying["cruise_mps"] > 0.0) & (flying["dash_mps"] > 0.0) & (flying["endurance_s"] > 0.0)).all():
        return "a fighter without speed or endurance"
    if len(shooters) and not (shooters["missile_mps"] > 0.0).all():
        return "a shooter whose rounds do not fly"
    if ((shooters["bursts"] > 0) & ~(shooters["gun_mps"] > 0.0)).any():
        return "a gun whose shells do not fly"
    if len(coalition.batteries) and ((coalition.batteries["shooter"] < 0) | (coalition.batteries["shooter"] >= len(shooters))).any():
        return "a battery that is no shooter"
    if len(np.unique(coalition.batteries["shooter"])) < len(coalition.batteries):
        return "two batteries that are one shooter"
    return None


def _name(raid: Raid, which: np.ndarray) -> str:
    return str(raid.names[int(np.flatnonzero(which)[0])])
