"""The front door: every name opens, and what the README shows runs as it stands (with fewer replicates)."""

from __future__ import annotations

import math
import re
import shlex
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import zaslin as zs
from zaslin.errors import InputError

README = Path(__file__).parents[1] / "README.md"
REPLICATES = "20"


def blocks(language: str) -> list[str]:
    """The README's code blocks of a language ("" for shell)."""
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", README.read_text(encoding="utf-8"), flags=re.M | re.S)
    return [text for name, text in fenced if name == language]


def test_every_name_of_the_front_door_opens():
    """Law: what dir() lists is there; a measure's name here is its name in the registry."""
    for name in dir(zs):
        assert getattr(zs, name) is not None, name
    for name in zs._MEASURES:
        assert getattr(zs, name) is zs.MEASURES[name]


def test_a_name_that_is_not_there_says_so():
    """By hand: a mistyped name is an AttributeError, as Python's own tools expect."""
    with pytest.raises(AttributeError, match="incursion_count"):
        _ = zs.incursion_count


def test_a_measure_and_a_package_mixed_up_are_told(tmp_path: Path):
    """By hand: a measure's name where the measure is wanted, and a measure where a package's name is; before anything is read."""
    runs: object = SimpleNamespace(folder=tmp_path)
    for call in (zs.compare, zs.given_difference):
        with pytest.raises(zs.ZaslinError, match=r"'incursions' came where a measure is wanted; give the measure itself, as zs.MEASURES\[\"incursions\"\]"):
            call(runs, "incursions", "status-quo", "pl-ro-toward-border")
        with pytest.raises(zs.ZaslinError, match="the measure leakers came where a package's name is wanted"):
            call(runs, zs.incursions, "status-quo", zs.leakers)
    for call in (zs.estimate, zs.given_estimate):
        with pytest.raises(zs.ZaslinError, match="where a measure is wanted"):
            call(runs, "incursions", "status-quo")
        with pytest.raises(zs.ZaslinError, match="None came where a package's name is wanted"):
            call(runs, zs.incursions, None)


def test_the_room_of_the_brief_can_still_be_called_after_an_import_from_it():
    """Law: `import zaslin.brief.page` puts the room in the place of the function; calling it must still write a brief."""
    code = "import zaslin as zs, zaslin.brief.numbers; assert callable(zs.brief), zs.brief"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_shipped_nights_and_those_of_a_table_are_iterated_alike(shared: Path):
    """By hand: the shipped nights in order of date; the table gives some hundred nights and says which rows it does not use."""
    ids = [night.id for night in zs.nights()]
    assert {"2022-11-15", "2023-09-04", "2023-12-29", "2024-03-24", "2024-08-26"} < set(ids)
    assert ids == sorted(ids)
    found = zs.nights(shared / "data" / "daily_reports_to_2024.csv")
    assert len(list(found)) > 300
    assert found.unused


def test_vary_gives_a_changed_copy_and_checks_it():
    """By hand: the copy has the new value, the old one is as it was, and nonsense is refused."""
    today = zs.package("status-quo")
    changed = zs.vary(today, {"members[PL].picture.shared.enabled": True}, name="shared-picture")
    assert (changed.members[0].picture.shared.enabled, today.members[0].picture.shared.enabled) == (True, False)
    with pytest.raises(zs.ZaslinError, match="cover"):
        zs.vary(today, {"members[PL].picture.shared.cover": 1.7})


def test_the_ten_lines_of_python_run_as_they_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """By the README: its Python, with 20 replicates for 2,000, ends with a gain that has an interval, causes, and a brief."""
    (text,) = blocks("python")
    assert "replicates=2_000" in text
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(compile(text.replace("2_000", REPLICATES), "README.md", "exec"), names)
    gain, why = names["gain"], names["why"]
    assert gain.low <= gain.mean <= gain.high or math.isnan(gain.low)  # type: ignore[attr-defined]
    total = sum(cause.mean_per_replicate for cause in why.of("coalition"))  # type: ignore[attr-defined]
    assert total == pytest.approx(why.not_killed)  # type: ignore[attr-defined]
    assert (tmp_path / "brief.html").stat().st_size > 10_000


