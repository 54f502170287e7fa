"""From what pydantic found to faults in plain words: where, what came, what would be right, and the nearest name.

It applies its own suggestions and looks once more, so that a fault behind a mistyped key or name comes in the same list.
"""

from __future__ import annotations

import copy
import json
import re
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from zaslin.errors import Fault, SpecError, nearest
from zaslin.scenario.sourced import Dimension, Sourced
from zaslin.scenario.yaml_text import Loc

T = TypeVar("T")

PATTERNS = {
    r"^[a-z0-9][a-z0-9-]*$": "small letters, digits and hyphens, such as pl-qra-lask",
    r"^[A-Z]{2}$": "two capital letters, such as PL",
}
"""What a pattern of the types asks for, in words; a pattern that is not here is shown as it is."""


def validate(data: Any, model: type[T], where: str, lines: Mapping[Loc, int] | None = None) -> T:
    """`data` (plain, as YAML or JSON gives it) as `model`; raises SpecError with every fault by path."""
    checked, faults = try_validate(data, model, lines)
    if checked is None or faults:
        raise SpecError(where, faults)
    return checked


def try_validate(data: Any, model: type[T], lines: Mapping[Loc, int] | None = None) -> tuple[T | None, list[Fault]]:
    """The model and no faults, or None and every fault."""
    adapter: TypeAdapter[Any] = TypeAdapter(model)
    value, errors = _run(adapter, data)
    if not errors:
        return value, []
    faults: list[Fault] = []
    mended = _Mended(copy.deepcopy(data), dict(lines or {}))
    for error in errors:
        faults += _fault(error, model, data, mended, lines or {})
    if mended.data != data:
        known = {fault.path for fault in faults}
        for error in _run(adapter, mended.data)[1]:
            faults += [fault for fault in _fault(error, model, mended.data, None, mended.lines) if fault.path not in known]
    return None, in_order(faults)


@dataclass
class _Mended:
    """The data with our own suggestions put in, and the lines of its places."""

    data: Any
    lines: dict[Loc, int]

    def replace(self, loc: Loc, value: Any) -> None:
        holder = _get(self.data, loc[:-1])
        if isinstance(holder, dict) or (isinstance(holder, list) and isinstance(loc[-1], int) and loc[-1] < len(holder)):
            holder[loc[-1]] = value  # type: ignore[index]

    def rename(self, loc: Loc, key: str | None) -> None:
        """The entry at `loc` under another key, or taken away."""
        holder = _get(self.data, loc[:-1])
        if isinstance(holder, dict) and loc[-1] in holder:
            value = holder.pop(loc[-1])
            if key is not None:
                holder[key] = value
                new = (*loc[:-1], key)
                self.lines |= {(*new, *place[len(loc) :]): line for place, line in self.lines.items() if place[: len(loc)] == loc}


def in_order(faults: Iterable[Fault]) -> list[Fault]:
    """Each fault once, by the line that its message ends with; faults without a line come first."""
    def line(fault: Fault) -> int:
        found = re.search(r"\(line (\d+)\)$", fault.message)
        return int(found.group(1)) if found else 0

    return sorted(dict.fromkeys(faults), key=line)


def path_text(loc: Loc) -> str:
    """``members[1].caveats[0].zone.area``."""
    text = ""
    for part in loc:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text


def located(loc: Loc, message: str, lines: Mapping[Loc, int]) -> Fault:
    """A fault at `loc`; the line of the nearest place that the file holds is told at the message's end."""
    at = loc
    while at and at not in lines:
        at = at[:-1]
    line = lines.get(at)
    return Fault(path_text(loc), f"{message} (line {line})" if line else message)


def show(value: Any) -> str:
    """What came, short, as the file would spell it."""
    if value is None:
        return "an empty value"
    if isinstance(value, Mapping):
        return "a mapping" if not value else f"a mapping with {', '.join(str(key) for key in list(value)[:4])}"
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)}"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "…"


def _run(adapter: TypeAdapter[Any], data: Any) -> tuple[Any, list[Any]]:
    # JSON's strict mode is what a file needs: lists become tuples and ISO text dates, but no text or boolean becomes a number.
    try:
        return adapter.validate_json(json.dumps(data, default=_as_text), strict=True), []
    except ValidationError as error:
        return None, list(error.errors(include_url=False))


def _as_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


def _plain(annotation: Any) -> tuple[Any, tuple[Any, ...]]:
    """The annotation without Annotated and without None, and the metadata that was on it."""
    extra: tuple[Any, ...] = ()
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            extra += annotation.__metadata__
            annotation = annotation.__origin__
        elif origin in (Union, types.UnionType) and type(None) in get_args(annotation):
            rest = tuple(arg for arg in get_args(annotation) if arg is not type(None))
            annotation = rest[0] if len(rest) == 1 else Union[rest]  # noqa: UP007
        else:
            return annotation, extra


