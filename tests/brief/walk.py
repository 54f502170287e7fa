"""A walk over a brief: from every number that it shows, the ways that a reader has to a source or to the mark "assumption", and what has none.

The scope of a mark is what a reader takes as belonging to it: its own row, item, paragraph or card; the caption or heading of its table or figure; a
subheading for the one block right below it. Never a whole section, and never the head of a table, which a telephone hides. What the walk cannot tell is
whether a mark is the right one; `Page.astray` asks that of the cells that say what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from zaslin.brief.night import date_words
from zaslin.outcomes.store import Results

VOID = frozenset({"meta", "img", "br", "input", "hr", "link", "col", "wbr"})
ITEMS = frozenset({"p", "li", "tr", "dd", "dt", "caption", "figcaption", "h3", "h4", "summary"})
"""What a reader takes as one piece: a mark in it belongs to its numbers."""

FENCES = frozenset({"p", "li", "tr", "dd", "table", "ul", "ol", "dl", "figure", "details"})
"""What keeps its marks to itself: an outer piece is not governed by a mark inside one of these, unless the number is in there too."""

HEADINGS = frozenset({"h3", "h4"})

NO_QUANTITY: tuple[tuple[str, str], ...] = (
    (r"\b[A-Z]{2}-\d{4}-\d{2}-\d{2}(?:-\w+)*", "an incident's id"),
    (r"\b[A-Z][A-Za-z]*-(?:[A-Z]+-)?\d[\w./-]*", "a name: Kh-101, F-16, NASA-STD-7009"),
    (r"\b90\s?% (?:interval|of (?:single |simulated )?nights)", "the interval's own name"),
    (r"\b5th to 95th percentile", "the same, of single nights"),
    (r"1\s−\sexp\(−mean\)", "a formula"),
    (r"\b[Ff]rom \d+ blocks?: no interval", "how little was simulated"),
    (r"\b0: (?:in )?none\b", "what the sign 0 means in a table"),
    (r"±\s25\s% of these differences|\b[Aa]bout [\d,]+ replicates would do|\b[\d,]+ of [\d,]+ replicates are there", "the run's size: a warning, not a result"),
)
"""Digits that are no quantity, and why. The night's date and the packages' titles, which are names too, and the run's size come from the folder."""

REPORTED = ("Launched", "Reported")
"""How the cells begin that show what somebody reported: they must lead to a publication, not only to an input."""

SIMULATED = ("comparison", "given", "whynot", "windows", "burden")
"""Sections whose cells are the model's own: they must lead to inputs, not only to a publication."""


@dataclass
class Node:
    """An element, or a text (`tag` empty)."""

    tag: str
    parent: Node | None
    attrs: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)
    text: str = ""

    def all(self) -> Iterator[Node]:
        for child in self.children:
            yield child
            yield from child.all()

    def up(self) -> Iterator[Node]:
        at = self.parent
        while at is not None:
            yield at
            at = at.parent

    def words(self) -> str:
        return self.text + "".join(node.text for node in self.all())

    def before(self) -> Node | None:
        """The element before this one, on the same level."""
        assert self.parent is not None
        level = [node for node in self.parent.children if node.tag or node is self]
        at = next(place for place, node in enumerate(level) if node is self)
        return level[at - 1] if at else None


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.top = self.at = Node("top", None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, self.at, {name: value or "" for name, value in attrs})
        self.at.children.append(node)
        if tag not in VOID:
            self.at = node

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.at.tag == tag and self.at.parent is not None, f"</{tag}> closes <{self.at.tag}>"
            self.at = self.at.parent

    def handle_data(self, data: str) -> None:
        self.at.children.append(Node("", self.at, text=data))


@dataclass
class Walk:
    """What was walked: numbers (texts with a digit that is a quantity), those without a way, and how many texts were exempt."""

    walked: list[tuple[str, str]] = field(default_factory=list)
    lost: list[tuple[str, str]] = field(default_factory=list)
    exempt: int = 0


def page_of(html: str, results: Results) -> Page:
    """The brief of a folder, with the names and the size that the folder gives it."""
    night = results.manifest["night"]
    names = [str(night["id"]), date_words(night), *(str(results.package(name)["title"]) for name in results.packages)]
    return Page(html, names, results.replicates)


