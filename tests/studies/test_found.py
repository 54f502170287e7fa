"""What the search found is kept in the folder and read for a package that is added; no byte depends on whether it is there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from zaslin.atlas.ground import load_ground
from zaslin.outcomes.search import FOLDER, _hash, read_search
from zaslin.outcomes.store import open_results
from zaslin.studies import block as blocks
from zaslin.studies.block import compile_block, draw_block, fly_raids_of, rows_of
from zaslin.studies.design import study
from zaslin.studies.found import from_plain
from zaslin.studies.run import run
from zaslin.world import compile_night
from zaslin.world.inputs import Luck

PACKAGES = ("status-quo", "pl-ro-toward-border")
GIVEN = "PL-2023-12-29"


def parquet(folder: Path) -> dict[str, bytes]:
    """All parts of a folder by their path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))}


def test_what_was_found_comes_back_to_the_bit_and_gives_the_same_raids(small_night):
    """Law: through JSON and back; rates, hits and the raids drawn from them are those of a block that is sought."""
    item, ground, luck = study(small_night, PACKAGES, 10, seed=3, given=GIVEN), load_ground(), Luck(3, 1)
    drawn = draw_block(item, ground, compile_block(item, ground, 1, luck))
    again = from_plain(json.loads(json.dumps(drawn.found.plain())), drawn.found.record)
    assert again == drawn.found and len(again.tagged) == 20 and len(again.given) == blocks.GIVEN_PER_BLOCK
    inputs = compile_block(item, ground, 1, luck, again)
    assert inputs.night.layers.tobytes() == drawn.inputs.night.layers.tobytes() and inputs.stop_reached == drawn.inputs.stop_reached
    other = draw_block(item, ground, inputs, found=again)
    for draw, raids in drawn.flights.items():
        assert [raid.verts.tobytes() + raid.threats.tobytes() for raid in raids] == [
            raid.verts.tobytes() + raid.threats.tobytes() for raid in other.flights[draw]
        ]


def test_an_added_package_seeks_nothing_again(small_night, tmp_path, monkeypatch):
    """Law: with neither search nor solving of rates at hand the added package's bytes are those of a run that was asked for both at once. The parts of the
    folder have the search of their own blocks."""
    run(study(small_night, PACKAGES, 30, seed=3, given=GIVEN), tmp_path / "both", threads=1)
    run(study(small_night, PACKAGES[:1], 30, seed=3, given=GIVEN), tmp_path / "grown", threads=1)
    assert sorted(read_search(open_results(tmp_path / "grown"), 0)) == [0, 1, 2]
    kept = (tmp_path / "grown" / FOLDER / "000000.json").read_bytes()

    def never(*_, **__):
        raise AssertionError("sought again")

    with monkeypatch.context() as without:
        for module, name in ((blocks, "find_tags"), (blocks, "find_given"), (compile_night, "_solve_rates")):
            without.setattr(module, name, never)
        run(study(small_night, PACKAGES, 30, seed=3, given=GIVEN), tmp_path / "grown", threads=2)
    assert parquet(tmp_path / "grown") == parquet(tmp_path / "both")
    assert (tmp_path / "grown" / FOLDER / "000000.json").read_bytes() == kept == (tmp_path / "both" / FOLDER / "000000.json").read_bytes()


@pytest.mark.parametrize("how", ["edited", "strange", *(pytest.param(how, marks=pytest.mark.slow) for how in ("gone", "cut", "other", "record"))])
def test_what_is_not_as_it_was_written_is_sought_again(small_night, tmp_path, how):
    """Records: the file deleted, cut short, one number changed, data of another kind with the right hash, the file of another seed, a tagging record changed:
    the same bytes, and the file is whole again."""
    run(study(small_night, PACKAGES, 10, seed=3), tmp_path / "both", threads=1)
    run(study(small_night, PACKAGES[:1], 10, seed=3), tmp_path / "grown", threads=1)
    path = tmp_path / "grown" / FOLDER / "000000.json"
    text = path.read_text(encoding="utf-8")
    held = json.loads(text)
    if how == "gone":
        path.unlink()
    elif how == "cut":
        path.write_text(text[:-9], encoding="utf-8")
    elif how == "edited":
        held["blocks"]["0"]["tagged"][0][2] += 1
        path.write_text(json.dumps(held), encoding="utf-8")
    elif how == "other":
        odd = {"0": {"rates": "none"}}
        told = _hash(open_results(tmp_path / "grown"), 0, odd)
        path.write_text(json.dumps({"sha256": told, "blocks": odd}), encoding="utf-8")
    elif how == "strange":  # a whole file, of the same night with another luck
        run(study(small_night, PACKAGES[:1], 10, seed=4), tmp_path / "stranger", threads=1)
        path.write_text((tmp_path / "stranger" / FOLDER / "000000.json").read_text(encoding="utf-8"), encoding="utf-8")
    else:
        records = tmp_path / "grown" / "tagging" / "000000.json"
        edited = json.loads(records.read_text(encoding="utf-8"))
        edited["0"]["strata"][0]["chance"] *= 2.0
        records.write_text(json.dumps(edited), encoding="utf-8")
    run(study(small_night, PACKAGES, 10, seed=3), tmp_path / "grown", threads=1)
    assert parquet(tmp_path / "grown") == parquet(tmp_path / "both")
    assert path.read_text(encoding="utf-8") == text


def test_rows_of_several_blocks_are_those_of_each(small_night):
    """Law: made at once, the tables of three blocks are their own tables one after another, for every draw."""
    item, ground = study(small_night, PACKAGES[1:], 30, seed=3, given=GIVEN), load_ground()
    flown = [fly_raids_of(item, ground, item.packages, number) for number in range(3)]
    for draw in ("plain", "tagged", "given"):
        together = rows_of(flown, PACKAGES[1], draw)
        each = [rows_of([one], PACKAGES[1], draw) for one in flown]
        for name, table in together.items():
            assert table.to_pylist() == [row for tables in each for row in tables[name].to_pylist()], (draw, name)
        assert together["threats"].num_rows > 0
    assert rows_of([], PACKAGES[1], "plain") == {}
