"""The credibility of the model as a small figure for a brief: eight factors, five steps each; and, folded away, the reasons, uses and known faults.

It draws what `zaslin.evidence.credibility` says and judges nothing. Only classes of the brief's own stylesheet are used, so screen and print agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from markupsafe import Markup, escape

from zaslin.evidence.credibility import HIGHEST, Credibility, Factor

BAR_PX = 14
NOTHING = Markup("")
_FULL, _EMPTY = "c10", "c0"
_GAP = 0.8
_DIGIT = re.compile(r"\d")


def credibility_bar(found: Credibility, standard: Markup = NOTHING) -> Markup:
    """A figure with one bar a factor, as many steps filled as its level; level 0 is an empty bar, and the number stands beside it.

    The text alternative of each bar says the factor, its level and what the level means; nothing is told by colour alone. standard: the page's mark that
    leads to the standard.
    """
    rows = Markup("").join(_row(factor, found) for factor in found.factors)
    lowest = _listed(factor.name for factor in found.lowest)
    least = found.lowest[0].level
    caption = (
        f"From 0 ({found.scale[0]}) to {HIGHEST} ({found.scale[-1]}). Lowest: {lowest}, {least}. Our own score in our own words on the "
        f"factors of NASA-STD-7009; reviewed by {found.reviewed_by}. The factors do not add up."
    )
    return Markup('<figure class="long credibility"><h3>{}</h3><div class="bars">{}</div><figcaption class="caption">{}{}</figcaption></figure>').format(
        "How far this model can be believed", rows, caption, standard
    )


def credibility_section(found: Credibility, standard: Markup = NOTHING, measured_on: Markup = NOTHING) -> Markup:
    """The bar, then what the model is fit and unfit for, the reason of each score and what is known to be wrong.

    standard, measured_on: the page's marks that lead to the standard, and to what the figures in reasons and faults were measured on.
    """
    uses = Markup("").join(
        Markup("<h3>{}</h3><ul>{}</ul>").format(head, _items(lines)) for head, lines in (("Fit for", found.fit), ("Not fit for", found.unfit))
    )
    reasons = Markup("").join(
        Markup(
            '<tr><th scope="row">{}</th><td class="num" data-label="Score">{} of {}</td><td data-label="Reason">{}<small>To rise: {}.</small></td></tr>'
        ).format(factor.name, factor.level, HIGHEST, factor.reason, factor.to_rise.rstrip("."))
        for factor in found.factors
    )
    table = Markup(
        '<details><summary>Why these scores</summary><table class="reflow"><caption>Our own scores{}; figures in the reasons are the model\'s own counts, '
        "and its measurements on the daily reports and alarms.{}</caption>"
        '<thead><tr><th scope="col">Factor</th><th scope="col" class="num">Score</th><th scope="col">Reason</th></tr></thead><tbody>{}</tbody></table>'
        "</details>"
    ).format(standard, measured_on, reasons)
    wrong = Markup("<details><summary>Known to be wrong</summary><ul>{}</ul></details>").format(
        Markup("").join(
            Markup("<li><b>{}</b> {}{}</li>").format(item.head, item.text, measured_on if _DIGIT.search(item.text) else NOTHING) for item in found.known_wrong
        )
    )
    return credibility_bar(found, standard) + uses + table + wrong


def _row(factor: Factor, found: Credibility) -> Markup:
    label = f"{factor.name}: {factor.level} of {HIGHEST}, {found.scale[factor.level]}"
    width = (100.0 - _GAP * (HIGHEST - 1)) / HIGHEST
    steps = Markup("").join(
        Markup('<rect class="{}" x="{:.2f}%" width="{:.2f}%" y="1" height="{}"/>').format(
            _FULL if step < factor.level else _EMPTY, step * (width + _GAP), width, BAR_PX - 2
        )
        for step in range(HIGHEST)
    )
    return Markup(
        '<div class="row"><span class="rowlabel">{}:&nbsp;<b>{}</b></span>'
        '<svg class="chart" width="100%" height="{}" role="img" aria-label="{}" preserveAspectRatio="none">{}</svg></div>'
    ).format(factor.name, factor.level, BAR_PX, escape(label), steps)


def _items(lines: Iterable[str]) -> Markup:
    return Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)


def _listed(words: Iterable[str]) -> str:
    items = list(words)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
