"""The packaged ground and the flat one, read once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from small_worlds import compile_with, flat_ground

from zaslin.atlas.ground import Ground, load_ground
from zaslin.world.night_arrays import NightInputs


@pytest.fixture(scope="session")
def ground() -> Ground:
    """The packaged ground."""
    return load_ground()


@pytest.fixture(scope="session")
def flat() -> Ground:
    """The ground made by hand."""
    return flat_ground()


@pytest.fixture(scope="session")
def compiled(ground: Ground) -> Callable[..., NightInputs]:
    """compiled(night, seed=1, block=0, routes=None, layer=None) on the packaged ground."""
    return lambda *args, **more: compile_with(ground, *args, **more)
