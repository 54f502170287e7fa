"""Fixtures that every room's tests may use."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# Compiled kernels make a first example slow, so there is no deadline; CI draws the same examples every time.
settings.register_profile("dev", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

FLIES = (
    "benchmarks/test_quick_run.py", "doctrine/", "engine/", "oracle/", "studies/", "test_cli_sources.py", "test_cli_study.py", "test_front_door.py",
    "brief/test_walk_real.py",
)  # fmt: skip
"""Folders and files whose tests need the whole engine compiled."""
STATISTICS = tuple(f"studies/test_{name}.py" for name in ("baselines", "calibrate", "forecast", "hazard_filter", "hindcast"))
"""Of these the files that need none and take long: for whoever is done first."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Lots for the two processes of `make test`: one compiles the engine while the other tests all that needs none; a third lot follows."""
    from xdist.scheduler import LoadScopeScheduling

    class Lots(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            name = nodeid.removeprefix("tests/")
            if name.startswith(STATISTICS):
                return "statistics"
            return "flies" if name.startswith(FLIES) else "rest"

    return Lots(config, log)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of facts and data for calibration and tests; a stranger's clone lacks it."""
    folder = Path(os.environ.get("ZASLIN_SHARED") or Path(__file__).parents[2] / "shared")
    if not (folder / "data").is_dir():
        pytest.skip(f"needs the shared facts and data folder ({folder} is not there; set ZASLIN_SHARED)")
    return folder
