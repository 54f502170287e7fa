"""Write the table of measures in docs/glossary.md from the registry: `python scripts/build_glossary.py`."""

from __future__ import annotations

from pathlib import Path

from zaslin.measures.registry import MEASURES

PAGE = Path(__file__).parents[1] / "docs" / "glossary.md"
BEGIN, END = "<!-- measures: made by scripts/build_glossary.py from the registry -->\n", "<!-- end of measures -->"


def table() -> str:
    """The measures as a Markdown table, in the registry's order."""
    rows = ["| name | unit | by | tagged | definition |", "| --- | --- | --- | --- | --- |"]
    for measure in MEASURES.values():
        by = {None: "", "any-country": "country"}.get(measure.by, measure.by)
        definition = measure.definition if not measure.note else f"{measure.definition} {measure.note}"
        cells = (f"`{measure.name}`", measure.unit, by or "", "yes" if measure.rare else "", definition)
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows) + "\n"


def page(text: str) -> str:
    """`text` with its table of measures made anew."""
    head, rest = text.split(BEGIN)
    _, tail = rest.split(END)
    return head + BEGIN + table() + END + tail


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
