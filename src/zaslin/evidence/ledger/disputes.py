"""Where claims contradict each other, and where a claim is contested: found from what was said, never decided.

Two claims of an entry contradict where they answer the same question (`about`) and their numbers do not overlap or their answers differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zaslin.evidence.ledger.entry import ABOUT_WORDS, Claim, Entry
from zaslin.units import SI_FACTOR

UNSETTLED = ("denied", "unconfirmed")
"""States of a claim in which it is contested by itself."""


@dataclass(frozen=True)
class Side:
    """Claims that say the same. `answer`: what they say, in a few words."""

    answer: str
    claims: tuple[Claim, ...]

    @property
    def standing(self) -> bool:
        """Whether any of them has not been refuted."""
        return any(claim.status != "refuted" for claim in self.claims)


@dataclass(frozen=True)
class Dispute:
    """A question of an entry to which there are two or more answers. `open`: more than one of them stands unrefuted."""

    about: str
    sides: tuple[Side, ...]

    @property
    def question(self) -> str:
        """The question in words: ``how many entered``, or ``whether it entered`` where the answers are words."""
        return question_of(self.sides[0].claims[0])

    @property
    def open(self) -> bool:
        return sum(side.standing for side in self.sides) > 1


def disputes(entry: Entry) -> list[Dispute]:
    """Every question of the entry on which claims contradict each other, in the order in which they are asked; leads have no say.

    Claims are put on one side where their answers are the same, or their numbers overlap with every number of that side.
    """
    out = []
    groups: dict[tuple[str, str], list[Claim]] = {}
    for claim in entry.claims:
        if claim.about and not claim.lead and answer_of(claim):
            groups.setdefault((claim.about, _measured_in(claim)), []).append(claim)
    for (about, _), asked in groups.items():
        sides: list[list[Claim]] = []
        for claim in asked:
            for side in sides:
                if all(agree(claim, other) for other in side):
                    side.append(claim)
                    break
            else:
                sides.append([claim])
        if len(sides) > 1:
            out.append(Dispute(about, tuple(Side(_common_answer(side), tuple(side)) for side in sides)))
    return out


def _measured_in(claim: Claim) -> str:
    """What kind of answer it gives: numbers of one dimension are compared with each other, words with words."""
    if claim.low is None:
        return "words"
    return {"count": "count", "km": "length", "m": "length", "s": "time", "min": "time", "h": "time", "km/h": "speed"}.get(claim.unit, claim.unit)


def _common_answer(side: Sequence[Claim]) -> str:
    """What the claims of a side say: the answer that they share, or all of them where their ranges differ."""
    return " or ".join(dict.fromkeys(answer_of(claim) for claim in side))


def question_of(claim: Claim) -> str:
    """The question that a claim answers, in words: ``how many entered``, or ``whether it entered`` where the answer is a word."""
    if claim.about in ("entered", "shot_down") and claim.low is None:
        return {"entered": "whether it entered", "shot_down": "whether it was shot down"}[claim.about]
    return ABOUT_WORDS.get(claim.about, claim.about)


def contested(entry: Entry) -> list[Claim]:
    """Claims that somebody denies or nobody confirms, beside the contradictions."""
    return [claim for claim in entry.claims if claim.status in UNSETTLED and not claim.lead]


def agree(a: Claim, b: Claim) -> bool:
    """Whether two answers to the same question can both be so."""
    if a.low is not None and a.high is not None and b.low is not None and b.high is not None and a.unit and b.unit:
        (low_a, high_a), (low_b, high_b) = ((claim.low * _si(claim.unit), claim.high * _si(claim.unit)) for claim in (a, b))  # type: ignore[operator]
        return low_a <= high_b and low_b <= high_a
    if a.answer and b.answer:
        return _folded(a.answer) == _folded(b.answer)
    return True  # a number and a word do not contradict


def answer_of(claim: Claim) -> str:
    """``about 40 km``-like text of what a claim answers; empty where it gives neither a number nor an answer.

    >>> answer_of(Claim("count", "entered", 20.0, 25.0, "count", "", ()))
    '20–25'
    """
    if claim.low is not None and claim.high is not None:
        number = f"{claim.low:g}" if claim.low == claim.high else f"{claim.low:g}–{claim.high:g}"
        return number if claim.unit in ("", "count") else f"{number} {claim.unit}"
    return claim.answer


def between(dispute: Dispute) -> str:
    """Who says what: ``19 (Donald Tusk) against 8 (…)``."""
    return "; ".join(f"{side.answer} ({_speakers(side.claims)})" for side in dispute.sides)


def _speakers(claims: Sequence[Claim]) -> str:
    return ", ".join(dict.fromkeys(claim.first.by for claim in claims))


def _si(unit: str) -> float:
    return SI_FACTOR.get(unit, 1.0)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