def _choose(annotation: Any, data: Any) -> Any:
    """Of a union told apart by `kind`, the type that `data` names."""
    plain, _ = _plain(annotation)
    if get_origin(plain) in (Union, types.UnionType):
        kind = data.get("kind") if isinstance(data, Mapping) else None
        for arg in get_args(plain):
            inner, _ = _plain(arg)
            if kind in _kinds(arg):
                return inner
    return plain


def _field(annotation: Any, part: str | int, data: Any) -> Any:
    chosen = _choose(annotation, data)
    if isinstance(chosen, type) and issubclass(chosen, BaseModel):
        info: FieldInfo | None = chosen.model_fields.get(str(part))
        if info is None or info.annotation is None:
            return None
        out: Any = info.annotation
        for extra in info.metadata:
            out = Annotated[out, extra]
        return out
    args = get_args(chosen)
    if get_origin(chosen) is dict:
        return args[1]
    if get_origin(chosen) in (tuple, list):
        return args[0] if args else None
    return None


def _walk(loc: Loc, model: Any, data: Any) -> tuple[Loc, Any, Any]:
    """The location in the file (pydantic's union tags dropped), the annotation there, and that of the parent."""
    path: list[str | int] = []
    annotation, parent = model, None
    for part in loc:
        if part == "[key]":
            break
        if isinstance(part, str) and isinstance(data, Mapping) and part not in data and data.get("kind") == part:
            continue
        parent, annotation = _choose(annotation, data), _field(annotation, part, data)
        path.append(part)
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            data = None
    return tuple(path), annotation, parent


def expects(annotation: Any) -> str:
    """What would be right at a place of this type."""
    plain, extra = _plain(annotation)
    if plain is Sourced:
        unit = next((item.example for item in extra if isinstance(item, Dimension)), "value: 15, low: 5, high: 45, unit: min")
        return "a number with its range and unit, such as {" + unit + "}"
    if get_origin(plain) is Literal:
        return "one of: " + ", ".join(str(arg) for arg in get_args(plain))
    if get_origin(plain) in (tuple, list):
        return "a list (each entry after a hyphen)"
    if get_origin(plain) is dict:
        key, _ = _plain(get_args(plain)[0])
        return "a mapping" + (f" by {', '.join(get_args(key))}" if get_origin(key) is Literal else "")
    if get_origin(plain) in (Union, types.UnionType):
        kinds = [kind for arg in get_args(plain) for kind in _kinds(arg)]
        return f"a mapping with kind: {' or '.join(kinds)}" if kinds else "a value"
    if isinstance(plain, type) and issubclass(plain, BaseModel):
        return f"a mapping with the keys {', '.join(plain.model_fields)}"
    simple = {str: "text", bool: "true or false", int: "a whole number", float: "a number", date: "a date such as 2024-08-04"}
    if isinstance(plain, type) and issubclass(plain, datetime):
        return "a time such as 2023-12-29T03:30:00Z"
    return simple.get(plain, "a time such as 2023-12-29T03:30:00Z" if "datetime" in str(plain).lower() else "a value")


def _kinds(arg: Any) -> tuple[str, ...]:
    inner, _ = _plain(arg)
    if isinstance(inner, type) and issubclass(inner, BaseModel) and "kind" in inner.model_fields:
        return get_args(inner.model_fields["kind"].annotation)
    return ()


def _fault(error: Mapping[str, Any], model: Any, data: Any, mended: _Mended | None, lines: Mapping[Loc, int]) -> list[Fault]:
    """The fault that one of pydantic's errors is; a suggestion is put into `mended` where that is given."""
    raw: Loc = tuple(error["loc"])
    loc, annotation, parent = _walk(raw, model, data)
    kind, came, context = error["type"], error["input"], error.get("ctx", {})
    holder = _get(data, loc[:-1])
    if kind == "extra_forbidden":
        return [located(loc, _unknown_key(loc, parent, holder, mended), lines)]
    if kind == "missing":
        if isinstance(holder, Mapping) and _renamed_to(str(loc[-1]), parent, holder):
            return []  # the unknown key's own fault says it
        return [located(loc, f"missing; give {expects(annotation)}", lines)]
    if kind in ("literal_error", "union_tag_invalid"):
        if raw and raw[-1] == "[key]":
            choices = [str(arg) for arg in get_args(_plain(get_args(_plain(parent)[0])[0])[0])]
            return [located(loc, _no_choice(str(loc[-1]), choices, "a key here"), lines)]
        if kind == "union_tag_invalid":
            loc, choices, came = (*loc, "kind"), re.findall(r"'([^']*)'", context["expected_tags"]), context["tag"]
        else:
            choices = [str(arg) for arg in get_args(_plain(annotation)[0])] or re.findall(r"'([^']*)'", context["expected"])
        near = nearest(str(came), choices) if isinstance(came, str) else None
        if near is not None and mended is not None:
            mended.replace(loc, near)
        return [located(loc, _no_choice(came, choices, ""), lines)]
    if kind == "union_tag_not_found":
        return [located((*loc, "kind"), f"missing; give {expects(annotation).removeprefix('a mapping with kind: ')}", lines)]
    if kind == "too_short" and isinstance(came, (list, str, Mapping)) and len(came) >= context["min_length"]:
        return []  # pydantic counts good entries only; the bad ones have their own faults
    return [located(loc, _message(kind, came, context, annotation, error["msg"]), lines)]


