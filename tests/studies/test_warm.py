"""The made-up flight that compiles the engine beside the raid."""

from __future__ import annotations

from zaslin.atlas.ground import load_ground
from zaslin.engine.engagements import engage
from zaslin.engine.sensing import sense
from zaslin.studies.block import fly_block
from zaslin.studies.design import study
from zaslin.studies.warm import fly_made_up


def test_the_made_up_flight_compiles_the_engine_for_the_types_of_a_real_one(small_night):
    """Else the second process would compile what nobody calls: after it, a real block adds no signature."""
    ground = load_ground()
    assert fly_made_up(ground) > 0
    before = [len(kernel.signatures) for kernel in (engage, sense)]
    item = study(small_night, ["skyshield-west"], 10, seed=1)
    fly_block(item, ground, item.packages, 0)
    assert [len(kernel.signatures) for kernel in (engage, sense)] == before
