"""The results folder: same rows, same bytes; whole parts or none; messages that say what would do."""

from __future__ import annotations

import copy
import errno
import json
import os
import pickle
from itertools import pairwise, permutations
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zaslin.errors import StoreError
from zaslin.outcomes import disk, stored
from zaslin.outcomes.manifest import question_hash
from zaslin.outcomes.store import create, open_results
from zaslin.outcomes.tables import SCHEMA_VERSION, TABLES

MANIFEST: dict[str, Any] = {
    "schema_version": SCHEMA_VERSION, "inputs_hash": "abc", "seed": 7, "block_size": 10, "replicates": 500, "night": {"id": "2023-12-29"},
    "packages": [{"name": "status-quo", "members": []}, {"name": "shield", "members": []}], "inputs": [{"path": "routes.drift", "value": 0.5}],
    "given": None,
}  # fmt: skip


def table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Rows of a table with nulls where a row is silent."""
    schema = TABLES[name]
    return pa.Table.from_pylist([{field.name: row.get(field.name) for field in schema} for row in rows], schema=schema)


def threats(replicates: range, per: int = 2, **columns: Any) -> pa.Table:
    rows = [
        {"draw": "plain", "replicate": r, "block": r // 10, "threat": f"kh101-{i:03d}", "fate": "leaked" if (r + i) % 3 else "lost", **columns}
        for r in replicates
        for i in range(per)
    ]
    return table("threats", rows)


def incursions(replicates: range) -> pa.Table:
    rows = [{"draw": "plain", "replicate": r, "threat": "kh101-000", "country": "PL", "entry_s": 100.0 - r, "exit_s": 200.0} for r in replicates]
    return table("incursions", rows)


@given(order=st.permutations(range(40)), cuts=st.lists(st.integers(1, 39), max_size=5), lexicon=st.permutations(["leaked", "lost", "unused"]))
def test_the_same_rows_give_the_same_bytes_whatever_their_order_chunks_and_dictionaries(order: list[int], cuts: list[int], lexicon: list[str]):
    """Law: bytes are a function of the set of rows."""
    notes = {b"n": "1"}
    rows = threats(range(20))
    shuffled = rows.take(order)
    codes = pa.DictionaryArray.from_arrays(
        pa.array([lexicon.index(fate) for fate in shuffled.column("fate").to_pylist()], pa.int16()), pa.array(lexicon)
    )
    shuffled = shuffled.set_column(shuffled.column_names.index("fate"), "fate", codes)
    edges = [0, *sorted(set(cuts)), 40]
    chunked = pa.concat_tables([shuffled.slice(a, b - a) for a, b in pairwise(edges)])
    other = stored.parquet_bytes("threats", chunked.select(list(reversed(chunked.column_names))), "plain", 0, 20, notes)
    assert other == stored.parquet_bytes("threats", rows, "plain", 0, 20, notes)


def test_writing_twice_and_in_another_folder_gives_the_same_files(tmp_path: Path):
    """Law: no clock, path or order of writing enters a part."""
    for name, packages in (("one", ("status-quo", "shield")), ("two", ("shield", "status-quo"))):
        results = create(tmp_path / name, {**MANIFEST, "threads": len(name)})
        for package in packages:
            results.write_part(package, "plain", 0, {"threats": threats(range(250)), "incursions": incursions(range(250))})
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.parquet"))
    assert len(files) == 4
    assert all((tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes() for file in files)


def test_a_table_comes_back_sorted_with_its_values(tmp_path: Path):
    """By hand: entries come in falling order within the part and go out by (replicate, threat, entry)."""
    results = create(tmp_path / "r", MANIFEST)
    results.write_part("shield", "plain", 0, {"threats": threats(range(3)), "incursions": incursions(range(2, -1, -1))})
    frame = open_results(tmp_path / "r").table("incursions", "shield")
    assert frame.get_column("replicate").to_list() == [0, 1, 2]
    assert frame.get_column("entry_s").to_list() == [100.0, 99.0, 98.0]
    assert frame.get_column("country").to_list() == ["PL"] * 3


def test_a_table_without_parts_has_no_rows_and_the_right_columns(tmp_path: Path):
    frame = create(tmp_path / "r", MANIFEST).table("shots", "shield", "tagged")
    assert frame.height == 0
    assert frame.columns == TABLES["shots"].names
    assert frame.schema["hit"] == pl.Boolean and frame.schema["member"] == pl.String and frame.schema["fire_s"] == pl.Float64


def test_a_map_path_keeps_its_points(tmp_path: Path):
    results = create(tmp_path / "r", MANIFEST)
    flown = {"t_s": [0.0, 60.0], "lat": [50.0, 50.1], "lon": [30.0, 29.9], "alt_m": [100.0, 90.0]}
    path = table("paths", [{"draw": "plain", "replicate": 0, "threat": "kh101-000", **flown}])
    results.write_part("shield", "plain", 0, {"threats": threats(range(1)), "paths": path}, count=1)
    results.write_part("shield", "plain", 250, {"threats": threats(range(250, 251))}, count=1)  # a part need not have paths
    assert results.table("paths", "shield").get_column("lat").to_list() == [[50.0, 50.1]]


def test_what_never_happened_is_null_not_nan(tmp_path: Path):
    results = create(tmp_path / "r", MANIFEST)
    results.write_part("shield", "plain", 0, {"threats": threats(range(2), first_border_s=float("nan"))})
    assert results.table("threats", "shield").get_column("first_border_s").to_list() == [None] * 4


def test_missing_parts_are_named_and_a_short_last_part_grows(tmp_path: Path):
    """By hand: of 500 replicates 0–249 are there; with 60 more asked for, the part of 250–299 has 50 of its 250."""
    results = create(tmp_path / "r", {**MANIFEST, "replicates": 300})
    assert results.missing("shield", "plain", 300) == [(0, 250), (250, 50)]
    results.write_part("shield", "plain", 0, {"threats": threats(range(250))})
    results.write_part("shield", "plain", 250, {"threats": threats(range(250, 300))})
    assert results.missing("shield", "plain", 300) == []
    more = create(tmp_path / "r", {**MANIFEST, "replicates": 560})
    assert more.replicates == 560
    assert more.missing("shield", "plain", 560) == [(250, 250), (500, 60)]
    more.write_part("shield", "plain", 250, {"threats": threats(range(250, 500))})
    assert more.missing("shield", "plain", 560) == [(500, 60)]
    assert more.table("threats", "shield").height == 2 * 500


def test_fewer_replicates_than_held_keep_what_is_there(tmp_path: Path):
    """What counts is what is finished in every package, not what was once asked for."""
    results = create(tmp_path / "r", MANIFEST)
    assert create(tmp_path / "r", {**MANIFEST, "replicates": 20}).replicates == 20
    for package in results.packages:
        results.write_part(package, "plain", 0, {"threats": threats(range(30))})
    assert create(tmp_path / "r", {**MANIFEST, "replicates": 20}).replicates == 30
    assert results.finished() == 30


def test_the_package_with_the_most_says_how_many_a_folder_keeps(tmp_path: Path):
    """By hand: one has 300, the other was stopped before its first part; asked for 100, both are to have 300, and a third one too."""
    results = create(tmp_path / "r", MANIFEST)
    results.write_part("status-quo", "plain", 0, {"threats": threats(range(250))})
    results.write_part("status-quo", "plain", 250, {"threats": threats(range(250, 300))})
    assert (results.finished(), results.most()) == (0, 300)
    assert create(tmp_path / "r", {**MANIFEST, "replicates": 100}).replicates == 300
    more = {**MANIFEST, "packages": [*MANIFEST["packages"], {"name": "skyshield"}], "inputs_hash": "def"}
    with pytest.raises(StoreError, match="holds 300 replicates of a package; an added one needs as many, 100 were asked for"):
        create(tmp_path / "r", {**more, "replicates": 100})
    assert create(tmp_path / "r", {**more, "replicates": 300}).packages == ("status-quo", "shield", "skyshield")


def test_tagged_and_given_parts_go_by_sample(tmp_path: Path):
    results = create(tmp_path / "r", MANIFEST)
    rows = [{"draw": "tagged", "sample": s, "replicate": 3 * s, "block": s, "threat": "kh101-000", "tag_country": "PL", "weight": 0.1} for s in range(3)]
    results.write_part("shield", "tagged", 0, {"threats": table("threats", rows)})
    assert (tmp_path / "r" / "shield" / "threats-tagged-000000.parquet").is_file()
    assert results.table("threats", "shield", "tagged").get_column("sample").to_list() == [0, 1, 2]
    assert results.table("threats", "shield").height == 0
    assert results.parts("shield", "tagged") == {0: 3}


@pytest.mark.parametrize(
    ("tables", "first", "says"),
    [
        ({"incursions": incursions(range(2))}, 0, "needs the table threats"),
        ({"threats": threats(range(2))}, 100, "multiple of 250"),
        ({"threats": threats(range(251))}, 0, "1 to 250"),
        ({"threats": threats(range(5)), "incursions": incursions(range(9))}, 0, "replicates 0–8 in a part that covers 0–4"),
        ({"threats": threats(range(2), draw="tagged")}, 0, "rows of draw"),
        ({"threats": threats(range(2)).drop_columns(["fate"])}, 0, "columns missing"),
        ({"threats": threats(range(2)), "weather": threats(range(2))}, 0, "no table"),
    ],
)
def test_rows_that_do_not_belong_are_refused(tmp_path: Path, tables: dict[str, pa.Table], first: int, says: str):
    results = create(tmp_path / "r", MANIFEST)
    with pytest.raises(ValueError, match=says):
        results.write_part("shield", "plain", first, tables)
    assert not list((tmp_path / "r").rglob("*.parquet"))


# -- another question -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"seed": 8}, "seed 7, now 8"),
        ({"night": {"id": "2024-03-24"}}, "night 2023-12-29, now 2024-03-24"),
        ({"night": {"id": "2023-12-29", "title": "other"}}, r"night 2023-12-29 with other content \(title none, now \"other\"\)"),
        ({"packages": [{"name": "status-quo", "members": []}]}, "package shield no longer asked for"),
        ({"packages": [*MANIFEST["packages"], {"name": "skyshield"}], "seed": 8}, "another question: seed 7, now 8. What it holds"),
        ({"packages": [MANIFEST["packages"][0], {"name": "skyshield"}]}, "package shield no longer asked for; package skyshield added"),
        ({"packages": [*MANIFEST["packages"], {"name": "skyshield"}], "inputs": [{"path": "routes.drift", "value": 0.7}]}, r": input routes.drift \([^)]*\)\."),
        ({"packages": [{"name": "status-quo", "members": [{"nation": "PL"}]}, MANIFEST["packages"][1]]}, r"package status-quo with other content \(members\)"),
        ({"inputs": [{"path": "routes.drift", "value": 0.7}]}, r"input routes.drift \(value 0.5, now 0.7"),
        ({"given": {"id": "pl-2022-11-15"}}, "given incident none, now pl-2022-11-15"),
        ({"block_size": 5}, "block_size 10, now 5"),
        ({}, "inputs that the manifest does not list"),
    ],
)
def test_a_folder_is_not_continued_with_another_question(tmp_path: Path, change: dict[str, Any], says: str):
    create(tmp_path / "r", MANIFEST)
    with pytest.raises(StoreError, match=says) as caught:
        create(tmp_path / "r", {**MANIFEST, "inputs_hash": "other", **change})
    assert "hoose another folder" in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_package_can_be_added_and_what_is_there_stays(tmp_path: Path):
    """By hand: a third package and its own numbers; the parts of the first two stand, the manifest has the new question."""
    results = create(tmp_path / "r", {**MANIFEST, "replicates": 20})
    for name in results.packages:
        results.write_part(name, "plain", 0, {"threats": threats(range(20))})
    own = {"path": "package.skyshield.members[PL].assets[qra].pairs", "value": 1}
    more = {"packages": [*MANIFEST["packages"], {"name": "skyshield"}], "inputs": [*MANIFEST["inputs"], own], "inputs_hash": "def", "replicates": 20}
    grown = create(tmp_path / "r", {**MANIFEST, **more})
    assert grown.packages == ("status-quo", "shield", "skyshield") and grown.manifest["inputs_hash"] == "def" and own in grown.manifest["inputs"]
    assert [grown.parts(name) for name in grown.packages] == [{0: 20}, {0: 20}, {}]
    assert open_results(tmp_path / "r").manifest == grown.manifest


def test_no_package_is_added_on_fewer_replicates_or_beside_work_on_those_there(tmp_path: Path):
    """By the rule: both are told, and the manifest is left as it was."""
    results = create(tmp_path / "r", {**MANIFEST, "replicates": 20})
    for name in results.packages:
        results.write_part(name, "plain", 0, {"threats": threats(range(20))})
    before = (tmp_path / "r" / "manifest.json").read_bytes()
    more = {**MANIFEST, "packages": [*MANIFEST["packages"], {"name": "skyshield"}], "inputs_hash": "def", "replicates": 10}
    with pytest.raises(StoreError, match="holds 20 replicates of a package; an added one needs as many, 10 were asked for"):
        create(tmp_path / "r", more)
    (tmp_path / "r" / "coalitions").mkdir()
    with pytest.raises(StoreError, match=r"\(coalitions\), so no other can be added. Ask for status-quo, shield, skyshield together in another folder"):
        create(tmp_path / "r", {**more, "replicates": 20})
    assert (tmp_path / "r" / "manifest.json").read_bytes() == before


def test_with_a_raster_a_package_is_added_behind_those_there(tmp_path: Path):
    """By the rule: a member's terrain mask is that of the first package that names it, so no other order is taken, whether packages are added or not."""
    terrain = {"terrain": {"name": "hills.tif", "sha256": "a", "size_bytes": 1, "version": 1}}
    one, two, new = *MANIFEST["packages"], {"name": "skyshield"}
    create(tmp_path / "r", {**MANIFEST, **terrain})
    for packages in ([new, one, two], [one, new, two], [two, one, new]):
        with pytest.raises(StoreError, match=r"another order, on which the terrain mask depends\. What it holds can still be read\. Choose another"):
            create(tmp_path / "r", {**MANIFEST, **terrain, "packages": packages, "inputs_hash": "def"})
    with pytest.raises(StoreError, match="another question: packages in another order"):
        create(tmp_path / "r", {**MANIFEST, **terrain, "packages": [two, one]})
    assert create(tmp_path / "r", {**MANIFEST, **terrain, "packages": [one, two, new], "inputs_hash": "def"}).packages[2] == "skyshield"
    create(tmp_path / "smooth", MANIFEST)
    assert len(create(tmp_path / "smooth", {**MANIFEST, "packages": [new, two, one], "inputs_hash": "def"}).packages) == 3


