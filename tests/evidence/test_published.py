"""Published claims beside a folder's figures: the table, the verdicts by hand, and a made-up folder whose ratios are known."""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from zaslin.errors import SpecError, StoreError
from zaslin.evidence.published import FIGURES, Claim, Figure, _judge, compare_published, published_claims, published_json, read_claims
from zaslin.outcomes.manifest import REQUIRED
from zaslin.outcomes.store import Results, create
from zaslin.outcomes.tables import TABLES
from zaslin.scenario.packages import package
from zaslin.scenario.shipped import night
from zaslin.scenario.sources import sources

HEADER = "id,about,by,says,low,high,unit,ours,judged,since,until,source,why\n"


def claim(**changes: Any) -> Claim:
    base = next(item for item in published_claims() if item.id == "cost-per-hour")
    return Claim.model_validate({**base.model_dump(), **changes})


def figure(low: float, high: float) -> Figure:
    return Figure((low + high) / 2.0, low, high, "usd/h", "made up")


def a_folder(path: Path, name: str = "skyshield-west") -> Results:
    """Six blocks of one replicate: two pairs of a patrol fly 3 times each for an hour at USD 30,000 an hour a jet; of 10 drones and 10 cruise missiles past
    Ukraine the package kills 5 and 6 by turns, with one round of USD 1 million each; Ukraine stops 100 of the 110 drones."""
    chosen = package(name).model_dump(mode="json")
    manifest = dict.fromkeys(REQUIRED) | {
        "night": night("2023-12-29").model_dump(mode="json"), "packages": [chosen], "seed": 1, "block_size": 1, "replicates": 6, "inputs": [], "given": None,
        "inputs_hash": "made-up", "kernels": "made-up", "schema_version": 1, "zaslin_version": "0",
    }  # fmt: skip
    results = create(path, manifest)
    caps = [(member["nation"], asset["id"]) for member in chosen["members"] for asset in member["assets"] if asset["kind"] == "cap"]
    threats: list[dict[str, Any]] = []
    flights: list[dict[str, Any]] = []
    for k in range(6):
        key = {"draw": "plain", "replicate": k, "block": k}
        for i in range(120):
            cls = "cruise" if i < 10 else "drone"
            leaks = i < 20
            dead = i < 5 + k % 2
            fate = "killed_member" if dead else "leaked" if leaks else "killed_ua"
            threats.append({**key, "threat": f"t-{i:03}", "threat_class": cls, "fate": fate, "would_have": "leaked" if leaks else "killed_ua", "weight": 1.0})
        for pair in range(2):
            for turn in range(3):
                member, asset = caps[0] if caps else ("PL", "none")
                fired = (5 + k % 2) * (pair == 0 and turn == 0)
                flights.append(
                    {**key, "member": member, "asset": asset, "jets": 2, "take_off_s": 3600.0 * turn + 0.1 * pair, "landing_s": 3600.0 * (turn + 1),
                     "flight_s": 3600.0, "over_ukraine_s": 0.0, "cost_usd": 60_000.0, "rounds": fired, "rounds_usd": 1e6 * fired}
                )  # fmt: skip
    tables = {
        table: pa.Table.from_pylist([{column: row.get(column) for column in TABLES[table].names} for row in rows], schema=TABLES[table])
        for table, rows in (("threats", threats), ("sorties", flights))
    }
    for table in ("shots", "engagements", "causes", "falls", "incursions", "tracks", "windows"):
        tables[table] = TABLES[table].empty_table()
    results.write_part(name, "plain", 0, tables, count=6)
    return results


def test_every_packaged_claim_has_a_registered_source_and_a_reason():
    """Law: no claim without a source of the registry, none without a word on what the comparison can bear; no id twice."""
    claims = published_claims()
    assert len({item.id for item in claims}) == len(claims) >= 12
    assert all(item.source in sources() and len(item.why) > 20 and item.by for item in claims)
    assert {item.about for item in claims} == {"forces", "hours", "cost", "effect", "risk"}
    assert {item.ours for item in claims} - {""} <= set(FIGURES)


