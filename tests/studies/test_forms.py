"""A study in other forms of the model: resumed, the same whatever the threads, and its default form is the study itself."""

from __future__ import annotations

import json

import pytest

from zaslin.errors import InputError, StoreError
from zaslin.outcomes.formed import NAME, read_forms_file
from zaslin.scenario.forms import FORMS
from zaslin.studies.answers import answers
from zaslin.studies.block import fly_block
from zaslin.studies.design import inputs_hash, study
from zaslin.studies.forms import _effect, compare_forms, in_forms


@pytest.fixture
def small(small_night):
    return study(small_night, ["status-quo", "skyshield-west"], 20, seed=3)


def test_differences_by_hand():
    """By hand: 1 … 5 against 2, 4, 6, 8, 10: means 3 and 6, differences 1 … 5: 3 ± 2.132 · √2.5 / √5; a block that is not defined in one form is in neither.
    Of four blocks there is no interval."""
    import numpy as np

    base, other = np.array([1.0, 2.0, 3.0, 4.0, 5.0, np.nan]), np.array([2.0, 4.0, 6.0, 8.0, 10.0, 9.0])
    found = _effect(base, other)
    assert (found["blocks"], found["base"], found["other"], found["difference"]) == (5, 3.0, 6.0, 3.0)
    assert (found["mc_low"], found["mc_high"]) == pytest.approx((3.0 - 2.1318 * 0.5**0.5, 3.0 + 2.1318 * 0.5**0.5), abs=1e-3)
    few = _effect(base[:4], other[:4])
    assert (few["blocks"], few["difference"], few["mc_low"], few["mc_high"]) == (4, 2.5, None, None)
    assert _effect(np.array([np.nan]), np.array([1.0])) == {"blocks": 0, "base": None, "other": None, "difference": None, "mc_low": None, "mc_high": None}


def test_forms_are_compared_and_kept(small, tmp_path):
    """Law: threads change nothing, what is there is not flown again, and the file is read back as it was written."""
    held = compare_forms(small, tmp_path / "a", blocks=2, threads=1)
    told: list[tuple[int, int]] = []
    other = compare_forms(small, tmp_path / "b", blocks=2, threads=2, progress=lambda _, done, of: told.append((done, of)))
    assert held == other and told[0] == (0, 8) and told[-1] == (8, 8)
    assert read_forms_file(tmp_path / "a", inputs_hash(small)) == held
    assert [row["form"] for row in held["rows"]] == list(FORMS) and len(held["targets"]) == len(answers(small))
    kills = [target["measure"] for target in held["targets"]].index("coalition_kills")
    assert all(row["effects"][kills]["base"] == held["rows"][0]["effects"][kills]["base"] for row in held["rows"])
    again: list[int] = []
    assert compare_forms(small, tmp_path / "a", blocks=2, progress=lambda _, done, of: again.append(of - done)) == held
    assert again == [0]


def test_a_form_changes_what_it_is_about(small, tmp_path):
    """By the form: what is above the horizon is tracked, so a member tracks at least what it tracked by looks, and there are no looks."""
    from zaslin.atlas.ground import load_ground

    ground = load_ground()
    plain = fly_block(small, ground, small.packages, 0).tables["skyshield-west"]["plain"]
    horizon = in_forms(small, {"detection": "horizon"})
    seen = fly_block(horizon, ground, horizon.packages, 0).tables["skyshield-west"]["plain"]["tracks"]

    def tracked(table) -> set[tuple[int, str, str]]:
        rows = zip(table["replicate"].to_pylist(), table["threat"].to_pylist(), table["member"].to_pylist(), table["seen_s"].to_pylist(), strict=True)
        return {row[:3] for row in rows if row[3] is not None}

    assert tracked(plain["tracks"]) <= tracked(seen)
    assert set(seen["looks"].to_pylist()) == {None}


def test_what_cannot_be_compared_is_refused(small, tmp_path):
    with pytest.raises(InputError, match="from 2 to"):
        compare_forms(small, tmp_path, blocks=1)
    with pytest.raises(InputError, match="already"):
        compare_forms(in_forms(small, {"hazard": "near-aims"}), tmp_path, blocks=2)
    work = tmp_path / "other" / "forms"
    work.mkdir(parents=True)
    (work / "plan.json").write_text(json.dumps({"inputs_hash": "another"}))
    with pytest.raises(StoreError, match="another question"):
        compare_forms(small, tmp_path / "other", blocks=2)


def test_a_folder_of_another_form_is_not_compared_with_itself(small, tmp_path):
    """What `zaslin forms` makes of a folder that was run with --form detection=horizon: its packages hold that form, so its hash alone does not tell."""
    from zaslin.cli_trace import study_again
    from zaslin.outcomes.store import create
    from zaslin.outcomes.tables import SCHEMA_VERSION
    from zaslin.studies.design import description

    names = [one.name for one in small.packages]
    for told in ("detection=horizon", "hazard=near-aims"):
        item = study(small.night, names, 20, seed=3, forms=[told])
        results = create(tmp_path / told, {"schema_version": SCHEMA_VERSION, **description(item), "replicates": 20})
        again = study_again(results, names, None)
        assert again.forms == item.forms and inputs_hash(again) == inputs_hash(item)
        with pytest.raises(InputError, match=f"{told} already"):
            compare_forms(again, tmp_path / told, blocks=2)
    with pytest.raises(InputError, match="given twice"):
        study_again(results, [names[0], names[0]], None)
    results.manifest["packages"][0]["a_key_of_another_version"] = 1
    with pytest.raises(InputError, match="other numbers"):
        study_again(results, names, None)


def test_packages_that_have_the_other_form_themselves_are_not_compared_in_it(small, tmp_path, monkeypatch):
    """By hand: with every radar by the horizon already, two parts are left, and 2 blocks in 3 studies are flown."""
    from zaslin.scenario.forms import package_in
    from zaslin.studies import forms

    own = study(small.night, [package_in({"detection": "horizon"}, one) for one in small.packages], 20, seed=3)
    asked: list[int] = []
    monkeypatch.setattr(forms, "warm_up", lambda *_: None)
    monkeypatch.setattr(forms, "fly_block", lambda item, *_: asked.append(1) or type("Rows", (), {"tables": None, "record": None}))
    monkeypatch.setattr(forms, "block_answers", lambda item, wanted, *_: [0.0] * len(wanted))
    held = compare_forms(own, tmp_path, blocks=2, threads=1)
    assert [row["form"] for row in held["rows"]] == ["routes", "hazard"] and len(asked) == 6


@pytest.mark.parametrize(("text", "says"), [("{", "garbled"), ("[]", "garbled"), ('{"version": 99}', "newer zaslin"), ('{"version": 1}', "garbled")])
def test_a_garbled_file_is_told(tmp_path, text, says):
    assert read_forms_file(tmp_path) is None
    (tmp_path / NAME).write_text(text)
    with pytest.raises(StoreError, match=says):
        read_forms_file(tmp_path)