@pytest.mark.slow
def test_the_commands_of_the_readme_run_as_they_stand(tmp_path: Path):
    """By the README: its shell lines in their order, with 20 replicates for 500, all end with 0."""
    lines = [line.split("  #")[0].strip() for block in blocks("") for line in block.splitlines()]
    commands = [line for line in lines if line.startswith("zaslin ")]
    assert len(commands) >= 10
    for command in commands:
        words = shlex.split(command.replace("-n 500", f"-n {REPLICATES}"))[1:]
        target = None
        if ">" in words:
            target = tmp_path / words[words.index(">") + 1]
            words = words[: words.index(">")]
        done = subprocess.run([sys.executable, "-m", "zaslin", *words], cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode == 0, f"{command}\n{done.stderr}"
        if target is not None:
            target.write_text(done.stdout, encoding="utf-8")


WRONG = (5, 3.5, True, b"x", object(), {"a": 1}, {"a"}, [1], float("nan"), zs.leakers, len, "\0")
"""Of no argument's kind, or a text that names nothing; what an argument does take is left out below."""

TAKES: dict[str, tuple[object, ...]] = {"seed": (5,), "forms": (), "threads": (5,), "progress": (zs.leakers, len), "replicates": ()}


def _calls(tmp_path: Path) -> dict[str, tuple[object, dict[str, object]]]:
    """Names of the front door that are called, with arguments of which one at a time is then made wrong; the right ones run into an error of their own."""
    study = zs.study("2023-12-29", ["pl-ro-toward-border"], 10)
    runs = SimpleNamespace(folder=tmp_path, manifest={}, packages=())
    no_file = tmp_path / "none.csv"
    night = {"night": "2023-12-29", "packages": ["status-quo"], "replicates": 10, "seed": 1, "given": None, "calibration": None, "forms": (), "terrain": None}
    return {
        "night": (zs.night, {"which": no_file}), "nights": (zs.nights, {"path": no_file}), "package": (zs.package, {"name_or_path": no_file}),
        "incident": (zs.incident, {"id": "none"}), "check": (zs.check, {"path": no_file}), "study": (zs.study, night),
        "run": (zs.run, {"item": study, "folder": tmp_path, "threads": 1, "progress": None}),
        "fly_coalitions": (zs.fly_coalitions, {"item": study, "folder": tmp_path, "members": ("PL", "RO"), "threads": 1, "progress": None}),
        "screen": (zs.screen, {"item": study, "folder": tmp_path, "plan": None, "threads": 1, "progress": None}),
        "calibrate": (zs.calibrate, {"path": no_file, "progress": None}),
        "validate": (zs.validate, {"path": no_file, "since": date(2024, 1, 1), "progress": None}),
        "open_results": (zs.open_results, {"folder": no_file}),
        "estimate": (zs.estimate, {"results": runs, "measure": zs.leakers, "package": "a"}),
        "given_estimate": (zs.given_estimate, {"results": runs, "measure": zs.leakers, "package": "a"}),
        "compare": (zs.compare, {"results": runs, "measure": zs.leakers, "a": "a", "b": "b"}),
        "given_difference": (zs.given_difference, {"results": runs, "measure": zs.leakers, "a": "a", "b": "b"}),
        "sub_coalitions": (zs.sub_coalitions, {"results": runs}), "share": (zs.share, {"results": runs}),
        "why_not": (zs.why_not, {"results": runs, "package": "a", "draw": "plain"}), "windows": (zs.windows, {"results": runs, "package": "a"}),
        "brief": (zs.brief, {"results": runs, "path": no_file}), "agenda": (zs.agenda, {"results": runs, "path": no_file, "at": None, "book": None}),
        "ledger": (zs.ledger, {"own": no_file}), "possible_on": (zs.possible_on, {"day": date(2025, 1, 1), "book": None}),
    }  # fmt: skip


def test_what_is_of_a_wrong_kind_is_told_and_never_a_traceback(tmp_path: Path):
    """Law: every argument of every name that can be called, given something of another kind, ends in an InputError that says where, or what came."""
    called = _calls(tmp_path)
    assert {name for name in dir(zs) if callable(getattr(zs, name)) and name not in zs._MEASURES} - set(called) == {"ZaslinError", "vary"}
    told = []
    for name, (call, right) in called.items():
        for argument in right:
            for wrong in WRONG:
                takes_text = argument in ("a", "b", "package", "measure") and wrong == "\0"  # a name, which the folder may not have
                if takes_text or wrong in TAKES.get(argument, ()) or (argument == "measure" and wrong is zs.leakers):
                    continue
                try:
                    call(**{**right, argument: wrong})  # type: ignore[operator]
                except InputError:
                    continue
                except Exception as error:
                    told.append(f"{name}({argument}={wrong!r}): {type(error).__name__}: {error}")
                else:
                    told.append(f"{name}({argument}={wrong!r}) is taken")
    assert told == []
    assert list(tmp_path.iterdir()) == []  # nothing was flown or written


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (lambda: zs.run(zs.study("2023-12-29", ["status-quo"], 10), None), "folder: None came; give the path of a results folder"),
        (lambda: zs.run("2023-12-29", "x"), "study: '2023-12-29' came; give a study, as zs.study("),
        (lambda: zs.night(5), 'night: 5 came; give a night\'s id, as "2023-12-29", or the path'),
        (lambda: zs.night(date(2023, 12, 29)), 'give its id as text, "2023-12-29"'),
        (lambda: zs.package(5), 'package: 5 came; give a package\'s name, as "status-quo"'),
        (lambda: zs.study("2023-12-29", ["status-quo"], given=3), "given: 3 came; give an incident's id"),
        (lambda: zs.study("2023-12-29", ["status-quo"], given="PL-2023-12-28"), 'did you mean "PL-2023-12-29"'),
        (lambda: zs.study("2023-12-29", ["status-quo"], replicates="10"), "replicates: '10' came; give a whole number from 10"),
        (lambda: zs.study("2023-12-29", ["status-quo"], seed=2**70), "seed: 1180591620717411303424 came; give a whole number from 0"),
        (lambda: zs.study("2023-12-29", ["status-quo"], forms="hazard=near-aims"), 'give a list, which may have one, e.g. ["hazard=near-aims"]'),
        (lambda: zs.study("2023-12-29", ["status-quo", 5]), "package: 5 came"),
        (lambda: zs.vary("status-quo", name="x"), "model: 'status-quo' came; give a night or package"),
        (lambda: zs.vary(zs.package("status-quo"), ["name"]), "changes: ['name'] came; give a mapping from paths"),
        (lambda: zs.possible_on("2024-08-04"), "day: '2024-08-04' came; did you mean datetime.date(2024, 8, 4)"),
        (lambda: zs.possible_on(datetime(2024, 8, 4)), "did you mean datetime.date(2024, 8, 4)"),
        (lambda: zs.estimate(SimpleNamespace(manifest={}), "leaker", "a"), 'give the measure itself, as zs.MEASURES["leakers"]'),
    ],
)
def test_what_came_and_what_would_be_right_are_said(asked, words):
    with pytest.raises(InputError) as told:
        asked()
    assert words in str(told.value)