def test_faults_of_a_table_come_all_at_once():
    """Worked: an unknown source, an unknown figure, a claim judged by nothing, a range upside down, a word for a number."""
    rows = [
        "a,cost,b,c,,,,no-such,no,,,guardian-2025-03-06,why",
        "a,cost,b,c,,,,,yes,,,gardian-2025-03-06,why",
        "b,cost,b,c,3,2,usd,usd_per_kill,yes,,,guardian-2025-03-06,why",
        "c,cost,b,c,many,,,,no,,,guardian-2025-03-06,why",
        "d,cost,b,c,1,2,km,usd_per_kill,yes,,,guardian-2025-03-06,why",
    ]
    with pytest.raises(SpecError) as caught:
        read_claims(HEADER + "\n".join(rows))
    text = str(caught.value)
    assert all(
        part in text for part in ('no figure "no-such"', "guardian-2025-03-06", "there twice", "judged by a figure", "low 3 is above high 2", "the unit is km")
    )
    assert {fault.path for fault in caught.value.faults} == {f"published.csv row {k}" for k in (2, 3, 4, 5, 6)}


@pytest.mark.parametrize(
    ("low", "high", "ours", "verdict"),
    [
        (28e3, 45e3, figure(20e3, 30e3), "reproduced"),
        (28e3, 45e3, figure(20e3, 27e3), "contradicted"),
        (28e3, None, figure(50e3, 60e3), "reproduced"),
        (None, 28e3, figure(50e3, 60e3), "contradicted"),
        (28e3, 28e3, figure(27e3, 29e3), "reproduced"),
        (28e3, 45e3, None, "not comparable"),
    ],
)
def test_a_verdict_is_whether_the_ranges_meet(low: float | None, high: float | None, ours: Figure | None, verdict: str):
    """By hand: the claim's range against the figure's 90 % interval; an open end meets all beyond."""
    assert _judge(claim(low=low, high=high), ours, date(2023, 12, 29), "")[0] == verdict


def test_a_claim_about_other_nights_is_not_compared():
    """By hand: a claim for winter 2023/24 says nothing of August 2024."""
    about = claim(since=date(2023, 11, 1), until=date(2024, 4, 30))
    assert _judge(about, figure(28e3, 45e3), date(2023, 12, 29), "")[0] == "reproduced"
    verdict, why = _judge(about, figure(28e3, 45e3), date(2024, 8, 26), "")
    assert verdict == "not comparable" and why.startswith("The claim is about 2023-11-01 to 2024-04-30")
    assert _judge(claim(judged=False), figure(0.0, 1.0), None, "")[0] == "not comparable"


def test_figures_of_a_folder_by_hand(tmp_path: Path):
    """By hand from `a_folder`: USD 30,000 an hour a jet; 3 flights a pair; 4 aircraft on patrol; 11 of 40 stopped (5 and 6 of 20: V = 0.00075, ± 2.015 ·
    √(V + V / 6)); USD 1 million of rounds a kill."""
    found = compare_published(a_folder(tmp_path / "made"))
    ours = {row.claim.ours: row.ours for row in found.rows if row.ours is not None}
    assert (ours["usd_per_flight_hour"].mean, ours["flights_per_patrol"].mean, ours["aircraft_on_patrol"].mean) == (30_000.0, 3.0, 4.0)
    assert ours["rest_stopped"].mean == pytest.approx(11 / 40)
    assert ours["rest_stopped"].low == pytest.approx(0.275 - 2.01505 * math.sqrt(0.00075 * 7 / 6), abs=1e-5)
    assert ours["rounds_usd_per_kill"].mean == pytest.approx(1e6)
    assert ours["usd_per_kill"].mean == pytest.approx((2 * 6 * 60_000 + 11e6) / 11)
    assert ours["drones_stopped_by_ukraine"].mean == pytest.approx(100 / 110)
    verdicts = {row.claim.id: row.verdict for row in found.rows}
    assert verdicts["cost-per-hour"] == verdicts["crew-shifts"] == "reproduced" and verdicts["le-monde-enough"] == "contradicted"
    assert found.replicates == 6 and found.count("not comparable") >= 8


def test_a_folder_without_the_package_compares_nothing_and_says_so(tmp_path: Path):
    """Worked: every claim is listed, none judged."""
    found = compare_published(a_folder(tmp_path / "other", "status-quo"))
    assert found.count("not comparable") == len(found.rows) and all(row.ours is None for row in found.rows)
    assert any(row.why.startswith("This folder has no results of skyshield-west") for row in found.rows)
    with pytest.raises(StoreError):
        compare_published(tmp_path / "none")


def test_the_plain_data_carries_its_sources(tmp_path: Path):
    """Law: JSON without objects; every claim has its publisher, and a reason."""
    told = published_json(compare_published(a_folder(tmp_path / "made")))
    json.dumps(told, allow_nan=False)
    assert all(row["publisher"] and row["source"] and row["why"] and row["verdict"] for row in told["claims"])
