"""The cache of compiled kernels follows all source that kernels are compiled from."""

import re
from pathlib import Path

import numpy as np

from zaslin import jit


def test_no_kernel_lives_outside_the_rooms_that_are_hashed():
    """Else its cached code could be stale; `studies` may only announce the compile and ask for the hash."""
    package = Path(jit.__file__).parent
    users = [path for path in package.rglob("*.py") if re.search("jit import .*(kernel|lean)", path.read_text()) or "import numba" in path.read_text()]
    assert len(users) > 10
    outside = [path for path in users if path.relative_to(package).parts[0] not in jit.KERNEL_ROOMS]
    assert outside == []


def test_the_cache_moves_when_any_file_behind_the_kernels_changes(tmp_path, monkeypatch):
    """Numba alone looks at one file: an edit elsewhere would bring the old answer back."""
    package = tmp_path / "package"
    (package / "world").mkdir(parents=True)
    (package / "draws.py").write_text("x = 1\n")
    (package / "world" / "b.py").write_text("y = 1\n")
    monkeypatch.setattr(jit, "_PACKAGE", package)
    monkeypatch.setenv("ZASLIN_CACHE", str(tmp_path / "cache"))
    before = jit.cache_folder()
    assert jit.cache_folder() == before and before.is_relative_to(tmp_path / "cache")
    (package / "world" / "b.py").write_text("y = 2\n")
    edited = jit.cache_folder()
    (package / "world" / "b.py").rename(package / "world" / "c.py")
    assert len({before, edited, jit.cache_folder()}) == 3


def test_the_first_compile_says_what_it_does_and_later_ones_are_silent(tmp_path, monkeypatch):
    """A compiled kernel leaves an index file (.nbi) in the folder."""
    monkeypatch.setenv("ZASLIN_CACHE", str(tmp_path))
    said: list[str] = []
    assert not jit.compiled_before()
    jit.announce_compile(said.append)
    assert len(said) == 1 and "compiling" in said[0]
    folder = jit.cache_folder() / "some_module"
    folder.mkdir(parents=True)
    (folder / "kernel.nbi").touch()
    assert jit.compiled_before()
    jit.announce_compile(said.append)
    assert len(said) == 1


def test_where_the_cache_cannot_be_written_every_run_says_that_it_compiles(tmp_path, monkeypatch):
    """By hand: no word of "once"; what another install left in the folder does not count, for it is not read."""
    monkeypatch.setenv("ZASLIN_CACHE", str(tmp_path))
    monkeypatch.setattr(jit, "_CACHED", False)
    folder = jit.cache_folder() / "some_module"
    folder.mkdir(parents=True)
    (folder / "kernel.nbi").touch()
    said: list[str] = []
    jit.announce_compile(said.append)
    assert len(said) == 1
    assert "every run" in said[0] and "ZASLIN_CACHE" in said[0] and "once" not in said[0]


@jit.kernel
def _quotient(a, b):
    return a / b


def test_a_kernel_divides_by_zero_without_an_exception():
    """Kernels raise nothing: 1/0 is inf and 0/0 NaN, as IEEE 754 says."""
    assert _quotient(1.0, 0.0) == np.inf
    assert np.isnan(_quotient(0.0, 0.0))
