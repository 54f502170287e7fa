"""Names of nations inside a sentence: with their article, and whose something is."""

from __future__ import annotations

import pytest

from zaslin.brief.sentences import nation
from zaslin.scenario.nations import NATIONS, in_sentence, possessive


@pytest.mark.parametrize(
    ("code", "name", "whose"),
    [
        ("NL", "the Netherlands", "the Netherlands'"),
        ("US", "the United States", "the United States'"),
        ("GB", "the United Kingdom", "the United Kingdom's"),
        ("CY", "Cyprus", "Cyprus's"),
        ("PL", "Poland", "Poland's"),
    ],
)
def test_a_name_has_its_article_and_its_possessive(code: str, name: str, whose: str):
    """By the grammar: a plural takes the apostrophe alone."""
    assert (in_sentence(code), possessive(in_sentence(code)), nation(code)) == (name, whose, name)


def test_nobody_owns_anything_in_two_ways():
    """Law: no name gets "s's" but for singular ones in -s, of which the table has one."""
    doubled = {code for code in NATIONS if possessive(in_sentence(code)).endswith("s's")}
    assert doubled == {"CY"}
