"""Replicates to rows: fly every raid of a chunk under one package and name what came of it, in the schemas of outcomes.tables.

The door to the engine, and the one place where the objects that are no threats join a raid. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from zaslin.atlas.ground import Ground
from zaslin.engine.gathered import gather
from zaslin.engine.replicate import Memory, act, likeness, see
from zaslin.engine.rows import FLOWN, tables_of
from zaslin.outcomes.columns import no_rows
from zaslin.outcomes.tables import TABLES
from zaslin.world.arrays import Coalition, Raid
from zaslin.world.others import add_others


def fly_chunk(
    raids: Sequence[Raid],
    coalitions: Sequence[Coalition],
    ground: Ground,
    seed: int,
    draw: str,
    samples: Sequence[int],
    group_names: Sequence[str],
    model_names: Sequence[str],
    memories: Sequence[Memory] | None = None,
) -> dict[str, pa.Table]:
    """Fly raids[i] against coalitions[i] (one package, compiled for the raid's block); rows by table name, sorted by (replicate, threat, time).

    draw: "plain", "tagged" or "given"; in the last two only the tagged threat's rows are kept, no sorties and no air policing. samples: one number per raid
    (plain: not written). group_names, model_names: for THREAT.group and THREAT.model. memories: what was seen of each raid under other packages, which is
    not looked for again; None: nothing.
    Raises EngineError, naming replicate and package, where the engine stopped.
    """
    if not len(raids) == len(coalitions) == len(samples):
        raise ValueError(f"{len(raids)} raids, {len(coalitions)} coalitions and {len(samples)} samples; give one of each per replicate")
    if draw != "plain" and any(raid.tag < 0 for raid in raids):
        raise ValueError(f'a raid without a tagged threat cannot be flown as "{draw}"')
    if not raids:
        return {name: no_rows(TABLES[name]) for name in FLOWN}
    alike = {key: likeness(coalition) for key, coalition in {id(each): each for each in coalitions}.items()} if memories is not None else {}
    flown_raids, flown = [], []
    for i, (drawn, coalition) in enumerate(zip(raids, coalitions, strict=True)):
        raid = drawn if coalition.others is None else add_others(drawn, coalition.others, coalition.members, ground, seed)
        seen = see(raid, coalition, ground, seed) if memories is None else memories[i].look(raid, coalition, ground, seed, alike[id(coalition)])
        flown_raids.append(raid)
        flown.append(act(raid, coalition, ground, seed, seen))
    return tables_of(gather(flown, flown_raids), flown_raids, coalitions, draw, samples, group_names, model_names)