def _renamed_to(field: str, parent: Any, holder: Mapping[str, Any]) -> str | None:
    """The unknown key of `holder` that was most likely meant for the missing `field`."""
    if not (isinstance(parent, type) and issubclass(parent, BaseModel)):
        return None
    free = [name for name in parent.model_fields if name not in holder]
    return next((key for key in holder if key not in parent.model_fields and nearest(key, free) == field), None)


def _unknown_key(loc: Loc, parent: Any, holder: Any, mended: _Mended | None) -> str:
    key = str(loc[-1])
    fields = list(parent.model_fields) if isinstance(parent, type) and issubclass(parent, BaseModel) else []
    free = [name for name in fields if not isinstance(holder, Mapping) or name not in holder]
    near = nearest(key, free) or nearest(key, fields)
    if mended is not None:
        mended.rename(loc, near if near in free else None)
    if near is None and isinstance(holder, Mapping) and holder[key] is None:
        return f'unknown key "{key}"; inside braces a comma ends an entry: write decimals after a point and put text that holds a comma in quotes'
    if near in free:
        return f'unknown key "{key}"; did you mean "{near}"?'
    if near is not None:
        return f'unknown key "{key}", and "{near}" is there already; remove one'
    return f'unknown key "{key}"; there are: {", ".join(fields)}'


def _no_choice(came: Any, choices: list[str], what: str) -> str:
    near = nearest(came, choices) if isinstance(came, str) else None
    shown = show(came) + (f" is not {what}" if what else " is not a choice here")
    return f'{shown}; did you mean "{near}"?' if near else f"{shown}; give one of: {', '.join(choices)}"


def _message(kind: str, came: Any, context: Mapping[str, Any], annotation: Any, msg: str) -> str:
    wanted = expects(annotation)
    if kind == "value_error":
        return str(context.get("error", msg)).removeprefix("Value error, ")
    if kind in ("float_type", "int_type", "float_parsing", "int_parsing", "int_from_float"):
        hint = ""
        if isinstance(came, str) and re.fullmatch(r"\s*-?\d+,\d+\s*", came):
            hint = f"; write the decimals after a point: {came.strip().replace(',', '.')}"
        elif isinstance(came, str) and re.fullmatch(r"\s*-?\d+(\.\d+)?\s*", came):
            hint = "; take the quotes off"
        elif isinstance(came, str) and came.strip().endswith("%"):
            hint = "; write a percentage as a number from 0 to 1"
        return f"{show(came)} is not {wanted if wanted.startswith('a whole') or wanted == 'a number' else 'a number'}{hint or f'; give {wanted}'}"
    if kind == "bool_type":
        return f"{show(came)} is neither true nor false; write true or false"
    if kind == "string_type":
        quote = f'; put it in quotes: "{came}"' if isinstance(came, (int, float)) and not isinstance(came, bool) else "; give text"
        return f"{show(came)} is not text{quote}"
    if kind == "string_pattern_mismatch":
        pattern = context["pattern"]
        return f"{show(came)} does not fit; give {PATTERNS.get(pattern, 'text of the form ' + pattern)}"
    if kind == "too_short":
        return f"{show(came)} is too short; give at least {context['min_length']}"
    if kind == "too_long":
        return f"{show(came)} is too long; give at most {context['max_length']}"
    if kind in ("greater_than_equal", "greater_than"):
        limit = context.get("ge", context.get("gt"))
        return f"{show(came)} is too small; give {'a number of at least' if 'ge' in context else 'a number above'} {limit:g}"
    if kind in ("less_than_equal", "less_than"):
        limit = context.get("le", context.get("lt"))
        return f"{show(came)} is too large; give {'a number of at most' if 'le' in context else 'a number below'} {limit:g}"
    if kind == "finite_number":
        return f"{show(came)} is not finite; give an ordinary number"
    if kind == "timezone_aware":
        return f"{show(came)} does not say its time zone; for UTC put a Z at its end"
    if kind.startswith(("date_", "datetime_")):
        return f"{show(came)} is not {wanted}"
    return f"{show(came)} stands where {wanted} is expected"


def _get(data: Any, loc: Loc) -> Any:
    for part in loc:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return None
    return data
