"""A screening in words and in the brief: in order, linked to the inputs' rows, and marked where it is not told from noise."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from brief_folder import make_folder, package, sourced
from walk import page_of

from zaslin.brief.page import render
from zaslin.brief.screened import anchor, ranked, targets, title, words
from zaslin.errors import InputError, StoreError
from zaslin.outcomes.screened import NAME
from zaslin.outcomes.store import Results

KEY = "coalition_kills: toward - status-quo"


def effect(rank: int, mu_star: float, mu: float | None = None, told: bool = True) -> dict[str, Any]:
    return {"mu_star": mu_star, "mu_star_conf": 0.1, "mu": mu, "sigma": None, "noise": 0.05, "told": told, "share": mu_star / 2.0, "rank": rank}


def row(name: str, paths: list[str], found: dict[str, Any], members: int = 1) -> dict[str, Any]:
    kind = "number" if members == 1 else "group"
    numbers = [sourced(0.5, 0.25, 0.75, "share")] if members == 1 else []
    return {"name": name, "kind": kind, "group": name, "members": [name] * members, "paths": paths, "numbers": numbers, "effects": {KEY: found}}


def screening(results: Results) -> dict[str, Any]:
    """Made up: a number that the answer falls with, one that it grows with but not for certain, a group of three, and one without effect."""
    first, second, third = (str(entry["path"]) for entry in results.manifest["inputs"][:3])
    target = {"key": KEY, "measure": "coalition_kills", "unit": "count", "label": "Shot down by the coalition", "kind": "difference"}
    method = {
        "numbers": 6, "groups": 4, "group_trajectories": 5, "numbers_moved_singly": 3, "trajectories": 14, "low_quantile": 0.05, "high_quantile": 0.95,
        "replicates_per_evaluation": 20, "evaluations": 81,
    }  # fmt: skip
    return {
        "version": 1, "night": "n", "packages": ["status-quo", "toward"], "seed": 7, "given": None, "inputs_hash": results.manifest["inputs_hash"],
        "method": method, "targets": [{**target, "a": "status-quo", "b": "toward", "mean": 0.3}], "groups": [],
        "rows": [
            row("second", [second], effect(2, 0.4, 0.4, told=False)), row("first", [first], effect(1, 0.8, -0.79)),
            row("routes/shape", [third], effect(3, 0.2), members=3), row("nothing", [], effect(4, 0.0, 0.0, told=False)),
        ],
    }  # fmt: skip


@pytest.fixture
def screened(tmp_path: Path) -> Results:
    """Two packages and a screening."""
    results = make_folder(tmp_path / "s", [package("status-quo", "Status quo", fires=False), package("toward", "What flies toward us")])
    (results.folder / NAME).write_text(json.dumps(screening(results)), encoding="utf-8")
    return results


def test_rows_come_by_size_with_words_for_way_and_doubt(screened: Results):
    """By hand: 0.8 falls with the number (mu −0.79), 0.4 is not told from noise, a group has no direction; what has no effect is left out."""
    held = screening(screened)
    (target,) = targets(held)
    rows = ranked(held, target)
    assert title(target) == "Shot down by the coalition, a night: toward, difference from status-quo"
    assert [(row.effect, row.way) for row in rows] == [("0.80 ±0.10", "falls with it"), ("~ 0.40 ±0.10", "not told from noise"), ("0.20 ±0.10", "together")]
    assert [len(row.blocks) for row in rows] == [12, 6, 3] and rows[0].value == "0.25–0.75"
    assert words(held["rows"][2])[0] == "shape of routes: way-points, doglegs, turns (3 numbers together)"
    with pytest.raises(InputError, match="coalition_kills"):
        targets(held, "coalition_kill")


def test_the_brief_shows_it_and_each_number_leads_to_its_row(screened: Results):
    """Law: a linked anchor is on the page once; from every number two steps lead to a source or assumption."""
    html = render(screened)
    assert html.index('id="assumptions"') < html.index('id="screened"') < html.index('id="inputs-')
    links = re.findall(r'<th scope="row"><a href="#([^"]+)">', html)
    assert links[0] == anchor(str(screened.manifest["inputs"][0]["path"]))
    assert all(html.count(f'id="{link}"') == 1 for link in links)
    page = page_of(html, screened)
    assert page.walk().lost == [] and page.astray() == []


@pytest.mark.slow
def test_a_screening_of_another_question_or_a_garbled_one_is_refused(screened: Results):
    """A brief must not show what belongs to other numbers; the message says what to do."""
    path = screened.folder / NAME
    path.write_text(json.dumps({**screening(screened), "inputs_hash": "0"}), encoding="utf-8")
    with pytest.raises(StoreError, match="another question"):
        render(screened)
    for text, told in (("{", "truncated"), ("[]", "no object"), ("{}", "it lacks"), ('{"version": 99}', "newer")):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(StoreError, match=told):
            render(screened)


def test_without_a_screening_the_page_has_nothing_of_it(screened: Results):
    """Law: the file taken away, the page is as it was before."""
    (screened.folder / NAME).unlink()
    html = render(screened)
    assert "screened" not in html and 'id="input-' not in html