def test_other_code_is_another_question(tmp_path: Path):
    create(tmp_path / "r", {**MANIFEST, "kernels": "one"})
    with pytest.raises(StoreError, match="another version of the model's code"):
        create(tmp_path / "r", {**MANIFEST, "kernels": "two"})
    # a package that could be added, with its numbers and its aircraft's, is not what hinders
    brought = [{"path": "package.skyshield.members[PL].assets[qra].pairs", "value": 1}, {"path": "aircraft.F-16C.reach", "value": 30}]
    more = {"packages": [*MANIFEST["packages"], {"name": "skyshield"}], "inputs": [*MANIFEST["inputs"], *brought], "inputs_hash": "def"}
    with pytest.raises(StoreError) as told:
        create(tmp_path / "r", {**MANIFEST, **more, "kernels": "two"})
    assert "another question: another version of the model's code (zaslin was changed or upgraded). What it holds can still be read. Choose" in str(told.value)


def test_the_same_question_keeps_what_the_run_noted_and_renews_the_rest(tmp_path: Path):
    first = create(tmp_path / "r", {**MANIFEST, "started": "then", "threads": 1})
    first.update(tagging={"0": {}})
    first.finish({"seconds": 3.0})
    again = create(tmp_path / "r", {**MANIFEST, "started": "now", "threads": 2})
    assert again.manifest["tagging"] == {"0": {}}
    assert (again.manifest["started"], again.manifest["threads"]) == ("then", 2)
    assert open_results(tmp_path / "r").manifest["summary"] == {"seconds": 3.0}


