"""The brief's charts as inline SVG whose x positions are percentages: they stretch with the page while their text keeps its size.

A chart draws what it is given; it computes nothing but positions. Colours are CSS classes of the page, so print and screen agree.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from zaslin.brief.numbers import MINUS, finite

ROW_PX = 22


@dataclass(frozen=True)
class Scale:
    """A linear scale from value to percent of the width, with a margin at both ends."""

    low: float
    high: float

    def pct(self, value: float) -> float:
        """Position of `value` in percent, clipped to the drawing."""
        if self.high <= self.low:
            return 50.0
        share = (value - self.low) / (self.high - self.low)
        return 3.0 + 94.0 * min(max(share, -0.03), 1.03)


@dataclass(frozen=True)
class RootScale(Scale):
    """A scale stretched around zero: the signed square root of the value is linear."""

    def pct(self, value: float) -> float:
        return Scale(_root(self.low), _root(self.high)).pct(_root(value))


def _root(value: float) -> float:
    return math.copysign(math.sqrt(abs(value)), value)


def scale_of(values: Sequence[float | None], with_zero: bool = True) -> Scale:
    """A scale that holds all finite values and, where asked, zero."""
    known = [float(value) for value in values if value is not None and finite(value)]
    if with_zero or not known:
        known.append(0.0)
    low, high = min(known), max(known)
    if low == high:
        low, high = (low - 1.0, high + 1.0) if low == 0.0 else (min(low, 0.0), max(high, 0.0))
    return Scale(low, high)


def ticks(scale: Scale, at_most: int = 4) -> list[float]:
    """Round numbers inside the scale, at most `at_most` + 1 of them."""
    width = scale.high - scale.low
    if width <= 0.0:
        return [scale.low]
    raw = width / at_most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if factor * power >= raw * (1 - 1e-9))
    first = math.ceil(scale.low / step - 1e-9)
    last = math.floor(scale.high / step + 1e-9)
    return [round(k * step, 12) for k in range(first, last + 1)]


def tick_text(value: float) -> str:
    """A tick's label: short, with a true minus sign and thousands commas."""
    if value == 0.0:
        return "0"
    size = abs(value)
    for scale, letter in ((1e9, "\u00a0bn"), (1e6, "\u00a0m")):
        if size >= scale:
            return f"{MINUS if value < 0 else ''}{size / scale:g}{letter}"
    text = f"{size:,.0f}" if size >= 1000 else f"{size:.6g}"
    if size < 1e-3:
        text = f"{size:.0e}".replace("e-0", "e-")
    return f"{MINUS if value < 0 else ''}{text}".replace("e-", f"e{MINUS}")


def _svg(height: int, label: str, body: str, css: str = "chart") -> Markup:
    name = escape(label)
    return Markup(f'<svg class="{css}" width="100%" height="{height}" role="img" aria-label="{name}" preserveAspectRatio="none">{body}</svg>')


def _p(value: float) -> str:
    return f"{value:.2f}%"


def interval_bar(scale: Scale, mean: float, low: float, high: float, css: str, label: str, noise: tuple[float, float] | None = None) -> Markup:
    """One row: a line from low to high with a dot at the mean, a pale band for the simulation's noise, and the zero line where the scale holds it."""
    y = ROW_PX / 2
    body = _zero(scale, ROW_PX)
    if noise is not None and finite(*noise):
        a, b = scale.pct(noise[0]), scale.pct(noise[1])
        body += f'<rect class="noise {css}" x="{_p(a)}" width="{_p(b - a)}" y="{y - 5}" height="10"/>'
    if finite(mean, low, high):
        a, b, m = scale.pct(low), scale.pct(high), scale.pct(mean)
        body += (
            f'<line class="bar {css}" x1="{_p(a)}" x2="{_p(b)}" y1="{y}" y2="{y}"/>'
            f'<line class="cap {css}" x1="{_p(a)}" x2="{_p(a)}" y1="{y - 4}" y2="{y + 4}"/>'
            f'<line class="cap {css}" x1="{_p(b)}" x2="{_p(b)}" y1="{y - 4}" y2="{y + 4}"/>'
            f'<circle class="dot {css}" cx="{_p(m)}" cy="{y}" r="4.5"/>'
        )
    return _svg(ROW_PX, label, body)


