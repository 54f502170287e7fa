"""Roots by Brent's method are SciPy's to the last bit."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from zaslin.world.roots import brent_root

FUNCTIONS = {
    "line": lambda a, x: x - a,
    "cube": lambda a, x: (x - a) ** 3,
    "bend": lambda a, x: math.expm1(3.0 * (x - a)) + 0.1 * (x - a),
    "step": lambda a, x: math.tanh(1e4 * (x - a)),
    "wave": lambda a, x: x - a + 0.3 * math.sin(20.0 * (x - a)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@given(a=st.floats(-4.5, 4.5), low=st.floats(-50.0, -5.0), high=st.floats(5.0, 50.0), within=st.sampled_from([1e-4, 1e-10, 1e-12]), turned=st.booleans())
def test_it_takes_scipys_steps(name, a, low, high, within, turned):
    """SciPy's `brentq` is what the model's roots were found with: same places asked, same root (or none after the same steps)."""
    ours, theirs = [], []

    def told(places):
        def f(x):
            places.append(x)
            return FUNCTIONS[name](a, x) * (-1.0 if turned else 1.0)

        return f

    assert _root(brent_root, told(ours), low, high, within) == _root(brentq, told(theirs), low, high, xtol=within)
    assert ours == theirs


def _root(search, *args, **kwargs):
    try:
        return search(*args, **kwargs)
    except RuntimeError:
        return None


def test_a_root_at_an_end_is_found_there():
    """By hand."""
    assert brent_root(lambda x: x - 1.0, 1.0, 2.0, 1e-9) == 1.0
    assert brent_root(lambda x: x - 2.0, 1.0, 2.0, 1e-9) == 2.0


def test_what_has_no_root_between_the_ends_is_refused():
    """By hand: x² + 1 is positive at both ends; a function that is not a number has no sign."""
    with pytest.raises(ValueError, match="different signs"):
        brent_root(lambda x: x * x + 1.0, -1.0, 1.0, 1e-9)
    with pytest.raises(ValueError, match="not a number"):
        brent_root(lambda x: math.nan, -1.0, 1.0, 1e-9)


def test_it_does_not_search_for_ever():
    """A jump without a root, to a tolerance that is never reached: SciPy gives up after 100 steps too."""
    with pytest.raises(RuntimeError, match="100 steps"):
        brent_root(lambda x: 1.0 if x > 1.0 / 3.0 else -1.0, -1e300, 1e300, 0.0)