def test_the_question_itself_is_not_updated(tmp_path: Path):
    with pytest.raises(ValueError, match="seed"):
        create(tmp_path / "r", MANIFEST).update(seed=9)


def test_a_manifest_that_lacks_a_key_is_our_fault_not_the_users(tmp_path: Path):
    with pytest.raises(ValueError, match="lacks seed"):
        create(tmp_path / "r", {key: value for key, value in MANIFEST.items() if key != "seed"})


# -- folders that cannot be read --------------------------------------------------------------------------------------


def refusal(folder: Path) -> str:
    with pytest.raises(StoreError) as caught:
        open_results(folder)
    return str(caught.value)


def test_a_missing_folder_names_the_nearest_results_folder(tmp_path: Path):
    create(tmp_path / "first", MANIFEST)
    (tmp_path / "frist2").mkdir()  # near, but holds no results
    assert f'did you mean "{tmp_path / "first"}"' in refusal(tmp_path / "frist")
    assert "zaslin run" in refusal(tmp_path / "zzzzzz")
    assert "no folder" in refusal(tmp_path / "no" / "where")


def test_a_folder_without_a_manifest_points_to_the_one_inside(tmp_path: Path):
    create(tmp_path / "results" / "first", MANIFEST)
    assert "first" in refusal(tmp_path / "results")
    (tmp_path / "empty").mkdir()
    assert "not a results folder" in refusal(tmp_path / "empty")
    (tmp_path / "file").write_text("x")
    assert "is a file" in refusal(tmp_path / "file")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (json.dumps(MANIFEST)[:50], "truncated or garbled"),
        ("[]", "no object inside"),
        (json.dumps({**MANIFEST, "schema_version": SCHEMA_VERSION + 1}), "made by a newer zaslin"),
        (json.dumps({**MANIFEST, "replicates": 0}), "replicates is not"),
        (json.dumps({**MANIFEST, "packages": [{"name": "../away"}]}), "no usable name"),
        (json.dumps({key: value for key, value in MANIFEST.items() if key != "night"}), "it lacks night"),
    ],
)
def test_a_broken_manifest_is_told(tmp_path: Path, text: str, says: str):
    create(tmp_path / "r", MANIFEST)
    (tmp_path / "r" / "manifest.json").write_text(text)
    assert says in refusal(tmp_path / "r")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"night": {}}, "night has no id"),
        ({"night": {"id": "x", "groups": "x"}}, "groups of night"),
        ({"night": {"id": "x", "groups": [{"count": "many"}]}}, "groups of night"),
        ({"packages": [{"name": "a", "members": "x"}]}, "members of package a"),
        ({"packages": [{"name": "a", "members": [{"nation": "PL", "caveats": 3}]}]}, "caveats or assets of PL"),
        ({"packages": [{"name": "a"}, {"name": "a"}]}, "same name"),
        ({"inputs": {"a": "b"}}, "inputs is not a list"),
        ({"inputs": ["a"]}, "inputs is not a list"),
        ({"given": "junk"}, "given is not an object"),
        ({"given": {}}, "given has no id"),
        ({"seed": "7"}, "seed is not a whole number"),
        ({"seed": None}, "seed is empty"),
        ({"replicates": True}, "replicates is not"),
        *(({key: 3}, f"{key} is not") for key in ("machine", "libraries", "git", "started", "finished", "python", "sources", "tagging", "summary")),
        ({"tagging": {"0": 3}}, "tagging holds"),
    ],
)
def test_a_manifest_of_the_wrong_shape_is_told(tmp_path: Path, change: dict[str, Any], says: str):
    """By hand: every key that a reader looks into has its kind, so that a garbled one is bad input and no fault of the program."""
    create(tmp_path / "r", MANIFEST)
    (tmp_path / "r" / "manifest.json").write_text(json.dumps({**MANIFEST, **change}))
    assert says in refusal(tmp_path / "r")


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 8}, {"block_size": 5}, {"night": {"id": "2023-12-30"}}, {"packages": MANIFEST["packages"][:1]}, {"given": {"id": "x"}},
        {"inputs": [{"path": "routes.drift", "value": 0.6}]}, {"areas": {}}, {"inputs_hash": "0" * 64},
    ],
)  # fmt: skip
def test_an_edited_manifest_does_not_match_its_own_hash(tmp_path: Path, change: dict[str, Any]):
    """Law: the hash of the question is computed from what stands in the manifest; a number of replicates is no part of the question."""
    asked = {**MANIFEST, "areas": {"Crimea": {"lat": 45.3}}}
    asked["inputs_hash"] = question_hash(asked)
    create(tmp_path / "r", asked)
    path = tmp_path / "r" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "replicates": 20, "packages": asked["packages"][::-1]}))
    assert open_results(tmp_path / "r").replicates == 20
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    assert "does not match its own hash" in refusal(tmp_path / "r")
    with pytest.raises(StoreError, match="does not match its own hash"):
        create(tmp_path / "r", asked)


