"""One block of a study: ten replicates and the tagged threats that go with them, flown under every package asked for.

The unit of parallel work. It draws the block's uncertain inputs once, its raids once, and lets each package meet the same raids.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from zaslin import draws
from zaslin.atlas.borders import COUNTRIES
from zaslin.atlas.ground import Ground
from zaslin.engine.loop import Flights, fly_raids, tables_from
from zaslin.engine.replicate import Memory
from zaslin.outcomes.stored import joined
from zaslin.scenario.incident import Incident
from zaslin.scenario.package import Package
from zaslin.scenario.threat import CLASSES
from zaslin.studies.design import Study
from zaslin.studies.found import Found, found_of
from zaslin.studies.paths import paths_table
from zaslin.units import KM
from zaslin.world.arrays import Coalition, Raid
from zaslin.world.compile_night import Solved, compile_night
from zaslin.world.compile_package import compile_package
from zaslin.world.given import Like, draw_given, find_given
from zaslin.world.inputs import BLOCK_SIZE, Luck
from zaslin.world.night_arrays import NightInputs
from zaslin.world.raid import draw_raid
from zaslin.world.tagging import Hit, Tags, draw_tagged_alone, find_tags

SAMPLES_PER_BLOCK = 20
"""Tagged (and given) raids of a block at most; sample numbers are block × 20 + 0 … 19."""

GIVEN_PER_BLOCK = 4
"""Crossings like the reported one that a block flies."""

ROUTES_PER_THREAT = 100
"""Route-only draws per threat of a group and block, behind the chance that a route enters a neighbour: as if a hundred raids had been searched for
each ten that are flown, so that this chance is known to a tenth of the variance that counting in the ten would leave."""

LEAST_ROUTES, MOST_ROUTES = 1_000, 20_000
"""Route-only draws of a group, whatever its size: some ten microseconds each."""

LONG_STAYS = 0.2
"""Part that the length of the stay has in the size by which hits are kept: 0 serves the number of incursions alone, 1 the time inside alone."""

PATH_REPLICATES = 2
"""Replicates whose flown polylines are kept for the map; every given sample's are, and the first blocks' tagged ones."""

PATH_BLOCKS = 10


@dataclass(frozen=True)
class BlockRows:
    """Tables of one block: package → draw → table name → rows. `record`: what tagging found, for the manifest."""

    block: int
    tables: dict[str, dict[str, dict[str, pa.Table]]]
    record: dict[str, Any]


@dataclass(frozen=True)
class BlockFlights:
    """What was flown of one block, before rows are made of it (`rows_of`): package → draw → flights, and their polylines for the map. `found`: what no
    package changes."""

    block: int
    flights: dict[str, dict[str, tuple[Flights, pa.Table]]]
    found: Found


@dataclass(frozen=True)
class Drawn:
    """What every package meets in a block: the night's compiled inputs, raids by draw (tagged threats alone, `Raid.whole`), and what they rest on."""

    inputs: NightInputs
    flights: dict[str, list[Raid]]
    found: Found

    @property
    def record(self) -> dict[str, Any]:
        """What tagging found, for the manifest."""
        return self.found.record


def fly_block(item: Study, ground: Ground, packages: Sequence[Package], block: int, quantiles: Mapping[str, float] | None = None) -> BlockRows:
    """Fly block `block` of the study under `packages`. A pure function of the study, the package, the block's number and the quantiles.

    quantiles: of the inputs that are to be set and not drawn, by the name of their draw (`world/inputs.py`).
    """
    flown = fly_raids_of(item, ground, packages, block, quantiles)
    tables = {name: {draw: rows_of([flown], name, draw) for draw in draws} for name, draws in flown.flights.items()}
    return BlockRows(block, tables, flown.found.record)


