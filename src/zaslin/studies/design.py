"""A study: one night, the packages to compare, how many replicates, which luck; everything that a run needs and nothing that it makes.

A study is data. Its `inputs_hash` says whether a results folder holds the same question.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zaslin.asked import a_path, of_kind, several, texts, whole
from zaslin.atlas.borders import NEIGHBOURS
from zaslin.atlas.elevation import ElevationFile, elevation_file
from zaslin.errors import InputError
from zaslin.outcomes.manifest import question_hash
from zaslin.outcomes.store import OWN_NAMES
from zaslin.outcomes.tables import SCHEMA_VERSION
from zaslin.scenario.aircraft import Aircraft
from zaslin.scenario.calibration import Calibration, load_calibration
from zaslin.scenario.catalogue import launch_areas, models_of, route_assumptions
from zaslin.scenario.defence import UkraineLayer
from zaslin.scenario.forms import default_forms, layer_in, other_forms, package_in, read_forms, routes_in
from zaslin.scenario.incident import GIVEN_CLASSES, Incident, incident
from zaslin.scenario.layer import ukraine_layer
from zaslin.scenario.night import Night, sum_faults
from zaslin.scenario.numbers import aircraft_of, plain_rows
from zaslin.scenario.others import OtherTraffic, other_traffic
from zaslin.scenario.package import Package
from zaslin.scenario.packages import package as load_package
from zaslin.scenario.routes import LaunchArea, RouteAssumptions
from zaslin.scenario.shipped import night as load_night
from zaslin.scenario.sourced import ASSUMPTION
from zaslin.scenario.sources import named_in, source
from zaslin.scenario.threat import ThreatModel
from zaslin.world.inputs import BLOCK_SIZE
from zaslin.world.terrain import VERSION

MAX_REPLICATES = 1_000_000


@dataclass(frozen=True)
class Study:
    """What to run. `given`: the reported incident whose like is also simulated, or None. `forms`: of the model's disputed parts (scenario/forms.py).
    `terrain`: the user's elevation raster, or None."""

    night: Night
    packages: tuple[Package, ...]
    replicates: int
    seed: int
    given: Incident | None
    layer: UkraineLayer
    routes: RouteAssumptions
    models: dict[str, ThreatModel]
    areas: dict[str, LaunchArea]
    aircraft: dict[str, Aircraft]
    others: OtherTraffic
    forms: dict[str, str] = field(default_factory=default_forms)
    terrain: ElevationFile | None = None

    @property
    def blocks(self) -> int:
        """Number of blocks of replicates that share one draw of the uncertain inputs."""
        return -(-self.replicates // BLOCK_SIZE)


def study(
    night: Night | Path | str,
    packages: Sequence[Package | Path | str],
    replicates: int = 500,
    seed: int = 1,
    given: Incident | str | None = None,
    calibration: Calibration | Path | str | None = None,
    forms: Sequence[str] = (),
    terrain: Path | str | None = None,
) -> Study:
    """Put a study together and check that its parts fit.

    night, packages: objects, shipped names or YAML paths. replicates: 10 to 1,000,000 (rounded up to whole blocks of 10).
    seed: 0 to 2**63 - 1. given: an incident's id, whose like is simulated in every package as well.
    calibration: of Ukraine's layer, or a file of `zaslin calibrate`; None for the shipped one.
    forms: of the model's disputed parts, as ``"hazard=near-aims"``; those that are not named keep their default.
    terrain: a GeoTIFF of heights in metres, for a mask over the members' ground radars; None: a smooth earth.
    Raises InputError for arguments of another kind, numbers out of range, packages of the same name, or an incident that the night cannot have.
    """
    if isinstance(packages, set | frozenset):
        raise InputError('packages: a set came, which has no order; give a list, e.g. ["status-quo"]: the first is what the others are compared with')
    asked = several("packages", packages, '["status-quo"]', alone=(str, Path, Package))
    night = night if isinstance(night, Night) else load_night(night)
    told = read_forms(texts("forms", forms, '["hazard=near-aims"]'))
    chosen = tuple(package_in(told, item if isinstance(item, Package) else load_package(item)) for item in asked)
    if not chosen:
        raise InputError('no package given; name at least one, e.g. "status-quo" (see `zaslin packages`)')
    names = [item.name for item in chosen]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f'package "{twice[0]}" is given twice; give every package its own name')
    kept = next((name for name in names if name in OWN_NAMES), None)
    if kept:
        raise InputError(f'a package cannot be called "{kept}": a results folder keeps its own work under that name')
    replicates = whole("replicates", replicates, BLOCK_SIZE, MAX_REPLICATES, f"a whole number from {BLOCK_SIZE} to {MAX_REPLICATES:,}")
    seed = whole("seed", seed, 0, 2**63 - 1, "a whole number from 0 to 2**63 - 1")
    for fault in sum_faults(sum(group.count for group in night.groups)):
        raise InputError(f"night {night.id}: {fault}")
    if given is not None and not isinstance(given, Incident):
        given = incident(of_kind("given", given, str, 'an incident\'s id, as "PL-2023-12-29", or None'))
    if given is not None and given.country not in NEIGHBOURS:
        raise InputError(f"given: {given.id} came, a crossing into {given.country}; one into {', '.join(NEIGHBOURS)} can be given")
    if calibration is not None and not isinstance(calibration, Calibration):
        calibration = load_calibration(a_path("calibration", calibration, "a Calibration, the path of a file of `zaslin calibrate`, or None"))
    models = models_of(night)
    if given is not None:
        _fits(given, night, models)
    return Study(
        night=night,
        packages=chosen,
        replicates=-(-replicates // BLOCK_SIZE) * BLOCK_SIZE,
        seed=seed,
        given=given,
        layer=layer_in(told, ukraine_layer(night, calibration)),
        routes=routes_in(told, route_assumptions()),
        models=models,
        areas=launch_areas(),
        aircraft=aircraft_of(chosen),
        forms=told,
        terrain=None if terrain is None else elevation_file(a_path("terrain", terrain, "the path of a GeoTIFF of heights in metres, or None")),
        others=other_traffic(),
    )


def a_study(item: Any) -> Study:
    """`item` itself; InputError, with what to write, where it is no study."""
    return of_kind("study", item, Study, 'a study, as zs.study("2023-12-29", ["status-quo"]) gives it')


def _fits(event: Incident, night: Night, models: dict[str, ThreatModel]) -> None:
    classes = {model.threat_class for model in models.values()}
    if event.threat_class not in GIVEN_CLASSES:
        raise InputError(f"incident {event.id} is of class {event.threat_class}; only crossings by {' or '.join(GIVEN_CLASSES)} can be given")
    if event.threat_class not in classes:
        raise InputError(f"incident {event.id} was a {event.threat_class}, but night {night.id} has only: {', '.join(sorted(classes))}")


def input_parts(item: Study) -> dict[str, Any]:
    """What has the study's uncertain inputs, by the beginning of their paths in the manifest."""
    used_areas = {name for group in item.night.groups for name in group.launch_areas}
    return {
        **{f"package.{package.name}": package for package in item.packages},
        "aircraft": item.aircraft,
        "threat": item.models,
        "routes": item.routes,
        "layer": item.layer,
        "others": item.others,
        "launch_area": {name: area for name, area in item.areas.items() if name in used_areas},
    }


def inputs(item: Study) -> list[dict[str, Any]]:
    """Every uncertain input of the study by path, as plain rows for the manifest."""
    return plain_rows(input_parts(item))


def _source_ids(item: Any) -> Iterator[str]:
    if isinstance(item, dict):
        for key, value in item.items():
            if key == "source" and isinstance(value, str):
                yield value
            elif key == "note" and isinstance(value, str):
                yield from named_in(value)
            else:
                yield from _source_ids(value)
    elif isinstance(item, list | tuple):
        for value in item:
            yield from _source_ids(value)


def description(item: Study) -> dict[str, Any]:
    """The study as plain data for the manifest: night, packages, inputs, sources, the given incident, the launch areas and their hash."""
    rows = inputs(a_study(item))
    night = item.night.model_dump(mode="json")
    packages = [package.model_dump(mode="json") for package in item.packages]
    event = item.given.model_dump(mode="json") if item.given is not None else None
    ids = {*_source_ids(night), *_source_ids(packages), *_source_ids(rows), *_source_ids(event)} - {ASSUMPTION}
    told = {
        "night": night,
        "packages": packages,
        "seed": item.seed,
        "block_size": BLOCK_SIZE,
        "inputs": rows,
        "given": event,
        "forms": other_forms(item.forms),
        "areas": {name: area.model_dump(mode="json") for name, area in sorted(item.areas.items())},
        "sources": {name: source(name).model_dump(mode="json") for name in sorted(ids)},
    }
    if item.terrain is not None:
        told["terrain"] = {"name": item.terrain.name, "sha256": item.terrain.sha256, "size_bytes": item.terrain.size_bytes, "version": VERSION}
    return {**told, "inputs_hash": question_hash({"schema_version": SCHEMA_VERSION, **told})}


def inputs_hash(item: Study) -> str:
    """The hash of the question (`outcomes.manifest.question_hash`): whether a results folder holds it already."""
    return str(description(item)["inputs_hash"])
