"""Replicates to rows: fly every raid of a chunk under one package and name what came of it, in the schemas of outcomes.tables.

The door to the engine, and the one place where the objects that are no threats join a raid. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from zaslin.atlas.ground import Ground
from zaslin.engine.gathered import gather
from zaslin.engine.records import Flown
from zaslin.engine.replicate import Memory, Seen, act, act_on_tag, alive_s, engaged, likeness, may_engage, see
from zaslin.engine.rows import FLOWN, tables_of
from zaslin.outcomes.columns import no_rows
from zaslin.outcomes.tables import TABLES
from zaslin.world.arrays import Coalition, Raid
from zaslin.world.others import add_others
from zaslin.world.raid import around


@dataclass(frozen=True)
class Flights:
    """Raids flown under one package, before rows are made of them: what `tables_of` needs of each, and nothing that is large and over (way-points, zones)."""

    draw: str
    raids: list[Raid]
    coalitions: list[Coalition]
    samples: list[int]
    flown: list[Flown]
    group_names: Sequence[str]
    model_names: Sequence[str]


def fly_raids(
    raids: Sequence[Raid],
    coalitions: Sequence[Coalition],
    ground: Ground,
    seed: int,
    draw: str,
    samples: Sequence[int],
    group_names: Sequence[str],
    model_names: Sequence[str],
    memories: Sequence[Memory] | None = None,
    lasting: bool = True,
) -> Flights:
    """Fly raids[i] against coalitions[i] (one package, compiled for the raid's block).

    draw: "plain", "tagged" or "given"; in the last two only the tagged threat's rows are kept, no sorties and no air policing; of a raid that holds that
    threat alone, the others are drawn and flown only where a member may engage it. samples: one number per raid
    (plain: not written). group_names, model_names: for THREAT.group and THREAT.model. memories: what was seen of each raid under other packages, which is
    not looked for again; None: nothing. lasting: what is no longer needed is let go.
    Raises EngineError, naming replicate and package, where the engine stopped.
    """
    if not len(raids) == len(coalitions) == len(samples):
        raise ValueError(f"{len(raids)} raids, {len(coalitions)} coalitions and {len(samples)} samples; give one of each per replicate")
    if draw != "plain" and any(raid.tag < 0 for raid in raids):
        raise ValueError(f'a raid without a tagged threat cannot be flown as "{draw}"')
    alike = {key: likeness(coalition) for key, coalition in {id(each): each for each in coalitions}.items()} if memories is not None else {}
    flown_raids, flown = [], []
    for i, (drawn, coalition) in enumerate(zip(raids, coalitions, strict=True)):

        def look(raid: Raid, until_s: float = np.inf, coalition: Coalition = coalition, i: int = i) -> Seen:
            if memories is None:
                return see(raid, coalition, ground, seed, until_s=until_s)
            return memories[i].look(raid, coalition, ground, seed, alike[id(coalition)], until_s)

        seen, end_s = None, np.inf
        if drawn.whole is not None:
            seen, end_s = look(drawn), alive_s(drawn, drawn.tag)
            if not may_engage(seen, drawn.tag, end_s):
                flown_raids.append(drawn)
                flown.append(act_on_tag(drawn, coalition, ground, seed, seen, None, 0))
                continue
        raid = around(drawn)
        if coalition.others is not None:
            raid = add_others(raid, coalition.others, coalition.members, ground, seed)
        every = look(raid, end_s)  # what is permitted after the tagged threat's end does not concern it
        if seen is None:
            flown_raids.append(raid)
            flown.append(act(raid, coalition, ground, seed, every))
        else:
            flown_raids.append(drawn)
            flown.append(act_on_tag(drawn, coalition, ground, seed, seen, engaged(raid, coalition, ground, seed, every), raid.tag))
    if not lasting:
        return Flights(draw, flown_raids, list(coalitions), list(samples), flown, group_names, model_names)
    light = {id(coalition): replace(coalition, zones=coalition.zones[:0], others=None) for coalition in coalitions}
    return Flights(
        draw, [replace(raid, verts=raid.verts[:0].copy(), whole=None) for raid in flown_raids], [light[id(coalition)] for coalition in coalitions],
        list(samples), [_own(rows) for rows in flown], group_names, model_names,
    )  # fmt: skip


def _own(flown: Flown) -> Flown:
    """The rows without the room that was made for more of them."""
    return replace(flown, windows=flown.windows.copy(), pieces=flown.pieces.copy())


def tables_from(several: Sequence[Flights]) -> dict[str, pa.Table]:
    """Rows by table name, sorted by (replicate as they come, threat, time), of flights of one draw and package whose names are the same."""
    first = next((flights for flights in several if flights.raids), None)
    if first is None:
        return {name: no_rows(TABLES[name]) for name in FLOWN}
    raids, coalitions, samples, flown = (
        [item for flights in several for item in getattr(flights, name)] for name in ("raids", "coalitions", "samples", "flown")
    )
    return tables_of(gather(flown, raids), raids, coalitions, first.draw, samples, first.group_names, first.model_names)


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
    """`fly_raids` and their rows."""
    return tables_from([fly_raids(raids, coalitions, ground, seed, draw, samples, group_names, model_names, memories, lasting=False)])