class Page:
    """A brief as a tree."""

    def __init__(self, html: str, names: Sequence[str] = (), replicates: int = 0) -> None:
        """names: the night's date and the packages' titles. replicates: the run's size."""
        tree = _Tree()
        tree.feed(html)
        self.main = next(node for node in tree.top.all() if node.tag == "main")
        self.by_id = {node.attrs["id"]: node for node in self.main.all() if "id" in node.attrs}
        size = rf"\b(?:{replicates:,}|{replicates}) simulated (?:nights|crossings)\b"
        literal = [re.escape(name) for name in sorted(names, key=len, reverse=True) if name]
        self.no_quantity = re.compile("|".join([*literal, size, *(pattern for pattern, _ in NO_QUANTITY)]))
        self.groups: dict[str, bool] = {}

    def walk(self) -> Walk:
        """Every text, text alternative and label of a picture with a digit, from the top of the page to its end."""
        out = Walk()
        for node in self.main.all():
            text = node.text or node.attrs.get("alt") or node.attrs.get("aria-label") or ""
            if not re.search(r"\d", text):
                continue
            if _apart(node) or _counts_its_rows(node) or not re.search(r"\d", self.no_quantity.sub("", text)):
                out.exempt += 1
                continue
            told = (_section(node), " ".join(text.split()))
            out.walked.append(told)
            ends = [self.arrives(mark) for mark in governing(node) if _leads(mark)]
            if not ends or not all(ends):
                out.lost.append(told)
        return out

    def arrives(self, mark: Node) -> bool:
        """Whether a mark is "assumption", or leads in one step to a source, or in two by a group of inputs each of which has its source or that mark."""
        if mark.tag != "a":
            return _leads(mark)
        href = mark.attrs.get("href", "")
        if href.startswith("#inputs-"):
            if href not in self.groups:
                self.groups[href] = self._whole(href[1:])
            return self.groups[href]
        return re.match(r"https?://", href) is not None or self._source(href)

    def astray(self) -> list[tuple[str, str]]:
        """Cells that lead to the wrong kind of end: what was reported to no publication, what was simulated to no input."""
        out = []
        for cell in self.main.all():
            label = cell.attrs.get("data-label", "")
            if not label or not re.search(r"\d", self.no_quantity.sub("", cell.words())):
                continue
            ends = {mark.attrs.get("href", "").split("-")[0] for mark in governing(cell) if self.arrives(mark)}
            reported = label.startswith(REPORTED) and "#source" not in ends
            simulated = _section(cell) in SIMULATED and "#inputs" not in ends
            if reported or simulated:
                out.append((_section(cell), f"{label}: {cell.words()}"))
        return out

    def _source(self, href: str) -> bool:
        return href.startswith("#source-") and href[1:] in self.by_id

    def _whole(self, id: str) -> bool:
        if id not in self.by_id:
            return False
        fold = next(node for node in self.by_id[id].up() if node.tag == "details")
        rows = [row for body in fold.all() if body.tag == "tbody" for row in body.children if row.tag == "tr"]
        return bool(rows) and all(any(self.arrives(mark) for mark in marks(row)) for row in rows)


def _leads(mark: Node) -> bool:
    """Whether a mark claims to lead to a source or an assumption; links to sections, and tags such as "confirmed", do not."""
    if mark.tag != "a":
        return mark.words().strip() in ("assumption", "partly assumption")
    return mark.attrs.get("href", "").startswith(("#inputs-", "#source-", "https://", "http://"))


def _apart(node: Node) -> bool:
    """Texts that are no quantity by their place: section numbers, how to run it again, and the list of sources, where every way ends."""
    return any(
        at.attrs.get("class") == "no" or at.attrs.get("aria-labelledby") == "rerun" or at.attrs.get("id", "").startswith("source-") for at in node.up()
    )


def _counts_its_rows(node: Node) -> bool:
    """Whether a text in the summary of a fold says how many rows, and how many assumptions among them, stand right below it: the reader can count them."""
    fold = next((at for at in node.up() if at.tag == "details"), None)
    if fold is None or not any(at.tag == "summary" for at in node.up()):
        return False
    rows = [row for body in fold.all() if body.tag == "tbody" for row in body.children if row.tag == "tr"]
    assumed = sum(any(mark.words() == "assumption" for mark in marks(row)) for row in rows)
    return node.words() == f"({len(rows)} rows, {assumed} assumed)"


def _section(node: Node) -> str:
    return next((at.attrs["aria-labelledby"] for at in node.up() if at.tag == "section"), "")


def marks(within: Node, of: Node | None = None) -> Iterator[Node]:
    """Links and tags in a piece, but not those that a fence keeps to itself unless `of` is inside that fence too."""
    inside = {id(at) for at in of.up()} if of is not None else set()
    for child in within.children:
        if child.tag == "a" or (child.tag == "span" and "tag" in child.attrs.get("class", "").split()):
            yield child
        elif child.tag not in FENCES or id(child) in inside:
            yield from marks(child, of)


def governing(node: Node) -> Iterator[Node]:
    """The marks in whose scope a text or picture lies, the nearest first."""
    if node.tag:
        yield from marks(node)
    listed = False
    for at in node.up():
        if at.tag in ("section", "main"):
            return
        if at.tag in ITEMS:
            yield from marks(at, node)
        listed = listed or at.tag == "li"
        if at.tag == "dd" and not listed:  # the head of a card's line; a list has marks of its own
            heads = [child for child in at.parent.children[: _place(at)] if child.tag == "dt"] if at.parent else []
            for head in heads[-1:]:
                yield from marks(head)
        if at.tag == "table":
            for child in at.children:
                if child.tag == "caption":
                    yield from marks(child)
        if at.tag == "figure" or at.attrs.get("class") in ("panel", "lane-block"):
            for child in at.children:
                if child.tag == "figcaption" or child.tag in HEADINGS:
                    yield from marks(child)
        above = at.before() if at.tag in FENCES else None
        if above is not None and above.tag in HEADINGS:
            yield from marks(above)


def _place(node: Node) -> int:
    assert node.parent is not None
    return next(place for place, child in enumerate(node.parent.children) if child is node)
