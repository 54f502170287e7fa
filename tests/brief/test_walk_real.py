"""The walk over briefs of real runs: shipped nights and packages, flown for this test; ten replicates, for the page has the same words with more."""

from __future__ import annotations

import pytest
from walk import page_of

import zaslin as zs
from zaslin.brief.page import render


@pytest.mark.parametrize(
    ("night", "packages", "given"),
    [
        pytest.param("2023-12-29", ("status-quo", "pl-ro-toward-border", "skyshield-west"), "PL-2023-12-29", marks=pytest.mark.slow),
        ("2024-07-25", ("status-quo", "pl-ro-toward-border"), None),
    ],
)
def test_from_every_number_of_a_real_brief_two_steps_lead_to_its_source_or_assumption(tmp_path, night: str, packages: tuple[str, ...], given: str | None):
    """Law, as over the made-up folder: with published answers, many members and a given crossing, and without."""
    results = zs.run(zs.study(night, list(packages), replicates=10, seed=7, given=given), tmp_path / "run")
    page = page_of(render(results), results)
    found = page.walk()
    assert found.lost == []
    assert page.astray() == []
    assert len(found.walked) > 800
