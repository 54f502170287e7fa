"""The catalogue: threat models, coarse launch areas, what is assumed of routes, and Ukraine's shares; public figures, no routes."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TypeVar

from pydantic import Field

from zaslin.errors import Fault, InputError, SpecError, unknown
from zaslin.scenario.defence import StopShare, UkraineLayer
from zaslin.scenario.load import load_yaml_model
from zaslin.scenario.night import JOINT
from zaslin.scenario.routes import LaunchArea, RouteAssumptions
from zaslin.scenario.sourced import Sourced, Strict
from zaslin.scenario.sources import source
from zaslin.scenario.threat import ThreatModel

UNKNOWN = "unknown"
"""The model that stands for every missile that the catalogue does not name."""

OVER_DISPERSION = 4.0
"""Factor on the variance of a share, so 2 on its interval's width: one night's threats share their fate and tell less than their number.

In the reports the variance of a half-year's share, rows taken as clusters, is 1.7 to 10 times the binomial one, median 3.5
(half-years with at least 10 rows of the rate key, 2022-H2 to 2024-H2). An assumption until `calibrate` estimates it.
"""

MOST = 0.99
"""No share is taken to be 1, whatever one or two threats did: a hazard could not be computed from it."""

NO_ROWS = {
    "s300": (0.01, 0.0, 0.15, "the fact table has no rate; the reports claim few and often give no count"),
    "kh31p": (0.05, 0.0, 0.3, "the fact table has no rate; the reports claim few"),
    "unknown": (0.3, 0.02, 0.8, "a missile that the catalogue does not know"),
}
"""Share destroyed (value, low, high) of the rate keys without rows: assumptions."""

LOST_IF_SILENT = {"drone": (0.03, 0.0, 0.1)}
LOST_IF_SILENT_MISSILE = (0.0, 0.0, 0.02)
"""Share lost (value, low, high) where the reports book no losses apart, which they did not before July 2024: assumptions."""

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


def ukraine_layer(at: date) -> UkraineLayer:
    """The shares of the half-year of `at` (or, per rate key, the nearest half-year with rows; of two equally near, the earlier).

    A share's value is the observed one; its range the 90 % interval of Beta(stopped + 1, rest + 1), stretched about the value by
    the root of OVER_DISPERSION and kept within 0 and MOST. The counts (`data/defence_shares.csv`) are sums over the rows that the
    importer uses, by the half-year of their start; joint rows of several rate keys are left out. `destroyed` and `lost` are given
    apart, and draws of both may together exceed 1: use them as competing hazards.
    """
    from zaslin.atlas.regions import MACRO

    wanted = at.year * 2 + (at.month > 6)
    shares = {key: _share(key, wanted) for key in dict.fromkeys(model.rate_key for model in threat_models().values())}
    return UkraineLayer(
        shares=shares,
        night_sigma=Sourced(value=0.6, low=0.3, high=1.0, unit="nats", note="spread of a night's effect on the log hazard, until calibrated"),
        region_weight={
            name: Sourced(value=1.0, low=0.5, high=2.0, unit="factor", note="the reports name regions in one row of seven: a prior, no finding")
            for name in MACRO
        },
    )


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
    return load_yaml_model(text, model, name)


def _share(key: str, wanted: int) -> StopShare:
    rows = [row for row in _share_rows() if row["rate_key"] == key]
    if not rows:
        value, low, high, note = NO_ROWS[key]
        destroyed = Sourced(value=value, low=low, high=high, unit="share", note=note)
        return StopShare(rate_key=key, period="none", launched=0, destroyed=destroyed, lost=_silent(key, destroyed))
    row = min(rows, key=lambda row: (abs(_half(row["period"]) - wanted), row["period"]))
    n, period = int(row["launched"]), row["period"]
    note = f"{row['destroyed']} of {n} launched in {period}"
    if _half(period) != wanted:
        note += ", the nearest half-year with rows"
    destroyed = _observed(int(row["destroyed"]), n, row["source"], note)
    if row["lost"]:
        lost = _observed(int(row["lost"]), n, row["source"], f"{row['lost']} of {n} launched in {period}")
    else:
        lost = _silent(key, destroyed)
    return StopShare(rate_key=key, period=period, launched=n, destroyed=destroyed, lost=lost)


def _observed(k: int, n: int, source_id: str, note: str) -> Sourced:
    from scipy.special import betaincinv

    value = min(k / n, MOST)
    stretch = OVER_DISPERSION**0.5
    low, high = (value + stretch * (float(betaincinv(k + 1.0, n - k + 1.0, q)) - value) for q in (0.05, 0.95))
    low, high = max(0.0, min(low, value)), min(MOST, max(high, value))
    return Sourced(value=value, low=low, high=high, unit="share", source=source(source_id).id, grade="B", note=note)


def _silent(key: str, destroyed: Sourced) -> Sourced:
    value, low, high = LOST_IF_SILENT.get(key, LOST_IF_SILENT_MISSILE)
    room = 1.0 - destroyed.value
    return Sourced(value=min(value, room), low=low, high=min(high, 1.0 - destroyed.low), unit="share", note="the reports book no losses apart here")


def _half(period: str) -> int:
    year, half = period.split("-H")
    return int(year) * 2 + int(half) - 1


@cache
def _share_rows() -> tuple[dict[str, str], ...]:
    text = (files("zaslin.scenario") / "data" / "defence_shares.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))
