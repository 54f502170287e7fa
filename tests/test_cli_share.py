"""The verb `share` and the members of `run --sub-coalitions` on the command line: what is asked wrongly is told so that it can be mended."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from zaslin.cli import app
from zaslin.measures.sub_coalitions import NAMES, _how


def refused(*words: str) -> str:
    """Why the command refuses."""
    done = CliRunner().invoke(app, list(words), prog_name="zaslin")
    assert done.exit_code != 0
    return f"{done.stderr} {done.exception}"


@pytest.mark.parametrize(
    ("members", "says"), [("", "names nobody"), (" , ", "names nobody"), ("PL,PL", "PL came twice"), ("pl,RO, PL,ro", "PL, RO came twice")]
)  # fmt: skip
def test_members_that_name_nobody_or_somebody_twice_are_refused(tmp_path: Path, members: str, says: str):
    """Before anything is flown or written."""
    said = refused("run", "2023-12-29", "-p", "pl-ro-toward-border", "--sub-coalitions", "--members", members, "-n", "10", "-o", str(tmp_path / "out"))
    assert says in said and "--members" in said
    assert not (tmp_path / "out").exists()


def _package(name: str, nations: str, effect: str | None) -> dict[str, Any]:
    return {"name": name, "members": [{"nation": nation, "caveats": [{"effect": effect}] if effect else []} for nation in nations.split()]}


def _results(*packages: dict[str, Any]) -> Any:
    return SimpleNamespace(manifest={"packages": list(packages), "night": {"id": "2023-12-29"}})


def test_a_folder_without_sub_coalitions_is_told_a_package_of_its_own_that_may_fire():
    """By hand: no rules, forbidden fire and one member alone are passed over; of nine members eight are named."""
    idle, forbids, alone = _package("status-quo", "PL RO", None), _package("never", "PL RO", "forbid"), _package("alone", "PL", "permit")
    assert "-p toward --sub-coalitions -o FOLDER" in _how(_results(idle, forbids, alone, _package("toward", "PL RO", "ask")))
    assert "-p PACKAGE --sub-coalitions" in _how(_results(idle, forbids, alone))
    assert "--members PL,RO,GB,FR,NL,DK,SE,CZ -o" in _how(_results(_package("nine", "PL RO GB FR NL DK SE CZ SK", "permit")))


def test_the_measures_are_listed_without_a_folder_and_nothing_else_is():
    done = CliRunner().invoke(app, ["share", "--measure", "list", "--json"], prog_name="zaslin")
    assert (done.exit_code, json.loads(done.stdout)) == (0, {"measures": list(NAMES)})
    assert "name a results FOLDER" in refused("share")
    assert "name a results FOLDER" in refused("share", "--measure", "incursions")


def test_a_folder_of_a_run_without_sub_coalitions_has_no_share(tmp_path: Path):
    """From Python too: the message has the command that would fly some."""
    import zaslin as zs
    from zaslin.errors import StoreError

    bare = SimpleNamespace(folder=tmp_path, manifest={**_results(_package("toward", "PL RO", "permit")).manifest, "inputs_hash": ""})
    assert zs.sub_coalitions(bare) is None
    with pytest.raises(StoreError, match="holds no sub-coalitions; `zaslin run 2023-12-29 -p toward --sub-coalitions"):
        zs.share(bare, "incursions")


def test_the_measures_can_be_listed():
    """`--measure list` is in the help, and names all that `--measure` takes."""
    from zaslin.cli_share import _print_names

    assert "--measure list" in " ".join(CliRunner().invoke(app, ["share", "--help"], prog_name="zaslin", env={"COLUMNS": "200"}).stdout.split())
    with pytest.MonkeyPatch.context() as patch:
        told: list[Any] = []
        patch.setattr("zaslin.cli_paper.table", lambda heads, rows, title: told.extend(rows))
        _print_names(NAMES, False)
    assert [row[0] for row in told] == list(NAMES)
