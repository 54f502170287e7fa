"""From records to rows: a chunk at once says what a plain loop over its rows says, in the order in which the folder keeps them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zaslin.atlas.borders import COUNTRIES
from zaslin.atlas.regions import MACRO, MACRO_INDEX
from zaslin.doctrine.consent import WINDOW
from zaslin.engine import records
from zaslin.engine.gathered import Words, gather, ordered
from zaslin.engine.records import FALL_KINDS, NO_MATCH, RESULTS, WEAPONS, Flown
from zaslin.engine.rows import NO_MATCH_NAME, tables_of
from zaslin.outcomes.stored import as_stored, parquet_bytes
from zaslin.outcomes.tables import CAUSES, COALITION, FATES, ORDER, TABLES
from zaslin.physics.detection import PIECE, SEEN_BY, SIGHT
from zaslin.plane import unproject
from zaslin.world import arrays
from zaslin.world.arrays import CLASS_NAMES, LEAKED, OTHER_NAMES, Coalition, Raid

GROUPS, MODELS = ("g0", "g1"), ("m0", "m1", "m2")
Night = tuple[Raid, Coalition, Flown]


def filled(rng: np.random.Generator, dtype: np.dtype, n: int, **columns: tuple[int, int]) -> np.ndarray:
    """Records with times and lengths at random (few, so that some are alike); columns: ranges of whole numbers, both ends included."""
    out = np.zeros(n, dtype=dtype)
    for name in dtype.names or ():
        if name in columns:
            out[name] = rng.integers(columns[name][0], columns[name][1] + 1, n)
        elif dtype[name] == np.dtype("f8"):
            out[name] = rng.integers(0, 5, n) * 100.5
    return out


def night(number: int, replicate: int, tag: int = -1) -> Night:
    """Records of one replicate that no engine made: every index within its range, some of them −1."""
    rng = np.random.default_rng(number)
    n, others, members, assets = int(rng.integers(1, 6)), int(rng.integers(0, 3)), int(rng.integers(1, 3)), int(rng.integers(1, 4))
    every = n + others
    names = tuple(str(name) for name in rng.permutation([f"kh-{i:03d}" for i in range(n)])) + tuple(f"friendly-PL-{i:03d}" for i in range(others))
    threats = filled(
        rng,
        arrays.THREAT,
        every,
        group=(0, 1),
        model=(0, 2),
        cls=(0, len(CLASS_NAMES) - 1),
        excursion=(0, 15),
        target_region=(0, 5),
        failed=(0, 3),
        decoy=(0, 1),
    )
    threats["other"][n:] = 2
    threats["end_s"] += 50.0
    threats["stop_s"][rng.random(every) < 0.5] = np.inf
    inside = [(i, k) for i in range(every) for k in range(4) if threats["excursion"][i] >> k & 1 for _ in range(int(rng.integers(1, 3)))]
    stays = filled(rng, arrays.INSIDE, len(inside))
    for row, (threat, country) in zip(stays, inside, strict=True):
        row["threat"], row["country"] = threat, country
    shooters = filled(rng, arrays.SHOOTER, assets, member=(0, members - 1), jets=(0, 2))
    shooters["asset"] = rng.permutation(assets)
    allies = Coalition(
        package="any", members=filled(rng, arrays.MEMBER, members), radars=np.zeros(0, arrays.RADAR), caveats=np.zeros(2, arrays.CAVEAT), shooters=shooters,
        zones=np.zeros((0, 1, 1), np.uint8), member_names=("RO", "PL")[:members], asset_names=("b-10", "b-9", "a")[:assets], caveat_names=("ask", "all"),
    )  # fmt: skip
    what, who = (0, every - 1), (0, assets - 1)
    fates = filled(rng, records.FATE, every, fate=(0, 4), would_have=(0, 4), macro=(-1, len(MACRO) - 1), shooter=(-1, assets - 1), crosses=(0, 15))
    fates["first_border_s"][rng.random(every) < 0.5] = np.nan
    engagements = filled(rng, records.ENGAGEMENT, 8, threat=what, shooter=who, shots=(0, 3), result=(0, len(RESULTS) - 1))
    engagements["first_shot_s"][::2] = np.nan
    sorties = filled(rng, records.SORTIE, 6, shooter=who, rounds=(0, 4), bursts=(0, 2))
    sorties["take_off_s"][shooters["jets"][sorties["shooter"]] == 0] = np.nan
    pieces, sight = looked(rng, members, every)
    flown = Flown(
        fates=fates, sight=sight, pieces=pieces, engagements=engagements, sorties=sorties,
        windows=filled(rng, WINDOW, 9, threat=what, member=(0, members - 1), caveat=(0, 1)),
        shots=filled(rng, records.SHOT, 9, threat=what, shooter=who, hit=(0, 1), weapon=(0, 1)),
        incursions=filled(rng, records.INCURSION, 5, threat=what, country=(0, 6)),
        falls=filled(rng, records.FALL, 7, threat=what, shooter=(-1, assets - 1), kind=(0, 2), country=(-1, 6)),
        causes=filled(rng, records.CAUSE, 6, threat=what, member=(-1, members - 1), cause=(0, len(CAUSES) - 1), caveat=(-2, 1)),
        refusals=filled(rng, records.REFUSAL, 6, threat=what, shooter=who, cause=(0, len(CAUSES) - 1), caveat=(-1, 1)),
        alerts=filled(rng, records.ALERT, members, pairs=(0, 3), ready_least=(0, 3)),
    )  # fmt: skip
    flown.alerts["member"] = np.arange(members)
    return Raid(replicate, replicate // 10, threats, np.zeros(0, arrays.VERT), stays, names, tag, 1 if tag >= 0 else -1, 0.25), allies, flown


def looked(rng: np.random.Generator, members: int, threats: int) -> tuple[np.ndarray, np.ndarray]:
    """PIECE and SIGHT: of each member and threat no run, one, or two of two pieces each."""
    pieces, sight = [], np.zeros((members, threats), dtype=SIGHT)
    for m in range(members):
        for i in range(threats):
            sight[m, i]["first"] = len(pieces)
            for run in range(int(rng.integers(0, 3))):
                for part in range(2):
                    row = np.zeros(1, dtype=PIECE)
                    start = 100.0 * run + 30.0 * part
                    row["member"], row["threat"], row["run"], row["from_s"], row["to_s"], row["by"] = m, i, run, start, start + 30.0, rng.integers(len(SEEN_BY))
                    row["classified_s"], row["looks"], row["hits"] = start + 20.0, 3, 2 * part
                    pieces.append(row)
            sight[m, i]["last"] = len(pieces)
    return np.concatenate(pieces) if pieces else np.zeros(0, dtype=PIECE), sight


def by_hand(item: Night, draw: str, sample: int) -> dict[str, list[dict[str, Any]]]:
    """The same rows by a plain loop over records, one value at a time."""
    raid, allies, flown = item
    tagged = draw != "plain"
    threats, fates = raid.threats, flown.fates
    alive = [row["fate_s"] for row in fates]

    def member(shooter: int) -> str | None:
        return allies.member_names[allies.shooters[shooter]["member"]] if shooter >= 0 else None

    def asset(shooter: int) -> str | None:
        return allies.asset_names[allies.shooters[shooter]["asset"]] if shooter >= 0 else None

    def name(names: tuple[str, ...], index: int) -> str | None:
        return names[index] if index >= 0 else None

    def codes(bits: int) -> str | None:
        return ",".join(code for k, code in enumerate(COUNTRIES) if int(bits) >> k & 1) or None

    def degrees(x: float, y: float) -> tuple[float, float]:
        lat, lon = unproject(x, y)
        return float(lat), float(lon)

    out: dict[str, list[dict[str, Any]]] = {table: [] for table in TABLES if table != "paths"}

    def put(table: str, threat: int | None, **columns: Any) -> None:
        if tagged and (threat is None or threat != raid.tag):
            return
        if threat is not None and threats[threat]["other"] and table not in ("incursions", "engagements", "shots", "falls", "causes"):
            return
        key = {"draw": draw, "sample": sample if tagged else None, "replicate": raid.replicate, "block": raid.block}
        columns |= {"threat": None} if threat is None else {"threat": raid.names[threat], "weight": threats[threat]["weight"]}
        out[table].append({field.name: (key | columns)[field.name] for field in TABLES[table]})

    for i, (t, f) in enumerate(zip(threats, fates, strict=True)):
        first = [min(s["entry_s"] for s in raid.inside if s["threat"] == i and s["country"] == k) for k in range(4) if int(t["excursion"]) >> k & 1]
        put(
            "threats",
            i,
            group=GROUPS[t["group"]],
            model=MODELS[t["model"]],
            threat_class=CLASS_NAMES[t["cls"]],
            launch_s=t["launch_s"],
            end_s=t["end_s"],
            fate=FATES[f["fate"]],
            fate_s=f["fate_s"],
            would_have=FATES[f["would_have"]],
            shooter_member=member(f["shooter"]),
            shooter_asset=asset(f["shooter"]),
            fate_region=name(MACRO, MACRO_INDEX[t["target_region"]] if f["fate"] == LEAKED else f["macro"]),
            excursion=codes(t["excursion"]),
            first_border_s=f["first_border_s"],
            crosses=codes(f["crosses"]),
            tag_country=COUNTRIES[1] if tagged else None,
            entries_s=first or None,
            failed=bool(t["failed"] & arrays.GROSS_FAILURE),
            spoofed=bool(t["failed"] & arrays.SPOOFED),
            decoy=bool(t["decoy"]),
            kept=0.25 if tagged else None,
        )
        for m in range(len(allies.members)):
            mine = flown.pieces[flown.sight[m, i]["first"] : flown.sight[m, i]["last"]]
            runs = [mine[mine["run"] == run] for run in sorted(set(mine["run"]))]
            for run in [run for k, run in enumerate(runs) if k == 0 or run[0]["from_s"] < alive[i]] or [None]:
                held = run is not None and run[0]["from_s"] < alive[i]
                classified, lost = (run[0]["classified_s"], run[-1]["to_s"]) if run is not None else (math.inf, math.inf)
                put(
                    "tracks",
                    i,
                    member=allies.member_names[m],
                    seen_s=run[0]["from_s"] if held else None,
                    seen_by=SEEN_BY[run[0]["by"]] if held else None,
                    classified_s=classified if classified < alive[i] else None,
                    lost_s=lost if lost < alive[i] else None,
                    looks=int(run["looks"].sum()) if held else None,
                    hits=int(run["hits"].sum()) if held else None,
                )
    for r in flown.incursions:
        lat, lon = degrees(r["entry_x"], r["entry_y"])
        put(
            "incursions",
            r["threat"],
            country=COUNTRIES[r["country"]],
            threat_class=CLASS_NAMES[threats[r["threat"]]["cls"]],
            entry_lat=lat,
            entry_lon=lon,
            **{key: r[key] for key in ("entry_s", "exit_s", "inside_s", "depth_m", "path_m")},
        )
    for w in flown.windows:
        if w["from_s"] < alive[w["threat"]]:
            put(
                "windows",
                w["threat"],
                member=allies.member_names[w["member"]],
                caveat=allies.caveat_names[w["caveat"]],
                from_s=w["from_s"],
                to_s=min(w["to_s"], alive[w["threat"]]),
            )
    for e in flown.engagements:
        t, f = threats[e["threat"]], fates[e["threat"]]
        put(
            "engagements",
            e["threat"],
            member=member(e["shooter"]),
            asset=asset(e["shooter"]),
            result=RESULTS[e["result"]],
            object=OTHER_NAMES[t["other"]],
            needed=bool(t["other"] == 0 and (f["would_have"] == LEAKED or f["crosses"] != 0)),
            **{key: e[key] for key in ("commit_s", "first_shot_s", "shots", "end_s")},
        )
    for h in flown.shots:
        (lat, lon), jets = degrees(h["x"], h["y"]), allies.shooters[h["shooter"]]["jets"]
        from_lat, from_lon = degrees(h["shooter_x"], h["shooter_y"]) if jets else (None, None)
        put(
            "shots",
            h["threat"],
            member=member(h["shooter"]),
            asset=asset(h["shooter"]),
            fire_s=h["fire_s"],
            impact_s=h["impact_s"],
            hit=bool(h["hit"]),
            lat=lat,
            lon=lon,
            shooter_lat=from_lat,
            shooter_lon=from_lon,
            weapon=WEAPONS[h["weapon"]],
            object=OTHER_NAMES[threats[h["threat"]]["other"]],
        )
    for d in flown.falls:
        lat, lon = degrees(d["x"], d["y"])
        put(
            "falls",
            d["threat"],
            kind=FALL_KINDS[d["kind"]],
            country=name(COUNTRIES, d["country"]),
            lat=lat,
            lon=lon,
            land_s=d["land_s"],
            ec=d["ec"],
            shooter_member=member(d["shooter"]),
            object=OTHER_NAMES[threats[d["threat"]]["other"]],
        )
    for c in flown.causes:
        caveat = NO_MATCH_NAME if c["caveat"] == NO_MATCH else name(allies.caveat_names, c["caveat"])
        put("causes", c["threat"], member=name(allies.member_names, c["member"]) or COALITION, cause=CAUSES[c["cause"]], caveat=caveat)
    for n in flown.refusals:
        put(
            "refusals",
            n["threat"],
            member=member(n["shooter"]),
            asset=asset(n["shooter"]),
            refused_s=n["t_s"],
            link=CAUSES[n["cause"]],
            caveat=name(allies.caveat_names, n["caveat"]),
        )
    for s in flown.sorties:
        kind = allies.shooters[s["shooter"]]
        flight = s["landing_s"] - s["take_off_s"] if kind["jets"] else 0.0
        put(
            "sorties",
            None,
            member=member(s["shooter"]),
            asset=asset(s["shooter"]),
            jets=kind["jets"],
            flight_s=flight,
            rounds=s["rounds"] + s["bursts"],
            cost_usd=flight / 3600.0 * kind["hour_usd"] * kind["jets"],
            rounds_usd=s["rounds"] * kind["round_usd"] + s["bursts"] * kind["burst_usd"],
            own_at_risk=s["over_ukraine_s"] * kind["jets"] * allies.members[kind["member"]]["at_risk_per_s"],
            **{key: s[key] for key in ("take_off_s", "landing_s", "over_ukraine_s")},
        )
    for a in flown.alerts:
        put(
            "air_policing",
            None,
            member=allies.member_names[a["member"]],
            alert_pairs=a["pairs"],
            **{key: a[key] for key in ("ready_least", "unguarded_s", "night_s")},
        )
    for table, rows in out.items():
        for row in rows:
            row.update({key: None for key, value in row.items() if isinstance(value, float) and math.isnan(value)})
        rows.sort(key=lambda row: [(row[key] is None, row[key] if row[key] is not None else 0) for key in ("threat", *ORDER[table])])
    return out


def of(nights: list[Night], draw: str = "plain") -> dict[str, pa.Table]:
    raids, allies, flowns = (list(part) for part in zip(*nights, strict=True))
    return tables_of(gather(flowns, raids), raids, allies, draw, list(range(len(raids))), GROUPS, MODELS)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=4), st.booleans())
def test_a_chunk_says_what_a_plain_loop_says(numbers: list[int], tagged: bool):
    """Oracle: nights with other names, objects, members and assets in one chunk; equal values, in the order of the folder. Rows that its order leaves alike
    may come in any order."""
    nights = [night(number, i, 0 if tagged else -1) for i, number in enumerate(numbers)]
    draw = "tagged" if tagged else "plain"
    tables, told = of(nights, draw), [by_hand(item, draw, i) for i, item in enumerate(nights)]
    for table, schema in TABLES.items():
        if table == "paths":
            continue
        assert tables[table].schema.equals(schema)
        ours, theirs = tables[table].to_pylist(), [row for rows in told for row in rows[table]]
        keys = ["replicate", "threat", *ORDER[table]]
        keys = [key for key in keys if key not in ("lat", "lon")]  # the writer's last resort
        assert [[row[key] for key in keys] for row in ours] == [[row[key] for key in keys] for row in theirs], table
        assert sorted(map(repr, map(plain, ours))) == sorted(map(repr, map(plain, theirs))), table


def plain(row: dict[str, Any]) -> list[Any]:
    """A row's values as Python's own; degrees to 1e-9, as arrays and single numbers may differ in the last bit."""
    out = []
    for key, value in row.items():
        value = value.item() if isinstance(value, np.generic) else [float(part) for part in value] if isinstance(value, list) else value
        out.append(round(value, 9) + 0.0 if key.endswith(("lat", "lon")) and value is not None else float(value) if isinstance(value, int | float) else value)
    return out


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 10_000), min_size=2, max_size=4), st.integers(1, 3))
def test_a_chunk_and_its_parts_are_the_same_rows_and_bytes(numbers: list[int], cut: int):
    """Law: dictionaries and chunks leave no trace in the file."""
    nights = [night(number, i) for i, number in enumerate(numbers)]
    cut = min(cut, len(nights) - 1)
    whole, early, late = of(nights), of(nights[:cut]), of(nights[cut:])
    for table, rows in whole.items():
        parts = pa.concat_tables([early[table], late[table]])
        assert as_stored(table, parts).equals(as_stored(table, rows))
        assert parquet_bytes(table, parts, "plain", 0, 250, {}) == parquet_bytes(table, rows, "plain", 0, 250, {})


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(0, 2)), max_size=40))
def test_rows_are_put_in_order(rows: list[tuple[int, int, int]]):
    """Oracle: Python's stable sort."""
    slot, keys = np.array([row[0] for row in rows], dtype=np.int64), np.array([row[1:] for row in rows], dtype=np.float64).reshape(-1, 2).T.copy()
    assert ordered(slot, np.int64(6), keys).tolist() == sorted(range(len(rows)), key=rows.__getitem__)


