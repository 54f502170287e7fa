"""The catalogue: threat models, coarse launch areas and what is assumed of routes; public figures, no routes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import TypeVar

from pydantic import Field

from zaslin.errors import Fault, InputError, SpecError, unknown
from zaslin.scenario.load import load_yaml_model
from zaslin.scenario.night import JOINT, Night
from zaslin.scenario.routes import LaunchArea, RouteAssumptions, dated
from zaslin.scenario.sourced import Strict
from zaslin.scenario.threat import ThreatModel

UNKNOWN = "unknown"
"""The model that stands for every missile that the catalogue does not name."""

DECOY = "Gerbera/Parodiya"
"""The model that flies for the decoys among a report's drones."""

T = TypeVar("T")


class LaunchRule(Strict):
    """Where one model is launched: `uses` (areas or sets), `instead` (what a reported name stands for), `default` where nothing usable is reported."""

    uses: tuple[str, ...]
    default: tuple[str, ...]
    instead: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    note: str = ""


class LaunchCatalogue(Strict):
    """The whole of `data/launch_areas.yaml`."""

    areas: tuple[LaunchArea, ...]
    directions: dict[str, tuple[str, ...]]
    sets: dict[str, tuple[str, ...]]
    by_model: dict[str, LaunchRule]


def model_for(name: str) -> ThreatModel:
    """The model with this canonical name, or the `unknown` model under that name (a missile that the catalogue lacks).

    A joint key ("Kh-101/Kh-555 + Kalibr") is not a model: raises InputError that says to ask for its parts.
    """
    if JOINT in name:
        raise InputError(f'"{name}" joins several models; ask for each of: {", ".join(name.split(JOINT))}')
    models = threat_models()
    return models[name] if name in models else models[UNKNOWN].model_copy(update={"name": name})


def models_of(night: Night) -> dict[str, ThreatModel]:
    """Every model of a night by name, as `model_for` gives it; the decoy model too where some of its drones may be decoys by its day."""
    out = {name: model_for(name) for group in night.groups for name in group.models}
    drones = any(model.threat_class == "drone" for model in out.values())
    if drones and dated(route_assumptions().decoys, night.start_utc.date()) is not None:
        out.setdefault(DECOY, threat_models()[DECOY])
    return out


@cache
def threat_models() -> dict[str, ThreatModel]:
    """All models by canonical name, in the order of a joint key; `unknown` comes last."""
    models = _data("threats.yaml", tuple[ThreatModel, ...])
    out = {model.name: model for model in models}
    if len(out) != len(models) or next(reversed(out)) != UNKNOWN:
        raise SpecError("threats.yaml", [Fault("", f'every model once, "{UNKNOWN}" last')])
    return out


def joint_key(models: Iterable[str]) -> str:
    """One key for several models, each once, in the catalogue's order; models that it lacks follow in the order given."""
    names = list(dict.fromkeys(models))
    order = list(threat_models())
    return JOINT.join(sorted(names, key=lambda name: order.index(name) if name in order else len(order)))


@cache
def launch_areas() -> dict[str, LaunchArea]:
    """All coarse launch areas by name (degrees; spread in km)."""
    return {area.name: area for area in _launch().areas}


def launch_area(name: str) -> LaunchArea:
    """The area of this name or other spelling (case is ignored); raises InputError with the nearest name."""
    found = _by_spelling().get(name.casefold())
    if found is None:
        raise InputError(unknown("launch area", name, launch_areas()))
    return launch_areas()[found]


def resolve_launch(model: str, reported: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The areas from which `model` is launched when a report names these places, and the names that nothing is known of.

    reported: places as a report names them: areas, other spellings, directions ("north"), bases. Bases and places from which this
    model is not launched are replaced or left out as the catalogue says. The first tuple is empty where nothing usable is left:
    then `launch_areas_of` takes the model's default.
    """
    rule = _rule(model)
    usable = _expand(rule.uses)
    areas: list[str] = []
    strange: list[str] = []
    for place in reported:
        name = place.strip()
        known = _by_spelling().get(name.casefold())
        if known in rule.instead or name in rule.instead:
            areas += rule.instead.get(name) or rule.instead[known or name]
        elif name.casefold() in _launch().directions:
            areas += [area for area in _launch().directions[name.casefold()] if area in usable]
        elif known is not None:
            areas += [known] if known in usable else []
        else:
            strange.append(name)
    return tuple(dict.fromkeys(areas)), tuple(strange)


def launch_areas_of(model: str, reported: Iterable[str] = ()) -> tuple[LaunchArea, ...]:
    """Where `model` (one model of a group) is launched, given the group's `launch_areas`; never empty, by default the model's own areas."""
    names, _ = resolve_launch(model, reported)
    return tuple(launch_areas()[name] for name in names or _rule(model).default)


@cache
def route_assumptions() -> RouteAssumptions:
    """What is assumed of routes, every value with its range."""
    return _data("routes.yaml", RouteAssumptions)


def _rule(model: str) -> LaunchRule:
    rules = _launch().by_model
    return rules.get(model) or rules[UNKNOWN]


def _expand(names: Iterable[str]) -> frozenset[str]:
    sets = _launch().sets
    return frozenset(area for name in names for area in sets.get(name, (name,)))


@cache
def _by_spelling() -> dict[str, str]:
    return {spelling.casefold(): area.name for area in _launch().areas for spelling in (area.name, *area.aliases)}


@cache
def _launch() -> LaunchCatalogue:
    catalogue = _data("launch_areas.yaml", LaunchCatalogue)
    names = {area.name for area in catalogue.areas}
    faults = []
    for where, lists in (("directions", catalogue.directions), ("sets", catalogue.sets)):
        faults += [Fault(f"{where}.{key}", unknown("launch area", name, names)) for key, list_ in lists.items() for name in list_ if name not in names]
    for model, rule in catalogue.by_model.items():
        named = [*(name for name in rule.uses if name not in catalogue.sets), *rule.default, *(name for list_ in rule.instead.values() for name in list_)]
        faults += [Fault(f"by_model.{model}", unknown("launch area", name, names)) for name in named if name not in names]
    if faults:
        raise SpecError("launch_areas.yaml", faults)
    return catalogue


def _data(name: str, model: type[T]) -> T:
    text = (files("zaslin.scenario") / "data" / name).read_text(encoding="utf-8")
    return load_yaml_model(text, model, name, shipped=True)