def test_a_copy_that_went_astray_is_told(tmp_path: Path):
    """By hand: a valid file of another table, draw or part under a name that is not its own."""
    results = create(tmp_path / "r", MANIFEST)
    for first in (0, 250):
        span = range(first, first + 250)
        results.write_part("shield", "plain", first, {"threats": threats(span), "incursions": incursions(span)})
    rows = [{"draw": "tagged", "sample": s, "replicate": s, "block": 0, "threat": "kh101-000", "weight": 0.1} for s in range(3)]
    results.write_part("shield", "tagged", 0, {"threats": table("threats", rows)})
    folder = tmp_path / "r" / "shield"
    right = (folder / "threats-000000.parquet").read_bytes()
    for other, why in (
        ("incursions-000000", "is no table threats: it holds country, entry_s, exit_s and lacks group"),
        ("threats-000250", "replicates 250–499 where 0–249 belong"),
        ("threats-tagged-000000", "rows of draw tagged"),
    ):
        (folder / "threats-000000.parquet").write_bytes((folder / f"{other}.parquet").read_bytes())
        with pytest.raises(StoreError, match=why):
            results.parts("shield")
    (folder / "threats-000000.parquet").write_bytes(right)
    (folder / "incursions-000000.parquet").write_bytes(right)
    with pytest.raises(StoreError, match="is no table incursions"):
        results.table("incursions", "shield")


