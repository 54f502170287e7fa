"""The cache of compiled kernels follows all source that kernels are compiled from."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numba
import numpy as np
import pytest

from zaslin import compiled, jit
from zaslin.handed import by_reference


def test_no_kernel_lives_outside_the_rooms_that_are_hashed():
    """Else its cached code could be stale; `studies` may only announce the compile and ask for the hash."""
    package = Path(compiled.__file__).parent
    users = [path for path in package.rglob("*.py") if re.search("jit import .*(kernel|lean)|^(import|from) numba", path.read_text(), re.M)]
    assert len(users) > 10
    outside = [path for path in users if path.relative_to(package).parts[0] not in compiled.KERNEL_ROOMS]
    assert outside == []


def test_the_cache_moves_when_any_file_behind_the_kernels_changes(tmp_path, monkeypatch):
    """Numba alone looks at one file: an edit elsewhere would bring the old answer back."""
    package = tmp_path / "package"
    (package / "world").mkdir(parents=True)
    (package / "draws.py").write_text("x = 1\n")
    (package / "world" / "b.py").write_text("y = 1\n")
    monkeypatch.setattr(compiled, "_PACKAGE", package)
    monkeypatch.setenv("ZASLIN_CACHE", str(tmp_path / "cache"))
    before = compiled.cache_folder()
    assert compiled.cache_folder() == before and before.is_relative_to(tmp_path / "cache")
    (package / "world" / "b.py").write_text("y = 2\n")
    edited = compiled.cache_folder()
    (package / "world" / "b.py").rename(package / "world" / "c.py")
    assert len({before, edited, compiled.cache_folder()}) == 3


def test_another_install_of_the_same_source_has_a_folder_of_its_own(tmp_path, monkeypatch):
    """Numba takes no kernel from another place or of files of another time: what lies there must not count as compiled."""
    monkeypatch.setenv("ZASLIN_CACHE", str(tmp_path / "cache"))
    folders = []
    for name in ("one", "two"):
        package = tmp_path / name
        package.mkdir()
        (package / "draws.py").write_text("x = 1\n")
        os.utime(package / "draws.py", (1_000, 1_000))
        monkeypatch.setattr(compiled, "_PACKAGE", package)
        compiled._install.cache_clear()
        folders.append(compiled.cache_folder())
        compiled._install.cache_clear()
        assert compiled.cache_folder() == folders[-1]
    os.utime(tmp_path / "two" / "draws.py", (2_000, 2_000))
    compiled._install.cache_clear()
    folders.append(compiled.cache_folder())
    compiled._install.cache_clear()
    assert len(set(folders)) == 3 and len({folder.name[:16] for folder in folders}) == 1


def test_the_first_compile_says_what_it_does_and_later_ones_are_silent(tmp_path, monkeypatch):
    """A compiled kernel leaves an index file (.nbi) in the folder."""
    monkeypatch.setenv("ZASLIN_CACHE", str(tmp_path))
    said: list[str] = []
    assert not compiled.compiled_before()
    compiled.announce_compile(said.append)
    assert len(said) == 1 and "compiling" in said[0]
    folder = compiled.cache_folder() / "some_module"
    folder.mkdir(parents=True)
    (folder / "kernel.nbi").touch()
    assert compiled.compiled_before()
    compiled.announce_compile(said.append)
    assert len(said) == 1


def test_where_the_cache_cannot_be_written_every_run_says_that_it_compiles(tmp_path, monkeypatch):
    """By hand: no word of "once"; what another install left in the folder does not count, for it is not read."""
    monkeypatch.setenv("ZASLIN_CACHE", str(tmp_path))
    monkeypatch.setattr(compiled, "writable", lambda folder: False)
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    folder = compiled.cache_folder() / "some_module"
    folder.mkdir(parents=True)
    (folder / "kernel.nbi").touch()
    said: list[str] = []
    compiled.announce_compile(said.append)
    assert len(said) == 1
    assert "every run" in said[0] and "ZASLIN_CACHE" in said[0] and "once" not in said[0]


def test_the_word_on_stderr_comes_once_in_a_process(tmp_path, monkeypatch, capsys):
    """The command line says it before it has read the scenario, and the run that follows need not say it again."""
    monkeypatch.setenv("ZASLIN_CACHE", str(tmp_path))
    monkeypatch.setattr(compiled, "_announced", False)
    compiled.announce_compile()
    compiled.announce_compile(name=compiled.ENGINE)
    assert capsys.readouterr().err.count("compiling") == 1


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")
def test_a_kernel_waits_for_no_scipy():
    """A process of its own: numba alone would import `scipy.linalg` before its first kernel; a product of matrices still finds it."""
    program = (
        "import sys, numpy, numba\n"
        "from zaslin.plane import distance_m\n"
        "distance_m(0.0, 0.0, 1.0, 1.0)\n"
        "print('scipy.linalg' in sys.modules)\n"
        "print(numba.njit(lambda a: a @ a)(numpy.eye(2)).tolist())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["False", "[[1.0, 0.0], [0.0, 1.0]]"]


@jit.kernel
def _quotient(a, b):
    return a / b


def test_a_kernel_divides_by_zero_without_an_exception():
    """Kernels raise nothing: 1/0 is inf and 0/0 NaN, as IEEE 754 says."""
    assert _quotient(1.0, 0.0) == np.inf
    assert np.isnan(_quotient(0.0, 0.0))


@jit.lean
def _sum(values):
    total = 0.0
    for i in range(len(values)):
        total += values[i]
    return total


@jit.kernel
def _made_and_summed(n):
    values = np.ones(n)
    return _sum(values)


def test_a_lean_kernel_leaves_the_counts_of_its_arrays_as_they_were():
    """Called from Python, and from a kernel that makes an array and lets it go."""
    values = np.arange(5.0)
    before = sys.getrefcount(values)
    assert [_sum(values) for _ in range(50)] == [10.0] * 50
    assert sys.getrefcount(values) == before
    assert [_made_and_summed(1_000) for _ in range(50)] == [1_000.0] * 50


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")
def test_a_lean_kernel_may_make_no_array():
    """numba refuses to compile it: the mark cannot be wrong."""

    @jit.lean
    def made(n):
        return len(np.empty(n))

    with pytest.raises(numba.TypingError):
        made(3)


class _Inner(NamedTuple):
    x: np.ndarray
    factor: float


class _Outer(NamedTuple):
    inner: _Inner
    y: np.ndarray


@jit.lean
def _add(outer, i):
    outer.y[i] += outer.inner.x[i] * outer.inner.factor


@jit.kernel
def _add_all(inner, y):
    outer = by_reference(_Outer(by_reference(inner), y))
    for i in range(len(y)):
        _add(outer, i)
    return outer.y.sum()


def test_a_tuple_by_reference_is_read_and_written_as_the_tuple_itself():
    """By hand: y + 2 x, twice; the arrays are the caller's own, and nobody else holds them afterwards."""
    inner, y = _Inner(np.array([1.0, 2.0, 3.0]), 2.0), np.array([1.0, 0.0, 0.0])
    before = sys.getrefcount(y)
    assert _add_all(inner, y) == 13.0 and _add_all(inner, y) == 25.0
    assert y.tolist() == [5.0, 8.0, 12.0]
    assert sys.getrefcount(y) == before


