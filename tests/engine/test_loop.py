"""Rows in the schemas of outcomes.tables; and a real night on the packaged ground."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pytest

import toy_world as toy
from zaslin.atlas.regions import REGIONS
from zaslin.engine import why
from zaslin.engine.loop import fly_chunk
from zaslin.outcomes.tables import CAUSES, FATES, TABLES
from zaslin.world import arrays
from zaslin.world.arrays import EFFECT_FORBID, KIND_QRA, PLACE_UKRAINE, STOP_KILLED, ZONE_ANYWHERE

WEST = {"points": [(300, 0), (-300, 0)], "speed": 200.0}
ALLIES = toy.coalition(
    [toy.member(), toy.member(toy.RO)],
    [toy.caveat(0, zone=ZONE_ANYWHERE, place=PLACE_UKRAINE, name="all"), toy.caveat(1, effect=EFFECT_FORBID, zone=ZONE_ANYWHERE, name="never")],
    [toy.pair(0, p_kill=(0.5, 0.5, 0, 0, 0, 0), name="pl-cap"), toy.pair(1, kind=KIND_QRA, raid_warning=1, base=(0.0, -700.0), name="ro-qra")],
)


def _raid(replicate: int, tag: int = -1):
    return toy.raid(
        {**WEST, "name": "kh-002"}, {**WEST, "start": 400.0, "name": "kh-001"}, {**WEST, "stop": 300.0, "stop_kind": STOP_KILLED, "name": "kh-003"},
        replicate=replicate, tag=tag,
    )  # fmt: skip


def _chunk(replicates, draw="plain", tag=-1) -> dict[str, pa.Table]:
    raids = [_raid(i, tag) for i in replicates]
    return fly_chunk(raids, [ALLIES] * len(raids), toy.ground(), 3, draw, list(range(len(raids))), ("g0",), ("m0",))


def test_every_table_has_its_schema():
    """Contract: outcomes.tables, but for the maps' paths."""
    tables = _chunk(range(3))
    assert set(tables) == set(TABLES) - {"paths"}
    assert all(table.schema.equals(TABLES[name]) for name, table in tables.items())


def test_an_empty_chunk_has_its_schema_too():
    """Contract: no raid, no row."""
    tables = fly_chunk([], [], toy.ground(), 3, "plain", [], (), ())
    assert all(table.num_rows == 0 and table.schema.equals(TABLES[name]) for name, table in tables.items())


def test_rows_are_sorted_by_replicate_threat_and_time():
    """Contract: the threat by its name."""
    times = {"windows": "from_s", "engagements": "commit_s", "shots": "fire_s", "falls": "land_s", "incursions": "entry_s", "threats": "launch_s"}
    tables = _chunk(range(4))
    for name, time in times.items():
        rows = tables[name].select(["replicate", "threat", time]).to_pylist()
        keys = [(row["replicate"], row["threat"], row[time]) for row in rows]
        assert keys == sorted(keys)
    assert tables["threats"]["threat"].to_pylist()[:3] == ["kh-001", "kh-002", "kh-003"]


def test_the_same_rows_whatever_the_chunks_and_their_order():
    """Law: one chunk of six replicates, or two of three flown in the other order, are the same rows."""
    whole, late, early = _chunk(range(6)), _chunk(range(3, 6)), _chunk(range(3))
    for name, table in whole.items():
        assert pa.concat_tables([early[name], late[name]]).to_pylist() == table.to_pylist()


def test_two_threads_make_the_rows_of_one():
    """Law: kernels share nothing; eight replicates on two threads are those flown one by one."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        together = list(pool.map(lambda i: _chunk([i]), range(8)))
    for i, tables in enumerate(together):
        alone = _chunk([i])
        assert all(table.equals(alone[name]) for name, table in tables.items())


def test_a_tagged_draw_keeps_the_tagged_threats_rows_only():
    """Contract: no sorties, every row is the tagged threat's, its country is named; and it flew in the same raid."""
    tagged, plain = _chunk([5], draw="tagged", tag=1), _chunk([5])
    assert tagged["sorties"].num_rows == 0
    assert all(set(table["threat"].to_pylist()) <= {"kh-001"} for table in tagged.values())
    assert tagged["threats"]["tag_country"].to_pylist() == ["PL"]
    assert tagged["threats"]["sample"].to_pylist() == [0]
    ours = [row["fire_s"] for row in plain["shots"].to_pylist() if row["threat"] == "kh-001"]
    assert tagged["shots"]["fire_s"].to_pylist() == ours