def test_a_whole_number_of_numpy_is_one():
    """By hand: 20 of NumPy's integers are 20 replicates."""
    assert zs.study("2023-12-29", ["status-quo"], replicates=np.int64(20), seed=np.int32(3)) == zs.study("2023-12-29", ["status-quo"], replicates=20, seed=3)


@pytest.mark.parametrize(
    "asked", [lambda: zs.compare("results/first", zs.MEASURES["shots"], "a", "b"), lambda: zs.share(None), lambda: zs.estimate(5, zs.MEASURES["shots"], "a")]
)
def test_a_folder_that_is_not_opened_is_told_how_to_open_it(asked):
    with pytest.raises(InputError, match=r"open it first: zs\.open_results\(FOLDER\)"):
        asked()


def test_one_package_by_itself_is_asked_for_as_a_list():
    with pytest.raises(InputError, match=r'give a list, which may have one, e\.g\. \["status-quo"\]'):
        zs.study("2023-12-29", "status-quo")


@pytest.mark.parametrize("name", ["coalitions", "forms", "screening", "search", "tagging"])
def test_a_package_is_not_called_as_what_a_folder_keeps(name):
    """By name: its parts would lie among the folder's own files."""
    called = zs.package("status-quo").model_copy(update={"name": name})
    with pytest.raises(InputError, match=f'a package cannot be called "{name}"'):
        zs.study("2023-12-29", [called], replicates=10)


def test_a_crossing_into_no_neighbour_cannot_be_given():
    """By name: Belarus is no neighbour in the model's sense; the search of routes has none for it."""
    with pytest.raises(InputError, match="BY-2024-09-05 came, a crossing into BY; one into PL, "):
        zs.study("2023-12-29", ["status-quo"], replicates=10, given="BY-2024-09-05")
