"""The credibility figure: readable without colour or sight, well formed, and no claim of its own."""

from __future__ import annotations

from xml.etree import ElementTree

from zaslin.brief.credibility import credibility_bar, credibility_section
from zaslin.evidence.credibility import HIGHEST, Credibility, credibility


def parsed(markup: str) -> ElementTree.Element:
    return ElementTree.fromstring(f"<div>{str(markup).replace('&nbsp;', ' ')}</div>")


def test_each_factor_has_its_steps_its_number_and_its_words():
    """By hand: 8 bars of 4 steps, as many filled as the level; the number stands in the label and in the text alternative."""
    found = credibility()
    tree = parsed(credibility_bar(found))
    bars = list(tree.iter("svg"))
    assert len(bars) == 8
    for factor, bar, label in zip(found.factors, bars, tree.findall(".//span[@class='rowlabel']"), strict=True):
        steps = [rect.get("class") for rect in bar.iter("rect")]
        assert steps == ["c10"] * factor.level + ["c0"] * (HIGHEST - factor.level)
        assert bar.get("role") == "img" and bar.get("aria-label") == f"{factor.name}: {factor.level} of 4, {found.scale[factor.level]}"
        assert "".join(label.itertext()) == f"{factor.name}: {factor.level}"


def test_the_caption_says_whose_score_it_is_and_what_is_lowest():
    caption = "".join(parsed(credibility_bar(credibility())).find(".//figcaption").itertext())  # type: ignore[union-attr]
    assert "Lowest: M&S History, 0" in caption and "Our own score" in caption and "reviewed by nobody" in caption and "do not add up" in caption


def test_the_section_shows_uses_reasons_and_faults_and_escapes_its_words():
    """Law: nothing of the file is left out, and markup in a word stays a word."""
    data = credibility().model_dump(mode="json")
    data["fit"] = ["A <script>word</script> & more."]
    found = Credibility.model_validate({**data, "date": credibility().date})
    text = str(credibility_section(found))
    assert "<script>" not in text and "&lt;script&gt;word&lt;/script&gt; &amp; more." in text
    told = "".join(parsed(text).itertext())
    assert all(words in told for words in [*found.unfit, *(f.reason for f in found.factors), *(item.text for item in found.known_wrong)])


def test_the_same_assessment_gives_the_same_bytes_and_no_address():
    """Law: a brief needs no network, and is reproducible."""
    assert credibility_section(credibility()) == credibility_section(credibility())
    assert "http" not in str(credibility_section(credibility()))