def _zero(scale: Scale, height: int) -> str:
    if not scale.low <= 0.0 <= scale.high:
        return ""
    x = _p(scale.pct(0.0))
    return f'<line class="zero" x1="{x}" x2="{x}" y1="0" y2="{height}"/>'


def axis(scale: Scale, label: str, at: Sequence[float] | None = None) -> Markup:
    """Ticks with their numbers, to stand under the rows of one scale. at: the ticks; default round numbers."""
    body = '<line class="axis" x1="3%" x2="97%" y1="0.5" y2="0.5"/>'
    for value in ticks(scale) if at is None else at:
        x = scale.pct(value)
        anchor = "start" if x < 8 else "end" if x > 92 else "middle"
        body += f'<line class="axis" x1="{_p(x)}" x2="{_p(x)}" y1="0" y2="5"/><text x="{_p(x)}" y="17" text-anchor="{anchor}">{tick_text(value)}</text>'
    return _svg(20, label, body)


def dots(scale: Scale, points: Sequence[tuple[float, str]], label: str) -> Markup:
    """One row with a dot for each (value, title); where dots lie on each other they look darker."""
    y, body = ROW_PX / 2, _zero(scale, ROW_PX)
    for value, title in points:
        if finite(value):
            body += f'<circle class="many" cx="{_p(scale.pct(value))}" cy="{y}" r="4"><title>{escape(title)}</title></circle>'
    return _svg(ROW_PX, label, body)


@dataclass(frozen=True)
class Part:
    """A piece of a stacked bar."""

    value: float
    css: str
    label: str


def stacked_bar(parts: Sequence[Part], total: float, label: str) -> Markup:
    """Pieces side by side, the whole width being `total`; a number stands in pieces wide enough for it."""
    body, x = "", 0.0
    for part in parts:
        width = 100.0 * part.value / total if total > 0 else 0.0
        if width <= 0.0:
            continue
        body += f'<rect class="{part.css}" x="{_p(x)}" width="{_p(width)}" y="0" height="26"><title>{escape(part.label)}</title></rect>'
        if width >= 9.0:
            body += f'<text class="on-{part.css}" x="{_p(x + width / 2)}" y="17.5" text-anchor="middle">{width:.0f}%</text>'
        x += width
    return _svg(26, label, body)


@dataclass(frozen=True)
class Lane:
    """One member's view of one threat; times in minutes relative to the border (negative: before it)."""

    tracked: float | None
    classified: float | None
    windows: tuple[tuple[float, float], ...] = ()
    shots: tuple[tuple[float, bool], ...] = ()
    end: float = 0.0


def timeline(lane: Lane, scale: Scale, label: str) -> Markup:
    """Tracked (thin), classified (thicker), permitted (filled), shots (full: hit, hollow: missed), the border at 0."""
    y, body = ROW_PX / 2, _zero(scale, ROW_PX)

    def line(css: str, a: float, b: float) -> str:
        return f'<line class="{css}" x1="{_p(scale.pct(a))}" x2="{_p(scale.pct(b))}" y1="{y}" y2="{y}"/>'

    if lane.tracked is not None and lane.end > lane.tracked:
        body += line("tracked", lane.tracked, lane.end)
    if lane.classified is not None and lane.end > lane.classified:
        body += line("classified", lane.classified, lane.end)
    for a, b in lane.windows:
        if a > lane.end:
            continue
        left, right = scale.pct(a), scale.pct(min(b, lane.end))
        body += f'<rect class="permitted" x="{_p(left)}" width="{_p(max(right - left, 0.4))}" y="{y - 6}" height="12"/>'
    for at, hit in lane.shots:
        body += f'<circle class="{"hit" if hit else "miss"}" cx="{_p(scale.pct(at))}" cy="{y}" r="4.5"/>'
    return _svg(ROW_PX, label, body, "chart lane")