def test_nulls_stand_where_nothing_happened():
    """By hand: Ukraine's kill has no shooter, plain rows no sample and no tag, a threat that is shot down has no cause."""
    tables = _chunk([0])
    by_name = {row["threat"]: row for row in tables["threats"].to_pylist()}
    assert by_name["kh-003"]["fate"] == "killed_ua"
    assert by_name["kh-003"]["shooter_member"] is None
    assert by_name["kh-003"]["sample"] is None and by_name["kh-003"]["tag_country"] is None
    assert by_name["kh-003"]["excursion"] == "PL" and by_name["kh-003"]["crosses"] is None
    never = {(row["threat"], row["cause"], row["caveat"]) for row in tables["causes"].to_pylist() if row["member"] == "RO"}
    assert all((cause, caveat) == ("not_permitted", "never") for _, cause, caveat in never)


def test_costs_are_hours_of_all_jets_and_rounds():
    """By hand: 20,000 USD an hour and jet, a million a round."""
    for row in _chunk([0])["sorties"].to_pylist():
        assert row["flight_s"] == row["landing_s"] - row["take_off_s"]
        assert row["cost_usd"] == pytest.approx(2 * 20_000.0 * row["flight_s"] / 3600.0)
        assert row["rounds_usd"] == row["rounds"] * 1e6


def test_a_draw_without_its_tag_is_refused():
    """Contract."""
    with pytest.raises(ValueError, match="without a tagged threat"):
        _chunk([0], draw="given")


def test_the_chain_of_causes_is_numbered_as_the_tables_say():
    """Contract: engine.why's numbers are positions in outcomes.tables.CAUSES."""
    assert [name.lower() for name in CAUSES] == list(CAUSES)
    assert all(getattr(why, name.upper()) == i for i, name in enumerate(CAUSES) if name != "no_free_shooter")
    assert CAUSES.index("no_free_shooter") == why.NO_FREE_SHOOTER


def test_fates_are_numbered_as_the_tables_say():
    """Contract: world.arrays' numbers are positions in outcomes.tables.FATES."""
    assert [FATES[getattr(arrays, name.upper())] for name in FATES] == list(FATES)


def test_a_leakers_region_is_that_of_its_aim():
    """By hand: the toy's Ukraine is all west; two fly alike, aimed at Kharkiv oblast. The leaker belongs to the east, as its aim; the one that Ukraine
    stops to the west, where it was stopped."""
    flight = {"points": [(300, 0), (100, 0)], "speed": 200.0}
    raid = toy.raid(flight, flight | {"stop": 300.0, "stop_kind": STOP_KILLED})
    raid.threats["target_region"] = REGIONS.index("Kharkiv oblast")
    never = toy.coalition([toy.member()], [toy.caveat(0, effect=EFFECT_FORBID, zone=ZONE_ANYWHERE)], [toy.pair(0)])
    rows = fly_chunk([raid], [never], toy.ground(), 3, "plain", [0], ("g0",), ("m0",))["threats"].to_pylist()
    assert [(row["fate"], row["fate_region"]) for row in rows] == [("leaked", "east"), ("killed_ua", "west")]