def test_a_name_has_one_code_in_a_chunk():
    """By hand: three replicates, two of them with the same list; −1 stays −1; ranks go by the text."""
    shared = ("b", "a")
    words = Words([shared, ("a", "c"), shared], more=("b", "z"))
    assert words.names == ["b", "a", "c", "z"]
    assert words.of(np.array([0, 0, 1, 1, 1, 2]), np.array([0, 1, 0, 1, -1, 1])).tolist() == [0, 1, 1, 2, -1, 1]
    assert words.rank(np.array([0, 1, 2, 3, -1])).tolist() == [1.0, 0.0, 2.0, 3.0, np.inf]
    assert words.code("z") == 3


def test_entries_by_hand():
    """By hand: bits 1 and 2 (Poland, Romania); two stays in Romania, the later listed first."""
    raid, allies, flown = night(1, 0)
    raid.threats["excursion"] = 0
    raid.threats["excursion"][0] = 0b110
    stays = np.zeros(3, dtype=arrays.INSIDE)
    stays["threat"], stays["country"], stays["entry_s"] = 0, (2, 2, 1), (900.0, 300.0, 700.0)
    told = of([(Raid(0, 0, raid.threats, raid.verts, stays, raid.names), allies, flown)])["threats"].to_pylist()
    assert {row["threat"]: (row["excursion"], row["entries_s"]) for row in told if row["excursion"]} == {raid.names[0]: ("PL,RO", [700.0, 300.0])}
    assert all(row["entries_s"] is None for row in told if row["threat"] != raid.names[0])


@pytest.mark.parametrize("table", [name for name in TABLES if name != "paths"])
def test_what_a_chunk_makes_is_in_the_folders_order(table: str):
    """Law: writing sorts what came in any order; of a whole chunk it finds nothing to sort, but where land times of falls are alike."""
    rows = of([night(number, number) for number in range(8)])[table]
    keys = [(key, "ascending") for key in ("replicate", "threat", *ORDER[table]) if key not in ("lat", "lon")]
    assert rows.num_rows
    asked = as_stored(table, rows).select([key for key, _ in keys])
    assert asked.equals(asked.sort_by(keys))