def fly_raids_of(
    item: Study,
    ground: Ground,
    packages: Sequence[Package],
    block: int,
    quantiles: Mapping[str, float] | None = None,
    found: Found | None = None,
) -> BlockFlights:
    """`fly_block`, but for the rows: many blocks' are made sooner together. found: for this block before, under other packages."""
    luck = Luck(item.seed, block, quantiles)
    drawn = draw_block(item, ground, compile_block(item, ground, block, luck, found), found=found)
    flights = {}
    memories = {draw: [Memory() for _ in raids] for draw, raids in drawn.flights.items()}
    for package in packages:
        coalition = compile_package(package, item.aircraft, ground, item.seed, block, luck, item.others)
        flights[package.name] = _flown(item, ground, drawn, coalition, memories if len(packages) > 1 else None)
    return BlockFlights(block, flights, drawn.found)


def rows_of(blocks: Sequence[BlockFlights], package: str, draw: str) -> dict[str, pa.Table]:
    """The tables of a draw under one package, of all blocks that flew it, one block after the other; none where no block did."""
    flown = [block.flights[package][draw] for block in blocks if draw in block.flights[package]]
    if not flown:
        return {}
    return {**tables_from([flights for flights, _ in flown]), "paths": joined("paths", [paths for _, paths in flown])}


def compile_block(item: Study, ground: Ground, block: int, luck: Luck, found: Found | None = None) -> NightInputs:
    """The study's night in SI for one block. found: for this block before."""
    solved = None if found is None else Solved(found.rates, found.kill_shares, found.reached)
    return compile_night(item.night, item.layer, item.routes, item.models, item.areas, ground, item.seed, block, luck, solved)


def draw_block(item: Study, ground: Ground, inputs: NightInputs, samples: int = SAMPLES_PER_BLOCK, found: Found | None = None) -> Drawn:
    """The raids of a block: its replicates, its tagged threats (`samples` at most) and, where the study has one, crossings like the given incident.

    found: for this block before, with the same `samples`.
    """
    first = inputs.block * BLOCK_SIZE
    found = found or _search(item, ground, inputs, samples)
    flights = {
        "plain": [draw_raid(inputs, ground, item.seed, first + i) for i in range(BLOCK_SIZE)],
        "tagged": [draw_tagged_alone(inputs, ground, item.seed, hit) for hit in found.tagged],
    }
    if found.given is not None:
        n = len(found.given)
        flights["given"] = [draw_given(inputs, ground, item.seed, first + i % BLOCK_SIZE, hit, n) for i, hit in enumerate(found.given)]
    return Drawn(inputs, flights, found)


def _search(item: Study, ground: Ground, inputs: NightInputs, samples: int) -> Found:
    n_routes = np.clip(ROUTES_PER_THREAT * inputs.night.groups["n"].astype(np.int64), LEAST_ROUTES, MOST_ROUTES)
    tags = find_tags(inputs, ground, item.seed, inputs.block, [int(n) for n in n_routes])
    hits = thin(tags, samples, item.seed)
    record: dict[str, Any] = {"strata": _strata(tags, hits, inputs)}
    if item.given is None:
        return found_of(inputs, hits, None, record)
    given = find_given(inputs, ground, item.seed, inputs.block, like(item.given), GIVEN_PER_BLOCK)
    return found_of(inputs, hits, given.hits, {**record, "given": asdict(given.record)})


def fly_package(item: Study, ground: Ground, drawn: Drawn, coalition: Coalition) -> dict[str, dict[str, pa.Table]]:
    """The block's raids flown against one package: draw → table name → rows."""
    own = {coalition.package: _flown(item, ground, drawn, coalition, None)}
    return {draw: rows_of([BlockFlights(drawn.inputs.block, own, drawn.found)], coalition.package, draw) for draw in drawn.flights}


def _flown(
    item: Study, ground: Ground, drawn: Drawn, coalition: Coalition, memories: Mapping[str, Sequence[Memory]] | None
) -> dict[str, tuple[Flights, pa.Table]]:
    """By draw: what was flown, and polylines. memories: by draw, of each raid, from packages flown before."""
    inputs, out = drawn.inputs, {}
    for draw, raids in drawn.flights.items():
        samples = [inputs.block * SAMPLES_PER_BLOCK + i for i in range(len(raids))]
        seen = None if memories is None else memories[draw]
        flights = fly_raids(raids, [coalition] * len(raids), ground, item.seed, draw, samples, inputs.group_ids, inputs.model_names, seen)
        kept = _with_paths(draw, inputs.block)
        out[draw] = flights, paths_table(raids[:kept], samples[:kept], draw, flights.flown[:kept])
    return out


