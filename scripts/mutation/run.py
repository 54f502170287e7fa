"""Mutation testing of the rooms physics and doctrine: how many small faults, put into the code one at a time, do their tests notice?

    python scripts/mutation/run.py                       # every file of both rooms, about a quarter of an hour on one core
    python scripts/mutation/run.py doctrine/heading.py   # one file
    python scripts/mutation/run.py --survivors list.md   # and the mutants that live, one row each

Works on a copy in a temporary folder and changes nothing in the checkout. In the copy the kernels are plain Python (the decorator's lines are taken out and
numba's JIT is off: mutmut passes over decorated functions, and machine code could not be switched from mutant to mutant), and records are
read as `row.field` through numpy's own record type. A file's tests are those that bear its name (tests/physics/test_path*.py for
physics/path.py), so a fault that only other files' tests notice survives here; the quick ones come first, hypothesis has few and always the same examples.
mutmut is looked for in the environment that runs this; where it is not, it comes into a throw-away one (`pip install mutmut`) that sees the present
one's libraries. Needs the extra `dev`, and a system that can fork.

A mutant is *killed* where a test fails (or the code breaks down) with it, and *survives* where all tests pass; one that runs into the time limit (an
endless loop, mostly) is told apart, and counts as killed only in the second share.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("physics", "doctrine")
MUTMUT = "mutmut==3.8.1"
TIMED_OUT = {36, 24, -24, 152, 255}
KILLED = {1, 3}

SLOW = (
    "tests/doctrine/test_consent.py::test_windows_are_ordered_disjoint_and_within_the_flight",
    "tests/doctrine/test_consent.py::test_a_tracks_course_error_turns_the_fan_of_the_heading_test",
)
"""Seconds each in plain Python: left out, so what only they notice survives."""

CONFIG = """
[tool.mutmut]
source_paths = ["src/zaslin/"]
only_mutate = ["src/zaslin/{file}"]
pytest_add_cli_args = ["-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov", "-W", "ignore::RuntimeWarning"]
pytest_add_cli_args_test_selection = {tests}
timeout_multiplier = 4.0
timeout_constant = 1.0
use_setproctitle = false
"""

QUICK_FIRST = '''

# --- only in the copy for mutation testing ---

settings.register_profile("mutants", deadline=None, derandomize=True, database=None, max_examples=25)
settings.load_profile("mutants")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Quick tests first: a mutant that dies should die early."""
    import json

    stats = Path("mutmut-stats.json")
    seconds = json.loads(stats.read_text()).get("duration_by_test", {}) if stats.exists() else {}
    items.sort(key=lambda item: seconds.get(item.nodeid, 0.0))
