"""How the brief prints a number: rounded so that its interval still shows, and never more sure than the interval is.

Knows no measure and no package; sentences are made in `sentences`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Literal, Protocol

MINUS = "\u2212"
DASH = "\u2013"
NOT_DEFINED = "not defined"
NBSP = "\u00a0"

_NOTHING = 1e-7
"""Intervals narrower than this share of their ends are the dust of floating point, not a width."""

_MOST = 9

LEAST = 0.0001
"""Numbers that lie, interval and noise included, under half of this are told as "under 0.0001": no reader needs their digits."""


class Interval(Protocol):
    """What every estimate and difference has: its mean and its 90 % interval over the uncertain inputs."""

    @property
    def mean(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...


Verdict = Literal["same", "less", "more", "unclear", "undefined"]


def finite(*values: float | None) -> bool:
    """Whether all values are there and are ordinary numbers."""
    return all(value is not None and math.isfinite(value) for value in values)


def decimals_for(mean: float, low: float, high: float) -> int:
    """Decimals (negative: tens, hundreds) at which an interval keeps two figures of its width and the mean at least one.

    >>> decimals_for(0.04, 0.01, 0.11)
    2
    >>> decimals_for(1234.0, 1100.0, 1400.0)
    -1
    """
    width = high - low
    if width > _NOTHING * max(abs(low), abs(high)):
        places = 1 - _power(width)
        return min(max(places, -_power(mean)) if mean != 0.0 else places, _MOST)
    if mean == 0.0 or float(mean).is_integer():
        return 0
    return min(max(1 - _power(mean), 0), _MOST)


def decimals_alone(mean: float) -> int:
    """Decimals of a number that has no interval: it keeps two figures, from 100 on three, as one with an interval would.

    >>> decimals_alone(0.384), decimals_alone(46_161_865.0), decimals_alone(0.0)
    (2, -5, 0)
    """
    if mean == 0.0:
        return 0
    power = _power(mean)
    return min((1 if power < 2 else 2) - power, _MOST)


def _power(value: float) -> int:
    return math.floor(math.log10(abs(value)) + 1e-9)


def figure(value: float, decimals: int) -> str:
    """`value` with `decimals` places, thousands commas and a true minus sign; what is not zero never prints as zero.

    >>> figure(-0.0004, 2), figure(0.0, 2), figure(12345.6, -2)
    ('>\u22120.01', '0', '12,300')
    """
    if value == 0.0:
        return "0"
    rounded = round(value, decimals)
    if rounded == 0.0:
        least = 10.0**-decimals
        shown = f"{least:,.{max(decimals, 0)}f}"
        return f"<{shown}" if value > 0 else f">{MINUS}{shown}"
    text = f"{abs(rounded):,.{max(decimals, 0)}f}"
    return f"{MINUS}{text}" if rounded < 0 else text


def between(low: float, high: float, decimals: int) -> str:
    """``0.01–0.11``, or ``−0.11 to 0.02`` where a minus sign would meet the dash."""
    a, b = figure(low, decimals), figure(high, decimals)
    if low == high:
        return a
    plain = a[0].isdigit() and b[0].isdigit()
    return f"{a}{DASH}{b}" if plain else f"{a} to {b}"


def with_interval(estimate: Interval | None, factor: float = 1.0, suffix: str = "") -> str:
    """``0.04 (0.01–0.11)``: mean and 90 % interval, times `factor`, `suffix` after the mean; ``not defined`` where it is not; ``0.04 (from 2 blocks: no
    interval)`` where too little was simulated for one.

    Where the estimate knows its simulation noise (mc_low, mc_high) and that is wider than the interval (which ends at 0, and a share's at 1, where
    the noise does not), or reaches 0 where the interval does not, it is told too: ``0.38 (0.36–0.41; noise ±0.12)``, so that an interval never looks
    surer than the simulation is.
    """
    if estimate is None or not finite(estimate.mean):
        return NOT_DEFINED
    if thin(estimate):
        mean = estimate.mean * factor
        return f"{figure(mean, decimals_alone(mean))}{suffix} ({no_interval(estimate)})"
    mean, low, high = estimate.mean * factor, estimate.low * factor, estimate.high * factor
    noise = noise_of(estimate) * factor
    if 0.0 < max(abs(mean), abs(low), abs(high), noise) < 0.5 * LEAST:
        return f"under {LEAST:.4f}{suffix}" if low >= 0.0 else f"under {LEAST:.4f}{suffix} either way"
    wide = high - low > _NOTHING * max(abs(low), abs(high))
    doubtful = noise >= abs(mean) > 0.0 and not low <= 0.0 <= high
    if noise <= _NOTHING * abs(mean) or (2.0 * noise <= (high - low) * (1.0 + 1e-6) and not doubtful):
        noise = 0.0
    reach = max(high - low if wide else 0.0, 2.0 * noise)
    decimals = decimals_for(mean, mean - reach / 2.0, mean + reach / 2.0) if reach > 0.0 else decimals_for(mean, mean, mean)
    inside = [between(low, high, decimals)] if wide else []
    if noise > 0.0:
        inside.append(f"noise \u00b1{figure(noise, decimals)}")
    return f"{figure(mean, decimals)}{suffix}" + (f" ({'; '.join(inside)})" if inside else "")


def noise_of(estimate: object) -> float:
    """Half the width of the simulation's own 90 % interval, of which a bound (a share's 0 or 1) may cut one side; 0 where it is not known."""
    mean, low, high = (getattr(estimate, name, None) for name in ("mean", "mc_low", "mc_high"))
    return max(high - mean, mean - low, 0.0) if finite(mean, low, high) else 0.0  # type: ignore[operator]


def thin(estimate: object) -> bool:
    """Whether the mean is known and rests on too few blocks for an interval."""
    return finite(getattr(estimate, "mean", None)) and not finite(getattr(estimate, "low", None), getattr(estimate, "high", None))


def no_interval(estimate: object) -> str:
    """Why there is none: ``from 2 blocks: no interval``."""
    n = int(getattr(estimate, "blocks", 0) or 0)
    return f"from {n or 'few'} block{'' if n == 1 else 's'}: no interval"


def span(low: float, high: float) -> str:
    """A range without its middle, for single nights: ``0–2``; rounded to what its width can bear."""
    if not finite(low, high):
        return NOT_DEFINED
    return between(low, high, decimals_for(0.0, low, high) if low != high else decimals_for(low, low, high))


def percent(estimate: Interval | None) -> str:
    """A probability as ``34 % (20–50)``."""
    return with_interval(estimate, 100.0, f"{NBSP}%")


_MONEY = ((1e9, "billion"), (1e6, "million"), (1e3, "thousand"))


def money(estimate: Interval | None) -> str:
    """US dollars in thousands, millions or billions: ``USD 0.42 million (0.31–0.55)``."""
    if estimate is None or not finite(estimate.mean):
        return NOT_DEFINED
    size = max(abs(edge) for edge in (estimate.mean, estimate.low, estimate.high) if finite(edge))
    for scale, word in _MONEY:
        if size >= scale:
            return f"USD{NBSP}{with_interval(estimate, 1.0 / scale, f' {word}')}"
    return f"USD{NBSP}{with_interval(estimate)}"


def replicates_of(estimate: object) -> int:
    """Simulated nights (or samples of a given crossing) behind an estimate; 0 where it does not know them."""
    return int(getattr(estimate, "replicates", 0) or 0)


def never(estimate: object) -> bool:
    """Whether no simulated night or sample has any of it: a count of 0 with no width, or from too few blocks for one. It is told with their number."""
    values = [getattr(estimate, name, None) for name in (("mean",) if thin(estimate) else ("mean", "low", "high"))]
    return all(value == 0.0 for value in values)


def among(estimate: object, thing: str = "night") -> str:
    """``the 500 simulated nights``: among how many cases a 0 was counted, so that it is not read as "never"."""
    n = replicates_of(estimate)
    return f"the {n:,} simulated {thing}{'' if n == 1 else 's'}" if n else f"the simulated {thing}s"


def at_least_one(mean: float) -> float:
    """P(at least one) = 1 − exp(−mean), where `mean` is the expected number; labelled so wherever it is shown."""
    return -math.expm1(-max(mean, 0.0))


def one_in(p: float) -> str:
    """A probability of a night in words: ``about one such night in 25``.

    >>> one_in(0.04), one_in(0.72), one_in(0.0)
    ('about one such night in 25', 'about 7 such nights in 10', 'no such night')
    """
    if p <= 0.0:
        return "no such night"
    if p >= 0.95:
        return "nearly every such night"
    if p > 0.4:
        return f"about {round(p * 10)} such nights in 10"
    n = 1.0 / p
    size = 10 ** max(0, math.floor(math.log10(n)) - 1)
    return f"about one such night in {round(n / size) * size:,}"


def nights(estimate: Interval | None) -> str:
    """``about one such night in 25, from 1 in 9 to 1 in 100``, from the expected number a night; "at least one" is 1 − exp(−mean)."""
    if estimate is None or not finite(estimate.mean):
        return NOT_DEFINED
    p = at_least_one(estimate.mean)
    if thin(estimate):
        return f"{one_in(p)}, {no_interval(estimate)}"
    often, seldom = at_least_one(estimate.high), at_least_one(estimate.low)
    if often <= 0.0:
        return f"none of {among(estimate)}"
    if often - seldom <= _NOTHING * often:
        return one_in(p)
    if seldom <= 0.0:
        return f"{one_in(p)}, from never to {_ratio(often)}"
    return f"{one_in(p)}, from {_ratio(seldom)} to {_ratio(often)}"


def _ratio(p: float) -> str:
    if p > 0.4:
        return f"{round(p * 10)} in 10"
    n = 1.0 / p
    size = 10 ** max(0, math.floor(math.log10(n)) - 1)
    return f"1 in {round(n / size) * size:,}"


def verdict(difference: object) -> Verdict:
    """What a difference (b − a) allows us to say: `unclear` where the 90 % interval or the simulation's own noise includes 0, or there is no interval.
    Of a difference that has one sign under all inputs (`one_way`) the noise alone decides.

    difference: has mean, low, high, and where it knows them mc_low, mc_high, one_way.
    """
    values = [getattr(difference, name, None) for name in ("mean", "low", "high")]
    if thin(difference):
        return "unclear"
    if not finite(*values):
        return "undefined"
    noise = [getattr(difference, name, None) for name in ("mc_low", "mc_high")]
    if not finite(*noise):
        noise = []
    ends = noise if noise and getattr(difference, "one_way", False) else [*values[1:], *noise]
    edges = [float(edge) for edge in ends if edge is not None]
    if values[0] == 0.0 and all(edge == 0.0 for edge in edges):
        return "same"
    if all(edge < 0.0 for edge in edges):
        return "less"
    if all(edge > 0.0 for edge in edges):
        return "more"
    return "unclear"


def listed(words: Iterable[str]) -> str:
    """``a, b and c``."""
    items = list(words)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"
