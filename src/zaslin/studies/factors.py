"""Which numbers a study draws: every uncertain input by the name of its draw, with the places that share it and the group it belongs to.

Numbers of one name move together in every block (the same luck), so they are one factor of a screening.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from pydantic import BaseModel

from zaslin.atlas.ground import Ground
from zaslin.scenario.numbers import sourced_numbers
from zaslin.scenario.sourced import Sourced
from zaslin.studies.block import compile_block
from zaslin.studies.design import Study, input_parts
from zaslin.world.compile_package import compile_package
from zaslin.world.inputs import Luck

M = TypeVar("M", bound=BaseModel)

_ROUTES = {
    "margin": "routes/margins", "way_points": "routes/shape", "dogleg": "routes/shape", "fly_over": "routes/shape", "bank": "routes/shape",
    "drift": "routes/errors", "drone_drift": "routes/errors", "gross_failure": "routes/errors", "spoofed": "routes/errors",
    "spoof_turn": "routes/errors", "spoof_bend": "routes/errors", "spoof_distance": "routes/errors", "decoys": "routes/decoys", "climb_out": "routes/profile",
    "dive": "routes/profile", "low_approach": "routes/profile", "low_altitude": "routes/profile", "low_distance": "routes/profile",
    "approach_from_beyond": "routes/beyond",
    "beyond_distance": "routes/beyond", "share_west": "routes/west", "share_danube": "routes/danube", "share_ports": "routes/danube",
}  # fmt: skip
_WEAPONS = ("p_kill", "reach", "missile_speed", "shot_interval", "tail_loss", "look_down_loss", "judging", "gun")
_AIRCRAFT_FLIGHT = ("cruise_speed", "dash_speed", "endurance", "dash_burn")
_FORCE = {
    "readiness": "alert", "lead": "alert", "own_track_within": "alert", "pairs": "force", "missiles_per_jet": "force", "coverage": "force", "number": "force",
    "bursts": "force",
}  # fmt: skip


@dataclass(frozen=True)
class Factor:
    """Numbers that are drawn as one. `numbers`: the distinct ones; `paths`: all their places, as in the manifest."""

    name: str
    group: str
    numbers: tuple[Sourced, ...]
    paths: tuple[str, ...]


class _Listening(Luck):
    """Draws as ever and notes what was asked for under which name."""

    def __init__(self, seed: int, block: int) -> None:
        super().__init__(seed, block)
        self.heard: dict[str, list[Sourced]] = {}

    def __call__(self, number: Sourced, name: str) -> float:
        self.heard.setdefault(name, []).append(number)
        return super().__call__(number, name)


def factors(item: Study, ground: Ground) -> list[Factor]:
    """Every factor of the study with a range, in the order of names. Numbers without a range are none, nor is what the compiler never asks for."""
    own = _apart(item)
    path_of = {id(number): path for path, number in sourced_numbers({**input_parts(own), "launch_area": own.areas})}
    luck = _Listening(own.seed, 0)
    compile_block(own, ground, 0, luck)
    for package in own.packages:
        compile_package(package, own.aircraft, ground, own.seed, 0, luck, own.others)
    out = []
    for name, heard in sorted(luck.heard.items()):
        ranged = [number for number in heard if number.low < number.high]
        if ranged:
            paths = dict.fromkeys(path_of[id(number)] for number in ranged if id(number) in path_of)
            out.append(Factor(name, group_of(name, item), tuple(dict.fromkeys(ranged)), tuple(paths)))
    return out


def group_of(name: str, item: Study) -> str:
    """The group of like numbers to which a draw's name belongs; groups are what a screening looks at first."""
    first, *rest = name.split("/")
    last = rest[-1] if rest else ""
    if first == "routes":
        return "routes/margins" if rest[0] == "keeps_margin" else _ROUTES.get(rest[0], "routes/other")
    if first == "area":
        return "areas"
    if first == "layer":
        return "layer/regions" if rest[0] == "region" else f"layer/{rest[0]}"
    if first == "threat":
        model = item.models.get("/".join(rest[:-1]))
        return f"threat/{last}" if last in ("ballistic_coefficient", "casualty_area") or model is None else f"threat/{model.threat_class}"
    if first == "aircraft":
        if rest[0] in _AIRCRAFT_FLIGHT:
            return "aircraft/flight"
        return "aircraft/weapons" if rest[0] in _WEAPONS and not last.endswith("_cost") else "aircraft/costs"
    if first in ("radar", "zones", "cap_pairs", "pilot", "gbad", "pooling", "fighters", "helicopters", "others", "assignment"):
        return first
    if first == "picture" and rest[0] != "shared":
        return "picture/looks"
    if first == "picture" or rest[:2] == ["picture", "shared"]:
        return "picture/shared"
    if len(rest) == 3 and rest[1] == "salvo":  # of an asset, by class
        return f"{first}/force"
    return f"{first}/{'picture' if rest[0] == 'picture' else _FORCE.get(last, 'rules')}"


def _apart(item: Study) -> Study:
    """The study with every number an object of its own, so that a number says where it stands."""
    return replace(
        item,
        packages=tuple(_again(package) for package in item.packages),
        layer=_again(item.layer),
        routes=_again(item.routes),
        models=_each(item.models),
        areas=_each(item.areas),
        aircraft=_each(item.aircraft),
        others=_again(item.others),
    )


def _each(items: Mapping[str, M]) -> dict[str, M]:
    return {name: _again(value) for name, value in items.items()}


def _again(item: M) -> M:
    data: Any = item.model_dump()
    return type(item).model_validate(data)
