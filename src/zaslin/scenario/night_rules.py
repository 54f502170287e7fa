"""What a night must fulfil beyond its types: models, launch areas, targets, incidents and sources that exist.

It reads plain data, as the file gives it, so that these faults come in one list with the faults of type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from zaslin.atlas.regions import MACRO, REGIONS
from zaslin.errors import Fault, nearest, unknown
from zaslin.scenario.catalogue import UNKNOWN, launch_areas, resolve_launch, threat_models
from zaslin.scenario.faults import in_order, try_validate
from zaslin.scenario.findings import Findings, source_findings
from zaslin.scenario.incident import incidents
from zaslin.scenario.night import JOINT, Night
from zaslin.scenario.yaml_text import Document, Loc

ANYWHERE = "Ukraine"
"""The target of a group whose report names none."""


def inspect_night(document: Document) -> tuple[Night | None, list[Fault], list[Fault]]:
    """The night (None where it has faults), every fault, of type and of reference, and every warning, in the file's order."""
    found, faults = try_validate(document.data, Night, document.lines)
    rules = night_findings(document.data, document.lines)
    better = {fault.path for fault in rules.faults}
    faults = in_order([*(fault for fault in faults if fault.path not in better), *rules.faults])
    return (None if faults else found), faults, in_order(rules.warnings)


def night_findings(data: Any, lines: Mapping[Loc, int]) -> Findings:
    """Every cross-reference fault and warning of a night given as plain data."""
    found = Findings(lines=lines)
    if not isinstance(data, Mapping):
        return found
    source_findings(data, found)
    for loc, name in _texts(data.get("incidents"), ("incidents",)):
        if name not in incidents():
            found.fault(loc, unknown("incident", name, incidents()))
    groups = data.get("groups")
    for i, group in enumerate(groups if isinstance(groups, (list, tuple)) else []):
        if isinstance(group, Mapping):
            _group(("groups", i), group, found)
    return found


def _group(loc: Loc, group: Mapping[str, Any], found: Findings) -> None:
    known = set(threat_models()) - {UNKNOWN}
    key = group.get("model")
    models = key.split(JOINT) if isinstance(key, str) else []
    for name in models:
        if name not in known:
            near = nearest(name, known)
            hint = f'did you mean "{near}"?' if near else "`zaslin ledger catalogue` lists the models"
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