def test_no_kernel_counts_an_index_from_the_end():
    """By reading: kernels are compiled without Python's meaning of an index below 0 (src/zaslin/whole.py); where it is not a constant, `make bounds` looks."""
    package, kernels, found = Path(compiled.__file__).parent, 0, []
    for path in package.rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef) and any(isinstance(mark, ast.Name) and mark.id in ("kernel", "lean") for mark in function.decorator_list):
                kernels += 1
                looks = [node.slice for node in ast.walk(function) if isinstance(node, ast.Subscript)]
                places = [place for look in looks for place in (look.elts if isinstance(look, ast.Tuple) else [look])]
                found += [f"{path.name}: {function.name}" for place in places if isinstance(place, ast.UnaryOp) and isinstance(place.op, ast.USub)]
    assert kernels > 300 and found == []


def test_a_cache_in_the_users_home_may_be_named_by_its_tilde(monkeypatch):
    monkeypatch.setenv("HOME", "/somewhere")
    monkeypatch.setenv("ZASLIN_CACHE", "~/kept")
    assert compiled.cache_folder().is_relative_to("/somewhere/kept")
    monkeypatch.setenv("ZASLIN_CACHE", "~nobody-has-this-name/kept")
    assert compiled.cache_folder().is_relative_to("~nobody-has-this-name/kept")