def test_a_real_night_flies_under_every_shipped_package_and_its_books_balance():
    """Record: 29 December 2023, two replicates; the status quo never fires, no threat is lost from the books, no time over Ukraine where held at home."""
    from zaslin.atlas.ground import load_ground
    from zaslin.studies.design import study
    from zaslin.world.compile_night import compile_night
    from zaslin.world.compile_package import compile_package
    from zaslin.world.raid import draw_raid

    item = study("2023-12-29", ["status-quo", "pl-ro-toward-border", "skyshield-west"], replicates=10, seed=2)
    ground = load_ground()
    inputs = compile_night(item.night, item.layer, item.routes, item.models, item.areas, ground, item.seed, 0)
    raids = [draw_raid(inputs, ground, item.seed, i) for i in range(2)]
    for package in item.packages:
        allies = compile_package(package, item.aircraft, ground, item.seed, 0)
        tables = fly_chunk(raids, [allies] * 2, ground, item.seed, "plain", [0, 1], inputs.group_ids, inputs.model_names)
        threats = tables["threats"].to_pylist()
        assert len(threats) == 2 * len(inputs.names)
        open_ones = sum(row["fate"] != "killed_member" for row in threats)
        causes = tables["causes"].to_pylist()
        for who in (*allies.member_names, "coalition"):
            assert sum(row["member"] == who for row in causes) == open_ones
        if package.name == "status-quo":
            assert tables["windows"].num_rows == tables["shots"].num_rows == tables["engagements"].num_rows == 0
            assert tables["sorties"].num_rows > 0
        if package.name != "skyshield-west":
            assert sum(tables["sorties"]["over_ukraine_s"].to_pylist()) == 0.0
        assert all(math.isfinite(row["ec"]) and row["ec"] >= 0.0 for row in tables["falls"].to_pylist())
        assert np.isfinite(tables["sorties"]["cost_usd"].to_numpy()).all()


def test_a_track_has_a_row_for_every_time_that_it_is_held():
    """By hand: two small airborne radars, in view from 100 to 400 s and from 850 to 1,150 s, sure looks: two rows that are lost there. What Ukraine stops at
    300 s has one row, held to its end; a member without sensors one row of nulls. Looks are those of the free flight."""
    radar = (0.0, 30 * toy.KM, 0.0, 0.0, 0.0, 0.0)
    flight = {"points": [(300, 0), (-100, 0)], "speed": 200.0}
    raid = toy.raid(flight, flight | {"stop": 300.0, "stop_kind": STOP_KILLED})
    blind = [toy.member(-1, name=name, shared=0, looks=1, classification_s=60.0) for name in ("GB", "FR")]
    allies = toy.coalition(blind, [], [], radars=[(0, x * toy.KM, 0.0, radar) for x in (250, 100)])
    rows = fly_chunk([raid], [allies], toy.ground(), 3, "plain", [0], ("g0",), ("m0",))["tracks"].to_pylist()
    told = [(row["threat"], row["member"], row["seen_by"], row["lost_s"] and round(row["lost_s"], -1), row["seen_s"] is not None) for row in rows]
    assert told == [
        ("toy-000", "FR", None, None, False), ("toy-000", "GB", "airborne", 400, True), ("toy-000", "GB", "airborne", 1150, True),
        ("toy-001", "FR", None, None, False), ("toy-001", "GB", "airborne", None, True),
    ]  # fmt: skip
    for row in rows:
        if row["seen_s"] is None:
            assert row["classified_s"] is row["looks"] is row["hits"] is None
        else:
            assert row["looks"] == row["hits"] == pytest.approx(30, abs=1)
            assert row["classified_s"] is None or row["seen_s"] < row["classified_s"] < (row["lost_s"] or 300.0)


def test_the_form_of_the_horizon_tells_of_no_looks():
    """By the rule: what is in view is seen once and for all: no loss, no looks."""
    raid = toy.raid({"points": [(300, 0), (30, 0), (300, 0)], "speed": 200.0})
    allies = toy.coalition([toy.member(shared=0)], [], [])
    (row,) = fly_chunk([raid], [allies], toy.ground(), 3, "plain", [0], ("g0",), ("m0",))["tracks"].to_pylist()
    assert row["seen_s"] is not None and row["lost_s"] is row["looks"] is row["hits"] is None
