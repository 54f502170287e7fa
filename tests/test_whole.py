"""A kernel compiled as one whole: same answers as numba gives by itself, nothing compiled that nobody calls from Python."""

import os
import subprocess
import sys
import textwrap
import threading

import numba
import numpy as np
import pytest

from zaslin import jit
from zaslin.jit import kernel, lean

pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is compiled here")


def _square(x):
    return x * x


def _norm(x, y):
    return np.sqrt(_square_(x) + _square_(y))


def _spread(values):
    """Makes an array, sorts it, asks twice below."""
    out = np.sort(values)
    for i in range(len(out)):
        out[i] = _norm_(out[i], _square_(values[i]))
    return out, out.sum()


_square_, _norm_ = lean(_square), lean(_norm)


def test_the_whole_answers_as_numba_does():
    values = np.random.default_rng(3).normal(size=200)
    inner = {"_square_": numba.njit(_square)}
    inner["_norm_"] = numba.njit(_with(_norm, inner))
    by_numba, total = numba.njit(error_model="numpy")(_with(_spread, inner))(values)
    mine, my_total = kernel(_spread)(values)
    assert mine.tobytes() == by_numba.tobytes() and my_total == total
    expected = [np.sqrt(a**2 + b**4) for a, b in zip(np.sort(values), values, strict=True)]
    np.testing.assert_allclose(mine, expected, rtol=1e-14)


def _with(function, names):
    """The same code in which these names mean something else."""
    import types

    return types.FunctionType(function.__code__, {**globals(), **names}, function.__name__)


def test_what_only_kernels_call_has_no_machine_code_until_python_calls_it():
    below = lean(_square)

    def above(x):
        return below(x) + below(x + 1)

    whole = kernel(above)
    assert whole(2.0) == 13.0
    assert len(whole.overloads) == 1 and below.overloads == {}
    assert whole(2) == 13  # whole numbers: another part
    assert below.overloads == {}
    assert below(3.0) == 9.0 and len(below.overloads) == 1
    assert whole(2.0) == 13.0


def test_a_part_shared_by_two_ways_is_linked_once():
    deep = lean(_square)

    def left(x):
        return deep(x) + 1

    def right(x):
        return deep(x) + 2

    left, right = lean(left), lean(right)

    def top(x):
        return left(x) * right(x)

    assert kernel(top)(2.0) == 30.0


def test_a_fault_below_is_raised_above():
    def check(x):
        if x < 0:
            raise ValueError("below zero")
        return x

    check = kernel(check)

    def top(x):
        return check(x) + 1.0

    top = kernel(top)
    assert top(1.0) == 2.0
    with pytest.raises(ValueError, match="below zero"):
        top(-1.0)


def test_what_numba_cannot_type_says_where():
    def odd(x):
        return x.nothing_of_the_kind

    odd = lean(odd)

    def top(x):
        return odd(x)

    with pytest.raises(numba.core.errors.TypingError, match="nothing_of_the_kind"):
        kernel(top)(1.0)


def test_a_fault_below_says_with_what():
    def check(x):
        if x < 0:
            raise ValueError("below zero", x)
        return x

    check = kernel(check)

    def top(x):
        return check(x) + 1.0

    with pytest.raises(ValueError, match=r"-2\.5"):
        kernel(top)(-2.5)


def test_a_called_kernel_may_print(capfd):
    def talk(x):
        print("value", x)
        return x

    talk = kernel(talk)

    def top(x):
        return talk(x) + 1.0

    assert kernel(top)(2.0) == 3.0
    sys.stdout.flush()
    assert "value 2.0" in capfd.readouterr().out


@pytest.mark.slow
def test_numbas_own_decorators_call_kernels_that_call_kernels():
    deep = lean(_square)

    def middle(x):
        return deep(x) + 1.0

    middle = lean(middle)
    assert numba.njit(lambda x: middle(x))(3.0) == 10.0
    assert numba.vectorize(lambda x: middle(x))(np.array([1.0, 2.0])).tolist() == [2.0, 5.0]

    def ordered(values):
        listed = list(values)
        listed.sort(key=middle)
        return listed

    assert kernel(ordered)(np.array([-3.0, 1.0, -2.0])) == [1.0, -2.0, -3.0]
    assert kernel(middle.py_func)(3.0) == 10.0


