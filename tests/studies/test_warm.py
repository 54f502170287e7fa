"""The made-up flight that compiles the engine beside the raid."""

from __future__ import annotations

from zaslin.atlas.ground import load_ground
from zaslin.doctrine.consent import open_windows
from zaslin.engine.engagements import engage
from zaslin.engine.fates import cut_incursions, fill_falls, fill_fates
from zaslin.engine.sensing import sense
from zaslin.engine.why import fill_causes
from zaslin.studies.block import fly_block
from zaslin.studies.design import study
from zaslin.studies.warm import permit_and_act, see_and_fall

KERNELS = (engage, sense, open_windows, fill_fates, cut_incursions, fill_falls, fill_causes)


def test_the_made_up_flight_compiles_the_engine_for_the_types_of_a_real_one(small_night):
    """Else the second process would compile what nobody calls: after it, a real block adds no signature."""
    ground = load_ground()
    assert see_and_fall(ground) > 0
    assert permit_and_act(ground) == 0
    before = [len(kernel.signatures) for kernel in KERNELS]
    item = study(small_night, ["skyshield-west"], 10, seed=1)
    fly_block(item, ground, item.packages, 0)
    assert [len(kernel.signatures) for kernel in KERNELS] == before
