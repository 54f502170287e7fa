"""A small night that a study flies in seconds."""

from __future__ import annotations

import pytest

from zaslin.scenario.night import Night
from zaslin.scenario.shipped import night
from zaslin.studies import block


@pytest.fixture
def small_night(monkeypatch: pytest.MonkeyPatch) -> Night:
    """Twelve threats of 2023-12-29, bound for the west; few route-only draws."""
    monkeypatch.setattr(block, "LEAST_ROUTES", 200)
    monkeypatch.setattr(block, "MOST_ROUTES", 200)
    whole = night("2023-12-29")
    groups = []
    for group in whole.groups:
        if group.model in ("Kh-101/Kh-555", "Shahed-136/131"):
            groups.append(group.model_copy(update={"count": 6, "destroyed": None, "lost": None, "targets": ("Lviv oblast",)}))
    return Night.model_validate(whole.model_copy(update={"groups": tuple(groups), "id": "2023-12-29"}).model_dump())