def test_every_table_can_be_told_from_every_other():
    """Law: of two tables each has a column that the other lacks, so that a file under the wrong name is noticed by its columns."""
    for one, other in permutations(TABLES.values(), 2):
        assert set(one.names) - set(other.names)


def test_a_manifest_that_is_not_text_is_told(tmp_path: Path):
    create(tmp_path / "r", MANIFEST)
    (tmp_path / "r" / "manifest.json").write_bytes(b"\xff\xfe\x00\x80")
    assert "not text" in refusal(tmp_path / "r")


def test_a_folder_without_permission_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    create(tmp_path / "r", MANIFEST)

    def denied(*_: Any, **__: Any) -> str:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "read_text", denied)
    assert "no permission to read" in refusal(tmp_path / "r")


def test_a_truncated_or_garbled_part_is_told(tmp_path: Path):
    results = create(tmp_path / "r", MANIFEST)
    results.write_part("shield", "plain", 0, {"threats": threats(range(250)), "incursions": incursions(range(250))})
    part = tmp_path / "r" / "shield" / "incursions-000000.parquet"
    whole = part.read_bytes()
    part.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StoreError, match=r"incursions-000000.parquet is truncated or garbled.*run the same command again"):
        results.table("incursions", "shield")
    part.write_bytes(whole[:4] + b"\x00" * 200 + whole[204:])
    with pytest.raises(StoreError, match="cannot be read"):
        results.table("incursions", "shield")
    part.unlink()
    with pytest.raises(StoreError, match="missing from its part"):
        results.table("incursions", "shield")
    marker = tmp_path / "r" / "shield" / "threats-000000.parquet"
    marker.write_bytes(marker.read_bytes()[:-30])
    with pytest.raises(StoreError, match="truncated or garbled"):
        results.missing("shield", "plain", 500)


