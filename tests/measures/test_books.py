"""The books: a folder that balances, and for every check one fault that it must find."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from zaslin.measures.books import books

CROSSING = {"excursion": "PL,SK", "crosses": "PL"}
PAIR = {"member": "PL", "asset": "pl-cap"}


def night() -> dict[str, list[dict[str, Any]]]:
    """Ten replicates of two threats: a crosses and is shot down in replicate 3 (a miss, then a hit), else it enters Poland; b is lost."""
    rows: dict[str, list[dict[str, Any]]] = {"threats": [], "causes": [], "incursions": [], "engagements": [], "shots": [], "windows": []}
    for r in range(10):
        killed = r == 3
        fate = {"fate": "killed_member", "shooter_member": "PL", "shooter_asset": "pl-cap"} if killed else {"fate": "left"}
        rows["threats"] += [
            {"replicate": r, "threat": "a", "would_have": "left", "fate_s": 9.0, **fate, **CROSSING},
            {"replicate": r, "threat": "b", "would_have": "lost", "fate": "lost", "fate_s": 9.0},
        ]
        for name in ("b",) if killed else ("a", "b"):
            for member in ("PL", "RO", "coalition"):
                rows["causes"].append({"replicate": r, "threat": name, "member": member, "cause": "not_permitted"})
        if not killed:
            rows["incursions"].append({"replicate": r, "threat": "a", "country": "PL", "entry_s": 5.0, "exit_s": 9.0})
    rows["windows"].append({"replicate": 3, "threat": "a", "member": "PL", "from_s": 1.0, "to_s": 9.0})
    rows["engagements"].append({"replicate": 3, "threat": "a", **PAIR, "shots": 2, "needed": True, "commit_s": 1.0, "end_s": 4.0})
    rows["shots"] += [{"replicate": 3, "threat": "a", **PAIR, "fire_s": t, "impact_s": t + 1.0, "hit": hit} for t, hit in ((2.0, False), (3.0, True))]
    return rows


def check(make_results, rows: dict[str, list[dict[str, Any]]], **manifest: Any) -> str | None:
    two = {"id": "2023-12-29", "groups": [{"id": "kh101", "count": 1}, {"id": "shahed", "count": 1}]}
    found = books(make_results({"a": rows}, replicates=10, night=two, **manifest), "a")
    return None if found is None else str(found)


def test_books_that_balance_have_nothing_to_say(make_results):
    assert check(make_results, night()) is None


def change(table: str, where: dict[str, Any], **columns: Any):
    def fault(rows: dict[str, list[dict[str, Any]]]) -> None:
        for row in rows[table]:
            if all(row.get(key) == value for key, value in where.items()):
                row.update(columns)

    return fault


def drop(table: str, **where: Any):
    def fault(rows: dict[str, list[dict[str, Any]]]) -> None:
        rows[table] = [row for row in rows[table] if any(row.get(key) != value for key, value in where.items())]

    return fault


def add(table: str, **row: Any):
    return lambda rows: rows[table].append({"replicate": 4, "threat": "a", **row})


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (drop("threats", replicate=4, threat="b"), "threats = launched: 1 threats of 2 launched (a, replicate 4)"),
        (change("threats", {"replicate": 4, "threat": "b"}, threat="a"), "threats = launched"),
        (change("threats", {"replicate": 4, "threat": "b"}, fate="vanished"), "one fate each: fate vanished (a, replicate 4, b)"),
        (change("threats", {"replicate": 4, "threat": "b"}, would_have="leaked"), "same luck: fate lost, but leaked without the coalition"),
        (change("causes", {"replicate": 4, "threat": "b", "member": "RO"}, cause="fog"), "a known cause: cause fog"),
        (drop("causes", replicate=4, threat="b", member="coalition"), "nothing unexplained: no cause for coalition (a, replicate 4, b)"),
        (drop("causes", replicate=4, threat="b", member="RO"), "nothing unexplained: no cause for RO"),
        (add("causes", member="RO", cause="missed"), "one cause each: 2 causes for RO"),
        (add("causes", replicate=3, member="RO", cause="missed"), "no cause for a kill"),
        (add("causes", member="SK", cause="missed"), "a cause has its member"),
        (change("shots", {"hit": True}, hit=False), "a kill has its hit: shot down by PL, without a hit"),
        (change("shots", {"hit": True}, asset="pl-qra"), "a kill has its hit"),
        (change("shots", {}, hit=True), "one hit ends it: 2 hits"),
        (change("engagements", {}, shots=1), "engagements' shots = shots: PL pl-cap: 1 in engagements, 2 fired"),
        (change("engagements", {}, needed=False), "needed engagements"),
        (change("incursions", {"replicate": 4}, country="SK"), "entries are crossings: entered SK without a crossing"),
        (change("threats", {"replicate": 4, "threat": "a"}, excursion="SK"), "crossings are excursions: would cross into PL"),
        (change("incursions", {"replicate": 4}, exit_s=1.0), "stays last"),
        (change("windows", {}, to_s=0.0), "windows last"),
        (change("windows", {}, from_s=9.0), "no window after the end: PL's window from 9.0 to 9.0, ended at 9.0"),
        (change("windows", {}, to_s=9.5), "no window after the end"),
        (change("shots", {"fire_s": 2.0}, fire_s=0.5), "a shot lies in its engagement: PL pl-cap fired at 0.5, outside its engagements"),
        (change("engagements", {}, end_s=3.5), "a shot lies in its engagement: PL pl-cap fired at 3.0, outside its engagements"),
    ],
)  # fmt: skip
def test_every_fault_is_found_and_named(make_results, fault, says: str):
    rows = copy.deepcopy(night())
    fault(rows)
    found = check(make_results, rows)
    assert found is not None and says in found


def test_who_permits_nothing_never_fires(make_results):
    """The same rows under a package whose only caveats forbid: the first engagement is the fault."""
    silent = [{"name": "a", "members": [{"nation": nation, "caveats": [{"id": "never", "effect": "forbid"}]} for nation in ("PL", "RO")]}]
    found = check(make_results, night(), packages=silent)
    assert found is not None and "no permission, no shot: PL engaged" in found


def test_a_tagged_sample_crosses_into_the_country_that_it_stands_for(make_results):
    sample = {"sample": 0, "replicate": 0, "block": 0, "fate": "left", "would_have": "left", "excursion": "PL", "crosses": "PL", "tag_country": "RO"}
    causes = [{"sample": 0, "replicate": 0, "member": member, "cause": "not_seen"} for member in ("PL", "RO", "coalition")]
    tagged = {"a": {"threats": [sample], "causes": causes}}
    assert "a sample crosses: stands for RO" in str(check(make_results, night(), tagged=tagged))
    sample["tag_country"] = "PL"
    assert check(make_results, night(), tagged=tagged) is None


WRONG = {"replicate": 5, "threat": "friendly-PL-001", "object": "friendly"}


def mistaken(hits: int = 1) -> dict[str, list[dict[str, Any]]]:
    """The night, and in replicate 5 a friendly aircraft that a patrol shoots at twice."""
    rows = night()
    rows["engagements"].append({**WRONG, **PAIR, "shots": 2, "needed": False, "commit_s": 0.0, "end_s": 2.0})
    rows["shots"] += [{**WRONG, **PAIR, "fire_s": float(i), "impact_s": i + 1.0, "hit": i < hits} for i in range(2)]
    rows["falls"] = [{**WRONG, "kind": "debris", "ec": 0.001, "shooter_member": "PL"}]
    return rows


def test_wrong_shots_balance_and_are_no_threats(make_results):
    assert check(make_results, mistaken()) is None


def test_a_wrong_object_is_hit_once_at_most(make_results):
    assert "what is no threat is hit once at most" in (check(make_results, mistaken(2)) or "")


def test_what_is_no_threat_has_no_row_among_the_threats(make_results):
    rows = mistaken()
    rows["threats"][-1]["threat"] = WRONG["threat"]
    for row in rows["causes"][-3:]:
        row["threat"] = WRONG["threat"]
    for row in (*rows["engagements"][1:], *rows["shots"][2:], *rows["falls"]):
        row["replicate"] = 9
    assert "what is no threat is not among the threats" in (check(make_results, rows) or "")


def test_wrong_shots_must_be_in_the_engagements_too(make_results):
    rows = mistaken()
    rows["shots"] = rows["shots"][:-1]
    assert "engagements' shots = shots" in (check(make_results, rows) or "")
