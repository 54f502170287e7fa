"""The made-up results folder that this room's tests share."""

from __future__ import annotations

import pytest
from brief_folder import make_folder, package

from zaslin.outcomes.store import Results


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Three packages and a given crossing."""
    packages = [
        package("status-quo", "Status quo", fires=False),
        package("toward", "What flies toward us"),
        package("may-enter", "They may enter", enters=True),
    ]
    return make_folder(tmp_path_factory.mktemp("brief") / "three", packages)
