"""Whether a night has crossings like the given one: a look at a few blocks' routes before any replicate is flown."""

from __future__ import annotations

from zaslin.atlas.borders import COUNTRIES
from zaslin.atlas.ground import load_ground
from zaslin.scenario.no_crossing import no_crossing
from zaslin.studies.block import GIVEN_PER_BLOCK, LEAST_ROUTES, MOST_ROUTES, ROUTES_PER_THREAT, compile_block, like
from zaslin.studies.design import Study
from zaslin.world.given import find_given
from zaslin.world.inputs import Luck
from zaslin.world.tagging import find_tags

BLOCKS = 3
"""Blocks whose routes are searched; a fifth of a second each, and only where the first finds nothing."""


def lacks_given(item: Study) -> str | None:
    """Why the study's night has no crossing like the given incident, by the routes of its first blocks: the very ones that its run would search. None where one
    of them has any, or nothing was given. The words say how many blocks were looked at, and no rate: the run's own, from all of them, comes at its end.
    """
    if item.given is None:
        return None
    ground, routes, blocks = load_ground(), 0, min(BLOCKS, item.blocks)
    for block in range(blocks):
        inputs = compile_block(item, ground, block, Luck(item.seed, block, None))
        found = find_given(inputs, ground, item.seed, block, like(item.given), GIVEN_PER_BLOCK)
        if found.hits:
            return None
        routes += found.record.routes
    counts = [min(max(ROUTES_PER_THREAT * int(row["n"]), LEAST_ROUTES), MOST_ROUTES) for row in inputs.night.groups]
    tags = find_tags(inputs, ground, item.seed, block, counts)
    chances = {(inputs.group_ids[group], COUNTRIES[country]): chance for (group, country), (chance, _) in tags.chance.items()}
    said = no_crossing(item.given.model_dump(mode="json"), item.night.model_dump(mode="json"), chances, routes, blocks, rates=False)
    return f"a first look, at {blocks} of the run's {item.blocks} block{'' if item.blocks == 1 else 's'}: {said}"
