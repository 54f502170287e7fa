"""A named point of a scenario, and how its parts are named."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from zaslin.scenario.sourced import Strict

Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]


class Place(Strict):
    """A named point, degrees."""

    name: str
    lat: Annotated[float, Field(ge=35, le=70)]
    lon: Annotated[float, Field(ge=-10, le=60)]
