"""Sums that are kept beside a large folder's tables: the same figures, made again where the tables or the question differ."""

from __future__ import annotations

import os

import pytest

from zaslin.measures import kept
from zaslin.measures.comparison import compare_json
from zaslin.measures.registry import MEASURES, measure
from zaslin.measures.values import Reading
from zaslin.outcomes.index import NAME
from zaslin.outcomes.store import open_results
from zaslin.outcomes.sums import FOLDER
from zaslin.studies.design import study
from zaslin.studies.run import run

PACKAGES = ("status-quo", "pl-ro-toward-border")


@pytest.fixture(scope="module")
def flown(tmp_path_factory, request):
    """Thirty blocks of a small night in two parts, with a given crossing."""
    from zaslin.scenario.night import Night
    from zaslin.scenario.shipped import night
    from zaslin.studies import block

    before = block.LEAST_ROUTES, block.MOST_ROUTES
    block.LEAST_ROUTES = block.MOST_ROUTES = 200
    request.addfinalizer(lambda: (setattr(block, "LEAST_ROUTES", before[0]), setattr(block, "MOST_ROUTES", before[1])))
    whole = night("2023-12-29")
    groups = tuple(
        group.model_copy(update={"count": 6, "destroyed": None, "lost": None, "targets": ("Lviv oblast",)})
        for group in whole.groups
        if group.model in ("Kh-101/Kh-555", "Shahed-136/131")
    )
    small = Night.model_validate(whole.model_copy(update={"groups": groups, "id": "2023-12-29"}).model_dump())
    return run(study(small, PACKAGES, 300, seed=3, given="PL-2023-12-29"), tmp_path_factory.mktemp("kept") / "runs", threads=2).folder


def near(one, other):
    """Whether two answers are the same but for the rounding of sums."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(near(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(near(a, b) for a, b in zip(one, other, strict=True))
    return one == (pytest.approx(other, rel=1e-9, abs=1e-12) if isinstance(one, float) and isinstance(other, float) else other)


def test_kept_sums_give_the_figures_of_the_tables(flown, monkeypatch):
    """Records: every measure of both packages, tagged and given, by the tables, by sums that are made, and by sums that were kept, member by member too."""
    by_tables = compare_json(open_results(flown), members=True)
    assert not (flown / FOLDER).exists()
    monkeypatch.setattr(kept, "LEAST", 1)
    monkeypatch.setattr(kept, "AT_A_TIME", 1)
    made = compare_json(open_results(flown), members=True)
    names = {path.name for path in (flown / FOLDER).iterdir()}
    assert names == {f"{package}-{draw}-0000000.sums" for package in PACKAGES for draw in ("plain", "tagged", "given")}
    monkeypatch.setattr(Reading, "collect", lambda *_: pytest.fail("the tables were read again"))
    again = compare_json(open_results(flown))
    assert near(by_tables, made)
    assert near({key: value for key, value in made.items() if "member" not in key}, again)
    assert by_tables["given"] is not None and any(row["mean"] for row in by_tables["differences"])


def test_sums_of_changed_tables_or_of_other_code_are_made_again(flown, monkeypatch):
    """A part that is written again has another time of change; another definition has another hash."""
    monkeypatch.setattr(kept, "LEAST", 1)
    chosen = [measure("coalition_kills")]
    compare_json(open_results(flown), measures=chosen)
    asked = []
    summed = Reading.collect
    monkeypatch.setattr(Reading, "collect", lambda self, which, package: (asked.append(package), summed(self, which, package)))
    compare_json(open_results(flown), measures=chosen)
    assert asked == []
    part = next((flown / PACKAGES[0]).glob("engagements-0*.parquet"))
    os.utime(part, ns=(1, 1))
    compare_json(open_results(flown), measures=chosen)
    assert asked == [PACKAGES[0]]
    monkeypatch.setattr(kept, "made_by", lambda: "other code")
    compare_json(open_results(flown), measures=chosen)
    assert set(asked[1:]) == set(PACKAGES)


def test_sums_keep_what_they_held_when_others_are_added(flown, monkeypatch):
    """Records: first one measure, then another, on disk and in memory: afterwards neither is summed again, and the figures are those of both at once."""
    monkeypatch.setattr(kept, "LEAST", 1)
    for path in (flown / FOLDER).iterdir() if (flown / FOLDER).exists() else ():
        path.unlink()
    one, other = measure("coalition_kills"), measure("incursions")
    reading = Reading(open_results(flown))
    first = compare_json(reading, measures=[one])
    compare_json(reading, measures=[other])
    monkeypatch.setattr(Reading, "collect", lambda *_: pytest.fail("the tables were read again"))
    assert compare_json(reading, measures=[one]) == first
    again = compare_json(open_results(flown), measures=[one, other])
    assert [row for row in again["measures"] if row["measure"] == one.name] == first["measures"]


def test_the_code_of_the_tables_is_part_of_what_made_the_sums(monkeypatch, tmp_path):
    """Law: another schema of tables, another hash; the code of the measures and of the tables is all there."""
    kept.made_by.cache_clear()
    before = kept.made_by()
    assert {path.name for path in kept._tables()} == {"store.py", "stored.py", "tables.py"}
    changed = tmp_path / "tables.py"
    changed.write_bytes(kept._tables()[-1].read_bytes() + b"# another\n")
    real = kept._tables()
    monkeypatch.setattr(kept, "_tables", lambda: [*real[:-1], changed])
    kept.made_by.cache_clear()
    assert kept.made_by() != before
    kept.made_by.cache_clear()


def test_a_folder_that_cannot_be_written_or_a_broken_file_of_sums_changes_no_figure(flown, monkeypatch):
    """What is kept is a convenience: garbled, it is made again; where nothing can be kept, it is made each time."""
    monkeypatch.setattr(kept, "LEAST", 1)
    chosen = [MEASURES[name] for name in ("leakers", "incursions")]
    first = compare_json(open_results(flown), measures=chosen)
    for path in (flown / FOLDER).iterdir():
        path.write_bytes(b"PAR1 no more")
    assert compare_json(open_results(flown), measures=chosen) == first
    monkeypatch.setattr(kept, "write_kept", lambda *_: None)
    for path in (flown / FOLDER).iterdir():
        path.unlink()
    assert compare_json(open_results(flown), measures=chosen) == first


def test_the_index_is_believed_only_for_parts_that_are_as_they_were(flown, monkeypatch):
    """A part that covers less than the index says (it was written again) is asked itself."""
    monkeypatch.setattr("zaslin.outcomes.index.LEAST", 1)
    (flown / NAME).unlink(missing_ok=True)
    results = open_results(flown)
    assert results.parts(PACKAGES[0]) == {0: 250, 250: 50}
    assert (flown / NAME).is_file()
    monkeypatch.setattr("zaslin.outcomes.store._noted", lambda *_: pytest.fail("a footer was read"))
    assert open_results(flown).parts(PACKAGES[0]) == {0: 250, 250: 50}
    monkeypatch.setattr("zaslin.outcomes.store._noted", lambda *_: (40, ["threats"]))
    os.utime(flown / PACKAGES[0] / "threats-000250.parquet", ns=(5, 5))
    assert open_results(flown).parts(PACKAGES[0]) == {0: 250, 250: 40}
    (flown / NAME).write_text("garbled")
    assert open_results(flown).parts(PACKAGES[0]) == {0: 40, 250: 40}
