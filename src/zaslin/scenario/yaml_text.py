"""YAML text to plain data with the line of every value; it knows no scenario type and opens no file.

Stricter than YAML 1.1, so that files mean what they look like: `no`, `NO`, `off` and dates stay text, 12:30 is not 750, a key may
not come twice, tabs and tags are refused. Anchors, aliases and merge keys (``<<``) work.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, cast

import yaml

from zaslin.errors import Fault, SpecError

MAX_VALUES = 200_000
"""Values that a file may unfold to, aliases included; a night or package has a few hundred."""
MAX_DEPTH = 60

Loc = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """`data`: dicts, lists, str, int, float, bool, None. `lines`: the line (from 1) of the value at each location."""

    data: Any
    lines: dict[Loc, int] = field(default_factory=dict)


class _Loader(yaml.SafeLoader):
    """The safe loader with the plain scalars of YAML 1.2's core schema instead of YAML 1.1's."""


_Loader.yaml_implicit_resolvers = {}
_TAG = "tag:yaml.org,2002:"
_INT = re.compile(r"^[-+]?[0-9]+$")
_FLOAT = re.compile(r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$")
_SPECIAL = re.compile(r"^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$")
_Loader.add_implicit_resolver(_TAG + "bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
_Loader.add_implicit_resolver(_TAG + "null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
_Loader.add_implicit_resolver(_TAG + "int", _INT, list("-+0123456789"))
_Loader.add_implicit_resolver(_TAG + "float", _FLOAT, list("-+0123456789."))
_Loader.add_implicit_resolver(_TAG + "float", _SPECIAL, list("-+."))
_Loader.add_implicit_resolver(_TAG + "merge", re.compile(r"^<<$"), ["<"])


_FastLoader: Any = _Loader
if yaml.__with_libyaml__:

    class _LibLoader(yaml.CSafeLoader):
        """The same by libyaml."""

    _LibLoader.yaml_implicit_resolvers = _Loader.yaml_implicit_resolvers
    _FastLoader = _LibLoader


def parse(text: str, where: str, shipped: bool = False) -> Document:
    """The data of one YAML document; raises SpecError with line and column where the text is broken, empty or has a key twice.

    shipped: the text is the package's own and sound: it is read by libyaml, where PyYAML has it, ten times as fast. Other people's texts are not, for the two
    differ in what they forgive and how they complain (a test holds them together over all that is shipped).
    """
    if not text.strip():
        raise SpecError(where, [Fault("", "the file is empty; a mapping of keys and values is expected")])
    try:
        node = yaml.compose(text, Loader=_FastLoader if shipped else _Loader)
    except yaml.MarkedYAMLError as error:
        raise SpecError(where, [_broken(error, text)]) from None
    except yaml.reader.ReaderError as error:
        line, column = text.count("\n", 0, error.position) + 1, error.position - text.rfind("\n", 0, error.position)
        raise SpecError(where, [Fault(f"line {line}, column {column}", f"the character {error.character!r} may not stand in YAML text")]) from None
    except RecursionError:
        raise SpecError(where, [Fault("", "the values are nested too deeply; a night, package or table needs about ten levels")]) from None
    if node is None:
        raise SpecError(where, [Fault("", "there are only comments; a mapping of keys and values is expected")])
    build = _Build()
    data = build.value(node, ())
    if build.faults:
        raise SpecError(where, build.faults)
    return Document(data, build.lines)


def _broken(error: yaml.MarkedYAMLError, text: str) -> Fault:
    mark = error.problem_mark or error.context_mark
    problem = error.problem or "the text is not YAML"
    line = mark.line + 1 if mark else 1
    column = mark.column + 1 if mark else 1
    rows = text.splitlines()
    row = rows[line - 1] if line <= len(rows) else ""
    if "\t" in row[: max(column, 1)] or "'\\t'" in problem:
        expected = "there is a tab; indent with spaces, two a level"
    elif "mapping values are not allowed" in problem:
        expected = "a colon stands where no new key can start; put text that holds a colon in quotes, and check the indentation"
    elif "could not find expected ':'" in problem:
        expected = 'a key without its colon; write "key: value", and check the indentation'
    elif "did not find expected" in problem or problem.startswith("expected") or "found" in problem:
        expected = f"{problem.replace('<', '').replace('>', '')}; check the indentation (two spaces a level), brackets and quotes"
    else:
        expected = f"{problem}; check the indentation (two spaces a level), brackets and quotes"
    if error.context and error.context_mark is not None and error.context_mark.line + 1 != line:
        expected += f" ({error.context}, which began in line {error.context_mark.line + 1})"
    return Fault(f"line {line}, column {column}", expected)


class _Build:
    """Plain data from YAML nodes; collects faults instead of stopping at the first."""

    def __init__(self) -> None:
        self.lines: dict[Loc, int] = {}
        self.faults: list[Fault] = []
        self._open: set[int] = set()
        self._count = 0

    def value(self, node: yaml.Node, loc: Loc) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(loc, line)
        self._count += 1
        if self._count > MAX_VALUES or len(loc) > MAX_DEPTH or id(node) in self._open:
            why = "an alias that holds itself" if id(node) in self._open else "more values or levels than any night or package has"
            self._say(line, f"{why}; write the values out")
            return None
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                self._tag(node, "seq")
                return [self.value(child, (*loc, i)) for i, child in enumerate(node.value) if self._count <= MAX_VALUES]
            self._tag(node, "map")
            return self._mapping(cast(yaml.MappingNode, node), loc)
        finally:
            self._open.discard(id(node))

    def _say(self, line: int, message: str) -> None:
        fault = Fault(f"line {line}", message)
        if fault not in self.faults and len(self.faults) < 100:
            self.faults.append(fault)

    def _tag(self, node: yaml.Node, kind: str) -> None:
        if node.tag != _TAG + kind:
            self._say(node.start_mark.line + 1, f"tags such as {node.tag.replace(_TAG, '!!')} are not read; write plain values")

    def _mapping(self, node: yaml.MappingNode, loc: Loc) -> dict[str, Any]:
        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        first: dict[str, int] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if self._count > MAX_VALUES:
                break
            if not isinstance(key_node, yaml.ScalarNode):
                self._say(line, "a list or mapping cannot be a key; write plain text before the colon")
                continue
            key = key_node.value
            if key_node.tag == _TAG + "merge":
                parts = value_node.value if isinstance(value_node, yaml.SequenceNode) else [value_node]
                for part in reversed(parts):
                    value = self.value(part, loc)
                    if isinstance(value, dict):
                        merged.update(value)
                    else:
                        self._say(line, "<< merges mappings only; give an alias of a mapping, such as <<: *common")
                continue
            if key in first:
                self._say(line, f'the key "{key}" came already in line {first[key]}; remove one of the two')
                continue
            first[key] = line
            self.lines[(*loc, key)] = line
            own[key] = self.value(value_node, (*loc, key))
        return {**merged, **own}

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        kind = node.tag.removeprefix(_TAG)
        text: str = node.value
        if kind == "null":
            return None
        if kind == "bool" and text.lower() in ("true", "false"):
            return text.lower() == "true"
        if kind == "int" and _INT.match(text):
            # A hundred digits are text: the reader of numbers would choke, and no count is that long.
            return int(text) if len(text) < 25 else float(text)
        if kind == "float" and (_FLOAT.match(text) or _SPECIAL.match(text)):
            return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
        if kind not in ("str", "merge"):
            self._tag(node, "str")
        return text
