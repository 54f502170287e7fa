"""What a night must fulfil beyond its types: models, launch areas, targets, incidents and sources that exist.

It reads plain data, as the file gives it, so that these faults come in one list with the faults of type.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from zaslin.atlas.regions import MACRO, REGIONS
from zaslin.errors import Fault, nearest, unknown
from zaslin.scenario.catalogue import UNKNOWN, launch_areas, resolve_launch, threat_models
from zaslin.scenario.faults import in_order, try_validate
from zaslin.scenario.findings import Findings, mapping, maps, name_fault, source_findings, text_findings
from zaslin.scenario.incident import incidents
from zaslin.scenario.night import JOINT, MOST_LAUNCHED, Night, id_twice, split_faults, stop_faults, sum_faults, window_faults
from zaslin.scenario.yaml_text import Document, Loc

_TIME: TypeAdapter[datetime] = TypeAdapter(AwareDatetime)

ANYWHERE = "Ukraine"
"""The target of a group whose report names none."""


def inspect_night(document: Document) -> tuple[Night | None, list[Fault], list[Fault]]:
    """The night (None where it has faults), every fault, of type and of reference, and every warning, in the file's order."""
    found, faults = try_validate(document.data, Night, document.lines)
    rules = night_findings(document.data, document.lines)
    better = {fault.path for fault in rules.faults}
    doubles = _doubles(document.data, document.lines)
    if doubles:
        better.add("")  # the type tells of them at the file's root
    faults = in_order([*(fault for fault in faults if fault.path not in better), *rules.faults, *doubles])
    return (None if faults else found), faults, in_order(rules.warnings)


def night_findings(data: Any, lines: Mapping[Loc, int]) -> Findings:
    """Every cross-reference fault and warning of a night given as plain data."""
    found = Findings(lines=lines)
    if not isinstance(data, Mapping):
        return found
    source_findings(data, found)
    text_findings(data, found)
    for loc, name in _texts(data.get("incidents"), ("incidents",)):
        if name not in incidents():
            found.fault(loc, unknown("incident", name, incidents()))
    groups = data.get("groups")
    for i, group in enumerate(groups if isinstance(groups, (list, tuple)) else []):
        if isinstance(group, Mapping):
            _group(("groups", i), group, found)
    counts = [_whole(group.get("count"), 1) or 0 for _, group in maps(groups, ())]
    if all(count <= MOST_LAUNCHED for count in counts):  # else that group has its own fault
        for message in sum_faults(sum(counts)):
            found.fault(("groups",), message)
    return found


def _doubles(data: Any, lines: Mapping[Loc, int]) -> list[Fault]:
    """A fault at every group's id that an earlier group has."""
    found, seen = Findings(lines=lines), set()
    for loc, group in maps(mapping(data).get("groups"), ("groups",)):
        name = group.get("id")
        if isinstance(name, str):
            if name.strip() in seen:
                found.fault((*loc, "id"), id_twice(name.strip()))
            seen.add(name.strip())
    return found.faults


def _numbers(loc: Loc, group: Mapping[str, Any], found: Findings) -> None:
    """What the type looks at only where every field of the group is right: the window, the stops and the split, each by itself."""
    start, end = _time(group.get("start_utc")), _time(group.get("end_utc"))
    wrong = window_faults(start, end) if start is not None and end is not None else []
    count = _whole(group.get("count"), 1)
    if count is not None:
        wrong += stop_faults(count, *(_whole(group.get(key), 0) or 0 for key in ("destroyed", "lost")))
        split = [_whole(number, 0) for number in mapping(group.get("split")).values()]
        if isinstance(group.get("split"), Mapping) and None not in split:
            wrong += split_faults(count, {str(name): number for name, number in group["split"].items()})
    for message in wrong:
        found.fault(loc, message)


def _whole(value: Any, least: int) -> int | None:
    """A whole number that the type takes; None for anything else, which has its own fault."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= least else None


def _time(value: Any) -> datetime | None:
    if not isinstance(value, (str, datetime)):
        return None
    try:
        return _TIME.validate_json(json.dumps(value, default=str), strict=True)
    except ValidationError:
        return None


def _group(loc: Loc, group: Mapping[str, Any], found: Findings) -> None:
    _numbers(loc, group, found)
    known = set(threat_models()) - {UNKNOWN}
    key = group.get("model")
    models = key.split(JOINT) if isinstance(key, str) else []
    wrong = next(filter(None, map(name_fault, models)), None)
    if wrong:
        found.fault((*loc, "model"), wrong)
    for name in models:
        if name not in known and not wrong:
            near = nearest(name, known)
            hint = f'did you mean "{near}"?' if near else f"there are: {', '.join(sorted(known))}"
            found.warn((*loc, "model"), f'"{name}" is in no catalogue and will fly as a missile of unknown class; {hint}')
    split = group.get("split")
    if isinstance(split, Mapping):
        for name in split:
            if models and name not in models:
                found.fault((*loc, "split", name), unknown("model in this group", name, models))
    for here, place in _texts(group.get("launch_areas"), (*loc, "launch_areas")):
        if place in resolve_launch(models[0] if models else UNKNOWN, [place])[1]:
            found.fault(here, unknown("launch area", place, launch_areas()))
    regions = {name.casefold() for name in (*REGIONS, *MACRO, ANYWHERE)}
    for here, target in _texts(group.get("targets"), (*loc, "targets")):
        if target.casefold() not in regions:
            found.fault(here, unknown("target", target, [*REGIONS, *MACRO, ANYWHERE]))


def _texts(value: Any, loc: Loc) -> Iterator[tuple[Loc, str]]:
    for i, item in enumerate(value if isinstance(value, (list, tuple)) else []):
        if isinstance(item, str):
            yield (*loc, i), item