def test_a_literal_that_a_called_kernel_asks_for():
    def below(x, n):
        return x + numba.literally(n)

    below = kernel(below)

    def top(x):
        return below(x, 3)

    assert kernel(top)(1) == 4


def test_compiled_anew_a_kernel_takes_new_parts():
    values = {"step": 1}
    below = lean(_with(_stepped, values))

    def top(x):
        return below(x)

    top = kernel(top)
    assert top(1) == 2
    below.py_func.__globals__["step"] = 10
    below.recompile()
    top.recompile()
    assert top(1) == 11


def _stepped(x):
    return x + step  # noqa: F821


def test_a_function_that_calls_itself():
    def fall(n):
        return n if n <= 1 else n * fall(n - 1)

    fall = lean(fall)

    def top(n):
        return fall(n) + 1

    assert kernel(top)(5) == 121
    assert fall(4) == 24


def test_threads_that_ask_at_the_same_time():
    below = lean(_square)

    def top(x):
        return below(x) + 1.0

    top, answers = kernel(top), []
    asked = [threading.Thread(target=lambda i=i: answers.append((i % 2, (top if i % 2 else below)(3.0)))) for i in range(8)]
    for thread in asked:
        thread.start()
    for thread in asked:
        thread.join()
    assert sorted(answers) == [(0, 9.0)] * 4 + [(1, 10.0)] * 4


def test_a_whole_comes_back_from_the_disk_without_its_parts(tmp_path):
    (tmp_path / "mine.py").write_text(
        textwrap.dedent(
            """
            from zaslin.jit import kernel, lean

            @lean
            def below(x):
                return x * x

            @kernel
            def above(x):
                return below(x) + 1.0
            """
        )
    )
    ask = """
import mine
for one in (mine.above, mine.below):
    print(one(3.0), sum(one.stats.cache_hits.values()), len(mine.below._parts))
"""
    said = []
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", ask], cwd=tmp_path, capture_output=True, text=True, check=True, env=_env(tmp_path))
        said.append(done.stdout.split())
    assert said == [["10.0", "0", "1", "9.0", "0", "1"], ["10.0", "1", "0", "9.0", "1", "0"]]


def _env(folder):
    import os

    return {**os.environ, "ZASLIN_CACHE": str(folder / "cache")}


def test_without_it_kernels_compile_as_numba_does(monkeypatch):
    monkeypatch.setattr(jit, "_Kernel", None)
    plain = kernel(_square)
    assert type(plain) is type(numba.njit(_square)) and plain(3.0) == 9.0


def test_this_numba_has_what_it_takes():
    """Else nothing fails, but a fresh install compiles for a minute more."""
    assert jit._Kernel is not None and type(_norm_) is jit._Kernel


def _at(values, i):
    return values[i]


def test_elsewhere_an_index_below_zero_counts_from_the_end():
    """Only this package's kernels go without: what numba compiles for others, and a kernel of another module, keep Python's meaning."""
    values = np.arange(5.0)
    assert numba.njit(_at)(values, -1) == kernel(_at)(values, -1) == 4.0


def test_a_look_beside_an_array_is_found_where_numba_checks(tmp_path):
    """By hand, of five places: 4 is the last; −1, which here is no place, and 5 are told. The check is numba's own, for kernels as for others."""
    script = textwrap.dedent("""
        import numpy as np
        from zaslin.jit import kernel

        def at(values, i):
            return values[i]

        at.__module__ = "zaslin.made_up"
        look, values = kernel(at), np.arange(5.0)
        print(look(values, 4))
        for i in (-1, 5):
            try:
                print(look(values, i))
            except IndexError as error:
                print(error)
    """)
    path = tmp_path / "look.py"
    path.write_text(script, encoding="utf-8")
    environment = {**os.environ, "NUMBA_BOUNDSCHECK": "1", "ZASLIN_CACHE": str(tmp_path / "cache")}
    done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, env=environment, timeout=120, check=False)
    assert done.stdout.splitlines() == ["4.0", "index is out of bounds", "index is out of bounds"], done.stderr