def like(event: Incident) -> Like:
    """The reported crossing in SI, as the search of routes wants it."""
    duration, reach = None, None
    if event.duration_s_low is not None and event.duration_s_high is not None:
        duration = (event.duration_s_low, event.duration_s_high)
    if event.depth_km_low is not None and event.depth_km_high is not None:
        reach = (event.depth_km_low * KM, event.depth_km_high * KM)
    return Like(event.id, COUNTRIES.index(event.country), CLASSES.index(event.threat_class), duration, reach)


def _with_paths(draw: str, block: int) -> int:
    """How many of a block's raids keep their polylines."""
    if draw == "plain":
        return PATH_REPLICATES if block == 0 else 0
    return SAMPLES_PER_BLOCK if block < PATH_BLOCKS else 0


def thin(tags: Tags, most: int, seed: int) -> list[Hit]:
    """At most `most` of the hits, chosen by keyed systematic sampling; each kept hit's share is divided by its chance to be kept, so sums stay unbiased.

    The chance is proportional to what the hit adds to the country's expected crossings, n · share · survival, somewhat more for a long stay (LONG_STAYS),
    over the square root of the country's sum: within a country every kept hit stands for about the same, and a country with few crossings gets
    more hits than its part of the whole. The hits stand in line by country and length of stay, so both are kept in proportion.
    """
    if len(tags.hits) <= most:
        return list(tags.hits)
    hits = sorted(tags.hits, key=lambda hit: (hit.country, hit.inside_s, hit.group, hit.index))
    country = np.array([hit.country for hit in hits])
    expected = np.array([tags.threats[hit.group] * hit.share * hit.survive for hit in hits])
    expected = np.maximum(expected, 1e-12 * expected.max())
    inside_s = np.array([hit.inside_s for hit in hits])
    typical_s = np.bincount(country, expected * inside_s) / np.maximum(np.bincount(country, expected), 1e-300)
    relative = inside_s / np.maximum(typical_s, 1e-9)[country]
    size = expected * np.sqrt(1.0 - LONG_STAYS + LONG_STAYS * relative**2)
    chance = _inclusion(size / np.sqrt(np.bincount(country, size)[country]), most)
    key = np.uint64(tags.block) | draws.BLOCK_FLAG
    u = draws.uniform(np.uint64(seed), key, np.uint64(draws.entity_id("thinned tags")), draws.TAG, 0)
    cumulative = np.cumsum(chance) + u
    kept = np.flatnonzero(np.floor(cumulative) > np.floor(np.concatenate([[u], cumulative[:-1]])))
    return [hits[i]._replace(share=hits[i].share / float(chance[i]), kept=float(chance[i])) for i in kept[:most]]


def _inclusion(size: np.ndarray, most: int) -> np.ndarray:
    """Chances proportional to `size`, each at most 1, that sum to `most` (at most; fixed point of capping and scaling)."""
    chance = np.zeros(len(size))
    sure = np.zeros(len(size), dtype=bool)
    while True:
        rest = most - int(sure.sum())
        chance[sure] = 1.0
        chance[~sure] = size[~sure] * rest / size[~sure].sum()
        over = ~sure & (chance >= 1.0)
        if not over.any():
            return chance
        sure |= over


def _strata(tags: Tags, used: list[Hit], inputs: NightInputs) -> list[dict[str, Any]]:
    """What was found and flown per (group, country), for the manifest."""
    rows = []
    found, flown = (Counter((hit.group, hit.country) for hit in hits) for hits in (tags.hits, used))
    for (group, country), (chance, error) in sorted(tags.chance.items()):
        rows.append(
            {
                "group": inputs.group_ids[group],
                "country": COUNTRIES[country],
                "routes": tags.n_routes[group],
                "chance": chance,
                "standard_error": error,
                "hits": found[group, country],
                "flown": flown[group, country],
            }
        )
    return rows
