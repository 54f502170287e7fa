"""A study over a user's elevation raster, from the file to the brief: a ridge before Poland, made here."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from zaslin import compiled
from zaslin.brief.page import write_brief
from zaslin.brief.terrain import terrain_words
from zaslin.errors import InputError, StoreError
from zaslin.outcomes.manifest import read_manifest
from zaslin.outcomes.store import Results
from zaslin.scenario.shipped import night
from zaslin.studies import block
from zaslin.studies.design import inputs_hash, study
from zaslin.studies.run import run

rasterio = pytest.importorskip("rasterio", reason="needs rasterio (pip install 'zaslin[terrain]')")

PACKAGE, NIGHT = "pl-ro-toward-border", "2024-11-17"
WEST, NORTH, EAST, SOUTH, CELL = 19.0, 54.0, 28.0, 47.5, 0.02


def raster(path: Path, ridge_m: float) -> Path:
    """Ground of 200 m with a ridge along 24.5–24.6° E, some 30 km east of Poland's border at 51° N; nothing of Romania's Danube."""
    lon = WEST + (np.arange(round((EAST - WEST) / CELL)) + 0.5) * CELL
    row = 200.0 + np.where((lon > 24.5) & (lon < 24.6), ridge_m, 0.0)
    heights = np.tile(row, (round((NORTH - SOUTH) / CELL), 1)).astype("float32")
    with rasterio.open(
        path, "w", driver="GTiff", height=heights.shape[0], width=heights.shape[1], count=1, dtype="float32", crs="EPSG:4326",
        transform=rasterio.transform.from_origin(WEST, NORTH, CELL, CELL),
    ) as file:  # fmt: skip
        file.write(heights, 1)
    return path


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Results]:
    """The same small study over a smooth earth, flat ground and the ridge. The masks' cache is a folder of the test's."""
    place = tmp_path_factory.mktemp("terrain")
    files = {"flat": raster(place / "flat.tif", 0.0), "ridge": raster(place / "ridge.tif", 400.0)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(block, "LEAST_ROUTES", 200)
        patch.setattr(block, "MOST_ROUTES", 200)
        patch.setattr("zaslin.world.terrain.cache_folder", lambda: place / "cache" / "kernels" / compiled.source_hash())
        return {name: run(study(night(NIGHT), [PACKAGE], 10, seed=5, terrain=files.get(name)), place / name, threads=1) for name in ("smooth", "flat", "ridge")}


def tables(results: Results) -> dict[str, bytes]:
    return {str(path.relative_to(results.folder)): path.read_bytes() for path in results.folder.rglob("*.parquet")}


def test_flat_ground_gives_exactly_the_smooth_earths_rows(runs):
    """Law: the same bytes in every table. A ridge gives others."""
    assert tables(runs["flat"]) == tables(runs["smooth"])
    assert tables(runs["ridge"]) != tables(runs["smooth"])


def test_the_record_says_what_the_raster_covers_and_changes(runs):
    """By hand: the raster holds Poland's strip over Ukraine, and of Romania's the north alone; flat ground adds nothing and changes no first view; behind a
    ridge of 400 m a target must fly hundreds of metres higher, so some threats are seen later or never."""
    flat, ridge = (runs[name].manifest["terrain_effect"] for name in ("flat", "ridge"))
    assert flat["members"]["PL"]["strip_covered"] == 1.0
    assert 0.0 < flat["members"]["RO"]["strip_covered"] < 0.9
    assert (flat["members"]["PL"]["added_median_m"], flat["members"]["PL"]["added_p90_m"]) == (0.0, 0.0)
    assert ridge["members"]["PL"]["added_p90_m"] > 300.0
    for seen in flat["first_views"][PACKAGE].values():
        assert (seen["later"], seen["earlier"], seen["never"]) == (0, 0, 0)
        assert seen["seen"] == seen["seen_smooth"]
    seen = ridge["first_views"][PACKAGE]["PL"]
    assert seen["later"] + seen["never"] > 0
    assert seen["seen_smooth"] - seen["never"] <= seen["seen"] <= seen["threats"]
    if seen["later"]:
        assert seen["delay_median_s"] > 1.0


def test_the_raster_is_a_part_of_the_question(runs, tmp_path):
    """Law: by its content, not its name; a folder is not continued with other ground; the manifest holds name, size and hash."""
    plain, held = runs["smooth"].manifest, runs["ridge"].manifest
    assert "terrain" not in plain
    assert held["terrain"]["name"] == "ridge.tif"
    assert held["terrain"]["size_bytes"] > 1_000
    assert len({plain["inputs_hash"], runs["flat"].manifest["inputs_hash"], held["inputs_hash"]}) == 3
    again = tmp_path / "renamed.tif"
    again.write_bytes(raster(tmp_path / "x.tif", 400.0).read_bytes())
    assert inputs_hash(study(night(NIGHT), [PACKAGE], 10, seed=5, terrain=again)) == held["inputs_hash"]
    assert read_manifest(runs["ridge"].folder)["terrain_effect"] == held["terrain_effect"]
    with pytest.raises(StoreError, match=r"terrain ridge\.tif, now none"):
        run(study(night(NIGHT), [PACKAGE], 10, seed=5), runs["ridge"].folder, threads=1)


def test_an_added_package_has_its_own_first_views_and_leaves_the_others(runs, tmp_path, monkeypatch):
    """Law: the record of the grown folder says of the old package what it said, and of the new one what a run of both says."""
    monkeypatch.setattr(block, "LEAST_ROUTES", 200)
    monkeypatch.setattr(block, "MOST_ROUTES", 200)
    monkeypatch.setattr("zaslin.world.terrain.cache_folder", lambda: tmp_path / "cache" / "kernels" / compiled.source_hash())
    ridge, names = raster(tmp_path / "ridge.tif", 400.0), [PACKAGE, "status-quo"]
    shutil.copytree(runs["ridge"].folder, tmp_path / "grown")
    grown = run(study(night(NIGHT), names, 10, seed=5, terrain=ridge), tmp_path / "grown", threads=1)
    effect = grown.manifest["terrain_effect"]
    assert list(effect["first_views"]) == names
    assert effect["first_views"][PACKAGE] == runs["ridge"].manifest["terrain_effect"]["first_views"][PACKAGE]
    both = run(study(night(NIGHT), names, 10, seed=5, terrain=ridge), tmp_path / "both", threads=1)
    assert effect == both.manifest["terrain_effect"] and tables(grown) == tables(both)
    with pytest.raises(StoreError, match="packages in another order, on which the terrain mask depends"):
        run(study(night(NIGHT), names[::-1], 10, seed=5, terrain=ridge), tmp_path / "both", threads=1)


def test_the_brief_says_what_the_hills_are_or_that_there_are_none(runs, tmp_path):
    """Law: with a raster its sentences, its limit and the option to run it again; without one that terrain was left out."""
    pages = {}
    for name in ("smooth", "ridge"):
        write_brief(runs[name], tmp_path / f"{name}.html")
        pages[name] = (tmp_path / f"{name}.html").read_text(encoding="utf-8")
    assert "Terrain is left out." in pages["smooth"]
    assert "Terrain is left out." not in pages["ridge"]
    assert "The terrain mask is as notional as the radars." in pages["ridge"]
    assert "--terrain ridge.tif" in pages["ridge"]
    assert runs["ridge"].manifest["terrain"]["sha256"] in pages["ridge"]
    told = terrain_words(runs["ridge"].manifest)
    assert len(told) == 1 + 2 + 2
    assert "Poland: the raster covers 100\N{NO-BREAK SPACE}% of the strip" in told[1]
    assert terrain_words(runs["smooth"].manifest) == []


def test_a_raster_of_other_ground_is_refused_before_a_folder_is_made(tmp_path):
    """By hand: heights of Portugal say nothing of Poland's border or Romania's."""
    path = tmp_path / "portugal.tif"
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=50,
        width=50,
        count=1,
        dtype="float32",
        crs="EPSG:4326",
        transform=rasterio.transform.from_origin(-9.0, 42.0, 0.02, 0.02),
    ) as file:
        file.write(np.zeros((1, 50, 50), dtype="float32"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("zaslin.world.terrain.cache_folder", lambda: tmp_path / "cache" / "kernels" / "x")
        with pytest.raises(InputError, match="covers nothing of the strip of 100 km outside the border of PL, RO"):
            run(study(night(NIGHT), [PACKAGE], 10, seed=5, terrain=path), tmp_path / "out", threads=1)
    assert not (tmp_path / "out").exists()