def test_an_unknown_package_names_the_nearest(tmp_path: Path):
    with pytest.raises(StoreError, match='did you mean "shield"'):
        create(tmp_path / "r", MANIFEST).table("threats", "sheild")


# -- disks that refuse ------------------------------------------------------------------------------------------------


def left_behind(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json")


def test_a_full_disk_keeps_the_finished_parts_and_leaves_no_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The second file of the second part meets a full disk: the first part stays, of the second nothing does."""
    results = create(tmp_path / "r", MANIFEST)
    results.write_part("shield", "plain", 0, {"threats": threats(range(250)), "incursions": incursions(range(250))})
    before = left_behind(tmp_path)
    real, calls = disk._write_synced, []

    def full(path: Path, content: bytes) -> None:
        calls.append(path)
        if len(calls) == 2:
            path.write_bytes(content[: len(content) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(path, content)

    monkeypatch.setattr(disk, "_write_synced", full)
    with pytest.raises(StoreError, match=r"the disk is full.*kept: 0 of 500 replicates of status-quo, 250 of 500 replicates of shield;"):
        results.write_part("shield", "plain", 250, {"threats": threats(range(250, 500)), "incursions": incursions(range(250, 500))})
    assert left_behind(tmp_path) == before
    monkeypatch.undo()
    assert results.missing("shield", "plain", 500) == [(250, 250)]


def test_a_full_disk_does_not_take_the_short_part_that_was_to_grow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Replicates 0–99 are there; the disk refuses the part with 250: the hundred stay, byte for byte."""
    results = create(tmp_path / "r", MANIFEST)
    results.write_part("shield", "plain", 0, {"threats": threats(range(100)), "incursions": incursions(range(100))})
    before = {path: path.read_bytes() for path in (tmp_path / "r").rglob("*.parquet")}

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(disk, "_write_synced", full)
    with pytest.raises(StoreError, match="100 of 500 replicates of shield"):
        results.write_part("shield", "plain", 0, {"threats": threats(range(250)), "incursions": incursions(range(250))})
    assert {path: path.read_bytes() for path in (tmp_path / "r").rglob("*.parquet")} == before


def test_a_file_that_a_user_named_is_written_whole_or_stays_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """By hand: a new file, an old one over which the disk grows full, one behind a link, a folder in the way, a name as long as names can be."""
    page = tmp_path / "new" / "page.html"
    disk.write_text(page, "one")
    (tmp_path / "link.html").symlink_to(page)
    disk.write_text(tmp_path / "link.html", "two")
    assert (tmp_path / "link.html").is_symlink() and page.read_text() == "two"
    disk.write_text(tmp_path / ("n" * 255), "long")
    with pytest.raises(StoreError, match="folder of that name is in the way; choose another file"):
        disk.write_text(tmp_path, "three")

    def full(path: Path, content: bytes) -> None:
        path.write_bytes(content[:1])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(disk, "_write_synced", full)
    with pytest.raises(StoreError, match=r"page.html cannot be written: the disk is full"):
        disk.write_text(page, "three")
    assert page.read_text() == "two" and [path.name for path in page.parent.iterdir()] == ["page.html"]


def test_a_stop_between_two_renames_leaves_the_part_unfinished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The marker is renamed last: whatever comes before, the part counts as missing and is written again."""
    results = create(tmp_path / "r", MANIFEST)
    real = Path.replace

    def stopped(self: Path, target: Path) -> Path:
        if target.name.startswith("threats"):
            raise KeyboardInterrupt
        return real(self, target)

    monkeypatch.setattr(Path, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        results.write_part("shield", "plain", 0, {"threats": threats(range(250)), "incursions": incursions(range(250))})
    monkeypatch.undo()
    assert left_behind(tmp_path) == ["incursions-000000.parquet"]
    assert results.missing("shield", "plain", 250) == [(0, 250)]
    assert results.table("incursions", "shield").height == 0
    results.write_part("shield", "plain", 0, {"threats": threats(range(250)), "incursions": incursions(range(250))})
    assert results.missing("shield", "plain", 250) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_the_device_that_is_always_full_is_told(tmp_path: Path):
    """A link to /dev/full stands where the part's temporary file would be: the real write fails, not a stand-in."""
    results = create(tmp_path / "r", MANIFEST)
    (tmp_path / "r" / "shield").mkdir()
    (tmp_path / "r" / "shield" / f".threats-000000.parquet.{os.getpid()}.tmp").symlink_to("/dev/full")
    with pytest.raises(StoreError, match="the disk is full"):
        results.write_part("shield", "plain", 0, {"threats": threats(range(2))})
    assert left_behind(tmp_path / "r" / "shield") == []
    with pytest.raises(StoreError, match="is a file, not a folder"):
        create("/dev/full", MANIFEST)
    with pytest.raises(StoreError, match="not a folder"):
        create("/dev/full/deeper", MANIFEST)


@pytest.mark.parametrize(
    ("code", "says"), [(errno.EROFS, "read-only"), (errno.EACCES, "no permission"), (errno.EDQUOT, "quota"), (errno.ENXIO, "choose another")]
)
def test_a_disk_that_refuses_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, says: str):
    results = create(tmp_path / "r", MANIFEST)

    def refused(*_: Any) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(disk, "_write_synced", refused)
    with pytest.raises(StoreError, match=says):
        results.write_part("shield", "plain", 0, {"threats": threats(range(2))})
    with pytest.raises(StoreError, match=says):
        results.finish({})
    with pytest.raises(StoreError, match=says):
        create(tmp_path / "other", MANIFEST)


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path):
    (tmp_path / "thesis.tex").write_text("dear reader")
    with pytest.raises(StoreError, match=r"not empty and holds no results \(\"thesis.tex\""):
        create(tmp_path, MANIFEST)
    assert left_behind(tmp_path) == ["thesis.tex"]


def test_an_opened_folder_can_be_copied_and_sent_to_another_process(tmp_path: Path):
    """Law: pickled and deep-copied it reads the same."""
    results = create(tmp_path / "r", MANIFEST)
    results.write_part("shield", "plain", 0, {"threats": threats(range(10))}, count=10)
    assert results.parts("shield") == {0: 10}
    for other in (pickle.loads(pickle.dumps(results)), copy.deepcopy(results)):
        assert other.parts("shield") == {0: 10} and other.manifest == results.manifest
        assert other.table("threats", "shield").equals(results.table("threats", "shield"))
