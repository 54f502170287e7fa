"""The house's own rules: imports run down, the front door is light and not used from inside, nothing names a machine."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import zaslin

ROOT = Path(__file__).parents[1]
SOURCE = Path(zaslin.__file__).parent
DOOR = {
    "__init__.py", "__main__.py", "cli.py", "cli_ask.py", "cli_cache.py", "cli_forms.py", "cli_learn.py", "cli_ledger.py", "cli_positions.py", "cli_run.py",
    "cli_read.py", "cli_share.py", "cli_trace.py",
    "cli_paper.py",
}  # fmt: skip


def inside() -> list[Path]:
    """Every file of the package but the doors."""
    return [path for path in sorted(SOURCE.rglob("*.py")) if not (path.parent == SOURCE and path.name in DOOR)]


def tracked() -> list[Path]:
    """The text files that git holds; skips where there is no git."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    names = [name for name in listed.decode().split("\0") if name]
    ending = {".py", ".md", ".toml", ".yaml", ".yml", ".csv", ".txt", ".cff", ".html", ".css", ".js", ".json", ""}
    return [ROOT / name for name in names if Path(name).suffix in ending and (ROOT / name).is_file()]


def test_imports_run_down_and_what_reads_never_runs():
    """The contracts of pyproject.toml, by import-linter; docs/house.md says why each is there."""
    done = subprocess.run([Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:]


def test_nothing_inside_imports_the_front_door_or_the_command_line():
    """Law: a room names the file that defines what it needs; asking the front door would close a circle."""
    rooms = {path.stem for path in SOURCE.glob("*.py") if path.name not in DOOR} | {path.name for path in SOURCE.iterdir() if path.is_dir()}
    found = []
    for path in inside():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found += [f"{path.name}: import {item.name}" for item in node.names if item.name == "zaslin" or item.name.startswith("zaslin.cli")]
            elif isinstance(node, ast.ImportFrom) and node.module == "zaslin":
                found += [f"{path.name}: from zaslin import {item.name}" for item in node.names if item.name not in rooms]
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("zaslin.cli"):
                found.append(f"{path.name}: from {node.module}")
    assert found == []


def test_every_file_opens_with_a_sentence_and_stays_readable():
    """Law of the house: a door sentence on every file that has code, and no file longer than 450 lines."""
    silent, long = [], []
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
        if tree.body and ast.get_docstring(tree) is None:
            silent.append(str(path.relative_to(SOURCE)))
        if text.count("\n") > 450:
            long.append(str(path.relative_to(SOURCE)))
    assert (silent, long) == ([], [])


def test_no_file_is_called_after_nothing():
    """Law of the house: a name says the subject; these say none."""
    assert [path.name for path in SOURCE.rglob("*.py") if path.stem in {"utils", "helpers", "misc", "common", "util", "helper"}] == []


def test_nothing_names_a_machine_or_an_address_of_packages():
    """Law: a clone on any machine is as good as ours; pins are names, versions and hashes."""
    folders = "|".join(f"/{name}/" for name in ("work", "root", "farm", "home/[a-z]+"))  # put together here, so that this file names none
    forbidden = re.compile(folders + r"|index-url|find-links|trusted-host|python" + r"hosted|simple/pypi|registry\.npm" + "js")
    texts = [path for path in tracked() if path != Path(__file__)]
    found = [str(path.relative_to(ROOT)) for path in texts if forbidden.search(path.read_text(encoding="utf-8", errors="replace"))]
    assert found == []


def test_every_dependency_is_pinned_by_hash():
    """Law: whatever pyproject.toml asks for has a pinned version, and every pin has a hash."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = {*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["dev"], *project["dependency-groups"]["build"]}
    names = {re.split(r"[<>=!~\[; ]", item, maxsplit=1)[0].lower() for item in asked}
    entries = re.split(r"\n(?=\S)", (ROOT / "requirements-dev.txt").read_text(encoding="utf-8").strip())
    pinned = {entry.split("==")[0].lower() for entry in entries if "==" in entry and "--hash=sha256:" in entry}
    assert len(entries) == sum("--hash=sha256:" in entry for entry in entries)
    assert names - pinned == set()


def test_the_front_door_is_light():
    """Law: `import zaslin` fetches none of the heavy libraries; names do that when they are first used."""
    heavy = {"numpy", "numba", "polars", "pyarrow", "pydantic", "matplotlib", "shapely", "scipy", "SALib", "pandas"}
    code = f"import sys, zaslin; print(sorted({heavy!r} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
