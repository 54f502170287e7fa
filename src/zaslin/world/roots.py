"""The root of a function of one number, by Brent's method; knows nothing of nights.

Source: Brent, "Algorithms for minimization without derivatives" (1973), chapter 4, in the arithmetic of SciPy's `brentq` (BSD 3-Clause, © SciPy
developers), step by step: the same root to the last bit, without the quarter of a second that `scipy.optimize` takes to import.
"""

from __future__ import annotations

import math
from collections.abc import Callable

_RELATIVE = 4.0 * 2.0**-52
_STEPS = 100


def brent_root(f: Callable[[float], float], low: float, high: float, within: float) -> float:
    """A root of `f` between `low` and `high`, at which it must differ in sign, to `within` plus 4 units in the last place.

    Raises ValueError where the signs are alike or `f` is not a number, RuntimeError after 100 steps without a root.

    >>> brent_root(lambda x: x * x - 2.0, 0.0, 2.0, 1e-12)
    1.414213562373...
    """
    last, here = float(low), float(high)
    f_last, f_here = _value(f, last), _value(f, here)
    if f_last == 0.0:
        return last
    if f_here == 0.0:
        return here
    if (f_last < 0.0) == (f_here < 0.0):
        raise ValueError(f"f({low}) and f({high}) must have different signs")
    other = f_other = step = step_before = 0.0
    for _ in range(_STEPS):
        if f_last != 0.0 and f_here != 0.0 and (f_last < 0.0) != (f_here < 0.0):
            other, f_other = last, f_last
            step_before = step = here - last
        if abs(f_other) < abs(f_here):
            last, here, other = here, other, here
            f_last, f_here, f_other = f_here, f_other, f_here
        reach = (within + _RELATIVE * abs(here)) / 2.0
        half = (other - here) / 2.0
        if f_here == 0.0 or abs(half) < reach:
            return here
        if abs(step_before) > reach and abs(f_here) < abs(f_last):
            if last == other:
                trial = -f_here * (here - last) / (f_here - f_last)
            else:
                slope, far_slope = (f_last - f_here) / (last - here), (f_other - f_here) / (other - here)
                trial = -f_here * (f_other * far_slope - f_last * slope) / (far_slope * slope * (f_other - f_last))
            good = 2.0 * abs(trial) < min(abs(step_before), 3.0 * abs(half) - reach)
            step_before, step = (step, trial) if good else (half, half)
        else:
            step_before = step = half
        last, f_last = here, f_here
        here += step if abs(step) > reach else (reach if half > 0.0 else -reach)
        f_here = _value(f, here)
    raise RuntimeError(f"no root after {_STEPS} steps; {here} is the last value")


def _value(f: Callable[[float], float], x: float) -> float:
    y = float(f(x))
    if math.isnan(y):
        raise ValueError(f"f({x}) is not a number")
    return y