'''

DIFFS = """
import json, sys
from mutmut.mutation.diff_apply import get_diff_for_mutant
print(json.dumps({name: get_diff_for_mutant(name, path=sys.argv[1]) for name in json.load(sys.stdin)}))
"""


def tests_of(file: str) -> list[str]:
    """The test files that bear a file's name: tests/physics/test_path*.py for physics/path.py."""
    room, stem = file.removesuffix(".py").split("/")
    return [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "tests" / room).glob(f"test_{stem}*.py"))]


def copy_for(file: str, folder: Path) -> None:
    """The checkout's source and the two rooms' tests in `folder`, without the JIT, set up for mutants of one file."""
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "tests").mkdir()
    for room in ROOMS:
        shutil.copytree(ROOT / "tests" / room, folder / "tests" / room, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("toy_world.py", "conftest.py"):
        shutil.copy(ROOT / "tests" / name, folder / "tests" / name)
    conftest = folder / "tests" / "conftest.py"
    conftest.write_text(conftest.read_text(encoding="utf-8") + QUICK_FIRST, encoding="utf-8")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (folder / "pyproject.toml").write_text(
        project + CONFIG.format(file=file, tests=json.dumps([*tests_of(file), "-m", "not slow", *(f"--deselect={name}" for name in SLOW)])), encoding="utf-8"
    )
    for path in (folder / "src").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        plain = re.sub(r"(?m)^@(?:kernel|lean)\n", "", text)
        # Compiled code reads row.field of any structured row; Python does so where the rows are numpy records.
        plain += "".join(f"\n{name} = np.dtype((np.record, {name}))\n" for name in re.findall(r"(?m)^([A-Z]+) = np\.dtype\(", plain))
        if plain != text:
            path.write_text(plain, encoding="utf-8")


def python_with_mutmut(folder: Path) -> str:
    """This interpreter where it has mutmut; else that of a throw-away environment in `folder` that sees this one's libraries."""
    if importlib.util.find_spec("mutmut"):
        return sys.executable
    print(f"putting {MUTMUT} into a throw-away environment", file=sys.stderr)
    venv.create(folder, with_pip=True)
    place = next(folder.glob("lib/python*/site-packages"))
    (place / "checkout.pth").write_text("\n".join(sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})), encoding="utf-8")
    python = str(folder / "bin" / "python")
    subprocess.run([python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", MUTMUT], check=True)
    return python


def mutate(python: str, file: str, folder: Path, limit_s: float) -> dict[str, int | None]:
    """Exit code of the tests per mutant of a file (None: the limit came first)."""
    copy_for(file, folder)
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "ZASLIN_CACHE": str(folder / "cache"), "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}
    environment.pop("PYTHONPATH", None)
    with (folder / "mutmut.log").open("wb") as log:
        run = subprocess.Popen([python, "-m", "mutmut", "run", "--max-children", "1"], cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            ended = run.wait(limit_s)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            run.send_signal(signal.SIGINT)
            ended = run.wait(60)
    meta = folder / "mutants" / "src" / "zaslin" / f"{file}.meta"
    codes = json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"] if meta.exists() else {}
    if all(code is None for code in codes.values()):
        tail = (folder / "mutmut.log").read_bytes()[-3000:].decode(errors="replace")
        raise SystemExit(f"mutmut ended with {ended} before the first mutant of {file}:\n{tail}")
    return codes


def changes(python: str, file: str, folder: Path, names: list[str]) -> list[tuple[str, int, str, str]]:
    """(function, number, line before, line after) of these mutants."""
    asked = subprocess.run([python, "-c", DIFFS, f"src/zaslin/{file}"], cwd=folder, input=json.dumps(names), capture_output=True, text=True, check=True)
    rows = []
    for name, diff in json.loads(asked.stdout).items():
        lines = diff.splitlines()
        before = " ".join(line[1:].strip() for line in lines if line.startswith("-") and not line.startswith("---"))
        after = " ".join(line[1:].strip() for line in lines if line.startswith("+") and not line.startswith("+++"))
        function, number = re.search(r"x_(\w+?)__mutmut_(\d+)$", name).groups()
        rows.append((function, int(number), before, after))
    return sorted(rows)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    asked.add_argument("files", nargs="*", help="files below src/zaslin (default: all of physics and doctrine)")
    asked.add_argument("--limit", type=float, default=1_800.0, help="seconds for one file (default 1800); what is not reached is told")
    asked.add_argument("--survivors", type=Path, help="write the survivors and those that ran into the time limit to this file")
    asked.add_argument("--keep", type=Path, help="work in this new folder and leave it")
    given = asked.parse_args()
    files = given.files or [f"{room}/{p.name}" for room in ROOMS for p in sorted((ROOT / "src/zaslin" / room).glob("*.py")) if p.name != "__init__.py"]
    base = given.keep or Path(tempfile.mkdtemp(prefix="zaslin-mutants-"))
    base.mkdir(parents=True, exist_ok=True)
    head = f"{'file':26}{'mutants':>8}{'killed':>8}{'survived':>9}{'timeout':>8}{'untested':>9}{'not run':>8}{'killed':>8}{'with timeouts':>15}{'minutes':>9}"
    print(head, flush=True)
    sums, listed = [0] * 6, []
    try:
        python = python_with_mutmut(base / "environment")
        for file in files:
            start = time.monotonic()
            folder = base / file.replace("/", "-").removesuffix(".py")
            codes = mutate(python, file, folder, given.limit)
            killed, timeout = sum(c in KILLED for c in codes.values()), sum(c in TIMED_OUT for c in codes.values())
            untested, not_run = sum(c in (5, 33) for c in codes.values()), sum(c is None for c in codes.values())
            row = [len(codes), killed, len(codes) - killed - timeout - untested - not_run, timeout, untested, not_run]
            sums = [a + b for a, b in zip(sums, row, strict=True)]
            show(file, row, (time.monotonic() - start) / 60)
            if given.survivors:
                living = [name for name, c in codes.items() if c not in KILLED and c is not None]
                for function, number, before, after in changes(python, file, folder, living):
                    code = next(c for name, c in codes.items() if name.endswith(f".x_{function}__mutmut_{number}"))
                    fate = "timeout" if code in TIMED_OUT else "untested" if code in (5, 33) else "survived"
                    listed.append(f"{file}\t{function}\t{number}\t{fate}\t{before}\t{after}\n")
                given.survivors.write_text("".join(listed), encoding="utf-8")
        if len(files) > 1:
            show("all", sums, None)
    finally:
        if not given.keep:
            shutil.rmtree(base)


def show(name: str, row: list[int], minutes: float | None) -> None:
    """One line of the table."""
    mutants, killed, _, timeout, *_ = row
    shares = f"{killed / max(mutants, 1):>8.1%}{(killed + timeout) / max(mutants, 1):>15.1%}"
    counts = "".join(f"{n:>{width}}" for n, width in zip(row, (8, 8, 9, 8, 9, 8), strict=True))
    print(f"{name:26}{counts}{shares}{'' if minutes is None else f'{minutes:>9.1f}'}", flush=True)


if __name__ == "__main__":
    main()
